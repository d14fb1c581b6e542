"""A decision of years ago, asked again under its own edition, gives the same bytes. Any other word is told (C40)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest

from accord.audit.replays import Decision, count_decisions, decisions
from accord.client.desk import Desk
from domain.grants import Interest
from domain.parties import FunderProfile, PartyKind
from domain.partnership import events as e
from domain.policy.canonical import canonical
from domain.policy.findings import Assessment, Outcome
from domain.policy.rulebook import EDITIONS, assess
from domain.proposal import Proposal
from domain.recorded.schema import UPCASTERS
from domain.recorded.writers import Writer
from domain.screening.evidence import Verification
from records.keys.keyring import Keyring
from records.read_models.open_partnerships import open_cases
from tests.builders import (
    abroad,
    funding,
    funds_in,
    funds_out,
    joint,
    near,
    number,
    party,
    proposal,
    revocation,
    screening,
    status,
    verification,
)
from tests.scribe import Scribe

OLD, NEW = EDITIONS["2026.2"], EDITIONS["2026.3"]


@pytest.fixture
async def desk(staffed_pool: asyncpg.Pool, keyring: Keyring) -> Desk:
    """An organisation of the test's own."""
    return Desk(staffed_pool, keyring)


def cases() -> dict[str, tuple[Proposal, Verification, FunderProfile]]:
    """Cases of all outcomes, by reference."""
    company = party("Copper Kettle Software LLC", kind=PartyKind.PRIVATE_COMPANY, ein=None)
    charity, private = FunderProfile.PUBLIC_CHARITY, FunderProfile.PRIVATE_FOUNDATION
    gone = status(revocations=(revocation("2024-11-15", "2025-03-12"),))
    made = [
        ({}, verification(status()), charity),
        ({}, verification(status()), private),
        ({"funds_out": funds_out(payee=company)}, verification(), charity),
        ({"funds_out": funds_out(payee=abroad())}, verification(), charity),
        ({}, verification(status(), screening(near().model_copy(update={"cleared_by": ("vera.lind",)}))), charity),
        ({}, verification(gone), charity),
        ({"funds_in": funds_in("5000.00")}, verification(), charity),
        ({"partner": company, "non_monetary": joint()}, verification(), charity),
    ]
    numbered = ((f"P-2026-{place:04d}", *one) for place, one in enumerate(made, start=1))
    return {name: (proposal(name, **more), found, profile) for name, more, found, profile in numbered}


async def decided(desk: Desk, reference: str, edition: Any = NEW, tamper: Any = lambda found: found) -> Assessment:
    """Write a partnership's decision as it was taken under an edition."""
    proposed, found, profile = cases()[reference]
    scribe = Scribe(desk, reference)
    money = funding(profile)
    await scribe.says(e.PartnershipProposed, "pia.berg", proposal=proposed, funding=money)
    await scribe.write(e.DueDiligenceCompleted(at=datetime.now(UTC), verification=found))
    assessment: Assessment = tamper(assess(proposed, money, found, (), edition))
    await scribe.write(e.EligibilityAssessed(at=datetime.now(UTC), assessment=assessment))
    return assessment


async def found_in(desk: Desk) -> list[Decision]:
    return [decision async for decision in decisions(desk.ledger)]


@pytest.mark.parametrize("edition", [OLD, NEW], ids=lambda book: book.version)
async def test_what_was_decided_under_an_edition_replays_to_the_same_bytes(desk: Desk, edition: Any) -> None:
    recorded = {reference: await decided(desk, reference, edition) for reference in cases()}
    found = await found_in(desk)
    assert [one.partnership_id for one in found] == list(cases())
    assert await count_decisions(desk.ledger) == len(found)
    for one in found:
        again = canonical(one.reassess(edition), edition.version)
        assert again == canonical(recorded[one.partnership_id], edition.version)
        assert one.replays
    assert len({one.answer.outcome for one in found}) >= 3


async def test_decisions_of_both_editions_lie_side_by_side_and_each_replays_under_its_own(desk: Desk) -> None:
    editions = dict(zip(cases(), (OLD, NEW) * 4, strict=True))
    for reference, edition in editions.items():
        await decided(desk, reference, edition)
    found = await found_in(desk)
    assert [one.recorded.rule_book for one in found] == [book.version for book in editions.values()]
    assert all(one.replays for one in found)


async def test_a_decision_that_another_edition_takes_otherwise_is_told_with_its_reasons(desk: Desk) -> None:
    for reference in cases():
        await decided(desk, reference, OLD)
    flipped = {
        one.partnership_id: one for one in await found_in(desk) if one.under(NEW).outcome is not one.answer.outcome
    }
    assert flipped
    for one in flipped.values():
        before, after = one.answer, one.under(NEW)
        assert before.outcome is not after.outcome
        assert after.reasons != before.reasons
        assert after.reasons
        assert one.replays


async def test_what_an_edition_changed_is_seen_in_the_reasons(desk: Desk) -> None:
    await decided(desk, "P-2026-0005", OLD)
    [one] = await found_in(desk)
    assert one.under(OLD) == one.answer
    assert one.under(NEW) == (assess(*_facts(one), NEW).outcome, assess(*_facts(one), NEW).deciding)  # type: ignore[call-arg]


def _facts(one: Decision) -> tuple[Any, ...]:
    return one.proposal, one.funding, one.verification, one.interests


def passed(found: Assessment) -> Assessment:
    """A refusal made into a pass, by whoever can write the ledger."""
    findings = tuple(one.model_copy(update={"outcome": Outcome.PASS}) for one in found.findings)
    return found.model_copy(update={"findings": findings})


TAMPERINGS: dict[str, Any] = {
    "an outcome": passed,
    "a finding left out": lambda found: found.model_copy(update={"findings": found.findings[:-1]}),
    "a finding twice": lambda found: found.model_copy(update={"findings": (*found.findings, found.findings[0])}),
    "the order": lambda found: found.model_copy(update={"findings": found.findings[::-1]}),
    "the digest of the facts": lambda found: found.model_copy(update={"facts_sha256": "ab" * 32}),
    "a reason": lambda found: found.model_copy(
        update={"findings": (found.findings[0].model_copy(update={"reason": "it is well"}), *found.findings[1:])}
    ),
    "a citation": lambda found: found.model_copy(
        update={"findings": (found.findings[0].model_copy(update={"citation": "IRC 1"}), *found.findings[1:])}
    ),
    "the edition": lambda found: found.model_copy(update={"rule_book": "2026.2"}),
}


@pytest.mark.sampled(3)
@pytest.mark.parametrize("name", TAMPERINGS)
async def test_an_assessment_that_was_tampered_with_is_unfaithful_and_its_neighbour_is_not(
    desk: Desk, name: str
) -> None:
    await decided(desk, "P-2026-0006", tamper=TAMPERINGS[name])
    await decided(desk, "P-2026-0001")
    assert [(one.partnership_id, one.replays) for one in await found_in(desk)] == [
        ("P-2026-0006", False),
        ("P-2026-0001", True),
    ]


async def test_facts_that_were_tampered_with_afterwards_make_it_unfaithful(desk: Desk) -> None:
    """The assessment is true, but not of what the ledger says was verified."""
    proposed, found, profile = cases()["P-2026-0006"]
    scribe = Scribe(desk, "P-2026-0006")
    await scribe.says(e.PartnershipProposed, "pia.berg", proposal=proposed, funding=funding(profile))
    await scribe.write(e.DueDiligenceCompleted(at=datetime.now(UTC), verification=verification(status())))
    assessment = assess(proposed, funding(profile), found)
    await scribe.write(e.EligibilityAssessed(at=datetime.now(UTC), assessment=assessment))
    [one] = await found_in(desk)
    assert not one.replays


async def test_each_decision_rests_on_what_was_known_when_it_was_taken(desk: Desk) -> None:
    """A revision, an interest, and a second look: two decisions, each with its own facts, and both replay."""
    reference = "P-2026-0001"
    await decided(desk, reference)
    scribe = Scribe(desk, reference)
    scribe.state = (await desk.known_sight(reference)).partnership
    scribe.position = (await desk.known_sight(reference)).position
    interest = Interest(person="ana.silva", what="her brother works there")
    await scribe.says(e.InterestDeclared, "ana.silva", interest=interest)
    found, known = verification(status()), (interest,)
    assessment = assess(scribe.state.proposed, funding(), found, known)
    await scribe.write(e.EligibilityAssessed(at=datetime.now(UTC), assessment=assessment))
    first, second = await found_in(desk)
    assert (first.interests, second.interests) == ((), known)
    assert (first.replays, second.replays) == (True, True)
    assert second.recorded == assessment


def _in_capitals(old: dict[str, Any]) -> dict[str, Any]:
    """An upcaster of a field that both readers of the whole ledger use."""
    return {**old, "proposal": {**old["proposal"], "title": old["proposal"]["title"].upper()}}


async def test_whoever_reads_the_whole_ledger_reads_what_was_upcast(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await decided(desk, "P-2026-0001")
    monkeypatch.setitem(UPCASTERS, ("PartnershipProposed", 1), _in_capitals)  # type: ignore[arg-type]
    title = cases()["P-2026-0001"][0].title.upper()
    assert [one.proposal.title for one in await found_in(desk)] == [title]
    rescreened = await open_cases(desk.ledger)
    assert [case.proposal.title for case in rescreened.values() if case.proposal] == [title]


async def test_an_empty_ledger_holds_no_decisions(desk: Desk) -> None:
    assert await found_in(desk) == []
    assert await count_decisions(desk.ledger) == 0


async def test_an_assessment_without_a_proposal_is_told_not_passed_over(desk: Desk) -> None:
    proposed, found, profile = cases()["P-2026-0001"]
    assessment = assess(proposed, funding(profile), found)
    event = e.EligibilityAssessed(at=datetime.now(UTC), assessment=assessment)
    await desk.append("partnership/P-2026-0099", 0, number("alone"), "scribe", event, writer=Writer.WORKER)
    with pytest.raises(ValueError, match="P-2026-0099 was assessed before it was proposed"):
        await found_in(desk)
