"""The REST API: who may ask, what is refused and why, and that it is what its OpenAPI description says."""

from __future__ import annotations

import concurrent.futures
import http.cookiejar
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from sojourn_kernel import protocol
from sojourn_kernel.server.api import HANDLERS, openapi
from sojourn_kernel.store import open_store

from .conftest import free_port
from .servers import AGENT_TOKEN, TOKEN, Answer, Home, Server

API = "sojourn/api/v1"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for the tests that leave no trace in it, with one kernel of each sort."""
    home = Home(Path(tmp_path_factory.mktemp("api")), free_port())
    home.prepare()
    server = Server(home)
    try:
        server.ready()
        server.run(server.open_notebook("kept.ipynb")[1], "x = 1")
        server.run(server.open_notebook("plain.ipynb", kernel="python3")[1], "x = 1")
        yield server
    finally:
        server.end()


def conforms(answer: Answer, path: str, method: str) -> Any:
    """Check an answer against the description of its route and status code; returns its body."""
    document = openapi("/")
    described = document["paths"][f"/{path}"][method]["responses"]
    assert str(answer.code) in described, f"{method} {path} answered {answer.code}, which is not described"
    schema = described[str(answer.code)]["content"]["application/json"]["schema"]
    whole = {**schema, "components": document["components"]}
    Draft202012Validator(whole).validate(answer.body)
    assert answer.headers["Content-Type"].startswith("application/json")
    return answer.body


def test_the_description_is_valid_openapi_and_covers_every_route_and_nothing_else() -> None:
    document = openapi("/user/ada/")
    validate(document)
    assert document["openapi"].startswith("3.1")
    assert document["servers"] == [{"url": "/user/ada/"}]
    methods = {"get", "post"}
    routes = {(f"/{path}", method) for path, handler in HANDLERS for method in methods if method in vars(handler)}
    assert routes == {(path, method) for path, item in document["paths"].items() for method in item}
    assert {path for path, _ in HANDLERS} == {
        value for name, value in vars(protocol).items() if name.startswith("API_")
    }


@pytest.mark.parametrize("path", [path for path, handler in HANDLERS if "get" in vars(handler)])
@pytest.mark.parametrize("token", [TOKEN, AGENT_TOKEN], ids=["jupyter's token", "the agent's token"])
def test_every_answer_is_as_described(server: Server, path: str, token: str) -> None:
    answer = server.ask("GET", path, token=token)
    assert answer.code == 200
    conforms(answer, path, "get")


def test_status_names_each_kernel_with_its_notebook_and_whether_it_keeps_its_state(server: Server) -> None:
    status = server.api("status")
    assert (status["session"], status["state"], status["notice"]) == ("space/ada/default", "ready", None)
    assert {k["path"]: (k["name"], k["keeps"], k["answers"]) for k in status["kernels"]} == {
        "kept.ipynb": ("stub-good", True, True),
        "plain.ipynb": ("python3", False, False),
    }


def test_history_lists_the_checkpoints_of_each_kernel_newest_first(server: Server) -> None:
    (kernel,) = (kernel for kernel in server.api("status")["kernels"] if kernel["keeps"])
    kept = open_store(server.home.store).session(protocol.kernel_session(server.home.session, kernel["id"]))
    ids = [kept.writer().commit(b"body", {"reason": reason}).id for reason in ("first", "second")]
    answer = server.ask("GET", f"{API}/history")
    (listed,) = conforms(answer, f"{API}/history", "get")["kernels"]
    assert (listed["id"], listed["path"]) == (kernel["id"], "kept.ipynb")
    assert [(item["id"], item["meta"]["reason"], item["problem"]) for item in listed["checkpoints"]] == [
        (ids[1], "second", None),
        (ids[0], "first", None),
    ]


def test_a_checkpoint_names_what_became_of_each_kernel(server: Server) -> None:
    answer = server.ask("POST", f"{API}/checkpoint", {"deadline": 10, "reason": "test"}, token=AGENT_TOKEN)
    saved = conforms(answer, f"{API}/checkpoint", "post")
    assert saved["ok"] and saved["error"] is None
    by_checkpoint = {bool(kernel["checkpoint"]): kernel for kernel in saved["kernels"]}
    assert by_checkpoint[True]["told"] == []
    assert "started afresh" in by_checkpoint[False]["told"][0]["reason"]
    assert server.api("status")["state"] == "ready"


@pytest.mark.parametrize("body", [None, {}], ids=["no body", "empty object"])
def test_a_checkpoint_needs_no_parameters(server: Server, body: Any) -> None:
    assert server.post(f"{API}/checkpoint", body)["ok"]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"{", "The body is not JSON."),
        (b"[]", "The body must be a JSON object."),
        (b'{"dead_line": 3}', "Unknown field 'dead_line'; known are deadline, reason and quiesce."),
        (b'{"deadline": "soon"}', "deadline must be a number of seconds."),
        (b'{"deadline": true}', "deadline must be a number of seconds."),
        (b'{"deadline": NaN}', "deadline must be a number of seconds."),
        (b'{"deadline": 0}', "deadline must be more than 0 and at most 3600 seconds."),
        (b'{"deadline": -1}', "deadline must be more than 0 and at most 3600 seconds."),
        (b'{"deadline": 1e9}', "deadline must be more than 0 and at most 3600 seconds."),
        (b'{"reason": ""}', "reason must be a text of 1 to 200 characters."),
        (b'{"reason": 5}', "reason must be a text of 1 to 200 characters."),
        (b'{"quiesce": "yes"}', "quiesce must be true or false."),
        (b"\xff\xfe", "The body is not JSON."),
    ],
)
def test_a_request_that_makes_no_sense_is_refused_with_a_sentence(server: Server, body: bytes, sentence: str) -> None:
    answer = server.ask("POST", f"{API}/checkpoint", raw=body)
    assert (answer.code, answer.body) == (400, {"message": sentence})
    conforms(answer, f"{API}/checkpoint", "post")


@pytest.mark.parametrize(("path", "handler"), HANDLERS, ids=[path.rpartition("/")[2] for path, _ in HANDLERS])
@pytest.mark.parametrize("token", [None, "wrong", AGENT_TOKEN[:-1], AGENT_TOKEN + "x", ""])
def test_without_a_valid_token_only_health_answers(server: Server, path: str, handler: type, token: str | None) -> None:
    method = "POST" if "post" in vars(handler) else "GET"
    answer = server.ask(method, path, token=token, redirects=False)
    if path == protocol.API_HEALTH:
        assert answer.code == 200
        assert set(answer.body) == {"restored", "state"}
    else:
        assert answer.code == 403, answer.body
        conforms(answer, path, method.lower())


def test_the_agents_token_opens_nothing_but_the_agents_api(server: Server) -> None:
    for path in ("api/kernels", "api/contents", "api/sessions"):
        assert server.ask("GET", path, token=AGENT_TOKEN).code == 403


def test_a_cookie_works_only_together_with_its_xsrf_token(server: Server) -> None:
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    root = f"http://127.0.0.1:{server.port}{server.base}"
    browser.open(f"{root}api/status?token={TOKEN}").read()  # logs in, as JupyterLab's first page does
    browser.open(f"{root}login").read()
    xsrf = next(cookie.value for cookie in jar if cookie.name == "_xsrf")

    def ask(**headers: str) -> int:
        request = urllib.request.Request(f"{root}{API}/checkpoint", b"{}", headers, method="POST")
        try:
            return browser.open(request).status
        except urllib.error.HTTPError as error:
            return error.code

    assert ask() == 403
    assert ask(**{"X-XSRFToken": xsrf}) == 200


def test_asking_counts_as_no_activity(server: Server) -> None:
    kernel = next(k for k in server.api("status")["kernels"] if k["keeps"])["id"]
    before_kernel = server.get(f"api/kernels/{kernel}?no_track_activity=1")["last_activity"]
    before = server.get("api/status?no_track_activity=1")["last_activity"]
    time.sleep(0.05)
    for _ in range(3):
        server.api("status")
        server.api("report")
        server.post(f"{API}/checkpoint", {"deadline": 10})
    assert server.get("api/status?no_track_activity=1")["last_activity"] == before
    assert server.get(f"api/kernels/{kernel}?no_track_activity=1")["last_activity"] == before_kernel


def test_a_kernel_that_does_not_answer_by_the_deadline_is_reported_and_costs_the_others_nothing(
    start: Callable[..., Server],
) -> None:
    server = start().ready()
    _, good = server.open_notebook("good.ipynb")
    _, mute = server.open_notebook("mute.ipynb", kernel="stub-mute")
    _, failing = server.open_notebook("failing.ipynb", kernel="stub-failing")
    for kernel in (good, mute, failing):
        server.run(kernel, "x = 3")
    answer = server.ask("POST", f"{API}/checkpoint", {"deadline": 3, "quiesce": True})
    saved = conforms(answer, f"{API}/checkpoint", "post")
    by_id = {kernel["id"]: kernel for kernel in saved["kernels"]}
    assert not saved["ok"]
    assert by_id[good]["ok"] and by_id[good]["checkpoint"]
    assert not by_id[mute]["ok"] and "did not answer within" in by_id[mute]["error"]
    assert (by_id[failing]["ok"], by_id[failing]["error"]) == (False, "The disk is full.")
    status = server.api("status")
    assert status["state"] == "ready", "a checkpoint that failed leaves nobody waiting"
    assert server.run(good, "x") == "3"


def test_a_second_checkpoint_meanwhile_is_refused(start: Callable[..., Server]) -> None:
    server = start().ready()
    _, mute = server.open_notebook(kernel="stub-mute")
    server.run(mute, "x = 3")
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        long = pool.submit(server.ask, "POST", f"{API}/checkpoint", {"deadline": 4})
        while server.api("status")["state"] != "saving":
            time.sleep(0.02)
        answer = server.ask("POST", f"{API}/checkpoint", {"deadline": 1})
        conforms(answer, f"{API}/checkpoint", "post")
        assert answer.code == 409 and "running already" in answer.body["message"]
        assert answer.headers["Retry-After"] == "1"
        refused = server.ask("POST", f"{API}/resume")
        conforms(refused, f"{API}/resume", "post")
        assert refused.code == 409
        assert json.loads(json.dumps(long.result().body))["ok"] is False
    assert conforms(server.ask("POST", f"{API}/resume"), f"{API}/resume", "post")["state"] == "ready"
