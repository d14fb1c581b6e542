"""A maker vouches for a model by certificates: what is accepted, and what only looks like it (WebAuthn 8.2)."""

from __future__ import annotations

import cbor2
import pytest

from domain.fault import Fault
from domain.signatures.attestation import KeyModel, attestation_fault, making_fault, read_making
from domain.signatures.passkeys import Making, decoded, encoded
from records.keys.attesting import certificate_fault
from records.keys.verification import verified
from tests.authenticators.attesting import (
    BATCH,
    MODEL,
    OTHER_MODEL,
    ROOT,
    Issuer,
    base64_of,
    batch,
    issued,
    key_of,
    listed,
)
from tests.authenticators.passkeys import Authenticator

DEVICE = Authenticator()
STRANGER = issued("Maker Root", authority=True)  # of the same name, and another's
BELOW = issued("Maker Below", ROOT, authority=True)
NO_AUTHORITY = issued("Maker Below", ROOT)
SHORT = issued("Maker Short", authority=True, longest=0)
OVER_SHORT = issued("Maker Below", SHORT, authority=True)

ACCEPTED: dict[str, tuple[Issuer, tuple[Issuer, ...], KeyModel]] = {
    "issued by the root": (BATCH, (), listed()),
    "issued below the root": (batch(BELOW), (BELOW,), listed()),
    "sent with its root": (BATCH, (ROOT,), listed()),
    "with what is below the root listed itself": (batch(BELOW), (), listed(BELOW)),
    "listed itself": (BATCH, (), listed(BATCH)),
    "of the second root that is listed": (BATCH, (), listed(STRANGER, ROOT)),
}
REFUSED: dict[str, tuple[Issuer, tuple[Issuer, ...]]] = {
    "issued by a stranger of the same name": (batch(STRANGER), ()),
    "of another model": (batch(ROOT, OTHER_MODEL), ()),
    "of no model": (batch(ROOT, None), ()),
    "an authority's own": (batch(ROOT, authority=True), ()),
    "of another unit": (batch(ROOT, unit="Marketing"), ()),
    "with the model as a critical extension": (batch(ROOT, critical=True), ()),
    "issued by what is no authority": (batch(NO_AUTHORITY), (NO_AUTHORITY,)),
    "without what leads to the root": (batch(BELOW), ()),
}


def fault(signer: Issuer | None, chain: tuple[Issuer, ...] = (), model: KeyModel | None = None) -> Fault | None:
    key = key_of(DEVICE, signer=signer, chain=chain)
    return attestation_fault("ana.silva", key, (model or listed(),), verified)


@pytest.mark.parametrize("how", ACCEPTED)
def test_a_key_whose_certificate_leads_to_a_listed_root_is_attested(how: str) -> None:
    assert fault(*ACCEPTED[how]) is None


@pytest.mark.parametrize("how", REFUSED)
def test_a_certificate_that_does_not_is_refused(how: str) -> None:
    assert "no root that is listed for Maker Key 5 vouches for it" in str(fault(*REFUSED[how]))


def test_a_chain_that_is_longer_than_its_root_allows_is_refused() -> None:
    assert "no root" in str(fault(batch(OVER_SHORT), (OVER_SHORT,), listed(SHORT)))


def test_what_nobody_vouches_for_is_refused_and_says_so() -> None:
    assert "nobody vouches for it" in str(fault(None))


def test_a_model_that_is_not_listed_is_refused_and_says_so() -> None:
    key = key_of(DEVICE, signer=batch(ROOT, OTHER_MODEL), model=OTHER_MODEL)
    assert "no model that the organisation lists" in str(attestation_fault("ana.silva", key, (listed(),), verified))


@pytest.mark.slow
def test_no_byte_of_it_may_be_another_one() -> None:
    """Given an attested key, when one byte of its attestation is changed, then it is not attested any more."""
    key = key_of(DEVICE)
    assert key.made is not None
    good = decoded(key.made.attestation)
    for place in range(len(good)):
        altered = good[:place] + bytes([good[place] ^ 0x41]) + good[place + 1 :]
        made = Making(client_data=key.made.client_data, attestation=encoded(altered))
        assert attestation_fault("ana.silva", key.model_copy(update={"made": made}), (listed(),), verified), place


def test_nothing_that_is_cut_short_is_read() -> None:
    key = key_of(DEVICE)
    assert key.made is not None
    good = decoded(key.made.attestation)
    for length in range(1, len(good)):
        made = Making(client_data=key.made.client_data, attestation=encoded(good[:length]))
        assert "cannot be read" in str(making_fault("ana.silva", key, made))


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(b"\xfb" + bytes(8), id="a fraction"),
        pytest.param(b"\xc1\x00", id="a tag"),
        pytest.param(b"\xf6", id="nothing at all"),
        pytest.param(b"\xbf\xff", id="of no known length"),
        pytest.param(b"\xa2\x00\x01\x00\x01", id="a name twice"),
        pytest.param(b"\xa1\x80\x00", id="a name that is a list"),
        pytest.param(b"\xa1\xf5\x00", id="a name that is a truth"),
        pytest.param(b"\x81" * 3 + b"\x00", id="nested five deep"),
        pytest.param(b"\x81" * 5000 + b"\x00", id="nested very deep"),
        pytest.param(b"\x9b" + (2**40).to_bytes(8, "big"), id="a list that is longer than the file"),
        pytest.param(b"\x5b" + (2**40).to_bytes(8, "big"), id="bytes that are more than the file's"),
        pytest.param(b"\x61\xff", id="a text that is none"),
        pytest.param(b"\xd8\x1c\x81\xd8\x1d\x00", id="a list that holds itself"),
    ],
)
def test_what_no_authenticator_writes_is_not_read(written: bytes) -> None:
    """Whoever makes the bytes by hand is refused in words, and takes neither time nor memory."""
    plain = read_making(beside(b"\x82\x00\x61a"))
    assert plain.statement == {"x": [0, "a"]}
    with pytest.raises(ValueError, match=r"."):
        read_making(beside(written))


def beside(written: bytes) -> bytes:
    """An attestation object in whose statement this stands, by the name of x."""
    made = key_of(DEVICE).made
    assert made is not None
    about = cbor2.dumps(read_making(decoded(made.attestation)).content)
    fmt, statement, data = (cbor2.dumps(name) for name in ("fmt", "attStmt", "authData"))
    return b"\xa3" + fmt + cbor2.dumps("none") + statement + b"\xa1" + cbor2.dumps("x") + written + data + about


def test_a_root_that_is_no_certificate_is_named() -> None:
    rubbish = listed().model_copy(update={"roots": (base64_of(ROOT), "MII" + "A" * 400)})
    assert certificate_fault([listed()]) is None
    assert str(certificate_fault([listed(), rubbish])).startswith("rules.models: root 2 of Maker Key 5 is no X.509")


def test_the_model_is_known_by_its_roots_fingerprints() -> None:
    assert listed().aaguid == MODEL
    [fingerprint] = listed().fingerprints
    assert len(fingerprint) == 64
    assert listed(STRANGER).fingerprints != listed().fingerprints
