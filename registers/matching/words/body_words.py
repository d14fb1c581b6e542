"""Words in organisations' names: the registers' abbreviations, fillers, and words that denote another organisation."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

_FILLER_WORDS: Final = """
a an and at by for from in of on the to with de del la las le les los el y e et und du des der die das
inc incorporated corp corporation nfp no number
"""
FILLERS: Final = frozenset(_FILLER_WORDS.split())
"""Words that neither confirm a name nor count against it. Most US charities are corporations: `Inc` says nothing."""

CORPORATE: Final = ("incorporated", "corporation")
"""Fillers that are long enough to be misspelt."""

_COMMERCIAL_WORDS: Final = """
llc llp lllp lp pllc pc ltd limited plc gmbh ag kg ug bv nv sa sas sarl srl spa sl oy oyj ab asa aps kk pty pte sdn bhd
jsc ooo zao pjsc company holding enterprise venture partners
"""
COMMERCIAL: Final = frozenset(_COMMERCIAL_WORDS.split())
"""Legal forms of companies, and words that companies use. If only one of two names has one, it is a company's name."""

_ANOTHER_BODY_WORDS: Final = """
friend foundation trust auxiliary alumni alumnae alumnus endowment fund service booster guild scholarship association
society chapter council federation institute committee pta pto ptsa ptso union league branch affiliate subsidiary
property management consulting solution group
"""
ANOTHER_BODY: Final = COMMERCIAL | frozenset(_ANOTHER_BODY_WORDS.split())
"""Words, in the singular, that denote another organisation if only one of two names has them (rules 3.1)."""

_COMMON_WORDS: Final = """
american center charitable charity christian church city club college community county development education
educational family health hospital house international library memorial ministry ministries national network new
organization project public school state united university
"""
COMMON: Final = ANOTHER_BODY | frozenset(_COMMON_WORDS.split())
"""Words, in the singular, that are so frequent in names that they confirm nothing by themselves."""

_SHORT_FORMS: Final = {
    "am": "american",
    "amer": "american",
    "asn": "association",
    "assn": "association",
    "assoc": "association",
    "aux": "auxiliary",
    "auxil": "auxiliary",
    "bap": "baptist",
    "bapt": "baptist",
    "bldg": "building",
    "bros": "brothers",
    "centre": "center",
    "ch": "church chapter",
    "chap": "chapter",
    "chapt": "chapter",
    "char": "charitable charity",
    "cmty": "community",
    "co": "company county",
    "comm": "community committee commission commerce communications",
    "conf": "conference",
    "conn": "connecticut",
    "coun": "council",
    "ctr": "center",
    "dept": "department",
    "dev": "development",
    "dist": "district",
    "div": "division",
    "ed": "education educational",
    "educ": "education educational",
    "fam": "family",
    "fd": "fund",
    "fdn": "foundation",
    "fdtn": "foundation",
    "fed": "federation federal",
    "fndn": "foundation",
    "found": "foundation",
    "frat": "fraternity",
    "ft": "fort",
    "govt": "government",
    "hist": "historical history",
    "hosp": "hospital",
    "hs": "highschool",
    "inst": "institute",
    "int": "international",
    "intl": "international",
    "jr": "junior",
    "jt": "joint",
    "lib": "library",
    "luth": "lutheran",
    "med": "medical",
    "mem": "memorial",
    "meml": "memorial",
    "meth": "methodist",
    "min": "ministries ministry",
    "mis": "missionary mission",
    "mt": "mount mountain",
    "natl": "national",
    "ntl": "national",
    "nat": "national natural",
    "okla": "oklahoma",
    "org": "organization",
    "organisation": "organization",
    "pres": "presbyterian preservation",
    "prog": "program",
    "programme": "program",
    "proj": "project",
    "pub": "public",
    "rec": "recreation",
    "rehab": "rehabilitation",
    "sch": "school scholarship",
    "so": "southern south",
    "soc": "society",
    "sr": "senior",
    "st": "saint state street",
    "svc": "service",
    "svcs": "services",
    "tech": "technology technical",
    "theatre": "theater",
    "tr": "trust",
    "un": "union",
    "univ": "university",
    "untd": "united",
    "utd": "united",
    "vets": "veterans",
    "vol": "volunteer volunteers",
    "1st": "first",
    "2nd": "second",
    "3rd": "third",
}
ABBREVIATIONS: Final = MappingProxyType({short: frozenset(longs.split()) for short, longs in _SHORT_FORMS.items()})
"""The words that each short form may stand for. Source: 267,096 names of the IRS master file of 2021-02."""
