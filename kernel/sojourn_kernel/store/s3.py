"""The S3 backend: AWS, and by ``?endpoint=`` MinIO, SeaweedFS, Ceph. Conditional writes are If-Match and If-None-Match."""

from __future__ import annotations

import base64
import hashlib
import os
import random
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import botocore.session  # all of boto3 that is used here; the rest takes a kernel's start longer to import
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,
    HTTPClientError,
    IncompleteReadError,
    NoCredentialsError,
    PartialCredentialsError,
    ResponseStreamingError,
)

from ..ours import ours
from ..system import sleep
from .backend import Bytes, Stored, fill
from .errors import NotFound, StoreError, StoreUnavailable
from .room import populate
from .unheard import watch_loggers

T = TypeVar("T")
_chance = random.SystemRandom()  # the streams of ``random`` are the user's

LOST = {"PreconditionFailed", "412"}
MISSING = {"NoSuchKey", "404", "NotFound"}
AGAIN = {"500", "502", "503", "504", "429", "InternalError", "ServiceUnavailable", "SlowDown", "RequestTimeout", "Throttling",
         "ThrottlingException", "RequestLimitExceeded", "TooManyRequests", "ConditionalRequestConflict", "409",
         "OperationAborted"}  # fmt: skip
PATIENCE = 20.0  # seconds for which a request that fails for now is tried again
CONNECT, READ = 5, 30  # seconds that one try waits for a connection, and for bytes
PIECE = 1 << 20  # bytes of a body that are taken at a time
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 3.0  # seconds between tries


def _span(start: int, length: int) -> str:
    return f"bytes={start}-{start + length - 1}"


def credentials(directory: str | None) -> dict[str, str]:
    """Credentials of a mounted Secret: one file each. Empty: leave it to boto3's standard chain."""
    if not directory:
        return {}
    names = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
    try:
        found = {name: path.read_text().strip() for name in names if (path := Path(directory) / name).is_file()}
    except OSError as error:
        raise StoreUnavailable(f"cannot read the mounted credentials: {error.strerror}") from None
    if missing := {"aws_access_key_id", "aws_secret_access_key"} - found.keys():
        raise StoreUnavailable(f"the mounted credentials lack {' and '.join(sorted(missing))}")
    return found


class S3Backend:
    """Objects of one bucket below one prefix.

    Every write carries a checksum: there are servers that store an empty object when a connection is cut before its bytes.
    """

    def __init__(self, bucket: str, prefix: str, *, endpoint: str | None = None, region: str | None = None,
                 path_style: bool | None = None, patience: float = PATIENCE) -> None:  # fmt: skip
        self.bucket, self.prefix = bucket, prefix.strip("/") + "/" if prefix.strip("/") else ""
        self.patience = patience
        by_path = path_style if path_style is not None else endpoint is not None
        config = Config(
            retries={"total_max_attempts": 1},  # this module tries again: it knows which requests, and for how long
            connect_timeout=CONNECT,
            read_timeout=READ,
            max_pool_connections=32,
            s3={"addressing_style": "path"} if by_path else None,
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        secret = credentials(os.environ.get("SOJOURN_CREDENTIALS_DIR"))
        try:
            watch_loggers()
            with ours():
                self.client = botocore.session.get_session().create_client(
                    "s3",
                    endpoint_url=endpoint,
                    region_name=region or ("us-east-1" if endpoint else None),
                    config=config,
                    **secret,  # type: ignore[arg-type]
                )
            watch_loggers()
        except (BotoCoreError, ValueError) as error:
            raise StoreUnavailable(f"cannot open bucket {bucket}: {error}") from None

    def get(self, key: str) -> bytes:
        return self._call(key, lambda: self.client.get_object(**self._key(key))["Body"].read())

    def get_tagged(self, key: str) -> tuple[bytes, str] | None:
        def get() -> tuple[bytes, str]:
            answer = self.client.get_object(**self._key(key))
            return answer["Body"].read(), answer["ETag"]

        try:
            return self._call(key, get)
        except NotFound:
            return None

    def get_range(self, key: str, start: int, length: int) -> Bytes:
        span = _span(start, length)
        try:
            return self._call(key, lambda: self.client.get_object(**self._key(key), Range=span)["Body"].read())
        except _BeyondEnd:
            return b""

    def read_into(self, key: str, start: int, view: memoryview) -> int:
        populate(view)

        def get() -> int:
            done = 0
            answer = self.client.get_object(**self._key(key), Range=_span(start, len(view)))
            for piece in answer["Body"].iter_chunks(PIECE):
                done += fill(view[done:], piece)
            return done

        try:
            return self._call(key, get)
        except _BeyondEnd:
            return 0

    def put(self, key: str, data: Bytes) -> None:
        body = bytes(data) if isinstance(data, memoryview) else data
        self._call(key, lambda: self.client.put_object(**self._key(key), Body=body, ChecksumAlgorithm="CRC32"))

    def swap(self, key: str, data: bytes, expect: str | None) -> str | None:
        condition = {"IfMatch": expect} if expect else {"IfNoneMatch": "*"}
        digest = base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()
        put = partial(self.client.put_object, **self._key(key), Body=data, ContentMD5=digest, **condition)
        try:
            return self._call(key, put)["ETag"]
        except (_Lost, NotFound):  # a try whose answer was lost may have won: then these very bytes are there
            found = self.get_tagged(key)
            return found[1] if found and found[0] == data else None

    def walk(self, prefix: str) -> Iterator[Stored]:
        more: dict[str, str] = {}
        while True:
            ask = partial(self.client.list_objects_v2, Bucket=self.bucket, Prefix=self.prefix + prefix, **more)
            page: Any = self._call(prefix, ask)
            for item in page.get("Contents", []):
                yield Stored(item["Key"].removeprefix(self.prefix), item["Size"], item["LastModified"].timestamp())
            if not page.get("IsTruncated"):
                return
            more = {"ContinuationToken": page["NextContinuationToken"]}

    def delete(self, keys: list[str]) -> None:
        for start in range(0, len(keys), 1000):
            batch = {"Objects": [{"Key": self.prefix + key} for key in keys[start : start + 1000]], "Quiet": True}
            answer: Any = self._call("delete", partial(self.client.delete_objects, Bucket=self.bucket, Delete=batch))
            if refused := [error for error in answer.get("Errors", []) if error.get("Code") not in MISSING]:
                first = refused[0]
                raise StoreUnavailable(f"{len(refused)} objects were not deleted: {first.get('Code')}")

    def tidy(self, age: float) -> None:
        """S3 shows no object before it is whole, and no request here is in parts."""

    def _key(self, key: str) -> dict[str, str]:
        return {"Bucket": self.bucket, "Key": self.prefix + key}

    def _call(self, what: str, act: Callable[[], T]) -> T:
        """Do it, again where that may help, until the patience ends. Raises StoreError."""
        end, pause = time.monotonic() + self.patience, FIRST_PAUSE
        while True:
            try:
                with ours():
                    return act()
            except (BotoCoreError, ClientError, OSError) as error:
                problem, again = _judge(what, self.bucket, error)
                if not again or time.monotonic() + pause > end:
                    raise problem from None
            sleep(pause * (0.5 + _chance.random() / 2))
            pause = min(2 * pause, LONGEST_PAUSE)


class _Lost(StoreError):
    """The condition of a conditional write does not hold."""


class _BeyondEnd(StoreError):
    """A range that starts after the last byte."""


def _judge(what: str, bucket: str, error: Exception) -> tuple[StoreError, bool]:
    """The error in the store's terms, and whether the same request may succeed soon."""
    if isinstance(error, ClientError):
        code = str(error.response.get("Error", {}).get("Code", ""))
        status = str(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", ""))
        if code in LOST:
            return _Lost(what), False
        if code in MISSING:
            return NotFound(what), False
        if code == "InvalidRange":
            return _BeyondEnd(what), False
        message = str(error.response.get("Error", {}).get("Message", ""))[:200]
        return StoreUnavailable(f"bucket {bucket} answers {code}: {message} ({what})"), code in AGAIN or status in AGAIN
    if isinstance(error, NoCredentialsError | PartialCredentialsError):
        where = "the standard AWS variables, or SOJOURN_CREDENTIALS_DIR with a mounted Secret"
        return StoreUnavailable(f"no credentials for bucket {bucket}: set {where}"), False
    passing = (ConnectionError, HTTPClientError, IncompleteReadError, ResponseStreamingError, OSError)
    return StoreUnavailable(f"bucket {bucket} can't be reached: {error} ({what})"), isinstance(error, passing)
