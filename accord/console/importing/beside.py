"""Partnerships of before beside those of here in lists: marked as claimed, and in none of their sums."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from urllib.parse import urlencode

from accord.console.importing.claims import STAGES
from accord.console.serving.desk import Console
from accord.presentation.words.days import day_in_words
from accord.presentation.words.values import sum_in_words
from records.read_models.as_of import LedgerAsOf
from records.read_models.claimed.kept import going_on
from records.read_models.lists import PAGE, ListQuery


class ClaimRow(NamedTuple):
    """A partnership of before in the list of partnerships."""

    reference: str
    title: str
    partner: str
    key: str
    """Its system of before, and its key there."""
    stage: str
    goes_on: bool
    """True if a partnership was proposed here under its reference."""
    agreed: str
    due: str


async def claims_beside(console: Console, question: ListQuery, cut: LedgerAsOf, after: str) -> dict[str, Any]:
    """Return the partnerships of before that a list's question finds, the earliest due first, a page of them.

    `after`: the place after which the page begins, or ''.
    """
    page_question = question.after(after) if after else question
    rows = await console.claimed.page(page_question, cut, PAGE + 1)
    shown = [row.shown for row in rows[:PAGE]]
    here = await going_on(console.desk.pool, [line["partnership_id"] for line in shown]) if shown else frozenset()
    return {
        "claims": [_row(line, goes_on=line["partnership_id"] in here) for line in shown],
        "claims_more": urlencode({"before": rows[PAGE - 1].place}) if len(rows) > PAGE else "",
    }


def _row(line: Mapping[str, Any], *, goes_on: bool) -> ClaimRow:
    stage = next(words for stage, words in STAGES.items() if line["stage"].endswith(stage.value))
    return ClaimRow(
        reference=line["partnership_id"],
        title=line["title"],
        partner=line["partner"],
        key=f"{line['source']} {line['key']}",
        stage=stage,
        goes_on=goes_on,
        agreed=sum_in_words(Decimal(line["amount"]), line["currency"]) if line["amount"] else "no money",
        due=day_in_words(date.fromisoformat(line["due"])) if line["due"] else "",
    )
