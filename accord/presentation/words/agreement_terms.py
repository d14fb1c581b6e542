"""The terms of an agreement as its grantee reads them at the door: each a sentence of their language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from accord.presentation.words.mail import day_in
from accord.presentation.words.values import money_in_words
from domain.partnership.letter.facts import AwardFacts, PlannedPayment, PlannedReportFacts

TERMS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "between": "Between {house} and {to}, of {day}: {title} ({reference}).",
        "whole": "These are its terms. The whole agreement is the paper with the digest below, which we send you.",
        "grant": "We grant {money}.",
        "purpose": "It is for: {text}",
        "objective": "It serves: {text}",
        "community": "For whom: {text}",
        "period": "The work runs from {first} to {last}.",
        "payment": "Payment {number}: {money}",
        "payment_day": ", on {day} at the earliest",
        "payment_after": ", once report {number} is accepted",
        "report": "Report {number}: {kind}",
        "report_day": ", by {day}",
        "report_after": ", {days} days after payment {number}",
        "condition": "Before money is paid: {text}",
        "barrier": "Money is owed only once this is reached: {text}",
        "note": "Also: {text}",
        "PROGRESS": "what was done",
        "FINANCIAL": "what was spent",
        "FINAL": "the last one, with all that was achieved and spent",
    },
    "es": {
        "between": "Entre {house} y {to}, del {day}: {title} ({reference}).",
        "whole": "Estos son sus términos. El convenio entero es el documento con el resumen de abajo, que le enviamos.",
        "grant": "Otorgamos {money}.",
        "purpose": "Es para: {text}",
        "objective": "Sirve a: {text}",
        "community": "Para quién: {text}",
        "period": "El trabajo va del {first} al {last}.",
        "payment": "Pago {number}: {money}",
        "payment_day": ", no antes del {day}",
        "payment_after": ", una vez aceptado el informe {number}",
        "report": "Informe {number}: {kind}",
        "report_day": ", hasta el {day}",
        "report_after": ", {days} días después del pago {number}",
        "condition": "Antes de que se pague: {text}",
        "barrier": "El dinero se debe solo cuando se alcance esto: {text}",
        "note": "Además: {text}",
        "PROGRESS": "lo que se hizo",
        "FINANCIAL": "lo que se gastó",
        "FINAL": "el último, con todo lo logrado y gastado",
    },
    "fr": {
        "between": "Entre {house} et {to}, du {day} : {title} ({reference}).",
        "whole": "En voici les termes. La convention entière est le document dont l’empreinte figure ci-dessous, que "
        "nous vous envoyons.",
        "grant": "Nous accordons {money}.",
        "purpose": "C’est pour : {text}",
        "objective": "Cela sert à : {text}",
        "community": "Pour qui : {text}",
        "period": "Le travail va du {first} au {last}.",
        "payment": "Paiement {number} : {money}",
        "payment_day": ", au plus tôt le {day}",
        "payment_after": ", une fois le rapport {number} accepté",
        "report": "Rapport {number} : {kind}",
        "report_day": ", au plus tard le {day}",
        "report_after": ", {days} jours après le paiement {number}",
        "condition": "Avant tout paiement : {text}",
        "barrier": "L’argent n’est dû que lorsque ceci est atteint : {text}",
        "note": "De plus : {text}",
        "PROGRESS": "ce qui a été fait",
        "FINANCIAL": "ce qui a été dépensé",
        "FINAL": "le dernier, avec tout ce qui a été atteint et dépensé",
    },
}


def terms_in_words(facts: AwardFacts, language: str) -> str:
    """Return the terms of an agreement, a sentence a line."""
    return "\n".join(_sentences(facts, TERMS[language], language))


def _sentences(facts: AwardFacts, phrases: Mapping[str, str], language: str) -> Iterator[str]:
    day = day_in(language, facts.on)
    yield phrases["between"].format(
        house=facts.house.name, to=facts.to.name, day=day, title=facts.title, reference=facts.reference
    )
    yield phrases["whole"]
    if facts.grant is not None:
        yield phrases["grant"].format(money=money_in_words(facts.grant))
    for name in ("purpose", "objective", "community", "barrier", "note"):
        if text := getattr(facts, name):
            yield phrases[name].format(text=text)
    if facts.period is not None:
        first, last = day_in(language, facts.period.starts), day_in(language, facts.period.ends)
        yield phrases["period"].format(first=first, last=last)
    yield from (_payment(payment, phrases, language) for payment in facts.payments)
    yield from (_report(report, phrases, language) for report in facts.reports)
    yield from (phrases["condition"].format(text=condition) for condition in facts.conditions)


def _payment(payment: PlannedPayment, phrases: Mapping[str, str], language: str) -> str:
    words = phrases["payment"].format(number=payment.number, money=money_in_words(payment.money))
    if payment.after_report is not None:
        words += phrases["payment_after"].format(number=payment.after_report)
    elif payment.due_on is not None:
        words += phrases["payment_day"].format(day=day_in(language, payment.due_on))
    return f"{words}."


def _report(report: PlannedReportFacts, phrases: Mapping[str, str], language: str) -> str:
    words = phrases["report"].format(number=report.number, kind=phrases[report.report_kind.value])
    if report.due_on is not None:
        words += phrases["report_day"].format(day=day_in(language, report.due_on))
    elif report.days_after is not None:
        words += phrases["report_after"].format(days=report.days_after, number=report.after_tranche)
    return f"{words}."
