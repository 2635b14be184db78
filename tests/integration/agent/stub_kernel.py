"""A kernel that speaks the agent's side of the contract and nothing else, so that tests can make it fail at will.

It keeps plain picklable variables in a file per kernel. Its ``mood``, an environment variable of its kernelspec, is
``good``, ``mute`` (never answers a checkpoint) or ``failing`` (answers that it could not).
"""

from __future__ import annotations

import json
import os
import pickle
import re
import threading
import time
from pathlib import Path
from typing import Any

from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp

MOOD = os.environ.get("STUB_MOOD", "good")
FOLDER = Path(os.environ["STUB_FOLDER"])


class StubKernel(IPythonKernel):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        found = re.search(r"kernel-(.+)\.json", self.parent.connection_file)
        self.file = FOLDER / f"{found[1]}.pickle"
        self.log_file = FOLDER / f"{found[1]}.log"
        self.running = threading.Event()
        self.quiesced = False
        self.cells: dict[str, str] = {}
        self.restored = None
        if self.file.exists():
            state = pickle.loads(self.file.read_bytes())
            self.shell.user_ns.update(state["variables"])
            self.shell.execution_count = state["count"]
            self.restored = state["id"]
        self.control_handlers["sojourn_request"] = self.sojourn_request

    async def do_execute(self, *args: Any, **kwargs: Any) -> Any:
        self.running.set()
        request = self.get_parent("shell")["header"]["msg_id"]
        self.cells[request] = "running"
        try:
            return await super().do_execute(*args, **kwargs)
        finally:
            self.cells[request] = "finished"
            self.running.clear()

    async def sojourn_request(self, stream: Any, ident: Any, parent: dict[str, Any]) -> None:
        asked = parent["content"]
        with self.log_file.open("a") as log:
            log.write(json.dumps(asked) + "\n")
        if asked["op"] == "checkpoint" and MOOD == "mute":
            return
        answer = getattr(self, f"op_{asked['op']}", self.unknown)(asked)
        self.session.send(stream, "sojourn_reply", answer, parent, ident=ident)

    def op_checkpoint(self, asked: dict[str, Any]) -> dict[str, Any]:
        if MOOD == "failing":
            return {"status": "error", "error": "The disk is full."}
        variables = {}
        for name, value in list(self.shell.user_ns.items()):
            if not name.startswith("_") and isinstance(value, (int, str, float, list)):
                variables[name] = value
        ident = f"c{time.monotonic_ns()}"
        state = {"id": ident, "variables": variables, "count": self.shell.execution_count}
        self.file.write_bytes(pickle.dumps(state))
        self.quiesced = asked["quiesce"]
        saved = {"checkpoint": ident, "created": time.time(), "bytes": 1, "seconds": 0.0}
        return {"status": "ok", **saved, "told": [], "cells": self.cells}

    def op_resume(self, asked: dict[str, Any]) -> dict[str, Any]:
        self.quiesced = False
        return {"status": "ok"}

    def op_status(self, asked: dict[str, Any]) -> dict[str, Any]:
        running = self.running.is_set()
        return {
            "status": "ok",
            "state": "ready",
            "cell_running": running,
            "execution_count": self.shell.execution_count - 1,
            "last_checkpoint": None,
            "told": 0,
        }

    def op_report(self, asked: dict[str, Any]) -> dict[str, Any]:
        return {"status": "ok", "report": {"checkpoint": self.restored}, "told": []}

    def unknown(self, asked: dict[str, Any]) -> dict[str, Any]:
        return {"status": "error", "error": f"Unknown op {asked['op']!r}."}


if __name__ == "__main__":
    IPKernelApp.launch_instance(kernel_class=StubKernel)
