"""Reasons to refuse a command: every refusal is a type, so that a caller can tell them apart without reading prose."""

from __future__ import annotations


class DomainError(Exception):
    """A command that the domain refuses. The message names the fault and, where there is one, the remedy."""


class IllegalTransition(DomainError):
    """The command does not fit the stage that the partnership is in (R30)."""


class NotAuthorised(DomainError):
    """The person is unknown, or does not hold a role that the command needs."""


class SeparationOfDuties(DomainError):
    """The person has already acted in this partnership in a way that excludes this act (R31)."""


class PaymentRefused(DomainError):
    """Money may not move: no such tranche, already released, on hold, or a leg that never pays (R1, R39)."""


class NotSigned(DomainError):
    """The decision does not bear the signature of the person in whose name it comes, or it was taken before."""


class StaleDecision(DomainError):
    """A decision on something else than stands now; they must look again and decide on that."""


class Stopped(DomainError):
    """Nothing is decided in the partnership, whatever is asked, until people have looked at what the message says."""


class LedgerBehind(Stopped):
    """The ledger no longer holds what the partnership is known to have come to: it was put back to an earlier point."""


class EpochNotBegun(Stopped):
    """The database is another one than the ledger's epoch began in: two guardians must begin the next one first."""


class EventUnreadable(Stopped, ValueError):
    """An event stands where it counts, and nobody can read it: two guardians must judge it."""


class UpgradeNeeded(RuntimeError):
    """A newer release recorded this: whoever meets it must be upgraded first. The message says what it is."""


class ThresholdUnknown(DomainError):
    """The organisation set no tier for the sum, so nobody knows who must approve: it is refused (R31, R33)."""


class UnknownPerson(DomainError):
    """An interest is declared of somebody whom the directory does not hold (R32)."""


class AlreadyProposed(DomainError):
    """The reference already belongs to a proposal; it is revised only after information was requested."""


class UnknownFunder(DomainError):
    """The proposal names a funder that the directory does not hold (R11)."""
