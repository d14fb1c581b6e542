"""The rules, by subject: each with its revisions beside each other. An edition is a name for a date."""

from typing import Final

from domain.policy.rule import Rule
from domain.policy.rules import eligibility, every_leg, freshness, gifts, joint, projects, sanctions

RULES: Final[tuple[Rule, ...]] = (
    *eligibility.RULES,
    *projects.RULES,
    *gifts.RULES,
    *sanctions.RULES,
    *every_leg.RULES,
    *freshness.RULES,
    *joint.RULES,
)
