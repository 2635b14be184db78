"""The chart: what Helm makes of it, and that it fits the operator's code. Skipped where there is no Helm."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator
from sojourn_operator.hub import sojourn_spawner
from sojourn_operator.progress import TIMINGS, Phase, Progress
from sojourn_operator.settings import PREFIX, Settings
from sojourn_operator.triggers import Trigger

ROOT = Path(__file__).resolve().parents[3]
CHART = ROOT / "charts/sojourn"
KUBERNETES = ("--kube-version", "1.34.0")
HUB = {"hub": {"apiUrl": "http://hub:8081/hub/api", "token": {"value": "t"}}}


def _helm() -> str | None:
    cache = Path.home() / ".cache/sojourn/tools"
    built = sorted(cache.glob("helm-*/helm")) if cache.is_dir() else []
    return shutil.which("helm") or (str(built[-1]) if built else None)


HELM = _helm()
needs_helm = pytest.mark.skipif(HELM is None, reason="no helm in PATH or in the tests' tool cache")


def helm(command: str, values: dict[str, Any], tmp_path: Path, *more: str) -> subprocess.CompletedProcess[str]:
    file = tmp_path / "values.json"
    file.write_text(json.dumps(values))
    argv = [str(HELM), *command.split(), str(CHART), "--values", str(file), *KUBERNETES, *more]
    return subprocess.run(argv, capture_output=True, text=True, timeout=60)


def render(tmp_path: Path, **values: Any) -> list[dict[str, Any]]:
    done = helm("template sj", values, tmp_path, "--namespace", "ops")
    assert done.returncode == 0, done.stderr
    return [body for body in yaml.safe_load_all(done.stdout) if body]


def only(bodies: list[dict[str, Any]], kind: str, name: str = "") -> dict[str, Any]:
    (found,) = [b for b in bodies if b["kind"] == kind and (not name or b["metadata"]["name"] == name)]
    return found


# -- Helm ---------------------------------------------------------------------------------------------------------------


@needs_helm
@pytest.mark.parametrize("values", [{}, HUB, {"namespaces": ["a", "b"]}, {"metrics": {"enabled": False}}])
def test_lint_has_nothing_to_say(values: dict[str, Any], tmp_path: Path) -> None:
    done = helm("lint --strict", values, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


@needs_helm
@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"hubb": {}}, "hubb"),
        ({"operator": {"maxParallel": 0}}, "maxParallel"),
        ({"operator": {"logLevel": "loud"}}, "logLevel"),
        ({"hub": {"apiUrl": "hub:8081"}}, "apiUrl"),
        ({"hub": {"apiUrl": "http://hub/hub/api"}}, "hub.token"),
        ({"store": {"createSecret": True}}, "accessKeyId"),
        ({"namespaces": ["Not A Name"]}, "namespaces"),
    ],
)
def test_a_wrong_value_is_refused_by_its_name(values: dict[str, Any], said: str, tmp_path: Path) -> None:
    done = helm("template sj", values, tmp_path)
    assert done.returncode != 0 and said in done.stderr


@needs_helm
def test_the_operator_runs_without_root_on_a_read_only_file_system_and_one_at_a_time(tmp_path: Path) -> None:
    spec = only(render(tmp_path, **HUB), "Deployment")["spec"]
    assert (spec["replicas"], spec["strategy"]["type"]) == (1, "Recreate")
    pod = spec["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"] and pod["securityContext"]["runAsUser"] > 0
    (container,) = pod["containers"]
    security = container["securityContext"]
    assert security["readOnlyRootFilesystem"] and not security["allowPrivilegeEscalation"]
    assert security["capabilities"] == {"drop": ["ALL"]}
    assert {"livenessProbe", "readinessProbe", "startupProbe", "resources"} <= set(container)


@needs_helm
@pytest.mark.parametrize("values", [{}, HUB, {"namespaces": ["a", "b"]}])
def test_the_operator_understands_what_the_chart_sets(values: dict[str, Any], tmp_path: Path) -> None:
    (container,) = only(render(tmp_path, **values), "Deployment")["spec"]["template"]["spec"]["containers"]
    env = {variable["name"]: variable["value"] for variable in container["env"]}
    found = Settings.from_env(env)
    known = {PREFIX + name.upper() for name in Settings.__dataclass_fields__}
    assert set(env) <= known
    assert found.namespace_list == tuple(values.get("namespaces", ()))
    standard = Settings(hub_api_url=found.hub_api_url, namespaces=found.namespaces, metrics_port=found.metrics_port)
    assert found == standard, "the chart's defaults are the operator's"


@needs_helm
def test_tokens_are_mounted_where_the_operator_reads_them(tmp_path: Path) -> None:
    pod = only(render(tmp_path, **HUB), "Deployment")["spec"]["template"]["spec"]
    mounts = {m["name"]: m["mountPath"] for m in pod["containers"][0]["volumeMounts"]}
    files = {
        f"{mounts[v['name']]}/{item['path']}" for v in pod["volumes"] for item in v.get("secret", {}).get("items", [])
    }
    assert files == {Settings().hub_token_file, Settings().agent_token_file}


@needs_helm
def test_the_agents_token_is_random_and_the_same_in_all_namespaces(tmp_path: Path) -> None:
    bodies = render(tmp_path, agentToken={"namespaces": ["a", "b"]})
    secrets = [b for b in bodies if b["kind"] == "Secret"]
    assert [s["metadata"]["namespace"] for s in secrets] == ["ops", "a", "b"]
    assert len({s["data"]["token"] for s in secrets}) == 1 and len(secrets[0]["data"]["token"]) >= 48


@needs_helm
def test_limited_to_namespaces_nothing_but_nodes_is_granted_cluster_wide(tmp_path: Path) -> None:
    bodies = render(tmp_path, namespaces=["a", "b"])
    rules = only(bodies, "ClusterRole", "sj-sojourn")["rules"]
    assert [rule["resources"] for rule in rules] == [["nodes"]]
    assert sorted(b["metadata"]["namespace"] for b in bodies if b["kind"] == "Role") == ["a", "b"]


def _granted(rules: list[dict[str, Any]]) -> set[tuple[str, str, str]]:
    return {
        (group, resource, verb)
        for rule in rules
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }


@needs_helm
def test_the_operator_has_the_rights_that_it_uses_and_no_others(tmp_path: Path) -> None:
    granted = _granted(only(render(tmp_path), "ClusterRole", "sj-sojourn")["rules"])
    used = set(_calls())
    watched = {
        ("", "pods"),
        ("", "nodes"),
        ("sojourn.dev", "sessions"),
        ("sojourn.dev", "migrations"),
        ("sojourn.dev", "migrationpolicies"),
    }
    used |= {(*kind, verb) for kind in watched for verb in ("list", "watch")}
    assert used - granted == set(), "calls that would be refused"
    assert granted - used == set(), "rights that nothing needs"


@needs_helm
def test_rights_can_be_given_up(tmp_path: Path) -> None:
    bodies = render(tmp_path, rbac={"kubeflow": False}, operator={"avoidSourceNode": False})
    granted = _granted(only(bodies, "ClusterRole", "sj-sojourn")["rules"])
    assert ("", "nodes", "patch") not in granted
    assert not [right for right in granted if right[0] == "kubeflow.org"]


@needs_helm
def test_manifests_are_what_the_chart_makes() -> None:
    command = ["python3", str(ROOT / "manifests/render.py"), str(HELM), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def _calls() -> Iterator[tuple[str, str, str]]:
    """Every (group, resource, verb) in the operator's source: its calls are all of one form."""
    from sojourn_operator import kinds

    by_name = {name: kind for name, kind in vars(kinds).items() if isinstance(kind, kinds.Kind)}
    source = "\n".join(path.read_text() for path in (ROOT / "operator/sojourn_operator").rglob("*.py"))
    found = re.findall(r"\bcluster\.(get|list|create|patch|delete)\(\s*([A-Z]+),(.*)", source)
    assert len(found) >= 20
    for verb, kind, rest in found:
        resource = by_name[kind].plural
        yield by_name[kind].group, f"{resource}/status" if '"status")' in rest else resource, verb
    # Calls through a variable: all kinds at the start, and the templates of workloads.
    for kind in ("POLICY", "SESSION", "MIGRATION"):
        yield by_name[kind].group, by_name[kind].plural, "list"
    assert "engine.cluster.list(kind, namespace)" in source and "means.cluster.patch(kind, namespace, name" in source
    for kind in ("STATEFULSET", "DEPLOYMENT", "NOTEBOOK"):
        for verb in ("get", "patch"):
            yield by_name[kind].group, by_name[kind].plural, verb
    # The Event's kind is in a function that takes any object.
    yield "", "events", "create"


# -- values and CRDs -------------------------------------------------------------------------------------------------------


def test_every_value_is_in_the_schema_and_explained() -> None:
    schema = json.loads((CHART / "values.schema.json").read_text())
    Draft7Validator.check_schema(schema)
    text = (CHART / "values.yaml").read_text()
    values = yaml.safe_load(text)
    Draft7Validator(schema).validate(values)
    assert set(values) == set(schema["properties"]) - {"global"}
    _same_keys(values, schema, "")


def _same_keys(values: dict[str, Any], schema: dict[str, Any], path: str) -> None:
    for key, value in values.items():
        known = schema["properties"][key]
        if isinstance(value, dict) and "properties" in known:
            assert set(value) == set(known["properties"]), f"{path}{key}"
            _same_keys(value, known, f"{path}{key}.")


def definitions() -> dict[str, dict[str, Any]]:
    found = {}
    for path in sorted((CHART / "crds").glob("*.yaml")):
        body = yaml.safe_load(path.read_text())
        found[body["spec"]["names"]["kind"]] = body
    return found


def schema_of(kind: str) -> dict[str, Any]:
    (version,) = definitions()[kind]["spec"]["versions"]
    return version["schema"]["openAPIV3Schema"]


@pytest.mark.parametrize("kind", ["Session", "Migration", "MigrationPolicy"])
def test_a_definition_is_structural_with_status_and_columns_that_exist(kind: str) -> None:
    body = definitions()[kind]
    (version,) = body["spec"]["versions"]
    assert version["subresources"] == {"status": {}} and version["name"] == "v1alpha1"
    assert body["spec"]["names"]["shortNames"] and "sojourn" in body["spec"]["names"]["categories"]
    _typed(version["schema"]["openAPIV3Schema"], kind)
    for column in version["additionalPrinterColumns"]:
        schema = version["schema"]["openAPIV3Schema"]
        path = re.sub(r"\[\?\(.*?\)\]", ".[]", column["jsonPath"])  # those of a list that match are of its items
        for part in path.strip(".").split("."):
            if schema.get("properties", {}).get(part) is None and "metadata" in path:
                break
            if part == "[]":
                schema = schema["items"]
                continue
            schema = schema["properties"].get(part) if "properties" in schema else schema["additionalProperties"]
            assert schema is not None, column


def _typed(schema: dict[str, Any], where: str) -> None:
    assert "type" in schema or schema.get("x-kubernetes-int-or-string"), f"{where} has no type"
    for key, value in schema.get("properties", {}).items():
        _typed(value, f"{where}.{key}")
    if isinstance(schema.get("items"), dict):
        _typed(schema["items"], f"{where}[]")
    if isinstance(schema.get("additionalProperties"), dict):
        _typed(schema["additionalProperties"], f"{where}{{}}")
        assert "properties" not in schema, f"{where} has both properties and additionalProperties"


def test_the_migrations_status_has_the_fields_that_the_operator_writes() -> None:
    status = schema_of("Migration")["properties"]["status"]["properties"]
    written = Progress().to_json()
    assert set(written) == set(status)
    assert set(written["steps"]) == set(status["steps"]["properties"])
    assert status["phase"]["enum"] == [phase.value for phase in Phase]
    assert {start for start, _ in TIMINGS.values()} | {end for _, end in TIMINGS.values()} <= set(written["steps"])


def test_the_triggers_are_the_same_everywhere() -> None:
    names = {trigger.value for trigger in Trigger}
    assert set(schema_of("Migration")["properties"]["spec"]["properties"]["trigger"]["enum"]) == names
    for kind in ("Session", "MigrationPolicy"):
        assert set(schema_of(kind)["properties"]["spec"]["properties"]["triggers"]["items"]["enum"]) == names


def test_the_chart_ships_the_very_spawner_that_is_tested() -> None:
    shipped = (CHART / "files/sojourn_spawner.py").read_text()
    assert shipped == Path(sojourn_spawner.__file__).read_text()


# -- examples --------------------------------------------------------------------------------------------------------------


def test_the_hub_example_gives_time_to_save_and_opts_pods_in() -> None:
    values = yaml.safe_load((CHART / "examples/z2jh-values.yaml").read_text())
    pods = values["singleuser"]
    grace = pods["extraPodConfig"]["terminationGracePeriodSeconds"]
    assert (
        grace == values["hub"]["config"]["KubeSpawner"]["delete_grace_period"] == int(pods["extraEnv"]["SOJOURN_GRACE"])
    )
    assert pods["startTimeout"] > grace
    assert pods["extraLabels"]["sojourn.dev/enabled"] == "true"
    compile(values["hub"]["extraConfig"]["50-sojourn"], "50-sojourn", "exec")
    mounted = {m["mountPath"] for m in pods["storage"]["extraVolumeMounts"]}
    assert pods["extraEnv"]["SOJOURN_CREDENTIALS_DIR"] in mounted


def test_in_the_hub_example_only_the_hub_has_the_key_that_users_keys_are_derived_from() -> None:
    values = yaml.safe_load((CHART / "examples/z2jh-values.yaml").read_text())
    (place,) = [m["mountPath"] for m in values["hub"]["extraVolumeMounts"] if m["name"] == "sojourn-key"]
    assert f'key_file = "{place}/key"' in values["hub"]["extraConfig"]["50-sojourn"]
    assert "sojourn-key" not in str(values["singleuser"])


def test_the_policy_example_holds_to_the_definitions() -> None:
    for body in yaml.safe_load_all((CHART / "examples/policy.yaml").read_text()):
        schema = schema_of(body["kind"])["properties"]["spec"]
        assert set(body["spec"]) <= set(schema["properties"])
        Draft7Validator(schema).validate(body["spec"])
