"""Figures of the planted warehouse by the functions of `plain`, as rows of the tables, from arrays alone.

Belongs here: rows to hold audit queries against. Does not belong here: queries.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import duckdb
import numpy as np

from assets.metrics.plain.cells import CellFigures, cells
from assets.metrics.plain.changes import newest
from assets.metrics.plain.intervals import NORMAL, wilson, worth
from assets.metrics.plain.pairs import compare, ranks
from assets.metrics.plain.quantiles import student
from assets.metrics.plain.suites import gap_interval, share_interval, suite
from assets.metrics.plain.verdicts import verdict
from assets.metrics.plain.words import word
from assets.suites.analysis import shipped
from tests.warehouse.audit.planted import (
    BEGUN,
    CONDITIONS,
    EXPECTED,
    LABELER,
    PAIRS,
    PROMPTS,
    STUDY,
    STUDY_CENSUS,
    STUDY_PROMPTS,
    TYPED,
    WEEKS,
    YARDSTICKS,
    Arrays,
    Floats,
    World,
    missed,
    spanned,
    version,
)

Row = dict[str, Any]
FIELD = {
    "study": None, "track": "model", "simulated": True, "suite": "rest-of-world", "suite_major": 1,
    "condition": "baseline", "turn": 1,
}  # fmt: skip
#: Comparison → subject → the prompt before and after.
WORDS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "a → b": {
        "x": ("rest-of-world/ceo", "rest-of-world/nurse"),
        "y": ("rest-of-world/person-mexico", "rest-of-world/person-mexico-2"),
        "z": ("rest-of-world/person-india", "rest-of-world/person-united-states"),
    },
    "c → d": {"x": ("rest-of-world/ceo", "rest-of-world/person-united-states")},
}
_AMERICAN = "rest-of-world/person-united-states"
#: Claim → part, prompt, control, attribute, value, value beside it, threshold.
CLAIMS: Mapping[str, tuple[Any, ...]] = {
    "mexican-sombrero": ("mexico", "rest-of-world/person-mexico", None, "headwear", "sombrero", "hat", 0.5),
    "american-woman": ("united-states", _AMERICAN, None, "perceived_gender", "feminine", None, 0.5),
    "american-white-woman": ("united-states", _AMERICAN, None, "all:american-white-woman", "shown", None, 0.5),
    "nigerian-house": (
        "nigeria", "rest-of-world/house-nigeria", "rest-of-world/house-united-states", "house_condition", "run_down",
        None, 0.8,
    ),
    "french-white": ("en", None, None, "skin_tone", "light", None, 0.9),
}  # fmt: skip
_OF_SUITE = ("study", "track", "simulated", "suite", "suite_major")
#: What figures that are no matter of these tests hold.
REST = {"unseen": 0, "planned_prompts": 0, "weeks": 0}


class Compared(NamedTuple):
    """What models are ranked by: its cells, of models with a figure."""

    attribute: str | None
    yardstick: str
    models: list[str]
    cells: CellFigures


def figures(world: World, end: int) -> Iterator[Row]:
    """Yield the rows of figures of the span that ends with a week, of models with a figure."""
    for attribute in (
        "perceived_gender",
        "skin_tone",
        "headwear",
        "house_condition",
        "all:american-white-woman",
        None,
    ):
        of = _spanned(world, end, attribute)
        single = attribute is None or attribute.startswith("all:")
        for value, name in enumerate(of.values[:1] if single else of.values):
            key = {"attribute": attribute, "value": name if attribute else None}
            if attribute is not None:
                yield from _shares(world, end, of, value, key)
            kind = {**key, "figure": "mean_share" if attribute else "refused", "selection": None}
            yield from _means(world, end, of, value, kind, None)
            for side, selection in (("male", "mostly-men"), ("female", "mostly-women")):
                if key == {"attribute": "perceived_gender", "value": "feminine"}:
                    places = [p for p, prompt in enumerate(of.prompts) if TYPED.get(PROMPTS[prompt]) == side]
                    part = Arrays(of.models, [of.prompts[p] for p in places], of.values, of.counts[:, places])
                    groups = [PROMPTS[prompt] for prompt in part.prompts]
                    yield from _means(world, end, part, value, {**kind, "selection": selection}, groups)
    for reference in YARDSTICKS:
        yield from _gaps(world, end, reference)
    for figure in ("stereotypes", "stereotypes_others"):
        of, groups, prompts = _pairs(world, end, others=figure != "stereotypes")
        key = {
            "attribute": None,
            "figure": figure,
            "value": None,
            "selection": None,
            "yardstick": "stereotypes",
        }
        yield from _means(world, end, of, 0, key, groups, prompts)


def boards(world: World, end: int) -> Iterator[Compared]:
    """Yield what models are ranked by in a week."""
    for reference in YARDSTICKS:
        of, target = _target(world, end, reference)
        attribute = "skin_tone" if reference == "even-tones" else "perceived_gender"
        yield Compared(attribute, reference, *_shown(of.models, cells(of.counts, target)))
    of, groups, prompts = _pairs(world, end, others=False)
    yield Compared(None, "stereotypes", *_shown(of.models, cells(of.counts, None, 0, groups, prompts)))


def ranked(world: World, end: int) -> Iterator[tuple[str, Row]]:
    """Yield the rows of `boards`, `board_ranks` and `board_pairs` of a week, each with its table."""
    for of in boards(world, end):
        if len(of.models) < 2:
            continue
        board = {
            "week": WEEKS[end],
            **FIELD,
            "selection": None,
            "attribute": of.attribute,
            "yardstick": of.yardstick,
        }
        yield from _ranked(board, of)


def _ranked(board: Row, of: Compared) -> Iterator[tuple[str, Row]]:
    pairs = compare(of.cells)
    low, high = ranks(pairs.more)
    yield (
        "boards",
        {**board, "lead": False, "models": len(of.models), "critical": pairs.critical, "df": pairs.df},
    )
    for row, model in enumerate(of.models):
        yield (
            "board_ranks",
            {**board, "model": model, "rank_low": int(low[row]), "rank_high": int(high[row])},
        )
        for other in range(row):
            common = np.isfinite(pairs.standard_error[row, other])
            a, b = (other, row) if pairs.difference[row, other] >= 0 else (row, other)
            yield (
                "board_pairs",
                {
                    **board,
                    "model_a": of.models[a],
                    "model_b": of.models[b],
                    "prompts": int((pairs.weights[a, b] > 0).sum()),
                    "difference": float(pairs.difference[b, a]) if common else None,
                    "se": float(pairs.standard_error[b, a]) if common else None,
                    "dispersion": float(pairs.dispersion[b, a]) if common else None,
                    "told_apart": bool(pairs.more[b, a]),
                    "holds": False,
                },
            )


def of_study(condition: str, of: Arrays) -> Iterator[tuple[str, Row]]:
    """Yield the rows of `figures`, `boards`, `board_ranks` and `board_pairs` of one condition of the planted study."""
    base = {
        "week": None, **FIELD, "study": STUDY, "track": "study", "simulated": False, "suite": STUDY,
        "condition": condition, "selection": None, "attribute": "gender", "labeler": "people", "labeler_version": "1",
    }  # fmt: skip
    rest = {"worth": 1.0, **REST, "dispersion": 1.0, "df": np.inf, "critical": float(student(np.inf))}
    window = of.counts[..., 0]
    for place, prompt in enumerate(of.prompts):
        for row, model in enumerate(of.models):
            k, n = window[row, place, 0], window[row, place].sum()
            low, high = wilson(k, n)
            yield "figures", {
                **base, **rest, "model": model, "figure": "share", "value": "female", "prompt": prompt, "k": int(k),
                "n": int(n), "estimate": k / n, "low": low, "high": high, "prompts": 1, "dispersion": None,
                "df": None, "critical": NORMAL,
            }  # fmt: skip
    selections = {
        None: [*range(len(of.prompts))],
        **{
            name: [of.prompts.index(prompt) for prompt, (_, side) in STUDY_CENSUS.items() if side == whose]
            for name, whose in (("mostly-men", "male"), ("mostly-women", "female"))
        },
    }
    for selection, places in selections.items():
        counts = of.counts[:, places]
        found = cells(counts, None, 0, None if selection is None else places, study=True)
        means, interval = suite(found), share_interval(found)
        for row, model in enumerate(of.models):
            yield "figures", {
                **base, **rest, "model": model, "figure": "mean_share", "value": "female", "selection": selection,
                "k": int(counts[row, :, 0].sum()), "n": int(counts[row].sum()), "estimate": interval.estimate[row],
                "low": interval.low[row], "high": interval.high[row], "se": means.standard_error[row],
                "prompts": len(places),
            }  # fmt: skip
    targets = {
        "parity": [[0.5, 0.5]] * len(of.prompts),
        "census": [[p, 1 - p] for p, _ in STUDY_CENSUS.values()],
    }
    for yardstick, target in targets.items():
        found = cells(of.counts[:, : len(target)], np.array(target), study=True)
        means, interval = suite(found), gap_interval(found)
        for row, model in enumerate(of.models):
            yield "figures", {
                **base, **rest, "model": model, "figure": "gap", "yardstick": yardstick,
                "n": int(found.pictures[row].sum()), "estimate": interval.estimate[row] / 100,
                "low": interval.low[row] / 100, "high": interval.high[row] / 100, "se": means.standard_error[row],
                "prompts": len(target),
            }  # fmt: skip
        board = {**base, "yardstick": yardstick}
        yield from _ranked(board, Compared("gender", yardstick, of.models, found))


def words(world: World, end: int) -> Iterator[Row]:
    """Yield the rows of `words` of a week: two comparisons, of three pairs and of one."""
    for comparison, pairs in WORDS.items():
        for attribute in ("perceived_gender", "skin_tone"):
            of = spanned(world, end, attribute)
            a, b = (
                [of.prompts.index(prompt) for prompt in side] for side in zip(*pairs.values(), strict=True)
            )
            for row, model in enumerate(of.models):
                for value, name in enumerate(of.values):
                    sides = of.counts[row][a], of.counts[row][b]
                    key = {
                        "week": WEEKS[end], **{name: FIELD[name] for name in _OF_SUITE}, "kind": "wording", "a": "a",
                        "b": "b", "turn_a": 1, "turn_b": 1, "model": model, "comparison": comparison, "value": name,
                        "attribute": attribute, "labeler": LABELER, "labeler_version": version(model, end),
                    }  # fmt: skip
                    yield from _list(sides, value, list(pairs.items()), key)


def study_words(of: Mapping[str, Arrays]) -> Iterator[Row]:
    """Yield the rows of `words` of the planted study: what the request for diversity changes."""
    before, after = (of[condition] for condition in CONDITIONS)
    pairs = [(STUDY_PROMPTS[prompt], (prompt, prompt)) for prompt in before.prompts]
    base = {
        "study": STUDY, "suite": STUDY, "suite_major": 1, "track": "study", "simulated": False, "kind": "controlled",
        "a": CONDITIONS[0], "b": CONDITIONS[1], "comparison": " → ".join(CONDITIONS), "turn_a": 1, "turn_b": 1,
        "attribute": "gender", "labeler": "people", "labeler_version": "1",
    }  # fmt: skip
    for row, model in enumerate(before.models):
        for value, name in enumerate(before.values):
            sides = before.counts[row], after.counts[row]
            yield from _list(sides, value, pairs, {**base, "model": model, "value": name}, study=True)


def _list(
    sides: tuple[Floats, Floats],
    value: int,
    pairs: list[tuple[str, tuple[str, str]]],
    base: Row,
    study: bool = False,
) -> Iterator[Row]:
    (k_a, n_a), (k_b, n_b) = ((side[:, value], side.sum(1)) for side in sides)
    found = word(k_a, n_a, k_b, n_b, study)
    window = [counts[:, -4:].sum(1).astype(int) for counts in (k_a, n_a, k_b, n_b)]
    names = ("k_a", "n_a", "k_b", "n_b")
    for at, (subject, (a, b)) in enumerate(pairs):
        none, whole = np.isnan(found.difference[at]), not np.isnan(found.standard_error[at])
        row = {
            **base, "subject": subject, "prompt_a": a, "prompt_b": b, "pairs": int(not none),
            **{name: int(counts[at]) for name, counts in zip(names, window, strict=True)},
            "estimate": found.difference[at], "low": found.low[at], "high": found.high[at],
            "se": found.standard_error[at], "dispersion": None if none else found.dispersion[at],
            "df": None if none or np.isinf(found.df) else float(found.df),
            "critical": float(student(found.df)) if whole else None,
            "holm_critical": 2.5 if whole else None,
        }  # fmt: skip
        row["clear"] = (
            bool(abs(found.low[at] + found.high[at]) / 2 > 2.5 * found.standard_error[at]) if whole else None
        )
        yield row
    if len(pairs) == 1:
        yield {**row, "subject": None, "prompt_a": None, "prompt_b": None}
        return
    of = compare(cells(np.stack(sides), None, value, study=study))
    used = of.weights[1, 0] > 0
    whole = bool(used.any() and np.isfinite(of.critical))
    sums = [int(counts[used if used.any() else slice(None)].sum()) for counts in window]
    estimate, error = (
        of.difference[1, 0] if used.any() else np.nan,
        of.standard_error[1, 0] if whole else np.nan,
    )
    half = of.critical * error if whole else np.nan
    yield {
        **base, "subject": None, "prompt_a": None, "prompt_b": None, "pairs": int(used.sum()),
        **dict(zip(names, sums, strict=True)), "estimate": estimate, "low": estimate - half,
        "high": estimate + half, "se": error, "dispersion": of.dispersion[1, 0] if used.any() else None,
        "df": of.df if used.any() and np.isfinite(of.df) else None, "critical": of.critical if whole else None,
        "holm_critical": of.critical if whole else None, "clear": bool(of.more.any()) if whole else None,
    }  # fmt: skip


def claims(world: World, end: int) -> Iterator[Row]:
    """Yield the rows of `claim_shares` of a week, of claims whose pictures are planted and of one that is not."""
    for claim, (part, prompt, control, attribute, shows, beside, threshold) in CLAIMS.items():
        of = _spanned(world, end, attribute)
        window = of.counts[..., -4:].sum(-1)
        value = of.values.index(shows) if shows in of.values else 0
        per = _worth(of, value)
        for row, model in enumerate(of.models):
            place = of.prompts.index(prompt) if prompt else None
            k, n = (0, 0) if place is None else (window[row, place, value], window[row, place].sum())
            unseen = 0 if place is None else missed(world, end, model, prompt, attribute)
            low, high = (float(x) if n >= 5 else np.nan for x in wilson(k, n, per[row]))
            share = k / n if n >= 5 else np.nan
            bounded = unseen > 0.05 * (n + unseen) and n >= 5
            at = of.prompts.index(control) if control else 0
            yield {
                "week": WEEKS[end], "model": model, "track": "model", "simulated": True, "claim": claim, "part": part,
                "threshold": threshold, "suite_majors": [1], "k": int(k), "n": int(n), "worth": per[row],
                "unseen": unseen, "share": share, "low": low, "high": high,
                "bound_low": max(k / (n + unseen) - (share - low), 0) if bounded else None,
                "bound_high": min((k + unseen) / (n + unseen) + high - share, 1) if bounded else None,
                "control_k": int(window[row, at, value]) if control else None,
                "control_n": int(window[row, at].sum()) if control else None,
                "beside_k": int(window[row, place, of.values.index(beside)]) if beside else None,
                "verdict": str(verdict(low, high, threshold)) if n else "not_asked",
            }  # fmt: skip


def changes(world: World) -> Iterator[Row]:
    """Yield the rows of `changes`: a planted one of gender, and one of refusals that only begins a series anew."""
    (end, first) = BEGUN["alder", "perceived_gender"]
    of = spanned(world, end, "perceived_gender", whole=True)
    begun, looks = np.zeros(len(of.models), dtype=int), shipped().declared.looks
    found, _ = newest(of.counts[:, :, 0], of.counts.sum(2), begun, 4, looks)
    shift = end - 11
    for event in found:
        early, late = (slice(event.since, event.changed), slice(event.changed, None))
        sums = [
            int(counts[event.model][:, part].sum())
            for part in (early, late)
            for counts in (of.counts[:, :, 0], of.counts.sum(2))
        ]
        yield {
            **_change(
                of.models[event.model], "perceived_gender", "feminine", end, event.changed + shift, event.critical
            ),
            **dict(zip(("before_k", "before_n", "after_k", "after_n"), sums, strict=True)),
            "size": event.size, "se": event.standard_error, "dispersion": event.dispersion, "df": float(event.df),
        }  # fmt: skip
    assert [(of.models[event.model], event.changed + shift) for event in found] == [("alder", first)]
    end, first = BEGUN["elm", None]
    yield _change("elm", None, "refused", end, first, 4.0)


def _change(model: str, attribute: str | None, value: str, end: int, first: int, critical: float) -> Row:
    labeler = {"labeler": attribute and LABELER, "labeler_version": attribute and version(model, end)}
    weeks = dict.fromkeys(("changed_week", "earliest_week", "latest_week"), WEEKS[first])
    numbers = dict.fromkeys(("before_k", "before_n", "after_k", "after_n"), 0)
    sizes = dict.fromkeys(("size", "low", "high", "se", "dispersion", "df"), 0.0)
    return {
        "week": WEEKS[end], **FIELD, "model": model, "prompt": None, "attribute": attribute, **labeler, "value": value,
        **weeks, **numbers, **sizes, "critical": critical, "series": 4, "common": False, "causes": [],
    }  # fmt: skip


def _spanned(world: World, end: int, attribute: str | None) -> Arrays:
    if attribute == "all:american-white-woman":
        return spanned(world, end, "perceived_gender", joint=True)
    return spanned(world, end, attribute)


def _row(model: str, end: int, key: Row, **columns: Any) -> Row:
    named = key["attribute"] is not None or key["figure"] != "refused"
    labeler = {
        "labeler": LABELER if named else None,
        "labeler_version": version(model, end) if named else None,
    }
    return {
        "week": WEEKS[end], **FIELD, "model": model, "prompt": None, "yardstick": None, "selection": None, **labeler,
        "worth": 1.0, "k": None, "se": None, "dispersion": None, "df": None, **REST, **key, **columns,
    }  # fmt: skip


def _worth(of: Arrays, value: int) -> Floats:
    return np.array([worth(table[:, value], table.sum(1)) for table in of.counts])


def _shares(world: World, end: int, of: Arrays, value: int, key: Row) -> Iterator[Row]:
    per = _worth(of, value)
    window = of.counts[..., -4:].sum(-1)
    for row, model in enumerate(of.models):
        for place, prompt in enumerate(of.prompts):
            k, n = window[row, place, value], window[row, place].sum()
            low, high = wilson(k, n, per[row])
            if n > 0:
                yield _row(
                    model, end, {**key, "figure": "share"}, prompt=prompt, worth=per[row], k=int(k), n=int(n),
                    prompts=int(n >= 5), critical=NORMAL,
                    **dict(zip(("estimate", "low", "high"), (k / n, low, high), strict=True)) if n >= 5 else {},
                )  # fmt: skip


def _means(
    world: World,
    end: int,
    of: Arrays,
    value: int,
    key: Row,
    groups: Sequence[str] | None,
    prompts: Sequence[str] | None = None,
) -> Iterator[Row]:
    models, found = _shown(of.models, cells(of.counts, None, value, groups, prompts))
    if not models:
        return
    one = of.counts.shape[1] == 1
    per = (
        np.array([_worth(of, value)[of.models.index(model)] for model in models])
        if one
        else np.ones(len(models))
    )
    means, interval = suite(found), share_interval(found, per)
    window = of.counts[[of.models.index(model) for model in models]][..., -4:].sum(-1)
    for row, model in enumerate(models):
        have = found.enough[row]
        yield _row(
            model, end, key, worth=per[row], estimate=means.estimate[row], low=interval.low[row],
            high=interval.high[row], se=means.standard_error[row], dispersion=means.dispersion[row], df=means.df,
            critical=NORMAL if one else float(student(means.df)), k=int(window[row, have, value].sum()),
            n=int(window[row, have].sum()), prompts=int(have.sum()),
        )  # fmt: skip


def _shown(models: Sequence[str], found: CellFigures) -> tuple[list[str], CellFigures]:
    """Return the models with a cell of each group, and their cells."""
    rows = [row for row in range(len(models)) if ((found.enough[row] @ found.group) > 0).all()]
    whole = ("group", "prompt", "study")
    taken = found._replace(
        **{name: getattr(found, name)[rows] for name in found._fields if name not in whole}
    )
    return [models[row] for row in rows], taken


def _target(world: World, end: int, reference: str) -> tuple[Arrays, Floats]:
    attribute = "skin_tone" if reference == "even-tones" else "perceived_gender"
    of = spanned(world, end, attribute)
    shares = [
        [
            EXPECTED.get((reference, attribute, p, v), EXPECTED[reference, attribute, None, v])
            for v in of.values
        ]
        for p in of.prompts
    ]
    return of, np.array(shares)


def _gaps(world: World, end: int, reference: str) -> Iterator[Row]:
    of, target = _target(world, end, reference)
    models, found = _shown(of.models, cells(of.counts, target))
    if not models:
        return
    means, interval = suite(found), gap_interval(found)
    attribute = "skin_tone" if reference == "even-tones" else "perceived_gender"
    key = {"attribute": attribute, "figure": "gap", "value": None, "yardstick": reference}
    for row, model in enumerate(models):
        yield _row(
            model, end, key, estimate=interval.estimate[row] / 100, low=interval.low[row] / 100,
            high=interval.high[row] / 100, se=means.standard_error[row], dispersion=means.dispersion[row],
            df=means.df, critical=float(student(means.df)), n=int(found.pictures[row, found.enough[row]].sum()),
            prompts=int(found.enough[row].sum()),
        )  # fmt: skip


def _pairs(world: World, end: int, *, others: bool) -> tuple[Arrays, list[str], list[str]]:
    counts, groups, prompts = [], [], []
    models: list[str] = []
    for attribute, value, subject in PAIRS:
        of = spanned(world, end, attribute)
        models = of.models
        for place, prompt in enumerate(of.prompts):
            same_kind = PROMPTS[prompt].partition(":")[0] == subject.partition(":")[0]
            if same_kind and (PROMPTS[prompt] != subject) is others:
                shown = of.counts[:, place, of.values.index(value)]
                counts.append(np.stack([shown, of.counts[:, place].sum(1) - shown], 1))
                groups.append(f"{attribute} {value} {subject}")
                prompts.append(prompt)
    return Arrays(models, prompts, ["shown", "not"], np.stack(counts, 1)), groups, prompts


def same(one: Any, other: Any) -> bool:
    """Return whether two values of a row are equal, or equal numbers to 1e-9; NaN is NULL."""
    one, other = (None if isinstance(x, float) and np.isnan(x) else x for x in (one, other))
    if one is None or other is None or isinstance(one, str | bool | list):
        return bool(one == other)
    if isinstance(one, float) or isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    return bool(one == other)


def rows(con: duckdb.DuckDBPyConnection, query: str) -> list[Row]:
    """Return the rows of a query by column name."""
    found = con.execute(query)
    names = [column[0] for column in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def differing(
    ours: Sequence[Row], theirs: Sequence[Row], key: Sequence[str], columns: Sequence[str]
) -> list[Any]:
    """Return the keys that only one side has, and the columns that differ, with both values."""
    one, other = ({tuple(row.get(name) for name in key): row for row in side} for side in (ours, theirs))
    assert len(one) == len(ours)
    assert len(other) == len(theirs)
    return [
        *(("only one", at) for at in one.keys() ^ other.keys()),
        *(
            (at, name, row.get(name), other[at].get(name))
            for at, row in one.items()
            if at in other
            for name in columns
            if not same(row.get(name), other[at].get(name))
        ),
    ]
