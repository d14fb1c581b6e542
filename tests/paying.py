"""Payable partnerships, each stream written as a worker writes it: for tests of the bank's counter.

People's acts are signed, and the system's words rest on the registers that were asked. No workflow runs.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from temporalio.testing import ActivityEnvironment

from accord.client.desk import Desk
from accord.demo.sample import CALLER
from activities.attempts import paid_for
from activities.contracts import InstructionOutcome, TrancheStart
from activities.evidence import verify
from activities.payment import Payments
from domain.directory.tiers import Role
from domain.identity import ACCORD, derive, end_to_end_id, payment_id
from domain.parties import AccountReference
from domain.partnership import events as e
from domain.payment.tranche.events import PaymentInstructed, TrancheReleasedForPayment
from domain.payment.tranche.evolution import fold_tranche
from domain.payment.tranche.state import Tranche
from domain.policy.rulebook import EDITIONS, RULE_BOOK, assess
from domain.proposal import Funding, Proposal
from domain.streams import StreamId
from ledger import AppendRequest
from ledger.projections import Projector
from payments.accounts import AccountDetails, reference_of
from payments.out.instructions import Instruction, instruction_by_end_to_end_id
from records.codec import from_ledger, to_ledger
from records.read_models.judging import judge_of
from records.read_models.partnerships import PARTNERSHIPS
from tests.builders import funds_in, funds_out, party, proposal
from tests.payments.orders import RIVERBEND
from tests.scribe import Scribe

REFERENCE = "P-2026-0042"


async def funding_of(desk: Desk, made: Proposal) -> Funding:
    """The funders of a proposal, as the directory has them."""
    directory = await desk.directory()
    funders = (directory.funder(leg.funder) for leg in made.legs)
    return Funding(funders=tuple(dict.fromkeys(one for one in funders if one is not None)))


async def verified_and_assessed(desk: Desk, made: Proposal, edition: str = RULE_BOOK.version) -> Scribe:
    """A partnership that the registers and the rule book were asked about, by default the edition in force."""
    scribe = Scribe(desk, made.reference)
    funding = await funding_of(desk, made)
    await scribe.says(e.PartnershipProposed, "pia.berg", proposal=made, funding=funding)
    async with desk.pool.acquire() as connection:
        found = await verify(connection, desk.reader, made)
    await scribe.write(e.DueDiligenceCompleted(at=datetime.now(UTC), verification=found))
    assessment = assess(made, funding, found, (), EDITIONS[edition])
    quorum = (Role.PROGRAMME_APPROVER, Role.FINANCE_APPROVER)
    await scribe.write(e.EligibilityAssessed(at=datetime.now(UTC), assessment=assessment, quorum=quorum))
    return scribe


async def approved(desk: Desk, made: Proposal, edition: str = RULE_BOOK.version) -> Scribe:
    """A partnership that those who must have approved."""
    scribe = await verified_and_assessed(desk, made, edition)
    for actor, role in (("ana.silva", Role.PROGRAMME_APPROVER), ("femi.ade", Role.FINANCE_APPROVER)):
        await scribe.says(e.ApprovalGiven, actor, no_interest=True, role=role, reason="good work")
    return scribe


async def agreed(
    desk: Desk, made: Proposal, account: AccountReference | None, edition: str = RULE_BOOK.version
) -> Scribe:
    """A partnership whose agreement names the account that money goes to, or none where money only comes in."""
    scribe = await approved(desk, made, edition)
    signed = {"signed_on": date(2026, 11, 2), "document_sha256": None, "account": account}
    verifier = CALLER if account is not None else ""
    await scribe.says(e.AgreementSigned, "dora.kim", account_verifier=verifier, **signed)
    return scribe


async def agreed_grant(desk: Desk) -> Scribe:
    """An agreed grant of two tranches, none released yet, which the read models show."""
    payee = party(RIVERBEND.holder)
    made = proposal(REFERENCE, funds_out=funds_out("600.00", "400.00", payee=payee), partner=payee)
    story = await agreed(desk, made, reference_of(RIVERBEND))
    await shown(desk)
    return story


async def shown(desk: Desk) -> None:
    """Fold all records into the read model, as the projector does."""
    await Projector(desk.ledger, PARTNERSHIPS, judge_of(desk.ledger)).catch_up()


async def released(
    desk: Desk, reference: str = REFERENCE, *amounts: str, details: AccountDetails = RIVERBEND, **more: Any
) -> Scribe:
    """A partnership of which every tranche was released and instructed, and waits for a file."""
    scribe = await agreed_on(desk, reference, *amounts, details=details, **more)
    for number in range(1, len(amounts or ("",)) + 1):
        await release(scribe, number)
    return scribe


async def agreed_on(
    desk: Desk, reference: str, *amounts: str, details: AccountDetails = RIVERBEND, **more: Any
) -> Scribe:
    """An agreed grant of these tranches, of which none is released yet."""
    payee = party(details.holder)
    out = funds_out(*(amounts or ("1000.00",)), payee=payee)
    made = proposal(reference, **{"funds_out": out, "partner": payee, **more})
    return await agreed(desk, made, reference_of(details))


async def expecting(desk: Desk, reference: str = REFERENCE, amount: str = "5000.00") -> Scribe:
    """A partnership that waits for a donor's money."""
    return await agreed(desk, proposal(reference, funds_in=funds_in(amount)), None)


async def release(scribe: Scribe, tranche: int = 1, attempt: int = 1) -> Tranche:
    """Release a tranche and instruct its payment, as the payer and a worker do."""
    planned = next(one.money for one in scribe.state.tranches if one.number == tranche)
    content = {"tranche": tranche, "attempt": attempt, "money": planned, "attempt_signed": True}
    await scribe.says(e.TrancheReleased, "paul.nkosi", **content)
    return await instruct(scribe, tranche, attempt)


async def instruct(scribe: Scribe, tranche: int = 1, attempt: int = 1) -> Tranche:
    """Instruct a released attempt by the activity itself, and record what it says on the attempt's stream."""
    start = TrancheStart(partnership_id=scribe.reference, tranche=tranche, attempt=attempt)
    outcome: InstructionOutcome = await ActivityEnvironment().run(Payments(scribe.desk.pool).instruct_payment, start)
    assert outcome.instructed is not None, outcome
    said = outcome.instructed
    stream = StreamId.attempt(scribe.reference, tranche, attempt)
    subject = paid_for(scribe.reference, await scribe.desk.history(scribe.reference), (tranche, attempt))
    events = (
        TrancheReleasedForPayment(at=said.order.released_at, order=said.order, paid_for=subject),
        PaymentInstructed(
            at=said.at, payment_id=said.order.payment_id, end_to_end_id=said.end_to_end_id,
            instruction_sha256=said.instruction_sha256, relied_on=said.relied_on,
        ),
    )  # fmt: skip
    await append(scribe.desk, stream, *events)
    return await attempt_of(scribe, tranche, attempt)


async def append(desk: Desk, stream: str, *events: Any) -> None:
    """Append to a stream at its end, as the system does."""
    version = len(await desk.ledger.read_stream(stream))
    command_id = derive("appended", stream, version)
    answer = await desk.ledger.append(AppendRequest(stream, command_id, version, to_ledger(events, ACCORD, command_id)))
    assert answer.recorded, answer


async def caught_up(scribe: Scribe) -> Scribe:
    """The scribe, who knows what others wrote to the stream meanwhile."""
    scribe.state = await scribe.reread()
    scribe.position = (await scribe.desk.history(scribe.reference))[-1].position
    return scribe


async def hold(scribe: Scribe, reason: str = "a complaint came in") -> None:
    """Place a hold, whatever was written meanwhile."""
    await (await caught_up(scribe)).says(e.HoldPlaced, "vera.lind", reason=reason)


async def lift(scribe: Scribe) -> None:
    """Lift the hold."""
    await (await caught_up(scribe)).says(e.HoldLifted, "dora.kim", reason="it is answered")


async def cancel(scribe: Scribe, tranche: int = 1, attempt: int = 1) -> None:
    """Take a released payment back."""
    content = {"tranche": tranche, "attempt": attempt, "reason": "the account is in doubt"}
    await (await caught_up(scribe)).says(e.PaymentCancelled, "femi.ade", **content)


async def attempt_of(scribe: Scribe, tranche: int = 1, attempt: int = 1) -> Tranche:
    """An attempt as its stream makes it."""
    known = fold_tranche(tuple(await attempt_events(scribe, tranche, attempt)))
    assert known is not None
    return known


async def attempt_events(scribe: Scribe, tranche: int = 1, attempt: int = 1) -> list[Any]:
    """The events of an attempt."""
    stream = StreamId.attempt(scribe.reference, tranche, attempt)
    return [from_ledger(one).event for one in await scribe.desk.ledger.read_stream(stream)]


async def told(scribe: Scribe, after: int = 0) -> list[str]:
    """The names of a partnership's events after a version."""
    history = await scribe.desk.history(scribe.reference)
    return [one.event.event_type for one in history if one.version > after]


def identifier(scribe: Scribe, tranche: int = 1, attempt: int = 1) -> str:
    """The end-to-end id of an attempt."""
    return end_to_end_id(payment_id(scribe.reference, tranche, attempt))


async def instruction(scribe: Scribe, tranche: int = 1, attempt: int = 1) -> Instruction:
    """The frozen instruction of an attempt."""
    async with scribe.desk.pool.acquire() as connection:
        found = await instruction_by_end_to_end_id(connection, identifier(scribe, tranche, attempt))
    assert found is not None
    return found
