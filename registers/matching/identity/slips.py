"""Slips of the pen in words, and words that are never slips: places, given names, numerals and others' words."""

from __future__ import annotations

from functools import cache
from typing import Final

from rapidfuzz.distance import OSA

from registers.matching.identity.name_words import NameWord
from registers.matching.words.body_words import ANOTHER_BODY
from registers.matching.words.own_words import own_words
from registers.matching.words.places import countries
from registers.matching.words.short_forms import STATES

_SLIP_FROM: Final = 5
"""The letters from which a word may be misspelt, by one letter: in shorter words it is a different word."""

_TWO_FROM: Final = 10
"""The letters from which a word may differ by two: long words are often misspelt so, and rarely another's."""

_NUMERAL: Final = frozenset("ivxlcdm")

_GIVEN_NAMES_WORDS: Final = """
aaron adam adrian agnes alan albert alex alfred alice allan allen alvin amanda amber amy andre andrea andrew angela
anita ann anna anne annie anthony antonio arlene arthur ashley barbara beatrice becky benjamin bernard bernice bertha
beth betty beverly billy bobby bonnie brandon brenda brian bruce bryan calvin carl carla carlos carmen carol caroline
carrie catherine cathy cecil charlene charles charlie charlotte cheryl chris christian christina christine cindy clara
clarence claude clifford clyde connie craig crystal curtis cynthia daisy dan dana daniel danny darlene darrell david
dawn dean debbie deborah debra denise dennis derek diana diane dolores don donald donna dora doris dorothy douglas
duane earl eddie edgar edith edna edward edwin eileen elaine eleanor elena elizabeth ella ellen elmer elsie emily emma
eric erica erik erin ernest esther ethel eugene eva evelyn fernando florence floyd frances francis francisco frank
franklin fred frederick gabriel gail gary gene george gerald geraldine gilbert gina gladys glen glenn gloria gordon
grace greg gregory guy gwendolyn harold harry harvey hazel heather hector heidi helen henry herbert herman hilda holly
howard hugh ida irene irma ivan jack jackie jacob jacqueline jaime james jamie jane janet janice jason jean jeanette
jeanne jeff jeffrey jennifer jeremy jerome jerry jesse jessica jessie jesus jill jim jimmy joan joann joanne joe joel
johanna john johnny jon jonathan jorge jose joseph josephine joshua joy joyce juan juanita judith judy julia julian
julie june justin karen karl kathleen kathryn kathy katie keith kelly ken kenneth kevin kim kimberly kristen kurt kyle
larry laura lauren laurie lawrence leah lee lena leo leon leona leonard leroy leslie lester lewis lillian linda lisa
lloyd lois lonnie lora loretta lori louis louise lucas lucille lucy luis luke lydia lynn mabel marc marcia marcus
margaret maria marian marie marilyn mario marion marjorie mark marlene marsha martha martin marvin mary mathew matthew
mattie maureen maurice max maxine megan melanie melinda melissa melvin michael micheal michele michelle miguel mike
mildred milton minnie miriam mitchell monica myrtle nancy naomi natalie nathan nathaniel neil nelson nicholas nicole
nina nora norma norman olga oliver olivia oscar pamela patricia patrick patsy paul paula pauline pearl pedro peggy
penny peter philip phillip phyllis rachel rafael ralph ramon ramona randall randy ray raymond rebecca regina reginald
rene renee rhonda ricardo richard rick ricky rita robert roberta roberto robin rodney roger roland ron ronald ronnie
rosa rose rosemary ross roy ruben ruby russell ruth ryan sally salvador sam samantha samuel sandra sara sarah scott
sean shannon sharon shawn sheila shelly sherry shirley sidney sonia sophia stacy stanley stella stephanie stephen
steve steven sue susan suzanne sylvia tamara tammy tanya tara ted teresa terri terry thelma theodore theresa thomas
tiffany tim timothy tina todd tom tommy tony tonya tracy travis troy tyler valerie vanessa velma vera vernon veronica
vicki vickie victor victoria vincent viola violet virgil virginia vivian wallace walter wanda warren wayne wendy
wesley wilbur william willie wilma yolanda yvonne zachary zoe
"""
_GIVEN_NAMES: Final = frozenset(_GIVEN_NAMES_WORDS.split())
"""Given names that are frequent in the United States: one is never taken for a slip of another."""


def is_slip(word: NameWord, second_word: NameWord) -> bool:
    """True if two words differ so little that one may be the other misspelt, and neither is a word of its own."""
    text, second_text = word.text, second_word.text
    if (
        not (text.isalpha() and second_text.isalpha())
        or text[0] != second_text[0]
        or min(len(text), len(second_text)) < _SLIP_FROM
    ):
        return False
    most = 2 if min(len(text), len(second_text)) >= _TWO_FROM else 1
    if OSA.distance(text, second_text, score_cutoff=most) > most:
        return False
    return not (is_of_its_own(text) or is_of_its_own(second_text)) and not _are_two(word, second_word)


def is_of_its_own(text: str) -> bool:
    """True for places, given names and numerals: each of their slips is another place, person or number."""
    return text in _GIVEN_NAMES or text in _places() or set(text) <= _NUMERAL


def _are_two(word: NameWord, second_word: NameWord) -> bool:
    """True if both are words that bodies bear, or both make another body of a name."""
    both_bear = {word.text, second_word.text} <= own_words()
    return both_bear or not (word.longs.isdisjoint(ANOTHER_BODY) or second_word.longs.isdisjoint(ANOTHER_BODY))


@cache
def _places() -> frozenset[str]:
    states = {name for names in STATES.values() for name in names}
    return countries() | frozenset(states)
