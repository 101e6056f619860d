"""The report: what was said, in the order in which it is read, as HTML, Word and PDF."""

from analysis.report.building import build_report
from analysis.report.content import Report
from analysis.report.writing import write_report

__all__ = ["Report", "build_report", "write_report"]
