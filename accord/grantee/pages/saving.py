"""Save answers: one field by a script, or a page of them by a button, by the same rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from accord.grantee.questions.answers import bank_fault, digest_of_draft, size_fault
from accord.grantee.questions.fields import StoredField, inputs_named, typed
from accord.grantee.questions.filled import AnsweredForm, FilledField, FilledQuestion
from accord.grantee.questions.sheet import DoorQuestion
from accord.grantee.store import FieldText, Saved
from accord.grantee.visit import LANGUAGE, Visit

PAGE_FIELDS: Final = frozenset({"do", "rows", "base", "was", "paper", "back", "field", LANGUAGE})
"""Fields that a page sends by itself."""


async def save_sent(
    visit: Visit, questions: tuple[FilledQuestion, ...], form_fields: FormData
) -> tuple[dict[str, str], dict[str, object]]:
    """Save the fields of a page that somebody changed. Returns what was refused by field, and what was typed there."""
    refusals, texts = dict[str, str](), dict[str, object]()
    for field in (field for entry in questions for field in entry.fields):
        name = field.field.name
        draft = _sent_draft(field.field, form_fields)
        if draft is None or form_fields.get(f"was:{name}") == digest_of_draft(draft) or draft == field.draft:
            continue
        fault = size_fault(draft) or bank_fault(draft)
        if fault is not None:
            refusals[name], texts[name] = visit.words.fault(fault), draft
            continue
        base = str(form_fields.get(f"base:{name}", ""))
        await visit.link.save(visit.form, name, draft, int(base) if base.isdecimal() and len(base) < 10 else 0)
    return refusals, texts


def _sent_draft(field: StoredField, form_fields: FormData) -> Any:
    """Return the text that was sent for a field, or None if its page did not send it."""
    if f"base:{field.name}" not in form_fields:
        return None
    texts_by_part = {
        entry.part: [str(text) for text in form_fields.getlist(name)]
        if entry.look == "choices"
        else str(form_fields.get(name, "")).strip()
        for entry, name in inputs_named(field)
    }
    return _lines_as_typed(typed(field, texts_by_part))


def _lines_as_typed(draft: Any) -> Any:
    """Return a text with its lines ended in one way, whichever way a browser sends them."""
    if isinstance(draft, str):
        return draft.replace("\r\n", "\n")
    if isinstance(draft, dict):
        return {part: _lines_as_typed(text) for part, text in draft.items()}
    return draft


def faults_of_sent(visit: Visit, filled_form: AnsweredForm, form_fields: FormData) -> dict[str, str]:
    """Return the fields that were sent and that this form does not have, each with its words: the rest is saved."""
    names = {name for entry in filled_form.questions for field in entry.fields for _, name in inputs_named(field.field)}
    stray = [
        name
        for name in form_fields
        if name not in names and name not in PAGE_FIELDS and ":" not in name and not _was_asked(visit, name)
    ]
    return {name: visit.words("fault.field", field=name[:60]) for name in stray}


def _was_asked(visit: Visit, name: str) -> bool:
    """True for a question of the form that is not asked as it is filled now."""
    return any(question.name == name.partition(".")[0] for question in visit.sheet.questions)


async def put(request: Request, visit: Visit) -> Response:
    """Save one field, as the script sends it: its inputs by part, and the revision that was read before."""
    if not visit.may_fill:
        return JSONResponse({"fault": visit.words("tasks.read_only")}, 403)
    name = request.path_params["field"]
    question = next((entry for entry in visit.sheet.questions if entry.name == name.partition(".")[0]), None)
    form_fields = await _sent(request)
    row = name.partition(".")[2]
    if question is None or form_fields is None or (row and not (row.isdecimal() and 0 < int(row) <= 999)):
        return JSONResponse({"fault": visit.words("fault.field", field=name[:60])}, 422)
    texts, rows = await visit.link.drafts(visit.form), int(row or 1)
    field = visit.filled_with(texts, (), rows).field(name)  # no paper is asked for here
    if field is None:
        return JSONResponse({"fault": visit.words("fault.field", field=name[:60])}, 422)
    draft = _lines_as_typed(typed(field.field, _stripped(form_fields["value"])))
    if fault := size_fault(draft) or bank_fault(draft):
        return JSONResponse({"fault": visit.words.fault(fault)}, 422)
    saved = await _saved(visit, field, draft, form_fields["base"])
    if saved is None:
        return JSONResponse({"fault": visit.words("fault.closed")}, 410)
    after = visit.filled_with({**texts, name: [_standing(draft)]}, (), rows).field(name)
    said, warning = _read_back(visit, question, after) if after is not None else ("", "")
    return JSONResponse({"revision": saved.revision, "beside": saved.beside, "said": said, "warning": warning})


async def _sent(request: Request) -> dict[str, Any] | None:
    """Return the field as the script sent it, or None if it has another form."""
    try:
        form_fields = await request.json()
        value, base = form_fields["value"], form_fields["base"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    is_whole = isinstance(base, int) and not isinstance(base, bool) and 0 <= base < 10**9
    return {"value": value, "base": base} if isinstance(value, dict) and is_whole else None


def _stripped(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs that are texts, or lists of texts."""
    return {
        part: text.strip() if isinstance(text, str) else [str(entry) for entry in text]
        for part, text in value.items()
        if isinstance(text, str | list)
    }


async def _saved(visit: Visit, field: FilledField, draft: Any, base: int) -> Saved | None:
    """Save a text that differs from the one that stands. Returns None if the form is closed."""
    if draft == field.draft:
        return Saved(field.base, field.is_double)
    return await visit.link.save(visit.form, field.field.name, draft, base)


def _standing(draft: Any) -> FieldText:
    """Return a text as it stands once it is saved: for what the form says of it, nothing but the text counts."""
    return FieldText(0, draft, UUID(int=0), datetime.min.replace(tzinfo=UTC), True)


def _read_back(visit: Visit, question: DoorQuestion, field: FilledField) -> tuple[str, str]:
    """Return an answer that can be misread in words, and what is wrong with it so far."""
    return visit.filler.read_back(question, field), visit.words.fault(field.fault) if field.fault else ""
