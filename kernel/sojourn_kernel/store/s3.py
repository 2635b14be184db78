"""The S3 backend: AWS, and by ``?endpoint=`` MinIO, SeaweedFS, Ceph. Conditional writes are If-Match and If-None-Match."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from .errors import NotFound, StoreUnavailable

T = TypeVar("T")
LOST = {"PreconditionFailed", "ConditionalRequestConflict", "412", "409"}
MISSING = {"NoSuchKey", "404", "NotFound"}


def credentials(directory: str | None) -> dict[str, str]:
    """Credentials of a mounted Secret: one file each. Empty: leave it to boto3's standard chain."""
    if not directory:
        return {}
    root = Path(directory)
    names = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
    found = {name: (root / name).read_text().strip() for name in names if (root / name).is_file()}
    missing = {"aws_access_key_id", "aws_secret_access_key"} - found.keys()
    if missing:
        raise StoreUnavailable(f"the mounted credentials lack {' and '.join(sorted(missing))}")
    return found


class S3Backend:
    """Objects of one bucket below one prefix."""

    def __init__(self, bucket: str, prefix: str, *, endpoint: str | None, region: str | None) -> None:
        self.bucket, self.prefix = bucket, prefix.strip("/") + "/" if prefix.strip("/") else ""
        config = Config(
            retries={"max_attempts": 6, "mode": "standard"},
            connect_timeout=5,
            read_timeout=30,
            max_pool_connections=32,
            s3={"addressing_style": "path"} if endpoint else None,
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        secret = credentials(os.environ.get("SOJOURN_CREDENTIALS_DIR"))
        try:
            self.client = boto3.session.Session(**secret).client(  # type: ignore[arg-type]
                "s3", endpoint_url=endpoint, region_name=region or ("us-east-1" if endpoint else None), config=config
            )
        except (BotoCoreError, ValueError) as error:
            raise StoreUnavailable(f"cannot open bucket {bucket}: {error}") from None

    def _call(self, what: str, act: Callable[[], T]) -> T:
        try:
            return act()
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            if code in MISSING:
                raise NotFound(what) from None
            raise StoreUnavailable(
                f"{what}: the store answers {code}: {error.response['Error'].get('Message', '')}"
            ) from None
        except (BotoCoreError, OSError) as error:
            raise StoreUnavailable(f"{what}: {error}") from None

    def _key(self, key: str) -> dict[str, str]:
        return {"Bucket": self.bucket, "Key": self.prefix + key}

    def get(self, key: str) -> bytes:
        return self._call(key, lambda: self.client.get_object(**self._key(key))["Body"].read())

    def get_tagged(self, key: str) -> tuple[bytes, str] | None:
        try:
            answer: Any = self._call(key, lambda: self.client.get_object(**self._key(key)))
            return self._call(key, lambda: answer["Body"].read()), answer["ETag"]
        except NotFound:
            return None

    def get_range(self, key: str, start: int, length: int) -> bytes:
        span = f"bytes={start}-{start + length - 1}"
        return self._call(key, lambda: self.client.get_object(**self._key(key), Range=span)["Body"].read())

    def put(self, key: str, data: bytes) -> None:
        self._call(key, lambda: self.client.put_object(**self._key(key), Body=data))

    def swap(self, key: str, data: bytes, expect: str | None) -> str | None:
        condition = {"IfMatch": expect} if expect else {"IfNoneMatch": "*"}
        try:
            return self.client.put_object(**self._key(key), Body=data, **condition)["ETag"]
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            if code in LOST | MISSING:
                return self._already_ours(key, data)
            raise StoreUnavailable(f"{key}: the store answers {code}") from None
        except (BotoCoreError, OSError) as error:
            raise StoreUnavailable(f"{key}: {error}") from None

    def _already_ours(self, key: str, data: bytes) -> str | None:
        """A retry after a dropped answer finds its own first try: that is a win, not a loss."""
        found = self.get_tagged(key)
        return found[1] if found and found[0] == data else None

    def walk(self, prefix: str) -> Iterator[tuple[str, int, float]]:
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.prefix + prefix)
        pages = iter(pages)
        while page := self._call(prefix, lambda: next(pages, None)):
            for item in page.get("Contents", []):
                yield item["Key"].removeprefix(self.prefix), item["Size"], item["LastModified"].timestamp()

    def delete(self, keys: list[str]) -> None:
        for start in range(0, len(keys), 1000):
            batch = {"Objects": [{"Key": self.prefix + key} for key in keys[start : start + 1000]], "Quiet": True}
            self._call("delete", partial(self.client.delete_objects, Bucket=self.bucket, Delete=batch))
