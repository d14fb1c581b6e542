"""Partnerships paid by funds, led without Temporal: the workers' own activity carries out people's signed commands.

So nothing but the ledger stands between two decisions, and every one of them is made as a worker makes it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID, uuid4

from temporalio.testing import ActivityEnvironment

from accord.client.desk import Desk
from accord.counter.transactions import at_the_counter
from accord.organisation.signed_acts import signed_act
from activities.contracts import Answered, CarriedOut, CarryOut, KnownVersion
from activities.partnerships import Partnerships
from activities.verification import Verifications
from domain.directory.tiers import Role
from domain.funds.fund import Claim
from domain.identity import payment_id
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.partnership.state import TrancheState
from domain.payment.payment_file import PaymentFileHandedOver, PaymentFileMade
from domain.payment.tranche.status import TrancheOutcome
from domain.policy.rulebook import assess
from domain.proposal import Proposal
from domain.recorded.writers import Writer
from domain.streams import StreamId
from ledger import clock
from tests.activities.story import QUORUM, account_of
from tests.builders import DIGEST, funding, funds_out, proposal, status, verification
from tests.paying import caught_up
from tests.scribe import Scribe, signing_for
from tests.treasury import fund, unrestricted

FIRST, SECOND = "FD-2026-A", "FD-2026-B"
REFERENCE, OTHER = "P-2026-0051", "P-2026-0052"
_PATIENCE: Final = 60
"""Seconds after which a decision that is made again and again is given up."""


def grant(reference: str, *funds: Any, amounts: Sequence[str] = ("1000.00",), **more: Any) -> Proposal:
    """A grant that funds pay, each named alone or with its part."""
    parts = [one if isinstance(one, dict) else {"fund": one} for one in funds]
    return proposal(reference, funds_out=funds_out(*amounts, funds=parts, final_report=False), **more)


async def two_funds(desk: Desk, first: str = "1000.00", second: str = "1000.00") -> None:
    """Two unrestricted funds that hold these sums."""
    await unrestricted(desk, FIRST, first)
    await unrestricted(desk, SECOND, second)


async def waiting(desk: Desk, proposed: Proposal) -> Scribe:
    """Everything up to the programme's approval, written to the ledger. Finance completes the quorum."""
    scribe = Scribe(desk, proposed.reference)
    await scribe.says(e.PartnershipProposed, "pia.berg", proposal=proposed, funding=funding())
    await looked_up(scribe)
    given = {"no_interest": True, "role": Role.PROGRAMME_APPROVER, "reason": "good work", "quorum": QUORUM}
    await scribe.says(e.ApprovalGiven, "ana.silva", **given)
    return scribe


async def looked_up(scribe: Scribe) -> None:
    """The registers' findings on the proposal, also an amended one, and the rule book's word on them."""
    found = verification(status())
    await scribe.write(e.DueDiligenceCompleted(at=datetime.now(UTC), verification=found))
    assessment = assess(scribe.state.proposed, funding(), found)
    await scribe.write(e.EligibilityAssessed(at=datetime.now(UTC), assessment=assessment, quorum=QUORUM))


def signed(
    scribe: Scribe, kind: type[c.StaffRequest], actor: str, command_id: UUID | None = None, **content: Any
) -> CarryOut:
    """A command, signed on what the scribe knows."""
    command = kind(command_id=command_id or uuid4(), at=datetime.now(UTC), actor=actor, **content)
    statement = command.statement(scribe.reference, scribe.shown).within(signing_for())
    said = command.model_copy(update={"signature": scribe.keyring.sign(statement)})
    return CarryOut(partnership_id=scribe.reference, command=said, known=KnownVersion())


async def carried_out(process: Partnerships, asked: CarryOut) -> CarriedOut:
    """The activity's answer. A decision that never ends is a fault."""
    running = ActivityEnvironment().run(process.carry_out, asked)
    answer: CarriedOut = await asyncio.wait_for(running, _PATIENCE)
    return answer


async def do(
    scribe: Scribe, kind: type[c.StaffRequest], actor: str, process: Partnerships | None = None, **content: Any
) -> CarriedOut:
    """Sign a command on what stands now, have it carried out, and return the answer."""
    asked = signed(await caught_up(scribe), kind, actor, **content)
    partnerships = process or Partnerships(scribe.desk.pool)
    answer = await carried_out(partnerships, asked)
    if answer.asks is not None:
        judged = await Verifications(scribe.desk.pool).judge_amendment(answer.asks)
        said = Answered(asked=answer.asks, assessment=judged.assessment)
        answer = await carried_out(partnerships, asked.model_copy(update={"answered": said}))
    await caught_up(scribe)
    return answer


async def done(
    scribe: Scribe, kind: type[c.StaffRequest], actor: str, process: Partnerships | None = None, **content: Any
) -> None:
    """The same of a command that nothing stands against."""
    answer = await do(scribe, kind, actor, process, **content)
    assert answer.refusal is None, answer.refusal


async def approve(scribe: Scribe, actor: str = "femi.ade", **more: Any) -> CarriedOut:
    """An approval. That of finance completes the quorum."""
    return await do(scribe, c.Approve, actor, no_interest=True, reason="within the budget", **more)


async def approved(desk: Desk, proposed: Proposal) -> Scribe:
    """A partnership that its whole quorum approved."""
    scribe = await waiting(desk, proposed)
    answer = await approve(scribe)
    assert answer.refusal is None, answer.refusal
    return scribe


async def agreed(desk: Desk, proposed: Proposal) -> Scribe:
    """A partnership with a signed agreement. A gift's is without an account."""
    scribe = await approved(desk, proposed)
    out = proposed.funds_out
    account = await account_of(scribe, out.payee.name) if out is not None else None
    await done(scribe, c.SignAgreement, "dora.kim", signed_on=datetime.now(UTC).date(), account=account)
    return scribe


async def bank_says(scribe: Scribe, *commands: c.CounterCommand, writer: Writer = Writer.IMPORTER) -> None:
    """Record the bank's word at its counter, with all that follows from it."""
    async with at_the_counter(scribe.desk, writer) as counter:
        await counter.decide((await caught_up(scribe)).state, *commands)
    await caught_up(scribe)


async def settled(scribe: Scribe, tranche: int = 1) -> None:
    """A released tranche leaves in a file that the payer signed, and the bank books it."""
    message_id, planned = f"ACCM{'A' * 25}{tranche + 1}", scribe.state.tranches[tranche - 1]
    paid = payment_id(scribe.reference, tranche, planned.attempt)
    content = {"payments": (paid,), "total": planned.money, "execution_on": clock.today(), "sha256": DIGEST}
    stream = StreamId.payment_file(message_id)
    for kind, said in ((PaymentFileMade, content), (PaymentFileHandedOver, {"sha256": DIGEST})):
        act = await signed_act(scribe.desk, kind, stream, "paul.nkosi", **said)
        async with at_the_counter(scribe.desk, Writer.EXPORTER) as counter:
            await counter.act(stream, act)
    about: dict[str, Any] = {"tranche": tranche, "attempt": planned.attempt, "at": clock.now()}
    left = c.RecordHandOver(command_id=uuid4(), message_id=message_id, **about)
    await bank_says(scribe, left, writer=Writer.EXPORTER)
    booked = c.RecordTrancheOutcome(command_id=uuid4(), outcome=TrancheOutcome.SETTLED, reason="", **about)
    await bank_says(scribe, booked)
    assert scribe.state.tranches[tranche - 1].state is TrancheState.SETTLED


async def claim(scribe: Scribe, fund_id: str) -> Claim:
    """The partnership's claim on a fund, as the fund tells it."""
    return (await fund(scribe.desk, fund_id)).claim(scribe.reference)
