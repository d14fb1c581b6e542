"""Shell commands that only read: the portfolio, one partnership, pending work, obligations and payments.

They query the read models, which the projector keeps up to date with the ledger, and wait briefly for the newest
events. With `--as-of` and `--known-at` they instead fold the events that had happened, or were recorded, by that time.
"""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markdown import Markdown
from rich.markup import escape

from accord.audit.signatures import authorship_of
from accord.cli.options import IdArgument, JsonOption, run
from accord.cli.printing import err, out, portfolio_table, print_json, print_next, rows_table, summary
from accord.cli.reading import AsOfOption, KnownAtOption, cut_at, portfolio_at, print_rows, rows_of, state_of
from accord.client.desk import Desk, open_desk
from accord.client.faults import Refused
from accord.client.partners import earlier_judgements
from accord.client.reading import is_partnership_id, unknown_partnership
from domain.funds.booking import parts_told
from domain.grants import FundPart
from domain.partnership.agreements import same_agreement
from domain.partnership.judgements import Judgement
from domain.partnership.outlook import outlook
from domain.partnership.state import Partnership, Stage
from domain.policy.conditions import CONDITIONS
from domain.streams import StreamId
from ledger import clock
from ledger.projections import ReadModel
from records.read_models.as_of import LedgerAsOf, documents_as_of
from records.read_models.partnerships import PARTNERSHIPS


def list_partnerships(
    stage: Annotated[Stage | None, typer.Option("--stage", help="Only those in this stage.")] = None,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the partnerships with their stage, amount, and next step or the reason why they ended.

    Example: accord list --stage ACTIVE --known-at 2026-06-30
    """
    cut = cut_at(as_of, known_at)

    async def work() -> list[Partnership]:
        async with open_desk() as desk:
            return await portfolio_at(desk, cut)

    portfolio = [known for known in run(work()) if stage is None or known.stage is stage]
    if as_json:
        print_json([summary(known) for known in portfolio])
    elif portfolio:
        out.print(portfolio_table(portfolio))
    else:
        out.print("No partnerships" + (f" in stage {stage.value}." if stage else " yet; start with `accord propose`."))


def show(
    partnership: IdArgument, as_of: AsOfOption = None, known_at: KnownAtOption = None, as_json: JsonOption = False
) -> None:
    """Show one partnership: its stage, next step, findings, conditions and payments.

    Example: accord show P-2026-0042 --as-of 2026-06-30
    """
    cut = cut_at(as_of, known_at)

    async def work() -> Partnership:
        async with open_desk() as desk:
            return await _one(desk, partnership, cut)

    async def beside() -> tuple[list[Partnership], tuple[Judgement, ...]]:
        async with open_desk() as desk:
            portfolio = await portfolio_at(desk, cut)
            return under_agreement_of(found, portfolio), await earlier_judgements(desk, found, portfolio)

    found = run(work())
    if as_json:
        return print_json({**found.model_dump(mode="json"), "outlook": outlook(found).model_dump(mode="json")})
    _print_partnership(found)
    others, judged = run(beside())
    for one in judged:
        days = (clock.today() - one.at.date()).days
        told = f"Judged before: {one.key}: {one.reason} ({one.actor}, {days} days ago, {one.partnership_id})"
        out.print(told, soft_wrap=True, markup=False)
    if others:
        out.print(portfolio_table(others))
    return None


def payments(
    partnership: Annotated[str | None, typer.Argument(metavar="[ID]")] = None, as_json: JsonOption = False
) -> None:
    """List the payment attempts of all partnerships or of one, the newest first.

    Example: accord payments list P-2026-0042
    """
    query = (
        "SELECT released_at, partnership_id, tranche, attempt, amount, currency, payee, released_by, status, reason "
        "FROM read_model.payments WHERE $1::text IS NULL OR partnership_id = $1 "
        "ORDER BY released_at DESC, partnership_id, tranche, attempt"
    )
    rows = run(rows_of(query, partnership))
    columns = ("Released", "Partnership", "Tranche", "Attempt", "Amount", "", "Payee", "By", "Status", "Reason")
    print_rows(rows, columns, "Nothing was released.", as_json)


async def _one(desk: Desk, partnership_id: str, cut: LedgerAsOf) -> Partnership:
    if not is_partnership_id(partnership_id):
        raise unknown_partnership(partnership_id)
    known = await desk.known_partnership(partnership_id)
    stream_id = StreamId.partnership(partnership_id)
    if cut.present:
        await _compare(desk, stream_id, known)
        return known
    document = (await documents_as_of(desk.ledger, PARTNERSHIPS, cut, stream_id)).get(stream_id)
    if document is None:
        raise Refused(f"{partnership_id} was not proposed by then", "Unknown")
    return state_of(document)


async def _compare(desk: Desk, stream_id: str, known: Partnership) -> None:
    """Print a warning if the read model differs from a partnership's events, or an event's author is not proved."""
    document = await ReadModel(desk.ledger, PARTNERSHIPS.name).document(stream_id)
    shown = state_of(document) if document is not None else known
    if shown.version == known.version and shown != known:
        told = (
            f"accord: the lists show something else of {known.partnership_id} than its events say, which is shown "
            "here; tell an operator: `accord ledger verify`"
        )
        err.print(told, style="yellow", soft_wrap=True, markup=False)
    for version, fault in (await authorship_of(desk.ledger, desk.registrar, stream_id)).items():
        if fault:
            told = f"accord: version {version} does not come from whom it names ({fault}); decide nothing on it"
            err.print(told, style="red", soft_wrap=True, markup=False)


def _print_partnership(found: Partnership) -> None:
    proposal = found.proposed
    out.print(f"[bold]{found.partnership_id}[/bold]  {escape(proposal.title)}", soft_wrap=True)
    print_next(found.stage, outlook(found), found.hold is not None)
    out.print(f"Version: {found.version}")
    if found.why:
        out.print(f"Why: {found.why}", soft_wrap=True, markup=False)
    out.print(f"Partner: {proposal.partner.name} ({proposal.partner.country})", markup=False)
    if proposal.under is not None:
        out.print(f"Under the agreement of {proposal.under}, with those below", markup=False)
    out.print(f"Public interest: {proposal.public_interest.community_served}", soft_wrap=True, markup=False)
    for line in _legs(found):
        out.print(line, soft_wrap=True, markup=False)
    if found.hold is not None:
        held = found.hold.leg.value if found.hold.leg is not None else "all of it"
        out.print(f"On hold: {held}, by {found.hold.actor}: {found.hold.reason}", soft_wrap=True, markup=False)
    if found.tranches:
        tranches = ((t.number, t.money, t.state.value, t.attempt) for t in found.tranches)
        out.print(rows_table(("Tranche", "Amount", "State", "Attempt"), tranches))
    if found.assessment:
        findings = (
            (f.outcome.value, f.rule_id, f.layer.value, f.citation + ("" if f.confirmed else " *"), f.reason)
            for f in found.assessment.findings
        )
        title = f"Findings under rule book {found.assessment.rule_book}"
        out.print(rows_table(("Outcome", "Rule", "Layer", "Citation", "Reason"), findings, title))
        if any(not f.confirmed for f in found.assessment.findings):
            out.print(Markdown("\\* to be confirmed by counsel"))
    for condition in found.conditions:
        state = "on file" if condition in found.met else f"before {CONDITIONS[condition].before.value.lower()}"
        out.print(f"Condition {condition.value}: {CONDITIONS[condition].what} ({state})", soft_wrap=True, markup=False)
    if found.assessment and found.assessment.options:
        out.print(f"What can be done: {'; '.join(found.assessment.options)}", soft_wrap=True, markup=False)
    for interest in found.interests:
        out.print(f"Recused: {interest.person} ({interest.what})", soft_wrap=True, markup=False)


def under_agreement_of(found: Partnership, portfolio: list[Partnership]) -> list[Partnership]:
    """Return the other partnerships under the same agreement."""
    others = (one for one in portfolio if one.partnership_id != found.partnership_id)
    return [one for one in others if same_agreement(one.proposed, found.proposed)]


def _legs(found: Partnership) -> list[str]:
    proposal, lines = found.proposed, []
    if paid := proposal.funds_out:
        lines.append(
            f"Money out: {paid.total} by {paid.funder} to {paid.payee.name}, for: {paid.purpose}{_funds(found)}"
        )
    if gift := proposal.funds_in:
        lines.append(f"Money in: {gift.money} by {gift.donor.name} to {gift.funder}; {_came(found)}")
    if joint := proposal.non_monetary:
        lines.append(f"No money: {joint.activity} (with {joint.funder})")
    over = {leg for leg in proposal.directions if leg in found.ended_legs}
    told = dict(zip(proposal.directions, lines, strict=True))
    barrier = proposal.funds_out.barrier if proposal.funds_out else None
    more = [f"Conditional, with a right of return, until: {barrier}"] if barrier else []
    return [*(f"{line} (ended)" if leg in over else line for leg, line in told.items()), *more]


def _came(found: Partnership) -> str:
    """Return what has come of a gift, and what is still to come by its schedule."""
    gift = found.proposed.funds_in
    if gift is not None and gift.in_kind is not None:
        return f"in kind: {gift.in_kind.what} (valued by {gift.in_kind.method})"
    ahead = [f"{one.amount:,} by {one.due_on}" for one in gift.schedule] if gift is not None else []
    pledged = f"; pledged: {', '.join(ahead)}" if ahead else ""
    return f"{found.received:,} has come in{pledged}"


def _funds(found: Partnership) -> str:
    """Return the funds that pay, or are to, in words; '' if none does."""
    out = found.proposed.funds_out
    shares = tuple(FundPart(fund=one.fund, amount=one.amount) for one in found.shares)
    if told := parts_told(shares or (out.parts if out is not None else ())):
        return f"; paid of {told}" if shares else f"; to be paid of {told}"
    return ""


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `accord`."""
    app.command("list")(list_partnerships)
    app.command()(show)
