"""Each act is described once: its example is valid, its words are there, and the shell has what the table promises."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from accord.cli.partnerships.acts import OWN
from accord.console.deciding.acts import ACTS, TOGETHER
from accord.presentation.acts import FieldKind, command_named, field_of, fields_of, help_of, schema_of, usage_of
from domain.partnership import commands as c
from domain.partnership.procedure import PROCEDURE
from tests.test_documents import command_of, faults_of

EVERY = sorted(PROCEDURE, key=lambda command: PROCEDURE[command].name)
WITH_EXAMPLE = [command for command in EVERY if PROCEDURE[command].example]
MADE = [command for command in EVERY if command not in OWN]
each = pytest.mark.parametrize("command", EVERY, ids=lambda command: PROCEDURE[command].name)


def test_no_two_acts_have_one_name() -> None:
    assert len({step.name for step in PROCEDURE.values()}) == len({step.title for step in PROCEDURE.values()}) == 38


@pytest.mark.parametrize("command", WITH_EXAMPLE, ids=lambda command: PROCEDURE[command].name)
def test_an_example_is_a_content_that_the_command_and_its_schema_take(command: type[c.StaffCommand]) -> None:
    import jsonschema  # takes two seconds, and each process of a run collects this file

    example = dict(PROCEDURE[command].example)
    command(command_id=UUID(int=0), at=datetime(2026, 11, 30, tzinfo=UTC), actor="ana.silva", **example)  # type: ignore[call-arg]
    as_json = {name: [*value] if isinstance(value, tuple) else value for name, value in example.items()}
    jsonschema.validate(as_json, schema_of(command))
    with pytest.raises(jsonschema.ValidationError, match="'nonsense' was unexpected"):
        jsonschema.validate({**as_json, "nonsense": 1}, schema_of(command))


@each
def test_every_field_that_people_give_has_words(command: type[c.StaffCommand]) -> None:
    for field in fields_of(command):
        if field.asked:
            assert field.title[0].isupper()
            assert field.description or field.choices or field.kind is FieldKind.CHOICE, field.name


@each
def test_the_help_says_what_it_does_and_its_example_can_be_typed(command: type[c.StaffCommand]) -> None:
    name = PROCEDURE[command].name
    told, words = command_of(name.split())
    assert words == []
    summary, _, example = str(told.help).partition("Example: accord ")
    assert summary.strip() == help_of(command).partition("Example:")[0].strip()
    first, *_ = example.split(", then:")
    assert faults_of(" ".join(first.split())) == []


@each
def test_what_a_page_says_of_the_shell_can_be_typed(command: type[c.StaffCommand]) -> None:
    assert faults_of(f"{usage_of(command, 'P-2026-0042')} --as ana.silva") == []


@pytest.mark.parametrize(
    "command", [one for one in EVERY if one not in OWN], ids=lambda command: PROCEDURE[command].name
)
def test_a_made_command_has_an_option_for_each_field_that_people_give(command: type[c.StaffCommand]) -> None:
    told, _ = command_of([PROCEDURE[command].name])
    options = {name: parameter for parameter in told.params for name in parameter.opts}
    for field in fields_of(command):
        if field.asked:
            assert options[field.option].required is field.required
            assert options[field.option].help.startswith(field.description[:20])


def test_every_act_but_a_proposal_and_a_return_from_the_inbox_has_a_form() -> None:
    assert {act.command for act in ACTS} == set(PROCEDURE) - {c.Propose, c.Amend, c.ReturnSubmission}
    assert set(TOGETHER) <= {act.slug for act in ACTS}


def test_a_name_leads_to_its_act() -> None:
    assert command_named("accept-report") is c.AcceptReport
    assert command_named("accept_report") is None


def test_the_kind_of_a_field_follows_from_its_type() -> None:
    kinds: dict[tuple[type[c.StaffCommand], str], Any] = {
        (c.Satisfy, "condition"): FieldKind.CHOICE,
        (c.Satisfy, "note"): FieldKind.TEXT,
        (c.Satisfy, "document_sha256"): FieldKind.DOCUMENT,
        (c.Assign, "to"): FieldKind.PERSON,
        (c.LiftHold, "holds"): FieldKind.NUMBER,
        (c.Approve, "no_interest"): FieldKind.TICK,
        (c.SignAgreement, "signed_on"): FieldKind.DAY,
        (c.ConfirmRefund, "bank_reference"): FieldKind.LINE,
        (c.Propose, "proposal"): FieldKind.PART,
    }
    assert {place: field_of(*place).kind for place in kinds} == kinds
    assert field_of(c.LiftHold, "holds").several
    assert not field_of(c.Release, "attempt").asked
    with pytest.raises(KeyError):
        field_of(c.Release, "reason")


def test_the_shell_offers_every_act() -> None:
    told, _ = command_of([])
    groups = {group: command_of([group])[0].list_commands(None) for group in ("payments", "letters", "door")}
    names = {*told.list_commands(None), *(f"{group} {name}" for group, below in groups.items() for name in below)}
    assert {step.name for step in PROCEDURE.values()} <= names
