"""The papers that the rules ask for, as pages say them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from accord.presentation.words.codes import as_sentence, in_plain_words
from domain.policy.conditions import CONDITIONS, ConditionId

_SENTENCES: Final[Mapping[ConditionId, str]] = {
    ConditionId.CONTROL_AND_RECORDS: "File the papers that show control over the use of the money, and the records of "
    "its exempt use",
    ConditionId.CHARITABLE_COVENANT: "File the grantee's promise of charitable purposes, and the review of bribery and "
    "of conflicts of interest",
    ConditionId.PEOPLE_NAMED: "Change what is proposed: name who governs the payee, and who owns a quarter or more of "
    "it, or that nobody does, so that they are looked up too",
    ConditionId.GROUP_LETTER_RENEWED: "File the central organisation's letter of 22 January 2027 or later, by which "
    "its group exemption letter meets the rules of that day",
}
"""Those whose sentence in the rules names fields or a source. The rules' own sentences are released, and stay."""


def paper_in_words(condition: ConditionId) -> str:
    """Return a condition's papers as a sentence."""
    return _SENTENCES.get(condition) or as_sentence(in_plain_words(CONDITIONS[condition].what))
