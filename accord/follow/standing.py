"""The standing of a replica: how far it followed and cosigned, what it could not recompute, and what stops it."""

from __future__ import annotations

from typing import Any, NamedTuple

from accord.follow.folder import EventFinding, KeptCheckpoint, Replica, Uncounted
from accord.follow.following import STOPPED


class ReplicaStanding(NamedTuple):
    """The standing of a replica, read from its folder alone."""

    origin: str
    size: int
    root: bytes
    verified: dict[str, int]
    """The number of signatures, decisions, assessments and bank files that were verified."""
    uncounted: list[Uncounted]
    findings: list[EventFinding]
    judged: dict[int, str]
    """The auditor's own judgements, by position."""
    cosigned: KeptCheckpoint | None
    stopped: dict[str, Any] | None
    """The position and reason for which nothing is followed any more, or None."""

    def as_json(self) -> dict[str, Any]:
        """Return the JSON fields of the standing."""
        return {
            "ledger": self.origin,
            "size": self.size,
            "root": self.root.hex(),
            "verified": self.verified,
            "not_recomputed": [reason._asdict() for reason in self.uncounted],
            "findings": [
                {"position": finding.position, "reason": finding.reason, "judged": self.judged.get(finding.position)}
                for finding in self.findings
            ],
            "cosigned": self.cosigned.size if self.cosigned is not None else None,
            "stopped": self.stopped,
        }


def standing_of(replica: Replica) -> ReplicaStanding:
    """Return the standing of a replica."""
    frontier = replica.frontier
    return ReplicaStanding(
        replica.state("origin", ""),
        frontier.size,
        frontier.root,
        replica.state("verified", {}),
        replica.uncounted(),
        replica.findings(),
        replica.judgements(),
        replica.newest_checkpoint(cosigned=True),
        replica.state(STOPPED),
    )
