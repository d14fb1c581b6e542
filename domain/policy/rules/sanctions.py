"""Rules on sanctions: no party may be a blocked person, or be owned by blocked persons (rules 2.9, R27)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from domain.parties import Party, PrincipalRole
from domain.policy.facts import Facts
from domain.policy.findings import Layer, Outcome
from domain.policy.listings import listings, notes, questions, reports_on, silence
from domain.policy.programmes import BLOCKED_SHARE, NOTED, STOPS, Effect, effect_of
from domain.policy.rule import Rule, Verdict
from domain.screening.matches import MatchKind, SanctionsMatch

NEAR_FROM: Final = {"2026.2": 88.0, "2026.3": 82.0}
"""By edition: the score (0 to 100) from which a match is near, so that a second person must judge it."""

MANNERS: Final = {"2026.2": 1, "2026.6": 2}
"""By edition: the manner in which names are read and scored, so that evidence is made anew as it was (ADR 0131)."""

_ENOUGH: Final = 8
"""The number of digits of an entry's digest that a reason shows, enough to tell a changed entry from the old one."""


def no_sanctions_match(facts: Facts) -> Verdict | None:
    """No party may be a blocked person. A near name needs a second person, whose clearance holds for that pair."""
    matches = [match for match in facts.screening.matches if match.party not in _only_as_owners(facts)]
    if exact := [match for match in matches if match.kind is MatchKind.EXACT]:
        listed = "; ".join(dict.fromkeys(_listing(match) for match in exact))
        return Verdict(Outcome.FAIL, f"{listed}; report within 10 business days", _rows(matches))
    near = (match for match in facts.screening.matches if match.kind is MatchKind.NEAR)
    if alike := [match for match in (*matches, *near) if not match.cleared_by]:
        told = dict.fromkeys(_resemblance(match) for match in sorted(alike, key=lambda match: -match.score))
        return Verdict(Outcome.REFER, "; ".join(told), _rows(alike))
    return Verdict(Outcome.PASS, _silence(facts), _rows([m for m in facts.screening.matches if m.cleared_by]))


def _only_as_owners(facts: Facts) -> frozenset[str]:
    """Return the names that appear only as owners: the 50 per cent rule judges them."""
    owners = {name for party in facts.parties for name in owners_of(party)}
    other_names = {name for party in facts.parties for name in (party.name, *party.also_known_as)}
    other_names |= {
        principal.name
        for party in facts.parties
        for principal in party.principals
        if principal.role is not PrincipalRole.OWNER
    }
    return frozenset(owners - other_names)


def _listing(match: SanctionsMatch) -> str:
    register = match.source.register_version.register_name
    return f"{match.party!r} is on {register} as {match.listed_name!r} (entity {match.entity}, {match.programme})"


def _resemblance(match: SanctionsMatch) -> str:
    register = match.source.register_version.register_name
    listing = f"{match.listed_name!r} of {register} (entity {match.entity})"
    entry = f", entry {match.entry[:_ENOUGH]}" if match.entry else ""
    return f"{match.party!r} resembles {listing} at {match.score:.0f} of 100{entry}"


def _rows(matches: list[SanctionsMatch]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(match.source) for match in matches))


def no_confirmed_match(facts: Facts) -> Verdict | None:
    """No party may be a blocked person. A name alone is a question for a second person, however exact (rules 3.7)."""
    owners_only = _only_as_owners(facts)
    judged = [match for match in facts.screening.matches if match.party not in owners_only]
    if confirmed := [match for match in judged if _is_confirmed(match)]:
        listed = "; ".join(dict.fromkeys(_listing(match) for match in confirmed))
        return Verdict(Outcome.FAIL, f"{listed}; report within 10 business days", _rows(confirmed))
    asked = (*judged, *(match for match in facts.screening.matches if match.kind is MatchKind.NEAR))
    if open_still := [match for match in dict.fromkeys(asked) if not match.cleared_by]:
        return Verdict(Outcome.REFER, "; ".join(_questions(open_still)), _rows(open_still), about=_pairs_in(open_still))
    return Verdict(Outcome.PASS, _silence(facts), _rows([m for m in facts.screening.matches if m.cleared_by]))


def _pairs_in(matches: list[SanctionsMatch]) -> tuple[str, ...]:
    """Return each party with the entity that it resembles and the digest of its entry, without scores."""
    pairs = {f"{m.party} ~ {m.source.register_version.register_name} {m.entity} {m.entry[:16]}" for m in matches}
    return tuple(sorted(pairs))


def _is_confirmed(match: SanctionsMatch) -> bool:
    return match.kind is MatchKind.EXACT and match.certain


def _questions(matches: list[SanctionsMatch]) -> Iterator[str]:
    """Yield a question for each near name, and one for all entries that bear the same name as a party."""
    same_name: dict[tuple[str, str], list[SanctionsMatch]] = {}
    for match in sorted(matches, key=lambda match: -match.score):
        if match.kind is MatchKind.EXACT:
            same_name.setdefault((match.party, match.listed_name.casefold()), []).append(match)
    for (party, _), group in same_name.items():
        entries = ", ".join(f"{m.entity} of {m.source.register_version.register_name}" for m in group)
        yield f"{party!r} bears the listed name {group[0].listed_name!r} (entity {entries}); judge whether they are one"
    near = [match for match in matches if match.kind is MatchKind.NEAR]
    yield from dict.fromkeys(_resemblance(match) for match in sorted(near, key=lambda match: -match.score))


def _silence(facts: Facts) -> str:
    number = len(facts.screening.parties)
    tally = f"{number} {'party' if number == 1 else 'parties'} screened"
    clearances = [
        f"{m.party!r} is not entity {m.entity} (cleared by {', '.join(m.cleared_by)})" for m in _cleared(facts)
    ]
    if clearances:
        return f"{tally}; {'; '.join(dict.fromkeys(clearances))}"
    if facts.screening.matches:
        return f"{tally}; of them only an owner met a sanctions list"
    return f"{tally}, none met a sanctions list"


def _cleared(facts: Facts) -> list[SanctionsMatch]:
    return [match for match in facts.screening.matches if match.cleared_by]


def no_sanctions_match_without_clearances(facts: Facts) -> Verdict | None:
    """No party may be a blocked person; an alike name needs a second person's eyes (R27; C21, C22, C30)."""
    matches = [match for match in facts.screening.matches if match.party not in _only_as_owners(facts)]
    if exact := [match for match in matches if match.kind is MatchKind.EXACT]:
        listed = "; ".join(dict.fromkeys(_listing_on_the_list(match) for match in exact))
        return Verdict(Outcome.FAIL, f"{listed}; report within 10 business days", _rows(matches))
    if alike := [*matches, *(match for match in facts.screening.matches if match.kind is MatchKind.NEAR)]:
        told = dict.fromkeys(_resemblance_on_the_list(match) for match in sorted(alike, key=lambda match: -match.score))
        return Verdict(Outcome.REFER, "; ".join(told), _rows(alike))
    return Verdict(Outcome.PASS, _silence(facts))


def _listing_on_the_list(match: SanctionsMatch) -> str:
    return (
        f"{match.party!r} is on the sanctions list as {match.listed_name!r} (entity {match.entity}, {match.programme})"
    )


def _resemblance_on_the_list(match: SanctionsMatch) -> str:
    listing = f"{match.listed_name!r} (entity {match.entity})"
    return f"{match.party!r} resembles the listed {listing} at {match.score:.0f} of 100"


def owners_of(party: Party) -> frozenset[str]:
    """Return the names of a party's owners."""
    return frozenset(principal.name for principal in party.principals if principal.role is PrincipalRole.OWNER)


def not_owned_by_the_blocked(facts: Facts) -> Verdict | None:
    """What blocked persons own by half or more, added up, is blocked too; less than half, a person looks (C23)."""
    blocked = {match.party for match in facts.screening.matches if match.kind is MatchKind.EXACT}
    shares = {party.name: _share_of(party, blocked) for party in facts.parties if owners_of(party) & blocked}
    if not shares:
        return None
    name, share = max(shares.items(), key=lambda item: item[1])
    owned = f"{share.normalize():f} per cent of {name!r} belongs to blocked persons, as far as shares are known"
    if share >= BLOCKED_SHARE:
        return Verdict(Outcome.FAIL, f"{owned}, so it is blocked itself (50 per cent rule)")
    return Verdict(Outcome.REFER, f"{owned}; below half it is not blocked by that alone")


def not_owned_by_those_confirmed(facts: Facts) -> Verdict | None:
    """What blocked persons own by half or more, added up, is blocked; an owner of a listed name alone is a question."""
    exact = {match.party for match in facts.screening.matches if match.kind is MatchKind.EXACT and not match.cleared_by}
    blocked = {match.party for match in facts.screening.matches if _is_confirmed(match)}
    shares = {party.name: _share_of(party, blocked) for party in facts.parties if owners_of(party) & blocked}
    if shares and (worst := max(shares.items(), key=lambda item: item[1]))[1] >= BLOCKED_SHARE:
        return Verdict(Outcome.FAIL, f"{_owned(*worst)}, so it is blocked itself (50 per cent rule)")
    listed = exact | blocked
    owned = [party for party in facts.parties if owners_of(party) & listed]
    if not owned:
        return None
    owners = frozenset[str]().union(*map(owners_of, owned)) & listed
    about = (
        *sorted(f"{party.name}: {_share_of(party, listed).normalize():f} per cent" for party in owned),
        *_pairs_in([match for match in facts.screening.matches if match.party in owners]),
    )
    return Verdict(Outcome.REFER, "; ".join(_told_of_owners(owned, blocked, exact)), about=about)


def _told_of_owners(parties: list[Party], blocked_names: set[str], listed_names: set[str]) -> Iterator[str]:
    """Yield the words on each party of which listed persons, or bearers of listed names, own less than half."""
    for party in parties:
        if owners_of(party) & blocked_names:
            yield f"{_owned(party.name, _share_of(party, blocked_names))}; below half it is not blocked by that alone"
        if owners_of(party) & (listed_names - blocked_names):
            share = _share_of(party, listed_names - blocked_names).normalize()
            yield f"owners of {share:f} per cent of {party.name!r} bear listed names; judge whether they are the same"


def _owned(name: str, share: Decimal) -> str:
    return f"{share.normalize():f} per cent of {name!r} belongs to blocked persons, as far as shares are known"


def _share_of(party: Party, owner_names: set[str]) -> Decimal:
    owners = (
        principal
        for principal in party.principals
        if principal.role is PrincipalRole.OWNER and principal.name in owner_names
    )
    return sum((owner.share or Decimal(0) for owner in owners), Decimal(0))


def no_forbidden_match(facts: Facts) -> Verdict | None:
    """No party may be one that a list blocks, or whose payment it forbids; what else a list forbids is a note."""
    judged = [match for match in facts.screening.matches if match.party not in _only_owners(facts)]
    if forbidden := [match for match in judged if match.is_confirmed and effect_of(match) in STOPS]:
        listed = "; ".join(listings(forbidden))
        return Verdict(Outcome.FAIL, f"{listed}; report within 10 business days", _rows(forbidden))
    met = facts.screening.matches
    asked = dict.fromkeys((*judged, *(match for match in met if match.kind is MatchKind.NEAR)))
    if open_still := [one for one in asked if not one.cleared_by and effect_of(one) not in NOTED]:
        told = "; ".join((*questions(open_still), *notes(met)))
        return Verdict(Outcome.REFER, told, _rows(open_still), about=_pairs_in(open_still))
    told = "; ".join((silence(facts.screening), *notes(met)))
    return Verdict(Outcome.PASS, told, _rows([one for one in met if one.cleared_by or effect_of(one) in NOTED]))


def no_forbidden_match_on_binding_lists(facts: Facts) -> Verdict | None:
    """No party may be one that a binding list blocks, or whose payment it forbids; what else it forbids is a note."""
    matches = facts.screening.matches
    own_matches = [match for match in matches if match.party not in _only_owners(facts)]
    if stops := [match for match in own_matches if match.is_confirmed and effect_of(match) in STOPS]:
        names = "; ".join(listings(stops))
        return Verdict(Outcome.FAIL, f"{names}; {reports_on(stops)}", _rows(stops))
    near_matches = (match for match in matches if match.kind is MatchKind.NEAR)
    open_matches = [match for match in dict.fromkeys((*own_matches, *near_matches)) if _is_open(match)]
    if open_matches:
        words = "; ".join((*questions(open_matches), *notes(matches)))
        return Verdict(Outcome.REFER, words, _rows(open_matches), about=_pairs_in(open_matches))
    words = "; ".join((silence(facts.screening), *notes(matches)))
    rows = _rows([match for match in matches if match.cleared_by or effect_of(match) in NOTED])
    return Verdict(Outcome.PASS, words, rows)


def _is_open(match: SanctionsMatch) -> bool:
    """True if a match stands against a payment until somebody judges it."""
    return not match.cleared_by and effect_of(match) not in NOTED


def _only_owners(facts: Facts) -> frozenset[str]:
    """Return the names that appear only as owners. Who is screened beside the parties is none of these."""
    return _only_as_owners(facts) - frozenset(facts.screened_beside)


def not_owned_by_the_forbidden(facts: Facts) -> Verdict | None:
    """What blocked persons own by half or more is blocked; owners whose listing forbids less are a question or none."""
    matches = [one for one in facts.screening.matches if effect_of(one) not in NOTED]
    named = {one.party for one in matches if one.kind is MatchKind.EXACT and not one.cleared_by}
    blocked = {one.party for one in matches if one.is_confirmed and effect_of(one) is Effect.BLOCKED}
    shares = {party.name: _share_of(party, blocked) for party in facts.parties if owners_of(party) & blocked}
    if shares and (worst := max(shares.items(), key=lambda item: item[1]))[1] >= BLOCKED_SHARE:
        return Verdict(Outcome.FAIL, f"{_owned(*worst)}, so it is blocked itself (50 per cent rule)")
    listed = named | blocked
    owned = [party for party in facts.parties if owners_of(party) & listed]
    if not owned:
        return None
    owners = frozenset[str]().union(*map(owners_of, owned)) & listed
    about = (
        *sorted(f"{party.name}: {_share_of(party, listed).normalize():f} per cent" for party in owned),
        *_pairs_in([one for one in matches if one.party in owners]),
    )
    return Verdict(Outcome.REFER, "; ".join(_told_of_owners(owned, blocked, named)), about=about)


RULES: Final = (
    Rule(
        "SANCTIONS",
        Layer.REG,
        "31 CFR part 501; E.O. 13224 as amended",
        False,
        no_sanctions_match_without_clearances,
    )
    .revised("2026.3", "what a second person cleared is not asked again, and each list is named", no_sanctions_match)
    .revised("2026.4", "a person's name alone declined a partnership, and stated who they are", no_confirmed_match)
    .revised(
        "2026.5",
        "a list that forbids trade in securities declined joint work; nine entries of one name were told nine times",
        no_forbidden_match,
    )
    .revised(
        "2026.6",
        "a match on another list than OFAC's is reported to whoever publishes that list",
        no_forbidden_match_on_binding_lists,
    ),
    Rule("SANCTIONS-OWNERSHIP", Layer.REG, "31 CFR part 501; OFAC's 50 per cent rule", False, not_owned_by_the_blocked)
    .revised("2026.4", "an owner's name alone made a body a blocked one", not_owned_by_those_confirmed)
    .revised("2026.5", "an owner on a list that blocks nothing made a body a blocked one", not_owned_by_the_forbidden),
)
