"""The content that makes an equivalency determination count, from edition 2026.5 on (rules 3.5, 4.7)."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from typing import Final

from domain.grants import EquivalencyDetermination
from domain.parties import DocumentKind

SUPPORTED_PUBLICLY: Final = frozenset({"170(b)(1)(a)(vi)", "509(a)(2)"})
"""Conclusions that rest on public support, and so on a test of five years."""

CONCLUSIONS: Final = SUPPORTED_PUBLICLY | {
    *(f"170(b)(1)(a)({paragraph})" for paragraph in ("i", "ii", "iii", "iv", "v")),
    "509(a)(1)",
    "509(a)(3)",
    "4940(d)(2)",
}
"""The conclusions on which a grantee is treated as a public charity (26 CFR 53.4945-5(a)(5)), in lower case."""

_BEFORE_A_PARAGRAPH: Final = re.compile(r"^(irc|section|sec\.?|s\.|§)")

CHECKED_WITHIN: Final = 12
"""The months before a determination within which blocked persons must have been checked."""


def conclusion_of(given: EquivalencyDetermination) -> str | None:
    """Return the paragraph that a determination concludes with, in lower case, or None if not among `CONCLUSIONS`."""
    said = re.sub(r"\s", "", given.basis or "").casefold()
    while (bare := _BEFORE_A_PARAGRAPH.sub("", said)) != said:
        said = bare
    return said if said in CONCLUSIONS else None


def faults_of(given: EquivalencyDetermination, funder_id: str, on: date) -> tuple[str, ...]:
    """Return each reason why a determination does not count for a funder on a day, or () if it counts."""
    return (*_gaps(given), *_other_paper(given), *_conclusion(given), *_check(given, on), *_days(given, funder_id, on))


def unnamed_in(given: EquivalencyDetermination) -> tuple[str, ...]:
    """Return the facts missing from a determination, each by its field.

    A person asks for them, and they are no fault.
    """
    asked = {
        "practitioner_name, who gave it": given.practitioner_name is None,
        "credential, what lets them practise": given.credential is None,
        "year_ended_on, the last day of the tax year of its facts": given.year_ended_on is None,
        "certificate, the number of the repository's": given.repository is not None and given.certificate is None,
        "repository, whose certificate it is": given.certificate is not None and given.repository is None,
    }
    return tuple(what for what, missing in asked.items() if missing)


def last_day_of(given: EquivalencyDetermination) -> date:
    """Return the last day on which a determination may count: its own, or the law's if that is sooner.

    That is the end of the grantee's tax year after that of its facts, or of the second year after a test of support.
    """
    ended = _year_end(given)
    if ended is None:
        return given.valid_until
    years = 2 if conclusion_of(given) in SUPPORTED_PUBLICLY else 1
    return min(given.valid_until, _months_after(ended, 12 * years))


def _year_end(given: EquivalencyDetermination) -> date | None:
    """Return the last day of the tax year of the facts or, if it is not given, of the calendar year."""
    if given.year_ended_on is not None or given.data_year is None:
        return given.year_ended_on
    return date(given.data_year, 12, 31)


def _gaps(given: EquivalencyDetermination) -> Iterator[str]:
    lacking = {
        "the paper itself (its SHA-256, who keeps it, and the verifier who read it)": given.paper is None,
        "its basis": given.basis is None,
        "the year that its facts are from": given.data_year is None,
        "the day on which blocked persons were checked": given.blocked_checked_on is None,
        "the statement that no blocked person is involved": given.blocked_check is not True,
    }
    yield from (f"it lacks {what}" for what, missing in lacking.items() if missing)


def _other_paper(given: EquivalencyDetermination) -> Iterator[str]:
    if given.paper is not None and given.paper.kind is not DocumentKind.EQUIVALENCY:
        yield f"its paper is of kind {given.paper.kind.value}; file the advice itself, of kind EQUIVALENCY"


def _conclusion(given: EquivalencyDetermination) -> Iterator[str]:
    if given.basis is not None and not conclusion_of(given):
        yield f"{given.basis!r} is no conclusion that the law knows; write the paragraph alone, such as 509(a)(2)"


def _check(given: EquivalencyDetermination, on: date) -> Iterator[str]:
    checked = given.blocked_checked_on
    if checked is not None and checked < _months_after(given.issued_on, -CHECKED_WITHIN):
        yield f"blocked persons were checked on {checked}, over {CHECKED_WITHIN} months before it was given"
    if checked is not None and checked > on:
        yield f"blocked persons are said to be checked on {checked}, which is later than {on}"


def _days(given: EquivalencyDetermination, funder_id: str, on: date) -> Iterator[str]:
    if given.funder != funder_id:
        yield f"it was given to {given.funder}, not to us"
    if given.issued_on > on:
        yield f"it is dated later than {on}"
    if on > (last := last_day_of(given)):
        yield f"it was good until {last}, and is not current on {on}"
    ended, year = given.year_ended_on, given.data_year
    if ended is not None and year is not None and ended.year not in {year, year + 1}:
        yield f"its facts are of {year}, and that year is said to end on {ended}"
    begun = _months_after(end, -12) if (end := _year_end(given)) else None
    if begun is not None and begun >= given.issued_on:
        yield f"its facts are of a year that had not begun when it was given, on {given.issued_on}"


def _months_after(day: date, months: int) -> date:
    """Return the day of so many months later, or before if negative. The last day of a month stays the last."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last, is_last = monthrange(years, month + 1)[1], day.day == monthrange(day.year, day.month)[1]
    return date(years, month + 1, last if is_last else min(day.day, last))
