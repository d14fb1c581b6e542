"""A declared public office is paid past only after a look by somebody who did not propose, at what stands now."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.directory.tiers import Role
from domain.errors import IllegalTransition, PaymentRefused, SeparationOfDuties
from domain.parties import Party, Principal
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.partnership.stages import Stage
from domain.policy.findings import Assessment, Outcome
from domain.policy.rulebook import RULE_BOOK, against_payment, assess
from domain.public_office import OfficeTie
from tests.builders import NOON, funding, funds_out, number, party, status, verification
from tests.domain.partnership import specification as s
from tests.offices import DECLARED, MAYOR, MINISTER, NO_OFFICE, behind, led_by, office

SEEN: Final = verification(status(), public_offices_asked=True)
RULE: Final = "BEHIND-OFFICES: "


def legs(payee: Party) -> dict[str, Any]:
    return {"funds_out": funds_out("600.00", "400.00", payee=payee), "partner": payee}


def word(story: s.Story) -> Assessment:
    """The rule book's word on what is proposed now."""
    return assess(story.partnership.proposed, funding(), SEEN, book=RULE_BOOK)


def asked_of(story: s.Story) -> tuple[str, ...]:
    """The questions about public offices that nobody cleared."""
    return tuple(key for key in story.partnership.asked if key.startswith(RULE))


def looked(story: s.Story) -> s.Story:
    """The registers are asked again, as before a payment, and the rules with them."""
    look = number(f"look {len(story.history)}")
    return story.given(c.RecordRecheck(command_id=look, at=NOON, verification=SEEN, assessment=word(story)))


def begun(payee: Party) -> s.Story:
    """A proposal that was looked at, and that the rule book spoke of."""
    verified = c.RecordVerification(command_id=number("seen"), at=NOON, verification=SEEN)
    story = s.given(s.propose(**legs(payee)), verified)
    return story.given(c.RecordAssessment(command_id=number("asked"), at=NOON, assessment=word(story)))


def paying(payee: Party) -> s.Story:
    """The same, cleared where that is asked, approved and agreed."""
    story = begun(payee)
    story = story.given(s.approve("vera.lind")) if story.partnership.stage is Stage.ELIGIBILITY else story
    return s.agreed(s.approved(story))


def last_look(story: s.Story) -> str:
    """The objection of the last look before a payment."""
    return str(against_payment(word(story), story.partnership.cleared_referrals, story.partnership.conditions))


def test_nobody_behind_it_who_declared_none_holds_it_up() -> None:
    assert begun(led_by(behind("Rosa Quiroga", NO_OFFICE))).partnership.stage is Stage.APPROVAL


@pytest.mark.parametrize("declared", [None, MINISTER])
def test_an_office_and_what_nobody_declared_wait_for_a_verifier_who_is_not_the_proposer(declared: Any) -> None:
    story = begun(led_by(behind("Rosa Quiroga", declared)))
    assert (story.partnership.stage, word(story).outcome) == (Stage.ELIGIBILITY, Outcome.REFER)
    both = s.acting("pia.berg", *(s.own(role) for role in Role))
    story.when(s.approve("pia.berg"), both).refused(SeparationOfDuties, "pia.berg proposed")
    assert "DIRECTOR" in story.given(s.approve("vera.lind")).partnership.missing_approvals, "as of any referral"


def test_the_look_is_signed_and_counts_for_the_payment() -> None:
    story = paying(led_by(behind("Rosa Quiroga", MINISTER)))
    assert any(isinstance(said, e.ReferralCleared) and said.actor == "vera.lind" for said in story.history)
    assert last_look(story) == "None"
    looked(story).when(s.release()).then(e.TrancheReleased)


CHANGES: Final = {
    "another office": led_by(behind("Rosa Quiroga", MAYOR)),
    "another person": led_by(behind("Rosa Quiroga", MINISTER), behind("Abel Mbeki", MAYOR)),
    "another part": led_by(behind("Rosa Quiroga", MINISTER, "OWNER")),
    "a person who declared nothing": led_by(behind("Rosa Quiroga", MINISTER), behind("Abel Mbeki")),
    "a declaration that is taken back": led_by(behind("Rosa Quiroga")),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_changes_after_the_look_is_looked_at_before_anything_is_paid(change: str) -> None:
    """Given a cleared office, when persons or offices change, then nothing is paid before a look at what stands now."""
    story = paying(led_by(behind("Rosa Quiroga", MINISTER))).given(s.amend(**legs(CHANGES[change])))
    assert "BEHIND-OFFICES" in last_look(story), "the last look asks by itself"
    story.when(s.release()).refused(PaymentRefused, "are being asked about them")
    asked = looked(story)
    assert asked_of(asked)
    asked.when(s.release()).refused(IllegalTransition)
    asked.when(s.clear(*asked_of(asked), actor="pia.berg"), s.acting("pia.berg", s.own(Role.VERIFIER))).refused(
        SeparationOfDuties, "pia.berg proposed"
    )
    cleared = asked.given(s.clear(*asked_of(asked), actor="vera.lind"), s.lift())
    assert last_look(cleared) == "None"
    cleared.when(s.release()).then(e.TrancheReleased)


def test_a_person_who_leaves_and_comes_back_is_the_one_who_was_looked_at() -> None:
    story = paying(led_by(behind("Rosa Quiroga", MINISTER)))
    gone = looked(story.given(s.amend(**legs(led_by()))))
    back = looked(gone.given(s.amend(**legs(led_by(behind("Rosa Quiroga", MINISTER))))))
    assert not asked_of(back)


# Whatever is told in whatever order

NAMES: Final = ("Rosa Quiroga", "Abel Mbeki")
OFFICES: Final = (None, NO_OFFICE, MINISTER, MAYOR, office(tie="FAMILY", office="Mayor of Riverbend", holder="Ana Far"))
people = st.builds(behind, st.sampled_from(NAMES), st.sampled_from(OFFICES), st.sampled_from(["DIRECTOR", "OWNER"]))
boards = st.lists(people, min_size=1, max_size=3)
steps = st.one_of(
    boards.map(lambda board: ("amend", board)),
    st.sampled_from([("look", None), ("clear", "vera.lind"), ("clear", "pia.berg"), ("lift", None)]),
)


def stands(story: s.Story) -> frozenset[Any]:
    """Everybody behind the payee who did not declare none."""
    out = story.partnership.proposed.funds_out
    assert out is not None
    return frozenset(_key(one) for one in out.payee.principals if _asks(one))


def _key(person: Principal) -> tuple[Any, ...]:
    return person.name, person.role, person.public_office


def _asks(person: Principal) -> bool:
    return person.public_office is None or person.public_office.tie is not OfficeTie.NONE


class Told(NamedTuple):
    """A story, who stood there at the newest look, and who was looked at by somebody who may not propose."""

    story: s.Story
    shown: frozenset[Any] = frozenset()
    looked_at: frozenset[Any] = frozenset()

    def after(self, step: tuple[str, Any]) -> Told:
        match step:
            case "amend", board:
                return self._replace(story=self.story.when(s.amend(**legs(party(principals=[*DECLARED, *board])))))
            case "look", _:
                return self._replace(story=looked(self.story), shown=stands(self.story))
            case "lift", _:
                return self._replace(story=self.story.when(s.lift()))
            case _, actor:
                return self._cleared_by(actor)

    def _cleared_by(self, actor: str) -> Told:
        if not (asked := asked_of(self.story)):
            return self
        cleared = self.story.when(s.clear(*asked, actor=actor), s.acting(actor, s.own(Role.VERIFIER)))
        assert (cleared.refusal is None) is (actor != "pia.berg"), cleared.refusal
        return Told(cleared, self.shown, self.looked_at if cleared.refusal else self.looked_at | self.shown)


@pytest.mark.slow
@settings(max_examples=60, database=None, derandomize=True)
@given(boards, st.lists(steps, max_size=8))
def test_nothing_is_paid_before_others_than_the_proposer_looked_at_all_who_stand_there(
    board: list[dict[str, Any]], steps_told: list[tuple[str, Any]]
) -> None:
    """Given any amendments, looks and clearances, then whatever the last look lets through was looked at."""
    begins = paying(party(principals=[*DECLARED, *board]))
    told = Told(begins, stands(begins), stands(begins))
    for step in steps_told:
        told = told.after(step)
        released = told.story.when(s.release())
        if released.refusal is None and last_look(told.story) == "None":
            assert stands(told.story) <= told.looked_at
