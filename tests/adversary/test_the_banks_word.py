"""No word of the bank is lost, and none counts twice: what it booked is what the ledger says, or a person is told.

The bank here is careless, never malicious: it uses a message id again, tells a booking twice, corrects itself.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import pytest
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest
from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode

from tests.adversary.people.bank import Order
from tests.adversary.people.messages import (
    CAMT_054_OF_2009,
    credit,
    credit_of_2009,
    debit,
    notification,
    returned,
    status_report,
)
from tests.adversary.people.office import Office, sample_iban, until

OURS, ANOTHERS, PAYEES = sample_iban("isoc"), sample_iban("sample-pf"), sample_iban("riverbend")
FIRST_TRANCHE = "partnership/{}/tranche/1/attempt/1"


async def booked(office: Office, reference: str, attempt: int = 1) -> Order:
    """The bank books an attempt to pay the first tranche and says so, and the ledger holds it. Return the order."""
    order = await office.hear_booked(reference, attempt)
    await until(lambda: office.settled(reference, attempt))
    return order


async def kept(office: Office, reference: str, *needles: str) -> bool:
    """True if an event of the partnership, or an exception for a person, holds one of these words."""
    told = [json.dumps(content) for _, _, content in await office.events(reference)]
    return any(needle in one for one in (*told, *await office.exceptions()) for needle in needles)


# A message id says nothing: banks use theirs again.


async def test_a_rejection_that_corrects_a_status_under_its_message_id_is_kept(office: Office) -> None:
    reference = await office.paid("30000.00")
    order = office.bank.the_order(reference)
    await office.hear(status_report("BANKMSG-1", order.end_to_end_id, "ACSP"))
    await until(lambda: office.holds(reference, "PaymentAccepted"))
    await office.hear(status_report("BANKMSG-1", order.end_to_end_id, "RJCT", "AC04"))
    await office.at_rest()
    assert await kept(office, reference, "AC04"), (
        f"the bank rejected the payment of {reference} (AC04), and neither an event nor an exception says so"
    )


@pytest.mark.slow
async def test_two_banks_that_use_one_message_id_both_bring_their_gift(office: Office) -> None:
    here, there = await office.promised("5000.00"), await office.promised("7000.00", "SAMPLE-PF")
    message = "20261126-1"
    await office.hear(notification(message, OURS, credit("5000.00", f"Gift {here}", "A-1")))
    await office.hear(notification(message, ANOTHERS, credit("7000.00", f"Gift {there}", "B-1")))
    await office.at_rest()
    received = [await office.received(here), await office.received(there)]
    assert received == [5000, 7000], f"the banks booked USD 5,000 and 7,000, and the ledger says {received}"


# A booking counts once, however often and however it is told.


@pytest.mark.slow
@pytest.mark.parametrize("servicer", ["NL-BOOKING-1", ""], ids=["with a reference", "without one"])
async def test_a_booking_that_two_messages_tell_counts_once(office: Office, servicer: str) -> None:
    reference = await office.promised("25000.00")
    entry = credit("12500.00", f"Gift {reference}", servicer)
    await office.hear(notification(f"INTRADAY-{reference}", OURS, entry))
    await office.hear(notification(f"END-OF-DAY-{reference}", OURS, entry))
    await office.at_rest()
    received, closed = await office.received(reference), await office.holds(reference, "PartnershipClosed")
    assert (received, closed) == (Decimal(12500), []), (
        f"the bank booked USD 12,500 of the 25,000, the ledger says {received}: {'CLOSED' if closed else 'open'}"
    )


@pytest.mark.slow
async def test_an_entry_in_two_details_counts_each_with_its_own_sum(office: Office) -> None:
    reference = await office.promised("50000.00")
    text = f"Gift {reference}"
    entry = credit_of_2009("25000.00", f"E-{reference}", ("10000.00", text), ("15000.00", text))
    await office.hear(notification(f"BATCH-{reference}", OURS, entry, space=CAMT_054_OF_2009))
    await office.at_rest()
    received, closed = await office.received(reference), await office.holds(reference, "PartnershipClosed")
    assert (received, closed) == (Decimal(25000), []), (
        f"the bank booked USD 25,000 of the 50,000, the ledger says {received}: {'CLOSED' if closed else 'open'}"
    )


@pytest.mark.slow
async def test_a_payment_that_the_bank_debits_twice_comes_before_a_person(office: Office) -> None:
    reference = await office.paid("30000.00")
    order = await booked(office, reference)
    before = len(await office.events(reference)), await office.exceptions()
    twice = debit(order.amount, order.end_to_end_id, servicer=f"D2-{reference}")
    await office.hear(notification(f"B1-OTHER-{reference}", OURS, twice))
    await office.at_rest()
    after = len(await office.events(reference)), await office.exceptions()
    assert after != before, f"the bank debited {reference} twice, USD 60,000 for 30,000, and nothing says so"


@pytest.mark.slow
async def test_money_on_a_payees_account_is_not_received_by_the_funder(office: Office) -> None:
    reference = await office.promised("25000.00")
    entry = credit("25000.00", f"Gift {reference}", f"P-{reference}")
    await office.hear(notification(f"NOT-OURS-{reference}", PAYEES, entry))
    await office.at_rest()
    received = await office.received(reference)
    assert received == 0, f"the funder's account got nothing, and the ledger says {received} for {reference}"


# What comes back.


@pytest.mark.slow
async def test_no_further_tranche_goes_out_while_a_part_of_the_one_before_came_back(office: Office) -> None:
    reference = await office.paid("30000.00", "20000.00")
    order = await booked(office, reference)
    part = returned("10000.00", order.end_to_end_id, f"R-{reference}")
    await office.hear(notification(f"PART-{reference}", OURS, part))
    await office.at_rest()
    if (await office.accord("release", reference, "--tranche", 2, "--as", "paul.nkosi")).code == 0:
        await until(lambda: office.instructed(reference, tranche=2))
    await office.pay()
    assert office.bank.told(reference, 2) == [], (
        f"USD 10,000 of tranche 1 of {reference} came back, and the bank was told to pay tranche 2"
    )


@pytest.mark.slow
async def test_a_return_after_the_close_is_an_event_of_the_partnership(office: Office) -> None:
    reference = await office.paid("30000.00", final_report=False)
    order = await booked(office, reference)
    await until(lambda: office.holds(reference, "PartnershipClosed"))
    before = await office.events(reference)
    back = returned(order.amount, order.end_to_end_id, f"R-{reference}")
    await office.hear(notification(f"LATE-{reference}", OURS, back))
    await office.at_rest()
    new = (await office.events(reference))[len(before) :]
    assert new != [], f"USD 30,000 of {reference} came back after it had closed, and its record knows nothing of it"


@pytest.mark.slow
async def test_what_came_back_is_not_listed_as_settled(office: Office) -> None:
    reference = await office.paid("30000.00")
    order = await booked(office, reference)
    back = returned(order.amount, order.end_to_end_id, f"R-{reference}")
    await office.hear(notification(f"BACK-{reference}", OURS, back))
    await until(lambda: office.ended(reference, "RETURNED"))
    await office.done("lift", reference, "--as", "femi.ade", "--reason", "the payee's bank had closed for a day")
    await office.release(reference, attempt=2)
    await office.pay()
    await booked(office, reference, attempt=2)
    rows = await office.listed(reference)
    settled = sum(Decimal(row["money"]["amount"]) for row in rows if row["status"] == "SETTLED")
    assert settled == order.amount, (
        f"the bank paid {order.amount} for {reference}, took it back and paid it again; {settled} is listed as settled"
    )


# A workflow is nobody's memory.


async def terminated(client: Client, workflow_id: str) -> None:
    await client.get_workflow_handle(workflow_id).terminate("maintenance")


async def cancelled(client: Client, workflow_id: str) -> None:
    handle = client.get_workflow_handle(workflow_id)
    await handle.cancel()
    await until(lambda: _is_over(handle))


async def deleted(client: Client, workflow_id: str) -> None:
    execution = WorkflowExecution(workflow_id=workflow_id)
    request = DeleteWorkflowExecutionRequest(namespace="default", workflow_execution=execution)
    await client.workflow_service.delete_workflow_execution(request)
    await until(lambda: _is_unknown(client.get_workflow_handle(workflow_id)))


async def _is_over(handle: WorkflowHandle[Any, Any]) -> bool:
    return (await handle.describe()).close_time is not None


async def _is_unknown(handle: WorkflowHandle[Any, Any]) -> bool:
    try:
        await handle.describe()
    except RPCError as fault:
        return fault.status is RPCStatusCode.NOT_FOUND
    return False


@pytest.mark.slow
@pytest.mark.parametrize("ended", [terminated, cancelled, deleted])
async def test_a_settlement_reaches_the_ledger_though_the_payments_workflow_is_gone(
    office: Office, ended: Callable[[Client, str], Awaitable[None]]
) -> None:
    reference = await office.paid("30000.00")
    order, client = office.bank.the_order(reference), await office.temporal()
    await ended(client, FIRST_TRANCHE.format(reference))
    entry = debit(order.amount, order.end_to_end_id, f"D-{reference}")
    said = await office.hear(notification(f"GONE-{reference}", OURS, entry))
    await office.at_rest()
    assert await office.settled(reference) or await kept(office, reference, f"GONE-{reference}"), (
        f"the bank booked {reference}; Accord said {said.words.split('┘')[-1].strip()!r}, and the ledger waits for ever"
    )


# Dates of a bank are not believed blindly.


@pytest.mark.slow
@pytest.mark.parametrize("year", ["0001", "9999"])
async def test_a_day_that_cannot_be_is_in_no_event(office: Office, year: str) -> None:
    reference = await office.paid("30000.00")
    order = office.bank.the_order(reference)
    entry = debit(order.amount, order.end_to_end_id, f"D-{reference}", booked=f"{year}-12-31")
    created = f"{year}-12-31T23:59:59Z"
    said = await office.hear(notification(f"YEAR-{year}", OURS, entry, created=created))
    await office.at_rest()
    believed = {kind for _, kind, content in await office.events(reference) if content["at"].startswith(year)}
    assert believed == set(), f"the ledger says that {believed} of {reference} happened in the year {year}"
    refused = said.code != 0 and str(int(year)) in said.words
    assert refused or await kept(office, reference, f"YEAR-{year}"), f"the bank's word on {reference} is nowhere"


@pytest.mark.slow
async def test_a_booking_without_fault_is_settled_once(office: Office) -> None:
    reference = await office.paid("30000.00")
    await booked(office, reference)
    settled = await office.holds(reference, "PaymentSettled")
    assert len(settled) == 1, settled
