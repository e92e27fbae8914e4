"""The notebooks and the code: short, clean, in both languages, and for any study whatever."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from statistics import median

import nbformat
import pandas as pd
import pytest
import yaml
from papermill import inspect_notebook

from analysis import paths

NOTEBOOKS = sorted(paths.NOTEBOOKS.glob("*.ipynb"))
PAPER = paths.RAW / "okamoto2020"
pytestmark = pytest.mark.unit
each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def cells(path: Path, kind: str) -> list[nbformat.NotebookNode]:
    return [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == kind]


def lines(source: str) -> list[str]:
    """The lines of code of a cell."""
    return [line for line in source.splitlines() if line.strip() and not line.strip().startswith("#")]


# -- As committed ----------------------------------------------------------------------------------


def test_there_are_notebooks():
    assert len(NOTEBOOKS) >= 8


@each
def test_a_notebook_is_valid_and_committed_without_outputs(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    for cell in cells(path, "code"):
        assert cell.outputs == []
        assert cell.execution_count is None
        assert set(cell.metadata) <= {"tags"}


@each
def test_a_notebook_is_written_with_sorted_keys_and_nothing_of_the_machine(path):
    text = path.read_text("utf-8")
    raw = json.loads(text)
    assert text == json.dumps(raw, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    assert set(raw["metadata"]) == {"kernelspec", "language_info"}
    assert raw["metadata"]["language_info"] == {"name": "python"}


@each
def test_a_cell_has_a_short_readable_id_of_its_own(path):
    ids = [cell.id for cell in nbformat.read(path, as_version=4).cells]
    assert len(ids) == len(set(ids))
    assert [i for i in ids if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", i)] == []
    assert max(map(len, ids)) <= 24


# -- Both languages --------------------------------------------------------------------------------


@each
def test_no_cell_asks_which_language_it_is_in(path):
    """What differs by language is the catalogue's, or a helper's that knows every language."""
    assert [
        cell.id for cell in cells(path, "code") if re.search("language *[!=]=|language in", cell.source)
    ] == []


@each
def test_every_sentence_has_its_twin_in_the_other_language_right_after_it(path):
    prose = [(cell.id, cell.metadata.get("tags", [])) for cell in cells(path, "markdown")]
    assert len(prose) % 2 == 0
    for (ja, ja_tags), (en, en_tags) in zip(prose[::2], prose[1::2], strict=True):
        assert (ja_tags, en_tags) == (["ja"], ["en"])
        assert ja.removesuffix("-ja") == en.removesuffix("-en")


@each
def test_twins_have_the_same_headings_and_as_many_points(path):
    prose = [cell.source for cell in cells(path, "markdown")]

    def shape(text: str) -> list[str]:
        return re.findall(r"^(#+|-|\d+\.) ", text, re.MULTILINE)

    for ja, en in zip(prose[::2], prose[1::2], strict=True):
        assert shape(ja) == shape(en)


@each
def test_english_prose_holds_no_japanese(path):
    for cell in cells(path, "markdown"):
        if "en" in cell.metadata.get("tags", []):
            assert not re.search("[\u3040-\u30ff\u4e00-\u9fff]", cell.source), cell.id


@each
def test_a_notebook_opens_with_its_title_and_ends_with_what_may_be_concluded_or_how_to_go_on(path):
    first, *_, last = cells(path, "markdown")
    assert first.source.startswith("# ")
    assert last.source.startswith("## ")


# -- Code ------------------------------------------------------------------------------------------


def test_cells_are_short():
    lengths = [len(lines(cell.source)) for path in NOTEBOOKS for cell in cells(path, "code")]
    assert median(lengths) <= 8
    assert max(lengths) <= 20


@each
def test_the_analysis_is_in_sight(path):
    """A notebook works with frames itself, and defines no class and no figure of its own."""
    source = "\n".join(cell.source for cell in cells(path, "code"))
    assert re.search(r"\.(groupby|merge|assign|query|isin|agg|value_counts|drop_duplicates|drop)\(", source)
    assert not [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ClassDef)]


@each
def test_a_notebook_names_no_file(path):
    for cell in cells(path, "code"):
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert not re.search(
                    r"\.(csv|json|ya?ml|png|svg|pdf|txt|ipynb)\b|^(\.{1,2}|~)/\w|^/(home|tmp|work)|/data/|\\\\",
                    node.value,
                ), node.value
        assert not re.search(r"\b(open|read_csv|Path|savefig|to_csv)\(", cell.source)


# What a numeral may stand in: steps of a list, and names.
NAMED = re.compile(r"^\d+\.|SHA-256|CC BY 4\.0|30文字", re.MULTILINE)


@each
def test_no_number_in_prose_is_typed_by_hand(path):
    for cell in cells(path, "markdown"):
        assert not re.search(r"\d", NAMED.sub("", cell.source)), cell.id


@pytest.mark.parametrize("path", sorted((paths.NOTEBOOKS / "words").glob("*.yaml")), ids=lambda p: p.stem)
def test_no_number_in_a_sentence_is_typed_by_hand(path):
    for key, texts in yaml.safe_load(path.read_text("utf-8")).items():
        for text in texts.values():
            assert not re.search(r"\d", re.sub(r"\{[^}]*\}|95 ?%|図の0件", "", text)), key


@each
def test_every_parameter_has_a_type_and_says_what_it_may_be(path):
    first = cells(path, "code")[0]
    assert first.metadata.tags == ["parameters"]
    assert all(isinstance(node, ast.AnnAssign) for node in ast.parse(first.source).body)
    for name, about in inspect_notebook(str(path)).items():  # what papermill --help-notebook prints
        assert about["help"], name
        assert about["inferred_type_name"] in ("str", "int", "float", "bool")


# -- For any study ---------------------------------------------------------------------------------

# An id such as phase-2 says nothing of a study: it serves as an example anywhere.
EXAMPLE = re.compile(r"(phase|plan|ref|stage)-\d+")
NAMING = {
    "regions": ["id", "label_ja", "label_en", "name_ja", "name_en"],
    "phases": ["id", "label_ja", "label_en"],
    "stages": ["id", "label_ja", "label_en"],
    "programmes": ["id", "label_ja", "label_en"],
    "projects": ["id", "label_ja", "label_en", "strand_ja"],
    "institutions": ["id", "label_ja", "label_en"],
    "evaluations": ["id", "scale"],
    "issues": ["id", "label_ja", "label_en", "short_ja", "short_en"],
}


def names() -> set[str]:
    """What the tables of the paper call its regions, phases, programmes and so on."""
    found = set()
    for table, columns in NAMING.items():
        frame = pd.read_csv(PAPER / f"{table}.csv", dtype="str", keep_default_na=False)
        found |= {cell for column in columns for cell in frame[column]}
    return {name for name in found if len(name) > 1 and not EXAMPLE.fullmatch(name)}


def code() -> dict[str, str]:
    """Every text of ours that is run: modules, styles, templates, and what notebooks hold."""
    endings = (".py", ".css", ".html", ".toml", ".typ", ".yaml")
    folders = (paths.ROOT / "src", paths.NOTEBOOKS)
    texts = {
        str(p.relative_to(paths.ROOT)): p.read_text("utf-8")
        for folder in folders
        for p in sorted(folder.rglob("*"))
        if p.suffix in endings
    }
    for path in NOTEBOOKS:
        kept = [
            c.source
            for c in nbformat.read(path, as_version=4).cells
            if "parameters" not in c.metadata.get("tags", [])
        ]
        texts[str(path.relative_to(paths.ROOT))] = "\n".join(kept)
    return texts


def test_nothing_that_runs_names_a_region_a_phase_or_a_programme_of_the_paper():
    # A word such as `risk` may be an id and mean nothing; a region's id, or one of parts, does not.
    regions = set(pd.read_csv(PAPER / "regions.csv", dtype="str")["id"])
    known = {name for name in names() if name in regions or not re.fullmatch("[a-z0-9]+", name)}
    words = "|".join(re.escape(name) for name in sorted(known, key=len, reverse=True))
    pattern = re.compile(rf"(?<![\w-])(?:{words})(?![\w-])")
    assert {file: found for file, text in code().items() if (found := pattern.findall(text))} == {}


def test_no_code_holds_a_letter_that_the_paper_grades_with():
    letters = set(pd.read_csv(PAPER / "scales.csv", dtype="str")["grade"])
    rooms = ("transcribe", "tidy", "figures", "notebook")  # elsewhere A and B name reports to compare
    modules = [p for room in rooms for p in (paths.ROOT / "src" / "analysis" / room).rglob("*.py")]
    found = [
        (path.name, node.lineno, node.value)
        for path in modules
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in letters
    ]
    assert [name for name, _, _ in found] == ["encoding.py"]  # the sample letter of the key to signs


def test_only_the_parameters_and_the_command_line_name_the_paper():
    named = {file for file, text in code().items() if "okamoto" in text.lower()}
    assert named <= {"src/analysis/cli.py"}
    assert (paths.ROOT / "src" / "analysis" / "cli.py").read_text("utf-8").count("okamoto") == 1
