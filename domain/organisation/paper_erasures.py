"""Erasures of papers: two guardians sign which paper goes and which partnerships name it. Its digest stays."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain.directory.directory import GUARDIANS, Directory, signature_fault
from domain.directory.personal import as_signed
from domain.directory.tiers import Role
from domain.payment.counter import CounterAct
from domain.signatures.signing import Verifier
from domain.streams import PAPERS_STREAM
from domain.values import PartnershipId, Sentence, Sha256

MOST_NAMED = 1000
"""The most partnerships that one erasure lists."""


class PaperErasureApproved(CounterAct):
    """A guardian approved that a paper is erased: after two approvals its key is destroyed."""

    act: ClassVar[str] = "erase_paper"
    roles: ClassVar[frozenset[Role]] = GUARDIANS
    event_type: Literal["PaperErasureApproved"] = "PaperErasureApproved"
    sha256: Sha256
    named_in: Annotated[tuple[PartnershipId, ...], Field(max_length=MOST_NAMED)]
    """The partnerships that name it. It is not erased while another does."""
    reason: Sentence


def paper_approvers(
    events: Iterable[object], sha256: str, named_in: Collection[str], directory: Directory, verifier: Verifier
) -> frozenset[str]:
    """Return the guardians of a directory who approved that a paper goes, with each of these partnerships listed."""
    return frozenset(
        event.actor
        for event in events
        if isinstance(event, PaperErasureApproved)
        and event.sha256 == sha256
        and {*named_in} <= {*event.named_in}
        and _is_a_guardians(event, directory, verifier)
    )


def _is_a_guardians(event: PaperErasureApproved, directory: Directory, verifier: Verifier) -> bool:
    """True if a guardian signed it with a key in force. That a paper shall go outlives a restore, as that of a name."""
    member = directory.person(event.actor)
    if member is None or GUARDIANS.isdisjoint(member.roles) or directory.freezing(event.actor):
        return False
    statement = event.statement(PAPERS_STREAM)
    return not signature_fault(as_signed(directory, event.signature), event.signature, statement, verifier)
