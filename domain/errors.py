"""Errors by which commands are refused: one type for each reason, so that a caller need not parse the message."""

from __future__ import annotations


class DomainError(Exception):
    """The base class of all refusals. The message names the fault and, where there is one, the remedy."""


class IllegalTransition(DomainError):
    """The partnership's stage or state does not allow the command (R30)."""


class NotAuthorised(DomainError):
    """The person is unknown, or does not hold a role that the command needs."""


class SeparationOfDuties(DomainError):
    """An earlier act or a declared interest of the person in this partnership excludes this act (R31)."""


class PaymentRefused(DomainError):
    """An act on payments is refused, such as a release of an unknown or already released tranche (R1, R39)."""


class NotSigned(DomainError):
    """The decision lacks a valid signature by the person it names, or the same decision was recorded before."""


class StaleDecision(DomainError):
    """The person decided on an outdated view: they must look again and decide on the current state."""


class Stopped(DomainError):
    """Every decision is refused until people have resolved the fault that the message names."""


class LedgerBehind(Stopped):
    """The ledger lacks events that the partnership's workflow has read: it was restored to an earlier point."""


class EpochNotBegun(Stopped):
    """The ledger's epoch began in another database: two guardians must begin the next epoch in this one first."""


class EventUnreadable(Stopped, ValueError):
    """An event that a decision rests on cannot be read: two guardians must judge it."""


class UpgradeNeeded(RuntimeError):
    """A newer release recorded the data, so the reading one must be upgraded first. The message names the data."""


class QuestionUnknown(RuntimeError):
    """A newer release asked the rules what this one does not know. Its own worker knows it."""


class ThresholdUnknown(DomainError):
    """No approval tier covers the sum, so the required approvers are unknown (R31, R33)."""


class UnknownPerson(DomainError):
    """An interest is declared for a person who is not in the directory (R32)."""


class AlreadyProposed(DomainError):
    """The reference belongs to a proposal already, which can be revised only after information was requested."""


class UnknownFunder(DomainError):
    """The proposal names a funder that the directory does not hold (R11)."""


class Incomplete(DomainError):
    """The proposal leaves out facts that the rules ask for. The message names each field and the facts to give."""


class FundsShort(DomainError):
    """A fund has too little left for what is to be kept of it, or may not pay for it at all (R15, R39)."""


class FormShut(DomainError):
    """The decision says what an earlier release cannot read, to which the installation can still go back."""


class AmendmentRefused(DomainError):
    """The rules refuse the amendment of an agreed partnership, which stays as it was (R13, R34, rules 3.8)."""
