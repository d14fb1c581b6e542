"""Make the facts of a letter from a partnership's state, or say why there is no such letter now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from domain.errors import IllegalTransition
from domain.partnership.letter import facts as f
from domain.partnership.letter.common import (
    Common,
    LetterWish,
    common_facts,
    finding_facts,
    planned_payments,
    planned_reports,
)
from domain.partnership.letter.kinds import NUMBERED, LetterKind
from domain.partnership.report.reports import FiledReport, ReportState
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership, TrancheState
from domain.partnership.waiting.obligations import obligations
from domain.partnership.waiting.owing import ObligationKind
from domain.policy.conditions import CONDITIONS
from domain.policy.findings import Outcome
from domain.values import Money


def letter_facts(partnership: Partnership, wish: LetterWish) -> f.LetterFacts:
    """Return the facts of a letter as they stand.

    Raises:
        IllegalTransition: There is no such letter now; the message says why, and what to do.
    """
    if wish.letter in NUMBERED and wish.about is None and not _is_of_property(partnership, wish):
        raise IllegalTransition(f"about: say which {NUMBERED[wish.letter]} the letter is about, by its number")
    if wish.letter not in NUMBERED and wish.about is not None:
        raise IllegalTransition(
            f"about: a letter {wish.letter} is about the partnership as a whole; leave the number out"
        )
    return _MAKERS[wish.letter](partnership, wish, common_facts(partnership, wish))


def _is_of_property(partnership: Partnership, wish: LetterWish) -> bool:
    gift = partnership.proposed.funds_in
    return wish.letter is LetterKind.GIFT_ACKNOWLEDGEMENT and gift is not None and gift.in_kind is not None


def _award(partnership: Partnership, wish: LetterWish, common: Common) -> f.LetterFacts:
    """Return the facts of an award or an agreement, once everybody approved."""
    if partnership.stage not in {Stage.AGREEMENT, Stage.ACTIVE} or not partnership.is_approved:
        raise IllegalTransition(
            f"{partnership.partnership_id} is {partnership.stage.value} and not approved by everybody; "
            "such a letter is issued once it is"
        )
    proposal, out = partnership.proposed, partnership.proposed.funds_out
    joint = proposal.non_monetary
    return f.AwardFacts(
        **common,
        grant=out.total if out else None,
        purpose=out.purpose if out else joint.activity if joint else proposal.title,
        objective=proposal.public_interest.mission_objective,
        community=proposal.public_interest.community_served,
        period=proposal.period,
        payments=planned_payments(partnership),
        reports=planned_reports(partnership),
        conditions=tuple(CONDITIONS[condition].what for condition in partnership.open_conditions()),
        barrier=out.barrier if out else None,
    )


def _decline(partnership: Partnership, _: LetterWish, common: Common) -> f.LetterFacts:
    """Return the facts of a refusal."""
    if partnership.stage is not Stage.DECLINED:
        raise IllegalTransition(f"{partnership.partnership_id} is {partnership.stage.value}, so nothing is refused")
    assessment = partnership.assessment
    decisive = assessment.with_outcome(Outcome.FAIL) if assessment is not None else ()
    options = assessment.options if assessment is not None and decisive else ()
    return f.DeclineFacts(
        **common,
        reason=partnership.why or "it was declined",
        findings=tuple(map(finding_facts, decisive)),
        path=next(iter(options), None),
    )


def _questions(partnership: Partnership, _: LetterWish, common: Common) -> f.LetterFacts:
    if not partnership.question:
        raise IllegalTransition(f"nothing is asked of the proposer of {partnership.partnership_id} now")
    return f.QuestionFacts(**common, question=partnership.question)


_JUDGED: Final = {
    LetterKind.REPORT_ACCEPTED: ReportState.ACCEPTED,
    LetterKind.REPORT_RETURNED: ReportState.RETURNED,
}


def _judged_report(partnership: Partnership, wish: LetterWish, common: Common) -> f.LetterFacts:
    report, state = partnership.reporting.report(wish.about or 0), _JUDGED[wish.letter]
    if report is None or report.state is not state:
        raise IllegalTransition(
            f"about: there is no report {wish.about} that was {state.value.lower()}; `accord reports`"
        )
    if report.state is ReportState.RETURNED and wish.note is None:
        raise IllegalTransition("note: say in a sentence what the report lacks, which the letter tells the grantee")
    figures = report.figures
    return f.JudgedReportFacts(
        **common,
        number=report.number,
        report_kind=report.kind,
        received_on=report.received_on,
        spent=_sum(figures.spent, figures.currency) if figures else None,
        unspent=_sum(figures.unspent, figures.currency) if figures else None,
        not_arrived=_sum(report.not_arrived, figures.currency) if figures else None,
        payments=_waiting_for(partnership, report),
    )


def _sum(amount: Decimal, currency: str) -> Money | None:
    """Return a sum, or None of nothing: a letter leaves its sentence out then."""
    return Money(amount=amount, currency=currency) if amount else None


def _waiting_for(partnership: Partnership, report: FiledReport) -> tuple[f.PlannedPayment, ...]:
    plan = partnership.reporting.plan(report.planned) if report.planned is not None else None
    return planned_payments(partnership, *plan.holds) if plan is not None and plan.holds else ()


def _payment(partnership: Partnership, wish: LetterWish, common: Common) -> f.LetterFacts:
    tranche = partnership.tranche(wish.about or 0)
    paid_on = dict(partnership.reporting.settled).get(wish.about or 0)
    if tranche is None or tranche.state is not TrancheState.SETTLED or paid_on is None:
        raise IllegalTransition(
            f"about: payment {wish.about} has not settled; its advice is issued once the bank says so"
        )
    remaining = [progress.number for progress in partnership.unpaid]
    return f.PaymentFacts(
        **common,
        number=tranche.number,
        money=tranche.money,
        arrived=_arrived(tranche.money, tranche.taken_on_the_way),
        paid_on=paid_on,
        remaining=planned_payments(partnership, *remaining) if remaining else (),
    )


def _arrived(paid_sum: Money, charges: Decimal) -> Money | None:
    """Return the part of a sum that arrived, or None where the bank tells of no charges on the way."""
    return _sum(paid_sum.amount - charges, paid_sum.currency) if charges else None


_OF_THE_GRANTEE: Final = frozenset({ObligationKind.REPORT, ObligationKind.YEARLY_REPORT, ObligationKind.REFUND})
"""The obligations that are the grantee's, of which a letter reminds. The others are ours."""


def _reminder(partnership: Partnership, _: LetterWish, common: Common) -> f.LetterFacts:
    owed = tuple(
        f.OwedFacts(
            owed=obligation.kind,
            about=obligation.about,
            due_on=obligation.due,
            money=_unspent(partnership) if obligation.kind is ObligationKind.REFUND else None,
        )
        for obligation in obligations(partnership)
        if obligation.kind in _OF_THE_GRANTEE
    )
    if not owed:
        raise IllegalTransition(f"nothing is owed by the grantee of {partnership.partnership_id} now")
    return f.ReminderFacts(**common, owed=owed)


def _unspent(partnership: Partnership) -> Money | None:
    out = partnership.proposed.funds_out
    return Money(amount=partnership.unspent, currency=out.currency) if out is not None else None


def _gift(partnership: Partnership, wish: LetterWish, common: Common) -> f.LetterFacts:
    gift = partnership.proposed.funds_in
    if gift is None:
        raise IllegalTransition(
            f"no money comes in under {partnership.partnership_id}, so there is no gift to acknowledge"
        )
    returned = bool(gift.gets_in_return) or (gift.benefit is not None and gift.benefit.amount > 0)
    if returned and (wish.note is None or gift.benefit is None):
        raise IllegalTransition(
            "note: the donor got something in return; describe the goods or services in a sentence, and let the "
            "proposal say their value (funds_in.benefit), since the letter needs both (26 USC 170(f)(8)(B))"
        )
    given = _given(partnership, wish)
    return f.GiftFacts(**common, **given, returned=returned, estimate=gift.benefit if returned else None)


def _given(partnership: Partnership, wish: LetterWish) -> dict[str, Any]:
    gift = partnership.proposed.funds_in
    if gift is not None and gift.in_kind is not None:
        if partnership.agreed_on is None or wish.about is not None:
            raise IllegalTransition("a gift of property is acknowledged once it is agreed, and has no number")
        return {"number": None, "money": None, "property": gift.in_kind.what, "received_on": partnership.agreed_on}
    contribution = next(
        (contribution for contribution in partnership.contributions if contribution.number == wish.about), None
    )
    if contribution is None:
        known = ", ".join(str(contribution.number) for contribution in partnership.contributions) or "none yet"
        raise IllegalTransition(
            f"about: there is no contribution {wish.about} of USD 250.00 or more; those that came: {known}"
        )
    return {
        "number": contribution.number,
        "money": contribution.money,
        "property": None,
        "received_on": contribution.on,
    }


def _docket(partnership: Partnership, wish: LetterWish, common: Common) -> f.LetterFacts:
    """Return what a board reads, or a summary: what is proposed, what the rules find, who approved."""
    proposal, out, assessment = partnership.proposed, partnership.proposed.funds_out, partnership.assessment
    if assessment is None and wish.letter is LetterKind.DOCKET:
        raise IllegalTransition(
            f"the rules have not judged {partnership.partnership_id} yet; a docket shows their word"
        )
    findings = assessment.findings if assessment is not None else ()
    interest = proposal.public_interest
    paid_sum = _sum(partnership.spent, out.currency) if out else None
    return f.DocketFacts(
        **common,
        stage=partnership.stage,
        partner=proposal.partner.name,
        country=proposal.partner.country,
        grant=out.total if out else None,
        gift=proposal.funds_in.money if proposal.funds_in else None,
        paid=paid_sum,
        arrived=_arrived(paid_sum, partnership.taken_on_the_way) if paid_sum else None,
        purpose=out.purpose if out else None,
        objective=interest.mission_objective,
        community=interest.community_served,
        statement=interest.statement,
        period=proposal.period,
        payments=planned_payments(partnership),
        reports=planned_reports(partnership),
        findings=tuple(finding_facts(finding) for finding in findings if finding.outcome is not Outcome.PASS),
        conditions=tuple(CONDITIONS[condition].what for condition in partnership.open_conditions()),
        approved=tuple(approval.role for approval in partnership.approvals),
        missing=partnership.missing_approvals,
    )


_MAKERS: Final[Mapping[LetterKind, Callable[[Partnership, LetterWish, Common], f.LetterFacts]]] = MappingProxyType(
    {
        LetterKind.AWARD: _award,
        LetterKind.AGREEMENT: _award,
        LetterKind.DECLINE: _decline,
        LetterKind.QUESTIONS: _questions,
        LetterKind.REPORT_ACCEPTED: _judged_report,
        LetterKind.REPORT_RETURNED: _judged_report,
        LetterKind.PAYMENT_ADVICE: _payment,
        LetterKind.REMINDER: _reminder,
        LetterKind.GIFT_ACKNOWLEDGEMENT: _gift,
        LetterKind.DOCKET: _docket,
        LetterKind.SUMMARY: _docket,
    }
)
