"""Whatever works in ipykernel works in this kernel: what the conformance suite does not look at."""

from __future__ import annotations

import time
from typing import Any

from tests.fidelity.kernel import Kernel


def ask(kernel: Kernel, kind: str, content: dict[str, Any], channel: str = "control") -> dict[str, Any]:
    """The content of the reply to a request."""
    message = kernel.client.session.msg(kind, content)
    getattr(kernel.client, f"{channel}_channel").send(message)
    receive = kernel.client.get_control_msg if channel == "control" else kernel.client.get_shell_msg
    while True:
        reply = receive(timeout=30)
        if reply["parent_header"].get("msg_id") == message["header"]["msg_id"]:
            return reply["content"]


def displayed(kernel: Kernel, code: str) -> list[dict[str, Any]]:
    """The mime bundles that a cell displays."""
    message_id = kernel.client.execute(code)
    found = []
    while True:
        message = kernel.client.get_iopub_msg(timeout=60)
        if message["parent_header"].get("msg_id") != message_id:
            continue
        if message["msg_type"] in ("display_data", "execute_result"):
            found.append(message["content"]["data"])
        if message["content"].get("execution_state") == "idle":
            return found


def test_a_cell_may_await_at_its_top(start):
    kernel = start()
    kernel.run("import asyncio\nasync def seven():\n    await asyncio.sleep(0.01)\n    return 7")
    kernel.run("x = await seven()")
    assert kernel.value("x") == "7"


def test_figures_are_shown_inline(start):
    kernel = start()
    kernel.run("%matplotlib inline\nimport matplotlib.pyplot as plt")
    shown = displayed(kernel, "_ = plt.plot([1, 2])")
    assert any("image/png" in bundle for bundle in shown)


def test_an_interrupt_ends_a_cell_and_leaves_the_session(start):
    kernel = start()
    outcome = kernel.run("x = 1\nprint('on', flush=True)\nimport time\ntime.sleep(60)", interrupt=True)
    assert outcome.error.startswith("KeyboardInterrupt")
    assert kernel.value("x") == "1"


def test_a_subshell_answers_while_a_cell_runs(start):
    kernel = start()
    shell = ask(kernel, "create_subshell_request", {})["subshell_id"]
    long = kernel.client.execute("import time\ntime.sleep(3)\ndone = 1")
    time.sleep(0.3)
    message = kernel.client.session.msg(
        "execute_request", {"code": "y = 6 * 7", "silent": False, "store_history": False}
    )
    message["header"]["subshell_id"] = shell
    begun = time.monotonic()
    kernel.client.shell_channel.send(message)
    replies = {}
    while not {long, message["header"]["msg_id"]} <= replies.keys():
        reply = kernel.client.get_shell_msg(timeout=30)
        replies[reply["parent_header"]["msg_id"]] = (reply["content"]["status"], time.monotonic() - begun)
    assert replies[message["header"]["msg_id"]][0] == "ok"
    assert replies[message["header"]["msg_id"]][1] < replies[long][1]
    assert kernel.value("(y, done)") == "(42, 1)"
    assert kernel.terminate() == 0
    assert start().value("(y, done)") == "(42, 1)"


def test_the_debugger_answers(start):
    kernel = start()
    info = ask(kernel, "debug_request", {"type": "request", "seq": 1, "command": "debugInfo", "arguments": {}})
    assert info["success"] and info["body"]["isStarted"] is False
    arguments = {
        "clientID": "tests",
        "clientName": "tests",
        "adapterID": "",
        "pathFormat": "path",
        "linesStartAt1": True,
    }
    begun = ask(kernel, "debug_request", {"type": "request", "seq": 2, "command": "initialize", "arguments": arguments})
    assert begun["success"]


def test_a_comm_reaches_its_target_in_the_kernel(start):
    kernel = start()
    kernel.run(
        "heard = []\nget_ipython().kernel.comm_manager.register_target('t', lambda comm, m: heard.append(m['content']['data']))"
    )
    message = kernel.client.session.msg("comm_open", {"comm_id": "c1", "target_name": "t", "data": {"n": 5}})
    kernel.client.shell_channel.send(message)
    assert kernel.value("heard") == "[{'n': 5}]"
