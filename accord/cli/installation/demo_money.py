"""The demo's view of money: a statement with each entry explained, the trial balance, and the day's line."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final, NamedTuple

from accord.cli.books.lists import book_table
from accord.cli.installation.demo_words import called, grant_that_stands
from accord.cli.payments.entries import print_entries
from accord.cli.printing.output import out
from accord.cli.proof.attesting import print_findings
from accord.client.waiting.stated_entries import ExplainedAccount
from accord.demo.counterparty import Desks
from accord.demo.money.night import sign_the_day, statement_of
from accord.demo.money.scenes import FUNDER
from accord.operations.attesting.log import Attested
from accord.presentation.books import tables
from deploy.embedded.programs import CHECKPOINTS, LOG_KEY
from deploy.settings import StackState
from domain.books import statements as s
from domain.directory.chart import chart_of
from domain.partnership.state import Partnership
from ledger import clock
from records.books.reading import Books
from records.read_models.as_of import LedgerAsOf

_SCENES: Final = {
    23: "was paid EUR 8,000.00 from its account in dollars, at the bank's rate and with its charge",
    24: "was paid USD 6,000.00, which came back less a fee, a charge of the bank in the book, and was paid again",
    25: "gave USD 4,000.00, which its bank took back: the fund has none of it, and two said where it went",
}
"""The cases of `accord.demo.money.scenes`, with what happened."""


class MoneySeen(NamedTuple):
    """The standing of money at the end of the demo's day."""

    account: ExplainedAccount
    rows: tables.Rows
    """Its trial balance."""
    attested: Attested


async def money_seen(desks: Desks, folder: Path) -> MoneySeen:
    """Sign the line of the day, and return it with what stands on the private foundation's account and in its book."""
    account = await statement_of(desks.importer, FUNDER)
    view = await Books(desks.staff.reader).as_of(LedgerAsOf(), clock.today())
    lines = [line for line in s.trial_balance(view.book, view.on) if line.funder == FUNDER]
    rows = tables.trial_rows(lines, chart_of(view.rules))
    attested = await sign_the_day(desks.signer, desks.attester, folder)
    return MoneySeen(account, rows, attested)


def words_on_money(seen: MoneySeen, portfolio: list[Partnership], stack: StackState, folder: Path) -> None:
    """Print the statement's entries with their explanations, the trial balance, and the line of the day."""
    out.print(f"\nMoney that did not go as planned, on the account of {FUNDER}, whose bank exchanges and charges:")
    for case, words in _SCENES.items():
        if partnership := grant_that_stands(portfolio, case, or_ended=True):
            out.print(f"  {partnership.partnership_id} {words}", markup=False, soft_wrap=True)
    opening, newest = seen.account.statements[0].opening, seen.account.statements[-1]
    out.print(f"\nEach entry of its statements, with the one thing that explains it. The account opened with "
              f"{newest.currency} {opening:,} and closed with {newest.closing:,}:", soft_wrap=True)  # fmt: skip
    print_entries(seen.account.lines)
    out.print(f"\nThe trial balance of {FUNDER}:")
    out.print(book_table(seen.rows, tables.TRIAL_BALANCE, ""))
    for totals in tables.trial_totals(seen.rows):
        out.print(totals, markup=False)
    out.print("\nThe line of the day, signed and verified. Do events, postings, statements and workflows agree?")
    print_findings(seen.attested.line, seen.attested)
    for name, page in (("The line", f"operations/attestations/{seen.attested.line.day}"), ("The book", "books")):
        out.print(f"  {name} in the console: {stack.console_url}/{page}", markup=False, soft_wrap=True)
    _say_commands(Path(os.path.relpath(folder)))


def _say_commands(place: Path) -> None:
    program, proof = called(), f"--checkpoints {place / CHECKPOINTS} --log {place / LOG_KEY}.pub"
    for command in ("payments statements", "payments entries", "books trial-balance", f"ledger verify {proof}"):
        out.print(f"  {program} {command}", markup=False, soft_wrap=True)
