"""The bank's answers to payment files, as the list of payments has them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

import asyncpg

from records.read_models.as_of import LedgerAsOf
from records.read_models.lists import ListQuery, words_of
from records.read_models.lists_as_of import totals_of


async def file_answers(pool: asyncpg.Pool, message_ids: Collection[str]) -> Mapping[str, Mapping[str, int]]:
    """Return the number of payments of each status, by the file in which they left for the bank."""
    if not message_ids:
        return {}
    question = ListQuery("payments", (words_of(*message_ids),))
    answers: dict[str, dict[str, int]] = defaultdict(dict)
    for total in await totals_of(pool, question, {"message_id": 35, "status": 99}, LedgerAsOf()):
        message_id, status = total.key
        answers[message_id or ""][status or ""] = total.lines
    return answers
