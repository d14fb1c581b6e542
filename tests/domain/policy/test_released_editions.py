"""A released edition gives the same bytes for ever: of every worked case, under every kind of funder."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from domain.policy.canonical import digest_under
from domain.policy.rulebook import EDITIONS
from tests.domain.policy import language
from tests.domain.policy.cases import CASES
from tests.domain.policy.language import PROFILES

GOLDEN = Path(__file__).parent / "golden"
RELEASED = ("2026.2", "2026.3")


@pytest.fixture(params=RELEASED)
def edition(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The edition that the words of the cases are judged under."""
    monkeypatch.setattr(language, "BOOK", EDITIONS[request.param])
    return str(request.param)


def assessments(edition: str) -> dict[str, Any]:
    """Return what an edition says of each worked case, by case, row and kind of funder."""
    found = {}
    for index, case in enumerate(CASES, start=1):
        for funder, profile in PROFILES.items():
            said = case.facts(profile)
            found[f"{case.number} row {index} {funder}"] = {
                "outcome": said.outcome.value,
                "deciding": said.deciding,
                "sha256": digest_under(said, said.rule_book),
            }
    return found


def test_a_released_edition_says_the_same_to_the_byte(edition: str) -> None:
    path, said = GOLDEN / f"{edition}.json", assessments(edition)
    if os.environ.get("ACCORD_WRITE_GOLDEN") == "1":
        path.write_text(json.dumps(said, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    assert json.loads(path.read_text(encoding="utf-8")) == said


def test_every_edition_is_locked() -> None:
    assert set(RELEASED) <= set(EDITIONS)
