"""A payee lives on after a payment: what is told anew of it is taken, judged, and checked first (rules 4.4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from domain.directory.tiers import Role
from domain.errors import IllegalTransition, PaymentRefused
from domain.parties import Party
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.partnership.proposal.updates import as_checked, is_one_body, names_lost, new_papers, updates_to_check
from domain.partnership.stages import Stage
from domain.partnership.waiting.notices import NoticeKind, notices
from domain.payment.tranche.status import TrancheOutcome
from domain.policy.conditions import ConditionId
from domain.policy.findings import Outcome
from tests.builders import NOON, funds_out, named, number, paper, party, principal, proposal, status, verification
from tests.domain.partnership.specification import (
    NON_MONETARY,
    OTHER_ACCOUNT,
    Story,
    active,
    again,
    amend,
    approve,
    assess,
    assessment,
    came_to,
    clear,
    in_agreement,
    in_approval,
    propose,
    recheck,
    release,
    satisfy,
    sign,
    verify,
)

TWO = ("600.00", "400.00")
NAME = "Riverbend Library Network"
NUMBER = {"scheme": "US-KS", "number": "4711"}
ABROAD: dict[str, Any] = {"country": "KE", "ein": None}
OTHERS = party("Lower River Libraries", ein="001000003")


def legs(payee: Party) -> dict[str, Any]:
    """The partner is the payee."""
    return {"funds_out": funds_out(*TWO, payee=payee), "partner": payee}


def paid_once(**payee: Any) -> Story:
    return active(**legs(party(**payee))).given(release(), *came_to(TrancheOutcome.SETTLED))


def told(story: Story, payee: Party) -> Story:
    return story.when(amend(**legs(payee)))


def looked(outcome: Outcome = Outcome.PASS, *names: Any) -> c.RecordRecheck:
    """A look at the registers, which confirm these names for the payee's number."""
    found = verification(status(names=names)) if names else verification(status())
    return c.RecordRecheck(command_id=number("looked"), at=NOON, verification=found, assessment=assessment(outcome))


UPDATES: dict[str, Callable[[Any], Party]] = {
    "a new director": lambda old: party(principals=[principal("Rosa Quiroga")], **old),
    "another who owns a part": lambda old: party(principals=[principal("Abel Mbeki", "OWNER", "30")], **old),
    "an address": lambda old: party(address={"lines": ["1 Mill Lane"]}, **old),
    "a further name": lambda old: party(also_known_as=["RLN"], **old),
    "a newer paper": lambda old: party(papers=[paper("REGISTRATION") | {"sha256": "ee" * 32}], **old),
    "a number in a register": lambda old: party(numbers=[NUMBER], **old),
}


@pytest.mark.parametrize("what", UPDATES)
@pytest.mark.parametrize("old", [{}, ABROAD], ids=["in the US", "abroad"])
def test_an_update_is_taken_after_a_payment_and_no_approval_falls(what: str, old: dict[str, Any]) -> None:
    story = told(paid_once(**old), UPDATES[what](old))
    now = story.then(e.ProposalAmended)
    assert (now.stage, len(now.approvals), now.hold) == (Stage.ACTIVE, 2, None)


@pytest.mark.parametrize("what", UPDATES)
def test_nothing_is_paid_after_an_update_before_the_registers_were_asked(what: str) -> None:
    story = told(paid_once(), UPDATES[what]({}))
    story.when(release(2)).refused(PaymentRefused, "told anew", "wait a moment")
    if what in {"a new director", "an address", "a further name", "another who owns a part"}:
        story.given(looked()).when(release(2)).then(e.TrancheReleased)


def test_those_who_approved_are_told_of_each_update_once_and_until_the_next_release() -> None:
    def of_updates(story: Story) -> set[tuple[str, str]]:
        known = notices(story.partnership)
        return {(one.what, one.role.value) for one in known if one.kind is NoticeKind.UPDATED}

    before = paid_once()
    assert of_updates(before) == set()
    first = told(before, party(principals=[*party().principals, principal("Rosa Quiroga")]))
    both = {"PROGRAMME_APPROVER", "FINANCE_APPROVER"}
    assert {role for _, role in of_updates(first)} == both
    second = told(first.given(), party(principals=[*party().principals, principal("Rosa Far")])).given(looked())
    assert of_updates(second).isdisjoint(of_updates(first))
    assert {role for _, role in of_updates(second)} == both
    assert of_updates(second.given(release(2))) == set()


def test_a_look_that_began_before_the_update_was_told_counts_for_nothing() -> None:
    story = paid_once()
    before = looked().model_copy(update={"seen": story.partnership.version})
    story = told(story, UPDATES["a new director"]({}))
    assert story.when(before).said == ()
    now = before.model_copy(update={"seen": story.partnership.version, "command_id": number("again")})
    assert story.given(now).partnership.updated == 0


def test_what_the_look_says_of_a_new_director_holds_the_payment() -> None:
    story = told(paid_once(), UPDATES["a new director"]({})).given(looked(Outcome.FAIL))
    assert story.partnership.hold is not None
    story.when(release(2)).refused(IllegalTransition, "on hold", "asked again")


def test_a_hold_does_not_keep_out_who_the_parties_are_now() -> None:
    """lives L1: `amend` said "lift the hold first", which opened the payment to a body that had ceased to be."""
    held = paid_once().given(looked(Outcome.FAIL))
    told(held, UPDATES["a new director"]({})).then(e.ProposalAmended)
    more = amend(**legs(party(principals=[principal("Rosa Quiroga")])), title="Digital skills, amended")
    held.when(more).refused(IllegalTransition, "on hold", "lift the hold first")


def test_a_newer_paper_is_read_before_the_next_payment() -> None:
    story = in_agreement((ConditionId.PAPERS_READ,), **legs(party(**ABROAD)))
    story = story.given(satisfy(ConditionId.PAPERS_READ), sign(), release(), *came_to(TrancheOutcome.SETTLED))
    story = told(story, UPDATES["a newer paper"](ABROAD)).given(recheck(Outcome.CONDITION, ConditionId.PAPERS_READ))
    story.when(release(2)).refused(IllegalTransition, "not on file yet: PAPERS_READ")
    story.given(satisfy(ConditionId.PAPERS_READ)).when(release(2)).then(e.TrancheReleased)


NUMBERS: dict[str, Party] = {
    "EIN 001000001": party(**{**ABROAD, "ein": "001000001"}),
    "US-KS 4711": party(numbers=[NUMBER], **ABROAD),
}


@pytest.mark.parametrize("what", NUMBERS)
def test_a_number_where_none_stood_is_one_once_a_verifier_checked_it(what: str) -> None:
    story = told(paid_once(**ABROAD), NUMBERS[what]).given(looked())
    question = f"PAYEE-NUMBER: {what} is said to be {NAME}'s"
    assert story.partnership.to_clear == (question,)
    story.when(release(2)).refused(PaymentRefused, "nobody has checked yet", question)
    story.when(sign(account=OTHER_ACCOUNT)).refused(PaymentRefused, "nobody has checked yet")
    now = story.given(clear(question, paper=False), looked().model_copy(update={"command_id": number("later")}))
    now.when(release(2)).then(e.TrancheReleased)


def test_a_number_that_nobody_has_checked_may_be_corrected_or_taken_back() -> None:
    story = told(paid_once(**ABROAD), NUMBERS["EIN 001000001"])
    for corrected in (party(**{**ABROAD, "ein": "001000007"}), party(**ABROAD)):
        assert told(story, corrected).then(e.ProposalAmended).stage is Stage.ACTIVE
    checked = story.given(looked(), clear(*story.partnership.to_check))
    told(checked, party(**{**ABROAD, "ein": "001000007"})).refused(PaymentRefused, "funds_out.succession")


def renamed(name: str = "Riverbend Trust", **more: Any) -> Party:
    return party(name, also_known_as=[NAME], **more)


def test_a_new_legal_name_asks_for_a_paper_where_no_register_bears_it() -> None:
    story = told(paid_once(), renamed()).given(looked())
    [question] = story.partnership.to_clear
    assert question == f"PAYEE-NAME: {NAME} is said to be called Riverbend Trust"
    story.when(release(2)).refused(PaymentRefused, "nobody has checked yet")
    story.when(clear(question, paper=False)).refused(IllegalTransition, "--document")
    story.given(clear(question)).when(release(2)).then(e.TrancheReleased)


def test_a_new_legal_name_that_the_register_bears_asks_nothing() -> None:
    story = told(paid_once(), renamed()).given(looked(Outcome.PASS, named("Riverbend Trust")))
    assert story.partnership.to_clear == ()
    story.when(release(2)).then(e.TrancheReleased)


def test_a_register_vouches_for_a_new_name_by_no_number_that_was_told_with_it() -> None:
    both = renamed(**{**ABROAD, "ein": "001000001"})
    story = told(paid_once(**ABROAD), both).given(looked(Outcome.PASS, named("Riverbend Trust")))
    assert len(story.partnership.to_clear) == 2


def test_the_account_may_be_held_in_the_name_before_once_the_new_one_was_checked() -> None:
    story = told(paid_once(), renamed())
    assert story.partnership.paid_names == (NAME,)
    checked = story.given(looked(), clear(*story.partnership.to_check))
    assert checked.partnership.paid_names == ("Riverbend Trust", NAME)


def test_a_name_under_which_something_was_paid_stays_screened() -> None:
    told(paid_once(), party("Riverbend Trust")).refused(PaymentRefused, "also_known_as", "funds_out.succession")
    known = told(paid_once(), renamed())
    gone = party("Riverbend Trust of Kansas", also_known_as=["Riverbend Trust"])
    told(known.given(looked(), clear(*known.partnership.to_check)), gone).refused(PaymentRefused, NAME, "screened")


def test_what_is_told_before_the_agreement_is_checked_before_it_is_signed() -> None:
    story = told(in_agreement(**legs(party())), renamed())
    assert story.partnership.stage is Stage.AGREEMENT
    story.when(sign()).refused(PaymentRefused, "told anew")
    story.given(looked()).when(sign()).refused(PaymentRefused, "nobody has checked yet")


def test_who_takes_part_now_is_told_while_a_payment_is_on_its_way() -> None:
    story = active(**legs(party())).given(release())
    assert told(story, UPDATES["a new director"]({})).then(e.ProposalAmended).in_flight


def taken_over(paid: str = "600.00", of: Party | None = None, payee: Party = OTHERS, **more: Any) -> dict[str, Any]:
    """Another body takes the agreement over, and its paper is named."""
    said = {"of": of or party(), "since": "2026-11-01", "paid": paid, "paper": paper("SUCCESSION")}
    return {"funds_out": funds_out(*TWO, payee=payee, succession=said, **more), "partner": payee}


def test_a_merger_is_taken_over_by_an_amendment_and_everything_but_what_was_paid_begins_anew() -> None:
    story = paid_once().when(amend(**taken_over()))
    now = story.then(e.ProposalAmended)
    assert (now.stage, now.approvals, now.verification, now.met) == (Stage.DUE_DILIGENCE, (), None, ())
    assert now.tranches[0].attempt == 1
    approved = again(story)
    approved.when(release(2)).refused(IllegalTransition, "AGREEMENT")
    signed = approved.given(sign(account=OTHER_ACCOUNT))
    assert signed.partnership.payable_from is not None, "another account cools off, as ever"
    assert signed.partnership.missing_approvals == (Role.FINANCE_APPROVER,)


SPLIT = ("90000.00", "30000.00")


def test_the_approvals_are_those_of_the_tier_of_what_is_left() -> None:
    """The whole of 120,000 needed a director. 30,000 are left for the successor, and need none."""
    dear = funds_out(*SPLIT, payee=party())
    story = in_approval(funds_out=dear)
    assert Role.DIRECTOR in story.partnership.required_approvals
    paid = story.given(*map(approve, ("ana.silva", "femi.ade", "dora.kim")))
    paid = paid.given(sign(actor="eve.every"), release(), *came_to(TrancheOutcome.SETTLED))
    content = taken_over("90000.00")
    content["funds_out"]["tranches"] = dear["tranches"]
    now = paid.given(amend(**content))
    assert now.partnership.quorum is None
    now = now.given(verify(), assess(), approve("ana.silva"), approve("femi.ade"))
    assert now.partnership.stage is Stage.AGREEMENT


def test_a_hold_for_the_lost_number_does_not_keep_out_the_successor_and_stands() -> None:
    held = paid_once().given(looked(Outcome.FAIL))
    now = held.when(amend(**taken_over())).then(e.ProposalAmended)
    assert now.hold is not None


FALSE: dict[str, tuple[dict[str, Any], list[str]]] = {
    "another sum": (taken_over("500.00"), ["succession.paid", "500.00", "USD 600.00 were paid"]),
    "another body before": (taken_over(of=party("Saint Agnes", ein="001000009")), ["succession.of", NAME]),
    "the same body": (taken_over(payee=party()), ["payee", "still"]),
}


@pytest.mark.parametrize("what", FALSE)
def test_a_succession_says_what_the_ledger_says(what: str) -> None:
    content, words = FALSE[what]
    paid_once().when(amend(**content)).refused(IllegalTransition, *words)


def test_no_succession_lessens_the_tier_of_what_nobody_was_paid() -> None:
    refused = "nothing was released here yet"
    in_approval(**legs(party())).when(amend(**taken_over())).refused(IllegalTransition, refused)
    Story(active().partnership.model_copy(update={"proposal": None, "stage": Stage.PROPOSED})).when(
        propose(**taken_over())
    ).refused(IllegalTransition, refused)


def test_a_successor_waits_for_the_bank_where_a_payment_is_on_its_way() -> None:
    story = active(**legs(party())).given(release())
    story.when(amend(**taken_over("600.00"))).refused(PaymentRefused, "on its way")


def test_a_successor_has_a_successor() -> None:
    first = again(paid_once().given(amend(**taken_over()))).given(sign(account=OTHER_ACCOUNT))
    third = party("Plains Readers", ein="001000005")
    now = first.when(amend(**taken_over(of=OTHERS, payee=third))).then(e.ProposalAmended)
    assert now.paid_party == "Plains Readers"


def test_a_paper_of_another_kind_proves_no_succession() -> None:
    with pytest.raises(ValueError, match="name the paper of the SUCCESSION"):
        proposal(
            funds_out=funds_out(
                succession={"of": party(), "since": "2026-11-01", "paid": "1.00", "paper": paper("REGISTRATION")}
            )
        )


def test_two_descriptions_are_of_one_body_only_where_each_takes_the_other_for_it() -> None:
    assert is_one_body(party(), party())
    assert not is_one_body(party(ein=None), party())


def test_of_a_proposal_that_pays_nobody_no_name_is_lost() -> None:
    paid, unpaid = proposal(funds_out=funds_out()), proposal(**NON_MONETARY)
    assert (names_lost(paid, unpaid), names_lost(unpaid, paid)) == ((), ())


def test_papers_that_stand_already_are_no_new_ones() -> None:
    papers = (paper("DETERMINATION_LETTER", sha256="1" * 64), paper("GOVERNING_INSTRUMENT", sha256="2" * 64))
    both, first = (proposal(funds_out=funds_out(payee=party(papers=some))) for some in (papers, papers[:1]))
    assert [new_papers(*pair) for pair in ((both, both), (both, first), (first, both))] == [False, False, True]


def test_a_number_that_nobody_checked_is_none_of_the_payee() -> None:
    now = party(numbers=(NUMBER,))
    asked = frozenset(updates_to_check(party(), now, None))
    assert as_checked(party(), now, frozenset(), None).numbers == ()
    assert as_checked(party(), now, asked, None).numbers == now.numbers
