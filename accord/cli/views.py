"""Shell commands that only read: the portfolio, one partnership, pending work, obligations and payments.

They query the read models, which the projector keeps up to date with the ledger, and wait briefly for the newest
events. With `--as-of` and `--known-at` they instead fold the events that had happened, or were recorded, by that time.
"""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Annotated, Any

import typer
from rich.markdown import Markdown
from rich.markup import escape

from accord.audit.signatures import authorship_of
from accord.cli.options import IdArgument, JsonOption, run
from accord.cli.printing import err, out, portfolio_table, print_json, print_next, rows_table, summary
from accord.client.desk import Desk, open_desk
from accord.client.faults import BadInput, Refused
from accord.client.reading import is_partnership_id, unknown_partnership
from domain.directory.tiers import Role
from domain.partnership.outlook import outlook
from domain.partnership.state import Partnership, Stage
from domain.policy.conditions import CONDITIONS
from domain.proposal import Proposal
from domain.streams import StreamId
from ledger.projections import Document, NotCaughtUp, ReadModel
from records.read_models.as_of import LedgerAsOf, documents_as_of
from records.read_models.partnerships import PARTNERSHIPS

PATIENCE = 3.0
"""Seconds to wait for a read model to reach the newest event."""

AsOfOption = Annotated[
    str | None, typer.Option("--as-of", metavar="TIME", help="What was true then: a day (its end), or a time in UTC.")
]
KnownAtOption = Annotated[
    str | None, typer.Option("--known-at", metavar="TIME", help="What we knew then: what was recorded by that time.")
]


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

    found = run(work())
    if as_json:
        return print_json({**found.model_dump(mode="json"), "outlook": outlook(found).model_dump(mode="json")})
    return _print_partnership(found)


def work_queue(
    role: Annotated[Role | None, typer.Option("--role", help="Only what this role can do.")] = None,
    as_json: JsonOption = False,
) -> None:
    """List the steps that wait for somebody, with the role that must act, the earliest due first.

    Example: accord work --role FINANCE_APPROVER
    """
    query = "SELECT role, partnership_id, step, due FROM read_model.work_queue WHERE $1::text IS NULL OR role = $1"
    rows = run(_rows(f"{query} ORDER BY due NULLS LAST, partnership_id, role", role.value if role else None))
    _print_rows(rows, ("Role", "Partnership", "Step", "Due"), "Nobody has to act.", as_json)


def obligations(
    before: Annotated[
        datetime | None, typer.Option("--before", formats=["%Y-%m-%d"], help="Only what is due before this day.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """List the obligations of partners and of the organisation (reports, papers, decisions), the earliest due first.

    Example: accord obligations --before 2027-01-01
    """
    query = "SELECT due, partnership_id, kind, what FROM read_model.obligations WHERE $1::date IS NULL OR due < $1"
    rows = run(_rows(f"{query} ORDER BY due NULLS LAST, partnership_id, kind", before.date() if before else None))
    _print_rows(rows, ("Due", "Partnership", "Kind", "What"), "Nothing is owed.", as_json)


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
    rows = run(_rows(query, partnership))
    columns = ("Released", "Partnership", "Tranche", "Attempt", "Amount", "", "Payee", "By", "Status", "Reason")
    _print_rows(rows, columns, "Nothing was released.", as_json)


async def caught_up(desk: Desk, name: str) -> ReadModel:
    """Wait for a read model to catch up and return it; print a warning if it is behind or lacks an event."""
    model = ReadModel(desk.ledger, name)
    try:
        await model.wait_for(await desk.ledger.head(), PATIENCE)
    except NotCaughtUp as behind:
        err.print(f"accord: what follows may be old: {behind}", style="yellow", soft_wrap=True, markup=False)
    for one in await model.quarantined():
        told = f"accord: {one.stream_id} is not shown as it is: event {one.position} cannot be read ({one.reason})"
        err.print(told, style="yellow", soft_wrap=True, markup=False)
    return model


def cut_at(as_of: str | None, known_at: str | None) -> LedgerAsOf:
    """Return the point in both times that two options name. Raises BadInput if one is no day or time."""
    return LedgerAsOf(_moment(as_of, "--as-of"), _moment(known_at, "--known-at"))


async def portfolio_at(desk: Desk, cut: LedgerAsOf) -> list[Partnership]:
    """Return every partnership as of a point in both times."""
    if cut.present:
        documents = dict(await (await caught_up(desk, PARTNERSHIPS.name)).documents())
    else:
        documents = await documents_as_of(desk.ledger, PARTNERSHIPS, cut)
    return [
        _state(one) for stream_id, one in documents.items() if StreamId(stream_id).is_partnership and "portfolio" in one
    ]


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
    return _state(document)


async def _compare(desk: Desk, stream_id: str, known: Partnership) -> None:
    """Print a warning if the read model differs from a partnership's events, or an event's author is not proved."""
    document = await ReadModel(desk.ledger, PARTNERSHIPS.name).document(stream_id)
    shown = _state(document) if document is not None else known
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


def _state(document: Document) -> Partnership:
    return Partnership.model_validate(document["state"])


async def _rows(query: str, *arguments: object) -> list[dict[str, Any]]:
    async with open_desk() as desk:
        await caught_up(desk, PARTNERSHIPS.name)
        return [dict(row) for row in await desk.pool.fetch(query, *arguments)]


def _print_rows(rows: list[dict[str, Any]], columns: tuple[str, ...], nothing: str, as_json: bool) -> None:
    if as_json:
        print_json([{name: None if cell is None else str(cell) for name, cell in row.items()} for row in rows])
    elif rows:
        out.print(rows_table(columns, ([_plain(cell) for cell in row.values()] for row in rows)))
    else:
        out.print(nothing)


def _plain(cell: object) -> str:
    match cell:
        case None:
            return "-"
        case datetime():
            return f"{cell:%Y-%m-%d %H:%M}"
        case _:
            return str(cell)


def _moment(written: str | None, option: str) -> datetime | None:
    """Parse the moment given to an option: a day means its end, and a time without a zone is in UTC.

    Raises:
        BadInput: It is no day or time.
    """
    if written is None:
        return None
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        raise BadInput(f"{option}: {written!r} is no time; write 2026-06-30 or 2026-06-30T12:00") from None
    if len(written) == len("2026-06-30"):
        moment = datetime.combine(moment.date(), time.max)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _print_partnership(found: Partnership) -> None:
    proposal = found.proposed
    out.print(f"[bold]{found.partnership_id}[/bold]  {escape(proposal.title)}", soft_wrap=True)
    print_next(found.stage, outlook(found), found.hold is not None)
    out.print(f"Version: {found.version}")
    if found.why:
        out.print(f"Why: {found.why}", soft_wrap=True, markup=False)
    out.print(f"Partner: {proposal.partner.name} ({proposal.partner.country})", markup=False)
    out.print(f"Public interest: {proposal.public_interest.community_served}", soft_wrap=True, markup=False)
    for line in _legs(proposal):
        out.print(line, soft_wrap=True, markup=False)
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


def _legs(proposal: Proposal) -> list[str]:
    lines = []
    if paid := proposal.funds_out:
        lines.append(f"Money out: {paid.total} by {paid.funder} to {paid.payee.name}, for: {paid.purpose}")
    if gift := proposal.funds_in:
        lines.append(f"Money in: {gift.money} by {gift.donor.name} to {gift.funder}")
    if joint := proposal.non_monetary:
        lines.append(f"No money: {joint.activity} (with {joint.funder})")
    return lines


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `accord`."""
    app.command("list")(list_partnerships)
    app.command()(show)
    app.command("work")(work_queue)
    app.command()(obligations)
