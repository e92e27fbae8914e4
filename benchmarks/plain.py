"""What the notebooks do, as a plain script: `plain.py JOBS FIRST STEP` runs every STEP-th job."""

import json
import os
import sys
from pathlib import Path

from analysis import paths

if __name__ == "__main__":
    jobs = json.loads(Path(sys.argv[1]).read_text("utf-8"))[int(sys.argv[2]) :: int(sys.argv[3])]
    os.chdir(paths.NOTEBOOKS)
    for job in jobs:
        cells = json.loads(Path(job["notebook"]).read_text("utf-8"))["cells"]
        names = {}
        for cell in cells:
            if cell["cell_type"] == "code":
                exec("".join(cell["source"]), names)
                if "parameters" in cell["metadata"].get("tags", []):
                    names |= job["parameters"]
