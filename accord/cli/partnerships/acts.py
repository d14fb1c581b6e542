"""The shell's commands for acts, made from the procedure: an option for each field of the command, and its help."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Final

import typer

from accord.cli.door.naming import SubmissionOption, submission_for
from accord.cli.options import ActorOption, DocumentOption, JsonOption, SeenOption, digest_of
from accord.cli.partnerships.deciding import (
    IdsArgument,
    NoInterestOption,
    Showing,
    WaitOption,
    YesOption,
    decide_each,
    require_one_seen,
    without_interest,
)
from accord.presentation.acts import ActField, FieldKind, field_of, fields_of, help_of
from accord.presentation.faults import BadInput
from accord.presentation.spending import disallowed_of
from domain.partnership import commands as c
from domain.partnership.procedure import PROCEDURE
from domain.partnership.submission.taking_over import TakingOver

_TYPES: Final[Mapping[FieldKind, Any]] = {FieldKind.NUMBER: int, FieldKind.TICK: bool, FieldKind.DAY: datetime}
"""The type of an option by the kind of its field; text, where none is named."""


def option(command: type[c.StaffCommand], name: str, *names: str, **beside: Any) -> Any:
    """Return the shell's option for a field of a command. `names` replace the field's own."""
    field = field_of(command, name)
    return typer.Option(*(names or (field.option,)), help=field.description, **beside)


def add_act(
    app: typer.Typer, command: type[c.StaffCommand], function: Callable[..., None] | None = None, example: str = ""
) -> None:
    """Add an act to the shell, under its name and with its help, by a function of its own or by one that is made.

    `example`: the act as somebody types it, where its options are not its fields.
    """
    name = PROCEDURE[command].name.split()[-1]
    app.command(name, help=help_of(command, example))(function or _made(command))


def _made(command: type[c.StaffCommand]) -> Callable[..., None]:
    """Return a function that gives a command, with a parameter for each of its fields."""
    fields = tuple(field for field in fields_of(command) if field.asked)

    def give(
        partnerships: list[str], actor: str, seen: int | None, yes: bool, wait: bool, as_json: bool, **answers: Any
    ) -> None:
        require_one_seen(partnerships, seen)
        _require_one_numbered(partnerships, fields, answers)
        content = {field.name: _read(field, answers[field.name], partnerships, actor) for field in fields}
        content |= submission_for(partnerships, answers.get("submission"))
        decide_each(partnerships, command, actor, as_json, wait, seen, Showing.unless(yes, as_json), **content)

    own = [_keyword("submission", SubmissionOption, None)] if issubclass(command, TakingOver) else []
    parameters = [*_before(), *map(_parameter, fields), *own, *_after()]
    give.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # the shell reads its options here
    give.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return give


def _before() -> Iterator[inspect.Parameter]:
    yield _keyword("partnerships", IdsArgument)
    yield _keyword("actor", ActorOption)


def _after() -> Iterator[inspect.Parameter]:
    yield _keyword("seen", SeenOption, None)
    yield _keyword("yes", YesOption, default=False)
    yield _keyword("wait", WaitOption, default=True)
    yield _keyword("as_json", JsonOption, default=False)


def _keyword(name: str, annotation: Any, default: Any = inspect.Parameter.empty) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _parameter(field: ActField) -> inspect.Parameter:
    """Return the parameter for a field: its name, its type and its option."""
    default = inspect.Parameter.empty if field.required else None
    if field.kind is FieldKind.DOCUMENT:
        return _keyword(field.name, DocumentOption, default)
    if field.name == "no_interest":
        return _keyword(field.name, NoInterestOption, None)
    single_kind = field.values if field.kind is FieldKind.CHOICE else _TYPES.get(field.kind, str)
    kind = list[single_kind] if field.several else single_kind  # type: ignore[valid-type]
    beside: dict[str, Any] = {"formats": ["%Y-%m-%d"]} if field.kind is FieldKind.DAY else {}
    beside |= {"metavar": "NUMBER"} if field.kind is FieldKind.NUMBER else {}
    beside |= {"case_sensitive": False, "metavar": _choices(field)} if field.kind is FieldKind.CHOICE else {}
    typer_option = typer.Option(field.option, help=field.description, **beside)
    return _keyword(field.name, Annotated[kind if field.required else kind | None, typer_option], default)


def _choices(field: ActField) -> str:
    """Return the values that may be chosen, or the field's name where they are too many for a line."""
    values = [str(member.value) for member in field.values]
    return "|".join(values) if len(values) < 5 else field.name.upper()


def _read(field: ActField, answer: Any, partnerships: Sequence[str], actor: str) -> Any:
    """Return a field's value from an option, or its default where the option was left out."""
    match field.kind:
        case FieldKind.DOCUMENT:
            return digest_of(answer, actor, partnerships[0])
        case FieldKind.TICK if field.name == "no_interest":
            return without_interest(", ".join(partnerships), answer)
        case _ if answer is None or answer == []:
            return field.default
        case FieldKind.DAY:
            return answer.date()
        case FieldKind.PART if field.name == "disallowed":
            return tuple(map(disallowed_of, answer))
        case _:
            return tuple(answer) if field.several else answer


def _require_one_numbered(partnerships: Sequence[str], fields: Sequence[ActField], answers: Mapping[str, Any]) -> None:
    """Raise BadInput if a number of one partnership, such as a report's, is given with several partnerships."""
    number_fields = (
        field for field in fields if field.choices and field.kind is FieldKind.NUMBER and answers[field.name]
    )
    if len(partnerships) > 1 and (field := next(number_fields, None)):
        raise BadInput(f"{field.option}: a number is of one partnership; give one ID with it")


OWN: Final = frozenset({
    c.Propose, c.Amend, c.ClearQuestions, c.SignAgreement, c.Release, c.CancelPayment, c.AgreeRest, c.GiveUpRest,
    c.WaiveRecovery, c.RecallPayment, c.AnswerRecall, c.Report, c.RecordRefund, c.PlaceHold, c.DeclareInterest,
    c.Assign, c.ReportSubrecipients, c.ReportDiversion, c.RecordAssurance, c.IssueLetter, c.InviteGrantee,
    c.EndInvitation, c.ReturnSubmission,
})  # fmt: skip
"""The acts with a function of their own in the shell, since they read a file, or ask more than their fields."""


def register(app: typer.Typer) -> None:
    """Add every act that has no function of its own to `accord`."""
    for command in PROCEDURE:
        if command not in OWN:
            add_act(app, command)
