"""Shell commands that decide at the grantee's door: invite, end an invitation, return a submission, take one over."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from accord.cli.options import ActorOption, JsonOption, SeenOption, run
from accord.cli.partnerships.acts import add_act
from accord.cli.partnerships.deciding import Showing, YesOption, show_before_signing
from accord.cli.printing.receipts import print_receipt
from accord.client.desk import open_desk
from accord.client.door.opening import open_submission
from accord.client.sight import make_command
from accord.client.submissions import submission_numbered
from accord.presentation.door.becoming import acts_of, content_of_act
from accord.presentation.faults import BadInput, Refused
from accord.presentation.words.codes import words_of
from domain.partnership import commands as c
from domain.partnership.procedure import PROCEDURE
from domain.submissions.kinds import SubmissionKind
from workflows.messages import Receipt

_EXAMPLE: Final = 'door return 7 --reason "The figures lack May" --question budget="What was bought?" --as vera.lind'
SubmissionArgument = Annotated[
    int, typer.Argument(metavar="SUBMISSION", min=1, help="What was handed in, by its number in the inbox.")
]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why, for the grantee and for later readers.")]
OutageOption = Annotated[
    str | None,
    typer.Option("--outage", help="The outage on record for which it was sealed more than an hour after its time."),
]
ActOption = Annotated[
    str | None,
    typer.Option("--act", metavar="ACT", help="The act that it becomes, such as comment; the usual one, unless said."),
]
QuestionOption = Annotated[
    list[str] | None,
    typer.Option("--question", metavar="FIELD=QUESTION", help="A question under a field; as often as needed."),
]


def return_submission(
    submission: SubmissionArgument,
    reason: ReasonOption,
    actor: ActorOption,
    question: QuestionOption = None,
    outage: OutageOption = None,
    seen: SeenOption = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Return a submission to the grantee, with questions."""
    questions = [_question_of(written) for written in question or ()]

    async def work() -> Receipt:
        async with open_desk(acting=True) as desk:
            found = await submission_numbered(desk.pool, desk.ledger, submission)
            reference = found.reference.model_copy(update={"outage": outage})
            content = {"submission": reference, "reason": reason, "questions": questions}
            sight = await desk.as_seen(found.partnership_id, seen)
            showing = Showing.unless(yes, as_json)
            await show_before_signing(desk, sight, c.ReturnSubmission, actor, content, showing)
            return await desk.decide(sight, c.ReturnSubmission, actor, **content)

    print_receipt(run(work()), as_json)


def take_over(
    submission: SubmissionArgument,
    actor: ActorOption,
    act: ActOption = None,
    outage: OutageOption = None,
    seen: SeenOption = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Take a submission over as it was handed in, by the act that it becomes. Read it first: `accord door show`.

    What differs from it goes by the act itself, with --submission, such as `accord report ID --submission 7`.
    Opening it is a look in the access log. Whoever takes a report over filed it, and does not accept it.
    Example: accord door take-over 7 --as pia.berg
    """

    async def work() -> Receipt:
        async with open_desk(acting=True) as desk:
            entry = await open_submission(desk, submission, actor)
            if entry.reference is None:
                raise Refused(f"submission {submission} is under no seal yet; try again in a minute", "NotSealedYet")
            command = _act_named(entry.kind, act)
            reference = entry.reference.model_copy(update={"outage": outage})
            content = {**content_of_act(command, entry.evidence), "submission": reference}
            sight = await desk.as_seen(entry.partnership.partnership_id, seen)
            make_command(sight, command, actor, content)  # names what it lacks before anything is said of the rest
            await show_before_signing(desk, sight, command, actor, content, Showing.unless(yes, as_json))
            return await desk.decide(sight, command, actor, **content)

    print_receipt(run(work()), as_json)


def _act_named(kind: SubmissionKind, act: str | None) -> type[c.StaffCommand]:
    commands = {PROCEDURE[command].name: command for command in acts_of(kind)}
    if act is None:
        return next(iter(commands.values()))
    if act not in commands:
        raise BadInput(f"--act {act}: a {words_of(kind)} is taken over by: {', '.join(commands)}")
    return commands[act]


def _question_of(written: str) -> dict[str, str]:
    field, equals, question = written.partition("=")
    if not equals or not question.strip():
        example = "budget='What was bought in May?'"
        raise BadInput(f"--question {written}: write it as FIELD=QUESTION, such as {example}")
    return {"field": field.strip(), "question": question.strip()}


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `accord door`."""
    app.command("take-over")(take_over)
    add_act(app, c.InviteGrantee)
    add_act(app, c.EndInvitation)
    add_act(app, c.ReturnSubmission, return_submission, _EXAMPLE)
