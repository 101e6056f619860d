"""Which way to count forty tables by group: run me and read the ratios of this one run.

    python benchmarks/crosstabs.py [RESPONSES]

The counts of all four ways are checked against each other first.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).parents[1]))

from analysis.crosstabs import group_columns, tabulate
from analysis.responses import Responses
from forms.codebook import (
    AskedQuestion,
    Category,
    Codebook,
    Measure,
    Roles,
    SectionTitle,
    Variable,
)
from forms.manifest import Accounting, ConsultationFacts, Manifest

QUESTIONS = 40
POINTS = ("strongly_disagree", "disagree", "neither", "agree", "strongly_agree", "dont_know")
GROUPS = ("law_enforcement", "industry", "civil_society")
NAMES = [f"q{number}" for number in range(QUESTIONS)]


def made(responses: int) -> pd.DataFrame:
    draws = np.random.default_rng(1)
    columns = {"group": pd.Categorical.from_codes(draws.integers(0, 3, responses), GROUPS)}
    for name in NAMES:
        codes = draws.integers(-1, len(POINTS), responses)
        columns[name] = pd.Categorical.from_codes(codes, POINTS)
    return pd.DataFrame(columns)


def as_responses(frame: pd.DataFrame) -> Responses:
    def variable(name: str, keys: tuple[str, ...]) -> Variable:
        categories = tuple(
            Category(key=key, label=key, substantive=key != "dont_know") for key in keys
        )
        return Variable(
            name=name,
            label=name,
            question=name,
            section="topic",
            measure=Measure.NOMINAL if name == "group" else Measure.ORDINAL,
            categories=categories,
        )

    codebook = Codebook(
        questionnaire="bench",
        version="1",
        title="Bench",
        digest="none",
        roles=Roles(group="group"),
        sections=(SectionTitle(key="topic", title="Topic", kind="topic"),),
        questions=tuple(
            AskedQuestion(key=name, text=name, section="topic", kind="closed", type="scale")
            for name in ("group", *NAMES)
        ),
        variables=(variable("group", GROUPS), *(variable(name, POINTS) for name in NAMES)),
    )
    asked = pd.DataFrame(dict.fromkeys(("group", *NAMES), np.ones(len(frame), dtype=np.bool_)))
    manifest = Manifest(
        consultation=ConsultationFacts(key="bench", title="Bench"),
        accounting=Accounting(received=len(frame), included=len(frame)),
    )
    return Responses(frame, asked, codebook, manifest)


def by_crosstab(frame: pd.DataFrame) -> list[np.ndarray]:
    return [
        pd.crosstab(frame[name], frame["group"], dropna=False).loc[list(POINTS)].to_numpy()[:, :3]
        for name in NAMES
    ]


def by_groupby(frame: pd.DataFrame) -> list[np.ndarray]:
    return [
        frame.groupby([name, "group"], observed=False).size().to_numpy().reshape(-1, 3)
        for name in NAMES
    ]


def by_bincount(frame: pd.DataFrame) -> list[np.ndarray]:
    group = frame["group"].cat.codes.to_numpy().astype(np.int64)
    return [
        np.bincount(
            (frame[name].cat.codes.to_numpy().astype(np.int64) + 1) * 3 + group,
            minlength=(len(POINTS) + 1) * 3,
        ).reshape(-1, 3)[1:]
        for name in NAMES
    ]


def by_ours(responses: Responses) -> list[np.ndarray]:
    columns = group_columns(responses)
    tables = [tabulate(responses, responses.variable(name), columns, "answered") for name in NAMES]
    return [
        np.array([[cell.count for cell in row.cells[:3]] for row in table.rows]) for table in tables
    ]


def read_codes(path: Path) -> pd.DataFrame:
    return pq.read_table(path).to_pandas()


def timed(way: Callable[[], object], rounds: int = 3) -> float:
    best = float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        way()
        best = min(best, time.perf_counter() - start)
    return best


def main(size: int) -> None:
    frame = made(size)
    responses = as_responses(frame)
    ways: dict[str, Callable[[], object]] = {
        "numpy.bincount alone": lambda: by_bincount(frame),
        "tabulate: bincount with three bases and per cents": lambda: by_ours(responses),
        "groupby().size()": lambda: by_groupby(frame),
        "pandas.crosstab": lambda: by_crosstab(frame),
    }
    found = [by_bincount(frame), by_ours(responses), by_groupby(frame), by_crosstab(frame)]
    for other in found[1:]:
        for left, right in zip(found[0], other, strict=True):
            assert np.array_equal(left, right)
    times = {name: timed(way) for name, way in ways.items()}
    least = times["numpy.bincount alone"]
    print(f"{size:,} responses, {QUESTIONS} tables by group; best of 3")
    for name, seconds in times.items():
        print(f"  {name:<52} {seconds:8.3f} s  {seconds / least:6.1f}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "responses.parquet"
        pq.write_table(pa.Table.from_pandas(frame), path)
        seconds = timed(lambda: read_codes(path))
        print(f"  {'reading them from Parquet as categoricals':<52} {seconds:8.3f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
