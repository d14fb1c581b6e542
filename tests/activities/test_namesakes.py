"""Whoever stands behind a party is compared with the organisation's own people (rules 3.10)."""

from __future__ import annotations

import asyncpg
import pytest
from temporalio.testing import ActivityEnvironment

from accord.client.desk import Desk
from accord.demo.sample import furnish, load_sample_registers
from activities.contracts import InstructionOutcome, TrancheStart
from activities.payment import Payments
from activities.verification import Verifications
from domain.directory.tiers import Role
from domain.partnership import events as e
from payments.accounts import reference_of
from records.keys.keyring import Keyring
from tests.builders import abroad, funds_out, money, party, principal, proposal
from tests.governing import hire
from tests.paying import REFERENCE, agreed
from tests.payments.orders import RIVERBEND
from tests.scribe import Scribe


async def test_a_principal_with_the_name_of_one_of_the_staff_is_found_and_an_organisation_is_not(
    pool: asyncpg.Pool, keyring: Keyring
) -> None:
    await load_sample_registers(pool)
    await furnish(Desk(pool, keyring))
    behind = [principal("Lind, Vera"), principal("Vera Nobody"), {**principal("Ana Silva"), "kind": "PRIVATE_COMPANY"}]
    parties = proposal(partner=abroad(principals=behind)).parties
    found = await ActivityEnvironment().run(Verifications(pool).screen_parties, list(parties))
    assert [(one.staff_id, one.name, one.of) for one in found.namesakes] == [
        ("vera.lind", "Lind, Vera", "Harbour Schools Trust (KE)")
    ]


async def agreed_with(desk: Desk, name: str) -> Scribe:
    """An agreed grant to a payee that somebody of this name governs. Nobody of the staff bore it at due diligence."""
    payee = party(RIVERBEND.holder, principals=[principal(name)])
    scribe = await agreed(desk, proposal(funds_out=funds_out(payee=payee), partner=payee), reference_of(RIVERBEND))
    assert scribe.state.verification is not None
    assert scribe.state.verification.screening.namesakes == ()
    return scribe


async def instruct_released_by(scribe: Scribe, payer: str) -> InstructionOutcome:
    """The outcome of a tranche that somebody released."""
    content = {"tranche": 1, "attempt": 1, "money": money(), "attempt_signed": True}
    await scribe.says(e.TrancheReleased, payer, **content)
    start = TrancheStart(partnership_id=REFERENCE, tranche=1, attempt=1)
    outcome: InstructionOutcome = await ActivityEnvironment().run(Payments(scribe.desk.pool).instruct_payment, start)
    return outcome


@pytest.mark.slow
@pytest.mark.parametrize(("governs", "withheld"), [("Nina Late", True), ("Nobody Else", False)])
async def test_who_joined_after_due_diligence_and_may_stand_behind_the_payee_does_not_pay_it(
    pool: asyncpg.Pool, keyring: Keyring, governs: str, withheld: bool
) -> None:
    """Due diligence asked about the staff of that time. The last look asks about the payer (R32, rules 3.10)."""
    await load_sample_registers(pool)
    await furnish(desk := Desk(pool, keyring))
    scribe = await agreed_with(desk, governs)
    outcome = await instruct_released_by(scribe, await hire(desk, "nina.late", Role.PAYER))
    assert (outcome.withheld is not None) is withheld, outcome
    assert outcome.withheld is None or "bears the name of nina.late" in outcome.withheld.reason
