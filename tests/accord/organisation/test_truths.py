"""Truths are put on record whenever people learn them, and stand at the payment, wherever they were told."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

import accord.counter.hand_over
from accord.client.desk import Desk
from accord.counter.hand_over import hand_over
from accord.counter.payment_files import export
from accord.organisation.erasures import require_may_go
from accord.organisation.recorded_truths import answer, tell
from accord.organisation.truths import Telling, truth_named
from accord.presentation.faults import BadInput, Refused
from activities.registers.touching import unjudged
from domain.partnership import events as e
from domain.screening.truths import TruthKind
from domain.streams import TRUTHS_STREAM
from domain.truths.truth import Truth
from payments.accounts import reference_of
from records.privacy.vault import Vault
from records.read_models.inquiries import inquiry_of
from records.read_models.open_partnerships import open_cases
from records.truths import read_truths
from tests import paying
from tests.accord.counter.files import OTHER, PAYER, handed_over, made_file
from tests.accord.shell import BAD_INPUT, DONE, REFUSED, Shell, assert_fails, files_in
from tests.builders import funds_out, party, proposal
from tests.payments.orders import RIVERBEND
from tests.scribe import Scribe

WHAT = "The grantee wrote that its exemption is revoked"
LOST = ("--kind", "LOST_STATUS", "--what", WHAT, "--since", "2026-11-25", "--from", "its treasurer, Jane Roe")
SAID = Telling(TruthKind.LOST_STATUS, WHAT, date(2026, 11, 25), "its treasurer, Jane Roe")
SHA = "ab" * 32


@pytest.fixture
async def released(furnished: Desk) -> Scribe:
    """A partnership of one tranche that was released and waits for a file."""
    return await paying.released(furnished)


@pytest.fixture
def at(shell: Shell, furnished_database: str, unused_tcp_port: int) -> Shell:
    """A terminal in that organisation, where no Temporal answers."""
    return shell.where(ACCORD_DATABASE_URL=furnished_database, TEMPORAL_ADDRESS=f"127.0.0.1:{unused_tcp_port}")


@pytest.fixture
def owner(shell: Shell, furnished_database: str, released: Scribe) -> Shell:
    """A terminal of whoever migrates that database: acts need no worker there."""
    return shell.as_administrator(furnished_database)


async def why_it_waits(desk: Desk) -> list[str]:
    made = await export(desk, PAYER)
    assert made.files == ()
    return [one.reason for one in made.waiting]


async def the_truth(desk: Desk) -> Truth:
    (only,) = await read_truths(desk.reader)
    return only


# W1: knowledge of a lost status after the agreement


async def test_what_is_known_of_a_lost_status_stops_a_payment_that_was_released(at: Shell, released: Scribe) -> None:
    told = await at.done("tell", released.reference, *LOST, "--as", "pia.berg", "--emergency")
    truth = await the_truth(released.desk)
    assert f"{truth.name} is on record" in told.words
    (reason,) = await why_it_waits(released.desk)
    assert reason == (
        f"{truth.name} was told by pia.berg on {truth.at:%Y-%m-%d} (lost status, since 2026-11-25) and waits for the "
        f"answer of a verifier: `accord answer-truth {truth.name}`"
    )


@pytest.mark.slow
async def test_it_stops_a_file_that_was_made_before_and_voids_it(at: Shell, released: Scribe, tmp_path: Path) -> None:
    file = await made_file(released.desk)
    await at.done("tell", released.reference, *LOST, "--as", "otto.audit", "--emergency")
    out = tmp_path / "out"
    refused = await at("payments", "hand-over", file.message_id, "--out", out, "--as", PAYER)
    assert (refused.code, "waits for the answer of a verifier" in refused.words) == (REFUSED, True)
    assert files_in(out) == []


@pytest.mark.slow
async def test_one_that_is_told_between_the_check_and_the_append_is_seen_under_the_lock(
    released: Scribe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = released.desk
    file = await made_file(desk)
    really, left = accord.counter.hand_over.signed_act, iter((True,))  # type: ignore[attr-defined]

    async def signed_act(*words: Any, **content: Any) -> Any:
        if next(left, False):
            await tell(desk, SAID._replace(ein="00-1000001"), "pia.berg")
        return await really(*words, **content)

    monkeypatch.setattr(accord.counter.hand_over, "signed_act", signed_act)
    handed = await hand_over(desk, file.message_id, PAYER, tmp_path / "out")
    assert (handed.path, files_in(tmp_path / "out")) == (None, [])
    assert "waits for the answer of a verifier" in handed.void
    assert "TrancheHandedOver" not in await paying.told(released)


@pytest.mark.sampled(1)
@pytest.mark.parametrize(
    "about",
    [
        {"ein": "00-1000001"},
        {"about": "Riverbend Library Network"},
        {"about": "the RIVERBEND library netwrok, Inc."},
        {"about": "Riverbend Library Network", "person": "Jane Roe"},
    ],
    ids=["its EIN", "its name", "its name misspelt", "its name, and a person of it"],
)
async def test_it_counts_though_it_was_told_in_no_partnership(released: Scribe, about: dict[str, str]) -> None:
    await tell(released.desk, SAID._replace(**about), "ana.silva")
    (reason,) = await why_it_waits(released.desk)
    assert "told by ana.silva" in reason


@pytest.mark.slow
async def test_one_that_is_told_in_another_partnership_of_the_party_counts_in_each(at: Shell, released: Scribe) -> None:
    """The other one is only proposed."""
    payee = party(RIVERBEND.holder)
    await paying.verified_and_assessed(released.desk, proposal(OTHER, funds_out=funds_out(payee=payee), partner=payee))
    told = await at.done("tell", OTHER, *LOST, "--as", "pia.berg", "--emergency", "--json")
    assert told.json["touches"] == [OTHER, released.reference]
    (reason,) = await why_it_waits(released.desk)
    assert "waits for the answer" in reason


@pytest.mark.slow
async def test_it_stands_against_nobody_else(released: Scribe) -> None:
    for about in ({"ein": "00-1000002"}, {"about": "Riverbend Library of Music"}, {"person": "Jane Roe"}):
        await tell(released.desk, SAID._replace(**about), "pia.berg")
    assert len((await export(released.desk, PAYER)).files) == 1


@pytest.mark.slow
async def test_lifting_a_hold_touches_none(at: Shell, released: Scribe) -> None:
    await paying.hold(released)
    await at.done("tell", released.reference, *LOST, "--as", "pia.berg", "--emergency")
    await paying.lift(released)
    (reason,) = await why_it_waits(released.desk)
    assert "waits for the answer" in reason


@pytest.mark.slow
async def test_told_twice_it_is_on_record_once_and_by_another_person_once_more(at: Shell, released: Scribe) -> None:
    for _ in range(2):
        await at.done("tell", released.reference, *LOST, "--as", "pia.berg", "--emergency")
    assert len(await read_truths(released.desk.reader)) == 1
    await at.done("tell", released.reference, *LOST, "--as", "vera.lind", "--emergency")
    first, second = await read_truths(released.desk.reader)
    await answer(released.desk, first, False, "it is another body", "noor.haddad", "letter.pdf", SHA)
    (reason,) = await why_it_waits(released.desk)
    assert second.name in reason


@pytest.mark.slow
async def test_what_is_told_again_once_it_fell_is_another_truth(released: Scribe) -> None:
    said = SAID._replace(partnership_id=released.reference)
    first = await tell(released.desk, said, "pia.berg")
    await answer(released.desk, first, False, "it is another body", "vera.lind", "letter.pdf", SHA)
    assert (await tell(released.desk, said, "pia.berg")).truth != first.truth
    assert len(await why_it_waits(released.desk)) == 1


# The answer


@pytest.mark.slow
async def test_what_is_not_so_by_a_paper_falls_and_the_payment_leaves(released: Scribe, tmp_path: Path) -> None:
    truth = await tell(released.desk, SAID._replace(partnership_id=released.reference), "pia.berg")
    await answer(released.desk, truth, False, "the letter was about another body", "vera.lind", "letter.pdf", SHA)
    file = await made_file(released.desk)
    assert (await hand_over(released.desk, file.message_id, PAYER, tmp_path)).path is not None


@pytest.mark.slow
async def test_what_is_so_stays_a_fact_and_waits_for_the_rules(released: Scribe) -> None:
    truth = await tell(released.desk, SAID._replace(partnership_id=released.reference), "pia.berg")
    await answer(released.desk, truth, True, "the IRS says so on the telephone", "vera.lind")
    (reason,) = await why_it_waits(released.desk)
    assert reason.startswith("no worker has judged it since a truth was answered: lost status")


@pytest.mark.sampled(2)
@pytest.mark.parametrize("so", [True, False], ids=["so", "not so"])
@pytest.mark.parametrize(
    ("actor", "told"),
    [
        ("vera.lind", "vera.lind told T-[0-9A-F]{8}; another verifier answers"),
        ("ana.silva", "ana.silva may not answer truth: it needs VERIFIER"),
        ("paul.nkosi", "it needs VERIFIER"),
    ],
    ids=["its teller", "an approver", "the payer"],
)
async def test_nobody_answers_who_told_it_or_is_no_verifier(
    released: Scribe, actor: str, told: str, *, so: bool
) -> None:
    truth = await tell(released.desk, SAID._replace(partnership_id=released.reference), "vera.lind")
    with pytest.raises(Refused, match=told):
        await answer(released.desk, truth, so, "I looked into it", actor, "letter.pdf", SHA)
    assert (await the_truth(released.desk)).answers == ()


@pytest.mark.slow
async def test_that_it_is_not_so_needs_a_paper(released: Scribe) -> None:
    truth = await tell(released.desk, SAID._replace(partnership_id=released.reference), "pia.berg")
    with pytest.raises(BadInput, match="--document: only a paper shows that it is not so"):
        await answer(released.desk, truth, False, "I do not believe it", "vera.lind")
    assert (await the_truth(released.desk)).answers == ()


@pytest.mark.slow
async def test_the_shell_answers_and_lists(owner: Shell, released: Scribe, tmp_path: Path) -> None:
    await owner.done("tell", released.reference, *LOST, "--as", "pia.berg")
    name = (await the_truth(released.desk)).name
    listed = await owner.done("truths", released.reference)
    assert (name in listed.words, WHAT in listed.words) == (True, True)
    letter = tmp_path / "letter.pdf"
    letter.write_bytes(b"We are exempt.")
    said = ("--reason", "their letter shows another body", "--document", letter, "--as", "vera.lind")
    await owner.done("answer-truth", name, "--not-so", *said)
    assert (await owner.done("truths")).words.startswith("Nothing was told that waits")
    (shown,) = (await owner.done("truths", "--all", "--json")).json
    assert (shown["answer"]["so"], shown["answer"]["by"], shown["what"]) == (False, "vera.lind", WHAT)


# What is at the bank, or over


@pytest.mark.slow
async def test_what_is_at_the_bank_already_is_an_exception_for_a_person(
    at: Shell, released: Scribe, tmp_path: Path
) -> None:
    await handed_over(released.desk, tmp_path / "out")
    await paying.shown(released.desk)
    assert (await at.done("payments", "exceptions")).words.strip() == "Nothing waits for a person."
    await at.done("tell", released.reference, *LOST, "--as", "pia.berg", "--emergency")
    name = (await the_truth(released.desk)).name
    told = await at.done("payments", "exceptions")
    assert f"{released.reference}: tranche 1 was at the bank already when pia.berg told {name}" in told.words
    (shown,) = (await at.done("payments", "exceptions", "--json")).json
    assert (shown["name"], shown["kind"]) == (name, "TOLD_SINCE")


@pytest.mark.slow
async def test_it_is_owed_and_waits_for_a_verifier_also_after_the_end(at: Shell, furnished: Desk) -> None:
    story = await paying.agreed_grant(furnished)
    await story.says(e.PartnershipTerminated, "dora.kim", reason="the project ended")
    await paying.shown(furnished)
    await at.done("tell", story.reference, *LOST, "--as", "otto.audit", "--emergency")
    name = (await the_truth(furnished)).name
    owed = (await at.done("obligations", "--json")).json
    (line,) = [one for one in owed if one["kind"] == "TRUTH"]
    assert line["partnership_id"] == story.reference
    assert line["what"] == f"a verifier answers {name} (lost status, told by otto.audit), though it is over"
    waits = [one for one in (await at.done("work", "--json")).json if one["step"].startswith(f"answer {name}")]
    assert [(one["role"], one["who"]) for one in waits] == [("VERIFIER", "noor.haddad, vera.lind")]


@pytest.mark.slow
async def test_the_page_of_a_partnership_says_what_was_told_of_whom_it_names(at: Shell, released: Scribe) -> None:
    await tell(released.desk, SAID._replace(ein="00-1000001"), "pia.berg")
    shown = await at.done("show", released.reference)
    assert f"lost status, since 2026-11-25, by pia.berg: {WHAT} (waits for a verifier's answer)" in shown.words


# What is kept


@pytest.mark.slow
async def test_a_person_is_not_erased_while_what_was_told_of_them_waits_or_stands(released: Scribe) -> None:
    """Else two guardians could have a fact forgotten that stops a payment."""
    desk = released.desk
    said = SAID._replace(partnership_id=released.reference, person="Jane Roe", about="Riverbend Library Network")
    truth = await tell(desk, said, "pia.berg")
    (known,) = [one for one in await Vault(desk.pool).people() if one.name == "Jane Roe"]
    with pytest.raises(Refused, match="names them and waits for an answer"):
        await require_may_go(desk, known)
    await answer(desk, truth, True, "it is so", "vera.lind")
    with pytest.raises(Refused, match=f"is so, and stands against {released.reference}"):
        await require_may_go(desk, known)
    await answer(desk, truth, False, "it was not so after all", "noor.haddad", "letter.pdf", SHA)
    await require_may_go(desk, known)


async def test_the_screening_finds_whom_a_fact_touches_and_who_has_not_looked_since(released: Scribe) -> None:
    truth = await tell(released.desk, SAID._replace(ein="00-1000001"), "pia.berg")
    known = {one: inquiry_of(case) for one, case in (await open_cases(released.desk.ledger)).items()}
    assert unjudged(known, await read_truths(released.desk.reader)) == set()
    await answer(released.desk, truth, True, "it is so", "vera.lind")
    assert unjudged(known, await read_truths(released.desk.reader)) == {released.reference}


async def test_no_word_and_no_name_of_it_stands_in_the_ledger(released: Scribe) -> None:
    said = SAID._replace(partnership_id=released.reference, about="Riverbend", person="roe", paper="roe.pdf")
    truth = await tell(released.desk, said, "pia.berg")
    await answer(released.desk, truth, True, "roe said it again", "vera.lind")
    rows = await released.desk.pool.fetch("SELECT payload FROM ledger.events WHERE stream_id = $1", TRUTHS_STREAM)
    kept = b"\n".join(bytes(row["payload"]) for row in rows).lower()
    assert len(rows) == 2
    assert [word for word in (b"riverbend", b"roe", b"exemption", b"treasurer") if word in kept] == []
    assert (await the_truth(released.desk)).words.person == "roe"


@pytest.mark.slow
async def test_one_that_a_stolen_login_made_up_counts_for_nothing(released: Scribe) -> None:
    """Neither a truth nor an answer that nobody signed."""
    truth = await tell(released.desk, SAID._replace(partnership_id=released.reference), "pia.berg")
    answered = await answer(released.desk, truth, True, "the IRS says so", "vera.lind")
    assert answered.is_so
    stored = await released.desk.reader.read(TRUTHS_STREAM)
    signed: Any = stored[-1].event
    forged = signed.model_copy(update={"so": False, "paper_sha256": SHA})
    await paying.append(released.desk, TRUTHS_STREAM, forged)
    assert (await the_truth(released.desk)).is_so
    (reason,) = await why_it_waits(released.desk)
    assert "no worker has judged it" in reason


# Bad input


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (LOST, "--about: say whom it is about"),
        ((*LOST, "--ein", "12"), "--ein:"),
        (("P-2026-7777", *LOST), "P-2026-7777"),
        (("--kind", "GOSSIP", *LOST[2:], "--ein", "001000001"), "'GOSSIP' is not one of"),
        ((*LOST[:4], "--since", "2999-01-01", "--ein", "001000001"), "--since: 2999-01-01 is not over yet"),
        ((*LOST, "--ein", "001000001", "--paper", "nowhere.pdf"), "nowhere.pdf cannot be opened"),
        ((*LOST, "--ein", "001000001", "--from", "x" * 600), "source"),
    ],
    ids=["about nobody", "no EIN", "no such partnership", "no kind", "in the future", "no paper", "too long"],
)
async def test_what_cannot_be_kept_is_named_and_nothing_is_recorded(
    at: Shell, released: Scribe, words: tuple[str, ...], told: str
) -> None:
    answered = await at("tell", *words, "--as", "pia.berg", "--emergency")
    assert answered.code in {BAD_INPUT, REFUSED}, answered
    assert answered.code != DONE
    assert told in answered.words
    assert await read_truths(released.desk.reader) == ()


@pytest.mark.slow
async def test_a_truth_that_is_named_by_nobody_is_bad_input(at: Shell, released: Scribe) -> None:
    answered = await at("answer-truth", "T-FFFFFFFF", "--so", "--reason", "it is so", "--as", "vera.lind")
    assert answered.code != DONE
    with pytest.raises(BadInput, match="'T-FFFFFFFF' names none of what was told"):
        await truth_named(released.desk, "T-FFFFFFFF")
    refused = await at("tell", released.reference, *LOST, "--as", "nobody.here", "--emergency")
    assert_fails(refused, REFUSED, "nobody.here")
    assert reference_of(RIVERBEND).reference


@pytest.mark.slow
async def test_what_keeps_a_released_payment_back_is_what_is_next(at: Shell, released: Scribe) -> None:
    """Next offers no file that the export would not make, and says why it would not."""
    assert (
        "Next: make the payment file and hand it over - by PAYER" in (await at.done("show", released.reference)).words
    )
    await at.done("tell", released.reference, *LOST, "--as", "pia.berg", "--emergency")
    truth = await the_truth(released.desk)
    shown = (await at.done("show", released.reference)).words
    assert f"Next: what keeps the payment back: tranche 1: {truth.name} was told by pia.berg" in shown
    assert f"`accord answer-truth {truth.name}`" in shown
    assert "payments export" not in shown
