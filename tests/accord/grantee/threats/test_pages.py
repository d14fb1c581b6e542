"""Pages of the door as a stranger tries them: links that open nothing, sites that look alike, texts that act."""

from __future__ import annotations

import re
from typing import Any

import asyncpg
import pytest

from accord.grantee.store import GranteeLink
from accord.presentation.words import door_mail
from domain.submissions.kinds import DoorForm
from tests.accord.grantee.conftest import Come, Grantee
from tests.doors import link_to

ACTING = "<script>alert(1)</script><img src=x onerror=alert(1)> =cmd()|' /C calc'!A0 [here](https://evil.example)"
TURNING = "a\u202egnp.exe\u2066b\u0007"


async def shown_to(ida: Grantee, secret: str, calls: list[str]) -> tuple[int, str, tuple[str, ...]]:
    """How the door answers a link: its status, its page but for the link itself, and what it asked the database."""
    calls.clear()
    seen, begun, fresh = (
        await ida.get(f"/f/{secret}"),
        await ida.post(f"/f/{secret}"),
        await ida.post(f"/f/{secret}/fresh"),
    )
    texts = "\n".join(page.text.replace(secret, "SECRET") for page in (seen, begun, fresh))
    headers = sorted(name for page in (seen, begun, fresh) for name in page.headers)
    assert (seen.status_code, begun.status_code, fresh.status_code) == (404, 404, 200)
    return len(headers), texts, tuple(calls)


async def test_an_expired_a_revoked_anothers_and_a_mistyped_link_are_one_page_by_the_same_questions(
    pool: asyncpg.Pool, come: Come, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given the four, then pages, headers and what is asked of the database are alike: neither shows which it was."""
    ida = await come(begins=False)
    expired, revoked, closed = [await link_to(pool, ida_subject, about="9") for ida_subject in SUBJECTS]
    await _end(pool, expired, "until = ledger.now() - interval '1 second'")
    await _end(pool, revoked, "revoked_at = ledger.now()")
    await pool.execute("UPDATE grantee.forms SET closes_at = ledger.now() WHERE subject = $1", SUBJECTS[2])
    calls: list[str] = []
    for name in ("look", "enter", "ask_fresh"):
        monkeypatch.setattr(GranteeLink, name, _noted(getattr(GranteeLink, name), name, calls))
    answers = [
        await shown_to(ida, secret, calls) for secret in (expired, revoked, closed, f"{expired[:-1]}_", "x" * 43)
    ]
    assert all(answer == answers[0] for answer in answers)
    assert answers[0][2] == ("look", "enter", "ask_fresh")


SUBJECTS = ("P-2026-0051", "P-2026-0052", "P-2026-0053")


async def _end(pool: asyncpg.Pool, secret: str, change: str) -> None:
    await pool.execute(f"UPDATE grantee.links SET {change} WHERE digest = sha256(convert_to($1, 'UTF8'))", secret)


def _noted(function: Any, name: str, calls: list[str]) -> Any:
    async def noting(*arguments: Any) -> Any:
        calls.append(name)
        return await function(*arguments)

    return noting


def test_no_mail_of_the_door_names_another_site_or_asks_for_a_secret() -> None:
    """A mail has one address, that of the door: its words bear none, so whatever else has one is not ours."""
    written = [words for table in (door_mail.MAILS,) for languages in table.values() for words in languages.values()]
    assert len(written) > 20
    for words in written:
        text = f"{words.subject}\n{words.text}"
        assert not re.search(r"https?:|www\.|[a-z0-9-]+\.(com|org|net|example)\b", text), text
        assert not re.search(r"(?i)password|contraseña|mot de passe", text), text


async def test_a_site_that_looks_alike_sends_nothing_by_a_visitors_browser(come: Come) -> None:
    """Given a page elsewhere that posts to the door in a grantee's browser, then nothing is saved, said or ended."""
    ida = await come()
    elsewhere = {"Origin": "https://forms.examp1e.org", "Sec-Fetch-Site": "cross-site"}
    for path in ("page/summary", "check", "code", "say/withdraw", "not-me", "colleagues", f"/f/{ida.secret}/not-me"):
        assert (await ida.post(path, {"summary": "x"}, **elsewhere)).status_code == 403, path
    assert (await ida.get("")).status_code == 200


@pytest.mark.slow
async def test_every_address_on_a_page_is_the_doors_own(come: Come) -> None:
    """No form, link, script or picture leads elsewhere, whatever a grantee wrote."""
    ida = await come()
    await ida.fill("summary", summary=ACTING)
    for path in ("", "page/summary", "page/money", "page/papers", "check", "status", "colleagues", "say/question"):
        page = (await ida.get(path)).text
        addresses = re.findall(r'(?:href|src|action)="([^"]*)"', page)
        assert addresses, path
        assert not [address for address in addresses if not address.startswith(("/", "#"))], path


@pytest.mark.parametrize("kind", [DoorForm.REPORT, DoorForm.QUESTION])
async def test_what_acts_elsewhere_is_text_on_every_page(kind: DoorForm, come: Come) -> None:
    ida = await come(kind)
    page, field = ("summary", "summary") if kind is DoorForm.REPORT else await _first_field(ida)
    await ida.fill(page, **{field: ACTING})
    for path in (f"page/{page}", "check"):
        text = (await ida.get(path)).text
        assert "&lt;script&gt;alert(1)" in text, path
        assert "<script>alert" not in text, path
        assert "onerror=alert" not in re.sub(r"&lt;.*?&gt;", "", text), path


async def _first_field(ida: Grantee) -> tuple[str, str]:
    page = (await ida.get("")).text.split(f"{ida.home}/page/")[1].partition('"')[0]
    field = re.findall(r'<textarea[^>]* name="([^"]+)"', (await ida.get(f"page/{page}")).text)[0]
    return page, field


async def test_text_with_signs_that_turn_or_hide_letters_is_never_handed_in(pool: asyncpg.Pool, come: Come) -> None:
    """What staff read is what the grantee typed, in the order in which they typed it: it waits as a draft at most."""
    ida = await come()
    await ida.fill("money", spent="100", unspent="0")
    answer = await ida.fill("summary", summary=f"Eleven {TURNING}")
    assert answer.headers.get("location") == f"{ida.home}/page/summary", "it does not lead on"
    giver = {"given.name": "Ida Holm", "given.capacity": "Director"}
    assert "location" not in (await ida.post("check", giver)).headers, "no code is sent"
    for text in (TURNING, "\u27e6sealed\u27e7"):
        said = {**giver, "words": f"Eleven {text}"}
        assert (await ida.post("say/question", said)).status_code == 422
    await ida.fill("summary", summary="Eleven courses")
    assert (await ida.post("check", {**giver, "given.name": f"Ida {TURNING}"})).status_code == 422
    counted = "SELECT (SELECT count(*) FROM grantee.submissions) + (SELECT count(*) FROM grantee.codes)"
    assert await pool.fetchval(counted) == 0
