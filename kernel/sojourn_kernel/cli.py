"""`sojourn`: install the kernel, look at checkpoints, check and prune them."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from . import protocol
from .session.checkpoint import Body, blob_refs
from .settings import default_directory
from .store import SessionStore, StoreError, open_store
from .store.location import read_key
from .store.seal import user_key

EXIT = """exit status: 0 done; 1 a checkpoint is damaged, or the store refused; 2 wrong arguments."""


def kernelspec() -> dict[str, object]:
    return {
        "argv": [sys.executable, "-Xfrozen_modules=off", "-m", "sojourn_kernel", "-f", "{connection_file}"],
        "display_name": "Python 3 (Sojourn)",
        "language": "python",
        "metadata": {"debugger": True, "kernel_provisioner": {"provisioner_name": "sojourn-provisioner"}},
    }


def install(arguments: argparse.Namespace) -> str:
    """Write the kernelspec where Jupyter looks for it."""
    from jupyter_client.kernelspec import KernelSpecManager

    with tempfile.TemporaryDirectory() as directory:
        spec = kernelspec()
        if arguments.display_name:
            spec["display_name"] = arguments.display_name
        (Path(directory) / "kernel.json").write_text(json.dumps(spec, indent=1))
        for picture in (Path(__file__).parent / "resources").glob("logo-*"):
            shutil.copy(picture, directory)
        try:
            place = KernelSpecManager().install_kernel_spec(
                directory,
                arguments.name,
                user=arguments.user,
                prefix=sys.prefix if arguments.sys_prefix else arguments.prefix,
            )
        except OSError as error:
            raise StoreError(f"cannot write the kernelspec: {error}. Try --user or --sys-prefix") from None
    return f"installed kernel {arguments.name!r} in {place}"


def uninstall(arguments: argparse.Namespace) -> str:
    """Remove the kernelspec."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    manager = KernelSpecManager()
    if arguments.sys_prefix or arguments.prefix:
        place = (
            Path(sys.prefix if arguments.sys_prefix else arguments.prefix)
            / "share"
            / "jupyter"
            / "kernels"
            / arguments.name
        )
        if not place.is_dir():
            raise StoreError(f"there is no kernel {arguments.name!r} in {place.parent}")
    else:
        try:
            place = Path(manager.get_kernel_spec(arguments.name).resource_dir)
        except NoSuchKernel:
            raise StoreError(f"there is no kernel {arguments.name!r} to remove") from None
    if not _is_ours(place):
        raise StoreError(f"{place} is not a Sojourn kernel; it is left alone")
    try:
        shutil.rmtree(place)
    except OSError as error:
        raise StoreError(f"cannot remove {place}: {error}") from None
    return f"removed {place}"


def _is_ours(place: Path) -> bool:
    try:
        return "sojourn_kernel" in json.loads((place / "kernel.json").read_text())["argv"]
    except (OSError, ValueError, KeyError):
        return False


def _kept(arguments: argparse.Namespace) -> SessionStore:
    if not arguments.session:
        sessions = open_store(arguments.store).sessions()
        listed = "\n  ".join(sessions) or "(none)"
        raise StoreError(f"which session? Say --session ID. In this store:\n  {listed}")
    return open_store(arguments.store).session(arguments.session)


def history(arguments: argparse.Namespace) -> str:
    """List the checkpoints of a session, oldest first."""
    kept = _kept(arguments)
    head, lines = kept.head(), []
    for entry in kept.history():
        when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(entry.created))
        what = (
            entry.problem
            or f"{when}  [{entry.meta.get('execution_count')}]  {entry.meta.get('bytes', 0)} bytes  {entry.meta.get('reason')}"
        )
        lines.append(f"{'*' if entry.id == head else ' '} {entry.id}  {what}")
    return "\n".join(lines) or "no checkpoints"


def show(arguments: argparse.Namespace) -> str:
    """List what a checkpoint holds."""
    manifest = _kept(arguments).load(arguments.checkpoint)
    body = Body.from_bytes(manifest.body)
    lines = [
        f"{manifest.id}  {time.ctime(manifest.created)}  Python {'.'.join(map(str, body.kernel.get('python', [])))}"
    ]
    lines += [f"  {piece.size:>12}  {', '.join(piece.roots)}" for piece in body.frozen.pieces]
    lines += [f"  not kept: {told.sentence()}" for told in body.frozen.told]
    return "\n".join(lines)


def verify(arguments: argparse.Namespace) -> str:
    """Check that checkpoints are whole; with --data every byte."""
    entries = _kept(arguments).verify(blob_refs, data=arguments.data, id=arguments.checkpoint)
    bad = [f"{entry.id}: {entry.problem}" for entry in entries if entry.problem]
    if bad:
        raise StoreError("damaged:\n  " + "\n  ".join(bad))
    return f"{len(entries)} checkpoints are whole"


def prune(arguments: argparse.Namespace) -> str:
    """Remove all but the last checkpoints of a session."""
    if arguments.keep < 1:
        raise StoreError("--keep must be at least 1")
    pruned = _kept(arguments).prune(arguments.keep, blob_refs)
    return f"freed {pruned.freed} bytes in {len(pruned.packs)} packs"


def key(arguments: argparse.Namespace) -> str:
    """Print a hub user's key, for SOJOURN_KEY, from the hub's: to look into that user's checkpoints."""
    if not arguments.key_file:
        raise StoreError("which key is it derived from? Say --key-file FILE, with the hub's")
    return user_key(read_key(arguments.key_file), arguments.user).decode()


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="sojourn", description=__doc__, epilog=EXIT)
    verbs = top.add_subparsers(dest="verb", required=True)
    for act in (install, uninstall):
        verb = verbs.add_parser(act.__name__, help=act.__doc__, epilog=EXIT)
        where = verb.add_mutually_exclusive_group()
        where.add_argument("--user", action="store_true", help="for this user")
        where.add_argument("--sys-prefix", action="store_true", help="into this Python environment")
        where.add_argument("--prefix", help="below this prefix, for example /usr/local")
        verb.add_argument("--name", default=protocol.KERNEL_NAME, help="name of the kernelspec (default: %(default)s)")
        if act is install:
            verb.add_argument("--display-name", help="name shown in the launcher")
        verb.set_defaults(act=act)
    for act in (history, show, verify, prune):
        verb = verbs.add_parser(act.__name__, help=act.__doc__, epilog=EXIT)
        default = os.environ.get(protocol.ENV_STORE) or f"file://{default_directory()}"
        verb.add_argument(
            "--store", default=default, help="URL of the store (default: SOJOURN_STORE, else %(default)s)"
        )
        verb.add_argument(
            "--session",
            default=os.environ.get(protocol.ENV_SESSION),
            help="id of the session (default: SOJOURN_SESSION)",
        )
        if act in (show, verify):
            verb.add_argument("--checkpoint", help="id of a checkpoint (default: the head; verify: all)")
        if act is verify:
            verb.add_argument("--data", action="store_true", help="read and check every byte")
        if act is prune:
            verb.add_argument("--keep", type=int, default=5, help="how many to keep (default: %(default)s)")
        verb.set_defaults(act=act)
    verb = verbs.add_parser(key.__name__, help=key.__doc__, epilog=EXIT)
    verb.add_argument("user", help="name of the user at the hub")
    verb.add_argument(
        "--key-file", default=os.environ.get(protocol.ENV_KEY_FILE), help="the hub's key (default: SOJOURN_KEY_FILE)"
    )
    verb.set_defaults(act=key)
    return top


def main(argv: list[str] | None = None) -> int:
    arguments = parser().parse_args(argv)
    try:
        print(arguments.act(arguments))
    except StoreError as error:
        print(f"sojourn: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
