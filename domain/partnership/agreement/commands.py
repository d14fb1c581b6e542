"""The command of an agreement."""

from __future__ import annotations

from datetime import date
from typing import Literal

from domain.parties import AccountReference
from domain.partnership.acts import StaffCommand
from domain.values import Sha256


class SignAgreement(StaffCommand):
    """Record the signed agreement and, where money goes out, the account it names."""

    kind: Literal["sign_agreement"] = "sign_agreement"
    signed_on: date
    document_sha256: Sha256 | None = None
    account: AccountReference | None = None
