"""A second person says that two are two: it is kept for that pair, in every partnership, until one of them changes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import asyncpg
import pytest
from temporalio.client import Client

from activities.reading import from_ledger
from commands.desk import Desk
from commands.sample import furnish, load_sample_registers
from domain.clearance import MatchCleared, clearance_fault, clearance_stream
from domain.partnership import Stage
from domain.tiers import Role
from signatures.ed25519 import verified
from signatures.keyring import Keyring
from tests.builders import funds_out, party, proposal
from tests.commands.shell import BAD_INPUT, REFUSED, Shell, assert_all_fail
from tests.conftest import working
from tests.governing import hire
from tests.lives import Life
from tests.registers.files import load_small, sdn_row, write_sdn
from workflows.options import TASK_QUEUE
from workflows.rescreening import RescreeningWorkflow

PAYEE, LISTED = "Riverbend Library Network", "RIVERBED LIBRARY NETWORK"
PARTNER = party("Lakeside School of Networking", ein="001000002")
OTHERS = ("QUARTZ PIER SHIPPING", "OBSIDIAN DREDGING", "ZORVANIA TRADE BUREAU", "GREYWATER MARINE")
ALIAS = '9077,1,"aka","RIVERBED READERS",-0- '
REASON = ("--reason", "founded forty years apart; both charters were seen")


class Office(NamedTuple):
    """An office with lists of its own, its terminal, and where its lists are written."""

    shell: Shell
    desk: Desk
    folder: Path

    async def publish(self, *names: str, aliases: tuple[str, ...] = ()) -> None:
        """Put a list in force on which these names are the entities 9077, 9078 ..."""
        rows = (sdn_row(number, name) for number, name in enumerate((*names, *OTHERS), start=9077))
        paths = write_sdn(self.folder, *rows, aliases=aliases)
        async with self.desk.pool.acquire() as connection:
            report = await load_small(connection, "ofac-sdn", *paths, on=datetime.now(UTC).date())
        assert report.loaded, report

    async def rescreen(self) -> tuple[str, ...]:
        """Let the re-screening run, and say whom it told."""
        found = await self.desk.temporal.execute_workflow(
            RescreeningWorkflow.run, id=f"rescreening/{self.folder.name}", task_queue=TASK_QUEUE
        )
        return found.told

    async def pairs(self, reference: str) -> list[str]:
        """The pairs that a partnership's parties make with the lists, the surest first."""
        known = await self.desk.known_partnership(reference)
        assert known.verification is not None
        return [match.pair for match in known.verification.screening.matches]


@pytest.fixture
async def office(
    shell: Shell, pool: asyncpg.Pool, database: str, keyring: Keyring, client: Client, tmp_path: Path
) -> AsyncIterator[Office]:
    """The sample's house on a fresh database, with a worker."""
    desk = Desk(pool, keyring, client, patience=30)
    await load_sample_registers(pool)
    await furnish(desk)
    async with working(client, pool):
        yield Office(shell.where(ACCORD_DATABASE_URL=database), desk, tmp_path)


def clear(reference: str, pair: str, who: str) -> tuple[str, ...]:
    return ("clear-match", reference, pair, *REASON, "--as", who)


async def test_a_match_that_a_verifier_cleared_holds_nobody_up_until_the_list_says_more_of_the_entity(
    office: Office, reference: str
) -> None:
    await office.publish(LISTED)
    life = Life(office.desk, reference)
    await life.propose(proposal(reference))
    referred = await life.until_stage(Stage.ELIGIBILITY)
    assert f"{PAYEE!r} resembles {LISTED!r} of ofac-sdn (entity 9077)" in referred.why
    [pair] = await office.pairs(reference)

    shown = await office.shell.done("matches", reference)
    for words in (pair[:12], PAYEE, f"{LISTED} (entity 9077)", "riverbend ~ riverbed"):
        assert words in shown.words
    cleared = await office.shell.done(*clear(reference, pair[:8], "vera.lind"))
    assert f"Cleared: {PAYEE} is not entity 9077 ({LISTED})." in cleared.words

    passed = await life.until_stage(Stage.APPROVAL)  # its workflow looked again by itself
    assert (passed.why, passed.verifier, passed.elevated) == ("", "", False)
    [stored] = await office.desk.ledger.read_stream(clearance_stream(pair))
    event = from_ledger(stored).event
    assert isinstance(event, MatchCleared)
    assert (event.actor, event.partnership_id, event.reason) == ("vera.lind", reference, REASON[1])
    assert clearance_fault(event, await office.desk.directory(), verified) == ""

    again, machine = await office.shell.together(clear(reference, pair, "vera.lind"), ("matches", reference, "--json"))
    assert again.code == 0, again
    assert len(await office.desk.ledger.read_stream(clearance_stream(pair))) == 1, "said again it is the same"
    assert [(one["pair"], one["cleared_by"]) for one in machine.json] == [(pair, ["vera.lind"])]

    second = Life(office.desk, f"{reference}1")
    await second.propose(proposal(second.reference, title="Another project of theirs"))
    assert (await second.until_stage(Stage.APPROVAL)).verifier == ""
    assert "ReferralCleared" not in await second.told()

    await office.publish(LISTED, aliases=(ALIAS,))
    assert await office.rescreen() == (reference, second.reference)
    for one in (life, second):
        held = await one.until(lambda known: known.hold is not None)
        assert held.hold is not None
        assert f"resembles {LISTED!r}" in held.hold.reason
    [open_again] = (await office.shell.done("matches", reference, "--json")).json
    assert (open_again["pair"] != pair, open_again["entity"], open_again["cleared_by"]) == (True, "9077", [])


async def test_who_has_a_part_in_it_or_no_role_clears_nothing_and_nobody_clears_a_name_that_is_listed(
    office: Office, reference: str
) -> None:
    life = Life(office.desk, reference)
    await life.released(proposal(reference, partner=PARTNER, funds_out=funds_out("600.00", "400.00")))
    assert f"No party of {reference} meets" in (await office.shell.done("matches", reference)).words
    await office.publish(LISTED, PARTNER.name.upper())
    assert await office.rescreen() == (reference,)
    held = await life.until(lambda known: known.hold is not None)
    assert (held.proposers, held.payers) == (("pia.berg",), ("paul.nkosi",))
    exact, near = await office.pairs(reference)

    other = f"proposed or pays {reference}; another person looks"
    await assert_all_fail(
        office.shell,
        (clear(reference, near, "pia.berg"), REFUSED, [f"pia.berg {other}"]),
        (clear(reference, near, "paul.nkosi"), REFUSED, [f"paul.nkosi {other}"]),
        (clear(reference, near, "ana.silva"), REFUSED, ["ana.silva may not clear a match", "VERIFIER or DIRECTOR"]),
        (clear(reference, exact, "vera.lind"), REFUSED, ["bears the listed name exactly", "refused, not cleared"]),
        (clear(reference, "f" * 64, "vera.lind"), BAD_INPUT, ["names none of the matches", "accord matches"]),
    )
    for pair in (exact, near):
        assert await office.desk.ledger.read_stream(clearance_stream(pair)) == []


async def test_what_a_proposer_cleared_in_anothers_partnership_is_open_in_her_own(
    office: Office, reference: str
) -> None:
    await office.publish(LISTED)
    await hire(office.desk, "vic.both", Role.PROPOSER, Role.VERIFIER)
    others, hers = Life(office.desk, reference), Life(office.desk, f"{reference}1")
    await others.propose(proposal(others.reference))
    await others.until_stage(Stage.ELIGIBILITY)
    [pair] = await office.pairs(others.reference)
    await office.shell.done(*clear(others.reference, pair, "vic.both"))
    await others.until_stage(Stage.APPROVAL)
    await hers.propose(proposal(hers.reference), "vic.both")
    assert f"resembles {LISTED!r}" in (await hers.until_stage(Stage.ELIGIBILITY)).why
