"""A take-over on an act's form: filled from the submission, and what departs from it marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from accord.client.door.opening import OpenedSubmission, open_submission
from accord.client.sight import Sight
from accord.console.deciding.fields import Field, Typed, said
from accord.console.deciding.prepared import Waiting
from accord.console.door.inbox import what_is_it
from accord.console.door.typed import FormTexts, filled_from
from accord.console.serving.desk import Console
from accord.presentation.door.becoming import acts_of, content_of_act, is_same
from accord.presentation.door.differing import Departure, departures
from accord.presentation.faults import BadInput, Refused
from accord.presentation.numbers import whole_number
from accord.presentation.words.days import time_in_words
from accord.presentation.words.values import NamesInWords
from domain.partnership import commands as c
from domain.partnership.report.other_funders import MUST_BE_OURS
from domain.submissions.reference import SubmissionReference

SUBMISSION: Final = "submission"
"""The field of a form that names a submission by its number."""
OUTAGE: Final = Field(
    "outage",
    "The outage on record",
    "It was sealed more than an hour after its time. Say which outage on record made that, as you compared it.",
    "line",
    fills=(SUBMISSION,),
)


class TakenOverNow(NamedTuple):
    """A submission that a form takes over."""

    number: int
    words: str
    texts: FormTexts
    """The texts of the form's fields, as they were handed in."""
    outage: Field | None
    """The question for an outage, where its seal is late."""
    entry: OpenedSubmission

    def content(self, answers: Typed) -> dict[str, Any]:
        """Return the field of a command that names it."""
        return {SUBMISSION: named(self.entry, said(answers, OUTAGE.name))}

    def completed(self, content: dict[str, Any]) -> dict[str, Any]:
        """Return the content of an act with all papers of a milestone: a form shows the first, of one that holds."""
        handed_in = {entry["milestone"]: entry.get("papers", []) for entry in self._handed_in("milestones")}
        plan = self.entry.partnership.reporting.milestones
        is_shown = {milestone.number for milestone in plan if milestone.holds}
        for entry in content.get("milestones", ()):
            papers = handed_in.get(entry["milestone"], [])
            if entry["milestone"] not in is_shown or entry.get("papers") == papers[:1]:
                entry["papers"] = papers
        return content

    def _handed_in(self, name: str) -> Sequence[Mapping[str, Any]]:
        """Return a list of the act as it was handed in."""
        command = acts_of(self.entry.kind)[0]
        return content_of_act(command, self.entry.evidence).get(name) or ()

    def departing(self, fields: Sequence[Field], answers: Typed) -> Mapping[str, str]:
        """Return by field what was handed in, where a form says something else now."""
        names = [field.name for field in fields]
        handed_in = {name: text for name, [text] in self.texts.items() if name in names}
        return {name: text for name, text in handed_in.items() if not is_same(text, said(answers, name))}


async def taken_over(
    console: Console, reader: str, command: type[c.StaffCommand], sight: Sight, number: str
) -> TakenOverNow | None:
    """Return the submission that a form takes over, or None where it names none. Opening it is a look.

    Raises:
        BadInput: It is another partnership's, or is taken over by another act.
        Refused: There is none, it was judged already, or it is under no seal yet.
    """
    if not number:
        return None
    entry = await open_submission(console.desk, whole_number(number, most_digits=15) or 0, reader)
    require_of(entry, command, sight)
    words = f"{what_is_it(entry.kind, entry.content.about)} that {entry.content.name} handed in"
    return TakenOverNow(
        number=entry.number,
        words=f"{words} on {time_in_words(entry.content.at)}",
        texts=filled_from(command, content_of_act(command, entry.evidence)),
        outage=OUTAGE if entry.has_late_seal else None,
        entry=entry,
    )


def require_of(entry: OpenedSubmission, command: type[c.StaffCommand], sight: Sight) -> None:
    """Raise BadInput or Refused if an act on a partnership cannot take a submission over."""
    if entry.partnership.partnership_id != sight.partnership_id:
        raise BadInput(f"submission: it was handed in for {entry.partnership.partnership_id}")
    if command not in acts_of(entry.kind):
        raise BadInput("submission: it is taken over by another act; open it from the inbox")
    if entry.judgement is not None:
        raise Refused(f"submission: it was judged by {entry.judgement.actor} already; the grantee can hand it in anew")
    if entry.partnership.responsibility.required and "other_report" in content_of_act(command, entry.evidence):
        raise Refused(f"submission: {MUST_BE_OURS}; return it with that reason")
    named(entry)


def named(entry: OpenedSubmission, outage: str = "") -> SubmissionReference:
    """Return the name of a submission in a command. Raises Refused while it is under no seal."""
    if entry.reference is None:
        raise Refused("submission: it is under no seal yet; a worker seals each minute, so try again soon")
    return entry.reference.model_copy(update={"outage": outage or None})


async def departures_of(console: Console, waiting: Waiting, names: NamesInWords) -> tuple[Departure, ...]:
    """Return the fields of a decision that say something else than the submission that it takes over.

    Opening that is a look of the decision's signer.
    """
    reference = getattr(waiting.command, SUBMISSION, None)
    if reference is None or isinstance(waiting.command, c.ReturnSubmission):
        return ()
    entry = await open_submission(console.desk, reference.number, waiting.command.actor)
    if entry.content.sha256 != reference.sha256:
        raise Refused("what was handed in under this number is not what this decision names: do not sign it")
    return departures(waiting.command, entry.evidence, names)
