"""An unsigned event counts for nothing, whatever else a process looked at before, with it or since."""

from __future__ import annotations

from pathlib import Path

import pytest

from accord.client.desk import Desk
from domain.directory.tiers import Role
from domain.partnership import events as e
from domain.streams import StreamId
from ledger import StoredEvent
from records.authorship import Judge, Reader
from tests.activities.story import QUORUM
from tests.builders import funding, proposal
from tests.scribe import Scribe, forgers_keys

PROPOSED = proposal()
APPROVED = {"no_interest": True, "role": Role.PROGRAMME_APPROVER, "reason": "it fits", "quorum": QUORUM}


@pytest.fixture
async def stream(furnished: Desk, tmp_path: Path) -> list[StoredEvent]:
    """An approval in somebody's name by another's key, and behind it what its people did sign."""
    scribe = Scribe(furnished, PROPOSED.reference)
    await scribe.says(e.PartnershipProposed, "pia.berg", proposal=PROPOSED, funding=funding())
    forger = forgers_keys(scribe.keyring, tmp_path / "forged", **{"ana.silva": "paul.nkosi"})
    await scribe.write(scribe.made(e.ApprovalGiven, "ana.silva", forger, **APPROVED))
    for text in ("First of all", "And then", "At last"):
        await scribe.says(e.CommentMade, "pia.berg", text=text)
    return await furnished.ledger.read_stream(StreamId.partnership(PROPOSED.reference))


@pytest.fixture
def judge(furnished: Desk, monkeypatch: pytest.MonkeyPatch) -> Judge:
    """A judge who remembers two verdicts, rather than as many as a process does."""
    monkeypatch.setattr("records.authorship._MOST_REMEMBERED", 2)
    return Reader(furnished.ledger).judge


def doubted(events: list[StoredEvent]) -> list[str]:
    return [one.event_type for one in events if one.doubt]


async def test_a_forged_approval_is_doubted_however_many_events_are_judged_with_it(
    stream: list[StoredEvent], judge: Judge
) -> None:
    """Given more events than a process remembers verdicts, when all are judged at once, then it does not count."""
    assert doubted(await judge(stream)) == ["ApprovalGiven"]


async def test_a_forged_approval_that_was_doubted_stays_doubted_when_more_is_read(
    stream: list[StoredEvent], judge: Judge
) -> None:
    """Given a verdict that is the oldest, when more is judged with its event, then it is not forgotten meanwhile."""
    assert doubted(await judge(stream[:2])) == ["ApprovalGiven"]
    assert doubted(await judge(stream)) == ["ApprovalGiven"]
    assert doubted(await judge(stream)) == ["ApprovalGiven"]
