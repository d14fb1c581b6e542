"""Whom registers and truths touch, found from all facts of partnerships and from whole lists: nothing is left out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from activities.registers.rescreening import ScreeningBasis
from domain.parties import Party
from domain.policy.canonical import order_of
from domain.policy.rulebook import RULE_BOOK
from domain.screening.screened import unscreened
from domain.truths.touching import known_truths
from records.read_models.facts import OpenPartnership
from records.truths import ALIKE
from registers import Connection
from registers.lookup import ABOUT_STATUS
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
    return changed | listed | {one for one, case in cases.items() if looks_again(case, basis)}


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
        or grows_old(case, basis)
    )


def grows_old(case: OpenPartnership, basis: ScreeningBasis) -> bool:
    current = {version.register_name: version.current_on for version in basis.in_force}
    for evidence in case.evidence:
        for version in evidence.asked:
            age, limit = basis.on - version.current_on, RULE_BOOK.oldest.get(version.register_name, timedelta.max)
            if age > limit - timedelta(days=7) and current.get(version.register_name, date.min) > version.current_on:
                return True
            if age > limit >= evidence.asked_at.date() - version.current_on:
                return True
    return False
