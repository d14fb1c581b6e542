"""A country speaks for or against a match only where the list means one."""

from __future__ import annotations

import pytest

from registers.sources.countries import country_code


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Kenya", "KE"),
        ("the Netherlands", "NL"),
        ("Iran", "IR"),
        ("Democratic Republic of the Congo", "CD"),
        ("Korea, North", "KP"),
        ("The Gambia", "GM"),
        ("Iran (Islamic Republic of)", "IR"),
        ("Cote d Ivoire", "CI"),
        ("Crimea", "UA"),
        ("Korea", None),
        ("Congo", None),
        ("Netherlands Antilles", None),
        ("", None),
        ("na", None),
        ("840", None),
        ("Zorvania", None),
    ],
)
def test_a_name_means_a_country_or_none(name: str, code: str | None) -> None:
    assert country_code(name) == code
