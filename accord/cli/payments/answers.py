"""Shell commands on the bank's answers: import its files, and make a sample of one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from accord.cli.options import ActorOption, JsonOption, run
from accord.cli.payments.csv_files import print_csv_imports
from accord.cli.payments.files_out import MessageArgument, content_of
from accord.cli.printing.output import out, print_json, rows_table
from accord.client.desk import open_desk
from accord.client.waiting.left_open import left_open
from accord.counter.bank_import import Import, finish_interrupted_imports, import_file, require_days_that_were
from accord.presentation.faults import BadInput
from deploy.logins import Login
from domain.payment.account_numbers import masked
from domain.payment.payment_file import FileStatus
from ledger import clock
from payments.answers.account_statements import in_words
from payments.answers.messages import UnreadableMessage, read_message
from payments.answers.sample_answer import settled_answer
from payments.answers.sights import sight_in_words
from payments.out.files import StoredFile, stored_file


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
            require_days_that_were(name, content)
        except UnreadableMessage as fault:
            hint = ". A bank's own CSV is imported with --account BA-..." if name.lower().endswith(".csv") else ""
            raise BadInput(f"{fault}; nothing of it was recorded{hint}") from fault

    async def work() -> tuple[list[Import], tuple[str, ...]]:
        async with open_desk(Login.IMPORTER, hinting=True) as desk:
            before = await finish_interrupted_imports(desk)
            imports = [*before, *[await import_file(desk, name, content, actor) for name, content in contents]]
            return imports, await left_open(desk, [taken for each in imports for taken in each.statements])

    return _print_imports(*run(work()), as_json)


def _print_imports(imports: list[Import], open_words: tuple[str, ...], as_json: bool) -> None:
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
                "left_open": open_words,
                "sights": sights,
                "recalls": [recall.as_json for recall in recalls],
            }
        )
    for statement in statements:
        out.print(f"Statement of {statement}.", markup=False, soft_wrap=True)
    for words in open_words:
        out.print(words, markup=False, soft_wrap=True)
    for sight in sights:
        out.print(f"Seen: {sight}.", markup=False, soft_wrap=True)
    for recall in recalls:
        out.print(f"Recall: {recall.words}.", markup=False, soft_wrap=True)
    rows = [(a.partnership_id, a.tranche or "-", a.status.value, a.money, a.reason or a.code) for a in answers]
    if rows:
        out.print(rows_table(("Partnership", "Tranche", "The bank says", "Amount", "Reason"), rows))
    of_what = "Of payments and gifts: " if statements else ""  # an entry that is no partnership's is in none of them
    heard = len(answers) + len(recalls)
    out.print(f"{of_what}{heard} new, {known_count} known before, {len(waiting)} for a person.")
    for person in waiting:
        out.print(f"For a person: {person.exception} ({person.kind}): {person.reason}", markup=False, soft_wrap=True)
    if waiting:
        out.print("Next: `accord payments exceptions`, and `accord payments resolve`.")
    return None


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
    app.command("import")(import_answers)
    app.command("sample-answer")(make_sample_answer)
