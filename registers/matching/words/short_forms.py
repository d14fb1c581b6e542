"""Short forms in the names of US bodies: the register's own abbreviations, well-known initials, states and numbers.

Sources: the names of the IRS master file of 2021-02 beside the names on returns of the same year; the initials by which
the bodies call themselves; ANSI INCITS 38 and Publication 28 of the US Postal Service for states.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from registers.matching.words.body_words import ABBREVIATIONS

_MORE: Final = """
acad: academy; adm: administration; admin: administration administrative; adv: advancement advanced; agcy: agency;
agr: agricultural agriculture; agric: agricultural agriculture; amb: ambulance; ambul: ambulance; amern: american;
ans: animals; arch: architectural architects archdiocese; asoc: association; ass: association assistance; assc:
association; assist: assistance assisted; asso: association; assocs: associates; asst: assistance assisted assistant;
asstd: assisted; ath: athletic athletics; athl: athletic athletics; atty: attorney; auth: authority; auxiliaries:
auxiliary; auxillary: auxiliary; ave: avenue; bd: board; ben: benefit benevolent; benev: benevolent; benf: benefit;
bldrs: builders; blvd: boulevard; boro: borough; brd: board; bsns: business; btry: battery; bur: bureau; bus:
business; cath: catholic; cem: cemetery; cemt: cemetery; cent: center central century; cert: certified; cha: chapter;
champ: championship; charit: charitable; chld: child children; chldren: children; chldrn: children; chldrns:
childrens; chmbr: chamber; chpt: chapter; chptr: chapter; chr: christian church; chrch: church; christn: christian;
chrt: charitable charter; chs: churches; chtr: charter; cir: circle; clb: club; cln: clinic; cmmty: community; cmte:
committee; cmttee: committee; cncl: council; cnsl: council; cntr: center; cntrl: central; cntrs: centers; cntry:
country; cnty: county; coll: college collegiate; com: community committee commerce; comb: combined; comms:
communications; commty: community; commun: community communication; comp: comprehensive company; comte: committee;
comty: community; concl: council; cong: congregation congregational congress; congl: congregational; conn: connecticut
connection; cons: conservation; const: construction; consv: conservation; contr: contractors; coop: cooperative;
corps: corporation; corr: correctional; cr: credit creek; crk: creek; ctl: central; ctrs: centers; cty: county city;
cult: cultural culture; daus: daughters; def: defense; dem: democratic; dent: dental; dep: department deputy; depart:
department; det: detachment; devel: development developmental; develop: development; devl: development; dio: diocese;
dir: directors; disab: disabled disability; dpt: department; dr: doctor drive; dvlp: development; dvlpmt: development;
e: east; econ: economic economics; edc: education; edl: educational; edn: education; edu: education educational;
education: educational; educatnl: educational; educl: educational; el: elementary; elem: elementary; emer: emergency;
emerg: emergency; emp: employees employee employers; empl: employees employee; employ: employees; endow: endowment;
endwmt: endowment; eng: engineers engineering english; engr: engineers; engrs: engineers; enrch: enrichment; ent:
enterprises enterprise; env: environmental environment; envir: environmental environment; environ: environmental;
epis: episcopal; episc: episcopal; evan: evangelical; evang: evangelical evangelistic; exch: exchange; exec:
executives executive; ext: extension; fac: facility faculty; fd: fund fire; fdt: foundation; fedn: federation; fell:
fellowship; fellwshp: fellowship; fin: finance financial; flwshp: fellowship; fnd: foundation fund; fndt: foundation;
fndtn: foundation; fou: foundation; foun: foundation; founda: foundation; foundat: foundation; foundati: foundation;
foundatio: foundation; fr: friends father; frnd: friends; frnds: friends; fron: front; gen: general; geneal:
genealogical; genl: general; geo: george; gr: group greater grand; grad: graduate; grd: grand; grp: group; grtr:
greater; hab: habitat; hcap: handicapped; hdq: headquarters; hg: high; hist: historical history historic; hlth:
health; hm: home; hmn: humane; hon: honor; hse: house; hsg: housing; hts: heights; hum: humane human humanities; hwy:
highway; ind: independent industries industrial indiana; indep: independent independence; indp: independent; indpt:
independent; indus: industries industrial; indust: industries industrial; info: information; ins: insurance institute;
inst: institute institution; insti: institute; instit: institute institution; instr: instruction instructors; intern:
international; internat: international; is: island; isl: island; jnt: joint; jrs: juniors; jt: joint; knts: knights;
kts: knights; lab: laboratory labor; lang: language; ldg: lodge; ldge: lodge; leag: league; lg: league lodge; lge:
league lodge; libr: library; lit: literacy literary little; lk: lake; lo: local lodge; loc: local; locl: local; ltl:
little; luthern: lutheran; manag: management; mar: marine; masonic: masons; math: mathematics; mech: mechanical; memb:
members; memor: memorial; memrl: memorial; mfg: manufacturing; mfrs: manufacturers; mgmnt: management; mgmt:
management; mgrs: managers; mid: middle; midl: middle; mil: military; mini: ministry ministries; minist: ministries
ministry; ministr: ministries ministry; mins: ministries; miss: mission missionary mississippi missions; missy:
missionary; mkt: market; mktg: marketing; mn: minnesota main; mnstries: ministries; mnstry: ministry; mo: missouri;
mtg: meeting; mtl: mental; mtn: mountain; mtns: mountains; mun: municipal; munic: municipal; mus: museum music
musical; mut: mutual; n: north; nbrhd: neighborhood; neigh: neighborhood; neighbor: neighborhood; nghbrhd:
neighborhood; nonpr: nonprofit; nor: northern; nrth: north; nrthn: northern; nurs: nursing nurses nursery; ofc:
office; ofcrs: officers; off: office officers; opp: opportunity opportunities; opport: opportunity; orch: orchestra;
ord: order; organ: organization; orgn: organization; orgztn: organization; orth: orthodox; outrch: outreach; par:
parish parents; parntrs: partners; partn: partnership; pd: police; pent: pentecostal; perf: performing; pers: persons
personnel; phil: philanthropic philharmonic; philh: philharmonic; phys: physicians physical; pk: park; pkwy: parkway;
pl: place; plng: planning; pol: police; polit: political; pre: preschool; presb: presbyterian; presby: presbyterian;
preserv: preservation; presv: preservation; prev: prevention; pri: primary; prim: primary; prin: principals; prod:
productions producers products; prof: professional professionals professors; profl: professional; profnl:
professional; progs: programs; prop: property properties; prot: protection protective; protec: protection; psych:
psychology psychological; psychol: psychological psychology; ptnrs: partners; ptnrshp: partnership; ptrs: partners;
publ: public; qtr: quarter; r: river; rd: road; rec: recreation; recov: recovery; recr: recreation; ref: reformed
refuge; reform: reformed; reg: regional region; regl: regional; rehabil: rehabilitation; rel: relief religious; relig:
religious religion; rep: republican; repub: republican; res: research resource resources reserve residential; resch:
research; resid: residents residential; resrch: research; ret: retired; retir: retirement; retire: retired retirement;
rev: revitalization reverend; rpblcn: republican; rsrch: research; rur: rural; rv: river; rvr: river; s: south; sanct:
sanctuary; schl: school; schls: schools; scho: school scholarship; schol: scholarship scholarships; scholar:
scholarship; scholr: scholarship; schs: schools; sci: science sciences; scty: society; sec: secondary security; sect:
section; sem: seminary; sen: senior; ser: service services; serv: service services; servs: services; sis: sisters; sm:
small; socty: society; spec: special; sprts: sports; sq: square; srs: seniors; srv: service services; srvc: service;
srvcs: services; srvs: services; sta: station; statn: station; stdnt: student; stu: student; stud: student students;
sub: subordinate; sup: support superintendents; supp: support; supt: superintendents; sv: service; svces: services;
symp: symphony; symph: symphony; synag: synagogue; sys: systems system; tchr: teacher; tchrs: teachers; teach:
teachers; tec: technology; technol: technology; tele: telephone; temp: temple; terr: territory terrace; thea: theater;
theat: theater theatre; theol: theological; tn: town tennessee; tour: tourism; trad: traditional; trans:
transportation; transp: transportation; treat: treatment; trn: training; trng: training; trst: trust; tst: trust; tuw:
trust; twn: town; twnshp: township; twp: township; u: united university union; uni: university; unif: unified; univer:
university; univers: university; unv: university; va: virginia valley; val: valley; vet: veterans; vetrns: veterans;
vil: village; vill: village; vlg: village; vlntr: volunteer; vly: valley; voc: vocational; vocatnl: vocational; vol:
volunteer volunteers; volun: volunteer; w: west; wash: washington; wel: welfare; welf: welfare; wk: work; wkrs:
workers; wmn: women; wmns: womens; wom: women womens; yg: young; yng: young; youths: youth; yth: youth
"""

_STATES: Final = """
ak: alaska; al: alabama; ala: alabama; ar: arkansas; ariz: arizona; ark: arkansas; az: arizona; ca: california; cal:
california; calif: california; co: colorado; colo: colorado; conn: connecticut; ct: connecticut; de: delaware; del:
delaware; fl: florida; fla: florida; ga: georgia; hi: hawaii; ia: iowa; id: idaho; il: illinois; ill: illinois; in:
indiana; kan: kansas; kans: kansas; ks: kansas; ky: kentucky; la: louisiana; ma: massachusetts; mass: massachusetts;
md: maryland; me: maine; mi: michigan; mich: michigan; minn: minnesota; miss: mississippi; mn: minnesota; mo:
missouri; mont: montana; ms: mississippi; mt: montana; ne: nebraska; neb: nebraska; nebr: nebraska; nev: nevada; nv:
nevada; oh: ohio; ok: oklahoma; okla: oklahoma; or: oregon; ore: oregon; pa: pennsylvania; penn: pennsylvania; penna:
pennsylvania; tenn: tennessee; tex: texas; tn: tennessee; tx: texas; ut: utah; va: virginia; vt: vermont; wa:
washington; wi: wisconsin; wis: wisconsin; wy: wyoming; wyo: wyoming
"""

_NUMBERS: Final = """
10th: tenth; 11th: eleventh; 12th: twelfth; 1st: first; 2nd: second; 3rd: third; 4th: fourth; 5th: fifth; 6th: sixth;
7th: seventh; 8th: eighth; 9th: ninth; eight: 8; fifty: 50; five: 5; forty: 40; four: 4; hundred: 100; ii: 2; iii: 3;
iv: 4; ix: 9; nine: 9; seven: 7; six: 6; ten: 10; thirty: 30; three: 3; twelve: 12; twenty: 20; two: 2; vi: 6; vii: 7;
viii: 8; xii: 12; xiii: 13; xiv: 14; xix: 19; xv: 15; xvi: 16; xvii: 17; xviii: 18; xx: 20
"""

_WRITTEN_OUT: Final = """
aa: alcoholics anonymous; aahoa: asian american hotel owners association; aarp: american association of retired
persons; aauw: american association of university women; afge: american federation of government employees; afp:
association of fundraising professionals; afscme: american federation of state county municipal employees; aft:
american federation of teachers; aia: american institute of architects; ama: american medical association; ame:
african methodist episcopal; aopi: alpha omicron pi; apwu: american postal workers union; arc: association retarded
citizens; aspca: american society prevention cruelty animals; awana: approved workmen are not ashamed; ayso: american
youth soccer organization; bia: building industry association; boma: building owners managers association; bpo:
benevolent protective order; bpoe: benevolent protective order elks; bpw: business professional women; bsa: boy scouts
of america; casa: court appointed special advocates; cdc: community development corporation; chadd: children adults
attention deficit disorder; cpa: certified public accountants; csea: civil service employees association; cwa:
communications workers of america; dar: daughters of the american revolution; dav: disabled american veterans; dc:
district columbia; ems: emergency medical services; emt: emergency medical technicians; es: elementary school; fbla:
future business leaders of america; ffa: future farmers of america; foe: fraternal order eagles; fop: fraternal order
police; gfwc: general federation womens clubs; habitat: habitat humanity; hba: home builders association; hfh: habitat
humanity; hoa: home owners association; hs: high school; iaff: international association fire fighters; iam:
international association machinists; iamaw: international association machinists aerospace workers; iatse:
international alliance theatrical stage employees; ibew: international brotherhood electrical workers; ibt:
international brotherhood teamsters; ila: international longshoremens association; ioof: independent order odd
fellows; iuoe: international union operating engineers; kc: knights columbus; kofc: knights columbus; lds: latter day
saints; liuna: laborers international union of north america; ll: little league; lom: loyal order moose; loom: loyal
order moose; lwv: league women voters; mlk: martin luther king; mops: mothers preschoolers; naacp: national
association advancement colored people; nalc: national association letter carriers; nami: national alliance mental
illness; narfe: national active retired federal employees association; nc: north carolina; ncaa: national collegiate
athletic association; nd: north dakota; nea: national education association; nh: new hampshire; nhl: national hockey
league; nj: new jersey; nm: new mexico; nra: national rifle association; nw: northwest; nwtf: national wild turkey
federation; ny: new york; nyc: new york city; oes: order eastern star; pba: police benevolent association; pfc: parent
faculty club; pflag: parents friends lesbians gays; pta: parent teacher association; ptc: parent teacher club; ptf:
parent teacher fellowship; ptg: parent teacher guild; ptl: parent teacher league; pto: parent teacher organization;
ptsa: parent teacher student association; ptso: parent teacher student organization; ri: rhode island; rotc: reserve
officers training corps; sc: south carolina; scca: sports car club of america; sd: south dakota; sda: seventh day
adventist; se: southeast; seiu: service employees international union; shrm: society human resource management; smwia:
sheet metal workers international association; spca: society prevention cruelty animals; sw: southwest; uaw: united
automobile workers; ucc: united church of christ; ufcw: united food commercial workers; umc: united methodist church;
umw: united methodist women; umwa: united mine workers of america; us: united states; usa: united states of america;
usbc: united states bowling congress; usda: united states department agriculture; uso: united service organizations;
uss: united states ship; usta: united states tennis association; usw: united steelworkers; utu: united transportation
union; vfd: volunteer fire department; vfw: veterans foreign wars; vva: vietnam veterans of america; wic: women
infants children; wotm: women moose; wv: west virginia; ymca: young mens christian association; ymha: young mens
hebrew association; ywca: young womens christian association; ywha: young womens hebrew association
"""


def _table(lines: str) -> dict[str, frozenset[str]]:
    entries = (entry.split(":") for entry in lines.split(";"))
    return {short.strip(): frozenset(longs.split()) for short, longs in entries}


def _merged(*tables: dict[str, frozenset[str]]) -> MappingProxyType[str, frozenset[str]]:
    words = {word for table in tables for word in table}
    return MappingProxyType({word: frozenset().union(*(table.get(word, ()) for table in tables)) for word in words})


STATES: Final = MappingProxyType(_table(_STATES))
"""The short forms of states whose names are one word. Some are words as well (`in`, `or`, `me`)."""

SHORT_FORMS: Final = _merged(dict(ABBREVIATIONS), _table(_MORE), dict(STATES), _table(_NUMBERS))
"""The words that each short form may stand for, and the figures of numbers that are written as words."""

WRITTEN_OUT: Final = MappingProxyType(
    {
        entry.split(":")[0].strip(): tuple(word for word in entry.split(":")[1].split() if word not in {"of", "the"})
        for entry in _WRITTEN_OUT.split(";")
    }
)
"""Initials that stand for several words, each with its significant words: of bodies known by them, and of states."""
