"""The part of `accord payments import` that imports a bank's own CSV for an account."""

from __future__ import annotations

from collections.abc import Sequence

from accord.cli.options import run
from accord.cli.printing.output import out, print_json
from accord.client.desk import open_desk
from accord.counter.statements.csv_import import CsvImport, import_csv
from accord.presentation.faults import BadInput
from accord.presentation.numbers import count_in_words
from deploy.logins import Login
from domain.payment.bank_answers import BankAnswer
from payments.answers.account_statements import in_words


def print_csv_imports(account: str, contents: Sequence[tuple[str, bytes]], actor: str, as_json: bool) -> None:
    """Import the CSV files of an account, and print the statements in them."""
    if not contents:
        raise BadInput("--account: name the bank's CSV of it too")

    async def work() -> list[CsvImport]:
        async with open_desk(Login.IMPORTER, hinting=True) as desk:
            return [await import_csv(desk, name, content, account, actor) for name, content in contents]

    imports = run(work())
    if as_json:
        return print_json([_as_json(csv_import) for csv_import in imports])
    for csv_import in imports:
        for statement in csv_import.statements:
            out.print(f"Statement of {in_words(statement)}.", markup=False, soft_wrap=True)
        days = count_in_words(len(csv_import.statements), "day")
        note = " The rows of days that are not over at the bank were left out." if csv_import.left_out else ""
        out.print(f"{days}, read by mapping {csv_import.mapping.sha256[:12]}.{note}", markup=False, soft_wrap=True)
        for answer in csv_import.heard.new:
            out.print(f"{_in_words(answer)}.", markup=False, soft_wrap=True)
    return None


def _as_json(csv_import: CsvImport) -> dict[str, object]:
    statements = [in_words(statement) for statement in csv_import.statements]
    return {
        "mapping": csv_import.mapping.sha256,
        "statements": statements,
        "days_left_out": csv_import.left_out,
        "new": csv_import.heard.new,
    }


def _in_words(answer: BankAnswer) -> str:
    return f"{answer.partnership_id} tranche {answer.tranche}: {answer.status.value.lower()}, {answer.money}"
