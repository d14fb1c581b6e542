"""Who decides a case: those who did, with their words, and those who are still to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from accord.client.foresight import ApprovalsForeseen
from accord.console.pages.case.ahead import able
from accord.presentation.words.codes import words_of
from accord.presentation.words.days import day_in_words
from accord.presentation.words.deeds import APPROVED_AS
from accord.presentation.words.values import NamesInWords, together_in_words
from domain.directory.tiers import Role, most_of
from domain.partnership import events as e
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership
from domain.recorded.event import RecordedEvent


class Decider(NamedTuple):
    """Somebody who decided, or who is to."""

    who: str
    what: str
    said: str
    state: str
    """done, you, or open."""


def as_foreseen(partnership: Partnership, foreseen: ApprovalsForeseen | None) -> Partnership:
    """Return a partnership with the quorum that its next approval would record, by the sums that count together now."""
    if foreseen is None:
        return partnership
    return partnership.model_copy(update={"quorum": most_of(foreseen.roles, partnership.quorum or ())})


def progress_of(partnership: Partnership) -> str:
    """Return how many of the approvals are given, or '' outside of approval."""
    if partnership.stage is not Stage.APPROVAL:
        return ""
    required, open_ones = len(partnership.required_approvals), len(partnership.missing_approvals)
    return f"{required - open_ones} of {required}"


def deciders_of(
    partnership: Partnership,
    history: Sequence[RecordedEvent],
    names: NamesInWords,
    reader: str,
    foreseen: ApprovalsForeseen | None = None,
) -> tuple[Decider, ...]:
    """Return who decided, and who is to, in the order of the procedure.

    `foreseen`: the approvals that the next one would ask for, where one is still to come.
    """
    decisions = filter(None, (_decided(recorded.event, partnership, names) for recorded in history))
    done = {
        (decision.who, decision.what): decision for decision in decisions
    }  # of an approval that was given anew the last decision counts
    standing = as_foreseen(partnership, foreseen)
    open_ones = [
        _explained(_missing(standing, role, names, reader), role, standing, names, foreseen)
        for role in _waited_for(standing)
    ]
    return (*done.values(), *open_ones)


def missing_in_words(deciders: Sequence[Decider]) -> str:
    """Return the number and the names of those still to decide, or '' for none."""
    open_ones = [f"{decider.who}{decider.what}" for decider in deciders if decider.state != "done"]
    verb = "is" if len(open_ones) == 1 else "are"
    return f"{len(open_ones)} {verb} still missing: {'; '.join(open_ones)}." if open_ones else ""


_ALWAYS: Final = frozenset({Role.PROGRAMME_APPROVER, Role.FINANCE_APPROVER})
_RAISED: Final = "A verifier had to look first, and then a director decides too."


def _explained(
    decider: Decider, role: Role, partnership: Partnership, names: NamesInWords, foreseen: ApprovalsForeseen | None
) -> Decider:
    """Return somebody who is to decide, with the reason for which their role is asked, if not every sum asks for it."""
    if foreseen is None or role in _ALWAYS:
        return decider
    if role in foreseen.by_sum:
        money, rules = partnership.proposed.money, names.directory.rules
        return decider._replace(said=f"{decider.said}. {together_in_words(money, foreseen.together, role, rules)}")
    return decider._replace(said=f"{decider.said}. {_RAISED}") if foreseen.elevated else decider


def _waited_for(partnership: Partnership) -> tuple[Role, ...]:
    waits = partnership.stage in {Stage.APPROVAL, Stage.AGREEMENT, Stage.ACTIVE}
    return partnership.missing_approvals if waits else ()


def _decided(event: Any, partnership: Partnership, names: NamesInWords) -> Decider | None:
    """Return who decided by an event, as far as it still counts."""
    match event:
        case e.PartnershipProposed(actor=actor):
            return Decider(names.person(actor), "proposed it", day_in_words(event.at), "done")
        case e.ReferralCleared(actor=actor, reason=reason) if actor == partnership.verifier:
            return Decider(names.person(actor), "let it go on", f"{day_in_words(event.at)} · “{reason}”", "done")
        case e.ApprovalGiven(actor=actor, role=role, reason=reason) if (actor, role) in _counting(partnership):
            said = f"{day_in_words(event.at)} · “{reason}”"
            return Decider(names.person(actor), APPROVED_AS.get(role, "approved"), said, "done")
        case e.AgreementSigned(actor=actor) if actor == partnership.signatory:
            return Decider(names.person(actor), "recorded the agreement", day_in_words(event.at), "done")
        case e.TrancheReleased(actor=actor, tranche=tranche):
            return Decider(names.person(actor), f"released payment {tranche}", day_in_words(event.at), "done")
        case _:
            return None


def _counting(partnership: Partnership) -> set[tuple[str, Role]]:
    return {(approval.actor, approval.role) for approval in partnership.approvals}


def _missing(partnership: Partnership, role: Role, names: NamesInWords, reader: str) -> Decider:
    people = able(partnership, role, names)
    if reader in people:
        others = [person for person in people if person != reader]
        said = f"or {names.people(others, 'or')}" if others else "only you can"
        return Decider("You", f", as {words_of(role)}", said, "you")
    who = names.people(people, "or") if people else "Nobody yet"
    return Decider(who, f", as {words_of(role)}", "to decide", "open")
