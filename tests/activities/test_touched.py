"""Re-screening asks a read model, and finds whom reading every event would have found, wherever that model is."""

from __future__ import annotations

import dataclasses
import json
import random
from contextlib import suppress
from datetime import date
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import asyncpg
import pytest
from temporalio.testing import ActivityEnvironment

from accord.client.desk import Desk
from activities.contracts import AffectedPartnerships
from activities.evidence import verify
from activities.registers.rescreening import Rescreening
from activities.registers.touching import ScreeningBasis
from deploy.database import open_pool
from deploy.embedded.stack import Stack
from deploy.logins import Login, as_user, read_secret
from domain.directory.personal import people_in
from domain.errors import EventUnreadable
from domain.partnership import events as e
from domain.policy.findings import Assessment
from domain.policy.rulebook import RULE_BOOK
from domain.proposal import Proposal
from domain.screening.evidence import Verification
from domain.streams import PARTNERSHIP_STREAMS, StreamId
from ledger import AppendRequest, NewEvent, clock
from ledger.projections import Projector
from ledger.projections.comparing import differences
from records.authorship import Reader
from records.codec import read_stored, to_ledger
from records.privacy.vault import Vault
from records.read_models import open_partnerships
from records.read_models.facts import RELEVANT, OpenPartnership
from records.read_models.inquiries import document_of, inquiry_of, read_inquiry
from records.read_models.open_partnerships import open_cases
from records.read_models.rescreening import RESCREENING
from records.truths import read_truths
from registers.history import versions_in_force
from registers.loading import loader
from registers.lookup import ABOUT_STATUS
from registers.sources.catalogue import LISTS
from tests.activities.full_way import touched_in_full
from tests.builders import funding, funds_out, number, party, principal, proposal
from tests.conftest import name_in
from tests.logins import let_in
from tests.records.privacy.test_vault import erased
from tests.registers.files import SAMPLE, bmf_row, load_small, sdn_row, write_sdn

NAMES = ("Zorvann Petrakhin", "Tovas Quillmark", "Ilse Marchetti", "Bram Okonjo", "Wilhelmina Ostrander")
DAY = date(2026, 11, 1)


async def by_every_event(desk: Desk) -> set[str]:
    """Whom the way before found: every event of every partnership is read, and all are asked about at once."""
    cases: dict[str, OpenPartnership] = {}
    async for payload in desk.ledger.read_payloads(PARTNERSHIP_STREAMS, sorted(RELEVANT)):
        partnership_id = StreamId(payload.stream_id).subject
        with suppress(EventUnreadable):
            cases[partnership_id] = cases.get(partnership_id, OpenPartnership()).after(read_stored(payload))
    known = {one: case for one, case in cases.items() if case.proposal and case.verification and not case.ended}
    rules = (await desk.directory()).rules
    async with desk.pool.acquire() as connection:
        in_force = await versions_in_force(connection, (*ABOUT_STATUS, *LISTS))
        watched = rules.watched if rules is not None else ()
        basis = ScreeningBasis(in_force, await read_truths(desk.reader), clock.today(), watched=watched)
        return await touched_in_full(connection, known, basis)


async def by_the_read_model(desk: Desk, reached: Any = None) -> tuple[set[str], list[Any]]:
    """Whom the activity finds, and its heartbeats. `reached`: the last heartbeat of the attempt before it."""
    environment, beats = ActivityEnvironment(), list[Any]()
    before = [reached] if reached is not None else []
    environment.info = dataclasses.replace(environment.info, heartbeat_details=before)
    environment.on_heartbeat = lambda *told: beats.append(told[0].model_dump(mode="json"))
    found: AffectedPartnerships = await environment.run(Rescreening(desk.pool).find_touched)
    return set(found.partnership_ids), beats


class Case:
    """A partnership's stream, into which anything may be written."""

    def __init__(self, desk: Desk, reference: str) -> None:
        self.desk, self.reference, self.version = desk, reference, 0
        self.proposed: Proposal | None = None

    async def write(self, *events: NewEvent) -> None:
        stream, command = StreamId.partnership(self.reference), number(f"{self.reference} {self.version}")
        answer = await self.desk.ledger.append(AppendRequest(stream, command, self.version, events))
        assert answer.recorded, answer
        self.version += len(events)

    async def say(self, kind: Any, **content: Any) -> None:
        event = kind(at=clock.now(), **content)
        self.proposed = getattr(event, "proposal", self.proposed)
        people = people_in((event,))
        await self.write(*to_ledger((event,), "scribe", number("said"), people))


class House:
    """An organisation in which things happen by chance, the same ones for the same draw."""

    def __init__(self, desk: Desk, folder: Path, draw: random.Random) -> None:
        self.desk, self.folder, self.draw = desk, folder, draw
        self.cases: list[Case] = []
        self.listed: list[str] = []
        self.named: tuple[int, ...] = ()

    async def something(self) -> None:
        """Something happens to a partnership, to a register, or to the read model."""
        happens = [self.begin, self.begin, self.go_on, self.go_on, self.go_on, self.publish, self.follow]
        await self.draw.choice(happens)()

    async def begin(self) -> None:
        """A partnership is proposed, and most are verified."""
        case = Case(self.desk, f"P-2026-07{len(self.cases):02}")
        self.cases.append(case)
        await case.say(e.PartnershipProposed, actor="pia.berg", proposal=self.proposal(case), funding=funding())
        if self.draw.random() < 0.8:
            await case.say(e.DueDiligenceCompleted, verification=await self.verification(case))

    async def go_on(self) -> None:
        """Somebody acts in a partnership, or nobody can read what is written there."""
        if not self.cases:
            return None
        case, edition = self.draw.choice(self.cases), self.draw.choice(["2026.3", RULE_BOOK.version])
        school = {"party": party(f"{self.draw.choice(NAMES)} School", ein=None), "purpose": "A reading room"}
        amended = {"proposal": self.proposal(case), "funding": funding(), "reason": "another payee", "changes": ()}
        looked = {"verification": await self.verification(case), "assessment": assessed(edition)}
        kind, content = self.draw.choice(
            [
                (e.ProposalAmended, {"actor": "pia.berg", **amended}),
                (e.InformationRequested, {"actor": "vera.lind", "question": "which villages?"}),
                (e.SubrecipientsReported, {"actor": "pia.berg", "subrecipients": [school]}),
                (e.PartnershipWithdrawn, {"actor": "pia.berg", "reason": "another donor was found"}),
                (e.PartnershipReopened, {"actor": "dora.kim", "reason": "more came back"}),
                (e.RegistersRechecked, looked),
                (e.DueDiligenceCompleted, {"verification": looked["verification"]}),
                (e.EligibilityAssessed, {"assessment": assessed(edition)}),
                (None, {}),
            ]
        )
        if kind is None:  # what nobody can read stands in the stream
            return await case.write(NewEvent.of("ProposalAmended", 1, {"nobody": "reads this"}, {}))
        return await case.say(kind, **content)

    async def publish(self) -> None:
        """A newer version of a list names somebody, or another row says something of a payee."""
        folder = Path(mkdtemp(dir=self.folder))
        async with self.desk.pool.acquire() as connection:
            chance = self.draw.random()
            if chance < 0.5:
                self.listed.append(self.draw.choice(NAMES))
                rows = [sdn_row(place, name.upper()) for place, name in enumerate(self.listed, 1)]
                await load_small(connection, "ofac-sdn", *write_sdn(folder, *rows), on=clock.today())
            elif chance < 0.75:
                await self.name_another(connection, folder)
            else:
                place = "RIVERBEND||1 MAIN ST|RIVERBEND|KS|00000-0000|US"
                row = f"{self.draw.choice(EINS)}|{place}|03|15-MAY-2026|01-NOV-2026|"
                text = (SAMPLE / "revocation.txt").read_text("utf-8").rstrip("\n")
                (folder / "revocation.txt").write_text(f"{text}\n{row}\n", "utf-8")
                await load_small(connection, "irs-revocation", folder / "revocation.txt", on=clock.today())

    async def name_another(self, connection: asyncpg.Connection, folder: Path) -> None:
        """Other numbers take the name of every payee here, or leave it."""
        self.named = () if self.named and self.draw.random() < 0.5 else (*self.named, 700 + len(self.named))
        text = (SAMPLE / "bmf.csv").read_text("utf-8").rstrip("\n")
        (folder / "bmf.csv").write_text("\n".join((text, *map(bmf_row, self.named))) + "\n", "utf-8")
        await load_small(connection, "irs-bmf", folder / "bmf.csv", on=clock.today())

    async def follow(self) -> None:
        """The read model comes as far as the ledger."""
        await Projector(self.desk.ledger, RESCREENING).catch_up()

    def proposal(self, case: Case) -> Proposal:
        behind = (principal(self.draw.choice(NAMES)),)
        payee = party("Riverbend Library Network", ein=self.draw.choice(EINS), principals=behind)
        return proposal(case.reference, partner=payee, funds_out=funds_out("100.00", payee=payee))

    async def verification(self, case: Case) -> Verification:
        assert case.proposed is not None
        async with self.desk.pool.acquire() as connection:
            return await verify(connection, Reader(self.desk.ledger), case.proposed)


EINS = ("00-1000001", "00-1000002", "00-1000009")


def assessed(edition: str) -> Assessment:
    return Assessment(rule_book=edition, facts_sha256="0" * 64, findings=())


NOW = assessed(RULE_BOOK.version)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of three, and no version of a register that is refused for what it holds."""
    monkeypatch.setattr(open_partnerships, "PAGE", 3)
    monkeypatch.setattr(loader, "implausible", lambda _arrival, _floor: None)


@pytest.fixture
async def house(furnished: Desk, tmp_path: Path, small: None) -> House:
    """Five verified partnerships that the read model knows, all with one man behind the payee."""
    house = House(furnished, tmp_path, Always())
    for _ in range(5):
        await house.begin()
    await house.follow()
    return house


class Always(random.Random):
    """A draw that always takes the first."""

    def random(self) -> float:
        return 0.0

    def choice(self, seq: Any) -> Any:
        return seq[0]


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (2, 3, 4))])
async def test_whom_every_event_would_have_found_the_read_model_finds_wherever_it_is(
    furnished: Desk, tmp_path: Path, seed: int
) -> None:
    """Given a history by chance, when re-screening asks a read model that lags, then it finds the same ones."""
    house, found = House(furnished, tmp_path, random.Random(seed)), set[str]()  # noqa: S311
    for _ in range(6):
        for _ in range(7):
            await house.something()
        expected = await by_every_event(furnished)
        assert (await by_the_read_model(furnished))[0] == expected
        found |= expected
    await house.follow()
    assert (await by_the_read_model(furnished))[0] == await by_every_event(furnished)
    assert await differences(furnished.ledger, RESCREENING) == []
    assert found, "a comparison of nobody with nobody says nothing"


@pytest.mark.slow
async def test_an_attempt_goes_on_from_any_place_that_the_one_before_it_reached(house: House) -> None:
    """Given attempts that were cut off at each of their places, when the next goes on, then it finds all, once."""
    await house.publish()
    await house.begin()  # with the newest list: it is not touched, and the read model lacks it
    everybody, beats = await by_the_read_model(house.desk)
    assert everybody == {case.reference for case in house.cases[:5]} == await by_every_event(house.desk)
    assert len({repr(beat["place"]) for beat in beats}) > 3
    for beat in beats:
        found, after = await by_the_read_model(house.desk, beat)
        assert (found, len(after) <= len(beats)) == (everybody, True)


@pytest.mark.slow
async def test_an_attempt_begins_anew_if_a_register_changed_since(house: House) -> None:
    _, beats = await by_the_read_model(house.desk)
    await house.publish()
    assert (await by_the_read_model(house.desk, beats[-1]))[0] == await by_every_event(house.desk) != set()


@pytest.mark.slow
async def test_whom_a_later_event_names_or_ends_is_seen_though_the_read_model_does_not_know_of_it(
    house: House,
) -> None:
    """Given a list that names somebody, when one is added after it and another ends, then both are seen so."""
    await house.publish()
    joined, ended = house.cases[0], house.cases[1]
    assert joined.proposed is not None
    await joined.say(e.RegistersRechecked, verification=await house.verification(joined), assessment=NOW)
    assert (await by_the_read_model(house.desk))[0] == {case.reference for case in house.cases[1:]}
    school = {"party": party(f"{NAMES[0]} School", ein=None), "purpose": "A reading room"}
    await joined.say(e.SubrecipientsReported, actor="pia.berg", subrecipients=[school])
    await ended.say(e.PartnershipWithdrawn, actor="pia.berg", reason="another donor was found")
    found, _ = await by_the_read_model(house.desk)
    assert found == await by_every_event(house.desk) == {case.reference for case in [joined, *house.cases[2:]]}


async def test_who_was_erased_is_looked_for_in_the_ledger_until_the_read_model_is_whole(house: House) -> None:
    """Given an erased person, when their partnership's documents are dropped, then it is asked about all the same."""
    await house.publish()
    vault = Vault(house.desk.pool)
    person = next(known for known in await vault.people() if NAMES[0].casefold() in known.subject.casefold())
    await erased(house.desk.ledger, vault, person)
    assert await house.desk.pool.fetchval("SELECT count(*) FROM projection.forgotten WHERE name = 'rescreening'") > 0
    lacking, expected = (await by_the_read_model(house.desk))[0], await by_every_event(house.desk)
    await house.follow()
    assert lacking == expected == (await by_the_read_model(house.desk))[0] != set()


FOLDED_ANEW = """
INSERT INTO projection.forgotten SELECT name, generation, stream_id FROM projection.documents WHERE name = 'rescreening'
"""
AT_THE_HEAD = """
UPDATE projection.checkpoints
   SET (position, leaf) = (SELECT position, leaf FROM ledger.events ORDER BY position DESC LIMIT 1)
 WHERE name = 'rescreening'
"""


async def test_what_waits_to_be_folded_anew_is_read_from_the_ledger_whatever_its_old_document_says(
    house: House,
) -> None:
    """Given a rebuild under way, when all but one have looked since, then no old document has the others told."""
    await house.publish()
    for case in house.cases[1:]:
        await case.say(e.RegistersRechecked, verification=await house.verification(case), assessment=NOW)
    await house.desk.pool.execute(FOLDED_ANEW)
    await house.desk.pool.execute(AT_THE_HEAD)
    assert (await by_the_read_model(house.desk))[0] == await by_every_event(house.desk) == {house.cases[0].reference}


@pytest.mark.slow
async def test_a_worker_may_read_all_that_it_asks(house: House, furnished_database: str, stack: Stack) -> None:
    """Given the login of workers, which owns nothing, when it asks, then it finds whom the owner finds."""
    await house.publish()
    await let_in(furnished_database)
    secret = read_secret(stack.postgres.secrets / Login.WORKER)
    address = as_user(furnished_database, Login.WORKER.of(name_in(furnished_database)), secret)
    async with await open_pool(address) as pool:
        asked = await ActivityEnvironment().run(Rescreening(pool).find_touched)
    assert set(asked.partnership_ids) == await by_every_event(house.desk) != set()


@pytest.mark.slow
async def test_without_a_read_model_the_ledger_is_asked(house: House) -> None:
    await house.publish()
    await house.desk.pool.execute("DELETE FROM projection.checkpoints WHERE name = 'rescreening'")
    assert (await by_the_read_model(house.desk))[0] == await by_every_event(house.desk) != set()


async def test_what_is_asked_reads_as_it_was_written(house: House) -> None:
    """Given partnerships with evidence, then what stands beside their documents is what their facts ask."""
    found = await open_cases(house.desk.ledger)
    stored = await house.desk.pool.fetch("SELECT stream_id, asked FROM projection.documents WHERE asked IS NOT NULL")
    assert {StreamId(row[0]).subject: read_inquiry(row[1]) for row in stored} == {
        one: inquiry_of(case) for one, case in found.items()
    }
    for case in found.values():
        assert read_inquiry(json.dumps(document_of(inquiry_of(case)))) == inquiry_of(case)


async def test_a_model_of_another_release_is_not_read(house: House) -> None:
    """Given a live model of another generation, as during an upgrade, then the ledger alone is asked."""
    await house.publish()
    await house.desk.pool.execute("DELETE FROM projection.documents WHERE name = 'rescreening'")
    await house.desk.pool.execute("UPDATE projection.checkpoints SET generation = 1 WHERE name = 'rescreening'")
    assert (await by_the_read_model(house.desk))[0] == await by_every_event(house.desk) != set()
