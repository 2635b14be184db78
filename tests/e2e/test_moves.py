"""A hub user's session moves to another node, whatever makes it move, and goes on there."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.cluster.cluster import Cluster
from tests.cluster.hub import Hub
from tests.cluster.operator import Operator
from tests.cluster.user import User
from tests.e2e.conftest import ARTIFACTS
from tests.e2e.story import LOST, annotate, assert_goes_on, begin, ended, moved_pod, patiently, uid_of, wait_until

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(420)]


@pytest.fixture(autouse=True)
def nodes_take_pods(cluster: Cluster) -> Iterator[None]:
    """However a test ends, the next one finds both nodes open."""
    yield
    for node in cluster.nodes:
        cluster.uncordon(node)
        cluster.kubectl("taint", "node", node, "ToBeDeletedByClusterAutoscaler-", "--overwrite") if tainted(
            cluster, node
        ) else None


def tainted(cluster: Cluster, node: str) -> bool:
    taints = cluster.get("node", node)["spec"].get("taints", [])
    return any(taint["key"].startswith("ToBeDeleted") for taint in taints)


def note_phases(name: str, migration: dict, **more: float) -> None:
    """Keep what the phases of a move cost, for docs/migration-phases.md."""
    ARTIFACTS.mkdir(exist_ok=True)
    path = ARTIFACTS / "phases.json"
    found = json.loads(path.read_text()) if path.exists() else {}
    found[name] = {**migration["status"].get("timings", {}), **more}
    print(f"{name}, in seconds: {found[name]}")
    path.write_text(json.dumps(found, indent=1))


def test_an_annotation_moves_a_session_to_another_node(
    user: Callable[[str], User], operator: Operator, cluster: Cluster
) -> None:
    told = begin(user("ada"))
    print(f"\nada's kernel {told.notebook.kernel} runs on {told.node}; x is {told.values[0]}")
    cluster.cordon(told.node)  # so that the scheduler chooses the other
    begun = time.monotonic()
    annotate(told.user, "sojourn.dev/migrate=true")
    assert_goes_on(told)
    first_result = time.monotonic() - begun
    print(f"the same kernel goes on on {told.user.node} after {first_result:.1f} s; x is 42")
    note_phases("annotate", ended(told.user), untilResult=round(first_result, 2))


def test_an_annotation_names_the_node(user: Callable[[str], User], operator: Operator, cluster: Cluster) -> None:
    told = begin(user("bea"))
    target = next(node for node in cluster.nodes if node != told.node)
    annotate(told.user, f"sojourn.dev/to-node={target}", "sojourn.dev/migrate=true")
    assert_goes_on(told)
    assert told.user.node == target


def test_a_drain_moves_three_users_and_loses_none(
    user: Callable[[str], User], operator: Operator, cluster: Cluster, hub: Hub
) -> None:
    keep, away = cluster.nodes[:2]
    cluster.cordon(away)  # all three start on the node that is to be drained
    told = [begin(user(name)) for name in ("cyd", "dan", "eve")]
    cluster.uncordon(away)
    assert {one.node for one in told} == {keep}
    begun = time.monotonic()
    cluster.drain(keep, "--pod-selector=sojourn.dev/enabled=true", "--grace-period=-1", timeout=240)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(assert_goes_on, told))
    note_phases("drain of three users", ended(told[0].user), untilAllResults=round(time.monotonic() - begun, 2))


def test_the_autoscalers_taint_moves_a_session(
    user: Callable[[str], User], operator: Operator, cluster: Cluster
) -> None:
    told = begin(user("fay"))
    cluster.kubectl("taint", "node", told.node, f"ToBeDeletedByClusterAutoscaler={int(time.time())}:NoSchedule")
    assert_goes_on(told)


def test_a_deleted_pod_comes_back_with_its_session(
    user: Callable[[str], User], operator: Operator, cluster: Cluster, hub: Hub
) -> None:
    told = begin(user("gil"))
    cluster.cordon(told.node)
    cluster.kubectl("delete", "pod", told.user.pod, "-n", hub.namespace, "--wait=false")
    assert_goes_on(told)


def test_a_move_goes_on_when_the_operator_is_killed_in_the_middle(
    user: Callable[[str], User], operator: Operator, cluster: Cluster
) -> None:
    told = begin(user("hal"))
    cluster.cordon(told.node)
    annotate(told.user, "sojourn.dev/migrate=true")
    wait_until(lambda: "sojourn.dev/moving" in annotations_of(told.user), 60, "the mark of a move")
    operator.kill()
    assert_goes_on(told)
    ended(told.user)


def annotations_of(user: User) -> dict[str, str]:
    pod = user.hub.cluster.get("pod", user.pod, "-n", user.hub.namespace)
    return pod["metadata"].get("annotations", {})


def test_without_an_operator_a_stopped_pod_saves_and_the_next_restores(
    user: Callable[[str], User], operator: Operator, cluster: Cluster, hub: Hub
) -> None:
    told = begin(user("ida"))
    operator.scale(0)
    try:
        cluster.cordon(told.node)
        cluster.kubectl("delete", "pod", told.user.pod, "-n", hub.namespace, timeout=120)
        # The hub still thinks that it runs: asked to start it, it looks, and starts it again.
        patiently(lambda: told.user.ask_hub("POST", f"users/{told.user.name}/server"), 120, "starting the server again")
        assert_goes_on(told)
    finally:
        operator.scale(1)


def test_a_container_killed_for_memory_restarts_in_place_with_its_session(
    user: Callable[[str], User], operator: Operator
) -> None:
    told = begin(user("jon"))
    time.sleep(6)  # a background checkpoint and the agent's record of its kernels
    restarts = container_of(told.user)["restartCount"]
    # What the kernel's memory killer does to a container: its first process ends by SIGKILL.
    pid = "import os,signal;[os.kill(int(p),signal.SIGKILL) for p in os.listdir('/proc') if p.isdigit() and int(p)!=os.getpid() and int(p)!=1]"
    try:
        told.user.exec("python3", "-c", pid)
    except Exception as error:
        print(f"the exec ended with its container: {error}")
    wait_until(
        lambda: container_of(told.user)["restartCount"] > restarts and container_of(told.user)["ready"], 90, "a restart"
    )
    assert uid_of(told.user) == told.uid
    first = patiently(lambda: told.notebook.value("x"), 120, "a cell after the restart")
    assert first == told.values[0]
    assert told.notebook.value("(alias is shared, int(df['a'].sum()))") == f"(True, {told.values[1]})"


def test_a_session_that_runs_into_its_pods_memory_limit_goes_on_in_place(
    user: Callable[[str], User], operator: Operator
) -> None:
    told = begin(user("rae"))
    annotate(told.user, 'sojourn.dev/resources={"limits": {"memory": "800Mi"}}', "sojourn.dev/migrate=true")
    assert_goes_on(told, other_node=False)
    uid, restarts = uid_of(told.user), container_of(told.user)["restartCount"]
    assert told.notebook.value("after_the_move := 'kept'") == "'kept'"
    time.sleep(6)  # a background checkpoint and the agent's record of its kernels
    try:
        ended_by = told.notebook.run("filled = bytearray(b'x') * (2 << 30)").error
    except LOST as error:  # control groups version 2: the whole container goes, not the kernel alone
        wait_until(lambda: container_of(told.user)["restartCount"] > restarts, 90, "a restart")
        ended_by = f"{error}; {container_of(told.user)['lastState']}"
    print(f"\nthe cell ended with: {ended_by}")
    assert "KernelDied" in ended_by or "OOMKilled" in ended_by
    assert patiently(lambda: told.notebook.value("(x, after_the_move)"), 120, "a cell afterwards") == "(42, 'kept')"
    assert told.notebook.value("'filled' in globals()") == "False"
    assert uid_of(told.user) == uid


def container_of(user: User) -> dict:
    pod = user.hub.cluster.get("pod", user.pod, "-n", user.hub.namespace)
    return next(one for one in pod["status"]["containerStatuses"] if one["name"] == "notebook")


def test_jupyterhub_5_moves_as_well(
    hub5: Hub, users: Callable[..., User], operators: Callable[..., Operator], cluster: Cluster
) -> None:
    operators(hub5)
    assert_moves_when_annotated(users(hub5, "kim"), cluster)


def test_with_the_stock_spawner_a_session_moves_as_well(
    stock_hub: Hub, users: Callable[..., User], operators: Callable[..., Operator], cluster: Cluster
) -> None:
    operators(stock_hub)
    assert_moves_when_annotated(users(stock_hub, "max"), cluster)


def assert_moves_when_annotated(user: User, cluster: Cluster) -> None:
    told = begin(user.spawn())
    cluster.cordon(told.node)
    annotate(told.user, "sojourn.dev/migrate=true")
    assert_goes_on(told)
    moved_pod(told)
