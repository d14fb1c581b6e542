"""The publication of a funder's grants as a 360Giving package."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from publishing.awards import all_amounts, awards_of, count_published, publisher_id
from publishing.cases import GrantCase, Stand
from publishing.counting import PublicationTally
from publishing.files import Publication, PublishedFile
from publishing.json_text import JsonValue, json_text
from publishing.spreadsheets import table_as_csv, tables_as_workbook
from publishing.threesixty.grants import cells_of, grant_of
from publishing.threesixty.quality import faults_of, quality_of
from publishing.threesixty.sheet import sheet_of

EDITION: Final = "360giving-1.4/1"
VERSION: Final = "1.4"
PREFIX: Final = r"360G-[A-Za-z0-9]+"
"""The form of a publisher's prefix, as 360Giving gives it out."""


def three_sixty(cases: Sequence[GrantCase], stand: Stand, prefix: str = "") -> Publication:
    """Return a funder's grants as a package. `prefix`: the publisher's, or '' to make identifiers of its own number.

    Raises:
        PublisherUnknown: The directory holds no number of the funder.
    """
    funder_id, tally = publisher_id(stand), PublicationTally()
    awards = awards_of(cases, stand, prefix or funder_id, tally)
    for award in awards:
        count_published(award, tally)
    tally.require_all(all_amounts(cases, stand))
    grants = [grant_of(award, stand, funder_id) for award in awards]
    package: dict[str, JsonValue] = {
        "version": VERSION, "title": f"Grants of {stand.funder.name} as of {stand.on}",
        "identifier": f"{prefix or funder_id}-{stand.position}", "issued": str(stand.on),
        "publisher": {"name": stand.funder.name, "identifier": funder_id}, "grants": list(grants),
    }  # fmt: skip
    sheet = sheet_of(awards, stand, funder_id)
    cells = tuple(cell for award in awards for cell in cells_of(award))
    files = (
        PublishedFile("360giving.json", (json_text(package) + "\n").encode(), cells),
        PublishedFile("360giving.csv", table_as_csv(sheet), sheet.cells),
        PublishedFile("360giving.xlsx", tables_as_workbook((sheet,), stand.on)),
    )
    quality = {**quality_of(grants, stand.on), "refused_by_the_schema": len(faults_of(grants))}
    return Publication("360giving", EDITION, files, tally, quality, {"prefix": prefix} if prefix else {})
