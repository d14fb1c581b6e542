"""Read TOML or JSON input files into models; the error message lists every field that is wrong."""

from __future__ import annotations

import json
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from accord.client.faults import BadInput
from domain.values import short

Model = TypeVar("Model", bound=BaseModel)


def read_file(path: Path, model: type[Model]) -> Model:
    """Return the model that a TOML or JSON file describes.

    Raises:
        BadInput: The file is missing, is not TOML or JSON, or has wrong fields; the message lists all of them.
    """
    content = parse_file(path)
    try:
        return model.model_validate(content)
    except ValidationError as fault:
        raise BadInput(f"{path.name} has {faults_of(fault)}\n{schema_hint(model)}") from None


def faults_of(fault: ValidationError) -> str:
    """Return a message with a line for each wrong field; a fault inside a list is not repeated for the list itself."""
    errors = fault.errors()
    places = [error["loc"] for error in errors]
    told = [error for error in errors if not any(_is_inside(place, error["loc"]) for place in places)]
    lines = "\n".join(f"  {line_of(error)}" for error in told)
    return f"{len(told)} field{'s' if len(told) > 1 else ''} to mend; nothing was recorded:\n{lines}"


def _is_inside(place: tuple[int | str, ...], outer: tuple[int | str, ...]) -> bool:
    return len(place) > len(outer) and place[: len(outer)] == outer


SCHEMAS: Final = {"AccountDetails": "account", "DirectoryFile": "directory", "SubrecipientsFile": "subrecipients"}
"""The names of models in `accord schema`, by class name, where they differ from it."""


def schema_hint(model: type[BaseModel]) -> str:
    """Return a sentence that names the command which shows every field of a model."""
    name = SCHEMAS.get(model.__name__, model.__name__.lower())
    return f"`accord schema {name}` shows every field."


def parse_file(path: Path) -> Any:
    """Return what a TOML or JSON file holds. Raises BadInput as `read_file` does."""
    kind, parse = ("JSON", json.loads) if path.suffix == ".json" else ("TOML", tomllib.loads)
    try:
        text = path.read_text("utf-8-sig")
    except OSError as fault:
        raise BadInput(f"{path} cannot be opened: {fault.strerror}") from None
    except UnicodeDecodeError:
        raise BadInput(f"{path.name} is not UTF-8 text; save it as UTF-8") from None
    try:
        return parse(text, parse_float=Decimal)
    except (ValueError, RecursionError, ArithmeticError) as fault:
        raise BadInput(f"{path.name} is not {kind}: {str(fault)[:200] or type(fault).__name__}") from None


def lines_of(fault: ValidationError) -> str:
    """Return the faults of a model built from command-line options, in one line."""
    return "; ".join(line_of(error).removeprefix("the file as a whole: ") for error in fault.errors())


def line_of(error: ErrorDetails) -> str:
    """Return one fault in words: the field, what is wrong, the remedy."""
    field = ".".join(str(part) for part in error["loc"]) or "the file as a whole"
    match error["type"]:
        case "missing":
            return f"{field}: missing; add it"
        case "extra_forbidden":
            return f"{field}: no such field; remove it or correct its name"
        case "enum":
            return f"{field}: {short(error['input'])} is not known; write {error['ctx']['expected']}"
        case "string_pattern_mismatch":
            return f"{field}: {short(error['input'])} does not have the form {error['ctx']['pattern']}"
        case "value_error":
            return f"{field}: {error['msg'].removeprefix('Value error, ')}"
        case _:
            return f"{field}: {error['msg']} (it says {short(error['input'])})"
