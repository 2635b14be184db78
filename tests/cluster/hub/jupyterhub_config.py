"""The hub's configuration in the test cluster, as zero-to-jupyterhub would write it; SETTINGS holds JSON."""

# ruff: noqa: F821
import json
import os
import sys
from pathlib import Path

sys.path.insert(0, "/etc/jupyterhub")  # the files mounted beside this one
settings = json.loads(os.environ["SETTINGS"])
state = Path("/srv/state")

c.JupyterHub.ip = "0.0.0.0"
c.JupyterHub.hub_bind_url = "http://0.0.0.0:8081"
c.JupyterHub.hub_connect_url = "http://hub:8081"
c.JupyterHub.db_url = f"sqlite:///{state}/jupyterhub.sqlite"
c.JupyterHub.cookie_secret_file = f"{state}/cookie_secret"
c.JupyterHub.cleanup_servers = False
c.JupyterHub.last_activity_interval = 60
c.ConfigurableHTTPProxy.should_start = False
c.ConfigurableHTTPProxy.api_url = "http://proxy-api:8001"

c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = os.environ["PASSWORD"]
c.Authenticator.allow_all = True

c.JupyterHub.services = [{"name": "sojourn", "api_token": os.environ["SOJOURN_TOKEN"]}]
c.JupyterHub.load_roles = [{"name": "sojourn", "services": ["sojourn"], "scopes": settings["scopes"]}]

c.JupyterHub.spawner_class = settings["spawner"]
c.KubeSpawner.image = settings["image"]
c.KubeSpawner.image_pull_policy = settings["pull_policy"]
c.KubeSpawner.cmd = ["jupyterhub-singleuser"]
c.KubeSpawner.args = ["--LabApp.expose_app_in_browser=True", *settings["args"]]
c.KubeSpawner.uid = 1000
c.KubeSpawner.gid = 1000
c.KubeSpawner.environment = settings["environment"]
c.KubeSpawner.notebook_dir = "/home/jovyan"
c.KubeSpawner.working_dir = "/home/jovyan"
c.KubeSpawner.volumes = settings["volumes"]
c.KubeSpawner.volume_mounts = settings["mounts"]
c.KubeSpawner.extra_labels = settings["labels"]
c.KubeSpawner.extra_annotations = settings["annotations"]
c.KubeSpawner.extra_pod_config = {"terminationGracePeriodSeconds": settings["grace"]}
c.KubeSpawner.delete_grace_period = settings["grace"]  # the default of 1 s would cut the checkpoint short
c.KubeSpawner.cpu_guarantee = 0.05
c.KubeSpawner.mem_guarantee = "64M"
c.KubeSpawner.start_timeout = 180
c.KubeSpawner.http_timeout = 90


def make_home(spawner):
    """Every node sees the same folder; the hub and its users have the same uid here."""
    (Path("/srv/homes") / spawner.user.name).mkdir(exist_ok=True)


c.Spawner.pre_spawn_hook = make_home
for extra in settings["extra_config"]:
    exec(compile(extra, "extraConfig", "exec"))
