"""Read TOML or JSON input files into models. The error message lists every field that is wrong."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from accord.presentation.faults import BadInput
from accord.presentation.numbers import count_in_words
from accord.presentation.sums import with_sums_read
from domain.values import minor_digits, short

Model = TypeVar("Model", bound=BaseModel)


def read_file(path: Path, model: type[Model]) -> Model:
    """Return the model that a TOML or JSON file describes.

    Raises:
        BadInput: The file is missing, is not TOML or JSON, or has wrong fields; the message lists all of them.
    """
    return model_of(path, parse_file(path), model)


def model_of(path: Path, content: Any, model: type[Model]) -> Model:
    """Return the model that a file's content describes, its sums read as people write them. Raises as `read_file`."""
    try:
        sums = with_sums_read(content, places_of)
    except RecursionError:
        raise BadInput(f"{path.name} has fields within fields deeper than any file of ours") from None
    try:
        described = model.model_validate(sums.content)
    except ValidationError as fault:
        raise BadInput(f"{path.name} has {faults_of(fault, sums.faults)}\n{schema_hint(model)}") from None
    if sums.faults:
        raise BadInput(f"{path.name} has {_to_mend([f'{place}: {words}' for place, words in sums.faults])}")
    return described


def places_of(currency: str) -> int:
    """Return the decimal places of a currency, or two for what is none."""
    try:
        return minor_digits(currency)
    except KeyError:
        return 2


_SEVERAL_PAYEES: Final = (
    "one partnership pays one payee: propose another partnership for each other one, and name this one in its `under`"
)
ELSEWHERE: Final = {"payees": _SEVERAL_PAYEES, "other_payees": _SEVERAL_PAYEES, "second_payee": _SEVERAL_PAYEES}
"""By a name that people try: where what they mean is said."""

MOST_FAULTS: Final = 20
"""Wrong fields that are told one by one."""


def faults_of(fault: ValidationError, sums: Sequence[tuple[str, str]] = ()) -> str:
    """Return a message with a line for each wrong field. A fault inside a list is not repeated for the list itself.

    `sums`: the sums that must be asked back, each with its place; nothing else is said of them.
    """
    errors = fault.errors()
    outer = {error["loc"][:depth] for error in errors for depth in range(len(error["loc"]))}
    places = {place for place, _ in sums}
    inner_errors = [
        error for error in errors if error["loc"] not in outer and ".".join(map(str, error["loc"])) not in places
    ]
    return _to_mend([*(f"{place}: {words}" for place, words in sums), *map(line_of, inner_errors)])


def _to_mend(lines: Sequence[str]) -> str:
    """Return a message with a line for each wrong field, up to the most that are told."""
    more = [f"  and {len(lines) - MOST_FAULTS:,} more"] if len(lines) > MOST_FAULTS else []
    fields = count_in_words(len(lines), "field")
    told = [f"  {line}" for line in lines[:MOST_FAULTS]]
    return "\n".join([f"{fields} to mend; nothing was recorded:", *told, *more])


SCHEMAS: Final = {
    "AccountDetails": "account",
    "ControlTotals": "control-totals",
    "DirectoryFile": "directory",
    "ImportMapping": "import-mapping",
    "ShadowMapping": "shadow-mapping",
    "EditionDraft": "edition-draft",
    "StatementMapping": "mapping",
    "SubrecipientsFile": "subrecipients",
}
"""The names of models in `accord schema`, by class name, where they differ from it."""


def schema_hint(model: type[BaseModel]) -> str:
    """Return a sentence that names the command which shows every field of a model."""
    name = SCHEMAS.get(model.__name__, model.__name__.lower())
    return f"`accord schema {name}` shows every field."


MOST_BYTES: Final = 1024 * 1024
"""The longest file: thousands of sub-recipients, or of staff."""
_LONGEST_KEY: Final = 64
_LONG_KEY: Final = re.compile(rf"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){{{_LONGEST_KEY}}}""")
"""Dotted parts of a key of TOML: each is a table in a table, and the work to read them grows with their square."""


def parse_file(path: Path) -> Any:
    """Return the content of a TOML or JSON file. Raises BadInput as `read_file` does."""
    kind, parse = ("JSON", json.loads) if path.suffix == ".json" else ("TOML", tomllib.loads)
    text = _text_of(path)
    if kind == "TOML" and (match := _LONG_KEY.search(text)):
        line = text.count("\n", 0, match.start()) + 1
        raise BadInput(f"{path.name}: line {line} has a key of more than {_LONGEST_KEY} parts; no field is so deep")
    try:
        return parse(text, parse_float=Decimal)
    except (ValueError, RecursionError, ArithmeticError) as fault:
        raise BadInput(f"{path.name} is not {kind}: {str(fault)[:200] or type(fault).__name__}") from None


def _text_of(path: Path) -> str:
    """Return the text of a file, if it is no longer than such a file can be."""
    try:
        with path.open("rb") as handle:
            content = handle.read(MOST_BYTES + 1)
    except OSError as fault:
        raise BadInput(f"{path} cannot be opened: {fault.strerror}") from None
    if len(content) > MOST_BYTES:
        raise BadInput(f"{path.name} has more than {MOST_BYTES:,} bytes, which no such file has; shorten or split it")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput(f"{path.name} is not UTF-8 text; save it as UTF-8") from None


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
            return f"{field}: no such field; {ELSEWHERE.get(str(error['loc'][-1]), 'remove it or correct its name')}"
        case "enum":
            return f"{field}: {short(error['input'])} is not known; write {error['ctx']['expected']}"
        case "string_pattern_mismatch":
            return f"{field}: {short(error['input'])} does not have the form {error['ctx']['pattern']}"
        case "string_too_short" | "string_too_long":
            return f"{field}: {_of_length(error)}"
        case "value_error":
            return f"{field}: {error['msg'].removeprefix('Value error, ')}"
        case _:
            return f"{field}: {error['msg']} (it says {short(error['input'])})"


def _of_length(error: ErrorDetails) -> str:
    """Return the fault of the length of a text, and the length that it may have."""
    if "max_length" in error["ctx"]:
        most = count_in_words(error["ctx"]["max_length"], "character")
        return f"{short(error['input'])} is too long; write at most {most}"
    least = count_in_words(error["ctx"]["min_length"], "character")
    return f"{short(error['input'])} is too short; write at least {least}"
