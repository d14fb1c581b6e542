"""The page of a submission shows all that was handed in, of every kind, and all that a take-over's signature covers."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest

from accord.client.desk import Desk
from accord.client.submissions import submission_numbered
from domain.submissions.content import SubmissionContent
from domain.submissions.kinds import DoorForm, SubmissionKind
from tests.accord.console.door.conftest import sealed_number
from tests.accord.console.door.test_inbox import plain
from tests.budgets import budgeted, milestone
from tests.builders import DIGEST, proposal
from tests.domain.partnership.specification import CONTACTS
from tests.doors import code_for, content, entered, link_to
from tests.lives import Life

AGREEMENT = {"sha256": "5" * 64, "text": "We grant USD 1,000.00.\nThe work runs until May."}
PAPER = {"field": "document", "sha256": DIGEST, "size": 10, "name": "report of May.pdf"}
SHOWS = {"field": "evidence.1", "sha256": "6" * 64, "size": 10, "name": "the mast.jpg"}
REPORT = {
    "summary": "Eleven courses were held",
    "lines": [{"line": 1, "spent": "400.00", "reason": "The bridge was closed"}, {"line": 2, "spent": "99.75"}],
    "milestones": [{"milestone": 1, "state": "LATE", "words": "The river rose", "due_on": "2027-05-06"}],
    "results": [{"indicator": 1, "achieved": "231", "words": "In nine villages"}],
    "unspent": "900.25",
    "returned": "12.50",
}
OTHER = {
    "funder": "The River Fund", "other_period": {"starts": "2026-12-01", "ends": "2027-11-30"},
    "covers": "Pages 4 and 5", "spent": "77.00",
}  # fmt: skip
CHANGE = {
    "change": "both", "reason": "The river rose", "period": {"starts": "2026-12-01", "ends": "2028-06-30"},
    "new_lines": [{"line": 1, "sums": ["301.00", "299.00"]}], "new_line": "A boat, 40.00", "new_budget": "As agreed",
}  # fmt: skip
K, F = SubmissionKind, DoorForm
CASES: dict[str, tuple[SubmissionKind, DoorForm, dict[str, Any]]] = {
    "report": (K.REPORT, F.REPORT, {"answers": REPORT, "papers": (PAPER, SHOWS), "read": {"note": "Which villages?"}}),
    "other funder": (K.REPORT, F.REPORT, {"answers": OTHER, "papers": ({**PAPER, "field": "other_paper"},)}),
    "spoken": (K.REPORT, F.REPORT, {"answers": {"confirmed": "right"}, "read": {"spoken": "Ten courses were held"}}),
    "change": (K.CHANGE, F.CHANGE, {"answers": CHANGE}),
    "acceptance": (
        K.ACCEPTANCE, F.ACCEPTANCE,
        {"answers": {"accepted": True, "words": "With thanks"}, "read": {"agreement": AGREEMENT}},
    ),
    "papers": (
        K.PAPERS, F.PAPERS, {"answers": {"words": "As asked"}, "papers": (PAPER,), "read": {"papers": ["The by-laws"]}},
    ),
    "question": (K.QUESTION, F.QUESTION, {"answers": {"answer": "Nine villages"}, "papers": (PAPER,)}),
    "withdrawal": (K.WITHDRAWAL, F.QUESTION, {"answers": {"words": "We go on alone"}}),
    "wrong person": (K.WRONG_PERSON, F.QUESTION, {"answers": {"words": "I left in May"}}),
}  # fmt: skip
IN_WORDS = {
    "both": "the period and the budget",
    "right": "They confirm it, word by word",
    "True": "yes",
    "LATE": "late",
}


def leaves(value: Any, name: str = "") -> Iterator[str]:
    """Every text of a content, but for the numbers that say of which line, milestone or measure an entry is."""
    match value:
        case dict():
            for key, part in value.items():
                yield from leaves(part, key)
        case list() | tuple():
            for part in value:
                yield from leaves(part)
        case _ if name not in {"line", "milestone", "indicator", "size", "field"}:
            yield from str(value).split("\n")
        case _:
            pass


async def handed_in_as(
    pool: asyncpg.Pool, reference: str, kind: SubmissionKind, form: DoorForm, more: dict[str, Any]
) -> SubmissionContent:
    """What somebody hands in by a form, or says beside it."""
    at_door, opened = await entered(pool, await link_to(pool, reference, form, about=""))
    submission = content(opened, kind, **more)
    if kind.value == form.value:
        assert (await at_door.submit(opened, submission, await code_for(pool, at_door)))[1] == ""
    else:
        assert await at_door.say(opened, submission) is not None
    return submission


@pytest.mark.sampled(2)
@pytest.mark.parametrize("case", CASES)
async def test_every_field_stands_on_the_page(
    case: str, visit: Any, desk: Desk, office_pool: asyncpg.Pool, reference: str
) -> None:
    """Given a submission of any kind, then its answers, papers and what was read stand there, and its names."""
    given = budgeted(milestones=[milestone()])
    await Life(desk, reference).awaiting_approval(proposal(reference, contacts=CONTACTS, **given))
    kind, form, more = CASES[case]
    submission = await handed_in_as(office_pool, reference, kind, form, more)
    number = await sealed_number(office_pool)
    page = html.unescape((await (await visit("pia.berg")).get(f"/inbox/{number}")).text)
    shown = re.sub(r"\s+", " ", re.sub("<[^>]*>", " ", page)).replace(" ", "")
    said = submission.model_dump(mode="json", include={"answers", "papers", "read", "name", "capacity"})
    texts = [IN_WORDS.get(text, text) for text in leaves(said)]
    digests = {paper["sha256"] for paper in said.get("papers", ())}
    assert [text for text in texts if text not in digests and re.sub(r"\s+", "", text) not in shown] == []
    named = (await submission_numbered(desk.pool, desk.ledger, number)).reference
    assert [text for text in (named.sha256, f"event{named.seal}of", str(named.number)) if text not in shown] == []
    assert plain(page) == []
