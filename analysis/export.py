"""Reading the export folder: three files in, frames and a codebook out, or a word on what is wrong.

Everything that the analysis counts comes through `read_export`, which believes nothing: the digests
must match, the columns must be those of the codebook, every key must be one of its categories, and
nobody may have answered what they were not asked. Longer than most files because each check says
in its own words what is wrong and what to do.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, ValidationError

from analysis.coded import CODINGS, CodedQuestion, Codings
from analysis.responses import CODED, ExportError, Responses
from forms.codebook import Codebook, Variable
from forms.folder import (
    ASKED,
    CODEBOOK,
    MANIFEST,
    OWN_COLUMNS,
    RESPONSES,
    asked_columns,
    digest,
    schema,
)
from forms.manifest import Manifest

__all__ = ["ExportError", "Responses", "read_codings", "read_export", "read_references"]

Model = TypeVar("Model", bound=BaseModel)
PANDAS_TYPES = {pa.bool_(): pd.BooleanDtype(), pa.int8(): pd.Int8Dtype()}


class MissingFileError(ExportError):
    """The folder, or one of its three files, is not there."""


class BrokenFileError(ExportError):
    """A file is there and cannot be understood."""


class ChangedFileError(ExportError):
    """A file is not the one that the manifest was written for."""


class ColumnsError(ExportError):
    """The columns of the responses are not those of the codebook."""


class UnknownCategoryError(ExportError):
    """An answer is a key that the codebook does not have."""


class NotAskedError(ExportError):
    """There is an answer to a question that the respondent was not asked."""


def read_export(folder: Path | str) -> Responses:
    """Read an export folder, checking everything that can be checked.

    Parameters
    ----------
    folder
        Holds `responses.parquet`, `codebook.json` and `manifest.json`, and where answers were coded
        `codings.json` (`analysis/EXPORT.md`).

    Raises
    ------
    MissingFileError, BrokenFileError, ChangedFileError, ColumnsError, UnknownCategoryError,
    NotAskedError
        Each says what is wrong, where, and what to do about it. All are `ExportError`.
    """
    folder = Path(folder)
    contents = {name: read_bytes(folder, name) for name in (MANIFEST, CODEBOOK, RESPONSES)}
    manifest = parse(Manifest, contents[MANIFEST], MANIFEST)
    for name in (CODEBOOK, RESPONSES):
        check_digest(name, contents[name], manifest)
    codebook = parse(Codebook, contents[CODEBOOK], CODEBOOK)
    table = read_table(contents[RESPONSES])
    check_columns(table.column_names, codebook, manifest)
    table = conform(table, codebook)
    if table.num_rows != manifest.accounting.included:
        msg = (
            f"{RESPONSES} holds {table.num_rows} responses, but {MANIFEST} counts "
            f"{manifest.accounting.included}: export again"
        )
        raise ChangedFileError(msg)
    responses = Responses(
        frame=as_frame(table, codebook),
        asked=as_asked(table, codebook),
        codebook=codebook,
        manifest=manifest,
        codings=read_codings(folder, manifest),
    )
    check_asked(responses)
    check_codings(responses)
    return responses


def read_codings(folder: Path | str, manifest: Manifest) -> tuple[CodedQuestion, ...]:
    """Read what people decided about the answers; nothing where the folder holds no such file.

    Raises
    ------
    BrokenFileError
        The file cannot be understood.
    ChangedFileError
        It is not the one that the manifest was written for.
    MissingFileError
        The manifest knows of one that is not there.
    """
    path = Path(folder) / CODINGS
    if not path.exists():
        if CODINGS in manifest.digests:
            msg = f"{MANIFEST} knows of a {CODINGS} that {folder} does not hold: export again"
            raise MissingFileError(msg)
        return ()
    content = path.read_bytes()
    check_digest(CODINGS, content, manifest)
    return parse(Codings, content, CODINGS).questions


def check_codings(responses: Responses) -> None:
    """Refuse codings of questions that were not asked, and codes that are in no frame."""
    known = {each.key for each in responses.codebook.questions}
    for each in responses.codings:
        if each.question not in known:
            msg = f"{CODINGS} codes {each.question}, which {CODEBOOK} does not have: export again"
            raise BrokenFileError(msg)
        codes = {code.key for code in each.codes}
        unknown = sorted({key for given in each.codings.values() for key in given} - codes)
        if unknown:
            msg = f"{CODINGS}: {each.question} has no code {', '.join(unknown)}: export again"
            raise BrokenFileError(msg)


def read_bytes(folder: Path, name: str) -> bytes:
    """Read one of the three files."""
    if not folder.is_dir():
        msg = f"there is no folder {folder}: give the folder that `flask export` wrote"
        raise MissingFileError(msg)
    try:
        return (folder / name).read_bytes()
    except FileNotFoundError:
        msg = (
            f"{folder} holds no {name}: an export folder holds {RESPONSES}, {CODEBOOK} and "
            f"{MANIFEST}, so export again or give another folder"
        )
        raise MissingFileError(msg) from None


def parse(model: type[Model], content: bytes, name: str) -> Model:
    """Read a JSON file into its model, or say in which place it is wrong."""
    try:
        return model.model_validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the whole file"
        msg = f"{name} cannot be understood at {place}: {first['msg']}; export again"
        raise BrokenFileError(msg) from None


def check_digest(name: str, content: bytes, manifest: Manifest) -> None:
    """Refuse a file that is not the one the manifest was written for."""
    noted = manifest.digests.get(name)
    if noted is None:
        msg = f"{MANIFEST} gives no digest for {name}: export again"
        raise ChangedFileError(msg)
    if noted != digest(content):
        msg = (
            f"{name} was changed after the export (its digest is not the one in {MANIFEST}): "
            "export again, or bring the changed file in through `python -m analysis ingest`"
        )
        raise ChangedFileError(msg)


def read_table(content: bytes) -> pa.Table:
    """Read the Parquet file."""
    try:
        return pq.read_table(pa.BufferReader(content))
    except (pa.ArrowInvalid, OSError) as error:
        msg = f"{RESPONSES} is not a Parquet file that can be read ({error}): export again"
        raise BrokenFileError(msg) from None


def check_columns(names: Iterable[str], codebook: Codebook, manifest: Manifest) -> None:
    """Refuse columns that are missing, unknown or there twice.

    Columns that say who someone is may be missing from every export but the full one.
    """
    found = list(names)
    twice = sorted({name for name in found if found.count(name) > 1})
    wanted = set(schema(codebook).names)
    optional = {
        column
        for variable in codebook.variables
        if variable.identifying and manifest.contents != "full"
        for column in variable.columns
    }
    missing = sorted(wanted - optional - set(found))
    unknown = sorted(set(found) - wanted)
    wrong = [
        f"{word} {', '.join(columns)}"
        for word, columns in (("missing:", missing), ("unknown:", unknown), ("twice:", twice))
        if columns
    ]
    if wrong:
        msg = f"{RESPONSES} does not have the columns of {CODEBOOK} ({'; '.join(wrong)})"
        raise ColumnsError(msg)


def conform(table: pa.Table, codebook: Codebook) -> pa.Table:
    """Give the columns the types of the codebook, whatever near type another writer chose."""
    types = schema(codebook)
    columns = {}
    for name in table.column_names:
        column, wanted = table.column(name), types.field(name).type
        try:
            if pa.types.is_dictionary(wanted) and not pa.types.is_dictionary(column.type):
                column = column.cast(pa.string()).dictionary_encode()
            elif column.type != wanted and not pa.types.is_dictionary(wanted):
                column = column.cast(wanted)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            msg = f"{RESPONSES}: {name} holds {column.type} where {wanted} is wanted ({error})"
            raise ColumnsError(msg) from None
        columns[name] = column
    return pa.table(columns)


def as_frame(table: pa.Table, codebook: Codebook) -> pd.DataFrame:
    """Turn the columns of the variables into a frame by response."""
    ids = pd.Index(table.column("response_id").to_pandas(), name="response_id")
    if ids.has_duplicates:
        msg = f"{RESPONSES} has two rows for response {ids[ids.duplicated()][0]}: export again"
        raise ColumnsError(msg)
    columns: dict[str, Any] = {}
    for name in OWN_COLUMNS[1:]:
        columns[name] = table.column(name).to_pandas().array
    for variable in codebook.variables:
        for name in variable.columns:
            if name not in table.column_names:
                continue
            column = table.column(name)
            columns[name] = (
                as_categorical(column, variable)
                if variable.measure in CODED
                else column.to_pandas(types_mapper=PANDAS_TYPES.get).array
            )
    return pd.DataFrame(columns, index=ids)


def as_categorical(column: pa.ChunkedArray, variable: Variable) -> pd.Categorical:
    """Turn keys into a categorical by their codes.

    pandas would make a silent missing value of a key that it does not know; this refuses it.
    """
    chunk = column.unify_dictionaries().combine_chunks()
    if isinstance(chunk, pa.ChunkedArray):
        chunk = pa.concat_arrays(chunk.chunks) if chunk.num_chunks else pa.array([], column.type)
    keys = [category.key for category in variable.categories]
    position = {key: code for code, key in enumerate(keys)}
    dictionary = chunk.dictionary.to_pylist()
    translate = np.array([position.get(key, -2) for key in dictionary] + [-1], dtype=np.int64)
    codes = translate[chunk.indices.fill_null(len(dictionary)).to_numpy(zero_copy_only=False)]
    if (codes == -2).any():
        strange = sorted({str(key) for key in dictionary if key not in position})
        msg = (
            f"{variable.name} holds {', '.join(f'“{key}”' for key in strange)}, which "
            f"{CODEBOOK} does not have: its categories are {', '.join(keys)}"
        )
        raise UnknownCategoryError(msg)
    # Never ordered here: "don't know" stands last and is no high value. `Responses.views` orders.
    return pd.Categorical.from_codes(codes, categories=pd.Index(keys, dtype=object))


def as_asked(table: pa.Table, codebook: Codebook) -> pd.DataFrame:
    """Turn the `asked.` columns into a frame by response."""
    ids = pd.Index(table.column("response_id").to_pandas(), name="response_id")
    columns = {
        name.removeprefix(ASKED): table.column(name).fill_null(False).to_numpy().astype(np.bool_)
        for name in asked_columns(codebook)
    }
    return pd.DataFrame(columns, index=ids)


def check_asked(responses: Responses) -> None:
    """Refuse an answer to a question that was not asked: its base would be wrong."""
    for variable in responses.codebook.variables:
        asked = responses.was_asked(variable.name)
        if asked.all():
            continue
        for column in variable.columns:
            if column not in responses.frame.columns:
                continue
            strange = responses.frame[column].notna().to_numpy() & ~asked
            if strange.any():
                first = responses.frame.index[int(strange.argmax())]
                msg = (
                    f"{column} holds {int(strange.sum())} answers of respondents who were not "
                    f"asked {variable.question} (the first: response {first}); export again"
                )
                raise NotAskedError(msg)


def read_references(cell: str | None) -> tuple[dict[str, str], ...]:
    """Read a references cell; nothing there is no references."""
    if not isinstance(cell, str) or not cell:
        return ()
    return tuple(json.loads(cell))
