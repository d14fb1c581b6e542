"""The answers of a grantee as a PDF: tagged, the same bytes twice, in the form's language, whatever they typed."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from uuid import UUID

import pikepdf
import pypdfium2
import pytest

from accord.letters.answers import AskedPages, answers_as_data, answers_pdf
from domain.submissions.content import SubmissionContent
from domain.submissions.kinds import SubmissionKind
from tests.builders import DIGEST, NOON

HOUSE = "Internet Society Foundation"


def content(**more: Any) -> SubmissionContent:
    fields: dict[str, Any] = {
        "form": UUID(int=1), "kind": SubmissionKind.REPORT, "subject": "P-2026-0042", "language": "en",
        "answers": {"summary": "Eleven courses were held\nin eleven villages", "open_to_all": True},
        "name": "Ida Holm", "capacity": "Director", "at": NOON, "chance": "0" * 32, **more,
    }  # fmt: skip
    return SubmissionContent(**fields)


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "\n".join(page.get_textpage().get_text_bounded() for page in document)


async def test_it_shows_who_handed_in_what_and_its_digest() -> None:
    handed_in = content(papers=[{"field": "receipts", "sha256": DIGEST, "size": 9, "name": "books.pdf"}])
    text = text_of(await answers_pdf(handed_in, AskedPages(), HOUSE))
    for words in ("P-2026-0042", "Ida Holm", "Director", "Eleven courses were held", "in eleven villages", "books.pdf"):
        assert words in text
    assert handed_in.sha256[:16] in text


async def test_it_is_tagged_and_the_same_twice() -> None:
    first, second = [await answers_pdf(content(), AskedPages(), HOUSE) for _ in range(2)]
    assert first == second
    with pikepdf.open(BytesIO(first)) as document:
        assert bool(document.Root.MarkInfo.Marked)
        assert str(document.Root.Lang) == "en"


@pytest.mark.parametrize(("language", "title"), [("es", "Lo que usted entregó"), ("fr", "Ce que vous avez remis")])
async def test_its_frame_is_in_the_language_of_the_form(language: str, title: str) -> None:
    assert title in text_of(await answers_pdf(content(language=language), AskedPages(), HOUSE))


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    "typed", ["#panic(1)", "$ x $", "= Heading", "<b>bold</b>", "@reference", "*", "\\", "=cmd()", '#import "x"']
)
async def test_what_they_typed_is_text_and_never_source(typed: str) -> None:
    assert typed in text_of(await answers_pdf(content(answers={"summary": typed}), AskedPages(), HOUSE))


async def test_a_sign_that_no_font_has_stands_as_its_number() -> None:
    text = text_of(await answers_pdf(content(answers={"summary": "a ☃ b"}, name="王小明"), AskedPages(), HOUSE))
    assert "[U+738B]" in text
    assert "Signs that this page cannot show stand as their numbers" in text


def test_rows_and_choices_are_lines_with_their_names() -> None:
    budget = [{"line": 1, "spent": "450.00"}, {"line": 2, "spent": ""}]
    [page] = answers_as_data(content(answers={"budget": budget, "done": False, "left": None}), AskedPages(), HOUSE)[
        "pages"
    ]
    assert [answer["lines"] for answer in page["answers"]] == [
        ["line: 1; spent: 450.00", "line: 2; spent: not answered"], ["no"], ["not answered"],
    ]  # fmt: skip


def test_the_pages_and_words_are_those_of_the_form() -> None:
    labels = {"kind.label": "What for", "kind.choice.A": "Training", "summary.label": "In short"}
    asked = AskedPages((("First", ("summary",)), ("Second", ("kind",)), ("Third", ("never",))), labels)
    pages = answers_as_data(content(answers={"kind": "A", "more": "x", "summary": "y"}), asked, HOUSE)["pages"]
    assert [(page["title"], [(one["label"], one["lines"]) for one in page["answers"]]) for page in pages] == [
        ("First", [("In short", ["y"])]),
        ("Second", [("What for", ["Training"])]),
        ("Your answers", [("more", ["x"])]),
    ]
