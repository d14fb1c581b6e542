"""The sample letters: each in each language is PDF/A-2a and PDF/UA-1 for a validator that is not the maker."""

from __future__ import annotations

import pypdfium2
import pytest

from accord.letters.merging import merged
from accord.presentation.faults import BadInput
from domain.partnership.letter.kinds import LetterKind
from tests.accord.letters.samples import FOLDER, MARKING, SAMPLES, facts, faults, letter, sample


def text_of(pdf: bytes) -> str:
    pages = (page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(pdf))
    return " ".join(" ".join(pages).split())


def test_there_is_a_sample_of_each_kind() -> None:
    assert {vars(sample(name))["for"] for name in SAMPLES} == {*LetterKind}


@pytest.mark.sampled(3)
@pytest.mark.parametrize("name", SAMPLES)
async def test_a_sample_is_an_archive_file_that_everybody_can_read(name: str) -> None:
    assert faults(await letter(name)) == []


@pytest.mark.slow
@pytest.mark.parametrize("language", ["es", "fr"])
@pytest.mark.parametrize("name", SAMPLES)
async def test_so_it_is_in_the_other_languages(name: str, language: str) -> None:
    assert faults(await letter(name, language)) == []


@pytest.mark.parametrize("name", SAMPLES)
def test_its_words_are_there_in_each_language(name: str) -> None:
    words = sample(name).words
    assert words["en"].keys() == words["es"].keys() == words["fr"].keys()


async def test_the_same_letter_has_the_same_bytes() -> None:
    assert await letter("award") == await letter("award")


@pytest.mark.slow
async def test_money_and_days_are_in_the_letters_language() -> None:
    texts = [text_of(await letter("award", language)) for language in ("en", "es", "fr")]
    assert "USD 50,000.50" in texts[0]
    assert "February 1, 2027" in texts[0]
    assert "USD 50.000,50" in texts[1]
    assert "1 de febrero de 2027" in texts[1]
    assert "1 février 2027" in texts[2]


async def test_a_refusal_quotes_each_finding_and_what_would_turn_it() -> None:
    text = text_of(await letter("refusal"))
    assert "The payee is on no register of charities" in text
    assert "26 CFR 53.4945-5(a)(5)" in text
    assert "Have a practitioner determine its equivalency" in text
    assert "The simplest lawful way Name a payee that is on the register" in text


async def test_a_gift_without_return_says_so_as_the_statute_asks() -> None:
    text = text_of(await letter("gift-acknowledgement", property=None, estimate=None, returned=False))
    assert "cash contribution of USD 250.00" in text
    assert "no goods or services in whole or partial consideration" in text
    assert "In good faith" not in text


async def test_property_is_described_and_has_no_value() -> None:
    text = text_of(await letter("gift-acknowledgement", money=None, number=None, estimate=None, returned=False))
    assert "contribution of this property" in text
    assert "Two routers" in text
    assert "USD" not in text


def test_a_sample_in_a_language_that_it_lacks_is_refused() -> None:
    with pytest.raises(BadInput, match="language: the edition has en, es, fr, and not 'de'"):
        merged(sample("award"), facts("award"), "de", MARKING)


def test_the_samples_are_found_where_the_package_ships_them() -> None:
    assert len(SAMPLES) == len(list(FOLDER.iterdir()))
