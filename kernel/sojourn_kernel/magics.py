"""``%sojourn``: what a user can ask of the session."""

from __future__ import annotations

import math
import re
import time
from typing import Any

from IPython.core.magic import Magics, line_magic, magics_class

from .answers import status
from .session import asked
from .session.restored import RestoreReport
from .store import StoreError

HELP = """%sojourn checkpoint        save now
%sojourn report            what was restored, and what was not, with the reason
%sojourn plan [SECONDS]    what a save would store or recompute, what it would cost, and what it would leave out in so short a time
%sojourn status            the last checkpoint, and whether anything changed since
%sojourn history           the checkpoints of this session
%sojourn restore ID        go on from an older checkpoint (the kernel's names are replaced)
%sojourn fresh             an empty namespace, now and at the next start; the checkpoints stay in the history
%sojourn expendable NAMES  these may be left out when time is short
%sojourn keep NAMES        these may not (the default)"""


@magics_class
class SojournMagics(Magics):
    """The line magic; ``kernel`` does the work."""

    def __init__(self, shell: Any, kernel: Any) -> None:
        super().__init__(shell)
        self.kernel = kernel

    @line_magic
    def sojourn(self, line: str) -> RestoreReport | None:
        verb, *names = line.split() or ["help"]
        act = getattr(self, f"_{verb}", None) if verb.isalpha() else None
        if act is None:
            print(f"There is no %sojourn {verb}.\n{HELP}")
            return None
        try:
            return act(*names)
        except TypeError as error:
            if "positional argument" not in str(error):
                raise
            print(f"%sojourn {verb} takes other arguments.\n{HELP}")
        except StoreError as error:
            print(f"Sojourn: {error}")
        return None

    def _help(self) -> None:
        print(HELP)

    def _checkpoint(self) -> None:
        keeper = self.kernel.keeper
        keeper.progress.changed = True
        saved = self.kernel.save_safely("magic", None)
        if saved.ok:
            told = f"; not kept: {', '.join(dict.fromkeys(t.name for t in saved.told))}" if saved.told else ""
            print(f"Sojourn: saved {saved.checkpoint} in {saved.seconds:.2f} s, {saved.bytes} bytes sent{told}")
        else:
            print(f"Sojourn: not saved: {saved.error}")

    def _report(self) -> RestoreReport:
        return self.kernel.report()

    def _plan(self, seconds: str = "") -> None:
        try:
            deadline = float(seconds) if seconds else None
        except ValueError:
            deadline = math.nan
        if deadline is not None and not 0 <= deadline < math.inf:
            print(f"Sojourn: a deadline is a number of seconds, not {seconds!r}")
        else:
            print(asked.plan(self.kernel.keeper, deadline))

    def _status(self) -> None:
        now = status(self.kernel)
        last = now["last_checkpoint"]
        when = f"{last['id']}, {time.time() - last['created']:.0f} s ago" if last else "none by this kernel yet"
        print(f"session {self.kernel.settings.session} in {self.kernel.settings.store}")
        changed = "yes" if now["changed"] else "maybe, by threads or tasks that run on" if now["changing"] else "no"
        if now["failing"]:
            print(f"not saved at the moment: {now['failing']}; it is tried again and again")
        print(f"last checkpoint: {when}; changed since: {changed}; state: {now['state']}")

    def _history(self) -> None:
        keeper = self.kernel.keeper
        for entry in keeper.sending.kept.history() if keeper.sending.kept else []:
            when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(entry.created))
            meta = entry.meta
            print(f"{entry.id}  {entry.problem}" if entry.problem else
                  f"{entry.id}  {when}  [{meta.get('execution_count')}]  {meta.get('bytes', 0)} bytes  {meta.get('reason')}")  # fmt: skip

    def _restore(self, id: str) -> None:
        print(asked.go_back(self.kernel.keeper, id))

    def _fresh(self) -> None:
        asked.fresh(self.kernel.keeper)
        print("Sojourn: a fresh session. The checkpoints stay in the history (%sojourn history).")

    def _expendable(self, *names: str) -> None:
        self.kernel.keeper.expendable |= self._known_of(names)
        self._show_expendable()

    def _keep(self, *names: str) -> None:
        self.kernel.keeper.expendable -= self._known_of(names)
        self._show_expendable()

    def _known_of(self, names: tuple[str, ...]) -> set[str]:
        """Names as they were typed, with spaces or commas between them; that there is no such variable is said."""
        asked_for = {name for name in re.split(r"[\s,]+", " ".join(names)) if name}
        keeper = self.kernel.keeper
        unloaded = keeper.loading.pending if keeper.loading is not None else set()
        known = asked_for & (self.shell.user_ns.keys() | unloaded | keeper.expendable)
        if known != asked_for:
            print(f"Sojourn: there is no variable named {', '.join(sorted(asked_for - known))}")
        return known

    def _show_expendable(self) -> None:
        print(f"expendable: {', '.join(sorted(self.kernel.keeper.expendable)) or 'nothing'}")
