# make demo   set up, then run the main job on the Olive run in examples/olive-run
# make test   set up, then run every test; samples of a language whose toolchain is missing are skipped
# make toolchains   fetch what C++, C#, Java and JavaScript samples are built with, real models, and (as root) a base image, into .toolchains/
# make lint   set up, then lint and type checks
# Each set-up is done once and again only when pyproject.toml or setup.cfg changes.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
SETUP  := pyproject.toml setup.cfg

.PHONY: demo test toolchains lint clean
.DELETE_ON_ERROR:

demo: $(VENV)/.ready-cpu
	$(BIN)/python examples/olive-run/walkthrough.py --keep .demo

test: $(VENV)/.ready-test
	$(BIN)/python -m pytest -n 2 --dist worksteal $(TESTFLAGS)

toolchains: $(VENV)/.ready-test
	PYTHON=$(BIN)/python toolchains/cpp.sh
	PYTHON=$(BIN)/python toolchains/csharp.sh
	toolchains/java.sh
	toolchains/javascript.sh
	[ "$$(id -u)" != 0 ] || ! command -v mmdebstrap >/dev/null || toolchains/containers.sh
	PYTHON=$(BIN)/python toolchains/real_models.sh

lint: $(VENV)/.ready-lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

clean:
	rm -rf $(VENV) .demo .toolchains build dist generator/modelpress.egg-info

$(VENV)/.created:
	$(PYTHON) -m venv $(VENV)
	# The resolver of older pips gives up on what the Azure SDK asks for.
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "pip>=25.3"
	touch $@

# .ready-test and .ready-lint each hold the extras they name; cpu is always among them.
$(VENV)/.ready-%: $(VENV)/.created $(SETUP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[cpu$(if $(filter-out cpu,$*),$(comma)$*)]"
	touch $@

comma := ,
