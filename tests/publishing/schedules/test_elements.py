"""The lines of the schedules by the elements of the IRS's own XML, each of which irsx must know.

No such XML is published: a return is one file of every form, made and sent by the software of an authorised e-file
provider, and none of them takes a schedule alone. So this says only that every column has its element.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import Element, SubElement, tostring

import pytest

from publishing.files import Publication
from publishing.schedules.publication import schedules
from tests.builders import abroad, party
from tests.publishing.casting import Cast, body, given_to, stand
from tests.publishing.sheets import rows_of

VERSION: Final = "2023v4.0"
OBJECT_ID: Final = "202600000000000000"

DOMESTIC: Final = {
    "name": "RecipientBusinessName/BusinessNameLine1Txt", "address": "USAddress/AddressLine1Txt",
    "postcode": "USAddress/ZIPCd", "ein": "RecipientEIN", "irc_section": "IRCSectionDesc", "cash": "CashGrantAmt",
    "noncash": "NonCashAssistanceAmt", "noncash_description": "NonCashAssistanceDesc",
    "valuation": "ValuationMethodUsedDesc", "purpose": "PurposeOfGrantTxt",
}  # fmt: skip
PEOPLE: Final = {"type": "GrantTypeTxt", "recipients": "RecipientCnt", "cash": "CashGrantAmt"}
REGIONS: Final = {"region": "RegionTxt", "offices": "OfficesCnt", "agents": "EmployeeCnt",
                  "activity": "TypeOfActivitiesConductedTxt", "total": "RegionTotalExpendituresAmt"}  # fmt: skip
ABROAD: Final = {"region": "RegionTxt", "purpose": "PurposeOfGrantTxt", "cash": "CashGrantAmt",
                 "manner": "MannerOfCashDisbursementTxt"}  # fmt: skip
PEOPLE_ABROAD: Final = {"type": "TypeOfAssistanceTxt", "region": "RegionTxt", "recipients": "RecipientCnt",
                        "cash": "CashGrantAmt", "manner": "MannerOfCashDisbursementTxt"}  # fmt: skip
GROUPS: Final[Mapping[str, tuple[str, str, Mapping[str, str]]]] = {
    "schedule-i-part-2.csv": ("IRS990ScheduleI", "RecipientTable", DOMESTIC),
    "schedule-i-part-3.csv": ("IRS990ScheduleI", "GrantsOtherAsstToIndivInUSGrp", PEOPLE),
    "schedule-f-part-1.csv": ("IRS990ScheduleF", "AccountActivitiesOutsideUSGrp", REGIONS),
    "schedule-f-part-2.csv": ("IRS990ScheduleF", "GrantsToOrgOutsideUSGrp", ABROAD),
    "schedule-f-part-3.csv": ("IRS990ScheduleF", "ForeignIndividualsGrantsGrp", PEOPLE_ABROAD),
}
"""By file: the schedule, the group of a row, and the element of each column that has one."""


def published() -> Publication:
    """A publication with a line in every table."""
    cast = Cast()
    cast.tell("P-2026-0001", given_to(body("Library A", "001000001"), "9000.00"))
    cast.tell("P-2026-0002", given_to(abroad(country="UG"), "7000.00"))
    cast.tell("P-2026-0003", given_to(party("Ines Marek", kind="INDIVIDUAL", ein=None), "6000.00"))
    cast.tell("P-2026-0004", given_to(party("Ada Kim", kind="INDIVIDUAL", ein=None, country="KE"), "8000.00"))
    return schedules(cast.cases(), stand("2026-12-31"))


def as_return(publication: Publication) -> bytes:
    """The elements of a return that the published lines are of. A cell without a value is filled, to be known too."""
    root = Element("Return", {"returnVersion": VERSION})
    SubElement(SubElement(SubElement(root, "ReturnHeader"), "Filer"), "EIN").text = "541650477"
    data, forms = SubElement(root, "ReturnData"), dict[str, Element]()
    for file, (form, group, elements) in GROUPS.items():
        if form not in forms:
            forms[form] = SubElement(data, form)
        [row] = rows_of(publication, file)
        line = SubElement(forms[form], group)
        for column, path in elements.items():
            parent: Any = line
            *above, name = path.split("/")
            for step in above:
                found = parent.find(step)
                parent = SubElement(parent, step) if found is None else found
            SubElement(parent, name).text = row[column] or "0"
    return tostring(root, encoding="utf-8")


def unknown_elements(content: bytes, folder: Path) -> Any:
    """The elements of the schedules that irsx does not know."""
    xmlrunner = pytest.importorskip("irsx.xmlrunner", reason="irsx is not installed: make .venv/.dev")
    file = folder / "return.xml"
    file.write_bytes(content)
    read = xmlrunner.XMLRunner().run_filing(OBJECT_ID, filepath=str(file))
    assert read.list_schedules() == ["ReturnHeader990x", "IRS990ScheduleI", "IRS990ScheduleF"]
    return read.get_keyerrors()


def test_every_column_has_its_element_in_the_forms_of_the_irs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a line of every table, when irsx reads it as a return, then it knows each element, and no invented one."""
    monkeypatch.setenv("IRSX_CACHE_DIRECTORY", str(tmp_path))
    content = as_return(published())
    assert unknown_elements(content, tmp_path) == []
    assert unknown_elements(content.replace(b"PurposeOfGrantTxt", b"PurposeOfItTxt"), tmp_path) != []
