"""Pages on funds: each with its money as a bar, and the forms that open one, change its money and confirm a change."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final, NamedTuple
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from accord.console.deciding.fields import Field, Typed, said
from accord.console.organisation.fund_forms import (
    BY_SLUG,
    FundForm,
    fault_on_fund,
    offered,
    opening_answers,
    opening_content,
    opening_fields,
    stands,
    with_funds,
)
from accord.console.organisation.preparing import ActPage, act_page, given, read_act, to_sign, waiting_act
from accord.console.organisation.telling_acts import name_of_other
from accord.console.pages.case.money import Slice
from accord.console.pages.tables import with_donors
from accord.console.serving.desk import Console
from accord.presentation.faults import BadInput, Refused
from accord.presentation.words.days import day_in_words, days_in_words
from accord.presentation.words.organisation.funds import KINDS, change_in_words
from accord.presentation.words.values import NamesInWords, sum_in_words
from accord.web.pages import page, problem
from domain.directory.directory import Directory, role_fault
from domain.funds.events import MAY_ASK, MAY_CONFIRM, FundChangeAsked, FundChangeConfirmed, FundOpened
from domain.funds.fund import Fund
from domain.values import FundId
from ledger import clock
from ledger.projections import ReadModel
from records.funds import Funds
from records.read_models.funds import FUNDS, funds_in
from records.read_models.lists import kept_titles

_FUND_ID: Final[TypeAdapter[str]] = TypeAdapter(FundId)
_MOST: Final = 100
"""Partnerships that a fund's page lists."""


class FundClaim(NamedTuple):
    """A partnership's part of a fund, in words."""

    partnership_id: str
    title: str
    partner: str
    reserved: str
    committed: str
    spent: str


class AskedChange(NamedTuple):
    """A change that waits for a second person."""

    address: str
    words: str
    reason: str
    proposer: str
    asked_on: str
    closed: str
    """The reason why the reader may not confirm it, or ''."""


async def show(request: Request) -> Response:
    """Show a fund: its money as a bar, what waits for a second person, and the partnerships that it pays."""
    console: Console = request.app.state.console
    fund = await _found(console, request)
    if fund is None:
        return problem(request, 404, "there is no such fund", (("All funds", "/funds"),))
    await console.looked_at(request.state.reader, f"fund {fund.fund_id}")
    directory, reader = await console.desk.directory(), request.state.reader
    names = NamesInWords(directory)
    context = {
        "fund": fund,
        "kind": KINDS[fund.kind] if fund.kind is not None else "",
        "funder": names.funder(fund.funder),
        "granted": sum_in_words(fund.granted, fund.currency),
        "available": sum_in_words(fund.balance(clock.now()).available, fund.currency),
        "overdraft": sum_in_words(fund.overdraft, fund.currency) if fund.overdraft else "",
        "days": days_in_words(fund.first_day, fund.last_day) if fund.first_day and fund.last_day else "",
        "slices": slices_of(fund),
        "claims": await _claims(console, fund),
        "asked": [await _asked(console, fund, change, directory, reader) for change in fund.asked.values()],
        "forms": offered(fund) if _may(directory, reader, "ask", MAY_ASK) == "" else (),
        "closed": _may(directory, reader, "ask", MAY_ASK),
    }
    return page(request, "fund.html", context)


def slices_of(fund: Fund) -> tuple[Slice, ...]:
    """Return a fund's money as parts of a bar. What is beyond its money, as with an overdraft, has no part."""
    balance = fund.balance(clock.now())
    sums = {("Spent", "good"): balance.spent, ("Committed", "info"): balance.committed,
            ("Reserved", "warn"): balance.reserved, ("Available", "none"): balance.available}  # fmt: skip
    whole = max(balance.granted, balance.spent + balance.committed + balance.reserved)
    slices, start = [], Decimal(0)
    for (label, fill), amount in sums.items():
        width = 100 * max(amount, Decimal(0)) / whole if whole else Decimal(0)
        slices.append(Slice(label, fill, sum_in_words(amount, fund.currency), f"{start:.2f}%", f"{width:.2f}%"))
        start += width
    return tuple(slices)


async def _claims(console: Console, fund: Fund) -> list[FundClaim]:
    """Return what a fund pays, the newest partnership first, with the title that the lists have of each."""
    now = clock.now()
    every = ((partnership_id, claim.at(now)) for partnership_id, claim in reversed(tuple(fund.claims.items())))
    claims = [(partnership_id, claim) for partnership_id, claim in every if claim.whole][:_MOST]
    titles = await kept_titles(console.desk.pool, [partnership_id for partnership_id, _ in claims])
    return [
        FundClaim(
            partnership_id,
            *titles.get(partnership_id, (partnership_id, "")),
            *(_sum(amount, fund) for amount in (claim.reserved, claim.committed, claim.spent)),
        )
        for partnership_id, claim in claims
    ]


def _sum(amount: Decimal, fund: Fund) -> str:
    return sum_in_words(amount, fund.currency)


async def _asked(console: Console, fund: Fund, change: Any, directory: Directory, reader: str) -> AskedChange:
    event, names = change.event, NamesInWords(directory)
    closed = _may(directory, reader, "confirm", MAY_CONFIRM)
    if event.actor == reader:
        closed = "You asked for it, so a director other than you confirms it."
    words = change_in_words(event.change, fund, await name_of_other(console, event.change))
    address = f"/funds/{fund.fund_id}/confirm/{change.change_id}"
    return AskedChange(address, words, event.reason, names.person(event.actor), day_in_words(event.at), closed)


def _may(directory: Directory, reader: str, act: str, roles: Any) -> str:
    """Return the reason why somebody's roles do not allow an act, or ''."""
    fault = role_fault(directory, reader, act, roles, clock.today())
    return (
        ""
        if fault is None
        else f"It needs {'a director' if roles == MAY_CONFIRM else 'a finance approver or director'}."
    )


async def _found(console: Console, request: Request) -> Fund | None:
    try:
        fund_id = _FUND_ID.validate_python(request.path_params["fund"])
    except ValidationError:
        return None
    fund = await Funds(console.desk.reader).read(fund_id)
    [named_fund] = await with_donors(console, [fund])
    return named_fund if fund.is_open else None


async def open_form(request: Request) -> Response:
    """Show the form that opens a fund."""
    directory = await request.app.state.console.desk.directory()
    return act_page(request, _opening(directory), opening_answers())


def _opening(directory: Directory) -> ActPage:
    lead = "It holds no money until two people sign for some. The fund of a restricted gift opens by itself."
    return ActPage("Open a fund", opening_fields(directory), "/funds", (lead,))


async def prepare_opening(request: Request) -> Response:
    """Prepare the opening of a fund, and lead to the page that signs it."""
    console, answers = request.app.state.console, await given(request)
    try:
        fund_id = _valid(said(answers, "fund").upper())
        act = await read_act(console, request.state.reader, FundOpened, opening_content(answers))
        return await _sign(console, await Funds(console.desk.reader).read(fund_id), act)
    except (BadInput, Refused) as fault:
        return act_page(request, _opening(await console.desk.directory()), answers, fault)


def _valid(fund_id: str) -> str:
    try:
        return _FUND_ID.validate_python(fund_id)
    except ValidationError:
        raise BadInput("fund: write FD- and then capitals, digits and hyphens, such as FD-2026-CONNECT") from None


async def change_form(request: Request) -> Response:
    """Show the form that asks for a change of a fund's money."""
    console: Console = request.app.state.console
    fund, form = await _found(console, request), BY_SLUG.get(request.path_params["change"])
    if fund is None or form is None or form not in offered(fund):
        return problem(request, 404, "this cannot be asked of this fund; its page shows what can")
    return await _shown(request, fund, form, {})


async def prepare_change(request: Request) -> Response:
    """Prepare a change of a fund's money, and lead to the page that signs it."""
    console: Console = request.app.state.console
    fund, form = await _found(console, request), BY_SLUG.get(request.path_params["change"])
    if fund is None or form is None:
        return problem(request, 404, "this cannot be asked of this fund; its page shows what can")
    answers = await given(request)
    try:
        content = {"change": form.change(fund, answers), "reason": said(answers, "reason")}
        return await _sign(console, fund, await read_act(console, request.state.reader, FundChangeAsked, content))
    except (BadInput, Refused) as fault:
        return await _shown(request, fund, form, answers, fault)


async def _shown(
    request: Request, fund: Fund, form: FundForm, answers: Typed, fault: Exception | None = None
) -> Response:
    console: Console = request.app.state.console
    documents = await ReadModel(console.desk.ledger, FUNDS.name).documents()
    others = funds_in(document for _, document in documents)
    fields: tuple[Field, ...] = await with_funds(console, form, fund, others)
    lead = (stands(fund, NamesInWords(await console.desk.directory())), form.lead, "A director confirms it.")
    shown = ActPage(f"{form.words}: {fund.name}", fields, f"/funds/{fund.fund_id}", tuple(filter(None, lead)))
    return act_page(request, shown, {name: list(texts) for name, texts in answers.items()}, fault)


async def prepare_confirmation(request: Request) -> Response:
    """Prepare the confirmation of a change that another person asked for, and lead to the page that signs it."""
    console: Console = request.app.state.console
    fund = await _found(console, request)
    try:
        change_id = UUID(request.path_params["request"])
    except ValueError:
        fund = None
    if fund is None:
        return problem(request, 404, "no such change waits; the fund's page shows those that do")
    act = await read_act(console, request.state.reader, FundChangeConfirmed, {"change_id": change_id})
    return await _sign(console, fund, act)


async def _sign(console: Console, fund: Fund, act: Any) -> Response:
    """Lead to the page that signs an act on a fund. Raises Refused if the fund does not take it as things stand."""
    if fault := await fault_on_fund(console, fund, act):
        raise Refused(str(fault), "FundsShort")
    return await to_sign(console, await waiting_act(console, act, fund.fund_id))
