"""Files that a command writes anew: never over one that is there."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from accord.presentation.faults import BadInput

READABLE: Final = 0o666
OWN: Final = 0o600
"""The mode of a file with a secret: its owner alone reads it, from its first byte on."""


def write_new(path: Path, content: bytes, option: str = "--out", mode: int = READABLE) -> None:
    """Write a new file. `option`: what named it. Raises BadInput if there is one, or it cannot be written."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(content)
    except FileExistsError:
        raise BadInput(f"{option}: {path} is there already; name another file") from None
    except OSError as fault:
        raise BadInput(f"{option}: {path} cannot be written: {fault.strerror}") from None
