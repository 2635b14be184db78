"""`make demo`: a real notebook, killed in the middle by SIGTERM, goes on in a new process.

The notebook runs twice: once in an ordinary ipykernel from start to end (the control), and once in the Sojourn kernel,
whose process is stopped after some cells and replaced by a new one. Then the outputs of every cell are compared.
No cluster, no root, nothing to sign up for: the store is a directory.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Empty

import nbformat
from jupyter_client import BlockingKernelClient, KernelManager

NOTEBOOK = Path(__file__).with_name("breast_cancer.ipynb")
REPORT = "import sojourn_kernel as _s; print(_s.report()); del _s"


@dataclass(frozen=True)
class Ran:
    """One executed cell: its printed and displayed text, and how long it took in seconds."""

    text: str
    seconds: float


class CellFailed(RuntimeError):
    """A cell of the notebook raised."""


@contextmanager
def kernel(name: str, env: dict[str, str]) -> Iterator[tuple[KernelManager, BlockingKernelClient]]:
    """A running kernel and its client; killed at the end if it still lives."""
    with tempfile.TemporaryDirectory(prefix="sojourn-demo-") as sockets:
        # Not over TCP, of whose listeners ipykernel warns.
        manager = KernelManager(kernel_name=name, transport="ipc", ip=f"{sockets}/kernel")
        manager.start_kernel(env={**os.environ, **env})
        client = manager.blocking_client()
        client.start_channels()
        try:
            client.wait_for_ready(timeout=60)
            yield manager, client
        finally:
            client.stop_channels()
            if manager.is_alive():
                manager.shutdown_kernel(now=True)
            manager.cleanup_resources()


def run(client: BlockingKernelClient, source: str) -> Ran:
    """Execute one cell and collect its text. Raises CellFailed with the kernel's traceback."""
    begin, texts = time.perf_counter(), []
    request = client.execute(source)
    while True:
        try:
            message = client.get_iopub_msg(timeout=120)
        except Empty:
            raise CellFailed("no answer from the kernel within 120 s") from None
        if message["parent_header"].get("msg_id") != request:
            continue
        kind, content = message["msg_type"], message["content"]
        if kind == "stream":
            texts.append(content["text"])
        elif kind in ("execute_result", "display_data"):
            text = content["data"].get("text/plain", "")
            texts.append("" if text.startswith("Sojourn:") else text)
        elif kind == "error":
            raise CellFailed("\n".join(content["traceback"]))
        elif kind == "status" and content["execution_state"] == "idle":
            return Ran("".join(texts), time.perf_counter() - begin)


def say(who: str, what: str, seconds: float | None = None) -> None:
    """One line of the timeline."""
    print(f"  {who:<10} {what:<76}" + (f"{seconds:7.2f} s" if seconds is not None else ""), flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stop-after", type=int, default=7, metavar="N", help="SIGTERM after the Nth cell (default 7)")
    parser.add_argument("--store", help="URL of the store; default: a temporary directory")
    arguments = parser.parse_args()

    sources = [cell.source for cell in nbformat.read(NOTEBOOK, as_version=4).cells if cell.cell_type == "code"]
    if not 0 < arguments.stop_after < len(sources):
        parser.error(f"--stop-after must be from 1 to {len(sources) - 1}: the notebook has {len(sources)} code cells")
    print(f"\nSojourn demo: {NOTEBOOK.name}, {len(sources)} cells, stopped after cell {arguments.stop_after}\n")

    begin = time.perf_counter()
    with kernel("python3", {}) as (_, client):
        control = [run(client, source) for source in sources]
    say("control", f"an ordinary kernel runs all {len(sources)} cells without a stop", time.perf_counter() - begin)

    with tempfile.TemporaryDirectory(prefix="sojourn-demo-") as directory:
        store = arguments.store or f"file://{directory}/store"
        env = {"SOJOURN_STORE": store, "SOJOURN_SESSION": f"demo/{os.getpid()}"}
        with kernel("sojourn", env) as (manager, client):
            pid = manager.provisioner.pid
            moved = [run(client, source) for source in sources[: arguments.stop_after]]
            say("kernel A", f"pid {pid} has run cells 1 to {arguments.stop_after}", sum(cell.seconds for cell in moved))
            begin = time.perf_counter()
            os.kill(pid, signal.SIGTERM)
            code = manager.provisioner.process.wait(60)
            kind = store.split(":")[0]
            say("", f"SIGTERM: session saved to {kind}://, exit code {code}", time.perf_counter() - begin)
            if code != 0:
                print("the kernel did not end cleanly; see its log above", file=sys.stderr)
                return 1
        begin = time.perf_counter()
        with kernel("sojourn", env) as (manager, client):
            say("kernel B", f"pid {manager.provisioner.pid} answers", time.perf_counter() - begin)
            moved.append(run(client, sources[arguments.stop_after]))
            first = f"first result: cell {arguments.stop_after + 1}, with the variables of kernel A"
            say("", first, time.perf_counter() - begin)
            moved += [run(client, source) for source in sources[arguments.stop_after + 1 :]]
            say("", f"cells {arguments.stop_after + 1} to {len(sources)} have run", time.perf_counter() - begin)
            report = run(client, REPORT).text

    same = [a.text == b.text for a, b in zip(control, moved, strict=True)]
    say("outputs", f"{sum(same)} of {len(same)} cells print exactly what the uninterrupted run printed")
    for number, (was, now) in enumerate(zip(control, moved, strict=True), 1):
        if was.text != now.text:
            print(f"\ncell {number} differs\n--- uninterrupted\n{was.text}\n--- moved\n{now.text}")
    print("\nThe last cells, as kernel B printed them:\n")
    for cell in moved[arguments.stop_after :]:
        print("    " + cell.text.strip().replace("\n", "\n    ") + "\n")
    print("The restore report:\n\n    " + report.strip().replace("\n", "\n    ") + "\n")
    return 0 if all(same) else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except CellFailed as failure:
        sys.exit(f"a cell failed:\n{failure}")
