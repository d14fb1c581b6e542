"""Values travel as data: whatever a name says, it is printed and never run, and a template reaches nothing."""

from __future__ import annotations

from decimal import Decimal

import pytest

from accord.letters.merging import merged
from accord.letters.rendering import render
from accord.presentation.faults import BadInput
from domain.partnership.letter.facts import AddresseeFacts
from domain.partnership.letter.kinds import Addressee
from domain.values import Money
from tests.accord.letters.samples import MARKING, facts, faults, letter, sample
from tests.accord.letters.test_samples import text_of

LONG = "x" * 10_000


async def rendered(template: str) -> bytes:
    content, award = facts("award"), sample("award", template=template)
    return await render(template, merged(award, content, "en", MARKING), content.on)


@pytest.mark.sampled(4)
@pytest.mark.parametrize(
    "name",
    [
        "#panic(1)", "=cmd()", "$x$ *b* _i_ `r`", '#import "x"', "<script>", "\\u{41}", "@award <a>", "a] [b",
        "{title} {grant}", 'say("x") \\" #"', "\\ // /* x */", "&lt;b&gt; <b>x</b>", "~ -- --- ...", "%PDF-1.7 %%EOF",
    ],
)  # fmt: skip
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


@pytest.mark.parametrize(
    ("name", "sign"),
    [("漢字", "漢 (U+6F22)"), ("Club 😀", "😀 (U+1F600)"), ("ไทย", "ไ (U+0E44)"), ("Mark\ufeff", "U+FEFF")],
)
async def test_a_sign_that_no_font_shows_is_named_with_its_place_and_the_remedy(name: str, sign: str) -> None:
    with pytest.raises(BadInput) as refused:
        await letter("award", to=AddresseeFacts(part=Addressee.PAYEE, name=name))
    remedy = "take it out" if "\ufeff" in name else "ACCORD_FONTS"
    assert str(refused.value).startswith(f"to.name: the sign {sign} ")
    assert remedy in str(refused.value)


@pytest.mark.parametrize("name", ["مرحبا بالعالم", "שלום", "Українська", "O\u0301scar"])
async def test_other_scripts_that_the_fonts_have_are_set_and_still_an_archive_file(name: str) -> None:
    assert faults(await letter("award", to=AddresseeFacts(part=Addressee.PAYEE, name=name))) == []


async def test_sums_and_titles_that_are_very_long_are_set() -> None:
    most = Money(amount=Decimal("99999999999999.99"), currency="USD")
    pdf = await letter("award", grant=most, title="Very long words " * 60)
    assert "99,999,999,999,999.99" in text_of(pdf)


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
async def test_a_loop_without_an_end_is_named_by_its_line() -> None:
    with pytest.raises(BadInput, match="line 2: loop seems to be infinite"):
        await rendered("#let x = (0,)\n#while x.len() > 0 { x = (x.at(0) + 1,) }")


@pytest.mark.slow
async def test_a_template_that_goes_on_is_ended() -> None:
    with pytest.raises(BadInput, match="takes too long, or too much"):
        await rendered("#let x = 0\n#for a in range(100000) { for b in range(100000) { x += 1 } }")


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
