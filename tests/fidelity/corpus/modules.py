"""The user's modules: what importing them did, which is not done again, and what their functions and classes hold."""

from ..case import IDLE, Case

CASES = [
    Case(
        "a_module_made_by_hand_that_only_sys_modules_holds",
        [
            "import sys, types\nheld = [1]",
            "sys.modules['wholly_mine'] = types.ModuleType('wholly_mine')\nsys.modules['wholly_mine'].held = held",
        ],
        ["sys.modules['wholly_mine'].held is held"],
        [
            (
                "import wholly_mine\nwholly_mine.held.append(2); held, sys.modules['wholly_mine'] is wholly_mine",
                "([1, 2], True)",
            )
        ],
    ),
    Case(
        "module_that_opens_a_file_for_writing",
        ["import report\nreport.w.writerow([1, 2]); report.f.flush()"],
        ["open('m.csv').read()"],
        ["report.w.writerow([3, 4]); report.f.flush(); open('m.csv').read()"],
        files={
            "report.py": "import csv\nf = open('m.csv', 'w', newline=''); w = csv.writer(f); w.writerow(['a', 'b'])\n"
        },
    ),
    Case(
        "module_that_counts_its_imports_in_a_file",
        ["import counted"],
        ["open('n.txt').read(), counted.N", "open('audit.txt').read()"],
        files={
            "counted.py": "import os\nN = int(open('n.txt').read()) + 1 if os.path.exists('n.txt') else 1\nopen('n.txt', 'w').write(str(N))\nopen('audit.txt', 'a').write('imported\\n')\n"
        },
    ),
    Case(
        "module_not_named_any_more_was_imported_once",
        ["import once\ndel once", "x = 1"],
        ["open('u.txt').read()"],
        ["import once; once.v, open('u.txt').read()"],
        files={"once.py": "v = [1]\nopen('u.txt', 'a').write('once')\n"},
    ),
    Case(
        "module_that_takes_a_way_round_errors",
        ["import careful"],
        ["careful.ok, careful.f.name, open('t.txt').read()", "careful.state()", "careful.seen"],
        files={
            "careful.py": "seen = []\ntry:\n    f = open('t.txt', 'a')\n    f.write('1'); f.flush()\n    ok = True\nexcept OSError:\n    ok = False\n    f = None\ntry:\n    open('t.txt', 'a').write('2')\nexcept:\n    ok = False\nseen.append(1)\ndef state(): return ok\n"
        },
    ),
    Case(
        "module_whose_class_opens_a_file",
        ["import lib\nc = lib.A(); lib.A.log.write('x'); lib.A.log.flush()"],
        ["open('a.txt').read()", "type(c) is lib.A, c.go(), lib.A.n", "lib.A.__qualname__, lib.__doc__"],
        ["lib.A.log.write('y'); lib.A.log.flush(); open('a.txt').read()"],
        files={
            "lib.py": "'''Doc.'''\nfrom __future__ import annotations\nclass A:\n    n = 1\n    log = open('a.txt', 'w')\n    def go(self): return self.n\n'''late text'''\n"
        },
    ),
    Case(
        "package_whose_submodule_writes_when_imported",
        ["import pkg.sub\npkg.sub.go()"],
        [
            "open('p.log').read()",
            "pkg.sub.helper.NAME, pkg.sub.__package__, pkg.sub.__spec__.name, type(pkg.sub.__loader__).__name__",
            "pkg.sub.__spec__.loader is pkg.sub.__loader__",
        ],
        ["pkg.sub.go(); open('p.log').read()"],
        files={
            "pkg/__init__.py": "from . import helper\n",
            "pkg/helper.py": "NAME = 'h'\nlog = open('p.log', 'a')\nlog.write('start\\n'); log.flush()\n",
            "pkg/sub.py": "from . import helper\nfrom .helper import log\ndef go():\n    log.write('go\\n'); log.flush()\n",
        },
    ),
    Case(
        "module_that_starts_a_thread_and_a_process",
        ["import beat, time\nbeat.t.join()"],
        ["open('h.txt').read(), beat.out"],
        files={
            "beat.py": "import threading, subprocess\ndef beat():\n    with open('h.txt', 'a') as f: f.write('beat\\n')\nt = threading.Thread(target=beat, daemon=True); t.start()\nsubprocess.run('echo 1 >> h2.txt', shell=True)\nout = subprocess.check_output(['echo', 'hi'])\n"
        },
        either=True,
    ),
    Case(
        "module_that_makes_folders_and_goes_there",
        ["import conf, os, shutil"],
        ["os.path.basename(os.getcwd())", "conf.here, conf.cfg.n"],
        ["conf.cfg.bump()"],
        files={
            "conf.py": "import os\nclass Cfg:\n    def __init__(self): os.makedirs('out/deep'); self.n = 1\n    def bump(self): self.n += 1; return self.n\ncfg = Cfg()\nos.chdir('out')\nhere = os.path.basename(os.getcwd())\n"
        },
    ),
    Case(
        "module_that_went_another_way",
        ["import first"],
        ["first.N, first.fresh()"],
        files={
            "first.py": "import os\nif not os.path.exists('st.txt'):\n    open('st.txt', 'w').write('1')\n    N = 'first'\n    def fresh(): return 'first'\nelse:\n    N = 'again'\n    def fresh(): return 'again'\n"
        },
        either=True,
    ),
    Case(
        "module_that_prints_and_keeps_streams",
        ["import talk"],
        [],
        ["print('b')", "talk.say('x')"],
        files={
            "talk.py": "import sys\nprint('loading')\ndef say(t, out=sys.stdout, w=sys.stdout.write): print(t, file=out); return w('w')\n"
        },
    ),
    Case(
        "module_that_makes_its_names_when_they_are_asked_for",
        ["import lazy\nfrom lazy import other as o\nlazy.f = lambda: 3\nlazy.extra = [1]"],
        ["lazy.f(), lazy.extra, o"],
        ["lazy.asked", "def g():\n    from lazy import late\n    lazy.late = late\ng(); lazy.asked"],
        files={
            "lazy.py": "asked = []\ndef __getattr__(name):\n    if name.startswith('__'): raise AttributeError(name)\n    asked.append(name)\n    return [name]\n"
        },
    ),
    Case(
        "module_with_a_logger",
        ["import applog", "applog.log.warning('one')"],
        ["open('a.log').read()"],
        ["applog.log.warning('two')", "open('a.log').read()"],
        files={
            "applog.py": "import logging, sys\nlog = logging.getLogger('app'); log.addHandler(logging.StreamHandler(sys.stdout)); log.propagate = False\nlog.addHandler(logging.FileHandler('a.log'))\n"
        },
    ),
    Case(
        "module_whose_handlers_were_taken_away",
        ["import applog, logging\napplog.log.handlers.clear()"],
        ["applog.log.handlers", "len(logging.root.handlers)"],
        files={
            "applog.py": "import logging, sys\nlog = logging.getLogger('app'); log.addHandler(logging.StreamHandler(sys.stdout)); logging.getLogger().addHandler(logging.NullHandler())\n"
        },
    ),
    Case(
        "module_that_adds_to_the_session",
        ["plugins = []", "import plug, sys", "del extra"],
        ["plugins, sys.path.count('/my/extra')", "'extra' in globals(), kept"],
        files={
            "plug.py": "import __main__, sys\n__main__.plugins.append('me')\nsys.path.append('/my/extra')\n__main__.extra = 1\n__main__.kept = [2]\n"
        },
    ),
    Case(
        "module_that_takes_from_the_session",
        ["base = [1]\ndef fun(): return base", "import taker"],
        ["taker.base is base, taker.fun is fun, taker.get()"],
        files={"taker.py": "from __main__ import base, fun\ndef get(): return fun() + base\n"},
    ),
    Case(
        "settings_of_a_module_that_cells_changed_later",
        [
            "import setup, os, sys\nos.environ['MODE'] = 'changed'; del os.environ['OTHER']; sys.setrecursionlimit(setup.before)"
        ],
        ["os.environ['MODE'], 'OTHER' in os.environ", "sys.getrecursionlimit() == setup.before"],
        files={
            "setup.py": "import os, sys\nos.environ['MODE'] = 'fresh'; os.environ['OTHER'] = '1'\nbefore = sys.getrecursionlimit()\nsys.setrecursionlimit(before + 50)\n"
        },
    ),
    Case(
        "module_with_a_callback_of_the_shell",
        ["import counts"],
        ["counts.n > 0"],
        ["a = counts.n", "counts.n - a"],
        files={
            "counts.py": "from IPython import get_ipython\nn = 0\ndef make():\n    def count(*_):\n        global n\n        n += 1\n    return count\nget_ipython().events.register('post_run_cell', make())\n"
        },
    ),
    Case(
        "module_whose_folder_left_the_path",
        ["import sys, os\nsys.path.insert(0, os.path.abspath('deep')); import lib2; sys.path.pop(0)\nlib2.s.append(1)"],
        ["lib2.s"],
        ["lib2.add()"],
        files={"deep/lib2.py": "s = []\ndef add(): s.append(2); return s\n"},
    ),
    Case(
        "state_in_closures_of_a_module",
        ["import lib\nlib.inc(); lib.inc(); lib.slow(3)\ngot = lib.hits()"],
        ["lib.peek(), lib.calls, lib.hits.__closure__[0].cell_contents is got"],
        ["lib.inc(), lib.peek()", "lib.slow(3); lib.calls", "lib.hits(); got"],
        files={
            "lib.py": "import functools\ndef mk():\n    n = 0\n    def inc():\n        nonlocal n\n        n += 1\n        return n\n    return inc, lambda: n\ninc, peek = mk()\ncalls = []\ndef memo(f):\n    cache = {}\n    @functools.wraps(f)\n    def w(x):\n        if x not in cache: cache[x] = f(x)\n        return cache[x]\n    return w\n@memo\n@memo\ndef slow(x):\n    calls.append(x); return x\ndef mk2():\n    h = []\n    def hits():\n        h.append(1); return h\n    return hits\nhits = mk2()\n"
        },
    ),
    Case(
        "counting_decorator_of_a_module",
        ["import lib\nlib.a(); lib.a(); lib.b()"],
        ["lib.a.count(), lib.b.count()"],
        ["lib.a(); lib.a.count()"],
        files={
            "lib.py": "import functools\ndef counted(step):\n    def deco(f):\n        n = 0\n        @functools.wraps(f)\n        def w(*a):\n            nonlocal n\n            n += step\n            return f(*a)\n        w.count = lambda: n\n        return w\n    return deco\n@counted(1)\ndef a(): return 1\n@counted(10)\ndef b(): return 2\n"
        },
    ),
    Case(
        "defaults_that_a_module_function_changes",
        ["import lib\nmine = lib.f(1); lib.K().m(4); lib.K.s(1); lib.CFG.n = 5"],
        ["lib.f.__defaults__[0] is mine", "lib.get() is lib.CFG"],
        ["lib.f(3); mine", "lib.K().m(5), lib.K.s(2), lib.K().p", "lib.CFG.n = 6; lib.get().n"],
        files={
            "lib.py": "def f(x, acc=[]):\n    acc.append(x); return acc\nclass K:\n    def m(self, x, acc=[]):\n        acc.append(x); return acc\n    @staticmethod\n    def s(x, *, acc={}):\n        acc[x] = 1; return acc\n    @property\n    def p(self, acc=[]):\n        acc.append(1); return acc\nclass Cfg: n = 1\nCFG = Cfg()\ndef get(c=CFG): return c\n"
        },
    ),
    Case(
        "markers_in_defaults_of_a_module",
        ["import lib\na = lib.D(1); b = lib.D(2); a.xs.append(1)"],
        ["a, b, lib.D(3), lib.E.A, lib.N(1, 2), lib.call(), lib.K().x"],
        ["lib.D(5), lib.D()"],
        files={
            "lib.py": "import dataclasses, enum, typing, collections, functools, contextlib\n@dataclasses.dataclass\nclass D:\n    n: int = 0\n    xs: list = dataclasses.field(default_factory=list)\nclass E(enum.Enum):\n    A = 1\nclass N(typing.NamedTuple):\n    a: int\n    b: int = 3\n_MISSING = object()\ndef call(x=_MISSING, *, e=E.A, t=collections.OrderedDict): return x is _MISSING and e is E.A\n@contextlib.contextmanager\ndef cm(x, y=dataclasses.MISSING): yield y is dataclasses.MISSING\nclass K:\n    @functools.cached_property\n    def x(self):\n        with cm(1) as c: return c\n"
        },
    ),
    Case(
        "parts_of_module_functions_and_classes_that_cells_set",
        [
            "import lib\ndef new(): return 'new'\nlib.g.__code__ = new.__code__; lib.f.__defaults__ = (5,); lib.f.__kwdefaults__['v'] = 9; lib.f.__doc__ = 'd'; lib.f.__name__ = 'ren'",
            "class Mix:\n    def extra(s): return 'e'\nlib.K.__bases__ = (Mix, lib.B); lib.K.__name__ = 'Ren'",
        ],
        [
            "lib.g(), lib.f(), lib.f.__doc__, lib.f.__name__",
            "lib.K().extra(), lib.K.__name__, lib.K.__bases__[0] is Mix",
        ],
        files={"lib.py": "def f(a=1, *, v=2): return a, v\ndef g(): return 'old'\nclass B: pass\nclass K(B): pass\n"},
    ),
    Case(
        "registered_with_a_module",
        [
            "import lib, fractions\nclass My: pass\nlib.Shape.register(My); lib.Shape.register(fractions.Fraction)\nlib.K.__dict__['m'].register(str)(lambda s, a: 'str')"
        ],
        ["isinstance(My(), lib.Shape), issubclass(fractions.Fraction, lib.Shape), issubclass(int, lib.Shape)"],
        ["lib.K().m('a'), lib.K().m(1)"],
        files={
            "lib.py": "import abc, functools\nclass Shape(abc.ABC): pass\nclass K:\n    @functools.singledispatchmethod\n    def m(s, a): return 'any'\n"
        },
    ),
    Case(
        "module_that_was_given_another_class",
        [
            "import lib, types\nclass Mod(types.ModuleType):\n    @property\n    def live(s): return len(s.hist)\nlib.__class__ = Mod; lib.hist = [1]"
        ],
        ["lib.live, type(lib) is Mod"],
        files={"lib.py": "x = 1\n"},
    ),
    Case(
        "module_made_from_a_specification_alone",
        [
            "import importlib.util, sys\nspec = importlib.util.spec_from_loader('dyn', loader=None); m = importlib.util.module_from_spec(spec); m.v = [1]; sys.modules['dyn'] = m"
        ],
        ["m.v"],
        ["import dyn; dyn is m"],
    ),
    Case(
        "modules_of_one_name_loaded_past_sys_modules",
        [
            "import importlib.util\ndef load(path):\n    spec = importlib.util.spec_from_file_location('plugin', path); m = importlib.util.module_from_spec(spec); spec.loader.exec_module(m); return m\nplugins = [load(f'q_{n}.py') for n in 'ab']",
            "objs = [p.P() for p in plugins]; run = plugins[1].run; names = vars(plugins[0]); names['count'] = 5",
        ],
        [
            "[(p.NAME, p.count, p.__spec__.name, p.__file__[-6:]) for p in plugins], run is plugins[1].run",
            "[type(o) is p.P for o, p in zip(objs, plugins)], names is vars(plugins[0])",
        ],
        ["[o.go() for o in objs], run(), [p.count for p in plugins], names['count']"],
        files={
            f"q_{n}.py": f"NAME = '{n}'\ncount = 0\ndef run():\n    global count\n    count += 1\n    return NAME, count\nclass P:\n    def go(self): return run()\n"
            for n in "ab"
        },
    ),
    Case(
        "another_module_of_a_name_that_cells_made",
        [
            "import sys, types\nm1 = types.ModuleType('hand'); sys.modules['hand'] = m1; m1.x = 0",
            "m2 = types.ModuleType('hand'); sys.modules['hand'] = m2; m2.x = 1",
        ],
        ["sys.modules['hand'] is m2, sys.modules['hand'] is m1, m1.x, m2.x"],
        ["import hand; hand is m2"],
    ),
    Case(
        "module_imported_a_second_time",
        ["import lib, sys\nold = lib; old.state.append(1); del sys.modules['lib']\nimport lib"],
        ["old is lib, old.state, lib.state"],
        files={"lib.py": "state = []\n"},
    ),
    Case(
        "module_whose_functions_are_remembered_on_disk",
        ["import lib\nlib.f(3)\nfrom lib import f"],
        ["lib.f(3), f is lib.f"],
        ["lib.calls"],
        files={
            "lib.py": "import joblib\nmem = joblib.Memory('cache', verbose=0)\ncalls = []\n@mem.cache\ndef f(x):\n    calls.append(x); return x * 2\n"
        },
        modules=["joblib"],
    ),
    Case(
        "time_zone_of_a_module_that_a_cell_changed_later",
        ["import lib, os, time\nos.environ['TZ'] = 'UTC'; time.tzset()"],
        ["time.strftime('%Z'), os.environ['TZ']"],
        files={"lib.py": "import os, time\nos.environ['TZ'] = 'Asia/Tokyo'; time.tzset()\n"},
    ),
    Case(
        "module_imported_first_after_the_move_takes_a_variable_of_the_session",
        ["table = {1: 'a'}"],
        [],
        ["import fresh\nfresh.x, '__getattr__' in globals()"],
        files={"fresh.py": "from __main__ import table\nx = table[1]\n"},
    ),
    Case(
        "module_that_imports_a_library_which_numbers_its_objects",
        ["import sympy\nd = sympy.Dummy('d')", "import numbering\nx = numbering.made()"],
        ["numbering.sympy is sympy, x.name", "x == d"],
        ["numbering.made() in (d, x), numbering.made().name"],
        files={"numbering.py": "import sympy\nfrom sympy import stats\ndef made():\n    return sympy.Dummy('d')\n"},
        modules=["sympy"],
    ),
    Case(
        "reloaded_module_knows_nothing_of_the_objects_from_before",
        [
            "import importlib, parts\nfrom parts import Part\none = Part('bolt')",
            IDLE,
            "importlib.reload(parts); one.name",
            "two = parts.Part('nut')",
        ],
        ["dict(parts.live) == {'nut': two}", "parts.listed == [two]", "one.name"],
        ["three = parts.Part('pin'); sorted(parts.live), len(parts.listed)"],
        files={
            "parts.py": "import weakref\nlive = weakref.WeakValueDictionary()\nlisted = []\nclass Part:\n    def __init__(self, name): self.name = name; live[name] = self; listed.append(self)\n"
        },
    ),
    Case(
        "modules_of_an_importer_that_a_cell_defined",
        [
            "import importlib.abc, importlib.util, sys\nclass Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):\n    src = {'virt_cfg': 'RATE = 0.1\\nclass K: pass\\nk = K(); none = object()\\ndef rate(): return RATE\\n', 'virt_pkg': 'from virt_cfg import RATE, K\\nitems = [RATE]\\ndef add(x): items.append(x); return items\\n'}\n    asked = []\n    def find_spec(self, name, path=None, target=None):\n        if name in self.src: self.asked.append(name); return importlib.util.spec_from_loader(name, self)\n    def create_module(self, spec): return None\n    def exec_module(self, module): exec(self.src[module.__name__], module.__dict__)\n",
            "sys.meta_path.append(Finder())\nimport virt_cfg, virt_pkg\nfrom virt_cfg import K, rate, k, none\nvirt_cfg.RATE = .2; virt_pkg.add(7)",
            "virt_pkg.items",
        ],
        [
            "rate(), virt_pkg.items, _ is virt_pkg.items",
            "Finder.asked",
            "type(virt_cfg.k) is K, virt_cfg.none is type(virt_cfg.none) or virt_cfg.none is virt_cfg.none, K.__module__, virt_pkg.K is K, rate is virt_cfg.rate",
            "sys.modules['virt_cfg'] is virt_cfg, virt_cfg.__loader__ is sys.meta_path[-1], virt_cfg.__spec__.name, isinstance(sys.meta_path[-1], Finder)",
            "rate.__globals__ is vars(virt_cfg)",
        ],
        [
            "virt_cfg.RATE = 5; rate(), virt_pkg.add(8), Finder.asked",
            "import importlib; importlib.reload(virt_cfg).RATE, virt_cfg.K is K, Finder.asked",
            "import virt_cfg as v2; v2 is virt_cfg, Finder.asked",
        ],
    ),
    Case(
        "modules_of_an_importer_in_a_file_of_the_users",
        [
            "import imp_hook, sys\nsys.meta_path.insert(0, imp_hook.Finder())\nimport virt_cfg, virt_pkg\nvirt_cfg.RATE = .2; virt_pkg.add(7)"
        ],
        ["virt_cfg.rate(), virt_pkg.items", "imp_hook.Finder.asked", "virt_pkg.K is virt_cfg.K"],
        ["virt_pkg.add(8), virt_cfg.rate(), imp_hook.Finder.asked"],
        files={
            "imp_hook.py": "import importlib.abc, importlib.util, sys\nclass Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):\n    src = {'virt_cfg': 'RATE = 0.1\\nclass K: pass\\nk = K(); none = object()\\ndef rate(): return RATE\\n', 'virt_pkg': 'from virt_cfg import RATE, K\\nitems = [RATE]\\ndef add(x): items.append(x); return items\\n'}\n    asked = []\n    def find_spec(self, name, path=None, target=None):\n        if name in self.src: self.asked.append(name); return importlib.util.spec_from_loader(name, self)\n    def create_module(self, spec): return None\n    def exec_module(self, module): exec(self.src[module.__name__], module.__dict__)\n"
        },
    ),
    Case(
        "markers_of_a_module_made_by_hand",
        [
            "import types, sys\nm = types.ModuleType('handy'); sys.modules['handy'] = m\nexec('class K: pass\\nk = K(); none = object()\\ndef f(x=none): return x is none', m.__dict__)",
            "import handy\nn = handy.none; k = handy.k",
        ],
        ["handy.f(), handy.f(n), k is handy.k, type(k) is handy.K, handy is m"],
        ["handy.f(), handy.f(n)"],
    ),
    Case(
        "package_of_an_importer_that_keeps_its_sources",
        [
            "import importlib.abc, importlib.util, sys\nclass Lib(importlib.abc.MetaPathFinder):\n    def __init__(self, files): self.files = files\n    def find_spec(self, name, path=None, target=None):\n        for n, pkg in ((name + '/__init__', True), (name, False)):\n            if n in self.files: return importlib.util.spec_from_loader(name, Src(self.files[n], n), is_package=pkg)\nclass Src(importlib.abc.InspectLoader):\n    def __init__(self, text, n): self.text, self.n = text, n; self.runs = 0\n    def get_source(self, name): return self.text\n    def is_package(self, name): return self.n.endswith('__init__')\n    def exec_module(self, m): self.runs += 1; super().exec_module(m)\nsys.meta_path.insert(0, Lib({'vp/__init__': 'from .a import f\\nfrom . import b\\nlog = []\\n', 'vp.a': 'from .b import C\\ndef f(): c = C(); c.n += 1; return c\\n', 'vp.b': 'import enum, dataclasses\\nclass E(enum.Enum):\\n    A = 1; B = 2\\n@dataclasses.dataclass\\nclass C:\\n    n: int = 0\\n    e: E = E.B\\n'}))\nimport vp; c = vp.f(); vp.log.append(c)",
            "from vp.b import E",
        ],
        ["c, vp.log[0] is c, c.e is E.B, type(c) is vp.b.C, vp.__loader__.runs, vp.__path__, vp.a.__package__"],
        [
            "vp.log.append(vp.f()); vp.log, vp.f().e is E.B, vp.b.__loader__.runs",
            "import vp.a as va; va.f is vp.f, E(1) is vp.b.E.A, vp.b.C(3) == vp.b.C(3)",
            "sys.meta_path[0].files['vp.c'] = 'from .a import f\\nx = f().n'; import vp.c; vp.c.x",
        ],
    ),
    Case(
        "notebook_imported_by_the_importer_of_jupyters_documentation",
        [
            "import io, os, sys, types, json\nfrom IPython import get_ipython\nfrom IPython.core.interactiveshell import InteractiveShell\ndef find_notebook(fullname, path=None):\n    name = fullname.rsplit('.', 1)[-1]\n    for d in path or ['']:\n        nb_path = os.path.join(d, name + \".ipynb\")\n        if os.path.isfile(nb_path): return nb_path\nclass NotebookLoader(object):\n    def __init__(self, path=None):\n        self.shell = InteractiveShell.instance(); self.path = path\n    def load_module(self, fullname):\n        path = find_notebook(fullname, self.path)\n        with io.open(path, 'r', encoding='utf-8') as f: nb = json.load(f)\n        mod = types.ModuleType(fullname); mod.__file__ = path; mod.__loader__ = self\n        mod.__dict__['get_ipython'] = get_ipython\n        sys.modules[fullname] = mod\n        save_user_ns = self.shell.user_ns; self.shell.user_ns = mod.__dict__\n        try:\n            for cell in nb[\"cells\"]:\n                if cell[\"cell_type\"] == 'code':\n                    code = self.shell.input_transformer_manager.transform_cell(\"\".join(cell[\"source\"]))\n                    exec(code, mod.__dict__)\n        finally: self.shell.user_ns = save_user_ns\n        return mod\nclass NotebookFinder(object):\n    def __init__(self): self.loaders = {}\n    def find_module(self, fullname, path=None):\n        nb_path = find_notebook(fullname, path)\n        if not nb_path: return\n        key = path\n        if path: key = os.path.sep.join(path)\n        if key not in self.loaders: self.loaders[key] = NotebookLoader(path)\n        return self.loaders[key]\n    def find_spec(self, fullname, path=None, target=None):\n        import importlib.util\n        l = self.find_module(fullname, path)\n        return None if l is None else importlib.util.spec_from_loader(fullname, l)\nsys.meta_path.append(NotebookFinder())\n",
            "import calc\nfrom calc import area, Shape\ns = Shape(); s.n = 5; calc.shapes.append(s); calc.LIMIT = 9",
        ],
        [
            "calc.shapes[-1] is s, calc.LIMIT, area(2), type(s) is calc.Shape, calc.Shape is Shape",
            "area is calc.area, area.__module__, calc.__file__",
        ],
        ["calc.add(); len(calc.shapes), calc.shapes[-1].n, calc.LIMIT"],
        files={
            "calc.ipynb": '{"cells": [{"cell_type": "markdown", "source": ["x"]}, {"cell_type": "code", "source": ["class Shape: n = 1\\n", "shapes = [Shape()]\\n", "LIMIT = 3"]}, {"cell_type": "code", "source": ["def area(x): return x * LIMIT\\n", "def add(): shapes.append(Shape())"]}]}'
        },
    ),
    Case(
        "modules_that_a_loader_of_the_users_compiles",
        [
            'import importlib.machinery, importlib.util, sys, pathlib\nclass CfgLoader(importlib.machinery.SourceFileLoader):\n    seen = []\n    def source_to_code(self, data, path, **k):\n        lines = [f"{k.strip()} = {v.strip()}" for k, v in (l.split(":", 1) for l in data.decode().splitlines() if l)]\n        self.seen.append(pathlib.Path(path).name); return compile("\\n".join(lines), path, "exec")\nclass CfgFinder:\n    @classmethod\n    def find_spec(cls, name, path=None, target=None):\n        f = pathlib.Path(name + ".cfg").resolve()\n        return importlib.util.spec_from_file_location(name, f, loader=CfgLoader(name, str(f))) if f.exists() else None\nsys.meta_path.append(CfgFinder)\n',
            "import conf\nconf.sizes.append(4); conf.debug = True",
        ],
        [
            "conf.sizes, conf.debug, conf.name, CfgLoader.seen",
            "sys.modules['conf'] is conf, type(conf.__loader__) is CfgLoader",
        ],
        [
            "conf.sizes.append(5); conf.sizes, CfgLoader.seen",
            "import importlib; importlib.reload(conf).sizes, conf.debug, CfgLoader.seen",
        ],
        files={"conf.cfg": "sizes: [1, 2]\ndebug: False\nname: 'x'\n"},
    ),
]
