"""A message is plain text with a calendar; a stranger's report of one that came back is read within limits."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from itertools import pairwise
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.post.bounces import LONGEST, Bounce, UnreadableBounce, read_bounce
from accord.post.calendars import DayEntry, calendar
from accord.post.composing import content_of, message, message_id, one_line
from accord.post.kinds import OWED, TOLD_BY_EVENT, MailKind
from accord.post.letter import Letter
from accord.post.recipients import MailAddress
from accord.presentation.words import mail as words
from accord.presentation.words.door_mail import MAILS
from tests.accord.post.reports import TOKEN, report
from tests.accord.post.servers import settings
from tests.thoroughness import draws

NOW: Final = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
ID: Final = UUID("9d3c3b3a-6a0c-5d5e-9d57-0a7c1f7f6b11")
SETTINGS: Final = settings(25)
GOLDEN: Final = Path(__file__).parent / "golden.ics"


def letter(**more: Any) -> Letter:
    content = {
        "to": MailAddress("jane@riverbend.test", "Jane Roe"),
        "subject": "A subject",
        "text": "Text\n",
        "entries": (),
    }
    return Letter(**{**content, **more})


def read(made: Letter) -> Any:
    return message_from_bytes(message(made, ID, "staff", SETTINGS, NOW).as_bytes(), policy=policy.default)


def test_the_id_of_a_message_is_that_of_the_outbox() -> None:
    assert message_id(ID, SETTINGS) == f"<{ID}@funder.test>" == read(letter())["Message-ID"]


@pytest.mark.parametrize("text", ["a\r\nBcc: all@example.test", "a\nb", "a\x00b", "a\u2028b", "a\u202eb"])
def test_line_breaks_and_signs_that_turn_text_stay_out_of_headers(text: str) -> None:
    """Given a title or a name with a line break, then no header begins there."""
    found = read(letter(subject=text, to=MailAddress("jane@riverbend.test", text)))
    assert (found["Bcc"], one_line(text) in found["Subject"]) == (None, True)
    assert found["To"].addresses[0].addr_spec == "jane@riverbend.test"


HIDDEN = ["=?utf-8?q?a=0d=0aBcc:_all=40example.test?=", "=?utf-8?q?a?= =?utf-8?b?CkJjYzogeEB5?=", "=?=?utf-8?q?=0a?="]


@pytest.mark.parametrize("text", HIDDEN)
def test_words_that_decode_to_line_breaks_stay_as_they_are_written(text: str) -> None:
    """Given a title or a name that is an encoded word (RFC 2047), then nobody decodes it, and no header begins."""
    made = message(letter(subject=text, to=MailAddress("jane@riverbend.test", text)), ID, "staff", SETTINGS, NOW)
    head, _, _ = made.as_bytes().partition(b"\r\n\r\n")
    names = [line.partition(b":")[0] for line in head.split(b"\r\n") if not line.startswith(b" ")]
    assert sorted(names) == sorted(name.encode() for name in set(made.keys()))
    assert b"\nBcc" not in head


@pytest.mark.slow
@given(
    st.lists(
        st.sampled_from([*HIDDEN, "=", "?", "=?", "?=", "utf-8?q?", "=0a", "\r\n", " ", "Bcc: x", "ä"]), max_size=12
    )
)
def test_whatever_pieces_a_title_is_made_of_no_header_begins_in_it(pieces: list[str]) -> None:
    made = message(letter(subject="".join(pieces)), ID, "staff", SETTINGS, NOW).as_bytes()
    found = message_from_bytes(made, policy=policy.default)
    assert (len(found.get_all("Subject", [])), found["Bcc"], found["To"].addresses[0].addr_spec) == (
        1, None, "jane@riverbend.test",
    )  # fmt: skip


@pytest.mark.parametrize("name", ["Roe, Jane", 'Jane "the" Roe', "Jane <boss@x.test>", "Jane; Roe: all", "Jané Roëe"])
def test_a_name_of_any_signs_is_one_recipient(name: str) -> None:
    [found] = read(letter(to=MailAddress("jane@riverbend.test", name)))["To"].addresses
    assert (found.display_name, found.addr_spec) == (name, "jane@riverbend.test")


@pytest.mark.parametrize("address", ["jane@river\r\nBcc: x@y.test", "jane", "a b@c.test", "<@", "jäne@river.test"])
def test_an_address_that_cannot_be_written_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        content_of(letter(to=MailAddress(address, "Jane")), ID, "staff", SETTINGS, NOW)


@pytest.mark.slow
@given(st.text(max_size=300), st.text(max_size=80))
def test_whatever_stands_in_it_a_message_can_be_read_again(text: str, name: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    name = name.encode("utf-8", "replace").decode()
    found = read(letter(text=text + "\n", to=MailAddress("jane@riverbend.test", name), entries=(entry(text),)))
    assert found["To"].addresses[0].addr_spec == "jane@riverbend.test"
    assert len(found.get_all("Subject")) == 1


def entry(summary: str) -> DayEntry:
    return DayEntry(f"{ID}@funder.test", date(2026, 12, 31), summary)


LONG = "P-2026-0042: the final report; with commas; back\\slashes\nand a line — über alles, lang, bis sie bricht"


def test_a_calendar_is_the_golden_one() -> None:
    made = calendar((entry(LONG), entry("short")), NOW)
    assert made == GOLDEN.read_bytes()


def unfolded(content: bytes) -> list[str]:
    return content.replace(b"\r\n ", b"").decode().split("\r\n")


@given(st.text(max_size=400))
def test_a_calendar_reads_back_as_it_was_meant(summary: str) -> None:
    """A line has 75 octets at most, no letter is cut, and no text ends its property."""
    summary = summary.encode("utf-8", "replace").decode()
    made = calendar((entry(summary),), NOW)
    assert all(len(line) <= 75 for line in made.split(b"\r\n"))
    lines = unfolded(made)
    assert [line for line in lines if not line or ":" not in line] == [""]
    [found] = [line.removeprefix("SUMMARY:") for line in lines if line.startswith("SUMMARY:")]
    kept = "".join(letter for letter in summary if letter >= " " or letter == "\n")
    assert unescaped(found) == kept


def unescaped(text: str) -> str:
    letters, rest = [], iter(text)
    for letter in rest:
        found = next(rest) if letter == "\\" else ""
        letters.append({"": letter, "n": "\n"}.get(found, found))
    return "".join(letters)


def test_every_kind_for_grantees_has_words_in_each_language() -> None:
    kinds = {*OWED, *TOLD_BY_EVENT.values(), MailKind.AGREEMENT_WAITS}
    assert set(words.TO_GRANTEES) == {kind.value for kind in kinds} - set(MAILS)
    tables = (*words.TO_GRANTEES.values(), *words.OWED_THINGS.values(), words.GREETINGS, words.ENDINGS)
    assert {frozenset(table) for table in tables} == {frozenset(words.LANGUAGES)}
    values = {"id": "P", "title": "T", "day": "D", "what": "W", "number": 1, "money": "M", "words": "R", "name": "N"}
    for table in words.TO_GRANTEES.values():
        assert all((said.subject + said.text).format(**values) for said in table.values())


@pytest.mark.parametrize(
    ("language", "first", "third"),
    [
        ("en", "1 December 2026", "3 December 2026"),
        ("es", "1 de diciembre de 2026", "3 de diciembre de 2026"),
        ("fr", "1er décembre 2026", "3 décembre 2026"),
    ],
)
def test_a_day_is_written_in_each_language(language: str, first: str, third: str) -> None:
    assert [words.day_in(language, date(2026, 12, day)) for day in (1, 3)] == [first, third]


def test_what_is_owed_is_said_in_whole_sentences_of_each_language() -> None:
    """No article runs into a preposition: "de el informe", "de le rapport"."""
    for table in (words.TO_GRANTEES[kind.value] for kind in OWED):
        for language, said in table.items():
            for kind in words.OWED_THINGS:
                thing = words.owed_thing(language, kind, "1")
                text = (said.subject + " " + said.text).format(what=thing, title="T", id="P", day="D")
                assert not {" de el ", " de le ", " a el ", " à le "} & {f" {a} {b} " for a, b in pairs(text)}


def pairs(text: str) -> list[tuple[str, str]]:
    pieces = text.split()
    return list(pairwise(pieces))


def test_the_words_for_staff_are_there_in_each_language() -> None:
    assert set(words.STAFF) == set(words.LANGUAGES)
    assert {len(said) for said in words.STAFF.values()} == {len(words.StaffWords._fields)}
    assert words.counted(words.STAFF["en"].waits, 10_000) == "What waits for you: 10,000 things"


# Reports of mails that came back.


@pytest.mark.parametrize(("status", "final"), [("5.1.1", True), ("4.4.7", False), ("5.7.26", True)])
def test_a_report_names_its_mail_by_the_token_of_the_return_path(status: str, final: bool) -> None:
    found = read_bounce(report(status))
    assert (found, found.is_final) == (Bounce(TOKEN, status), final)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "no report of a delivery"),
        (b"\x00\xff" * 50, "no report of a delivery"),
        (b"Subject: hello\r\n\r\nstatus: 5.1.1", "no report of a delivery"),
        (report(status="fine"), "no report of a delivery"),
        (report(to="grants@funder.test"), "no return path"),
        (report(to=f"a+{TOKEN}@f.test, b+{TOKEN[::-1]}@f.test"), "no return path"),
        (report() + b"x" * LONGEST, "longer than"),
    ],
)
def test_what_is_no_report_is_refused_in_words(content: bytes, fault: str) -> None:
    with pytest.raises(UnreadableBounce, match=fault):
        read_bounce(content)


@given(st.data())
def test_a_changed_report_is_read_or_refused(data: st.DataObject) -> None:
    content = bytearray(report())
    for _ in range(data.draw(st.integers(1, draws(20)))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with suppress(UnreadableBounce):
        assert len(read_bounce(bytes(content)).token) == 32
