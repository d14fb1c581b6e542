"""Whatever a worker records of funds, nothing leaves that signatures and the bank do not prove (R15, R39)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from accord.audit.authorisation import Authorisation
from accord.organisation.funds import ask, confirm, open_fund
from accord.organisation.signed_acts import signed_act
from domain.directory.people import HouseRulesSet, KeyRevoked
from domain.fault import Fault
from domain.funds import events as f
from domain.funds.faults import payment_fault
from domain.grants import FundShare
from domain.partnership import events as e
from domain.partnership.proposal.amendment import Change
from domain.payment.bank_answers import BankStatus
from domain.payment.tranche.events import PaymentRejected, PaymentReturned, TrancheEvent
from domain.screening.gifts import GiftEvidence
from domain.streams import StreamId
from ledger import AppendRequest, clock
from ledger.projections import Projector
from records.codec import to_ledger
from records.read_models.funds import FUNDS
from records.read_models.judging import judge_of
from tests.accord.audit.bank.test_attempts import claim
from tests.accord.audit.story import (
    DIRECTOR,
    FINANCE,
    PROGRAMME,
    REFERENCE,
    Step,
    Story,
    agreed,
    approves,
    assessed,
    both,
    proposed,
    releases,
    says,
    tell,
    verified,
)
from tests.accord.shell import Shell
from tests.builders import HOUSE_RULES, funding, funds_in, funds_out, money, number, party, proposal
from tests.governing import decree, hire
from tests.treasury import change, fund, unrestricted

FIRST, SECOND = "FD-2026-A", "FD-2026-B"
OTHER, GIFT = "P-2026-0041", "P-2026-0007"
NOW = datetime.now(UTC)
HALVES = ({"fund": FIRST, "amount": "500.00"}, {"fund": SECOND, "amount": "500.00"})
"""Two parts that people approved."""


def paid_of(*funds: Any, amounts: tuple[str, ...] = ("1000.00",), **more: Any) -> dict[str, Any]:
    """Money out that funds pay, each named alone or with its part."""
    return funds_out(*amounts, funds=[one if isinstance(one, dict) else {"fund": one} for one in funds], **more)


def allotted(**amounts: str) -> Step:
    """A worker records the parts of funds, by their last letter."""
    return shares(*((f"FD-2026-{name}", amount) for name, amount in amounts.items()))


def shares(*parts: tuple[str, str]) -> Step:
    async def step(story: Story) -> None:
        said = tuple(FundShare(fund=name, amount=Decimal(amount)) for name, amount in parts)
        await story.write(e.FundsAllotted(at=NOW, shares=said))

    return step


async def commits(story: Story, fund_id: str, amount: str, reference: str = REFERENCE) -> None:
    """A worker records that a fund keeps a sum."""
    said = {"at": NOW, "partnership": reference, "amount": Decimal(amount)}
    await story.append(StreamId.fund(fund_id), f.FundsReserved(**said), f.FundsCommitted(**said))


async def told(story: Story, out: dict[str, Any] | None, parts: Step, **instead: Step) -> None:
    """A payment as it should be, of which a worker recorded these parts of funds."""
    named = {} if out is None else {"proposed": proposed(funds_out=out)}
    await tell(story, **{**named, "agreed": both(parts, agreed()), **instead})


# What is proved


async def test_what_a_fund_keeps_and_holds_leaves(story: Story) -> None:
    await unrestricted(story.desk, FIRST, "1000.00")
    await commits(story, FIRST, "1000.00")
    await told(story, paid_of(FIRST), allotted(A="1000.00"))
    await story.let_through()


async def test_what_a_fund_keeps_and_does_not_hold_does_not_leave(story: Story) -> None:
    await unrestricted(story.desk, FIRST, "999.00")
    await commits(story, FIRST, "1000.00")
    await told(story, paid_of(FIRST), allotted(A="1000.00"))
    await story.stopped(f"{FIRST} covers 999.00 of the 1,000.00 that are paid of it; it lacks 1.00")


@pytest.mark.slow
async def test_where_every_grant_names_its_funds_one_that_names_none_does_not_leave(story: Story) -> None:
    """Given a grant without a fund that was approved before that rule, when the rule is set, then it waits."""
    await tell(story)
    await story.let_through()
    rules = HOUSE_RULES.model_copy(update={"funds_named": True})
    await decree(story.desk, HouseRulesSet(rules=rules))
    await story.stopped(f"{REFERENCE} names no fund, and every grant must")


# Parts that nobody approved


@pytest.mark.slow
async def test_a_fund_does_not_pay_twice_where_two_were_approved(story: Story) -> None:
    await unrestricted(story.desk, FIRST, "500.00")
    await unrestricted(story.desk, SECOND, "500.00")
    await commits(story, FIRST, "500.00")
    await commits(story, SECOND, "500.00")
    await told(story, paid_of(*HALVES), shares((FIRST, "500.00"), (FIRST, "500.00")))
    await story.stopped(f"{FIRST} would pay twice")


async def test_a_fund_does_not_pay_the_part_of_another_that_was_left_out(story: Story) -> None:
    await unrestricted(story.desk, FIRST, "1000.00")
    await unrestricted(story.desk, SECOND, "500.00")
    await commits(story, FIRST, "1000.00")
    await told(story, paid_of(*HALVES), allotted(A="500.00"))
    await story.stopped(f"{SECOND} would pay nothing, and a part of it was approved")


async def test_a_fund_does_not_pay_more_than_the_part_that_was_approved(story: Story) -> None:
    await unrestricted(story.desk, FIRST, "1000.00")
    await unrestricted(story.desk, SECOND, "500.00")
    await commits(story, FIRST, "900.00")
    await commits(story, SECOND, "100.00")
    await told(story, paid_of(*HALVES), allotted(A="900.00", B="100.00"))
    await story.stopped(f"{FIRST} would pay 900.00, and another part of it was approved")


@pytest.mark.slow
async def test_a_fund_that_nobody_said_it_pays_does_not_pay(story: Story) -> None:
    await unrestricted(story.desk, FIRST, "1000.00")
    await commits(story, FIRST, "1000.00")
    await told(story, None, allotted(A="1000.00"))
    await story.stopped(f"{FIRST} would pay, and nobody signed that it does")


async def test_a_fund_of_another_funder_does_not_pay(story: Story) -> None:
    await unrestricted(story.desk, FIRST, "1000.00", funder="SAMPLE-PF")
    await commits(story, FIRST, "1000.00")
    await told(story, paid_of(FIRST), allotted(A="1000.00"))
    await story.stopped(f"{FIRST} is USD of SAMPLE-PF")


async def test_a_fund_in_another_currency_does_not_pay(story: Story) -> None:
    await unrestricted(story.desk, FIRST, "1000", currency="JPY")
    await commits(story, FIRST, "1000.00")
    await told(story, paid_of(FIRST), allotted(A="1000.00"))
    await story.stopped(f"{FIRST} is JPY of ISOC")


# Money that is made up


async def test_one_transfer_fills_a_fund_once_however_often_it_is_said_to_have_come(story: Story) -> None:
    await unrestricted(story.desk, SECOND, "500.00")
    await unrestricted(story.desk, FIRST)
    command_id = await transferred(story, "500.00")
    await moved_in(story, command_id, command_id, number("made up"))
    await commits(story, FIRST, "1000.00")
    await told(story, paid_of(FIRST), allotted(A="1000.00"))
    await story.stopped(f"{FIRST} covers 500.00 of the 1,000.00")


@pytest.mark.slow
async def test_a_transfer_that_two_people_signed_is_paid_of_the_fund_that_it_went_to(story: Story) -> None:
    await unrestricted(story.desk, SECOND, "1000.00")
    await unrestricted(story.desk, FIRST)
    await change(story.desk, SECOND, {"kind": "transfer", "to": FIRST, "amount": "1000.00"})
    await commits(story, FIRST, "1000.00")
    await told(story, paid_of(FIRST), allotted(A="1000.00"))
    await story.let_through()


async def test_what_two_signed_and_never_came_has_not_left(story: Story) -> None:
    """Somebody with the worker's login records the second signature alone."""
    await unrestricted(story.desk, SECOND, "1000.00")
    await unrestricted(story.desk, FIRST)
    await transferred(story, "1000.00")
    await commits(story, SECOND, "1000.00")
    await told(story, paid_of(SECOND), allotted(B="1000.00"))
    assert (await fund(story.desk, SECOND)).granted == 1000
    await story.let_through()


@pytest.mark.slow
@pytest.mark.parametrize("source", ["in another currency", "of another funder", "that nobody opened"])
async def test_nothing_comes_from_a_fund_that_has_no_such_money(story: Story, source: str) -> None:
    """Two signed the transfer. It was refused, and somebody with the worker's login recorded it all the same."""
    opened: dict[str, Any] = {"in another currency": {"currency": "EUR"}, "of another funder": {"funder": "SAMPLE-PF"}}
    if source in opened:
        await unrestricted(story.desk, SECOND, "1000.00", **opened[source])
    await unrestricted(story.desk, FIRST, "500.00")
    command_id = await transferred(story, "500.00")
    await moved_in(story, command_id, command_id)
    await commits(story, FIRST, "1000.00")
    await told(story, paid_of(FIRST), allotted(A="1000.00"))
    assert (await fund(story.desk, FIRST)).granted == 500
    await story.stopped(f"{FIRST} covers 500.00 of the 1,000.00")


@pytest.mark.slow
async def test_after_a_key_is_doubted_worker_and_gate_say_the_same_of_both_funds(story: Story) -> None:
    await hire(story.desk, "rosa.lima", FINANCE)
    for name, amount in ((SECOND, "1000.00"), (FIRST, "")):
        await open_fund(story.desk, name, "rosa.lima", **OPENED)
        if amount:
            held = {"kind": "opening_balance", "amount": amount}
            asked = await ask(story.desk, name, held, "as resolved", "rosa.lima")
            await confirm(story.desk, name, str(asked.change_id), "dora.kim")
    await change(story.desk, SECOND, {"kind": "transfer", "to": FIRST, "amount": "1000.00"})
    await commits(story, FIRST, "1000.00")
    await told(story, paid_of(FIRST), allotted(A="1000.00"), finance=approves("rosa.lima", FINANCE))
    await story.let_through()
    await in_other_hands(story, "femi.ade")
    assert [(await fund(story.desk, one)).granted for one in (FIRST, SECOND)] == [0, 1000]
    await story.stopped(f"{FIRST} covers 0.00 of the 1,000.00")


async def transferred(story: Story, amount: str) -> UUID:
    """Two people sign a transfer from the second fund to the first. Returns the id of the second signature."""
    stream, desk = StreamId.fund(SECOND), story.desk
    wanted = f.Transfer(to=FIRST, amount=Decimal(amount))
    asked = await signed_act(desk, f.FundChangeAsked, stream, "femi.ade", change=wanted, reason="As resolved")
    await story.append(stream, asked)
    change_id = asked.signature.statement.command_id
    said = await signed_act(desk, f.FundChangeConfirmed, stream, "dora.kim", change_id=change_id)
    await story.append(stream, said)
    return said.signature.statement.command_id


async def moved_in(story: Story, command_id: UUID, *change_ids: UUID) -> None:
    """A worker records under a command that 500 came in, once for each change."""
    said = {"at": NOW, "from_fund": SECOND, "amount": Decimal("500.00")}
    moved = to_ledger([f.MoneyMovedIn(change_id=one, **said) for one in change_ids], "accord", command_id)
    known = len(await story.desk.ledger.read_stream(StreamId.fund(FIRST)))
    answer = await story.desk.ledger.append(AppendRequest(StreamId.fund(FIRST), command_id, known, moved))
    assert answer.recorded


CLAIMED: dict[str, tuple[TrancheEvent, ...]] = {
    "the fund alone says so": (),
    "a return on its attempt": (PaymentReturned(at=NOW, answer=claim(BankStatus.RETURNED, partnership_id=OTHER)),),
    "a rejection of its attempt": (PaymentRejected(at=NOW, answer=claim(BankStatus.REJECTED, partnership_id=OTHER)),),
}
"""What a worker says on the attempt's own stream, that no file of the bank's and no two people prove."""


@pytest.mark.sampled(1)
@pytest.mark.parametrize("claimed", CLAIMED)
async def test_what_another_partnership_spent_is_gone_although_it_is_said_to_have_come_back(
    story: Story, claimed: str
) -> None:
    await unrestricted(story.desk, FIRST, "1000.00")
    await unrestricted(story.desk, SECOND)
    other, amount = Story(story.desk, story.registers, OTHER), Decimal("1000.00")
    out = paid_of(FIRST, payee=party("Harbor Schools", ein="001000002"))
    await other.says(e.PartnershipProposed, "pia.berg", proposal=proposal(OTHER, funds_out=out), funding=funding())
    await allotted(A="1000.00")(other)
    await releases()(other)
    for said in CLAIMED[claimed]:
        await other.attempted(said)
    await commits(story, FIRST, "1000.00", OTHER)
    about: dict[str, Any] = {"at": NOW, "partnership": OTHER}
    await story.append(StreamId.fund(FIRST), f.FundsSpent(amount=amount, **about))
    await allotted(B="1000.00")(other)
    back = (f.PaymentCameBack(amount=amount, **about), f.FundsFreed(committed=amount, **about))
    await story.append(StreamId.fund(FIRST), *back)
    await commits(story, FIRST, "1000.00")
    await told(story, paid_of(FIRST), allotted(A="1000.00"))
    await story.stopped(f"2,000.00 would have been paid of {FIRST}, and 1,000.00 is proved to be in it")


# Worker and gate agree


@pytest.mark.slow
@pytest.mark.parametrize("covered", [True, False], ids=["the first fund covers it", "the first fund is short"])
async def test_worker_and_gate_ask_of_a_payment_the_same_of_the_same_funds(story: Story, covered: bool) -> None:
    """The first of two tranches is paid of the first fund alone, whatever the second one has."""
    await unrestricted(story.desk, FIRST, "500.00" if covered else "")
    await unrestricted(story.desk, SECOND, "" if covered else "500.00")
    await commits(story, FIRST, "500.00")
    await commits(story, SECOND, "500.00")
    faults: list[Fault | None] = []

    async def asks(story: Story) -> None:
        funds = {one: await fund(story.desk, one) for one in (FIRST, SECOND)}
        faults.append(payment_fault(story.state, funds, Decimal(400), clock.now()))

    out, released = paid_of(*HALVES, amounts=("400.00", "600.00")), both(asks, releases(sum_="400.00"))
    await told(story, out, allotted(A="500.00", B="500.00"), released=released)
    faults.append((await story.asked_for(money=money("400.00"))).reason)
    assert [one is None for one in faults] == [covered, covered], faults


async def test_a_second_fund_that_others_overdrew_does_not_stop_a_payment_of_the_first(story: Story) -> None:
    await unrestricted(story.desk, FIRST, "500.00")
    await unrestricted(story.desk, SECOND)
    await commits(story, FIRST, "500.00")
    await commits(story, SECOND, "500.00")
    await commits(story, SECOND, "300.00", OTHER)
    await story.append(StreamId.fund(SECOND), f.FundsSpent(at=NOW, partnership=OTHER, amount=Decimal("300.00")))
    out = paid_of(*HALVES, amounts=("400.00", "600.00"))
    await told(story, out, allotted(A="500.00", B="500.00"), released=releases(sum_="400.00"))
    await story.let_through(money=money("400.00"))


# Keys and holds


@pytest.mark.slow
async def test_what_a_key_in_doubt_opened_and_filled_is_opened_and_filled_anew_by_others(story: Story) -> None:
    await unrestricted(story.desk, FIRST, "1000.00")
    await commits(story, FIRST, "1000.00")
    await told(story, paid_of(FIRST), allotted(A="1000.00"))
    await story.let_through()
    await hire(story.desk, "rosa.lima", DIRECTOR)
    key_id = story.desk.keyring.public("femi.ade").key_id
    since = NOW - timedelta(days=1)
    await decree(story.desk, KeyRevoked(staff_id="femi.ade", key_id=key_id, compromised_since=since))
    assert (await story.judged()).reason
    assert (await fund(story.desk, FIRST)).granted == 0
    await open_fund(story.desk, FIRST, "dora.kim", **OPENED)
    anew = {"kind": "opening_balance", "amount": "1000.00"}
    asked = await ask(story.desk, FIRST, anew, "signed for again", "dora.kim")
    await confirm(story.desk, FIRST, str(asked.change_id), "rosa.lima")
    assert (await fund(story.desk, FIRST)).granted == 1000


async def shown_at(story: Story, terminal: Shell, *when: str) -> list[Decimal]:
    """The sums granted to the first fund as the shell lists them, once all is folded, or none if it is empty."""
    await Projector(story.desk.ledger, FUNDS, judge_of(story.desk.ledger)).catch_up()
    listed = (await terminal.done("funds", "list", "--json", *when)).json
    return [Decimal(one["granted"]) for one in listed if one["fund"] == FIRST and Decimal(one["granted"])]


@pytest.mark.slow
@pytest.mark.parametrize("when", [(), ("--as-of", "2099-12-31")], ids=["now", "as of a day"])
async def test_what_a_key_in_doubt_filled_is_shown_as_it_counts(
    story: Story, shell: Shell, staffed_database: str, when: tuple[str, ...]
) -> None:
    """Given a fund that two people filled, when one's key is revoked for cause, then its money is shown to nobody.

    Once others filled it anew, it is shown once.
    """
    terminal = shell.as_administrator(staffed_database)
    await unrestricted(story.desk, FIRST, "1000.00")
    assert await shown_at(story, terminal, *when) == [1000]
    await hire(story.desk, "rosa.lima", DIRECTOR)
    await in_other_hands(story, "femi.ade")
    assert await shown_at(story, terminal, *when) == []
    await open_fund(story.desk, FIRST, "dora.kim", **OPENED)
    anew = {"kind": "opening_balance", "amount": "1000.00"}
    asked = await ask(story.desk, FIRST, anew, "signed for again", "dora.kim")
    await confirm(story.desk, FIRST, str(asked.change_id), "rosa.lima")
    assert (await fund(story.desk, FIRST)).granted == 1000
    assert await shown_at(story, terminal, *when) == [1000]


async def in_other_hands(story: Story, person: str) -> None:
    """Two guardians revoke somebody's key, which others may have used since yesterday."""
    key_id = story.desk.keyring.public(person).key_id
    since = NOW - timedelta(days=1)
    await decree(story.desk, KeyRevoked(staff_id=person, key_id=key_id, compromised_since=since))


OPENED: dict[str, Any] = {
    "fund_kind": f.FundKind.UNRESTRICTED, "name": "The year", "funder": "ISOC", "currency": "USD",
    "first_day": date(2026, 1, 1), "last_day": date(2099, 12, 31),
}  # fmt: skip


async def of_a_gift(story: Story, *received: f.AnyFundEvent) -> tuple[Story, Authorisation]:
    """The gate's word on a payment of a gift's fund that two people filled, and the gift's own partnership."""
    gift, own = Story(story.desk, story.registers, GIFT), f"FD-{GIFT}"
    given = proposal(GIFT, funds_in=funds_in(restricted_to="Training"))
    await gift.says(e.PartnershipProposed, "pia.berg", proposal=given, funding=funding())
    made = f.GiftFundOpened(at=NOW, gift=GIFT, funder="ISOC", currency="USD")
    await story.append(StreamId.fund(own), made, *received)
    await change(story.desk, own, {"kind": "opening_balance", "amount": "1000.00"})
    await commits(story, own, "1000.00")
    cleared = both(assessed, says(e.ReferralCleared, "vera.lind", no_interest=True, reason="it is training"))
    finance = both(approves("femi.ade", FINANCE), approves("dora.kim", DIRECTOR))
    out = funds_out("1000.00", charged_to={"gift": GIFT})
    await told(story, out, shares((own, "1000.00")), verified=looked_up, assessed=cleared, finance=finance)
    return gift, await story.asked_for()


async def test_a_hold_on_the_gift_is_seen_between_the_check_and_the_hand_over(story: Story) -> None:
    """The gate names the streams that its word rests on. That of a gift in the fund is one of them."""
    received = f.GiftReceived(at=NOW, partnership=GIFT, amount=Decimal(1))
    gift, verdict = await of_a_gift(story, received)
    assert (verdict.reason, verdict.heads.get(StreamId.partnership(GIFT))) == (None, 1)
    await gift.says(e.HoldPlaced, "vera.lind", reason="a court froze the gift")
    assert f"{GIFT} stands on hold" in str((await story.judged()).reason)


async def looked_up(story: Story) -> None:
    """Due diligence knows the gift."""
    content = {"gift": GIFT, "found": True, "restricted_to": "Training", "currency": "USD", "funder": "ISOC"}
    found = GiftEvidence.model_validate({**content, "restriction": None})
    evidence = story.evidence().model_copy(update={"gift": found})
    await story.write(e.DueDiligenceCompleted(at=NOW, verification=evidence))


async def test_a_gift_of_which_nothing_came_in_is_among_what_the_check_read(story: Story) -> None:
    _, verdict = await of_a_gift(story)
    assert verdict.heads.get(StreamId.partnership(GIFT)) == 1


@pytest.mark.slow
async def test_what_was_amended_to_another_fund_is_not_paid_of_the_old_one(story: Story) -> None:
    """Everybody approved that the second fund pays. The worker never recorded that anew."""
    await unrestricted(story.desk, FIRST, "1000.00")
    await unrestricted(story.desk, SECOND, "1000.00")
    await commits(story, FIRST, "1000.00")
    anew = both(verified(), assessed, approves("ana.silva", PROGRAMME), approves("femi.ade", FINANCE), agreed())
    await told(story, paid_of(FIRST), allotted(A="1000.00"), released=both(amended(paid_of(SECOND)), anew, releases()))
    await story.stopped(f"{FIRST} would pay")


def amended(out: dict[str, Any]) -> Step:
    content = {"reason": "another fund pays", "changes": (Change.FACTS,), "quorum": (PROGRAMME, FINANCE)}
    return says(
        e.ProposalAmended, "pia.berg", proposal=proposal("P-2026-0042", funds_out=out), funding=funding(), **content
    )
