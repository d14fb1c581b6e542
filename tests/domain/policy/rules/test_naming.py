"""The rule on a payee's name asks the place from edition 2026.6 on, and says whom else it may be (rules 3.1, C39)."""

from __future__ import annotations

from typing import Any

import pytest

from domain.partnership.events import DueDiligenceCompleted
from domain.policy.findings import Finding, Outcome
from domain.policy.rulebook import EDITIONS, assess
from domain.recorded.further import form_of
from domain.recorded.schema import event_payload, read_event
from domain.screening.identity import Agreement, IdentityEvidence, OtherBearer, Ruling
from tests.builders import NOON, funding, proposal, status, verification

ELSEWHERE = OtherBearer(ein="001000009", name="RIVERBEND LIBRARY NETWORK", place="DOVER, NH", listed_since=1)


def compared(ruling: Ruling, **more: Any) -> IdentityEvidence:
    content: dict[str, Any] = {
        "given": "Riverbend Library Network",
        "registered": "RIVERBEND LIBRARY NETWORK",
        "place": "RIVERBEND, KS",
        "agreement": Agreement.SAME,
        "ruling": ruling,
        "explanation": "both have riverbend, library, network",
    }
    return IdentityEvidence(**{**content, **more})


def on_the_name(*identity: IdentityEvidence, edition: str = "2026.6") -> Finding:
    found = verification(status(identity=identity))
    assessment = assess(proposal(), funding(), found, book=EDITIONS[edition])
    return next(finding for finding in assessment.findings if finding.rule_id == "ELIG-NAME")


def test_a_confirmed_name_passes() -> None:
    assert on_the_name(compared(Ruling.CONFIRMED)).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("ruling", "asked"),
    [
        (Ruling.ADDRESS, "give the payee's address"),
        (Ruling.ELSEWHERE, "the payee's address is elsewhere"),
        (Ruling.OTHERS, "so has EIN 001000009, RIVERBEND LIBRARY NETWORK of DOVER, NH; say which of them is paid"),
        (Ruling.OTHER_NAME, "check that the EIN is the payee's own"),
    ],
)
def test_what_is_not_confirmed_is_asked_in_words(ruling: Ruling, asked: str) -> None:
    finding = on_the_name(compared(ruling, others=(ELSEWHERE,) if ruling is Ruling.OTHERS else ()))
    assert finding.outcome is Outcome.REFER
    assert asked in finding.reason


def test_an_answer_stays_where_another_body_takes_the_name_later() -> None:
    before = on_the_name(compared(Ruling.ADDRESS))
    assert on_the_name(compared(Ruling.OTHERS, others=(ELSEWHERE,))).keys == before.keys


def test_a_further_name_confirms_nothing_by_itself() -> None:
    further = compared(Ruling.CONFIRMED, given="Open Shelves", further=True)
    finding = on_the_name(compared(Ruling.OTHER_NAME), further)
    assert finding.outcome is Outcome.REFER
    assert "only the payee's further name 'Open Shelves'" in finding.reason


def test_a_further_name_that_is_not_registered_either_is_not_told_as_the_registered_one() -> None:
    further = compared(Ruling.OTHER_NAME, given="Open Shelves", further=True)
    finding = on_the_name(compared(Ruling.OTHER_NAME), further)
    assert finding.outcome is Outcome.REFER
    assert "the registered name does not confirm the payee's" in finding.reason
    assert "Open Shelves" not in finding.reason


def test_of_a_number_that_no_register_lists_another_rule_speaks() -> None:
    """A revocation alone gives a number a name: that the number is on no list is asked by itself (ELIG-LISTED)."""
    revoked = status(master_file=None, publication78=(), identity=(compared(Ruling.OTHER_NAME),))
    assessment = assess(proposal(), funding(), verification(revoked), book=EDITIONS["2026.6"])
    outcomes = {finding.rule_id: finding.outcome for finding in assessment.findings}
    assert outcomes["ELIG-LISTED"] is not Outcome.PASS
    assert "ELIG-NAME" not in outcomes


@pytest.mark.parametrize("edition", ["2026.4", "2026.5"])
def test_earlier_editions_ask_no_place(edition: str) -> None:
    assert on_the_name(compared(Ruling.ELSEWHERE), edition=edition) == on_the_name(edition=edition)


def test_evidence_without_places_is_judged_by_the_words_as_before() -> None:
    assert on_the_name().reason == on_the_name(edition="2026.5").reason


def test_only_evidence_with_places_needs_the_further_form() -> None:
    with_places = DueDiligenceCompleted(at=NOON, verification=verification(status(identity=(compared(Ruling.OTHERS),))))
    without = DueDiligenceCompleted(at=NOON, verification=verification(status()))
    assert [form_of(with_places), form_of(without)] == [2, 1]
    assert read_event("DueDiligenceCompleted", 2, event_payload(with_places)) == with_places
