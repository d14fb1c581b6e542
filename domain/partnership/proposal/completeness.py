"""Facts that every new or amended proposal must give, each asked for by name (R6, rules 3.13)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from domain.budgets.asked import AskedTemplate, FieldFault, beyond_template, too_lax
from domain.budgets.lines import GrantBudget
from domain.budgets.terms import AskedBudget
from domain.directory.tiers import HouseRules, asks_funds
from domain.errors import Incomplete
from domain.plans import PublicInterest
from domain.policy.rules.every_leg import says_nothing
from domain.policy.rules.projects import speaks_of_exchange
from domain.proposal import FundsOut, Proposal
from domain.values import Money


class Lack(NamedTuple):
    """A fact that a proposal leaves out, or says in words that say nothing: its field, and what to write there."""

    field: str
    words: str
    instead: str = ""
    """Another field that will do as well, or ''."""

    def __str__(self) -> str:
        """Return it as a refusal says it."""
        return f"{self.field}: {self.words}"


def require_complete(proposal: Proposal, rules: HouseRules | None, template: AskedTemplate | None = None) -> None:
    """Raise Incomplete if a proposal leaves out a fact that a rule asks for, or has a text that says nothing."""
    if missing := lacks(proposal, rules, template):
        raise Incomplete("; ".join(map(str, missing)))


def lacks(proposal: Proposal, rules: HouseRules | None, template: AskedTemplate | None = None) -> tuple[Lack, ...]:
    """Return what a proposal leaves out of the facts that a rule asks for, and its texts that say nothing.

    `template`: the edition that its budget is made within, if its programme has one.
    """
    return _lacks(proposal.public_interest, proposal.funds_out, rules, template)


def _lacks(
    interest: PublicInterest, out: FundsOut | None, rules: HouseRules | None, template: AskedTemplate | None = None
) -> tuple[Lack, ...]:
    return (
        *_empty(interest, out),
        *_public_interest(interest, rules),
        *(_money_out(out) if out is not None else ()),
        *(_funds(out, rules) if out is not None else ()),
        *(_budget(out, rules, template) if out is not None and rules is not None else ()),
    )


def lacks_so_far(content: Mapping[str, Any], rules: HouseRules | None) -> tuple[Lack, ...]:
    """Return what a proposal that is being written leaves out, as far as it is written: see `lacks`."""
    interest, out = content.get("public_interest") or {}, content.get("funds_out")
    written_leg = None
    if out is not None:
        written_leg = FundsOut.model_construct(**{**dict.fromkeys(FundsOut.model_fields), **out})
    written_interest = PublicInterest.model_construct(**{**dict.fromkeys(PublicInterest.model_fields), **interest})
    return _lacks(written_interest, written_leg, rules)


def always_asked(content: Mapping[str, Any], rules: HouseRules | None) -> tuple[Lack, ...]:
    """Return what is asked of every proposal with these legs, whether or not it is written already."""
    return lacks_so_far({"public_interest": {}, "funds_out": {} if "funds_out" in content else None}, rules)


def _empty(interest: PublicInterest, out: FundsOut | None) -> Iterator[Lack]:
    texts = {
        "public_interest.community_served": interest.community_served,
        "public_interest.mission_objective": interest.mission_objective,
        "public_interest.statement": interest.statement,
        "funds_out.purpose": out.purpose if out else None,
        "funds_out.alignment": out.alignment if out else None,
    }
    for field, text in texts.items():
        if text is not None and says_nothing(text):
            yield Lack(field, f"{text!r} names nobody and nothing; say who, where, and what is done")


def _public_interest(interest: PublicInterest, rules: HouseRules | None) -> Iterator[Lack]:
    if interest.community is None:
        yield Lack(
            "public_interest.community", "give its kind, its places (country codes), and its number or NOT_KNOWN"
        )
    objective_codes = [objective.code for objective in rules.objectives] if rules is not None else []
    if objective_codes and interest.objective not in objective_codes:
        yield Lack("public_interest.objective", f"name one of {', '.join(objective_codes)}")


def _budget(out: FundsOut, rules: HouseRules, template: AskedTemplate | None) -> Iterator[Lack]:
    """Yield the lacks of a budget, by programme. Where it asks it of one, each grant names its own."""
    if rules.budgets and out.programme is None:
        names = ", ".join(rule.programme for rule in rules.budgets)
        yield Lack("funds_out.programme", f"name the programme that pays for it; grants of {names} need a budget")
    rule = rules.budget_of(out.programme)
    if rule is None:
        return
    if out.budget is None:
        if not rule.optional:
            yield Lack("funds_out.budget", f"a grant of {rule.programme} needs a budget: lines by category and period")
    elif isinstance(out.budget, GrantBudget):  # of a proposal that is being written it is not read yet
        yield from (
            Lack(f"funds_out.budget.{field}", words) for field, words in _beyond(out.budget, rule, template, out.total)
        )


def _beyond(
    budget: GrantBudget, rule: AskedBudget, template: AskedTemplate | None, total: Money
) -> Iterator[FieldFault]:
    """Yield the faults of a budget beside the terms of its programme, or beside the template that it is made within."""
    if rule.template is None:
        yield from too_lax(budget, rule, total)
    elif template is not None:
        yield from beyond_template(budget, template)


def _funds(out: FundsOut, rules: HouseRules | None) -> Iterator[Lack]:
    if asks_funds(rules) and not out.parts:
        yield Lack("funds_out.funds", "name the funds that pay it; `accord funds list` shows them")


def _money_out(out: FundsOut) -> Iterator[Lack]:
    if out.benefit is None and out.no_private_benefit is None:
        yield Lack(
            "funds_out.benefit",
            "say who benefits beside the community, or give no_private_benefit: OPEN_TO_ALL, CHARITABLE_CLASS or "
            "PUBLIC_BODY",
            instead="funds_out.no_private_benefit",
        )
    if out.exchange is None and speaks_of_exchange(out.purpose or ""):
        yield Lack(
            "funds_out.exchange", "the purpose speaks of an Internet exchange; give operator, terms, surplus and site"
        )
