"""Old evidence is made anew in time, and once too old it is put before a person. Nobody is told twice."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from activities.registers.rescreening import ageing, seen_under_an_earlier_edition
from domain.grants import Subrecipient
from domain.policy.rulebook import RULE_BOOK
from domain.screening.evidence import ScreeningEvidence, Verification
from records.read_models.facts import OpenPartnership
from records.read_models.inquiries import inquiry_of
from tests.builders import abroad, principal, proposal, version

LISTED, CASE = date(2026, 11, 1), "P-2026-0042"


def asked(after: int) -> OpenPartnership:
    """A partnership that was screened so many days after the day of the list, which may be 35 days old."""
    screened = ScreeningEvidence(
        parties=(),
        asked=(version("ofac-sdn", LISTED),),
        asked_at=datetime.combine(LISTED + timedelta(days=after), time(12), UTC),
    )
    return OpenPartnership(proposal=proposal(), verification=Verification(screening=screened))


@pytest.mark.parametrize(
    ("asked_after", "days", "newer", "told"),
    [
        pytest.param(1, 28, True, False, id="not yet a week before its time"),
        pytest.param(1, 29, True, True, id="a week before its time, and something newer can be asked"),
        pytest.param(1, 35, False, False, id="nothing newer can be asked, and it is not too old"),
        pytest.param(1, 36, False, True, id="too old, so that a person decides before time does"),
        pytest.param(36, 37, False, False, id="it was too old when it was asked, and a person knows"),
        pytest.param(36, 37, True, True, id="it was too old when it was asked, and now something newer can be"),
    ],
)
def test_who_is_told_that_evidence_grows_old(asked_after: int, days: int, newer: bool, told: bool) -> None:
    on = LISTED + timedelta(days=days)
    in_force = version("ofac-sdn", on if newer else LISTED)
    assert ageing({CASE: inquiry_of(asked(asked_after))}, (in_force,), on) == ({CASE} if told else set())


def test_who_governs_or_owns_a_reported_sub_recipient_is_screened_anew_like_who_was_proposed() -> None:
    """A listing of one of them would otherwise touch no partnership before its next payment (R7, R38)."""
    reported = Subrecipient(party=abroad(principals=[principal("Rosa Quiroga")]), purpose="A reading room")
    case = OpenPartnership(proposal=proposal(), subrecipients=(reported,))
    assert set(case.parties) == set(proposal().regranted((reported,)).parties)


def test_whatever_was_not_seen_under_the_edition_in_force_is_looked_at_once() -> None:
    """A partnership not seen under the edition in force gets its questions, and their day, on record (rules 4.16)."""
    editions = {"P-2026-0001": "2026.3", "P-2026-0002": RULE_BOOK.version, "P-2026-0003": ""}
    known = {one: inquiry_of(asked(1).model_copy(update={"under": under})) for one, under in editions.items()}
    assert seen_under_an_earlier_edition(known) == {"P-2026-0001"}
