"""Compare a written name with a registered one: it is the same, it is alike, or it is another's (rules 3.1, R19, C39).

The same name is confirmed by its number, unless another number has it too. A name that is alike is confirmed only in
the body's own place, and only if no other number has it as well (`confirming`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from domain.screening.identity import Agreement
from registers.matching.identity.members import as_member
from registers.matching.identity.name_words import NameWord, significant
from registers.matching.identity.pairs import Paired, PairKind, paired
from registers.matching.identity.registered_name import RegisteredName
from registers.matching.identity.slips import is_of_its_own
from registers.matching.identity.telling import BODIES, SLIPS, is_of_row, tell
from registers.matching.identity.written_name import WrittenName, are_initials, read_written
from registers.matching.words.body_words import ANOTHER_BODY, COMMERCIAL

_CUT_FROM: Final = 25
"""The letters from which a name may have been cut: forms cut at 30, 35 and more, registers at 70."""

_LONG: Final = 3
"""The significant words that two names share from which one writing may lack another word, or its end."""

_MORE_WORDS: Final = """
association area center city club community company corporation county greater incorporated ministry nonprofit
orchestra organization program project public system team volunteer
"""
_MORE: Final = frozenset(_MORE_WORDS.split())
"""Words that people leave out of a name or add to it, and by which hardly two bodies of one place differ."""

_MOST_MORE: Final = 2
"""The most of them that a name may have more."""

_NATION: Final = frozenset(["america", "states", "united"])
"""Words for the nation, at the end of names."""

_CUT_FORMS: Final = frozenset({"i", "in"})
"""The beginnings of a corporate form of which the rest was cut."""


class NameJudgement(NamedTuple):
    """The agreement of a written name with a registered one, and the reason."""

    agreement: Agreement
    explanation: str


def compare_written(given_name: str, row_name: RegisteredName) -> NameJudgement:
    """Return the agreement of a name, as somebody wrote it, with a registered one."""
    return judged(read_written(given_name), row_name)


def judged(writing: WrittenName, row_name: RegisteredName) -> NameJudgement:
    """Return the agreement of a written name with a registered one: the best of the ways in which it may agree."""
    if not significant(writing.words) or not significant(row_name.words):
        return _without_significant(writing, row_name)
    comparison = paired(writing.words, row_name.words)
    if is_same(comparison):
        return NameJudgement(Agreement.SAME, f"both have {_listed(comparison.shared())}")
    reason = next((reason for reason in _likenesses(writing, row_name, comparison) if reason), None)
    if reason is not None:
        return NameJudgement(Agreement.ALIKE, reason)
    return NameJudgement(Agreement.OTHER, _differences(comparison))


def is_one_name(name: str, other_name: str) -> bool:
    """True if two names, as people write them, have every significant word in the same order.

    Neither has a row beside it, such as the holder's of an account and its owner's. So no slip is allowed.
    """
    return is_same(paired(read_written(name).words, read_written(other_name).words))


def is_same(comparison: Paired) -> bool:
    """True if every significant word is in both names, in the same order."""
    if comparison.only_in_writing or comparison.only_in_row or not comparison.pairs:
        return False
    return comparison.in_order and all(pair.kind is PairKind.WHOLE for pair in comparison.pairs)


def _without_significant(writing: WrittenName, row_name: RegisteredName) -> NameJudgement:
    """Judge names of fillers alone, which are the same only word by word."""
    texts, other_texts = ([word.text for word in words] for words in (writing.words, row_name.words))
    if texts == other_texts != []:
        return NameJudgement(Agreement.SAME, f"both are {' '.join(texts)}")
    return NameJudgement(Agreement.OTHER, "one of the names has no significant word")


def _likenesses(writing: WrittenName, row_name: RegisteredName, comparison: Paired) -> Iterator[str | None]:
    """Yield the reasons for which a name that is not the same may be the body's."""
    yield _nearly(comparison, row_name)
    yield _cut(writing, row_name)
    yield _by_other_name(writing, row_name)
    yield _beside_form(writing, row_name)
    if row_name.is_member:
        yield as_member(writing, row_name)


def _nearly(comparison: Paired, row_name: RegisteredName) -> str | None:
    """Return the reasons for which two names are alike, if their words are nearly all in both, or None."""
    if len(comparison.slips) > SLIPS or not tell(comparison.shared(), row_name):
        return None
    leftovers = _left_over(comparison, row_name)
    if leftovers is None:
        return None
    reasons = (
        *(f"{word!r} and {other!r} may be one word misspelt" for word, other in comparison.slips),
        *leftovers,
        *(["initials stand for words"] if any(pair.kind is PairKind.INITIALS for pair in comparison.pairs) else []),
        *([] if comparison.in_order else ["the words stand in another order"]),
    )
    return "; ".join(reasons)


def _left_over(comparison: Paired, row_name: RegisteredName) -> tuple[str, ...] | None:
    """Return a reason for each word that only one name has, or None if one of them makes another name."""
    words = [comparison.writing[place] for place in comparison.only_in_writing]
    other_words = [comparison.row_name[place] for place in comparison.only_in_row]
    context = (*row_name.around, *row_name.second_words)
    more_words = [
        *(word for word in words if not is_of_row(word, context)),
        *(word for word in other_words if not is_of_row(word, row_name.around)),
    ]
    more = [word for word in more_words if not _is_aside(word, comparison)]
    free_words = [word for word in more if word.longs.isdisjoint(_MORE)]
    is_long = len(significant(comparison.shared())) >= _LONG
    if len(more) > _MOST_MORE or len(free_words) > (1 if is_long else 0) or any(map(_makes_another, free_words)):
        return None
    return tuple(f"only one of them has {word.text}" for word in (*words, *other_words))


def _makes_another(word: NameWord) -> bool:
    """True for a word that no writing of a name lacks: a number, a place, a person, or a word of another body."""
    return word.is_number or is_of_its_own(word.text) or not word.longs.isdisjoint(ANOTHER_BODY)


def _is_aside(word: NameWord, comparison: Paired) -> bool:
    """True for a name's own initials beside it, its nation, and a word that it says twice."""
    names = (comparison.writing, comparison.row_name)
    rests = tuple(tuple(other for other in name if other is not word) for name in names)
    is_said_twice = not _makes_another(word) and sum(word.stands_for(other) for name in names for other in name) > 2
    has_initials = len(word.text) > 2 and any(are_initials(word.text, rest) for rest in rests)
    return word.text in _NATION or is_said_twice or has_initials


def _cut(writing: WrittenName, row_name: RegisteredName) -> str | None:
    """Return the reason for which one name may be the other without its end, or None."""
    if _run_together(writing.words) == _run_together(row_name.words):
        return "both have the same letters"
    sides = ((writing.text, writing.words, row_name.words), (row_name.name, row_name.words, writing.words))
    for text, words, other_words in sides:
        if len(words) > 1 and len(text.strip()) >= _CUT_FROM and _is_cut(words, other_words):
            return "one of the names may have been cut"
        if _lacks_its_end(words, other_words):
            return "one of the names may lack its end"
    return None


def _run_together(words: Sequence[NameWord]) -> str:
    return "".join(word.text for word in significant(words))


def _is_cut(words: Sequence[NameWord], other_words: Sequence[NameWord]) -> bool:
    """True if words are the first ones of another name, and the last of them the first letters of the next."""
    *whole, last = words
    if last.text in _CUT_FORMS and is_same(paired(whole, other_words)):
        return True
    ending = _end_after(whole, other_words)
    if not ending or last.text.isdigit() or ending[0].text == last.text:
        return False
    return any(long.startswith(last.text) and long != last.text for long in ending[0].longs)


def _lacks_its_end(words: Sequence[NameWord], other_words: Sequence[NameWord]) -> bool:
    """True if words are the first ones of another name, enough of them, and what follows makes no other body."""
    ending = significant(_end_after(words, other_words))
    return (
        bool(ending)
        and len(significant(words)) >= _LONG
        and not any(_makes_another(word) or not word.longs.isdisjoint(BODIES) for word in ending)
    )


def _end_after(words: Sequence[NameWord], other_words: Sequence[NameWord]) -> Sequence[NameWord]:
    """Return the end of a name after words that are its first ones in the same order, or nothing."""
    comparison = paired(words, other_words)
    if comparison.only_in_writing or comparison.slips or not comparison.in_order:
        return ()
    last = max((place for pair in comparison.pairs for place in pair.row_name), default=-1)
    return other_words[last + 1 :] if all(at > last for at in comparison.only_in_row) else ()


def _by_other_name(writing: WrittenName, row_name: RegisteredName) -> str | None:
    """Return the reason for which a name may be a trade name, the row's second one, or both, or None."""
    by_trade = (
        *((words, row_name.words) for words in writing.trade_names),
        *((words, writing.words) for words in row_name.read.trade_names),
    )
    if any(is_same(paired(words, other_words)) for words, other_words in by_trade):
        return "it is a trade name of one of them"
    second = row_name.second_words
    if not tell(second, row_name):
        return None
    if is_same(paired(writing.words, second)):
        return "it is the second name of the row"
    comparison = paired(writing.words, (*row_name.words, *second))
    is_whole = not (comparison.only_in_writing or comparison.only_in_row or len(comparison.slips) > SLIPS)
    return "the row has it in its two names" if is_whole else None


def _beside_form(writing: WrittenName, row_name: RegisteredName) -> str | None:
    """Return the reason for which names are alike, if one goes on after its corporate form, or None: `X INC Y`."""
    for name, other_words in ((writing, row_name.words), (row_name.read, writing.words)):
        after = significant(name.after_form)
        if not after or any(word.is_number or not word.longs.isdisjoint(ANOTHER_BODY) for word in after):
            continue
        if any(is_same(paired(words, other_words)) for words in (name.before_form, name.after_form)):
            return "one of the names goes on after its corporate form"
    return None


def _differences(comparison: Paired) -> str:
    return "; ".join(_told_differences(comparison)) or "neither name has a telling word"


def _told_differences(comparison: Paired) -> Iterator[str]:
    if comparison.pairs:
        yield f"both have {_listed(comparison.shared())}"
    for word, other in comparison.slips:
        yield f"{word!r} and {other!r} may be one word misspelt"
    sides = (
        ("given", [comparison.writing[place] for place in comparison.only_in_writing]),
        ("registered", [comparison.row_name[place] for place in comparison.only_in_row]),
    )
    for side, words in sides:
        if words:
            yield f"only the {side} name has {', '.join(map(_described, words))}"


def _described(word: NameWord) -> str:
    if not word.longs.isdisjoint(COMMERCIAL):
        return f"{word.text} (a commercial form)"
    if not word.longs.isdisjoint(ANOTHER_BODY):
        return f"{word.text} (makes it another body)"
    return word.text


def _listed(words: Iterable[NameWord]) -> str:
    return ", ".join(word.text for word in words)
