"""Whether four sides say the same of a day: each is falsified alone, and is named with the sum and the place."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.attestation.comparing import compare
from domain.attestation.line import DayVerdict, Findings
from domain.attestation.readings import (
    EventsReading,
    MoneySide,
    NotKnown,
    PostingsReading,
    ReadStatement,
    SideDifference,
    StatementsReading,
    WorkflowsReading,
)
from tests.domain.attestation import (
    ACCOUNT,
    CASE,
    DAY,
    FILE,
    FIRST,
    NEXT,
    booking,
    on_its_way,
    posted,
    readings,
    run,
    stated,
    stretch,
)

IMPORTED = frozenset({FILE})
OPEN = (on_its_way(),)
PARTNERSHIPS = frozenset({f"partnership/{CASE}"})
PAYMENT = f"partnership/{CASE}/tranche/2/attempt/1"


def verdict(day: date = DAY, **sides: Any) -> DayVerdict:
    return Findings.of(day, compare(day, readings(**sides))).verdict


def only(**sides: Any) -> tuple[MoneySide, str, str]:
    """The side of the one difference, by how much and where."""
    [difference] = compare(DAY, readings(**sides)).differences
    return difference.side, str(difference.amount), difference.where


def test_sides_that_say_the_same_agree() -> None:
    comparison = compare(DAY, readings())
    [figures] = comparison.figures
    assert (comparison.differences, comparison.unknowns) == ((), ())
    assert (figures.events, figures.postings, figures.balance) == (Decimal(-600), Decimal(-600), Decimal(400))
    assert comparison.in_transit == {"events": {"USD": Decimal(250)}, "workflows": {"USD": Decimal(250)}}
    assert verdict() is DayVerdict.AGREES


FORGED = booking("-75.00", partnership="P-2026-0666", references=frozenset({"NOWHERE"}))

FALSIFIED = {
    # A booking that the bank never made, which the book believes as it follows from the same ledger.
    "a forged event": (
        {
            "events": EventsReading((booking(), FORGED), IMPORTED, OPEN),
            "postings": PostingsReading((posted(), posted("-75.00", partnership="P-2026-0666"))),
        },
        (MoneySide.EVENTS, "-75.00", "P-2026-0666 payment 1/1"),
    ),
    "an event of another sum": (
        {
            "events": EventsReading((booking("-700.00"),), IMPORTED, OPEN),
            "postings": PostingsReading((posted("-700.00"),)),
        },
        (MoneySide.EVENTS, "-100.00", f"{CASE} payment 1/1"),
    ),
    "a dropped posting": ({"postings": PostingsReading(())}, (MoneySide.POSTINGS, "600.00", CASE)),
    "a posting too many": (
        {"postings": PostingsReading((posted(), posted("0.01", partnership="P-2026-0007")))},
        (MoneySide.POSTINGS, "0.01", "P-2026-0007"),
    ),
    "a statement that nobody imported": (
        {
            "statements": StatementsReading(
                (stretch(),), (stated(), stated("999.00", "E9", file_sha256="cd" * 32, statement="statement 13"))
            )
        },
        (MoneySide.STATEMENTS, "999.00", "statement 13"),
    ),
    "a workflow that was ended": (
        {"workflows": WorkflowsReading(PARTNERSHIPS, ())}, (MoneySide.WORKFLOWS, "-250.00", PAYMENT)
    ),
    "a workflow of nothing": (
        {"events": EventsReading((booking(),), IMPORTED, ())}, (MoneySide.WORKFLOWS, "250.00", PAYMENT)
    ),
    "a workflow of another sum": (
        {"workflows": WorkflowsReading(PARTNERSHIPS, (run("200.00"),))}, (MoneySide.WORKFLOWS, "-50.00", PAYMENT)
    ),
    "a partnership that hears nothing": (
        {"workflows": WorkflowsReading(frozenset(), (run(),))}, (MoneySide.WORKFLOWS, "-250.00", PAYMENT)
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FALSIFIED)
def test_a_side_that_was_falsified_alone_is_named(name: str) -> None:
    """Given one side that says something else, then the difference names that side, the sum and the place."""
    sides, expected = FALSIFIED[name]
    assert only(**sides) == expected
    assert verdict(**sides) is DayVerdict.DIFFERS


def test_a_changed_event_is_named_rather_than_the_posting_that_does_not_follow_it() -> None:
    changed = SideDifference(
        MoneySide.EVENTS, "was changed", f"{CASE} event 7 (PaymentSettled)", "", "USD", Decimal(-700)
    )
    sides = {"events": EventsReading((booking("-700.00"),), IMPORTED, OPEN, (changed,))}
    assert {difference.side for difference in compare(DAY, readings(**sides)).differences} == {MoneySide.EVENTS}


@pytest.mark.parametrize("side", list(MoneySide))
def test_a_side_that_is_away_is_not_known_and_never_agrees(side: MoneySide) -> None:
    away = NotKnown(side, "it does not answer")
    comparison = compare(DAY, readings(**{side.value: away}))
    assert (comparison.differences, comparison.unknowns) == ((), (away,))
    assert verdict(**{side.value: away}) is DayVerdict.NOT_KNOWN


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (date(2026, 11, 1), "2026-11-01 is before the first statement of BA-OWN in USD, which opens on 2026-11-02"),
        (NEXT, "the newest statement of BA-OWN in USD is of 2026-11-03: 2026-11-04 is not in it"),
    ],
)
def test_a_day_outside_of_the_statements_is_not_known(day: date, reason: str) -> None:
    comparison = compare(day, readings())
    assert (comparison.differences, [known.reason for known in comparison.unknowns]) == ((), [reason])
    assert verdict(day) is DayVerdict.NOT_KNOWN


def test_an_account_without_any_statement_is_not_known() -> None:
    comparison = compare(DAY, readings(statements=StatementsReading((), ())))
    assert [known.reason for known in comparison.unknowns] == ["no statement of BA-OWN in USD came in"]
    bare = readings(
        statements=StatementsReading((), ()), events=EventsReading((), frozenset()), postings=PostingsReading(()),
        workflows=WorkflowsReading(frozenset(), ()),
    )  # fmt: skip
    assert [known.reason for known in compare(DAY, bare).unknowns] == ["no statement of BA-OWN came in"]


def test_entries_that_are_not_ours_are_named_with_sum_and_count_and_differ_from_nothing() -> None:
    others = (stated("-12.50", "FEES"), stated("3.00", "INTEREST", day=FIRST))
    comparison = compare(DAY, readings(statements=StatementsReading((stretch(),), (stated(), *others))))
    [figures] = comparison.figures
    assert (figures.other_entries, figures.other_sum, figures.entries) == (2, Decimal("-9.50"), 2)
    assert comparison.differences == ()


def test_one_entry_of_a_whole_file_states_each_payment_of_it() -> None:
    two = (
        booking("-350.00", references=frozenset({"E1", "FILE7"})),
        booking("-250.00", label="payment 2/1", references=frozenset({"E2", "FILE7"})),
    )
    sides = {
        "events": EventsReading(two, IMPORTED, OPEN),
        "statements": StatementsReading((stretch(),), (stated("-600.00", "FILE7"),)),
    }
    assert compare(DAY, readings(**sides)).differences == ()
    short = {**sides, "statements": StatementsReading((stretch(),), (stated("-590.00", "FILE7"),))}
    assert only(**short) == (MoneySide.EVENTS, "-10.00", f"{CASE} payment 1/1, {CASE} payment 2/1")


def test_a_gift_without_a_common_reference_is_stated_by_its_day_and_sum_once() -> None:
    gift = booking("100.00", label="gift", references=frozenset({"MESSAGE9"}))
    sides = {
        "events": EventsReading((booking(), gift, gift._replace(partnership="P-2026-0043")), IMPORTED, OPEN),
        "postings": PostingsReading((posted(), posted("100.00"), posted("100.00", partnership="P-2026-0043"))),
        "statements": StatementsReading((stretch(),), (stated(), stated("100.00", "X1"))),
    }
    assert only(**sides) == (MoneySide.EVENTS, "100.00", "P-2026-0043 gift"), "one entry states one booking"


def test_a_booking_of_which_nobody_said_the_banks_day_is_looked_for_around_it() -> None:
    """Given a message that leaves the day out, then days around it count, and only once statements cover them all."""
    unsaid = {"events": EventsReading((booking(days_around=1, references=frozenset()),), IMPORTED, OPEN)}
    bare, whole = (stretch(),), (stretch(last=NEXT),)
    assert compare(DAY, readings(**unsaid, statements=StatementsReading(bare, ()))).differences == ()
    [missing] = compare(DAY, readings(**unsaid, statements=StatementsReading(whole, ()))).differences
    assert (missing.side, str(missing.amount)) == (MoneySide.EVENTS, "-600.00")
    later = StatementsReading(whole, (stated(day=NEXT),))
    assert compare(DAY, readings(**unsaid, statements=later)).differences == ()
    never = {"events": EventsReading((booking(days_around=None, references=frozenset()),), IMPORTED, OPEN)}
    assert compare(DAY, readings(**never, statements=StatementsReading(whole, ()))).differences == ()


def test_a_booking_that_the_bank_has_on_a_later_day_is_named_on_the_days_between() -> None:
    """Given events that date a booking before a year's end, and a statement after it, then the last day differs."""
    late = StatementsReading((stretch(last=NEXT),), (stated(day=NEXT),))
    assert only(statements=late) == (MoneySide.EVENTS, "-600.00", f"{CASE} payment 1/1")
    assert compare(NEXT, readings(statements=late)).differences == (), "on that day the money is gone by both"
    assert (
        compare(
            DAY, readings(statements=late, events=EventsReading((booking(days_around=3),), IMPORTED, OPEN))
        ).differences
        == ()
    )


def test_what_is_booked_later_is_not_of_the_day() -> None:
    later = EventsReading((booking(), booking("-5.00", day=NEXT)), IMPORTED, OPEN)
    assert compare(DAY, readings(events=later)).differences == ()


SUMS = st.lists(st.integers(min_value=-10_000, max_value=10_000).filter(bool), max_size=6)


@given(sums=SUMS, wrong=st.integers(min_value=-500, max_value=500).filter(bool))
def test_no_two_errors_cancel_one_another(sums: list[int], wrong: int) -> None:
    """Given any payments that agree, when two postings are wrong by opposite sums, then both are named."""
    cases = [f"P-2026-{number:04}" for number in range(len(sums))]
    pairs = list(zip(cases, sums, strict=True))
    bookings = tuple(booking(str(amount), partnership=case, references=frozenset({case})) for case, amount in pairs)
    entries = tuple(stated(str(amount), case) for case, amount in pairs)
    postings = tuple(posted(str(amount), partnership=case) for case, amount in pairs)
    sides: dict[str, Any] = {
        "events": EventsReading(bookings, IMPORTED, OPEN),
        "statements": StatementsReading((stretch(),), entries),
    }
    assert verdict(postings=PostingsReading(postings), **sides) is DayVerdict.AGREES
    errors = (posted(str(wrong), partnership="P-2026-7001"), posted(str(-wrong), partnership="P-2026-7002"))
    comparison = compare(DAY, readings(postings=PostingsReading((*postings, *errors)), **sides))
    assert [(one.side, one.where) for one in comparison.differences] == [
        (MoneySide.POSTINGS, "P-2026-7001"), (MoneySide.POSTINGS, "P-2026-7002")
    ]  # fmt: skip


def test_the_account_of_a_booking_is_the_one_that_it_was_ordered_from() -> None:
    """Given a funder that pays from another account today, then an earlier payment is looked for on its own."""
    old = booking(account="BA-OLD")
    comparison = compare(DAY, readings(events=EventsReading((old,), IMPORTED, OPEN)))
    assert [known.reason for known in comparison.unknowns] == ["no statement of BA-OLD in USD came in"]
    on_old = StatementsReading((stretch(), stretch(account="BA-OLD")), (stated(account="BA-OLD"),))
    assert compare(DAY, readings(events=EventsReading((old,), IMPORTED, OPEN), statements=on_old)).differences == ()
    assert ACCOUNT != "BA-OLD"


@pytest.mark.parametrize("booked_on", [date(2026, 10, 31), date(2026, 11, 5)], ids=["before its statement", "after it"])
def test_what_is_booked_on_a_day_outside_of_its_statement_moves_the_balance_of_that_statement(booked_on: date) -> None:
    late = stated(day=booked_on, counts_on=DAY)
    sides = {"events": EventsReading((booking(day=booked_on),), IMPORTED, OPEN)}
    [figures] = compare(DAY, readings(**sides, statements=StatementsReading((stretch(),), (late,)))).figures
    assert str(figures.balance) == "400.00"


def test_a_statement_without_an_entry_that_nobody_imported_is_named() -> None:
    """Given a made-up statement that nothing moved, then the day that it covers does not agree."""
    made_up = ReadStatement(ACCOUNT, "USD", NEXT, "statement 13", "cd" * 32)
    sides = StatementsReading((stretch(last=NEXT),), (stated(),), statements=(made_up,))
    [difference] = compare(NEXT, readings(statements=sides)).differences
    assert (difference.side, difference.where) == (MoneySide.STATEMENTS, "statement 13")
    assert difference.words == "nobody imported its file under a signature"
