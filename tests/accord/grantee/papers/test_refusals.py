"""A paper that was refused says why in the words of its form's language, whatever its examination wrote for staff."""

from __future__ import annotations

import re
from pathlib import Path

import asyncpg
import pytest

import papers
from accord.grantee.refusals import refusal_reason
from accord.grantee.words import TABLES
from tests.accord.grantee.conftest import SUBJECT, Come
from tests.doors import entered, link_to

SAID = re.compile(r"""(?:PaperRefused\(|refused=)f?"([^"]+)\"""")


def words_of_refusals() -> list[str]:
    """Each sentence in which a file is refused."""
    sources = sorted(Path(papers.__file__).parent.rglob("*.py"))
    return [found for source in sources for found in SAID.findall(source.read_text("utf-8"))]


def test_each_sentence_in_which_a_file_is_refused_has_a_reason_of_its_own() -> None:
    operators = [words for words in words_of_refusals() if refusal_reason("REFUSED", words) == "refused.OTHER"]
    assert len(words_of_refusals()) > 15
    assert all("scanner found" in words or "store lost" in words for words in operators), operators


@pytest.mark.parametrize(
    ("verdict", "why", "reason"),
    [
        ("REFUSED", "it is encrypted; save it without a password", "refused.ENCRYPTED"),
        ("REFUSED", "it is an archive that cannot be read; save it anew", "refused.BROKEN"),
        ("REFUSED", "it is an archive of 9000 parts, and at most 2000 are opened", "refused.ARCHIVE"),
        ("REFUSED", "it has 31 MB, and a paper at most 25; make it smaller, or split it", "refused.LARGE"),
        ("REFUSED", "whatever comes one day", "refused.OTHER"),
        ("FOUND", "Eicar-Test-Signature", "refused.FOUND"),
    ],
)
def test_a_reason_is_found_in_the_words_for_staff(verdict: str, why: str, reason: str) -> None:
    assert refusal_reason(verdict, why) == reason


@pytest.mark.parametrize("language", TABLES)
async def test_a_refused_paper_says_why_in_the_forms_language(
    language: str, pool: asyncpg.Pool, door_pool: asyncpg.Pool, come: Come
) -> None:
    secret = await link_to(pool, SUBJECT, language=language)
    ida = await come(secret=secret)
    link, form = await entered(door_pool, secret)
    await link.begin_paper(form, "document", "report.pdf", 9)
    why = "it is encrypted; save it without a password"
    await pool.execute("UPDATE grantee.papers SET digest = sha256('x'), verdict = 'REFUSED', why = $1", why)
    page = (await ida.get("page/papers")).text
    assert TABLES[language]["refused.ENCRYPTED"] in page
    assert why not in page
