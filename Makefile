# The project's commands. `make` alone lists them; each sets up whatever it needs by itself.
#
# Values given to Make (STUDY=…) are data, never code: neither Make nor the shell may run any part
# of them. They reach `python -m analysis` through the environment, and it checks them.
# Kept to what GNU Make 3.81 and a POSIX shell know: macOS has nothing newer.

.DEFAULT_GOAL := help
.SUFFIXES:
SHELL := /bin/sh
PARAMETERS := STUDY STUDIES LANGUAGE LANGUAGES PAGE SOURCE WORDS JOBS FORCE KERNELS REVIEWER A B EXECUTOR ADDRESS TITLE NAME CONTAINER WORKBOOK WITH FROM SECTION PICTURES

ifeq ($(OS),Windows_NT)
$(error make does not run here: use WSL, or python -m analysis (docs/reproduce.md, Without make))
endif

# -- Parameters -----------------------------------------------------------------------------------

# $(origin) says "command line" in two words; a value from elsewhere never holds the word `command`.
given = $(filter command,$(origin $(1)))
all_given := $(foreach name,$(.VARIABLES),$(if $(call given,$(name)),$(name)))
unknown := $(filter-out $(PARAMETERS) PYTHON,$(all_given))
$(if $(unknown),$(error no such parameter: $(unknown); there are $(PARAMETERS) and PYTHON))

# LANGUAGE is gettext's too (en_US:en), and PYTHON other programs': only this command line counts.
chosen_python := $(call given,PYTHON)
ifeq ($(call given,LANGUAGE),)
override LANGUAGE := both
endif
# In some terminals NAME is the machine's.
ifeq ($(call given,NAME),)
unexport NAME
endif

# Make would expand $(…) in a command-line value on handing it on; its raw text is fixed here first.
$(foreach name,$(all_given),$(eval override $(name) := $$(value $(name))))
export LANGUAGE $(all_given)

# Images of containers often forbid Python to keep what it has compiled: every command, and every
# command that a test runs, would compile the project anew.
unexport PYTHONDONTWRITEBYTECODE

# -- The environment ------------------------------------------------------------------------------

ifdef chosen_python
python = "$$PYTHON"
else
python = .venv/bin/python
endif
# src comes first, so that this checkout's code runs, never an installed copy; build/metadata lets
# a chosen Python find the entry points without anything being installed into it.
run = PYTHONPATH="$$PWD/src:$$PWD/build/metadata" $(python) -m

# Whether the chosen Python holds the locked versions of what the project asks for directly.
define CHECK_PYTHON
import sys
def refuse(found):
    advice = "install requirements.lock there, or leave PYTHON out"
    sys.stderr.write("PYTHON=%s: %s; %s\n" % (sys.argv[1], found, advice))
    sys.exit(2)
if not (3, 11) <= sys.version_info[:2] < (3, 15):
    refuse("found Python %d.%d, expected 3.11 to 3.14" % sys.version_info[:2])
import re, tomllib
from importlib import metadata
from pathlib import Path
project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))
lock = Path("requirements.lock").read_text(encoding="utf-8")
locked = dict(re.findall(r"^([a-z0-9-]+)==([^ ;]+)", lock, re.MULTILINE))
direct = project["build-system"]["requires"] + project["project"]["dependencies"]
for extra in sys.argv[2:]:
    direct += project["project"]["optional-dependencies"][extra]
installed = {d.name.lower().replace("_", "-"): d.version for d in metadata.distributions()}
names = [re.match("[a-z0-9-]+", requirement)[0] for requirement in direct]
wrong = ["%s %s (locked: %s)" % (name, installed.get(name, "missing"), locked.get(name))
         for name in names if installed.get(name) != locked.get(name)]
if wrong:
    more = " and %d more" % (len(wrong) - 3) if wrong[3:] else ""
    refuse("found " + ", ".join(wrong[:3]) + more)

import os, shutil, tempfile
from flit_core import buildapi
stamp = Path("build/metadata/pyproject.toml")
if not stamp.exists() or stamp.read_bytes() != Path("pyproject.toml").read_bytes():
    shutil.rmtree(stamp.parent, ignore_errors=True)
    os.makedirs("build", exist_ok=True)
    fresh = tempfile.mkdtemp(dir="build")
    buildapi.prepare_metadata_for_build_wheel(fresh)
    shutil.copy("pyproject.toml", fresh)
    os.rename(fresh, stamp.parent)
endef

# Whether a Python can make the project's own environment: silent and 0, or one line and 2.
define CHECK_BASE
import sys
if not (3, 11) <= sys.version_info[:2] < (3, 15):
    found = "python3 is %d.%d" % sys.version_info[:2]
    sys.exit(found + "; the project needs Python 3.11 to 3.14, with venv")
try:
    import ensurepip, venv
except ImportError:
    sys.exit("python3 has no venv; install it (Debian and Ubuntu: apt install python3-venv)")
endef

# The part of requirements.lock that a report and the extras named need, with its hashes: the
# direct requirements, and whatever the lock says is there `via` one of them.
define SUBSET
import re, sys, tomllib
from pathlib import Path
project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))
asked = [*project["build-system"]["requires"], *project["project"]["dependencies"]]
asked += project["dependency-groups"]["setup"]
for extra in sys.argv[1:]:
    asked += project["project"]["optional-dependencies"][extra]
wanted = {re.match("[a-z0-9-]+", requirement)[0] for requirement in asked}
lock = Path("requirements.lock").read_text(encoding="utf-8")
blocks = {b.split("==")[0]: b for b in re.split("^(?=[a-z0-9])", lock, flags=re.M)[1:]}
via = {name: set(re.findall("^    #(?: via|  ) ([a-z0-9-]+)$$", b, re.M)) for name, b in blocks.items()}
if "lab" not in sys.argv:
    # For an extra of jsonschema's that JupyterLab asks for; its grammar costs each process 1.3 s.
    via.pop("rfc3987-syntax", None)
while more := {name for name, by in via.items() if by & wanted} - wanted:
    wanted |= more
sys.stdout.write("".join(b for name, b in blocks.items() if name in wanted))
endef
export CHECK_PYTHON CHECK_BASE SUBSET

# What a command needs besides what a report needs: extras of pyproject.toml.
needs := $(sort $(if $(filter lab,$(MAKECMDGOALS)),lab) $(if $(call given,EXECUTOR),cluster) \
  $(if $(filter verify passage passages workbook import reproduce compare expected,$(MAKECMDGOALS)),pdf) \
  $(if $(filter workbook import,$(MAKECMDGOALS)),workbook) \
  $(if $(filter check test test-browser test-tools benchmark,$(MAKECMDGOALS)),test pdf cluster workbook))

# .venv counts as good only while it holds a copy of the lock (and the folder's name: a virtual
# environment cannot be moved) it was made from, and the extras asked for. Those stamps are written
# last, so an interrupted set-up is begun again, and compared by content, so neither a touch nor a
# checkout reinstalls. What one command has added stays for the next.
#
# Why not pip alone: with nothing cached, on two cores, it took 43 s when they were idle and 64-103 s
# when they were busy; pip for the locked uv and uv for the rest take 19 s and 36-54 s (idle, with
# uv's cache: 14 s, most of it compiling). uv is told to compile: without .pyc files every process
# starts 2-3 times slower, and PYTHONDONTWRITEBYTECODE may be set. Where uv cannot install (pip is
# configured with a mirror that uv does not know), pip installs the same lock.
whole = { pwd -P; cat requirements.lock; } | cmp -s - .venv/made-from \
  && .venv/bin/python -c 'import flit_core' 2>/dev/null
good = $(whole) $(foreach extra,$(needs),&& grep -qx $(extra) .venv/extras)
pip = PIP_USER=0 PYTHONPATH= PIP_DISABLE_PIP_VERSION_CHECK=1 \
  .venv/bin/python -m pip install -qq --require-hashes

# Where uv may not write (no home, or a read-only one), it gets a cache of the project's own.
uv_cache = cache="$${UV_CACHE_DIR:-$${XDG_CACHE_HOME:-$$HOME/.cache}/uv}"; \
  { mkdir -p "$$cache" && [ -w "$$cache" ]; } 2>/dev/null || export UV_CACHE_DIR="$$PWD/build/uv-cache"

.PHONY: environment
environment:
ifdef chosen_python
	@command -v -- "$$PYTHON" >/dev/null \
	  || { printf 'PYTHON=%s: no such program\n' "$$PYTHON" >&2; exit 2; }
	@"$$PYTHON" -c "$$CHECK_PYTHON" "$$PYTHON" $(needs)
else
	@$(good) || { \
	  set -e; \
	  python3 -c "$$CHECK_BASE" || exit 2; \
	  exec 9>.venv.lock; python3 -c 'import fcntl; fcntl.flock(9, fcntl.LOCK_EX)' || true; \
	  if $(good); then exit 0; fi; \
	  extras=$$(printf '%s\n' $(needs) $$(cat .venv/extras 2>/dev/null) | sort -u); \
	  again='The set-up of .venv was not finished; the same command begins it again.'; \
	  trap 'echo "$$again" >&2; exit 2' EXIT; \
	  if $(whole); then echo "Adding to .venv:" $(needs) >&2; else \
	    echo 'Setting up .venv from requirements.lock: once, about 170 MB to download.' >&2; \
	    rm -rf .venv; python3 -m venv .venv; \
	    sed -n '/^uv==/,/[^\\]$$/p' requirements.lock >.venv/uv.lock; \
	    $(pip) -r .venv/uv.lock; \
	  fi; \
	  rm -f .venv/made-from; $(uv_cache); \
	  python3 -c "$$SUBSET" $$extras >.venv/subset.lock; \
	  .venv/bin/uv pip sync -q --compile-bytecode --require-hashes -p .venv/bin/python .venv/subset.lock \
	  || { echo 'uv could not install it; pip tries, which takes longer.' >&2; \
	       $(pip) -r .venv/subset.lock; }; \
	  rm -f .venv/pyproject.toml; \
	  printf '%s\n' $$extras >.venv/extras; \
	  { pwd -P; cat requirements.lock; } >.venv/made-from; \
	  trap - EXIT; \
	}
	@cmp -s pyproject.toml .venv/pyproject.toml || { $(uv_cache); \
	  .venv/bin/uv pip install -q --no-deps --no-build-isolation -p .venv/bin/python -e . \
	  && cp pyproject.toml .venv/pyproject.toml; \
	}
endif

# -- Commands -------------------------------------------------------------------------------------

.PHONY: help report watch data workbook import tidy export verify passage passages new-study new-notebook language status reproduce release compare expected check test test-browser test-tools benchmark lab lock platforms clean distclean

## this list
help:
	@echo 'make COMMAND [PARAMETER=VALUE ...]'
	@echo
	@awk '/^## / { text = substr($$0, 4) } \
	  /^[a-z-]+:/ && text { sub(":.*", ""); printf "  make %-12s %s\n", $$0, text; text = "" }' Makefile
	@echo
	@sed -n 's/^#: /  /p' Makefile

#: STUDY=NAME       the study, a folder of data/raw
#: STUDIES='A B'    several: the report of A, with B beside it
#: LANGUAGE=TAG     one language, as ja, en or de; all of the study's if not given
#: LANGUAGES='A B'  of the labels and the report of a new study, for new-study
#: PAGE=NAME        one page of the report, as index or grades
#: SOURCE=FILE      the source's text or PDF, for verify, passage, passages, workbook and import
#: SECTION=ID       of one section only, for passages
#: WORKBOOK=FILE    the workbook, for workbook (STUDY.xlsx if not given) and import
#: WITH='…'         the tables, for new-study: phases grades issues ... (all if not given)
#: FROM=ENCODING    of files that are not UTF-8, for tidy: cp1252, cp932 ...
#: TITLE='…'        the source's title, for new-study; the page's, for new-notebook
#: NAME=NAME        the page's name, for new-notebook
#: WORDS='…'        words of the source, for passage
#: REVIEWER='…'     who reproduces, for the certificate
#: A=NAME           a report's folder or a revision, for compare (HEAD if not given)
#: B=NAME           the other (the built report if not given)
#: PICTURES=FOLDER  keep how every page looks there, for test-browser
#: JOBS=N           how many notebooks run at once
#: FORCE=1          build what is fresh, too; with lock: newer versions
#: KERNELS=cold     ordinary kernels
#: EXECUTOR=dask    run on a Dask cluster; see docs/cluster.md
#: ADDRESS=tcp://…  where its scheduler is
#: CONTAINER=1      lab in a container: as root, reached from outside by its token
#: PYTHON=python    use this Python (an active conda environment's, say) instead of .venv

## the whole report, from the transcription to reports/<study>
report: environment
	@$(run) analysis report

## the same again whenever a file of it is saved, until Ctrl-C
watch: environment
	@$(run) analysis watch

## check the transcription and write the tidy tables to data/processed
data: environment
	@$(run) analysis data

## the study as one Excel workbook to fill in: make workbook STUDY=name
workbook: environment
	@$(run) analysis workbook

## the study's tables from a workbook: make import STUDY=name WORKBOOK=name.xlsx SOURCE=paper.txt
import: environment
	@$(run) analysis import

## write the study's CSV files as plain UTF-8 text, whatever a spreadsheet made of them
tidy: environment
	@$(run) analysis tidy

## the study in the formats of other tools, to exports/<study>: SQLite, REFI-QDA, BibTeX ...
export: environment
	@$(run) analysis export

## check the passages against the source's text: make verify SOURCE=paper.txt
verify: environment
	@$(run) analysis verify

## a row for passages.csv: make passage SOURCE=paper.txt WORDS='the first words'
passage: environment
	@$(run) analysis passage

## a row for every sentence of the source, to build/passages: make passages STUDY=name SOURCE=paper.txt
passages: environment
	@$(run) analysis passages

## begin a study of another source: make new-study STUDY=name TITLE='…' LANGUAGE=en
new-study: environment
	@$(run) analysis new-study

## begin a page of the report: make new-notebook NAME=regional-events TITLE='…'
new-notebook: environment
	@$(run) analysis new-notebook

## the words of reports to translate, or what changed of them: make language LANGUAGE=de
language: environment
	@$(run) analysis language

## what is fresh, what is stale, and why
status: environment
	@$(run) analysis status

## build twice in clean copies, compare, write a certificate
reproduce: environment
	@$(run) analysis reproduce

## the archive to deposit, from a commit that was reproduced
release: environment
	@$(run) analysis release

## what differs between two reports: make compare A=HEAD B=reports/NAME
compare: environment
	@$(run) analysis compare

## write expected/<study>.json, what is published, from the built report
expected: report
	@$(run) analysis expected

## format, style, types and the quick tests: half a minute
check: environment
	@$(run) ruff format --check --quiet src tests
	@$(run) ruff check --quiet src tests notebooks
	@$(run) mypy
	@$(run) pytest -q -m unit --numprocesses=auto --dist=loadgroup

## every test
test: environment
	@$(run) pytest --numprocesses=auto --dist=loadgroup

## the built report in a real browser (Node.js 20, Chromium); PICTURES=folder keeps how each page looks
test-browser: report
	@REPORT="$$PWD/reports/$${STUDY:-okamoto2020}" PYTHON_FOR_TESTS=$(python) sh tests/browser/run.sh

## the exports and the report, opened by Taguette, Datasette, roc-validator (into build/tools)
test-tools: environment
	@# An environment of their own, for they want other versions than the lock's.
	@cmp -s tests/publish/export/tools.txt build/tools/made-from || { \
	  $(run) uv venv -q --clear -p $(python) build/tools \
	  && $(run) uv pip install -q --compile-bytecode -p build/tools/bin/python \
	    -r tests/publish/export/tools.txt \
	  && cp tests/publish/export/tools.txt build/tools/made-from; \
	}
	@$(run) pytest tests/publish/export/test_tools.py

## time the notebooks against other tools (half an hour; they are installed into build/peers)
benchmark: environment data
	@PYTHONPATH="$$PWD/src" $(python) benchmarks/notebooks.py

## open the notebooks in JupyterLab
lab: environment
	@# The pages are served beside, so that a link to evidence opens them styled and at the card.
	@[ -w "$$HOME" ] || export HOME="$$PWD/build/home"; \
	  JUPYTER_PREFER_ENV_PATH=1 ANALYSIS_PAGES=/static $(run) jupyterlab \
	  --ServerApp.root_dir=notebooks --ServerApp.extra_static_paths="$$PWD/reports" \
	  $$([ "$$CONTAINER" != 1 ] || echo --allow-root --ip=0.0.0.0 --no-browser)

## write requirements.lock again from pyproject.toml
lock: environment
	@# One lock for all extras, of which each command installs what it needs (SUBSET).
	@$(run) uv pip compile -q --universal --python-version=3.11 --fork-strategy=fewest \
	  --all-extras --group=setup --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --custom-compile-command='make lock' $${FORCE:+--upgrade} --output-file=requirements.lock pyproject.toml

## whether the lock installs from wheels on every system that README.md names
platforms: environment
	@sh .ci/platforms $(python)

## remove reports/, exports/ and caches; .venv stays
clean:
	rm -rf reports exports build .pytest_cache .hypothesis .ruff_cache .mypy_cache
	find . \( -path ./.venv -o -path ./.git \) -prune -o -type d \
	  \( -name __pycache__ -o -name .ipynb_checkpoints \) -prune -exec rm -rf {} +

## clean, and remove .venv
distclean: clean
	rm -rf .venv .venv.lock
