"""The auditors' followers on a page: up to where each cosigned, and where it stopped."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from accord.console.serving.desk import Console
from accord.presentation.refusals import refusal_in_words
from accord.presentation.words.values import NamesInWords
from domain.directory.directory import Directory
from ledger.proof.notes import VerifierKey
from records.followers import FollowerStanding, follower_standings


class FollowerRow(NamedTuple):
    """An auditor's follower on the page."""

    standing: FollowerStanding
    tone: str
    words: str
    summary: str


async def followers_of(console: Console, keys: Iterable[str] = ()) -> list[FollowerRow]:
    """Return each follower that handed in anything, and each of these keys by which nothing came so far."""
    standings = await follower_standings(console.desk.pool)
    names = NamesInWords(await console.desk.directory() if standings else Directory())
    heard = {standing.key for standing in standings}
    silent = sorted({key for key in keys if key not in heard})
    return [*(_row(standing, names) for standing in standings), *map(_silent, silent)]


def _row(standing: FollowerStanding, names: NamesInWords) -> FollowerRow:
    if standing.stop is not None:
        reason = refusal_in_words(standing.stop.reason, names)
        return FollowerRow(standing, "bad", "Stopped", f"At event {standing.stop.position:,}: {reason}")
    return FollowerRow(standing, "good", "Follows", "Everything up to there was verified.")


def _silent(key: str) -> FollowerRow:
    standing = FollowerStanding(VerifierKey.parse(key).name, key, None, None, None, None)
    return FollowerRow(standing, "warn", "Silent", "It may cosign, and handed in nothing so far.")
