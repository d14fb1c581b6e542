"""Errands: what a person asks of the counter, kept for a quarter of an hour until they signed it and it is done."""

from __future__ import annotations

import secrets
from typing import Annotated, Final, Literal, NamedTuple
from uuid import UUID

import asyncpg
from pydantic import Field, TypeAdapter

from accord.presentation.faults import Refused
from accord.web.errands import KEPT, ErrandOutcome, ErrandShown, SignedErrands
from accord.web.sessions import digest_of
from domain.payment.bank_answers import Resolution
from domain.payment.called_numbers import NumberFrom
from domain.signatures.signing import PasskeySignature
from domain.values import Value
from payments.accounts import AccountDetails


class MakeFile(Value):
    """Make the file of these payments, which are of one account, one currency and one day."""

    kind: Literal["make"] = "make"
    payments: tuple[UUID, ...]


class HandOver(Value):
    """Hand a payment file over to the bank."""

    kind: Literal["hand over"] = "hand over"
    message_id: str


class WriteAgain(Value):
    """Write a payment file again that was handed over."""

    kind: Literal["write again"] = "write again"
    message_id: str


class TypeIn(Value):
    """Record a sheet as typed into the bank's portal."""

    kind: Literal["type in"] = "type in"
    message_id: str
    confirmation: str


class Countersign(Value):
    """Sign as the second what stands in the bank's portal."""

    kind: Literal["countersign"] = "countersign"
    message_id: str
    confirmation: str


class BringIn(Value):
    """Bring in a file of the bank, which is kept beside this."""

    kind: Literal["bring in"] = "bring in"
    name: str


class RecordAccount(Value):
    """Record a bank account of a partnership's payee, or of a funder."""

    kind: Literal["record account"] = "record account"
    details: AccountDetails
    owner: str


class CallBack(Value):
    """Vouch for an account after calling back."""

    kind: Literal["call back"] = "call back"
    reference: str
    note: str
    anew: bool = False
    number_from: NumberFrom | None = None


class Resolve(Value):
    """Say what an exception was."""

    kind: Literal["resolve"] = "resolve"
    exception: str
    resolution: Resolution
    note: str
    partnership_id: str = ""
    tranche: int = 0


Errand = Annotated[
    MakeFile | HandOver | WriteAgain | TypeIn | Countersign | BringIn | RecordAccount | CallBack | Resolve,
    Field(discriminator="kind"),
]
_READ: Final[TypeAdapter[Errand]] = TypeAdapter(Errand)


class SignedErrand(NamedTuple):
    """An errand with the signature that was handed in for it."""

    digest: bytes
    """The digest of its address."""
    staff_id: str
    errand: Errand
    upload: bytes
    signature: PasskeySignature


class WaitingErrand(NamedTuple):
    """An errand that its person looks at before they sign it."""

    errand: Errand
    upload: bytes
    shown: ErrandShown


MOST: Final = 50
"""Errands of one person that wait at once."""

_DROP = "DELETE FROM counter.errands WHERE prepared_at < ledger.now() - 2 * $1::interval"
_KEEP = """
INSERT INTO counter.errands (digest, staff_id, shown, errand, upload) SELECT $1, $2, $3, $4, $5
 WHERE (SELECT count(*) FROM counter.errands WHERE staff_id = $2) < $6 RETURNING true
"""
_AT = """
SELECT errand, upload, shown FROM counter.errands
 WHERE digest = $1 AND staff_id = $2 AND prepared_at > ledger.now() - $3::interval
"""
_BEGIN = """
UPDATE counter.errands SET begun_at = ledger.now() WHERE digest = (
    SELECT digest FROM counter.errands
     WHERE signature IS NOT NULL AND begun_at IS NULL AND prepared_at > ledger.now() - $1::interval
     ORDER BY prepared_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING digest, staff_id, errand, upload, signature
"""
_AGAIN = "UPDATE counter.errands SET begun_at = NULL WHERE digest = $1"
_END = "UPDATE counter.errands SET outcome = $2 WHERE digest = $1"


class Errands(SignedErrands):
    """The errands as the counter keeps them."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        """Keep them in a database."""
        super().__init__(pool)
        self.pool = pool

    async def keep(self, errand: Errand, shown: ErrandShown, upload: bytes = b"") -> str:
        """Keep an errand for a quarter of an hour, and return its address. Raises Refused if too many wait."""
        address = secrets.token_urlsafe(32)
        await self.forget()
        content = (shown.model_dump_json().encode(), errand.model_dump_json().encode(), upload or None)
        if not await self.pool.fetchval(_KEEP, digest_of(address), shown.statement.actor, *content, MOST):
            raise Refused(f"{MOST} errands wait for your key already; sign them, or wait a quarter of an hour")
        return address

    async def of(self, address: str, staff_id: str) -> WaitingErrand | None:
        """Return a person's errand at an address, or None if there is none of theirs, or not any more."""
        row = await self.pool.fetchrow(_AT, digest_of(address), staff_id, KEPT)
        if row is None:
            return None
        shown = ErrandShown.model_validate_json(row["shown"])
        return WaitingErrand(_READ.validate_json(row["errand"]), row["upload"] or b"", shown)

    async def begin_next(self) -> SignedErrand | None:
        """Return the next errand that was signed and that nobody has begun, or None."""
        row = await self.pool.fetchrow(_BEGIN, KEPT)
        if row is None:
            return None
        signature = PasskeySignature.model_validate_json(row["signature"])
        return SignedErrand(
            row["digest"], row["staff_id"], _READ.validate_json(row["errand"]), row["upload"] or b"", signature
        )

    async def put_back(self, signed_errand: SignedErrand) -> None:
        """Let an errand be begun again, since a server did not answer."""
        await self.pool.execute(_AGAIN, signed_errand.digest)

    async def end(self, signed_errand: SignedErrand, outcome: ErrandOutcome) -> None:
        """Say the outcome of an errand."""
        await self.pool.execute(_END, signed_errand.digest, outcome.model_dump_json().encode())

    async def forget(self) -> None:
        """Delete the errands of which nobody can sign or look up anything any more."""
        await self.pool.execute(_DROP, KEPT)
