"""Files of forms: read whole up to a limit."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Final

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


def proposal_to_fill(path: Path) -> tuple[dict[str, Any], str]:
    """Return the content of a proposal's file, and the currency of its grant. Raises BadInput if it has none."""
    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as fault:
        raise BadInput(f"--into: {path} is no proposal's file ({fault}); make one with `accord new`") from None
    try:
        currency = content["funds_out"]["tranches"][0]["money"]["currency"]
    except (KeyError, IndexError, TypeError):
        raise BadInput(
            f"--into: {path} has no payment in funds_out.tranches; add one, which says the currency"
        ) from None
    return content, str(currency)


def write_filled(path: Path, content: dict[str, Any], budget: dict[str, Any]) -> None:
    """Write a proposal's file anew with a budget in it: the whole of it, or nothing."""
    filled_content = {**content, "funds_out": {**content["funds_out"], "budget": budget}}
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_text(json.dumps(filled_content, indent=2, ensure_ascii=False) + "\n", "utf-8")
        beside.replace(path)
    except OSError as fault:
        beside.unlink(missing_ok=True)
        raise BadInput(f"--into: {path} cannot be written: {fault.strerror}") from None
