"""The sources of the rules are counted, and the funder's counsel confirms each by a signed act at the shell."""

from __future__ import annotations

import pytest

from accord.client.desk import Desk
from domain.directory.tiers import Role
from domain.policy.rulebook import RULE_BOOK
from domain.policy.sources import unconfirmed
from domain.streams import RULE_BOOK_STREAM
from tests import paying
from tests.accord.counter.files import recorded
from tests.accord.shell import BAD_INPUT, REFUSED, Shell, assert_fails
from tests.governing import hire

NOTE = ("--note", "read in the eCFR of 1 November")
COUNSEL = ("--as", "noa.law")


@pytest.fixture
async def at(shell: Shell, furnished: Desk, furnished_database: str) -> Shell:
    """A terminal of the owner who migrates that database. Counsel works there."""
    await hire(furnished, "noa.law", Role.COUNSEL)
    return shell.as_administrator(furnished_database)


async def test_the_first_page_counts_what_counsel_has_not_confirmed(at: Shell) -> None:
    waiting = unconfirmed(RULE_BOOK)
    plain, machine = await at.together(("policy", "list", "--format", "markdown"), ("policy", "list", "--json"))
    assert f"Not confirmed by counsel: {len(waiting)} sources" in plain.stdout
    assert len(machine.json["unconfirmed"]) == len(waiting)


@pytest.mark.slow
async def test_counsel_confirms_a_source_and_takes_it_back(at: Shell, furnished: Desk) -> None:
    released = await paying.released(furnished)
    before = await at.done("show", released.reference)
    assert "rests on a source that counsel has not confirmed" in before.words
    for one in unconfirmed(RULE_BOOK):
        await at.done("policy", "confirm", one.rule_id, "--source", one.citation, *NOTE, *COUNSEL)
    assert await recorded(furnished, RULE_BOOK_STREAM) == ["SourceConfirmed"] * len(unconfirmed(RULE_BOOK))
    assert (await at.done("policy", "list", "--ours", "--json")).json["unconfirmed"] == []
    after = await at.done("show", released.reference)
    assert "rests on a source that counsel has not confirmed" not in after.words
    explained = await at.done("policy", "explain", released.reference, "--format", "markdown")
    assert "counsel has not confirmed" not in explained.words
    await at.done("policy", "confirm", "SANCTIONS-OWNERSHIP", "--falls", *NOTE, *COUNSEL)
    (left,) = (await at.done("policy", "list", "--ours", "--json")).json["unconfirmed"]
    assert left["rule_id"] == "SANCTIONS-OWNERSHIP"


@pytest.mark.slow
async def test_nobody_else_confirms_and_nothing_is_recorded(at: Shell, furnished: Desk) -> None:
    for who, name in (("dora.kim", "Dora Kim"), ("vera.lind", "Vera Lind")):
        refused = await at("policy", "confirm", "SANCTIONS", *NOTE, "--as", who)
        assert_fails(refused, REFUSED, f"{name} may not confirm the source of a rule: counsel must")
    assert await recorded(furnished, RULE_BOOK_STREAM) == []


@pytest.mark.slow
async def test_a_rule_that_waits_for_nobody_or_with_several_sources_is_bad_input(at: Shell) -> None:
    assert_fails(await at("policy", "confirm", "ELIG-LISTED", *NOTE, *COUNSEL), BAD_INPUT, "RULE: 'ELIG-LISTED'")
    assert_fails(await at("policy", "confirm", "INTERESTS", *NOTE, *COUNSEL), BAD_INPUT, "--source: INTERESTS waits")
    several = ("policy", "confirm", "INTERESTS", "--source", "26 CFR 53.4958", *NOTE, *COUNSEL)
    assert_fails(await at(*several), BAD_INPUT, "name one of them")
