"""Look up what whoever signs an import is warned of, before they sign it."""

from __future__ import annotations

from accord.client.reading import LedgerAccess
from domain.directory.tiers import list_rule_of
from domain.imported.cautions import ListAge, SignedOn, cautions_of
from domain.imported.plan import ImportPlan
from ledger import clock
from registers.history import versions_in_force


async def cautions_on(desk: LedgerAccess, plan: ImportPlan) -> tuple[str, ...]:
    """Return the cautions on a plan as of now. The lists are those that bind the organisation."""
    directory = await desk.directory()
    rule = list_rule_of(directory.rules)
    async with desk.pool.acquire() as connection:
        versions = await versions_in_force(connection, rule.lists)
    current = {version.register_name: version.current_on for version in versions}
    lists = tuple(ListAge(name, current.get(name)) for name in rule.lists)
    year_ends = {funder.funder_id: funder.year_ends for funder in directory.funders}
    return cautions_of(plan, SignedOn(clock.today(), lists, rule.limit, year_ends))
