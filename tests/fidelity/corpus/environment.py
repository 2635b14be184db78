"""User modules, edited files, the notebook's surroundings."""

from ..case import IDLE, Case

CASES = [
    Case(
        "user_module_with_state",
        ["import helpers", "helpers.cache['a'] = 1; helpers.counter += 5"],
        ["helpers.cache", "helpers.counter"],
        [("helpers.bump()", "6")],
        files={
            "helpers.py": "cache = {}\ncounter = 0\ndef bump():\n    global counter\n    counter += 1\n    return counter\n"
        },
    ),
    Case(
        "user_module_edited_on_disk_after_import",
        ["import helpers", "x = helpers.f(2)"],
        ["x"],
        [("helpers.f(2)", "4")],
        files={"helpers.py": "def f(x):\n    return x * 2\n"},
        between={"helpers.py": "def f(x):\n    return x * 100\n"},
        either=True,
    ),
    Case(
        "a_module_edited_before_a_move_keeps_its_code_with_each_move",
        ["import rates\nfrom rates import rate, Account", "a = Account(3)\nrates.seen.append(a)"],
        ["rate(2)", "a.worth()", "rates.seen[0] is a", "type(a) is rates.Account"],
        [
            ("rate(3), Account(1).worth()", "(6, 2)"),
            ("import importlib; importlib.reload(rates).rate(3), rate(3)", "(300, 6)"),
        ],
        files={
            "rates.py": "seen = []\ndef rate(x):\n    return x * 2\nclass Account:\n    def __init__(s, n): s.n = n\n    def worth(s): return rate(s.n)\n"
        },
        between={
            "rates.py": "seen = []\ndef rate(x):\n    return x * 100\nclass Account:\n    def __init__(s, n): s.n = n\n    def worth(s): return -1\n"
        },
    ),
    Case(
        "a_module_gone_before_a_move_stays_with_each_move",
        ["from shops import Shop", "s = Shop(3)"],
        ["s.n"],
        [("s.double()", "6"), ("Shop(5).double(), isinstance(s, Shop)", "(10, True)")],
        files={"shops.py": "class Shop:\n    def __init__(s, n): s.n = n\n    def double(s): return s.n * 2\n"},
        between={"shops.py": None},
        told=["shops"],
    ),
    Case(
        "user_module_gone_from_disk",
        ["import helpers", "c = helpers.C(3)"],
        ["c.n"],
        [("c.double()", "6"), ("helpers.C(5).double()", "10")],
        files={"helpers.py": "class C:\n    def __init__(s, n): s.n = n\n    def double(s): return s.n * 2\n"},
        between={"helpers.py": None},
        either=True,
    ),
    Case(
        "a_class_of_a_library_that_is_missing_is_told_with_every_move",
        [
            "import sys; sys.path.insert(0, 'site-packages')\nfrom solving import Solver\nx = [1]",
            "known = {'best': Solver, 'x': x}\nclass Own(Solver): pass\nown = Own()",
        ],
        ["known['x'] is x"],
        [
            (
                "for use in (lambda: Solver(), lambda: known['best'].name, lambda: Own()):\n    try: use()\n    except Exception as error: print(type(error).__name__)",
                "SojournLost\nSojournLost\nSojournLost",
            ),
            ("x.append(2); known['x'], known['best'] is Solver", "([1, 2], True)"),
        ],
        files={"site-packages/solving.py": "class Solver:\n    name = 'solver'\n"},
        between={"site-packages/solving.py": None},
        told=["Solver", "Own", "own"],
    ),
    Case(
        "class_of_a_user_module_and_instances",
        ["from shapes import Square\nimport shapes", "s = Square(3); shapes.DEFAULT = Square(1)"],
        ["s.area()", "type(s) is shapes.Square", "shapes.DEFAULT.area()"],
        files={
            "shapes.py": "class Square:\n    def __init__(s, w): s.w = w\n    def area(s): return s.w ** 2\nDEFAULT = None\n"
        },
    ),
    Case(
        "user_package_with_submodules",
        ["from proj.model import Model\nimport proj.util as u", "m = Model(); m.fit(2); u.LOG.append('x')"],
        ["m.k", "u.LOG", "Model.__module__"],
        [("m.fit(1); m.k", "3")],
        files={
            "proj/__init__.py": "",
            "proj/model.py": "from . import util\nclass Model:\n    k = 0\n    def fit(self, n): self.k += n; util.LOG.append(n)\n",
            "proj/util.py": "LOG = []\n",
        },
    ),
    Case(
        "module_reloaded_after_an_edit",
        [
            "import mod",
            "import pathlib, importlib; _n = pathlib.Path('mod.py').write_text('V = 22222\\n')",
            "importlib.reload(mod)",
            "v = mod.V",
        ],
        ["v", "mod.V"],
        files={"mod.py": "V = 1\n"},
    ),
    Case(
        "module_made_by_hand",
        [
            "import types, sys\nm = types.ModuleType('handmade'); exec('def f(x): return x + k\\nk = 5', m.__dict__); sys.modules['handmade'] = m",
            "import handmade",
        ],
        ["handmade.f(1)", "m is handmade"],
        [("m.k = 7; handmade.f(1)", "8")],
    ),
    Case(
        "module_imported_from_a_string_path",
        [
            "import importlib.util\nspec = importlib.util.spec_from_file_location('plug', 'plugins/p.py'); plug = importlib.util.module_from_spec(spec); spec.loader.exec_module(plug)",
            "obj = plug.Plug(2)",
        ],
        ["obj.run()", "type(obj) is plug.Plug"],
        files={"plugins/p.py": "class Plug:\n    def __init__(s, n): s.n = n\n    def run(s): return s.n + 1\n"},
        either=True,
    ),
    Case(
        "mock_patch_in_force",
        [
            "import helpers\nfrom unittest import mock\np = mock.patch('helpers.fetch', return_value=42); m = p.start()",
            "r = helpers.fetch()",
        ],
        ["r"],
        [("helpers.fetch(), m.call_count", "(42, 2)")],
        files={"helpers.py": "def fetch():\n    return 'real'\n"},
        either=True,
    ),
    Case(
        "mock_objects_with_calls",
        [
            "from unittest.mock import Mock, MagicMock\nm = Mock(return_value=3); m(1, k=2); mm = MagicMock(); mm.__len__.return_value = 4"
        ],
        [],
        [("m.call_args_list, m()", "([call(1, k=2), call()], 3)"), ("len(mm)", "4")],
        either=True,
    ),
    Case(
        "function_borrowed_from_a_module_with_its_globals",
        ["from helpers import bump, get"],
        ["get()"],
        [("bump(); bump(); get()", "2")],
        files={"helpers.py": "n = 0\ndef bump():\n    global n\n    n += 1\ndef get():\n    return n\n"},
    ),
    Case(
        "module_state_shared_with_the_notebook",
        ["import helpers\nshared = helpers.ITEMS", "shared.append(1)"],
        ["helpers.ITEMS is shared", "helpers.ITEMS"],
        [("helpers.add(2); shared", "[1, 2]")],
        files={"helpers.py": "ITEMS = []\ndef add(x): ITEMS.append(x)\n"},
    ),
    Case(
        "singleton_of_a_user_module",
        ["from conf import CONF\nimport conf", "CONF.debug = True"],
        ["conf.CONF is CONF", "conf.get().debug"],
        files={"conf.py": "class Conf: debug = False\nCONF = Conf()\ndef get(): return CONF\n"},
    ),
    Case(
        "config_read_from_a_file_that_changed_later",
        ["import json\ncfg = json.load(open('c.json'))"],
        ["cfg"],
        files={"c.json": '{"a": 1}'},
        between={"c.json": '{"a": 2}'},
    ),
    Case(
        "script_arguments_and_main_guard",
        ["import sys\nsys.argv[1:] = ['--x', '1']", "if __name__ == '__main__':\n    main = True"],
        ["main", "__name__"],
        either=True,
    ),
    Case(
        "dataset_read_lazily_from_a_file",
        ["lines = (l for l in open('d.txt'))\nheader = next(lines)"],
        ["header"],
        [("next(lines)", "'1\\n'")],
        files={"d.txt": "h\n1\n2\n"},
        either=True,
    ),
    Case(
        "pathlib_and_glob_results",
        ["from pathlib import Path\nfiles = sorted(Path('.').glob('*.txt')); root = Path.cwd()"],
        ["files", "root == Path.cwd()"],
        files={"a.txt": "", "b.txt": ""},
    ),
    Case(
        "side_effects_happen_once",
        [
            "import pathlib\ndef hit():\n    p = pathlib.Path('hits'); p.write_text(str(int(p.read_text() or 0) + 1) if p.exists() else '1')\n    return open('hits').read()",
            "a = hit()",
            "b = [hit() for _ in range(2)]",
        ],
        ["a, b", "open('hits').read()"],
    ),
    Case(
        "time_stamps_are_not_taken_again",
        ["import time, uuid, os\nt0 = time.time(); u = uuid.uuid4(); k = os.urandom(4)"],
        ["t0", "u", "k"],
    ),
    Case(
        "unseeded_frame_is_not_recomputed",
        [
            "import numpy as np, pandas as pd\nx = np.random.rand(1000)",
            "df = pd.DataFrame({'x': x, 'r': np.random.randn(1000)})",
            "m = df.mean()",
        ],
        ["float(x.sum())", "float(df.r.sum())", "m.to_dict()"],
        modules=["pandas"],
    ),
    Case(
        "seeded_frame_from_an_advanced_generator",
        [
            "import numpy as np\nrng = np.random.default_rng(0)",
            "a = rng.normal(size=1000)",
            "b = rng.normal(size=1000)",
        ],
        ["float(a.sum())", "float(b.sum())"],
        [("float(rng.normal())", "0.41925483421092963")],
        modules=["numpy"],
    ),
    Case(
        "marked_cells",
        [
            "# sojourn: never\nimport time\nstamp = time.time_ns()",
            "# sojourn: replay\nsq = [i * i for i in range(1000)]",
            "tail = sq[-1:]",
        ],
        ["stamp", "sum(sq)", "tail"],
    ),
    Case(
        "made_module_with_imports_and_a_doc",
        [
            "import sys, types\nm = types.ModuleType('helpers_x', 'doc'); sys.modules['helpers_x'] = m\nexec('import math\\ndef area(r):\\n    return round(math.pi * r, 2)', m.__dict__)",
            "from helpers_x import area",
        ],
        ["m.__doc__, area is m.area"],
        [("area(2)", "6.28"), ("import helpers_x; helpers_x is m", "True")],
    ),
    Case(
        "modules_of_a_class_that_a_cell_made",
        [
            "import types, sys\nclass Lazy(types.ModuleType):\n    asked = []\n    def __getattr__(self, name):\n        if name.startswith('__'): raise AttributeError(name)\n        Lazy.asked.append(name)\n        return self.__dict__.setdefault(name, [name])\n    def __setattr__(self, name, value):\n        Lazy.asked.append('set ' + name); super().__setattr__(name, value)\n    @property\n    def twice(self): return self.one * 2",
            "lazy = sys.modules['lazy'] = Lazy('lazy', 'its doc')\nlazy.one = 3; lazy.foo\nloose = Lazy('loose'); loose.me = loose; loose.one = 5\nexec('def read(): return one', loose.__dict__)",
            "import lazy as again\nheld = {'module': lazy}",
        ],
        [
            "again is lazy, held['module'] is lazy, sys.modules['lazy'] is lazy, type(lazy) is Lazy, lazy.__doc__, lazy.foo is lazy.foo",
            "lazy.twice, loose.twice, loose.me is loose, loose.read(), 'loose' in sys.modules, Lazy.asked",
        ],
        [
            ("from lazy import qux\nqux is lazy.qux, Lazy.asked[-1]", "(True, 'qux')"),
            ("loose.one = 7\nloose.read(), loose.twice", "(7, 14)"),
        ],
    ),
    Case(
        "a_users_module_whose_class_hears_of_what_is_set",
        ["import conf\nconf.level = 5\nlog = conf.log"],
        ["conf.double, log, conf.log is log"],
        [("conf.level = 7\nconf.double, log", "(14, ['level', 'level'])")],
        files={
            "conf.py": "import sys, types\nlevel = 1\nlog = []\nclass Heard(types.ModuleType):\n    @property\n    def double(self): return self.level * 2\n    def __setattr__(self, name, value):\n        super().__setattr__(name, value); log.append(name)\nsys.modules[__name__].__class__ = Heard\n"
        },
    ),
    Case(
        "closures_that_a_users_module_has_by_a_name_are_its_own",
        [
            "import counting\nfrom counting import bump\nshow = counting.show; hook = counting.Kept.hook; held = [counting.bump]\nold = counting.gone; old(); del counting.gone\nwas = counting.other; was(); counting.other = counting.make(); counting.other(); counting.other()",
            IDLE,
            "bump(); bump(); hook()",
        ],
        ["bump is counting.bump, show is counting.show, hook is counting.Kept.hook, held[0] is bump, show() is bump"],
        [
            ("bump(), counting.bump(), held[0](), hook(), counting.Kept.hook()", "(3, 4, 5, 2, 3)"),
            (
                "old(), was(), counting.other(), was is counting.other, hasattr(counting, 'gone')",
                "(2, 2, 3, False, False)",
            ),
            ("import importlib\n_ = importlib.reload(counting)\nbump(), counting.bump(), held[0]()", "(6, 1, 7)"),
        ],
        files={
            "counting.py": "def make():\n    n = 0\n    def bump():\n        nonlocal n; n += 1; return n\n    return bump\nbump = make()\nshow = lambda: bump\nclass Kept:\n    hook = staticmethod(make())\ngone = make()\nother = make()\n"
        },
    ),
]
