"""The commonest names of persons, by themselves or in any two of them: millions bear them, so they tell nobody apart.

Given names and surnames of many countries, each in one spelling. Two of them are two names, however few letters apart:
Mark and Mary, Daniel and Danilo, Chen and Chin.
"""

from __future__ import annotations

from typing import Final

from registers.matching.words.romanisation import normalised_spelling

_GIVEN_NAMES: Final = """
aaron abdul abdullah abraham adam adriana ahmed aisha albert alberto alejandro alex alexander alexandra alexei alfredo
ali alice allen amanda amina amir amit amy ana anatoly andrea andrei andrew angela anil anita anna anne anthony
antonio anwar arthur arturo ashley ashok barbara benjamin bernard betty boris brandon brian carlos carmen carol
catherine cesar charles charlotte chris christian christina christine christopher claudia craig daniel daniela danilo
david deborah dennis diana diego dmitry donald donna dorothy douglas edgar eduardo edward elena elizabeth emily emma
enrique eric ernesto eugene eva fatima felipe fernando francesco francis francisco frank gabriel gary george gerald
gloria gregory guillermo hamid hannah hans harold hassan heather hector helen henry hussein ibrahim igor irina isaac
isabel ismail ivan jack jacob jaime james jane janet javier jean jeffrey jennifer jerry jessica joan jorge jose joseph
joshua juan juana judith julia julian julie julio justin karen karim karl kate katherine keith kelly kenneth kevin
khalid kumar larry laura laurent lawrence leon leonardo leonid linda lisa lorenzo louis lucas lucia luis luisa mahmoud
manuel marco marcos margaret maria marie marina mario mark marta martha martin mary matthew mehmet michael michelle
miguel mikhail ming mohammed monica mustafa nancy natalia nathan nicholas nicole nikolai nina noah oleg olga oliver
omar oscar pablo pamela patricia patrick paul paula paulo pedro peter philip philippe priya rachel rafael rahul raj
rajesh ralph ramon ravi raymond rebecca ricardo richard robert roberto rodrigo roger roland ronald rosa roy ruben ruth
ryan saeed salem samir samuel sandra sara sarah scott sean sergei sergio sharon sofia stanislav stefan stephanie
stephen steven sunil sunita susan svetlana tatiana teresa theresa thomas timothy tyler vera victor victoria vincent
virginia vladimir walter wayne wei william xin yan yusuf
"""
_SURNAMES: Final = """
adams aguilar ahmad alexander allen alvarez anderson andersson baker bailey bell bennett bianchi brooks brown butler
campbell carter castillo castro chan chang chavez chen cheng choi clark collins cook cooper cox cruz das davis diaz
edwards evans fernandez ferrari ferreira fischer fisher flores foster garcia gomez gonzalez gray green gupta gutierrez
hall hansen harris hernandez herrera hill hoffmann howard huang hughes ivanov jackson james jenkins jimenez johnson
jones kelly khan kim king kowalski kumar kuznetsov lee levy lewis lin lopez ma marin martin martinez mendoza meyer
miller mitchell molina moore morales moreno morgan morris mueller murphy myers nelson nguyen novak ortega ortiz parker
patel perez perry petersen peterson petrov phillips popov powell price ramirez ramos reed reyes reynolds richardson
rivera roberts robinson rodriguez rogers rojas romero rossi ruiz russell russo sanchez sanders santos schmidt
schneider schulz scott sharma silva simmons singh smirnov smith sokolov souza stewart sullivan suzuki tanaka taylor
thompson torres tran turner valdez vargas vasquez vega volkov walker wang ward watson weber white williams wilson wong
wood wright wu yamamoto yang young zhang zhao zhou
"""
_COMMON: Final = frozenset(map(normalised_spelling, f"{_GIVEN_NAMES} {_SURNAMES}".split()))


def is_common(spelling: str) -> bool:
    """True if a name in normalised spelling is one of the commonest."""
    return spelling in _COMMON
