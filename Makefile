# The project's commands. Each does its own set-up: it needs Python 3.11 or later, pip and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SCHEMES := access-2024 bup-2025 surgery-2025

# Where it is set, as in many images, each of the hundreds of processes would compile every module anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run report ui test test-quick test-slow check lint types benchmarks endurance distributed lock documentation clean
.DEFAULT_GOAL := help

help: ## Say what there is.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/run.installed ## Compute 2024 and 2025 and compare them with what the government published.
	$(BIN)/python -m pipeline.showcase $(SCHEMES)

report: $(VENV)/run.installed ## Make the documents of December 2024: annex, pay list, press figures, reconciliation.
	$(BIN)/bonuspott run access-2024
	$(BIN)/bonuspott report access-2024 2024-12

ui: $(VENV)/run.installed ## Open the project in Dagster's UI, on this machine alone (127.0.0.1:3000).
	$(BIN)/python -m pipeline.user_interface

test: lint ## Lint, check types, run the tests but the slow ones.
	@$(MAKE) --no-print-directory --jobs 2 types test-quick

# Each worker has a thread for Polars: more would wait for each other.
test-quick test-slow: export POLARS_MAX_THREADS := 1

test-quick: $(VENV)/development.installed
	$(BIN)/python -m pytest -n 3 --dist worksteal -m "not slow"

# More workers: many of these tests wait for processes of their own.
test-slow: $(VENV)/development.installed ## Whole years through Dagster, kills, long fuzzing, the next line of DuckDB.
	$(BIN)/python -m pytest -n 5 --dist worksteal -m slow

check: test test-slow ## All that CI runs.

lint: $(VENV)/development.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/development.installed
	$(BIN)/mypy

benchmarks: $(VENV)/development.installed ## Measure growth, and Dagster's own floor; takes an hour, fails never.
	$(BIN)/python -m benchmarks

endurance: $(VENV)/development.installed ## Kill commands that write, a thousand times at random moments; takes hours.
	$(BIN)/python -m tests.drills.endurance

distributed: $(VENV)/development.installed ## Prove the national set-up on loopback: Postgres, Redis, workers killed on the way.
	@if [ "$$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then \
		DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet --quiet \
			--no-install-recommends postgresql redis-server >/dev/null; \
	fi
	$(BIN)/python -m deploy.loopback.proof

documentation: $(VENV)/development.installed ## Make the generated documents anew.
	$(BIN)/python -m docs.templates

lock: $(VENV)/development.installed ## Resolve the dependencies anew, with hashes.
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --custom-compile-command "make lock" --quiet -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --extra distributed --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --custom-compile-command "make lock" --quiet \
		-o requirements-distributed.lock
	$(BIN)/uv pip compile pyproject.toml --extra development --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --custom-compile-command "make lock" --quiet \
		-o requirements-development.lock

clean: ## Remove what was set up; results in data/ stay.
	rm -rf $(VENV) build dist *.egg-info

# The locks are whole, so pip has nothing to resolve: --no-deps. The build backend comes from the lock too, so that the project itself is built without a look at
# the network: --no-build-isolation. Python compiles what is imported when it is: most of what is installed never is.
$(VENV)/run.installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --no-deps --no-compile --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-compile --no-build-isolation --editable .
	@touch $@

$(VENV)/development.installed: requirements-development.lock $(VENV)/run.installed
	$(BIN)/python -m pip install --quiet --no-deps --no-compile --require-hashes -r requirements-development.lock
	@touch $@
