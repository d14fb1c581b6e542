"""Run a draft edition over the decisions of some days, as of one position of the ledger. Nothing is decided."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date
from typing import Final, NamedTuple

from accord.operations.rerun.digests import edition_run
from accord.operations.rerun.judging import DraftJudge
from accord.operations.rerun.reading import STREAMS_AT_ONCE, PartnershipRead, partnerships_read
from domain.partnership.acts import PartnershipEvent
from domain.rerun.draft import NOT_ANSWERED, EditionDraft
from domain.rerun.report import RerunBeside, RerunDecision, RerunReport, tables_of
from domain.streams import IMPORTED_STREAMS, PARTNERSHIP_STREAMS
from ledger.proof.stored_tree import StoredTree
from records.authorship import Reader

Progress = Callable[[int, int], None]
"""Is told how many partnerships of how many were run."""

_BEGINS: Final = ("PartnershipProposed",)
_IMPORTED: Final = ("PartnershipImported",)


class RerunDays(NamedTuple):
    """The days whose decisions are run, both included."""

    since: date
    until: date

    def hold(self, event: PartnershipEvent) -> bool:
        """True if an event happened on one of them, in UTC."""
        return self.since <= event.at.astimezone(UTC).date() <= self.until


async def run_again(
    reader: Reader, draft: EditionDraft, days: RerunDays, progress: Progress = lambda number, total: None
) -> RerunReport:
    """Return the report of a draft over the decisions of some days, as of the ledger's position now."""
    position = await reader.ledger.head()
    times = await reader.registrar.directories()
    streams = await reader.ledger.moved_since(PARTNERSHIP_STREAMS, _BEGINS, 0)
    judge, decisions, tally = DraftJudge(draft), list[RerunDecision](), _Tally(days)
    number = 0
    async for partnership in partnerships_read(reader, streams, position, times):
        tally.count(partnership)
        decisions += [judge.verdict_on(decision) for decision in partnership.decisions if days.hold(decision.at)]
        number += 1
        if not number % STREAMS_AT_ONCE or number == len(streams):
            progress(number, len(streams))
    beside = tally.beside(await _imported(reader, position))
    root = (await StoredTree(reader.ledger).root(position)).hex()
    return RerunReport(
        position=position, root=root, edition=edition_run(draft), since=days.since, until=days.until,
        beside=beside, not_answered=NOT_ANSWERED,
        **tables_of(sorted(decisions, key=lambda decision: decision.position)),
    )  # fmt: skip


class _Tally:
    """The counts of what no rerun judges."""

    def __init__(self, days: RerunDays) -> None:
        self._days = days
        self._refused = self._withheld = 0
        self._cut_short: list[str] = []

    def count(self, partnership: PartnershipRead) -> None:
        """Count the events beside the decisions of a partnership."""
        self._refused += self._in_days(partnership.refused_by_people)
        self._withheld += self._in_days(partnership.withheld)
        if partnership.is_cut_short:
            self._cut_short.append(partnership.partnership_id)

    def _in_days(self, events: Iterable[PartnershipEvent]) -> int:
        return sum(map(self._days.hold, events))

    def beside(self, import_streams: int) -> RerunBeside:
        """Return the counts."""
        return RerunBeside(
            refused_by_people=self._refused, withheld=self._withheld, imported=import_streams,
            cut_short=tuple(sorted(self._cut_short)),
        )  # fmt: skip


async def _imported(reader: Reader, position: int) -> int:
    """Return the number of partnerships of before, of whatever day: when they were approved is a claim."""
    events = reader.ledger.read_all(IMPORTED_STREAMS, upto=position, event_types=_IMPORTED)
    return len({event.stream_id async for event in events})
