"""The notebook stage of `make report`: `ours.py JOBS warm|cold` executes the jobs, and no more."""

import json
import sys
from pathlib import Path

import nbformat

from analysis.build import kernels, run
from analysis.build.execute import NotebookError
from analysis.build.plan import PRELOAD, Job

if __name__ == "__main__":
    warm = sys.argv[2] == "warm"
    if warm:
        kernels.start(PRELOAD)
    given = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    jobs = [
        Job(j["out"], j["parameters"]["language"], "", "", Path(j["notebook"]).stem, j["parameters"])
        for j in given
    ]
    for job, made in run.run_all(jobs, warm=warm, at_once=run.at_once_by_default()):
        if isinstance(made, NotebookError):
            sys.exit(str(made))
        Path(sys.argv[1]).with_name(f"ours-{job.page}").write_text(nbformat.writes(made), "utf-8")
