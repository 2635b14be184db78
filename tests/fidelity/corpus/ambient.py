"""The state of the process that a notebook silently relies on."""

from ..case import IDLE, Case

CASES = [
    Case(
        "logging_beside_a_variable_called_In",
        [
            "import logging\nlog = logging.getLogger('mine'); log.setLevel('INFO'); log.addHandler(logging.NullHandler())\nIn = int",
        ],
        ["log.level, [type(one).__name__ for one in log.handlers], logging.getLogger('mine') is log, In"],
    ),
    Case(
        "loggers_of_own_classes",
        [
            "import logging\nclass Loud(logging.Logger):\n    def shout(self, text): return text.upper()\nlogging.setLoggerClass(Loud); loud = logging.getLogger('app.loud'); logging.setLoggerClass(logging.Logger); plain = logging.getLogger('app')",
        ],
        ["type(loud) is Loud, loud.parent is plain", "loud is logging.getLogger('app.loud')"],
        [("loud.shout('x')", "'X'")],
    ),
    Case(
        "library_that_makes_its_own_logger",
        ["import astropy.units as u\nlength = 3 * u.m"],
        ["length.unit, length.value"],
        [("(2 * length).to(u.cm).value.item()", "600.0")],
        modules=["astropy"],
    ),
    Case(
        "submodules_that_cells_imported",
        [
            "import xml.etree.ElementTree, os.path, concurrent.futures\nimport matplotlib.backends.backend_pdf",
            "import importlib, xml\n_ = importlib.import_module('xml.sax.saxutils')\nfrom xml.dom import minidom",
        ],
        [
            "xml.etree.ElementTree.tostring(xml.etree.ElementTree.Element('a'))",
            "xml.sax.saxutils.escape('<'), xml.dom.minidom is minidom",
            "matplotlib.backends.backend_pdf.PdfPages.__name__",
        ],
        modules=["matplotlib"],
    ),
    Case(
        "random_stream_goes_on",
        ["import random\nrandom.seed(3)\nrandom.random()"],
        ["random.getstate()[1][-1]"],
        [
            ("[random.random() for _ in range(3)]", "[0.5442292252959519, 0.36995516654807925, 0.6039200385961945]"),
            ("random.gauss(0, 1)", "-0.25915453769343405"),
            ("random.sample(range(100), 3)", "[1, 60, 33]"),
        ],
    ),
    Case(
        "unseeded_random_stream_goes_on",
        ["import random\nx = random.random()\nst = random.getstate()\nclone = random.Random(); clone.setstate(st)"],
        ["x", "random.getstate() == st"],
        [("[random.random() for _ in range(5)] == [clone.random() for _ in range(5)]", "True")],
    ),
    Case(
        "numpy_legacy_stream_goes_on",
        ["import numpy as np\nnp.random.seed(7)\nnp.random.rand(3); np.random.randn()"],
        ["np.random.get_state()[2]"],
        [
            ("np.random.rand(3).tolist()", "[0.07205113335976154, 0.26843898010187117, 0.49988250082555996]"),
            ("np.random.randn(2).tolist()", "[3.200914709117712, 1.0176580056634932]"),
            ("np.random.permutation(5).tolist()", "[1, 3, 2, 0, 4]"),
        ],
        modules=["numpy"],
    ),
    Case(
        "numpy_generators_go_on",
        [
            "import numpy as np\nrng = np.random.default_rng(1); rs = np.random.RandomState(2); ph = np.random.Generator(np.random.Philox(3))",
            "rng.random(); rs.rand(); ph.normal()",
        ],
        ["rng.bit_generator.state"],
        [
            ("rng.random(3).tolist()", "[0.9504636963259353, 0.14415961271963373, 0.9486494471372439]"),
            ("rs.rand(2).tolist()", "[0.025926231827891333, 0.5496624778787091]"),
            ("ph.integers(0, 100, 4).tolist()", "[27, 12, 57, 20]"),
            ("rng.spawn(1)[0].random()", "0.6990345474368357"),
        ],
        modules=["numpy"],
    ),
    Case(
        "generator_shared_by_two_objects",
        [
            "import numpy as np\nclass Sim:\n    def __init__(s, rng): s.rng = rng\n    def step(s): return float(s.rng.random())",
            "rng = np.random.default_rng(4); sims = [Sim(rng), Sim(rng)]",
            "sims[0].step()",
        ],
        ["sims[0].rng is rng"],
        [
            (
                "sims[1].step(), float(rng.random()), sims[0].step()",
                "(0.5113275528143616, 0.9762437057077041, 0.08083602389560218)",
            )
        ],
        modules=["numpy"],
    ),
    Case(
        "working_directory",
        ["import os\nos.makedirs('sub/deep', exist_ok=True)\nos.chdir('sub/deep')"],
        ["os.path.basename(os.getcwd())"],
        [("import pathlib; pathlib.Path.cwd().name", "'deep'")],
    ),
    Case(
        "cd_magic_and_history_of_folders",
        ["%mkdir -p one", "%cd -q one", "%cd -q .."],
        ["__import__('os').path.exists('one')"],
        [("%cd -q -\nimport os; os.path.basename(os.getcwd())", "'one'")],
    ),
    Case(
        "environment_variables",
        ["import os\nos.environ['MY_MODE'] = 'fast'\nos.environ.setdefault('MY_OTHER', '1')", "%env MY_THIRD=x"],
        ["os.environ['MY_MODE']", "os.environ['MY_OTHER']", "os.getenv('MY_THIRD')"],
        [("!echo $MY_MODE", "fast")],
    ),
    Case(
        "environment_variable_removed",
        ["import os\nold = os.environ.pop('LANG', None); os.environ['TZ_X'] = 'a'; del os.environ['TZ_X']"],
        ["'LANG' in os.environ", "'TZ_X' in os.environ"],
    ),
    Case(
        "secret_in_the_environment_is_never_kept_quietly",
        ["import os\nos.environ['MY_API_TOKEN'] = 's3cr3t'"],
        ["os.environ.get('MY_API_TOKEN')"],
        either=True,
    ),
    Case(
        "sys_path_and_module_found_through_it",
        ["import sys\nsys.path.insert(0, 'libs')", "import tinylib"],
        ["'libs' in sys.path", "tinylib.f(2)"],
        [("import otherlib; otherlib.g()", "'g'")],
        files={"libs/tinylib.py": "def f(x):\n    return x + 1\n", "libs/otherlib.py": "def g():\n    return 'g'\n"},
    ),
    Case(
        "recursion_limit_and_int_digits",
        ["import sys\nsys.setrecursionlimit(5000); sys.set_int_max_str_digits(10000); sys.setswitchinterval(0.01)"],
        ["sys.getrecursionlimit()", "sys.get_int_max_str_digits()", "round(sys.getswitchinterval(), 4)"],
    ),
    Case(
        "gc_switched_off",
        ["import gc\ngc.disable(); gc.set_threshold(500, 5, 5)"],
        ["gc.isenabled()", "gc.get_threshold()"],
    ),
    Case(
        "gc_is_on_after_a_stop_and_switched_on_again",
        ["import gc\nfound = []", "gc.disable()", "gc.enable()\nheld = []"],
        ["gc.isenabled()"],
        [
            "class Noted:\n    def __del__(self):\n        found.append(1)",
            "one = Noted()\none.me = one\ndel one\nheld = [[] for _ in range(2 * 10**6)]\nprint(found)",
        ],
    ),
    Case(
        "warning_filters",
        [
            "import warnings\nwarnings.filterwarnings('ignore', message='old.*'); warnings.simplefilter('error', UserWarning)"
        ],
        ["[f[0] for f in warnings.filters[:2]]"],
        [("try:\n    warnings.warn('x')\nexcept UserWarning:\n    print('raised')", "raised")],
    ),
    Case(
        "warnings_shown_by_the_users_function",
        [
            "import warnings\ngot = []\ndef show(m, *a, **k): got.append(str(m))\nwarnings.showwarning = show\nwarnings.simplefilter('always')"
        ],
        ["warnings.showwarning is show"],
        [("warnings.warn('hey'); got", "['hey']")],
    ),
    Case(
        "logging_levels_and_handlers",
        [
            "import logging\nlines = []\nclass H(logging.Handler):\n    def emit(self, r): lines.append(self.format(r))",
            "log = logging.getLogger('app.sub'); h = H(); h.setFormatter(logging.Formatter('%(levelname)s %(message)s')); log.addHandler(h); log.setLevel('DEBUG'); log.propagate = False; log.debug('one')",
        ],
        ["lines", "log.level", "log.handlers[0] is h"],
        [("logging.getLogger('app.sub').debug('two'); lines", "['DEBUG one', 'DEBUG two']")],
    ),
    Case(
        "logging_to_a_file_appends",
        [
            "import logging\nlogging.basicConfig(filename='run.log', level=logging.INFO, format='%(message)s')",
            "logging.info('first')",
        ],
        ["open('run.log').read()"],
        [("logging.info('second'); print(open('run.log').read())", "first\nsecond")],
    ),
    Case(
        "logging_disabled_and_level_names",
        [
            "import logging\nlogging.disable(logging.WARNING); logging.addLevelName(25, 'NOTE'); logging.getLogger('q').setLevel(25)"
        ],
        ["logging.root.manager.disable", "logging.getLevelName(25)", "logging.getLogger('q').level"],
    ),
    Case(
        "decimal_context_that_a_variable_holds",
        ["import decimal\nctx = decimal.getcontext()", IDLE, "decimal.getcontext().prec = 7"],
        then=[
            ("ctx.prec, ctx is decimal.getcontext()", "(7, True)"),
            ("ctx.prec = 4; decimal.Decimal(1) / 3", "Decimal('0.3333')"),
        ],
    ),
    Case(
        "decimal_context",
        ["import decimal\ndecimal.getcontext().prec = 6; decimal.getcontext().rounding = decimal.ROUND_DOWN"],
        ["decimal.Decimal(2) / 3"],
        [("decimal.Decimal(1) / 7", "Decimal('0.142857')")],
    ),
    Case(
        "decimal_signals_that_were_raised",
        ["from decimal import Decimal", "third = Decimal(1) / 3"],
        ["[one.__name__ for one, on in __import__('decimal').getcontext().flags.items() if on]"],
    ),
    Case(
        "locale_setting",
        ["import locale\nlocale.setlocale(locale.LC_NUMERIC, 'C.UTF-8')"],
        ["locale.setlocale(locale.LC_NUMERIC)"],
    ),
    Case(
        "pandas_options",
        [
            "import pandas as pd\npd.set_option('display.max_rows', 7); pd.options.display.precision = 2",
            "df = pd.DataFrame({'x': [1.23456] * 20})",
        ],
        ["pd.get_option('display.max_rows')", "repr(df)"],
        modules=["pandas"],
    ),
    Case(
        "numpy_print_options_and_errors",
        ["import numpy as np\nnp.set_printoptions(precision=2, suppress=True); old = np.seterr(all='raise')"],
        ["repr(np.array([1.23456]))", "np.geterr()['divide']"],
        [("try:\n    np.array([1.]) / 0\nexcept FloatingPointError:\n    print('raised')", "raised")],
        modules=["numpy"],
    ),
    Case(
        "rc_params_and_style",
        [
            "import matplotlib.pyplot as plt\nplt.rcParams['lines.linewidth'] = 4; plt.rc('font', size=7)",
            "plt.style.use('ggplot')",
        ],
        ["plt.rcParams['lines.linewidth']", "plt.rcParams['font.size']", "plt.rcParams['axes.facecolor']"],
        modules=["matplotlib"],
    ),
    Case(
        "open_figure_goes_on",
        [
            "import matplotlib\nmatplotlib.use('Agg')\nimport matplotlib.pyplot as plt\nfig, ax = plt.subplots(num=3); (line,) = ax.plot([1, 2]); ax.set_title('t')"
        ],
        [
            "plt.get_fignums()",
            "plt.gcf() is fig",
            "plt.gca() is ax",
            "ax.lines[0] is line",
            "line.get_ydata().tolist()",
        ],
        [("ax.plot([5, 6]); len(plt.gca().lines)", "2"), ("plt.title('new'); ax.get_title()", "'new'")],
        modules=["matplotlib"],
    ),
    Case(
        "inline_backend_stays",
        [
            "%matplotlib inline",
            "import matplotlib.pyplot as plt\nfig, ax = plt.subplots(); ax.plot([1, 2, 3]); plt.close(fig)",
        ],
        ["__import__('matplotlib').get_backend().lower().split('/')[-1].split('.')[-1]", "len(ax.lines)"],
        modules=["matplotlib"],
    ),
    Case(
        "socket_and_signal_defaults",
        [
            "import socket, signal\nsocket.setdefaulttimeout(3.5)\ndef on_usr1(s, f): pass\nsignal.signal(signal.SIGUSR1, on_usr1)"
        ],
        ["socket.getdefaulttimeout()", "signal.getsignal(signal.SIGUSR1) is on_usr1"],
    ),
    Case(
        "umask_and_tempdir",
        [
            "import os, tempfile\nos.makedirs('tmp', exist_ok=True); _u = os.umask(0o077); tempfile.tempdir = os.path.abspath('tmp')"
        ],
        ["tempfile.gettempdir().endswith('/tmp')"],
        [("old = os.umask(0); oct(old)", "'0o77'")],
    ),
    Case(
        "copyreg_and_csv_dialect",
        [
            "import csv, copyreg\ncsv.register_dialect('pipes', delimiter='|')",
            "import mimetypes; mimetypes.add_type('text/x-my', '.my')",
        ],
        ["csv.get_dialect('pipes').delimiter", "mimetypes.guess_type('a.my')[0]"],
    ),
    Case(
        "a_working_directory_that_a_cell_removed_is_told",
        ["import os, tempfile\nd = tempfile.mkdtemp(); os.chdir(d); os.rmdir(d)", "x = 1"],
        ["x"],
        told=["os.getcwd()"],
    ),
    Case(
        "context_variables_of_a_session_that_multiprocessing_calls_by_another_name",
        [
            "import contextvars, multiprocessing, sys\nfrom unittest import mock\nuser = contextvars.ContextVar('user'); token = user.set(['ada']); conf = {'a': 1}",
            "patched = mock.patch.dict(conf, b=2); _ = patched.start()\nlate = contextvars.ContextVar('late', default=0); _ = late.set(7)",
        ],
        ["user.get(), late.get(), user.name", "conf, patched.in_dict is conf"],
        [
            "user.get().append('bob'); user.get()",
            "user.reset(token); user.get('nobody'), late.get()",
            "patched.stop(); conf",
        ],
    ),
    Case(
        "contextvar_values",
        ["import contextvars\nuser = contextvars.ContextVar('user', default='nobody')", "tok = user.set('ada')"],
        ["user.get()"],
        [("user.get(), user.name", "('ada', 'user')")],
        either=True,
    ),
    Case(
        "contextvars_beside_multiprocessing",
        [
            "import contextvars, multiprocessing\nv = contextvars.ContextVar('v', default=0); token = v.set(5); holders = {v: 'v'}",
        ],
        ["v.get()", "holders[v]"],
        ["v.reset(token); v.get()"],
    ),
    Case(
        "time_zone_of_the_process",
        ["import os, time\nos.environ['TZ'] = 'Asia/Tokyo'; time.tzset()"],
        ["time.strftime('%H:%M', time.localtime(0))", "time.tzname[0]"],
    ),
    Case(
        "patched_module_attributes",
        ["import math, json\nmath.tau2 = math.tau * 2\njson.dumps_pretty = lambda o: json.dumps(o, indent=1)"],
        ["math.tau2", "json.dumps_pretty([1])"],
    ),
    Case(
        "patched_library_class",
        [
            "import pandas as pd\ndef peek(self, n=2): return self.head(n).to_dict('list')\npd.DataFrame.peek = peek",
            "df = pd.DataFrame({'a': [1, 2, 3]})",
        ],
        ["df.peek()", "pd.DataFrame.peek is peek"],
        modules=["pandas"],
    ),
    Case(
        "replaced_builtin_function_of_a_module",
        ["import string\nreal = string.capwords\nseen = []\nstring.capwords = seen.append", "string.capwords('x')"],
        ["seen"],
        [("string.capwords('y'); seen", "['x', 'y']")],
    ),
    Case("builtins_extended", ["import builtins\nbuiltins.say = lambda x: 'said ' + x", "say('a')"], ["say('b')"]),
    Case(
        "excepthook_and_displayhook_like_hooks",
        ["import sys\ndef hook(u): pass\nsys.unraisablehook = hook"],
        ["sys.unraisablehook is hook"],
        either=True,
    ),
    Case(
        "stdout_replaced_by_the_user",
        [
            "import sys, io\nreal = sys.stdout\nbuf = io.StringIO()\nsys.stdout = buf\nprint('hidden')\nsys.stdout = real"
        ],
        ["buf.getvalue()", "real is sys.stdout"],
        [("print('shown', file=real)", "shown")],
    ),
    Case(
        "atexit_functions",
        ["import atexit\ndef bye(): open('bye.txt', 'a').write('x')\natexit.register(bye)", "n = 1"],
        ["bye.__name__"],
        [("atexit.unregister(bye); 1", "1")],
    ),
    Case(
        "sqlite_adapters",
        [
            "import sqlite3\nclass P:\n    def __init__(s, x): s.x = x\nsqlite3.register_adapter(P, lambda p: f'P{p.x}')",
            "con = sqlite3.connect(':memory:')",
        ],
        ["con.execute('select ?', (P(3),)).fetchone()"],
        either=True,
    ),
    Case(
        "sklearn_config",
        ["import sklearn\nsklearn.set_config(display='text', assume_finite=True)"],
        ["sklearn.get_config()['display']", "sklearn.get_config()['assume_finite']"],
        modules=["sklearn"],
    ),
    Case(
        "polars_config",
        [
            "import polars as pl\npl.Config.set_tbl_rows(3); pl.Config.set_fmt_str_lengths(9)",
            "df = pl.DataFrame({'a': list(range(20))})",
        ],
        ["str(df)"],
        modules=["polars"],
    ),
    Case(
        "a_theme_of_seaborn_and_the_defaults_after_it",
        [
            "import seaborn as sns, matplotlib.pyplot as plt\nsns.set_theme()",
            "plt.rcdefaults(); plt.rcParams['font.size'] = 7",
        ],
        ["plt.rcParams['axes.grid'], plt.rcParams['font.size'], plt.rcParams['axes.facecolor']"],
        modules=["seaborn"],
    ),
    Case(
        "seaborn_theme",
        ["import seaborn as sns, matplotlib as mpl\nsns.set_theme(style='whitegrid', palette='deep')"],
        ["mpl.rcParams['axes.grid']", "mpl.rcParams['axes.edgecolor']"],
        modules=["seaborn"],
    ),
    Case(
        "a_codec_of_the_users_own",
        [
            "import codecs\ndef shout(name):\n    if name == 'shout':\n        return codecs.CodecInfo(lambda s, e='strict': (s.upper().encode(), len(s)), lambda b, e='strict': (bytes(b).decode().lower(), len(b)), name='shout')",
            "codecs.register(shout)\n'abc'.encode('shout')",
        ],
        ["'xyz'.encode('shout')"],
    ),
    Case(
        "registered_with_a_generic_function_of_a_module",
        [
            "import generic\nclass Point:\n    def __init__(self, x): self.x = x",
            "@generic.show.register(Point)\ndef _(value):\n    return f'point {value.x}'",
        ],
        ["generic.show(Point(3))", "generic.show(4)"],
        files={
            "generic.py": "import functools\n@functools.singledispatch\ndef show(value):\n    return f'plain {value}'\n"
        },
    ),
    Case(
        "registered_with_a_generic_function_of_the_library",
        [
            "import pkgutil, functools",
            "class Loader: pass\n@pkgutil.iter_importer_modules.register(Loader)\ndef walk(loader, prefix=''):\n    yield prefix + 'here', False",
        ],
        ["list(pkgutil.iter_importer_modules(Loader(), 'p.'))"],
    ),
    Case(
        "the_cache_of_a_modules_function",
        ["import slow", "slow.f(3); slow.f(4)"],
        ["slow.f.cache_info().currsize"],
        files={"slow.py": "import functools\n@functools.lru_cache\ndef f(n):\n    return n * n\n"},
        either=True,
    ),
    Case(
        "functions_of_a_stream_that_were_imported_by_name",
        [
            "import random\nfrom random import shuffle, gauss\nrandom.seed(2); pick=random.choice; inst=random._inst; l=list(range(6)); shuffle(l); gauss(0,1)"
        ],
        ["l", "inst is random._inst, pick.__self__ is random._inst, shuffle is random.shuffle"],
        ["random.seed(5); pick([1,2,3,4]), gauss(0,1), shuffle(l), l"],
    ),
    Case(
        "what_draws_from_numpys_stream_goes_on_drawing_from_it",
        [
            "import numpy as np, scipy.stats as st\nfrom numpy.random import randn, choice\nnp.random.seed(2); nr=np.random.normal; cfg={'rng':np.random.mtrand._rand}; rv=st.norm(0,1); rv.rvs()"
        ],
        ["cfg['rng'] is np.random.mtrand._rand, rv.random_state is np.random.mtrand._rand"],
        [
            "rv.rvs(), float(nr()), randn(2).tolist(), np.random.rand()",
            "np.random.seed(5); float(nr()), randn(2).tolist(), choice([1,2,3]).item(), cfg['rng'].rand(), rv.rvs(2).tolist()",
        ],
        modules=["scipy"],
    ),
    Case(
        "markers_of_libraries",
        [
            "import dataclasses, functools\nM=dataclasses.MISSING; mine=object(); d={'m':M,'x':mine}; first=functools._initial_missing"
        ],
        ["M is dataclasses.MISSING, d['m'] is M, d['x'] is mine, first is functools._initial_missing"],
    ),
    Case(
        "timers_masks_callbacks_and_prompts",
        [
            "import gc, signal, sys, threading, io\nhits = []\nsignal.signal(signal.SIGALRM, lambda s, f: hits.append(s))\nsignal.setitimer(signal.ITIMER_REAL, 300, 10)\nsignal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2])",
            "def collected(phase, info):\n    hits.append(phase) if phase == 'never' else None\ngc.callbacks.append(collected)\nsys.ps1 = '>> '\nthreading.stack_size(512 * 1024)\nsys.stdin = io.StringIO('one\\ntwo\\n')\nfirst = sys.stdin.readline()",
        ],
        [
            "200 < signal.getitimer(signal.ITIMER_REAL)[0] <= 300, signal.getitimer(signal.ITIMER_REAL)[1]",
            "signal.pthread_sigmask(signal.SIG_BLOCK, [])",
            "collected in gc.callbacks, sys.ps1",
        ],
        [
            ("signal.setitimer(signal.ITIMER_REAL, 0)\nsignal.raise_signal(signal.SIGALRM)\nprint(hits)", "[14]"),
            ("threading.stack_size(0), sys.stdin.readline()", "(524288, 'two\\n')"),
        ],
    ),
    Case(
        "warnings_being_recorded_and_factory_of_records",
        [
            "import warnings, logging\nmanager = warnings.catch_warnings(record=True)\nseen = manager.__enter__()\nwarnings.simplefilter('always')\nwarnings.warn('first')",
            "plain = logging.getLogRecordFactory()\ndef with_host(*args, **named):\n    record = plain(*args, **named)\n    record.host = 'h'\n    return record\nlogging.setLogRecordFactory(with_host)",
        ],
        ["[str(w.message) for w in seen]", "logging.getLogRecordFactory() is with_host"],
        [
            ("warnings.warn('second')\nprint([str(w.message) for w in seen])", "['first', 'second']"),
            "manager.__exit__(None, None, None)",
        ],
    ),
    Case(
        "settings_of_the_event_loop",
        [
            "import asyncio\nloop = asyncio.get_event_loop()\nloop.set_debug(True)\nloop.slow_callback_duration = 7\nproblems = []\ndef handle(loop, context):\n    problems.append(context['message'])\nloop.set_exception_handler(handle)"
        ],
        ["loop.get_debug(), loop.slow_callback_duration", "loop.get_exception_handler() is handle"],
        [("loop.call_exception_handler({'message': 'm'})\nproblems", "['m']")],
    ),
    Case(
        "what_the_operating_system_and_the_interpreter_were_told",
        [
            "import gc, os, sys, threading\nos.nice(3); os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\n"
            "sys.set_coroutine_origin_tracking_depth(4); gc.set_debug(gc.DEBUG_UNCOLLECTABLE)",
            "def trace(frame, event, arg): pass\nthreading.settrace(trace)",
            "heard, forked = [], []\ndef hook(event, arguments):\n    if event == 'mine': heard.append(arguments)\n"
            "sys.addaudithook(hook)\nos.register_at_fork(after_in_parent=lambda: forked.append(1))",
        ],
        [
            "os.nice(0), len(os.sched_getaffinity(0))",
            "sys.get_coroutine_origin_tracking_depth(), gc.get_debug()",
            "threading.gettrace() is trace",
        ],
        [
            ("sys.audit('mine', 4); heard", "[(4,)]"),
            ("pid = os.fork()\nif pid == 0: os._exit(0)\nos.waitpid(pid, 0); len(forked)", "1"),
        ],
    ),
    Case(
        "the_underscore_of_gettext",
        ["import gettext; gettext.install('app')", "'shown'"],
        ["_('a') if callable(_) else _"],
        [("_('b')", "'b'")],
    ),
    Case(
        "open_figures_under_their_numbers",
        [
            "import matplotlib\nmatplotlib.use('agg')\nimport matplotlib.pyplot as plt\nfig, ax = plt.subplots(num='mine'); second = plt.figure(); seventh = plt.figure(7); plt.figure('mine')",
        ],
        ["plt.get_fignums(), plt.gcf() is fig", "fig.number, second.number, seventh.number"],
        [("plt.plot([1, 2]); len(ax.lines), plt.figure(7) is seventh, plt.figure().number", None)],
        modules=["matplotlib"],
    ),
    Case(
        "files_in_the_memory_of_fsspec",
        [
            "import fsspec\nfs = fsspec.filesystem('memory'); fs.pipe('/a', b'hi'); fs.makedirs('/d/e'); f = fs.open('/a'); _ = f.read(1)"
        ],
        ["fs.cat('/a'), f.tell(), fs.isdir('/d/e')", "fs is fsspec.filesystem('memory')"],
        ["print(f.read(), fs.ls('/', detail=False))"],
        modules=["fsspec"],
    ),
    Case(
        "what_the_garbage_collector_kept_is_told",
        [
            "import gc\nclass Loop:\n    pass\nloop = Loop()\nloop.me = loop\n_ = gc.collect()\ngc.set_debug(gc.DEBUG_SAVEALL)\ndel loop\nn = gc.collect()\ngc.set_debug(0)\nn = len(gc.garbage) > 0",
        ],
        ["n"],
        told=["gc.garbage"],
    ),
    Case(
        "a_stream_of_a_librarys_in_place_of_standard_error",
        [
            "import io, sys\nfrom rich.console import Console\nfrom rich.progress import Progress\ncon = Console(file=io.StringIO()); shown = Progress(console=con, auto_refresh=False, redirect_stdout=False); task = shown.add_task('t', total=4); shown.start()",
            "shown.advance(task); said = vars(sys.stderr)",
        ],
        [
            "type(sys.stderr).__name__, sys.stderr.rich_proxied_file is sys.__stderr__, vars(sys.stderr) is said",
            "shown.tasks[0].completed, shown.live.is_started",
        ],
        [
            "print('err', file=sys.stderr); 'err' in con.file.getvalue()",
            "shown.advance(task); shown.stop(); shown.tasks[0].completed, type(sys.stderr).__name__",
        ],
    ),
    Case(
        "a_stream_that_is_lost_leaves_the_kernels_own_in_its_place",
        [
            "import sys, threading\nstop = threading.Event(); held = threading.Thread(target=stop.wait, daemon=True); held.write = sys.stderr.write; held.flush = sys.stderr.flush; held.start(); sys.stderr = held",
        ],
        ["1 + 1"],
        ["print(3)", "print('e', file=sys.stderr)"],
        told=["held"],
    ),
]
