"""Files of forms: read whole up to a limit, and written only where there is none yet."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from accord.presentation.faults import BadInput

MOST_FORM_BYTES: Final = 1_048_576
"""The longest file that a form is read from."""


def content_of_form(path: Path) -> bytes:
    """Return the content of a form, one byte above the limit at most. Raises BadInput if it cannot be opened."""
    try:
        with path.open("rb") as file:
            return file.read(MOST_FORM_BYTES + 1)
    except OSError as fault:
        raise BadInput(f"--workbook: {path} cannot be opened: {fault.strerror}") from None


def write_form(path: Path, content: bytes) -> None:
    """Write a form to a new file. Raises BadInput if there is one, or it cannot be written."""
    try:
        with path.open("xb") as file:
            file.write(content)
    except FileExistsError:
        raise BadInput(f"--workbook: {path} is there already; name another file") from None
    except OSError as fault:
        raise BadInput(f"--workbook: {path} cannot be written: {fault.strerror}") from None
