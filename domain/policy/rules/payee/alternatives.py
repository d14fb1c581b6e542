"""Alternatives to an unlawful path: other paths that the path table allows, the cheapest first."""

from __future__ import annotations

from typing import Final

from domain.parties import FunderProfile
from domain.policy.codes import RecipientClass as Recipient
from domain.policy.rules.payee.paths import PATHS, P, X

FUNDERS: Final = {
    P: "the parent, a public charity",
    X: "a private foundation",
}

DOCUMENTS: Final = {
    Recipient.UNKNOWN: "document what the payee is (government, church), or wait until it is listed",
    Recipient.US_CHURCH_UNLISTED: "document that the payee is a church (IRC 170(b)(1)(A)(i))",
    Recipient.US_SUPPORTING_ORG_TYPE_UNKNOWN: "obtain the payee's written statement of its type (Notice 2014-4)",
}

DETERMINABLE: Final = frozenset({Recipient.FOREIGN_NONPROFIT, Recipient.INTERNATIONAL_ORGANIZATION})
"""Classes that an equivalency determination can make FOREIGN_EQUIVALENT."""

NEVER_SPONSORED: Final = frozenset({Recipient.INDIVIDUAL})


def lawful_options(recipient: Recipient, profile: FunderProfile) -> tuple[str, ...]:
    """Return other lawful ways to pay, the cheapest first: documents, another funder, a determination, a sponsor."""
    return (
        *_papers(recipient),
        *_other_funders(recipient, profile),
        *_advice(recipient, profile),
        *_sponsor(recipient),
    )


def _papers(recipient: Recipient) -> tuple[str, ...]:
    return (DOCUMENTS[recipient],) if recipient in DOCUMENTS else ()


def _other_funders(recipient: Recipient, profile: FunderProfile) -> tuple[str, ...]:
    paths = (
        (funder_profile, PATHS[recipient][funder_profile]) for funder_profile in (P, X) if funder_profile is not profile
    )
    return tuple(f"{FUNDERS[funder_profile]}: {path.reason}" for funder_profile, path in paths if path.lawful)


def _advice(recipient: Recipient, profile: FunderProfile) -> tuple[str, ...]:
    is_lawful = recipient in DETERMINABLE and PATHS[Recipient.FOREIGN_EQUIVALENT][profile].lawful
    return ("an equivalency determination by qualified counsel (Rev. Proc. 2017-53)",) if is_lawful else ()


def _sponsor(recipient: Recipient) -> tuple[str, ...]:
    if recipient in NEVER_SPONSORED:
        return ()
    vendor = "; the company is paid only as a vendor, at fair market value" if recipient is Recipient.FOR_PROFIT else ""
    return (f"a fiscal sponsor that is a US public charity and controls the use (Rev. Rul. 68-489){vendor}",)
