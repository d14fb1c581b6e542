"""The directory is the fold of its events, and loading a file again changes nothing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.people import (
    Directory,
    DirectoryFile,
    FunderRegistered,
    Role,
    StaffMember,
    StaffRegistered,
    changes,
    fold_directory,
)
from tests.builders import PRIVATE, SUPPORTING, funder, member

PIA, VERA = member("pia.berg"), member("vera.lind")
ISOC, PF = funder(), funder(PRIVATE, "SAMPLE-PF")
files = st.builds(
    DirectoryFile,
    staff=st.lists(
        st.builds(member, st.sampled_from(["pia.berg", "vera.lind", "ana.silva"]), st.sampled_from(Role)),
        unique_by=lambda person: person.staff_id,
    ),
    funders=st.lists(
        st.builds(funder, st.sampled_from([PRIVATE, SUPPORTING]), st.sampled_from(["ISOC", "SAMPLE-PF"])),
        unique_by=lambda entity: entity.funder_id,
    ),
)


def directory(*events: StaffRegistered | FunderRegistered) -> Directory:
    return fold_directory(events)


def test_an_empty_history_makes_an_empty_directory() -> None:
    assert directory() == Directory(staff=(), funders=(), version=0)


def test_who_is_registered_is_found_and_who_is_not_is_not() -> None:
    known = directory(StaffRegistered(member=PIA), FunderRegistered(funder=ISOC))
    assert (known.person("pia.berg"), known.person("vera.lind")) == (PIA, None)
    assert (known.funder("ISOC"), known.funder("SAMPLE-PF")) == (ISOC, None)


def test_the_newest_registration_is_the_one_in_force() -> None:
    promoted = member("pia.berg", Role.DIRECTOR)
    known = directory(StaffRegistered(member=PIA), StaffRegistered(member=VERA), StaffRegistered(member=promoted))
    assert known.person("pia.berg") == promoted
    assert len(known.staff) == 2


def test_a_funder_that_changes_its_profile_replaces_what_was_known() -> None:
    changed = funder(SUPPORTING)
    assert directory(FunderRegistered(funder=ISOC), FunderRegistered(funder=changed)).funders == (changed,)


def test_every_event_counts_one_version() -> None:
    assert directory(StaffRegistered(member=PIA), FunderRegistered(funder=PF)).version == 2


def test_a_file_on_an_empty_directory_registers_everybody_it_names() -> None:
    wanted = DirectoryFile(staff=(PIA, VERA), funders=(ISOC,))
    assert [type(event) for event in changes(Directory(), wanted)] == [
        StaffRegistered,
        StaffRegistered,
        FunderRegistered,
    ]


def test_a_file_registers_only_what_changed() -> None:
    known = directory(StaffRegistered(member=PIA), StaffRegistered(member=VERA))
    promoted = member("vera.lind", Role.DIRECTOR)
    assert changes(known, DirectoryFile(staff=(PIA, promoted))) == (StaffRegistered(member=promoted),)


@settings(max_examples=100, deadline=None, database=None)
@given(files, files)
def test_a_file_loaded_again_changes_nothing(before: DirectoryFile, wanted: DirectoryFile) -> None:
    first = changes(Directory(), before)
    known = fold_directory(first)
    loaded = fold_directory((*first, *changes(known, wanted)))
    assert changes(loaded, wanted) == ()


def test_a_file_that_names_a_person_twice_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"named more than once: pia\.berg"):
        DirectoryFile(staff=(member("pia.berg", Role.DIRECTOR), PIA))


def test_a_person_holds_at_least_one_role() -> None:
    with pytest.raises(ValidationError):
        StaffMember(staff_id="pia.berg", name="Pia Berg", roles=())
