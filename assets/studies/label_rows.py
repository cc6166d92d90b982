"""Rows of one label file to what they say: of which picture, by whom, which value of which attribute."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from assets.studies.declared.base import near
from assets.studies.declared.labels import LabelColumn, LabelFiles
from assets.studies.declared.patterns import FieldsDisagreeError, Pattern
from assets.studies.definition import StudyAttribute, StudyDefinition
from assets.studies.files.embedded import holds_pictures, name_in
from assets.studies.files.rows import FileError, Row, Table
from assets.studies.files.selection import Selection
from assets.studies.mistakes import Mistakes
from assets.studies.pictures import PictureNames
from assets.studies.slots import Coordinates, Place, UnknownSlotError, key_fields


class LabelValue(NamedTuple):
    """One value for one attribute; `rater` is as the file names them, None where it tells no raters apart."""

    attribute: str
    rater: str | None
    value: str
    number: float | None
    raw: str
    confidence: float | None


@dataclass(frozen=True)
class LabeledPicture:
    """What one row says of one picture."""

    place: Place
    answers: tuple[LabelValue, ...]
    file: str
    row: str


class _Held(NamedTuple):
    """A column of a file that holds an attribute: by whom, and where its confidence is."""

    rules: LabelColumn
    column: str
    rater: str | None
    confidence: str | None


class RowReader:
    """Reads the rows of label files of one shape."""

    def __init__(
        self,
        definition: StudyDefinition,
        files: LabelFiles,
        pictures: Mapping[str, Place],
        mistakes: Mistakes,
    ) -> None:
        self._files, self._pictures, self._mistakes = files, pictures, mistakes
        self._names = PictureNames(pictures)
        self.coordinates = Coordinates(definition)
        self._keys = [(key.column, self.coordinates.pattern(key.pattern)) for key in files.key]
        self._attributes = {attribute.id: attribute for attribute in definition.attributes}
        self._lookups = {
            rules.attribute: rules.lookup(attribute.declared)
            for rules in files.columns
            if (attribute := self._attributes[rules.attribute]).kind == "named"
        }
        self._patterns = [(rules, Pattern(rules.column)) for rules in files.columns]
        self.selection = Selection(files)
        self.counts: Counter[str] = Counter()
        self._by_order = definition.numbering == "order"
        self._in_cell: Counter[tuple[str, str, str]] = Counter()

    def read(
        self, table: Table, path: Path, name: str, fields: Mapping[str, str]
    ) -> Iterator[LabeledPicture]:
        """Yield what the rows of one file say; `fields` are those of its path, `name` its name in messages."""
        held = self._held(table)
        for at, what in table.broken:
            self._mistakes.add(name, what, at)
        rows = list(self.selection.kept(table))
        self._correct(rows, name)
        wanted = self._files.rows_per_file
        if wanted is not None and len(rows) != wanted:
            self._mistakes.add(name, f"{len(rows)} rows of labels, the study file says {wanted}")
        given = {**self._files.constants, **fields}
        inside = next((column for column, _ in self._keys if holds_pictures(path, column)), None)
        for row in rows:
            self.counts["rows"] += 1
            try:
                place, rater = self._place(row, given, (name, inside) if inside else None)
                yield LabeledPicture(place, tuple(self._answers(row, held, rater, name)), name, row.place)
            except (FieldsDisagreeError, UnknownSlotError) as error:
                self._mistakes.add(name, str(error), row.place)

    def _held(self, table: Table) -> list[_Held]:
        self.selection.check_columns(table, self._files.plain_columns())
        known = {*self._files.plain_columns(), *self._files.ignore_columns}
        held: list[_Held] = []
        for rules, pattern in self._patterns:
            if self._files.long is not None:
                continue
            if not pattern.fields:
                held.append(_Held(rules, rules.column, None, rules.confidence))
                continue
            found = [
                (column, fields["rater"]) for column in table.columns if (fields := pattern.match(column))
            ]
            found = [(column, rater) for column, rater in found if column not in known]
            if not found:
                hint = near(rules.column, [_with_rater(column, rules.column) for column in table.columns])
                raise FileError(
                    f'no column is named like "{rules.column}"{hint} (found: {", ".join(table.columns)})',
                    table.place,
                )
            for column, rater in found:
                beside = Pattern(rules.confidence).fill({"rater": rater}) if rules.confidence else None
                if beside is not None and beside not in table.columns:
                    raise FileError(f'no column "{beside}"{near(beside, table.columns)}', table.place)
                held.append(_Held(rules, column, rater, beside))
        known |= {column for one in held for column in (one.column, one.confidence) if column}
        if not self._files.ignore_other_columns:
            for column in table.columns:
                if column not in known:
                    self._not_covered(table, column)
        return held

    def _not_covered(self, table: Table, column: str) -> None:
        called = f'column "{column}"' if column.strip() else f'a column without a name ("{column}")'
        raise FileError(
            f"{called} is not covered by the study file; map it, or list it under ignore_columns "
            "(ignore_other_columns: true for all others)",
            table.place,
        )

    def _correct(self, rows: list[Row], name: str) -> None:
        for correction in self._files.corrections:
            if correction.file != name:
                continue
            find, read, applied = Pattern(correction.find), Pattern(correction.read), 0
            for row in rows:
                fields = find.match(row.cells.get(correction.column, ""))
                if fields is not None:
                    row.cells[correction.column] = read.fill(fields)
                    applied += 1
            if applied != correction.rows:
                self._mistakes.add(
                    name,
                    f"{applied} rows match the correction of {correction.column} ({correction.find}), "
                    f"the study file says {correction.rows}",
                )

    def _place(
        self, row: Row, given: Mapping[str, str], inside: tuple[str, str] | None
    ) -> tuple[Place, str | None]:
        """Return which picture a row is about, the one `inside` its file maybe, and who it says is the rater."""
        keys = [key for key in self._keys if inside is None or key[0] != inside[1]]
        fields = key_fields(row.cells, keys, given)
        rater = fields.pop("rater", None)
        picture = fields.pop("picture", None)
        if inside is not None:
            picture = name_in(*inside, int(row.place.split(" ")[-1]))
        if picture is None:
            place = self.coordinates.place(fields, order="")
            if self._by_order:
                self._in_cell[place.cell] += 1
                place = replace(place, key=(str(self._in_cell[place.cell]),))
        else:
            place = self._pictures[self._names.find(picture)]
            for name, raw in fields.items():
                self._agrees(name, name, raw, place)
        for column, coordinate in self._files.agree.items():
            self._agrees(column, coordinate, row.cells[column], place)
        return place, rater

    def _agrees(self, column: str, coordinate: str, raw: str, place: Place) -> None:
        known = {"model": place.model, "prompt": place.prompt, "condition": place.condition}
        about = known.get(coordinate, place.key[0])
        said = raw if coordinate not in {*known, "replicate"} else self.coordinates.value(coordinate, raw)
        if coordinate in {*known, "replicate"} and said != about:
            raise UnknownSlotError(f'{column} is "{raw}" but the row is about {coordinate} "{about}"')

    def _answers(self, row: Row, held: list[_Held], rater: str | None, name: str) -> Iterator[LabelValue]:
        for rules, column, of_column, confidence in self._long(row, name) if self._files.long else held:
            raw = row.cells[column]
            normal = rules.normal(raw)
            if (not raw.strip() and normal not in self._lookups.get(rules.attribute, ())) or normal in map(
                rules.normal, rules.empty
            ):
                self.counts["empty cells"] += 1
                continue
            attribute = self._attributes[rules.attribute]
            try:
                value, number = self._value(rules, attribute, column, raw, normal)
                sure = _confidence(rules, confidence, row.cells[confidence]) if confidence else None
            except ValueError as error:
                self._mistakes.add(name, str(error), row.place)
                continue
            by = of_column if of_column is not None else rater
            yield LabelValue(rules.attribute, by, value, number, raw, sure)

    def _long(self, row: Row, name: str) -> Iterator[_Held]:
        """Yield what a row of the long form holds: at most one attribute."""
        long = self._files.long
        question = row.cells[long.attribute] if long else ""
        for rules, pattern in self._patterns:
            found = pattern.match(question)
            if found is not None and long:
                yield _Held(rules, long.value, found.get("rater"), rules.confidence)
                return
        if not self._files.ignore_other_columns and question not in self._files.ignore_columns and long:
            known = [rules.column for rules, _ in self._patterns]
            self._mistakes.add(
                name,
                f'{long.attribute} "{question}" is not covered by the study file; map it, or list it under '
                f"ignore_columns{near(question, known)}",
                row.place,
            )
        self.counts["other answers"] += 1

    def _value(
        self, rules: LabelColumn, attribute: StudyAttribute, column: str, raw: str, normal: str
    ) -> tuple[str, float | None]:
        if attribute.kind == "named":
            value = self._lookups[rules.attribute].get(normal)
            if value is None:
                known = rules.values or dict.fromkeys(attribute.declared)
                raise ValueError(
                    f'{column} "{raw}" is not covered by the study file (known: {", ".join(known)}){near(raw, known)}'
                )
            return value, None
        number = _number(column, raw)
        low, high = attribute.low, attribute.high
        if (low is not None and number < low) or (high is not None and number > high):
            raise ValueError(
                f'{column} "{raw}" is not from {low} to {high}, as the study file says of {attribute.id}'
            )
        return f"{number:.12g}", number


def _number(column: str, raw: str) -> float:
    try:
        number = float(raw) if "_" not in raw else math.nan
    except ValueError:
        hint = "; write decimals with a point" if "," in raw else ""
        raise ValueError(f'{column} "{raw}" is not a number{hint}') from None
    if not math.isfinite(number):
        raise ValueError(f'{column} "{raw}" is not a number')
    return number


def _confidence(rules: LabelColumn, column: str, raw: str) -> float | None:
    if not raw.strip():
        return None
    share = _number(column, raw) / rules.confidence_of
    if not 0 <= share <= 1:
        raise ValueError(f'{column} "{raw}" is not from 0 to {rules.confidence_of:g}; say confidence_of')
    return share


def _with_rater(column: str, pattern: str) -> str:
    """Return a column's name with `{rater}` where a pattern has it, so that the two can be compared."""
    before, _, after = pattern.partition("{rater}")
    if len(column) <= len(before) + len(after):
        return column
    return column[: len(before)] + "{rater}" + column[len(column) - len(after) :]
