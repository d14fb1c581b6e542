"""What is known already of what a proposal names: a party, as the newest proposal describes it, and a fund."""

from __future__ import annotations

import re
from typing import Any, Final

from starlette.requests import Request

from accord.console.proposing.content import texts_of
from accord.console.serving.desk import Console
from accord.presentation.faults import BadInput
from accord.presentation.words.values import country_in_words
from domain.parties import Party
from domain.partnership.partners import key_of
from domain.proposal import Proposal
from domain.streams import StreamId
from records.funds import Funds
from records.read_models.lists import PARTNERSHIPS_NAME, ListQuery, kept_page, party_term, words_of


async def programme_of(console: Console, fund_id: str) -> str:
    """Return the programme whose budget a fund is, or '' if it is no programme's, or no fund."""
    if not fund_id or not fund_id.isprintable():
        return ""
    return (await Funds(console.desk.reader).read(fund_id)).programme or ""


async def known_party(request: Request, path: str) -> dict[str, Any]:
    """Return a party as the newest proposal that names it describes it. Raises BadInput if none does."""
    query = str((await request.form()).get(f"find:{path}", "")).strip()
    if not query:
        raise BadInput(f"{path}: write the US tax number, or words of the name, of a party that is known already")
    console: Console = request.app.state.console
    parties = await _known_parties(console, query)
    match list(parties.values()):
        case [(party, reference)]:
            await console.looked_at(request.state.reader, reference)
            return dict(texts_of(party.model_dump(mode="json", exclude_defaults=True)))
        case []:
            raise BadInput(
                f"{path}: no party of a partnership is known by {query!r}; look at its spelling, or describe it here"
            )
        case several:
            names = "; ".join(f"{party.name}, {country_in_words(party.country)}" for party, _ in several[:5])
            raise BadInput(f"{path}: {len(several)} parties are known by {query!r}: {names}; write more of it")


async def _known_parties(console: Console, query: str) -> dict[str, tuple[Party, str]]:
    """Return the parties that a number or words of a name mean, by their key, each with the proposal that describes it.

    Raises:
        BadInput: It means nothing, or too many partnerships.
    """
    number, words = re.sub(r"[^0-9]", "", query), words_of(query)
    if not words:
        raise BadInput("the name of a known party: write words of it, or its US tax number")
    terms = ((party_term(f"EIN {number}"),),) if len(number) == EIN_DIGITS else tuple((f"{word}*",) for word in words)
    rows = await kept_page(console.desk.pool, ListQuery("partnerships", terms), MOST_FOUND + 1)
    if len(rows) > MOST_FOUND:
        raise BadInput(
            f"{query[:40]!r} is in more than {MOST_FOUND} partnerships; write more of the name, or its US tax number"
        )
    streams = [StreamId.partnership(row.shown["partnership_id"]) for row in rows]
    parties: dict[str, tuple[Party, str]] = {}
    for document in await console.desk.pool.fetch(_PROPOSALS, PARTNERSHIPS_NAME, streams):
        proposal = Proposal.model_validate_json(document["proposal"])
        for party in proposal.organizations:
            name_words = words_of(party.name)
            if party.ein == number or all(
                any(name_word.startswith(word) for name_word in name_words) for word in words
            ):
                parties[key_of(party)] = party, proposal.reference
    return parties


EIN_DIGITS: Final = 9
MOST_FOUND: Final = 500
"""Partnerships among which a known party is looked for."""
_PROPOSALS: Final = """
SELECT d.document -> 'state' ->> 'proposal' AS proposal FROM projection.documents d
  JOIN projection.checkpoints c USING (name, generation)
 WHERE c.live AND d.name = $1 AND d.stream_id = ANY ($2) ORDER BY d.position
"""
