"""`accord retention`: which records must be kept, until when and why, and which may go."""

from __future__ import annotations

from typing import Annotated

import typer

from accord.cli.options import JsonOption, run
from accord.cli.partnerships.reading import portfolio_at
from accord.cli.printing.output import out, print_json, rows_table
from accord.client.desk import Desk, open_desk
from accord.organisation.erasures import partnerships_naming
from domain.partnership.state import Partnership
from domain.partnership.waiting.retention import Retention, names_kept, retention
from ledger import clock
from records.privacy.vault import Vault
from records.read_models.as_of import LedgerAsOf


def retain(
    partnership: Annotated[str | None, typer.Argument(metavar="[ID]", help="One partnership; else all.")] = None,
    may_go: Annotated[bool, typer.Option("--may-go", help="Only what nothing asks for any more.")] = False,
    as_json: JsonOption = False,
) -> None:
    """List the records of partnerships: until when each must be kept, by which rule, and what may go.

    The ledger itself keeps every event for good. What may go are the names of people (`accord privacy erase`), and the
    papers and bank details that are kept beside it.
    Example: accord retention --may-go, or: accord retention P-2026-0042
    """

    async def work() -> tuple[list[Partnership], list[str]]:
        async with open_desk() as desk:
            partnerships = await _asked(desk, partnership)
            return partnerships, await _who_may_go(desk, partnerships)

    portfolio, people = run(work())
    today = clock.today()
    rows = [
        (partnership.partnership_id, rule)
        for partnership in portfolio
        for rule in retention(partnership)
        if rule.may_go(today) or not may_go
    ]
    if as_json:
        return print_json(
            {
                "records": [{"partnership": reference, **_said(retention)} for reference, retention in rows],
                "people": people,
            }
        )
    cells = ((reference, retention.record.value, _until(retention), retention.why) for reference, retention in rows)
    out.print(rows_table(("Partnership", "Record", "Keep until", "Why"), cells) if rows else _nothing(may_go))
    for person in people:
        out.print(f"May be erased: {person}", markup=False, soft_wrap=True)
    return None


def _nothing(may_go: bool) -> str:
    return "Nothing may go yet." if may_go else "No partnerships yet."


async def _asked(desk: Desk, partnership: str | None) -> list[Partnership]:
    if partnership is None:
        return await portfolio_at(desk, LedgerAsOf())
    return [await desk.known_partnership(partnership)]


async def _who_may_go(desk: Desk, portfolio: list[Partnership]) -> list[str]:
    """Return the people whose names nothing asks for: all partnerships that name them are over, and their day is."""
    today = clock.today()
    needed_ids = {partnership.partnership_id for partnership in portfolio if names_kept(partnership, today) is not None}
    partnership_ids = {partnership.partnership_id for partnership in portfolio}
    mentions = ((person.subject, partnerships_naming(person)) for person in await Vault(desk.pool).people())
    return [
        subject
        for subject, where in mentions
        if where and partnership_ids.issuperset(where) and needed_ids.isdisjoint(where)
    ]


def _until(retention: Retention) -> str:
    if retention.for_good:
        return "for good"
    return str(retention.until) if retention.until is not None else "not known yet"


def _said(retention: Retention) -> dict[str, object]:
    return retention.model_dump(mode="json")


def register(app: typer.Typer) -> None:
    """Add the command of this module to `accord`."""
    app.command("retention")(retain)
