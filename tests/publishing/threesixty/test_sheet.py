"""The sheet of a 360Giving package holds all that the package does, under headings that are paths of the standard.

The standard's own program reads it back in `make check`. It brings many packages, an object database among them, so it
has an environment of its own (`make checkers`), and every day a path is followed here by its heading.
"""

from __future__ import annotations

import io
import json
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest
from openpyxl import load_workbook

from publishing.threesixty.publication import three_sixty
from tests.conftest import ROOT
from tests.publishing.casting import stand
from tests.publishing.threesixty.test_package import ON, STANDARD, grants, told, whole, with_schema

PROGRAM: Final = ROOT / ".venv-checkers" / "bin" / "flatten-tool"
needs_the_program = pytest.mark.skipif(not PROGRAM.exists(), reason="flatten-tool is not here: `make checkers`")

FIELDS: Final = {
    "Identifier": "id", "Title": "title", "Description": "description", "Currency": "currency",
    "Amount Applied For": "amountAppliedFor", "Amount Awarded": "amountAwarded",
    "Amount Disbursed": "amountDisbursed", "Award Date": "awardDate", "Planned Dates": "plannedDates",
    "Start Date": "startDate", "End Date": "endDate", "Recipient Org": "recipientOrganization",
    "Recipient Ind": "recipientIndividual", "Name": "name", "Funding Org": "fundingOrganization",
    "Country": "addressCountry", "Grant Programme": "grantProgramme", "Last Modified": "dateModified",
    "Beneficiary Location": "beneficiaryLocation", "Country Code": "countryCode",
    "Classifications": "classifications", "Vocabulary": "vocabulary", "Code": "code",
}  # fmt: skip
"""The fields of the standard's schema, by their titles there."""
SINGLE: Final = {"recipientIndividual"}
"""The objects that a grant has once. Every other one is a list."""


def put(grant: dict[str, Any], heading: str, value: Any) -> None:
    """Put the value of a cell where its heading says: `Beneficiary Location:1:Country Code`."""
    first, *rest = heading.split(":")
    field = FIELDS[first]
    if not rest:
        grant[field] = value
        return
    number, part = (int(rest[0]), rest[-1]) if len(rest) > 1 else (0, rest[0])
    if field in SINGLE:
        grant.setdefault(field, {})[FIELDS[part]] = value
        return
    members = grant.setdefault(field, [])
    members += [{} for _ in range(number + 1 - len(members))]
    members[number][FIELDS[part]] = value


def unflattened(content: bytes) -> list[dict[str, Any]]:
    """The grants of a workbook, by the paths of its headings."""
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    headings, *rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    all_grants = []
    for row in rows:
        grant: dict[str, Any] = {}
        for heading, value in zip(headings, row, strict=True):
            if value is not None and value != "":
                put(grant, str(heading), Decimal(str(value)) if isinstance(value, int | float) else value)
        all_grants.append(grant)
    return all_grants


def test_the_workbook_read_back_is_the_package() -> None:
    publication = three_sixty(whole().cases(), stand(ON), "360G-example")
    assert unflattened(told(publication, "360giving.xlsx")) == grants(publication)


@pytest.mark.slow
@needs_the_program
@with_schema
def test_the_standards_own_program_reads_the_workbook_back_as_the_package(tmp_path: Path) -> None:
    """Given the workbook and the standard's schema, when flatten-tool reads it, then every grant is the package's."""
    publication = three_sixty(whole().cases(), stand(ON), "360G-example")
    sheet, answer, schema = tmp_path / "grants.xlsx", tmp_path / "read.json", STANDARD / "360-giving-schema.json"
    sheet.write_bytes(told(publication, "360giving.xlsx"))
    order = [PROGRAM, "unflatten", "-f", "xlsx", "-m", "grants", "--convert-titles", "-s", schema, "-o", answer, sheet]
    asked = subprocess.run(list(map(str, order)), capture_output=True, text=True, check=False, timeout=120)
    assert asked.returncode == 0, asked.stderr
    read = json.loads(answer.read_text("utf-8"), parse_float=Decimal, parse_int=Decimal)["grants"]
    assert read == grants(publication)
    assert "warn" not in asked.stderr.lower(), asked.stderr
