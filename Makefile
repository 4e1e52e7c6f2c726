# `make` lists the targets; each sets up what it needs.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
EXPERIMENTS := $(subst _,-,$(patsubst experiments/%.py,%,$(wildcard experiments/*.py)))
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help install test coverage docs lint smoke bench notebooks list clean $(EXPERIMENTS)

help:
	@echo "make <target> [ARGS=\"…\"]      for example  make grid-digits ARGS=\"--epochs 20 --folds 3\""
	@echo
	@for file in experiments/*.py; do \
	    name=$$(basename $$file .py | tr _ -); \
	    printf '  %-20s %s\n' "$$name" "$$(sed -n '1s/^"""//p' $$file)"; \
	done
	@echo
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 23

$(EXPERIMENTS): .venv/installed
	@$(BIN)/kerascnn run $@ $(ARGS)

install: .venv/installed ## make the virtual environment that all targets use

test: .venv/installed-tests ## run the tests (ARGS goes to pytest)
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile $(ARGS)

lint: .venv/installed-tests ## check style, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

coverage: .venv/installed-tests ## run the tests and say which lines none has reached
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --cov --cov-report term:skip-covered $(ARGS)

docs: .venv/installed-tests ## write the API reference to docs/reference, from the docstrings
	$(BIN)/python docs/write_reference.py

smoke: .venv/installed ## run every experiment for a few seconds, on generated data, two at a time
	@printf '%s\n' $(EXPERIMENTS) | xargs -P 2 -I NAME \
	    sh -c 'echo "== NAME"; $(BIN)/kerascnn run NAME --smoke --data synthetic $(ARGS)'

bench: .venv/installed ## measure kerascnn beside a plain loop and scikeras (ARGS="--smoke")
	$(BIN)/python -m benchmarks $(ARGS)

notebooks: .venv/installed-tests ## execute the notebooks and keep their outputs (ARGS=name)
	$(BIN)/python notebooks/refresh.py $(ARGS)

list: .venv/installed ## list the experiments with their claims
	@$(BIN)/kerascnn list

clean: ## remove the virtual environment and caches; reports stay
	rm -rf .venv build docs/reference *.egg-info .pytest_cache .ruff_cache .mypy_cache .hypothesis

.venv/installed: requirements.txt pyproject.toml
	@echo "setting up .venv (once; a few minutes)"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(INSTALL) -r requirements.txt
	@$(INSTALL) --no-deps --editable .
	@touch $@

.venv/installed-tests: requirements-test.txt .venv/installed
	@$(INSTALL) -r requirements-test.txt
	@touch $@
