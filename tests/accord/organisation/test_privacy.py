"""`accord privacy`: who is named, and how two people forget one."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import NamedTuple

import pytest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest

from accord.client.desk import Desk
from accord.demo.sample import CALLER
from domain.partnership.commands import Approve, SignAgreement, Terminate, Withdraw
from domain.partnership.evolution import fold
from domain.streams import StreamId
from ledger import clock
from tests.accord.shell import (
    BAD_INPUT,
    DONE,
    PAYEE_ACCOUNT,
    REFUSED,
    Answer,
    Shell,
    assert_all_fail,
    assert_fails,
    faults_of,
)
from tests.builders import party, proposal
from tests.lives import Life, until_shown

pytestmark = pytest.mark.usefixtures("worker")


BORN = "1937-02-11"


class Named(NamedTuple):
    """A partnership whose partner's chair has a name that nobody else bears."""

    shell: Shell
    life: Life
    chair: str

    @property
    def erase(self) -> tuple[str, ...]:
        subject = f"{self.chair}, Riverbend Library Network (US)"
        return ("privacy", "erase", subject, "--reason", "She asked for it", "--yes", "--as")


@pytest.fixture
async def named(shell: Shell, desk: Desk, reference: str) -> Named:
    life, chair = Life(desk, reference), f"Rosa Quiroga {reference.replace('-', ' ')}"
    chairs = ({"name": chair, "role": "DIRECTOR", "country": "PE", "born": BORN},)
    await life.awaiting_approval(proposal(reference, partner=party(principals=chairs)))
    return Named(shell, life, chair)


async def test_who_is_named_is_listed_with_the_partnerships_and_sealed_in_every_event(named: Named) -> None:
    told = await named.shell.done("privacy", "list", "--json")
    [known] = [one for one in told.json if one["known_as"].startswith(named.chair)]
    kept = await named.life.desk.pool.fetch("SELECT payload FROM ledger.events")
    assert known["partnerships"] == [named.life.reference]
    assert not [row for row in kept if named.chair.encode() in row["payload"]]
    assert (await named.life.state()).proposed.partner.principals[0].name == named.chair


@pytest.mark.slow
async def test_when_she_was_born_is_sealed_with_her_name_and_read_with_it(named: Named) -> None:
    stored = await named.life.desk.pool.fetch(
        "SELECT payload FROM ledger.events WHERE stream_id = $1", StreamId.partnership(named.life.reference)
    )
    shown = await named.shell.done("show", named.life.reference, "--json")
    assert not [row for row in stored if BORN.encode() in row["payload"]]
    assert str((await named.life.state()).proposed.partner.principals[0].born) == BORN
    assert BORN in shown.stdout


@pytest.mark.slow
async def test_two_guardians_erase_and_nothing_shows_the_name_any_more(named: Named) -> None:
    await named.life.do(Withdraw, "pia.berg", reason=f"{named.chair} has left them")
    first = await named.shell.done(*named.erase, "dora.kim")
    again = await named.shell.done(*named.erase, "dora.kim")
    second = await named.shell.done(*named.erase, "otto.audit")
    assert "dora.kim approved it. Nothing is erased" in first.words
    assert "Nothing is erased" in again.words
    assert "is erased, by dora.kim and otto.audit" in second.words
    asked = DescribeNamespaceRequest(namespace="default")
    told = await named.life.desk.temporal.workflow_service.describe_namespace(asked)
    kept = told.config.workflow_execution_retention_ttl.ToTimedelta()
    assert kept > timedelta(0)
    assert f"encrypted, until {(clock.now() + kept).date() + timedelta(days=1)}" in second.words
    reference = named.life.reference
    await until_shown(named.life.desk)
    shown = await named.shell.together(
        ("show", reference, "--json"), ("history", reference, "--json"), ("privacy", "list", "--json"),
        ("policy", "explain", reference), ("list", "--json"),
    )  # fmt: skip
    assert not [answer.said for answer in shown[:2] if BORN in answer.stdout]
    assert not [answer.said for answer in shown if named.chair in answer.stdout]
    for table in ("projection.documents", "projection.lines", "console.prepared"):
        rows = await named.life.desk.pool.fetch(f"SELECT t::text AS row FROM {table} t")
        assert not [row for row in rows if named.chair in row["row"]], table
    assert (await named.life.state()).proposed.partner.principals[0].born is None
    assert "⟦erased⟧ has left them" in json.dumps(shown[1].json, ensure_ascii=False)


@pytest.mark.slow
async def test_what_was_decided_about_the_erased_still_stands_and_can_be_looked_at(named: Named) -> None:
    before = await named.life.do(Withdraw, "pia.berg", reason="They found other funds")
    for guardian in ("dora.kim", "otto.audit"):
        await named.shell.done(*named.erase, guardian)
    verified, whatif = await named.shell.together(
        ("ledger", "verify", "--json"), ("policy", "whatif", "2026.2", "--json")
    )
    events = [recorded.event for recorded in await named.life.events()]
    assert fold(named.life.reference, tuple(events)).stage.value == before.stage  # type: ignore[arg-type]
    assert (verified.json["faults"], whatif.json["unfaithful"]) == ([], [])
    assert whatif.json["erased"] >= 1


@pytest.mark.slow
async def test_who_may_not_erase_and_what_may_not_be_erased(named: Named) -> None:
    await assert_all_fail(
        named.shell,
        ((*named.erase, "pia.berg"), REFUSED, ["Pia Berg may not erase anybody: an auditor or a director must"]),
        ((*named.erase, "dora.kim"), REFUSED, [f"{named.life.reference} names them and is not ended"]),
        (("privacy", "erase", "Nobody", "--reason", "x", "--as", "dora.kim"), BAD_INPUT, ["PERSON", "privacy list"]),
    )


@pytest.mark.slow
async def test_what_the_law_asks_to_keep_is_kept_and_the_day_is_named(named: Named, desk: Desk, reference: str) -> None:
    """R48: an agreed partnership keeps its people's names for ten years after its end (31 CFR 501.601)."""
    life = named.life
    await life.do(Approve, "ana.silva", no_interest=True, reason="fits the programme")
    await life.do(Approve, "femi.ade", no_interest=True, reason="within budget")
    account = await life.account((await life.state()).paid_party)
    await life.do(SignAgreement, "dora.kim", signed_on=date(2026, 11, 2), account=account)
    await life.do(Terminate, "dora.kim", reason="the grantee dissolved")
    kept = f"{reference} names them, and its record DECISIONS is kept until {date.today().year + 10}"  # noqa: DTZ011
    answer = await named.shell(*named.erase, "dora.kim")
    assert_fails(answer, REFUSED, kept, "31 CFR 501.601", "accord retention")
    await until_shown(desk)
    all_of_it, one = await named.shell.together(("retention", "--json"), ("retention", reference))
    mine = [row for row in all_of_it.json["records"] if row["partnership"] == reference]
    assert {row["record"] for row in mine} == {"DECISIONS", "SCREENING"}
    assert "31 CFR 501.601" in one.stdout
    assert not [who for who in all_of_it.json["people"] if named.chair in who]


@pytest.mark.slow
async def test_whose_name_nothing_asks_for_is_listed_as_one_that_may_go(named: Named, desk: Desk) -> None:
    await named.life.do(Withdraw, "pia.berg", reason="They found other funds")
    await until_shown(desk)
    listed = await named.shell.done("retention", "--may-go", "--json")
    assert [who for who in listed.json["people"] if named.chair in who]
    assert named.life.reference in {row["partnership"] for row in listed.json["records"]}


@pytest.mark.slow
async def test_without_yes_and_without_an_answer_nothing_is_erased(named: Named) -> None:
    await named.life.do(Withdraw, "pia.berg", reason="They found other funds")
    answer = await named.shell(*(word for word in (*named.erase, "dora.kim") if word != "--yes"))
    assert answer.code != 0
    assert (await named.life.state()).proposed.partner.principals[0].name == named.chair


@pytest.mark.slow
async def test_whom_to_ask_is_erased_with_the_address_and_the_partnership_is_read_as_before(
    shell: Shell, desk: Desk, reference: str
) -> None:
    """A contact's address is sealed beside the name: without its key it is no address any more, and still no fault."""
    life, ida = Life(desk, reference), f"Ida Holm {reference.replace('-', ' ')}"
    asked = {"name": ida, "email": "ida.holm@library.example", "organization": "Riverbend Library Network"}
    await life.awaiting_approval(proposal(reference, contacts=(asked,)))
    await life.do(Withdraw, "pia.berg", reason="They found other funds")
    subject = f"{ida}, Riverbend Library Network (US)"
    for guardian in ("dora.kim", "otto.audit"):
        await shell.done("privacy", "erase", subject, "--reason", "He asked for it", "--yes", "--as", guardian)
    shown, told = await shell.together(("show", reference, "--json"), ("history", reference, "--json"))
    assert (shown.code, told.code) == (DONE, DONE), (shown.message, told.message)
    assert not [answer.said for answer in (shown, told) if ida in answer.stdout or "ida.holm@" in answer.stdout]
    assert (await life.state()).ended


async def in_clear(named: Named) -> list[str]:
    """The streams in whose events her name stands for everybody to read, who reads the table."""
    rows = await named.life.desk.pool.fetch("SELECT stream_id, payload, meta FROM ledger.events ORDER BY position")
    return [row["stream_id"] for row in rows if named.chair.encode() in row["payload"] + row["meta"]]


def done_or_told(answer: Answer, field: str) -> bool:
    """True if it was done, or refused with a message that names the field."""
    return answer.code == DONE or (answer.code in {BAD_INPUT, REFUSED} and not faults_of(answer, answer.code, field))


@pytest.mark.slow
async def test_why_somebody_is_erased_says_her_name_to_nobody_for_good(named: Named) -> None:
    """Given a reason that names her, when two guardians erase her with it, then it is sealed, or refused at once."""
    await named.life.do(Withdraw, "pia.berg", reason="They found other funds")
    words = tuple(f"{named.chair} asked for it" if word == "She asked for it" else word for word in named.erase)
    answers = [await named.shell(*words, guardian) for guardian in ("dora.kim", "otto.audit")]
    assert await in_clear(named) == []
    assert [answer for answer in answers if not done_or_told(answer, "reason")] == []


@pytest.mark.slow
async def test_a_call_back_to_somebody_who_is_named_says_her_name_to_nobody_for_good(named: Named) -> None:
    """Given somebody whom a partnership names, when a note on an account names her, then it is sealed, or refused."""
    note = ("--note", f"called {named.chair} on the listed number")
    answer = await named.shell("payments", "confirm", PAYEE_ACCOUNT, "--anew", "--as", CALLER, *note)
    assert await in_clear(named) == []
    assert done_or_told(answer, "note"), answer
