"""What a case is for, whom it serves and who is behind it: the proposal, said in the order in which it is read."""

from __future__ import annotations

from typing import NamedTuple

from accord.presentation.words.codes import words_of
from accord.presentation.words.days import whole_day_in_words
from accord.presentation.words.facts import FieldInWords, fact, facts_of
from accord.presentation.words.values import NamesInWords, country_in_words, listed
from domain.parties import Party, Principal
from domain.partnership.state import Partnership
from domain.proposal import Proposal
from domain.values import Value


class CaseParty(NamedTuple):
    """A party of the case, with who is behind it."""

    part: str
    name: str
    what: str
    facts: tuple[FieldInWords, ...]
    people: tuple[tuple[str, str], ...]
    """Who stands behind it, each with what they are in it."""


class CaseAbout(NamedTuple):
    """What the case is about."""

    summary: str
    purpose: tuple[FieldInWords, ...]
    serves: tuple[FieldInWords, ...]
    use: tuple[FieldInWords, ...]
    """What the money is spent on, and on what terms."""
    gift: tuple[FieldInWords, ...]
    joint: tuple[FieldInWords, ...]
    parties: tuple[CaseParty, ...]
    rest: tuple[FieldInWords, ...]
    whole: tuple[FieldInWords, ...]
    """Every field of the proposal."""


_TOLD_BEFORE = frozenset({"funder", "payee", "tranches", "purpose", "alignment", "final_report", "funds", "succession"})
_SECTIONS_OF_THEIR_OWN = frozenset({"budget", "milestones"})


def about(partnership: Partnership, names: NamesInWords) -> CaseAbout:
    """Return what a partnership is about."""
    proposal = partnership.proposed
    interest, out = proposal.public_interest, proposal.funds_out
    repeated = interest.objective is not None and interest.mission_objective == names.objective(interest.objective)
    aims = _chosen(interest, ("mission_objective", "objective", "statement")[repeated:], names)
    money_for = _chosen(out, ("purpose", "alignment"), names) if out is not None else ()
    measures = FieldInWords(
        "How we will know", listed([_measure(indicator, names) for indicator in interest.indicators])
    )
    return CaseAbout(
        summary=proposal.summary or "",
        purpose=(*aims, *money_for),
        serves=(
            *_chosen(interest, ("community_served",), names),
            *(facts_of(interest.community, names) if interest.community is not None else ()),
            *([FieldInWords("When", _period(proposal))] if proposal.period is not None else []),
            *([measures] if interest.indicators else []),
            *_chosen(interest, ("sector",), names),
        ),
        use=facts_of(out, names, _TOLD_BEFORE | _SECTIONS_OF_THEIR_OWN) if out is not None else (),
        gift=facts_of(proposal.funds_in, names, frozenset({"donor"})) if proposal.funds_in is not None else (),
        joint=facts_of(proposal.non_monetary, names) if proposal.non_monetary is not None else (),
        parties=tuple(_party(proposal, party, names) for party in proposal.organizations),
        rest=(*_people(proposal, names), *_chosen(proposal, ("under", "withheld_for"), names)),
        whole=facts_of(proposal, names),
    )


def _chosen(value: Value, fields: tuple[str, ...], names: NamesInWords) -> tuple[FieldInWords, ...]:
    facts = (fact(value, name, names) for name in fields)
    return tuple(fact for fact in facts if fact is not None)


def _people(proposal: Proposal, names: NamesInWords) -> tuple[FieldInWords, ...]:
    """Return whom to ask, and which of our own people have an interest."""
    asked = (
        ", ".join(
            filter(None, (contact.name, contact.role, f"for {contact.organization}", contact.email, contact.phone))
        )
        for contact in proposal.contacts
    )
    interests = (f"{names.person(interest.person)}: {interest.what}" for interest in proposal.interests)
    lines = {"Whom to ask": "; ".join(asked), "Interests of our own people": "; ".join(interests) or "none declared"}
    return tuple(FieldInWords(label, words) for label, words in lines.items() if words)


def _period(proposal: Proposal) -> str:
    period = proposal.period
    return f"{whole_day_in_words(period.starts)} to {whole_day_in_words(period.ends)}" if period is not None else ""


def _measure(indicator: Value, names: NamesInWords) -> str:
    facts = {fact.label: fact.words for fact in facts_of(indicator, names, frozenset({"number"}))}
    unit = f" {facts['Unit']}" if "Unit" in facts else ""
    begins = f" from {facts['Baseline']}" if "Baseline" in facts else ""
    aims = f" to {facts['Target']}{unit}" if "Target" in facts else ""
    return f"{facts['What']}{':' if begins or aims else ''}{begins}{aims}"


def _party(proposal: Proposal, party: Party, names: NamesInWords) -> CaseParty:
    hidden = frozenset({"name", "kind", "country", "principals", "papers", "documents"})
    roles = dict.fromkeys(principal.name for principal in party.principals)
    people = {
        name: listed([_part(principal) for principal in party.principals if principal.name == name]) for name in roles
    }
    return CaseParty(
        part=_part_of(proposal, party),
        name=party.name,
        what=f"{words_of(party.kind)}, {country_in_words(party.country)}",
        facts=tuple(fact for fact in facts_of(party, names, hidden) if fact.words != "no"),
        people=tuple(people.items()),
    )


def _part(principal: Principal) -> str:
    words = f"owns {principal.share:f} %" if principal.share is not None else words_of(principal.role)
    office = principal.public_office
    return words if office is None else f"{words} ({office.told}, {office.declared})"


def _part_of(proposal: Proposal, party: Party) -> str:
    out, gift = proposal.funds_out, proposal.funds_in
    parts = [
        "Partner" if party == proposal.partner else "",
        "payee" if out is not None and party == out.payee else "",
        "donor" if gift is not None and party == gift.donor else "",
        "supported by the payee" if out is not None and party in out.supported else "",
        "payee before" if out is not None and out.succession is not None and party == out.succession.of else "",
    ]
    words = listed(list(filter(None, parts)))
    return words[:1].upper() + words[1:] or "Party"
