"""The rules of the standard's own ruleset, as far as it uses them, asked of a document."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from lxml import etree

Case = Mapping[str, Any]


def _found(context: Any, path: str) -> list[str]:
    return [str(one) if isinstance(one, str) else "".join(one.itertext()) for one in context.xpath(path)]


def _days_in_order(context: Any, case: Case, now: str) -> bool:
    less, more = (([now] if case[end] == "NOW" else _found(context, case[end])) for end in ("less", "more"))
    return all(first <= last for first in less for last in more)


RULES: Final[Mapping[str, Callable[[Any, Case, str], bool]]] = {
    "atleast_one": lambda context, case, now: any(context.xpath(path) for path in case["paths"]),
    "no_more_than_one": lambda context, case, now: sum(len(context.xpath(path)) for path in case["paths"]) <= 1,
    "date_order": _days_in_order,
    "regex_matches": lambda context, case, now: all(
        re.fullmatch(case["regex"], text) for path in case["paths"] for text in _found(context, path)
    ),
    "sum": lambda context, case, now: (
        sum(Decimal(text) for path in case["paths"] for text in _found(context, path)) in {0, case["sum"]}
    ),
}


def broken_rules(ruleset: Mapping[str, Any], content: bytes, now: str) -> Iterator[str]:
    """Yield the rules that a document breaks."""
    document = etree.fromstring(content)
    for path, rules in ruleset.items():
        for context in document.xpath(path):
            for name, rule in rules.items():
                yield from (f"{path} {name} {case}" for case in rule["cases"] if not RULES[name](context, case, now))
