"""A link opens one form, and looking at it changes nothing."""

from __future__ import annotations

import asyncpg
import pytest

from accord.grantee.visit import name_of
from domain.submissions.kinds import DoorForm
from tests.accord.grantee.conftest import SUBJECT, Come, Grantee
from tests.doors import link_to


async def used(pool: asyncpg.Pool) -> tuple[int, ...]:
    """How much there is of what a visit may leave."""
    tables = ("browsers", "fields", "codes", "submissions")
    counts = [await pool.fetchval(f"SELECT count(*) FROM grantee.{table}") for table in tables]
    return (*counts, await pool.fetchval("SELECT count(*) FROM post.outbox"))


async def test_opening_a_link_a_hundred_times_uses_nothing_up(pool: asyncpg.Pool, come: Come) -> None:
    """Given a scanner of mail that opens every link, then nothing is begun, and the button still works."""
    ida = await come(begins=False)
    for _ in range(50):
        seen = await ida.get(f"/f/{ida.secret}")
        head = await ida.asking.head(f"/f/{ida.secret}")
        assert (seen.status_code, head.status_code) == (200, 200)
        assert not ida.asking.cookies
    assert await used(pool) == (0, 0, 0, 0, 0)
    await ida.begin()
    assert (await ida.get("")).status_code == 200


async def test_the_button_leads_to_an_address_without_the_secret(come: Come) -> None:
    ida = await come(begins=False)
    answer = await ida.post(f"/f/{ida.secret}")
    assert answer.headers["location"] == f"/form/{name_of(ida.secret)}"
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-")
    assert all(part in cookie for part in ("HttpOnly", "Secure", "Path=/", "SameSite=lax"))
    assert "Domain" not in cookie
    tasks = await ida.get("")
    assert ida.secret not in tasks.text


async def test_the_first_page_says_what_it_is(come: Come) -> None:
    ida = await come(begins=False)
    page = await ida.get(f"/f/{ida.secret}")
    assert "Digital skills" in page.text
    assert page.text.count('class="primary"') == 1


async def test_every_page_is_strict_with_the_browser(come: Come) -> None:
    ida = await come(begins=False)
    page = await ida.get(f"/f/{ida.secret}")
    assert page.headers["referrer-policy"] == "strict-origin"
    assert page.headers["cache-control"] == "no-store"
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert "style=" not in page.text


async def gone_by(how: str, ida: Grantee, pool: asyncpg.Pool) -> str:
    if how == "expired":
        await pool.execute("UPDATE grantee.links SET until = now() - interval '1 day'")
    elif how == "revoked":
        await pool.execute("UPDATE grantee.links SET revoked_at = now()")
    return "x" * 43 if how == "mistyped" else ida.secret


@pytest.mark.parametrize("how", ["expired", "revoked", "mistyped"])
async def test_links_that_open_nothing_all_show_one_page(how: str, pool: asyncpg.Pool, come: Come) -> None:
    ida = await come()
    secret = await gone_by(how, ida, pool)
    page = await ida.get(f"/f/{secret}")
    assert page.status_code == 404
    assert "This link opens nothing" in page.text
    told = await ida.post(f"/f/{secret}/fresh")
    assert "If we know the link, a fresh one is on its way" in told.text
    mails = await pool.fetchval("SELECT count(*) FROM post.outbox WHERE kind = 'DOOR_LINK'")
    assert mails == (1 if how == "expired" else 0)


async def test_whoever_did_not_begin_in_this_browser_gets_no_further(come: Come) -> None:
    ida = await come(begins=False)
    for path in ("", "page/summary", "check", "code", "done", "seen", "status", "colleagues", "say/question"):
        assert (await ida.get(path)).status_code == 404


@pytest.mark.parametrize(("language", "words"), [("en", "Open your link again"), ("fr", "Ouvrez à nouveau votre lien")])
async def test_what_another_page_sends_is_refused(come: Come, language: str, words: str) -> None:
    """Given a change from another page, then it is refused in words for a grantee, in their language."""
    ida = await come()
    answer = await ida.post(
        "page/summary",
        {"summary": "x"},
        **{"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site", "Accept-Language": language},
    )
    assert (answer.status_code, words in answer.text, "console" in answer.text.lower()) == (403, True, False)


async def test_it_was_not_me_ends_the_link_in_every_browser(come: Come) -> None:
    ida = await come()
    thief = await come(secret=ida.secret)
    assert (await thief.get("")).status_code == 200
    answer = await ida.post(f"/f/{ida.secret}/not-me")
    assert "The link is ended" in answer.text
    assert (await thief.get("")).status_code == 404


@pytest.mark.slow
async def test_a_fresh_link_in_the_same_browser_warns_of_no_other_browser(pool: asyncpg.Pool, come: Come) -> None:
    """Given somebody who began by a link, when they begin by the newer one of the next mail, then it is one browser."""
    ida = await come()
    ida.secret = await link_to(pool, SUBJECT)
    await ida.begin()
    assert (await ida.get("")).status_code == 200
    assert (await used(pool))[0] == 1
    assert await pool.fetchval("SELECT count(*) FROM post.outbox WHERE kind = 'DOOR_BROWSER'") == 0


async def test_leaving_lets_the_browser_forget(come: Come) -> None:
    ida = await come()
    answer = await ida.post("leave")
    assert answer.headers["clear-site-data"] == '"storage"'
    assert (await ida.get("")).status_code == 404


@pytest.mark.slow
async def test_a_flood_of_links_that_open_nothing_is_slowed_by_address(come: Come) -> None:
    ida = await come()
    statuses = {(await ida.asking.get(f"/f/{number:043d}")).status_code for number in range(130)}
    assert statuses == {404, 429}
    assert (await ida.get("")).status_code == 200


async def test_a_form_that_is_too_large_is_not_read(come: Come) -> None:
    ida = await come()
    assert (await ida.post("page/summary", {"summary": "x" * 300_000})).status_code == 413


@pytest.mark.parametrize(("language", "words"), [("es", "Su informe"), ("fr", "Votre rapport"), ("de", "Your report")])
async def test_pages_speak_the_language_of_the_form(language: str, words: str, come: Come) -> None:
    ida = await come(language=language)
    assert words in (await ida.get("")).text


@pytest.mark.slow
@pytest.mark.parametrize("kind", DoorForm)
async def test_every_kind_of_form_has_pages(kind: DoorForm, come: Come) -> None:
    ida = await come(kind)
    tasks = await ida.get("")
    assert tasks.status_code == 200
    pages = {part.partition('"')[0] for part in tasks.text.split(f"{ida.home}/page/")[1:]}
    assert pages
    for page in pages:
        assert (await ida.get(f"page/{page}")).status_code == 200
