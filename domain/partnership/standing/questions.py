"""Questions and conditions that stand in a partnership, by edition of the rule book."""

from __future__ import annotations

from datetime import date

from domain.keeping import memo
from domain.parties import Party, PartyKind
from domain.partnership.proposal.updates import as_checked, updates_to_check
from domain.partnership.stages import Stage
from domain.partnership.standing.fields import PartnershipFields
from domain.policy.canonical import order_of
from domain.policy.conditions import CONDITIONS, ConditionId, Gate
from domain.policy.earlier import FirstLook
from domain.policy.findings import Outcome
from domain.policy.waiting import is_bound
from domain.screening.tax_status import StatusEvidence


class OpenQuestions(PartnershipFields):
    """A partnership, by what the rule book and the registers ask of it."""

    @property
    def conditions(self) -> tuple[ConditionId, ...]:
        """Every condition that findings or declared interests set."""
        return _conditions(self)

    def open_conditions(self, *gates: Gate) -> tuple[ConditionId, ...]:
        """Return the conditions to meet before one of these steps, or before any step if none is given."""
        relevant_gates = frozenset(gates or Gate)
        return tuple(
            condition
            for condition in self.conditions
            if condition not in self.met and CONDITIONS[condition].before in relevant_gates
        )

    def on_file_for(self, tranche: int) -> tuple[ConditionId, ...]:
        """Return the conditions that do not stand before a tranche: they are met, or it does not wait for them."""
        out = self.proposed.funds_out
        has_barrier = is_bound(self.approved_under) or ConditionId.BARRIER_MET in self.conditions_later
        waits = out is not None and out.waits_for_barrier(tranche) and has_barrier
        return self.met if waits else (*self.met, ConditionId.BARRIER_MET)

    def open_before(self, tranche: int) -> tuple[ConditionId, ...]:
        """Return the conditions that must still be met before a tranche is paid."""
        free = self.on_file_for(tranche)
        return tuple(
            condition for condition in self.open_conditions(Gate.AGREEMENT, Gate.PAYMENT) if condition not in free
        )

    @property
    def conditions_later(self) -> tuple[ConditionId, ...]:
        """The conditions for a later day whose papers are not on file."""
        return tuple(
            later_question.condition
            for later_question in self.later
            if later_question.condition is not None and later_question.condition not in self.met
        )

    @property
    def conditions_to_meet(self) -> tuple[ConditionId, ...]:
        """The conditions whose papers may be put on file: after the end, only those that outlive it."""
        if self.ended:
            return self.open_conditions(Gate.CLOSE)
        return (*self.open_conditions(), *self.conditions_later)

    @property
    def asked(self) -> tuple[str, ...]:
        """Every question that nobody cleared: of the newest recheck, of whatever leg, and of what was told since."""
        return tuple(dict.fromkeys((*self.asked_since, *self.asked_beside, *self.to_check, *self.asked_later)))

    @property
    def to_clear(self) -> tuple[str, ...]:
        """The questions of a later look that wait for a verifier. At eligibility the rules are applied anew."""
        return self.asked if self.stage in {Stage.APPROVAL, Stage.AGREEMENT, Stage.ACTIVE} else ()

    @property
    def to_check(self) -> tuple[str, ...]:
        """The facts that a verifier has still to check of a payee that was told anew (rules 4.4)."""
        out = self.proposal.funds_out if self.proposal is not None else None
        if out is None or self.vouched is None:
            return ()
        cleared_questions = set(self.cleared_referrals)
        return tuple(
            question
            for question in updates_to_check(self.vouched, out.payee, self._registered)
            if question not in cleared_questions
        )

    @property
    def asked_later(self) -> tuple[str, ...]:
        """The questions for a later day that nobody cleared."""
        questions = (later_question.asked for later_question in self.later if later_question.condition is None)
        return tuple(question for question in questions if question not in self.cleared_referrals)

    @property
    def cleared_referrals(self) -> tuple[str, ...]:
        """The keys of the referrals that a verifier cleared, at first or since."""
        since = tuple(clearance.question for clearance in self.cleared_since)
        if self.assessment is None or not self.verifier:
            return since
        first = (key for finding in self.assessment.with_outcome(Outcome.REFER) for key in finding.keys)
        return tuple(dict.fromkeys((*first, *since)))

    @property
    def checked_payee(self) -> Party | None:
        """The payee without the facts that nobody has checked yet, or None if no money goes out."""
        out = self.proposal.funds_out if self.proposal is not None else None
        if out is None or self.vouched is None:
            return out.payee if out is not None else None
        return as_checked(self.vouched, out.payee, frozenset(self.cleared_referrals), self._registered)

    @property
    def paid_names(self) -> tuple[str, ...]:
        """The legal names in which the payee's account may be held: its own and, once checked, the one that it bore."""
        parties = (self.checked_payee, self.vouched)
        return tuple(dict.fromkeys(party.name for party in parties if party is not None))

    @property
    def _registered(self) -> StatusEvidence | None:
        return self.verification.status if self.verification is not None else None

    @property
    def for_profit_subrecipients(self) -> tuple[str, ...]:
        """The names of the companies among the payee's sub-recipients, which may not be for-profit (C32)."""
        out = self.proposal.funds_out if self.proposal is not None else None
        subrecipients = out.regrant.subrecipients if out is not None and out.regrant is not None else ()
        return tuple(
            subrecipient.party.name
            for subrecipient in subrecipients
            if subrecipient.party.kind is PartyKind.PRIVATE_COMPANY
        )

    @property
    def approved_under(self) -> str:
        """The edition of the rule book that it was assessed under, empty before."""
        return self.assessment.rule_book if self.assessment is not None else ""

    @property
    def seen_under(self) -> str:
        """The newest edition of the rule book under which it was assessed or looked at, empty before."""
        return self.first_looks[-1].edition if self.first_looks else self.approved_under

    def looks_since(self, edition: str) -> tuple[FirstLook, ...]:
        """Return the first looks under an edition or a newer one, or none if it was approved under such a one."""
        newer = order_of(self.approved_under) < order_of(edition)
        return tuple(
            first_look for first_look in self.first_looks if newer and order_of(first_look.edition) >= order_of(edition)
        )

    def is_bound(self, edition: str, on: date) -> bool:
        """True if what an edition asks holds payments on a day: it was approved under it, or time is over."""
        by_approval = order_of(self.approved_under) >= order_of(edition)
        return by_approval or any(first_look.binds(edition, on) for first_look in self.first_looks)


@memo
def _conditions(partnership: OpenQuestions) -> tuple[ConditionId, ...]:
    dead = {leg for leg in partnership.ended_legs if not partnership.moved_on(leg)}
    findings = partnership.assessment.findings if partnership.assessment is not None else ()
    ids = (
        *(condition for finding in findings if finding.leg not in dead for condition in finding.conditions),
        *partnership.found_since,
    )
    minutes = (ConditionId.CONFLICT_MINUTES,) if partnership.interests else ()
    sanctions_reports = (ConditionId.SANCTIONS_REPORT,) if partnership.matched else ()
    return tuple(dict.fromkeys((*ids, *minutes, *sanctions_reports)))
