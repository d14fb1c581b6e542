"""Restricted gifts stay on the account: no grant that names no fund is paid of them, whatever stands there (R15)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from accord.client.desk import Desk
from accord.counter.account.money_left import AccountSight, sum_of
from domain.fault import Fault
from domain.funds.restricted import kept_for_donors, restricted_of
from domain.partnership.state import Partnership
from payments.out.instructions import Instruction
from records.funds import funds_as_of
from records.read_models.as_of import LedgerAsOf


async def restricted_fault(desk: Desk, sight: AccountSight, instructions: Sequence[Instruction]) -> Fault | None:
    """Return the fault of a file that pays grants which name no fund out of restricted gifts, or None.

    What the file leaves on the account must cover what restricted gifts hold there and did not pay yet.
    """
    partnerships = {
        partnership_id: await desk.known_partnership(partnership_id)
        for partnership_id in sorted({each.partnership_id for each in (*sight.gone, *instructions)})
    }
    unnamed = sorted({each.partnership_id for each in instructions if not partnerships[each.partnership_id].shares})
    if not unnamed:
        return None
    funders = [funder.funder_id for funder in (await desk.directory()).funders if funder.account in sight.references]
    restricted = restricted_of(await funds_as_of(desk.reader, LedgerAsOf()), funders, sight.currency)
    kept = kept_for_donors(restricted, _leaving(partnerships, (*sight.gone, *instructions)))
    rest = sight.left - sum_of(instructions, sight.currency)
    if not kept or (sight.unknown is None and rest >= kept):
        return None
    stands = sight.unknown or f"after this file {sight.currency} {rest:,} would be left on {sight.reference}"
    return Fault(
        f"{', '.join(unnamed)}: no fund is named that pays, and {sight.currency} {kept:,} there are restricted gifts "
        f"({', '.join(sorted(restricted))}), which pay only what names them; {stands}. Let two people say which fund "
        "pays it (`accord funds adopt`), or wait until the account holds more"
    )


def _leaving(
    partnerships: dict[str, Partnership], instructions: Sequence[Instruction]
) -> list[tuple[Partnership, list[int]]]:
    tranches: defaultdict[str, list[int]] = defaultdict(list)
    for instruction in instructions:
        tranches[instruction.partnership_id].append(instruction.tranche)
    return [(partnerships[partnership_id], numbers) for partnership_id, numbers in tranches.items()]
