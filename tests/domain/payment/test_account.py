"""Bank details are recorded by one person and called back by another. Changed ones cool off (R31, R40, C36)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.directory.evolution import fold_directory
from domain.directory.people import KeyEnrolled, KeyRevoked, StaffRegistered
from domain.directory.tiers import Role
from domain.errors import IllegalTransition, NotAuthorised, PaymentRefused, SeparationOfDuties
from domain.partnership import events as e
from domain.partnership.stages import Stage
from domain.payment.account import (
    AccountConfirmed,
    AccountEvent,
    AccountRecorded,
    AccountStanding,
    account_statement,
    standing_of,
    statement_of,
)
from domain.payment.tranche.status import TrancheOutcome
from domain.signatures.signing import fault_of
from domain.streams import StreamId
from records.keys.verification import verified
from tests.builders import ACCOUNT, NOON, authority, funds_out, member, number
from tests.domain.partnership.hands import key_of, signature_on
from tests.domain.partnership.specification import (
    OTHER_ACCOUNT,
    Story,
    acting,
    active,
    after,
    approve,
    called_back,
    came_to,
    declare,
    ended,
    hand_over,
    hold,
    in_agreement,
    in_eligibility,
    lent,
    lift,
    own,
    release,
    sign,
)

REJECTED, RETURNED, SETTLED = TrancheOutcome.REJECTED, TrancheOutcome.RETURNED, TrancheOutcome.SETTLED


def signature(act: str, content: dict[str, Any], actor: str, key: str = "") -> Any:
    said = account_statement(act, content, actor, NOON, number(act), ACCOUNT.reference)
    return signature_on(said, key)


def recorded(by: str = "vera.lind", key: str = "") -> AccountRecorded:
    signed = signature("record_account", ACCOUNT.model_dump(mode="json"), by, key)
    return AccountRecorded(at=NOON, actor=by, signature=signed, account=ACCOUNT)


def confirmed(by: str = "noor.haddad", sha256: str = ACCOUNT.sha256, key: str = "") -> AccountConfirmed:
    note = "Called the number on their site"
    signed = signature("confirm_account", {"sha256": sha256, "note": note}, by, key)
    return AccountConfirmed(at=NOON, actor=by, signature=signed, sha256=sha256, note=note)


STANDINGS: dict[str, tuple[tuple[AccountEvent, ...], tuple[str, str] | None]] = {
    "nothing is known": ((), None),
    "confirmed before it was recorded": ((confirmed(),), None),
    "recorded": ((recorded(),), ("vera.lind", "")),
    "recorded and confirmed": ((recorded(), confirmed()), ("vera.lind", "noor.haddad")),
    "confirmed by its recorder": ((recorded(), confirmed("vera.lind")), ("vera.lind", "")),
    "confirmed with other details": ((recorded(), confirmed(sha256="ee" * 32)), ("vera.lind", "")),
    "confirmed twice": ((recorded(), confirmed(), confirmed("otto.audit")), ("vera.lind", "noor.haddad")),
    "confirmed after its recorder tried": (
        (recorded(), confirmed("vera.lind"), confirmed()),
        ("vera.lind", "noor.haddad"),
    ),
    "recorded by another later": ((recorded(), recorded("noor.haddad"), confirmed()), ("vera.lind", "noor.haddad")),
}


@pytest.mark.parametrize("what", STANDINGS)
def test_the_standing_of_an_account(what: str) -> None:
    events, expected = STANDINGS[what]
    standing = standing_of(events)
    assert (standing and (standing.recorded_by, standing.confirmed_by)) == expected
    assert standing is None or (standing.confirmed_at == NOON) is bool(standing.confirmed_by)


@pytest.mark.parametrize("event", [recorded(), confirmed()], ids=lambda event: event.event_type)
def test_an_accounts_event_is_signed_for_this_account_and_content(event: AccountEvent) -> None:
    key = key_of(event.actor)
    assert event.signature.statement.subject == StreamId.account(ACCOUNT.reference)
    assert fault_of(event.signature, statement_of(event, ACCOUNT.reference), key, verified) is None
    assert "another partnership" in str(
        fault_of(event.signature, statement_of(event, "BA-ZZZZZZZZZZZZ"), key, verified)
    )
    named = event.model_copy(update={"actor": "mal.ory"})
    assert "another person" in str(fault_of(named.signature, statement_of(named, ACCOUNT.reference), key, verified))


@pytest.mark.parametrize(
    "forged",
    [
        recorded().model_copy(update={"account": OTHER_ACCOUNT}),
        confirmed().model_copy(update={"sha256": "ee" * 32}),
        confirmed().model_copy(update={"note": "Nobody was called"}),
    ],
)
def test_other_details_under_a_good_signature_are_detected(forged: AccountEvent) -> None:
    said = statement_of(forged, ACCOUNT.reference)
    assert "another content" in str(fault_of(forged.signature, said, key_of(forged.actor), verified))


def test_another_hand_or_a_revoked_key_confirms_nothing() -> None:
    forged = confirmed(key="vera.lind")
    said = statement_of(forged, ACCOUNT.reference)
    assert "is not noor.haddad's" in str(fault_of(forged.signature, said, key_of("noor.haddad"), verified))
    key = key_of("noor.haddad")
    known = fold_directory(
        (
            StaffRegistered(member=member("noor.haddad", Role.VERIFIER)),
            KeyEnrolled(staff_id="noor.haddad", key=key),
            KeyRevoked(staff_id="noor.haddad", key_id=key.key_id),
        ),
        verified,
    )
    event = confirmed()
    in_force = known.key("noor.haddad", event.signature.key_id)
    assert "holds no key" in str(fault_of(event.signature, statement_of(event, ACCOUNT.reference), in_force, verified))


def signing_with(story: Story, standing: AccountStanding | None, account: Any = ACCOUNT) -> Story:
    who = authority("dora.kim").model_copy(update={"account": standing})
    return story.when(sign(account=account), who)


@pytest.mark.parametrize(
    "standing",
    [
        None,
        AccountStanding(account=ACCOUNT, recorded_by="vera.lind"),
        called_back(OTHER_ACCOUNT),
        called_back(ACCOUNT.model_copy(update={"sha256": "ee" * 32})),
    ],
)
def test_an_agreement_names_no_account_that_nobody_called_back_to_verify(standing: AccountStanding | None) -> None:
    signing_with(in_agreement(), standing).refused(
        PaymentRefused, f"nobody has called back to verify {ACCOUNT.reference}", "accord payments confirm"
    )


def test_an_agreement_says_who_verified_the_account() -> None:
    story = signing_with(in_agreement(), called_back(ACCOUNT))
    now = story.then(e.AgreementSigned)
    assert (now.account_verifier, now.payable_from, story.said[0].account_verifier) == (
        "noor.haddad",
        None,
        "noor.haddad",
    )


CLEARED = in_eligibility().given(*map(approve, ("vera.lind", "ana.silva", "femi.ade", "dora.kim")))


@pytest.mark.parametrize("person", ["pia.berg", "vera.lind", "ana.silva", "femi.ade", "dora.kim"])
def test_who_has_another_part_in_it_does_not_verify_the_account(person: str) -> None:
    signing_with(CLEARED, called_back(ACCOUNT, person)).refused(SeparationOfDuties, person, "another part")


def test_who_lent_an_approvers_role_does_not_verify_the_account() -> None:
    story = in_eligibility().given(approve("vera.lind"), approve("ana.silva"), approve("dora.kim"))
    story = story.given(approve("bo.borrower"), by=acting("bo.borrower", lent(Role.FINANCE_APPROVER, "noor.haddad")))
    signing_with(story, called_back(ACCOUNT)).refused(SeparationOfDuties, "noor.haddad")


def test_who_is_recused_does_not_verify_the_account() -> None:
    """R32: whoever has an interest takes no part, on the telephone neither."""
    interests = {"interests": [{"person": "noor.haddad", "what": "Her brother teaches there"}]}
    signing_with(in_agreement(**interests), called_back(ACCOUNT)).refused(SeparationOfDuties, "noor.haddad")


def test_who_verified_the_account_does_not_pay() -> None:
    who = acting("noor.haddad", own(Role.PAYER))
    active().when(release(1, "noor.haddad"), who).refused(SeparationOfDuties, "noor.haddad", "may not pay")


def test_who_verified_the_account_does_not_approve_what_fell() -> None:
    story = active().given(declare("femi.ade"))
    who = acting("noor.haddad", own(Role.FINANCE_APPROVER))
    story.when(approve("noor.haddad"), who).refused(SeparationOfDuties, "verified the bank details")


def test_a_role_lent_by_who_verified_the_account_approves_nothing() -> None:
    who = acting("bo.borrower", lent(Role.FINANCE_APPROVER, "noor.haddad"))
    active().given(declare("femi.ade")).when(approve("bo.borrower"), who).refused(NotAuthorised, "noor.haddad")


def test_who_paid_does_not_verify_the_account_that_is_paid_to_next() -> None:
    """R31: payer and bank-detail verifier of one partnership are two people, in whichever order."""
    story = active(funds_out=funds_out("1.00", "2.00")).given(
        release(1), *came_to(SETTLED), release(2), *came_to(REJECTED, tranche=2)
    )
    signing_with(story, called_back(OTHER_ACCOUNT, "paul.nkosi"), OTHER_ACCOUNT).refused(
        SeparationOfDuties, "paul.nkosi"
    )


def changed(outcome: TrancheOutcome = REJECTED) -> Story:
    """The bank refused the payment, and the agreement names another account since."""
    return active().given(release(), *came_to(outcome), sign(account=OTHER_ACCOUNT))


def test_a_changed_account_lets_the_finance_approval_fall_and_cools_off() -> None:
    now = changed().partnership
    assert (now.stage, now.account, now.missing_approvals) == (
        Stage.ACTIVE,
        OTHER_ACCOUNT,
        (Role.FINANCE_APPROVER,),
    )
    assert now.payable_from == NOON + timedelta(days=3)
    assert [approval.actor for approval in now.approvals] == ["ana.silva"]


def test_before_finance_looked_nothing_is_paid_to_it_and_before_it_cooled_off_neither() -> None:
    story = changed()
    story.when(after(10, release())).refused(PaymentRefused, "FINANCE_APPROVER must approve")
    story = story.given(approve("femi.ade"))
    story.when(after(2.9, release())).refused(PaymentRefused, "nothing is paid to them before 2026-11-05 12:00 UTC")
    assert story.when(after(3, release())).then(e.TrancheReleased)


@pytest.mark.parametrize(
    ("signed", "days", "payable"),
    [(0, 0, 0), (0, 1, 1), (0, 7, 10), (2, 3, 7), (4, 1, 7), (8, 1, 10)],
)
def test_the_cooling_off_is_in_business_days_of_the_organisation(signed: int, days: int, payable: int) -> None:
    known = authority("dora.kim")
    assert known.rules is not None
    rules = known.rules.model_copy(update={"cooling_off_days": days})
    who = known.model_copy(update={"rules": rules, "account": called_back(OTHER_ACCOUNT)})
    story = active().given(release(), *came_to(REJECTED)).when(after(signed, sign(account=OTHER_ACCOUNT)), who)
    assert story.partnership.payable_from == NOON + timedelta(days=payable)


def test_where_the_cooling_off_cannot_be_looked_up_no_account_changes() -> None:
    who = authority("dora.kim").model_copy(update={"rules": None, "account": called_back(OTHER_ACCOUNT)})
    active().given(release(), *came_to(REJECTED)).when(sign(account=OTHER_ACCOUNT), who).refused(
        PaymentRefused, "cooling-off time could not be looked up"
    )


def test_signing_the_changed_account_once_more_does_not_cut_its_cooling_off_short() -> None:
    """C36: nothing is paid to changed details before they cooled off, however often they are signed."""
    story = changed().given(approve("femi.ade"), after(1, sign(account=OTHER_ACCOUNT)))
    assert story.partnership.payable_from == NOON + timedelta(days=3)
    story.when(after(1, release())).refused(PaymentRefused, "nothing is paid to them before")


def test_the_same_account_signed_again_changes_nothing_for_finance() -> None:
    now = active().given(release(), *came_to(REJECTED), sign()).partnership
    assert (now.missing_approvals, now.payable_from, now.account) == ((), None, ACCOUNT)


def test_an_account_that_changes_back_cools_off_as_well() -> None:
    story = changed().given(after(5, sign()))
    assert story.partnership.payable_from == NOON + timedelta(days=10)


# Banks change, also where no payment failed (R40, C36; rules 3.8)


def test_bank_details_change_at_any_time_while_it_is_active() -> None:
    """The requirement says any time. Before, only a payment that failed allowed it."""
    now = active().given(sign(account=OTHER_ACCOUNT)).partnership
    assert (now.account, now.missing_approvals) == (OTHER_ACCOUNT, (Role.FINANCE_APPROVER,))
    assert now.payable_from == NOON + timedelta(days=3)


def test_under_a_hold_the_change_is_signed_and_nothing_is_paid() -> None:
    story = active().given(hold(), sign(account=OTHER_ACCOUNT))
    assert story.partnership.account == OTHER_ACCOUNT
    story.when(release()).refused(IllegalTransition, "on hold")


def test_before_the_first_agreement_a_hold_stops_it() -> None:
    in_agreement().given(hold()).when(sign()).refused(IllegalTransition, "on hold")


def test_while_a_payment_is_on_its_way_no_account_changes() -> None:
    signing_with(active().given(release()), called_back(OTHER_ACCOUNT), OTHER_ACCOUNT).refused(
        PaymentRefused, "on its way", "cancel it"
    )


def test_the_same_account_is_not_agreed_on_twice_without_a_reason() -> None:
    active().when(sign()).refused(IllegalTransition, "signed already, with this account")


# The bank calls an account wrong or closed


def called_wrong(code: str = "AC04", outcome: TrancheOutcome = REJECTED) -> Story:
    story = active().given(release(), hand_over())
    if outcome is TrancheOutcome.RETURNED:
        story = story.given(ended(SETTLED))
    return story.given(ended(outcome, reason=f"{code} says the bank"))


@pytest.mark.parametrize("outcome", [REJECTED, TrancheOutcome.RETURNED])
@pytest.mark.parametrize("code", ["AC01", "AC03", "AC04", "AC06", "AC07"])
def test_nothing_is_paid_to_an_account_that_the_bank_calls_wrong(code: str, outcome: TrancheOutcome) -> None:
    story = called_wrong(code, outcome)
    story = story.given(lift()) if story.partnership.hold else story
    story.when(release()).refused(PaymentRefused, code, "accord payments change-account P-2026-0042")


@pytest.mark.parametrize("reason", ["MS03 reason not given", "AM04 no funds", "XAC04", ""])
def test_another_reason_says_nothing_against_the_account(reason: str) -> None:
    story = active().given(release(), hand_over(), ended(REJECTED, reason=reason))
    assert story.partnership.account_fault == ""
    assert story.when(release()).then(e.TrancheReleased)


def test_another_account_is_paid_once_it_is_agreed_on_approved_and_cooled_off() -> None:
    story = called_wrong().given(sign(account=OTHER_ACCOUNT), approve("femi.ade"))
    assert story.when(after(3, release())).then(e.TrancheReleased)


@pytest.mark.parametrize(
    ("anew", "by", "refusal"),
    [
        (None, "", PaymentRefused),
        (NOON - timedelta(hours=1), "lena.ort", PaymentRefused),
        (NOON + timedelta(hours=1), "lena.ort", None),
        (NOON + timedelta(hours=1), "femi.ade", SeparationOfDuties),
        (NOON + timedelta(hours=1), "dora.kim", SeparationOfDuties),
    ],
)
def test_the_same_account_is_paid_again_once_somebody_called_back_anew(anew: Any, by: str, refusal: Any) -> None:
    standing = called_back(ACCOUNT)
    assert standing is not None
    story = signing_with(called_wrong(), standing.model_copy(update={"anew_by": by, "anew_at": anew}))
    assert (type(story.refusal) if story.refusal else None) is refusal
    if refusal is None:
        assert story.partnership.missing_approvals == ()
        assert story.when(release()).then(e.TrancheReleased)


def test_a_second_call_back_is_kept_beside_the_first() -> None:
    standing = standing_of((recorded(), confirmed(), confirmed("otto.audit")))
    assert standing is not None
    assert (standing.confirmed_by, standing.called_back_last, standing.confirmations) == (
        "noor.haddad",
        "otto.audit",
        2,
    )
    assert standing.confirmed_since(NOON - timedelta(seconds=1))
    assert not standing.confirmed_since(NOON)
