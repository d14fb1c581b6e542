"""The acts of people as a shell, a page and a JSON Schema offer them: from the procedure and the commands' fields."""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable, Mapping
from datetime import date
from enum import Enum, StrEnum
from functools import cache
from shlex import quote
from typing import Annotated, Any, Final, NamedTuple, Union, get_args, get_origin, get_type_hints

from pydantic.fields import FieldInfo

from domain.directory.tiers import Role
from domain.partnership import commands as c
from domain.partnership.acts import Among, Choices
from domain.partnership.procedure import PROCEDURE, Step
from domain.partnership.state import Partnership
from domain.values import Sentence, Sha256, StaffId

ENVELOPE: Final = frozenset({"kind", "command_id", "at", "actor", "signature"})
_BY_THE_INBOX: Final = frozenset({"submission"})
"""Named by the inbox where staff take over what a grantee handed in, and never typed."""
"""The fields that every command has beside its content."""

_SAMPLE_STAFF: Final[Mapping[Role, str]] = {
    Role.PROGRAMME_APPROVER: "ana.silva",
    Role.PROPOSER: "pia.berg",
    Role.FINANCE_APPROVER: "femi.ade",
    Role.VERIFIER: "vera.lind",
    Role.DIRECTOR: "dora.kim",
    Role.PAYER: "paul.nkosi",
    Role.AUDITOR: "otto.audit",
}
"""Invented people by their role, as the demo's directory names them, in the order in which an example prefers them."""


class FieldKind(StrEnum):
    """The kind of answer that a field takes."""

    TEXT = "text"
    LINE = "line"
    NUMBER = "number"
    DAY = "day"
    TICK = "tick"
    CHOICE = "choice"
    PERSON = "person"
    DOCUMENT = "document"
    PART = "part"
    """A value with fields of its own, such as a proposal or a sum."""


_BY_TYPE: Final = ((Sentence, FieldKind.TEXT), (StaffId, FieldKind.PERSON), (Sha256, FieldKind.DOCUMENT))
_BY_CLASS: Final = (
    (bool, FieldKind.TICK),
    (int, FieldKind.NUMBER),
    (date, FieldKind.DAY),
    (Enum, FieldKind.CHOICE),
    (str, FieldKind.LINE),
)


class ActField(NamedTuple):
    """A field of an act's content: its names, its meaning, and the kind of answer that it takes."""

    name: str
    title: str
    description: str
    kind: FieldKind
    values: type[Any]
    """The class of its value, or of each of its values."""
    required: bool
    default: Any
    several: bool
    """True if it takes several values."""
    choices: Callable[[Any], Choices] | None
    """Its choices, by the partnership; None if its state gives none."""
    asked: bool
    """True if people give it; False if it follows from what they saw."""

    @property
    def option(self) -> str:
        """The shell's option. Of several values, each is given by the singular."""
        if self.kind is FieldKind.DOCUMENT:
            return "--document"
        return "--" + (self.name.removesuffix("s") if self.several else self.name).replace("_", "-")


@cache
def fields_of(command: type[c.StaffCommand]) -> tuple[ActField, ...]:
    """Return the fields of a command's content. A page asks some thirty times, and reading types is slow."""
    hints = get_type_hints(command, include_extras=True)
    fields = command.model_fields.items()
    return tuple(_field(name, info, hints[name]) for name, info in fields if name not in ENVELOPE | _BY_THE_INBOX)


def field_of(command: type[c.StaffCommand], name: str) -> ActField:
    """Return one field of a command's content. Raises KeyError if it has none of that name."""
    return {field.name: field for field in fields_of(command)}[name]


def first_choices(command: type[c.StaffCommand], partnership: Partnership) -> dict[str, Any]:
    """Return the first choice of each field that a command needs and the state decides, or all of several."""
    first_values: dict[str, Any] = {}
    for field in fields_of(command):
        choices = field.choices(partnership) if field.choices is not None and field.required else ()
        if choices:
            first_values[field.name] = tuple(value for value, _ in choices) if field.several else choices[0][0]
    return first_values


def _field(name: str, info: FieldInfo, hint: Any) -> ActField:
    marks = [mark for mark in _metadata(hint) if isinstance(mark, Among)]
    inner, several = _inner(hint)
    values = get_args(inner)[0] if get_origin(inner) is Annotated else inner
    return ActField(
        name=name,
        title=info.title or name.replace("_", " ").capitalize(),
        description=info.description or "",
        kind=_kind(inner, values),
        values=values,
        required=info.is_required(),
        default=info.get_default(),
        several=several,
        choices=marks[0].choices if marks else None,
        asked=info.title is not None,
    )


def _metadata(hint: Any) -> tuple[Any, ...]:
    return getattr(hint, "__metadata__", ())


def _inner(hint: Any, several: bool = False) -> tuple[Any, bool]:
    """Return the type of a value without None and without its tuple, and whether there may be several."""
    origin, members = get_origin(hint), get_args(hint)
    if origin in {types.UnionType, Union}:
        return _inner(next(member for member in members if member is not types.NoneType), several)
    if origin is tuple:
        return _inner(members[0], several=True)
    if origin is Annotated and get_origin(members[0]) is not None:
        return _inner(members[0], several)
    return hint, several


def _kind(inner: Any, values: type[Any]) -> FieldKind:
    for annotation, kind in _BY_TYPE:
        marks = _metadata(annotation)
        if marks and _metadata(inner)[: len(marks)] == marks:
            return kind
    return next((kind for known_class, kind in _BY_CLASS if issubclass(values, known_class)), FieldKind.PART)


def command_named(name: str) -> type[c.StaffCommand] | None:
    """Return the class of the act that has a name in the shell, or None."""
    return next((command for command, step in PROCEDURE.items() if step.name == name), None)


def help_of(command: type[c.StaffCommand], example: str = "") -> str:
    """Return an act in words, for a shell: its meaning, and an example, which is made from its row if none is given."""
    meaning = inspect.getdoc(command) or ""
    return f"{meaning}\n\nExample: accord {example or _example(command)}"


def _example(command: type[c.StaffCommand]) -> str:
    """Return the act in a shell, as an invented person gives it."""
    step, fields = PROCEDURE[command], {field.name: field for field in fields_of(command)}
    options = [_given(fields[name], value) for name, value in step.example.items()]
    actor = next(person for role, person in _SAMPLE_STAFF.items() if role in step.roles)
    return " ".join([step.name, "P-2026-0042", *options, "--as", actor])


def _given(field: ActField, value: Any) -> str:
    if field.kind is FieldKind.TICK:
        return field.option
    return f"{field.option} {_quoted(str(value))}"


def _quoted(text: str) -> str:
    return text if quote(text) == text else '"' + text.replace('"', '\\"') + '"'


_USAGES: Final[Mapping[type[c.StaffCommand], str]] = {
    c.Propose: "propose FILE",
    c.Amend: "amend FILE --reason REASON",
    c.ClearQuestions: "clear {id} --reason REASON --no-interest",
    c.SignAgreement: "sign-agreement {id} --account BA-…",
    c.CancelPayment: "payments cancel {id} --tranche N --reason REASON",
    c.AgreeRest: "agree-rest {id} --tranche N --reason REASON",
    c.GiveUpRest: "give-up-rest {id} --tranche N --reason REASON",
    c.WaiveRecovery: "waive-recovery {id} --reason REASON",
    c.RecallPayment: "payments recall {id} --tranche N --reason REASON",
    c.AnswerRecall: "payments answer-recall {id} --tranche N --answer ANSWER --reason REASON --document FILE",
    c.Report: "report {id} --summary SUMMARY",
    c.RecordRefund: "refund {id} --amount SUM --bank-reference REFERENCE --booked-on DAY --reason REASON",
    c.DeclareInterest: "declare-interest {id} --what WHAT",
    c.Assign: "assign {id} --to STAFF",
    c.IssueLetter: "letters issue {id} --edition NAME",
    c.ReportSubrecipients: "report-subrecipients {id} FILE",
    c.ReturnSubmission: "door return 7 --reason REASON",
}
"""The acts whose options in a shell are not the fields of the command."""


def usage_of(command: type[c.StaffCommand], partnerships: str) -> str:
    """Return the act in a shell, with the options that it cannot do without."""
    if command in _USAGES:
        return _USAGES[command].replace("{id}", partnerships)
    needed = [field for field in fields_of(command) if field.required or field.name == "no_interest"]
    options = (f" {field.option}{_metavar(field)}" for field in needed)
    return f"{PROCEDURE[command].name} {partnerships}{''.join(options)}"


def _metavar(field: ActField) -> str:
    if field.kind is FieldKind.TICK:
        return ""
    return " N" if field.kind is FieldKind.NUMBER else f" {field.option[2:].upper().replace('-', '_')}"


def schema_of(command: type[c.StaffCommand]) -> dict[str, Any]:
    """Return the JSON Schema of an act's content, with its title, its stages, its roles and an example."""
    step: Step = PROCEDURE[command]
    schema = command.model_json_schema()
    properties = {name: part for name, part in schema["properties"].items() if name not in ENVELOPE}
    required_names = [name for name in schema.get("required", []) if name in properties]
    definitions = _used(properties, schema.get("$defs", {}))
    return {
        "title": step.title,
        "description": inspect.getdoc(command) or "",
        "type": "object",
        "properties": properties,
        "required": required_names,
        "additionalProperties": False,
        "examples": [dict(step.example)] if step.example else [],
        "x-stages": sorted(stage.value for stage in step.stages),
        "x-roles": sorted(role.value for role in step.roles),
    } | ({"$defs": definitions} if definitions else {})


def _used(part: Any, definitions: Mapping[str, Any]) -> dict[str, Any]:
    """Return the definitions that a schema refers to, and those that they refer to."""
    used_definitions: dict[str, Any] = {}
    waiting = [part]
    while waiting:
        match waiting.pop():
            case {"$ref": str(reference)} if (name := reference.rpartition("/")[2]) not in used_definitions:
                used_definitions[name] = definitions[name]
                waiting.append(definitions[name])
            case dict() as fields:
                waiting.extend(fields.values())
            case list() as items:
                waiting.extend(items)
            case _:
                pass
    return used_definitions
