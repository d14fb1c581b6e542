"""Acts done once more: a renewed approval, a second call-back, a lent role, a lift without a clearance."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.directory.tiers import Role
from domain.errors import IllegalTransition, NotAuthorised, PaymentRefused, SeparationOfDuties
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.partnership.circumstances import Authority, Circumstances
from domain.partnership.stages import Stage
from domain.payment.account import AccountStanding
from domain.payment.bank_answers import BankStatus, ExceptionKind, Resolution
from domain.payment.tranche.status import TrancheOutcome
from domain.policy.findings import Outcome
from tests.builders import ACCOUNT, HOUSE_RULES, NOON, authority, funds_out, number, party
from tests.domain.partnership.specification import (
    OTHER_ACCOUNT,
    Story,
    acting,
    active,
    amend,
    answer,
    approve,
    assess,
    assessment,
    called_back,
    clear,
    contradict,
    declare,
    ended,
    given,
    hand_over,
    hold,
    in_approval,
    lent,
    lift,
    propose,
    recheck,
    release,
    resolve,
    sign,
    verify,
)

P, F = Role.PROGRAMME_APPROVER, Role.FINANCE_APPROVER
REFER, FAIL = Outcome.REFER, Outcome.FAIL
PLANNED, GROWN = {"funds_out": funds_out("600.00", "400.00")}, {"funds_out": funds_out("600.00", "500.00")}


def actors(story: Story) -> list[str]:
    return [one.actor for one in story.partnership.approvals]


def test_who_approved_as_programme_does_not_renew_as_finance() -> None:
    story = in_approval(**PLANNED).given(approve("ada.every"), approve("femi.ade"), sign(), amend(**GROWN))
    story.when(approve("ada.every")).refused(SeparationOfDuties, "already approved")


def test_of_two_finance_approvers_each_renews_their_own() -> None:
    tiers = tuple(one.model_copy(update={"quorum": (P, F, F)}) for one in HOUSE_RULES.tiers)
    rules = HOUSE_RULES.model_copy(update={"tiers": tiers})

    def by(name: str, role: Role) -> Authority:
        return authority(name, role).model_copy(update={"rules": rules})

    story = given(propose(**PLANNED), verify(), assess().model_copy(update={"quorum": (P, F, F)}))
    for name, role in (("ana.silva", P), ("fred.two", F), ("femi.ade", F)):
        story = story.when(approve(name), by(name, role))
    story = story.given(sign()).when(amend(**GROWN), by("pia.berg", Role.PROPOSER))
    once = story.when(approve("femi.ade"), by("femi.ade", F))
    assert sorted(actors(once)) == ["ana.silva", "femi.ade", "fred.two"]
    assert once.partnership.to_renew == (F,)
    twice = once.when(approve("fred.two"), by("fred.two", F))
    assert sorted(actors(twice)) == ["ana.silva", "femi.ade", "fred.two"]
    assert twice.partnership.to_renew == ()
    assert twice.given(release(1)).when(release(2)).then(e.TrancheReleased)


CLOSED = ended(TrancheOutcome.REJECTED, reason="AC04 closed")


def closed() -> Story:
    return active().given(release(1), hand_over(), CLOSED)


def test_an_answer_that_people_resolved_says_it_of_the_account_too() -> None:
    said = answer(BankStatus.REJECTED, reason="AC04 closed", code="RJCT")
    story = active().given(release(1), hand_over(), ended(TrancheOutcome.SETTLED))
    story = story.given(contradict(ExceptionKind.CONTRADICTION, said=said))
    story = story.given(resolve(resolution=Resolution.BELONGS_TO, counts=said), lift())
    story.when(release(1)).refused(PaymentRefused, "it is closed (AC04)")


def standing(account: Any = ACCOUNT, **more: Any) -> AccountStanding:
    first = {"recorded_by": "rudi.clerk", "confirmed_by": "noor.haddad", "confirmed_at": NOON - timedelta(days=900)}
    return AccountStanding(account=account, **{**first, **more})


def test_who_called_back_anew_does_not_pay() -> None:
    anew = standing(anew_by="ada.every", anew_at=NOON + timedelta(hours=1), confirmations=2)
    story = closed().when(sign(), authority("dora.kim").model_copy(update={"account": anew}))
    assert story.partnership.account_verifier == "ada.every"
    story.when(release(1, actor="ada.every")).refused(SeparationOfDuties, "ada.every")


def test_the_same_account_under_another_reference_is_called_back_anew_too() -> None:
    director = authority("dora.kim").model_copy(update={"account": standing(OTHER_ACCOUNT)})
    known = Circumstances(authority=director, same_account=(ACCOUNT.reference, OTHER_ACCOUNT.reference))
    story = closed().when(sign(account=OTHER_ACCOUNT), known)
    story.refused(PaymentRefused, "somebody calls back once more first", "--anew")


def test_another_account_needs_no_second_call_back() -> None:
    director = authority("dora.kim").model_copy(update={"account": standing(OTHER_ACCOUNT)})
    story = closed().when(
        sign(account=OTHER_ACCOUNT), Circumstances(authority=director, same_account=(ACCOUNT.reference,))
    )
    assert story.then(e.AgreementSigned).account_fault == ""


def test_under_a_hold_the_same_account_is_not_signed_again_without_a_fault() -> None:
    story = active().given(release(1), hand_over(), ended(TrancheOutcome.REJECTED), hold())
    story.when(sign()).refused(IllegalTransition, "on hold")
    other = authority("dora.kim").model_copy(update={"account": called_back(OTHER_ACCOUNT)})
    assert story.when(sign(account=OTHER_ACCOUNT), other).then(e.AgreementSigned)


@pytest.mark.parametrize("lender", ["pia.berg", "femi.ade", "noor.haddad"])
def test_a_role_lent_by_who_may_not_clear_clears_nothing(lender: str) -> None:
    who = acting("vic.other", lent(Role.VERIFIER, lender))
    active().given(recheck(REFER)).when(clear(actor="vic.other"), who).refused(NotAuthorised, "VERIFIER")


def test_a_lift_clears_no_question() -> None:
    story = active().given(recheck(REFER), lift())
    story.when(release()).refused(PaymentRefused, "the registers ask: RULE-1: finding 1", "accord clear P-2026-0042")
    assert story.given(clear()).when(release()).then(e.TrancheReleased)


def test_what_a_recused_person_cleared_is_open_again() -> None:
    story = active().given(recheck(REFER), clear(), lift(), declare("vera.lind"))
    assert (story.partnership.cleared_since, story.partnership.asked_since) == ((), ("RULE-1: finding 1",))


def test_many_questions_are_cleared_at_once() -> None:
    assert len(clear(*[f"Q: {n}" for n in range(500)]).questions) == 500


def test_a_company_goes_back_once_for_each_payee() -> None:
    found = assessment(FAIL)
    named = tuple(one.model_copy(update={"rule_id": "ELIG-NONPROFIT"}) for one in found.findings)

    def refused(turn: str) -> c.RecordAssessment:
        word = found.model_copy(update={"findings": named})
        return c.RecordAssessment(command_id=number(turn), at=NOON, assessment=word, quorum=(P, F))

    story = given(propose(), verify(), refused("first"))
    other = propose(funds_out=funds_out(payee=party("Harbour Schools Trust", ein="001000002")))
    again = story.given(other, verify(), refused("second"))
    assert again.partnership.stage is Stage.PROPOSED
    assert again.given(other, verify(), refused("third")).partnership.stage is Stage.DECLINED
