"""The words of mail that asks for a form of the door: an invitation, what was returned, and the agreement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from accord.post.kinds import MailKind
from accord.post.outbox import Mail, MailState
from accord.post.recipients import NotToSend
from accord.presentation.words.door_mail import FORMS, MAILS
from accord.presentation.words.mail import LANGUAGES, MailWords
from domain.partnership import events as e
from domain.recorded.event import RecordedEvent
from domain.submissions.kinds import DoorForm

_INVITATIONS: Final = {
    DoorForm.CHANGE: "INVITED_TO_CHANGE", DoorForm.QUESTION: "INVITED_TO_QUESTION",
    DoorForm.ACCEPTANCE: "AGREEMENT_BY_LINK",
}  # fmt: skip


def words_of_asking(
    mail: Mail, history: Sequence[RecordedEvent], language: str, has_link: bool
) -> tuple[MailWords, dict[str, Any]] | None:
    """Return the words of a mail that the door alone knows, with their values, or None for any other.

    Raises:
        NotToSend: It invites to a form by which nothing can be handed in any more.
    """
    match mail.kind, event_of(mail, history):
        case MailKind.GRANTEE_INVITED, e.GranteeInvited(form=form, note=note):
            if not has_link:
                raise NotToSend(MailState.LET_GO, "the invitation was ended, or there is nothing to hand in by it")
            name = _INVITATIONS.get(form, "GRANTEE_INVITED")
            values = {"form": FORMS[form.value][language], "note": f"\n\n{note}" if note else ""}
            return MAILS[name][language], values
        case MailKind.SUBMISSION_RETURNED, e.SubmissionReturned(reason=reason, questions=questions):
            lines = "\n".join(f"- {field_question.question}" for field_question in questions)
            values = {"reason": reason, "questions": f"\n\n{lines}" if lines else ""}
            return MAILS["SUBMISSION_RETURNED"][language], values
        case MailKind.AGREEMENT_WAITS, _ if has_link:
            return MAILS["AGREEMENT_BY_LINK"][language], {}
        case _:
            return None


def language_asked(mail: Mail, history: Sequence[RecordedEvent]) -> str | None:
    """Return the language that an invitation names, if mail is written in it."""
    event = event_of(mail, history)
    has_language = isinstance(event, e.GranteeInvited) and event.language in LANGUAGES
    return event.language if has_language else None


def event_of(mail: Mail, history: Sequence[RecordedEvent]) -> Any:
    """Return the event that a mail tells of, or None."""
    position = mail.facts.get("position")
    return next((recorded.event for recorded in history if recorded.position == position), None)
