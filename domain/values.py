"""Basic value types: money, identifiers, countries, text. Each refuses invalid input."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal
from typing import Annotated, Final, NamedTuple, Self

import iso4217
import pycountry
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)


class Since(NamedTuple):
    """The edition of the rule book that added a field, as an annotation. Earlier editions leave the field out."""

    edition: str


class ReadAs(NamedTuple):
    """The value that each earlier edition read for a field not given, as an annotation: it stays in its digests.

    From this edition on, a field that is not given is told from one whose answer is no (rules 4.2).
    """

    edition: str
    value: bool | tuple[str, ...]


class Value(BaseModel):
    """An immutable value, which is compared by content and refuses unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


_EXPONENTS: Final = {str(known.code): int(known.exponent or 0) for known in iso4217.Currency}
_COUNTRIES: Final = frozenset(str(known.alpha_2) for known in pycountry.countries)
"""Both tables are read at import, since a workflow may not open the libraries' files."""


def short(value: object) -> str:
    """Return the `repr` of a value, cut to 60 characters for an error message."""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _currency(code: str) -> str:
    if code not in _EXPONENTS:
        raise ValueError(f"{short(code)} is not an ISO 4217 currency code; write three capitals, such as USD")
    return code


_SAID_FOR: Final = {"UK": "GB", "EL": "GR"}
"""Codes that people write for a country, and its own in ISO 3166-1."""


def _country(code: str) -> str:
    if code in _SAID_FOR:
        raise ValueError(f"{code} is no ISO 3166-1 country code; write {_SAID_FOR[code]}")
    if code not in _COUNTRIES:
        raise ValueError(f"{short(code)} is not an ISO 3166-1 country code; write two capitals, such as UG")
    return code


def _ein(written: object) -> str:
    if not isinstance(written, str):
        raise ValueError("write the EIN as text in quotes, such as '54-1650477'; as a number it loses leading zeros")
    digits = re.sub(r"[\s-]", "", written)
    if re.fullmatch(r"[0-9]{9}", digits):
        return digits
    if re.fullmatch(r"[0-9]{7,8}", digits):
        raise ValueError(f"{short(written)} has {len(digits)} digits; an EIN has nine, so a leading zero may be lost")
    raise ValueError(f"{short(written)} is not an EIN; write nine digits, such as 54-1650477")


_DECIMAL: Final = re.compile(r"-?[0-9]{1,22}(\.[0-9]{1,22})?", re.ASCII)


def _exact(written: object) -> object:
    if isinstance(written, float):
        raise ValueError("write the amount as text, such as '50000.00'; a binary float is not exact")
    if isinstance(written, str) and not _DECIMAL.fullmatch(written.strip()):
        raise ValueError(f"{short(written)} is not an amount; write digits and a point, such as 50000.00")
    if isinstance(written, Decimal) and written.is_finite():
        return Decimal(format(written, "f"))  # a file may say 1E+3; from here on it is 1000
    return written


ExactDecimal = Annotated[Decimal, BeforeValidator(_exact)]
"""A decimal number given as text or as a Decimal, never as a binary float."""


def _not_the_system(staff_id: str) -> str:
    if staff_id in {"accord", "bank", "operator", "unknown"}:
        raise ValueError(f"{staff_id!r} stands for the system in the records and cannot be a person's")
    return staff_id


Currency = Annotated[str, AfterValidator(_currency)]
"""An ISO 4217 alphabetic code."""

Country = Annotated[str, AfterValidator(_country)]
"""An ISO 3166-1 alpha-2 code."""

Region = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}-[A-Z0-9]{1,3}$")]
"""An ISO 3166-2 code of a region of a country, such as UA-43."""

Ein = Annotated[str, BeforeValidator(_ein)]
"""A US Employer Identification Number: nine digits, no hyphen (26 CFR 301.6109-1). Input may carry the hyphen."""

PartnershipId = Annotated[str, StringConstraints(pattern=r"^P-[0-9]{4}-[0-9]{4,6}$")]


def is_partnership_id(written: str) -> bool:
    """True if a text has the form of a partnership's id."""
    return re.fullmatch(r"P-[0-9]{4}-[0-9]{4,6}", written) is not None


"""The funder's own reference, such as P-2026-0042: the business key from which every other identifier is derived."""

StaffId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9.-]{1,31}$"), AfterValidator(_not_the_system)]
"""A person's identifier in the staff directory: lower case, such as amara.okello."""


def is_staff_id(written: str) -> bool:
    """True if a text has the form of a person's identifier."""
    return re.fullmatch(r"[a-z][a-z0-9.-]{1,31}", written) is not None


FundId = Annotated[str, StringConstraints(pattern=r"^FD-[A-Z0-9][A-Z0-9-]{1,58}$")]
"""A fund's identifier, such as FD-2026-ISOC. That of a gift's fund follows from the gift's reference."""

FunderId = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9-]{1,31}$")]
"""A funder entity's identifier in the directory: capitals, such as ISOC."""

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""A SHA-256 digest, lower-case hexadecimal."""


RECORDED: Final = "recorded"
"""The context in which recorded events are read. What was measured before they were is not measured again."""

SEALED_SIGN: Final = "\u27e6"
"""The character that encrypted text in the ledger begins with. No other text may contain it."""

ERASED_NAME: Final = "\u27e6erased\u27e7"
"""The placeholder for the name of an erased person. It appears when events are read, and is never recorded."""


def printable(text: str) -> str:
    """Return a text without control characters and signs that turn it around. Raises ValueError for any other."""
    if SEALED_SIGN in text.replace(ERASED_NAME, ""):
        raise ValueError(f"holds the sign {SEALED_SIGN}, which stands for encrypted names alone; remove it")
    if text.isprintable():
        return text
    for sign in text:
        if unicodedata.category(sign) in {"Cc", "Cs"} and sign not in "\n\t":
            raise ValueError(f"holds the control character U+{ord(sign):04X}; remove it")
        if unicodedata.bidirectional(sign) in _TURNS:
            raise ValueError(f"holds the sign U+{ord(sign):04X}, which turns text around unseen; remove it")
    return text


_TURNS: Final = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
"""Bidirectional classes of characters that reorder the displayed text (Unicode Standard Annex 9, section 2)."""


def for_xml(text: str) -> str:
    """Return a text of signs that XML holds, and so a workbook: U+FFFD stands for each other (XML 1.0, 2.2)."""
    return _NOT_IN_XML.sub("\ufffd", text)


_NOT_IN_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def _on_one_line(text: str) -> str:
    for sign in "" if text.isprintable() else text:
        if unicodedata.category(sign) in {"Zl", "Zp"} or sign in "\n\t":
            raise ValueError("holds a line break or a tab; write it on one line")
        if unicodedata.category(sign) == "Cf":
            raise ValueError(f"holds the sign U+{ord(sign):04X}, which nobody sees; remove it")
    return text


def is_none(value: object) -> bool:
    """True if a field that was added later is None, in which case it is not serialised.

    Values that were signed or hashed before the field existed keep their bytes.
    """
    return value is None


def is_zero(value: Decimal) -> bool:
    """True if a sum is zero, and so is left out when a value is written. See `is_none`."""
    return value == 0


def is_false(value: bool) -> bool:
    """True if a flag is not set, and so is left out when a value is written. See `is_none`."""
    return not value


def is_empty(value: object) -> bool:
    """True if a text or a tuple is empty, and so is left out when a value is written. See `is_none`."""
    return not value


def unless_erased(written: object) -> object:
    """Return a written value, or None for the mark that stands where a person was erased."""
    return None if written == ERASED_NAME else written


BirthDate = Annotated[date | None, BeforeValidator(unless_erased), Field(exclude_if=is_none)]
"""A person's date of birth, or None if it is unknown, or if the person was erased."""

Printable: Final = AfterValidator(printable)
"""A validator that refuses control characters, which harm databases and terminals, but no line breaks and tabs."""

OneLine: Final = AfterValidator(_on_one_line)
"""A validator that refuses line breaks, tabs and invisible characters, for text in table rows and titles."""

Sentence = Annotated[str, StringConstraints(min_length=3, max_length=2000), Printable]
"""Text of 3 to 2000 characters that a person wrote for others to read."""


def _community(said: str) -> str:
    if len(said) > 2 or said in _COUNTRIES or said in {*_SAID_FOR, "EU"}:
        return said
    raise ValueError(f"{short(said)} names nobody; say who is served, and where")


CommunityName = Annotated[str, StringConstraints(max_length=2000), Printable, AfterValidator(_community)]
"""Text of 3 to 2000 characters that names a community, or the two letters of its country, such as UK."""

Moment = AwareDatetime
"""A point in time with its offset from UTC."""


def minor_digits(currency: str) -> int:
    """Return the number of decimal places of a currency (ISO 4217: USD 2, JPY 0, BHD 3)."""
    return _EXPONENTS[currency]


AMOUNT: Final = r"^(?=.*[1-9])[0-9]{1,18}(\.[0-9]{1,4})?$"
"""The pattern of an amount written as text: digits, then optionally a point and more digits, but not zero."""


MOST_DIGITS: Final = 18
"""The most digits of an amount of money."""

PositiveAmount = Annotated[
    Decimal,
    BeforeValidator(_exact),
    Field(gt=0, max_digits=MOST_DIGITS),
    WithJsonSchema({"anyOf": [{"type": "string", "pattern": AMOUNT}, {"type": "number", "exclusiveMinimum": 0}]}),
]
"""An amount above zero, exact, never a float."""


class Money(Value):
    """A positive amount in one currency. It is exact, never a float."""

    amount: PositiveAmount
    currency: Currency

    @model_validator(mode="after")
    def _fits_the_currency(self) -> Self:
        digits = minor_digits(self.currency)
        if -int(self.amount.normalize().as_tuple().exponent) > digits:
            raise ValueError(f"{self.amount} has more decimal places than {self.currency}, which has {digits}")
        return self

    def __str__(self) -> str:
        return f"{self.currency} {self.amount:,.{minor_digits(self.currency)}f}"
