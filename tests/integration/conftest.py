"""One real S3 server for all of these tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.seaweedfs import S3, running


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3]:
    with running(tmp_path_factory.mktemp("seaweedfs")) as server:
        yield server
