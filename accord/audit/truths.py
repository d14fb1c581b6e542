"""Check a payment against what people told, in whichever partnership, or in none (rules 4.1).

All truths stand in one stream. Its version is among the heads of each verdict, so that one which is told between this
check and a hand-over is seen under the append lock.
"""

from __future__ import annotations

from collections.abc import Iterable

from accord.audit.heads import Heads
from accord.audit.signed_acts import counted_events
from accord.audit.walk.walk import Walk
from domain.fault import Fault
from domain.proposal import Proposal
from domain.screening.truths import KnownTruth
from domain.streams import TRUTHS_STREAM
from domain.truths.events import TruthAnswered, TruthDrawn, TruthTold
from domain.truths.projects import one_project_with
from domain.truths.touching import known_truths, touching
from domain.truths.truth import Truth, fold_truths
from records.authorship import Reader
from records.truths import ALIKE


class TruthsProved:
    """The truths and the answers that validly signed acts prove, read again only when the stream has moved."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._known: tuple[int, int, tuple[Truth, ...]] = (0, 0, ())
        """(version of the stream, of the directory, the truths)."""

    async def against(self, walk: Walk, beside: Iterable[Proposal], heads: Heads) -> Fault | None:
        """Return the reason why a truth that waits for an answer stops a payment, or None.

        `beside`: the gifts that pay for it. The stream's version is added to `heads`.
        """
        truths = await self._read(heads)
        people = walk.proposers | walk.recused | {release.event.actor for release in walk.released.values()}
        for proposal in filter(None, (walk.proposal, *beside)):
            for truth, _ in touching(truths, proposal, ALIKE):
                if reason := truth.against(people):
                    return reason
        return None

    async def unjudged(self, walk: Walk, heads: Heads) -> Fault | None:
        """Return the fault if the newest look knew other facts than those that are so now, or None."""
        if walk.proposal is None or walk.verification is None:
            return None
        now = set(known_truths(await self._read(heads), walk.proposal, ALIKE))
        judged_truths = set(walk.verification.truths)
        if now == judged_truths:
            return None
        return Fault(f"no worker has judged it since a truth was answered: {_named(now ^ judged_truths)}")

    async def project_of(self, walk: Walk, heads: Heads) -> frozenset[str]:
        """Return the other partnerships that carry out one project with a walk's, as validly signed answers say."""
        if walk.proposal is None:
            return frozenset()
        return one_project_with(await self._read(heads), walk.proposal.reference)

    async def _read(self, heads: Heads) -> tuple[Truth, ...]:
        registrar = self._reader.registrar
        await registrar.directory()
        async with self._reader.ledger.connection() as connection:
            version = (await self._reader.ledger.versions([TRUTHS_STREAM], connection))[TRUTHS_STREAM]
        heads[TRUTHS_STREAM] = version
        if self._known[:2] != (version, registrar.read):
            self._known = (version, registrar.read, await self._folded() if version else ())
        return self._known[2]

    async def _folded(self) -> tuple[Truth, ...]:
        """Return the truths that count.

        Raises:
            ValueError: The words of one cannot be read any more, and no erasure on record says so.
        """
        events = await self._reader.ledger.read_stream(TRUTHS_STREAM)
        positions = [event.position for event in await self._reader.judge(events) if event.blanked and event.doubt]
        today = await self._reader.registrar.directory()
        if positions := [
            position for position in positions if position not in {aside.position for aside in today.judged}
        ]:
            raise ValueError(
                f"nobody can read what was told at {positions[0]}: `accord ledger set-aside {positions[0]}`"
            )
        kinds = TruthTold | TruthDrawn | TruthAnswered
        return fold_truths(await counted_events(self._reader, TRUTHS_STREAM, kinds, for_good=TruthTold))


def _named(truths: Iterable[KnownTruth]) -> str:
    return ", ".join(sorted(truth.told for truth in truths))
