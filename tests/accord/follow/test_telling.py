"""An auditor reads each finding, looks at the event in their own folder, and is told why nothing is followed yet."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from accord.cli.proof.followed_events import show_event
from accord.cli.proof.following import hindrances
from accord.follow.folder import Replica
from accord.follow.following import Round
from accord.follow.verifier import Verifier
from accord.presentation.faults import BadInput
from ledger import clock
from tests.accord.follow.conftest import House
from tests.accord.follow.released import changed, first, instead, the_case
from tests.accord.follow.test_verifying import renumbered

WORDS = "as agreed by telephone"


@pytest.fixture
def replica(tmp_path: Path) -> Replica:
    """A replica with an approval whose words were changed under its signature, which the auditor judged."""
    case = the_case()
    events = renumbered(instead(case, changed(first(case, "ApprovalGiven"), reason=WORDS)))
    with Replica(tmp_path) as replica:
        frontier = replica.frontier
        for event in events:
            frontier.append(event.leaf)
        replica.keep(events, frontier, Verifier(replica).see(events))
        replica.judge(replica.findings()[0].position, "they showed us the letter", clock.now())
    return Replica(tmp_path, to_read=True)


def test_an_event_is_shown_with_what_stands_against_it(replica: Replica, capsys: pytest.CaptureFixture[str]) -> None:
    position = replica.findings()[0].position
    show_event(replica, position, as_json=False)
    shown = capsys.readouterr().out
    assert f"Event {position}: ApprovalGiven, version" in shown
    assert "Against it: ApprovalGiven: " in shown
    assert "Your judgement: they showed us the letter" in shown
    assert f'"reason": "{WORDS}"' in shown
    show_event(replica, position, as_json=True)
    fields = json.loads(capsys.readouterr().out)
    assert (fields["position"], fields["judged"], len(fields["findings"])) == (position, "they showed us the letter", 1)
    with pytest.raises(BadInput, match="write a number up to that"):
        show_event(replica, replica.frontier.size + 1, as_json=False)


async def test_where_nothing_is_signed_yet_that_is_what_is_said(house: House) -> None:
    result = await house.followed()
    assert (result.size, result.is_signed) == (0, False)
    [line] = hindrances(result)
    assert "no checkpoint is signed there yet: ask the organisation to sign one" in line
    assert list(hindrances(Round(7, 7, None, ()))) == []
    assert list(hindrances(Round(7, 7, None, (), "its token is over"))) == ["not handed in: its token is over"]
