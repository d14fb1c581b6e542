"""Everything that a value says, by field and in words: a proposal, a command's content, the terms that were shown.

Nothing that a signature covers is left out but what says nothing: a field that is empty, and the kind of a command.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Final, NamedTuple

from accord.presentation.acts import ENVELOPE, fields_of
from accord.presentation.words.codes import as_sentence, plainly, words_of
from accord.presentation.words.days import whole_day_in_words, whole_time_in_words
from accord.presentation.words.labels import ENTRIES, LABELS, QUOTED
from accord.presentation.words.values import (
    NamesInWords,
    country_in_words,
    money_in_words,
    number_in_words,
    region_in_words,
    sum_in_words,
)
from domain.budgets.milestones import MilestoneAnswer
from domain.budgets.spending import LineSpent
from domain.partnership.commands import StaffCommand
from domain.partnership.procedure import PROCEDURE
from domain.partnership.report.reports import Figures
from domain.values import Money, Value


class FieldInWords(NamedTuple):
    """A field in words: its name, and what it says, or the facts that it is made of."""

    label: str
    words: str = ""
    parts: tuple[FieldInWords, ...] = ()
    is_digest: bool = False
    """True for what only a machine compares. It stands behind a disclosure."""

    @property
    def leaves(self) -> Iterator[FieldInWords]:
        """The facts without parts in it."""
        if not self.parts:
            yield self
        for part in self.parts:
            yield from part.leaves


_BY_NAME: Final[Mapping[str, Callable[[NamesInWords, Any], str]]] = {
    "country": lambda _, code: country_in_words(code),
    "region": lambda _, code: region_in_words(code),
    "funder": lambda names, code: names.funder(code),
    "funder_id": lambda names, code: names.funder(code),
    "fund": lambda names, fund_id: names.fund(fund_id),
    "person": lambda names, staff_id: names.person(staff_id),
    "read_by": lambda names, staff_id: names.person(staff_id),
    "to": lambda names, staff_id: names.person(staff_id),
    "objective": lambda names, code: names.objective(code),
    "objectives": lambda names, code: names.objective(code),
    "practitioner": lambda _, code: plainly(code),
    "ein": lambda _, number: f"{number[:2]}-{number[2:]}",
    "questions": lambda _, question: without_rule(question),
}
"""The fields whose values are codes that a table elsewhere has the words for."""

_COUNTRIES: Final = frozenset({"places"})
_TRIES: Final = ("the first", "the second", "the third")


_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_RULE: Final = re.compile(r"^[A-Z0-9]+(-[A-Z0-9]+)+: ")


def without_rule(question: str) -> str:
    """Return a question of the registers without the name of the rule that asks it."""
    return _RULE.sub("", question)


def facts_of(value: Value, names: NamesInWords, leave: frozenset[str] = frozenset()) -> tuple[FieldInWords, ...]:
    """Return what a value says, field by field, without the fields that are named."""
    titles = _titles(value)
    fields = ((name, getattr(value, name)) for name in type(value).model_fields if name not in leave)
    return tuple(
        _fact(name, titles.get(name) or _label(value, name), said, names, value)
        for name, said in fields
        if _says(said) and not _is_left_out(value, name, said)
    )


def _is_left_out(value: Value, name: str, said: Any) -> bool:
    """True for a field that the record leaves out, always or for what it says now."""
    field = type(value).model_fields[name]
    return bool(field.exclude) or (field.exclude_if is not None and field.exclude_if(said))


def command_facts(
    command: StaffCommand, names: NamesInWords, leave: frozenset[str] = frozenset()
) -> tuple[FieldInWords, ...]:
    """Return what a command's signature covers of its content, by the titles of its fields."""
    return facts_of(command, names, leave | ENVELOPE)


def fact(value: Value, name: str, names: NamesInWords) -> FieldInWords | None:
    """Return one field of a value in words, or None if it says nothing."""
    said = getattr(value, name)
    return _fact(name, _label(value, name), said, names, value) if _says(said) else None


def _says(said: Any) -> bool:
    return said is not None and said not in ("", (), frozenset())


_RECORDED: Final[Mapping[type[Any], type[StaffCommand]]] = {
    event: command for command, step in PROCEDURE.items() for event in step.records
}


def _titles(value: Value) -> Mapping[str, str]:
    """Return the titles of a command's fields, for the command and for the events that record it."""
    command = type(value) if isinstance(value, StaffCommand) else _RECORDED.get(type(value))
    return {field.name: field.title for field in fields_of(command) if field.asked} if command is not None else {}


def _label(value: Value, name: str) -> str:
    return LABELS.get((type(value).__name__, name)) or LABELS.get(("", name)) or as_sentence(plainly(name))


def _fact(name: str, label: str, said: Any, names: NamesInWords, owner: Value) -> FieldInWords:
    label = QUOTED.get(label, label)
    if isinstance(said, tuple) and said and isinstance(said[0], Value):
        return _list(name, label, said, names)
    if name == "papers" and isinstance(owner, MilestoneAnswer):
        digests = (FieldInWords(f"Paper {place}", digest, is_digest=True) for place, digest in enumerate(said, 1))
        return FieldInWords(label, parts=tuple(digests))
    if isinstance(said, Figures):
        return FieldInWords(label, parts=figures_in_words(said, names))
    if isinstance(said, Value) and not isinstance(said, Money):
        return FieldInWords(label, parts=facts_of(said, names))
    words = _words(name, said, names, owner)
    return FieldInWords(label, words, is_digest=name.endswith("sha256") or _DIGEST.fullmatch(words) is not None)


def _list(name: str, label: str, entries: tuple[Any, ...], names: NamesInWords) -> FieldInWords:
    """Return a list of values: each with a name of its own, or in one line where each says but one thing."""
    word, numbers = ENTRIES.get(name, label), [getattr(entry, "number", None) for entry in entries]
    are_numbered = all(isinstance(number, int) for number in numbers)
    leave = frozenset({"number"}) if are_numbered else frozenset[str]()
    parts = tuple(
        FieldInWords(f"{word} {number if are_numbered else place}", parts=facts_of(entry, names, leave))
        for place, (number, entry) in enumerate(zip(numbers, entries, strict=True), 1)
    )
    if not are_numbered and all(len(part.parts) == 1 and not part.parts[0].parts for part in parts):
        return FieldInWords(label, ", ".join(part.parts[0].words for part in parts))
    return FieldInWords(label, parts=parts)


def figures_in_words(figures: Figures, names: NamesInWords) -> tuple[FieldInWords, ...]:
    """Return the figures of a report in words: the sums, each line, and the currency in which it was spent."""
    sums = {"Spent": figures.spent, "Unspent": figures.unspent, "Paid back": figures.returned}
    sums |= {"Did not arrive": figures.not_arrived} if figures.not_arrived else {}
    facts = [FieldInWords(label, sum_in_words(amount, figures.currency)) for label, amount in sums.items()]
    facts += [FieldInWords("Up to period", str(figures.period))] if figures.period is not None else []
    facts += [FieldInWords(f"Line {line.line}", _line_in_words(line, figures)) for line in figures.lines]
    abroad = figures.abroad
    if abroad is None:
        return tuple(facts)
    rate = f"{number_in_words(abroad.rate)} {abroad.currency} for one {figures.currency}"
    facts.append(FieldInWords("Spent in", f"{rate}, as it arrived on {whole_day_in_words(abroad.arrived_on)}"))
    if abroad.difference:
        reason = f": {names.within(abroad.reason)}" if abroad.reason else ""
        difference = sum_in_words(abroad.difference, figures.currency)
        facts.append(FieldInWords("Exchange difference", f"{difference}{reason}"))
    return tuple(facts)


def _line_in_words(line: LineSpent, figures: Figures) -> str:
    words = sum_in_words(line.spent, figures.currency)
    if line.local is not None and figures.abroad is not None:
        words = f"{words} ({sum_in_words(line.local, figures.abroad.currency)})"
    return f"{words}: {line.reason}" if line.reason else words


def _words(name: str, said: Any, names: NamesInWords, owner: Value) -> str:
    if isinstance(said, tuple):
        by_country = name in _COUNTRIES
        return ", ".join(country_in_words(entry) if by_country else _words(name, entry, names, owner) for entry in said)
    if name in _BY_NAME and isinstance(said, str) and not isinstance(said, Enum):
        return _BY_NAME[name](names, said)
    return _of_its_kind(name, said, owner)


def _of_its_kind(name: str, said: Any, owner: Value) -> str:
    match said:
        case bool() if name == "no_interest":
            return "You say that you have none"
        case bool():
            return "yes" if said else "no"
        case int() if name == "attempt":
            return _TRIES[said - 1] if said <= len(_TRIES) else f"number {said}"
        case Enum():
            return words_of(said)
        case Money():
            return money_in_words(said)
        case datetime():
            return whole_time_in_words(said)
        case date():
            return whole_day_in_words(said)
        case Decimal() | int():
            currency = getattr(owner, "currency", "")
            return sum_in_words(Decimal(said), currency) if currency else number_in_words(said)
        case "NOT_KNOWN":
            return "not known"
        case _:
            return str(said)


def with_paths(facts: tuple[FieldInWords, ...], before: str = "") -> Iterator[tuple[str, str]]:
    """Yield each fact without parts by its way from the top, such as 'Payments, Payment 1, Sum'."""
    for fact in facts:
        path = f"{before}, {fact.label}" if before else fact.label
        if fact.parts:
            yield from with_paths(fact.parts, path)
        else:
            yield path, fact.words


def changes_of(before: Value, after: Value, names: NamesInWords) -> tuple[tuple[str, str, str], ...]:
    """Return what differs between two values in words: what it is, and what it was before and after."""
    olds, news = (dict(with_paths(facts_of(value, names))) for value in (before, after))
    paths = dict.fromkeys((*olds, *news))
    return tuple(
        (path, olds.get(path, "nothing"), news.get(path, "nothing"))
        for path in paths
        if olds.get(path) != news.get(path)
    )
