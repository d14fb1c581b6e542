"""The counter's first page: payments that are ready to leave, by the account that pays, and those kept back."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import NamedTuple
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from accord.audit.authorisation import PrePaymentCheck
from accord.counter.checking import Checked, check_all
from accord.counter.pages.errands.errands import MakeFile
from accord.counter.pages.errands.leaving import file_ahead
from accord.counter.pages.errands.words import account_in_words, total_in_words
from accord.counter.pages.files import made, may_hand_over, to_take
from accord.counter.pages.preparing import lead_to_signing
from accord.counter.pages.sheets import open_sheets
from accord.counter.pages.site import CounterSite
from accord.counter.payment_files import waiting_payments
from accord.presentation.faults import BadInput
from accord.presentation.refusals import refusal_in_words
from accord.presentation.words.days import day_in_words
from accord.presentation.words.values import NamesInWords, money_in_words
from accord.web.pages import page
from deploy.logins import Login
from payments.out.files import batch_key
from payments.out.instructions import Instruction


class ReadyPayment(NamedTuple):
    """A payment that may leave, or that is kept back."""

    payment_id: UUID
    partnership_id: str
    number: int
    payee: str
    """The payee, with the last digits of their account."""
    money: str
    ordered_on: date
    kept_back: str
    """Why it goes into no file now, or ''."""


class FileAhead(NamedTuple):
    """Payments that go into one file: of one account, one currency and one day."""

    account: str
    day: str
    total: str
    payments: list[ReadyPayment]


async def show(request: Request) -> Response:
    """Show what is ready to leave, file by file, and what is kept back, with the reason."""
    site: CounterSite = request.app.state.site
    desk = site.desk_of(Login.EXPORTER, client=False)
    async with desk.pool.acquire() as connection:
        rows = await waiting_payments(desk, connection)
    checks = [check for check in await check_all(desk, PrePaymentCheck(desk.ledger), rows) if not check.ended]
    await site.looked_at(request.state.reader, "payments that are ready")
    names = NamesInWords(await site.desk.directory())
    kept_back = [await _payment(site, check, names) for check in checks if check.verdict.reason and check.instruction]
    waiting, may = await made(site), await may_hand_over(site, request.state.reader)
    second = [line for line in waiting if may and line.first and line.first_id != request.state.reader]
    content = {
        "files": await _files(site, checks, names),
        "kept_back": kept_back,
        "second": second,
        "made": [line for line in waiting if line not in second],
        "to_take": await to_take(site),
        "sheets": await open_sheets(site),
    }
    return page(request, "ready.html", content)


async def _files(site: CounterSite, checks: list[Checked], names: NamesInWords) -> list[FileAhead]:
    groups = defaultdict[tuple[str, str, str, str], list[Checked]](list)
    for check in checks:
        if (payment := check.instruction) is not None and not check.verdict.reason:
            groups[batch_key(payment)].append(check)
    return [await _file(site, group, names) for _, group in sorted(groups.items())]


async def _file(site: CounterSite, group: list[Checked], names: NamesInWords) -> FileAhead:
    payments = [check.instruction for check in group if check.instruction is not None]
    debtor = payments[0]
    account = f"{debtor.debtor_name}{await account_in_words(site.desk.pool, debtor.debtor_account.reference)}"
    rows = [await _payment(site, check, names) for check in group]
    return FileAhead(account, day_in_words(debtor.execution_on), total_in_words(payments), rows)


async def _payment(site: CounterSite, check: Checked, names: NamesInWords) -> ReadyPayment:
    payment: Instruction | None = check.instruction
    if payment is None:
        raise ValueError(f"{check.name} cannot be read")
    account = await account_in_words(site.desk.pool, payment.creditor_account.reference)
    return ReadyPayment(
        payment.payment_id,
        payment.partnership_id,
        payment.tranche,
        f"{payment.creditor_name}{account}",
        money_in_words(payment.money),
        payment.ordered_at.date(),
        refusal_in_words(check.verdict.reason, names) if check.verdict.reason else "",
    )


async def make(request: Request) -> Response:
    """Prepare the file of the payments that were ticked."""
    site: CounterSite = request.app.state.site
    form = await request.form()
    try:
        chosen = tuple(UUID(str(text)) for text in form.getlist("payment"))
    except ValueError as fault:
        raise BadInput("payments: open the page anew and tick them there") from fault
    file = await file_ahead(site, chosen, request.state.reader)
    return await lead_to_signing(request, MakeFile(payments=tuple(payment.payment_id for payment in file.payments)))
