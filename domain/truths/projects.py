"""Partnerships that carry out one project, as verifiers found: their sums are decided together (rules 4.9)."""

from __future__ import annotations

from collections.abc import Iterable

from domain.truths.truth import Truth
from domain.values import PartnershipId


def one_project_with(truths: Iterable[Truth], partnership_id: PartnershipId) -> frozenset[PartnershipId]:
    """Return the other partnerships of a partnership's project, also those that are named through a third."""
    pairs = [
        (truth.partnership_id, truth.other) for truth in truths if truth.is_so and truth.partnership_id and truth.other
    ]
    project, frontier = set[PartnershipId](), {partnership_id}
    while frontier:
        project |= frontier
        frontier = {neighbour for pair in pairs if not project.isdisjoint(pair) for neighbour in pair} - project
    return frozenset(project - {partnership_id})
