"""Every parser of bytes from outside: what it is fed, how it refuses, and how its input grows."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

from google.protobuf.message import DecodeError
from temporalio.api.common.v1 import Payload

from accord.demo.sample import SAMPLE
from accord.grantee.workbooks.opening import WorkbookRefused
from accord.operations.drill_notes import DrillCertificate
from accord.post.bounces import UnreadableBounce, read_bounce
from accord.presentation.faults import BadInput
from accord.presentation.input_files import read_file
from deploy.payloads.codec import EncryptedPayloads, PayloadForged, PayloadUnreadable
from deploy.payloads.keys import PayloadKey, PayloadKeys
from domain.directory.directory_file import DirectoryFile
from domain.payment.bank_answers import BankStatus
from domain.proposal import Proposal
from domain.signatures.attestation import read_making
from domain.signatures.passkeys import decoded
from domain.values import Money
from ledger.proof.notes import Checkpoint, NoteRefused, SigningKey, VerifierKey, open_note
from ledger.proof.receipts import ReceiptRefused, check_receipt
from payments.accounts import AccountDetails
from payments.answers.csv.statements import read_csv
from payments.answers.messages import UnreadableMessage, read_message
from registers.loading.rows import read_rows
from registers.loading.texts import UnreadableFile
from registers.sources.catalogue import REGISTERS
from registers.sources.kinds import FileKind
from tests.accord.post.reports import report
from tests.authenticators.attesting import making
from tests.authenticators.passkeys import Authenticator
from tests.bank import Word, file_of
from tests.fuzz.door_forms import door_form, read_door_form
from tests.payments.answers.bai2.files import CAME, PAID
from tests.payments.answers.bai2.files import day_of as bai2_day
from tests.payments.answers.csv.test_statements import GERMAN, GERMAN_SHEET
from tests.payments.orders import ISOC

KEY: Final = SigningKey.make("ledger.example.org")
RING: Final = PayloadKeys((PayloadKey(PayloadKey.make().secret, datetime.now(UTC)),))
_WORK: Final = Path(tempfile.gettempdir())


class Target(NamedTuple):
    """A parser."""

    name: str
    seeds: tuple[bytes, ...]
    """Good inputs."""
    parse: Callable[[bytes], object]
    refusals: tuple[type[Exception], ...]
    """What it may raise, and nothing else."""
    grown: Callable[[int], bytes]
    """A good input with so many parts."""


def _messages() -> Iterable[bytes]:
    for status in (BankStatus.ACCEPTED, BankStatus.REJECTED, BankStatus.SETTLED, BankStatus.RETURNED):
        money = Money(amount="1250.50", currency="USD")
        yield file_of(
            Word(status, "E2E-1", money, "NL91ABNA0417164300", remittance="P-2026-0042", words="no such account")
        )


def _many_entries(count: int) -> bytes:
    whole = file_of(Word(BankStatus.SETTLED, "E2E-1", Money(amount="1", currency="USD"), "NL91ABNA0417164300"))
    first, entry_start, rest = whole.partition(b"<Ntry>")
    entry, entry_end, after = rest.partition(b"</Ntry>")
    return first + (entry_start + entry + entry_end) * count + after


def _in_a_file(read: Callable[[Path], object], suffix: str, content: bytes) -> object:
    with tempfile.NamedTemporaryFile(dir=_WORK, suffix=suffix) as file:
        file.write(content)
        file.flush()
        return read(Path(file.name))


def _rows(kind: FileKind) -> Callable[[Path], object]:
    return lambda path: list(read_rows(path, kind))


def _register_targets() -> Iterable[Target]:
    for register in REGISTERS.values():
        for kind in register.kinds:
            if content := _sample_of(kind):
                parse = partial(_in_a_file, _rows(kind), ".txt")
                yield Target(
                    f"register {register.name} {kind.name}",
                    (content,),
                    parse,
                    (UnreadableFile,),
                    partial(_times, content),
                )


def _sample_of(kind: FileKind) -> bytes:
    """Return the invented sample of a kind of file, or nothing if there is none."""
    for path in sorted((SAMPLE / "registers").iterdir()):
        try:
            if any(True for row in read_rows(path, kind) if hasattr(row, "key")):
                return path.read_bytes()
        except UnreadableFile:
            continue
    return b""


def _times(content: bytes, count: int) -> bytes:
    """Return a text of lines with its lines after the first so many times."""
    if content.lstrip().startswith(b"<"):
        start, tag, rest = content.partition(b"<INDIVIDUAL>")
        part, end, after = rest.partition(b"</INDIVIDUAL>")
        return start + (tag + part + end) * count + after
    first, newline, lines = content.partition(b"\n")
    return first + newline + lines * count


def _toml(model: Any) -> Callable[[bytes], object]:
    return partial(_in_a_file, lambda path: read_file(path, model), ".toml")


def _json(model: Any) -> Callable[[bytes], object]:
    return partial(_in_a_file, lambda path: read_file(path, model), ".json")


def _proposal(count: int) -> bytes:
    text = (SAMPLE / "proposal.toml").read_bytes()
    return text + b"".join(b"\n# line %d\nunknown_%d = 'x'\n" % (number, number) for number in range(count))


def _payload(content: bytes) -> object:
    """Read bytes as an encrypted payload. What is none at all never comes as far as this: gRPC refuses it."""
    try:
        payload = Payload.FromString(content)
    except DecodeError as fault:
        raise PayloadForged(str(fault)) from fault
    return EncryptedPayloads(RING).opened(payload)


def _payloads() -> tuple[bytes, ...]:
    plain = [Payload(metadata={"encoding": b"json/plain"}, data=data) for data in (b"{}", b'"x"' * 400)]
    return tuple(one.SerializeToString() for one in asyncio.run(EncryptedPayloads(RING).encode(plain)))


def _big_payload(count: int) -> bytes:
    plain = Payload(metadata={"encoding": b"json/plain"}, data=b'{"a": "text of some length"}' * count)
    return asyncio.run(EncryptedPayloads(RING).encode([plain]))[0].SerializeToString()


def _note(count: int) -> bytes:
    checkpoint = Checkpoint(KEY.name, 7, b"\x01" * 32)
    text = checkpoint.text + "extension\n" * count
    return f"{text}\n{KEY.line(text)}".encode()


def _text(parse: Callable[[str], object]) -> Callable[[bytes], object]:
    """Read bytes as UTF-8 first, as whoever calls does."""
    return lambda content: parse(content.decode("utf-8", "replace"))


def targets() -> list[Target]:
    """Return every parser."""
    keys, receipt_seed = (KEY.verifier,), b"c2sp.org/tlog-proof@v1\nextra e30=\nindex 3\nAAAA\n\n" + _note(0)
    certificate = DrillCertificate("restore", datetime(2026, 11, 30, tzinfo=UTC), 13, 10.6, 0).text.encode()
    attestations = tuple(decoded(making(Authenticator(), form=form).attestation) for form in ("packed", "none"))
    return [
        Target("bank message", tuple(_messages()), read_message, (UnreadableMessage,), _many_entries),
        Target("bank's BAI2", (bai2_day("100000", "50000", PAID, CAME),), read_message, (UnreadableMessage,),
               lambda count: bai2_day("0", "0", *[CAME] * count)),
        Target("bank's CSV", (GERMAN_SHEET,), partial(read_csv, name="days.csv", mapping=GERMAN, details=ISOC),
               (UnreadableMessage,), partial(_times, GERMAN_SHEET)),
        Target("proposal, TOML", ((SAMPLE / "proposal.toml").read_bytes(),), _toml(Proposal), (BadInput,), _proposal),
        Target("directory, TOML", ((SAMPLE / "directory.toml").read_bytes(),), _toml(DirectoryFile), (BadInput,),
               partial(_times, (SAMPLE / "directory.toml").read_bytes())),
        Target("account, JSON", (json.dumps({"holder": "Up", "number": "00112233", "bic": "MOCKNL2A"}).encode(),),
               _json(AccountDetails), (BadInput,), lambda count: json.dumps({"holder": ["x"] * count}).encode()),
        *_register_targets(),
        Target("passkey's making", attestations, read_making, (ValueError,),
               lambda count: attestations[0] + b"\x00" * count),
        Target("payload", _payloads(), _payload, (PayloadForged, PayloadUnreadable), _big_payload),
        Target("signed note", (_note(0), _note(3)), _text(lambda text: open_note(text, keys)), (NoteRefused,), _note),
        Target("checkpoint", (Checkpoint(KEY.name, 7, b"\x01" * 32).text.encode(),), _text(Checkpoint.parse),
               (NoteRefused,), lambda count: _note(count)),
        Target("grantee's workbook", (door_form(3),), read_door_form, (WorkbookRefused,), door_form),
        Target("report of mail that came back", (report(), report("4.4.7")), read_bounce, (UnreadableBounce,),
               lambda count: report() + b"Status: 5.1.1\r\n" * count),
        Target("public key", (str(KEY.verifier).encode(),), _text(VerifierKey.parse), (NoteRefused,),
               lambda count: str(KEY.verifier).encode() * count),
        Target("receipt", (receipt_seed,), _text(lambda text: check_receipt(text, keys)),
               (NoteRefused, ReceiptRefused), lambda count: receipt_seed + b"AAAA\n" * count),
        Target("drill's certificate", (certificate,), _text(DrillCertificate.parse), (NoteRefused,),
               lambda count: certificate + b"more\n" * count),
    ]  # fmt: skip
