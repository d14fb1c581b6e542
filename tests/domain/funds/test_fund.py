"""A fund is the fold of its events: what was granted is reserved, committed, spent or available, and nothing else."""

from __future__ import annotations

import base64
from datetime import date, datetime
from decimal import Decimal
from functools import reduce
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.directory.disregarded import Disregarded
from domain.funds import events as f
from domain.funds.fund import Claim, Fund, evolve, fold
from domain.signatures.signing import FileSignature, Signature, statement_about
from tests.builders import NOON, number
from tests.domain.partnership.specification import at

FUND, OTHER_FUND, GIFT = "FD-2026-ISOC", "FD-2026-LIB", "P-2026-0007"
FIRST, SECOND, THIRD = "P-2026-0042", "P-2026-0043", "P-2026-0044"


def signature(act: type[f.SignedFundEvent], actor: str, command: UUID) -> Signature:
    """A person's signature. The mathematics is another room's."""
    statement = statement_about(f"fund/{FUND}", act.act, actor, NOON, command, {})
    return FileSignature(statement=statement, key_id="EK-" + key_of(actor), value="A" * 86 + "==")


def key_of(actor: str) -> str:
    """The end of a key's id: each person has one of their own."""
    return base64.b32encode(actor.encode().ljust(10, b"."))[:16].decode()


def opened(kind: f.FundKind = f.FundKind.UNRESTRICTED, **more: Any) -> f.FundOpened:
    days = {"first_day": date(2026, 1, 1), "last_day": date(2026, 12, 31)}
    programme = "Libraries" if kind is f.FundKind.PROGRAMME else None
    content = {"name": "The fund of the year", "funder": "ISOC", "currency": "USD", "programme": programme, **days}
    signed = signature(f.FundOpened, "femi.ade", number("opened"))
    return f.FundOpened(at=NOON, actor="femi.ade", signature=signed, fund_kind=kind, **{**content, **more})


def asked(change: f.Change, name: str = "change", actor: str = "femi.ade") -> f.FundChangeAsked:
    signed = signature(f.FundChangeAsked, actor, number(name))
    return f.FundChangeAsked(at=NOON, actor=actor, signature=signed, change=change, reason="As the board resolved")


def confirmed(name: str = "change", actor: str = "dora.kim") -> f.FundChangeConfirmed:
    signed = signature(f.FundChangeConfirmed, actor, number(f"{actor} confirms {name}"))
    return f.FundChangeConfirmed(at=NOON, actor=actor, signature=signed, change_id=number(name))


def changed(change: f.Change, name: str = "") -> tuple[f.AnyFundEvent, ...]:
    """A change that two people signed."""
    known = name or repr(change)
    return asked(change, known), confirmed(known)


def with_money(amount: str = "1000.00", *more: f.AnyFundEvent, fund_id: str = FUND, **content: Any) -> Fund:
    """An unrestricted fund with an opening balance."""
    return fold(fund_id, (opened(**content), *changed(f.OpeningBalance(amount=Decimal(amount))), *more))


def reserved(amount: str, of: str = FIRST, until: datetime | None = None) -> f.FundsReserved:
    return f.FundsReserved(at=NOON, partnership=of, amount=Decimal(amount), until=until)


def committed(amount: str, of: str = FIRST) -> f.FundsCommitted:
    return f.FundsCommitted(at=NOON, partnership=of, amount=Decimal(amount))


def spent(amount: str, of: str = FIRST) -> f.FundsSpent:
    return f.FundsSpent(at=NOON, partnership=of, amount=Decimal(amount))


def moved(until: datetime | None, of: str = FIRST) -> f.ReservationMoved:
    return f.ReservationMoved(at=NOON, partnership=of, until=until)


def freed(of: str = FIRST, **amounts: str) -> f.FundsFreed:
    return f.FundsFreed(at=NOON, partnership=of, **{name: Decimal(amount) for name, amount in amounts.items()})


def came_back(amount: str, of: str = FIRST) -> f.PaymentCameBack:
    return f.PaymentCameBack(at=NOON, partnership=of, amount=Decimal(amount))


def received(amount: str, gift: str = GIFT) -> f.GiftReceived:
    return f.GiftReceived(at=NOON, partnership=gift, amount=Decimal(amount))


def reversed_(amount: str, gift: str = GIFT) -> f.GiftReversed:
    return f.GiftReversed(at=NOON, partnership=gift, amount=Decimal(amount))


def moved_in(amount: str, name: str = "transfer") -> f.MoneyMovedIn:
    return f.MoneyMovedIn(at=NOON, from_fund=OTHER_FUND, amount=Decimal(amount), change_id=number(name))


def sums(fund: Fund, now: datetime = NOON) -> tuple[Decimal, ...]:
    """Granted, reserved, committed, spent and available."""
    known = fund.balance(now)
    return (known.granted, known.reserved, known.committed, known.spent, known.available)


# What it is


def test_a_fund_of_which_nothing_is_recorded_was_never_opened_and_has_nothing() -> None:
    fund = Fund(FUND)
    assert (fund.is_open, fund.version, sums(fund)) == (False, 0, (0, 0, 0, 0, 0))
    assert (fund.claim(FIRST), fund.uncovered(NOON), fund.next_lapse) == (Claim(), {}, None)


def test_an_opened_fund_says_whose_money_it_is_for_what_and_until_when() -> None:
    fund = fold(FUND, (opened(f.FundKind.PROGRAMME),))
    assert (fund.kind, fund.funder, fund.currency, fund.programme) == (f.FundKind.PROGRAMME, "ISOC", "USD", "Libraries")
    assert (fund.first_day, fund.last_day) == (date(2026, 1, 1), date(2026, 12, 31))
    assert (fund.is_open, fund.closed, fund.granted) == (True, False, 0)


def test_the_fund_of_a_gift_is_restricted_and_names_its_gift() -> None:
    fund = fold(FUND, (f.GiftFundOpened(at=NOON, gift=GIFT, funder="ISOC", currency="USD"), received("500.00")))
    assert (fund.kind, fund.gift, fund.name) == (f.FundKind.RESTRICTED, GIFT, f"the gift of {GIFT}")
    assert fund.granted == 500


@pytest.mark.parametrize(
    "again", [opened(currency="EUR"), f.GiftFundOpened(at=NOON, gift=GIFT, funder="OTHER", currency="EUR")]
)
def test_what_is_open_is_not_opened_again(again: f.AnyFundEvent) -> None:
    fund = with_money()
    assert evolve(fund, again) == fold_version(fund, 1)


def fold_version(fund: Fund, more: int) -> Fund:
    """The same fund so many events later, of which none changed anything."""
    skipped = Disregarded(at=NOON, recorded="FundsSpent", reason="not signed")
    return reduce(evolve, [skipped] * more, fund)


def test_an_event_that_is_disregarded_counts_in_the_version_alone() -> None:
    fund = with_money()
    later = fold_version(fund, 1)
    assert (later.version, sums(later)) == (fund.version + 1, sums(fund))


# Sums


def test_every_source_of_money_adds_up_to_what_is_granted() -> None:
    history = (
        opened(f.FundKind.PROGRAMME), *changed(f.Budget(amount=Decimal(900))), *changed(f.Budget(amount=Decimal(1000))),
        received("200.00"), received("50.00", THIRD), reversed_("120.00"),
        *changed(f.Transfer(to=OTHER_FUND, amount=Decimal(400))),
    )  # fmt: skip
    fund = fold(FUND, history)
    assert fund.granted == 1000 + 200 + 50 - 120 - 400
    assert fund.gifts == {GIFT: 80, THIRD: 50}
    assert fund.version == len(history)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param((), (1000, 0, 0, 0, 1000), id="nothing yet"),
        pytest.param((reserved("600.00"),), (1000, 600, 0, 0, 400), id="reserved"),
        pytest.param((reserved("600.00"), committed("600.00")), (1000, 0, 600, 0, 400), id="committed"),
        pytest.param((reserved("600"), committed("600"), spent("200")), (1000, 0, 400, 200, 400), id="spent in part"),
        pytest.param(
            (reserved("600"), committed("600"), spent("600"), came_back("50")), (1000, 0, 50, 550, 400), id="came back"
        ),
        pytest.param((reserved("600"), freed(reserved="600")), (1000, 0, 0, 0, 1000), id="freed before the agreement"),
        pytest.param(
            (reserved("600"), committed("600"), spent("200"), freed(committed="400")), (1000, 0, 0, 200, 800),
            id="freed after it",
        ),
        pytest.param((reserved("600"), reserved("700", SECOND)), (1000, 1300, 0, 0, -300), id="more than there is"),
    ],
)  # fmt: skip
def test_money_moves_from_available_over_reserved_and_committed_to_spent_and_back(
    told: tuple[f.AnyFundEvent, ...], expected: tuple[int, ...]
) -> None:
    assert sums(with_money("1000.00", *told)) == expected


def test_an_overdraft_is_room_and_not_money_and_the_newest_takes_the_place_of_the_one_before() -> None:
    fund = with_money("1000.00", *changed(f.Overdraft(amount=Decimal(500))), *changed(f.Overdraft(amount=Decimal(200))))
    assert (fund.granted, fund.balance(NOON).available, fund.available(NOON)) == (1000, 1000, 1200)


def test_whoever_asks_beside_a_partnership_sees_the_room_that_it_would_leave() -> None:
    fund = with_money("1000.00", reserved("600.00"), reserved("300.00", SECOND, at(24)))
    assert [fund.available(NOON, one) for one in ("", FIRST, SECOND, THIRD)] == [100, 700, 400, 100]
    assert fund.available(at(24), SECOND) == 400, "what lapsed is no room beside what is free"


# Lapses


def test_a_reservation_is_free_from_its_day_on_whether_the_lapse_was_recorded_or_not() -> None:
    fund = with_money("1000.00", reserved("600.00", until=at(24)))
    assert [sums(fund, now)[1] for now in (NOON, at(23), at(24), at(9999))] == [600, 600, 0, 0]
    recorded = evolve(fund, freed(reserved="600.00"))
    assert [sums(recorded, now) for now in (at(24), at(9999))] == [sums(fund, now) for now in (at(24), at(9999))]
    assert (fund.claim(FIRST).at(at(24)), recorded.next_lapse) == (Claim(), None)


def test_what_is_committed_does_not_lapse() -> None:
    fund = with_money("1000.00", reserved("600.00", until=at(24)), committed("600.00"))
    assert (sums(fund, at(9999))[2], fund.claim(FIRST).until, fund.next_lapse) == (600, None, None)


def test_the_limit_of_a_reservation_moves_and_without_one_it_lasts() -> None:
    fund = with_money("1000.00", reserved("600.00", until=at(24)), moved(None))
    assert (sums(fund, at(9999))[1], fund.next_lapse) == (600, None)
    later = evolve(fund, moved(at(48)))
    assert ([sums(later, now)[1] for now in (at(47), at(48))], later.next_lapse) == ([600, 0], at(48))


def test_of_several_reservations_the_first_to_lapse_is_known_whatever_happens_to_it() -> None:
    fund = with_money("3000.00", reserved("1", FIRST, at(24)), reserved("2", SECOND, at(48)), reserved("4", THIRD))
    assert fund.next_lapse == at(24)
    assert evolve(fund, freed(FIRST, reserved="1")).next_lapse == at(48)
    assert evolve(fund, committed("1")).next_lapse == at(48)
    assert evolve(fund, moved(at(72))).next_lapse == at(48)
    assert evolve(fund, moved(at(12), THIRD)).next_lapse == at(12)
    assert [sums(fund, at(hours))[1] for hours in (0, 24, 48)] == [7, 6, 4]


def test_a_limit_that_is_told_again_stays_known() -> None:
    fund = with_money("1000.00", reserved("600.00", until=at(24)), moved(at(24)))
    assert (fund.next_lapse, sums(fund, at(24))[1]) == (at(24), 0)


def _limits() -> st.SearchStrategy[datetime | None]:
    return st.none() | st.integers(1, 6).map(at)


def _movements() -> st.SearchStrategy[f.AnyFundEvent]:
    whose, sums_ = st.sampled_from((FIRST, SECOND, THIRD)), st.integers(1, 9).map(str)
    return st.one_of(
        st.builds(reserved, sums_, whose, _limits()),
        st.builds(moved, _limits(), whose),
        st.builds(committed, sums_, whose),
        st.builds(spent, sums_, whose),
        st.builds(came_back, sums_, whose),
        st.builds(lambda of, one, two: freed(of, reserved=one, committed=two), whose, sums_, sums_),
        st.builds(received, sums_),
        st.builds(reversed_, sums_),
        st.builds(moved_in, sums_, st.sampled_from(("one", "another"))),
    )


def _possible(fund: Fund, event: f.AnyFundEvent) -> bool:
    """Nothing of a claim falls below zero."""
    known = evolve(fund, event).claim(getattr(event, "partnership", ""))
    return min(known.reserved, known.committed, known.spent) >= 0


@pytest.mark.slow
@given(st.lists(_movements(), max_size=25))
def test_the_kept_sums_and_the_kept_first_lapse_agree_with_a_full_count_after_every_event(
    told: list[f.AnyFundEvent],
) -> None:
    fund = with_money("20.00")
    for event in told:
        if not _possible(fund, event):
            continue
        fund = evolve(fund, event)
        claims = fund.claims.values()
        limits = [one.until for one in claims if one.reserved and one.until is not None]
        assert fund.next_lapse == min(limits, default=None), event
        for now in map(at, range(8)):
            counted = [sum(getattr(one.at(now), what) for one in claims) for what in ("reserved", "committed", "spent")]
            granted, *parts, available = sums(fund, now)
            assert parts == counted
            assert granted == sum(parts) + available


# What the fund cannot pay


def test_a_fund_that_has_enough_covers_everything() -> None:
    assert with_money("1000.00", reserved("600.00"), reserved("400.00", SECOND)).uncovered(NOON) == {}


def test_after_a_reversal_the_newest_claims_are_uncovered_first_and_what_is_spent_never_is() -> None:
    told = (received("1000.00"), reserved("500"), committed("500"), reserved("300", SECOND), reserved("200", THIRD))
    history = (opened(), *told)
    for taken, uncovered in {
        "100": {THIRD: 100}, "200": {THIRD: 200}, "450": {THIRD: 200, SECOND: 250},
        "1000": {THIRD: 200, SECOND: 300, FIRST: 500},
    }.items():  # fmt: skip
        assert fold(FUND, (*history, reversed_(taken))).uncovered(NOON) == uncovered
    paid = fold(FUND, (*history, spent("500"), reversed_("1000")))
    assert paid.uncovered(NOON) == {THIRD: 200, SECOND: 300}


def test_an_overdraft_covers_and_a_reservation_that_lapsed_asks_for_nothing() -> None:
    told = (received("1000.00"), reserved("600", FIRST), reserved("400", SECOND, at(24)), reversed_("500"))
    fund = fold(FUND, (opened(), *told))
    assert fund.uncovered(NOON) == {SECOND: 400, FIRST: 100}
    assert fund.uncovered(at(24)) == {FIRST: 100}
    overdrawn = reduce(evolve, changed(f.Overdraft(amount=Decimal(450))), fund)
    assert (overdrawn.uncovered(NOON), overdrawn.uncovered(at(24))) == ({SECOND: 50}, {})


# Two people


def test_what_one_person_asked_for_waits_and_changes_no_sum() -> None:
    fund = fold(FUND, (opened(), asked(f.OpeningBalance(amount=Decimal(1000)))))
    assert (fund.granted, list(fund.asked)) == (0, [number("change")])
    assert fund.asked[number("change")].change_id == number("change")


def test_the_second_signature_puts_it_in_force_and_nothing_waits_any_more() -> None:
    fund = fold(FUND, (opened(), asked(f.OpeningBalance(amount=Decimal(1000))), confirmed()))
    assert (fund.granted, dict(fund.asked), fund.confirmed) == (1000, {}, {number("change")})


@pytest.mark.parametrize(
    "second",
    [
        pytest.param(confirmed(actor="femi.ade"), id="by the person who asked"),
        pytest.param(confirmed("nothing that was asked"), id="of an unknown id"),
    ],
)
def test_a_second_signature_that_does_not_count_changes_nothing_but_the_version(second: f.FundChangeConfirmed) -> None:
    fund = fold(FUND, (opened(), asked(f.OpeningBalance(amount=Decimal(1000)))))
    assert evolve(fund, second) == fold_version(fund, 1)


def test_a_change_that_is_confirmed_twice_counts_once_whoever_confirms_it_again() -> None:
    fund = with_money("1000.00", asked(f.Transfer(to=OTHER_FUND, amount=Decimal(300))), confirmed())
    again = reduce(evolve, (confirmed(), confirmed(actor="fay.every")), fund)
    assert (fund.granted, again) == (700, fold_version(fund, 2))


def test_of_two_changes_that_wait_each_is_confirmed_by_its_own_id() -> None:
    told = (asked(f.Budget(amount=Decimal(500)), "one"), asked(f.Budget(amount=Decimal(900)), "two"), confirmed("two"))
    fund = fold(FUND, (opened(f.FundKind.PROGRAMME), *told))
    assert (fund.budget, list(fund.asked)) == (900, [number("one")])
    assert evolve(fund, confirmed("one")).budget == 500


def test_that_money_came_counts_for_nothing_before_the_other_fund_is_looked_at() -> None:
    fund = with_money("1000.00", moved_in("300.00"), moved_in("300.00"), moved_in("50.00", "another"))
    assert (fund.moved_in, fund.granted) == (0, 1000)
    assert [one.amount for one in fund.came] == [300, 50], "each is kept once"


def test_partnerships_that_are_adopted_are_known() -> None:
    first, third = (changed(f.Adoption(partnerships=(one,))) for one in (FIRST, THIRD))
    fund = with_money("1000.00", *first, *third)
    assert fund.adopted == {FIRST, THIRD}


def test_a_closed_fund_keeps_its_money_and_still_hears_what_the_bank_says() -> None:
    fund = with_money("1000.00", reserved("600"), committed("600"), spent("600"), *changed(f.Closing()))
    assert (fund.closed, sums(fund)) == (True, (1000, 0, 0, 600, 400))
    assert sums(evolve(fund, came_back("600"))) == (1000, 0, 600, 0, 400)


# What an event may say


@pytest.mark.parametrize("amount", ["0", "-1", "1234567890123456789"])
def test_no_event_moves_nothing_or_what_no_bank_could_pay(amount: str) -> None:
    for event in (reserved, committed, spent, came_back, received, reversed_, moved_in):
        with pytest.raises(ValueError, match="amount"):
            event(amount)


def test_a_year_ends_after_it_begins_and_a_programmes_budget_alone_names_a_programme() -> None:
    with pytest.raises(ValueError, match="2025-12-31 is before the first day, 2026-01-01"):
        opened(last_day=date(2025, 12, 31))
    for kind, programme in ((f.FundKind.PROGRAMME, None), (f.FundKind.UNRESTRICTED, "Libraries")):
        with pytest.raises(ValueError, match="a PROGRAMME fund names its programme"):
            opened(kind, programme=programme)
