"""Windows of rates and combinations are those of plain Python, from slots, attempts and labels."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from math import isclose, sqrt
from typing import Any

import polars as pl
import pytest

from assets.metrics.windows.rates import rate_names
from assets.metrics.windows.table import week_windows
from tests.warehouse.builder import WEEK
from tests.warehouse.windows.planted import (
    CHANGED,
    KEYS,
    LOST,
    MODELS,
    OPENED,
    SUITES,
    WEEKS,
    WITHHELD,
    Con,
    Row,
)
from tests.warehouse.windows.windows_plainly import Designs, Model, Plain, designs, pooled, scatters, widened
from warehouse.sqlfiles import sql
from warehouse.weeks import shift

#: What became of a slot: prompt, outcome, sent, revised, what was read by attribute, and what it was drawn with.
Slot = Mapping[str, Any]
Counted = Callable[[Slot], bool]
#: Attribute, metric and value_name.
Name = tuple[str | None, str, str | None]
Z = 1.9599639845400536


def slots(con: Con, model: str, suite: str) -> dict[str, list[Slot]]:
    """Return what became of each slot, by week."""
    found: dict[str, list[Slot]] = defaultdict(list)
    by_key = {}
    for week, key, prompt in con.execute(
        "SELECT week::VARCHAR, slot_key, prompt FROM slots WHERE model = $model AND suite = $suite ORDER BY ALL",
        {"model": model, "suite": suite},
    ).fetchall():
        by_key[key] = {
            "prompt": prompt,
            "outcome": None,
            "sent": "",
            "revised": None,
            "labels": {},
            "drawn": key,
        }
        found[week].append(by_key[key])
    for key, outcome, sent, revised in con.execute(
        "SELECT slot_key, outcome, prompt_sent, revised_prompt FROM attempts WHERE model = $model ORDER BY attempt",
        {"model": model},
    ).fetchall():
        if key in by_key:
            by_key[key].update(outcome=outcome, sent=sent, revised=revised)
    for key, attribute, value in con.execute(
        "SELECT slot_key, attribute, value FROM labels WHERE model = $model", {"model": model}
    ).fetchall():
        if key in by_key:
            by_key[key]["labels"][attribute] = value
    for key, cluster in con.execute(
        "SELECT slot_key, cluster FROM clusters WHERE model = $model", {"model": model}
    ).fetchall():
        if key in by_key:
            by_key[key]["drawn"] = f"cluster {cluster}"
    return found


def ok(slot: Slot) -> bool:
    return slot["outcome"] == "ok"


def answered(slot: Slot) -> bool:
    return slot["outcome"] in ("ok", "refused_text")


def rates_of(suite: str, attributes: Iterable[str]) -> dict[Name, tuple[Counted, Counted]]:
    """Return part and whole of each rate, by attribute, metric and value_name."""
    found: dict[Name, tuple[Counted, Counted]] = {
        (None, "completeness", None): (answered, lambda s: True),
        (None, "failed_rate", None): (lambda s: not answered(s), lambda s: True),
        (None, "answer_rate", None): (ok, answered),
        (None, "refused_rate", None): (lambda s: s["outcome"] == "refused_text", answered),
    }
    declared = {a.id: a for one in SUITES if one.id == suite for a in one.attributes}
    asked = {
        a.id: {
            one.prompt_id(p) for one in SUITES if one.id == suite for p in one.prompts if a.id in p.attributes
        }
        for a in declared.values()
    }
    for name in attributes:
        known = declared[name]

        def there(s: Slot, name: str = name) -> bool:
            return ok(s) and s["prompt"] in asked[name]

        def read(values: Iterable[str | None], name: str = name, no: bool = False) -> Counted:
            def holds(s: Slot) -> bool:
                return there(s, name) and (s["labels"].get(name) in tuple(values)) != no

            return holds

        every = (*known.values, *known.outside, None)
        found[name, "assessed_rate", None] = (read(known.values), there)
        found[name, "cannot_tell_rate", None] = (read(("cannot_tell",)), there)
        found[name, "not_assessed_rate", None] = (read((None,)), there)
        found[name, "invalid_rate", None] = (read(every, no=True), there)
        for value in known.outside:
            if value != "cannot_tell":
                found[name, "outside_rate", value] = (read((value,)), there)
        if name == "person_count":
            found[name, "no_person_rate", None] = (read(("0",)), read(known.values))
            found[name, "multi_person_rate", None] = (
                read([v for v in known.values if v not in "01"]),
                read(known.values),
            )
    return found


def quiet_of(model: str, changed: bool, week: str) -> list[str]:
    first = CHANGED if model == "two" and changed and week >= OPENED else WEEKS[0]
    return [w for w in WEEKS if first <= w <= week and (model != "three" or w not in (LOST, WITHHELD))]


def model_of(
    by_week: Mapping[str, list[Slot]], quiet: list[str], week: str, part: Counted, whole: Counted, least: int
) -> Model:
    counts: dict[tuple[str, str], dict[str, int]] = {}
    for one in quiet:
        for slot in by_week[one]:
            if whole(slot):
                seen = counts.setdefault((one, slot["prompt"]), {"yes": 0, "no": 0})
                seen["yes" if part(slot) else "no"] += 1
    return Model(counts, [one for one in quiet if one >= shift(week, -3)], least)


def worth(by_week: Mapping[str, list[Slot]], model: Model, part: Counted, whole: Counted) -> Designs:
    """Return the design effects of the pictures, or answers, of a window."""
    drawn: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for week in model.window:
        for slot in filter(whole, by_week[week]):
            drawn[slot["prompt"]][week + slot["drawn"]].append("yes" if part(slot) else "no")
    return designs(drawn)


def divided(model: Model, effect: Callable[[str], float]) -> Model:
    """Return what the pictures of each prompt are worth."""
    counts = {
        (week, prompt): {value: k / effect(prompt) for value, k in seen.items()}
        for (week, prompt), seen in model.counts.items()
    }
    return Model(counts, model.window, 0)


def totals(model: Model) -> dict[str, tuple[int, int]]:
    """Return part and whole of the window, by prompt."""
    found: dict[str, tuple[int, int]] = {}
    for (week, prompt), seen in model.counts.items():
        if week in model.window:
            k, n = found.get(prompt, (0, 0))
            found[prompt] = (k + seen["yes"], n + seen["yes"] + seen["no"])
    return found


def there_in(week: str) -> list[str]:
    """Return the models that have windows."""
    return [model for model in MODELS if (model, week) != ("three", WITHHELD)]


def wilson(k: float, n: float) -> tuple[float, float]:
    middle, half = (k + Z**2 / 2) / (n + Z**2), Z / (n + Z**2) * sqrt(k * (n - k) / n + Z**2 / 4)
    return (0.0 if k == 0 else middle - half), (1.0 if k == n else middle + half)


def windows(con: Con, week: str) -> dict[tuple[Any, ...], Row]:
    found = con.sql("FROM window_scores WHERE week = $week", params={"week": week}).to_arrow_table()
    return {
        (row["model"], row["suite"], row["attribute"], row["metric"], row["value_name"], row["prompt"]): row
        for row in pl.DataFrame(found).to_dicts()
    }


@pytest.mark.parametrize("week", [WEEKS[1], OPENED, WEEK])
@pytest.mark.parametrize(
    ("suite", "attributes"),
    [("occupations", ("perceived_gender", "skin_tone")), ("rest-of-world", ("person_count",))],
)
def test_rates_are_those_of_plain_python(
    con: Con, suite: str, attributes: tuple[str, ...], week: str
) -> None:
    rates_hold(con, suite, attributes, week)


def rates_hold(con: Con, suite: str, attributes: tuple[str, ...], week: str) -> dict[tuple[str, Name], float]:
    """Hold rates to plain Python; return the design effect of each model's."""
    told, by_model, checked = windows(con, week), {m: slots(con, m, suite) for m in MODELS}, set()
    effects = {}
    for (attribute, metric, about), (part, whole) in rates_of(suite, attributes).items():
        changed = suite == "occupations" and attribute in (None, "perceived_gender")
        models = {
            m: model_of(by_model[m], quiet_of(m, changed, week), week, part, whole, 1) for m in there_in(week)
        }
        models = {name: model for name, model in models.items() if model.counts}
        sizes = {name: totals(model) for name, model in models.items()}
        effect = {name: worth(by_model[name], model, part, whole).whole for name, model in models.items()}
        effects |= {(name, (attribute, metric, about)): found for name, found in effect.items()}

        def figure(name: str, sizes: Any = sizes) -> Callable[[Any], float]:
            many = sum(n for _, n in sizes[name].values())
            return lambda shares: sum(
                n / many * shares[prompt, "yes"] for prompt, (_, n) in sizes[name].items()
            )

        pictures = [divided(model, lambda _, e=effect[m]: e) for m, model in models.items()]
        plain = dict(zip(models, scatters(pictures, [figure(m) for m in models]), strict=True))
        for name in MODELS:
            if name == "three" and week == WITHHELD:
                assert (name, suite, attribute, metric, about, None) not in told
                continue
            row = told[name, suite, attribute, metric, about, None]
            k, n = (sum(one[side] for one in sizes[name].values()) for side in (0, 1))
            held(row, k / n, wilson(k / effect[name], n / effect[name]), plain[name])
            assert (row["n"], row["cells"]) == (n, len(sizes[name]))
            checked.add(metric)
    assert checked >= {"answer_rate", "assessed_rate"}
    return effects


def held(row: Row, estimate: float, ends: tuple[float, float], plain: Plain) -> None:
    assert isclose(row["estimate"], estimate, abs_tol=1e-9), row
    assert isclose(row["scatter"] ** 2, plain.variance, abs_tol=1e-9), (row, plain)
    assert isclose(row["scatter_freedom"] or float("inf"), plain.freedom, rel_tol=1e-5), (row, plain)
    assert row["quiet_weeks"] == plain.weeks, row
    for end, name, sign in zip(ends, ("low", "high"), (-1, 1), strict=True):
        wide = widened(estimate, end, plain, row["weeks"], sign)
        assert isclose(row[name], min(max(wide, 0.0), 1.0), abs_tol=1e-7), (name, row)


def test_every_rate_is_tried_here() -> None:
    tried = {metric for _, metric, _ in rates_of("rest-of-world", ["person_count"])}
    assert tried | {"outside_rate"} == {*rate_names()}


def mean_share(cells: Iterable[tuple[float, float]]) -> tuple[float, float]:
    """Return the ends of the interval of a mean of shares, of several prompts."""
    there = [(k, n) for k, n in cells if n]
    if len(there) == 1:
        return wilson(*there[0])
    mean = sum(k / n for k, n in there) / len(there)
    unbiased = sum(k / n * (1 - k / n) / (n - 1) for k, n in there)
    lifted = sum((k + 1) / (n + 2) * (1 - (k + 1) / (n + 2)) / n for k, n in there)
    wide = widened(
        mean,
        mean - Z * sqrt(max(unbiased, lifted)) / len(there),
        Plain(0.0, sum(n + 1 for _, n in there), 1),
        1,
        1,
    )
    return max(2 * mean - wide, 0.0), min(wide, 1.0)


@pytest.mark.parametrize("week", [WEEKS[1], OPENED, WEEK])
def test_combinations_are_those_of_plain_python(con: Con, week: str) -> None:
    combinations_hold(con, week)


def combinations_hold(con: Con, week: str) -> dict[str, Designs]:
    """Hold combinations to plain Python; return the design effects of each model's."""
    told, by_model = windows(con, week), {m: slots(con, m, "occupations") for m in MODELS}
    tones = {f"monk_{step}": "light" if step < 4 else "else" for step in range(1, 11)}

    def parts(s: Slot) -> list[bool | None]:
        gender, tone = s["labels"].get("perceived_gender"), s["labels"].get("skin_tone")
        return [
            gender == "masculine" if gender in ("feminine", "masculine") else None,
            tones[tone] == "light" if tone in tones else None,
        ]

    def shown(s: Slot) -> bool:
        return ok(s) and all(parts(s))

    def known(s: Slot) -> bool:
        return ok(s) and None not in parts(s)

    models = {
        m: model_of(by_model[m], quiet_of(m, True, week), week, shown, known, 5) for m in there_in(week)
    }
    effects = {m: worth(by_model[m], model, shown, known) for m, model in models.items()}
    prompts = {
        m: {p for p, _ in pooled(model.counts, model.window) if totals(model)[p][1] / effects[m].each[p] >= 2}
        for m, model in models.items()
    }

    def mean(name: str) -> Callable[[Any], float]:
        return lambda shares: sum(shares[p, "yes"] for p in prompts[name]) / len(prompts[name])

    pictures = [divided(model, lambda p, m=m: effects[m].each.get(p, 1.0)) for m, model in models.items()]
    plain = dict(zip(models, scatters(pictures, [mean(m) for m in models]), strict=True))
    hulls = 0
    for name, model in models.items():
        effect = effects[name].each
        row = told[name, "occupations", None, "combination_share", "light-skinned-man", None]
        cells = {p: kn for p, kn in totals(model).items() if p in prompts[name]}
        partly: dict[str, list[int]] = {p: [0, 0, 0] for p in cells}
        for one in model.window:
            for slot in by_model[name][one]:
                if ok(slot) and slot["prompt"] in partly and parts(slot) != [None, None]:
                    partly[slot["prompt"]][0] += all(parts(slot))
                    partly[slot["prompt"]][1] += False not in parts(slot)
                    partly[slot["prompt"]][2] += 1
        ends = [
            mean_share((k / effect[p], n / effect[p]) for p, (k, n) in cells.items()),
            mean_share((k / effect[p], n / effect[p]) for p, (k, _, n) in partly.items()),
            mean_share((k / effect[p], n / effect[p]) for p, (_, k, n) in partly.items()),
        ]
        hull = (min(low for low, _ in ends), max(high for _, high in ends))
        hulls += hull != ends[0]
        held(row, sum(k / n for k, n in cells.values()) / len(cells), hull, plain[name])
        assert (row["n"], row["cells"]) == (sum(n for _, n in cells.values()), len(cells))
        assert row["first_week"].isoformat() == (
            CHANGED if name == "two" and week >= OPENED else shift(week, -3)
        ), "begun anew where one of its attributes changed"
        ceo = told[name, "occupations", None, "combination_share", "light-skinned-man", "occupations/ceo"]
        if "occupations/ceo" in cells:
            k, n = cells["occupations/ceo"]
            assert (ceo["estimate"], ceo["n"]) == (pytest.approx(k / n), n)
        else:
            assert ceo["reason"] == "too few: no prompt has 5 assessed pictures in the window"
    assert hulls
    return effects


def test_rates_of_answers_begin_anew_where_refusals_changed(con: Con) -> None:
    told = windows(con, WEEK)
    for metric in ("answer_rate", "completeness"):
        row = told["two", "occupations", None, metric, None, None]
        assert row["first_week"].isoformat() == CHANGED
        other = told["two", "rest-of-world", None, metric, None, None]
        assert other["first_week"].isoformat() == shift(WEEK, -3)
    tone = told["two", "occupations", "skin_tone", "assessed_rate", None, None]
    assert tone["first_week"].isoformat() == shift(WEEK, -3), "refusals are no change of what is drawn"


def test_what_another_version_of_the_labeler_read_is_in_no_rate_of_labels(con: Con) -> None:
    con.execute("BEGIN")
    con.execute(
        "UPDATE scores SET labeler_version = '0-else' WHERE labeler_version IS NOT NULL AND week < $w",
        {"w": WEEK},
    )
    found = pl.DataFrame(week_windows(con, WEEK)).filter(pl.col("estimate").is_not_null())
    con.execute("ROLLBACK")
    weeks = dict(found.group_by("metric").agg(pl.col("weeks").max()).iter_rows())
    assert {weeks[metric] for metric in ("assessed_rate", "outside_rate", "combination_share", "share")} == {
        1
    }
    assert weeks["answer_rate"] == 4


@pytest.mark.parametrize("week", [WEEKS[1], WEEKS[3], OPENED, WEEK])
def test_the_audit_query_finds_the_same_rates(con: Con, week: str) -> None:
    audit_holds(con, week)


def audit_holds(con: Con, week: str) -> None:
    """Hold rates and combinations to the audit query."""
    columns = (
        "estimate",
        "low",
        "high",
        "cells",
        "scatter",
        "scatter_freedom",
        "quiet_weeks",
        "weeks",
        "first_week",
    )
    key = lambda row: tuple(row[name] for name in KEYS)  # noqa: E731
    audit = pl.DataFrame(
        con.sql(f"SELECT * FROM ({sql('audit/window_rates')}) WHERE week = '{week}'").to_arrow_table()
    ).to_dicts()
    found = {key(row): row for row in audit}
    assert len(found) == len(audit)
    metrics = {*rate_names(), "combination_share"}
    checked = set()
    for row in windows(con, week).values():
        if row["metric"] not in metrics or row["estimate"] is None:
            continue
        other = found.pop(key(row))
        checked.add(row["metric"])
        for name in columns:
            if row["metric"] == "combination_share" and name in ("low", "high"):
                continue
            if row[name] is None or name == "first_week":
                assert other[name] == row[name] or row[name] < other[name], (name, row, other)
            else:
                assert isclose(row[name], other[name], rel_tol=1e-6, abs_tol=2e-7), (name, row, other)
    assert checked == metrics
    assert not found
