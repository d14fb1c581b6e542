"""The sources that nobody has read yet, and the confirmation of a finding's source."""

from __future__ import annotations

import pytest

from domain.policy.findings import Finding
from domain.policy.rulebook import EDITIONS
from domain.policy.sources import LegalSource, is_confirmed, unconfirmed
from tests.domain.policy.language import PASS, assessment

BOOK = EDITIONS["2026.5"]
OWN = LegalSource("RULE-1", "owner's policy")


def found(confirmed: bool) -> Finding:
    return assessment(PASS).findings[0].model_copy(update={"confirmed": confirmed})


def test_a_rule_s_own_source_waits_for_counsel_unless_the_edition_was_released_with_it_read() -> None:
    waiting = {one.rule_id for one in unconfirmed(BOOK)}
    assert "SANCTIONS" in waiting
    assert "GIFT-CONDUIT" not in waiting


def test_the_source_of_a_single_verdict_waits_beside_a_rule_that_was_read() -> None:
    assert [one.citation for one in unconfirmed(BOOK) if one.rule_id == "GIFT-ACKNOWLEDGMENT"] == [
        "IRC 170(f)(8)(B)(i); IRS Publication 1771"
    ]


@pytest.mark.parametrize(
    ("released", "read_since", "confirmed"),
    [
        pytest.param(True, [], True, id="at its release"),
        pytest.param(False, [OWN], True, id="by counsel since"),
        pytest.param(False, [], False, id="by nobody"),
        pytest.param(False, [OWN._replace(citation="another text")], False, id="another text of the same rule"),
        pytest.param(False, [OWN._replace(rule_id="RULE-2")], False, id="the same text for another rule"),
    ],
)
def test_a_finding_s_source_is_confirmed_at_release_or_by_counsel_since(
    released: bool, read_since: list[LegalSource], confirmed: bool
) -> None:
    assert is_confirmed(found(released), read_since) is confirmed
