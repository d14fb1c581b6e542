"""Founded by the operator, sealed by a director's key: then two people sign every change, none about herself."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from domain.directory.directory import Directory
from domain.directory.evolution import fold_directory
from domain.directory.people import (
    Delegation,
    DirectoryChangeConfirmed,
    DirectoryChangeProposed,
    DirectoryEvent,
    DirectoryFounded,
    Fact,
    FunderRegistered,
    HouseRulesSet,
    KeyEnrolled,
    KeyRevoked,
    RoleDelegated,
    StaffLeft,
    StaffRegistered,
)
from domain.directory.sealing import change_content, change_fault, confirmation_fault, pending_change, people_of
from domain.directory.tiers import Role
from domain.recorded.acts import OrganisationAct, confirmation_id, refusal_of_act
from domain.signatures.signing import Signature, Statement, content_digest
from domain.streams import DIRECTORY_STREAM
from records.keys.verification import verified
from tests.builders import HOUSE_RULES, funder, member, number
from tests.domain.partnership.hands import key_of, signature_on

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
NAMES = {"dora.kim": Role.DIRECTOR, "otto.audit": Role.AUDITOR, "olga.audit": Role.AUDITOR, "paul.nkosi": Role.PAYER}
STAFF: tuple[Fact, ...] = tuple(StaffRegistered(member=member(name, role)) for name, role in NAMES.items())
KEYS: tuple[Fact, ...] = tuple(KeyEnrolled(staff_id=name, key=key_of(name)) for name in NAMES)
NEW = StaffRegistered(member=member("ana.silva"))
LENT = RoleDelegated(
    delegation=Delegation(
        lender="dora.kim",
        borrower="paul.nkosi",
        role=Role.DIRECTOR,
        starts_on=date(2026, 11, 2),
        ends_on=date(2026, 11, 30),
    )
)


def after(*events: DirectoryEvent, known: Directory | None = None) -> Directory:
    return fold_directory(events, verified, known)


FOUNDED = after(DirectoryFounded(changes=(*STAFF, *KEYS)))


def signed(kind: str, actor: str, change: str, *facts: Fact, key: str = "", **forged: Any) -> Signature:
    said = Statement(
        subject=DIRECTORY_STREAM,
        act=kind,
        actor=actor,
        at=AT,
        command_id=number(change),
        content_sha256=content_digest(change_content(facts)),
    )
    return signature_on(said.model_copy(update=forged), key)


def proposed(*facts: Fact, by: str = "dora.kim", change: str = "change", **forged: Any) -> DirectoryChangeProposed:
    signature = signed("change_directory", by, change, *facts, **forged)
    return DirectoryChangeProposed(change_id=number(change), changes=facts, signature=signature)


def confirmed(*facts: Fact, by: str = "otto.audit", change: str = "change", **forged: Any) -> DirectoryChangeConfirmed:
    signature = signed("confirm_directory", by, change, *facts, **forged)
    return DirectoryChangeConfirmed(change_id=number(change), signature=signature)


def both(*facts: Fact, change: str = "change") -> tuple[DirectoryEvent, DirectoryEvent]:
    return proposed(*facts, change=change), confirmed(*facts, change=change)


def test_until_a_director_has_a_key_the_operator_founds_the_organisation() -> None:
    known = after(DirectoryFounded(changes=STAFF), NEW, HouseRulesSet(rules=HOUSE_RULES))
    assert (known.sealed, known.disregarded, known.rules) == (False, (), HOUSE_RULES)
    assert known.person("ana.silva") == NEW.member


@pytest.mark.parametrize("name", ["otto.audit", "paul.nkosi"])
def test_the_key_of_anybody_else_does_not_seal_it(name: str) -> None:
    assert not after(*STAFF, KeyEnrolled(staff_id=name, key=key_of(name))).sealed


def test_the_key_of_a_director_seals_it() -> None:
    assert after(*STAFF, KeyEnrolled(staff_id="dora.kim", key=key_of("dora.kim"))).sealed


def test_a_founding_is_taken_as_a_whole_also_what_stands_after_the_directors_key() -> None:
    known = after(DirectoryFounded(changes=(*STAFF, *reversed(KEYS), NEW)))
    assert (known.sealed, known.person("ana.silva")) == (True, NEW.member)


UNSIGNED: list[DirectoryEvent] = [
    NEW,
    DirectoryFounded(changes=(NEW,)),
    StaffRegistered(member=member("paul.nkosi", *Role)),
    StaffLeft(staff_id="dora.kim"),
    KeyEnrolled(staff_id="dora.kim", key=key_of("an intruder")),
    KeyRevoked(staff_id="dora.kim", key_id=key_of("dora.kim").key_id),
    LENT,
    FunderRegistered(funder=funder()),
    HouseRulesSet(rules=HOUSE_RULES),
]


@pytest.mark.parametrize("event", UNSIGNED, ids=lambda event: type(event).__name__)
def test_in_a_sealed_directory_what_nobody_signed_changes_nothing_and_is_kept_in_view(event: DirectoryEvent) -> None:
    known = after(event, known=FOUNDED)
    assert known == FOUNDED.model_copy(update={"version": 2, "disregarded": (2,)})


def test_one_signature_changes_nothing_yet() -> None:
    known = after(proposed(NEW), known=FOUNDED)
    assert (known.person("ana.silva"), known.disregarded) == (None, ())
    assert pending_change(known, number("change")) == proposed(NEW)


def test_two_signatures_of_two_people_change_it() -> None:
    known = after(*both(NEW), known=FOUNDED)
    assert (known.person("ana.silva"), known.pending, known.disregarded, known.version) == (NEW.member, (), (), 3)


@pytest.mark.parametrize(("one", "other"), [("dora.kim", "otto.audit"), ("otto.audit", "olga.audit")])
def test_directors_and_auditors_are_the_guardians(one: str, other: str) -> None:
    assert after(proposed(NEW, by=one), confirmed(NEW, by=other), known=FOUNDED).person("ana.silva")


@pytest.mark.parametrize("who", ["paul.nkosi", "nobody.known"])
def test_nobody_else_proposes_or_confirms(who: str) -> None:
    assert "may not change the directory" in str(change_fault(FOUNDED, proposed(NEW, by=who), verified))
    waiting = after(proposed(NEW), known=FOUNDED)
    assert "may not change the directory" in str(confirmation_fault(waiting, confirmed(NEW, by=who), verified))


def test_a_role_that_was_lent_makes_no_guardian() -> None:
    lent = after(*both(LENT, change="lend"), known=FOUNDED)
    assert "may not change the directory" in str(change_fault(lent, proposed(NEW, by="paul.nkosi"), verified))


def test_one_person_does_not_do_both() -> None:
    waiting = after(proposed(NEW), known=FOUNDED)
    assert "another person must confirm it" in str(confirmation_fault(waiting, confirmed(NEW, by="dora.kim"), verified))
    known = after(confirmed(NEW, by="dora.kim"), known=waiting)
    assert (known.person("ana.silva"), known.disregarded) == (None, (3,))


ABOUT_DORA: list[Fact] = [
    StaffRegistered(member=member("dora.kim", *Role)),
    StaffLeft(staff_id="dora.kim"),
    KeyEnrolled(staff_id="dora.kim", key=key_of("a new key")),
    KeyRevoked(staff_id="dora.kim", key_id=key_of("dora.kim").key_id),
    RoleDelegated(delegation=LENT.delegation.model_copy(update={"borrower": "dora.kim", "lender": "otto.audit"})),
]


@pytest.mark.parametrize("fact", ABOUT_DORA, ids=lambda fact: type(fact).__name__)
def test_nobody_proposes_or_confirms_what_concerns_herself(fact: Fact) -> None:
    assert people_of(fact) == {"dora.kim"}
    assert "concerns dora.kim" in str(change_fault(FOUNDED, proposed(fact), verified))
    waiting = after(proposed(fact, by="otto.audit"), known=FOUNDED)
    assert "concerns dora.kim" in str(confirmation_fault(waiting, confirmed(fact, by="dora.kim"), verified))
    assert confirmation_fault(waiting, confirmed(fact, by="olga.audit"), verified) is None


def test_what_concerns_herself_is_not_hidden_among_other_changes() -> None:
    assert "concerns dora.kim" in str(change_fault(FOUNDED, proposed(NEW, ABOUT_DORA[0]), verified))


FORGED: dict[str, dict[str, Any]] = {
    "by another hand": {"key": "paul.nkosi"},
    "for another stream": {"subject": "P-2026-0042"},
    "for another change": {"command_id": number("another")},
    "for other content": {"content_sha256": content_digest(change_content(STAFF))},
    "for another act": {"act": "approve"},
}


@pytest.mark.parametrize("how", FORGED)
def test_a_forged_proposal_changes_nothing(how: str) -> None:
    event = proposed(NEW, **FORGED[how])
    assert change_fault(FOUNDED, event, verified)
    assert after(event, confirmed(NEW), known=FOUNDED).person("ana.silva") is None


@pytest.mark.parametrize("how", FORGED)
def test_a_forged_confirmation_changes_nothing(how: str) -> None:
    waiting = after(proposed(NEW), known=FOUNDED)
    event = confirmed(NEW, **FORGED[how])
    assert confirmation_fault(waiting, event, verified)
    known = after(event, known=waiting)
    assert (known.person("ana.silva"), known.disregarded) == (None, (3,))


def test_the_proposers_signature_does_not_serve_as_a_confirmation() -> None:
    event = proposed(NEW, by="otto.audit")
    copied = DirectoryChangeConfirmed(change_id=number("change"), signature=event.signature)
    assert "another person" in str(confirmation_fault(after(event, known=FOUNDED), copied, verified))


def test_facts_exchanged_after_they_were_signed_change_nothing() -> None:
    exchanged = proposed(NEW).model_copy(update={"changes": (StaffRegistered(member=member("mal.ory", *Role)),)})
    assert "another content" in str(change_fault(FOUNDED, exchanged, verified))


def test_a_confirmation_without_a_proposal_changes_nothing() -> None:
    assert "no such change waits" in str(confirmation_fault(FOUNDED, confirmed(NEW), verified))


def test_a_revoked_key_signs_nothing_any_more() -> None:
    revoked = KeyRevoked(staff_id="otto.audit", key_id=key_of("otto.audit").key_id)
    known = after(proposed(revoked), confirmed(revoked, by="olga.audit"), known=FOUNDED)
    assert "holds no key" in str(change_fault(known, proposed(NEW, by="otto.audit", change="next"), verified))


def test_a_key_that_others_may_have_used_is_never_entered_again_by_anybody() -> None:
    """Given a key revoked as compromised, when it is enrolled anew, then it is refused. One only lost is not."""
    key = key_of("paul.nkosi")
    for since, refused in ((AT, True), (None, False)):
        revoked = KeyRevoked(staff_id="paul.nkosi", key_id=key.key_id, compromised_since=since)
        known = after(*both(revoked), known=FOUNDED)
        for name in ("paul.nkosi", "olga.audit"):
            again = KeyEnrolled(staff_id=name, key=key)
            fault = change_fault(known, proposed(again, change="next"), verified)
            assert ("is never entered again" in str(fault)) is refused
            entered = after(*both(again, change="next"), known=known)
            assert (entered.key(name, key.key_id) is None) is refused


def test_a_key_is_not_revoked_as_compromised_and_entered_again_in_one_change() -> None:
    key = key_of("paul.nkosi")
    gone = KeyRevoked(staff_id="paul.nkosi", key_id=key.key_id, compromised_since=AT)
    again = KeyEnrolled(staff_id="paul.nkosi", key=key)
    assert after(*both(gone, again), known=FOUNDED).key("paul.nkosi", key.key_id) is None


def test_an_enrolment_that_waits_falls_with_the_key_that_was_revoked_meanwhile() -> None:
    """Given a proposal to enter a key, when it is revoked as compromised before the confirmation, then nothing is."""
    key = key_of("paul.nkosi")
    again = KeyEnrolled(staff_id="olga.audit", key=key)
    gone = KeyRevoked(staff_id="paul.nkosi", key_id=key.key_id, compromised_since=AT)
    known = after(proposed(again, change="first"), *both(gone, change="second"), known=FOUNDED)
    assert "is never entered again" in str(confirmation_fault(known, confirmed(again, change="first"), verified))


def test_a_replaced_key_signs_nothing_any_more_and_the_new_one_does() -> None:
    renewed = KeyEnrolled(staff_id="otto.audit", key=key_of("otto's new key"))
    known = after(proposed(renewed), confirmed(renewed, by="olga.audit"), known=FOUNDED)
    assert "holds no key" in str(change_fault(known, proposed(NEW, by="otto.audit", change="next"), verified))
    with_new = proposed(NEW, by="otto.audit", change="next", key="otto's new key")
    assert change_fault(known, with_new, verified) is None


def test_who_left_is_no_guardian_any_more() -> None:
    gone = StaffLeft(staff_id="otto.audit")
    known = after(proposed(gone), confirmed(gone, by="olga.audit"), known=FOUNDED)
    assert (known.person("otto.audit"), known.key("otto.audit", key_of("otto.audit").key_id)) == (None, None)
    assert "may not change" in str(change_fault(known, proposed(NEW, by="otto.audit", change="next"), verified))


def test_what_somebody_proposed_as_a_guardian_falls_with_that_role() -> None:
    """Given a change that dora proposed, when two others take her role and leave her key, then nobody confirms it."""
    demotion = StaffRegistered(member=member("dora.kim", Role.PAYER))
    others = proposed(demotion, by="otto.audit", change="down"), confirmed(demotion, by="olga.audit", change="down")
    waiting = after(proposed(NEW, change="x"), *others, known=FOUNDED)
    assert (waiting.person("dora.kim"), waiting.disregarded) == (demotion.member, ())
    assert waiting.key("dora.kim", key_of("dora.kim").key_id) is not None
    said = confirmed(NEW, change="x")
    act = OrganisationAct(command_id=confirmation_id(said.change_id, said.signature.statement.actor), event=said)
    assert "may not change the directory any more" in str(
        refusal_of_act(act, waiting, verified, datetime(2026, 11, 2, tzinfo=UTC))
    )


def test_with_who_leaves_end_the_delegations_to_her_and_from_her() -> None:
    lending = after(*both(LENT, change="lend"), known=FOUNDED)
    assert lending.delegations == (LENT.delegation,)
    for gone in ("paul.nkosi", "dora.kim"):
        left = StaffLeft(staff_id=gone)
        known = after(proposed(left, by="otto.audit"), confirmed(left, by="olga.audit"), known=lending)
        assert known.delegations == ()


def test_changes_wait_beside_each_other_and_are_confirmed_in_any_order() -> None:
    second = HouseRulesSet(rules=HOUSE_RULES)
    known = after(
        proposed(NEW, change="a"),
        proposed(second, change="b"),
        confirmed(second, change="b"),
        confirmed(NEW, change="a"),
        known=FOUNDED,
    )
    assert (known.person("ana.silva"), known.rules, known.pending) == (NEW.member, HOUSE_RULES, ())


def test_a_change_that_was_confirmed_is_not_made_again_by_repeating_its_two_events() -> None:
    """Whoever can write to the ledger could otherwise bring back a role that was taken away since."""
    promoted = StaffRegistered(member=member("paul.nkosi", Role.DIRECTOR))
    demoted = StaffRegistered(member=member("paul.nkosi", Role.PAYER))
    known = after(*both(promoted, change="up"), *both(demoted, change="down"), known=FOUNDED)
    assert known.person("paul.nkosi") == demoted.member
    assert after(*both(promoted, change="up"), known=known).person("paul.nkosi") == demoted.member


@pytest.mark.parametrize(
    "last",
    [
        KeyRevoked(staff_id="dora.kim", key_id=key_of("dora.kim").key_id),
        StaffLeft(staff_id="dora.kim"),
        StaffRegistered(member=member("dora.kim", Role.PAYER)),
    ],
    ids=lambda fact: type(fact).__name__,
)
def test_what_was_sealed_once_stays_sealed_after_the_last_director_is_gone(last: Fact) -> None:
    known = after(proposed(last, by="otto.audit"), confirmed(last, by="olga.audit"), known=FOUNDED)
    assert known.disregarded == ()
    assert after(NEW, known=known).person("ana.silva") is None


def test_it_makes_no_difference_whether_it_is_read_at_once_or_piece_by_piece() -> None:
    events = (DirectoryFounded(changes=(*STAFF, *KEYS)), NEW, *both(NEW), proposed(LENT, change="next"))
    whole, known = after(*events), Directory()
    for event in events:
        known = after(event, known=known)
    assert known == whole
    assert (whole.version, whole.disregarded) == (5, (2,))
