# Everything a newcomer needs: `make demo` and `make test`. Each does all of its own set-up. `make help` lists the rest.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CHECKERS := .venv-checkers
DATA ?= ../shared/data
COUNT ?= 300

.PHONY: help demo pictures test check checkers lint unit coverage laws simulate simulate-mutants simulate-machine bench bench-pairs bench-portfolio bench-publish bench-console bench-crowd bench-desk bench-door bench-starting bench-switching bench-waiting bench-books bench-funds bench-growth bench-imports bench-ledger bench-money bench-names bench-papers bench-registers bench-screening mutation mutation-workflows chaos chaos-ledger rule-book lock sbom clean bench-api bench-follow bench-rerun

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/.embedded  ## everything on this machine, on invented data
	$(BIN)/accord demo $(if $(ONCE),--once)

# Type checking takes a minute of one core: it goes on beside the tests, which wait for servers now and then.
test: $(VENV)/.dev  ## what the continuous integration runs: lint, types, walls, and the suite of every day
	@$(MAKE) --no-print-directory --jobs=2 lint unit
# The long runs whose short forms are in `make test`; docs/measurements.md cites them. Hours on a small machine.
check: lint $(CHECKERS)/.made  ## the long runs: every test at its full length, twenty simulated scripts and their mutants, chaos, mutation
	THOROUGH=1 $(BIN)/pytest -n 4 --dist worksteal -m 'slow or not slow'
	REQUIRE_BROWSER=1 $(BIN)/pytest tests/accord/console
	$(BIN)/python -m tests.simulation.run --seeds 20
	$(BIN)/python -m tests.simulation.run_mutants
	$(BIN)/python -m tests.chaos.run partnerships
	$(BIN)/python -m tests.chaos.run door
	$(BIN)/python -m tests.chaos.run ledger
	$(BIN)/python -m tests.fuzz.run
	$(BIN)/python -m tests.drills.run restore
	$(BIN)/python -m tests.drills.run failover
	$(BIN)/python -m tests.drills.run upgrade
	$(BIN)/python -m tests.drills.run temporal
	$(BIN)/python -m tests.drills.run keys
	$(BIN)/python -m tests.drills.run secrets
	$(BIN)/python -m tests.drills.run disks
	$(BIN)/python -m tests.drills.run clocks
	$(BIN)/python -m bench.mutation
	$(BIN)/python -m bench.mutation workflows

checkers: $(CHECKERS)/.made  ## programs that check what is published, in an environment of their own

lint: $(VENV)/.dev  ## ruff, mypy, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# A run starts hundreds of processes: each would compile the product anew where no compiled file may be kept.
unit: export PYTHONDONTWRITEBYTECODE =
unit: $(VENV)/.dev  ## the tests
	$(BIN)/pytest -n 4 --dist worksteal

coverage: $(VENV)/.dev  ## the tests, and which lines and branches of the product none of them reaches
	$(BIN)/pytest -n 4 --dist worksteal --cov --cov-report=term

laws: $(VENV)/.dev  ## the two laws of the rules, and how often each field of a proposal turned an outcome
	$(BIN)/pytest -s -m 'slow or not slow' tests/domain/policy/newer/test_two_laws.py

bench: $(VENV)/.dev  ## a lifecycle beside a bare workflow; decisions re-run
	$(BIN)/python -m bench.lifecycle
	$(BIN)/python -m bench.whatif

# This tree beside an earlier one, in interleaved pairs; WORK=lifecycles measures one kind of work alone.
bench-pairs: $(VENV)/.dev
	$(BIN)/python -m bench.pairs --before $(or $(BEFORE),$(error say which commit: make bench-pairs BEFORE=...)) $(if $(WORK),--work $(WORK))

bench-portfolio: $(VENV)/.dev
	$(BIN)/python -m bench.portfolio --data $(DATA) --count $(COUNT)

bench-rerun: $(VENV)/.dev  ## a draft edition over ten thousand decisions of a year
	$(BIN)/python -m bench.rerun

bench-screening: $(VENV)/.dev
	$(BIN)/python -m bench.screening --data $(DATA) $(if $(LOGIC_V2),--logic-v2 $(LOGIC_V2))

bench-registers: $(VENV)/.dev
	$(BIN)/python -m bench.registers --data $(DATA)

bench-names: $(VENV)/.dev
	$(BIN)/python -m bench.names --data $(DATA)

# How late a worker's loop is while lists switch; what a worker of partnerships takes.
bench-switching: $(VENV)/.dev
	$(BIN)/python -m bench.switching --data $(DATA)

# Papers of 1 MB put, examined and opened, beside a plain copy of the same bytes, as with PAPERS=2000.
bench-papers: $(VENV)/.dev
	$(BIN)/python -m bench.papers $(if $(PAPERS),--count $(PAPERS))

# How long a person waits while a register touches very many partnerships, as with PARTNERSHIPS=10000.
bench-waiting: $(VENV)/.dev
	$(BIN)/python -m bench.waiting $(if $(PARTNERSHIPS),--count $(PARTNERSHIPS))

# Events read over HTTP beside reading the table, as with EVENTS=200000.
bench-api: $(VENV)/.dev
	$(BIN)/python -m bench.api $(if $(EVENTS),--events $(EVENTS))

# Reservations of funds beside bare appends; what one costs as the ledger grows, as with SIZES="2000 2000000".
bench-funds: $(VENV)/.dev
	$(BIN)/python -m bench.funds $(if $(SIZES),--sizes $(SIZES))

# The book made anew beside bare reading, as with EVENTS=1000000.
bench-books: $(VENV)/.dev
	$(BIN)/python -m bench.books $(if $(EVENTS),--events $(EVENTS))

# A ledger followed over its API by an auditor, beside reading its table, as with EVENTS=5000.
bench-follow: $(VENV)/.dev
	$(BIN)/python -m bench.following $(if $(EVENTS),--events $(EVENTS))

# Every publication of so many grants beside bare reading, as with PARTNERSHIPS=10000.
bench-publish: $(VENV)/.dev
	$(BIN)/python -m bench.publishing $(if $(PARTNERSHIPS),--partnerships $(PARTNERSHIPS))

# A bank's message matched, a statement's entries explained, the book made anew and reservations of funds, as with PAYMENTS=10000 EVENTS=1000000.
bench-money: $(VENV)/.dev
	$(BIN)/python -m bench.money $(if $(PAYMENTS),--payments $(PAYMENTS)) $(if $(EVENTS),--events $(EVENTS))

# A table of partnerships of before checked, screened and written, as with ROWS=5000.
bench-imports: $(VENV)/.dev
	$(BIN)/python -m bench.imports --data $(DATA) $(if $(ROWS),--rows $(ROWS))

# What operators wait for as the ledger grows, as with PARTNERSHIPS=20000.
bench-growth: $(VENV)/.dev
	$(BIN)/python -m bench.growth $(if $(PARTNERSHIPS),--count $(PARTNERSHIPS))

bench-starting: $(VENV)/.dev
	$(BIN)/python -m bench.starting

# REVIEW=folder: every page instead, light and dark, wide and narrow.
pictures: $(VENV)/.dev  ## the pictures in the README, of a running `make demo`
	$(BIN)/python -m docs.take_pictures $(if $(REVIEW),--review $(REVIEW))

bench-console: $(VENV)/.dev
	$(BIN)/python -m bench.console $(if $(PARTNERSHIPS),--count $(PARTNERSHIPS))

bench-crowd: $(VENV)/.dev
	$(BIN)/python -m bench.crowd

# Twelve tasks of four roles in Chromium, on a demo of its own; HERE=1: on the one that runs in this folder.
bench-desk: $(VENV)/.dev
	$(BIN)/python -m bench.desk $(if $(HERE),--here)

# The grantee's door on one core beside the console, as with FORMS=200 SECONDS=60 UPLOADS=50 SUBMISSIONS=500.
bench-door: $(VENV)/.dev
	$(BIN)/python -m bench.door $(if $(FORMS),--forms $(FORMS)) $(if $(SECONDS),--seconds $(SECONDS)) $(if $(UPLOADS),--uploads $(UPLOADS)) $(if $(SUBMISSIONS),--submissions $(SUBMISSIONS))

bench-ledger: $(VENV)/.dev
	$(BIN)/python -m bench.ledger $(if $(GROWTH),--growth $(GROWTH))

# Changes the rule book one place at a time; the specifications must notice.
mutation: $(VENV)/.dev  ## change the rule book one place at a time; the specifications must notice
	$(BIN)/python -m bench.mutation

mutation-workflows: $(VENV)/.dev  ## change the workflows one place at a time; the golden histories must notice
	$(BIN)/python -m bench.mutation workflows

rule-book: $(VENV)/.dev  ## write docs/rule-book.md anew
	$(BIN)/accord policy list --format markdown > docs/rule-book.md

chaos: $(VENV)/.dev  ## kill servers while partnerships are in flight; restore drills
	$(BIN)/python -m tests.chaos.run partnerships $(if $(SEED),--seed $(SEED))
	$(BIN)/python -m tests.chaos.run door $(if $(SEED),--seed $(SEED))

# One script of people, bank, operators and misfortune, in process, from a seed; `SEEDS=n` plays so many.
simulate: $(VENV)/.dev  ## scripts of people, bank, intruders and misfortune, from a seed
	$(BIN)/python -m tests.simulation.run $(if $(SEED),--seed $(SEED)) $(if $(STEPS),--steps $(STEPS)) $(if $(SEEDS),--seeds $(SEEDS))

# Takes one mend after the other out of the product; each must be found by one of the first twenty scripts.
simulate-mutants: $(VENV)/.dev
	$(BIN)/python -m tests.simulation.run_mutants $(if $(ONLY),--only "$(ONLY)") $(if $(SEEDS),--seeds $(SEEDS))

# The same steps, chosen by hypothesis, which makes a script that breaks a promise as short as it can.
simulate-machine: $(VENV)/.dev
	ACCORD_SIMULATION_EXAMPLES=$(or $(EXAMPLES),50) $(BIN)/pytest tests/simulation/test_machine.py

# Kills and freezes PostgreSQL and appending processes under load; a checker that shares no code judges.
chaos-ledger: $(VENV)/.dev
	$(BIN)/python -m tests.chaos.run ledger $(if $(SEED),--seed $(SEED)) $(if $(CYCLES),--cycles $(CYCLES))

# What operators fear, done on purpose, from the PostgreSQL that is installed. `KEY=ledger.key TO=checkpoints` signs a certificate.
# `ACCORD_OLDER_POSTGRES=folder` names the programs of an older PostgreSQL, for its own upgrade.
drill-faults: drill-keys drill-secrets drill-disks drill-clocks  ## lose keys, change secrets, fill disks, move clocks
drill-restore drill-failover drill-upgrade drill-temporal drill-keys drill-secrets drill-disks drill-clocks: $(VENV)/.dev  ## lose a database, a primary, Temporal; upgrade; each promise is tried
	$(BIN)/python -m tests.drills.run $(@:drill-%=%) $(if $(SEED),--seed $(SEED)) $(if $(KEY),--key $(KEY) --to $(TO))

# `INPUTS=n` for each parser of bytes from outside: crashes, hangs, over-memory and quadratic time are faults.
fuzz: $(VENV)/.dev  ## rubbish for every parser of registers, bank messages, proposals, passkeys, payloads, proofs
	$(BIN)/python -m tests.fuzz.run $(if $(INPUTS),--inputs $(INPUTS)) $(if $(SEED),--seed $(SEED))

# Pins every dependency with hashes, for all supported Pythons at once. The sets are installed beside each other, so
# what one pins binds the next.
LOCKED = --quiet --universal --python-version 3.11 --generate-hashes --no-header --upgrade --overrides requirements/without.txt
lock: $(VENV)/.dev  ## pin every dependency anew, with hashes
	$(BIN)/pip install --quiet 'uv>=0.9'
	cd requirements && ../$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-header --upgrade build.in -o build.txt
	$(BIN)/uv pip compile $(LOCKED) --constraint requirements/build.txt --extra dev pyproject.toml -o requirements/dev.txt
	$(BIN)/uv pip compile $(LOCKED) --constraint requirements/dev.txt pyproject.toml -o requirements/runtime.txt
	$(BIN)/uv pip compile $(LOCKED) --constraint requirements/dev.txt $(addprefix --extra ,console letters mail papers traces) \
		pyproject.toml -o requirements/console.txt
	$(BIN)/uv pip compile $(LOCKED) --constraint requirements/dev.txt --extra embedded pyproject.toml -o requirements/embedded.txt
	cd requirements && ../$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-header --upgrade --constraint build.txt checkers.in -o checkers.txt

# Fills an empty folder as the image is filled, and writes what is in it: .image/accord.cdx.json. `SET=embedded` for a trial's image.
sbom: $(VENV)/.dev  ## what the image holds, as a bill of materials
	rm -rf .image
	sh deploy/image/fill.sh .image/accord $(or $(SET),console) .image/state
	$(BIN)/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible --output-file .image/accord.cdx.json .image/accord/bin/python

clean:  ## remove what was built
	rm -rf $(VENV) $(CHECKERS) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build *.egg-info

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit("Accord needs Python 3.11 or newer, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.embedded: requirements/build.txt requirements/embedded.txt pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/build.txt -r requirements/embedded.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

# What the checkers bring, an object database among it, is no part of what Accord is developed with. One is built from
# its source, so that the packages that build are there first.
$(CHECKERS)/.made: requirements/build.txt requirements/checkers.txt | $(BIN)/python
	$(BIN)/python -m venv --clear $(CHECKERS)
	$(CHECKERS)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/build.txt
	$(CHECKERS)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --require-hashes -r requirements/checkers.txt
	touch $@

$(VENV)/.dev: requirements/build.txt requirements/dev.txt pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/build.txt -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@ $(VENV)/.embedded
