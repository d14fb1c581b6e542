"""The words on matches with the lists: each listed name of a party once, whatever the number of its entries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from domain.directory.lists import SanctionsList
from domain.fault import Fault
from domain.policy.programmes import FREE_FOR_BANKS, NOTED, effect_of, programmes_of, told_by
from domain.screening.matches import MatchKind, SanctionsMatch, ScreeningEvidence


def listings(matches: Iterable[SanctionsMatch]) -> Iterator[str]:
    """Yield a sentence for each listed name that a party bears."""
    for group in _by_listed_name(matches):
        yield f"{_listed(group)} ({_numbers(group)}, {_programmes(group)})"


def questions(matches: Iterable[SanctionsMatch]) -> Iterator[str]:
    """Yield a question for each listed name that a party bears or resembles: those that are borne first."""
    groups = sorted(_by_listed_name(matches), key=lambda group: group[0].kind is MatchKind.NEAR)
    yield from map(_question, groups)


def _question(group: list[SanctionsMatch]) -> str:
    first = group[0]
    if first.is_confirmed:
        return f"{_listed(group)} ({_numbers(group)}) under {_programmes(group)}: judge what that programme forbids"
    if first.kind is MatchKind.EXACT:
        listing = f"the listed name {first.listed_name!r} of {_lists(group)}"
        return f"{first.party!r} bears {listing} ({_numbers(group)}); judge whether they are one"
    resemblance = f"{first.party!r} resembles {first.listed_name!r} of {_lists(group)} ({_numbers(group)})"
    entry = f", entry {first.entry[:8]}" if first.entry and len(group) == 1 else ""
    return f"{resemblance} at {first.score:.0f} of 100{entry}"


def notes(matches: Iterable[SanctionsMatch]) -> Iterator[str]:
    """Yield the prohibitions of a listing beside payment and joint work, with their source."""
    noted_matches = [match for match in matches if effect_of(match) in NOTED and not match.cleared_by]
    for group in _by_listed_name(noted_matches):
        programme, entries = told_by(group[0]), f"{_numbers(group)}, {_programmes(group)}"
        if not group[0].is_confirmed:
            listing = f"{group[0].party!r} is named like {group[0].listed_name!r} of {_lists(group)}"
        else:
            listing = _listed(group)
        forbids = f"{programme.what} ({programme.citation})"
        yield f"note: {listing} ({entries}), which forbids {forbids} and nothing here; no report is owed"


_TO_REPORT: Final[dict[str, str]] = {
    SanctionsList.EUROPEAN_UNION: "report without delay to the competent authority of the member state",
    SanctionsList.UNITED_KINGDOM: "report to OFSI as soon as practicable",
}
_TO_OFAC: Final = "report within 10 business days"


def reports_on(matches: Iterable[SanctionsMatch]) -> str:
    """Return the reports that listings call for, each once."""
    names = (match.source.register_version.register_name for match in matches)
    return ", and ".join(dict.fromkeys(_TO_REPORT.get(name, _TO_OFAC) for name in names))


def silence(screening: ScreeningEvidence) -> str:
    """Return the number of those screened, and the parties that a second person found not to be the listed one."""
    number = len(screening.parties)
    tally = f"{number} {'party' if number == 1 else 'parties'} screened"
    cleared_groups = _by_listed_name(match for match in screening.matches if match.cleared_by)
    clearances = [
        f"{group[0].party!r} is not {_numbers(group)} (cleared by {_clearers(group)})" for group in cleared_groups
    ]
    if clearances:
        return f"{tally}; {'; '.join(clearances)}"
    if any(effect_of(match) not in NOTED for match in screening.matches):
        return f"{tally}; of them only an owner met a sanctions list"
    return f"{tally}, none met what forbids a payment"


def against_bank(matches: Iterable[SanctionsMatch]) -> Fault | None:
    """Return the reason why a payment by way of a bank waits for a person, or None.

    Correspondent accounts are what a bank needs: where only those are forbidden, a person judges (rules 4.8).
    """
    open_matches = [match for match in matches if not match.cleared_by and effect_of(match) not in FREE_FOR_BANKS]
    group = next(_by_listed_name(open_matches), None)
    if group is None:
        return None
    first, programme = group[0], told_by(group[0])
    if first.is_confirmed:
        return Fault(
            f"the bank {_listed(group)} ({_numbers(group)}), which forbids {programme.what} ({programme.citation})"
        )
    return Fault(f"the bank {first.party!r} is near {first.listed_name!r} of {_lists(group)} ({_numbers(group)})")


def questions_told(keys: Iterable[str]) -> str:
    """Return the keys of open questions in words, those of one rule about one party once.

    The keys of matches name an entry each (`RULE: party ~ list entity digest`), so that each is cleared by itself.
    """
    entries_by_subject: dict[str, list[str]] = {}
    for key in keys:
        about, entry, listed_entry = key.partition(" ~ ")
        entries_by_subject.setdefault(about if entry else key, []).append(listed_entry)
    return "; ".join(_told_with(about, listed_entries) for about, listed_entries in entries_by_subject.items())


def _told_with(about: str, entries: list[str]) -> str:
    if len(entries) == 1:
        return f"{about} ~ {entries[0]}" if entries[0] else about
    numbers = ", ".join(" ".join(entry.split(" ")[:2]) for entry in entries)
    return f"{about} ~ {len(entries)} entries ({numbers})"


def _by_listed_name(matches: Iterable[SanctionsMatch]) -> Iterator[list[SanctionsMatch]]:
    """Yield the matches of a party with entries of one name, of one kind and effect, the highest score first."""
    groups: dict[tuple[object, ...], list[SanctionsMatch]] = {}
    for match in sorted(matches, key=lambda hit: -hit.score):
        words = frozenset(re.findall(r"\w+", match.listed_name.casefold()))
        key = (match.party, words, match.kind, match.certain, told_by(match))
        groups.setdefault(key, []).append(match)
    yield from groups.values()


def _listed(group: list[SanctionsMatch]) -> str:
    return f"{group[0].party!r} is on {_lists(group)} as {group[0].listed_name!r}"


def _lists(group: list[SanctionsMatch]) -> str:
    return " and ".join(dict.fromkeys(match.source.register_version.register_name for match in group))


def _numbers(group: list[SanctionsMatch]) -> str:
    """Return the numbers of the entries on their lists."""
    numbers = list(dict.fromkeys(match.entity for match in group))
    return f"{'entity' if len(numbers) == 1 else 'entities'} {', '.join(numbers)}"


def _programmes(group: list[SanctionsMatch]) -> str:
    return ", ".join(dict.fromkeys(name for match in group for name in programmes_of(match))) or "no programme"


def _clearers(group: list[SanctionsMatch]) -> str:
    return ", ".join(dict.fromkeys(clearer for match in group for clearer in match.cleared_by))
