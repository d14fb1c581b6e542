"""Each entry of a statement has exactly one explanation, a booking explains one entry, and nothing is set off."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.payment.continuity import ClosedStatement
from domain.payment.stated.covering import kind_of_unstated
from domain.payment.stated.entries import Belief, EntryKind, StatedEntry
from domain.payment.stated.explaining import Explained, explain
from tests.builders import number

DAY = date(2026, 11, 3)
KIND = EntryKind


def entry(amount: str, name: object = "one", **more: Any) -> StatedEntry:
    return StatedEntry(number(f"entry {name}"), "BA-1", Decimal(amount), "USD", DAY, **more)


def belief(amount: str | None, name: object = "other", kind: EntryKind = KIND.PAYMENT, **more: Any) -> Belief:
    content = {"account": "BA-1", "currency": "USD", "booked_on": DAY, **more}
    sum_ = None if amount is None else Decimal(amount)
    return Belief(number(f"entry {name}"), kind, f"P {name}", amount=sum_, **content)


def kinds(explained: Explained) -> list[EntryKind]:
    return [line.explanation for line in explained.lines]


@pytest.mark.parametrize(
    ("of_entry", "of_belief"),
    [
        pytest.param({}, {"name": "one"}, id="by the bank's own reference"),
        pytest.param({"keys": frozenset({"K"})}, {"keys": frozenset({"K"})}, id="by the entry's reference"),
        pytest.param(
            {"references": frozenset({"RET77"})}, {"references": frozenset({"RET77"})}, id="as people wrote it down"
        ),
        pytest.param({"about": "P-1"}, {"about": "P-1"}, id="by the payment, the sum and the day"),
        pytest.param({"about": "P-1"}, {"about": "P-1", "booked_on": None}, id="where only one says the day"),
        pytest.param({}, {}, id="by the sum and the day, of what names nothing and has no reference"),
    ],
)
def test_an_entry_is_a_booking(of_entry: dict[str, Any], of_belief: dict[str, Any]) -> None:
    explained = explain([entry("-600", **of_entry)], [belief("-600", **of_belief)])
    assert (kinds(explained), explained.missing) == ([KIND.PAYMENT], ())


@pytest.mark.parametrize("amount", ["-600", "-612.50"])
def test_an_entry_may_have_the_charges_beside_a_booking_in_its_sum(amount: str) -> None:
    told = belief("-600", about="P-1", with_charges=Decimal("-612.50"))
    explained = explain([entry(amount, about="P-1"), entry(amount, "two", about="P-1")], [told])
    assert kinds(explained) == [KIND.PAYMENT, KIND.OPEN], "and it explains one entry alone"


@pytest.mark.parametrize(
    "of_belief",
    [
        pytest.param({"amount": "-599.99"}, id="a cent less"),
        pytest.param({"amount": "600"}, id="the other way"),
        pytest.param({"currency": "EUR"}, id="another currency"),
        pytest.param({"account": "BA-2"}, id="another account"),
        pytest.param({"is_booking": False}, id="a status report, which says of no booking"),
    ],
)
def test_it_is_no_booking_of_another_sum_or_account(of_belief: dict[str, Any]) -> None:
    said = {"amount": "-600", **of_belief}
    explained = explain([entry("-600")], [belief(said.pop("amount"), "one", **said)])
    assert kinds(explained) == [KIND.OPEN]
    assert len(explained.missing) == (0 if "is_booking" in of_belief else 1)


def test_too_much_and_too_little_are_two() -> None:
    """Given 100 too much in one payment and 100 too little in another, then neither makes up for the other."""
    entries = [entry("-700", "A", about="A"), entry("-500", "B", about="B")]
    explained = explain(entries, [belief("-600", "A", about="A"), belief("-600", "B", about="B")])
    assert kinds(explained) == [KIND.OPEN, KIND.OPEN]
    assert len(explained.missing) == 2


def test_a_payment_that_was_booked_twice_is_explained_once() -> None:
    entries = [entry("-600", "A", about="P"), entry("-600", "B", about="P")]
    assert kinds(explain(entries, [belief("-600", "A", about="P")])) == [KIND.PAYMENT, KIND.OPEN]


@pytest.mark.parametrize(("together", "kind"), [("-1200", KIND.PAYMENT), ("-1800", KIND.OPEN)])
@pytest.mark.parametrize("mark", ["batch", "key"])
def test_one_entry_is_several_payments_if_they_come_to_its_sum(together: str, kind: EntryKind, mark: str) -> None:
    """Given a file of two payments, the bank's one entry, and a third payment that was rejected or is not on record."""
    stated = {"batch": "FILE"} if mark == "batch" else {"keys": frozenset({"K"})}
    known = {"message_id": "FILE", "is_booking": False} if mark == "batch" else {"keys": frozenset({"K"})}
    explained = explain([entry(together, **stated)], [belief("-600", "A", **known), belief("-600", "B", **known)])
    assert kinds(explained) == [kind]
    if kind is KIND.PAYMENT:
        assert explained.lines[0].subject == "P A and 1 more"


def test_a_charge_is_one_by_the_banks_code() -> None:
    assert kinds(explain([entry("-12.50", is_charge=True), entry("-12.50", "B")], [])) == [KIND.CHARGE, KIND.OPEN]


def test_a_gift_taken_back_is_the_refund_that_was_recorded_of_it() -> None:
    """Given what people said of a debit, and the refund to the donor under its reference, then they are one booking."""
    of_bank = {"references": frozenset({"R-7"})}
    said = belief(None, "EX", KIND.GIFT_TAKEN_BACK)
    refund = belief("-600", "refund", KIND.TO_DONOR, **of_bank)
    explained = explain([entry("-600", "EX", **of_bank)], [said, refund])
    assert (kinds(explained), explained.missing) == ([KIND.TO_DONOR], ())
    other = explain([entry("-500", "EX", **of_bank)], [said, refund])
    assert (kinds(other), other.missing) == ([KIND.GIFT_TAKEN_BACK], (refund,))


def test_what_nobody_could_read_is_explained_by_the_word_on_that_very_entry() -> None:
    said = belief(None, "one", KIND.OUTSIDE)
    assert kinds(explain([entry("-600"), entry("-1", "B")], [said])) == [KIND.OUTSIDE, KIND.OPEN]


@pytest.mark.parametrize("amounts", [("-600", None), (None, "-600"), ("-600", "-600"), (None, None)])
def test_of_several_that_are_alike_the_first_on_record_explains(amounts: tuple[str | None, ...]) -> None:
    keys = {"keys": frozenset({"K"})}
    alike = [belief(amount, name, **keys) for amount, name in zip(amounts, ("first", "second"), strict=True)]
    explained = explain([entry("-1", "A", **keys), entry("-600", "B", **keys)], [belief("-2", "D", **keys), *alike])
    assert "P first" in [line.subject for line in explained.lines]


AMOUNTS = st.integers(-3, 3).filter(bool).map(str)
ABOUT = st.sampled_from(["", "P-1", "P-2"])
KEYS = st.frozensets(st.sampled_from(["K1", "K2"]), max_size=1)
ENTRIES = st.builds(
    entry, AMOUNTS, st.integers(0, 4), about=ABOUT, keys=KEYS, references=KEYS, batch=st.sampled_from(["", "FILE"]),
    is_charge=st.booleans(),
)  # fmt: skip
BELIEFS = st.builds(
    belief, AMOUNTS | st.none(), st.integers(0, 4), st.sampled_from([*EntryKind]), about=ABOUT, keys=KEYS,
    references=KEYS, message_id=st.sampled_from(["", "FILE"]), is_booking=st.booleans(),
    booked_on=st.sampled_from([DAY, None]),
)  # fmt: skip


@pytest.mark.slow
@given(st.lists(ENTRIES, max_size=8), st.lists(BELIEFS, max_size=8))
def test_every_entry_has_one_line_in_its_order_and_no_cent_is_lost(
    entries: list[StatedEntry], beliefs: list[Belief]
) -> None:
    explained = explain(entries, beliefs)
    assert [line.entry for line in explained.lines] == entries
    assert sum(line.entry.amount for line in explained.lines) == sum(one.amount for one in entries)


@pytest.mark.slow
@given(st.lists(ENTRIES, max_size=8), st.lists(BELIEFS, max_size=8))
def test_a_booking_explains_once_or_is_left(entries: list[StatedEntry], beliefs: list[Belief]) -> None:
    """What explained and what is left are together what was on record, and what explained comes to the same sums."""
    explained = explain(entries, beliefs)
    left, known = Counter(explained.missing), Counter(one for one in beliefs if one.is_booking)
    assert left <= known
    by_record = {one.subject for one in beliefs}
    lines = [one for one in explained.lines if one.subject.split(" and ")[0] in by_record]
    assert len(lines) <= len(beliefs) - sum(left.values())


@pytest.mark.slow
@given(st.lists(ENTRIES, max_size=6), st.lists(BELIEFS, max_size=6))
def test_what_is_explained_stays_so_when_it_is_worked_out_anew(
    entries: list[StatedEntry], beliefs: list[Belief]
) -> None:
    assert explain(entries, beliefs) == explain(entries, beliefs)


def closed(opened: date, until: date, currency: str = "USD") -> ClosedStatement:
    return ClosedStatement(until, 1, opened, currency, Decimal(0), Decimal(0))


@pytest.mark.parametrize(
    ("kind", "days", "expected"),
    [
        (KIND.PAYMENT, 0, KIND.NOT_STATED),
        (KIND.GIFT, 0, KIND.NOT_STATED),
        (KIND.REFUND, 0, KIND.NOT_STATED),
        (KIND.PAYMENT, 1, None),
        (KIND.REFUND, 1, KIND.NOT_SEEN),
        (KIND.TO_DONOR, 1, KIND.NOT_SEEN),
        (KIND.PAYMENT, -1, None),
        (KIND.REFUND, -1, None),
        (KIND.OPEN, 0, None),
        (KIND.BANK_ERROR, 0, None),
    ],
)
def test_a_booking_on_record_is_a_difference_where_the_statement_of_its_day_lacks_it(
    kind: EntryKind, days: int, expected: EntryKind | None
) -> None:
    """Given the statement of one day, and a booking of so many days after it."""
    known = belief("-600", kind=kind, booked_on=DAY + timedelta(days=days))
    assert kind_of_unstated(known, [closed(DAY, DAY)]) is expected
    assert kind_of_unstated(known._replace(currency="EUR"), [closed(DAY, DAY)]) in {None, KIND.NOT_SEEN}


def test_a_refund_is_not_seen_while_there_is_no_statement_at_all() -> None:
    assert kind_of_unstated(belief("600", kind=KIND.REFUND), []) is KIND.NOT_SEEN
    assert kind_of_unstated(belief("-600", kind=KIND.PAYMENT), []) is None


def test_the_day_since_which_it_is_on_record_stands_for_one_that_the_bank_did_not_say() -> None:
    known = belief("-600", booked_on=None, since=DAY)
    assert kind_of_unstated(known, [closed(DAY, DAY)]) is KIND.NOT_STATED
    assert kind_of_unstated(known._replace(since=None), [closed(DAY, DAY)]) is None
