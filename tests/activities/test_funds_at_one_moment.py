"""Two decisions on one fund at the same moment: no promise is made twice, and none is lost (R15, R39)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from accord.client.desk import Desk
from accord.organisation.funds import ask, confirm
from accord.organisation.signed_acts import signed_act
from accord.presentation.faults import Refused
from activities.contracts import CarriedOut
from activities.organisation import Organisation
from activities.partnerships import Partnerships
from domain.funds import events as f
from domain.funds.fund import Claim
from domain.grants import FundShare
from domain.partnership import commands as c
from domain.recorded.acts import OrganisationAct
from domain.streams import StreamId
from ledger import clock
from tests.activities.funding import (
    FIRST,
    OTHER,
    REFERENCE,
    SECOND,
    agreed,
    approve,
    approved,
    carried_out,
    claim,
    do,
    done,
    grant,
    signed,
    two_funds,
    waiting,
)
from tests.activities.story import account_of
from tests.paying import append, caught_up
from tests.scribe import Scribe
from tests.treasury import ASKS, CONFIRMS, change, fund
from tests.waiting import until as comes_to_be

ALL = {"kind": "transfer", "to": SECOND, "amount": "1000.00"}


async def lapses(desk: Desk, reference: str, at: datetime) -> None:
    """The reservation of a partnership lapses at a time."""
    await append(desk, StreamId.fund(FIRST), f.ReservationMoved(at=at, partnership=reference, until=at))


async def asked(desk: Desk, fund_id: str, wanted: dict[str, Any]) -> str:
    return str((await ask(desk, fund_id, wanted, "As the board resolved", ASKS)).change_id)


async def holds(desk: Desk) -> tuple[Decimal, Decimal]:
    """The sums that the two funds have left."""
    return tuple([(await fund(desk, one)).available(clock.now()) for one in (FIRST, SECOND)])  # type: ignore[return-value]


def overtaken(monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[], Awaitable[object]]) -> None:
    """Let something else happen once, between the look of the next act and its append."""
    append_alone, waits = Organisation._append, [meanwhile]

    async def append_later(self: Organisation, *given: Any) -> Any:
        if waits:
            await waits.pop()()
        return await append_alone(self, *given)

    monkeypatch.setattr(Organisation, "_append", append_later)


# A reservation that lapses while its money is moved


async def test_what_lapsed_moves_to_another_fund_and_is_promised_no_more(furnished: Desk) -> None:
    """Given a lapsed reservation whose money moved on, when its agreement is signed after all, then that is refused."""
    await two_funds(furnished)
    scribe = await approved(furnished, grant(REFERENCE, FIRST))
    with pytest.raises(Refused, match=r"1,000\.00 are to be moved, and FD-2026-A has 0"):
        await asked(furnished, FIRST, ALL)
    await lapses(furnished, REFERENCE, datetime.now(UTC) - timedelta(minutes=1))
    await change(furnished, FIRST, ALL)
    account = await account_of(scribe, "Riverbend Library Network")
    answer = await do(scribe, c.SignAgreement, "dora.kim", signed_on=datetime.now(UTC).date(), account=account)
    assert answer.refusal is not None
    assert answer.refusal.kind == "FundsShort"
    assert await holds(furnished) == (0, 2000)


@pytest.mark.slow
async def test_a_reservation_that_lives_again_keeps_its_money_from_a_transfer_that_was_asked_for(
    furnished: Desk,
) -> None:
    """Given a transfer that was asked for once a reservation lapsed, when a hold suspends the lapse, then it stays."""
    await two_funds(furnished)
    scribe = await approved(furnished, grant(REFERENCE, FIRST))
    await lapses(furnished, REFERENCE, datetime.now(UTC) - timedelta(minutes=1))
    change_id = await asked(furnished, FIRST, ALL)
    await done(scribe, c.PlaceHold, "vera.lind", reason="a complaint came in")
    with pytest.raises(Refused, match=r"and FD-2026-A has 0"):
        await confirm(furnished, FIRST, change_id, CONFIRMS)
    assert (await holds(furnished), await claim(scribe, FIRST)) == ((0, 1000), Claim(reserved=Decimal(1000)))


@pytest.mark.slow
async def test_a_hold_on_what_lapsed_takes_nothing_back_that_moved_on(furnished: Desk) -> None:
    await two_funds(furnished)
    scribe = await approved(furnished, grant(REFERENCE, FIRST))
    await lapses(furnished, REFERENCE, datetime.now(UTC) - timedelta(minutes=1))
    await change(furnished, FIRST, ALL)
    await done(scribe, c.PlaceHold, "vera.lind", reason="a complaint came in")
    await done(scribe, c.LiftHold, "dora.kim", reason="it is answered")
    assert (await holds(furnished), (await fund(furnished, FIRST)).uncovered(clock.now())) == ((0, 2000), {})


@pytest.mark.slow
@pytest.mark.parametrize("moments", [-1, 0, 1])
async def test_an_approval_at_the_moment_of_a_lapse_has_all_of_it_or_nothing(furnished: Desk, moments: int) -> None:
    """Given a reservation of all that a fund has, then another is kept from its very last moment on, and not before."""
    await two_funds(furnished)
    first = await approved(furnished, grant(REFERENCE, FIRST))
    second = await waiting(furnished, grant(OTHER, FIRST))
    until = datetime.now(UTC) + timedelta(seconds=1)
    await lapses(furnished, REFERENCE, until)
    asked_for = signed(await caught_up(second), c.Approve, "femi.ade", no_interest=True, reason="within the budget")

    async def is_over() -> bool:
        return datetime.now(UTC) > until

    await comes_to_be(is_over)
    with clock.reading(lambda: until + timedelta(microseconds=moments)):
        answer = await carried_out(Partnerships(furnished.pool), asked_for)
    assert (answer.refusal is None) is (moments >= 0)
    known = await fund(furnished, FIRST)
    later = until + timedelta(seconds=1)
    kept = [known.claim(one.reference).at(later).whole for one in (first, second)]
    assert kept == ([0, 1000] if moments >= 0 else [0, 0])
    assert (known.available(later), known.uncovered(later)) == (0 if moments >= 0 else 1000, {})


@pytest.mark.slow
async def test_an_approval_and_a_transfer_at_once_do_not_both_get_the_money(furnished: Desk) -> None:
    """Given one fund of 1,000, when 1,000 is moved and approved at the same moment, then one of the two is refused."""
    await two_funds(furnished)
    scribes = [await waiting(furnished, grant(one, FIRST)) for one in (REFERENCE, OTHER)]
    change_id = await asked(furnished, FIRST, ALL)
    approvals = [
        signed(await caught_up(one), c.Approve, "femi.ade", no_interest=True, reason="within") for one in scribes
    ]
    answers = await asyncio.gather(
        confirm(furnished, FIRST, change_id, CONFIRMS),
        *(carried_out(Partnerships(furnished.pool), one) for one in approvals),
        return_exceptions=True,
    )
    done_ones = [not isinstance(answers[0], Refused)]
    done_ones += [isinstance(one, CarriedOut) and one.refusal is None for one in answers[1:]]
    assert done_ones.count(True) == 1, answers
    first, second = await holds(furnished)
    assert (first, second) == (0, 2000 if done_ones[0] else 1000)


# One partnership, and two funds that take it over


async def from_before(desk: Desk) -> Scribe:
    """A grant that was agreed before funds were kept."""
    return await agreed(desk, grant(REFERENCE, amounts=("500.00",)))


ADOPTS = {"kind": "adoption", "partnerships": [REFERENCE]}


async def test_two_funds_do_not_both_take_over_one_partnership(furnished: Desk) -> None:
    """Given two who confirm at the same moment that two funds take a grant over, then one fund alone keeps it."""
    await two_funds(furnished)
    scribe = await from_before(furnished)
    ids = [await asked(furnished, one, ADOPTS) for one in (FIRST, SECOND)]
    answers = await asyncio.gather(
        *(confirm(furnished, one, change_id, CONFIRMS) for one, change_id in zip((FIRST, SECOND), ids, strict=True)),
        return_exceptions=True,
    )
    assert [isinstance(one, Refused) for one in answers].count(True) == 1
    await one_fund_pays(scribe)


@pytest.mark.parametrize("first", [FIRST, SECOND])
async def test_a_fund_that_is_overtaken_by_another_takes_nothing_over(
    furnished: Desk, monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    """Given a fund that may take a grant over, when another does before it is recorded, then it may not any more."""
    await two_funds(furnished)
    scribe = await from_before(furnished)
    other = SECOND if first == FIRST else FIRST
    mine, theirs = await asked(furnished, first, ADOPTS), await asked(furnished, other, ADOPTS)
    overtaken(monkeypatch, lambda: confirm(furnished, other, theirs, CONFIRMS))
    with pytest.raises(Refused, match=f"{REFERENCE} is kept by {other} already"):
        await confirm(furnished, first, mine, CONFIRMS)
    assert (await scribe.reread()).shares == (FundShare(fund=other, amount=Decimal(500)),)
    await one_fund_pays(scribe)


async def one_fund_pays(scribe: Scribe) -> None:
    """One fund keeps 500 for it and the other nothing, and it is its share."""
    (share,) = (await scribe.reread()).shares
    kept = {one: (await claim(scribe, one)).whole for one in (FIRST, SECOND)}
    assert kept == {FIRST: Decimal(0), SECOND: Decimal(0), share.fund: Decimal(500)}


@pytest.mark.slow
async def test_what_ended_at_that_moment_is_not_taken_over(furnished: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    await two_funds(furnished)
    scribe = await from_before(furnished)
    change_id = await asked(furnished, FIRST, ADOPTS)
    overtaken(monkeypatch, lambda: done(scribe, c.Terminate, "dora.kim", reason="not needed"))
    with pytest.raises(Refused, match="is not approved, or has ended"):
        await confirm(furnished, FIRST, change_id, CONFIRMS)
    assert ((await claim(scribe, FIRST)), (await scribe.reread()).shares) == (Claim(), ())


@pytest.mark.slow
async def test_no_money_moves_into_a_fund_that_closes_at_that_moment(
    furnished: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await two_funds(furnished, second="0.01")
    await change(furnished, SECOND, {"kind": "transfer", "to": FIRST, "amount": "0.01"})
    change_id = await asked(furnished, FIRST, ALL)
    overtaken(monkeypatch, lambda: change(furnished, SECOND, {"kind": "closing"}))
    with pytest.raises(Refused, match="FD-2026-B is closed"):
        await confirm(furnished, FIRST, change_id, CONFIRMS)
    assert await holds(furnished) == (Decimal("1000.01"), 0)


@pytest.mark.slow
async def test_two_transfers_of_the_same_money_at_once_move_it_once(furnished: Desk) -> None:
    await two_funds(furnished)
    ids = [await asked(furnished, FIRST, ALL) for _ in range(2)]
    answers = await asyncio.gather(*(confirm(furnished, FIRST, one, CONFIRMS) for one in ids), return_exceptions=True)
    assert [isinstance(one, Refused) for one in answers].count(True) == 1
    assert await holds(furnished) == (0, 2000)


@pytest.mark.slow
async def test_an_approval_beside_an_adoption_at_once_keeps_no_more_than_the_fund_has(furnished: Desk) -> None:
    """Given a fund of 1,000, when a grant of 1,000 is approved and one of 500 taken over at once, then one is not."""
    await two_funds(furnished)
    before = await from_before(furnished)
    second = await waiting(furnished, grant(OTHER, FIRST))
    change_id = await asked(furnished, FIRST, ADOPTS)
    adoption, approval = await asyncio.gather(
        confirm(furnished, FIRST, change_id, CONFIRMS), approve(second), return_exceptions=True
    )
    is_refused = [isinstance(adoption, Refused), getattr(approval, "refusal", None) is not None]
    assert is_refused.count(True) == 1, (adoption, approval)
    known = await fund(furnished, FIRST)
    assert known.available(clock.now()) == (0 if is_refused[0] else 500)
    assert bool((await before.reread()).shares) is not is_refused[0]


@pytest.mark.slow
@pytest.mark.parametrize("wanted", [ALL, ADOPTS], ids=["a transfer", "an adoption"])
async def test_one_act_by_several_workers_at_once_is_recorded_once_and_refused_to_none(
    furnished: Desk, monkeypatch: pytest.MonkeyPatch, wanted: dict[str, Any]
) -> None:
    """Given a confirmation that two workers were given, when one is first, then the other finds it recorded."""
    await two_funds(furnished)
    await from_before(furnished)
    change_id = await asked(furnished, FIRST, wanted)
    content = {"change_id": UUID(change_id)}
    event = await signed_act(furnished, f.FundChangeConfirmed, StreamId.fund(FIRST), CONFIRMS, **content)
    command_id = event.signature.statement.command_id
    act = OrganisationAct.model_validate({"command_id": command_id, "subject": FIRST, "event": event})
    overtaken(monkeypatch, lambda: Organisation(furnished.pool).record_act(act))
    answers = [await Organisation(furnished.pool).record_act(act)]
    answers += await asyncio.gather(*(Organisation(furnished.pool).record_act(act) for _ in range(4)))
    assert {one.refusal for one in answers} == {None}
    assert await holds(furnished) == ((0, 2000) if wanted is ALL else (500, 1000))
