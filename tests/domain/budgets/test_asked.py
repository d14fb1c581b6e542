"""An organisation asks for a budget by programme: a proposal without one, or with laxer terms, is not complete."""

from __future__ import annotations

from typing import Any

import pytest

from domain.directory.tiers import HouseRules
from domain.partnership.proposal.completeness import always_asked, lacks, lacks_so_far
from tests.budgets import budget, budgeted, line
from tests.builders import HOUSE_RULES, funds_out, proposal

ASKED = {"programme": "Schools", "indirect_most": "10", "free_move": "10"}
RULES = HouseRules.model_validate({**HOUSE_RULES.model_dump(mode="json"), "budgets": [ASKED]})


def missing(content: dict[str, Any], rules: HouseRules = RULES) -> list[str]:
    """What a proposal lacks of its budget, in words."""
    return [str(lack) for lack in lacks(proposal(**content), rules) if "budget" in str(lack)]


def test_a_grant_of_the_programme_needs_a_budget_however_it_is_spelled() -> None:
    [told] = missing({"funds_out": funds_out(programme="  schools")})
    assert told == "funds_out.budget: a grant of Schools needs a budget: lines by category and period"
    assert missing(budgeted(programme="SCHOOLS")) == []


def test_another_programme_needs_none_and_no_programme_is_asked_for() -> None:
    assert missing({"funds_out": funds_out(programme="Libraries")}) == []
    [told] = missing({"funds_out": funds_out()})
    assert told.startswith("funds_out.programme: name the programme that pays for it")
    assert missing({"funds_out": funds_out()}, HOUSE_RULES) == []


INDIRECT = line(1, "Overhead", "100.01", "0", kind="INDIRECT"), line(2, "Training", "899.99", "0")


@pytest.mark.parametrize(
    ("plan", "fault"),
    [
        (
            budget(*INDIRECT),
            "funds_out.budget.lines: indirect cost is 100.01; Schools allows 10 % of the grant",
        ),
        (budget(free_move="11"), "funds_out.budget.free_move: it is 11 %, and Schools lets a category rise by 10 %"),
        (
            budget(free_floor="100.01"),
            "funds_out.budget.free_floor: it is 100.01, and Schools lets at most 100.00",
        ),
    ],
)
def test_no_budget_is_laxer_than_its_programme(plan: dict[str, Any], fault: str) -> None:
    [told] = missing(budgeted(plan=plan, programme="Schools"))
    assert told.startswith(fault)


def test_a_proposal_that_is_being_written_is_asked_for_it_too() -> None:
    """Given a draft whose budget is half typed, then its lack is told as far as it can be read."""
    fields = [lack.field for lack in lacks_so_far({"funds_out": {"programme": "Schools"}}, RULES)]
    assert "funds_out.budget" in fields
    half = {"funds_out": {"programme": "Schools", "budget": {"lines": [{}]}}}
    assert "funds_out.budget" not in [lack.field for lack in lacks_so_far(half, RULES)]
    assert "funds_out.programme" in [lack.field for lack in always_asked({"funds_out": {}}, RULES)]


def test_a_programme_is_asked_of_once() -> None:
    twice = {**HOUSE_RULES.model_dump(mode="json"), "budgets": [ASKED, {**ASKED, "programme": "SCHOOLS "}]}
    with pytest.raises(ValueError, match="budgets: one programme is named twice; give it one entry"):
        HouseRules.model_validate(twice)
