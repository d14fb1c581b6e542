"""The page of a partner: all that is known of a party, over its partnerships."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from accord.client.door.links import links_of
from accord.client.papers.letters import CaseLetter, letters_of
from accord.client.reading import LedgerAccess
from accord.console.door.invitations import ShownLink, link_in_words
from accord.console.importing.claims import claim_line, of_partner
from accord.console.pages.case.kept import letters_in_words
from accord.console.serving.desk import Console
from accord.presentation.words.codes import as_sentence, plainly, words_of
from accord.presentation.words.days import day_in_words, time_in_words
from accord.presentation.words.mail import KINDS, STATES
from accord.presentation.words.values import NamesInWords, country_in_words, listed, money_in_words
from accord.web.pages import page, problem
from domain.parties import Paper
from domain.partnership.partners import Appearance, PartnerRecord, find_partner, partners
from domain.partnership.state import Partnership
from domain.streams import StreamId
from records.read_models.lists import party_term, streams_with

MOST: Final = 50
"""The most partnerships of one partner that are read."""
MOST_MAILS: Final = 50
_TO_PARTNERSHIPS: Final = (("All partnerships", "/partnerships"),)
_MAILS: Final = """
SELECT kind, state, queued_at, split_part(recipient, '/', 2) AS partnership_id FROM post.outbox
 WHERE recipient LIKE 'contact/%' AND split_part(recipient, '/', 2) = ANY ($1) ORDER BY queued_at DESC LIMIT $2
"""


class PartOf(NamedTuple):
    """A partnership of a partner, in words."""

    partnership_id: str
    title: str
    part: str
    stage: str
    money: str
    last_look: str
    """When the registers were asked about it last."""
    reports: tuple[str, ...]


class MailTo(NamedTuple):
    """A mail to a contact of a partner, in words."""

    what: str
    state: str
    at: str
    partnership_id: str


async def show(request: Request) -> Response:
    """Show all that is known of a party. A look at each of its partnerships is on record."""
    console: Console = request.app.state.console
    key, reader = request.path_params["partner"], request.state.reader
    partnerships = await _partnerships_of(console.desk, key)
    records = find_partner(partners(partnerships), key)
    if not records:
        return problem(request, 404, "no partner is known by this", _TO_PARTNERSHIPS)
    record = records[0]
    ids = [appearance.partnership_id for appearance in record.appearances]
    await console.looked_at(reader, *ids)
    names = NamesInWords(await console.desk.directory())
    context = {
        "partner": record.party,
        "country": country_in_words(record.party.country),
        "kind": words_of(record.party.kind),
        "others": listed(list(record.names[1:])) if len(record.names) > 1 else "",
        "appearances": list(map(_part, record.appearances)),
        "past": [claim_line(past) for past in of_partner(await console.past.records(), record.key)[:MOST]],
        "papers": [_paper(paper, names) for paper in record.papers],
        "letters": await _letters(console, record, names),
        "links": await _links(console, ids, reader),
        "mails": await _mails(console, ids),
        "more": len(partnerships) == MOST,
    }
    return page(request, "partner.html", context)


async def _partnerships_of(desk: LedgerAccess, key: str) -> list[Partnership]:
    streams = await streams_with(desk.pool, [party_term(key)])
    ids = sorted((StreamId(stream).subject for stream in streams), reverse=True)[:MOST]
    states = await asyncio.gather(*map(desk.partnership, ids))
    return [partnership for partnership in states if partnership is not None]


def _part(appearance: Appearance) -> PartOf:
    days = ((report, day_in_words(report.received_on)) for report in appearance.reports)
    reports = (f"report {on.number}, {words_of(on.kind)}: {words_of(on.state)}, came {day}" for on, day in days)
    return PartOf(
        partnership_id=appearance.partnership_id,
        title=appearance.title,
        part=listed([plainly(role.value) for role in appearance.roles]),
        stage=words_of(appearance.stage),
        money=money_in_words(appearance.money) if appearance.money is not None else "",
        last_look=day_in_words(appearance.verified_on) if appearance.verified_on is not None else "never",
        reports=tuple(map(as_sentence, reports)),
    )


def _paper(paper: Paper, names: NamesInWords) -> str:
    read_by = names.person(paper.read_by)
    return f"{as_sentence(words_of(paper.kind))}, dated {day_in_words(paper.dated)}, read by {read_by}"


async def _letters(console: Console, record: PartnerRecord, names: NamesInWords) -> list[tuple[str, CaseLetter]]:
    letters: list[tuple[str, CaseLetter]] = []
    for appearance in record.appearances:
        history = await console.desk.history(appearance.partnership_id)
        case_letters = await letters_in_words(console, letters_of(history, names))
        letters += [(appearance.partnership_id, letter) for letter in case_letters]
    return letters


async def _links(console: Console, ids: Iterable[str], reader: str) -> list[tuple[str, ShownLink]]:
    links: list[tuple[str, ShownLink]] = []
    for partnership_id in ids:
        door_links = await links_of(console.desk.pool, partnership_id, reader)
        links += [(partnership_id, link_in_words(link)) for link in door_links if link.is_open]
    return links


async def _mails(console: Console, ids: Sequence[str]) -> list[MailTo]:
    rows = await console.desk.pool.fetch(_MAILS, ids, MOST_MAILS)
    return [
        MailTo(
            KINDS.get(row["kind"], as_sentence(plainly(row["kind"]))),
            STATES.get(row["state"], as_sentence(plainly(row["state"]))),
            time_in_words(row["queued_at"]),
            row["partnership_id"],
        )
        for row in rows
    ]
