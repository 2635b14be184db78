"""Libraries of the trade, in the states that notebooks leave them in."""

from ..case import IDLE, Case

NP, PD = ["numpy"], ["pandas"]
IRIS = "from sklearn.datasets import load_iris\nX, y = load_iris(return_X_y=True)"

# A front end in the cells: what it would say to a comm, and what the kernel sends to it.
_WIDGETS = """import ipywidgets as w, comm
from unittest import mock
from ipywidgets.widgets import widget as held
def say(id, **data): sent(lambda: comm.get_comm_manager().comm_msg(None, None, {'content': {'comm_id': id, 'data': data}, 'buffers': []}))
def sent(act):
    from ipykernel.comm.comm import BaseComm
    with mock.patch.object(BaseComm, 'publish_msg', autospec=True) as publish: act()
    return [(call.args[1], call.args[0].comm_id, call.kwargs.get('data')) for call in publish.call_args_list]
def registered(held=held._registry._registry):
    return [cls for one in held.values() for cls in (registered(one) if isinstance(one, dict) else [one])]
"""

# A library's object that stands for what a context variable holds.
_PROXY = """class Proxy:
    __slots__ = ('_find',)
    def __init__(self, find): object.__setattr__(self, '_find', find)
    def __getattr__(self, name): return getattr(self._find(), name)
    __class__ = property(lambda self: self._find().__class__)
current = Proxy(held.get)
"""

CASES = [
    Case(
        "sympy_predicates_that_modules_answer_for",
        [
            "from sympy import MatrixSymbol, symbols\nfrom sympy.assumptions.ask import Q, ask",
            "X = MatrixSymbol('X', 4, 4); x = symbols('x'); r = ask(Q.symmetric(X.T), Q.symmetric(X)); p = Q.positive(x**2); s = Q.symmetric(X.T)",
        ],
        ["r, str(p), str(s)"],
        then=[("ask(s, s), ask(Q.symmetric(X.T), Q.symmetric(X)), ask(p, Q.positive(x))", "(True, True, True)")],
    ),
    Case(
        "sympy_predicates_that_are_asked_without_their_names",
        [
            "from sympy import symbols, Q, ask",
            "x = symbols('x'); p = Q.positive(x**2); given = Q.positive(x); r = ask(p, given)",
        ],
        ["r, str(p)"],
        then=[("ask(p, given)", "True")],
    ),
    Case(
        "values_of_classes_that_say_no_module",
        [
            "import pyarrow as pa",
            "span = pa.scalar((1, 2, 3), pa.month_day_nano_interval()); value = span.as_py(); kind = type(value)",
        ],
        ["value.months, value.days, value.nanoseconds, kind is pa.MonthDayNano, span.equals(pa.scalar(value))"],
    ),
    Case(
        "contexts_of_mpmath_that_a_session_made",
        [
            "import mpmath\nfrom sympy import RR, RealField, ring\nown = mpmath.MPContext(); own.dps = 40; own.pretty = True; copy = mpmath.mp.clone(); copy.prec = 77",
            "a = own.mpf(1) / 3; b = own.mpc(1, 2); m = own.matrix([[1, 2], [3, 4]]); c = copy.mpf(2) / 3; v = RR(1.5)\nF = RealField(prec=100); f = F(1) / 3; R, y = ring('y', RR); p = 2.5 * y + 1",
        ],
        [
            "str(a), str(b), str(m), str(c), own.prec, copy.prec, copy.dps",
            "type(a) is own.mpf, type(v) is type(RR(2)), type(f) is type(F(2)), str(f), str(p * p)",
        ],
        then=[
            "str(a + own.pi), str(m * m), str(c * 2), str(F(1) + f), own.pretty",
            "own.eps == own.mpf(2) ** (1 - own.prec)",
        ],
    ),
    Case(
        "classes_that_a_library_refuses_while_they_are_empty",
        [
            "from xarray.namedarray.core import NamedArray\nimport numpy as np",
            "class V(NamedArray):\n    def _new(self, dims=None, data=None, attrs=None): return type(self)(dims or self._dims, self._data if data is None else data, attrs)\nv = V(('x',), np.arange(3))",
        ],
        ["type(v) is V, v.dims, v.data.tolist()"],
        then=[("issubclass(V, NamedArray), type(v._new()) is V", "(True, True)")],
    ),
    Case(
        "arrays_over_memory_that_only_they_show",
        [
            "import numpy as np\na = np.arange(6.0); b = np.from_dlpack(a); c = np.from_dlpack(a)[1:4]; del a",
            "from scipy.optimize import nnls\nx, norm = nnls(np.eye(3), np.array([1.0, 2, 3]))",
        ],
        ["b.tolist(), c.tolist(), x.tolist()"],
        then=[("b[1] = 9; c[0], np.shares_memory(b, c)", "(np.float64(9.0), True)")],
    ),
    Case(
        "scikit_learn_classes_that_their_base_gives_methods",
        [
            "from sklearn.base import BaseEstimator, ClassifierMixin\nfrom sklearn.feature_extraction import FeatureHasher",
            "class Mock(ClassifierMixin, BaseEstimator):\n    def fit(self, X, y, sample_weight=None): return self\n    def score(self, X, y): return 0.5",
            "m = Mock().fit([[0]], [0]); X = FeatureHasher(n_features=8).transform([{'a': 1, 'b': 2}, {'c': 3}]); parts = X.data, X.indices",
        ],
        [
            "sorted(one for one in dir(m) if one.startswith('set_')), sorted(vars(Mock))",
            "X.toarray().tolist(), X.indices is parts[1]",
        ],
        then=[("m.score(0, 0), hasattr(m, 'set_score_request'), hasattr(m, 'set_fit_request')", "(0.5, False, True)")],
    ),
    Case(
        "sympy_systems_of_coordinates_that_note_what_is_made_of_them",
        [
            "from sympy import Function\nfrom sympy.diffgeom import CoordSystem, Manifold, Patch\nimport warnings; warnings.simplefilter('ignore')",
            "m = Manifold('M', 2); p = Patch('P', m); c = CoordSystem('C', p, ['x', 'y']); x, y = c.base_scalars(); d = c.base_oneforms()[0]; e = Function('g')(x) + y**2; sx, sy = c.symbols; from sympy import IndexedBase; B = IndexedBase('B', real=True); b = B[1]",
        ],
        [
            "str(e), len(p.coord_systems), len(m.patches), d.rcall(c.base_vectors()[0])",
            "x == c.base_scalars()[0], hash(c) == hash(x.args[0]), sx == c.symbols[0], sx.coord_sys == c",
            "B.is_real, b.is_real, B == IndexedBase('B', real=True), b.is_finite",
        ],
        then=[("str(e.subs(y, 3)), len(p.coord_systems)", "('g(x) + 9', 1)")],
    ),
    Case(
        "dateutil_zones_that_later_cells_ask_for_again",
        [
            "import datetime as dt\nfrom dateutil import tz",
            "a = dt.datetime(2025, 3, 8, 12, tzinfo=tz.gettz('America/New_York')); est = tz.tzstr('EST5EDT')\noff = tz.tzoffset('X', 3600); own = tz.gettz.nocache('America/New_York')",
        ],
        ["str(dt.datetime(2025, 3, 9, 12, tzinfo=tz.gettz('America/New_York')) - a)", "own is a.tzinfo"],
        then=[
            (
                "a.tzinfo is tz.gettz('America/New_York'), off is tz.tzoffset('X', 3600), est is tz.tzstr('EST5EDT')",
                "(True, True, True)",
            ),
            "str(dt.datetime(2025, 3, 9, 12, tzinfo=own) - a)",
        ],
    ),
    Case(
        "pydantic_parametrised_models",
        [
            "from pydantic import BaseModel\nfrom typing import Generic, TypeVar\nT = TypeVar('T')\nK = TypeVar('K')",
            "class Box(BaseModel, Generic[T]):\n    v: T\nclass Pair(BaseModel, Generic[K, T]):\n    k: K\n    t: T\nclass Ints(Box[int]): pass",
            "b = Box[int](v='1'); p = Pair[str, Box[int]](k='a', t=b); half = Pair[str, T]; i = Ints(v=3)",
        ],
        [
            "type(b) is Box[int]",
            "p",
            "type(p.t) is Box[int]",
            "half[int](k='x', t=2)",
            "isinstance(i, Box[int])",
            "Box[str](v='s')",
        ],
        modules=["pydantic"],
    ),
    Case(
        "numpy_arrays_of_all_kinds",
        [
            "import numpy as np\na = np.asfortranarray(np.arange(6.).reshape(2, 3)); z = np.array(5); st = np.array([(1, 'a')], dtype=[('n', 'i4'), ('s', 'U3')]); rec = st.view(np.recarray); ob = np.array([[1], {'a': 2}], dtype=object); dt = np.array(['2026-01-01', 'NaT'], 'M8[D]'); m = np.ma.array([1, 2, 3], mask=[0, 1, 0]); mat = np.asmatrix([[1, 2]]); be = np.arange(3, dtype='>i4'); s = np.array(['é', 'bb']); e = np.empty((0, 3)); c = np.arange(2) * 1j; f16 = np.float16(1.5)"
        ],
        [
            "a.flags.f_contiguous, a.tolist()",
            "z.shape, int(z)",
            "st",
            "rec.n, type(rec).__name__",
            "ob.tolist()",
            "dt",
            "m",
            "mat, type(mat).__name__",
            "be.dtype, be.tolist()",
            "s",
            "e.shape",
            "c",
            "f16, type(f16)",
        ],
        modules=NP,
    ),
    Case(
        "numpy_object_array_shares_with_a_list",
        ["import numpy as np\nrow = [1]; a = np.array([None, None], dtype=object); a[0] = row; a[1] = row"],
        ["a[0] is row and a[1] is row"],
        [("row.append(2); a[1]", "[1, 2]")],
        modules=NP,
    ),
    Case(
        "numpy_subclass_with_metadata",
        [
            "import numpy as np\nclass Signal(np.ndarray):\n    def __new__(cls, d, rate):\n        o = np.asarray(d).view(cls); o.rate = rate; return o\n    def __array_finalize__(self, o): self.rate = getattr(o, 'rate', None)",
            "s = Signal([1., 2.], 44)",
        ],
        ["s.rate", "type(s) is Signal", "s.tolist()"],
        either=True,
        modules=NP,
    ),
    Case(
        "numpy_memmap",
        [
            "import numpy as np\nmm = np.memmap('big.dat', dtype='f4', mode='w+', shape=(4,)); mm[:] = [1, 2, 3, 4]; mm.flush()"
        ],
        ["mm.tolist()", "type(mm).__name__", "mm.mode"],
        [("mm[0] = 9; mm.flush(); np.fromfile('big.dat', 'f4').tolist()", "[9.0, 2.0, 3.0, 4.0]")],
        modules=NP,
    ),
    Case(
        "numpy_ufuncs_vectorize_poly",
        [
            "import numpy as np\nf = np.vectorize(lambda x: x + 1); p = np.poly1d([1, 2]); add = np.add; P = np.polynomial.Polynomial([1, 2])\nit = np.nditer(np.arange(3))"
        ],
        ["f([1, 2]).tolist()", "p(2)", "add is np.add", "P(1)"],
        modules=NP,
    ),
    Case(
        "pandas_frame_of_every_type",
        [
            "import pandas as pd, numpy as np\ndf = pd.DataFrame({'cat': pd.Categorical(['a', 'b', 'a'], ['b', 'a'], ordered=True), 'tz': pd.date_range('2026-03-29', periods=3, tz='Europe/Berlin'), 'I': pd.array([1, None, 3], 'Int64'), 's': pd.array(['x', None, 'z'], 'string'), 'p': pd.period_range('2026', periods=3, freq='M'), 'iv': pd.interval_range(0, 3), 'o': [[1], {'k': 2}, None], 'td': pd.to_timedelta([1, 2, 3], 's'), 'sp': pd.arrays.SparseArray([0, 0, 1])}); df.attrs['src'] = 'x'; df.index.name = 'idx'"
        ],
        [
            "df.dtypes.astype(str).to_dict()",
            "df.to_dict('list')",
            "df.attrs",
            "df.index.name",
            "df.cat.cat.categories.tolist(), df.cat.cat.ordered",
            "df.o[0]",
        ],
        modules=PD,
    ),
    Case(
        "pandas_multiindex_pivot_resample",
        [
            "import pandas as pd, numpy as np\nidx = pd.MultiIndex.from_product([['a', 'b'], [1, 2]], names=['k', 'n']); s = pd.Series(range(4), idx, name='v'); wide = s.unstack(); t = pd.Series(range(6), pd.date_range('2026', periods=6, freq='h')); r = t.resample('2h').sum()"
        ],
        ["s.to_dict()", "wide.to_dict()", "r.tolist(), r.index.freq", "s.index.names", "s.loc[('a', 2)]"],
        modules=PD,
    ),
    Case(
        "pandas_groupby_and_rolling_objects",
        [
            "import pandas as pd\ndf = pd.DataFrame({'k': list('aab'), 'v': [1, 2, 3]}); g = df.groupby('k'); ro = df.v.rolling(2); ew = df.v.ewm(alpha=0.5)"
        ],
        ["g.v.sum().to_dict()", "ro.sum().tolist()[1:]", "g.obj is df"],
        modules=PD,
    ),
    Case(
        "pandas_styler_accessor_eval",
        [
            "import pandas as pd\n@pd.api.extensions.register_series_accessor('mine')\nclass Mine:\n    def __init__(s, o): s.o = o\n    def double(s): return (s.o * 2).tolist()",
            "s = pd.Series([1, 2])",
        ],
        ["s.mine.double()"],
        modules=PD,
    ),
    Case(
        "pandas_read_csv_iterator",
        ["import pandas as pd\nrd = pd.read_csv('t.csv', chunksize=2); first = next(rd)"],
        ["first.to_dict('list')"],
        [("next(rd).to_dict('list')", "{'a': [5], 'b': [6]}")],
        files={"t.csv": "a,b\n1,2\n3,4\n5,6\n"},
        modules=PD,
    ),
    Case(
        "pandas_subclass_with_metadata",
        [
            "import pandas as pd\nclass F(pd.DataFrame):\n    _metadata = ['unit']\n    @property\n    def _constructor(self): return F",
            "f = F({'a': [1]}); f.unit = 'm'",
        ],
        ["type(f) is F", "f.unit", "f[['a']].unit"],
        modules=PD,
    ),
    Case(
        "pandas_frame_changed_in_place_after_background_save",
        [
            "import pandas as pd\ndf = pd.DataFrame({'a': range(5)})",
            "# idle",
            "df.loc[0, 'a'] = 99; df['b'] = 1; df.drop(index=4, inplace=True)",
        ],
        ["df.to_dict('list')"],
        modules=PD,
    ),
    Case(
        "numpy_element_changed_after_background_save",
        ["import numpy as np\na = np.zeros((200, 200)); v = a[3]", "# idle", "v[7] = 5"],
        ["float(a[3, 7])", "float(a.sum())"],
        modules=NP,
    ),
    Case(
        "polars_frames_lazy_and_expressions",
        [
            "import polars as pl\ndf = pl.DataFrame({'a': [1, 2, None], 's': ['x', 'y', 'x'], 'l': [[1], [2, 3], []]}, schema_overrides={'a': pl.Int16}).with_columns(pl.col('s').cast(pl.Categorical)); lf = df.lazy().filter(pl.col('a') > 1); ex = pl.col('a') * 2; s = df['a']"
        ],
        [
            "df.to_dict(as_series=False)",
            "str(df.schema)",
            "lf.collect().to_dict(as_series=False)",
            "df.select(ex).to_series().to_list()",
            "s.to_list()",
        ],
        modules=["polars"],
    ),
    Case(
        "polars_lazy_frame_with_a_python_function",
        [
            "import polars as pl\nk = 3\nlf = pl.DataFrame({'a': [1, 2]}).lazy().select(pl.col('a').map_elements(lambda v: v * k, return_dtype=pl.Int64))"
        ],
        ["lf.collect()['a'].to_list()"],
        either=True,
        modules=["polars"],
    ),
    Case(
        "pyarrow_tables_and_arrays",
        [
            "import pyarrow as pa, pyarrow.compute as pc\nt = pa.table({'a': [1, 2, 3], 's': ['x', None, 'z']}, metadata={'k': 'v'}); sl = t.slice(1); d = pa.array(['a', 'b', 'a']).dictionary_encode(); sch = t.schema; ch = pa.chunked_array([[1], [2]])"
        ],
        [
            "t.to_pydict()",
            "sl.to_pydict()",
            "d.to_pylist()",
            "t.schema.metadata",
            "ch.num_chunks",
            "sch.equals(t.schema)",
        ],
        modules=["pyarrow"],
    ),
    Case(
        "scipy_sparse_and_distributions",
        [
            "import scipy.sparse as sp, scipy.stats as st, numpy as np\nm = sp.random(5, 5, 0.4, random_state=1, format='csr'); c = sp.coo_array(([1, 2], ([0, 1], [1, 0]))); rv = st.norm(1, 2); kde = st.gaussian_kde([1., 2., 4.])",
            "from scipy.interpolate import interp1d, CubicSpline\nfi = interp1d([0, 1, 2], [0, 1, 4]); cs = CubicSpline([0, 1, 2], [0, 1, 4])",
            "from scipy.spatial import cKDTree\ntree = cKDTree([[0, 0], [1, 1]])",
        ],
        [
            "m.toarray().tolist(), m.format",
            "c.toarray().tolist()",
            "float(rv.cdf(1))",
            "kde(1.5).tolist()",
            "float(fi(0.5)), float(cs(0.5))",
            "tree.query([0.9, 0.9])",
        ],
        modules=["scipy"],
    ),
    Case(
        "frozen_distribution_with_its_own_random_state",
        [
            "import scipy.stats as st, numpy as np\nrv = st.norm(0, 1); rv.random_state = np.random.default_rng(3); rv.rvs()"
        ],
        [],
        [("rv.rvs(3).tolist()", "[-2.5556650313141818, 0.41809884672577885, -0.5677696061279298]")],
        modules=["scipy"],
    ),
    Case(
        "sklearn_pipeline_fitted",
        [
            IRIS,
            "from sklearn.pipeline import make_pipeline\nfrom sklearn.preprocessing import StandardScaler, FunctionTransformer\nfrom sklearn.linear_model import LogisticRegression\nimport numpy as np\ndef half(a): return a / 2\npipe = make_pipeline(FunctionTransformer(half), StandardScaler(), LogisticRegression()).fit(X, y); step = pipe[-1]",
        ],
        [
            "pipe.predict(X[:5]).tolist()",
            "round(pipe.score(X, y), 6)",
            "pipe.named_steps['logisticregression'] is step",
            "pipe[0].func is half",
            "step.coef_.tolist()",
        ],
        modules=["sklearn"],
    ),
    Case(
        "sklearn_forest_search_and_column_transformer",
        [
            IRIS,
            "from sklearn.ensemble import RandomForestClassifier\nfrom sklearn.model_selection import GridSearchCV, KFold\nimport numpy as np\ncv = KFold(3, shuffle=True, random_state=0); gs = GridSearchCV(RandomForestClassifier(5, random_state=0), {'max_depth': [1, 2]}, cv=cv).fit(X, y)",
        ],
        [
            "gs.best_params_",
            "gs.predict(X[::30]).tolist()",
            "gs.cv is cv",
            "gs.cv_results_['mean_test_score'].tolist()",
        ],
        modules=["sklearn"],
    ),
    Case(
        "sklearn_partial_fit_goes_on",
        [
            IRIS,
            "from sklearn.linear_model import SGDClassifier\nclf = SGDClassifier(random_state=0); clf.partial_fit(X[::2], y[::2], classes=[0, 1, 2])",
        ],
        ["clf.t_"],
        ["clf.partial_fit(X[1::2], y[1::2]).coef_.round(8).tolist()"],
        modules=["sklearn"],
    ),
    Case(
        "sklearn_random_state_object_is_shared",
        [
            IRIS,
            "import numpy as np\nfrom sklearn.ensemble import RandomForestClassifier\nrs = np.random.RandomState(0); clf = RandomForestClassifier(3, random_state=rs).fit(X, y)",
        ],
        ["clf.random_state is rs"],
        [
            (
                "clf.fit(X, y).predict(X[::20]).tolist(), float(rs.rand())",
                "([0, 0, 0, 1, 1, 2, 2, 2], 0.5448831829968969)",
            )
        ],
        modules=["sklearn"],
    ),
    Case(
        "custom_estimator_made_in_a_cell",
        [
            IRIS,
            "from sklearn.base import BaseEstimator, ClassifierMixin, clone\nimport numpy as np\nclass Major(ClassifierMixin, BaseEstimator):\n    def __init__(self, k=1): self.k = k\n    def fit(self, X, y): self.m_ = int(np.bincount(y).argmax()); return self\n    def predict(self, X): return np.full(len(X), self.m_)",
            "m = Major(k=3).fit(X, y)",
        ],
        ["m.predict(X[:2]).tolist()", "m.get_params()", "type(clone(m)) is Major"],
        modules=["sklearn"],
    ),
    Case(
        "xgboost_booster_and_classifier",
        [
            IRIS,
            "import xgboost as xgb\nclf = xgb.XGBClassifier(n_estimators=5, max_depth=2).fit(X, y); d = xgb.DMatrix(X, label=y); b = xgb.train({'max_depth': 2}, d, 3)",
        ],
        ["clf.predict(X[::30]).tolist()", "b.num_boosted_rounds()"],
        [
            "clf.predict_proba(X[:2]).round(6).tolist()",
            ("b.predict(d)[:3].round(6).tolist()", "[0.35172000527381897, 0.35172000527381897, 0.35172000527381897]"),
        ],
        either=True,
        modules=["xgboost", "sklearn"],
    ),
    Case(
        "lightgbm_model",
        [
            IRIS,
            "import lightgbm as lgb\nclf = lgb.LGBMClassifier(n_estimators=5, verbose=-1).fit(X, y); bo = clf.booster_",
        ],
        ["clf.predict(X[::30]).tolist()", "bo.num_trees()", "clf.booster_ is bo"],
        modules=["lightgbm", "sklearn"],
    ),
    Case(
        "statsmodels_results",
        [
            "import statsmodels.formula.api as smf, pandas as pd, numpy as np\ndf = pd.DataFrame({'x': np.arange(20.), 'y': np.arange(20.) * 2 + np.sin(np.arange(20))}); res = smf.ols('y ~ x', df).fit()"
        ],
        ["res.params.round(8).to_dict()", "round(res.rsquared, 10)"],
        [("res.predict(pd.DataFrame({'x': [100.]})).round(6).tolist()", "[197.77014]")],
        modules=["statsmodels"],
    ),
    Case(
        "a_jpeg_read_from_memory_has_what_its_reader_found",
        [
            "import io\nfrom PIL import Image\nheld = io.BytesIO(); Image.linear_gradient('L').convert('RGB').save(held, 'JPEG', quality=60, comment='mine')",
            "image = Image.open(io.BytesIO(held.getvalue())); image.load(); image.note = 'own'",
        ],
        ["image.quantization", "image.app, image.applist", "image.info, image.note, image.fp"],
        ["again = io.BytesIO(); image.save(again, 'JPEG', quality='keep'); print(len(again.getvalue()))"],
        modules=["PIL"],
    ),
    Case(
        "igraphs_sequences_of_vertices_and_edges",
        [
            "import igraph\ngraph = igraph.Graph.Ring(6); graph.vs['name'] = list('abcdef')",
            "whole, some, every = graph.vs, graph.vs.select(name_in='bd'), graph.vs.select(range(6)); edges = graph.es[1:3]; one = graph.vs[2]",
            "import matplotlib.pyplot as plt\nfig, ax = plt.subplots(); drawn = igraph.plot(graph, target=ax); plt.close(fig)",
        ],
        [
            "some['name'], edges.indices, one.index, [part.graph is graph for part in (whole, some, every, edges, one)]",
            "type(drawn).__name__",
        ],
        [
            "graph.add_vertices(1); print(len(whole), len(every), len(some), len(graph.es), drawn.get_vertices().get_sizes()[:2])"
        ],
        modules=["igraph", "matplotlib"],
    ),
    Case(
        "networkx_graph_with_attributes",
        [
            "import networkx as nx\nG = nx.karate_club_graph(); G.graph['n'] = 'k'; data = {'w': 1}; H = nx.DiGraph(); H.add_edge('a', 'b', meta=data); sub = G.subgraph([0, 1, 2])"
        ],
        ["G.number_of_edges()", "H['a']['b']['meta'] is data", "sorted(sub.edges)", "nx.shortest_path(G, 0, 33)"],
        [("G.add_edge(1, 99); (G.has_node(99), sub.number_of_nodes())", "(True, 3)")],
        modules=["networkx"],
    ),
    Case(
        "pillow_images",
        [
            "from PIL import Image, ImageDraw\nim = Image.new('RGB', (4, 4), 'red'); dr = ImageDraw.Draw(im); dr.point((1, 1), 'blue'); im.save('i.png'); lazy = Image.open('i.png'); im.info['note'] = 'x'"
        ],
        ["im.getpixel((1, 1))", "im.size, im.mode, im.info", "lazy.getpixel((0, 0)), lazy.format"],
        [("im.putpixel((2, 2), (0, 255, 0)); im.getpixel((2, 2))", "(0, 255, 0)")],
        modules=["PIL"],
    ),
    Case(
        "matplotlib_figure_objects",
        [
            "import matplotlib; matplotlib.use('Agg')\nimport matplotlib.pyplot as plt\nfig, axs = plt.subplots(2, sharex=True); (ln,) = axs[0].plot([1, 3], label='a'); leg = axs[0].legend(); txt = axs[1].text(0, 0, 'hi')"
        ],
        [
            "fig.axes[0] is axs[0]",
            "axs[0].lines[0] is ln",
            "[t.get_text() for t in leg.get_texts()]",
            "axs[0].get_shared_x_axes().joined(axs[0], axs[1])",
        ],
        [
            ("axs[0].set_xlim(0, 5); axs[1].get_xlim()", "(np.float64(0.0), np.float64(5.0))"),
            ("ln.set_color('red'); fig.axes[0].lines[0].get_color()", "'red'"),
            ("fig.savefig('f.png'); import os; os.path.getsize('f.png') > 1000", "True"),
        ],
        modules=["matplotlib"],
    ),
    Case(
        "colormaps_norms_and_callbacks",
        [
            "import matplotlib; matplotlib.use('Agg')\nimport matplotlib.pyplot as plt, matplotlib as mpl\nclicks = []\nfig, ax = plt.subplots(); cid = fig.canvas.mpl_connect('draw_event', lambda e: clicks.append(1)); cm = mpl.colormaps['viridis']; nm = mpl.colors.LogNorm(1, 10)",
            "fig.canvas.draw(); n = len(clicks)",
        ],
        ["n", "cm(0.5)", "float(nm(3))"],
        [("fig.canvas.draw(); len(clicks) > n", "True")],
        either=True,
        modules=["matplotlib"],
    ),
    Case(
        "seaborn_grid",
        [
            "import matplotlib; matplotlib.use('Agg')\nimport seaborn as sns, pandas as pd\ndf = pd.DataFrame({'x': [1, 2, 3], 'k': ['a', 'b', 'a']}); g = sns.FacetGrid(df, col='k'); g.map(__import__('matplotlib.pyplot').pyplot.hist, 'x')"
        ],
        ["g.axes.shape", "g.col_names"],
        [("g.set_titles('T {col_name}').axes[0, 0].get_title()", "'T a'")],
        modules=["seaborn"],
    ),
    Case(
        "plotly_figure",
        ["import plotly.graph_objects as go\nfig = go.Figure(go.Bar(x=['a'], y=[3])); fig.update_layout(title='t')"],
        ["fig.layout.title.text", "fig.data[0].y"],
        [("fig.add_bar(x=['b'], y=[1]); len(fig.data)", "2")],
        modules=["plotly"],
    ),
    Case(
        "sympy_symbols_keep_their_assumptions",
        [
            "from sympy import *\nx = Symbol('x', positive=True); y = symbols('y'); e = sqrt(x**2) + y; f = Function('f'); L = lambdify(y, y**2); D = Dummy('d')"
        ],
        ["e", "e.subs(y, 1)", "x in e.free_symbols", "L(3)", "Symbol('x', positive=True) == x", "diff(sin(y), y)"],
        [("D == D.subs(y, 1), (D + y).has(D)", "(True, True)")],
        modules=["sympy"],
    ),
    Case(
        "dask_collections_and_delayed",
        [
            "import dask, dask.array as da\na = da.arange(10, chunks=5) + 1\n@dask.delayed\ndef inc(x): return x + 1\nd = inc(inc(1))"
        ],
        ["a.sum().compute()", "d.compute()", "a.chunks"],
        modules=["dask"],
    ),
    Case(
        "dask_bag_with_the_users_function",
        ["import dask.bag as db\nk = 10\ndef f(x): return x + k\nb = db.from_sequence(range(4), npartitions=2).map(f)"],
        ["b.compute(scheduler='synchronous')"],
        modules=["dask"],
    ),
    Case(
        "pydantic_models_made_in_cells",
        [
            "from pydantic import BaseModel, Field, field_validator\nclass Item(BaseModel):\n    name: str\n    n: int = Field(default=1, ge=0)\n    @field_validator('name')\n    @classmethod\n    def up(cls, v): return v.upper()",
            "class Order(BaseModel):\n    items: list[Item] = []",
            "o = Order(items=[Item(name='a')]); i = o.items[0]",
        ],
        ["o.model_dump()", "o.items[0] is i", "Item(name='q').name", "isinstance(i, Item)"],
        [
            ("try:\n    Item(name='x', n=-1)\nexcept ValueError as e:\n    print(type(e).__name__)", "ValidationError"),
            ("Order.model_validate({'items': [{'name': 'z'}]}).items[0].name", "'Z'"),
        ],
        modules=["pydantic"],
    ),
    Case(
        "numba_function_compiled",
        [
            "import numba, numpy as np\n@numba.njit\ndef tot(a):\n    s = 0.0\n    for v in a: s += v\n    return s",
            "r = tot(np.arange(5.))",
        ],
        ["r"],
        [("tot(np.arange(4.))", "6.0")],
        modules=["numba"],
        seconds=180,
    ),
    Case(
        "duckdb_in_memory",
        [
            "import duckdb\ncon = duckdb.connect(); con.execute('create table t as select range a from range(5)'); tot = con.execute('select sum(a) from t').fetchone()"
        ],
        ["tot"],
        [
            ("con.execute('select sum(a) from t').fetchone()", "(10,)"),
            ("con.execute('insert into t values (100)'); con.execute('select max(a) from t').fetchone()", "(100,)"),
        ],
        modules=["duckdb"],
    ),
    Case(
        "duckdb_file_and_default_connection",
        [
            "import duckdb\nf = duckdb.connect('d.duckdb'); f.execute('create table t(a int)'); f.execute('insert into t values (7)')",
            "duckdb.sql('create table g as select 1 x')",
        ],
        ["f.execute('select a from t').fetchall()"],
        [("duckdb.sql('select x from g').fetchall()", "[(1,)]")],
        either=True,
        modules=["duckdb"],
    ),
    Case(
        "widgets_of_matplotlib_and_who_listens_to_them",
        [
            "import matplotlib; matplotlib.use('Agg')\nimport matplotlib.pyplot as plt\nfrom matplotlib.widgets import Button, CheckButtons, TextBox, RangeSlider, RadioButtons\nfig, axs = plt.subplots(5); got = []\nb = Button(axs[0], 'go'); b.on_clicked(lambda e: got.append('b'))\nc = CheckButtons(axs[1], ['x','y']); c.on_clicked(got.append)\nr = RadioButtons(axs[2], ['x','y']); r.on_clicked(got.append)\nt = TextBox(axs[3], 't'); t.on_submit(got.append); s = RangeSlider(axs[4], 's', 0, 1); s.on_changed(lambda v: got.append(round(v[0],1)))\ncid = fig.canvas.mpl_connect('button_press_event', lambda e: got.append('press')); axs[0].callbacks.connect('xlim_changed', lambda a: got.append('xlim'))\nc.set_active(0); r.set_active(1); t.set_val('q'); s.set_val((.3,.5))"
        ],
        ["got", "c.get_status()", "r.value_selected", "t.text"],
        [
            "del got[:]; c.set_active(1); r.set_active(0); t.set_val('w'); s.set_val((.1,.2)); axs[0].set_xlim(0,5); print(got)"
        ],
        modules=["matplotlib"],
    ),
    Case(
        "plotly_figures_of_arrays_frames_and_subplots",
        [
            "import plotly.graph_objects as go, numpy as np, pandas as pd\nfrom plotly.subplots import make_subplots\ndf = pd.DataFrame({'x': pd.date_range('2024', periods=3), 'y': [1.,2.,np.nan], 'c': list('abc')})\nf = make_subplots(rows=1, cols=2); f.add_trace(go.Scatter(x=df.x, y=df.y, text=df.c), row=1, col=2); f.add_trace(go.Heatmap(z=np.arange(4).reshape(2,2)), row=1, col=1); f.frames = [go.Frame(data=[go.Scatter(y=np.arange(3))], name='f0')]\nfw = go.Figure(f); sc = go.Scatter(y=np.arange(5))"
        ],
        [
            "f.data[0].x.tolist()",
            "f.data[1].z.tolist()",
            "f.data[0].y.dtype",
            "f.frames[0].data[0].y.tolist()",
            "sc.y.tolist()",
            "fw.data[0].y.tolist()",
            "f.get_subplot(1,2).xaxis.anchor",
            "type(f.data[0].x)",
            "f._grid_ref is not None",
        ],
        [
            "f.add_trace(go.Bar(y=[1]), row=1, col=2); print(len(f.data), f.data[2].xaxis)",
            "f.data[0].y = [5,6,7]; print(f.data[0].y)",
        ],
        modules=["plotly"],
    ),
    Case(
        "a_parser_whose_library_knows_its_markers_by_identity",
        [
            "import lark\ng = lark.Lark('start: A+\\nA: \"a\"', parser='lalr'); e = lark.Lark('start: A+\\nA: \"a\"'); t = g.parse('aa')"
        ],
        ["t.pretty()"],
        ["print(g.parse('aa') == t, e.parse('aaa').pretty())"],
        modules=["lark"],
    ),
    Case(
        "lightgbm_data_that_was_constructed",
        [
            "import numpy as np, lightgbm as lgb\nX = np.random.RandomState(0).normal(size=(60, 3)); ld = lgb.Dataset(X, X[:, 0], free_raw_data=False).construct(); un = lgb.Dataset(X)\nlv = lgb.Dataset(X[:20], X[:20, 0], reference=ld, free_raw_data=False).construct()"
        ],
        ["ld.num_data(), lv.num_data(), lv.reference is ld, un._handle"],
        ["print(lgb.train({'verbose': -1, 'num_leaves': 4}, ld, 2).predict(X[:2]))"],
        modules=["lightgbm"],
    ),
    Case(
        "figures_of_the_inline_backend_that_interactive_mode_is_off_for",
        [
            "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.ioff()\nfig, axs = plt.subplots(2, 2, sharex=True, num='main'); ax = axs[0, 0]; ax.plot([1, 2, 3]); hits = []",
            "cid = fig.canvas.mpl_connect('draw_event', lambda e: hits.append(1)); fig.canvas.draw(); two = plt.figure(); plt.sca(ax)",
        ],
        ["plt.get_fignums(), plt.isinteractive()", "plt.gcf() is fig, plt.gca() is ax", "len(hits)"],
        ["fig.canvas.draw(); print(len(hits), plt.get_fignums())"],
        modules=["matplotlib"],
    ),
    Case(
        "artists_of_matplotlib_still_say_that_they_changed",
        [
            "import matplotlib; matplotlib.use('agg')\nimport matplotlib.pyplot as plt\nfrom matplotlib.cbook import CallbackRegistry\nfig, ax = plt.subplots(); line, = ax.plot([1, 2, 3]); text = fig.subfigures(1, 1).suptitle('t'); heard = []",
            "line.stale_callback = lambda artist, value: heard.append(artist is line); known = CallbackRegistry(); known.connect('x', print)",
        ],
        ["ax.stale_callback.__name__, text.stale_callback.__name__"],
        [
            "fig.canvas.draw(); was = fig.stale; _ = ax.set_title('new'); print(was, fig.stale)",
            "fig.canvas.draw(); text.set_text('u'); print(fig.stale)",
            "heard.clear(); line.set_color('red'); print(heard, known.connect('y', print))",
        ],
        modules=["matplotlib"],
    ),
    Case(
        "figures_that_the_inline_backend_leaves_open_are_not_shown_again",
        [
            "%matplotlib inline\n%config InlineBackend.close_figures = False\nimport matplotlib.pyplot as plt\nfig, ax = plt.subplots()"
        ],
        ["plt.get_fignums(), plt.gcf() is fig", "plt.rcParams['backend_fallback']"],
        ["print(1)", "_ = ax.plot([1, 2, 3])", "print(3)"],
        modules=["matplotlib"],
    ),
    Case(
        "sqlalchemy_knows_what_was_deleted_and_what_a_session_has_let_go_of",
        [
            "from sqlalchemy import ForeignKey, create_engine, inspect\nfrom sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship\nclass Base(DeclarativeBase): pass\nclass U(Base):\n    __tablename__ = 'u'\n    id: Mapped[int] = mapped_column(primary_key=True)\n    ps: Mapped[list['P']] = relationship(cascade='all, delete-orphan')\nclass P(Base):\n    __tablename__ = 'p'\n    id: Mapped[int] = mapped_column(primary_key=True)\n    u: Mapped[int] = mapped_column(ForeignKey('u.id'))",
            "eng = create_engine('sqlite:///gone.db'); Base.metadata.create_all(eng); s = Session(eng, expire_on_commit=False); u = U(ps=[P(), P(), P()]); s.add(u); s.commit(); gone, let_go, left = u.ps\ns.delete(gone); s.commit(); s.expunge(let_go)",
        ],
        [
            "[inspect(one).was_deleted for one in (gone, let_go, left)], [inspect(one).detached for one in (gone, let_go, left)]",
            "[one in s for one in (u, gone, let_go, left)]",
        ],
        ["try: s.add(gone)\nexcept Exception as error: print(type(error).__name__)"],
        modules=["sqlalchemy"],
    ),
    Case(
        "surfaces_of_pygame_and_parts_that_share_their_pixels",
        [
            "import pygame\nwhole = pygame.Surface((10, 10), pygame.SRCALPHA); _ = whole.fill((255, 0, 0, 128)); part = whole.subsurface((2, 2, 4, 4)); inner = part.subsurface((1, 1, 2, 2)); part.set_clip((0, 0, 3, 3))\nplain = pygame.Surface((7, 5), 0, 24); _ = plain.fill((1, 2, 3)); plain.set_colorkey((1, 2, 3)); plain.set_alpha(99); fast = pygame.Surface((4, 4), 0, 32); fast.set_colorkey((0, 0, 0), pygame.RLEACCEL)",
        ],
        [
            "[(one.get_flags(), one.get_bitsize(), one.get_masks(), one.get_colorkey(), one.get_alpha(), one.get_clip(), one.get_offset(), one.get_buffer().raw) for one in (whole, part, inner, plain, fast)]",
            "part.get_parent() is whole, inner.get_parent() is part",
        ],
        ["_ = part.fill((0, 255, 0)); whole.get_at((3, 3)), inner.get_at((1, 1)), whole.get_at((6, 6))"],
        modules=["pygame"],
    ),
    Case(
        "satellites_of_sgp4",
        [
            "import numpy as np\nfrom sgp4.api import Satrec, SatrecArray\ns = Satrec.twoline2rv('1 25544U 98067A   20062.59097222  .00016717  00000-0  10270-3 0  9006', '2 25544  51.6442 147.0064 0004607  99.5390  39.4786 15.49249062  2423'); many = SatrecArray([s, s]); box = [s]",
        ],
        ["s.satnum, s.bstar, s.t, box[0] is s, len(many)"],
        ["s.sgp4(2458827, .36), many.sgp4(np.array([2458827.]), np.array([.36])), s.t"],
        modules=["sgp4"],
    ),
    Case(
        "contexts_of_gmpy2_that_are_entered_are_left",
        [
            "import gmpy2\nouter = gmpy2.get_context(); outer.precision = 60; a = gmpy2.context(precision=120); b = gmpy2.context(precision=200); _ = a.__enter__(), b.__enter__(); left = gmpy2.context(precision=30)\nwith left: pass",
        ],
        ["gmpy2.get_context().precision"],
        [
            "b.__exit__(None, None, None); gmpy2.get_context().precision",
            "a.__exit__(None, None, None); gmpy2.get_context().precision, gmpy2.get_context() is outer",
            "with left: print(gmpy2.get_context().precision)\ngmpy2.get_context().precision",
        ],
        modules=["gmpy2"],
    ),
    Case(
        "sqlalchemy_engine_and_orm",
        [
            "from sqlalchemy import *\nfrom sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, Session\nclass Base(DeclarativeBase): pass\nclass U(Base):\n    __tablename__ = 'u'\n    id: Mapped[int] = mapped_column(primary_key=True)\n    n: Mapped[str]",
            "eng = create_engine('sqlite:///s.db'); Base.metadata.create_all(eng)\nwith Session(eng) as s:\n    s.add(U(n='a')); s.commit()",
        ],
        ["[r.n for r in eng.connect().execute(select(U.n))]", "str(eng.url)"],
        [("with Session(eng) as s:\n    s.add(U(n='b')); s.commit(); print(s.query(U).count())", "2")],
        modules=["sqlalchemy"],
    ),
    Case(
        "an_orm_session_its_objects_and_their_relations",
        [
            "from sqlalchemy import create_engine, ForeignKey, String, select, func, event\nfrom sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, Session, sessionmaker, column_property\nclass Base(DeclarativeBase): pass\nclass U(Base):\n    __tablename__='u'\n    id: Mapped[int] = mapped_column(primary_key=True)\n    name: Mapped[str] = mapped_column(String(30))\n    adrs: Mapped[list['A']] = relationship(back_populates='u', order_by='A.id', cascade='all, delete-orphan')\n    def hi(self): return 'hi ' + self.name\nclass A(Base):\n    __tablename__='a'\n    id: Mapped[int] = mapped_column(primary_key=True)\n    mail: Mapped[str]\n    uid: Mapped[int] = mapped_column(ForeignKey('u.id'))\n    u: Mapped['U'] = relationship(back_populates='adrs')\n",
            "eng = create_engine('sqlite://'); Base.metadata.create_all(eng); s = Session(eng)\nann = U(name='ann', adrs=[A(mail='x'), A(mail='y')]); s.add(ann); s.commit(); bob = U(name='bob'); s.add(bob); s.commit()\nbob2 = s.get(U, 2); n = len(ann.adrs)",
        ],
        [
            "ann.name",
            "ann.hi()",
            "[a.mail for a in ann.adrs]",
            "bob2 is bob",
            "U.__table__ is Base.metadata.tables['u']",
            "ann in s",
            "s.get(U, 1) is ann",
            "type(ann) is U",
            "sorted(Base.metadata.tables)",
            "s.bind is eng",
            "U.hi.__globals__ is globals()",
        ],
        [
            "ann.name = 'anna'; s.commit(); print(s.scalars(select(U.name).order_by(U.id)).all())",
            "ann.adrs.append(A(mail='z')); s.commit(); print(s.query(A).count(), ann.adrs[2].u is ann)",
            "s.delete(ann); s.commit(); print(s.query(A).count())",
            "class B(Base):\n    __tablename__ = 'b'\n    id: Mapped[int] = mapped_column(primary_key=True)\nBase.metadata.create_all(eng); s.add(B()); s.commit(); print(s.query(B).count())",
        ],
        modules=["sqlalchemy"],
    ),
    Case(
        "an_orm_of_the_older_style_with_a_backref_a_synonym_and_a_scoped_session",
        [
            "from sqlalchemy import *\nfrom sqlalchemy.orm import *\nB = declarative_base()\nclass O(B):\n    __tablename__ = 'o'\n    id = Column(Integer, primary_key=True); x = Column('xx', Integer, default=4); y = synonym('x')\n    kids = relationship('K', backref='o', lazy='joined')\n    def __init__(self, x): self.x = x * 2\n    def __repr__(self): return f'O({self.x})'\nclass K(B):\n    __tablename__ = 'k'\n    id = Column(Integer, primary_key=True); oid = Column(ForeignKey('o.id'))\n    @validates('oid')\n    def v(self, k, val): return val\n",
            "e = create_engine('sqlite://'); B.metadata.create_all(e); s = scoped_session(sessionmaker(bind=e)); o = O(3); s.add(o); o.kids.append(K()); s.commit(); pend = O(9); s.autoflush = False; s.add(pend)",
        ],
        ["o", "o.kids[0].o is o", "o.y", "len(s.new)", "pend in s.new"],
        [
            "s.commit(); print(s.query(O).order_by(O.id).all(), pend.id)",
            "print(O(5).y, s.query(O).filter(O.y == 6).one())",
        ],
        modules=["sqlalchemy"],
    ),
    Case(
        "mapped_classes_that_inherit",
        [
            "from sqlalchemy import *\nfrom sqlalchemy.orm import *\nclass Base(DeclarativeBase): pass\nclass P(Base):\n    __tablename__ = 'p'\n    id: Mapped[int] = mapped_column(primary_key=True)\n    kind: Mapped[str]\n    __mapper_args__ = {'polymorphic_on': 'kind', 'polymorphic_identity': 'p'}\nclass E(P):\n    __tablename__ = 'e'\n    id: Mapped[int] = mapped_column(ForeignKey('p.id'), primary_key=True)\n    pay: Mapped[int]\n    __mapper_args__ = {'polymorphic_identity': 'e'}\nclass M(P):\n    lvl: Mapped[int] = mapped_column(nullable=True)\n    __mapper_args__ = {'polymorphic_identity': 'm'}\neng = create_engine('sqlite://'); Base.metadata.create_all(eng); s = Session(eng); s.add_all([P(), E(pay=3), M(lvl=2)]); s.commit(); xs = s.scalars(select(P).order_by(P.id)).all()"
        ],
        [
            "[type(x).__name__ for x in xs]",
            "xs[1].pay",
            "xs[2].lvl",
            "isinstance(xs[1], P)",
            "M.__table__ is P.__table__",
        ],
        [
            "s.expire_all(); print([type(x).__name__ for x in s.scalars(select(P).order_by(P.id))], s.scalars(select(E)).one().pay)",
            "s.add(M(lvl=7)); s.commit(); print(s.query(M).count(), s.query(P).count())",
        ],
        modules=["sqlalchemy"],
    ),
    Case(
        "an_optimizer_whose_steps_a_scheduler_hears_of",
        [
            "import torch, warnings\nnet = torch.nn.Linear(2, 1); opt = torch.optim.SGD(net.parameters(), lr=.1); sched = torch.optim.lr_scheduler.StepLR(opt, 1)",
        ],
        ["'step' in vars(opt), sched.optimizer is opt, sched.get_last_lr()"],
        [
            "with warnings.catch_warnings(record=True) as said:\n    warnings.simplefilter('always'); net(torch.ones(1, 2)).sum().backward(); opt.step(); sched.step()\nprint(len(said), opt._opt_called, sched.get_last_lr())",
        ],
        modules=["torch"],
    ),
    Case(
        "gradients_and_hooks_of_torch_that_its_pickling_leaves_out",
        [
            "import torch\nclass Mine(torch.nn.Parameter):\n    def hi(self): return 'hi'\nmine = Mine(torch.ones(2)); (mine * 3).sum().backward(); opt = torch.optim.SGD([mine], .1)",
            "w = torch.nn.Parameter(torch.ones(2)); seen = []; handle = w.register_post_accumulate_grad_hook(lambda p: seen.append(p.grad.sum().item())); (w * 3).sum().backward()",
            "x = torch.ones(3, requires_grad=True); y = x * 2; y.retain_grad(); (y ** 2).sum().backward()\nlin = torch.nn.Linear(3, 2); lin(torch.ones(1, 3)).sum().backward(); lin.weight.data = torch.zeros(4, 3)",
        ],
        [
            "type(mine) is Mine, mine.hi(), mine.grad.tolist(), opt.param_groups[0]['params'][0] is mine",
            "y.grad.tolist(), y.retains_grad, tuple(lin.weight.shape), tuple(lin.weight.grad.shape)",
        ],
        [
            "opt.step(); mine.tolist()",
            "(w * 2).sum().backward(); handle.remove(); (w * 2).sum().backward(); seen",
            "lin.zero_grad(); lin.weight.grad, tuple(lin.weight.shape)",
        ],
        modules=["torch"],
    ),
    Case(
        "a_database_in_memory_that_an_engine_knows_by_name",
        [
            "import sqlalchemy as sa\nengine = sa.create_engine('sqlite:///file:named?mode=memory&cache=shared&uri=true', poolclass=sa.pool.NullPool); held = engine.connect()\nwith engine.begin() as c: c.execute(sa.text('create table t (a int)'))",
        ],
        ["str(engine.url)"],
        told=["engine"],
        modules=["sqlalchemy"],
    ),
    Case(
        "models_that_are_tables",
        [
            "from typing import List, Optional\nfrom sqlmodel import Field, Relationship, Session, SQLModel, create_engine, select\nclass Team(SQLModel, table=True):\n    id: Optional[int] = Field(default=None, primary_key=True)\n    name: str = Field(index=True)\n    heroes: List['Hero'] = Relationship(back_populates='team')\nclass HeroBase(SQLModel):\n    name: str\n    age: Optional[int] = Field(default=None, ge=0)\nclass Hero(HeroBase, table=True):\n    id: Optional[int] = Field(default=None, primary_key=True)\n    team_id: Optional[int] = Field(default=None, foreign_key='team.id')\n    team: Optional[Team] = Relationship(back_populates='heroes')\n    def shout(self): return self.name.upper()\nclass HeroRead(HeroBase):\n    id: int",
            "engine = create_engine('sqlite://'); SQLModel.metadata.create_all(engine); s = Session(engine)\nteam = Team(name='A'); hero = Hero(name='d', age=3, team=team); s.add(hero); s.commit(); loose = Hero(name='e')",
        ],
        [
            "hero.name, hero.age, hero.team is team, team.heroes == [hero], hero in s",
            "hero.shout(), isinstance(hero, HeroBase), isinstance(hero, SQLModel)",
            "sorted(SQLModel.metadata.tables), Hero.__table__ is SQLModel.metadata.tables['hero'], Hero.metadata is SQLModel.metadata",
            "sorted(Hero.model_fields), Hero.model_config['table'], sorted(HeroRead.model_json_schema()['properties'])",
            "HeroRead.model_validate(hero).model_dump()",
            "loose.model_dump()",
        ],
        [
            "hero.age = 9; s.add(loose); s.commit(); print([(h.name, h.age, h.team_id) for h in s.exec(select(Hero).order_by(Hero.id))])",
            "try:\n    Hero.model_validate({'name': 'x', 'age': -1})\nexcept ValueError as e: print(e.error_count(), e.errors()[0]['loc'])",
            "class Extra(SQLModel, table=True):\n    id: int = Field(primary_key=True)\n    hero_id: int = Field(foreign_key='hero.id')\nSQLModel.metadata.create_all(engine); s.add(Extra(id=1, hero_id=1)); s.commit(); print(len(s.exec(select(Extra)).all()), sorted(SQLModel.metadata.tables))",
        ],
        modules=["sqlmodel"],
    ),
    Case(
        "mapped_dataclasses_and_hybrids",
        [
            "from sqlalchemy import *\nfrom sqlalchemy.orm import *\nfrom sqlalchemy.ext.hybrid import hybrid_property\nclass Base(MappedAsDataclass, DeclarativeBase): pass\nclass Q(Base):\n    __tablename__ = 'q'\n    id: Mapped[int] = mapped_column(primary_key=True, init=False)\n    n: Mapped[int] = mapped_column(default=3)\n    @hybrid_property\n    def dbl(self): return self.n * 2\nassoc = Table('assoc', Base.metadata, Column('a', Integer))\neng = create_engine('sqlite://'); Base.metadata.create_all(eng); s = Session(eng); q = Q(n=5); s.add(q); s.commit()"
        ],
        ["q.dbl", "q", "assoc is Base.metadata.tables['assoc']", "str(Q.dbl)"],
        [
            "s.add(Q(7)); s.commit(); print(s.scalars(select(Q).where(Q.dbl > 10)).all())",
            "s.execute(assoc.insert().values(a=1)); print(s.execute(select(assoc)).all())",
        ],
        modules=["sqlalchemy"],
    ),
    Case(
        "classes_mapped_by_a_decorator_many_to_many",
        [
            "from sqlalchemy import *\nfrom sqlalchemy.orm import *\nreg = registry()\nat = Table('at', reg.metadata, Column('l', ForeignKey('l.id')), Column('r', ForeignKey('r.id')))\n@reg.mapped\nclass L:\n    __tablename__ = 'l'\n    id = Column(Integer, primary_key=True)\n    rs = relationship('R', secondary=at, backref='ls')\n@reg.mapped\nclass R:\n    __tablename__ = 'r'\n    id = Column(Integer, primary_key=True)\neng = create_engine('sqlite://'); reg.metadata.create_all(eng); s = Session(eng); l = L(); r = R(); l.rs = [r, R()]; s.add(l); s.commit()"
        ],
        ["len(l.rs)", "r.ls[0] is l"],
        ["s.expire_all(); print(len(l.rs), r.ls[0] is l); r.ls.append(L()); s.commit(); print(s.query(L).count())"],
        modules=["sqlalchemy"],
    ),
    Case(
        "events_of_the_orm",
        [
            "from sqlalchemy import create_engine, ForeignKey, String, select, func, event\nfrom sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, Session, sessionmaker, column_property\nclass Base(DeclarativeBase): pass\nclass U(Base):\n    __tablename__='u'\n    id: Mapped[int] = mapped_column(primary_key=True)\n    name: Mapped[str] = mapped_column(String(30))\n    adrs: Mapped[list['A']] = relationship(back_populates='u', order_by='A.id', cascade='all, delete-orphan')\n    def hi(self): return 'hi ' + self.name\nclass A(Base):\n    __tablename__='a'\n    id: Mapped[int] = mapped_column(primary_key=True)\n    mail: Mapped[str]\n    uid: Mapped[int] = mapped_column(ForeignKey('u.id'))\n    u: Mapped['U'] = relationship(back_populates='adrs')\n",
            "heard = []\n@event.listens_for(U, 'before_insert')\ndef bi(m, c, t): heard.append(t.name)\neng = create_engine('sqlite://'); Base.metadata.create_all(eng); s = Session(eng)\n@event.listens_for(s, 'after_commit')\ndef ac(ses): heard.append('commit')\ns.add(U(name='a')); s.commit()\nq = s.query(U).filter(U.name == 'a'); al = None",
        ],
        ["heard", "q.count()"],
        ["s.add(U(name='b')); s.commit(); print(heard)", "print(q.one().name)"],
        modules=["sqlalchemy"],
    ),
    Case(
        "orm_statements_aliases_and_options_and_a_mapper",
        [
            "from sqlalchemy import create_engine, ForeignKey, String, select, func, event\nfrom sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, Session, sessionmaker, column_property\nclass Base(DeclarativeBase): pass\nclass U(Base):\n    __tablename__='u'\n    id: Mapped[int] = mapped_column(primary_key=True)\n    name: Mapped[str] = mapped_column(String(30))\n    adrs: Mapped[list['A']] = relationship(back_populates='u', order_by='A.id', cascade='all, delete-orphan')\n    def hi(self): return 'hi ' + self.name\nclass A(Base):\n    __tablename__='a'\n    id: Mapped[int] = mapped_column(primary_key=True)\n    mail: Mapped[str]\n    uid: Mapped[int] = mapped_column(ForeignKey('u.id'))\n    u: Mapped['U'] = relationship(back_populates='adrs')\n",
            "q = select(U.name).where(U.id > 0); attr = U.name; m = U.__mapper__; from sqlalchemy.orm import aliased, joinedload, selectinload\nal = aliased(U, name='uu'); opt = selectinload(U.adrs); sub = select(func.count(A.id)).where(A.uid == U.id).correlate(U).scalar_subquery(); U.n_adr = column_property(sub); eng = create_engine('sqlite://'); Base.metadata.create_all(eng); s = Session(eng); s.add(U(name='k', adrs=[A(mail='m')])); s.commit()",
        ],
        ["attr is U.name", "m is U.__mapper__", "str(q)", "str(select(al))"],
        ["print(s.scalars(select(U).options(opt)).one().n_adr, s.scalars(q).all(), s.execute(select(al.name)).all())"],
        modules=["sqlalchemy"],
    ),
    Case(
        "composites_mutable_columns_versions_and_mixins",
        [
            "import dataclasses\nfrom sqlalchemy import *\nfrom sqlalchemy.orm import *\nfrom sqlalchemy.ext.associationproxy import association_proxy\nfrom sqlalchemy.ext.mutable import MutableDict\nimport enum\nclass Base(DeclarativeBase):\n    type_annotation_map = {str: String(9)}\nclass TS:\n    made: Mapped[int] = mapped_column(default=1)\n@dataclasses.dataclass\nclass Pt:\n    x: int; y: int\nclass C(enum.Enum): R = 1\nclass V(TS, Base):\n    __tablename__ = 'v'\n    __table_args__ = (UniqueConstraint('c'), {'comment': 'x'})\n    id: Mapped[int] = mapped_column(primary_key=True)\n    p: Mapped[Pt] = composite(mapped_column('px'), mapped_column('py'))\n    c: Mapped[C]\n    d: Mapped[dict] = mapped_column(MutableDict.as_mutable(JSON), default=dict)\n    ver: Mapped[int] = mapped_column()\n    __mapper_args__ = {'version_id_col': ver}\n    parent_id: Mapped[int | None] = mapped_column(ForeignKey('v.id'))\n    kids: Mapped[list['V']] = relationship(back_populates='par')\n    par: Mapped['V | None'] = relationship(back_populates='kids', remote_side=[id])\n    kid_cs = association_proxy('kids', 'c')",
            "eng = create_engine('sqlite://'); Base.metadata.create_all(eng); s = Session(eng); v = V(p=Pt(1,2), c=C.R, d={'a': 1}); s.add(v); s.commit()",
        ],
        ["v.p", "v.c is C.R", "v.ver", "v.made", "v.d", "str(V.__table__.c.c.type)", "V.__table__.comment"],
        [
            "v.d['b'] = 2; v.p = Pt(3,4); s.commit(); s.expire_all(); print(v.d, v.p, v.ver, list(v.kid_cs), v.kids)",
            "s.add(V(p=Pt(0,0), c=C.R, par=v)) if False else None; print(V.par.property.remote_side)",
        ],
        modules=["sqlalchemy"],
    ),
    Case(
        "a_sessionmaker_and_its_statements",
        [
            "from sqlalchemy import create_engine, ForeignKey, String, select, func, event\nfrom sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, Session, sessionmaker, column_property\nclass Base(DeclarativeBase): pass\nclass U(Base):\n    __tablename__='u'\n    id: Mapped[int] = mapped_column(primary_key=True)\n    name: Mapped[str] = mapped_column(String(30))\n    adrs: Mapped[list['A']] = relationship(back_populates='u', order_by='A.id', cascade='all, delete-orphan')\n    def hi(self): return 'hi ' + self.name\nclass A(Base):\n    __tablename__='a'\n    id: Mapped[int] = mapped_column(primary_key=True)\n    mail: Mapped[str]\n    uid: Mapped[int] = mapped_column(ForeignKey('u.id'))\n    u: Mapped['U'] = relationship(back_populates='adrs')\n",
            "eng = create_engine('sqlite:///d.db'); Base.metadata.create_all(eng); Sess = sessionmaker(eng, expire_on_commit=False)\nwith Sess() as s: s.add(U(name='q')); s.commit()\nstmt = select(U).where(U.name == 'q'); st2 = select(U, func.count(A.id)).join(U.adrs, isouter=True).group_by(U.id)",
        ],
        ["str(stmt)", "Sess.kw['expire_on_commit']", "str(st2)"],
        [
            "with Sess() as s: u = s.scalars(stmt).one(); print(u.name, u.adrs, len(s.execute(st2).all()))",
            "s2 = Sess(); s2.add(U(name='w')); s2.commit(); print(s2.query(U).count())",
        ],
        modules=["sqlalchemy"],
    ),
    Case(
        "sqlalchemy_in_memory_engine",
        [
            "from sqlalchemy import create_engine, text\neng = create_engine('sqlite://')\nwith eng.begin() as c:\n    c.execute(text('create table t(a)')); c.execute(text('insert into t values (1)'))"
        ],
        ["eng.dialect.name"],
        [("eng.connect().execute(text('select a from t')).fetchall()", "[(1,)]")],
        either=True,
        modules=["sqlalchemy"],
    ),
    Case(
        "h5py_file_and_dataset",
        [
            "import h5py, numpy as np\nh = h5py.File('d.h5', 'w'); ds = h.create_dataset('g/x', data=np.arange(5)); ds.attrs['u'] = 'm'; h.flush()"
        ],
        ["ds[:].tolist()", "h.filename, ds.name"],
        [("ds[0] = 9; h.flush(); h['g/x'][0]", "np.int64(9)")],
        modules=["h5py"],
    ),
    Case(
        "widgets_with_values_and_observers",
        [
            "import ipywidgets as w\nsl = w.IntSlider(value=3, max=9); got = []\nsl.observe(lambda c: got.append(c['new']), 'value'); box = w.VBox([sl, w.Text('t')]); sl.value = 4"
        ],
        ["sl.value", "got", "box.children[0] is sl", "sl.model_id"],
        [("sl.value = 7; got", "[4, 7]")],
        modules=["ipywidgets"],
    ),
    Case(
        "widgets_linked_and_interactive",
        [
            "import ipywidgets as w\na = w.IntText(1); b = w.IntText(); ln = w.link((a, 'value'), (b, 'value')); out = w.Output()\nf = w.interactive(lambda x: x * 2, x=(0, 5))"
        ],
        ["b.value", "f.result"],
        [("a.value = 8; b.value", "8")],
        modules=["ipywidgets"],
    ),
    Case(
        "widgets_that_the_front_end_shows_are_registered",
        [
            _WIDGETS,
            "sl = w.IntSlider(value=3, max=9); got = []; sl.observe(lambda c: got.append(c['new']), 'value'); b = w.Button(); b.on_click(lambda b: got.append('click')); gone = w.Text('x'); gone.close(); _ = w.interact(lambda x: got.append(x), x=(0, 5)); box = w.VBox([w.HBox([w.Play(), sl])]); out = w.Output()\nwith out: print('hi')",
        ],
        [
            "list(held._instances), list(comm.get_comm_manager().comms), get_ipython().kernel.comm_manager is comm.get_comm_manager()",
            "held._instances[sl.model_id] is sl, comm.get_comm_manager().comms[sl.model_id] is sl.comm, sl.comm._closed, gone.comm",
            "box.children[0].children[1] is sl",
        ],
        [
            (
                "say(sl.model_id, method='update', state={'value': 7}); say(b.model_id, method='custom', content={'event': 'click'}); got",
                None,
            ),
            (
                "x = next(v for v in held._instances.values() if isinstance(v, w.IntSlider) and v is not sl); say(x.model_id, method='update', state={'value': 5}); got",
                None,
            ),
            ("[(kind, id == sl.model_id, data) for kind, id, data in sent(lambda: setattr(sl, 'value', 2))]", None),
            ("sent(lambda: __import__('gc').collect())", "[]"),
            ("[kind for kind, *_ in sent(b.close)], len(held._instances), b.comm, w.Text('n').comm._closed", None),
        ],
        modules=["ipywidgets"],
    ),
    Case(
        "widgets_rebound_after_a_move",
        [
            "import ipywidgets as w, sys, gc\nhits = []; sys.unraisablehook = lambda u: hits.append(repr(u.exc_value))\na = w.Label(value='x'); s = w.IntSlider(3); l = w.jslink((s, 'value'), (a, 'value')); d = w.dlink((s, 'value'), (a, 'description'), str)"
        ],
        ["l.source[0] is s, a.description"],
        [
            ("s.value = 5; a.description", "'5'"),
            (
                "a = w.Label(value='y'); s = w.IntSlider(4); l = w.jslink((s, 'value'), (a, 'value')); _ = gc.collect(); hits",
                "[]",
            ),
            ("w.Widget.close_all(); hits, s.comm, a.comm", "([], None, None)"),
        ],
        modules=["ipywidgets"],
    ),
    Case(
        "widgets_of_classes_made_in_cells",
        [
            _WIDGETS,
            "from traitlets import Int, observe\n@w.register\nclass Counter(w.DOMWidget):\n    n = Int(0).tag(sync=True); log = []\n    @observe('n')\n    def _c(self, change): self.log.append(change['new'])\n    def _handle_custom_msg(self, content, buffers): self.log.append(content)",
            "k = Counter(); k.n = 3; k.extra = [1]; made = []; w.Widget.on_widget_constructed(lambda one: made.append(type(one).__name__)); z = w.Text('z'); z.add_traits(mine=Int(4).tag(sync=True))",
        ],
        ["k.n, k.extra, k.log, held._instances[k.model_id] is k", "Counter in registered()", "z.mine, z.keys[-1]"],
        [
            (
                "say(k.model_id, method='update', state={'n': 5}); say(k.model_id, method='custom', content='m'); k.log",
                None,
            ),
            ("_ = w.Text(); made", None),
        ],
        modules=["ipywidgets"],
    ),
    Case(
        "widgets_that_their_own_pickling_makes_anew",
        [
            _WIDGETS,
            "from panels import Panel\np = Panel(value=4); got = []; p.observe(lambda c: got.append(c['new']), 'value'); off = Panel(value=5); off.close()",
        ],
        [
            "p.value, list(held._instances), p._model_id == p.model_id, held._instances[p.model_id] is p, off.comm",
            "len(comm.get_comm_manager().comms)",
        ],
        [
            (
                "say(p.model_id, method='update', state={'value': 7}); p.value, [i == p.model_id for _, i, _ in sent(lambda: setattr(p, 'value', 8))]",
                "(7, [True])",
            )
        ],
        files={
            "panels.py": "import ipywidgets\nclass Panel(ipywidgets.IntSlider):\n    def __reduce__(self): return panel, (self.value,), {'got': 1}\n    def __setstate__(self, state): self.__dict__.update(state)\ndef panel(value): return Panel(value=value)\n"
        },
        modules=["ipywidgets"],
    ),
    Case(
        "figures_of_plotly_that_are_widgets",
        [
            _WIDGETS,
            "import plotly.graph_objects as go\nfw = go.FigureWidget(data=[go.Scatter(y=[1, 2, 3])]); fw.layout.title = 'T'",
        ],
        [
            "list(held._instances), fw._model_id == fw.model_id, held._instances[fw.model_id] is fw, fw.layout.title.text"
        ],
        [
            (
                "{i == fw.model_id for _, i, _ in sent(lambda: fw.data[0].update(y=[3, 4]))}, fw.data[0].y",
                "({True}, (3, 4))",
            )
        ],
        files={"anywidget.py": "import ipywidgets\nclass AnyWidget(ipywidgets.DOMWidget): pass\n"},
        modules=["ipywidgets", "plotly"],
    ),
    Case(
        "progress_bars_in_the_notebook_keep_their_models",
        [
            _WIDGETS,
            "import gc\nfrom tqdm.notebook import tqdm, trange\nfor _ in trange(4): pass\ndel _; gc.collect()\nbar = tqdm(total=5, desc='n', leave=False); bar.update(2)",
        ],
        ["len(held._instances), bar.container.model_id, bar.container.children[1].value, bar.disp == bar.display"],
        [
            (
                "sent(lambda: (bar.update(3), bar.refresh()))[-1][1] in held._instances, bar.container.children[1].value, len(held._instances)",
                None,
            ),
            ("[kind for kind, *_ in sent(bar.close) if kind != 'comm_msg'], len(held._instances)", None),
        ],
        modules=["tqdm", "ipywidgets"],
    ),
    Case(
        "traitlets_class_made_in_a_cell",
        [
            "from traitlets import HasTraits, Int, List, observe\nclass C(HasTraits):\n    n = Int(1)\n    log = List()\n    @observe('n')\n    def _c(self, ch): self.log = self.log + [ch['new']]",
            "c = C(); c.n = 5",
        ],
        ["c.n, c.log"],
        [("c.n = 6; c.log", "[5, 6]")],
        modules=["traitlets"],
    ),
    Case(
        "attrs_and_rich_like_libraries",
        [
            "import attr\n@attr.s(auto_attribs=True)\nclass A:\n    x: int\n    y: list = attr.Factory(list)",
            "a = A(1); a.y.append(2)",
        ],
        ["a", "attr.asdict(a)"],
        modules=["attr"],
    ),
    Case(
        "jinja_and_yaml_and_markdown",
        [
            "import jinja2, yaml\nenv = jinja2.Environment(); t = env.from_string('Hi {{ n }}'); d = yaml.safe_load('a: [1, 2]')"
        ],
        ["d"],
        [("t.render(n='x')", "'Hi x'")],
        either=True,
        modules=["jinja2", "yaml"],
    ),
    Case(
        "beautiful_soup_tree",
        ["from bs4 import BeautifulSoup\nsoup = BeautifulSoup('<p><b>x</b></p>', 'html.parser'); tag = soup.b"],
        ["tag.text", "tag.parent.name"],
        [("tag.string = 'y'; str(soup)", "'<p><b>y</b></p>'")],
        modules=["bs4"],
    ),
    Case(
        "sorted_containers_and_toolz",
        [
            "from sortedcontainers import SortedDict\nimport toolz\nfrom toolz import curry, memoize\nsd = SortedDict(b=1, a=2)\n@curry\ndef add(a, b): return a + b\nadd2 = add(2)"
        ],
        ["list(sd)", "add2(3)", "memoize is toolz.memoize"],
        [("sd['0'] = 1; list(sd)", "['0', 'a', 'b']")],
        modules=["sortedcontainers", "toolz"],
    ),
    Case(
        "joblib_memory_and_parallel",
        [
            "from joblib import Memory, Parallel, delayed\nmem = Memory('jc', verbose=0)\ndef sq(x): return x * x\nr = Parallel(1)(delayed(sq)(i) for i in range(3))"
        ],
        ["r", "mem.location"],
        [("mem.cache(sq)(4)", "16")],
        modules=["joblib"],
    ),
    Case(
        "lazy_import_and_wrapt_proxies",
        ["import wrapt\ntarget = {'a': 1}; p = wrapt.ObjectProxy(target)"],
        ["p['a']"],
        [("p['b'] = 2; target", "{'a': 1, 'b': 2}")],
        either=True,
        modules=["wrapt"],
    ),
    Case(
        "httpx_and_aiohttp_clients",
        ["import httpx\nc = httpx.Client(headers={'A': 'b'}, base_url='http://x'); t = httpx.Timeout(5)"],
        ["t.read"],
        [("c.headers['A']", "'b'")],
        either=True,
        modules=["httpx"],
    ),
    Case(
        "boto3_client_like_dynamic_classes",
        [
            "import boto3\nc = boto3.client('s3', region_name='eu-west-1', aws_access_key_id='a', aws_secret_access_key='b')\nn = 1"
        ],
        ["n"],
        [("c.meta.region_name", "'eu-west-1'")],
        either=True,
        modules=["boto3"],
    ),
    Case(
        "cryptography_keys_and_certificates",
        [
            "import datetime as dt\nfrom cryptography import x509\nfrom cryptography.hazmat.primitives import hashes, serialization as how\n"
            "from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa\nfrom cryptography.x509.oid import NameOID",
            "key = rsa.generate_private_key(65537, 2048); public = key.public_key(); keyring = {'mine': key, 'ec': ec.generate_private_key(ec.SECP256R1())}\n"
            "signer = ed25519.Ed25519PrivateKey.generate(); signed = signer.sign(b'text'); numbers = key.private_numbers()",
            "name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, 'me')]); day = dt.datetime(2026, 1, 1)\n"
            "made = x509.CertificateBuilder(name, name, public, 7, day, day + dt.timedelta(9)).add_extension(x509.BasicConstraints(True, None), True)\n"
            "cert = made.sign(key, hashes.SHA256()); request = x509.CertificateSigningRequestBuilder(name).sign(key, hashes.SHA256())\n"
            "form = (how.Encoding.PEM, how.PublicFormat.SubjectPublicKeyInfo); sealed = public.encrypt(b'secret', padding.PKCS1v15())",
        ],
        [
            "keyring['mine'] is key, key.private_numbers() == numbers, numbers.public_numbers == public.public_numbers(), key.decrypt(sealed, padding.PKCS1v15())",
            "signer.public_key().verify(signed, b'text')",
            "cert.serial_number, cert.subject == name, cert.public_key() == public, cert.extensions[0].value.ca, request.is_signature_valid",
            "public.public_bytes(*form) == cert.public_key().public_bytes(*form), form[0] is how.Encoding.PEM, type(keyring['ec'].curve).__name__",
        ],
        then=["made.sign(key, hashes.SHA256()).issuer.rfc4514_string()"],
        modules=["cryptography"],
    ),
    Case(
        "cryptography_key_object",
        ["from cryptography.fernet import Fernet\nf = Fernet(b'0' * 43 + b'='); tok = f.encrypt_at_time(b'x', 0)"],
        ["len(tok) > 10"],
        [("f.decrypt(tok)", "b'x'")],
        either=True,
        modules=["cryptography"],
    ),
    Case(
        "a_small_analysis",
        [
            "import pandas as pd, numpy as np\nfrom sklearn.linear_model import LinearRegression\nrng = np.random.default_rng(0)",
            "df = pd.DataFrame({'x': rng.normal(size=100)}); df['y'] = 3 * df.x + rng.normal(size=100)",
            "model = LinearRegression().fit(df[['x']], df.y); resid = df.y - model.predict(df[['x']])",
            "summary = df.describe(); best = summary.loc['max']\nsummary",
        ],
        [
            "float(model.coef_[0])",
            "float(resid.abs().sum())",
            "summary.to_dict()",
            "best.to_dict()",
            "Out[4] is summary",
        ],
        [("float(rng.normal())", "-0.663535198304047"), ("len(df.assign(z=1).columns)", "3")],
        modules=["sklearn", "pandas"],
    ),
    Case(
        "feature_dictionary_of_frames_and_models",
        [
            IRIS,
            "import pandas as pd\nfrom sklearn.tree import DecisionTreeClassifier\nframe = pd.DataFrame(X); runs = {d: {'model': DecisionTreeClassifier(max_depth=d, random_state=0).fit(frame, y), 'frame': frame} for d in (1, 2)}; best = max(runs, key=lambda d: runs[d]['model'].score(frame, y))",
        ],
        ["runs[1]['frame'] is runs[2]['frame'] is frame", "best", "runs[2]['model'].predict(frame.iloc[:3]).tolist()"],
        modules=["sklearn", "pandas"],
    ),
    Case(
        "training_loop_in_the_middle",
        [
            "import numpy as np\nrng = np.random.default_rng(1); W = rng.normal(size=(3, 1)); X = rng.normal(size=(50, 3)); y = X @ np.array([[1.], [2.], [3.]]); opt = {'m': np.zeros_like(W), 't': 0}; losses = []\ndef step():\n    opt['t'] += 1\n    i = rng.integers(0, 50, 8)\n    g = X[i].T @ (X[i] @ W - y[i]) / 8\n    opt['m'] *= 0.9; opt['m'] += g\n    W[:] -= 0.05 * opt['m']\n    losses.append(float(((X @ W - y) ** 2).mean()))",
            "for _ in range(5): step()",
        ],
        ["W.tolist()", "losses", "opt['t']"],
        ["for _ in range(5): step()\nlosses[-1], W.tolist(), opt['t']"],
        modules=NP,
    ),
    Case(
        "torch_tensors_modules_and_optimisers",
        [
            "import torch\ntorch.manual_seed(3); net = torch.nn.Linear(3, 1); opt = torch.optim.Adam(net.parameters()); loss = net(torch.ones(2, 3)).sum(); loss.backward(); opt.step(); v = net.weight.view(-1)"
        ],
        [
            "net.weight.tolist()",
            "v.data_ptr() == net.weight.data_ptr()",
            "opt.param_groups[0]['params'][0] is net.weight",
        ],
        ["torch.rand(3).tolist()"],
        modules=["torch"],
    ),
    Case(
        "figures_on_canvases_that_are_widgets",
        [
            "%matplotlib widget\nimport matplotlib.pyplot as plt, ipywidgets\nfig, ax = plt.subplots(); ln, = ax.plot([1, 2, 3]); clicks = []; cid = fig.canvas.mpl_connect('button_press_event', lambda e: clicks.append(e.name)); can = fig.canvas; slider = ipywidgets.FloatSlider(); slider.observe(lambda c: ln.set_ydata([c.new] * 3), 'value'); box = ipywidgets.VBox([slider, fig.canvas])"
        ],
        [
            "fig.canvas is can, can.figure is fig, box.children[1] is can, can.manager.canvas is can, plt.get_current_fig_manager() is can.manager"
        ],
        [
            "slider.value = 3; list(ln.get_ydata()), fig.canvas.model_id == can.model_id, plt.get_fignums()",
            "from matplotlib.backend_bases import MouseEvent; fig.canvas.callbacks.process('button_press_event', MouseEvent('button_press_event', fig.canvas, 1, 1, 1)); clicks",
            "fig2, ax2 = plt.subplots(); plt.close(fig); plt.get_fignums(), plt.gcf() is fig2",
        ],
        modules=["ipympl"],
    ),
    Case(
        "measurements_of_pint",
        ["import pint\nur = pint.UnitRegistry(); m = ur.Quantity(3, 'm').plus_minus(0.2); twice = m * 2"],
        ["type(m).__name__, m.error.magnitude, str(m)"],
        ["(twice - 2 * m).error.magnitude, isinstance(m, ur.Measurement)"],
        modules=["pint", "uncertainties"],
    ),
    Case(
        "torch_tensors_of_inference",
        [
            "import torch\nwith torch.inference_mode():\n    a = torch.arange(4.); v = a[1:]\nb = torch.ones(2, requires_grad=True)"
        ],
        ["a.is_inference(), v.is_inference(), v.tolist()"],
        [
            "try: (b * a[:2]).sum().backward()\nexcept RuntimeError as error: print('Inference' in str(error))",
            "with torch.inference_mode(): v += 1\na.tolist()",
        ],
        modules=["torch"],
    ),
    Case(
        "jax_arrays_where_they_were_put_and_what_was_traced",
        [
            "import jax, jax.numpy as jnp, numpy as np\nfrom jax.extend.core import jaxpr_as_fun\nmesh = jax.sharding.Mesh(np.array(jax.devices()), ('d',)); sh = jax.sharding.NamedSharding(mesh, jax.sharding.PartitionSpec('d')); arr = jax.device_put(jnp.arange(4), sh); put = jax.device_put(1.0, jax.devices()[0]); weak = jax.jit(lambda x: x * 2)(2.0)\njp = jax.make_jaxpr(lambda x: jnp.sin(x) * 2 + 1)(1.0); y, pull = jax.vjp(jnp.sin, 1.0); lin = jax.linearize(jnp.sin, 1.0)[1]"
        ],
        ["arr.sharding == sh, put.committed, weak.committed, weak.weak_type"],
        ["jax.jit(lambda x: x + 1)(arr).sharding", "jaxpr_as_fun(jp)(1.0), pull(1.0), lin(2.0)"],
        modules=["jax"],
    ),
    Case(
        "stores_of_pandas_go_on_with_pytables",
        [
            "import pandas as pd\nst = pd.HDFStore('s.h5', 'w'); df = pd.DataFrame({'a': range(6), 'b': list('abcdef')}); st.append('t', df, data_columns=True); st['fixed'] = df.a"
        ],
        ["sorted(st.keys()), st.is_open"],
        [
            "st.fixed.tolist()",
            "st.append('t', pd.DataFrame({'a': [6], 'b': ['g']}), data_columns=True); st.select('t', 'a > 4').a.tolist()",
        ],
        modules=["pandas", "tables"],
    ),
    Case(
        "readers_of_tables_on_their_way",
        [
            "import pandas as pd, io\nopen('d.csv','w').write('a,b\\n'+'\\n'.join(f'{i},{i*i}' for i in range(10)))\nreader=pd.read_csv('d.csv',chunksize=3); c1=next(reader)\nsio=io.StringIO('x;y\\n1;2\\n3;4\\n5;6\\n'); r2=pd.read_csv(sio,sep=';',iterator=True,converters={'x':lambda v:int(v)*2}); c2=r2.get_chunk(1); r3=pd.read_csv('d.csv',chunksize=4,engine='python',index_col='a'); next(r3); done=pd.read_csv('d.csv',chunksize=40); next(done)"
        ],
        ["c1.b.tolist()"],
        [
            "next(reader).a.tolist(), next(reader).index.tolist(), next(reader).a.tolist()",
            "r2.get_chunk(1).x.tolist()",
            "next(r3).index.tolist()",
            "try:\n    next(done)\nexcept StopIteration: print('end')",
        ],
        modules=PD,
    ),
    Case(
        "polars_functions_objects_and_sql",
        [
            "import polars as pl\nfactor=3\ndef scale(s): return s*factor\nlf=pl.LazyFrame({'a':[1,2,3]}).with_columns(pl.col('a').map_batches(scale,return_dtype=pl.Int64).alias('b'))\nlf2=lf.filter(pl.col('b')>3)\nser=pl.Series('obj',[{'a':[1]},[2]],dtype=pl.Object); fr=pl.DataFrame({'o':ser,'n':[1,2]}); ctx=pl.SQLContext(t=pl.DataFrame({'n':[1,2]})); ex=pl.col('a').map_elements(lambda v:v+factor,return_dtype=pl.Int64)"
        ],
        ["lf2.collect().to_dicts()", "ser.to_list(), fr['o'].to_list()"],
        [
            "factor=10; lf2.collect().to_dicts()",
            "pl.DataFrame({'a':[1]}).select(ex).to_dicts()",
            "ctx.execute('select sum(n) s from t').collect().to_dicts()",
        ],
        modules=["polars"],
    ),
    Case(
        "dask_callbacks_stay_registered",
        [
            "import dask\ncb=[]\ndask.config.set(scheduler='synchronous')\nfrom dask.callbacks import Callback\nclass Cnt(Callback):\n    def _pretask(self,key,dsk,state): cb.append(1)\nc=Cnt(); c.register(); d=dask.delayed(len)([1])"
        ],
        ["len(Callback.active)"],
        [
            "n=len(cb); d.compute(); len(cb)>n",
            "c.unregister(); n=len(cb); d.compute(); len(cb)==n",
        ],
        modules=["dask"],
    ),
    Case(
        "numba_callbacks_and_stencils",
        [
            "import numba as nb, numpy as np\n@nb.cfunc('f8(f8)')\ndef cf(x): return x+1\n@nb.stencil\ndef st(a): return a[-1]+a[1]"
        ],
        ["cf.ctypes(2.0)", "st(np.arange(4.)).tolist()"],
        modules=["numba"],
    ),
    Case(
        "data_sets_of_boosting_libraries",
        [
            IRIS,
            "import lightgbm as lgb\nld=lgb.Dataset(X,label=y,free_raw_data=False); lb=lgb.train({'objective':'multiclass','num_class':3,'verbose':-1,'seed':2},ld,3)",
        ],
        ["lb.predict(X[:2]).round(5).tolist()", "ld.data is X"],
        [
            "lgb.train({'objective':'multiclass','num_class':3,'verbose':-1},ld,2,init_model=lb).num_trees()",
            "ld.num_data()",
        ],
        modules=["lightgbm", "sklearn"],
    ),
    Case(
        "plotly_parts_of_figures_and_callbacks",
        [
            "import plotly.graph_objects as go\nfig = go.Figure([go.Scatter(x=[1], y=[2]), go.Bar(x=[1], y=[3])]); bar = fig.data[1]; axis = fig.layout.xaxis; marker = bar.marker; alone = go.Pie(values=[1])",
            "seen = []; fig.layout.on_change(lambda layout, span: seen.append(span), 'xaxis.range'); note = fig.add_annotation(text='hi') and fig.layout.annotations[0]",
        ],
        [
            "fig.data[1] is bar and fig.layout.xaxis is axis and bar.marker is marker",
            "fig.layout.annotations[0] is note",
            "alone.parent, alone.values",
        ],
        [
            ("marker.color = 'red'; fig.data[1].marker.color", "'red'"),
            ("axis.range = [0, 5]; seen", "[(0, 5)]"),
            ("note.text = 'yo'; fig.layout.annotations[0].text", "'yo'"),
        ],
        modules=["plotly"],
    ),
    Case(
        "lxml_trees_and_elements",
        [
            'from lxml import etree, html\nroot = etree.fromstring(\'<a x="1"><!-- c --><b>t</b>tail<q:b xmlns:q="u"/></a>\'); b = root[1]; tree = etree.ElementTree(root)',
            "page = html.fromstring('<div><p class=\"k\">hi<br>yo</p><input disabled></div>'); p = page.find('.//p'); rows = page.xpath('//p')",
        ],
        [
            "etree.tostring(root)",
            "b.getparent() is root and tree.getroot() is root",
            "html.tostring(page)",
            "p.getparent() is page and rows[0] is p, type(p)",
        ],
        [("b.set('k', 'v'); etree.tostring(tree)[:29]", None), ("p.text = 'q'; html.tostring(page)[:20]", None)],
        modules=["lxml"],
    ),
    Case(
        "bokeh_figure_and_its_source",
        [
            "from bokeh.plotting import figure\nfrom bokeh.models import ColumnDataSource\nsource = ColumnDataSource(dict(x=[1, 2], y=[3, 4])); p = figure(title='t', width=300); dots = p.scatter('x', 'y', source=source); seen = []; source.on_change('data', lambda attr, old, new: seen.append(attr))"
        ],
        ["source.data", "p.title.text, p.width", "dots.data_source is source"],
        [("source.stream(dict(x=[9], y=[9])); dots.data_source.data['x'], seen", None)],
        modules=["bokeh"],
    ),
    Case(
        "proxies_and_decorators_of_wrapt",
        [
            "import wrapt\nbase = [1]; proxy = wrapt.ObjectProxy(base); log = []\n@wrapt.decorator\ndef noted(wrapped, instance, args, kwargs):\n    log.append(wrapped.__name__); return wrapped(*args, **kwargs)\n@noted\ndef f(a): return a + 1\nclass K:\n    @noted\n    def m(self): return 5\nbound = K().m",
        ],
        ["proxy.__wrapped__ is base", "log", "f.__name__, f.__wrapped__(1)"],
        [("proxy.append(2); base", "[1, 2]"), ("f(1), bound(), log", None)],
        modules=["wrapt"],
    ),
    Case(
        "sqlalchemy_engines_as_they_were_made",
        [
            "import sqlalchemy as sa, sqlite3\nmade = []\ndef connect():\n    c = sqlite3.connect('b.db'); c.execute('create temp table z(a)'); return c",
            "e = sa.create_engine('sqlite:///a.db', hide_parameters=True, poolclass=sa.pool.QueuePool, pool_size=3, max_overflow=1, pool_timeout=7, pool_recycle=99, pool_pre_ping=True, connect_args={'isolation_level': None}, execution_options={'a': 1})\n"
            "e2 = e.execution_options(b=2); own = sa.create_engine('sqlite://', creator=connect); fresh = sa.create_engine('sqlite://'); still = sa.create_engine('sqlite:///c.db', isolation_level='AUTOCOMMIT', json_serializer=lambda o: 'j')",
            "@sa.event.listens_for(e, 'connect')\ndef keys(raw, record): raw.execute('PRAGMA foreign_keys=ON')\n@sa.event.listens_for(e, 'before_cursor_execute', retval=True, named=True)\ndef seven(**k): return k['statement'].replace('1', '7'), k['parameters']\n"
            "with e.connect() as c: first = c.execute(sa.text('select 1')).scalar()",
        ],
        [
            "e.hide_parameters, e.pool.size(), e.pool._max_overflow, e.pool._timeout, e.pool._recycle, e.pool._pre_ping",
            "dict(e.get_execution_options()), dict(e2.get_execution_options()), e2.pool is e.pool",
            "still.dialect._json_serializer(1), c.closed, c.engine is e",
        ],
        [
            (
                "with e.connect() as c: print(c.execute(sa.text('pragma foreign_keys')).scalar(), c.execute(sa.text('select 1')).scalar())",
                "1 7",
            ),
            ("e.raw_connection().driver_connection.isolation_level", None),
            ("own.connect().execute(sa.text('select count(*) from z')).scalar()", None),
            ("still.connect().get_isolation_level(), fresh.connect().execute(sa.text('select 3')).scalar()", None),
        ],
        modules=["sqlalchemy"],
    ),
    Case(
        "sqlalchemy_connections",
        [
            "import sqlalchemy as sa, pandas as pd\ne = sa.create_engine('sqlite:///q.db'); c = e.connect(); c.execute(sa.text('create table t(a)')); c.execute(sa.text('insert into t values (5)')); c.commit()",
            "m = sa.create_engine('sqlite://'); mc = m.connect(); mc.execute(sa.text('create table t(a)')); mc.commit(); raw = m.raw_connection().driver_connection",
        ],
        ["c.closed, c.engine is e"],
        [
            ("pd.read_sql('select * from t', c).a.tolist()", None),
            (
                "mc.execute(sa.text('insert into t values (1)')); mc.commit(); raw.execute('select a from t').fetchall()",
                None,
            ),
            ("m.connect().execute(sa.text(\"select 'ab' regexp 'a.'\")).scalar()", None),
        ],
        modules=["sqlalchemy", "pandas"],
    ),
    Case(
        "numba_functions_see_the_live_namespace",
        [
            "import numba\nfrom numba import njit\nfrom numba.extending import overload\nK = 3\n@njit\ndef g(x): return x * K\n@njit\ndef f(x): return g(x) + K\n@njit('int64(int64)')\ndef fixed(x): return x + K\n"
            "def plain(x): return x + 1\njitted = njit(plain)\n@overload(plain)\ndef compiled_plain(x):\n    def impl(x): return x + 2\n    return impl\n@njit\ndef h(x): return plain(x)",
            "f(1), g(1), jitted(1)",
            "K = 10",
        ],
        ["f.py_func.__globals__ is globals(), jitted.py_func is plain", "fixed(1), fixed.signatures"],
        [("g(1), f(1), g(1.5), K", None), ("h(1)", "3"), ("K = 20; g.recompile(); g(1)", None)],
        modules=["numba"],
        seconds=120,
    ),
    Case(
        "expressions_that_sympy_would_evaluate_again",
        [
            "import sympy as sp\nfrom sympy.vector import CoordSys3D\nfrom sympy.combinatorics import Permutation, PermutationGroup\nx, y = sp.symbols('x y')",
            "P = sp.Poly(x**2 + 3, modulus=7); Q = sp.Poly(x**2/2 + x); R = sp.Poly(0.5*x + 1); E = sp.Poly(sp.sin(x)*y + 1, y, domain='EX'); Z = sp.Poly(0, x, domain='QQ'); PP = sp.PurePoly(x**2, domain='QQ')",
            "w = sp.Wild('w', exclude=[x]); wf = sp.WildFunction('wf', nargs=(1, 2)); h = sp.Mul(2, 3, evaluate=False); a = sp.Add(x, x, evaluate=False); u = x*sp.UnevaluatedExpr(1/x); e = sp.Eq(x, x, evaluate=False); p = sp.Pow(2, 3, evaluate=False); s = sp.sin(0, evaluate=False); g = sp.Gt(3, 2, evaluate=False)",
            "G = PermutationGroup(Permutation([1, 0, 2]), Permutation([1, 2, 0])); q = sp.Quaternion(1, 2, 3, 4, norm=sp.sqrt(30)); C = CoordSys3D('C'); D = C.orient_new_axis('D', x, C.k); v = C.x*C.i + D.j; F = sp.fps(sp.exp(x)); f = sp.Function('f'); de = f(x).diff(x) + f(x); K, t = sp.ring('t', sp.QQ); shared = [h, h]; L = sp.latex(h)",
        ],
        [
            "P",
            "P.domain",
            "Q",
            "R",
            "E",
            "Z",
            "PP",
            "w.exclude",
            "(x*y).match(w*y)",
            "wf.nargs",
            "h",
            "a",
            "u",
            "e",
            "p",
            "s",
            "g",
            "G.order()",
            "G.generators",
            "q.norm()",
            "v",
            "v.to_matrix(C)",
            "F.truncate(4)",
            "de",
            "K",
            "shared[0] is h",
            "sp.latex(h)",
            "h.doit()",
            "sp.srepr(a)",
            "hash(a) == hash(sp.Add(x, x, evaluate=False))",
            "P.get_modulus()",
            "D.rotation_matrix(C)",
        ],
        [
            "print(P*P, Q + Q, R*R, R.eval(2), E**2, P.nroots() if 0 else '')",
            "print(sp.dsolve(de), (x*2).match(w), t**2*t, K is sp.ring('t', sp.QQ)[0])",
            "print(v & v, C.i ^ C.j, v.doit(), G.is_abelian)",
        ],
        modules=["sympy"],
    ),
    Case(
        "a_change_of_limits_reaches_the_image_and_its_colour_bar",
        [
            "import matplotlib; matplotlib.use('agg')\nimport matplotlib.pyplot as plt, numpy as np, hashlib\nrng = np.random.default_rng(0)",
            "fig, (ax, bx) = plt.subplots(1, 2, figsize=(4, 2)); im = ax.imshow(rng.random((5, 5))); cb = fig.colorbar(im); sc = bx.scatter([1, 2], [3, 4], c=[0, 1]); cb2 = fig.colorbar(sc); fig.canvas.draw()\ndef px(): fig.canvas.draw(); return hashlib.md5(np.asarray(fig.canvas.buffer_rgba()).tobytes()).hexdigest()",
        ],
        ["px()"],
        [
            "im.set_clim(0, .5); print(px())",
            "im.set_cmap('magma'); sc.norm.vmax = 3; print(px())",
            "im.norm = matplotlib.colors.LogNorm(.1, 1); print(px())",
            "sc.set_array([5, 6]); sc.autoscale(); print(px())",
        ],
        modules=["matplotlib"],
    ),
    Case(
        "distributions_of_scipys_new_kind",
        [
            "import scipy.stats as st, numpy as np",
            "n = st.Normal(mu=1., sigma=2.); u = st.Uniform(a=0., b=3.); s = st.Normal(); M = st.Mixture([n, st.Normal(mu=5.)], weights=[.4, .6]); t = st.truncate(n, 0, 3); o = st.order_statistic(n, r=2, n=3); sh = n*2 + 1; ex = st.exp(n); D = st.make_distribution(st.gamma); d = D(a=2.); ab = abs(n)",
        ],
        [
            "type(n).__name__",
            "n.mean(), n.cdf(1.5)",
            "repr(n)",
            "u.cdf(1.)",
            "repr(s)",
            "M.mean()",
            "t.cdf(1.)",
            "o.cdf(1.)",
            "sh.mean()",
            "ex.cdf(2.)",
            "d.mean()",
            "repr(d)",
            "ab.cdf(1.)",
        ],
        ["print(n.sample(3, rng=np.random.default_rng(1)))", "print(isinstance(n, st.Normal), n.fit if 0 else '')"],
        modules=["scipy"],
    ),
    Case(
        "designs_of_patsy",
        [
            "import patsy, pandas as pd, numpy as np\ndf = pd.DataFrame({'y': [1., 2, 3, 4], 'a': [1., 3, 2, 5], 'b': list('xyxz')})\ndef lg(v): return np.log(v)",
            "y, X = patsy.dmatrices('y ~ lg(a) + C(b) + center(a)', df); Xd = patsy.dmatrix('a + b', df, return_type='dataframe'); di = X.design_info; bs = patsy.dmatrix('bs(a, df=4)', df); md = patsy.ModelDesc.from_formula('y ~ a*b')",
        ],
        ["X", "di.column_names", "Xd", "Xd.design_info.describe()", "md.describe()", "X.design_info is di"],
        [
            "print(patsy.build_design_matrices([di], pd.DataFrame({'a': [2.], 'b': ['y']}))[0])",
            "print(patsy.build_design_matrices([bs.design_info], {'a': [2.]})[0])",
            "print(di.linear_constraint('lg(a) = 0').coefs)",
        ],
        modules=["patsy", "pandas"],
    ),
    Case(
        "images_opened_from_files",
        [
            "import io\nfrom PIL import Image, ImageFont, ImageSequence, PngImagePlugin\ninfo = PngImagePlugin.PngInfo(); info.add_text('by', 'ada')\nImage.new('RGB', (4, 4), (1, 2, 3)).save('a.png', pnginfo=info)",
            "frames = [Image.new('L', (3, 3), 60 * i) for i in range(3)]; frames[0].save('a.gif', save_all=True, append_images=frames[1:], duration=[10, 20, 30]); Image.new('RGB', (3, 3)).save('a.tiff')",
            "png, gif, tiff = Image.open('a.png'), Image.open('a.gif'), Image.open('a.tiff'); gif.seek(1); memory = Image.open(io.BytesIO(open('a.gif', 'rb').read()))",
            "drawn = Image.open('a.png'); drawn.putpixel((0, 0), (9, 9, 9)); font = ImageFont.load_default(12); turning = ImageSequence.Iterator(gif)",
        ],
        [
            "png.text, png.filename, png.format, png.get_format_mimetype(), png.n_frames",
            "gif.tell(), gif.n_frames, gif.info['duration'], gif.tobytes()",
            "dict(tiff.getexif()), drawn.getpixel((0, 0)), drawn.getpixel((1, 1)), font.getbbox('ab')",
        ],
        [
            "gif.seek(2); print(gif.getpixel((0, 0)), turning.im is gif, len(list(turning)))",
            "memory.seek(1); print(memory.getpixel((0, 0)), memory.n_frames)",
            "png.close(); tiff.close()",
        ],
        modules=["PIL"],
    ),
    Case(
        "what_watches_an_object_with_parameters_stays_another_objects_method",
        [
            "import sys; sys.path.insert(0, 'site-packages')\nfrom param.parameterized import Parameterized",
            "class Pane(Parameterized):\n    def __init__(self, of): super().__init__(); self.of, self.seen = of, []; of.watch(self.sync)\n    def sync(self, new): self.seen.append(new)\nslider = Parameterized(); pane = Pane(slider); slider.pane = pane",
        ],
        ["slider.watchers[0].__self__ is pane", "pane.of is slider"],
        ["slider.tell(5); pane.seen"],
        files={
            "site-packages/param/__init__.py": "",
            "site-packages/param/parameterized.py": (
                "class Parameterized:\n"
                "    def __init__(self): self.watchers = []\n"
                "    def watch(self, method): self.watchers.append(method)\n"
                "    def tell(self, new): [method(new) for method in self.watchers]\n"
                "    def __getstate__(self): return dict(vars(self))\n"
                "    def __setstate__(self, state):\n"
                "        state['watchers'] = [getattr(self, method.__name__) for method in state['watchers']]\n"
                "        vars(self).update(state)\n"
            ),
        },
    ),
    Case(
        "what_a_librarys_own_pickling_keeps_back_and_does_not_make_again",
        [
            "import sys; sys.path.insert(0, 'site-packages')\nfrom planner import Model, Solver, Worker",
            "heard = []; rows = [1, 2]\ndef note(x): heard.append(x)\nmodel = Model(rows); part = model.part('wing'); model.on(note); solver = Solver(model); solver.step(), solver.step()",
            "worker = Worker(); worker.ask(3), worker.answered_by_a_thread",
        ],
        ["part.model is model, model.parts[0] is part, solver.model is model", "model.rows is rows", "solver.found"],
        [
            "solver.step(), solver.step(), solver.found",
            "rows.append(5); model.rows, model.tell('up'), heard",
            "worker.ask(4), worker.lock.locked()",
        ],
        files={
            "site-packages/planner.py": (
                "import threading\n"
                "class State:\n"
                "    def __init__(self): self.at = [0]\n"
                "class Part:\n"
                "    def __init__(self, name, model): self.name, self.model = name, model\n"
                "    def __getstate__(self): return {**vars(self), 'model': None}\n"
                "class Model:\n"
                "    def __init__(self, rows): self.rows, self.parts, self.listeners = rows, [], []\n"
                "    def part(self, name): self.parts.append(Part(name, self)); return self.parts[-1]\n"
                "    def on(self, listener): self.listeners.append(listener)\n"
                "    def tell(self, what): [one(what) for one in self.listeners]\n"
                "    def __getstate__(self):\n"
                "        state = {**vars(self), 'rows': list(self.rows)}; del state['listeners']; return state\n"
                "    def __setstate__(self, state): vars(self).update(state)\n"
                "class Solver:\n"
                "    def __init__(self, model): self.model, self.state, self.found = model, State(), []\n"
                "    def step(self): self.state.at[0] += 1; self.found = [*self.found, self.state.at[0]]; return self.found[-1]\n"
                "    def __getstate__(self): return {**vars(self), 'state': None}\n"
                "class Worker:\n"
                "    def __init__(self): self.thread, self.lock = None, threading.Lock()\n"
                "    @property\n"
                "    def answered_by_a_thread(self): return self.thread.is_alive()\n"
                "    def ask(self, n):\n"
                "        if self.thread is None:\n"
                "            self.thread = threading.Thread(target=threading.Event().wait, daemon=True); self.thread.start()\n"
                "        return n * 2\n"
                "    def __getstate__(self): return {'thread': None}\n"
                "    def __setstate__(self, state): vars(self).update(state); self.lock = threading.Lock()\n"
            ),
        },
    ),
    Case(
        "proxies_that_name_another_class_are_the_librarys_own",
        [
            "import sys; sys.path.insert(0, 'site-packages')\nimport proxied\nfrom proxied import current, Proxy",
            "proxied.held.set([1]); n = [3]; mine = Proxy(lambda: n); both = [current, mine, mine]",
        ],
        ["both[0] is current is proxied.current", "both[1] is both[2] is mine", "mine.__class__, type(mine) is Proxy"],
        ["proxied.held.set([1, 2]); n.append(4); current.count(2), mine.count(4)"],
        files={
            "site-packages/proxied.py": ("from contextvars import ContextVar\nheld = ContextVar('held')\n" + _PROXY)
        },
    ),
    Case(
        "proxies_that_have_nothing_to_stand_for_yet",
        [
            "import sys, logging; sys.path.insert(0, 'site-packages')\nimport early\nfrom early import current\nlogging.addLevelName(33, 'MINE')",
            "class Holder: of = current\nholder = Holder(); holder.own = current; box = [current]; early.other.set(4)",
        ],
        [
            "type(current) is early.Proxy, early.current is current",
            "box[0] is current, holder.own is current, Holder.of is current",
            "early.other.get(), logging.getLevelName(33)",
        ],
        ["_ = early.held.set([1]); current.count(1)"],
        files={
            "site-packages/early.py": (
                "from contextvars import ContextVar\nheld = ContextVar('held'); other = ContextVar('other')\n" + _PROXY
            )
        },
    ),
    Case(
        "a_module_that_c_code_calls_otherwise_than_it_is_imported",
        [
            "import scipy.fft, sys, types\nfrom scipy._lib._uarray import _uarray as backend\nfrom unittest import mock\nset_state = backend.set_state; fake = types.ModuleType('fakelib')",
            "modules = mock.patch.dict(sys.modules, fakelib=fake); _ = modules.start()",
        ],
        ["backend.__name__, backend is sys.modules['scipy._lib._uarray._uarray'], set_state is backend.set_state"],
        ["modules.stop()\n'fakelib' in sys.modules, 'scipy.fft' in sys.modules"],
        modules=["scipy"],
    ),
    Case(
        "classes_whose_module_is_a_text_of_another_kind",
        [
            "import sys; sys.path.insert(0, 'site-packages')\nfrom titled import Titled",
            "one = Titled(); one.x = 3; kind = Titled",
        ],
        ["one.x, type(one) is kind is Titled"],
        files={
            "site-packages/titled.py": (
                "class Name(str):\n    def __get__(self, one, cls): return str(self)\n"
                "class Titled: __module__ = Name('titled')\n"
            )
        },
    ),
    Case(
        "containers_of_libraries_that_are_made_with_arguments",
        [
            "import sys; sys.path.insert(0, 'site-packages')\nfrom sheets import Rows, Ordered, Last",
            "rows = Rows('sheet'); rows['a'].append(1); ordered = Ordered(2); ordered['x'] = rows; last = Last('l', 2); last.extend([1, 2, 3])",
        ],
        [
            "rows['a'], rows.sheet, ordered.size, ordered['x'] is rows, list(last), last.name, last.maxlen",
        ],
        then=["rows['b'].append(2); dict(rows)", "last.append(4); list(last)"],
        files={
            "site-packages/sheets.py": (
                "from collections import OrderedDict, defaultdict, deque\n"
                "class Rows(defaultdict):\n"
                "    def __init__(self, sheet):\n        super().__init__(list); self.sheet = sheet\n"
                "class Ordered(OrderedDict):\n"
                "    def __init__(self, size):\n        super().__init__(); self.size = size\n"
                "class Last(deque):\n"
                "    def __init__(self, name, most):\n        super().__init__((), most); self.name = name\n"
            )
        },
    ),
    Case(
        "classes_of_a_binding_generator_as_bases",
        [
            "import contourpy, numpy as np\nclass Mine(contourpy.SerialContourGenerator):\n    def twice(self): return 2",
            "kinds = {Mine: 'mine'}; meta = type(Mine)",
        ],
        [
            "Mine.__mro__[1] is contourpy.SerialContourGenerator, type(Mine) is type(contourpy.SerialContourGenerator) is meta, kinds[Mine]"
        ],
        then=[
            "Mine(np.arange(3.), np.arange(3.), np.arange(9.).reshape(3, 3), x_chunk_size=0, y_chunk_size=0).twice()"
        ],
        modules=["contourpy"],
    ),
    Case(
        "objects_that_let_go_of_parts_as_they_are_pickled",
        [
            "import sys; sys.path.insert(0, 'site-packages')\nfrom guides import Guide",
            "def model(x): return x + 1\nguide = Guide(model); pair = [guide, model]",
        ],
        ["guide.model[0](1), guide.seen, guide.model[0] is model is pair[1]"],
        then=["guide.model[0](2)"],
        files={
            "site-packages/guides.py": (
                "class Guide:\n"
                "    def __init__(self, model): self.model, self.seen = (model,), [model(1)]\n"
                "    def __getstate__(self):\n        self.model = None\n        return dict(self.__dict__)\n"
            )
        },
    ),
    Case(
        "parameters_of_pyro",
        [
            "import torch, pyro, pyro.distributions as dist\nfrom pyro.infer import SVI, Trace_ELBO\nfrom pyro.infer.autoguide import AutoNormal\n_ = torch.manual_seed(0); data = torch.tensor([1., 2., 3.])",
            "def model(d):\n    m = pyro.sample('m', dist.Normal(0., 10.)); s = pyro.param('s', torch.tensor(1.), constraint=dist.constraints.positive)\n"
            "    with pyro.plate('n', len(d)): pyro.sample('x', dist.Normal(m, s), obs=d)",
            "guide = AutoNormal(model); svi = SVI(model, guide, pyro.optim.Adam({'lr': .1}), Trace_ELBO()); losses = [svi.step(data) for _ in range(3)]; store = pyro.get_param_store()",
        ],
        [
            "sorted(store.keys()), store is pyro.get_param_store(), pyro.param('s').item(), guide.median(data)['m'].item()"
        ],
        then=["[round(svi.step(data), 4) for _ in range(3)], sorted(store.keys())"],
        modules=["pyro", "torch"],
    ),
    Case(
        "attributes_that_a_librarys_reduce_leaves_out",
        [
            "import sys; sys.path.insert(0, 'site-packages')\nfrom grids import Grid, load",
            "grid = load(); header = grid.header; grid[0, 0] = 5; plain = Grid(2)",
        ],
        [
            "grid.header, grid.header is header, grid.letters, grid.tolist(), type(grid) is Grid",
            "hasattr(plain, 'header'), plain.letters",
        ],
        then=["header.append('more'); grid.header"],
        files={
            "site-packages/grids.py": (
                "import numpy as np\n"
                "class Grid(np.ndarray):\n"
                "    def __new__(cls, size):\n        made = np.zeros((size, size)).view(cls); made.letters = 'ab'; return made\n"
                "    def __array_finalize__(self, other): self.letters = getattr(other, 'letters', None)\n"
                "    def __reduce__(self): return Grid.__new__, (Grid, len(self)), self.tobytes()\n"
                "    def __setstate__(self, state): self[:] = np.frombuffer(state).reshape(self.shape)\n"
                "def load():\n    made = Grid(2); made.header = ['said', 'of it']; return made\n"
            )
        },
        modules=["numpy"],
    ),
    Case(
        "functions_of_rdkit",
        [
            "from rdkit import Chem\nfrom rdkit.Chem import MolFromSmiles, rdMolDescriptors",
            "make = MolFromSmiles; known = {'donors': rdMolDescriptors.CalcNumHBD}; m = make('CCO')",
        ],
        [
            "make is MolFromSmiles is Chem.MolFromSmiles, known['donors'] is rdMolDescriptors.CalcNumHBD, known['donors'](m)"
        ],
        modules=["rdkit"],
    ),
    Case(
        "workbooks_of_openpyxl",
        [
            "import openpyxl\nwb = openpyxl.Workbook(); ws = wb.active; ws['A1'] = 3; ws.append([1, 2]); cell = ws['A1']; ws.row_dimensions[1].height = 20; ws.column_dimensions['B'].width = 9"
        ],
        [
            "cell.value, cell.parent is ws, wb.active is ws, ws.row_dimensions[1].height, ws.column_dimensions['B'].width, ws.max_row"
        ],
        then=[
            "ws['A1'] = 9; cell.value",
            "ws.column_dimensions['C'].width = 4; wb.save('w.xlsx'); again = openpyxl.load_workbook('w.xlsx').active; again['A1'].value, again.column_dimensions['B'].width",
        ],
        modules=["openpyxl"],
    ),
    Case(
        "models_of_ortools",
        [
            "from ortools.sat.python import cp_model\nm = cp_model.CpModel(); a = m.new_int_var(0, 10, 'a'); b = m.new_bool_var('b'); iv = m.new_interval_var(a, 2, a + 2, 'iv')",
            "c = m.add(a + b == 7).with_name('c'); e = 2 * a + b + 3; m.maximize(e); n = b.negated(); m.add(a <= 9).only_enforce_if(n); m.note = 'mine'; held = {'a': a}\n"
            "some = [a * 3 + 1, a * 0.5, a + b, cp_model.LinearExpr.weighted_sum([a, b, 1], [2, 3, 5]), cp_model.LinearExpr.constant(4), a * 0.5 + b + 2.5]\n"
            "bounds = [a + b <= 3, 2 * a + 1 >= b + 5, a != 3]; d = cp_model.Domain.from_values([1, 3, 4])",
            "s = cp_model.CpSolver(); s.parameters.max_time_in_seconds = 30.5; s.parameters.num_workers = 1; st = s.solve(m)",
        ],
        [
            "s.value(a), s.value(e), s.value(n), s.objective_value, s.parameters.max_time_in_seconds, st == cp_model.OPTIMAL",
            "[str(one) for one in some], [str(one) for one in bounds], str(d), c.name, c.index, m.note, a.name, str(iv.start_expr())",
            "c.proto is m.proto.constraints[c.index], held['a'] is a",
        ],
        then=[
            "m.add(a <= 6); s.solve(m) == cp_model.OPTIMAL, s.value(a)",
            "m.new_int_var(0, 1, 'z').index, len(m.proto.constraints)",
        ],
        modules=["ortools"],
    ),
    Case(
        "objects_known_by_name_beside_one_that_a_cell_imported",
        [
            "import sys; sys.path.insert(0, 'site-packages')\nfrom tokens import root, Token",
            "a = Token('a', root); b = Token('b', a)",
        ],
        ["a.above is root, b.above is a", "b.name, type(b) is Token"],
        files={
            "site-packages/tokens.py": (
                "import sys\n"
                "class Token:\n"
                "    def __init__(self, name, above):\n"
                "        self.name, self.above, self.__module__ = name, above, sys._getframe(1).f_globals['__name__']\n"
                "    def __reduce__(self): return self.name\n"
                "root = Token('root', None)\n"
            )
        },
    ),
    Case(
        "zope_interfaces_and_what_implements_them",
        [
            "from zope.interface import Interface, implementer, Attribute, alsoProvides, classImplements\nfrom zope.interface.adapter import AdapterRegistry",
            "class I(Interface):\n    'doc'\n    a = Attribute('a')\n    def run(x): 'run'\nclass K(I):\n    b = Attribute('b')\nclass J(Interface): pass\nK.setTaggedValue('t', 3)",
            "@implementer(K)\nclass Impl:\n    a = 1\n    def run(self, x): return x\nclass Sub(Impl): pass\nim = Impl(); alsoProvides(im, J); sub = Sub()",
            "reg = AdapterRegistry(); reg.register([I], J, '', lambda o: ('adapted', o.a))",
        ],
        [
            "I.providedBy(im), I.implementedBy(Impl), J.providedBy(im), K.providedBy(sub), J.providedBy(sub)",
            "sorted(I), sorted(K), K.__bases__ == (I,), K['a'].interface is I, I.__doc__, I['run'].getSignatureString()",
            "K.extends(I), K.__module__, repr(K), K.getTaggedValue('t'), {I: 1}[I], K in I.dependents",
            "reg.lookup1(I, J)(im), reg.lookup1(K, J) is reg.lookup1(I, J)",
        ],
        [
            "@implementer(I)\nclass Late: pass\nI.providedBy(Late()), K.providedBy(Late())",
            "classImplements(Impl, J); J.providedBy(Impl()), J.providedBy(sub)",
            "class L(K): pass\nK.__bases__ = (J,); L.extends(J), I.providedBy(sub), sorted(L.names(True))",
            "reg.register([J], K, '', str); reg.lookup1(J, K), reg.lookup1(I, J)(im)",
        ],
        modules=["zope.interface"],
    ),
    Case(
        "duckdb_functions_of_python_given_in_cells",
        [
            "import duckdb\nfrom duckdb.sqltypes import BIGINT\ncon = duckdb.connect(); _ = con.execute('create table t as select range a from range(3)')\nk = 2\ndef times(x: int) -> int: return x * k",
            "_ = con.create_function('times_k', times)\n_ = con.create_function('py_add', lambda a, b: a + b, [BIGINT, 'BIGINT'], BIGINT)",
        ],
        ["con.execute('select times_k(a), py_add(a, 1) from t').fetchall()"],
        ["k = 3\ncon.execute('select times_k(a) from t').fetchall()", "_ = con.remove_function('py_add'); k"],
        modules=["duckdb.sqltypes"],
    ),
    Case(
        "models_by_a_formula_with_functions_of_cells_and_modules_in_it",
        [
            "import statsmodels.formula.api as smf, numpy as np, pandas as pd\nrng = np.random.default_rng(0); df = pd.DataFrame({'x': rng.normal(size=50), 'g': list('ab') * 25}); df['y'] = df.x * 2 + (df.g == 'a')\ndef power(v): return v ** p\np = 2",
            "m = smf.ols('y ~ power(x) + C(g, Treatment(\"b\")) + np.exp(x) + center(x)', df); r = m.fit(); at = pd.DataFrame({'x': [1., 2.], 'g': list('ab')})",
        ],
        ["r.params.round(6).to_dict(), r.predict(at).round(6).tolist(), m.data.frame.equals(df), r.model is m"],
        [
            "p = 3\nr.predict(at).round(6).tolist()",
            "m.fit(cov_type='HC3').bse.round(6).tolist(), r.t_test('center(x) = 0').pvalue.round(6)",
        ],
        modules=["statsmodels"],
    ),
    Case(
        "exif_data_and_pixels_of_images_as_the_session_has_them",
        [
            "from PIL import Image\nim = Image.new('RGB', (4, 4)); px = im.load(); px[0, 0] = (1, 2, 3); ex = im.getexif(); ex[0x010E] = 'text'; im.save('e.jpg', exif=ex)\nop = Image.open('e.jpg'); oe = op.getexif(); oe[0x0112] = 6; ifd = oe.get_ifd(0x8769); ifd[0x9003] = 'when'",
        ],
        ["im.getexif() is ex, dict(ex), op.getexif() is oe, dict(oe), oe.get_ifd(0x8769) is ifd, ifd"],
        [
            "px[1, 1] = (9, 9, 9)\nim.getpixel((1, 1)), px[0, 0]",
            "ex[0x0131] = 'soft'; dict(im.getexif())",
            "op.save('f.jpg', exif=oe); dict(Image.open('f.jpg').getexif())",
        ],
        modules=["PIL"],
    ),
    Case(
        "figures_and_the_canvases_that_cells_hold_are_each_others",
        [
            "import matplotlib; matplotlib.use('agg')\nimport matplotlib.pyplot as plt, numpy as np\nfrom matplotlib.backends.backend_agg import FigureCanvasAgg\nfree = plt.Figure(); own = FigureCanvasAgg(free); ax = free.add_subplot(); ax.plot([1, 2]); own.draw()",
            "fig, _ = plt.subplots(); canvas = fig.canvas; hits = []; cid = canvas.mpl_connect('draw_event', lambda e: hits.append(e.canvas is canvas)); canvas.draw()",
        ],
        [
            "free.canvas is own, own.figure is free, fig.canvas is canvas, canvas.manager.canvas is canvas, plt.gcf() is fig",
            "int(np.asarray(own.buffer_rgba()).sum())",
        ],
        [
            "ax.plot([3, 0]); free.canvas.draw(); int(np.asarray(own.buffer_rgba()).sum())",
            "fig.canvas.draw(); canvas.mpl_disconnect(cid); canvas.draw(); hits, plt.figure().number",
        ],
        modules=["matplotlib"],
    ),
    Case(
        "sequences_of_colors_that_cells_registered",
        [
            "import matplotlib as mpl; mpl.use('agg')\nimport matplotlib.pyplot as plt\nmpl.color_sequences.register('seq', ['r', 'g'])"
        ],
        ["mpl.color_sequences['seq']"],
        ["plt.color_sequences.unregister('seq'); 'seq' in mpl.color_sequences"],
        modules=["matplotlib"],
    ),
    Case(
        "functions_that_networkx_decorates_have_what_it_writes_for_them",
        [
            "import networkx as nx\n@nx.utils.not_implemented_for('directed')\n@nx.utils.np_random_state(1)\ndef pick(G, seed=None, *, k=2): return int(seed.randint(100)) * k * scale\n@nx.utils.not_implemented_for('directed')\ndef walk(G):\n    yield from G",
            "scale = 1; G = nx.path_graph(3); r = pick(G, 1); w = list(walk(G)); same = [pick]\n@nx._dispatchable(name='session_count')\ndef count(G): return len(G) * scale\nn = count(G); fresh = nx.utils.not_implemented_for('directed')(lambda G: scale)",
        ],
        ["pick(G, 1), list(walk(G)), same[0] is pick, pick.__name__, pick.__wrapped__.__name__, fresh(G), count(G)"],
        ["scale = 3\npick(G, 1, k=1), count(G), fresh(G)", "# raises\npick(nx.DiGraph(), 1)"],
        modules=["networkx"],
    ),
    Case(
        "options_of_pyarrows_functions_and_tensors",
        [
            "import pyarrow as pa, pyarrow.compute as pc, numpy as np\nt = pa.table({'a': [1, 3, 2]}); tensor = pa.Tensor.from_numpy(np.arange(4.), dim_names=['q'])\nopts = [pc.ScalarAggregateOptions(skip_nulls=False), pc.CastOptions(pa.int8()), pc.SortOptions([('a', 'descending')]), pc.RoundOptions(2)]",
        ],
        ["opts, tensor.dim_names, tensor.to_numpy()"],
        ["pc.sort_indices(t, options=opts[2]).to_pylist(), pc.round(1.2345, options=opts[3]).as_py()"],
        modules=["pyarrow"],
    ),
    Case(
        "trees_of_points_look_into_the_array_of_the_points",
        [
            "import numpy as np, scipy.spatial as ss\np = np.random.default_rng(0).random((50, 2)); kd = ss.KDTree(p, boxsize=2.); ck = ss.cKDTree(p); own = ss.KDTree([[0, 1], [2, 3]])"
        ],
        ["ck.data is p, np.shares_memory(kd.data, p), ck.query([.5, .5]), kd.query([.5, .5]), own.query([0, 0])"],
        ["p[0] = 0.\nck.data[0].tolist(), kd.data[0].tolist(), own.data.tolist()"],
        modules=["scipy"],
    ),
    Case(
        "a_series_whose_class_lists_metadata_has_its_name_and_no_more",
        [
            "import pandas as pd\nclass Sheet(pd.DataFrame):\n    _metadata = ['owner', 'note']\n    @property\n    def _constructor(self): return Sheet\n    @property\n    def _constructor_sliced(self): return Column\nclass Column(pd.Series):\n    _metadata = ['owner']\n    @property\n    def _constructor(self): return Column\n    @property\n    def _constructor_expanddim(self): return Sheet",
            "s = Sheet({'a': [1, 2]}); s.owner = ['me']; c = s['a']; free = Column([1], name='f')",
        ],
        ["c.name, type(c) is Column, c.owner is s.owner, hasattr(s, 'note'), hasattr(free, 'owner'), free.name"],
        ["type(c.to_frame()) is Sheet, c.to_frame().columns.tolist(), (c + 1).name"],
        modules=["pandas"],
    ),
    Case(
        "lightgbm_trains_on_with_a_data_set_that_a_model_was_continued_on",
        [
            "import lightgbm as lgb, numpy as np\nrng = np.random.default_rng(0); X = rng.normal(size=(200, 4)); y = (X[:, 0] + rng.normal(size=200) * .2 > 0).astype(int)\nhow = {'objective': 'binary', 'verbose': -1, 'num_leaves': 4, 'num_threads': 1, 'deterministic': True}",
            "d = lgb.Dataset(X, y, free_raw_data=False); one = lgb.train(how, d, 5); two = lgb.train(how, d, 3, init_model=one)",
        ],
        ["two.num_trees(), d.num_data(), two.predict(X[:2]).round(6).tolist()"],
        ["three = lgb.train(how, d, 2, init_model=two); three.num_trees(), three.predict(X[:2]).round(6).tolist()"],
        modules=["lightgbm"],
    ),
    Case(
        "a_booster_in_training_is_told",
        [
            "import lightgbm as lgb, numpy as np\nX = np.arange(80.).reshape(40, 2); b = lgb.Booster({'verbose': -1, 'min_data': 2}, lgb.Dataset(X, X[:, 0], free_raw_data=False)); b.update()"
        ],
        ["b.num_trees(), b.predict(X[:2]).round(6).tolist()"],
        ["b.update(); b.num_trees()"],
        either=True,
        modules=["lightgbm"],
    ),
    Case(
        "compiled_functions_that_call_one_another_and_builtins",
        [
            "import numpy as np\nfrom numba import njit\nscale, shift = 2., 1.\n@njit\ndef inner(a): return a * scale\n@njit\ndef outer(x):\n    s = 0.\n    for i in range(x.size): s += inner(x[i])\n    return s",
            "@njit\ndef late(x): return outer(x) + shift + len(x)\nx = np.arange(4.); r = outer(x), late(x); held = [outer]\nshift = 5.",
        ],
        ["outer(x), inner(1.), late(x), held[0] is outer"],
        ["scale = 7.\nouter(x), late(x), late(x.astype('f4')), outer.signatures"],
        modules=["numba"],
    ),
    Case(
        "torch_modules_with_parametrizations_and_optimizers_with_hooks",
        [
            "import torch, torch.nn as nn, torch.nn.utils.parametrize as P\n_ = torch.manual_seed(0)\nclass Sym(nn.Module):\n    def forward(self, X): return X.triu() + X.triu(1).T * f\nf = 1.\nlin = P.register_parametrization(nn.Linear(3, 3), 'weight', Sym()); sn = nn.utils.parametrizations.spectral_norm(nn.Linear(3, 3)); net = nn.Sequential(lin, nn.utils.parametrizations.weight_norm(nn.Linear(3, 1)))",
            "opt = torch.optim.LBFGS(net.parameters(), history_size=3, max_iter=2); steps = []; _ = opt.register_step_post_hook(lambda o, a, k: steps.append(o is opt)); facts = torch.finfo(torch.float16)\ndef loss():\n    opt.zero_grad(); l = net(torch.ones(1, 3)).pow(2).sum(); l.backward(); return l\nfirst = opt.step(loss).item()",
        ],
        [
            "net[0] is lin, P.is_parametrized(lin), type(lin).__name__, lin.parametrizations.weight.original.requires_grad, facts",
            "opt.param_groups[0]['params'][0] is next(net.parameters()), steps",
        ],
        [
            "opt.step(loss).item(), len(steps), lin.weight.detach()",
            "f = 2.\nlin.weight.detach(), sn(torch.ones(1, 3)).detach()",
            "type(P.remove_parametrizations(lin, 'weight')).__name__, list(dict(lin.named_parameters()))",
        ],
        modules=["torch"],
    ),
    Case(
        "registers_of_libraries_in_which_objects_of_the_session_stand",
        [
            "import sympy as sp\nfrom sympy.physics.units import Quantity, meter, convert_to\nfrom sympy.core.sympify import _sympy_converter\nbead = Quantity('bead'); bead.set_global_relative_scale_factor(3, meter)\nclass Point:\n    def __init__(self, v): self.v = v\n_sympy_converter[Point] = lambda p: sp.Integer(p.v) * k\nk = 2",
            "import matplotlib; matplotlib.use('agg')\nimport matplotlib.pyplot as plt, matplotlib as mpl\nfrom matplotlib.legend import Legend; from matplotlib.legend_handler import HandlerBase\nclass Own(HandlerBase):\n    def create_artists(self, *a): seen.append(1); return [mpl.lines.Line2D([0, 1], [0, 0])]\nclass Odd: pass\nseen = []; own = Own(); Legend.update_default_handler_map({Odd: own})",
        ],
        ["convert_to(6 * meter, bead), sp.sympify(Point(4)), Legend.get_default_handler_map()[Odd] is own"],
        [
            "k = 5\nsp.sympify(Point(4))",
            "bead.set_global_relative_scale_factor(2, meter); convert_to(6 * meter, bead)",
            "_ = plt.figure().gca().legend([Odd()], ['o']); len(seen)",
        ],
        modules=["sympy", "matplotlib"],
    ),
    Case(
        "metrics_are_in_prometheus_registry",
        [
            "import prometheus_client as pm\nhits = pm.Counter('session_hits', 'd', ['p']); hits.labels('x').inc(3); level = pm.Gauge('session_level', 'd'); level.set_function(lambda: k); k = 4",
        ],
        [
            "pm.REGISTRY.get_sample_value('session_hits_total', {'p': 'x'}), pm.REGISTRY.get_sample_value('session_level')"
        ],
        [
            "hits.labels('x').inc(); k = 6; pm.REGISTRY.get_sample_value('session_hits_total', {'p': 'x'}), pm.REGISTRY.get_sample_value('session_level')",
            "try: pm.Counter('session_hits', 'd')\nexcept ValueError as e: print(type(e).__name__)",
            "pm.REGISTRY.unregister(hits); pm.REGISTRY.get_sample_value('session_hits_total', {'p': 'x'})",
        ],
        modules=["prometheus_client"],
    ),
    Case(
        "limits_and_backends_of_parallel_work",
        [
            "import numpy as np, joblib, threadpoolctl\nlimits = threadpoolctl.threadpool_limits(1); config = joblib.parallel_config(backend='threading', n_jobs=2)"
        ],
        [
            "{pool['num_threads'] for pool in threadpoolctl.threadpool_info()}, type(joblib.parallel.get_active_backend()[0]).__name__",
            "joblib.Parallel()(joblib.delayed(abs)(i) for i in (-1, 2))",
        ],
        ["config.unregister(); type(joblib.parallel.get_active_backend()[0]).__name__, joblib.effective_n_jobs(2)"],
        modules=["numpy", "joblib", "threadpoolctl"],
    ),
    Case(
        "a_libraries_dispatch_whose_name_is_no_secret_and_the_epoch_of_dates",
        [
            "import datetime, matplotlib.dates as md\nfrom dask.base import normalize_token, tokenize\nclass Own:\n    def __init__(self, v): self.v = v\n@normalize_token.register(Own)\ndef normalised(o): return ('Own', o.v)\nt = tokenize(Own(1)); md.set_epoch('2000-01-01T00:00:00')",
        ],
        ["tokenize(Own(1)) == t, md.get_epoch(), md.date2num(datetime.datetime(2000, 1, 2))"],
        modules=["dask", "matplotlib"],
    ),
    Case(
        "hdf5_in_a_file_in_memory",
        [
            "import h5py, io\nbelow = io.BytesIO(); f = h5py.File(below, 'w'); f['q'] = [1, 2]; g = f.create_group('g'); d = f['q']",
            "g['late'] = 3",
        ],
        ["d[:].tolist(), sorted(f), g['late'][()], d.file == f, g.parent['q'] == d"],
        [
            "f['new'] = 4; d[0] = 9; f.close(); again = h5py.File(below, 'r'); sorted(again), again['q'][:].tolist(), bool(d)"
        ],
        modules=["h5py"],
    ),
    Case(
        "a_context_variable_that_a_librarys_object_holds",
        [
            "import sys; sys.path.insert(0, 'site-packages')\nfrom tracing import context",
            "token = context.attach({'user': 'ada'})",
        ],
        ["context.current()"],
        ["context.detach(token); context.current()"],
        files={
            "site-packages/tracing/__init__.py": "",
            "site-packages/tracing/runtime.py": (
                "from contextvars import ContextVar\n"
                "class Runtime:\n"
                "    def __init__(self): self._held = ContextVar('held', default={})\n"
            ),
            "site-packages/tracing/context.py": (
                "from .runtime import Runtime\n"
                "_RUNTIME = Runtime()\n"
                "def attach(new): return _RUNTIME._held.set(new)\n"
                "def current(): return _RUNTIME._held.get()\n"
                "def detach(token): _RUNTIME._held.reset(token)\n"
            ),
        },
    ),
    Case(
        "containers_of_a_librarys_that_say_their_state_are_filled_past_their_own_methods",
        [
            "import sys; sys.path.insert(0, 'site-packages')\nfrom boxes import Box",
            "class Counted(Box):\n    calls = 0\n    def __setitem__(self, key, value): Counted.calls += 1; super().__setitem__(key, value)\n"
            "box = Box({'tags': ['a'], 'by': {'c': 1}}, intact=True); tags = box['tags']; counted = Counted({'n': [1]}); calls = Counted.calls",
        ],
        ["type(tags) is list, box['tags'] is tags", "type(box['by']), type(counted['n'])", "Counted.calls == calls"],
        ["tags.append('b'); box['more'] = [1]; box, counted.intact"],
        files={
            "site-packages/boxes.py": (
                "class Box(dict):\n"
                "    def __init__(self, held=(), intact=False):\n"
                "        vars(self)['intact'] = intact\n"
                "        for key, value in dict(held).items(): self[key] = value\n"
                "    def __new__(cls, *_, **__):\n"
                "        made = super().__new__(cls); vars(made)['intact'] = False; return made\n"
                "    def __setitem__(self, key, value):\n"
                "        super().__setitem__(key, value if self.intact or type(value) is not list else tuple(value))\n"
                "    def __getstate__(self): return dict(vars(self))\n"
                "    def __setstate__(self, state): vars(self).update(state)\n"
            )
        },
    ),
    Case(
        "an_index_of_rtrees_in_memory_keeps_its_entries",
        [
            "from rtree import index\nidx = index.Index(); empty = index.Index(); held = [idx]\nfor i in range(3): idx.insert(i, (i, i, i + 1, i + 1), obj={'n': i})",
            "bag = index.RtreeContainer(); one = ['one']; bag.insert(one, (0, 0, 1, 1))",
        ],
        [
            "[hit.object for hit in idx.intersection((2.5, 2.5, 3, 3), objects=True)], len(idx), len(empty), held[0] is idx",
            "next(bag.intersection((0, 0, 1, 1))) is one, len(bag)",
        ],
        [
            "idx.insert(7, (0, 0, 0, 0)); bag.delete(one, (0, 0, 1, 1)); sorted(held[0].intersection((0, 0, 0, 0))), len(bag)"
        ],
        modules=["rtree"],
    ),
    Case(
        "files_that_rasterio_opened_to_read",
        [
            "import rasterio, numpy as np\nwith rasterio.open('r.tif', 'w', driver='GTiff', height=2, width=2, count=1, dtype='float32', transform=rasterio.transform.from_origin(0, 2, 1, 1)) as made:\n    made.write(np.ones((1, 2, 2), 'f4'))",
            "del made; source = rasterio.open('r.tif'); held = [source]; old = rasterio.open('r.tif'); old.close()",
        ],
        ["source.read(1).tolist(), held[0] is source, source.name, old.closed"],
        ["source.close(); held[0].closed"],
        modules=["rasterio"],
    ),
    Case(
        "a_module_of_lightnings_keeps_its_trainer",
        [
            "import lightning as L, torch\nclass Model(L.LightningModule):\n    def __init__(self): super().__init__(); self.layer = torch.nn.Linear(2, 1)\n    def training_step(self, batch, _): return self.layer(batch[0]).mean()\n    def configure_optimizers(self): return torch.optim.SGD(self.parameters(), lr=.1)",
            "model = Model(); data = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.ones(4, 2)))\ntrainer = L.Trainer(max_epochs=1, logger=False, enable_checkpointing=False, enable_progress_bar=False, accelerator='cpu'); trainer.fit(model, data)",
        ],
        ["model.trainer is trainer, trainer.model is model, model.global_step"],
        ["trainer.fit_loop.max_epochs = 2; trainer.fit(model, data); model.global_step"],
        modules=["lightning"],
    ),
    Case(
        "functions_of_sympy_that_say_how_many_arguments_they_take",
        [
            "import sympy as sp\nx = sp.Symbol('x')",
            "class Twice(sp.Function):\n    nargs = 1\n    @classmethod\n    def eval(cls, argument):\n        if argument.is_Number: return 2 * argument\nclass Some(sp.Function): nargs = (1, 2)",
            "terms = Twice(x) + Twice(3), Some(x, 2)",
        ],
        ["terms", "Twice.nargs, Some.nargs"],
        [("Twice(4), terms[0].subs(x, 5), Some(x).func is Some", "(8, 16, True)"), "Twice(x, x)"],
        modules=["sympy"],
    ),
    Case(
        "manager_of_a_figure_in_a_variable",
        [
            "import matplotlib; matplotlib.use('agg')\nimport matplotlib.pyplot as plt\nfig, ax = plt.subplots(); mgr = plt.get_current_fig_manager(); held = {'m': fig.canvas.manager}",
            "other = plt.figure(); mine = other.canvas.manager; fig.canvas.mpl_connect('draw_event', lambda event: mgr.num)",
        ],
        [
            "mgr is fig.canvas.manager, held['m'] is mgr, mgr.canvas is fig.canvas, mgr.num, mine is other.canvas.manager",
            "plt.get_current_fig_manager() is mine, plt.get_fignums()",
        ],
        [
            "plt.figure(1) is fig; plt.get_current_fig_manager() is mgr",
            "fig.canvas.draw(); plt.close(fig); plt.get_fignums()",
        ],
        modules=["matplotlib"],
    ),
    Case(
        "registers_of_libraries_that_make_their_entries_when_asked_are_not_asked",
        [
            "import sys; sys.path.insert(0, 'site-packages')\nimport zoo",
            "model = zoo.Model()",
            IDLE,
            "asked = len(zoo.asked)",
        ],
        ["type(model) is zoo.Model"],
        [("asked", "0")],
        files={
            "site-packages/zoo.py": (
                "from collections import OrderedDict\nasked = []\n"
                "class Model:\n    def __init__(self): self.size = 1\n"
                "class Lazy(OrderedDict):\n"
                "    def values(self): asked.append('values'); return [Model()]\n"
                "    def __len__(self): asked.append('len'); return 1\n"
                "    def __iter__(self): asked.append('iter'); return iter(['all'])\n"
                "MODELS = Lazy()\n"
            )
        },
    ),
    Case(
        "a_librarys_object_that_holds_a_pointer_of_c_is_told_as_a_whole",
        [
            "import sys; sys.path.insert(0, 'site-packages')\nfrom pointing import Solver",
            "solver = Solver('a'); both = [solver, 1]; whole = 3",
        ],
        ["whole, both[1]"],
        [("try: print(solver.name)\nexcept Exception as error: print(type(error).__name__)", "SojournLost")],
        files={
            "site-packages/pointing.py": (
                "import datetime\n"
                "class Solver:\n"
                "    def __init__(self, name): self.name, self._handle = name, datetime.datetime_CAPI\n"
            )
        },
    ),
    Case(
        "parts_of_a_message_of_protocol_buffers_stay_its_parts",
        [
            "from google.protobuf import descriptor_pb2, struct_pb2\nfile = descriptor_pb2.FileDescriptorProto(name='p'); first = file.message_type.add(name='M'); kinds = file.message_type",
            "table = struct_pb2.Struct(); table['b'] = {'c': [1, 2]}; inner = table.fields['b'].struct_value; held = [first]",
        ],
        ["first is file.message_type[0] is held[0], kinds is file.message_type", "inner['c'][1]"],
        [
            "first.name = 'N'; kinds.add(name='O'); [one.name for one in file.message_type]",
            "inner['c'].append(9); len(table['b']['c'])",
        ],
        modules=["google.protobuf"],
    ),
    Case(
        "what_hears_of_the_traits_of_enthoughts_objects",
        [
            "from traits.api import HasTraits, Instance, Int, List, Property, Str, cached_property, observe\nheard = []\n"
            "class Child(HasTraits):\n    v = Int(1)\n"
            "class Owner(HasTraits):\n    name = Str('a'); kids = List(Instance(Child)); total = Property(Int, observe='kids.items.v')\n"
            "    @cached_property\n    def _get_total(self): return sum(kid.v for kid in self.kids)\n"
            "    @observe('kids.items.v')\n    def _kids(self, event): heard.append('kids')\n"
            "    def _name_changed(self, old, new): heard.append((old, new))",
            "child = Child(); owner = Owner(kids=[child]); owner.on_trait_change(lambda new: heard.append(new), 'name'); kids = owner.kids\n"
            "owner.add_trait('late', Int(3)); owner.sync_trait('late', child, 'v'); owner.name = 'b'; first = owner.total; before = len(heard)",
        ],
        ["len(heard) == before, owner.kids is kids, kids[0] is child, owner.total"],
        [
            "child.v = 9; owner.late, owner.total, heard[before:]",
            "owner.name = 'c'; kids.append(Child()); owner.total, heard[before:]",
        ],
        modules=["traits"],
    ),
    Case(
        "a_function_given_to_a_librarys_object_under_a_name_of_the_librarys",
        [
            "import sys; sys.path.insert(0, 'site-packages')\nfrom solving import Solver",
            "seen = []; solver = Solver()\ndef show(step): seen.append(step)\nsolver.callback = show; solver.run(1)",
        ],
        ["solver.callback is show, seen, solver.steps"],
        ["solver.run(2); seen, solver.cache"],
        files={
            "site-packages/solving.py": (
                "class Solver:\n"
                "    def __init__(self): self.callback = self.cache = None; self.steps = 0\n"
                "    def run(self, step): self.steps += 1; self.callback and self.callback(step)\n"
                "    def __getstate__(self): return {'steps': self.steps}\n"
                "    def __setstate__(self, state): self.callback = self.cache = None; vars(self).update(state)\n"
            )
        },
    ),
    Case(
        "a_librarys_module_that_holds_the_stream_of_cells_leaves_it_to_them",
        ["import sys; sys.path.insert(0, 'site-packages')\nimport colours", "x = 3; print(x)"],
        ["colours.out is sys.stdout"],
        ["print(x)"],
        files={
            "site-packages/colours.py": "import sys, contextvars\nout = sys.stdout\nlevel = contextvars.ContextVar('level')\n"
        },
    ),
    Case(
        "a_stream_of_the_sessions_is_its_own_where_the_session_has_a_second_name",
        [
            "import sys; sys.modules['__mp_main__'] = sys.modules['__main__']",
            "import random; rng = random.Random(4); first = rng.random()",
        ],
        ["first, type(rng) is random.Random"],
        ["rng.random(), rng.gauss(0, 1)"],
    ),
    Case(
        "a_function_that_a_registers_own_define_decorates",
        [
            "import sys; sys.path.insert(0, 'site-packages')\nimport scopes",
            "@scopes.scope.define\ndef plus(x): return x + 1\nclass Own:\n    def define(self, f): self.f = f; return f\nown = Own()\n@own.define\ndef mine(): return 2",
        ],
        ["scopes.scope.call('plus', 1), own.f is mine, len(scopes.scope.known)"],
        ["scopes.scope.call('plus', 2)"],
        files={
            "site-packages/scopes.py": (
                "class Scope:\n"
                "    def __init__(self): self.known = {}\n"
                "    def define(self, function): self.known[function.__name__] = function; return function\n"
                "    def call(self, name, x): return self.known[name](x)\n"
                "scope = Scope()\n"
            )
        },
    ),
    Case(
        "what_listens_to_events_of_eventkits",
        [
            "import eventkit\ngot = []; tick = eventkit.Event('tick'); tick += got.append; tens = tick.map(lambda x: x * 10)\n"
            "class Seen:\n    def __init__(self): self.all = []\n    def note(self, x): self.all.append(x)\n"
            "seen = Seen(); tens += seen.note; tick.emit(1)",
        ],
        ["got, seen.all, len(tick)"],
        ["tick.emit(2); got, seen.all", "tick -= got.append; tick.emit(3); got, seen.all"],
        modules=["eventkit"],
    ),
    Case(
        "references_into_an_hdf5_file",
        [
            "import h5py, numpy as np\nf = h5py.File('r.h5', 'w'); ds = f.create_dataset('d', data=np.arange(10)); ref = ds.ref; rr = ds.regionref[2:4]; g = f.create_group('g'); rs = [ds.ref, g.ref, h5py.Reference()]",
            "m = h5py.File('m.h5', 'w', driver='core', backing_store=False); ds2 = m.create_dataset('d', data=np.arange(10)); refs = m.create_dataset('refs', (2,), dtype=h5py.ref_dtype); r2 = ds2.ref; refs[0] = r2",
        ],
        [
            "bool(ref), f[ref].name, list(f[rr][rr])",
            "[f[r].name for r in rs[:2]], bool(rs[2])",
            "m[r2].name, m[refs[0]].name",
        ],
        ["f[ref] == ds, f[ref][3]", "f['d'].regionref.selection(rr)", "refs[1] = r2; m[refs[1]][3]"],
        modules=["h5py"],
    ),
    Case(
        "parts_of_a_message_of_protobuf",
        [
            "from google.protobuf.descriptor_pb2 import FileDescriptorProto\nfrom google.protobuf.struct_pb2 import Struct\nfd = FileDescriptorProto(name='f'); m = fd.message_type.add(); m.name = 'M'; opt = fd.options; lst = fd.message_type; f1 = m.field.add(); dep = fd.dependency",
            "st = Struct(); st['k'] = 1; sub = st.fields; v = sub['k']; box = {'m': [m]}; alone = FileDescriptorProto(name='alone')",
        ],
        [
            "fd.message_type[0] is m, m.name, lst is fd.message_type, fd.options is opt, m.field[0] is f1, dep is fd.dependency",
            "sub['k'] is v, v.number_value, box['m'][0] is m, alone.name",
        ],
        [
            "m.name = 'N'; fd.message_type[0].name",
            "lst.add().name = 'O'; opt.java_package = 'p'; f1.number = 3; dep.append('d'); str(fd)",
            "sub['z'].number_value = 4; sorted(st)",
        ],
        modules=["google.protobuf"],
    ),
    Case(
        "indexes_of_faiss_inside_of_others",
        [
            "import faiss, numpy as np\nrng = np.random.default_rng(0); xb = rng.random((200, 8), dtype='f4'); q = faiss.IndexFlatL2(8); ivf = faiss.IndexIVFFlat(q, 8, 4); ivf.train(xb); ivf.add(xb)",
            "flat = faiss.IndexFlatL2(8); idm = faiss.IndexIDMap(flat); idm.add_with_ids(xb[:10], np.arange(100, 110))",
        ],
        [
            "q.ntotal, ivf.ntotal, flat.ntotal, idm.ntotal",
            "int(ivf.quantizer.this) == int(q.this), int(idm.index.this) == int(flat.this)",
        ],
        [
            "idm.add_with_ids(xb[10:12], np.arange(110, 112)); flat.ntotal, idm.search(xb[:1], 1)[1]",
            "flat.reset(); idm.index.ntotal",
        ],
        modules=["faiss"],
    ),
    Case(
        "nodes_of_a_tree_of_wavelet_packets",
        [
            "import pywt, numpy as np\nwp = pywt.WaveletPacket(np.arange(16.), 'db1', maxlevel=3); n = wp['a']; nd = wp['ad']; n.data[:] = 0"
        ],
        ["wp['a'] is n, nd.path, n.data, wp.maxlevel"],
        ["wp['a'].data", "wp['ad'] is nd, nd.parent is n", "n.data = n.data + 1; wp['a'].data"],
        modules=["pywt"],
    ),
    Case(
        "arrays_of_awkward_over_arrays_of_numpy",
        [
            "import awkward as ak, numpy as np\na = np.arange(6.); x = ak.from_numpy(a); xx = x[1:3]; y = ak.Array([[1, 2], [3]]); big = np.arange(9000.); held = [ak.from_numpy(big)]"
        ],
        ["x.to_list(), y.to_list()"],
        ["a[0] = 9; a[1] = 8; x[0], xx.to_list()", "big[7] = -1; held[0][7]"],
        modules=["awkward"],
    ),
    Case(
        "parts_of_an_expression_of_sqlglots_stay_its_parts",
        [
            "from sqlglot import exp, parse_one\nquery = parse_one('select a, b + 1 as c from t where a > 1'); column = query.find(exp.Column); where = query.args['where']; found = {column: 'a'}",
        ],
        ["column.parent_select is query, where.parent is query, found[exp.column('a')]", "query.sql()"],
        ["column.set('this', exp.to_identifier('z')); query.sql(), where.find_ancestor(exp.Select) is query"],
        modules=["sqlglot"],
    ),
    Case(
        "a_part_of_a_model_of_gpys_tells_the_model_of_its_changes",
        [
            "import GPy, numpy as np\nX = np.linspace(0, 1, 15)[:, None]; Y = np.sin(X * 6); kernel = GPy.kern.RBF(1) + GPy.kern.White(1, .01)\n"
            "model = GPy.models.GPRegression(X, Y, kernel); scale = model.kern.parts[0].lengthscale; model.likelihood.variance.fix(.05)",
        ],
        ["model.kern is kernel, scale is model.kern.parts[0].lengthscale", "round(float(model.log_likelihood()), 3)"],
        [
            "scale[0] = 3.; round(float(model.log_likelihood()), 3)",
            "model.optimize(max_iters=3); model.param_array.round(2).tolist()",
        ],
        modules=["GPy"],
    ),
    Case(
        "fractions_of_mpmath_which_its_own_pickling_cannot_make_again",
        ["from mpmath.rational import mpq, mpq_1_2\nq = mpq(1, 3); half = mpq_1_2"],
        ["q, half", "half is mpq_1_2"],
        ["q + half, q + 1"],
        modules=["mpmath"],
    ),
    Case(
        "random_variates_of_scipy_whose_loading_calls_methods_of_the_users",
        [
            "import numpy as np\nfrom scipy.stats.sampling import NumericalInverseHermite\nfrom scipy.special import ndtr",
            "class Normal:\n    def pdf(self, x): return np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)\n    def cdf(self, x): return ndtr(x)\n"
            "dist = Normal(); urng = np.random.default_rng(3); rng = NumericalInverseHermite(dist, random_state=urng)",
        ],
        ["rng.ppf(0.3), rng.intervals"],
        ["rng.rvs(3), urng.random()"],
        modules=["scipy"],
    ),
    Case(
        "objects_whose_library_refuses_to_pickle_them",
        [
            "import sys, io; sys.path.insert(0, 'site-packages')\nfrom refusing import Printer, Plan, Step, Device",
            "out = io.StringIO(); log = Printer(out); plan = Plan(); step = plan.add(lambda: log.say('step')); device = Device(); both = [log, log]",
        ],
        ["log.out is out, both[0] is both[1] is log", "plan.steps[0] is step, step.plan is plan, hasattr(step, 'due')"],
        ["log.say('a'); plan.run(); print(repr(out.getvalue()), plan.lock.acquire(False))"],
        files={
            "site-packages/refusing.py": (
                "import threading\n"
                "class Printer:\n"
                "    def __init__(self, out): self.out = out\n"
                "    def say(self, text): print(text, file=self.out)\n"
                "    def __deepcopy__(self, memo): raise TypeError('not to a buffer')\n"
                "    def __getstate__(self): raise TypeError('not to a buffer')\n"
                "class Plan:\n"
                "    def __init__(self): self.steps, self.lock = [], threading.RLock()\n"
                "    def add(self, call): self.steps.append(Step(self, call)); return self.steps[-1]\n"
                "    def run(self): [step.call() for step in self.steps]\n"
                "    def __reduce__(self): raise NotImplementedError('plans are not pickled')\n"
                "class Step:\n"
                "    __slots__ = ('plan', 'call', 'due')\n"
                "    def __init__(self, plan, call): self.plan, self.call = plan, call\n"
                "    def __getstate__(self): return self.plan, self.call, self.due\n"
                "class Device:\n"
                "    def __init__(self): self.handle = 4711\n"
                "    def __getstate__(self): raise TypeError('a device is here')\n"
            )
        },
        told=["device"],
    ),
    Case(
        "objects_of_c_code_that_are_their_properties",
        [
            "from scipy.optimize._highspy import _core\naim = _core.HighsLinearObjective(); aim.weight = 2.5; aim.coefficients = [1., 2.]; held = [aim, aim]",
        ],
        [
            "type(aim) is _core.HighsLinearObjective, held[0] is held[1] is aim",
            "aim.weight, aim.coefficients, aim.offset",
        ],
        ["aim.offset = 4; held[0].offset"],
        modules=["scipy.optimize._highspy"],
    ),
    Case(
        "objects_that_answer_for_others_and_are_made_with_arguments",
        [
            "import sys; sys.path.insert(0, 'site-packages')\nfrom derived import derived",
            "@derived\ndef double(x): return 2 * x\ndouble.rule(lambda x: (double(x), 5))",
        ],
        ["type(double) is derived, double(4), double.slope(4), double.__name__"],
        ["double.rule(lambda x: (double(x), 6)); double.slope(1)"],
        files={
            "site-packages/derived.py": (
                "import functools\n"
                "class derived:\n"
                "    def __new__(cls, function): return object.__new__(cls)\n"
                "    def __init__(self, function): functools.update_wrapper(self, function); self.function = function\n"
                "    def __getattr__(self, name): return getattr(self.__wrapped__, name)\n"
                "    def __call__(self, x): return self.function(x)\n"
                "    def rule(self, given): self.given = given\n"
                "    def slope(self, x): return self.given(x)[1]\n"
            )
        },
    ),
    Case(
        "arrays_over_memory_of_which_nothing_says_whose_it_is",
        [
            "import ctypes, numpy as np\nmemory = np.arange(6.); look = ctypes.pythonapi.PyMemoryView_FromMemory; look.restype = ctypes.py_object\n"
            "held = b'12345678' * 3; view = np.frombuffer(look(ctypes.c_char_p(held), ctypes.c_ssize_t(24), 0x100), 'u1')",
        ],
        ["view[:3], view.base is None"],
        either=True,
        told=["view"],
        modules=["numpy"],
    ),
    Case(
        "objects_of_a_library_whose_slots_nobody_may_set",
        [
            "import sys; sys.path.insert(0, 'site-packages')\nfrom firm import Point, Named",
            "p = Point(1, [2]); n = Named(p, 'n'); n.__dict__['note'] = 3",
        ],
        ["p.x, p.y, n.at is p, n.name, n.note"],
        ["try: p.x = 4\nexcept TypeError as error: print(error)", "p.y.append(3); n.at.y"],
        files={
            "site-packages/firm.py": (
                "class Firm:\n"
                "    __slots__ = ()\n"
                "    def __setattr__(self, name, value): raise TypeError('firm')\n"
                "class Point(Firm):\n"
                "    __slots__ = ('x', 'y')\n"
                "    def __init__(self, x, y): object.__setattr__(self, 'x', x); object.__setattr__(self, 'y', y)\n"
                "class Named(Firm):\n"
                "    __slots__ = ('at', 'name', '__dict__')\n"
                "    def __init__(self, at, name): object.__setattr__(self, 'at', at); object.__setattr__(self, 'name', name)\n"
            )
        },
    ),
    Case(
        "a_widget_that_a_library_made_itself_stays_the_librarys",
        [
            "import sys\nsys.path.insert(0, 'site-packages')\nimport drawing, ipywidgets as w\ncanvas = drawing.Canvas()",
            "drawing.manager.holding = True\ncanvas.line(1)\ndrawing.manager.observe(lambda change: drawing.seen.append(change.new), 'width')",
        ],
        [
            "canvas._manager is drawing.manager, drawing.manager.sent, drawing.manager.holding",
            "drawing.Canvas()._manager is drawing.manager",
        ],
        [
            "drawing.manager.width = 3; canvas.line(2); drawing.manager.sent, drawing.seen, canvas._manager.width",
            "sum(isinstance(one, drawing.Manager) for one in w.widgets.widget._instances.values()), drawing.manager.comm is not None",
        ],
        files={
            "site-packages/drawing.py": "import ipywidgets, traitlets\nseen = []\nclass Manager(ipywidgets.Widget):\n    width = traitlets.Int(1).tag(sync=True)\n    def __init__(self):\n        super().__init__()\n        self.sent, self.holding = [], False\n"
            "manager = Manager()\nclass Canvas(ipywidgets.DOMWidget):\n    _manager = traitlets.Instance(Manager, default_value=manager).tag(sync=True, **ipywidgets.widget_serialization)\n    def line(self, n):\n        self._manager.sent.append(n)\n"
        },
        modules=["ipywidgets"],
    ),
    Case(
        "contexts_of_mpmath_stay_the_librarys_whatever_they_have_worked_out",
        [
            "from mpmath import *\nimport mpmath",
            "area = quad(sin, [0, 1]); zero = zetazero(2); held = mpmath.mp; ratio = held.pi; both = [held.e, iv.pi]\nf = fp.quad(fp.exp, [0, 1]); width = iv.sin(iv.mpf(1)); half = mpf(1) / 2",
        ],
        [
            "mpmath.mp is mp, mpmath.fp is fp, mpmath.iv is iv, held is mp, ratio is pi, both[1] is iv.pi",
            "area, zero, f, width, type(half) is mpf",
        ],
        ["mp.dps = 40; +pi, +ratio, +both[0], sqrt(2)", "quad(sin, [0, 1]), fp.sin(1), iv.sin(1), half + 1"],
        modules=["mpmath"],
    ),
    Case(
        "distributions_of_scipy_whose_class_has_its_parameters_from_the_first",
        [
            "from scipy import stats\nimport numpy as np\nbase = stats.Normal(mu=1.)\nshifted = base * 2 + 1; order = stats.order_statistic(base, r=[1, 2], n=5); mixed = stats.Mixture([base, shifted], weights=[.3, .7])",
        ],
        ["shifted, order", "shifted.loc, shifted.scale, order.r, mixed.components[1].scale"],
        ["(shifted + 1).mean(), order.n, shifted.sample(2, rng=np.random.default_rng(1))"],
        modules=["scipy"],
    ),
    Case(
        "relations_of_duckdb_are_of_the_connection_that_it_goes_on_with",
        [
            "import duckdb\nrelation = duckdb.sql('SELECT * FROM VALUES (1, 2), (3, 4) t(a, b)')\nlarge = relation.filter('a > 1')"
        ],
        ["relation.fetchall(), large.fetchall()"],
        ["duckdb.sql('SELECT sum(a) FROM relation').fetchall()", "duckdb.sql('SELECT b FROM large').fetchall()"],
        modules=["duckdb"],
    ),
    Case(
        "metadata_of_sqlalchemy_with_what_is_said_of_it_and_listens_to_it",
        [
            "import sqlalchemy as sa\nmeta = sa.MetaData(info={'k': [1]}); table = sa.Table('t', meta, sa.Column('a', sa.Integer))\nseen = []\n"
            "@sa.event.listens_for(meta, 'before_create')\ndef before(*a, **k): seen.append('meta')\n@sa.event.listens_for(table, 'after_create')\ndef after(*a, **k): seen.append('table')"
        ],
        ["meta.info, list(meta.tables), meta.tables['t'] is table"],
        ["meta.create_all(sa.create_engine('sqlite://')); seen"],
        modules=["sqlalchemy"],
    ),
    Case(
        "lists_of_the_orm_that_number_what_is_in_them",
        [
            "import sqlalchemy as sa\nfrom sqlalchemy.orm import DeclarativeBase, mapped_column, relationship\nfrom sqlalchemy.ext.orderinglist import ordering_list\nclass Base(DeclarativeBase): pass\n"
            "class Bullet(Base):\n    __tablename__ = 'bullet'; id = mapped_column(sa.Integer, primary_key=True); position = mapped_column(sa.Integer); slide_id = mapped_column(sa.ForeignKey('slide.id'))\n"
            "class Slide(Base):\n    __tablename__ = 'slide'; id = mapped_column(sa.Integer, primary_key=True); bullets = relationship(Bullet, order_by='Bullet.position', collection_class=ordering_list('position'))",
            "slide = Slide(); slide.bullets.append(Bullet()); slide.bullets.append(Bullet()); first = slide.bullets[0]",
        ],
        ["[one.position for one in slide.bullets], slide.bullets[0] is first"],
        ["slide.bullets.insert(0, Bullet()); [one.position for one in slide.bullets], first.position"],
        modules=["sqlalchemy"],
    ),
    Case(
        "terms_of_formulas_know_where_they_stand_in_them",
        [
            "import statsmodels.formula.api as smf, pandas as pd, numpy as np\ndf = pd.DataFrame({'x': np.arange(20.), 'y': np.arange(20.) * 2 + np.sin(np.arange(20))})",
            "res = smf.ols('y ~ x + np.sqrt(x)', df).fit()",
        ],
        ["[factor.origin for factor in res.model.data.model_spec.factor_infos]"],
        ["res.predict({'x': [4.]}).round(6).tolist()"],
        modules=["statsmodels"],
    ),
    Case(
        "results_of_discrete_models_keep_the_functions_of_their_fit",
        [
            "import numpy as np, pandas as pd, statsmodels.api as sm, statsmodels.formula.api as smf\nrng = np.random.default_rng(0)\n"
            "df = pd.DataFrame({'x': rng.normal(size=60), 'c': rng.poisson(3, 60)}); df['y'] = (df.x + rng.normal(size=60) > 0).astype(int)",
            "seen = []\ndef note(params): seen.append(len(params))\nlogit = smf.logit('y ~ x', df).fit(disp=0, callback=note)\n"
            "probit = sm.Probit(df.y, sm.add_constant(df[['x']])).fit(disp=0)\ncounts = sm.NegativeBinomial(df.c, sm.add_constant(df[['x']])).fit(disp=0); score = counts.model.score",
            IDLE,
        ],
        [
            "logit.mle_settings['callback'] is note, len(seen)",
            "probit.mle_settings['callback'].__self__ is probit.model",
            "counts.model.score is score, score.__self__ is counts.model",
        ],
        ["logit.mle_settings['callback']([1]); len(seen)", "counts.predict()[:2].round(6)"],
        modules=["statsmodels"],
    ),
    Case(
        "a_data_loader_half_way_through_an_epoch",
        [
            "import torch\nfrom torch.utils.data import DataLoader, Dataset\nclass Pairs(Dataset):\n    def __len__(self): return 10\n    def __getitem__(self, i): return torch.tensor([i, i * 2])",
            "pairs = Pairs(); stream = torch.Generator().manual_seed(4); loader = DataLoader(pairs, 3, shuffle=True, generator=stream)\nbatches = iter(loader); first = next(batches); numbered = enumerate(loader); one = next(numbered)",
        ],
        ["first, one, batches._dataset is pairs"],
        ["next(batches), next(numbered)", "list(batches), list(numbered)", "[batch.tolist() for batch in loader]"],
        modules=["torch"],
    ),
    Case(
        "parts_of_sympys_expressions_stay_in_their_order",
        [
            "from sympy import *\nx, y = symbols('x y')\nadded = Add(2 * x, 1, evaluate=False); read = sympify('4/2 + 7', evaluate=False); table = Dict({y: 1, x: 2}); inner = [Mul(y, x, evaluate=False)]"
        ],
        ["added.args, read.args, inner[0].args, list(table), list(table.keys())"],
        ["read.args[0], added.args[0], read.doit()"],
        modules=["sympy"],
    ),
    Case(
        "connections_of_duckdb_to_one_database_stay_that",
        [
            "import duckdb\ncon = duckdb.connect(); cur = con.cursor(); other = duckdb.connect(); pair = {'c': con.cursor()}\ncon.execute('create table t as select 1 as a'); other.execute('create table o as select 5 as z')",
            "cur.execute('create temp table mine as select 2 as b'); cur.execute('set variable v = 4'); con.execute('set variable v = 3')",
        ],
        [
            "cur.execute('from mine').fetchall()",
            "[one.execute(\"select getvariable('v')\").fetchall() for one in (con, cur)]",
        ],
        [
            (
                "cur.execute('insert into t values (2)'); con.execute('from t').fetchall(), pair['c'].execute('from t').fetchall()",
                "([(1,), (2,)], [(1,), (2,)])",
            ),
            ("other.execute('from o').fetchall()", "[(5,)]"),
            "con.close()\ntry: cur.execute('from t')\nexcept duckdb.Error as error: print(type(error).__name__)",
        ],
        modules=["duckdb"],
    ),
    Case(
        "what_a_connection_of_duckdb_has_for_itself_and_its_result_half_way",
        [
            "import duckdb\ncon = duckdb.connect(); con.execute(\"set variable lim = 3\"); con.execute(\"create temp macro dbl(x, y := 3) as x * 2 + y\")\ncon.execute(\"create temp type mood as enum ('a', 'b')\"); con.execute('create temp sequence s start 7'); con.execute(\"select nextval('s')\").fetchall()\ncon.execute('create temp table t(i int, m mood)'); con.execute('create index ix on t(i)'); con.execute('prepare more as select $1 + 1')",
            "con.execute('select range::hugeint as i from range(10)'); first = con.fetchmany(3)",
        ],
        ["first"],
        [
            ("con.fetchone(), str(con.description[0][1]), len(con.fetchall())", "((3,), 'HUGEINT', 6)"),
            (
                "con.execute(\"select getvariable('lim'), dbl(1), dbl(1, 1), 'b'::mood, nextval('s')\").fetchall()",
                "[(3, 5, 3, 'b', 8)]",
            ),
            (
                "con.execute('execute more(4)').fetchall(), con.execute('select index_name from duckdb_indexes()').fetchall()",
                "([(5,)], [('ix',)])",
            ),
        ],
        modules=["duckdb"],
    ),
    Case(
        "a_connection_of_duckdb_has_functions_and_relations_and_a_result_half_way",
        [
            "import duckdb\ncon = duckdb.connect(); con.execute('create table t as select range a from range(5)'); con.create_function('trip', lambda x: x * 3, ['BIGINT'], 'BIGINT'); relation = con.table('t').filter('a > 1')",
            "con.execute('select trip(a) from t order by a'); first = con.fetchone()",
        ],
        ["first"],
        ["con.fetchall()", "relation.fetchall(), con.sql('select sum(trip(a)) from t').fetchall()"],
        modules=["duckdb"],
    ),
    Case(
        "what_duckdb_answers_to_a_statement_is_still_to_be_fetched",
        [
            "import duckdb\ncon = duckdb.connect(); con.execute('create table t as select 1 a'); con.execute('insert into t values (5)')\nback = duckdb.connect(); back.execute('create table t(a int)'); back.execute('insert into t values (1), (2) returning a, a + 1 as a'); first = back.fetchone()\nspent = duckdb.connect(); _ = spent.execute('select 1 a').fetchall()",
        ],
        ["[str(one.description) for one in (con, spent)], first"],
        [
            "con.sql('select 1').fetchall(), con.fetchall(), back.sql('select 1').fetchall(), back.fetchall(), spent.fetchall()",
        ],
        modules=["duckdb"],
    ),
    Case(
        "views_of_duckdb_share_the_memory_of_what_was_registered",
        [
            "import duckdb, pandas as pd, numpy as np\ncon = duckdb.connect(); df = pd.DataFrame({'a': [1, 2, 3], 's': ['x', 'y', 'z']}); con.register('dfv', df); df['b'] = 4",
            "arr = np.array([1, 2]); con.register('av', arr); con.execute('create temp view over as select a from dfv'); con.register('own', pd.DataFrame({'q': [1]})); None",
        ],
        ["df.shape, arr"],
        [
            "df.loc[0, 'a'] = 100; arr[0] = 7; [con.execute(f'from {view}').fetchall() for view in ('dfv', 'av', 'over', 'own')]",
        ],
        modules=["duckdb", "pandas"],
    ),
    Case(
        "an_open_transaction_of_duckdb_leaves_what_is_committed",
        [
            "import duckdb\ncon = duckdb.connect(); con.execute('create table t as select 1 as a'); con.execute('begin'); con.execute('insert into t values (2)')\nbad = duckdb.connect(); bad.execute('create table t as select 1 as a'); bad.execute('begin')",
            "# raises\nbad.execute('select nope')",
        ],
        [],
        [
            ("con.execute('select min(a) from t').fetchall()", "[(1,)]"),
            ("try: bad.rollback()\nexcept duckdb.Error: pass\nbad.execute('from t').fetchall()", "[(1,)]"),
        ],
        told=["con", "bad"],
        modules=["duckdb"],
    ),
    Case(
        "nested_tensors_and_tensors_in_shared_memory",
        [
            "import torch\nshared = torch.ones(3).share_memory_(); view = shared[1:]; nested = torch.nested.nested_tensor([torch.ones(2), torch.arange(3.)]); grows = torch.nested.nested_tensor([torch.ones(1)], requires_grad=True)",
        ],
        [
            "shared.is_shared(), shared.tolist()",
            "[one.tolist() for one in nested.unbind()]",
            "grows.requires_grad, nested.is_nested",
        ],
        [("view[0] = 7; shared.tolist()", "[1.0, 7.0, 1.0]"), ("(nested * 2).unbind()[1].tolist()", "[0.0, 2.0, 4.0]")],
        modules=["torch"],
    ),
    Case(
        "memory_pools_of_pyarrow",
        [
            "import pyarrow as pa\npool = pa.default_memory_pool(); plain = pa.system_memory_pool(); held = {'pool': pool}"
        ],
        ["pool.backend_name == pa.default_memory_pool().backend_name, plain.backend_name", "held['pool'] is pool"],
        ["pa.array([1, 2], memory_pool=plain).to_pylist(), plain.bytes_allocated() >= 0"],
        modules=["pyarrow"],
    ),
    Case(
        "compiled_functions_go_on_with_the_globals_that_they_were_compiled_with",
        [
            "import numba, numpy as np\nK = 2; T = np.arange(5.)\n@numba.njit\ndef g(x): return x * K\n@numba.njit\ndef f(x): return g(x) + K\n@numba.njit\ndef at(i): return T[i]\n@numba.vectorize\ndef v(x): return x * K\n@numba.guvectorize('(n)->()')\ndef s(x, out): out[0] = x.sum() * K",
            "f(1), f(1.5), at(1), v(np.arange(3)), s(np.arange(3.), np.zeros(()))",
        ],
        ["f.signatures, g.signatures, at.signatures, v.types, s.types", "g.nopython_signatures"],
        [
            "K = 5; T = T * 10\nf(2), f(2.5), g(3), at(2), v(np.arange(3)), v(np.arange(3.)), s(np.arange(3.), np.zeros(())), f.signatures",
            "f.recompile(); g.recompile()\nf(2), g(3), f.signatures",
        ],
        modules=["numba"],
    ),
    Case(
        "classes_that_their_module_has_under_another_name",
        [
            "import csv, numpy as np\nReader = type(csv.reader([])); Dispatcher = type(np.sum); kinds = {Reader: 'reader', Dispatcher: 'dispatched'}"
        ],
        ["kinds[type(csv.reader([]))], kinds[type(np.mean)]", "isinstance(np.sum, Dispatcher), Reader.__name__"],
        modules=["numpy"],
    ),
    Case(
        "iterators_of_the_package_regex_half_way",
        [
            "import regex\nit = regex.finditer(r'(\\w)\\d', 'a1 b2 c3 d4'); next(it); same = it; words = regex.compile(r'\\w+').scanner('one two three'); words.search()"
        ],
        ["same is it", "words.pattern.pattern"],
        ["[one.group() for one in it]", "words.search().group(), [one.group() for one in words], list(same)"],
        modules=["regex"],
    ),
    Case(
        "edits_and_blocks_of_rapidfuzz",
        [
            "from rapidfuzz.distance import Editops, Levenshtein\nops = Levenshtein.editops('kitten', 'sitting'); codes = ops.as_opcodes(); blocks = ops.as_matching_blocks(); both = {'ops': ops, 'none': Editops()}"
        ],
        ["ops, codes, blocks, both", "both['ops'] is ops", "ops.src_len, codes.dest_len"],
        ["ops.apply('kitten', 'sitting'), codes.inverse().apply('sitting', 'kitten')", "del ops[0]; len(both['ops'])"],
        modules=["rapidfuzz"],
    ),
    Case(
        "indexes_of_usearch_with_their_settings",
        [
            "import numpy as np\nfrom usearch.index import Index\nX = np.random.default_rng(0).random((40, 8), dtype=np.float32)\nu = Index(ndim=8, metric='l2sq', dtype='f32', connectivity=8, expansion_search=33); u.add(np.arange(40), X); u.remove(3); empty = Index(ndim=4, metric='ip'); held = {'index': u}",
        ],
        [
            "u.search(X[0], 3).keys.tolist(), len(u), 3 in u, held['index'] is u",
            "u.expansion_search, u.connectivity, str(u.dtype), repr(empty)",
            "np.array_equal(u.get(5), X[5])",
        ],
        [
            "u.add(99, X[5] + 3); len(held['index']), u.search(X[5] + 3, 1).keys.tolist()",
            "empty.add(7, np.ones(4, dtype=np.float32)); empty.search(np.ones(4, dtype=np.float32), 1).keys.tolist()",
        ],
        modules=["usearch"],
    ),
    Case(
        "parts_of_tokenizers_that_variables_hold",
        [
            "from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers\nbpe = models.BPE(unk_token='?'); lower = normalizers.BertNormalizer(); pre = pre_tokenizers.ByteLevel(add_prefix_space=False)\ntok = Tokenizer(bpe); tok.normalizer = lower; tok.pre_tokenizer = pre\ntok.train_from_iterator(['low lower lowest'] * 5, trainers.BpeTrainer(vocab_size=30, special_tokens=['?'], show_progress=False))\nagain = tok.model; other = normalizers.BertNormalizer()",
            IDLE,
            "pre.trim_offsets = False; bpe.dropout = 0.25",
        ],
        [
            "tok.pre_tokenizer.trim_offsets, tok.model.dropout, again.dropout",
            "type(bpe).__name__, type(lower).__name__, type(pre).__name__",
        ],
        [
            "bpe.dropout = None; again.unk_token = 'l'; tok.model.dropout, tok.model.unk_token, tok.encode('lowest').tokens",
            "lower.lowercase = False; tok.normalizer.lowercase, other.lowercase",
            "pre.add_prefix_space = True; tok.pre_tokenizer.add_prefix_space",
        ],
        modules=["tokenizers"],
    ),
    Case(
        "runs_of_mlflow_under_way",
        [
            "import mlflow, os\nos.environ['MLFLOW_ALLOW_FILE_STORE'] = '1'; mlflow.set_tracking_uri('file:' + os.path.abspath('mlruns')); e = mlflow.set_experiment('exp')\nrun = mlflow.start_run(run_name='outer'); mlflow.log_metric('loss', 1.0, step=0)",
            "inner = mlflow.start_run(run_name='inner', nested=True)",
        ],
        ["mlflow.active_run() is inner"],
        [
            "mlflow.log_metric('loss', 2.0); mlflow.get_run(inner.info.run_id).data.metrics",
            "mlflow.end_run(); mlflow.active_run() is run",
            "mlflow.log_metric('loss', 0.5, step=1); mlflow.get_run(run.info.run_id).data.metrics",
            "mlflow.end_run(); mlflow.get_run(run.info.run_id).info.status, mlflow.active_run()",
        ],
        modules=["mlflow"],
    ),
    Case(
        "observers_of_all_traits",
        [
            "import traitlets, ipywidgets as w\nlog = []\nclass A(traitlets.HasTraits):\n    n = traitlets.Int(0)\na = A(); a.observe(lambda c: log.append(c.name)); a.observe(log.append, traitlets.All, type='kind'); slider = w.IntSlider(); slider.observe(lambda c: log.append(c.name)); every = traitlets.All",
        ],
        ["every is traitlets.All"],
        ["a.n = 3; log", "slider.value = 4; log", "a.unobserve_all(); a.n = 4; log"],
        modules=["ipywidgets"],
    ),
    Case(
        "parts_of_drawings_that_blitting_puts_back",
        [
            "import matplotlib; matplotlib.use('agg')\nimport matplotlib.pyplot as plt, numpy as np, hashlib\nfig, ax = plt.subplots(); ln, = ax.plot(range(5), animated=True); fig.canvas.draw(); whole = fig.canvas.copy_from_bbox(fig.bbox); part = fig.canvas.copy_from_bbox(ax.bbox); part.set_x(5); held = {'whole': whole}\ndef step(y, region):\n    fig.canvas.restore_region(region); ln.set_ydata([y] * 5); ax.draw_artist(ln); fig.canvas.blit(fig.bbox); return hashlib.md5(bytes(fig.canvas.buffer_rgba())).hexdigest()",
        ],
        [
            "whole.get_extents(), part.get_extents()",
            "held['whole'] is whole",
            "hashlib.md5(np.array(part)).hexdigest()",
        ],
        ["step(2, whole)", "step(3, part), step(2, whole)"],
        modules=["matplotlib"],
    ),
    Case(
        "handlers_that_libraries_give_to_loggers",
        [
            "import sys; sys.path.insert(0, 'site-packages')\nimport noisy, logging",
            "root = logging.getLogger(); quiet = logging.getLogger('noisy.quiet'); removed = quiet.handlers[0]; quiet.removeHandler(removed); mine = logging.StreamHandler(); root.addHandler(mine); first = root.handlers[0]",
        ],
        [
            "len(root.handlers), root.handlers[0] is first, root.handlers[1] is mine, len(logging.getLogger('NOISY').handlers), len(quiet.handlers)",
        ],
        files={
            "site-packages/noisy.py": (
                "import logging\n"
                "for name in ('NOISY', '', 'noisy.quiet'): logging.getLogger(name).addHandler(logging.StreamHandler())\n"
            )
        },
    ),
    Case(
        "ids_of_functions_and_classes",
        [
            "class Order: pass\ndef on_order(n): return n\nclass Signal:\n    def __init__(self): self.receivers = {}\n    def connect(self, f, sender=None): self.receivers[id(f), id(sender)] = f\n    def send(self, sender): return [f(1) for (_, s), f in self.receivers.items() if s in (id(sender), id(None))]",
            "signal = Signal(); signal.connect(on_order, Order); signal.connect(on_order); known = {id(len): 'len', id(Order): 'order'}",
        ],
        ["signal.send(Order), signal.send(int), len(signal.receivers)", "known[id(len)], known[id(Order)]"],
        ["signal.connect(on_order); len(signal.receivers)"],
    ),
    Case(
        "files_that_a_librarys_pickling_would_empty",
        [
            "import sys; sys.path.insert(0, 'site-packages')\nfrom writers import Writer",
            "with Writer('out.dat', 'w') as writer: writer.write('all of it')\nkept = [1]",
        ],
        ["open('out.dat').read()", "kept"],
        told=["writer"],
        files={
            "site-packages/writers.py": (
                "class Writer:\n"
                "    __slots__ = ('name', 'mode', 'file')\n"
                "    def __init__(self, name, mode): self.name, self.mode, self.file = name, mode, open(name, mode)\n"
                "    def __reduce__(self): return Writer, (self.name, self.mode), self.file.closed\n"
                "    def __setstate__(self, closed): closed and self.file.close()\n"
                "    def write(self, text): self.file.write(text)\n"
                "    def __enter__(self): return self\n"
                "    def __exit__(self, *error): self.file.close()\n"
            )
        },
    ),
    Case(
        "classes_over_a_librarys_that_is_constructed_anew",
        [
            "import sys; sys.path.insert(0, 'site-packages')\nfrom bodies import Body",
            "class Ball(Body):\n    def __init__(self, radius): super().__init__(2.0, radius ** 2); self.radius = radius; made.append(radius)\nmade = []; ball = Ball(3.0); plain = Body(1.0, 4.0)",
        ],
        ["ball.moment, ball.radius, type(ball) is Ball, made", "plain.moment"],
        files={
            "site-packages/bodies.py": (
                "class Body:\n"
                "    def __init__(self, mass, moment): self.mass, self.moment, self._cache = mass, moment, None\n"
                "    def __getstate__(self): return {'init': (self.mass, self.moment), 'rest': {k: v for k, v in vars(self).items() if k not in ('mass', 'moment', '_cache')}}\n"
                "    def __setstate__(self, state): self.__init__(*state['init']); vars(self).update(state['rest'])\n"
            )
        },
    ),
    Case(
        "parts_that_a_librarys_way_to_take_a_state_copies",
        [
            "import sys; sys.path.insert(0, 'site-packages')\nfrom spectra import Spectrum",
            "spectrum = Spectrum(); info = spectrum.info; info['bads'] = ['a']",
        ],
        ["spectrum.info is info, spectrum.info, type(info).__name__, spectrum.n"],
        ["info['bads'].append('b'); spectrum.info"],
        files={
            "site-packages/spectra.py": (
                "class Info(dict): pass\n"
                "class Spectrum:\n"
                "    def __init__(self): self.info, self.n, self._gone = Info(bads=[]), 3, object()\n"
                "    def __getstate__(self): return {'info': self.info, 'n': self.n}\n"
                "    def __setstate__(self, state): self.info, self.n = Info(**state['info']), state['n']\n"
            )
        },
    ),
    Case(
        "longitudes_of_astropy",
        [
            "import astropy.units as u\nfrom astropy.coordinates import Longitude, SkyCoord",
            "l = Longitude(10 * u.deg); many = Longitude([1, 359] * u.deg, wrap_angle=180 * u.deg); c = SkyCoord(10 * u.deg, 5 * u.deg)",
        ],
        ["str(l), str(many), many.wrap_angle.deg, str(c)"],
        modules=["astropy"],
    ),
    Case(
        "models_of_keras_on_tensorflow",
        [
            "import os; os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'\nimport tensorflow as tf, numpy as np\nfrom tensorflow import keras\nX = np.random.RandomState(0).rand(16, 3).astype('float32'); y = X.sum(1, keepdims=True)",
            "class Scale(keras.layers.Layer):\n    def __init__(self, k=2., **kw): super().__init__(**kw); self.k = k; self.said = []\n    def build(self, s): self.w = self.add_weight(shape=(s[-1],), initializer='ones', name='w')\n    def call(self, x): return x * self.w * self.k",
            "sc = Scale(3.); sc.said.append(1); sh = keras.layers.Dense(3, kernel_initializer='ones'); m = keras.Sequential([keras.Input((3,)), sc, sh, keras.layers.Dense(1, kernel_initializer='ones')])\nm.compile(optimizer=keras.optimizers.Adam(.05), loss='mse'); h = m.fit(X, y, epochs=2, batch_size=8, shuffle=False, verbose=0); p = m.predict(X[:2], verbose=0)",
            "met = keras.metrics.Mean(); _ = met.update_state([1., 2.]); u = tf.Variable(1.); opt = keras.optimizers.SGD(.1, momentum=.9); _ = opt.apply_gradients([(tf.ones([]), u)])",
        ],
        [
            "m.layers[0] is sc, m.layers[1] is sh, sc.said, h.model is m, float(met.result()), int(opt.iterations), int(m.optimizer.iterations)",
            "m.get_weights()[0].tolist(), sh.trainable_variables[0] is m.layers[1].kernel",
        ],
        [
            "m.fit(X, y, epochs=1, batch_size=8, shuffle=False, verbose=0).history['loss']",
            "_ = opt.apply_gradients([(tf.ones([]), u)]); float(u)",
            "sh.trainable = False; len(m.trainable_variables)",
        ],
        modules=["tensorflow"],
        seconds=120,
    ),
    Case(
        "functions_and_checkpoints_of_tensorflow",
        [
            "import os; os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'\nimport tensorflow as tf\nv = tf.Variable(2.)",
            "@tf.function\ndef f(x): return x * v\nclass M(tf.Module):\n    def __init__(self): super().__init__(); self.w = tf.Variable(1.); self.d = {'a': [self.w]}\n    @tf.function\n    def __call__(self, x): return self.w * x\nm = M(); ran = float(f(tf.constant(2.))), float(m(tf.constant(3.)))",
            "ck = tf.train.Checkpoint(m=m, v=v); at = ck.save('one')\nwith tf.GradientTape() as taken: y = v * v\ng = float(taken.gradient(y, v))",
        ],
        ["ck.m is m, ck.v is v, m.d['a'][0] is m.w, type(m.d).__name__, at, g"],
        [
            "float(f(tf.constant(3.))), float(m(tf.constant(4.)))",
            "_ = v.assign(7.); float(f(tf.constant(1.)))",
            "ck.save('one'), ck.restore('one-1') is not None, float(v)",
        ],
        modules=["tensorflow"],
        seconds=120,
    ),
    Case(
        "tapes_of_tensorflow",
        [
            "import os; os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'\nimport tensorflow as tf\nv = tf.Variable(2.)",
            "with tf.GradientTape(persistent=True) as tape: y = v * v\nkept = [1]",
        ],
        ["kept, float(v)"],
        told=["tape"],
        modules=["tensorflow"],
    ),
    Case(
        "encodings_of_tiktoken",
        [
            "import tiktoken.registry as registry\nfrom tiktoken import Encoding",
            "ranks = {bytes([i]): i for i in range(256)}; ranks[b'he'] = 256; enc = Encoding('mine', pat_str=r'\\w+|.', mergeable_ranks=ranks, special_tokens={}); registry.ENCODINGS['mine'] = enc",
        ],
        ["enc.encode('he'), registry.ENCODINGS['mine'] is enc"],
        modules=["tiktoken"],
    ),
    Case(
        "bodies_of_pymunk",
        [
            "import pymunk\nclass Ball(pymunk.Body):\n    def __init__(self, m, r, name): super().__init__(m, pymunk.moment_for_circle(m, 0, r)); self.name = name",
            "space = pymunk.Space(); ball = Ball(1, 5, 'b'); shape = pymunk.Circle(ball, 5); space.add(ball, shape); space.gravity = 0, -9; space.step(.1)",
        ],
        [
            "ball.moment, ball.name, shape.body is ball, shape in ball.shapes, ball in space.bodies, tuple(ball.velocity)"
        ],
        ["space.step(.1); tuple(ball.position)"],
        modules=["pymunk"],
    ),
    Case(
        "a_librarys_objects_that_were_taken_by_name_and_changed",
        [
            "import sys; sys.path.insert(0, 'site-packages')\nfrom hub import started, begin\nimport hub",
            "log = []\ndef note(what): log.append(what)\nstarted.connect(note); begin('one')",
        ],
        ["log, started is hub.started, len(started.receivers), started.name"],
        ["begin('two'); log", "started.connect(log.append); begin('three'); log"],
        files={
            "site-packages/hub/__init__.py": "from .base import Signal\nstarted = Signal('started')\ndef begin(what): started.send(what)\n",
            "site-packages/hub/base.py": (
                "class Signal:\n"
                "    def __init__(self, name): self.name, self.receivers = name, []\n"
                "    def connect(self, receiver): self.receivers.append(receiver)\n"
                "    def send(self, what):\n        for one in self.receivers: one(what)\n"
            ),
        },
    ),
    Case(
        "containers_that_a_library_holds",
        [
            "import sys; sys.path.insert(0, 'site-packages')\nimport depot\nfrom depot import registry, recent, ordered, grouped, names, unit, settings",
            "def add(one):\n    if hasattr(one, 'append'): one.append('x')\n    elif hasattr(one, 'add'): one.add('x')\n    else: one['x'] = ['y']\nfor one in (registry, recent, ordered, grouped, names, settings.values): add(one)\ndel one",
        ],
        [
            "sorted(registry), type(registry).__name__, list(recent), recent.maxlen, ordered, grouped, sorted(names), unit.name, dict(settings.values)",
            "[getattr(depot, n) is globals()[n] for n in ('registry', 'recent', 'ordered', 'grouped', 'names', 'unit', 'settings')]",
            "registry['a'] is depot.default, type(unit).__name__",
        ],
        [
            "add(registry); add(recent); sorted(depot.registry), list(depot.recent)",
            "grouped['new'].append(1); depot.grouped",
        ],
        files={
            "site-packages/depot.py": (
                "import collections\nclass Registry(dict): pass\nclass Names(set): pass\nclass Thing: pass\n"
                "class Settings:\n    def __init__(self): self.values = collections.OrderedDict(a=1)\n"
                "class Quantity:\n    __slots__ = 'name', 'parts'\n"
                "    def __init__(self, name): self.name, self.parts = name, []\n"
                "    def __reduce__(self): return Quantity, (self.name,)\n"
                "class Unit(Quantity):\n    __slots__ = ()\n"
                "default = Thing()\nregistry, names, settings, unit = Registry(a=default), Names(['n']), Settings(), Unit('metre')\n"
                "recent, ordered, grouped = collections.deque(['o'], 2), collections.OrderedDict(b=1), collections.defaultdict(list)\n"
            ),
        },
    ),
    Case(
        "contexts_of_a_library_that_enter_others",
        [
            "import sys; sys.path.insert(0, 'site-packages')\nimport nested",
            "net = nested.Network()\nnet.__enter__()",
        ],
        ["nested.Network.entered == [net], nested.Config.entered.held == [net.config]"],
        ["net.__exit__(); nested.Network.entered, nested.Config.entered.held"],
        files={
            "site-packages/nested.py": (
                "class Stack:\n    def __init__(self): self.held = []\n"
                "    def push(self, one): self.held.append(one)\n    def pop(self): self.held.pop()\n"
                "class Config:\n    entered = Stack()\n"
                "    def enter(self): Config.entered.push(self)\n    def leave(self): Config.entered.pop()\n"
                "class Network:\n    entered = []\n    def __init__(self): self.config = Config()\n"
                "    def __enter__(self): Network.entered.append(self); self.config.enter(); return self\n"
                "    def __exit__(self, *_): self.config.leave(); Network.entered.pop()\n"
            ),
        },
    ),
    Case(
        "methods_that_a_decorator_put_on_a_librarys_class",
        [
            "import sys; sys.path.insert(0, 'site-packages')\nfrom patching import patch, Learner",
            "@patch\ndef shout(self: Learner, n): return self.name * n + mark\nmark = '!'",
        ],
        ["Learner('a').shout(2), shout"],
        ["mark = '?'; Learner('b').shout(1)"],
        files={
            "site-packages/patching.py": (
                "class Learner:\n    def __init__(self, name): self.name = name\n"
                "def patch(f):\n    copy = type(f)(f.__code__, f.__globals__, f.__name__)\n"
                "    setattr(next(iter(f.__annotations__.values())), f.__name__, copy)\n"
            ),
        },
    ),
    Case(
        "a_dead_proxy_beside_arrow_over_an_array",
        [
            "import weakref, numpy as np, pyarrow as pa\nclass Node: pass",
            "node = Node(); proxy = weakref.proxy(node); del node\na = np.arange(5); t = pa.array(a)",
        ],
        ["a.tolist(), t.to_pylist()"],
        ["a[0] = 9; t[0].as_py()", "str(type(proxy))"],
        modules=["pyarrow"],
    ),
    Case(
        "what_was_alive_when_an_error_was_kept",
        [
            "import weakref, gc\nclass Model: pass\ndone = []",
            "def train(): raise RuntimeError('diverged')\ntry: train()\nexcept RuntimeError as e: err = e",
            "model = Model(); fin = weakref.finalize(model, done.append, 'closed')",
        ],
        ["str(err), fin.alive, err.__traceback__.tb_frame.f_code.co_name"],
        ["del model; _ = gc.collect(); done, fin.alive"],
    ),
    Case(
        "clicks_in_figures_that_were_restored",
        [
            "import matplotlib; matplotlib.use('agg')\nimport matplotlib.pyplot as plt\nfrom matplotlib.backend_bases import MouseEvent",
            "a, ax = plt.subplots(); b = plt.figure('named'); c = plt.figure(12)\ndef click(f): MouseEvent('button_press_event', f.canvas, 10, 10, 1)._process(); return plt.get_fignums(), plt.gcf() is f",
        ],
        ["plt.get_fignums()"],
        ["[click(f) for f in (c, a, b)]", "plt.close(c); plt.get_fignums(), plt.get_figlabels()"],
        modules=["matplotlib"],
    ),
    Case(
        "pipelines_of_spacy_that_go_on",
        [
            "import spacy\nnlp = spacy.blank('en'); _ = nlp.add_pipe('sentencizer')",
            "nlp.vocab['hello'].is_stop = True; doc = nlp('hello there. bye')",
        ],
        ["nlp.pipe_names, nlp.vocab['hello'].is_stop, doc[0].is_stop, len(list(doc.sents))"],
        ["_ = nlp.add_pipe('entity_ruler'); nlp.pipe_names", "nlp('hello you')[0].is_stop"],
        modules=["spacy"],
    ),
    Case(
        "pickles_within_pickles_of_a_cells_class",
        [
            "import sys; sys.path.insert(0, 'site-packages')\nfrom nesting import Net\nclass Model:\n    def __init__(self, n): self.n = n",
            "net = Net(Model(3)); other = net.module",
        ],
        ["net.module.n, type(net.module) is Model"],
        files={
            "site-packages/nesting.py": (
                "import pickle\nclass Net:\n    def __init__(self, module): self.module = module\n"
                "    def __getstate__(self): return {'held': pickle.dumps(self.module)}\n"
                "    def __setstate__(self, state): self.module = pickle.loads(state['held'])\n"
            ),
        },
    ),
    Case(
        "values_of_libraries_that_are_made_of_more_than_the_value",
        [
            "import sys; sys.path.insert(0, 'site-packages')\nimport glyphs\nfrom glyphs import Pattern, Span, Amount, Code",
            "e = Pattern('a + b', ('a', Pattern('b', ()))); s = Span(2, 5); m = Amount(2.5, unit='m'); c = Code(7)\nclass Mine(Pattern): pass\nd = {e: s}; mine = Mine('x', [e])",
        ],
        [
            "e, e.parts, type(e).__name__, type(e.parts[1]).__name__, s, m, m.unit, c is Code(7)",
            "d[e] is s, mine, type(mine).__name__, mine.parts[0] is e",
        ],
        ["Pattern('c', (e,)).parts[0] is e, glyphs.made"],
        files={
            "site-packages/glyphs.py": (
                "made = 0\nclass Pattern(str):\n    def __new__(cls, text, parts): return str.__new__(cls, text)\n"
                "    def __init__(self, text, parts):\n        global made\n        made += 1; self.parts = parts\n"
                "class Span(tuple):\n    def __new__(cls, low, high): return super().__new__(cls, (low, high))\n"
                "class Amount(float):\n    def __new__(cls, number, *, unit):\n        one = super().__new__(cls, number); one.unit = unit; return one\n"
                "class Code(int):\n    known = {}\n    def __new__(cls, number): return cls.known.setdefault(number, super().__new__(cls, number))\n"
            ),
        },
    ),
    Case(
        "objects_of_libraries_that_unpickling_can_not_fill",
        [
            "import sys, weakref; sys.path.insert(0, 'site-packages')\nfrom tree import Node, Figure",
            "a, b = Node(1), Node(2); a.following = b; seen = weakref.ref(b)\nf = Figure(3); fs = [f, Figure(4)]",
        ],
        ["a.number, a.following is b, seen() is b", "f.size, f.asked, [one.size for one in fs], fs[0] is f"],
        ["f.size = 5; f.size, weakref.ref(a)() is a"],
        files={
            "site-packages/tree.py": (
                "class Node:\n    __slots__ = ('__weakref__', 'number', 'following')\n    def __init__(self, number): self.number, self.following = number, None\n"
                "    def __getstate__(self): return {name: getattr(self, name) for name in self.__slots__}\n"
                "    def __setstate__(self, state):\n        for name, one in state.items(): setattr(self, name, one)\n"
                "class Figure:\n    def __init__(self, size): self.asked = {'size'}; self.size = size\n"
                "    def __getattribute__(self, name):\n        own = super().__getattribute__\n        return own(name) if name == 'asked' or name not in self.asked else own(name)\n"
            ),
        },
    ),
]
