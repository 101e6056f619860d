"""The report as a tagged PDF (PDF/UA-1), from the same page as the HTML."""

from analysis.report.content import Report
from analysis.report.page import html_page


def pdf_file(report: Report) -> bytes:
    """Write a report as PDF.

    Parameters
    ----------
    report
        From `build_report`.

    Returns
    -------
    bytes
        Tagged for reading aloud; pictures carry their words. Nothing is fetched.
    """
    # Imported here: it loads Pango, which whoever wants HTML alone may not have.
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    page = html_page(report, pictures_apart=True)
    document = HTML(string=page, url_fetcher=URLFetcher(allowed_protocols=("data",)))
    written: bytes = document.write_pdf(pdf_variant="pdf/ua-1")
    return written
