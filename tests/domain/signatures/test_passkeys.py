"""A passkey proves a statement if its owner touched it for that one, on the page that was enrolled."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.directory.directory import Directory, signature_fault
from domain.directory.evolution import fold_directory
from domain.directory.people import HouseRulesSet, KeyEnrolled, KeyRevoked, StaffLeft, StaffMember, StaffRegistered
from domain.directory.tiers import HouseRules, Role, Tier
from domain.fault import Fault
from domain.partnership.procedure import PROCEDURE
from domain.signatures.passkeys import PRESENT, VERIFIED, PasskeyKey, decoded, encoded
from domain.signatures.signing import (
    ACTS_OF_LISTS,
    AnyKey,
    PasskeySignature,
    Signature,
    Statement,
    fault_of,
    key_from,
    signature_from,
)
from records.keys.verification import verified
from tests.authenticators.passkeys import ORIGIN, Authenticator
from tests.builders import NOON, number
from tests.domain.partnership import specification as s
from tests.domain.partnership.hands import key_of, signature_on

COMMAND = s.approve("ana.silva")
STATEMENT = COMMAND.statement(s.REFERENCE, s.shown(s.in_approval().partnership))
KINDS = {"ES256": Authenticator(), "EdDSA": Authenticator(Ed25519PrivateKey.generate())}
MINE = KINDS["ES256"]


def fault(signature: Signature, key: AnyKey | None = None, expected: Statement | None = None) -> Fault | None:
    return fault_of(signature, expected or COMMAND.statement(s.REFERENCE), key or MINE.key, verified)


# What proves a statement


@pytest.mark.parametrize("kind", KINDS)
def test_an_assertion_whose_challenge_is_the_statement_has_no_fault(kind: str) -> None:
    mine = KINDS[kind]
    assert (mine.key.algorithm, fault(mine.sign(STATEMENT), mine.key)) == (kind, None)


def test_browsers_that_leave_out_cross_origin_or_add_extensions_are_understood() -> None:
    assert fault(MINE.sign(STATEMENT, crossOrigin=None)) is None
    assert fault(MINE.sign(STATEMENT, other_keys_can_be_added_here="do not compare")) is None
    assert fault(MINE.sign(STATEMENT, flags=PRESENT | VERIFIED | 0x80, extra=b"\xa0")) is None


def test_it_comes_back_from_the_ledger_as_it_was() -> None:
    for signature, key in ((MINE.sign(STATEMENT), MINE.key), (signature_on(STATEMENT), key_of("ana.silva"))):
        assert signature_from(json.loads(signature.model_dump_json())) == signature
        assert key_from(json.loads(key.model_dump_json())) == key


# One touch for several statements (console: up to fifty; never for what is paid or agreed)

HOLDS = [s.hold("ana.silva").model_copy(update={"command_id": number(f"hold {place}")}) for place in range(4)]
LISTED = [one.statement(s.REFERENCE, s.shown(s.in_approval().partnership)) for one in HOLDS]


def fault_of_listed(signature: Signature, place: int = 0) -> Fault | None:
    return fault_of(signature, HOLDS[place].statement(s.REFERENCE), MINE.key, verified)


def test_one_touch_proves_each_statement_of_its_list() -> None:
    for place, signature in enumerate(MINE.sign_together(*LISTED)):
        assert fault_of_listed(signature, place) is None
        assert signature_from(json.loads(signature.model_dump_json())) == signature


def test_a_signature_of_one_statement_says_nothing_of_a_list() -> None:
    assert "among" not in MINE.sign(STATEMENT).model_dump(mode="json")


@pytest.mark.parametrize("act", sorted(ACTS_OF_LISTS))
def test_what_may_be_signed_together_pays_and_agrees_nothing(act: str) -> None:
    """By requirement: one touch each for approval, agreement, release and hand-over, one over a list for the rest."""
    assert act not in {"approve", "sign_agreement", "release", "hand_over", "propose", "amend", "clear"}
    assert act in {str(kind.model_fields["kind"].default) for kind in PROCEDURE}


LISTS_THAT_PROVE_NOTHING: dict[str, Callable[[], PasskeySignature]] = {
    "a list without it": lambda: MINE.sign_together(*LISTED[1:])[0].model_copy(update={"statement": LISTED[0]}),
    "a list with one more": lambda: MINE.sign_together(*LISTED)[0].model_copy(
        update={"among": tuple(sorted(("0" * 64, *(one.digest for one in LISTED))))}
    ),
    "a list with one less": lambda: MINE.sign_together(*LISTED)[0].model_copy(update={"among": (LISTED[0].digest,)}),
    "a list out of order": lambda: (lambda told: told.model_copy(update={"among": told.among[::-1]}))(
        MINE.sign_together(*LISTED)[0]
    ),
    "a list that names it twice": lambda: MINE.sign_together(LISTED[0], LISTED[0])[0],
    "no list, with the touch for one": lambda: MINE.sign_together(*LISTED)[0].model_copy(update={"among": ()}),
    "a list of it alone, with the touch for itself": lambda: MINE.sign(LISTED[0]).model_copy(
        update={"among": (LISTED[0].digest,)}
    ),
}


@pytest.mark.parametrize("how", LISTS_THAT_PROVE_NOTHING)
def test_a_touch_for_another_list_proves_nothing(how: str) -> None:
    assert "touched for" in str(fault_of_listed(LISTS_THAT_PROVE_NOTHING[how]()))


def test_an_approval_is_never_one_of_a_list() -> None:
    """Given a touch over a list that holds an approval, then the approval does not count, and the rest does."""
    approval, hold = MINE.sign_together(STATEMENT, LISTED[0])
    assert str(fault(approval)) == "approve is signed by a touch of its own, and not together with others"
    assert fault_of_listed(hold) is None


def test_a_list_is_no_longer_than_somebody_reads() -> None:
    with pytest.raises(ValidationError, match="at most 50"):
        PasskeySignature.model_validate(MINE.sign(STATEMENT).model_dump() | {"among": ["0" * 64] * 51})


# What does not

BESIDE: dict[str, tuple[dict[str, Any], str]] = {
    "made for a registration": ({"type": "webauthn.create"}, "asked for something else"),
    "with a payment's dialogue": ({"type": "payment.get"}, "asked for something else"),
    "for another statement": ({"challenge": encoded(b"x" * 32)}, "touched for another statement"),
    "for no statement": ({"challenge": None}, "touched for another statement"),
    "on another port": ({"origin": f"{ORIGIN}:8443"}, f"another page than {ORIGIN}"),
    "on a page of the console": ({"origin": "https://example.org"}, f"another page than {ORIGIN}"),
    "in a frame of another page": ({"crossOrigin": True}, f"another page than {ORIGIN}"),
    "in a frame that is said otherwise": ({"crossOrigin": 0}, f"another page than {ORIGIN}"),
    "under a page of others": ({"topOrigin": "https://evil.example"}, f"another page than {ORIGIN}"),
    "for another party": ({"party": "example.org"}, "for another party than sign.example.org"),
    "without a touch": ({"flags": VERIFIED}, "did not verify who touched it"),
    "without a PIN": ({"flags": PRESENT}, "did not verify who touched it"),
    "by a copy on another device": ({"flags": PRESENT | VERIFIED | 0x08}, "whether it may leave its device differs"),
}


@pytest.mark.parametrize("what", BESIDE)
def test_an_assertion_proves_nothing(what: str) -> None:
    said, reason = BESIDE[what]
    assert reason in str(fault(MINE.sign(STATEMENT, **said)))


def test_another_digit_is_another_statement() -> None:
    """Also if only what was shown differs, which the command's own statement does not hold."""
    shown = STATEMENT.shown
    assert shown is not None
    terms = shown.terms.model_copy(update={"payee": "Riverbend Library Netwerk"})
    signature = MINE.sign(STATEMENT)
    said = STATEMENT.model_copy(update={"shown": shown.model_copy(update={"terms": terms})})
    changed = signature.model_copy(update={"statement": said})
    assert "another statement" in str(fault(changed))
    other = COMMAND.model_copy(update={"reason": "!"}).statement(s.REFERENCE)
    assert "another content" in str(fault(signature, expected=other))


def test_a_touch_of_somebody_else_is_not_theirs() -> None:
    assert str(fault(MINE.sign(STATEMENT), Authenticator().key)) == "the signature is not ana.silva's"


@pytest.mark.parametrize("content", [b"", b"[]", b"7", b"null", b"\xff", b"{", b'{"type":"webauthn.get"}', b"[" * 1024])
def test_rubbish_from_a_browser_is_a_fault_and_no_crash(content: bytes) -> None:
    if content:
        assert fault(MINE.assertion(STATEMENT, content, bytes(37)))


@pytest.mark.slow
@given(content=st.binary(min_size=1, max_size=60))
def test_rubbish_from_an_authenticator_is_a_fault_and_no_crash(content: bytes) -> None:
    client = decoded(MINE.sign(STATEMENT).client_data)
    assert fault(MINE.assertion(STATEMENT, client, content))


@pytest.mark.slow
@given(place=st.integers(0, 10**6), data=st.sampled_from(["client_data", "authenticator_data"]))
def test_any_bit_of_what_was_signed_matters(place: int, data: str) -> None:
    signature = MINE.sign(STATEMENT)
    content = bytearray(decoded(getattr(signature, data)))
    content[place // 8 % len(content)] ^= 1 << place % 8
    assert fault(signature.model_copy(update={data: encoded(bytes(content))}))


def test_a_key_of_one_kind_proves_no_signature_of_the_other() -> None:
    assert "another kind" in str(fault(MINE.sign(STATEMENT), key_of("ana.silva")))
    assert "another kind" in str(fault(signature_on(STATEMENT), MINE.key))


def test_a_key_of_another_curve_or_none_verifies_nothing() -> None:
    public = generate_private_key(SECP384R1()).public_key()
    other = encoded(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    for key in (other, encoded(b"no key")):
        held = MINE.key.model_copy(update={"passkey": key})
        assert str(fault(MINE.sign(STATEMENT), held)) == "the signature is not ana.silva's"
    assert "not ana.silva's" in str(fault(MINE.sign(STATEMENT), MINE.key.model_copy(update={"algorithm": "EdDSA"})))


# What a key may be

WRONG_KEYS: dict[str, dict[str, Any]] = {
    "a page of somebody else": {"origin": "https://sign.example.com"},
    "a page whose name only ends alike": {"relying_party": "ple.org"},
    "a page without https": {"origin": "http://sign.example.org"},
    "padding": {"credential": "AAA="},
    "bits that count for nothing": {"credential": "AB"},
    "no name": {"name": ""},
}


@pytest.mark.parametrize("what", WRONG_KEYS)
def test_no_passkey_has(what: str) -> None:
    with pytest.raises(ValidationError):
        PasskeyKey.model_validate(MINE.key.model_dump() | WRONG_KEYS[what])


def test_a_page_on_this_machine_needs_no_https() -> None:
    at_home = MINE.key.model_dump() | {"origin": "http://localhost:8081", "relying_party": "localhost"}
    assert PasskeyKey.model_validate(at_home).key_id == MINE.key.key_id


# Several keys of one person

ANA = StaffMember(staff_id="ana.silva", name="Ana Silva", roles=(Role.PROGRAMME_APPROVER, Role.PAYER))


def directory(*facts: Any) -> Directory:
    return fold_directory([StaffRegistered(member=ANA), *facts], verified)


def rules_with(*device_bound: Role) -> HouseRulesSet:
    tier = Tier(currency="USD", quorum=(Role.PROGRAMME_APPROVER, Role.FINANCE_APPROVER))
    return HouseRulesSet(rules=HouseRules(tiers=(tier,), device_bound=device_bound))


def enrolled(key: AnyKey) -> KeyEnrolled:
    return KeyEnrolled(staff_id="ana.silva", key=key)


def test_a_second_passkey_ends_neither_the_first_nor_the_key_file() -> None:
    second, file = Authenticator(), key_of("ana.silva")
    known = directory(enrolled(file), enrolled(MINE.key), enrolled(second.key), enrolled(MINE.key))
    assert [one.key.key_id for one in known.keys] == [file.key_id, second.key.key_id, MINE.key.key_id]


def test_another_key_file_replaces_the_first_and_leaves_the_passkeys() -> None:
    known = directory(enrolled(key_of("ana.silva")), enrolled(MINE.key), enrolled(key_of("femi.ade")))
    assert [one.key.key_id for one in known.keys] == [MINE.key.key_id, key_of("femi.ade").key_id]


def test_a_lost_key_is_revoked_and_the_other_still_signs() -> None:
    second = Authenticator()
    lost = KeyRevoked(staff_id="ana.silva", key_id=MINE.key.key_id, compromised_since=NOON)
    known, expected = directory(enrolled(MINE.key), enrolled(second.key), lost), COMMAND.statement(s.REFERENCE)
    assert "holds no key" in str(signature_fault(known, MINE.sign(STATEMENT), expected, verified))
    assert signature_fault(known, second.sign(STATEMENT), expected, verified) is None
    assert known.is_compromised(MINE.key.key_id, NOON)


def test_one_passkey_is_never_two_peoples() -> None:
    """Nobody acts under a false name: whoever holds a device would decide as both."""
    femi = StaffMember(staff_id="femi.ade", name="Femi Ade", roles=(Role.FINANCE_APPROVER,))
    stolen = KeyEnrolled(staff_id="femi.ade", key=MINE.key)
    known = directory(enrolled(MINE.key), StaffRegistered(member=femi), stolen)
    assert [(one.staff_id, one.key.key_id) for one in known.keys] == [("ana.silva", MINE.key.key_id)]


def test_who_leaves_has_no_key_any_more() -> None:
    assert directory(enrolled(MINE.key), StaffLeft(staff_id="ana.silva")).keys == ()


# Keys that cannot leave their device


@pytest.mark.parametrize("order", [0, 1, 2])
def test_a_payer_signs_with_no_key_that_may_leave_its_device_in_whatever_order_that_came_about(order: int) -> None:
    may_leave, bound = Authenticator(device_bound=False), Authenticator()
    rules = rules_with(Role.PAYER, Role.DIRECTOR)
    facts = [enrolled(may_leave.key), rules, StaffRegistered(member=ANA)]
    known = directory(*facts[order:], *facts[:order], enrolled(bound.key))
    expected = COMMAND.statement(s.REFERENCE)
    told = signature_fault(known, may_leave.sign(STATEMENT), expected, verified)
    assert str(told) == f"ana.silva holds PAYER, and {may_leave.key.key_id} may leave its device; enrol a security key"
    assert signature_fault(known, bound.sign(STATEMENT), expected, verified) is None


def test_without_that_rule_or_role_it_may() -> None:
    may_leave = Authenticator(device_bound=False)
    rules = rules_with(Role.DIRECTOR)
    for facts in ([], [rules]):
        known = directory(enrolled(may_leave.key), *facts)
        assert signature_fault(known, may_leave.sign(STATEMENT), COMMAND.statement(s.REFERENCE), verified) is None
