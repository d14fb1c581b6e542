"""Words at which somebody stopped who came to the desk with a role and a task, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from accord.console.door.inbox import what_is_it
from accord.presentation.words.values import NamesInWords
from domain.directory.directory import Directory
from domain.submissions.kinds import SubmissionKind
from tests.accord.machine_words import machine_words_in


@pytest.mark.parametrize(
    ("about", "words"),
    [
        ("YEARLY", "yearly report"),
        ("FINAL", "final report"),
        ("CORRECTION_2", "correction of report 2"),
        ("2", "report 2"),
        ("", "report"),
    ],
)
def test_a_report_by_link_is_called_what_it_is(about: str, words: str) -> None:
    assert what_is_it(SubmissionKind.REPORT, about) == words
    assert machine_words_in(words) == []


@pytest.mark.parametrize("name", ["Small grants 2026", "Small grants 2026 (FD-2026-SMALL)"])
def test_a_funds_number_is_said_once(name: str) -> None:
    """Given a name that has the number already, as where it is signed, then it is not said a second time."""
    names: Any = NamesInWords(Directory(), {"FD-2026-SMALL": name})
    assert names.fund("FD-2026-SMALL") == "Small grants 2026 (FD-2026-SMALL)"
