"""A programme's template at the gate: the edition in force decides, is recorded by digest, and stays with the grant."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import asyncpg
import pytest
from temporalio.client import Client

from accord.client.desk import Desk
from accord.client.foresight import lacks_of, refusal_before_signing
from accord.client.sight import draft
from accord.organisation import editions
from accord.presentation.faults import Refused
from domain.directory.people import HouseRulesSet
from domain.directory.tiers import HouseRules
from domain.edition_names import EditionReference
from domain.editions.kinds import EditionKind
from domain.editions.models import content_from, digest_of_content
from domain.partnership import commands as c
from domain.partnership.state import Partnership
from domain.proposal import Proposal
from ledger import clock
from records.editions import Editions
from records.keys.keyring import Keyring
from tests.budgets import budget, budgeted, line, template_content
from tests.builders import HOUSE_RULES, funds_out, number, proposal
from tests.conftest import working_apart
from tests.governing import decree
from tests.lives import Life

ASKED = {"programme": "Schools", "template": "school-budget"}
TEA = budget(line(1, "Tea", "900.00", "100.00"))
OTHER_WORDS = template_content(edition="2026.2")
OTHER_WORDS["words"]["en"]["travel.label"] = "Journeys"


@pytest.fixture
async def office(client: Client, furnished_pool: asyncpg.Pool, keyring: Keyring) -> AsyncIterator[Desk]:
    """An organisation whose rules ask for a budget of a template where the schools' programme pays."""
    desk = Desk(furnished_pool, keyring, client=client)
    rules = HouseRules.model_validate({**HOUSE_RULES.model_dump(mode="json"), "budgets": [ASKED]})
    async with working_apart(client, furnished_pool):
        await decree(desk, HouseRulesSet(rules=rules))
        yield desk


async def in_force(desk: Desk, content: dict[str, Any]) -> EditionReference:
    """Let one person ask for an edition and finance confirm it."""
    read = content_from(content)
    digest = digest_of_content(read.canonical())
    await editions.ask(desk, read, "As the board decided", None, "pia.berg")
    await editions.confirm(
        desk, await Editions(desk.reader).read(EditionKind.BUDGET, read.name), digest[:8], "femi.ade"
    )
    return EditionReference(name=read.name, edition=read.edition, sha256=digest)


def of_schools(reference: str, plan: dict[str, Any] | None = None) -> Proposal:
    return proposal(reference, **budgeted(plan=plan, programme="Schools"))


async def refused(desk: Desk, wanted: Proposal) -> str:
    """The answer of the gate to a proposal, and before it the page that signs and the shell's check."""
    with pytest.raises(Refused) as told:
        await desk.propose(wanted, "pia.berg")
    request = draft(c.Propose, command_id=number("asked"), at=clock.now(), actor="pia.berg", proposal=wanted)
    before = await refusal_before_signing(desk, Partnership(partnership_id=wanted.reference), request)
    assert str(before) == str(told.value)
    assert "; ".join(map(str, await lacks_of(desk, wanted))) == str(told.value)
    return str(told.value)


async def test_nothing_is_proposed_while_no_edition_is_in_force(office: Desk, reference: str) -> None:
    told = await refused(office, of_schools(reference))
    assert told.startswith("funds_out.budget: its programme asks for the template school-budget, and no edition of it")
    assert await office.history(reference) == []


@pytest.mark.slow
async def test_the_edition_in_force_decides_and_stays_with_what_was_begun_with_it(
    office: Desk, new_reference: Callable[[], str]
) -> None:
    """Given a grant of one edition, when another is confirmed, then an amendment goes by the first, a grant by both."""
    first, life = await in_force(office, template_content()), Life(office, new_reference())
    bare = proposal(life.reference, funds_out=funds_out(programme="Schools"))
    assert await refused(office, bare) == (
        "funds_out.budget: a grant of Schools needs a budget: lines by category and period"
    )
    assert "funds_out.budget.lines.0.category: 'Tea' is no category of school-budget 2026.1; it has: Training" in (
        await refused(office, of_schools(life.reference, TEA))
    )
    await life.approved(of_schools(life.reference))
    [proposed, *_] = await life.events()
    assert (proposed.event.template, (await life.state()).reporting.template) == (first, first)

    second = await in_force(office, OTHER_WORDS)
    more_travel = budget(line(1, "Training", "500.00", "0"), line(2, "Travel", "500.00", "0"))
    await life.do(c.Amend, "pia.berg", proposal=of_schools(life.reference, more_travel), reason="More travel")
    assert (await life.state()).reporting.template == first
    journeys = budget(line(1, "Journeys", "500.00", "500.00"))
    with pytest.raises(Refused, match=r"'Journeys' is no category of school-budget 2026\.1; it has: Training, Travel"):
        await life.do(c.Amend, "pia.berg", proposal=of_schools(life.reference, journeys), reason="Other words")

    later = new_reference()
    assert "'Travel' is no category of school-budget 2026.2" in await refused(office, of_schools(later, more_travel))
    await office.propose(of_schools(later, budget(line(1, "Journeys", "500.00", "500.00"))), "pia.berg")
    assert (await Life(office, later).state()).reporting.template == second


@pytest.mark.slow
async def test_a_template_whose_bytes_were_lost_stops_proposals_in_one_sentence(office: Desk, reference: str) -> None:
    """Given an edition whose content nobody can read any more, then nothing is proposed by guesswork."""
    edition = await in_force(office, template_content())
    async with office.pool.acquire() as connection, connection.transaction():
        await connection.execute("ALTER TABLE editions.contents DISABLE TRIGGER contents_stay")
        await connection.execute("DELETE FROM editions.contents WHERE sha256 = $1", edition.sha256)
    told = await refused(office, of_schools(reference))
    assert told.startswith("funds_out.budget: school-budget 2026.1: the content ")
    assert "is not in this database" in told
