"""Compose files for one machine: PostgreSQL, Temporal and every process, and for a trial an OpenID provider."""

from __future__ import annotations

from typing import Any, Final

from deploy.processes.places import COMPOSE, RELEASE, own_settings, shared_settings
from deploy.processes.table import EVEN_WEIGHT, PROCESSES, SMTP_SECRET, Process
from deploy.processes.units import GRACE

USER: Final = "65532:65532"
IMAGE: Final = f"${{ACCORD_IMAGE:-accord:{RELEASE}}}"
TRIAL_IMAGE: Final = f"${{ACCORD_TRIAL_IMAGE:-accord-trial:{RELEASE}}}"
POSTGRES_IMAGE: Final = "${POSTGRES_IMAGE:-postgres:17}"
TEMPORAL_IMAGE: Final = "${TEMPORAL_IMAGE:-temporalio/auto-setup:1.29}"
ADMIN: Final = "postgresql://admin:${ACCORD_ADMIN_SECRET:?write one into .env}@"
PROVIDER_PORT: Final = 9000
"""The port of the OpenID provider of a trial, which asks for no password."""

MAIL_PORT: Final = 2525
"""The port of a server for mail in a trial: whoever wants to see mail starts one there."""

Service = dict[str, Any]
CONFINED: Final[Service] = {
    "user": USER,
    "read_only": True,
    "cap_drop": ["ALL"],
    "security_opt": ["no-new-privileges:true"],
    "tmpfs": ["/tmp:size=64m,mode=1777"],  # noqa: S108 - of the container alone
}
"""What no process of ours may do."""
EVEN_SHARES: Final = 1024
"""The shares of processors that a container has where its file names none."""
LOGGING: Final = {"driver": "json-file", "options": {"max-size": "50m", "max-file": "5"}}


def compose() -> dict[str, Any]:
    """Return the compose file for one machine, behind a proxy that speaks https."""
    services = {process.name: _process(process) for process in PROCESSES}
    services["signer"]["volumes"].append("./backups:/backups:ro")
    services["signer"]["environment"]["ACCORD_BACKUPS"] = "/backups"
    return {
        "name": "accord",
        "services": {"postgres": _postgres(), "temporal": _temporal(), "migrate": _migrate(), **services},
        "secrets": {file: {"file": f"./secrets/{file}"} for file in sorted(_files())},
        "volumes": {name: {} for name in ("postgres", *sorted(_folders()))},
    }


def trial() -> dict[str, Any]:
    """Return the compose file for a trial on one machine by http://localhost, where nobody is asked for a password.

    All share one network, that of PostgreSQL, since browsers sign without https at localhost alone.
    """
    found = compose()
    services = found["services"]
    origins = {name: f"http://localhost:{port}" for process in PROCESSES for name, port in process.pages} | {
        "ACCORD_OIDC_ISSUER": f"http://localhost:{PROVIDER_PORT}",
        "ACCORD_NOTICES": "true",
        "ACCORD_SMTP": f"smtp://localhost:{MAIL_PORT}",
    }
    for name, service in services.items():
        service.pop("ports", None)
        if name != "postgres":
            service["network_mode"] = "service:postgres"
    addresses = {"ACCORD_DATABASE_URL": "postgresql://localhost:5432/accord", "TEMPORAL_ADDRESS": "localhost:7233"}
    for process in PROCESSES:
        environment = services[process.name]["environment"]
        environment |= {"AUTHLIB_INSECURE_TRANSPORT": "1"} if process.pages else {}
        environment |= addresses | origins
        environment.pop("ACCORD_OIDC_SECRET_FILE", None)
        services[process.name]["secrets"] = [file for file in process.secrets if not _is_of_others(file)]
    services["temporal"]["environment"]["POSTGRES_SEEDS"] = "localhost"
    services["migrate"]["environment"]["ACCORD_DATABASE_URL"] = f"{ADMIN}localhost:5432/accord"
    services["postgres"]["ports"] = _published([port for process in PROCESSES for _, port in process.pages])
    services["postgres"]["ports"] += _published([PROVIDER_PORT])
    services["login"] = _provider(addresses)
    found["secrets"] = {file: where for file, where in found["secrets"].items() if not _is_of_others(file)}
    return {**found, "name": "accord-trial"}


def _is_of_others(file: str) -> bool:
    """True for a secret that others hand out: a trial has no account with a provider, or at a server for mail."""
    return file.startswith("oidc") or file == SMTP_SECRET


def _process(process: Process) -> Service:
    service: Service = {
        "image": IMAGE,
        "command": list(process.command),
        **CONFINED,
        "env_file": ["settings.env"],
        "environment": own_settings(process, COMPOSE),
        "secrets": list(process.secrets),
        "mem_limit": f"{process.memory}m",
        "pids_limit": 512,
        "stop_grace_period": f"{GRACE}s",
        "restart": "unless-stopped",
        "healthcheck": _probed(process.probes),
        "depends_on": {
            "postgres": {"condition": "service_healthy"},
            "temporal": {"condition": "service_started"},
            "migrate": {"condition": "service_completed_successfully"},
        },
        "logging": LOGGING,
    }
    if process.weight != EVEN_WEIGHT:
        service["cpu_shares"] = process.weight * EVEN_SHARES // EVEN_WEIGHT
    volumes = [f"{folder}:{COMPOSE.state}/{folder}" for _, folder in (*process.folders, *process.shares)]
    volumes += [f"{folder}:{COMPOSE.state}/{folder}:ro" for _, folder in process.reads]
    if volumes:
        service["volumes"] = volumes
    if process.pages:
        service["ports"] = _published([port for _, port in process.pages])
    return service


def _published(ports: list[int]) -> list[str]:
    """The ports that the machine's own proxy reaches, and nobody else."""
    return [f"127.0.0.1:{port}:{port}" for port in ports]


def _probed(port: int) -> Service:
    look = f"import urllib.request; urllib.request.urlopen('http://127.0.0.1:{port}/ready', timeout=8)"
    return {
        "test": ["CMD", "python", "-c", look],
        "interval": "30s",
        "timeout": "10s",
        "retries": 3,
        "start_period": "60s",
    }


def _postgres() -> Service:
    return {
        "image": POSTGRES_IMAGE,
        "environment": {
            "POSTGRES_USER": "admin",
            "POSTGRES_DB": "accord",
            "POSTGRES_PASSWORD": "${ACCORD_ADMIN_SECRET:?write one into .env}",
        },
        "volumes": ["postgres:/var/lib/postgresql/data"],
        "shm_size": "128m",
        "mem_limit": "768m",
        "stop_grace_period": "60s",
        "restart": "unless-stopped",
        "healthcheck": {
            "test": ["CMD", "pg_isready", "--username=admin", "--dbname=accord"],
            "interval": "10s",
            "timeout": "5s",
            "retries": 6,
        },
        "logging": LOGGING,
    }


def _temporal() -> Service:
    return {
        "image": TEMPORAL_IMAGE,
        "environment": {
            "DB": "postgres12",
            "DB_PORT": "5432",
            "POSTGRES_SEEDS": "postgres",
            "POSTGRES_USER": "admin",
            "POSTGRES_PWD": "${ACCORD_ADMIN_SECRET:?write one into .env}",
            "DEFAULT_NAMESPACE": shared_settings(COMPOSE)["TEMPORAL_NAMESPACE"],
            "DEFAULT_NAMESPACE_RETENTION": "720h",
        },
        "mem_limit": "768m",
        "restart": "unless-stopped",
        "depends_on": {"postgres": {"condition": "service_healthy"}},
        "logging": LOGGING,
    }


def _migrate() -> Service:
    return {
        "image": IMAGE,
        "command": ["accord", "migrate", "--logins", "/secrets"],
        **CONFINED,
        "environment": {"ACCORD_DATABASE_URL": f"{ADMIN}postgres:5432/accord"},
        "volumes": ["./secrets:/secrets"],
        "mem_limit": "256m",
        "restart": "no",
        "depends_on": {"postgres": {"condition": "service_healthy"}},
        "logging": LOGGING,
    }


def _provider(addresses: dict[str, str]) -> Service:
    return {
        "image": TRIAL_IMAGE,
        "command": ["python", "-m", "accord.demo.sign_in", str(PROVIDER_PORT)],
        **CONFINED,
        "network_mode": "service:postgres",
        "environment": {**addresses, "ACCORD_SECRETS": COMPOSE.secrets, "AUTHLIB_INSECURE_TRANSPORT": "1"},
        "secrets": ["reader"],
        "mem_limit": "256m",
        "restart": "unless-stopped",
        "logging": LOGGING,
    }


def _files() -> set[str]:
    return {file for process in PROCESSES for file in process.secrets}


def _folders() -> set[str]:
    return {folder for process in PROCESSES for _, folder in (*process.folders, *process.shares)}
