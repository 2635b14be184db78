"""The real cluster and what runs in it, for all end-to-end tests; where there can be none, they skip and say why."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.cluster import elastic, provide
from tests.cluster import s3 as store
from tests.cluster.cluster import Cluster, NoCluster
from tests.cluster.hub import Hub, Settings, deploy, remove
from tests.cluster.operator import Operator, install, remove_definitions, uninstall
from tests.cluster.user import User, log_in
from tests.seaweedfs import S3

ARTIFACTS = Path(__file__).resolve().parents[2] / "artifacts"


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """When a test on the cluster fails, keep what the cluster looked like at that moment."""
    outcome = yield
    report = outcome.get_result()
    found = getattr(item, "funcargs", {}).get("cluster")
    if report.failed and call.when in ("setup", "call") and isinstance(found, Cluster):
        folder = ARTIFACTS / re.sub(r"[^\w.-]+", "-", item.name)
        found.collect(folder)
        report.sections.append(("cluster", f"objects, events and logs are in {folder}"))


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A cluster with two nodes; taken down at the end, unless it was given or brought up by hand."""
    with ExitStack() as stack:
        try:
            found = stack.enter_context(provide.lease(nodes=2))
        except NoCluster as reason:
            pytest.skip(f"no cluster: {reason}")
        yield found


@pytest.fixture(scope="session")
def s3(cluster: Cluster) -> Iterator[S3]:
    """A real S3 server that pods reach."""
    with store.serve(cluster) as server:
        yield server


@pytest.fixture(scope="session")
def hubs(cluster: Cluster) -> Iterator[Callable[..., Hub]]:
    """Makes hubs, each in a namespace of its own: ``hubs("name", Settings(…))``. They end with the test run."""
    made: dict[str, Hub] = {}

    def make(namespace: str, settings: Settings) -> Hub:
        made[namespace] = deploy(cluster, namespace, settings)
        return made[namespace]

    yield make
    for each in made.values():
        remove(each)


@pytest.fixture
def users() -> Iterator[Callable[..., User]]:
    """Logs users in: ``users(hub, "ada")``. What they run is stopped at the end of the test, and they are forgotten."""
    made: list[User] = []

    def make(hub: Hub, name: str, server: str = "") -> User:
        made.append(log_in(hub, name, server))
        return made[-1]

    yield make
    for each in made:
        each.end()


@pytest.fixture(scope="session")
def hub(hubs: Callable[..., Hub], s3: S3) -> Hub:
    """A hub of JupyterHub 6 whose users' sessions are kept in the S3 store, with the project's spawner."""
    return elastic.prepare(hubs("hub", elastic.settings(s3)), s3)


@pytest.fixture(scope="session")
def hub5(hubs: Callable[..., Hub], s3: S3) -> Hub:
    """The same with JupyterHub 5, in hub and pods."""
    return elastic.prepare(hubs("hub5", elastic.settings(s3, version=5)), s3)


@pytest.fixture(scope="session")
def stock_hub(hubs: Callable[..., Hub], s3: S3) -> Hub:
    """The same with KubeSpawner as it is, without the project's subclass."""
    return elastic.prepare(hubs("stock", elastic.settings(s3, stock=True)), s3)


@pytest.fixture(scope="session")
def operators(cluster: Cluster) -> Iterator[Callable[..., Operator]]:
    """Installs the chart for a hub: ``operators(hub)``. Ends with the test run."""
    made: list[Operator] = []

    def make(hub: Hub, **values: Any) -> Operator:
        made.append(install(cluster, hub.namespace, hub=hub, values=values))
        return made[-1]

    yield make
    for each in made:
        uninstall(each)
    if made:
        remove_definitions(cluster)


@pytest.fixture(scope="session")
def operator(hub: Hub, operators: Callable[..., Operator]) -> Operator:
    """The operator, installed by its chart beside the hub."""
    return operators(hub)


@pytest.fixture
def user(hub: Hub, users: Callable[..., User]) -> Callable[[str], User]:
    """A user of the hub with a running server, by name: ``user("ada")``."""
    return lambda name: users(hub, name).spawn()
