"""The answers that a grantee handed in as a PDF: of their content and question set alone, which come to it as data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from accord.letters.rendering import render
from accord.presentation.faults import BadInput
from domain.editions.questions import QuestionSet
from domain.submissions.content import SubmissionContent

FONTS: Final = ("Libertinus Serif", "New Computer Modern", "DejaVu Sans Mono")
"""The fonts that the library brings, in the order in which a sign is looked for."""
MOST_ROUNDS: Final = 12
"""The most alphabets without a font that are written as numbers before a content is given up."""
EAST_ASIA: Final = 0x2E80
"""The first of the signs of East Asia (Unicode 16, chapter 18)."""
_SIGN: Final = re.compile(r"\(?U\+([0-9A-F]{4,6})\)?")

TEMPLATE: Final = """
#heading(level: 1, letter.title)
#table(
  columns: (auto, 1fr),
  table.header(..letter.heads.map(name => strong(name))),
  ..letter.facts.flatten(),
)
#for page in letter.pages [
  #heading(level: 2, page.title)
  #for answer in page.answers [
    #block(above: 1.2em, below: 0.4em, strong(answer.label))
    #for line in answer.lines [#par(line)]
  ]
]
#if letter.papers.len() > 0 [
  #heading(level: 2, letter.papers_title)
  #table(
    columns: (1fr, 1.4fr),
    table.header(..letter.paper_heads.map(name => strong(name))),
    ..letter.papers.flatten(),
  )
]
#if letter.note != "" [#par(text(9pt, letter.note))]
"""


class AnswersWords(NamedTuple):
    """The words of the frame in a language."""

    title: str
    heads: tuple[str, str]
    partnership: str
    name: str
    capacity: str
    at: str
    digest: str
    answers: str
    papers: str
    paper_heads: tuple[str, str]
    yes: str
    no: str
    blank: str
    signs: str


WORDS: Final[Mapping[str, AnswersWords]] = MappingProxyType(
    {
        "en": AnswersWords(
            "What you handed in", ("What", "As handed in"), "Partnership", "Name", "Capacity", "Time at the door",
            "SHA-256", "Your answers", "Papers", ("Paper", "SHA-256"), "yes", "no", "not answered",
            "Signs that this page cannot show stand as their numbers. The copy with your receipt holds them.",
        ),
        "es": AnswersWords(
            "Lo que usted entregó", ("Dato", "Tal como se entregó"), "Colaboración", "Nombre", "Cargo",
            "Hora de entrega", "SHA-256", "Sus respuestas", "Documentos", ("Documento", "SHA-256"), "sí", "no",
            "sin respuesta",
            "Los signos que esta página no puede mostrar figuran con su número. La copia con su recibo los contiene.",
        ),
        "fr": AnswersWords(
            "Ce que vous avez remis", ("Élément", "Tel que remis"), "Partenariat", "Nom", "Fonction",
            "Heure de remise", "SHA-256", "Vos réponses", "Documents", ("Document", "SHA-256"), "oui", "non",
            "sans réponse",
            "Les signes que cette page ne peut montrer figurent par leur numéro. La copie jointe au reçu les contient.",
        ),
    }
)  # fmt: skip


class AskedPages(NamedTuple):
    """The questions as a form asked them: by page, and with their labels in its language."""

    pages: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """The title and the questions of each page."""
    labels: Mapping[str, str] = MappingProxyType({})
    """By question: `budget.label`, `budget.choice.NAME` and `budget.field.NAME`."""
    said: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    """By question: the lines in which its form says the answer, where it does."""


def pages_of(questions: QuestionSet, language: str) -> AskedPages:
    """Return the questions of a set as a form asks them in a language."""
    words = questions.words[language if language in questions.words else questions.languages[0]]
    titles = tuple((words.get(f"page.{page.id}", page.id), page.questions) for page in questions.pages)
    return AskedPages(titles, words)


async def answers_pdf(content: SubmissionContent, sheet: AskedPages, house: str, fonts: str = "") -> bytes:
    """Return a submission as a tagged PDF in its language: the same bytes for the same content and questions.

    `house`: the funder's name. `fonts`: a folder of fonts beside those of the library, or ''.

    Raises:
        BadInput: It takes too long, or too much.
    """
    letter = answers_as_data(content, sheet, house)
    for _ in range(MOST_ROUNDS):
        try:
            return await render(TEMPLATE, letter, content.at.date(), fonts)
        except BadInput as fault:
            sign = _SIGN.search(str(fault))
            if sign is None:
                raise
            letter = {**_spelled(letter, int(sign[1], 16)), "note": _words_of(content.language).signs}
    raise BadInput("answers: too many of their signs are in none of the fonts; read the copy with the receipt")


def answers_as_data(content: SubmissionContent, sheet: AskedPages, house: str) -> dict[str, Any]:
    """Return what the page is made of: labels of the question set, answers as lines of text, and what they are of."""
    words = _words_of(content.language)
    sha256 = content.sha256
    return {
        "language": content.language if content.language in WORDS else "en",
        "quoted": content.language,
        "title": words.title,
        "reference": f"{content.subject} {sha256[:16]}",
        "house": {"name": house, "lines": []},
        "fields": {},
        "words": {},
        "fonts": list(FONTS),
        "heads": list(words.heads),
        "facts": [
            [words.partnership, content.subject],
            [words.name, content.name],
            [words.capacity, content.capacity],
            [words.at, f"{content.at:%Y-%m-%d %H:%M:%S} UTC"],
            [words.digest, sha256],
        ],
        "pages": [_page(title, names, content, sheet) for title, names in _pages(content, sheet)],
        "papers_title": words.papers,
        "paper_heads": list(words.paper_heads),
        "papers": [[paper.name, paper.sha256] for paper in content.papers],
        "note": "",
    }


def _words_of(language: str) -> AnswersWords:
    return WORDS.get(language, WORDS["en"])


def _pages(content: SubmissionContent, sheet: AskedPages) -> Iterator[tuple[str, list[str]]]:
    """Yield the pages with the answers on them: as a form asked them, and last what no page asks."""
    fields = dict.fromkeys(content.answers)
    for title, questions in sheet.pages:
        names = [name for question in questions for name in fields if name.split(".")[0] == question]
        if names:
            yield title, names
        for name in names:
            fields.pop(name)
    if fields:
        yield _words_of(content.language).answers, [*fields]


def _page(title: str, names: list[str], content: SubmissionContent, sheet: AskedPages) -> dict[str, Any]:
    return {"title": title, "answers": [_answer(name, content, sheet) for name in names]}


def _answer(name: str, content: SubmissionContent, sheet: AskedPages) -> dict[str, Any]:
    question, _, part = name.partition(".")
    label = sheet.labels.get(f"{question}.label", question)
    said = sheet.said.get(name)
    lines = [*(said or _lines(content.answers[name], question, sheet.labels, _words_of(content.language)))]
    return {"label": f"{label} ({part})" if part else label, "lines": lines}


def _lines(value: Any, question: str, labels: Mapping[str, str], words: AnswersWords) -> Iterator[str]:
    """Yield an answer as lines: a list one entry a line, and of an entry each field with its name."""
    match value:
        case bool():
            yield words.yes if value else words.no
        case _ if not value and value != 0:
            yield words.blank
        case str():
            yield from labels.get(f"{question}.choice.{value}", value).splitlines()
        case list():
            for entry in value:
                yield "; ".join(_lines(entry, question, labels, words))
        case dict():
            for field, part in value.items():
                name = labels.get(f"{question}.field.{field}", field)
                yield f"{name}: {'; '.join(_lines(part, question, labels, words))}"
        case _:
            yield str(value)


def _spelled(value: Any, sign: int) -> Any:
    """Return data in which the signs of an alphabet, to which a sign belongs, stand as their numbers."""
    match value:
        case str():
            return "".join(f"[U+{ord(letter):04X}]" if _is_beside(ord(letter), sign) else letter for letter in value)
        case list():
            return [_spelled(part, sign) for part in value]
        case dict():
            return {name: _spelled(part, sign) for name, part in value.items()}
        case _:
            return value


def _is_beside(code: int, sign: int) -> bool:
    """True if a sign is the other, or of its alphabet: of the same 256, but for Latin, or of those of East Asia."""
    if sign >= EAST_ASIA:
        return code >= EAST_ASIA
    return code == sign or (sign >> 8 != 0 and code >> 8 == sign >> 8)
