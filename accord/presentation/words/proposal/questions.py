"""The questions of the proposal's form: what each field asks, with a hint."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from accord.presentation.words.codes import as_sentence, in_plain_words, plainly
from accord.presentation.words.labels import ENTRIES, LABELS


class FormQuestion(NamedTuple):
    """What a field asks: its label, and a hint below it."""

    label: str
    hint: str = ""


QUESTIONS: Final[Mapping[str, FormQuestion]] = {
    "reference": FormQuestion("Its number", "It was taken for you. Write another one if you keep a list of your own."),
    "title": FormQuestion("What is it called?", "A few words that everybody here will know it by."),
    "partner": FormQuestion("The partner"),
    "partner.name": FormQuestion("Name of the partner", "As its statutes or its register have it."),
    "partner.kind": FormQuestion("What it is"),
    "partner.country": FormQuestion("Country of the partner"),
    "partner.documents": FormQuestion(
        "Documents seen",
        "No file is sent here. A document that is named counts once a verifier read it: give them the paper.",
    ),
    "partner.ein": FormQuestion("US tax number", "Only of a body in the United States: nine digits."),
    "partner.principals": FormQuestion("People behind it"),
    "partner.principals.*": FormQuestion("Person {0}"),
    "partner.principals.*.name": FormQuestion("Name of person {0}"),
    "partner.principals.*.role": FormQuestion("Part of person {0}"),
    "partner.principals.*.country": FormQuestion("Country of person {0}"),
    "partner.principals.*.share": FormQuestion("Share of person {0}, per cent"),
    "partner.principals.*.public_office": FormQuestion("Prominent public office of person {0}"),
    "partner.principals.*.public_office.tie": FormQuestion(
        "Whose office, of person {0}",
        "Held now or before: head of state, minister, member of a parliament, judge of a high court, general, "
        "ambassador, head of a state company or of a party, director of an international body. No middle or junior "
        "rank.",
    ),
    "partner.principals.*.public_office.office": FormQuestion(
        "Which office of person {0}, and where", "Such as Mayor of Riverbend."
    ),
    "partner.principals.*.public_office.holder": FormQuestion(
        "Who holds or held it, of person {0}", "Only where it is not their own office."
    ),
    "partner.principals.*.public_office.until": FormQuestion(
        "Last day in that office, of person {0}", "Leave it out while it is held."
    ),
    "partner.principals.*.public_office.declared_by": FormQuestion(
        "Who declared it of person {0}", "Their own name, or who speaks for the partner."
    ),
    "partner.principals.*.public_office.declared_on": FormQuestion("Day of that declaration, of person {0}"),
    "partner.nobody_owns": FormQuestion("Nobody owns a quarter of it or more, as of a charity"),
    "funds_out.funder": FormQuestion("From which fund?"),
    "funds_out.payee": FormQuestion("Whom we pay"),
    "funds_out.tranches": FormQuestion("Payments"),
    "funds_out.tranches.*": FormQuestion("Payment {0}"),
    "funds_out.tranches.*.money": FormQuestion("Amount of payment {0}"),
    "funds_out.tranches.*.money.amount": FormQuestion("Amount of payment {0}"),
    "funds_out.tranches.*.money.currency": FormQuestion("Currency of the payments"),
    "funds_out.tranches.*.due_on": FormQuestion("Day of payment {0}"),
    "funds_out.purpose": FormQuestion("What is it for?", "One sentence, as the agreement and the bank will read it."),
    "funds_out.uses": FormQuestion("What is it spent on?"),
    "funds_out.no_private_benefit": FormQuestion(
        "Why does no company and no person gain from it?", "If one does, say so under “Is any of this true?” on Money."
    ),
    "funds_out.benefit": FormQuestion("Who gains beside the community"),
    "funds_out.barrier": FormQuestion(
        "What must have happened?", "Something that can be seen, and that the payee can fail. Else it is paid back."
    ),
    "funds_out.alignment": FormQuestion("How does it carry out our own purposes?"),
    "funds_out.programme": FormQuestion("Which of our programmes pays for it?"),
    "funds_out.exchange": FormQuestion("The Internet exchange point"),
    "funds_out.exchange.operator_is_nonprofit": FormQuestion("A non-profit operates it"),
    "funds_out.exchange.open_on_equal_terms": FormQuestion("It is open to all on equal, published terms"),
    "funds_out.exchange.distributes_surplus": FormQuestion("It pays a surplus out to owners"),
    "funds_out.benefit.nonprofit_governance": FormQuestion("Whoever gains is governed as a non-profit"),
    "funds_out.benefit.distributes_surplus": FormQuestion("Whoever gains pays a surplus out to owners"),
    "funds_out.benefit.beneficiaries.*.size": FormQuestion("Employees of party {0}", "No rule uses it."),
    "funds_out.sponsorship.agreement_on": FormQuestion("Day of the agreement between both"),
    "funds_out.sponsorship.application_on": FormQuestion("Day on which the payee applied for it"),
    "funds_in.funder": FormQuestion("Who receives it"),
    "funds_in.donor": FormQuestion("Who gives"),
    "funds_in.money": FormQuestion("The sum"),
    "funds_in.money.amount": FormQuestion("Amount of the gift", "Write 20000, 20,000 or 20,000.00."),
    "funds_in.money.currency": FormQuestion("Currency of the gift"),
    "funds_in.kind": FormQuestion("What it is"),
    "funds_in.into": FormQuestion("Which fund does it go to?"),
    "funds_in.restricted_to": FormQuestion("What do they give it for?", "In the donor's own words."),
    "funds_in.conduit_to": FormQuestion("Who must get it?"),
    "funds_in.benefit": FormQuestion("What the return is worth"),
    "non_monetary.funder": FormQuestion("Which of us works with them"),
    "non_monetary.activity": FormQuestion("What is done together?", "One sentence, as the agreement will say it."),
    "non_monetary.alignment": FormQuestion("How does it carry out our own purposes?"),
    "public_interest.objective": FormQuestion("Which of our objectives does it serve?"),
    "public_interest.mission_objective": FormQuestion("The aim of ours that it serves, in words"),
    "public_interest.community_served": FormQuestion(
        "Who is served?", "Who they are and where they live, so that a stranger could find them."
    ),
    "public_interest.community": FormQuestion("Who they are, where, and how many"),
    "public_interest.community.kind": FormQuestion("What kind of people"),
    "public_interest.community.places": FormQuestion("Where they are"),
    "public_interest.community.places.*": FormQuestion("Place {0}"),
    "public_interest.community.places.*.country": FormQuestion("Country of place {0}"),
    "public_interest.community.places.*.region": FormQuestion("Region of place {0}"),
    "public_interest.community.number": FormQuestion("How many", "A number, or “not known”."),
    "public_interest.statement": FormQuestion(
        "How does it serve them, rather than us or the partner?", "One or two sentences."
    ),
    "public_interest.indicators": FormQuestion("What will be achieved"),
    "public_interest.indicators.*": FormQuestion("Measure {0}"),
    "public_interest.indicators.*.what": FormQuestion("What measure {0} measures"),
    "public_interest.indicators.*.unit": FormQuestion("Unit of measure {0}"),
    "public_interest.indicators.*.baseline": FormQuestion("Measure {0} today"),
    "public_interest.indicators.*.target": FormQuestion("Aim of measure {0}"),
    "public_interest.sector": FormQuestion("Its purpose code", "Five digits of the OECD's list, such as 22040."),
    "period": FormQuestion("From when to when"),
    "period.starts": FormQuestion("First day"),
    "period.ends": FormQuestion("Last day"),
    "reports": FormQuestion("Reports"),
    "reports.*": FormQuestion("Report {0}"),
    "reports.*.kind": FormQuestion("Kind of report {0}"),
    "reports.*.due_on": FormQuestion("Day of report {0}"),
    "reports.*.days_after": FormQuestion("Report {0}: so many days after a payment"),
    "reports.*.after_tranche": FormQuestion("Report {0}: after which payment"),
    "reports.*.holds": FormQuestion("Payments that wait for report {0}"),
    "contacts": FormQuestion("People to ask"),
    "contacts.*": FormQuestion("Contact {0}"),
    "contacts.*.name": FormQuestion("Name of contact {0}"),
    "contacts.*.email": FormQuestion("E-mail of contact {0}"),
    "contacts.*.role": FormQuestion("Position of contact {0}"),
    "contacts.*.organization": FormQuestion("Whom contact {0} speaks for"),
    "contacts.*.language": FormQuestion("Language of contact {0}", "Mail to them is written in it."),
    "summary": FormQuestion("In short, for the public", "Two sentences that may be published; name no person."),
    "under": FormQuestion("Which partnership leads the agreement?", "Its number, such as P-2026-0042."),
    "withheld_for": FormQuestion("Why may it not be published?"),
    "contacts.*.phone": FormQuestion("Telephone of contact {0}", "With its country, such as +32 2 123 45 67."),
    "called": FormQuestion(
        "Where a contact's address or number changes: whom did you call before?",
        "The number of the contact, from 1, in the proposal as it stands. You called them on the number there.",
    ),
    "unanswered": FormQuestion(
        "What did they say?", "Where the number is dead, the new one counts after ten days, and for others than you."
    ),
    "answer": FormQuestion("Your answer", "You sign it with the proposal, and who decides reads it."),
    "reason": FormQuestion("Why does it change?", "Who approved it before reads this."),
}
"""By path, with a star for a place in a list. Every other field has its label of `labels`."""

_PLACE: Final = re.compile(r"(?<=\.)[0-9]+(?=\.|$)")


def question_at(path: str, owner: str, hint: str = "", is_whether: bool = False) -> FormQuestion:
    """Return what the field at a path asks.

    `owner`: the class whose field it is. `hint`: the model's own. `is_whether`: it is answered with yes or no.
    """
    places = [int(place) + 1 for place in _PLACE.findall(path)]
    if question := QUESTIONS.get(_PLACE.sub("*", path)):
        return FormQuestion(question.label.format(*places), question.hint)
    way, _, name = path.rpartition(".")
    if name.isdigit():
        return FormQuestion(f"{ENTRIES.get(way.rpartition('.')[2], 'Entry')} {int(name) + 1}")
    if hint.startswith("Whether ") or (hint and is_whether):
        return FormQuestion(as_sentence(hint_in_words(hint).removeprefix("Whether ")))
    label = LABELS.get((owner, name)) or LABELS.get(("", name)) or as_sentence(plainly(name))
    return FormQuestion(label, hint_in_words(hint))


def hint_in_words(hint: str) -> str:
    """Return a hint of the model without what is written for those who read the code."""
    return in_plain_words(hint).replace("`", "")


LEGS: Final[Mapping[str, str]] = {
    "funds_out": "We pay them money",
    "funds_in": "They give us money",
    "non_monetary": "We work together, and no money moves",
}
