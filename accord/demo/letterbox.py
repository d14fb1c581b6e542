"""The mailbox of the demo's grantee: the links and codes that arrive there, in the order in which they come."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Final

LOOK_SECONDS: Final = 0.5
_CODE: Final = re.compile(r"^Subject: Your code: (\d{8})$", re.MULTILINE)


class LetterBox:
    """The mails on one partnership, as the folder of the demo's mail server holds them."""

    def __init__(self, folder: Path, partnership_id: str, door: str) -> None:
        self._folder, self._partnership_id = folder, partnership_id
        self._link = re.compile(rf"^{re.escape(door)}(/f/\S+)$", re.MULTILINE)
        self._used = set[str]()
        """The codes that were typed already."""

    async def link(self, words: str) -> str:
        """Wait for a mail whose subject has these words, and return the newest link in such a mail."""
        while (link := self.newest_link(words)) is None:
            await asyncio.sleep(LOOK_SECONDS)
        return link

    def newest_link(self, words: str) -> str | None:
        """Return the link in the newest mail whose subject has these words, or None if there is none yet."""
        subject = re.compile(rf"^Subject: .*{re.escape(words)}", re.MULTILINE)
        links = [found[1] for mail in self._mails() if subject.search(mail) and (found := self._link.search(mail))]
        return links[-1] if links else None

    async def code(self) -> str:
        """Wait for a code that was not typed yet, and return it."""
        while not (codes := [code for mail in self._mails() for code in _CODE.findall(mail) if code not in self._used]):
            await asyncio.sleep(LOOK_SECONDS)
        self._used.add(codes[-1])
        return str(codes[-1])

    def _mails(self) -> list[str]:
        """Return the mails on the partnership as text, the oldest first. Each has another file once it is whole."""
        texts = [file.with_suffix(".txt").read_text("utf-8") for file in sorted(self._folder.glob("*.eml"))]
        return [text for text in texts if self._partnership_id in text]
