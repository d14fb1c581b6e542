"""The mailbox of the demo's grantee: the newest link of a mail, each code once, and nothing of another partnership."""

from __future__ import annotations

from pathlib import Path

from accord.demo.letterbox import LetterBox
from accord.demo.mailbox import MailFolder

DOOR = "http://localhost:4711"
MINE = "P-2026-0041"


def arrives(folder: Path, subject: str, text: str, about: str = MINE) -> None:
    mail = (
        f"From: a@sample.example\r\nTo: b@lakeside.example\r\nSubject: {subject}\r\n\r\nFor {about}\r\n\r\n{text}\r\n"
    )
    MailFolder(folder).write(mail.encode())


def box(folder: Path) -> LetterBox:
    return LetterBox(folder, MINE, DOOR)


def test_the_newest_link_of_a_kind_of_mail_is_the_one_that_counts(tmp_path: Path) -> None:
    arrives(tmp_path, "Report 1 is due", f"{DOOR}/f/first")
    arrives(tmp_path, "Report 1 is due", f"{DOOR}/f/second")
    arrives(tmp_path, "You can ask for a change", f"{DOOR}/f/third")
    assert box(tmp_path).newest_link("Report 1 is due") == "/f/second"


def test_mail_without_a_link_of_this_door_or_of_another_partnership_has_none(tmp_path: Path) -> None:
    arrives(tmp_path, "Report 1 is due", "answer to this mail")
    arrives(tmp_path, "Report 1 is due", "http://localhost:9999/f/elsewhere")
    arrives(tmp_path, "Report 1 is due", f"{DOOR}/f/of-others", "P-2026-0040")
    assert box(tmp_path).newest_link("Report 1 is due") is None


async def test_each_code_is_typed_once(tmp_path: Path) -> None:
    mailbox = box(tmp_path)
    arrives(tmp_path, "Your code: 12345678", "12345678")
    assert await mailbox.code() == "12345678"
    arrives(tmp_path, "Your code: 87654321", "87654321")
    assert await mailbox.code() == "87654321"


def test_a_mail_that_is_still_written_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "001-Report-1-is-due.txt").write_text(f"Subject: Report 1 is due\n\n{MINE}\n{DOOR}/f/half\n", "utf-8")
    assert box(tmp_path).newest_link("Report 1 is due") is None
