"""An unreadable event stops its own stream's matter, and nothing else. Two guardians judge it, and it goes on."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from ledger import clock
from tests.adversary.people import intruder
from tests.adversary.people.office import PAYER, Office, comes, until
from tests.adversary.people.papers import grant

GARBAGE: dict[str, Any] = {"at": "never", "actor": 7}


async def judged(office: Office, position: int, *more: object) -> None:
    """Two guardians say of an event that it counts for nothing."""
    told = await office.done("ledger", "set-aside", position, "--as", "dora.kim", *more, "--json")
    await office.done("staff", "confirm", told.json["change_id"], "--as", "otto.audit")


async def newest(office: Office) -> int:
    return int(await office.database.fetchval("SELECT max(position) FROM ledger.events"))


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["DirectoryFounded", "DirectoryChangeProposed", "DirectoryChangeConfirmed"])
async def test_an_event_of_the_directory_that_nobody_can_read_stops_nobody(office: Office, kind: str) -> None:
    """Attack 10, with the login that may append to the directory: what nobody signed counts whatever it says."""
    await intruder.append(office, "directory", kind, GARBAGE)
    assert (await office.paid("30000.00")).startswith("P-")
    assert "cannot be read" in (await office.done("staff", "list")).words


@pytest.mark.slow
async def test_an_event_that_nobody_can_read_stops_its_partnership_and_no_other(office: Office) -> None:
    stopped, other = await office.granted("30000.00"), await office.granted("20000.00")
    await intruder.append(office, f"partnership/{stopped}", "HoldPlaced", GARBAGE)
    position = await newest(office)
    told = await office.accord("release", stopped, "--tranche", 1, "--as", PAYER)
    assert told.code == 1
    assert f"accord ledger set-aside {position}" in told.words
    await office.release(other)
    await office.pay()
    office.bank.the_order(other)
    await judged(office, position)
    await office.release(stopped)
    await office.pay()
    office.bank.the_order(stopped)


@pytest.mark.slow
async def test_a_released_payment_waits_while_an_event_of_its_partnership_cannot_be_read(office: Office) -> None:
    reference = await office.released("30000.00")
    await intruder.append(office, f"partnership/{reference}", "HoldPlaced", GARBAGE)
    position = await newest(office)
    said = " ".join(one.words for one in await office.pay())
    assert f"accord ledger set-aside {position}" in said
    assert office.bank.told(reference) == []
    assert await comes(lambda: shown_as_stopped(office, reference))
    await judged(office, position)
    await office.pay()
    office.bank.the_order(reference)


async def shown_as_stopped(office: Office, reference: str) -> bool:
    """True if `accord status` says that nothing is decided there: its workflow looks within half a minute."""
    return reference in (await office.accord("status", "--json")).json["stopped"]


@pytest.mark.slow
async def test_an_event_that_nobody_can_read_in_a_payments_stream_stops_the_payments_of_its_partnership(
    office: Office,
) -> None:
    """The payments of one tranche count against those of all: nothing is paid while they cannot be read."""
    reference, other = await office.released("10000.00", "20000.00"), await office.released("5000.00")
    await intruder.append(office, f"partnership/{reference}/tranche/1/attempt/1", "PaymentWithheld", GARBAGE)
    position = await newest(office)
    await office.release(reference, tranche=2)
    await office.pay()
    assert (office.bank.told(reference), len(office.bank.told(other))) == ([], 1)
    await judged(office, position)
    await office.pay()
    assert sorted(order.amount for order in office.bank.told(reference)) == [Decimal("10000.00"), Decimal("20000.00")]


@pytest.mark.slow
async def test_a_forged_approval_decides_nothing_and_is_no_approval_to_a_director(office: Office) -> None:
    """Attack 12: forged approvals were folded, and a director signed on them."""
    other = await office.granted("30000.00")
    proposal = office.file({**grant(office.reference(), "30000.00")}, "proposal.json")
    reference = (await office.done("propose", proposal, "--as", "pia.berg", "--json")).json["partnership_id"]
    await until(lambda: office.holds(reference, "EligibilityAssessed"))
    forged = await office.holds(other, "ApprovalGiven")
    for approval in forged:
        await intruder.append(office, f"partnership/{reference}", "ApprovalGiven", approval)
    first = await newest(office) - len(forged) + 1
    assert (await office.done("show", reference, "--json")).json["stage"] == "APPROVAL"
    account = office.accounts["riverbend"]
    told = await office.accord("sign-agreement", reference, "--as", "dora.kim", "--account", account)
    assert told.code == 1
    await office.approved(reference)
    await office.done("sign-agreement", reference, "--as", "dora.kim", "--account", account)
    await office.release(reference)
    said = " ".join(one.words for one in await office.pay())
    assert f"accord ledger set-aside {first}" in said
    for position in range(first, first + len(forged)):
        await judged(office, position)
    await office.pay()
    office.bank.the_order(reference)


@pytest.mark.slow
async def test_nobody_sets_aside_what_was_decided(office: Office) -> None:
    reference = await office.granted("30000.00")
    [position] = [
        row["position"]
        for row in await office.database.fetch(
            "SELECT position FROM ledger.events WHERE stream_id = $1 AND event_type = 'AgreementSigned'",
            f"partnership/{reference}",
        )
    ]
    told = await office.accord("ledger", "set-aside", position, "--as", "dora.kim")
    assert (told.code, "so it counts" in told.words) == (1, True)
    assert (await office.accord("ledger", "set-aside", 10**9, "--as", "dora.kim")).code == 1


@pytest.mark.slow
async def test_lists_show_a_partnership_again_once_its_event_was_judged(office: Office) -> None:
    reference = await office.granted("30000.00")
    await intruder.append(office, f"partnership/{reference}", "HoldPlaced", GARBAGE)
    position = await newest(office)
    await intruder.append(office, f"partnership/{reference}", "DeciderReminded", {"at": "never"})
    await office.listed(reference)
    assert await set_aside(office) > 0
    await judged(office, position)
    await judged(office, position + 1)
    assert await comes(lambda: none_set_aside(office))
    assert (await office.accord("show", reference, "--json")).json["stage"] == "ACTIVE"


async def set_aside(office: Office) -> int:
    """The number of streams that the read models show only up to an event that they cannot fold."""
    told = (await office.done("ledger", "status", "--json")).json
    return sum(one["set_aside"] for one in told["read_models"])


async def none_set_aside(office: Office) -> bool:
    """True if all streams are shown whole."""
    return await set_aside(office) == 0


async def test_no_login_writes_an_event_in_a_form_of_its_own(office: Office) -> None:
    """A process that meets a newer form takes it for a newer release's, and stops until it is upgraded."""
    with pytest.raises(Exception, match="may not append this: StaffLeft on directory"):
        await intruder.append(office, "directory", "StaffLeft", {"staff_id": "dora.kim"}, form=2)


@pytest.mark.slow
async def test_an_event_that_nobody_can_read_stops_no_report_as_of_a_day(office: Office) -> None:
    """Given a partnership with an event that nobody can read, when all are reported as of a day, then they are."""
    reference = await office.granted("20000.00")
    await intruder.append(office, f"partnership/{reference}", "HoldPlaced", GARBAGE)
    position, today = await newest(office), clock.today()
    told = [
        await office.accord("responsibility", today.year, "--json"),
        await office.accord("results", "--as-of", today, "--json"),
        await office.accord("results", "--known-at", today, "--json"),
    ]
    await judged(office, position)
    assert [(one.said[:2], one.words) for one in told if one.code != 0] == []


@pytest.mark.slow
async def test_an_event_that_nobody_can_read_in_one_fund_leaves_the_others_in_view_as_of_a_day(office: Office) -> None:
    for name in ("FD-OTHER", "FD-STOPPED"):
        about = ("--funder", "ISOC", "--currency", "USD", "--year", clock.today().year, "--programme", "Libraries")
        await office.done("funds", "open", name, *about, "--name", "A budget", "--as", "femi.ade")
    await intruder.append(office, "fund/FD-STOPPED", "FundsReserved", GARBAGE)
    position = await newest(office)
    told = [
        await office.accord("funds", *words, option, clock.today(), "--json")
        for words in (("list",), ("show", "FD-OTHER"))
        for option in ("--as-of", "--known-at")
    ]
    await judged(office, position)
    assert [(one.said[:3], one.words) for one in told if one.code != 0] == []
    assert all("FD-OTHER" in one.stdout for one in told)
