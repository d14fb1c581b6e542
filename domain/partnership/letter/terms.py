"""The terms that an agreement says, and whether an agreement that was issued still says them."""

from __future__ import annotations

from domain.errors import IllegalTransition, SeparationOfDuties
from domain.partnership.letter.kinds import LetterKind
from domain.partnership.state import Partnership
from domain.proposal import Proposal
from domain.signatures.signing import content_digest
from domain.values import Sha256

_TERMS = {"title", "funds_out", "non_monetary", "public_interest", "period", "reports", "under"}
_NO_TERMS = {"funds_out": {"payee", "regrant", "equivalency", "requested"}}
"""What is said of a payee and of those whom it supports may become known later, and changes no term."""


def terms_of_agreement(proposal: Proposal) -> Sha256:
    """Return the digest of the terms that an agreement on a proposal says."""
    return content_digest(proposal.model_dump(mode="json", include=_TERMS, exclude=_NO_TERMS))


def agreement_issued(partnership: Partnership) -> Sha256 | None:
    """Return the digest of the agreement that was issued last, where it says the terms that stand, or None."""
    letter = next(
        (
            issued_letter
            for issued_letter in reversed(partnership.letters)
            if issued_letter.letter is LetterKind.AGREEMENT
        ),
        None,
    )
    if letter is None or letter.terms_sha256 != terms_of_agreement(partnership.proposed):
        return None
    return letter.pdf_sha256


def require_terms_as_issued(partnership: Partnership, document_sha256: Sha256 | None, actor: str) -> None:
    """Refuse to sign a letter that is no agreement, that says other terms, or that its signer issued alone.

    A document that was not issued here is signed elsewhere: its paper is on file.
    """
    letter = next(
        (
            issued_letter
            for issued_letter in reversed(partnership.letters)
            if issued_letter.pdf_sha256 == document_sha256
        ),
        None,
    )
    if letter is None:
        return
    if letter.letter is not LetterKind.AGREEMENT:
        raise IllegalTransition(f"document: it is the letter {letter.letter} of {letter.on}, which is no agreement")
    if letter.terms_sha256 != terms_of_agreement(partnership.proposed):
        raise IllegalTransition(
            f"document: the terms changed since this agreement was issued on {letter.on}; issue and sign a new one"
        )
    if letter.actor == actor:
        raise SeparationOfDuties(f"{actor} issued this agreement, so another director signs it")
