"""What a unit, a service of compose and a Deployment make of a process, read from their files, in the same words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from deploy.logins import Login
from deploy.payloads.keys import FILE
from deploy.processes.table import PROCESSES, Process
from deploy.processes.units import PROGRAMS, SECRETS
from deploy.variables import SETTINGS
from tests.deploy.processes.parsing import entries_of
from worker import DRAIN_TIMEOUT

NOT_ROOT, READ_ONLY, NO_MORE_RIGHTS, NO_CAPABILITIES = "not root", "read-only", "no more rights", "no capabilities"
APART: Final = "apart from the machine"
CONFINED: Final = frozenset({NOT_ROOT, READ_ONLY, NO_MORE_RIGHTS, NO_CAPABILITIES, APART})
OF_THE_MACHINE: Final = ("hostNetwork", "hostPID", "hostIPC")
KNOWN: Final = {setting.name for setting in SETTINGS}
SECRET_FILES: Final = {*map(str, Login), FILE, *(file for process in PROCESSES for file in process.secrets)}


class Deployed(NamedTuple):
    """A process as a file deploys it."""

    command: tuple[str, ...]
    secrets: frozenset[str]
    environment: Mapping[str, str]
    probed: frozenset[int]
    """The ports that are asked whether it is ready, or at which it answers whoever asks."""
    memory: int
    """The most MiB that it gets, or 0 for any number."""
    confined: frozenset[str]
    grace: int
    """The seconds between SIGTERM and SIGKILL."""
    writes: frozenset[str]
    """The last names of the folders that it may write to."""
    reads: frozenset[str]
    """Those that it may only read."""


def faults(process: Process, deployed: Deployed) -> Iterator[str]:
    """What differs from the table of processes, and what no process may be without."""
    read = {setting.name for setting in process.settings}
    if deployed.command != process.command:
        yield f"{process.name}: its command is {' '.join(deployed.command)}"
    if deployed.secrets != set(process.secrets):
        yield f"{process.name}: it has the secrets {', '.join(sorted(deployed.secrets))}"
    if strange := sorted(set(deployed.environment) - read):
        yield f"{process.name}: it does not read {', '.join(strange)}"
    for name, port in (("ACCORD_PROBES", process.probes), ("ACCORD_METRICS", process.metrics)):
        if not deployed.environment.get(name, "").endswith(f":{port}"):
            yield f"{process.name}: {name} is not at the port {port}"
    if deployed.probed != {process.probes}:
        yield f"{process.name}: nobody asks whether it is ready at the port {process.probes}"
    if not 0 < deployed.memory <= process.memory:
        yield f"{process.name}: its memory has no limit, or one above {process.memory} MiB"
    if lacking := CONFINED - deployed.confined:
        yield f"{process.name}: it is not confined: {', '.join(sorted(lacking))}"
    if deployed.grace <= DRAIN_TIMEOUT.total_seconds() + 10:
        yield f"{process.name}: it is killed before it has ended its work"
    if deployed.writes != {folder for _, folder in (*process.folders, *process.shares)}:
        yield f"{process.name}: it cannot write to its own folders alone: {', '.join(sorted(deployed.writes))}"
    if {folder for _, folder in process.reads} != deployed.reads:
        yield f"{process.name}: it does not see {', '.join(folder for _, folder in process.reads)}, or may change it"


def of_unit(text: str) -> Deployed:
    """A process by its unit. Prometheus, and people, ask it for its readiness: systemd does not."""
    entries = entries_of(text)["Service"]
    last = dict(entries)
    program, *words = last["ExecStart"].split()
    credentials = [value.split(":", 1) for key, value in entries if key == "LoadCredential"]
    environment = dict(value.split("=", 1) for key, value in entries if key == "Environment")
    confinements = {
        NOT_ROOT: last.get("DynamicUser") == "yes",
        READ_ONLY: last.get("ProtectSystem") == "strict",
        NO_MORE_RIGHTS: last.get("NoNewPrivileges") == "yes",
        NO_CAPABILITIES: last.get("CapabilityBoundingSet") == "",
        APART: all(last.get(name) == "yes" for name in ("PrivateDevices", "PrivateUsers", "ProtectHome", "PrivateTmp")),
    }
    return Deployed(
        (program.removeprefix(f"{PROGRAMS}/"), *words),
        frozenset(name if path == f"{SECRETS}/{name}" else path for name, path in credentials),
        environment,
        frozenset({int(environment.get("ACCORD_PROBES", ":0").rpartition(":")[2])}),
        _mebibytes(last.get("MemoryMax", "0M")),
        frozenset(how for how, holds in confinements.items() if holds),
        int(last.get("TimeoutStopSec", "0")) if last.get("KillSignal") == "SIGTERM" else 0,
        frozenset(
            value.rpartition("accord-")[2] for key, value in entries if key in {"StateDirectory", "ReadWritePaths"}
        ),
        frozenset(value.rpartition("/accord-")[2] for key, value in entries if key == "BindReadOnlyPaths"),
    )


def of_service(service: Mapping[str, Any]) -> Deployed:
    """A process by its service in a compose file."""
    confinements = {
        NOT_ROOT: not str(service.get("user", "root")).startswith(("0", "root")),
        READ_ONLY: service.get("read_only") is True,
        NO_MORE_RIGHTS: "no-new-privileges:true" in service.get("security_opt", ()),
        NO_CAPABILITIES: service.get("cap_drop") == ["ALL"] and not service.get("cap_add"),
        APART: _is_apart(service),
    }
    look = " ".join(service.get("healthcheck", {}).get("test", ()))
    volumes = [volume.split(":") for volume in service.get("volumes", ())]
    return Deployed(
        tuple(service["command"]),
        frozenset(service.get("secrets", ())),
        service.get("environment", {}),
        frozenset(int(port) for port in re.findall(r"http://127\.0\.0\.1:(\d+)/ready", look)),
        _mebibytes(service.get("mem_limit", "0m")),
        frozenset(how for how, holds in confinements.items() if holds),
        int(service.get("stop_grace_period", "0s").removesuffix("s")),
        frozenset(volume[1].rpartition("/")[2] for volume in volumes if "ro" not in volume[2:]),
        frozenset(volume[1].rpartition("/")[2] for volume in volumes if "ro" in volume[2:]) - {"backups"},
    )


def _is_apart(service: Mapping[str, Any]) -> bool:
    """True if a service shares no device, no network, no process and no folder of its machine's."""
    spaces = {service.get(name) for name in ("network_mode", "pid", "ipc", "userns_mode")}
    has_folder = any(volume.startswith(("/", "~")) for volume in service.get("volumes", ()))
    return not (service.get("privileged") or service.get("devices") or "host" in spaces or has_folder)


def of_deployment(manifest: Mapping[str, Any]) -> Deployed:
    """A process by its Deployment."""
    pod = manifest["spec"]["template"]["spec"]
    [container] = pod["containers"]
    confined, of_pod = container.get("securityContext", {}), pod.get("securityContext", {})
    confinements = {
        NOT_ROOT: bool(confined.get("runAsNonRoot") and of_pod.get("runAsUser")),
        READ_ONLY: confined.get("readOnlyRootFilesystem") is True,
        NO_MORE_RIGHTS: confined.get("allowPrivilegeEscalation") is False,
        NO_CAPABILITIES: confined.get("capabilities") == {"drop": ["ALL"]},
        APART: not confined.get("privileged")
        and not any(pod.get(name) for name in OF_THE_MACHINE)
        and not any("hostPath" in volume for volume in pod["volumes"]),
    }
    claims = {volume["name"] for volume in pod["volumes"] if "persistentVolumeClaim" in volume}
    mounted = {mount["name"] for mount in container["volumeMounts"] if not mount.get("readOnly")}
    return Deployed(
        tuple(container["args"]),
        frozenset(_projected(pod)),
        {entry["name"]: entry.get("value", "") for entry in container["env"]},
        frozenset(_asked(container)),
        _mebibytes(container.get("resources", {}).get("limits", {}).get("memory", "0Mi")),
        frozenset(how for how, holds in confinements.items() if holds),
        pod.get("terminationGracePeriodSeconds", 30),
        frozenset(claims & mounted),
        frozenset(claims - mounted),
    )


def _projected(pod: Mapping[str, Any]) -> Iterator[str]:
    """The secrets of a pod, by the file of each. One of another name is none of ours."""
    for volume in pod["volumes"]:
        for source in volume.get("projected", {}).get("sources", ()):
            for item in source["secret"]["items"]:
                name = source["secret"]["name"].removeprefix("accord-")
                yield item["key"] if name == item["key"] == item["path"] else f"{name}/{item['key']}"


def _asked(container: Mapping[str, Any]) -> Iterator[int]:
    """The port that readiness and liveness are asked at, where both are asked there."""
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    probes = (("readinessProbe", "/ready"), ("livenessProbe", "/live"))
    looks = [(container.get(kind, {}).get("httpGet", {}), path) for kind, path in probes]
    if all(look.get("path") == path for look, path in looks):
        yield from {ports.get(look["port"], 0) for look, _ in looks}


def _mebibytes(text: str) -> int:
    return int(re.match(r"\d+", text)[0])  # type: ignore[index]
