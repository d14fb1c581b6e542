"""Values travel as data: whatever a name says, it is printed and never run, and a template reaches nothing."""

from __future__ import annotations

import pytest

from accord.letters.merging import merged
from accord.letters.rendering import render
from accord.presentation.faults import BadInput
from domain.partnership.letter.facts import AddresseeFacts
from domain.partnership.letter.kinds import Addressee
from tests.accord.letters.samples import MARKING, facts, faults, letter, sample
from tests.accord.letters.test_samples import text_of

LONG = "x" * 10_000


async def rendered(template: str) -> bytes:
    content, award = facts("award"), sample("award", template=template)
    return await render(template, merged(award, content, "en", MARKING), content.on)


@pytest.mark.parametrize("name", ["#panic(1)", "=cmd()", "$x$ *b* _i_ `r`", '#import "x"', "<script>", "\\u{41}"])
async def test_a_name_is_printed_as_it_is(name: str) -> None:
    to = AddresseeFacts(part=Addressee.PAYEE, name=name)
    assert name in text_of(await letter("award", to=to, title=name))


async def test_a_name_of_ten_thousand_signs_is_set_and_still_an_archive_file() -> None:
    pdf = await letter("award", to=AddresseeFacts(part=Addressee.PAYEE, name=f"{LONG} y"))
    assert faults(pdf) == []


@pytest.mark.parametrize("sign", ["\N{RIGHT-TO-LEFT OVERRIDE}", "\N{LEFT-TO-RIGHT ISOLATE}", "\x07"])
async def test_signs_that_turn_text_around_are_refused(sign: str) -> None:
    with pytest.raises(BadInput, match="a fact of the letter holds the"):
        await letter("award", title=f"Open{sign} fibre")


async def test_a_sign_that_no_font_shows_is_named() -> None:
    with pytest.raises(BadInput, match="could not be displayed"):
        await letter("award", title="漢字")


@pytest.mark.parametrize(
    ("template", "fault"),
    [
        ('#fact("nothing")', "field: nothing is no field of this edition"),
        ('#say("nothing")', "words: nothing is missing in en"),
        ("#panic(1)", "line 1: 1"),
        ("one\n\n*two", "line 3: unclosed delimiter"),
        ('#read("award.toml")', "line 1: file not found"),
        ('#let reads = read\n#reads("/proc/self/environ")', "line 2: file not found"),
        ('#import "@preview/tablex:0.0.1": *', "line 1: failed to download package"),
        ('#("a" * 10000000000)', "takes too long, or too much"),
    ],
)
async def test_a_template_that_reaches_further_is_refused_in_a_line(template: str, fault: str) -> None:
    with pytest.raises(BadInput, match="template: ") as refused:
        await rendered(template)
    assert fault in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.slow
async def test_a_template_without_an_end_is_ended() -> None:
    with pytest.raises(BadInput, match="takes too long, or too much"):
        await rendered("#let x = (0,)\n#while x.len() > 0 { x = (x.at(0) + 1,) }")


async def test_a_field_without_a_value_is_named_with_the_remedy() -> None:
    content, award = (
        facts("award", barrier=None),
        sample("award", fields={"barrier": "/barrier"}, template='#fact("barrier")'),
    )
    with pytest.raises(BadInput, match=r'field: barrier has no value in this letter; ask has\("barrier"\) first'):
        await render(
            award.template, {**merged(sample("award"), content, "en", MARKING), "fields": {"barrier": None}}, content.on
        )


def test_a_sentence_with_a_field_that_is_not_there_is_refused() -> None:
    words = {"en": {"title": "For {nobody}"}}
    with pytest.raises(BadInput, match="words: title names the field nobody"):
        merged(sample("award", words=words, languages=("en",)), facts("award"), "en", MARKING)


def test_a_field_that_leads_nowhere_is_refused() -> None:
    with pytest.raises(BadInput, match="points to /budget/total, and a letter AWARD has no such fact"):
        merged(sample("award", fields={"total": "/budget/total"}), facts("award"), "en", MARKING)
