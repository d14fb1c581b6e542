"""What a load brought, beside the version in force: the figures by which its plausibility is judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import asyncpg

from registers.history import files_of
from registers.loading.parts import Ending, FileCount, strays
from registers.loading.plausibility import FileCompared, LoadResult
from registers.loading.rows import Tally
from registers.loading.storing import endings_in_force, entries_gone
from registers.loading.versions import LoadWork


async def arrival_of(
    work: LoadWork, tally: Tally, parts: Sequence[FileCount], before: asyncpg.Record | None
) -> LoadResult:
    """Return what a load brought, beside the version in force if there is one."""
    counts = (tally.rows, tally.companions, tally.bad, tally.came, tally.left, work.source_date)
    lists_people = work.register.listed is not None
    alone = LoadResult(
        *counts, None, None, cut_off=tuple(tally.cut_off), lists_people=lists_people, converts=work.register.converts,
        first_bad=tally.first_bad([file.name for file in work.files]),
        faults=tuple([fault for part in parts for fault in part.faults()] + list(strays(parts))),
    )  # fmt: skip
    if before is None:
        return alone
    had = Counter(work.register.kind_of(file.name) for file in await files_of(work.connection, before["version"]))
    has = Counter(work.register.kind_of(file.name) for file in work.files)
    lost_entries = await entries_gone(work.connection) if lists_people else {}
    return alone._replace(
        rows_in_force=before["row_count"], date_in_force=before["source_date"], kinds=tally.shrunk,
        parts=tuple((kind.title, count, has[kind]) for kind, count in had.items() if kind.main),
        entries=tuple(
            (kind.title, *lost_entries[kind.name]) for kind in work.register.kinds if kind.name in lost_entries
        ),
        files=_compared(parts, await endings_in_force(work.connection)),
    )  # fmt: skip


def _compared(parts: Sequence[FileCount], in_force: dict[str, Ending]) -> tuple[FileCompared, ...]:
    """Return each file that has the name of one in force, beside that one."""
    return tuple(
        FileCompared(part.name, part.line, part.kind.ends, in_force[part.name], part.ending)
        for part in parts
        if part.name in in_force
    )
