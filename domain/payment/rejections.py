"""The proof in a bank's rejection: a fault of the payment itself ends an attempt.

All other rejections are for people.

A file that was uploaded twice is refused the second time, while the first one is paid. So a rejection ends an attempt
only if the very same content would have been refused at its first arrival as well, and if nothing speaks of a second.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from domain.fault import Fault

CONTENT_FAULTS: Final = frozenset(
    {
        *("AC01", "AC02", "AC03", "AC04", "AC05", "AC06", "AC07", "AC08", "AC09", "AC10", "AC11", "AC12", "AC13"),
        *("AC14", "AC15", "AG01", "AG03", "AM01", "AM02", "AM03", "AM09", "AM11", "AM12"),
        *("BE01", "BE04", "BE05", "BE06", "BE07", "BE08", "BE09", "BE10", "BE11", "BE12", "BE13", "BE14", "BE15"),
        *("BE16", "BE17", "BE18", "BE19", "BE20", "BE21", "BE22", "BE23", "CNOR", "CURR", "DNOR"),
        *("RC01", "RC02", "RC03", "RC04", "RC05", "RC06", "RC07", "RC08", "RC09", "RC10", "RC11", "RC12"),
        *("RR01", "RR02", "RR03", "RR05", "RR06", "RR07", "RR08", "RR09", "RR10", "RR11", "RR12"),
    }
)
"""Reason codes that name a fault of an account, a party, a bank, the sum or its currency (ISO 20022 external status
reasons). Not among them: dates, which the second of two uploads has in the past; a lack of money, of which a bank may
think better; formats and free words, which say nothing of the payment."""

DUPLICATE_CODES: Final = frozenset({"DUPL", "AM05", "DU01", "DU02", "DU03", "DU04", "DU05"})
"""Reason codes for what the bank already has, by message, batch or payment id (ISO 20022 external status reasons)."""

_OF_A_DUPLICATE: Final = re.compile(
    "|".join(
        (
            r"\bdupl\w*", r"\balready\b", r"\bprocess?ed\b", r"\bexists\b", r"\btwice\b", r"\bpreviously\b",
            r"\brepeat\w*", r"\bresub\w*", r"\bdoubl\w*", r"\bdeja\b", r"\btraitee?s?\b", r"\bexiste deja\b",
            r"\bya\b", r"\bprocesad[oa]s?\b", r"\bprocessad[oa]s?\b", r"\bja\b", r"\brepetid[oa]s?\b",
            r"\bdopp?elt\w*", r"\bdoppi\w*", r"\bbereits\b", r"\bschon\b", r"\bverarbeitet\b", r"\bvorhanden\b",
            r"\bmehrfach\w*", r"\bdublett\w*", r"\bdubb\w*", r"\bgia\b", r"\belaborat[oaie]\b", r"\breeds\b",
            r"\bverwerkt\b", r"\ballerede\b", r"\bredan\b", r"\bjuz\b", r"\bpowtorz\w*", r"\bzdubl\w*",
            r"\bmukerrer\b", r"\bzaten\b", r"\bsudah\b", r"\bganda\b", r"\btayari\b",
            "дубл", "повторн", "уже", "обработан", "مكرر", "بالفعل", "سبق", "重复", "重複", "已处理", "已存在",
            "已經", "已经", "二重", "既に", "処理済",
        )
    ),
    re.IGNORECASE,
)  # fmt: skip
"""Words on something earlier, in the languages of banks that pay abroad, without case and accents."""


_OF_A_COPY: Final = "it speaks of a duplicate"


def refuses_a_copy(doubt: str) -> bool:
    """True if a rejection is in doubt because it speaks of a duplicate: of what is settled it says nothing."""
    return doubt.startswith(_OF_A_COPY)


def doubt_of_rejection(codes: Iterable[str], words: str) -> Fault | None:
    """Return the reason why a rejection ends nothing by itself, or None if it names a fault of the payment's content.

    `codes`: the coded reasons that decide. `words`: all that the bank wrote beside it, at any level, in any language.
    """
    if phrase := speaks_of_duplicate(words):
        return Fault(f"{_OF_A_COPY} ({phrase}), so the bank may execute what it got first")
    if CONTENT_FAULTS.isdisjoint(codes):
        return Fault("it names no fault of the payment's content, so the bank may execute it all the same")
    return None


def speaks_of_duplicate(words: str) -> str | None:
    """Return the first word that says that the bank has something already, or None."""
    plain = _without_accents(words)
    code = next((word for word in re.findall(r"\w+", words) if word in DUPLICATE_CODES), None)
    match = _OF_A_DUPLICATE.search(plain)
    return code or (match.group().lower() if match else None)


def _without_accents(words: str) -> str:
    apart = unicodedata.normalize("NFKD", words)
    return "".join(sign for sign in apart if not unicodedata.combining(sign)).casefold()
