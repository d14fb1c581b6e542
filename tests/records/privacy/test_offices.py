"""A declared office tells who somebody is, so it is sealed as their name is, in sentences too, and gone with it."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from domain.directory.personal import people_in
from domain.parties import Party
from domain.partnership import events as e
from domain.partnership.proposal.amendment import Change
from domain.policy.rulebook import RULE_BOOK, assess
from domain.public_office import PublicOffice
from domain.recorded.schema import event_payload
from domain.values import ERASED_NAME
from ledger import AppendRequest, NewEvent, PersonalName
from records.codec import from_ledger, to_ledger
from records.opening import Vault, open_ledger
from records.privacy.sealed_texts import opened
from records.privacy.sealing import Seal, Sealer
from tests.builders import NOON, funding, funds_out, number, proposal, status, verification
from tests.domain.recorded.test_events import SIGNATURE
from tests.offices import MINISTER, behind, led_by, office

NEAR = office(tie="FAMILY", office="Judge of the High Court of Zorvania", holder="Abel Quiroga", declared_by="Ida Holm")
PERSONAL = ("Rosa Quiroga", "Minister of Water of Zorvania", "Judge of the High Court", "Abel Quiroga", "Ida Holm")


def told(payee: Party) -> tuple[Any, ...]:
    """A proposal, the rule book's word on it, and a clearance of all that it asks."""
    made = proposal(funds_out=funds_out(payee=payee), partner=payee)
    word = assess(made, funding(), verification(status(), public_offices_asked=True), book=RULE_BOOK)
    asked = tuple(key for finding in word.findings for key in finding.keys if finding.rule_id == "BEHIND-OFFICES")
    by = {"at": NOON, "actor": "pia.berg", "signature": SIGNATURE}
    return (
        e.ProposalAmended(**by, proposal=made, funding=funding(), reason="The board changed", changes=(Change.UPDATE,)),
        e.EligibilityAssessed(at=NOON, assessment=word),
        e.QuestionsCleared(**by, questions=asked, reason="Looked into", document_sha256=None, no_interest=True),
    )


EVENTS = told(led_by(behind("Rosa Quiroga", MINISTER), behind("Ana Far", NEAR)))


def sealed() -> tuple[list[NewEvent], dict[str, Seal]]:
    """The events as they are stored, and the seals of those whom they name."""
    names = [PersonalName(one.subject, one.name, one.beside) for one in people_in(EVENTS)]
    subjects = dict.fromkeys(name.subject for name in names)
    seals = {subject: Seal(UUID(int=place), bytes([place]) * 64) for place, subject in enumerate(subjects, 1)}
    sealer = Sealer({name.text: seals[name.subject] for name in names}, {name.text: name.beside for name in names})
    made = [NewEvent.of(one.event_type, 1, event_payload(one), {}, []) for one in EVENTS]
    return [sealer.event(one) for one in made], seals


def test_no_word_of_an_office_or_of_its_people_is_stored_in_clear() -> None:
    events, _ = sealed()
    for event in events:
        text = json.dumps(json.loads(event.payload), ensure_ascii=False)
        assert not [word for word in PERSONAL if word in text]
    assert '"tie": "FAMILY"' in json.dumps(json.loads(events[0].payload)), "the tie alone names nobody"


def test_it_is_read_as_it_was_told() -> None:
    events, seals = sealed()
    keys: dict[str, bytes | None] = {str(seal.person): seal.key for seal in seals.values()}
    for event, told_event in zip(events, EVENTS, strict=True):
        assert type(told_event).model_validate_json(opened(event.payload, keys).payload) == told_event


def test_whose_name_is_gone_has_no_office_either_and_a_clearance_still_matches_its_question() -> None:
    """Given an erasure of somebody with an office, then what was cleared of them is what the rules ask of the rest."""
    events, seals = sealed()
    gone = [subject for subject in seals if subject.startswith(("Rosa Quiroga", "Ana Far", "Abel Quiroga"))]
    keys = {str(seal.person): None if subject in gone else seal.key for subject, seal in seals.items()}
    amended, _, cleared = (
        type(one).model_validate_json(opened(event.payload, keys).payload)
        for event, one in zip(events, EVENTS, strict=True)
    )
    principals = amended.proposal.funds_out.payee.principals
    left: list[PublicOffice] = [one.public_office for one in principals if one.name == ERASED_NAME]
    assert [(one.office, one.holder) for one in left] == [(ERASED_NAME, None), (ERASED_NAME, ERASED_NAME)]
    seen = verification(status(), public_offices_asked=True)
    word = assess(amended.proposal, funding(), seen, book=RULE_BOOK)
    asked = [key for finding in word.findings for key in finding.keys if finding.rule_id == "BEHIND-OFFICES"]
    assert set(asked) == set(cleared.questions)


@pytest.mark.slow
async def test_the_ledger_keeps_it_sealed_and_gives_it_back(pool: asyncpg.Pool) -> None:
    ledger = open_ledger(pool)
    stored = to_ledger(EVENTS, "pia.berg", number("told"), people_in(EVENTS))
    await ledger.append(AppendRequest("partnership/P-2026-0042", number("told"), 0, stored))
    rows = await pool.fetch("SELECT payload FROM ledger.events WHERE stream_id = 'partnership/P-2026-0042'")
    text = "\n".join(row["payload"].decode() for row in rows)
    assert not [word for word in PERSONAL if word in text]
    read = await ledger.read_stream("partnership/P-2026-0042")
    assert tuple(from_ledger(one).event for one in read) == EVENTS
    assert {"Rosa Quiroga", "Abel Quiroga", "Ida Holm"} <= {one.name for one in await Vault(pool).people()}
