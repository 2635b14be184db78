"""The bridge between nodes and host, the nodes' cables, and the few firewall rules; none leaves a trace."""

from __future__ import annotations

from pathlib import Path

from tests.cluster.commands import run, succeeds
from tests.cluster.local.layout import BRIDGE, COMMENT, HOST, PODS, SERVICES, SUBNET, Node, secret_file, state_dir

MARKED = ("-m", "comment", "--comment", COMMENT)
RULES = (
    ("filter", "FORWARD", ("-i", BRIDGE, *MARKED, "-j", "ACCEPT")),
    ("filter", "FORWARD", ("-o", BRIDGE, *MARKED, "-j", "ACCEPT")),
    ("nat", "POSTROUTING", ("-s", SUBNET, "!", "-o", BRIDGE, *MARKED, "-j", "MASQUERADE")),
)
FORWARDING = Path("/proc/sys/net/ipv4/ip_forward")
BEFORE = "ip_forward.before"


def raise_bridge() -> None:
    """Make the bridge with the host's address, and let packets through it. Doing it twice changes nothing."""
    if not (state_dir() / BEFORE).exists():
        secret_file(BEFORE, FORWARDING.read_text())
    FORWARDING.write_text("1")
    if not succeeds("ip", "link", "show", BRIDGE):
        run("ip", "link", "add", BRIDGE, "type", "bridge")
        run("ip", "addr", "add", f"{HOST}/24", "dev", BRIDGE)
    run("ip", "link", "set", BRIDGE, "up")
    # A pod's packets to another node come in and leave by the bridge: no hints to the sender about a shorter way.
    Path(f"/proc/sys/net/ipv4/conf/{BRIDGE}/send_redirects").write_text("0")
    for table, chain, rule in RULES:
        if not succeeds("iptables", "-w", "-t", table, "-C", chain, *rule):
            run("iptables", "-w", "-t", table, "-I", chain, *rule)


def connect(node: Node, pid: int) -> None:
    """Give the node in ``pid``'s network namespace its cable, address and routes, and the host the way to its pods."""
    if succeeds("ip", "link", "show", node.link):
        run("ip", "link", "delete", node.link)
    run("ip", "link", "add", node.link, "type", "veth", "peer", "name", "eth0", "netns", pid)
    run("ip", "link", "set", node.link, "master", BRIDGE, "up")
    inside = ("nsenter", "-t", pid, "--net", "--")
    run(*inside, "ip", "link", "set", "lo", "up")
    run(*inside, "ip", "addr", "add", f"{node.address}/24", "dev", "eth0")
    run(*inside, "ip", "link", "set", "eth0", "up")
    run(*inside, "ip", "route", "add", "default", "via", HOST)
    run(*inside, "sysctl", "-qw", "net.ipv4.ip_forward=1")
    outside_pods = ("-s", node.pods, "!", "-d", PODS, *MARKED, "-j", "MASQUERADE")
    run(*inside, "iptables", "-w", "-t", "nat", "-A", "POSTROUTING", *outside_pods)
    run("ip", "route", "replace", node.pods, "via", node.address)
    if node.index == 1:  # kube-proxy there turns a service's address into a pod's, for the API server's webhooks too
        run("ip", "route", "replace", SERVICES, "via", node.address)


def links() -> list[str]:
    """Names of our links on the host."""
    names = [line.split()[0].partition("@")[0] for line in run("ip", "-brief", "link", "show").splitlines()]
    return [name for name in names if name == BRIDGE or name.startswith("sojourn-n")]


def rules() -> list[str]:
    """Our firewall rules on the host, as iptables writes them."""
    lines = [line for table in ("filter", "nat") for line in run("iptables", "-w", "-t", table, "-S").splitlines()]
    return [line for line in lines if COMMENT in line]


def remove() -> None:
    """Take away all that ``raise_bridge`` and ``connect`` made on the host."""
    for name in links():
        succeeds("ip", "link", "delete", name)
    for table, chain, rule in RULES:
        while succeeds("iptables", "-w", "-t", table, "-C", chain, *rule):
            run("iptables", "-w", "-t", table, "-D", chain, *rule)
    if (before := state_dir() / BEFORE).exists():
        FORWARDING.write_text(before.read_text().strip() or "0")
