"""One node: namespaces with a first process of their own, and in them containerd, kubelet and kube-proxy.

When that first process ends, the kernel ends every other process of the node, containers included, and its network and
mounts go with them: nothing can outlive a node.
"""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path

from tests.cluster.commands import run, succeeds
from tests.cluster.local import daemons, network
from tests.cluster.local.control import kubeconfig
from tests.cluster.local.layout import HOST, PODS, Node, secret_file, state_dir
from tests.cluster.oci import Image, write_archive
from tests.cluster.tools import Tools

PAUSE_IMAGE = "registry.k8s.io/pause:3.10"
# Folders that kubelet and CNI write to whatever their settings say: each node gets its own, below its state directory.
PRIVATE = ("/var/lib/kubelet", "/var/lib/cni", "/var/log/containers", "/var/log/pods", "/run/containerd", "/run/netns")


def start(node: Node, tools: Tools, pause_archive: Path) -> None:
    """Start a node, and return when its kubelet runs; it becomes Ready a few seconds later."""
    first = _first_process(node)
    network.connect(node, first)
    for path in PRIVATE:
        _give_own(node, first, path)
    _write_settings(node)
    containerd = ["containerd", "--config", node.dir / "containerd.toml"]
    runtime = daemons.start(f"{node.name}-containerd", containerd, inside=first)
    _wait_for_containerd(node, runtime)
    run(*ctr(node), "images", "import", pause_archive)
    kubelet = [
        tools.bin / "kubelet",
        f"--config={node.dir / 'kubelet.json'}",
        f"--kubeconfig={kubeconfig(node.name)}",
        f"--root-dir={node.dir / 'kubelet'}",
        f"--cert-dir={node.dir / 'pki'}",
        f"--hostname-override={node.name}",
        f"--node-ip={node.address}",
        "--runtime-cgroups=/",
        "--kubelet-cgroups=/",
    ]
    daemons.start(f"{node.name}-kubelet", kubelet, inside=first)
    proxy = [
        tools.bin / "kube-proxy",
        f"--kubeconfig={kubeconfig('proxy')}",
        f"--hostname-override={node.name}",
        f"--cluster-cidr={PODS}",
        "--proxy-mode=iptables",
        "--conntrack-max-per-core=0",  # these three belong to the whole machine: leave them as they are
        "--conntrack-tcp-timeout-established=0",
        "--conntrack-tcp-timeout-close-wait=0",
    ]
    daemons.start(f"{node.name}-proxy", proxy, inside=first)


def ctr(node: Node) -> tuple[str, ...]:
    """How to speak to the node's containerd, from the host."""
    return ("ctr", "--address", str(node.socket), "--namespace", "k8s.io")


def load(node: Node, image: Image) -> None:
    """Put an image on the node, sending only the layers it lacks, and forget older builds of the same image."""
    listed = [line.split() for line in run(*ctr(node), "images", "list").splitlines()[1:]]
    if not any(words[0] == image.reference and image.digest in words for words in listed):
        known = frozenset(run(*ctr(node), "content", "list", "--quiet").split())
        with tempfile.TemporaryDirectory(dir=node.dir) as scratch:
            archive = Path(scratch) / "image.tar"
            write_archive(image, archive, known)
            run(*ctr(node), "images", "import", archive, timeout=600)
    name = image.reference.rpartition(":")[0]
    for words in listed:
        if words[0].startswith(f"{name}:") and words[0] != image.reference:
            run(*ctr(node), "images", "remove", words[0])


def _first_process(node: Node) -> int:
    """Pid, as the host sees it, of the node's first process."""
    flags = ("--mount", "--net", "--pid", "--uts", "--ipc", "--fork", "--kill-child", "--mount-proc")
    name = f"{node.name}-init"
    parent = daemons.start(name, ["unshare", *flags, "--propagation", "private", "tini", "--", "sleep", "infinity"])
    children = Path(f"/proc/{parent.pid}/task/{parent.pid}/children")
    end = time.monotonic() + 10
    while time.monotonic() < end:
        daemons.check(parent)
        for child in children.read_text().split():
            if Path(f"/proc/{child}/comm").read_text().strip() == "tini":
                run("nsenter", "-t", child, "--uts", "--", "hostname", node.name)
                return int(child)
        time.sleep(0.02)
    raise TimeoutError(f"{node.name} didn't start: {daemons.tail(name)}")


def _give_own(node: Node, first: int, path: str) -> None:
    """Lay a folder of the node's own over one of the machine's, for the node's processes only."""
    own = node.dir / "own" / path.strip("/").replace("/", "-")
    own.mkdir(parents=True, exist_ok=True)
    made = _missing_parents(Path(path))
    Path(path).mkdir(parents=True, exist_ok=True)
    if made:
        with (state_dir() / "made-folders").open("a") as record:
            record.writelines(f"{folder}\n" for folder in made)
    run("nsenter", "-t", first, "--mount", "--", "mount", "--bind", own, path)


def _missing_parents(path: Path) -> list[Path]:
    return [folder for folder in (path, *path.parents) if not folder.exists()]


def _wait_for_containerd(node: Node, daemon: daemons.Daemon, timeout: float = 30) -> None:
    end = time.monotonic() + timeout
    while not succeeds(*ctr(node), "version"):
        daemons.check(daemon)
        if time.monotonic() > end:
            raise TimeoutError(f"containerd of {node.name} doesn't answer: {daemons.tail(daemon.name)}")
        time.sleep(0.1)


def _write_settings(node: Node) -> None:
    folder = f"{node.name}"
    ranges = [[{"subnet": node.pods}]]
    ipam = {"type": "host-local", "dataDir": str(node.dir / "ipam"), "ranges": ranges, "routes": [{"dst": "0.0.0.0/0"}]}
    bridge = {"type": "bridge", "bridge": "cni0", "isGateway": True, "hairpinMode": True, "ipam": ipam}
    plugins = [bridge, {"type": "portmap", "capabilities": {"portMappings": True}}]
    conflist = {"cniVersion": "0.4.0", "name": "pods", "plugins": plugins}
    secret_file(f"{folder}/cni/10-pods.conflist", json.dumps(conflist))
    secret_file(f"{folder}/containerd.toml", _containerd(node))
    secret_file(f"{folder}/kubelet.json", json.dumps(_kubelet(node)))
    secret_file("resolv.conf", "nameserver 127.0.0.1\n")


def _containerd(node: Node) -> str:
    return f"""version = 2
root = "{node.images / "containerd"}"
state = "{node.dir / "run/containerd"}"
[grpc]
  address = "{node.socket}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{PAUSE_IMAGE}"
  restrict_oom_score_adj = true  # where the kernel denies CAP_SYS_RESOURCE
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "{node.dir / "cni"}"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.internal.v1.opt"]
  path = "{node.dir / "opt"}"
"""


def _kubelet(node: Node) -> dict[str, object]:
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "authentication": {"anonymous": {"enabled": True}, "webhook": {"enabled": False}},
        "authorization": {"mode": "AlwaysAllow"},
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": node.cgroup,
        "cgroupsPerQOS": False,
        "enforceNodeAllocatable": [],
        "clusterDNS": [HOST],
        "clusterDomain": "cluster.local",
        "failSwapOn": False,
        "containerRuntimeEndpoint": f"unix://{node.socket}",
        "podLogsDir": str(node.dir / "podlogs"),
        "resolvConf": str(state_dir() / "resolv.conf"),
        "maxPods": 60,
        "imageGCHighThresholdPercent": 100,
        "nodeStatusUpdateFrequency": "5s",
        "evictionHard": {
            "memory.available": "100Mi",
            "nodefs.available": "1%",
            "imagefs.available": "1%",
            "nodefs.inodesFree": "1%",
        },
    }
