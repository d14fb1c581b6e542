"""The code tables of the registers, written out a second time: what each code means, and that no other is known."""

from __future__ import annotations

import pytest

from domain.policy.codes import (
    FOUNDATION_CLASSES,
    KNOWN_CODES,
    KNOWN_SUBSECTIONS,
    PUBLICATION_78_CLASSES,
    RecipientClass,
)

R = RecipientClass


def test_the_subsections_beside_03_that_are_known() -> None:
    known = "01 02 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 29 40 50 60 70 71 81 92"
    assert frozenset(known.split()) == KNOWN_SUBSECTIONS


@pytest.mark.parametrize(
    ("field", "known"), [("status", "01 02 12 25"), ("deductibility", "0 1 2 4"), ("affiliation", "1 2 3 6 7 8 9")]
)
def test_the_other_codes_of_the_master_file_that_are_known(field: str, known: str) -> None:
    assert KNOWN_CODES[field] == frozenset(known.split())
    assert set(KNOWN_CODES) == {"status", "deductibility", "affiliation"}


def test_every_foundation_code_with_its_class() -> None:
    assert FOUNDATION_CLASSES == {
        "02": R.US_PRIVATE_FOUNDATION,
        "03": R.US_PRIVATE_FOUNDATION,
        "04": R.US_PRIVATE_FOUNDATION,
        "10": R.US_PUBLIC_CHARITY,
        "11": R.US_PUBLIC_CHARITY,
        "12": R.US_PUBLIC_CHARITY,
        "13": R.US_PUBLIC_CHARITY,
        "14": R.US_GOVERNMENT,
        "15": R.US_PUBLIC_CHARITY,
        "16": R.US_PUBLIC_CHARITY,
        "17": R.US_SUPPORTING_ORG_TYPE_UNKNOWN,
        "21": R.US_SUPPORTING_ORG,
        "22": R.US_SUPPORTING_ORG,
        "23": R.US_SUPPORTING_ORG,
        "24": R.US_SUPPORTING_ORG_NOT_INTEGRATED,
    }


def test_every_publication_78_code_with_its_class_the_more_cautious_first() -> None:
    assert PUBLICATION_78_CLASSES == (
        ("SONFI", R.US_SUPPORTING_ORG_NOT_INTEGRATED),
        ("SOUNK", R.US_SUPPORTING_ORG_TYPE_UNKNOWN),
        ("SO", R.US_SUPPORTING_ORG),
        ("PF", R.US_PRIVATE_FOUNDATION),
        ("POF", R.US_PRIVATE_FOUNDATION),
        ("PC", R.US_PUBLIC_CHARITY),
    )
