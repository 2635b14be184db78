"""Plain data of the standard library: every kind of container, number, text and iterator."""

from ..case import Case

CASES = [
    Case(
        "numbers_of_all_kinds",
        [
            "from decimal import Decimal; from fractions import Fraction",
            "vals = [2**400, -0.0, 1e308, float('inf'), 3+4j, Decimal('1.10'), Fraction(1, 3), True]",
        ],
        ["vals", "[type(v).__name__ for v in vals]"],
    ),
    Case(
        "text_and_bytes",
        ["s = 'naïve ☃ \\U0001F600 \\x00 \\ud800'; b = bytes(range(256)); ba = bytearray(b'xy')"],
        ["s.encode('utf-8', 'surrogatepass')", "b", "ba"],
    ),
    Case(
        "collections_keep_their_settings",
        [
            "from collections import *\ndq = deque([1, 2, 3], maxlen=3); dd = defaultdict(list, a=[1]); od = OrderedDict(b=1, a=2); c = Counter('hello')",
            "nested = defaultdict(lambda: defaultdict(int))\nnested['x']['y'] += 1",
            "od.move_to_end('b')",
        ],
        ["dq", "dq.maxlen", "dd", "list(od)", "c.most_common(1)", "nested['x']['y']"],
        [
            ("nested['q']['z'] += 2; nested['q']['z']", "2"),
            ("dq.append(9); list(dq)", "[2, 3, 9]"),
            ("dd['new'].append(1); dd['new']", "[1]"),
        ],
    ),
    Case(
        "sets_and_frozensets",
        ["s = {1, 'a', (2, 3)}; fs = frozenset([s.copy().pop()]); ds = {frozenset([1]): 'x'}"],
        ["sorted(map(str, s))", "ds[frozenset([1])]", "type(fs).__name__"],
    ),
    Case(
        "dates_and_time_zones",
        [
            "from datetime import *; from zoneinfo import ZoneInfo",
            "z = ZoneInfo('Europe/Berlin'); t = datetime(2026, 3, 29, 1, 30, tzinfo=z); d = timedelta(days=1, microseconds=5); o = timezone(timedelta(hours=2), 'X')",
        ],
        ["t.isoformat()", "d", "o", "t.tzinfo is z", "(t + timedelta(hours=1)).utcoffset()"],
    ),
    Case(
        "regex_uuid_path_namespace",
        [
            "import re, uuid, pathlib, types",
            "rx = re.compile(r'(?P<w>\\w+)', re.I); m = rx.match('Hello you'); u = uuid.UUID(int=5); p = pathlib.Path('a/b.txt'); ns = types.SimpleNamespace(a=1)",
        ],
        ["rx.flags", "u", "p.suffix", "ns", "rx.findall('a b')"],
        [("m.group('w'), m.span()", "('Hello', (0, 5))")],
        either=True,
    ),
    Case(
        "array_struct_memoryview",
        ["import array, struct\na = array.array('d', [1.5, 2.5]); st = struct.Struct('<ih'); mv = memoryview(a)"],
        ["a", "st.pack(1, 2)", "mv[1]"],
        [("a[1] = 7.5; mv[1]", "7.5")],
        either=True,
    ),
    Case(
        "half_consumed_list_iterator",
        ["src = [1, 2, 3, 4]; it = iter(src); next(it)"],
        ["src"],
        [("next(it), src", "(2, [1, 2, 3, 4])"), ("src.append(9); list(it)", "[3, 4, 9]")],
    ),
    Case(
        "half_consumed_iterators_of_many_kinds",
        [
            "d = {'a': 1, 'b': 2}; di = iter(d.items()); next(di); si = iter('xyz'); next(si); ri = iter(range(5)); next(ri); rev = reversed([1, 2, 3]); next(rev); en = enumerate('ab', 10); next(en); z = zip([1, 2], 'ab'); next(z)"
        ],
        ["d"],
        [
            (
                "list(di), list(si), list(ri), list(rev), list(en), list(z)",
                "([('b', 2)], ['y', 'z'], [1, 2, 3, 4], [2, 1], [(11, 'b')], [(2, 'b')])",
            )
        ],
    ),
    Case(
        "map_and_filter_half_consumed",
        [
            "calls = []\ndef f(x):\n    calls.append(x)\n    return x * 2",
            "m = map(f, [1, 2, 3]); next(m); fl = filter(lambda x: x % 2, range(6)); next(fl)",
        ],
        ["calls"],
        [("list(m), calls", "([4, 6], [1, 2, 3])"), ("list(fl)", "[3, 5]")],
    ),
    Case(
        "itertools_half_consumed",
        [
            "import itertools as it\nc = it.count(5, 2); next(c); cy = it.cycle('abc'); next(cy); ch = it.chain([1], [2, 3]); next(ch); sl = it.islice(range(10), 2, 8, 2); next(sl); pr = it.product([1, 2], 'ab'); next(pr); pm = it.permutations([1, 2, 3], 2); next(pm); ac = it.accumulate([1, 2, 3]); next(ac)"
        ],
        [],
        [
            (
                "next(c), next(cy), list(ch), list(sl), list(pr), next(pm), list(ac)",
                "(7, 'b', [2, 3], [4, 6], [(1, 'b'), (2, 'a'), (2, 'b')], (1, 3), [3, 6])",
            )
        ],
    ),
    Case(
        "tee_and_groupby",
        ["import itertools\na, b = itertools.tee(iter([1, 2, 3])); next(a)"],
        [],
        [("list(a), list(b)", "([2, 3], [1, 2, 3])")],
        either=True,
    ),
    Case(
        "iterator_shared_by_two_names",
        ["it = iter(range(4)); same = it; pairs = zip(it, it)"],
        ["it is same"],
        [("next(it); next(same)", "1"), ("list(pairs)", "[(2, 3)]")],
    ),
    Case(
        "iterator_class_with_a_position",
        [
            "class Countdown:\n    def __init__(s, n): s.n = n\n    def __iter__(s): return s\n    def __next__(s):\n        if s.n == 0: raise StopIteration\n        s.n -= 1\n        return s.n",
            "cd = Countdown(4); next(cd)",
        ],
        ["cd.n"],
        [("list(cd)", "[2, 1, 0]")],
    ),
    Case(
        "string_io_and_bytes_io",
        ["import io\ns = io.StringIO('one\\ntwo\\n'); s.readline(); b = io.BytesIO(b'abcdef'); b.read(2)"],
        ["s.tell()", "b.getvalue()"],
        [("s.readline(), b.read(2)", "('two\\n', b'cd')"), ("s.write('three'); s.getvalue()", "'one\\ntwo\\nthree'")],
    ),
    Case(
        "csv_reader_over_string_io",
        ["import csv, io\nsrc = io.StringIO('a,b\\n1,2\\n3,4\\n'); rd = csv.DictReader(src); first = next(rd)"],
        ["first"],
        [("next(rd)", "{'a': '3', 'b': '4'}")],
        either=True,
    ),
    Case(
        "operator_getters",
        [
            "from operator import itemgetter, attrgetter, methodcaller\ng = itemgetter(1); ag = attrgetter('real'); mc = methodcaller('upper')"
        ],
        ["g([1, 2])", "ag(3)", "mc('a')"],
    ),
    Case(
        "ranges_slices_and_types",
        ["r = range(0, 10, 3); s = slice(1, None, 2); t = (int, list[int], type(None))"],
        ["list(r)", "s", "t"],
    ),
    Case(
        "random_generator_objects",
        ["import random\nr = random.Random(5); r.random(); r.gauss(0, 1)"],
        ["r.getstate()[1][:3]"],
        [
            (
                "[r.random() for _ in range(3)], r.gauss(0, 1)",
                "([0.9424502837770503, 0.7398985747399307, 0.922324996665417],\n -1.7784662422033553)",
            )
        ],
    ),
    Case(
        "heap_bisect_and_priority",
        ["import heapq\nh = []\nfor x in (5, 1, 3): heapq.heappush(h, (x, {'v': x}))", "top = h[0]"],
        ["h", "h[0] is top"],
        [("heapq.heappop(h) is top", "True")],
    ),
    Case(
        "traceback_and_frames",
        ["import sys\ntry:\n    1 / 0\nexcept ZeroDivisionError as e:\n    err = e; tb = e.__traceback__"],
        ["repr(err)"],
        [("tb.tb_lineno", "3")],
        either=True,
    ),
    Case(
        "hash_objects",
        ["import hashlib\nh = hashlib.sha256(b'abc')", "done = h.hexdigest()"],
        ["done"],
        [("h.update(b'd'); h.hexdigest()", "'88d4266fd4e6338d13b845fcf289579d209c897823b9217da3e161936f031589'")],
        either=True,
    ),
    Case(
        "configparser_argparse_template",
        [
            "import configparser, argparse, string\ncp = configparser.ConfigParser(); cp.read_string('[a]\\nb=1\\n'); ap = argparse.ArgumentParser(prog='x'); _ = ap.add_argument('--n', type=int, default=3); tp = string.Template('$x!')"
        ],
        ["cp['a']['b']", "ap.parse_args(['--n', '5']).n", "tp.substitute(x='hi')"],
    ),
    Case(
        "xml_and_json_objects",
        [
            "import xml.etree.ElementTree as ET, json\nroot = ET.fromstring('<a><b k=\"1\">t</b></a>'); kid = root[0]\nclass Enc(json.JSONEncoder):\n    def default(s, o): return 'other'\nenc = Enc()"
        ],
        ["kid.attrib", "root[0] is kid", "enc.encode({'a': {1}.__class__})"],
        [("kid.set('k', '2'); ET.tostring(root)", "b'<a><b k=\"2\">t</b></a>'")],
    ),
    Case(
        "many_small_variables",
        ["for i in range(2000):\n    globals()[f'v{i}'] = [i]", "del i"],
        ["sum(globals()[f'v{i}'][0] for i in range(2000))", "'v1999' in globals()"],
    ),
    Case(
        "large_dict_of_dicts",
        ["big = {i: {'name': f'n{i}', 'tags': ['a', i]} for i in range(50000)}"],
        ["len(big)", "big[49999]"],
        [("big[1]['tags'].append(2); big[1]", "{'name': 'n1', 'tags': ['a', 1, 2]}")],
    ),
    Case(
        "names_in_their_order",
        ["zeta = 1\nalpha = 2", "mid = 3", "del alpha", "alpha = 4"],
        ["[n for n in globals() if n in ('zeta', 'alpha', 'mid')]"],
    ),
    Case(
        "user_list_and_fixed_size",
        [
            "from collections import UserDict, UserList\nclass D(UserDict): pass\nd = D(a=1); l = UserList([1])",
            "d.data['b'] = 2",
        ],
        ["dict(d)", "l.data"],
    ),
    Case(
        "graph_as_dict_of_sets_of_objects",
        [
            "class N:\n    def __init__(s, k): s.k = k\n    def __hash__(s): return hash(s.k)\n    def __eq__(s, o): return s.k == o.k",
            "ns = [N(i) for i in range(4)]; edges = {n: {ns[(n.k + 1) % 4]} for n in ns}",
        ],
        ["next(iter(edges[ns[0]])) is ns[1]", "N(2) in edges"],
    ),
    Case(
        "hash_by_a_field_set_in_a_cycle",
        [
            "class K:\n    def __init__(s, k): s.k = k; s.owner = None\n    def __hash__(s): return hash(s.k)\n    def __eq__(s, o): return s.k == o.k",
            "k = K('a'); table = {k: 1}; k.owner = table",
        ],
        ["table[K('a')]", "k.owner is table"],
    ),
    Case(
        "long_text_that_has_a_name_is_held_once",
        ["s = 'x' * 10**6; held = [s] * 3; data = b'a' * 5000; table = {'k': data}"],
        ["held[0] is s", "held[1] is held[2]", "table['k'] is data"],
    ),
    Case(
        "records_with_objects_and_arrays_inside",
        [
            "import numpy as np\none = [1]",
            "r = np.zeros(2, [('a', 'i4', (2,)), ('b', 'O')]); r['b'][0] = one; v = r[1:]",
            "deep = np.zeros(2, [('p', [('x', 'O'), ('y', 'f8', (2,))]), ('q', 'i8')]); deep['p']['x'][0] = one; deep['p']['y'] = 3",
            "me = np.zeros(1, [('o', 'O')]); me['o'][0] = me; me.flags.writeable = False",
        ],
        [
            "r['b'][0] is one, r['a'].tolist()",
            "np.shares_memory(v, r)",
            "deep['p']['x'][0] is one, deep['p']['y'].tolist(), deep['q'].tolist()",
            "me['o'][0] is me, me.flags.writeable",
            "r.dtype, deep.dtype",
        ],
        modules=["numpy"],
    ),
    Case(
        "ufuncs_made_of_functions",
        [
            "import numpy as np\nfi = np.frompyfunc(lambda a, b: a + b, 2, 1, identity=0); same = fi",
            "v = np.vectorize(lambda x: x + 1, otypes=[int]); v([1])",
        ],
        ["fi.reduce([1, 2, 3])", "same is fi", "fi.identity", "v([1, 2]).tolist()"],
        modules=["numpy"],
    ),
    Case(
        "a_parser_of_arguments_leaves_out_what_it_left_out",
        [
            "import argparse, optparse\nap = argparse.ArgumentParser(prog='p', argument_default=argparse.SUPPRESS); _ = ap.add_argument('--a', type=int); _ = ap.add_argument('--hidden', help=argparse.SUPPRESS)",
            "sub = ap.add_subparsers(dest='cmd'); run = sub.add_parser('run'); _ = run.add_argument('x', type=int, choices=[1, 2], default=1, nargs='?')",
            "op = optparse.OptionParser(); _ = op.add_option('-n', type='int'); _ = op.add_option('-q', action='store_true', help=optparse.SUPPRESS_HELP); hides = argparse.SUPPRESS",
        ],
        [
            "vars(ap.parse_args([])), vars(ap.parse_args(['--a', '1', 'run', '2'])), ap.format_help()",
            "vars(op.parse_args(['-n', '3'])[0]), op.format_help()",
            "hides is argparse.SUPPRESS",
        ],
        ["print(ap.parse_args(['run']), vars(op.parse_args([])[0]))"],
    ),
    Case(
        "what_the_interpreter_says_of_itself",
        ["import sys\nfacts = [sys.version_info, sys.float_info, sys.flags]; v = sys.version_info"],
        ["facts[1].max, facts[2].optimize, v >= (3, 8), facts[0] is v, v is sys.version_info"],
    ),
    Case(
        "calendars_of_business_days_and_codecs",
        [
            "import numpy as np, codecs\nbc = np.busdaycalendar('1111100', holidays=['2024-01-01']); ci = codecs.lookup('latin-1')"
        ],
        [
            "np.busday_count('2023-12-31', '2024-01-05', busdaycal=bc), bc.holidays.tolist(), bc.weekmask.tolist()",
            "ci.name, ci.encode('é')",
        ],
        modules=["numpy"],
    ),
    Case(
        "objects_whose_hash_has_changed_stay_where_they_were_put",
        [
            "from collections import defaultdict\nclass P:\n    def __init__(s, x): s.x = x\n    def __hash__(s): return hash(s.x)\n    def __eq__(s, o): return isinstance(o, P) and s.x == o.x\n    def __repr__(s): return f'P({s.x})'",
            "p = P(1); d = {p: 'a', 'k': [1]}; s = {p}; fs = frozenset([p]); by = defaultdict(list); by[p, 1].append(d); d[0] = d; p.home = s; p.x = 2",
            "a, b = P(5), P(6); both = {a, b}; b.x = 5; c = P((1,)); e = {c: 'c'}; c.x = []",
        ],
        [
            "p in d, P(1) in d, p in s, p in fs, (p, 1) in by, len(by), list(d)[:2], d[0] is d, p.home is s",
            "len(both), len(e), next(iter(fs)) is p",
        ],
        [
            "p.x = 1; c.x = (1,); b.x = 6; print(d[p], p in s, p in fs, by[p, 1][0] is d, b in both, e[c]); d[P(9)] = 9; len(d)"
        ],
    ),
    Case(
        "tables_that_a_file_of_sql_names_are_there_in_the_first_cell",
        [
            "import duckdb, pandas as pd\nframe = pd.DataFrame({'a': [1, 2]})\nopen('q.sql', 'w').write('select sum(a) from frame') and None"
        ],
        [],
        ["duckdb.sql(open('q.sql').read()).fetchall()"],
        modules=["duckdb", "pandas"],
    ),
    Case(
        "numpys_kinds_of_numbers_are_the_ones_that_numpy_has",
        [
            "import numpy as np\nkind = np.dtype(float); x = np.ones(3); own = np.dtype('f8', metadata={'a': 1}); kinds = [np.dtype('q'), np.dtype(object), np.dtype('>i4'), np.dtype('M8[ns]')]",
            "rows = np.array([[1], [2]]); row = np.array([4, 5, 6]); both = np.broadcast(rows, row); first = next(both), next(both); flags = row.flags; locked = x.flags; x.flags.writeable = False",
        ],
        [
            "kind is np.dtype(float), x.dtype is kind, own.metadata, own is kind, kinds[0] is np.dtype('q'), [one.isbuiltin for one in kinds]",
            "both.index, both.shape, both.iters[0].base is rows, flags, locked.writeable, x.flags.writeable",
        ],
        ["list(both)", "flags.writeable = False; row.flags.writeable"],
        modules=["numpy"],
    ),
    Case(
        "archives_of_arrays_give_them_as_attributes",
        [
            "import io, tempfile, zipfile, numpy as np\nbuf = io.BytesIO(); np.savez(buf, a=np.arange(3), b=np.ones(2)); n = buf.seek(0); z = np.load(buf)",
            "t = tempfile.TemporaryFile(); np.savez(t, k=np.arange(4)); n = t.seek(0); z2 = np.load(t); z3 = zipfile.ZipFile(t)",
        ],
        ["sorted(z), sorted(z2), z3.namelist()"],
        ["z.f.a, z['b'], z2['k'], z2.f.k", "z3.read('k.npy')[1:6], z3.fp is t"],
        modules=["numpy"],
    ),
    Case(
        "polynomials_of_numpy_know_the_array_of_their_coefficients",
        [
            "import numpy as np\np = np.polynomial.Polynomial([1., 2, 3]); c = p.coef; q = np.polynomial.Legendre.fit([0, 1, 2], [3, 4, 8], 1)"
        ],
        ["c is p.coef, p, q, p.domain is type(p).domain"],
        ["c[0] = 7; p(0), q(1)"],
        modules=["numpy"],
    ),
    Case(
        "motions_are_the_same_to_the_last_bit",
        [
            "import numpy as np\nfrom scipy.spatial.transform import RigidTransform, Rotation\nrng = np.random.default_rng(1); r = Rotation.random(5, rng=rng); t = RigidTransform.from_components([1, 2, 3], Rotation.random(rng=rng)); m = r.as_matrix(); s = r[2].as_matrix()"
        ],
        ["r.as_quat().tobytes(), t.as_matrix().tobytes(), t.single", "m.tobytes(), s.shape"],
        ["(t * t.inv()).as_matrix().round(6).tolist()"],
        modules=["scipy"],
    ),
    Case(
        "functions_in_fortran_are_found_where_they_are",
        [
            "import numpy as np\nfrom scipy.linalg import blas, get_blas_funcs, get_lapack_funcs, lapack\nsolve, = get_lapack_funcs(('gesv',), (np.eye(2),)); times = get_blas_funcs('gemm', (np.eye(2),)); known = [lapack.dgetrf]"
        ],
        ["solve is lapack.dgesv, known[0] is lapack.dgetrf, times.typecode, solve.module_name"],
        ["solve(np.eye(2), np.ones(2))[2].tolist(), times(1, np.eye(2), np.eye(2)).tolist()"],
        modules=["scipy"],
    ),
    Case(
        "an_index_of_several_levels_has_a_name_of_its_own",
        [
            "import pandas as pd\nm = pd.MultiIndex.from_product([['a', 'b'], [1, 2]], names=['x', 'y']); m.name = 'z'; s = pd.Series(range(4), m); plain = m.rename(['p', 'q'])"
        ],
        ["m, m.name, s.index.name, s.index is m, plain, plain.name"],
        ["m[:2].name, m.equals(s.index)"],
        modules=["pandas"],
    ),
    Case(
        "types_of_arrow_say_that_keys_are_sorted",
        [
            "import pathlib, pyarrow as pa\nfrom pyarrow import fs\nkind = pa.map_(pa.string(), pa.int32(), keys_sorted=True); plain = pa.map_(pa.string(), pa.list_(kind)); schema = pa.schema({'m': kind}); t = pa.table({'m': pa.array([[('a', 1)], None], kind)})",
            "n = pathlib.Path('there.txt').write_text('12345'); there, gone = fs.LocalFileSystem().get_file_info(['there.txt', 'gone.txt'])",
        ],
        [
            "kind, kind.keys_sorted, plain, plain.item_type.value_type.keys_sorted, schema.field('m').type.keys_sorted, t.schema, t['m'].type.keys_sorted",
            "there, there.size, there.is_file, there.mtime_ns, gone, gone.type, gone.size",
        ],
        ["t.to_pylist()"],
        modules=["pyarrow"],
    ),
    Case(
        "parts_of_a_multiindex_and_flags_that_variables_hold",
        [
            "import pandas as pd, numpy as np\nmi = pd.MultiIndex.from_product([['a', 'b'], pd.date_range('2020', periods=2)], names=['x', 'y'])\nletters, days = mi.levels; codes = mi.codes[0]",
            "s = pd.Series(range(4), index=mi); table = pd.DataFrame(np.zeros((2, 4)), columns=mi); flags = s.flags; whole = pd.MultiIndex.from_arrays([[1, 1], [2, 3]]); whole.name = 'whole'",
        ],
        [
            "letters is mi.levels[0], days is mi.levels[1], codes is mi.codes[0], codes.flags.writeable",
            "table.columns is mi, s.index is mi, flags is s.flags, whole.name, mi.names",
        ],
        [
            "try:\n    letters.name = 'q'\nexcept RuntimeError as e: print(e)",
            "flags.allows_duplicate_labels = False; s.flags",
            "s.loc['a'], mi.get_loc(('b', '2020-01-02')), mi[:2].remove_unused_levels().levels, table.stack(future_stack=True).shape",
        ],
        modules=["pandas"],
    ),
    Case(
        "results_of_pyparsing_whose_names_stand_for_one_or_for_all",
        [
            "import pyparsing as pp\nw = pp.Word(pp.alphas)\none = (w('k') + w('k')).parse_string('ab cd'); every = (w('k*') + w('k*')).parse_string('ab cd')\nnested = pp.Group(pp.Word(pp.nums)[...])('n').parse_string('1 2')"
        ],
        ["one['k'], every['k'].as_list(), one._modal, every._modal, nested.dump()"],
        ["one['k'] = 'x'; every['k'] = 'y'\nprint(one.dump(), every.dump(), (one + nested).dump())"],
        modules=["pyparsing"],
    ),
]
