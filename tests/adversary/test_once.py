"""One release is one payment, whoever has the worker's login or can reach Temporal, and whatever they write there."""

from __future__ import annotations

import copy
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from temporalio.client import Client

from tests.adversary.people import intruder
from tests.adversary.people.office import PAYER, Office, comes, until

FORGED_FILE = "ACCM" + "Z" * 26
INTRUDERS_IBAN = "NL48MOCK0000002106"
ENDED = ("PaymentInstructed", "PaymentWithheld")


async def released_again(office: Office, reference: str) -> None:
    """Release the first tranche once more in good faith, if Accord lets one, and wait until it is instructed or not."""
    if (await office.accord("release", reference, "--tranche", 1, "--as", PAYER)).code == 0:
        second = f"partnership/{reference}/tranche/1/attempt/2"
        await until(lambda: _instructed_or_not(office, reference, second))


async def _instructed_or_not(office: Office, reference: str, stream: str) -> bool:
    return any(one == stream and kind in ENDED for one, kind, _ in await office.events(reference))


def assert_told_once(office: Office, reference: str) -> None:
    sums = [str(order.amount) for order in office.bank.told(reference, 1)]
    assert sums == ["30000.00"], f"the bank was told {len(sums)} times to pay tranche 1 of {reference}"


async def test_a_workflow_that_is_started_again_with_another_memory_pays_no_tranche_twice(office: Office) -> None:
    reference = await office.paid("30000.00", "20000.00")
    client = await office.temporal_with_keys()
    state = copy.deepcopy(await intruder.state_of(client, reference))
    state["tranches"][0]["state"] = "REJECTED"
    position = await office.database.fetchval("SELECT max(position) FROM ledger.events")
    await intruder.start_again_with(client, reference, state, position)

    await released_again(office, reference)
    await office.pay()
    assert_told_once(office, reference)


@pytest.mark.slow
async def test_an_unsigned_rejection_that_no_bank_gave_pays_no_tranche_twice(office: Office) -> None:
    reference = await office.paid("30000.00", "20000.00")
    [released] = await office.holds(reference, "TrancheReleased")
    ended = {"at": released["at"], "tranche": 1, "attempt": 1, "outcome": "REJECTED", "reason": "RJCT AC04"}
    await intruder.append(office, f"partnership/{reference}", "TrancheEnded", ended)

    await released_again(office, reference)
    await office.pay()
    assert_told_once(office, reference)
    # It called the account wrong too, and keeps payments to it back until somebody asked.
    await office.called_back(office.accounts["riverbend"], "--anew")


@pytest.mark.slow
async def test_a_second_instruction_for_one_release_reaches_no_file(office: Office) -> None:
    reference = await office.granted("30000.00")
    stream = f"partnership/{reference}/tranche/1/attempt/1"
    order = await intruder.order_for(await office.temporal_with_keys(), reference, "30000.00")
    first = {"at": order["released_at"], "order": order}
    await intruder.append(office, stream, "TrancheReleasedForPayment", first)
    await office.done("release", reference, "--tranche", 1, "--as", PAYER)
    frozen = "SELECT frozen FROM payments.instructions WHERE partnership_id = $1"
    assert await comes(lambda: office.database.fetchval(frozen, reference)), (
        f"somebody wrote into the stream of a payment, and {reference} was released and is never paid"
    )
    row = await intruder.second_instruction(office, reference)
    await office.at_rest()
    await intruder.insert(office, "payments.instructions", row)

    await office.pay()
    told = office.bank.told(reference)
    assert len(told) == 1, f"the bank was told {len(told)} times, in one file, to pay the one release of {reference}"


@pytest.mark.slow
@pytest.mark.parametrize("start", [intruder.whole_start, intruder.short_start])
async def test_a_workflow_that_somebody_started_before_the_release_keeps_nobody_from_being_paid(
    office: Office, start: Callable[[Client, str], Awaitable[dict[str, Any]]]
) -> None:
    reference, client = await office.granted("30000.00"), await office.temporal()
    content = await start(await office.temporal_with_keys(), reference)
    await intruder.started_first(client, reference, content)

    await office.done("release", reference, "--tranche", 1, "--as", PAYER)
    await comes(lambda: office.instructed(reference), seconds=30)
    await office.pay()
    sums = [str(order.amount) for order in office.bank.told(reference)]
    assert sums == ["30000.00"], f"the bank was told to pay {sums} to a grantee to whom 30000.00 was released"


@pytest.mark.slow
async def test_a_file_that_nobody_made_is_not_written_again(office: Office) -> None:
    await office.paid("30000.00")
    row = await intruder.file_of_ones_own(office, FORGED_FILE, InstdAmt="990000.00", IBAN=INTRUDERS_IBAN)
    await intruder.insert(office, "payments.files", row)

    await office.write_again(FORGED_FILE)
    stolen = [(order.amount, order.iban) for order in office.bank.orders if order.message_id == FORGED_FILE]
    assert stolen == [], f"the bank was told to pay {stolen} by a file that nobody made"


@pytest.mark.slow
async def test_a_file_is_written_nowhere_but_into_the_folder_that_was_named(office: Office) -> None:
    await office.paid("30000.00")
    await intruder.insert(office, "payments.files", await intruder.file_of_ones_own(office, "../astray"))

    await office.write_again("../astray")
    strays = [path.name for path in office.bank.inbox.parent.glob("astray*")]
    assert strays == [], f"{strays} stands outside the folder that was named"
