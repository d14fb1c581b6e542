"""The words of a refusal: what stands in the cell, why it is not possible, and the remedy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from domain.values import short

_MAPPED: Final = "write one of them, or give the column's words their meaning in the mapping (`values`)"


def words_of(fault: Mapping[str, Any]) -> str:
    """Return the words of a fault that validation found, which its own message says to developers."""
    told = _TOLD.get(str(fault["type"]))
    return told(fault) if told is not None else str(fault["msg"]).removeprefix("Value error, ")


def _too_long(fault: Mapping[str, Any]) -> str:
    return f"it has {len(fault['input'])} signs, and {fault['ctx']['max_length']} is the most; shorten it"


def _too_short(fault: Mapping[str, Any]) -> str:
    text, least = short(fault["input"]), fault["ctx"]["min_length"]
    return f"{text} has {len(fault['input'])} signs, and {least} is the least; write it in full"


def _no_choice(fault: Mapping[str, Any]) -> str:
    choices = str(fault["ctx"]["expected"]).replace("'", "").replace(" or ", ", ")
    return f"{short(fault['input'])} is none of {choices}; {_MAPPED}"


def _no_code(fault: Mapping[str, Any]) -> str:
    return f"{short(fault['input'])} is no code; write capitals, digits, - and _, or give `values` in the mapping"


_TOLD: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = {
    "string_too_long": _too_long,
    "string_too_short": _too_short,
    "enum": _no_choice,
    "literal_error": _no_choice,
    "string_pattern_mismatch": _no_code,
}
