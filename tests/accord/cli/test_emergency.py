"""While Temporal is away, what must stop is stopped: signed, by a login of its own, and no payment leaves."""

from __future__ import annotations

from pathlib import Path

import pytest

from accord.client.desk import Desk
from accord.client.emergency import stop
from accord.counter.payment_files import export
from accord.presentation.faults import Refused
from domain.partnership import commands as c
from domain.partnership.state import TrancheState
from tests import paying
from tests.accord.counter.files import PAYER
from tests.accord.operations.test_epochs import ANOTHER_TIMELINE
from tests.accord.organisation.own import change_of
from tests.accord.shell import REFUSED, UNREACHABLE, Shell
from tests.scribe import Scribe

HOLD = ("--as", "vera.lind", "--reason", "a newspaper names the payee")
CANCEL = ("--tranche", "1", "--as", "femi.ade", "--reason", "the account is in doubt")


@pytest.fixture
async def released(furnished: Desk) -> Scribe:
    return await paying.released(furnished)


@pytest.fixture
def at(shell: Shell, released: Scribe, furnished_database: str, unused_tcp_port: int) -> Shell:
    """A terminal in that organisation, where no Temporal answers."""
    return shell.where(ACCORD_DATABASE_URL=furnished_database, TEMPORAL_ADDRESS=f"127.0.0.1:{unused_tcp_port}")


async def test_a_hold_stops_the_payment_though_no_temporal_answers(at: Shell, released: Scribe) -> None:
    assert (await at("hold", released.reference, *HOLD)).code == UNREACHABLE
    told = await at.done("hold", released.reference, *HOLD, "--emergency")
    assert "hold" in told.words
    state = await released.reread()
    assert state.hold is not None
    assert state.hold.actor == "vera.lind"
    made = await export(released.desk, PAYER)
    assert (made.files, len(made.waiting)) == ((), 1)
    assert "it stands on hold (by vera.lind" in made.waiting[0].reason


@pytest.mark.slow
async def test_a_payment_is_taken_back_and_its_file_leaves_no_more(at: Shell, released: Scribe, tmp_path: Path) -> None:
    ((file, *_),) = [one.files for one in [await export(released.desk, PAYER)]]
    await at.done("payments", "cancel", released.reference, *CANCEL, "--emergency")
    assert (await released.reread()).tranches[0].state is TrancheState.CANCELLED
    refused = await at("payments", "hand-over", file.file.message_id, "--out", tmp_path / "out", "--as", PAYER)
    assert (refused.code, "not handed over" in refused.words) == (REFUSED, True)
    assert not list((tmp_path / "out").glob("*.xml"))


@pytest.mark.slow
async def test_what_the_domain_refuses_is_refused_in_an_emergency_too(at: Shell, released: Scribe) -> None:
    await at.done("hold", released.reference, *HOLD, "--emergency")
    several = await at("hold", released.reference, "P-2026-9999", *HOLD, "--emergency", "--json")
    assert ("0 done, 2 not" in several.stderr, len(several.json)) == (True, 2)
    again = await at("hold", released.reference, *HOLD, "--emergency")
    assert (again.code, "this very hold" in again.words) == (REFUSED, True)
    assert [one.actor for one in (await released.reread()).holds] == ["vera.lind"]


async def test_nothing_else_is_decided_so(released: Scribe) -> None:
    await stop(released.desk, released.reference, c.PlaceHold, "vera.lind", reason="a newspaper names the payee")
    with pytest.raises(Refused, match="HoldLifted is no event that"):
        await stop(released.desk, released.reference, c.LiftHold, "dora.kim", reason="it was looked into")
    assert (await released.reread()).hold is not None


@pytest.mark.slow
async def test_whose_key_is_not_here_stops_nothing(at: Shell, released: Scribe, tmp_path: Path) -> None:
    bare = at.where(ACCORD_KEYS=str(tmp_path / "none"))
    answer = await bare("hold", released.reference, *HOLD, "--emergency")
    assert answer.code == REFUSED
    assert (await released.reread()).hold is None


@pytest.mark.slow
async def test_a_key_is_revoked_by_two_people_though_no_temporal_answers(at: Shell, released: Scribe) -> None:
    """A lost key is no matter that waits for a server."""
    proposed = await at.done("staff", "revoke", "femi.ade", "--as", "dora.kim", "--emergency")
    assert "femi.ade" in {one.staff_id for one in (await released.desk.directory()).keys}
    await at.done("staff", "confirm", change_of(proposed), "--as", "otto.audit", "--emergency")
    assert "femi.ade" not in {one.staff_id for one in (await released.desk.directory()).keys}


@pytest.mark.slow
async def test_an_epoch_begins_without_temporal_only_by_a_word_that_gives_up_what_workflows_know(
    at: Shell, released: Scribe
) -> None:
    """Given a restored ledger and no Temporal, when an epoch is to begin, then what may be lost by it is said first."""
    await released.desk.pool.execute(ANOTHER_TIMELINE)
    begin = ("ledger", "begin-epoch", "--as", "dora.kim", "--emergency")
    refused = await at(*begin)
    assert (refused.code, "nobody knows whether workflows know more" in refused.words) == (REFUSED, True)
    assert "give --leave-behind" in refused.words
    assert "confirm" in (await at.done(*begin, "--leave-behind")).words
