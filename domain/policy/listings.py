"""The words on matches with the lists: each listed name of a party once, whatever the number of its entries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from domain.fault import Fault
from domain.policy.programmes import NOTED, Effect, effect_of, programmes_of, told_by
from domain.screening.evidence import MatchKind, SanctionsMatch, ScreeningEvidence


def listings(matches: Iterable[SanctionsMatch]) -> Iterator[str]:
    """Yield a sentence for each listed name that a party bears."""
    for found in _by_listed_name(matches):
        yield f"{_listed(found)} ({_numbers(found)}, {_programmes(found)})"


def questions(matches: Iterable[SanctionsMatch]) -> Iterator[str]:
    """Yield a question for each listed name that a party bears or resembles: those that are borne first."""
    groups = sorted(_by_listed_name(matches), key=lambda found: found[0].kind is MatchKind.NEAR)
    yield from map(_question, groups)


def _question(found: list[SanctionsMatch]) -> str:
    first = found[0]
    if first.is_confirmed:
        return f"{_listed(found)} ({_numbers(found)}) under {_programmes(found)}: judge what that programme forbids"
    if first.kind is MatchKind.EXACT:
        listed = f"the listed name {first.listed_name!r} of {_lists(found)}"
        return f"{first.party!r} bears {listed} ({_numbers(found)}); judge whether they are one"
    told = f"{first.party!r} resembles {first.listed_name!r} of {_lists(found)} ({_numbers(found)})"
    entry = f", entry {first.entry[:8]}" if first.entry and len(found) == 1 else ""
    return f"{told} at {first.score:.0f} of 100{entry}"


def notes(matches: Iterable[SanctionsMatch]) -> Iterator[str]:
    """Yield the prohibitions of a listing beside payment and joint work, with their source."""
    noted = [one for one in matches if effect_of(one) in NOTED and not one.cleared_by]
    for found in _by_listed_name(noted):
        programme, entries = told_by(found[0]), f"{_numbers(found)}, {_programmes(found)}"
        if not found[0].is_confirmed:
            listed = f"{found[0].party!r} is named like {found[0].listed_name!r} of {_lists(found)}"
        else:
            listed = _listed(found)
        forbids = f"{programme.what} ({programme.citation})"
        yield f"note: {listed} ({entries}), which forbids {forbids} and nothing here; no report is owed"


def silence(screening: ScreeningEvidence) -> str:
    """Return the number of those screened, and the parties that a second person found not to be the listed one."""
    number = len(screening.parties)
    who = f"{number} {'party' if number == 1 else 'parties'} screened"
    cleared = _by_listed_name(one for one in screening.matches if one.cleared_by)
    told = [f"{one[0].party!r} is not {_numbers(one)} (cleared by {_clearers(one)})" for one in cleared]
    if told:
        return f"{who}; {'; '.join(told)}"
    if any(effect_of(one) not in NOTED for one in screening.matches):
        return f"{who}; of them only an owner met a sanctions list"
    return f"{who}, none met what forbids a payment"


def against_bank(matches: Iterable[SanctionsMatch]) -> Fault | None:
    """Return the reason why a payment by way of a bank waits for a person, or None.

    Correspondent accounts are what a bank needs: where only those are forbidden, a person judges (rules 4.8).
    """
    met = [one for one in matches if not one.cleared_by and effect_of(one) is not Effect.SECURITIES]
    found = next(_by_listed_name(met), None)
    if found is None:
        return None
    first, programme = found[0], told_by(found[0])
    if first.is_confirmed:
        return Fault(
            f"the bank {_listed(found)} ({_numbers(found)}), which forbids {programme.what} ({programme.citation})"
        )
    return Fault(f"the bank {first.party!r} is near {first.listed_name!r} of {_lists(found)} ({_numbers(found)})")


def questions_told(keys: Iterable[str]) -> str:
    """Return the keys of open questions in words, those of one rule about one party once.

    The keys of matches name an entry each (`RULE: party ~ list entity digest`), so that each is cleared by itself.
    """
    told: dict[str, list[str]] = {}
    for key in keys:
        about, entry, rest = key.partition(" ~ ")
        told.setdefault(about if entry else key, []).append(rest)
    return "; ".join(_told_with(about, rest) for about, rest in told.items())


def _told_with(about: str, entries: list[str]) -> str:
    if len(entries) == 1:
        return f"{about} ~ {entries[0]}" if entries[0] else about
    numbers = ", ".join(" ".join(one.split(" ")[:2]) for one in entries)
    return f"{about} ~ {len(entries)} entries ({numbers})"


def _by_listed_name(matches: Iterable[SanctionsMatch]) -> Iterator[list[SanctionsMatch]]:
    """Yield the matches of a party with entries of one name, of one kind and effect, the highest score first."""
    groups: dict[tuple[object, ...], list[SanctionsMatch]] = {}
    for match in sorted(matches, key=lambda one: -one.score):
        words = frozenset(re.findall(r"\w+", match.listed_name.casefold()))
        key = (match.party, words, match.kind, match.certain, told_by(match))
        groups.setdefault(key, []).append(match)
    yield from groups.values()


def _listed(found: list[SanctionsMatch]) -> str:
    return f"{found[0].party!r} is on {_lists(found)} as {found[0].listed_name!r}"


def _lists(found: list[SanctionsMatch]) -> str:
    return " and ".join(dict.fromkeys(one.source.register_version.register_name for one in found))


def _numbers(found: list[SanctionsMatch]) -> str:
    """Return the numbers of the entries on their lists."""
    numbers = list(dict.fromkeys(one.entity for one in found))
    return f"{'entity' if len(numbers) == 1 else 'entities'} {', '.join(numbers)}"


def _programmes(found: list[SanctionsMatch]) -> str:
    return ", ".join(dict.fromkeys(name for one in found for name in programmes_of(one))) or "no programme"


def _clearers(found: list[SanctionsMatch]) -> str:
    return ", ".join(dict.fromkeys(who for one in found for who in one.cleared_by))
