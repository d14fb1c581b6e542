"""The state of a partnership in plain words for its grantee, in each language of mail: no word of ours, no account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from accord.presentation.words.values import money_in_words
from domain.values import Money


def money_in(language: str, money: Money) -> str:
    """Return a sum as readers of a language write it: USD 2,500.00, and in Spanish and French USD 2\u00a0500,00."""
    text = money_in_words(money)
    return text if language == "en" else text.replace(",", "\u00a0").replace(".", ",")


class StatusWords(NamedTuple):
    """The sentences of a grantee's status page in one language."""

    stands: Mapping[str, str]
    """By stage."""
    reads: str
    """We look at a report."""
    looks: str
    """We look at what was handed in by the door."""
    after_report: str
    """A payment that follows when a report is accepted."""
    with_day: str
    """A payment with a day."""
    without_day: str
    """A payment without one."""
    on_its_way: str
    payment: str
    arrived: str
    """What arrived of a payment, where charges were taken on the way."""
    by_day: str
    """What is owed, by a day."""
    was_due: str
    answer: str
    """We wait for an answer."""
    agreement: str
    """We wait until the agreement is accepted."""


STATUS: Final[Mapping[str, StatusWords]] = {
    "en": StatusWords(
        stands={
            "PROPOSED": "We have your proposal, and look at it.",
            "DUE_DILIGENCE": "We have your proposal, and look at it.",
            "ELIGIBILITY": "We have your proposal, and look at it.",
            "APPROVAL": "People here decide on your proposal.",
            "AGREEMENT": "It is approved. Next is the agreement, which both sides sign.",
            "ACTIVE": "The agreement is signed, and the work is under way.",
            "CLOSED": "It is complete.",
            "DECLINED": "We do not go on with it.",
            "WITHDRAWN": "It was withdrawn.",
            "TERMINATED": "It ended early.",
        },
        reads="We have report {number}, received on {day}, and look at it.",
        looks="We have {form}, handed in on {day}, and look at it.",
        after_report="Payment {number}, {money}, follows when report {report} is accepted.",
        with_day="Payment {number}, {money}, is planned for {day}.",
        without_day="Payment {number}, {money}, is not paid yet.",
        on_its_way="Payment {number}, {money}, is on its way.",
        payment="Payment {number}, {money}, was made on {day}.",
        arrived="By our bank's word, {money} of it arrived: banks took charges on the way.",
        by_day="{what}, by {day}",
        was_due="{what}, which was due on {day}",
        answer="Your answer to our question.",
        agreement="That you accept the agreement.",
    ),
    "es": StatusWords(
        stands={
            "PROPOSED": "Tenemos su propuesta y la estamos viendo.",
            "DUE_DILIGENCE": "Tenemos su propuesta y la estamos viendo.",
            "ELIGIBILITY": "Tenemos su propuesta y la estamos viendo.",
            "APPROVAL": "Aquí se decide sobre su propuesta.",
            "AGREEMENT": "Está aprobado. Sigue el acuerdo, que firman ambas partes.",
            "ACTIVE": "El acuerdo está firmado y el trabajo está en marcha.",
            "CLOSED": "Está terminado.",
            "DECLINED": "No seguimos adelante.",
            "WITHDRAWN": "Se retiró.",
            "TERMINATED": "Terminó antes de tiempo.",
        },
        reads="Tenemos el informe {number}, recibido el {day}, y lo estamos viendo.",
        looks="Tenemos {form}, con fecha del {day}, y lo estamos viendo.",
        after_report="El pago {number}, {money}, sigue cuando se acepte el informe {report}.",
        with_day="El pago {number}, {money}, está previsto para el {day}.",
        without_day="El pago {number}, {money}, aún no se ha hecho.",
        on_its_way="El pago {number}, {money}, está en camino.",
        payment="El pago {number}, {money}, se hizo el {day}.",
        arrived="Según nuestro banco, llegaron {money}: hubo gastos bancarios en el camino.",
        by_day="{what}, hasta el {day}",
        was_due="{what}, cuyo plazo venció el {day}",
        answer="Su respuesta a nuestra pregunta.",
        agreement="Que acepte el acuerdo.",
    ),
    "fr": StatusWords(
        stands={
            "PROPOSED": "Nous avons votre proposition et nous l’examinons.",
            "DUE_DILIGENCE": "Nous avons votre proposition et nous l’examinons.",
            "ELIGIBILITY": "Nous avons votre proposition et nous l’examinons.",
            "APPROVAL": "Votre proposition est en cours de décision chez nous.",
            "AGREEMENT": "C’est approuvé. Vient ensuite l’accord, que les deux parties signent.",
            "ACTIVE": "L’accord est signé et le travail est en cours.",
            "CLOSED": "C’est terminé.",
            "DECLINED": "Nous n’allons pas plus loin.",
            "WITHDRAWN": "La proposition a été retirée.",
            "TERMINATED": "Cela s’est terminé avant l’heure.",
        },
        reads="Nous avons le rapport {number}, reçu le {day}, et nous le lisons.",
        looks="Nous avons {form}, en date du {day}, et nous l’examinons.",
        after_report="Le paiement {number}, {money}, suit dès que le rapport {report} est accepté.",
        with_day="Le paiement {number}, {money}, est prévu pour le {day}.",
        without_day="Le paiement {number}, {money}, n’est pas encore fait.",
        on_its_way="Le paiement {number}, {money}, est en route.",
        payment="Le paiement {number}, {money}, a été fait le {day}.",
        arrived="Selon notre banque, {money} sont arrivés : des frais bancaires ont été prélevés en chemin.",
        by_day="{what}, d’ici au {day}",
        was_due="{what}, à remettre depuis le {day}",
        answer="Votre réponse à notre question.",
        agreement="Que vous acceptiez l’accord.",
    ),
}
"""By language."""
