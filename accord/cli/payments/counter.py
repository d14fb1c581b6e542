"""Shell commands on payments: record accounts, make and hand over payment files, import the bank's answers."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from pydantic import ValidationError

from accord.cli.options import ActorOption, FileArgument, IdArgument, JsonOption, run
from accord.cli.payments.csv_files import print_csv_imports
from accord.cli.payments.files_out import MessageArgument, content_of
from accord.cli.printing.fitting import Heading
from accord.cli.printing.output import err, out, print_json, rows_table
from accord.client.desk import Desk, open_desk
from accord.client.waiting.open_exceptions import listed_exceptions
from accord.client.waiting.unanswered import Unanswered, unanswered
from accord.counter.account.balances import balance_of, record_balance
from accord.counter.bank_import import Import, finish_interrupted_imports, import_file
from accord.counter.exceptions import Resolved, resolve
from accord.counter.resolutions import PaymentReference
from accord.counter.stated.raising import exception_to_resolve
from accord.organisation.account_changes import AccountChange, begin_change
from accord.organisation.governance import confirm_account, vouch
from accord.organisation.holders import require_holder
from accord.presentation.called_numbers import place_from
from accord.presentation.faults import BadInput
from accord.presentation.input_files import read_file
from deploy.logins import Login
from domain.parties import AccountReference
from domain.payment.account import AccountStanding, BalanceRecorded
from domain.payment.account_numbers import masked
from domain.payment.bank_answers import Resolution
from domain.payment.payment_file import FileStatus
from domain.values import Money
from ledger import clock
from payments.accounts import AccountDetails, UnknownAccount, banks_of, find_account, record_account, reference_of
from payments.answers.account_statements import in_words
from payments.answers.exceptions import RaisedException
from payments.answers.messages import UnreadableMessage, read_message
from payments.answers.sample_answer import settled_answer
from payments.answers.sights import sight_in_words
from payments.out.files import StoredFile, stored_file

_EXCEPTIONS: Final = ("Exception", Heading("Raised", 2), Heading("Kind", 1), "Partnership", "The bank says", "Why")


def record_bank_account(
    file: FileArgument,
    actor: ActorOption,
    owner: Annotated[str, typer.Option("--of", help="The partnership whose payee owns it, or the funder.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Record a bank account and print its reference. The details are stored in a table of their own.

    With --of, the holder is compared with the owner's name first. Without it, that is done when an agreement names it.

    Example: accord payments account payee-account.toml --of P-2026-0001 --as vera.lind
    """
    details = read_file(file, AccountDetails)

    async def work() -> AccountReference:
        async with open_desk() as desk:
            if owner:
                await require_holder(desk, details, owner)
            reference = reference_of(details)
            await vouch(desk, reference, actor)
            async with desk.pool.acquire() as connection:
                return await record_account(connection, details, actor)

    reference = run(work())
    if not banks_of(details):
        err.print(f"No directory names the bank {details.bic}: it is screened only where the file has its name (bank).")
    if as_json:
        return print_json(reference)
    out.print(f"Recorded as [bold]{reference.reference}[/bold]. Next, by another person who calls back:")
    return out.print(
        f'  accord payments confirm {reference.reference} --as STAFF --note "whom by their role, on which number"'
    )


def change_account(
    partnership: IdArgument, file: FileArgument, actor: ActorOption, as_json: JsonOption = False
) -> None:
    """Begin a change of the payee's bank details: hold the partnership, and record the new ones.

    What is left is for others: to call back, to sign the agreement again, to approve as finance, and to lift the hold.
    Nothing is paid before the organisation's cooling-off time is over.

    Example: accord payments change-account P-2026-0042 new-account.toml --as vera.lind
    """
    details = read_file(file, AccountDetails)

    async def work() -> AccountChange:
        async with open_desk(acting=True) as desk:
            return await begin_change(desk, partnership, details, actor)

    change = run(work())
    if as_json:
        return print_json(change)
    reference, hold_state = change.account.reference, "is on hold now" if change.held else "stays on hold"
    for number in change.at_the_bank:
        out.print(
            f"The payment of tranche {number} left for the old account: ask the bank to recall it, and import its "
            "answer."
        )
    out.print(f"Recorded as [bold]{reference}[/bold]; {partnership} {hold_state}. Next, each by another person:")
    for step in (
        *(f"payments cancel {partnership} --tranche {number} --as STAFF --reason REASON" for number in change.released),
        f'payments confirm {reference} --as STAFF --note "whom by their role, on which number"',
        f"sign-agreement {partnership} --account {reference} --as STAFF",
        f'lift {partnership} --as STAFF --reason "the new account was called back"',
        f"approve {partnership} --as STAFF --reason REASON   (finance)",
    ):
        out.print(f"  accord {step}", highlight=False)
    return out.print("Then the cooling-off time runs; `accord show` says until when.")


def balance(
    account: Annotated[str, typer.Argument(metavar="BA-...", help="A funder's own account.")],
    amount: Annotated[str, typer.Argument(metavar="AMOUNT", help="What stood there at the end of the day.")],
    currency: Annotated[str, typer.Option("--currency", help="Such as USD.")],
    on: Annotated[datetime, typer.Option("--on", formats=["%Y-%m-%d"], help="The day of the statement.")],
    statement: Annotated[str, typer.Option("--statement", help="The bank's own reference of it.")],
    actor: ActorOption,
    as_json: JsonOption = False,
) -> None:
    """Record the balance of a funder's account, by the bank's statement. A hand-over that exceeds it says so.

    Where the organisation's rules say so (`stop_without_balance`), such a file does not leave. The day is over at the
    bank (the rule `bank_offset`). What is recorded last counts: a slip is mended by recording the right balance.

    Example: accord payments balance BA-ABCDEFGHIJKL 120000.00 --currency USD --on 2026-11-26 --statement 2026/229
    --as femi.ade
    """
    content = {"amount": amount, "currency": currency, "on": on.date(), "statement": statement}

    async def work() -> tuple[BalanceRecorded | None, BalanceRecorded]:
        async with open_desk(acting=True) as desk:
            async with desk.pool.acquire() as connection:
                reference = await _known_account(connection, account)
            before = await balance_of(desk, reference.reference, currency)
            return before, await record_balance(desk, reference.reference, actor, **content)

    before, recorded_balance = run(work())
    if as_json:
        money = {"amount": str(recorded_balance.amount), "currency": recorded_balance.currency}
        return print_json(
            {
                "account": account,
                "balance": money,
                "on": str(recorded_balance.on),
                "statement": recorded_balance.statement,
            }
        )
    instead = f" It counts instead of {before.amount:,} on {before.on} ({before.statement})." if before else ""
    return out.print(
        f"{account} held {recorded_balance.currency} {recorded_balance.amount:,} on {recorded_balance.on} (statement"
        f" {recorded_balance.statement}).{instead}",
        markup=False,
    )


def confirm(
    account: Annotated[str, typer.Argument(metavar="BA-...", help="The account.")],
    actor: ActorOption,
    note: Annotated[str, typer.Option("--note", help="Whom you called, on a number not from the details.")],
    anew: Annotated[
        bool, typer.Option("--anew", help="Once more: the bank called the account wrong or closed.")
    ] = False,
    contact: Annotated[
        str | None, typer.Option("--contact", metavar="P-.../N", help="Whose number in which proposal you called.")
    ] = None,
    register: Annotated[
        str | None, typer.Option("--register", help="Or the register, with its version or day.")
    ] = None,
    number: Annotated[str | None, typer.Option("--number", help="The number that the register shows.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Confirm bank details after calling back. The person who recorded them may not confirm them.

    A funder's own account must be confirmed like a payee's; until then nothing is paid from it. Once the payee handed
    something in by link, say where the number stood: --contact, or --register and --number. A number that only came by
    link is refused.

    Example: accord payments confirm BA-ABCDEFGHIJKL --as noor.haddad --note "their treasurer" --contact P-2026-0042/1
    """
    partnership, _, place = (contact or "").partition("/")
    number_from = place_from(
        {"partnership": partnership, "contact": place, "register_entry": register, "number": number}
    )

    async def work() -> AccountStanding:
        async with open_desk() as desk:
            async with desk.pool.acquire() as connection:
                reference = await _known_account(connection, account)
            return await confirm_account(desk, reference, actor, note, anew, number_from)

    standing = run(work())
    if as_json:
        return print_json(standing)
    last = standing.called_back_last
    before = "" if last == actor else " already, so this call is not recorded; --anew records another one"
    verification = f"verified by {last}{before}"
    out.print(f"[bold]{account}[/bold] recorded by {standing.recorded_by}, {verification}.")
    return out.print("Next: name it when the agreement is signed.")


async def _known_account(connection: Any, reference: str) -> AccountReference:
    try:
        return await find_account(connection, reference)
    except UnknownAccount as fault:
        raise BadInput(str(fault)) from fault


def import_answers(
    actor: ActorOption,
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILE...]", help="pain.002, camt.029, camt.052 to camt.054 or BAI2 files."),
    ] = None,
    account: Annotated[
        str, typer.Option("--account", metavar="BA-...", help="The own account whose bank's CSV the files are.")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Import the bank's files under your signature. Each file is kept, and none of its entries is recorded twice.

    An import that was cut off is finished first; without a file, the command does only that.
    Example: accord payments import bank-answers/*.xml --as paul.nkosi
    Example: accord payments import november.csv --account BA-ABCDEFGHIJKL --as femi.ade
    """
    contents = [(file.name, content_of(file)) for file in files or ()]
    if account:
        return print_csv_imports(account, contents, actor, as_json)
    for name, content in contents:
        try:
            read_message(content, name)
        except UnreadableMessage as fault:
            hint = ". A bank's own CSV is imported with --account BA-..." if name.lower().endswith(".csv") else ""
            raise BadInput(f"{fault}; nothing of it was recorded{hint}") from fault

    async def work() -> list[Import]:
        async with open_desk(Login.IMPORTER, hinting=True) as desk:
            before = await finish_interrupted_imports(desk)
            return [*before, *[await import_file(desk, name, content, actor) for name, content in contents]]

    return _print_imports(run(work()), as_json)


def _print_imports(imports: list[Import], as_json: bool) -> None:
    answers = [
        answer.model_copy(update={"reason": masked(answer.reason)})
        for bank_import in imports
        for answer in bank_import.new
    ]
    waiting = [
        person._replace(reason=masked(person.reason)) for bank_import in imports for person in bank_import.for_a_person
    ]
    known_count = sum(bank_import.known for bank_import in imports)
    statements = [in_words(statement) for bank_import in imports for statement in bank_import.statements]
    sights = [sight_in_words(sight) for bank_import in imports for sight in bank_import.sights]
    recalls = [answer for bank_import in imports for answer in bank_import.recall_answers]
    if as_json:
        for_a_person = [person._asdict() for person in waiting]
        return print_json(
            {
                "new": answers,
                "known": known_count,
                "for_a_person": for_a_person,
                "statements": statements,
                "sights": sights,
                "recalls": [recall.as_json for recall in recalls],
            }
        )
    for statement in statements:
        out.print(f"Statement of {statement}.", markup=False, soft_wrap=True)
    for sight in sights:
        out.print(f"Seen: {sight}.", markup=False, soft_wrap=True)
    for recall in recalls:
        out.print(f"Recall: {recall.words}.", markup=False, soft_wrap=True)
    rows = [(a.partnership_id, a.tranche or "-", a.status.value, a.money, a.reason or a.code) for a in answers]
    if rows:
        out.print(rows_table(("Partnership", "Tranche", "The bank says", "Amount", "Reason"), rows))
    out.print(f"{len(answers) + len(recalls)} new, {known_count} known before, {len(waiting)} for a person.")
    for person in waiting:
        out.print(f"For a person: {person.exception} ({person.kind}): {person.reason}", markup=False, soft_wrap=True)
    if waiting:
        out.print("Next: `accord payments exceptions`, and `accord payments resolve`.")
    return None


def exceptions(
    everything: Annotated[bool, typer.Option("--all", help="Those that were resolved as well.")] = False,
    as_json: JsonOption = False,
) -> None:
    """List the exceptions: statements of the bank that could not be matched, each to be resolved by a person.

    So is a payment that was at the bank already when somebody told something that would have stopped it.
    Example: accord payments exceptions
    """

    async def work() -> tuple[list[RaisedException], list[Unanswered]]:
        async with open_desk() as desk:
            return await listed_exceptions(desk, everything), await unanswered(desk)

    raised_exceptions, waiting = run(work())
    open_truths = [open_truth for open_truth in waiting if open_truth.at_the_bank]
    if as_json:
        documents = [
            {**{k: str(v) for k, v in exception._asdict().items()}, "name": exception.name}
            for exception in raised_exceptions
        ]
        return print_json([*documents, *map(_told_as_json, open_truths)])
    if not raised_exceptions and not open_truths:
        return out.print("Nothing waits for a person.")
    for since in open_truths:
        words = f"{since.truth.name}  {since.partnership_id}: {since.exception()}: `{since.command}`"
        out.print(words, markup=False, soft_wrap=True)
    if not raised_exceptions:
        return None
    rows = [
        (
            exception.name,
            f"{exception.raised_at:%Y-%m-%d}",
            exception.kind.value,
            exception.partnership or "-",
            exception.content,
            exception.reason,
        )
        for exception in raised_exceptions
    ]
    out.print(rows_table(_EXCEPTIONS, rows))
    for raised_exception in raised_exceptions:
        if raised_exception.next_step:
            out.print(f"Next for {raised_exception.name}: {raised_exception.next_step}", markup=False, soft_wrap=True)
    return None


def _told_as_json(open_truth: Unanswered) -> dict[str, str]:
    about = {"name": open_truth.truth.name, "kind": "TOLD_SINCE", "partnership": open_truth.partnership_id}
    return {
        **about,
        "reason": open_truth.exception(),
        "raised_at": str(open_truth.truth.at),
        "next_step": f"`{open_truth.command}`",
    }


def resolve_exception(
    exception: Annotated[str, typer.Argument(metavar="EX-...", help="The exception, or the beginning of its name.")],
    kind: Annotated[Resolution, typer.Option("--kind", help="What it was.")],
    note: Annotated[str, typer.Option("--note", help="How you know, for those who read it years later.")],
    actor: ActorOption,
    partnership_id: Annotated[str, typer.Option("--partnership", help="Whose it is, for belongs-to.")] = "",
    tranche: Annotated[int, typer.Option("--tranche", min=0, help="Of which payment, for belongs-to.")] = 0,
    attempt: Annotated[int, typer.Option("--attempt", min=0, help="Of which attempt; the newest without it.")] = 0,
    word: Annotated[
        Path | None, typer.Option("--word", metavar="FILE", help="The bank's letter, for nothing-booked; it is kept.")
    ] = None,
    booked: Annotated[
        str, typer.Option("--booked", help='For booked-with-difference: what the bank booked, such as "USD 30025.00".')
    ] = "",
    back: Annotated[
        str,
        typer.Option(
            "--came-back",
            help="Of an exchanged payment that came back: how much of it, in its own currency. By the rate of its "
            "booking without this.",
        ),
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Record under your signature what an exception, or an open entry of a statement, was. The totals change.

    belongs-to: the bank's statement counts, for the payment named; of a booking in another currency two say so, as with
    booked-with-difference. told-before: it repeats one that is known.
    returned-to-sender, bank-error, ours: it does not count; what a blocked person sent is not sent back, but lies in a
    blocked account (blocked-account). nothing-booked: a rejected payment ended unpaid, by the
    bank's letter, at the earliest two business days after its execution day. booked-with-difference: the bank booked
    it with its charges or in another currency, and it counts at the instructed sum; what was exchanged and came back
    counts at the sum of its own currency that is back. Two people sign these two, and
    what makes money payable again or counts it as received; neither may have released, made, handed over or imported
    it.

    Example: accord payments resolve EX-1A2B3C4D5E --kind bank-error --note "reversed on 3 December" --as femi.ade
    """

    async def work() -> Resolved:
        async with open_desk(Login.IMPORTER, hinting=True) as desk:
            raised_exception = await exception_to_resolve(desk, exception, actor)
            belongs = PaymentReference(partnership_id, tranche, attempt or await _newest(desk, partnership_id, tranche))
            letter = (word.name, content_of(word)) if word is not None else None
            sums = _money(booked), _money(back)
            return await resolve(desk, raised_exception, kind, belongs, note, actor, letter, *sums)

    outcome = run(work())
    if as_json:
        return print_json({"exception": outcome.exception.name, "waits_for_second": outcome.waits_for_second})
    kind = outcome.resolution
    if outcome.told:
        out.print(outcome.told, markup=False, soft_wrap=True)
    if outcome.waits_for_second:
        out.print(f"Signed by {actor}. It counts once another person says the same:")
        return out.print(f"  accord payments resolve {outcome.exception.name} --kind {kind.value} ... --as STAFF")
    return out.print(f"{outcome.exception.name} is resolved: {kind.value}.")


def _money(text: str) -> Money | None:
    """Return a sum that was typed as CURRENCY AMOUNT, or None where nothing was."""
    if not text:
        return None
    currency, _, amount = text.strip().partition(" ")
    try:
        return Money.model_validate({"amount": amount.strip(), "currency": currency})
    except ValidationError:
        raise BadInput(f'{text[:40]!r} is no sum; write it as "USD 30025.00"') from None


async def _newest(desk: Desk, partnership_id: str, tranche: int) -> int:
    if not partnership_id or not tranche:
        return 0
    progress = (await desk.known_partnership(partnership_id)).tranche(tranche)
    return progress.attempt if progress is not None else 0


def make_sample_answer(
    message: MessageArgument,
    file: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the sample goes.")],
) -> None:
    """Write an invented bank answer (camt.054) that settles a payment file as of now, for trials without a bank.

    Example: accord payments sample-answer ACCMYT53... --out settled.camt.054.xml
    """

    async def work() -> StoredFile | None:
        async with open_desk(Login.EXPORTER) as desk, desk.pool.acquire() as connection:
            return await stored_file(connection, message)

    payment_file = run(work())
    if payment_file is None or payment_file.status is not FileStatus.HANDED_OVER:
        raise BadInput(
            f"{message[:40]!r} was not handed over, so no bank can answer on it; see `accord payments files`"
        )
    try:
        file.write_bytes(settled_answer(payment_file.content, clock.now()))
    except OSError as fault:
        raise BadInput(f"{file} cannot be written: {fault.strerror}") from None
    out.print(f"An invented answer, dated now: {file}. Next: accord payments import {file} --as STAFF", soft_wrap=True)


def register(app: typer.Typer) -> None:
    """Add these commands to those on payments."""
    app.command("account")(record_bank_account)
    app.command("change-account")(change_account)
    app.command()(balance)
    app.command()(confirm)
    app.command("import")(import_answers)
    app.command()(exceptions)
    app.command("resolve")(resolve_exception)
    app.command("sample-answer")(make_sample_answer)
