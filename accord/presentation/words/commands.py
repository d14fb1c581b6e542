"""The shell's commands as pages call them: an act by its title, and everything else by where it is done."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from domain.partnership.procedure import PROCEDURE

ELSEWHERE: Final[Mapping[str, str]] = {
    "answer-truth": "“What was told”, under More",
    "clear-match": "“Clear what is asked”",
    "directory load": "an operator, who loads the directory",
    "directory show": "“People”, under More",
    "funds": "“Funds”, under More",
    "ledger": "an operator, who looks after the record",
    "list": "“Partnerships”",
    "matches": "“Clear what is asked”",
    "migrate": "an operator, who upgrades the database",
    "partner": "“Partnerships”, by the partner's name",
    "partners": "“Partnerships”, by the partner's name",
    "payments account": "“Accounts” at the counter",
    "payments balance": "“The bank's answers” at the counter",
    "payments change-account": "somebody of finance, who has the account confirmed anew",
    "payments confirm": "“Accounts” at the counter",
    "payments exceptions": "“The bank's exceptions”, under More",
    "payments export": "“Ready to leave” at the counter",
    "payments files": "“Payment files”, under More",
    "payments import": "“The bank's answers” at the counter",
    "payments reopen": "somebody of finance, who reopens the payment",
    "payments resolve": "“The bank's exceptions”, under More",
    "payments statements": "“The bank's answers” at the counter",
    "payments write-again": "“Payment files” at the counter",
    "privacy": "the guardians, who look after people's data",
    "registers": "an operator, who brings in the registers",
    "reports": "“Owed”",
    "revive": "an operator, who starts it again",
    "runbook": "an operator",
    "schema": "an operator",
    "show": "the partnership's page",
    "staff": "“People”, under More",
    "status": "“Operations”, under More",
    "tell": "“What was told”, under More",
    "truths": "“What was told”, under More",
    "work": "“Work”",
}
"""By the first words of a command that is no act in a partnership."""

_ACTS: Final = {step.name: f"“{step.title}”" for step in PROCEDURE.values()}
_NAMES: Final[Mapping[str, str]] = {**ELSEWHERE, **_ACTS}


def command_in_words(command: str) -> str:
    """Return a command's name on pages, by its first words, or '' where no page has a word for it."""
    words = command.removeprefix("accord ").split()
    return _NAMES.get(" ".join(words[:2])) or _NAMES.get(words[0], "") if words else ""


_COMMAND: Final = re.compile(r"`(accord [a-z][^`]*)`(?: with --[a-z-]+)?")
_OPTION: Final = re.compile(r",? \(--[a-z][^)]*\)|: --[a-z][a-z -]*(?=;|$)")


def without_shell(text: str) -> str:
    """Return a sentence that names commands in backquotes with what pages call them, and without their options."""
    return _OPTION.sub("", _COMMAND.sub(lambda found: command_in_words(found[1]) or "an operator", text))
