"""A payment as it should be, written straight to the ledger: every step writes what a worker would have written."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

from accord.audit.authorisation import Authorisation, PrePaymentCheck
from accord.client.desk import Desk
from accord.demo.sample import CALLER, RECORDER
from accord.organisation.governance import confirm_account, vouch
from accord.organisation.signed_acts import signed_act
from domain import identity
from domain.directory.lists import OFAC_AND_UN
from domain.directory.tiers import Role
from domain.funds import events as f
from domain.grants import FundShare, Interest
from domain.identity import payment_id
from domain.parties import AccountReference
from domain.partnership import events as e
from domain.partnership.diligence.earlier import later_after
from domain.payment.counter import CounterAct
from domain.payment.tranche.events import PaymentInstructed, TrancheEvent, TrancheReleasedForPayment
from domain.payment.tranche.order import ReliedOn, TrancheOrder
from domain.policy.rulebook import assess
from domain.proposal import Proposal
from domain.screening.evidence import Verification
from domain.screening.sources import RegisterVersion
from domain.streams import StreamId
from ledger import AppendRequest, NewEvent
from payments.accounts import AccountDetails, record_account, reference_of
from payments.out.files import FrozenPayment
from payments.out.instructions import Instruction, freeze
from records.codec import to_ledger
from registers.lookup import ABOUT_STATUS
from registers.sources.catalogue import REGISTERS
from tests.builders import funder, funding, funds_out, money, number, party, proposal, screening, status, verification
from tests.scribe import Scribe

REFERENCE = "P-2026-0042"
PROGRAMME, FINANCE, DIRECTOR = Role.PROGRAMME_APPROVER, Role.FINANCE_APPROVER, Role.DIRECTOR
ACCOUNTS = Path(__file__).resolve().parents[3] / "deploy" / "sample" / "accounts"
_turns = count(1)


def sample_account(name: str) -> AccountDetails:
    return AccountDetails.model_validate(tomllib.loads((ACCOUNTS / f"{name}.toml").read_text("utf-8")))


ISOC, FOUNDATION = sample_account("isoc"), sample_account("isoc-foundation")
RIVERBEND, HARBOR = sample_account("riverbend"), sample_account("harbor")


class Story(Scribe):
    """One partnership of a furnished organisation, and the registers that its evidence rests on."""

    def __init__(self, desk: Desk, registers: dict[str, RegisterVersion], reference: str = REFERENCE) -> None:
        super().__init__(desk, reference)
        self.registers = registers
        self.lists: tuple[str, ...] = OFAC_AND_UN
        self.offices_asked = False

    def asked(self, names: Sequence[str], days_ago: int = 0) -> tuple[RegisterVersion, ...]:
        on = datetime.now(UTC).date() - timedelta(days=days_ago)
        return tuple(self.registers[name].model_copy(update={"source_date": on}) for name in names)

    def evidence(self, *matches: Any, days_ago: int = 0, **entry: Any) -> Verification:
        """The word of the registers in force: by default nothing against it."""
        at = datetime.now(UTC) - timedelta(days=days_ago)
        named = tuple(one.name for one in self.state.proposed.parties) if self.state.proposal else ()
        asked = {"asked": self.asked(self.lists, days_ago), "asked_at": at}
        screened = screening(*matches)
        screened = screened.model_copy(update={**asked, "parties": tuple(dict.fromkeys((*screened.parties, *named)))})
        about = status(asked=self.asked(ABOUT_STATUS, days_ago), asked_at=at, **entry)
        return verification(about, screened, public_offices_asked=self.offices_asked)

    async def append(self, stream: str, *events: Any) -> None:
        """Write to another stream what nobody asks whether it may be."""
        known = len(await self.desk.ledger.read_stream(stream))
        signature = next((one.signature for one in events if getattr(one, "signature", None)), None)
        command = signature.statement.command_id if signature else number(f"appended {next(_turns)}")
        answer = await self.desk.ledger.append(
            AppendRequest(stream, command, known, to_ledger(events, "a worker", command))
        )
        assert answer.recorded, answer

    async def attempted(self, *events: TrancheEvent, attempt: int = 1, tranche: int = 1) -> None:
        await self.append(StreamId.attempt(self.reference, tranche, attempt), *events)

    async def act(self, stream: str, kind: type[CounterAct], actor: str, **content: Any) -> None:
        """A signed act at the counter."""
        await self.append(stream, await signed_act(self.desk, kind, stream, actor, **content))

    async def row(self, tranche: int = 1, attempt: int = 1) -> FrozenPayment:
        found = await self.desk.pool.fetchrow(
            "SELECT payment_id, partnership_id, tranche, attempt, end_to_end_id, frozen, sha256 "
            "FROM payments.instructions WHERE payment_id = $1", payment_id(self.reference, tranche, attempt),
        )  # fmt: skip
        return FrozenPayment(**found)

    async def instructed(self, **more: Any) -> tuple[Instruction, str]:
        """Freeze the payment, and record that on the attempt's own stream, as a worker does."""
        made = order(partnership_id=self.reference, **more)
        async with self.desk.pool.acquire() as connection:
            instruction, sha256 = await freeze(connection, made)
        stream = StreamId.attempt(self.reference, made.tranche, made.attempt)
        if not await self.desk.ledger.read_stream(stream):
            await self.append(stream, TrancheReleasedForPayment(at=made.released_at, order=made), told(instruction))
        return instruction, sha256

    async def instructed_relying_on(self, versions: tuple[RegisterVersion, ...]) -> tuple[Instruction, str]:
        """The same, with what the last look before paying rested on."""
        made = order(partnership_id=self.reference)
        async with self.desk.pool.acquire() as connection:
            instruction, sha256 = await freeze(connection, made)
        relied = ReliedOn(versions=versions, assessment_sha256="cd" * 32, rule_book="2026.3")
        event = told(instruction).model_copy(update={"relied_on": relied})
        await self.attempted(TrancheReleasedForPayment(at=made.released_at, order=made), event)
        return instruction, sha256

    async def told(self) -> PaymentInstructed:
        """The instruction of this payment, frozen and not written yet."""
        async with self.desk.pool.acquire() as connection:
            instruction, _ = await freeze(connection, order(partnership_id=self.reference))
        return told(instruction)

    async def twin(self, reference: str) -> Authorisation:
        """The gate's verdict on a payment of another partnership, whose stream records this one's instruction."""
        made = order(partnership_id=reference)
        async with self.desk.pool.acquire() as connection:
            await freeze(connection, made)
        stream = StreamId.attempt(reference, 1, 1)
        ours = told(Instruction.of(order(partnership_id=self.reference), made.account))
        await self.append(stream, TrancheReleasedForPayment(at=made.released_at, order=made), ours)
        return await Story(self.desk, self.registers, reference).judged()

    async def append_raw(self, event_type: str, payload: dict[str, Any]) -> None:
        """Write an event that means nothing to the partnership's stream."""
        stream = StreamId.partnership(self.reference)
        known = len(await self.desk.ledger.read_stream(stream))
        event = NewEvent.of(event_type, 1, payload, {"actor": "a worker"}, [])
        await self.desk.ledger.append(AppendRequest(stream, number("raw"), known, (event,)))

    async def judged(
        self, tranche: int = 1, attempt: int = 1, in_file: str = "", gate: PrePaymentCheck | None = None
    ) -> Authorisation:
        """The gate's verdict on a payment that was instructed."""
        row = await self.row(tranche, attempt)
        async with self.desk.pool.acquire() as connection:
            return await (gate or PrePaymentCheck(self.desk.ledger))(connection, row, in_file)

    async def asked_for(self, in_file: str = "", **more: Any) -> Authorisation:
        """Instruct the payment and ask the gate."""
        await self.instructed(**more)
        return await self.judged(more.get("tranche", 1), more.get("attempt", 1), in_file)

    async def let_through(self, **more: Any) -> None:
        verdict = await self.asked_for(**more)
        assert verdict.reason is None, verdict.reason

    async def stopped(self, fault: str, **more: Any) -> Authorisation:
        """The fault is named, and it is the same however often it is asked for."""
        first = await self.asked_for(**more)
        assert fault in str(first.reason), first.reason
        assert await self.asked_for(**more) == first
        return first


def told(instruction: Instruction) -> PaymentInstructed:
    digest = hashlib.sha256(instruction.frozen()).hexdigest()
    return PaymentInstructed(
        at=instruction.ordered_at, payment_id=instruction.payment_id, end_to_end_id=instruction.end_to_end_id,
        instruction_sha256=digest,
    )  # fmt: skip


def order(tranche: int = 1, attempt: int = 1, payee_account: AccountDetails = RIVERBEND, **more: Any) -> TrancheOrder:
    partnership = more.get("partnership_id", REFERENCE)
    content = {
        "partnership_id": partnership,
        "tranche": tranche,
        "attempt": attempt,
        "payment_id": identity.payment_id(partnership, tranche, attempt),
        "money": money(),
        "funder": funder(),
        "payee": party(payee_account.holder),
        "account": reference_of(payee_account),
        "released_by": "paul.nkosi",
        "released_at": datetime(2026, 11, 2, 12, tzinfo=UTC),
        "purpose": "Training",
        **more,
    }
    return TrancheOrder.model_validate(content)


async def in_force(desk: Desk, name: str) -> RegisterVersion:
    """Put a new version of a register in force."""
    today = datetime.now(UTC).date()
    async with desk.pool.acquire() as connection, connection.transaction():
        await connection.execute(
            "UPDATE registers.versions SET state = 'SUPERSEDED' WHERE register = $1 AND state = 'IN_FORCE'", name
        )
        version = await connection.fetchval(
            "INSERT INTO registers.versions (register, sha256, source_date, row_count, bad_count, state) "
            "VALUES ($1, $2, $3, 1, 0, 'IN_FORCE') RETURNING version", name, "ef" * 32, today,
        )  # fmt: skip
    return RegisterVersion(register_name=name, version=version, sha256="ef" * 32, source_date=today)


LISTED = (
    "001000001,RIVERBEND LIBRARY NETWORK,,1 MAIN ST,RIVERBEND,KS,00000-0000,0000,03,3,1000,200501,1,15,000000000,1,01,"
    "202412,4,4,01,0,12,1200000,900000,900000,B700,"
)
"""The master file's row of the payee."""


async def lists(desk: Desk, version: int, row: str, kind: str = "bmf", line: int = 2) -> None:
    """A version of a register lists a row."""
    file_kinds = (file_kind for register in REGISTERS.values() for file_kind in register.kinds)
    read_kind = next(file_kind for file_kind in file_kinds if file_kind.name == kind)
    name_key, second_key = read_kind.name_key_of(row), read_kind.second_key_of(row)
    async with desk.pool.acquire() as connection, connection.transaction():
        await connection.execute(
            "INSERT INTO registers.files (version, file, name) VALUES ($1, 1, 'sample') ON CONFLICT DO NOTHING", version
        )
        await connection.execute(
            "INSERT INTO registers.rows (version, key, file, line, row, kind, name_key, second_key) "
            "VALUES ($1, $2, 1, $3, $4, $5, $6, $7)",
            version, row[:9], line, row, kind, name_key, second_key,
        )  # fmt: skip


async def story_at(desk: Desk) -> Story:
    """An organisation of its own, with a version of every register in force, which lists the payee."""
    registers = {name: await in_force(desk, name) for name in (*ABOUT_STATUS, *OFAC_AND_UN)}
    await lists(desk, registers["irs-bmf"].version, LISTED)
    return Story(desk, registers)


# The steps

Step = Callable[[Story], Awaitable[Any]]


def relisted(before: str, after: str) -> Step:
    """The register says something else of the payee, from the version on that it asks."""

    async def step(story: Story) -> None:
        await story.desk.pool.execute("UPDATE registers.rows SET row = replace(row, $1, $2)", before, after)

    return step


def made(*amounts: str, **more: Any) -> Proposal:
    return proposal(REFERENCE, **{"funds_out": funds_out(*(amounts or ("1000.00",))), **more})


def proposed(*amounts: str, actor: str = "pia.berg", **more: Any) -> Step:
    async def step(story: Story) -> None:
        await story.says(e.PartnershipProposed, actor, proposal=made(*amounts, **more), funding=funding())

    return step


def verified(*matches: Any, **more: Any) -> Step:
    async def step(story: Story) -> None:
        await story.write(e.DueDiligenceCompleted(at=datetime.now(UTC), verification=story.evidence(*matches, **more)))

    return step


async def assessed(story: Story) -> None:
    """The rule book's word on the newest evidence."""
    found = story.state.verification
    assert found is not None
    assessment = assess(story.state.proposed, funding(), found, story.state.interests)
    await story.write(e.EligibilityAssessed(at=datetime.now(UTC), assessment=assessment, quorum=(PROGRAMME, FINANCE)))


def rechecked(*matches: Any, **more: Any) -> Step:
    """The registers are asked again, and the rule book is applied to what they say."""

    async def step(story: Story) -> None:
        found = story.evidence(*matches, **more)
        assessment = assess(story.state.proposed, funding(), found, story.state.interests)
        at = datetime.now(UTC)
        later = later_after(story.state, found, assessment, at.date())
        said = {"verification": found, "assessment": assessment, "adverse": "", "later": later}
        await story.write(e.RegistersRechecked(at=at, **said))

    return step


def approves(actor: str, role: Role, **more: Any) -> Step:
    return says(e.ApprovalGiven, actor, **{"no_interest": True, "role": role, "reason": "good work", **more})


def agreed(actor: str = "dora.kim", details: AccountReference | None = None, **more: Any) -> Step:
    async def step(story: Story) -> None:
        content = {"signed_on": date(2026, 11, 2), "document_sha256": None, "account_verifier": CALLER, **more}
        await story.says(e.AgreementSigned, actor, account=details or reference_of(RIVERBEND), **content)

    return step


def releases(actor: str = "paul.nkosi", attempt: int = 1, sum_: str = "1000.00", tranche: int = 1, **more: Any) -> Step:
    content = {"tranche": tranche, "attempt": attempt, "money": money(sum_), "attempt_signed": True, **more}
    return says(e.TrancheReleased, actor, **content)


def says(kind: type[e.PartnershipEvent], actor: str, **content: Any) -> Step:
    async def step(story: Story) -> None:
        await story.says(kind, actor, **content)

    return step


def interested(person: str) -> Step:
    return says(e.InterestDeclared, person, interest=Interest(person=person, what="her brother works there"))


async def nothing(story: Story) -> None:
    del story


def both(*steps: Step) -> Step:
    async def step(story: Story) -> None:
        for one in steps:
            await one(story)

    return step


STEPS: dict[str, Step] = {
    "proposed": proposed(),
    "verified": verified(),
    "assessed": assessed,
    "programme": approves("ana.silva", PROGRAMME),
    "finance": approves("femi.ade", FINANCE),
    "agreed": agreed(),
    "released": releases(),
}


def kept_by(fund_id: str, amount: str) -> Step:
    """A gift's fund that two people filled keeps a sum for the partnership."""

    async def step(story: Story) -> None:
        stream, at, whole = StreamId.fund(fund_id), datetime.now(UTC), Decimal(amount)
        gift = fund_id.removeprefix("FD-")
        await story.append(stream, f.GiftFundOpened(at=at, gift=gift, funder="ISOC", currency="USD"))
        said = {"change": f.OpeningBalance(amount=whole), "reason": "As the books say"}
        asked = await signed_act(story.desk, f.FundChangeAsked, stream, "femi.ade", **said)
        await story.append(stream, asked)
        change_id = asked.signature.statement.command_id
        await story.act(stream, f.FundChangeConfirmed, "dora.kim", change_id=change_id)
        mine = {"at": at, "partnership": story.reference, "amount": whole}
        await story.append(stream, f.FundsReserved(**mine), f.FundsCommitted(**mine))
        await story.write(e.FundsAllotted(at=at, shares=(FundShare(fund=fund_id, amount=whole),)))

    return step


async def tell(story: Story, **instead: Step) -> None:
    """Write the story, with other steps in place of some."""
    assert instead.keys() <= STEPS.keys()
    for name, step in STEPS.items():
        await instead.get(name, step)(story)


async def another_account(
    story: Story, caller: str = CALLER, town: str = "Elsewhere", holder: str = RIVERBEND.holder
) -> AccountReference:
    """Other details of the payee's, recorded by one and called back by another."""
    details = AccountDetails.model_validate(
        {"holder": holder, "number": "0001234567", "bic": "MOCKNL2A", "town": town, "country": "US"}
    )
    async with story.desk.pool.acquire() as connection:
        reference = await record_account(connection, details, RECORDER)
    await vouch(story.desk, reference, RECORDER)
    if caller:
        await confirm_account(story.desk, reference, caller, "called the listed number")
    return reference
