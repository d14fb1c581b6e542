"""Letters: of facts that stand, once each, and an agreement that still says what was agreed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from domain.directory.tiers import Role
from domain.errors import IllegalTransition, SeparationOfDuties, StaleDecision
from domain.fault import Fault
from domain.partnership import events as e
from domain.partnership.circumstances import Circumstances
from domain.partnership.letter.common import LetterWish
from domain.partnership.letter.facts import FACTS, GiftFacts, JudgedReportFacts
from domain.partnership.letter.kinds import Addressee, LetterKind
from domain.partnership.letter.making import letter_facts
from domain.partnership.waiting.obligations import obligations
from domain.payment.tranche.status import TrancheOutcome
from domain.plans import ReportKind
from domain.policy.conditions import ConditionId
from domain.policy.findings import Outcome
from domain.values import Money
from tests.builders import NOON, authority, funds_in, funds_out
from tests.domain.partnership.specification import (
    Story,
    accept,
    active,
    amend,
    approved,
    ask,
    assess,
    came_to,
    declare,
    decline,
    given,
    in_agreement,
    in_approval,
    issue,
    propose,
    receipt,
    release,
    report,
    satisfy,
    send_back,
    sign,
    verify,
)

K = LetterKind
AGREED = "ab" * 32


def facts_of(story: Story, letter: LetterKind, about: int | None = None, note: str | None = None) -> object:
    return letter_facts(story.partnership, LetterWish(letter, NOON.date(), about, note))


def gift(*amounts: str, **more: object) -> Story:
    """A partnership with a donor's gift, of which these sums have come."""
    story = active(funds_in=funds_in(**more), conditions=(ConditionId.ACKNOWLEDGMENT,))
    return story.given(*(receipt(amount, "USD") for amount in amounts))


def test_a_letter_is_recorded_with_digests_and_nobodys_name() -> None:
    happened = in_agreement().when(issue(K.AWARD, pdf=AGREED))
    happened.then(e.LetterIssued)
    [event] = happened.said
    assert isinstance(event, e.LetterIssued)
    assert event.to is Addressee.PAYEE
    party = happened.partnership.proposed.partner.name
    assert party not in event.model_dump_json(exclude={"signature"})
    assert [letter.pdf_sha256 for letter in happened.partnership.letters] == [AGREED]


@pytest.mark.parametrize("kind", [K.AWARD, K.AGREEMENT])
def test_an_award_waits_until_everybody_approved(kind: LetterKind) -> None:
    in_approval().when(issue(kind)).refused(IllegalTransition, "not approved by everybody")


def test_a_letter_about_facts_that_changed_since_its_preview_is_refused() -> None:
    story = in_agreement()
    stood = letter_facts(story.partnership, LetterWish(K.AWARD, NOON.date())).sha256
    later = approved(story.given(amend(title="Digital skills, and more")))
    later.when(issue(K.AWARD, facts_sha256=stood, to=Addressee.PAYEE)).refused(
        StaleDecision, "changed since it was made"
    )


def test_the_addressees_name_and_address_are_in_no_digest() -> None:
    facts = letter_facts(in_agreement().partnership, LetterWish(K.AWARD, NOON.date()))
    erased = facts.model_copy(update={"to": facts.to.model_copy(update={"name": "⟦erased⟧", "person": None})})
    assert erased.sha256 == facts.sha256


def test_the_very_same_letter_is_issued_once_and_another_one_after_it() -> None:
    story = in_agreement().given(issue(K.AWARD, pdf=AGREED))
    story.when(issue(K.AWARD, pdf=AGREED)).refused(IllegalTransition, "issued already", "another letter")
    story.when(issue(K.AWARD, pdf="ba" * 32)).then(e.LetterIssued)


def test_an_edition_that_is_not_in_force_any_more_is_refused() -> None:
    story = in_agreement()
    who = Circumstances(
        authority=authority("ana.silva", *Role), unlettered=Fault("edition 2026.2 of award is in force")
    )
    command = issue(K.AWARD)
    story.when(command, who).refused(IllegalTransition, "2026.2")


def test_a_letter_of_another_week_is_refused() -> None:
    command = issue(K.SUMMARY).model_copy(update={"dated": NOON.date() - timedelta(days=3)})
    in_agreement().when(command).refused(IllegalTransition, "dated", "make it anew")


def test_who_has_an_interest_issues_nothing() -> None:
    story = in_agreement().given(declare("ana.silva"))
    story.when(issue(K.SUMMARY)).refused(SeparationOfDuties, "recused")


def test_the_director_signs_the_agreement_that_was_issued() -> None:
    story = in_agreement().given(issue(K.AGREEMENT, pdf=AGREED))
    assert story.when(sign(document=AGREED)).then(e.AgreementSigned).agreement_sha256 == AGREED


def test_an_agreement_that_was_signed_elsewhere_stays_possible() -> None:
    in_agreement().given(issue(K.AGREEMENT, pdf=AGREED)).when(sign(document="ef" * 32)).then(e.AgreementSigned)


def test_an_agreement_whose_terms_changed_since_is_not_signed() -> None:
    story = approved(in_agreement().given(issue(K.AGREEMENT, pdf=AGREED), amend(title="Digital skills, and more")))
    story.when(sign(document=AGREED)).refused(IllegalTransition, "the terms changed since")


def test_whoever_issued_an_agreement_does_not_sign_it() -> None:
    story = in_agreement().given(issue(K.AGREEMENT, "dora.kim", pdf=AGREED))
    story.when(sign(document=AGREED)).refused(SeparationOfDuties, "another director signs it")


def test_another_letter_is_no_agreement() -> None:
    story = in_agreement().given(issue(K.AWARD, pdf=AGREED))
    story.when(sign(document=AGREED)).refused(IllegalTransition, "no agreement")


def test_a_refusal_has_the_findings_and_the_cheapest_path() -> None:
    story = given(propose(), verify(), assess(Outcome.FAIL))
    declined = story if story.partnership.ended else in_approval().given(decline())
    facts = facts_of(declined, K.DECLINE)
    assert facts.reason  # type: ignore[attr-defined]


def test_a_finding_without_words_makes_no_letter() -> None:
    story = in_approval().given(decline())
    assessed = story.partnership.assessment
    assert assessed is not None
    wordless = tuple(one.model_copy(update={"outcome": Outcome.FAIL, "reason": " "}) for one in assessed.findings[:1])
    changed = story.partnership.model_copy(update={"assessment": assessed.model_copy(update={"findings": wordless})})
    with pytest.raises(IllegalTransition, match="has no words"):
        letter_facts(changed, LetterWish(K.DECLINE, NOON.date()))


def test_a_question_is_asked_only_while_one_is_open() -> None:
    in_approval().given(ask()).when(issue(K.QUESTIONS)).then(e.LetterIssued)
    in_approval().when(issue(K.QUESTIONS)).refused(IllegalTransition, "nothing is asked")


def test_a_returned_report_says_what_it_lacks() -> None:
    story = active().given(release(), *came_to(TrancheOutcome.SETTLED), report(kind=ReportKind.PROGRESS), send_back())
    story.when(issue(K.REPORT_RETURNED, about=1)).refused(IllegalTransition, "note", "lacks")
    story.when(issue(K.REPORT_RETURNED, about=1, note="The second course is missing")).then(e.LetterIssued)
    story.when(issue(K.REPORT_ACCEPTED, about=1)).refused(IllegalTransition, "no report 1 that was accepted")


def test_of_a_report_with_nothing_left_a_letter_names_no_sum_that_is_unspent() -> None:
    """Given figures without a remainder, then there is a letter: a sum of money is never zero."""
    figures = {"currency": "USD", "spent": "1000.00"}
    story = active().given(release(), *came_to(TrancheOutcome.SETTLED))
    story = story.given(report(kind=ReportKind.FINANCIAL, figures=figures), accept())
    facts = facts_of(story, K.REPORT_ACCEPTED, about=1)
    assert isinstance(facts, JudgedReportFacts)
    assert (facts.spent, facts.unspent) == (Money(amount=Decimal("1000.00"), currency="USD"), None)


def test_a_payment_is_advised_once_the_bank_has_booked_it() -> None:
    story = active().given(release())
    story.when(issue(K.PAYMENT_ADVICE, about=1)).refused(IllegalTransition, "has not settled")
    story.given(*came_to(TrancheOutcome.SETTLED)).when(issue(K.PAYMENT_ADVICE, about=1)).then(e.LetterIssued)


@pytest.mark.parametrize(("kind", "about"), [(K.PAYMENT_ADVICE, None), (K.SUMMARY, 1)])
def test_a_number_is_given_where_there_is_one_to_give(kind: LetterKind, about: int | None) -> None:
    active().when(issue(kind, about=about)).refused(IllegalTransition, "about")


def test_a_reminder_needs_something_that_is_owed() -> None:
    active().when(issue(K.REMINDER)).refused(IllegalTransition, "nothing is owed")


def owed_for(story: Story) -> list[str]:
    return [owed.what for owed in obligations(story.partnership) if owed.about == "ACKNOWLEDGMENT"]


def test_each_contribution_of_250_or_more_has_an_acknowledgement_of_its_own() -> None:
    story = gift("250.00", "249.99", "1000.00")
    assert [(one.number, one.money.amount) for one in story.partnership.contributions] == [(1, 250), (2, 1000)]
    assert "1 of USD 250.00" in owed_for(story)[0]
    story = story.given(issue(K.GIFT_ACKNOWLEDGEMENT, about=1, pdf="a1" * 32))
    assert len(owed_for(story)) == 1
    story = story.given(issue(K.GIFT_ACKNOWLEDGEMENT, about=2, pdf="a2" * 32))
    assert owed_for(story) == []
    assert ConditionId.ACKNOWLEDGMENT not in story.partnership.open_conditions()


def test_an_acknowledgement_is_due_by_the_end_of_the_next_january() -> None:
    [owed] = [owed for owed in obligations(gift("250.00").partnership) if owed.about == "ACKNOWLEDGMENT"]
    assert (owed.due.year, owed.due.month, owed.due.day) == (NOON.year + 1, 1, 31)


def test_a_contribution_that_came_after_the_papers_were_filed_is_owed_anew() -> None:
    story = gift("300.00").given(satisfy(ConditionId.ACKNOWLEDGMENT))
    assert owed_for(story) == []
    assert len(owed_for(story.given(receipt("400.00", "USD")))) == 1


def test_a_contribution_that_did_not_come_is_not_acknowledged() -> None:
    gift("249.99").when(issue(K.GIFT_ACKNOWLEDGEMENT, about=1)).refused(IllegalTransition, "those that came: none yet")


def test_what_the_donor_got_in_return_is_described_and_estimated() -> None:
    value = Money(amount=Decimal(40), currency="USD")
    story = gift("250.00", benefit=value)
    story.when(issue(K.GIFT_ACKNOWLEDGEMENT, about=1)).refused(IllegalTransition, "describe the goods or services")
    facts = facts_of(story, K.GIFT_ACKNOWLEDGEMENT, 1, "Two seats at the dinner")
    assert isinstance(facts, GiftFacts)
    assert (facts.returned, facts.estimate) == (True, value)


def test_the_facts_of_a_gift_have_no_field_for_the_value_of_property() -> None:
    assert {"value", "worth", "method"}.isdisjoint(GiftFacts.model_fields)
    assert GiftFacts.model_fields["property"].annotation == str | None


def test_each_kind_has_its_facts() -> None:
    assert set(FACTS) == set(LetterKind)
    assert all(letter in str(FACTS[letter].model_fields["letter"].annotation) for letter in LetterKind)


def test_the_plan_is_in_the_award() -> None:
    facts = facts_of(in_agreement(funds_out=funds_out("70.00", "50.25")), K.AWARD)
    assert [payment.money.amount for payment in facts.payments] == [Decimal("70.00"), Decimal("50.25")]  # type: ignore[attr-defined]
