"""References: from a catalog and CSV tables to the expected shares of each prompt."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from assets.suites.schema import Attribute, Name, Prompt, Reference, ReferenceRow, SuiteData, Value
from warehouse.errors import UsageError
from warehouse.inputfile import read_file
from warehouse.validation import close_match

REST = "rest"  # a share that is what the other columns leave of the whole
_DIGITS = 6


class _Entry(SuiteData):
    id: Name
    source: str
    note: str | None = None


class Fixed(_Entry):
    """Shares that are in the catalog itself."""

    kind: Literal["fixed"]
    attributes: dict[Name, dict[Value, float]]


class Uniform(_Entry):
    """Equal shares of the values, or bands, that the suite names."""

    kind: Literal["uniform"]


class ReferenceTable(_Entry):
    """Shares from the columns of a CSV file, in per cent; `weight` is the column that weights several rows."""

    kind: Literal["table"]
    file: str
    key: str
    year: int
    table: str
    weight: str | None = None
    attributes: dict[Name, dict[Value, str]]


class Catalogue(SuiteData):
    """Every reference that a suite may name."""

    references: tuple[Annotated[Fixed | Uniform | ReferenceTable, Field(discriminator="kind")], ...]


class ReferenceUse(SuiteData):
    """How a suite names a reference; `rows` maps a prompt or a subject to the table's row, or to several."""

    id: Name
    attribute: Name
    scale: Literal["values", "bands"] = "values"
    values: tuple[Value, ...] | None = None
    rows: dict[str, str | tuple[str, ...]] = Field(default_factory=dict)


def build(
    use: ReferenceUse, prompts: Sequence[Prompt], attribute: Attribute, catalogue: Catalogue, folder: Path
) -> Reference:
    """Return the reference with a row for each prompt that has one (fixed and uniform: one row for all).

    Messages do not name the suite's file; the caller does.
    """
    entry = {e.id: e for e in catalogue.references}.get(use.id)
    if entry is None:
        raise UsageError(
            f'unknown reference "{use.id}"' + close_match(use.id, [e.id for e in catalogue.references])
        )
    known = list(attribute.values) if use.scale == "values" else list(attribute.bands)
    for value in use.values or ():
        _known(value, known, f'value of "{attribute.id}"')
    if isinstance(entry, ReferenceTable):
        rows = _table_rows(use, entry, prompts, folder)
    elif use.rows:
        raise UsageError(f'reference "{use.id}" has no table, so it takes no rows; remove them')
    elif isinstance(entry, Fixed):
        _known(use.attribute, entry.attributes, f'attribute of "{use.id}"')
        rows = [ReferenceRow(shares=entry.attributes[use.attribute])]
    else:
        support = list(use.values or known)
        if len(support) < 2:
            raise UsageError(f'reference "{use.id}" of "{attribute.id}" needs at least two values')
        rows = [ReferenceRow(shares={value: 1 / len(support) for value in support})]
    for value in rows[0].shares:
        _known(value, known, f'value of "{attribute.id}"')
    return Reference(
        id=use.id,
        attribute=use.attribute,
        values=use.scale,
        rows=tuple(rows),
        source=entry.source,
        note=entry.note,
    )


def _table_rows(
    use: ReferenceUse, entry: ReferenceTable, prompts: Sequence[Prompt], folder: Path
) -> list[ReferenceRow]:
    _known(use.attribute, entry.attributes, f'attribute of "{use.id}"')
    table = _read_table(folder / entry.file, entry)
    names = {p.id for p in prompts} | {p.subject for p in prompts}
    for name, named in use.rows.items():
        _known(name, names, "prompt or subject")
        for row in _several(named):
            _known(row, table, f"row of {entry.file}")
    rows = []
    for prompt in prompts:
        wanted = use.rows.get(prompt.id, use.rows.get(prompt.subject))
        if wanted is None or use.attribute not in prompt.attributes:
            continue
        picked = _several(wanted)
        shares = _shares([table[row] for row in picked], entry, use.attribute)
        source = f"{entry.year}, {entry.table}, {'row' if len(picked) == 1 else 'rows'} {' + '.join(picked)}"
        rows.append(ReferenceRow(prompt=prompt.id, shares=shares, source=source))
    if not rows:
        raise UsageError(f'reference "{use.id}" of "{use.attribute}" has no row for any prompt; add rows')
    return rows


def _shares(rows: Sequence[Mapping[str, str]], entry: ReferenceTable, attribute: str) -> dict[str, float]:
    """Return shares that add up to one, rounded to six digits; the last takes what rounding leaves."""
    columns = entry.attributes[attribute]
    weights = [float(row[entry.weight]) if entry.weight else 1.0 for row in rows]
    parts: dict[str, float] = {}
    for value, column in columns.items():
        if column != REST:
            parts[value] = sum(w * float(row[column]) for w, row in zip(weights, rows, strict=True)) / sum(
                weights
            )
    # Without a rest the columns are the whole, give or take the rounding of the published percentages.
    whole = 100.0 if REST in columns.values() else sum(parts.values())
    shares: dict[str, float] = {}
    *first, last = columns
    for value in first:
        rest = whole - sum(parts.values())
        shares[value] = round(parts.get(value, rest) / whole, _DIGITS)
    shares[last] = round(1 - sum(shares.values()), _DIGITS)
    return shares


def _read_table(path: Path, entry: ReferenceTable) -> dict[str, dict[str, str]]:
    where = f"suites/references/{entry.file}"
    try:
        text = read_file(path).decode("utf-8")
    except FileNotFoundError:
        raise UsageError(f"{where}: there is no such file") from None
    except OSError as error:
        raise UsageError(f"{where}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{where}: is not UTF-8; save it as UTF-8") from None
    reader = csv.DictReader(io.StringIO(text, newline=""))
    columns = {entry.key, *(c for m in entry.attributes.values() for c in m.values() if c != REST)}
    columns |= {entry.weight} if entry.weight else set()
    missing = sorted(columns - set(reader.fieldnames or ()))
    if missing:
        raise UsageError(f'{where}: column "{missing[0]}" is missing; the catalog names it')
    table = {row[entry.key]: row for row in reader}
    for key, row in table.items():
        for column in columns - {entry.key}:
            try:
                float(row[column])
            except (TypeError, ValueError):
                raise UsageError(f'{where}: row "{key}": {column} is no number: "{row[column]}"') from None
    return table


def _several(wanted: str | Sequence[str]) -> tuple[str, ...]:
    return (wanted,) if isinstance(wanted, str) else tuple(wanted)


def _known(name: str, known: Sequence[str] | Mapping[str, object] | set[str], what: str) -> None:
    if name not in known:
        raise UsageError(f'unknown {what} "{name}"' + close_match(name, list(known)))
