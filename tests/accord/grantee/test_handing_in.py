"""Handing in asks for a code, gives a receipt at once, and shows nothing again without another code."""

from __future__ import annotations

import hashlib

import asyncpg
import pytest

from accord.grantee.words import TABLES
from ledger import Ledger
from records.submissions.seals import seal_submissions
from tests.accord.grantee.conftest import ORIGIN, Come, Grantee


async def filled(come: Come) -> Grantee:
    ida = await come()
    await ida.put("summary", "Eleven courses were held.")
    await ida.put("spent", "1,500")
    await ida.put("unspent", "0")
    return ida


async def submissions(pool: asyncpg.Pool) -> int:
    return int(await pool.fetchval("SELECT count(*) FROM grantee.submissions"))


async def test_a_report_is_handed_in_and_gets_its_receipt_and_then_its_proof(pool: asyncpg.Pool, come: Come) -> None:
    ida = await filled(come)
    page = (await ida.get("check")).text
    assert "Eleven courses were held." in page
    assert "1,500.00" in page
    answer = await ida.hand_in()
    assert answer.headers["location"] == f"{ida.home}/done"
    page = (await ida.get("done")).text
    sha256 = (await pool.fetchval("SELECT sha256 FROM grantee.submissions")).hex()
    assert sha256 in page
    assert "It is sealed within a minute" in page
    assert "Eleven courses" not in page
    await seal_submissions(Ledger(pool), pool)
    assert "Sealed in our ledger at place 1" in (await ida.get("done")).text
    receipt = (await ida.get(f"receipt/{sha256}")).json()
    assert (receipt["sha256"], receipt["seal"]) == (sha256, 1)
    await pool.execute("UPDATE grantee.proofs SET receipt = $1", b"a signed note\n")
    whole = (await ida.get(f"receipt/{sha256}")).json()
    assert whole["form"] == "accord.submission-receipt.1"
    assert whole["leaf"] == hashlib.sha256(b"\0" + bytes.fromhex(sha256)).hexdigest()
    assert (whole["path"], whole["event"]) == ([], "a signed note\n")


async def test_handing_in_twice_with_one_code_is_one_submission(pool: asyncpg.Pool, come: Come) -> None:
    ida = await filled(come)
    await ida.ask_code()
    code = await ida.code()
    answers = [await ida.post("code", {"code": code}) for _ in range(2)]
    assert [answer.headers["location"] for answer in answers] == [f"{ida.home}/done"] * 2
    assert await submissions(pool) == 1


async def test_a_code_is_typed_with_spaces_too(pool: asyncpg.Pool, come: Come) -> None:
    ida = await filled(come)
    await ida.ask_code()
    code = await ida.code()
    await ida.post("code", {"code": f" {code[:4]} {code[4:]} "})
    assert await submissions(pool) == 1


async def test_an_edit_between_the_code_and_handing_in_voids_the_code(pool: asyncpg.Pool, come: Come) -> None:
    ida = await filled(come)
    await ida.ask_code()
    code = await ida.code()
    await ida.put("summary", "Twelve courses were held.", 1)
    answer = await ida.post("code", {"code": code})
    assert answer.status_code == 422
    assert "The form changed since the code was sent" in answer.text
    assert await submissions(pool) == 0


async def test_the_same_name_typed_again_voids_no_code(pool: asyncpg.Pool, come: Come) -> None:
    """Given a code that did not come, when another is asked for, then the newest is good."""
    ida = await filled(come)
    await ida.ask_code()
    assert (await ida.hand_in()).headers["location"] == f"{ida.home}/done"
    assert await submissions(pool) == 1


async def test_a_wrong_code_is_told_and_tried_five_times(come: Come) -> None:
    ida = await filled(come)
    await ida.ask_code()
    right = await ida.code()
    wrong = "0" * 8 if right != "0" * 8 else "1" * 8
    for _ in range(5):
        assert "This is not the code" in (await ida.post("code", {"code": wrong})).text
    assert "tried five times" in (await ida.post("code", {"code": right})).text


async def test_what_is_missing_is_said_and_no_code_is_sent(pool: asyncpg.Pool, come: Come) -> None:
    ida = await come()
    answer = await ida.post("check", {"given.name": "I", "given.capacity": ""})
    assert answer.status_code == 422
    assert "This is still missing or wrong" in answer.text
    assert "Write your name" in answer.text
    assert await pool.fetchval("SELECT count(*) FROM grantee.codes") == 0


async def test_the_sixth_code_of_a_day_is_for_tomorrow(come: Come) -> None:
    ida = await filled(come)
    for _ in range(5):
        await ida.ask_code()
    answer = await ida.post("check", {"given.name": "Ida Holm", "given.capacity": "Director"})
    assert "Five codes were sent today" in answer.text


async def test_what_was_handed_in_shows_after_a_code_in_this_browser_alone(come: Come) -> None:
    ida = await filled(come)
    await ida.hand_in()
    thief = await come(secret=ida.secret)
    assert "Eleven courses" not in (await ida.get("seen")).text
    await ida.post("seen")
    answer = await ida.post("seen/code", {"code": await ida.code()})
    assert answer.headers["location"] == f"{ida.home}/seen"
    assert "Eleven courses were held." in (await ida.get("seen")).text
    assert "Eleven courses" not in (await thief.get("seen")).text


@pytest.mark.parametrize(
    ("kind", "stored"), [("question", "QUESTION"), ("withdraw", "WITHDRAWAL"), ("wrong-person", "WRONG_PERSON")]
)
async def test_words_that_need_no_code_are_laid_down(kind: str, stored: str, pool: asyncpg.Pool, come: Come) -> None:
    ida = await come()
    page = await ida.post(
        f"say/{kind}", {"words": "May we have two weeks more?", "given.name": "Ida Holm", "given.capacity": "Director"}
    )
    assert "Thank you. We have it." in page.text
    assert await pool.fetchval("SELECT kind FROM grantee.submissions") == stored


async def test_bank_details_in_a_question_are_refused_and_what_was_typed_stays(pool: asyncpg.Pool, come: Come) -> None:
    ida = await come()
    words = "Pay to GB82 WEST 1234 5698 7654 32 please"
    page = await ida.post("say/question", {"words": words, "given.name": "Ida Holm", "given.capacity": "Director"})
    assert page.status_code == 422
    assert words in page.text
    assert await submissions(pool) == 0


async def test_a_colleague_fills_and_never_hands_in(pool: asyncpg.Pool, come: Come) -> None:
    """Given a colleague who was invited by a code, then they fill, and neither hand in, invite nor withdraw."""
    from datetime import timedelta

    from ledger import clock
    from records.submissions.forms import renewed_link

    ida = await filled(come)
    page = await ida.post("colleagues", {"address": "ole@library.example", "may": "FILL"})
    assert "ole@library.example" in page.text
    answer = await ida.post(
        "colleagues/code", {"address": "ole@library.example", "may": "FILL", "code": await ida.code()}
    )
    assert answer.headers["location"] == f"{ida.home}/colleagues?sent"
    assert "ole@library.example" in (await ida.get("colleagues")).text
    link = await pool.fetchval("SELECT id FROM grantee.links WHERE invited_by IS NOT NULL")
    async with pool.acquire() as connection:
        renewed = renewed_link(link, clock.now() + timedelta(days=9))
        await renewed.lay_down(connection)
    ole = await come(secret=renewed.secret)
    assert (await ole.put("summary", "Twelve courses.", 1))["status"] == 200
    assert "Whoever invited you hands it in" in (await ole.get("")).text
    await ole.post("check", {"given.name": "Ole Olsen", "given.capacity": "Trainer"})
    await ole.post("colleagues", {"address": "eve@library.example", "may": "FILL"})
    assert await pool.fetchval("SELECT count(*) FROM grantee.codes WHERE link = $1", link) == 0
    assert (
        await ole.post("say/withdraw", {"words": "We stop", "given.name": "Ole O", "given.capacity": "Trainer"})
    ).status_code == 404
    await ida.post("colleagues/end", {"colleague": str(link)})
    assert (await ole.get("")).status_code == 404


async def test_the_status_page_says_where_it_stands(pool: asyncpg.Pool, come: Come) -> None:
    from tests.accord.grantee.test_filling import plan

    ida = await come()
    await plan(
        pool,
        status={
            "stands": "Your second report is due.",
            "waits": ["We check your first report."],
            "owes": ["Report 2, until 30 June 2026."],
            "paid": ["USD 15,000.00 on 2 March 2026."],
        },
    )
    page = (await ida.get("status")).text
    for words in (
        "Your second report is due.",
        "We check your first report.",
        "Report 2, until 30 June 2026.",
        "USD 15,000.00",
    ):
        assert words in page


@pytest.mark.slow
async def test_a_paper_comes_in_by_the_page_and_stands_in_what_is_handed_in(pool: asyncpg.Pool, come: Come) -> None:
    """Given a browser without a script, when it sends a file, then the page names it, and the submission its digest."""
    ida = await filled(come)
    headers = {"Origin": "https://forms.example.org", "Sec-Fetch-Site": "same-origin"}
    answer = await ida.asking.post(
        f"{ida.home}/papers/form", data={"field": "document", "back": f"{ida.home}/page/papers"},
        files={"file": ("report.txt", b"Eleven courses", "text/plain")}, headers=headers,
    )  # fmt: skip
    assert answer.headers["location"] == f"{ida.home}/page/papers"
    assert "report.txt" in (await ida.get("page/papers")).text
    assert (await ida.hand_in()).headers["location"] == f"{ida.home}/done"
    await ida.post("seen")
    await ida.post("seen/code", {"code": await ida.code()})
    assert "report.txt" in (await ida.get("seen")).text


async def test_a_paper_that_was_refused_is_told_on_its_page(come: Come) -> None:
    ida = await come()
    assert "That file is too large" in (await ida.get("page/papers?paper=LARGE")).text


async def test_a_form_that_is_closed_is_read_and_takes_nothing_more(pool: asyncpg.Pool, come: Come) -> None:
    """Given a report that staff took over, then its receipt, what was handed in and where it stands are still read."""
    ida = await filled(come)
    await ida.hand_in()
    await pool.execute("UPDATE grantee.forms SET closed_at = ledger.now()")
    assert (await ida.get("")).headers["location"] == f"{ida.home}/status"
    page = (await ida.get("status")).text
    assert "This form is closed" in page
    assert f'href="{ida.home}/done"' in page
    sha256 = (await pool.fetchval("SELECT sha256 FROM grantee.submissions")).hex()
    assert sha256 in (await ida.get("done")).text
    assert (await ida.get(f"receipt/{sha256}")).json()["sha256"] == sha256
    await ida.post("seen", {})
    await ida.post("seen/code", {"code": await ida.code()})
    assert "Eleven courses were held." in (await ida.get("seen")).text
    assert (await ida.post("check", {})).status_code == 410
    assert await pool.fetchval("SELECT count(*) FROM grantee.codes WHERE purpose = 'SUBMIT' AND used_at IS NULL") == 0
    assert await submissions(pool) == 1


async def test_what_is_sent_to_a_closed_form_is_answered_in_words(pool: asyncpg.Pool, come: Come) -> None:
    """Given a form that was closed while somebody wrote, then nothing leads away from what they wrote."""
    ida = await come()
    await pool.execute("UPDATE grantee.forms SET closed_at = ledger.now()")
    assert await ida.put("summary", "Too late.") == {
        "status": 410, "fault": TABLES["en"]["fault.closed"],
    }  # fmt: skip
    page = await ida.post("page/summary", {"summary": "Too late.", "base:summary": "0", "do": "on"})
    assert (page.status_code, "nothing more is saved in it" in page.text) == (410, True)
    headers = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}
    begun = {"field": "document", "name": "talk.txt", "size": 5}
    paper = await ida.asking.post(f"{ida.home}/papers", json=begun, headers=headers)
    assert (paper.status_code, paper.json()["code"]) == (410, "CLOSED")
    sent = await ida.asking.post(
        f"{ida.home}/papers/form",
        data={"field": "document", "back": ida.home},
        files={"file": b"Hello"},
        headers=headers,
    )
    assert sent.headers["location"] == ida.home
