"""From an event and the directory alone: whether it is a decision of the person it names, and of no other content."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from domain.directory.directory import Directory
from domain.directory.evolution import fold_directory
from domain.directory.people import KeyEnrolled, KeyRevoked, StaffLeft, StaffRegistered
from domain.directory.tiers import Role
from domain.fault import Fault
from domain.identity import ACCORD
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.partnership.evolution import fold
from domain.partnership.letter.kinds import LetterKind
from domain.partnership.procedure import ACTS
from domain.partnership.submission.taking_over import TakenOver
from domain.payment.tranche.status import TrancheOutcome
from domain.policy.conditions import ConditionId
from domain.policy.findings import Outcome
from domain.recorded.proofs import FOLLOWS, NOT_SAID, content_of, event_fault
from domain.recorded.schema import event_payload, read_event
from domain.signatures.signing import Signature
from records.keys.verification import verified
from tests.budgets import budgeted, milestone, spent
from tests.builders import DIGEST, NOON, funds_in, funds_out, measured, member, party
from tests.domain.partnership import specification as s
from tests.domain.partnership.ending.test_reopening import came_back, closed
from tests.domain.partnership.hands import key_of, signature_on
from tests.domain.partnership.payment.short import booked_short
from tests.rates import conversion

ADA = "ada.every"
INTERESTED = {"interests": [{"person": "nils.olsen", "what": "His brother teaches there"}]}
MINUTES = ConditionId.CONFLICT_MINUTES
Decision = tuple[c.StaffRequest, Any]


def by_hand(story: s.Story, command: c.StaffRequest) -> c.StaffRequest:
    """The command as its actor's own key signs it, on what stands."""
    statement = command.statement(s.REFERENCE, s.shown(story.partnership))
    return command.model_copy(update={"signature": signature_on(statement)})


def decided(story: s.Story, command: c.StaffRequest) -> Decision:
    signed = by_hand(story, s.with_facts(story.partnership, command))
    after = story.when(signed)
    assert after.refusal is None, after.refusal
    return signed, after.said[0]


HELD = s.active().given(s.hold())

SAID_OF_IT: dict[str, Any] = {
    "results": ({"indicator": 1, "achieved": "240"},),
    "milestones": ({"milestone": 1, "state": "DONE"},),
    "figures": {
        "currency": "USD",
        "spent": "990.00",
        "not_arrived": "10.00",
        "lines": spent("600.00", "290.00", "100.00"),
    },
}
NOT_ALLOWED = ({"category": "Travel", "amount": "12.50"},)
REPORTED_ON = s.paid(**measured(), **budgeted(milestones=[milestone()]))


DECISIONS: dict[type[e.PartnershipEvent], Decision] = {
    type(event): (command, event)
    for command, event in (
        decided(s.given(), s.propose(ADA)),
        decided(s.in_approval().given(s.ask()), s.revise(ADA)),
        decided(s.in_eligibility(Outcome.REFER), s.approve(ADA)),
        decided(s.in_approval(), s.approve(ADA)),
        decided(s.in_approval(), s.ask(ADA)),
        decided(s.in_agreement(), s.sign(ADA)),
        decided(s.active(), s.release(1, ADA, attempt=1)),
        decided(s.active().given(s.release()), s.cancel(1, ADA)),
        decided(s.paid(), s.recall(ADA)),
        decided(s.paid().given(s.recall()), s.answer_recall(actor=ADA)),
        decided(s.active().given(s.release(), *booked_short("750.00")), s.agree_rest(actor=ADA)),
        decided(s.active().given(s.release(), *booked_short("750.00")), s.give_up_rest(actor=ADA)),
        decided(s.paid_twice(), s.waive_recovery(actor=ADA)),
        decided(REPORTED_ON, s.report(ADA, **SAID_OF_IT)),
        decided(REPORTED_ON.given(s.report(**SAID_OF_IT)), s.accept(1, ADA, disallowed=NOT_ALLOWED, shortfall="A fee")),
        decided(s.paid().given(s.report()), s.send_back(1, ADA)),
        decided(s.paid(), s.refund(actor=ADA)),
        decided(s.paid().given(s.refund()), s.confirm_refund(actor=ADA)),
        decided(s.paid().given(s.refund()), s.withdraw_refund(actor=ADA)),
        decided(s.in_approval(**INTERESTED), s.satisfy(MINUTES, ADA)),
        decided(s.in_approval(), s.declare("ben.every", ADA)),
        decided(s.active(), s.amend(ADA, title="Digital skills, amended")),
        decided(s.active(), s.report_subrecipients(party("Village Circle"), actor=ADA)),
        decided(s.active(), s.divert(ADA)),
        decided(s.active().given(s.divert()), s.assure(ADA)),
        decided(s.active().given(s.recheck(Outcome.REFER)), s.clear(actor=ADA)),
        decided(s.active(), s.hold(ADA)),
        decided(HELD, s.lift(ADA).model_copy(update={"holds": (HELD.partnership.version,)})),
        decided(s.in_approval(), s.decline(ADA)),
        decided(s.in_approval(), s.withdraw(ADA)),
        decided(s.reminded(s.in_approval()), s.extend(ADA)),
        decided(s.in_approval(funds_out=funds_out(), funds_in=funds_in()), s.end_leg(actor=ADA)),
        decided(s.active(), s.terminate(ADA)),
        decided(came_back(closed()), s.reopen(ADA)),
        decided(s.active(), s.comment(ADA)),
        decided(s.active(), s.issue(LetterKind.SUMMARY, ADA, note="For the board")),
        decided(s.active(contacts=s.CONTACTS), s.invite(ADA)),
        decided(s.active(contacts=s.CONTACTS).given(s.invite()), s.end_invitation(ADA)),
        decided(s.active(), s.return_submission(ADA)),
        decided(s.active(), s.assign("cyd.every", ADA)),
    )
}
KINDS = sorted(DECISIONS, key=lambda kind: kind.__name__)
DIRECTORY = fold_directory(
    (StaffRegistered(member=member(ADA, Role.PAYER)), KeyEnrolled(staff_id=ADA, key=key_of(ADA))), verified
)


def named(kind: Any) -> str:
    return kind.__name__ if isinstance(kind, type) else str(kind)


def fault(event: Any, directory: Directory = DIRECTORY, subject: str = s.REFERENCE) -> Fault | None:
    return event_fault(event, subject, directory, verified)


def test_every_event_that_can_bear_a_signature_is_among_the_examples() -> None:
    can = {kind for kind in _all_events() if "signature" in kind.model_fields}
    assert set(DECISIONS) == can == set(ACTS)


def _all_events() -> set[type[e.PartnershipEvent]]:
    bases = (e.PartnershipEvent, e.StaffEvent, TakenOver)
    return {kind for base in bases for kind in base.__subclasses__()} - set(bases)


@pytest.mark.parametrize("kind", KINDS, ids=named)
def test_an_event_keeps_what_the_person_said(kind: type[e.PartnershipEvent]) -> None:
    command, event = DECISIONS[kind]
    assert content_of(event) == command.content()


@pytest.mark.parametrize("kind", KINDS, ids=named)
def test_an_event_is_of_the_kind_of_decision_that_was_signed(kind: type[e.PartnershipEvent]) -> None:
    assert ACTS[kind] == DECISIONS[kind][0].kind


@pytest.mark.parametrize("kind", KINDS, ids=named)
def test_the_signature_on_the_command_proves_the_event(kind: type[e.PartnershipEvent]) -> None:
    assert fault(DECISIONS[kind][1]) is None


@pytest.mark.parametrize("kind", KINDS, ids=named)
def test_it_proves_it_once_it_was_stored_and_read_back(kind: type[e.PartnershipEvent]) -> None:
    event: Any = DECISIONS[kind][1]
    assert fault(read_event(event.event_type, event.schema_version, event_payload(event))) is None


def another(value: Any) -> Any:
    """A value of the same kind that says something else."""
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case str() if value in set(ConditionId):
            return ConditionId.BENEFIT_FILE
        case str():
            return value + " indeed"
        case tuple():
            return (*value, *value)
        case Decimal():
            return value + 1
        case None:
            return DIGEST
        case _:
            return _another_model(value)


FIELDS = {
    "Proposal": "title",
    "AccountReference": "reference",
    "Interest": "what",
    "Money": "amount",
    "Figures": "spent",
    "SubmissionReference": "number",
    "FieldQuestion": "question",
}


def _another_model(value: Any) -> Any:
    field = FIELDS.get(type(value).__name__)
    if field is None:
        return value.replace(year=value.year + 1)
    return value.model_copy(update={field: another(getattr(value, field))})


SAID = [
    (kind, field)
    for kind in KINDS
    for field in kind.model_fields
    if field not in NOT_SAID and field not in FOLLOWS.get(kind, frozenset())
]


@pytest.mark.parametrize(("kind", "field"), SAID, ids=named)
def test_a_change_in_anything_said_is_detected(kind: type[e.PartnershipEvent], field: str) -> None:
    event = DECISIONS[kind][1]
    forged = event.model_copy(update={field: another(getattr(event, field))})
    assert forged != event
    assert str(fault(forged)) == "the signature is for another content"


@pytest.mark.parametrize("kind", KINDS, ids=named)
def test_another_persons_name_on_it_is_detected(kind: type[e.PartnershipEvent]) -> None:
    forged = DECISIONS[kind][1].model_copy(update={"actor": "ben.every"})
    assert str(fault(forged)) == "the signature is for another person"


@pytest.mark.parametrize("kind", KINDS, ids=named)
def test_another_time_on_it_is_detected(kind: type[e.PartnershipEvent]) -> None:
    forged = DECISIONS[kind][1].model_copy(update={"at": NOON.replace(year=2027)})
    assert str(fault(forged)) == "the signature is for another time"


@pytest.mark.parametrize("kind", KINDS, ids=named)
def test_in_another_partnership_it_proves_nothing(kind: type[e.PartnershipEvent]) -> None:
    assert str(fault(DECISIONS[kind][1], subject="P-2026-0043")) == "the signature is for another partnership"


@pytest.mark.parametrize("kind", KINDS, ids=named)
def test_without_a_signature_it_proves_nothing(kind: type[e.PartnershipEvent]) -> None:
    unsigned = DECISIONS[kind][1].model_copy(update={"signature": None})
    assert str(fault(unsigned)) == f"{ADA} did not sign it"


@pytest.mark.parametrize("kind", KINDS, ids=named)
def test_a_signature_on_one_kind_of_decision_is_none_on_another(kind: type[e.PartnershipEvent]) -> None:
    others = [other for other in KINDS if ACTS[kind] != ACTS[other]]
    assert len(others) > len(KINDS) / 2
    for other in others:
        forged = DECISIONS[kind][1].model_copy(update={"signature": DECISIONS[other][1].signature})
        assert str(fault(forged)) == "the signature is for another kind of decision", other


COVERED_BY_NOTHING = [
    (kind, field) for kind in KINDS for field in sorted(FOLLOWS.get(kind, frozenset()) - {"attempt_signed"})
]
ADDED: dict[str, Any] = {
    "funding": DECISIONS[e.PartnershipProposed][1].funding.model_copy(update={"funders": ()}),
    "template": {"name": "school-budget", "edition": "2026.1", "sha256": "ab" * 32},
    "quorum": (Role.AUDITOR,),
    "role": Role.AUDITOR,
    "on_behalf_of": "dora.kim",
    "account_verifier": "somebody.else",
    "payable_from": NOON.replace(year=2030),
    "money": {"amount": "1.00", "currency": "USD"},
    "changes": (),
    "conversion": conversion(row="2026-11-02,USD=9.99"),
    "anew": False,
    "due": NOON.date(),
}


@pytest.mark.parametrize(("kind", "field"), COVERED_BY_NOTHING, ids=named)
def test_what_the_organisation_adds_is_not_what_she_said(kind: type[e.PartnershipEvent], field: str) -> None:
    """Not covered by the signature: the audit derives it again from what stood before, and compares."""
    event = DECISIONS[kind][1]
    changed = event.model_copy(update={field: ADDED[field]})
    assert field in kind.model_fields
    assert fault(changed) is None


@pytest.mark.parametrize(
    "since",
    [
        KeyRevoked(staff_id=ADA, key_id=key_of(ADA).key_id),
        KeyEnrolled(staff_id=ADA, key=key_of("a new key of ada's")),
        StaffLeft(staff_id=ADA),
    ],
    ids=named,
)
def test_a_key_that_is_not_in_force_proves_nothing(since: Any) -> None:
    known = fold_directory((since,), verified, DIRECTORY)
    assert "holds no key" in str(fault(DECISIONS[e.ApprovalGiven][1], known))


def test_another_persons_key_under_her_name_proves_nothing() -> None:
    event = DECISIONS[e.ApprovalGiven][1]
    signature: Any = event.signature
    forged: Signature = signature_on(signature.statement, "ben.every")
    known = fold_directory((KeyEnrolled(staff_id="ben.every", key=key_of("ben.every")),), verified, DIRECTORY)
    assert "holds no key" in str(fault(event.model_copy(update={"signature": forged}), known))
    renamed = forged.model_copy(update={"key_id": key_of(ADA).key_id})
    assert str(fault(event.model_copy(update={"signature": renamed}), known)) == f"the signature is not {ADA}'s"


def test_what_follows_from_rules_or_time_has_no_signature_and_no_persons_name() -> None:
    story = s.active().given(s.release(), *s.came_to(TrancheOutcome.SETTLED)).when(s.ended(TrancheOutcome.RETURNED))
    held = next(event for event in story.said if isinstance(event, e.HoldPlaced))
    assert (held.actor, held.signature) == (ACCORD, None)


def test_a_whole_life_is_proved_decision_by_decision() -> None:
    story = s.given()
    for command in (s.propose(ADA), s.approve("ben.every"), s.approve("cyd.every"), s.sign("dora.kim")):
        if isinstance(command, c.Approve) and story.partnership.assessment is None:
            story = story.given(s.verify(), s.assess())
        story = story.given(by_hand(story, command))
    people = {event.actor for event in story.history if isinstance(event, e.StaffEvent)}
    known = fold_directory(
        [
            fact
            for name in sorted(people)
            for fact in (StaffRegistered(member=member(name, Role.PAYER)), KeyEnrolled(staff_id=name, key=key_of(name)))
            if isinstance(fact, StaffRegistered) or name != "dora.kim"
        ],
        verified,
    )
    faults = [event.event_type for event in story.history if isinstance(event, e.StaffEvent) and fault(event, known)]
    assert fold(s.REFERENCE, story.history) == story.partnership
    assert faults == ["AgreementSigned"]
