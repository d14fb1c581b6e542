"""Laws of every publication: the same bytes for the same ledger, everything counted, and no person named."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.directory.chart import BookBasis
from domain.parties import Party
from domain.partnership.state import Partnership
from domain.values import ERASED_NAME
from publishing.board.publication import board
from publishing.cases import GrantCase, Stand
from publishing.commongrants.publication import common_grants
from publishing.files import CELLS, RECEIPT, Publication, folder_of
from publishing.iati.publication import iati
from publishing.schedules.publication import schedules
from publishing.texts import NamedPeople
from publishing.threesixty.publication import three_sixty
from tests.builders import COMMUNITY, abroad, party, principal, public_interest
from tests.domain.partnership import specification as s
from tests.publishing.casting import Cast, body, given_to, granted, stand
from tests.thoroughness import draws

Publishing = Callable[[Sequence[GrantCase], Stand], Publication]
ON = "2027-06-30"
SPEAKER = "Amina Ferreira-Okonkwo"
"""Who signs for a payee, and whom texts name."""
WORK_ABROAD = public_interest(sector="22040", community={**COMMUNITY, "places": [{"country": "UG"}]})
PERIOD = {"starts": "2026-01-01", "ends": "2027-01-01"}


@pytest.fixture(scope="module")
def cases() -> list[GrantCase]:
    cast = Cast(BookBasis.ACCRUAL)
    library = body("Library A", "001000001", principals=[principal(SPEAKER)])
    cast.tell("P-2026-0003", given_to(library, "9000.00", title=f"Courses by {SPEAKER}"))
    abroad_too = given_to(abroad(country="UG"), "7000.00", period=PERIOD, public_interest=WORK_ABROAD)
    cast.tell("P-2026-0001", abroad_too)
    cast.tell("P-2026-0002", granted(body("Library B", "001000002"), "2000.00", withheld_for="Safety of the grantee"))
    cast.tell("P-2026-0004", given_to(party(SPEAKER, kind="INDIVIDUAL", ein=None), "6000.00"))
    cast.tell("P-2026-0005", s.in_approval())
    return cast.cases()


PUBLICATIONS: list[Publishing] = [schedules, three_sixty, iati, common_grants, board]
named = pytest.mark.parametrize("publish", PUBLICATIONS, ids=lambda publish: publish.__name__)


@named
@settings(max_examples=draws(40), derandomize=True, database=None)
@given(order=st.permutations(range(5)))
def test_the_order_of_partnerships_changes_no_byte(
    publish: Publishing, cases: list[GrantCase], order: list[int]
) -> None:
    known = folder_of(publish(cases, stand(ON)), stand(ON))
    assert folder_of(publish([cases[place] for place in order], stand(ON)), stand(ON)) == known


@named
def test_what_is_published_and_what_is_left_out_is_all(publish: Publishing, cases: list[GrantCase]) -> None:
    receipt = json.loads(folder_of(publish(cases, stand(ON)), stand(ON))[RECEIPT])
    parts = [receipt["published"], *receipt["left_out"].values()]
    assert sum(part["number"] for part in parts) == receipt["total"]["number"]
    assert sum(Decimal(part["sums"].get("USD", "0")) for part in parts) == Decimal(receipt["total"]["sums"]["USD"])


@named
def test_no_person_is_named_in_any_file(publish: Publishing, cases: list[GrantCase]) -> None:
    """Given somebody who signs, and who is paid, then no file names them: nor do those inside a workbook."""
    for name, content in folder_of(publish(cases, stand(ON)), stand(ON)).items():
        assert SPEAKER.encode() not in content, name
        if name.endswith(".xlsx"):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                assert all(SPEAKER.encode() not in archive.read(part) for part in archive.namelist())


@named
def test_an_erasure_changes_no_byte_of_a_file(publish: Publishing, cases: list[GrantCase]) -> None:
    """Given the same partnerships read after the erasure of who is named, then the files are as they were."""
    erased = [_erased(case) for case in cases]
    assert folder_of(publish(erased, stand(ON)), stand(ON)) == folder_of(publish(cases, stand(ON)), stand(ON))


def _erased(case: GrantCase) -> GrantCase:
    known = Partnership.model_validate_json(case.partnership.model_dump_json().replace(SPEAKER, ERASED_NAME))
    movements = tuple(
        movement._replace(
            payee=Party.model_validate_json(movement.payee.model_dump_json().replace(SPEAKER, ERASED_NAME))
        )
        for movement in case.movements
    )
    return case._replace(partnership=known, movements=movements, people=NamedPeople(known))


@named
def test_every_sum_of_a_file_is_the_sum_of_its_events(publish: Publishing, cases: list[GrantCase]) -> None:
    """Given the cells beside the files, then each is of known positions, and what a sheet says is what they add."""
    folder = folder_of(publish(cases, stand(ON)), stand(ON))
    cells = json.loads(folder[CELLS])
    assert cells
    for name, of_file in cells.items():
        rows = list(csv.reader(io.StringIO(folder[name].decode()))) if name.endswith(".csv") else None
        for cell, parts in of_file.items():
            assert all(part[0] > 0 for part in parts)
            amounts = [Decimal(part[1]) for part in parts if len(part) > 1]
            if rows is not None and amounts:
                number, _, field = cell.partition(":")
                assert Decimal(rows[int(number)][rows[0].index(field)]) == sum(amounts), cell


@named
def test_a_receipt_names_the_place_in_the_ledger(publish: Publishing, cases: list[GrantCase]) -> None:
    folder = folder_of(publish(cases, stand(ON)), stand(ON))
    receipt = json.loads(folder[RECEIPT])
    assert (receipt["position"], receipt["head"], receipt["true_at"]) == (7000, "ab" * 32, ON)
    assert {*receipt["sha256"]} == {*folder} - {RECEIPT}
