# Every target does its own set-up. `make demo` and `make test` are all a fresh machine needs (Python 3.11 or later; the kernel alone runs on 3.10).
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready

# Real parts on a busy machine may be late once; what is wrong is wrong twice.
twice = $(BIN)/python -m pytest $(1) $(2) || { \
	echo "== what failed, once more"; $(BIN)/python -m pytest --last-failed --last-failed-no-failures none $(1); }

.DEFAULT_GOAL := help
.PHONY: help demo demo-cluster test unit e2e fidelity bench lint manifests clean clean-cluster

help:            ## this list
	@grep -hE '^[a-z0-9-]+: .*##|^[a-z0-9-]+:  +##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(STAMP): pyproject.toml requirements/ci.lock
	@$(PYTHON) -c 'import sys; sys.exit("make needs Python 3.11 or later: make PYTHON=python3.12 ..." if sys.version_info < (3, 11) else 0)'
	@echo "== Python environment in $(VENV) (once)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade uv
	@$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python -r requirements/ci.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps -e .
	@$(BIN)/sojourn install --sys-prefix
	@$(BIN)/python -m ipykernel install --sys-prefix > /dev/null
	@touch $@

demo: $(STAMP)   ## a notebook killed in the middle goes on in a new process
	@$(BIN)/python examples/demo.py

demo-cluster: $(STAMP)   ## a hub session moves between two nodes of a real cluster (root on Debian, or kind)
	@$(BIN)/python -m tests.cluster prepare
	@$(BIN)/python -m pytest tests/e2e/test_moves.py -k an_annotation_moves_a_session -s -v --no-header

test: lint   ## all tests; end to end on the real cluster where the machine allows one
	@$(BIN)/python -m compileall -q kernel operator tests  # as an installer does; these kernels start a thousand times
	@$(BIN)/python -m tests.cluster prepare --if-possible
	@$(call twice,tests/unit tests/integration,-n 2 --dist loadfile)
	@$(call twice,tests --ignore tests/unit --ignore tests/integration)

unit: $(STAMP)   ## the tests that need no server, cluster or browser
	@$(BIN)/python -m pytest tests/unit

fidelity: $(STAMP)   ## the corpus of sessions, saved, killed and restored
	@$(BIN)/python -m pytest tests/fidelity

e2e: $(STAMP)   ## only the tests on the real cluster
	@$(BIN)/python -m tests.cluster prepare
	@$(BIN)/python -m pytest tests/e2e

bench: $(STAMP)   ## measure beside the peers; writes docs/benchmarks.md
	@$(BIN)/python -m benchmarks

lint: $(STAMP)   ## ruff, types, layers
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

manifests: $(STAMP)   ## manifests/ from the chart, for those without Helm
	@$(BIN)/python manifests/render.py $$($(BIN)/python -c 'from tests.cluster import tools; print(tools.helm())')

clean-cluster: $(STAMP)   ## end what a killed test run may have left behind
	@$(BIN)/python -m tests.cluster down

clean:           ## remove the environment and what builds left in the tree
	rm -rf $(VENV) build dist .pytest_cache .ruff_cache .mypy_cache
