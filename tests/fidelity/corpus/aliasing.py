"""Two names, one object: what is shared stays shared, and only that."""

from ..case import IDLE, Case

CASES = [
    Case(
        "calls_of_weak_references_whose_objects_the_garbage_collector_took",
        [
            "import gc, weakref\nclass A:\n    def hit(self): return 7\nlog, calls = [], []\na = A(); a.itself = a; m = weakref.WeakMethod(a.hit, calls.append)",
            "r = weakref.ref(A, log.append); A = a = None; n = gc.collect()",
        ],
        ["[one is r for one in log], [one is m for one in calls], r(), m()"],
        then=[("gc.collect() * 0, len(log), len(calls)", "(0, 1, 1)")],
    ),
    Case(
        "two_names_one_list",
        ["a = [1, 2]", "b = a"],
        ["a is b", "a"],
        [("a.append(3); b", "[1, 2, 3]")],
    ),
    Case(
        "index_dict_points_at_the_records",
        ["records = [{'id': i, 'n': 0} for i in range(5)]", "by_id = {r['id']: r for r in records}"],
        ["by_id[3] is records[3]", "records"],
        [("by_id[2]['n'] = 7; records[2]", "{'id': 2, 'n': 7}")],
    ),
    Case(
        "equal_but_distinct_lists_stay_distinct",
        ["a = [1]; b = [1]"],
        ["a is b", "a == b"],
        [("a.append(2); b", "[1]")],
    ),
    Case(
        "list_that_contains_itself",
        ["loop = [1]; loop.append(loop)", "d = {}; d['me'] = d"],
        ["loop[1] is loop", "d['me'] is d", "len(loop)"],
    ),
    Case(
        "cycle_across_two_variables",
        ["a = {}; b = {'a': a}; a['b'] = b"],
        ["a['b'] is b", "b['a'] is a"],
        [("a['b']['x'] = 1; b['x']", "1")],
    ),
    Case(
        "tuple_in_a_cycle",
        ["items = []; t = (1, items); items.append(t)"],
        ["items[0] is t", "t[1] is items"],
    ),
    Case(
        "array_view_stays_a_view",
        ["import numpy as np", "a = np.arange(10)", "v = a[2:5]"],
        ["v.base is a", "np.shares_memory(a, v)", "v.tolist()"],
        [("v[0] = 99; int(a[2])", "99"), ("a[4] = -1; v.tolist()", "[99, 3, -1]")],
        modules=["numpy"],
    ),
    Case(
        "strided_and_reversed_views",
        [
            "import numpy as np",
            "a = np.arange(24).reshape(4, 6)",
            "cols = a[:, ::2]; back = a[::-1]; t = a.T; flat = a.ravel()",
        ],
        [
            "np.shares_memory(a, cols)",
            "np.shares_memory(a, back)",
            "np.shares_memory(a, t)",
            "np.shares_memory(a, flat)",
            "back.strides",
            "t.flags.f_contiguous",
            "cols.tolist()",
        ],
        [("back[0, 0] = 100; int(a[3, 0]), int(t[0, 3]), int(flat[18])", "(100, 100, 100)")],
        modules=["numpy"],
    ),
    Case(
        "two_views_of_a_base_nobody_names",
        ["import numpy as np", "base = np.zeros(8)", "x = base[:4]; y = base[2:6]", "del base"],
        ["np.shares_memory(x, y)", "x.tolist()"],
        [("y[0] = 5; x.tolist()", "[0.0, 0.0, 5.0, 0.0]")],
        modules=["numpy"],
    ),
    Case(
        "array_of_a_dtype_view",
        ["import numpy as np", "f = np.array([1.0, 2.0]); bits = f.view(np.int64)"],
        ["bits.tolist()", "np.shares_memory(f, bits)"],
        [("f[0] = 0.0; int(bits[0])", "0")],
        modules=["numpy"],
    ),
    Case(
        "read_only_and_broadcast_arrays",
        [
            "import numpy as np",
            "a = np.arange(3); a.flags.writeable = False; objects = np.array([[1], 'x'], dtype=object); objects.flags.writeable = False",
            "b = np.broadcast_to(np.array([1, 2]), (3, 2))",
        ],
        ["a.flags.writeable, objects.flags.writeable, objects.tolist()", "b.tolist()", "b.shape"],
        [("try:\n    a[0] = 1\nexcept ValueError as e:\n    print(e)", "assignment destination is read-only")],
        modules=["numpy"],
    ),
    Case(
        "frombuffer_over_a_bytearray",
        [
            "import numpy as np",
            "buf = bytearray(16)",
            "arr = np.frombuffer(buf, dtype='u1')",
            "mv = memoryview(buf)[4:8]",
        ],
        ["arr.tolist()", "mv.tolist()"],
        [("buf[5] = 9; int(arr[5]), mv[1]", "(9, 9)"), ("arr[6] = 3; buf[6]", "3")],
        modules=["numpy"],
    ),
    Case(
        "series_taken_from_a_frame",
        [
            "import pandas as pd",
            "df = pd.DataFrame({'a': [1, 2, 3], 'b': [4., 5., 6.]})",
            "s = df['a']",
            "df.loc[0, 'a'] = 99",
        ],
        ["df.to_dict()", "s.tolist()"],
        [
            "df.loc[1, 'a'] = 7; (df['a'].tolist(), s.tolist())",
            "s.iloc[2] = 0; (df['a'].tolist(), s.tolist())",
        ],
        modules=["pandas"],
    ),
    Case(
        "one_frame_in_a_dict_and_a_list",
        ["import pandas as pd", "df = pd.DataFrame({'x': [1]})", "tables = {'t': df}; history = [df]"],
        ["tables['t'] is df", "history[0] is df"],
        [("tables['t']['y'] = 2; list(history[0].columns)", "['x', 'y']")],
        modules=["pandas"],
    ),
    Case(
        "closures_over_one_cell",
        [
            "def make():\n    n = 0\n    def up():\n        nonlocal n\n        n += 1\n        return n\n    def get():\n        return n\n    return up, get",
            "up, get = make()",
            "up(); up()",
        ],
        ["get()"],
        [("up(); get()", "3")],
    ),
    Case(
        "closure_holds_the_users_list",
        [
            "log = []",
            "def recorder(target):\n    def add(x):\n        target.append(x)\n    return add",
            "add = recorder(log)",
            "add(1)",
        ],
        ["log"],
        [("add(2); log", "[1, 2]")],
    ),
    Case(
        "default_argument_is_shared",
        ["seen = []", "def note(x, into=seen):\n    into.append(x)\n    return len(into)", "note(1)"],
        ["seen", "note.__defaults__[0] is seen"],
        [("note(5); seen", "[1, 5]")],
    ),
    Case(
        "mutable_default_remembers",
        ["def f(x, acc=[]):\n    acc.append(x)\n    return acc", "f(1); f(2)"],
        [],
        [("f(3)", "[1, 2, 3]")],
    ),
    Case(
        "bound_method_of_the_same_object",
        [
            "class C:\n    def __init__(self): self.n = 0\n    def up(self):\n        self.n += 1\n        return self.n",
            "c = C(); m = c.up",
            "m()",
        ],
        ["m.__self__ is c", "c.n"],
        [("m(); c.n", "2")],
    ),
    Case(
        "bound_method_of_a_list",
        ["items = [1]; push = items.append; pop = items.pop"],
        ["push.__self__ is items"],
        [("push(2); items", "[1, 2]"), ("pop(); items", "[1]")],
    ),
    Case(
        "object_registered_in_an_imported_module",
        ["import json, string", "store = {'n': 1}", "json.my_registry = store", "json.my_registry['n'] = 2"],
        ["store", "json.my_registry is store"],
        [("json.my_registry['n'] = 3; store", "{'n': 3}")],
    ),
    Case(
        "registry_in_a_user_module",
        ["import registry", "cfg = {'depth': 1}", "registry.add('cfg', cfg)", "registry.bump('cfg')"],
        ["cfg", "registry.ITEMS['cfg'] is cfg"],
        [("registry.bump('cfg'); cfg", "{'depth': 3}")],
        files={
            "registry.py": "ITEMS = {}\ndef add(k, v):\n    ITEMS[k] = v\ndef bump(k):\n    ITEMS[k]['depth'] += 1\n"
        },
    ),
    Case(
        "hidden_change_through_a_module_in_a_later_cell",
        ["import registry", "data = [1]", "registry.add('d', data)", IDLE, "registry.touch()"],
        ["data"],
        files={
            "registry.py": "ITEMS = {}\ndef add(k, v):\n    ITEMS[k] = v\ndef touch():\n    for v in ITEMS.values():\n        v.append('touched')\n"
        },
    ),
    Case(
        "hidden_change_through_a_method_of_a_container",
        [
            "class Bus:\n    def __init__(self): self.subs = []\n    def emit(self, x):\n        for s in self.subs: s(x)",
            "bus = Bus(); got = []",
            "bus.subs.append(got.append)",
            IDLE,
            "bus.emit(1)",
        ],
        ["got"],
        [("bus.emit(2); got", "[1, 2]")],
    ),
    Case(
        "global_changed_by_a_function_two_calls_away",
        [
            "total = {'n': 0}",
            "def inner():\n    total['n'] += 1\ndef outer():\n    inner()",
            IDLE,
            "outer()",
            IDLE,
            "outer()",
        ],
        ["total"],
    ),
    Case(
        "out_and_variable_are_one",
        ["x = [1]\nx", "y = _"],
        ["Out[1] is x", "y is x"],
        [("x.append(2); Out[1]", "[1, 2]")],
    ),
    Case(
        "sentinel_by_identity",
        [
            "MISSING = object()",
            "data = {'a': 1, 'b': MISSING}",
            "def get(k, default=MISSING):\n    return default is MISSING",
        ],
        ["data['b'] is MISSING", "get('a')"],
    ),
    Case(
        "singletons_and_nan_by_identity",
        ["nan = float('nan'); xs = [nan, None, Ellipsis, NotImplemented]"],
        ["xs[0] is nan", "xs.index(nan)", "xs[2] is ...", "xs[3] is NotImplemented"],
    ),
    Case(
        "tree_with_parent_links",
        [
            "class Node:\n    def __init__(self, v, parent=None):\n        self.v, self.parent, self.kids = v, parent, []\n        if parent: parent.kids.append(self)",
            "root = Node(0); leaf = Node(2, Node(1, root))",
        ],
        ["leaf.parent.parent is root", "root.kids[0].kids[0] is leaf"],
        [("root.v = 9; leaf.parent.parent.v", "9")],
    ),
    Case(
        "weak_references_follow_their_objects",
        [
            "import weakref",
            "class Thing: pass",
            "t = Thing(); r = weakref.ref(t)",
            "cache = weakref.WeakValueDictionary(); cache['t'] = t",
            "ws = weakref.WeakSet([t])",
        ],
        ["r() is t", "cache['t'] is t", "t in ws"],
        [("del t; import gc; gc.collect(); (r() is None, len(cache), len(ws))", "(True, 0, 0)")],
    ),
    Case(
        "dict_views_follow_their_dict",
        ["d = {'a': 1}; ks = d.keys(); vs = d.values(); its = d.items()"],
        ["list(ks)"],
        [("d['b'] = 2; list(ks), list(vs), list(its)", "(['a', 'b'], [1, 2], [('a', 1), ('b', 2)])")],
    ),
    Case(
        "chainmap_and_mappingproxy_see_through",
        [
            "from collections import ChainMap; from types import MappingProxyType",
            "base = {'a': 1}; over = {}",
            "cm = ChainMap(over, base); ro = MappingProxyType(base)",
        ],
        ["cm['a']", "ro['a']"],
        [("base['a'] = 5; (cm['a'], ro['a'])", "(5, 5)")],
    ),
    Case(
        "attribute_shared_by_two_instances",
        ["class Job:\n    def __init__(self, q): self.q = q", "q = []; jobs = [Job(q) for _ in range(3)]"],
        ["all(j.q is q for j in jobs)"],
        [("jobs[0].q.append(1); jobs[2].q", "[1]")],
    ),
    Case(
        "partial_over_a_users_dict",
        [
            "from functools import partial",
            "opts = {'k': 1}",
            "def f(o, x):\n    return o['k'] + x",
            "g = partial(f, opts)",
        ],
        ["g(1)", "g.func is f", "g.args[0] is opts"],
        [("opts['k'] = 10; g(1)", "11")],
    ),
    Case(
        "slices_are_copies_not_aliases",
        ["a = [[1], [2]]; b = a[:]; import copy; c = copy.deepcopy(a)"],
        ["a is b", "a[0] is b[0]", "a[0] is c[0]"],
        [("a[0].append(9); b[0], c[0]", "([1, 9], [1])")],
    ),
    Case(
        "alias_made_after_a_background_save",
        ["a = [1]; b = [2]", IDLE, "b.append(a)", IDLE, "c = b"],
        ["b[1] is a", "c is b"],
        [("a.append(5); c", "[2, [1, 5]]")],
    ),
    Case(
        "alias_broken_after_a_background_save",
        ["a = [1]; b = a", IDLE, "b = list(a)"],
        ["a is b"],
        [("b.append(2); a", "[1]")],
    ),
    Case(
        "variable_rebound_in_a_loop_target",
        ["rows = [[0], [1], [2]]", "for row in rows:\n    row.append('x')"],
        ["row is rows[-1]", "rows"],
        [("row.append('y'); rows[2]", "[2, 'x', 'y']")],
    ),
    Case(
        "an_objects_dictionary_that_others_hold",
        [
            "class Borg:\n    _shared = {}\n    def __init__(self): self.__dict__ = self._shared\na, b = Borg(), Borg(); a.x = 1",
            "import argparse\nns = argparse.Namespace(q=1); opts = vars(ns)",
        ],
        ["b.x, vars(a) is vars(b) is Borg._shared", "opts is vars(ns)"],
        [("b.y = 5; a.y, Borg().y", "(5, 5)"), ("opts['w'] = 2; ns.w", "2")],
    ),
    Case(
        "iterators_over_dictionaries_see_them",
        ["d = {'a': 1, 'b': 2, 'c': 3}; k = iter(d); next(k); i = iter(d.items()); next(i); r = reversed(d); next(r)"],
        [],
        [
            ("d['b'] = 20; next(i), next(k), next(r)", "(('b', 20), 'b', 'b')"),
            (
                "d['z'] = 9\ntry:\n    next(k)\nexcept RuntimeError as e:\n    print(e)",
                "dictionary changed size during iteration",
            ),
        ],
    ),
    Case(
        "weak_proxies_of_what_is_gone",
        [
            "import weakref\nclass L:\n    def __call__(self): return 7\nclass P: pass\nl = L(); p = P(); held = [weakref.proxy(l), weakref.proxy(p)]; alive = P(); box = P(); box.inner = weakref.proxy(alive); alive.n = 4\ndel l, p",
            "def gone(proxy):\n    try: proxy.n\n    except ReferenceError: return True",
        ],
        ["[gone(one) for one in held], [type(one).__name__ for one in held], box.inner.n"],
    ),
    Case(
        "weak_method_of_an_object",
        ["import weakref\nclass L:\n    def hit(self): return 7\nl = L(); wm = weakref.WeakMethod(l.hit)"],
        ["wm()()"],
        [("del l; wm() is None", "True")],
    ),
    Case(
        "names_of_one_immutable_value",
        [
            "import datetime, decimal\npair = (1, 'x'); also = pair; kept = [pair]; seen = {pair: 1}\ntext = 'some text ' * 3; same = text",
            "pair",
            "text",
            "price = decimal.Decimal('1.5'); cost = price; day = datetime.date(2020, 1, 1); days = {'first': day}\nkinds = frozenset({1, 2}); known = kinds",
            "import pathlib, types\nroot = pathlib.Path('data'); config = {'root': root}; run = types.SimpleNamespace(root=root, pure=pathlib.PurePosixPath('a')); pure = run.pure\n"
            "zone = datetime.timezone(datetime.timedelta(hours=1)); zones = [zone]; at = datetime.datetime(2020, 1, 1, tzinfo=zone); utc = datetime.timezone.utc; utcs = [utc]",
        ],
        [
            "pair is also is Out[2] is kept[0]",
            "next(iter(seen)) is pair",
            "text is same is Out[3] is _",
            "price is cost",
            "days['first'] is day",
            "known is kinds",
            "config['root'] is root is run.root, run.pure is pure",
            "zones[0] is zone is at.tzinfo, utcs[0] is utc is datetime.timezone.utc",
        ],
    ),
    Case(
        "views_of_an_array_class_that_pickles_in_its_own_way",
        [
            "import numpy as np\nclass Tagged(np.ndarray):\n    def __new__(cls, x, tag=None):\n        made = np.asarray(x).view(cls); made.tag = tag; return made\n"
            "    def __array_finalize__(self, other): self.tag = getattr(other, 'tag', None)\n"
            "    def __reduce__(self):\n        r = super().__reduce__(); return r[0], r[1], r[2] + (self.tag,)\n"
            "    def __setstate__(self, state):\n        self.tag = state[-1]; super().__setstate__(state[:-1])\n"
            "t = Tagged(np.arange(4.0), 'z'); w = t[1:]"
        ],
        ["np.shares_memory(t, w)", "w.tag", "t.tolist()"],
        [("w[0] = -1; t.tolist()", "[0.0, -1.0, 2.0, 3.0]")],
        modules=["numpy"],
    ),
    Case(
        "what_is_said_of_columns_by_astropy",
        [
            "import numpy as np, astropy.units as u\nfrom astropy.table import QTable\nfrom astropy.time import Time",
            "q = [1, 2] * u.m; q.info.description = 'q'; t = QTable({'a': q, 'b': [1, 2], 't': Time(['2020-01-01', '2020-01-02'])}); t['b'].info.format = '%d'",
            "of_q, of_a, of_b, of_t = q.info, t['a'].info, t['b'].info, t['t'].info",
        ],
        [
            "of_q.description, of_a.name, of_b.name, of_b.format, of_t.name",
            "of_q is q.info, of_a is t['a'].info, of_b is t['b'].info, of_t is t['t'].info",
        ],
        then=["of_b.description = 'd'; t['b'].info.description", "print(t)"],
        modules=["astropy"],
    ),
    Case(
        "views_of_quantities_and_columns_of_tables",
        [
            "import numpy as np, astropy.units as u\nfrom astropy.table import QTable, Table\nq = np.arange(6.0) * u.m; v = q[2:4]; raw = q.value",
            "t = QTable({'a': [1.0, 2.0] * u.m}); column = t['a']; t2 = Table({'x': [1, 2, 3]}); x = t2['x']; part = x[1:]",
        ],
        [
            "np.shares_memory(q, v), np.shares_memory(q, raw)",
            "t['a'] is column",
            "t2['x'] is x",
            "x.parent_table is t2",
        ],
        [("v[0] = 99 * u.m; column[0] = 7 * u.m; part[0] = 9; raw[2], t['a'][0].value, t2['x'][1]", None)],
        modules=["astropy"],
    ),
    Case(
        "attributes_given_to_objects_of_libraries",
        [
            "import pandas as pd, requests, io, tempfile, logging, warnings\nfrom tqdm import tqdm\nwarnings.simplefilter('ignore')\nnotes = [1]",
            "s = pd.Series([1, 2]); s.note = notes\ni = pd.Index([1]); i.note = notes\nweb = requests.Session(); web.note = notes; bar = tqdm(total=2); bar.note = notes\n"
            "log = logging.getLogger('mine'); log.note = notes\nout = open('f.txt', 'w'); out.note = notes; text = io.StringIO('ab'); text.note = notes",
            "%%time\nsetattr(i, 'late', 3)",
        ],
        ["all(one.note is notes for one in (s, i, web, bar, log, out, text))", "i.late"],
        [("df = pd.Series([3]); df.mark = 'x'; s.note.append(2); notes, df.mark", None)],
        modules=["pandas", "requests", "tqdm"],
    ),
    Case(
        "attributes_of_subclasses_that_pickle_like_their_base",
        [
            "import datetime, decimal, fractions, pathlib, random, uuid, weakref\nfrom concurrent.futures import Future",
            "class Day(datetime.date):\n    def __new__(cls, year): return super().__new__(cls, year, 1, 1)\n"
            "class Money(decimal.Decimal):\n    def __new__(cls, n, unit):\n        made = super().__new__(cls, n); made.unit = unit; return made\n"
            "class Share(fractions.Fraction):\n    __slots__ = ('of', '__own')\n"
            "class Dice(random.Random):\n    def __new__(cls, seed, sides): return super().__new__(cls, seed)\n    def __init__(self, seed, sides): super().__init__(seed); self.sides = sides\n"
            "class Zone(datetime.tzinfo):\n    def __init__(self, hours): self.hours = hours\n    def utcoffset(self, at): return datetime.timedelta(hours=self.hours)\n    def dst(self, at): return None",
            "day = Day(2020); day.why = ['x']; money = Money('1.5', 'EUR'); share = Share(1, 2); share.of = money; share._Share__own = 3\n"
            "dice = Dice(1, 6); dice.random(); zone = Zone(3); at = datetime.datetime(2020, 1, 1, tzinfo=zone); kept = weakref.WeakValueDictionary(m=dice); kept.note = 1\n"
            "done = Future(); done.set_result(1); done.note = 2",
        ],
        [
            "day, day.why, type(day).__name__",
            "money, money.unit, share.of is money, share._Share__own",
            "dice.sides, dice.getstate()[1][:3]",
            "at.isoformat(), at.tzinfo is zone, zone.hours",
            "kept.note, kept['m'] is dice, done.note",
        ],
        [("dice.random()", None)],
    ),
    Case(
        "attributes_that_the_pickling_of_a_cells_class_leaves_out",
        [
            "class Model:\n    def __init__(self): self.weights = [1]; self.cache = {}\n    def __getstate__(self): return {'weights': self.weights}\n    def __setstate__(self, state): self.weights = state['weights']; self.cache = None\n"
            "class Reader:\n    def __init__(self): self.place = 0\n    def __reduce__(self): return Reader, ()",
            "m = Model(); m.cache['a'] = m.weights; r = Reader(); r.place = 5",
        ],
        ["m.cache['a'] is m.weights", "r.place"],
    ),
    Case(
        "attrs_of_a_frame_held_elsewhere",
        ["import pandas as pd\ndf = pd.DataFrame({'a': [1]}); df.attrs['source'] = inner = [1]; held = df.attrs"],
        ["df.attrs is held", "held['source'] is inner"],
        [("held['new'] = 2; inner.append(3); df.attrs", None)],
        modules=["pandas"],
    ),
    Case(
        "numbers_that_are_ids_of_objects",
        [
            "class Node:\n    def __init__(self, *to): self.to = to; self.me = id(self)\na = Node(); b = Node(a); c = Node(a, b)",
            "seen = {id(one): one.to for one in (a, b)}; last = id(c)\nvisited = set(); visited.add(id(a))",
            "import copy\nmemo = {}; d = copy.deepcopy(c, memo)",
        ],
        ["[id(one) in seen for one in (a, b, c)]", "last == id(c)", "b.me == id(b)", "copy.deepcopy(c, memo) is d"],
        ["visited.add(id(b)); [id(one) in visited for one in (a, b, c)]", "copy.deepcopy(b, memo) is d.to[1]"],
    ),
    Case(
        "ids_of_objects_that_classes_and_closures_hold",
        [
            "class Field:\n    store = {}\n    def __set_name__(s, o, n): s.n = n\n    def __get__(s, i, o=None): return s.store.get((id(i), s.n), s.store.setdefault(id(i), []))\n"
            "    def __set__(s, i, v): s.store[id(i), s.n] = v\nclass P:\n    x = Field(); y = Field()",
            "def once(f):\n    done = {}\n    def w(o):\n        if id(o) not in done: done[id(o)] = f(o)\n        return done[id(o)]\n    return w\ncalls = []\n"
            "@once\ndef prep(o): calls.append(len(o)); return [len(o)]\ndef new(o, _ids=set()):\n    n = id(o) not in _ids; _ids.add(id(o)); return n",
            "p = P(); q = P(); p.x = [1]; q.x = p.x; a = [1]; b = {}; r = prep(a); new(b)",
        ],
        ["p.x is q.x", "len(Field.store)"],
        ["p.x.append(3); q.x, prep(a) is r, calls, new(b), new(a)"],
    ),
    Case(
        "the_dictionary_of_a_namespace_held_elsewhere",
        [
            "from types import SimpleNamespace\nclass Sub(SimpleNamespace): pass\nns = SimpleNamespace(a=1); ns.me = ns; held = vars(ns); sub = Sub(b=2); of_sub = sub.__dict__"
        ],
        ["ns.me is ns, held is vars(ns), of_sub is vars(sub)"],
        ["held['z'] = 1; ns.q = 2; of_sub['c'] = 3\nprint(ns.z, sorted(held), sub)"],
    ),
    Case(
        "weak_proxies_that_call_when_their_object_goes",
        [
            "import weakref\nclass K:\n    def __call__(s): return 1\nk, log = K(), []; p = weakref.proxy(k, lambda one: log.append('gone'))"
        ],
        ["p(), type(p).__name__"],
        ["del k; log"],
    ),
    Case(
        "a_functions_dictionaries_held_elsewhere",
        [
            "def f(a: int): return a\nf.n = 1; own = f.__dict__; notes = f.__annotations__; g = lambda: 1\ng.__dict__ = own"
        ],
        ["own is f.__dict__ is g.__dict__, notes is f.__annotations__"],
        ["own['t'] = 1; notes['b'] = str; f.t, g.t, g.n, f.__annotations__"],
    ),
    Case(
        "objects_with_hashes_of_their_own_that_stand_in_what_they_hold",
        [
            "import functools, weakref\nfrom collections import Counter\nclass Registry(dict): pass\nclass Node:\n    kind = 'node'\n    def __init__(self, n):\n        self.met = Counter(); self.near = weakref.WeakKeyDictionary(); self.own = Registry(); self.n = n; self.calls = []\n        self.heavy = functools.lru_cache(maxsize=8)(self._heavy)\n"
            "    def _heavy(self, other):\n        self.calls.append(other.n)\n        return 2 * other.n\n    def __hash__(self): return hash((self.kind, self.n))\n    def __eq__(self, other): return self.n == other.n\n"
            "a, b = Node('a'), Node('b')\na.met[a] += 2; a.near[b] = 1; b.near[a] = 2; a.own[a] = b; b.own[b] = a; a.heavy(b)\nboth = frozenset([a, b]); a.both = both"
        ],
        [
            "a.met[a], a.near[b], b.near[a], a.own[a] is b, b.own[b] is a",
            "a in both, b in both, a.both is both",
            "list(vars(a))",
        ],
        ["a.heavy(b), a.calls, a.met[Node('a')]"],
    ),
    Case(
        "librarys_dictionaries_that_are_their_own_attributes_and_groups_stay_so",
        [
            "from statsmodels.datasets import utils\nfrom matplotlib import cbook\nclass A: pass\nd = utils.Dataset(data=[1], endog=2); a, b, c, e = A(), A(), A(), A(); g = cbook.Grouper([a, b, c, e]); g.join(a, b)"
        ],
        ["d.__dict__ is d, d.data, g.joined(a, b), g.joined(a, c), len(list(g))"],
        ["d['new'] = 5; d.endog = 7; d.new, d['endog']", "g.join(b, c); g.joined(a, c), len(g.get_siblings(a))"],
        modules=["statsmodels", "matplotlib"],
    ),
    Case(
        "a_dictionary_of_a_class_of_its_own_that_holds_attributes",
        [
            "from collections import OrderedDict\nclass Sevens(dict):\n    def __missing__(self, key):\n        return 7\nclass Thing:\n    pass\na, b, c = Thing(), Thing(), Thing()\na.__dict__, b.x, c.__dict__ = Sevens(x=1), 3, OrderedDict(z=1)"
        ],
        ["type(a.__dict__).__name__, a.x, a.__dict__['q'], type(b.__dict__).__name__, type(c.__dict__).__name__, c.z"],
        ["a.y = 2\na.__dict__, vars(a)['other']"],
    ),
    Case(
        "texts_that_a_cell_interned",
        [
            "import sys\na = sys.intern('hello world')\nb = sys.intern(' '.join(['hello', 'world']))\nplain = ' '.join(['no', 'such'])"
        ],
        ["a is b, sys.intern(' '.join(['hello', 'world'])) is a"],
    ),
    Case(
        "an_object_that_a_library_keeps_for_everyone_with_what_it_holds_by_now",
        [
            "import sys\nsys.path.insert(0, 'site-packages')\nimport board\nclass User:\n    pass\nu = User()\nu.notes = board.shared",
            "board.add('first')\n@board.noting\ndef work(x):\n    return x + 1\nwork(1)",
        ],
        ["u.notes is board.shared, u.notes.held", "board.add.__self__ is u.notes"],
        ["board.add('more')\nwork(2)\nu.notes.held, board.shared.held"],
        files={
            "site-packages/board.py": "class Board:\n    def __init__(self):\n        self.held = []\n    def add(self, one):\n        self.held.append(one)\nshared = Board()\nadd = shared.add\ndef noting(function):\n    own = shared\n    def noted(*given):\n        own.add(function.__name__)\n        return function(*given)\n    return noted\n"
        },
    ),
    Case(
        "a_librarys_own_object_on_which_calls_are_made_again_holds_all_once",
        [
            "import sys; sys.path.insert(0, 'site-packages')\nfrom boards import LOG, board\nimport boards",
            "@board.on\ndef first(): pass\nboard.configure(size=3)\n@board.on\ndef second(): pass\nboards.configure_all(2)",
        ],
        [
            "boards.board is board, board.held[0] is first, board.held[2] is second, len(board.held), board.count",
            "LOG is boards.LOG, LOG, boards.COUNTED, boards.DEPTH",
        ],
        ["board.on(len); len(boards.board.held), board.count", "boards.configure_all(5); LOG"],
        files={
            "site-packages/boards.py": (
                "class Board:\n    def __init__(self): self.held, self.count = [], 0\n"
                "    def on(self, function):\n        self.held.append(function); self.count += 1; COUNTED['on'] = COUNTED.get('on', 0) + 1; return function\n"
                "    def configure(self, **options): self.held.append(options); LOG.append(sorted(options))\n"
                "board, LOG, COUNTED, DEPTH = Board(), [], {}, 0\n"
                "def configure_all(depth):\n    global DEPTH\n    DEPTH = depth\n"
            )
        },
    ),
    Case(
        "what_a_library_makes_when_it_is_asked_shares_among_its_objects_and_works_out_once",
        [
            "import sys; sys.path.insert(0, 'site-packages')\nfrom frames import LAZY, State, graph\nimport frames",
            "@graph.way('mine')\ndef mine(): return 1\none = State(); one.size = 3; two = State(); two.parts = [1]",
        ],
        [
            "LAZY is frames.LAZY, LAZY.number",
            "'mine' in graph.names, frames.graph is graph, graph.known['mine'] is mine",
            "one.parts, two.size, vars(one) is vars(two), vars(one) is State.shared, vars(State()) is vars(one)",
        ],
        ["two.parts.append(2); State().parts, one.parts", "graph.way('other')(mine) is mine, sorted(graph.names)"],
        files={
            "site-packages/frames.py": (
                "import functools\n"
                "class Thing:\n    def __init__(self, number): self.number = number\n"
                "class Graph:\n    def __init__(self): self.known = {}\n"
                "    @functools.cached_property\n    def names(self): return set(self.known)\n"
                "    def way(self, name):\n        def put(function):\n            self.known[name] = function; vars(self).pop('names', None); return function\n        return put\n"
                "class State:\n    shared = {}\n    def __init__(self): self.__dict__ = self.shared\n"
                "graph = Graph(); graph.way('own')(len); graph.names\n"
                "def __getattr__(name):\n    if name != 'LAZY': raise AttributeError(name)\n"
                "    globals()['LAZY'] = Thing(7)\n    return LAZY\n"
            )
        },
    ),
    Case(
        "an_object_that_a_library_keeps_for_everyone_and_that_says_what_its_state_is",
        [
            "import sys; sys.path.insert(0, 'site-packages')\nimport device\nclass Group:\n    def __init__(self): self.device = device.runtime; self.size = device.Variable()",
            "g = Group(); device.put(g.size, [3])",
        ],
        [
            "g.device is device.runtime, device.runtime.arrays[g.size], type(device.runtime.lock).__name__, device.runtime.name"
        ],
        ["device.put(g.size, [4]); g.device.arrays[g.size], len(device.runtime.arrays)"],
        files={
            "site-packages/device.py": (
                "import threading, weakref\nclass Variable: pass\n"
                "class Runtime:\n    def __init__(self):\n        self.arrays, self.lock, self.name = weakref.WeakKeyDictionary(), threading.Lock(), 'main'\n"
                "    def __getstate__(self): return {'name': self.name, 'arrays': dict(self.arrays)}\n"
                "    def __setstate__(self, state):\n        self.__dict__ = state; self.lock = threading.Lock()\n"
                "        self.arrays = weakref.WeakKeyDictionary(self.arrays)\n"
                "runtime = Runtime()\ndef put(what, value): runtime.arrays[what] = value\n"
            ),
        },
    ),
    Case(
        "memory_that_arrays_look_into_is_not_resized_or_closed_below_them",
        [
            "import array, mmap, numpy as np\nnumbers = array.array('i', [1, 2, 3, 4]); seen = np.asarray(numbers)\nraw = bytearray(24); stepped = np.frombuffer(raw, 'i2')[::2]; square = np.frombuffer(raw, 'i4').reshape(2, 3)\nfile = open('m.bin', 'w+b'); file.write(bytes(16)); file.flush(); mapped = mmap.mmap(file.fileno(), 16); inside = np.frombuffer(mapped, 'i8')"
        ],
        ["type(seen.base).__name__, seen.base.obj is numbers"],
        [
            ("try: numbers.append(1)\nexcept BufferError: print('held')", "held"),
            ("try: raw.append(1)\nexcept BufferError: print('held')", "held"),
            ("try: mapped.close()\nexcept BufferError: print('held')", "held"),
            (
                "numbers[0] = 9; raw[4] = 7; mapped[8] = 5\nint(seen[0]), stepped.tolist(), square.tolist(), inside.tolist()",
                "(9, [0, 7, 0, 0, 0, 0], [[0, 7, 0], [0, 0, 0]], [0, 5])",
            ),
            ("del seen, stepped, square, inside\nnumbers.append(1); raw.append(1); mapped.close()", ""),
        ],
        modules=["numpy"],
    ),
]
