"""What notebooks/$notebook.ipynb shows: a figure and a table that lead to their evidence."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.build


@pytest.fixture(scope="module", params=["ja", "en"])
def page(run_notebook, request):
    """The page as the notebook makes it of the synthetic study."""
    return run_notebook("$notebook", language=request.param)


def test_the_figure_is_there_and_its_marks_lead_to_evidence(page):
    assert page.figures["$name"]["records"]


def test_the_rows_of_the_table_lead_to_evidence(page):
    table = page.tables["events"]
    assert table["rows"] and all(row["record"] for row in table["rows"])


def test_nothing_leads_to_evidence_that_is_not_there(page):
    assert page.astray == set()
