"""A row of the Security Council's list is an XML element byte for byte. The name stands in it in parts."""

from __future__ import annotations

from pathlib import Path

import pytest

from registers.loading import texts
from registers.loading.rows import ParsedRow, RejectedRow, read_rows
from registers.loading.texts import UnreadableFile
from registers.matching import Birth, ListedKind, ListedName, Quality
from registers.sources.kinds import BadRow, ListedRow
from registers.sources.united_nations import CONSOLIDATED
from tests.registers.files import SAMPLE

ENTRIES = CONSOLIDATED.kinds[0]

PERSON = """<INDIVIDUAL>
  <DATAID>9201</DATAID>
  <FIRST_NAME>TARQUILON</FIRST_NAME>
  <SECOND_NAME> </SECOND_NAME>
  <THIRD_NAME>VESHTAROV
  </THIRD_NAME>
  <UN_LIST_TYPE>SAMPLE</UN_LIST_TYPE>
  <REFERENCE_NUMBER>SAi.001</REFERENCE_NUMBER>
  <NAME_ORIGINAL_SCRIPT>ТАРКВИЛОН ВЕШТАРОВ</NAME_ORIGINAL_SCRIPT>
  <NATIONALITY><VALUE>Kenya</VALUE><VALUE>Nowhereland</VALUE></NATIONALITY>
  <INDIVIDUAL_ALIAS><QUALITY>Good</QUALITY><ALIAS_NAME>Tarkvilon Veshtaroff</ALIAS_NAME></INDIVIDUAL_ALIAS>
  <INDIVIDUAL_ALIAS><QUALITY>Low</QUALITY><ALIAS_NAME>The Ferryman</ALIAS_NAME></INDIVIDUAL_ALIAS>
  <INDIVIDUAL_ALIAS><QUALITY>Good</QUALITY><ALIAS_NAME/></INDIVIDUAL_ALIAS>
  <INDIVIDUAL_ADDRESS><COUNTRY>Democratic Republic of the Congo</COUNTRY></INDIVIDUAL_ADDRESS>
  <INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>EXACT</TYPE_OF_DATE><DATE>1961-03-04</DATE></INDIVIDUAL_DATE_OF_BIRTH>
  <INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>APPROXIMATELY</TYPE_OF_DATE><YEAR>1962</YEAR></INDIVIDUAL_DATE_OF_BIRTH>
</INDIVIDUAL>"""
ENTITY = """<ENTITY><DATAID>9202</DATAID><FIRST_NAME>OBSIDIAN QUAY — Ñandú &amp; Söhne</FIRST_NAME>\
<ENTITY_ALIAS><QUALITY>a.k.a.</QUALITY><ALIAS_NAME>Obsidian Pier</ALIAS_NAME></ENTITY_ALIAS>\
<ENTITY_ADDRESS><COUNTRY>Kenya</COUNTRY></ENTITY_ADDRESS></ENTITY>"""


def file(folder: Path, *entries: str, before: str = "", end: str = "</LIST>\n") -> Path:
    path = folder / "consolidated.xml"
    path.write_text(f"{before}<LIST>\n" + "\n".join(entries) + end, encoding="utf-8", newline="")
    return path


def entry(name: str = "<FIRST_NAME>QUILLMARK</FIRST_NAME>", number: str = "1", more: str = "") -> str:
    return f"<ENTITY><DATAID>{number}</DATAID>{name}{more}</ENTITY>"


def rows(path: Path) -> list[tuple[int, str, str]]:
    found = list(read_rows(path, ENTRIES))
    assert all(isinstance(row, ParsedRow) for row in found)
    return [(row.line, row.key, row.row) for row in found if isinstance(row, ParsedRow)]


def listed(*entries: str) -> list[ListedName]:
    assert CONSOLIDATED.listed is not None
    parsed = [ENTRIES.parse(text) for text in entries]
    return list(CONSOLIDATED.listed(ListedRow(10 + n, "entries", one[0], one) for n, one in enumerate(parsed)))


# Rows


def test_a_row_is_the_element_as_published_with_its_number_and_the_line_it_begins_at(tmp_path: Path) -> None:
    path = file(tmp_path, "<INDIVIDUALS>", PERSON, "</INDIVIDUALS>", ENTITY)
    assert rows(path) == [(3, "9201", PERSON), (21, "9202", ENTITY)]


@pytest.mark.parametrize("bytes_at_once", [1, 2, 7, 64])
def test_it_does_not_matter_where_the_file_is_cut_for_reading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bytes_at_once: int
) -> None:
    path = file(tmp_path, ENTITY, PERSON, ENTITY)
    monkeypatch.setattr(texts, "_CHUNK", bytes_at_once)
    assert [row for _, _, row in rows(path)] == [ENTITY, PERSON, ENTITY]


@pytest.mark.parametrize(
    "before",
    [
        pytest.param("\ufeff", id="a byte order mark"),
        pytest.param('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n', id="a declaration"),
        pytest.param("<!-- 令和 Ñandú — \U0001f99c -->", id="letters of two, three and four bytes"),
        pytest.param("<!-- <ENTITY><DATAID>7</DATAID></ENTITY> -->", id="an entry that is commented out"),
        pytest.param("<?publisher <ENTITY/> ?>", id="a processing instruction"),
    ],
)
def test_what_stands_before_it_does_not_shift_a_row(tmp_path: Path, before: str) -> None:
    assert [row for _, _, row in rows(file(tmp_path, ENTITY, before=before))] == [ENTITY]


def test_what_an_entry_says_in_character_data_is_no_element(tmp_path: Path) -> None:
    odd = entry(more="<COMMENTS1><![CDATA[</ENTITY><ENTITY>]]></COMMENTS1><!-- </ENTITY> -->")
    assert rows(file(tmp_path, odd, ENTITY)) == [(2, "1", odd), (3, "9202", ENTITY)]


def test_the_sample_is_read_whole() -> None:
    assert [key for _, key, _ in rows(SAMPLE / "un_consolidated.xml")] == ["9201", "9202"]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        pytest.param(entry(number=""), "DATAID '' is not a number", id="no number"),
        pytest.param(entry(number="12b"), "DATAID '12b' is not a number", id="no digits"),
        pytest.param(entry(""), "entry 1 has no name", id="no name"),
        pytest.param(entry("<FIRST_NAME> \n </FIRST_NAME>"), "entry 1 has no name", id="a blank name"),
    ],
)
def test_a_bad_entry_says_why_and_the_others_stay_good(tmp_path: Path, bad: str, reason: str) -> None:
    one, other = read_rows(file(tmp_path, bad, ENTITY), ENTRIES)
    assert one == RejectedRow(2, reason, bad)
    assert isinstance(other, ParsedRow)


def test_what_is_no_element_is_a_bad_row() -> None:
    with pytest.raises(BadRow, match=r"^not whole XML \("):
        ENTRIES.parse(ENTITY[:-3])


# What is no list at all


@pytest.mark.parametrize(
    "end",
    [
        pytest.param("", id="after an entry"),
        pytest.param("<ENTITY><DATAID>3</DATAID>", id="within an entry"),
        pytest.param("<ENTITY><DATA", id="within a tag"),
        pytest.param("</LISTE>", id="closed by another tag"),
        pytest.param("</LIST><LIST/>", id="and begun again"),
    ],
)
def test_a_file_that_is_cut_off_or_damaged_is_refused(tmp_path: Path, end: str) -> None:
    reason = r"^consolidated\.xml is not whole XML \(.+\); fetch the file again$"
    with pytest.raises(UnreadableFile, match=reason):
        list(read_rows(file(tmp_path, ENTITY, end=end), ENTRIES))


@pytest.mark.parametrize(
    "before",
    [
        pytest.param("<!DOCTYPE html>", id="a web page"),
        pytest.param('<!DOCTYPE LIST SYSTEM "list.dtd">', id="a definition elsewhere"),
        pytest.param('<!DOCTYPE LIST [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>', id="entities that grow"),
        pytest.param('<!DOCTYPE LIST [<!ENTITY a SYSTEM "file:///etc/hostname">]>', id="an entity of this machine"),
    ],
)
def test_a_document_type_and_its_entities_are_refused(tmp_path: Path, before: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        list(read_rows(file(tmp_path, entry(), before=before), ENTRIES))
    told = "consolidated.xml declares a document type; a web page? Download the data file"
    assert str(caught.value) == told


def test_an_entity_that_was_never_declared_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="is not whole XML"):
        list(read_rows(file(tmp_path, entry(more="&secret;")), ENTRIES))


# Whom it lists


def test_a_person_is_listed_under_every_name_with_its_quality() -> None:
    found = listed(PERSON)
    assert [(one.name, one.quality) for one in found] == [
        ("TARQUILON VESHTAROV", Quality.PRIMARY),
        ("ТАРКВИЛОН ВЕШТАРОВ", Quality.ALIAS),
        ("Tarkvilon Veshtaroff", Quality.ALIAS),
        ("The Ferryman", Quality.WEAK),
    ]


def test_every_name_of_a_person_carries_her_countries_and_births() -> None:
    for one in listed(PERSON):
        assert (one.reference, one.entity, one.kind) == (10, "9201", ListedKind.PERSON)
        assert one.countries == {"KE", "CD"}
        assert one.births == (Birth(1961, 3, 4), Birth(1962))


def test_an_entity_is_listed_with_its_aliases_and_countries() -> None:
    names = (("OBSIDIAN QUAY — Ñandú & Söhne", Quality.PRIMARY), ("Obsidian Pier", Quality.ALIAS))
    assert listed(ENTITY) == [
        ListedName(10, "9202", name, ListedKind.ENTITY, quality, frozenset({"KE"}), ()) for name, quality in names
    ]


def test_an_entry_that_says_little_is_listed_by_its_name() -> None:
    assert listed(ENTITY, entry())[2:] == [ListedName(11, "1", "QUILLMARK", ListedKind.ENTITY)]


@pytest.mark.parametrize(
    ("said", "births"),
    [
        pytest.param("<DATE>1961-03-04</DATE>", (Birth(1961, 3, 4),), id="a day"),
        pytest.param("<DATE>1961-03-04T00:00:00</DATE>", (Birth(1961, 3, 4),), id="a day with an hour"),
        pytest.param("<YEAR>1961</YEAR>", (Birth(1961),), id="a year"),
        pytest.param("<DATE>1961-03-04</DATE><YEAR>1961</YEAR>", (Birth(1961, 3, 4),), id="a day before its year"),
        pytest.param("<DATE>unknown</DATE>", (), id="no date"),
        pytest.param("", (), id="nothing"),
    ],
)
def test_a_birth_is_as_exact_as_the_list_says(said: str, births: tuple[Birth, ...]) -> None:
    told = f"<INDIVIDUAL_DATE_OF_BIRTH>{said}</INDIVIDUAL_DATE_OF_BIRTH>"
    (one,) = listed(entry(more=told).replace("ENTITY>", "INDIVIDUAL>"))
    assert one.births == births


def test_the_programme_of_an_entry_is_the_list_that_it_stands_on() -> None:
    fields = ENTRIES.parse(PERSON)
    assert CONSOLIDATED.programme(ListedRow(0, "entries", "9201", fields)) == "SAMPLE"


def test_a_file_in_another_encoding_is_read_in_it(tmp_path: Path) -> None:
    path = tmp_path / "list.xml"
    text = f'<?xml version="1.0" encoding="ISO-8859-1"?><LIST>{entry("<FIRST_NAME>Étoile Ñandú</FIRST_NAME>")}</LIST>'
    path.write_bytes(text.encode("iso-8859-1"))
    assert "Étoile Ñandú" in rows(path)[0][2]


def test_a_file_in_an_encoding_that_nobody_publishes_in_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.xml"
    path.write_bytes('<?xml version="1.0" encoding="UTF-16"?><LIST></LIST>'.encode("utf-16"))
    with pytest.raises(UnreadableFile, match=r"list\.xml is written in UTF-16; fetch it in UTF-8"):
        rows(path)


@pytest.mark.parametrize("tag", ["</INDIVIDUAL>", "</INDIVIDUAL >", "</INDIVIDUAL\n>"])
def test_a_tag_ends_where_it_ends(tmp_path: Path, tag: str) -> None:
    person = PERSON.removesuffix("</INDIVIDUAL>") + tag
    assert rows(file(tmp_path, person))[0][2] == person


@pytest.mark.parametrize("written", ["1970-13-45", "1970-ab-01"])
def test_of_a_birth_that_no_calendar_knows_the_year_is_believed(written: str) -> None:
    birth = f"<INDIVIDUAL_DATE_OF_BIRTH><DATE>{written}</DATE></INDIVIDUAL_DATE_OF_BIRTH>"
    assert listed(entry(more=birth))[0].births == (Birth(1970),)
