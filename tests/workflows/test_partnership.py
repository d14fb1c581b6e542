"""A partnership's life on the real server: what people ask is done once, in order, and on record."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from accord.client.desk import Desk
from accord.presentation.faults import Refused
from domain.directory.tiers import Role
from domain.parties import PartyKind
from domain.partnership import commands as c
from domain.partnership.events import DueDiligenceCompleted
from domain.partnership.stages import Stage
from domain.partnership.state import TrancheState
from domain.payment.bank_answers import BankStatus
from records.codec import to_ledger
from records.keys.keyring import Keyring
from tests.builders import company, funds_in, funds_out, money, party, proposal
from tests.histories import histories
from tests.lives import Life
from workflows.messages import Receipt


def elsewhere(desk: Desk, folder: Path, *names: str) -> Desk:
    """A desk with keys of its own, of which the directory knows nothing."""
    keyring = Keyring(folder / "keys")
    for name in names:
        keyring.make(name)
    return replace(desk, keyring=keyring)


@pytest.mark.slow
async def test_a_charity_is_approved_by_two_paid_and_closed(life: Life) -> None:
    tranche = await life.released(proposal(life.reference, funds_out=funds_out("1000.00", final_report=False)))
    await life.bank_says(tranche, BankStatus.ACCEPTED)
    await life.bank_says(tranche, BankStatus.SETTLED)
    closed = await life.until_stage(Stage.CLOSED)
    assert closed.tranches[0].state is TrancheState.SETTLED
    assert [event for event in await life.told() if event != "CommandRefused"] == [
        "PartnershipProposed", "DueDiligenceCompleted", "EligibilityAssessed", "DeadlineSet", "ApprovalGiven",
        "ApprovalGiven", "DeadlineSet", "AgreementSigned", "TrancheReleased", "TrancheHandedOver", "TrancheEnded",
        "PartnershipClosed",
    ]  # fmt: skip


@pytest.mark.slow
async def test_tranches_are_paid_one_by_one_and_a_report_closes(life: Life) -> None:
    first = await life.released(proposal(life.reference, funds_out=funds_out("600.00", "400.00")))
    await life.bank_says(first, BankStatus.SETTLED)
    await life.until_tranche(TrancheState.SETTLED)
    await life.do(c.Release, "paul.nkosi", tranche=2)
    await life.bank_says(await life.instructed(2), BankStatus.SETTLED)
    assert (await life.until_tranche(TrancheState.SETTLED, 2)).stage is Stage.ACTIVE
    receipt = await life.reported()
    assert receipt.what == ("ReportAccepted", "PartnershipClosed")


@pytest.mark.slow
async def test_the_same_command_asked_eight_times_at_once_is_done_once(life: Life) -> None:
    await life.awaiting_approval(proposal(life.reference))
    command = await life.command(c.Approve, "ana.silva", no_interest=True, reason="good work")
    receipts = await asyncio.gather(*(_update(life, command) for _ in range(8)))
    assert (await life.told()).count("ApprovalGiven") == 1
    assert {receipt.what for receipt in receipts} == {("ApprovalGiven",)}


async def test_of_two_who_decide_at_once_one_succeeds_and_the_other_is_told_who_was_first(life: Life) -> None:
    await life.awaiting_approval(proposal(life.reference))
    seen = await life.desk.known_sight(life.reference)
    decided = await asyncio.gather(
        life.desk.decide(seen, c.Decline, "ana.silva", reason="no budget"),
        life.desk.decide(seen, c.Decline, "femi.ade", reason="no funds"),
        return_exceptions=True,
    )
    [refusal] = [answer for answer in decided if isinstance(answer, Refused)]
    assert refusal.kind == "IllegalTransition"
    assert "declined it" in str(refusal)
    assert (await life.told()).count("PartnershipDeclined") == 1


@pytest.mark.slow
async def test_what_the_state_refuses_leaves_no_trace(life: Life) -> None:
    await life.propose(proposal(life.reference))
    await life.until_stage(Stage.APPROVAL)
    await life.do(c.Approve, "ana.silva", no_interest=True, reason="fits the programme")
    before = len((await life.handle.fetch_history()).events), len(await life.events())
    with pytest.raises(Refused, match="no interest"):
        await life.do(c.Approve, "femi.ade", reason="within the budget")
    assert (len((await life.handle.fetch_history()).events), len(await life.events())) == before


@pytest.mark.slow
async def test_an_attempt_to_approve_ones_own_proposal_is_on_record(life: Life) -> None:
    """R31: a refusal for separation of duties is put on record, though the state alone refuses the act."""
    await life.awaiting_approval(proposal(life.reference))
    with pytest.raises(Refused, match=r"proposed .* and may not approve") as refusal:
        await life.do(c.Approve, "pia.berg", no_interest=True, reason="it is mine")
    assert refusal.value.kind == "SeparationOfDuties"
    last: Any = (await life.events())[-1].event
    assert (last.event_type, last.actor, last.attempted) == ("CommandRefused", "pia.berg", "approve")
    assert (await life.state()).approvals == ()


@pytest.mark.slow
async def test_somebody_unknown_is_refused_and_the_refusal_is_on_record(life: Life, tmp_path: Path) -> None:
    await life.awaiting_approval(proposal(life.reference))
    stranger = Life(elsewhere(life.desk, tmp_path, "nobody.known"), life.reference)
    with pytest.raises(Refused, match="not in the staff directory") as refusal:
        await stranger.do(c.Approve, "nobody.known", no_interest=True, reason="let me")
    assert refusal.value.kind == "NotSigned"
    assert (await life.told())[-1] == "CommandRefused"
    assert (await life.state()).approvals == ()


@pytest.mark.slow
async def test_a_person_without_the_role_is_refused(life: Life) -> None:
    await life.propose(proposal(life.reference))
    await life.until_stage(Stage.APPROVAL)
    with pytest.raises(Refused, match="needs FINANCE_APPROVER or PROGRAMME_APPROVER"):
        await life.do(c.Approve, "otto.audit", no_interest=True, reason="let me")


@pytest.mark.slow
async def test_who_has_no_key_here_is_told_so_and_nothing_is_sent(life: Life) -> None:
    await life.awaiting_approval(proposal(life.reference))
    before = await life.events()
    with pytest.raises(Refused, match=r"no key of nobody\.known in .* `accord staff enrol") as refusal:
        await life.do(c.Approve, "nobody.known", no_interest=True, reason="let me")
    assert refusal.value.kind == "NotSigned"
    assert await life.events() == before


@pytest.mark.slow
async def test_a_proposal_by_somebody_unknown_records_nothing_and_can_be_made_properly(
    life: Life, tmp_path: Path
) -> None:
    with pytest.raises(Refused, match="not in the staff directory"):
        await elsewhere(life.desk, tmp_path, "nobody.known").propose(proposal(life.reference), "nobody.known")
    assert await life.events() == []
    assert (await life.propose(proposal(life.reference))).what == ("PartnershipProposed",)


@pytest.mark.slow
async def test_proposing_the_same_again_is_a_replay_and_other_content_is_refused(life: Life) -> None:
    await life.propose(proposal(life.reference))
    await life.until_stage(Stage.APPROVAL)
    assert (await life.propose(proposal(life.reference))).replayed
    with pytest.raises(Refused, match="is APPROVAL"):
        await life.propose(proposal(life.reference, title="Another title altogether"))


async def test_an_unknown_funder_is_refused(life: Life) -> None:
    with pytest.raises(Refused, match="holds no funder NOBODY"):
        await life.propose(proposal(life.reference, funds_out=funds_out(funder="NOBODY")))
    assert await life.events() == []


@pytest.mark.slow
async def test_a_referral_goes_back_for_information_and_comes_again(life: Life) -> None:
    unknown = party("Saint Agnes Parish Room", ein="001999999")
    await life.propose(proposal(life.reference, funds_out=funds_out(payee=unknown)))
    await life.until_stage(Stage.ELIGIBILITY)
    await life.do(c.ReturnForInformation, "vera.lind", question="Is the EIN right?")
    await life.propose(proposal(life.reference), answer="It was another one")
    state = await life.until_stage(Stage.APPROVAL)
    assert state.proposed.funds_out is not None
    assert state.proposed.funds_out.payee.ein == "001000001"


@pytest.mark.slow
async def test_a_cleared_referral_is_not_referred_again_before_paying(life: Life) -> None:
    """C22."""
    payee = party("Zorvan Trade Education Fund", ein="001000008")
    await life.propose(proposal(life.reference, partner=payee, funds_out=funds_out(payee=payee)))
    await life.until_stage(Stage.ELIGIBILITY)
    await life.do(c.Approve, "vera.lind", no_interest=True, reason="another organisation")
    await life.do(c.Approve, "ana.silva", no_interest=True, reason="good work")
    await life.do(c.Approve, "femi.ade", no_interest=True, reason="within budget")
    assert (await life.state()).missing_approvals == (Role.DIRECTOR,)
    await life.do(c.Approve, "dora.kim", no_interest=True, reason="the risk is known")
    account = await life.account("Zorvan Trade Education Fund")
    await life.do(c.SignAgreement, "dora.kim", signed_on=datetime.now(UTC).date(), account=account)
    await life.do(c.Release, "paul.nkosi", tranche=1)
    assert (await life.instructed()).status.value == "INSTRUCTED"


@pytest.mark.slow
async def test_a_listed_party_is_declined_by_the_rule_book(life: Life) -> None:
    payee = party("Blue Heron Networks", ein=None)
    await life.propose(proposal(life.reference, partner=payee, funds_out=funds_out(payee=payee)))
    assert "SANCTIONS" in (await life.until_stage(Stage.DECLINED)).why


@pytest.mark.slow
async def test_what_can_be_cured_goes_back_to_its_proposer_and_on_once_it_is_cured(life: Life) -> None:
    gone = party("Old Mill Community Net", ein="001000009")
    await life.propose(proposal(life.reference, partner=gone, funds_out=funds_out(payee=gone)))
    state = await life.until(lambda known: bool(known.returned_for))
    assert (state.stage, "ELIG-REVOKED" in state.question) == (Stage.PROPOSED, True)
    assert state.deadline is not None
    await life.propose(proposal(life.reference))
    assert (await life.until_stage(Stage.APPROVAL)).question == ""


@pytest.mark.slow
async def test_a_company_goes_back_once_and_is_declined_if_it_stays(life: Life) -> None:
    mistaken = proposal(life.reference, partner=company(), funds_out=funds_out(payee=company()))
    await life.propose(mistaken)
    await life.until(lambda known: "ELIG-NONPROFIT" in known.returned_for)
    await life.do(c.Propose, "pia.berg", proposal=mistaken)
    assert "ELIG-NONPROFIT" in (await life.until_stage(Stage.DECLINED)).why


@pytest.mark.slow
async def test_money_in_closes_when_the_bank_books_it(life: Life) -> None:
    await life.approved(proposal(life.reference, funds_in=funds_in("5000.00")))
    await life.do(c.SignAgreement, "dora.kim", signed_on=datetime.now(UTC).date())
    await life.handle.signal("bank_answered", {"status": "RECEIVED", "money": money("5000.00")})
    first = await life.money_arrives("5000.00")
    again = await life.money_arrives("5000.00")
    assert (len(first.new), len(again.new), again.known) == (1, 0, 1)
    await life.until(lambda known: known.received == 5000)
    for condition in (await life.state()).open_conditions():
        assert (await life.state()).stage is Stage.ACTIVE
        await life.do(c.Satisfy, "vera.lind", condition=condition, note="sent and on file")
    await life.until_stage(Stage.CLOSED)
    told = await life.told()
    assert (told.count("FundsReceived"), told.count("ConditionMet")) == (1, 1)


@pytest.mark.slow
async def test_without_money_no_payment_is_possible(life: Life) -> None:
    company = party("Packet Harbour Ltd", kind=PartyKind.PRIVATE_COMPANY, ein=None)
    joint = {"funder": "ISOC", "activity": "A joint campaign"}
    await life.propose(proposal(life.reference, partner=company, non_monetary=joint))
    await life.until_stage(Stage.APPROVAL)
    await life.do(c.Approve, "ana.silva", no_interest=True, reason="good work")
    await life.do(c.SignAgreement, "dora.kim", signed_on=datetime.now(UTC).date())
    with pytest.raises(Refused, match="no payment is possible") as refusal:
        await life.do(c.Release, "paul.nkosi", tranche=1)
    assert refusal.value.kind == "PaymentRefused"


@pytest.mark.slow
async def test_a_signal_does_what_an_update_does(life: Life) -> None:
    await life.awaiting_approval(proposal(life.reference))
    await life.submit(await life.command(c.Approve, "ana.silva", no_interest=True, reason="by signal"))
    await life.until(lambda known: len(known.approvals) == 1)


@pytest.mark.slow
@pytest.mark.parametrize(
    "rubbish", ["not a command", {"kind": "approve"}, {"kind": "record_verification"}, [1, 2], None, 7]
)
async def test_a_signal_that_cannot_be_accepted_is_recorded_not_raised(life: Life, rubbish: Any) -> None:
    before = await life.awaiting_approval(proposal(life.reference))
    await life.handle.signal("submit", rubbish)
    after = await life.until(lambda known: known.version > before.version)
    assert after == before.model_copy(update={"version": before.version + 1})
    assert (await life.told())[-1] == "CommandRefused"


@pytest.mark.slow
async def test_a_signal_by_the_wrong_person_is_recorded_as_refused(life: Life) -> None:
    before = await life.awaiting_approval(proposal(life.reference))
    await life.submit(await life.command(c.Approve, "pia.berg", no_interest=True, reason="it is mine"))
    await life.until(lambda known: known.version > before.version)
    last = (await life.events())[-1].event
    assert (last.event_type, getattr(last, "actor", "")) == ("CommandRefused", "pia.berg")


@pytest.mark.slow
async def test_a_refusal_reaches_the_caller_by_its_type(life: Life) -> None:
    await life.awaiting_approval(proposal(life.reference))
    command = await life.command(c.Release, "paul.nkosi", tranche=1)
    with pytest.raises(WorkflowUpdateFailedError) as failure:
        await _update(life, command)
    assert isinstance(failure.value.cause, ApplicationError)
    assert failure.value.cause.type == "IllegalTransition"


@pytest.mark.slow
async def test_who_asks_after_the_end_is_told_how_it_ended(life: Life) -> None:
    await life.awaiting_approval(proposal(life.reference))
    seen = await life.desk.known_sight(life.reference)
    await life.do(c.Withdraw, "pia.berg", reason="no longer needed")
    with pytest.raises(Refused, match=r"is WITHDRAWN; pia\.berg withdrew it"):
        await life.desk.decide(seen, c.Approve, "ana.silva", no_interest=True, reason="too late")


@pytest.mark.slow
async def test_who_lost_the_answer_to_what_ended_it_is_given_it_on_asking_again(life: Life) -> None:
    await life.awaiting_approval(proposal(life.reference))
    command = await life.command(c.Withdraw, "pia.berg", reason="no longer needed")
    first = await life.send(command)
    again = await life.send(command)
    assert first.what == again.what == ("PartnershipWithdrawn",)
    assert (await life.told()).count("PartnershipWithdrawn") == 1


@pytest.mark.slow
async def test_a_hold_stops_payment_and_another_person_lifts_it(life: Life) -> None:
    await life.signed(proposal(life.reference))
    await life.do(c.PlaceHold, "vera.lind", reason="a question in the press")
    with pytest.raises(Refused, match="on hold"):
        await life.do(c.Release, "paul.nkosi", tranche=1)
    await life.do(c.LiftHold, "femi.ade", reason="answered")
    assert (await life.do(c.Release, "paul.nkosi", tranche=1)).what == ("TrancheReleased",)
    tranche = await life.instructed()
    await life.bank_says(tranche, BankStatus.REJECTED)
    await life.until_tranche(TrancheState.REJECTED)
    assert (await life.do(c.Terminate, "dora.kim", reason="done")).stage is Stage.TERMINATED


async def _update(life: Life, command: c.StaffRequest) -> Receipt:
    answer: Receipt = await life.handle.execute_update(
        "decide", command, id=str(command.command_id), result_type=Receipt
    )
    return answer


@pytest.mark.slow
async def test_bank_details_never_enter_a_history_or_the_ledger(life: Life) -> None:
    await life.released(proposal(life.reference))
    secrets = await life.desk.pool.fetch(
        "SELECT details->>'iban' AS iban FROM payments.accounts WHERE details->>'iban' <> ''"
    )
    written = [event.SerializeToString() for history in await histories(life) for event in history.events]
    written += [event.payload async for event in life.desk.ledger.read_all()]
    everything = b"".join(written)
    assert b"Riverbend Library Network" in everything
    assert not [row["iban"] for row in secrets if row["iban"].encode() in everything]


@pytest.mark.slow
async def test_findings_that_are_too_large_to_be_recorded_wait_for_people(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given findings over the limit of an event, then that is on record once. When they fit, the next look goes on."""
    made = to_ledger

    def too_large(events: tuple[Any, ...], *more: Any) -> Any:
        if any(isinstance(one, DueDiligenceCompleted) for one in events):
            raise ValueError("a DueDiligenceCompleted of 2000000 bytes is over the limit of 1 MiB")
        return made(events, *more)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr("activities.recording.appending.to_ledger", too_large)
        await life.propose(proposal(life.reference))
        await life.until_told("CommandRefused")
        await life.until_quiet()
        assert await life.told() == ["PartnershipProposed", "CommandRefused"]
    await life.handle.signal("catch_up")
    await life.until_stage(Stage.APPROVAL)
