"""The mail server of a stack on one machine: it writes down each mail that it is handed, and hands none on.

A real server for SMTP (PyPI `aiosmtpd`) with a handler of our own. Only for trying Accord; see docs/operations.md.
"""

from __future__ import annotations

import asyncio
import re
import sys
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, Final

from aiosmtpd.smtp import SMTP, Envelope

from deploy.embedded.ports import LOOPBACK

MOST_SIGNS: Final = 60
"""The signs of a subject in the name of a file, at most."""
HEADERS: Final = ("From", "To", "Date", "Subject")


class MailFolder:
    """A folder of mail: of each a file for programs that read mail, and one of plain text."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Write a mail down, and answer that it was taken, or that there is no room now."""
        try:
            await asyncio.to_thread(self.write, envelope.original_content or b"")
        except OSError:
            return "452 it cannot be written down now"
        return "250 written down"

    def write(self, content: bytes) -> Path:
        """Write a mail down under the next number, and return the file of its text."""
        message: EmailMessage = message_from_bytes(content, policy=default)
        words = "-".join(re.findall(r"[A-Za-z0-9]+", str(message["Subject"])))[:MOST_SIGNS]
        number = 1 + len(list(self._folder.glob("*.eml")))
        text_file = self._folder / f"{number:03}-{words}.txt"
        text_file.write_text(_as_text(message), "utf-8")
        text_file.with_suffix(".eml").write_bytes(content)
        return text_file


def _as_text(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    attached = [str(part.get_filename()) for part in message.iter_attachments()]
    head = [f"{name}: {message[name]}" for name in HEADERS] + [f"Attached: {name}" for name in attached]
    return "\n".join([*head, "", str(body.get_content()) if body is not None else ""])


async def serve(port: int, folder: Path) -> None:
    """Take mail on loopback until the process is ended."""
    loop, handler = asyncio.get_running_loop(), MailFolder(folder)
    server = await loop.create_server(lambda: SMTP(handler, hostname="localhost", loop=loop), LOOPBACK, port)
    await server.serve_forever()


def main() -> None:
    """Serve at the port, into the folder, that the command line names."""
    asyncio.run(serve(int(sys.argv[-2]), Path(sys.argv[-1])))


if __name__ == "__main__":
    main()
