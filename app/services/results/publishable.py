"""Results: the one module of the application that may call the analysis, when first asked to."""

from pathlib import Path


class CannotPublish(Exception):
    """What was asked for may not be let out; the message says why."""


def write_publishable(export: Path, out: Path) -> Path:
    """Write what may be published of an export: tables, and records alike in groups.

    Raises
    ------
    CannotPublish
        If the release would expose somebody.
    """
    from analysis.anonymity import NotAnonymousEnoughError
    from analysis.attack import ExposureError
    from analysis.export import read_export
    from analysis.release import write_release

    try:
        write_release(read_export(export), out)
    except (ExposureError, NotAnonymousEnoughError) as error:
        raise CannotPublish(str(error)) from error
    return out
