"""Answers are saved field by field, nothing that two wrote is lost, and no bank details come in."""

from __future__ import annotations

import hashlib
import re

import asyncpg
import pytest

from domain.editions.models import content_from
from domain.submissions.kinds import DoorForm
from records.submissions.forms import push_shown
from tests.accord.grantee.conftest import ORIGIN, Come
from tests.doors import SHOWN

PLAN = {
    **SHOWN,
    "currency": "USD",
    "lines": [
        {"number": 1, "what": "Training", "sum": "6000.00"},
        {"number": 2, "what": "Fuel", "sum": "2000.00"},
    ],
    "milestones": [{"number": 1, "what": "Train the trainers", "due_on": "2026-05-31"}],
    "indicators": [{"number": 1, "what": "Librarians trained", "target": "40"}],
}


async def plan(pool: asyncpg.Pool, **more: object) -> None:
    """Push what the form shows, as the process of mail does."""
    form, key = await pool.fetchrow("SELECT form, key FROM grantee.keys")
    async with pool.acquire() as connection:
        await push_shown(connection, form, bytes(key), {**PLAN, **more})


async def test_a_page_is_saved_by_its_button_without_a_script(come: Come) -> None:
    ida = await come()
    answer = await ida.fill("summary", summary="Eleven courses were held.")
    assert answer.headers["location"] == f"{ida.home}/page/money"
    assert "Eleven courses were held." in (await ida.get("page/summary")).text


async def test_a_field_is_saved_by_the_script_and_says_its_revision(come: Come) -> None:
    ida = await come()
    saved = await ida.put("spent", "1500")
    assert saved == {"status": 200, "revision": 1, "beside": False, "said": "We read this as 1,500.00.", "warning": ""}


async def test_two_browsers_and_one_field_keep_both_texts(come: Come) -> None:
    """Given two who wrote from the same page, then both texts are kept, and either chooses."""
    ida = await come()
    ole = await come(secret=ida.secret)
    await ida.put("summary", "Ida's words", 0)
    assert (await ole.put("summary", "Ole's words", 0))["beside"]
    page = (await ida.get("page/summary")).text
    assert "Ida&#39;s words" in page
    assert "Ole&#39;s words" in page
    assert "Choose which text stands" in page
    answer = await ida.post("choose", {"field": "summary", "revision": "1", "seen": "2", "page": "summary"})
    assert answer.headers["location"] == f"{ida.home}/page/summary"
    page = (await ida.get("page/summary")).text
    assert "Ida&#39;s words" in page
    assert "Ole&#39;s words" not in page


@pytest.mark.slow
async def test_a_text_that_came_while_somebody_chose_is_not_dropped_unseen(come: Come) -> None:
    """Given two texts on Ida's page, when Ole writes a third and she then chooses hers, then she is asked anew."""
    ida = await come()
    ole = await come(secret=ida.secret)
    await ida.put("summary", "Ida's words", 0)
    await ole.put("summary", "Ole's words", 0)
    [seen] = re.findall(r'name="seen" value="(\d+)"', (await ida.get("page/summary")).text)[:1]
    assert (await ole.put("summary", "Ole's last words", 2))["beside"]
    await ida.post("choose", {"field": "summary", "revision": "1", "seen": seen, "page": "summary"})
    page = (await ida.get("page/summary")).text
    assert "Ole&#39;s last words" in page
    assert "Ida&#39;s words" in page


async def test_a_stale_page_overwrites_nothing_that_its_reader_left_untouched(come: Come) -> None:
    ida = await come()
    await ida.fill("money", spent="100", unspent="50")
    page = (await ida.get("page/money")).text
    await ida.put("unspent", "60", 2)
    sent = dict(re.findall(r'type="hidden" name="((?:base|was):[^"]+)" value="([^"]*)"', page))
    await ida.post("page/money", {**sent, "spent": "110", "unspent": "50", "do": "on"})
    after = (await ida.get("page/money")).text
    assert 'value="110"' in after
    assert 'value="60"' in after
    assert "Two texts" not in after


@pytest.mark.parametrize("text", ["GB82 WEST 1234 5698 7654 32", "Our new account number is 12345678"])
async def test_bank_details_are_refused_at_the_field_and_not_saved(text: str, pool: asyncpg.Pool, come: Come) -> None:
    ida = await come()
    refused = await ida.put("summary", text)
    assert refused["status"] == 422
    assert "looks like bank details" in refused["fault"]
    page = await ida.fill("summary", summary=text)
    assert page.status_code == 422
    assert "looks like bank details" in page.text
    assert await pool.fetchval("SELECT count(*) FROM grantee.fields") == 0


async def test_a_field_that_the_form_does_not_have_is_named_and_the_rest_is_saved(come: Come) -> None:
    ida = await come()
    page = await ida.fill("summary", summary="Eleven courses", iban="x")
    assert page.status_code == 422
    assert "“iban” is no question of this form" in page.text
    assert "Eleven courses" in (await ida.get("page/summary")).text
    assert (await ida.put("iban", "x"))["status"] == 422


@pytest.mark.sampled(2)
@pytest.mark.parametrize("text", ["1e5", "NaN", "-5", "1.234"])
async def test_a_sum_that_is_none_is_kept_as_it_was_written_and_refused_in_words(text: str, come: Come) -> None:
    ida = await come()
    answer = await ida.put("spent", text)
    assert answer["status"] == 200
    assert text in answer["warning"]
    assert text in (await ida.get("page/money")).text
    assert text in (await ida.get("check")).text


async def test_lines_of_the_budget_are_shown_with_their_total_which_nobody_types(
    pool: asyncpg.Pool, come: Come
) -> None:
    ida = await come()
    await plan(pool)
    await ida.fill("money", **{"lines.1:spent": "1,500", "lines.2:spent": "2,480.50", "lines.2:reason": "Diesel rose."})
    page = (await ida.get("page/money")).text
    order = [page.index(part) for part in ('name="lines.1:spent"', 'id="r-lines-1"', 'name="lines.1:reason"')]
    assert order == sorted(order), "a sum is read back below itself, and not below the reason that follows it"
    page = (await ida.get("page/money")).text
    assert "Training" in page
    assert "Planned: USD 6,000.00" in page
    assert "Together USD 3,980.50" in page


async def test_what_the_report_before_said_stands_beside_each_line_and_indicator(
    pool: asyncpg.Pool, come: Come
) -> None:
    ida = await come()
    lines = [{"number": 1, "what": "Training", "sum": "6000.00", "before": "1480.50"}]
    await plan(pool, lines=lines, indicators=[{"number": 1, "what": "Trained", "target": "40", "before": "12"}])
    assert "Told before: USD 1,480.50" in (await ida.get("page/money")).text
    assert "Told before: 12" in (await ida.get("page/results")).text


async def test_a_day_is_new_only_for_what_is_late(pool: asyncpg.Pool, come: Come) -> None:
    ida = await come()
    await plan(pool)
    answer = await ida.put("milestones.1", {"state": "DONE", "due_on": "2026-09-30"})
    assert answer["warning"] == "Only what is late gets a new day. Take the day away, or say that it is late."


async def test_rows_that_the_grantee_adds_stay(come: Come, pool: asyncpg.Pool) -> None:
    ida = await come(edition=await edition(pool))
    await ida.put("team.1", {"name": "Ida Holm", "role": "Director"})
    await ida.post("page/about", {"rows": "1", "do": "more"})
    assert ida.page.headers["location"].endswith("?rows=2#rows")
    page = (await ida.get("page/about?rows=2")).text
    assert "Ida Holm" in page
    assert 'name="team.2:name"' in page


async def edition(pool: asyncpg.Pool) -> str:
    """The digest of a question set that was confirmed."""

    fields = {
        "kind": "QUESTIONS",
        "name": "interim",
        "edition": "2026.1",
        "form": "REPORT",
        "languages": ["en"],
        "schema": {
            "type": "object",
            "properties": {
                "team": {"type": "array", "format": "people"},
                "seat": {"type": "string", "format": "country"},
                "ai": {"type": "boolean"},
                "ai_words": {"type": "string", "format": "words:5"},
                "span": {"type": "object", "format": "period"},
                "on": {"type": "string", "format": "date"},
                "mail": {"type": "string", "format": "email"},
                "host": {"type": "object", "format": "party"},
                "count": {"type": "integer", "minimum": 1},
                "topics": {"type": "array", "items": {"type": "string", "enum": ["a", "b"]}},
                "photo": {"type": "string", "format": "paper"},
                "got": {"type": "string", "format": "money"},
                "plan": {"type": "array", "format": "workplan"},
                "won": {"type": "array", "format": "results"},
                "spent": {"type": "array", "format": "budget"},
            },
            "required": ["seat"],
        },
        "pages": [
            {
                "id": "about",
                "questions": [
                    "team",
                    "seat",
                    "ai",
                    "ai_words",
                    "span",
                    "on",
                    "mail",
                    "host",
                    "count",
                    "topics",
                    "photo",
                    "got",
                    "plan",
                    "won",
                    "spent",
                ],
            }
        ],
        "shown_if": {"ai_words": {"question": "ai", "equals": True}},
        "words": {
            "en": {
                "title": "Interim report",
                "page.about": "About",
                "topics.choice.a": "A",
                "topics.choice.b": "B",
                **{
                    f"{name}.label": name
                    for name in (
                        "team",
                        "seat",
                        "ai",
                        "ai_words",
                        "span",
                        "on",
                        "mail",
                        "host",
                        "count",
                        "topics",
                        "photo",
                        "got",
                        "plan",
                        "won",
                        "spent",
                    )
                },
            }
        },
    }
    content = content_from(fields)
    assert content.faults() == []
    stored = content.canonical()
    sha256 = hashlib.sha256(stored).hexdigest()
    await pool.execute("INSERT INTO editions.contents (sha256, content) VALUES ($1, $2)", sha256, stored)
    return sha256


@pytest.mark.slow
async def test_a_question_set_asks_every_format_and_only_what_its_condition_allows(
    pool: asyncpg.Pool, come: Come
) -> None:
    ida = await come(edition=await edition(pool))
    page = (await ida.get("page/about")).text
    assert 'name="seat"' in page
    assert 'name="ai_words"' not in page
    assert (await ida.put("ai", "yes"))["status"] == 200
    assert 'name="ai_words"' in (await ida.get("page/about")).text
    assert "6 words; at most 5" in (await ida.put("ai_words", "one two three four five six"))["warning"]
    for name, value in {"seat": "Kenya", "on": "45000", "mail": "ida", "count": "0", "got": "1e5"}.items():
        assert (await ida.put(name, value))["warning"], name
    for name, value in {
        "seat": "ke",
        "on": "2026-03-31",
        "mail": "ida@library.example",
        "count": "3",
        "got": "1500",
    }.items():
        assert (await ida.put(name, value))["warning"] == "", name
    assert (await ida.put("span", {"starts": "2026-02-01", "ends": "2026-01-01"}))[
        "warning"
    ] == "The last day is before the first."
    assert "legal name" in (await ida.put("host", {"country": "KE"}))["warning"].lower()
    assert (await ida.put("topics", {"": ["a", "b"]}))["warning"] == ""


async def test_whoever_reads_saves_nothing(pool: asyncpg.Pool, come: Come) -> None:
    ida = await come()
    await pool.execute("UPDATE grantee.links SET may = 'READ'")
    assert (await ida.put("summary", "x"))["status"] == 403
    page = (await ida.get("page/summary")).text
    assert "disabled" in page
    assert "Save and go on" not in page
    assert (await ida.get("say/withdraw")).status_code == 404


async def test_what_staff_asked_stands_beside_the_answer(pool: asyncpg.Pool, come: Come) -> None:
    ida = await come()
    await plan(pool, questions={"summary": "How many courses were in Luo?"})
    assert "We have a question about this" in (await ida.get("")).text
    assert "How many courses were in Luo?" in (await ida.get("page/summary")).text


async def test_script_in_an_answer_stays_text(come: Come) -> None:
    ida = await come(DoorForm.QUESTION)
    await ida.put("answer", "<script>alert(1)</script>")
    for path in ("page/answer", "check"):
        page = (await ida.get(path)).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


@pytest.mark.parametrize(("text", "words"), [("\U0001f33e" * 20_000, "too long"), ("\ud800", "hide text")])
async def test_what_no_field_holds_is_refused_in_words(text: str, words: str, come: Come) -> None:
    ida = await come()
    refused = await ida.put("summary", text)
    assert refused["status"] == 422
    assert words in refused["fault"]


async def test_a_page_whose_body_is_no_answer_is_refused(come: Come) -> None:
    ida = await come()
    headers = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin", "Content-Type": "application/json"}
    for body in (b"[]", b"{", b"\xff", b'{"value": 1, "base": 0}', b'{"value": {}, "base": true}', b"[" * 50_000):
        answer = await ida.asking.put(f"{ida.home}/field/summary", content=body, headers=headers)
        assert answer.status_code == 422
