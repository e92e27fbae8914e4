"""What a notebook uses besides pandas."""

from analysis.notebook.readings import Reading
from analysis.notebook.report import MistakeError, Report, open_study, show_reads

__all__ = ["MistakeError", "Reading", "Report", "open_study", "show_reads"]
