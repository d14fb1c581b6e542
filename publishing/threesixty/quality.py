"""The quality of a 360Giving package: the checks beyond the schema that readers of such files run, by our own hand."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

LONGEST_TITLE: Final = 140
FAR: Final = timedelta(days=366 * 20)
_ADDRESS: Final = re.compile(r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}")
_ORG_ID: Final = re.compile(r"[A-Z]{2,3}(?:_[A-Z]{2})?-[A-Z0-9_]{2,20}-.+")

JsonGrant = Mapping[str, Any]
Check = Callable[[JsonGrant, date], bool]


def _days(grant: JsonGrant) -> list[date]:
    days = [grant["awardDate"], *(period[end] for period in grant.get("plannedDates", ()) for end in period)]
    return [date.fromisoformat(str(day)[:10]) for day in days]


def _recipients(grant: JsonGrant) -> list[Mapping[str, Any]]:
    individual = grant.get("recipientIndividual")
    return [*grant.get("recipientOrganization", ()), *([individual] if individual else ())]


def _texts(grant: JsonGrant) -> str:
    return f"{grant['title']} {grant['description']}"


CHECKS: Final[Mapping[str, Check]] = MappingProxyType(
    {
        "amount_zero": lambda grant, on: grant["amountAwarded"] == Decimal(0),
        "amount_negative": lambda grant, on: grant["amountAwarded"] < 0 or grant["amountDisbursed"] < 0,
        "paid_above_awarded": lambda grant, on: grant["amountDisbursed"] > grant["amountAwarded"],
        "id_without_prefix": lambda grant, on: not grant["id"].startswith("360G-"),
        "recipient_without_known_id": lambda grant, on: any(
            not _ORG_ID.fullmatch(recipient["id"]) or "-recipient-of-" in recipient["id"]
            for recipient in _recipients(grant)
        ),
        "address_in_text": lambda grant, on: _ADDRESS.search(_texts(grant)) is not None,
        "no_programme": lambda grant, on: "grantProgramme" not in grant,
        "no_location": lambda grant, on: "beneficiaryLocation" not in grant,
        "title_is_description": lambda grant, on: grant["title"] == grant["description"],
        "title_too_long": lambda grant, on: len(grant["title"]) > LONGEST_TITLE,
        "no_data_source": lambda grant, on: "dataSource" not in grant,
        "ends_before_it_starts": lambda grant, on: any(
            period["endDate"] < period["startDate"] for period in grant.get("plannedDates", ())
        ),
        "far_day": lambda grant, on: any(abs(day - on) > FAR for day in _days(grant)),
        "awarded_in_the_future": lambda grant, on: date.fromisoformat(grant["awardDate"]) > on,
    }
)
"""Each check, which is true of a grant that could be better."""

REQUIRED: Final = (
    "id", "title", "description", "currency", "amountAwarded", "awardDate", "fundingOrganization",
)  # fmt: skip
"""The fields without which the schema refuses a grant, beside its recipient."""


def quality_of(grants: Sequence[JsonGrant], on: date) -> dict[str, int]:
    """Return the number of grants at which each check finds something. `on`: the day of the publication."""
    return {name: sum(check(grant, on) for grant in grants) for name, check in CHECKS.items()}


def faults_of(grants: Sequence[JsonGrant]) -> tuple[str, ...]:
    """Return the facts that the schema would refuse, as far as can be told without it."""
    faults = [
        f"{grant.get('id')}: no {field}" for grant in grants for field in REQUIRED if grant.get(field) in (None, "")
    ]
    faults += [f"{grant['id']}: no recipient" for grant in grants if len(_recipients(grant)) != 1]
    identifiers = Counter(grant["id"] for grant in grants)
    faults += [f"{name}: it stands there twice" for name, number in identifiers.items() if number > 1]
    return (*faults, *(() if grants else ("the package holds no grant, and the schema asks for one",)))
