"""Bank details: validated and stored in a table of their own. Elsewhere only their reference and hash appear.

The details themselves never enter workflow history, the ledger or the logs.
"""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import date
from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field, StringConstraints, ValidationError, model_validator
from schwifty import BIC, IBAN
from schwifty.exceptions import SchwiftyException

from domain.canonical_json import canonical_json
from domain.parties import AccountReference, Name, Party, PartyKind
from domain.payment.account_numbers import is_same_account
from domain.policy.places import Embargo, embargoes_of_address
from domain.values import Country, Printable, Value, is_false, is_none
from payments import Connection

ShortText = Annotated[str, StringConstraints(min_length=1, max_length=70), Printable]


def _iban(text: str) -> str:
    try:
        return str(IBAN(text))
    except SchwiftyException as fault:
        raise ValueError(f"not an IBAN: {fault}") from None


def _bic(text: str) -> str:
    try:
        return str(BIC(text))
    except SchwiftyException as fault:
        raise ValueError(f"not a BIC: {fault}") from None


def _routing(text: str) -> str:
    weights = (3, 7, 1) * 3
    if len(text) != 9 or not (text.isascii() and text.isdigit()):
        raise ValueError("a routing number has nine digits")
    if sum(int(digit) * weight for digit, weight in zip(text, weights, strict=True)) % 10:
        raise ValueError(f"not a routing number: the check digit of {text} is wrong")
    return text


def _readable(text: str) -> str:
    if not any(sign.isalnum() for sign in text):
        raise ValueError(f"{text!r} has no letter that a bank could read")
    return text


class AccountDetails(Value):
    """A bank account with its holder's structured address, needed for cross-border payments since 14 November 2026."""

    holder: Annotated[Name, AfterValidator(_readable)] = Field(description="The account holder's legal name")
    iban: Annotated[str, AfterValidator(_iban)] | None = None
    number: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{4,34}$")] | None = Field(
        default=None, description="The account number, where the country has no IBAN"
    )
    bic: Annotated[str, AfterValidator(_bic)]
    bank: Name | None = Field(
        default=None,
        description="The bank's name, where no directory of its country gives one for the BIC",
        exclude_if=is_none,
    )
    routing: Annotated[str, AfterValidator(_routing)] | None = Field(
        default=None, description="The bank's ABA routing number, for ACH in the United States", exclude_if=is_none
    )
    savings: bool = Field(default=False, description="Whether ACH credits it as a savings account", exclude_if=is_false)
    originator: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{10}$")] | None = Field(
        default=None,
        description="Of a funder's own account: the company identification that its bank gave for ACH",
        exclude_if=is_none,
    )
    street: ShortText | None = None
    building: Annotated[str, StringConstraints(min_length=1, max_length=16), Printable] | None = None
    post_code: Annotated[str, StringConstraints(min_length=1, max_length=16), Printable] | None = None
    town: Annotated[str, StringConstraints(min_length=1, max_length=35), Printable, AfterValidator(_readable)]
    country: Country

    @model_validator(mode="after")
    def _one_identifier(self) -> Self:
        if (self.iban is None) == (self.number is None):
            raise ValueError("give either the iban or, where the country has none, the number")
        if self.routing is not None and BIC(self.bic).country_code != "US":
            raise ValueError(f"routing: it is of banks in the United States, and {self.bic} is none")
        return self

    @property
    def identifier(self) -> str:
        """The IBAN, or the account number where the country has no IBAN."""
        return self.iban or self.number or ""


def countries_of(details: AccountDetails) -> tuple[str, ...]:
    """Return the countries of an account: of its holder's address, of its bank, and of its IBAN."""
    of_iban = (IBAN(details.iban).country_code,) if details.iban else ()
    return tuple(dict.fromkeys((details.country, BIC(details.bic).country_code, *of_iban)))


def bank_country(details: AccountDetails) -> str:
    """Return the country of an account's bank."""
    return str(BIC(details.bic).country_code)


def embargo_on(details: AccountDetails, on: date) -> Embargo | None:
    """Return an embargo of a day on the place of an account, by its countries and its holder's address, or None."""
    address_lines = [line for line in (details.town, details.street) if line]
    places = (embargoes_of_address(country, address_lines, on) for country in countries_of(details))
    return next((embargo for place in places for embargo in place if not embargo.in_part), None)


def banks_of(details: AccountDetails) -> tuple[Party, ...]:
    """Return an account's bank as a tuple of one party with all its names, or () if no name is known."""
    bic = BIC(details.bic)
    bank_names = (details.bank, *bic.bank_names) if details.bank else bic.bank_names
    names = tuple(dict.fromkeys(name[:140] for name in bank_names if len(name) > 1))
    if not names:
        return ()
    also = names[1:]
    return (Party(name=names[0], also_known_as=also, kind=PartyKind.PRIVATE_COMPANY, country=bic.country_code),)


class UnknownAccount(LookupError):
    """No account has this reference."""


class AccountChanged(RuntimeError):
    """The stored details do not have the hash that was agreed on: nothing may be paid to the account."""


def reference_of(details: AccountDetails) -> AccountReference:
    """Return the reference and hash of an account, derived from its details: equal details give the same reference."""
    digest = hashlib.sha256(canonical_json(details.model_dump(mode="json")))
    return AccountReference(
        reference="BA-" + base64.b32encode(digest.digest()).decode("ascii")[:12], sha256=digest.hexdigest()
    )


async def record_account(connection: Connection, details: AccountDetails, recorded_by: str) -> AccountReference:
    """Store an account and return its reference. Recording the same details again changes nothing."""
    reference = reference_of(details)
    await connection.execute(
        "SELECT payments.record_account($1, $2, $3, $4)",
        reference.reference,
        reference.sha256,
        details.model_dump_json(),
        recorded_by,
    )
    return reference


async def find_account(connection: Connection, reference: str) -> AccountReference:
    """Return the reference of a stored account together with its hash.

    Raises:
        UnknownAccount: No such account is on record.
    """
    sha256 = await connection.fetchval("SELECT sha256 FROM payments.accounts WHERE reference = $1", reference)
    if sha256 is None:
        raise UnknownAccount(f"no bank account {reference}; record it first with `accord payments account FILE`")
    return AccountReference(reference=reference, sha256=sha256)


_SAME: Final = "SELECT payments.references_of_same($1)"


async def references_of_same(connection: Connection, reference: str) -> list[str]:
    """Return every reference of one account: of its IBAN, or of its number at its bank, whoever is said to hold it."""
    rows = await connection.fetch(_SAME, reference)
    return sorted({reference, *(row[0] for row in rows)})


async def read_account(connection: Connection, reference: str, sha256: str) -> AccountDetails:
    """Return the details behind a reference, checked against the hash that was agreed on.

    Raises:
        UnknownAccount: No account has this reference.
        AccountChanged: The stored details are invalid or do not have that hash.
    """
    details_text = await connection.fetchval("SELECT details FROM payments.accounts WHERE reference = $1", reference)
    if details_text is None:
        raise UnknownAccount(f"no bank account {reference}")
    try:
        details = AccountDetails.model_validate(json.loads(details_text))
    except ValidationError:
        details = None
    if details is None or reference_of(details).sha256 != sha256:
        raise AccountChanged(f"bank account {reference} does not have the hash that was agreed on")
    return details


async def holders_of(connection: Connection, identifier: str) -> list[str]:
    """Return the names under which an account's number is recorded, at whatever bank. The list may be empty."""
    rows = await connection.fetch("SELECT details FROM payments.accounts")
    accounts = [AccountDetails.model_validate_json(row["details"]) for row in rows]
    return sorted({details.holder for details in accounts if is_same_account(details.identifier, identifier)})
