"""Editions as the tests write them: the sample's, and small ones of each kind."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import datetime
from pathlib import Path
from typing import Any

from domain.editions.content import EditionContent
from domain.editions.events import EditionAsked, EditionConfirmed
from domain.editions.kinds import EditionKind
from domain.editions.models import content_from, digest_of_content
from domain.identity import derive
from domain.signatures.signing import FileSignature, statement_about
from domain.streams import StreamId

SAMPLES = Path(__file__).resolve().parents[3] / "deploy" / "sample" / "editions"
DIGEST = "ab" * 32

SHORT: dict[str, Any] = {
    "kind": "QUESTIONS",
    "name": "interim-report",
    "edition": "2026.1",
    "form": "REPORT",
    "languages": ["en", "es"],
    "schema": {
        "type": "object",
        "properties": {
            "summary": {"type": "string", "format": "words:200"},
            "as_planned": {"type": "boolean"},
            "changes": {"type": "string", "enum": ["late", "dropped"]},
        },
        "required": ["summary"],
    },
    "pages": [{"id": "work", "questions": ["summary", "as_planned", "changes"]}],
    "shown_if": {"changes": {"question": "as_planned", "equals": False}},
    "facts": {"summary": "/summary"},
    "asks": {},
    "words": {
        language: {
            "title": "Interim report", "page.work": "The work", "summary.label": "What was done?",
            "as_planned.label": "As planned?", "changes.label": "What changed?", "changes.choice.late": "It is late",
            "changes.choice.dropped": "It was dropped",
        }
        for language in ("en", "es")
    },
}  # fmt: skip
BUDGET = json.loads((SAMPLES / "grant-budget.json").read_text("utf-8"))
SHEET = json.loads((SAMPLES / "application-scores.json").read_text("utf-8"))
LETTER: dict[str, Any] = {
    "kind": "LETTER", "name": "award", "edition": "2026.1", "for": "AWARD", "languages": ["en"],
    "words": {"en": {"title": "Award", "greeting": "Dear colleagues"}},
    "template": "#set text(size: 11pt)\n\n= Award\n  Indented", "fields": {"title": "/title"},
}  # fmt: skip
CALL: dict[str, Any] = {
    "kind": "CALL", "name": "connect", "edition": "2026.1", "languages": ["en"], "words": {"en": {"title": "Connect"}},
    "funder": "ISOC", "programme": "Connect", "currency": "USD", "opens_on": "2026-12-01", "closes_on": "2027-01-31",
    "rules": {"least": "1000", "most": "50000", "countries": ["UG", "KE"], "overdue_reports_bar": True},
    "questions": {"name": "interim-report", "edition": "2026.1", "sha256": DIGEST},
    "reports": [
        {"report_kind": "FINAL", "after_months": 12,
         "questions": {"name": "final-report", "edition": "2026.1", "sha256": DIGEST}}
    ],
}  # fmt: skip
EVERY = (SHORT, BUDGET, SHEET, LETTER, CALL)


def changed(fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The fields of an edition with some of them changed, by the way to each: schema__properties__budget."""
    copy = deepcopy(fields)
    for way, value in more.items():
        *steps, last = way.split("__")
        place: Any = copy
        for step in steps:
            place = place[int(step) if isinstance(place, list) else step]
        place[last] = value
    return copy


def content(fields: dict[str, Any] = SHORT, **more: Any) -> EditionContent:
    return content_from(changed(fields, **more))


def asked(read: EditionContent, actor: str, at: datetime, key: str = "EK-" + "A" * 16, **more: Any) -> EditionAsked:
    """A request, signed by nobody in truth: the domain's rules ask for names and keys alone."""
    fields = {**_fields(read), "reason": "The board asked for it", **more}
    return EditionAsked(at=at, actor=actor, signature=_signature(read, actor, at, key, "asked"), **fields)


def confirmed(
    request: EditionAsked, actor: str, at: datetime, key: str = "EK-" + "B" * 16, **more: Any
) -> EditionConfirmed:
    fields = request.model_dump(include={"edition_kind", "name", "edition", "sha256"})
    request_id = request.signature.statement.command_id
    signature = _signature(request, actor, at, key, "confirmed")
    return EditionConfirmed(at=at, actor=actor, signature=signature, **{**fields, "request_id": request_id, **more})


def _fields(read: EditionContent) -> dict[str, Any]:
    sha256 = digest_of_content(read.canonical())
    return {"edition_kind": read.kind, "name": read.name, "edition": read.edition, "sha256": sha256}


def _signature(about: Any, actor: str, at: datetime, key: str, act: str) -> FileSignature:
    kind = getattr(about, "kind", None) or about.edition_kind
    command_id = derive(act, str(kind), about.name, about.edition, actor, at.isoformat())
    statement = statement_about(StreamId.edition(EditionKind(kind), about.name), act, actor, at, command_id, {})
    return FileSignature(statement=statement, key_id=key, value="A" * 86 + "==")
