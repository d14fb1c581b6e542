"""Papers of a case by their names: those that the proposal names, and those that were filed with a decision."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from accord.presentation.words.codes import as_sentence, words_of
from accord.presentation.words.days import day_in_words, whole_day_in_words
from accord.presentation.words.values import NamesInWords
from domain.parties import Paper
from domain.partnership import events as e
from domain.partnership.state import Partnership
from domain.proposal import Proposal
from domain.recorded.event import RecordedEvent


class CasePaper(NamedTuple):
    """A paper: what it is, where it comes from, and the digest by which a copy is compared."""

    name: str
    origin: str
    digest: str
    kept: str = ""
    """What it is in words, if it is kept here and can be looked at."""


_FILED_WITH: Final[dict[type[Any], str]] = {
    e.AgreementSigned: "Signed agreement",
    e.ReferralCleared: "Paper that lets it go on",
    e.QuestionsCleared: "Paper on what the registers asked",
    e.RefundRecorded: "Paper of a refund",
    e.AssuranceRecorded: "Paper of the grantee's assurances",
}


def papers_of(partnership: Partnership, history: Sequence[RecordedEvent], names: NamesInWords) -> tuple[CasePaper, ...]:
    """Return the papers of a partnership, those of its parties first. Its letters are none of them."""
    letters = {letter.pdf_sha256 for letter in partnership.letters}
    filed = (paper for recorded in history for paper in _filed(recorded.event, names))
    return (*_of_the_proposal(partnership.proposed, names), *(paper for paper in filed if paper.digest not in letters))


def every_paper_of(history: Sequence[RecordedEvent], names: NamesInWords) -> tuple[CasePaper, ...]:
    """Return the papers that events of a partnership ever named, also in a proposal that was amended since."""
    papers: dict[str, CasePaper] = {}
    for recorded in history:
        proposal = getattr(recorded.event, "proposal", None)
        found = _of_the_proposal(proposal, names) if proposal is not None else _filed(recorded.event, names)
        papers |= {paper.digest: paper for paper in found if paper.digest not in papers}
    papers.pop("", None)
    return tuple(papers.values())


def papers_proposed(proposal: Proposal, names: NamesInWords) -> tuple[CasePaper, ...]:
    """Return the papers that a proposal names."""
    return tuple(_of_the_proposal(proposal, names))


def _of_the_proposal(proposal: Proposal, names: NamesInWords) -> Iterator[CasePaper]:
    out = proposal.funds_out
    for party in proposal.organizations:
        for paper in party.papers:
            yield _paper(paper, party.name, names)
        for document in party.documents:
            name = f"{words_of(document.kind)}, of {party.name}"
            yield CasePaper(name, f"dated {whole_day_in_words(document.dated)}", document.sha256 or "")
    if out is not None and out.equivalency is not None and out.equivalency.paper is not None:
        yield _paper(out.equivalency.paper, out.payee.name, names)
    if out is not None and out.succession is not None:
        yield _paper(out.succession.paper, out.payee.name, names)


def _paper(paper: Paper, owner: str, names: NamesInWords) -> CasePaper:
    dated, reader = whole_day_in_words(paper.dated), names.person(paper.read_by)
    return CasePaper(
        f"{words_of(paper.kind)}, of {owner}",
        f"dated {dated}, kept by {paper.kept_by}, read by {reader}",
        paper.sha256,
    )


def _filed(event: Any, names: NamesInWords) -> Iterator[CasePaper]:
    if isinstance(event, e.LetterIssued):
        issued = f"issued by {names.person(event.actor)} on {day_in_words(event.at)}"
        yield CasePaper(as_sentence(words_of(event.letter)), f"{issued}, to {words_of(event.to)}", event.pdf_sha256)
    digest = getattr(event, "document_sha256", None)
    if digest:
        yield CasePaper(_name_of(event), _filing(event, names), digest)
    if isinstance(event, e.ReportReceived):
        if (other := event.other_report) is not None:
            yield CasePaper(f"Report to {other.funder}", _filing(event, names), other.document_sha256)
        for answer in event.milestones:
            for paper in answer.papers:
                yield CasePaper(f"Paper that shows milestone {answer.milestone}", _filing(event, names), paper)


def _filing(event: Any, names: NamesInWords) -> str:
    return f"filed by {names.person(event.actor)} on {day_in_words(event.at)}"


def _name_of(event: Any) -> str:
    name = _FILED_WITH.get(type(event), "Paper")
    if isinstance(event, e.ConditionMet):
        name = words_of(event.condition)
    if isinstance(event, e.ReportReceived):
        name = f"{words_of(event.report_kind).capitalize()} of the grantee"
    return name
