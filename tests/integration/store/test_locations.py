"""Where a store is: URLs, keys and credentials; what is wrong with one is said in a sentence that shows no secret."""

from __future__ import annotations

import logging
import stat
import threading
from pathlib import Path

import pytest
from sojourn_kernel.store import BadStoreURL, Forged, StoreUnavailable, open_store
from sojourn_kernel.store.keys import LONGEST, is_key, quoted, unquoted
from sojourn_kernel.store.seal import user_key

from tests.integration.store.places import contents, save

SECRET = "verysecretvalue"


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "use file:///directory or s3://bucket/prefix"),
        ("/var/lib/store", "use file:///directory"),
        ("gs://bucket", "is no store"),
        ("file://relative/path", "three slashes"),
        ("file:relative", "three slashes|absolute"),
        ("s3:///prefix", "which bucket"),
        ("s3://bucket?endpoint=localhost:9000", "http:// or https://"),
        ("s3://bucket?regoin=x", "no option regoin"),
        ("s3://bucket?patience=long", "number of seconds"),
        ("file:///tmp?encrypt=perhaps", "1 or 0"),
        ("memory://x?encrypt=1", "encryption needs a key"),
        ("s3://[bad", "can't be read"),
        ("s3://bucket:port/x", "can't be read"),
    ],
)
def test_a_url_that_names_no_store_is_explained(url: str, says: str) -> None:
    with pytest.raises(BadStoreURL, match=says):
        open_store(url)


@pytest.mark.parametrize(
    "url",
    [
        f"s3://key:{SECRET}@bucket/prefix",
        f"gs://key:{SECRET}@bucket/prefix",
        f"s3://bucket?aws_secret_access_key={SECRET}",
        f"s3://bucket?session_token={SECRET}",
        f"s3://bucket?endpoint=http://key:{SECRET}@host",
        f"ftp://bucket?password={SECRET}",
    ],
)
def test_credentials_in_a_url_are_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(BadStoreURL) as raised:
        open_store(url)
    assert SECRET not in str(raised.value)


def test_a_file_store_makes_its_own_key_which_only_its_owner_reads(tmp_path: Path) -> None:
    root = tmp_path / "deep" / "store"
    save(open_store(f"file://{root}").session("s"), b"x")
    assert stat.S_IMODE((root / "key").stat().st_mode) == 0o600
    assert stat.S_IMODE(root.stat().st_mode) == 0o700
    files = [path for path in root.rglob("*") if path.is_file()]
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in files) and len(files) > 3
    assert contents(open_store(f"file://{root}").session("s")) == [b"x"]


def test_of_kernels_that_start_at_once_one_makes_the_key_and_all_use_it(tmp_path: Path) -> None:
    keys: list[bytes | None] = []
    threads = [threading.Thread(target=lambda: keys.append(open_store(f"file://{tmp_path}").key)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 8 and len(set(keys)) == 1


def test_a_key_file_is_used_and_one_that_is_wrong_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = tmp_path / "key"
    monkeypatch.setenv("SOJOURN_KEY_FILE", str(key))
    with pytest.raises(StoreUnavailable, match="cannot read the key file"):
        open_store("memory://x")
    key.write_bytes(b"short\n")
    with pytest.raises(StoreUnavailable, match="shorter than 16 bytes") as raised:
        open_store("memory://x")
    assert "short\n" not in str(raised.value)
    key.write_bytes(b"0123456789abcdef0123456789abcdef\n")
    assert open_store("memory://x?encrypt=1").key == b"0123456789abcdef0123456789abcdef"
    assert open_store("memory://x", key=b"given " * 6).key == b"given " * 6


def test_a_key_in_the_environment_goes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOJOURN_KEY_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("SOJOURN_KEY", "fedcba9876543210" * 2)
    assert open_store("memory://x").key == b"fedcba9876543210" * 2
    monkeypatch.setenv("SOJOURN_KEY", "short")
    with pytest.raises(StoreUnavailable, match="SOJOURN_KEY is shorter than 16 bytes"):
        open_store("memory://x")


def test_one_users_checkpoint_is_refused_with_anothers_key(monkeypatch: pytest.MonkeyPatch) -> None:
    root = b"0123456789abcdef" * 2
    monkeypatch.setenv("SOJOURN_KEY", user_key(root, "ada").decode())
    save(open_store("memory://users").session("hub/ada/default"), b"hers")
    monkeypatch.setenv("SOJOURN_KEY", user_key(root, "bob").decode())
    with pytest.raises(Forged):
        open_store("memory://users").session("hub/ada/default").load()
    monkeypatch.setenv("SOJOURN_KEY", user_key(root, "ada").decode())
    assert contents(open_store("memory://users").session("hub/ada/default")) == [b"hers"]


def test_a_damaged_key_is_said_and_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"")
    with pytest.raises(StoreUnavailable, match=r"key .* is damaged"):
        open_store(f"file://{tmp_path}")
    assert (tmp_path / "key").read_bytes() == b""


def test_mounted_credentials_are_used_and_never_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("SOJOURN_CREDENTIALS_DIR", str(tmp_path))
    url = "s3://bucket/prefix?endpoint=http://127.0.0.1:1&patience=0"
    with pytest.raises(StoreUnavailable, match="lack aws_access_key_id and aws_secret_access_key"):
        open_store(url)
    (tmp_path / "aws_access_key_id").write_text("AKIATHEKEY\n")
    (tmp_path / "aws_secret_access_key").write_text(SECRET + "\n")
    (tmp_path / "aws_session_token").write_text(SECRET + "token\n")
    caplog.set_level(logging.DEBUG, logger="sojourn_kernel")
    store = open_store(url)
    used = store.backend.client._request_signer._credentials  # type: ignore[attr-defined]
    assert (used.access_key, used.secret_key, used.token) == ("AKIATHEKEY", SECRET, SECRET + "token")
    with pytest.raises(StoreUnavailable, match="can't be reached") as raised:
        store.session("s").writer()
    shown = f"{raised.value!r} {store!r} {store.__dict__!r} {store.session('s').__dict__!r} {caplog.text}"
    assert SECRET not in shown and "AKIATHEKEY" not in shown


def test_without_credentials_the_message_says_where_to_put_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    with pytest.raises(StoreUnavailable, match=r"no credentials .* SOJOURN_CREDENTIALS_DIR"):
        open_store("s3://bucket/prefix?endpoint=http://127.0.0.1:1&patience=0").session("s").head()


def test_a_directory_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreUnavailable, match="cannot create the store"):
        open_store(f"file://{tmp_path}/file/store")


@pytest.mark.parametrize("id", ["ns/ada", "..", ".", ".hidden", "a b", "ü", "%2E", "x" * 1000, "\ud800", "a=b", "~"])
def test_any_id_is_one_segment_of_a_key(id: str) -> None:
    segment = quoted(id)
    assert is_key(f"sessions/{segment}/head") and len(segment) <= LONGEST and not segment.startswith(".")
    assert unquoted(segment) == (id if len(id) < 1000 else None)


@pytest.mark.parametrize("key", ["../x", "a/../b", "a//b", "/a", "a/", "a b", "a\n", "."])
def test_what_could_leave_the_store_is_no_key(key: str) -> None:
    assert not is_key(key)


def test_an_empty_id_is_refused() -> None:
    with pytest.raises(BadStoreURL, match="must not be empty"):
        open_store("memory://x").session("")
