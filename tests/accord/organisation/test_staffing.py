"""People leave and are recused: the shell names the open work that nobody could do any more (R31, R32), by shell."""

from __future__ import annotations

import pytest

from accord.client.desk import Desk
from records.keys.keyring import Keyring
from tests import paying
from tests.accord.organisation.own import change_of
from tests.accord.shell import REFUSED, Shell, assert_fails
from tests.scribe import Scribe

AS_DORA = ("--as", "dora.kim")


@pytest.fixture
async def agreed(furnished: Desk) -> Scribe:
    return await paying.agreed_grant(furnished)


@pytest.fixture
def at(shell: Shell, agreed: Scribe, furnished_database: str, keyring: Keyring) -> Shell:
    """A terminal of the owner in that organisation, who needs no worker for what it decides about itself."""
    return shell.as_administrator(furnished_database).where(ACCORD_KEYS=str(keyring.folder))


async def test_the_last_payer_does_not_leave_before_the_open_work_was_named(at: Shell, agreed: Scribe) -> None:
    """Given one payer and an agreed grant, when they leave, then the release is named, and it takes --anyway."""
    answer = await at("staff", "leave", "paul.nkosi", *AS_DORA)
    assert_fails(answer, REFUSED, "--anyway")
    assert "nobody would hold PAYER any more" in answer.stderr
    assert f"{agreed.reference}: nobody could release tranche 1" in answer.stderr
    assert (await agreed.desk.directory()).pending == ()
    proposed = await at.done("staff", "leave", "paul.nkosi", *AS_DORA, "--anyway")
    assert "nobody could release tranche 1" in proposed.stderr
    await at.done("staff", "confirm", change_of(proposed), "--as", "otto.audit")
    rows = (await at.done("work", "--role", "PAYER", "--json")).json
    assert {(row["step"], row["who"]) for row in rows} >= {("release tranche 1", "NOBODY")}
    assert "NOBODY" in (await at.done("work")).stdout


@pytest.mark.slow
async def test_whoever_is_not_the_last_leaves_without_a_word(at: Shell) -> None:
    answer = await at.done("staff", "leave", "rosa.lund", *AS_DORA)
    assert "nobody could" not in answer.stderr


@pytest.mark.slow
async def test_the_work_list_names_who_can_take_a_step(at: Shell, agreed: Scribe) -> None:
    [row] = [one for one in (await at.done("work", "--json")).json if one["partnership_id"] == agreed.reference]
    assert (row["role"], row["step"], row["who"]) == ("PAYER", "release tranche 1", "paul.nkosi")


@pytest.mark.slow
async def test_a_recusal_names_what_nobody_can_do_and_is_not_kept_waiting(
    at: Shell, agreed: Scribe, unused_tcp_port: int
) -> None:
    """The interest counts whatever waits. Here no Temporal answers, so that the words alone are seen."""
    at = at.where(TEMPORAL_ADDRESS=f"127.0.0.1:{unused_tcp_port}")
    declare = ("declare-interest", agreed.reference, "--what", "my brother teaches there", "--as", "paul.nkosi")
    assert f"{agreed.reference}: nobody could release tranche 1" in (await at(*declare)).stderr
