"""Projections: read models folded from the ledger, bound to its own hashes. It knows nothing of partnerships."""

from ledger.projections.model import Document, JudgeEvents, Projection, ProjectionStopped, Quarantined, in_memory
from ledger.projections.projector import Projector
from ledger.projections.read_model import NotCaughtUp, ReadModel

__all__ = [
    "Document",
    "JudgeEvents",
    "NotCaughtUp",
    "Projection",
    "ProjectionStopped",
    "Projector",
    "Quarantined",
    "ReadModel",
    "in_memory",
]
