"""The command of an agreement."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from domain.parties import AccountReference
from domain.partnership.acts import Document
from domain.partnership.submission.taking_over import TakingOver


class SignAgreement(TakingOver):
    """Record the signed agreement and, where money goes out, the payee's account that it names."""

    kind: Literal["sign_agreement"] = "sign_agreement"
    signed_on: Annotated[date, Field(title="Signed on", description="The day on the agreement.")]
    document_sha256: Document = None
    account: Annotated[
        AccountReference | None,
        Field(title="The payee's account", description="Where money goes out. `accord payments account` printed it."),
    ] = None
