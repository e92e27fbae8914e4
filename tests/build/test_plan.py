"""The plan: a parameter that a notebook does not declare, or of another type, stops everything."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from analysis import paths
from analysis.build.plan import PlanError, check_parameters, declared_parameters, plan

STUDY = {
    "id": "small",
    "regions": ["north", "south"],
    "region_names": {"north": {"ja": "北", "en": "North"}, "south": {"ja": "南", "en": "South"}},
}
TYPES = {"text": str, "count": int, "share": float, "yes": bool}
VALUES = st.one_of(st.text(max_size=5), st.integers(), st.floats(), st.booleans(), st.none())


@pytest.fixture
def planned(tmp_path):
    """Plan pages of a notebook whose parameters cells are given."""

    def made(*cells: str, **entry) -> list:
        notebook = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(source, metadata={"tags": ["parameters"]}) for source in cells]
        )
        nbformat.write(notebook, tmp_path / "one.ipynb")
        page = {"page": "index", "notebook": "one", "title_ja": "題", "title_en": "Title"} | entry
        path = tmp_path / "report.yaml"
        path.write_text(yaml.safe_dump({"pages": [page]}), "utf-8")
        return plan(STUDY, ("ja", "en"), path)

    return made


# -- What is refused -------------------------------------------------------------------------------


def test_a_parameter_that_the_notebook_does_not_declare_is_refused_with_those_it_does(planned):
    with pytest.raises(
        PlanError,
        match=r"one\.ipynb: parameter 'colour' is not declared; its"
        " parameters cell declares study, language",
    ):
        planned('study: str = ""\nlanguage: str = ""', parameters={"colour": "red"})


@pytest.mark.parametrize(
    ("declared", "given"),
    [
        ("int", "3"),
        ("str", 3),
        ("int", 3.0),
        ("float", 3),
        ("bool", 1),
        ("int", True),
        ("str", None),
    ],
)
def test_a_parameter_of_another_type_is_refused(planned, declared, given):
    with pytest.raises(PlanError, match=f"parameter 'most': found .*, expected {declared}"):
        planned(f"most: {declared} = 0", parameters={"most": given})


@given(name=st.sampled_from(sorted(TYPES)), value=VALUES)
def test_a_value_passes_exactly_where_it_has_the_declared_type(name, value):
    if type(value) is TYPES[name]:
        check_parameters("one", {name: value}, TYPES)
    else:
        with pytest.raises(PlanError, match=f"expected {TYPES[name].__name__}"):
            check_parameters("one", {name: value}, TYPES)


@pytest.mark.parametrize(
    "cell",
    [
        'study = "x"',
        "study: list = []",
        "import os",
        'study: str = "x"\nprint(study)',
        "study: 'str' = 'x'",
    ],
)
def test_a_parameters_cell_with_anything_but_annotated_values_is_refused(planned, cell):
    with pytest.raises(PlanError, match="write `name: type = value` with str, int, float, bool"):
        planned(cell)


@pytest.mark.parametrize("cells", [(), ('study: str = "x"', 'language: str = "y"')])
def test_a_notebook_has_one_parameters_cell(planned, cells):
    with pytest.raises(PlanError, match=f"found {len(cells)} cells tagged 'parameters', expected one"):
        planned(*cells)


def test_a_notebook_that_is_not_there_is_named(planned):
    with pytest.raises(PlanError, match=r"notebooks/two\.ipynb: no such notebook"):
        planned('study: str = "x"', notebook="two")


def test_a_wrong_plan_is_one_line_and_status_2_and_nothing_runs_or_is_written(new_project, tmp_path):
    project = new_project(tmp_path / "project")
    path = project.folder / "notebooks" / "report.yaml"
    path.write_text(
        path.read_text("utf-8").replace(
            "notebook: 05_outlook,", "notebook: 05_outlook, parameters: {colour: red},"
        ),
        "utf-8",
    )
    done = project.run("report")
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert "05_outlook.ipynb: parameter 'colour' is not declared" in done.stderr
    assert not (project.folder / "reports").exists()


# -- What is planned -------------------------------------------------------------------------------


def test_a_parameter_is_given_only_to_a_notebook_that_declares_it(planned):
    jobs = planned('language: str = "ja"  # of the page')
    assert [dict(job.parameters) for job in jobs] == [{"language": "ja"}, {"language": "en"}]


def test_a_page_for_each_region_is_a_run_with_its_id_and_its_name(planned):
    jobs = planned(
        'region: str = ""',
        page="region-{region}",
        for_each="region",
        title_en="About {region}",
        title_ja="{region}について",
    )
    assert [job.name for job in jobs] == [
        "ja/region-north",
        "ja/region-south",
        "en/region-north",
        "en/region-south",
    ]
    assert [job.title for job in jobs] == ["北について", "南について", "About North", "About South"]
    assert jobs[0].parameters["region"] == "north"


def test_a_parameter_of_the_plan_goes_before_what_is_given_to_all(planned):
    jobs = planned('study: str = ""', parameters={"study": "other"})
    assert {job.parameters["study"] for job in jobs} == {"other"}


def test_every_notebook_of_the_project_is_planned_and_declares_study_and_language():
    document = yaml.safe_load(paths.PLAN.read_text("utf-8"))
    there = {path.stem for path in paths.NOTEBOOKS.glob("*.ipynb")}
    assert {page["notebook"] for page in document["pages"]} == there
    for name in there:
        declared = declared_parameters(Path(paths.NOTEBOOKS, f"{name}.ipynb"))
        assert {"study": str, "language": str}.items() <= declared.items()


def test_the_first_page_is_the_index_and_there_is_a_page_of_evidence():
    pages = [page["page"] for page in yaml.safe_load(paths.PLAN.read_text("utf-8"))["pages"]]
    assert pages[0] == "index"
    assert "evidence" in pages  # where every mark leads
    assert len(pages) == len(set(pages))


def test_a_page_that_needs_studies_beside_it_is_left_out_where_there_are_none(planned, monkeypatch):
    cell = 'study: str = ""\nlanguage: str = ""\nbeside: str = ""'
    assert planned(cell, needs="beside") == []
    monkeypatch.setitem(STUDY, "beside", ["one", "two"])
    assert [job.parameters["beside"] for job in planned(cell, needs="beside")] == ["one two"] * 2
