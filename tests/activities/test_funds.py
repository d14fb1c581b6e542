"""A doubter's findings in the funds stay mended: nothing leaks, pays twice or stops a hold (R15, R39)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

import records.funds
from accord.client.desk import Desk
from accord.presentation.faults import Refused
from activities.contracts import Answered
from activities.partnerships import Partnerships
from activities.verification import Verifications
from domain.errors import FundsShort
from domain.funds import events as f
from domain.funds.booking import FundBooking, Turn
from domain.funds.faults import payment_fault
from domain.funds.fund import Claim, Fund
from domain.grants import FundShare
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.partnership.refund.refunds import RefundDirection
from domain.partnership.state import Partnership, TrancheState
from domain.payment.bank_answers import BOOKED, BankAnswer, BankStatus
from domain.proposal import Proposal
from domain.recorded.writers import Writer
from domain.streams import StreamId
from domain.values import Money
from ledger import AppendRequest, AppendResult, AppendStatus, NewEvent, clock
from records.funds import Funds
from tests.activities.funding import (
    FIRST,
    OTHER,
    REFERENCE,
    SECOND,
    agreed,
    approve,
    approved,
    bank_says,
    carried_out,
    claim,
    do,
    done,
    grant,
    looked_up,
    settled,
    signed,
    two_funds,
    waiting,
)
from tests.activities.story import QUORUM, account_of
from tests.builders import funding, funds_in, funds_out, money, number, party, proposal
from tests.paying import append, caught_up
from tests.scribe import Scribe
from tests.treasury import change, fund, unrestricted

DONOR = {"donor": party("Northern Light Foundation", ein="001000009")}
"""A donor of this country."""


def own_gift(reference: str, amount: str) -> Proposal:
    """A grant that is paid of a fund into which its own partnership gives 1."""
    return grant(reference, FIRST, amounts=(amount,), funds_in=funds_in("1.00", into=FIRST, **DONOR))


def gift(into: str) -> Proposal:
    return proposal(REFERENCE, funds_in=funds_in(into=into), partner=funds_in()["donor"])


async def came_in(scribe: Scribe) -> None:
    """5,000 of the gift came in."""
    answer = BankAnswer(
        answer_id=number("the gift"), status=BankStatus.RECEIVED, code=BOOKED, said_at=datetime.now(UTC),
        money=Money(amount=Decimal("5000.00"), currency="USD"), bank_reference="REF1", partnership_id=REFERENCE,
    )  # fmt: skip
    await bank_says(scribe, c.RecordReceipt(command_id=number("receipt"), at=answer.said_at, answer=answer))


# Amendments


async def test_a_fund_that_an_amendment_leaves_keeps_nothing(furnished: Desk) -> None:
    await two_funds(furnished)
    scribe = await approved(furnished, grant(REFERENCE, FIRST))
    assert (await claim(scribe, FIRST)).reserved == 1000
    await done(scribe, c.Amend, "pia.berg", proposal=grant(REFERENCE, SECOND), reason="another fund pays")
    await done(scribe, c.Withdraw, "pia.berg", reason="given up")
    assert (await claim(scribe, FIRST), await claim(scribe, SECOND)) == (Claim(), Claim())


@pytest.mark.slow
async def test_an_amendment_waits_for_what_the_rules_say_of_this_very_amendment(furnished: Desk) -> None:
    """Given an answer to another question, when an amendment is carried out, then the rules are to be asked again."""
    await two_funds(furnished)
    scribe = await agreed(furnished, grant(REFERENCE, FIRST))
    asked = signed(scribe, c.Amend, "pia.berg", proposal=grant(REFERENCE, SECOND), reason="another fund pays")
    process = Partnerships(furnished.pool)
    first = await carried_out(process, asked)
    assert (first.what, first.refusal) == ((), None)
    assert first.asks is not None
    judged = await Verifications(furnished.pool).judge_amendment(first.asks)
    other = first.asks.model_copy(update={"involved": frozenset[str]()})
    for question, ends in ((other, False), (first.asks, True)):
        said = Answered(asked=question, assessment=judged.assessment)
        answer = await carried_out(process, asked.model_copy(update={"answered": said}))
        assert (bool(answer.what), answer.asks is None) == (ends, ends)


async def test_a_gift_that_an_amendment_moves_to_another_fund_is_there_and_there_alone(furnished: Desk) -> None:
    await two_funds(furnished, "10.00", "10.00")
    scribe = await agreed(furnished, gift(FIRST))
    await came_in(scribe)
    assert [(await fund(furnished, one)).granted for one in (FIRST, SECOND)] == [5010, 10]
    await done(scribe, c.Amend, "pia.berg", proposal=gift(SECOND), reason="it goes to the other fund")
    assert [(await fund(furnished, one)).granted for one in (FIRST, SECOND)] == [10, 5010]


@pytest.mark.slow
async def test_a_gift_of_which_money_was_promised_stays_in_its_fund(furnished: Desk) -> None:
    """Given a gift that is committed to a grant, when its proposer alone moves it, then no other fund has it too."""
    await two_funds(furnished, "10.00", "10.00")
    scribe = await agreed(furnished, gift(FIRST))
    await came_in(scribe)
    await agreed(furnished, grant(OTHER, FIRST, amounts=("5000.00",)))
    answer = await do(scribe, c.Amend, "pia.berg", proposal=gift(SECOND), reason="it goes to the other fund")
    assert answer.refusal is not None
    assert "paid or keeps of this gift 4,990.00 USD more than it would have left" in answer.refusal.reason
    assert [(await fund(furnished, one)).granted for one in (FIRST, SECOND)] == [5010, 10]


@pytest.mark.slow
async def test_what_a_fund_paid_stays_its_own_and_only_the_rest_is_paid_of_another(furnished: Desk) -> None:
    await two_funds(furnished)
    amounts = ("600.00", "400.00")
    scribe = await agreed(furnished, grant(REFERENCE, FIRST, amounts=amounts))
    await done(scribe, c.Release, "paul.nkosi", tranche=1, attempt=1)
    await settled(scribe)
    assert await claim(scribe, FIRST) == Claim(committed=Decimal(400), spent=Decimal(600))
    anew = grant(REFERENCE, SECOND, amounts=amounts)
    await done(scribe, c.Amend, "pia.berg", proposal=anew, reason="the rest is paid of the other fund")
    await looked_up(scribe)
    for actor in ("ana.silva", "femi.ade"):
        assert (await approve(scribe, actor)).refusal is None
    assert await claim(scribe, FIRST) == Claim(spent=Decimal(600))
    assert await claim(scribe, SECOND) == Claim(committed=Decimal(400))
    told = [one.event.event_type for one in await furnished.reader.read(StreamId.fund(FIRST))]
    assert "PaymentCameBack" not in told


@pytest.mark.slow
async def test_after_its_year_a_fund_may_be_asked_to_pay_less(furnished: Desk) -> None:
    today = datetime.now(UTC).date()
    await unrestricted(furnished, FIRST, "1000.00", last_day=today)
    scribe = await agreed(furnished, grant(REFERENCE, FIRST))
    await furnished.pool.execute(
        "CREATE OR REPLACE FUNCTION ledger.now() RETURNS timestamptz LANGUAGE sql VOLATILE AS "
        "$$ SELECT clock_timestamp() + interval '1 day' $$"
    )
    with clock.reading(lambda: datetime.now(UTC) + timedelta(days=1)):
        less = grant(REFERENCE, FIRST, amounts=("500.00",))
        await done(scribe, c.Amend, "pia.berg", proposal=less, reason="less is needed")
    assert (await claim(scribe, FIRST)).committed == 500


# Refunds


async def refunded(scribe: Scribe, amount: str) -> None:
    """The payee gives a sum back, which two people sign."""
    said = {"direction": RefundDirection.FROM_GRANTEE, "money": money(amount), "booked_on": clock.today()}
    await done(scribe, c.RecordRefund, "femi.ade", bank_reference="NTRF-9", reason="not spent", **said)
    await done(scribe, c.ConfirmRefund, "dora.kim", bank_reference="NTRF-9", reason="seen at the bank")


@pytest.mark.slow
async def test_the_next_tranche_is_released_after_a_part_of_the_first_came_back(furnished: Desk) -> None:
    await two_funds(furnished, "1500.00")
    scribe = await agreed(furnished, grant(REFERENCE, FIRST, amounts=("1000.00", "500.00")))
    await done(scribe, c.Release, "paul.nkosi", tranche=1, attempt=1)
    await settled(scribe)
    await refunded(scribe, "100.00")
    assert await claim(scribe, FIRST) == Claim(committed=Decimal(500), spent=Decimal(900))
    await done(scribe, c.Release, "paul.nkosi", tranche=2, attempt=1)
    assert (await fund(furnished, FIRST)).available(clock.now()) == 100


@pytest.mark.slow
async def test_what_a_payee_gave_back_pays_another(furnished: Desk) -> None:
    await two_funds(furnished)
    scribe = await agreed(furnished, grant(REFERENCE, FIRST))
    await done(scribe, c.Release, "paul.nkosi", tranche=1, attempt=1)
    await settled(scribe)
    await refunded(scribe, "400.00")
    assert await claim(scribe, FIRST) == Claim(spent=Decimal(600))
    other = await agreed(furnished, grant(OTHER, FIRST, amounts=("300.00",)))
    await done(other, c.Release, "paul.nkosi", tranche=1, attempt=1)
    assert (await fund(furnished, FIRST)).available(clock.now()) == 100


# Holds


@pytest.mark.slow
async def test_a_hold_is_placed_although_the_reservation_lapsed_and_another_has_the_money(furnished: Desk) -> None:
    await two_funds(furnished)
    scribe = await approved(furnished, grant(REFERENCE, FIRST))
    past = datetime.now(UTC) - timedelta(days=1)
    await append(furnished, StreamId.fund(FIRST), f.ReservationMoved(at=past, partnership=REFERENCE, until=past))
    await approved(furnished, grant(OTHER, FIRST))
    await done(scribe, c.PlaceHold, "vera.lind", reason="the payee is on a sanctions list")
    known = await fund(furnished, FIRST)
    assert scribe.state.hold is not None
    assert (known.available(clock.now()), known.uncovered(clock.now())) == (0, {})
    await done(scribe, c.LiftHold, "dora.kim", reason="it was another one of the same name")
    assert scribe.state.hold is None, "a hold that is answered is lifted, whatever a fund has left"
    lifted = await fund(furnished, FIRST)
    assert (lifted.available(clock.now()), lifted.uncovered(clock.now())) == (0, {})


@pytest.mark.slow
async def test_a_grant_from_before_its_gift_had_a_fund_is_held_and_its_diversion_reported(furnished: Desk) -> None:
    out = funds_out("1000.00", charged_to={"gift": "P-2026-0007"}, places=[{"country": "US"}])
    scribe, proposed = Scribe(furnished, REFERENCE), proposal(REFERENCE, funds_out=out)
    await scribe.says(e.PartnershipProposed, "pia.berg", proposal=proposed, funding=funding())
    await looked_up(scribe)
    await scribe.says(e.ReferralCleared, "vera.lind", no_interest=True, reason="it is on its way", quorum=QUORUM)
    for actor, role in zip(("ana.silva", "femi.ade"), QUORUM, strict=True):
        given = {"no_interest": True, "role": role, "reason": "good work", "quorum": QUORUM}
        await scribe.says(e.ApprovalGiven, actor, **given)
    account = await account_of(scribe, "Riverbend Library Network")
    papers = {"signed_on": date(2026, 11, 2), "document_sha256": None, "account_verifier": "noor.haddad"}
    await scribe.says(e.AgreementSigned, "dora.kim", account=account, **papers)
    await done(scribe, c.PlaceHold, "vera.lind", reason="the payee is on a sanctions list")
    await done(scribe, c.ReportDiversion, "vera.lind", what="The money was spent on something else")
    assert (scribe.state.hold is not None, scribe.state.shares) == (True, ())


# Money of one's own gift


@pytest.mark.slow
async def test_a_gift_of_1_into_a_fund_does_not_open_all_of_it(furnished: Desk) -> None:
    await two_funds(furnished)
    scribe = await waiting(furnished, own_gift(REFERENCE, "90000.00"))
    answer = await approve(scribe)
    assert answer.refusal is not None
    assert answer.refusal.kind == "FundsShort"
    assert (await fund(furnished, FIRST)).available(clock.now()) == 1000


@pytest.mark.slow
async def test_whoever_gives_into_a_fund_takes_nothing_that_others_were_promised(furnished: Desk) -> None:
    await two_funds(furnished)
    giver = await agreed(furnished, own_gift(REFERENCE, "100.00"))
    other = await agreed(furnished, grant(OTHER, FIRST, amounts=("900.00",)))
    await do(giver, c.Amend, "pia.berg", proposal=own_gift(REFERENCE, "950.00"), reason="more is needed")
    for actor in ("femi.ade", "dora.kim", "ana.silva"):
        await approve(giver, actor)
    known = await fund(furnished, FIRST)
    assert known.available(clock.now()) >= 0
    assert payment_fault(other.state, {FIRST: known}, Decimal(900), clock.now()) is None
    assert "covers 100.00" in str(payment_fault(giver.state, {FIRST: known}, Decimal(950), clock.now()))


async def test_a_gift_does_not_let_a_fund_pay_in_another_currency(furnished: Desk) -> None:
    await two_funds(furnished)
    proposed = own_gift(REFERENCE, "900.00").model_dump(mode="json")
    proposed["funds_out"]["tranches"][0]["money"]["currency"] = "GBP"
    asked = signed(Scribe(furnished, REFERENCE), c.Propose, "pia.berg", proposal=Proposal.model_validate(proposed))
    answer = await carried_out(Partnerships(furnished.pool), asked)
    assert answer.refusal is not None
    assert f"{FIRST} is in USD, and the tranches are in GBP" in answer.refusal.reason


# Twice, and at once


@pytest.mark.slow
@pytest.mark.parametrize("funds", [(), (FIRST,)], ids=["no fund", "a fund"])
async def test_one_command_in_six_processes_at_once_is_recorded_once_and_refused_to_none(
    furnished: Desk, funds: tuple[str, ...]
) -> None:
    await two_funds(furnished)
    scribe = await caught_up(await waiting(furnished, grant(REFERENCE, *funds, amounts=("100.00",))))
    asked = signed(scribe, c.Approve, "femi.ade", no_interest=True, reason="within the budget")
    processes = [Partnerships(furnished.pool) for _ in range(6)]
    answers = await asyncio.gather(*(carried_out(one, asked) for one in processes))
    assert [one.refusal for one in answers] == [None] * 6
    assert (await claim(scribe, FIRST)).reserved == (100 if funds else 0)


@pytest.mark.slow
async def test_an_id_that_another_partnership_of_the_fund_used_is_refused_and_ends(furnished: Desk) -> None:
    await two_funds(furnished)
    command_id = uuid4()
    first = await waiting(furnished, grant(REFERENCE, FIRST, amounts=("100.00",)))
    second = await waiting(furnished, grant(OTHER, FIRST, amounts=("100.00",)))
    assert (await approve(first, command_id=command_id)).refusal is None
    answer = await approve(second, command_id=command_id)
    assert answer.refusal is not None
    assert answer.refusal.kind == "NotSigned"
    assert (await claim(second, FIRST), second.state.is_approved) == (Claim(), False)


@pytest.mark.slow
async def test_a_partnership_that_is_named_twice_is_not_taken_over(furnished: Desk) -> None:
    await two_funds(furnished)
    await approved(furnished, grant(REFERENCE, amounts=("500.00",)))
    with pytest.raises(Refused, match=f"{REFERENCE} is named twice; name it once"):
        await change(furnished, FIRST, {"kind": "adoption", "partnerships": [REFERENCE, REFERENCE]})


@pytest.mark.slow
async def test_a_fund_closes_empty_and_what_was_in_it_moves_first(furnished: Desk) -> None:
    await two_funds(furnished, "10.00")
    with pytest.raises(Refused, match=r"10\.00 are in FD-2026-A still; move them to another fund first"):
        await change(furnished, FIRST, {"kind": "closing"})
    await change(furnished, FIRST, {"kind": "transfer", "to": SECOND, "amount": "10.00"})
    await change(furnished, FIRST, {"kind": "closing"})
    first, second = await fund(furnished, FIRST), await fund(furnished, SECOND)
    assert (first.closed, first.granted, second.granted) == (True, 0, 1010)


# The emergency


@pytest.mark.slow
async def test_a_payment_that_is_cancelled_in_an_emergency_stays_kept_until_the_end_frees_it(furnished: Desk) -> None:
    await two_funds(furnished)
    scribe = await agreed(furnished, grant(REFERENCE, FIRST, amounts=("600.00",)))
    await done(scribe, c.Release, "paul.nkosi", tranche=1, attempt=1)
    early = await do(scribe, c.Terminate, "dora.kim", reason="not needed")
    assert early.refusal is not None
    assert "a payment was released; cancel it first" in early.refusal.reason
    emergency = Partnerships(furnished.pool, Writer.EMERGENCY)
    await done(scribe, c.CancelPayment, "dora.kim", emergency, tranche=1, attempt=1, reason="it must not leave")
    assert scribe.state.tranches[0].state is TrancheState.CANCELLED
    assert await claim(scribe, FIRST) == Claim(committed=Decimal(600))
    await done(scribe, c.Terminate, "dora.kim", reason="not needed")
    assert await claim(scribe, FIRST) == Claim()


@pytest.mark.slow
async def test_a_hold_in_an_emergency_suspends_the_day_on_which_a_reservation_lapses(furnished: Desk) -> None:
    await two_funds(furnished)
    scribe = await approved(furnished, grant(REFERENCE, FIRST))
    assert (await claim(scribe, FIRST)).until is not None
    emergency = Partnerships(furnished.pool, Writer.EMERGENCY)
    await done(scribe, c.PlaceHold, "vera.lind", emergency, reason="the payee is on a sanctions list")
    assert await claim(scribe, FIRST) == Claim(reserved=Decimal(1000))


# What is cancelled on its way


class Queued:
    """Decisions whose appends wait for an answer. For the second, the fund has too little until one arrives."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.funds = Funds(_Nothing())  # type: ignore[arg-type]
        self.answers: list[asyncio.Future[list[AppendResult]]] = []
        self.enough = False
        monkeypatch.setattr(records.funds, "book", self.book)

    def book(self, turn: Turn, known: Any, *, on_request: bool) -> FundBooking:
        mine = turn.after.partnership_id
        if on_request and mine == OTHER and not self.enough:
            raise FundsShort("too little")
        reserved = f.FundsReserved(at=turn.said_at, partnership=mine, amount=Decimal(1))
        return FundBooking(None, {FIRST: (reserved,)}, {FIRST: Fund(FIRST)})

    async def queue(self, requests: Sequence[AppendRequest]) -> asyncio.Future[list[AppendResult]]:
        assert requests
        self.answers.append(asyncio.get_running_loop().create_future())
        return self.answers[-1]

    async def decide(self, reference: str) -> asyncio.Task[list[AppendResult]]:
        """Begin a decision, as far as it comes by itself."""
        known, now = Partnership(partnership_id=reference, shares=SHARES), datetime.now(UTC)
        recording = self.funds.record(
            Turn(known, known, now, now),
            uuid4(),
            on_request=True,
            make_request=lambda _: own_request(),
            queue=self.queue,
        )
        begun = asyncio.create_task(recording)
        await idle()
        return begun

    async def arrive(self) -> None:
        """Let every append arrive that waits for its answer, and what is decided thereupon."""
        while open_still := [one for one in self.answers if not one.done()]:
            for answer in open_still:
                answer.set_result(RECORDED)
            await idle()


RECORDED = [AppendResult(AppendStatus.OK, 1, 1)]
SHARES = (FundShare(fund=FIRST, amount=Decimal(1)),)


class _Nothing:
    """A reader of an empty ledger."""

    known = None

    def __init__(self) -> None:
        self.registrar = self

    async def directory(self, connection: Any = None) -> None:
        """Nobody works here."""

    async def read(self, stream: str, after: int = 0, connection: Any = None) -> list[Any]:
        del stream, after, connection
        return []


def own_request() -> AppendRequest:
    event = NewEvent.of("Noted", 1, {}, {"actor": "pia.berg"})
    return AppendRequest(StreamId.partnership(REFERENCE), uuid4(), 0, (event,))


async def idle() -> None:
    """Let everything run that can."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_a_decision_that_waits_for_another_does_not_fall_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    queued = Queued(monkeypatch)
    first, second = await queued.decide(REFERENCE), await queued.decide(OTHER)
    first.cancel()
    queued.enough = True
    await idle()
    await queued.arrive()
    assert await second == RECORDED


async def test_a_decision_is_not_taken_back_by_another_that_waits_for_it_and_is_cancelled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    queued = Queued(monkeypatch)
    first, second = await queued.decide(REFERENCE), await queued.decide(OTHER)
    second.cancel()
    await idle()
    assert (first.done(), queued.answers[0].cancelled()) == (False, False)
    await queued.arrive()
    assert await first == RECORDED


# Sums


@pytest.mark.parametrize(("amount", "currency"), [("99999999999999.99", "USD"), ("10.1234", "CLF")])
def test_whatever_sum_the_bank_can_name_a_fund_can_hold(amount: str, currency: str) -> None:
    named = Money(amount=Decimal(amount), currency=currency)
    received = f.GiftReceived(at=datetime.now(UTC), partnership=REFERENCE, amount=named.amount)
    assert received.amount == named.amount


@pytest.mark.parametrize("amount", ["3_0000.00", "٣٠٠", "1e3"])
def test_a_sum_that_people_sign_is_written_in_plain_figures(amount: str) -> None:
    with pytest.raises(ValueError, match="amount"):
        f.Budget.model_validate({"amount": amount})
