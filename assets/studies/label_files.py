"""A study's label files: rows of text to labels of slots, by declared rules only.

Belongs here: decoding, reading rows, keys, value maps; every mistake is told with file and row. Does not belong here:
what the rules are (`definition`), pictures (`pictures`), or writing (`importer`).

A row's number is the line that an editor shows, so the header is row 1 and the first label is in row 2.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assets.studies.declared.labels import LabelColumn, LabelerEntry, LabelFiles
from assets.studies.declared.patterns import FieldsDisagreeError, Pattern
from assets.studies.definition import StudyDefinition
from assets.studies.slots import Coordinates, StudySlot, UnknownSlotError
from warehouse.canonical import canonical_json, sha256_hex
from warehouse.errors import UsageError


@dataclass(frozen=True)
class StudyLabel:
    """One person's (or machine's) published answer for one attribute of one slot; `raw` is as it was spelled."""

    slot: StudySlot
    attribute: str
    value: str
    raw: str
    where: str  # file and row, for messages


@dataclass(frozen=True)
class LabelSet:
    """The labels of one labeler; its version is the declared number and a hash of label files and rules."""

    labeler: LabelerEntry
    version: str
    labels: tuple[StudyLabel, ...]
    #: Slots that the rules demand a picture of, with where they are named.
    needs_picture: dict[StudySlot, str]

    @property
    def name(self) -> str:
        """Return `<labeler>@<version>`."""
        return f"{self.labeler.id}@{self.version}"


@dataclass(frozen=True)
class _Row:
    line: int
    cells: dict[str, str]


#: The rules that decide what a row says: they are part of the labels' version.
_RULES = {"file", "encoding", "key", "constants", "columns", "corrections"}
#: Slot and attribute → value, and where it was said: of one labeler, across files.
_Seen = dict[tuple[StudySlot, str], tuple[str, str]]


def label_file_names(definition: StudyDefinition, root: Path) -> set[str]:
    """Return the paths, relative to `root`, of all label files that are there."""
    return {
        path.relative_to(root).as_posix() for files in definition.labels for path, _ in _matching(files, root)
    }


def read_labels(definition: StudyDefinition, root: Path) -> list[LabelSet]:
    """Return the labels of every labeler of the study, in the order of the study file.

    Raises:
        UsageError: one line with file and row, for whatever the declared rules do not cover.
    """
    labels: dict[str, list[StudyLabel]] = {}
    fingerprints: dict[str, list[object]] = {}
    needs: dict[str, dict[StudySlot, str]] = {}
    seen: dict[str, _Seen] = {}
    entries = {files.labeler.id: files.labeler for files in definition.labels}
    for files in definition.labels:
        who = files.labeler.id
        hashes: dict[str, str] = {}
        for path, fields in _expected(definition, files, root):
            name = path.relative_to(root).as_posix()
            data = _bytes(f"{definition.study}: {name}", path)
            hashes[name] = sha256_hex(data)
            read = list(_FileReader(definition, files, name, fields).labels(data, seen.setdefault(who, {})))
            labels.setdefault(who, []).extend(read)
            if files.without_image == "error":
                for label in read:
                    needs.setdefault(who, {}).setdefault(label.slot, label.where)
        for correction in files.corrections:
            if correction.file not in hashes:
                raise UsageError(
                    f"{definition.study}: {correction.file}: a correction names it, no label file is so"
                )
        rules = files.model_dump(mode="json", include=_RULES)
        fingerprints.setdefault(who, []).append({"files": hashes, "rules": rules})
    return [
        LabelSet(
            entry,
            f"{entry.number}-{sha256_hex(canonical_json(fingerprints[who]))[:12]}",
            tuple(labels.get(who, ())),
            needs.get(who, {}),
        )
        for who, entry in entries.items()
    ]


def _matching(files: LabelFiles, root: Path) -> Iterator[tuple[Path, dict[str, str]]]:
    pattern = Pattern(files.file)
    for path in sorted((root / pattern.fixed_folder).rglob("*")):
        fields = pattern.match(path.relative_to(root).as_posix()) if path.is_file() else None
        if fields is not None:
            yield path, fields


def _expected(
    definition: StudyDefinition, files: LabelFiles, root: Path
) -> list[tuple[Path, dict[str, str]]]:
    """Return the files that match; with `{model}` in the pattern every model of the study must have one."""
    found = list(_matching(files, root))
    if not found:
        raise UsageError(f"{definition.study}: no label file under {root} matches {files.file}")
    if "model" in Pattern(files.file).fields:
        have = {fields["model"] for _, fields in found}
        for model in definition.models:
            spelled = model.folder or model.id
            if spelled not in have:
                name = Pattern(files.file).fill({"model": spelled})
                raise UsageError(f"{definition.study}: {name}: no such label file (model {model.id})")
    return found


def _bytes(where: str, path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{where}: cannot be read: {error.strerror}") from None


class _FileReader:
    """Reads one label file; holds what every message of it begins with."""

    def __init__(
        self, definition: StudyDefinition, files: LabelFiles, name: str, file_fields: dict[str, str]
    ) -> None:
        self._files = files
        self._name = name
        self._where = f"{definition.study}: {name}"
        self._coordinates = Coordinates(definition)
        self._fields = {**files.constants, **file_fields}
        self._keys = [(key.column, Pattern(key.pattern)) for key in files.key]
        self._lookups = {column.attribute: column.lookup() for column in files.columns}

    def labels(self, data: bytes, seen: _Seen) -> Iterator[StudyLabel]:
        """Yield the labels of the file, row by row; `seen` grows by them."""
        rows = self._corrected(self._rows(self._text(data)))
        if self._files.rows_per_file is not None and len(rows) != self._files.rows_per_file:
            raise UsageError(
                f"{self._where}: {len(rows)} rows of labels, the study file says {self._files.rows_per_file}"
            )
        for row in rows:
            where = f"{self._where} row {row.line}"
            slot = self._slot(row)
            for column in self._files.columns:
                value = self._value(column, row)
                said, said_where = seen.setdefault((slot, column.attribute), (value, where))
                if said_where != where:
                    self._repeated(where, column.attribute, value, said, said_where)
                    continue
                yield StudyLabel(slot, column.attribute, value, row.cells[column.column], where)

    def _text(self, data: bytes) -> str:
        encoding = self._files.encoding
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as error:
            row = data.count(b"\n", 0, error.start) + 1
            raise UsageError(
                f"{self._where} row {row}: byte {error.start} is not {encoding}; declare the file's encoding in the "
                "study file"
            ) from None
        crlf, lf = text.count("\r\n"), text.count("\n")
        wrong = {"any": 0, "lf": crlf, "crlf": lf - crlf}[self._files.newlines]
        if wrong:
            raise UsageError(
                f"{self._where}: {wrong} lines do not end as declared (newlines: {self._files.newlines})"
            )
        return text

    def _rows(self, text: str) -> list[_Row]:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=self._files.delimiter, strict=True)
        rows: list[_Row] = []
        try:
            header = next(reader, None)
            if header is None:
                raise UsageError(f"{self._where}: is empty")
            self._check_header(header)
            line = reader.line_num
            for cells in reader:
                start, line = line + 1, reader.line_num
                if not cells:  # a blank line
                    continue
                if len(cells) != len(header):
                    raise UsageError(
                        f"{self._where} row {start}: {len(cells)} cells, the header has {len(header)}"
                    )
                rows.append(_Row(start, dict(zip(header, cells, strict=True))))
        except csv.Error as error:
            raise UsageError(f"{self._where} row {reader.line_num}: does not read as CSV: {error}") from None
        return rows

    def _corrected(self, rows: list[_Row]) -> list[_Row]:
        for correction in self._files.corrections:
            if correction.file != self._name:
                continue
            find, read, applied = Pattern(correction.find), Pattern(correction.read), 0
            for row in rows:
                fields = find.match(row.cells.get(correction.column, ""))
                if fields is not None:
                    row.cells[correction.column] = read.fill(fields)
                    applied += 1
            if applied != correction.rows:
                raise UsageError(
                    f"{self._where}: {applied} rows match the correction of {correction.column} "
                    f"({correction.find}), the study file says {correction.rows}"
                )
        return rows

    def _check_header(self, header: list[str]) -> None:
        found = ", ".join(header)
        for column in self._files.needed_columns():
            if header.count(column) != 1:
                problem = "no column" if column not in header else "more than one column"
                raise UsageError(f'{self._where} row 1: {problem} "{column}" (found: {found})')
        known = {*self._files.needed_columns(), *self._files.ignore_columns}
        for column in header:
            if column not in known:
                raise UsageError(
                    f'{self._where} row 1: column "{column}" is not covered by the study file; '
                    "map it, or list it under ignore_columns"
                )

    def _slot(self, row: _Row) -> StudySlot:
        where = f"{self._where} row {row.line}"
        fields = dict(self._fields)
        try:
            for column, pattern in self._keys:
                text = row.cells[column]
                found = pattern.match(text)
                if found is None:
                    raise UsageError(f'{where}: {column} "{text}" does not match {pattern.template}')
                for name, value in found.items():
                    if fields.setdefault(name, value) != value:
                        raise UsageError(
                            f'{where}: {name} is "{value}" in {column} and "{fields[name]}" elsewhere'
                        )
            slot = self._coordinates.slot(fields)
            for column, coordinate in self._files.agree.items():
                said = self._coordinates.value(coordinate, row.cells[column])
                if said != str(getattr(slot, coordinate)):
                    raise UsageError(
                        f'{where}: {column} is "{row.cells[column]}" but the row is about {coordinate} '
                        f'"{getattr(slot, coordinate)}"'
                    )
        except (FieldsDisagreeError, UnknownSlotError) as error:
            raise UsageError(f"{where}: {error}") from None
        return slot

    def _value(self, column: LabelColumn, row: _Row) -> str:
        raw = row.cells[column.column]
        value = self._lookups[column.attribute].get(column.normal(raw))
        if value is None:
            raise UsageError(
                f'{self._where} row {row.line}: {column.column} "{raw}" is not covered by the study file '
                f"(known: {', '.join(column.values)})"
            )
        return value

    def _repeated(self, where: str, attribute: str, value: str, said: str, said_where: str) -> None:
        first = said_where.removeprefix(f"{self._where} ")
        if value != said:
            raise UsageError(f'{where}: {attribute} is "{value}" but {first} says "{said}" of the same slot')
        if self._files.repeated_rows == "error":
            raise UsageError(f"{where}: repeats {first}; take it out, or say repeated_rows: identical")
