# The verbs a newcomer needs: make run, make test, make check, make ui, make bench.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test check ui bench lock clean help

help:
	@echo "make run    set up .venv, run the pipeline on params.yaml, show the result"
	@echo "make ui     open the MLflow UI on the runs so far"
	@echo "make test   run the tests (real DVC, Hydra, MLflow and TensorFlow)"
	@echo "make check  ruff, mypy, import-linter"
	@echo "make bench  measure what claims speed; prints ratios"

run: .venv/runtime
	@$(BIN)/upcurve run

ui: .venv/runtime
	@$(BIN)/upcurve ui

test: .venv/dev
	$(BIN)/python -m pytest -n 2 --dist loadfile

check: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/dev
	$(BIN)/python -m benchmarks

# A stamp is older than what it was made from once a pin has changed: then pip installs anew.
.venv/python:
	@$(PYTHON) -c 'import sys; ok = (3, 11) <= sys.version_info < (3, 14); \
	  sys.exit(0 if ok else "upcurve needs Python 3.11, 3.12 or 3.13; this is " + sys.version.split()[0] + \
	  ". Name another: make run PYTHON=python3.12")'
	$(PYTHON) -m venv .venv
	@touch $@

.venv/runtime: requirements.txt pyproject.toml | .venv/python
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --no-deps --editable .
	@touch $@

.venv/dev: requirements-dev.txt .venv/runtime
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.txt
	@touch $@

# For maintainers: pin anew what pyproject.toml allows (needs uv).
lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
	  --no-header pyproject.toml -o requirements.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
	  --no-header --extra dev -c requirements.txt pyproject.toml -o requirements-dev.txt

clean:
	rm -rf .venv
