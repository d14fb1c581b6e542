"""Look up the edition of a template that a proposal's budget is made within."""

from __future__ import annotations

from datetime import date

from domain.budgets.asked import AskedCategory, AskedTemplate
from domain.budgets.terms import IndirectBase, LineKind
from domain.directory.tiers import HouseRules
from domain.edition_names import EditionReference
from domain.editions.kinds import EditionKind
from domain.editions.templates import BudgetTemplate
from domain.errors import IllegalTransition
from domain.fault import Fault
from domain.partnership.proposal.templates import needed_template
from domain.partnership.state import Partnership
from domain.proposal import Proposal
from records.authorship import Reader
from records.editions import Editions, edition_content


async def asked_template(
    reader: Reader, partnership: Partnership, proposal: Proposal, rules: HouseRules | None, on: date
) -> AskedTemplate | Fault | None:
    """Return the template of a proposal's budget on a day, None if its programme has none, or why none can be read."""
    needed = needed_template(partnership, proposal, rules)
    if needed is None:
        return None
    series = await Editions(reader).read(EditionKind.BUDGET, needed.series)
    edition = series.begun_with(needed.begun_with.edition if needed.begun_with is not None else None, on)
    if edition is None:
        return Fault(
            f"funds_out.budget: its programme asks for the template {needed.series}, and no edition of it is in force; "
            "have one asked for and confirmed: `accord editions ask`"
        )
    reference = EditionReference(name=series.name, edition=edition.edition, sha256=edition.sha256)
    async with reader.ledger.connection() as connection:
        try:
            content = await edition_content(connection, reference.sha256)
        except IllegalTransition as fault:
            return Fault(f"funds_out.budget: {reference}: {fault}")
    if not isinstance(content, BudgetTemplate):
        return Fault(f"funds_out.budget: {reference} is no template of a budget; ask for an edition that is")
    return within(reference, content)


def within(edition: EditionReference, content: BudgetTemplate) -> AskedTemplate:
    """Return an edition of a template in the words of budgets."""
    labels = zip(*(content.labels(language) for language in content.languages), strict=True)
    return AskedTemplate(
        edition=edition,
        categories=tuple(
            AskedCategory(names=names, kind=LineKind(category.kind.value))
            for names, category in zip(labels, content.categories, strict=True)
        ),
        indirect_most=content.indirect_most,
        indirect_of=IndirectBase(content.indirect_of.value),
        free_move=content.free_move,
        free_floor=content.free_floor,
        periods_most=content.periods_most,
    )
