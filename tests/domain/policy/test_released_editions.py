"""A released edition gives the same bytes for ever: of every worked case, under every kind of funder."""

from __future__ import annotations

import hashlib
import inspect
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from domain.policy.canonical import digest_under, order_of
from domain.policy.rule import Rule
from domain.policy.rulebook import EDITIONS, RELEASED
from tests.domain.policy.cases import Case
from tests.domain.policy.every_case import cases_of
from tests.domain.policy.language import PROFILES, under
from tests.thoroughness import PART, THOROUGH

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture(params=RELEASED)
def edition(request: pytest.FixtureRequest) -> Iterator[str]:
    """The edition that the words of the cases are judged under."""
    with under(request.param):
        yield request.param


WRITE = os.environ.get("ACCORD_WRITE_GOLDEN") == "1"
EACH = 1 if THOROUGH or WRITE else PART
"""Of so many worked cases of an edition, one is judged."""


def assessed(case: Case, profile: Any) -> dict[str, Any]:
    """Return the word of the edition in force on a worked case."""
    said = case.facts(profile)
    return {
        "outcome": said.outcome.value,
        "deciding": said.deciding,
        "sha256": digest_under(said, said.rule_book),
    }


def test_a_released_edition_says_the_same_to_the_byte(edition: str) -> None:
    rows = list(enumerate(cases_of(edition), start=1))
    said = {
        f"{case.number} row {index} {funder}": assessed(case, profile)
        for index, case in rows[::EACH]
        for funder, profile in PROFILES.items()
    }
    path = GOLDEN / f"{edition}.json"
    if WRITE:
        path.write_text(json.dumps(said, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    golden = json.loads(path.read_text(encoding="utf-8"))
    assert {name: golden[name] for name in said} == said
    assert list(golden) == [f"{case.number} row {index} {funder}" for index, case in rows for funder in PROFILES]


def revisions() -> dict[str, str]:
    """Return the digest of the source of each released revision of a rule."""
    every = {(rule.rule_id, rule.since): rule for version in RELEASED for rule in EDITIONS[version].rules}
    return {
        f"{rule_id} since {since}": hashlib.sha256(inspect.getsource(rule.test).encode()).hexdigest()
        for (rule_id, since), rule in sorted(every.items())
    }


def test_a_released_revision_is_never_edited() -> None:
    """A change is a new revision: `rule.revised(since, why, test)`."""
    path, made = GOLDEN / "revisions.json", revisions()
    if WRITE:
        path.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    assert json.loads(path.read_text(encoding="utf-8")) == made


@pytest.mark.parametrize(
    "rule", [rule for rule in EDITIONS[RELEASED[-1]].rules if rule.before], ids=lambda r: r.rule_id
)
def test_a_revision_says_why_and_replaces_one_that_is_older(rule: Rule) -> None:
    assert rule.why
    assert rule.before is not None
    assert order_of(rule.before.since) < order_of(rule.since)
