"""The lines of Schedules I and F, as tables.

Source: Form 990, Schedule I (Parts II and III) and Schedule F (Parts I to III), and their instructions. Columns (a) and
(b) of Schedule F, Part II are not filled in on the form that is filed, and are not here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from publishing.figures import added
from publishing.schedules.describing import (
    CHARITY,
    GOVERNMENT,
    address_of,
    described_at,
    is_charity_abroad,
    purpose_of,
    references_of,
    section_of,
)
from publishing.schedules.recipients import DescribedGrant, Recipient
from publishing.schedules.regions import REGIONS
from publishing.schedules.sorting import SchedulePart
from publishing.spreadsheets import CellValue, PublishedColumn, PublishedTable

DOLLAR: Final = "USD"
"""The currency of the return."""

_NOT_CASH: Final = (
    PublishedColumn("noncash", "Noncash assistance"),
    PublishedColumn("noncash_description", "Description of noncash assistance"),
    PublishedColumn("valuation", "Method of valuation"),
)
_GRANTS: Final = PublishedColumn("grants", "Partnerships (not filed)")
_BEFORE: Final = PublishedColumn("before", "Of it paid before Accord, as claimed (not filed)")
"""Of a recipient. The column is there where a line of its table has such a sum."""
_CASH: Final = PublishedColumn("cash", "Amount of cash grant")
_REGION: Final = PublishedColumn("region", "Region")
_PURPOSE: Final = PublishedColumn("purpose", "Purpose of grant")
_TYPE: Final = PublishedColumn("type", "Type of grant or assistance")
_RECIPIENTS: Final = PublishedColumn("recipients", "Number of recipients")
_MANNER: Final = PublishedColumn("manner", "Manner of cash disbursement")

_DOMESTIC: Final = (
    PublishedColumn("name", "Name of organization or government"), PublishedColumn("address", "Address"),
    PublishedColumn("postcode", "ZIP code"), PublishedColumn("ein", "EIN"),
    PublishedColumn("irc_section", "IRC section"), _CASH, *_NOT_CASH, _PURPOSE, _GRANTS,
)  # fmt: skip
_BY_REGION: Final = (
    _REGION, PublishedColumn("offices", "Number of offices"),
    PublishedColumn("agents", "Number of employees, agents and independent contractors"),
    PublishedColumn("activity", "Activity conducted in the region"),
    PublishedColumn("total", "Total expenditures for the region"),
)  # fmt: skip
_ABROAD: Final = (_REGION, _PURPOSE, _CASH, _MANNER, *_NOT_CASH, _GRANTS)
_PEOPLE: Final = (_TYPE, _RECIPIENTS, _CASH, *_NOT_CASH, _GRANTS)
_PEOPLE_ABROAD: Final = (_TYPE, _REGION, _RECIPIENTS, _CASH, _MANNER, *_NOT_CASH, _GRANTS)

Row = Mapping[str, CellValue]


class _Line(NamedTuple):
    """A row with the partnerships that its words are of."""

    row: Row
    cases: tuple[DescribedGrant, ...]


def tables_of(listed_recipients: Sequence[Recipient], abroad: Sequence[Recipient]) -> tuple[PublishedTable, ...]:
    """Return the tables of the recipients that are listed. `abroad`: every recipient abroad, listed or not."""
    by_part = {
        part: [recipient for recipient in listed_recipients if recipient.place.part is part] for part in SchedulePart
    }
    return (
        _table("schedule-i-part-2", "I Part II", _DOMESTIC, map(_domestic, by_part[SchedulePart.DOMESTIC_BODIES])),
        _table("schedule-i-part-3", "I Part III", _PEOPLE, _people(by_part[SchedulePart.DOMESTIC_PEOPLE])),
        _table("schedule-f-part-1", "F Part I", _BY_REGION, _regions(abroad)),
        _table("schedule-f-part-2", "F Part II", _ABROAD, map(_foreign, by_part[SchedulePart.FOREIGN_BODIES])),
        _table("schedule-f-part-3", "F Part III", _PEOPLE_ABROAD, _people(by_part[SchedulePart.FOREIGN_PEOPLE])),
    )


def counts_of(listed_recipients: Iterable[Recipient]) -> dict[str, int]:
    """Return the numbers of recipients that Part II of each schedule asks for below its table."""
    numbers = {"I.II.2": 0, "I.II.3": 0, "F.II.2": 0, "F.II.3": 0}
    for recipient in listed_recipients:
        if recipient.place.part is SchedulePart.DOMESTIC_BODIES:
            numbers["I.II.2" if section_of(recipient) in {CHARITY, GOVERNMENT} else "I.II.3"] += 1
        elif recipient.place.part is SchedulePart.FOREIGN_BODIES:
            numbers["F.II.2" if is_charity_abroad(recipient) else "F.II.3"] += 1
    return numbers


def _table(name: str, title: str, columns: tuple[PublishedColumn, ...], lines: Iterable[_Line]) -> PublishedTable:
    rows = tuple(lines)
    columns += (_BEFORE,) if any("before" in line.row for line in rows) else ()
    words = [column.field for column in columns if column.field in {"name", "purpose", "type", "region"}]
    facts = {(number, field): described_at(line.cases) for number, line in enumerate(rows, 1) for field in words}
    return PublishedTable(name, title, columns, tuple(line.row for line in rows), facts)


def _domestic(recipient: Recipient) -> _Line:
    party, cases = recipient.party, recipient.cases
    address, postcode = address_of(party, recipient.newest.case.people)
    row: Row = {
        "name": recipient.name, "address": address, "postcode": postcode, "ein": party.ein,
        "irc_section": section_of(recipient), "cash": recipient.figure, "purpose": purpose_of(cases),
        "grants": references_of(cases), **_claimed(recipient),
    }  # fmt: skip
    return _Line(row, cases)


def _claimed(recipient: Recipient) -> Row:
    return {} if recipient.claimed is None else {"before": recipient.claimed}


def _foreign(recipient: Recipient) -> _Line:
    cases = recipient.cases
    row: Row = {
        "region": region_of(recipient), "purpose": purpose_of(cases), "cash": recipient.figure,
        "grants": references_of(cases), **_claimed(recipient),
    }  # fmt: skip
    return _Line(row, cases)


def region_of(recipient: Recipient) -> str | None:
    """Return the region of a recipient, or None if the instructions do not name its country."""
    region = REGIONS.get(recipient.place.country)
    return region.value if region is not None else None


def _regions(abroad: Iterable[Recipient]) -> Iterable[_Line]:
    for region, group in _grouped(abroad, lambda recipient: (region_of(recipient) or "",)):
        total = added(DOLLAR, (recipient.figure for recipient in group))
        yield _Line({"region": region[0] or None, "activity": "Grantmaking", "total": total}, _cases_of(group))


def _people(people: Iterable[Recipient]) -> Iterable[_Line]:
    """Yield a line for each type of grant and region. No person is named, and each partnership is one recipient."""

    def kind(recipient: Recipient) -> tuple[str, ...]:
        return purpose_of(recipient.cases) or "", region_of(recipient) or ""

    for (purpose, region), group in _grouped(people, kind):
        cases = _cases_of(group)
        row: Row = {
            "type": purpose or None, "region": region or None, "recipients": len(group),
            "cash": added(DOLLAR, (recipient.figure for recipient in group)), "grants": references_of(cases),
        }  # fmt: skip
        yield _Line(row, cases)


def _grouped(
    recipients: Iterable[Recipient], key: Callable[[Recipient], tuple[str, ...]]
) -> list[tuple[tuple[str, ...], list[Recipient]]]:
    groups: dict[tuple[str, ...], list[Recipient]] = {}
    for recipient in recipients:
        groups.setdefault(key(recipient), []).append(recipient)
    return sorted(groups.items(), key=lambda group: group[0])


def _cases_of(group: Iterable[Recipient]) -> tuple[DescribedGrant, ...]:
    cases = {id(case): case for recipient in group for case in recipient.cases}
    return tuple(sorted(cases.values(), key=lambda case: (case.reference, case.described_at or 0)))
