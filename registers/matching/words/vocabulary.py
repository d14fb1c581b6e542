"""Common words of names: legal forms, articles and titles, and the usual forms of abbreviations and variants."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from registers.matching.words.romanisation import normalised_spelling

LEGAL: Final = frozenset({"company", "corporation", "corp", "co", "incorporated", "limited", "inc", "ltd"})
LEGAL_SPELLINGS: Final = frozenset(map(normalised_spelling, LEGAL))
_LEGAL_ABROAD_WORDS: Final = """
aktsionernoe aktsionernoye akcionernoe obshchestvo obschestvo obshestvo zakrytoe zakrytoye otkrytoe otkrytoye
publichnoe publichnoye ogranichennoi ogranichennoy otvetstvennostyu otvetstvennostiu gosudarstvennoe gosudarstvennoye
unitarnoe unitarnoye predpriyatie federalnoe tovarystvo obmezhenoyu vidpovidalnistyu aktsionerne tovarystvo derzhavne
pidpryiemstvo pidpryyemstvo joint stock zao oao pao ooo fgup gup ojsc pjsc cjsc jsc pjs llc plc sarl gmbh anonim
sirketi limitet corporacion compania sociedad anonima
"""
LEGAL_ABROAD: Final = frozenset(_LEGAL_ABROAD_WORDS.split())
"""Legal forms of other countries in Latin letters, as lists write them out."""
ARTICLE: Final = frozenset({"the"})
AND: Final = frozenset({"and"})
"""Dropped from names, since "&" is dropped with the punctuation."""

_ABBREVIATED: Final = {
    "assn": "association",
    "assoc": "association",
    "bros": "brothers",
    "centre": "center",
    "cia": "compania",
    "dept": "department",
    "engg": "engineering",
    "fdn": "foundation",
    "flli": "fratelli",
    "fndn": "foundation",
    "govt": "government",
    "hq": "headquarters",
    "inst": "institute",
    "intl": "international",
    "intnl": "international",
    "mfg": "manufacturing",
    "mgmt": "management",
    "natl": "national",
    "organisation": "organization",
    "pvt": "private",
    "svc": "service",
    "svcs": "services",
    "univ": "university",
}
_SAME_KIND: Final = {
    "airline": "air",
    "airlines": "air",
    "airways": "air",
    "charitable": "charity",
    "charities": "charity",
    "commercial": "commerce",
    "educational": "education",
    "enterprises": "enterprise",
    "holdings": "holding",
    "industrial": "industry",
    "industries": "industry",
    "investments": "investment",
    "services": "service",
    "tech": "technology",
    "technologies": "technology",
    "traders": "trade",
    "trading": "trade",
}
"""Words for the kind of an organisation that are used interchangeably, each with the form to compare."""
_USUAL: Final = MappingProxyType({**_ABBREVIATED, **_SAME_KIND})

_PARTICLE_WORDS: Final = """
abou abu ad al ar as ayatollah az ben bin bint colonel commander da de del della den der di doctor dos dr el
engineer general haji hajj hajji ibn imam la le maulana maulavi mawlawi mr mrs ms mulla mullah ould qari sayed
sayyid seyed shaikh shaykh sheik sheikh st syed ter ud ul van von zu
"""
PARTICLES: Final = frozenset(_PARTICLE_WORDS.split())
"""Articles, prepositions and titles in the names of persons."""

_MORE_TITLES: Final = """
akhond akhund alhaji brig captain capt comandante hajj khwaja lieutenant maulavi maulawi mawlana molavi moulavi mufti
qazi saheb sahib sheykh ustad ustaz
"""
MORE_TITLES: Final = frozenset(_MORE_TITLES.split())
"""Titles that the second manner knows beside."""


_OF_COUNTRIES: Final = """
afghan:afghanistan belarusian:belarus burmese:burma chinese:china colombian:colombia congolese:congo cuban:cuba
egyptian:egypt eritrean:eritrea indonesian:indonesia iranian:iran iraqi:iraq korean:korea lebanese:lebanon libyan:libya
malian:mali mexican:mexico nicaraguan:nicaragua pakistani:pakistan palestinian:palestine russian:russia somali:somalia
sudanese:sudan syrian:syria turkish:turkey ukrainian:ukraine venezuelan:venezuela yemeni:yemen zimbabwean:zimbabwe
"""
_ABROAD: Final = """
agropecuaria:agricultural asociacion:association aviacion:aviation aviatsiya:aviation banco:bank banka:bank
brigada:brigade brigades:brigade centro:center comercial:commerce comercializadora:commerce comercio:commerce
construcciones:construction constructora:construction consultores:consulting consultoria:consulting
cooperativa:cooperative empresa:enterprise empresas:enterprise exportadora:export finans:finance fundacion:foundation
gruppa:group grupo:group hospitales:hospital importadora:import industrias:industry ingenieria:engineering
instituto:institute internacional:international inversiones:investment inversora:investment inzhiniring:engineering
kapital:capital kommercheskaya:commerce kommercheski:commerce kommercheskii:commerce kommercheskiy:commerce
kommercheskoe:commerce kompaniya:company konsalting:consulting kontsern:group korporatsiya:corporation
logistika:logistics menedzhment:management ministerio:ministry minera:mining nacional:national
nauchno:research predpriyatie:enterprise proekt:project promyshlennost:industry promyshlennaya:industry
respubliki:republic restaurante:restaurant sanayi:industry seguros:insurance servicio:service servicios:service
shyp:ship stroitelstvo:construction sudostroitelnaya:shipbuilding sudostroitelny:shipbuilding taller:workshop
tekhnologii:technology tekhnologiya:technology teknolodzhiz:technology ticaret:trade torgovaya:trade torgovy:trade
torgovyi:trade torgovyy:trade transporte:transport transportes:transport tsentr:center tsentralnaya:central
universidad:university universitesi:university uluslararasi:international vertolety:helicopters yuzhny:southern
zavod:plant
"""
_MORE_USUAL: Final = MappingProxyType(
    {
        "aircompany": "air",
        "banking": "bank",
        "concern": "group",
        "engineers": "engineering",
        "exch": "exchange",
        "firm": "group",
        "furnishing": "furniture",
        "holding": "group",
        "holdings": "group",
        "institut": "institute",
        "jewellery": "jewelry",
        "lab": "laboratory",
        "lines": "line",
        "managing": "management",
        "sankt": "saint",
        "serv": "service",
        "shpg": "shipping",
        "transportation": "transport",
        "transports": "transport",
        "trdg": "trading",
        "universitet": "university",
        **dict(pair.split(":") for pair in f"{_OF_COUNTRIES} {_ABROAD}".split()),
    }
)
"""Words of organisations that the second manner reads as one: abbreviations, adjectives of countries, and the words for
their kind as Russian, Spanish and Turkish names have them in Latin letters."""


def more_usual(text: str) -> str:
    """Return the usual form of a word by what the second manner knows beside."""
    return usual(_MORE_USUAL.get(text, text))


def usual(text: str) -> str:
    """Return the usual form of a word: abbreviations written out, and one form for all interchangeable words."""
    return _USUAL.get(text, text)
