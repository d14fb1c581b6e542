"""Money that is passed on goes to non-profit projects. A company among them stops everything (R7, C31, C32)."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from domain.errors import IllegalTransition
from domain.grants import Subrecipient
from domain.identity import ACCORD
from domain.parties import PartyKind
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.partnership.stages import Stage
from domain.payment.tranche.status import TrancheOutcome
from domain.signatures.signing import content_digest
from tests.builders import abroad, company, funds_in, funds_out, party, regrant
from tests.domain.partnership.specification import (
    NON_MONETARY,
    Story,
    active,
    came_to,
    hold,
    lift,
    release,
    report_subrecipients,
)

TWELVE = tuple(party(f"Village Circle {n}", ein=None) for n in range(1, 13))
TWO = ("600.00", "400.00")


def regranting() -> Story:
    return active(funds_out=funds_out(*TWO, regrant=regrant()))


def supported(story: Story) -> list[str]:
    out = story.partnership.proposed.funds_out
    return [one.party.name for one in out.regrant.subrecipients] if out and out.regrant else []


def test_c31_twelve_non_profit_projects_are_reported_and_nothing_stops() -> None:
    story = regranting().when(report_subrecipients(*TWELVE))
    now = story.then(e.SubrecipientsReported)
    assert (now.stage, now.hold, supported(story)) == (Stage.ACTIVE, None, [one.name for one in TWELVE])
    assert story.when(release(1)).then(e.TrancheReleased)


def test_the_list_replaces_the_one_before_as_a_whole() -> None:
    story = regranting().given(report_subrecipients(*TWELVE), report_subrecipients(TWELVE[3], abroad()))
    assert supported(story) == ["Village Circle 4", "Harbour Schools Trust"]


def test_what_the_agreement_said_of_the_regrant_stays() -> None:
    out = regranting().given(report_subrecipients(*TWELVE[:2])).partnership.proposed.funds_out
    assert out is not None
    assert out.regrant is not None
    assert (out.regrant.payee_selects, out.regrant.covenant) == (True, True)


def test_sub_recipients_that_nobody_announced_are_recorded_without_a_covenant() -> None:
    story = active().given(report_subrecipients(*TWELVE[:2]))
    out = story.partnership.proposed.funds_out
    assert out is not None
    assert out.regrant is not None
    assert (out.regrant.covenant, supported(story)) == (False, ["Village Circle 1", "Village Circle 2"])


def test_everybody_reported_is_screened_before_the_next_payment() -> None:
    parties = regranting().given(report_subrecipients(company(), abroad())).partnership.proposed.parties
    assert {"Copper Kettle Software LLC", "Harbour Schools Trust"} <= {one.name for one in parties}


def test_c32_a_company_among_them_stops_everything_by_itself_and_is_named() -> None:
    story = regranting().when(report_subrecipients(*TWELVE[:11], company()))
    now = story.then(e.SubrecipientsReported, e.HoldPlaced)
    assert (now.hold.actor, "Copper Kettle Software LLC" in now.hold.reason) == (ACCORD, True)
    assert "Village Circle" not in now.hold.reason
    story.when(release(1)).refused(IllegalTransition, "on hold", "to be replaced or repaid")


def test_every_company_is_named() -> None:
    story = regranting().given(report_subrecipients(company(), company("Tin Kettle Inc")))
    hold_in_force = story.partnership.hold
    assert hold_in_force is not None
    assert hold_in_force.reason.endswith("Copper Kettle Software LLC, Tin Kettle Inc")


@pytest.mark.parametrize("kind", [kind for kind in PartyKind if kind is not PartyKind.PRIVATE_COMPANY])
def test_nobody_else_is_held_against_it(kind: PartyKind) -> None:
    regranting().when(report_subrecipients(party(kind=kind))).then(e.SubrecipientsReported)


def test_c32_it_is_cured_by_another_in_its_place_and_a_decision() -> None:
    story = regranting().given(report_subrecipients(company()))
    cured = story.when(report_subrecipients(TWELVE[0]))
    assert cured.then(e.SubrecipientsReported).hold is not None
    assert cured.given(lift()).when(release(1)).then(e.TrancheReleased)


def test_a_company_reported_under_a_hold_is_another_hold() -> None:
    now = regranting().given(hold()).when(report_subrecipients(company())).then(e.SubrecipientsReported, e.HoldPlaced)
    assert [one.actor for one in now.holds] == ["vera.lind", ACCORD]


def test_what_was_paid_before_stands() -> None:
    story = regranting().given(release(1), *came_to(TrancheOutcome.SETTLED), report_subrecipients(company()))
    assert story.partnership.tranches[0].state.value == "SETTLED"


@pytest.mark.parametrize("legs", [NON_MONETARY, {"funds_in": funds_in()}])
def test_where_no_money_goes_out_there_are_none(legs: dict[str, object]) -> None:
    active(**legs).when(report_subrecipients(TWELVE[0])).refused(IllegalTransition, "no money goes out")


def test_the_report_changes_no_term_but_opens_the_question_anew() -> None:
    before = regranting()
    story = before.given(report_subrecipients(*TWELVE[:2]))
    assert story.partnership.terms == before.partnership.terms
    assert story.partnership.opened == story.partnership.version


def test_the_report_is_signed_as_a_whole_list() -> None:
    one: c.ReportSubrecipients = report_subrecipients(TWELVE[0])
    two = one.model_copy(update={"subrecipients": (*one.subrecipients, *one.subrecipients)})
    assert content_digest(one.content()) != content_digest(two.content())


def test_whom_an_earlier_list_named_may_be_named_by_later_texts_still() -> None:
    behind = {"name": "Orlen Vask", "role": "DIRECTOR", "kind": "INDIVIDUAL"}
    story = regranting().given(report_subrecipients(party("Village Circle 1", ein=None, principals=(behind,))))
    after_it = story.given(report_subrecipients(TWELVE[0])).partnership
    assert [one.name for one in after_it.people] == ["Ines Marek", "Orlen Vask"]


def test_nobody_is_reported_as_standing_behind_another() -> None:
    with pytest.raises(ValidationError, match="leave out `behind`"):
        Subrecipient(party=party("Village Circle 1", ein=None, behind="Lantern (PE)"), purpose="A reading room")
