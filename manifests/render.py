"""Write manifests/ from the chart: `python manifests/render.py HELM`, which `make manifests` does. `--check` only compares."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
CHART = HERE.parent / "charts/sojourn"
KUBERNETES = "1.34.0"  # any that the chart takes: nothing depends on it
NAMESPACE = "sojourn"

# The agents' token is random in the chart; without Helm it is made by hand, as the kustomization says.
VALUES = ("--set", "agentToken.create=false", "--set", "agentToken.existingSecret=sojourn-agent")

KUSTOMIZATION = f"""\
# Sojourn's operator without Helm:
#
#   kubectl create namespace {NAMESPACE}
#   kubectl -n {NAMESPACE} create secret generic sojourn-agent --from-literal=token=$(openssl rand -hex 24)
#   kubectl apply --server-side -k manifests
#
# For a JupyterHub set SOJOURN_OPERATOR_HUB_API_URL in the Deployment and mount the token (docs/hub.md).
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: {NAMESPACE}
resources: [crds.yaml, operator.yaml]
"""


def render(helm: str) -> dict[str, str]:
    """File name -> text."""
    command = [helm, "template", "sojourn", str(CHART), "--namespace", NAMESPACE, "--kube-version", KUBERNETES, *VALUES]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    lines = [line for line in text.splitlines() if not line.startswith("# Source:") and "helm.sh/chart" not in line]
    operator = "\n".join(lines).replace("managed-by: Helm", "managed-by: kustomize") + "\n"
    crds = "---\n".join(path.read_text() for path in sorted((CHART / "crds").glob("*.yaml")))
    return {"crds.yaml": crds, "operator.yaml": operator, "kustomization.yaml": KUSTOMIZATION}


def main(argv: list[str]) -> int:
    """Write the files, or with --check say which differ. Returns the exit code."""
    helm, *options = argv or ["helm"]
    files = render(helm)
    stale = [name for name, text in files.items() if not (HERE / name).is_file() or (HERE / name).read_text() != text]
    if "--check" in options:
        if stale:
            print(f"manifests are older than the chart: {', '.join(stale)}; run make manifests", file=sys.stderr)
        return int(bool(stale))
    for name, text in files.items():
        (HERE / name).write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
