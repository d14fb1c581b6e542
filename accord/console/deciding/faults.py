"""Faults of what was typed on a form: what to write in which field, in the words of pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from accord.console.deciding.fields import Field
from accord.presentation.refusals import refusal_in_words
from accord.presentation.words.codes import as_sentence
from accord.presentation.words.proposal.remedies import remedy, roles_said
from accord.presentation.words.values import NamesInWords


class FormFault(NamedTuple):
    """A fault of a form: the field that it is about, or '', and what to do."""

    field: str
    label: str
    words: str


def faults_on(fields: Sequence[Field], fault: Exception | None, names: NamesInWords) -> tuple[FormFault, ...]:
    """Return the faults that an exception tells, each with the field of a form that it is about."""
    if fault is None:
        return ()
    if isinstance(fault.__cause__, ValidationError):
        lines = dict.fromkeys(map(_line, fault.__cause__.errors()))
    else:
        lines = dict.fromkeys(str(fault).splitlines())
    return tuple(_fault(fields, line.strip(), names) for line in lines)


def _line(error: ErrorDetails) -> str:
    """Return a validator's fault as the path of its field and what to write there."""
    path = ".".join(str(part) for part in error["loc"] if not isinstance(part, int))
    message = error["msg"].removeprefix("Value error, ")
    words = remedy(path, error["type"], error.get("ctx", {}), message)
    return f"{path}: {words}" if path else words


def _fault(fields: Sequence[Field], line: str, names: NamesInWords) -> FormFault:
    is_by_role = roles_said(line) != line
    field = next((field for field in fields if field.is_about(line)), None)
    if field is None or is_by_role:
        return FormFault("", "", refusal_in_words(line, names))
    return FormFault(field.name, field.label, as_sentence(refusal_in_words(line.partition(": ")[2], names)))
