"""What IPython itself remembers."""

from ..case import IDLE, Case

CASES = [
    Case(
        "what_autoreload_brought_in_with_the_first_cell_of_a_life_stays_with_each_move",
        [
            "%load_ext autoreload",
            "%autoreload 2",
            "import wares\nfrom wares import price",
            "known = [price()]",
            "price()",
        ],
        ["known"],
        [("price()", "'new'"), ("wares.price(), known", "('new', ['old'])")],
        files={"wares.py": "def price():\n    return 'old'\n"},
        between={"wares.py": "def price():\n    return 'new'\n"},
    ),
    Case(
        "xdel_as_the_first_cell_of_a_life",
        ["a = [1]\nb = a\nc = 2", "a"],
        ["c"],
        [("%xdel a", ""), ("'a' in globals(), 'b' in globals(), c, sorted(Out)", "(False, False, 2, [])")],
    ),
    Case(
        "outputs_and_underscores",
        ["1 + 1", "'b'", "[3]"],
        ["Out[1]", "_", "__", "___", "_1", "sorted(Out)", "_oh is Out", "_ is Out[3]"],
        [("_", "[3]")],
    ),
    Case(
        "inputs_and_execution_count",
        ["a = 1", "b = 2\nb"],
        ["In[1]", "In[2]", "_i", "_ii", "_i1", "len(In)"],
        [("In[3]", "'In[3]'"), "get_ipython().execution_count"],
    ),
    Case(
        "history_magic",
        ["first = 1", "second = 2"],
        [],
        [("%history 1-2", "first = 1\nsecond = 2"), ("%recall 1", "")],
        either=True,
    ),
    Case("out_entry_deleted", ["5", "6", "del Out[1]"], ["sorted(Out)", "Out[2]"]),
    Case("alias_made_by_the_user", ["%alias hi echo hello %s", "%hi you"], [], [("%hi again", "hello again")]),
    Case(
        "line_magic_made_by_the_user",
        [
            "from IPython.core.magic import register_line_magic, register_cell_magic\ncalls = []\n@register_line_magic\ndef twice(line):\n    calls.append(line)\n    return line * 2\n@register_cell_magic\ndef shout(line, cell):\n    print(cell.upper())",
            "%twice ab",
        ],
        ["calls"],
        [("%twice xy", "'xyxy'"), ("%%shout\nhello", "HELLO"), ("calls", "['ab', 'xy']")],
    ),
    Case(
        "magics_class",
        [
            "from IPython.core.magic import Magics, magics_class, line_magic\n@magics_class\nclass M(Magics):\n    n = 0\n    @line_magic\n    def count(self, line):\n        M.n += 1\n        return M.n\nget_ipython().register_magics(M)",
            "%count",
        ],
        ["M.n"],
        [("%count", "2")],
    ),
    Case(
        "event_callbacks",
        ["ran = []\ndef before(*a): ran.append('pre')\nget_ipython().events.register('pre_run_cell', before)", "x = 1"],
        ["before in get_ipython().events.callbacks['pre_run_cell']"],
        [("y = 2", ""), ("len(ran) >= 2", "True"), ("get_ipython().events.unregister('pre_run_cell', before)", "")],
    ),
    Case(
        "input_transformer",
        [
            "def shout(lines):\n    return [l.replace('PLUS', '+') for l in lines]\nget_ipython().input_transformers_cleanup.append(shout)",
            "r = 1 PLUS 2",
        ],
        ["r"],
        [("4 PLUS 5", "9")],
    ),
    Case(
        "ast_transformer",
        [
            "import ast\nclass Neg(ast.NodeTransformer):\n    def visit_Constant(self, n):\n        return ast.Constant(n.value + 1) if isinstance(n.value, int) and not isinstance(n.value, bool) else n\nneg = Neg(); get_ipython().ast_transformers.append(neg)",
            "v = 10",
        ],
        ["v"],
        [("20", "21")],
    ),
    Case(
        "formatter_for_a_class",
        [
            "class Money:\n    def __init__(s, v): s.v = v\nget_ipython().display_formatter.formatters['text/plain'].for_type(Money, lambda m, p, c: p.text(f'EUR {m.v}'))",
            "m = Money(5)",
        ],
        ["m.v"],
        [("m", "EUR 5")],
    ),
    Case(
        "precision_and_config",
        ["%precision 2", "%config InteractiveShell.ast_node_interactivity = 'all'"],
        ["get_ipython().ast_node_interactivity"],
        [("3.14159", "3.14"), ("1\n2", "1\n2")],
    ),
    Case(
        "xmode_and_automagic",
        ["%xmode Minimal", "%automagic off"],
        ["get_ipython().InteractiveTB.mode", "get_ipython().automagic"],
    ),
    Case(
        "loaded_extension",
        ["%load_ext myext", "%exthello"],
        ["'myext' in get_ipython().extension_manager.loaded"],
        [("%exthello", "'hello from ext'")],
        files={
            "myext.py": "def load_ipython_extension(ip):\n    ip.register_magic_function(lambda line: 'hello from ext', 'line', 'exthello')\n"
        },
    ),
    Case(
        "autoreload_sees_later_edits",
        ["%load_ext autoreload", "%autoreload 2", "import helper", "helper.f()"],
        ["helper.f()"],
        [
            ("import pathlib; n = pathlib.Path('helper.py').write_text('def f():\\n    return \"edited now\"\\n')", ""),
            ("helper.f()", "'edited now'"),
        ],
        files={"helper.py": "def f():\n    return 'v1'\n"},
    ),
    Case(
        "autoreload_meets_an_edit_that_no_cell_has_met_yet",
        [
            "%load_ext autoreload\n%autoreload 2\nimport helper\nx = helper.f()",
            "import os, pathlib\npath = pathlib.Path('helper.py'); at = os.stat(path).st_mtime + 5\npath.write_text(path.read_text().replace('v1', 'v2')); os.utime(path, (at, at))",
        ],
        [],
        [("helper.f(), x", "('v2', 'v1')")],
        files={"helper.py": "def f():\n    return 'v1'\n"},
    ),
    Case(
        "autoreload_brought_modules_up_to_date",
        [
            "%load_ext autoreload\n%autoreload 2\nimport shapes\nfrom shapes import Square, area",
            "import os, pathlib\nsquare = Square(3); seen = [square.size(), area(2)]\ndef edit(old, new):\n    path = pathlib.Path('shapes.py'); at = os.stat(path).st_mtime + 5\n    path.write_text(path.read_text().replace(old, new)); os.utime(path, (at, at))",
            "edit('return n * n', 'return n * n * FACTOR\\ndef later(): return len(MADE), LIMIT\\nLIMIT = 9')\nedit('return self.n', 'return self.n + self.more()\\n    def more(self): return 100')",
            "seen += [square.size(), area(2), shapes.later()]; held = {'area': area}",
            IDLE,
            "edit('FACTOR = 1', 'FACTOR = 2')",
            "seen.append(area(2)); shapes.MADE.append(1)",
        ],
        ["seen", "held['area'] is shapes.area", "type(square) is shapes.Square", "Square is shapes.Square"],
        [
            ("square.size(), area(3), shapes.later(), shapes.FACTOR", "(103, 18, (1, 9), 2)"),
            ("edit('n * n * FACTOR', '-n')", ""),
            ("held['area'](3), square.more(), shapes.MADE", "(-3, 100, [1])"),
        ],
        files={
            "shapes.py": "FACTOR = 1\nMADE = []\nclass Square:\n    def __init__(self, n): self.n = n\n    def size(self):\n        return self.n\ndef area(n):\n    return n * n\n"
        },
    ),
    Case(
        "custom_exception_handler",
        [
            "handled = []\ndef handler(self, et, ev, tb, tb_offset=None):\n    handled.append(et.__name__)\nget_ipython().set_custom_exc((KeyError,), handler)",
            "# raises\n{}['x']",
        ],
        ["handled"],
        [("{}['y']", ""), ("handled", "['KeyError', 'KeyError']")],
    ),
    Case("macro", ["a = 1", "a += 1", "%macro -q bump 2"], ["a", "type(bump).__name__"], [("bump", ""), ("a", "3")]),
    Case(
        "underscore_names_and_shadowed_builtins",
        [
            "_private = [1]; __dunder = 2; open = 'mine'; exit = 5; list_ = list; print_ = print; id = 7",
            "max = lambda *a: 'max!'",
        ],
        ["_private", "__dunder", "open", "exit", "id", "max(1)"],
    ),
    Case(
        "print_shadowed_and_restored",
        ["said = []\ndef print(*a, **k):\n    said.append(a)\nprint('x')", "del print"],
        ["said"],
        [("print('y')", "y")],
    ),
    Case("in_and_out_names_overwritten", ["Out", "In_ = In; _ = 'mine'"], ["_"], [("_", "'mine'")]),
    Case(
        "prun_time_timeit_cells",
        [
            "%%time\nt = sum(range(10))",
            "%time u = 5",
            "r = %timeit -o -n1 -r1 t + 1",
            "%%capture cap\nprint('quiet')\nw = 9",
        ],
        ["t", "u", "w", "cap.stdout", "r.loops"],
        [],
    ),
    Case(
        "run_magic_and_writefile",
        ["%%writefile script.py\nval = 41\ndef inc(x):\n    return x + val", "%run script.py", "val += 1"],
        ["val"],
        [("inc(1)", "42")],
        either=True,
    ),
    Case(
        "run_magic_with_i",
        ["base = 10", "%run -i other.py"],
        ["made"],
        [("get(5)", "15")],
        files={"other.py": "made = base + 1\ndef get(x):\n    return base + x\n"},
        either=True,
    ),
    Case(
        "shell_output_captured",
        ["files = !ls", "text = !echo one two"],
        ["files.n", "list(text)"],
        [("text.s, text.fields(1)", "('one two', ['two'])")],
        files={"a.txt": "x"},
    ),
    Case("bash_cell_with_out", ["%%bash --out res\necho hi"], ["res"]),
    Case(
        "load_and_paste_style_multiline",
        ["x = [\n  1,\n  2,\n]\nfor i in x:\n    y = i\n", "if True:\n    z = 3"],
        ["x", "i", "y", "z"],
    ),
    Case(
        "failed_cell_keeps_what_it_made",
        ["# raises\nhalf = [1]\nmore = {'a': half}\nraise ValueError('stop')\nnever = 1", "after = 2"],
        ["half", "more['a'] is half", "after", "'never' in globals()", "len(In)"],
    ),
    Case("failed_cell_with_time_magic", ["# raises\nimport sys\n%time nothere", "x = 1"], ["x"]),
    Case(
        "syntax_error_cell_counts",
        ["# raises\nx = = 1", "y = 2"],
        ["len(In)", "y"],
        [("get_ipython().execution_count", "4")],
    ),
    Case(
        "out_of_order_execution",
        ["def g(): return f() + 1", "# raises\ng()", "def f(): return 1", "g()"],
        ["Out[4]", "g()"],
    ),
    Case(
        "deleted_names_stay_deleted",
        ["a = 1; b = [2]; c = b", IDLE, "del a, b"],
        ["'a' in globals()", "'b' in globals()", "c"],
        [("try:\n    a\nexcept NameError as e:\n    print(e)", "name 'a' is not defined")],
    ),
    Case("reset_then_new_names", ["old = 1", "%reset -f", "new = 2"], ["'old' in globals()", "new"]),
    Case(
        "reset_selective_and_xdel",
        ["abc1 = 1; abc2 = 2; other = 3; gone = 4", "%reset_selective -f abc", "%xdel gone"],
        ["'abc1' in globals()", "other", "'gone' in globals()"],
    ),
    Case(
        "interrupted_cell_keeps_what_it_made",
        [
            "import time",
            "# interrupt\ndone = []\nfor i in range(10000):\n    done.append(i)\n    if i == 3: print('started', flush=True)\n    time.sleep(0.001 if i < 4 else 0.05)",
            "after = 1",
        ],
        ["done[:4]", "after", "len(done) < 10000"],
    ),
    Case(
        "top_level_await_and_async_with",
        [
            "import asyncio\nq = asyncio.Queue()",
            "await q.put(1); await asyncio.sleep(0)",
            "got = await asyncio.gather(*[asyncio.sleep(0, result=i) for i in range(3)])",
        ],
        ["got", "q.qsize()"],
        [("await q.get()", "1")],
        either=True,
    ),
    Case(
        "exec_eval_globals_setattr_main",
        [
            "exec('ex = [1]')",
            "globals()['gl'] = {'a': ex}",
            "import __main__\n__main__.mm = 5\nsetattr(__main__, 'sa', gl)",
            "ev = eval('mm + 1')",
            "vars()['vv'] = 1",
        ],
        ["ex", "gl['a'] is ex", "mm", "sa is gl", "ev", "vv"],
        [
            ("__main__.mm = 7; mm", "7"),
            ("globals()['mm'] = 8; __main__.mm", "8"),
            ("import sys; sys.modules['__main__'].__dict__ is globals()", "True"),
        ],
    ),
    Case(
        "star_import",
        ["from math import *", "from collections import *", "r = sqrt(16)"],
        ["r", "floor(2.7)", "Counter('aa')['a']"],
        [("hypot(3, 4)", "5.0")],
    ),
    Case(
        "import_aliases_and_submodules",
        [
            "import os.path as osp, collections.abc, xml.dom",
            "from json import dumps as d, loads",
            "import concurrent.futures",
        ],
        ["osp.basename('/a/b')", "d([1])", "isinstance([], collections.abc.Sequence)"],
        [("concurrent.futures.ThreadPoolExecutor.__name__", "'ThreadPoolExecutor'")],
    ),
    Case(
        "import_inside_a_function",
        ["def f():\n    import statistics\n    return statistics.mean([1, 2, 3])", "f()"],
        ["f()"],
    ),
    Case(
        "walrus_comprehension_scope_star_assign",
        [
            "if (n := 10) > 5: big = True",
            "first, *rest = range(4)",
            "a = b = []",
            "x, (y, z) = 1, (2, 3)",
            "vals = [w := k for k in range(3)]",
        ],
        ["n, big, first, rest", "a is b", "x, y, z", "w, vals"],
    ),
    Case(
        "augmented_assign_and_global_in_class",
        [
            "acc = []; same = acc",
            "acc += [1]",
            "s = 'a'; s += 'b'",
            "import numpy as np\narr = np.zeros(2); al = arr",
            "arr += 1",
        ],
        ["acc is same", "s", "al is arr", "al.tolist()"],
        modules=["numpy"],
    ),
    Case(
        "with_and_try_names",
        [
            "with open('f.txt', 'w') as fh:\n    n = fh.write('hi')",
            "try:\n    1/0\nexcept ZeroDivisionError as e:\n    kept = e",
        ],
        ["n", "fh.closed", "'e' in globals()", "str(kept)"],
    ),
    Case("cell_that_rebinds_print_history_like_names", ["In = 'mine'", "x = 1"], ["x"], either=True),
    Case(
        "display_handle_and_html",
        [
            "from IPython.display import HTML, Markdown, display\nh = display('a', display_id='d1')",
            "obj = HTML('<b>x</b>')\nobj",
        ],
        ["obj.data", "h.display_id", "Out[2] is obj"],
        [("h.update('b')", "")],
        either=True,
    ),
    Case(
        "sql_like_strings_naming_variables",
        [
            "import pandas as pd\ndf = pd.DataFrame({'a': [1, 2, 3]}); lim = 2",
            "q = df.query('a >= @lim')",
            "e = eval('df.a.sum()')",
        ],
        ["q['a'].tolist()", "int(e)"],
        [("lim = 3; df.query('a >= @lim')['a'].tolist()", "[3]")],
        modules=["pandas"],
    ),
    Case(
        "ipython_shell_object_in_a_variable",
        ["ip = get_ipython(); sh = ip"],
        ["ip is get_ipython()", "sh is ip"],
        [("ip.user_ns is globals()", "True")],
    ),
    Case(
        "user_namespace_push_and_ex",
        ["get_ipython().push({'pushed': [1]})", "get_ipython().ex('exd = pushed')", "get_ipython().run_cell('rc = 5')"],
        ["exd is pushed", "rc"],
    ),
    Case(
        "store_magic_and_bookmarks",
        ["keepme = [1, 2]", "%store keepme"],
        ["keepme"],
        ["del keepme\n%store -r keepme\nkeepme"],
    ),
    Case(
        "pinfo_source_of_class",
        ["class Doc:\n    '''documented'''\n    def m(self):\n        return 'body'"],
        ["'documented' in __import__('inspect').getsource(Doc.m) or True", "Doc.__doc__"],
        [("import inspect; print(inspect.getsource(Doc.m).strip())", "def m(self):\n        return 'body'")],
    ),
    Case(
        "log_and_stack_of_directories",
        ["%logstart -o sess.log append", "import os\nos.mkdir('a')\n%pushd a", "%logoff\n%logon"],
        [
            "get_ipython().logger.log_active, get_ipython().logger.logmode",
            "[os.path.basename(d) for d in get_ipython().dir_stack][1:]",
        ],
        [("marked = 1", ""), ("'marked = 1' in open('../sess.log').read()", "True")],
        either=True,
    ),
    Case(
        "the_error_that_ended_a_cell_last",
        [
            "import sys\nbox = [1]\nclass Odd(Exception): pass",
            "# raises\ndef fail(x): raise Odd(x, box)\nfail(3)",
        ],
        [
            "sys.last_type is Odd, sys.last_value.args[0], sys.last_value.args[1] is box",
            "sys.last_traceback is sys.last_value.__traceback__",
            "[f.name for f in __import__('traceback').extract_tb(sys.last_traceback)][-1]",
        ],
    ),
    Case(
        "attributes_given_to_the_shell",
        [
            "import types\nip = get_ipython(); rows = [1]; ip.rows = rows; ip.depth: int = 2\nsetattr(ip, 'label', 'x')",
            "def usage(self): return f'mine {self.depth}'\nip.show_usage = types.MethodType(usage, ip)\nget_ipython().depth += 1",
        ],
        ["ip.rows is rows", "ip.show_usage()", "ip.depth, ip.label"],
        [("rows.append(2); ip.rows", "[1, 2]")],
    ),
    Case(
        "parts_of_the_shell_and_of_the_kernel",
        [
            "ip = get_ipython(); events = ip.events; html = ip.display_formatter.formatters['text/html']; history = ip.history_manager",
            "import sys\nhook = sys.displayhook; log = ip.logger; typed = history.input_hist_raw; session = ip.kernel.session",
            "osm = ip.magics_manager.registry['OSMagics']; pwd = ip.find_line_magic('pwd')",
        ],
        [
            "events is ip.events, html is ip.display_formatter.formatters['text/html'], history is ip.history_manager",
            "hook is ip.displayhook, log is ip.logger, typed is history.input_hist_raw, session is ip.kernel.session",
            "osm is ip.magics_manager.registry['OSMagics'], pwd.__self__ is osm",
        ],
        [("pwd() == __import__('os').getcwd()", "True")],
    ),
    Case(
        "names_that_hide_aliases_and_magics_in_the_first_cell",
        ["cp = [1, 2]; time = 5; rm = bytearray(b'abc')"],
        [],
        [("cp[0] = 65; cp", "[65, 2]"), ("rm[0] = 65; bytes(rm)", "b'Abc'"), ("time -1", "4")],
    ),
    Case(
        "input_transformer_is_there_for_the_first_cell",
        [
            "def shout(lines):\n    return [line.replace('shout!', 'print') for line in lines]\nget_ipython().input_transformers_cleanup.append(shout)"
        ],
        [],
        [("shout!('ok')", "ok")],
    ),
    Case(
        "formatters_of_the_users_and_those_that_come_first",
        [
            "from IPython.core.formatters import PlainTextFormatter\nclass Loud(PlainTextFormatter):\n    def __call__(self, value): return 'loud ' + repr(value)\nclass Shown: pass",
            "display = get_ipython().display_formatter\ndisplay.formatters['text/plain'] = Loud(parent=display)\ndisplay.ipython_display_formatter.for_type(Shown, lambda one: print('shown'))",
        ],
        [],
        [("[1]", None), ("Shown()", "shown")],
    ),
    Case(
        "aliases_of_magics",
        ["%alias_magic tt timeit\n%alias_magic --cell often timeit -p '-n1 -r1'"],
        [
            "[type(f).__name__ for f in (get_ipython().magics_manager.magics['line']['tt'], get_ipython().magics_manager.magics['cell']['often'])]"
        ],
        [("r = get_ipython().run_line_magic('tt', '-o -q -n1 -r1 1+1'); r.loops", "1")],
    ),
    Case(
        "callback_of_a_library_that_has_its_submodule_imported_again",
        [
            "import sys\nsys.path.insert(0, 'site-packages')\nimport drawing.frames\nimport drawing.hidden",
            "class Box: pass\nbox = Box()",
        ],
        [
            "drawing.frames.__name__, drawing.patched",
            "[f.__qualname__ for f in get_ipython().events.callbacks['pre_run_cell'] if f.__module__.startswith('drawing')]",
        ],
        ["drawing.hidden.seen > 0, drawing.frames.extra", "print('quiet')"],
        files={
            "site-packages/drawing/__init__.py": "import sys\npatched = []\n"
            "if get_ipython() is not None:\n    def pre_run_cell(info): sys.modules.pop('drawing.frames', None)\n"
            "    get_ipython().events.register('pre_run_cell', pre_run_cell)\n    del pre_run_cell\n",
            "site-packages/drawing/frames.py": "import drawing\ndrawing.patched.append('frames')\nextra = 1\n"
            "from IPython.display import HTML, display\ndisplay(HTML('drawing is here')); print('drawing is here')\n",
            "site-packages/drawing/hidden.py": "seen = 0\n"
            "def _listen():\n    count = [0]\n    def on_cell(info):\n        global seen\n        seen += 1\n        count[0] += 1\n"
            "    get_ipython().events.register('pre_run_cell', on_cell)\n_listen()\n",
        },
    ),
    Case(
        "outputs_go_on_after_the_move",
        ["5", "[6.5]", "'c'"],
        [],
        ["7", "_, __, ___", "x = _; 8", "_, __, ___, _ is Out[7], sorted(Out)"],
    ),
    Case(
        "last_outputs_move_on_before_they_are_loaded",
        ["5.5", "import numpy as np; a = np.arange(5); a"],
        [],
        ["7.25", "'n'", "_, __, ___ is a, ___ is Out[2]"],
        modules=["numpy"],
    ),
    Case(
        "underscore_that_a_cell_took_and_gave_back",
        ["5", "for _ in range(3): pass", "[6]", "del Out[3], _3"],
        ["_", "get_ipython().displayhook._"],
        ["7", "_", "del _", "8", "_, __, ___", "9", "_, __, ___"],
    ),
    Case("output_cache_that_was_flushed", ["1", "2", "get_ipython().displayhook.flush()"], [], ["_", "10", "_"]),
    Case(
        "names_that_who_does_not_list",
        ["ip = get_ipython()\nip.push({'hidden': 1, 'seen': 2}, interactive=False)\nseen = 3", "4"],
        [],
        ["%who_ls", "5", "%who_ls", "hidden = 6\n%who_ls"],
    ),
    Case(
        "outputs_under_keys_of_the_users",
        ["[1]", "Out['n'] = _1", "2", "Out[('a', 1)] = _1; Out[7.5] = {}"],
        ["Out['n'] is _1, Out[('a', 1)] is _1", "list(Out)"],
        ["2", "len(Out)"],
    ),
    Case("outputs_under_keys_of_the_users_in_the_first_cell", ["[1]", "Out['n'] = _1"], [], ["len(Out)"]),
    Case(
        "names_of_the_first_cell_come_after_those_restored",
        ["a = 1", "b = [2]", "3", "c = 3"],
        [],
        ["new = 5; 8", "[n for n in globals() if n in ('a', 'b', 'c', 'new')], list(Out)"],
    ),
    Case(
        "inputs_as_they_were_typed",
        ["%precision 3\nx = 1", "!true", "z = 3"],
        ["_i1, _i2", "get_ipython().history_manager.input_hist_raw[1:3]"],
        ["_i1, _i, _ii, _iii", "_i, _ii", "_i = [5]; _i3 = [4]", "_i, _i3"],
    ),
    Case(
        "names_of_inputs_and_of_the_module_that_cells_set",
        ["a = 1", "del _i1; _i2 = [3]; __file__ = 'nb.py'\n__doc__ = 'd'"],
        ["'_i1' in globals()", "_i2, __file__, __doc__, __name__"],
    ),
    Case(
        "notebook_export_has_what_cells_showed",
        ["1 + 1", "print('hi')", "# raises\n1/0", "'a'"],
        [],
        [
            "%notebook nb.ipynb\nimport json; [len(c['outputs']) for c in json.load(open('nb.ipynb'))['cells'] if c['cell_type'] == 'code'][:4]",
            "%history -o 1-4",
        ],
        modules=["nbformat"],
    ),
    Case(
        "tracebacks_name_the_cells_of_functions",
        ["def f(x):\n    return 1 / x", "%precision 3\ndef g(x):\n    return f(x)"],
        [],
        [
            "import re, sys\ntry: g(0)\nexcept Exception:\n    s = get_ipython().InteractiveTB.structured_traceback(*sys.exc_info())\n[l for l in re.sub('\\x1b\\[[0-9;]*m', '', '\\n'.join(s)).splitlines() if l.startswith(('Cell', 'File'))]"
        ],
    ),
    Case(
        "source_that_a_library_generated",
        ["import attrs, inspect\n@attrs.define\nclass A:\n    x: int = 3"],
        [],
        ["inspect.getsource(A.__init__)"],
        modules=["attrs"],
    ),
    Case(
        "magics_class_in_the_registry_and_magics_removed",
        [
            "from IPython.core.magic import Magics, magics_class, line_magic\nfrom traitlets import Int\n@magics_class\nclass M(Magics):\n    n = Int(0).tag(config=True)\n    @line_magic\n    def inc(self, line): self.n += 1; return self.n\nip = get_ipython(); ip.register_magics(M)",
            "%inc\n%config M.n = 7",
            "del ip.magics_manager.magics['line']['timeit']",
        ],
        ["ip.magics_manager.registry['M'].n", "'timeit' in ip.magics_manager.magics['line']"],
        ["%inc", "%config M.n"],
    ),
    Case(
        "settings_of_all_that_ipython_is_made_of",
        [
            "%automagic off",
            "%config StoreMagics.autorestore = True\n%config HistoryManager.db_log_output = True\n%config LoggingMagics.quiet = True\n%config ScriptMagics.script_magics = ['sh']",
            "ip = get_ipython(); ip.banner2 = 'hey'; ip.config.Mine.level = 3\nfrom traitlets.config import Configurable\nfrom traitlets import Int\nclass Mine(Configurable):\n    level = Int(1).tag(config=True)",
        ],
        [
            "ip.magics_manager.registry['StoreMagics'].autorestore, ip.magics_manager.registry['LoggingMagics'].quiet",
            "ip.magics_manager.registry['ScriptMagics'].script_magics, ip.history_manager.db_log_output",
            "ip.magics_manager.auto_magic, ip.automagic, ip.banner2, Mine(parent=ip).level",
        ],
        ["%automagic"],
    ),
    Case(
        "order_of_transformers_and_those_removed",
        [
            "ip = get_ipython()\ndef a(lines): return lines\ndef b(lines): return lines\nip.input_transformers_cleanup.insert(0, a); ip.input_transformers_cleanup.append(b)\nip.input_transformers_cleanup.pop(1)",
            "gone = ip.input_transformer_manager.token_transformers.pop()",
        ],
        [
            "ip.input_transformers_cleanup.index(a), ip.input_transformers_cleanup.index(b)",
            "[getattr(f, '__name__', type(f).__name__) for f in ip.input_transformers_cleanup]",
            "[f.__qualname__ for f in ip.input_transformer_manager.token_transformers]",
        ],
        ["'still read'"],
    ),
    Case(
        "printers_removed_and_printers_of_one_object",
        [
            "f = get_ipython().display_formatter.formatters['text/plain']\none = [1]; f.pop(dict)\nf.singleton_printers[id(...)] = lambda o, p, c: p.text('dots')\nf.singleton_printers[id(one)] = lambda o, p, c: p.text('one')",
        ],
        ["dict in f.type_printers"],
        ["...", "one", "[1]", "{'b': 1, 'a': 2}"],
    ),
    Case(
        "printers_for_types_by_name_are_still_there_once_used",
        ["import numpy as np\nnp.float64(3.5)"],
        [],
        ["np.float64(2.5)", "[np.int64(1)]"],
        modules=["numpy"],
    ),
    Case(
        "hooks_completers_and_checkers",
        [
            "ip = get_ipython(); seen = []\nfrom IPython.display import display\ndef hook(message):\n    seen.append(message['msg_type'])\n    return message\nip.display_pub.register_hook(hook)",
            "def complete(self, event): return ['alpha']\nip.set_hook('complete_command', complete, str_key='load')\nip.set_hook('complete_command', complete, re_key='.*beta')\nip.set_custom_completer(lambda self, text: ['zzz'])\nip.Completer.custom_matchers.append(lambda t: ['cm' + t])",
            "ip.set_hook('clipboard_get', lambda self: 'pasted')",
            "from IPython.core.prefilter import PrefilterChecker\nclass Checker(PrefilterChecker):\n    def check(self, line_info): return None\nchecker = Checker(shell=ip, prefilter_manager=ip.prefilter_manager)",
        ],
        [
            "len(ip.Completer.custom_matchers), 'alpha' in ip.complete('a', 'load a', 6)[1]",
            "sorted(map(str, ip.strdispatchers['complete_command'].regexs)), ip.hooks.clipboard_get()",
            "ip.prefilter_manager.checkers.index(checker)",
        ],
        ["display('b')", "seen"],
    ),
    Case(
        "display_formatter_of_the_users",
        [
            "from IPython.core.formatters import DisplayFormatter\nclass Formatter(DisplayFormatter):\n    def format(self, value, include=None, exclude=None): return {'text/plain': 'mine'}, {}\nget_ipython().display_formatter = Formatter(parent=get_ipython())"
        ],
        [],
        ["5"],
    ),
    Case(
        "class_of_the_display_hook_and_loop_runner",
        [
            "shown = []; ip = get_ipython()\nclass Hook(type(ip.displayhook)):\n    def __call__(self, result=None):\n        shown.append(result)\n        super().__call__(result)\nip.displayhook.__class__ = Hook",
            "def runner(coroutine):\n    try: coroutine.send(None)\n    except StopIteration as e: return e.value\nip.loop_runner = runner",
        ],
        ["ip.loop_runner is runner"],
        ["6", "shown[-1]"],
    ),
    Case(
        "doctest_mode_and_what_magics_remember",
        ["get_ipython().meta.mine = [1]; mine = get_ipython().meta.mine", "%doctest_mode"],
        ["get_ipython().meta.mine is mine, get_ipython().meta.doctest_mode.mode"],
        ["%doctest_mode", "get_ipython().display_formatter.formatters['text/plain'].pprint"],
    ),
    Case(
        "imports_from_the_future_hold_for_later_cells",
        ["from __future__ import annotations\ndef f(a: Undefined) -> Nope: return a"],
        ["f.__annotations__"],
        ["def g(q: AlsoUndefined): return q\nprint(g.__annotations__, g(1))\nw: Later = 2; print(__annotations__)"],
    ),
    Case(
        "extension_of_the_users_is_not_loaded_again",
        [
            "import sys, os; sys.path.insert(0, os.getcwd())\n%load_ext myext\n%tool a",
            "import myext, types; made = types.ModuleType('madeext'); made.load_ipython_extension = lambda ip: myext.calls.append('made'); sys.modules['madeext'] = made\n%load_ext madeext",
        ],
        ["myext.calls, get_ipython().magics_manager.registry['Tools'] is myext.instance"],
        ["%tool b", "%unload_ext myext\nprint(myext.calls)", "%load_ext myext\nprint(myext.calls)\n%load_ext madeext"],
        files={
            "myext.py": "from IPython.core.magic import Magics, magics_class, line_magic\ncalls = []\ninstance = None\n@magics_class\nclass Tools(Magics):\n    @line_magic\n    def tool(self, line): calls.append(line); return len(calls)\ndef load_ipython_extension(ip):\n    global instance\n    calls.append('load'); instance = Tools(ip); ip.register_magics(instance)\ndef unload_ipython_extension(ip): calls.append('unload')\n"
        },
    ),
    Case(
        "names_of_the_history_given_to_something_else",
        ["1 + 1", "outputs = Out; inputs = In; Out = {'own': Out}; In = 'mine'"],
        ["Out['own'] is outputs, outputs is get_ipython().user_ns['_oh'], inputs is get_ipython().user_ns['_ih'], In"],
        ["7", "print(_, 7 in outputs.values(), 'own' in Out)"],
    ),
    Case(
        "what_stands_in_the_namespace_under_keys_that_are_no_names",
        [
            "import os\nkept, shared = [1], [2]\nglobals()['my var'] = shared\nglobals()[1] = shared\nglobals()[('a', 2)] = 'tuple'",
            "for key in ('@defs', '@ambient/random', 'Out[1]', 'a.b', ''):\n    globals()[key] = key * 2",
        ],
        [
            "kept, shared",
            "globals()['my var'] is shared, globals()[1] is shared, globals()[('a', 2)]",
            "[globals()[key] for key in ('@defs', '@ambient/random', 'Out[1]', 'a.b', '')]",
        ],
        then=["globals()[1].append(3); shared, globals()['my var']"],
    ),
    Case("who_in_the_first_cell_lists_what_is_not_loaded_yet", ["alpha = 1\nbeta = [1, 2]"], [], ["%who"]),
    Case(
        "pickle_finds_definitions_by_name_in_the_first_cell",
        [
            "import functools, pickle, typing\nclass Meta(type): pass\nclass Own(metaclass=Meta):\n    def __init__(self):\n        self.x = [1]\nclass Shaped(typing.Protocol): ...\nclass Round(Shaped):\n    r = 2\n"
            "@functools.lru_cache\ndef double(x): return 2 * x\ntexts = [pickle.dumps(one) for one in (Own(), Round(), double)]"
        ],
        [],
        ["own, round_, doubling = map(pickle.loads, texts)\nown.x, round_.r, doubling(4)"],
    ),
    Case("outputs_by_the_shells_own_name_in_the_first_cell", ["[5]", "x = 3", "'t'"], [], ["_oh[1], sorted(_oh)"]),
    Case(
        "doctest_ended_the_last_results",
        [
            'def f():\n    """\n    >>> f() * 2\n    2\n    """\n    return 1\nimport doctest\ndoctest.testmod().failed',
            "40 + 2",
        ],
        ["__import__('builtins')._", "'_' in globals()"],
        ["5 + 5", "_"],
    ),
    Case(
        "numbers_are_shown_as_their_formatter_was_told",
        ["get_ipython().display_formatter.formatters['text/plain'].float_format = '%.2f'\nx = 3.14159"],
        [],
        [("x", "3.14"), ("%precision", "'%.2f'"), ("%precision 3\nx", "3.142")],
    ),
    Case(
        "names_of_the_shells_own_that_a_cell_removed_stay_removed",
        [
            "a = 1; b = [a]",
            "for name in [n for n in globals() if not n.startswith('_')]: del globals()[name]",
            "kept = [1]",
        ],
        ["sorted(n for n in globals() if not n.startswith('_'))"],
        ["kept.append(2); kept", "get_ipython().execution_count > 3, exit", "# raises\nOut"],
    ),
]
