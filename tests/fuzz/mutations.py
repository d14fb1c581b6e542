"""Bytes made out of good ones: flipped, cut, doubled, mixed, deepened, with tokens that parsers trip over."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Final

TOKENS: Final = (
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\r\n", b"<", b"<a>" * 20, b"</Document>", b"&#0;", b"&amp;" * 9,
    b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"<![CDATA[", b"]]>", b"-1", b"1e999999", b"NaN", b"Infinity", b"0" * 400,
    b"9" * 40, b"'" * 3, b'"' * 3, b"[" * 50, b"{" * 50, b"a." * 40, b",", b"|", b";", b"\\u0000", b"\xed\xa0\x80",
    "\N{RIGHT-TO-LEFT OVERRIDE}\N{ZERO WIDTH SPACE}".encode(), "\uff0b\u0661".encode(), b"2026-02-30", b"9999-12-31",
    b"--- ", b"\xe2\x80\x94 ", b"=", b"==", b"+", b"\x9f\x61a", b"\xbf", b"\x1b\xff\xff\xff\xff\xff\xff\xff\xff",
)  # fmt: skip
"""Texts and bytes at which parsers stumble: ends, numbers out of range, nesting, entities, lengths."""

LONGEST: Final = 64 * 1024

Mutation = Callable[[random.Random, bytes, Sequence[bytes]], bytes]


def mutated(chance: random.Random, seeds: Sequence[bytes]) -> bytes:
    """Return bytes made out of one of these by one to six changes."""
    content = chance.choice(seeds)
    for _ in range(chance.randint(1, 6)):
        content = chance.choice(MUTATIONS)(chance, content, seeds)[:LONGEST]
    return content


def _flip(chance: random.Random, content: bytes, _seeds: Sequence[bytes]) -> bytes:
    if not content:
        return content
    changed = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _cut(chance: random.Random, content: bytes, _seeds: Sequence[bytes]) -> bytes:
    first, last = _span(chance, content)
    return content[:first] + content[last:]


def _double(chance: random.Random, content: bytes, _seeds: Sequence[bytes]) -> bytes:
    first, last = _span(chance, content)
    return content[:first] + content[first:last] * chance.randint(2, 9) + content[last:]


def _insert(chance: random.Random, content: bytes, _seeds: Sequence[bytes]) -> bytes:
    place = chance.randint(0, len(content))
    return content[:place] + chance.choice(TOKENS) + content[place:]


def _replace(chance: random.Random, content: bytes, _seeds: Sequence[bytes]) -> bytes:
    first, last = _span(chance, content)
    return content[:first] + chance.choice(TOKENS) + content[last:]


def _mix(chance: random.Random, content: bytes, seeds: Sequence[bytes]) -> bytes:
    other = chance.choice(seeds)
    return content[: chance.randint(0, len(content))] + other[chance.randint(0, len(other)) :]


def _end(chance: random.Random, content: bytes, _seeds: Sequence[bytes]) -> bytes:
    return content[: chance.randint(0, len(content))]


def _span(chance: random.Random, content: bytes) -> tuple[int, int]:
    """Return a short part of the content."""
    first = chance.randint(0, len(content))
    return first, min(len(content), first + chance.randint(0, 64))


MUTATIONS: Final[tuple[Mutation, ...]] = (_flip, _cut, _double, _insert, _replace, _mix, _end)
