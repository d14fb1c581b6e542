"""The publication of Schedules I and F: who is listed, who is not and why, and the files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final

from domain.directory.chart import BookBasis
from domain.errors import DomainError
from domain.money.amounts import ZERO, SignedAmount
from domain.parties import Funder, FunderProfile
from publishing.cases import GrantCase, Stand
from publishing.counting import PublicationTally
from publishing.figures import EventSum, added, figure_of
from publishing.files import Publication, PublishedFile
from publishing.movements import MovementKind
from publishing.schedules.describing import address_of, purpose_of, section_of
from publishing.schedules.lines import DOLLAR, counts_of, region_of, tables_of
from publishing.schedules.past import PastGrant, past_grants_of, returned_in
from publishing.schedules.recipients import GrantOfYear, Recipient, grants_of, past_of_year, recipients_of
from publishing.schedules.sorting import SchedulePart
from publishing.schedules.statements import statements_of
from publishing.schedules.years import FiscalYear, last_year_over
from publishing.spreadsheets import CellValue, PublishedColumn, PublishedTable, table_as_csv, tables_as_workbook

EDITION: Final = "form-990-2025/1"
THRESHOLD: Final = Decimal(5000)
"""A recipient is listed that got more than this (Form 990, Part IV, lines 15, 16, 21 and 22)."""

BELOW: Final = "BELOW_THRESHOLD"
OTHER_CURRENCY: Final = "NOT_IN_DOLLARS"
PRIVATE: Final = "FILES_990_PF"
UNDATED: Final = "PAID_BEFORE_ON_AN_UNKNOWN_DAY"
"""A sum of before of which nobody knows whether it was paid in this fiscal year."""

_PEOPLE: Final = frozenset({SchedulePart.DOMESTIC_PEOPLE, SchedulePart.FOREIGN_PEOPLE})
_LINES: Final = (
    ("IX.1", "Grants to domestic organizations and governments", (SchedulePart.DOMESTIC_BODIES,)),
    ("IX.2", "Grants to domestic individuals", (SchedulePart.DOMESTIC_PEOPLE,)),
    ("IX.3", "Grants to foreign organizations and individuals",
     (SchedulePart.FOREIGN_BODIES, SchedulePart.FOREIGN_PEOPLE)),
)  # fmt: skip
_TOTALS: Final = (
    PublishedColumn("line", "Line"), PublishedColumn("what", "What"), PublishedColumn("number", "Number"),
    PublishedColumn("amount", "Amount"),
)  # fmt: skip


class FilerUnknown(DomainError):
    """The directory does not say of a funder by which year and basis it files."""


def basis_of(funder: Funder) -> BookBasis:
    """Return the basis of accounting of a filer, by which a grant is of one year or of another.

    Raises:
        FilerUnknown: The directory does not say it.
    """
    if funder.basis is None:
        raise FilerUnknown(f"the directory does not say how {funder.funder_id} keeps its books (`basis`)")
    return BookBasis(funder.basis.value)


def year_of(stand: Stand) -> FiscalYear:
    """Return the newest fiscal year of a filer that is over.

    Raises:
        FilerUnknown: The directory does not say when its year ends.
    """
    if stand.funder.year_ends is None:
        raise FilerUnknown(f"the directory does not say when the year of {stand.funder.funder_id} ends (`year_ends`)")
    return last_year_over(stand.funder.year_ends, stand.on)


def schedules(cases: Sequence[GrantCase], stand: Stand, past: Iterable[PastGrant] = ()) -> Publication:
    """Return Schedules I and F of a funder's newest year that is over, with its statements of responsibility.

    `cases`: by the book on the funder's own basis. `past`: partnerships of before, of which the sums count that their
    owner's books claim were paid in the year, on either basis: nobody knows when they were owed.

    Raises:
        FilerUnknown: The directory does not say by which year and basis it files.
    """
    basis, year, tally = basis_of(stand.funder), year_of(stand), PublicationTally()
    own_past = past_grants_of(past, stand.funder.funder_id)
    grants = (*grants_of(cases, stand.funder.funder_id, year), *past_of_year(own_past, year))
    recipients = recipients_of(grants)
    tables: tuple[PublishedTable, ...] = ()
    if stand.funder.profile is FunderProfile.PRIVATE_FOUNDATION:
        for recipient in recipients:
            tally.leave_out(PRIVATE, *_amounts(recipient))
    else:
        listed_recipients = _listed(recipients, tally)
        tables = _tables(recipients, listed_recipients, _paid_back(cases, own_past, stand, year))
        for recipient in listed_recipients:
            tally.miss(*_missing(recipient))
    undated_sums = _leave_out_undated(own_past, year, tally)
    tally.require_all((*_all_amounts(grants), *undated_sums))
    sheets = (*tables, statements_of(cases, stand.funder.funder_id, year, tally))
    options = {"year": f"{year.first}/{year.last}", "basis": basis.value}
    return Publication("schedules", EDITION, _files(sheets, stand), tally, options=options)


def _tables(
    recipients: Iterable[Recipient], listed_recipients: Sequence[Recipient], paid_back: EventSum
) -> tuple[PublishedTable, ...]:
    in_dollars = [recipient for recipient in recipients if recipient.currency == DOLLAR]
    abroad = [recipient for recipient in in_dollars if recipient.place.part.value.startswith("F")]
    return (*tables_of(listed_recipients, abroad), _totals(in_dollars, listed_recipients, paid_back))


def _listed(recipients: Iterable[Recipient], tally: PublicationTally) -> tuple[Recipient, ...]:
    """Return the recipients that are listed, and count them and the others."""
    in_dollars: list[Recipient] = []
    for recipient in recipients:
        if recipient.currency == DOLLAR:
            in_dollars.append(recipient)
        else:
            tally.leave_out(OTHER_CURRENCY, *_amounts(recipient))
    of_people = {
        part: sum((recipient.figure.amount for recipient in in_dollars if recipient.place.part is part), ZERO)
        for part in _PEOPLE
    }
    listed_recipients: list[Recipient] = []
    for recipient in in_dollars:
        if of_people.get(recipient.place.part, recipient.figure.amount) > THRESHOLD:
            listed_recipients.append(recipient)
            tally.publish(*_amounts(recipient))
        else:
            tally.leave_out(BELOW, *_amounts(recipient))
    return tuple(listed_recipients)


def _amounts(recipient: Recipient) -> tuple[SignedAmount, ...]:
    return (SignedAmount(recipient.currency, recipient.figure.amount),)


def _all_amounts(grants: Iterable[GrantOfYear]) -> Iterable[SignedAmount]:
    return (SignedAmount(grant.currency, movement.amount) for grant in grants for movement in grant.movements)


def _leave_out_undated(past: Iterable[PastGrant], year: FiscalYear, tally: PublicationTally) -> list[SignedAmount]:
    """Leave out the sums of before that may be of the year or of another one, and return them."""
    undated_sums = [amount for grant in past for amount in grant.may_be_paid_in(year)]
    for amount in undated_sums:
        tally.leave_out(UNDATED, amount)
    return undated_sums


def _paid_back(cases: Iterable[GrantCase], past: Sequence[PastGrant], stand: Stand, year: FiscalYear) -> EventSum:
    """Return the sums that grantees paid back in the year. It is income, and lessens no grant of the schedules."""
    own_sums = (
        movement
        for case in cases
        for movement in case.moved(MovementKind.RECOVERY)
        if movement.funder == stand.funder.funder_id and year.holds(movement.on)
    )
    return added(DOLLAR, (figure_of(DOLLAR, own_sums), returned_in(past, year, DOLLAR)))


def _totals(
    counted_recipients: Sequence[Recipient], listed_recipients: Sequence[Recipient], paid_back: EventSum
) -> PublishedTable:
    """Return the totals of all recipients, listed or not, and the numbers that Part II asks for."""
    rows: list[dict[str, CellValue]] = []
    for line, label, parts in _LINES:
        group = [recipient for recipient in counted_recipients if recipient.place.part in parts]
        amount = added(DOLLAR, (recipient.figure for recipient in group))
        rows.append({"line": line, "what": label, "number": len(group), "amount": amount})
    rows += [
        {"line": line, "what": "Listed recipients", "number": number}
        for line, number in counts_of(listed_recipients).items()
    ]
    if claims := [recipient.claimed for recipient in counted_recipients if recipient.claimed is not None]:
        claimed_sum = added(DOLLAR, claims)
        rows.append({"line": "", "what": "Paid before Accord, as claimed, in the lines above", "amount": claimed_sum})
    rows.append({"line": "", "what": "Paid back by grantees in the year, in no line above", "amount": paid_back})
    return PublishedTable("schedule-totals", "Totals", _TOTALS, tuple(rows))


def _missing(recipient: Recipient) -> Iterable[str]:
    """Yield the facts that a line lacks."""
    part = recipient.place.part
    if purpose_of(recipient.cases) is None:
        yield "purpose"
    if part in {SchedulePart.FOREIGN_BODIES, SchedulePart.FOREIGN_PEOPLE}:
        yield "manner_of_disbursement"
        yield from () if region_of(recipient) else ("region",)
    if part is SchedulePart.DOMESTIC_BODIES:
        yield from () if recipient.name else ("name",)
        yield from () if recipient.party.ein else ("ein",)
        yield from () if address_of(recipient.party, recipient.newest.case.people)[0] else ("address",)
        yield from () if section_of(recipient) else ("irc_section",)


def _files(tables: Sequence[PublishedTable], stand: Stand) -> tuple[PublishedFile, ...]:
    csv_files = (PublishedFile(f"{table.name}.csv", table_as_csv(table), table.cells) for table in tables)
    return (*csv_files, PublishedFile("schedules.xlsx", tables_as_workbook(tables, stand.on)))
