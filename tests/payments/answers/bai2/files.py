"""BAI2 files as a bank writes them, invented. Totals and counts are worked out, so that a test can break one."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import NamedTuple

DAY = date(2026, 11, 3)
NUMBER = "00123456"
PAID = "16,495,60000,Z,B-1,E1,WIRE TO/FROM A PAYEE, INVENTED/"
CAME = "16,195,10000,V,261103,0930,B-2,E2/\n88,GIFT OF SOMEBODY/\n88,INVENTED"


class Part(NamedTuple):
    """Lines, and the sum of their amounts."""

    lines: tuple[str, ...]
    units: int


def account(opening: str, closing: str, *entries: str, number: str = NUMBER, currency: str = "USD") -> Part:
    """An account with its balances in the smallest unit, and its entries, each with its continuations."""
    head = f"03,{number},{currency},010,{opening},,,015,{closing},,Z/"
    lines = tuple(line for text in (head, *entries) for line in text.split("\n"))
    details = (re.match(r"16,[0-9]{3},([0-9]*)", line) for line in lines)
    units = sum(int(found[1] or 0) for found in details if found) + int(opening or 0) + int(closing or 0)
    return Part((*lines, f"49,{units},{len(lines) + 1}/"), units)


def group(*accounts: Part, on: date = DAY, status: str = "1", modifier: str = "2", currency: str = "") -> Part:
    """The accounts of a day."""
    head = f"02,ISOC,121000248,{status},{on:%y%m%d},2359,{currency},{modifier}/"
    lines = (head, *(line for part in accounts for line in part.lines))
    units = sum(part.units for part in accounts)
    return Part((*lines, f"98,{units},{len(accounts)},{len(lines) + 1}/"), units)


def file(*groups: Part, version: str = "2") -> bytes:
    """The groups of a file."""
    created = groups[0].lines[0].split(",")[4]
    lines = [f"01,121000248,ISOC,{created},0600,1,,,{version}/", *(line for part in groups for line in part.lines)]
    lines.append(f"99,{sum(part.units for part in groups)},{len(groups)},{len(lines) + 1}/")
    return "\n".join([*lines, ""]).encode()


def day_of(opening: str, closing: str, *entries: str, days: int = 0, number: str = NUMBER) -> bytes:
    """The file of one account, so many days after the first."""
    return file(group(account(opening, closing, *entries, number=number), on=DAY + timedelta(days=days)))
