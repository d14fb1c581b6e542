"""People able to take the steps ahead, and steps that nobody can: people leave, and people are recused (R31, R32)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from domain.directory.directory import Directory, HeldKey
from domain.directory.people import StaffMember
from domain.directory.tiers import Role
from domain.partnership.people.staffing import steps_ahead
from domain.partnership.people.steps import StepAhead, able_to_act, people_for, unmet
from domain.partnership.people.taking_part import Part
from domain.partnership.state import Partnership
from domain.partnership.waiting.deadlines import Wait
from domain.policy.findings import Outcome
from domain.signatures.signing import PublicKey
from domain.values import Money
from tests.builders import money
from tests.domain.partnership.specification import (
    Story,
    active,
    approve,
    deadline,
    declare,
    decline,
    hold,
    in_agreement,
    in_approval,
    in_eligibility,
    paid,
)

TODAY = date(2026, 11, 27)
KEY = PublicKey(ed25519="11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")
PRO, VER, P, F, D, PAY = (
    Role.PROPOSER, Role.VERIFIER, Role.PROGRAMME_APPROVER, Role.FINANCE_APPROVER, Role.DIRECTOR, Role.PAYER,
)  # fmt: skip
EVERYBODY = {
    "pia.berg": (PRO,), "vera.lind": (VER,), "noor.haddad": (VER,), "ana.silva": (P,), "femi.ade": (F,),
    "dora.kim": (D,), "paul.nkosi": (PAY,),
}  # fmt: skip


def staff(limits: tuple[Money, ...] = (), **roles: tuple[Role, ...]) -> Directory:
    """A directory of people with a key each. `a__b` stands for a.b."""
    people = {name.replace("__", "."): held for name, held in roles.items()} or EVERYBODY
    members = tuple(StaffMember(staff_id=name, name=name, roles=held, limits=limits) for name, held in people.items())
    return Directory(staff=members, keys=tuple(HeldKey(staff_id=name, key=KEY) for name in people))


def without(*names: str) -> Directory:
    kept = {name: held for name, held in EVERYBODY.items() if name not in names}
    return staff(**{name.replace(".", "__"): held for name, held in kept.items()})


def left(partnership: Partnership, directory: Directory) -> list[str]:
    return [one.what for one in unmet(steps_ahead(partnership), directory, TODAY)]


@pytest.mark.parametrize("at", [in_eligibility, in_approval, in_agreement, active], ids=lambda at: at.__name__)
def test_with_everybody_there_nothing_waits_for_nobody(at: Callable[[], Story]) -> None:
    assert left(at().partnership, staff()) == []


@pytest.mark.parametrize(
    ("gone", "step"),
    [
        (("ana.silva", "dora.kim"), "approve as PROGRAMME_APPROVER"),
        (("dora.kim",), "sign the agreement"),
        (("paul.nkosi",), "release tranche 1"),
        (("vera.lind", "noor.haddad", "femi.ade"), "call back to verify the account"),
    ],
    ids=lambda one: str(one),
)
def test_who_was_the_last_leaves_the_step_to_nobody(gone: tuple[str, ...], step: str) -> None:
    assert step in left(in_approval().partnership, without(*gone))


def test_a_person_without_a_key_can_take_no_step() -> None:
    keyless = staff().model_copy(update={"keys": ()})
    assert people_for(StepAhead(what="any", roles=tuple(Role)), keyless, TODAY) == ()


def test_one_person_with_two_roles_takes_one_of_two_steps_only() -> None:
    """Given one person who alone could approve for programme and pay, they can do one of the two (R31)."""
    both = staff(
        vera__lind=(VER,), noor__haddad=(VER,), ana__silva=(P, PAY), femi__ade=(F,), dora__kim=(D,), pia__berg=(PRO,)
    )
    assert left(in_approval().partnership, both) == ["release tranche 1"]
    assert left(in_approval().given(deadline()).partnership, both) == []  # a director stands in once the day has passed
    alone = staff(vera__lind=(VER,), noor__haddad=(VER,), ana__silva=(P, PAY, D), femi__ade=(F,), pia__berg=(PRO,))
    assert left(in_approval().partnership, alone) == ["release tranche 1"]


def test_a_director_frees_whoever_else_could_take_the_step() -> None:
    """Given two who may approve in either role, both roles are filled whoever is asked first."""
    two = staff(ana__silva=(P, F), femi__ade=(P,), vera__lind=(VER,), noor__haddad=(VER,), paul__nkosi=(PAY,))
    assert [one for one in left(in_approval().partnership, two) if one.startswith("approve")] == []


def test_an_approvers_limit_counts() -> None:
    low = staff((Money.model_validate(money("10.00")),), ana__silva=(P,), femi__ade=(F,), dora__kim=(D,))
    assert {"approve as PROGRAMME_APPROVER", "approve as FINANCE_APPROVER"} <= set(left(in_approval().partnership, low))


def test_whoever_is_recused_takes_no_step_and_is_missed() -> None:
    story = active().given(hold("vera.lind"))
    known = story.given(declare("paul.nkosi")).partnership
    assert left(story.partnership, staff()) == []
    assert left(known, staff()) == ["release tranche 1"]


def test_the_proposer_does_not_approve_and_the_approver_does_not_pay() -> None:
    known = in_approval().given(approve("ana.silva")).partnership
    many = staff(pia__berg=(PRO, F), ana__silva=(P, F, PAY), femi__ade=(F,), paul__nkosi=(PAY,))
    approving = next(one for one in steps_ahead(known) if one.part is Part.APPROVED)
    paying = next(one for one in steps_ahead(known) if one.part is Part.RELEASED)
    assert people_for(approving, many, TODAY) == ("femi.ade",)
    assert people_for(paying, many, TODAY) == ("paul.nkosi",)
    assert able_to_act(steps_ahead(known), F, many, TODAY) == ("femi.ade",)


def test_what_has_ended_needs_nobody_and_so_does_what_was_never_proposed() -> None:
    assert steps_ahead(in_approval().given(decline("femi.ade")).partnership) == ()
    assert steps_ahead(Partnership(partnership_id="P-2026-0042")) == ()


def test_a_referral_needs_a_verifier_and_reports_somebody_to_accept_them() -> None:
    assert steps_ahead(in_eligibility(Outcome.REFER).partnership)[0].what == "clear the referral"
    words = [one.what for one in steps_ahead(paid().partnership)]
    assert any(one.startswith("accept") for one in words)
    assert not any(one.startswith("release") for one in words)


def test_the_only_director_who_is_the_only_payer_too_leaves_a_step_to_nobody() -> None:
    """The signer of the agreement does not pay."""
    both = staff(
        ana__silva=(P,), femi__ade=(F,), pia__berg=(PRO,), vera__lind=(VER,), noor__haddad=(VER,), dora__kim=(D, PAY)
    )
    assert left(in_approval().partnership, both) == ["release tranche 1"]


def test_the_work_list_asks_about_the_step_that_comes_next() -> None:
    held = in_approval().given(hold("femi.ade")).partnership
    assert able_to_act(steps_ahead(held), F, staff(), TODAY) == ()
    assert able_to_act(steps_ahead(held), D, staff(), TODAY) == ("dora.kim",)


def test_a_director_stands_in_for_a_verifier_of_a_referral_once_its_day_has_passed() -> None:
    gone = without("vera.lind", "noor.haddad")
    assert left(in_eligibility().partnership, gone) == ["clear the referral"]
    assert left(in_eligibility().given(deadline(7, Wait.CLEARANCE)).partnership, gone) == []


def test_the_last_of_finance_who_leaves_is_missed_where_finance_approves() -> None:
    """Not the director, who stands in for nobody before the day has passed, and never where no day is set."""
    assert left(in_approval().partnership, without("femi.ade")) == ["approve as FINANCE_APPROVER"]
    again = active().given(declare("femi.ade")).partnership
    assert left(again, without("femi.ade")) == ["approve as FINANCE_APPROVER"]
    late = in_approval().given(approve("ana.silva"), deadline())
    assert left(late.partnership, without("femi.ade")) == []
