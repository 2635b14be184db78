"""Settings, the work queue, the cache and the limits."""

from __future__ import annotations

import asyncio

import pytest
from sojourn_operator.cache import Cache
from sojourn_operator.kinds import POD, moment
from sojourn_operator.limits import Move, hold_start
from sojourn_operator.progress import Phase, Progress
from sojourn_operator.settings import BadSetting, Settings, read_token
from sojourn_operator.workqueue import Key, WorkQueue


def test_settings_come_from_the_environment() -> None:
    env = {
        "SOJOURN_OPERATOR_DEADLINE": "90",
        "SOJOURN_OPERATOR_NAMESPACES": "a, b",
        "SOJOURN_OPERATOR_AVOID_SOURCE_NODE": "false",
    }
    found = Settings.from_env(env)
    assert (found.deadline, found.namespace_list, found.avoid_source_node) == (90.0, ("a", "b"), False)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEADLINE", "soon"),
        ("DEADLINE", "0"),
        ("DEADLINE", "nan"),
        ("MAX_PARALLEL", "0"),
        ("MAX_PARALLEL", "2.5"),
        ("AVOID_SOURCE_NODE", "perhaps"),
        ("HUB_API_URL", "hub:8081"),
        ("LOG_LEVEL", "loud"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=f"SOJOURN_OPERATOR_{name}"):
        Settings.from_env({f"SOJOURN_OPERATOR_{name}": value})


def test_a_token_is_read_anew_each_time(tmp_path) -> None:
    file = tmp_path / "token"
    assert read_token(str(file)) == ""
    file.write_text("one\n")
    assert read_token(str(file)) == "one"
    file.write_text("two")
    assert read_token(str(file)) == "two"


def test_a_status_reads_back_as_it_was_written() -> None:
    now = moment("2026-01-01T00:00:00Z")
    progress = Progress(phase=Phase.STOPPING, attempts=2, failing="x").step("begun", now)
    progress = progress.with_condition("Checkpointed", "True", "Saved", "ok", now)
    assert Progress.from_json(progress.to_json()) == progress
    assert Progress.from_json(None) == Progress()


def test_one_key_is_never_looked_at_twice_at_once_and_nothing_is_forgotten() -> None:
    async def scenario() -> tuple[int, dict[str, int]]:
        busy: dict[str, int] = {}
        most, seen = 0, {}

        async def look(key: Key) -> float | None:
            nonlocal most
            busy[key.name] = busy.get(key.name, 0) + 1
            most = max(most, busy[key.name])
            seen[key.name] = seen.get(key.name, 0) + 1
            await asyncio.sleep(0.001)
            busy[key.name] -= 1
            if seen[key.name] == 1:
                queue.add(key)  # asked for while it is being looked at
            return None

        queue = WorkQueue(look, 4)
        task = asyncio.create_task(queue.run())
        for name in "abcabc":
            queue.add(Key("pods", "ns", name))
        while sum(seen.values()) < 6 or any(busy.values()):
            await asyncio.sleep(0.001)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return most, seen

    most, seen = asyncio.run(asyncio.wait_for(scenario(), 20))
    assert most == 1 and seen == {"a": 2, "b": 2, "c": 2}


def test_a_look_that_raises_is_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sojourn_operator.workqueue.FIRST_PAUSE", 0.001)

    async def scenario() -> tuple[int, list[Key]]:
        tries, failed, done = 0, [], asyncio.Event()

        async def look(key: Key) -> float | None:
            nonlocal tries
            tries += 1
            if tries < 3:
                raise RuntimeError("no")
            done.set()
            return None

        queue = WorkQueue(look, 2, failed.append)
        task = asyncio.create_task(queue.run())
        queue.add(Key("pods", "ns", "a"))
        await done.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return tries, failed

    tries, failed = asyncio.run(asyncio.wait_for(scenario(), 20))
    assert tries == 3 and len(failed) == 2


def body(uid: str, version: str) -> dict:
    return {"metadata": {"name": "p", "namespace": "ns", "uid": uid, "resourceVersion": version}}


def test_the_cache_keeps_the_newest_state_and_drops_only_the_very_object() -> None:
    cache = Cache()
    cache.put(POD, body("a", "10"))
    cache.put(POD, body("a", "9"))
    assert cache.get(POD, "ns", "p") == body("a", "10")
    cache.put(POD, body("b", "11"))
    cache.drop(POD, "ns", "p", "a")
    assert cache.get(POD, "ns", "p") == body("b", "11")
    cache.drop(POD, "ns", "p", "b")
    assert cache.list(POD) == []


def test_after_failed_starts_in_a_row_the_hub_is_left_in_peace_for_a_while() -> None:
    def move(phase: Phase, ended: str, reason: str = "StartFailed") -> Move:
        return Move("u", phase, hub=True, reason=reason, ended=f"2026-01-01T00:00:{ended}Z")

    now = moment("2026-01-01T00:01:00Z")
    failed = [move(Phase.FAILED, "10"), move(Phase.FAILED, "20")]
    assert "failed in a row" in hold_start(failed, now)
    assert not hold_start(failed[:1], now)
    assert not hold_start([*failed, move(Phase.SUCCEEDED, "30")], now)
    assert not hold_start([*failed, move(Phase.FAILED, "30", "CheckpointFailed")], now)
    assert not hold_start(failed, moment("2026-01-01T00:05:00Z"))
