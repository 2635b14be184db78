"""The control plane: etcd, API server, controllers, scheduler and DNS, all on the host."""

from __future__ import annotations

import http.client
import json
import ssl
import time
import urllib.error
import urllib.request
from pathlib import Path

from tests.cluster.commands import run
from tests.cluster.local import daemons
from tests.cluster.local.layout import API, ETCD, ETCD_PEER, HOST, SERVICES, nodes, secret_file, state_dir
from tests.cluster.tools import Tools

MOST_NODES = 5
ADMIN = "admin"


def kubeconfig(user: str) -> Path:
    """Path of a user's kubeconfig."""
    return state_dir() / "kubeconfig" / user


def write_identities() -> None:
    """Tokens, for spare nodes too (the file is read once), and the key that signs service accounts' tokens."""
    groups = {
        ADMIN: ("admin", "system:masters"),
        "controllers": ("system:kube-controller-manager", ""),
        "scheduler": ("system:kube-scheduler", ""),
        "proxy": ("system:kube-proxy", ""),
        **{node.name: (f"system:node:{node.name}", "system:nodes") for node in nodes(MOST_NODES)},
    }
    lines = [f'token-{short},{user},{short},"{group}"' for short, (user, group) in groups.items()]
    secret_file("tokens.csv", "\n".join(lines) + "\n")
    for short in groups:
        secret_file(f"kubeconfig/{short}", json.dumps(_kubeconfig(short)))
    key = state_dir() / "pki/service-accounts.key"
    if not key.exists():
        secret_file("pki/service-accounts.key", run("openssl", "genrsa", "2048"))


def _kubeconfig(user: str) -> dict[str, object]:
    cluster = {"server": API, "certificate-authority": str(state_dir() / "pki/apiserver.crt")}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "test",
        "clusters": [{"name": "test", "cluster": cluster}],
        "users": [{"name": user, "user": {"token": f"token-{user}"}}],
        "contexts": [{"name": "test", "context": {"cluster": "test", "user": user}}],
    }


def start(tools: Tools) -> None:
    """Start the control plane, and return once the API server is ready."""
    state = state_dir()
    pki, key = state / "pki", state / "pki/service-accounts.key"
    write_identities()
    etcd = [
        "/usr/bin/etcd",
        f"--data-dir={state / 'etcd'}",
        f"--listen-client-urls={ETCD}",
        f"--advertise-client-urls={ETCD}",
        f"--listen-peer-urls={ETCD_PEER}",
        f"--initial-advertise-peer-urls={ETCD_PEER}",
        f"--initial-cluster=default={ETCD_PEER}",
        "--unsafe-no-fsync",  # nothing here needs to outlive a power cut
    ]
    daemons.start("etcd", etcd)
    apiserver = [
        tools.bin / "kube-apiserver",
        f"--advertise-address={HOST}",
        f"--bind-address={HOST}",
        "--secure-port=6443",
        f"--etcd-servers={ETCD}",
        f"--service-cluster-ip-range={SERVICES}",
        f"--cert-dir={pki}",
        f"--token-auth-file={state / 'tokens.csv'}",
        "--authorization-mode=Node,RBAC",
        f"--service-account-key-file={key}",
        f"--service-account-signing-key-file={key}",
        "--service-account-issuer=https://kubernetes.default.svc",
        "--allow-privileged=true",
        "--kubelet-preferred-address-types=InternalIP",
        "--enable-admission-plugins=NodeRestriction",
    ]
    wait_ready(daemons.start("kube-apiserver", apiserver))
    controllers = [
        tools.bin / "kube-controller-manager",
        f"--kubeconfig={kubeconfig('controllers')}",
        "--bind-address=127.0.0.1",
        "--use-service-account-credentials=true",  # without it taints are never lifted from nodes
        f"--service-account-private-key-file={key}",
        f"--root-ca-file={pki / 'apiserver.crt'}",
        f"--cert-dir={pki / 'controllers'}",
        "--leader-elect=false",
        "--controllers=*,-nodeipam",
        "--node-monitor-grace-period=20s",
    ]
    daemons.start("kube-controller-manager", controllers)
    scheduler = [
        tools.bin / "kube-scheduler",
        f"--kubeconfig={kubeconfig('scheduler')}",
        "--bind-address=127.0.0.1",
        f"--cert-dir={pki / 'scheduler'}",
        "--leader-elect=false",
    ]
    daemons.start("kube-scheduler", scheduler)
    daemons.start("coredns", [tools.coredns, "-conf", _corefile()])


def _corefile() -> Path:
    zone = f"kubernetes cluster.local in-addr.arpa {{\n    kubeconfig {kubeconfig(ADMIN)}\n  }}"
    return secret_file("Corefile", f".:53 {{\n  bind {HOST}\n  errors\n  cache 5\n  {zone}\n}}\n")


def ready(timeout: float = 2) -> bool:
    """Whether an API server with our certificate answers that it is ready."""
    try:
        trust = ssl.create_default_context(cafile=str(state_dir() / "pki/apiserver.crt"))
        request = urllib.request.Request(f"{API}/readyz", headers={"Authorization": f"Bearer token-{ADMIN}"})
        with urllib.request.urlopen(request, timeout=timeout, context=trust) as answer:
            return answer.status == 200
    except (OSError, urllib.error.URLError, http.client.HTTPException):
        return False


def wait_ready(apiserver: daemons.Daemon, timeout: float = 90) -> None:
    """Wait for the API server. Raises DaemonDied with its log, or TimeoutError after ``timeout`` seconds."""
    end = time.monotonic() + timeout
    while not ready():
        daemons.check(apiserver)
        if time.monotonic() > end:
            raise TimeoutError(f"the API server wasn't ready after {timeout:.0f} s: {daemons.tail('kube-apiserver')}")
        time.sleep(0.2)
