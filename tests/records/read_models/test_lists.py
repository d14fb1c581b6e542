"""Lists are asked by page, now and as of any time, and show what the folded events show."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from accord.client.desk import Desk
from accord.presentation.filters import PartnershipFilters
from domain.partnership import events as e
from domain.streams import StreamId
from ledger.projections import Projector
from ledger.projections.comparing import differences
from ledger.projections.model import by_stream
from records.read_models.as_of import LedgerAsOf, events_as_of
from records.read_models.judging import judge_of
from records.read_models.lists import ORDERS, ListQuery, Row, kept_page, query_of
from records.read_models.lists_as_of import SINCE_QUERY, lines_as_of, page_of, totals_of
from records.read_models.partnerships import PARTNERSHIPS, list_stream
from tests.builders import funding, funds_out, party, proposal
from tests.scribe import Scribe

FIRST = date(2031, 3, 3)
DAYS = 9


async def set_clock(desk: Desk, moment: datetime) -> None:
    """Let the database date what is recorded from now on."""
    made = "CREATE OR REPLACE FUNCTION ledger.now() RETURNS timestamptz LANGUAGE sql VOLATILE AS"
    await desk.pool.execute(f"{made} $$ SELECT '{moment.isoformat()}'::timestamptz $$")


def noon(day: int) -> datetime:
    return datetime.combine(FIRST + timedelta(days=day), time(12), UTC)


def end_of(day: int) -> datetime:
    return datetime.combine(FIRST + timedelta(days=day), time.max, UTC)


async def catch_up(desk: Desk) -> None:
    await Projector(desk.ledger, PARTNERSHIPS, judge_of(desk.ledger)).catch_up()


@pytest.fixture
async def weeks(furnished: Desk) -> Desk:
    """An organisation with eight partnerships, to which something happens on most of nine days, some told late."""
    draw, scribes = random.Random(7), []  # noqa: S311 - the same draw each time
    for number in range(8):
        payee = party(f"Riverbend {number} Trust") if number % 2 else party("Hillside School Fund")
        scribe = Scribe(furnished, f"P-2026-08{number:02}")
        await set_clock(furnished, noon(0))
        money = funds_out(f"{number + 1}00.00", payee=payee)
        content = proposal(scribe.reference, title=f"Books {number}", partner=payee, funds_out=money)
        await scribe.says(e.PartnershipProposed, "pia.berg", at=noon(0), proposal=content, funding=funding())
        scribes.append(scribe)
    for day in range(1, DAYS):
        await set_clock(furnished, noon(day))
        for scribe in draw.sample(scribes, 4):
            happened = noon(day - draw.choice([0, 0, 0, 1, 2]))
            await _something(scribe, happened)
        if draw.random() < 0.5:  # some days are folded at once with the next
            await catch_up(furnished)
    for day, (scribe, person) in enumerate(zip(scribes, ("ana.silva", "femi.ade", "ana.silva"), strict=False), 3):
        await set_clock(furnished, noon(DAYS - 1))
        await scribe.says(e.PartnershipAssigned, "pia.berg", at=noon(day), to=person)
    await catch_up(furnished)
    return furnished


async def _something(scribe: Scribe, at: datetime) -> None:
    if scribe.state.ended:
        return
    if scribe.state.hold is None:
        await scribe.says(e.HoldPlaced, "vera.lind", at=at, reason="a question to the payee")
    elif scribe.state.version > 4:
        await scribe.says(e.PartnershipWithdrawn, "pia.berg", at=at, reason="another donor was found")
    else:
        await scribe.says(e.HoldLifted, "dora.kim", at=at, reason="answered")


async def folded(desk: Desk, asked: ListQuery, cut: LedgerAsOf) -> list[Row]:
    """The lines asked for, folded anew of all events within the cut: no kept line is read."""
    streams = by_stream(await events_as_of(desk.ledger, PARTNERSHIPS.prefix, cut))
    lines = [line for told in streams.values() for line in list_stream(None, [told])[0] if asked.fits(line)]
    return sorted((Row(line.place, line.shown) for line in lines), key=lambda row: row.place, reverse=asked.newest)


QUESTIONS = {
    "everything": PartnershipFilters(),
    "a stage": PartnershipFilters(stage="PROPOSED"),
    "withdrawn": PartnershipFilters(stage="WITHDRAWN"),
    "held": PartnershipFilters(held="yes"),
    "open": PartnershipFilters(open="yes"),
    "looked after by somebody": PartnershipFilters(assigned="ana.silva"),
    "looked after by nobody": PartnershipFilters(assigned="nobody"),
    "a payee by the beginning of a word": PartnershipFilters(payee="river"),
    "words": PartnershipFilters(text="books hillside"),
    "sums": PartnershipFilters(sum="250..600"),
    "several at once": PartnershipFilters(payee="riverbend", held="no", sum="..500"),
    "nobody": PartnershipFilters(text="nobody of that name"),
    "a quote": PartnershipFilters(text="'; \\ & | ! : * ("),
}


@pytest.mark.slow
@pytest.mark.parametrize("what", QUESTIONS)
async def test_a_list_at_the_end_of_every_day_is_what_its_events_make(weeks: Desk, what: str) -> None:
    """Given events that were told late, when any day is asked for, known and true, then it is as folded anew."""
    asked = QUESTIONS[what].asked()
    for day in range(-1, DAYS + 1):
        for cut in (
            LedgerAsOf(known_at=end_of(day)),
            LedgerAsOf(true_at=end_of(day)),
            LedgerAsOf(true_at=end_of(day), known_at=end_of(day + 1)),
            LedgerAsOf(true_at=end_of(day + 1), known_at=end_of(day)),
        ):
            assert await page_of(weeks.pool, asked, cut) == await folded(weeks, asked, cut), (day, cut)


@pytest.mark.slow
@pytest.mark.parametrize("what", ["everything", "held", "sums"])
async def test_a_list_within_a_day_and_at_a_position_is_what_its_events_make(weeks: Desk, what: str) -> None:
    """Given events that were told late, when a moment of a day is asked for, then it is as folded anew."""
    asked, second = QUESTIONS[what].asked(), timedelta(seconds=1)
    for day in range(DAYS):
        for moment in (noon(day) - second, noon(day), noon(day) + second):
            for cut in (
                LedgerAsOf(known_at=moment),
                LedgerAsOf(true_at=moment),
                LedgerAsOf(true_at=moment, known_at=noon(day + 1)),
                LedgerAsOf(true_at=noon(day + 1), known_at=moment),
                LedgerAsOf(true_at=moment, known_at=end_of(day)),
            ):
                assert await page_of(weeks.pool, asked, cut) == await folded(weeks, asked, cut), cut
    for position in range(await weeks.ledger.head() + 1):
        cut = LedgerAsOf(position=position)
        assert await page_of(weeks.pool, asked, cut) == await folded(weeks, asked, cut), position


async def test_the_days_differ_and_so_do_what_was_true_and_what_was_known(weeks: Desk) -> None:
    asked = QUESTIONS["held"].asked()
    known = [await page_of(weeks.pool, asked, LedgerAsOf(known_at=end_of(day))) for day in range(DAYS)]
    true = [await page_of(weeks.pool, asked, LedgerAsOf(true_at=end_of(day))) for day in range(DAYS)]
    assert len({str(rows) for rows in known}) > 3
    assert known != true


async def test_a_list_of_a_past_day_is_folded_anew_once_something_late_is_recorded(furnished: Desk) -> None:
    """Given a list of a past moment, when earlier events are told later, then it shows them, and once more."""
    scribe, asked, cut = Scribe(furnished, "P-2026-0890"), QUESTIONS["everything"].asked(), LedgerAsOf(true_at=noon(5))
    await set_clock(furnished, noon(1))
    await scribe.says(
        e.PartnershipProposed, "pia.berg", at=noon(1), proposal=proposal(scribe.reference), funding=funding()
    )
    await set_clock(furnished, noon(6))
    for kind, shown in ((e.HoldPlaced, True), (e.HoldLifted, False), (e.HoldPlaced, True)):
        await scribe.says(kind, "vera.lind", at=noon(4), reason="a question to the payee")
        await catch_up(furnished)
        for _ in range(2):
            assert [row.shown["on_hold"] for row in await page_of(furnished.pool, asked, cut)] == [shown]


@pytest.mark.slow
@pytest.mark.parametrize("what", QUESTIONS)
async def test_a_list_of_now_is_what_all_events_make(weeks: Desk, what: str) -> None:
    asked = QUESTIONS[what].asked()
    assert await kept_page(weeks.pool, asked) == await folded(weeks, asked, LedgerAsOf())


@pytest.mark.slow
async def test_a_list_finds_what_somebody_looks_after_whatever_became_of_it(weeks: Desk) -> None:
    """Given some that Ana looks after, others that Femi does, and the rest, then each is found by who does."""
    found = {
        person: [row.shown for row in await kept_page(weeks.pool, PartnershipFilters(assigned=person).asked())]
        for person in ("ana.silva", "Femi.Ade", "nobody", "vera.lind")
    }
    assert {person: len(rows) for person, rows in found.items()} == {
        "ana.silva": 2, "Femi.Ade": 1, "nobody": 5, "vera.lind": 0,
    }  # fmt: skip
    assert {row["assigned"] for row in found["ana.silva"]} == {"ana.silva"}
    assert {row["assigned"] for row in found["nobody"]} == {None}


@pytest.mark.slow
@pytest.mark.parametrize("newest", [False, True])
async def test_pages_follow_one_another_and_leave_nothing_out(weeks: Desk, newest: bool) -> None:
    asked = ListQuery("partnerships", newest=newest)
    rows: list[Row] = []
    while page := await kept_page(weeks.pool, asked.after(rows[-1].place) if rows else asked, 3):
        rows += page
    everything = await kept_page(weeks.pool, asked)
    assert (rows, len(rows)) == (everything, 8)
    assert [row.place for row in rows] == sorted((row.place for row in rows), reverse=newest)


@pytest.mark.sampled(1)
@pytest.mark.parametrize("newest", [False, True])
@pytest.mark.parametrize("order", ORDERS)
async def test_another_order_is_the_same_lines_now_and_as_of_a_time(weeks: Desk, order: str, newest: bool) -> None:
    """Given an order, when all pages are read, then each line is there once, in that order, then as now."""
    for cut in (LedgerAsOf(), LedgerAsOf(true_at=end_of(5)), LedgerAsOf(known_at=noon(5))):
        own = {row.shown["partnership_id"] async for row in lines_as_of(weeks.pool, ListQuery("partnerships"), cut)}
        asked, rows = ListQuery("partnerships", newest=newest, order=order), list[Row]()
        while page := await page_of(weeks.pool, asked.after(rows[-1].place) if rows else asked, cut, 3):
            rows += page
        assert [row.place for row in rows] == sorted((row.shown[order] for row in rows), reverse=newest)
        assert sorted(row.shown["partnership_id"] for row in rows) == sorted(own)


@pytest.mark.sampled(1)
@pytest.mark.parametrize("order", ORDERS)
async def test_a_page_in_another_order_sorts_no_list(weeks: Desk, order: str) -> None:
    """Given the end of a past day and an order, then an index leads to the lines that stand and to those that ended."""
    tail = "ORDER BY place LIMIT 50"
    made = "SELECT read_model.lines_query(NULL, NULL, NULL, NULL, NULL, $1::date, '{}'::text[], $2, $3)"
    arguments = f"'{PARTNERSHIPS.name}', 'partnerships', NULL, NULL, NULL, NULL, NULL, '{FIRST}', '{{}}', 1"
    types = "text, text, tsquery, numeric, numeric, text, text, date, text[], integer"
    async with weeks.pool.acquire() as connection, connection.transaction():
        query = await connection.fetchval(made, FIRST, tail, order)
        await connection.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        await connection.execute(f"PREPARE past ({types}) AS {query}")
        plan = str(await connection.fetch(f"EXPLAIN EXECUTE past ({arguments})"))
    name = {"by_title": "title", "by_since": "since", "by_amount": "sum"}[order]
    assert (f"lines_now_by_{name}" in plan, f"lines_then_by_{name}" in plan) == (True, True), plan


@pytest.mark.slow
async def test_when_somebody_was_erased_last_is_read_from_an_index(weeks: Desk) -> None:
    """Given a list as of a time, then whether its folds still hold is asked without reading every person."""
    async with weeks.pool.acquire() as connection, connection.transaction():
        await connection.execute("SET LOCAL enable_seqscan = off")
        cut = (PARTNERSHIPS.name, end_of(5), None, PARTNERSHIPS.prefix, "directory")
        plan = str(await connection.fetch(f"EXPLAIN {SINCE_QUERY}", *cut))
    assert "people_erased" in plan


@pytest.mark.slow
async def test_totals_among_so_many_lines_count_no_more(weeks: Desk) -> None:
    asked = ListQuery("partnerships")
    for among, lines in ((3, 3), (100, 8)):
        totals = await totals_of(weeks.pool, asked, {"currency": 3}, LedgerAsOf(), among=among)
        assert sum(total.lines for total in totals) == lines


@pytest.mark.slow
async def test_totals_are_those_of_the_lines(weeks: Desk) -> None:
    asked, fields = ListQuery("partnerships"), {"stage": 99, "proposed_on": 7}
    for cut in (LedgerAsOf(), LedgerAsOf(true_at=end_of(5)), LedgerAsOf(known_at=noon(5))):
        rows = [row.shown async for row in lines_as_of(weeks.pool, asked, cut)]
        told = {one.key: (one.lines, one.amount) for one in await totals_of(weeks.pool, asked, fields, cut)}
        assert told
        for key, total in told.items():
            mine = [Decimal(row["amount"]) for row in rows if (row["stage"], row["proposed_on"][:7]) == key]
            assert total == (len(mine), sum(mine))


@pytest.mark.slow
async def test_a_round_total_is_written_in_digits(weeks: Desk) -> None:
    """Given sums that make ten thousand without cents, when they are totalled, then no page says 1E+4."""
    scribe = Scribe(weeks, "P-2026-0850")
    money = funds_out("10000", payee=party("Hillside School Fund"))
    content = proposal(scribe.reference, partner=party("Hillside School Fund"), funds_out=money)
    await scribe.says(e.PartnershipProposed, "pia.berg", proposal=content, funding=funding())
    await catch_up(weeks)
    asked = PartnershipFilters(sum="10000..").asked()
    for cut in (LedgerAsOf(), LedgerAsOf(known_at=end_of(400))):
        [total] = await totals_of(weeks.pool, asked, {"currency": 3}, cut)
        assert f"{total.amount:,}" == "10,000"


@pytest.mark.slow
async def test_lists_that_were_folded_anew_are_the_same_and_verify(weeks: Desk) -> None:
    before = await lines(weeks)
    assert await differences(weeks.ledger, PARTNERSHIPS, judge_of(weeks.ledger)) == []
    await Projector(weeks.ledger, PARTNERSHIPS, judge_of(weeks.ledger)).rebuild()
    assert await lines(weeks) == before


async def lines(desk: Desk) -> list[tuple[Any, ...]]:
    """All kept lines of lists."""
    columns = "stream_id, list, place, since, until, terms::text, amount, line::text"
    query = f"SELECT {columns} FROM projection.lines ORDER BY 1, 2, 3, 4"
    return [tuple(row) for row in await desk.pool.fetch(query)]


@pytest.mark.slow
@pytest.mark.parametrize(
    "edit",
    [
        "UPDATE projection.lines SET amount = 1 WHERE list = 'partnerships'",
        'UPDATE projection.lines SET line = line || \'{"stage": "CLOSED"}\'',
        "UPDATE projection.lines SET terms = array_to_tsvector('{held:no}')",
        "DELETE FROM projection.lines WHERE until IS NULL AND list = 'partnerships'",
        "UPDATE projection.lines SET until = '2031-03-30' WHERE until IS NULL",
        "DELETE FROM projection.words WHERE word = 'digital' OR word ^@ 'partner:'",
        "DELETE FROM projection.late",
        "UPDATE projection.late SET span = tstzrange(lower(span), upper(span) + interval '1 us')",
    ],
)
async def test_a_line_that_somebody_changed_is_found(weeks: Desk, edit: str) -> None:
    await weeks.pool.execute(edit)
    found = await differences(weeks.ledger, PARTNERSHIPS, judge_of(weeks.ledger))
    assert {one.what for one in found} == {"what lists show of it is not what its events make"}


@pytest.mark.slow
async def test_what_is_forgotten_leaves_no_line_of_any_day(weeks: Desk) -> None:
    """Given a person who was erased, when the streams that name them are forgotten, then so are their lines."""
    stream = StreamId.partnership("P-2026-0801")
    before = await lines(weeks)
    await weeks.pool.execute("SELECT projection.forget($1)", [stream])
    assert {row[0] for row in before} - {row[0] for row in await lines(weeks)} == {stream}
    await catch_up(weeks)
    assert await lines(weeks) == before


@pytest.mark.slow
async def test_what_the_server_knows_of_the_words_of_lists_goes_with_an_erasure(weeks: Desk) -> None:
    """Statistics hold words of names, and whoever reads the table may read them."""
    known = "SELECT tablename, attname FROM pg_stats WHERE schemaname = 'projection' AND tablename = ANY ($1)"
    tables, names = ["lines", "documents"], {"terms", "place", "stream_id", "line", "document"}
    await weeks.pool.execute("ANALYZE projection.lines; ANALYZE projection.documents")
    before = {row["attname"] for row in await weeks.pool.fetch(known, tables)} & names
    await weeks.pool.execute("SELECT privacy.write_anew()")
    after = [tuple(row) for row in await weeks.pool.fetch(known, tables) if row["attname"] in names - {"stream_id"}]
    assert ("terms" in before, "line" in before, "document" in before) == (True, False, False)
    assert after == []


@pytest.mark.slow
async def test_the_words_of_lists_go_with_an_erasure(weeks: Desk) -> None:
    """Given a word of which no line is left, when what is erased is rewritten, then only words of lines are left."""
    await weeks.pool.execute("INSERT INTO projection.words VALUES ('partnerships', 'amara'), ('gone', 'chidi')")
    await weeks.pool.execute("SELECT privacy.write_anew()")
    kept = {tuple(row) for row in await weeks.pool.fetch("SELECT name, word FROM projection.words")}
    terms = "SELECT DISTINCT name, t.term FROM projection.lines, unnest(tsvector_to_array(terms)) t(term)"
    assert kept == {tuple(row) for row in await weeks.pool.fetch(terms)}


@pytest.mark.slow
@pytest.mark.parametrize("beginnings", [["o'n"], ["a\\"], ["100%"], ["_"], ["riv", "zz"], []])
async def test_a_beginning_is_spelled_out_as_the_words_that_begin_so(weeks: Desk, beginnings: list[str]) -> None:
    """Given more words than are spelled out, and words of odd letters, then a line is found as if by its beginning."""
    odd = ["o'neill", "a\\b", "100%", "100 per cent", "_x", "xx", "riverbend", *(f"s{number}" for number in range(40))]
    await weeks.pool.executemany("INSERT INTO projection.words VALUES ('partnerships', $1) ON CONFLICT DO NOTHING",
                                 [(one,) for one in odd])  # fmt: skip
    for given in (beginnings, [*beginnings, "s"]):
        spelled = "SELECT read_model.spelled_out('partnerships', '''held:no'''::tsquery, $1)"
        query = f"SELECT array_to_tsvector($2) @@ ({spelled})"
        for word in odd:
            expected = all(word.startswith(one) for one in given)
            assert await weeks.pool.fetchval(query, given, ["held:no", word]) is expected, (given, word)


def test_terms_are_quoted_for_the_search() -> None:
    assert query_of((("stage:ACTIVE",), ("o'neill*", "a\\b"))) == "('stage:ACTIVE') & ('o''neill':* | 'a\\\\b')"
    assert query_of(()) is None
