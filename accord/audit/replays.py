"""Re-run recorded decisions of the rule book from the ledger, under their own edition or under another."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final, NamedTuple

from domain.directory.erasures import EventWorth
from domain.grants import Interest
from domain.partnership import events as e
from domain.policy.canonical import canonical
from domain.policy.findings import Assessment, Outcome, deciding_of, outcome_of
from domain.policy.rulebook import EDITIONS, RuleBook, assess, findings_under
from domain.proposal import Funding, Proposal
from domain.recorded.schema import AnyEvent
from domain.screening.evidence import Verification
from domain.streams import PARTNERSHIP_STREAMS, StreamId
from ledger import Ledger
from records.codec import read_stored
from records.directory import DirectoryRepository
from records.privacy.erasures import read_erasures, standing_of

RELEVANT: Final = tuple(
    kind.__name__
    for kind in (
        e.PartnershipProposed, e.ProposalRevised, e.ProposalAmended, e.InterestDeclared, e.DueDiligenceCompleted,
        e.RegistersRechecked, e.SubrecipientsReported, e.EligibilityAssessed,
    )
)  # fmt: skip
"""The types of events that a decision of the rule book depends on."""


class Decision(NamedTuple):
    """A recorded decision of the rule book, with the facts that it rests on."""

    partnership_id: str
    proposal: Proposal
    funding: Funding
    verification: Verification
    interests: tuple[Interest, ...]
    recorded: Assessment
    erased: bool = False
    """True if guardians erased a person it names: the outcome remains valid, but its digest cannot be recomputed."""

    def reassess(self, book: RuleBook) -> Assessment:
        """Return an edition's full assessment of the same facts."""
        return assess(self.proposal, self.funding, self.verification, self.interests, book)

    def under(self, book: RuleBook) -> EditionAnswer:
        """Return an edition's outcome and reasons for the same facts, without a digest."""
        findings = findings_under(self.proposal, self.funding, self.verification, self.interests, book)
        return EditionAnswer(outcome_of(findings), deciding_of(findings))

    @property
    def answer(self) -> EditionAnswer:
        """The recorded outcome and its reasons."""
        return EditionAnswer(self.recorded.outcome, self.recorded.deciding)

    @property
    def replays(self) -> bool:
        """True if the decision's own edition reproduces the assessment byte for byte (R35, C40)."""
        book = EDITIONS.get(self.recorded.rule_book)
        if book is None:
            return False
        again = self.reassess(book)
        return again == self.recorded or canonical(again, book.version) == canonical(self.recorded, book.version)


class EditionAnswer(NamedTuple):
    """An edition's outcome, and the reasons that decided it."""

    outcome: Outcome
    reasons: str


class Flip(NamedTuple):
    """A decision whose outcome differs under another edition."""

    partnership_id: str
    title: str
    before: EditionAnswer
    after: EditionAnswer


async def count_decisions(ledger: Ledger) -> int:
    """Return the number of decisions in the ledger, to show progress."""
    return await ledger.count(PARTNERSHIP_STREAMS, [e.EligibilityAssessed.__name__])


async def decisions(ledger: Ledger) -> AsyncIterator[Decision]:
    """Yield all recorded decisions of the rule book in the order in which they were recorded. Reads the ledger only.

    Raises:
        EventUnreadable: An event that a decision depends on cannot be read.
        UpgradeNeeded: A newer release recorded such an event.
    """
    erasures = await read_erasures(ledger, await DirectoryRepository(ledger).directories())
    states: dict[str, RecordedFacts] = {}
    async for payload in ledger.read_payloads(PARTNERSHIP_STREAMS, RELEVANT):
        before = states.get(payload.stream_id, RecordedFacts())
        has_erasure = bool(payload.blanked) and standing_of(payload, erasures) is not EventWorth.FORGED
        before = before._replace(erased=before.erased or has_erasure)
        event = read_stored(payload)
        if isinstance(event, e.EligibilityAssessed):
            yield before.decision(StreamId(payload.stream_id).subject, event.assessment)
        else:
            states[payload.stream_id] = before.after(event)


class RecordedFacts(NamedTuple):
    """The facts of a partnership that the rule book sees, after the events read so far."""

    proposal: Proposal | None = None
    funding: Funding | None = None
    verification: Verification | None = None
    interests: tuple[Interest, ...] = ()
    erased: bool = False

    def after(self, event: AnyEvent) -> RecordedFacts:
        """Return the facts after an event, unchanged if it tells none."""
        match event:
            case e.PartnershipProposed() | e.ProposalRevised():
                interests = dict.fromkeys((*self.interests, *event.proposal.interests))
                return self._replace(proposal=event.proposal, funding=event.funding, interests=tuple(interests))
            case e.ProposalAmended():
                return self._replace(proposal=event.proposal, funding=event.funding)
            case e.InterestDeclared():
                return self._replace(interests=tuple(dict.fromkeys((*self.interests, event.interest))))
            case e.DueDiligenceCompleted() | e.RegistersRechecked():
                return self._replace(verification=event.verification)
            case e.SubrecipientsReported() if self.proposal is not None:
                return self._replace(proposal=self.proposal.regranted(event.subrecipients))
            case _:
                return self

    def decision(self, partnership_id: str, assessment: Assessment) -> Decision:
        """Return a decision that rests on these facts.

        Raises:
            ValueError: Nothing was proposed or verified.
        """
        if self.proposal is None or self.funding is None or self.verification is None:
            raise ValueError(f"{partnership_id} was assessed before it was proposed and verified")
        facts = (self.proposal, self.funding, self.verification, self.interests)
        return Decision(partnership_id, *facts, assessment, self.erased)
