# Linli: everything a newcomer types. Python >= 3.11 and make are enough; `make help` lists it all.
PYTHON ?= python3
PORT ?= 8000
T ?= tests
BIN := .venv/bin
PIP := $(BIN)/python tools/install.py
FLASK := $(BIN)/flask --app wsgi
UV ?= uv
# Two test processes unless told otherwise: more than that and the databases' disks are the limit.
JOBS ?= 2
# Not among the quick tests: `make check` runs the first, .ci/run the second, `make prove` the third.
LATER := --ignore=tests/architecture --ignore=tests/journeys --ignore=tests/proof

.PHONY: help run test check lint prove bench shots migrate lock
.DEFAULT_GOAL := help

help: ## list these targets
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 16

run: ## serve the demo town at http://127.0.0.1:8000 (PORT=8080 changes it, DEMO=no starts your own)
	@PORT=$(PORT) $(PYTHON) tools/serve.py check
	@$(MAKE) --no-print-directory .venv/.run
	@PORT=$(PORT) exec $(BIN)/python tools/serve.py

test: .venv/.dev ## the quick tests (T=tests/forum for some of them)
	@$(BIN)/python -m pytest $(T) -n $(JOBS) $(if $(filter tests,$(T)),$(LATER))

check: .venv/.dev lint ## structure, types, languages and migrations
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/mypy
	@$(BIN)/python -m pytest tests/architecture -q -p no:randomly
	@$(FLASK) i18n check
	@$(BIN)/python tools/check_migrations.py

lint: .venv/.dev ## ruff and djlint
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/djlint app --lint --quiet

prove: .venv/.dev ## the full-size proofs, results in docs/proof.md (up to 90 minutes)
	@$(BIN)/python tools/prove.py

bench: .venv/.dev ## measure pages and flows beside the floor, results in docs/performance.md
	@$(BIN)/python -m bench

shots: .venv/.dev ## pictures of the main pages in shots/
	@$(BIN)/python tools/shots.py

migrate: .venv/.run ## bring the database to the newest tables
	@$(FLASK) db upgrade

lock: ## rewrite both lock files from the .in files (needs uv)
	@for f in requirements requirements-dev; do \
	  $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	    --no-annotate --no-emit-index-url $$f.in -o $$f.txt || exit 1; done

.venv/.run: requirements.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(PIP) --only-binary :all: -r requirements.txt
	@touch $@

.venv/.dev: .venv/.run requirements-dev.txt
	@$(PIP) -r requirements-dev.txt
	@touch $@
