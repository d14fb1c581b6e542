"""The parameters of a request: each is read by a form of its own, and one that cannot be read is named."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final, NamedTuple

from starlette.datastructures import QueryParams

from accord.api.faults import ApiProblem

MOST_EVENTS: Final = 1000
"""The most events of one answer."""
LARGEST: Final = 2**53 - 1
"""The largest whole number that every reader of JSON holds exactly (RFC 7493)."""


LONGEST: Final = 200
"""The most letters of a text."""


class ParameterForm(NamedTuple):
    """The form of a parameter's text."""

    read: Callable[[str], Any]
    """Returns its value. Raises ValueError for a text without that form."""
    schema: Mapping[str, Any]
    """The same in OpenAPI's words."""
    example: str
    """What to write instead, in words."""


class Parameter(NamedTuple):
    """A parameter of the address: in the query or, where the path names it, in the path."""

    name: str
    what: str
    form: ParameterForm
    default: Any = None
    """The value without it."""
    required: bool = False


def whole_number(smallest: int, largest: int = LARGEST) -> ParameterForm:
    """Return the form of a whole number between two, both included."""

    def read(text: str) -> int:
        if not re.fullmatch(r"0|[1-9][0-9]{0,15}", text) or not smallest <= int(text) <= largest:
            raise ValueError(text)
        return int(text)

    schema = {"type": "integer", "minimum": smallest, "maximum": largest}
    return ParameterForm(read, schema, f"a whole number from {smallest} to {largest}")


def pattern(expression: str, example: str) -> ParameterForm:
    """Return the form of a text that matches a regular expression from its beginning to its end."""

    def read(text: str) -> str:
        if not re.fullmatch(expression, text):
            raise ValueError(text)
        return text

    return ParameterForm(read, {"type": "string", "pattern": f"^{expression}$"}, example)


def text(example: str) -> ParameterForm:
    """Return the form of a short text on one line."""

    def read(text_form: str) -> str:
        if len(text_form) > LONGEST or not text_form.isprintable():
            raise ValueError(text_form)
        return text_form

    return ParameterForm(read, {"type": "string", "maxLength": LONGEST}, f"{example}, on one line")


def day(example: str) -> ParameterForm:
    """Return the form of a day that the calendar has."""

    def read(text_form: str) -> str:
        if date.fromisoformat(text_form).isoformat() != text_form:
            raise ValueError(text_form)
        return text_form

    return ParameterForm(read, {"type": "string", "format": "date"}, f"a day such as {example}")


def read_parameters(parameters: tuple[Parameter, ...], query: QueryParams, path: Mapping[str, str]) -> dict[str, Any]:
    """Return the value of each parameter of a request, by its name.

    Raises:
        ApiProblem: One is missing, stands there twice, has not its form, or is none of this path's.
    """
    names = [parameter.name for parameter in parameters if parameter.name not in path]
    for name in query:
        if name not in names:
            takes = f"it takes {', '.join(names)}" if names else "it takes none"
            raise ApiProblem(400, _place(name), "this path has no such parameter", takes)
    return {parameter.name: _read(parameter, query, path) for parameter in parameters}


def _read(parameter: Parameter, query: QueryParams, path: Mapping[str, str]) -> Any:
    texts = [path[parameter.name]] if parameter.name in path else query.getlist(parameter.name)
    if len(texts) > 1:
        raise ApiProblem(400, _place(parameter.name), "it stands there more than once", "write it once")
    if not texts:
        if parameter.required:
            raise ApiProblem(400, _place(parameter.name), "it is missing", f"write {parameter.form.example}")
        return parameter.default
    try:
        return parameter.form.read(texts[0])
    except ValueError:
        fault = f"{texts[0][:60]!r} has not its form"
        raise ApiProblem(400, _place(parameter.name), fault, f"write {parameter.form.example}") from None


def _place(name: str) -> str:
    return f"parameter {name[:60]}"
