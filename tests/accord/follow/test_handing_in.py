"""What a follower hands in is verified by the key of its token, kept once, and shown; the shell tells an auditor so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from accord.follow.cosigning import Stop, cosigned, signed_stop
from domain.directory.people import ApiTokenEnrolled
from domain.organisation.tokens import Scope
from ledger.proof.notes import Checkpoint, NoteRefused, SigningKey
from records.followers import follower_standings
from tests.accord.follow.conftest import House, token
from tests.accord.shell import Shell
from tests.governing import decree
from tests.ledger.proof import LOG, TREASURER

STOP = Stop("ledger.example.org", 7, 6, "an approval by the proposer")


async def posted(house: House, note: str, secret: str = "") -> httpx.Response:
    headers = {"Authorization": f"Bearer {secret or house.secret}"}
    async with httpx.AsyncClient(base_url=house.url, headers=headers) as client:
        return await client.post("/v1/cosignatures", content=note)


async def test_only_what_the_tokens_own_key_signed_of_this_very_ledger_is_kept_and_once(house: House) -> None:
    """Given notes of another key, of another root, of no form, and without the scope, then each is refused."""
    await house.signed()
    note = next(house.checkpoints.iterdir()).read_text("utf-8")
    checkpoint = Checkpoint.parse(note)
    other = SigningKey("treasurer.example.org", TREASURER.kind, SigningKey.make("other").private)
    fake = replace(checkpoint, root=bytes(32))
    false_note = cosigned(f"{fake.text}\n{LOG.line(fake.text)}", fake, TREASURER, 1)
    refused = [
        (await posted(house, cosigned(note, checkpoint, other, 1))).status_code,
        (await posted(house, false_note)).status_code,
        (await posted(house, "no note")).status_code,
        (await posted(house, "x" * 20_000)).status_code,
    ]
    assert refused == [400, 409, 400, 413]
    taken = [(await posted(house, cosigned(note, checkpoint, TREASURER, time))).status_code for time in (1, 2)]
    assert taken == [201, 200]
    reader, reading = token(Scope.EVENTS, witness=None)
    unnamed, without = token(Scope.COSIGN, witness=None)
    await decree(house.desk, ApiTokenEnrolled(token=reading), ApiTokenEnrolled(token=without))
    assert [(await posted(house, note, secret)).status_code for secret in (reader, unnamed)] == [403, 403]


async def test_a_stop_stands_until_the_event_at_which_it_stopped_is_cosigned(house: House) -> None:
    await house.signed()
    note = next(house.checkpoints.iterdir()).read_text("utf-8")
    assert (await posted(house, signed_stop(STOP, TREASURER, 1))).status_code == 201
    [stopped] = await follower_standings(house.desk.pool)
    assert stopped.stop is not None
    assert (stopped.cosigned, stopped.stop.position, stopped.stop.reason) == (None, 7, STOP.reason)
    await posted(house, cosigned(note, Checkpoint.parse(note), TREASURER, 2))
    [again] = await follower_standings(house.desk.pool)
    assert again.stop is None


def test_a_line_of_where_it_stopped_is_no_checkpoint_and_is_read_as_it_was_signed() -> None:
    assert Stop.parse(STOP.text) == STOP
    assert Stop.parse(STOP._replace(reason="two\nlines").text).reason == "two lines"
    assert Stop.parse(STOP._replace(reason="a bell \a").text).reason == "a bell \N{REPLACEMENT CHARACTER}"
    with pytest.raises(NoteRefused):
        Checkpoint.parse(STOP.text)
    with pytest.raises(NoteRefused, match="not a cosigner's key"):
        signed_stop(STOP, LOG, 1)


@pytest.mark.slow
async def test_an_auditor_follows_by_the_shell_with_an_address_a_token_and_a_folder(
    house: House, tmp_path: Path
) -> None:
    """Given no database in the environment, then the shell follows, says how far, and judges nothing unfound."""
    await house.signed()
    secret, key, log = tmp_path / "token", tmp_path / "auditor.key", tmp_path / "ledger.key.pub"
    secret.write_text(house.secret)
    secret.chmod(0o600)
    key.write_text(TREASURER.written())
    log.write_text(str(LOG.verifier))
    shell = Shell()
    words = ("follow", house.url, "--token-file", str(secret), "--folder", str(house.replica), "--key", str(key))
    told = await shell(*words, "--log", str(log), "--once", "--json")
    assert told.code == 0, told.words
    assert told.json["cosigned"] == told.json["size"] == house.begins
    status = await shell("follow", "status", str(house.replica))
    assert "Not recomputed, since" in status.words
    nothing = await shell("follow", "judge", str(house.replica), "1", "--because", "seen")
    assert (nothing.code, "event 1 has no finding" in nothing.words) == (2, True)
