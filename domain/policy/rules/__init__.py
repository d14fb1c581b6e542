"""The rules, by subject. All revisions of a rule are in one module, and an edition selects at most one of each."""

from typing import Final

from domain.policy.rule import Rule
from domain.policy.rules import (
    asked,
    benefits,
    every_leg,
    freshness,
    gifts,
    joint,
    places,
    politics,
    projects,
    related,
    restrictions,
    sanctions,
    told,
)
from domain.policy.rules.payee import behind, eligibility, offices, proportion, succession, supported

RULES: Final[tuple[Rule, ...]] = (
    *eligibility.RULES,
    *succession.RULES,
    *behind.RULES,
    *offices.RULES,
    *related.RULES,
    *supported.RULES,
    *benefits.RULES,
    *projects.RULES,
    *politics.RULES,
    *restrictions.RULES,
    *proportion.RULES,
    *gifts.RULES,
    *sanctions.RULES,
    *every_leg.RULES,
    *places.RULES,
    *freshness.RULES,
    *joint.RULES,
    *told.RULES,
    *asked.RULES,
)
