"""A signed statement has a person's decision and view. A signature for anything else proves nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from domain.errors import StaleDecision
from domain.fault import Fault
from domain.parties import AccountReference
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.partnership.letter.kinds import LetterKind
from domain.partnership.submission.taking_over import TakingOver
from domain.payment.tranche.status import TrancheOutcome
from domain.policy.conditions import ConditionId
from domain.proposal import Direction
from domain.signatures.signing import PublicKey, Shown, Signature, Statement, content_digest, fault_of
from domain.submissions.kinds import ReportWay
from domain.values import Money
from records.keys.verification import verified
from tests.builders import ACCOUNT, DIGEST, NOON, authority, funder, funds_out, number, party
from tests.domain.partnership import specification as s
from tests.domain.partnership.hands import key_of, signature_on
from tests.domain.partnership.report.test_light_ways import OTHER

COMMAND = s.approve("ana.silva")
SHOWN = s.shown(s.in_approval().partnership)
STATEMENT = COMMAND.statement(s.REFERENCE, SHOWN)
KEY = key_of("ana.silva")
OTHERS = {
    "partnership": {"subject": "P-2026-0043"},
    "kind of decision": {"act": "decline"},
    "person": {"actor": "femi.ade"},
    "time": {"at": NOON + timedelta(seconds=1)},
    "command": {"command_id": number("another")},
    "content": {"content_sha256": DIGEST},
}


def fault(signature: Signature | None, key: PublicKey | None = KEY) -> Fault | None:
    return fault_of(signature, COMMAND.statement(s.REFERENCE), key, verified)


def test_a_signature_by_the_actors_key_on_the_commands_statement_has_no_fault() -> None:
    assert fault(signature_on(STATEMENT)) is None


def test_what_was_shown_is_the_signers_to_say() -> None:
    assert fault(signature_on(COMMAND.statement(s.REFERENCE))) is None


def test_nothing_is_not_a_signature() -> None:
    assert str(fault(None)) == "it is not signed"


@pytest.mark.parametrize("what", OTHERS)
def test_a_good_signature_for_something_else_proves_nothing(what: str) -> None:
    said = STATEMENT.model_copy(update=OTHERS[what])
    assert str(fault(signature_on(said, "ana.silva"))) == f"the signature is for another {what}"


def test_a_key_that_is_not_in_force_proves_nothing() -> None:
    assert KEY.key_id in str(fault(signature_on(STATEMENT), None))
    assert "holds no key" in str(fault(signature_on(STATEMENT), None))


def test_the_signature_of_another_hand_is_not_hers() -> None:
    assert str(fault(signature_on(STATEMENT, "femi.ade"))) == "the signature is not ana.silva's"


@pytest.mark.parametrize(
    "change",
    [
        {"shown": None},
        {"shown": SHOWN.model_copy(update={"version": SHOWN.version + 1})},
        {"shown": SHOWN.model_copy(update={"position": SHOWN.position + 1})},
        {"shown": SHOWN.model_copy(update={"terms": SHOWN.terms.model_copy(update={"payee": "Another"})})},
    ],
)
def test_what_was_shown_cannot_be_changed_after_it_was_signed(change: dict[str, Any]) -> None:
    true = signature_on(STATEMENT)
    forged = true.model_copy(update={"statement": STATEMENT.model_copy(update=change)})
    assert str(fault(forged)) == "the signature is not ana.silva's"


def test_a_signature_of_which_one_bit_changed_is_none() -> None:
    value = signature_on(STATEMENT).value
    other = ("B" if value[0] == "A" else "A") + value[1:]
    assert str(fault(signature_on(STATEMENT).model_copy(update={"value": other}))) == "the signature is not ana.silva's"


def test_the_same_moment_in_another_zone_is_the_same_statement() -> None:
    kampala = STATEMENT.model_copy(update={"at": NOON.astimezone(timezone(timedelta(hours=3)))})
    assert fault(signature_on(kampala)) is None


def test_the_message_is_canonical_and_the_same_whoever_reads_it_back() -> None:
    read = Statement.model_validate_json(STATEMENT.model_dump_json())
    assert read.message() == STATEMENT.message()
    assert json.loads(STATEMENT.message())["form"] == "accord.statement.1"


def test_a_digest_does_not_depend_on_the_order_of_fields() -> None:
    assert content_digest({"a": 1, "b": [1, 2]}) == content_digest({"b": [1, 2], "a": 1})
    assert content_digest({"a": 1, "b": [1, 2]}) != content_digest({"a": 1, "b": [2, 1]})


def test_a_keys_name_follows_from_the_key() -> None:
    assert (len(key_of("ana.silva").content), key_of("ana.silva").key_id) == (32, key_of("ana.silva").key_id)
    assert key_of("ana.silva").key_id != key_of("femi.ade").key_id


@pytest.mark.parametrize("bad", ["", "AAAA", "A" * 42 + "=", "A" * 44, "*" * 43 + "="])
def test_what_is_not_32_bytes_in_base64_is_not_a_key(bad: str) -> None:
    with pytest.raises(ValidationError):
        PublicKey(ed25519=bad)


@pytest.mark.parametrize("length", [63, 65])
def test_a_signature_of_another_length_is_no_signature(length: int) -> None:
    assert not verified(KEY, b"message", b"x" * length)


MONEY = Money(amount=Decimal("100.00"), currency="USD")


def handed_in(command: c.StaffRequest, **more: Any) -> c.StaffRequest:
    """The command as it takes over what a grantee handed in."""
    return command.model_copy(update={"submission": s.HANDED_IN, **more})


COMMANDS: dict[type[c.StaffCommand], c.StaffRequest] = {
    type(one): one
    for one in (
        s.revise(),
        s.approve("ana.silva", paper=True),
        s.clear(),
        s.decline(),
        s.ask(),
        handed_in(s.withdraw()),
        s.extend(),
        s.end_leg(),
        handed_in(s.sign()),
        s.release(attempt=1),
        s.cancel(),
        s.agree_rest(),
        s.give_up_rest(),
        s.waive_recovery(),
        s.recall(),
        s.answer_recall(),
        s.report(
            planned=1,
            results=({"indicator": 1, "achieved": "240"},),
            corrects=1,
            milestones=({"milestone": 1, "state": "DONE"},),
            submission=s.HANDED_IN,
            other_report=OTHER,
            beside_inbox="It is the report of another year",
        ),
        s.accept(disallowed=({"category": "Travel", "amount": "12.50"},), shortfall="A bank took a fee"),
        s.send_back(),
        s.refund(detail="TX-1", account="BA-AAAAAAAAAAAA", booked={"amount": "93.10", "currency": "EUR"}),
        s.confirm_refund().model_copy(update={"detail": "TX-1"}),
        s.withdraw_refund().model_copy(update={"detail": "TX-1"}),
        s.hold(leg=Direction.FUNDS_IN).model_copy(update={"whole_agreement": True}),
        s.lift().model_copy(update={"holds": (1,)}),
        s.terminate(),
        s.reopen(),
        handed_in(s.satisfy(ConditionId.SEPARATE_FUND)),
        s.declare("ana.silva"),
        handed_in(s.amend(), called=1, unanswered=True),
        s.report_subrecipients(party()),
        s.divert(money=MONEY),
        s.assure(restored=MONEY, bank_reference="NTRF-1", precautions="Two sign each payment"),
        handed_in(s.comment()),
        s.invite(
            about="1",
            note="Say what was bought",
            edition_sha256=DIGEST,
            way=ReportWay.SPOKEN,
            spoken="They ran courses",
        ),
        s.end_invitation(),
        s.return_submission(),
        s.assign(),
        s.issue(LetterKind.REPORT_RETURNED, about=1, note="The second course is missing"),
    )
}


def test_every_kind_of_command_is_among_the_examples() -> None:
    bases = (c.StaffCommand, TakingOver)
    assert set(COMMANDS) == {kind for base in bases for kind in base.__subclasses__()} - set(bases)


@pytest.mark.parametrize("kind", COMMANDS)
def test_the_content_is_everything_that_the_command_says_and_nothing_beside(kind: type[c.StaffCommand]) -> None:
    beside = {"kind", "command_id", "at", "actor", "signature"}
    assert set(COMMANDS[kind].content()) == set(kind.model_fields) - beside


@pytest.mark.parametrize("kind", COMMANDS)
def test_what_stands_beside_the_content_is_in_the_statement(kind: type[c.StaffCommand]) -> None:
    command = COMMANDS[kind]
    said = command.statement("P-2026-0042")
    assert (said.act, said.actor, said.at) == (command.kind, command.actor, command.at)
    assert (said.command_id, said.content_sha256) == (command.command_id, content_digest(command.content()))


@pytest.mark.parametrize("kind", COMMANDS)
def test_a_command_read_back_from_its_json_is_signed_by_the_same_signature(kind: type[c.StaffCommand]) -> None:
    command = COMMANDS[kind]
    read = c.parse_staff_request(command.model_dump_json())
    assert isinstance(read, c.StaffCommand)
    assert read.statement("P-2026-0042") == command.statement("P-2026-0042")


def seen_of(story: s.Story, **changed: Any) -> Shown:
    seen = s.shown(story.partnership)
    assert seen is not None
    return seen.model_copy(update=changed)


def with_terms(story: s.Story, **changed: Any) -> Shown:
    return seen_of(story, terms=seen_of(story).terms.model_copy(update=changed))


def asked(story: s.Story, sight: Shown | None, command: c.StaffRequest | None = None) -> s.Story:
    return story.when(s.signed_on(sight, command or s.approve("ana.silva")))


def test_a_decision_that_does_not_say_what_was_shown_is_refused() -> None:
    asked(s.in_approval(), None).refused(StaleDecision, "does not say what ana.silva was shown")


def test_a_first_proposal_was_shown_nothing() -> None:
    asked(s.given(), None, s.propose()).then(e.PartnershipProposed)


TERMS = {
    "amount": {"amount": None},
    "payee": {"payee": "Copper Kettle Software LLC"},
    "funder": {"funder": "SAMPLE-PF"},
    "purpose": {"purpose_sha256": DIGEST},
    "account": {"account_sha256": DIGEST},
    "determination": {"determination_sha256": DIGEST},
    "amount in": {"amount_in": Money(amount=Decimal("5000.00"), currency="USD")},
    "rule book": {"rule_book": "2025.9"},
}


@pytest.mark.parametrize("what", TERMS)
def test_a_decision_on_other_terms_is_refused_and_names_them(what: str) -> None:
    story = s.in_approval()
    asked(story, with_terms(story, **TERMS[what])).refused(StaleDecision, f"differs in: {what}; look again")


def test_every_term_is_compared() -> None:
    assert len(TERMS) == len(type(seen_of(s.in_approval()).terms).model_fields)


@pytest.mark.parametrize(
    "before",
    [s.in_approval, lambda: s.in_approval().given(s.approve("femi.ade"))],
)
def test_what_was_shown_since_the_question_is_open_still_counts(before: Callable[[], s.Story]) -> None:
    """Two approvers look at the same moment. The first one's approval does not make the second's stale."""
    sight = seen_of(s.in_approval())
    assert asked(before(), sight).refusal is None


OPENED_SINCE: dict[str, tuple[Callable[[], s.Story], list[c.AnyCommand]]] = {
    "another stage": (s.in_approval, [s.approve("ana.silva"), s.approve("femi.ade")]),
    "another stage and back": (s.in_approval, [s.ask(), s.revise(), s.verify(), s.assess()]),
    "a hold that was lifted": (s.in_approval, [s.hold(), s.lift()]),
    "an amendment": (s.in_approval, [s.amend(title="Digital skills, amended")]),
    "an interest": (s.active, [s.declare("otto.audit")]),
}


@pytest.mark.parametrize("what", OPENED_SINCE)
def test_a_decision_on_what_stood_before_is_stale(what: str) -> None:
    begun, since = OPENED_SINCE[what]
    sight = seen_of(begun())
    command = s.hold("ada.every")
    asked(begun().given(*since), sight, command).refused(StaleDecision, "look again")


def test_a_decision_on_the_old_account_is_stale_after_it_changed() -> None:
    story = s.active().given(s.release(), *s.came_to(TrancheOutcome.REJECTED))
    sight = seen_of(story)
    changed = story.given(s.sign(account=s.OTHER_ACCOUNT))
    asked(changed, sight, s.approve("femi.ade")).refused(StaleDecision, "shown version")
    asked(changed, with_terms(changed, account_sha256=sight.terms.account_sha256), s.approve("femi.ade")).refused(
        StaleDecision, "differs in: account"
    )


def test_nobody_was_shown_what_is_still_to_come() -> None:
    story = s.in_approval()
    asked(story, seen_of(story, version=story.partnership.version + 1)).refused(StaleDecision, "look again")


def test_what_was_shown_of_another_partnership_is_stale() -> None:
    other = s.given(s.propose(funds_out=funds_out(payee=party("Harbour Schools Trust"))), s.verify(), s.assess())
    story = s.in_approval()
    asked(story, seen_of(story, terms=other.partnership.terms)).refused(StaleDecision, "payee")


def test_the_terms_say_what_stands() -> None:
    terms = s.active().partnership.terms
    assert (str(terms.amount), terms.payee, terms.funder) == (
        "USD 1,000.00",
        "Riverbend Library Network",
        funder().funder_id,
    )
    assert (terms.account_sha256, terms.rule_book) == (ACCOUNT.sha256, "2026.2")


def test_before_the_rule_book_spoke_and_an_account_is_known_the_terms_say_so() -> None:
    terms = s.given(s.propose()).partnership.terms
    assert (terms.account_sha256, terms.rule_book) == (None, "")


def test_the_terms_of_an_account_follow_its_content_and_not_its_name() -> None:
    story = s.active().given(s.release(), *s.came_to(TrancheOutcome.REJECTED))
    renamed = AccountReference(reference="BA-YYYYYYYYYYYY", sha256=ACCOUNT.sha256)
    assert story.given(s.sign(account=renamed)).partnership.terms == story.partnership.terms


def test_the_signature_stands_in_the_event() -> None:
    story = s.in_approval()
    command = s.signed(story.partnership, s.approve("ana.silva"))
    said = story.when(command, authority("ana.silva")).said
    assert said[0].signature == command.signature
