"""An API whose owner wrote it anew, and a folder that somebody edited: neither ends the follower without a word."""

from __future__ import annotations

import gzip
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from accord.cli.proof.following import follow_from
from accord.follow.faults import ApiRefused, ApiSilent, FolderUnusable
from accord.follow.folder import FILE, Replica
from accord.follow.following import STOPPED, LedgerFollower, Round
from accord.follow.wire import LedgerApi
from accord.presentation.faults import BadInput
from ledger import StoredEvent
from tests.accord.follow.another_api import AnotherApi, Answer, serving, whole
from tests.accord.follow.released import first, the_case
from tests.ledger.proof import LOG, TREASURER


@pytest.fixture(scope="module")
def case() -> list[StoredEvent]:
    return whole(the_case())


@pytest.fixture(scope="module")
def few(case: list[StoredEvent]) -> list[StoredEvent]:
    """The first of them."""
    return case[:9]


def followed(api: AnotherApi, folder: Path) -> Round:
    """A round of the follower."""
    with Replica(folder) as replica, LedgerApi(api.url, "token") as ledger_api:
        return LedgerFollower(ledger_api, replica, LOG.verifier, TREASURER).once()


def test_two_events_at_one_place_of_a_stream_are_told_and_both_are_kept(
    case: list[StoredEvent], tmp_path: Path
) -> None:
    """Given a signed ledger whose stream forks, which no database of Accord's allows, then its position is told."""
    approval = first(case, "ApprovalGiven")
    forked = whole([*case[: approval.position], approval])
    with serving(forked) as api:
        result = followed(api, tmp_path)
    assert (result.size, result.cosigned) == (len(forked), None)
    assert any("follows version" in finding.reason for finding in result.open_findings)
    assert {finding.position for finding in result.open_findings} == {len(forked)}


def test_an_event_that_no_rule_can_judge_is_told(case: list[StoredEvent], tmp_path: Path) -> None:
    """Given an approval of a partnership that nobody proposed, then it is a finding, and what follows is verified."""
    stray = first(case, "ApprovalGiven")._replace(stream_id="partnership/P-2026-0777", version=1)
    before = case[: stray.position - 1]
    with serving(whole([*before, stray, *case[stray.position - 1 : stray.position + 1]])) as api:
        result = followed(api, tmp_path)
    assert {finding.position for finding in result.open_findings} == {stray.position}
    assert (result.size, result.cosigned) == (len(before) + 3, None)


def with_field(name: str, content: Any) -> Any:
    """A change of the first event of each page."""

    def change(path: str, answer: Answer) -> Answer:
        if path.endswith("events") and isinstance(answer, dict) and answer["events"]:
            answer["events"][0][name] = content
        return answer

    return change


def instead_of_events(content: bytes) -> Any:
    """Another answer than a page."""
    return lambda path, answer: content if path.endswith("events") else answer


@pytest.mark.parametrize(
    "change",
    [
        with_field("payload", 5),
        with_field("event_id", 5),
        with_field("recorded_at", "0001-01-01T00:00:00+14:00"),
        with_field("version", 2**70),
        with_field("position", True),
        instead_of_events(b"[" * 100_000),
        instead_of_events(b'{"head": {"size": Infinity}, "events": []}'),
    ],
    ids=["payload", "id", "year", "version", "position", "nested", "head"],
)
def test_what_is_no_answer_is_refused_in_words(few: list[StoredEvent], tmp_path: Path, change: Any) -> None:
    """Given an answer without the form that was asked for, then it is refused in words, and `follow` asks again."""
    with serving(few, change) as api, pytest.raises(ApiRefused):
        followed(api, tmp_path)


def test_an_answer_without_an_end_is_not_held(
    few: list[StoredEvent], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a page that unpacks to more than any has, or that comes for longer, then no more of it is read."""
    monkeypatch.setattr("accord.follow.wire.LARGEST_ANSWER", 1_000_000)
    bomb = instead_of_events(gzip.compress(bytes(20_000_000), 1))
    with serving(few, bomb) as api, pytest.raises(ApiRefused, match="more than 1,000,000 bytes"):
        followed(api, tmp_path)
    monkeypatch.setattr("accord.follow.wire._LONGEST", -1.0)
    with serving(few) as api, pytest.raises(ApiSilent, match="does not answer whole"):
        followed(api, tmp_path)


EDITED = {
    "a byte": "UPDATE events SET payload = x'7b7d' WHERE position = 3",
    "a byte and its leaf": "UPDATE events SET payload = x'7b7d', leaf = zeroblob(32) WHERE position = 3",
    "a row that is gone": "DELETE FROM events WHERE position = 3",
    "the last rows": "DELETE FROM events WHERE position > 6",
    "the tree": "UPDATE state SET content = json_set(content, '$.nodes[0]', hex(zeroblob(32))) WHERE name = 'frontier'",
    "the form of the tree": "UPDATE state SET content = '{\"size\": 3, \"nodes\": []}' WHERE name = 'frontier'",
}


@pytest.fixture
def replica(few: list[StoredEvent], tmp_path: Path) -> Iterator[tuple[AnotherApi, Path]]:
    """A ledger that is served, and a folder that followed it."""
    with serving(few) as api:
        followed(api, tmp_path)
        yield api, tmp_path


@pytest.mark.parametrize("query", EDITED.values(), ids=EDITED)
def test_a_folder_that_was_edited_accuses_nobody(replica: tuple[AnotherApi, Path], query: str) -> None:
    """Given a replica that decayed, or was edited, then that is told, and nothing is said of the ledger."""
    api, folder = replica
    with sqlite3.connect(folder / FILE) as database:
        database.execute(query)
    with pytest.raises(FolderUnusable, match="was changed or is damaged"):
        followed(api, folder)
    with Replica(folder, to_read=True) as kept:
        assert kept.state(STOPPED) is None


def test_an_event_that_was_edited_with_all_above_it_does_not_make_what_was_signed(
    replica: tuple[AnotherApi, Path], few: list[StoredEvent]
) -> None:
    """Given a folder whose event, leaf and tree were written anew, then the kept checkpoint convicts the folder."""
    api, folder = replica
    other = whole([event._replace(payload=b"{}") if event.position == 3 else event for event in few])
    with Replica(folder) as kept:
        frontier = kept.frontier.__class__()
        for event in other:
            frontier.append(event.leaf)
        kept.remember("frontier", {"size": frontier.size, "nodes": [node.hex() for node in frontier.nodes]})
    with sqlite3.connect(folder / FILE) as database:
        database.execute("UPDATE events SET payload = ?, leaf = ? WHERE position = 3", (b"{}", other[2].leaf))
    with pytest.raises(FolderUnusable, match="do not make the checkpoint"):
        followed(api, folder)


def test_whoever_answers_with_another_history_the_second_time_is_stopped(
    replica: tuple[AnotherApi, Path], few: list[StoredEvent]
) -> None:
    """Given an owner who signs another ledger of the same length a minute later, then it is told, and kept for good."""
    _, folder = replica
    other = whole([event._replace(payload=b"{}") if event.position == 3 else event for event in few])
    with serving(other) as api, pytest.raises(Exception, match="event 3 is not the one that was followed"):
        followed(api, folder)
    with Replica(folder, to_read=True) as kept:
        assert kept.state(STOPPED)["position"] == 3


def test_a_token_is_sent_to_nobody_in_clear(tmp_path: Path) -> None:
    """Given an address without TLS that is not this machine's, then nothing is asked: the token would be read."""
    with pytest.raises(BadInput, match="is not over TLS"):
        follow_from("http://api.example.org", tmp_path / "token", tmp_path / "replica")
    assert list(tmp_path.iterdir()) == []
