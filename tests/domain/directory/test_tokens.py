"""Tokens of the HTTP API in the directory: two guardians enrol one, once, and what is revoked stays so."""

from __future__ import annotations

from datetime import date

import pytest

from domain.directory.people import ApiTokenEnrolled, ApiTokenRevoked, DirectoryEvent, DirectoryFounded
from domain.directory.sealing import change_fault
from domain.organisation.tokens import ApiToken, Scope, digest_of_secret, token_id_of
from records.keys.verification import verified
from tests.domain.directory.test_directory_sealed import FOUNDED, KEYS, STAFF, after, both, confirmed, proposed

DIGEST = digest_of_secret("accord_secret")
TOKEN = ApiToken(
    token_id=token_id_of(DIGEST), holder="audit-firm", scopes=(Scope.EVENTS, Scope.PROOFS), sha256=DIGEST,
    last_day=date(2027, 6, 30),
)  # fmt: skip
ENROLLED, REVOKED = ApiTokenEnrolled(token=TOKEN), ApiTokenRevoked(token_id=TOKEN.token_id)


def test_two_guardians_enrol_a_token_and_revoke_it() -> None:
    held = after(*both(ENROLLED), known=FOUNDED)
    assert (held.tokens, held.revoked_tokens, held.disregarded) == ((TOKEN,), (), ())
    revoked = after(*both(REVOKED, change="revocation"), known=held)
    assert (revoked.tokens, revoked.revoked_tokens) == ((TOKEN,), (TOKEN.token_id,))


@pytest.mark.parametrize("event", [ENROLLED, DirectoryFounded(changes=(ENROLLED,)), proposed(ENROLLED, key="paul")])
def test_what_nobody_or_the_wrong_one_signed_enrols_none(event: DirectoryEvent) -> None:
    held = after(event, known=FOUNDED)
    assert (held.tokens, held.pending, held.disregarded) == ((), (), (FOUNDED.version + 1,))


def test_no_operator_enrols_one_while_he_founds_the_organisation() -> None:
    """Given a founding with a director's key and a token behind it, then the token is not entered."""
    assert after(DirectoryFounded(changes=(*STAFF, ENROLLED, *KEYS, ENROLLED))).tokens == ()


def test_the_same_token_is_enrolled_once_also_after_its_revocation() -> None:
    held = after(*both(ENROLLED), known=FOUNDED)
    again = proposed(ENROLLED, change="again")
    assert "was enrolled before" in str(change_fault(held, again, verified))
    revoked = after(*both(REVOKED, change="revocation"), known=held)
    assert after(again, confirmed(ENROLLED, change="again"), known=revoked).tokens == (TOKEN,)


def test_two_waiting_changes_enrol_one_token_once() -> None:
    """Given the same token proposed twice before anybody confirms, then the second confirmation counts for nothing."""
    proposals = (proposed(ENROLLED, change="first"), proposed(ENROLLED, change="second"))
    held = after(*proposals, confirmed(ENROLLED, change="first"), confirmed(ENROLLED, change="second"), known=FOUNDED)
    assert (held.tokens, held.disregarded) == ((TOKEN,), (FOUNDED.version + 4,))


def test_a_token_that_was_revoked_before_it_came_is_never_entered() -> None:
    revoked = after(*both(REVOKED), known=FOUNDED)
    assert "for ever" in str(change_fault(revoked, proposed(ENROLLED, change="later"), verified))


def test_a_token_has_the_name_of_its_secret() -> None:
    other = ApiTokenEnrolled(token=TOKEN.model_copy(update={"token_id": "T-000000000000"}))
    assert "is no name for the token" in str(change_fault(FOUNDED, proposed(other), verified))
    twice = proposed(ENROLLED, ENROLLED)
    assert "twice in one change" in str(change_fault(FOUNDED, twice, verified))


def test_scopes_stand_once_each_in_their_order() -> None:
    for scopes in ((Scope.PROOFS, Scope.EVENTS), (Scope.EVENTS, Scope.EVENTS), ()):
        with pytest.raises(ValueError, match="scopes"):
            ApiToken.model_validate({**TOKEN.model_dump(), "scopes": scopes})
