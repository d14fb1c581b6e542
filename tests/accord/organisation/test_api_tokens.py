"""Tokens of the HTTP API by shell: the secret is shown once, two guardians enrol one, and one asks to revoke it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from domain.organisation.tokens import digest_of_secret, token_id_of
from ledger import clock
from tests.accord.organisation.own import Organisation, change_of
from tests.accord.shell import BAD_INPUT, REFUSED, assert_all_fail

ENROL = ("api", "token", "enrol", "audit-firm", "--scope", "proofs", "--scope", "events", "--until")


async def test_a_token_is_made_confirmed_listed_and_revoked_by_shell(sealed: Organisation) -> None:
    """Given a secret that a guardian made, then the record has its digest, and the list says what it opens when."""
    until = clock.today().isoformat()
    enrolled = await sealed.shell.done(*ENROL, until, "--as", "dora.kim")
    [secret] = re.findall(r"accord_[A-Za-z0-9_-]{43}", enrolled.stdout)
    name = token_id_of(digest_of_secret(secret))
    assert f"{name} for audit-firm" in enrolled.stdout
    pending = await sealed.shell.done("staff", "pending")
    assert f"token {name} for audit-firm: events, proofs, until {until}" in pending.words
    await sealed.shell.done("staff", "confirm", change_of(enrolled), "--as", "otto.audit")
    [listed] = (await sealed.shell.done("api", "token", "list", "--json")).json
    assert (listed["token_id"], listed["scopes"], listed["standing"]) == (name, ["events", "proofs"], "OPEN")
    stored = await sealed.desk.pool.fetchval("SELECT string_agg(convert_from(payload, 'UTF8'), ' ') FROM ledger.events")
    assert (secret in stored, digest_of_secret(secret) in stored) == (False, True)
    revoked = await sealed.shell.done("api", "token", "revoke", name, "--as", "dora.kim")
    assert f"{name} opens nothing any more." in revoked.stdout
    [listed] = (await sealed.shell.done("api", "token", "list", "--json")).json
    assert listed["standing"] == "REVOKED"


@pytest.mark.slow
async def test_a_token_that_cannot_be_is_refused_with_the_remedy(sealed: Organisation) -> None:
    today, never = clock.today().isoformat(), (clock.today() + timedelta(days=400)).isoformat()
    enrol = ("api", "token", "enrol")
    by_dora = ("--as", "dora.kim")
    await assert_all_fail(
        sealed.shell,
        ((*enrol, "firm", "--scope", "decide", "--until", today, *by_dora), BAD_INPUT, ["decide", "lists, events"]),
        ((*enrol, "firm", "--scope", "lists", "--until", never, *by_dora), BAD_INPUT, ["a year at most"]),
        ((*enrol, "The Firm", "--scope", "lists", "--until", today, *by_dora), BAD_INPUT, ["holder"]),
        ((*enrol, "dora.kim", "--scope", "lists", "--until", today, *by_dora), REFUSED, ["two others must make it"]),
        ((*enrol, "firm", "--scope", "lists", "--until", today, "--as", "pia.berg"), REFUSED, ["may not change"]),
        (("api", "token", "revoke", "T-000000000000", *by_dora), REFUSED, ["accord api token list"]),
    )


@pytest.mark.slow
async def test_no_operator_enrols_a_token_before_the_directory_is_sealed(founded: Organisation) -> None:
    await assert_all_fail(
        founded.shell, ((*ENROL, clock.today().isoformat()), REFUSED, ["two guardians enrol a token"])
    )
