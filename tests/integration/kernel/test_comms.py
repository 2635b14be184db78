"""Widgets and comms after a move: the front end has the other ends still, and goes on to send to them."""

from __future__ import annotations

import os
import time
from queue import Empty
from typing import Any

WIDGETS = """
import ipywidgets as w, comm
from ipywidgets.widgets import widget as ww
got = []
sl = w.IntSlider(value=3, max=9)
sl.observe(lambda change: got.append(change['new']), 'value')
b = w.Button()
b.on_click(lambda button: got.append('click'))
"""
DROPPED = "r = w.interact(lambda x: got.append(('f', x)), x=(0, 5)); key = r.widget.children[0].model_id; del r\n_ = 0"
KINDS = ("comm_open", "comm_msg", "comm_close")


def send(kernel: Any, kind: str, content: dict[str, Any], subshell: str | None = None) -> list[dict[str, Any]]:
    """A message on the shell channel, as a front end sends it; what the kernel publishes in answer to it."""
    message = kernel.client.session.msg(kind, content)
    if subshell is not None:
        message["header"]["subshell_id"] = subshell
    kernel.client.shell_channel.send(message)
    published: list[dict[str, Any]] = []
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            one = kernel.client.get_iopub_msg(timeout=0.5)
        except Empty:
            continue
        if one["parent_header"].get("msg_id") == message["header"]["msg_id"]:
            published.append(one)
            if one["msg_type"] == "status" and one["content"]["execution_state"] == "idle":
                return published
    raise AssertionError(f"no answer to {kind} {content}")


def update(kernel: Any, model: str, subshell: str | None = None, **state: Any) -> list[dict[str, Any]]:
    content = {"comm_id": model, "data": {"method": "update", "state": state, "buffer_paths": []}}
    return send(kernel, "comm_msg", content, subshell)


def new_subshell(kernel: Any) -> str:
    """The id of one that the kernel makes, as JupyterLab asks for it."""
    kernel.client.control_channel.send(kernel.client.session.msg("create_subshell_request", {}))
    return str(kernel.client.get_control_msg(timeout=30)["content"]["subshell_id"])


def quiet(kernel: Any) -> list[dict[str, Any]]:
    """What was published on comms so far, of whatever parent."""
    found = []
    while True:
        try:
            one = kernel.client.get_iopub_msg(timeout=0.3)
        except Empty:
            return found
        if one["msg_type"] in KINDS:
            found.append(one)


def of_comms(published: list[dict[str, Any]]) -> list[tuple[str, str, Any]]:
    return [
        (one["msg_type"], one["content"]["comm_id"], one["content"]["data"])
        for one in published
        if one["msg_type"] in KINDS
    ]


def shared(kernel: Any, expression: str) -> str:
    return kernel.value(expression).strip("'")


def test_widgets_that_the_front_end_still_shows_answer_it(start):
    kernel = start()
    kernel.run(WIDGETS), kernel.run(DROPPED)
    slider, button, dropped = (shared(kernel, text) for text in ("sl.model_id", "b.model_id", "key"))
    models = kernel.value("list(ww._instances)")
    assert kernel.terminate() == 0
    kernel = start()
    # The first thing that the kernel hears of, before anything is loaded.
    echo = of_comms(update(kernel, slider, value=7))
    assert [(kind, model, data["method"]) for kind, model, data in echo] == [("comm_msg", slider, "echo_update")]
    send(kernel, "comm_msg", {"comm_id": button, "data": {"method": "custom", "content": {"event": "click"}}})
    update(kernel, dropped, value=5)
    assert kernel.value("sl.value, got") == "(7, [('f', 2), 7, 'click', ('f', 5)])"
    assert kernel.value("list(ww._instances)") == models
    assert quiet(kernel) == []


def test_what_the_kernel_sends_goes_to_the_model_that_the_front_end_has(start):
    kernel = start()
    kernel.run(WIDGETS)
    slider = shared(kernel, "sl.model_id")
    assert kernel.terminate() == 0
    kernel = start()
    published = send(kernel, "execute_request", {"code": "sl.value = 5", "silent": False})
    state = {"method": "update", "state": {"value": 5}, "buffer_paths": []}
    assert of_comms(published) == [("comm_msg", slider, state)]
    published = send(kernel, "execute_request", {"code": "t = w.Text('new'); sl.close()", "silent": False})
    opened = [data["state"]["_model_name"] for kind, _, data in of_comms(published) if kind == "comm_open"]
    assert opened == ["LayoutModel", "TextStyleModel", "TextModel"]
    assert [model for kind, model, _ in of_comms(published) if kind == "comm_close"] == [slider]
    assert kernel.value("slider in ww._instances") == "!NameError: name 'slider' is not defined"
    assert kernel.value("sl.comm, t.model_id in ww._instances") == "(None, True)"


def test_nothing_is_opened_or_closed_by_a_restore_and_the_collector(start):
    kernel = start()
    kernel.run(
        WIDGETS
        + "from tqdm.notebook import tqdm\nbar = tqdm(total=5); bar.update(2)\nlone = comm.create_comm(target_name='t')"
    )
    assert kernel.terminate() == 0
    kernel = start()
    published = send(kernel, "execute_request", {"code": "import gc; n = gc.collect()", "silent": False})
    assert of_comms(published) == []
    assert kernel.value("(gc.collect() >= 0, bar.n, lone._closed)") == "(True, 2, False)"
    assert quiet(kernel) == []


def test_a_page_that_is_loaded_again_finds_all_models(start):
    kernel = start()
    kernel.run(WIDGETS)
    models = eval(kernel.value("sorted(ww._instances)"))
    assert kernel.terminate() == 0
    kernel = start()
    message = kernel.client.session.msg("comm_info_request", {"target_name": "jupyter.widget"})
    kernel.client.shell_channel.send(message)
    while (reply := kernel.client.get_shell_msg(timeout=30))["parent_header"]["msg_id"] != message["header"]["msg_id"]:
        pass
    assert sorted(reply["content"]["comms"]) == models
    opened = {"comm_id": "ctl", "target_name": "jupyter.widget.control", "data": {}}
    control = kernel.client.session.msg("comm_open", opened, metadata={"version": "1.0.0"})
    kernel.client.shell_channel.send(control)
    published = send(kernel, "comm_msg", {"comm_id": "ctl", "data": {"method": "request_states"}})
    (_, _, data), *_ = of_comms(published)
    assert sorted(data["states"]) == models


def test_a_page_that_asked_before_the_move_may_ask_again(start):
    kernel = start()
    kernel.run(WIDGETS)
    opened = {"comm_id": "ctl", "target_name": "jupyter.widget.control", "data": {}}
    kernel.client.shell_channel.send(kernel.client.session.msg("comm_open", opened, metadata={"version": "1.0.0"}))
    models = eval(kernel.value("sorted(ww._instances)"))
    assert kernel.terminate() == 0
    kernel = start()
    (_, _, data), *_ = of_comms(send(kernel, "comm_msg", {"comm_id": "ctl", "data": {"method": "request_states"}}))
    assert sorted(data["states"]) == models


def test_a_comm_that_the_front_end_closes_is_closed(start):
    kernel = start()
    kernel.run(
        "import comm\ngot = []\nc = comm.create_comm(target_name='t'); c.on_close(lambda m: got.append('closed'))"
    )
    model = shared(kernel, "c.comm_id")
    assert kernel.terminate() == 0
    kernel = start()
    send(kernel, "comm_close", {"comm_id": model, "data": {}})
    assert kernel.value("got, c._closed, len(comm.get_comm_manager().comms)") == "(['closed'], True, 0)"


def test_messages_to_a_subshell_of_the_life_before_reach_their_widgets(start):
    kernel = start()
    subshell = new_subshell(kernel)
    kernel.run(WIDGETS + "import signal\nsignal.signal(signal.SIGUSR1, lambda *_: got.append('signal'))")
    slider = shared(kernel, "sl.model_id")
    update(kernel, slider, subshell, value=4)
    assert kernel.value("got") == "[4]"
    assert kernel.terminate() == 0
    kernel = start()
    update(kernel, slider, subshell, value=7)
    assert kernel.value("got, sl.value") == "([4, 7], 7)"
    assert kernel.value("signal.getsignal(signal.SIGUSR1).__name__") == "'<lambda>'"
    assert kernel.value("__import__('sojourn_kernel').report().told") == "[]"
    # Its messages are handled while a cell runs, as they were.
    kernel.client.execute(
        "import time\nend = time.monotonic() + 20\nwhile got[-1] != 8 and time.monotonic() < end: time.sleep(0.05)"
    )
    time.sleep(0.5)
    update(kernel, slider, subshell, value=8)
    assert kernel.value("got[-1], time.monotonic() < end") == "(8, True)"


def test_messages_to_a_subshell_that_no_checkpoint_knows_reach_their_widgets(start):
    kernel = start()
    kernel.run(WIDGETS)
    slider = shared(kernel, "sl.model_id")
    assert kernel.terminate() == 0
    kernel = start()
    update(kernel, slider, "of-a-page-that-was-loaded-after-it", value=7)
    assert kernel.value("got, sl.value") == "([7], 7)"


def test_a_stop_waits_for_a_widgets_callback_in_a_subshell(start):
    kernel = start()
    subshell = new_subshell(kernel)
    kernel.run(WIDGETS)
    slider = shared(kernel, "sl.model_id")
    update(kernel, slider, subshell, value=5)  # from here on its messages are handled there
    kernel.run("import time\ndef slow(change):\n    time.sleep(4); got.append('done')\nsl.observe(slow, 'value')")
    content = {"comm_id": slider, "data": {"method": "update", "state": {"value": 4}}}
    message = kernel.client.session.msg("comm_msg", content)
    message["header"]["subshell_id"] = subshell
    kernel.client.shell_channel.send(message)
    time.sleep(1)
    assert kernel.value("got") == "[5, 4]"
    assert kernel.terminate() == 0
    kernel = start()
    assert kernel.value("got, sl.value") == "([5, 4, 'done'], 4)"


def last_checkpoint(kernel: Any, other_than: str | None) -> str:
    """The id of a checkpoint that was made since."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        last = kernel.request(op="status")["content"]["last_checkpoint"]
        if last is not None and last["id"] != other_than:
            return str(last["id"])
        time.sleep(0.1)
    raise AssertionError("no background checkpoint")


def test_a_background_checkpoint_holds_what_a_widget_changed_and_sends_nothing(start):
    kernel = start(SOJOURN_IDLE="0.3")
    kernel.run(WIDGETS)
    slider = shared(kernel, "sl.model_id")
    quiet(kernel)
    first = last_checkpoint(kernel, None)
    update(kernel, slider, value=6)
    last_checkpoint(kernel, first)
    assert quiet(kernel) == []
    kernel.process.kill()
    kernel.process.wait()
    kernel = start()
    assert kernel.value("sl.value, got, ww._instances[sl.model_id] is sl") == "(6, [6], True)"


def test_widgets_whose_library_is_missing_are_told_and_cost_nothing_else(start, tmp_path):
    kernel = start()
    kernel.run(WIDGETS + "lone = comm.create_comm(target_name='t')")
    slider = shared(kernel, "sl.model_id")
    assert kernel.terminate() == 0
    (tmp_path / "ipywidgets.py").write_text(
        "raise ModuleNotFoundError('No module named ipywidgets', name='ipywidgets')"
    )
    kernel = start(PYTHONPATH=os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    assert of_comms(update(kernel, slider, value=7)) == []
    kernel.client.execute("import gc; gc.collect()")
    assert quiet(kernel) == []
    assert "ipywidgets is not installed here" in kernel.value("sl")
    assert kernel.value("got, list(comm.get_comm_manager().comms) == [lone.comm_id]") == "([], True)"
    told = kernel.value("[one.sentence() for one in __import__('sojourn_kernel').report().entries]")
    assert "sl: the package ipywidgets is not installed here" in told


def test_what_a_widget_holds_and_loses_is_told_by_its_name(start):
    kernel = start()
    kernel.run(WIDGETS + "import socket\nsl.pair = socket.socketpair()")
    assert kernel.terminate() == 0
    kernel = start()
    assert kernel.value("sl.value, ww._instances[sl.model_id] is sl") == "(3, True)"
    assert kernel.value("sorted(one.name + one.path for one in __import__('sojourn_kernel').report().entries)") == (
        "['sl.pair[0]', 'sl.pair[1]']"
    )
