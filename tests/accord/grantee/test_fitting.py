"""Answers that do not fit each other, or the grant, are kept, shown beside their total, and not handed in."""

from __future__ import annotations

import hashlib
from typing import Any

import asyncpg
import pytest

from domain.editions.models import content_from
from tests.accord.grantee.conftest import ORIGIN, Come, Grantee
from tests.accord.grantee.test_filling import plan


async def faults_at_check(ida: Grantee) -> str:
    return (await ida.get("check")).text


async def test_figures_that_do_not_make_what_was_paid_are_not_handed_in(pool: asyncpg.Pool, come: Come) -> None:
    """Given 8,000 paid of which 500 came back, then spent and left make 7,500, or nothing is handed in."""
    ida = await come()
    await plan(pool, paid_sum="8000.00", came_back="500.00")
    await ida.put("summary", "Eleven courses were held.")
    await ida.put("lines.1", {"spent": "5000"})
    await ida.put("lines.2", {"spent": "2000"})
    await ida.put("milestones.1", {"state": "DONE"})
    await ida.put("results.1", {"achieved": "41"})
    answer = await ida.put("unspent", "600")
    said = "Spent USD 7,000.00, left USD 600.00 and paid back USD 500.00 make USD 8,100.00; we paid USD 8,000.00."
    assert said in answer["warning"]
    page = (await ida.get("page/money")).text
    assert said in page
    assert "Together USD 7,000.00" in page
    assert said in await faults_at_check(ida)
    await ida.post("check", {"given.name": "Ida Holm", "given.capacity": "Director"})
    assert ida.page.status_code == 200
    assert await pool.fetchval("SELECT count(*) FROM grantee.codes") == 0
    assert (await ida.put("unspent", "490", answer["revision"]))["warning"]
    short = await ida.put("not_arrived", "5")
    assert "paid back USD 500.00 and not arrived USD 5.00 make USD 7,995.00" in await faults_at_check(ida)
    assert not (await ida.put("not_arrived", "10", short["revision"]))["warning"]
    await ida.ask_code()


async def test_figures_are_not_compared_before_each_line_is_answered(pool: asyncpg.Pool, come: Come) -> None:
    ida = await come()
    await plan(pool, paid_sum="8000.00")
    await ida.put("lines.1", {"spent": "5000"})
    assert (await ida.put("unspent", "500"))["warning"] == ""


async def asked(pool: asyncpg.Pool, **properties: dict[str, Any]) -> str:
    """The digest of a question set of these questions, whose facts are a report's figures."""
    words = {"title": "Report", "page.one": "One", **{f"{name}.label": name for name in properties}}
    figures = {"by_line": "/figures/lines", "whole": "/figures/spent"}
    fields = {
        "kind": "QUESTIONS", "name": "fitting", "edition": "2026.1", "form": "REPORT", "languages": ["en"],
        "schema": {"type": "object", "properties": properties, "required": []},
        "pages": [{"id": "one", "questions": list(properties)}], "words": {"en": words},
        "facts": {name: fact for name, fact in figures.items() if name in properties},
    }  # fmt: skip
    content = content_from(fields)
    assert content.faults() == []
    stored = content.canonical()
    sha256 = hashlib.sha256(stored).hexdigest()
    await pool.execute("INSERT INTO editions.contents (sha256, content) VALUES ($1, $2)", sha256, stored)
    return sha256


async def test_lines_that_do_not_make_the_total_that_was_typed_are_not_handed_in(
    pool: asyncpg.Pool, come: Come
) -> None:
    edition = await asked(
        pool, by_line={"type": "array", "format": "budget"}, whole={"type": "string", "format": "money"}
    )
    ida = await come(edition=edition)
    await plan(pool)
    await ida.put("by_line.1", {"spent": "5000"})
    await ida.put("by_line.2", {"spent": "2000"})
    said = "The lines make USD 7,000.00 together, and here stands USD 7,100.00."
    assert said in (await ida.put("whole", "7100"))["warning"]
    assert said in await faults_at_check(ida)


@pytest.mark.parametrize(
    ("starts", "ends", "fits"),
    [
        ("2026-01-01", "2026-12-31", True),
        ("2025-12-31", "2026-06-30", False),
        ("2026-07-01", "2027-01-01", False),
    ],
)
async def test_a_period_beyond_the_grants_is_not_handed_in(
    starts: str, ends: str, fits: bool, pool: asyncpg.Pool, come: Come
) -> None:
    ida = await come(edition=await asked(pool, span={"type": "object", "format": "period"}))
    await plan(pool, period=["2026-01-01", "2026-12-31"])
    answer = await ida.put("span", {"starts": starts, "ends": ends})
    said = "The grant runs from 1 January 2026 to 31 December 2026."
    assert (said in answer["warning"], said in await faults_at_check(ida)) == (not fits, not fits)
    assert starts in (await ida.get("page/one")).text


async def test_an_answer_of_too_many_words_is_saved_and_not_handed_in(pool: asyncpg.Pool, come: Come) -> None:
    ida = await come()
    long = "word " * 501
    said = "There are 501 words; at most 500 can be handed in. Nothing is lost: shorten it."
    assert (await ida.put("summary", long))["warning"] == said
    assert long.strip() in (await ida.get("page/summary")).text
    assert said in await faults_at_check(ida)
    await ida.post("check", {"given.name": "Ida Holm", "given.capacity": "Director"})
    assert await pool.fetchval("SELECT count(*) FROM grantee.codes") == 0


async def test_a_name_of_a_file_is_shown_without_its_path_its_turning_signs_and_its_length(come: Come) -> None:
    ida = await come()
    headers = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}
    name = "../../" + "x" * 300 + "\u202efdp.exe"
    begun = {"field": "document", "name": name, "size": 5}
    assert (await ida.asking.post(f"{ida.home}/papers", json=begun, headers=headers)).status_code == 201
    page = (await ida.get("page/papers")).text
    assert "x" * 200 + "fdp.exe" in page
    assert not any(sign in page for sign in ("..", "\u202e", "x" * 240))
