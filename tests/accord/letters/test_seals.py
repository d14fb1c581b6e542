"""The seal: by the house's key in a process of its own, over bytes that stay, and verified by a second tool."""

from __future__ import annotations

import asyncio
import re
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from accord.letters.sealer import ask_seal, serve
from accord.letters.sealing import HouseKey, SealRefused, is_sealed, read_house_key, seal_fault, sealed
from tests.accord.letters.samples import PASSWORD, faults, house_file, letter


@pytest.fixture
def house(tmp_path: Path) -> HouseKey:
    return read_house_key(house_file(tmp_path), PASSWORD)


async def test_a_sealed_letter_is_still_an_archive_file_that_everybody_can_read(house: HouseKey) -> None:
    pdf = await sealed(await letter("agreement"), house)
    assert is_sealed(pdf)
    assert faults(pdf) == []
    assert await seal_fault(pdf, house.roots) == ""


def by_openssl(pdf: bytes, house: HouseKey, folder: Path) -> bool:
    """Verify what is in the file by its own ranges, as openssl reads a signature."""
    found = re.search(rb"/ByteRange ?\[ ?(\d+) (\d+) (\d+) (\d+)", pdf)
    assert found is not None
    first, length, second, rest = map(int, found.groups())
    (folder / "seal.der").write_bytes(bytes.fromhex(pdf[first + length + 1 : second - 1].decode()))
    (folder / "content").write_bytes(pdf[first : first + length] + pdf[second : second + rest])
    (folder / "root.pem").write_bytes(house.roots[0].public_bytes(Encoding.PEM))
    command = "openssl cms -verify -binary -inform DER -in seal.der -content content -CAfile root.pem -purpose any"
    return (
        subprocess.run([*command.split(), "-out", "out"], cwd=folder, capture_output=True, check=False).returncode == 0
    )


async def test_a_second_tool_verifies_the_seal_and_sees_a_changed_byte(house: HouseKey, tmp_path: Path) -> None:
    pdf = await sealed(await letter("agreement"), house)
    changed = bytearray(pdf)
    changed[500] ^= 1
    assert by_openssl(pdf, house, tmp_path)
    assert not by_openssl(bytes(changed), house, tmp_path)
    assert await seal_fault(bytes(changed), house.roots) == "it was changed after it was sealed"


async def test_what_is_added_later_is_seen(house: HouseKey) -> None:
    pdf = await sealed(await letter("questions"), house)
    assert await seal_fault(pdf + b"\n%more", house.roots) == "something was added to it after it was sealed"


async def test_another_houses_seal_is_none_that_is_trusted(house: HouseKey, tmp_path: Path) -> None:
    other = read_house_key(house_file(tmp_path, name="Another"), PASSWORD)
    pdf = await sealed(await letter("questions"), other)
    assert await seal_fault(pdf, house.roots) == "the certificate that sealed it is none that is trusted here"


async def test_a_letter_without_a_seal_has_none(house: HouseKey) -> None:
    pdf = await letter("questions")
    assert not is_sealed(pdf)
    assert await seal_fault(pdf, house.roots) == "it bears 0 seals, and one is expected"


async def test_nothing_is_sealed_under_a_certificate_that_ended(tmp_path: Path) -> None:
    ended = read_house_key(house_file(tmp_path, days=-1), PASSWORD)
    with pytest.raises(SealRefused, match=r"ended on .*; put a new one into its file"):
        await sealed(await letter("questions"), ended)


@pytest.mark.parametrize("password", [b"", b"wrong"])
def test_a_key_under_another_password_is_named(tmp_path: Path, password: bytes) -> None:
    with pytest.raises(SealRefused, match="no key can be read there"):
        read_house_key(house_file(tmp_path), password)


async def test_the_process_seals_what_comes_to_its_socket_and_two_at_once(house: HouseKey, tmp_path: Path) -> None:
    socket, pdf = tmp_path / "seal.sock", await letter("questions")
    async with await serve(socket, house):
        both = await asyncio.gather(ask_seal(pdf, socket), ask_seal(pdf, socket))
    assert [await seal_fault(one, house.roots) for one in both] == ["", ""]
    assert socket.stat().st_mode & 0o007 == 0


async def test_what_is_no_letter_is_refused_and_the_process_goes_on(house: HouseKey, tmp_path: Path) -> None:
    socket = tmp_path / "seal.sock"
    async with await serve(socket, house):
        with pytest.raises(SealRefused, match="no PDF of a letter"):
            await ask_seal(b"<html>", socket)
        assert is_sealed(await ask_seal(await letter("questions"), socket))


async def test_without_the_process_nothing_is_sealed_and_the_remedy_is_said(tmp_path: Path) -> None:
    with pytest.raises(SealRefused, match="start `accord letters sealer`"):
        await ask_seal(b"%PDF-", tmp_path / "nobody.sock")
