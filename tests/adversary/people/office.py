"""An office of its own: servers, a worker process, the sample's registers and people, a terminal, and a bank."""

from __future__ import annotations

import asyncio
import itertools
import json
import tomllib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import asyncpg
from temporalio.client import Client

from accord.client.desk import Desk
from accord.demo.sample import furnish, load_sample_registers
from deploy.connections import connect_temporal
from deploy.database import open_pool
from deploy.embedded.stack import Stack
from deploy.logins import Login
from records.keys.keyring import Keyring
from registers.loading.archive import Archive
from tests.accord.shell import Answer
from tests.adversary.people.bank import Bank, Order
from tests.adversary.people.messages import debit, notification
from tests.adversary.people.papers import RIVERBEND, Organisation, gift, grant
from tests.adversary.people.terminal import ROOT, Terminal
from tests.waiting import BACKSTOP

SAMPLE = ROOT / "deploy" / "sample"
PAYER, IMPORTER = "paul.nkosi", "dora.kim"
LONGEST = 60.0
"""Seconds after which what is waited for is said never to come."""

_references = itertools.count(1000)


async def until(come: Callable[[], Awaitable[Any]], seconds: float = BACKSTOP) -> Any:
    """Wait for a thing to come about, and return it. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while not (found := await come()):
            await asyncio.sleep(0.05)
        return found


async def comes(what: Callable[[], Awaitable[Any]], seconds: float = LONGEST) -> bool:
    """True if a thing comes about."""
    try:
        await until(what, seconds)
    except TimeoutError:
        return False
    return True


def sample_iban(name: str) -> str:
    return str(tomllib.loads((SAMPLE / "accounts" / f"{name}.toml").read_text("utf-8"))["iban"])


class Office:
    """A person's deeds there, by the commands of whichever tree this is, and the sights open to anybody."""

    def __init__(self, folder: Path, stack: Stack, accounts: dict[str, str], stolen: dict[Login, asyncpg.Pool]) -> None:
        self.folder, self.stack, self.accounts = folder, stack, accounts
        self.stolen = stolen
        """A pool for each login: somebody has stolen its secret."""
        self.database = stolen[Login.WORKER]
        self.bank = Bank(folder / "to-the-bank")
        self.accord = Terminal(
            {
                "ACCORD_DATABASE_URL": stack.postgres.address, "ACCORD_SECRETS": str(stack.postgres.secrets),
                "TEMPORAL_ADDRESS": stack.state.temporal_address,
                "ACCORD_KEYS": str(folder / "keys"), "ACCORD_ARCHIVE": str(folder / "archive"),
                "ACCORD_DATA": str(folder / "data"),
            }
        )  # fmt: skip
        self._papers = itertools.count(1)
        self._by_hand_over: bool | None = None

    def reference(self) -> str:
        """A reference that nobody else uses."""
        return f"P-2026-{next(_references)}"

    def file(self, content: str | dict[str, Any], name: str) -> Path:
        """A file on somebody's desk."""
        path = self.folder / "desk" / f"{next(self._papers)}-{name}"
        path.parent.mkdir(exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
        return path

    async def temporal(self) -> Client:
        """A plain client: no converter of ours, no interceptor, no key."""
        return await Client.connect(self.stack.state.temporal_address)

    async def temporal_with_keys(self) -> Client:
        """A client that reads all that Temporal keeps, as somebody does who took a worker's secrets."""
        return await connect_temporal(self.stack.state.temporal_address, secrets=self.stack.postgres.secrets)

    async def done(self, *words: object) -> Answer:
        """Run a command that must succeed."""
        answer = await self.accord(*words)
        assert answer.code == 0, answer
        return answer

    # The life of a partnership, up to the release.

    async def agreed(self, proposal: dict[str, Any], account: str = "") -> str:
        """Propose, approve by two, sign. Return the reference."""
        reference: str = proposal["reference"]
        await self.done("propose", self.file(proposal, "proposal.json"), "--as", "pia.berg")
        await until(lambda: self.holds(reference, "EligibilityAssessed"))
        await self.approved(reference)
        where = ("--account", self.accounts[account]) if account else ()
        await self.done("sign-agreement", reference, "--as", "dora.kim", *where)
        return reference

    async def approved(self, reference: str) -> None:
        """Have everybody approve whose approval is wanted."""
        await self.done("approve", reference, "--no-interest", "--as", "ana.silva", "--reason", "fits the programme")
        await self.done("approve", reference, "--no-interest", "--as", "femi.ade", "--reason", "within the budget")
        shown = json.loads((await self.done("show", reference, "--json")).stdout)
        if shown["stage"] == "APPROVAL":  # what the payee got within a year counts together
            await self.done(
                "approve", reference, "--no-interest", "--as", "dora.kim", "--reason", "together with the others"
            )

    async def granted(self, *amounts: str, payee: Organisation = RIVERBEND, final_report: bool = True) -> str:
        """A grant whose agreement is signed. Return its reference."""
        proposal = grant(self.reference(), *amounts, payee=payee, final_report=final_report)
        return await self.agreed(proposal, payee.account)

    async def promised(self, amount: str, funder: str = "ISOC") -> str:
        """A gift whose agreement is signed, and that is over once it came in. Return its reference."""
        reference = await self.agreed(gift(self.reference(), amount, funder))
        met = ("--condition", "ACKNOWLEDGMENT", "--note", "a letter of thanks was sent")
        await self.done("satisfy", reference, *met, "--as", "vera.lind")
        return reference

    async def released(self, *amounts: str, **more: Any) -> str:
        """A grant whose first tranche is released and instructed. Return its reference."""
        reference = await self.granted(*amounts, **more)
        await self.release(reference)
        return reference

    async def release(self, reference: str, tranche: int = 1, attempt: int = 1) -> None:
        """Release a tranche, and wait until its payment is instructed."""
        await self.done("release", reference, "--tranche", tranche, "--as", PAYER)
        await until(lambda: self.instructed(reference, tranche, attempt))

    async def paid(self, *amounts: str, **more: Any) -> str:
        """A grant whose first tranche the bank was told to pay, once. Return its reference."""
        reference = await self.released(*amounts, **more)
        said = await self.pay()
        assert len(self.bank.told(reference, tranche=1)) == 1, [one.words for one in said]
        return reference

    async def called_back(self, account: str, *more: str) -> None:
        """Confirm an account with its holder."""
        note = ("--note", "their treasurer, on the number of the register")
        await self.done("payments", "confirm", account, "--as", "noor.haddad", *note, *more)

    # From the release to the bank, and back.

    async def by_hand_over(self) -> bool:
        """True if files leave by a hand-over, rather than by the export itself."""
        if self._by_hand_over is None:
            self._by_hand_over = "hand-over" in (await self.done("payments", "--help")).stdout
        return self._by_hand_over

    async def pay(self) -> list[Answer]:
        """Let all that may leave, leave. The bank takes it. Return the answers."""
        said = await self._hand_all_over() if await self.by_hand_over() else [await self.accord(*self.export())]
        self.bank.collect()
        return said

    def export(self, folder: Path | None = None) -> tuple[object, ...]:
        """The command that writes all that waits, where no hand-over does."""
        return ("payments", "export", "--as", PAYER, "--out", folder or self.bank.inbox)

    def hand_over(self, message_id: str, folder: Path | None = None) -> tuple[object, ...]:
        """The command that lets one file leave."""
        return ("payments", "hand-over", message_id, "--as", PAYER, "--out", folder or self.bank.inbox)

    async def made(self) -> tuple[list[str], Answer]:
        """Make files of all that waits. Return the names of those that were not handed over, and the answer."""
        answer = await self.accord("payments", "export", "--as", PAYER)
        files = (await self.done("payments", "files", "--json")).json
        return [file["message_id"] for file in files if file["status"] == "MADE"], answer

    async def _hand_all_over(self) -> list[Answer]:
        """Hand over every file that is made, and those that are made of what is left of a void one."""
        said, tried = list[Answer](), set[str]()
        while True:
            names, answer = await self.made()
            said.append(answer)
            if tried.issuperset(names):
                return said
            said += [await self.accord(*self.hand_over(name)) for name in names if name not in tried]
            tried.update(names)

    async def write_again(self, message_id: str) -> Answer:
        """Have a file of an earlier day written again. The bank takes it."""
        where = ("--out", self.bank.inbox, "--as", PAYER)
        named = ("write-again", message_id) if await self.by_hand_over() else ("export", "--again")
        answer = await self.accord("payments", *named, *where)
        self.bank.collect()
        return answer

    async def hear(self, message: str) -> Answer:
        """Import a message of the bank's."""
        signed = ("--as", IMPORTER) if await self.by_hand_over() else ()
        return await self.accord("payments", "import", self.file(message, "bank.xml"), *signed)

    async def hear_booked(self, reference: str, attempt: int = 1) -> Order:
        """The bank books an attempt to pay a partnership's first tranche and says so. Return the order."""
        order = self.bank.the_order(reference, attempt)
        entry = debit(order.amount, order.end_to_end_id, f"D{attempt}-{reference}")
        await self.hear(notification(f"BOOKED-{attempt}-{reference}", sample_iban("isoc"), entry))
        return order

    # What anybody can see.

    async def events(self, reference: str) -> list[tuple[str, str, dict[str, Any]]]:
        """Stream, type and content of all that the ledger holds of a partnership and its payments, in order."""
        stream = f"partnership/{reference}"
        rows = await self.database.fetch(
            "SELECT stream_id, event_type, payload FROM ledger.readable "
            "WHERE stream_id = $1 OR starts_with(stream_id, $1 || '/') ORDER BY position",
            stream,
        )
        return [(row["stream_id"], row["event_type"], json.loads(row["payload"])) for row in rows]

    async def holds(self, reference: str, event_type: str) -> list[dict[str, Any]]:
        """The contents of a partnership's events of a type."""
        return [content for _, kind, content in await self.events(reference) if kind == event_type]

    async def instructed(self, reference: str, tranche: int = 1, attempt: int = 1) -> bool:
        """True if the ledger holds the instruction of an attempt to pay."""
        stream = f"partnership/{reference}/tranche/{tranche}/attempt/{attempt}"
        return any((one, kind) == (stream, "PaymentInstructed") for one, kind, _ in await self.events(reference))

    async def settled(self, reference: str, attempt: int = 1) -> bool:
        """True if the ledger says that the bank booked an attempt to pay the first tranche."""
        return await self.ended(reference, "SETTLED", attempt)

    async def ended(self, reference: str, outcome: str, attempt: int = 1) -> bool:
        """True if the ledger says that an attempt to pay the first tranche ended so."""
        ends = await self.holds(reference, "TrancheEnded")
        return any((end["tranche"], end["attempt"], end["outcome"]) == (1, attempt, outcome) for end in ends)

    async def received(self, reference: str) -> Decimal:
        """The sum that came in for a partnership, by the ledger."""
        receipts = await self.holds(reference, "FundsReceived")
        return sum((Decimal(receipt["money"]["amount"]) for receipt in receipts), Decimal(0))

    async def exceptions(self) -> list[str]:
        """The exceptions that wait for a person, each as one line."""
        return [json.dumps(row) for row in (await self.done("payments", "exceptions", "--json")).json]

    async def listed(self, reference: str) -> list[dict[str, Any]]:
        """The lines of `payments list` on a partnership, once the read models have all that is recorded."""
        await until(self._folded)
        rows: list[dict[str, Any]] = (await self.done("payments", "list", reference, "--json")).json
        return rows

    async def _folded(self) -> bool:
        newest = "SELECT max(position) FROM ledger.events"
        query = f"SELECT bool_and(position >= ({newest})) FROM projection.checkpoints WHERE live"
        return bool(await self.database.fetchval(query))

    async def at_rest(self) -> None:
        """Wait for all workflows to have nothing to do: everything is recorded then."""
        client = await self.temporal()
        await until(lambda: _stays_idle(client))


async def _stays_idle(client: Client) -> bool:
    """Between the end of one task and the start of what follows from it, nothing is pending for a moment."""
    if not await _idle(client):
        return False
    await asyncio.sleep(0.2)
    return await _idle(client)


async def _idle(client: Client) -> bool:
    async for one in client.list_workflows("ExecutionStatus = 'Running'"):
        described = (await client.get_workflow_handle(one.id, run_id=one.run_id).describe()).raw_description
        if described.HasField("pending_workflow_task") or described.pending_activities:
            return False
    return True


@asynccontextmanager
async def open_office(folder: Path, make_stack: type[Stack] = Stack) -> AsyncIterator[Office]:
    """Start everything, furnish it, and stop everything."""
    stack = make_stack(folder / "stack", workers=1)
    await stack.start()
    try:
        pool = await open_pool(stack.postgres.url)
        await load_sample_registers(pool, Archive(folder / "archive"))
        accounts = await furnish(Desk(pool, Keyring(folder / "keys")))
        await pool.close()
        async with AsyncExitStack() as pools:
            stolen = {
                login: await pools.enter_async_context(
                    asyncpg.create_pool(stack.postgres.url_of(login), min_size=0, max_size=4)
                )
                for login in Login
            }
            yield Office(folder, stack, {name: one.reference for name, one in accounts.items()}, stolen)
    finally:
        await asyncio.to_thread(stack.stop)
