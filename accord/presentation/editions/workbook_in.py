"""A workbook read as the fields of an edition, with the cell that each comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from accord.presentation.editions import layout
from accord.presentation.editions.cells import FORMULA, SheetCell, SheetRows, sheets_of, value_of
from accord.presentation.editions.layout import CellKind, RowSheet
from accord.presentation.editions.question_rows import condition_of, schema_of_row
from domain.editions.content import Path
from domain.editions.kinds import EditionKind


class WorkbookReading:
    """The fields of a workbook, the place of each, and what could not be read. Raises BadInput if it is no workbook."""

    def __init__(self, name: str, content: bytes) -> None:
        self.fields: dict[str, Any] = {}
        self.places: dict[Path, str] = {(): name}
        self.faults: list[tuple[str, str]] = []
        self._sheets = sheets_of(name, content)
        kind = self._kind()
        self.notes: tuple[str, ...] = ()
        if kind is not None:
            self._read(kind)

    def _fault(self, place: str, words: str) -> None:
        """Tell what is wrong in a cell, once: what follows from it is not told again."""
        if place not in [earlier for earlier, _ in self.faults]:
            self.faults.append((place, words))

    def _kind(self) -> EditionKind | None:
        for row in self._sheets.get(layout.EDITION, []):
            if len(row) > 1 and row[0].text == "kind":
                self.fields["kind"], self.places["kind",] = row[1].text, row[1].place
        kind = str(self.fields.get("kind", ""))
        return EditionKind(kind) if kind in [*EditionKind] else None

    def _read(self, kind: EditionKind) -> None:
        sheets = layout.SHEETS[kind]
        self.notes = tuple(f"the sheet {title} is not read" for title in self._sheets if title not in sheets)
        for title in sheets:
            if title not in self._sheets and title != "Reports":
                self._fault(title, f"this sheet is missing; {kind} has the sheets {', '.join(sheets)}")
        self._settings(kind)
        self._words()
        if kind is EditionKind.QUESTIONS:
            self._questions()
        elif kind is EditionKind.LETTER:
            self._letter()
        elif (sheet := layout.ROWS.get(kind)) is not None:
            self._entries(sheet)

    def _put(self, place: Path, cell: SheetCell, kind: CellKind) -> Any:
        """Put a cell's value where it belongs, and return it, or None where the cell is empty or wrong."""
        if cell.is_empty and not cell.is_formula:
            return None
        self.places[place] = cell.place
        try:
            value = value_of(cell, kind)
        except ValueError as fault:
            self._fault(cell.place, str(fault))
            return None
        fields: Any = self.fields
        for step in place[:-1]:
            fields = fields[step] if isinstance(step, int) else fields.setdefault(step, {})
            self.places.setdefault(place[: place.index(step) + 1], cell.place)
        fields[place[-1]] = value
        return value

    def _settings(self, kind: EditionKind) -> None:
        settings = {setting.heading: setting for setting in layout.SETTINGS[kind]}
        for row in self._sheets.get(layout.EDITION, []):
            heading = row[0].text if row else ""
            if heading in settings and len(row) > 1:
                self._put(settings[heading].place, row[1], settings[heading].kind)
            elif heading and heading not in settings and not heading.startswith("#"):
                names = ", ".join(settings)
                self._fault(row[0].place, f"{heading[:30]!r} is no setting of {kind}; these are: {names}")

    @property
    def _languages(self) -> Sequence[str]:
        return self.fields.get("languages") or ()

    def _words(self) -> None:
        languages = [("key", "")] + [(language, language) for language in self._languages]
        for row in self._table(layout.WORDS, [heading for heading, _ in languages]):
            for heading, language in languages[1:]:
                if row["key"].text and heading in row:
                    self._put(("words", language, row["key"].text), row[heading], CellKind.TEXT)

    def _table(self, title: str, headings: Sequence[str]) -> list[Mapping[str, SheetCell]]:
        """Return the rows below the headings of a sheet that are not empty, by heading."""
        rows = self._sheets.get(title, [])
        columns = self._columns(title, rows, headings)
        if not columns:
            return []
        row_cells = (row for row in rows[1:] if any(not cell.is_empty for cell in row))
        return [
            {name: self._plain(row[place]) for name, place in columns.items() if place < len(row)} for row in row_cells
        ]

    def _plain(self, cell: SheetCell) -> SheetCell:
        """Return a cell, or an empty one in place of a formula."""
        if cell.is_formula:
            self._fault(cell.place, FORMULA)
            return SheetCell(cell.place, None)
        return cell

    def _columns(self, title: str, rows: SheetRows, headings: Sequence[str]) -> dict[str, int]:
        columns: dict[str, int] = {}
        for place, cell in enumerate(rows[0] if rows else ()):
            if cell.text in headings and cell.text not in columns:
                columns[cell.text] = place
            elif cell.text:
                why = "stands here twice" if cell.text in columns else "is no column of this sheet"
                self._fault(cell.place, f"{cell.text[:40]!r} {why}; the columns are {', '.join(headings)}")
        if rows and headings and headings[0] not in columns:
            self._fault(f"{title}!A1", f"the column {headings[0]} is missing; write it in the first row")
            return {}
        return columns

    def _worded(self, row: Mapping[str, SheetCell], name: str) -> None:
        for label in layout.LABELS:
            for language in self._languages:
                if (cell := row.get(f"{label} {language}")) is not None:
                    self._put(("words", language, f"{name}.{label}"), cell, CellKind.TEXT)

    def _word_headings(self, labels: Sequence[str]) -> list[str]:
        return [f"{label} {language}" for language in self._languages for label in labels]

    def _entries(self, sheet: RowSheet) -> None:
        headings = [setting.heading for setting in sheet.columns]
        words = self._word_headings(layout.LABELS) if sheet.has_words else []
        entries: list[dict[str, Any]] = []
        self.fields[sheet.place] = entries
        for number, row in enumerate(self._table(sheet.title, [*headings, *words])):
            entries.append({})
            self.places[(sheet.place, number)] = _first(row)
            for setting in sheet.columns:
                if setting.heading in row:
                    self._put((sheet.place, number, *setting.place), row[setting.heading], setting.kind)
            if sheet.has_words:
                self._worded(row, str(entries[number].get("code", "")))
        if not entries and not sheet.has_words:
            del self.fields[sheet.place]

    def _letter(self) -> None:
        for row in self._table(layout.FIELDS, ("field", "fact")):
            if row["field"].text and "fact" in row:
                self._put(("fields", row["field"].text), row["fact"], CellKind.TEXT)
        self.fields.setdefault("fields", {})
        rows = self._sheets.get(layout.TEMPLATE, [])
        lines = ["" if not row or row[0].value is None else str(row[0].value) for row in rows]
        self.places["template",] = f"{layout.TEMPLATE}!A1"
        self.fields["template"] = "\n".join(lines)

    def _questions(self) -> None:
        rows = self._table(layout.QUESTIONS, [*layout.QUESTION_COLUMNS, *self._word_headings(layout.QUESTION_WORDS)])
        kinds = {row["id"].text: row["kind"].text for row in rows if "kind" in row}
        self.fields["schema"] = {"type": "object", "properties": {}, "required": []}
        self.fields["pages"] = []
        self.places["schema", "properties"] = self.places["pages",] = f"{layout.QUESTIONS}!A1"
        for row in rows:
            question = row["id"].text
            if not question:
                self._fault(row["id"].place, "this question has no id; write a short name, such as results")
            elif question in self.fields["schema"]["properties"]:
                self._fault(row["id"].place, f"{question} stands here twice; give one of them another id")
            else:
                self._question(question, row, kinds)

    def _question(self, question: str, row: Mapping[str, SheetCell], kinds: Mapping[str, str]) -> None:
        choices = [part.strip() for part in _text_in(row, "choices").split(";") if part.strip()]
        self._schema(question, row, choices)
        self._page(question, row)
        if "needed" in row and self._flag(row["needed"]):
            self.fields["schema"]["required"].append(question)
        for heading, place in (("fact", "facts"), ("asks", "asks")):
            if heading in row:
                self._put((place, question), row[heading], CellKind.TEXT)
        if condition := _text_in(row, "shown if"):
            self.places["shown_if", question] = row["shown if"].place
            try:
                self.fields.setdefault("shown_if", {})[question] = condition_of(condition, kinds)
            except ValueError as fault:
                self._fault(row["shown if"].place, str(fault))
        self._worded(row, question)
        self._choice_words(question, row, choices)

    def _schema(self, question: str, row: Mapping[str, SheetCell], choices: list[str]) -> None:
        kind = row.get("kind", row["id"])
        place = ("schema", "properties", question)
        self.places[place] = kind.place
        for keyword in ("enum", "items") if choices else ():
            self.places[*place, keyword] = row["choices"].place
        least, most = self._bound(row, "least"), self._bound(row, "most")
        schema: dict[str, Any] = {"type": "string"}
        try:
            schema = schema_of_row(kind.text if "kind" in row else "", choices, least, most)
        except ValueError as fault:
            self._fault(kind.place, str(fault))
        self.fields["schema"]["properties"][question] = schema

    def _bound(self, row: Mapping[str, SheetCell], heading: str) -> int | None:
        cell = row.get(heading)
        if cell is None or (cell.is_empty and not cell.is_formula):
            return None
        try:
            return int(value_of(cell, CellKind.WHOLE))
        except ValueError as fault:
            self._fault(cell.place, str(fault))
            return None

    def _flag(self, cell: SheetCell) -> bool:
        try:
            return bool(not cell.is_empty and value_of(cell, CellKind.FLAG))
        except ValueError as fault:
            self._fault(cell.place, str(fault))
            return False

    def _page(self, question: str, row: Mapping[str, SheetCell]) -> None:
        pages, page = self.fields["pages"], _text_in(row, "page")
        if not page:
            self._fault(row.get("page", row["id"]).place, f"{question} stands on no page; name one")
            return
        names = [earlier["id"] for earlier in pages]
        if page not in names:
            self.places["pages", len(pages)] = row["page"].place
            pages.append({"id": page, "questions": []})
        elif names[-1] != page:
            advice = "put its row with the others of that page"
            self._fault(row["page"].place, f"the page {page} was left before this question; {advice}")
        pages[[*names, page].index(page)]["questions"].append(question)

    def _choice_words(self, question: str, row: Mapping[str, SheetCell], choices: list[str]) -> None:
        for language in self._languages:
            cell = row.get(f"choices {language}")
            if cell is None or cell.is_empty:
                continue
            texts = [text.strip() for text in cell.text.split(";")]
            if len(texts) != len(choices):
                advice = f"write {len(choices)}, with semicolons, in the order of {'; '.join(choices) or 'its choices'}"
                self._fault(cell.place, f"it has {len(texts)} words for {len(choices)} choices; {advice}")
            for choice, text in zip(choices, texts, strict=False):
                key = f"{question}.choice.{choice}"
                self.places["words", language, key] = cell.place
                self.fields.setdefault("words", {}).setdefault(language, {})[key] = text


def _text_in(row: Mapping[str, SheetCell], heading: str) -> str:
    return row[heading].text if heading in row else ""


def _first(row: Mapping[str, SheetCell]) -> str:
    return next(iter(row.values())).place
