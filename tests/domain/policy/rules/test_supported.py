"""Edition 2026.4: whoever gets the payee's money in turn is looked up and classed like a payee (R7, R8)."""

from __future__ import annotations

from typing import Any

import pytest

from domain.parties import Party
from domain.policy.conditions import ConditionId
from domain.policy.findings import Assessment, Outcome
from domain.policy.rulebook import EDITIONS
from domain.screening.tax_status import StatusEvidence, SupportedEvidence
from tests.builders import abroad, company, master_file, party, regrant, revocation, sponsorship, status
from tests.domain.policy.language import CONDITION, FAIL, NOWHERE, PASS, PROFILES, REFER, conditions, paid, spoken

BOOK = EDITIONS["2026.4"]
READERS = party("Readers", ein="001000002")
LISTED = status(ein="001000002")
UNDER = {"affiliation": "9", "group_number": "1234"}
MEMBER = party("Readers", ein="001000002", central={"name": "League of Readers", "ein": "001000003"})


def judged(
    *supported: Party,
    found: StatusEvidence | None = LISTED,
    central: StatusEvidence | None = None,
    funder: str = "P",
    **more: Any,
) -> Assessment:
    """A listed charity passes money on. The registers say this of every supported party with an EIN."""
    of = [one for one in supported if one.ein and found]
    seen = [SupportedEvidence(party=one.name, status=found, central=central) for one in of if found]
    return paid(
        None, status(), PROFILES[funder], book=BOOK, seen={"supported": seen}, regrant=regrant(*supported, **more)
    )


def told(assessed: Assessment, rule: str = "PROJECT-REGRANT") -> tuple[Outcome, str]:
    found = spoken(assessed, rule)
    return found.outcome, found.reason


def test_a_listed_sub_recipient_lets_the_grant_through_and_its_rows_are_the_evidence() -> None:
    found = spoken(judged(READERS), "PROJECT-REGRANT")
    assert (found.outcome, len(found.evidence)) == (PASS, 1)


def test_a_revoked_one_is_refused_by_name_with_the_way_out() -> None:
    revoked = status(ein="001000002", revocations=(revocation("2026-05-15", "2026-08-10"),))
    found = spoken(judged(READERS, found=revoked), "PROJECT-REGRANT")
    assert (found.outcome, found.reason.startswith("Readers: ")) == (FAIL, True)
    assert "replace or remove" in found.options[0]


def test_everything_that_is_doubtful_is_asked_at_once() -> None:
    outcome, reason = told(judged(party("Alone", ein=None), abroad("Far", papers=()), payee_selects=False))
    assert outcome is REFER
    assert "Alone: nothing proves what it is" in reason
    assert "Far: nothing proves what it is" in reason
    assert "the funder chooses" in reason


@pytest.mark.parametrize(
    ("who", "found", "outcome", "words"),
    [
        pytest.param(READERS, NOWHERE, REFER, "is in no register", id="an EIN that is nowhere"),
        pytest.param(READERS, status(ein="001000002", name_agreement=0.0), REFER, "in another name", id="other name"),
        pytest.param(abroad("Readers Ltd"), None, REFER, "company's form", id="a company's form"),
        pytest.param(company("Readers LLC"), None, FAIL, "for-profit", id="a company"),
        pytest.param(party("Rosa", kind="INDIVIDUAL", ein=None), None, REFER, "individuals", id="an individual"),
        pytest.param(abroad("Internet Society"), None, FAIL, "the funder itself", id="the funder"),
        pytest.param(
            READERS, status(ein="001000002", master_file=master_file(subsection="06", foundation="00")), REFER,
            "US_OTHER_EXEMPT", id="a business league",
        ),
    ],
)  # fmt: skip
def test_what_stops_a_sub_recipient(who: Party, found: StatusEvidence | None, outcome: Outcome, words: str) -> None:
    found_outcome, reason = told(judged(who, found=found and found.model_copy(update={"ein": "001000002"})))
    assert (found_outcome, words in reason) == (outcome, True), reason


@pytest.mark.parametrize(
    ("central", "outcome"),
    [
        (None, REFER),
        (status(ein="001000003", master_file=None), REFER),
        (status(ein="001000003", revocations=(revocation("2026-05-15", "2026-08-10"),)), FAIL),
        (status(ein="001000003", master_file=master_file(affiliation="6", group_number="1234")), PASS),
    ],
)
def test_a_subordinate_rests_on_its_central_organisation(central: StatusEvidence | None, outcome: Outcome) -> None:
    member = status(ein="001000002", master_file=master_file(**UNDER))
    assert told(judged(MEMBER, found=member, central=central))[0] is outcome


def test_evidence_on_another_name_or_number_is_no_evidence_on_it() -> None:
    seen = [SupportedEvidence(party="Others", status=LISTED), SupportedEvidence(party="Readers", status=status())]
    found = paid(None, status(), book=BOOK, seen={"supported": seen}, regrant=regrant(READERS))
    assert told(found)[0] is REFER


def test_papers_of_a_foreign_sub_recipient_are_read_by_a_verifier() -> None:
    assert ConditionId.PAPERS_READ in conditions(judged(abroad("Far")))
    assert ConditionId.PAPERS_READ not in conditions(judged(READERS))


@pytest.mark.parametrize(
    ("funder", "covenant", "outcome"), [("P", True, PASS), ("P", False, CONDITION), ("X", True, CONDITION)]
)
def test_the_covenant_is_asked_where_it_is_missing_and_of_a_private_foundation(
    funder: str, covenant: bool, outcome: Outcome
) -> None:
    assert told(judged(READERS, funder=funder, covenant=covenant))[0] is outcome


def sponsored(funder: str = "P", found: StatusEvidence | None = None, **more: Any) -> tuple[Outcome, str]:
    owner = more.get("project_of")
    seen = [SupportedEvidence(party=owner.name, status=found)] if owner and found else []
    assessed = paid(
        None, status(), PROFILES[funder], book=BOOK, seen={"supported": seen}, sponsorship=sponsorship(**more)
    )
    return told(assessed, "PROJECT-SPONSOR")


def test_a_sponsored_project_of_a_company_needs_no_status_of_its_own() -> None:
    assert sponsored()[0] is CONDITION


def test_a_sponsored_project_of_a_body_is_looked_up() -> None:
    assert sponsored(project_of=READERS, found=LISTED)[0] is CONDITION
    assert sponsored(project_of=READERS)[0] is REFER
    revoked = status(ein="001000002", revocations=(revocation("2026-05-15", "2026-08-10"),))
    assert sponsored(project_of=READERS, found=revoked)[0] is FAIL


def test_what_the_sponsorship_lacks_is_told_beside_what_is_unknown_of_its_project() -> None:
    outcome, reason = sponsored(project_of=READERS, board_adopted=False)
    assert outcome is REFER
    assert "the board's adoption" in reason
    assert "nothing proves what it is" in reason


def test_a_conduit_stays_refused_whatever_is_known_of_the_project() -> None:
    outcome, reason = sponsored(project_of=READERS, wording="FISCAL_AGENT")
    assert (outcome, "nothing proves" in reason) == (FAIL, False)
