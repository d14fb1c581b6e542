"""What the rule book does not do yet and should: each is told to the owner, and turns red once it is mended."""

from __future__ import annotations

from typing import Any

import pytest

from domain.policy.rule import Verdict
from domain.policy.rulebook import last_look
from tests.builders import document, master_file, near, party, screening, status, verification
from tests.domain.policy.language import PASS, PROFILES, REFER, bmf, judged, paid, said, spoken
from tests.domain.policy.test_edition_2026_2_book import LEG, LISTED, with_rule

OTHER_ENTITY = {"entity": "67890", "programme": "SDNTK"}


def test_a_namesake_on_the_list_is_not_cleared_by_the_one_that_was_cleared_before() -> None:
    one = near("Ann Far", 90.0)
    first = judged(LEG, PROFILES["P"], verification(status(), screening(one)))
    both = screening(one, one.model_copy(update=OTHER_ENTITY))
    cleared = tuple(finding.key for finding in first.with_outcome(REFER))
    assert last_look(judged(LEG, PROFILES["P"], verification(status(), both)), cleared) is not None


@pytest.mark.parametrize("answer", [(PASS, ""), (PASS, "  "), Verdict(PASS, "")], ids=repr)
def test_a_verdict_without_a_reason_is_malformed_and_refers(answer: Any) -> None:
    one = spoken(judged(LEG, PROFILES["P"], LISTED, with_rule(lambda _: answer)), "ADDED")
    assert one.outcome is REFER


@pytest.mark.parametrize(
    "codes", [{"foundation": "04"}, {"foundation": "21"}, {"affiliation": "9", "group_number": "1234"}], ids=str
)
def test_a_government_that_a_register_calls_anything_else_contradicts_itself(codes: dict[str, str]) -> None:
    government = party(kind="GOVERNMENT", documents=(document("GOVERNMENT_STATUS"),))
    assert said(paid(government, bmf(**codes), PROFILES["X"]), "ELIG-CONTRADICTION") is REFER


def test_a_central_that_no_loaded_register_was_asked_about_refers() -> None:
    row = master_file(affiliation="6", group_number="1234")
    central = status(ein="001000009", master_file=row, asked=())
    chapter = party(
        documents=(document("GROUP_CONFIRMATION"),), central={"name": "United Libraries", "ein": "001000009"}
    )
    assessed = paid(chapter, bmf(affiliation="9", group_number="1234"), seen={"central": central})
    assert said(assessed, "REGISTERS-FRESH") is REFER
