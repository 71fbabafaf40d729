# Two commands: `make figures` and `make test`. Each sets up what it needs.
PYTHON ?= python3.11
VENV ?= .venv
CORES ?= all
SELECT ?=
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

.PHONY: figures test test-slurm slurm-packages lint format docs bench clean

# Regenerate every figure on the embedded default, then say where it is.
figures: $(INSTALLED)
	$(BIN)/snakemake --cores $(CORES) --quiet host reason
	@echo
	@echo "figures: results/figures/<paper>/<name>.pdf, .png and their data as .parquet"
	@echo "report:  results/report.html"

# Everything that CI runs, two files of tests at a time.
test: lint
	OMP_NUM_THREADS=1 $(BIN)/pytest --numprocesses 2 --dist loadfile tests/workflow tests/unit

# profiles/slurm on a SLURM of one node that the tests start on this machine: ten to twenty minutes, as root, on Debian.
# SELECT='-k stopping' is the shortest test, which CI runs.
test-slurm: $(INSTALLED) slurm-packages
	OMP_NUM_THREADS=1 $(BIN)/pytest tests/slurm $(SELECT)

slurm-packages:
	[ -x /usr/sbin/slurmctld ] || (apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes \
		--no-install-recommends slurmctld slurmd slurm-client munge)

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/snakefmt --check Snakefile rules
	$(BIN)/snakemake --lint

format: $(INSTALLED)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/snakefmt Snakefile rules

# docs/tables.md from the schemas, docs/config.md and workflow/schemas/config.schema.json from the configuration's model.
docs: $(INSTALLED)
	$(BIN)/python -m nascope.schemas.catalogue > docs/tables.md
	$(BIN)/python -m nascope.workflow.document .

bench: $(INSTALLED)
	OMP_NUM_THREADS=1 $(BIN)/python benchmarks/run.py

# Results and installation; downloaded data stay.
clean:
	rm -rf $(VENV) .snakemake results/* results/.snakemake

# Before anything is downloaded: packages are pinned for one version of Python.
$(INSTALLED): requirements.lock pyproject.toml
	@command -v $(PYTHON) > /dev/null || { echo "nascope needs Python 3.11, and there is no $(PYTHON): name one," \
		"as in 'make figures PYTHON=/usr/bin/python3.11'" >&2; exit 1; }
	@$(PYTHON) -c "import sys; sys.version_info[:2] == (3, 11) or sys.exit('nascope needs Python 3.11, and $(PYTHON) \
	is %d.%d: name another, as in \'make figures PYTHON=/usr/bin/python3.11\'' % sys.version_info[:2])"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --requirement requirements.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@
