"""Names that the kernel, the agent, the operator and the hub share: one place, imported by all, importing nothing.

Environment variables name the store and the session to a kernel; annotations and labels carry the operator's wishes;
paths are the agent's REST API.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

GROUP = "sojourn.dev"
VERSION = "v1alpha1"

# Environment of a notebook pod. STORE and SESSION are the fixed interface of a kernel.
ENV_STORE = "SOJOURN_STORE"  # URL: file:///path or s3://bucket/prefix?endpoint=http://host:port&region=...
ENV_SESSION = "SOJOURN_SESSION"  # id of the session whose state a kernel keeps
ENV_AGENT_SESSION = (
    "SOJOURN_AGENT_SESSION"  # set by the agent in the Jupyter server: the provisioner derives SESSION from it
)
ENV_KEY_FILE = "SOJOURN_KEY_FILE"  # file (mounted Secret) with the key that authenticates manifests
ENV_KEY = "SOJOURN_KEY"  # the same key itself: the hub's spawner derives one for each user; goes before the file
ENV_CREDENTIALS_DIR = "SOJOURN_CREDENTIALS_DIR"  # mounted Secret with aws_access_key_id and aws_secret_access_key
ENV_AGENT_TOKEN_FILE = (
    "SOJOURN_AGENT_TOKEN_FILE"  # file with a token that the agent's API accepts beside Jupyter's own auth
)
ENV_GRACE = "SOJOURN_GRACE"  # seconds between the stop signal and SIGKILL; default DEFAULT_GRACE
DEFAULT_GRACE = 30.0

KERNEL_NAME = "sojourn"

# Labels and annotations on pods.
LABEL_ENABLED = f"{GROUP}/enabled"  # "true": this pod's session is kept and moved
ANNOTATION_MIGRATE = f"{GROUP}/migrate"  # "true": move now
ANNOTATION_TO_NODE = f"{GROUP}/to-node"  # node name for the next pod
ANNOTATION_NODE_SELECTOR = f"{GROUP}/node-selector"  # "key=value,key=value" for the next pod
ANNOTATION_RESOURCES = (
    f"{GROUP}/resources"  # JSON {"requests": {...}, "limits": {...}} for the next pod's notebook container
)
ANNOTATION_MOVING = f"{GROUP}/moving"  # set by the operator while a session moves: its Migration's name
ANNOTATION_SESSION = f"{GROUP}/session"  # session id, when it is not the derived one
ANNOTATION_TARGET = f"{GROUP}/target"  # set by the operator beside MOVING: JSON of where to, read by the hub's spawner
ANNOTATION_FAILED = f"{GROUP}/failed"  # set by the operator on a pod that was not moved: the sentence why
ANNOTATION_SPAWNER = f"{GROUP}/spawner"  # set by Sojourn's spawner on its pods: its version
ANNOTATION_BASE_URL = f"{GROUP}/base-url"  # base URL of the Jupyter server, where its environment does not tell
ANNOTATION_PORT = f"{GROUP}/port"  # port of the Jupyter server, where the container does not tell

# The agent's REST API, below the Jupyter server's base_url.
API = "sojourn/api/v1"
API_STATUS = f"{API}/status"
API_CHECKPOINT = f"{API}/checkpoint"
API_RESUME = f"{API}/resume"
API_REPORT = f"{API}/report"
API_HISTORY = f"{API}/history"
API_HEALTH = f"{API}/health"
API_OPENAPI = f"{API}/openapi.json"


def kernel_session(session: str, kernel_id: str) -> str:
    """Store id of one kernel of a server's session."""
    return f"{session}/kernels/{kernel_id}"


def pod_namespace() -> str:
    """Namespace of the pod that this process runs in, or ``local`` outside a cluster."""
    path = Path("/var/run/secrets/kubernetes.io/serviceaccount/namespace")
    if value := os.environ.get("POD_NAMESPACE"):
        return value
    return path.read_text().strip() if path.is_file() else "local"


def server_session(env: dict[str, str] | None = None) -> str:
    """Identity of this notebook server's session: ``namespace/owner/server``.

    In order: SOJOURN_SESSION; JupyterHub's user and server name; Kubeflow's NB_PREFIX; the host name, which a
    StatefulSet or a re-created bare pod keeps.
    """
    env = dict(os.environ) if env is None else env
    if value := env.get(ENV_SESSION):
        return value
    if user := env.get("JUPYTERHUB_USER"):
        return f"{pod_namespace()}/{user}/{env.get('JUPYTERHUB_SERVER_NAME') or 'default'}"
    if match := re.fullmatch(r"/notebook/([^/]+)/([^/]+)/?", env.get("NB_PREFIX", "")):
        return f"{match[1]}/notebook/{match[2]}"
    return f"{pod_namespace()}/server/{env.get('HOSTNAME') or os.uname().nodename}"
