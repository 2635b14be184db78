"""What every move is measured against: a user's session with state of many kinds, and the same session afterwards."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import requests
import websocket

from tests.cluster.cells import CellFailed, ChannelClosed
from tests.cluster.user import HubRefused, Notebook, User

T = TypeVar("T")
CELLS = [
    "import numpy as np, pandas as pd, random, os\nrandom.seed(3)\nos.makedirs('here', exist_ok=True); os.chdir('here')",
    "x = 41\ndf = pd.DataFrame({'a': np.arange(1000)})\nshared = [1, 2]\nalias = shared",
    "class Account:\n    def __init__(self, n): self.n = n\n    def add(self, k): self.n += k + x; return self.n",
    "acc = Account(1)\nacc.add(1)",
    "df['a'].sum()",
]
CHECKS = [
    "x", "int(df['a'].sum())", "alias is shared", "acc.n", "isinstance(acc, Account)", "(Out[4], int(Out[5]))",
    "os.path.basename(os.getcwd())", "random.getstate()[1][:3]",
]  # fmt: skip
LOST = (HubRefused, ChannelClosed, CellFailed, requests.RequestException, websocket.WebSocketException, OSError)


@dataclass(frozen=True)
class Told:
    """A session as it was before a move."""

    user: User
    notebook: Notebook
    node: str
    uid: str
    values: tuple[str, ...]
    count: int


def begin(user: User, path: str = "work.ipynb") -> Told:
    """Run the story's cells, and remember what they made."""
    notebook = user.open(path)
    for cell in CELLS:
        last = notebook.run(cell).checked()
    values = tuple(notebook.value(check) for check in CHECKS)
    return Told(user, notebook, user.node or "", uid_of(user), values, (last.count or 0) + len(CHECKS))


def uid_of(user: User) -> str:
    return user.hub.cluster.get("pod", user.pod, "-n", user.hub.namespace)["metadata"]["uid"]


def patiently(act: Callable[[], T], timeout: float = 150, what: str = "") -> T:
    """Do something until it works; the last error comes through after ``timeout`` seconds."""
    end = time.monotonic() + timeout
    while True:
        try:
            return act()
        except LOST as error:
            if time.monotonic() > end:
                raise AssertionError(f"{what or 'it'} did not work within {timeout:.0f} s: {error}") from error
            time.sleep(0.3)


def wait_until(is_so: Callable[[], Any], timeout: float, what: str) -> Any:
    """Poll until something is true; its value."""
    end = time.monotonic() + timeout
    while True:
        try:
            if value := is_so():
                return value
        except Exception as error:
            if time.monotonic() > end:
                raise AssertionError(f"{what}: not within {timeout:.0f} s: {error}") from error
        if time.monotonic() > end:
            raise AssertionError(f"{what}: not within {timeout:.0f} s")
        time.sleep(0.2)


def moved_pod(told: Told, timeout: float = 150) -> dict[str, Any]:
    """The user's next pod, once it is Running."""

    def found() -> Any:
        pod = told.user.hub.cluster.get("pod", told.user.pod, "-n", told.user.hub.namespace)
        new = pod["metadata"]["uid"] != told.uid and "deletionTimestamp" not in pod["metadata"]
        return pod if new and pod["status"].get("phase") == "Running" else None

    return wait_until(found, timeout, f"a new pod for {told.user.name}")


def assert_goes_on(told: Told, other_node: bool = True, timeout: float = 150) -> None:
    """The same kernel and session, on another node, with the same values; and it computes on."""
    moved_pod(told, timeout)
    user, notebook = told.user, told.notebook
    kernels = patiently(user.kernels, timeout, "asking for kernels")
    assert [kernel["id"] for kernel in kernels] == [notebook.kernel]
    sessions = patiently(user.sessions, timeout, "asking for sessions")
    assert [(one["id"], one["path"], one["kernel"]["id"]) for one in sessions] == [
        (notebook.session, notebook.path, notebook.kernel)
    ]
    first = patiently(lambda: notebook.value(CHECKS[0]), timeout, "the first cell")
    assert (first, *(notebook.value(check) for check in CHECKS[1:])) == told.values
    cell = notebook.run("x += 1; shared.append(x); print(alias[-1], acc.add(0) > 0)").checked()
    assert cell.stdout == "42 True\n"
    assert cell.count == told.count + len(CHECKS) + 1
    if other_node:
        assert user.node != told.node


def migrations(user: User) -> list[dict[str, Any]]:
    """The Migrations of a user's pod, oldest first."""
    found = user.hub.cluster.get("migrations.sojourn.dev", "-n", user.hub.namespace)["items"]
    mine = [one for one in found if user.pod in str(one.get("spec"))]
    return sorted(mine, key=lambda one: one["metadata"]["creationTimestamp"])


def ended(user: User, phase: str = "Succeeded", timeout: float = 150) -> dict[str, Any]:
    """The user's last Migration, once it is in a phase."""

    def last() -> Any:
        found = migrations(user)
        return found[-1] if found and found[-1].get("status", {}).get("phase") == phase else None

    return wait_until(last, timeout, f"a Migration of {user.name} in phase {phase}")


def annotate(user: User, *annotations: str) -> None:
    """As an admin does: kubectl annotate pod …"""
    cluster = user.hub.cluster
    cluster.kubectl("annotate", "pod", user.pod, "-n", user.hub.namespace, "--overwrite", *annotations)
