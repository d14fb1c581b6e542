"""Edition 2026.1 of the rule book, frozen: decisions taken under it are replayed with these very rules."""

from domain.policy.edition_2026_1.paths import PATHS
from domain.policy.edition_2026_1.rules import RULES

__all__ = ["PATHS", "RULES"]
