"""Projections: read models folded from the ledger and bound to its hashes. They know nothing of partnerships."""

from ledger.projections.model import (
    Document,
    JudgeEvents,
    Line,
    Listing,
    Projection,
    ProjectionStopped,
    Quarantined,
    in_memory,
)
from ledger.projections.projector import Projector
from ledger.projections.read_model import NotCaughtUp, ReadModel

__all__ = [
    "Document",
    "JudgeEvents",
    "Line",
    "Listing",
    "NotCaughtUp",
    "Projection",
    "ProjectionStopped",
    "Projector",
    "Quarantined",
    "ReadModel",
    "in_memory",
]
