"""Whom registers and truths touch, found from all facts of partnerships and from whole lists: nothing is left out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from activities.registers.touching import ScreeningBasis
from domain.directory.watched import applying
from domain.parties import Party
from domain.policy.canonical import order_of
from domain.policy.rulebook import RULE_BOOK
from domain.screening.screened import countries_in, looked_up, unscreened
from domain.screening.sources import RegisterVersion
from domain.truths.touching import known_truths
from records.read_models.facts import OpenPartnership
from records.truths import ALIKE
from registers import Connection
from registers.lookup import ABOUT_STATUS, identity_under
from registers.screening.changes import AskedKeys, changed_keys, news_since
from registers.screening.lists import Lists, keeper, met

Parties = tuple[tuple[str, Party, dict[str, int]], ...]


async def touched_in_full(
    connection: Connection, cases: Mapping[str, OpenPartnership], basis: ScreeningBasis
) -> set[str]:
    """The ids of those of some open partnerships that may be affected."""
    keys = [key for partnership_id, case in cases.items() for key in keys_of(partnership_id, case)]
    changed = await changed_keys(connection, basis.in_force, keys)
    news = await news_since(connection, basis.in_force, {})
    parties = tuple((one, party, case.lists) for one, case in cases.items() for party in case.parties)
    listed = await keeper().ask(connection, news.lists, met_by_news, news.newest, parties)
    ruled = {one for one, case in cases.items() if await is_ruled_otherwise(connection, case, basis)}
    return changed | listed | ruled | {one for one, case in cases.items() if looks_again(case, basis)}


async def is_ruled_otherwise(connection: Connection, case: OpenPartnership, basis: ScreeningBasis) -> bool:
    """True if a name that was compared with others' is ruled otherwise by now: each is compared anew."""
    assert case.verification is not None
    assert case.now is not None
    versions = tuple(one for one in basis.in_force if one.register_name in ABOUT_STATUS)
    for party, status in looked_up(case.now, case.verification):
        if party.ein == status.ein and any(not one.further for one in status.identity):
            now = await identity_under(connection, party, versions)
            before_and_now = {any(one.confirms and not one.further for one in said) for said in (status.identity, now)}
            if len(before_and_now) > 1:
                return True
    return False


def met_by_news(whole: Lists, newest: dict[tuple[str, str], int], parties: Parties) -> set[str]:
    return {
        who
        for who, party, versions in parties
        for _, _, row in met(party, whole, RULE_BOOK.near_from)
        if newest.get((row["register"], row["key"]), 0) > versions.get(row["register"], 0)
    }


def keys_of(partnership_id: str, case: OpenPartnership) -> list[AskedKeys]:
    assert case.verification is not None
    statuses = [
        AskedKeys(
            partnership_id, register, status.ein, {v.register_name: v.version for v in status.asked}.get(register, 0)
        )
        for status in case.exempt_status_evidence
        for register in ABOUT_STATUS
    ]
    versions = [(match.entity, match.source.register_version) for match in case.verification.screening.matches]
    return [*statuses, *(AskedKeys(partnership_id, one.register_name, entity, one.version) for entity, one in versions)]


def looks_again(case: OpenPartnership, basis: ScreeningBasis) -> bool:
    """True if it is not screened as it is now, was seen under an earlier edition or other truths, or grows old."""
    assert case.verification is not None
    assert case.now is not None
    return bool(
        unscreened(case.parties, case.verification.screening.parties)
        or (case.under and order_of(case.under) < order_of(RULE_BOOK.version))
        or set(known_truths(basis.truths, case.now, ALIKE)) != set(case.verification.truths)
        or {one.register_name for one in basis.in_force}.intersection(basis.rule.lists) - case.lists.keys()
        or set(applying(basis.watched, countries_in(case.now), basis.on)) != set(case.verification.watched)
        or grows_old(case, basis)
    )


def grows_old(case: OpenPartnership, basis: ScreeningBasis) -> bool:
    pairs = [(version, evidence.asked_at.date()) for evidence in case.evidence for version in evidence.asked]
    return any(is_old(version, asked_on, basis) for version, asked_on in pairs)


def is_old(version: RegisterVersion, asked_on: date, basis: ScreeningBasis) -> bool:
    """True if a version that was asked on a day is too old by now, will be tomorrow, or was and is no more."""
    limit = RULE_BOOK.limits(basis.rule).get(version.register_name, timedelta.max)
    now = next((one for one in basis.in_force if one.register_name == version.register_name), None)
    is_same = now is not None and now.version == version.version
    last = max(version.current_on, now.current_on) if is_same and now is not None else version.current_on
    if basis.on - last > limit >= asked_on - last:
        return True
    if is_same:
        return asked_on - version.current_on > limit >= basis.on - last
    return now is not None and now.current_on > last and basis.on - last > limit - timedelta(days=1)
