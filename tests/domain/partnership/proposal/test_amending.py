"""An amendment lets fall its own matters and no more. A paid sum stays paid (R13, R31, R34, R37, R40)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from domain.directory.tiers import Role
from domain.errors import (
    AmendmentRefused,
    DomainError,
    IllegalTransition,
    PaymentRefused,
    SeparationOfDuties,
    ThresholdUnknown,
)
from domain.fault import Fault
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.partnership.circumstances import Circumstances
from domain.partnership.proposal.telling import truths_of_refused
from domain.partnership.stages import Stage
from domain.partnership.state import TrancheState
from domain.payment.tranche.status import TrancheOutcome
from domain.policy.conditions import ConditionId
from domain.policy.findings import Outcome
from domain.policy.rulebook import assess as assess_facts
from domain.screening.truths import KnownTruth, TruthKind
from domain.values import Money
from tests.builders import (
    authority,
    company,
    funding,
    funds_in,
    funds_out,
    moment,
    number,
    party,
    proposal,
    regrant,
    status,
    verification,
)
from tests.domain.partnership.specification import (
    NON_MONETARY,
    OTHER_ACCOUNT,
    Story,
    acting,
    active,
    after,
    again,
    agreed,
    amend,
    approve,
    ask,
    assess,
    assessment,
    called_back,
    came_to,
    declare,
    decline,
    given,
    hold,
    in_agreement,
    in_approval,
    in_eligibility,
    lent,
    lift,
    own,
    propose,
    receipt,
    release,
    revise,
    sign,
    terminate,
    verify,
    withdraw,
)

P, F, D = Role.PROGRAMME_APPROVER, Role.FINANCE_APPROVER, Role.DIRECTOR
SETTLED, REJECTED = TrancheOutcome.SETTLED, TrancheOutcome.REJECTED
BOTH = {"funds_out": funds_out(), "funds_in": funds_in()}


def usd(amount: str) -> Money:
    return Money(amount=amount, currency="USD")


def approvers(story: Story) -> list[str]:
    return [approval.actor for approval in story.partnership.approvals]


def three(**content: Any) -> Story:
    """A referral was cleared, so a director approved beside the two others."""
    story = in_eligibility(Outcome.REFER, **content)
    return story.given(*map(approve, ("vera.lind", "ana.silva", "femi.ade", "dora.kim")))


LESSER: dict[str, tuple[dict[str, Any], list[str]]] = {
    "a title": ({"title": "Digital skills, amended"}, ["femi.ade"]),
    "the final report": ({"funds_out": funds_out(final_report=False)}, []),
    "a typo": ({"funds_out": funds_out(purpose="Trainning")}, ["ana.silva", "femi.ade", "dora.kim"]),
    "a tenth more": ({"funds_out": funds_out("1100.00")}, ["ana.silva", "femi.ade", "dora.kim"]),
    "less": ({"funds_out": funds_out("10.00")}, ["ana.silva", "femi.ade", "dora.kim"]),
    "more than a tenth": ({"funds_out": funds_out("1100.01")}, ["ana.silva"]),
    "another purpose": ({"funds_out": funds_out(purpose="A radio station")}, ["femi.ade"]),
    "another purpose and sum": ({"funds_out": funds_out("2000.00", purpose="A radio station")}, []),
}


@pytest.mark.parametrize("what", LESSER)
def test_a_lesser_change_lets_only_those_approvals_fall_that_it_concerns(what: str) -> None:
    content, standing = LESSER[what]
    story = three().when(amend(**content))
    assert story.refusal is None
    assert approvers(story) == standing
    assert story.partnership.stage is (Stage.AGREEMENT if len(standing) == 3 else Stage.APPROVAL)
    assert story.partnership.proposed == proposal(**content)
    assert story.partnership.verifier == "vera.lind"


@pytest.mark.parametrize("start", [in_approval, in_agreement, active])
@pytest.mark.parametrize(
    "content",
    [
        {"funds_out": funds_out(payee=party("Harbour Schools Trust"))},
        {"funds_out": funds_out(funder="ISOC-FOUNDATION")},
        {"funds_out": funds_out(regrant=regrant())},
    ],
)
def test_another_payee_funder_or_fact_begins_everything_again(
    start: Callable[[], Story], content: dict[str, Any]
) -> None:
    story = start().when(amend(**content))
    now = story.then(e.ProposalAmended)
    assert (now.stage, now.approvals, now.verification, now.assessment) == (Stage.DUE_DILIGENCE, (), None, None)
    assert (now.account, now.deadline, now.quorum, now.proposed) == (None, None, None, proposal(**content))


def test_small_steps_add_up() -> None:
    story = in_agreement().given(amend(funds_out=funds_out("1050.00")), amend(funds_out=funds_out("1100.00")))
    assert approvers(story) == ["ana.silva", "femi.ade"]
    assert approvers(story.given(amend(funds_out=funds_out("1100.01")))) == ["ana.silva"]


def test_a_sum_that_falls_and_grows_again_is_measured_by_what_was_approved() -> None:
    story = in_agreement().given(amend(funds_out=funds_out("100.00")), amend(funds_out=funds_out("1100.00")))
    assert approvers(story) == ["ana.silva", "femi.ade"]


def test_after_a_new_approval_the_new_sum_is_the_measure() -> None:
    story = in_agreement().given(amend(funds_out=funds_out("1200.00")), approve("femi.ade"))
    assert approvers(story.given(amend(funds_out=funds_out("1320.00")))) == ["ana.silva", "femi.ade"]
    assert approvers(story.given(amend(funds_out=funds_out("1320.01")))) == ["ana.silva"]


def test_a_sum_in_another_tier_asks_for_that_tiers_quorum() -> None:
    story = in_agreement(funds_out=funds_out("100000.00")).when(amend(funds_out=funds_out("100000.01")))
    now = story.then(e.ProposalAmended, e.DeadlineSet)
    assert (now.stage, now.missing_approvals) == (Stage.APPROVAL, (D,))


def test_a_sum_that_no_tier_covers_is_refused() -> None:
    who = authority("pia.berg").model_copy(update={"rules": None})
    in_agreement().when(amend(funds_out=funds_out("1.00")), who).refused(ThresholdUnknown)


def test_who_amends_is_a_proposer_from_then_on_and_her_own_approval_falls() -> None:
    story = in_agreement().given(amend("ada.every", title="Digital skills, amended"))
    assert story.partnership.proposers == ("pia.berg", "ada.every")
    amended = in_approval().given(approve("ada.every"), amend("ada.every", title="Digital skills, amended"))
    assert approvers(amended) == []
    amended.when(approve("ada.every")).refused(SeparationOfDuties, "proposed")


def test_the_approval_given_in_the_amenders_stead_falls_as_well() -> None:
    story = in_approval().given(approve("paul.nkosi"), by=acting("paul.nkosi", lent(F, "ada.every")))
    assert approvers(story.given(amend("ada.every", title="Digital skills, amended"))) == []


SEPARATE: dict[str, tuple[Callable[[], Story], str]] = {
    "who cleared the referral": (lambda: in_eligibility().given(approve("ada.every")), "ada.every"),
    "who verified the account": (
        lambda: in_agreement().given(
            sign(), by=authority("dora.kim").model_copy(update={"account": called_back(sign().account, "ada.every")})
        ),
        "ada.every",
    ),
    "who paid": (lambda: active(funds_out=funds_out("1.00", "2.00")).given(release(1, "ada.every")), "ada.every"),
}


@pytest.mark.parametrize("who", SEPARATE)
def test_nobody_amends_whose_part_in_it_stands(who: str) -> None:
    """R31: the amender becomes a proposer, and a proposer neither verifies nor pays."""
    begun, person = SEPARATE[who]
    story = begun()
    content = {"funds_out": funds_out("1.00", "2.00")} if who == "who paid" else {}
    story.when(amend(person, title="Digital skills, amended", **content)).refused(SeparationOfDuties, person)


REFUSED: dict[str, tuple[Callable[[], Story], c.Amend, type[DomainError], str]] = {
    "nothing changes": (in_approval, amend(), IllegalTransition, "changes nothing"),
    "another reference": (in_approval, amend(reference="P-2026-0043"), IllegalTransition, "P-2026-0043"),
    "a leg more": (in_approval, amend(**BOTH), IllegalTransition, "keeps the legs"),
    "a leg less": (lambda: in_approval(**BOTH), amend(), IllegalTransition, "keeps the legs"),
    "another leg": (in_approval, amend(**NON_MONETARY), IllegalTransition, "keeps the legs"),
    "money instead of joint work": (
        lambda: in_approval(**NON_MONETARY),
        amend(funds_out=funds_out()),
        IllegalTransition,
        "keeps the legs",
    ),
    "joint work instead of a gift": (
        lambda: in_approval(**BOTH),
        amend(funds_out=funds_out(), **NON_MONETARY),
        IllegalTransition,
        "keeps the legs",
    ),
    "on hold": (lambda: in_approval().given(hold()), amend(title="Another title"), IllegalTransition, "on hold"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_no_amendment_may_do(what: str) -> None:
    begun, command, kind, words = REFUSED[what]
    begun().when(command).refused(kind, words)


def test_interests_that_an_amendment_names_are_declared_by_it() -> None:
    """R32: whoever has an interest is recused, whichever paper named it."""
    interests = ({"person": "femi.ade", "what": "Her brother teaches there"},)
    story = in_approval().when(amend(interests=interests))
    assert story.refusal is not None or "femi.ade" in story.partnership.recused


TWO = {"funds_out": funds_out("600.00", "400.00")}


def paid_once(outcome: TrancheOutcome | None = SETTLED) -> Story:
    story = active(**TWO).given(release(1))
    return story.given(*came_to(outcome)) if outcome else story


@pytest.mark.parametrize("outcome", [SETTLED, REJECTED, None])
def test_a_released_tranche_stays_as_it_is(outcome: TrancheOutcome | None) -> None:
    story = paid_once(outcome)
    story.when(amend(funds_out=funds_out("500.00", "500.00"))).refused(PaymentRefused, "tranche 1 was released")
    first, second = story.given(amend(funds_out=funds_out("600.00", "450.00"))).partnership.tranches
    assert first == story.partnership.tranches[0]
    assert (second.money, second.state) == (usd("450.00"), TrancheState.PLANNED)


def test_a_tranche_that_was_not_released_may_be_dropped_or_added() -> None:
    assert len(paid_once().given(amend(funds_out=funds_out("600.00"))).partnership.tranches) == 1
    assert len(paid_once().given(amend(funds_out=funds_out("600.00", "1.00", "2.00"))).partnership.tranches) == 3


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"payee": party("Harbour Schools Trust")}, ["to Riverbend Library Network already", "funds_out.succession"]),
        ({"funder": "ISOC-FOUNDATION"}, ["were released for ISOC already", "propose the rest for the other funder"]),
    ],
    ids=["payee", "funder"],
)
def test_once_something_was_released_payee_and_funder_stay(content: dict[str, Any], words: list[str]) -> None:
    command = amend(funds_out=funds_out("600.00", "400.00", **content))
    paid_once().when(command).refused(PaymentRefused, *words)


def test_what_was_paid_stays_so_when_other_facts_begin_everything_again() -> None:
    """R37, R39: nothing is ever paid twice."""
    story = paid_once(SETTLED)
    now = story.given(amend(funds_out=funds_out("600.00", "400.00", uses=("EQUIPMENT",))))
    assert now.partnership.tranches == story.partnership.tranches
    twice = agreed(again(now)).when(release(1, "paul.nkosi"))
    twice.refused(PaymentRefused, "never paid twice")


def test_while_a_payment_is_in_flight_nothing_begins_anew() -> None:
    command = amend(funds_out=funds_out("600.00", "400.00", uses=("EQUIPMENT",)))
    paid_once(None).when(command).refused(PaymentRefused, "a payment is on its way")


def test_what_has_paid_is_terminated_and_not_declined_or_withdrawn() -> None:
    story = paid_once(SETTLED).given(amend(funds_out=funds_out("600.00", "400.00", uses=("EQUIPMENT",))))
    story.when(withdraw("pia.berg")).refused(IllegalTransition, "accord terminate")
    story.given(verify(), assess()).when(decline("ana.silva")).refused(IllegalTransition, "accord terminate")
    assert story.when(terminate()).then(e.PartnershipTerminated).stage is Stage.TERMINATED


def test_other_facts_do_not_cut_the_cooling_off_of_a_changed_account_short() -> None:
    """R40, C36: the new agreement names another account than the one that was paid to before."""
    facts = funds_out("600.00", "400.00", uses=("EQUIPMENT",))
    story = again(paid_once(REJECTED).given(amend(funds_out=facts)))
    signed = story.given(sign(account=OTHER_ACCOUNT))
    assert signed.partnership.payable_from is not None


def test_a_change_in_active_waits_for_the_approval_that_fell() -> None:
    story = active(**TWO).given(amend(funds_out=funds_out("600.00", "600.00")))
    assert (story.partnership.stage, story.partnership.missing_approvals) == (Stage.ACTIVE, (F,))
    story.when(release(1)).refused(PaymentRefused, "FINANCE_APPROVER must approve")
    assert story.given(approve("femi.ade")).when(release(1)).then(e.TrancheReleased)


def test_four_tranches_in_one_wait_for_finance() -> None:
    story = active(funds_out=funds_out("250.00", "250.00", "250.00", "250.00"))
    merged = story.given(amend(funds_out=funds_out("1000.00")))
    assert merged.partnership.missing_approvals == (F,)
    assert approvers(story.given(amend(funds_out=funds_out("250.00", "250.00", "500.00")))) == ["ana.silva"]


def planned(*parts: tuple[str, str | None]) -> dict[str, Any]:
    """Money out in tranches, each of a sum and the day before which it is not paid."""
    out = funds_out(*(amount for amount, _ in parts))
    return {**out, "tranches": [{**one, "due_on": day} for one, (_, day) in zip(out["tranches"], parts, strict=True)]}


JAN, JUN, DEC = "2028-01-01", "2028-06-01", "2028-12-01"
ONE_IN_JUNE, MORE_IN_DECEMBER = (("1000.00", JUN),), (("900.00", DEC), ("100.00", JAN))


@pytest.mark.parametrize(
    ("approved", "now", "falls"),
    [
        pytest.param(ONE_IN_JUNE, (("1.00", JUN), ("999.00", None)), True, id="a tranche more, of no day"),
        pytest.param(ONE_IN_JUNE, (("1.00", JUN), ("999.00", JAN)), True, id="a tranche more, of an earlier day"),
        pytest.param(ONE_IN_JUNE, (("1.00", JUN), ("999.00", DEC)), False, id="a tranche more, of a later day"),
        pytest.param(ONE_IN_JUNE, (("600.00", JUN), ("400.00", JUN)), False, id="a tranche more, of the same day"),
        pytest.param(MORE_IN_DECEMBER, (("100.00", DEC), ("900.00", JAN)), True, id="the larger sum earlier"),
        pytest.param(MORE_IN_DECEMBER, (("900.00", DEC), ("100.00", JUN)), False, id="the smaller sum later"),
    ],
)
def test_money_that_may_be_paid_on_an_earlier_day_than_approved_waits_for_finance(
    approved: tuple[tuple[str, str | None], ...], now: tuple[tuple[str, str | None], ...], falls: bool
) -> None:
    """A tranche more, and sums that change places, move approved money ahead of its day, too (R34, R39)."""
    story = active(funds_out=planned(*approved)).given(amend(funds_out=planned(*now)))
    assert approvers(story) == (["ana.silva"] if falls else ["ana.silva", "femi.ade"])


def test_a_tranche_that_was_added_pays_nothing_before_the_approved_day() -> None:
    added = amend(funds_out=planned(("1.00", JUN), ("999.00", None)))
    story = active(funds_out=planned(*ONE_IN_JUNE)).given(added)
    story.when(release(2)).refused(PaymentRefused, "FINANCE_APPROVER must approve")


@pytest.mark.parametrize(("gift", "standing"), [("5500.00", ["ana.silva", "femi.ade"]), ("5500.01", ["ana.silva"])])
def test_a_gift_beside_a_grant_is_seen(gift: str, standing: list[str]) -> None:
    story = in_agreement(**BOTH).given(amend(**{**BOTH, "funds_in": funds_in(gift)}))
    assert approvers(story) == standing


# An amendment of what was agreed is judged before it is in force (rules 3.8)


COMPANY = {"funds_out": funds_out(payee=company())}


def judged(*outcomes: Outcome, options: tuple[str, ...] = ()) -> Any:
    found = assessment(*outcomes)
    told = tuple(one.model_copy(update={"options": options}) for one in found.findings)
    return Circumstances(authority=authority("pia.berg"), amendment=found.model_copy(update={"findings": told}))


@pytest.mark.parametrize("start", [in_agreement, active])
def test_an_amendment_that_the_rules_refuse_leaves_what_was_agreed_as_it_was(start: Callable[[], Story]) -> None:
    """Before, one mistaken amendment by its proposer alone ended an agreed partnership."""
    before = start()
    story = before.when(amend(**COMPANY), judged(Outcome.FAIL, options=("another payee",)))
    story.refused(AmendmentRefused, "finding 1 (RULE-1)", "what can be done: another payee", "stays as it was agreed")
    assert story.partnership == before.partnership


@pytest.mark.parametrize("outcome", [Outcome.PASS, Outcome.CONDITION, Outcome.REFER])
def test_what_the_rules_allow_or_refer_begins_anew_as_before(outcome: Outcome) -> None:
    conditions = {"conditions": (ConditionId.RESTRICTED_FUND,)} if outcome is Outcome.CONDITION else {}
    known = Circumstances(authority=authority("pia.berg"), amendment=assessment(outcome, **conditions))
    assert active().when(amend(**COMPANY), known).then(e.ProposalAmended).stage is Stage.DUE_DILIGENCE


# Within a tenth the approvals stand, and what lies above the approved sum waits for finance (R34, R39)


GROWN = amend(funds_out=funds_out("600.00", "500.00"))


def test_what_was_approved_is_paid_without_asking_again() -> None:
    story = active(**TWO).given(GROWN)
    assert (story.partnership.missing_approvals, story.partnership.to_renew) == ((), (F,))
    assert story.when(release(1)).then(e.TrancheReleased)


def test_not_a_cent_above_what_was_approved_is_paid() -> None:
    story = active(**TWO).given(GROWN, release(1))
    story.when(release(2)).refused(PaymentRefused, "USD 1,000.00 were approved", "FINANCE_APPROVER", "accord approve")


@pytest.mark.parametrize("who", ["femi.ade", "lena.ort"])
def test_finance_approves_the_rest_the_same_person_or_another(who: str) -> None:
    story = active(**TWO).given(GROWN, release(1)).when(approve(who), acting(who, own(F)))
    assert approvers(story.given()) == ["ana.silva", who]
    assert story.partnership.to_renew == ()
    assert story.when(release(2)).then(e.TrancheReleased)


@pytest.mark.parametrize("who", ["ana.silva", "pia.berg"])
def test_the_rest_is_approved_by_nobody_who_may_not(who: str) -> None:
    story = active(**TWO).given(GROWN)
    assert story.when(approve(who)).refusal is not None


def test_what_has_not_grown_needs_no_further_approval() -> None:
    active(**TWO).when(approve("lena.ort"), acting("lena.ort", own(F))).refused(IllegalTransition, "every approval")


def test_a_returned_tranche_does_not_count_twice() -> None:
    story = active(**TWO).given(GROWN, release(1), *came_to(TrancheOutcome.RETURNED), lift())
    assert story.when(release(1)).then(e.TrancheReleased)


def test_interests_and_proposers_outlive_an_amendment_that_begins_everything_again() -> None:
    story = again(given(propose("ben.every"), declare("otto.audit")))
    now = story.given(amend("pia.berg", funds_out=funds_out(regrant=regrant()))).partnership
    assert (now.proposers, now.recused) == (("ben.every", "pia.berg"), {"otto.audit"})


def test_an_amendment_opens_another_question_with_another_deadline() -> None:
    story = in_approval().when(after(3, amend(funds_out=funds_out("2000.00"))))
    now = story.then(e.ProposalAmended, e.DeadlineSet)
    assert now.deadline.due > in_approval().partnership.deadline.due


def test_what_was_paid_stays_so_when_the_proposal_is_revised_afterwards() -> None:
    """R37, R39: other facts, then a question to the proposer, then a revision: still nothing is paid twice."""
    story = paid_once(SETTLED).given(amend(funds_out=funds_out("600.00", "400.00", uses=("EQUIPMENT",))))
    revised = story.given(verify(), assess(), ask()).when(revise(**TWO))
    assert revised.refusal is not None or revised.partnership.tranches[0].state is TrancheState.SETTLED


def test_once_something_was_paid_a_revision_names_no_other_payee() -> None:
    story = paid_once(SETTLED).given(amend(funds_out=funds_out("600.00", "400.00", uses=("EQUIPMENT",))))
    story = story.given(verify(), assess(), ask())
    other = revise(funds_out=funds_out("600.00", "400.00", payee=party("Harbour Schools Trust")))
    story.when(other).refused(PaymentRefused, "payments were released to Riverbend Library Network already")


KNEW = {"what": "A mail of the programme officer names the revocation", "known_since": "2026-10-01"}


def test_knowledge_that_comes_to_light_between_two_tranches_stops_the_second_and_leaves_the_first() -> None:
    """C19: the breach case. The rules refuse the amendment, as they judge each one, and what it told is a truth."""
    learned, story = amend(funds_out=funds_out("600.00", "400.00", known_changes=(KNEW,))), paid_once(SETTLED)
    found = assess_facts(learned.proposal, funding(), verification(status()))
    assert found.outcome is Outcome.FAIL
    judged = Circumstances(authority=authority("pia.berg"), amendment=found)
    refused = story.when(learned, judged)
    refused.refused(AmendmentRefused, "stays as it was agreed")
    (truth,) = truths_of_refused(story.partnership, learned, found)
    assert (truth.truth_kind, truth.since, truth.words.what) == (TruthKind.LOST_STATUS, date(2026, 10, 1), KNEW["what"])
    waiting = Circumstances(authority=acting("paul.nkosi", own(Role.PAYER)), told=Fault("it waits for a verifier"))
    story.when(release(2), waiting).refused(PaymentRefused, "it waits for a verifier")
    so = KnownTruth(truth=truth.words.of, kind=truth.truth_kind, since=truth.since, party="Riverbend Library Network")
    look = verification(status(), truths=(so,))
    known = assess_facts(story.partnership.proposed, funding(), look)
    recheck = c.RecordRecheck(command_id=number("c19"), at=moment("2026-11-02"), verification=look, assessment=known)
    after_the_answer = story.given(recheck)
    assert [type(event) for event in after_the_answer.said] == [e.RegistersRechecked, e.HoldPlaced]
    assert after_the_answer.partnership.tranches[0].state is TrancheState.SETTLED
    after_the_answer.when(release(2)).refused(IllegalTransition)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"money": {"amount": "5000.00", "currency": "EUR"}}, "funds_in.money: USD 2,000.00 came in"),
        ({"funder": "ISOC-FOUNDATION"}, "came in for ISOC already"),
    ],
)
def test_money_that_came_in_stays_with_its_funder_and_in_its_currency(change: dict[str, Any], word: str) -> None:
    """Given a gift that came in in part, then it is not amended to what the bank never booked, and its sum may be."""
    gift = active(funds_out=None, funds_in=funds_in()).given(receipt("2000.00"))
    gift.when(amend(funds_out=None, funds_in={**funds_in(), **change})).refused(PaymentRefused, word)
    less = {**funds_in(), "money": {"amount": "3000.00", "currency": "USD"}}
    assert gift.when(amend(funds_out=None, funds_in=less)).refusal is None
