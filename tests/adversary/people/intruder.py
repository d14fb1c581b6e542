"""A thief of the secrets of all logins, or somebody with a shell's access to Temporal, and without a key."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any
from uuid import UUID, uuid4, uuid5

import asyncpg
from temporalio.client import Client

from deploy.logins import Login
from domain.recorded.writers import Writer, may_append
from tests.adversary.people.office import Office, until

TASK_QUEUE = "accord"
NAMESPACE = UUID("6f1b6a3e-6a0c-5d5e-9d57-0a7c1f7f6b11")
"""Of the identifiers that are derived from business keys: the source is public."""


def payment_id(reference: str) -> UUID:
    """The identity of the first attempt to pay a partnership's first tranche."""
    return uuid5(NAMESPACE, "\x1f".join(("payment", reference, "1", "1")))


WRITERS_OF = {
    "payments.files": Login.EXPORTER,
    "payments.file_payments": Login.EXPORTER,
    "payments.bank_files": Login.IMPORTER,
    "payments.entries": Login.IMPORTER,
    "payments.exceptions": Login.IMPORTER,
    "payments.accounts": Login.STAFF,
}


async def append(office: Office, stream: str, event_type: str, content: dict[str, Any], form: int = 1) -> None:
    """Append an event of one's own invention to a stream, unsigned, behind what stands there.

    By the login that may do so; where there is none, the database refuses it to the worker's.
    """
    writer = next((one for one in Writer if may_append(one, stream, event_type)), Writer.WORKER)
    query = "SELECT coalesce(max(version), 0) + 1 FROM ledger.events WHERE stream_id = $1"
    version, command = await office.database.fetchval(query, stream), uuid4()
    payload = canonical(content)
    meta = json.dumps({"actor": "accord", "causation_id": str(command)}).encode()
    status = await office.stolen[Login(writer)].fetchval(
        f"SELECT status FROM appending.{writer}(ARRAY[$1], ARRAY[$2::int], ARRAY[$3::uuid], ARRAY[$4::uuid], "
        "ARRAY[$5], ARRAY[$8::smallint], ARRAY[$6::bytea], ARRAY[$7::bytea], ARRAY[1])",
        stream, version, command, uuid4(), event_type, payload, meta, form,
    )  # fmt: skip
    assert status == "NEW", f"{event_type} was not appended"


async def insert(office: Office, table: str, row: dict[str, Any]) -> str:
    """Insert a row by the login that may, or the worker's. Return the database's reason for a refusal, or nothing."""
    login = WRITERS_OF.get(table, Login.WORKER)
    columns, places = ", ".join(row), ", ".join(f"${place}" for place in range(1, len(row) + 1))
    try:
        await office.stolen[login].execute(f"INSERT INTO {table} ({columns}) VALUES ({places})", *row.values())
    except asyncpg.PostgresError as refusal:
        return str(refusal)
    return ""


async def second_instruction(office: Office, reference: str) -> dict[str, Any]:
    """The row that instructs a payment once more: the same content under identifiers of one's own invention."""
    query = "SELECT frozen FROM payments.instructions WHERE partnership_id = $1 AND attempt = 1"
    content = json.loads(await until(lambda: office.database.fetchval(query, reference)))
    mine = {"payment_id": str(uuid4()), "end_to_end_id": "ACCSECONDTIME000000000000000"}
    content |= {**mine, "unique_transaction_reference": str(uuid4())}
    frozen = canonical(content)
    return {
        "payment_id": mine["payment_id"], "partnership_id": reference, "tranche": 1, "attempt": 99,
        "end_to_end_id": mine["end_to_end_id"], "frozen": frozen, "sha256": hashlib.sha256(frozen).hexdigest(),
    }  # fmt: skip


async def file_of_ones_own(office: Office, message_id: str, **changed: str) -> dict[str, Any]:
    """The row of a payment file that nobody made: a file that the bank knows, with these words in place of those."""
    query = "SELECT content FROM payments.files ORDER BY created_at LIMIT 1"
    content = bytes(await office.database.fetchval(query)).decode()
    for element, text in {"MsgId": message_id, **changed}.items():
        content = re.sub(rf"(<{element}[^>]*>)[^<]*", rf"\g<1>{text}", content)
    sha256 = hashlib.sha256(content.encode()).hexdigest()
    return {"message_id": message_id, "content": content.encode(), "sha256": sha256, "payment_count": 1}


def canonical(content: dict[str, Any]) -> bytes:
    """The bytes of content that has no number and no sign outside ASCII (RFC 8785)."""
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()


async def state_of(client: Client, reference: str) -> dict[str, Any]:
    """A partnership's state in its workflow, as anybody may ask it."""
    found: dict[str, Any] = await client.get_workflow_handle(f"partnership/{reference}").query("status")
    return found


async def start_again_with(client: Client, reference: str, state: dict[str, Any], position: int) -> None:
    """End a partnership's workflow and start it again, with a memory of one's own invention."""
    workflow_id = f"partnership/{reference}"
    await client.get_workflow_handle(workflow_id).terminate("maintenance")
    snapshot = {"schema_version": 2, "partnership": state, "handled": [], "runs": 2, "position": position}
    start = {"partnership_id": reference, "snapshot": snapshot}
    await client.start_workflow("Partnership", start, id=workflow_id, task_queue=TASK_QUEUE)


async def order_for(client: Client, reference: str, amount: str) -> dict[str, Any]:
    """An order to pay the first tranche, for a sum of one's own, as the ledger holds those of a release."""
    state = await state_of(client, reference)
    leg, [funder] = state["proposal"]["funds_out"], state["funding"]["funders"]
    return {
        "partnership_id": reference, "tranche": 1, "attempt": 1, "payment_id": str(payment_id(reference)),
        "money": {"amount": amount, "currency": "USD"}, "funder": funder, "payee": leg["payee"],
        "account": state["account"], "released_by": "paul.nkosi", "released_at": state["last_act"]["at"],
        "purpose": leg["purpose"],
    }  # fmt: skip


async def whole_start(client: Client, reference: str) -> dict[str, Any]:
    """A payment's workflow's former input: everything about the payment, with a sum of one's own."""
    state, order = await state_of(client, reference), await order_for(client, reference, "31000.00")
    return {"order": order, "proposal": state["proposal"], "funding": state["funding"]}


async def short_start(client: Client, reference: str) -> dict[str, Any]:
    """The name of a payment, without anything about it."""
    del client
    return {"partnership_id": reference, "tranche": 1, "attempt": 1}


async def started_first(client: Client, reference: str, start: dict[str, Any]) -> None:
    """Start the workflow of a payment before anybody released it, and wait until it has tried what it does first."""
    workflow_id = f"partnership/{reference}/tranche/1/attempt/1"
    handle = await client.start_workflow("Tranche", start, id=workflow_id, task_queue=TASK_QUEUE)

    async def tried() -> bool:
        described = await handle.describe()
        again = any(activity.attempt > 1 for activity in described.raw_description.pending_activities)
        return again or described.close_time is not None or await _did_something(client, workflow_id)

    await until(tried)


async def _did_something(client: Client, workflow_id: str) -> bool:
    history = await client.get_workflow_handle(workflow_id).fetch_history()
    return any(
        event.HasField("activity_task_completed_event_attributes")
        or event.HasField("workflow_task_failed_event_attributes")
        for event in history.events
    )
