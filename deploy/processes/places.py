"""The settings of a deployment: those that all processes share, in one file, and those of each process alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from deploy.processes.table import CHECKPOINT_KEY, OIDC_SECRET, PROCESSES, Process
from deploy.variables import SETTINGS, Setting

OF_PEOPLE: Final = frozenset({"ACCORD_AS", "ACCORD_KEYS", "ACCORD_KEY_PASSPHRASE", "ACCORD_ERASURES"})
"""Settings that only shells read."""
OF_A_TRIAL: Final = frozenset({"ACCORD_DEBUG", "ACCORD_CODEC_TOKEN"})
"""Settings that no process in production has."""


class DeploymentPlace(NamedTuple):
    """Where processes run: where they find what they need."""

    name: str
    database: str
    temporal: str
    secrets: str
    """The folder of a process's secrets."""
    state: str
    """The folder in which each process has one of its own to write to."""
    listen: str
    """The address at which probes, metrics and pages are answered."""


RELEASE: Final = "0.3.0"
"""The release that files name: the tag of images, and the job that migrates."""
EVERYWHERE: Final = "0.0.0.0"  # noqa: S104 - of a container, of which only what is published is reached
COMPOSE: Final = DeploymentPlace(
    "compose", "postgresql://postgres:5432/accord", "temporal:7233", "/run/secrets", "/var/lib/accord", EVERYWHERE
)
SYSTEMD: Final = DeploymentPlace(
    "systemd", "postgresql://localhost:5432/accord", "localhost:7233", "%d", "/var/lib", "127.0.0.1"
)
KUBERNETES: Final = COMPOSE._replace(name="kustomize", temporal="temporal-frontend:7233", secrets="/run/secrets/accord")
PLACES: Final = (COMPOSE, SYSTEMD, KUBERNETES)


def own_settings(process: Process, place: DeploymentPlace) -> dict[str, str]:
    """Return the settings of one process: its secrets, its ports, its folders."""
    files = {
        "ACCORD_OIDC_SECRET_FILE": OIDC_SECRET.format(process.name),
        "ACCORD_CHECKPOINT_KEY": CHECKPOINT_KEY,
    }
    return {
        "ACCORD_SECRETS": place.secrets,
        "ACCORD_PROBES": f"{place.listen}:{process.probes}",
        "ACCORD_METRICS": f"{place.listen}:{process.metrics}",
        **({"ACCORD_LISTEN": place.listen} if process.pages else {}),
        **{name: f"{place.secrets}/{file}" for name, file in files.items() if file in process.beside},
        **{name: folder_of(folder, place) for name, folder in (*process.folders, *process.reads, *process.shares)},
    }


def folder_of(name: str, place: DeploymentPlace) -> str:
    """Return the path of a folder in which a process keeps something."""
    return f"{place.state}/{name if place is not SYSTEMD else f'accord-{name}'}"


def shared_settings(place: DeploymentPlace) -> dict[str, str]:
    """Return the settings that are the same for every process, with values to replace by one's own."""
    return {
        "ACCORD_DATABASE_URL": place.database,
        "TEMPORAL_ADDRESS": place.temporal,
        "TEMPORAL_NAMESPACE": "accord",
        "ACCORD_INSTALLATION": "accord",
        "ACCORD_CONSOLE_ORIGIN": "https://accord.example.org",
        "ACCORD_SIGNING_ORIGIN": "https://sign.example.org",
        "ACCORD_COUNTER_ORIGIN": "https://counter.example.org",
        "ACCORD_GRANTEE_ORIGIN": "https://forms.example.org",
        "ACCORD_OIDC_ISSUER": "https://login.example.org",
        "ACCORD_NOTICES": "https://hooks.example.org/accord",
        "ACCORD_SMTP": "smtps://accord@mail.example.org",
        "ACCORD_MAIL_FROM": "Grants <grants@example.org>",
        "ACCORD_LOG": "ledger.example.org+00000000+REPLACE-THIS-BY-LEDGER.KEY.PUB",
    }


def optional_settings(place: DeploymentPlace) -> tuple[Setting, ...]:
    """Return the settings that a deployment may have beside those."""
    names = set(shared_settings(place)) | OF_PEOPLE | OF_A_TRIAL
    names |= {name for process in PROCESSES for name in own_settings(process, place)}
    return tuple(setting for setting in SETTINGS if setting.name not in names)


def settings_file(place: DeploymentPlace) -> str:
    """Return the text of a place's file of shared settings."""
    return "".join(f"{line}\n" for line in _lines(place))


def _lines(place: DeploymentPlace) -> Iterator[str]:
    meanings = {setting.name: setting.what for setting in SETTINGS}
    yield "# What every process shares. Replace these by your own; `accord settings` says what each is."
    for name, value in shared_settings(place).items():
        yield f"# {meanings[name]}"
        yield f"{name}={value}"
    yield ""
    yield "# What may be set beside; without it, what stands in brackets holds."
    for setting in optional_settings(place):
        yield f"# {setting.what} [{setting.default}]"
        yield f"# {setting.name}="
