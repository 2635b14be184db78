"""Numbers that libraries give to what they make: they go on where they were, whatever was imported when."""

from ..case import IDLE, Case

LIBRARY = {
    "site-packages/numbered/__init__.py": "from . import parts\nfrom .parts import Part\n",
    "site-packages/numbered/parts.py": """\
import collections, itertools, threading
_made = 0
_state = threading.local()
class Ids:
    def __init__(self): self.last = 100
ids = Ids()
next_ticket = itertools.count(1).__next__
class Part:
    _ids = itertools.count()
    _of = collections.defaultdict(itertools.count)
    made = 0
    def __init__(self, box=None):
        global _made
        _made += 1
        ids.last += 1
        Part.made = Part.made + 1
        self.number, self.id, self.ticket = _made, ids.last, next_ticket()
        self.serial, self.name = next(self._ids), name_for("part")
        self.place = next(self._of[box])
    def all(self): return self.number, self.id, self.ticket, self.serial, self.name, self.made, self.place
class Box: pass
def name_for(kind):
    if not hasattr(_state, "names"): _state.names = collections.defaultdict(int)
    _state.names[kind] += 1
    return f"{kind}_{_state.names[kind]}"
""",
    "site-packages/numbered/lazy.py": "import itertools\n_ids = itertools.count(1)\ndef ticket(): return next(_ids)\n",
}
PATH = "import sys\nsys.path.insert(0, 'site-packages')\n"

CASES = [
    Case(
        "library_goes_on_numbering",
        [PATH + "import numbered\na = numbered.Part()\nb = numbered.Part()"],
        then=["numbered.Part().all()", "numbered.Part().all()"],
        files=LIBRARY,
    ),
    Case(
        "numbering_of_a_library_that_no_name_leads_to",
        [PATH + "from numbered.parts import Part as _P\na = _P()\nx = 1", "del _P", IDLE],
        then=["x", "import numbered\nnumbered.Part().all()", "a.all()"],
        files=LIBRARY,
    ),
    Case(
        "numbering_for_each_of_the_sessions_objects",
        [PATH + "from numbered.parts import Part, Box\none, other = Box(), Box()\nfor box in (one, one, other):\n    Part(box)"],
        then=["Part(one).place, Part(other).place, Part(Box()).place"],
        files=LIBRARY,
    ),
    Case(
        "numbering_of_a_module_that_is_imported_later",
        [PATH + "import numbered", "from numbered import lazy\nfirst = lazy.ticket()\ndel lazy\nsys.modules['numbered'].__dict__.pop('lazy')"],
        ["first"],
        then=["x = 5", "from numbered.lazy import ticket\nticket()"],
        files=LIBRARY,
    ),
    Case(
        "columns_made_later_come_after_those_before",
        ["import sqlalchemy as sa", "columns = [sa.Column(name, sa.Integer) for name in 'abc']"],
        then=["later = sa.Column('d', sa.Integer)\nall(later._creation_order > one._creation_order for one in columns)"],
        modules=("sqlalchemy",),
    ),
    Case(
        "estimators_shown_later_have_ids_of_their_own",
        ["from sklearn.linear_model import Ridge\nshown = [Ridge()._repr_html_() for _ in range(3)]"],
        then=["import re\nids = [re.search(r'sk-container-id-\\d+', one).group() for one in [*shown, Ridge()._repr_html_()]]\nlen(set(ids))"],
        modules=("sklearn",),
    ),
]  # fmt: skip
