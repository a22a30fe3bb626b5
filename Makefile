# Cuadre: `make` lists what can be done. A fresh machine needs Python >= 3.11 with venv and pip, make, a package index.
PYTHON ?= python3
BIN := .venv/bin
TESTS ?=

.DEFAULT_GOAL := help

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

demo: install ## the whole way, from local books to QuickBooks, against the built-in sandbox
	@$(BIN)/cuadre demo

console: install ## the demo's books and troubles in the console: prints address, user and a one-time password
	@$(BIN)/cuadre demo --site

test: install-dev ## all tests; starts the databases that it needs by itself
	$(BIN)/pytest $(TESTS)

check: install-dev ## format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: install-dev ## write the code as the formatter wants it
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

benchmarks: install-dev ## deterministic counts: rows, queries, calls
	$(BIN)/python -m benchmarks.idle_poll
	$(BIN)/python -m benchmarks.sandbox_speed
	$(BIN)/python -m benchmarks.console
	$(BIN)/python -m benchmarks.engine --counts

bench: install-dev ## what the engine costs beside a plain python-quickbooks loop: about ten minutes, JSON on the last line
	$(BIN)/python -m benchmarks.engine

draws: install-dev ## a hundred thousand numbers drawn by eight threads on both databases
	$(BIN)/python -m benchmarks.number_draws

fuzz: install-dev ## a hundred thousand bent requests to the sandbox: FIRST=1 REQUESTS=100000
	$(BIN)/python -m benchmarks.sandbox_fuzz --first $(or $(FIRST),1) --requests $(or $(REQUESTS),100000)

simulate: install-dev ## whole lives from seeds, with faults, deaths and outsiders: FIRST=1 SEEDS=200 TRACE=
	@$(BIN)/python -m tests.simulation.run --first $(or $(FIRST),1) --seeds $(or $(SEEDS),200) $(if $(TRACE),--trace)
chaos: install-dev ## kill -9 of daemons and of the database server, hundreds of times: SEED=1 KILLS=200
	$(BIN)/python -m tests.chaos --seed $(or $(SEED),1) --kills $(or $(KILLS),200)

mutants: install-dev ## removes the guards one at a time; the tests must notice each time
	@$(BIN)/python -m tests.mutants $(WORDS)

install: .venv/.runtime ## .venv/bin/cuadre, from the lock file

install-dev: .venv/.dev ## what tests and checks need besides

.venv/.runtime: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Cuadre needs Python 3.11 or newer; say make PYTHON=python3.11" if sys.version_info < (3, 11) else 0)'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing what requirements.lock names ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev: .venv/.runtime requirements-dev.lock
	@echo "Installing what requirements-dev.lock names ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

lock: install-dev ## resolve the dependencies anew
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url -o requirements.lock pyproject.toml
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --extra dev -c requirements.lock -o requirements-dev.lock pyproject.toml

clean: ## forget the environment
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache

.PHONY: help demo console test check format benchmarks bench draws fuzz simulate install install-dev lock clean
.PHONY: chaos mutants
