"""An edition as a workbook: what `workbook_in` reads is the same edition again."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Final

from accord.presentation.editions import layout
from accord.presentation.editions.layout import SheetSetting
from accord.presentation.editions.question_rows import row_of_schema
from accord.presentation.faults import BadInput
from domain.editions.content import EditionContent
from domain.editions.kinds import EditionKind

_WIDEST: Final = 60
_MOST_SIGNS: Final = 32_000
"""The longest text of a cell."""

Rows = list[list[Any]]


def workbook_of(content: EditionContent) -> bytes:
    """Return the workbook of an edition."""
    fields = json.loads(content.canonical())
    words = {language: dict(texts) for language, texts in fields["words"].items()}
    table = _table_of(content.kind, fields, words)
    sheets: dict[str, Rows] = {layout.EDITION: list(_settings(content.kind, fields)), **table}
    sheets[layout.WORDS] = _left_words(fields["languages"], words)
    return _written({title: sheets[title] for title in layout.SHEETS[content.kind]})


def _written(sheets: Mapping[str, Rows]) -> bytes:
    from xlsxwriter import Workbook

    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(file, options) as book:
        heading = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "num_format": "@"})
        text = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
        for title, rows in sheets.items():
            sheet = book.add_worksheet(title)
            has_headings = title not in {layout.EDITION, layout.TEMPLATE}
            for line, row in enumerate(rows):
                for place, value in enumerate(row):
                    style = heading if has_headings and not line else text
                    if value not in (None, "") and sheet.write_string(line, place, str(value), style):
                        raise BadInput(f"row {line + 1} of {title} is too long for a cell; change the edition's JSON")
            for place, width in enumerate(_widths(rows)):
                sheet.set_column(place, place, width, text)
            if has_headings:
                sheet.freeze_panes(1, 1)
    return file.getvalue()


def _widths(rows: Rows) -> list[int]:
    columns = max((len(row) for row in rows), default=0)
    longest = (max(len(str(row[place] or "")) for row in rows if place < len(row)) for place in range(columns))
    return [min(max(length + 2, 10), _WIDEST) for length in longest]


def _settings(kind: EditionKind, fields: Mapping[str, Any]) -> Iterator[list[Any]]:
    for setting in layout.SETTINGS[kind]:
        yield [setting.heading, _said(fields, setting)]


def _said(fields: Mapping[str, Any], setting: SheetSetting) -> str:
    value: Any = fields
    for step in setting.place:
        value = value.get(step) if isinstance(value, Mapping) else None
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(value)
        case _:
            return str(value)


def _left_words(languages: Sequence[str], words: Mapping[str, Mapping[str, str]]) -> Rows:
    """Return the words that stand in no row of another sheet."""
    keys = dict.fromkeys(key for language in languages for key in words.get(language, {}))
    first = [key for key in ("title", "lead") if key in keys]
    other_keys = [key for key in keys if key not in first]
    return [["key", *languages]] + [
        [key, *(words.get(language, {}).get(key, "") for language in languages)] for key in [*first, *other_keys]
    ]


def _table_of(kind: EditionKind, fields: dict[str, Any], words: dict[str, dict[str, str]]) -> dict[str, Rows]:
    if kind is EditionKind.QUESTIONS:
        return {layout.QUESTIONS: _questions(fields, words)}
    if kind is EditionKind.LETTER:
        facts: Rows = [["field", "fact"], *([name, fact] for name, fact in fields["fields"].items())]
        return {layout.FIELDS: facts, layout.TEMPLATE: [[line] for line in fields["template"].split("\n")]}
    sheet, languages = layout.ROWS[kind], fields["languages"]
    labels = layout.LABELS if sheet.has_words else ()
    headings = [setting.heading for setting in sheet.columns]
    rows: Rows = [headings + [f"{label} {language}" for language in languages for label in labels]]
    for entry in fields.get(sheet.place, []):
        code = str(entry.get("code", ""))
        texts = [words.get(language, {}).pop(f"{code}.{label}", "") for language in languages for label in labels]
        rows.append([*(_said(entry, setting) for setting in sheet.columns), *texts])
    return {sheet.title: rows}


def _questions(fields: dict[str, Any], words: dict[str, dict[str, str]]) -> Rows:
    languages = fields["languages"]
    word_headings = [f"{label} {language}" for language in languages for label in layout.QUESTION_WORDS]
    rows: Rows = [[*layout.QUESTION_COLUMNS, *word_headings]]
    for page in fields["pages"]:
        for question in page["questions"]:
            cells = _question_cells(question, page["id"], fields)
            texts = [_words_of(question, cells["choices"], words.get(language, {})) for language in languages]
            rows.append([*(cells[name] for name in layout.QUESTION_COLUMNS), *chain.from_iterable(texts)])
    return rows


def _question_cells(question: str, page: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    condition = fields.get("shown_if", {}).get(question)
    equals = {True: "yes", False: "no"}.get(condition["equals"], condition["equals"]) if condition else ""
    return {
        "id": question,
        "page": page,
        "needed": "yes" if question in fields["schema"].get("required", ()) else "",
        "shown if": f"{condition['question']} = {equals}" if condition else "",
        "fact": fields.get("facts", {}).get(question, ""),
        "asks": fields.get("asks", {}).get(question, ""),
        **row_of_schema(fields["schema"]["properties"][question]),
    }


def _words_of(question: str, choices: str, words: dict[str, str]) -> list[str]:
    """Return a question's words in one language: label, hint and choices. They stand in no other sheet then."""
    labels = [words.pop(f"{question}.{label}", "") for label in layout.LABELS]
    keys = [f"{question}.choice.{choice}" for choice in choices.split("; ") if choice]
    texts = [words.get(key, "") for key in keys]
    if not all(texts) or any(";" in text for text in texts) or len("; ".join(texts)) > _MOST_SIGNS or not texts:
        return [*labels, ""]
    for key in keys:
        del words[key]
    return [*labels, "; ".join(texts)]
