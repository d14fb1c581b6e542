"""The template that a proposal's budget is made within: of its programme, or the edition that it was begun with."""

from __future__ import annotations

from typing import NamedTuple

from domain.budgets.terms import AskedBudget
from domain.directory.tiers import HouseRules
from domain.edition_names import EditionReference
from domain.partnership.state import Partnership
from domain.proposal import Proposal


class NeededTemplate(NamedTuple):
    """A series of budget templates that a budget is made within, and the edition that it was begun with, if any."""

    series: str
    begun_with: EditionReference | None = None


def needed_template(partnership: Partnership, proposal: Proposal, rules: HouseRules | None) -> NeededTemplate | None:
    """Return the template of a proposal's budget, or None if its programme has none.

    What was begun with an edition stays with it, and a budget that was agreed before there was one stays without.
    """
    out = proposal.funds_out
    rule = rules.budget_of(out.programme) if rules is not None and out is not None else None
    if out is None or out.budget is None or rule is None or rule.template is None:
        return None
    reporting = partnership.reporting
    if not _is_of_same_programme(partnership, rule):
        return NeededTemplate(rule.template)
    if reporting.template is not None:
        return NeededTemplate(reporting.template.name, reporting.template)
    return None if reporting.budget is not None else NeededTemplate(rule.template)


def _is_of_same_programme(partnership: Partnership, rule: AskedBudget) -> bool:
    before = partnership.proposal.funds_out if partnership.proposal is not None else None
    return before is not None and rule.is_of(before.programme)
