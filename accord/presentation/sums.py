"""Sums as people type them: read in one way by every form and every command, and asked back where they are not clear.

It loads nothing of the domain, since lists read sums too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, NamedTuple

from accord.presentation.faults import BadInput

NAMES: Final = frozenset({"amount", "beside", "paid", "free_floor"})
"""The fields of a proposal that hold a sum."""
LISTS: Final = frozenset({"sums"})
"""The fields of a proposal that hold a list of sums."""

_PLAIN: Final = re.compile(r"[0-9]{1,22}(\.[0-9]{1,22})?", re.ASCII)
_GROUPED: Final = re.compile(r"[1-9][0-9]{0,2}(,[0-9]{3})+(\.[0-9]{1,22})?", re.ASCII)
"""Thousands apart, as every page prints them."""
_UNCLEAR: Final = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{3}", re.ASCII)
"""A point before three digits: elsewhere it parts thousands."""
_ELSEWHERE: Final = re.compile(r"([0-9]+|[1-9][0-9]{0,2}(\.[0-9]{3})+),[0-9]+", re.ASCII)
"""A comma before cents, as elsewhere it is written."""
_WITH_CURRENCY: Final = re.compile(r"(?P<code>[A-Z]{3})\s+(?P<sum>\S+)|(?P<sign>\$)\s*(?P<dollars>\S+)", re.ASCII)


def read_sum(text: str, currency: str = "", places: int = 2) -> str:
    """Return a typed sum in digits with a point. `currency`: its code, which may stand before it, and `places` of it.

    Raises:
        BadInput: It is no sum, of another currency, or may be either of two sums, which the message names.
    """
    typed = _without_currency(text.strip(), currency)
    if _GROUPED.fullmatch(typed):
        return typed.replace(",", "")
    if _PLAIN.fullmatch(typed) and (places > 2 or not _UNCLEAR.fullmatch(typed)):
        return typed
    if _UNCLEAR.fullmatch(typed) or _ELSEWHERE.fullmatch(typed):
        raise BadInput(_either(typed, places))
    raise BadInput(f"{text.strip()[:40]!r} is no sum; write 20000 or 20,000.00")


def _without_currency(typed: str, currency: str) -> str:
    """Return a typed sum without the currency before it."""
    match = _WITH_CURRENCY.fullmatch(typed)
    if match is None:
        return typed
    code = "USD" if match["sign"] else match["code"]
    if code != currency:
        expected = f"it is in {currency}" if currency else "its currency has a field of its own"
        raise BadInput(f"{typed[:40]!r}: {expected}; write the sum alone")
    return str(match["dollars"] or match["sum"])


def _either(typed: str, places: int) -> str:
    """Return the question which of its two readings a sum has."""
    here, elsewhere = typed.replace(",", ""), typed.replace(".", "").replace(",", ".")
    readings = [Decimal(reading) for reading in dict.fromkeys((elsewhere, here))]
    printed = " or ".join(shown_sum(reading, places) for reading in readings)
    plain = [shown_sum(reading, places).replace(",", "") for reading in readings]
    decimals = f"a sum with at most {places} decimals"  # what was typed would be asked back once more
    remedies = " or ".join(decimals if remedy == typed else remedy for remedy in plain)
    return f"{typed!r} may be {printed}; write {remedies}"


def shown_sum(amount: Decimal, places: int = 2) -> str:
    """Return a sum as every page prints it: thousands apart, and at least the places of its currency."""
    exponent = amount.normalize().as_tuple().exponent
    return f"{amount:,.{max(places, -exponent if isinstance(exponent, int) else 0)}f}"


class SumsRead(NamedTuple):
    """A content with its sums in digits, what was read, and what must be asked back."""

    content: Any
    shown: Mapping[str, str]
    """By the path of a sum: as it was read, in words."""
    faults: Sequence[tuple[str, str]]
    """Each with the path of its sum."""


def with_sums_read(content: Any, places_of: Callable[[str], int]) -> SumsRead:
    """Return a proposal's content with each typed sum read. What must be asked back stays as it was typed."""
    shown: dict[str, str] = {}
    faults: list[tuple[str, str]] = []

    def within(node: Any, path: str, code: str) -> Any:
        match node:
            case dict():
                own = str(node.get("currency") or _currency_of_payments(node) or code)
                return {name: part(name, value, f"{path}{name}", own) for name, value in node.items()}
            case list():
                return [within(value, f"{path}{place}.", code) for place, value in enumerate(node)]
            case _:
                return node

    def part(name: str, value: Any, path: str, code: str) -> Any:
        if name in LISTS and isinstance(value, list):
            return [amount(entry, f"{path}.{place}", code) for place, entry in enumerate(value)]
        return amount(value, path, code) if name in NAMES else within(value, f"{path}.", code)

    def amount(value: Any, path: str, code: str) -> Any:
        if not isinstance(value, str) or not value:
            return within(value, f"{path}.", code)
        try:
            digits = read_sum(value, code, places := places_of(code))
        except BadInput as fault:
            faults.append((path, str(fault)))
            return value
        shown[path] = f"{code} {shown_sum(Decimal(digits), places)}".strip()
        return digits

    return SumsRead(within(content, "", ""), shown, tuple(faults))


def _currency_of_payments(leg: Mapping[str, Any]) -> str:
    """Return the currency of a leg's payments, which is that of its budget too, or ''."""
    match leg.get("tranches"):
        case [{"money": {"currency": str(code)}}, *_]:
            return code
        case _:
            return ""
