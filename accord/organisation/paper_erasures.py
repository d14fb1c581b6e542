"""Erase papers by destroying their key: two guardians approve it, the digest stays, and it outlives a restore."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final, Literal, NamedTuple

from pydantic import ValidationError

from accord.client.acts import record_act
from accord.client.desk import Desk
from accord.client.papers.naming import NamingPaper
from accord.client.reading import LedgerAccess
from accord.organisation.kept_erasures import folder_of_erasures, written_whole
from accord.organisation.namelessness import require_nameless
from accord.organisation.signed_acts import signed_act
from accord.presentation.faults import BadInput, Refused
from domain.directory.personal import ERASURE_QUORUM
from domain.organisation.paper_erasures import PaperErasureApproved, paper_approvers
from domain.partnership.events import ConditionMet
from domain.partnership.waiting.retention import RecordKind, record_kept
from domain.policy.conditions import ConditionId
from domain.recorded.acts import OrganisationAct
from domain.recorded.event import RecordedEvent
from domain.streams import PAPERS_STREAM, PARTNERSHIP_STREAMS, StreamId
from domain.values import Sha256, Value, is_partnership_id
from ledger import clock
from records.directory import readable
from records.keys.verification import verified

if TYPE_CHECKING:
    from papers.keeping import Papers
    from papers.register import KeptPaper

_NAME: Final = "paper-{}.json"
_NAMING: Final = (
    "SELECT DISTINCT stream_id FROM ledger.events "
    "WHERE position(convert_to($1, 'UTF8') IN payload) > 0 AND stream_id <> $2"
)
_FOR_GOOD: Final = frozenset({RecordKind.DETERMINATIONS, RecordKind.MINUTES})


class PaperNaming(NamedTuple):
    """The partnerships that a paper is named in, and those that it was only handed in for."""

    by_events: tuple[str, ...]
    handed_in: tuple[str, ...]

    @property
    def every(self) -> tuple[str, ...]:
        """All of them, as guardians sign them."""
        return tuple(sorted({*self.by_events, *self.handed_in}))


class KeptPaperErasure(Value):
    """An erasure of a paper as it is kept: the approvals that two guardians at least signed."""

    form: Literal["accord.paper-erasure.1"] = "accord.paper-erasure.1"
    sha256: Sha256
    approvals: tuple[PaperErasureApproved, ...]
    LARGEST: ClassVar[int] = 1 << 20


async def naming(desk: Desk, papers: Papers, paper: KeptPaper) -> PaperNaming:
    """Return the partnerships that name a paper.

    Raises:
        Refused: Something else names it, such as what was told of somebody, which is kept for good.
    """
    streams = [row[0] for row in await desk.pool.fetch(_NAMING, paper.sha256, PAPERS_STREAM)]
    by_events = {StreamId(stream).subject for stream in streams if stream.startswith(PARTNERSHIP_STREAMS)}
    handed_in = {subject for subject in await papers.register.subjects(paper.digest) if is_partnership_id(subject)}
    other_streams = [stream for stream in streams if not stream.startswith(PARTNERSHIP_STREAMS)]
    if other_streams:
        raise Refused(f"{', '.join(sorted(other_streams))} names it too, and that is kept for good", "MustBeKept")
    return PaperNaming(tuple(sorted(by_events)), tuple(sorted(handed_in - by_events)))


async def require_paper_may_go(desk: Desk, paper: KeptPaper, partnerships: PaperNaming) -> None:
    """Raise Refused while a partnership that names a paper is open, or a rule asks that its record is kept.

    One that was only handed in and that nothing names may go at once, such as a wrong file.
    """
    for partnership_id in partnerships.by_events:
        partnership = await desk.known_partnership(partnership_id)
        if not partnership.ended:
            raise Refused(f"{partnership_id} names it and is not ended", "StillOpen")
        kinds = _kinds_of(paper.sha256, await desk.history(partnership_id))
        if retention := record_kept(partnership, kinds, clock.today()):
            day = f"until {retention.until}" if retention.until is not None else "on"
            raise Refused(
                f"{partnership_id} names it, and its record {retention.record.value} is kept {day}: {retention.why}; "
                "see `accord retention`",
                "MustBeKept",
            )


def _kinds_of(sha256: str, history: Sequence[RecordedEvent]) -> tuple[RecordKind, ...]:
    """Return the kinds of record that a paper may belong to: what proves a status is kept for good, as minutes are."""
    kinds = {*RecordKind} - _FOR_GOOD
    for entry in history:
        event = entry.event
        proposal = getattr(event, "proposal", None)
        if proposal is not None and sha256 in proposal.model_dump_json():
            kinds.add(RecordKind.DETERMINATIONS)
        if isinstance(event, ConditionMet) and event.document_sha256 == sha256:
            kinds |= {RecordKind.MINUTES} if event.condition is ConditionId.CONFLICT_MINUTES else set()
    return tuple(kinds)


async def approve_paper_erasure(
    desk: Desk, paper: KeptPaper, partnerships: PaperNaming, reason: str, actor: str
) -> frozenset[str]:
    """Record the actor's signed approval, unless it is recorded already, and return all approvers.

    Raises:
        BadInput: The reason is not valid, or it names somebody.
        Refused: The actor may not approve erasures, or their key is not on this machine.
    """
    await require_nameless(desk, "reason", reason)
    events = [entry.event for entry in readable(await desk.ledger.read_stream(PAPERS_STREAM))]
    guardians = paper_approvers(events, paper.sha256, partnerships.every, await desk.directory(), verified)
    if actor in guardians:
        return guardians
    event = await signed_act(
        desk,
        PaperErasureApproved,
        PAPERS_STREAM,
        actor,
        sha256=paper.sha256,
        named_in=partnerships.every,
        reason=reason,
    )
    await record_act(desk, OrganisationAct(command_id=event.signature.statement.command_id, event=event))
    return guardians | {actor}


async def erase_paper(papers: Papers, paper: KeptPaper, partnerships: PaperNaming) -> None:
    """Destroy a paper's key, and its object.

    Raises:
        Refused: Something more names it by now, or it was erased already.
    """
    if not await papers.erase(paper.digest, partnerships.every):
        raise Refused("something more names it by now, or it is erased already; look again", "StaleErasure")


class PapersToErase(NamedTuple):
    """The papers that go with a person's name, each with what names it, and in words those that stay."""

    papers: tuple[tuple[NamingPaper, PaperNaming], ...] = ()
    reasons: tuple[str, ...] = ()


async def papers_to_erase(desk: Desk, papers: Papers, naming_papers: Iterable[NamingPaper]) -> PapersToErase:
    """Return which papers that name a person may go now, and in words which stay, and why."""
    letters, reasons = list[tuple[NamingPaper, PaperNaming]](), list[str]()
    for letter in naming_papers:
        try:
            partnerships = await naming(desk, papers, letter.paper)
            await require_paper_may_go(desk, letter.paper, partnerships)
        except Refused as fault:
            reasons.append(f"{letter.words} stays: {fault}")
        else:
            letters.append((letter, partnerships))
    return PapersToErase(tuple(letters), tuple(reasons))


async def approve_papers(desk: Desk, erasure: PapersToErase, reason: str, actor: str) -> list[frozenset[str]]:
    """Record the actor's signed approval of each paper's erasure, and return the approvers of each."""
    return [
        await approve_paper_erasure(desk, letter.paper, partnerships, reason, actor)
        for letter, partnerships in erasure.papers
    ]


async def approvals_of(desk: Desk, sha256: str = "") -> dict[str, tuple[PaperErasureApproved, ...]]:
    """Return the approvals of erasures that two guardians gave, by paper: of one, or of all."""
    by_paper: dict[str, list[PaperErasureApproved]] = {}
    for entry in readable(await desk.ledger.read_stream(PAPERS_STREAM)):
        event = entry.event
        if isinstance(event, PaperErasureApproved) and sha256 in {"", event.sha256}:
            by_paper.setdefault(event.sha256, []).append(event)
    directory = await desk.directory()
    return {
        digest: tuple(events)
        for digest, events in by_paper.items()
        if len(paper_approvers(events, digest, (), directory, verified)) >= ERASURE_QUORUM
    }


async def papers_to_keep(desk: Desk, sha256: str = "") -> list[KeptPaperErasure]:
    """Return the erasures that two guardians approved: of one paper, or of every one."""
    erasures = await approvals_of(desk, sha256)
    return [KeptPaperErasure(sha256=digest, approvals=approvals) for digest, approvals in erasures.items()]


def keep_paper_erasures(erasures: Iterable[KeptPaperErasure], folder: Path) -> list[Path]:
    """Write a file for each erasure, and return the files. Raises BadInput if the folder cannot be written."""
    return written_whole(
        folder,
        {
            _NAME.format(erasure.sha256): json.dumps(
                {
                    **erasure.model_dump(mode="json", exclude={"approvals"}),
                    "approvals": [approval.model_dump(mode="json") for approval in erasure.approvals],
                },
                indent=1,
                ensure_ascii=False,
            )
            for erasure in erasures
        },
    )


def paper_erasures_in(folder: Path) -> Iterator[KeptPaperErasure]:
    """Yield the erasures of papers that a folder keeps. Raises BadInput if a file in it is none."""
    for path in sorted(folder.glob(_NAME.format("*"))) if folder.is_dir() else []:
        try:
            if path.stat().st_size > KeptPaperErasure.LARGEST:
                raise ValueError("it is too large")
            erasure = KeptPaperErasure.model_validate_json(path.read_bytes())
            if {approval.sha256 for approval in erasure.approvals} - {erasure.sha256}:
                raise ValueError("it holds approvals of another paper's erasure")
        except (OSError, ValueError) as fault:
            first = fault.errors()[0]["msg"] if isinstance(fault, ValidationError) else str(fault)
            raise BadInput(f"{path}: it is no kept erasure ({first}); take it from its backup") from fault
        yield erasure


async def unapplied_papers(papers: Papers, erasures: Iterable[KeptPaperErasure]) -> list[KeptPaperErasure]:
    """Return the kept erasures of papers whose key lives here: a restore brought it back, or nobody finished them."""
    by_digest = {bytes.fromhex(erasure.sha256): erasure for erasure in erasures}
    papers_here = await papers.register.among([*by_digest])
    return [by_digest[digest] for digest, paper in papers_here.items() if paper.erased_at is None]


async def told_of_paper_erasures(desk: LedgerAccess) -> tuple[str, str]:
    """Return an operator's news of papers that were erased and can be opened again, and the remedy, or '' if none can.

    Raises:
        BadInput: A file in the folder is no kept erasure.
    """
    folder = folder_of_erasures()
    digests = [bytes.fromhex(erasure.sha256) for erasure in paper_erasures_in(folder)] if folder is not None else []
    query = "SELECT count(*) FROM papers.kept WHERE digest = ANY ($1) AND erased_at IS NULL"
    count = await desk.pool.fetchval(query, digests)
    news = f"{count} papers whose erasure is kept in {folder} can be opened here" if count else "each is applied"
    return news, f"accord privacy apply-again {folder}" if count else ""


async def erase_paper_again(desk: Desk, papers: Papers, erasure: KeptPaperErasure) -> frozenset[str]:
    """Erase a paper again whose erasure was kept, and return the guardians who had approved it.

    Raises:
        Refused: It is not proved that two guardians of this ledger approved it for all that names it here, or a
            partnership that names it is open here.
    """
    paper = await papers.known(bytes.fromhex(erasure.sha256))
    partnerships = await naming(desk, papers, paper)
    await require_paper_may_go(desk, paper, partnerships)
    guardians = paper_approvers(erasure.approvals, paper.sha256, partnerships.every, await desk.directory(), verified)
    if len(guardians) < ERASURE_QUORUM:
        words = f"paper {paper.sha256[:16]}: the file does not prove that two guardians of this ledger approved it"
        raise Refused(f"{words} for all that names it here; two give `accord papers erase`", "NotSigned")
    for approval in erasure.approvals:
        if approval.actor in guardians:
            await record_act(desk, OrganisationAct(command_id=approval.signature.statement.command_id, event=approval))
    await erase_paper(papers, paper, partnerships)
    return guardians
