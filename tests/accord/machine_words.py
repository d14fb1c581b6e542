"""Words that belong to machines, generated from what the machine is made of: no page says one before somebody asks."""

from __future__ import annotations

import html
import importlib
import pkgutil
import re
from collections.abc import Iterator
from contextlib import suppress
from enum import Enum
from functools import cache
from typing import Any, Final, get_args

import typer
from pydantic_core import PydanticKnownError, core_schema
from typer.core import TyperGroup

import accord.cli.main
import domain
from domain.errors import DomainError
from domain.partnership.procedure import PROCEDURE
from domain.policy.rulebook import EDITIONS
from domain.values import Value

OF_A_RULE: Final = r"(?<![\w-])[RC][1-9]\d?\b|§|\brules? (?:table )?\d+(?:\.\d+)*\b|\b\d+ CFR\b|\bRev\. Proc\.|\bASU \d"
DIGESTS: Final = r"\b[0-9a-f]{16,}\b|\b(?:[0-9a-f]{4} ){4,}|\bPK-[A-Z0-9]{6,}\b|\bACC[A-Z0-9]{20,}\b"
PATHS: Final = r"\b[a-z]+_[a-z_]+\b|\b(?:funds_out|funds_in|non_monetary|partner)\.[a-z_.0-9]+|\b[A-Z]+(?:_[A-Z]+)+\b"
SHELL: Final = r"(?<![\w-])--[a-z][a-z-]+|\baccord [a-z]+(?:-[a-z]+)?"
VALIDATOR: Final = r"Value error|Extra inputs are not permitted|validation error|Traceback|\'None\'"
PEOPLE: Final = r"\b(?:pia\.berg|ana\.silva|femi\.ade|vera\.lind|dora\.kim|paul\.nkosi|otto\.audit|noor\.haddad)\b"
KNOWN: Final = re.compile(r"\bIBAN\b|P-2026-\d{4,5}|[A-Z]{2}-[A-Z]{2,4}|https?://\S+|\b[a-z]+\.[a-z]+@\S+")
"""Names that people know and use: of partnerships, registers and regions, of accounts, and addresses."""


def _modules() -> Iterator[Any]:
    for module in pkgutil.walk_packages(domain.__path__, "domain."):
        yield importlib.import_module(module.name)


def _enum_values() -> Iterator[str]:
    for module in _modules():
        for one in vars(module).values():
            if isinstance(one, type) and issubclass(one, Enum):
                yield from (str(member.value) for member in one)


def _subclasses(*bases: type[Any]) -> Iterator[type[Any]]:
    waiting = [*bases]
    while waiting:
        yield (one := waiting.pop())
        waiting.extend(one.__subclasses__())


def _classes() -> Iterator[str]:
    yield from (one.__name__ for one in _subclasses(DomainError))
    yield from (one.__name__ for one in _subclasses(Value) if "event_type" in one.model_fields)
    yield from (command.__name__ for command in PROCEDURE)


def _fields() -> Iterator[str]:
    for one in _subclasses(Value):
        yield from one.model_fields


def _commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[str]:
    if path:
        yield "accord " + " ".join(path)
    if isinstance(command, TyperGroup):
        within = typer.Context(command)
        for name in command.list_commands(within):
            yield from _commands(command.get_command(within, name), (*path, name))


def _sentences() -> Iterator[str]:
    """The validator's own sentences, up to the first value in each. A few need more than a number to be made."""
    about = dict.fromkeys(("min_length", "max_length", "actual_length", "gt", "ge", "lt", "le", "max_digits"), 1)
    words = dict.fromkeys(("field_type", "pattern", "expected", "error", "class_name", "tag", "expected_tags"), "x")
    for kind in get_args(core_schema.ErrorType):
        with suppress(TypeError):
            first = str(PydanticKnownError(kind, {**about, **words}).message_template).partition("{")[0].strip()
            if len(first.split()) > 1:
                yield first


@cache
def machine_words() -> re.Pattern[str]:
    """One pattern of them all."""
    rules = {rule.rule_id for book in EDITIONS.values() for rule in book.rules}
    words = {*_enum_values(), *_classes(), *_fields(), *rules}
    hard = {word for word in words if re.search(r"_|[a-z][A-Z]|^[A-Z][A-Z0-9-]{2,}$", word)}
    commands = set(_commands(typer.main.get_command(accord.cli.main.app)))
    every = sorted((*hard, *commands), key=len, reverse=True)
    own = r"(?<![\w-])(?:" + "|".join(map(re.escape, every)) + r")(?![\w-])"
    validators = "|".join(sorted(map(re.escape, _sentences()), key=len, reverse=True))
    return re.compile("|".join((own, validators, VALIDATOR, OF_A_RULE, DIGESTS, PATHS, SHELL, PEOPLE)))


FOLDED: Final = re.compile(r"<details(?! [^>]*open)[^>]*>(?:(?!<details).)*?</details>", re.S)
OF_THE_PAGE: Final = re.compile(
    r"<(script|style|svg|template|kbd|textarea)\b.*?</\1>|<(input|option|select)\b[^>]*>", re.S
)
"""The parts that are no words of a page: pictures, scripts, what one types in a shell, and what somebody typed."""


def open_words(page: str) -> str:
    """The words of a page that stand there before anybody opens a disclosure, without its marks."""
    body = OF_THE_PAGE.sub("", page[page.index("<body") :])
    while FOLDED.search(body):
        body = FOLDED.sub("", body)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def machine_words_in(text: str) -> list[str]:
    """The words of machines in a text, in their order, each with what stands around it."""
    text = KNOWN.sub("", text)
    return [text[max(0, found.start() - 60) : found.end() + 30] for found in machine_words().finditer(text)]
