"""Edition 2026.3 of the rule book: screening against more lists, with clearances; all else is as in 2026.2."""

from typing import Final

from domain.policy import edition_2026_2
from domain.policy.edition_2026_2.paths import PATHS
from domain.policy.edition_2026_3 import listing, screening
from domain.policy.rule import Rule

_REPLACED: Final = {rule.rule_id: rule for rule in (*listing.RULES, *screening.RULES)}

RULES: Final[tuple[Rule, ...]] = tuple(_REPLACED.get(rule.rule_id, rule) for rule in edition_2026_2.RULES)

__all__ = ["PATHS", "RULES"]
