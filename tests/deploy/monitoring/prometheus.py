"""As much of Prometheus as the alerts use: what a worker exports, and five forms of expression, joined by `and`."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

import httpx

_SAMPLE: Final = re.compile(r"([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)")
_LABEL: Final = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
_SELECTOR: Final = r"([a-z_]+)(?:\{([^}]*)\})?"
_OF_ALL: Final = re.compile(rf"(max|min)\({_SELECTOR}\) ([<>]) ([\d.]+)")
_INCREASE: Final = re.compile(rf"sum\(increase\({_SELECTOR}\[\w+\]\)\) ([<>]) ([\d.]+)")
_SHARE: Final = re.compile(
    rf"sum\(increase\({_SELECTOR}\[\w+\]\)\) / sum\(increase\({_SELECTOR}\[\w+\]\)\) ([<>]) ([\d.]+)"
)
_ABSENT: Final = re.compile(rf"absent\({_SELECTOR}\)")
_AGE: Final = re.compile(rf"time\(\) - (max|min)\({_SELECTOR}\) ([<>]) ([\d.]+)")
METRIC: Final = re.compile(r"\b((?:accord|temporal)_[a-z_]+)\b")


class Sample(NamedTuple):
    """A number that a worker exports."""

    name: str
    labels: Mapping[str, str]
    value: float


Samples = list[Sample]


async def scrape(address: str) -> Samples:
    """A worker's present exports."""
    async with httpx.AsyncClient() as asking:
        answer = await asking.get(f"http://{address}/metrics", timeout=30)
    found = (_SAMPLE.fullmatch(line) for line in answer.text.splitlines() if not line.startswith("#"))
    return [Sample(one[1], dict(_LABEL.findall(one[2] or "")), float(one[3])) for one in found if one]


def fires(expr: str, before: Samples, after: Samples, now: float | None = None) -> bool:
    """True if an alert's expression holds, by two scrapes, before and after. Any other form is no alert of ours.

    `now`: the unix seconds at which it is evaluated, if not now.
    """
    at = time.time() if now is None else now
    return all(_is_so(part, before, after, at) for part in expr.split(" and "))


def _is_so(expr: str, before: Samples, after: Samples, now: float) -> bool:
    if form := _ABSENT.fullmatch(expr):
        return not _selected(after, *form.groups())
    if form := _AGE.fullmatch(expr):
        of, name, labels, op, limit = form.groups()
        since = [one.value for one in _selected(after, name, labels)]
        return bool(since) and _holds(now - {"max": max, "min": min}[of](since), op, limit)
    if form := _OF_ALL.fullmatch(expr):
        of, name, labels, op, limit = form.groups()
        values = [one.value for one in _selected(after, name, labels)]
        return bool(values) and _holds({"max": max, "min": min}[of](values), op, limit)
    if form := _INCREASE.fullmatch(expr):
        name, labels, op, limit = form.groups()
        return _holds(_increase(before, after, name, labels), op, limit)
    if form := _SHARE.fullmatch(expr):
        part, of_part, whole, of_whole, op, limit = form.groups()
        all_of_it = _increase(before, after, whole, of_whole)
        return all_of_it > 0 and _holds(_increase(before, after, part, of_part) / all_of_it, op, limit)
    raise AssertionError(f"no form that is known here: {expr}")


def _holds(value: float, op: str, limit: str) -> bool:
    compare: dict[str, Callable[[float, float], bool]] = {">": float.__gt__, "<": float.__lt__}
    return compare[op](float(value), float(limit))


def _increase(before: Samples, after: Samples, name: str, labels: str | None) -> float:
    return sum(one.value for one in _selected(after, name, labels)) - sum(
        one.value for one in _selected(before, name, labels)
    )


def _selected(samples: Samples, name: str, labels: str | None) -> Samples:
    wanted = dict(_LABEL.findall(labels or ""))
    return [one for one in samples if one.name == name and wanted.items() <= one.labels.items()]
