"""Units, compose files and manifests deploy each process as the table says, and a changed one is found out."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from deploy.processes import compose, kustomize, write
from deploy.processes.places import (
    OF_A_TRIAL,
    OF_PEOPLE,
    PLACES,
    RELEASE,
    DeploymentPlace,
    optional_settings,
    own_settings,
    shared_settings,
)
from deploy.processes.table import PROCESSES, Process, process_named
from deploy.processes.units import units
from tests.conftest import ROOT
from tests.deploy.monitoring.rules import LOADER
from tests.deploy.processes.deployed import KNOWN, SECRET_FILES, Deployed, faults, of_deployment, of_service, of_unit

FOLDER: Final = ROOT / "deploy"
KUBERNETES: Final = "1.37"
NAMED: Final = [pytest.param(process, id=process.name) for process in PROCESSES]


def documents(path: Path) -> list[dict[str, Any]]:
    return list(yaml.load_all(path.read_text("utf-8"), Loader=LOADER))


MANIFESTS: Final = [
    document
    for path in sorted((FOLDER / "kustomize" / "base").glob("*.yaml"))
    if path.name != "kustomization.yaml"
    for document in documents(path)
]
COMPOSED: Final = documents(FOLDER / "compose" / "compose.yaml")[0]
TRIAL: Final = documents(FOLDER / "compose" / "trial.yaml")[0]


def deployment(process: Process) -> dict[str, Any]:
    [found] = [
        one for one in MANIFESTS if one["kind"] == "Deployment" and one["metadata"]["name"] == f"accord-{process.name}"
    ]
    return deepcopy(found)


def test_the_files_are_as_the_table_makes_them() -> None:
    made = {FOLDER / path: text for path, text in write.files().items()}
    kept = {path: path.read_text("utf-8") if path.exists() else "" for path in made}
    assert kept == made, "run: python -m deploy.processes.write"
    folders = ("systemd", "compose", "kustomize")
    assert {path for name in folders for path in (FOLDER / name).rglob("*") if path.is_file()} == set(made)


@pytest.mark.parametrize("process", NAMED)
def test_each_way_to_deploy_a_process_is_as_the_table_says(process: Process) -> None:
    unit = (FOLDER / "systemd" / process.unit).read_text("utf-8")
    for deployed in (of_unit(unit), of_service(COMPOSED["services"][process.name]), of_deployment(deployment(process))):
        assert list(faults(process, deployed)) == []


def test_a_process_of_a_trial_is_confined_as_any_other() -> None:
    for process in PROCESSES:
        found = list(faults(process, of_service(TRIAL["services"][process.name])))
        left = {f"{process.name}: it has the secrets", f"{process.name}: it does not read"}
        assert [fault for fault in found if not fault.startswith(tuple(left))] == []


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_each_setting_that_the_code_reads_is_set_or_may_be_and_no_other(place: DeploymentPlace) -> None:
    text = (FOLDER / {"kustomize": "kustomize/base"}.get(place.name, place.name) / "settings.env").read_text("utf-8")
    offered = set(re.findall(r"^(?:# )?([A-Z_]+)=", text, re.MULTILINE))
    own = {name for process in PROCESSES for name in own_settings(process, place)}
    assert offered | own | OF_PEOPLE | OF_A_TRIAL == KNOWN
    assert not offered & own, "the file of shared settings comes before what a unit says of one process"
    assert offered == set(shared_settings(place)) | {setting.name for setting in optional_settings(place)}


@cache
def kubernetes() -> Any:
    """The judge of manifests, which reads each schema once.

    Its import takes two seconds, and each process of a run collects this file.
    """
    import kubernetes_validate
    from kubernetes_validate import utils

    utils.schema_contents = cache(utils.schema_contents)
    return kubernetes_validate


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda one: f"{one['kind']} {one['metadata']['name']}")
def test_a_manifest_is_what_kubernetes_takes(manifest: dict[str, Any]) -> None:
    kubernetes().validate(manifest, KUBERNETES, strict=True)


def test_a_misspelt_manifest_is_not_what_kubernetes_takes() -> None:
    changed = deployment(process_named("worker"))
    changed["spec"]["template"]["spec"]["containers"][0]["redinessProbe"] = {}
    with pytest.raises(kubernetes().ValidationError):
        kubernetes().validate(changed, KUBERNETES, strict=True)


def test_every_resource_is_in_the_base_and_each_process_has_its_own_network() -> None:
    [base] = documents(FOLDER / "kustomize" / "base" / "kustomization.yaml")
    files = {path.name for path in (FOLDER / "kustomize" / "base").glob("*.yaml")} - {"kustomization.yaml"}
    assert set(base["resources"]) == files
    policies = [one for one in MANIFESTS if one["kind"] == "NetworkPolicy"]
    chosen = {one["spec"]["podSelector"]["matchLabels"].get("app.kubernetes.io/component", "all") for one in policies}
    assert chosen == {"all", "migrate", *(process.name for process in PROCESSES)}
    assert all(one["spec"]["policyTypes"] == ["Ingress", "Egress"] for one in policies)


def test_a_service_leads_to_the_pages_of_its_process() -> None:
    services = {one["metadata"]["name"]: one["spec"] for one in MANIFESTS if one["kind"] == "Service"}
    for process in (one for one in PROCESSES if one.pages):
        service, manifest = services[f"accord-{process.name}"], deployment(process)
        assert service["selector"].items() <= manifest["spec"]["template"]["metadata"]["labels"].items()
        [container] = manifest["spec"]["template"]["spec"]["containers"]
        assert {port["targetPort"] for port in service["ports"]} <= {port["name"] for port in container["ports"]}
        assert [port["port"] for port in service["ports"]] == [port for _, port in process.pages]


def test_no_pod_has_a_token_and_the_namespace_takes_only_restricted_ones() -> None:
    pods = [one["spec"]["template"]["spec"] for one in MANIFESTS if one["kind"] in {"Deployment", "Job"}]
    assert all(pod["automountServiceAccountToken"] is False for pod in pods)
    assert all(pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"} for pod in pods)
    [namespace] = [one for one in MANIFESTS if one["kind"] == "Namespace"]
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"


def test_every_secret_and_volume_that_compose_uses_is_declared_and_every_file_is_one_of_ours() -> None:
    for composed in (COMPOSED, TRIAL):
        services = composed["services"].values()
        used = {name for service in services for name in service.get("secrets", ())}
        assert used == set(composed["secrets"])
        assert used <= SECRET_FILES
        volumes = {volume.split(":")[0] for service in services for volume in service.get("volumes", ())}
        assert {name for name in volumes if re.fullmatch(r"[a-z]+", name)} == set(composed["volumes"])


def test_files_name_this_release() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        assert tomllib.load(file)["project"]["version"] == RELEASE


def test_images_and_registries_are_settings() -> None:
    """Given a house with a mirror of its own, then no file has to be edited: each image is a variable."""
    for composed in (COMPOSED, TRIAL):
        assert all(
            re.fullmatch(r"\$\{\w+_IMAGE:-[\w./:-]+\}", service["image"]) for service in composed["services"].values()
        )
    recipe = (FOLDER / "image" / "Containerfile").read_text("utf-8")
    assert re.findall(r"^FROM (\S+)", recipe, re.MULTILINE) == ["${BASE}", "${BASE}"]
    assert "\nUSER 65532:65532\n" in recipe


Change = Callable[[dict[str, Any]], object]


def pod(manifest: dict[str, Any]) -> dict[str, Any]:
    return manifest["spec"]["template"]["spec"]


def container(manifest: dict[str, Any]) -> dict[str, Any]:
    return pod(manifest)["containers"][0]


def sources(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    return pod(manifest)["volumes"][1]["projected"]["sources"]


MUTATED_MANIFESTS: Final[dict[str, tuple[Change, str]]] = {
    "as root": (lambda one: container(one)["securityContext"].pop("runAsNonRoot"), "not confined: not root"),
    "may write": (lambda one: container(one)["securityContext"].pop("readOnlyRootFilesystem"), "read-only"),
    "with capabilities": (lambda one: container(one)["securityContext"].pop("capabilities"), "no capabilities"),
    "may gain rights": (
        lambda one: container(one)["securityContext"].pop("allowPrivilegeEscalation"),
        "no more rights",
    ),
    "a misspelt secret": (lambda one: sources(one)[0]["secret"].update(name="accord-wroker"), "has the secrets"),
    "a misspelt key": (lambda one: sources(one)[0]["secret"]["items"][0].update(key="wroker"), "has the secrets"),
    "another login": (lambda one: sources(one)[0].update(_secret("staff")), "has the secrets"),
    "one login more": (lambda one: sources(one).append(_secret("emergency")), "has the secrets"),
    "no probe": (lambda one: container(one).pop("readinessProbe"), "nobody asks whether it is ready"),
    "a probe elsewhere": (lambda one: container(one)["ports"][0].update(containerPort=9), "nobody asks"),
    "no limit of memory": (lambda one: container(one)["resources"].pop("limits"), "memory"),
    "too little time": (lambda one: pod(one).update(terminationGracePeriodSeconds=30), "killed before"),
    "an unknown setting": (
        lambda one: container(one)["env"].append({"name": "ACCORD_PROBE"}),
        "does not read ACCORD_PROBE",
    ),
    "another command": (lambda one: container(one).update(args=["accord", "projector"]), "its command is"),
    "privileged": (lambda one: container(one)["securityContext"].update(privileged=True), "apart from the machine"),
    "the machine's network": (lambda one: pod(one).update(hostNetwork=True), "apart from the machine"),
    "the machine's processes": (lambda one: pod(one).update(hostPID=True), "apart from the machine"),
    "a folder of the machine's": (
        lambda one: pod(one)["volumes"].append({"name": "x", "hostPath": {"path": "/"}}),
        "apart from the machine",
    ),
}


def _secret(file: str) -> dict[str, Any]:
    return {"secret": {"name": f"accord-{file}", "items": [{"key": file, "path": file}]}}


@pytest.mark.parametrize(("change", "fault"), MUTATED_MANIFESTS.values(), ids=MUTATED_MANIFESTS)
def test_a_changed_manifest_is_found_out(change: Change, fault: str) -> None:
    worker, changed = process_named("worker"), deployment(process_named("worker"))
    change(changed)
    found = list(faults(worker, of_deployment(changed)))
    assert any(fault in one for one in found), found


MUTATED_SERVICES: Final[dict[str, tuple[Change, str]]] = {
    "as root": (lambda one: one.pop("user"), "not confined: not root"),
    "may write": (lambda one: one.update(read_only=False), "read-only"),
    "a capability": (lambda one: one.update(cap_add=["NET_ADMIN"]), "no capabilities"),
    "a misspelt secret": (
        lambda one: one["secrets"].remove("signer") or one["secrets"].append("singer"),
        "has the secrets",
    ),
    "another login": (lambda one: one["secrets"].append("worker"), "has the secrets"),
    "no probe": (lambda one: one.pop("healthcheck"), "nobody asks"),
    "no limit of memory": (lambda one: one.pop("mem_limit"), "memory"),
    "no folder": (lambda one: one.update(volumes=[]), "cannot write"),
    "another's folder": (lambda one: one["volumes"].append("papers:/var/lib/accord/papers"), "cannot write"),
    "too little time": (lambda one: one.pop("stop_grace_period"), "killed before"),
    "may gain rights": (lambda one: one.pop("security_opt"), "no more rights"),
    "privileged": (lambda one: one.update(privileged=True), "apart from the machine"),
    "the machine's network": (lambda one: one.update(network_mode="host"), "apart from the machine"),
    "the runtime's own socket": (
        lambda one: one["volumes"].append("/run/docker.sock:/run/docker.sock"),
        "apart from the machine",
    ),
    "an unknown setting": (lambda one: one["environment"].update(ACCORD_PROBE="1"), "does not read ACCORD_PROBE"),
    "another command": (lambda one: one.update(command=["accord", "projector"]), "its command is"),
}


@pytest.mark.parametrize(("change", "fault"), MUTATED_SERVICES.values(), ids=MUTATED_SERVICES)
def test_a_changed_service_is_found_out(change: Change, fault: str) -> None:
    changed = deepcopy(COMPOSED["services"]["signer"])
    change(changed)
    found = list(faults(process_named("signer"), of_service(changed)))
    assert any(fault in one for one in found), found


MUTATED_UNITS: Final[dict[str, tuple[str, str, str]]] = {
    "as root": ("DynamicUser=yes", "User=root", "not confined: not root"),
    "may write": ("ProtectSystem=strict", "ProtectSystem=no", "read-only"),
    "may gain rights": ("NoNewPrivileges=yes\n", "", "no more rights"),
    "a misspelt secret": ("LoadCredential=console:", "LoadCredential=consle:", "has the secrets"),
    "another login": ("secrets/console\n", "secrets/staff\n", "has the secrets"),
    "no probe": ("Environment=ACCORD_PROBES=127.0.0.1:8083\n", "", "nobody asks"),
    "an unknown setting": ("ACCORD_LISTEN=", "ACCORD_LISTENS=", "does not read ACCORD_LISTENS"),
    "no limit of memory": ("MemoryMax=512M\n", "", "memory"),
    "may change checkpoints": (
        "BindReadOnlyPaths=",
        "BindPaths=",
        "does not see checkpoints, attestations, or may change",
    ),
    "capabilities": ("CapabilityBoundingSet=\n", "CapabilityBoundingSet=CAP_NET_ADMIN\n", "no capabilities"),
    "devices of the machine": ("PrivateDevices=yes\n", "", "apart from the machine"),
    "homes of people": ("ProtectHome=yes\n", "ProtectHome=no\n", "apart from the machine"),
    "a limit above the table's": ("MemoryMax=512M", "MemoryMax=4096M", "memory"),
    "killed at once": ("KillSignal=SIGTERM", "KillSignal=SIGKILL", "killed before"),
    "another command": ("accord console", "accord counter", "its command is"),
}


@pytest.mark.parametrize(("before", "after", "fault"), MUTATED_UNITS.values(), ids=MUTATED_UNITS)
def test_a_changed_unit_is_found_out(before: str, after: str, fault: str) -> None:
    console = process_named("console")
    text = units()[console.unit]
    assert before in text
    deployed: Deployed = of_unit(text.replace(before, after))
    found = list(faults(console, deployed))
    assert any(fault in one for one in found), found


def test_a_process_that_is_added_to_the_table_is_in_every_file_that_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    added = process_named("notifier")._replace(name="gardener")
    for module in (compose, kustomize):
        monkeypatch.setattr(module, "PROCESSES", (*PROCESSES, added))
    assert "gardener" in compose.compose()["services"]
    assert "gardener.yaml" in kustomize.base()
