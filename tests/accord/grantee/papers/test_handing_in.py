"""A paper comes in by parts that go on where the line broke, is held to its limits, and lies sealed in quarantine."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from hashlib import sha256
from itertools import count

import pytest

from accord.grantee.papers import MOST_AT_ONCE, MOST_OF_A_LINK, PaperNotTaken, as_name
from accord.grantee.store import GranteeLink, OpenForm
from papers.kinds import MOST_BYTES
from tests.doors import entered, link_to
from tests.doors_of_papers import Doorway, once

LETTER = b"Eleven courses were held in the library.\n" * 60_000
"""More than two parts."""
_subjects: Iterator[int] = count(4000)


def subject() -> str:
    return f"P-2026-{next(_subjects)}"


async def code_of(way: Doorway, at: tuple[GranteeLink, OpenForm], size: int, field: str = "papers") -> str:
    """Why a paper of a size is not begun, or ''."""
    try:
        await way.papers.begin(*at, field, "paper.pdf", size)
    except PaperNotTaken as fault:
        return fault.code
    return ""


async def test_a_paper_goes_on_where_the_line_broke(way: Doorway) -> None:
    link, form = at = await way.form(subject())
    paper = await way.papers.begin(link, form, "papers", "report.txt", len(LETTER))
    assert await way.papers.add(link, form, paper, 0, once(LETTER[:100_000])) == 100_000
    assert (await way.seen(at, paper)).received == 100_000
    rest = LETTER[100_000:]
    parts = [rest[start : start + 900_000] for start in range(0, len(rest), 900_000)]
    received = 100_000
    for part in parts:
        received = await way.papers.add(link, form, paper, received, once(part[:7], part[7:]))
    assert await way.papers.finish(link, form, paper) == sha256(LETTER).hexdigest()
    seen = await way.seen(at, paper)
    assert (seen.name, seen.size, seen.sha256) == ("report.txt", len(LETTER), sha256(LETTER).hexdigest())


async def test_a_part_that_comes_twice_or_at_another_place_is_not_taken(way: Doorway) -> None:
    link, form = at = await way.form(subject())
    paper = await way.papers.begin(link, form, "papers", "report.txt", 10)
    await way.papers.add(link, form, paper, 0, once(b"Eleven"))
    for beginning in (0, 5, 7):
        with pytest.raises(PaperNotTaken, match="PLACE"):
            await way.papers.add(link, form, paper, beginning, once(b"more"))
    await way.papers.add(link, form, paper, 6, once(b"ends"))
    await way.papers.finish(link, form, paper)
    assert (await way.seen(at, paper)).sha256 == sha256(b"Elevenends").hexdigest()
    assert await way.papers.finish(link, form, paper) == sha256(b"Elevenends").hexdigest()


async def test_a_part_that_is_larger_than_was_said_is_cut_off_where_it_becomes_so(way: Doorway) -> None:
    link, form = await way.form(subject())
    paper = await way.papers.begin(link, form, "papers", "report.txt", 10)
    pieces_read = list[int]()

    async def flood() -> AsyncIterator[bytes]:
        for number in range(1000):
            pieces_read.append(number)
            yield b"more"

    with pytest.raises(PaperNotTaken, match="LARGE"):
        await way.papers.add(link, form, paper, 0, flood())
    assert (len(pieces_read), way.in_quarantine()) == (3, [])


async def test_what_is_whole_takes_no_more_and_what_is_not_whole_has_no_digest(way: Doorway) -> None:
    link, form = at = await way.form(subject())
    paper = await way.hand_in(at, b"Eleven")
    with pytest.raises(PaperNotTaken, match="PLACE"):
        await way.papers.add(link, form, paper, 6, once(b"more"))
    empty = await way.papers.begin(link, form, "papers", "empty.txt", 5)
    with pytest.raises(PaperNotTaken, match="PLACE"):
        await way.papers.finish(link, form, empty)


async def test_a_form_without_a_script_sends_a_paper_whole(way: Doorway) -> None:
    link, form = at = await way.form(subject())
    paper = await way.papers.begin(link, form, "papers", "report.txt", len(LETTER) + 4000)
    assert await way.papers.take(link, form, paper, once(LETTER[:10], LETTER[10:])) == sha256(LETTER).hexdigest()
    assert (await way.seen(at, paper)).size == len(LETTER)


async def test_what_breaks_off_or_is_empty_without_a_script_is_dropped(way: Doorway) -> None:
    link, form = await way.form(subject())

    async def broken() -> AsyncIterator[bytes]:
        yield b"Eleven"
        raise ConnectionResetError

    paper = await way.papers.begin(link, form, "papers", "report.txt", 100)
    with pytest.raises(ConnectionResetError):
        await way.papers.take(link, form, paper, broken())
    empty = await way.papers.begin(link, form, "papers", "report.txt", 100)
    with pytest.raises(PaperNotTaken, match="EMPTY"):
        await way.papers.take(link, form, empty, once())
    assert await link.papers(form) == []


async def test_a_form_holds_twenty_papers_of_200_mb_and_forty_a_day(way: Doorway) -> None:
    at = await way.form(subject())
    assert [await code_of(way, at, size) for size in (0, -1, MOST_BYTES + 1)] == ["EMPTY", "EMPTY", "LARGE"]
    assert await code_of(way, at, 1, "../papers") == "LINK"
    assert [await code_of(way, at, MOST_BYTES) for _ in range(9)] == [""] * 8 + ["MANY"]
    for paper in await at[0].papers(at[1]):
        await at[0].drop_paper(paper.id)
    assert [await code_of(way, at, 1) for _ in range(21)] == [""] * 20 + ["MANY"]
    for paper in await at[0].papers(at[1]):
        await at[0].drop_paper(paper.id)
    assert [await code_of(way, at, 1) for _ in range(13)] == [""] * 12 + ["MANY"]


async def test_the_forty_first_at_once_is_asked_to_come_again(way: Doorway) -> None:
    link, form = await way.form(subject())
    paper = await way.papers.begin(link, form, "papers", "report.txt", 10)
    places = [way.papers.place(str(number)) for number in range(MOST_AT_ONCE)]
    for place in places:
        place.__enter__()
    with pytest.raises(PaperNotTaken, match="BUSY") as refusal:
        await way.papers.add(link, form, paper, 0, once(b"Eleven"))
    assert refusal.value.status == 503
    places[0].__exit__(None, None, None)
    assert await way.papers.add(link, form, paper, 0, once(b"Eleven")) == 6


async def test_one_link_holds_a_few_of_the_places_and_another_still_finds_one(way: Doorway) -> None:
    """Given a link whose parts never come whole, when it begins another, then it waits, and nobody else does."""
    mine, theirs = await way.form(subject()), await way.form(subject())
    places = [way.papers.place(mine[0].name) for _ in range(MOST_OF_A_LINK)]
    for place in places:
        place.__enter__()
    paper = await way.papers.begin(*mine, "papers", "report.txt", 10)
    with pytest.raises(PaperNotTaken, match="BUSY"):
        await way.papers.add(*mine, paper, 0, once(b"Eleven"))
    other = await way.papers.begin(*theirs, "papers", "report.txt", 10)
    assert await way.papers.add(*theirs, other, 0, once(b"Eleven")) == 6


async def test_a_link_reaches_the_papers_of_its_own_form_alone(way: Doorway) -> None:
    mine, theirs = await way.form(subject()), await way.form(subject())
    paper = await way.papers.begin(*mine, "papers", "report.txt", 10)
    with pytest.raises(PaperNotTaken, match="LINK"):
        await way.papers.add(*theirs, paper, 0, once(b"Eleven"))
    assert (await theirs[0].drop_paper(paper), await theirs[0].papers(theirs[1])) == (False, [])
    await mine[0].revoke()
    with pytest.raises(PaperNotTaken):
        await way.papers.add(*mine, paper, 0, once(b"Eleven"))


async def test_a_paper_voids_a_code_that_was_asked_for_before(way: Doorway) -> None:
    secret = await link_to(way.office, subject())
    at = await entered(way.door, secret)
    await way.hand_in(at, b"Eleven")
    link: GranteeLink = at[0]
    found = await link.look()
    assert found is not None
    assert found.revision > at[1].revision


async def test_what_lies_in_quarantine_says_nothing_of_itself(way: Doorway) -> None:
    await way.hand_in(await way.form(subject()), LETTER, "Ida Holm.pdf")
    for path in (way.folder / "quarantine").rglob("*"):
        assert "Holm" not in str(path)
        assert b"courses" not in (path.read_bytes() if path.is_file() else b"")


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ida\\report.pdf", "report.pdf"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("two\r\nlines.pdf", "twolines.pdf"),
        ("", "paper"),
        ("x" * 300 + ".pdf", "x" * 236 + ".pdf"),
    ],
)
def test_a_name_is_no_path_has_one_line_and_turns_no_letters(name: str, kept: str) -> None:
    assert as_name(name) == kept
