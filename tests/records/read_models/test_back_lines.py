"""The list of payments adds up to what is paid still: whatever came back stands in it below zero, once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

import pytest

from accord.console.pages.payment_totals import CAME_BACK, STILL_PAID, came_back_in_words, figures_of, total_sums
from accord.console.pages.payments import PaymentNames, payment_row
from accord.presentation.filters import STANDINGS, PaymentFilters
from domain.partnership import commands as c
from domain.partnership.evolution import evolve
from domain.partnership.state import Partnership
from domain.payment.bank_answers import BankStatus, ExceptionKind, Resolution
from domain.payment.tranche.state import Tranche
from domain.payment.tranche.status import TrancheOutcome, TrancheStatus
from domain.values import Money
from ledger.projections import Line
from records.read_models.back_lines import Parts, back_lines, document_of, kept_parts, with_part
from records.read_models.lists import BACK, Total
from records.read_models.payment_lines import PAYMENTS_LIST, payment_lines
from tests.accord.console.rendering import NAMES
from tests.builders import money
from tests.domain.partnership import specification as s
from tests.domain.partnership.payment.short import booked_short
from tests.domain.partnership.payment.test_booked import BOOKED
from tests.domain.payment.tranche.test_answers import ORDER

SETTLED, RETURNED, SHORT = TrancheStatus.SETTLED, TrancheStatus.RETURNED, TrancheStatus.SHORT
TWO: Final = ("femi.ade", "dora.kim")


class Attempt(NamedTuple):
    """An attempt as its own stream leaves it: its status, what was instructed, and what was booked short."""

    status: TrancheStatus
    instructed: str = "1000.00"
    short: str | None = None


def back(amount: str, attempt: int = 1) -> tuple[c.AnyCommand, ...]:
    """A part of an attempt came back, as two people confirmed."""
    name = f"back {amount} of {attempt}"
    said = s.answer(BankStatus.RETURNED, amount, name, attempt=attempt)
    counted = s.resolve(name, Resolution.BELONGS_TO, said)
    return s.contradict(ExceptionKind.PARTIAL_RETURN, name, said), counted, s.lift()


def paid() -> s.Story:
    return s.active().given(s.release(), *s.came_to(TrancheOutcome.SETTLED))


def agreed(story: s.Story, rest: str) -> s.Story:
    return story.given(*(s.agree_rest(rest, actor) for actor in TWO), s.release())


def less_a_fee() -> s.Story:
    return agreed(paid().given(*back("985.00")), "985.00").given(*s.came_to(TrancheOutcome.SETTLED, 1, 2))


def short_and_paid() -> s.Story:
    rest = agreed(s.active().given(s.release(), *booked_short("750.00")), "250.00")
    return rest.given(*s.came_to(TrancheOutcome.SETTLED, 1, 2))


LIVES: Final[dict[str, tuple[Callable[[], s.Story], tuple[Attempt, ...], str, str]]] = {
    "returned whole": (
        lambda: paid().given(s.ended(TrancheOutcome.RETURNED)), (Attempt(RETURNED),), "", "0.00",
    ),
    "in part": (lambda: paid().given(*back("400.00")), (Attempt(SETTLED),), "400.00", "600.00"),
    "in parts that make the whole": (
        lambda: paid().given(*back("400.00"), *back("600.00")), (Attempt(SETTLED),), "1,000.00", "0.00",
    ),
    "less a fee, and paid again": (less_a_fee, (Attempt(SETTLED), Attempt(SETTLED, "985.00")), "985.00", "1,000.00"),
    "an earlier one after the next": (
        lambda: less_a_fee().given(*back("15.00", 1)),
        (Attempt(SETTLED), Attempt(SETTLED, "985.00")), "1,000.00", "985.00",
    ),
    "short, and the rest paid": (
        short_and_paid, (Attempt(SHORT, short="750.00"), Attempt(SETTLED, "250.00")), "", "1,000.00",
    ),
    "short, of which a part came back": (
        lambda: s.active().given(s.release(), *booked_short("750.00"), *back("100.00")),
        (Attempt(SHORT, short="750.00"),), "100.00", "650.00",
    ),
    "given up": (
        lambda: paid().given(*back("985.00"), *(s.give_up_rest("985.00", actor) for actor in TWO)),
        (Attempt(SETTLED),), "985.00", "15.00",
    ),
    "exchanged": (
        lambda: s.active().given(s.release(), s.hand_over(), BOOKED), (Attempt(SETTLED),), "", "1,000.00",
    ),
    "paid back by the payee": (
        lambda: paid().given(s.refund("100.00"), s.confirm_refund()), (Attempt(SETTLED),), "100.00", "900.00",
    ),
    "paid back, by the word of one": (lambda: paid().given(s.refund("100.00")), (Attempt(SETTLED),), "", "1,000.00"),
    "paid back after it had come back": (
        lambda: paid().given(s.refund("100.00"), s.confirm_refund(), *back("950.00")),
        (Attempt(SETTLED),), "1,000.00", "0.00",
    ),
}  # fmt: skip
"""By what became of a payment: its partnership, its attempts, what came back of what counts as paid, and the net."""


def parts_of(story: s.Story) -> Parts:
    """The parts that came back, kept between any two events as a document keeps them."""
    states = [Partnership(partnership_id=s.REFERENCE)]
    parts: Parts = ()
    for event in story.history:
        parts = with_part(kept_parts(dict(document_of(parts))), states[-1], event)
        states.append(evolve(states[-1], event))
    return parts


def lines_of(story: s.Story, attempts: Sequence[Attempt]) -> list[Line]:
    """All lines of the payments of a partnership, in the order of days."""
    tranches = [
        Tranche(
            order=ORDER.model_copy(update={"attempt": number, "money": Money.model_validate(money(one.instructed))}),
            status=one.status, short_of=Decimal(one.short) if one.short else None,
        )
        for number, one in enumerate(attempts, start=1)
    ]  # fmt: skip
    lines = [line for tranche in tranches for line in payment_lines(tranche, {"settled_on": "2026-11-03"})]
    return [line for line in (*lines, *back_lines(story.partnership, parts_of(story))) if line.list == PAYMENTS_LIST]


def totals_of(lines: Sequence[Line]) -> list[Total]:
    keys = {(line.shown["status"], line.shown["currency"], "", "", "2026-11") for line in lines}
    groups = {key: [Decimal(line.shown["amount"]) for line in lines if line.shown["status"] == key[0]] for key in keys}
    return [Total(key, len(group), sum(group, Decimal(0))) for key, group in groups.items()]


@pytest.mark.parametrize("life", LIVES)
def test_the_totals_are_what_the_case_and_its_fund_call_spent(life: str) -> None:
    story, attempts, came_back, net = LIVES[life]
    partnership = story().partnership
    totals = totals_of(lines_of(story(), attempts))
    figures = {figure.standing.words: figure for figure in figures_of(totals, dict.fromkeys(STANDINGS, ""))}
    assert f"{partnership.spent:,.2f}" == net
    assert (figures["Paid"].sums or ("USD 0.00",)) == (f"USD {net}",)
    assert came_back_in_words(totals) == (f"USD {came_back}" if came_back else "")
    told = {words: sum_ for words, sum_, _ in total_sums(totals, "")}
    assert told.get(STILL_PAID) == (f"USD {net}" if came_back else None)
    assert told.get(CAME_BACK) == (f"USD -{came_back}" if came_back else None)


@pytest.mark.parametrize("life", LIVES)
def test_each_line_is_found_by_the_filters_of_its_payment_and_has_a_place_of_its_own(life: str) -> None:
    story, attempts, _, _ = LIVES[life]
    lines = lines_of(story(), attempts)
    assert len({line.place for line in lines}) == len(lines)
    for filters in (
        PaymentFilters(partnership=s.REFERENCE), PaymentFilters(text="riverbend"), PaymentFilters(payee="riverbend"),
        PaymentFilters(fund="-"), PaymentFilters(currency="USD"),
    ):  # fmt: skip
        assert all(filters.asked().fits(line) for line in lines), filters
    netting = [line for line in lines if line.shown["status"] == BACK]
    for status in ("paid", "came-back", BACK):
        assert all(PaymentFilters(status=status).asked().fits(line) for line in netting)
    assert not any(PaymentFilters(status="refused").asked().fits(line) for line in lines)


def test_a_line_says_that_it_came_back_why_and_that_nobody_released_it() -> None:
    story = paid().given(s.refund("100.00"), s.confirm_refund())
    [line] = [line for line in back_lines(story.partnership, ()) if line.list == PAYMENTS_LIST]
    row = payment_row(line.shown, PaymentNames({}, NAMES), {})
    assert (row.standing.words, row.money, row.released_by) == ("Came back", "USD -100.00", "")
    assert row.said == "paid back by the payee, BANK-R1"


def test_a_part_keeps_its_day_and_the_banks_code() -> None:
    [part] = parts_of(paid().given(*back("400.00")))
    assert (part.place, part.amount, part.reason) == ((1, 1), 400, "BOOK")
    assert kept_parts(dict(document_of(kept_parts(dict(document_of((part,))))))) == (part,)
