"""`accord demo`: run invented partnerships on a complete stack of real servers, on this machine."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, NamedTuple

import typer
from rich.live import Live

from accord.cli.installation.demo_gift import DonorsPage, donors_page, words_on_the_gift
from accord.cli.installation.demo_money import MoneySeen, money_seen, words_on_money
from accord.cli.installation.demo_publications import PublishedFolder, publish_all, words_on_publications
from accord.cli.installation.demo_words import (
    closing_words,
    grant_that_stands,
    pages,
    words_on_the_door,
    words_on_the_grant,
)
from accord.cli.installation.stack import supervise_until
from accord.cli.options import run
from accord.cli.printing.output import out
from accord.cli.printing.partnerships import portfolio_table
from accord.client.desk import Desk, open_desk
from accord.client.door.inbox import InboxLine, inbox_lines
from accord.demo.before import bring_in_before
from accord.demo.budgeted import GRANT, TOLD
from accord.demo.by_link import BY_LINK
from accord.demo.cases.case import SMALL_BUDGET, Case, reference, small_budget
from accord.demo.cases.every_kind import CASES
from accord.demo.counterparty import BANK_SECONDS, OPENING_BALANCE, DemoBank, Desks
from accord.demo.house import HOUSE, TO_BE_PAID, first_free_number
from accord.demo.money.night import furnish_key
from accord.demo.money.scenes import MONEY, TAKEN_BACK, end_what_was_taken_back
from accord.demo.money.second_bank import SecondBank
from accord.demo.money.terms import record_payee, set_terms
from accord.demo.sample import furnish, load_sample_registers, open_budget, sample_iban
from accord.demo.steps import PROPOSER, OtherCounter, Steps
from accord.demo.writing import choose_mail, furnish_letters_and_mail, put_in_force, until_mailed
from accord.operations.embedding import make_stack, started
from accord.presentation.faults import BadInput, Refused
from accord.presentation.numbers import count_in_words
from deploy.logins import Login
from deploy.settings import StackState, data_folder
from domain.grants import fund_of_gift
from domain.partnership.state import Partnership
from registers.sources.catalogue import REGISTERS

if TYPE_CHECKING:
    from deploy.embedded.bank import Bank

REFRESH_SECONDS: Final = 0.25
RETURN_DAYS: Final = 2


def demo(
    once: Annotated[bool, typer.Option("--once", help="Stop the stack at the end, rather than leave it up.")] = False,
) -> None:
    """Start everything on this machine, run twenty-five invented partnerships to their ends, and leave eleven open.

    The stack then stays up until Ctrl-C: open the Temporal UI, and try the commands that are shown.
    """
    run(_demo(once))


async def _demo(once: bool) -> None:
    from deploy.embedded.bank import Bank

    folder = data_folder()
    furnish_letters_and_mail(folder)
    furnish_key(folder)
    stack, stop = make_stack(folder), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    bank = Bank(folder / "bank", states=True)
    out.print("Starting PostgreSQL, Temporal, a worker and two banks ...")
    keeper, is_played = asyncio.create_task(_nothing()), False
    try:
        await started(stack)
        keeper = asyncio.create_task(stack.supervise())
        await asyncio.to_thread(bank.start)
        out.print(pages(stack.state), soft_wrap=True)
        out.print(f"Metrics: {stack.state.metrics_url}   State and logs: {folder}", soft_wrap=True)
        async with (
            open_desk(acting=True) as staff,
            open_desk(Login.LOADER) as loader,
            open_desk(Login.EXPORTER, acting=True) as exporter,
            open_desk(Login.IMPORTER, acting=True) as importer,
            open_desk(Login.SIGNER) as signer,
            open_desk(Login.ATTESTER) as attester,
        ):
            desks = Desks(staff, loader, exporter, importer, signer, attester)
            partnerships = await _interruptible(_play(desks, bank, folder), stop)
            result = await _result_of(desks, partnerships, folder) if partnerships is not None else None
        if result is not None:
            _print_result(result, stack.state, folder, once)
        is_played = True
    finally:
        keeper.cancel()
        await asyncio.to_thread(bank.stop)
        if once or stop.is_set() or not is_played:  # a fault, too, leaves no server behind
            await asyncio.to_thread(stack.stop)
    if not once and not stop.is_set():
        await supervise_until(stack, stop)


class _Result(NamedTuple):
    """What a whole run of the demo leaves to be shown."""

    partnerships: list[Partnership]
    portfolio: list[Partnership]
    waiting: Sequence[InboxLine]
    money: MoneySeen
    page: DonorsPage | None
    published: list[PublishedFolder]


async def _result_of(desks: Desks, partnerships: list[Partnership], folder: Path) -> _Result:
    staff = desks.staff
    portfolio, waiting = await staff.portfolio(), await inbox_lines(staff)
    money = await money_seen(desks, folder)
    page = await donors_page(staff, portfolio, folder)
    return _Result(partnerships, portfolio, waiting, money, page, await publish_all(staff, folder))


def _print_result(result: _Result, state: StackState, folder: Path, once: bool) -> None:
    closing_words(result.partnerships, state, once)
    words_on_money(result.money, result.portfolio, state, folder)
    words_on_publications(result.published)
    words_on_the_grant(grant_that_stands(result.portfolio, GRANT.number), state, folder)
    words_on_the_door(grant_that_stands(result.portfolio, BY_LINK.number), result.waiting, state)
    words_on_the_gift(result.page, folder)
    if not once:
        out.print("\nThe stack stays up. Ctrl-C stops it.")


async def _nothing() -> None:
    return None


async def _interruptible(work: object, stop: asyncio.Event) -> list[Partnership] | None:
    """Return the result of the work, or None if `stop` is set first (Ctrl-C). Recorded events remain."""
    playing = asyncio.ensure_future(work)  # type: ignore[call-overload]
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({playing, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if playing.done():
        stopping.cancel()
        return list(playing.result())
    playing.cancel()
    return None


async def _play(desks: Desks, bank: Bank, folder: Path) -> list[Partnership]:
    """Load the sample data, run all cases concurrently to their ends, and return the partnerships."""
    await _load_registers(desks.loader)
    desk = desks.staff
    accounts = await furnish(desk)
    _open_bank_accounts(bank)
    first = await first_free_number(desk)
    await set_terms(desk)
    accounts["springfield"] = await record_payee(desk)
    await open_budget(desk, small_budget(first), "Small grants", SMALL_BUDGET)
    second = SecondBank(folder / "bank" / "second", sample_iban("sample-pf"), OPENING_BALANCE)
    counterparty = DemoBank(desks, bank, second, folder / "bank", accounts)
    await choose_mail(desk)
    await counterparty.finish_imports()
    await counterparty.begin_day()
    cases = CASES if _stands(await desk.portfolio()) else (*CASES, *MONEY, *HOUSE)
    ids, closing = [case.proposed(first).reference for case in cases], asyncio.Event()
    try:
        async with asyncio.TaskGroup() as group:  # what ends the bank's rounds ends the demo, and is told
            group.create_task(_bank_days(counterparty, closing))
            group.create_task(put_in_force(desk))
            group.create_task(bring_in_before(desk))
            lives = [group.create_task(_live(desk, counterparty, case, first)) for case in cases]
            await _watch(desk, ids, lives)
            closing.set()
    except ExceptionGroup as faults:
        raise _the_first_of(faults, first) from faults
    if cases is not CASES:
        await _leave_to_people(_steps(desk, counterparty, reference(first, TO_BE_PAID)), counterparty)
    await counterparty.end_day()
    if any(case.number == TAKEN_BACK for case in cases):
        await end_what_was_taken_back(_steps(desk, counterparty, reference(first, TAKEN_BACK)))
    if GRANT in cases:
        await until_mailed(desk, reference(first, GRANT.number), *TOLD)
    return await _these(desk, ids)


def _stands(portfolio: list[Partnership]) -> bool:
    """True if an earlier run left partnerships open. One that was cut off did not: the last thing is a release."""
    numbers = {int(partnership.partnership_id.rpartition("-")[2]): partnership for partnership in portfolio}
    left = {
        number // 100
        for number, partnership in numbers.items()
        if number % 100 == TO_BE_PAID and partnership.tranches[0].attempt
    }
    house = {first * 100 + case.number for first in left for case in HOUSE}
    return any(number in house and not partnership.ended for number, partnership in numbers.items())


def _steps(desk: Desk, bank: DemoBank, partnership_id: str) -> Steps:
    return Steps(desk, bank, partnership_id, OtherCounter(bank.second, bank.importer))


async def _leave_to_people(steps: Steps, bank: DemoBank) -> None:
    """Leave an exception of the bank's to resolve, and a payment to hand over."""
    await bank.stranger_pays()
    await steps.release(1)
    await bank.make_file()


def _the_first_of(faults: ExceptionGroup, first: int) -> Exception:
    """Return the fault that ended the demo. A refusal names earlier runs on the same folder as a possible reason."""
    fault = faults.exceptions[0]
    if isinstance(fault, Refused) and first:
        elsewhere = "ACCORD_DATA=.accord-demo accord demo"
        return Refused(f"{fault}. Earlier runs on this folder may be why; run on another one: {elsewhere}", fault.kind)
    return fault


async def _live(desk: Desk, bank: DemoBank, case: Case, first: int) -> None:
    proposal = case.proposed(first)
    steps = _steps(desk, bank, proposal.reference)
    await _until_its_turn(desk, bank, case, first)
    await desk.propose(proposal, PROPOSER)
    await case.life(steps)
    if case not in HOUSE and case.number != TAKEN_BACK:
        await steps.until_ended()


async def _until_its_turn(desk: Desk, bank: DemoBank, case: Case, first: int) -> None:
    """Wait for the gift that pays for a case to come in, and for the case before it to be approved."""
    if case.gift:
        await Steps(desk, bank, reference(first, case.gift)).until_funded(fund_of_gift(reference(first, case.gift)))
    if case.after:
        while not await _is_approved(desk, reference(first, case.after)):
            await asyncio.sleep(REFRESH_SECONDS)


async def _is_approved(desk: Desk, partnership_id: str) -> bool:
    partnership = await desk.partnership(partnership_id)
    return partnership is not None and partnership.quorum_completed_at is not None


async def _bank_days(bank: DemoBank, closing: asyncio.Event) -> None:
    """Run rounds of the bank until it closes. The last one is run to its end."""
    while not closing.is_set():
        await bank.round()
        await asyncio.sleep(BANK_SECONDS)


async def _watch(desk: Desk, ids: list[str], lives: list[asyncio.Task[None]]) -> None:
    """Show the partnerships until all `lives` are done: a live table on a terminal, a line per change elsewhere."""
    stages: dict[str, str] = {}
    with Live(console=out, refresh_per_second=4, transient=True) as live:
        while not all(life.done() for life in lives):
            portfolio = await _these(desk, ids)
            if out.is_terminal:
                end_count = sum(partnership.ended for partnership in portfolio)
                live.update(portfolio_table(portfolio, f"{end_count} of {len(lives)} at their ends"))
            else:
                _say_changes(portfolio, stages)
            await asyncio.sleep(REFRESH_SECONDS)


def _say_changes(portfolio: list[Partnership], stages: dict[str, str]) -> None:
    for partnership in portfolio:
        if stages.get(partnership.partnership_id) != partnership.stage.value:
            stages[partnership.partnership_id] = partnership.stage.value
            out.print(f"{partnership.partnership_id} {partnership.stage.value}")


async def _these(desk: Desk, ids: list[str]) -> list[Partnership]:
    return [partnership for partnership in await desk.portfolio() if partnership.partnership_id in ids]


async def _load_registers(desk: Desk) -> None:
    for report in await load_sample_registers(desk.pool):
        if report.refused:
            raise BadInput(
                f"this data folder holds real registers ({report.register}: {report.note}); "
                "run the demo on another one, such as: ACCORD_DATA=.accord-demo accord demo"
            )
        out.print(
            f"Register: {REGISTERS[report.register].title} (invented sample), {count_in_words(report.row_count, 'row')}"
        )


def _cents(amount: str) -> int:
    return int(Decimal(amount) * 100)


def _open_bank_accounts(bank: Bank) -> None:
    """Open two funders' accounts, one with payments that are returned later, and a payee's account that is closed."""
    bank.open_account("ISOC", sample_iban("isoc"), balance=_cents(OPENING_BALANCE))
    later: dict[str, Any] = {"behaviour": "return-later", "parameters": {"days": RETURN_DAYS}}
    bank.open_account("FOUNDATION", sample_iban("isoc-foundation"), balance=_cents(OPENING_BALANCE), **later)
    bank.open_account("HARBOR", sample_iban("harbor"), closed=True)


def register(app: typer.Typer) -> None:
    """Add the command of this module to `accord`."""
    app.command()(demo)
