"""A day as it is typed in the shell: read in the one form that is never another day, or asked back with that form."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Final

import typer

_FORM: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def typed_day(text: str | datetime) -> datetime:
    """Return the midnight that begins a day, such as 2026-11-30.

    Raises:
        typer.BadParameter: It is no day, or written in a form that may be two.
    """
    if isinstance(text, datetime):  # the default of an option
        return text
    try:
        if _FORM.fullmatch(text):
            return datetime.combine(date.fromisoformat(text), time())
    except ValueError:
        pass  # such as 31 November
    raise typer.BadParameter(f"{text[:40]!r} is no day; write it like 2026-11-30")
