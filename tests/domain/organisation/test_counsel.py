"""Counsel confirms the sources of rules, and findings that rest on others say so."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.directory.directory import Directory
from domain.directory.tiers import Role
from domain.organisation.counsel import SourceConfirmed, confirmations_of
from domain.payment.counter import act_fault
from domain.policy.rulebook import EDITIONS, RULE_BOOK
from domain.policy.sources import LEADS, LegalSource, is_confirmed, unconfirmed
from domain.signatures.signing import FileSignature, statement_about
from domain.streams import RULE_BOOK_STREAM
from tests.builders import NOON, number
from tests.domain.policy.every_case import EVERY, edition_of
from tests.domain.policy.language import PROFILES, under
from tests.thoroughness import PART, THOROUGH

SANCTIONS = LegalSource("SANCTIONS", "31 CFR part 501; E.O. 13224 as amended")


def said(stands: bool = True, source: LegalSource = SANCTIONS, actor: str = "noa.law") -> SourceConfirmed:
    statement = statement_about(RULE_BOOK_STREAM, "confirm_source", actor, NOON, number("said"), {})
    signature = FileSignature(statement=statement, key_id="EK-" + "A" * 16, value="A" * 86 + "==")
    content: dict[str, Any] = {"edition": "2026.5", "stands": stands, "note": "read it", **source._asdict()}
    return SourceConfirmed(at=NOON, actor=actor, signature=signature, **content)


def test_every_finding_that_rests_on_an_unconfirmed_source_is_of_one_that_is_listed() -> None:
    """So the count on the first page is of all of them. A new one fails here until it is listed."""
    listed, seen = set(unconfirmed(RULE_BOOK)), set[LegalSource]()
    for index in range(0, len(EVERY), 1 if THOROUGH else PART):
        case = EVERY[index]
        with under(edition_of(index)):
            answers = [case.facts(profile) for profile in PROFILES.values()]
        seen |= {
            LegalSource(one.rule_id, one.citation) for found in answers for one in found.findings if not one.confirmed
        }
    assert seen <= listed


def test_each_lead_is_of_a_rule_in_force() -> None:
    assert set(LEADS) <= {rule.rule_id for rule in RULE_BOOK.rules}


@pytest.mark.parametrize("edition", EDITIONS)
def test_an_edition_counts_only_its_own_rules(edition: str) -> None:
    book = EDITIONS[edition]
    assert {one.rule_id for one in unconfirmed(book)} <= {rule.rule_id for rule in book.rules}


def test_the_newest_word_of_counsel_counts() -> None:
    assert set(confirmations_of([said()])) == {SANCTIONS}
    assert confirmations_of([said(), said(stands=False)]) == {}
    assert set(confirmations_of([said(stands=False), said()])) == {SANCTIONS}


def test_a_finding_is_confirmed_by_the_very_source_that_counsel_read() -> None:
    found = next(one for one in EVERY[0].facts(PROFILES["P"]).findings if one.rule_id == "SANCTIONS")
    assert not is_confirmed(found, {})
    assert is_confirmed(found, {SANCTIONS: said()})
    assert not is_confirmed(found, {LegalSource("SANCTIONS", "another text"): said()})


def test_nobody_but_counsel_confirms() -> None:
    assert SourceConfirmed.roles == {Role.COUNSEL}
    fault = act_fault(said(), RULE_BOOK_STREAM, Directory(), lambda *_: True, date(2026, 11, 2))
    assert fault
