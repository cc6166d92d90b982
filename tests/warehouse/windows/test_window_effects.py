"""What one word changes in four weeks: against plain Python from the labels, against one week, and by SQL."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import inf, isclose, sqrt
from statistics import fmean
from typing import Any

import polars as pl
import pytest
from statsmodels.stats.proportion import proportion_confint

from assets.generation.slots import Slot
from assets.metrics.effects.table import compute_effects
from assets.metrics.effects.windows import week_effects
from assets.metrics.scores.table import compute_scores
from assets.suites.comparisons import AskedPrompt, Comparison, shipped
from assets.suites.loader import load_suites
from tests.warehouse.builder import WEEK, build_partition
from tests.warehouse.windows.planted import (
    CHANGED,
    LOST,
    MODELS,
    OPENED,
    WEEKS,
    WITHHELD,
    Con,
    Row,
    event,
    insert,
    readings,
)
from tests.warehouse.windows.planted import outcomes as refuse
from tests.warehouse.windows.windows_plainly import (
    Figure,
    Model,
    Plain,
    Shares,
    designs,
    pooled,
    scatters,
    widened,
)
from warehouse.database.connection import connect
from warehouse.database.schema import make_tables
from warehouse.loading.load import load_partition, partitions, replace_week
from warehouse.sqlfiles import sql
from warehouse.store import open_store
from warehouse.weeks import shift

SUITES = tuple(load_suites()[f"{name}@1"] for name in ("startup-ceo", "diversity-request"))
OF = {f"{suite.id}@{suite.version.split('.')[0]}": suite for suite in SUITES}
COMPARED = [one for one in shipped().comparisons if one.suite in OF]
KEYS = (
    *("model", "suite", "suite_major", "kind", "a", "b", "subject", "prompt_a", "prompt_b", "attribute"),
    *("reference", "metric", "value_name"),
)
#: What opens anew: of `two` what came before its change; of `one` what came after it was confronted.
EVENTS = (
    {"suite": "startup-ceo"},
    {
        "suite": "startup-ceo",
        "model": "one",
        "series": "one",
        "attribute": "skin_tone",
        "condition": "confronted",
        "turn": 2,
    },
)


def answers(slot: Slot) -> Sequence[str]:
    """Return answers by chance; of one prompt none in one week, so that the other side is alone."""
    if slot.prompt == "startup-ceo/ceo-their" and (slot.model, slot.week) == ("one", WEEKS[4]):
        return ("refused_text",)
    return ("ok",) if slot.turn > 1 else refuse(slot)


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Con]:
    """Three models over seven weeks: `two` changes, `three` is lost in one week and withheld in another."""
    store = open_store(tmp_path_factory.mktemp("effects"))
    for model in MODELS:
        for week in WEEKS:
            if (model, week) != ("three", LOST):
                build_partition(
                    store,
                    week,
                    model,
                    suites=SUITES,
                    replicates=8,
                    conversations=8,
                    outcomes=answers,
                    labels=readings,
                )
    with connect(None) as made:
        make_tables(made)
        for week, model in partitions(store):
            load_partition(made, store, week, model)
        for week in WEEKS:
            replace_week(made, "scores", week, compute_scores(made, week))
        made.execute("INSERT INTO withheld VALUES ($week, 'three', 'a reason')", {"week": WITHHELD})
        for changed in EVENTS:
            insert(made, event(**changed))
        for week in WEEKS:
            replace_week(made, "effects", week, compute_effects(made, week))
            replace_week(made, "window_effects", week, week_effects(made, week))
        yield made


def rows(con: Con, where: str = "TRUE", week: str = WEEK) -> list[Row]:
    found = con.sql(f"FROM window_effects WHERE week = $week AND ({where})", params={"week": week})
    return pl.DataFrame(found.to_arrow_table()).to_dicts()


def begins(comparison: Comparison, model: str, attribute: str, week: str) -> str:
    """Return the first quiet week, as planted."""
    if week < OPENED or comparison.suite != "startup-ceo@1":
        return WEEKS[0]
    if (model, attribute) == ("two", "perceived_gender"):
        return CHANGED
    after = comparison.b.turn == 2
    return CHANGED if (model, attribute, after) == ("one", "skin_tone", True) else WEEKS[0]


# --- in plain Python --------------------------------------------------------------------------------------------------


def pairs_of(comparison: Comparison) -> list[tuple[str, tuple[str, int], tuple[str, int]]]:
    """Return subject and both sides (prompt and turn) of each pair."""
    suite = OF[comparison.suite]
    asked = [
        AskedPrompt(f"{suite.id}/{one.id}", one.language, one.subject, one.condition) for one in suite.prompts
    ]
    return [
        (a.subject, (a.prompt, comparison.a.turn), (b.prompt, comparison.b.turn))
        for a, b in comparison.pairs(asked)
    ]


def read(con: Con, model: str, attribute: str, suite: str) -> dict[tuple[str, str, int], dict[str, int]]:
    """Return what the labels hold: week, prompt and turn → value → pictures."""
    asked = next(one for one in OF[suite].attributes if one.id == attribute)
    band = {value: name for name, values in asked.bands.items() for value in values}
    support = [*asked.bands] or asked.values
    found: dict[tuple[str, str, int], dict[str, int]] = {}
    for week, prompt, turn, value, number in con.execute(
        "SELECT labels.week::VARCHAR, slots.prompt, least(slots.turn, 2), labels.value, count(*) FROM labels "
        "JOIN slots USING (week, model, slot_key) WHERE labels.model = $model AND attribute = $attribute "
        "AND slots.suite = $suite GROUP BY ALL",
        {"model": model, "attribute": attribute, "suite": suite.partition("@")[0]},
    ).fetchall():
        if (seen := band.get(value, value)) in support:
            found.setdefault((week, prompt, turn), dict.fromkeys(support, 0))[seen] += number
    return found


def model_of(con: Con, comparison: Comparison, model: str, attribute: str, week: str) -> Model | None:
    """Return the counts of both sides, as prompts of their own, of weeks in which both were seen; None without any."""
    seen, counts = read(con, model, attribute, comparison.suite), {}
    first = begins(comparison, model, attribute, week)
    gone = (LOST, WITHHELD) if model == "three" else ()
    for number, (_, a, b) in enumerate(pairs_of(comparison)):
        for one in WEEKS:
            sides = [seen.get((one, *side)) for side in (a, b)]
            if first <= one <= week and one not in gone and all(sides):
                for name, side in zip("ab", sides, strict=True):
                    counts[one, f"{name}{number}"] = side or {}
    return (
        Model(counts, [one for one in WEEKS if max(first, shift(week, -3)) <= one <= week])
        if counts
        else None
    )


def both(shares: Shares, of: Sequence[int]) -> list[int]:
    """Return the pairs of which both sides have enough pictures."""
    there = {prompt for prompt, _ in shares}
    return [number for number in of if {f"a{number}", f"b{number}"} <= there]


def change(value: str | tuple[str, ...], of: Sequence[int]) -> Figure:
    """Return how the change of the share of a value, or of several, is computed from shares."""
    values = (value,) if isinstance(value, str) else value

    def figure(shares: Shares) -> float:
        return fmean(sum(shares[f"b{n}", v] - shares[f"a{n}", v] for v in values) for n in both(shares, of))

    return figure


def squares(of: Sequence[int]) -> Figure:
    """Return the same of the distance from equal parts of women and men, without the correction for chance."""

    def figure(shares: Shares) -> float:
        def far(prompt: str) -> float:
            return sum((shares[prompt, v] - 0.5) ** 2 for v in ("feminine", "masculine")) / 2

        return fmean(far(f"b{n}") - far(f"a{n}") for n in both(shares, of))

    return figure


def unbiased(model: Model, of: Sequence[int]) -> float:
    """Return the change of distance2 to parity, by the share of pairs of pictures that agree."""
    total: dict[str, dict[str, int]] = {}
    for (week, prompt), seen in model.counts.items():
        if week in model.window:
            kept = total.setdefault(prompt, dict.fromkeys(seen, 0))
            for value, pictures in seen.items():
                kept[value] += pictures

    def far(prompt: str) -> float:
        k = [total[prompt][v] for v in ("feminine", "masculine")]
        n = sum(k)
        return 0.5 * (sum(one * (one - 1) for one in k) / (n * (n - 1)) - 0.5)

    shares = pooled(model.counts, model.window)
    return fmean(far(f"b{n}") - far(f"a{n}") for n in both(shares, of))


def scattered(models: Mapping[str, Model], figures: Mapping[str, Figure]) -> dict[str, Plain]:
    """Return the scatter of a figure of each model that has it."""
    names = [name for name in figures if name in models]
    return dict(zip(names, scatters([models[n] for n in names], [figures[n] for n in names]), strict=True))


def told(
    con: Con, comparison: Comparison, week: str
) -> Iterator[tuple[dict[str, Any], str, float, Plain, int]]:
    """Yield the keys of a row, its model, the figure, its scatter and weeks, of every metric there is."""
    gender = "perceived_gender"
    pairs = pairs_of(comparison)
    levels = [(None, range(len(pairs))), *((pair[0], [number]) for number, pair in enumerate(pairs))]
    attributes = {*comparison.shown}
    drawn = {
        attribute: {
            name: model
            for name in MODELS
            if (name, week) not in (("three", WITHHELD), ("three", LOST))
            and (model := model_of(con, comparison, name, attribute, week))
        }
        for attribute in attributes
    }
    for subject, of in levels:
        figures: list[tuple[str, str, str | None, str | None, Callable[[Model], float], Figure]] = []
        for attribute, values in comparison.shown.items():
            for v in values:
                f = change(v, of)
                figures.append((attribute, "share", None, v, lambda m, f=f: f(pooled(m.counts, m.window)), f))
        if gender in comparison.shown:
            figures.append(
                (gender, "distance2", "parity", None, lambda m, of=of: unbiased(m, of), squares(of))
            )
        for attribute, metric, reference, value, estimate, figure in figures:
            models = {
                name: model
                for name, model in drawn[attribute].items()
                if both(pooled(model.counts, model.window), of)
            }
            plain = scattered(models, dict.fromkeys(models, figure))
            for name, model in models.items():
                inside = both(pooled(model.counts, model.window), of)
                weeks = {w for w, p in model.counts if w in model.window and int(p[1:]) in inside}
                keys = {"attribute": attribute, "metric": metric, "reference": reference, "value_name": value}
                yield {**keys, "subject": subject}, name, estimate(model), plain[name], len(weeks)


@pytest.mark.parametrize("week", [WEEKS[3], WEEKS[5], WEEK])
def test_estimates_and_scatter_are_those_of_plain_python(con: Con, week: str) -> None:
    checked, published = set(), {one["metric"] for one in rows(con)}
    for comparison in COMPARED:
        of = {"suite": comparison.suite.partition("@")[0], "kind": comparison.kind, "b": comparison.b.name}
        for keys, model, estimate, plain, weeks in told(con, comparison, week):
            wanted = {**of, **keys, "model": model}
            where = " AND ".join(
                f"{name} IS NULL" if value is None else f"{name} = '{value}'"
                for name, value in wanted.items()
            )
            (row,) = rows(con, where, week)
            assert row["weeks"] == weeks, row
            assert row["reason"] is None, row
            assert isclose(row["estimate"], estimate, abs_tol=1e-9), (estimate, row)
            assert row["quiet_weeks"] == plain.weeks, row
            assert isclose(row["scatter"] ** 2, plain.variance, abs_tol=1e-9), (plain, row)
            assert isclose(row["scatter_freedom"] or inf, plain.freedom, rel_tol=1e-5), (plain, row)
            checked.add(keys["metric"])
    assert checked == published, "a metric of effects has its figure in `told`"


@contextmanager
def in_one_week(con: Con, weeks: Sequence[str]) -> Iterator[Con]:
    """Yield a warehouse in which all pictures of these weeks were drawn in one."""
    with connect(None) as other:
        make_tables(other)
        for table in ("plans", "prompts", "prompt_attributes", "attribute_values", "reference_values"):
            held = con.sql(f"FROM {table} WHERE week = $w", params={"w": WEEK}).to_arrow_table()
            other.execute(f"INSERT INTO {table} BY NAME FROM held")
        for table in ("slots", "attempts", "images", "labels"):
            held = con.sql(  # noqa: F841
                f"SELECT * REPLACE (CAST($w AS DATE) AS week) FROM {table} WHERE list_contains($weeks, week::VARCHAR)",
                params={"w": WEEK, "weeks": [*weeks]},
            ).to_arrow_table()
            other.execute(f"INSERT INTO {table} BY NAME FROM held")
        replace_week(other, "scores", WEEK, compute_scores(other, WEEK))
        yield other


def key(row: Row) -> tuple[Any, ...]:
    return tuple(row[name] for name in KEYS)


def test_intervals_are_those_of_one_week_in_which_all_pictures_were_drawn_with_scatter(con: Con) -> None:
    with in_one_week(con, WEEKS[-4:]) as other:
        same = {key(row): row for row in compute_effects(other, WEEK).to_pylist()}
    checked = set()
    for row in rows(con, "model = 'one' AND estimate IS NOT NULL AND suite = 'diversity-request'"):
        alone = same[key(row)]
        if (row["n_a"], row["n_b"], row["cells"]) != (alone["n_a"], alone["n_b"], alone["cells"]):
            continue  # another direction
        plain = Plain(row["scatter"] ** 2, row["scatter_freedom"] or 1e12, row["quiet_weeks"])
        assert isclose(row["estimate"], alone["estimate"], abs_tol=1e-9), (row, alone)
        for end, sign in (("low", -1), ("high", 1)):
            wide = widened(row["estimate"], alone[end], plain, row["weeks"], sign)
            least, most = (-1, 1) if row["metric"] == "share" else (-1.5, 1.5)
            assert isclose(row[end], min(max(wide, least), most), abs_tol=1e-7), (end, wide, row)
        checked.add(row["metric"])
    assert checked == {"share", "distance2"}


def test_a_window_begins_anew_at_an_opened_change_of_either_side(con: Con) -> None:
    def window(week: str, model: str, b: str, attribute: str) -> tuple[str, int]:
        of = f"model = '{model}' AND b = '{b}' AND attribute = '{attribute}' AND metric = 'share' AND subject IS NULL"
        found = {(r["first_week"].isoformat(), r["weeks"]) for r in rows(con, of, week)}
        assert len(found) == 1, found
        return found.pop()

    assert window(WEEKS[4], "two", "their", "perceived_gender") == (WEEKS[1], 4)
    assert window(OPENED, "two", "their", "perceived_gender") == (CHANGED, 2)
    assert window(WEEK, "two", "confrontation", "perceived_gender") == (CHANGED, 3), "his is side a"
    assert window(WEEK, "two", "their", "skin_tone") == (WEEKS[3], 4), "another attribute"
    assert window(WEEK, "one", "confrontation", "skin_tone") == (CHANGED, 3), "side b alone changed"
    assert window(WEEK, "one", "visionary", "skin_tone") == (WEEKS[3], 4), "of side a nothing did"
    assert window(WEEK, "one", "their", "skin_tone") == (WEEKS[3], 3), "in one week a side was not drawn"
    assert {row["window_weeks"] for row in rows(con)} == {4}


def test_what_is_not_counted_changes_nothing(con: Con) -> None:
    """Pictures before an opened change, and of a week in which the other side was not drawn."""
    for where, of in (
        (
            f"model = 'two' AND attribute = 'perceived_gender' AND week < '{CHANGED}'",
            ("two", "startup-ceo", "perceived_gender"),
        ),
        (
            f"model = 'one' AND prompt = 'startup-ceo/ceo-his' AND week = '{WEEKS[4]}'",
            ("one", "startup-ceo", None),
        ),
    ):
        con.execute("BEGIN")
        con.execute(f"UPDATE scores SET estimate = 1 - estimate WHERE metric = 'share' AND {where}")
        again = {key(row): row["estimate"] for row in week_effects(con, WEEK).to_pylist()}
        con.execute("ROLLBACK")
        found = [
            row
            for row in rows(con, "metric = 'share'" + (" AND b = 'their'" if of[2] is None else ""))
            if (row["model"], row["suite"]) == of[:2] and of[2] in (None, row["attribute"])
        ]
        assert found
        assert all(again[key(row)] == pytest.approx(row["estimate"], abs=1e-12) for row in found)


def test_a_withheld_week_is_in_no_window_and_has_none(con: Con) -> None:
    assert not rows(con, "model = 'three'", WITHHELD)
    assert {
        row["weeks"] for row in rows(con, "model = 'three' AND metric = 'share' AND subject IS NULL")
    } == {3}


@pytest.mark.parametrize(
    ("column", "value"), [("labeler_version", "2-else"), ("params_hash", "00000000"), ("suite_major", 2)]
)
def test_what_starts_another_series_starts_another_window(con: Con, column: str, value: Any) -> None:
    con.execute("BEGIN")
    con.execute(
        f"UPDATE scores SET {column} = $value WHERE model = 'one' AND week < $w", {"value": value, "w": WEEK}
    )
    found = [
        row for row in week_effects(con, WEEK).to_pylist() if row["model"] == "one" and row["reason"] is None
    ]
    con.execute("ROLLBACK")
    assert {(row["weeks"], row["quiet_weeks"]) for row in found} == {(1, 1)}


def test_scatter_is_assumed_of_each_side_alone_where_a_board_has_no_history(con: Con) -> None:
    first = rows(con, "subject IS NULL AND estimate IS NOT NULL", WEEKS[0])
    assert {(row["scatter_measured"], row["scatter_freedom"]) for row in first} == {(False, None)}
    found = [row["scatter"] for row in first if row["metric"] == "share"]
    assert found
    assert all(isclose(one, sqrt(2) * 0.05, abs_tol=1e-9) for one in found)


def test_what_moves_all_prompts_of_a_week_alike_is_in_no_difference(tmp_path: Any) -> None:
    """Shares that move together by twenty points scatter in `window_scores`, and their differences do not."""
    store = open_store(tmp_path)

    def labels(slot: Slot, attribute: Any) -> tuple[str, None, None]:
        women = 10 + (4 if WEEKS.index(slot.week) % 2 else -4) + (2 if slot.prompt.endswith("their") else 0)
        return (attribute.values[0] if slot.replicate < women else attribute.values[1]), None, None

    for week in WEEKS:
        for model in ("one", "two"):
            build_partition(
                store,
                week,
                model,
                suites=SUITES[:1],
                replicates=20,
                conversations=0,
                labels=labels,
                prompts=lambda prompt: prompt.endswith(("ceo-his", "ceo-their")),
            )
    with connect(None) as made:
        make_tables(made)
        for week, model in partitions(store):
            load_partition(made, store, week, model)
        for week in WEEKS:
            replace_week(made, "scores", week, compute_scores(made, week))
        found = [
            row
            for row in week_effects(made, WEEK).to_pylist()
            if (row["metric"], row["attribute"]) == ("share", "perceived_gender")
        ]
    assert {round(abs(row["estimate"]), 9) for row in found} == {0.1}
    assert {row["scatter"] for row in found} == {0.0}
    assert all(row["scatter_measured"] for row in found)


def test_why_a_figure_is_missing_names_the_side(con: Con) -> None:
    con.execute("BEGIN")
    con.execute(
        "UPDATE scores SET estimate = 0, n = 0 WHERE model = 'one' AND prompt = 'startup-ceo/ceo-their' "
        "AND metric IN ('share', 'pictures')"
    )
    found = {
        row["reason"]
        for row in week_effects(con, WEEK).to_pylist()
        if (row["model"], row["b"]) == ("one", "their")
    }
    con.execute("ROLLBACK")
    assert found == {"no usable pictures (their)"}


@pytest.mark.parametrize("week", [WEEKS[0], WEEKS[3], WEEK])
def test_the_audit_query_finds_the_same_from_labels(con: Con, week: str) -> None:
    audit_agrees(con, week)


def audit_agrees(con: Con, week: str) -> None:
    query = con.sql(f"SELECT * FROM ({sql('audit/window_effects')}) WHERE week = '{week}'")
    names = ("model", "suite", "kind", "a", "b", "subject", "attribute", "reference", "metric", "value_name")
    found = {
        tuple(row[name] for name in names): row for row in pl.DataFrame(query.to_arrow_table()).to_dicts()
    }
    published = rows(con, week=week)
    assert len(found) == len(published) > 100
    seen = set()
    for row in published:
        audit = found[tuple(row[name] for name in names)]
        if row["estimate"] is None:
            assert audit["from_labels"] is None, (row, audit)
            continue
        assert audit["from_labels"] == pytest.approx(row["estimate"], abs=1e-9), (row, audit)
        assert (audit["pairs"], audit["n_a"], audit["n_b"]) == (row["cells"], row["n_a"], row["n_b"])
        seen.add(row["metric"])
        assert (audit["weeks"], audit["quiet_weeks"]) == (row["weeks"], row["quiet_weeks"]), (row, audit)
        assert isclose(audit["scatter"], row["scatter"], abs_tol=2e-7), (row, audit)
        assert isclose(audit["scatter_freedom"] or inf, row["scatter_freedom"] or inf, rel_tol=1e-6)
    assert seen >= {row["metric"] for row in published}


def test_windows_are_the_same_in_whatever_order_weeks_are_made(con: Con) -> None:
    for week in reversed(WEEKS):
        stored = {key(row): row for row in rows(con, week=week)}
        again = week_effects(con, week).to_pylist()
        assert len(again) == len(stored)
        for row in again:
            same = stored[key(row)]
            for name in ("estimate", "low", "high", "scatter", "weeks", "n_a", "reason"):
                assert row[name] == same[name] or row[name] == pytest.approx(same[name], abs=1e-11), name


# --- pictures that were drawn together --------------------------------------------------------------------------------

#: Four pictures of a prompt of `one` are of one job: those that show the same gender, as far as there are so many.
JOBS = """
INSERT INTO clusters
SELECT week, model, slot_key, 'job ' || prompt || turn || place // 4
FROM (
    SELECT
        labels.week, labels.model, labels.slot_key, prompt, turn,
        row_number() OVER (
            PARTITION BY labels.week, prompt, turn ORDER BY labels.value, labels.slot_key
        ) - 1 AS place
    FROM labels INNER JOIN slots USING (week, model, slot_key)
    WHERE labels.model = 'one' AND labels.attribute = 'perceived_gender'
)
"""
#: Week, prompt and turn → job → values.
Jobs = dict[tuple[str, str, int], dict[str, list[str]]]


@pytest.fixture
def drawn(con: Con) -> Iterator[Con]:
    """Return the planted weeks, with pictures drawn together and what is computed of them."""
    con.execute("BEGIN")
    con.execute(JOBS)
    for table, made in (("effects", compute_effects(con, WEEK)), ("window_effects", week_effects(con, WEEK))):
        con.execute(f"DELETE FROM {table} WHERE week = '{WEEK}'")
        con.register("made", made)
        con.execute(f"INSERT INTO {table} BY NAME SELECT * FROM made")
        con.unregister("made")
    yield con
    con.execute("ROLLBACK")


def jobs_of(con: Con, suite: str) -> Jobs:
    """Return what the genders of the pictures of `one` are, by job."""
    found: Jobs = defaultdict(lambda: defaultdict(list))
    for week, prompt, turn, job, value in con.execute(
        "SELECT labels.week::VARCHAR, prompt, least(turn, 2), coalesce(cluster, slot_key), labels.value FROM labels "
        "JOIN slots USING (week, model, slot_key) LEFT JOIN clusters USING (week, model, slot_key) "
        "WHERE model = 'one' AND suite = $suite AND attribute = 'perceived_gender' "
        "AND labels.value IN ('feminine', 'masculine')",
        {"suite": suite},
    ).fetchall():
        found[week, prompt, turn][f"{week} {job}"].append(value)
    return found


def sides_of(
    con: Con, comparison: Comparison, weeks: Sequence[str], whole: bool
) -> dict[str, tuple[Any, ...]]:
    """Return of each side of each pair its counts and design effect; alike are the prompts of a condition and turn.

    With `whole` correlation is that of all prompts of the suite, of those weeks, and one side suffices.
    """
    seen, pairs = jobs_of(con, comparison.suite.partition("@")[0]), pairs_of(comparison)
    condition = {f"{OF[comparison.suite].id}/{one.id}": one.condition for one in OF[comparison.suite].prompts}
    alike: dict[tuple[str, int], dict[str, dict[str, list[str]]]] = defaultdict(dict)
    if whole:
        for week, prompt, turn in seen:
            if week in weeks:
                alike[condition[prompt], turn][prompt] = seen[week, prompt, turn]
    names = {}
    for number, (_, a, b) in enumerate(pairs):
        entered = [week for week in weeks if all((week, *side) in seen for side in (a, b))]
        for name, (prompt, turn) in zip("ab", (a, b), strict=True):
            held = {job: values for week in entered for job, values in seen[week, prompt, turn].items()}
            key = prompt if whole else f"{name}{number}"
            alike[condition[prompt], turn][key] = held
            names[f"{name}{number}"] = ((condition[prompt], turn), key)
    effects = {group: designs(of).each for group, of in alike.items()}
    return {
        name: (
            Counter(value for values in alike[group][key].values() for value in values),
            effects[group][key],
        )
        for name, (group, key) in names.items()
    }


def mover(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
    """Return the interval of the change of one share, of k of n pictures: Newcombe's, or Wald's where that is wider."""
    (p, low_p, high_p), (q, low_q, high_q) = (
        (k / n, *proportion_confint(k, n, method="wilson")) for k, n in (a, b)
    )
    x, y = ((k + 1) / (n + 2) for k, n in (a, b))
    half = 1.959963984540054 * sqrt(x * (1 - x) / a[1] + y * (1 - y) / b[1])
    low = q - p - sqrt((q - low_q) ** 2 + (high_p - p) ** 2)
    high = q - p + sqrt((high_q - q) ** 2 + (p - low_p) ** 2)
    return min(low, y - x - half), max(high, y - x + half)


@pytest.mark.parametrize("table", ["effects", "window_effects"])
def test_pictures_that_were_drawn_together_count_for_what_they_are_worth(drawn: Con, table: str) -> None:
    window = table == "window_effects"
    checked = Counter[str]()
    for comparison in COMPARED:
        if comparison.b.name == "visionary":
            continue  # no gender is looked for
        sides = sides_of(drawn, comparison, WEEKS[-4:] if window else [WEEK], not window)
        of = f"suite = '{comparison.suite.partition('@')[0]}' AND b = '{comparison.b.name}'"
        found = drawn.sql(
            f"FROM {table} WHERE week = '{WEEK}' AND model = 'one' AND attribute = 'perceived_gender' AND {of} "
            "AND subject IS NOT NULL AND coalesce(reference, 'parity') = 'parity'"
        )
        rows_ = {
            (row["subject"], row["metric"], row["value_name"]): row
            for row in pl.DataFrame(found.to_arrow_table()).to_dicts()
        }
        for number, (subject, _, _) in enumerate(pairs_of(comparison)):
            (before_, of_a), (after, of_b) = sides[f"a{number}"], sides[f"b{number}"]
            share = rows_[subject, "share", "feminine"]
            squared = rows_[subject, "distance2", None]
            n = [before_.total(), after.total()]
            assert (share["n_a"], share["n_b"]) == tuple(n)  # pictures, not what they are worth
            worth = n[0] / of_a, n[1] / of_b
            if min(n) < 5 or (window and min(worth) < 2):
                assert share["reason"].startswith("too few")
                continue
            k = before_["feminine"], after["feminine"]
            assert isclose(share["estimate"], k[1] / n[1] - k[0] / n[0], abs_tol=1e-9)
            ends = mover((k[0] / of_a, worth[0]), (k[1] / of_b, worth[1]))
            for end, alone, sign in zip(("low", "high"), ends, (-1, 1), strict=True):
                wide = alone
                if window:
                    plain = Plain(
                        share["scatter"] ** 2, share["scatter_freedom"] or 1e12, share["quiet_weeks"]
                    )
                    wide = widened(share["estimate"], alone, plain, share["weeks"], sign)
                assert isclose(share[end], min(max(wide, -1), 1), abs_tol=1e-7), (share, wide)
            checked["share"] += max(of_a, of_b) > 1.3
            if min(worth) < 2:
                assert squared["reason"].startswith("too few")
                checked["few"] += 1
                continue
            far = []
            for counts, pictures in ((before_, worth[0]), (after, worth[1])):
                agree = sum((x / counts.total()) ** 2 for x in counts.values())
                far.append((agree - (1 - agree) / (pictures - 1) - 0.5) / 2)
            assert isclose(squared["estimate"], far[1] - far[0], abs_tol=1e-9), squared
            checked["squared"] += max(of_a, of_b) > 1.3
    assert checked["share"] > 3, checked
    assert checked["squared"] > (3 if window else 0), checked
    assert window or checked["few"], checked


def test_the_audit_counts_pictures_that_were_drawn_together_for_as_much(drawn: Con) -> None:
    audit_agrees(drawn, WEEK)
    alone = drawn.execute(
        f"SELECT model, metric, published, from_labels FROM ({sql('audit/word_against_word')}) WHERE week = '{WEEK}'"
    ).fetchall()
    assert {metric for model, metric, value, _ in alone if model == "one" and value is not None} == {
        *("share", "distance2")
    }
    assert all(told == pytest.approx(value, abs=1e-9) for _, _, value, told in alone)


def test_without_clusters_nothing_is_read_of_them(con: Con, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assets.metrics.counting.clusters.read_weeks", None)
    assert week_effects(con, WEEK).num_rows
    assert compute_effects(con, WEEK).num_rows


@pytest.mark.parametrize(
    "name",
    [
        "interval_holds",
        "difference_holds",
        "null_has_reason",
        "one_row_each",
        "week_in_window",
        "beside_weeks",
    ],
)
def test_checks_hold(con: Con, name: str) -> None:
    for week in WEEKS:
        found = con.execute(sql(f"checks/window_effects__{name}"), {"week": week, "model": None}).fetchall()
        assert found == [], (week, found[:2])
