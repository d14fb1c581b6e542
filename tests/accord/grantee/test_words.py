"""The door's words: every language says all of it, with the same facts, and the first page is light."""

from __future__ import annotations

import gzip
import re
from decimal import Decimal

import pytest

from accord.grantee.questions.sums import read_sum, sum_said
from accord.grantee.rendering import STATIC
from accord.grantee.words import TABLES, AnswerFault, DoorWords
from tests.accord.grantee.conftest import Come

MOST_BYTES = 30 * 1024


@pytest.mark.parametrize("language", TABLES)
def test_no_language_lacks_a_word_or_a_fact(language: str) -> None:
    english, table = TABLES["en"], TABLES[language]
    assert list(table) == list(english)
    assert [key for key, words in table.items() if not words.strip()] == []
    facts = {key: set(re.findall(r"{(\w+)}", words)) for key, words in table.items()}
    assert facts == {key: set(re.findall(r"{(\w+)}", words)) for key, words in english.items()}


@pytest.mark.parametrize("language", TABLES)
def test_days_are_said_in_words(language: str) -> None:
    assert (
        DoorWords(language).day("2026-03-31")
        == {"en": "31 March 2026", "es": "31 de marzo de 2026", "fr": "31 mars 2026"}[language]
    )


@pytest.mark.parametrize(
    ("written", "language", "amount"),
    [
        ("1500", "en", "1500.00"),
        ("1,500.50", "en", "1500.50"),
        ("1.500,50", "es", "1500.50"),
        ("1 500,50", "fr", "1500.50"),
        ("1,234", "en", "1234.00"),
        ("1.234", "es", "1234.00"),
        ("12.5", "fr", "12.50"),
        ("12,5", "en", "12.50"),
        ("1'234'567", "en", "1234567.00"),
        ("1,234,567", "es", "1234567.00"),
        ("0", "en", "0.00"),
    ],
)
def test_sums_are_read_as_people_write_them(written: str, language: str, amount: str) -> None:
    assert read_sum(written, language, 2) == Decimal(amount)


@pytest.mark.parametrize(
    ("written", "language", "key"),
    [
        ("1.234", "en", "fault.two_sums"),
        ("1,234", "fr", "fault.two_sums"),
        ("1e5", "en", "fault.sum"),
        ("NaN", "en", "fault.sum"),
        ("-5", "en", "fault.sum"),
        ("", "en", "fault.sum"),
        ("1.2345", "en", "fault.decimals"),
        ("1,23,456", "en", "fault.sum"),
        ("12,34.5", "en", "fault.sum"),
        ("١٢", "en", "fault.sum"),
        ("9" * 16, "en", "fault.decimals"),
    ],
)
def test_what_is_no_sum_or_two_is_refused(written: str, language: str, key: str) -> None:
    fault = read_sum(written, language, 2)
    assert isinstance(fault, AnswerFault)
    assert fault.key == key


def test_sums_are_said_in_the_readers_way() -> None:
    assert sum_said(Decimal("1234.50"), "USD", "en") == "USD 1,234.50"
    assert sum_said(Decimal("1234.50"), "USD", "fr") == "USD 1\u00a0234,50"


async def test_the_first_page_with_style_and_script_is_light(come: Come) -> None:
    ida = await come(begins=False)
    pages = [(await ida.get(f"/f/{ida.secret}")).content]
    await ida.begin()
    pages += [(await ida.get("")).content, (await ida.get("page/summary")).content]
    shared = sum(len(gzip.compress(file.read_bytes())) for file in STATIC.iterdir())
    assert max(len(gzip.compress(page)) for page in pages) + shared <= MOST_BYTES


async def test_style_and_script_are_kept_by_the_browser_and_sent_compressed(come: Come) -> None:
    ida = await come(begins=False)
    answer = await ida.asking.get("/static/door.css", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert "immutable" in answer.headers["cache-control"]
