"""Other tools' Python interfaces: `peers.py JOBS papermill|ploomber` executes the jobs one by one."""

import json
import sys
from pathlib import Path

if __name__ == "__main__":
    notebooks = Path(__file__).resolve().parents[1] / "notebooks"
    if sys.argv[2] == "papermill":
        from papermill import execute_notebook

        more = {"kernel_name": "python3", "progress_bar": False}
    else:
        from ploomber_engine import execute_notebook

        more = {"progress_bar": False}
    for job in json.loads(Path(sys.argv[1]).read_text("utf-8")):
        out = Path(sys.argv[1]).with_name(f"{sys.argv[2]}-{job['out']}")
        execute_notebook(
            str(notebooks / job["notebook"]),
            str(out),
            parameters=job["parameters"],
            cwd=str(notebooks),
            **more,
        )
