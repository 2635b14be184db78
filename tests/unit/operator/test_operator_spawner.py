"""The hub's spawner and the held requests, with JupyterHub's and KubeSpawner's own classes."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

jupyterhub = pytest.importorskip("jupyterhub")
pytest.importorskip("kubespawner")

from jupyterhub import orm  # noqa: E402
from jupyterhub.handlers.base import PrefixRedirectHandler, UserUrlHandler  # noqa: E402
from jupyterhub.objects import Hub, Server  # noqa: E402
from kubespawner import KubeSpawner  # noqa: E402
from sojourn_kernel import protocol  # noqa: E402
from sojourn_kernel.store.seal import user_key  # noqa: E402
from sojourn_operator.hub import sojourn_spawner  # noqa: E402
from sojourn_operator.hub.sojourn_spawner import SojournSpawner, holding  # noqa: E402
from sqlalchemy import create_engine  # noqa: E402
from sqlalchemy.orm import sessionmaker  # noqa: E402
from tornado.testing import AsyncHTTPTestCase  # noqa: E402
from tornado.web import Application, RequestHandler  # noqa: E402


class Spawner(SojournSpawner):
    """With what a Hub would give it, and pods that the test gives it."""

    pods: dict[str, Any] = {}
    is_ready = False

    @property
    def pod_reflector(self) -> Any:
        return SimpleNamespace(pods=self.pods)

    @property
    def ready(self) -> bool:
        return self.is_ready

    async def _start_watching_pods(self, replace: bool = False) -> None: ...


def spawner(name: str = "") -> Spawner:
    engine = create_engine("sqlite://")
    orm.Base.metadata.create_all(engine)
    db = sessionmaker(bind=engine)()
    user = orm.User(name="ada")
    db.add(user)
    db.commit()
    url = "/user/ada/"
    mock = SimpleNamespace(name="ada", id=1, url=url, base_url=url, orm_user=user, escaped_name="ada", settings={})
    made = Spawner(
        hub=Hub(), user=mock, api_token="t", oauth_client_id="c", _mock=True, db=db, cmd=["jupyterhub-singleuser"]
    )
    made.server = Server(ip="0.0.0.0", port=8888, base_url=url)
    made.orm_spawner = orm.Spawner(name=name, user=user)
    db.add(made.orm_spawner)
    db.commit()
    made.pods = {}
    return made


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No cluster, and nothing remembered from another test."""
    monkeypatch.setattr("kubespawner.spawner.load_config", lambda *args, **kwargs: None)
    monkeypatch.setattr("kubespawner.spawner.shared_client", lambda *args, **kwargs: None)
    sojourn_spawner._moving_until.clear()
    sojourn_spawner._held.clear()


def annotate(made: Spawner, **notes: str) -> None:
    made.pods[f"{made.namespace}/{made.pod_name}"] = {"metadata": {"annotations": notes}}


def test_the_file_knows_the_same_names_as_the_protocol() -> None:
    assert (sojourn_spawner.MOVING, sojourn_spawner.TARGET, sojourn_spawner.SPAWNER, sojourn_spawner.ENV_KEY) == (
        protocol.ANNOTATION_MOVING,
        protocol.ANNOTATION_TARGET,
        protocol.ANNOTATION_SPAWNER,
        protocol.ENV_KEY,
    )


def test_each_users_pod_gets_a_key_of_its_own_and_never_the_hubs(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("0123456789abcdef" * 4 + "\n")
    ada, bob = spawner(), spawner()
    bob.user.name = "bob"
    ada.key_file = bob.key_file = str(tmp_path / "key")
    keys = [made.get_env()[sojourn_spawner.ENV_KEY] for made in (ada, bob)]
    assert keys[0] != keys[1] and "0123456789abcdef" not in "".join(keys)
    assert keys[0].encode() == user_key(b"0123456789abcdef" * 4, "ada"), "as the kernel's side derives it"


def test_without_a_key_file_a_pod_gets_no_key() -> None:
    assert sojourn_spawner.ENV_KEY not in spawner().get_env()


@pytest.mark.parametrize(("content", "problem"), [(None, "can't be read"), ("short", "shorter than 16 bytes")])
def test_a_server_does_not_start_without_its_key_and_the_page_says_why(
    tmp_path: Path, content: str | None, problem: str
) -> None:
    made = spawner()
    made.key_file = str(tmp_path / "key")
    if content is not None:
        (tmp_path / "key").write_text(content)
    with pytest.raises(sojourn_spawner.NoKey) as raised:
        made.get_env()
    assert problem in raised.value.jupyterhub_message and (content or "x") * 2 not in raised.value.jupyterhub_message


def test_the_browsers_login_outlives_a_stop() -> None:
    assert spawner().will_resume is True


def test_a_server_moves_from_the_mark_on_its_pod_until_it_is_ready_without_it() -> None:
    made = spawner()
    assert not made.moving
    annotate(made, **{sojourn_spawner.MOVING: "m"})
    assert made.moving
    made.pods.clear()  # the pod is gone, the new one not there yet
    assert made.moving
    made.is_ready = True
    assert not made.moving
    made.is_ready = False
    assert not made.moving, "a later stop is no move"


def test_a_move_that_never_ends_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    made = spawner()
    annotate(made, **{sojourn_spawner.MOVING: "m"})
    assert made.moving
    made.pods.clear()
    later = time.monotonic() + sojourn_spawner.MOVE_SECONDS + 1
    monkeypatch.setattr(sojourn_spawner.time, "monotonic", lambda: later)
    assert not made.moving


def stopped(made: Spawner, monkeypatch: pytest.MonkeyPatch) -> None:
    async def stop(self: Any, now: bool = False) -> None: ...

    monkeypatch.setattr(KubeSpawner, "stop", stop)
    asyncio.run(made.stop())


TARGET = {"node": "node-c", "nodeSelector": {"gpu": "yes"}, "resources": {"requests": {"memory": "8Gi"}}}


def test_the_next_pod_goes_where_the_stopped_one_said_and_only_that_one(monkeypatch: pytest.MonkeyPatch) -> None:
    made = spawner()
    annotate(made, **{sojourn_spawner.MOVING: "m", sojourn_spawner.TARGET: json.dumps(TARGET)})
    stopped(made, monkeypatch)
    made.clear_state()
    state = made.get_state()
    again = spawner()  # the Hub makes another object for the next start
    again.load_state(state)
    pod = asyncio.run(again.get_pod_manifest())
    assert pod.spec.node_selector == {"gpu": "yes"}
    required = pod.spec.affinity.node_affinity.required_during_scheduling_ignored_during_execution
    assert [t.match_fields[0].values for t in required.node_selector_terms] == [["node-c"]]
    assert pod.spec.containers[0].resources.requests["memory"] == "8Gi"
    assert pod.metadata.annotations[sojourn_spawner.SPAWNER]
    next_pod = asyncio.run(again.get_pod_manifest())
    assert next_pod.spec.affinity is None and not next_pod.spec.node_selector
    assert "sojourn_target" not in again.get_state()


def test_a_node_to_keep_off_is_a_wish_and_not_a_condition(monkeypatch: pytest.MonkeyPatch) -> None:
    made = spawner()
    annotate(made, **{sojourn_spawner.MOVING: "m", sojourn_spawner.TARGET: '{"avoid": "node-a"}'})
    stopped(made, monkeypatch)
    affinity = asyncio.run(made.get_pod_manifest()).spec.affinity.node_affinity
    assert affinity.required_during_scheduling_ignored_during_execution is None
    (wish,) = affinity.preferred_during_scheduling_ignored_during_execution
    assert (wish.weight, wish.preference.match_fields[0].operator) == (100, "NotIn")


@pytest.mark.parametrize("text", ["not json", "[1]", ""])
def test_a_target_that_cannot_be_read_is_none(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = spawner()
    annotate(made, **{sojourn_spawner.MOVING: "m", sojourn_spawner.TARGET: text})
    stopped(made, monkeypatch)
    assert asyncio.run(made.get_pod_manifest()).spec.affinity is None


def test_an_ordinary_stop_leaves_no_target(monkeypatch: pytest.MonkeyPatch) -> None:
    made = spawner()
    annotate(made, **{sojourn_spawner.TARGET: json.dumps(TARGET)})
    stopped(made, monkeypatch)
    assert made.next_target is None


def test_the_servers_old_tokens_go_and_the_users_own_stay() -> None:
    made = spawner()
    user, db = made.user.orm_user, made.db
    db.add(orm.OAuthClient(identifier="jupyterhub", secret="", redirect_uri=""))
    notes = ("Server at /user/ada/", "Server at /user/ada/", "Server at /user/ada/other/", "my laptop")
    for number, note in enumerate(notes):
        db.add(orm.APIToken(user=user, note=note, client_id="jupyterhub", hashed=str(number), prefix="p"))
    db.commit()
    asyncio.run(made.run_post_stop_hook())
    assert sorted(token.note for token in user.api_tokens) == ["Server at /user/ada/other/", "my laptop"]


def test_installing_twice_wraps_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for handler in (UserUrlHandler, PrefixRedirectHandler):
        monkeypatch.setattr(handler, "prepare", handler.prepare, raising=False)
    import jupyterhub.utils
    import kubespawner.spawner

    for module in (jupyterhub.utils, kubespawner.spawner):
        monkeypatch.setattr(module, "exponential_backoff", module.exponential_backoff)
    sojourn_spawner.install()
    first = UserUrlHandler.prepare, kubespawner.spawner.exponential_backoff
    sojourn_spawner.install()
    assert first == (UserUrlHandler.prepare, kubespawner.spawner.exponential_backoff)
    assert first[0].sojourn and PrefixRedirectHandler.prepare.sojourn


def test_the_hubs_wait_loop_looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {}
    wait = sojourn_spawner.impatient(lambda *args, **kwargs: given.update(kwargs))
    wait(lambda: True, "never", max_wait=5, timeout=10)
    assert given == {"max_wait": 0.3, "timeout": 10}
    wait(lambda: True, "never", max_wait=0.1)
    assert given["max_wait"] == 0.1


class Hubs(AsyncHTTPTestCase):
    """A Hub's handlers, reduced to what holding touches."""

    def get_app(self) -> Application:
        self.server = SimpleNamespace(moving=True)
        user = SimpleNamespace(name="ada", orm_user=SimpleNamespace(orm_spawners={"": 1, "big": 1}))
        user.spawners = {"": self.server, "big": SimpleNamespace(moving=False)}
        test = self

        class Handler(RequestHandler):
            app = SimpleNamespace(base_url="/")
            hub = SimpleNamespace(base_url="/hub/")

            def find_user(self, name: str) -> Any:
                return user if name == "ada" else None

            def prepare(self) -> None:
                test.reached.append(self.request.path)

            def get(self) -> None:
                self.write("hub")

            put = get

        Handler.prepare = holding(Handler.prepare)  # type: ignore[method-assign]
        self.reached: list[str] = []
        return Application([(r".*", Handler)])

    def setUp(self) -> None:
        super().setUp()
        sojourn_spawner._held.clear()
        self.saved = sojourn_spawner.HOLD_SECONDS
        sojourn_spawner.HOLD_SECONDS = 0.2

    def tearDown(self) -> None:
        sojourn_spawner.HOLD_SECONDS = self.saved
        super().tearDown()

    def ask(self, path: str, **options: Any) -> Any:
        return self.fetch(path, follow_redirects=False, **options)

    def test_an_api_request_is_held_and_sent_to_the_same_address_again(self) -> None:
        answer = self.ask("/hub/user/ada/api/kernels?x=1")
        assert answer.code == 307 and answer.headers["Location"] == "/user/ada/api/kernels?x=1"
        assert self.reached == [], "the Hub's own checks have not been asked"
        assert not sojourn_spawner._held

    def test_a_write_keeps_its_method_and_body(self) -> None:
        answer = self.ask("/user/ada/api/contents/a.ipynb", method="PUT", body="{}")
        assert answer.code == 307 and answer.headers["Location"] == "/user/ada/api/contents/a.ipynb"

    def test_a_held_request_goes_on_as_soon_as_the_server_is_back(self) -> None:
        sojourn_spawner.HOLD_SECONDS = 60
        self.io_loop.call_later(0.1, lambda: setattr(self.server, "moving", False))
        assert self.ask("/user/ada/api/kernels").code == 307

    def test_a_page_says_that_the_session_is_moving_and_reloads_itself(self) -> None:
        answer = self.ask("/hub/user/ada/lab", headers={"Accept": "text/html,*/*"})
        assert answer.code == 200 and b"moving" in answer.body
        assert answer.headers["Refresh"] == "1; url=/user/ada/lab" and answer.headers["Cache-Control"] == "no-store"

    def test_a_websocket_is_refused_so_that_the_tab_tries_again(self) -> None:
        assert self.ask("/user/ada/api/kernels/k/channels", headers={"Upgrade": "websocket"}).code == 503

    def test_more_requests_than_a_browser_makes_are_not_held(self) -> None:
        sojourn_spawner._held[("ada", "")] = sojourn_spawner.HELD_PER_SERVER
        assert self.ask("/user/ada/api/kernels").code == 503

    def test_other_servers_users_and_pages_take_their_course(self) -> None:
        for path in ("/user/ada/big/api", "/user/bob/api", "/hub/home", "/hub/api/users"):
            assert self.ask(path).body == b"hub"
        self.server.moving = False
        assert self.ask("/user/ada/api").body == b"hub"
