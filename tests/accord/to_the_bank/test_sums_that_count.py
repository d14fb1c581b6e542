"""Sums count together, to the bank's file: another currency is a share of its limit, equal words none (rules 4.9)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from accord.client.desk import Desk
from accord.demo.sample import CALLER
from activities.partnerships import Partnerships
from domain.directory.people import HouseRulesSet
from domain.directory.tiers import HouseRules, Role, Tier
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.policy.rulebook import assess
from domain.proposal import Proposal
from ledger import clock
from payments.accounts import reference_of
from tests import paying
from tests.accord.counter.files import PAYER, files
from tests.accord.shell import Shell, files_in
from tests.activities.funding import carried_out, done, signed
from tests.builders import funding, funds_out, party, proposal, status, verification
from tests.governing import decree
from tests.paying import caught_up
from tests.payments.orders import RIVERBEND
from tests.scribe import Scribe

BY_TWO = (Role.PROGRAMME_APPROVER, Role.FINANCE_APPROVER)
DIRECTOR_TOO = (*BY_TWO, Role.DIRECTOR)
PURPOSE = "Community networks for villages"


@pytest.fixture
def at(shell: Shell, furnished_database: str) -> Shell:
    """A terminal in an office of the test's own."""
    return shell.where(ACCORD_DATABASE_URL=furnished_database)


def grant(reference: str, amount: str, currency: str = "USD", ein: str = "001000001") -> Proposal:
    payee = party(RIVERBEND.holder if ein == "001000001" else f"Library {ein}", ein=ein)
    money = {"amount": amount, "currency": currency}
    large = {"total": {"amount": "90000000", "currency": currency}}
    leg = {
        **funds_out(amount, payee=payee, purpose=PURPOSE, support=large),
        "tranches": [{"number": 1, "money": money}],
    }
    return proposal(reference, funds_out=leg, partner=payee)


async def approved_beside(desk: Desk, made: Proposal) -> None:
    """Another partnership, which three people approved."""
    scribe, found = Scribe(desk, made.reference), verification(status())
    await scribe.says(e.PartnershipProposed, "pia.berg", proposal=made, funding=funding())
    await scribe.write(e.DueDiligenceCompleted(at=datetime.now(UTC), verification=found))
    assessment = assess(made, funding(), found)
    await scribe.write(e.EligibilityAssessed(at=datetime.now(UTC), assessment=assessment, quorum=DIRECTOR_TOO))
    people = (("ana.silva", BY_TWO[0]), ("femi.ade", BY_TWO[1]), ("dora.kim", Role.DIRECTOR))
    for person, role in people:
        await scribe.says(e.ApprovalGiven, person, no_interest=True, role=role, reason="good work", quorum=DIRECTOR_TOO)


async def with_tiers(desk: Desk, currencies: Iterable[str] = ("USD", "EUR")) -> None:
    """The sample's tiers in several currencies: above 100,000 a director approves as well, up to a million."""
    limits = (("100000", BY_TWO), ("1000000", DIRECTOR_TOO))
    tiers = tuple(Tier(currency=one, up_to=up_to, quorum=roles) for one in currencies for up_to, roles in limits)
    await decree(desk, HouseRulesSet(rules=HouseRules(tiers=tiers)))


async def decided_by_two(desk: Desk, made: Proposal) -> Scribe:
    """Two people approve, each by a decision that a worker carries out."""
    scribe = await paying.verified_and_assessed(desk, made)
    for person in ("ana.silva", "femi.ade"):
        await done(await caught_up(scribe), c.Approve, person, no_interest=True, reason="within the budget")
    return await caught_up(scribe)


async def in_a_file(at: Shell, desk: Desk, folder: Path) -> list[Path]:
    """The files for the bank of all that waits."""
    await at("payments", "export", "--as", PAYER)
    left: list[Path] = []
    for file in await files(desk):
        await at.done("payments", "hand-over", file.message_id, "--out", folder, "--as", PAYER)
        left = files_in(folder)
    return left


async def test_euros_and_dollars_for_one_payee_are_shares_of_their_limits(
    at: Shell, furnished: Desk, tmp_path: Path
) -> None:
    """C193: EUR 90,000 are approved. USD 90,000 beside them ask for the director, and do not leave without."""
    await with_tiers(furnished)
    await approved_beside(furnished, grant("P-2026-0041", "90000.00", "EUR"))
    scribe = await decided_by_two(furnished, grant("P-2026-0042", "90000.00"))
    assert scribe.state.missing_approvals == (Role.DIRECTOR,)


@pytest.mark.slow
async def test_what_two_approved_past_every_workflow_does_not_leave(at: Shell, furnished: Desk, tmp_path: Path) -> None:
    """The same, written by a worker's login: the file is not made."""
    await with_tiers(furnished)
    await approved_beside(furnished, grant("P-2026-0041", "90000.00", "EUR"))
    made = grant("P-2026-0042", "90000.00")
    scribe = await paying.agreed(furnished, made, reference_of(RIVERBEND))
    await paying.release(scribe)
    answer = await at("payments", "export", "--as", PAYER)
    assert "approvals are missing: DIRECTOR" in answer.words
    assert await in_a_file(at, furnished, tmp_path / "out") == []


@pytest.mark.slow
async def test_a_programme_of_one_text_pays_its_next_grant(at: Shell, furnished: Desk, tmp_path: Path) -> None:
    """C194: three grants of 400,000 to others bear the same words. Two approve the next of 30,000, and it leaves."""
    for number, ein in enumerate(("001000002", "001000003", "001000004"), start=31):
        await approved_beside(furnished, grant(f"P-2026-00{number}", "400000.00", ein=ein))
    scribe = await decided_by_two(furnished, grant("P-2026-0042", "30000.00"))
    assert scribe.state.missing_approvals == ()
    agreed = {"signed_on": clock.today(), "document_sha256": None, "account": reference_of(RIVERBEND)}
    await scribe.says(e.AgreementSigned, "dora.kim", account_verifier=CALLER, **agreed)
    await paying.release(scribe)
    assert len(await in_a_file(at, furnished, tmp_path / "out")) == 1


async def test_a_sum_that_no_tier_covers_says_at_the_door_what_it_is_made_of(furnished: Desk) -> None:
    """C195: 600,000 are approved for the payee. 500,000 more are refused as they are proposed, not at the approval."""
    await approved_beside(furnished, grant("P-2026-0041", "600000.00"))
    scribe = Scribe(furnished, "P-2026-0042")
    said = signed(scribe, c.Propose, "pia.berg", proposal=grant("P-2026-0042", "500000.00"))
    answer = await carried_out(Partnerships(furnished.pool), said)
    assert answer.refusal is not None
    for words in ("no approval tier covers USD 1,100,000.00: USD 500,000.00 here", "USD 600,000.00 in P-2026-0041"):
        assert words in answer.refusal.reason
    less = signed(scribe, c.Propose, "pia.berg", proposal=grant("P-2026-0042", "300000.00"))
    assert (await carried_out(Partnerships(furnished.pool), less)).refusal is None
