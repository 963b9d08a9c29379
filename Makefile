# Two commands to know: `make demo` and `make test`. Both install what they need into .venv first.
PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed
HOME_FOLDER ?= home
# What tests write, less than a gibibyte, is kept in memory where there is room, so that they do not wait for the disk.
SCRATCH := $(shell df --output=avail -k /dev/shm 2>/dev/null | tail -n 1 | awk '$$1 > 4000000 {print "TMPDIR=/dev/shm"}')

.PHONY: demo test lint audit dev docs clean lock

demo: $(INSTALLED)  ## a made-up county, from exports to a published comparison
	$(BIN)/ibic demo --home $(HOME_FOLDER)

test: $(INSTALLED)  ## all tests
	$(SCRATCH) $(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

lint: $(INSTALLED)  ## format, style, types, layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

audit: $(INSTALLED)  ## what the program is made of (dist/sbom.json), and known weaknesses in it
	.ci/audit

dev: $(INSTALLED)  ## Dagster's UI on 127.0.0.1:3000
	IBIC_HOME=$(abspath $(HOME_FOLDER)) $(BIN)/dagster dev --host 127.0.0.1 --port 3000

docs: $(INSTALLED)  ## what is generated from the contracts and the SQL
	$(BIN)/python -m schemas.codebook
	$(BIN)/python -m ibic_pipeline.derive.catalogue
	$(BIN)/python -m ibic_pipeline.synthetic.faults.page
	$(BIN)/python -m ibic_pipeline.quality.page

$(INSTALLED): requirements.lock pyproject.toml
	@echo "Installing into .venv from requirements.lock (about a minute the first time)"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	@touch $@

lock:  ## write requirements.lock anew (needs uv)
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
		--no-header --no-annotate --output-file requirements.lock --upgrade
	uv pip compile --group audit --universal --python-version 3.11 --generate-hashes \
		--no-header --no-annotate --output-file .ci/audit.lock --upgrade

clean:
	rm -rf .venv .venv-audit dist
