# Everything a person does with a checkout. `make` alone says what there is.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
# Two at once: npm has its turn while pip has its own.
MAKEFLAGS += --no-print-directory -j2

# The first Python that really starts and is new enough; override with `make PYTHON=...`.
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3.14 python3; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$p"; break; }; done)
export PYTHON

# Test processes at once; a file's tests stay in one of them. One more than two cores: some tests wait.
TESTERS ?= 3
# Tests write thousands of small databases: in memory where there is room, so that no disk is waited for.
TEMPORARY := $(shell [ -d /dev/shm ] && [ "$$(df -Pk /dev/shm | awk 'NR == 2 {print $$4}')" -gt 4000000 ] \
	&& echo /dev/shm)
PYTEST = PYTEST_DEBUG_TEMPROOT=$(TEMPORARY) $(VENV)/bin/python -m pytest -o tmp_path_retention_policy=failed
VENV := .venv
ATLAS := $(VENV)/bin/arsenal-atlas
FRONTEND := dashboard/frontend
FRONTEND_SOURCES = $(shell find $(FRONTEND) \( -name node_modules -o -name build -o -name .test \) -prune -o -type f -print)
MODULES := $(FRONTEND)/node_modules/.package-lock.json
STATIC := dashboard/static/atlas-map.js

##@ Use it

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^##@/ {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2} END {print ""}' Makefile

.PHONY: install
install: $(VENV)/.run-stamp $(STATIC) ## Everything the atlas needs, into .venv, and the offline gazetteer
	@$(ATLAS) db gazetteer
	@echo "Installed. Start the atlas with 'make run', or use $(ATLAS)."

.PHONY: run
run: $(VENV)/.run-stamp $(STATIC) ## Start the atlas on this computer (PORT=8600, ARGS=... for more options)
	@$(ATLAS) run $(if $(PORT),--port $(PORT)) $(ARGS) || [ $$? -eq 130 ]

.PHONY: wheel
wheel: $(VENV)/.run-stamp $(STATIC) ## Build dist/*.whl and prove that it runs in an empty environment
	@rm -rf dist && $(VENV)/bin/python -m hatchling build -t wheel
	@$(VENV)/bin/python scripts/verify_wheel.py dist/*.whl

##@ Work on it

.PHONY: test
test: $(VENV)/.dev-stamp $(STATIC) front-end-tests programs ## Set up what tests need, then run all of them (ARGS="-k dates")
	@chromium=$$(scripts/setup chromium); echo "== Python tests"; \
		CHROMIUM=$$chromium $(PYTEST) -n $(TESTERS) --dist loadfile --no-loadscope-reorder $(ARGS)

.PHONY: soak
soak: $(VENV)/.dev-stamp $(STATIC) programs ## The tests that take long: thousands of crashes, restarts, outages (ARGS="-k kill")
	@chromium=$$(scripts/setup chromium); CHROMIUM=$$chromium $(VENV)/bin/python -m pytest -m soak $(ARGS)

.PHONY: check
check: $(VENV)/.dev-stamp $(STATIC) ## Style, types, floors, docstrings, locks: everything but tests
	@scripts/check

.PHONY: audit
audit: $(VENV)/.dev-stamp $(MODULES) ## Ask for known vulnerabilities of all locked packages (needs a network)
	@scripts/audit

.PHONY: format
format: $(VENV)/.dev-stamp $(MODULES) ## Put all code into the house style
	@$(VENV)/bin/ruff check --fix-only --quiet . && $(VENV)/bin/ruff format . && scripts/setup npm run format

.PHONY: bench
bench: $(VENV)/.dev-stamp $(STATIC) ## Measure speed; results go to bench-results/
	@mkdir -p bench-results; chromium=$$(scripts/setup chromium); CHROMIUM=$$chromium $(ATLAS) bench all --json $(ARGS)

.PHONY: screenshots
screenshots: $(VENV)/.dev-stamp $(STATIC) ## Photograph each page, light, dark and on a phone (build/screenshots/), and the README's pictures
	@chromium=$$(scripts/setup chromium); CHROMIUM=$$chromium $(VENV)/bin/python scripts/screenshots.py $(ARGS)

.PHONY: lock
lock: $(VENV)/.dev-stamp ## Work out locks/ again from pyproject.toml (UPGRADE=1 takes the newest versions)
	@UPGRADE="$(UPGRADE)" scripts/lock

.PHONY: clean
clean: ## Remove everything that can be made again (not your data)
	rm -rf $(VENV) dashboard/static $(FRONTEND)/node_modules $(FRONTEND)/build dist build bench-results
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find dashboard tests scripts -name __pycache__ -type d -prune -exec rm -rf {} +

# --- what the tests need besides; both find time while pip waits for its packages

.PHONY: front-end-tests
front-end-tests: $(STATIC)
	@scripts/setup npm test

.PHONY: programs
programs:
	@scripts/setup postgres
	@scripts/setup nginx
	@scripts/setup chromium >/dev/null

# --- the steps behind them; each leaves a stamp, so that the next run does only what changed

$(VENV)/.pip-stamp: locks/pip.txt
	@scripts/setup venv && touch $@

$(VENV)/.run-stamp: locks/run.txt pyproject.toml $(VENV)/.pip-stamp
	@scripts/setup packages locks/run.txt && touch $@

# It holds all of locks/run.txt, in the same versions.
$(VENV)/.dev-stamp: locks/dev.txt pyproject.toml $(VENV)/.pip-stamp
	@scripts/setup packages locks/dev.txt && touch $(VENV)/.run-stamp $@

$(MODULES): $(FRONTEND)/package-lock.json $(FRONTEND)/package.json | $(VENV)/.pip-stamp
	@scripts/setup npm ci && touch $@

$(STATIC): $(MODULES) $(FRONTEND_SOURCES)
	@scripts/setup npm run build && touch $@
