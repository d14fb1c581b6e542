"""The directory is the fold of its events, and loading a file again changes nothing."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.directory.directory import Capacity, Directory
from domain.directory.directory_file import DirectoryFile, changes
from domain.directory.evolution import fold_directory
from domain.directory.people import (
    Delegation,
    DelegationEnded,
    Fact,
    FunderRegistered,
    HouseRulesSet,
    KeyEnrolled,
    KeyRevoked,
    RoleDelegated,
    StaffLeft,
    StaffMember,
    StaffRegistered,
)
from domain.directory.tiers import Role
from domain.values import Money
from records.keys.verification import verified
from tests.builders import HOUSE_RULES, PRIVATE, SUPPORTING, funder, member, money
from tests.domain.partnership.hands import key_of

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
    rules=st.sampled_from([None, HOUSE_RULES, HOUSE_RULES.model_copy(update={"cooling_off_days": 5})]),
)


DECEMBER = Delegation(
    lender="vera.lind",
    borrower="pia.berg",
    role=Role.VERIFIER,
    starts_on=date(2026, 12, 1),
    ends_on=date(2026, 12, 31),
)


def directory(*events: Fact) -> Directory:
    return fold_directory(events, verified)


def staffed(*more: Fact) -> Directory:
    return directory(StaffRegistered(member=PIA), StaffRegistered(member=VERA), *more)


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


@settings(max_examples=100, database=None)
@given(files, files)
def test_a_file_loaded_again_changes_nothing(before: DirectoryFile, wanted: DirectoryFile) -> None:
    first = changes(Directory(), before)
    known = directory(*first)
    loaded = directory(*first, *changes(known, wanted))
    assert changes(loaded, wanted) == ()
    assert fold_directory(changes(known, wanted), verified, known) == loaded


def test_a_file_that_names_a_person_twice_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"named more than once: pia\.berg"):
        DirectoryFile(staff=(member("pia.berg", Role.DIRECTOR), PIA))


def test_a_person_holds_at_least_one_role() -> None:
    with pytest.raises(ValidationError):
        StaffMember(staff_id="pia.berg", name="Pia Berg", roles=())


def test_a_limit_that_changes_is_a_change_of_the_person() -> None:
    limited = PIA.model_copy(update={"limits": (Money(**money()),)})
    assert changes(staffed(), DirectoryFile(staff=(limited,))) == (StaffRegistered(member=limited),)


def test_rules_are_set_once_and_again_only_when_they_differ() -> None:
    wanted = DirectoryFile(rules=HOUSE_RULES)
    assert changes(staffed(), wanted) == (HouseRulesSet(rules=HOUSE_RULES),)
    assert changes(staffed(HouseRulesSet(rules=HOUSE_RULES)), wanted) == ()
    assert changes(staffed(HouseRulesSet(rules=HOUSE_RULES)), DirectoryFile()) == ()


def test_a_key_is_found_under_its_owner_and_its_name() -> None:
    key = key_of("pia.berg")
    known = staffed(KeyEnrolled(staff_id="pia.berg", key=key))
    assert known.key("pia.berg", key.key_id) == key
    assert (known.key("vera.lind", key.key_id), known.key("pia.berg", None)) == (None, None)


def test_a_new_key_replaces_the_one_before() -> None:
    first, second = key_of("pia.berg"), key_of("pia.berg, again")
    enrolled = (KeyEnrolled(staff_id="pia.berg", key=key) for key in (first, second))
    known = staffed(*enrolled)
    assert (known.key("pia.berg", first.key_id), known.key("pia.berg", second.key_id)) == (None, second)


def test_a_revoked_key_is_in_force_no_more_and_no_other_falls_with_it() -> None:
    mine, hers = key_of("pia.berg"), key_of("vera.lind")
    enrolled = (KeyEnrolled(staff_id="pia.berg", key=mine), KeyEnrolled(staff_id="vera.lind", key=hers))
    known = staffed(*enrolled, KeyRevoked(staff_id="pia.berg", key_id=mine.key_id))
    assert (known.key("pia.berg", mine.key_id), known.key("vera.lind", hers.key_id)) == (None, hers)


def test_revoking_a_key_that_was_replaced_leaves_the_new_one() -> None:
    first, second = key_of("pia.berg"), key_of("pia.berg, again")
    known = staffed(
        KeyEnrolled(staff_id="pia.berg", key=first),
        KeyEnrolled(staff_id="pia.berg", key=second),
        KeyRevoked(staff_id="pia.berg", key_id=first.key_id),
    )
    assert known.key("pia.berg", second.key_id) == second


@pytest.mark.parametrize(
    ("day", "lends"),
    [("2026-11-30", False), ("2026-12-01", True), ("2026-12-15", True), ("2026-12-31", True), ("2027-01-01", False)],
)
def test_a_role_is_lent_for_its_days_both_included(day: str, lends: bool) -> None:
    known = staffed(RoleDelegated(delegation=DECEMBER))
    borrowed = Capacity(role=Role.VERIFIER, on_behalf_of="vera.lind")
    assert (borrowed in known.capacities("pia.berg", date.fromisoformat(day))) is lends


IN_DECEMBER = date(2026, 12, 15)


def test_what_she_may_do_herself_comes_before_what_was_lent_to_her() -> None:
    known = staffed(RoleDelegated(delegation=DECEMBER))
    assert [one.on_behalf_of for one in known.capacities("pia.berg", IN_DECEMBER)] == ["", "vera.lind"]


def test_the_lenders_limits_bind_the_borrower() -> None:
    limits = (Money(**money("500.00")),)
    limited = StaffRegistered(member=VERA.model_copy(update={"limits": limits}))
    known = staffed(limited, RoleDelegated(delegation=DECEMBER))
    assert [one.limits for one in known.capacities("pia.berg", IN_DECEMBER)] == [(), limits]


@pytest.mark.parametrize(
    "end",
    [
        DelegationEnded(delegation=DECEMBER),
        StaffLeft(staff_id="vera.lind"),
        StaffRegistered(member=member("vera.lind", Role.AUDITOR)),
    ],
)
def test_a_delegation_ends_before_its_time_with_its_lenders_role(end: Fact) -> None:
    known = staffed(RoleDelegated(delegation=DECEMBER), end)
    assert [one.role for one in known.capacities("pia.berg", IN_DECEMBER)] == [Role.PROPOSER]


def test_what_was_lent_is_not_lent_on() -> None:
    onward = Delegation(**{**DECEMBER.model_dump(), "lender": "pia.berg", "borrower": "ana.silva"})
    known = staffed(
        StaffRegistered(member=member("ana.silva")),
        RoleDelegated(delegation=DECEMBER),
        RoleDelegated(delegation=onward),
    )
    assert [one.role for one in known.capacities("ana.silva", IN_DECEMBER)] == [Role.PROGRAMME_APPROVER]


def test_a_delegation_given_twice_is_one() -> None:
    assert staffed(*[RoleDelegated(delegation=DECEMBER)] * 2).delegations == (DECEMBER,)


def test_with_a_person_who_leaves_go_her_roles_keys_and_delegations() -> None:
    left = staffed(
        KeyEnrolled(staff_id="pia.berg", key=key_of("pia.berg")),
        RoleDelegated(delegation=DECEMBER),
        StaffLeft(staff_id="pia.berg"),
    )
    assert (left.person("pia.berg"), left.keys, left.delegations) == (None, (), ())
    assert left.capacities("pia.berg", IN_DECEMBER) == ()
    assert left.person("vera.lind") == VERA


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"borrower": "vera.lind"}, "nobody delegates to themselves"),
        ({"ends_on": date(2026, 11, 30)}, "before it starts"),
    ],
)
def test_an_impossible_delegation_is_refused(changed: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Delegation(**{**DECEMBER.model_dump(), **changed})


@pytest.mark.parametrize(
    ("limits", "asked", "allowed"),
    [
        ((), "9999999.00", True),
        (("1000.00",), "1000.00", True),
        (("1000.00",), "1000.01", False),
        (("1000.00",), None, True),
    ],
)
def test_a_limit_is_the_largest_sum_included(limits: tuple[str, ...], asked: str | None, allowed: bool) -> None:
    capacity = Capacity(role=Role.DIRECTOR, limits=tuple(Money(**money(one)) for one in limits))
    assert capacity.allows(Money(**money(asked)) if asked else None) is allowed


def test_limits_in_other_currencies_only_allow_nothing_in_this_one() -> None:
    capacity = Capacity(role=Role.DIRECTOR, limits=(Money(amount="1000000", currency="KES"),))
    assert not capacity.allows(Money(**money("0.01")))


@pytest.mark.parametrize("name", ["accord", "bank", "operator", "unknown"])
def test_nobody_is_called_like_the_system(name: str) -> None:
    with pytest.raises(ValidationError, match="stands for the system"):
        StaffMember(staff_id=name, name="Somebody", roles=(Role.PAYER,))
