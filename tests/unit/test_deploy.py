"""Files of `deploy/` fit the code: modules and variables that they name are there, and Dagster takes its settings."""

from __future__ import annotations

import re
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from dagster._core.instance.config import dagster_instance_config
from dagster_k8s.models import k8s_snake_case_dict
from kubernetes import client

from orchestration.cluster.launcher import CONFIG, WorkerLauncher
from orchestration.cluster.queue import PUBLISHER, QUEUE, WORKERS
from orchestration.cluster.ready import SERVER
from orchestration.cluster.submit import CODE, LOCATION
from orchestration.settings import CHECKOUT

DEPLOY = CHECKOUT / "deploy"
OPERATIONS = (CHECKOUT / "docs/operations/machines.md").read_text(encoding="utf-8")


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    return found


def celery(service: dict[str, Any]) -> dict[str, str]:
    words = [str(word) for word in service.get("command", ())]
    return {flag: word for flag, word in pairwise(words) if flag.startswith("-")}


def test_dagster_takes_the_instance_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLICHE_BROKER", "redis://127.0.0.1:1/0")
    config, _ = dagster_instance_config(str(DEPLOY))
    launcher = config["run_launcher"]
    assert (launcher["module"], launcher["class"]) == (WorkerLauncher.__module__, WorkerLauncher.__name__)
    made = WorkerLauncher(
        default_queue="dagster", broker="redis://127.0.0.1:1/0", backend="redis://127.0.0.1:1/0"
    )
    assert {name: made.celery.conf[name] for name in CONFIG} == CONFIG
    assert made.supports_resume_run
    assert made.supports_check_run_worker_health


def test_every_variable_of_the_files_is_in_the_docs() -> None:
    for file in ("dagster.yaml", "compose.yaml"):
        for name in re.findall(r"\bCLICHE_[A-Z]+\b", (DEPLOY / file).read_text(encoding="utf-8")):
            assert f"`{name}`" in OPERATIONS or f"export {name}=" in OPERATIONS, (file, name)


def test_commands_of_the_docs_name_containers_that_are_there() -> None:
    services = compose()["services"]
    typed = re.findall(r"docker compose (?:exec|run --rm|logs) (\w+)(?: (\w+))?", OPERATIONS)
    assert {program for _, program in typed} == {"cliche", "dagster", ""}
    assert {name for name, _ in typed} <= {*services}
    writes = [name for name, one in services.items() if "publisher:/var/lib/cliche" in one.get("volumes", ())]
    assert {name for name, program in typed if program == "cliche"} == {*writes}


def test_each_queue_has_workers_of_its_own_and_as_many_runs_as_they_have_slots() -> None:
    """The publisher takes no model's run: a publish that it keeps waiting at the broker is failed after a while."""
    services = compose()["services"]
    workers = {name: celery(service) for name, service in services.items() if "-Q" in celery(service)}
    slots = {
        flags["-Q"]: int(flags["-c"]) * services[name].get("deploy", {}).get("replicas", 1)
        for name, flags in workers.items()
    }
    assert len(slots) == len(workers)
    runs = yaml.safe_load((DEPLOY / "dagster.yaml").read_text(encoding="utf-8"))["concurrency"]["runs"]
    limits = {one["value"]: one["limit"] for one in runs["tag_concurrency_limits"] if one["key"] == QUEUE}
    assert slots == limits == {WORKERS: 2, PUBLISHER: 1}
    assert runs["max_concurrent_runs"] == sum(slots.values())
    assert all(find_spec(flags["-A"]) for flags in workers.values())
    for name, flags in workers.items():
        assert f"worker -Q {flags['-Q']} -c 1`" in OPERATIONS, name


def test_a_submitted_run_is_tried_again_where_the_daemon_finds_its_code() -> None:
    (server,) = yaml.safe_load((DEPLOY / "workspace.yaml").read_text(encoding="utf-8"))["load_from"]
    (deployment,) = values()["dagster-user-deployments"]["deployments"]
    command = compose()["services"]["code"]["command"]
    assert server["grpc_server"]["location_name"] == deployment["name"] == LOCATION
    assert command[command.index("--location-name") + 1] == LOCATION
    asked = compose()["services"]["worker"]["environment"][SERVER]
    assert asked == f"{server['grpc_server']['host']}:{server['grpc_server']['port']}"
    assert CODE in command
    assert CODE in deployment["dagsterApiGrpcArgs"]


def test_containers_are_not_root_and_cannot_write_their_root() -> None:
    docker = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    last = docker[docker.rindex("FROM") :]
    assert re.search(r"^USER [1-9]\d+$", last, re.MULTILINE)
    ours = [service for service in compose()["services"].values() if service["image"] == "cliche"]
    assert len(ours) == 5
    assert all(one["read_only"] and one["cap_drop"] == ["ALL"] for one in ours)
    for path in re.findall(r"^COPY (?!--from|COMMIT)(.+) \S+$", docker, re.MULTILINE):
        assert all((CHECKOUT / name).exists() for name in path.split())


def test_no_secret_is_in_a_file() -> None:
    for file in Path(DEPLOY).iterdir():
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"(?i)(password|secret|key)\s*[:=]\s*['\"]?[a-z0-9]{6,}\s*$", text), file


def kubernetes() -> list[dict[str, Any]]:
    found = yaml.safe_load((DEPLOY / "kubernetes.yaml").read_text(encoding="utf-8"))
    assert found["kind"] == "List"
    return list(found["items"])


def values() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "helm-values.yaml").read_text(encoding="utf-8"))
    return found


def pods() -> dict[str, dict[str, Any]]:
    return {
        one["metadata"]["name"]: one["spec"]["template"]["spec"]
        for one in kubernetes()
        if "template" in one["spec"]
    }


def test_kubernetes_knows_every_field_of_the_manifests() -> None:
    """The models of the official client refuse what the API does not know."""
    kinds = {
        "Service": client.V1Service,
        "StatefulSet": client.V1StatefulSet,
        "Deployment": client.V1Deployment,
    }
    for one in kubernetes():
        assert k8s_snake_case_dict(kinds[one["kind"]], one)
    with pytest.raises(Exception, match="readOnlyRoot"):
        k8s_snake_case_dict(client.V1SecurityContext, {"readOnlyRoot": True})


def test_kubernetes_knows_every_field_that_the_chart_hands_on() -> None:
    found = values()
    for one in (
        found["dagsterWebserver"],
        found["dagsterDaemon"],
        *found["dagster-user-deployments"]["deployments"],
    ):
        assert k8s_snake_case_dict(client.V1PodSecurityContext, one["podSecurityContext"])["run_as_non_root"]
        assert k8s_snake_case_dict(client.V1SecurityContext, one["securityContext"])[
            "read_only_root_filesystem"
        ]
        for volume in one["volumes"]:
            assert k8s_snake_case_dict(client.V1Volume, volume)
        for mount in one["volumeMounts"]:
            assert k8s_snake_case_dict(client.V1VolumeMount, mount)


def test_containers_of_kubernetes_are_not_root_and_cannot_write_their_root() -> None:
    assert set(pods()) == {"broker", "publisher", "worker"}
    for pod in pods().values():
        assert pod["securityContext"]["runAsNonRoot"]
        for container in pod["containers"]:
            assert container["securityContext"]["readOnlyRootFilesystem"]
            assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}


def test_workers_of_kubernetes_run_what_those_of_machines_do() -> None:
    services = compose()["services"]
    for name in ("publisher", "worker"):
        assert pods()[name]["containers"][0]["command"] == services[name]["command"]
        kind = next(one for one in kubernetes() if one["metadata"]["name"] == name)
        assert kind["spec"]["replicas"] == services[name].get("deploy", {}).get("replicas", 1)
        variables = {one["name"]: one.get("value") for one in pods()[name]["containers"][0]["env"]}
        (deployment,) = values()["dagster-user-deployments"]["deployments"]
        assert variables[SERVER] == f"{deployment['name']}:{deployment['port']}"


def test_the_chart_gets_the_settings_of_machines() -> None:
    file = yaml.safe_load((DEPLOY / "dagster.yaml").read_text(encoding="utf-8"))
    found = values()
    launcher = found["runLauncher"]["config"]["customRunLauncher"]
    assert launcher == file["run_launcher"]
    coordinator = found["dagsterDaemon"]["runCoordinator"]["config"]["customRunCoordinator"]
    assert {name: coordinator[name] for name in ("module", "class")} == file["run_coordinator"]
    assert found["additionalInstanceConfig"]["concurrency"] == file["concurrency"]
    for name in ("runMonitoring", "runRetries"):
        given = {snake(key): value for key, value in found["dagsterDaemon"][name].items()}
        assert given == file[snake(name)]


def snake(name: str) -> str:
    return re.sub(r"(?=[A-Z])", "_", name).lower()
