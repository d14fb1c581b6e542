"""A new rule, with the edition that it comes with: the rule, the edition's name, and a worked case."""

from __future__ import annotations

from pathlib import Path

from tests.newcomer.copies import Place, ask, copy_of_the_tree, do

PLACES = (
    Place(
        "domain/policy/rules/every_leg.py",
        "RULES: Final = (\n",
        '''def community_is_told_at_length(facts: Facts) -> Verdict:
    """The community is told in more than one word."""
    if " " in facts.public_interest.community_served.strip():
        return Verdict(Outcome.PASS, "the community is told in words")
    return Verdict(Outcome.REFER, "one word tells no community; say who they are, and where")


RULES: Final = (
    Rule(
        "COMMUNITY-WORDS",
        Layer.POLICY,
        "invented for a test",
        False,
        community_is_told_at_length,
        since="2026.9",
        why="one word passed",
    ),
''',
        replaces=True,
    ),
    Place(
        "domain/policy/rulebook.py",
        'RELEASED: Final = ("2026.2", "2026.3", "2026.4", "2026.5", "2026.6")',
        'RELEASED: Final = ("2026.2", "2026.3", "2026.4", "2026.5", "2026.6", "2026.9")',
        replaces=True,
    ),
    Place(
        "tests/domain/policy/newer/words_cases.py",
        "",
        '''"""The worked case of a rule that was invented for a test."""

from typing import Final

from tests.domain.policy.cases import REFER, Case, all_three
from tests.domain.policy.language import paid_to_charity
from tests.domain.policy.restating import Restated

CASES: Final = (
    Case("C900", "one word", lambda profile: paid_to_charity(profile, community_served="Kisumu"), **all_three(REFER)),
)
RESTATED: Final[tuple[Restated, ...]] = ()
''',
    ),
)
ASKED = """
from domain.policy.rulebook import EDITIONS, RULE_BOOK
from tests.domain.policy.newer.words_cases import CASES
before = {rule.rule_id for rule in EDITIONS["2026.6"].rules}
print(RULE_BOOK.version, sorted({rule.rule_id for rule in RULE_BOOK.rules} - before))
"""


def test_a_new_rule_is_three_places_in_three_files(tmp_path: Path) -> None:
    assert (len(PLACES), len({place.path for place in PLACES})) == (3, 3)
    copy = copy_of_the_tree(tmp_path / "accord")
    do(copy, PLACES)
    assert ask(copy, "-c", ASKED) == "2026.9 ['COMMUNITY-WORDS']\n"
