# Two commands on a fresh machine with Python 3.11 or newer: `make demo` and `make test`.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

# What verdicts are learned from.
LEARNED := --data ../shared/data --gold ../shared/gold-dev/gold_dev.jsonl --gold ../shared/gold-dev/gold_dev_asia_wire.jsonl \
		--labels corpora/labels/pool --labels corpora/articles --texts ../shared/pool

.PHONY: demo test test-slow test-hostile test-cluster lint types docs docs-serve reference screenshots bench bench-crawl bench-annotate bench-batch bench-stories bench-serve study-demo bench-cluster train train-fast train-names train-shares train-meanings evaluate clean

demo: $(VENV)/.runtime
	$(BIN)/labtape demo --out digest.html

test: lint types
	$(BIN)/python -m pytest

test-slow: $(VENV)/.slow
	$(BIN)/python -m pytest -m "slow or postgres" --timeout 1200

# The 20 faults of docs/hostile.md on a loopback server, and a table of them at the end; a part of test-slow.
test-hostile: $(VENV)/.dev
	$(BIN)/python -m pytest tests/hostile -m slow --timeout 1200

# A Dask scheduler and workers as processes on loopback, some of them killed; Spark where there is Java and pyspark. A part of test-slow.
test-cluster: $(VENV)/.dev
	$(BIN)/python -m pytest tests/cluster -m slow --timeout 1200

lint: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports

types: $(VENV)/.dev
	$(BIN)/mypy

# The pages of docs/ as a site in site/, which loads nothing from elsewhere; docs-serve shows it on this machine while pages are written.
docs: $(VENV)/.docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

docs-serve: $(VENV)/.docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs serve

# docs/reference/commands.md, from the help of the commands.
reference: $(VENV)/.dev
	$(BIN)/python docs/hooks/commands.py

# docs/pictures/{tape,story,…}-{light,dark}.png by Chromium, over the demo desk; look at them before they are committed.
screenshots: $(VENV)/.dev
	$(BIN)/python benchmarks/screenshots.py --only tape,story,article,shares,lab,digest,chart,linked

# Times are printed, never judged: machines are noisy.
bench: $(VENV)/.dev
	$(BIN)/python benchmarks/score.py

# The crawler beside the `reader` package on the same loopback feeds; fails only when something is broken.
bench-crawl: $(VENV)/.bench
	$(BIN)/python benchmarks/crawl.py

# Names and whole annotation beside spaCy and a regular expression on real texts; some ten minutes, most of them for memory.
bench-annotate: $(VENV)/.dev
	$(BIN)/python benchmarks/annotate.py

# `labtape score` of an archive from 1,000 to 100,000 articles: time, memory, a run that is killed; an hour on two cores.
bench-batch: $(VENV)/.dev
	$(BIN)/python benchmarks/batch.py --picture docs/pictures/batch.svg

# The grouper from 1,000 to 100,000 articles in its window, and memory when the window moves on; half an hour, most of it for the last rows.
bench-stories: $(VENV)/.dev
	$(BIN)/python benchmarks/stories.py --picture docs/pictures/stories_speed.svg

# The list of the API at 100,000 records with two workers, most of six minutes to make them.
bench-serve: $(VENV)/.dev
	$(BIN)/python benchmarks/serve.py

# One Dask worker, two, and two of which one is killed, on one table; some ten minutes on two free cores.
bench-cluster: $(VENV)/.dev
	$(BIN)/python benchmarks/cluster.py --json benchmarks/results/cluster.json

# `labtape study` on invented news and prices: an effect that was planted is found, none where there is none.
study-demo: $(VENV)/.dev
	$(BIN)/python benchmarks/study.py

# Needs the articles beside the project; writes the tables of annotate: names by the words around them, roles of organisations.
train-names: $(VENV)/.dev
	$(BIN)/python -m labtape.train.linking_model src/labtape/annotate/linking_weights.json corpora/names \
		corpora/labels/pool:../shared/pool corpora/articles
	$(BIN)/python -m labtape.train.roles_model src/labtape/annotate/role_weights.json corpora/labels/pool:../shared/pool corpora/articles

# Needs the articles beside the project; writes the tables of annotate: which numbers are shares, what the others are, when a share holds.
train-shares: $(VENV)/.dev
	$(BIN)/python -m labtape.train.kinds_model src/labtape/annotate/kind_weights.json corpora/labels/pool:../shared/pool corpora/articles \
		corpora/shares ../shared/gold-dev/gold_dev.jsonl ../shared/gold-dev/gold_dev_asia_wire.jsonl
	$(BIN)/python -m labtape.train.wholes_model src/labtape/annotate/whole_weights.json corpora/labels/pool:../shared/pool corpora/articles corpora/shares
	$(BIN)/python -m labtape.train.periods_model src/labtape/annotate/period_weights.json corpora/labels/pool:../shared/pool corpora/articles \
		corpora/shares ../shared/gold-dev/gold_dev.jsonl ../shared/gold-dev/gold_dev_asia_wire.jsonl

# Needs the articles beside the project; writes the table of meanings that stories are compared by; some twenty minutes.
train-meanings: $(VENV)/.train
	$(BIN)/python -m labtape.train.meanings_model src/labtape/story/data/meanings.npz ../shared

# Needs the labelled sets beside the project; writes both bundles, the one with the encoder in most of an hour on two cores.
train: $(VENV)/.train train-fast
	$(BIN)/labtape train $(LEARNED) --encoder -o models/market3

train-fast: $(VENV)/.dev
	$(BIN)/labtape train $(LEARNED) -o models/market3-fast

evaluate: $(VENV)/.dev
	$(BIN)/labtape evaluate ../shared/gold-dev/gold_dev.jsonl

clean:
	git clean -xfdq

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if v >= (3, 11) else "labtape needs Python 3.11 or newer, this is %d.%d; try make PYTHON=python3.11" % v[:2])'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: $(VENV)/bin/python pyproject.toml constraints.txt
	$(PIP) --editable ".[spacy]"
	@touch $@

$(VENV)/.dev: $(VENV)/bin/python pyproject.toml constraints.txt
	$(PIP) --editable ".[dev]"
	@touch $@ $(VENV)/.runtime

# torch and transformers, for the tests of a user's own network. Where the index has more than one build of torch, set
# PIP_EXTRA_INDEX_URL or PIP_FIND_LINKS to the one you want; the tests need no more than the processor.
$(VENV)/.slow: $(VENV)/.dev
	$(PIP) torch==2.13.0
	$(PIP) --editable ".[alphalens,dev,docs,spark,transformers]" onnx schemathesis
	@touch $@

# What `labtape train --encoder` needs besides.
$(VENV)/.train: $(VENV)/.dev
	$(PIP) --editable ".[dev,train]"
	@touch $@

$(VENV)/.docs: $(VENV)/.dev
	$(PIP) --editable ".[dev,docs]"
	@touch $@

$(VENV)/.bench: $(VENV)/.dev
	$(PIP) --editable ".[bench]"
	@touch $@
