"""Two people give up the rest of a tranche: nobody pays it any more, its money is free once, and the case can close."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import pytest

from domain.books.grants import grant_sums
from domain.directory.chart import Account, BookBasis
from domain.errors import PaymentRefused
from domain.funds.claims import owing_of
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.partnership.people.taking_part import Part
from domain.partnership.proposal.splitting import altered_fault
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership, TrancheState
from domain.payment.bank_answers import BankStatus, ExceptionKind, Resolution
from domain.payment.recalls import RecallAnswer
from domain.payment.tranche.status import TrancheOutcome
from tests.builders import funds_out
from tests.domain.partnership import specification as s
from tests.domain.partnership.payment.short import booked_short, short

REST: Final = "250.00"
TWO: Final = ("femi.ade", "dora.kim")


def paid_short(**changes: object) -> s.Story:
    """750.00 of the first tranche of 1000.00 was booked, and a second tranche waits."""
    out = funds_out("1000.00", "500.00")
    return s.active(funds_out=out, **changes).given(s.release(1), *booked_short("750.00"))


def given_up(story: s.Story, rest: str = REST, people: tuple[str, ...] = TWO) -> s.Story:
    return story.given(*(s.give_up_rest(rest, actor) for actor in people))


def back_in_part(amount: str) -> tuple[c.AnyCommand, ...]:
    """A part of the first attempt came back, as two people confirmed."""
    said = s.answer(BankStatus.RETURNED, amount, f"back {amount}")
    counted = s.resolve(f"back {amount}", resolution=Resolution.BELONGS_TO, counts=said)
    return s.contradict(ExceptionKind.PARTIAL_RETURN, said=said, name=f"back {amount}"), counted, s.lift()


def test_one_person_gives_nothing_up() -> None:
    partnership = given_up(paid_short(), people=("femi.ade",)).then(e.RestGivenUp)
    assert (partnership.tranches[0].state, owing_of(partnership)) == (TrancheState.SHORT, 750)
    again = given_up(paid_short(), people=("femi.ade",))
    again.when(s.give_up_rest(REST, "femi.ade")).refused(PaymentRefused, "another person agrees as well")


def test_after_two_it_is_settled_and_owes_nothing() -> None:
    partnership = given_up(paid_short()).partnership
    (tranche, _) = partnership.tranches
    assert (tranche.state, tranche.net, tranche.remainder) == (TrancheState.SETTLED, 750, 0)
    assert (owing_of(partnership), partnership.committed, partnership.spent) == (500, 1250, 750)
    assert [progress.number for progress in partnership.unpaid] == [2]


def test_the_book_promises_it_no_more_and_keeps_what_was_paid() -> None:
    before, after = paid_short().partnership, given_up(paid_short()).partnership
    assert (payable(before), payable(after)) == (-750, -500)
    assert (bank(before), bank(after)) == (-750, -750)


def payable(partnership: Partnership) -> Decimal:
    return standing_on(partnership, Account.GRANTS_PAYABLE)


def bank(partnership: Partnership) -> Decimal:
    return standing_on(partnership, Account.BANK)


def standing_on(partnership: Partnership, account: Account) -> Decimal:
    sums = grant_sums(partnership, {(1, 1)}, BookBasis.ACCRUAL)
    return sum((amount for place, amount in sums.items() if account in place), Decimal(0))


def test_what_is_given_up_is_neither_given_up_again_nor_paid() -> None:
    story = given_up(paid_short())
    story.when(s.give_up_rest(REST, "paul.nkosi")).refused(PaymentRefused, "it has no rest")
    story.when(s.agree_rest(REST, "femi.ade")).refused(PaymentRefused, "it has no rest")
    story.when(s.release(1)).refused(PaymentRefused, "never paid twice")


def test_it_is_of_the_rest_as_it_is_and_the_newer_word_of_a_person_counts() -> None:
    story = paid_short()
    story.when(s.give_up_rest("200.00")).refused(PaymentRefused, "USD 250.00 of tranche 1 is not paid")
    changed = given_up(story, people=("femi.ade",)).given(s.agree_rest(REST, "femi.ade"))
    assert changed.given(s.give_up_rest(REST, "dora.kim")).partnership.tranches[0].waived_by == ("dora.kim",)
    more = given_up(story, people=("femi.ade",)).given(*back_in_part("50.00"))
    (tranche, _) = more.given(s.give_up_rest("300.00", "dora.kim")).partnership.tranches
    assert (tranche.waived_by, tranche.given_up) == (("dora.kim",), 0)


def test_a_first_word_falls_with_its_person_and_two_words_stay() -> None:
    fallen = given_up(paid_short(), people=("femi.ade",)).given(s.fall("femi.ade", Part.OTHER), s.lift())
    assert fallen.given(s.give_up_rest(REST, "dora.kim")).partnership.tranches[0].given_up == 0
    stays = given_up(paid_short()).given(s.fall("femi.ade", Part.OTHER))
    assert stays.partnership.tranches[0].given_up == 250


def test_it_waits_while_a_payment_is_open_or_recalled() -> None:
    agreed = paid_short().given(s.agree_rest(REST, "femi.ade"), s.agree_rest(REST, "dora.kim"))
    agreed.given(s.release(1)).when(s.give_up_rest(REST)).refused(PaymentRefused, "is released: it has no rest")
    recalled = paid_short().given(s.recall())
    recalled.when(s.give_up_rest(REST)).refused(PaymentRefused, "is recalled: its rest is given up once")
    refused = recalled.given(s.answer_recall(RecallAnswer.REFUSED))
    assert given_up(refused).partnership.tranches[0].given_up == 250


def test_what_two_agreed_to_pay_they_can_still_give_up_before_its_release() -> None:
    agreed = paid_short().given(s.agree_rest(REST, "femi.ade"), s.agree_rest(REST, "dora.kim"))
    assert given_up(agreed).when(s.release(1)).refusal is not None


def test_after_it_the_case_closes_with_its_final_report() -> None:
    reported = s.accounted_for(figures=s.accounted("750.00"))
    story = given_up(s.active().given(s.release(1), *booked_short("750.00")))
    assert story.partnership.stage is Stage.ACTIVE
    assert story.given(*reported).partnership.stage is Stage.CLOSED


def test_a_return_in_part_that_nobody_pays_again_is_given_up() -> None:
    story = s.active(funds_out=funds_out("1000.00", "500.00")).given(
        s.release(1), *s.came_to(TrancheOutcome.SETTLED), *back_in_part("985.00")
    )
    (tranche, _) = given_up(story, "985.00").partnership.tranches
    assert (tranche.net, tranche.remainder, tranche.has_remainder) == (15, 0, False)


@pytest.mark.parametrize("outcome", [TrancheOutcome.REJECTED, TrancheOutcome.CANCELLED, TrancheOutcome.WITHHELD])
def test_a_rest_that_was_not_paid_is_given_up_and_a_late_word_of_its_end_changes_nothing(
    outcome: TrancheOutcome,
) -> None:
    agreed = paid_short().given(s.agree_rest(REST, "femi.ade"), s.agree_rest(REST, "dora.kim"))
    tried = agreed.given(s.release(1), *s.came_to(outcome, 1, 2))
    tried = tried.given(s.lift()) if tried.partnership.holds else tried
    done = given_up(tried)
    assert done.partnership.tranches[0].net == 750
    assert done.when(s.ended(outcome, 1, 2)).said == ()


def test_what_comes_back_after_it_is_paid_again_but_for_what_was_given_up() -> None:
    story = given_up(paid_short()).given(s.ended(TrancheOutcome.RETURNED), s.lift())
    assert owing_of(story.partnership) == 1250
    again = story.when(s.release(1))
    assert str(again.said[0].money) == "USD 750.00"  # type: ignore[union-attr]


def test_the_bank_that_books_it_after_all_has_paid_it_once_people_say_so() -> None:
    more = s.answer(BankStatus.SETTLED, REST, "second")
    story = given_up(paid_short()).given(
        s.contradict(said=more), s.resolve(resolution=Resolution.BELONGS_TO, counts=more)
    )
    (tranche, _) = story.partnership.tranches
    assert (tranche.state, tranche.net, tranche.remainder) == (TrancheState.SETTLED, 1000, 0)
    assert story.when(short("750.00")).said == ()


def test_a_tranche_of_which_a_part_was_given_up_is_not_split() -> None:
    partnership = given_up(paid_short()).given(s.ended(TrancheOutcome.RETURNED)).partnership
    split = s.active(funds_out=funds_out("750.00", "500.00", "250.00")).partnership.proposed
    fault = altered_fault(partnership, partnership.tranches[0], split)
    assert "stays as it is" in str(fault)
