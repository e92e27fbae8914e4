"""What a notebook was given has to be what it declares: checked by itself, in one line."""

from __future__ import annotations

import subprocess
import sys

import nbformat
import pytest

from analysis import parameters, paths
from analysis.parameters import ParameterError, check, declared

DECLARED = 'study: str = "a"\nn: int = 1\nshare: float = 0.5\ndeep: bool = False  # a comment'
unit = pytest.mark.unit


def given(injected: str, cell: str = DECLARED, **later: object) -> dict[str, object]:
    """A namespace as it is when papermill's cell has run."""
    values: dict[str, object] = {}
    exec(f"{cell}\n{injected}", values)
    history = ["", "import os", cell, "", *([f"# Parameters\n{injected}\n"] if injected else [])]
    return values | {"In": history} | later


@unit
@pytest.mark.parametrize(
    ("injected", "said"),
    [
        ('stduy = "b"', "parameter 'stduy' is not declared; did you mean 'study'?"),
        ("q = 1", "parameter 'q' is not declared; there are study, n, share, deep"),
        (
            "study = 1000.0",
            "parameter 'study': found 1000.0 (float), expected str; write study = \"text\" (papermill: -r study …)",
        ),
        ("n = True", "parameter 'n': found True (bool), expected int; write n = 1"),
        ("n = 1.0", "parameter 'n': found 1.0 (float), expected int; write n = 1"),
        ('deep = "no"', "parameter 'deep': found 'no' (str), expected bool; write deep = True or False"),
    ],
)
def test_an_undeclared_parameter_or_one_of_another_type_is_one_line(injected, said):
    with pytest.raises(ParameterError) as refusal:
        check(given(injected))
    assert str(refusal.value) == said
    assert refusal.value._render_traceback_() == [said]


@unit
@pytest.mark.parametrize("injected", ["", 'study = "no"', "n = 2", "share = 1", "deep = True"])
def test_what_fits_passes(injected):
    check(given(injected))


@unit
def test_a_value_that_was_edited_in_the_cell_itself_is_checked_too():
    with pytest.raises(ParameterError, match="parameter 'n': found 'two'"):
        check(given("", 'study: str = "a"\nn: int = "two"'))


@unit
def test_a_later_cell_that_annotates_something_else_declares_no_parameter():
    namespace = given('study = "b"', count=3)
    namespace["In"].append("count: int = 3")
    check(namespace)


@unit
def test_outside_ipython_and_without_declarations_nothing_is_asked():
    check({})
    check({"In": ["", "1 + 1", "%matplotlib inline"]})


@unit
@pytest.mark.parametrize("line", ["print(1)", "x: list = []", "x: int", "x = y = 1"])
def test_a_parameters_cell_that_does_something_else_is_refused_with_the_line(line):
    with pytest.raises(ParameterError, match="write `name: type = value`"):
        declared(f"a: int = 1\n{line}")


@unit
def test_a_parameter_without_a_type_has_that_of_its_value():
    assert declared("a = 1\nb: str = 'x'") == {"a": int, "b": str}
    assert parameters.values("a = 1\nb: str = 'x'") == {"a": 1, "b": "x"}


@pytest.mark.build
def test_plain_papermill_stops_at_a_mistyped_parameter_in_one_line(tmp_path):
    cells = [
        nbformat.v4.new_code_cell(DECLARED, metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell("from analysis import parameters\nparameters.check()"),
    ]
    spec = {"kernelspec": {"name": "python3", "display_name": "", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=spec), tmp_path / "n.ipynb")
    command = [sys.executable, "-m", "papermill", "n.ipynb", "out.ipynb", "-p", "stduy", "b"]
    environment = {"PYTHONPATH": str(paths.ROOT / "src"), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    (output,) = nbformat.read(tmp_path / "out.ipynb", 4).cells[-1].outputs
    assert output.traceback == ["parameter 'stduy' is not declared; did you mean 'study'?"]
