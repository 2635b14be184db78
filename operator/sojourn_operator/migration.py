"""The state machine of a move: (what is asked, how far it is, what is seen, the time) -> what to do next.

Pure: no clock, no I/O. Every action can be done twice without harm, and what was done is learned from what is seen, so
a restart of the operator at any point goes on from the status alone.

    Pending -> Checkpointing -> Stopping -> Starting -> Restoring -> Succeeded
       |             |                         |            |
       Cancelled     Failed (the pod stays)    Failed       Failed (state is safe in the store)

A pod that others delete skips the checkpoint: its agent saves on SIGTERM, and the operator only makes the way clear.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from .actions import Action, Checkpoint, Decision, Mark, Outcome, Start, Stop, Taint, Unmark, Untaint
from .kinds import moment, stamp
from .progress import (
    BEGUN,
    CHECKPOINT_ASKED,
    CHECKPOINTED,
    ENDED,
    GONE,
    MARKED,
    READY,
    RESTORED,
    SCHEDULED,
    START_ASKED,
    STOP_ASKED,
    STOPPING,
    Phase,
    Progress,
)
from .seen import Seen, Wish

STOP_ATTEMPTS = 5  # refused stops after which a pod that may stay stays
REPEAT_STOP = 30.0  # seconds after which a stop that shows no effect is asked for again
REPEAT_START = 20.0  # the same for a start that shows neither a pod nor a pending spawn
SETTLE_START = 5.0  # seconds that a start may show no sign of life at all
POLL = 1.0  # seconds between looks when no event is sure to come
FAST_POLL = 0.25  # the same where every moment is the user's


def decide(wish: Wish, progress: Progress, seen: Seen, now: datetime) -> Decision:
    """The next action. The caller writes ``progress``, performs, and feeds the outcome to :func:`absorb`."""
    if progress.phase.ended:
        return Decision(progress, wait=_NEVER)
    before = progress
    progress = _notice(progress, seen, now)
    if progress.phase in (Phase.PENDING, Phase.CHECKPOINTING) and _leaving(seen):
        if not seen.wanted:
            return Decision(cancel(progress, "NoLongerNeeded", "the session was stopped by its owner", now))
        # Others end the pod, or have: it saves itself on SIGTERM; what is left is to bring it back.
        if seen.source and seen.source.ended:
            message = "the pod has ended; its last checkpoint stands"
        else:
            message = "the pod is being ended; its agent saves on the stop signal"
        progress = replace(progress, failing="").enter(Phase.STOPPING, message).step(BEGUN, now)
        if not progress.done(CHECKPOINTED):
            progress = progress.with_condition("Checkpointed", "Unknown", "ByStopSignal", message, now)
    if progress.phase is Phase.STOPPING:
        progress = progress.step(STOPPING, now)
    decision = _STEPS[progress.phase](wish, progress, seen, now)
    # A change of phase is looked at again at once; the new phase decides on its own.
    return replace(decision, wait=0.0) if decision.progress.phase != before.phase else decision


def absorb(wish: Wish, progress: Progress, action: Action, outcome: Outcome, now: datetime) -> Progress:
    """The progress after an action's outcome."""
    if isinstance(action, Checkpoint):
        return _absorb_checkpoint(wish, progress, outcome, now)
    if isinstance(action, Taint) and not outcome.ok:  # only a wish: that it is not allowed is no reason to stay
        return progress.with_condition("SourceAvoided", "False", "NotAllowed", outcome.message, now)
    if outcome.ok:
        if isinstance(action, Stop | Start):
            step = STOP_ASKED if isinstance(action, Stop) else START_ASKED
            return replace(progress.without(step).step(step, now), retry_at="")
        if isinstance(action, Taint | Untaint):
            progress = replace(progress, tainted=isinstance(action, Taint))
        return progress.step(MARKED, now) if isinstance(action, Mark) else progress
    # Who asks for patience has not failed, and a patch of ours that did not get through is no try of the move.
    counts = isinstance(action, Stop | Start) and not outcome.retry_after
    attempts = progress.attempts + 1 if counts else progress.attempts
    wait = outcome.retry_after or _backoff(attempts or 1)
    retry_at = stamp(now + timedelta(seconds=wait))
    return replace(progress, attempts=attempts, retry_at=retry_at, message=outcome.message)


def fail(progress: Progress, reason: str, message: str, now: datetime) -> Progress:
    """Ended without success."""
    ended = progress.enter(Phase.FAILED, message, reason).step(ENDED, now)
    return ended.with_condition("Complete", "False", reason, message, now)


def cancel(progress: Progress, reason: str, message: str, now: datetime) -> Progress:
    """Ended because there is nothing (more) to do."""
    ended = progress.enter(Phase.CANCELLED, message, reason).step(ENDED, now)
    return ended.with_condition("Complete", "False", reason, message, now)


def _leaving(seen: Seen) -> bool:
    return seen.source is None or seen.source.terminating or seen.source.ended


def _notice(progress: Progress, seen: Seen, now: datetime) -> Progress:
    """Write down what is seen done, whoever did it."""
    if seen.source is None and progress.phase in (Phase.STOPPING, Phase.STARTING, Phase.RESTORING):
        progress = progress.step(GONE, now)
    if seen.other and not seen.other.terminating and progress.phase in (Phase.STARTING, Phase.RESTORING):
        if progress.target != seen.other.ref:
            progress = replace(progress, target=seen.other.ref)
        if seen.other.ref.node:
            progress = progress.step(SCHEDULED, now)
        if seen.serving:
            progress = progress.step(READY, now)
    return progress


def _pending(wish: Wish, progress: Progress, seen: Seen, now: datetime) -> Decision:
    assert seen.source  # a missing source has been dealt with
    if not seen.wanted and not wish.force:
        return Decision(cancel(progress, "NoLongerNeeded", "the cause of the move is gone", now))
    if seen.blocked and not seen.must_go:
        return Decision(progress.say(seen.blocked), wait=POLL)
    return Decision(progress.enter(Phase.CHECKPOINTING, "saving the session").step(BEGUN, now))


def _checkpointing(wish: Wish, progress: Progress, seen: Seen, now: datetime) -> Decision:
    assert seen.source
    if progress.failing:
        if seen.must_go:
            return Decision(_stop_unsaved(progress, now))
        return _stay(progress, seen, "CheckpointFailed", now)
    if not seen.source.marked or seen.source.wishes:
        return Decision(progress, Mark(), wait=POLL if _waiting(progress, now) else 0.0)
    left = wish.checkpoint_deadline - _since(progress.at(CHECKPOINT_ASKED), now)
    if left <= 0 and not progress.done(CHECKPOINTED):
        message = f"no checkpoint within {wish.checkpoint_deadline:g} s"
        return Decision(_give_up(progress, message if not progress.attempts else f"{message}: {progress.message}"))
    if _waiting(progress, now):
        return Decision(progress, wait=_pause(progress, now))
    return Decision(progress.step(CHECKPOINT_ASKED, now), Checkpoint(round(left, 1)))


def _stopping(wish: Wish, progress: Progress, seen: Seen, now: datetime) -> Decision:
    if progress.failing:
        return _stay(progress, seen, "StopFailed", now)
    if seen.other and not seen.source:
        return Decision(progress.enter(Phase.STARTING, "a new pod is there"))  # never stop what has taken over
    if _waiting(progress, now):
        return Decision(progress, wait=_pause(progress, now))
    if _wants_taint(wish, progress, seen):
        return Decision(progress, Taint())
    if seen.source and not seen.source.terminating:
        if not seen.source.marked and not seen.source.ended:
            return Decision(progress, Mark())
        if progress.attempts >= STOP_ATTEMPTS and not progress.done(STOP_ASKED) and not seen.must_go:
            return Decision(_give_up(progress, f"the pod could not be stopped: {progress.message}"))
        if progress.done(STOP_ASKED) and _since(progress.at(STOP_ASKED), now) < REPEAT_STOP:
            return Decision(_say_if_overdue(wish, progress, seen, now), wait=FAST_POLL)
        return Decision(progress.say("stopping the pod"), Stop())
    if seen.source and not seen.source.marked:
        return Decision(progress, Mark())  # allowed on a terminating pod, and the hub reads it until the pod is gone
    if seen.asks_stop and not progress.done(STOP_ASKED):
        return Decision(progress.say("making the way clear"), Stop())
    if seen.source or seen.stopping:
        return Decision(_say_if_overdue(wish, progress, seen, now), wait=FAST_POLL)
    return Decision(progress.enter(Phase.STARTING, "the pod is gone; bringing it back"))


def _starting(wish: Wish, progress: Progress, seen: Seen, now: datetime) -> Decision:
    other = seen.other
    if progress.tainted and other and other.ref.node:
        return Decision(progress, Untaint())
    if other and other.terminating:
        return _superseded(progress, now)
    if other and seen.serving:
        return Decision(progress.enter(Phase.RESTORING, "the new pod is up; its session is being restored"))
    if other and not other.ended:
        if _overdue(wish, progress, now):
            why = other.unschedulable or "it does not get ready"
            return _fail_late(progress, "StartFailed", f"the new pod did not start in time: {why}", now)
        where = f"on {other.ref.node}" if other.ref.node else other.unschedulable or "not scheduled yet"
        return Decision(progress.say(f"the new pod is starting: {where}"), wait=FAST_POLL)
    if not seen.asks_start:
        if _overdue(wish, progress, now):
            return _fail_late(progress, "StartFailed", "the pod's controller has made no pod that runs", now)
        return Decision(progress.say("waiting for the pod's controller"), wait=FAST_POLL)
    if _waiting(progress, now):
        return Decision(progress, wait=_pause(progress, now))
    if seen.stopping or seen.spawning:
        return Decision(progress, wait=FAST_POLL)
    if progress.done(START_ASKED):
        patience = REPEAT_START if seen.serving else SETTLE_START
        if other is None and _since(progress.at(START_ASKED), now) < patience:
            return Decision(progress, wait=FAST_POLL)
        # It was started and nothing came of it: counted, and tried again after a while.
        attempts = progress.attempts + 1
        if _tried_enough(wish, progress, attempts, seen, now):
            return _fail_late(progress, "StartFailed", "the pod was started and did not come; the state is kept", now)
        retry_at = stamp(now + timedelta(seconds=_backoff(attempts, base=10.0)))
        failed = replace(progress.without(START_ASKED), attempts=attempts, retry_at=retry_at)
        return Decision(failed.say("the start failed; trying again"), wait=POLL)
    if _tried_enough(wish, progress, progress.attempts, seen, now):
        return _fail_late(progress, "StartFailed", f"the pod could not be started: {progress.message}", now)
    if seen.hold_start:
        return Decision(progress.say(seen.hold_start), wait=POLL)
    return Decision(progress.say("starting the pod"), Start())


def _restoring(wish: Wish, progress: Progress, seen: Seen, now: datetime) -> Decision:
    if seen.other is None:
        if seen.asks_start:
            return _superseded(progress, now) if not seen.spawning else Decision(progress, wait=FAST_POLL)
        return Decision(progress.enter(Phase.STARTING, "the new pod is gone again"))
    if seen.other.terminating:
        return _superseded(progress, now)
    if seen.restored:
        progress = progress.step(RESTORED, now).step(ENDED, now)
        message, (status, why) = "the session goes on", ("True", "Restored")
        if progress.source and progress.target and progress.source.node == progress.target.node:
            message = f"the session goes on, on the same node {progress.target.node}: the scheduler chose it again"
        elif wish.target.node and progress.target and progress.target.node != wish.target.node:
            message = f"the session goes on, on {progress.target.node}, not on {wish.target.node} as was asked for"
        progress = progress.enter(Phase.SUCCEEDED, message).with_condition("Complete", status, why, message, now)
        return Decision(progress, wait=_NEVER)
    if _overdue(wish, progress, now):
        return _fail_late(progress, "RestoreTimeout", "the new pod is up, but its agent has not restored in time", now)
    return Decision(progress, wait=FAST_POLL)


def _absorb_checkpoint(wish: Wish, progress: Progress, outcome: Outcome, now: datetime) -> Progress:
    progress = replace(progress, checkpoint=outcome.checkpoint or progress.checkpoint)
    if outcome.ok:
        progress = progress.step(CHECKPOINTED, now).enter(Phase.STOPPING, "saved; stopping the pod")
        return progress.with_condition("Checkpointed", "True", "Saved", outcome.message or "all kernels are saved", now)
    if outcome.retry_after:  # busy, not failed; the checkpoint's own deadline bounds the patience
        return replace(progress, retry_at=stamp(now + timedelta(seconds=outcome.retry_after)), message=outcome.message)
    progress = progress.with_condition("Checkpointed", "False", "CheckpointFailed", outcome.message, now)
    attempts = progress.attempts + 1
    if attempts >= wish.checkpoint_attempts:
        return _give_up(replace(progress, attempts=attempts), outcome.message)
    retry_at = stamp(now + timedelta(seconds=_backoff(attempts)))
    return replace(progress, attempts=attempts, retry_at=retry_at, message=outcome.message)


def _give_up(progress: Progress, why: str) -> Progress:
    """Decided, not done: the mark comes off the pod before the Migration is Failed."""
    return replace(progress, failing=why or "the checkpoint failed", message=why)


def _stay(progress: Progress, seen: Seen, reason: str, now: datetime) -> Decision:
    """Clear the traces of a move that is given up, then say so."""
    if _leaving(seen):
        return Decision(replace(progress, failing=""))  # it goes after all
    if seen.source and (seen.source.marked or seen.source.wishes):
        return Decision(progress, Unmark(progress.failing), wait=POLL if _waiting(progress, now) else 0.0)
    if progress.tainted:
        return Decision(progress, Untaint(), wait=POLL if _waiting(progress, now) else 0.0)
    return Decision(fail(progress, reason, progress.failing, now))


def _stop_unsaved(progress: Progress, now: datetime) -> Progress:
    message = f"the checkpoint failed ({progress.failing}), but the pod must go; its stop signal saves what it can"
    progress = replace(progress, failing="").enter(Phase.STOPPING, message)
    return progress.with_condition("Checkpointed", "False", "MovedAnyway", message, now)


def _superseded(progress: Progress, now: datetime) -> Decision:
    if progress.tainted:
        return Decision(progress, Untaint())
    return Decision(cancel(progress, "Superseded", "the new pod is being stopped in its turn", now))


def _fail_late(progress: Progress, reason: str, message: str, now: datetime) -> Decision:
    if progress.tainted:
        return Decision(progress, Untaint(), wait=POLL)
    return Decision(fail(progress, reason, message, now))


def _say_if_overdue(wish: Wish, progress: Progress, seen: Seen, now: datetime) -> Progress:
    """A stop is never given up: the pod may be all there is to come back from."""
    if seen.source and _overdue(wish, progress, now):
        node = seen.source.ref.node
        return progress.say(
            f"the old pod does not end; is node {node} reachable? Waiting: two pods must not run at once"
        )
    return progress


def _tried_enough(wish: Wish, progress: Progress, attempts: int, seen: Seen, now: datetime) -> bool:
    return _overdue(wish, progress, now) if seen.patient else attempts >= wish.start_attempts


def _wants_taint(wish: Wish, progress: Progress, seen: Seen) -> bool:
    """Before the stop, for a workload that cannot keep off a node by itself; once refused, not again."""
    if seen.source is None or seen.avoids or not wish.target.avoid or progress.tainted or progress.done(STOP_ASKED):
        return False
    return not any(c["type"] == "SourceAvoided" and c["status"] == "False" for c in progress.conditions)


def _overdue(wish: Wish, progress: Progress, now: datetime) -> bool:
    return _since(progress.at(BEGUN), now) > wish.deadline


def _waiting(progress: Progress, now: datetime) -> bool:
    return bool(progress.retry_at) and now < moment(progress.retry_at)


def _pause(progress: Progress, now: datetime) -> float:
    return min(POLL, max(FAST_POLL, (moment(progress.retry_at) - now).total_seconds()))


def _since(start: datetime | None, now: datetime) -> float:
    return (now - start).total_seconds() if start else 0.0


def _backoff(attempts: int, base: float = 2.0) -> float:
    return min(120.0, base * 2 ** (attempts - 1))


_NEVER = float("inf")
_STEPS: Mapping[Phase, Callable[[Wish, Progress, Seen, datetime], Decision]] = {
    Phase.PENDING: _pending,
    Phase.CHECKPOINTING: _checkpointing,
    Phase.STOPPING: _stopping,
    Phase.STARTING: _starting,
    Phase.RESTORING: _restoring,
}
