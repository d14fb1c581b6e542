"""The roles of people."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """A role of a person, which decides what they may do."""

    PROPOSER = "PROPOSER"
    VERIFIER = "VERIFIER"
    PROGRAMME_APPROVER = "PROGRAMME_APPROVER"
    FINANCE_APPROVER = "FINANCE_APPROVER"
    DIRECTOR = "DIRECTOR"
    PAYER = "PAYER"
    AUDITOR = "AUDITOR"
    COUNSEL = "COUNSEL"
    """The funder's lawyer, who confirms the sources of the rules."""
