"""The parts of the test cluster that need no cluster: image archives, image keys, processes that outlive us, turn-taking."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import pytest

from tests.cluster import images, layers, provide
from tests.cluster.cluster import NoCluster
from tests.cluster.commands import CommandFailed, run
from tests.cluster.local import daemons
from tests.cluster.oci import Image, write_archive


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state directory and a cache of the test's own."""
    monkeypatch.setenv("SOJOURN_TEST_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("SOJOURN_CACHE", str(tmp_path / "cache"))
    return tmp_path / "state"


def storage_with(root: Path, *trees: dict[str, str]) -> Path:
    """What buildah's storage looks like for an image named ``test:1`` with one layer for each tree of files."""
    identities = [f"layer{index}" for index in range(len(trees))]
    for identity, tree in zip(identities, trees, strict=True):
        for name, text in tree.items():
            path = root / "overlay" / identity / "diff" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    parents = [None, *identities[:-1]]
    described = [{"id": own, "parent": parent} for own, parent in zip(identities, parents, strict=True)]
    for folder, content in (
        ("overlay-layers/layers.json", described),
        ("overlay-images/images.json", [{"id": "1", "names": ["test:1"], "layer": identities[-1]}]),
    ):
        (root / folder).parent.mkdir(parents=True, exist_ok=True)
        (root / folder).write_text(json.dumps(content))
    return root


def test_an_image_is_written_as_its_layers_from_the_lowest_up(tmp_path: Path) -> None:
    storage = storage_with(tmp_path / "storage", {"a": "1"}, {"b/c": "2"})
    image = layers.write(storage, "test:1", {"User": "1000"}, _folder(tmp_path / "blobs"))
    manifest = json.loads(image.blob(image.digest).read_text())
    config = json.loads(image.blob(manifest["config"]["digest"]).read_text())
    names = [_names(image.blob(layer["digest"])) for layer in manifest["layers"]]
    assert names == [[".", "a"], [".", "b", "b/c"]]
    assert config["rootfs"]["diff_ids"] == [layer["digest"] for layer in manifest["layers"]]
    assert config["config"] == {"User": "1000"}


@pytest.mark.skipif(os.geteuid() != 0, reason="overlayfs's marks for removed files can only be made by root")
def test_what_a_layer_removes_is_marked_as_image_layers_do_it(tmp_path: Path) -> None:
    storage = storage_with(tmp_path / "storage", {"old": "1", "full/file": "2"}, {"full/new": "3"})
    top = storage / "overlay/layer1/diff"
    os.mknod(top / "old", 0o020000, 0)
    os.setxattr(top / "full", layers.OPAQUE, b"y")
    image = layers.write(storage, "test:1", {}, _folder(tmp_path / "blobs"))
    manifest = json.loads(image.blob(image.digest).read_text())
    assert _names(image.blob(manifest["layers"][1]["digest"])) == [
        ".",
        ".wh.old",
        "full",
        "full/.wh..wh..opq",
        "full/new",
    ]


def test_an_archive_leaves_out_the_layers_that_the_node_has(tmp_path: Path) -> None:
    storage = storage_with(tmp_path / "storage", {"a": "1"}, {"b": "2"})
    image = layers.write(storage, "test:1", {}, _folder(tmp_path / "blobs"))
    digests = [layer["digest"] for layer in json.loads(image.blob(image.digest).read_text())["layers"]]
    write_archive(image, tmp_path / "thin.tar", known={digests[0]})
    names = _names(tmp_path / "thin.tar")
    blob = {digest: f"blobs/{digest.replace(':', '/')}" for digest in (*digests, image.digest)}
    assert blob[digests[0]] not in names
    assert {blob[digests[1]], blob[image.digest], "index.json", "oci-layout"} <= set(names)


def test_writing_an_image_again_gives_the_same_digest(tmp_path: Path) -> None:
    storage = storage_with(tmp_path / "storage", {"a": "1"})
    blobs = _folder(tmp_path / "blobs")
    first = layers.write(storage, "test:1", {}, blobs)
    assert layers.write(storage, "test:1", {}, blobs) == first == Image("test:1", blobs, first.digest)


def test_a_recipes_own_version_wins_over_the_locks() -> None:
    constraints = images._constraints(images.recipes()["hub-jh5"])
    names = {images._project(line) for line in constraints.splitlines()}
    assert "jupyterhub" not in names
    assert {"jupyterhub-kubespawner", "tornado"} <= names


def test_each_images_key_differs_and_stays_the_same_from_one_look_to_the_next() -> None:
    bases = [name for name, recipe in images.recipes().items() if not recipe.project]
    keys = {name: images.key(name) for name in bases}
    assert len(set(keys.values())) == len(bases)
    assert keys == {name: images.key(name) for name in bases}


def test_a_daemon_outlives_its_starter_is_found_and_ends(state: Path) -> None:
    starter = (
        "from tests.cluster.local import daemons\n"
        "print(daemons.start('sleeper', ['sleep', '300']).pid, flush=True)\n"
        "import os; os._exit(0)"
    )
    pid = int(run(sys.executable, "-c", starter, cwd=images.ROOT))
    daemon = daemons.recorded("sleeper")
    try:
        assert daemon is not None and daemon.pid == pid and daemons.alive(daemon)
        assert pid in {found.pid for found in daemons.marked()}
    finally:
        daemons.stop(daemons.marked())
    assert not daemons.alive(daemon)


def test_a_process_that_got_the_pid_of_an_ended_daemon_is_left_alone(state: Path) -> None:
    stranger = subprocess.Popen(["sleep", "300"])
    try:
        daemons.stop([daemons.Daemon("old", stranger.pid, started=1)])
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_daemon_that_ends_is_told_with_the_end_of_its_log(state: Path) -> None:
    daemon = daemons.start("failing", ["sh", "-c", "echo no such flag >&2; exit 3"])
    while daemons.alive(daemon):
        time.sleep(0.01)
    with pytest.raises(daemons.DaemonDied, match="no such flag"):
        daemons.check(daemon)


def test_only_one_process_at_a_time_has_the_cluster_and_the_other_is_told_which(state: Path) -> None:
    holder = "from tests.cluster import provide\nwith provide.exclusively():\n    print('have it', flush=True); input()"
    argv = [sys.executable, "-c", holder]
    with subprocess.Popen(argv, cwd=images.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None and other.stdout.readline() == "have it\n"
        with pytest.raises(NoCluster, match=f"pid {other.pid}"), provide.exclusively():
            pass
        other.communicate("\n")
    with provide.exclusively():
        pass


def test_a_kubeconfig_that_is_not_there_is_one_clear_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOJOURN_TEST_KUBECONFIG", "/nowhere/config")
    with pytest.raises(NoCluster, match="SOJOURN_TEST_KUBECONFIG names /nowhere/config, which is no file"):
        provide.up()


def test_a_command_that_fails_says_what_it_wrote() -> None:
    with pytest.raises(CommandFailed, match="status 4: the reason"):
        run("sh", "-c", "echo the reason >&2; exit 4")


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


def _names(archive: Path) -> list[str]:
    with tarfile.open(archive) as opened:
        return opened.getnames()
