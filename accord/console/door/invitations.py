"""The form that invites a contact of the grantee, and the invitations on the page of a case."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from accord.client.door.links import DoorLink, HandedInOnce
from accord.console.deciding.fields import Field, form_field
from accord.console.door.inbox import what_is_it
from accord.presentation.words.codes import as_sentence, words_of
from accord.presentation.words.days import day_in_words, time_in_words
from domain.editions.series import EditionSeries
from domain.partnership import commands as c
from domain.partnership.acts import Choices
from domain.partnership.report.other_funders import MUST_BE_OURS
from domain.partnership.state import Partnership
from domain.partnership.submission.invitations import Invitation
from domain.submissions.kinds import ReportWay, SubmissionKind
from ledger import clock

EDITION: Final = "edition_sha256"
LANGUAGES: Final = (("en", "English"), ("es", "Spanish"), ("fr", "French"))
DAYS: Final = timedelta(days=30)
NO_SUBJECT: Final = ("", "nothing in particular")
_DEFAULT: Final = ("", "those that the form needs")
_USES: Final[Mapping[str, str]] = {"SUBMIT": "hands in", "FILL": "fills", "READ": "reads"}


def invite_fields(partnership: Partnership) -> tuple[Field, ...]:
    """Return the fields of the form that invites a contact: whom by name, to what, and until when."""
    until = replace(form_field(c.InviteGrantee, "until"), begins_with=_until(partnership).isoformat())
    abouts, contacts = _abouts(partnership), _contacts(partnership)
    return (
        form_field(c.InviteGrantee, "form"),
        Field("about", "About", "A report says which it is, and papers say for which condition.", "choice", abouts),
        Field("contact", "Whom", "The contacts that the proposal names with an address.", "choice", contacts),
        Field(EDITION, "Question set", "One in force, or the questions that the form needs.", "choice", (_DEFAULT,)),
        Field("language", "Language", "The form and its mail are in it.", "choice", LANGUAGES),
        form_field(c.InviteGrantee, "note"),
        _way(partnership),
        form_field(c.InviteGrantee, "spoken"),
        until,
    )  # fmt: skip


def _way(partnership: Partnership) -> Field:
    """Return the field of a light way: without a report to another funder, where the law forbids that."""
    way, is_ours = form_field(c.InviteGrantee, "way"), bool(partnership.responsibility.required)
    allowed = (choice for choice in way.choices if not (is_ours and choice[0] == ReportWay.OTHER_FUNDER))
    hint = as_sentence(str(MUST_BE_OURS)) if is_ours else way.hint
    return replace(way, hint=hint, choices=(("", "the form's own questions"), *allowed))


def invite_probe(partnership: Partnership) -> Mapping[str, Any]:
    """Return an invitation by which the state is asked whether anybody can be invited."""
    contacts = _contacts(partnership)
    contact = int(contacts[0][0]) if contacts else 1
    return {"form": "QUESTION", "contact": contact, "language": "en", "until": clock.today() + DAYS}


def question_sets(series: Sequence[EditionSeries], on: date) -> Choices:
    """Return the question sets in force, by their digests, after the questions that a form has without one."""
    in_force = ((one.name, one.in_force(on)) for one in series if one.kind.value == "questions")
    editions = ((edition.sha256, f"{name} {edition.edition}") for name, edition in in_force if edition is not None)
    return (_DEFAULT, *editions)


def _contacts(partnership: Partnership) -> Choices:
    return tuple(
        (str(number), f"{contact.name}, {contact.email}")
        for number, contact in enumerate(partnership.proposed.contacts, 1)
        if contact.email is not None
    )


def _abouts(partnership: Partnership) -> Choices:
    reports = (
        (str(plan.number), f"report {plan.number} of the plan, {words_of(plan.kind)}")
        for plan in partnership.reporting.planned
    )
    conditions = ((condition.value, f"papers: {words_of(condition)}") for condition in partnership.open_conditions())
    return (NO_SUBJECT, *reports, *conditions)


def _until(partnership: Partnership) -> date:
    """Return thirty days from today, or thirty days after the next report is due if that is later."""
    due_days = [due for _, due in partnership.reporting.owed()]
    soonest = min((day for day in due_days if day >= clock.today()), default=clock.today())
    return soonest + DAYS


class ShownInvitation(NamedTuple):
    """An invitation on the page of a case."""

    number: int
    what: str
    whom: str
    until: str
    is_open: bool


class ShownLink(NamedTuple):
    """A link on the page of a case, and who used it when."""

    address: str
    what: str
    used: str
    is_open: bool


class ShownSubmission(NamedTuple):
    """A submission on the page of a case."""

    number: int
    what: str
    at: str
    fate: str


class DoorOfCase(NamedTuple):
    """The grantee's door on the page of a case."""

    invitations: tuple[ShownInvitation, ...] = ()
    links: tuple[ShownLink, ...] = ()
    submissions: tuple[ShownSubmission, ...] = ()

    @property
    def has_anything(self) -> bool:
        """True if there is anything to show."""
        return bool(self.invitations or self.links or self.submissions)


def door_of_case(
    partnership: Partnership, links: Iterable[DoorLink], submissions: Iterable[HandedInOnce]
) -> DoorOfCase:
    """Return the invitations, links and submissions of a partnership in words."""
    fates = {
        submission.sha256: f"{words_of(submission.fate)} on {day_in_words(submission.on)}"
        for submission in partnership.judged_submissions
    }
    return DoorOfCase(
        tuple(_invitation(partnership, invitation) for invitation in partnership.invitations),
        tuple(map(link_in_words, links)),
        tuple(
            ShownSubmission(
                submission.number,
                as_sentence(what_is_it(SubmissionKind(submission.kind), submission.about)),
                time_in_words(submission.at),
                fates.get(submission.sha256, "waits for us"),
            )
            for submission in submissions
        ),
    )


def _invitation(partnership: Partnership, invitation: Invitation) -> ShownInvitation:
    contacts, number, about = partnership.proposed.contacts, invitation.contact, invitation.about or ""
    contact = contacts[number - 1].name if number <= len(contacts) else f"contact {number}"
    form = as_sentence(f"{words_of(invitation.form)} {about if about.isdecimal() else ''}".strip())
    is_open = invitation.is_open(clock.today())
    return ShownInvitation(invitation.number, form, contact, day_in_words(invitation.until), is_open)


def link_in_words(link: DoorLink) -> ShownLink:
    """Return a link in words: to whom, what it may, and who used it."""
    about = link.about if link.about.isdecimal() else ""
    part = f"colleague, {_USES[link.may]}" if link.is_colleague else _USES[link.may]
    return ShownLink(link.address, f"{words_of(link.form)} {about}".strip() + f", {part}", _used(link), link.is_open)


def _used(link: DoorLink) -> str:
    return ", ".join(_uses(link)) or "not sent yet"


def _uses(link: DoorLink) -> Iterator[str]:
    if not link.has_secret:
        return
    if link.first_use is None:
        yield "sent, and not used"
        return
    yield f"used since {time_in_words(link.first_use)}"
    if link.last_use is not None and link.last_use != link.first_use:
        yield f"last on {time_in_words(link.last_use)}"
    if link.browsers > 1:
        yield f"in {link.browsers} browsers"
