"""Functions and classes made in cells."""

from ..case import IDLE, Case

CASES = [
    Case(
        "classes_over_a_librarys_whose_pickling_names_that_one",
        [
            "import numpy as np\nclass Dice(np.random.Generator):\n    def roll(self): return int(self.integers(1, 7))\nclass Old(np.random.RandomState):\n    def roll(self): return int(self.randint(1, 7))\nclass Metres(np.float64):\n    unit = 'm'\n    def __repr__(self): return f'{float(self)} m'\nclass Whole(np.int64): pass\nclass Text(np.str_): pass",
            "dice, old, length, whole, text = Dice(np.random.PCG64(1)), Old(2), Metres(2.5), Whole(3), Text('a'); length.note = [1]; dice.note = length.note; first = dice.roll(), old.roll(); held = {'m': length, 'bits': dice.bit_generator}",
        ],
        [
            "type(dice) is Dice, type(old) is Old, type(length) is Metres, type(whole) is Whole, type(text) is Text",
            "length, length + 1, whole, text, length.note, dice.note is length.note, held['m'] is length, held['bits'] is dice.bit_generator",
        ],
        ["[dice.roll() for _ in range(5)], [old.roll() for _ in range(5)]", "length.note.append(2); dice.note"],
        modules=["numpy"],
    ),
    Case(
        "classes_whose_bases_an_object_gave",
        [
            "asked = []\nclass Base:\n    kind = 'base'\nclass Gives:\n    def __mro_entries__(self, bases):\n        asked.append(len(bases)); return (Base,)",
            "gives = Gives()\nclass C(gives):\n    n = 4\nc = C(); c.x = 2",
        ],
        ["asked, C.kind, C.__bases__ == (Base,), C.__orig_bases__[0] is gives, C.n, c.x, isinstance(c, Base)"],
        then=[("type(c) is C, asked", "(True, [1])")],
    ),
    Case(
        "function_sees_the_live_globals", ["k = 2", "def f(x):\n    return x * k"], ["f(3)"], [("k = 10; f(3)", "30")]
    ),
    Case(
        "function_defined_before_its_global",
        ["def f():\n    return later + 1", "later = 1"],
        ["f()"],
        [("later = 5; f()", "6")],
    ),
    Case("function_writes_a_global", ["n = 0\ndef up():\n    global n\n    n += 1", "up()"], ["n"], [("up(); n", "2")]),
    Case("lambda_and_sort_key", ["key = lambda p: -p[1]", "pairs = [('a', 1), ('b', 2)]"], ["sorted(pairs, key=key)"]),
    Case(
        "recursive_function",
        ["def fact(n):\n    return 1 if n < 2 else n * fact(n - 1)"],
        ["fact(10)"],
        [("fact(5)", "120")],
    ),
    Case(
        "classes_of_the_interpreter_without_a_name_of_their_own",
        [
            "import types\nkinds = [type(None), type(...), type(iter([])), type({}.keys()), types.GeneratorType, types.CellType]",
            "names = {kind: kind.__name__ for kind in kinds}",
        ],
        [
            "[kind.__name__ for kind in kinds]",
            "kinds[2] is type(iter([]))",
            "names[type({}.keys())]",
            "kinds[-1] in names",
        ],
    ),
    Case(
        "overloads_that_typing_remembers",
        [
            "from typing import get_overloads, overload",
            "@overload\ndef f(x: int) -> int: ...\n@overload\ndef f(x: str) -> str: ...\ndef f(x): return x",
        ],
        ["len(get_overloads(f))", "get_overloads(f)[0].__annotations__"],
    ),
    Case(
        "mutually_recursive_functions",
        ["def even(n): return n == 0 or odd(n - 1)", "def odd(n): return n != 0 and even(n - 1)"],
        ["even(10)", "odd(7)"],
    ),
    Case(
        "function_keeps_all_its_parts",
        ["def f(a, b: int = 2, *, c='x') -> str:\n    'doc'\n    return a, b, c", "f.tag = [1]"],
        [
            "f.__doc__",
            "f.__annotations__",
            "f.__defaults__",
            "f.__kwdefaults__",
            "f.tag",
            "f.__module__",
            "f.__qualname__",
            "f(1)",
        ],
    ),
    Case(
        "source_of_a_function_is_found",
        ["def area(w, h):\n    # width times height\n    return w * h"],
        ["__import__('inspect').getsource(area)"],
    ),
    Case(
        "traceback_of_a_restored_function_names_its_line",
        ["def bad(x):\n    y = x + 1\n    return y / 0"],
        ["bad.__code__.co_firstlineno"],
        [
            (
                "import traceback\ntry:\n    bad(1)\nexcept ZeroDivisionError:\n    print('return y / 0' in traceback.format_exc())",
                "True",
            )
        ],
    ),
    Case(
        "calling_a_notebook_function_gets_its_reply",
        ["def hello(name):\n    print('hello', name)"],
        [],
        [("hello('ada')", "hello ada"), ("1 + 1", "2")],
    ),
    Case(
        "decorator_with_wraps",
        [
            "import functools\ncalls = []\ndef trace(f):\n    @functools.wraps(f)\n    def w(*a):\n        calls.append(f.__name__)\n        return f(*a)\n    return w",
            "@trace\ndef add(a, b):\n    return a + b",
            "add(1, 2)",
        ],
        ["calls", "add.__wrapped__.__name__", "add.__name__"],
        [("add(3, 4), calls", "(7, ['add', 'add'])")],
    ),
    Case(
        "lru_cache_with_its_contents",
        [
            "from functools import lru_cache\nran = []\n@lru_cache(maxsize=None)\ndef slow(x):\n    ran.append(x)\n    return x * x",
            "slow(2); slow(3); slow(2)",
        ],
        ["ran", "slow.cache_info().currsize"],
        [("slow(3), ran", "(9, [2, 3])"), ("slow(4), ran", "(16, [2, 3, 4])")],
    ),
    Case(
        "bounded_lru_cache_evicts_in_order",
        [
            "from functools import lru_cache\nran = []\n@lru_cache(maxsize=2)\ndef f(x):\n    ran.append(x)\n    return x",
            "f(1); f(2); f(1)",
        ],
        ["f.cache_info().currsize", "f.cache_info().maxsize"],
        [("f(3); f(1); ran", "[1, 2, 3]"), ("f(2); ran", "[1, 2, 3, 2]")],
    ),
    Case(
        "cached_property_computed_once",
        [
            "from functools import cached_property\nn = []\nclass A:\n    @cached_property\n    def v(self):\n        n.append(1)\n        return 5",
            "a = A(); a.v",
        ],
        ["a.v", "n"],
        [("a.v, n", "(5, [1])"), ("A().v, n", "(5, [1, 1])")],
    ),
    Case(
        "singledispatch_with_registrations",
        [
            "from functools import singledispatch\n@singledispatch\ndef show(x): return 'any'\n@show.register\ndef _i(x: int): return 'int'",
            "@show.register(list)\ndef _l(x): return 'list'",
        ],
        ["show(1)", "show([])", "show('')"],
        [("show.register(str, lambda x: 'str'); show('')", "'str'")],
    ),
    Case(
        "generator_function_runs_again", ["def gen(n):\n    for i in range(n):\n        yield i * i"], ["list(gen(4))"]
    ),
    Case(
        "async_function",
        ["import asyncio\nasync def work(x):\n    await asyncio.sleep(0)\n    return x + 1", "r = await work(1)"],
        ["r"],
        [("await work(5)", "6")],
    ),
    Case(
        "class_and_its_instances",
        [
            "class P:\n    kind = 'p'\n    def __init__(self, x): self.x = x\n    def double(self): return self.x * 2\n    def __repr__(self): return f'P({self.x})'",
            "p = P(4); ps = [P(i) for i in range(3)]",
        ],
        ["p", "ps", "type(p) is P", "p.double()"],
        [("P.kind = 'q'; p.kind", "'q'"), ("isinstance(ps[0], P)", "True")],
    ),
    Case(
        "redefined_class_keeps_old_instances",
        [
            "class A:\n    def who(self): return 'old'",
            "old = A()",
            "class A:\n    def who(self): return 'new'",
            "new = A()",
        ],
        ["old.who()", "new.who()", "isinstance(old, A)", "isinstance(new, A)", "type(old) is type(new)"],
        [("A().who(), old.who()", "('new', 'old')")],
    ),
    Case(
        "redefined_function_held_elsewhere",
        ["def step(): return 1", "table = {'step': step}", "def step(): return 2"],
        ["table['step']()", "step()", "table['step'] is step"],
    ),
    Case(
        "inheritance_and_super_across_cells",
        [
            "class Base:\n    def __init__(self): self.log = ['base']",
            "class Child(Base):\n    def __init__(self):\n        super().__init__()\n        self.log.append('child')",
            "c = Child()",
        ],
        ["c.log", "[k.__name__ for k in Child.__mro__]", "isinstance(c, Base)"],
        [("Child().log", "['base', 'child']"), ("class Grand(Child): pass\nGrand().log", "['base', 'child']")],
    ),
    Case(
        "dataclasses_of_all_kinds",
        [
            "from dataclasses import dataclass, field\n@dataclass\nclass P:\n    x: int\n    tags: list = field(default_factory=list)",
            "@dataclass(frozen=True, order=True)\nclass V:\n    a: int",
            "@dataclass(slots=True)\nclass S:\n    n: int = 1",
            "p = P(1); v = V(2); s = S(5); d = {v: 'v'}",
        ],
        ["p", "v < V(3)", "s", "d[V(2)]", "hash(v) == hash(V(2))"],
        [
            ("s.n = 6; s", "S(n=6)"),
            ("P(3).tags is P(3).tags", "False"),
            ("try:\n    v.a = 3\nexcept Exception as e:\n    print(type(e).__name__)", "FrozenInstanceError"),
        ],
    ),
    Case(
        "enums_by_identity",
        [
            "from enum import Enum, IntFlag, auto\nclass Color(Enum):\n    RED = 1\n    BLUE = 2\nclass Perm(IntFlag):\n    R = auto()\n    W = auto()",
            "c = Color.RED; p = Perm.R | Perm.W; seen = {Color.BLUE: 'b'}",
        ],
        ["c is Color.RED", "p", "seen[Color.BLUE]", "list(Color)", "Color(2) is Color.BLUE"],
        [("Color['RED'] is c", "True"), ("Perm.R in p", "True")],
    ),
    Case(
        "metaclass_with_a_registry",
        [
            "class Meta(type):\n    registry = {}\n    def __new__(m, n, b, d):\n        c = super().__new__(m, n, b, d)\n        m.registry[n] = c\n        return c",
            "class A(metaclass=Meta): pass\nclass B(A): pass",
        ],
        ["list(Meta.registry)", "Meta.registry['B'] is B", "type(A) is Meta"],
        [("class C(A): pass\nlist(Meta.registry)", "['A', 'B', 'C']")],
    ),
    Case(
        "init_subclass_is_not_run_again",
        [
            "made = []\nclass Base:\n    def __init_subclass__(cls, **kw):\n        made.append(cls.__name__)",
            "class One(Base): pass\nclass Two(Base): pass",
        ],
        ["made", "[c.__name__ for c in Base.__subclasses__()]"],
        [("class Three(Base): pass\nmade", "['One', 'Two', 'Three']")],
    ),
    Case(
        "abstract_class_with_virtual_subclass",
        [
            "from abc import ABC, abstractmethod\nclass Shape(ABC):\n    @abstractmethod\n    def area(self): ...",
            "class Sq(Shape):\n    def area(self): return 4\n@Shape.register\nclass Virtual: pass",
            "s = Sq()",
        ],
        ["s.area()", "issubclass(Virtual, Shape)", "isinstance(Virtual(), Shape)"],
        [("try:\n    Shape()\nexcept TypeError:\n    print('abstract')", "abstract")],
    ),
    Case(
        "generics_protocols_and_typing",
        [
            "from typing import Generic, TypeVar, Protocol, NamedTuple, TypedDict, runtime_checkable\nT = TypeVar('T')\nclass Box(Generic[T]):\n    def __init__(self, v: T): self.v = v",
            "@runtime_checkable\nclass HasArea(Protocol):\n    def area(self) -> float: ...\nclass Pt(NamedTuple):\n    x: int\n    y: int = 0\nclass TD(TypedDict):\n    a: int",
            "b = Box[int](3); alias = Box[str]; p = Pt(1)\nclass Sq:\n    def area(self): return 1.0",
        ],
        [
            "b.v",
            "alias.__origin__ is Box",
            "p",
            "isinstance(Sq(), HasArea)",
            "TD.__annotations__",
            "Box.__parameters__[0] is T",
        ],
        [("Pt(5)._replace(y=2)", "Pt(x=5, y=2)")],
    ),
    Case(
        "slots_properties_and_descriptors",
        [
            "class Celsius:\n    def __set_name__(self, o, n): self.n = '_' + n\n    def __get__(self, i, o=None): return self if i is None else getattr(i, self.n, 0)\n    def __set__(self, i, v):\n        if v < -273: raise ValueError('too cold')\n        setattr(i, self.n, v)",
            "class Room:\n    __slots__ = ('_t', 'name', '__weakref__')\n    t = Celsius()\n    def __init__(self, n): self.name = n\n    @property\n    def label(self): return self.name.upper()\n    @staticmethod\n    def st(): return 's'\n    @classmethod\n    def cm(cls): return cls.__name__",
            "r = Room('hall'); r.t = 21",
        ],
        ["r.t", "r.label", "Room.st()", "r.cm()", "hasattr(r, '__dict__')"],
        [("try:\n    r.t = -300\nexcept ValueError as e:\n    print(e)", "too cold")],
    ),
    Case(
        "monkeypatched_method_and_instance_attribute",
        [
            "class D:\n    def bark(self): return 'wuff'",
            "d = D()",
            "D.bark = lambda self: 'miau'",
            "d.extra = lambda: 'own'",
        ],
        ["d.bark()", "d.extra()"],
    ),
    Case(
        "class_attribute_changed_later",
        ["class Conf:\n    opts = {'a': 1}\n    n = 0", "Conf.opts['b'] = 2; Conf.n += 5"],
        ["Conf.opts", "Conf.n"],
        [("Conf.n += 1; Conf.n", "6")],
    ),
    Case(
        "instance_counter_on_the_class",
        [
            "class T:\n    made = 0\n    def __init__(self):\n        type(self).made += 1\n        self.no = T.made",
            "ts = [T() for _ in range(3)]",
        ],
        ["T.made", "ts[2].no"],
        [("T().no", "4")],
    ),
    Case(
        "exceptions_made_in_cells",
        [
            "class Oops(ValueError):\n    def __init__(self, code, *, hint):\n        super().__init__(f'oops {code}')\n        self.code, self.hint = code, hint",
            "try:\n    raise Oops(3, hint='h') from KeyError('k')\nexcept Oops as e:\n    err = e",
        ],
        ["err.code", "err.hint", "str(err)", "type(err) is Oops", "repr(err.__cause__)"],
    ),
    Case(
        "context_manager_class_and_contextlib",
        [
            "import contextlib\nlog = []\n@contextlib.contextmanager\ndef step(n):\n    log.append('in ' + n)\n    yield n\n    log.append('out ' + n)",
            "with step('a'): pass",
        ],
        ["log"],
        [("with step('b') as s: pass\nlog", "['in a', 'out a', 'in b', 'out b']")],
    ),
    Case(
        "getattr_proxy_object",
        [
            "class Proxy:\n    def __init__(self, t): object.__setattr__(self, '_t', t)\n    def __getattr__(self, n): return getattr(object.__getattribute__(self, '_t'), n)\n    def __setattr__(self, n, v): setattr(self._t, n, v)",
            "target = [3, 1, 2]\np = Proxy(target)",
        ],
        ["p.count(1)", "object.__getattribute__(p, '_t') is target"],
        [("p.append(9); target", "[3, 1, 2, 9]")],
    ),
    Case(
        "getattr_that_answers_everything",
        ["class Any:\n    def __getattr__(self, n): return f'attr {n}'", "a = Any(); a.real = 1"],
        ["a.real", "a.other"],
    ),
    Case(
        "callable_instance_and_operator_overloads",
        [
            "class V:\n    def __init__(s, x): s.x = x\n    def __add__(s, o): return V(s.x + o.x)\n    def __call__(s, y): return s.x * y\n    def __eq__(s, o): return s.x == o.x\n    def __hash__(s): return hash(s.x)",
            "v = V(2) + V(3); lookup = {v: 'five'}",
        ],
        ["v(2)", "lookup[V(5)]"],
    ),
    Case(
        "eq_that_returns_arrays",
        [
            "import numpy as np\nclass A:\n    def __init__(s): s.d = np.arange(3)\n    def __eq__(s, o): return s.d == 1",
            "a = A(); xs = [a, a]",
        ],
        ["a.d.tolist()", "xs[0] is xs[1]"],
        modules=["numpy"],
    ),
    Case(
        "bool_len_repr_that_raise",
        [
            "class Bad:\n    def __bool__(s): raise RuntimeError('bool')\n    def __len__(s): raise RuntimeError('len')\n    def __repr__(s): raise RuntimeError('repr')\n    def __hash__(s): raise RuntimeError('hash')",
            "b = Bad(); b.x = 1; other = [1, 2]",
        ],
        ["b.x", "other"],
    ),
    Case(
        "reduce_that_raises_loses_only_itself",
        [
            "class No:\n    def __reduce_ex__(s, p): raise RuntimeError('never')",
            "bad = No(); good = [1, 2]; mixed = {'bad': bad, 'good': good}",
        ],
        ["good", "mixed['good'] is good"],
        [("mixed['good'].append(3); good", "[1, 2, 3]")],
    ),
    Case(
        "object_that_refuses_is_told",
        ["class No:\n    def __reduce_ex__(s, p): raise RuntimeError('never')\n    x = 1", "bad = No()"],
        ["bad.x"],
        either=True,
    ),
    Case(
        "getstate_with_effects_leaves_no_mark",
        [
            "class E:\n    n = 0\n    def __getstate__(s):\n        E.n += 1\n        return {'v': s.v}\n    def __setstate__(s, d): s.v = d['v']",
            "e = E(); e.v = 5",
        ],
        ["e.v"],
    ),
    Case(
        "getnewargs_and_copyreg",
        [
            "import copyreg\nclass R:\n    def __init__(s, x): s.x = x\ncopyreg.pickle(R, lambda r: (R, (r.x,)))",
            "r = R(7)",
        ],
        ["r.x", "type(r) is R"],
    ),
    Case(
        "five_thousand_deep",
        [
            "deep = None\nfor i in range(5000):\n    deep = [i, deep]",
            "class L:\n    def __init__(s, v, n): s.v, s.n = v, n\nhead = None\nfor i in range(5000):\n    head = L(i, head)",
        ],
        ["deep[0], deep[1][0]"],
        [
            ("n, k = head, 0\nwhile n:\n    k += 1; n = n.n\nk", "5000"),
            ("d, k = deep, 0\nwhile d:\n    k += 1; d = d[1]\nk", "5000"),
        ],
    ),
    Case(
        "nested_function_factory_table",
        [
            "ops = {f'times{k}': (lambda x, k=k: x * k) for k in range(4)}",
            "adders = [(lambda x: x + j) for j in range(3)]",
        ],
        ["[ops[f'times{k}'](2) for k in range(4)]", "[a(1) for a in adders]"],
    ),
    Case(
        "class_inside_a_function",
        [
            "def make(n):\n    class Inner:\n        size = n\n        def get(self): return self.size\n    return Inner",
            "A = make(1); B = make(2); a = A()",
        ],
        ["a.get()", "B().get()", "type(a) is A", "A is B", "A.__qualname__"],
    ),
    Case(
        "functools_total_ordering_partialmethod",
        [
            "from functools import total_ordering, partialmethod\n@total_ordering\nclass V:\n    def __init__(s, v): s.v = v\n    def __eq__(s, o): return s.v == o.v\n    def __lt__(s, o): return s.v < o.v\n    def setv(s, v): s.v = v\n    zero = partialmethod(setv, 0)",
            "v = V(3)",
        ],
        ["v >= V(2)"],
        [("v.zero(); v.v", "0")],
    ),
    Case(
        "type_call_and_make_dataclass",
        [
            "from dataclasses import make_dataclass\nfrom collections import namedtuple\nDyn = type('Dyn', (), {'v': 4, 'f': lambda s: s.v})\nPt = namedtuple('Pt', 'x y')\nDC = make_dataclass('DC', ['a', ('b', int, 3)])",
            "d = Dyn(); p = Pt(1, 2); c = DC(1)",
        ],
        ["d.f()", "p", "c", "type(p) is Pt", "type(c) is DC"],
    ),
    Case(
        "subclasses_of_builtins",
        [
            "class MyList(list):\n    def total(s): return sum(s)\nclass MyDict(dict):\n    def __missing__(s, k): return k * 2\nclass MyInt(int): pass\nclass MyStr(str):\n    tag = 't'",
            "l = MyList([1, 2]); l.note = 'n'; d = MyDict(a=1); i = MyInt(5); s = MyStr('x')",
        ],
        ["l.total(), l.note", "d['a'], d['zz']", "type(i).__name__, i + 1", "s.tag, s"],
    ),
    Case(
        "staticmethod_and_property_objects_held_apart",
        [
            "class A:\n    @property\n    def p(self): return 1\n    @staticmethod\n    def s(): return 2",
            "prop = A.__dict__['p']; fn = A.s",
        ],
        ["prop is A.__dict__['p']", "fn()", "prop.fget(None)"],
    ),
    Case(
        "union_types_and_forward_references",
        [
            "from typing import get_type_hints\nclass Node:\n    next: 'Node | None' = None\n    val: int | str = 1",
            "hints = get_type_hints(Node)",
        ],
        ["hints['next']", "Node.val", "hints['val']"],
    ),
    Case(
        "enum_members_keep_aliases_and_attributes",
        [
            "from enum import Enum, Flag\nclass Color(Enum):\n    RED = 1; GREEN = 2; CRIMSON = 1\nclass Planet(Enum):\n    EARTH = (5.9, 6.3)\n    def __init__(self, mass, radius): self.mass, self.radius = mass, radius",
            "class Code(str, Enum):\n    OK = ('ok', 200); BAD = ('bad', 400)\n    def __new__(cls, text, number):\n        made = str.__new__(cls, text); made._value_ = text; made.number = number; return made\nPerm = Flag('Perm', 'R W X')\nrw = Perm.R | Perm.W",
        ],
        [
            "list(Color.__members__), Color.CRIMSON is Color.RED",
            "Planet.EARTH.mass, Planet((5.9, 6.3)) is Planet.EARTH",
            "Code.BAD.number, Code('ok') is Code.OK, Code.OK == 'ok'",
            "Perm(3) is rw, ~rw, list(Perm)",
        ],
    ),
    Case(
        "enum_numbers_its_members_as_its_class_says",
        [
            "from enum import Enum, auto\nclass Named(Enum):\n    def _generate_next_value_(name, start, count, last): return name.lower()\nclass Side(Named):\n    LEFT = auto()\nclass Tens(Enum):\n    @staticmethod\n    def _generate_next_value_(name, start, count, last): return count * 10",
        ],
        [
            "[one.value for one in Named('More', 'P Q')], Side._generate_next_value_ is Named._generate_next_value_",
            "list(vars(Side)) + list(vars(Named))",
        ],
        [
            "class Point(Named):\n    NORTH = auto()\n    SOUTH = auto()\n[one.value for one in Point]",
            "class Ten(Tens):\n    A = auto()\n    B = auto()\n[one.value for one in Ten]",
        ],
    ),
    Case(
        "enum_members_may_be_called_as_what_all_members_have",
        [
            "from enum import Enum\nclass Field(Enum):\n    name = 0\n    value = 1\n    size = 2\nclass Base:\n    @property\n    def kind(self): return 'k'\nclass Kind(Base, Enum):\n    kind = 3\n    other = 4",
        ],
        [
            "Field.name, Field.value, Field.size.name, Field.size.value, Field.name.value, Field['name'] is Field.name",
            "Kind.kind, Kind.other.kind, Kind.kind.kind, list(vars(Field))",
        ],
    ),
    Case(
        "enum_members_that_are_dates_numbers_or_have_slots",
        [
            "from enum import Enum\nfrom datetime import date, datetime, timedelta\nfrom decimal import Decimal\nimport dataclasses\nclass Period(timedelta, Enum):\n    DAY = 1\n    WEEK = 7\nclass Day(date, Enum):\n    X = 2024, 1, 1\nclass Time(datetime, Enum):\n    X = 2024, 1, 1, 3\nclass Number(Decimal, Enum):\n    X = '1.5'",
            "class Slots:\n    __slots__ = ('q',)\n    def __init__(self, q): self.q = q\nclass Slotted(Slots, Enum):\n    A = 5\nclass Own(timedelta, Enum):\n    def __new__(cls, days, label):\n        made = timedelta.__new__(cls, days); made._value_ = label; made.own = days; return made\n    A = 3, 'three'\n@dataclasses.dataclass(slots=True)\nclass Data:\n    x: int\nclass Mixed(Data, Enum):\n    A = 1",
        ],
        [
            "list(Period), Period.DAY + timedelta(1), Period(timedelta(7)) is Period.WEEK",
            "Day.X.year, Day(date(2024, 1, 1)) is Day.X, Time.X.hour, Number.X + 1, Number.X.value",
            "Slotted.A.q, Slotted.A.value, Mixed.A.x, Mixed.A.value",
            "Own.A.days, Own.A.own, Own('three') is Own.A, list(vars(Own.A))",
        ],
    ),
    Case(
        "classes_and_functions_that_were_deleted_are_gone",
        [
            "import gc, weakref\nclass Plugin: pass\nclass Child(Plugin): pass\ndef f(): pass\nseen = weakref.ref(Child), weakref.ref(f)",
        ],
        ["Plugin.__subclasses__(), globals() and None"],
        ["del Child, f\ngc.collect() and None\nPlugin.__subclasses__(), seen[0](), seen[1]()"],
    ),
    Case(
        "classes_that_call_something_by_a_name_that_all_classes_have",
        [
            "class Named:\n    def __init__(self, name): self.name = name\n    @property\n    def __name__(self): return self.name\n    @property\n    def __doc__(self): return 'about ' + self.name\n    __bases__ = ()\nclass More(Named): pass\nn = Named('x')",
        ],
        ["n.__name__, n.__doc__, n.__bases__, More('y').__name__", "Named.__name__, More.__bases__, list(vars(Named))"],
    ),
    Case(
        "super_objects",
        [
            "class A:\n    def m(self): return 'A'\nclass B(A):\n    def m(self): return 'B'\nb = B(); bound = super(B, b); of_class = super(B, B); unbound = super(B); b.up = bound",
            "class autosuper(type):\n    def __new__(meta, name, bases, names):\n        made = super(autosuper, meta).__new__(meta, name, bases, names)\n        setattr(made, f'_{name}__super', super(made))\n        return made\nclass C(metaclass=autosuper):\n    def m(self): return 'C'\nclass D(C):\n    def m(self): return 'D' + self.__super.m()",
        ],
        ["bound.m(), of_class.m(b), unbound.__get__(b).m(), bound.__self__ is b, b.up is bound", "D().m()"],
    ),
    Case(
        "flags_that_keep_a_combination_in_their_class",
        [
            "from enum import Flag, auto\nclass Color(Flag):\n    RED = auto()\n    GREEN = auto()\n    BLUE = auto()\nColor.ALL = Color.RED | Color.GREEN | Color.BLUE\nwarm = Color.ALL",
        ],
        ["Color.ALL, Color.ALL is warm, Color(7) is warm, list(Color), list(vars(Color))"],
    ),
    Case(
        "many_functions_of_a_namespace_without_a_name",
        ["ns = {}\nexec('\\n'.join(f'def f{i}(): return {i}' for i in range(1500)), ns)\nf = ns['f7']"],
        ["f(), f.__globals__ is ns, ns['f1499'](), ns['f7'] is f, f.__module__"],
    ),
    Case(
        "errors_that_were_given_other_values",
        [
            "decode = UnicodeDecodeError('utf8', b'xxxxx', 1, 5, 'foo'); decode.reason = 'not so'; decode.start = 2\nstop = StopIteration(3); stop.value = 4\nleave = SystemExit(2); leave.code = 5\nwrong = SyntaxError('bad', ('f.py', 1, 2, 'x =')); wrong.lineno = 7; wrong.msg = 'worse'\nplain = UnicodeEncodeError('ascii', 'x', 0, 1, 'r')",
        ],
        ["str(decode), decode.args, stop.value, stop.args, leave.code, leave.args, str(wrong), wrong.args, str(plain)"],
    ),
    Case(
        "errors_keep_their_causes_and_tracebacks",
        [
            "import traceback\ndef inner(): raise KeyError('k')\ndef outer():\n    try: inner()\n    except KeyError as e: raise ValueError('bad') from e\ntry: outer()\nexcept ValueError as e: err = e",
            "text = ''.join(traceback.format_exception(err)); tb = err.__traceback__",
        ],
        [
            "''.join(traceback.format_exception(err)) == text",
            "repr(err.__cause__), tb is err.__traceback__",
            "tb.tb_next.tb_frame.f_code.co_name, tb.tb_frame.f_globals is globals()",
        ],
        [
            ("try:\n    raise err\nexcept ValueError as again:\n    print(again is err, again.__cause__)", "True 'k'"),
            (
                "shown = get_ipython().InteractiveTB\nfor mode in 'Context', 'Verbose':\n    shown.set_mode(mode)\n    text = shown.stb2text(shown.structured_traceback(type(err), err, tb))\n    print('inner' in text, 'nexpected' in text)",
                "True False\nTrue False",
            ),
        ],
    ),
    Case(
        "containers_of_users_classes_come_back_without_their_hooks",
        [
            "class Log(list):\n    def __init__(self, name): self.name, self.n = name, 0\n    def append(self, x): self.n += 1; super().append(x)\nlog = Log('l'); log.append(1); log.append(2)",
            "from collections import OrderedDict, deque\nclass LRU(OrderedDict):\n    def __init__(self, cap): super().__init__(); self.cap = cap\n    def __setitem__(self, k, v):\n        super().__setitem__(k, v)\n        if len(self) > self.cap: self.popitem(last=False)\nlru = LRU(2); lru['a'] = 1; lru['b'] = 2; lru['c'] = 3\nclass Recent(deque):\n    def __init__(self, n, label): super().__init__(maxlen=n); self.label = label\nrecent = Recent(2, 'x'); recent.extend([1, 2, 3])",
            "class Money(int):\n    made = 0\n    def __new__(cls, v, currency): one = super().__new__(cls, v); one.currency = currency; cls.made += 1; return one\nm = Money(5, 'EUR')\nclass Attr(dict):\n    def __init__(self, **k): super().__init__(**k); self.__dict__ = self\nat = Attr(z=1)",
        ],
        ["log, log.n, log.name", "list(lru.items()), lru.cap", "recent, recent.label", "m + 1, m.currency, Money.made"],
        [("at.t = 4; at['t'], at.z", "(4, 1)"), ("lru['d'] = 4; list(lru)", "['c', 'd']")],
    ),
    Case(
        "caches_keep_their_counts_and_typed_keys",
        [
            "from functools import lru_cache\nran = []\n@lru_cache(maxsize=3, typed=True)\ndef f(a, b=1, *, c=2):\n    ran.append((a, b, c))\n    return (a, b, c)\nf(1); f(1.0); f(1, b=2, c=3); f(1)",
        ],
        ["f.cache_info()"],
        [("f(1), f(1.0), f(1, b=2, c=3), len(ran)", "((1, 1, 2), (1.0, 1, 2), (1, 2, 3), 3)")],
    ),
    Case(
        "methods_dispatched_by_type_and_comparison_keys",
        [
            "from functools import singledispatchmethod, cmp_to_key\nclass Show:\n    @singledispatchmethod\n    def of(self, x): return 'any'\n    @of.register\n    def _(self, x: int): return 'int'\ns = Show()\nkey = cmp_to_key(lambda a, b: b - a); one = key(1)",
            "from typing import NewType, ParamSpec, Callable\nUserId = NewType('UserId', int); P = ParamSpec('P')\ndef deco(f: Callable[P, int]) -> Callable[P, int]: return f",
        ],
        [
            "s.of(1), s.of('')",
            "sorted([1, 3, 2], key=key)",
            "one < key(0)",
            "UserId(5), UserId.__name__",
            "deco.__annotations__['f'].__args__[0] is P",
        ],
    ),
    Case(
        "metaclass_that_registers_is_not_run_again",
        [
            "class Registry(type):\n    made = []\n    def __new__(meta, name, bases, body, **options):\n        cls = super().__new__(meta, name, bases, body)\n        meta.made.append(name)\n        return cls\n"
            "    def __init__(cls, name, bases, body, **options):\n        super().__init__(name, bases, body)\n        cls.options = options\n    def __call__(cls, *a):\n        cls.last = super().__call__(*a)\n        return cls.last",
            "class Base(metaclass=Registry): pass\nclass Child(Base, colour='red'): pass\nx = Child()",
        ],
        ["Registry.made", "Child.options, Base.options", "Child.last is x", "type(Child) is Registry"],
        [
            ("class Third(Base): pass\nRegistry.made", "['Base', 'Child', 'Third']"),
            ("Base().__class__ is Base, Base.last.__class__.__name__", "(True, 'Base')"),
        ],
    ),
    Case(
        "objects_that_keep_the_hash_of_a_text",
        [
            "class Key:\n    def __init__(self, text):\n        self.text = text; self.kept = hash(text)\n"
            "    def __hash__(self): return self.kept\n    def __eq__(self, other): return self.text == other.text\n"
            "rows = {Key('a'): 1, Key('b'): 2}\nbuckets = {hash('north') % 1000: 'north'}",
        ],
        ["rows[Key('a')], Key('b') in rows", "buckets.get(hash('north') % 1000)"],
    ),
    Case(
        "dictionaries_that_answer_for_every_attribute",
        [
            "class Settings(dict):\n    def __getattr__(self, name):\n        return self[name] if name in self else self.parent\n    def __setattr__(self, name, value):\n        self[name] = value",
            "class Rows(list):\n    def __getattr__(self, name): return self.inner\ns = Settings(parent=1); s.y = [1]; same = s; rows = Rows([1]); rows.inner = 5",
        ],
        ["s.y, s.zz", "s is same", "rows, rows.zz"],
        [("s.z = 3; same['z']", "3")],
    ),
    Case(
        "methods_whose_function_is_none",
        [
            "import functools, threading, types",
            "def scaled(owner, factor, x): return type(owner).__name__, factor * x\nclass Shift:\n    def __call__(self, owner, x): return x + 1",
            "held = types.SimpleNamespace(); held.scaled = types.MethodType(functools.partial(scaled, factor=3), held)\n"
            "event = threading.Event(); event.scaled = types.MethodType(functools.partial(scaled, factor=2), event); event.shift = types.MethodType(Shift(), event)",
        ],
        [
            "held.scaled(x=2), held.scaled.__self__ is held",
            "event.scaled(x=2), event.shift(1), event.shift.__self__ is event",
        ],
    ),
    Case(
        "objects_of_a_users_module_whose_classes_have_constructors",
        [
            "import m\np=m.Point(1,2); p2=m.P2(3); n=m.N(); arr=m.Arr(1,2); amt=m.Amt(2.,'kg'); i=m.I(4); s=m.S('x'); d=m.D('o'); d['k']=1; l=m.L(3); dt=m.Dt(2020); dc=m.Dc('1.5','E'); e=m.E.A; e2=m.E2.X; ex=m.Ex(1,2); D=m.DC(4); si=m.Single(); si.v=1; t=m.T(3); a=m.A(9); dd=m.DD(); dd['q'].append(1); c=m.C('aab',7); fs=m.FS(1,2); us=m.Seq([1],2)"
        ],
        [
            "p,p2,n",
            "arr,amt,amt.u",
            "i,s",
            "d,d.owner",
            "l,l.n",
            "dt",
            "dc,dc.c",
            "e is m.E.A, e2.extra",
            "ex.args,ex.b",
            "D",
            "m.Single() is si, si.v",
            "t.k",
            "a.z",
            "dd,dd.t,dd.default_factory",
            "c,c.w",
            "sorted(fs)",
            "us,us.b",
            "[type(x).__module__ for x in (p,p2,n,arr,amt,i,s,d,l,dt,dc,D,si,t,a,dd,c,fs,us)]",
        ],
        [(one, None) for one in ["p2._replace(a=9), d.get('k'), dd['new']", "us.append(4); us"]],
        files={
            "m.py": "\nfrom collections import namedtuple\nimport typing, enum, datetime, decimal, dataclasses, ctypes, threading, abc, array, fractions, collections\nPoint=namedtuple('Point','x y')\nclass P2(namedtuple('P2','a b')):\n    def __new__(cls,a,b=2): return super().__new__(cls,a,b)\nclass N(typing.NamedTuple):\n    q:int=1\nclass Arr(tuple):\n    def __new__(cls,*a): return super().__new__(cls,a)\nclass Amt(float):\n    def __new__(cls,v,u): o=super().__new__(cls,v); o.u=u; return o\nclass I(int):\n    def __new__(cls,v): return super().__new__(cls,v*2)\nclass S(str):\n    def __new__(cls,v): return super().__new__(cls,'<'+v+'>')\nclass D(dict):\n    def __init__(self,owner): super().__init__(); self.owner=owner\nclass L(list):\n    def __init__(self,n): super().__init__(range(n)); self.n=n\nclass Dt(datetime.datetime):\n    def __new__(cls,y): return super().__new__(cls,y,1,1)\nclass Dc(decimal.Decimal):\n    def __new__(cls,v,c): o=super().__new__(cls,v); o.c=c; return o\nclass E(enum.Enum):\n    A=1\nclass E2(int, enum.Enum):\n    X=3\n    def __init__(self,v): self.extra=v*2\nclass Ex(Exception):\n    def __init__(self,a,b): super().__init__(a); self.b=b\n@dataclasses.dataclass(frozen=True)\nclass DC:\n    a:int\nclass Single:\n    _i=None\n    def __new__(cls):\n        if cls._i is None: cls._i=super().__new__(cls)\n        return cls._i\nclass T(threading.Thread):\n    def __init__(self,k): super().__init__(); self.k=k\nclass A(abc.ABC):\n    def __init__(self,z): self.z=z\nclass DD(collections.defaultdict):\n    def __init__(self): super().__init__(list); self.t=1\nclass C(collections.Counter):\n    def __init__(self,s,w): super().__init__(s); self.w=w\nclass FS(frozenset):\n    def __new__(cls,*a): return super().__new__(cls,a)\nclass Seq(collections.UserList):\n    def __init__(self,a,b): super().__init__(a); self.b=b\n"
        },
    ),
    Case(
        "methods_of_subclasses_of_property_and_classmethod_with_attributes",
        [
            "import functools\nclass P(property):\n    def __init__(s, f, tag): super().__init__(f); s.tag = tag\n    def __set_name__(s, o, n): s.name = n\nclass CM(classmethod):\n    kind = 'cm'\nclass SM(staticmethod):\n    __slots__ = ('q',)\nclass CP(functools.cached_property):\n    def __init__(s, f): super().__init__(f); s.z = 4\nclass K:\n    def _f(s): 'doc of f'; return 5\n    p = P(_f, 'x')\n    @CM\n    def c(cls): return cls.__name__, __class__.__name__\n    @SM\n    def s(): return 3\n    @CP\n    def cp(s): return 9\n    q = property(_f, doc='mine')\nvars(K)['c'].mark = 1\nvars(K)['s'].q = 8\nk = K()"
        ],
        [
            "K.p.tag, K.p.name, k.p, K.p.__doc__, K.q.__doc__, K.c(), vars(K)['c'].mark, type(vars(K)['c']).kind, K.s(), vars(K)['s'].q, k.cp, type(K.cp).__name__, K.cp.z, K.cp.attrname, vars(k)",
            "list(vars(K))",
            "[vars(vars(K)['c']), vars(K)['c'].__annotations__ is vars(K)['c'].__func__.__annotations__]",
        ],
        [],
    ),
    Case(
        "a_class_that_says_again_what_its_base_says",
        [
            "import enum, dataclasses\nclass A:\n    n = 0; unset = None; kind = 'x'\n    def f(self): return 1\nclass B(A):\n    n = 0; unset = None; kind = 'x'\n    f = A.f; __hash__ = object.__hash__",
            "class M(A, dict): unset = None\n@dataclasses.dataclass\nclass D(A):\n    n: int = 0\nclass E(enum.Enum):\n    X = 1\n    tag = enum.nonmember(None) if hasattr(enum, 'nonmember') else None\nb = B(); d = D()",
        ],
        ["list(vars(B))", "list(vars(M))", "list(vars(D))", "list(vars(E))"],
        [
            "A.n = 5; A.unset = 1; A.kind = 'y'; A.f = lambda self: 2; (b.n, b.unset, b.kind, b.f(), d.n, M.unset)",
            "del B.n; b.n",
        ],
    ),
    Case(
        "names_in_a_class_keep_their_order",
        [
            "import abc, enum, typing, dataclasses, collections\nclass A(abc.ABC):\n    z = 1\n    @abc.abstractmethod\n    def a(self): ...\n    b = 2\nA.late = 1\nclass G(typing.Generic[typing.TypeVar('T')]):\n    'doc'\n    z: int = 3\n    a: str = 'x'\n    def __init__(self): pass\n    def __eq__(self, o): return self is o\nclass S:\n    __slots__ = ('z', 'a')\n    y = 1\n    b = 2\n@dataclasses.dataclass\nclass D(S):\n    x: int\n    b: int = 3\nclass N(typing.NamedTuple):\n    z: int\n    a: int = 2\nclass T(typing.TypedDict):\n    z: int\n    a: str\nclass Reg:\n    subs = []\n    def __init_subclass__(cls, **k): Reg.subs.append(list(vars(cls)))\nclass Sub(Reg):\n    y = 1; b = 2\nclass E(enum.Enum):\n    Z = 1; A = 2; ALIAS = 1; M = 'm'\n    def meth(self): return self.name\nclass Color(str, enum.Enum):\n    RED = 'r'; BLUE = 'b'\na = G(); s = S(); e = E.Z; d = D(1)"
        ],
        [
            "list(vars(A))",
            "list(vars(G))",
            "list(vars(S))",
            "list(vars(D))",
            "list(vars(N))",
            "list(vars(T))",
            "list(vars(Reg))",
            "list(vars(Sub))",
            "list(vars(E))",
            "list(vars(Color))",
            "Reg.subs",
            "list(E.__members__), list(E), list(E._value2member_map_)",
            "'__slotnames__' in vars(G)",
        ],
        ["'__slotnames__' in vars(G), a == a, a == G(), d"],
    ),
    Case(
        "fields_of_a_class_that_a_library_registers_as_it_is_made",
        [
            "import sys\nsys.path.insert(0, 'site-packages')\nimport tree\nfrom dataclasses import field",
            "class Net(tree.Module):\n    w: list\n    name: str = field(default='n', metadata={'static': True})\n    depth: int = 2\n"
            "class Own(tree.Module):\n    a: int\n    def __init__(self, n): object.__setattr__(self, 'a', n * 2)\n"
            "class Node(tree.Node):\n    left: int\n    right: int = 0\nnet = Net([1, 2]); own = Own(3); node = Node(1)",
        ],
        [
            "tree.leaves(net), tree.leaves(own), tree.leaves(node)",
            "net, own.a, node, Net.depth, net.name",
            "[sorted(one.__dataclass_fields__) for one in (Net, Own, Node)]",
            "tree.registered[Own][1], tree.registered[Net][1]",
        ],
        [
            "tree.leaves(Net([5], depth=9)), Own(5).a, tree.leaves(Node(4))",
            "class More(Net):\n    extra: int = 7\ntree.leaves(More([0]))",
        ],
        files={
            "site-packages/tree.py": "import dataclasses\nregistered = {}\n"
            "def register(cls):\n    made = '__init__' not in cls.__dict__\n    dataclasses.dataclass(init=made)(cls)\n"
            "    names = [f.name for f in dataclasses.fields(cls) if not f.metadata.get('static')]\n"
            "    if cls in registered: raise ValueError('twice')\n    registered[cls] = (names, made)\n"
            "def leaves(value): return [getattr(value, name) for name in registered[type(value)][0]]\n"
            "class Meta(type):\n    def __new__(meta, name, bases, space):\n        cls = super().__new__(meta, name, bases, space)\n"
            "        register(cls)\n        return cls\n"
            "class Module(metaclass=Meta): pass\n"
            "class Node:\n    def __init_subclass__(cls): register(cls)\n"
        },
    ),
    Case(
        "a_metaclass_that_gives_its_classes_slots_for_their_fields",
        [
            "from givenslots import Record, Field\nclass Point(Record):\n    x = Field(); y = Field()\n    def total(self): return self.x + self.y\nclass Point3(Point):\n    z = Field()",
            "p = Point(); p.x = 1; p.y = 2\nq = Point3(); q.x = 1; q.z = 3",
        ],
        ["p.x, p.total()", "q.x, q.z", "Point.__slots__, Point3.__slots__", "hasattr(p, '__dict__')"],
        ["p.y = 5; p.total()", "class Other(Point):\n    w = Field()\nOther.__slots__"],
        files={
            "givenslots.py": "class Field: pass\nclass Meta(type):\n    def __new__(mcs, name, bases, namespace):\n        fields = dict(item for b in bases for item in b.__dict__.get('_fields', {}).items())\n        fields.update((k, v) for k, v in list(namespace.items()) if isinstance(v, Field))\n        for k in fields: namespace.pop(k, None)\n        namespace['_fields'] = fields\n        namespace['__slots__'] = tuple(fields)\n        return super().__new__(mcs, name, bases, namespace)\nclass Record(metaclass=Meta): pass\n"
        },
    ),
    Case(
        "objects_that_their_class_holds_and_that_are_pickled_by_calling_it",
        [
            "class Unit:\n    known = {}\n    def __new__(cls, name, factor=1.0):\n        if name in cls.known: return cls.known[name]\n        self = object.__new__(cls); self.name, self.factor = name, factor; cls.known[name] = self\n        return self\n    def __reduce__(self): return Unit, (self.name, self.factor)",
            "class Settings:\n    one = None\n    def __new__(cls):\n        if cls.one is None: cls.one = super().__new__(cls); cls.one.values = {}\n        return cls.one\n    def __reduce__(self): return Settings, ()",
            "km, mile = Unit('km', 1000.0), Unit('mile', 1609.0); table = {km: [mile]}; settings = Settings(); settings.values['unit'] = km",
        ],
        [
            "Unit('km') is km, km.factor, list(Unit.known), table[km][0] is mile",
            "Settings() is settings, settings.values['unit'] is km",
        ],
        [
            ("Unit('inch', 0.0254); list(Unit.known)", "['km', 'mile', 'inch']"),
            ("import copy; copy.copy(km) is km", "True"),
        ],
    ),
    Case(
        "pickling_of_a_class_of_its_own_runs_none_of_its_code",
        [
            "class Red:\n    n = 0\n    def __init__(s, v): s.v = v; Red.n += 1\n    def __reduce__(s): return Red, (s.v,)\nr = Red(1); r.more = [r]; rs = [r, Red(2)]",
            "class Cached:\n    __slots__ = ('v', 'cache'); log = []\n    def __init__(s): s.v = 1; s.cache = {'big': 1}\n    def __getstate__(s): return s.v\n    def __setstate__(s, v): s.v, s.cache = v, {}; Cached.log.append('set')\nst = Cached(); al = st.cache",
        ],
        ["Red.n, r.v, rs[0] is r, r.more[0] is r, Cached.log, st.cache is al"],
        ["Red(3).n, st.cache, Cached.log"],
    ),
    Case(
        "pickling_of_a_class_of_its_own_finds_the_names_of_the_session",
        [
            "import threading, socket\nclass Service:\n    def __init__(s): s.lock = threading.Lock(); s.hits = [1]; s.pair = socket.socketpair()\n    def __getstate__(s): return {'hits': s.hits}\n    def __setstate__(s, d): s.__dict__.update(d); s.lock = threading.Lock(); s.pair = None\nsv = Service(); hits = sv.hits"
        ],
        ["sv.hits is hits"],
        ["sv.lock.acquire(), sv.hits"],
    ),
    Case(
        "metaclasses_that_compare_and_refuse",
        [
            "seen = []\nclass Known(type):\n    def __eq__(c, o): return len(seen) >= 0 and c is o\n    def __hash__(c): return 7\n    def __bool__(c): return False\nclass A(metaclass=Known): pass\nclass B(A): pass\nb = B(); table = {A: 'a', B: 'b'}",
            "class Const(type):\n    def __setattr__(c, k, v):\n        seen.append(k)\n        if k in c.__dict__: raise AttributeError('const ' + k)\n        super().__setattr__(k, v)\nclass C(metaclass=Const):\n    X = 1\n    def f(self): return self.X\nC.Y = 2; c = C()",
        ],
        ["type(b) is B, table[A], table[B], seen, C.X, C.Y, c.f()"],
        ["try: C.X = 5\nexcept AttributeError as e: print(e, seen)"],
    ),
    Case(
        "abstract_classes_whose_hook_asks_the_session",
        [
            "import abc\nwanted = ['size']\nclass Sized(abc.ABC):\n    @classmethod\n    def __subclasshook__(cls, C):\n        return True if any(w in vars(B) for B in C.__mro__ for w in wanted) else NotImplemented\nclass Has: size = 1\nclass Reg: pass\nSized.register(Reg); h = Has()"
        ],
        ["isinstance(h, Sized), isinstance(Reg(), Sized), isinstance(3, Sized)"],
        ["@Sized.register\nclass Late: pass\nisinstance(Late(), Sized), isinstance(Reg(), Sized)"],
    ),
    Case(
        "flags_remember_their_inverse",
        [
            "from enum import KEEP, Flag, auto\nclass Color(Flag, boundary=KEEP):\n    R = auto(); G = auto(); B = auto()\nodd = Color(64 | 1); rest = ~Color.R"
        ],
        ["rest is ~Color.R, ~rest, odd is Color(65), rest is (Color.G | Color.B)"],
    ),
    Case(
        "parametrised_classes_whose_class_notes_what_is_asked_of_it",
        [
            "from typing import Generic, TypeVar\nT = TypeVar('T'); asked = []\nclass Register(Generic[T]):\n    def __class_getitem__(cls, item):\n        asked.append(item)\n        return super().__class_getitem__(item)\n    def __init__(self): self.items = []",
            "Numbers = Register[int]; numbers = Numbers(); numbers.items.append(1)\nclass App: numbers = Numbers()",
        ],
        ["asked", "numbers.__orig_class__ == Numbers", "type(App.numbers) is Register", "Numbers.__args__"],
        [("Numbers().items, Register[str] == Numbers, asked", "([], False, [int, str])")],
    ),
    Case(
        "one_object_of_an_abstract_kind_that_its_class_holds",
        [
            "import abc\nclass Single(abc.ABCMeta):\n    def __call__(c, *a):\n        if '_one' not in vars(c): c._one = super().__call__(*a)\n        return c._one\nclass Base(metaclass=Single):\n    @abc.abstractmethod\n    def go(s): ...\nclass Impl(Base):\n    def go(s): return 'went'\nx = Impl()"
        ],
        ["Impl() is x, Impl._one is x, x.go(), Impl.__abstractmethods__, Base.__abstractmethods__"],
        ["try: Base()\nexcept TypeError: print('abstract')"],
    ),
    Case(
        "classes_that_hold_their_own_objects_by_hash",
        [
            "import functools, weakref\nfrom dataclasses import dataclass\nfrom typing import ClassVar\nclass Node:\n    all = set(); by = {}\n    def __init__(self, n):\n        self.n = n; Node.all.add(self); Node.by[self] = n\n    def __hash__(self): return hash(self.key())\n    def __eq__(self, other): return self.key() == other.key()\n    def key(self): raise NotImplementedError\n"
            "class Leaf(Node):\n    kind = 'leaf'\n    def key(self): return self.kind, self.n\n@dataclass(frozen=True)\nclass Point:\n    x: int\n    seen: ClassVar[dict] = {}\n    @functools.lru_cache\n    def heavy(self, k):\n        calls.append(k)\n        return self.x * k\n"
            "class Typed:\n    def __init__(self): self.data = weakref.WeakKeyDictionary()\n    def __get__(self, one, cls): return self.data[one]\n    def __set__(self, one, value): self.data[one] = value\nclass Row:\n    v = Typed()\n    def __init__(self, k, v): self.k = k; self.v = v\n    def __hash__(self): return hash(self.k)\n    def __eq__(self, other): return self.k == other.k\n"
            "calls = []\na, b = Leaf(1), Leaf(2)\np = Point(1); Point.seen[p] = [1]; p.heavy(2)\nrow = Row('a', [1])"
        ],
        [
            "a in Node.all, Node.by[Leaf(2)], b in Node.by, len(Node.all)",
            "Point.seen[Point(1)], p in Point.seen",
            "row.v, p.heavy(2), calls",
        ],
        ["Leaf(3); len(Node.all), Point(1).heavy(2), calls"],
    ),
    Case(
        "classes_and_enumerations_that_hold_their_own_objects_in_order",
        [
            "import enum\nimport sortedcontainers\nclass Job:\n    waiting = sortedcontainers.SortedList()\n    def __init__(self, p):\n        self.p = p; Job.waiting.add(self)\n    def __lt__(self, other): return self.p < other.p\nclass Color(enum.Enum):\n    RED = 1; GREEN = 2\n    def __hash__(self): return hash(('color', self._value_))\n"
            "Color.names = {Color.RED: 'red'}; Color.all = frozenset(Color)\nfor p in (3, 1, 2): Job(p)\nfirst = Job.waiting[0]"
        ],
        ["[job.p for job in Job.waiting], first is Job.waiting[0]", "Color.names[Color.RED], Color.GREEN in Color.all"],
        ["Job(0); Job.waiting[1] is first"],
        modules=["sortedcontainers"],
    ),
    Case(
        "classes_saved_together_with_objects_of_theirs_hold_nothing_more",
        [
            "class A: pass\nclass B:\n    all = {}\n    def __init__(self): self.all[1] = self",
            "a = A(); b = B(); b.a = a",
        ],
        ["list(vars(A)), list(vars(B))", "'__slotnames__' in dir(a)"],
    ),
    Case(
        "static_methods_that_python_makes_take_no_names",
        [
            "from collections import namedtuple\nimport typing\nP = namedtuple('P', 'x y')\nclass Q(typing.NamedTuple):\n    a: int",
            "class A:\n    def __new__(cls): return super().__new__(cls)\n    def __init_subclass__(cls, **k): super().__init_subclass__(**k); cls.told = True\n"
            "    def __class_getitem__(cls, i): return i\n    @staticmethod\n    def s(): return 1\nclass B(A): pass",
        ],
        [
            "[vars(vars(c)['__new__']) for c in (P, Q, A)]",
            "vars(vars(A)['__init_subclass__']), sorted(vars(vars(A)['s']))",
            "A['q'], B.told, A.s(), type(A()), P(1, 2)",
        ],
        ["class C(A): pass\nC.told, P(3, 4)._replace(x=1)"],
    ),
    Case(
        "objects_that_note_what_they_are_asked",
        [
            "class Spy:\n    asked = []\n    def __getattribute__(self, name):\n        Spy.asked.append(name)\n        return super().__getattribute__(name)\nclass Refusing:\n    def __init__(self): self.v = [1]\n    def __getattribute__(self, name):\n        if name.startswith('__reduce') or name == '__getstate__': raise RuntimeError('no')\n        return object.__getattribute__(self, name)",
            "spy = Spy(); spy.a = 1; held = [spy, {spy: 2}]; refusing = Refusing(); table = {refusing: refusing.v}",
            IDLE,
        ],
        ["list(Spy.asked)", "held[1][spy], held[0] is spy, table[refusing] is refusing.v"],
        [("spy.a, Spy.asked", "(1, ['a'])")],
    ),
]
