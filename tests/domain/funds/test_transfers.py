"""A transfer between funds counts in both funds, or in none (ADR 0062)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import reduce
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.directory.disregarded import Disregarded
from domain.funds import events as f
from domain.funds.fund import Fund, evolve
from domain.funds.transfers import all_with_transfers, undone, waits_for, with_transfers
from tests.builders import NOON, number
from tests.domain.funds.test_fund import asked, changed, confirmed, with_money

A, B, C = "FD-2026-A", "FD-2026-B", "FD-2026-C"


def sent(to: str, amount: str, name: str = "transfer") -> tuple[f.AnyFundEvent, ...]:
    """A transfer that two people signed."""
    return changed(f.Transfer(to=to, amount=Decimal(amount)), name)


def came(source: str, amount: str, name: str = "transfer") -> f.MoneyMovedIn:
    change_id = number(f"dora.kim confirms {name}")
    return f.MoneyMovedIn(at=NOON, from_fund=source, amount=Decimal(amount), change_id=change_id)


def opened(fund_id: str, *more: f.AnyFundEvent | Disregarded, amount: str = "1000.00", **content: Any) -> Fund:
    return reduce(evolve, more, with_money(amount, fund_id=fund_id, **content))


def granted(*funds: Fund) -> dict[str, int]:
    """The sum in each fund once all are looked at."""
    return {one.fund_id[-1]: int(one.granted) for one in all_with_transfers(funds)}


def doubted(events: Iterable[f.AnyFundEvent]) -> list[Disregarded]:
    return [
        Disregarded(at=NOON, recorded=one.event_type, reason="its key may have been used by others") for one in events
    ]


def test_what_two_signed_in_the_one_and_came_in_the_other_counts_in_both() -> None:
    assert granted(opened(A, *sent(B, "300")), opened(B, came(A, "300"))) == {"A": 700, "B": 1300}


@pytest.mark.parametrize("which", [0, 1], ids=["who asked", "who confirmed"])
def test_once_either_signature_is_doubted_it_counts_in_neither(which: int) -> None:
    told: list[Any] = list(sent(B, "300"))
    told[which : which + 1] = doubted(told[which : which + 1])
    source, target = opened(A, *told), opened(B, came(A, "300"))
    assert granted(source, target) == {"A": 1000, "B": 1000}
    assert list(undone(target, {A: source, B: target})) == [
        f"300 from {A} do not count: no signatures of two people stand for that transfer there, or no longer; let two "
        "sign a transfer anew: `accord funds transfer`"
    ]


def test_what_the_other_fund_does_not_know_of_has_not_left() -> None:
    source, target = opened(A, *sent(B, "300")), opened(B)
    assert granted(source, target) == {"A": 1000, "B": 1000}
    assert [*undone(source, {B: target})] == [f"300 to {B} do not count: it is not on record there that they came"]


MADE_UP = {
    "nobody sent it": came(A, "300", "another"),
    "more than was sent": came(A, "999"),
    "from a fund that is not": came("FD-2026-NONE", "300"),
    "from a fund that sent nothing": came(C, "300"),
    "from itself": came(B, "300"),
}


@pytest.mark.parametrize("made_up", MADE_UP.values(), ids=MADE_UP)
def test_what_is_only_said_to_have_come_counts_for_nothing_and_hides_nothing(made_up: f.MoneyMovedIn) -> None:
    source, third = opened(A, *sent(B, "300")), opened(C)
    assert granted(source, opened(B, made_up), third) == {"A": 1000, "B": 1000, "C": 1000}
    assert granted(source, opened(B, made_up, came(A, "300"), came(A, "300")), third)["B"] == 1300


def test_money_does_not_change_its_currency_or_owner_by_a_transfer() -> None:
    for other in ({"currency": "EUR"}, {"funder": "OTHER"}):
        assert granted(opened(A, *sent(B, "300")), opened(B, came(A, "300"), **other)) == {"A": 1000, "B": 1000}


def test_nothing_comes_from_a_fund_that_nobody_opened() -> None:
    never = reduce(evolve, sent(B, "300"), Fund(A))
    assert granted(never, opened(B, came(A, "300"))) == {"A": 0, "B": 1000}


def test_a_fund_whose_opening_is_doubted_keeps_what_it_got_so_that_nobody_promises_it_again() -> None:
    doubtful = reduce(evolve, [*doubted([came(A, "1")]), came(A, "300")], Fund(B))
    assert granted(opened(A, *sent(B, "300")), doubtful) == {"A": 700, "B": 300}


def test_a_link_of_a_chain_falls_alone_and_its_fund_stands_below_zero() -> None:
    there = came(A, "900"), *sent(C, "1500", "on")
    chain = opened(A, *sent(B, "900")), opened(B, *there), opened(C, came(B, "1500", "on"))
    assert granted(*chain) == {"A": 100, "B": 400, "C": 2500}
    first = opened(A, asked(f.Transfer(to=B, amount=Decimal(900)), "transfer"), *doubted([confirmed("transfer")]))
    assert granted(first, *chain[1:]) == {"A": 1000, "B": -500, "C": 2500}


def test_in_whatever_order_funds_are_read_the_sums_are_the_same() -> None:
    funds = (
        opened(A, *sent(B, "900"), came(C, "50", "back")),
        opened(B, came(A, "900")),
        opened(C, *sent(A, "50", "back")),
    )
    assert {tuple(sorted(granted(*one).items())) for one in permutations(funds)} == {
        (("A", 150), ("B", 1900), ("C", 950))
    }


def test_only_funds_of_which_something_does_not_count_yet_are_looked_at_again() -> None:
    source, target = opened(A, *sent(B, "300"), came(C, "9", "made up")), opened(B, came(A, "300"))
    assert waits_for(source, {}) == (B, C)
    assert waits_for(source, {B: target}) == (C,)
    assert with_transfers(source, {B: target}).moved_out == 300


moves = st.tuples(st.sampled_from([A, B, C]), st.sampled_from([A, B, C]), st.integers(1, 500))


@given(st.lists(st.tuples(moves, st.booleans(), st.booleans()), max_size=12))
def test_whatever_is_doubted_or_made_up_no_transfer_makes_money_or_loses_it(
    told: list[tuple[tuple[str, str, int], bool, bool]],
) -> None:
    funds = {one: opened(one) for one in (A, B, C)}
    for n, ((source, to, amount), is_signed, is_told) in enumerate(told):
        if is_signed:
            funds[source] = reduce(evolve, sent(to, str(amount), str(n)), funds[source])
        if is_told:
            funds[to] = evolve(funds[to], came(source, str(amount), str(n)))
    counted = granted(*funds.values())
    assert sum(counted.values()) == 3000
    both = [one for one, is_signed, is_told in told if is_signed and is_told]
    for name in (A, B, C):
        moved = sum(amount * ((to == name) - (source == name)) for source, to, amount in both)
        assert counted[name[-1]] == 1000 + moved


def test_ids_are_those_of_the_second_signature() -> None:
    (change_id,) = opened(A, *sent(B, "300")).sent
    assert isinstance(change_id, UUID)
    assert change_id == confirmed("transfer").signature.statement.command_id
