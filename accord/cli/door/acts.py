"""Shell commands on the grantee's door: invite, end an invitation, return what was handed in."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from accord.cli.options import ActorOption, JsonOption, SeenOption, run
from accord.cli.partnerships.acts import add_act
from accord.cli.partnerships.deciding import Showing, YesOption, show_before_signing
from accord.cli.printing.receipts import print_receipt
from accord.client.desk import open_desk
from accord.client.submissions import submission_numbered
from accord.presentation.faults import BadInput
from domain.partnership import commands as c
from workflows.messages import Receipt

_EXAMPLE: Final = 'door return 7 --reason "The figures lack May" --question budget="What was bought?" --as vera.lind'
SubmissionArgument = Annotated[
    int, typer.Argument(metavar="SUBMISSION", min=1, help="What was handed in, by its number in the inbox.")
]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why, for the grantee and for later readers.")]
QuestionOption = Annotated[
    list[str] | None,
    typer.Option("--question", metavar="FIELD=QUESTION", help="A question under a field; as often as needed."),
]


def return_submission(
    submission: SubmissionArgument,
    reason: ReasonOption,
    actor: ActorOption,
    question: QuestionOption = None,
    seen: SeenOption = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Return a submission to the grantee, with questions."""
    questions = [_question_of(written) for written in question or ()]

    async def work() -> Receipt:
        async with open_desk(acting=True) as desk:
            found = await submission_numbered(desk.pool, desk.ledger, submission)
            content = {"submission": found.reference, "reason": reason, "questions": questions}
            sight = await desk.as_seen(found.partnership_id, seen)
            showing = Showing.unless(yes, as_json)
            await show_before_signing(desk, sight, c.ReturnSubmission, actor, content, showing)
            return await desk.decide(sight, c.ReturnSubmission, actor, **content)

    print_receipt(run(work()), as_json)


def _question_of(written: str) -> dict[str, str]:
    field, equals, question = written.partition("=")
    if not equals or not question.strip():
        example = "budget='What was bought in May?'"
        raise BadInput(f"--question {written}: write it as FIELD=QUESTION, such as {example}")
    return {"field": field.strip(), "question": question.strip()}


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `accord door`."""
    add_act(app, c.InviteGrantee)
    add_act(app, c.EndInvitation)
    add_act(app, c.ReturnSubmission, return_submission, _EXAMPLE)
