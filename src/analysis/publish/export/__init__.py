"""A study for other tools: one module a kind of format, and the folder that holds them all."""

import jinja2

TEMPLATES = jinja2.Environment(
    loader=jinja2.PackageLoader(__name__, ""),
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
