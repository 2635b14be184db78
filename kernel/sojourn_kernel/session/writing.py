"""One save, from the session's roots to the committed checkpoint: decide, freeze, commit; in the kernel or in a child of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..observe.accesses import Accesses
from ..observe.background import something_runs
from ..observe.lineage import Lineage
from ..plan.choice import Rates
from ..plan.sizes import is_all_there_is, size_now
from ..recipe import Recipe
from ..snapshot.freeze import freeze
from ..snapshot.frozen import PLANNING, Frozen
from ..snapshot.precaution import Precaution
from ..snapshot.unobserved import unobserved
from ..store import CheckpointWriter, Committed, Full
from ..told import Cause, Told
from .checkpoint import Body, kernel_facts
from .deciding import Deciding, Roots

DISK = Rates(upload=500e6, download=1e9)  # of a directory, until it is measured
QUICK = 0.5  # seconds of pickling at the last save up to which a root takes little
LEAST_LINK = 1e6  # bytes a second below which a measured link is not believed: small packs measure the latency


def rates_of(on_disk: bool, last: Committed | None, link: float) -> Rates:
    """What the store's link does a second. link: in bytes, as the checkpoint that was restored knew it; 0 is unknown."""
    rates = DISK if on_disk else Rates()
    link = last.link if last is not None else link
    return replace(rates, upload=link) if link > LEAST_LINK else rates


@dataclass(frozen=True)
class Written:
    """What a save hands back, from a child of this process too."""

    frozen: Frozen
    done: Committed
    recipes: list[Recipe]
    survived: frozenset[int] = frozenset()
    "Ids of classes whose own pickling has ended no process."
    crashed: tuple[str, ...] = ()
    "Roots that ended a child that tried to pickle them."


@dataclass(frozen=True)
class Job:
    """All that a save needs to know.

    dirty: roots that may have changed since ``previous``; None means all. until: ``time.monotonic()`` at which all must be stored.
    main: the session's namespace. anchors, recipes, last: of the last checkpoint. lethal: roots
    that end whoever serialises them, with what to tell. survived: ids of classes whose own pickling ends nobody. under_way: facts of a cell that was cut short. in_context: calls with the context variables that cells see.
    """

    roots: dict[str, Any]
    dirty: set[str] | None
    reason: str
    until: float | None
    main: dict[str, Any]
    execution_count: int
    lineage: Lineage
    accesses: Accesses
    previous: Frozen | None
    anchors: Mapping[str, Any]
    recipes: Mapping[Roots, Recipe]
    last: Committed | None
    rates: Rates
    expendable: frozenset[str]
    replay: bool
    lethal: Mapping[str, Told]
    survived: frozenset[int]
    under_way: Mapping[str, Any]
    in_context: Callable[..., Any]
    log: Any
    look: bool = False
    "Whether to look at every object, though code is not known to have changed it."
    rehearse: bool = True
    "Whether recipes may be run to try them."
    settled: bool = False
    "Whether nothing is known to have changed: then there is a checkpoint only if something has."

    def write(self, writer: CheckpointWriter, report: Callable[[str], None], waited_for: bool) -> Written:
        """Decide, freeze and commit. report: called with what it is at. waited_for: whether in the kernel itself. Raises StoreError.

        The last checkpoint is handed back where nothing was known to have changed, and nothing has.
        """
        with unobserved():
            try:
                return self._write(writer, report, waited_for)
            except Full:
                writer.make_room()
                raise

    def _write(self, writer: CheckpointWriter, report: Callable[[str], None], waited_for: bool) -> Written:
        if self.until is not None:
            writer.be_done_by(self.until - min(2.0, 0.1 * (self.until - time.monotonic())))
        report(PLANNING)
        # In the kernel itself a rehearsal is in the way of whatever else runs there: names are gone for its time.
        may_rehearse = self.rehearse and not (waited_for and something_runs())
        deciding = self.deciding(rehearse=may_rehearse, waited_for=waited_for)
        try:
            again, skip = deciding.fingerprint_only, deciding.skip(self._told)
        except Exception as error:  # a plan is a saving of time, and must never cost the save
            self.log.error("sojourn: planning a save: %r; all is stored", error, exc_info=True)
            again, skip = frozenset(), {}
            deciding.store_all()
        ordered, skip = self._in_order_of_need(), {**self.lethal, **skip}
        precaution = Precaution(set(self.survived), ahead=waited_for)

        def frozen_with(dirty: set[str] | None, previous: Frozen | None, again: frozenset[str]) -> Frozen:
            return self.in_context(  # type: ignore[no-any-return]
                freeze, ordered, writer, main=self.main, dirty=dirty, previous=previous, anchors=self.anchors,
                fingerprint_only=again, deadline=self.until, expendable=self.expendable, skip=skip, progress=report, cell_of=self.lineage.cell_of,
                precaution=precaution,
            )  # fmt: skip

        frozen = frozen_with(None if self.look else self.dirty, self.previous, again)
        if other := deciding.without_a_recipe(frozen) | self._changed_unseen(frozen):
            frozen = frozen_with(other, frozen, again - other)
        if self.settled and self.last and self.previous and frozen.is_like(self.previous):
            return Written(self.previous, self.last, list(self.recipes.values()), frozenset(precaution.survived))
        recipes = self.in_context(deciding.recipes_for, frozen)
        frozen = replace(frozen, order=tuple(self.roots))
        done = writer.commit(*self.body(frozen, recipes))
        return Written(frozen, done, recipes, frozenset(precaution.survived), tuple(precaution.crashed))

    def body(self, frozen: Frozen, recipes: list[Recipe]) -> tuple[bytes, dict[str, Any]]:
        """A checkpoint's body, and what its history shows of it."""
        facts = {
            **kernel_facts(),
            **self.under_way,
            "expendable": sorted(self.expendable),
            "namespace held": self.accesses.namespace_may_be_held,
        }
        meta = {
            "reason": self.reason,
            "execution_count": self.execution_count,
            "bytes": sum(piece.size for piece in frozen.pieces),
            "told": len(frozen.told),
            "names": len(frozen.order),
            "link": int(self.rates.upload),
        }
        return Body(frozen, self.lineage, facts, tuple(recipes)).to_bytes(), meta

    def deciding(self, rehearse: bool, waited_for: bool = False) -> Deciding:
        """What to store, to make again and to leave out."""
        budget = None if self.until is None else max(0.0, self.until - time.monotonic())
        return Deciding(
            self.roots, self.dirty, self.previous, self.recipes, self.lineage, self.main, self.accesses, self.rates, self.expendable,
            budget, rehearse, waited_for, self.replay,
        )  # fmt: skip

    def _changed_unseen(self, frozen: Frozen) -> set[str]:
        """Roots that were to be made again, and are not what they were when the last checkpoint left them to their recipe."""
        before = self.previous.owner if self.previous and self.look else {}
        dirty = self.dirty or set()
        return {
            root
            for piece in frozen.pieces
            if piece.stream is None and piece.roots[0] in before and not dirty.intersection(piece.roots)
            and before[piece.roots[0]].digest != piece.digest
            for root in piece.roots
        }  # fmt: skip

    def _in_order_of_need(self) -> dict[str, Any]:
        """With a deadline: process state first, then what is sure to take little time; what the user marked expendable last."""
        if self.until is None:
            return self.roots
        known = self.previous.owner if self.previous else {}
        same = set() if self.dirty is None else known.keys() - self.dirty

        def need(root: str) -> tuple[bool, bool, bool, int]:
            value, before = self.roots[root], known.get(root)
            size = size_now(before.size if before else 0, [value], root not in same)
            sure = before.seconds < QUICK if before else is_all_there_is(value)
            return root in self.expendable, not root.startswith("@"), not sure, size

        return {root: self.roots[root] for root in sorted(self.roots, key=need)}

    def _told(self, root: str, cause: Cause, reason: str) -> Told:
        return Told(root, cause, reason, "", *self.lineage.cell_of(root))
