"""The checker is only worth its silence if it speaks up: every kind of violation, seeded into a clean history."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from ledger import Ledger
from ledger.projections import Projector
from tests.chaos.ledger.appending import request_of, unfinished_of
from tests.chaos.ledger.check import check, findings
from tests.chaos.ledger.history import history_of, read_journals
from tests.chaos.ledger.journal import Journal
from tests.chaos.ledger.judge import Document, ReadModel, fold
from tests.chaos.ledger.projecting import PROJECTION
from tests.chaos.ledger.recorded import Recorded, answer, clean, invoke, model_of, payload_of, read, row

Seeded = Callable[[Recorded], Recorded]


def changed(position: int, /, **columns: Any) -> Seeded:
    """Another row at a position."""

    def seed(story: Recorded) -> Recorded:
        rows = [r._replace(**columns) if r.position == position else r for r in story.rows]
        return story._replace(rows=rows)

    return seed


def told(writer: str, place: int, record: dict[str, Any]) -> Seeded:
    """Another record in a journal."""

    def seed(story: Recorded) -> Recorded:
        story.journals[writer][place] = record
        return story

    return seed


def also(writer: str, *records: dict[str, Any]) -> Seeded:
    """More records at the end of a journal."""

    def seed(story: Recorded) -> Recorded:
        story.journals[writer].extend(records)
        return story

    return seed


def without(position: int) -> Seeded:
    """No row at a position."""
    return lambda story: story._replace(rows=[r for r in story.rows if r.position != position])


def more(position: int, stream: str, version: int, command: str) -> Seeded:
    """One row more."""
    return lambda story: story._replace(rows=[*story.rows, row(position, stream, version, command)])


def shown(**parts: Any) -> Seeded:
    """Another read model."""
    return lambda story: story._replace(model=model_of(story.rows)._replace(**parts))


def both(*seeds: Seeded) -> Seeded:
    """One after the other."""

    def seed(story: Recorded) -> Recorded:
        for one in seeds:
            story = one(story)
        return story

    return seed


def swapped(story: Recorded) -> Recorded:
    """D, which was sent after C was acknowledged, stands ahead of C. Both are told so."""
    story = both(told("a-1", 5, answer(85, 3, "OK", 3, 1)), told("b-1", 5, answer(60, 2, "REPLAY", 4, 3)))(story)
    rows = [*story.rows[:2], row(3, "s/2", 1, "D"), row(4, "s/1", 3, "C"), *story.rows[4:]]
    return story._replace(rows=rows)


SEEDED = {
    "a lost acknowledged event": (without(6), {"acknowledged is there"}),
    "changed bytes": (changed(4, payload=b'{"amount":69,"element":"D/0"}'), {"identical bytes"}),
    "changed metadata": (changed(4, meta=b"{}"), {"identical bytes"}),
    "an event in another stream": (
        both(changed(6, stream="s/3", version=1), told("b-1", 7, answer(150, 3, "OK", 6, 1))),
        {"identical bytes"},
    ),
    "a duplicate": (more(7, "s/2", 4, "F"), {"no event twice"}),
    "an event that nobody sent": (more(7, "s/2", 4, "X"), {"only what was sent"}),
    "half a command": (
        both(more(7, "s/3", 1, "G"), also("b-1", invoke(160, 4, "s/3", "G", 0, events=2))),
        {"a command is recorded whole"},
    ),
    "a gap": (
        both(changed(6, position=7), told("b-1", 7, answer(150, 3, "OK", 7, 3))),
        {"positions are 1 to n"},
    ),
    "a missing beginning": (
        lambda story: Recorded([row(2, "s", 1, "A")], {"a": [invoke(1, 1, "s", "A", 0), answer(2, 1, "OK", 2, 1)]}),
        {"positions are 1 to n"},
    ),
    "a gap in a stream": (
        both(changed(6, version=4), told("b-1", 7, answer(150, 3, "OK", 6, 4))),
        {"versions of a stream are 1 to n"},
    ),
    "swapped order": (swapped, {"real-time order", "a replay says the present version"}),
    "a false conflict": (told("b-1", 0, invoke(30, 1, "s/1", "B", 2)), {"a conflict is one"}),
    "a false conflict on a new stream": (
        also("b-1", invoke(160, 4, "s/3", "G", 0), answer(170, 4, "CONFLICT", None, 1)),
        {"a conflict is one"},
    ),
    "a conflict with oneself after a lost answer": (
        told("b-1", 5, answer(60, 2, "CONFLICT", None, 3)),
        {"a conflict is one"},
    ),
    "a conflict that names a version to come": (
        told("b-1", 1, answer(40, 1, "CONFLICT", None, 3)),
        {"a conflict says the true version"},
    ),
    "a replay at another place": (told("a-1", 3, answer(70, 2, "REPLAY", 2, 3)), {"a replay says the first place"}),
    "a replay that is told as new": (told("a-1", 3, answer(70, 2, "OK", 1, 2)), {"recorded once"}),
    "a replay that is told as a conflict": (
        told("a-1", 3, answer(70, 2, "CONFLICT", None, 3)),
        {"a conflict is one"},
    ),
    "a replay of an older version": (
        told("a-1", 3, answer(70, 2, "REPLAY", 1, 2)),
        {"a replay says the present version"},
    ),
    "a wrong place": (told("b-1", 7, answer(150, 3, "OK", 5, 3)), {"the place is true"}),
    "a wrong version": (told("b-1", 7, answer(150, 3, "OK", 6, 2)), {"the place is true"}),
    "a reused key": (told("a-1", 3, answer(70, 2, "KEY_REUSE", 1, 3)), {"no key is reused"}),
    "a clock that goes back": (
        changed(5, recorded_at=clean().rows[2].recorded_at),
        {"recorded_at never decreases"},
    ),
    "a read of the past": (told("b-1", 2, read(65, 66, "s/1", 2, "A/1")), {"a read is of its time"}),
    "a read of half a command": (told("b-1", 2, read(41, 44, "s/1", 1, "A/0")), {"a read is of its time"}),
    "a read of what is gone": (told("b-1", 2, read(41, 44, "s/1", 2, "Z/0")), {"what was read stays"}),
    "a fault that is not an outage": (
        also("b-1", {"kind": "fault", "at": 160, "what": "an append raised KeyError"}),
        {"callers see outages only"},
    ),
    "a wrong projection": (
        shown(documents={**fold(clean().rows), "s/2": Document(3, 6, {"count": 3, "sum": 0, "chain": ""})}),
        {"the projection equals a fold"},
    ),
    "a document too few": (shown(documents={}), {"the projection equals a fold"}),
    "a document too many": (
        shown(documents={**fold(clean().rows), "s/9": Document(1, 1, {})}),
        {"the projection equals a fold"},
    ),
    "a projection that lags": (shown(position=5), {"the projection is at the head"}),
    "a stream set aside": (shown(complaints=("s/1: KeyError",)), {"the projection runs"}),
}


def test_a_clean_history_passes() -> None:
    assert clean().judged() == []


def test_an_empty_ledger_that_nobody_called_passes() -> None:
    assert findings([], history_of({}), ReadModel(0, {})).violations == ()


@pytest.mark.parametrize(("seed", "rules"), SEEDED.values(), ids=SEEDED.keys())
def test_a_seeded_violation_is_caught_and_nothing_else_is_reported(seed: Seeded, rules: set[str]) -> None:
    found = seed(clean()).judged()
    assert {violation.rule for violation in found} == rules
    assert all(violation.evidence for violation in found)


@pytest.mark.parametrize("expected", [0, 1, 3])
def test_a_conflict_is_true_if_the_stream_may_have_moved_before_the_answer(expected: int) -> None:
    story = clean()
    records = story.journals["b-1"]
    records += [invoke(86, 9, "s/2", "W", expected), answer(145, 9, "CONFLICT", None, 2)]
    assert story.judged() == []


def test_what_was_never_acknowledged_may_be_there_or_not() -> None:
    story = clean()
    story.journals["b-1"] += [invoke(160, 4, "s/3", "G", 0), invoke(160, 5, "s/4", "H", 0)]
    assert story._replace(rows=[*story.rows, row(7, "s/3", 1, "G")]).judged() == []


def test_rows_are_judged_in_their_order_however_they_come() -> None:
    story = clean()
    assert story._replace(rows=story.rows[::-1]).judged() == []


def test_a_clock_that_stands_still_does_not_go_back() -> None:
    story = clean()
    assert changed(5, recorded_at=story.rows[3].recorded_at)(story).judged() == []


def test_the_figures_count_what_callers_saw() -> None:
    story = clean()
    found = findings(story.rows, history_of(story.journals), model_of(story.rows))
    assert found._replace(violations=()) == (8, 5, 1, 1, 0, 3, 1, 1, 6, ())


def test_a_request_that_nobody_heard_of_again_is_counted() -> None:
    story = clean()
    story.journals["a-2"].clear()
    assert findings(story.rows, history_of(story.journals), model_of(story.rows)).unanswered == 1


def test_the_fold_chains_the_bytes_of_a_stream_in_order() -> None:
    first = sha256(payload_of("D/0")).hexdigest()
    second = sha256(first.encode() + payload_of("E/0")).hexdigest()
    assert fold(clean().rows[3:5]) == {"s/2": Document(2, 5, {"count": 2, "sum": 68 + 69, "chain": second})}


# Journals on disk


def test_a_journal_is_read_as_it_was_written_up_to_a_torn_end(tmp_path: Path) -> None:
    for name, records in clean().journals.items():
        lines = "".join(json.dumps(record) + "\n" for record in records)
        (tmp_path / f"{name}.jsonl").write_text(lines + '{"kind":"invoke","at":2', "utf-8")
    assert read_journals(tmp_path) == history_of(clean().journals)


def test_a_request_without_an_answer_is_known_again_after_a_kill(tmp_path: Path) -> None:
    heard, unheard = (request_of("partnership/chaos-1", UUID(int=number), 4, 1 + number) for number in (1, 2))
    journal = Journal(tmp_path / "a-0001.jsonl")
    journal.invoke(heard)
    journal.invoke(unheard)
    assert unfinished_of(read_journals(tmp_path)) == [heard, unheard]


async def test_a_real_ledger_with_its_journal_and_projection_passes_and_a_lost_event_does_not(
    pool: asyncpg.Pool, database: str, tmp_path: Path
) -> None:
    ledger, journal = Ledger(pool), Journal(tmp_path / "a-0001.jsonl")
    for number in (1, 2, 2, 3):
        request = request_of("partnership/chaos-1", UUID(int=number), 2 * (number - 1), 2)
        call = journal.invoke(request)
        journal.answer(call, await ledger.append(request))
    await Projector(ledger, PROJECTION).catch_up()
    found = await check(tmp_path, database)
    assert (found.acknowledged, found.replays, found.events, found.violations) == (3, 1, 6, ())
    await pool.execute("ALTER TABLE ledger.events DISABLE TRIGGER USER; DELETE FROM ledger.events WHERE position = 6")
    rules = {violation.rule for violation in (await check(tmp_path, database)).violations}
    assert {"acknowledged is there", "a command is recorded whole", "the projection is at the head"} <= rules
