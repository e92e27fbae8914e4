"""Notebooks as programs save them come out in one form, the same every time."""

from __future__ import annotations

import json

import nbformat
import pytest

from analysis.build import source
from analysis.errors import UserError

pytestmark = pytest.mark.unit
CODE = {"cell_type": "code", "source": "1", "metadata": {}, "outputs": [], "execution_count": 3}
TEXT = {"cell_type": "markdown", "source": ["# T\n", "x"], "metadata": {}}
PYTHON = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
FORMS = {
    "JupyterLab": {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": PYTHON,
        "cells": [TEXT | {"id": "a"}, CODE | {"id": "b"}],
    },
    "an older Jupyter, without ids": {
        "nbformat": 4,
        "nbformat_minor": 2,
        "metadata": PYTHON,
        "cells": [TEXT, CODE],
    },
    "nbformat 3": {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"name": ""},
        "worksheets": [
            {
                "cells": [
                    {"cell_type": "markdown", "source": "# T\nx", "metadata": {}},
                    {
                        "cell_type": "code",
                        "input": "1",
                        "outputs": [],
                        "language": "python",
                        "metadata": {},
                        "collapsed": False,
                    },
                ]
            }
        ],
    },
    "Colab": {
        "nbformat": 4,
        "nbformat_minor": 0,
        "metadata": {
            "colab": {"provenance": []},
            "kernelspec": {"name": "python3", "display_name": "Python 3"},
        },
        "cells": [
            TEXT | {"metadata": {"id": "a"}},
            CODE
            | {"metadata": {"id": "b", "colab": {"base_uri": "https://localhost/"}}, "execution_count": None},
        ],
    },
    "VS Code": {
        "nbformat": 4,
        "nbformat_minor": 2,
        "metadata": {
            "kernelspec": {"display_name": ".venv (3.11.7)", "language": "python", "name": "venv"},
            "language_info": {"name": "python", "version": "3.11.7"},
        },
        "cells": [TEXT | {"attachments": {}}, CODE | {"metadata": {"vscode": {"languageId": "python"}}}],
    },
    "Quarto": {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": PYTHON | {"toc-autonumbering": True},
        "cells": [TEXT | {"id": "a"}, {k: v for k, v in CODE.items() if k != "outputs"} | {"id": "b"}],
    },
    "jupytext": {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"jupytext": {"formats": "ipynb,py:percent"}},
        "cells": [{"cell_type": "markdown", "source": "# T\nx"}, {"cell_type": "code", "source": ["1"]}],
    },
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_a_valid_notebook_with_its_cells_and_nothing_of_the_program(form):
    made = source.normalised(json.loads(json.dumps(FORMS[form])), "n")
    assert [cell["source"] for cell in made["cells"]] == ["# T\nx", "1"]
    assert [cell["id"] for cell in made["cells"]] in (["a", "b"], ["cell-1", "cell-2"])
    assert [cell["metadata"] for cell in made["cells"]] == [{}, {}]
    assert made["metadata"]["kernelspec"]["name"] == "python3"
    nbformat.validate(nbformat.from_dict(made), relax_add_props=False)
    assert source.normalised(made, "n") == made


@pytest.mark.parametrize(
    ("given", "ids"),
    [
        (["a", "a", "a"], ["a", "a-2", "a-3"]),
        (["a", "a", "a-2"], ["a", "a-3", "a-2"]),
        (["", "cell-1"], ["cell-1-2", "cell-1"]),
        (["図", "x" * 65, "ok_1"], ["cell-1", "cell-2", "ok_1"]),
        ([None, None], ["cell-1", "cell-2"]),
    ],
)
def test_ids_are_unique_valid_and_follow_from_the_file_alone(given, ids):
    cells = [CODE | ({} if name is None else {"id": name}) for name in given]
    made = source.normalised({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}, "n")
    assert [cell["id"] for cell in made["cells"]] == ids


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "notebooks/n.ipynb:1: not a notebook (Expecting value)"),
        ('{\n<<<<<<< HEAD\n"cells": []}', "notebooks/n.ipynb:2: not a notebook"),
        ("[]", "notebooks/n.ipynb: not a notebook; found no `nbformat` in it"),
        ('{"nbformat": 4}', "notebooks/n.ipynb: not a notebook; found no `cells` in it"),
        (
            '{"nbformat": 4, "cells": [], "metadata": {"kernelspec": {"language": "R"}}}',
            "notebooks/n.ipynb: found a notebook in R, expected Python",
        ),
    ],
)
def test_what_is_no_python_notebook_is_refused_in_one_line(tmp_path, text, said):
    (tmp_path / "n.ipynb").write_text(text, "utf-8")
    with pytest.raises(UserError) as refusal:
        source.read(tmp_path / "n.ipynb")
    assert str(refusal.value).startswith(said)
    assert "\n" not in str(refusal.value)


def test_a_byte_order_mark_is_no_part_of_a_notebook(tmp_path):
    (tmp_path / "n.ipynb").write_text(json.dumps(FORMS["Colab"]), "utf-8-sig")
    assert len(source.read(tmp_path / "n.ipynb")["cells"]) == 2
