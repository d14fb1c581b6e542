"""Staff by shell: keys in files of their own, roles lent for a time, and a sealed directory that two people change."""

from __future__ import annotations

import base64
import stat
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.commands.house import House, change_of
from tests.commands.shell import BAD_INPUT, REFUSED, assert_all_fail, assert_fails, files_in

AS_DORA, AS_OTTO = ("--as", "dora.kim"), ("--as", "otto.audit")
LATER = "2099-12-31"
LEND = ("staff", "delegate", "ana.silva", "--to", "vera.lind", "--role", "PROGRAMME_APPROVER")
SEALED = "the directory is sealed: a director or an auditor"


# Founding.


async def test_several_are_enrolled_at_once_and_their_keys_are_readable_by_the_owner_alone(founded: House) -> None:
    answer = await founded.shell.done("staff", "enrol", "pia.berg", "vera.lind", "dora.kim")
    assert answer.stdout == "Enrolled: pia.berg, vera.lind, dora.kim.\n"
    assert [path.name for path in files_in(founded.keys)] == ["dora.kim.pem", "pia.berg.pem", "vera.lind.pem"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files_in(founded.keys)} == {0o600}
    assert stat.S_IMODE(founded.keys.stat().st_mode) == 0o700
    for name in ("pia.berg", "vera.lind", "dora.kim"):
        assert await founded.key_of(name) == founded.desk.keyring.public(name).key_id
    assert "PRIVATE" not in answer.words


async def test_enrolling_again_says_so_and_changes_neither_key_nor_directory(founded: House) -> None:
    await founded.shell.done("staff", "enrol", "pia.berg")
    kept, version = (founded.keys / "pia.berg.pem").read_bytes(), (await founded.directory()).version
    again = await founded.shell.done("staff", "enrol", "pia.berg")
    machine = await founded.shell.done("staff", "enrol", "pia.berg", "--json")
    assert again.stdout == "Nothing to change; it stands already.\n"
    assert machine.json == {"changed": 0, "change_id": None}
    assert ((founded.keys / "pia.berg.pem").read_bytes(), (await founded.directory()).version) == (kept, version)


async def test_a_stranger_is_not_enrolled_nor_whoever_is_named_beside_her(founded: House) -> None:
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


async def test_until_a_director_has_a_key_changes_are_in_force_at_once(founded: House) -> None:
    listed = await founded.shell.done("staff", "list")
    assert "Not sealed: no director has a key yet." in listed.stdout
    await founded.shell.done("staff", "enrol", "pia.berg")
    revoked = await founded.shell.done("staff", "revoke", "pia.berg")
    assert revoked.stdout == "Done.\n"
    assert await founded.key_of("pia.berg") is None
    await founded.shell.done("staff", "enrol", "dora.kim")
    assert "Sealed: every change needs two signatures." in (await founded.shell.done("staff", "list")).stdout


# The sealed directory.


async def test_in_a_sealed_house_an_enrolment_is_signed_by_one_and_confirmed_by_another(sealed: House) -> None:
    alone = await sealed.shell("staff", "enrol", "noor.haddad")
    assert_fails(alone, REFUSED, SEALED, "(--as)", "another confirms it")
    assert not (sealed.keys / "noor.haddad.pem").exists()

    proposed = await sealed.shell.done("staff", "enrol", "noor.haddad", *AS_DORA)
    assert "Next, by another director or auditor:" in proposed.stdout
    change = change_of(proposed)
    assert await sealed.key_of("noor.haddad") is None
    waiting, machine = await sealed.shell.together(("staff", "pending"), ("staff", "pending", "--json"))
    for words in (change, "dora.kim", "KeyEnrolled noor.haddad"):
        assert words in waiting.stdout
    assert [(one["change_id"], one["signature"]["statement"]["actor"]) for one in machine.json] == [
        (change, "dora.kim")
    ]

    confirm = ("staff", "confirm", change)
    version = (await sealed.directory()).version
    await assert_all_fail(
        sealed.shell,
        ((*confirm, *AS_DORA), REFUSED, ["dora.kim proposed the change; another person must confirm it"]),
        ((*confirm, "--as", "pia.berg"), REFUSED, ["pia.berg may not change the directory", "AUDITOR or DIRECTOR"]),
        ((*confirm, "--as", "noor.haddad"), REFUSED, ["noor.haddad may not change the directory"]),
    )
    assert ((await sealed.directory()).version, await sealed.key_of("noor.haddad")) == (version, None)

    done = await sealed.shell.done(*confirm, *AS_OTTO)
    assert done.stdout == "Confirmed; it is in force.\n"
    assert await sealed.key_of("noor.haddad") == sealed.desk.keyring.public("noor.haddad").key_id
    empty, again = await sealed.shell.together(("staff", "pending"), (*confirm, *AS_OTTO))
    assert empty.stdout == "No change waits for a confirmation.\n"
    assert_fails(again, REFUSED, "no such change waits for a confirmation; see `accord staff pending`")
    assert (await sealed.directory()).disregarded == ()


async def test_nobody_changes_the_directory_about_herself(sealed: House) -> None:
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


async def test_who_is_no_director_and_no_auditor_proposes_no_change(sealed: House) -> None:
    version = (await sealed.directory()).version
    await assert_all_fail(
        sealed.shell,
        (("staff", "enrol", "noor.haddad", "--as", "pia.berg"), REFUSED, ["pia.berg may not change the directory"]),
        (("staff", "revoke", "ana.silva", "--as", "paul.nkosi"), REFUSED, ["paul.nkosi may not change"]),
        (("staff", "revoke", "ana.silva", "--as", "eve.smith"), REFUSED, ["no key of eve.smith"]),
        (("staff", "revoke", "ana.silva"), REFUSED, [SEALED]),
        (("staff", "leave", "ana.silva"), REFUSED, [SEALED]),
        ((*LEND, "--until", LATER), REFUSED, [SEALED]),
    )
    assert (await sealed.directory()).version == version
    assert not (sealed.keys / "noor.haddad.pem").exists()


async def test_a_directory_file_is_proposed_and_confirmed_like_any_change(sealed: House, tmp_path: Path) -> None:
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


async def test_a_revoked_key_changes_the_directory_no_more(sealed: House) -> None:
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


async def test_who_leaves_has_neither_roles_nor_key_nor_delegations(sealed: House) -> None:
    await sealed.confirmed(*LEND, "--until", LATER)
    await sealed.confirmed("staff", "leave", "ana.silva")
    found = await sealed.directory()
    assert (found.person("ana.silva"), found.delegations, await sealed.key_of("ana.silva")) == (None, (), None)
    listed = await sealed.shell.done("staff", "list")
    assert "ana.silva" not in listed.stdout


async def test_a_role_is_lent_until_it_is_ended(sealed: House) -> None:
    await sealed.confirmed(*LEND, "--from", "2026-01-01", "--until", LATER)
    assert (
        f"ana.silva lends PROGRAMME_APPROVER to vera.lind, 2026-01-01 to {LATER}"
        in (await sealed.shell.done("staff", "list")).stdout
    )
    [lent] = (await sealed.directory()).delegations
    assert (lent.lender, lent.borrower, lent.role) == ("ana.silva", "vera.lind", "PROGRAMME_APPROVER")
    await sealed.confirmed(*LEND, "--until", LATER, "--end")
    assert (await sealed.directory()).delegations == ()
    assert "lends" not in (await sealed.shell.done("staff", "list")).stdout


async def test_the_key_of_somebody_who_works_elsewhere_is_put_into_the_directory(sealed: House) -> None:
    public = base64.b64encode(Ed25519PrivateKey.generate().public_key().public_bytes_raw()).decode()
    await sealed.confirmed("staff", "key", "noor.haddad", public)
    held = next(one for one in (await sealed.directory()).keys if one.staff_id == "noor.haddad")
    assert held.key.ed25519 == public
    assert not (sealed.keys / "noor.haddad.pem").exists()


async def test_a_key_is_put_into_the_directory_only_of_somebody_who_is_in_it(sealed: House) -> None:
    public = base64.b64encode(Ed25519PrivateKey.generate().public_key().public_bytes_raw()).decode()
    answer = await sealed.shell("staff", "key", "eve.smith", public, *AS_DORA)
    assert_fails(answer, REFUSED, "eve.smith", "not in the staff directory")
    assert (await sealed.directory()).pending == ()


async def test_everything_is_json_where_asked(sealed: House) -> None:
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


async def test_the_list_tells_roles_keys_and_who_has_none(sealed: House) -> None:
    listed = await sealed.shell.done("staff", "list")
    for line in listed.stdout.splitlines():
        if "noor.haddad" in line:
            assert "none" in line
    for words in ("PROGRAMME_APPROVER", "Dora Kim", str(await sealed.key_of("dora.kim")), "Approves up to"):
        assert words in listed.stdout


# Passphrases.


async def test_a_key_under_a_passphrase_is_of_no_use_without_it(founded: House) -> None:
    under = founded.shell.where(ACCORD_KEY_PASSPHRASE="a long walk by the river")
    await under.done("staff", "enrol", "dora.kim", "otto.audit", "noor.haddad")
    for path in files_in(founded.keys):
        assert "ENCRYPTED PRIVATE KEY" in path.read_text()
    revoke = ("staff", "revoke", "noor.haddad", *AS_DORA)
    version = (await founded.directory()).version
    for shell in (founded.shell, founded.shell.where(ACCORD_KEY_PASSPHRASE="another")):
        answer = await shell(*revoke)
        assert_fails(answer, REFUSED, "the key of dora.kim cannot be used", "ACCORD_KEY_PASSPHRASE")
        assert (answer.stdout, len(answer.stderr.splitlines())) == ("", 1)
        assert "river" not in answer.words
    assert (await founded.directory()).version == version
    assert "Next, by another" in (await under.done(*revoke)).stdout


async def test_enrolling_again_under_a_wrong_passphrase_is_told_in_one_line(founded: House) -> None:
    await founded.shell.where(ACCORD_KEY_PASSPHRASE="right").done("staff", "enrol", "pia.berg")
    kept = (founded.keys / "pia.berg.pem").read_bytes()
    answer = await founded.shell.where(ACCORD_KEY_PASSPHRASE="wrong")("staff", "enrol", "pia.berg", "vera.lind")
    assert_fails(answer, REFUSED, "the key of pia.berg cannot be used", "ACCORD_KEY_PASSPHRASE")
    assert len(answer.stderr.splitlines()) == 1
    assert [path.name for path in files_in(founded.keys)] == ["pia.berg.pem"]
    assert (founded.keys / "pia.berg.pem").read_bytes() == kept


async def test_a_key_file_that_is_none_is_told_in_one_line_and_kept(founded: House) -> None:
    founded.keys.mkdir()
    (founded.keys / "pia.berg.pem").write_text("no key at all")
    answer = await founded.shell("staff", "enrol", "pia.berg")
    assert_fails(answer, REFUSED, "the key of pia.berg cannot be used")
    assert (founded.keys / "pia.berg.pem").read_text() == "no key at all"
    assert await founded.key_of("pia.berg") is None


async def test_a_key_folder_that_is_none_is_named_and_not_taken_for_an_outage(founded: House, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("")
    answer = await founded.shell.where(ACCORD_KEYS=str(taken))("staff", "enrol", "pia.berg")
    assert "the database went away" not in answer.words
    assert_fails(answer, BAD_INPUT, "taken", "ACCORD_KEYS")
