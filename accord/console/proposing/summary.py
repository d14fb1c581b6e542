"""Check your answers: what was answered on each page, in words, each with the way back to its question."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from typing import Final, NamedTuple

from accord.console.proposing.form import DraftForm
from accord.console.proposing.pages import PAGES, anchor, page_of
from accord.presentation import forms
from accord.presentation.words.codes import as_sentence
from accord.presentation.words.days import day_in_words
from accord.presentation.words.facts import FieldInWords
from accord.presentation.words.proposal.questions import LEGS
from accord.presentation.words.proposal.seldom import (
    BY_PATH,
    IN_OFTEN,
    JOINT,
    LICENSED,
    OUT_OFTEN,
    OUT_SELDOM,
    OUT_WITH_GIFT,
    PARTNER,
    PLAN,
    Circumstance,
)
from accord.presentation.words.values import listed


class Answer(NamedTuple):
    """A question with its answer: lines of words, or facts that the answer is made of."""

    label: str
    path: str
    lines: tuple[str, ...] = ()
    parts: tuple[FieldInWords, ...] = ()

    @property
    def at(self) -> str:
        """The way to the question from the address of the draft."""
        return f"?step={page_of(self.path)}#{anchor(self.path)}"


class AnsweredPage(NamedTuple):
    """A page of the form with its answers."""

    name: str
    answers: tuple[Answer, ...]


PAYEE: Final = "funds_out.payee"
DONOR: Final = "funds_in.donor"


def answered(form: DraftForm) -> tuple[AnsweredPage, ...]:
    """Return the pages with what was answered on them."""
    pages = (_who(form), _money(form), _interest(form), _plan(form), _change(form))
    names = (*(page.name for page in PAGES[:-1]), "What changes")
    return tuple(
        AnsweredPage(name, tuple(answer for answer in answers if answer.lines or answer.parts))
        for name, answers in zip(names, pages, strict=True)
    )


def _who(form: DraftForm) -> Iterator[Answer]:
    yield Answer("Called", "title", _lines(form.value("title")))
    yield Answer("Number", "reference", _lines(form.value("reference")))
    yield Answer("Partner", "partner", _lines(party_line(form, "partner")))
    yield Answer("People behind it", "partner.principals", tuple(_people(form)))
    if form.value("partner.nobody_owns"):
        yield Answer("Owners", "partner.nobody_owns", ("Nobody owns a quarter of it or more",))
    yield from _seldom(form, PARTNER)
    yield Answer("What moves", "", tuple(words for leg, words in LEGS.items() if form.has(leg)))


def _money(form: DraftForm) -> Iterator[Answer]:
    if form.has("funds_out"):
        yield Answer("From", "funds_out.funder", _lines(dict(form.payers).get(form.payer, form.payer)))
        payee = _as_partner(form.paid_to) if form.is_partner(PAYEE) else party_line(form, PAYEE)
        yield Answer("Paid to", PAYEE, _lines(payee))
        yield Answer("Payments", "funds_out.tranches", tuple(_payments(form)))
        yield Answer("For", "funds_out.purpose", _lines(form.value("funds_out.purpose")))
        yield Answer("Spent on", "funds_out.uses", _lines(_chosen(form, "funds_out.uses")))
        yield from _seldom(form, (*OUT_OFTEN, LICENSED, OUT_WITH_GIFT, *OUT_SELDOM))
        if form.says_none("funds_out"):
            yield Answer("Is any of this true?", "funds_out.sponsorship", ("None of the eight is true",))
    if form.has("funds_in"):
        donor = _as_partner(form.given_by) if form.is_partner(DONOR) else party_line(form, DONOR)
        yield Answer("Given by", DONOR, _lines(donor))
        yield Answer("Given to", "funds_in.funder", _lines(_word(form, "funds_in.funder")))
        yield Answer("Their gift", "funds_in.money", _lines(form.sums.get("funds_in.money.amount", "")))
        yield Answer("What it is", "funds_in.kind", _lines(_word(form, "funds_in.kind")))
        yield from _seldom(form, IN_OFTEN)
        if form.says_none("funds_in"):
            yield Answer("Is any of this true of it?", "funds_in.influences_priorities", ("None of it is true",))
    if form.has("non_monetary"):
        yield Answer("Done together", "non_monetary.activity", _lines(form.value("non_monetary.activity")))
        yield Answer("By", "non_monetary.funder", _lines(_word(form, "non_monetary.funder")))
        yield from _seldom(form, JOINT)


def _interest(form: DraftForm) -> Iterator[Answer]:
    at = "public_interest"
    yield Answer("Objective", f"{at}.objective", _lines(_word(form, f"{at}.objective")))
    if form.has_own_aim:
        yield Answer("Aim", f"{at}.mission_objective", _lines(form.value(f"{at}.mission_objective")))
    yield Answer("Who is served", f"{at}.community_served", _lines(form.value(f"{at}.community_served")))
    places = [form.value(f"{node.path}.country") for node in form.nodes[f"{at}.community.places"].children]
    kind, number = _word(form, f"{at}.community.kind"), form.value(f"{at}.community.number")
    counted = ", ".join(
        filter(None, (kind, listed(list(filter(None, places))), f"{_grouped(number)} in number" if number else ""))
    )
    yield Answer("Counted", f"{at}.community.kind", _lines(counted))
    yield Answer("How it serves them", f"{at}.statement", _lines(form.value(f"{at}.statement")))
    if form.has("funds_out"):
        reason = _word(form, "funds_out.no_private_benefit")
        yield Answer("Who gains privately", "funds_out.no_private_benefit", _lines(reason))


def _plan(form: DraftForm) -> Iterator[Answer]:
    days = [_day(form.value(f"period.{name}")) for name in ("starts", "ends")]
    yield Answer("When", "period.starts", _lines(" to ".join(filter(None, days))))
    for path in ("reports", "public_interest.indicators", "contacts"):
        rows = [_parts(form, row) for row in form.nodes[path].children]
        lines = tuple(", ".join(_with_waits(part) for part in parts) for parts in rows if parts)
        yield Answer(form.question(path).label, path, lines)
    if form.has("funds_out") and not form.is_on(BY_PATH["funds_out.final_report"]):
        yield Answer("It closes", "funds_out.final_report", ("Only after a final report",))
    yield from _seldom(form, PLAN)


def _change(form: DraftForm) -> Iterator[Answer]:
    if form.draft.amends:
        yield Answer("Why it changes", "reason", _lines(form.draft.reason))
        yield Answer("Whom you called before", "called", _lines(form.draft.called))
        yield Answer("Your answer", "answer", _lines(form.draft.answer))


def _with_waits(part: FieldInWords) -> str:
    return f"payment {part.words} waits for it" if part.label.startswith("Payments that wait") else part.words


def _seldom(form: DraftForm, group: tuple[Circumstance, ...]) -> Iterator[Answer]:
    """Yield the rare facts that hold here."""
    for one in (one for one in group if form.is_on(one)):
        nodes = [form.nodes[path] for path in (one.path, *one.beside) if path in form.nodes]
        parts = tuple(part for node in nodes for part in _fact(form, node))
        words = parts if one.kind not in {"yes", "no", "tick"} or len(nodes) > 1 else ()
        if len(words) == 1 and not words[0].parts:
            yield Answer(one.words, one.path, (words[0].words,))
        else:
            yield Answer(one.words, one.path, () if words else ("yes",), words)


def party_line(form: DraftForm, path: str) -> str:
    """Return a party in a line: its name, kind, country and number."""
    number = form.value(f"{path}.ein")
    words = (form.value(f"{path}.name"), _word(form, f"{path}.kind").lower(), form.value(f"{path}.country"))
    return ", ".join(filter(None, (*words, f"US tax number {number}" if number else "")))


def _as_partner(name: str) -> str:
    return f"the partner, {name}" if name else "the partner"


def _people(form: DraftForm) -> Iterator[str]:
    """Yield the people behind the partner, each once, with all that they do in it and declare."""
    parts: dict[str, list[str]] = {}
    for node in form.nodes["partner.principals"].children:
        words = (_word(form, f"{node.path}.role").lower(), _office(form, f"{node.path}.public_office"))
        parts.setdefault(form.value(f"{node.path}.name").strip(), []).append(" ".join(filter(None, words)))
    for name, roles in parts.items():
        yield ", ".join(filter(None, (name, listed([role for role in roles if role]))))


def _office(form: DraftForm, path: str) -> str:
    """Return what somebody declares of a prominent public office, in brackets, or ''."""
    if not form.has(path):
        return ""
    office = ", ".join(filter(None, (form.value(f"{path}.office"), form.value(f"{path}.holder"))))
    tie = _word(form, f"{path}.tie").lower() or "not said"
    return f"(public office: {': '.join(filter(None, (tie, office)))})"


def _payments(form: DraftForm) -> Iterator[str]:
    for node in form.nodes["funds_out.tranches"].children:
        day, amount = form.value(f"{node.path}.due_on"), form.sums.get(f"{node.path}.money.amount", "")
        waits = [report.path for report in form.nodes["reports"].children if _holds(form, report.path, node.path)]
        after = [f"once report {int(path.rpartition('.')[2]) + 1} is accepted" for path in waits]
        words = (f"not before {_day(day)}" if day else "once the agreement is signed", *after)
        yield f"{amount or 'no sum yet'}, {', '.join(words)}"


def _holds(form: DraftForm, report: str, payment: str) -> bool:
    return str(int(payment.rpartition(".")[2]) + 1) in form.values(f"{report}.holds")


def _fact(form: DraftForm, node: forms.Node) -> tuple[FieldInWords, ...]:
    """Return a field in words, or what a group or a list is made of."""
    label = form.question(node.path).label
    if node.kind not in {"group", "list"}:
        return (FieldInWords(label, words),) if (words := _word(form, node.path)) else ()
    if node.kind == "list" and (form.choices(node.path) or node.name in {"holds", "barrier_holds"}):
        return (FieldInWords(label, words),) if (words := _chosen(form, node.path)) else ()
    if node.value:
        return (FieldInWords(label, "the partner"),)
    parts = _parts(form, node)
    return (FieldInWords(label, parts=parts),) if parts else ()


def _parts(form: DraftForm, node: forms.Node) -> tuple[FieldInWords, ...]:
    return tuple(part for child in node.children for part in _fact(form, child))


def _word(form: DraftForm, path: str) -> str:
    """Return the value of a field, in words."""
    node = form.nodes.get(path)
    if node is None:
        return ""
    if node.kind == "tick":
        return "yes" if node.value else "no"
    if node.kind == "day":
        return _day(node.value)
    return dict(form.choices(path) or ()).get(node.value) or form.sums.get(path) or form.value(path)


def _chosen(form: DraftForm, path: str) -> str:
    words = dict(form.choices(path) or ())
    return as_sentence(listed([words.get(value, value).lower() for value in form.values(path)]))


def _day(typed: str) -> str:
    with suppress(ValueError):
        return day_in_words(date.fromisoformat(typed))
    return typed


def _grouped(number: str) -> str:
    return f"{int(number):,}" if number.isdigit() else number


def _lines(words: str) -> tuple[str, ...]:
    return (words,) if words else ()
