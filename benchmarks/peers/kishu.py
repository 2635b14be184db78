"""kishu 0.3.4: a hook in ipykernel that commits after each cell; ``checkout`` of the last commit restores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests.fidelity.kernel import Kernel, KernelFailed
from tests.fidelity.systems import Place

from .disk import bytes_in
from .environments import python_of

REQUIREMENT = "kishu==0.3.4"
NOTEBOOK = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
LAST = (
    "max((k for k in _kishu._kishu_commit.keys_like('') if k.startswith('1:0:')), key=lambda k: int(k.split(':')[2]))"
)


@dataclass(frozen=True)
class KishuPeer:
    """Incremental, per co-variable; the save is part of every cell."""

    name: str = "kishu"
    limit: float = 1800.0  # seconds that a checkout may take
    incremental: bool = True

    def save_running(self, kernel: Kernel, place: Place) -> None:
        """Nothing to do: the cell's own hook has committed."""

    def start(self, place: Place, again: bool) -> Kernel:
        folder = place.folder / ("second" if again else "first")
        folder.mkdir()
        notebook = place.folder / "kishu" / "nb.ipynb"
        notebook.parent.mkdir(exist_ok=True)
        if not notebook.exists():
            notebook.write_text(NOTEBOOK)
        argv = [python_of(self.name, REQUIREMENT), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        env = {"ENV_KISHU_TEST_MODE": "1", "TEST_NOTEBOOK_PATH": str(notebook), "KISHU_PATH_ROOT": str(notebook.parent)}
        kernel = Kernel(folder, place.cwd, argv=argv, env={**place.env, **env})
        outcome = kernel.run(f"from kishu import init_kishu; init_kishu({str(notebook)!r})", self.limit, history=False)
        if outcome.status != "ok":
            kernel.close()
            raise KernelFailed(f"init_kishu: {outcome.error}")
        return kernel

    def save(self, kernel: Kernel, place: Place) -> None:
        kernel.close()

    def restore(self, kernel: Kernel, place: Place, cells: Sequence[str]) -> None:
        outcome = kernel.run(f"_kishu.checkout({LAST}, skip_notebook=True)", self.limit, history=False)
        if outcome.status != "ok":
            raise KernelFailed(f"kishu checkout: {outcome.error}")

    def told(self, kernel: Kernel) -> list[str]:
        return []

    def size(self, place: Place) -> int:
        return bytes_in(place.folder / "kishu")
