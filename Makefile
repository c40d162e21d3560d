# Two commands to try Zuruf: `make demo` and `make test`. Both set everything up on a fresh Debian 12 with Python 3.11.
# As root (or with sudo without a password) missing Debian packages are installed; otherwise you are told which.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
INSTALLED_DEV := $(VENV)/.installed-dev
SYNAPSE := .venv-synapse
INSTALLED_SYNAPSE := $(SYNAPSE)/.installed
STRICT := tests/servers/strict
# Twice as many as a small machine has cores: much of the time a test waits for another process.
WORKERS ?= 4
LONG_WORKERS ?= 2  # what is long is crowds
RERUN := --reruns 1 -r fER  # a stall of a shared machine is not a defect; what was rerun is named
# The tests' files in memory, where there is room: each commit of a database waits for the disk otherwise.
MEMORY := $(shell [ "$$(df --output=avail /dev/shm 2>/dev/null | tail -1)" -gt 4000000 ] 2>/dev/null && echo TMPDIR=/dev/shm)
# Compiled modules are kept, whatever the machine says: the suite starts some hundred processes.
unexport PYTHONDONTWRITEBYTECODE
SUITE = $(MEMORY) $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

REAL_SIGNAL := $(VENV)/real-signal
REAL_SIGNAL_PINS := tests/adapters/signal/real

.PHONY: help install demo real-signal test suite test-long attack release-check lint bench lock coverage clean system-base system-test

help:            ## What can be made
	@grep -hE '^[a-z-]+: .*##|^[a-z-]+:  +##' $(MAKEFILE_LIST) | sed -E 's/:.*## */\t/' | expand -t 16

system-base:
	@.ci/packages base

system-test:
	@.ci/packages base test

install: $(INSTALLED)  ## .venv with everything Zuruf needs to run

$(INSTALLED): requirements.lock pyproject.toml
	@$(MAKE) --no-print-directory system-base
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(INSTALLED_DEV): $(INSTALLED) requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

# What the tests of Matrix talk to: a homeserver, Node, and a client that nobody here wrote. Never needed to run Zuruf.
$(INSTALLED_SYNAPSE): tests/servers/synapse.lock $(STRICT)/package-lock.json
	@test -x $(SYNAPSE)/bin/python || $(PYTHON) -m venv $(SYNAPSE)
	$(SYNAPSE)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/servers/synapse.lock
	PATH="$(CURDIR)/$(SYNAPSE)/bin:$$PATH" npm ci --prefix $(STRICT) --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

$(SYNAPSE): $(INSTALLED_SYNAPSE)

demo: $(INSTALLED)  ## Start Zuruf with a sample survey; no server and no token needed
	@exec $(BIN)/zuruf demo

lint: $(INSTALLED_DEV)  ## Style, types, arrows between the rooms
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

$(REAL_SIGNAL)/.installed: $(INSTALLED_DEV) $(INSTALLED_SYNAPSE) $(REAL_SIGNAL_PINS)/package-lock.json $(REAL_SIGNAL_PINS)/requirements.lock
	@$(MAKE) --no-print-directory system-test
	@mkdir -p $(REAL_SIGNAL)
	@cp $(REAL_SIGNAL_PINS)/package.json $(REAL_SIGNAL_PINS)/package-lock.json $(REAL_SIGNAL)/
	PATH="$(CURDIR)/$(SYNAPSE)/bin:$$PATH" npm ci --prefix $(REAL_SIGNAL) --ignore-scripts --no-audit --no-fund --loglevel=error
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --upgrade \
	  --target $(REAL_SIGNAL)/python -r $(REAL_SIGNAL_PINS)/requirements.lock
	@touch $@

real-signal: $(REAL_SIGNAL)/.installed  ## The emulator against the real signal-cli, and talks through two real ones
	$(BIN)/python -m pytest -n0 tests/adapters/signal/test_real_daemon.py tests/adapters/signal/test_real_conversation.py $(ARGS)

test: $(INSTALLED_DEV) $(INSTALLED_SYNAPSE)  ## Style and the suite side by side (under 8 minutes on 2 cores)
	@$(MAKE) --no-print-directory system-test
	@$(MAKE) --no-print-directory $(REAL_SIGNAL)/.installed
	@$(MAKE) --no-print-directory --jobs 2 suite lint

suite:
	$(SUITE) -m "not long" $(RERUN) $(ARGS)

coverage: $(INSTALLED_DEV) $(INSTALLED_SYNAPSE) $(REAL_SIGNAL)/.installed  ## Which lines the suite runs; twice as slow
	@$(MAKE) --no-print-directory system-test
	$(SUITE) -m "not long" $(RERUN) --cov --cov-report=term:skip-covered $(ARGS)

test-long attack release-check: WORKERS := $(LONG_WORKERS)
test-long: $(INSTALLED_DEV) $(INSTALLED_SYNAPSE) $(REAL_SIGNAL)/.installed  ## More repetitions of each fault (under 35 minutes)
	@$(MAKE) --no-print-directory system-test
	$(SUITE) -m "long" $(RERUN) $(ARGS)

attack: $(INSTALLED_DEV) $(INSTALLED_SYNAPSE)  ## 200 citizens whose every value is a canary, on every channel and both databases; then everything is searched
	@$(MAKE) --no-print-directory system-test
	ZURUF_TEST_SCALE=full $(SUITE) -m "long or not long" $(ARGS) tests/test_privacy_canary.py \
		tests/privacy/test_disclosure_attack.py tests/storage/test_scattering.py tests/storage/test_readings.py \
		tests/storage/sandbox/test_photos.py

release-check: lint coverage test-long bench  ## The full matrix: hours
	ZURUF_TEST_SCALE=full $(SUITE) -m "long" $(RERUN) $(ARGS)

bench: $(INSTALLED_DEV) $(INSTALLED_SYNAPSE)  ## Speed against peers, in one run
	$(BIN)/python -m benchmarks.engine
	$(BIN)/python -m benchmarks.turns
	$(BIN)/python -m benchmarks.broadcast
	$(BIN)/python -m benchmarks.flood --seconds 60 --rounds 1
	$(BIN)/python -m benchmarks.rights
	$(BIN)/python -m benchmarks.channels --rooms 1000

lock:            ## Pin every dependency with hashes (needs uv; names no index)
	uv pip compile --no-strip-extras pyproject.toml --generate-hashes --no-emit-index-url --python-version 3.11 --no-header --no-annotate -q -o requirements.lock
	uv pip compile tests/servers/synapse.in --generate-hashes --no-emit-index-url --python-version 3.11 --no-header --no-annotate -q -o tests/servers/synapse.lock
	uv pip compile --no-strip-extras pyproject.toml --group dev -c requirements.lock --generate-hashes --no-emit-index-url --python-version 3.11 --no-header --no-annotate -q -o requirements-dev.lock

clean:           ## Remove what was built; the state folder stays
	rm -rf $(VENV) $(SYNAPSE) $(STRICT)/node_modules build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage
