"""Read what people write: TOML or JSON, into a value, or one message that lists every field that is wrong."""

from __future__ import annotations

import json
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from commands.faults import BadInput

Model = TypeVar("Model", bound=BaseModel)


def read_file(path: Path, model: type[Model]) -> Model:
    """Return the value that a file describes.

    Raises:
        BadInput: The file is missing, not TOML or JSON, or has fields that are wrong; all of them are listed.
    """
    content = _parse(path)
    try:
        return model.model_validate(content)
    except ValidationError as fault:
        lines = "\n".join(f"  {_line(error)}" for error in fault.errors())
        count = fault.error_count()
        raise BadInput(
            f"{path.name} has {count} field{'s' if count > 1 else ''} to mend; nothing was recorded:\n{lines}\n"
            f"`accord schema {model.__name__.lower()}` shows every field."
        ) from None


def _parse(path: Path) -> Any:
    kind, parse = ("JSON", json.loads) if path.suffix == ".json" else ("TOML", tomllib.loads)
    try:
        text = path.read_text("utf-8")
    except OSError as fault:
        raise BadInput(f"{path} cannot be opened: {fault.strerror}") from None
    except UnicodeDecodeError:
        raise BadInput(f"{path.name} is not UTF-8 text; save it as UTF-8") from None
    try:
        return parse(text, parse_float=Decimal)
    except ValueError as fault:
        raise BadInput(f"{path.name} is not {kind}: {fault}") from None


def _line(error: ErrorDetails) -> str:
    field = ".".join(str(part) for part in error["loc"]) or "the file as a whole"
    match error["type"]:
        case "missing":
            return f"{field}: missing; add it"
        case "extra_forbidden":
            return f"{field}: no such field; remove it or correct its name"
        case "enum":
            return f"{field}: {error['input']!r} is not known; write {error['ctx']['expected']}"
        case "string_pattern_mismatch":
            return f"{field}: {error['input']!r} does not have the form {error['ctx']['pattern']}"
        case "value_error":
            return f"{field}: {error['msg'].removeprefix('Value error, ')}"
        case _:
            return f"{field}: {error['msg']} (it says {_short(error['input'])})"


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
