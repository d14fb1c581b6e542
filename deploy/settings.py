"""Where Accord finds its database, Temporal and its data folder: the environment first, then a running stack."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

DATABASE_VARIABLE: Final = "ACCORD_DATABASE_URL"
DATA_VARIABLE: Final = "ACCORD_DATA"
ARCHIVE_VARIABLE: Final = "ACCORD_ARCHIVE"
KEYS_VARIABLE: Final = "ACCORD_KEYS"
PASSPHRASE_VARIABLE: Final = "ACCORD_KEY_PASSPHRASE"  # noqa: S105 - the name of a variable
TEMPORAL_VARIABLES: Final = ("TEMPORAL_ADDRESS", "TEMPORAL_CONFIG_FILE", "TEMPORAL_PROFILE")


class NotConfigured(ConnectionError):
    """Neither the environment nor a running stack says where a service is."""


@dataclass(frozen=True, slots=True)
class StackState:
    """What a running embedded stack tells other processes, in `stack.json` of its data folder."""

    supervisor_pid: int
    database_url: str
    temporal_address: str
    ui_url: str
    pids: dict[str, int]


def data_folder() -> Path:
    """Return the one folder that holds all state of an embedded stack: `$ACCORD_DATA`, else `.accord` here."""
    return Path(os.environ.get(DATA_VARIABLE) or ".accord").resolve()


def key_folder() -> Path:
    """Return where the keys of those who work at this machine are: `$ACCORD_KEYS`, else beside the stack's state."""
    written = os.environ.get(KEYS_VARIABLE)
    return Path(written).resolve() if written else data_folder() / "keys"


def archive_folder() -> Path:
    """Return where loaded register files are kept: `$ACCORD_ARCHIVE`, else beside the stack's state."""
    written = os.environ.get(ARCHIVE_VARIABLE)
    return Path(written).resolve() if written else data_folder() / "archive"


def read_stack(folder: Path | None = None) -> StackState | None:
    """Return the stack that is said to run in a folder, or None."""
    try:
        return StackState(**json.loads(_state_file(folder or data_folder()).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def write_stack(folder: Path, state: StackState) -> None:
    """Tell other processes where the stack is. The file appears whole or not at all."""
    part = folder / "stack.json.part"
    part.write_text(json.dumps(asdict(state), indent=2), "utf-8")
    part.replace(_state_file(folder))


def forget_stack(folder: Path) -> None:
    """Tell other processes that no stack runs here any more."""
    _state_file(folder).unlink(missing_ok=True)


def database_url() -> str:
    """Return the database's address. Raises NotConfigured."""
    if url := os.environ.get(DATABASE_VARIABLE):
        return url
    if stack := read_stack():
        return stack.database_url
    raise NotConfigured(f"no database: set {DATABASE_VARIABLE}, or start the embedded stack with `accord up`")


def embedded_temporal_address() -> str | None:
    """Return the embedded server's address, unless the environment names a server of its own."""
    if any(os.environ.get(name) for name in TEMPORAL_VARIABLES):
        return None
    stack = read_stack()
    return stack.temporal_address if stack else None


def _state_file(folder: Path) -> Path:
    return folder / "stack.json"
