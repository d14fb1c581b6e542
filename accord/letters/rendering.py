"""Render a letter: start the child on its source and values, and return the PDF or the fault in a line."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from tempfile import TemporaryDirectory
from typing import Any, Final

from accord.letters.prelude import LINES, PRELUDE
from accord.presentation.faults import BadInput

SECONDS: Final = 40
"""The time that a letter may take, also where it waits for a processor."""
MOST_BYTES: Final = 8 * 1024 * 1024
_FAULTY: Final = 3
_NO_FONT: Final = re.compile(r'the text `"(.)[^`]*"` could not be displayed')
_NO_SIGN: Final = re.compile(r'disallowed codepoint `"\\u\{([0-9a-f]+)\}"`')
_FRAME: Final = re.compile(r"^(panicked with: |PDF/A-2a, PDF/UA-1 error: )")


async def render(template: str, letter: dict[str, Any], on: date, fonts: str = "") -> bytes:
    """Return a letter as PDF/A-2a and PDF/UA-1: the same bytes for the same template, values and day.

    `fonts`: a folder of fonts beside those of the library, or ''.

    Raises:
        BadInput: The template or its values have a fault, or it takes too long or too much.
    """
    at = int(datetime.combine(on, time(12), UTC).timestamp())
    job = {"source": PRELUDE + template, "letter": json.dumps(letter, sort_keys=True), "at": at}
    code, answer = await _child(json.dumps(job).encode(), fonts)
    if code == _FAULTY:
        fault = json.loads(answer)
        raise BadInput(_fault_of_a_sign(fault["message"], letter) or f"template: {_words(fault)}")
    if code or not answer.startswith(b"%PDF-"):
        raise BadInput("template: it takes too long, or too much, or reaches for what a letter may not; shorten it")
    if len(answer) > MOST_BYTES:
        raise BadInput(f"template: the letter has {len(answer) / 1_048_576:.0f} MB; make it shorter")
    return answer


async def _child(job: bytes, fonts: str) -> tuple[int, bytes]:
    """Run the child in a folder of its own, in which nothing is, and return its exit code and its answer."""
    environment = {
        "PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path)),
        "PYTHONDONTWRITEBYTECODE": "1",
        "LC_ALL": "C.UTF-8",
    }
    with TemporaryDirectory(prefix="accord-letter-") as empty:
        command = (sys.executable, "-m", "accord.letters.setting", empty, fonts)
        process = await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env=environment, cwd=empty
        )
        try:
            answer, _ = await asyncio.wait_for(process.communicate(job), SECONDS)
            return await process.wait(), answer
        except TimeoutError:
            return -1, b""
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


def _fault_of_a_sign(message: str, letter: dict[str, Any]) -> str:
    """Return what is wrong with a sign that no letter shows, and which of its values has it, or ''."""
    if match := _NO_FONT.search(message):
        sign, why = match[1], "is in none of the fonts; name a folder of fonts that have it in ACCORD_FONTS"
    elif match := _NO_SIGN.search(message):
        sign, why = chr(int(match[1], 16)), "may stand in no file that is archived; take it out"
    else:
        return ""
    place = next(_places(letter, sign), "template")
    sign_words = f"{sign} (U+{ord(sign[0]):04X})" if sign.isprintable() else f"U+{ord(sign[0]):04X}"
    return f"{place}: the sign {sign_words} {why}"


def _places(value: Any, sign: str, name: str = "") -> Iterator[str]:
    """Yield the values of a letter that hold a sign, by their names."""
    match value:
        case str() if sign in value:
            yield name
        case dict():
            for key, part in value.items():
                yield from _places(part, sign, f"{name}.{key}".strip("."))
        case list():
            for part in value:
                yield from _places(part, sign, name)


def _words(fault: dict[str, str]) -> str:
    """Return a fault in a line, with the line of the template where it stands."""
    message = fault["message"].strip().splitlines()[0]
    said = _FRAME.sub("", message)
    place = re.search(r":(\d+):\d+", fault["diagnostic"])
    line = int(place[1]) - LINES if place else 0
    return f"line {line}: {said}" if line > 0 else said
