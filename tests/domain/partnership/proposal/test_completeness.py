"""A proposal gives the facts that rules ask for, or is refused at the door with every missing one by name (R6)."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from domain.directory.tiers import HouseRules
from domain.errors import Incomplete
from domain.partnership import events as e
from domain.partnership.proposal.completeness import always_asked, lacks, lacks_so_far
from domain.partnership.state import Partnership
from tests.builders import HOUSE_RULES, authority, benefit, exchange, funds_out, proposal
from tests.domain.partnership.specification import Story, amend, in_approval, propose

NOTHING = Story(Partnership(partnership_id="P-2026-0042"))
INTEREST = proposal().public_interest.model_dump(mode="json")
LISTED = HouseRules.model_validate(
    {**HOUSE_RULES.model_dump(), "objectives": [{"code": "CONNECT", "words": "Connect people"}]}
)


def interest(**changed: Any) -> dict[str, Any]:
    return {"public_interest": {**INTEREST, **changed}}


def out(**changed: Any) -> dict[str, Any]:
    return {"funds_out": funds_out(**changed)}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (interest(community=None), "public_interest.community: give its kind"),
        (interest(community_served="various local stakeholders"), "public_interest.community_served: 'various"),
        (interest(community_served="Global"), "names nobody and nothing"),
        (interest(mission_objective="charitable"), "public_interest.mission_objective"),
        (interest(statement="not said"), "public_interest.statement"),
        (out(purpose="Charitable purposes"), "funds_out.purpose"),
        (out(alignment="N/A"), "funds_out.alignment"),
        (out(no_private_benefit=None), "funds_out.benefit: say who benefits"),
        (out(purpose="Switches for an IXP"), "funds_out.exchange: the purpose speaks of an Internet exchange"),
    ],
)
def test_what_is_missing_is_named_and_nothing_is_recorded(content: dict[str, Any], words: str) -> None:
    NOTHING.when(propose(**content)).refused(Incomplete, words)
    draft = proposal(**content).model_dump(mode="json", exclude_none=True)
    [lack] = lacks_so_far(draft, None)
    assert words in str(lack), "a draft of the same is told the same"


def test_everything_that_is_missing_is_told_at_once() -> None:
    content = {**interest(community=None), **out(no_private_benefit=None)}
    NOTHING.when(propose(**content)).refused(Incomplete, "public_interest.community", "funds_out.benefit")


def test_an_amendment_is_asked_the_same() -> None:
    in_approval().when(amend(**interest(community=None))).refused(Incomplete, "public_interest.community")


@pytest.mark.parametrize("place", ["UK", "GB", "EU", "KE"])
def test_two_letters_that_are_a_place_name_a_community(place: str) -> None:
    """The place 'UK' was told that it has fewer than three characters. The readers served are in the statement."""
    NOTHING.when(propose(**interest(community_served=place))).then(e.PartnershipProposed)


@pytest.mark.parametrize("words", ["XX", "me", ""])
def test_two_letters_that_are_no_place_are_asked_who_and_where(words: str) -> None:
    with pytest.raises(ValidationError, match="names nobody; say who is served, and where"):
        propose(**interest(community_served=words))


@pytest.mark.parametrize(
    "content",
    [out(benefit=benefit()), out(no_private_benefit="PUBLIC_BODY"), out(purpose="An IXP", exchange=exchange())],
)
def test_what_answers_the_question_lets_it_through(content: dict[str, Any]) -> None:
    assert NOTHING.when(propose(**content)).then(e.PartnershipProposed)
    assert lacks_so_far(proposal(**content).model_dump(mode="json", exclude_none=True), None) == ()


@pytest.mark.parametrize(("objective", "accepted"), [("CONNECT", True), ("OTHER", False), (None, False)])
def test_the_objective_is_one_of_the_organisations_list(objective: str | None, accepted: bool) -> None:
    who = authority("pia.berg").model_copy(update={"rules": LISTED})
    story = NOTHING.when(propose(**interest(objective=objective)), who)
    if accepted:
        assert story.then(e.PartnershipProposed)
    else:
        story.refused(Incomplete, "public_interest.objective: name one of CONNECT")


def test_an_organisation_without_a_list_asks_for_no_objective() -> None:
    assert NOTHING.when(propose(**interest(objective=None))).then(e.PartnershipProposed)


def test_where_every_grant_names_its_funds_one_that_names_none_is_asked_for_them() -> None:
    rules = HOUSE_RULES.model_copy(update={"funds_named": True})
    out = {"funds_out": funds_out()}
    assert [lack.field for lack in lacks_so_far(out, rules) if "fund" in lack.words] == ["funds_out.funds"]
    out["funds_out"]["funds"] = [{"fund": "FD-2026-A"}]
    assert "funds_out.funds" not in [lack.field for lack in lacks(proposal(**out), rules)]
    assert "funds_out.funds" not in [lack.field for lack in lacks(proposal(funds_out=funds_out()), HOUSE_RULES)]


def test_an_empty_draft_misses_what_every_proposal_must_say() -> None:
    assert [one.field for one in lacks_so_far({}, LISTED)] == ["public_interest.community", "public_interest.objective"]
    with_money = lacks_so_far({"funds_out": {}}, LISTED)
    assert with_money == always_asked({"funds_out": {"no_private_benefit": "OPEN_TO_ALL"}}, LISTED)
    assert [(one.field, one.instead) for one in with_money][-1] == (
        "funds_out.benefit", "funds_out.no_private_benefit",
    )  # fmt: skip
