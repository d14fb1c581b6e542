"""The publication of a funder's grants as CommonGrants award documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from publishing.awards import all_amounts, awards_of, count_published, publisher_id
from publishing.cases import GrantCase, Stand
from publishing.commongrants.documents import cells_of, document_of
from publishing.counting import PublicationTally
from publishing.files import Publication, PublishedFile
from publishing.json_text import JsonValue, json_text

EDITION: Final = "commongrants-0.4/1"


def common_grants(cases: Sequence[GrantCase], stand: Stand) -> Publication:
    """Return a funder's grants as award documents, in the form in which the protocol lists awards: one page of all.

    Raises:
        PublisherUnknown: The directory holds no number of the funder.
    """
    funder_id, tally = publisher_id(stand), PublicationTally()
    awards = awards_of(cases, stand, funder_id, tally)
    for award in awards:
        count_published(award, tally)
    tally.require_all(all_amounts(cases, stand))
    items: list[JsonValue] = [document_of(award, stand, funder_id) for award in awards]
    number = len(items)
    page: dict[str, JsonValue] = {
        "status": 200, "message": f"Awards of {stand.funder.name} as of {stand.on}", "items": items,
        "paginationInfo": {"page": 1, "pageSize": max(number, 1), "totalItems": number, "totalPages": 1},
    }  # fmt: skip
    cells = tuple(cell for award in awards for cell in cells_of(award))
    file = PublishedFile("commongrants.json", (json_text(page) + "\n").encode(), cells)
    return Publication("commongrants", EDITION, (file,), tally)
