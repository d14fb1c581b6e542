"""The table of the bank's statements of account, by which they are found. The file that each is from is the proof."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from domain.payment.continuity import ClosedStatement
from payments import Connection
from payments.accounts import AccountDetails
from payments.answers.account_statements import AccountStatement, account_key

_KEEP = """
INSERT INTO payments.account_statements
    (file_sha256, place, account, bank, number, opened_on, closed_on, currency, opening, closing)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (file_sha256, place) DO NOTHING
"""
_OF_ACCOUNT = """
SELECT s.file_sha256, s.place, f.kept_at, s.closed_on, s.number, s.opened_on, s.currency, s.opening, s.closing
  FROM payments.account_statements s JOIN payments.bank_files f ON f.sha256 = s.file_sha256
 WHERE account = $1 AND ($2 = '' OR bank = '' OR left(bank, 8) = left($2, 8))
 ORDER BY closed_on DESC, number DESC NULLS LAST, file_sha256, place
"""


class KeptStatement(NamedTuple):
    """A statement of account in the table, with the file that it is from."""

    file_sha256: str
    place: str
    kept_at: datetime
    """The time at which the file was stored first."""
    balances: ClosedStatement


async def keep_statements(connection: Connection, file_sha256: str, statements: Sequence[AccountStatement]) -> None:
    """Store the statements in a bank file, which is stored already. The same ones again change nothing."""
    for statement in statements:
        closed = statement.balances
        await connection.execute(
            _KEEP, file_sha256, statement.place, statement.account, statement.bank, closed.number,
            closed.opened_on, closed.closed_on, closed.currency, closed.opening, closed.closing,
        )  # fmt: skip


async def statements_of(connection: Connection, details: AccountDetails) -> list[KeptStatement]:
    """Return the statements of an account, the newest first.

    A number without an IBAN is one of its bank: another bank's statement of the same number is of another account.
    """
    bank = _bank_of(details)
    rows = await connection.fetch(_OF_ACCOUNT, account_key(details.identifier), bank)
    return [
        KeptStatement(row["file_sha256"], row["place"], row["kept_at"], ClosedStatement(*tuple(row)[3:]))
        for row in rows
    ]


def is_of(details: AccountDetails, account: str, bank: str) -> bool:
    """True if an account that a bank names, and the BIC that it gives or '', are those of our account."""
    same_bank = not (own_bank := _bank_of(details)) or not bank or bank[:8] == own_bank[:8]
    return account == account_key(details.identifier) and same_bank


def _bank_of(details: AccountDetails) -> str:
    """Return the BIC that an account is of, or '' for an IBAN, which says its bank itself."""
    return "" if details.iban else details.bic
