"""The words of mail, in each language in which it is written. Values are put into them, and are no words of ours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final, NamedTuple

from domain.plans import MailLanguage


class MailWords(NamedTuple):
    """The subject of a mail, and what it says between the greeting and the end."""

    subject: str
    text: str


LANGUAGES: Final = tuple(language.value for language in MailLanguage)

GREETINGS: Final[Mapping[str, str]] = {"en": "Dear {name},", "es": "Hola, {name}:", "fr": "Bonjour {name},"}

ENDINGS: Final[Mapping[str, str]] = {
    "en": "Answer to this address if something is unclear, or if you are not the right person. Nobody here asks for "
    "bank details by mail, or announces new ones: whoever does is not us.\n\n{house}",
    "es": "Responda a esta dirección si algo no está claro o si usted no es la persona indicada. Aquí nadie pide datos "
    "bancarios por correo ni anuncia otros nuevos: quien lo haga no es de nuestra casa.\n\n{house}",
    "fr": "Répondez à cette adresse si quelque chose n’est pas clair ou si vous n’êtes pas la bonne personne. Personne "
    "chez nous ne demande de coordonnées bancaires par courriel, ni n’en annonce de nouvelles : ce n’est pas nous."
    "\n\n{house}",
}

TO_GRANTEES: Final[Mapping[str, Mapping[str, MailWords]]] = {
    "OWED_SOON": {
        "en": MailWords("{what} is due on {day}", "For “{title}” ({id}), {what} is due on {day}."),
        "es": MailWords("{what}: plazo hasta el {day}", "En «{title}» ({id}), el plazo para {what} vence el {day}."),
        "fr": MailWords("{what} : échéance le {day}", "Pour « {title} » ({id}), {what} est à remettre le {day}."),
    },
    "OWED_NOW": {
        "en": MailWords("{what} is due today", "For “{title}” ({id}), {what} is due today, {day}."),
        "es": MailWords("{what}: el plazo vence hoy", "En «{title}» ({id}), el plazo para {what} vence hoy, {day}."),
        "fr": MailWords(
            "{what} : l’échéance est aujourd’hui",
            "Pour « {title} » ({id}), {what} est à remettre aujourd’hui, le {day}.",
        ),
    },
    "OWED_LATE": {
        "en": MailWords(
            "{what} was due on {day}", "For “{title}” ({id}), {what} was due on {day}, and we have not received it."
        ),
        "es": MailWords(
            "{what}: el plazo venció el {day}",
            "En «{title}» ({id}), el plazo para {what} venció el {day}, y no hemos recibido nada.",
        ),
        "fr": MailWords(
            "{what} : échéance passée, {day}",
            "Pour « {title} » ({id}), {what} était à remettre le {day}, et nous n’avons rien reçu.",
        ),
    },
    "QUESTION_ASKED": {
        "en": MailWords(
            "A question about {id}",
            "We have a question about “{title}” ({id}). Whoever looks after it here puts it to you.",
        ),
        "es": MailWords(
            "Una pregunta sobre {id}",
            "Tenemos una pregunta sobre «{title}» ({id}). La persona que lo atiende aquí se la hará llegar.",
        ),
        "fr": MailWords(
            "Une question sur {id}",
            "Nous avons une question sur « {title} » ({id}). La personne qui suit le projet ici vous la posera.",
        ),
    },
    "AGREEMENT_WAITS": {
        "en": MailWords(
            "{id} is approved: the agreement waits",
            "“{title}” ({id}) is approved. Next is the agreement, which both sides sign. Whoever looks after it here "
            "sends it to you.",
        ),
        "es": MailWords(
            "{id} está aprobado: falta el acuerdo",
            "«{title}» ({id}) está aprobado. Sigue el acuerdo, que firman ambas partes. La persona que lo atiende aquí "
            "se lo hará llegar.",
        ),
        "fr": MailWords(
            "{id} est approuvé : l’accord attend",
            "« {title} » ({id}) est approuvé. Vient ensuite l’accord, que les deux parties signent. La personne qui "
            "suit le projet ici vous l’enverra.",
        ),
    },
    "REPORT_ACCEPTED": {
        "en": MailWords(
            "Report {number} on {id} is accepted", "Report {number} on “{title}” ({id}) is accepted. Thank you."
        ),
        "es": MailWords(
            "El informe {number} de {id} está aceptado",
            "El informe {number} de «{title}» ({id}) está aceptado. Gracias.",
        ),
        "fr": MailWords(
            "Le rapport {number} de {id} est accepté", "Le rapport {number} de « {title} » ({id}) est accepté. Merci."
        ),
    },
    "REPORT_RETURNED": {
        "en": MailWords(
            "Report {number} on {id} comes back to you",
            "Report {number} on “{title}” ({id}) comes back to you:\n\n{words}",
        ),
        "es": MailWords(
            "El informe {number} de {id} se le devuelve",
            "El informe {number} de «{title}» ({id}) se le devuelve:\n\n{words}",
        ),
        "fr": MailWords(
            "Le rapport {number} de {id} vous est rendu",
            "Le rapport {number} de « {title} » ({id}) vous est rendu :\n\n{words}",
        ),
    },
    "PAYMENT_SENT": {
        "en": MailWords(
            "A payment for {id} is on its way",
            "Payment {number} for “{title}” ({id}), {money}, went to our bank, for the account that we agreed on.",
        ),
        "es": MailWords(
            "Un pago de {id} está en camino",
            "El pago {number} de «{title}» ({id}), {money}, fue a nuestro banco. Va a la cuenta acordada.",
        ),
        "fr": MailWords(
            "Un paiement pour {id} est en route",
            "Le paiement {number} pour « {title} » ({id}), {money}, est à notre banque. Il va au compte convenu.",
        ),
    },
    "PAYMENT_SETTLED": {
        "en": MailWords(
            "A payment for {id} was made", "Our bank has made payment {number} for “{title}” ({id}), {money}."
        ),
        "es": MailWords(
            "Un pago de {id} se ha hecho", "Nuestro banco ha hecho el pago {number} de «{title}» ({id}), {money}."
        ),
        "fr": MailWords(
            "Un paiement pour {id} est fait",
            "Notre banque a fait le paiement {number} pour « {title} » ({id}), {money}.",
        ),
    },
}
"""By the kind of a mail and the language."""

OWED_THINGS: Final[Mapping[str, Mapping[str, str]]] = {
    "REPORT": {"en": "report {number}", "es": "el informe {number}", "fr": "le rapport {number}"},
    "FINAL": {"en": "the final report", "es": "el informe final", "fr": "le rapport final"},
    "YEARLY_REPORT": {"en": "the yearly report", "es": "el informe anual", "fr": "le rapport annuel"},
    "REFUND": {"en": "the money that was not spent", "es": "el dinero no gastado", "fr": "l’argent non dépensé"},
    "CORRECTION": {
        "en": "the correction of report {number}",
        "es": "la corrección del informe {number}",
        "fr": "la correction du rapport {number}",
    },
}
"""What a grantee owes, by the kind of obligation."""


class StaffWords(NamedTuple):
    """The words of mail to staff. What is counted is said of one and of several."""

    waits: tuple[str, str]
    of_them_late: str
    overdue: str
    all_overdue: tuple[str, str]
    late: str
    waiting: str
    by: str
    was_due: str
    lapses: str
    further: tuple[str, str]
    beside: Mapping[str, str]
    """The acts that are no step of a partnership, by name."""
    ending: str


STAFF: Final[Mapping[str, StaffWords]] = {
    "en": StaffWords(
        waits=("What waits for you: {count} thing", "What waits for you: {count} things"),
        of_them_late=", {count} overdue",
        overdue="Overdue: {act} in {id}",
        all_overdue=("Overdue: {count} thing", "Overdue: {count} things"),
        late="Overdue, or about to end:",
        waiting="Waits for you:",
        by=", by {day}",
        was_due=", was due on {day}",
        lapses=", ends on {day} unless somebody acts",
        further=("And {count} more:", "And {count} more:"),
        beside={
            "CHANGE": "confirm a change",
            "COVER": "cover what the fund promised and cannot pay",
            "ENTRY": "say what an entry of the bank’s statement is",
        },
        ending="You chose to be told of this. On the page with your name, or with `accord post choose`, you choose "
        "otherwise.",
    ),
    "es": StaffWords(
        waits=("Le espera {count} asunto", "Le esperan {count} asuntos"),
        of_them_late=", {count} con plazo vencido",
        overdue="Plazo vencido: {act} en {id}",
        all_overdue=("Plazo vencido: {count} asunto", "Plazo vencido: {count} asuntos"),
        late="Con plazo vencido, o a punto de terminar:",
        waiting="Le espera:",
        by=", hasta el {day}",
        was_due=", el plazo venció el {day}",
        lapses=", termina el {day} si nadie actúa",
        further=("Y {count} más:", "Y {count} más:"),
        beside={
            "CHANGE": "confirmar un cambio",
            "COVER": "cubrir lo que el fondo prometió y no puede pagar",
            "ENTRY": "decir qué es un apunte del extracto del banco",
        },
        ending="Usted eligió recibir este aviso. En la página con su nombre, o con `accord post choose`, elige otra "
        "cosa.",
    ),
    "fr": StaffWords(
        waits=("{count} chose vous attend", "{count} choses vous attendent"),
        of_them_late=", dont {count} en retard",
        overdue="En retard : {act} dans {id}",
        all_overdue=("En retard : {count} chose", "En retard : {count} choses"),
        late="En retard, ou près de la fin :",
        waiting="Vous attend :",
        by=", d’ici au {day}",
        was_due=", échéance passée le {day}",
        lapses=", prend fin le {day} si personne n’agit",
        further=("Et {count} de plus :", "Et {count} de plus :"),
        beside={
            "CHANGE": "confirmer un changement",
            "COVER": "couvrir ce que le fonds a promis et ne peut pas payer",
            "ENTRY": "dire ce qu’est une écriture du relevé de la banque",
        },
        ending="Vous avez choisi de recevoir cet avis. Sur la page à votre nom, ou avec `accord post choose`, vous "
        "choisissez autrement.",
    ),
}
"""By the language that a member of staff chose. The names of acts are those of the pages, which are in English."""


def counted(forms: tuple[str, str], count: int) -> str:
    """Return the form of one or of several, with the count."""
    return forms[count != 1].format(count=f"{count:,}")


KINDS: Final[Mapping[str, str]] = {
    "DIGEST": "What waits, of a day",
    "OVERDUE": "Something overdue",
    "OWED_SOON": "What is owed soon",
    "OWED_NOW": "What is owed today",
    "OWED_LATE": "What is owed, and late",
    "QUESTION_ASKED": "A question was asked",
    "AGREEMENT_WAITS": "The agreement waits",
    "REPORT_ACCEPTED": "A report was accepted",
    "REPORT_RETURNED": "A report came back",
    "PAYMENT_SENT": "A payment is on its way",
    "PAYMENT_SETTLED": "A payment was made",
    "GRANTEE_INVITED": "An invitation to a form",
    "SUBMISSION_RETURNED": "Something handed in comes back",
    "CONTACT_CHANGED": "A contact was taken out",
    "ACCOUNT_RECORDED": "A bank account was recorded",
    "DOOR_LINK": "A link to a form",
    "DOOR_CODE": "A code for a form",
    "DOOR_BROWSER": "A link was opened anew",
    "DOOR_HANDED_IN": "Something was handed in",
}
"""The kinds of mail as the house calls them."""

STATES: Final[Mapping[str, str]] = {"REFUSED": "Did not arrive", "UNKNOWN": "May have arrived"}
"""The states in which a mail waits for a person."""

_MONTHS: Final[Mapping[str, tuple[str, ...]]] = {
    "en": (
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ),
    "es": (
        "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre",
        "diciembre",
    ),
    "fr": (
        "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
        "décembre",
    ),
}  # fmt: skip


def day_in(language: str, day: date) -> str:
    """Return a day with its year, in a language."""
    month = _MONTHS[language][day.month - 1]
    if language == "es":
        return f"{day.day} de {month} de {day.year}"
    first = "1er" if (language, day.day) == ("fr", 1) else day.day
    return f"{first} {month} {day.year}"


def owed_thing(language: str, kind: str, about: str) -> str:
    """Return an obligation of a grantee in words of a language, by its kind and its subject."""
    key = "FINAL" if (kind, about) == ("REPORT", "final") else kind
    return OWED_THINGS[key][language].format(number=about)
