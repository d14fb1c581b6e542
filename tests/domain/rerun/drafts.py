"""Drafts for tests, all invented, and the facts of every worked case of the rule book."""

from __future__ import annotations

from typing import Any

import pytest

from domain.policy.facts import Facts, facts_of
from domain.policy.findings import Assessment
from domain.policy.rulebook import RULE_BOOK, assess
from domain.rerun.draft import EditionDraft
from tests.domain.policy import language
from tests.domain.policy.every_case import cases_of
from tests.domain.policy.language import PROFILES, under
from tests.thoroughness import PART, THOROUGH


def rule(asks: dict[str, Any], otherwise: str = "REFER", **more: Any) -> dict[str, Any]:
    """Return a new rule as a draft writes it."""
    content = {
        "rule": "DRAFT-RULE",
        "layer": "STATUTE",
        "source": "Invented Act, section 1",
        "reason": "not so any more",
    }
    return {**content, "asks": asks, "otherwise": otherwise, **more}


def draft(*rules: dict[str, Any], after: str = RULE_BOOK.version, **more: Any) -> EditionDraft:
    """Return a draft after the edition in force."""
    content = {"name": "2027.1-draft", "after": after, "why": "An invented act.", "rules": rules, **more}
    return EditionDraft.model_validate(content)


AT_MOST_500 = {"fact": "sum.amount", "must": "be at most", "value": "500"}


def worked_cases(edition: str, monkeypatch: pytest.MonkeyPatch) -> list[tuple[tuple[Facts, ...], Assessment]]:
    """Return the facts of every leg of each worked case, as an edition decided it, under every kind of funder.

    In `make test` a part of them, each under one kind.
    """
    decided: list[tuple[tuple[Facts, ...], Assessment]] = []

    def noted(*given: Any) -> Assessment:
        assessment = assess(*given)
        decided.append((facts_of(*given[:4]), assessment))
        return assessment

    monkeypatch.setattr(language, "assess", noted)
    with under(edition):
        for place, case in enumerate(cases_of(edition)[:: 1 if THOROUGH else PART]):
            for profile in [*PROFILES.values()][slice(None) if THOROUGH else slice(place % 3, place % 3 + 1)]:
                case.facts(profile)
    return [(legs, assessment) for legs, assessment in decided if assessment.rule_book == edition]
