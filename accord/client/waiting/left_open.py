"""What statements that were just imported leave open: entries, statements before them, or an account of nobody here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from accord.client.reading import LedgerAccess
from accord.client.waiting.account_statements import details_of_own, kept_on
from accord.client.waiting.stated_entries import AccountEntry, explained_accounts, own_accounts
from accord.presentation.numbers import count_in_words
from domain.payment.account_numbers import masked_account
from domain.payment.continuity import ClosedStatement, breaks
from payments.answers.account_statements import AccountStatement
from payments.answers.kept_statements import is_of

_ACCOUNTS = "`accord payments statements` names those that are"


async def left_open(desk: LedgerAccess, statements: Sequence[AccountStatement]) -> tuple[str, ...]:
    """Return what some statements leave open, a sentence each with the command that says more. Nothing is recorded."""
    if not statements:
        return ()
    own = {reference: await details_of_own(desk, reference) for reference in set((await own_accounts(desk)).values())}
    of_account: dict[str, list[AccountStatement]] = {}
    for statement in statements:
        names = (name for name, details in own.items() if details and is_of(details, statement.account, statement.bank))
        of_account.setdefault(next(names, ""), []).append(statement)
    strangers = sorted({masked_account(statement.account) for statement in of_account.pop("", [])})
    sentences = [f"Account {name} is no funder's here, so nothing of it counts: {_ACCOUNTS}." for name in strangers]
    entries = {account.reference: account.lines for account in await explained_accounts(desk)} if of_account else {}
    for reference, own_statements in sorted(of_account.items()):
        kept = [kept.balances for kept in await kept_on(desk, reference)]
        sentences += [f"{reference}: {fault}." for fault in breaks(kept)]
        sentences += _of_currencies(reference, [statement.balances for statement in own_statements], kept)
        sentences += _of_entries(reference, own_statements, entries.get(reference, ()))
    return tuple(sentences)


def _of_currencies(
    reference: str, statements: Sequence[ClosedStatement], kept: Sequence[ClosedStatement]
) -> Iterator[str]:
    before = {statement.currency for statement in kept if statement not in statements}
    for currency in sorted({statement.currency for statement in statements} - before if before else ()):
        yield (
            f"{reference}: its first statement in {currency}, and those before it are in "
            f"{' and '.join(sorted(before))}: if the account has no other currency, ask the bank whose it is."
        )


def _of_entries(reference: str, statements: Sequence[AccountStatement], lines: Sequence[AccountEntry]) -> Iterator[str]:
    days = [(statement.balances.opened_on, statement.balances.closed_on) for statement in statements]
    count = sum(line.is_open and any(first <= line.day <= last for first, last in days) for line in lines)
    if count:
        entries = f"{count_in_words(count, 'entry', 'entries')} of these days"
        yield f"{reference}: nothing on record explains {entries}: `accord payments entries --open`."
