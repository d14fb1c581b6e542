"""A ledger is followed over its real API, and whatever somebody with the database does to it is found or resumed."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from accord.follow.faults import LedgerDiverged
from accord.follow.folder import FILE, Replica
from accord.follow.following import LedgerFollower
from accord.follow.forever import follow_on
from accord.follow.wire import LedgerApi
from domain.directory.tiers import Role
from ledger import Ledger, clock
from ledger.proof.notes import open_note
from records.followers import follower_standings
from tests.accord.audit.story import approves, proposed, tell
from tests.accord.follow.conftest import House
from tests.ledger.proof import FORGED_LEAF, LOG, TREASURER, behind_our_back, request

EVENT = (
    "UPDATE ledger.events SET payload = overlay(payload placing 'X'::bytea from length(payload) - 20) "
    "WHERE position = 3"
)


async def told(house: House, *queries: str) -> None:
    """Change the ledger's table as the database's superuser."""
    async with house.desk.pool.acquire() as connection:
        await behind_our_back(connection, *queries)


async def test_what_holds_is_kept_to_the_byte_verified_and_cosigned(house: House) -> None:
    """Given a payment's whole story, then each event is kept as stored, and the checkpoint bears the auditor's line."""
    await tell(house.story)
    await house.signed()
    result = await house.followed()
    assert house.standing().findings == []
    rows = await house.desk.pool.fetch("SELECT payload, meta, leaf FROM ledger.events ORDER BY position")
    with Replica(house.replica, to_read=True) as replica:
        kept = [(event.payload, event.meta, event.leaf) for event in replica.page(0, len(rows) + 1)]
    assert kept == [tuple(row) for row in rows]
    assert (result.size, result.cosigned, result.unposted) == (len(rows), len(rows), "")
    cosigned = house.standing().cosigned
    assert cosigned is not None
    assert open_note(cosigned.cosigned, (LOG.verifier, TREASURER.verifier)).signers == (LOG.name, TREASURER.name)
    [standing] = await follower_standings(house.desk.pool)
    assert (standing.name, standing.cosigned, standing.stop) == (TREASURER.name, len(rows), None)
    assert (await house.followed()).new == 0


async def changed_after(house: House) -> None:
    await told(house, EVENT)


async def inserted(house: House) -> None:
    """An event in the middle: all later ones move up."""
    columns = "stream_id, event_id, command_id, event_type, schema_version, payload, meta, recorded_at, leaf"
    await told(
        house,
        "UPDATE ledger.events SET position = position + 1000000 WHERE position > 3",
        f"INSERT INTO ledger.events (position, version, {columns}) SELECT 4, 1, 'note/1', gen_random_uuid(), "
        "gen_random_uuid(), event_type, schema_version, payload, meta, recorded_at, leaf FROM ledger.events "
        "WHERE position = 3",
        "UPDATE ledger.events SET position = position - 999999 WHERE position > 1000000",
        FORGED_LEAF,
    )
    await house.signed_anew()


async def forked(house: House) -> None:
    """The database is put back to an older backup, goes on with other events, and is signed as if nothing were."""
    await cut(house)
    requests = [request(turn, f"note/{turn}", 0) for turn in range(90, 99)]
    await Ledger(house.desk.pool).append_many(requests)
    await house.signed_anew()


async def rewritten(house: House) -> None:
    """An event is changed with its hash and all above it, and signed again by whoever has the ledger's key."""
    await told(house, EVENT, FORGED_LEAF)
    await house.signed_anew()


async def cut(house: House) -> None:
    await told(house, f"DELETE FROM ledger.events WHERE position > {house.begins}")


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("deed", "position", "words"),
    [
        (changed_after, 3, "was changed after it was followed: its payload"),
        (inserted, 4, "not the one that was followed"),
        (forked, 0, "not the one that was followed"),
        pytest.param(rewritten, 3, "not the one that was followed", marks=pytest.mark.slow),
        (cut, 0, "it lost its tail"),
    ],
    ids=["changed", "inserted", "forked", "rewritten", "cut"],
)
async def test_what_was_followed_and_is_another_now_is_said_with_its_position_for_good(
    house: House, deed: Callable[[House], Awaitable[None]], position: int, words: str
) -> None:
    """Given a ledger that was followed, when its owner makes it another, then it is found, kept, and never followed."""
    await proposed()(house.story)
    await house.signed()
    size, position = (await house.followed()).size, position or house.begins + 1
    await deed(house)
    for _ in range(2):
        with pytest.raises(LedgerDiverged, match=words) as stopped:
            await house.followed()
        assert stopped.value.position == position
    standing = house.standing()
    assert standing.size == size
    assert standing.cosigned is not None
    [shown] = await follower_standings(house.desk.pool)
    assert shown.stop is not None
    assert (shown.stop.position, words in shown.stop.reason) == (position, True)


async def test_an_event_that_was_changed_before_it_was_followed_is_never_kept(house: House) -> None:
    """Given a signed ledger and a byte of it changed since, then the page is refused, and no event of it is kept."""
    await house.signed()
    await told(house, EVENT)
    with pytest.raises(LedgerDiverged, match="do not make the leaf"):
        await house.followed()
    standing = house.standing()
    assert (standing.size, standing.cosigned) == (0, None)


async def test_an_event_changed_with_its_leaf_is_found_by_the_proof_of_its_page(house: House) -> None:
    """Given a leaf that was changed with the bytes, then the page is not what was signed, and nothing of it is kept."""
    await house.signed()
    await told(house, EVENT, f"{FORGED_LEAF} WHERE position = 3")
    with pytest.raises(LedgerDiverged, match=r"an event from 1 to \d+ is not the one that was signed"):
        await house.followed()
    assert house.standing().size == 0


async def test_an_approval_by_the_proposer_stops_the_cosignature_until_the_auditor_judges_it(house: House) -> None:
    """Given an approval that the proposer signed, forced into the table, then nothing after it is cosigned."""
    await proposed()(house.story)
    await house.signed()
    before = (await house.followed()).cosigned
    await approves("pia.berg", Role.PROGRAMME_APPROVER)(house.story)
    await house.signed()
    result = await house.followed()
    assert result.cosigned == before
    position = house.story.position
    assert {finding.position for finding in result.open_findings} == {position}
    assert any("pia.berg proposed" in finding.reason for finding in result.open_findings)
    [shown] = await follower_standings(house.desk.pool)
    assert shown.stop is not None
    assert shown.stop.position == position
    with Replica(house.replica) as replica:
        replica.judge(position, "shown to us; nothing was paid on it", clock.now())
    assert (await house.followed()).cosigned == position
    assert (await follower_standings(house.desk.pool))[0].stop is None


class Killed(Exception):
    """The process is gone."""


async def test_killed_within_a_page_it_goes_on_and_keeps_each_event_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given pages of five, and a process that dies while the second is written, then the next one goes on from five."""
    await house.signed()
    head = await Ledger(house.desk.pool).head()
    monkeypatch.setattr("accord.follow.following.LARGEST_PAGE", 5)
    remember, pages = Replica.remember, [0]

    def dies(replica: Replica, name: str, content: Any) -> None:
        pages[0] += name == "frontier"
        if name == "frontier" and pages[0] == 2:
            raise Killed
        remember(replica, name, content)

    with monkeypatch.context() as killed:
        killed.setattr(Replica, "remember", dies)
        with pytest.raises(Killed):
            await house.followed()
    assert house.standing().size == 5
    assert (await house.followed()).size == head
    positions = sqlite3.connect(house.replica / FILE).execute("SELECT position FROM events ORDER BY 1").fetchall()
    assert positions == [(position,) for position in range(1, head + 1)]


def test_an_api_that_is_away_is_waited_for(tmp_path: Path) -> None:
    """Given nobody at the address, when it is followed on, then one line says so, and it is asked again, less often."""
    said, waits = list[str](), list[float]()

    def slept(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 7:
            raise Killed

    with Replica(tmp_path) as replica, LedgerApi("http://127.0.0.1:9", "token") as api:
        follower = LedgerFollower(api, replica, LOG.verifier)
        with pytest.raises(Killed):
            follow_on(follower, lambda size, total: None, lambda result: None, said.append, 60, slept)
    assert waits == [2, 4, 8, 16, 32, 60, 60]
    assert said == ["127.0.0.1 does not answer (ConnectError); asked again until it answers"]
