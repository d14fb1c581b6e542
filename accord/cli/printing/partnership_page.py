"""Print one partnership: what it is, the money on its legs, what was found of it, and on which conditions."""

from __future__ import annotations

from rich.markup import escape

from accord.cli.printing.output import out, rows_table
from accord.cli.printing.partnerships import print_next
from accord.presentation.words.payments import booking_in_words
from domain.funds.booking import parts_told
from domain.grants import FundPart
from domain.partnership.choices import remainder_of
from domain.partnership.hold.holds import Hold
from domain.partnership.state import Partnership, TrancheProgress
from domain.partnership.waiting.outlook import Outlook
from domain.payment.account_numbers import masked
from domain.policy.conditions import CONDITIONS
from domain.policy.findings import Assessment


def print_partnership(partnership: Partnership, ahead: Outlook) -> None:
    """Print a partnership with its next step."""
    _print_standing(partnership, ahead)
    _print_money(partnership)
    if partnership.assessment:
        _print_findings(partnership.assessment)
    _print_conditions(partnership)
    for interest in partnership.interests:
        out.print(f"Recused: {interest.person} ({interest.what})", soft_wrap=True, markup=False)


def _print_standing(partnership: Partnership, ahead: Outlook) -> None:
    proposal = partnership.proposed
    out.print(f"[bold]{partnership.partnership_id}[/bold]  {escape(proposal.title)}", soft_wrap=True)
    print_next(partnership.stage, ahead, partnership.hold is not None)
    out.print(f"Version: {partnership.version}")
    if partnership.why:
        out.print(f"Why: {partnership.why}", soft_wrap=True, markup=False)
    for answered in partnership.answered:
        out.print(f"Asked: {answered.question}", soft_wrap=True, markup=False)
        out.print(f"  {answered.actor} answers: {answered.answer}", soft_wrap=True, markup=False)
    out.print(f"Partner: {proposal.partner.name} ({proposal.partner.country})", markup=False)
    if proposal.under is not None:
        out.print(f"Under the agreement of {proposal.under}, with those below", markup=False)
    out.print(f"Public interest: {proposal.public_interest.community_served}", soft_wrap=True, markup=False)


def _print_money(partnership: Partnership) -> None:
    for line in _legs(partnership):
        out.print(line, soft_wrap=True, markup=False)
    for hold in partnership.holds:
        out.print(_held(hold), soft_wrap=True, markup=False)
    if partnership.tranches:
        tranches = ((t.number, t.money, t.state.value, t.attempt, _left_of(t)) for t in partnership.tranches)
        out.print(rows_table(("Tranche", "Amount", "State", "Attempt", "Not paid"), tranches))
    for tranche in partnership.tranches:
        if words := booking_in_words(tranche.figures):
            out.print(f"Tranche {tranche.number}: {words}", soft_wrap=True, markup=False)


def _print_findings(assessment: Assessment) -> None:
    findings = (
        (f.outcome.value, f.rule_id, f.layer.value, f.citation + ("" if f.confirmed else " *"), f.reason)
        for f in assessment.findings
    )
    title = f"Findings under rule book {assessment.rule_book}"
    out.print(rows_table(("Outcome", "Rule", "Layer", "Citation", "Reason"), findings, title))
    if any(not finding.confirmed for finding in assessment.findings):
        out.print("* rests on a source that counsel has not confirmed", markup=False)


def _print_conditions(partnership: Partnership) -> None:
    for condition in partnership.conditions:
        state = "on file" if condition in partnership.met else f"before {CONDITIONS[condition].before.value.lower()}"
        out.print(f"Condition {condition.value}: {CONDITIONS[condition].what} ({state})", soft_wrap=True, markup=False)
    if partnership.assessment and partnership.assessment.options:
        out.print(f"What can be done: {'; '.join(partnership.assessment.options)}", soft_wrap=True, markup=False)


def _left_of(tranche: TrancheProgress) -> str:
    """Return the sum of a tranche that is not paid beside a part that was, or ''."""
    return str(remainder_of(tranche)) if tranche.has_remainder else ""


def _held(hold: Hold) -> str:
    """Return a hold in words: its number, what it is on, who placed it, since when and why."""
    scope = hold.leg.value if hold.leg is not None else "all of it"
    wider = " and all payments under its agreement" if hold.whole_agreement else ""
    since = f" since {hold.at:%Y-%m-%d}" if hold.at is not None else ""
    falls = f" (it falls with that of {hold.lead})" if hold.lead else ""
    return f"On hold ({hold.number}): {scope}{wider}, by {hold.actor}{since}: {masked(hold.reason)}{falls}"


def _legs(partnership: Partnership) -> list[str]:
    proposal, lines = partnership.proposed, []
    if grant := proposal.funds_out:
        lines.append(
            f"Money out: {grant.total} by {grant.funder} to {grant.payee.name}, for:"
            f" {grant.purpose}{_funds(partnership)}"
        )
    if gift := proposal.funds_in:
        lines.append(f"Money in: {gift.money} by {gift.donor.name} to {gift.funder}; {_came(partnership)}")
    if joint := proposal.non_monetary:
        lines.append(f"No money: {joint.activity} (with {joint.funder})")
    over = {leg for leg in proposal.directions if leg in partnership.ended_legs}
    leg_lines = dict(zip(proposal.directions, lines, strict=True))
    barrier = proposal.funds_out.barrier if proposal.funds_out else None
    tranches = ", ".join(map(str, proposal.funds_out.barrier_holds)) if proposal.funds_out else ""
    label = f"Tranche {tranches} conditional" if tranches else "Conditional"
    more = [f"{label}, with a right of return, until: {barrier}"] if barrier else []
    return [*(f"{line} (ended)" if leg in over else line for leg, line in leg_lines.items()), *more]


def _came(partnership: Partnership) -> str:
    """Return the part of a gift that has come, and the part still to come by its schedule."""
    gift = partnership.proposed.funds_in
    if gift is not None and gift.in_kind is not None:
        return f"in kind: {gift.in_kind.what} (valued by {gift.in_kind.method})"
    ahead = (
        [f"{instalment.amount:,} by {instalment.due_on}" for instalment in gift.schedule] if gift is not None else []
    )
    pledge = f"; pledged: {', '.join(ahead)}" if ahead else ""
    return f"{partnership.received:,} has come in{pledge}"


def _funds(partnership: Partnership) -> str:
    """Return the funds that pay, or are to, in words, or '' if none does."""
    out = partnership.proposed.funds_out
    shares = tuple(FundPart(fund=share.fund, amount=share.amount) for share in partnership.shares)
    if funds := parts_told(shares or (out.parts if out is not None else ())):
        return f"; paid of {funds}" if shares else f"; to be paid of {funds}"
    return ""
