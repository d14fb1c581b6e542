"""The part of a form that a grantee's word is about: the agreement, the papers asked for, a report in a light way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from accord.post.door.plans import FormPlan, agreement_issued
from accord.presentation.words.agreement_terms import terms_in_words
from accord.presentation.words.codes import as_sentence, in_plain_words
from accord.presentation.words.door_mail import MUST_BE_OURS
from domain.errors import DomainError
from domain.partnership import events as e
from domain.partnership.evolution import fold
from domain.partnership.letter.common import LetterWish
from domain.partnership.letter.facts import AwardFacts
from domain.partnership.letter.kinds import LetterKind
from domain.partnership.letter.making import letter_facts
from domain.partnership.state import Partnership
from domain.policy.conditions import CONDITIONS, ConditionId
from domain.recorded.event import RecordedEvent
from domain.submissions.kinds import DoorForm, ReportWay


def read_of(
    plan: FormPlan, partnership: Partnership, history: Sequence[RecordedEvent], language: str
) -> dict[str, Any]:
    """Return the texts that a form puts before its reader to answer for: nothing where its questions say it all."""
    match plan.kind:
        case DoorForm.ACCEPTANCE:
            return _agreement(plan, partnership, history, language)
        case DoorForm.PAPERS if plan.about in set(ConditionId):
            what = CONDITIONS[ConditionId(plan.about)].what
            return {"papers": [as_sentence(in_plain_words(what))]}
        case DoorForm.REPORT if plan.invitation:
            return _light_way(plan, partnership)
        case _:
            return {}


def note_on_way(plan: FormPlan, partnership: Partnership, language: str) -> str:
    """Return the words on a light way that the law has closed since the invitation, or ''."""
    return MUST_BE_OURS[language] if _way(plan, partnership) and not _light_way(plan, partnership) else ""


def _way(plan: FormPlan, partnership: Partnership) -> ReportWay | None:
    return partnership.invitations[plan.invitation - 1].way if plan.invitation else None


def _light_way(plan: FormPlan, partnership: Partnership) -> dict[str, Any]:
    """Return the light way of an invitation, unless the law forbids it by now."""
    way = _way(plan, partnership)
    if way is None or (way is ReportWay.OTHER_FUNDER and partnership.responsibility.required):
        return {}
    spoken = partnership.invitations[plan.invitation - 1].spoken
    return {"way": way.value, **({"written_down": spoken} if spoken is not None else {})}


def _agreement(
    plan: FormPlan, partnership: Partnership, history: Sequence[RecordedEvent], language: str
) -> dict[str, Any]:
    letter = agreement_issued(partnership)
    sha256 = plan.about.lower() or (letter.pdf_sha256 if letter is not None else "")
    if not sha256:
        return {}
    text = agreement_in_words(partnership.partnership_id, history, sha256, language)
    return {"agreement": {"sha256": sha256, **({"text": text} if text else {})}}


def agreement_in_words(partnership_id: str, history: Sequence[RecordedEvent], sha256: str, language: str) -> str:
    """Return the terms of an agreement that was issued, from what stood then, or '' if the letter says others.

    The letter's event has the digest of its facts, so nobody is shown other terms under its name.
    """
    for place, entry in enumerate(history):
        event = entry.event
        if isinstance(event, e.LetterIssued) and event.pdf_sha256 == sha256 and event.letter is LetterKind.AGREEMENT:
            before = fold(
                partnership_id, tuple(cast(e.Event, recorded_event.event) for recorded_event in history[:place])
            )
            facts = _facts(before, event)
            return terms_in_words(facts, language) if facts is not None else ""
    return ""


def _facts(partnership: Partnership, event: e.LetterIssued) -> AwardFacts | None:
    try:
        facts = letter_facts(partnership, LetterWish(event.letter, event.dated, event.about, event.note))
    except DomainError:
        return None
    return facts if isinstance(facts, AwardFacts) and facts.sha256 == event.facts_sha256 else None
