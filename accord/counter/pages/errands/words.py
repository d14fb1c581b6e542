"""The words of errands: what their person says by signing, what it is about, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

import asyncpg

from accord.presentation.numbers import count_in_words
from accord.presentation.shown_accounts import shown_account
from accord.presentation.words.days import whole_day_in_words
from accord.presentation.words.values import listed, money_in_words, sum_in_words
from payments.out.instructions import Instruction

Facts = tuple[tuple[str, str], ...]


class ErrandWords(NamedTuple):
    """The words of the page that signs on an errand."""

    oath: str
    facts: Facts
    leave: str
    command: str


def total_in_words(payments: Sequence[Instruction]) -> str:
    """Return the sum of payments in words: by currency, with their count."""
    sums = dict[str, Decimal]()
    for payment in payments:
        sums[payment.money.currency] = sums.get(payment.money.currency, Decimal(0)) + payment.money.amount
    words = listed([sum_in_words(amount, currency) for currency, amount in sums.items()])
    return f"{words} in {count_in_words(len(payments), 'payment')}"


async def payment_facts(pool: asyncpg.Pool, payments: Sequence[Instruction]) -> Facts:
    """Return the payments of a file, one by one, with the account that pays and the day."""
    facts = [("In all", total_in_words(payments))]
    for payment in payments:
        account = await account_in_words(pool, payment.creditor_account.reference)
        facts.append((f"Pays {payment.remittance.replace(' tranche ', ', payment ')}",
                      f"{money_in_words(payment.money)} to {payment.creditor_name}{account}"))  # fmt: skip
    if payments:
        debtor = await account_in_words(pool, payments[0].debtor_account.reference)
        facts.append(("From", f"{payments[0].debtor_name}{debtor}"))
        facts.append(("On", whole_day_in_words(payments[0].execution_on)))
    return tuple(facts)


async def account_in_words(pool: asyncpg.Pool, reference: str) -> str:
    """Return an account by its last digits, to be put after its holder's name."""
    account = await shown_account(pool, reference)
    return f", account ending in {account.last_digits}" if account is not None else ""
