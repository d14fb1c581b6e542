"""The chart of accounts: the use of each account of the book, and the code and name that it bears."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final, NamedTuple, Self

from pydantic import Field, StringConstraints, model_validator

from domain.values import OneLine, Printable, Value, is_empty


class BookBasis(StrEnum):
    """The basis of accounting."""

    ACCRUAL = "ACCRUAL"
    """A grant is an expense once it is owed, and a gift is income once it is promised."""
    CASH = "CASH"
    """A grant is an expense once the bank booked its payment, and a gift is income once it came in."""


class AccountKind(StrEnum):
    """A kind of account."""

    ASSET = "ASSET"
    LIABILITY = "LIABILITY"
    NET_ASSETS = "NET_ASSETS"
    INCOME = "INCOME"
    EXPENSE = "EXPENSE"
    MEMORANDUM = "MEMORANDUM"
    """It stands beside the accounts: promises and the money kept for them. An accountant may leave it out."""


class Account(StrEnum):
    """An account of the book, by what it is for."""

    BANK = "BANK"
    """The organisation's own bank accounts, as far as the bank's bookings are told to Accord."""
    BLOCKED_FUNDS = "BLOCKED_FUNDS"
    """Money of blocked donors, in a blocked account (31 CFR 501.603)."""
    BROUGHT_IN = "BROUGHT_IN"
    """The opening balances of funds: the money that stood elsewhere when a fund came to Accord."""
    PLEDGES_RECEIVABLE = "PLEDGES_RECEIVABLE"
    """Gifts that are agreed and not received yet."""
    OVERPAYMENTS = "OVERPAYMENTS"
    """Money that grantees were paid beyond the plan, and that is to come back: no grant, on either basis."""
    EXCHANGE_CLEARING = "EXCHANGE_CLEARING"
    """The other side of a booking in another currency than it was instructed in."""
    GRANTS_PAYABLE = "GRANTS_PAYABLE"
    """Instalments that are owed and not released."""
    IN_TRANSIT = "IN_TRANSIT"
    """Payments that were released, and that the bank has not booked."""
    BLOCKED_OWED = "BLOCKED_OWED"
    """The other side of blocked funds: what is kept for a blocked donor."""
    NET_ASSETS = "NET_ASSETS"
    """The opening balances of funds."""
    FUND_TRANSFERS = "FUND_TRANSFERS"
    """Money that two people moved from one fund to another."""
    RELEASED_FROM = "RELEASED_FROM"
    """Restricted money whose restriction is met, since it was granted or spent as its donor said."""
    RELEASED_TO = "RELEASED_TO"
    """The same, where it is unrestricted."""
    GIFTS_UNRESTRICTED = "GIFTS_UNRESTRICTED"
    GIFTS_RESTRICTED = "GIFTS_RESTRICTED"
    SPONSORSHIPS = "SPONSORSHIPS"
    """Sponsorship payments (IRC 513(i))."""
    GIFTS_RETURNED = "GIFTS_RETURNED"
    """Money that went back to donors, or into a blocked account."""
    GRANTS_EXPENSE = "GRANTS_EXPENSE"
    GRANT_RECOVERIES = "GRANT_RECOVERIES"
    """Money that grantees paid back."""
    BANK_CHARGES = "BANK_CHARGES"
    EXCHANGE_DIFFERENCE = "EXCHANGE_DIFFERENCE"
    FUND_GRANTED = "FUND_GRANTED"
    """All the money that a fund got, less what was taken back or moved away."""
    FUND_AVAILABLE = "FUND_AVAILABLE"
    FUND_RESERVED = "FUND_RESERVED"
    """The encumbrance of an approval."""
    FUND_COMMITTED = "FUND_COMMITTED"
    FUND_SPENT = "FUND_SPENT"
    APPROVED = "APPROVED"
    """Instalments that are approved and not agreed."""
    CONDITIONAL = "CONDITIONAL"
    """Instalments that are owed only once a barrier is met, with a right of return (ASU 2018-08)."""
    OWED = "OWED"
    """On a cash basis: instalments that are owed, and payments that the bank has not booked."""
    PLEDGED = "PLEDGED"
    """Gifts that are agreed and no income yet: on a cash basis all of them, else those that depend on an event."""
    MEMORANDA = "MEMORANDA"
    """The other side of approved, conditional and owed instalments, and of pledges."""


class NamedAccount(NamedTuple):
    """The kind, the code and the name of an account."""

    kind: AccountKind
    code: str
    name: str


_ASSET, _LIABILITY, _NET, _INCOME, _EXPENSE, _MEMORANDUM = AccountKind

DEFAULT: Final[dict[Account, NamedAccount]] = {
    Account.BANK: NamedAccount(_ASSET, "1000", "Bank accounts"),
    Account.BLOCKED_FUNDS: NamedAccount(_ASSET, "1050", "Blocked accounts"),
    Account.BROUGHT_IN: NamedAccount(_ASSET, "1090", "Balances brought in"),
    Account.PLEDGES_RECEIVABLE: NamedAccount(_ASSET, "1200", "Pledges receivable"),
    Account.OVERPAYMENTS: NamedAccount(_ASSET, "1300", "Owed back by grantees"),
    Account.EXCHANGE_CLEARING: NamedAccount(_ASSET, "1900", "Exchange clearing"),
    Account.GRANTS_PAYABLE: NamedAccount(_LIABILITY, "2000", "Grants payable"),
    Account.IN_TRANSIT: NamedAccount(_LIABILITY, "2100", "Payments in transit"),
    Account.BLOCKED_OWED: NamedAccount(_LIABILITY, "2200", "Kept for blocked donors"),
    Account.NET_ASSETS: NamedAccount(_NET, "3000", "Net assets brought in"),
    Account.FUND_TRANSFERS: NamedAccount(_NET, "3100", "Transfers between funds"),
    Account.RELEASED_FROM: NamedAccount(_NET, "3200", "Released from restriction"),
    Account.RELEASED_TO: NamedAccount(_NET, "3210", "Released to unrestricted"),
    Account.GIFTS_UNRESTRICTED: NamedAccount(_INCOME, "4000", "Gifts, unrestricted"),
    Account.GIFTS_RESTRICTED: NamedAccount(_INCOME, "4100", "Gifts, restricted"),
    Account.SPONSORSHIPS: NamedAccount(_INCOME, "4200", "Sponsorships"),
    Account.GIFTS_RETURNED: NamedAccount(_INCOME, "4900", "Gifts returned"),
    Account.GRANTS_EXPENSE: NamedAccount(_EXPENSE, "5000", "Grants"),
    Account.GRANT_RECOVERIES: NamedAccount(_EXPENSE, "5090", "Grants paid back"),
    Account.BANK_CHARGES: NamedAccount(_EXPENSE, "5800", "Bank charges"),
    Account.EXCHANGE_DIFFERENCE: NamedAccount(_EXPENSE, "5900", "Exchange differences"),
    Account.FUND_GRANTED: NamedAccount(_MEMORANDUM, "9000", "Funds, granted"),
    Account.FUND_AVAILABLE: NamedAccount(_MEMORANDUM, "9100", "Funds, available"),
    Account.FUND_RESERVED: NamedAccount(_MEMORANDUM, "9200", "Funds, reserved"),
    Account.FUND_COMMITTED: NamedAccount(_MEMORANDUM, "9300", "Funds, committed"),
    Account.FUND_SPENT: NamedAccount(_MEMORANDUM, "9400", "Funds, spent"),
    Account.APPROVED: NamedAccount(_MEMORANDUM, "9500", "Grants approved"),
    Account.CONDITIONAL: NamedAccount(_MEMORANDUM, "9600", "Conditional grants"),
    Account.OWED: NamedAccount(_MEMORANDUM, "9700", "Grants owed"),
    Account.PLEDGED: NamedAccount(_MEMORANDUM, "9800", "Gifts pledged"),
    Account.MEMORANDA: NamedAccount(_MEMORANDUM, "9900", "Memoranda, other side"),
}
"""Each account where the organisation's rules do not name it."""

CODE: Final = r"^[0-9A-Za-z][0-9A-Za-z.-]{0,19}$"
"""The pattern of an account's code. No cell of a table that begins so is taken for a formula."""


class MappedAccount(Value):
    """The code and the name that an organisation gives an account of the book."""

    account: Account
    code: Annotated[str, StringConstraints(pattern=CODE)] = Field(
        description="The code in the general ledger, such as 1010"
    )
    name: Annotated[str, StringConstraints(pattern=r"^[^\W\d_][^\t]{1,59}$"), Printable, OneLine] = Field(
        description="The name in the general ledger; it begins with a letter"
    )


class BookRules(Value):
    """The organisation's rules for its book."""

    basis: BookBasis = Field(default=BookBasis.ACCRUAL, description="ACCRUAL or CASH")
    accounts: Annotated[tuple[MappedAccount, ...], Field(max_length=60)] = Field(
        default=(), exclude_if=is_empty, description="The accounts that have another code or name than the usual one"
    )

    @model_validator(mode="after")
    def _tells_accounts_apart(self) -> Self:
        accounts = [mapping.account for mapping in self.accounts]
        if twice := {account for account in accounts if accounts.count(account) > 1}:
            raise ValueError(f"accounts: {min(twice)} is named twice; name it once")
        codes = [account.code for account in chart_of(self).values()]
        if equal := {code for code in codes if codes.count(code) > 1}:
            raise ValueError(f"accounts: the code {min(equal)} stands for two accounts; give each its own")
        return self


Chart = dict[Account, NamedAccount]
"""Every account of the book with its kind, code and name."""


def chart_of(rules: BookRules) -> Chart:
    """Return the chart of accounts by an organisation's rules."""
    own_accounts = {
        mapping.account: NamedAccount(DEFAULT[mapping.account].kind, mapping.code, mapping.name)
        for mapping in rules.accounts
    }
    return {**DEFAULT, **own_accounts}


USUAL: Final = BookRules()
"""The rules for a book where the organisation set none."""
