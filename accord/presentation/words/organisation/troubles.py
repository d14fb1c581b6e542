"""Troubles of the installation in words: what is wrong, what it means meanwhile, and who mends it by which command."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple


class TroubleKind(StrEnum):
    """A kind of trouble, in the order in which they are shown."""

    STOPPED = "STOPPED"
    AHEAD = "AHEAD"
    MISSING = "MISSING"
    PAUSED = "PAUSED"
    UNKNOWN = "UNKNOWN"
    UNJUDGED = "UNJUDGED"
    TABLES = "TABLES"
    AGEING = "AGEING"
    RATES = "RATES"
    BEHIND = "BEHIND"
    EXCEPTIONS = "EXCEPTIONS"
    RECALLS = "RECALLS"


class TroubleWords(NamedTuple):
    """The words of a kind of trouble."""

    what: str
    meanwhile: str
    who: str
    commands: tuple[str, ...] = ()
    """The shell's commands for an operator. {} stands for what it is about."""
    is_urgent: bool = True
    """False for what waits without harm."""


_OPERATOR: Final = "An operator mends it. What is recorded is safe, and nothing of it is to be entered again."

WORDS: Final[Mapping[TroubleKind, TroubleWords]] = MappingProxyType({
    TroubleKind.STOPPED: TroubleWords(
        "Nothing is decided on these any more",
        "The record lacks an entry that their work rests on, or holds one that cannot be read. Each decision on them "
        "is refused until then.",
        "An operator finds out which entry it is, with an auditor.",
        ("accord history {}", "accord runbook ledger-behind", "accord runbook unreadable-event"),
    ),
    TroubleKind.AHEAD: TroubleWords(
        "The record forgot what was decided on these",
        "Their work knows of decisions that are not on record, as after a backup was put back. No further decision on "
        "them is taken.",
        "An operator lists what is lost, and whoever decided it signs it again.",
        ("accord revive {}", "accord runbook ledger-behind", "accord runbook after-a-restore"),
    ),
    TroubleKind.MISSING: TroubleWords(
        "These stand still",
        "Nothing happens to them by itself: no day is kept, no payment is followed, and nobody is reminded.",
        f"{_OPERATOR[:-1]}: it is set going again as it stands on record.",
        ("accord revive {}", "accord runbook no-running-workflow"),
    ),
    TroubleKind.PAUSED: TroubleWords(
        "An operator paused these",
        "They take no decision, and none of their days counts until they go on.",
        "The operator who paused them, or another one, lets them go on.",
        ("accord runbook paused",),
    ),
    TroubleKind.UNKNOWN: TroubleWords(
        "These are in a state that this release of Accord does not know",
        "What becomes of them cannot be said here.",
        "An operator upgrades Accord, and looks again.",
    ),
    TroubleKind.UNJUDGED: TroubleWords(
        "An entry of the directory cannot be read",
        "Whoever it may be about can sign nothing until it is judged.",
        "Guardians look at it and judge it. An operator tells them which it is.",
        ("accord ledger set-aside {} --as STAFF", "accord runbook unreadable-event"),
    ),
    TroubleKind.TABLES: TroubleWords(
        "A list says otherwise than what was signed",
        "What was signed counts, and no payment follows the list.",
        "Whoever owns the database puts the line right, and an auditor finds out who changed it.",
    ),
    TroubleKind.AGEING: TroubleWords(
        "A register grows too old to decide on",
        "Once its last day has passed, no decision that rests on it is taken.",
        "An operator brings in the newest version. Each night it comes by itself: find out why it did not.",
        ("accord registers refresh", "accord runbook register-too-old"),
    ),
    TroubleKind.RATES: TroubleWords(
        "Reference rates are old",
        "Sums in other currencies count by them. Once they are older than the organisation's rule allows, such a sum "
        "asks a verifier and the highest tier, and a booking in another currency waits for people.",
        "An operator brings in the newest. Each night they come by themselves: find out why they did not.",
        ("accord registers refresh ecb-rates", "accord runbook rates-old"),
    ),
    TroubleKind.BEHIND: TroubleWords(
        "Lists are old",
        "Lists and figures show less than is on record. Each partnership's own page shows all of it.",
        "An operator starts what keeps them up to date.",
        ("accord ledger status", "accord runbook read-models-behind"),
        is_urgent=False,
    ),
    TroubleKind.EXCEPTIONS: TroubleWords(
        "What the bank said waits for a person",
        "A payment is not repeated, and a gift not booked, before somebody says what it means.",
        "Somebody of finance answers it, or a payer, or a director.",
        is_urgent=False,
    ),
    TroubleKind.RECALLS: TroubleWords(
        "A recall is late",
        "The bank did not answer in its time, or what it granted is not back. Nothing of it is paid again meanwhile.",
        "Whoever follows it up asks the bank again, and records its answer.",
        is_urgent=False,
    ),
})  # fmt: skip
"""The words of each kind of trouble."""

LISTS: Final[Mapping[str, str]] = MappingProxyType({
    "partnerships": "Partnerships, payments and what is owed",
    "funds": "Funds",
    "timeline": "Figures and what follows from each decision",
    "rescreening": "Whom a change of a register touches",
    "imported": "What was claimed of partnerships of before",
})  # fmt: skip
"""By read model: the lists that it holds."""
