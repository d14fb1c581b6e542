"""Every type of event is read again after everybody whom it names was erased, whatever it says of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from domain.directory.personal import Person, people_in
from domain.parties import PartyKind
from domain.partnership import events as e
from domain.payment.tranche.events import TrancheReleasedForPayment
from domain.recorded.schema import AnyEvent, read_event_bytes
from records.codec import to_ledger
from records.privacy.sealed_texts import ERASED, blanked
from records.privacy.sealing import Seal, Sealer
from tests.builders import (
    DIGEST,
    NOON,
    funding,
    funds_in,
    funds_out,
    match,
    number,
    party,
    proposal,
    screening,
    verification,
)
from tests.domain.recorded.test_events import BY, EXAMPLES, LATER, ORDER

BORN = "1961-04-05"
BOARD = ({"name": "Rosa Quiroga", "role": "DIRECTOR", "born": BORN}, {"name": "Abel Mbeki", "role": "OWNER"})
INES = party("Ines Duarte", kind=PartyKind.INDIVIDUAL, ein=None, also_known_as=("Inês Duarte",), born=BORN)
OMAR = party("Omar Said", kind=PartyKind.INDIVIDUAL, ein=None, born=BORN)
PROPOSAL = proposal(
    title="A reading room of Ines Duarte",
    partner=party(principals=BOARD),
    funds_out=funds_out(payee=INES),
    funds_in=funds_in(donor=OMAR),
    contacts=[
        {"name": "Ida Holm", "email": "ida.holm@library.example", "organization": "Riverbend Library Network"},
        {"name": "Ines Duarte", "email": "ines@duarte.example", "organization": "Ines Duarte"},
    ],
)
FOUND = match("Rosa Quiroga").model_copy(update={"pair": DIGEST, "explanation": ("ROSA agrees", "born the same day")})
RESULTS = verification(screened=screening(FOUND))
SUPPORTED = tuple({"party": one, "purpose": "A reading room"} for one in (INES, OMAR, party(principals=BOARD)))
NAMING: list[Any] = [
    e.PartnershipProposed(**BY, proposal=PROPOSAL, funding=funding()),
    e.ProposalRevised(**BY, proposal=PROPOSAL, funding=funding()),
    e.ProposalAmended(**BY, proposal=PROPOSAL, funding=funding(), reason="Rosa Quiroga left", changes=(), quorum=()),
    e.SubrecipientsReported(**BY, subrecipients=SUPPORTED),
    e.DueDiligenceCompleted(at=NOON, verification=RESULTS),
    TrancheReleasedForPayment(at=NOON, order=ORDER.model_copy(update={"payee": INES})),
    e.CommentMade(**BY, text="Ida Holm writes for Ines Duarte"),
]
"""Events that name people in every way in which one can; the examples hold every type, and mostly name nobody."""


def everybody() -> tuple[Person, ...]:
    return tuple(dict.fromkeys((*people_in(PROPOSAL), *people_in(*NAMING))))


def erased(event: AnyEvent) -> bytes:
    """The ledger's content of an event whose people were all erased."""
    [new] = to_ledger((event,), "accord", number("command"), everybody())
    seals = {one.text: Seal(UUID(int=n), bytes([n]) * 64) for n, one in enumerate(new.named, start=1)}
    stored = Sealer(seals, {one.text: one.beside for one in new.named}).event(new).payload
    return blanked(stored).replace("⟦sealed⟧".encode(), ERASED.encode())


@pytest.mark.parametrize("event", [*NAMING, *EXAMPLES, *LATER], ids=lambda event: type(event).__name__)
def test_an_event_is_read_whoever_was_erased(event: AnyEvent) -> None:
    payload = erased(event)
    assert not [one for one in everybody() if one.name.encode() in payload]
    assert read_event_bytes(event.event_type, event.schema_version, payload).event_type == event.event_type


@pytest.mark.parametrize("event", NAMING, ids=lambda event: type(event).__name__)
def test_what_names_people_stands_for_the_erased(event: AnyEvent) -> None:
    assert ERASED.encode() in erased(event)
