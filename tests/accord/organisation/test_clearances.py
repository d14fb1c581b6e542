"""A second person says that two are two: it is kept for that pair, in every partnership, until one of them changes."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg
import pytest
from temporalio.client import Client

from accord.client.desk import Desk
from accord.demo.sample import CALLER, RECORDER
from accord.organisation.governance import confirm_account
from domain.directory.tiers import Role
from domain.parties import AccountReference
from domain.partnership import commands as c
from domain.partnership.stages import Stage
from domain.partnership.state import TrancheState
from domain.payment.tranche.status import TrancheStatus
from domain.screening.clearance import MatchCleared, clearance_fault
from domain.streams import StreamId
from payments.accounts import find_account
from records.codec import from_ledger
from records.keys.keyring import Keyring
from records.keys.verification import verified
from registers.loading.loader import override
from tests.accord.shell import BAD_INPUT, REFUSED, Shell, assert_all_fail
from tests.builders import as_given, funds_out, party, proposal
from tests.conftest import working_apart
from tests.governing import hire
from tests.lives import Life
from tests.registers.files import ARCHIVE, load_small, sdn_row, write_sdn
from tests.waiting import BACKSTOP
from workflows.options import TASK_QUEUE
from workflows.rescreening import RescreeningWorkflow

PAYEE, LISTED = "Riverbend Library Network", "RIVERBED LIBRARY NETWORK"
PARTNER = party("Lakeside School of Networking", ein="001000002")
OTHERS = ("QUARTZ PIER SHIPPING", "OBSIDIAN DREDGING", "ZORVANIA TRADE BUREAU", "GREYWATER MARINE")
ALIAS = '9077,1,"aka","RIVERBED READERS",-0- '
REASON = ("--reason", "founded forty years apart; both charters were seen")
BANK, LISTED_BANK = "Ferry Lane Savings Bank", "FERRY LANE SAVINGS BANC"
CHAIR, BORN, LISTED_PERSON = "Rosalind Quennamor", "1961-04-05", "QUENNAMORE, Rosalind"


class Office(NamedTuple):
    """An bureau with lists of its own, its terminal, and where its lists are written."""

    shell: Shell
    desk: Desk
    folder: Path

    async def publish(self, *names: str, aliases: tuple[str, ...] = (), person: str = "") -> None:
        """Put a list in force on which these names are the entities 9077, 9078 ..., and 9001 is a person."""
        rows = [sdn_row(number, name) for number, name in enumerate((*names, *OTHERS), start=9077)]
        rows += [sdn_row(9001, person).replace('",-0- ,', '","individual",')] if person else []
        paths = write_sdn(self.folder, *rows, aliases=aliases)
        async with self.desk.pool.acquire() as connection:
            report = await load_small(connection, "ofac-sdn", *paths, on=datetime.now(UTC).date())
            if report.refused:  # so short a list may lose none
                report = await override(connection, report.version, ARCHIVE, "it is the list of this test alone")
        assert report.loaded, report

    async def rescreen(self) -> tuple[str, ...]:
        """Let the re-screening run, and say whom it told."""
        found = await self.desk.temporal.execute_workflow(
            RescreeningWorkflow.run, id=f"rescreening/{self.folder.name}", task_queue=TASK_QUEUE
        )
        return found.told

    async def pairs(self, reference: str) -> list[str]:
        """The pairs that a partnership's parties make with the lists, the surest first."""
        known = await self.desk.known_partnership(reference)
        assert known.verification is not None
        return [match.pair for match in known.verification.screening.matches]

    async def stored(self, stream: str) -> str:
        """The table's content of a stream."""
        query = "SELECT payload FROM ledger.events WHERE stream_id = $1 ORDER BY version"
        return "\n".join(row["payload"].decode() for row in await self.desk.pool.fetch(query, stream))


@pytest.fixture
async def bureau(
    shell: Shell, furnished_pool: asyncpg.Pool, furnished_database: str, keyring: Keyring, client: Client,
    tmp_path: Path,
) -> AsyncIterator[Office]:  # fmt: skip
    """The sample's organisation on a fresh database, with a worker."""
    desk = Desk(furnished_pool, keyring, client=client, patience=BACKSTOP)
    async with working_apart(client, furnished_pool):
        yield Office(shell.where(ACCORD_DATABASE_URL=furnished_database), desk, tmp_path)


def clear(reference: str, pair: str, who: str, reason: tuple[str, str] = REASON) -> tuple[str, ...]:
    return ("clear-match", reference, pair, *reason, "--as", who)


async def test_a_match_that_a_verifier_cleared_holds_nobody_up_until_the_list_says_more_of_the_entity(
    bureau: Office, reference: str
) -> None:
    await bureau.publish(LISTED)
    life = Life(bureau.desk, reference)
    await life.propose(proposal(reference))
    referred = await life.until_stage(Stage.ELIGIBILITY)
    assert f"{PAYEE!r} resembles {LISTED!r} of ofac-sdn (entity 9077)" in referred.why
    [pair] = await bureau.pairs(reference)

    shown = await bureau.shell.done("matches", reference)
    for words in (pair[:12], PAYEE, f"{LISTED} (entity 9077)", "riverbend ~ riverbed"):
        assert words in shown.words
    cleared = await bureau.shell.done(*clear(reference, pair[:8], "vera.lind"))
    assert f"Cleared: {PAYEE} is not entity 9077 ({LISTED})." in cleared.words

    passed = await life.until_stage(Stage.APPROVAL)  # its workflow looked again by itself
    assert (passed.why, passed.verifier, passed.elevated) == ("", "", False)
    [stored] = await bureau.desk.ledger.read_stream(StreamId.clearance(pair))
    event = from_ledger(stored).event
    assert isinstance(event, MatchCleared)
    assert (event.actor, event.partnership_id, event.reason) == ("vera.lind", reference, REASON[1])
    assert clearance_fault(event, await bureau.desk.directory(), verified, event.at.date()) is None

    again, machine = await bureau.shell.together(
        (*clear(reference, pair, "vera.lind"), "--json"), ("matches", reference, "--json")
    )
    assert again.json == {"party": PAYEE, "entity": "9077", "listed_name": LISTED}
    assert len(await bureau.desk.ledger.read_stream(StreamId.clearance(pair))) == 1, "said again it is the same"
    assert [(one["pair"], one["cleared_by"]) for one in machine.json] == [(pair, ["vera.lind"])]

    second = Life(bureau.desk, f"{reference}1")
    await second.propose(proposal(second.reference, title="Another project of theirs"))
    assert (await second.until_stage(Stage.APPROVAL)).verifier == ""
    assert "ReferralCleared" not in await second.told()

    await bureau.publish(LISTED, aliases=(ALIAS,))
    assert await bureau.rescreen() == (reference, second.reference)
    for one in (life, second):
        held = await one.until(lambda known: known.hold is not None)
        assert held.hold is not None
        assert f"resembles {LISTED!r}" in held.hold.reason
    [open_again] = (await bureau.shell.done("matches", reference, "--json")).json
    assert (open_again["pair"] != pair, open_again["entity"], open_again["cleared_by"]) == (True, "9077", [])


@pytest.mark.slow
async def test_who_has_a_part_in_it_or_no_role_clears_nothing_and_nobody_clears_a_name_that_is_listed(
    bureau: Office, reference: str
) -> None:
    life = Life(bureau.desk, reference)
    await life.released(proposal(reference, partner=PARTNER, funds_out=funds_out("600.00", "400.00")))
    assert f"No party of {reference} meets" in (await bureau.shell.done("matches", reference)).words
    await bureau.publish(LISTED, PARTNER.name.upper())
    assert await bureau.rescreen() == (reference,)
    held = await life.until(lambda known: known.hold is not None)
    assert (held.proposers, held.payers) == (("pia.berg",), ("paul.nkosi",))
    exact, near = await bureau.pairs(reference)

    other = f"proposed or pays {reference}"
    await assert_all_fail(
        bureau.shell,
        (clear(reference, near, "pia.berg"), REFUSED, [f"pia.berg {other}"]),
        (clear(reference, near, "paul.nkosi"), REFUSED, [f"paul.nkosi {other}"]),
        (
            clear(reference, near, "ana.silva"),
            REFUSED,
            ["Ana Silva may not clear a match", "a verifier must"],
        ),
        (clear(reference, exact, "vera.lind"), REFUSED, ["bears the listed name exactly", "refused, not cleared"]),
        (clear(reference, "f" * 64, "vera.lind"), BAD_INPUT, ["names none of the matches", "accord matches"]),
    )
    for pair in (exact, near):
        assert await bureau.desk.ledger.read_stream(StreamId.clearance(pair)) == []


@pytest.mark.slow
async def test_what_a_proposer_cleared_in_anothers_partnership_is_open_in_her_own(
    bureau: Office, reference: str
) -> None:
    await bureau.publish(LISTED)
    await hire(bureau.desk, "vic.both", Role.PROPOSER, Role.VERIFIER)
    others, hers = Life(bureau.desk, reference), Life(bureau.desk, f"{reference}1")
    await others.propose(proposal(others.reference))
    await others.until_stage(Stage.ELIGIBILITY)
    [pair] = await bureau.pairs(others.reference)
    await bureau.shell.done(*clear(others.reference, pair, "vic.both"))
    await others.until_stage(Stage.APPROVAL)
    await hers.propose(proposal(hers.reference), "vic.both")
    assert f"resembles {LISTED!r}" in (await hers.until_stage(Stage.ELIGIBILITY)).why


# The payee's bank.


def written(**more: str) -> str:
    details = {"holder": PAYEE, "number": "7654321000", "bic": "MOCKKENA", "town": "Riverbend", "country": "US", **more}
    return "".join(f'{field} = "{value}"\n' for field, value in details.items())


async def called_back(bureau: Office, reference: str) -> AccountReference:
    async with bureau.desk.pool.acquire() as connection:
        account = await find_account(connection, reference)
    await confirm_account(bureau.desk, account, CALLER, "called the listed number")
    return account


@pytest.mark.slow
async def test_who_records_an_account_is_told_when_no_directory_names_its_bank(
    bureau: Office, file: Callable[..., Path]
) -> None:
    record, staff = ("payments", "account"), ("--as", RECORDER)
    unnamed, named = await bureau.shell.together(
        (*record, file(written(), "unnamed.toml"), *staff), (*record, file(written(bank=BANK), "named.toml"), *staff)
    )
    told = "No directory names the bank MOCKKENA: it is screened only where the file has its name (bank)."
    assert (unnamed.code, told in unnamed.words) == (0, True), unnamed
    assert (named.code, named.stderr) == (0, ""), named


@pytest.mark.slow
async def test_nothing_is_paid_by_way_of_a_bank_that_nearly_bears_a_listed_name_until_somebody_cleared_it(
    bureau: Office, reference: str, file: Callable[..., Path]
) -> None:
    await bureau.publish(LISTED_BANK)
    recorded = await bureau.shell.done("payments", "account", file(written(bank=BANK), "a.toml"), "--as", RECORDER)
    account = await called_back(bureau, re.findall(r"BA-\w{12}", recorded.words)[0])
    life = Life(bureau.desk, reference)
    await life.approved(proposal(reference, funds_out=funds_out("1000.00", final_report=False)))
    await life.do(c.SignAgreement, "dora.kim", signed_on=date(2026, 11, 2), account=account)
    await life.do(c.Release, "paul.nkosi", tranche=1)
    held = await life.until(lambda known: known.hold is not None)
    assert (held.tranches[0].state, held.hold is not None) == (TrancheState.WITHHELD, True)
    why = f"the bank {BANK!r} is near {LISTED_BANK!r} of ofac-sdn (entity 9077)"
    assert why in str([recorded.event for recorded in await life.events()])

    shown, [match] = await bureau.shell.done("matches", reference), await matches(bureau, reference)
    assert (match["party"], match["cleared_by"], await bureau.pairs(reference)) == (BANK, [], [])
    for words in (match["pair"][:12], BANK, f"{LISTED_BANK} (entity 9077)", "bank ~ banc"):
        assert words in shown.words
    await assert_all_fail(
        bureau.shell, *((clear(reference, match["pair"], who), REFUSED, [who]) for who in ("pia.berg", "paul.nkosi"))
    )
    await bureau.shell.done(*clear(reference, match["pair"][:8], "vera.lind"))
    assert (await matches(bureau, reference))[0]["cleared_by"] == ["vera.lind"]
    await life.do(c.LiftHold, "femi.ade", reason="it is another bank")
    await life.do(c.Release, "paul.nkosi", tranche=1)
    assert (await life.instructed(attempt=2)).status is TrancheStatus.INSTRUCTED


async def matches(bureau: Office, reference: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await bureau.shell.done("matches", reference, "--json")).json
    return found


# A person.


@pytest.mark.slow
async def test_a_clearance_that_names_a_person_is_sealed_and_does_not_keep_her_from_being_erased(
    bureau: Office, reference: str
) -> None:
    await bureau.publish(person=LISTED_PERSON)
    life, reason = Life(bureau.desk, reference), f"{CHAIR} was born in another country"
    chair = {"name": CHAIR, "role": "DIRECTOR", "country": "PE", "born": BORN}
    await life.propose(as_given(reference, partner=party(principals=(chair,))))
    await life.until_stage(Stage.ELIGIBILITY)
    [pair] = await bureau.pairs(reference)
    await bureau.shell.done(*clear(reference, pair, "vera.lind", ("--reason", reason)))
    await life.until_stage(Stage.APPROVAL)

    stream = StreamId.clearance(pair)
    [stored] = await bureau.desk.ledger.read_stream(stream)
    event = from_ledger(stored).event
    assert isinstance(event, MatchCleared)
    assert (event.reason, clearance_fault(event, await bureau.desk.directory(), verified, event.at.date())) == (
        reason,
        None,
    )
    assert "was born in another country" in await bureau.stored(stream)
    assert CHAIR not in await bureau.stored(stream)
    of_the_case = await bureau.stored(StreamId.partnership(reference))
    assert [words for words in (CHAIR, BORN, pair, "quennamor ~") if words in of_the_case] == []

    people = (await bureau.shell.done("privacy", "list", "--json")).json
    [known] = [one for one in people if one["known_as"].startswith(CHAIR)]
    assert (known["known_as"], known["partnerships"]) == (f"{CHAIR}, {PAYEE} (US)", [reference])
    await life.do(c.Withdraw, "pia.berg", reason="They found other funds")
    for guardian in ("dora.kim", "otto.audit"):
        told = await bureau.shell.done(
            "privacy", "erase", known["person"], "--reason", "She asked for it", "--yes", "--as", guardian
        )
    assert "is erased, by dora.kim and otto.audit" in told.words
    shown, listed, proved = await bureau.shell.together(
        ("matches", reference, "--json"), ("privacy", "list", "--json"), ("ledger", "verify", "--json")
    )
    assert [(one["party"], one["pair"]) for one in shown.json] == [("⟦erased⟧", "⟦erased⟧")]
    assert (CHAIR in str(listed.json), proved.json["faults"]) == (False, [])
    left = from_ledger((await bureau.desk.ledger.read_stream(stream))[0]).event
    assert isinstance(left, MatchCleared)
    assert left.reason == "⟦erased⟧ was born in another country"
