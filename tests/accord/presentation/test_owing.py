"""What is owed names who owes it, how far its day is away, and no code of the record."""

from __future__ import annotations

from datetime import date

import pytest

from accord.presentation.words.codes import REGISTER_WORDS, in_plain_words
from accord.presentation.words.days import due_in_words
from accord.presentation.words.owing import debtor_in_words
from accord.presentation.words.papers import paper_in_words
from domain.partnership.waiting.deadlines import Wait
from domain.partnership.waiting.owing import ObligationKind
from domain.policy.conditions import ConditionId
from registers.sources.catalogue import REGISTERS

EVERY_KIND = [*ObligationKind, *Wait, *ConditionId, "TRUTH"]


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_everything_that_is_owed_is_owed_by_somebody(kind: str) -> None:
    """Given a kind of obligation, of wait or of paper, then somebody is named, in words."""
    debtor = debtor_in_words(kind, "River Library Network")
    assert debtor
    assert "_" not in debtor


@pytest.mark.parametrize(
    ("kind", "debtor"),
    [
        (ObligationKind.REPORT, "River Library Network"),
        (ObligationKind.CONFIRMATION, "Finance approver or director"),
        (ConditionId.PAPERS_READ, "Verifier"),
        (ConditionId.ACKNOWLEDGMENT, "Verifier or finance approver"),
        (Wait.AGREEMENT, "Director"),
        ("TRUTH", "Verifier"),
    ],
)
def test_the_partner_owes_reports_and_money_and_our_roles_the_rest(kind: str, debtor: str) -> None:
    """Given a kind, then whoever meets it is named: the partner by name, people of our own by their roles."""
    assert debtor_in_words(kind, "River Library Network") == debtor


@pytest.mark.parametrize(
    ("due", "words"),
    [
        (date(2026, 12, 1), ("today", "warn")),
        (date(2026, 12, 2), ("in 1 working day", "warn")),
        (date(2026, 12, 14), ("in 9 working days", "")),
        (date(2026, 11, 27), ("2 working days late", "bad")),
        (date(2027, 3, 1), ("in 60 working days", "")),
        (date(2028, 2, 29), ("in 15 months", "")),
        (date(2026, 6, 1), ("6 months late", "bad")),
    ],
)
def test_a_day_is_as_far_away_in_a_list_as_in_a_case(due: date, words: tuple[str, str]) -> None:
    """Given a day, then its distance is told in working days, everywhere by the same words."""
    assert due_in_words(due, date(2026, 12, 1)) == words


def test_a_finding_names_registers_and_classes_in_words() -> None:
    """Given sentences of the record, then no register's key and no code of a class is in what a page says."""
    unlisted = in_plain_words("EIN 00-1000001 was not found in irs-bmf, irs-pub78; likely a church")
    assert unlisted == (
        "US tax number 00-1000001 was not found in the IRS's list of exempt organisations, the IRS's list of "
        "charities; likely a church"
    )
    assert in_plain_words("UNKNOWN: the payee's class could not be established") == (
        "the payee's class could not be established"
    )
    assert "UNKNOWN" not in in_plain_words("River Library Network is UNKNOWN: nothing proves it")
    assert in_plain_words("say so in `funds_out.succession`") == "say so in “Taken over from”"


def test_every_register_has_its_words() -> None:
    """Given the registers that are read, then sentences know each of them."""
    assert set(REGISTER_WORDS) == set(REGISTERS)


@pytest.mark.parametrize("condition", ConditionId)
def test_a_paper_is_asked_for_without_a_source_of_law(condition: ConditionId) -> None:
    """Given a condition, then the words that ask for its paper cite nothing."""
    words = paper_in_words(condition)
    assert not [source for source in ("CFR", "Rev.", "U.S.C", "FCPA") if source in words], words
