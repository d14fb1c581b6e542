"""As much of Prometheus as the alerts use: what a process exports, and a few forms of expression."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

import httpx

_SAMPLE: Final = re.compile(r"([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)")
_LABEL: Final = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
_SELECTOR: Final = r"([a-z_]+)(?:\{([^}]*)\})?"
_RANGED: Final = rf"(?:(increase|last_over_time)\({_SELECTOR}\[\w+\]\)|{_SELECTOR})"
_ABSENT: Final = re.compile(rf"absent\({_SELECTOR}\)")
_OF_ALL: Final = re.compile(rf"(max|min|sum) by \(([a-z, ]+)\) \({_RANGED}\)")
_COMPARED: Final = re.compile(r"(.+) ([<>]) ([\d.]+)")
_MATCHER: Final = re.compile(r'(\w+)=(~?)"((?:[^"\\]|\\.)*)"')
METRIC: Final = re.compile(r"\b((?:accord|temporal)_[a-z_]+)\b")


class Sample(NamedTuple):
    """A number that a process exports."""

    name: str
    labels: Mapping[str, str]
    value: float


Samples = list[Sample]


async def scrape(address: str) -> Samples:
    """A process's present exports."""
    async with httpx.AsyncClient() as asking:
        answer = await asking.get(f"http://{address}/metrics", timeout=30)
    found = (_SAMPLE.fullmatch(line) for line in answer.text.splitlines() if not line.startswith("#"))
    return [Sample(one[1], dict(_LABEL.findall(one[2] or "")), float(one[3])) for one in found if one]


Vector = dict[frozenset[tuple[str, str]], float]
"""Numbers by the labels that are told apart."""


class Asked(NamedTuple):
    """Two scrapes, before and after, and the unix seconds at which they are looked at."""

    before: Samples
    after: Samples
    now: float


def fires(expr: str, before: Samples, after: Samples, now: float | None = None) -> bool:
    """True if an alert's expression holds, by two scrapes, before and after. Any other form is no alert of ours.

    `now`: the unix seconds at which it is evaluated, if not now.
    """
    return bool(fired(expr, before, after, now))


def fired(expr: str, before: Samples, after: Samples, now: float | None = None) -> Vector:
    """What an alert's expression is about, by the labels of each."""
    asked = Asked(before, after, time.time() if now is None else now)
    found: Vector = {}
    for part in expr.split(" or "):
        found = {**_joined(part, asked), **found}
    return found


def _joined(expr: str, asked: Asked) -> Vector:
    """What `and` and `unless`, from left to right, leave of the first term."""
    first, *rest = re.split(r" (and|unless) ", expr)
    found = _compared(first, asked)
    for word, part in zip(rest[::2], rest[1::2], strict=True):
        other = _compared(part, asked)
        found = {labels: value for labels, value in found.items() if (labels in other) is (word == "and")}
    return found


def _compared(expr: str, asked: Asked) -> Vector:
    if form := _COMPARED.fullmatch(expr):
        compare: dict[str, Callable[[float, float], bool]] = {">": float.__gt__, "<": float.__lt__}
        term, op, limit = form.groups()
        return {labels: value for labels, value in _term(term, asked).items() if compare[op](value, float(limit))}
    return _term(expr, asked)


def _term(expr: str, asked: Asked) -> Vector:
    if expr.startswith("time() - "):
        return {labels: asked.now - value for labels, value in _term(expr[9:], asked).items()}
    if " / " in expr:
        part, whole = (_term(one, asked) for one in expr.split(" / "))
        return {labels: value / whole[labels] for labels, value in part.items() if whole.get(labels)}
    if form := _ABSENT.fullmatch(expr):
        return {} if _selected(asked.after, *form.groups()) else {frozenset(): 1.0}
    if form := _OF_ALL.fullmatch(expr):
        of, by, ranged, *ranges = form.groups()
        name, labels = ranges[:2] if ranged else ranges[2:]
        return _of_all(of, by.split(", "), _ranged(ranged, name, labels, asked))
    raise AssertionError(f"no form that is known here: {expr}")


def _ranged(function: str | None, name: str, labels: str | None, asked: Asked) -> Samples:
    """The samples of a selector: as they are now, with those of before that went away, or what was added to each."""
    after, before = _selected(asked.after, name, labels), _selected(asked.before, name, labels)
    if function is None:
        return after
    if function == "last_over_time":
        return [*after, *(one for one in before if one.labels not in [other.labels for other in after])]
    return [*after, *(one._replace(value=-one.value) for one in before)]


def _of_all(of: str, by: list[str], samples: Samples) -> Vector:
    values: dict[frozenset[tuple[str, str]], list[float]] = {}
    for one in samples:
        labels = frozenset((name, one.labels[name]) for name in by if name in one.labels)
        values.setdefault(labels, []).append(one.value)
    gathered = {"max": max, "min": min, "sum": sum}[of]
    return {labels: float(gathered(several)) for labels, several in values.items()}


def _selected(samples: Samples, name: str, labels: str | None) -> Samples:
    wanted = [(label, re.escape(text) if not form else text) for label, form, text in _MATCHER.findall(labels or "")]
    return [
        one
        for one in samples
        if one.name == name and all(re.fullmatch(text, one.labels.get(label, "")) for label, text in wanted)
    ]
