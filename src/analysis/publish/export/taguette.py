"""The codebook as the CSV that Taguette imports: columns `tag` and `description`.

Taguette wants exactly one column named tag, name or path, and guesses the file's encoding.
"""

from __future__ import annotations

import csv
import io

from analysis.publish.export.codebook import codes
from analysis.transcribe.load import Study


def codebook(study: Study) -> bytes:
    """The codebook, one tag a row; its header alone where the study has no themes."""
    with io.StringIO(newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["tag", "description"])
        writer.writerows([code.name, code.description] for code in codes(study))
        return file.getvalue().encode("utf-8")
