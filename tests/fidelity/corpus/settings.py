"""Settings of libraries: made by calls, by attributes of their objects, inside functions, in loops; and calls that are not settings."""

from ..case import Case


def case(name: str, *cells: str, checks: tuple[str, ...] = (), **more: object) -> Case:
    return Case(f"setting_{name}", cells, checks, **more)  # type: ignore[arg-type]


CASES = [
    # By calls
    case(
        "call_at_module_level",
        "import xarray as xr",
        "xr.set_options(keep_attrs=True, display_width=66)",
        checks=("xr.get_options()['keep_attrs']", "xr.get_options()['display_width']"),
        modules=("xarray",),
    ),
    case(
        "last_of_two_calls_holds",
        "import dask",
        "dask.config.set({'scheduler': 'threads'})",
        "dask.config.set({'scheduler': 'synchronous', 'my.own': [1, 2]})",
        checks=("dask.config.get('scheduler')", "dask.config.get('my.own')"),
        modules=("dask",),
    ),
    case(
        "first_value_again_holds",
        "import calendar",
        "calendar.setfirstweekday(6)\ncalendar.setfirstweekday(2)\ncalendar.setfirstweekday(6)",
        checks=("calendar.firstweekday()", "calendar.month(2026, 2)"),
    ),
    case(
        "in_a_loop_and_under_conditions",
        "import xml.etree.ElementTree as ET\nfor prefix, uri in [('a', 'urn:a'), ('b', 'urn:b')]:\n    ET.register_namespace(prefix, uri)",
        "import calendar\nif 1 > 2:\n    calendar.setfirstweekday(3)\nelse:\n    calendar.setfirstweekday(5)",
        "try:\n    calendar.setfirstweekday(9)\nexcept ValueError as error:\n    said = str(error)[:3]",
        checks=(
            "ET.tostring(ET.Element('{urn:b}x'))",
            "ET.tostring(ET.Element('{urn:a}x'))",
            "calendar.firstweekday()",
            "said",
        ),
    ),
    case(
        "call_under_another_name",
        "from xarray import set_options as wide, get_options\nwide(display_width=71)",
        "import numpy as np\nfrom dask.config import set as configure\nconfigure(answer=42)",
        checks=("get_options()['display_width']", "__import__('dask').config.get('answer')"),
        modules=("xarray", "dask"),
    ),
    case(
        "functions_and_classes_of_the_users_registered",
        "import copyreg, json, sqlite3, datetime\nclass Point:\n    def __init__(self, x): self.x = x\n"
        "sqlite3.register_adapter(Point, lambda p: f'P{p.x}')\nsqlite3.register_converter('point', lambda raw: Point(int(raw[1:])))",
        "con = sqlite3.connect(':memory:', detect_types=sqlite3.PARSE_DECLTYPES)\ncon.execute('create table t (p point)')\ncon.execute('insert into t values (?)', (Point(7),))\ncon.commit()",
        checks=(
            "con.execute('select p from t').fetchone()[0].x",
            "type(con.execute('select p from t').fetchone()[0]) is Point",
        ),
    ),
    case(
        "accessor_registered_by_a_decorator",
        "import pandas as pd, xarray as xr\n@pd.api.extensions.register_dataframe_accessor('twice')\nclass Twice:\n    def __init__(self, frame): self.frame = frame\n    def total(self): return 2 * self.frame.to_numpy().sum()",
        "@xr.register_dataset_accessor('geo')\nclass Geo:\n    def __init__(self, ds): self.ds = ds\n    def names(self): return sorted(self.ds)",
        "frame = pd.DataFrame({'a': [1, 2]})",
        checks=("frame.twice.total()", "xr.Dataset({'a': 1, 'b': 2}).geo.names()"),
        modules=("pandas", "xarray"),
    ),
    case(
        "plot_template_of_the_users",
        "import plotly.io as pio, plotly.graph_objects as go",
        "pio.templates['mine'] = go.layout.Template(layout={'title': {'text': 'T'}})\npio.templates.default = 'mine'",
        checks=(
            "pio.templates.default",
            "pio.templates['mine'].layout.title.text",
            "go.Figure().layout.template.layout.title.text",
        ),
        modules=("plotly",),
    ),
    case(
        "printing_of_expressions",
        "import sympy as sp\nx, y = sp.symbols('x y')",
        "sp.init_printing(order='rev-lex')",
        checks=("str(x + y)",),
        modules=("sympy",),
        either=True,
    ),
    # By attributes of what libraries hold
    case(
        "precision_of_a_context_object",
        "import mpmath\nfrom mpmath import mp",
        "mp.dps = 40",
        checks=("mp.dps", "str(mp.pi)", "mpmath.mp is mp"),
        modules=("mpmath",),
    ),
    case(
        "context_of_mpmath_that_has_worked",
        "import mpmath\nfrom mpmath import mp\nheld = {'mp': mp}",
        "area = mp.quad(lambda x: x ** 2, [0, 1]); mp.pretty = True",
        "with mp.workdps(30): pass\nmpmath.iv.dps = 20",
        checks=("str(mp.pi), mpmath.mp is mp is held['mp']", "area", "mpmath.iv.dps, mp.dps, mp.prec"),
        modules=("mpmath",),
    ),
    case(
        "item_of_a_librarys_dict",
        "import mimetypes, json.encoder as e",
        "mimetypes.types_map['.mine'] = 'text/mine'\ndel mimetypes.types_map['.json']",
        checks=("mimetypes.types_map['.mine']", "'.json' in mimetypes.types_map"),
    ),
    case(
        "container_imported_by_name_stays_the_librarys",
        "from dask.config import config\nimport dask\nheld = {'c': config}",
        "config['mine'] = {'deep': 1}\nconfig['mine']['deep'] = 2\ndask.config.set({'other': 3})",
        checks=("dask.config.config is config", "held['c'] is config", "dask.config.get('mine')", "config['other']"),
        modules=("dask",),
    ),
    case(
        "object_imported_by_name_stays_the_librarys",
        "from pandas import options\nfrom mpmath import mp\nfrom scipy.stats import norm\nimport pandas, mpmath, scipy.stats",
        "options.display.width = 44\nmp.prec = 100",
        checks=(
            "pandas.options is options",
            "scipy.stats.norm is norm",
            "pandas.get_option('display.width')",
            "mpmath.mp.prec",
        ),
        modules=("pandas", "mpmath", "scipy"),
    ),
    # Inside functions of the user's
    case(
        "function_called_with_a_constant",
        "import calendar\ndef week(first):\n    'Set it.'\n    calendar.setfirstweekday(first)",
        "week(6)",
        checks=("calendar.firstweekday()",),
    ),
    case(
        "function_called_with_a_default_and_by_another",
        "import calendar\ndef week(first=3):\n    calendar.setfirstweekday(first)\ndef setup():\n    week()\n    return 5",
        "five = setup()",
        checks=("calendar.firstweekday()", "five"),
    ),
    case(
        "function_that_imports_what_it_sets",
        "def week(first):\n    import calendar as c\n    c.setfirstweekday(first)",
        "for day in [1, 4]:\n    week(first=day)",
        checks=("__import__('calendar').firstweekday()",),
    ),
    case(
        "method_and_maker",
        "import calendar\nclass Setup:\n    def __init__(self, first): calendar.setfirstweekday(first)\n    def change(self, first): calendar.setfirstweekday(first)",
        "s = Setup(2)",
        "s.change(4)",
        checks=("calendar.firstweekday()",),
    ),
    case(
        "function_with_a_computed_value_is_told",
        "import calendar\ndef week(first):\n    doubled = first * 2\n    calendar.setfirstweekday(doubled)",
        "week(2)",
        checks=("calendar.firstweekday()",),
        either=True,
    ),
    case(
        "function_under_a_condition_is_told",
        "import calendar\ndef week(on):\n    if on:\n        calendar.setfirstweekday(4)",
        "week(True)",
        checks=("calendar.firstweekday()",),
        either=True,
    ),
    case(
        "function_that_only_enters_a_setting",
        "import xarray as xr\ndef narrow(n):\n    with xr.set_options(display_width=n):\n        return xr.get_options()['display_width']",
        "seen = narrow(50)",
        "narrow(40)",
        checks=("xr.get_options()['display_width']", "seen"),
        modules=("xarray",),
    ),
    # What must not be done again
    case(
        "call_that_writes_a_file_is_not_made_again",
        "import shutil, logging.config, zipfile\nz = zipfile.ZipFile('a.zip', 'w')\nz.writestr('x', 'y')\nz.close()",
        "shutil.register_archive_format('own', lambda base, root, **k: base, [], 'mine')\nopen('n.txt', 'a').write('x')",
        checks=("open('n.txt').read()", "[one[0] for one in shutil.get_archive_formats()]"),
    ),
    case(
        "secrets_of_a_call_are_told_and_not_kept",
        "import urllib.request as u\nmanager = u.HTTPPasswordMgrWithDefaultRealm()",
        "class Login:\n    token = ''\n    @classmethod\n    def set_token(cls, token): cls.token = token\nLogin.set_token('user-made, so it is a variable')",
        checks=("Login.token",),
    ),
    case(
        "appending_in_a_loop_is_no_setting",
        "found = []\nfor i in range(1000):\n    found.append(i)\nseen = set()\nfor i in found:\n    seen.add(i % 7)",
        checks=("len(found)", "sum(found)", "sorted(seen)"),
    ),
    case(
        "registry_of_the_users_own",
        "class Registry:\n    items = []\n    @classmethod\n    def register(cls, one):\n        cls.items.append(one)\n        return one",
        "@Registry.register\ndef handler(): return 1\nRegistry.register(2)",
        checks=("len(Registry.items)", "Registry.items[0] is handler", "Registry.items[1]"),
    ),
    # Libraries whose objects hang on state elsewhere
    case(
        "units_defined_in_a_registry",
        "import pint\nureg = pint.UnitRegistry()\npint.set_application_registry(ureg)",
        "ureg.define('smoot = 1.7018 * meter')\nlength = 3 * ureg.smoot",
        checks=(
            "length.to('m').magnitude",
            "str(length.units)",
            "(length + 1 * ureg.meter).to('m').magnitude",
            "length._REGISTRY is ureg",
        ),
        modules=("pint",),
    ),
    case(
        "database_in_memory_with_all_it_holds",
        "import duckdb\ncon = duckdb.connect()\ncon.execute('create schema s; create table s.t as select range a from range(5); create view v as select sum(a) q from s.t; create sequence seq start 7')",
        "con.execute('create temp table tmp as select 3 z'); con.execute(\"set threads = 1\")\nstep = con.execute(\"select nextval('seq')\").fetchone()[0]",
        checks=(
            "con.execute('select q from v').fetchone()",
            "con.execute('select z from tmp').fetchone()",
            "con.execute(\"select current_setting('threads')\").fetchone()",
            "step",
        ),
        then=("con.execute(\"select nextval('seq')\").fetchone()",),
        modules=("duckdb",),
    ),
    case(
        "compiled_containers",
        "import numba\nd = numba.typed.Dict()\nd['a'] = 1\nalias = d\nl = numba.typed.List([1, 2, 3])",
        checks=("dict(d)", "list(l)", "alias is d"),
        then=("d['b'] = 2; dict(alias)", "l.append(4); list(l)"),
        modules=("numba",),
        seconds=120,
    ),
    case(
        "thread_local_data",
        "import threading\nlocal = threading.local()\nlocal.n = 3\nclass Mine(threading.local):\n    def __init__(self, start=5): self.n = start\nmine = Mine(9)\nmine.n += 1",
        checks=("local.n", "mine.n", "type(mine) is Mine"),
    ),
    case(
        "console_that_writes_into_memory",
        "import io\nfrom rich.console import Console\nfrom rich.table import Table\nconsole = Console(file=io.StringIO(), width=40)\ntable = Table('a')\ntable.add_row('1')",
        checks=("console.width", "console.is_jupyter", "table.row_count"),
        modules=("rich",),
    ),
    case(
        "registers_of_matplotlib",
        "import matplotlib as mpl, matplotlib.units as units, matplotlib.scale as scale\nfrom matplotlib.colors import ListedColormap, LinearSegmentedColormap",
        "mpl.colormaps.register(ListedColormap(['r', 'g'], name='mine'))\nfade = LinearSegmentedColormap.from_list('fade', ['r', 'g'])\nmpl.colormaps.register(fade)\n"
        "class Conv(units.ConversionInterface): pass\nclass Q: pass\nunits.registry[Q] = Conv()\nclass S(scale.LinearScale):\n    name = 'own'\nscale.register_scale(S)",
        checks=(
            "mpl.colormaps['mine'].N",
            "mpl.colormaps['fade'](0.5)",
            "type(units.registry[Q]) is Conv",
            "'own' in scale.get_scale_names()",
        ),
        modules=("matplotlib",),
    ),
    case(
        "listeners_of_a_library_class",
        "import sqlalchemy as sa\nfrom sqlalchemy import event\nfrom sqlalchemy.engine import Engine",
        "@event.listens_for(Engine, 'connect')\ndef keys(raw, record): raw.execute('PRAGMA foreign_keys=ON')",
        "e = sa.create_engine('sqlite:///a.db')",
        checks=("e.url.database",),
        then=("e.connect().execute(sa.text('pragma foreign_keys')).scalar()",),
        modules=("sqlalchemy",),
    ),
    case(
        "domain_of_messages",
        "import gettext, copyreg\ngettext.bindtextdomain('own', '/tmp/x'); gettext.textdomain('own')",
        checks=("gettext.textdomain()", "gettext.bindtextdomain('own')"),
    ),
    case(
        "call_that_looks_for_the_shell",
        "from rich import pretty\npretty.install(max_length=3)",
        then=("type(get_ipython().display_formatter.formatters['text/plain']).__name__",),
        modules=("rich",),
    ),
    case(
        "call_whose_name_does_not_say_so",
        "import sys\nsys.path.insert(0, 'site-packages')\nimport quiet",
        "old = quiet.verbosity(3)\nquiet.dark_mode()\nfrom quiet import options\noptions.shape('cube')",
        checks=("quiet.level", "old", "quiet.state", "options is quiet.options", "quiet.options.form", "quiet.calls"),
        files={
            "site-packages/quiet.py": "level, calls, state = 0, 0, {'dark': False}\nclass Options:\n    form = 'round'\n    def shape(self, name): self.form = name\n"
            "options = Options()\ndef verbosity(n):\n    global level\n    level, old = n, level\n    return old\ndef dark_mode(): state['dark'] = True\n"
        },
    ),
    case(
        "made_by_a_function_of_a_users_module",
        "import xarray, appearance\nappearance.wide(71)\nfrom appearance import wide",
        checks=("xarray.get_options()['display_width']", "xarray.get_options()['keep_attrs']"),
        then=("wide(60); xarray.get_options()['display_width']",),
        files={
            "appearance.py": "import xarray as xr\ndef wide(n):\n    xr.set_options(display_width=n)\n    kept()\ndef kept(): xr.set_options(keep_attrs=True)\n"
        },
        modules=("xarray",),
    ),
    case(
        "object_by_name_whose_dictionary_a_method_changed",
        "import sys\nsys.path.insert(0, 'site-packages')\nfrom shelf import store",
        "for n in range(3): store.put(n)",
        checks=("store.items", "store.total()"),
        files={
            "site-packages/shelf.py": "class Store:\n    def __init__(self): self.items = {}\n    def put(self, n): self.items[n] = n * n\n"
            "    def total(self): return sum(self.items.values())\nstore = Store()\n"
        },
    ),
    case(
        "that_a_library_takes_from_the_shell_as_it_is_imported",
        "import pandas as pd\ndf = pd.DataFrame([range(30)])",
        "import sys\nsys.path.insert(0, 'site-packages')\nimport here\nfrom here import inside",
        checks=("pd.get_option('display.max_columns')", "here.inside"),
        then=("df",),
        files={
            "site-packages/here.py": "try:\n    inside = type(get_ipython()).__name__\nexcept NameError:\n    inside = None\n"
        },
        modules=("pandas",),
    ),
    case(
        "call_that_is_given_the_standard_output",
        "import sys, logging\nsys.path.insert(0, 'site-packages')\nimport voice",
        "_ = voice.add_sink(sys.stdout)\n_ = voice.add_sink(logging.StreamHandler(sys.stdout).stream)\n_ = voice.add_function(sys.stdout.write)",
        checks=("voice.sinks[0] is sys.stdout, voice.sinks[1] is sys.stdout", "len(voice.sinks), len(voice.functions)"),
        then=("voice.say('hello')",),
        files={
            "site-packages/voice.py": "sinks, functions = [], []\n"
            "def add_sink(one):\n    print('a sink', file=one)\n    sinks.append(one)\n    return len(sinks)\n"
            "def add_function(one):\n    one('a function')\n    functions.append(one)\n    return len(functions)\n"
            "def say(text):\n    for one in sinks: print(text, file=one)\n    for one in functions: one(text)\n"
        },
    ),
    case(
        "by_attribute_of_an_object_imported_under_another_name",
        "import sys\nsys.path.insert(0, 'site-packages')\nfrom almanac import conf as almanac_conf\nalmanac_conf.days = 5",
        checks=("almanac_conf.days", "sys.modules['almanac'].conf is almanac_conf"),
        files={
            "site-packages/almanac.py": "class Conf:\n    days = 7\n    def __init__(self): self.all = []\nconf = Conf()\n"
        },
    ),
    case(
        "object_given_to_a_class_or_to_the_top_of_a_stack",
        "import sys\nsys.path.insert(0, 'site-packages')\nimport measures\nfrom measures import default",
        "mile = measures.Unit('mile'); _ = measures.add_enabled([mile])\nmodel = measures.Unit('m'); default.set(model)",
        checks=("measures.find('mile') is mile", "default.get() is model"),
        files={
            "site-packages/measures.py": "class Unit:\n    def __init__(self, name): self.name = name\n"
            "class Registry:\n    def __init__(self): self.units = {}\n"
            "_stack = [Registry()]\n"
            "def add_enabled(units):\n    for one in units: _stack[-1].units[one.name] = one\n    return _stack[-1]\n"
            "def find(name): return _stack[-1].units[name]\n"
            "class State:\n    value = None\n    @classmethod\n    def set(cls, value):\n        before, cls.value = cls.value, value\n"
            "        return (before,)\n    @classmethod\n    def get(cls): return cls.value\n"
            "class default(State): pass\n"
        },
    ),
    case(
        "context_variables_of_a_library",
        "import sys\nsys.path.insert(0, 'site-packages')\nimport strands\nimport contextvars\nmine = contextvars.ContextVar('mine')",
        "strands.bind(job=7, tags=['a'])\nstrands.deeper()\nstrands.deeper()\n_ = mine.set(strands.depth())",
        checks=("strands.bound()", "strands.depth(), mine.get()"),
        then=("strands.deeper(); strands.bind(tags=None); strands.bound(), strands.depth()",),
        files={
            "site-packages/strands.py": "from contextvars import ContextVar\n_bound = {}\n_depth = ContextVar('depth', default=0)\n"
            "def bind(**named):\n    for name, value in named.items():\n"
            "        _bound.setdefault(name, ContextVar(f'strands_{name}', default=...)).set(value)\n"
            "def bound(): return {name: var.get() for name, var in sorted(_bound.items()) if var.get() is not ...}\n"
            "def deeper(): _depth.set(_depth.get() + 1)\n"
            "def depth(): return _depth.get()\n"
        },
    ),
    case(
        "under_a_key_of_several_parts",
        "import sys\nsys.path.insert(0, 'site-packages')\nimport behave",
        "def plus(a, b): return a + b\nbehave.how['*', 'Pt'] = plus\nbehave.how[1, ('a', 2)] = 3",
        checks=("behave.how['*', 'Pt'](1, 2)", "behave.how[1, ('a', 2)]", "behave.how['*', 'Pt'] is plus"),
        files={"site-packages/behave.py": "class How(dict): pass\nhow = How()\n"},
    ),
    case(
        "container_changed_in_the_cell_that_imports_it",
        "import sys\nsys.path.insert(0, 'site-packages')",
        "from clouds import STOP, SIZES\nSTOP.update(['foo', 'bar'])\nSTOP.discard('a')\nfor n in (1, 2): SIZES.append(n)",
        checks=("sorted(STOP)", "SIZES"),
        then=("import clouds; clouds.STOP is STOP, clouds.words('a foo b')",),
        files={
            "site-packages/clouds.py": "STOP = {'a', 'the'}\nSIZES = []\n"
            "def words(text): return [word for word in text.split() if word not in STOP]\n"
        },
    ),
    case(
        "attribute_that_a_metaclass_computes",
        "import sys\nsys.path.insert(0, 'site-packages')\nimport loud",
        "loud.settings.verbosity = 'debug'\nloud.settings.plain = 4",
        checks=("loud.settings.verbosity", "loud.settings.plain"),
        files={
            "site-packages/loud.py": "class Meta(type):\n    @property\n    def verbosity(cls): return cls._verbosity\n"
            "    @verbosity.setter\n    def verbosity(cls, value): cls._verbosity = value.upper()\n"
            "class settings(metaclass=Meta): _verbosity, plain = 'ERROR', 1\n"
        },
    ),
    case(
        "lazy_object_that_is_configured_and_set_up",
        "import sys\nsys.path.insert(0, 'site-packages')",
        "import webby\nfrom webby import settings\nsettings.configure(debug=True)\nwebby.setup()",
        checks=("settings.debug, settings.configured", "webby.ready()"),
        then=("settings is webby.settings, type(settings).__name__",),
        files={
            "site-packages/webby/__init__.py": "class Lazy:\n    wrapped = None\n"
            "    def __getattr__(self, name):\n        if self.wrapped is None: raise RuntimeError('not configured')\n"
            "        held = self.__dict__[name] = self.wrapped[name]\n        return held\n"
            "    __class__ = property(lambda self: type(self.wrapped or self.nothing))\n"
            "    def __reduce__(self): return dict, (self.wrapped,)\n"
            "    configured = property(lambda self: self.wrapped is not None)\n"
            "    def configure(self, **named):\n        if self.wrapped is not None: raise RuntimeError('already')\n"
            "        self.wrapped = named\n"
            "settings = Lazy()\n"
            "def setup():\n    from webby import apps\n    apps.is_ready = settings.debug\n"
            "def ready():\n    from webby import apps\n    return apps.is_ready\n",
            "site-packages/webby/apps.py": "is_ready = None\n",
        },
    ),
    case(
        "method_of_a_class_named_token",
        "import sys\nsys.path.insert(0, 'site-packages')\nimport speech",
        "speech.Token.set_extension('up', getter=len)",
        checks=("speech.Token.known['up']('abc')",),
        files={
            "site-packages/speech.py": "class Token:\n    known = {}\n    @classmethod\n"
            "    def set_extension(cls, name, getter): cls.known[name] = getter\n"
        },
    ),
    case(
        "entry_of_an_entry",
        "import sys\nsys.path.insert(0, 'site-packages')\nimport folio",
        "folio.settings['plot']['width'] = 80\nfolio.settings['plot']['marks'].insert(0, 'x')\nkey = 'b'\nfolio.settings['rows'][1][key] = {'c': 1}\nfolio.settings['plot']['style'].dark = True",
        "mine = {'k': 1}\nfolio.settings['mine'] = mine\nfolio.settings['mine']['k'] = 2\ndel folio.settings['plot']['old']",
        checks=(
            "folio.settings['plot']['width'], 'old' in folio.settings['plot']",
            "folio.settings['rows']",
            "folio.settings['mine'] is mine, mine",
            "folio.settings['plot']['style'].dark",
        ),
        then=("mine['k'] = 3; folio.settings['mine'], folio.width()",),
        files={
            "site-packages/folio.py": "class Style: dark = False\nclass Config(dict): pass\n"
            "_plot = {'width': 60, 'old': 1, 'marks': [], 'style': Style()}\n"
            "settings = Config(plot=_plot, rows=[{}, {}])\ndef width(): return _plot['width']\n"
        },
    ),
    case(
        "objects_that_a_library_knows_by_their_classes",
        "import sys\nsys.path.insert(0, 'site-packages')\nimport single",
        "store = single.Store.instance(); store.add('lr', 1)\nclass Task(single.Task): pass\nt = Task(3)",
        checks=("single.Store.instance() is store, store.held", "Task(3) is t"),
        then=("single.put('mu', 2); store.held", "Task(4) is t, Task(4) is Task(4)"),
        files={
            "site-packages/single.py": "class One(type):\n    _instances = {}\n"
            "    def instance(cls): return One._instances.setdefault(cls, cls())\n"
            "class Store(metaclass=One):\n    def __init__(self): self.held = {}\n    def add(self, name, value): self.held[name] = value\n"
            "def put(name, value): Store.instance().add(name, value)\nStore.instance()\n"
            "class Register(type):\n    _cache = {}\n    def __call__(cls, n):\n        key = cls, (('n', n),)\n"
            "        if key not in Register._cache: Register._cache[key] = super().__call__(n)\n        return Register._cache[key]\n"
            "class Task(metaclass=Register):\n    def __init__(self, n): self.n = n\n"
        },
    ),
    Case(
        "methods_that_a_library_puts_on_another_librarys_classes",
        ["import seaborn as sns\nsns.palettes._patch_colormap_display()"],
        ["sns.palettes.mpl.colors.Colormap._repr_png_.__module__"],
        [
            "import matplotlib as mpl\nprint(mpl.colors.Colormap._repr_png_.__module__, sns.dark_palette('seagreen', as_cmap=True)._repr_html_()[:40])"
        ],
        modules=["seaborn"],
    ),
    Case(
        "what_cells_put_into_a_mapping_that_a_library_gives",
        [
            "import matplotlib.colors as mc\nmc.get_named_colors_mapping()['brand'] = '#123456'",
            "mc.get_named_colors_mapping().update({'other': '#654321'})",
        ],
        ["mc.to_hex('brand'), mc.to_hex('other')"],
        modules=["matplotlib"],
    ),
    Case(
        "setting_that_says_where_to_write",
        ["import io, pandas as pd\nfrom tqdm import tqdm\nout = io.StringIO(); tqdm.pandas(file=out, desc='d')"],
        ["hasattr(pd.Series, 'progress_apply')"],
        ["pd.Series([1, 2]).progress_apply(lambda v: v); 'd:' in out.getvalue()"],
        modules=["tqdm", "pandas"],
    ),
    Case(
        "callbacks_that_a_library_holds_for_its_next_app",
        [
            "from dash import Dash, html, dcc, Input, Output, callback\napp = Dash('nb'); app.layout = html.Div([dcc.Input(id='i'), html.Div(id='o')])",
            "@app.callback(Output('o', 'children'), Input('i', 'value'))\ndef up(v): return f'got {v}'",
            "@callback(Output('o', 'title'), Input('i', 'value'))\ndef up2(v): return f't {v}'",
        ],
        ["sorted(app.callback_map), len(app._callback_list)", "up('x')"],
        ["r = app.server.test_client().get('/_dash-dependencies'); sorted(d['output'] for d in r.json)"],
        modules=["dash"],
    ),
    Case(
        "settings_in_asynchronous_functions_whose_code_stays_as_it_is",
        [
            "import asyncio, pandas as pd\nasync def wide(width):\n    await asyncio.sleep(0)\n    event = asyncio.Event()\n    event.set()\n    pd.set_option('display.width', width)",
            "await wide(123)",
            "async def rows(number):\n    pd.set_option('display.max_rows', number)\n    return 5\nmade = await rows(number=33)",
        ],
        [
            "pd.get_option('display.width'), pd.get_option('display.max_rows'), made",
            "wide.__code__.co_names, rows.__code__.co_names",
        ],
        ["[name for name in wide.__code__.co_names if name.startswith('__')]"],
        modules=["pandas"],
    ),
    Case(
        "settings_by_names_that_a_cell_imports_with_all_others",
        ["from pyparsing import *\nParserElement.inline_literals_using(Suppress)"],
        [
            "(Word(nums) + '/' + Word(nums)).parse_string('1/2').as_list(), ParserElement._literalStringClass is Suppress"
        ],
        modules=["pyparsing"],
    ),
    Case(
        "plots_set_up_after_a_library_that_sets_them_up_as_it_is_imported",
        [
            "import sys\nsys.path.insert(0, 'site-packages')\nfrom dress import Thing\nimport matplotlib as mpl, matplotlib.pyplot as plt",
            "mpl.use('agg'); mpl.rcParams['lines.linewidth'] = 2.5; t = Thing()",
        ],
        ["mpl.rcParams['lines.linewidth'], mpl.rcParams['lines.markersize'], mpl.get_backend()"],
        ["t.x", "mpl.rcParams['lines.linewidth'], mpl.get_backend(), type(plt.figure().canvas).__name__"],
        files={
            "site-packages/dress.py": "import matplotlib\nmatplotlib.use('svg')\nmatplotlib.rcParams['lines.linewidth'] = 9\nmatplotlib.rcParams['lines.markersize'] = 9\nclass Thing:\n    x = 1\n"
        },
        modules=["matplotlib"],
    ),
    Case(
        "a_value_of_plot_settings_that_a_variable_and_a_copy_of_them_hold",
        [
            "import matplotlib.pyplot as plt",
            "plt.rcParams['figure.figsize'] = (9, 4)\nsize = plt.rcParams['figure.figsize']\nolder = plt.rcParams.copy()",
        ],
        ["size is plt.rcParams['figure.figsize'], older['figure.figsize'] is size, older['figure.figsize']"],
        ["size[0] = 3\nplt.rcParams['figure.figsize']"],
        modules=["matplotlib"],
    ),
    Case(
        "plot_settings_in_force_by_a_stack_of_contexts",
        [
            "import contextlib, matplotlib.pyplot as plt",
            "stack = contextlib.ExitStack()\nstack.enter_context(plt.style.context('ggplot'))\nstack.enter_context(plt.rc_context({'lines.linewidth': 9}))\nNone",
        ],
        ["plt.rcParams['lines.linewidth'], plt.rcParams['axes.facecolor']"],
        ["stack.close()\nplt.rcParams['lines.linewidth'], plt.rcParams['axes.facecolor']"],
        modules=["matplotlib"],
    ),
    Case(
        "settings_of_contexts_that_a_cell_enters_and_leaves_by_itself",
        [
            "import contextlib, mpmath, sympy\nx = sympy.Symbol('x')\nplain = sympy.evaluate(False)\nplain.__enter__()",
            "stack = contextlib.ExitStack()\nstack.enter_context(mpmath.workdps(40))\nleft = mpmath.workprec(99)\nleft.__enter__(); left.__exit__(None, None, None)\ndel left",
        ],
        ["str(x + x), mpmath.mp.dps, str(mpmath.mpf(1) / 3), mpmath.mp.prec"],
        ["plain.__exit__(None, None, None)\nprint(x + x)"],
        modules=["mpmath", "sympy"],
    ),
    Case(
        "what_a_cell_takes_of_a_library_and_changes_in_the_same_cell",
        [
            "import sys\nsys.path.insert(0, 'site-packages')\nimport board\nnotes = board.shared\nfor one in 'ab':\n    notes.write(one)",
            "from board import other\nfor one in 'cd':\n    other.write(one)",
        ],
        ["notes is board.shared, board.shared.held, board.shared.n, other is board.other, other.held, board.other.n"],
        ["notes.write('x')\nboard.shared.held, board.shared.n"],
        files={
            "site-packages/board.py": "class Board:\n    def __init__(self):\n        self.held = []\n        self.n = 0\n    def write(self, one):\n        self.held.append(one)\n        self.n = len(self.held)\nshared, other = Board(), Board()\n"
        },
    ),
    Case(
        "what_a_librarys_logger_said_is_not_said_again_and_its_parts_stay_its_own",
        [
            "import sys, io; sys.path.insert(0, 'site-packages')\nfrom voice import logger\nout, lines = io.StringIO(), []",
            "logger.add(out.write); last = logger.add(lines.append); bound = logger.bind('ada')",
            "logger.info('one')\nbound.warning('two')",
        ],
        ["out.getvalue(), lines, last", "bound.core is logger.core"],
        [
            "logger.info('three'); bound.info('four'); out.getvalue(), lines",
            "logger.remove(last); bound.info('five'); lines, logger.core.said",
        ],
        files={
            "site-packages/voice.py": (
                "class Core:\n"
                "    def __init__(self): self.sinks, self.last, self.said = {}, 0, {}\n"
                "class Logger:\n"
                "    def __init__(self, core, name): self.core, self.name = core, name\n"
                "    def add(self, sink): self.core.last += 1; self.core.sinks[self.core.last] = sink; return self.core.last\n"
                "    def remove(self, number): del self.core.sinks[number]\n"
                "    def bind(self, name): return Logger(self.core, name)\n"
                "    def info(self, text):\n"
                "        self.core.said.setdefault(self.name, True)\n"
                "        for sink in self.core.sinks.values(): sink(f'{self.name}: {text}. ')\n"
                "    warning = info\n"
                "logger = Logger(Core(), None)\n"
            )
        },
    ),
    Case(
        "what_a_librarys_decorator_registers_whose_name_says_nothing",
        [
            "import sys; sys.path.insert(0, 'site-packages')\nimport agenda\nran = []",
            "@agenda.repeat(agenda.every(10).minutes)\n@agenda.plain\ndef job(): ran.append('job')\n@agenda.marked\ndef other(): ran.append('other')\n"
            "@agenda.seen_from_here\ndef third(): pass",
        ],
        ["[(one.each, one.call is job) for one in agenda.jobs]", "other.mark", "third.where"],
        ["agenda.run_all(); ran"],
        files={
            "site-packages/agenda.py": (
                "import sys\n"
                "jobs = []\n"
                "class Job:\n"
                "    def __init__(self, each): self.each, self.call = each, None\n"
                "    minutes = property(lambda self: self)\n"
                "    def do(self, call): self.call = call; jobs.append(self)\n"
                "def every(n): return Job(n)\n"
                "def repeat(job):\n"
                "    def decorate(function): job.do(function); return function\n"
                "    return decorate\n"
                "def plain(function): return function\n"
                "def marked(function): function.mark = 3; return function\n"
                "def seen_from_here(function): function.where = sys._getframe(1).f_globals['__name__']; return function\n"
                "def run_all(): [job.call() for job in jobs]\n"
            )
        },
    ),
    Case(
        "errors_of_special_functions_are_handled_as_was_set",
        [
            "import scipy.special as sc\nsc.seterr(singular='raise')",
            "held = sc.errstate(domain='warn'); _ = held.__enter__()",
        ],
        ["sc.geterr()"],
        [
            "try:\n    sc.gammaln(-1)\nexcept sc.SpecialFunctionError as e: print(e)",
            "held.__exit__(None, None, None); sc.geterr()",
        ],
        modules=["scipy"],
    ),
    Case(
        "a_held_setting_of_dask_takes_itself_back",
        ["import dask\nheld = dask.config.set({'mine.depth': 3, 'optimization.fuse.active': False})"],
        ["dask.config.get('mine.depth'), held.config is dask.config.config"],
        [
            "held.__exit__(None, None, None)\ndask.config.get('mine.depth', 'gone'), dask.config.get('optimization.fuse.active')"
        ],
        modules=["dask"],
    ),
    Case(
        "settings_that_were_taken_back_by_what_made_them",
        [
            "import dask, xarray as xr\nheld = dask.config.set(scheduler='sync'); wide = xr.set_options(display_width=66)",
            "held.__exit__(None, None, None)\nwith wide: pass",
        ],
        ["dask.config.get('scheduler', None), xr.get_options()['display_width']"],
        modules=["dask", "xarray"],
    ),
    Case(
        "a_listener_that_was_removed",
        [
            "from sqlalchemy import event\nfrom sqlalchemy.engine import Engine\ndef hook(*given): pass\ndef other(*given): pass",
            "for one in (hook, other): event.listen(Engine, 'before_cursor_execute', one)\nevent.listen(Engine, 'after_cursor_execute', hook)",
            "event.remove(Engine, 'after_cursor_execute', hook)",
        ],
        [
            "event.contains(Engine, 'after_cursor_execute', hook), event.contains(Engine, 'before_cursor_execute', other)"
        ],
        modules=["sqlalchemy"],
    ),
    Case(
        "a_setting_of_astropy_that_was_entered",
        ["import astropy\nheld = astropy.conf.set_temp('max_lines', 7); held.__enter__()"],
        ["astropy.conf.max_lines"],
        ["held.__exit__(None, None, None)\nastropy.conf.max_lines"],
        modules=["astropy"],
    ),
    Case(
        "a_class_that_its_statement_made_known_to_yaml",
        ["import yaml\nclass Mon(yaml.YAMLObject):\n    yaml_tag = '!Mon'\n    yaml_loader = yaml.SafeLoader"],
        ["yaml.safe_load('!Mon {n: 5}').n", "list(yaml.FullLoader.yaml_constructors).count('!Mon')"],
        ["print(yaml.dump(yaml.safe_load('!Mon {n: 5}')))"],
        modules=["yaml"],
    ),
    Case(
        "keys_that_a_library_draws_at_each_import",
        [
            "from opentelemetry import baggage, context, trace\nfrom opentelemetry.sdk.trace import TracerProvider\ntrace.set_tracer_provider(TracerProvider())",
            "token = context.attach(baggage.set_baggage('k', 'v')); span = trace.get_tracer('x').start_span('s'); held = trace.use_span(span); _ = held.__enter__()",
        ],
        ["baggage.get_baggage('k')", "trace.get_current_span() is span, span.name"],
        modules=["opentelemetry.sdk"],
    ),
    Case(
        "the_one_configuration_that_a_class_has_made",
        [
            "import luigi\nfrom luigi.configuration import get_config, LuigiConfigParser\nsettings = get_config(); settings.set('sec', 'k', 'v')"
        ],
        ["get_config() is settings, get_config().get('sec', 'k'), LuigiConfigParser.instance() is settings"],
        ["settings.set('sec', 'k', 'w')\nget_config().get('sec', 'k')"],
        modules=["luigi"],
    ),
    Case(
        "quantities_of_one_system_of_units",
        [
            "from sympy.physics.units import Quantity, length, meter, convert_to, UnitSystem\nq = Quantity('q'); system = UnitSystem.get_unit_system('SI')\nsystem.set_quantity_dimension(q, length); system.set_quantity_scale_factor(q, 3 * meter)"
        ],
        ["convert_to(q, meter)", "UnitSystem.get_unit_system('SI').get_quantity_scale_factor(q)"],
        ["convert_to(6 * meter, q), convert_to(q, meter, 'MKS')"],
        modules=["sympy"],
    ),
]
