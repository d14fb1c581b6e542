"""Units for systemd: each process under a user of its own, with its secrets as credentials and little else to touch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from deploy.processes.places import SYSTEMD, folder_of, own_settings
from deploy.processes.table import ATTESTATIONS, CHECKPOINTS, EVEN_WEIGHT, PROCESSES, Process

PROGRAMS: Final = "/opt/accord/bin"
SETTINGS_FILE: Final = "/etc/accord/settings.env"
SECRETS: Final = "/etc/accord/secrets"
"""The folder of all secrets, root's alone: systemd gives each process its own."""
TARGET: Final = "accord.target"
GRACE: Final = 45
"""Seconds between SIGTERM and SIGKILL: a worker drains for 25, the counter ends its errands in as many."""

HARDENING: Final = (
    ("DynamicUser", "yes"),
    ("NoNewPrivileges", "yes"),
    ("CapabilityBoundingSet", ""),
    ("AmbientCapabilities", ""),
    ("ProtectSystem", "strict"),
    ("ProtectHome", "yes"),
    ("PrivateTmp", "yes"),
    ("PrivateDevices", "yes"),
    ("PrivateUsers", "yes"),
    ("PrivateIPC", "yes"),
    ("DevicePolicy", "closed"),
    ("ProtectClock", "yes"),
    ("ProtectHostname", "yes"),
    ("ProtectKernelLogs", "yes"),
    ("ProtectKernelModules", "yes"),
    ("ProtectKernelTunables", "yes"),
    ("ProtectControlGroups", "yes"),
    ("ProtectProc", "invisible"),
    ("ProcSubset", "pid"),
    ("RestrictAddressFamilies", "AF_INET AF_INET6 AF_UNIX"),
    ("RestrictNamespaces", "yes"),
    ("RestrictRealtime", "yes"),
    ("RestrictSUIDSGID", "yes"),
    ("LockPersonality", "yes"),
    ("RemoveIPC", "yes"),
    ("SystemCallArchitectures", "native"),
    ("SystemCallFilter", "@system-service"),
    ("SystemCallFilter", "~@privileged @resources"),
    ("SystemCallErrorNumber", "EPERM"),
    ("UMask", "0077"),
)
"""The sandbox of every process."""

Section = tuple[str, Iterable[tuple[str, str]]]


def units() -> dict[str, str]:
    """Return the units by their names: one of each process, and the target that starts all of them."""
    wanted = " ".join(process.unit for process in PROCESSES)
    target: list[Section] = [
        ("Unit", [("Description", "Accord, with every process"), ("Wants", wanted)]),
        ("Install", [("WantedBy", "multi-user.target")]),
    ]
    return {**{process.unit: _written(_unit(process)) for process in PROCESSES}, TARGET: _written(target)}


def shared_folders() -> dict[str, str]:
    """Return the files that make the folders of several processes, each with its group (sysusers.d, tmpfiles.d)."""
    folders = dict.fromkeys(folder for process in PROCESSES for _, folder in process.shares)
    groups = "".join(f"g accord-{folder} -\n" for folder in folders)
    places = "".join(f"d {folder_of(folder, SYSTEMD)} 2770 root accord-{folder} -\n" for folder in folders)
    return {"sysusers.conf": groups, "tmpfiles.conf": places}


def _unit(process: Process) -> list[Section]:
    return [
        (
            "Unit",
            [
                ("Description", f"Accord: {process.task}"),
                ("Wants", "network-online.target"),
                ("After", " ".join(("network-online.target", *_writers(process)))),
                ("PartOf", TARGET),
            ],
        ),
        ("Service", _service(process)),
        ("Install", [("WantedBy", TARGET)]),
    ]


def _writers(process: Process) -> Iterator[str]:
    """The units of those who write what a process reads: their folders must be there."""
    for other in PROCESSES:
        if set(other.folders) & set(process.reads):
            yield other.unit


def _service(process: Process) -> Iterator[tuple[str, str]]:
    yield "Type", "exec"
    yield "ExecStart", " ".join((f"{PROGRAMS}/{process.command[0]}", *process.command[1:]))
    yield "EnvironmentFile", SETTINGS_FILE
    for name, value in own_settings(process, SYSTEMD).items():
        yield "Environment", f"{name}={value}"
    for file in process.secrets:
        yield "LoadCredential", f"{file}:{SECRETS}/{file}"
    for setting, folder in process.folders:
        yield "StateDirectory", f"accord-{folder}"
        yield "StateDirectoryMode", "0755" if (setting, folder) in (*CHECKPOINTS, *ATTESTATIONS) else "0700"
    for _, folder in process.shares:
        yield "SupplementaryGroups", f"accord-{folder}"
        yield "ReadWritePaths", folder_of(folder, SYSTEMD)
    for _, folder in process.reads:
        yield "BindReadOnlyPaths", f"-/var/lib/private/accord-{folder}:{SYSTEMD.state}/accord-{folder}"
    yield "Restart", "always"
    yield "RestartSec", "10"
    yield "KillSignal", "SIGTERM"
    yield "TimeoutStopSec", str(GRACE)
    yield "MemoryMax", f"{process.memory}M"
    yield "TasksMax", "512"
    if process.weight != EVEN_WEIGHT:
        yield "CPUWeight", str(process.weight)
        yield "IOWeight", str(process.weight)
    yield from HARDENING
    if process.shares:
        yield "UMask", "0007"  # what it writes there, the group of that folder reads and removes


def _written(sections: Iterable[Section]) -> str:
    blocks = (f"[{name}]\n" + "".join(f"{key}={value}\n" for key, value in entries) for name, entries in sections)
    return "\n".join(blocks)
