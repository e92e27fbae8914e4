"""Every folder and file of the project that code needs, one named path a line."""

from pathlib import Path

# The root is found from this file, so that nothing depends on the working directory.
ROOT = Path(__file__).resolve().parents[2]

DATA = ROOT / "data"  # what a person transcribed, and what is made of it
RAW = DATA / "raw"  # one folder a study: the transcription
PROCESSED = DATA / "processed"  # one folder a study: the tidy tables
SCHEMA = DATA / "schema.yaml"  # the tables' columns, values and labels
NOTEBOOKS = ROOT / "notebooks"  # the parameterized notebooks
PLAN = NOTEBOOKS / "report.yaml"  # which notebook runs with which parameters
DOCS = ROOT / "docs"  # the guides; those that report.yaml names are pages of the report, too
TESTS = ROOT / "tests"  # the tests, of which those of new notebooks are written for the user
REPORTS = ROOT / "reports"  # built reports; never committed
BUILD = ROOT / "build"  # what commands keep between two calls: runs, stamps; never committed
EXPORTS = ROOT / "exports"  # studies in the formats of other tools; never committed
LOCK = ROOT / "requirements.lock"  # every dependency, pinned with its hashes
