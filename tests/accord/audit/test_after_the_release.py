"""Changes between a release and the hand-over: the gate judges the present, not the day of the release."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, NamedTuple

import pytest

from accord.demo.sample import CALLER, RECORDER
from accord.organisation.governance import change_directory, confirm_change
from domain.directory.lists import OFAC_AND_UN, SanctionsList
from domain.directory.people import Fact, FunderRegistered, KeyEnrolled, KeyRevoked, StaffMember, StaffRegistered
from domain.directory.tiers import Role
from domain.directory.watched import WatchedCountry, WatchKind
from domain.partnership import events as e
from domain.partnership.people.taking_part import Part
from domain.partnership.proposal.amendment import changes_between
from domain.payment.bank_answers import ExceptionKind, Resolution
from domain.payment.bank_file import ExceptionRaised, ExceptionResolved, ResolutionAgreed
from domain.payment.tranche.events import (
    PaymentInstructed,
    PaymentTakenBack,
    PaymentWithheld,
    TrancheReleasedForPayment,
)
from domain.policy.conditions import ConditionId
from domain.policy.rulebook import assess
from domain.streams import StreamId
from payments.accounts import reference_of
from tests.accord.audit.story import (
    DIRECTOR,
    FINANCE,
    FOUNDATION,
    PROGRAMME,
    REFERENCE,
    Step,
    Story,
    agreed,
    another_account,
    approves,
    assessed,
    both,
    in_force,
    interested,
    nothing,
    order,
    proposed,
    rechecked,
    releases,
    relisted,
    says,
    tell,
    verified,
)
from tests.builders import funder, funding, funds_out, master_file, match, money, near, number, party, regrant
from tests.governing import bind, decree, hire, let_go, revoke, watch

HELD = says(e.HoldPlaced, "vera.lind", reason="a question in the press")
DIVERTED = says(e.DiversionReported, "otto.audit", what="A car was bought")
ASSURED = says(
    e.AssuranceRecorded, "vera.lind", what="The car was sold", document_sha256=None, diverted=money("100.00")
)
RECLASSIFIED = {"master_file": master_file(foundation="04")}
PAPERS = ConditionId.CONTROL_AND_RECORDS
EXCEPTION = number("what the bank said")


async def by_others(story: Story, person: str, *facts: Fact) -> None:
    """Two guardians change the directory, neither of them whom it concerns."""
    if person != "dora.kim":
        return await decree(story.desk, *facts)
    changed = await change_directory(story.desk, facts, "max.lead")
    assert changed.change_id is not None
    await confirm_change(story.desk, changed.change_id, "otto.audit")
    return None


def stolen(person: str, *, hours: int = 1) -> Step:
    """A key turns out to have been in other hands since before the case began."""

    async def step(story: Story) -> None:
        key_id = story.keyring.public(person).key_id
        since = datetime.now(UTC) - timedelta(hours=hours)
        await by_others(story, person, KeyRevoked(staff_id=person, key_id=key_id, compromised_since=since))

    return step


def anew(person: str) -> Step:
    """A new key for a person whose old one is not believed any more."""

    async def step(story: Story) -> None:
        story.keyring.path(person).unlink()
        story.keyring.make(person)
        await decree(story.desk, KeyEnrolled(staff_id=person, key=story.keyring.public(person)))

    return step


def fell(person: str, *parts: Part) -> Step:
    async def step(story: Story) -> None:
        await story.write(e.DecisionsFell(at=datetime.now(UTC), person=person, fell=parts, reason="not hers"))

    return step


async def changed_funder(story: Story) -> None:
    other = funder().model_copy(update={"account": reference_of(FOUNDATION).reference})
    await decree(story.desk, FunderRegistered(funder=other))


async def changed_account(story: Story) -> None:
    await agreed(details=await another_account(story))(story)


async def newer_list(story: Story) -> None:
    await in_force(story.desk, "ofac-sdn")


async def contradicted(story: Story, kind: ExceptionKind = ExceptionKind.SECOND_BOOKING) -> None:
    now = datetime.now(UTC)
    raised = ExceptionRaised(at=now, exception=kind, reason="booked twice", content="", partnership_id=REFERENCE)
    await story.append(StreamId.exception(EXCEPTION), raised)
    await story.write(e.BankContradicted(at=now, exception_id=EXCEPTION, exception=kind, reason="booked twice"))


async def claimed_resolved(story: Story) -> None:
    """The partnership's own stream says so, and nobody signed it."""
    resolution = Resolution.BANK_ERROR
    await story.write(e.ContradictionResolved(at=datetime.now(UTC), exception_id=EXCEPTION, resolution=resolution))


async def resolved(story: Story) -> None:
    content = {"resolution": Resolution.BANK_ERROR, "note": "The bank took it back"}
    await hire(story.desk, "max.lead", FINANCE)
    await story.act(StreamId.exception(EXCEPTION), ResolutionAgreed, "max.lead", **content)
    await story.act(StreamId.exception(EXCEPTION), ExceptionResolved, "femi.ade", **content)
    await claimed_resolved(story)


async def held_and_lifted_before(story: Story) -> None:
    """Somebody signed a lift that was never recorded. A worker records it once another hold stands."""
    unused = story.made(e.HoldLifted, "dora.kim", reason="answered")
    await HELD(story)
    await story.write(unused)


ENDED: Final = "this attempt to pay has ended already"


class After(NamedTuple):
    """A change after the release, and the gate's verdict then."""

    fault: str
    step: Step
    before: dict[str, Step] = {}  # noqa: RUF012 - never changed


REFERRED = {
    "assessed": both(
        verified(near()), assessed, says(e.ReferralCleared, "vera.lind", no_interest=True, reason="another person")
    ),
    "finance": both(approves("femi.ade", FINANCE), approves("dora.kim", DIRECTOR)),
}
ANOTHER_DIRECTOR = {"released": both(lambda story: hire(story.desk, "max.lead", DIRECTOR), releases())}
AFTER = {
    "a hold": After("it stands on hold (by vera.lind: a question in the press)", HELD),
    "a hold under a hold that is lifted once": After(
        "it stands on hold", both(HELD, says(e.HoldLifted, "femi.ade", reason="answered"), HELD)
    ),
    "a hold that its own placer lifted": After(
        "it stands on hold",
        both(
            says(e.HoldPlaced, "femi.ade", reason="a question in the press"),
            says(e.HoldLifted, "femi.ade", reason="answered"),
        ),
    ),
    "a hold that a lift of before it is said to lift": After("it stands on hold", held_and_lifted_before),
    "a list that names the payee": After("the registers were asked again", rechecked(match())),
    "a list with a name like it": After("the registers were asked again", rechecked(near())),
    "a condition that a later look sets": After(f"not on file: {PAPERS}", rechecked(**RECLASSIFIED)),
    "a diversion": After("money was diverted", DIVERTED),
    "the end": After("ended", says(e.PartnershipTerminated, "dora.kim", reason="no more")),
    "a recusal of an approver": After("approvals are missing: FINANCE_APPROVER", interested("femi.ade")),
    "a recusal of the signatory": After("somebody with an interest took part", interested("dora.kim")),
    "a recusal of the payer": After("somebody with an interest took part", interested("paul.nkosi")),
    "a recusal of who called back": After("somebody with an interest took part", interested(CALLER)),
    "a recusal of who cleared the referral": After(
        "the rule book never spoke on it", interested("vera.lind"), REFERRED
    ),
    "an approver's key in other hands": After("approvals are missing: FINANCE_APPROVER", stolen("femi.ade")),
    "a verifier's key in other hands": After(
        "nobody cleared what the rule book referred", stolen("vera.lind"), REFERRED
    ),
    "a signatory's key in other hands": After(
        "nobody who may has signed the agreement", stolen("dora.kim"), ANOTHER_DIRECTOR
    ),
    "a payer's key in other hands": After("a key of paul.nkosi that others may have used", stolen("paul.nkosi")),
    "a proposer's key in other hands": After("pia.berg's key was in doubt then", stolen("pia.berg")),
    "the key of who called back in other hands": After("nobody called back", stolen(CALLER)),
    "the key of who recorded the account in other hands": After("nobody called back", stolen(RECORDER)),
    "a newer list": After("newer than the last look at it, which no worker has renewed: ofac-sdn", newer_list),
    "a changed account": After("the account is not the one that the agreement names", changed_account),
    "a changed account of the funder's": After("the funder's account changed", changed_funder),
    "a cancellation": After(ENDED, says(e.PaymentCancelled, "femi.ade", tranche=1, attempt=1, reason="withdrawn")),
    "a contradiction": After("the bank's word on it waits to be resolved", contradicted),
    "a contradiction that nobody resolved, whatever is claimed": After(
        "the bank's word on it waits to be resolved", both(contradicted, claimed_resolved)
    ),
    "an amendment that asks for approvals anew": After(
        "approvals are missing", says(e.InformationRequested, "vera.lind", question="Why?")
    ),
}  # fmt: skip


@pytest.mark.sampled(8)
@pytest.mark.parametrize("what", AFTER)
async def test_what_stands_against_a_payment_after_its_release_stops_it(story: Story, what: str) -> None:
    fault, step, before = AFTER[what]
    await tell(story, **before)
    await story.let_through()
    await step(story)
    verdict = await story.stopped(fault)
    assert verdict.reason


@pytest.mark.sampled(2)
@pytest.mark.parametrize("what", ["a hold", "a diversion", "a recusal of the payer", "a newer list", "a contradiction"])
async def test_it_stops_it_as_well_where_it_happens_twice(story: Story, what: str) -> None:
    fault, step, _ = AFTER[what]
    await tell(story)
    await story.let_through()
    if what == "a contradiction":
        await both(step, resolved)(story)
        await story.write(
            e.BankContradicted(
                at=datetime.now(UTC), exception_id=number("another"), exception=ExceptionKind.CONTRADICTION, reason="x"
            )
        )
    else:
        await both(step, step)(story)
    await story.stopped(fault)


HARMLESS: dict[str, tuple[Step, dict[str, Step]]] = {
    "somebody who approved leaves": (lambda story: let_go(story.desk, "femi.ade"), {}),
    "somebody who approved changes keys in good order": (lambda story: revoke(story.desk, "femi.ade"), {}),
    "the payer leaves": (lambda story: let_go(story.desk, "paul.nkosi"), {}),
    "who called back leaves": (lambda story: let_go(story.desk, CALLER), {}),
    "the proposer leaves": (lambda story: let_go(story.desk, "pia.berg"), {}),
    "an approver takes another role": (
        lambda story: decree(
            story.desk, StaffRegistered(member=StaffMember(staff_id="femi.ade", name="Femi", roles=(Role.AUDITOR,)))
        ),
        {},
    ),
    "a key of an approver was in other hands only since then": (stolen("femi.ade", hours=-1), {}),
    "a hold that was lifted": (both(HELD, says(e.HoldLifted, "femi.ade", reason="answered")), {}),
    "the same list, asked again": (rechecked(), {}),
    "a near match that was cleared before": (rechecked(near()), REFERRED),
    "adverse news that a later look no longer finds": (both(rechecked(match()), rechecked()), {}),
    "an interest of somebody without a part": (interested("otto.audit"), {}),
    "a contradiction that people resolved": (both(contradicted, resolved), {}),
    "a condition that was met": (
        both(
            relisted(",1,15,", ",1,04,"),
            rechecked(**RECLASSIFIED),
            says(e.ConditionMet, "vera.lind", condition=PAPERS, note="a letter", document_sha256=None),
        ),
        {},
    ),
    "a diversion that assurances answered": (
        both(DIVERTED, ASSURED),
        {},
    ),
    "an approval that fell and was given anew": (
        both(
            stolen("femi.ade"), fell("femi.ade", Part.APPROVED), anew("femi.ade"), approves("femi.ade", FINANCE)
        ),
        {},
    ),
    "an approval with a new key that fell with the old one and was given once more": (
        both(
            stolen("femi.ade"), anew("femi.ade"), approves("femi.ade", FINANCE), fell("femi.ade", Part.APPROVED),
            approves("femi.ade", FINANCE),
        ),
        {},
    ),
    "a payer whose limit for approvals is lower": (
        nothing,
        {
            "released": both(
                lambda story: decree(
                    story.desk,
                    StaffRegistered(
                        member=StaffMember(
                            staff_id="paul.nkosi", name="Paul", roles=(Role.PAYER,), limits=(money("1.00"),)
                        )
                    ),
                ),
                releases(),
            )
        },
    ),
    "an approval that fell and was given anew by another": (
        both(
            stolen("femi.ade"),
            lambda story: hire(story.desk, "fay.coin", FINANCE),
            approves("fay.coin", FINANCE),
        ),
        {},
    ),
    "an approval that fell by a recusal and was given anew by another": (
        both(
            interested("femi.ade"), lambda story: hire(story.desk, "fay.coin", FINANCE), approves("fay.coin", FINANCE)
        ),
        {},
    ),
    "an agreement that fell and was signed anew": (
        both(
            stolen("dora.kim"),
            lambda story: hire_by_others(story, "eve.lead"),
            agreed("eve.lead"),
        ),
        ANOTHER_DIRECTOR,
    ),
}  # fmt: skip


async def hire_by_others(story: Story, name: str) -> None:
    """A director's key is not believed any more: another director and the auditor let somebody work here."""
    if not story.keyring.holds(name):
        story.keyring.make(name)
    member = StaffMember(staff_id=name, name=name.title(), roles=(DIRECTOR,))
    key = KeyEnrolled(staff_id=name, key=story.keyring.public(name))
    await by_others(story, "dora.kim", StaffRegistered(member=member), key)


@pytest.mark.sampled(5)
@pytest.mark.parametrize("what", HARMLESS)
async def test_what_does_not_stand_against_a_payment_or_was_answered_lets_it_through(story: Story, what: str) -> None:
    step, before = HARMLESS[what]
    await tell(story, **before)
    await story.let_through()
    await step(story)
    await story.let_through()


# The registers


@pytest.mark.slow
async def test_a_newer_list_asks_for_a_workers_look_and_the_look_lets_it_through(story: Story) -> None:
    await tell(story)
    story.registers["ofac-sdn"] = await in_force(story.desk, "ofac-sdn")
    assert (await story.stopped("newer than the last look")).look_again
    await rechecked()(story)
    await story.let_through()


@pytest.mark.slow
async def test_a_list_that_binds_since_asks_for_a_look_and_the_look_lets_it_through(story: Story) -> None:
    """Given a release, when another list binds, then nothing leaves before somebody looked into that one too."""
    await tell(story)
    await bind(story.desk, *OFAC_AND_UN, SanctionsList.UNITED_KINGDOM)
    assert (await story.stopped("was not screened against uk-sanctions, which binds by now")).look_again
    story.registers["uk-sanctions"] = await in_force(story.desk, "uk-sanctions")
    story.lists = (*OFAC_AND_UN, SanctionsList.UNITED_KINGDOM)
    await rechecked()(story)
    await story.let_through()


@pytest.mark.slow
async def test_a_country_that_is_watched_since_asks_for_a_look(story: Story) -> None:
    await tell(story)
    row = WatchedCountry(country="US", kind=WatchKind.INCREASED_MONITORING, since=date(2026, 10, 23))
    await watch(story.desk, row)
    assert (await story.stopped(f"nobody looked at it since it is known of {row}")).look_again


@pytest.mark.slow
async def test_a_shorter_limit_of_the_organisation_counts_from_the_day_it_is_signed(story: Story) -> None:
    await tell(story)
    await story.desk.pool.execute("UPDATE registers.versions SET source_date = source_date - 3, sha256 = sha256")
    await bind(story.desk, *OFAC_AND_UN, days=35)
    await story.let_through()


async def test_a_look_that_finds_the_payee_on_the_newer_list_stops_it(story: Story) -> None:
    await tell(story)
    story.registers["ofac-sdn"] = await in_force(story.desk, "ofac-sdn")
    await rechecked(match())(story)
    assert not (await story.stopped("the registers were asked again")).look_again


@pytest.mark.slow
async def test_the_version_that_a_payment_was_instructed_on_counts_as_looked_at(story: Story) -> None:
    await tell(story)
    newer = await in_force(story.desk, "ofac-sdn")
    instruction, sha256 = await story.instructed_relying_on((newer,))
    del instruction, sha256
    assert (await story.judged()).reason is None


@pytest.mark.slow
async def test_evidence_that_grew_too_old_stops_a_payment_and_no_look_is_asked_for(story: Story) -> None:
    await tell(story, verified=verified(days_ago=400))
    verdict = await story.stopped("too old by now")
    assert not verdict.look_again


@pytest.mark.slow
async def test_evidence_on_versions_that_were_never_loaded_is_nobodys(story: Story) -> None:
    real = story.registers["ofac-sdn"]
    story.registers["ofac-sdn"] = real.model_copy(update={"version": real.version + 1000})
    await tell(story)
    await story.stopped(f"versions that were never loaded: ofac-sdn version {real.version + 1000}")


@pytest.mark.slow
async def test_evidence_on_a_version_with_other_content_is_nobodys(story: Story) -> None:
    story.registers["ofac-sdn"] = story.registers["ofac-sdn"].model_copy(update={"sha256": "00" * 32})
    await tell(story)
    await story.stopped("versions that were never loaded: ofac-sdn")


@pytest.mark.slow
async def test_an_answer_of_the_rule_book_that_its_evidence_does_not_give_counts_for_nothing(story: Story) -> None:
    """A worker records that the book passes what it refers."""

    async def passes(story: Story) -> None:
        clean = assess(story.state.proposed, funding(), story.evidence(), ())
        await story.write(e.EligibilityAssessed(at=datetime.now(UTC), assessment=clean, quorum=(PROGRAMME, FINANCE)))

    await tell(story, verified=verified(near()), assessed=passes)
    await story.stopped("the rule book says something else of the recorded evidence")


async def test_a_look_again_counts_only_as_far_as_the_rule_book_gives_it(story: Story) -> None:
    """A worker records a match, and that the book passes it."""
    await tell(story)
    clean = assess(story.state.proposed, funding(), story.evidence(), ())
    found = story.evidence(match())
    await story.write(e.RegistersRechecked(at=datetime.now(UTC), verification=found, assessment=clean, adverse=""))
    await story.stopped("the rule book says something else of the recorded evidence")


@pytest.mark.slow
async def test_a_look_again_that_calls_itself_adverse_stops_a_payment(story: Story) -> None:
    await tell(story)
    clean = assess(story.state.proposed, funding(), story.evidence(), ())
    await story.write(
        e.RegistersRechecked(at=datetime.now(UTC), verification=story.evidence(), assessment=clean, adverse="revoked")
    )
    await story.stopped("the registers were asked again: revoked")


@pytest.mark.slow
async def test_an_amendment_that_begins_the_case_anew_leaves_nothing_decided(story: Story) -> None:
    await tell(story)
    await story.let_through()
    before = story.state.proposed
    out = before.funds_out
    assert out is not None
    after = before.model_copy(update={"funds_out": out.model_copy(update={"alignment": "Carries out other purposes"})})
    content = {"proposal": after, "funding": funding(), "reason": "anew", "changes": changes_between(before, after)}
    await says(e.ProposalAmended, "pia.berg", **content)(story)
    assert "nobody who may has signed the agreement" in str((await story.judged()).reason)


# The attempt's own stream


async def test_a_payment_that_its_own_stream_does_not_record_is_not_paid(story: Story) -> None:
    await tell(story)
    await story.instructed()
    other = await story.twin("P-2026-0043")
    assert "does not record this one instruction, once" in str(other.reason)


async def test_an_order_of_another_sum_than_is_instructed_is_not_paid(story: Story) -> None:
    """The bank's answers are held against the order: it must be what leaves."""
    await tell(story)
    other = order(money={"amount": "9000.00", "currency": "USD"})
    await story.attempted(TrancheReleasedForPayment(at=other.released_at, order=other), await story.told())
    assert "records another order" in str((await story.judged()).reason)


async def test_an_event_of_another_kind_in_its_own_stream_stops_a_payment(story: Story) -> None:
    await tell(story)
    await story.instructed()
    await story.attempted(e.PartnershipClosed(at=datetime.now(UTC)))  # type: ignore[arg-type]
    assert "holds PartnershipClosed, which is no event" in str((await story.judged()).reason)


async def test_an_instruction_that_is_recorded_twice_is_not_paid(story: Story) -> None:
    await tell(story)
    instruction, sha256 = await story.instructed()
    again = PaymentInstructed(
        at=instruction.ordered_at, payment_id=instruction.payment_id, end_to_end_id=instruction.end_to_end_id,
        instruction_sha256=sha256,
    )  # fmt: skip
    await story.attempted(again)
    assert "does not record this one instruction, once" in str((await story.judged()).reason)


@pytest.mark.parametrize(
    "end", [PaymentWithheld(at=datetime.now(UTC), reason="x"), PaymentTakenBack(at=datetime.now(UTC), reason="x")]
)
async def test_an_attempt_that_its_own_stream_ended_is_not_paid_and_waits_for_nothing(story: Story, end: Any) -> None:
    await tell(story)
    await story.instructed()
    await story.attempted(end)
    verdict = await story.judged()
    assert verdict.ended
    assert str(verdict.reason).startswith(f"{ENDED}: ")


async def test_a_cancelled_attempt_waits_for_nothing(story: Story) -> None:
    await tell(story)
    await says(e.PaymentCancelled, "femi.ade", tranche=1, attempt=1, reason="withdrawn")(story)
    assert (await story.stopped("a person cancelled it")).ended


async def test_a_cancellation_of_another_attempt_or_tranche_ends_nothing(story: Story) -> None:
    await tell(story)
    await says(e.PaymentCancelled, "femi.ade", tranche=2, attempt=1, reason="withdrawn")(story)
    await story.let_through()


async def test_what_cannot_be_read_is_not_paid(story: Story) -> None:
    await tell(story)
    await story.instructed()
    await story.append_raw("HoldPlaced", {"at": "yesterday"})
    assert "cannot be read" in str((await story.judged()).reason)


# A question of a later look, and who cleared it (rules 3.7, 3.8)


def answered(actor: str = "vera.lind", about: str = "") -> Step:
    async def step(story: Story) -> None:
        asked = story.state.asked_since
        content = {"questions": (about,) if about else asked, "reason": "another body", "document_sha256": None}
        await story.says(e.QuestionsCleared, actor, no_interest=True, **content)

    return step


@pytest.mark.slow
async def test_what_a_later_look_asks_stops_it_until_a_verifier_cleared_it(story: Story) -> None:
    await tell(story)
    await rechecked(near())(story)
    await story.stopped("the registers were asked again")
    await answered()(story)
    await story.let_through()


@pytest.mark.slow
async def test_once_cleared_the_same_question_stops_nothing_at_the_next_look(story: Story) -> None:
    await tell(story)
    await both(rechecked(near()), answered(), rechecked(near()))(story)
    await story.let_through()


CIRCLES = regrant()
COMPANY = {"party": party("Copper Kettle Software LLC", kind="PRIVATE_COMPANY", ein=None), "purpose": "A reading room"}
READ = says(e.ConditionMet, "vera.lind", condition=ConditionId.PAPERS_READ, note="read", document_sha256=None)


def passed_on_to(*more: dict[str, Any]) -> Step:
    recipients = [*CIRCLES["subrecipients"], *more]
    return both(says(e.SubrecipientsReported, "pia.berg", subrecipients=recipients), rechecked())


@pytest.mark.parametrize(
    ("answers", "fault"),
    [
        pytest.param(nothing, "", id="nobody cleared it"),
        pytest.param(answered(), "BENEFIT_FILE", id="a verifier cleared it"),
    ],
)
async def test_what_a_question_would_leave_falls_with_it_unless_a_verifier_cleared_it(
    story: Story, answers: Step, fault: str
) -> None:
    """A company is among the sub-recipients: may it benefit, with the test on file (rules 4.2)? Then it is replaced."""
    grant = funds_out("1000.00", regrant=CIRCLES)
    await tell(story, proposed=proposed(funds_out=grant), agreed=both(READ, agreed()))
    await both(passed_on_to(COMPANY), answers, passed_on_to())(story)
    await (story.stopped(fault) if fault else story.let_through())


@pytest.mark.parametrize(
    ("clears", "fault"),
    [
        pytest.param(answered("femi.ade"), "could not act as VERIFIER", id="who is no verifier"),
        pytest.param(answered(about="SANCTIONS: another"), "the registers were asked again", id="another question"),
    ],
)
async def test_what_does_not_clear_it(story: Story, clears: Step, fault: str) -> None:
    await tell(story)
    await both(rechecked(near()), clears)(story)
    await story.stopped(fault)


async def test_a_failure_is_cleared_by_nobody(story: Story) -> None:
    await tell(story)
    await both(rechecked(match()), answered(about="SANCTIONS: whatever"))(story)
    await story.stopped("the registers were asked again")


async def test_who_cleared_a_question_does_not_pay(story: Story) -> None:
    await hire(story.desk, "vic.both", Role.VERIFIER, Role.PAYER)
    await tell(story, released=both(rechecked(near()), answered("vic.both"), releases("vic.both")))
    await story.stopped("vic.both pays and has another part in it")
