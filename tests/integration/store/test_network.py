"""A real S3 server behind a bad network: connections are cut in the middle of requests and answers, or slow."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator

import pytest
from sojourn_kernel.store import SessionStore, StoreUnavailable, open_store

from tests.integration.store.conftest import KEY
from tests.integration.store.places import contents, refs_of, save
from tests.integration.store.proxy import Proxy, between
from tests.seaweedfs import REGION, S3

pytestmark = pytest.mark.s3
VALUES = [random.Random(1).randbytes(20 << 20), b"small"]


@pytest.fixture
def proxy(s3: S3, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    for name, value in s3.environment().items():
        monkeypatch.setenv(name, value)
    with between(s3.endpoint) as made:
        yield made


@pytest.fixture
def prefix() -> str:
    return f"network-{os.urandom(4).hex()}"


def through(proxy: Proxy, s3: S3, prefix: str, patience: float = 20) -> SessionStore:
    url = f"s3://{s3.bucket}/{prefix}?endpoint={proxy.endpoint}&region={REGION}&patience={patience}"
    return open_store(url, KEY).session("s")


def straight(s3: S3, prefix: str) -> SessionStore:
    return open_store(s3.url(prefix), KEY).session("s")


@pytest.mark.parametrize("cut", [0, 1, 1000, 3 << 20])
def test_requests_that_are_cut_are_sent_again(proxy: Proxy, s3: S3, prefix: str, cut: int) -> None:
    proxy.cut_requests = [cut] * 3
    save(through(proxy, s3, prefix), *VALUES)
    assert not proxy.cut_requests and contents(straight(s3, prefix)) == VALUES


@pytest.mark.parametrize("cut", [1, 300, 100_000, 5 << 20])
def test_answers_that_are_cut_are_asked_for_again(proxy: Proxy, s3: S3, prefix: str, cut: int) -> None:
    save(straight(s3, prefix), *VALUES)
    proxy.cut_answers = [cut] * 4
    assert contents(through(proxy, s3, prefix)) == VALUES
    assert not proxy.cut_answers


@pytest.mark.parametrize("answers", range(8))
def test_a_lost_answer_to_any_request_of_a_save_leads_to_one_checkpoint(
    proxy: Proxy, s3: S3, prefix: str, answers: int
) -> None:
    """Among them the swap that won: its writer must not take its own checkpoint for another's."""
    first, _ = save(straight(s3, prefix), b"first")
    proxy.cut_answers = [1 << 30] * answers + [1]  # one request each: connections are not used again after a cut
    kept = through(proxy, s3, prefix)
    kept.backend.client.meta.events.register("before-send.s3", _close)  # type: ignore[attr-defined]
    save(kept, *VALUES, warm=first.warm)
    after = straight(s3, prefix)
    assert contents(after) == VALUES and len(after.history()) == 2
    assert not any(entry.problem for entry in after.verify(refs_of, data=True))


def _close(request: object, **_: object) -> None:
    """Ask the server to end the connection after this request, so that the next one has its own fate."""
    request.headers["Connection"] = "close"  # type: ignore[attr-defined]


def test_a_slow_network_takes_long_and_loses_nothing(proxy: Proxy, s3: S3, prefix: str) -> None:
    proxy.delay = 0.02
    kept = through(proxy, s3, prefix)
    save(kept, b"x" * 3_000_000, b"small")
    assert contents(kept) == [b"x" * 3_000_000, b"small"]


def test_a_network_that_stays_away_is_said_after_a_bounded_time(proxy: Proxy, s3: S3, prefix: str) -> None:
    first, _ = save(straight(s3, prefix), *VALUES)
    proxy.cut_requests = [0] * 1000
    kept = through(proxy, s3, prefix, patience=1)
    with pytest.raises(StoreUnavailable, match="can't be reached"):
        save(kept, b"lost", warm=first.warm)
    assert 3 <= proxy.connections < 100, "tried again, and not for ever"
    with pytest.raises(StoreUnavailable):
        kept.load()
    assert contents(straight(s3, prefix)) == VALUES
