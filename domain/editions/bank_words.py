"""The words that ask for bank details, which no question may: a mailbox that was taken over would answer."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

ASKING_WORDS: Final = (
    r"\b(?:iban|swift|bic|clabe|rib|routing number|sort code|bank code|aba number|account (?:number|no|nr)|"
    r"bank account|bank details|banking details|wire instructions|"
    r"numero de (?:la )?cuenta|cuenta bancaria|datos bancarios|"
    r"numero de compte|compte bancaire|coordonnees bancaires|releve d.identite bancaire|code banque|"
    r"kontonummer|bankverbindung|numero da conta|conta bancaria|dados bancarios|numero di conto|coordinate bancarie)\b"
)
_ASKING: Final = re.compile(ASKING_WORDS)
_LETTERS_APART: Final = re.compile(r"\b(?:[a-z][ .\-_]){2,}[a-z]\b")
"""A word with its letters apart, such as I.B.A.N."""


def bank_word_in(text: str) -> str | None:
    """Return the words in a text that ask for bank details, or None if there are none."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign)).casefold()
    plain_text = _LETTERS_APART.sub(lambda letters: re.sub(r"[ .\-_]", "", letters[0]), plain)
    match = _ASKING.search(" ".join(plain_text.split()))
    return match[0] if match else None
