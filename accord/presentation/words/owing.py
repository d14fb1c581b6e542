"""Who owes what is owed, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from accord.presentation.words.codes import as_sentence, words_of
from accord.presentation.words.values import listed
from domain.directory.tiers import Role
from domain.imported.due import ClaimedDueKind
from domain.partnership import commands as c
from domain.partnership.procedure import PROCEDURE
from domain.partnership.waiting.deadlines import Wait
from domain.partnership.waiting.owing import ObligationKind
from domain.policy.conditions import BY_A_VERIFIER

OF_THE_PARTNER: Final = frozenset({
    ObligationKind.REPORT, ObligationKind.YEARLY_REPORT, ObligationKind.REFUND, ObligationKind.PLEDGE,
    ObligationKind.CORRECTION, ObligationKind.ASSURANCE,
})  # fmt: skip
"""The kinds of obligations that the partner meets, and staff record."""

_OWN_ACTS: Final[Mapping[str, type[c.StaffCommand]]] = {
    ObligationKind.JUDGEMENT: c.AcceptReport,
    ObligationKind.CONFIRMATION: c.ConfirmRefund,
    ObligationKind.BLOCKING: c.RecordRefund,
    ObligationKind.RETURNED: c.Reopen,
    ObligationKind.RECALL: c.AnswerRecall,
    ObligationKind.OVERPAYMENT: c.RecordRefund,
    ObligationKind.QUESTION: c.ClearQuestions,
    Wait.ANSWER: c.Propose,
    Wait.AGREEMENT: c.SignAgreement,
    Wait.HOLD: c.LiftHold,
}
"""The act by which the organisation's own people meet what they owe."""
_BY_CLAIM: Final = frozenset(ClaimedDueKind)
_VERIFIER: Final = frozenset({Role.VERIFIER})


def debtor_in_words(kind: str, partner: str) -> str:
    """Return who owes something of a kind: of an obligation, of a wait, or the paper of a condition."""
    if kind in OF_THE_PARTNER:
        return partner
    if kind in _BY_CLAIM:
        return partner if kind == ClaimedDueKind.REPORT else "Whoever looks after it"
    if kind == Wait.APPROVAL:
        return "Whoever approves"
    return as_sentence(listed([words_of(role) for role in Role if role in _roles(kind)], "or"))


def _roles(kind: str) -> frozenset[Role]:
    if kind in {Wait.CLEARANCE, "TRUTH", *BY_A_VERIFIER}:
        return _VERIFIER
    return PROCEDURE[_OWN_ACTS.get(kind, c.Satisfy)].roles
