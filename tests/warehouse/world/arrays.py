"""Counts of the planted world as arrays for the reference implementation, read by statements of the tests' own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import duckdb
import numpy as np
import numpy.typing as npt

from tests.warehouse.world.compared import Row, rows

Floats = npt.NDArray[np.float64]
WINDOW, HISTORY = 4, 12
FIELD = ("track", "simulated", "suite", "suite_major", "condition", "turn")

#: Which counts are of the span of each week: of the model's weeks before, but those in which it was withheld, and those
#: before a reported change of the attribute (of a combination: of any part).
_OF_SPANS = """
WITH begun AS (
    SELECT ends.week AS span, model, coalesce(whole, attribute) AS attribute, max(changed_week) AS first
    FROM (SELECT DISTINCT week FROM plans) AS ends
    INNER JOIN changes ON changes.week <= ends.week
    LEFT JOIN (
        SELECT DISTINCT attribute AS part, unnest(['all:' || joint, attribute]) AS whole FROM joint_values
    ) AS wholes ON changes.attribute = part
    GROUP BY ALL
),
spans AS (
    SELECT now.week AS span, now.model, now.track, now.simulated, past.week, (now.week - past.week) // 7 AS back
    FROM plans AS now
    INNER JOIN plans AS past ON past.model = now.model AND past.week BETWEEN now.week - 77 AND now.week
    ANTI JOIN withheld ON withheld.week = past.week AND withheld.model = past.model
),
newest AS (
    SELECT week AS span, model, max(labeler_version) AS labeler_version FROM counts WHERE study IS NULL GROUP BY ALL
),
talks AS (SELECT DISTINCT prompt FROM prompts WHERE turns > 1)
"""
_COUNTS = f"""{_OF_SPANS}
SELECT
    span, track, simulated, suite, suite_major, condition, turn, attribute, spans.model, prompt, back,
    CASE
        WHEN starts_with(attribute, 'all:') AND value IN ('shown', 'other') THEN value
        WHEN in_support THEN coalesce(band, value)
        WHEN value IN ('cannot_tell', 'invalid', 'not_assessed', 'open') THEN 'unseen:'
        ELSE 'outside:'
    END AS shown,
    sum(pictures)::INTEGER AS pictures
FROM spans
INNER JOIN counts USING (week, model)
INNER JOIN newest USING (span, model, labeler_version)
LEFT JOIN (
    SELECT DISTINCT suite, suite_major, attribute, value, band, in_support FROM attribute_values
) AS declared USING (suite, suite_major, attribute, value)
LEFT JOIN begun USING (span, model, attribute)
WHERE (first IS NULL OR week >= first) AND counts.study IS NULL
GROUP BY ALL
"""
_ANSWERS = f"""{_OF_SPANS}
SELECT span, track, simulated, suite, suite_major, condition, turn, spans.model, prompt, back, refused, pictures
FROM spans INNER JOIN answers USING (week, model)
"""
_BEGUN = f"{_OF_SPANS} SELECT span, model, attribute, (span - first) // 7 AS back FROM begun"
_DRAWS = f"""{_OF_SPANS}
SELECT
    span, model, suite, suite_major, condition, turn,
    sum(draws.pictures)::INTEGER AS pictures,
    sum(squares)::INTEGER AS squares
FROM spans INNER JOIN draws USING (week, model) GROUP BY ALL
"""
_LOOKED_FOR = """
SELECT DISTINCT prompt, attribute FROM prompt_attributes
UNION
SELECT prompt, 'all:' || joint
FROM prompt_attributes
INNER JOIN joint_values USING (suite, suite_major, attribute)
INNER JOIN (
    SELECT joint, suite, suite_major, count(DISTINCT attribute) AS needed FROM joint_values GROUP BY ALL
) AS parts USING (joint, suite, suite_major)
GROUP BY prompt, joint
HAVING count(DISTINCT attribute) = any_value(needed)
"""


class Table(NamedTuple):
    """Counts (models, prompts, values, weeks) of an attribute in a field; unseen (models, prompts) of the window."""

    models: Sequence[str]
    prompts: Sequence[str]
    values: Sequence[str]
    counts: Floats
    unseen: Floats
    calls: Floats

    @property
    def answers(self) -> Floats:
        """Return (models, prompts) pictures of the window, and answers that may have shown a value."""
        return np.asarray(self.counts[..., -WINDOW:].sum((2, 3)) + self.unseen)

    def taken(self, prompts: Sequence[int] | None = None, values: Sequence[int] | None = None) -> Table:
        """Return the counts of some prompts and values."""
        at = [*range(len(self.prompts))] if prompts is None else [*prompts]
        of = [*range(len(self.values))] if values is None else [*values]
        return self._replace(
            prompts=[self.prompts[place] for place in at],
            values=[self.values[place] for place in of],
            counts=self.counts[:, at][:, :, of],
            unseen=self.unseen[:, at],
        )


class Counted:
    """All counts of the weeks of a warehouse, by span."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        """Read them."""
        self._counts: Mapping[tuple[Any, ...], list[Row]] = defaultdict(list)
        for row in rows(con, _COUNTS):
            self._counts[row["span"], *(row[name] for name in FIELD), row["attribute"]].append(row)
        self._answers: Mapping[tuple[Any, ...], list[Row]] = defaultdict(list)
        for row in rows(con, _ANSWERS):
            self._answers[row["span"], *(row[name] for name in FIELD)].append(row)
        self._begun = {
            (row["span"], row["model"], row["attribute"]): row["back"] for row in rows(con, _BEGUN)
        }
        self._draws = {
            (row["span"], row["model"], *(row[name] for name in FIELD[2:])): row for row in rows(con, _DRAWS)
        }
        self._looked_for = defaultdict(set)
        for row in rows(con, _LOOKED_FOR):
            self._looked_for[row["attribute"]].add(row["prompt"])
        self._values = defaultdict(list)
        declared = "SELECT DISTINCT suite, suite_major, attribute, coalesce(band, value) AS value FROM attribute_values"
        for row in rows(con, f"{declared} WHERE in_support ORDER BY ALL"):
            self._values[row["suite"], row["suite_major"], row["attribute"]].append(row["value"])
        self._planned = defaultdict(list)
        for row in rows(con, "SELECT week, track, simulated, model FROM plans ORDER BY ALL"):
            self._planned[row["week"], row["track"], row["simulated"]].append(row["model"])
        self._talks = {row["prompt"] for row in rows(con, "SELECT prompt FROM prompts WHERE turns > 1")}

    @property
    def fields(self) -> list[tuple[Any, ...]]:
        """Return span and field of everything that was asked; of conversations what came after their first turn."""
        return sorted(
            key
            for key, found in self._answers.items()
            if any(row["turn"] > 1 or row["prompt"] not in self._talks for row in found)
        )

    def attributes(self, key: tuple[Any, ...]) -> list[str]:
        """Return what is looked for in the pictures of a field."""
        return sorted(name for name in self._looked_for if self.table(key, name).prompts)

    def table(self, key: tuple[Any, ...], attribute: str, *, first_turns: bool = False) -> Table:
        """Return the counts of an attribute in a field."""
        answers = self._answers[key]
        prompts = sorted(
            {row["prompt"] for row in answers if row["back"] == 0}
            & self._looked_for[attribute] - (set() if first_turns or key[-1] > 1 else self._talks)
        )
        values = ["shown", "other"] if attribute.startswith("all:") else self._values[*key[3:5], attribute]
        made = self._empty(key, prompts, values)
        for row in self._counts[*key, attribute]:
            if row["prompt"] not in prompts:
                continue
            at = made.models.index(row["model"]), prompts.index(row["prompt"])
            if row["shown"] in values:
                made.counts[*at, values.index(row["shown"]), HISTORY - 1 - row["back"]] += row["pictures"]
            elif row["shown"] == "unseen:" and row["back"] < WINDOW:
                made.unseen[at] += row["pictures"]
        for row in answers:
            since = self._begun.get((key[0], row["model"], attribute), HISTORY)
            if row["prompt"] in prompts and row["back"] < WINDOW and row["back"] <= since:
                made.unseen[made.models.index(row["model"]), prompts.index(row["prompt"])] += row["refused"]
        return made

    def refusals(self, key: tuple[Any, ...]) -> Table:
        """Return refused answers and pictures of a field."""
        found = [row for row in self._answers[key] if row["turn"] > 1 or row["prompt"] not in self._talks]
        prompts = sorted({row["prompt"] for row in found if row["back"] == 0})
        made = self._empty(key, prompts, ["refused", "pictures"])
        for row in found:
            if row["prompt"] in prompts and row["back"] <= self._begun.get(
                (key[0], row["model"], None), HISTORY
            ):
                at = made.models.index(row["model"]), prompts.index(row["prompt"])
                made.counts[*at, :, HISTORY - 1 - row["back"]] += row["refused"], row["pictures"]
        return made

    def _empty(self, key: tuple[Any, ...], prompts: Sequence[str], values: Sequence[str]) -> Table:
        models = self._planned[key[:3]]
        shape = len(models), len(prompts)
        calls = np.ones(len(models))
        for place, model in enumerate(models):
            if (drawn := self._draws.get((key[0], model, *key[3:]))) is not None:
                asked = sorted({row["prompt"] for row in self._answers[key] if row["back"] == 0})
                total = sum(
                    row["pictures"]
                    for row in self._answers[key]
                    if row["model"] == model and row["prompt"] in asked
                )
                calls[place] = (drawn["squares"] + total - drawn["pictures"]) / total
        return Table(
            models, prompts, values, np.zeros((*shape, len(values), HISTORY)), np.zeros(shape), calls
        )


#: What is scanned for changes: all weeks in which a model was not withheld, whatever was reported.
_WEEKLY = """
SELECT
    suite, suite_major, condition, turn, attribute, labeler_version, c.model, prompt, c.week,
    CASE WHEN starts_with(attribute, 'all:') THEN value ELSE coalesce(band, value) END AS shown,
    sum(pictures)::INTEGER AS pictures
FROM counts AS c
LEFT JOIN attribute_values USING (week, model, suite, suite_major, attribute, value)
ANTI JOIN withheld AS w ON c.week = w.week AND c.model = w.model
WHERE study IS NULL AND (in_support OR (starts_with(attribute, 'all:') AND value IN ('shown', 'other')))
GROUP BY ALL
UNION ALL
SELECT
    suite, suite_major, condition, turn, NULL, NULL, a.model, prompt, a.week, unnest(['refused', 'pictures']),
    unnest([refused, pictures])
FROM answers AS a
ANTI JOIN withheld AS w ON a.week = w.week AND a.model = w.model
WHERE study IS NULL
"""


class Weekly:
    """Counts of every week, of what changes are looked for in."""

    def __init__(self, con: duckdb.DuckDBPyConnection, weeks: Sequence[Any]) -> None:
        """Read them."""
        self._weeks = [*weeks]
        self._held = defaultdict(list)
        for row in rows(con, _WEEKLY):
            self._held[*(row[name] for name in FIELD[2:]), row["attribute"]].append(row)
        newest = (
            "SELECT week, model, max(labeler_version) AS version FROM counts WHERE study IS NULL GROUP BY ALL"
        )
        self._newest = {(row["week"], row["model"]): row["version"] for row in rows(con, newest)}

    def scanned(self, week: Any, board: Any) -> tuple[Floats, Floats, list[str]]:
        """Return hits and pictures (models, prompts, weeks) of a series up to a week, and the models asked in it."""
        last = self._weeks.index(week)
        found = [
            row
            for row in self._held[*board.key[2:], board.attribute]
            if row["model"] in board.models
            and row["week"] <= week
            and row["labeler_version"] in (None, self._newest.get((week, row["model"])))
            and row["pictures"]
            and board.prompt in (None, row["prompt"])
        ]
        models = sorted({row["model"] for row in found if row["week"] == week})
        prompts = sorted({row["prompt"] for row in found if row["model"] in models})
        hits, pictures = np.zeros((2, len(models), len(prompts), last + 1))
        for row in found:
            if row["model"] in models:
                at = models.index(row["model"]), prompts.index(row["prompt"]), self._weeks.index(row["week"])
                pictures[at] += row["pictures"]
                hits[at] += row["pictures"] * (row["shown"] in board.shows)
        return hits, pictures, models


def of_study(con: duckdb.DuckDBPyConnection, condition: str, attribute: str) -> Table:
    """Return the counts of the one study that is loaded."""
    found = rows(
        con,
        f"SELECT * FROM counts WHERE study IS NOT NULL AND condition = '{condition}' AND attribute = '{attribute}'",
    )
    declared = (
        f"SELECT value FROM study_attribute_values WHERE attribute = '{attribute}' AND in_support ORDER BY 1"
    )
    models, prompts = (sorted({row[name] for row in found}) for name in ("model", "prompt"))
    values = [row["value"] for row in rows(con, declared)]
    shape = len(models), len(prompts)
    made = Table(
        models, prompts, values, np.zeros((*shape, len(values), 1)), np.zeros(shape), np.ones(len(models))
    )
    for row in found:
        at = models.index(row["model"]), prompts.index(row["prompt"])
        if row["value"] in values:
            made.counts[*at, values.index(row["value"]), 0] += row["pictures"]
        elif row["value"] in ("cannot_tell", "invalid", "not_assessed"):
            made.unseen[at] += row["pictures"]
    return made
