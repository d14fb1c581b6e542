"""A partnership of before is found in the lists by what two people signed of it, and by nothing that was forged."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from accord.client.desk import Desk
from accord.organisation.imports.applying import apply_import
from accord.organisation.imports.checking import SourceFile, check_file
from accord.presentation.filters import PartnershipFilters
from domain.partnership import events as e
from ledger import clock
from ledger.projections import Projector
from ledger.projections.comparing import differences
from records.authorship import Reader
from records.imports import read_imported
from records.read_models.as_of import LedgerAsOf
from records.read_models.claimed.lines import IMPORTED
from records.read_models.claimed.reading import ClaimedLists
from records.read_models.judging import judge_of
from records.read_models.lists import EVERY, ListQuery, Row
from records.read_models.partnerships import PARTNERSHIPS
from tests.accord.organisation.imports.test_bringing_in import signed_by_two, silent, table, written
from tests.builders import funding, funds_out, party, proposal
from tests.imports.grants import mapping
from tests.scribe import Scribe

OWED = ListQuery("obligations")
NOW = LedgerAsOf()
ENDED: dict[str, Any] = {"Status": "Closed", "Open": None, "Due": None}


async def brought_in(desk: Desk, file: SourceFile, **options: Any) -> None:
    """Have a file signed by two and written, and the lists made of it."""
    await signed_by_two(desk, file, **options)
    await apply_import(desk, file, silent)
    await shown(desk)


async def shown(desk: Desk) -> None:
    """Have the lists made of all that is recorded."""
    for projection in (PARTNERSHIPS, IMPORTED):
        await Projector(desk.ledger, projection, judge_of(desk.ledger)).catch_up()


async def listed(desk: Desk, question: ListQuery, cut: LedgerAsOf = NOW) -> list[Row]:
    """Return the lines of before that are asked for, as a process sees them that looks for the first time."""
    return await ClaimedLists(desk.pool, Reader(desk.ledger)).page(question, cut, EVERY)


async def found(desk: Desk, **filters: str) -> set[str]:
    """Return the references that filters find."""
    return {row.shown["partnership_id"] for row in await listed(desk, PartnershipFilters(**filters).asked())}


async def test_each_is_found_by_its_words_and_shown_as_claimed(furnished: Desk) -> None:
    """Given two of before, then reference, old key, partner, number and sums find each, and it says it is claimed."""
    second = {
        "Ref": "OLD-77",
        "Organisation": "Sandpit Relief",
        "EIN": "00-1000002",
        "Status": "Closed",
        "Open": None,
        "Due": None,
    }
    await brought_in(furnished, table({"Title": "Tablets for Ford"}, second))
    every, sandpit = {"P-2026-5001", "P-2026-5002"}, {"P-2026-5002"}
    assert await found(furnished) == every
    for text in ("P-2026-5002", "old-77", "sandpit relief", "00-1000002", "001000002"):
        assert await found(furnished, text=text) == sandpit, text
    assert await found(furnished, partner="ford", sum="50000", country="US", funder="ISOC") == {"P-2026-5001"}
    assert [await found(furnished, open=word) for word in ("yes", "no")] == [{"P-2026-5001"}, sandpit]
    assert await found(furnished, stage="ACTIVE") == set()
    first = (await listed(furnished, PartnershipFilters(text="tablets").asked()))[0].shown
    assert (first["claimed"], first["stage"], first["key"]) == (True, "CLAIMED_IN_FORCE", "G-1")
    assert await differences(furnished.ledger, IMPORTED, judge_of(furnished.ledger)) == []
    for view in ("portfolio", "work_queue", "obligations"):  # of who reads with SQL, and adds up
        assert await furnished.pool.fetchval(f"SELECT count(*) FROM read_model.{view}") == 0


@pytest.mark.slow
async def test_what_is_due_is_said_to_be_claimed_until_it_is_corrected_or_goes_on_here(furnished: Desk) -> None:
    """Given days that books of before claim, when one is corrected or proposed, they go, or come back if withdrawn."""
    await brought_in(furnished, table({}, ENDED))
    rows = [row.shown for row in await listed(furnished, OWED)]
    assert [(row["due"], row["kind"]) for row in rows] == [
        ("2026-12-31", "CLAIMED_END"),
        ("2027-01-15", "CLAIMED_PAYMENT"),
        ("2027-03-31", "CLAIMED_REPORT"),
    ]
    assert all("claimed by its books of before" in row["what"] for row in rows)
    corrected = table({"Report due": date(2027, 5, 1), "Open": None, "Due": None}, ENDED)
    await brought_in(furnished, corrected, corrections=True)
    assert [row.shown["due"] for row in await listed(furnished, OWED)] == ["2026-12-31", "2027-05-01"]
    scribe = Scribe(furnished, "P-2026-5001")
    content = proposal("P-2026-5001", partner=party("Library of Ford 0"), funds_out=funds_out("500.00"))
    await scribe.says(e.PartnershipProposed, "pia.berg", at=clock.now(), proposal=content, funding=funding())
    await shown(furnished)
    assert await listed(furnished, OWED) == []
    assert "P-2026-5001" in await found(furnished)
    await scribe.says(e.PartnershipWithdrawn, "pia.berg", at=clock.now(), reason="another funder pays it")
    await shown(furnished)
    assert [row.shown["due"] for row in await listed(furnished, OWED)] == ["2026-12-31", "2027-05-01"]
    yesterday = datetime.combine(clock.today() - timedelta(days=1), time.max, UTC)
    assert await listed(furnished, OWED, LedgerAsOf(known_at=yesterday)) == []


@pytest.mark.slow
async def test_a_later_day_still_shows_what_was_claimed_by_then(furnished: Desk) -> None:
    """Given a claim that was corrected, then as of its first position the lists say what was claimed then."""
    file = table({})
    await brought_in(furnished, file)
    before = await furnished.ledger.head()
    await brought_in(furnished, table({"Amount": 60000, "Report due": None}), corrections=True)
    amounts = [
        (await listed(furnished, PartnershipFilters().asked(), cut))[0].shown["amount"]
        for cut in (LedgerAsOf(position=before), NOW)
    ]
    assert amounts == ["50000.00", "60000.00"]
    assert "CLAIMED_REPORT" in {row.shown["kind"] for row in await listed(furnished, OWED, LedgerAsOf(position=before))}


async def test_what_a_stolen_login_appends_is_in_no_list_and_hides_none(furnished: Desk) -> None:
    """Given the worker's login, when it writes what nobody signed, or elsewhere, then lists stay as they were."""
    file = table({}, {})
    order = await signed_by_two(furnished, file)
    first, second = (await check_file(furnished, file, mapping())).records()
    await written(furnished, "P-2026-6666", order, first.model_copy(update={"reference": "P-2026-6666"}))
    await written(furnished, "P-2026-7777", order, second)
    false = first.model_copy(update={"replaces": first.partnership.sha256, "answer": "it is paid already"})
    await apply_import(furnished, file, silent)
    await written(furnished, "P-2026-5001", order, false, version=1)
    await shown(furnished)
    assert (
        await found(furnished)
        == {"P-2026-5001", "P-2026-5002"}
        == set((await read_imported(furnished.reader)).standing)
    )


@pytest.mark.slow
async def test_a_key_is_listed_once(furnished: Desk) -> None:
    """Given two orders of one row under two references, then the first that was written is listed, and no other."""
    file, other = table({}), mapping(first_reference="P-2026-6001")
    first_order, later_order = await signed_by_two(furnished, file), await signed_by_two(furnished, file, other)
    (first,) = (await check_file(furnished, file, mapping())).records()
    (later,) = (await check_file(furnished, file, other)).records()
    await written(furnished, later.reference, later_order, later)
    await written(furnished, first.reference, first_order, first)
    await shown(furnished)
    assert await found(furnished) == {"P-2026-6001"} == set((await read_imported(furnished.reader)).standing)


@pytest.mark.parametrize("text", ["nothing of it", "G-9"])
async def test_what_is_not_there_is_not_found(furnished: Desk, text: str) -> None:
    """Given one of before, then words of another find nothing, and without any nothing is asked."""
    assert await listed(furnished, OWED) == []
    await brought_in(furnished, table({}))
    assert await found(furnished, text=text) == set()
