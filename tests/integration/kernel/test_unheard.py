"""A session that logs everything hears nothing of the requests that keep it."""

from __future__ import annotations

import pytest

from tests.integration.kernel.test_save_and_restore import until_saved
from tests.seaweedfs import S3

LISTEN = "import io, logging\nheard = io.StringIO()\nlogging.basicConfig(stream=heard, level=logging.DEBUG)"
ASK = """
import os, botocore.session
client = botocore.session.get_session().create_client("s3", endpoint_url={endpoint!r}, region_name="us-east-1")
_ = client.list_objects_v2(Bucket={bucket!r}, Prefix="none")
"""


@pytest.mark.s3
def test_saves_and_restores_are_not_in_the_users_log(start, s3: S3):
    store = {"SOJOURN_STORE": s3.url("unheard"), **s3.environment()}
    first = start(**store)
    first.run(LISTEN)
    first.run("value = bytes(3_000_000)")
    until_saved(first)
    assert first.value("heard.getvalue()") == "''"
    assert first.terminate() == 0
    second = start(**store)
    assert second.value("len(value), heard.getvalue()") == "(3000000, '')"


@pytest.mark.s3
def test_the_users_own_requests_are_logged_as_ever(start, s3: S3):
    kernel = start(SOJOURN_STORE=s3.url("unheard-but"), **s3.environment())
    kernel.run(LISTEN)
    kernel.run(ASK.format(endpoint=s3.endpoint, bucket=s3.bucket))
    until_saved(kernel)
    assert kernel.value("'prefix=none' in heard.getvalue(), 'manifests' in heard.getvalue()") == "(True, False)"
