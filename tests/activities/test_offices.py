"""Evidence says whether the organisation asked for public offices, and the last look asks by the rules of that day."""

from __future__ import annotations

import asyncpg
import pytest
from temporalio.testing import ActivityEnvironment

from accord.client.desk import Desk
from accord.demo.sample import furnish, load_sample_registers
from activities.contracts import InstructionOutcome, TrancheStart, VerificationRequest
from activities.payment import Payments
from activities.verification import Verifications
from domain.partnership import events as e
from domain.policy.findings import Outcome
from domain.proposal import Proposal
from payments.accounts import reference_of
from records.keys.keyring import Keyring
from tests.builders import funding, funds_out, money, party, proposal
from tests.governing import ask_for_offices
from tests.offices import MINISTER, NO_OFFICE, behind
from tests.paying import REFERENCE, agreed
from tests.payments.orders import RIVERBEND


@pytest.fixture
async def desk(pool: asyncpg.Pool, keyring: Keyring) -> Desk:
    await load_sample_registers(pool)
    await furnish(desk := Desk(pool, keyring))
    return desk


def led_by(*people: dict[str, object]) -> Proposal:
    payee = party(RIVERBEND.holder, principals=list(people), nobody_owns=True)
    return proposal(REFERENCE, funds_out=funds_out(payee=payee), partner=payee)


NONE = (behind("Ines Marek", NO_OFFICE), behind("Ines Marek", NO_OFFICE, "SIGNATORY"))


async def test_what_is_asked_is_what_the_rules_of_the_organisation_ask_on_that_day(desk: Desk) -> None:
    request = VerificationRequest(proposal=led_by(*NONE, behind("Rosa Quiroga", MINISTER)), funding=funding())
    before = await ActivityEnvironment().run(Verifications(desk.pool).verify, request)
    assert not before.verification.public_offices_asked
    await ask_for_offices(desk)
    after = await ActivityEnvironment().run(Verifications(desk.pool).verify, request)
    assert after.verification.public_offices_asked
    assert (before.assessed, after.assessed) != (None, None)
    told = [
        {one.rule_id: one.outcome for one in answer.assessed.assessment.findings}
        for answer in (before, after)
        if answer.assessed is not None
    ]
    assert [one.get("BEHIND-OFFICES") for one in told] == [None, Outcome.REFER]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("people", "reason"),
    [
        (NONE, None),
        ((*NONE, behind("Rosa Quiroga")), "has not declared whether they"),
        ((*NONE, behind("Rosa Quiroga", MINISTER)), MINISTER.told),
    ],
    ids=["none", "not declared", "an office"],
)
async def test_a_payment_that_was_agreed_before_it_was_asked_is_withheld_until_somebody_looked(
    desk: Desk, people: tuple[dict[str, object], ...], reason: str | None
) -> None:
    """Given a grant agreed before, when the organisation asks since, then the last look before the payment asks it."""
    scribe = await agreed(desk, led_by(*people), reference_of(RIVERBEND))
    await ask_for_offices(desk)
    content = {"tranche": 1, "attempt": 1, "money": money(), "attempt_signed": True}
    await scribe.says(e.TrancheReleased, "paul.nkosi", **content)
    start = TrancheStart(partnership_id=REFERENCE, tranche=1, attempt=1)
    outcome: InstructionOutcome = await ActivityEnvironment().run(Payments(desk.pool).instruct_payment, start)
    assert (outcome.withheld is None) is (reason is None), outcome
    assert outcome.withheld is None or str(reason) in outcome.withheld.reason
