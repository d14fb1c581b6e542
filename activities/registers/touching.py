"""The open partnerships that something touches: a change of the registers, of a rule, of what people told, or time.

A partnership's evidence names the register versions that it was made from, so the changes since then can be found
without other stored state: a row under its EIN that was added or removed, another number that has its name, a newly
listed name that resembles one of its parties, a matched entity that changed, a country that is watched by now, or a
version that will soon be too old to decide on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from hashlib import sha256
from typing import Final, NamedTuple

from domain.directory.lists import ListRule
from domain.directory.watched import WatchedCountry, applying
from domain.policy.canonical import order_of
from domain.policy.rulebook import RULE_BOOK
from domain.screening.sources import RegisterVersion
from domain.truths.touching import known_truths
from domain.truths.truth import Truth
from records.read_models.inquiries import Inquiry
from records.truths import ALIKE
from registers import Connection
from registers.bearers import ruled_otherwise
from registers.lookup import ABOUT_STATUS
from registers.screening.changes import AskedKeys, ListNews, ScreenedName, changed_keys, newly_listed

_AHEAD: Final = timedelta(days=1)
"""Evidence is renewed this long before it is too old, so that nobody has to wait for it when they decide."""

Cases = Mapping[str, Inquiry]


class ScreeningBasis(NamedTuple):
    """What is asked of each open partnership, the same of all of them."""

    in_force: tuple[RegisterVersion, ...]
    truths: tuple[Truth, ...]
    on: date
    rule: ListRule = ListRule()
    """The organisation's rule on sanctions lists."""
    watched: tuple[WatchedCountry, ...] = ()
    """The organisation's table of the FATF's lists."""

    @property
    def digest(self) -> str:
        """The digest of all that an answer rests on beside the partnership itself."""
        return sha256(repr((*self, RULE_BOOK.version)).encode()).hexdigest()


async def touched_of(connection: Connection, cases: Cases, basis: ScreeningBasis, news: ListNews) -> set[str]:
    """Return the ids of those of some open partnerships that the registers in force and the truths may affect."""
    asked_keys = [keys for partnership_id, case in cases.items() for keys in _asked(partnership_id, case)]
    changed_ids = await changed_keys(connection, basis.in_force, asked_keys)
    names = (ScreenedName(who, subject, case.lists) for who, case in cases.items() for subject in case.subjects)
    listed_ids = await newly_listed(connection, news, names, RULE_BOOK.near_from)
    lacking_ids = {partnership_id for partnership_id, case in cases.items() if case.lacks_a_name}
    unseen_ids = seen_under_an_earlier_edition(cases) | unjudged(cases, basis.truths)
    unlisted_ids = lacking_a_list(cases, basis.in_force, basis.rule)
    old_ids = ageing(cases, basis.in_force, basis.on, basis.rule) | watched_otherwise(cases, basis.watched, basis.on)
    bodies = [(partnership_id, body) for partnership_id, case in cases.items() for body in case.bodies]
    ruled_ids = await ruled_otherwise(connection, basis.in_force, bodies)
    return changed_ids | listed_ids | lacking_ids | unseen_ids | unlisted_ids | old_ids | ruled_ids


def unjudged(cases: Cases, truths: tuple[Truth, ...]) -> set[str]:
    """Return the ids of partnerships whose newest look knew other facts than those that people told and are so."""
    facts = tuple(truth for truth in truths if truth.is_so)
    return {
        partnership_id
        for partnership_id, case in cases.items()
        if (facts or case.truths) and set(known_truths(facts, case.names, ALIKE)) != set(case.truths)
    }


def seen_under_an_earlier_edition(cases: Cases) -> set[str]:
    """Return the ids of partnerships that nobody looked at yet under the rule book in force.

    The look tells them what it asks of what was approved before it, and from which day on (rules 4.16).
    """
    newest = order_of(RULE_BOOK.version)
    editions = {case.edition for case in cases.values() if case.edition}
    earlier_editions = {edition for edition in editions if order_of(edition) < newest}
    return {partnership_id for partnership_id, case in cases.items() if case.edition in earlier_editions}


def ageing(cases: Cases, in_force: tuple[RegisterVersion, ...], on: date, rule: ListRule) -> set[str]:
    """Return the ids of partnerships with evidence that will soon be too old, if a newer version is in force.

    If none is, they are returned once the evidence is too old, so that a person can decide before a deadline runs out.
    A version that is in force still is as old as its newest confirmation: nobody is told of an unchanged list.
    """
    limits, newest = RULE_BOOK.limits(rule), {version.register_name: version for version in in_force}
    evidence_ages = (
        (who, EvidenceAge(*age, limit=limits.get(age[0], timedelta.max)), case)
        for who, case in cases.items()
        for age in case.ages
    )
    return {who for who, age, case in evidence_ages if age.calls_for_a_look(newest.get(age.register), case, on)}


class EvidenceAge(NamedTuple):
    """The age of what a register said, and how old it may be."""

    register: str
    current_on: date
    """The day up to which the version that was asked is known to have been current."""
    question_day: date
    limit: timedelta

    def calls_for_a_look(self, newest: RegisterVersion | None, case: Inquiry, on: date) -> bool:
        """True if another look says more, or a person must decide. `newest`: the version of the register in force."""
        if newest is not None and case.rests_on(self.register, newest.version):
            # Unchanged: its confirmations extend the evidence, without an event.
            last = max(self.current_on, newest.current_on)
            was_too_old = self.question_day - self.current_on > self.limit
            return (was_too_old and on - last <= self.limit) or self._grew_too_old(last, on)
        is_renewable = newest is not None and newest.current_on > self.current_on
        is_due = on - self.current_on > self.limit - _AHEAD
        return (is_renewable and is_due) or self._grew_too_old(self.current_on, on)

    def _grew_too_old(self, last: date, on: date) -> bool:
        """True if the evidence is too old, and was not yet when the register was asked."""
        return on - last > self.limit >= self.question_day - last


def lacking_a_list(cases: Cases, in_force: tuple[RegisterVersion, ...], rule: ListRule) -> set[str]:
    """Return the ids of partnerships that were not screened against a list that binds by now, and is loaded."""
    names = {version.register_name for version in in_force}.intersection(rule.lists)
    return {who for who, case in cases.items() if not names <= case.lists.keys()}


def watched_otherwise(cases: Cases, table: tuple[WatchedCountry, ...], on: date) -> set[str]:
    """Return the ids of partnerships with a country that came onto the table of the FATF's lists, or left it.

    That happens where two people change the table, and where a row's day comes.
    """
    return {who for who, case in cases.items() if set(applying(table, case.countries, on)) != set(case.watched)}


def _asked(partnership_id: str, case: Inquiry) -> Iterator[AskedKeys]:
    """Yield the register keys that the evidence rests on, each with the register version that was queried."""
    for ein, versions in case.statuses:
        for register in ABOUT_STATUS:
            yield AskedKeys(partnership_id, register, ein, versions.get(register, 0))
    for register, entity, version in case.entities:
        yield AskedKeys(partnership_id, register, entity, version)
