"""Two lives of a session, each in a process of its own: a plain IPython shell, the codec, a store in a folder. No kernel."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SECONDS = 120  # a bound for a hung process, no measurement


@dataclass(frozen=True)
class Lives:
    """What expressions were before the save, what they are after the restore, and what was told."""

    before: dict[str, str]
    after: dict[str, str]
    told: list[str]


def library_in(folder: Path, source: str) -> Path:
    """The folder, in whose ``site-packages`` is a library of this source by now, as one that was installed: ``lib``."""
    (folder / "site-packages").mkdir()
    (folder / "site-packages" / "lib.py").write_text(source)
    return folder


def live_twice(folder: Path, cells: list[str], checks: list[str], then: tuple[str, ...] = ()) -> Lives:
    """Run cells, save, and restore elsewhere; evaluate ``checks`` in both lives. ``then``: cells before the second's checks."""
    (folder / "work").mkdir(exist_ok=True)
    before = _life(folder, {"cells": cells, "checks": checks, "save": True})
    after = _life(folder, {"cells": list(then), "checks": checks, "save": False})
    return Lives(before["values"], after["values"], after["told"])


def _life(folder: Path, job: dict[str, Any]) -> dict[str, Any]:
    answer = folder / "answer.json"
    answer.unlink(missing_ok=True)
    job |= {"answer": str(answer), "store": f"file://{folder}/store"}
    done = subprocess.run(
        [sys.executable, __file__, json.dumps(job)],
        cwd=folder / "work",
        env={**os.environ, "IPYTHONDIR": str(folder / "ipython"), "MPLBACKEND": "agg"},
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert answer.is_file(), done.stdout + done.stderr
    return json.loads(answer.read_text())


def main(job: dict[str, Any]) -> None:
    from IPython.core.interactiveshell import InteractiveShell
    from sojourn_kernel.restore.thaw import Thaw
    from sojourn_kernel.snapshot import ambient
    from sojourn_kernel.snapshot.freeze import freeze
    from sojourn_kernel.snapshot.frozen import Frozen
    from sojourn_kernel.snapshot.names import HISTORY, history_of, name_baseline, user_roots
    from sojourn_kernel.snapshot.placing import Placing
    from sojourn_kernel.store import open_store

    sys.path[0] = ""  # as a kernel has it: the working directory, not this script's
    shell = InteractiveShell.instance()
    shell.ast_transformers.append(_Instrument(shell))
    shell.history_manager.enabled = False
    names, base = name_baseline(shell), ambient.baseline(shell)
    kept = open_store(job["store"]).session("test")
    told = []
    if not job["save"]:
        manifest = kept.load()
        thaw = Thaw(Frozen.from_bytes(manifest.body), kept, shell.user_ns)
        placing = Placing(shell)
        values: dict[str, Any] = {}
        for phase in (
            ambient.FIRST,
            ambient.SETTINGS,
            ambient.EARLY,
        ):  # variables that share something with such state come with it
            values |= (state := thaw.load(ambient.keys(phase)))
            told += ambient.apply(shell, phase, state)
        values |= thaw.load_all()
        history = values.pop(HISTORY, None)
        if history:
            placing.history(history)
        for root, value in values.items():
            if not root.startswith("@"):
                placing.value(root, value)
        told += ambient.apply(shell, ambient.LATE, values)
        told += thaw.told
    for cell in job["cells"]:
        result = shell.run_cell(cell, store_history=True)
        ambient.note(shell, base, cell)
        if not result.success:
            raise SystemExit(f"{cell}\nraised {result.error_before_exec or result.error_in_exec!r}")
    answer: dict[str, Any] = {"values": {check: _shown(shell, check) for check in job["checks"]}}
    if job["save"]:
        mine = user_roots(shell, names)
        roots = {**mine, **ambient.gather(shell, base), HISTORY: history_of(shell, mine, names)}
        writer = kept.writer()
        writer.commit(freeze(roots, writer, main=shell.user_ns).to_bytes(), {})
    answer["told"] = [one.sentence() for one in told]
    Path(job["answer"]).write_text(json.dumps(answer))


class _Instrument:
    """What the kernel's shell does to a cell."""

    def __init__(self, shell: Any) -> None:
        self.shell = shell

    def visit(self, tree: Any) -> Any:
        from sojourn_kernel.observe.setting_calls import instrument
        from sojourn_kernel.snapshot.ambient import call_ledger

        return instrument(tree, call_ledger.known(self.shell.user_ns))


def _shown(shell: Any, check: str) -> str:
    try:
        return repr(eval(check, shell.user_ns))
    except Exception as error:
        return f"!{type(error).__name__}: {error}"


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
