"""How a kernel's checkpoints reach the store: the writers, the process that holds the connections, what the link carries."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..settings import Settings
from ..store import SessionStore, StoreError, open_store

if TYPE_CHECKING:  # what saves alone need is imported with the first of them: a start does not wait for it
    from ..plan.choice import Rates
    from ..store import CheckpointWriter, Committed, Uploader


@dataclass
class Sending:
    """kept: the session's stream of checkpoints, None without a store. link: bytes a second, as the last checkpoint knew it."""

    settings: Settings
    log: Any
    kept: SessionStore | None = None
    link: float = 0.0
    uploader: Uploader | None = None

    def rates(self, last: Committed | None) -> Rates:
        from .writing import rates_of

        return rates_of(self.settings.store.startswith("file:"), last, self.link)

    def writer(self, warm: bytes | None, in_child: bool) -> CheckpointWriter:
        """A writer of the next checkpoint: through the uploader where it runs, else with connections of this process's own."""
        if self.uploader is not None and self.uploader.pid is not None:
            return self.uploader.writer(warm)
        if self.kept is not None and not in_child:
            return self.kept.writer(warm)
        return open_store(self.settings.store).session(self.settings.session).writer(warm)

    def begin_anew(self) -> bytes | None:
        """The store was emptied, and its key may have gone with the rest. Returns what the next writer begins with, if the store is there."""
        with suppress(StoreError):
            self.kept = open_store(self.settings.store).session(self.settings.session)
        return self.kept.anew() if self.kept is not None else None

    def launch_uploader(self) -> None:
        """Before a fork: the child hands its packs to a process that holds the connections. A directory needs none."""
        if self.settings.store.startswith("file:"):
            return
        from ..store import Uploader

        if self.uploader is None:
            self.uploader = Uploader(self.settings.store, self.settings.session)
        try:
            self.uploader.launch()
        except StoreError as error:
            self.log.warning("sojourn: %s", error)
