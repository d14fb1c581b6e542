"""Read sums as people write them in three languages, and refuse what can be read as two."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from accord.grantee.words import AnswerFault

_SIGNS: Final = re.compile(r"[0-9][0-9 .,'\u2019]*", re.ASCII)
_SPACES: Final = str.maketrans("", "", " '\u2019\u00a0\u202f")
_GROUPS: Final = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{3})+")
_ENGLISH: Final = re.compile(r"(?<![0-9.,-])(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?(?![0-9.,-])")
MOST_DIGITS: Final = 15


def read_sum(original: str, language: str, decimals: int) -> Decimal | AnswerFault:
    """Return the sum that somebody wrote, or why it is none: 1e5, -5 and NaN are none, and 1.234 may be two."""
    text = original.replace("\u00a0", " ").replace("\u202f", " ").strip()
    if not _SIGNS.fullmatch(text):
        return AnswerFault("fault.sum", {"written": original[:30]})
    plain = text.translate(_SPACES)
    points = [sign for sign in plain if sign in ".,"]
    if not points:
        return _sum(plain, "", decimals, original)
    if len(set(points)) == 2 or (len(points) == 1 and not _GROUPS.fullmatch(plain)):
        whole, _, part = plain.rpartition(points[-1])
        return _sum(whole, part, decimals, original)
    if not _GROUPS.fullmatch(plain):
        return AnswerFault("fault.sum", {"written": original[:30]})
    grouping = "," if language == "en" else "."
    if len(points) == 1 and points[0] != grouping and decimals:
        return _two_sums(plain, original)
    return _sum(re.sub("[.,]", "", plain), "", decimals, original)


def _two_sums(plain: str, original: str) -> AnswerFault:
    """Return the words on a text with one separator before three digits, which the other language's people group by."""
    whole, part = re.split("[.,]", plain)
    return AnswerFault(
        "fault.two_sums", {"written": original[:30], "large": whole + part, "small": f"{whole}.{part[:2]}"}
    )


def _sum(whole: str, part: str, decimals: int, original: str) -> Decimal | AnswerFault:
    if re.search("[.,]", whole):
        if not _GROUPS.fullmatch(whole):
            return AnswerFault("fault.sum", {"written": original[:30]})
        whole = re.sub("[.,]", "", whole)
    if len(part) > decimals or len(whole) > MOST_DIGITS or not whole:
        return AnswerFault("fault.decimals", {"written": original[:30], "decimals": decimals})
    return Decimal(f"{whole}.{part or 0}").quantize(Decimal(1).scaleb(-decimals))


def digits_said(text: str, language: str) -> str:
    """Return a text with its numbers as a reader of a language writes them: they come as English writes them."""
    if language == "en":
        return text
    return _ENGLISH.sub(lambda found: found[0].replace(",", "\u00a0").replace(".", ","), text)


def sum_said(amount: Decimal, currency: str, language: str) -> str:
    """Return a sum as a reader of a language writes it, with its currency."""
    return f"{currency} {digits_said(f'{amount:,}', language)}".strip()
