"""A programme names a template: a budget of it has the template's categories and no laxer terms than its edition."""

from __future__ import annotations

from typing import Any

import pytest

from domain.budgets.asked import AskedTemplate
from domain.directory.tiers import HouseRules
from domain.edition_names import EditionReference
from domain.editions.kinds import EditionKind
from domain.editions.models import content_from, faults_of_content
from domain.editions.series import fold
from domain.editions.templates import BudgetTemplate
from domain.partnership.proposal.completeness import lacks
from domain.partnership.proposal.templates import NeededTemplate, needed_template
from domain.partnership.report.reports import Reporting
from domain.partnership.state import Partnership
from records.budget_templates import within
from tests.budgets import budget, budgeted, line, template_content
from tests.builders import HOUSE_RULES, NOON, funds_out, proposal
from tests.domain.editions.contents import asked, confirmed

ASKED = {"programme": "Schools", "template": "school-budget"}


def ruled(**more: Any) -> HouseRules:
    """The organisation's rules, by which grants of the schools' programme have a budget of a template."""
    return HouseRules.model_validate({**HOUSE_RULES.model_dump(mode="json"), "budgets": [{**ASKED, **more}]})


RULES = ruled()
REFERENCE = EditionReference(name="school-budget", edition="2026.1", sha256="a" * 64)


def template(**more: Any) -> AskedTemplate:
    """The edition in force."""
    content = content_from(template_content(**more))
    assert isinstance(content, BudgetTemplate)
    return within(REFERENCE, content)


def missing(plan: dict[str, Any] | None, rules: HouseRules = RULES, within: AskedTemplate | None = None) -> list[str]:
    """The gaps of a proposal's budget, in words."""
    leg = budgeted(plan=plan, programme="Schools") if plan else {"funds_out": funds_out(programme="Schools")}
    return [str(lack) for lack in lacks(proposal(**leg), rules, within or template()) if "budget" in lack.field]


def test_a_budget_within_its_template_lacks_nothing_in_whatever_language_it_is() -> None:
    assert missing(budget()) == []
    spanish = budget(
        line(1, "Formación", "300.00", "300.00"), line(2, "VIAJES", "200.00", "100.00"),
        line(3, "Gastos generales", "50.00", "50.00", kind="INDIRECT"),
    )  # fmt: skip
    assert missing(spanish) == []


OUTSIDE: list[tuple[dict[str, Any], str]] = [
    (
        budget(line(1, "Tea", "950.00", "50.00")),
        "funds_out.budget.lines.0.category: 'Tea' is no category of school-budget 2026.1; it has: Training, Travel, "
        "Overhead",
    ),
    (
        budget(line(1, "Overhead", "950.00", "50.00")),
        "funds_out.budget.lines.0.kind: Overhead is INDIRECT in school-budget 2026.1; write that",
    ),
    (
        budget(line(1, "Travel", "950.00", "0"), line(2, "Viajes", "50.00", "0")),
        "funds_out.budget.lines.1.category: 'Viajes' is 'Travel', in other words; write it in one way",
    ),
    (
        budget(
            line(1, "Overhead", "150.01", "0", kind="INDIRECT"), line(2, "Travel", "849.99", "0"), indirect_most="16"
        ),
        "funds_out.budget.lines: indirect cost is 150.01; school-budget 2026.1 allows 15 % of the grant, 150.00",
    ),
    (budget(free_move="10.01"), "funds_out.budget.free_move: it is 10.01 %, and school-budget 2026.1 lets"),
    (budget(free_floor="50.01"), "funds_out.budget.free_floor: it is 50.01, and school-budget 2026.1 lets at most 50 "),
]


@pytest.mark.parametrize(("plan", "words"), OUTSIDE, ids=[words[:50] for _, words in OUTSIDE])
def test_what_its_template_does_not_allow_is_said_by_field(plan: dict[str, Any], words: str) -> None:
    [told] = missing(plan)
    assert told.startswith(words)


def test_more_periods_than_the_template_has_are_said() -> None:
    [told] = missing(budget(), within=template(periods_most=1))
    assert told == "funds_out.budget.periods: there are 2, and school-budget 2026.1 has at most 1; join some"


def test_a_budget_is_needed_unless_it_is_optional() -> None:
    assert [told.partition(":")[0] for told in missing(None)] == ["funds_out.budget"]
    assert missing(None, ruled(optional=True)) == []
    assert len(missing(OUTSIDE[0][0], ruled(optional=True))) == 1


def test_terms_stand_in_the_template_or_in_the_rules_and_never_in_both() -> None:
    with pytest.raises(ValueError, match="template: its edition holds the terms; leave indirect_most and free_move"):
        ruled(free_move="5")


class TestWhichEdition:
    """A grant stays with the edition that it was begun with."""

    PROPOSAL = proposal(**budgeted(programme="Schools"))

    def standing(self, programme: str = "Schools", **reporting: Any) -> Partnership:
        before = proposal(**budgeted(programme=programme))
        return Partnership(partnership_id="P-2026-0042", proposal=before, reporting=Reporting(**reporting))

    def needed(self, partnership: Partnership, rules: HouseRules | None = RULES) -> NeededTemplate | None:
        return needed_template(partnership, self.PROPOSAL, rules)

    def test_a_new_proposal_is_made_within_the_one_in_force(self) -> None:
        assert self.needed(Partnership(partnership_id="P-2026-0042")) == NeededTemplate("school-budget")
        assert self.needed(self.standing("Libraries", template=REFERENCE)) == NeededTemplate("school-budget")
        assert self.needed(self.standing(), HOUSE_RULES) is None

    def test_an_amendment_keeps_the_one_that_it_was_begun_with(self) -> None:
        other = REFERENCE.model_copy(update={"name": "former-budget"})
        assert self.needed(self.standing(template=other)) == NeededTemplate("former-budget", other)

    def test_a_budget_that_was_agreed_before_there_was_a_template_stays_without(self) -> None:
        agreed = self.PROPOSAL.funds_out.budget if self.PROPOSAL.funds_out else None
        assert self.needed(self.standing(budget=agreed)) is None
        assert self.needed(self.standing()) == NeededTemplate("school-budget")

    def test_the_edition_begun_with_counts_as_long_as_it_is_on_record(self) -> None:
        first, second = (content_from(template_content(edition=number)) for number in ("2026.1", "2026.2"))
        requests = [asked(read, "pia.berg", NOON) for read in (first, second)]
        events = [act for one in requests for act in (one, confirmed(one, "finn.oduya", NOON))]
        series = fold(EditionKind.BUDGET, "school-budget", events)
        on = NOON.date()
        kept, newest, unknown = (series.begun_with(number, on) for number in ("2026.1", None, "2026.9"))
        assert [one and one.sha256 for one in (kept, newest, unknown)] == [
            requests[0].sha256, requests[1].sha256, requests[1].sha256,
        ]  # fmt: skip
        assert fold(EditionKind.BUDGET, "school-budget", ()).begun_with("2026.1", on) is None


def test_labels_that_no_budget_could_bear_are_faults_of_the_template() -> None:
    words = template_content()["words"]
    words["en"]["travel.label"], words["es"]["travel.label"] = "training", "x" * 61
    words["en"]["overhead.label"] = "Exchange difference"
    told = [str(fault) for fault in faults_of_content(content_from({**template_content(), "words": words}))]
    assert told == [
        "words.en.travel.label: 'training' is another category already; give it other words",
        "words.en.overhead.label: 'Exchange difference' is another category already; give it other words",
        "words.es.travel.label: a budget has categories of 2 to 60 signs on one line; shorten it",
    ]
