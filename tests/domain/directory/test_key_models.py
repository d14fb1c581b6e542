"""Models of security key that the organisation lists: asked for at enrolment, and when their holders sign."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from domain.directory.directory import Directory, signature_fault
from domain.directory.evolution import fold_directory
from domain.directory.people import Fact, HouseRulesSet, KeyEnrolled, KeyRevoked, StaffLeft, StaffRegistered
from domain.directory.sealing import change_fault
from domain.directory.tiers import HouseRules, Role, Tier
from domain.signatures.passkeys import Making
from records.keys.verification import verified
from tests.authenticators.attesting import OTHER_MODEL, ROOT, batch, issued, key_of, listed, making
from tests.authenticators.passkeys import Authenticator
from tests.builders import member
from tests.domain.directory.test_directory_sealed import FOUNDED, confirmed, proposed
from tests.domain.partnership import specification as s
from tests.domain.signatures.test_passkeys import COMMAND, STATEMENT, directory, enrolled

DEVICE = Authenticator()
STRANGER = issued("Maker Root", authority=True)
TIERS = (Tier(currency="USD", quorum=(Role.PROGRAMME_APPROVER, Role.FINANCE_APPROVER)),)
ATTESTED = key_of(DEVICE)
UNLISTED = key_of(DEVICE, signer=batch(ROOT, OTHER_MODEL), model=OTHER_MODEL)
BY_A_STRANGER = key_of(DEVICE, signer=batch(STRANGER))


def rules(attested_only: bool = False, *roles: Role) -> HouseRulesSet:
    bound = roles or (Role.PAYER,)
    return HouseRulesSet(
        rules=HouseRules(tiers=TIERS, device_bound=bound, models=(listed(),), attested_only=attested_only)
    )


ENTERED = {
    "attested": (ATTESTED, ""),
    "of no listed model": (UNLISTED, ""),
    "of a listed model, by another's word": (BY_A_STRANGER, "no root that is listed for Maker Key 5 vouches for it"),
    "of a listed model, by nobody's word": (key_of(DEVICE, signer=None), "nobody vouches for it"),
    "without a word on how it was made": (DEVICE.key, "it is not said how"),
    "made for another person": (key_of(DEVICE, owner="vera.lind"), "was not made for ana.silva"),
    "of another key": (DEVICE.key.model_copy(update={"made": making(Authenticator())}), "is not the key that was made"),
}
SIGNS = {
    "attested": (ATTESTED, ""),
    "of no listed model": (UNLISTED, "it is of no model that the organisation lists"),
    "by another's word": (BY_A_STRANGER, "no root that is listed"),
    "without a word on how it was made": (DEVICE.key, "it is not said how it was made"),
    "made by something that cannot be read": (
        DEVICE.key.model_copy(update={"made": Making(client_data="AAAA", attestation="AAAA")}),
        "cannot be read",
    ),
}


@pytest.mark.parametrize("how", ENTERED)
def test_where_models_are_listed_a_key_is_entered_as_its_maker_vouches_for_it(how: str) -> None:
    """Given listed models, when guardians enter a passkey, then one that says it is of such a model must be."""
    key, reason = ENTERED[how]
    known = FOUNDED.model_copy(update={"rules": rules().rules})
    fact = KeyEnrolled(staff_id="ana.silva", key=key)
    fault = change_fault(known, proposed(fact), verified)
    assert (bool(fault), reason in str(fault)) == (bool(reason), True)
    after = fold_directory((proposed(fact), confirmed(fact)), verified, known)
    assert any(one.key == key for one in after.keys) is not bool(reason)


def test_a_root_that_changed_before_the_confirmation_is_the_one_that_counts() -> None:
    known = FOUNDED.model_copy(update={"rules": rules().rules})
    fact = KeyEnrolled(staff_id="ana.silva", key=ATTESTED)
    waiting = fold_directory((proposed(fact),), verified, known)
    others = HouseRules(tiers=TIERS, device_bound=(Role.PAYER,), models=(listed(STRANGER),))
    after = fold_directory((confirmed(fact),), verified, waiting.model_copy(update={"rules": others}))
    assert not any(one.key == ATTESTED for one in after.keys)


@pytest.mark.parametrize("how", SIGNS)
@pytest.mark.parametrize("first", ["the rule", "the key"])
def test_where_only_attested_keys_count_no_other_signs_in_those_roles(how: str, first: str) -> None:
    """Given the rule, when a holder of a named role signs, then it is by an attested key, whichever came first."""
    key, reason = SIGNS[how]
    facts = [rules(True, Role.PROGRAMME_APPROVER), enrolled(key)]
    known = directory(*facts if first == "the rule" else reversed(facts))
    fault = signature_fault(known, DEVICE.sign(STATEMENT), COMMAND.statement(s.REFERENCE), verified)
    assert (bool(fault), reason in str(fault)) == (bool(reason), True)


def test_without_the_rule_a_key_by_its_own_word_signs() -> None:
    known = directory(enrolled(DEVICE.key), rules())
    assert signature_fault(known, DEVICE.sign(STATEMENT), COMMAND.statement(s.REFERENCE), verified) is None


def test_what_is_not_said_is_not_written_so_that_old_events_stay_as_they_are() -> None:
    assert "made" not in DEVICE.key.model_dump(mode="json")
    assert {"models", "attested_only"}.isdisjoint(HouseRules(tiers=TIERS).model_dump(mode="json"))


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"attested_only": True}, "it asks for a listed model"),
        ({"attested_only": True, "device_bound": (Role.PAYER,)}, "it asks for a listed model"),
        ({"models": (listed(), listed(STRANGER))}, "listed twice"),
    ],
)
def test_a_rule_that_nobody_could_keep_is_none(given: dict[str, object], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        HouseRules(tiers=TIERS, **given)


def test_rules_that_leave_one_guardian_alone_are_not_set() -> None:
    """Given guardians with passkeys by their own word, when only attested ones shall count, then it is refused."""
    passkeys = [one.model_copy(update={"key": Authenticator().key}) for one in FOUNDED.keys[1:]]
    known = FOUNDED.model_copy(update={"keys": (FOUNDED.keys[0], *passkeys)})
    asked = rules(True, Role.DIRECTOR, Role.AUDITOR)
    assert "leave dora.kim alone to change the directory" in str(change_fault(known, proposed(asked), verified))
    assert change_fault(FOUNDED, proposed(asked), verified) is None  # key files are no passkeys
    assert change_fault(known, proposed(rules()), verified) is None


def two_able() -> Directory:
    """Guardians of whom two have key files and one a passkey by its own word."""
    passkey = FOUNDED.keys[2].model_copy(update={"key": Authenticator().key})
    return FOUNDED.model_copy(update={"keys": (*FOUNDED.keys[:2], passkey, *FOUNDED.keys[3:])})


LOCKS: dict[str, tuple[Fact, ...]] = {
    "the rule, and a guardian who leaves": (rules(True, Role.DIRECTOR, Role.AUDITOR), StaffLeft(staff_id="otto.audit")),
    "the rule, and a key that ends": (
        rules(True, Role.DIRECTOR, Role.AUDITOR),
        KeyRevoked(staff_id="otto.audit", key_id=FOUNDED.keys[1].key.key_id),
    ),
}


@pytest.mark.parametrize("what", LOCKS)
def test_rules_and_what_comes_with_them_are_judged_together(what: str) -> None:
    assert "leave dora.kim alone" in str(change_fault(two_able(), proposed(*LOCKS[what]), verified))


def test_a_role_that_comes_after_the_rule_is_judged_by_it() -> None:
    """Given a rule for payers, when guardians with passkeys become payers too, then the last but one cannot."""
    passkeys = [one.model_copy(update={"key": Authenticator().key}) for one in FOUNDED.keys[1:]]
    known = FOUNDED.model_copy(update={"keys": (FOUNDED.keys[0], *passkeys), "rules": rules(True).rules})
    first = StaffRegistered(member=member("otto.audit", Role.AUDITOR, Role.PAYER))
    both = (first, StaffRegistered(member=member("olga.audit", Role.AUDITOR, Role.PAYER)))
    assert change_fault(known, proposed(first), verified) is None
    assert "leave dora.kim alone" in str(change_fault(known, proposed(*both), verified))


def test_without_rules_on_keys_people_leave_as_before() -> None:
    both = (StaffLeft(staff_id="otto.audit"), StaffLeft(staff_id="olga.audit"))
    assert change_fault(FOUNDED, proposed(*both), verified) is None
