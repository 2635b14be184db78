"""A real kernel in a process of its own, driven over its ZMQ channels as a front end drives it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.connect import write_connection_file
from jupyter_client.kernelspec import KernelSpecManager

START_SECONDS = 90.0
ANNOUNCED = "Sojourn: "  # the line that says once that a session was restored
ANSI = re.compile(r"\x1b\[[0-9;]*m")


class KernelFailed(Exception):
    """The kernel did not start, did not answer, or died."""


@dataclass(frozen=True)
class Outcome:
    """What a cell showed: its printed text and result, or the exception that ended it."""

    status: str
    text: str
    error: str = ""
    announced: str = ""
    "What the kernel itself said above the cell's own output."

    def shown(self) -> str:
        return f"{self.text}{self.error}".strip()


class Kernel:
    """One kernel process.

    argv: the command, with ``{connection_file}``; or ``spec``, the name of an installed kernelspec.
    folder: a short path for sockets and the log.
    """

    def __init__(
        self, folder: Path, cwd: Path, *, spec: str = "", argv: list[str] | None = None, env: Mapping[str, str]
    ):
        self.log = folder / "kernel.log"
        if argv is None:
            found = KernelSpecManager().get_kernel_spec(spec)
            argv, env = list(found.argv), {**found.env, **env}
        path, _ = write_connection_file(str(folder / "connection.json"), transport="ipc", ip=str(folder / "s"))
        argv = [part.replace("{connection_file}", path) for part in argv]
        self._log = self.log.open("ab")
        self.process = subprocess.Popen(
            argv,
            cwd=cwd,
            env={
                **os.environ,
                "JPY_PARENT_PID": str(os.getpid()),
                "JUPYTER_RUNTIME_DIR": str(folder.parent),  # all lives of a session have one
                **env,
            },  # a kernel ends with a runner that was killed
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
        )
        self.client: Any = BlockingKernelClient(connection_file=path)
        self.client.load_connection_file()
        self.client.start_channels(hb=False)
        self._wait_ready()

    def _wait_ready(self) -> None:
        end = time.monotonic() + START_SECONDS
        self.client.kernel_info()
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise KernelFailed(f"the kernel ended with {self.process.returncode} while it started: {self.tail()}")
            try:
                if self.client.get_shell_msg(timeout=0.5)["msg_type"] == "kernel_info_reply":
                    break
            except Empty:
                continue
        else:
            raise KernelFailed(f"the kernel did not answer within {START_SECONDS:.0f} s: {self.tail()}")
        while time.monotonic() < end:  # iopub is connected when a request's idle arrives on it
            message_id = self.client.kernel_info()
            deadline = time.monotonic() + 0.2  # one that was sent too early never comes
            while time.monotonic() < deadline:
                try:
                    message = self.client.get_iopub_msg(timeout=0.05)
                except Empty:
                    continue
                if (
                    message["parent_header"].get("msg_id") == message_id
                    and message["content"].get("execution_state") == "idle"
                ):
                    return
        raise KernelFailed("nothing arrived on the kernel's iopub channel")

    def tail(self) -> str:
        """The last lines of the kernel's own log."""
        return self.log.read_text(errors="replace")[-1500:]

    def run(self, code: str, seconds: float = 60.0, *, history: bool = True, interrupt: bool = False) -> Outcome:
        """Run one cell to its end; ``interrupt`` sends SIGINT as soon as it prints."""
        message_id = self.client.execute(code, store_history=history, allow_stdin=False, stop_on_error=False)
        end, text, error, reply, idle = time.monotonic() + seconds, [], "", None, False
        announced = ""
        while not (idle and reply):
            if time.monotonic() > end:
                raise KernelFailed(f"no answer within {seconds:.0f} s to: {code[:200]}")
            if self.process.poll() is not None:
                raise KernelFailed(f"the kernel ended with {self.process.returncode} in: {code[:200]} {self.tail()}")
            try:
                message = self.client.get_iopub_msg(timeout=0.5) if not idle else self.client.get_shell_msg(timeout=0.5)
            except Empty:
                continue
            if message["parent_header"].get("msg_id") != message_id:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "stream" and content["name"] == "stdout":
                text.append(content["text"])
                if interrupt:
                    self.process.send_signal(signal.SIGINT)
                    interrupt = False
            elif kind in ("execute_result", "display_data"):
                shown = content["data"].get("text/plain", "")
                if shown.startswith(ANNOUNCED):
                    announced += shown
                else:
                    text.append(shown + "\n")
            elif kind == "error":
                error = ANSI.sub("", f"{content['ename']}: {content['evalue']}")
            elif kind == "status" and content["execution_state"] == "idle":
                idle = True
            elif kind == "execute_reply":
                reply = content["status"]
        return Outcome(str(reply), "".join(text), error, announced)

    def request(self, **content: object) -> dict[str, Any]:
        """A ``sojourn_request`` on the control channel, as the agent sends it, and the message that answers it."""
        message = self.client.session.msg("sojourn_request", content)
        self.client.control_channel.send(message)
        while True:
            reply: dict[str, Any] = self.client.get_control_msg(timeout=60)
            if reply["parent_header"].get("msg_id") == message["header"]["msg_id"]:
                return reply

    def value(self, expression: str, seconds: float = 60.0) -> str:
        """``repr`` of an expression, or ``!Error: message``; leaves history, ``_`` and the execution count alone."""
        outcome = self.run(f"print(repr(({expression})))", seconds, history=False)
        return f"!{outcome.error}" if outcome.status != "ok" else outcome.text.rstrip("\n")

    def terminate(self, seconds: float = 60.0) -> int:
        """SIGTERM, and wait for the exit status."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise KernelFailed(f"the kernel still ran {seconds:.0f} s after SIGTERM: {self.tail()}") from None

    def close(self) -> None:
        """End the process, and what it started in its own process group; release sockets."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait(30)
        self.client.stop_channels()
        self.client.context.term()
        self._log.close()
