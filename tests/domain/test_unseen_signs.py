"""The texts of decisions read as they are written: on one line where they stand in a row, with no sign unseen."""

from __future__ import annotations

from typing import Any

import pytest
from markdown_it import MarkdownIt
from pydantic import TypeAdapter, ValidationError

from domain.markdown import plain
from domain.partnership.state import Partnership
from domain.values import Sentence
from tests.builders import party, proposal
from workflows.describe import details_of, summary_of

SENTENCE = TypeAdapter(Sentence)
TURNS = ["\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069"]


def with_sign(sign: str) -> list[dict[str, Any]]:
    """A title and a name with a sign in it."""
    partner = party().model_dump(mode="json") | {"name": f"River{sign}bend Library"}
    return [{"title": f"Skills for{sign}river libraries"}, {"partner": partner}]


@pytest.mark.parametrize("sign", ["\u200b", "\u200d", "\u2060", "\ufeff", "\u202e", "\u00ad", "\U000e0041"])
def test_a_name_or_a_title_holds_no_sign_that_nobody_sees(sign: str) -> None:
    """Attack 21: others decide on what they read."""
    for change in with_sign(sign):
        with pytest.raises(ValidationError, match=rf"sign U\+{ord(sign):04X}, which (nobody sees|turns text around)"):
            proposal(**change)


@pytest.mark.parametrize("sign", ["\n", "\t", "\u2028", "\u2029"])
def test_a_name_or_a_title_stands_on_one_line(sign: str) -> None:
    """Attack 20: a title with line breaks forged rows of a list."""
    for change in with_sign(sign):
        with pytest.raises(ValidationError, match="holds a line break or a tab; write it on one line"):
            proposal(**change)


@pytest.mark.parametrize("sign", TURNS)
def test_no_text_is_turned_around_unseen(sign: str) -> None:
    told = rf"the sign U\+{ord(sign):04X}, which turns text around unseen; remove it"
    with pytest.raises(ValidationError, match=told):
        SENTENCE.validate_python(f"approve {sign}this")


TEXTS = ["first\nsecond", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u05e9\u05dc\u05d5\u05dd"]


@pytest.mark.parametrize("text", TEXTS)
def test_a_reason_may_have_lines_and_words_joined_as_their_script_wants(text: str) -> None:
    assert SENTENCE.validate_python(text) == text


def test_a_proposal_that_would_not_fit_into_an_event_is_refused_with_what_to_do() -> None:
    """Attack 19: one of 12,000 principals was retried for ever and blocked its reference."""
    many = [{"name": f"Member Number {number}", "role": "DIRECTOR"} for number in range(12_000)]
    with pytest.raises(ValidationError, match="KiB, and 128 is the most; file what is long as a document"):
        proposal(partner=party().model_dump(mode="json") | {"principals": many})


MARKUP = (
    "checked\n\n**Stage**: CLOSED\n\n[approve here](http://evil.example) ![x](http://evil.example/x.png) <b>x</b> "
    "<http://evil.example> `code` | a\n# Closed"
)
ELEMENTS = ("<a ", "<img", "<strong", "<b>", "<code", "<h1", "<em")


def test_what_people_wrote_is_no_markup_in_the_temporal_ui() -> None:
    """Attack 20: a reason with Markdown showed another stage, a link and a remote image."""
    assert "<strong>Stage</strong>" in MarkdownIt().render(MARKUP)
    shown = MarkdownIt("commonmark", {"html": True}).render(plain(MARKUP))
    assert [element for element in ELEMENTS if element in shown] == []
    assert "http\\:" in plain(MARKUP)  # where bare addresses become links, this is none


def test_no_page_of_a_partnership_takes_its_markup_from_people() -> None:
    written = proposal(title="**Stage**: CLOSED [here](http://evil.example)", partner=party("A*B* | <i>Trust</i>"))
    page = details_of(Partnership(partnership_id="P-2026-0042", proposal=written, why=MARKUP))
    shown = MarkdownIt("commonmark", {"html": True}).render(page)
    assert shown.count("<strong>Stage</strong>") == 1
    assert not any(element in shown for element in ("<a ", "<img", "<i>", "<h1"))
    assert "<a " not in MarkdownIt().render(summary_of(written))
