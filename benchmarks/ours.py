"""The notebook stage of `make report`: `ours.py JOBS warm|cold` executes the jobs, and no more."""

import json
import sys
from pathlib import Path

import nbformat

from analysis.build import readings, run
from analysis.build.plan import Job

if __name__ == "__main__":
    given = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    jobs = [
        Job(j["out"], j["parameters"]["language"], Path(j["notebook"]).stem, parameters=j["parameters"])
        for j in given
    ]
    study = given[0]["parameters"]["study"]
    with run.Workers(warm=sys.argv[2] == "warm").submit(study, ()) as submit:
        for job in [(job, submit(job, readings=readings.path(study))) for job in jobs]:
            made = run.received(*job)
            if isinstance(made, Exception):
                sys.exit(str(made))
            Path(sys.argv[1]).with_name(f"ours-{job[0].page}").write_text(nbformat.writes(made), "utf-8")
