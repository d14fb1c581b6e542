"""JSON as the read models' tables take it."""

from __future__ import annotations

import json
from typing import Any

from pydantic_core import to_json

from ledger.model import holds_nul


def stored_form(content: Any) -> str:
    """Return JSON content, in which frozen values of pydantic may stand, as the text that is stored.

    Raises:
        ValueError: It contains a NUL character or a number such as NaN, which jsonb cannot store.
    """
    text = to_json(content)
    if holds_nul(text):
        raise ValueError("the document holds a NUL character")
    if b"NaN" in text or b"Infinity" in text:  # a number, or a text that has it
        json.dumps(content, allow_nan=False)
    return text.decode()
