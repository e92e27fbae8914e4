"""From executed notebooks to what people open: site, PDF, search, exports.

`report.publish(study, runs, languages)` brings reports/<study>/ up to date and returns its path.
"""
