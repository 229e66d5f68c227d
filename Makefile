# One way in. `make demo` and `make test` need python3.11 and a package registry, nothing else.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export GENOMLYSNING_ENV ?= demo
export GENOMLYSNING_HOME ?= $(CURDIR)/var
export DAGSTER_HOME ?= $(GENOMLYSNING_HOME)/dagster
export GENOMLYSNING_BUILD := $(GENOMLYSNING_HOME)/build/warehouse.duckdb
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export DO_NOT_TRACK := 1
export DAGSTER_DISABLE_TELEMETRY := 1
export GX_ANALYTICS_ENABLED := false
export PYTHONPATH := $(CURDIR)
PORT ?= 3000
# for every Python that pyproject.toml allows; neither a registry's address nor a path of this machine
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header
INSTALL := $(BIN)/uv pip install --quiet --python $(BIN)/python
MODELS := $(shell find dbt_project -path dbt_project/target -prune -o -path dbt_project/logs -prune -o -type f -print)
MANIFEST := dbt_project/target/manifest.json

.PHONY: help demo dev generate test lint lock bench bench-small figures trials audit house clean manifest

help: ## This list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: $(VENV)/runtime.stamp $(MANIFEST) ## The main job on the bundled demonstration data, from the extracts to the report
	@$(BIN)/genomlysning demo

dev: $(VENV)/runtime.stamp $(MANIFEST) ## The Dagster UI on http://127.0.0.1:3000 (PORT=...), state kept in var/
	@$(BIN)/genomlysning dev --port $(PORT)

generate: $(VENV)/dev.stamp ## Every page and the schema that are written from the code
	@$(BIN)/genomlysning generate

test: lint $(MANIFEST) browser ## Lint, types, unit, dbt, integration and browser tests
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

lint: $(VENV)/dev.stamp ## Lint, type check, and whether generated pages are up to date
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/sqlfluff lint --processes 2 --nocolor --disable-progress-bar dbt_project/models dbt_project/tests
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/mypy
	@$(BIN)/genomlysning generate --check

bench: $(VENV)/dev.stamp $(MANIFEST) ## All benchmarks beside their floors, into docs/benchmarks.md (GENOMLYSNING_KOLADA_VALUES=... for all of Kolada)
	@$(BIN)/python -m benchmarks --write

bench-small: $(VENV)/runtime.stamp $(MANIFEST) ## A few ratios on what make demo left; fails where one is twice the recorded one
	@$(BIN)/python -m benchmarks.small

figures: $(VENV)/dev.stamp ## Every printed figure of the three published documents against the reports that make demo rendered
	@$(BIN)/python -m demo.figures

trials: $(VENV)/dev.stamp $(MANIFEST) ## Faults, bad deliveries and personal data: what was tried, how often, and how many held
	@$(BIN)/python -m trials

lock: $(BIN)/uv ## The lock anew from pyproject.toml, with hashes; what is pinned stays where it can (remove a line to have its newest)
	@$(LOCK) pyproject.toml -o requirements.txt
	@$(LOCK) pyproject.toml --extra dev -c requirements.txt -o requirements-dev.txt

audit: $(VENV)/dev.stamp ## Known vulnerabilities and withdrawn releases among the pinned packages; says where it could not look
	@$(BIN)/python .ci/audit.py

house: $(VENV)/runtime.stamp ## How much code there is, counted (FROM=<commit> for a column beside it)
	@$(BIN)/python .ci/house.py $(FROM)

manifest: $(MANIFEST) ## Parse the dbt project ahead, so that starting Dagster does not

clean: ## Remove everything that was built or loaded here (the environment too)
	rm -rf $(VENV) var dbt_project/target dbt_project/logs .pytest_cache .mypy_cache .ruff_cache

# The stamp names the lock: a new lock, a new install, of nothing but files whose hashes it holds. Byte-compiling once halves every later process
# start. The clone itself is installed as it lies there (editable), for the command; what builds it is held by the lock too.
$(VENV)/runtime.stamp: requirements.txt pyproject.toml | $(BIN)/uv
	@echo "Installing the pinned packages (about half a minute, once) ..."
	@$(INSTALL) --compile-bytecode --require-hashes -r requirements.txt
	@$(INSTALL) --no-deps --build-constraints requirements-dev.txt --editable .
	@touch $@

# The installer is held by the lock as well: its lines alone are given to pip.
$(BIN)/uv:
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r <(awk '/^[^ ]/ {taken = /^uv==/} taken' requirements-dev.txt)

$(VENV)/dev.stamp: requirements-dev.txt $(VENV)/runtime.stamp
	@$(INSTALL) --compile-bytecode --require-hashes -r requirements-dev.txt
	@touch $@

$(MANIFEST): $(MODELS) $(VENV)/runtime.stamp
	@$(BIN)/dbt --quiet parse --project-dir dbt_project --profiles-dir dbt_project
	@touch $@

# Browser tests use the system's Chromium; installed here where that is possible, and skipped with a reason where it is not.
.PHONY: browser
browser:
	@command -v chromium >/dev/null || { echo "Installing chromium for the browser tests ..."; \
	  { test "$$(id -u)" = 0 && apt-get update -qq && apt-get install -y -qq chromium; } >/dev/null 2>&1 \
	  || echo "chromium is missing and could not be installed; the browser tests will say so"; }
