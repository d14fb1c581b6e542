"""The standard of every page that a test opens, in whatever state: no word of the machine, and thirty kilobytes."""

from __future__ import annotations

import gzip
import re
import ssl
from functools import cache
from typing import Final

import httpx

from accord.web.pages import FOLDER
from tests.accord.machine_words import machine_words_in, open_words

_TOLD_BY_VOICE: Final = re.compile(r"signs with (?:the passkey )?PK-[A-Z2-7]{16}")
"""The id of a passkey where guardians decide on it: they compare it with the one that its owner told them."""
MOST_BYTES: Final = 30_000
"""The bytes of a page with its style and scripts, each compressed."""


@cache
def _static(name: str) -> int:
    return len(gzip.compress((FOLDER / "static" / name).read_bytes()))


def weight_of(page: str) -> int:
    """The bytes of a page with its style and scripts, as they travel once a server or a proxy compresses them."""
    return len(gzip.compress(page.encode())) + sum(map(_static, set(re.findall(r'"/static/([\w.]+)"', page))))


async def hold_to_the_standard(answer: httpx.Response) -> None:
    """Fail if an answer says a word of the machine before somebody asks, or is a page that weighs too much."""
    kind = answer.headers.get("content-type", "").partition(";")[0]
    if kind not in {"text/html", "application/json"}:
        return
    await answer.aread()
    words = open_words(answer.text) if kind == "text/html" else _told_by_script(answer)
    found = machine_words_in(_TOLD_BY_VOICE.sub("signs with the passkey", words))
    assert not found, f"{answer.url} says words of the machine: {found}"
    weight = weight_of(answer.text) if kind == "text/html" else 0
    assert weight <= MOST_BYTES, f"{answer.url} weighs {weight} bytes"


def _told_by_script(answer: httpx.Response) -> str:
    """The words that a script of the page that signs puts on it: what was recorded, or why nothing was."""
    told = answer.json()
    is_outcome = answer.request.method == "POST" and isinstance(told, dict)
    return " ".join(str(told.get(name, "")) for name in ("told", "next", "refused", "unknown")) if is_outcome else ""


_ONCE: Final = ssl.create_default_context()
"""Each client would read all certificates anew, though the pages are served on loopback without any."""


def reader_of_pages(timeout: float) -> httpx.AsyncClient:
    """A client by which tests read pages, each of which is held to the standard."""
    return httpx.AsyncClient(timeout=timeout, verify=_ONCE, event_hooks={"response": [hold_to_the_standard]})
