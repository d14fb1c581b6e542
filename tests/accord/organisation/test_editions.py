"""Editions by shell and at the gate: asked for by one person, confirmed by another, with the bytes that were signed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from accord.cli.proof.ledger import whole_of
from accord.client.acts import record_act
from accord.client.desk import Desk
from accord.organisation import editions
from accord.organisation.signed_acts import signed_act
from accord.presentation.faults import BadInput, Refused
from domain.editions.content import EditionContent
from domain.editions.events import EditionAsked
from domain.editions.kinds import EditionKind
from domain.editions.models import digest_of_content
from domain.editions.series import EditionSeries
from domain.errors import IllegalTransition
from domain.recorded.acts import OrganisationAct
from domain.recorded.writers import Writer
from domain.streams import StreamId
from ledger import AppendRequest, clock
from records.codec import to_ledger
from records.editions import Editions, edition_content, keep_content, read_content
from records.opening import open_ledger
from tests.accord.shell import BAD_INPUT, REFUSED, Shell, assert_fails
from tests.domain.editions.contents import BUDGET, CALL, LETTER, SAMPLES, SHORT, changed, content

BY = ("--reason", "as the committee asked", "--as", "pia.berg")


async def series_of(desk: Desk, read: EditionContent) -> EditionSeries:
    return await Editions(desk.reader).read(read.kind, read.name)


async def asked(desk: Desk, fields: dict[str, Any] = SHORT, actor: str = "pia.berg", **more: Any) -> EditionContent:
    read = content(fields, **more)
    await editions.ask(desk, read, "as the committee asked", None, actor)
    return read


async def confirmed(desk: Desk, read: EditionContent, actor: str = "ana.silva") -> None:
    await editions.confirm(desk, await series_of(desk, read), digest_of_content(read.canonical())[:8], actor)


async def recorded(desk: Desk, read: EditionContent) -> list[str]:
    events = await desk.ledger.read_stream(StreamId.edition(read.kind, read.name))
    return [event.event_type for event in events]


async def test_an_edition_by_shell_from_workbook_to_force(
    shell: Shell, worker: None, tmp_path: Path, file: Callable[..., Path]
) -> None:
    """Given a workbook, when one asks for it and another confirms it, then it is in force and its preview is its."""
    sample, workbook, made = SAMPLES / "interim-report.json", tmp_path / "report.xlsx", tmp_path / "report.json"
    await shell.done("editions", "workbook", sample, "--out", workbook)
    told = (await shell.done("editions", "make", workbook, "--out", made, "--json")).json
    request = (await shell.done("editions", "ask", workbook, *BY, "--json")).json
    assert request["sha256"] == told["sha256"] == digest_of_content(made.read_bytes())
    own = await shell("editions", "confirm", "interim-report", request["sha256"][:8], "--as", "pia.berg")
    assert_fails(own, REFUSED, "Pia Berg may not confirm an edition: a director or a programme approver must")
    other = await shell("editions", "confirm", "interim-report", "0" * 8, "--as", "ana.silva")
    assert_fails(other, BAD_INPUT, "DIGEST: '00000000'")
    done = await shell.done("editions", "confirm", "interim-report", request["sha256"][:8], "--as", "ana.silva")
    assert "In force: interim-report 2026.1, confirmed by ana.silva." in done.words
    preview, listed, shown = await shell.together(
        ("editions", "preview", "interim-report", "--language", "es"),
        ("editions", "list", "--json"),
        ("editions", "show", "interim-report"),
    )
    assert "¿Qué se ha hecho desde el último informe? (text, up to 300 words; needed)" in preview.words
    assert [(one["name"], one["in_force"], one["waiting"]) for one in listed.json] == [
        ("interim-report", "2026.1", None)
    ]
    assert "pia.berg" in shown.words
    newer = file(
        changed(json.loads(sample.read_text("utf-8")), edition="2026.2", words__en__title="A report"), "n.json"
    )
    told = await shell.done("editions", "diff", newer)
    assert "Changed: The whole: title (en) before: Interim report after: A report" in told.words
    assert_fails(await shell("editions", "ask", sample, *BY), REFUSED, "what was confirmed stays as it is")


async def test_a_bad_edition_is_told_by_place_and_nothing_is_recorded(
    shell: Shell, worker: None, desk: Desk, file: Callable[..., Path]
) -> None:
    bad = file(changed(SHORT, name="bad-report", facts__summary="/nothing"), "bad.json")
    answer = await shell("editions", "ask", bad, *BY)
    assert answer.code == BAD_INPUT
    assert "facts.summary: /nothing is no fact of a report" in answer.words
    assert (await series_of(desk, content(name="bad-report"))).version == 0
    assert_fails(await shell("editions", "preview", "bad-report"), BAD_INPUT, "NAME: 'bad-report' names none")


@pytest.mark.slow
async def test_an_export_is_a_schema_that_answers_are_held_against(shell: Shell) -> None:
    exported = (await shell.done("editions", "export", SAMPLES / "interim-report.json")).json
    assert exported["schema"]["properties"]["summary"]["title"] == "What was done since the last report?"
    assert "changes" not in exported["schema"]["required"]
    assert_fails(await shell("editions", "export", SAMPLES / "grant-budget.json"), BAD_INPUT, "question sets alone")


async def test_it_is_in_force_once_another_person_confirmed_it(furnished: Desk) -> None:
    read = await asked(furnished)
    assert (await series_of(furnished, read)).in_force(clock.today()) is None
    await confirmed(furnished, read)
    current = (await series_of(furnished, read)).in_force(clock.today())
    assert current is not None
    async with furnished.pool.acquire() as connection:
        assert await edition_content(connection, current.sha256) == read
    assert await recorded(furnished, read) == ["EditionAsked", "EditionConfirmed"]


@pytest.mark.parametrize(
    ("fields", "who", "needs"),
    [
        (SHORT, "femi.ade", "DIRECTOR or PROGRAMME_APPROVER"),
        (BUDGET, "ana.silva", "DIRECTOR or FINANCE_APPROVER"),
        (LETTER, "ana.silva", "DIRECTOR"),
    ],
    ids=["questions", "budget", "letter"],
)
async def test_each_kind_is_confirmed_by_whom_it_binds(
    furnished: Desk, fields: dict[str, Any], who: str, needs: str
) -> None:
    read = await asked(furnished, fields)
    with pytest.raises(Refused, match=f"{who} may not confirm edition: it needs {needs}"):
        await confirmed(furnished, read, who)
    await confirmed(furnished, read, "dora.kim")
    assert len((await series_of(furnished, read)).confirmed) == 1


async def test_who_asked_does_not_confirm_and_who_may_not_ask_leaves_nothing(furnished: Desk) -> None:
    read = await asked(furnished, actor="dora.kim")
    with pytest.raises(Refused, match=r"dora.kim asked for it, so another person confirms it"):
        await confirmed(furnished, read, "dora.kim")
    with pytest.raises(Refused, match=r"paul.nkosi may not ask edition"):
        await asked(furnished, actor="paul.nkosi", edition="2026.2")
    assert await recorded(furnished, read) == ["EditionAsked"]


async def test_given_twice_it_is_recorded_once(furnished: Desk) -> None:
    read = await asked(furnished)
    with pytest.raises(Refused, match="asked for this very edition"):
        await asked(furnished)
    await confirmed(furnished, read)
    with pytest.raises(BadInput, match="no edition of interim-report waits"):
        await confirmed(furnished, read)
    assert await recorded(furnished, read) == ["EditionAsked", "EditionConfirmed"]


async def test_another_content_asked_for_meanwhile_is_not_what_was_read(furnished: Desk) -> None:
    read = await asked(furnished)
    other = await asked(furnished, words__en__title="Another title")
    with pytest.raises(BadInput, match="DIGEST: "):
        await confirmed(furnished, read)
    await confirmed(furnished, other)
    current = (await series_of(furnished, read)).in_force(clock.today())
    assert current is not None
    assert current.sha256 == digest_of_content(other.canonical())


async def by_hand(desk: Desk, read: EditionContent, **more: Any) -> None:
    """Record a request as somebody with a key and a program of their own would: none of our checks comes before."""
    fields = {"edition_kind": read.kind, "name": read.name, "edition": read.edition,
              "sha256": digest_of_content(read.canonical()), "reason": "by hand", **more}  # fmt: skip
    event = await signed_act(desk, EditionAsked, StreamId.edition(read.kind, read.name), "pia.berg", **fields)
    act = {"command_id": event.signature.statement.command_id, "event": event}
    await record_act(desk, OrganisationAct.model_validate(act))


async def test_the_gate_itself_reads_the_content(furnished: Desk) -> None:
    """Given an act that no command of ours made, when its content is missing, another's or bad, then it is refused."""
    with pytest.raises(Refused, match="is not in this database"):
        await by_hand(furnished, content())
    bad = content(facts__summary="/nothing")
    async with furnished.pool.acquire() as connection:
        for read in (bad, content()):
            await keep_content(connection, read.canonical())
    with pytest.raises(Refused, match=r"facts.summary: /nothing is no fact"):
        await by_hand(furnished, bad)
    with pytest.raises(Refused, match=r"the content is QUESTIONS/interim-report 2026.1, which was not signed for"):
        await by_hand(furnished, content(), edition="2026.2")
    assert await recorded(furnished, bad) == []
    await by_hand(furnished, content())


async def test_bytes_that_were_changed_are_refused_when_they_are_read(furnished: Desk) -> None:
    read = await asked(furnished)
    async with furnished.pool.acquire() as connection:
        await connection.execute("ALTER TABLE editions.contents DROP CONSTRAINT named_by_its_digest")
        await connection.execute("ALTER TABLE editions.contents DISABLE TRIGGER ALL")
        await connection.execute("UPDATE editions.contents SET content = $1", content(words__en__title="X").canonical())
        with pytest.raises(IllegalTransition, match="was changed in the database"):
            await read_content(connection, digest_of_content(read.canonical()))
    with pytest.raises(Refused, match="was changed in the database"):
        await confirmed(furnished, read)


@pytest.mark.slow
async def test_verifying_the_ledger_names_a_confirmed_edition_whose_bytes_changed(furnished: Desk) -> None:
    """Given two editions in force, when a superuser changes one and takes the other away, then both are named."""
    kept, lost = await asked(furnished), await asked(furnished, name="final-report")
    for read in (kept, lost):
        await confirmed(furnished, read)
    assert (await whole_of(furnished, {})).editions == []
    async with furnished.pool.acquire() as connection:
        await connection.execute("ALTER TABLE editions.contents DROP CONSTRAINT named_by_its_digest")
        await connection.execute("SET session_replication_role = replica")
        change = "UPDATE editions.contents SET content = content || ' ' WHERE sha256 = $1"
        await connection.execute(change, digest_of_content(kept.canonical()))
        gone = "DELETE FROM editions.contents WHERE sha256 = $1"
        await connection.execute(gone, digest_of_content(lost.canonical()))
        await connection.execute("RESET session_replication_role")
    whole = await whole_of(furnished, {})
    final, interim = whole.editions
    assert final.startswith("edition QUESTIONS final-report 2026.1: the content")
    assert "is not in this database" in final
    assert interim.startswith("edition QUESTIONS interim-report 2026.1: the content")
    assert "was changed in the database" in interim
    assert set(whole.editions) <= set(whole.told())


async def test_a_call_names_editions_that_two_people_confirmed(furnished: Desk) -> None:
    first, other = await asked(furnished), await asked(furnished, name="final-report")
    digest = digest_of_content(first.canonical())
    call = changed(CALL, questions__sha256=digest)
    with pytest.raises(BadInput, match=r"questions: QUESTIONS interim-report 2026.1 is not confirmed"):
        await asked(furnished, call)
    for read in (first, other):
        await confirmed(furnished, read)
    with pytest.raises(BadInput, match=r"reports.0.questions.sha256: QUESTIONS final-report 2026.1 has the digest"):
        await asked(furnished, call)
    await asked(furnished, changed(call, reports__0__questions__sha256=digest_of_content(other.canonical())))
    every = [(one.kind, one.name) for one in await Editions(furnished.reader).every()]
    assert every == [(EditionKind.CALL, "connect"), (EditionKind.QUESTIONS, "final-report"),
                     (EditionKind.QUESTIONS, "interim-report")]  # fmt: skip


async def test_while_the_way_back_is_open_nothing_is_asked_for(furnished: Desk) -> None:
    await furnished.pool.execute("DELETE FROM appending.rights WHERE event_type = 'EditionAsked'")
    with pytest.raises(Refused, match="is recorded once this installation no longer goes back"):
        await asked(furnished)


async def test_what_was_written_past_the_gate_counts_for_nothing(furnished: Desk) -> None:
    """Given a request under a copied signature, and a stream of no kind, then no list shows them and no page stops."""
    read = await asked(furnished)
    event = (await series_of(furnished, read)).waiting
    assert event is not None
    forged = event.model_copy(update={"name": "copied-report"})
    for stream in (StreamId.edition("QUESTIONS", "copied-report"), StreamId.edition("SHOES", "interim-report")):
        await open_ledger(furnished.pool, Writer.WORKER).append(
            AppendRequest(stream, uuid4(), 0, to_ledger((forged,), "pia.berg", uuid4()))
        )
    assert [one.name for one in await Editions(furnished.reader).every()] == ["interim-report"]
    assert (await Editions(furnished.reader).read(EditionKind.QUESTIONS, "copied-report")).waiting is None


@pytest.mark.slow
async def test_two_confirm_at_once_and_one_is_recorded(furnished: Desk, desks: Callable[[], Awaitable[Desk]]) -> None:
    read, other = await asked(furnished), await desks()
    ends = await asyncio.gather(
        confirmed(furnished, read, "ana.silva"), confirmed(other, read, "rosa.lund"), return_exceptions=True
    )
    assert sum(isinstance(end, Refused | BadInput) for end in ends) == 1
    assert await recorded(furnished, read) == ["EditionAsked", "EditionConfirmed"]
