"""Staff by shell: keys in files of their own, roles lent for a time, and a sealed directory that two people change."""

from __future__ import annotations

import base64
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from domain.signatures.signing import PublicKey
from records.keys.keyring import Keyring
from tests.accord.organisation.own import Organisation, change_of
from tests.accord.shell import BAD_INPUT, REFUSED, Shell, assert_all_fail, assert_fails, files_in

AS_DORA, AS_OTTO = ("--as", "dora.kim"), ("--as", "otto.audit")
LATER = "2099-12-31"
LEND = ("staff", "delegate", "ana.silva", "--to", "vera.lind", "--role", "PROGRAMME_APPROVER")
SEALED = "the directory is sealed: a director or an auditor"
NOT_OPEN = "does not open: another passphrase, or no PEM file"
PASSPHRASE = "set ACCORD_KEY_PASSPHRASE to its passphrase, or unset it where it has none"


# Founding.


async def test_several_are_enrolled_at_once_and_their_keys_are_readable_by_the_owner_alone(
    founded: Organisation,
) -> None:
    answer = await founded.shell.done("staff", "enrol", "pia.berg", "vera.lind", "dora.kim")
    assert answer.stdout == "Enrolled: pia.berg, vera.lind, dora.kim.\n"
    assert [path.name for path in files_in(founded.keys)] == ["dora.kim.pem", "pia.berg.pem", "vera.lind.pem"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files_in(founded.keys)} == {0o600}
    assert stat.S_IMODE(founded.keys.stat().st_mode) == 0o700
    for name in ("pia.berg", "vera.lind", "dora.kim"):
        assert await founded.key_of(name) == founded.desk.keyring.public(name).key_id
    assert "PRIVATE" not in answer.words


@pytest.mark.slow
async def test_enrolling_again_says_so_and_changes_neither_key_nor_directory(founded: Organisation) -> None:
    await founded.shell.done("staff", "enrol", "pia.berg")
    kept, version = (founded.keys / "pia.berg.pem").read_bytes(), (await founded.directory()).version
    again = await founded.shell.done("staff", "enrol", "pia.berg")
    machine = await founded.shell.done("staff", "enrol", "pia.berg", "--json")
    assert again.stdout == "Nothing to change; it stands already.\n"
    assert machine.json == {"changed": 0, "change_id": None}
    assert ((founded.keys / "pia.berg.pem").read_bytes(), (await founded.directory()).version) == (kept, version)


@pytest.mark.slow
async def test_a_stranger_is_not_enrolled_nor_whoever_is_named_beside_her(founded: Organisation) -> None:
    version = (await founded.directory()).version
    await assert_all_fail(
        founded.shell,
        (("staff", "enrol", "pia.berg", "eve.smith"), REFUSED, ["eve.smith", "accord directory load"]),
        (("staff", "enrol", "../../eve"), REFUSED, ["../../eve", "not in the staff directory"]),
        (("staff", "enrol", ""), REFUSED, ["not in the staff directory"]),
        (("staff", "leave", "eve.smith"), REFUSED, ["eve.smith", "not in the staff directory"]),
    )
    assert not founded.keys.exists()
    assert (await founded.directory()).version == version


@pytest.mark.slow
async def test_until_a_director_has_a_key_changes_are_in_force_at_once(founded: Organisation) -> None:
    listed = await founded.shell.done("staff", "list")
    assert "Not sealed: no director has a key yet." in listed.stdout
    await founded.shell.done("staff", "enrol", "pia.berg")
    revoked = await founded.shell.done("staff", "revoke", "pia.berg")
    assert revoked.stdout == "Done.\n"
    assert await founded.key_of("pia.berg") is None
    await founded.shell.done("staff", "enrol", "dora.kim")
    assert "Sealed: every change needs two signatures." in (await founded.shell.done("staff", "list")).stdout


# The sealed directory.


@pytest.mark.slow
async def test_in_a_sealed_organisation_an_enrolment_is_signed_by_one_and_confirmed_by_another(
    sealed: Organisation,
) -> None:
    alone = await sealed.shell("staff", "enrol", "noor.haddad")
    assert_fails(alone, REFUSED, SEALED, "(--as)", "another confirms it")
    assert not (sealed.keys / "noor.haddad.pem").exists()

    proposed = await sealed.shell.done("staff", "enrol", "noor.haddad", *AS_DORA)
    assert "Next, by another director or auditor:" in proposed.stdout
    change = change_of(proposed)
    assert await sealed.key_of("noor.haddad") is None
    waiting, machine = await sealed.shell.together(("staff", "pending"), ("staff", "pending", "--json"))
    made = sealed.desk.keyring.public("noor.haddad").key_id
    for words in (change, "dora.kim", f"key {made} of noor.haddad"):
        assert words in waiting.stdout
    assert [(one["change_id"], one["signature"]["statement"]["actor"]) for one in machine.json] == [
        (change, "dora.kim")
    ]

    confirm = ("staff", "confirm", change)
    version = (await sealed.directory()).version
    await assert_all_fail(
        sealed.shell,
        ((*confirm, *AS_DORA), REFUSED, ["dora.kim proposed the change; another person must confirm it"]),
        (
            (*confirm, "--as", "pia.berg"),
            REFUSED,
            ["Pia Berg may not change the directory", "a director must"],
        ),
        ((*confirm, "--as", "noor.haddad"), REFUSED, ["Noor Haddad may not change the directory"]),
    )
    assert ((await sealed.directory()).version, await sealed.key_of("noor.haddad")) == (version, None)

    done = await sealed.shell.done(*confirm, *AS_OTTO)
    assert done.stdout == "Confirmed; it is in force.\n"
    assert await sealed.key_of("noor.haddad") == sealed.desk.keyring.public("noor.haddad").key_id
    empty, again = await sealed.shell.together(("staff", "pending"), (*confirm, *AS_OTTO))
    assert empty.stdout == "No change waits for a confirmation.\n"
    assert_fails(again, REFUSED, "no such change waits for a confirmation; see `accord staff pending`")
    assert (await sealed.directory()).disregarded == ()


@pytest.mark.slow
async def test_nobody_changes_the_directory_about_herself(sealed: Organisation) -> None:
    about_otto = change_of(await sealed.shell.done("staff", "revoke", "otto.audit", *AS_DORA))
    version = (await sealed.directory()).version
    await assert_all_fail(
        sealed.shell,
        (("staff", "revoke", "dora.kim", *AS_DORA), REFUSED, ["concerns dora.kim; two others must make it"]),
        (("staff", "leave", "dora.kim", *AS_DORA), REFUSED, ["concerns dora.kim"]),
        (
            ("staff", "delegate", "ana.silva", "--to", "dora.kim", "--role", "PROGRAMME_APPROVER", "--until", LATER,
             *AS_DORA),
            REFUSED,
            ["concerns dora.kim"],
        ),
        (("staff", "confirm", about_otto, *AS_OTTO), REFUSED, ["the change concerns otto.audit"]),
    )  # fmt: skip
    assert (await sealed.directory()).version == version
    assert await sealed.key_of("otto.audit") is not None


@pytest.mark.slow
async def test_who_is_no_director_and_no_auditor_proposes_no_change(sealed: Organisation) -> None:
    version = (await sealed.directory()).version
    await assert_all_fail(
        sealed.shell,
        (("staff", "enrol", "noor.haddad", "--as", "pia.berg"), REFUSED, ["Pia Berg may not change the directory"]),
        (("staff", "revoke", "ana.silva", "--as", "paul.nkosi"), REFUSED, ["Paul Nkosi may not change"]),
        (("staff", "revoke", "ana.silva", "--as", "eve.smith"), REFUSED, ["no key of eve.smith"]),
        (("staff", "revoke", "ana.silva"), REFUSED, [SEALED]),
        (("staff", "leave", "ana.silva"), REFUSED, [SEALED]),
        ((*LEND, "--until", LATER), REFUSED, [SEALED]),
    )
    assert (await sealed.directory()).version == version
    assert not (sealed.keys / "noor.haddad.pem").exists()


@pytest.mark.slow
async def test_a_directory_file_is_proposed_and_confirmed_like_any_change(sealed: Organisation, tmp_path: Path) -> None:
    path = tmp_path / "more.toml"
    path.write_text('[[staff]]\nstaff_id = "ines.roth"\nname = "Ines Roth"\nroles = ["DIRECTOR"]\n')
    load = ("directory", "load", str(path))
    assert_fails(await sealed.shell(*load), REFUSED, SEALED)
    await sealed.confirmed(*load)
    again = await sealed.shell.done(*load, *AS_DORA)
    assert again.stdout == "The directory is as the file asks already.\n"
    ines = (await sealed.directory()).person("ines.roth")
    assert ines is not None
    assert ines.roles == ("DIRECTOR",)


@pytest.mark.slow
async def test_a_revoked_key_changes_the_directory_no_more(sealed: Organisation) -> None:
    path = sealed.keys.parent / "more.toml"
    path.write_text('[[staff]]\nstaff_id = "ines.roth"\nname = "Ines Roth"\nroles = ["DIRECTOR"]\n')
    await sealed.confirmed("directory", "load", str(path))
    await sealed.confirmed("staff", "enrol", "ines.roth")
    waiting = change_of(await sealed.shell.done("staff", "revoke", "pia.berg", *AS_DORA))
    await sealed.confirmed("staff", "revoke", "ines.roth")
    assert await sealed.key_of("ines.roth") is None
    told = "the directory holds no key"
    await assert_all_fail(
        sealed.shell,
        (("staff", "confirm", waiting, "--as", "ines.roth"), REFUSED, [told, "ines.roth"]),
        (("staff", "revoke", "vera.lind", "--as", "ines.roth"), REFUSED, [told, "ines.roth"]),
    )
    assert await sealed.key_of("pia.berg") is not None


@pytest.mark.slow
async def test_who_leaves_has_neither_roles_nor_key_nor_delegations(sealed: Organisation) -> None:
    await sealed.confirmed(*LEND, "--until", LATER)
    await sealed.confirmed("staff", "leave", "ana.silva")
    found = await sealed.directory()
    assert (found.person("ana.silva"), found.delegations, await sealed.key_of("ana.silva")) == (None, (), None)
    listed = await sealed.shell.done("staff", "list")
    assert "ana.silva" not in listed.stdout


@pytest.mark.slow
async def test_a_role_is_lent_until_it_is_ended(sealed: Organisation) -> None:
    await sealed.confirmed(*LEND, "--from", "2026-01-01", "--until", LATER)
    assert (
        f"ana.silva lends PROGRAMME_APPROVER to vera.lind, 2026-01-01 to {LATER}"
        in (await sealed.shell.done("staff", "list")).stdout
    )
    [lent] = (await sealed.directory()).delegations
    assert (lent.lender, lent.borrower, lent.role) == ("ana.silva", "vera.lind", "PROGRAMME_APPROVER")
    await sealed.confirmed(*LEND, "--end")
    assert (await sealed.directory()).delegations == ()
    assert "lends" not in (await sealed.shell.done("staff", "list")).stdout


@pytest.mark.slow
async def test_a_delegation_that_there_is_none_of_is_not_ended(sealed: Organisation) -> None:
    await sealed.confirmed(*LEND, "--until", LATER)
    version = (await sealed.directory()).version
    other = ("staff", "delegate", "femi.ade", "--to", "vera.lind", "--role", "FINANCE_APPROVER")
    nobody = ("staff", "delegate", "ana.silva", "--to", "eve.smith", "--role", "PROGRAMME_APPROVER")
    told = ["no such delegation; see `accord staff list`"]
    await assert_all_fail(sealed.shell, *(((*words, "--end", *AS_DORA), REFUSED, told) for words in (other, nobody)))
    assert_fails(await sealed.shell(*LEND, "--end"), REFUSED, SEALED)
    assert ((await sealed.directory()).version, len((await sealed.directory()).delegations)) == (version, 1)


@pytest.mark.slow
async def test_whoever_confirms_a_change_is_told_all_that_it_says(sealed: Organisation, tmp_path: Path) -> None:
    path = tmp_path / "more.toml"
    path.write_text(
        '[[staff]]\nstaff_id = "ines.roth"\nname = "Ines Roth"\nroles = ["DIRECTOR", "PAYER"]\n'
        'limits = [{ amount = "5000.00", currency = "USD" }]\n'
    )
    await sealed.confirmed(*LEND, "--from", "2026-01-01", "--until", LATER)
    lend = ("staff", "delegate", "femi.ade", "--to", "rosa.lund", "--role", "FINANCE_APPROVER")
    changes = {
        ("directory", "load", str(path)): "ines.roth (Ines Roth) as DIRECTOR, PAYER, up to USD 5,000.00",
        (*lend, "--from", "2026-02-01", "--until", LATER):
            f"femi.ade lends FINANCE_APPROVER to rosa.lund, 2026-02-01 to {LATER}",
        (*LEND, "--end"): "ana.silva no longer lends PROGRAMME_APPROVER to vera.lind",
        ("staff", "revoke", "pia.berg"): f"key {await sealed.key_of('pia.berg')} of pia.berg is revoked",
        ("staff", "leave", "paul.nkosi"): "paul.nkosi leaves",
    }  # fmt: skip
    proposed = [change_of(await sealed.shell.done(*words, *AS_DORA)) for words in changes]
    rows = [line for line in (await sealed.shell.done("staff", "pending")).stdout.splitlines() if "dora.kim" in line]
    for row, change, said in zip(rows, proposed, changes.values(), strict=True):
        assert change in row
        assert said in row


@pytest.mark.slow
async def test_the_key_of_somebody_who_works_elsewhere_is_put_into_the_directory(sealed: Organisation) -> None:
    public = base64.b64encode(Ed25519PrivateKey.generate().public_key().public_bytes_raw()).decode()
    await sealed.confirmed("staff", "key", "noor.haddad", public)
    held = next(one for one in (await sealed.directory()).keys if one.staff_id == "noor.haddad")
    assert held.key.ed25519 == public
    assert not (sealed.keys / "noor.haddad.pem").exists()


def both_forms(public: Ed25519PublicKey | X25519PublicKey) -> tuple[str, str]:
    """A key's 32 bytes, and the same key as a PEM file writes it, both in base64."""
    spki = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(public.public_bytes_raw()).decode(), base64.b64encode(spki).decode()


async def test_a_key_that_is_given_as_a_pem_file_writes_it_is_the_same_key(sealed: Organisation) -> None:
    raw, spki = both_forms(Ed25519PrivateKey.generate().public_key())
    assert (len(raw), len(spki)) == (44, 60)
    await sealed.confirmed("staff", "key", "noor.haddad", spki)
    held = [one.key.ed25519 for one in (await sealed.directory()).keys if one.staff_id == "noor.haddad"]
    assert held == [raw]


@pytest.mark.slow
async def test_what_is_no_public_key_of_the_kind_is_not_put_into_the_directory(sealed: Organisation) -> None:
    raw, spki = both_forms(Ed25519PrivateKey.generate().public_key())
    _, other = both_forms(X25519PrivateKey.generate().public_key())
    told = ["KEY is not an Ed25519 public key; give its 32 bytes as 44 characters of base64"]
    hexadecimal = base64.b64decode(raw).hex()
    wrong = ("", "MCow", raw[:-1], raw + raw, spki[:16], spki[:-1], spki[:16] + spki, other, hexadecimal)
    await assert_all_fail(
        sealed.shell, *((("staff", "key", "noor.haddad", one, *AS_DORA), BAD_INPUT, told) for one in wrong)
    )
    assert (await sealed.directory()).pending == ()


async def test_a_key_is_put_into_the_directory_only_of_somebody_who_is_in_it(sealed: Organisation) -> None:
    public = base64.b64encode(Ed25519PrivateKey.generate().public_key().public_bytes_raw()).decode()
    answer = await sealed.shell("staff", "key", "eve.smith", public, *AS_DORA)
    assert_fails(answer, REFUSED, "eve.smith", "not in the staff directory")
    assert (await sealed.directory()).pending == ()


@pytest.mark.slow
async def test_everything_is_json_where_asked(sealed: Organisation) -> None:
    public = base64.b64encode(Ed25519PrivateKey.generate().public_key().public_bytes_raw()).decode()
    asked = (
        ("staff", "enrol", "noor.haddad"), ("staff", "revoke", "pia.berg"), ("staff", "leave", "paul.nkosi"),
        (*LEND, "--until", LATER), ("staff", "key", "femi.ade", public),
    )  # fmt: skip
    changes = [(await sealed.shell.done(*words, *AS_DORA, "--json")).json for words in asked]
    assert [one["changed"] for one in changes] == [1] * len(asked)
    pending = (await sealed.shell.done("staff", "pending", "--json")).json
    assert [one["change_id"] for one in pending] == [one["change_id"] for one in changes]
    for one in changes:
        confirmed = await sealed.shell.done("staff", "confirm", one["change_id"], *AS_OTTO, "--json")
        assert confirmed.json == {"changed": 1, "change_id": None}
    listed = (await sealed.shell.done("staff", "list", "--json")).json
    keys = {held["staff_id"]: held["key"]["ed25519"] for held in listed["keys"]}
    assert (keys["femi.ade"], "noor.haddad" in keys, "pia.berg" in keys) == (public, True, False)
    assert len(listed["delegations"]) == 1
    assert (await sealed.shell.done("staff", "pending", "--json")).json == []


async def test_the_list_tells_roles_keys_and_who_has_none(sealed: Organisation) -> None:
    listed = await sealed.shell.done("staff", "list")
    for line in listed.stdout.splitlines():
        if "noor.haddad" in line:
            assert "none" in line
    for words in ("PROGRAMME_APPROVER", "Dora Kim", str(await sealed.key_of("dora.kim")), "Approves up to"):
        assert words in listed.stdout


# Keys that are made elsewhere.


@pytest.mark.slow
async def test_a_key_is_made_without_a_directory_and_its_public_half_is_entered_where_there_is_one(
    sealed: Organisation, tmp_path: Path
) -> None:
    elsewhere = Shell(ACCORD_KEYS=str(tmp_path / "elsewhere"))
    made = await elsewhere.done("staff", "make", "noor.haddad")
    [path] = files_in(tmp_path / "elsewhere")
    assert (path.name, stat.S_IMODE(path.stat().st_mode)) == ("noor.haddad.pem", 0o600)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    key_id, public = made.stdout.split()
    assert Keyring(path.parent).public("noor.haddad") == PublicKey(ed25519=public)
    assert "PRIVATE" not in made.words
    version = (await sealed.directory()).version
    assert await sealed.key_of("noor.haddad") is None
    await sealed.confirmed("staff", "key", "noor.haddad", public)
    assert ((await sealed.directory()).version, await sealed.key_of("noor.haddad")) == (version + 2, key_id)
    there = sealed.shell.where(ACCORD_KEYS=str(path.parent))
    details = tmp_path / "account.toml"
    details.write_text('holder = "Up"\nnumber = "00112233"\nbic = "MOCKNL2A"\ntown = "Up"\ncountry = "US"\n')
    account = (await there.done("payments", "account", details, "--as", "noor.haddad", "--json")).json["reference"]
    standing = await sealed.desk.registrar.standing(account)
    assert standing is not None
    assert standing.recorded_by == "noor.haddad"


@pytest.mark.slow
async def test_a_key_is_made_once_and_told_again_as_often_as_asked(tmp_path: Path) -> None:
    elsewhere = Shell(ACCORD_KEYS=str(tmp_path / "keys"))
    first = await elsewhere.done("staff", "make", "noor.haddad")
    kept = (tmp_path / "keys" / "noor.haddad.pem").read_bytes()
    again, machine = await elsewhere.together(
        ("staff", "make", "noor.haddad"), ("staff", "make", "noor.haddad", "--json")
    )
    key_id, public = first.stdout.split()
    assert again == first
    assert machine.json == {"staff_id": "noor.haddad", "key_id": key_id, "ed25519": public}
    assert (tmp_path / "keys" / "noor.haddad.pem").read_bytes() == kept
    other = await elsewhere.done("staff", "make", "femi.ade", "--json")
    assert other.json["ed25519"] != public


@pytest.mark.slow
async def test_a_key_made_under_a_passphrase_is_not_told_without_it(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    plain = Shell(ACCORD_KEYS=str(folder))
    under = plain.where(ACCORD_KEY_PASSPHRASE="a long walk by the river")
    made = await under.done("staff", "make", "noor.haddad")
    assert "ENCRYPTED PRIVATE KEY" in (folder / "noor.haddad.pem").read_text()
    assert (await under.done("staff", "make", "noor.haddad")).stdout == made.stdout
    await plain.done("staff", "make", "femi.ade")
    kept = [path.read_bytes() for path in files_in(folder)]
    wrong = plain.where(ACCORD_KEY_PASSPHRASE="another")
    cases = (
        (plain, "noor.haddad", "needs its passphrase"), (wrong, "noor.haddad", NOT_OPEN),
        (under, "femi.ade", "has no passphrase"),
    )  # fmt: skip
    for shell, name, fault in cases:
        answer = await shell("staff", "make", name)
        assert_fails(answer, REFUSED, f"the key of {name} {fault}; {PASSPHRASE}")
        assert (answer.stdout, len(answer.stderr.splitlines()), "river" in answer.words) == ("", 1, False)
    assert [path.read_bytes() for path in files_in(folder)] == kept


async def test_where_no_key_can_be_written_none_is_made(tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("")
    answer = await Shell(ACCORD_KEYS=str(taken))("staff", "make", "noor.haddad")
    assert_fails(answer, BAD_INPUT, f"keys cannot be written to {taken}: ", "; set ACCORD_KEYS to a folder of yours")
    assert (answer.stdout, len(answer.stderr.splitlines())) == ("", 1)
    assert files_in(tmp_path) == [taken]


@pytest.mark.slow
async def test_a_key_is_made_only_under_a_name_that_a_directory_could_hold(tmp_path: Path) -> None:
    elsewhere = Shell(ACCORD_KEYS=str(tmp_path / "keys"))
    names = ("", "../eve", str(tmp_path / "eve"), "Noor H", "operator", "x" * 300, b"no\xffbody")
    await assert_all_fail(elsewhere, *((("staff", "make", name), BAD_INPUT, []) for name in names))
    assert files_in(tmp_path) == []


# Passphrases.


@pytest.mark.slow
async def test_a_key_under_a_passphrase_is_of_no_use_without_it(founded: Organisation) -> None:
    under = founded.shell.where(ACCORD_KEY_PASSPHRASE="a long walk by the river")
    await under.done("staff", "enrol", "dora.kim", "otto.audit", "noor.haddad")
    for path in files_in(founded.keys):
        assert "ENCRYPTED PRIVATE KEY" in path.read_text()
    revoke = ("staff", "revoke", "noor.haddad", *AS_DORA)
    version = (await founded.directory()).version
    other = founded.shell.where(ACCORD_KEY_PASSPHRASE="another")
    for shell, fault in ((founded.shell, "needs its passphrase"), (other, NOT_OPEN)):
        answer = await shell(*revoke)
        assert_fails(answer, REFUSED, f"the key of dora.kim {fault}; {PASSPHRASE}")
        assert (answer.stdout, len(answer.stderr.splitlines())) == ("", 1)
        assert "river" not in answer.words
    assert (await founded.directory()).version == version
    assert "Next, by another" in (await under.done(*revoke)).stdout


@pytest.mark.slow
async def test_enrolling_again_under_a_wrong_passphrase_is_told_in_one_line(founded: Organisation) -> None:
    await founded.shell.where(ACCORD_KEY_PASSPHRASE="right").done("staff", "enrol", "pia.berg")
    kept = (founded.keys / "pia.berg.pem").read_bytes()
    answer = await founded.shell.where(ACCORD_KEY_PASSPHRASE="wrong")("staff", "enrol", "pia.berg", "vera.lind")
    assert_fails(answer, REFUSED, f"the key of pia.berg {NOT_OPEN}; {PASSPHRASE}")
    assert len(answer.stderr.splitlines()) == 1
    assert [path.name for path in files_in(founded.keys)] == ["pia.berg.pem"]
    assert (founded.keys / "pia.berg.pem").read_bytes() == kept


async def test_a_key_file_that_is_none_is_told_in_one_line_and_kept(founded: Organisation) -> None:
    founded.keys.mkdir()
    (founded.keys / "pia.berg.pem").write_text("no key at all")
    answer = await founded.shell("staff", "enrol", "pia.berg")
    assert_fails(answer, REFUSED, f"the key of pia.berg {NOT_OPEN}")
    assert len(answer.stderr.splitlines()) == 1
    assert (founded.keys / "pia.berg.pem").read_text() == "no key at all"
    assert await founded.key_of("pia.berg") is None


async def test_a_key_folder_that_is_none_is_named_and_not_taken_for_an_outage(
    founded: Organisation, tmp_path: Path
) -> None:
    taken = tmp_path / "taken"
    taken.write_text("")
    answer = await founded.shell.where(ACCORD_KEYS=str(taken))("staff", "enrol", "pia.berg")
    assert "the database went away" not in answer.words
    assert_fails(answer, BAD_INPUT, f"keys cannot be written to {taken}: ", "; set ACCORD_KEYS to a folder of yours")
    assert (taken.read_text(), len(answer.stderr.splitlines())) == ("", 1)
    assert await founded.key_of("pia.berg") is None
