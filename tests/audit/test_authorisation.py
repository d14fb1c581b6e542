"""The third gate: a payment that the ledger does not prove authorised is in no file, whatever a worker wrote."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg
import pytest
from payments.export import Export, export_waiting, write_to

from audit.authorisation import Gate
from commands.bank import _put_aside
from commands.desk import Desk
from commands.governance import confirm_account, vouch
from commands.sample import CALLER, RECORDER, furnish
from domain import events as e
from domain.account import AccountConfirmed, account_statement, account_stream
from domain.amendment import changes_between
from domain.grants import Interest
from domain.parties import AccountReference
from domain.people import Delegation, HouseRulesSet, RoleDelegated, StaffMember, StaffRegistered
from domain.policy.rulebook import assess
from domain.proposal import Proposal
from domain.signing import Terms
from domain.tiers import Role
from payments.accounts import record_account, reference_of
from payments.instructions import freeze
from signatures.keyring import Keyring
from tests.builders import (
    HOUSE_RULES,
    funding,
    funds_out,
    match,
    money,
    near,
    number,
    party,
    proposal,
    screening,
    status,
    verification,
)
from tests.governing import decree, hire, let_go, revoke
from tests.payments.orders import HARBOR, RIVERBEND, account, foundation, order
from tests.scribe import Scribe, forgers_keys, signed

REFERENCE = "P-2026-0042"
PROGRAMME, FINANCE, DIRECTOR = Role.PROGRAMME_APPROVER, Role.FINANCE_APPROVER, Role.DIRECTOR
Step = Callable[[Scribe], Awaitable[Any]]


@pytest.fixture
async def scribe(pool: asyncpg.Pool, keyring: Keyring) -> Scribe:
    """Who writes the ledger of a house of its own."""
    desk = Desk(pool, keyring)
    await furnish(desk)
    return Scribe(desk, REFERENCE)


# A partnership as it should be: every step writes what a worker would have written.


async def proposed(scribe: Scribe, actor: str = "pia.berg", **more: Any) -> None:
    await scribe.says(e.PartnershipProposed, actor, proposal=made(**more), funding=funding())


async def verified(scribe: Scribe) -> None:
    await scribe.write(e.DueDiligenceCompleted(at=datetime.now(UTC), verification=verification(status())))


async def assessed(scribe: Scribe, found: Any = None) -> None:
    assessment = assess(scribe.state.proposed, funding(), found or verification(status()))
    await scribe.write(e.EligibilityAssessed(at=datetime.now(UTC), assessment=assessment, quorum=(PROGRAMME, FINANCE)))


def approves(actor: str, role: Role, **more: Any) -> Step:
    async def step(scribe: Scribe) -> None:
        await scribe.says(e.ApprovalGiven, actor, role=role, reason="good work", **more)

    return step


def agreed(actor: str = "dora.kim", details: AccountReference | None = None, **more: Any) -> Step:
    async def step(scribe: Scribe) -> None:
        content = {"signed_on": date(2026, 11, 2), "document_sha256": None, "account_verifier": CALLER, **more}
        await scribe.says(e.AgreementSigned, actor, account=details or reference_of(RIVERBEND), **content)

    return step


def releases(actor: str = "paul.nkosi", attempt: int = 1, sum_: str = "1000.00") -> Step:
    async def step(scribe: Scribe) -> None:
        await scribe.says(e.TrancheReleased, actor, tranche=1, attempt=attempt, money=money(sum_))

    return step


async def nothing(scribe: Scribe) -> None:
    del scribe


def both(*steps: Step) -> Step:
    async def step(scribe: Scribe) -> None:
        for one in steps:
            await one(scribe)

    return step


def made(amount: str = "1000.00", **more: Any) -> Proposal:
    return proposal(REFERENCE, **{"funds_out": funds_out(amount), **more})


STEPS: dict[str, Step] = {
    "proposed": proposed,
    "verified": verified,
    "assessed": assessed,
    "programme": approves("ana.silva", PROGRAMME),
    "finance": approves("femi.ade", FINANCE),
    "agreed": agreed(),
    "released": releases(),
}


async def tell(scribe: Scribe, **instead: Step) -> None:
    """Write the story, with other steps in place of some."""
    assert instead.keys() <= STEPS.keys()
    for name, step in STEPS.items():
        await instead.get(name, step)(scribe)


async def exported(scribe: Scribe, **more: Any) -> Export:
    """Freeze what a worker would have frozen, and ask for the files."""
    async with scribe.desk.pool.acquire() as connection:
        await freeze(connection, order(partnership_id=REFERENCE, **more))
        return await export_waiting(connection, Gate(scribe.desk.ledger))


async def let_through(scribe: Scribe, **more: Any) -> None:
    made_of = await exported(scribe, **more)
    assert (made_of.withheld, [file.payment_count for file in made_of.files]) == ([], [1])


async def withheld(scribe: Scribe, folder: Path, fault: str, **more: Any) -> None:
    """The fault is named, nothing is written, and a person is told once, however often it is asked for."""
    reasons = []
    first = await exported(scribe, **more)
    async with scribe.desk.pool.acquire() as connection:
        for found in (first, *[await export_waiting(connection, Gate(scribe.desk.ledger)) for _ in range(2)]):
            assert found.files == []
            reasons += [one.reason for one in found.withheld]
            await _put_aside(connection, found.withheld)
            write_to(folder, found.files)
    assert len(set(reasons)) == 1
    assert fault in reasons[0]
    assert await scribe.desk.pool.fetchval("SELECT count(*) FROM payments.files") == 0
    assert listed(folder) == []
    told = await scribe.desk.pool.fetch("SELECT reason, content FROM payments.exceptions")
    assert [(row["reason"], row["content"]) for row in told] == [
        (f"not authorised: {reasons[0]}", f"{REFERENCE} tranche 1, attempt {more.get('attempt', 1)}")
    ]


def listed(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


# What is authorised is let through


async def test_what_the_ledger_proves_is_let_through(scribe: Scribe) -> None:
    await tell(scribe)
    await let_through(scribe)


async def test_what_happened_after_the_release_does_not_matter(scribe: Scribe) -> None:
    await tell(scribe)
    await scribe.says(e.HoldPlaced, "vera.lind", reason="a question in the press")
    await let_through(scribe)


async def test_a_hold_that_was_lifted_does_not_matter(scribe: Scribe) -> None:
    async def on_and_off(scribe: Scribe) -> None:
        await scribe.says(e.HoldPlaced, "vera.lind", reason="a question in the press")
        await scribe.says(e.HoldLifted, "femi.ade", reason="answered")

    await tell(scribe, released=both(on_and_off, releases()))
    await let_through(scribe)


@pytest.mark.parametrize("ends", [revoke, let_go])
async def test_a_decision_of_before_its_key_was_revoked_stands(
    scribe: Scribe, ends: Callable[[Desk, str], Awaitable[None]]
) -> None:
    await tell(scribe)
    await ends(scribe.desk, "femi.ade")
    await let_through(scribe)


async def test_a_role_that_is_lent_counts_while_it_is_lent(scribe: Scribe) -> None:
    await lend(scribe, "femi.ade", days=3)
    await tell(scribe, finance=approves("lena.ort", FINANCE, on_behalf_of="femi.ade"))
    await let_through(scribe)


async def test_a_large_sum_with_its_director_is_let_through(scribe: Scribe) -> None:
    large = both(approves("femi.ade", FINANCE), approves("dora.kim", DIRECTOR))
    await tell(scribe, proposed=a_large_proposal, finance=large, released=releases(sum_="150000.00"))
    await let_through(scribe, money=money("150000.00"))


async def test_a_cleared_referral_with_its_director_is_let_through(scribe: Scribe) -> None:
    finance = both(approves("femi.ade", FINANCE), approves("dora.kim", DIRECTOR))
    await tell(scribe, assessed=both(referred, cleared("vera.lind")), finance=finance)
    await let_through(scribe)


# What is not


async def a_large_proposal(scribe: Scribe) -> None:
    await proposed(scribe, amount="150000.00")


async def referred(scribe: Scribe) -> None:
    await assessed(scribe, verification(status(), screening(near())))


async def refused_by_the_rules(scribe: Scribe) -> None:
    await assessed(scribe, verification(status(), screening(match())))


def cleared(actor: str) -> Step:
    async def step(scribe: Scribe) -> None:
        await scribe.says(e.ReferralCleared, actor, reason="another person")

    return step


async def lend(scribe: Scribe, lender: str, days: int, since: int = 10) -> None:
    today = datetime.now(UTC).date()
    await hire(scribe.desk, "lena.ort", Role.AUDITOR)
    for_days = {"starts_on": today - timedelta(days=since), "ends_on": today + timedelta(days=days)}
    role = {"femi.ade": FINANCE, "ana.silva": PROGRAMME}[lender]
    lent = Delegation(lender=lender, borrower="lena.ort", role=role, **for_days)
    await decree(scribe.desk, RoleDelegated(delegation=lent))


async def finance_unsigned(scribe: Scribe) -> None:
    event = scribe.made(e.ApprovalGiven, "femi.ade", role=FINANCE, reason="good work")
    await scribe.write(event.model_copy(update={"signature": None}))


def finance_with_key_of(forger: str) -> Step:
    async def step(scribe: Scribe) -> None:
        folder = scribe.keyring.folder / f"forged-{forger}"
        keys = forgers_keys(scribe.keyring, folder, **{"femi.ade": forger})
        event = scribe.made(e.ApprovalGiven, "femi.ade", keys, role=FINANCE, reason="good work")
        true = scribe.keyring.public("femi.ade").key_id
        assert event.signature is not None
        signature = event.signature.model_copy(update={"key_id": true})
        await scribe.write(event.model_copy(update={"signature": signature}))

    return step


async def finance_with_a_revoked_key(scribe: Scribe) -> None:
    await revoke(scribe.desk, "femi.ade")
    await approves("femi.ade", FINANCE)(scribe)


async def finance_moved_from_another_partnership(scribe: Scribe) -> None:
    event = e.ApprovalGiven(at=datetime.now(UTC), actor="femi.ade", role=FINANCE, reason="good work")
    await scribe.write(signed(event, scribe.keyring, "P-2026-0001", shown=scribe.shown))


async def finance_altered(scribe: Scribe) -> None:
    event = scribe.made(e.ApprovalGiven, "femi.ade", role=FINANCE, reason="good work")
    await scribe.write(event.model_copy(update={"reason": "very good work"}))


async def finance_shown_another_sum(scribe: Scribe) -> None:
    """She approved a hundred; a tampered worker put her approval under a thousand."""
    assert scribe.shown is not None
    terms = Terms.model_validate({**scribe.shown.terms.model_dump(), "amount": money("100.00")})
    shown = scribe.shown.model_copy(update={"terms": terms})
    event = e.ApprovalGiven(at=datetime.now(UTC), actor="femi.ade", role=FINANCE, reason="good work")
    await scribe.write(signed(event, scribe.keyring, REFERENCE, shown=shown))


async def payer_shown_another_account(scribe: Scribe) -> None:
    assert scribe.shown is not None
    terms = Terms.model_validate({**scribe.shown.terms.model_dump(), "account_sha256": "ab" * 32})
    shown = scribe.shown.model_copy(update={"terms": terms})
    event = e.TrancheReleased(
        at=datetime.now(UTC), actor="paul.nkosi", tranche=1, attempt=1, money=money("1000.00")
    )  # fmt: skip
    await scribe.write(signed(event, scribe.keyring, REFERENCE, shown=shown))


async def proposal_enlarged(scribe: Scribe) -> None:
    event = scribe.made(e.PartnershipProposed, "pia.berg", proposal=made("100.00"), funding=funding())
    await scribe.write(event.model_copy(update={"proposal": made("1000.00")}))


def hired(name: str, *roles: Role) -> Step:
    async def step(scribe: Scribe) -> None:
        await hire(scribe.desk, name, *roles)

    return step


def says(kind: type[e.PartnershipEvent], actor: str, **content: Any) -> Step:
    async def step(scribe: Scribe) -> None:
        await scribe.says(kind, actor, **content)

    return step


def interested(person: str) -> Step:
    return says(e.InterestDeclared, person, interest=Interest(person=person, what="her brother works there"))


async def held_in_anothers_name(scribe: Scribe) -> None:
    await scribe.write(e.HoldLifted(at=datetime.now(UTC), actor="femi.ade", reason="answered"))


def amended(amount: str) -> Step:
    async def step(scribe: Scribe) -> None:
        before, after = scribe.state.proposed, made(amount)
        content = {"proposal": after, "funding": funding(), "reason": "more villages"}
        await scribe.says(e.ProposalAmended, "pia.berg", **content, changes=changes_between(before, after))

    return step


async def another_account_vouched_for(
    scribe: Scribe, caller: str = CALLER, town: str = "Elsewhere"
) -> AccountReference:
    details = account(holder="Riverbend Library Network", town=town)
    async with scribe.desk.pool.acquire() as connection:
        reference = await record_account(connection, details, RECORDER)
    await vouch(scribe.desk, reference, RECORDER)
    if caller:
        await confirm_account(scribe.desk, reference, caller, "called the listed number")
    return reference


async def agreed_on_an_account_that_nobody_called_back_for(scribe: Scribe) -> None:
    await agreed(details=await another_account_vouched_for(scribe, ""))(scribe)


async def agreed_on_an_account_that_its_recorder_called_back_for(scribe: Scribe) -> None:
    reference = await another_account_vouched_for(scribe, "")
    now, name = datetime.now(UTC), reference.reference
    content = {"sha256": reference.sha256, "note": "I called myself"}
    statement = account_statement("confirm_account", content, RECORDER, now, number(name), name)
    event = AccountConfirmed(at=now, actor=RECORDER, signature=scribe.keyring.sign(statement), **content)
    await scribe.desk.append(account_stream(name), 1, number(name), RECORDER, event)
    await agreed(details=reference)(scribe)


async def agreed_on_an_account_that_an_approver_called_back_for(scribe: Scribe) -> None:
    await agreed(details=await another_account_vouched_for(scribe, "femi.ade"), account_verifier="femi.ade")(scribe)


async def agreed_again_on_another_account(scribe: Scribe) -> None:
    await agreed()(scribe)
    await agreed(details=await another_account_vouched_for(scribe))(scribe)


async def finance_above_her_limit(scribe: Scribe) -> None:
    limits = ({"amount": "500.00", "currency": "USD"},)
    member = StaffMember(staff_id="femi.ade", name="Femi Ade", roles=(FINANCE,), limits=limits)
    await decree(scribe.desk, StaffRegistered(member=member))
    await approves("femi.ade", FINANCE)(scribe)


async def lent_until_yesterday(scribe: Scribe) -> None:
    await lend(scribe, "femi.ade", days=-1)
    await approves("lena.ort", FINANCE, on_behalf_of="femi.ade")(scribe)


async def lent_by_nobody(scribe: Scribe) -> None:
    await hire(scribe.desk, "lena.ort", Role.AUDITOR)
    await approves("lena.ort", FINANCE, on_behalf_of="femi.ade")(scribe)


async def finance_without_a_tier(scribe: Scribe) -> None:
    """The house takes its tiers for dollars back before the last approval."""
    tiers = tuple(tier for tier in HOUSE_RULES.tiers if tier.currency == "EUR")
    await decree(scribe.desk, HouseRulesSet(rules=HOUSE_RULES.model_copy(update={"tiers": tiers})))
    await approves("femi.ade", FINANCE)(scribe)


async def one_release_twice(scribe: Scribe) -> None:
    """What the payer signed once is written again, as a second attempt."""
    event = scribe.made(e.TrancheReleased, "paul.nkosi", tranche=1, attempt=1, money=money("1000.00"))
    await scribe.write(event)
    again = event.model_copy(update={"attempt": 2})
    await scribe.write(again, command_id=number("a second time"))


class Tampering(NamedTuple):
    """What was tampered with in the ledger or in the instruction, and what the gate says."""

    fault: str
    steps: dict[str, Step] = {}  # noqa: RUF012 - never changed
    instruction: dict[str, Any] = {}  # noqa: RUF012 - never changed


LARGE = {"proposed": a_large_proposal, "released": releases(sum_="150000.00")}
TWO_ROLES = hired("tess.two", PROGRAMME, FINANCE)

TAMPERINGS = {
    # Signatures
    "an approval without a signature": Tampering("femi.ade did not sign it", {"finance": finance_unsigned}),
    "an approval with another's key": Tampering(
        "ApprovalGiven: the signature is not femi.ade's", {"finance": finance_with_key_of("paul.nkosi")}
    ),
    "an approval with a revoked key": Tampering("of femi.ade in force", {"finance": finance_with_a_revoked_key}),
    "an approval of another partnership": Tampering(
        "for another partnership", {"finance": finance_moved_from_another_partnership}
    ),
    "an approval that was altered": Tampering("for another content", {"finance": finance_altered}),
    "a proposal that was enlarged": Tampering(
        "version 1, PartnershipProposed: the signature is for another content", {"proposed": proposal_enlarged}
    ),
    "a lifted hold in another's name": Tampering(
        "femi.ade did not sign it",
        {"released": both(says(e.HoldPlaced, "vera.lind", reason="stop"), held_in_anothers_name, releases())},
    ),
    # People
    "one person approving twice": Tampering(
        "one person approved twice",
        {"programme": both(TWO_ROLES, approves("tess.two", PROGRAMME)), "finance": approves("tess.two", FINANCE)},
    ),
    "the proposer approving": Tampering(
        "a proposer approved it",
        {
            "proposed": both(
                hired("tess.two", Role.PROPOSER, FINANCE), lambda scribe: proposed(scribe, actor="tess.two")
            ),
            "finance": approves("tess.two", FINANCE),
        },
    ),
    "the payer approving": Tampering(
        "tess.two pays and has another part in it",
        {
            "finance": both(hired("tess.two", Role.PAYER, FINANCE), approves("tess.two", FINANCE)),
            "released": releases("tess.two"),
        },
    ),
    "the payer signing the agreement": Tampering(
        "tess.two pays and has another part in it",
        {
            "agreed": both(hired("tess.two", Role.PAYER, DIRECTOR), agreed("tess.two")),
            "released": releases("tess.two"),
        },
    ),
    "who called back paying": Tampering(
        f"{CALLER} pays and has another part in it",
        {"released": both(hired(CALLER, Role.PAYER, Role.VERIFIER), releases(CALLER))},
    ),
    "who cleared the referral approving": Tampering(
        "whoever cleared the referral approved it",
        {
            "assessed": both(referred, hired("tess.two", Role.VERIFIER, FINANCE), cleared("tess.two")),
            "finance": both(approves("tess.two", FINANCE), approves("dora.kim", DIRECTOR)),
        },
    ),
    "an approver with an interest": Tampering(
        "somebody with an interest took part",
        {"programme": both(approves("ana.silva", PROGRAMME), interested("femi.ade"))},
    ),
    "an approver with an interest that the proposal named": Tampering(
        "somebody with an interest took part",
        {
            "proposed": lambda scribe: proposed(
                scribe, interests=[{"person": "femi.ade", "what": "her brother works there"}]
            )
        },
    ),
    "an approver whose interest came out later": Tampering(
        "approvals are missing: FINANCE_APPROVER", {"agreed": both(interested("femi.ade"), agreed())}
    ),
    "a payer with an interest": Tampering(
        "somebody with an interest took part", {"released": both(interested("paul.nkosi"), releases())}
    ),
    "a signatory with an interest": Tampering("interest", {"agreed": both(interested("dora.kim"), agreed())}),
    # Roles
    "a role that was never held": Tampering("otto.audit", {"finance": approves("otto.audit", FINANCE)}),
    "a role that was lent until yesterday": Tampering("lena.ort", {"finance": lent_until_yesterday}),
    "a role that nobody lent": Tampering("lena.ort", {"finance": lent_by_nobody}),
    "a sum above her limit": Tampering("femi.ade", {"finance": finance_above_her_limit}),
    "a release by somebody who does not pay": Tampering("otto.audit", {"released": releases("otto.audit")}),
    "an agreement by somebody who is no director": Tampering("otto.audit", {"agreed": agreed("otto.audit")}),
    "a referral cleared by somebody who is no verifier": Tampering(
        "otto.audit",
        {
            "assessed": both(referred, cleared("otto.audit")),
            "finance": both(approves("femi.ade", FINANCE), approves("dora.kim", DIRECTOR)),
        },
    ),
    # Quorum
    "no approval by finance": Tampering("approvals are missing: FINANCE_APPROVER", {"finance": nothing}),
    "no approval at all": Tampering(
        "approvals are missing: PROGRAMME_APPROVER, FINANCE_APPROVER", {"programme": nothing, "finance": nothing}
    ),
    "a quorum that a worker lowered": Tampering(
        "approvals are missing: FINANCE_APPROVER",
        {"programme": approves("ana.silva", PROGRAMME, quorum=(PROGRAMME,)), "finance": nothing},
    ),
    "no director for a large sum": Tampering(
        "approvals are missing: DIRECTOR", LARGE, {"money": money("150000.00")}
    ),
    "no director for a cleared referral": Tampering(
        "approvals are missing: DIRECTOR", {"assessed": both(referred, cleared("vera.lind"))}
    ),
    "no tier for the sum": Tampering("no approval tier covers", {"finance": finance_without_a_tier}),
    "a sum that grew by half after it was approved": Tampering(
        "approvals are missing: FINANCE_APPROVER",
        {"agreed": both(amended("1500.00"), agreed()), "released": releases(sum_="1500.00")},
        {"money": money("1500.00")},
    ),
    "approvals of before a question": Tampering(
        "approvals are missing",
        {"agreed": both(says(e.InformationRequested, "vera.lind", question="Why?"), agreed())},
    ),
    # Money and accounts
    "another account in the instruction": Tampering(
        "the account is not the one", {}, {"account": reference_of(HARBOR)}
    ),
    "another amount in the instruction": Tampering("the sum is not the USD 1,000.00", {}, {"money": money("1000.01")}),
    "another currency in the instruction": Tampering("the sum is not", {}, {"money": money("1000.00", "EUR")}),
    "another amount in the release": Tampering(
        "the sum is not", {"released": releases(sum_="9000.00")}, {"money": money("9000.00")}
    ),
    "another payee in the instruction": Tampering("the payee is not the one", {}, {"payee": party("Somebody Else")}),
    "another funder's account": Tampering("funder", {}, {"funder": foundation()}),
    "an account that nobody called back for": Tampering(
        "nobody called back", {"agreed": agreed_on_an_account_that_nobody_called_back_for}, {"account": None}
    ),
    "an account that its recorder called back for": Tampering(
        "nobody called back", {"agreed": agreed_on_an_account_that_its_recorder_called_back_for}, {"account": None}
    ),
    "an account that an approver called back for": Tampering(
        "femi.ade verified the account and has another part in it",
        {"agreed": agreed_on_an_account_that_an_approver_called_back_for},
        {"account": None},
    ),
    "an account that changed since finance approved": Tampering(
        "approvals are missing: FINANCE_APPROVER", {"agreed": agreed_again_on_another_account}, {"account": None}
    ),
    "no agreement": Tampering("no agreement names an account", {"agreed": nothing}),
    # The life
    "a release while on hold": Tampering(
        "it was released while on hold",
        {"released": both(says(e.HoldPlaced, "vera.lind", reason="stop"), releases())},
    ),
    "no release": Tampering("the ledger holds no release of tranche 1, attempt 1", {"released": nothing}),
    "a release of another attempt": Tampering("holds no release of tranche 1, attempt 2", {}, {"attempt": 2}),
    "one release written twice": Tampering(
        "TrancheReleased", {"released": one_release_twice}, {"attempt": 2}
    ),
    "an approval of another sum than stands": Tampering("femi.ade was shown", {"finance": finance_shown_another_sum}),
    "a release to another account than stands": Tampering(
        "paul.nkosi was shown", {"released": payer_shown_another_account}
    ),
    "a release after the end": Tampering(
        "ended", {"released": both(says(e.PartnershipTerminated, "dora.kim", reason="no more"), releases())}
    ),
    "a release after it was declined": Tampering(
        "ended", {"released": both(says(e.PartnershipDeclined, "femi.ade", reason="no budget"), releases())}
    ),
    "a referral that nobody cleared": Tampering("referr", {"assessed": referred}),
    "what the rule book refuses": Tampering("rule book", {"assessed": refused_by_the_rules}),
    "what the rule book was never asked": Tampering("rule book", {"assessed": nothing}),
}  # fmt: skip


@pytest.mark.parametrize("name", TAMPERINGS)
async def test_what_was_tampered_with_is_not_written_and_the_fault_is_named_once(
    scribe: Scribe, tmp_path: Path, name: str
) -> None:
    tampering = TAMPERINGS[name]
    await tell(scribe, **tampering.steps)
    content = dict(tampering.instruction)
    if content.get("account", ...) is None:
        content["account"] = scribe.state.account
    folder = tmp_path / "out"
    folder.mkdir()
    await withheld(scribe, folder, tampering.fault, **content)


async def test_a_partnership_of_which_the_ledger_holds_nothing_is_not_paid(scribe: Scribe, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    await withheld(scribe, folder, "the ledger holds no release")


async def test_one_that_is_withheld_does_not_keep_its_neighbour_from_being_paid(scribe: Scribe) -> None:
    await tell(scribe)
    async with scribe.desk.pool.acquire() as connection:
        await freeze(connection, order(partnership_id=REFERENCE))
        await freeze(connection, order(partnership_id="P-2026-0043"))
        made_of = await export_waiting(connection, Gate(scribe.desk.ledger))
    assert [file.payment_count for file in made_of.files] == [1]
    assert [one.instruction.partnership_id for one in made_of.withheld] == ["P-2026-0043"]


async def test_what_the_gate_withheld_is_sent_once_the_ledger_proves_it(scribe: Scribe) -> None:
    await tell(scribe, released=nothing)
    assert (await exported(scribe)).files == []
    await releases()(scribe)
    await let_through(scribe)


async def test_the_gate_asks_anew_each_time(scribe: Scribe) -> None:
    """A gate that lives long sees what was written since."""
    gate = Gate(scribe.desk.ledger)
    async with scribe.desk.pool.acquire() as connection:
        instruction, _ = await freeze(connection, order(partnership_id=REFERENCE))
    assert "no release" in await gate(instruction)
    await tell(scribe)
    assert await gate(instruction) == ""


async def test_the_gate_needs_no_worker_and_no_temporal(scribe: Scribe) -> None:
    assert scribe.desk.client is None
    await tell(scribe)
    await let_through(scribe)
