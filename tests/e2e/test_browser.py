"""JupyterLab stays open at a notebook while its pod moves: no reload, no dialog, and the next cell sees its variables."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.cluster.cluster import Cluster
from tests.cluster.hub import Hub
from tests.cluster.operator import Operator
from tests.cluster.user import User
from tests.e2e.conftest import ARTIFACTS
from tests.e2e.lab import CHROMIUM, LabTab, TabState, empty_notebook, lab_tab
from tests.e2e.story import annotate, ended, uid_of, wait_until

pytestmark = [
    pytest.mark.cluster,
    pytest.mark.browser,
    pytest.mark.timeout(420),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]


@pytest.fixture
def tab(request: pytest.FixtureRequest) -> Iterator[LabTab]:
    with lab_tab(ARTIFACTS / request.node.name) as found:
        yield found


@pytest.fixture(autouse=True)
def nodes_take_pods(cluster: Cluster) -> Iterator[None]:
    yield
    for node in cluster.nodes:
        cluster.uncordon(node)


def opened(tab: LabTab, hub: Hub, user: User) -> TabState:
    """The user's notebook open in the tab, with some state in its kernel."""
    user.write("open.ipynb", empty_notebook())
    tab.open(hub.url, user.name, hub.password, "open.ipynb")
    tab.run("x = 41\nlog = ['started']\nimport time")
    return tab.state()


def assert_same_tab(tab: LabTab, before: TabState) -> None:
    after = tab.state()
    assert not after.reloaded, "the page was loaded again"
    assert after.dialogs == [], "a dialog was shown"
    assert (after.kernel, after.session) == (before.kernel, before.session)


def move(cluster: Cluster, user: User) -> str:
    """Annotate the user's pod, with its node closed; the uid of the pod that goes."""
    uid = uid_of(user)
    cluster.cordon(user.node or "")
    annotate(user, "sojourn.dev/migrate=true")
    return uid


def gone(user: User, uid: str) -> None:
    wait_until(lambda: uid_of(user) != uid, 120, "another pod")


def test_an_open_tab_goes_on_after_an_annotation(
    tab: LabTab, hub: Hub, user: Callable[[str], User], operator: Operator, cluster: Cluster
) -> None:
    ada = user("lea")
    before, node = opened(tab, hub, ada), ada.node
    uid = move(cluster, ada)
    gone(ada, uid)
    ended(ada)
    assert tab.run("log.append('moved'); x + 1, log").endswith("(42, ['started', 'moved'])")
    tab.screenshot("after the move")
    assert_same_tab(tab, before)
    assert ada.node != node


def test_an_open_tab_goes_on_after_a_drain(
    tab: LabTab, hub: Hub, user: Callable[[str], User], operator: Operator, cluster: Cluster
) -> None:
    ada = user("mia")
    before, node, uid = opened(tab, hub, ada), ada.node or "", uid_of(ada)
    cluster.drain(node, "--pod-selector=sojourn.dev/enabled=true", "--grace-period=-1", timeout=240)
    gone(ada, uid)
    assert tab.run("log.append('moved'); x + 1, log").endswith("(42, ['started', 'moved'])")
    tab.screenshot("after the drain")
    assert_same_tab(tab, before)
    assert ada.node != node


def test_a_running_cell_ends_with_a_message(
    tab: LabTab, hub: Hub, user: Callable[[str], User], operator: Operator, cluster: Cluster
) -> None:
    ada = user("noa")
    before = opened(tab, hub, ada)
    running = tab.submit("time.sleep(3000)")
    uid = move(cluster, ada)
    gone(ada, uid)
    text = tab.ended(running)
    tab.screenshot("the interrupted cell")
    assert text, "the cell ended without a word"
    assert "moved" in text or "KeyboardInterrupt" in text
    assert tab.run("x + 1").endswith("42")
    assert_same_tab(tab, before)


def test_a_cell_started_during_the_move_runs_after_it(
    tab: LabTab, hub: Hub, user: Callable[[str], User], operator: Operator, cluster: Cluster
) -> None:
    ada = user("pam")
    before = opened(tab, hub, ada)
    uid = move(cluster, ada)
    wait_until(lambda: tab.state().connection != "connected", 60, "the tab's connection to end")
    started = tab.submit("log.append('queued'); x + 1, log")
    tab.screenshot("during the move")
    gone(ada, uid)
    assert tab.result(started).endswith("(42, ['started', 'queued'])")
    tab.screenshot("after the move")
    assert_same_tab(tab, before)
