"""A sealed paper opens as it was, or not at all: cut, swapped, repeated and foreign frames are found."""

from __future__ import annotations

from collections.abc import AsyncIterator
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papers.sealing import FRAME, PREFIX, TAG, PaperChanged, PaperDamaged, new_key, opened, sealed, sealed_size

SIZES = (0, 1, FRAME - 1, FRAME, FRAME + 1, 2 * FRAME, 2 * FRAME + 7)
KEY = new_key()


async def parts(content: bytes, size: int = 70_001) -> AsyncIterator[bytes]:
    for place in range(0, len(content), size):
        yield content[place : place + size]


async def whole(stream: AsyncIterator[bytes]) -> bytes:
    return b"".join([part async for part in stream])


async def collect(stream: AsyncIterator[bytes], into: list[bytes]) -> None:
    async for part in stream:
        into.append(part)


def paper(size: int) -> bytes:
    return bytes(range(256)) * (size // 256) + bytes(size % 256)


async def seal(content: bytes, key: bytes = KEY) -> bytes:
    return await whole(sealed(parts(content), key, sha256(content).digest()))


async def open_as(frames: bytes, content: bytes, key: bytes = KEY) -> bytes:
    return await whole(opened(parts(frames), key, sha256(content).digest()))


@pytest.mark.parametrize("size", SIZES)
async def test_a_paper_opens_as_it_was(size: int) -> None:
    content = paper(size)
    frames = await seal(content)
    assert len(frames) == sealed_size(size)
    assert await open_as(frames, content) == content


async def test_what_is_sealed_says_nothing_of_the_paper_but_its_size() -> None:
    content = b"the bank's letter " * 4000
    frames = await seal(content)
    assert b"bank" not in frames
    assert frames != await seal(content)  # its nonces are another's each time


@pytest.mark.parametrize("size", SIZES)
async def test_a_paper_that_was_cut_off_is_found(size: int) -> None:
    frames = await seal(paper(size))
    for end in {0, PREFIX, len(frames) - 1, PREFIX + (FRAME + TAG) * (size // FRAME)} - {len(frames)}:
        with pytest.raises(PaperDamaged):
            await open_as(frames[:end], paper(size))


async def test_frames_that_were_swapped_repeated_or_added_are_found() -> None:
    content = paper(3 * FRAME)
    frames = await seal(content)
    head, body = frames[:PREFIX], frames[PREFIX:]
    one, two, three = (body[place * (FRAME + TAG) : (place + 1) * (FRAME + TAG)] for place in range(3))
    for order in ((two, one, three), (one, one, three), (one, three), (one, two, three, three), (one, two)):
        with pytest.raises(PaperDamaged):
            await open_as(head + b"".join(order), content)


async def test_another_papers_frames_and_another_key_do_not_open() -> None:
    content, other = paper(1000), paper(1001)
    with pytest.raises(PaperDamaged):
        await open_as(await seal(other), content)
    with pytest.raises(PaperDamaged):
        await open_as(await seal(content), content, new_key())


async def test_a_file_that_changes_while_it_is_sealed_is_not_sealed_to_its_end() -> None:
    content = paper(2 * FRAME)
    emitted = list[bytes]()
    with pytest.raises(PaperChanged):
        await collect(sealed(parts(content), KEY, sha256(b"another").digest()), emitted)
    with pytest.raises(PaperDamaged):
        await open_as(b"".join(emitted), content)


@given(content=st.binary(max_size=300), place=st.integers(min_value=0), bit=st.integers(0, 7))
async def test_no_bit_of_it_can_be_turned(content: bytes, place: int, bit: int) -> None:
    frames = bytearray(await seal(content))
    frames[place % len(frames)] ^= 1 << bit
    with pytest.raises(PaperDamaged):
        await open_as(bytes(frames), content)
