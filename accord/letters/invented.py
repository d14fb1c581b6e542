"""Invented facts, on which a letter's edition is looked at before anything real is written with it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Final

from domain.directory.tiers import Role
from domain.partnership.letter import facts as f
from domain.partnership.letter.kinds import TO_THE_BOARD, Addressee, LetterKind
from domain.partnership.stages import Stage
from domain.partnership.waiting.owing import ObligationKind
from domain.plans import Period, ReportKind
from domain.policy.findings import Outcome
from domain.values import Money

DAY: Final = date(2027, 1, 15)


def invented_facts(letter: LetterKind) -> f.LetterFacts:
    """Return invented facts of a kind of letter, in which every fact has a value."""
    return f.FACTS[letter].model_validate({**_common(letter), **_own(letter)})


def _money(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency="USD")


def _common(letter: LetterKind) -> dict[str, Any]:
    part = Addressee.BOARD if letter in TO_THE_BOARD else Addressee.PAYEE
    return {
        "letter": letter,
        "reference": "P-2027-0042",
        "title": "Open fibre for the lake villages",
        "on": DAY,
        "house": f.HouseFacts(
            name="Orchard Foundation", ein="001234500", lines=("12 Orchard Road", "Reston, VA", "20190")
        ),
        "to": f.AddresseeFacts(
            part=Addressee.DONOR if letter is LetterKind.GIFT_ACKNOWLEDGEMENT else part,
            name="Lake Villages Network",
            country="UG",
            lines=("4 Shore Lane", "Entebbe"),
            person="Grace Nansubuga",
        ),
        "note": "The figures of the second course are missing, and nobody signed it.",
    }


_PAID: Final = {"money": _money("20000"), "arrived": _money("19985")}
_PAYMENTS: Final = (
    f.PlannedPayment(number=1, money=_money("20000"), due_on=date(2027, 2, 1)),
    f.PlannedPayment(number=2, money=_money("30000.50"), after_report=1),
)
_REPORTS: Final = (
    f.PlannedReportFacts(number=1, report_kind=ReportKind.FINANCIAL, days_after=180, after_tranche=1),
    f.PlannedReportFacts(number=2, report_kind=ReportKind.FINAL, due_on=date(2028, 3, 31)),
)
_FINDINGS: Final = (
    f.FindingFacts(
        words="the payee is on no register of charities, and nobody gave an equivalency determination",
        citation="26 CFR 53.4945-5(a)(5)",
        outcome=Outcome.FAIL,
        remedies=("name a payee that is on the register", "have a practitioner determine its equivalency"),
    ),
)
_AGREED: Final[dict[str, Any]] = {
    "grant": _money("50000.50"),
    "purpose": "Lay fibre to eleven villages and teach those who keep it.",
    "objective": "Everybody can be online.",
    "community": "the fishing villages on the northern shore",
    "period": Period(starts=date(2027, 1, 1), ends=date(2027, 12, 31)),
    "payments": _PAYMENTS,
    "reports": _REPORTS,
    "conditions": ("file the grantee's promise of charitable purposes",),
}


def _own(letter: LetterKind) -> dict[str, Any]:
    match letter:
        case LetterKind.AWARD | LetterKind.AGREEMENT:
            return {**_AGREED, "barrier": "Five villages are connected."}
        case LetterKind.DECLINE:
            path = "name a payee that is on the register"
            return {"reason": "a rule refuses it", "findings": _FINDINGS, "path": path}
        case LetterKind.QUESTIONS:
            return {"question": "Which villages are served first, and why?"}
        case LetterKind.REPORT_ACCEPTED | LetterKind.REPORT_RETURNED:
            kind, sums = ReportKind.FINANCIAL, {"spent": _money("18250.50"), "unspent": _money("1734.50")}
            sums |= {"not_arrived": _money("15")}
            return {"number": 1, "report_kind": kind, "received_on": DAY, **sums, "payments": _PAYMENTS[1:]}
        case LetterKind.PAYMENT_ADVICE:
            return {"number": 1, "paid_on": DAY, "remaining": _PAYMENTS[1:], **_PAID}
        case LetterKind.REMINDER:
            report = f.OwedFacts(owed=ObligationKind.REPORT, about="1", due_on=date(2027, 7, 31))
            refund = f.OwedFacts(
                owed=ObligationKind.REFUND, about="unspent", due_on=date(2027, 8, 31), money=_money("1749.50")
            )
            return {"owed": (report, refund)}
        case LetterKind.GIFT_ACKNOWLEDGEMENT:
            return _gift()
        case LetterKind.DOCKET | LetterKind.SUMMARY:
            return _docket()


def _gift() -> dict[str, Any]:
    sums = {"money": _money("250"), "estimate": _money("40")}
    return {"number": 1, **sums, "property": "Two routers", "received_on": DAY, "returned": True}


def _docket() -> dict[str, Any]:
    return {
        **_AGREED,
        "stage": Stage.APPROVAL,
        "partner": "Lake Villages Network",
        "country": "UG",
        "gift": _money("5000"),
        "paid": _PAID["money"],
        "arrived": _PAID["arrived"],
        "statement": "Eleven villages are online for the first time.",
        "findings": _FINDINGS,
        "approved": (Role.PROGRAMME_APPROVER,),
        "missing": (Role.FINANCE_APPROVER,),
    }
