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


def conclusion_of(determination: EquivalencyDetermination) -> str | None:
    """Return the paragraph that a determination concludes with, in lower case, or None if not among `CONCLUSIONS`."""
    conclusion = re.sub(r"\s", "", determination.basis or "").casefold()
    while (bare := _BEFORE_A_PARAGRAPH.sub("", conclusion)) != conclusion:
        conclusion = bare
    return conclusion if conclusion in CONCLUSIONS else None


def faults_of(determination: EquivalencyDetermination, funder_id: str, on: date) -> tuple[str, ...]:
    """Return each reason why a determination does not count for a funder on a day, or () if it counts."""
    return (
        *_gaps(determination),
        *_other_paper(determination),
        *_conclusion(determination),
        *_check(determination, on),
        *_days(determination, funder_id, on),
    )


def unnamed_in(determination: EquivalencyDetermination) -> tuple[str, ...]:
    """Return the facts missing from a determination, each by its field.

    A person asks for them, and they are no fault.
    """
    gaps = {
        "practitioner_name, who gave it": determination.practitioner_name is None,
        "credential, what lets them practise": determination.credential is None,
        "year_ended_on, the last day of the tax year of its facts": determination.year_ended_on is None,
        "certificate, the number of the repository's": determination.repository is not None
        and determination.certificate is None,
        "repository, whose certificate it is": determination.certificate is not None
        and determination.repository is None,
    }
    return tuple(gap for gap, missing in gaps.items() if missing)


def last_day_of(determination: EquivalencyDetermination) -> date:
    """Return the last day on which a determination may count: its own, or the law's if that is sooner.

    That is the end of the grantee's tax year after that of its facts, or of the second year after a test of support.
    """
    year_end = _year_end(determination)
    if year_end is None:
        return determination.valid_until
    years = 2 if conclusion_of(determination) in SUPPORTED_PUBLICLY else 1
    return min(determination.valid_until, _months_after(year_end, 12 * years))


def _year_end(determination: EquivalencyDetermination) -> date | None:
    """Return the last day of the tax year of the facts or, if it is not given, of the calendar year."""
    if determination.year_ended_on is not None or determination.data_year is None:
        return determination.year_ended_on
    return date(determination.data_year, 12, 31)


def _gaps(determination: EquivalencyDetermination) -> Iterator[str]:
    lacking = {
        "the paper itself (its SHA-256, who keeps it, and the verifier who read it)": determination.paper is None,
        "its basis": determination.basis is None,
        "the year that its facts are from": determination.data_year is None,
        "the day on which blocked persons were checked": determination.blocked_checked_on is None,
        "the statement that no blocked person is involved": determination.blocked_check is not True,
    }
    yield from (f"it lacks {gap}" for gap, missing in lacking.items() if missing)


def _other_paper(determination: EquivalencyDetermination) -> Iterator[str]:
    if determination.paper is not None and determination.paper.kind is not DocumentKind.EQUIVALENCY:
        yield f"its paper is of kind {determination.paper.kind.value}; file the advice itself, of kind EQUIVALENCY"


def _conclusion(determination: EquivalencyDetermination) -> Iterator[str]:
    if determination.basis is not None and not conclusion_of(determination):
        yield (
            f"{determination.basis!r} is no conclusion that the law knows; write the paragraph alone, such as 509(a)(2)"
        )


def _check(determination: EquivalencyDetermination, on: date) -> Iterator[str]:
    check_day = determination.blocked_checked_on
    if check_day is not None and check_day < _months_after(determination.issued_on, -CHECKED_WITHIN):
        yield f"blocked persons were checked on {check_day}, over {CHECKED_WITHIN} months before it was given"
    if check_day is not None and check_day > on:
        yield f"blocked persons are said to be checked on {check_day}, which is later than {on}"


def _days(determination: EquivalencyDetermination, funder_id: str, on: date) -> Iterator[str]:
    if determination.funder != funder_id:
        yield f"it was given to {determination.funder}, not to us"
    if determination.issued_on > on:
        yield f"it is dated later than {on}"
    if on > (last := last_day_of(determination)):
        yield f"it was good until {last}, and is not current on {on}"
    year_end, year = determination.year_ended_on, determination.data_year
    if year_end is not None and year is not None and year_end.year not in {year, year + 1}:
        yield f"its facts are of {year}, and that year is said to end on {year_end}"
    year_start = _months_after(end, -12) if (end := _year_end(determination)) else None
    if year_start is not None and year_start >= determination.issued_on:
        yield f"its facts are of a year that had not begun when it was given, on {determination.issued_on}"


def _months_after(day: date, months: int) -> date:
    """Return the day of so many months later, or before if negative. The last day of a month stays the last."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last, is_last = monthrange(years, month + 1)[1], day.day == monthrange(day.year, day.month)[1]
    return date(years, month + 1, last if is_last else min(day.day, last))
