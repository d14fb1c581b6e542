"""Read a text as an answer: the answer itself as it is handed in, or its fault."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from accord.grantee.questions.fields import FieldInput, StoredField
from accord.grantee.questions.sheet import DoorQuestion
from accord.grantee.questions.sums import read_sum
from accord.grantee.words import AnswerFault
from domain.submissions.bank_details import bank_details_in
from domain.values import minor_digits, printable

_EMAIL: Final = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
LONGEST: Final = 60_000
"""The most bytes of a text that is saved."""
MOST_LINE: Final = 2_000
NEEDED: Final = AnswerFault("fault.needed")
_MENDED_IN: Final = {"fault.why": "words", "fault.new_day": "due_on", "fault.order": "ends"}
"""By fault between two parts of an answer: the part in which it is mended."""


def bank_fault(draft: Any) -> AnswerFault | None:
    """Return the fault of a text that shows bank details, or None. It is not saved."""
    return AnswerFault("fault.bank") if draft and bank_details_in({"answer": draft}) else None


def size_fault(draft: Any) -> AnswerFault | None:
    """Return the fault of a text that is too long to be saved, or is none, or None."""
    try:
        size = len(json.dumps(draft, ensure_ascii=False).encode())
    except UnicodeEncodeError:
        return AnswerFault("fault.signs")
    return AnswerFault("fault.large") if size > LONGEST else None


def digest_of_draft(draft: Any) -> str:
    """Return a short digest of what stood in a field when its page was made, so that an untouched one is not saved."""
    text = json.dumps(draft or "", ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _texts(draft: Any) -> Iterator[str]:
    if isinstance(draft, str):
        yield draft
    for part in draft.values() if isinstance(draft, dict) else draft if isinstance(draft, list) else ():
        yield from _texts(part)


class AnswerReader:
    """Reads the answers to one form."""

    def __init__(self, language: str, currency: str) -> None:
        """Read answers in a language. `currency`: that of the grant, or ''."""
        self._language = language
        codes = _CURRENCY.fullmatch(currency)
        self.decimals = minor_digits(currency) if codes else 2

    def field(self, question: DoorQuestion, field: StoredField, draft: Any) -> Any | AnswerFault:
        """Return the answer in one field, None if nothing was written, or what is wrong."""
        if not draft:
            return None
        if any(not is_printable(text) for text in _texts(draft)):
            return AnswerFault("fault.signs")
        if field.is_single:
            return self._single(question, field.inputs[0], draft)
        if not isinstance(draft, dict):
            return NEEDED
        return self._parts(question, field, draft)

    def faulty_parts(self, question: DoorQuestion, field: StoredField, draft: Any) -> list[tuple[str, AnswerFault]]:
        """Return the faults of one field, each with the part in which it is mended. '': in its one input."""
        fault = self.field(question, field, draft)
        if not isinstance(fault, AnswerFault):
            return []
        if field.is_single or not isinstance(draft, dict):
            return [(field.inputs[0].part, fault)]
        parts = [(entry.part, self._part(entry, draft)) for entry in field.inputs]
        faults = [(part, answer) for part, answer in parts if isinstance(answer, AnswerFault)]
        return faults or [(_MENDED_IN.get(fault.key, field.inputs[0].part), fault)]

    def _single(self, question: DoorQuestion, field_input: FieldInput, draft: Any) -> Any | AnswerFault:
        if field_input.look == "choices":
            answers = draft if isinstance(draft, list) else [draft]
            codes = {choice for choice, _ in field_input.choices}
            return answers if set(answers) <= codes else AnswerFault("fault.choice")
        if not isinstance(draft, str):
            return NEEDED
        return _bounded(question, self._text(field_input, draft.strip(), question.schema.most_words))

    def _text(self, field_input: FieldInput, text: str, most_words: int | None) -> Any | AnswerFault:
        match field_input.look:
            case "money":
                amount = read_sum(text, self._language, self.decimals)
                return amount if isinstance(amount, AnswerFault) else f"{amount:f}"
            case "number":
                amount = read_sum(text, self._language, 2)
                return AnswerFault("fault.number", amount.facts) if isinstance(amount, AnswerFault) else _plain(amount)
            case "integer":
                return (
                    int(text)
                    if re.fullmatch(r"-?[0-9]{1,15}", text)
                    else AnswerFault("fault.number", {"written": text[:30]})
                )
            case "date":
                return _day(text)
            case "country":
                return (
                    text.upper()
                    if _COUNTRY.fullmatch(text.upper())
                    else AnswerFault("fault.country", {"written": text[:30]})
                )
            case "email":
                return text if _EMAIL.fullmatch(text) else AnswerFault("fault.email", {"written": text[:60]})
            case "yesno":
                return {"yes": True, "no": False}.get(text, AnswerFault("fault.choice"))
            case "choice":
                return text if text in {choice for choice, _ in field_input.choices} else AnswerFault("fault.choice")
            case _:
                return _prose(text, most_words)

    def _parts(self, question: DoorQuestion, field: StoredField, draft: Mapping[str, Any]) -> Any | AnswerFault:
        answer: dict[str, Any] = {}
        for field_input in field.inputs:
            part = self._part(field_input, draft)
            if isinstance(part, AnswerFault):
                return part
            if part is not None:
                answer[field_input.part] = part
        return _whole(question.format, field, answer)

    def _part(self, field_input: FieldInput, draft: Mapping[str, Any]) -> Any | AnswerFault:
        """Return the answer in one part, None where nothing is asked for, or what is wrong."""
        text = draft.get(field_input.part, "")
        if text and isinstance(text, str):
            return self._text(field_input, text.strip(), None)
        if field_input.standing:
            return field_input.standing
        return AnswerFault("fault.part", {"part": field_input.label}) if field_input.needed else None


def _whole(kind: str, field: StoredField, answer: dict[str, Any]) -> Any | AnswerFault:
    """Return an answer of several parts, with the number of what it is about, or what is wrong between its parts."""
    if kind == "new-budget":
        return {"line": field.number, "sums": list(answer.values())}
    if kind == "period" and answer["ends"] < answer["starts"]:
        return AnswerFault("fault.order")
    if kind == "workplan" and (fault := _fault_of_step(answer)) is not None:
        return fault
    about = {"budget": "line", "workplan": "milestone", "results": "indicator"}.get(kind)
    if about is None or any(field_input.part == "what" for field_input in field.inputs):
        return answer
    return {about: field.number, **answer}


def _fault_of_step(answer: Mapping[str, Any]) -> AnswerFault | None:
    """Return the fault between the parts of a word on a step, as the report's own check has it, or None."""
    if answer["state"] in {"LATE", "DROPPED"} and not answer.get("words"):
        return AnswerFault("fault.why")
    return AnswerFault("fault.new_day") if answer.get("due_on") and answer["state"] != "LATE" else None


def is_printable(text: str) -> bool:
    """True if a text has no sign that harms or turns it around: no other is handed in."""
    try:
        printable(text)
    except ValueError:
        return False
    return True


def _day(text: str) -> str | AnswerFault:
    try:
        return (
            date.fromisoformat(text).isoformat() if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else _no_day(text)
        )
    except ValueError:
        return _no_day(text)


def _no_day(text: str) -> AnswerFault:
    return AnswerFault("fault.day", {"written": text[:30]})


def _plain(amount: Decimal) -> str:
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _prose(text: str, most_words: int | None) -> str | AnswerFault:
    count = len(text.split())
    if most_words is not None and count > most_words:
        return AnswerFault("fault.words", {"count": count, "most": most_words})
    if most_words is None and len(text) > MOST_LINE:
        return AnswerFault("fault.long", {"count": len(text), "most": MOST_LINE})
    return text


def _bounded(question: DoorQuestion, answer: Any) -> Any | AnswerFault:
    schema = question.schema
    if isinstance(answer, AnswerFault):
        return answer
    if schema.const is True and answer is not True:
        return AnswerFault("fault.accepted")
    if question.format == "line" and isinstance(answer, str) and len(answer) > schema.longest:
        return AnswerFault("fault.long", {"count": len(answer), "most": schema.longest})
    if isinstance(answer, int) and not isinstance(answer, bool):
        if schema.minimum is not None and answer < schema.minimum:
            return AnswerFault("fault.least", {"least": schema.minimum})
        if schema.maximum is not None and answer > schema.maximum:
            return AnswerFault("fault.most", {"most": schema.maximum})
    return answer
