"""A ledger that was restored or copied accepts nothing before two guardians begin an epoch."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import uuid4

import asyncpg
import pytest
from temporalio.testing import ActivityEnvironment

from accord.client.desk import Desk
from accord.organisation.governance import vouch
from activities.contracts import CarriedOut, CarryOut, KnownVersion
from activities.partnerships import Partnerships
from deploy.database import open_pool
from domain.errors import EpochNotBegun
from domain.partnership import commands as c
from domain.streams import DIRECTORY_STREAM
from ledger import AppendRequest, NewEvent
from records.keys.keyring import Keyring
from tests.accord.shell import REFUSED, Shell
from tests.builders import number, proposal
from tests.conftest import copy_of, name_in
from tests.ledger.proof import behind_our_back

AS_IT_IS = (
    "CREATE OR REPLACE FUNCTION ledger.installation() RETURNS text LANGUAGE sql STABLE AS $$ "
    "SELECT format('%s/%s', (SELECT system_identifier FROM pg_control_system()), current_database()) $$"
)
ANOTHER_TIMELINE = AS_IT_IS.replace("'%s/%s'", "'%s/%s/00000002'")
NOTHING_IS_ACCEPTED = "Nothing is accepted before two guardians begin the next"
REFERENCE = "P-2026-7001"


@pytest.fixture
async def copy(
    furnished: Desk, furnished_database: str, furnished_template: str, keyring: Keyring
) -> AsyncIterator[Desk]:
    """An organisation's ledger, copied into a database beside it, for training."""
    name = name_in(furnished_database)
    await furnished.pool.close()
    async with copy_of(name, furnished_template) as copied:
        pool = await open_pool(furnished_database.replace(f"/{name}?", f"/{copied}?"))
        await pool.execute(AS_IT_IS)
        yield Desk(pool, keyring)
        pool.terminate()


def at(shell: Shell, desk: Desk) -> Shell:
    """A terminal on a desk's database."""
    address = str(desk.pool._connect_args[0])  # type: ignore[attr-defined]
    return shell.as_administrator(address)


def beginning(folder: str, key: str) -> tuple[str, ...]:
    """The words that begin an epoch with the checkpoints of elsewhere."""
    held = ("--checkpoints", folder, "--log", f"{key}.pub")
    return ("ledger", "begin-epoch", "--leave-behind", *held, "--as", "dora.kim")


async def begin(shell: Shell, *words: str) -> None:
    told = await shell.done("ledger", "begin-epoch", "--leave-behind", *words, "--as", "dora.kim", "--json")
    await shell.done("staff", "confirm", told.json["change_id"], "--as", "otto.audit")


async def test_an_organisation_begins_its_first_epoch_when_it_is_founded(furnished: Desk) -> None:
    directory = await furnished.directory()
    founded = (await furnished.ledger.read_stream(DIRECTORY_STREAM, limit=1))[0].position
    assert [(one.log.epoch, one.position) for one in directory.epochs] == [(1, founded - 1)]


@pytest.mark.slow
async def test_on_a_copy_nothing_is_accepted_before_two_guardians_begin_an_epoch(copy: Desk, shell: Shell) -> None:
    training = at(shell, copy)
    told = await training("staff", "leave", "femi.ade", "--as", "dora.kim")
    assert (told.code, NOTHING_IS_ACCEPTED in told.words) == (REFUSED, True)
    told = await training("payments", "export", "--as", "paul.nkosi")
    assert (told.code, NOTHING_IS_ACCEPTED in told.words) == (REFUSED, True)
    await begin(training, "training.example.org")
    await training.done("staff", "leave", "femi.ade", "--as", "dora.kim")
    log = (await copy.directory()).log
    assert log is not None
    assert (log.origin, log.epoch) == ("training.example.org", 2)


@pytest.mark.slow
async def test_one_guardian_alone_opens_no_copy(copy: Desk, shell: Shell) -> None:
    training = at(shell, copy)
    told = await training.done("ledger", "begin-epoch", "--leave-behind", "--as", "dora.kim", "--json")
    assert (await training("staff", "confirm", told.json["change_id"], "--as", "dora.kim")).code == REFUSED
    assert (await training("staff", "leave", "femi.ade", "--as", "dora.kim")).code == REFUSED


async def carry_out(desk: Desk, command: c.Propose) -> CarriedOut:
    asked = CarryOut(partnership_id=REFERENCE, command=command, known=KnownVersion())
    answer: CarriedOut = await ActivityEnvironment().run(Partnerships(desk.pool).carry_out, asked)
    return answer


async def proposed(desk: Desk) -> c.Propose:
    """A signed proposal that no worker has seen yet."""
    command = c.Propose(
        command_id=number("propose"), at=datetime.now(UTC), actor="pia.berg", proposal=proposal(REFERENCE)
    )
    return command.model_copy(update={"signature": await desk.sign(command.statement(REFERENCE))})


async def test_a_worker_records_nothing_on_a_ledger_that_was_restored(furnished: Desk) -> None:
    """On another timeline, which every restore to an earlier point begins."""
    command = await proposed(furnished)
    await furnished.pool.execute(ANOTHER_TIMELINE)
    with pytest.raises(EpochNotBegun, match=NOTHING_IS_ACCEPTED):
        await carry_out(furnished, command)
    assert await furnished.history(REFERENCE) == []


@pytest.mark.slow
async def test_what_was_signed_before_a_restore_counts_for_nothing_after_it(furnished: Desk, shell: Shell) -> None:
    command = await proposed(furnished)
    await furnished.pool.execute(ANOTHER_TIMELINE)
    await begin(at(shell, furnished))
    refused = await carry_out(furnished, command)
    assert refused.refusal is not None
    assert "for another ledger, or for another epoch of it" in refused.refusal.reason
    assert await furnished.history(REFERENCE) == []


@pytest.mark.slow
async def test_who_vouches_for_an_account_is_asked_anew_in_no_other_epoch(furnished: Desk, shell: Shell) -> None:
    """A signature of its epoch's time stands: it is judged by the epoch at its own position."""
    reference = str(await furnished.pool.fetchval("SELECT reference FROM payments.accounts LIMIT 1"))
    before = await furnished.registrar.standing(reference)
    await furnished.pool.execute(ANOTHER_TIMELINE)
    await begin(at(shell, furnished))
    assert before is not None
    assert await furnished.registrar.standing(reference) == before
    assert await vouch(furnished, before.account, "vera.lind") == before


@pytest.mark.slow
async def test_the_root_that_an_epoch_names_is_held_against_the_ledger(
    furnished: Desk, furnished_database: str, shell: Shell
) -> None:
    here = shell.as_administrator(furnished_database)
    await furnished.pool.execute(ANOTHER_TIMELINE)
    await begin(here)
    await here.done("ledger", "verify")
    position = (await furnished.directory()).epochs[-1].position
    connection = await asyncpg.connect(furnished_database)
    await behind_our_back(connection, f"UPDATE ledger.events SET payload = '{{}}' WHERE position = {position}")
    await connection.close()
    assert (await here("ledger", "verify")).code == REFUSED


@pytest.mark.slow
async def test_a_copy_that_lacks_what_was_signed_elsewhere_begins_no_epoch_with_the_checkpoints_at_hand(
    furnished: Desk, furnished_database: str, shell: Shell, tmp_path: object
) -> None:
    here = shell.as_administrator(furnished_database)
    key, folder = f"{tmp_path}/log.key", f"{tmp_path}/elsewhere"
    await here.done("ledger", "key", "ledger.example.org", "--out", key)
    await here.done("ledger", "checkpoint", "--key", key, "--to", folder)
    connection = await asyncpg.connect(furnished_database)
    await behind_our_back(
        connection, "DELETE FROM ledger.events WHERE position = (SELECT max(position) FROM ledger.events)"
    )
    await connection.close()
    words = beginning(folder, key)
    told = await here(*words)
    assert (told.code, "a signed checkpoint speaks of" in told.words) == (REFUSED, True)


@pytest.mark.slow
async def test_the_newest_checkpoint_that_is_still_held_is_used_and_those_beyond_are_named(
    furnished: Desk, furnished_database: str, shell: Shell, tmp_path: object
) -> None:
    """Given three checkpoints, of which two speak of what is no more, when an epoch begins, then the first holds."""
    here = shell.as_administrator(furnished_database)
    key, folder = f"{tmp_path}/log.key", f"{tmp_path}/elsewhere"
    await here.done("ledger", "key", "ledger.example.org", "--out", key)
    sign = ("ledger", "checkpoint", "--key", key, "--to", folder)
    await here.done(*sign)
    held = await furnished.ledger.head()
    for told in ("one", "two"):
        await noted(furnished, told)
        await here.done(*sign)
    connection = await asyncpg.connect(furnished_database)
    await behind_our_back(connection, f"DELETE FROM ledger.events WHERE position > {held}")
    await connection.execute(ANOTHER_TIMELINE)
    await connection.close()
    await noted(furnished, "another")
    words = beginning(folder, key)
    begun = (await here.done(*words, "--json")).json
    assert (begun["holds"], begun["lost"]) == (held, [held + 2, held + 1])
    assert begun["change_id"]


@pytest.mark.slow
async def test_the_command_says_in_words_what_is_lost(
    furnished: Desk, furnished_database: str, shell: Shell, tmp_path: object
) -> None:
    here = shell.as_administrator(furnished_database)
    key, folder = f"{tmp_path}/log.key", f"{tmp_path}/elsewhere"
    await here.done("ledger", "key", "ledger.example.org", "--out", key)
    sign = ("ledger", "checkpoint", "--key", key, "--to", folder)
    await here.done(*sign)
    held = await furnished.ledger.head()
    await noted(furnished, "one")
    await here.done(*sign)
    connection = await asyncpg.connect(furnished_database)
    await behind_our_back(connection, f"DELETE FROM ledger.events WHERE position > {held}")
    await connection.execute(ANOTHER_TIMELINE)
    await connection.close()
    words = beginning(folder, key)
    told = (await here.done(*words)).words
    assert f"The first {held} events" in told
    assert f"Lost: 1 checkpoints speak of more (of {held + 1} events)" in told


async def noted(desk: Desk, told: str) -> None:
    """Record an event on a stream of nobody's."""
    event = NewEvent.of("Noted", 1, {"said": told}, {})
    assert (await desk.ledger.append(AppendRequest(f"note/{told}", uuid4(), 0, (event,)))).recorded


async def test_an_origin_that_is_no_name_is_refused_in_a_line(furnished: Desk, shell: Shell) -> None:
    told = await at(shell, furnished)("ledger", "begin-epoch", "--leave-behind", "No Name!", "--as", "dora.kim")
    assert told.code == 2
    assert "ORIGIN" in told.words
