"""Edition 2026.2 of the rule book: the whole of the policy and the law, on all three legs."""

from typing import Final

from domain.policy.edition_2026_2 import eligibility, every_leg, gifts, projects
from domain.policy.edition_2026_2.paths import PATHS
from domain.policy.rule import Rule

RULES: Final[tuple[Rule, ...]] = (*eligibility.RULES, *projects.RULES, *gifts.RULES, *every_leg.RULES)

__all__ = ["PATHS", "RULES"]
