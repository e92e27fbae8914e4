"""Validate an RO-Crate as a Process Run Crate, offline; for the Python that has roc-validator.

    python validate_crate.py FOLDER SEVERITY      (REQUIRED, RECOMMENDED)

Writes the issues found as JSON, a list of [check, what is wrong].
"""

import io
import json
import sys
from pathlib import Path

import requests
import rocrate
from rocrate_validator.models import Severity, ValidationSettings
from rocrate_validator.services import validate

# The context of the newest RO-Crate, as its library ships it, stands in for that of 1.1: a file
# of the crate's own format, but for names that came later.
CONTEXT = Path(rocrate.__file__).parent / "data" / "ro-crate.jsonld"


def served(_: object, request: requests.PreparedRequest, **__: object) -> requests.Response:
    if request.url != "https://w3id.org/ro/crate/1.1/context":
        raise requests.ConnectionError(f"the crate asks for {request.url}")
    response = requests.Response()
    response.status_code, response.url, response.request = 200, request.url, request
    response.headers["Content-Type"] = "application/ld+json"
    response.raw = io.BytesIO(CONTEXT.read_bytes())
    return response


requests.adapters.HTTPAdapter.send = served
folder, severity = sys.argv[1:]
result = validate(
    ValidationSettings(
        rocrate_uri=folder,
        profile_identifier="process-run-crate-0.5",
        requirement_severity=Severity[severity],
        skip_availability_check=True,
        no_cache=True,
    )
)
issues = result.get_issues(Severity[severity])
print(json.dumps([[issue.check.identifier, issue.message] for issue in issues]))
