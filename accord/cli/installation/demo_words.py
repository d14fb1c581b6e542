"""The last words of `accord demo`: where everything is, and what to try next."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from accord.cli.printing.output import out
from accord.cli.printing.partnerships import portfolio_table
from accord.client.door.inbox import InboxLine
from accord.demo.by_link import open_link
from accord.demo.writing import LETTERS
from accord.presentation.numbers import count_in_words
from deploy.embedded.correspondence import MAILS
from deploy.settings import StackState
from domain.partnership.partners import key_of
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership


def called() -> str:
    """Return the name by which this program was called, for those who call it again."""
    if shutil.which("accord"):
        return "accord"
    program = Path(sys.argv[0])
    return f"{os.path.relpath(sys.executable)} -m accord" if program.stem == "__main__" else os.path.relpath(program)


def pages(stack: StackState) -> str:
    """Return the addresses of the pages."""
    addresses = {
        "Console": stack.console_url, "Counter": stack.counter_url, "API": stack.api_url, "Temporal UI": stack.ui_url,
    }  # fmt: skip
    return "   ".join(f"{name}: {address}" for name, address in addresses.items())


def closing_words(partnerships: list[Partnership], stack: StackState, once: bool) -> None:
    """Say where each partnership ended, where the pages are, and what to try."""
    ended, unended = (
        [partnership for partnership in partnerships if partnership.ended],
        [partnership for partnership in partnerships if not partnership.ended],
    )
    out.print(portfolio_table(ended, f"{count_in_words(len(ended), 'partnership')} at their ends"))
    if unended:
        out.print(portfolio_table(unended, f"{count_in_words(len(unended), 'partnership')} open"))
    partnership = next(
        partnership for partnership in partnerships if partnership.stage is Stage.CLOSED and partnership.tranches
    )
    until = " (until the demo ends)" if once else ""
    out.print(f"\n{pages(stack)}{until}", soft_wrap=True)
    program = called()
    out.print(f"Start the stack again with `{program} up`, then try:" if once else "Try next, in another terminal:")
    for command in (
        "work --as femi.ade",
        "payments exceptions",
        "list --stage DECLINED",
        "funds list",
        "import list",
        f"show {partnership.partnership_id}",
        f"history {partnership.partnership_id}",
        'verify-recipient --name "Riverbend Library Network" --kind NONPROFIT --ein 00-1000001 --funder ISOC',
        "propose deploy/sample/proposal.toml --as pia.berg",
    ):
        out.print(f"  {program} {command}", markup=False, soft_wrap=True)
    _say_how_to_sign(program)


def _say_how_to_sign(program: str) -> None:
    """Say what the pages ask of a newcomer that no page gives: a passkey that counts, and a bank that answers."""
    out.print("\nTo decide on a page, make a passkey there (your name, then Make a passkey) and save its file.")
    out.print("Each person who signs needs one of their own. Two guardians enter it, here that of Femi Ade:")
    for command in ("staff passkey femi.ade.PK-*.passkey.json --as dora.kim", "staff confirm CHANGE --as otto.audit"):
        out.print(f"  {program} {command}", markup=False, soft_wrap=True)
    out.print("The bank's answer to a file that was handed over, to bring in at the counter. The number of the file,")
    out.print("ACCM..., stands there under Files for the bank, behind Show:")
    out.print(f"  {program} payments sample-answer ACCM... --out settled.camt.054.xml", markup=False, soft_wrap=True)


def grant_that_stands(portfolio: list[Partnership], case: int, *, or_ended: bool = False) -> Partnership | None:
    """Return the newest grant of a case that this run or an earlier one left open, or ended, or None if none did."""
    of_case = [
        partnership for partnership in portfolio if int(partnership.partnership_id.rpartition("-")[2]) % 100 == case
    ]
    grants = [partnership for partnership in of_case if or_ended or not partnership.ended]
    return max(grants, key=lambda grant: grant.partnership_id, default=None)


def words_on_the_grant(grant: Partnership | None, stack: StackState, folder: Path) -> None:
    """Say where the letters, the papers and the mail of the grant with a budget are found."""
    if grant is None:
        return
    partnership_id, program, place = grant.partnership_id, called(), Path(os.path.relpath(folder))
    out.print(f"\nA grant with all that one may have is {partnership_id}:", markup=False)
    for name, where in (
        ("Its page", f"{stack.console_url}/{partnership_id}"),
        ("Award letter", place / LETTERS / f"{partnership_id}-award.pdf"),
        ("Agreement", place / LETTERS / f"{partnership_id}-agreement.pdf"),
        ("Mails, as text and for mail programs", place / MAILS),
    ):
        out.print(f"  {name}: {where}", markup=False, soft_wrap=True)
    for command in ("budget ID", "reports ID", "letters list ID", "audit papers ID --out papers --as otto.audit"):
        out.print(f"  {program} {command.replace('ID', partnership_id)}", markup=False, soft_wrap=True)


def words_on_the_door(grant: Partnership | None, waiting: Sequence[InboxLine], stack: StackState) -> None:
    """Say what a grantee did by link, and where a reader finds their open form, the inbox and the clock."""
    if grant is None:
        return
    partnership_id, console, program = grant.partnership_id, stack.console_url, called()
    out.print(f"\nThe grantee of {partnership_id} did all by link, without an account. They accepted the agreement and")
    out.print("reported with a photograph. Staff returned the report with a question, took it over once that was")
    out.print("answered, and another accepted it: so the second payment was made. They ask for a change, which waits:")
    for name, where in (
        ("Their open form, the final report", open_link(partnership_id)),
        ("What waits for staff", f"{console}/inbox"),
        ("The page of the partnership, with who used which link", f"{console}/{partnership_id}"),
        ("All that is known of the partner", f"{console}/partners/{quote(key_of(grant.proposed.partner))}"),
        ("How long cases take", f"{console}/portfolio/clock"),
    ):
        out.print(f"  {name}: {where}", markup=False, soft_wrap=True)
    out.print(f"  {program} door list", markup=False, soft_wrap=True)
    for number in [line.number for line in waiting if line.partnership_id == partnership_id][:1]:
        for command in ("show", "take-over"):
            out.print(f"  {program} door {command} {number} --as pia.berg", markup=False, soft_wrap=True)
