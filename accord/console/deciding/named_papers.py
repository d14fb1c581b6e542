"""The papers and letters that a decision names, so that they can be opened from where it is signed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from accord.client.papers.named import CasePaper, every_paper_of, papers_proposed
from accord.console.pages.case.kept import kept_in_words
from accord.console.serving.desk import Console
from accord.presentation.words.values import NamesInWords
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.partnership.state import Partnership
from domain.recorded.event import RecordedEvent

_NEW = "handed in with this"
_NUMBERED = (c.AcceptReport, c.ReturnReport)
_REFUNDS = (c.ConfirmRefund, c.WithdrawRefund)


async def named_papers(
    console: Console,
    command: c.StaffRequest,
    partnership: Partnership | None,
    history: Sequence[RecordedEvent],
    names: NamesInWords,
) -> list[CasePaper]:
    """Return the papers that a decision names and that can be opened here. Opening one is a look of its signer's."""
    proposal = getattr(command, "proposal", None)
    own_papers = papers_proposed(proposal, names) if proposal is not None else ()
    papers_by_digest = {paper.digest: paper for paper in (*every_paper_of(history, names), *own_papers)}
    digests = {*_digests(command, partnership, history), *(paper.digest for paper in own_papers)} - {""}
    papers = [
        papers_by_digest.get(digest) or CasePaper("The paper", "handed in with this", digest)
        for digest in sorted(digests)
    ]
    return [paper for paper in await kept_in_words(console, papers) if paper.kept]


def _digests(
    command: c.StaffRequest, partnership: Partnership | None, history: Sequence[RecordedEvent]
) -> Iterator[str]:
    """Yield the digests of the papers that a decision names itself, and of those that it judges."""
    yield getattr(command, "document_sha256", None) or ""
    events = [entry.event for entry in history]
    if partnership is not None and isinstance(command, _NUMBERED):
        reports = [event for event in events if isinstance(event, e.ReportReceived)]
        pairs = zip(partnership.reporting.filed, reports, strict=False)
        judged = [event for report, event in pairs if report.number == command.report]
        yield from (event.document_sha256 or "" for event in judged)
        yield from (event.other_report.document_sha256 for event in judged if event.other_report is not None)
    if isinstance(command, _REFUNDS):
        refunds = (event for event in events if isinstance(event, e.RefundRecorded))
        yield from (
            refund.document_sha256 or "" for refund in refunds if refund.bank_reference == command.bank_reference
        )
