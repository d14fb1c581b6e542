"""A body that is listed later under a payee's name touches that payee, and nobody whose name it leaves alone (R29)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest

from accord.client.desk import Desk
from domain.partnership import events as e
from domain.screening.evidence import Verification
from domain.screening.identity import Ruling
from ledger import clock
from registers.loading import loader
from tests.activities.test_touched import NOW, Always, Case, House, by_every_event, by_the_read_model
from tests.builders import funding, funds_out, party, proposal
from tests.registers.files import SAMPLE, load_small

NAME = "RIVERBEND LIBRARY NETWORK"
AT_RIVERBEND = {"lines": ["1 Main Street", "Riverbend, KS"]}
AT_LAKESIDE = {"lines": ["1 Main Street", "Lakeside, VT"]}
Publish = Callable[..., Awaitable[None]]


def listed(ein: str, name: str = NAME, city: str = "DOVER", state: str = "NH", revenue: str = "900000") -> str:
    """A row of the master file, of an invented body."""
    codes = f"0000,03,3,1000,200501,1,15,000000000,1,01,202412,4,4,01,0,12,1200000,900000,{revenue},B700,"
    return f"{ein},{name},,9 ELM ST,{city},{state},00000-0000,{codes}"


@pytest.fixture
def publish(furnished: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Publish:
    """Puts a master file in force: the sample's, with these rows beside."""
    monkeypatch.setattr(loader, "implausible", lambda _arrival, _floor: None)

    async def publishes(*rows: str, register: str = "irs-bmf", file: str = "bmf.csv") -> None:
        path = Path(mkdtemp(dir=tmp_path)) / file
        path.write_text("\n".join(((SAMPLE / file).read_text("utf-8").rstrip("\n"), *rows)) + "\n", "utf-8")
        async with furnished.pool.acquire() as connection:
            report = await load_small(connection, register, path, on=clock.today())
        assert report.loaded, report

    return publishes


class Grants:
    """Grants to bodies of the sample, each verified, and looked at again when a test says so."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        self._house, self._desk = House(desk, folder, Always()), desk

    async def to(self, name: str = "Riverbend Library Network", ein: str | None = "001000001", **more: Any) -> Case:
        case = Case(self._desk, f"P-2026-06{len(self._house.cases):02}")
        self._house.cases.append(case)
        payee = party(name, ein=ein, **more)
        proposed = proposal(case.reference, partner=payee, funds_out=funds_out("100.00", payee=payee))
        await case.say(e.PartnershipProposed, actor="pia.berg", proposal=proposed, funding=funding())
        await case.say(e.DueDiligenceCompleted, verification=await self.evidence(case))
        return case

    async def evidence(self, case: Case) -> Verification:
        return await self._house.verification(case)

    async def look(self, case: Case) -> Ruling | None:
        """It looks again. Returns the ruling on its payee's name, if it has a number."""
        verification = await self.evidence(case)
        await case.say(e.RegistersRechecked, verification=verification, assessment=NOW)
        return verification.status.identity[0].ruling if verification.status is not None else None

    async def touched(self) -> set[str]:
        """Whom a run finds: the read model and the whole ledger say the same, wherever that model is."""
        found, _ = await by_the_read_model(self._desk)
        assert found == await by_every_event(self._desk)
        await self._house.follow()
        assert (await by_the_read_model(self._desk))[0] == found
        return found


@pytest.fixture
def grants(furnished: Desk, tmp_path: Path) -> Grants:
    return Grants(furnished, tmp_path)


async def test_a_namesake_that_is_listed_later_touches_the_payee_and_no_other(grants: Grants, publish: Publish) -> None:
    """Given two confirmed payees, when another number takes the name of one, then that one is asked, once."""
    named, other = await grants.to(), await grants.to("Lakeside School of Networking", "001000002")
    assert await grants.touched() == set()
    await publish(listed("001000901"))
    assert await grants.touched() == {named.reference}
    assert await grants.look(named) is Ruling.ADDRESS
    assert await grants.touched() == set()
    assert await grants.look(other) is Ruling.CONFIRMED


@pytest.mark.parametrize(
    ("address", "city", "state", "is_touched"),
    [
        pytest.param(AT_RIVERBEND, "DOVER", "NH", False, id="its own place tells it from the other"),
        pytest.param(AT_RIVERBEND, "RIVERBEND", "KS", True, id="both are there"),
        pytest.param(AT_LAKESIDE, "DOVER", "NH", True, id="its address is elsewhere"),
    ],
)
async def test_a_namesake_touches_only_those_whom_it_makes_doubtful(
    grants: Grants, publish: Publish, address: Any, city: str, state: str, is_touched: bool
) -> None:
    case = await grants.to(address=address)
    await publish(listed("001000901", city=city, state=state))
    assert await grants.touched() == ({case.reference} if is_touched else set())


async def test_a_name_that_is_alike_touches_whoever_was_confirmed_by_no_more_than_that(
    grants: Grants, publish: Publish
) -> None:
    """Given one payee of the row's own name and one of a name like it, then other words of both touch the second."""
    await grants.to("Zorvan Trade Education Fund", "001000008", address=AT_RIVERBEND)
    alike = await grants.to("Zorvan Education Trade Fund", "001000008", address=AT_RIVERBEND)
    assert (await grants.evidence(alike)).status.identity[0].ruling is Ruling.CONFIRMED  # type: ignore[union-attr]
    await publish(listed("001000901", "TRADE EDUCATION ZORVAN FUND"))
    assert await grants.touched() == {alike.reference}


@pytest.mark.slow
async def test_a_body_that_bears_such_a_name_as_a_further_one_touches_too(grants: Grants, publish: Publish) -> None:
    """Given a payee confirmed by a name like its row's and its place, then a SORT_NAME of that name is another's."""
    name, same = "Zorvan Trade Education Fund", await grants.to(ein="001000001")
    alike = await grants.to("Zorvan Education Trade Fund", "001000008", address=AT_RIVERBEND)
    own = await grants.to(name, "001000008", address=AT_RIVERBEND)
    await publish(f"{listed('001000901', 'GRAND LODGE OF OAKFORD')}ZORVAN EDUCATION TRADE FUND")
    assert await grants.touched() == {alike.reference}, f"neither {same.reference} nor {own.reference}"
    assert await grants.look(alike) is Ruling.OTHERS


@pytest.mark.slow
async def test_a_namesake_that_says_something_new_or_stays_touches_nobody(grants: Grants, publish: Publish) -> None:
    """Given a payee that was asked about its namesake, when that one's row changes in a sum, then nobody is asked."""
    case = await grants.to()
    await publish(listed("001000901"))
    await grants.look(case)
    await publish(listed("001000901", revenue="950000"))
    assert await grants.touched() == set()
    await publish(listed("001000901", revenue="950000"), listed("001000902", city="SALEM", state="OR"))
    assert await grants.touched() == set(), "a second one asks nothing that was not asked"


@pytest.mark.slow
async def test_a_namesake_that_is_listed_no_longer_touches_whoever_was_asked_about_it(
    grants: Grants, publish: Publish
) -> None:
    case = await grants.to()
    await publish(listed("001000901"))
    await grants.look(case)
    await publish()
    assert await grants.touched() == {case.reference}
    assert await grants.look(case) is Ruling.CONFIRMED
    assert await grants.touched() == set()


async def test_a_namesake_of_publication_78_touches_too(grants: Grants, publish: Publish) -> None:
    case = await grants.to()
    row = "001000901|Riverbend Library Network|Dover|NH|United States|PC"
    await publish(row, register="irs-pub78", file="pub78.txt")
    assert await grants.touched() == {case.reference}


async def test_who_was_looked_up_before_names_had_places_is_not_asked_about_namesakes(
    grants: Grants, publish: Publish
) -> None:
    """Evidence of an earlier edition compares the words alone, and its rule asks nobody else."""
    case = await grants.to()
    verification = await grants.evidence(case)
    assert verification.status is not None
    before = verification.model_copy(update={"status": verification.status.model_copy(update={"identity": ()})})
    await case.say(e.RegistersRechecked, verification=before, assessment=NOW)
    await publish(listed("001000901"))
    assert await grants.touched() == set()


async def test_a_member_of_a_group_is_not_asked_about_every_other_member(grants: Grants, publish: Publish) -> None:
    """Its row has the whole group's name: only another body of its own name makes it doubtful."""
    harbor = {"lines": ["1 Main Street", "Harbor, ME"]}
    member = await grants.to("Harbor Chapter of Open Networks", "001000004", address=harbor)
    await grants.to()
    await publish(listed("001000901", "OPEN NETWORKS UNITED"))
    assert await grants.touched() == set()
    await publish(listed("001000901", "HARBOR CHAPTER OF OPEN NETWORKS", "HARBOR", "ME"))
    assert await grants.touched() == {member.reference}
