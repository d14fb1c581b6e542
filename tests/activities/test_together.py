"""Of two approvals at once for one payee the later one sees the earlier, in its own append (R33, rules 3.11)."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from temporalio.testing import ActivityEnvironment

from accord.client.desk import Desk
from accord.demo.sample import CALLER, RECORDER, furnish, load_sample_registers
from accord.organisation.governance import confirm_account, vouch
from accord.organisation.imports.applying import apply_import
from activities.contracts import CarriedOut, CarryOut, KnownVersion
from activities.partnerships import Partnerships
from activities.together import CountedSums, SumsTogether
from domain.directory.disregarded import Disregarded
from domain.directory.tiers import Role
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.policy.rulebook import assess
from domain.proposal import Proposal
from domain.streams import DIRECTORY_STREAM, StreamId
from ledger import AppendRequest, Ledger, NewEvent
from payments.accounts import AccountDetails, record_account, reference_of, references_of_same
from records.keys.keyring import Keyring
from records.payees import others_for
from tests.accord.audit.story import RIVERBEND
from tests.accord.organisation.imports.test_bringing_in import signed_by_two, silent, table
from tests.activities.story import QUORUM
from tests.builders import abroad, funding, funds_out, party, proposal, status, verification
from tests.governing import revoke
from tests.ledger.test_within import until_somebody_waits
from tests.scribe import Scribe, signing_for

FIRST, SECOND = "P-2026-0051", "P-2026-0052"


@pytest.fixture
async def desk(pool: asyncpg.Pool, keyring: Keyring) -> Desk:
    """A fresh organisation, which asks for a director above 100,000."""
    await load_sample_registers(pool)
    desk = Desk(pool, keyring)
    await furnish(desk)
    return desk


def half(reference: str, **leg: Any) -> Proposal:
    """A grant that stays below the tier alone, and not together with another."""
    return proposal(reference, funds_out=funds_out("60000.00", **leg))


async def waiting(desk: Desk, proposed: Proposal) -> Scribe:
    """Everything is written up to the first approval."""
    scribe, found = Scribe(desk, proposed.reference), verification(status())
    await scribe.says(e.PartnershipProposed, "pia.berg", proposal=proposed, funding=funding())
    await scribe.write(e.DueDiligenceCompleted(at=datetime.now(UTC), verification=found))
    assessment = assess(scribe.state.proposed, funding(), found)
    await scribe.write(e.EligibilityAssessed(at=datetime.now(UTC), assessment=assessment, quorum=QUORUM))
    await scribe.says(
        e.ApprovalGiven, "ana.silva", no_interest=True, role=Role.PROGRAMME_APPROVER, reason="good work", quorum=QUORUM
    )
    return scribe


async def approve(scribe: Scribe, actor: str = "femi.ade") -> CarriedOut:
    """The finance approver approves."""
    return await carried_out(
        scribe,
        c.Approve(command_id=uuid4(), at=datetime.now(UTC), actor=actor, no_interest=True, reason="Within the budget"),
    )


async def agree(scribe: Scribe, details: AccountDetails = RIVERBEND) -> CarriedOut:
    """The director signs the agreement, which names the account."""
    at, account = datetime.now(UTC), reference_of(details)
    content = {"signed_on": at.date(), "account": account, "document_sha256": None}
    return await carried_out(scribe, c.SignAgreement(command_id=uuid4(), at=at, actor="dora.kim", **content))


async def release(scribe: Scribe) -> CarriedOut:
    at = datetime.now(UTC)
    return await carried_out(scribe, c.Release(command_id=uuid4(), at=at, actor="paul.nkosi", tranche=1, attempt=1))


async def carried_out(scribe: Scribe, command: c.StaffRequest) -> CarriedOut:
    """A command, signed on the present state. The activity runs as a worker runs it."""
    await read_again(scribe)
    statement = command.statement(scribe.reference, scribe.shown).within(signing_for())
    said = command.model_copy(update={"signature": scribe.keyring.sign(statement)})
    asked = CarryOut(partnership_id=scribe.reference, command=said, known=KnownVersion())
    answer: CarriedOut = await ActivityEnvironment().run(Partnerships(scribe.desk.pool).carry_out, asked)
    return answer


async def read_again(scribe: Scribe) -> None:
    recorded = await scribe.desk.ledger.read_stream(StreamId.partnership(scribe.reference))
    scribe.state, scribe.position = await scribe.reread(), recorded[-1].position


def asked_of(answer: CarriedOut) -> tuple[Any, ...]:
    """The quorum that the newest approval or agreement names."""
    assert answer.refusal is None, answer.refusal
    decided = [one.event for one in answer.events if isinstance(one.event, e.ApprovalGiven | e.AgreementSigned)]
    return decided[-1].quorum or ()


async def test_the_second_of_two_approvals_for_one_payee_needs_the_director(desk: Desk) -> None:
    first, second = await waiting(desk, half(FIRST)), await waiting(desk, half(SECOND, purpose="Courses"))
    assert Role.DIRECTOR not in asked_of(await approve(first))
    assert Role.DIRECTOR in asked_of(await approve(second))


@pytest.mark.slow
async def test_a_grant_of_before_counts_with_the_payees_next_and_an_import_meanwhile_is_seen(desk: Desk) -> None:
    """Given a grant of before that was brought in, then its payee's next needs the director."""
    scribe, sums = await waiting(desk, half(FIRST)), SumsTogether(desk.ledger, desk.reader)
    looked_up = await sums.look_up(scribe.state.proposed, datetime.now(UTC))
    day = datetime.now(UTC).date() - timedelta(days=30)
    same_payee = {"Organisation": "Riverbend Library Network", "EIN": "00-1000001"}
    file = table({**same_payee, "Amount": 60000, "Approved": day, "Signed": None})
    await signed_by_two(desk, file)
    await apply_import(desk, file, silent)
    async with desk.pool.acquire() as connection:
        assert await looked_up.is_outdated(connection)
    assert Role.DIRECTOR in asked_of(await approve(scribe))
    counted = await sums.look_up(scribe.state.proposed, datetime.now(UTC))
    assert [(str(past.money), past.same_payee) for past in counted.sums] == [("USD 60,000.00", True)]
    assert counted.support == counted.sums


@pytest.mark.slow
async def test_a_key_that_is_revoked_after_the_decision_signs_no_approval(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given an approval that was decided, when its key is revoked first, then the append itself refuses it."""
    scribe, original = await waiting(desk, half(FIRST)), Ledger.append_unless

    async def after_the_revocation(self: Ledger, *asked: Any) -> Any:
        await revoke(desk, "femi.ade")
        return await original(self, *asked)

    monkeypatch.setattr(Ledger, "append_unless", after_the_revocation)
    before = await desk.history(FIRST)
    answer = await approve(scribe)
    assert answer.refusal is not None
    assert answer.refusal.kind == "NotSigned"
    assert "holds no key" in answer.refusal.reason
    approvals = [one.event for one in await desk.history(FIRST) if isinstance(one.event, e.ApprovalGiven | Disregarded)]
    assert approvals == [one.event for one in before if isinstance(one.event, e.ApprovalGiven)]


async def test_nobody_revokes_a_key_while_its_approval_is_recorded(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given an approval that passed the gate, when its key is revoked at once, then that waits until it stands."""
    scribe, original, revoking = await waiting(desk, half(FIRST)), CountedSums.is_outdated, list[asyncio.Future[None]]()

    async def while_it_is_revoked(self: CountedSums, connection: Any) -> bool:
        revoking.append(asyncio.ensure_future(revoke(desk, "femi.ade")))
        await until_somebody_waits(connection)
        return await original(self, connection)

    monkeypatch.setattr(CountedSums, "is_outdated", while_it_is_revoked)
    answer = await approve(scribe)
    await asyncio.gather(*revoking)
    assert (answer.refusal, answer.what[0]) == (None, "ApprovalGiven")
    revoked = (await desk.ledger.read_stream(DIRECTORY_STREAM))[-1]
    assert list(answer.events) == await desk.history(FIRST)
    assert answer.events[-1].position < revoked.position


@pytest.mark.slow
async def test_parts_of_one_agreement_count_together_whatever_payee_and_purpose(desk: Desk) -> None:
    """R33: found by the index, from the lead and from the part, whichever is approved first."""
    circle = {"payee": party("Village Circle", ein="001000009"), "purpose": "Courses"}
    part = half(SECOND, **circle).model_copy(update={"under": FIRST})
    lead, other = await waiting(desk, half(FIRST)), await waiting(desk, part)
    assert Role.DIRECTOR not in asked_of(await approve(other))
    assert Role.DIRECTOR in asked_of(await approve(lead))


@pytest.mark.slow
async def test_what_stands_under_another_agreement_does_not(desk: Desk) -> None:
    circle = {"payee": party("Village Circle", ein="001000009"), "purpose": "Courses"}
    part = half(SECOND, **circle).model_copy(update={"under": "P-2026-0001"})
    lead, other = await waiting(desk, half(FIRST)), await waiting(desk, part)
    assert Role.DIRECTOR not in asked_of(await approve(lead))
    assert Role.DIRECTOR not in asked_of(await approve(other))


@pytest.mark.slow
async def test_a_mere_proposal_asks_nothing_of_another(desk: Desk) -> None:
    first, _ = await waiting(desk, half(FIRST)), await waiting(desk, half(SECOND))
    assert Role.DIRECTOR not in asked_of(await approve(first))


@pytest.mark.slow
async def test_of_ten_pairs_at_once_one_alone_of_each_needs_no_director(desk: Desk) -> None:
    for pair in range(10):
        payee = party(f"Readers {pair}", ein=f"00200{pair:04}")
        halves = [half(f"P-2026-{6000 + 10 * pair + n}", payee=payee, purpose=f"Work {pair} {n}") for n in (1, 2)]
        scribes = [await waiting(desk, one) for one in halves]
        answers = await asyncio.gather(*map(approve, scribes))
        assert sorted(Role.DIRECTOR in asked_of(answer) for answer in answers) == [False, True]


@pytest.mark.slow
async def test_the_index_finds_number_name_paper_and_purpose_and_not_itself(desk: Desk) -> None:
    await waiting(desk, half(FIRST))
    await waiting(desk, half(SECOND, payee=abroad("Readers"), purpose="A reading room"))
    asked = {
        "number": half("P-2026-0060", payee=party("Others"), purpose="Other"),
        "name": half("P-2026-0060", payee=party("riverbend-LIBRARY network.", ein=None), purpose="Other"),
        "purpose": half("P-2026-0060", payee=party("Others", ein=None), purpose="TRAINING"),
        "paper": half("P-2026-0060", payee=abroad("Others", country="UG"), purpose="Other"),
        "itself": half(FIRST),
        "nothing": half("P-2026-0060", payee=party("Others", ein=None), purpose="Other"),
    }
    async with desk.pool.acquire() as connection:
        found = {what: [one.subject for one in await others_for(connection, asked[what])] for what in asked}
    assert found == {
        "number": [FIRST], "name": [FIRST], "purpose": [FIRST], "paper": [SECOND], "itself": [], "nothing": [],
    }  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("remembered", [1, 100])
async def test_however_few_are_remembered_each_look_up_finds_all_of_them(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, remembered: int
) -> None:
    """Given four approved grants to one payee, when they are looked up twice, then four sums are found each time.

    They are read once where there is room for them, and kept without the evidence that lists what counts together.
    """
    monkeypatch.setattr("activities.together._REMEMBERED", remembered)
    for turn in range(4):
        await approve(await waiting(desk, proposal(f"P-2026-006{turn}", funds_out=funds_out("100.00"))))
    sums = SumsTogether(desk.ledger, desk.reader)
    read = sums._reader.read_as_far_as_possible
    asked: list[str] = []

    async def counting(stream: str) -> Any:
        asked.append(stream)
        return await read(stream)

    monkeypatch.setattr(sums._reader, "read_as_far_as_possible", counting)
    found = [
        await sums.look_up(proposal("P-2026-0069", funds_out=funds_out("100.00")), datetime.now(UTC)) for _ in (1, 2)
    ]
    assert [len(one.sums) for one in found] == [4, 4]
    assert len(asked) == (4 if remembered > 4 else 8)
    assert [one.verification for _, one in sums._folded.values()] == [None] * min(remembered, 4)


@pytest.mark.slow
async def test_what_nobody_can_read_in_another_partnership_stops_no_approval(desk: Desk) -> None:
    first, second = await waiting(desk, half(FIRST)), await waiting(desk, half(SECOND))
    await approve(first)
    stream = StreamId.partnership(FIRST)
    known = len(await desk.ledger.read_stream(stream))
    garbage = NewEvent.of("HoldPlaced", 1, {"garbage": True}, {"actor": "a worker"}, [])
    await desk.ledger.append(AppendRequest(stream, uuid4(), known, (garbage,)))
    assert Role.DIRECTOR in asked_of(await approve(second))


# One account is one payee, whatever its names and numbers


async def namesakes(desk: Desk) -> tuple[Scribe, Scribe]:
    """Two payees of one name, with numbers of their own, each approved for 60,000."""
    twin = party(ein="001000077")
    both = await waiting(desk, half(FIRST)), await waiting(desk, half(SECOND, payee=twin, purpose="Courses"))
    for one in both:
        assert Role.DIRECTOR not in asked_of(await approve(one))
    return both


@pytest.mark.slow
async def test_who_shares_an_account_is_one_payee_once_it_is_agreed_on(desk: Desk) -> None:
    first, second = await namesakes(desk)
    assert asked_of(await agree(first)) == ()
    assert Role.DIRECTOR in asked_of(await agree(second))
    refused = (await release(second)).refusal
    assert refused is not None
    assert "DIRECTOR" in refused.reason
    assert Role.DIRECTOR in asked_of(await approve(second, "dora.kim"))
    assert (await release(second)).refusal is None


@pytest.mark.slow
async def test_of_two_agreements_at_once_on_one_account_one_alone_needs_no_director(desk: Desk) -> None:
    both = await namesakes(desk)
    answers = await asyncio.gather(*map(agree, both))
    assert sorted(Role.DIRECTOR in asked_of(answer) for answer in answers) == [False, True]


@pytest.mark.slow
async def test_an_account_of_its_own_asks_nothing(desk: Desk) -> None:
    first, second = await namesakes(desk)
    own = RIVERBEND.model_copy(update={"iban": "DE89370400440532013000", "bic": "COBADEFF"})
    async with desk.pool.acquire() as connection:
        reference = await record_account(connection, own, RECORDER)
    await vouch(desk, reference, RECORDER)
    await confirm_account(desk, reference, CALLER, "called the listed number")
    assert asked_of(await agree(first)) == ()
    assert asked_of(await agree(second, own)) == ()


NUMBERED = {"holder": "Harbour Readers", "number": "0-123-4567", "bic": "BOFAUS3N", "town": "Albany", "country": "US"}
IBAN = {"holder": "Harbour Readers", "iban": "NL86MOCK0000002101", "bic": "MOCKNL2A", "town": "Delft", "country": "NL"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("one", "change", "same"),
    [
        (IBAN, {"holder": "Lake Readers"}, True),
        (IBAN, {"iban": "DE89370400440532013000"}, False),
        (NUMBERED, {"holder": "Lake Readers"}, True),
        (NUMBERED, {"number": "01234567"}, True),
        (NUMBERED, {"bic": "BOFAUS3NXXX"}, True),
        (NUMBERED, {"number": "01234568"}, False),
        (NUMBERED, {"bic": "MOCKNL2A"}, False),
    ],
)
async def test_one_iban_or_one_number_at_one_bank_is_one_account_however_it_is_written(
    desk: Desk, one: dict[str, str], change: dict[str, str], same: bool
) -> None:
    accounts = [AccountDetails.model_validate(one), AccountDetails.model_validate({**one, **change})]
    own, other = (reference_of(account).reference for account in accounts)
    async with desk.pool.acquire() as connection:
        for account in accounts:
            await record_account(connection, account, RECORDER)
        found = await references_of_same(connection, own)
    assert {own, other} & {*found} == ({own, other} if same else {own})


@pytest.mark.slow
async def test_what_an_old_backup_lost_counts_no_more_though_as_much_was_recorded_since(desk: Desk) -> None:
    """Given an approved sum that was looked up, when its approval is lost and it is withdrawn instead, it is none."""
    other = await waiting(desk, proposal("P-2026-0071", funds_out=funds_out("100.00")))
    stream, kept = StreamId.partnership("P-2026-0071"), other.state.version
    await approve(other)
    sums = SumsTogether(desk.ledger, desk.reader)
    asked = proposal("P-2026-0079", funds_out=funds_out("100.00"))
    assert len((await sums.look_up(asked, datetime.now(UTC))).sums) == 1
    lost = await desk.pool.fetchval("SELECT count(*) FROM ledger.events WHERE stream_id = $1", stream) - kept
    await desk.pool.execute("ALTER TABLE ledger.events DISABLE TRIGGER USER")  # a restore meets none
    await desk.pool.execute("DELETE FROM ledger.events WHERE stream_id = $1 AND version > $2", stream, kept)
    for _ in range(lost):
        await other.says(e.PartnershipWithdrawn, "pia.berg", reason="no longer needed")
    assert (await sums.look_up(asked, datetime.now(UTC))).sums == ()
