"""The follower verifies each event by the published rules, and counts what it cannot recompute."""

from __future__ import annotations

from pathlib import Path

import pytest

from accord.follow.folder import EventFinding, Replica
from accord.follow.looks import Beyond
from accord.follow.verifier import Verifier
from ledger import StoredEvent
from tests.accord.follow.released import CASE, changed, first, found_in, instead, ledger_of, signed_again, the_case


@pytest.fixture(scope="module")
def case() -> list[StoredEvent]:
    return the_case()


def told(findings: list[EventFinding], position: int) -> str:
    """What was found of one event."""
    return "; ".join(finding.reason for finding in findings if finding.position == position)


@pytest.mark.slow
@pytest.mark.parametrize("release", ["0.2.0", "0.3.0"])
def test_nothing_is_found_in_what_a_release_left_and_each_event_is_verified_or_counted(
    release: str, tmp_path: Path
) -> None:
    """Given a whole ledger, then each event is signed, recomputed, or counted with the reason why it is neither."""
    events = ledger_of(release)
    with Replica(tmp_path) as replica:
        verdict = Verifier(replica).see(events)
    assert verdict.findings == []
    unsigned = next(count.number for count in verdict.uncounted if count.reason == Beyond.UNSIGNED)
    claims = sum(event.event_type in {"TrancheHandedOver", "PaymentHandedOver"} for event in events)
    assert verdict.numbers["signatures"] + verdict.numbers["assessments"] + unsigned + claims == len(events)
    assert min(verdict.numbers["decisions"], verdict.numbers["assessments"]) > 10


def test_a_follower_that_begins_anew_between_pages_finds_the_same(case: list[StoredEvent], tmp_path: Path) -> None:
    """Given pages of seven, each verified by a process of its own, then the counts are those of one page."""
    with Replica(tmp_path / "whole") as whole, Replica(tmp_path / "parts") as parts:
        events = renumbered(case)
        verdict = Verifier(whole).see(events)
        frontier = parts.frontier
        for place in range(0, len(case), 7):
            page = events[place : place + 7]
            for event in page:
                frontier.append(event.leaf)
            parts.keep(page, frontier, Verifier(parts).see(page))
        assert parts.findings() == list(verdict.findings) == []
        assert parts.state("verified") == dict(verdict.numbers)


def renumbered(events: list[StoredEvent]) -> list[StoredEvent]:
    """The events without gaps in their positions, as a replica has them."""
    return [event._replace(position=place) for place, event in enumerate(events, 1)]


def test_an_approval_by_the_proposer_is_found_whoever_signed_it(case: list[StoredEvent], tmp_path: Path) -> None:
    """Given a proposer who signs an approval with their own key, then their part in it stands against it."""
    forged = signed_again(first(case, "ApprovalGiven"), "pia.berg")
    words = told(found_in(instead(case, forged), tmp_path), forged.position)
    assert "pia.berg proposed P-2026-0001 and may not approve it" in words
    assert "pia.berg could not act as PROGRAMME_APPROVER" in words


def test_a_word_changed_under_a_signature_is_found(case: list[StoredEvent], tmp_path: Path) -> None:
    forged = changed(first(case, "ApprovalGiven"), reason="as agreed by telephone")
    assert "ApprovalGiven: " in told(found_in(instead(case, forged), tmp_path), forged.position)


def test_an_approval_copied_from_another_case_is_found(case: list[StoredEvent], tmp_path: Path) -> None:
    other = next(event for event in ledger_of() if event.event_type == "ApprovalGiven" and event.stream_id != CASE)
    mine = first(case, "ApprovalGiven")
    copied = mine._replace(payload=other.payload, command_id=other.command_id)
    assert "ApprovalGiven: " in told(found_in(instead(case, copied), tmp_path), mine.position)


def test_a_signature_counts_once(case: list[StoredEvent], tmp_path: Path) -> None:
    """Given an approval that was written twice, then the second is found: it would complete a quorum."""
    approval = first(case, "ApprovalGiven")
    last = case[-1]
    twice = approval._replace(position=last.position + 1, version=last.version + 1, recorded_at=last.recorded_at)
    assert "counts already" in told(found_in([*case, twice], tmp_path), twice.position)


def test_a_smaller_quorum_than_the_tiers_ask_for_is_found(case: list[StoredEvent], tmp_path: Path) -> None:
    """Given an approval that claims one role, then the tiers say what it needs: nobody signs what is needed."""
    forged = changed(first(case, "ApprovalGiven"), quorum=["PROGRAMME_APPROVER"])
    assert "by the tiers it is" in told(found_in(instead(case, forged), tmp_path), forged.position)


def test_a_release_without_an_approval_is_found(case: list[StoredEvent], tmp_path: Path) -> None:
    """Given approvals that nobody signed, then they count for nothing, nor does what rests on them."""
    forged = changed(first(case, "ApprovalGiven"), reason="another")
    release = first(case, "TrancheReleased")
    words = told(found_in(instead(case, forged), tmp_path), release.position)
    assert "had not approved" in words


def test_an_assessment_that_its_edition_does_not_give_is_found(case: list[StoredEvent], tmp_path: Path) -> None:
    recorded = first(case, "EligibilityAssessed")
    assessment = {"rule_book": "2026.3", "facts_sha256": "ab" * 32, "findings": []}
    forged = changed(recorded, assessment=assessment)
    assert "names in its facts are sealed" in told(found_in(instead(case, forged), tmp_path), recorded.position)


def test_a_mark_that_is_no_sealed_name_is_found(case: list[StoredEvent], tmp_path: Path) -> None:
    """Given a text with the mark of sealed names, then it hides no change of what was signed."""
    forged = changed(first(case, "ApprovalGiven"), reason="\u27e6erased\u27e7")
    assert "a mark that is no sealed name" in told(found_in(instead(case, forged), tmp_path), forged.position)


def test_an_event_out_of_its_streams_order_is_found(case: list[StoredEvent], tmp_path: Path) -> None:
    approval = first(case, "ApprovalGiven")
    found = found_in(instead(case, approval._replace(version=approval.version + 1)), tmp_path)
    assert f"version {approval.version + 1} of {CASE} follows version" in told(found, approval.position)
