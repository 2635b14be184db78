"""Systems under test: how a session is saved and brought back. All have one shape: peers run beside Sojourn."""

from __future__ import annotations

import ast
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from .case import IDLE
from .kernel import Kernel, KernelFailed

BACKGROUND_LIMIT = 60.0  # seconds
THREADS_LIMIT = 10.0  # seconds until a checkpoint after the end of a thread


@dataclass(frozen=True)
class Place:
    """Where one case runs: ``folder`` for sockets, logs and the store; ``cwd`` the user's working directory."""

    folder: Path
    cwd: Path
    env: Mapping[str, str] = field(default_factory=dict)


class System(Protocol):
    """start → cells → save → start again (a new process) → checks."""

    @property
    def name(self) -> str: ...

    def start(self, place: Place, again: bool) -> Kernel: ...
    def save(self, kernel: Kernel, place: Place) -> None: ...
    def restore(self, kernel: Kernel, place: Place, cells: Sequence[str]) -> None: ...
    def told(self, kernel: Kernel) -> list[str]: ...


@dataclass(frozen=True)
class Sojourn:
    """The elastic kernel through its fixed interface: two environment variables and SIGTERM.

    wait: seconds before the first cell of the second life, in which all is loaded behind the user's back.
    """

    name: str = "sojourn"
    wait: float = 0.0

    def start(self, place: Place, again: bool) -> Kernel:
        return self.start_life(place, "second" if again else "first")

    def start_life(self, place: Place, life: str) -> Kernel:
        """One of the session's kernels; ``life`` names its folder."""
        folder = place.folder / life
        folder.mkdir()
        env = {
            "SOJOURN_STORE": f"file://{place.folder}/store",
            "SOJOURN_SESSION": "corpus/ada/default/kernels/one",
            **place.env,
        }
        return Kernel(folder, place.cwd, spec="sojourn", env=env)

    def save(self, kernel: Kernel, place: Place) -> None:
        if code := kernel.terminate():
            raise KernelFailed(f"SIGTERM ended the kernel with {code}, not 0: {kernel.tail()}")

    def restore(self, kernel: Kernel, place: Place, cells: Sequence[str]) -> None:
        """The kernel restores by itself when it starts."""
        time.sleep(self.wait)

    def told(self, kernel: Kernel) -> list[str]:
        outcome = kernel.run("print([str(name) for name in __import__('sojourn_kernel').report().told])", history=False)
        if outcome.status != "ok":
            raise KernelFailed(f"sojourn_kernel.report() failed: {outcome.error}")
        return list(ast.literal_eval(outcome.text.strip()))


@dataclass(frozen=True)
class Killed(Sojourn):
    """The kernel is killed without a word, as soon as what its cells did is in a background checkpoint."""

    name: str = "killed"

    def save(self, kernel: Kernel, place: Place) -> None:
        wait_until_saved(kernel, BACKGROUND_LIMIT)
        kernel.close()


@dataclass(frozen=True)
class Twice(Sojourn):
    """The session moves twice: what came back is saved again, every object of it, and brought back once more.

    Of process state a restore tells once: what the user was told between the moves counts.
    """

    name: str = "twice"
    once: Sojourn = field(default_factory=Sojourn)
    "How each of the kernels is saved and ended."
    _told_between: dict[Kernel, list[str]] = field(default_factory=dict)

    def save(self, kernel: Kernel, place: Place) -> None:
        self.once.save(kernel, place)

    def start(self, place: Place, again: bool) -> Kernel:
        kernel = super().start(place, again)
        if not again:
            return kernel
        try:
            if (outcome := kernel.run("globals() and None", history=False)).status != "ok":  # reaches all that there is
                raise KernelFailed(f"the cell between the moves failed: {outcome.error}")
            told = super().told(kernel)
            self.save(kernel, place)
        finally:
            kernel.close()
        last = self.start_life(place, "third")
        self._told_between[last] = told
        return last

    def told(self, kernel: Kernel) -> list[str]:
        return self._told_between.pop(kernel) + super().told(kernel)


def wait_until_saved(kernel: Kernel, seconds: float) -> str:
    """The id of a checkpoint that holds what cells did, once there is one: nothing runs, nothing is being saved, nothing has changed since.

    What threads go on to do is in the next one, some seconds later; threads that never end have none that holds all.
    """
    begin = time.monotonic()
    while time.monotonic() < begin + seconds:
        status = kernel.request(op="status")["content"]
        waits_for_threads = status["changing"] and time.monotonic() < begin + THREADS_LIMIT
        if status["state"] == "ready" and not status["changed"] and status["last_checkpoint"] and not waits_for_threads:
            return str(status["last_checkpoint"]["id"])
        time.sleep(0.1)
    raise KernelFailed(f"no background checkpoint within {seconds:.0f} s: {kernel.tail()}")


@dataclass(frozen=True)
class Plain:
    """ipykernel with nothing added. Its ``save`` does not stop the kernel: the control that nothing interrupts."""

    name: str = "control"
    python: str = sys.executable

    def start(self, place: Place, again: bool) -> Kernel:
        folder = place.folder / ("second" if again else "first")
        folder.mkdir()
        argv = [self.python, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return Kernel(folder, place.cwd, argv=argv, env=place.env)

    def save(self, kernel: Kernel, place: Place) -> None: ...

    def restore(self, kernel: Kernel, place: Place, cells: Sequence[str]) -> None: ...

    def told(self, kernel: Kernel) -> list[str]:
        return []


@dataclass(frozen=True)
class Rerun(Plain):
    """Every cell run again in a fresh kernel."""

    name: str = "rerun"

    def save(self, kernel: Kernel, place: Place) -> None:
        kernel.close()

    def restore(self, kernel: Kernel, place: Place, cells: Sequence[str]) -> None:
        for cell in (cell for cell in cells if cell != IDLE):
            kernel.run(cell, interrupt=cell.startswith("# interrupt"))


@dataclass(frozen=True)
class Dill(Plain):
    """``dill.dump_session`` before the kernel ends, ``load_session`` in the next one."""

    name: str = "dill"

    def save(self, kernel: Kernel, place: Place) -> None:
        path = str(place.folder / "session.dill")
        outcome = kernel.run(f"__import__('dill').dump_session({path!r})", history=False)
        if outcome.status != "ok":
            raise KernelFailed(f"dill.dump_session: {outcome.error}")
        kernel.close()

    def restore(self, kernel: Kernel, place: Place, cells: Sequence[str]) -> None:
        path = str(place.folder / "session.dill")
        outcome = kernel.run(f"__import__('dill').load_session({path!r})", history=False)
        if outcome.status != "ok":
            raise KernelFailed(f"dill.load_session: {outcome.error}")
