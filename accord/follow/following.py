"""One round of following: the newest checkpoint, the events up to it, each verified, and a cosignature if all holds.

Only what a signed checkpoint covers is followed, and a page is kept once a proof shows that the checkpoint begins with
it. So nothing false is kept, and nothing that is kept is ever taken back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Final, NamedTuple

from accord.follow.cosigning import Stop, cosigned, signed_stop
from accord.follow.faults import ApiRefused, ApiSilent, FolderUnusable, LedgerDiverged
from accord.follow.folder import EventFinding, Replica
from accord.follow.own import kept_page, require_own_whole
from accord.follow.prefixes import first_difference, frontier_at, is_prefix
from accord.follow.verifier import Verifier
from accord.follow.wire import LARGEST_PAGE, LedgerApi
from ledger import StoredEvent, clock
from ledger.proof.notes import Checkpoint, NoteRefused, SigningKey, VerifierKey, open_note

Progress = Callable[[int, int], Any]
"""Is told how many events are followed, of how many."""
STOPPED: Final = "stopped"
_POSTED: Final = "posted"
_RECHECKED: Final = "rechecked"
_CHANGED: Final = "was changed: its bytes do not make the leaf that the ledger keeps of it"


class Round(NamedTuple):
    """The outcome of a round: the events followed in all, those of this round, and the size cosigned, or None."""

    size: int
    new: int
    cosigned: int | None
    open_findings: tuple[EventFinding, ...]
    unposted: str = ""
    """The reason why the organisation did not take the cosignature, or the line of where it stopped, or ''."""
    is_signed: bool = True
    """False if the organisation signed no checkpoint yet, so that there is nothing to follow."""


class LedgerFollower:
    """A follower of one ledger into one replica.

    `log`: the ledger's public key. `key`: the auditor's own, or None to follow without cosigning.
    """

    def __init__(self, api: LedgerApi, replica: Replica, log: VerifierKey, key: SigningKey | None = None) -> None:
        """Begin at the end of the replica.

        Raises:
            FolderUnusable: The replica is of another ledger's key.
        """
        self._api, self._replica, self._log, self._key = api, replica, log, key
        log_key = replica.state("log")
        if log_key not in {None, str(log)}:
            raise FolderUnusable(f"{replica.folder} follows the ledger of the key {log_key}; use another folder")
        replica.remember("log", str(log))
        self._verifier: Verifier | None = None

    def once(self, progress: Progress = lambda size, total: None) -> Round:
        """Follow up to the newest checkpoint, cosign it if everything holds, and look again at some older events.

        Raises:
            LedgerDiverged: The ledger is not the one that was followed. It stays so: every later round says it again.
            ApiSilent, ApiRefused: The API is away, or does not give what it should. What was followed is kept.
            UpgradeNeeded: A newer release recorded an event; this one cannot verify it.
            FolderUnusable: What is kept here is not what was followed. Nothing is said of the ledger by it.
        """
        try:
            self._require_not_stopped()
            before = self._replica.frontier.size
            checkpoint = self._followed(progress)
            self._look_again()
        except LedgerDiverged as fault:
            require_own_whole(self._replica, self._log)
            self._stop(fault)
            raise
        findings = self.open_findings()
        size = self._replica.frontier.size
        cosigned_size = self._cosign(checkpoint, findings) if checkpoint is not None else None
        unposted, is_signed = self._post(findings), checkpoint is not None
        return Round(size, size - before, cosigned_size, findings, unposted, is_signed)

    def open_findings(self) -> tuple[EventFinding, ...]:
        """Return the findings that neither the auditor judged nor two guardians set aside."""
        judgements, directory = self._replica.judgements(), self._verifying.directory
        return tuple(
            finding
            for finding in self._replica.findings()
            if finding.position not in judgements
            and not directory.is_set_aside(finding.position, (self._replica.leaf(finding.position) or b"").hex())
        )

    @property
    def _verifying(self) -> Verifier:
        if self._verifier is None:
            self._verifier = Verifier(self._replica, self._api.bank_file)
        return self._verifier

    def _require_not_stopped(self) -> None:
        if (stopped := self._replica.state(STOPPED)) is not None:
            raise LedgerDiverged(stopped["position"], stopped["reason"])

    def _followed(self, progress: Progress) -> Checkpoint | None:
        """Follow up to the newest checkpoint and return it, or None if nothing was signed yet."""
        note = self._api.checkpoint()
        if note is None:
            return None
        try:
            checkpoint = open_note(note, (self._log,)).checkpoint
        except NoteRefused as fault:
            raise ApiRefused(f"the newest checkpoint: {fault}") from None
        self._require_origin(checkpoint)
        self._require_no_loss(checkpoint)
        self._require_extended(checkpoint)
        while (size := self._replica.frontier.size) < checkpoint.size:
            progress(size, checkpoint.size)
            self._follow_page(size, checkpoint)
        self._replica.keep_checkpoint(checkpoint.size, note)
        progress(checkpoint.size, checkpoint.size)
        return checkpoint

    def _require_origin(self, checkpoint: Checkpoint) -> None:
        origin = self._replica.state("origin", checkpoint.origin)
        if origin != checkpoint.origin:
            raise LedgerDiverged(1, f"the checkpoint is of {checkpoint.origin}, and {origin} was followed")
        self._replica.remember("origin", origin)

    def _require_no_loss(self, checkpoint: Checkpoint) -> None:
        size = self._replica.frontier.size
        head = self._api.events(0, 1).head
        if head < size:
            raise LedgerDiverged(head + 1, f"the ledger has {head} events, and {size} were followed: it lost its tail")
        if head < checkpoint.size:
            raise LedgerDiverged(head + 1, f"the ledger has {head} events; {checkpoint.size} were signed")

    def _require_extended(self, checkpoint: Checkpoint) -> None:
        """Check the followed events against a checkpoint, which may be an older one of the same ledger."""
        frontier = self._replica.frontier
        if checkpoint.size < frontier.size:
            if frontier_at(self._replica, checkpoint.size).root == checkpoint.root:
                return
        elif is_prefix(frontier, checkpoint, self._api.consistency):
            return
        position = first_difference(self._replica, lambda after, limit: self._api.events(after, limit).events)
        if position is None:
            words = f"the signed checkpoint of {checkpoint.size} events does not begin with those that it gives"
            raise LedgerDiverged(frontier.size + 1, words)
        raise LedgerDiverged(
            position,
            f"event {position} is not the one that was followed: the ledger was rewritten, or goes on from an older "
            "backup",
        )

    def _follow_page(self, size: int, checkpoint: Checkpoint) -> None:
        events = self._page(size, min(LARGEST_PAGE, checkpoint.size - size))
        frontier = self._replica.frontier
        for event in events:
            frontier.append(event.leaf)
        if not is_prefix(frontier, checkpoint, self._api.consistency):
            raise LedgerDiverged(
                size + 1, f"an event from {size + 1} to {events[-1].position} is not the one that was signed"
            )
        verifier, self._verifier = self._verifying, None
        self._replica.keep(events, frontier, verifier.see(events))
        self._verifier = verifier  # what was not kept is verified again by a new one

    def _page(self, size: int, limit: int) -> Sequence[StoredEvent]:
        page = self._api.events(size, limit)
        events = page.events[:limit]
        if page.changed is not None:
            raise LedgerDiverged(page.changed, f"event {page.changed} {_CHANGED}")
        if not events:
            raise ApiRefused(f"no event after {size} is given, though a checkpoint covers more")
        if [event.position for event in events] != list(range(size + 1, size + 1 + len(events))):
            missing = next(place for place, event in enumerate(events, size + 1) if event.position != place)
            raise LedgerDiverged(missing, f"event {missing} is missing")
        return events

    def _look_again(self) -> None:
        """Hold the next of the older events against the API's: within some rounds any byte that changed is found."""
        after, size = self._replica.state(_RECHECKED, 0), self._replica.frontier.size
        after = after if after < size else 0
        own_events = kept_page(self._replica, after, min(LARGEST_PAGE, size - after))
        if not own_events:
            return
        other_events = {event.position: event for event in self._api.events(after, len(own_events)).events}
        for event in own_events:
            if other_events.get(event.position) != event:
                raise LedgerDiverged(event.position, f"event {event.position} {_difference(event, other_events)}")
        self._replica.remember(_RECHECKED, own_events[-1].position)

    def _cosign(self, checkpoint: Checkpoint, findings: Sequence[EventFinding]) -> int | None:
        """Cosign the checkpoint that the replica reached, if nothing stands against it, and return what is cosigned."""
        newest = self._replica.newest_checkpoint(cosigned=True)
        last = newest.size if newest is not None else -1
        own_events = self._replica.newest_checkpoint()
        if self._key is None or findings or own_events is None or not last < own_events.size == checkpoint.size:
            return newest.size if newest is not None else None
        note = cosigned(own_events.note, checkpoint, self._key, int(clock.now().timestamp()))
        self._replica.keep_checkpoint(own_events.size, own_events.note, note)
        return own_events.size

    def _post(self, findings: Sequence[EventFinding]) -> str:
        """Hand in the newest cosignature, or where it stopped, unless that was handed in before.

        Return why it was not taken, or ''. It is handed in again in the next round.
        """
        try:
            if findings:
                self._post_stop(Stop(self._origin, findings[0].position, findings[0].position - 1, findings[0].reason))
            else:
                self._post_cosignature()
        except (ApiSilent, ApiRefused) as fault:
            return str(fault)
        return ""

    def _post_cosignature(self) -> None:
        newest = self._replica.newest_checkpoint(cosigned=True)
        if self._key is None or newest is None or self._replica.state(_POSTED) == newest.size:
            return
        self._api.post(newest.cosigned)
        self._replica.remember(_POSTED, newest.size)

    @property
    def _origin(self) -> str:
        return str(self._replica.state("origin", self._log.name))

    def _post_stop(self, stop: Stop) -> None:
        if self._key is None or self._replica.state(_POSTED) == stop.text:
            return
        self._api.post(signed_stop(stop, self._key, int(clock.now().timestamp())))
        self._replica.remember(_POSTED, stop.text)

    def _stop(self, fault: LedgerDiverged) -> None:
        """Keep for ever that the ledger is another one from a position on, and hand it in, if the API listens."""
        self._replica.remember(STOPPED, {"position": fault.position, "reason": fault.reason})
        newest = self._replica.newest_checkpoint(cosigned=True)
        verified_size = min(newest.size if newest is not None else 0, fault.position - 1)
        with suppress(ApiSilent, ApiRefused):  # said again in the next round
            self._post_stop(Stop(self._origin, fault.position, verified_size, fault.reason))


def _difference(own_events: StoredEvent, other_events: dict[int, StoredEvent]) -> str:
    if own_events.position not in other_events:
        return "is gone"
    fields = [
        name for name, part in own_events._asdict().items() if part != getattr(other_events[own_events.position], name)
    ]
    return f"was changed after it was followed: its {', '.join(name for name in fields if name != 'leaf')}"
