"""``python -m tests.cluster``: the cluster by hand."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from tests.cluster import images, provide
from tests.cluster.cluster import Cluster, NoCluster
from tests.cluster.commands import CommandFailed, say

ABOUT = "A real Kubernetes cluster for tests, as root on Debian, by kind, or a given one (SOJOURN_TEST_KUBECONFIG)."


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.cluster", description=ABOUT)
    commands = parser.add_subparsers(dest="command", required=True)
    up = commands.add_parser("up", help="bring the cluster up; it stays until `down`")
    up.add_argument("--nodes", type=int, default=2, help="how many nodes (2); more than before adds some")
    commands.add_parser("down", help="take it down, with whatever a killed run left behind")
    commands.add_parser("status", help="whether it is up, and how to reach it")
    prepare = commands.add_parser("prepare", help="install, compile and build what the cluster needs; starts nothing")
    prepare.add_argument("--if-possible", action="store_true", help="only say why when this machine doesn't allow it")
    commands.add_parser("images", help="build the project's images and put them on the nodes")
    kubectl = commands.add_parser("kubectl", help="kubectl against the cluster", add_help=False)
    kubectl.add_argument("words", nargs=argparse.REMAINDER)
    options = parser.parse_args(argv)
    try:
        return _run(options)
    except NoCluster as reason:
        say(f"no cluster here: {reason}")
        return 0 if getattr(options, "if_possible", False) else 2
    except (CommandFailed, TimeoutError, RuntimeError) as error:
        say(str(error))
        return 1


def _run(options: argparse.Namespace) -> int:
    if options.command == "prepare":
        provide.prepare()
    elif options.command == "up":
        with provide.exclusively():
            print(_how_to_reach(provide.up(options.nodes, keep=True)))
    elif options.command == "down":
        with provide.exclusively():
            if left := provide.down():
                say("still there: " + "; ".join(left))
                return 1
        say("down; nothing is left")
    elif options.command == "status":
        cluster = provide.running()
        print(_how_to_reach(cluster) if cluster else "no cluster is up")
        return 0 if cluster else 1
    elif options.command == "images":
        cluster = _needed()
        for name in images.PROJECT:
            cluster.load(images.export(name))
    elif options.command == "kubectl":
        cluster = _needed()
        sys.stdout.flush()
        os.execve(cluster.kubectl_program, ["kubectl", *options.words], cluster.environment())
    return 0


def _needed() -> Cluster:
    """The cluster that is up. Raises NoCluster with what to do."""
    if (cluster := provide.running()) is None:
        raise NoCluster("none is up; `python -m tests.cluster up` makes one")
    return cluster


def _how_to_reach(cluster: Cluster) -> str:
    nodes = ", ".join(f"{name} {address}" for name, address in cluster.addresses().items())
    where = f"export KUBECONFIG={cluster.kubeconfig}\nkubectl is {cluster.kubectl_program}"
    return f"provider {cluster.provider}; nodes {nodes}\n{where}"
