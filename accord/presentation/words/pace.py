"""The clock of a case in words, for its grantee and for staff, in the languages of the door."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final, NamedTuple

from domain.partnership.pace.clock import CaseClock
from domain.partnership.pace.waits import PaceWait, Side

WAITS: Final[Mapping[str, Mapping[PaceWait, str]]] = MappingProxyType(
    {
        "en": {
            PaceWait.DECISION: "our decision",
            PaceWait.AGREEMENT: "our agreement to sign",
            PaceWait.SUBMISSION: "our look at what you handed in",
            PaceWait.JUDGEMENT: "our answer to your report",
            PaceWait.PAYMENT: "our payment",
            PaceWait.ANSWER: "your answer to a question",
            PaceWait.RETURN: "what came back to you with questions",
            PaceWait.SIGNATURE: "your acceptance of the agreement",
            PaceWait.REPORT: "your report",
        },
        "es": {
            PaceWait.DECISION: "nuestra decisión",
            PaceWait.AGREEMENT: "nuestro convenio para firmar",
            PaceWait.SUBMISSION: "nuestra revisión de lo que usted entregó",
            PaceWait.JUDGEMENT: "nuestra respuesta a su informe",
            PaceWait.PAYMENT: "nuestro pago",
            PaceWait.ANSWER: "su respuesta a una pregunta",
            PaceWait.RETURN: "lo que le devolvimos con preguntas",
            PaceWait.SIGNATURE: "su aceptación del convenio",
            PaceWait.REPORT: "su informe",
        },
        "fr": {
            PaceWait.DECISION: "notre décision",
            PaceWait.AGREEMENT: "notre convention à signer",
            PaceWait.SUBMISSION: "notre examen de ce que vous avez remis",
            PaceWait.JUDGEMENT: "notre réponse à votre rapport",
            PaceWait.PAYMENT: "notre paiement",
            PaceWait.ANSWER: "votre réponse à une question",
            PaceWait.RETURN: "ce que nous vous avons renvoyé avec des questions",
            PaceWait.SIGNATURE: "votre acceptation de la convention",
            PaceWait.REPORT: "votre rapport",
        },
    }
)
"""The kinds of wait as a grantee reads them, by language."""


class PaceWords(NamedTuple):
    """The sentences of a clock in a language."""

    with_us: str
    with_them: str
    we_are_waited_for: str
    they_are_waited_for: str
    day: str
    days: str
    less: str


_WORDS: Final[Mapping[str, PaceWords]] = MappingProxyType(
    {
        "en": PaceWords(
            "So far with us: {}", "So far with you: {}", "You wait for {}: {}", "We wait for {}: {}", "1 day",
            "{} days", "less than a day",
        ),
        "es": PaceWords(
            "Hasta ahora, con nosotros: {}", "Hasta ahora, con usted: {}", "Usted espera {}: {}", "Esperamos {}: {}",
            "1 día", "{} días", "menos de un día",
        ),
        "fr": PaceWords(
            "Jusqu’ici chez nous : {}", "Jusqu’ici chez vous : {}", "Vous attendez {} : {}", "Nous attendons {} : {}",
            "1 jour", "{} jours", "moins d’un jour",
        ),
    }
)  # fmt: skip


def clock_in_words(clock: CaseClock, language: str = "en") -> list[str]:
    """Return the sentences of a clock: the days with each side, and every wait that is open. Unknown: in English."""
    words, waits = _WORDS.get(language, _WORDS["en"]), WAITS.get(language, WAITS["en"])
    sentences = [
        words.with_us.format(days_in(clock.time(Side.WITH_US), language)),
        words.with_them.format(days_in(clock.time(Side.WITH_THEM), language)),
    ]
    for stretch in clock.open_stretches:
        frame = words.we_are_waited_for if stretch.side is Side.WITH_US else words.they_are_waited_for
        sentences.append(frame.format(waits[stretch.kind], days_in(stretch.length, language)))
    return list(dict.fromkeys(sentences))


def days_in(length: timedelta, language: str = "en") -> str:
    """Return a length in whole days, rounded down, in words."""
    words = _WORDS.get(language, _WORDS["en"])
    match length.days:
        case 0:
            return words.less
        case 1:
            return words.day
        case days:
            return words.days.format(days)
