"""A stack with a house's key and a folder for mail seals letters and writes mail down; without them it has neither."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import psutil
import pytest

from accord.demo.mailbox import MailFolder
from accord.demo.writing import furnish_letters_and_mail
from accord.letters.sealer import ask_seal
from accord.letters.sealing import is_sealed
from accord.post.sending import session
from accord.post.settings import server_at
from deploy.embedded.correspondence import MAILS, Correspondence
from deploy.embedded.ports import LOOPBACK, free_port, is_free
from tests.accord.letters.samples import letter
from tests.waiting import until


@pytest.fixture
def letters(tmp_path: Path) -> Iterator[Correspondence]:
    """The processes of a folder that was furnished, started."""
    furnish_letters_and_mail(tmp_path)
    furnished = Correspondence(tmp_path, tmp_path / "secrets", free_port())
    children = furnished.children()
    for child in children:
        child.start()
    yield furnished
    for child in children:
        child.stop()
    furnished.end()


def test_a_folder_with_neither_key_nor_mail_starts_no_process(tmp_path: Path) -> None:
    furnished = Correspondence(tmp_path, tmp_path / "secrets", 2525)
    assert (furnished.children(), furnished.mail_settings, furnished.seal_socket) == ([], {}, "")


@pytest.mark.slow
async def test_a_letter_is_sealed_by_a_process_that_knows_no_database(letters: Correspondence) -> None:
    """Given a stack's sealer, then it seals what comes, and nothing in its environment leads to the ledger."""
    socket = Path(letters.seal_socket)
    await until(lambda: asyncio.to_thread(socket.is_socket))
    assert is_sealed(await ask_seal(await letter("questions"), socket))
    [sealer] = [child for child in psutil.Process().children() if "sealer" in child.cmdline()]
    assert not any(sealer.environ()[name] for name in ("ACCORD_DATABASE_URL", "ACCORD_SECRETS"))
    letters.end()
    assert not socket.parent.exists()


async def test_mail_is_written_down_in_the_folder_and_handed_on_to_nobody(
    letters: Correspondence, tmp_path: Path
) -> None:
    await until(lambda: asyncio.to_thread(lambda: not is_free(letters.port)))
    assert letters.mail_settings["ACCORD_SMTP"] == f"smtp://{LOOPBACK}:{letters.port}"
    async with session(server_at(letters.mail_settings["ACCORD_SMTP"])) as server:
        for subject in ("Payment 1 was made", "../../a name/that leads away"):
            await server.address("grants@sample.example", "ines.marek@lakeside.example")
            await server.content(mail(subject))
    names = sorted(file.name for file in (tmp_path / MAILS).iterdir())
    assert names == [
        "001-Payment-1-was-made.eml",
        "001-Payment-1-was-made.txt",
        "002-a-name-that-leads-away.eml",
        "002-a-name-that-leads-away.txt",
    ]


async def test_a_mail_that_cannot_be_written_down_is_not_taken(tmp_path: Path) -> None:
    """Given a folder that is gone, then the server says so, and the mail is tried again."""
    envelope = type("Envelope", (), {"original_content": mail("Payment 1 was made")})()
    assert (await MailFolder(tmp_path / "gone").handle_DATA(None, None, envelope)).startswith("452 ")


def mail(subject: str) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "grants@sample.example", "ines.marek@lakeside.example", subject
    message.set_content("Dear Ines Marek,\n\nUSD 20,500.00 was paid.\n")
    message.add_attachment("BEGIN:VCALENDAR\n", subtype="calendar", filename="days.ics")
    return message.as_bytes()
