"""Read the XML that a bank sends. Reading is strict: a value that cannot be read raises a `MessageFault`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Context, Decimal, localcontext
from typing import Final, NamedTuple
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml import ElementTree as Defused

from domain.values import SEALED_SIGN

LONGEST_REFERENCE: Final = 140
"""Four times the limit of ISO 20022 (Max35Text), which banks may exceed. A longer identifier is refused, never cut."""

YEARS: Final = range(2000, 2101)
"""The years that a date in a bank message may have."""

_AMOUNT: Final = re.compile(r"[0-9]{1,18}(\.[0-9]{1,5})?")
_LONGEST_AMOUNT: Final = 18
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_TIME: Final = r"[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?"
_DATE: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_ZONE: Final = r"(Z|[+-][0-9]{2}:[0-9]{2})?"
_DAY: Final = re.compile(_DATE + _ZONE)
_MOMENT: Final = re.compile(f"{_DATE}T{_TIME}{_ZONE}")


_EXACT: Final = Context(prec=60)
"""A decimal precision with more digits than the sum of all amounts in a file can have."""


class UnreadableMessage(ValueError):
    """The file is not a readable bank message. The error text gives the reason in one line."""


class MessageFault(ValueError):
    """A part of a bank message cannot be read or has no meaning here. The error text gives the reason in one line."""


class Amount(NamedTuple):
    """An amount of money in one currency, as a bank wrote it. It is above zero, or a balance's, which may be zero."""

    figure: Decimal
    currency: str

    def __str__(self) -> str:
        return f"{self.currency} {self.figure:f}"


def parse(content: bytes, name: str) -> Element:
    """Return the root element of an XML document. `name` is for error texts.

    Raises:
        UnreadableMessage: The document is not well-formed XML, has an unknown or wrong encoding, declares entities, or
            is empty.
    """
    try:
        root = Defused.fromstring(content.lstrip())  # some banks begin with an empty line
    except ParseError as fault:
        raise UnreadableMessage(f"{name} is not whole XML ({fault}); fetch it from the bank again") from None
    except LookupError as fault:
        raise UnreadableMessage(f"{name} declares an encoding that does not exist ({fault})") from None
    except DefusedXmlException:
        raise UnreadableMessage(f"{name} declares entities, which no bank message does; ask the bank for it") from None
    except ValueError as fault:
        raise UnreadableMessage(f"{name} cannot be decoded ({fault}); fetch it from the bank again") from None
    if root is None:
        raise UnreadableMessage(f"{name} is empty; fetch it from the bank again")
    return root


def elements(parent: Element, path: str) -> list[Element]:
    """Return the elements at a path of local names in any namespace, since several versions of a message are in use."""
    return parent.findall("/".join(f"{{*}}{name}" for name in path.split("/")))


def element(parent: Element, path: str) -> Element | None:
    """Return the one element at a path, or None.

    Raises:
        MessageFault: There are several elements at the path.
    """
    match elements(parent, path):
        case []:
            return None
        case [node]:
            return node
        case several:
            raise MessageFault(f"{path} is said {len(several)} times")


def value(parent: Element, path: str) -> str:
    """Return the text at a path with white space collapsed, or '' if there is none.

    Raises:
        MessageFault: There are several elements at the path, or the one has child elements.
    """
    node = element(parent, path)
    return "" if node is None else _text_of(node, path)


def values(parent: Element, path: str) -> list[str]:
    """Return all texts at a path that may occur several times, leaving out empty ones.

    Raises:
        MessageFault: An element at the path has child elements.
    """
    return [text for element in elements(parent, path) if (text := _text_of(element, path))]


def reference(parent: Element, path: str) -> str:
    """Return the identifier at a path, never cut, or '' if there is none.

    Raises:
        MessageFault: It is not a single text, is longer than `LONGEST_REFERENCE`, or has forbidden characters.
    """
    text = value(parent, path)
    if len(text) > LONGEST_REFERENCE or not text.isprintable() or SEALED_SIGN in text:
        raise MessageFault(f"{path} {readable(text, 40)} is no identifier")
    return text


def amount(parent: Element, path: str) -> Amount | None:
    """Return the amount at a path, or None.

    Raises:
        MessageFault: It is not in the form of ISO 20022 with ASCII digits and a currency code, or it is zero.
    """
    node = element(parent, path)
    return None if node is None else _amount_of(node, path)


def amounts_above_zero(parent: Element, path: str) -> list[Amount]:
    """Return all amounts at a path that may occur several times, leaving out those that are zero.

    Raises:
        MessageFault: One of them is not in the form of ISO 20022.
    """
    nodes = elements(parent, path)
    return [_amount_of(node, path) for node in nodes if _text_of(node, path).strip("0.")]


def figure(parent: Element, path: str) -> Amount:
    """Return the sum at a path, which may be zero, as a balance may be.

    Raises:
        MessageFault: It is missing, or not in the form of ISO 20022.
    """
    node = element(parent, path)
    if node is None:
        raise MessageFault("a balance or an entry has no amount")
    return _figure_of(node, path)


def _amount_of(node: Element, path: str) -> Amount:
    amount = _figure_of(node, path)
    if not amount.figure:
        raise MessageFault(f"the amount is {amount.currency} {_text_of(node, path)}, which is nothing")
    return amount


def _figure_of(node: Element, path: str) -> Amount:
    text, currency = _text_of(node, path), node.get("Ccy", "")
    if not _AMOUNT.fullmatch(text) or len(text.replace(".", "").lstrip("0")) > _LONGEST_AMOUNT:
        raise MessageFault(f"the amount {readable(text, 40) or 'that is empty'} is not written as one")
    if not _CURRENCY.fullmatch(currency):
        raise MessageFault(
            f"the amount {text} is in {readable(currency, 40) or 'no currency'}, which is not a currency"
        )
    return Amount(Decimal(text), currency)


def day(parent: Element, path: str) -> date | None:
    """Return the day at a path, given in its child `Dt` or `DtTm`, or None if there is no element at the path.

    Raises:
        MessageFault: It is not in the form of ISO 8601, not in the calendar, or its year is not in `YEARS`.
    """
    node = element(parent, path)
    if node is None:
        return None
    day_text, moment_text = value(node, "Dt"), value(node, "DtTm")
    if moment_text and not day_text:
        return moment(moment_text).date()
    if not _DAY.fullmatch(day_text):
        raise MessageFault(f"the day {readable(day_text, 40) or 'that is empty'} is not written as one")
    return _of_our_age(_calendar(day_text[:10])).date()


def moment(text: str) -> datetime:
    """Parse a point in time. Without an offset it is in UTC.

    Raises:
        MessageFault: It is not in the form of ISO 8601, is not a valid time, or its year is not in `YEARS`.
    """
    if not _MOMENT.fullmatch(text):
        raise MessageFault(f"the time {readable(text, 40) or 'that is empty'} is not written as one")
    return _of_our_age(_calendar(text))


def readable(text: str, longest: int) -> str:
    """Return a text that is safe to show and store: one line, no control characters, at most `longest` characters.

    If it is cut, digits before the cut are dropped too, since a truncated number would be a different number.
    """
    line = "".join(sign if sign.isprintable() and sign != SEALED_SIGN else "\ufffd" for sign in " ".join(text.split()))
    return line if len(line) <= longest else line[: longest - 1].rstrip("0123456789-") + "…"


def glimpse(parent: Element, path: str = "") -> str:
    """Return the text of the first element at a path, or of `parent` itself, for display only. It never raises."""
    nodes = elements(parent, path)[:1] if path else [parent]
    return readable(" ".join(text for place in nodes for text in place.itertext()), LONGEST_REFERENCE)


def glimpse_amount(parent: Element, path: str) -> str:
    """Return the first amount at a path as text for people to read, or '' if there is none. It never raises."""
    nodes = elements(parent, path)[:1]
    return " ".join(f"{readable(place.get('Ccy', ''), 40)} {glimpse(place)}".strip() for place in nodes)


def glimpse_sum(parent: Element, path: str) -> Amount:
    """Return the amount at a path, or nothing where it cannot be read. It never raises."""
    try:
        return amount(parent, path) or _NOTHING
    except MessageFault:
        return _NOTHING


_NOTHING: Final = Amount(Decimal(0), "")


def glimpse_day(parent: Element, path: str) -> date | None:
    """Return the day at a path, or None where it cannot be read. It never raises."""
    try:
        return day(parent, path)
    except MessageFault:
        return None


def entry_status(entry: Element) -> str:
    """Return the status of an entry: from a child of `Sts`, or from its text as in older versions of the message."""
    status = element(entry, "Sts")
    if status is None or not len(status):
        return value(entry, "Sts")
    return value(status, "Cd") or value(status, "Prtry")


def exact_sum(figures: Iterable[Decimal]) -> Decimal:
    """Return the exact sum, without rounding."""
    with localcontext(_EXACT):
        return sum(figures, Decimal(0))


def local_name(tag: str) -> str:
    """Return the name of a tag without its namespace."""
    return tag.rpartition("}")[2]


def _text_of(node: Element, path: str) -> str:
    if len(node):
        raise MessageFault(f"{path} holds {readable(local_name(node[0].tag), 40)} where a text belongs")
    return " ".join((node.text or "").split())


def _calendar(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise MessageFault(f"there is no {text}") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _of_our_age(moment: datetime) -> datetime:
    if moment.year not in YEARS:
        raise MessageFault(f"the year {moment.year} lies in another age")
    return moment
