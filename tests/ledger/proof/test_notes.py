"""A signed note convinces somebody who knows a public key and nothing else: C2SP, its vectors, and a peer."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tlog_scales import signing, tlog

from ledger.proof.notes import COSIGNATURE, SIGNATURE, Checkpoint, NoteRefused, SigningKey, VerifierKey, open_note
from tests.ledger.proof import KNOWN, LOG, OTHER_LOG, TREASURER

# Published by golang.org/x/mod/sumdb/note, C2SP signed-note, and logs and witnesses of certificate transparency
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_PRIVATE = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
ENOCH = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
FOO = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
ARCHE = "arche2025h1.staging.ct.transparency.dev+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f"
REMORA = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
BY_PETER = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
BY_ENOCH = "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"
BY_FOO = (
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
OF_ARCHE = """arche2025h1.staging.ct.transparency.dev
1432088532
U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=

— arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=
— remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==
"""  # noqa: E501
NOTE = f"{TEXT}\n{BY_PETER}"
CHECKPOINT = Checkpoint(LOG.name, 7, bytes(range(32)))

checkpoints = st.builds(
    Checkpoint,
    st.text(st.characters(codec="ascii", min_codepoint=33, max_codepoint=126), min_size=1, max_size=40),
    st.integers(0, 10**18),
    st.binary(min_size=32, max_size=32),
)


def keys(*written: str) -> tuple[VerifierKey, ...]:
    return tuple(VerifierKey.parse(one) for one in written)


def mangled(key: str) -> Iterator[str]:
    """Every part of a key, and the key with each of its characters the next one."""
    yield from (
        key[start:end] for start in range(len(key)) for end in range(start + 1, len(key) + 1) if key[start:end] != key
    )
    yield from (key[:at] + chr(ord(key[at]) + 1) + key[at + 1 :] for at in range(len(key)))


def accepted(parse: Callable[[str], object], written: Iterator[str]) -> list[str]:
    found = []
    for one in written:
        try:
            parse(one)
        except NoteRefused:
            continue
        found.append(one)
    return found


def signed(checkpoint: Checkpoint, *lines: str) -> str:
    return "\n".join([checkpoint.text, "".join(lines)])


# Keys


@pytest.mark.parametrize("written", [PETER, ENOCH, FOO, ARCHE, REMORA])
def test_a_published_key_is_read_and_written_as_it_was_published(written: str) -> None:
    assert str(VerifierKey.parse(f" {written}\n")) == written


def test_a_public_key_with_anything_changed_is_refused() -> None:
    assert accepted(VerifierKey.parse, mangled(PETER)) == []


def test_a_private_key_with_anything_changed_is_refused() -> None:
    assert accepted(SigningKey.parse, mangled(PETER_PRIVATE)) == []


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==", id="too long"),
        pytest.param("PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", id="an unknown kind"),
        pytest.param(PETER.upper(), id="an id in capitals"),
        pytest.param(PETER.replace("c74f20a3", "c74f20a4"), id="another id"),
        pytest.param(PETER.replace("/", "_"), id="no base64"),
        pytest.param(str(VerifierKey("", SIGNATURE, bytes(32))), id="no name"),
        pytest.param(str(VerifierKey("Peter Neumann", SIGNATURE, bytes(32))), id="a name with a blank"),
        pytest.param("", id="nothing"),
    ],
)
def test_what_is_no_key_is_refused(written: str) -> None:
    with pytest.raises(NoteRefused):
        VerifierKey.parse(written)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\n", "é", "x" * 201])
def test_a_key_is_made_under_a_name_that_a_note_can_bear(name: str) -> None:
    with pytest.raises(NoteRefused, match="no name of a key"):
        SigningKey.make(name)


@pytest.mark.parametrize("kind", [SIGNATURE, COSIGNATURE])
def test_a_new_key_is_read_as_it_was_written_and_says_what_it_is(kind: int) -> None:
    key = SigningKey.make("ledger.example.org", kind)
    again = SigningKey.parse(key.written() + "\n")
    assert (again.verifier, again.written()) == (key.verifier, key.written())
    assert VerifierKey.parse(str(key.verifier)) == key.verifier


# Notes


def test_the_published_key_signs_the_published_note() -> None:
    key = SigningKey.parse(PETER_PRIVATE)
    assert str(key.verifier) == PETER
    assert f"{TEXT}\n{key.line(TEXT)}" == NOTE


@pytest.mark.parametrize(
    ("known", "signers"),
    [
        ([PETER], ("PeterNeumann",)),
        ([ENOCH], ("EnochRoot",)),
        ([ENOCH, PETER], ("PeterNeumann", "EnochRoot")),
        ([FOO, PETER, PETER], ("PeterNeumann",)),
    ],
)
def test_a_note_is_opened_by_whichever_of_its_signers_is_known(known: list[str], signers: tuple[str, ...]) -> None:
    opened = open_note(f"{NOTE}{BY_PETER}{BY_ENOCH}", keys(*known))
    assert (opened.text, opened.signers) == (TEXT, signers)


def test_a_note_that_nobody_known_signed_is_refused_and_says_who_did() -> None:
    with pytest.raises(NoteRefused, match="signatures of PeterNeumann, EnochRoot"):
        open_note(NOTE + BY_ENOCH, keys(FOO))


def test_the_example_of_the_specification_holds() -> None:
    assert open_note(f"This is an example message.\n\n{BY_FOO}", keys(FOO)).text == "This is an example message.\n"


def test_a_text_may_hold_empty_lines() -> None:
    text = "one\n\n\ntwo\n"
    assert open_note(f"{text}\n{LOG.line(text)}", KNOWN).text == text


@pytest.mark.parametrize("at", range(len(TEXT)))
def test_a_text_with_a_character_changed_is_refused(at: int) -> None:
    with pytest.raises(NoteRefused):
        open_note(NOTE[:at] + chr(ord(NOTE[at]) ^ 1) + NOTE[at + 1 :], keys(PETER))


@pytest.mark.parametrize(
    "note",
    [
        pytest.param(TEXT, id="no signature"),
        pytest.param(f"{TEXT}\n", id="an empty signature"),
        pytest.param(f"{TEXT}{BY_PETER}", id="no empty line"),
        pytest.param(f"\x01{NOTE}", id="a control character"),
        pytest.param(f"{NOTE}Unexpected line.\n", id="another line after"),
        pytest.param(NOTE.replace("— P", "- P"), id="a hyphen"),
        pytest.param(NOTE.replace("PeterN", "Peter N"), id="a name with a blank"),
        pytest.param(NOTE.replace("x08go", "x08g!"), id="no base64"),
        pytest.param(NOTE.replace("ZJku", "ZJkv"), id="another signature"),
        pytest.param(NOTE.replace("JnAM=", ""), id="a shorter signature"),
        pytest.param(NOTE.replace("x08g", "rwz+"), id="the id of another key"),
        pytest.param(NOTE.replace("PeterNeumann", "EnochRoot"), id="the name of another key"),
        pytest.param(f"{NOTE}{BY_PETER.replace('ZJku', 'ZJkv')}", id="a second signature that does not hold"),
        pytest.param(f"{NOTE}{BY_ENOCH.replace('5n2', '5n3')}", id="another's that does not hold"),
        pytest.param(f"{TEXT}\n{BY_PETER * 65}", id="too many signatures"),
        pytest.param(NOTE[:-1], id="an end that is cut off"),
        pytest.param(f"{NOTE[:-1]}\r\n", id="an end of another system"),
        pytest.param(f"{NOTE[:-1]}\x0b{BY_ENOCH}", id="lines that are none"),
    ],
)
def test_what_is_no_note_or_does_not_hold_is_refused(note: str) -> None:
    with pytest.raises(NoteRefused):
        open_note(note, keys(PETER, ENOCH))


def test_as_many_signatures_as_any_note_needs_are_read() -> None:
    assert open_note(f"{TEXT}\n{BY_PETER * 64}", keys(PETER)).signers == ("PeterNeumann",)


def test_another_key_of_the_same_name_is_somebody_else() -> None:
    note = signed(CHECKPOINT, OTHER_LOG.line(CHECKPOINT.text))
    with pytest.raises(NoteRefused, match="none of the keys given signed it"):
        open_note(note, KNOWN)
    assert open_note(note + LOG.line(CHECKPOINT.text), KNOWN).signers == (LOG.name,)


# Checkpoints and cosignatures


def test_a_checkpoint_of_a_public_log_holds_by_its_key_and_by_that_of_its_witness() -> None:
    opened = open_note(OF_ARCHE, keys(ARCHE, REMORA))
    assert opened.signers == ("arche2025h1.staging.ct.transparency.dev", "remora.n621.de")
    assert opened.checkpoint.size == 1432088532
    for key in (ARCHE, REMORA):
        with pytest.raises(NoteRefused, match="does not hold"):
            open_note(OF_ARCHE.replace("1432088532", "1432088533"), keys(key))


@pytest.mark.slow
@given(st.integers(0, 2**63 - 1), st.integers(0, 72 * 8 - 1))
def test_a_cosignature_holds_for_its_time_and_with_any_bit_of_it_changed_no_more(now: int, bit: int) -> None:
    line = TREASURER.line(CHECKPOINT.text, now)
    content = base64.b64decode(line.split(" ")[2])
    assert TREASURER.verifier.holds(CHECKPOINT.text, content[4:])
    assert content[4:12] == now.to_bytes(8, "big")
    other = (int.from_bytes(content[4:], "big") ^ (1 << bit)).to_bytes(72, "big")
    assert not TREASURER.verifier.holds(CHECKPOINT.text, other)


def test_a_signature_is_no_cosignature_and_a_cosignature_no_signature() -> None:
    log_as_cosigner, cosigner_as_log = (
        VerifierKey(key.name, kind, key.verifier.public) for key, kind in ((LOG, COSIGNATURE), (TREASURER, SIGNATURE))
    )
    plain = base64.b64decode(LOG.line(CHECKPOINT.text).split(" ")[2])[4:]
    timed = base64.b64decode(TREASURER.line(CHECKPOINT.text, 9).split(" ")[2])[4:]
    assert not log_as_cosigner.holds(CHECKPOINT.text, plain)
    assert not cosigner_as_log.holds(CHECKPOINT.text, timed)
    assert not cosigner_as_log.holds(CHECKPOINT.text, timed[8:])


@given(checkpoints)
def test_a_checkpoint_is_read_as_it_was_written(checkpoint: Checkpoint) -> None:
    assert Checkpoint.parse(checkpoint.text) == checkpoint


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("log\n7\n", id="no root"),
        pytest.param(CHECKPOINT.text[:-1], id="no end"),
        pytest.param(f"\n7\n{'A' * 43}=\n", id="no origin"),
        *[
            pytest.param(f"log\n{size}\n{'A' * 43}=\n", id=f"size {size!r}")
            for size in ("", "-1", "07", "1.0", " 7", "٧")
        ],
        *[pytest.param(f"log\n7\n{root}\n", id=f"root {root!r}") for root in ("", "A" * 40, "A" * 44, "!" * 44)],
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NoteRefused):
        Checkpoint.parse(text)


@pytest.mark.slow
@given(checkpoints, st.integers(0, 2**63 - 1))
def test_the_peer_reads_and_verifies_what_we_sign(checkpoint: Checkpoint, now: int) -> None:
    theirs = tlog.Checkpoint.from_text(
        signed(checkpoint, LOG.line(checkpoint.text), TREASURER.line(checkpoint.text, now))
    )
    assert (theirs.origin, theirs.size, theirs.root_hash) == (checkpoint.origin, checkpoint.size, checkpoint.root)
    for key in (LOG, TREASURER):
        theirs.verify(signing.Vkey.from_string(str(key.verifier)))


@given(checkpoints)
def test_we_read_and_verify_what_the_peer_signs(checkpoint: Checkpoint) -> None:
    signer = signing.PlainEd25519Signer("peer.example.org", bytes(32))
    note = tlog.Checkpoint.make_signed(checkpoint.origin, checkpoint.size, checkpoint.root, [signer]).serialize()
    assert open_note(note, (VerifierKey(signer.vkey.name, SIGNATURE, signer.vkey.pubkey),)).checkpoint == checkpoint
