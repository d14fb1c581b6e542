"""The third gate: a payment that the ledger does not prove authorised now is let through for no file."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import pytest

from accord.audit.authorisation import PrePaymentCheck
from accord.client.desk import Desk
from accord.demo.sample import CALLER, RECORDER
from domain.directory.people import Delegation, HouseRulesSet, RoleDelegated, StaffMember, StaffRegistered
from domain.directory.tiers import Role
from domain.money.rails import PaymentRail
from domain.partnership import events as e
from domain.partnership.proposal.amendment import changes_between
from domain.payment.account import AccountConfirmed, account_statement
from domain.policy.conditions import ConditionId
from domain.recorded.writers import Writer
from domain.signatures.signing import Terms
from domain.streams import StreamId
from payments.accounts import reference_of
from tests.accord.audit.story import (
    DIRECTOR,
    FINANCE,
    FOUNDATION,
    HARBOR,
    ISOC,
    PROGRAMME,
    REFERENCE,
    RIVERBEND,
    Step,
    Story,
    agreed,
    another_account,
    approves,
    assessed,
    both,
    interested,
    made,
    nothing,
    proposed,
    releases,
    says,
    tell,
    verified,
)
from tests.builders import HOUSE_RULES, funder, funding, match, money, near, number, party
from tests.governing import decree, hire, let_go, revoke
from tests.scribe import forgers_keys, signed

# What is authorised is let through


async def test_what_the_ledger_proves_is_let_through(story: Story) -> None:
    await tell(story)
    await story.let_through()


@pytest.mark.slow
async def test_a_hold_that_was_lifted_does_not_matter(story: Story) -> None:
    async def on_and_off(story: Story) -> None:
        await story.says(e.HoldPlaced, "vera.lind", reason="a question in the press")
        await story.says(e.HoldLifted, "femi.ade", reason="answered")

    await tell(story, released=both(on_and_off, releases()))
    await story.let_through()


@pytest.mark.parametrize("ends", [revoke, let_go])
async def test_a_decision_of_before_its_key_was_revoked_stands(
    story: Story, ends: Callable[[Desk, str], Awaitable[None]]
) -> None:
    await tell(story)
    await ends(story.desk, "femi.ade")
    await story.let_through()


async def test_a_role_that_is_lent_counts_while_it_is_lent(story: Story) -> None:
    await lend(story, "femi.ade", days=3)
    await tell(story, finance=approves("lena.ort", FINANCE, on_behalf_of="femi.ade"))
    await story.let_through()


@pytest.mark.slow
async def test_a_large_sum_with_its_director_is_let_through(story: Story) -> None:
    large = both(approves("femi.ade", FINANCE), approves("dora.kim", DIRECTOR))
    await tell(story, proposed=a_large_proposal, finance=large, released=releases(sum_="150000.00"))
    await story.let_through(money=money("150000.00"))


@pytest.mark.slow
async def test_a_cleared_referral_with_its_director_is_let_through(story: Story) -> None:
    finance = both(approves("femi.ade", FINANCE), approves("dora.kim", DIRECTOR))
    await tell(story, assessed=both(referred, cleared("vera.lind")), finance=finance)
    await story.let_through()


# What is not

a_large_proposal = proposed("150000.00")
referred = both(verified(near()), assessed)
refused_by_the_rules = both(verified(match()), assessed)


def cleared(actor: str) -> Step:
    async def step(story: Story) -> None:
        await story.says(e.ReferralCleared, actor, no_interest=True, reason="another person")

    return step


async def lend(story: Story, lender: str, days: int, since: int = 10) -> None:
    today = datetime.now(UTC).date()
    await hire(story.desk, "lena.ort", Role.AUDITOR)
    for_days = {"starts_on": today - timedelta(days=since), "ends_on": today + timedelta(days=days)}
    role = {"femi.ade": FINANCE, "ana.silva": PROGRAMME}[lender]
    lent = Delegation(lender=lender, borrower="lena.ort", role=role, **for_days)
    await decree(story.desk, RoleDelegated(delegation=lent))


async def finance_unsigned(story: Story) -> None:
    event = story.made(e.ApprovalGiven, "femi.ade", no_interest=True, role=FINANCE, reason="good work")
    await story.write(event.model_copy(update={"signature": None}))


def finance_with_key_of(forger: str) -> Step:
    async def step(story: Story) -> None:
        folder = story.keyring.folder / f"forged-{forger}"
        keys = forgers_keys(story.keyring, folder, **{"femi.ade": forger})
        event = story.made(e.ApprovalGiven, "femi.ade", keys, no_interest=True, role=FINANCE, reason="good work")
        true = story.keyring.public("femi.ade").key_id
        assert event.signature is not None
        signature = event.signature.model_copy(update={"key_id": true})
        await story.write(event.model_copy(update={"signature": signature}))

    return step


async def finance_with_a_revoked_key(story: Story) -> None:
    await revoke(story.desk, "femi.ade")
    await approves("femi.ade", FINANCE)(story)


async def finance_moved_from_another_partnership(story: Story) -> None:
    event = e.ApprovalGiven(at=datetime.now(UTC), actor="femi.ade", role=FINANCE, reason="good work")
    await story.write(signed(event, story.keyring, "P-2026-0001", shown=story.shown))


async def finance_altered(story: Story) -> None:
    event = story.made(e.ApprovalGiven, "femi.ade", no_interest=True, role=FINANCE, reason="good work")
    await story.write(event.model_copy(update={"reason": "very good work"}))


async def finance_shown_another_sum(story: Story) -> None:
    """She approved a hundred. A tampered worker put her approval under a thousand."""
    assert story.shown is not None
    terms = Terms.model_validate({**story.shown.terms.model_dump(), "amount": money("100.00")})
    shown = story.shown.model_copy(update={"terms": terms})
    event = e.ApprovalGiven(at=datetime.now(UTC), actor="femi.ade", role=FINANCE, reason="good work")
    await story.write(signed(event, story.keyring, REFERENCE, shown=shown))


async def payer_shown_another_account(story: Story) -> None:
    assert story.shown is not None
    terms = Terms.model_validate({**story.shown.terms.model_dump(), "account_sha256": "ab" * 32})
    shown = story.shown.model_copy(update={"terms": terms})
    event = e.TrancheReleased(
        at=datetime.now(UTC), actor="paul.nkosi", tranche=1, attempt=1, money=money("1000.00"), attempt_signed=True
    )  # fmt: skip
    await story.write(signed(event, story.keyring, REFERENCE, shown=shown))


async def proposal_enlarged(story: Story) -> None:
    event = story.made(e.PartnershipProposed, "pia.berg", proposal=made("100.00"), funding=funding())
    await story.write(event.model_copy(update={"proposal": made("1000.00")}))


def hired(name: str, *roles: Role) -> Step:
    async def step(story: Story) -> None:
        await hire(story.desk, name, *roles)

    return step


async def held_in_anothers_name(story: Story) -> None:
    await story.write(e.HoldLifted(at=datetime.now(UTC), actor="femi.ade", reason="answered"))


def amended(amount: str, by: str = "pia.berg") -> Step:
    async def step(story: Story) -> None:
        before, after = story.state.proposed, made(amount)
        content = {"proposal": after, "funding": funding(), "reason": "more villages"}
        await story.says(e.ProposalAmended, by, **content, changes=changes_between(before, after))

    return step


async def agreed_on_an_account_that_nobody_called_back_for(story: Story) -> None:
    await agreed(details=await another_account(story, ""))(story)


async def agreed_on_an_account_that_its_recorder_called_back_for(story: Story) -> None:
    reference = await another_account(story, "")
    now, name = datetime.now(UTC), reference.reference
    content = {"sha256": reference.sha256, "note": "I called myself"}
    statement = account_statement("confirm_account", content, RECORDER, now, number(name), name)
    event = AccountConfirmed(at=now, actor=RECORDER, signature=story.keyring.sign(statement), **content)
    await story.desk.append(StreamId.account(name), 1, number(name), RECORDER, event, writer=Writer.WORKER)
    await agreed(details=reference)(story)


async def agreed_on_an_account_that_an_approver_called_back_for(story: Story) -> None:
    await agreed(details=await another_account(story, "femi.ade"), account_verifier="femi.ade")(story)


async def agreed_again_on_another_account(story: Story) -> None:
    await agreed()(story)
    await agreed(details=await another_account(story))(story)


async def finance_above_her_limit(story: Story) -> None:
    limits = ({"amount": "500.00", "currency": "USD"},)
    member = StaffMember(staff_id="femi.ade", name="Femi Ade", roles=(FINANCE,), limits=limits)
    await decree(story.desk, StaffRegistered(member=member))
    await approves("femi.ade", FINANCE)(story)


async def lent_until_yesterday(story: Story) -> None:
    await lend(story, "femi.ade", days=-1)
    await approves("lena.ort", FINANCE, on_behalf_of="femi.ade")(story)


async def lent_by_nobody(story: Story) -> None:
    await hire(story.desk, "lena.ort", Role.AUDITOR)
    await approves("lena.ort", FINANCE, on_behalf_of="femi.ade")(story)


async def finance_without_a_tier(story: Story) -> None:
    """The organisation takes its tiers for dollars back before the last approval."""
    tiers = tuple(tier for tier in HOUSE_RULES.tiers if tier.currency == "EUR")
    await decree(story.desk, HouseRulesSet(rules=HOUSE_RULES.model_copy(update={"tiers": tiers})))
    await approves("femi.ade", FINANCE)(story)


async def one_release_twice(story: Story) -> None:
    """The payer's one signature is written again, as a second attempt."""
    event = story.made(
        e.TrancheReleased, "paul.nkosi", tranche=1, attempt=1, money=money("1000.00"), attempt_signed=True
    )
    await story.write(event)
    again = event.model_copy(update={"attempt": 2})
    await story.write(again, command_id=number("a second time"))


FOUNDATION_FUNDER = funder(funder_id="ISOC-FOUNDATION").model_copy(
    update={"account": reference_of(FOUNDATION).reference}
)


class Tampering(NamedTuple):
    """A tampering with the ledger or the instruction, and the gate's verdict."""

    fault: str
    steps: dict[str, Step] = {}  # noqa: RUF012 - never changed
    instruction: dict[str, Any] = {}  # noqa: RUF012 - never changed


LARGE = {"proposed": a_large_proposal, "released": releases(sum_="150000.00")}
TWO_ROLES = hired("tess.two", PROGRAMME, FINANCE)


async def finance_twice_in_one_append(story: Story) -> None:
    event = story.made(e.ApprovalGiven, "femi.ade", no_interest=True, role=FINANCE, reason="good work")
    await story.write(event, event)


async def finance_under_another_command(story: Story) -> None:
    event = story.made(e.ApprovalGiven, "femi.ade", no_interest=True, role=FINANCE, reason="good work")
    await story.write(event, command_id=number("another command"))


async def lent_and_not_said(story: Story) -> None:
    await lend(story, "femi.ade", days=3)
    await approves("lena.ort", FINANCE)(story)


async def three_days_to_cool_off(story: Story) -> None:
    await decree(story.desk, HouseRulesSet(rules=HOUSE_RULES.model_copy(update={"cooling_off_days": 3})))


async def agreed_on_an_account_in_another_name(story: Story) -> None:
    await agreed(details=await another_account(story, holder="Copper Kettle Trading"))(story)


PAPERS = ConditionId.CONTROL_AND_RECORDS
DIVERTED = says(e.DiversionReported, "otto.audit", what="A car was bought")
ASSURED = says(e.AssuranceRecorded, "vera.lind", what="It was sold", document_sha256=None, diverted=money("100.00"))

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
    "an approval that is written twice": Tampering("counts already", {"finance": finance_twice_in_one_append}),
    "an approval under another command": Tampering("for another command", {"finance": finance_under_another_command}),
    # People
    "the proposer clearing the referral": Tampering(
        "a proposer cleared the referral",
        {
            "proposed": both(hired("tess.two", Role.PROPOSER, Role.VERIFIER), proposed(actor="tess.two")),
            "assessed": both(referred, cleared("tess.two")),
            "finance": both(approves("femi.ade", FINANCE), approves("dora.kim", DIRECTOR)),
        },
    ),
    "a role that was lent, in no lender's name": Tampering("lena.ort could not act", {"finance": lent_and_not_said}),
    "one person approving twice": Tampering(
        "one person approved twice",
        {"programme": both(TWO_ROLES, approves("tess.two", PROGRAMME)), "finance": approves("tess.two", FINANCE)},
    ),
    "the proposer approving": Tampering(
        "a proposer approved it",
        {
            "proposed": both(
                hired("tess.two", Role.PROPOSER, FINANCE), proposed(actor="tess.two")
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
        {"programme": both(approves("ana.silva", PROGRAMME), interested("femi.ade"), assessed)},
    ),
    "an approver with an interest that the proposal named": Tampering(
        "somebody with an interest took part",
        {
            "proposed": proposed(interests=[{"person": "femi.ade", "what": "her brother works there"}])
        },
    ),
    "an approver whose interest came out later": Tampering(
        "approvals are missing: FINANCE_APPROVER", {"agreed": both(interested("femi.ade"), assessed, agreed())}
    ),
    "an interest that the rule book never heard of": Tampering(
        "the rule book never spoke on it", {"agreed": both(interested("otto.audit"), agreed())}
    ),
    "a payer with an interest": Tampering(
        "somebody with an interest took part", {"released": both(interested("paul.nkosi"), releases())}
    ),
    "a signatory with an interest": Tampering("interest", {"agreed": both(interested("dora.kim"), assessed, agreed())}),
    # Roles
    "a role that was never held": Tampering("otto.audit", {"finance": approves("otto.audit", FINANCE)}),
    "a role that was lent until yesterday": Tampering("lena.ort", {"finance": lent_until_yesterday}),
    "a role that nobody lent": Tampering("lena.ort", {"finance": lent_by_nobody}),
    "a sum above their limit": Tampering("femi.ade", {"finance": finance_above_her_limit}),
    "a proposal by somebody who does not propose": Tampering(
        "otto.audit could not act as PROPOSER", {"proposed": proposed(actor="otto.audit")}
    ),
    "a hold that somebody lifted who may not": Tampering(
        "otto.audit could not act as DIRECTOR or FINANCE_APPROVER",
        {
            "released": both(
                says(e.HoldPlaced, "vera.lind", reason="stop"),
                says(e.HoldLifted, "otto.audit", reason="go on"),
                releases(),
            )
        },
    ),
    "papers that somebody filed who may not": Tampering(
        "otto.audit could not act as FINANCE_APPROVER or VERIFIER",
        {
            "released": both(
                says(e.ConditionMet, "otto.audit", condition=PAPERS, note="a letter", document_sha256=None), releases()
            )
        },
    ),
    "an amendment by somebody who does not propose": Tampering(
        "otto.audit could not act as PROPOSER", {"agreed": both(amended("1010.00", by="otto.audit"), agreed())}
    ),
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
    "a release of which the attempt was not signed": Tampering(
        "did not sign which attempt", {"released": releases(attempt_signed=False)}
    ),
    "another funder's account": Tampering("another funder's account would pay", {}, {"funder": FOUNDATION_FUNDER}),
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
    "an account that is held in another name": Tampering(
        "is held in another name", {"agreed": agreed_on_an_account_in_another_name}, {"account": None}
    ),
    "a release in the cooling-off time of a changed account": Tampering(
        "its cooling-off time was not over",
        {
            "agreed": both(three_days_to_cool_off, agreed_again_on_another_account),
            "released": both(approves("femi.ade", FINANCE), releases()),
        },
        {"account": None},
    ),
    # The life
    "a release before the assurances": Tampering(
        "money was diverted", {"released": both(DIVERTED, releases(), ASSURED)}
    ),
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


@pytest.mark.sampled(17)
@pytest.mark.parametrize("name", TAMPERINGS)
async def test_what_was_tampered_with_is_stopped_and_the_fault_is_named(story: Story, name: str) -> None:
    tampering = TAMPERINGS[name]
    await tell(story, **tampering.steps)
    content = dict(tampering.instruction)
    if content.get("account", ...) is None:
        content["account"] = story.state.account
    await story.stopped(tampering.fault, **content)


async def test_a_partnership_of_which_the_ledger_holds_nothing_is_not_paid(story: Story) -> None:
    await story.stopped("the ledger holds no release")


async def test_what_the_gate_stopped_is_let_through_once_the_ledger_proves_it(story: Story) -> None:
    await tell(story, released=nothing)
    await story.stopped("holds no release")
    await releases()(story)
    await story.let_through()


async def test_the_gate_asks_anew_each_time(story: Story) -> None:
    """A gate that lives long sees what was written since."""
    gate = PrePaymentCheck(story.desk.ledger)
    await story.instructed()
    assert "no release" in str((await story.judged(gate=gate)).reason)
    await tell(story)
    assert (await story.judged(gate=gate)).reason is None


async def test_a_worker_does_not_put_off_the_day_on_which_the_bank_pays(story: Story) -> None:
    await tell(story)
    await story.stopped("is to be paid on 2099-01-05 only: cancel it", execute_on=date(2099, 1, 5))


async def test_a_worker_does_not_choose_the_rail(story: Story) -> None:
    """Given no table of rails, when a worker instructs a payment by ACH, then it does not leave."""
    await tell(story)
    await story.stopped("it is to leave by NACHA, and the organisation's table says ISO_20022", rail=PaymentRail.NACHA)


async def test_the_gate_needs_no_worker_and_no_temporal(story: Story) -> None:
    assert story.desk.client is None
    await tell(story)
    await story.let_through()


async def test_the_gate_says_what_it_read_so_that_it_can_be_asked_whether_that_still_stands(story: Story) -> None:
    await tell(story)
    verdict = await story.asked_for()
    read = (f"partnership/{REFERENCE}", f"partnership/{REFERENCE}/tranche/1/attempt/1", "directory")
    versions = {stream: len(await story.desk.ledger.read_stream(stream)) for stream in read}
    assert versions.items() <= verdict.heads.items()
    assert {StreamId.account(reference_of(one).reference) for one in (RIVERBEND, ISOC)} <= verdict.heads.keys()
    assert verdict.registers == {one.version for one in story.registers.values()}
