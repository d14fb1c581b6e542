"""`accord payments entries`: each entry with what explains it, by account, day, kind, owner and age."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from accord.client.desk import Desk
from ledger import clock
from payments.accounts import reference_of
from tests.accord.counter.files import booked, imports
from tests.accord.counter.stated.test_heard_once import lines, stated
from tests.accord.shell import Shell, assert_fails
from tests.payments.orders import ISOC

OWN = reference_of(ISOC).reference


@pytest.fixture
async def at(shell: Shell, furnished_database: str, furnished: Desk) -> Shell:
    """A terminal in an office where a statement has salaries and a charge that nothing explains."""
    await imports(furnished, stated(booked("", "900.00", reference="SAL-11"), booked("", "7.00"), closing="4093.00"))
    return shell.where(ACCORD_DATABASE_URL=furnished_database)


async def listed(at: Shell, *options: str) -> list[dict[str, Any]]:
    document: list[dict[str, Any]] = json.loads((await at("payments", "entries", "--json", *options)).stdout)
    return document


@pytest.mark.slow
async def test_what_is_open_is_named_until_somebody_says_what_it_is(at: Shell, furnished: Desk, tmp_path: Path) -> None:
    answer = await at("payments", "entries", "--open")
    assert answer.code == 1
    name = next(line.name for line in await lines(furnished) if line.words == "SAL-11")
    assert_fails(await at("payments", "entries", "--account", "BA-NOBODYSACCOUNT"), 2, "is no funder's own")
    for words in (name, "USD -900.00", "OPEN", "FINANCE_APPROVER", "Next: `accord payments resolve EX-..."):
        assert words in answer.words
    note = ("--note", "salaries of November, of the office", "--as", "femi.ade")
    resolved = await at.done("payments", "resolve", name, "--kind", "ours", *note)
    assert f"{name} is resolved: ours." in resolved.words
    [still_open] = await listed(at, "--open")
    assert (still_open["amount"], still_open["is_open"], still_open["days"]) == ("-7.00", True, 0)
    assert {one["kind"] for one in await listed(at)} == {"OPEN", "OUTSIDE"}
    assert_fails(await at("payments", "resolve", name, "--kind", "ours", *note), 1, "was resolved by femi.ade")


@pytest.mark.slow
async def test_one_is_assigned_to_a_person_who_may_say_what_it_is_and_given_back(at: Shell, furnished: Desk) -> None:
    name = next(line.name for line in await lines(furnished) if line.words == "SAL-11")
    answer = await at.done("payments", "assign", name[:8], "--to", "femi.ade", "--as", "dora.kim")
    assert f"{name} is looked after by femi.ade. It was booked 0 days ago." in answer.words
    assert [line["name"] for line in await listed(at, "--owner", "femi.ade")] == [name]
    assert_fails(await at("payments", "assign", name, "--to", "ana.silva", "--as", "dora.kim"), 1, "may not say")
    assert_fails(await at("payments", "assign", name, "--to", "femi.ade", "--as", "pia.berg"), 1, "may not")
    assert_fails(await at("payments", "assign", "EX-ZZZZ", "--to", "femi.ade", "--as", "dora.kim"), 2, "names none")
    await at.done("payments", "assign", name, "--to", "nobody", "--as", "femi.ade")
    assert await listed(at, "--owner", "femi.ade") == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "count"),
    [
        (("--account", OWN), 2),
        (("--day", f"{clock.today()}"), 2),
        (("--day", "2026-01-01"), 0),
        (("--kind", "open"), 2),
        (("--kind", "charge"), 0),
        (("--owner", "FINANCE_APPROVER"), 2),
        (("--owner", "femi.ade"), 0),
        (("--over", "3"), 0),
    ],
    ids=repr,
)
async def test_they_are_chosen_by(at: Shell, options: Sequence[str], count: int) -> None:
    assert len(await listed(at, *options)) == count


@pytest.mark.slow
async def test_without_one_it_says_so_and_a_wrong_account_is_told(at: Shell) -> None:
    assert (await at.done("payments", "entries", "--kind", "gift")).words.strip() == "No entry."
    assert_fails(await at("payments", "entries", "--account", "DE89"), 2, "account: 'DE89' is no account")


@pytest.mark.slow
async def test_entries_of_one_reference_are_told_as_that(
    shell: Shell, furnished_database: str, furnished: Desk
) -> None:
    """Given a bank that gives one reference to two sums, then no name tells them apart, and the refusal says why."""
    content = stated(booked("", "900.00", reference="R-1"), booked("", "7.00", reference="R-1"), closing="4093.00")
    await imports(furnished, content)
    at = shell.where(ACCORD_DATABASE_URL=furnished_database)
    [name] = {line["name"] for line in await listed(at, "--open")}
    answer = await at("payments", "resolve", name, "--kind", "ours", "--note", "salaries", "--as", "femi.ade")
    assert_fails(answer, 2, "names 2 entries, to which the bank gave one reference: ask it which of them holds")
