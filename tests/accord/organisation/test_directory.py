"""The organisation itself: the schema, the directory, the registers, the shape of input files, and the help."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import typer
from typer.core import TyperGroup
from typer.testing import CliRunner

import accord.cli.main
from accord.client.desk import Desk
from accord.demo.sample import SAMPLE, SAMPLE_REGISTERS
from accord.presentation.input_files import read_file
from domain.directory.directory_file import DirectoryFile
from domain.directory.tiers import Role
from tests.accord.shell import BAD_INPUT, Shell, assert_fails, proposal_content

PROJECT = (Path(__file__).resolve().parents[3] / "pyproject.toml").read_text("utf-8")
SAMPLES = {
    "proposal": [SAMPLE / "proposal.toml"],
    "account": sorted((SAMPLE / "accounts").glob("*.toml")),
    "directory": [SAMPLE / "directory.toml"],
}


async def test_migrate_says_that_a_schema_is_the_newest_already(shell: Shell, database: str) -> None:
    """Given a migrated database, when it is migrated again, then nothing is applied, and it is said what comes next."""
    answer = await shell.as_administrator(database).done("migrate")
    assert answer.stdout.startswith("The schema is the newest already.\n")
    assert "Applied" not in answer.words
    assert "Next: accord migrate --logins FOLDER" in answer.words


@pytest.mark.slow
async def test_migrate_brings_a_new_database_to_the_newest_schema_and_then_says_that_it_is(
    shell: Shell, template: str
) -> None:
    server = await asyncpg.connect(template)
    await server.execute("CREATE DATABASE test_to_migrate")
    await server.close()
    own = shell.as_administrator(template.replace("/postgres?", "/test_to_migrate?"))
    first, second = await own.done("migrate"), await own.done("migrate")
    assert "Applied: 0001" in first.words
    assert second.stdout.startswith("The schema is the newest already.\n")
    assert "Next: accord migrate --logins FOLDER" in second.words


async def test_migrate_refuses_a_database_whose_migration_was_edited(shell: Shell, database: str) -> None:
    connection = await asyncpg.connect(database)
    await connection.execute("UPDATE accord.migrations SET sha256 = 'other'")
    await connection.close()
    answer = await shell.as_administrator(database)("migrate")
    assert_fails(answer, BAD_INPUT, "was changed after it was applied; write a new migration instead")


def draft() -> Any:
    """The draft of JSON Schema. Its import takes two seconds, and each process of a run collects this file."""
    from jsonschema import Draft202012Validator

    return Draft202012Validator


def faults(content: dict[str, Any], schema: dict[str, Any]) -> list[str]:
    """Return the fields in which a schema finds a fault, and the fault. TOML's dates are JSON's texts."""
    found = draft()(schema).iter_errors(json.loads(json.dumps(content, default=str)))
    return [f"{one.json_path}: {one.message}" for one in found]


def schemas_in(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a schema and every schema inside it."""
    yield schema
    inside = [*schema.get("properties", {}).values(), *schema.get("$defs", {}).values(), *schema.get("anyOf", ())]
    inside += [
        schema[keyword] for keyword in ("items", "additionalProperties") if isinstance(schema.get(keyword), dict)
    ]
    for part in inside:
        yield from schemas_in(part)


@pytest.mark.slow
@pytest.mark.parametrize("kind", list(SAMPLES))
async def test_a_schema_is_valid_and_takes_the_samples_and_nothing_else(kind: str, shell: Shell) -> None:
    schema = (await shell.done("schema", kind)).json
    draft().check_schema(schema)
    for path in SAMPLES[kind]:
        content = tomllib.loads(path.read_text("utf-8"))
        assert faults(content, schema) == [], path
        [fault] = faults({**content, "nonsense": 1}, schema)
        assert "'nonsense' was unexpected" in fault


async def test_the_schema_of_a_proposal_names_what_is_wrong(shell: Shell) -> None:
    schema = (await shell.done("schema", "proposal")).json
    content = proposal_content("P-2026-1")
    del content["title"]
    found = " ".join(faults(content, schema))
    assert "'title' is a required property" in found
    assert "$.reference: 'P-2026-1' does not match" in found
    content["funds_out"]["tranches"] = []
    assert any(one.startswith("$.funds_out") for one in faults(content, schema))


async def test_the_schema_of_a_proposal_bounds_an_amount_in_words_that_json_schema_has(shell: Shell) -> None:
    """A keyword that JSON Schema does not have is passed over by every reader."""
    schema = (await shell.done("schema", "proposal")).json
    content = proposal_content("P-2026-0042")
    content["funds_out"]["tranches"][0]["money"]["amount"] = -5
    annotations = {"title", "description", "default", "examples", "$defs", "discriminator"}
    known = {*draft().VALIDATORS, *annotations}
    assert {keyword for part in schemas_in(schema) for keyword in part} <= known
    assert faults(content, schema) != []


@pytest.mark.slow
async def test_a_directory_is_loaded_once_and_shown(shell: Shell, database: str) -> None:
    own = shell.where(ACCORD_DATABASE_URL=database)
    empty = await own.done("directory", "show", "--json")
    assert (empty.json["staff"], empty.json["version"]) == ([], 0)
    first, second = [await own.done("directory", "load", SAMPLE / "directory.toml") for _ in range(2)]
    organisation = read_file(SAMPLE / "directory.toml", DirectoryFile)
    people, funders = len(organisation.staff), len(organisation.funders)
    assert first.stdout == f"{people + funders + len(('rules',))} changed.\n"
    assert second.stdout == "The directory is as the file asks already.\n"
    shown, machine = await own.together(("directory", "show"), ("directory", "show", "--json"))
    for words in ("ana.silva", "Ana Silva", "PROGRAMME_APPROVER", "SAMPLE-PF", "PRIVATE_FOUNDATION", "BA-W7SW7OMSGC5X"):
        assert words in shown.stdout
    assert (len(machine.json["staff"]), len(machine.json["funders"]), machine.json["version"]) == (people, funders, 1)


@pytest.mark.slow
async def test_a_directory_file_that_names_somebody_twice_or_the_system_changes_nothing(
    shell: Shell, database: str, tmp_path: Path
) -> None:
    own = shell.where(ACCORD_DATABASE_URL=database)
    person = '[[staff]]\nstaff_id = "{0}"\nname = "Zoe"\nroles = ["AUDITOR"]\n'
    twice, system = tmp_path / "twice.toml", tmp_path / "system.toml"
    twice.write_text(person.format("zoe") * 2)
    system.write_text(person.format("operator"))
    answers = await own.together(("directory", "load", twice), ("directory", "load", system))
    assert_fails(answers[0], BAD_INPUT, "named more than once: zoe")
    assert_fails(answers[1], BAD_INPUT, "staff.0.staff_id: 'operator' stands for the system")
    assert (await own.done("directory", "show", "--json")).json["version"] == 0


@pytest.mark.slow
async def test_a_tier_without_both_kinds_of_approver_changes_nothing(
    shell: Shell, database: str, tmp_path: Path
) -> None:
    own = shell.where(ACCORD_DATABASE_URL=database)
    tier = '[rules]\n[[rules.tiers]]\ncurrency = "USD"\nquorum = {0}\n'
    for quorum in ('["PROGRAMME_APPROVER", "DIRECTOR"]', '["FINANCE_APPROVER", "DIRECTOR"]', '["DIRECTOR", "AUDITOR"]'):
        path = tmp_path / "rules.toml"
        path.write_text(tier.format(quorum))
        told = "rules.tiers.0: a quorum holds PROGRAMME_APPROVER and FINANCE_APPROVER at least; add who is missing"
        assert_fails(await own("directory", "load", path), BAD_INPUT, told)
    assert (await own.done("directory", "show", "--json")).json["version"] == 0


@pytest.mark.slow
async def test_an_empty_organisation_says_how_to_begin(shell: Shell, database: str) -> None:
    own = shell.where(ACCORD_DATABASE_URL=database)
    listed, staged, machine, registers, exceptions = await own.together(
        ("list",),
        ("list", "--stage", "CLOSED"),
        ("list", "--json"),
        ("registers", "status"),
        ("payments", "exceptions"),
    )
    assert "start with `accord propose`" in listed.words
    assert "No partnerships in stage CLOSED." in staged.words
    assert machine.json == []
    assert "start with `accord registers load`" in registers.words
    assert "Nothing waits for a person." in exceptions.words
    asked = await own("registers", "status", "--json")
    assert asked.json == []


async def test_registers_status_shows_what_is_in_force(shell: Shell, desk: Desk) -> None:
    table, machine = await shell.together(("registers", "status"), ("registers", "status", "--json"))
    in_force = {row["register"] for row in machine.json if row["state"] == "IN_FORCE"}
    assert in_force == set(SAMPLE_REGISTERS)
    assert all(register in table.stdout for register in in_force)
    assert f"{date.today():%Y-%m-%d}" in table.stdout  # noqa: DTZ011 - the sample is loaded as of today


@pytest.mark.slow
async def test_help_tells_how_to_start_and_what_exit_codes_mean(shell: Shell) -> None:
    asked, bare = await shell.together(("--help",), ())
    assert asked.code == 0
    for words in (
        "Start here: accord demo",
        "0 done, 1 refused, 2 bad input, 3 a service cannot be reached",
        "propose",
    ):
        assert words in asked.words
    assert "Start here: accord demo" in bare.words
    assert "Traceback" not in bare.words


async def test_the_version_is_that_of_the_package(shell: Shell) -> None:
    packaged = tomllib.loads(PROJECT)["project"]["version"]
    assert (await shell.done("--version")).stdout == f"accord {packaged}\n"


def commands_of(command: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command and group, as words."""
    yield path
    if isinstance(command, TyperGroup):
        within = typer.Context(command)
        for name in command.list_commands(within):
            yield from commands_of(command.get_command(within, name), (*path, name))


@pytest.mark.slow
async def test_every_command_has_help_with_a_description_or_an_example() -> None:
    paths = list(commands_of(typer.main.get_command(accord.cli.main.app)))
    assert len(paths) > 100
    for path in paths:
        answer = CliRunner().invoke(accord.cli.main.app, [*path, "--help"], env={"COLUMNS": "200", "TERM": "dumb"})
        described = answer.output.partition("Usage:")[2].partition("\n")[2].partition("╭")[0].strip()
        assert (answer.exit_code, len(described) > 20) == (0, True), (path, answer.output)


GOVERNING = {Role.DIRECTOR, Role.AUDITOR}


def test_everybody_of_the_sample_can_be_given_a_passkey_by_two_others() -> None:
    """Two who govern, and whom the change does not concern, sign it; and a director can be stood in for."""
    staff = read_file(SAMPLE / "directory.toml", DirectoryFile).staff
    for member in staff:
        others = [other for other in staff if other is not member and GOVERNING & set(other.roles)]
        assert len(others) >= 2, member.staff_id
    assert sum(Role.DIRECTOR in member.roles for member in staff) >= 2
