"""A payee's successor, and a foreign body's status as its papers and lists prove it (rules 4.4, 4.6)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.policy.codes import RecipientClass
from domain.policy.rules.payee.payees import what_does_not_count
from domain.policy.rules.payee.proofs import class_by_proof, lost_abroad
from tests.builders import CHARITY, abroad, paper, party, revocation, status
from tests.domain.policy.language import CONDITION, REFER, spoken, under
from tests.domain.policy.newer.payee_cases import succeeded

DAY = date(2026, 11, 2)


@pytest.mark.parametrize(("since", "outcome"), [("2026-11-02", CONDITION), ("2026-11-03", REFER)])
def test_a_successor_is_paid_from_the_day_on_which_it_takes_over(since: str, outcome: Any) -> None:
    with under("2026.5"):
        found = spoken(succeeded(since)(CHARITY), "ELIG-SUCCESSION")
    assert (found.outcome, found.conditions) == (outcome, ("PAPERS_READ",))


# What the IRS lists of a foreign body


LISTED, REVOKED = status(), status(revocations=(revocation("2026-05-15", "2026-08-10"),))
CHARITY_BY_LIST, UNKNOWN = RecipientClass.US_PUBLIC_CHARITY, RecipientClass.UNKNOWN


@pytest.mark.parametrize(
    ("found", "on", "recipient"),
    [
        pytest.param(LISTED, DAY, CHARITY_BY_LIST, id="listed"),
        pytest.param(REVOKED, DAY, UNKNOWN, id="its exemption was revoked"),
        pytest.param(REVOKED, date(2026, 8, 9), CHARITY_BY_LIST, id="the revocation is not posted yet"),
        pytest.param(REVOKED, None, CHARITY_BY_LIST, id="revoked, under an earlier edition"),
    ],
)
def test_the_lists_prove_a_foreign_body_s_class_until_its_exemption_is_lost(
    found: Any, on: date | None, recipient: RecipientClass
) -> None:
    assert class_by_proof(abroad(papers=()), found, None, on=on) is recipient


def test_a_us_body_whose_exemption_is_revoked_lost_nothing_abroad() -> None:
    assert lost_abroad(abroad(), REVOKED, DAY)
    assert not lost_abroad(party(), REVOKED, DAY)


# Papers that do not count


OLD_NOTICE = paper("CHARITABLE_STATUS", dated="2021-11-01")


@pytest.mark.parametrize("kind", ["NONPROFIT", "ACADEMIC", "CHURCH"])
def test_a_private_body_abroad_is_told_what_its_papers_lack(kind: str) -> None:
    told = "; the charitable status paper of 2021-11-01 is older than 60 months; file a newer one"
    assert what_does_not_count(abroad(kind=kind, papers=[OLD_NOTICE]), DAY) == told


@pytest.mark.parametrize(
    ("payee", "on"),
    [
        pytest.param(abroad(papers=[OLD_NOTICE]), None, id="an earlier edition takes a paper of any day"),
        pytest.param(party(papers=[OLD_NOTICE]), DAY, id="a US body is what the IRS says"),
        pytest.param(abroad(kind="GOVERNMENT", papers=[OLD_NOTICE]), DAY, id="a government is proved otherwise"),
    ],
)
def test_nobody_else_is_asked_for_such_papers(payee: Any, on: date | None) -> None:
    assert what_does_not_count(payee, on) == ""
