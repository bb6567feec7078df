# `make run` and `make test` are all there is to remember; both install what is missing first.
SHELL := /bin/bash
PYTHON := .venv/bin/python
PATH := $(CURDIR)/.tools/bin:$(PATH)
export PATH
# A thread pool inside small matrix products costs more than it gives.
export OMP_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1

# These run the whole app with its clock and its pictures: nothing else may run beside them.
ALONE := tests/e2e tests/runtime/test_kill.py tests/runtime/test_supervisor.py

.PHONY: run setup test lint bench format

run: setup
	@exec $(PYTHON) -m backend

setup:
	@scripts/bootstrap.sh run

test:
	@scripts/bootstrap.sh test
	@$(MAKE) --no-print-directory lint
	@status=0; \
	$(PYTHON) -m pytest -q -n logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder \
	  $(ALONE:%=--ignore=%) || status=1; \
	$(PYTHON) -m pytest -q $(ALONE) || status=1; \
	exit $$status

lint:
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/lint-imports --no-logo
	$(PYTHON) -m backend.api.generate --check
	npm --prefix frontend run --silent check

format:
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

# Every benchmark in its short version; leave out --quick for the figures of the README.
bench:
	@scripts/bootstrap.sh test
	@set -e; for name in ik hostile soak control video recording render demos rollout_delay data_loading hands; do \
	  $(PYTHON) -m benchmarks.$$name --quick; \
	done
