"""Whole moves, in a cluster in memory: every kind of workload, every trigger, and what goes wrong in between."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from operator_world import NS, World, hub_pod, place, pod_body
from sojourn_kernel.protocol import ANNOTATION_FAILED, ANNOTATION_MIGRATE, LABEL_ENABLED
from sojourn_operator.agentclient import AgentError, Saved
from sojourn_operator.cluster import ClusterError
from sojourn_operator.hubclient import HubError
from sojourn_operator.kinds import MIGRATION, POD, POLICY, SESSION, STATEFULSET
from sojourn_operator.settings import Settings

KINDS = ["bare", "stateful", "hub", "stock hub"]


@pytest.mark.parametrize("kind", KINDS)
def test_an_annotated_pod_is_saved_and_goes_on_on_another_node(kind: str) -> None:
    world = World()
    name = place(world, kind)
    world.annotate(name, migrate="true")
    world.run()
    assert world.phases() == ["Succeeded"]
    (pod,) = world.live()
    assert pod["metadata"]["name"] == name and pod["spec"]["nodeName"] == "node-b"
    assert len(world.agent.saved) == 1
    assert world.marks() == [] and world.taints() == []
    assert len(world.cluster.born) == 2


@pytest.mark.parametrize("kind", KINDS)
def test_a_cordoned_node_is_left_and_a_second_look_moves_nothing_more(kind: str) -> None:
    world = World()
    place(world, kind)
    world.cordon("node-a")
    world.run()
    assert world.phases() == ["Succeeded"] and [p["spec"]["nodeName"] for p in world.live()] == ["node-b"]
    status = world.migrations()[0]["status"]
    assert (status["fromNode"], status["toNode"]) == ("node-a", "node-b")
    assert {"checkpoint", "stop", "schedule", "start", "restore", "total"} <= set(status["timings"])


@pytest.mark.parametrize("kind", KINDS)
def test_an_evicted_pod_is_not_asked_for_a_checkpoint_but_brought_back(kind: str) -> None:
    world = World()
    name = place(world, kind)
    world.cordon("node-a")
    world.evict(name)
    world.run()
    assert world.phases() == ["Succeeded"] and [p["spec"]["nodeName"] for p in world.live()] == ["node-b"]
    assert world.agent.saved == []  # its agent saves on the stop signal
    assert len(world.cluster.born) == 2


def test_a_hub_pod_that_somebody_deletes_comes_back() -> None:
    world = World()
    world.delete(place(world, "hub"))
    world.run()
    assert world.phases() == ["Succeeded"] and len(world.live()) == 1


def test_a_server_that_its_user_stops_stays_stopped() -> None:
    world = World()
    place(world, "hub")
    world.hub.stop("ada", "")
    world.run()
    assert world.migrations() == [] and world.live() == []


def test_a_user_who_stops_the_server_while_it_waits_to_move_is_obeyed() -> None:
    world = World(settings=Settings(max_parallel=1))
    place(world, "hub")
    other = world.cluster.add(POD, pod_body("blocker", "node-a"))["metadata"]["name"]
    world.agent.answers = [AgentError("busy", 409)] * 200
    world.annotate(other, migrate="true")
    world.run(3)
    world.annotate("jupyter-ada", migrate="true")
    world.run(3)
    world.hub.stop("ada", "")
    world.run(20)
    mine = [m for m in world.migrations() if m["spec"]["pod"]["name"] == "jupyter-ada"]
    assert [m["status"]["phase"] for m in mine] == ["Cancelled"] and world.pod("jupyter-ada") is None


def test_a_bare_pod_that_its_owner_deletes_stays_deleted() -> None:
    world = World()
    world.delete(place(world, "bare"))
    world.run()
    assert world.migrations() == [] and world.live() == []


def test_a_stateful_pod_that_is_scaled_down_stays_down() -> None:
    world = World()
    name = place(world, "stateful")
    world.cluster.change(STATEFULSET, "nb", {"spec": {"replicas": 0}})
    world.delete(name)
    world.run()
    assert world.migrations() == [] and world.live() == []


def test_a_bare_pod_goes_to_the_node_that_was_asked_for_with_other_resources() -> None:
    world = World(nodes=("node-a", "node-b", "node-c"))
    name = place(world, "bare")
    world.annotate(name, migrate="true", to_node="node-c", resources='{"requests": {"memory": "8Gi"}}')
    world.run()
    (pod,) = world.live()
    assert pod["spec"]["nodeName"] == "node-c"
    assert pod["spec"]["containers"][0]["resources"] == {"requests": {"memory": "8Gi"}}
    world.cordon("node-c")  # the pin of the last move must not hold it there
    world.run()
    assert [p["spec"]["nodeName"] for p in world.live()] == ["node-a"]


@pytest.mark.parametrize(
    ("notes", "said"),
    [
        ({"migrate": "yes please"}, "takes true"),
        ({"migrate": "true", "resources": "8Gi"}, "takes JSON"),
        ({"migrate": "true", "node_selector": "gpu"}, "key=value"),
        ({"migrate": "true", "to_node": "No Such!"}, "not the name of a node"),
    ],
)
def test_a_wish_that_cannot_be_read_is_told_on_the_pod_and_taken_off(notes: dict[str, str], said: str) -> None:
    world = World()
    name = place(world, "bare")
    world.annotate(name, **notes)
    world.run(5)
    annotations = world.pod(name)["metadata"]["annotations"]
    assert said in annotations[ANNOTATION_FAILED] and ANNOTATION_MIGRATE not in annotations
    assert world.migrations() == []
    assert [reason for reason, _ in world.events] == ["MoveRefused"]


@pytest.mark.parametrize("kind", KINDS)
def test_when_the_checkpoint_fails_the_pod_stays_and_the_user_is_told(kind: str) -> None:
    world = World()
    name = place(world, kind)
    world.agent.answers = [Saved(False, 0, 0, ("kernel k: disk full",))] * 9
    world.annotate(name, migrate="true")
    before = world.pod(name)["metadata"]["uid"]
    world.run()
    assert world.phases() == ["Failed"]
    pod = world.pod(name)
    assert pod["metadata"]["uid"] == before and world.marks() == [] and world.taints() == []
    assert "disk full" in pod["metadata"]["annotations"][ANNOTATION_FAILED]
    assert "CheckpointFailed" in [reason for reason, _ in world.events]
    assert world.agent.resumed, "the session is let go on"
    world.annotate(name, migrate="true")  # asked again, tried again
    world.agent.answers = []
    world.run()
    assert world.phases() == ["Failed", "Succeeded"]
    assert ANNOTATION_FAILED not in world.live()[0]["metadata"].get("annotations", {})


def test_a_node_that_goes_takes_a_pod_along_though_its_checkpoint_failed() -> None:
    world = World()
    place(world, "hub")
    world.agent.answers = [AgentError("refused", 500)] * 99
    world.taint("node-a", "ToBeDeletedByClusterAutoscaler")
    world.run()
    assert world.phases() == ["Succeeded"] and [p["spec"]["nodeName"] for p in world.live()] == ["node-b"]
    conditions = {c["type"]: c for c in world.migrations()[0]["status"]["conditions"]}
    assert conditions["Checkpointed"]["status"] == "False"


def test_a_standing_cause_is_tried_again_with_growing_patience_and_not_for_ever() -> None:
    world = World(settings=Settings(retry_after=60, max_moves_retried=2))
    place(world, "bare")
    world.agent.answers = [AgentError("refused", 500)] * 99
    world.cordon("node-a")
    world.run(30)
    assert world.phases() == ["Failed"]
    world.run(90)
    assert world.phases() == ["Failed", "Failed"]
    world.run(600, step=5)
    assert world.phases() == ["Failed", "Failed"] and len(world.live()) == 1


def test_uncordoned_in_time_nothing_moves() -> None:
    world = World(settings=Settings(max_parallel=1))
    place(world, "bare")
    world.cluster.add(POD, pod_body("other", "node-a"))
    world.agent.answers = [AgentError("busy", 409)] * 20
    world.cordon("node-a")
    world.run(4)
    assert sorted(world.phases()) == ["Checkpointing", "Pending"]
    world.cordon("node-a", on=False)
    world.run()
    assert sorted(world.phases()) == ["Cancelled", "Succeeded"]


def test_no_more_moves_at_once_than_the_limits_allow_and_all_get_their_turn() -> None:
    world = World(settings=Settings(max_parallel=5, max_parallel_per_node=2))
    for user in "abcdefg":
        world.hub.known.add(user)
        world.cluster.add(POD, hub_pod(user, "node-a"))
    world.cordon("node-a")
    most = 0
    for _ in range(200):
        world.run(0.5)
        most = max(most, sum(p in ("Checkpointing", "Stopping", "Starting", "Restoring") for p in world.phases()))
    assert most == 2 and world.phases() == ["Succeeded"] * 7
    assert {p["spec"]["nodeName"] for p in world.live()} == {"node-b"}


def test_a_hub_that_asks_for_patience_gets_it_and_no_try_is_lost() -> None:
    world = World()
    name = place(world, "hub")
    world.hub.refuse_start = HubError("too many spawns", 429, retry_after=10)
    world.annotate(name, migrate="true")
    world.run(100)
    assert world.phases() == ["Starting"] and world.hub.starts <= 11
    world.hub.refuse_start = None
    world.run(30)
    assert world.phases() == ["Succeeded"]


def test_starts_that_fail_at_the_hub_are_few_for_a_hub_counts_them() -> None:
    world = World()
    for user in "abcd":
        world.hub.known.add(user)
        world.cluster.add(POD, hub_pod(user, "node-a"))
        world.annotate(f"jupyter-{user}", migrate="true")
    world.hub.lose_start = True
    world.run(200)
    first = world.hub.starts
    assert world.phases().count("Failed") >= 2 and first <= 3 * 4
    message = next(m["status"]["message"] for m in world.migrations() if m["status"]["phase"] == "Failed")
    assert "state is kept" in message


def test_with_the_hub_out_of_reach_no_session_is_interrupted() -> None:
    world = World()
    name = place(world, "hub")

    def refuse(*_: object) -> None:
        raise HubError("no answer", 0)

    answer, world.hub.server = world.hub.server, refuse  # type: ignore[method-assign, assignment]
    world.annotate(name, migrate="true")
    world.run(20)
    assert world.phases() == ["Pending"] and world.agent.saved == [] and world.marks() == []
    world.hub.server = answer  # type: ignore[method-assign]
    world.run(20)
    assert world.phases() == ["Succeeded"]


def test_a_hub_pod_without_a_hub_is_told_and_left_alone() -> None:
    world = World(with_hub=False)
    name = place(world, "hub")
    world.annotate(name, migrate="true")
    world.run(5)
    assert "no hub" in world.pod(name)["metadata"]["annotations"][ANNOTATION_FAILED]
    conditions = world.cluster.all(SESSION)[0]["status"]["conditions"]
    assert [c["status"] for c in conditions if c["type"] == "Movable"] == ["False"]


def test_a_migration_made_by_hand_moves_a_session_by_its_name() -> None:
    world = World()
    place(world, "hub")
    world.run(2)
    spec = {"session": "jupyter-ada", "reason": "bigger machine", "trigger": "Request"}
    world.cluster.add(MIGRATION, {"metadata": {"name": "mine", "namespace": NS}, "spec": spec})
    world.run()
    assert world.phases() == ["Succeeded"]
    session = world.cluster.all(SESSION)[0]["status"]
    assert (
        session["migrations"] == 1 and session["lastMigration"]["toNode"] == "node-b" and session["phase"] == "Running"
    )
    assert session["told"] == 2 and session["generation"] == 7


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ({"session": "nobody"}, "NoSuchSession"),
        ({"pod": {"name": "nobody"}}, "PodGone"),
        ({"pod": {"name": "solo"}, "target": {"resources": {"requests": {"memory": "lots"}}}}, "BadTarget"),
    ],
)
def test_a_migration_that_cannot_be_is_ended_with_the_reason(spec: dict, reason: str) -> None:
    world = World()
    place(world, "bare")
    world.cluster.add(MIGRATION, {"metadata": {"name": "mine", "namespace": NS}, "spec": spec})
    world.run(5)
    assert world.migrations()[0]["status"]["reason"] == reason and len(world.live()) == 1


def test_a_suspended_session_stays() -> None:
    world = World()
    place(world, "bare")
    world.run(1)
    world.cluster.change(SESSION, "solo", {"spec": {"suspend": True}})
    world.cordon("node-a")
    world.run(20)
    assert world.migrations() == []


def test_a_policy_opts_pods_in_and_says_which_triggers_count() -> None:
    world = World()
    pod = pod_body("solo", "node-a")
    pod["metadata"]["labels"] = {"team": "ml"}
    world.cluster.add(POD, pod)
    no = pod_body("no", "node-a")
    no["metadata"]["labels"] = {"team": "ml", LABEL_ENABLED: "false"}
    world.cluster.add(POD, no)
    spec = {"selector": {"matchLabels": {"team": "ml"}}, "triggers": ["Annotation"]}
    world.cluster.add(POLICY, {"metadata": {"name": "ml", "namespace": NS}, "spec": spec})
    world.run(3)
    assert world.pod("solo")["metadata"]["labels"][LABEL_ENABLED] == "true"
    assert world.pod("no")["metadata"]["labels"][LABEL_ENABLED] == "false"
    status = world.cluster.get(POLICY, NS, "ml")["status"]
    assert (status["pods"], [(one["type"], one["status"]) for one in status["conditions"]]) == (1, [("Ready", "True")])
    world.cordon("node-a")
    world.run(20)
    assert world.migrations() == []
    world.annotate("solo", migrate="true")
    world.run()
    assert world.phases() == ["Succeeded"]


def test_a_policy_says_which_pods_it_could_not_opt_in() -> None:
    world = World()
    pod = pod_body("solo", "node-a")
    pod["metadata"]["labels"] = {"team": "ml"}
    world.cluster.add(POD, pod)
    patch = world.cluster.patch

    def refuse(kind: Any, *where: Any) -> Any:
        if kind is POD:
            raise ClusterError("a webhook said no")
        return patch(kind, *where)

    world.cluster.patch = refuse  # type: ignore[method-assign]
    spec = {"selector": {"matchLabels": {"team": "ml"}}}
    world.cluster.add(POLICY, {"metadata": {"name": "ml", "namespace": NS}, "spec": spec})
    world.run(3)
    (ready,) = world.cluster.get(POLICY, NS, "ml")["status"]["conditions"]
    assert (ready["status"], ready["reason"]) == ("False", "NotOptedIn")
    assert "solo among them: a webhook said no" in ready["message"]


def test_old_migrations_are_removed() -> None:
    world = World(settings=Settings(migration_ttl=100))
    world.annotate(place(world, "bare"), migrate="true")
    world.run(30)
    assert world.phases() == ["Succeeded"]
    world.now += timedelta(seconds=100)
    world.run(2)
    assert world.migrations() == []


@settings(max_examples=60, deadline=None)
@given(
    kind=st.sampled_from(KINDS),
    start=st.sampled_from(["annotate", "cordon", "autoscaler", "evict"]),
    crashes=st.sets(st.tuples(st.sampled_from(["before", "after"]), st.integers(1, 60)), max_size=6),
    faults=st.sets(st.integers(1, 60), max_size=4),
    evict_at=st.one_of(st.none(), st.integers(0, 20)),
    failures=st.integers(0, 2),
)
def test_whatever_happens_in_between_a_session_is_neither_lost_nor_moved_twice(
    kind: str,
    start: str,
    crashes: set[tuple[str, int]],
    faults: set[int],
    evict_at: int | None,
    failures: int,
) -> None:
    world = World(crashes=crashes, faults=faults)
    name = place(world, kind)
    world.agent.answers = [AgentError("refused", 500)] * failures
    if start == "annotate":
        world.annotate(name, migrate="true")
    elif start == "autoscaler":
        world.taint("node-a", "ToBeDeletedByClusterAutoscaler")
    else:
        world.cordon("node-a")
    evicted = 0
    for moment in range(40):
        if (start == "evict" and moment == 2) or evict_at == moment:
            pod = world.pod(name)
            if pod and "deletionTimestamp" not in pod["metadata"]:
                if kind == "bare" and start == "annotate" and not any(p == "Pending" for p in world.phases()):
                    # the operator must have seen it once to bring a bare pod back
                    world.look()
                world.evict(name)
                world.look()  # a pod's grace is longer than the operator needs to see it …
                world.look()  # … and to accept, also over one restart
                world.look()
                world.look()
                evicted += 1
        world.run(0.5)
        assert len(world.live()) <= 1, "two pods of one session"
    world.settle()
    (pod,) = world.live()
    assert pod["status"]["phase"] == "Running"
    assert all(phase in ("Succeeded", "Cancelled", "Failed") for phase in world.phases())
    assert world.marks() == []
    assert not [taint for taint in world.taints() if taint["key"].startswith("sojourn.dev")]
    if start != "annotate":
        assert pod["spec"]["nodeName"] == "node-b"
    assert len(world.cluster.born) <= 2 + evicted, "a pod more than moves"
