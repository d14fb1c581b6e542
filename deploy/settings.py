"""Find the database, Temporal and the data folders: in the environment first, then from a running stack."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Final

from deploy.logins import Login, as_user, database_of, names_user, read_secret
from deploy.variables import NotConfigured, configured

DATABASE_VARIABLE: Final = "ACCORD_DATABASE_URL"
SECRETS_VARIABLE: Final = "ACCORD_SECRETS"
DATA_VARIABLE: Final = "ACCORD_DATA"
ARCHIVE_VARIABLE: Final = "ACCORD_ARCHIVE"
METRICS_VARIABLE: Final = "ACCORD_METRICS"
PROBES_VARIABLE: Final = "ACCORD_PROBES"
BACKUPS_VARIABLE: Final = "ACCORD_BACKUPS"
INSTALLATION_VARIABLE: Final = "ACCORD_INSTALLATION"
NOTICES_VARIABLE: Final = "ACCORD_NOTICES"
KEYS_VARIABLE: Final = "ACCORD_KEYS"
PASSPHRASE_VARIABLE: Final = "ACCORD_KEY_PASSPHRASE"  # noqa: S105 - the name of a variable
AGENT_VARIABLE: Final = "ACCORD_USER_AGENT"
TOKEN_VARIABLE: Final = "ACCORD_EU_TOKEN"  # noqa: S105 - the name of a variable
PAPERS_VARIABLE: Final = "ACCORD_PAPERS"
SEALER_VARIABLE: Final = "ACCORD_SEALER"
SCAN_VARIABLE: Final = "ACCORD_SCAN"
QUARANTINE_VARIABLE: Final = "ACCORD_QUARANTINE"
ATTESTATIONS_VARIABLE: Final = "ACCORD_ATTESTATIONS"
SHADOW_VARIABLE: Final = "ACCORD_SHADOW"
EXPORTS_VARIABLE: Final = "ACCORD_SHADOW_EXPORTS"
TEMPORAL_VARIABLES: Final = ("TEMPORAL_ADDRESS", "TEMPORAL_CONFIG_FILE", "TEMPORAL_PROFILE")


@dataclass(frozen=True, slots=True)
class StackState:
    """The addresses and process ids of a running embedded stack, in `stack.json` of its data folder."""

    supervisor_pid: int
    database_url: str
    """The database's URL, without a user."""
    temporal_address: str
    ui_url: str
    pids: dict[str, int]
    console_url: str = ""
    """The origin of the console's pages, empty if none is served."""
    signing_url: str = ""
    """The origin of the page that signs."""
    counter_url: str = ""
    """The origin of the counter's pages."""
    grantee_url: str = ""
    """The origin of the forms that grantees fill by link."""
    api_url: str = ""
    """The origin of the HTTP API."""
    metrics_url: str = ""
    """The address at which the first worker's metrics are."""
    login_url: str = ""
    """The OpenID provider for trying it on one machine, which asks for no password."""
    metrics: dict[str, str] = field(default_factory=dict)
    """The addresses at which processes export metrics, by their names."""
    sealer: str = ""
    """The socket on which letters are sealed, empty if no house's key is in the folder."""


def data_folder() -> Path:
    """Return the folder that holds all state of an embedded stack: `$ACCORD_DATA`, else `.accord` in this directory."""
    return Path(configured(DATA_VARIABLE) or ".accord").resolve()


def key_folder() -> Path:
    """Return the folder of the signing keys on this machine: `$ACCORD_KEYS`, else beside the stack's state."""
    named = configured(KEYS_VARIABLE)
    return Path(named).resolve() if named else data_folder() / "keys"


def archive_folder() -> Path:
    """Return the folder of loaded register files: `$ACCORD_ARCHIVE`, else beside the stack's state."""
    named = configured(ARCHIVE_VARIABLE)
    return Path(named).resolve() if named else data_folder() / "archive"


def lists_folder() -> Path | None:
    """Return the folder of indexed sanctions lists beside the stack's state, or None if there is no data folder."""
    return data_folder() / "lists" if data_folder().is_dir() else None


def secrets_folder() -> Path:
    """Return the folder of this machine's login secrets: `$ACCORD_SECRETS`, else beside the stack's state.

    Each process is given a folder that holds its own secret and no other.
    """
    named = configured(SECRETS_VARIABLE)
    return Path(named).resolve() if named else data_folder() / "secrets"


def papers_place() -> str:
    """Return the folder or address of the store of papers, or '' if none are kept here.

    That is `$ACCORD_PAPERS`, or else a folder beside an embedded stack's state.
    """
    return configured(PAPERS_VARIABLE) or (str(data_folder() / "papers") if read_stack() is not None else "")


def sealer_socket() -> str:
    """Return the socket on which letters are sealed: `$ACCORD_SEALER`, or that of a stack, or '' if nothing seals."""
    stack = read_stack()
    return configured(SEALER_VARIABLE) or (stack.sealer if stack is not None else "")


def quarantine_place() -> str:
    """Return the folder or address of what came in by the door and was not examined yet.

    That is `$ACCORD_QUARANTINE`, or else a folder beside an embedded stack's state.

    Raises:
        NotConfigured: There is none.
    """
    place = configured(QUARANTINE_VARIABLE) or (str(data_folder() / "quarantine") if read_stack() is not None else "")
    if not place:
        raise NotConfigured(f"{QUARANTINE_VARIABLE}: no place is named; write a folder, or s3://BUCKET/PREFIX")
    return place


def attestations_folder(checkpoints: Path) -> Path:
    """Return the folder of signed attestations: `$ACCORD_ATTESTATIONS`, or else that of the checkpoints."""
    return Path(configured(ATTESTATIONS_VARIABLE) or checkpoints)


def scanner() -> str:
    """Return the malware scanner, a command or clamd's address, or '' if none is set: `$ACCORD_SCAN`."""
    return configured(SCAN_VARIABLE)


def user_agent() -> str:
    """Return our name for publishers of registers: `$ACCORD_USER_AGENT`, or else the product and its version.

    Raises:
        NotConfigured: It cannot be sent.
    """
    return configured(AGENT_VARIABLE) or f"accord/{version('accord')}"


def list_token() -> str:
    """Return the token for the European Union's sanctions list, or '' if none is set: `$ACCORD_EU_TOKEN`.

    Raises:
        NotConfigured: It cannot be a token.
    """
    return configured(TOKEN_VARIABLE)


def read_stack(folder: Path | None = None) -> StackState | None:
    """Return the stack recorded in a folder (default: the data folder), or None. The stack may have ended since."""
    try:
        return StackState(**json.loads(_state_file(folder or data_folder()).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def write_stack(folder: Path, state: StackState) -> None:
    """Record the stack for other processes. The file is replaced atomically."""
    part = folder / "stack.json.part"
    part.write_text(json.dumps(asdict(state), indent=2), "utf-8")
    part.replace(_state_file(folder))


def forget_stack(folder: Path) -> None:
    """Delete the record of a stack that has ended."""
    _state_file(folder).unlink(missing_ok=True)


def database_url(login: Login) -> str:
    """Return the database's URL with a task's login. A configured URL that names a user is used unchanged.

    Raises:
        NotConfigured: No database is configured, or the URL names none, and no embedded stack is recorded.
        SecretUnusable: The task's secret cannot be read, or others may read it.
    """
    address = _database_address()
    if names_user(address):
        return address
    if not (database := database_of(address)):
        raise NotConfigured(f"name the database in {DATABASE_VARIABLE}: postgresql://HOST/DATABASE")
    return as_user(address, login.of(database), read_secret(secrets_folder() / login))


def admin_url() -> str:
    """Return the database's URL for migrating it: as configured, or with the embedded server's own user.

    Raises:
        NotConfigured: No database is configured, or the configured URL names no user.
        SecretUnusable: The secret of the embedded server's user cannot be read, or others may read it.
    """
    address = _database_address()
    if names_user(address):
        return address
    if configured(DATABASE_VARIABLE):
        raise NotConfigured(f"say in {DATABASE_VARIABLE} who migrates: postgresql://USER:SECRET@HOST/DATABASE")
    return as_user(address, ADMIN, read_secret(data_folder() / "secrets" / ADMIN))


def installation() -> str:
    """Return the name of this installation in metrics: `$ACCORD_INSTALLATION`, else the database's name.

    Raises:
        NotConfigured: It has not its form.
    """
    if name := configured(INSTALLATION_VARIABLE):
        return name
    try:
        return database_of(_database_address()) or "accord"
    except NotConfigured:
        return "accord"


ADMIN: Final = "postgres"
"""The embedded server's own user, which only creates and migrates databases, roles and schemas."""


def _database_address() -> str:
    if url := configured(DATABASE_VARIABLE):
        return url
    if stack := read_stack():
        return stack.database_url
    raise NotConfigured(f"no database: set {DATABASE_VARIABLE}, or start the embedded stack with `accord up`")


def embedded_temporal_address() -> str | None:
    """Return the embedded Temporal server's address, or None if none runs or the environment names another."""
    if any(map(configured, TEMPORAL_VARIABLES)):
        return None
    stack = read_stack()
    return stack.temporal_address if stack else None


def _state_file(folder: Path) -> Path:
    return folder / "stack.json"
