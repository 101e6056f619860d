"""Writing the export folder: the one shape in which answers go from collecting to analysing.

The app and `analysis.ingest` both write through here, so a folder looks the same whoever made it.
The columns and their types follow from the codebook (see `analysis/EXPORT.md`). pyarrow is
imported when called: whoever only answers never pays for it.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forms.codebook import Codebook, Measure
from forms.manifest import Manifest

if TYPE_CHECKING:
    import pyarrow as pa

RESPONSES = "responses.parquet"
CODEBOOK = "codebook.json"
MANIFEST = "manifest.json"
OWN_COLUMNS = ("response_id", "submitted_on", "confidential")
ASKED = "asked."
ROWS_AT_ONCE = 20_000

Row = Mapping[str, Any]


class RowError(ValueError):
    """A row does not fit the codebook; the message names the response, the column and the value."""


def write_folder(
    folder: Path | str, rows: Iterable[Row], codebook: Codebook, manifest: Manifest
) -> dict[str, str]:
    """Write the three files and give their digests.

    Each row holds the columns of `analysis/EXPORT.md` by name. A column left out is null, and an
    `asked.` column left out is false; a column that the codebook does not know, a category that a
    variable does not have and a second row with the same `response_id` are errors. Columns that
    say who someone is are left out here unless the manifest says that the contents are "full".
    Rows may come in any order: they are written in the order of `response_id`, so the same rows
    give the same bytes. Nothing is replaced until everything is written.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    table = as_table(rows, codebook)
    if manifest.contents != "full":
        table = table.drop_columns(identifying_columns(codebook))
    if table.num_rows != manifest.accounting.included:
        msg = (
            f"there are {table.num_rows} rows, but the manifest counts "
            f"{manifest.accounting.included} included responses"
        )
        raise RowError(msg)
    written = {
        RESPONSES: parquet_bytes(table),
        CODEBOOK: (codebook.model_dump_json(indent=2) + "\n").encode(),
    }
    digests = {name: digest(content) for name, content in written.items()}
    complete = manifest.model_copy(
        update={"digests": {**manifest.digests, "questionnaire": codebook.digest, **digests}}
    )
    written[MANIFEST] = (complete.model_dump_json(indent=2) + "\n").encode()
    for name, content in written.items():
        (folder / f"{name}.part").write_bytes(content)
    for name in written:
        (folder / f"{name}.part").replace(folder / name)
    return {**digests, MANIFEST: digest(written[MANIFEST])}


def digest(content: bytes) -> str:
    """Give the digest of a file's content, as it stands in the manifest."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def asked_columns(codebook: Codebook) -> tuple[str, ...]:
    """Give the columns that say who was asked what, one a question."""
    return tuple(f"{ASKED}{question.key}" for question in codebook.questions)


def identifying_columns(codebook: Codebook) -> list[str]:
    """Give the columns that say who someone is."""
    return [
        column
        for variable in codebook.variables
        if variable.identifying
        for column in variable.columns
    ]


def as_table(rows: Iterable[Row], codebook: Codebook) -> "pa.Table":
    """Gather rows into an Arrow table in the order of their ids."""
    import pyarrow as pa
    import pyarrow.compute as pc

    fields = schema(codebook)
    dictionaries = {
        variable.name: [category.key for category in variable.categories]
        for variable in codebook.variables
        if variable.measure in (Measure.NOMINAL, Measure.ORDINAL)
    }
    batches = [record_batch(some, fields, dictionaries) for some in in_batches(rows)]
    table = pa.Table.from_batches(batches, schema=fields)
    ids = table.column("response_id")
    if pc.count_distinct(ids).as_py() != table.num_rows:
        counted = pc.value_counts(ids).to_pylist()
        twice = next(each["values"] for each in counted if each["counts"] > 1)
        msg = f"response {twice}: there are two rows with this response_id"
        raise RowError(msg)
    return table.sort_by("response_id").combine_chunks()


def schema(codebook: Codebook) -> "pa.Schema":
    """Give the Arrow schema of `responses.parquet` for a codebook."""
    import pyarrow as pa

    types = {
        Measure.NOMINAL: pa.dictionary(pa.int32(), pa.string()),
        Measure.ORDINAL: pa.dictionary(pa.int32(), pa.string()),
        Measure.SEVERAL: pa.bool_(),
        Measure.RANKING: pa.int8(),
        Measure.POINTS: pa.float64(),
        Measure.NUMBER: pa.float64(),
        Measure.TEXT: pa.string(),
        Measure.JURISDICTION: pa.string(),
        Measure.REFERENCES: pa.string(),
    }
    return pa.schema(
        [
            pa.field("response_id", pa.string(), nullable=False),
            pa.field("submitted_on", pa.string()),
            pa.field("confidential", pa.string(), nullable=False),
            *(pa.field(name, pa.bool_(), nullable=False) for name in asked_columns(codebook)),
            *(
                pa.field(column, types[variable.measure])
                for variable in codebook.variables
                for column in variable.columns
            ),
        ]
    )


def in_batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Cut rows into lists that fit in memory beside the columns made from them."""
    rest = iter(rows)
    while some := list(islice(rest, ROWS_AT_ONCE)):
        yield some


def record_batch(
    rows: list[Row], fields: "pa.Schema", dictionaries: Mapping[str, list[str]]
) -> "pa.RecordBatch":
    """Turn rows into columns, refusing what the codebook has no place for."""
    import pyarrow as pa

    known = frozenset(fields.names)
    for row in rows:
        if not row.get("response_id"):
            msg = "a row has no response_id"
            raise RowError(msg)
        if not known.issuperset(row):
            unknown = ", ".join(sorted(set(row) - known))
            msg = f"response {row['response_id']}: the codebook has no column {unknown}"
            raise RowError(msg)
    arrays = []
    for field in fields:
        values = [row.get(field.name) for row in rows]
        if field.name in dictionaries:
            array = coded(field.name, values, dictionaries[field.name], rows)
        else:
            array = plain(field, values, rows)
        arrays.append(array)
    return pa.RecordBatch.from_arrays(arrays, schema=fields)


def coded(name: str, values: list[Any], categories: list[str], rows: list[Row]) -> "pa.Array":
    """Turn the keys of one variable into codes, in the order of the codebook."""
    import pyarrow as pa

    codes: dict[Any, int | None] = {key: code for code, key in enumerate(categories)}
    codes[None] = None
    try:
        indices = pa.array([codes[value] for value in values], pa.int32())
    except KeyError as unknown:
        row = rows[values.index(unknown.args[0])]
        msg = f"response {row['response_id']}: {name} has no category “{unknown.args[0]}”"
        raise RowError(msg) from None
    return pa.DictionaryArray.from_arrays(indices, pa.array(categories, pa.string()))


def plain(field: "pa.Field", values: list[Any], rows: list[Row]) -> "pa.Array":
    """Turn the values of a column that has no categories into an array of its type."""
    import pyarrow as pa

    if field.name == "confidential":
        values = [value or "" for value in values]
    elif field.name.startswith(ASKED):
        values = [value is True for value in values]
    try:
        return pa.array(values, field.type)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError, TypeError):
        for value, row in zip(values, rows, strict=True):
            try:
                pa.array([value], field.type)
            except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError, TypeError):
                msg = (
                    f"response {row['response_id']}: {field.name} cannot hold {value!r} "
                    f"({field.type} is wanted)"
                )
                raise RowError(msg) from None
        raise


def parquet_bytes(table: "pa.Table") -> bytes:
    """Write a table with settings that never vary, so the same rows give the same bytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    pq.write_table(
        table,
        sink,
        version="2.6",
        compression="zstd",
        compression_level=3,
        row_group_size=131_072,
        data_page_version="1.0",
        write_statistics=True,
    )
    return bytes(sink.getvalue())
