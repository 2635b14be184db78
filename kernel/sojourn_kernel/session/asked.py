"""What a user or an agent asks of a session: what came back, what a save would do, another checkpoint, an empty namespace."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ..observe.lineage import Lineage
from ..store import StoreUnavailable
from .restored import RestoreReport
from .saved import Progress

if TYPE_CHECKING:
    from ..plan.forecast import Plan
    from .keeper import SessionKeeper

SETTLED = 2.0  # seconds that a plan waits for a checkpoint under way: what that holds is stored


def report(keeper: SessionKeeper) -> RestoreReport:
    """What the session that runs here was restored from, and what did not come with it, as far as it is loaded."""
    id, created = keeper.restored or (None, None)
    loading = keeper.loading
    entries = [*keeper.entries, *(loading.told if loading is not None else [])]
    lost = {entry.name for entry in entries if not entry.path}
    order = keeper.body.frozen.order if keeper.body else ()
    kept = tuple(name for name in order if not name.startswith(("@", "_", "Out[")) and name not in lost)
    return RestoreReport(
        keeper.settings.session,
        keeper.settings.store,
        id,
        created,
        kept,
        tuple(loading.thaw.recomputed) if loading is not None else (),
        tuple(entries),
        len(loading.pending) if loading is not None else 0,
        "; ".join(filter(None, (keeper.note, keeper.ran_again, *keeper.settings.problems))),
    )


def plan(keeper: SessionKeeper, deadline: float | None = None) -> Plan:
    """What a save would do now; deadline: seconds that it would have."""
    from ..plan.forecast import Costs, forecast
    from ..plan.sizes import size_of

    keeper.changes.note_cells()
    keeper.behind.ended_within(SETTLED)
    keeper.behind.settle()
    roots = keeper.roots()
    dirty = keeper.changes.dirty_roots(roots, keeper.changes.goes_on())
    unloaded = sorted(keeper.loading.pending - roots.keys()) if keeper.loading is not None else []
    shown = [root for root in (*roots, *unloaded) if not root.startswith(("@", "_"))]
    until = None if deadline is None else time.monotonic() + deadline
    job = keeper.job(roots, dirty, until=until)
    again, left_out = job.deciding(rehearse=False).foreseen()
    likely = {root: size_of(roots[root]) for root in shown if root in roots}
    costs = Costs(job.rates.upload, likely, deadline, left_out)
    return forecast(shown, dirty, keeper.progress.frozen, frozenset(keeper.expendable), again, costs)


def go_back(keeper: SessionKeeper, id: str) -> str:
    """Make an older checkpoint the session's: the next start restores it. Returns what to tell the user. Raises StoreError."""
    if keeper.sending.kept is None:
        raise StoreUnavailable(keeper.note or "there is no store")
    keeper.behind.give_up()  # it would find that the head has moved, and take another kernel for the session's
    keeper.sending.kept.set_head(id)
    keeper.owner, keeper.progress.changed = False, False
    keeper.note = f"checkpoint {id} is restored when the kernel is restarted; nothing is saved over it until then"
    return f"Sojourn: {keeper.note}. Restart the kernel now."


def fresh(keeper: SessionKeeper) -> None:
    """An empty namespace, now and for the next kernel; the checkpoints stay in the history. Called in a cell."""
    keeper.behind.give_up()
    kept = keeper.sending.kept
    if kept is not None:
        kept.clear_head()
    keeper.not_dying()
    keeper.shell.reset(new_session=True)
    keeper.loading, keeper.body, keeper.restored, keeper.entries, keeper.note = None, None, None, [], "as you asked"
    keeper.watch.lineage, keeper.unreachable, keeper.owner, keeper.away = Lineage(), "", True, False
    keeper.expendable.clear()
    keeper.changes.progress = Progress(warm=kept.anew() if kept is not None else None)
