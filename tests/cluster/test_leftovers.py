"""What a killed run of the cluster leaves behind goes away: by `down`, and at the next `up`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from tests.cluster import provide
from tests.cluster.cluster import NoCluster
from tests.cluster.images import ROOT
from tests.cluster.local import control, daemons, leftovers

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(600)]

LEASE = """
from tests.cluster import provide
with provide.lease(nodes=2):
    print("up", flush=True)
    input()
"""


@pytest.fixture
def nothing_runs() -> Iterator[None]:
    """This machine can carry the local cluster, and none is up; none is up afterwards either."""
    try:
        which = provide.provider()
        with provide.exclusively():
            busy = which == "local" and (provide.is_kept() or control.ready())
    except NoCluster as reason:
        pytest.skip(f"no cluster: {reason}")
    if which != "local" or busy:
        pytest.skip("this test needs the local cluster to itself: `python -m tests.cluster down`")
    yield
    leftovers.clean()


def start_run() -> subprocess.Popen[str]:
    """A process that has a cluster as a test run has it."""
    return subprocess.Popen(
        [sys.executable, "-c", LEASE], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def wait_until_up(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"


def kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


def test_a_run_that_ends_leaves_nothing(nothing_runs: None) -> None:
    run = start_run()
    wait_until_up(run)
    run.communicate("\n")
    assert (run.returncode, leftovers.what_is_left()) == (0, [])


def test_down_takes_away_what_a_killed_run_left(nothing_runs: None) -> None:
    run = start_run()
    wait_until_up(run)
    kill(run)
    assert leftovers.what_is_left() != []
    assert provide.down() == []


def test_a_node_whose_first_process_is_killed_takes_everything_of_it_along(nothing_runs: None) -> None:
    run = start_run()
    wait_until_up(run)
    kill(run)
    parts = [daemon for daemon in daemons.all_recorded() if daemon.name.startswith("node-1-")]
    first = next(daemon for daemon in parts if daemon.name == "node-1-init")
    os.kill(first.pid, signal.SIGKILL)
    while any(daemons.alive(daemon) for daemon in parts):  # the kernel's doing: nobody else ends them
        time.sleep(0.05)
    assert provide.down() == []


def test_down_also_cleans_up_after_a_start_that_was_killed_half_way(nothing_runs: None) -> None:
    run = start_run()
    while not control.ready():
        assert run.poll() is None
        time.sleep(0.05)
    kill(run)
    assert provide.down() == []


def test_the_next_run_starts_with_a_fresh_cluster_after_a_killed_one(nothing_runs: None) -> None:
    first = start_run()
    wait_until_up(first)
    subprocess.run(
        [sys.executable, "-m", "tests.cluster", "kubectl", "create", "namespace", "old"], cwd=ROOT, check=True
    )
    kill(first)
    second = start_run()
    wait_until_up(second)
    listed = subprocess.run(
        [sys.executable, "-m", "tests.cluster", "kubectl", "get", "namespaces", "-o", "name"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    second.communicate("\n")
    assert "namespace/default" in listed and "namespace/old" not in listed
    assert leftovers.what_is_left() == []
