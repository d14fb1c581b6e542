"""The event of an agreement."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from domain.directory.tiers import Role
from domain.parties import AccountReference
from domain.partnership.submission.taking_over import TakenOver
from domain.screening.conversion import Conversion
from domain.values import Moment, Sha256, is_none


class AgreementSigned(TakenOver):
    """The agreement was signed. Where money goes out, it names the payee's account. A later one replaces it."""

    schema_version: ClassVar[int] = 2
    event_type: Literal["AgreementSigned"] = "AgreementSigned"
    signed_on: date
    document_sha256: Sha256 | None
    account: AccountReference | None
    account_verifier: str = ""
    """The person who called back to verify the account."""
    payable_from: Moment | None = None
    """The end of the cooling-off time, before which nothing is paid to a changed account."""
    quorum: tuple[Role, ...] | None = Field(default=None, exclude_if=is_none)
    """The roles that must approve from now on, if others were approved for the same account (R33, rules 3.11)."""
    conversion: Conversion | None = Field(default=None, exclude_if=is_none)
    """The base currency and the rates by which these sums were counted, or None if there are none."""
