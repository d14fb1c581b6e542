"""The truths told of a payee that stand against its payments, by the ledger's bare rows."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from tests.simulation.judge.facts import UNREADABLE, Facts, Row, rows_of

if TYPE_CHECKING:  # the world asks the judge, who is told of the world
    from tests.simulation.grounds.world import World

VERIFIERS = {"vera.lind", "vito.rana", "noor.haddad", "relief.verifier"}


async def told_against(world: World, facts: Facts) -> str:
    """Return the id of a truth that forbids a payment to a payee, or ''.

    What was told stands until the newest answer of a verifier, who did not tell it and is not recused, is that it is
    not so. What nobody signed, or signed elsewhere, is nothing.
    """
    tellers: dict[str, str] = {}
    answers: dict[str, bool] = {}
    seen: set[str] = set()
    for row in await rows_of(world, "truths"):
        with suppress(*UNREADABLE):
            of, actor = str(row.told["words"]["of"]), str(row.told["actor"])
            if not _is_theirs(world, row, actor, seen):
                continue
            if row.kind == "TruthTold":
                tellers.setdefault(of, actor)
            elif actor in VERIFIERS - {tellers.get(of)} and not _is_doubted(world, row):
                answers[of] = bool(row.told["so"]) or actor in facts.recused
    standing = (of for of, name in world.told.items() if name == facts.payee and of in tellers)
    return next((of for of in standing if answers.get(of, True)), "")


def _is_theirs(world: World, row: Row, actor: str, seen: set[str]) -> bool:
    """Return True if a row bears a signature of the person it names that no row before it bears."""
    signature = row.told["signature"]
    new = signature["value"] not in seen
    seen.add(signature["value"])
    return new and signature["statement"]["actor"] == actor


def _is_doubted(world: World, row: Row) -> bool:
    return row.key_id in world.doubted and row.recorded_at >= world.doubted[row.key_id]
