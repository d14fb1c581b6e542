"""Nicknames and the full names that they stand for: Bill for William, Sasha for Alexander.

The list is our own and short: common English, Spanish and Russian short forms that no spelling rule yields. A form that
is merely the beginning of the full name is listed only if it is too short to match as a misspelling of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from registers.matching.words.romanisation import normalised_spelling

_CALLED: Final = """
alexander: alex sasha sanya; alexandra: alex sasha; alexei: alyosha lyosha; anatoly: tolya; andrew: andy drew;
anthony: tony toni; antonio: tono; arkady: arkasha; barbara: barb; benjamin: benny benji; boris: borya;
charles: charlie chuck; christopher: chris; christine: chris chrissy; daniel: danny dan; david: dave; deborah: debbie;
dmitry: dima mitya; donald: don; edward: eddie ted teddy; elizabeth: liz beth betty; eugene: gene; evgeny: zhenya;
francis: frank frankie; francisco: paco pancho; gennady: gena; gregory: greg; grigory: grisha; guillermo: memo;
ignacio: nacho; ivan: vanya; jacob: jake; james: jim jimmy jamie; jennifer: jen jenny; jesus: chuy chucho;
john: jack johnny; jose: pepe; joseph: joe joey; joshua: josh; katherine: kate kathy katie; konstantin: kostya;
lawrence: larry; leonid: lyonya; manuel: manolo; margaret: maggie peggy meg; matthew: matt;
michael: mike mick mickey; mikhail: misha; nicholas: nic nick nicky; nikolai: kolya; patricia: pat patty; pavel: pasha;
peter: pete; pyotr: petya; rebecca: becky; richard: rick dick ricky; robert: bob bobby rob robbie; roberto: beto;
ronald: ron ronnie; samuel: sam sammy; stephen: steve; steven: steve; susan: sue susie; svetlana: sveta;
tatiana: tanya; theodore: ted theo; thomas: tom tommy; timothy: tim; victor: vic; victoria: vicky; viktor: vitya;
vladimir: vlad volodya vova; vyacheslav: slava; william: bill billy will willy; yekaterina: katya; yelena: lena;
yuri: yura
"""


_NEIGHBOURS: Final = """
vladimir: volodymyr uladzimir wladimir; nikolai: mykola mikalai mikalay nikolaos nikos; alexander: oleksandr
aliaksandr olexandr aleksandr; alexei: oleksii oleksiy aliaksei alexey; sergei: serhii serhiy siarhei; dmitry: dmytro
dzmitry; andrei: andrii andriy; yevgeny: yevhen evgeny yauheni; viktor: viktar; mikhail: mykhailo mikhas; peter: petro
pyotr petr; igor: ihor ihar; oleg: oleh aleh; elena: olena alena yelena; anna: hanna; pavel: pavlo paval; vasily:
vasyl; grigory: hryhorii hryhoriy; konstantin: kostiantyn kanstantsin; maxim: maksym maksim; roman: raman; yury: yurii
iurii jurij juri; stepan: stefan; georgy: georgi giorgi heorhii; vladimirovich: uladzimiravich volodymyrovych
wladimirowitsch; nikolaevich: mikalaevich mikalayevich mykolaiovych mykolayovych; alexandrovich: aliaksandravich
oleksandrovych alyaksandravich; grigoryevich: hryhoryavich hryhorovych ryhoravich; sergeevich: siarheevich syarheevich
serhiiovych serhiyovych; dmitrievich: dzmitryevich dmytrovych; viktorovich: viktaravich; mikhailovich: mykhailovych
mikhailavich; igorevich: iharavich ihorovych; pavlovich: paulavich; yevgenyevich: yauhenavich yevhenovych
"""
"""Names as neighbouring languages write them, each beside one of its forms."""


def _by_nickname(table: str) -> Mapping[str, tuple[str, ...]]:
    formal_names = defaultdict[str, list[str]](list)
    for entry in table.split(";"):
        formal, nicknames = entry.split(":")
        for nickname in nicknames.split():
            formal_names[nickname].append(normalised_spelling(formal.strip()))
    return MappingProxyType({nickname: tuple(names) for nickname, names in formal_names.items()})


_FORMAL: Final = _by_nickname(_CALLED)
_VARIANTS: Final = _by_nickname(_NEIGHBOURS)


def formal_names(word: str) -> tuple[str, ...]:
    """Return the full names, normalised, that a nickname stands for, or () if the word is not a nickname."""
    return _FORMAL.get(word, ())


def variants(word: str) -> tuple[str, ...]:
    """Return the forms, normalised, beside which neighbouring languages write a name, or () if none is known."""
    return _VARIANTS.get(word, ())
