"""An attestation in words."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from domain.attestation.line import DayVerdict, Findings, LineDifference
from domain.attestation.readings import MoneySide

VERDICTS: Final[Mapping[DayVerdict, str]] = MappingProxyType(
    {
        DayVerdict.AGREES: "all four sides agree.",
        DayVerdict.DIFFERS: "the sides differ.",
        DayVerdict.NOT_KNOWN: "not all is known, and nothing differs.",
    }
)
"""Each verdict on a day, as a sentence goes on."""

SIDES: Final[Mapping[MoneySide, str]] = MappingProxyType(
    {
        MoneySide.EVENTS: "The ledger's events",
        MoneySide.POSTINGS: "The book's postings",
        MoneySide.STATEMENTS: "The bank's statements",
        MoneySide.WORKFLOWS: "Open workflows",
    }
)
"""Each side, as a sentence begins."""


DAYS: Final[Mapping[DayVerdict | None, str]] = MappingProxyType(
    {
        DayVerdict.AGREES: "All agree",
        DayVerdict.DIFFERS: "Sides differ",
        DayVerdict.NOT_KNOWN: "Not all known",
        None: "Not attested",
    }
)
"""Each verdict on a day, for a list. None is a day without a line."""

TONES: Final[Mapping[DayVerdict | None, str]] = MappingProxyType(
    {DayVerdict.AGREES: "good", DayVerdict.DIFFERS: "bad", DayVerdict.NOT_KNOWN: "warn", None: "neutral"}
)
"""The tone in which each verdict is shown."""


def summary_of(findings: Findings | None) -> str:
    """Return a day's line in a sentence: the first difference, or the first thing that is not known."""
    if findings is None:
        return "Nobody attested this day."
    count = len(findings.differences) + len(findings.unknowns) + findings.more
    more = f" And {count - 1} more." if count > 1 else ""
    if findings.differences:
        difference = findings.differences[0]
        amount = f"{difference.currency} {abs(difference.amount):,}".strip()
        return f"{SIDES[difference.side]} are {amount} apart at {difference.where}.{more}"
    if findings.unknowns:
        return f"{SIDES[findings.unknowns[0].side]}: {findings.unknowns[0].reason}.{more}"
    return "Events, postings, statements and workflows say the same."


def difference_in_words(difference: LineDifference) -> str:
    """Return a difference: which side, by how much, where, and what is said on either side."""
    amount = f"{difference.currency} {difference.amount:+,}".strip()
    day = f", {difference.day}" if difference.day is not None else ""
    account = f", account {difference.account}" if difference.account else ""
    return f"{difference.side}: {amount} at {difference.where}{account}{day}: {difference.words}"
