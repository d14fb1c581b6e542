"""The rule book by shell: what it says, why a case stands so, and what another edition would say of every decision."""

from __future__ import annotations

import asyncio
import os
import pty
import re
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg
import pytest

from accord.client.desk import Desk
from deploy.database import open_pool
from domain.directory.people import DirectoryFounded, KeyEnrolled, StaffRegistered
from domain.directory.tiers import Role
from domain.partnership import events as e
from domain.policy.findings import Assessment, Outcome
from domain.policy.rulebook import EDITIONS, RULE_BOOK, assess
from domain.proposal import Funding, Proposal
from domain.recorded.writers import Writer
from domain.screening.evidence import Verification
from domain.streams import DIRECTORY_STREAM, StreamId
from records.keys.keyring import Keyring
from tests.accord.shell import BAD_INPUT, REFUSED, Shell, assert_fails
from tests.builders import (
    NOON,
    SUPPORTING,
    abroad,
    company,
    funding,
    funds_out,
    member,
    number,
    proposal,
    screening,
    status,
    verification,
    version,
)
from tests.conftest import MIGRATED, ROOT
from tests.scribe import statement_for

PAGE = ROOT / "docs" / "rule-book.md"
PLAIN, ABROAD, COMPANY, CLOSED, OLDER, OLDEST = (f"P-2026-88{n:04}" for n in range(1, 7))
NASTY = "Kettle <script>alert(1)</script> **bold** [here](http://x.test) | `code` # _it_ LLC"
FORMS = ("--json",), ("--format", "markdown"), ("--format", "html"), ()


class Case(NamedTuple):
    """A proposal, who would pay, whether registers list its payee, and the edition that it was decided under."""

    proposal: Proposal
    funding: Funding = funding()
    listed: bool = False
    edition: str = "2026.3"
    lists: tuple[str, ...] = ("ofac-consolidated", "ofac-sdn", "un-consolidated")
    """The sanctions lists that were asked."""

    @property
    def found(self) -> Verification:
        """The registers' findings."""
        asked = tuple(version(one) for one in self.lists)
        return verification(status() if self.listed else None, screening().model_copy(update={"asked": asked}))


CASES = {
    PLAIN: Case(proposal(PLAIN), listed=True),
    ABROAD: Case(proposal(ABROAD, partner=abroad(), funds_out=funds_out(payee=abroad()))),
    COMPANY: Case(proposal(COMPANY, title=NASTY, partner=company(NASTY), funds_out=funds_out(payee=company(NASTY)))),
    CLOSED: Case(proposal(CLOSED, partner=abroad(), funds_out=funds_out(payee=abroad())), funding(SUPPORTING)),
    OLDER: Case(proposal(OLDER), listed=True, edition="2026.2"),
    OLDEST: Case(proposal(OLDEST), listed=True, edition="2026.2", lists=("ofac-sdn",)),
}


async def enrol_the_proposer(desk: Desk) -> None:
    """Found an organisation of one person, once."""
    if desk.keyring.holds("pia.berg"):
        return
    key = KeyEnrolled(staff_id="pia.berg", key=desk.keyring.make("pia.berg"))
    founded = DirectoryFounded(changes=(StaffRegistered(member=member("pia.berg", Role.PROPOSER)), key))
    await desk.append(DIRECTORY_STREAM, 0, number("founded"), "operator", founded)


async def record(desk: Desk, reference: str, tampered: bool = False) -> Assessment:
    """Put on record a proposal, what the registers said of it, and the decision that was taken on it."""
    case = CASES[reference]
    found = case.found
    decided = assess(case.proposal, case.funding, found, (), EDITIONS[case.edition])
    if tampered:
        decided = decided.model_copy(update={"findings": decided.findings[1:]})
    await enrol_the_proposer(desk)
    proposed = e.PartnershipProposed(at=NOON, actor="pia.berg", proposal=case.proposal, funding=case.funding)
    statement = statement_for(proposed, reference, number(reference)).within(None)
    events = (
        proposed.model_copy(update={"signature": desk.keyring.sign(statement)}),
        e.DueDiligenceCompleted(at=NOON, verification=found),
        e.EligibilityAssessed(at=NOON, assessment=decided),
    )
    await desk.append(StreamId.partnership(reference), 0, number(reference), "pia.berg", *events, writer=Writer.WORKER)
    return decided


async def new_database(template: str, name: str) -> str:
    server = await asyncpg.connect(template)
    await server.execute(f"CREATE DATABASE {name} TEMPLATE {MIGRATED}")
    await server.close()
    return template.replace("/postgres?", f"/{name}?")


@pytest.fixture(scope="module")
async def organisation(
    template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Shell, dict[str, Any]]]:
    """A terminal before a ledger of decisions, and the decisions."""
    address = await new_database(template, "test_policy")
    pool = await open_pool(address)
    desk = Desk(pool, Keyring(tmp_path_factory.mktemp("none")))
    decided = {reference: await record(desk, reference) for reference in CASES}
    yield Shell(ACCORD_DATABASE_URL=address), decided
    pool.terminate()


@pytest.fixture(scope="module")
def terminal(organisation: tuple[Shell, dict[str, Any]]) -> Shell:
    return organisation[0]


def table_of(markdown: str) -> list[list[str]]:
    """The cells of the first table on a page."""
    lines = [line for line in markdown.partition("| Rule |")[2].splitlines()[2:] if line.startswith("|")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


# The book itself.


@pytest.mark.sampled(2)
@pytest.mark.parametrize("edition", list(EDITIONS))
async def test_the_whole_rule_book_is_listed_in_every_form(edition: str) -> None:
    nowhere = Shell()
    machine, markdown, html, table = await nowhere.together(
        *(("policy", "list", "--edition", edition, *form) for form in FORMS)
    )
    assert [answer.code for answer in (machine, markdown, html, table)] == [0, 0, 0, 0]
    rules = EDITIONS[edition].rules
    ids = [rule.rule_id for rule in rules]
    assert (machine.json["edition"], [rule["rule_id"] for rule in machine.json["rules"]]) == (edition, ids)
    assert all(rule["citation"] and rule["layer"] and rule["test"] for rule in machine.json["rules"])
    rows = table_of(markdown.stdout)
    assert [row[0].replace("\\", "") for row in rows[: len(ids)]] == ids
    assert all(len(row) == 4 and all(row) for row in rows[: len(ids)])
    assert f"# The rule book, edition {edition}\n" in markdown.stdout
    assert html.stdout.startswith("<!doctype html>")
    tables = ("rules", "who may pay whom", "conditions", "sources that counsel has not confirmed")
    assert html.stdout.count("<tr>") == markdown.stdout.count("\n| ") - len(tables)
    for answer in (html, table):
        assert [one for one in ids if one not in answer.stdout] == []
        assert "CONTROL_AND_RECORDS" in answer.stdout
    assert all(answer.stderr == "" for answer in (machine, markdown, html, table))


async def test_without_an_edition_it_is_the_one_in_force() -> None:
    bare, named = await Shell().together(
        ("policy", "list", "--json"), ("policy", "list", "--edition", RULE_BOOK.version, "--json")
    )
    assert bare.stdout == named.stdout


async def test_the_page_in_the_documentation_is_the_rule_book_as_it_is_printed() -> None:
    printed = await Shell().done("policy", "list", "--format", "markdown")
    assert PAGE.is_file(), f"{PAGE} is missing; accord policy list --format markdown > docs/rule-book.md"
    stale = "docs/rule-book.md is stale; accord policy list --format markdown > docs/rule-book.md"
    assert PAGE.read_text("utf-8") == printed.stdout, stale


# Why.


@pytest.mark.slow
async def test_a_case_with_conditions_is_explained_with_what_to_do_and_by_when(terminal: Shell) -> None:
    machine, markdown, html, table = await terminal.together(*(("policy", "explain", ABROAD, *form) for form in FORMS))
    assert [answer.code for answer in (machine, markdown, html, table)] == [0, 0, 0, 0]
    assert (machine.json["partnership_id"], machine.json["outcome"]) == (ABROAD, "CONDITION")
    assert machine.json["assessment"]["rule_book"] == "2026.3"
    for words in (
        f"# {ABROAD}: Digital skills for river libraries", "## Allowed with conditions", "## Conditions",
        "file the Rev. Rul. 68-489 pack", "before payment", "Harbour Schools Trust (KE)", "USD 1,000.00",
        "**Community served**: Readers of eleven villages", "pia.berg proposed it", "SHA-256 of the facts",
    ):  # fmt: skip
        assert words in markdown.stdout, words
    assert "<h2>Conditions</h2>" in html.stdout
    assert "file the Rev. Rul. 68-489 pack" in html.stdout
    assert "Allowed with conditions" in table.stdout
    assert "file the Rev. Rul. 68-489 pack" in table.words


@pytest.mark.slow
async def test_a_refused_case_is_explained_with_other_lawful_paths_the_cheapest_first(
    organisation: tuple[Shell, dict[str, Any]],
) -> None:
    terminal, decided = organisation
    answer = await terminal.done("policy", "explain", CLOSED, "--format", "markdown")
    found: Assessment = decided[CLOSED]
    assert found.outcome is Outcome.FAIL
    assert len(found.options) > 2
    assert "## Refused" in answer.stdout
    places = [answer.stdout.index(f"{n}. {option[:30]}") for n, option in enumerate(found.options, start=1)]
    assert places == sorted(places)
    assert answer.stdout.index("## What can be done") < places[0] < answer.stdout.index("## Findings")


@pytest.mark.slow
async def test_what_people_wrote_is_shown_and_never_obeyed(terminal: Shell) -> None:
    markdown, html, table = await terminal.together(*(("policy", "explain", COMPANY, *form) for form in FORMS[1:]))
    assert "<script>alert" not in markdown.stdout + html.stdout
    assert "&lt;script&gt;alert(1)&lt;/script&gt; **bold** [here](http://x.test) | `code` # _it_ LLC" in html.stdout
    for obeyed in ("<strong>bold", "<code>code", "<em>it", "href="):
        assert obeyed not in html.stdout
    title = re.search(r"<title>(.*?)</title>", html.stdout)
    assert title
    assert "<" not in title[1]
    rows = table_of(markdown.stdout)
    assert {len(row) for row in rows} == {5}
    assert NASTY in table.words


@pytest.mark.slow
async def test_a_partnership_that_nobody_knows_is_not_explained(terminal: Shell) -> None:
    for form in FORMS:
        answer = await terminal("policy", "explain", "P-2026-999999", *form)
        assert_fails(answer, REFUSED, "no partnership P-2026-999999; `accord list` shows those there are")
        assert answer.stdout == ""


# What if.


@pytest.mark.slow
async def test_an_edition_says_of_its_own_decisions_what_it_said(terminal: Shell) -> None:
    own, machine = await terminal.together(("policy", "whatif", "2026.3"), ("policy", "whatif", "2026.3", "--json"))
    assert (own.code, machine.code) == (0, 0)
    assert (machine.json["decisions"], machine.json["unfaithful"]) == (len(CASES), [])
    assert not {PLAIN, ABROAD, COMPANY, CLOSED} & {flip["partnership_id"] for flip in machine.json["flips"]}


@pytest.mark.slow
async def test_in_a_ledger_of_one_edition_that_edition_flips_nothing(
    shell: Shell, database: str, pool: asyncpg.Pool, tmp_path: Path
) -> None:
    desk = Desk(pool, Keyring(tmp_path))
    for reference in (PLAIN, ABROAD, COMPANY):
        await record(desk, reference)
    before = await pool.fetchval("SELECT count(*) FROM ledger.events")
    own = shell.where(ACCORD_DATABASE_URL=database)
    answer, machine = await own.together(("policy", "whatif", "2026.3"), ("policy", "whatif", "2026.3", "--json"))
    assert (answer.code, answer.stdout) == (0, "3 decisions re-run, 0 flips.\n")
    assert machine.json == {"approved_before": [], "decisions": 3, "erased": 0, "flips": [], "unfaithful": []}
    assert await pool.fetchval("SELECT count(*) FROM ledger.events") == before


@pytest.mark.slow
async def test_another_edition_lists_what_it_would_decide_otherwise_with_the_reasons(
    organisation: tuple[Shell, dict[str, Any]],
) -> None:
    terminal, decided = organisation
    table, machine = await terminal.together(("policy", "whatif", "2026.3"), ("policy", "whatif", "2026.3", "--json"))
    assert (table.code, machine.code) == (0, 0)
    assert [flip["partnership_id"] for flip in machine.json["flips"]] == [OLDEST]
    for words in ("As recorded", "Under 2026.3", "PASS: no rule stands against it", "REFER: ", "REGISTERS-FRESH"):
        assert words in table.words
    for flip in machine.json["flips"]:
        recorded: Assessment = decided[flip["partnership_id"]]
        assert flip["before"] == {"outcome": recorded.outcome.value, "reasons": recorded.deciding}
        assert flip["after"]["outcome"] != recorded.outcome.value
        assert flip["after"]["reasons"]
        assert flip["partnership_id"] in table.stdout
    assert f"{len(CASES)} decisions re-run, {len(machine.json['flips'])} flips." in table.words


@pytest.mark.slow
async def test_two_editions_are_compared_by_their_rules_and_by_what_they_decide(
    terminal: Shell,
) -> None:
    table, machine, back = await terminal.together(
        ("policy", "diff", "2026.2", "2026.3"),
        ("policy", "diff", "2026.2", "2026.3", "--json"),
        ("policy", "diff", "2026.3", "2026.2", "--json"),
    )
    assert [answer.code for answer in (table, machine, back)] == [0, 0, 0]
    names = {edition: {rule.rule_id for rule in EDITIONS[edition].rules} for edition in EDITIONS}
    assert set(machine.json["came"]) == set(back.json["went"]) == names["2026.3"] - names["2026.2"]
    assert set(machine.json["went"]) == set(back.json["came"]) == names["2026.2"] - names["2026.3"]
    [flip] = [flip for flip in machine.json["flips"] if flip["partnership_id"] == OLDEST]
    assert (flip["before"]["outcome"], flip["after"]["outcome"]) == ("PASS", "REFER")
    assert "no rule stands against it" in flip["before"]["reasons"]
    assert "REGISTERS-FRESH" in flip["after"]["reasons"]
    for words in (OLDEST, "Under 2026.2", "Under 2026.3", "REGISTERS-FRESH", "Rules that were revised: ELIG-LISTED"):
        assert words in table.words
    mirrored = {flip["partnership_id"]: (flip["after"], flip["before"]) for flip in back.json["flips"]}
    assert {f["partnership_id"]: (f["before"], f["after"]) for f in machine.json["flips"]} == mirrored


@pytest.mark.slow
async def test_an_edition_against_itself_flips_nothing(terminal: Shell) -> None:
    for edition in EDITIONS:
        answer = await terminal.done("policy", "diff", edition, edition, "--json")
        assert answer.json == {
            "decisions": len(CASES),
            "erased": 0,
            "flips": [],
            "unfaithful": [],
            "came": [],
            "went": [],
            "revised": {},
        }


@pytest.mark.slow
async def test_the_edition_before_says_of_later_decisions_what_it_would_have_said(
    organisation: tuple[Shell, dict[str, Any]],
) -> None:
    terminal, decided = organisation
    machine = (await terminal.done("policy", "whatif", "2026.2", "--json")).json
    wanted = {
        reference: assess(c.proposal, c.funding, c.found, (), EDITIONS["2026.2"]) for reference, c in CASES.items()
    }
    flips = {reference for reference, again in wanted.items() if again.outcome is not decided[reference].outcome}
    assert ({flip["partnership_id"] for flip in machine["flips"]}, machine["unfaithful"]) == (flips, [])


async def test_an_edition_that_nobody_wrote_is_told_in_one_line_with_those_there_are(terminal: Shell) -> None:
    told = ["there is no edition '2020.1' of the rule book; there are 2026.2, 2026.3"]
    cases = (
        ("list", "--edition", "2020.1"), ("whatif", "2020.1"), ("diff", "2020.1", "2026.2"),
        ("diff", "2026.2", "2020.1"), ("whatif", "2020.1", "--json"),
    )  # fmt: skip
    answers = await terminal.together(*(("policy", *words) for words in cases))
    for answer in answers:
        assert_fails(answer, BAD_INPUT, *told)
        assert (answer.stdout, len(answer.stderr.splitlines())) == ("", 1)


@pytest.mark.slow
async def test_an_empty_ledger_has_nothing_to_run_again(shell: Shell, database: str) -> None:
    answer = await shell.where(ACCORD_DATABASE_URL=database).done("policy", "whatif", "2026.2")
    assert answer.stdout == "0 decisions re-run, 0 flips.\n"


@pytest.mark.slow
async def test_a_decision_that_does_not_come_out_as_recorded_is_named_and_ends_in_1(
    shell: Shell, database: str, pool: asyncpg.Pool, tmp_path: Path
) -> None:
    desk = Desk(pool, Keyring(tmp_path))
    await record(desk, PLAIN)
    await record(desk, ABROAD, tampered=True)
    own = shell.where(ACCORD_DATABASE_URL=database)
    plain, machine = await own.together(("policy", "whatif", "2026.3"), ("policy", "whatif", "2026.3", "--json"))
    for answer in (plain, machine):
        assert_fails(answer, REFUSED, "not as they were recorded, under their own edition")
        assert answer.message == f"accord: not as they were recorded, under their own edition: {ABROAD}"
    assert machine.json["unfaithful"] == [ABROAD]


@pytest.mark.slow
async def test_progress_is_for_a_person_at_a_terminal_and_for_nobody_else(terminal: Shell) -> None:
    piped = await terminal.done("policy", "whatif", "2026.3")
    assert piped.stderr == ""
    shown, printed = await at_a_terminal(terminal, "policy", "whatif", "2026.3")
    assert "Re-running decisions" in shown
    assert printed == piped.stdout


async def at_a_terminal(terminal: Shell, *words: str) -> tuple[str, str]:
    """A person's view on the terminal of standard error, and the content of the pipe of standard output."""
    ours, theirs = pty.openpty()
    environment = {**terminal._environment, "TERM": "xterm"}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "accord", *words, cwd=ROOT, env=environment,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=theirs,
    )  # fmt: skip
    os.close(theirs)
    printed, _ = await process.communicate()
    seen = b""
    with suppress(OSError):
        while part := os.read(ours, 65536):
            seen += part
    os.close(ours)
    return seen.decode(), printed.decode()


async def test_the_page_of_the_procedure_shows_who_may_do_what_as_the_tables_that_decide_have_it() -> None:
    page = (await Shell().done("policy", "procedure", "--format", "markdown")).stdout
    assert page in (ROOT / "docs" / "procedure.md").read_text("utf-8"), "accord policy procedure --format markdown"


async def test_who_may_do_what_is_json_where_asked_and_a_table_for_people() -> None:
    machine, table = await Shell().together(("policy", "procedure", "--json"), ("policy", "procedure"))
    [release] = [step for step in machine.json["steps"] if step["decision"] == "release"]
    assert (release["roles"], release["stages"]) == ("PAYER", "ACTIVE")
    assert "who approved it already" in release["never"]
    assert "who placed the hold" in table.words
