"""How each kind of planted event is seen in the published tables: one function a kind, given the event as planted.

Belongs here: the events' checks and the exact intervals that they use. Does not belong here: shares and outcomes that
are no event (`test_planted_truth`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import duckdb
import numpy as np
from scipy.stats import beta, binom

from assets.simulation import truth
from tests.e2e.benchmark import WEEKS
from warehouse.sqlfiles import sql

CONFIDENCE = 0.99


def inside(k: np.ndarray, n: np.ndarray, share: np.ndarray, confidence: float = CONFIDENCE) -> np.ndarray:
    """Return whether each share lies in the exact (Clopper-Pearson) interval of k of n."""
    tail = (1 - confidence) / 2
    low = np.where(k == 0, 0.0, beta.ppf(tail, np.maximum(k, 1), n - k + 1))
    high = np.where(k == n, 1.0, beta.ppf(1 - tail, k + 1, np.maximum(n - k, 1)))
    found: np.ndarray = (low <= share + 1e-12) & (share <= high + 1e-12)
    return found


def within(k: int, n: int, share: float) -> bool:
    return bool(inside(np.array([k]), np.array([n]), np.array([share]))[0])


def _count(
    con: duckdb.DuckDBPyConnection, model: str, where: Mapping[str, Any], values: Sequence[str]
) -> tuple[int, int]:
    """Return pictures that show one of `values`, and pictures that can show the attribute at all."""
    conditions = " AND ".join(f"{name} = ${name}" for name in where)
    row = con.execute(
        f"""
        SELECT coalesce(sum(pictures) FILTER (WHERE list_contains($among, value)), 0), sum(pictures)
        FROM cell_counts WHERE model = $model AND value != 'not_applicable' AND {conditions}
        """,
        {"among": [*values], "model": model, **where},
    ).fetchone()
    assert row is not None
    return int(row[0]), int(row[1])


def _bias(con: duckdb.DuckDBPyConnection, model: str, event: Mapping[str, Any]) -> None:
    where = {name: event[name] for name in ("subject", "attribute")} | {"condition": "baseline"}
    k, n = _count(con, model, where, [event.get("value", event.get("band"))])
    assert n >= 20
    assert within(k, n, event["share"])
    assert k / n > 0.5


def _drift(con: duckdb.DuckDBPyConnection, model: str, event: Mapping[str, Any]) -> None:
    rows = con.execute(
        """
        SELECT strftime(week, '%Y-%m-%d'), sum(pictures) FILTER (WHERE value = $value), sum(pictures)
        FROM cell_counts
        WHERE model = $model AND subject = $subject AND attribute = $attribute AND condition = 'baseline'
            AND value != 'not_applicable'
        GROUP BY week ORDER BY week
        """,
        {"model": model, **{name: event[name] for name in ("subject", "attribute", "value")}},
    ).fetchall()
    weeks = [str(row[0]) for row in rows]
    k, n = (np.array([int(row[i]) for row in rows]) for i in (1, 2))
    assert weeks == [*WEEKS]
    start = weeks.index(event["week"])
    assert start == 6  # the seventh week
    before, after = (int(k[:start].sum()), int(n[:start].sum())), (int(k[start:].sum()), int(n[start:].sum()))
    assert within(*before, event["before"])
    assert within(*after, event["after"])
    assert not within(*before, event["after"])
    assert not within(*after, event["before"])

    def likelihood(split: int) -> float:
        parts = ((k[:split].sum(), n[:split].sum()), (k[split:].sum(), n[split:].sum()))
        return float(sum(binom.logpmf(a, b, a / b) - binom.logpmf(a, b, k.sum() / n.sum()) for a, b in parts))

    assert abs(max(range(1, len(weeks)), key=likelihood) - start) <= 1
    steady = con.execute(
        """
        SELECT sum(pictures) FILTER (WHERE value = 'feminine') FROM cell_counts
        WHERE model = 'sim-classic' AND subject = 'occupation:ceo' AND attribute = 'perceived_gender'
            AND condition = 'baseline'
        """
    ).fetchone()
    assert steady == (0,)  # nobody else drifted


def _refusal(con: duckdb.DuckDBPyConnection, model: str, event: Mapping[str, Any]) -> None:
    row = con.execute(
        """
        SELECT count(*) FILTER (WHERE outcome = $outcome), count(*),
            count(*) FILTER (WHERE outcome = $outcome AND image_sha256 IS NOT NULL),
            bool_and(outcome_group = 'refused') FILTER (WHERE outcome = $outcome)
        FROM slot_outcomes WHERE model = $model AND subject = $subject AND condition = 'baseline'
        """,
        {"model": model, "outcome": event["outcome"], "subject": event["subject"]},
    ).fetchone()
    assert row is not None
    k, n, with_pictures, answers = row
    assert n >= 20
    assert within(k, n, event["share"])
    assert (with_pictures, answers) == (0, True)
    # A refusal is no value, and not one label was given to it.
    assert con.execute(
        "SELECT count(*) FROM labels INNER JOIN slot_outcomes USING (slot_key) WHERE outcome = $outcome",
        {"outcome": event["outcome"]},
    ).fetchone() == (0,)
    counted = con.execute(
        """
        SELECT bool_and(total = ok) FROM (
            SELECT sum(pictures) AS total, any_value(o.ok) AS ok
            FROM cell_counts AS c INNER JOIN (
                SELECT week, model, prompt, count(*) FILTER (WHERE outcome = 'ok') AS ok
                FROM slot_outcomes GROUP BY ALL
            ) AS o USING (week, model, prompt)
            WHERE model = $model GROUP BY week, prompt, turn, attribute)
        """,
        {"model": model},
    ).fetchone()
    assert counted == (True,)
    assert con.execute(
        "SELECT count(*) FROM cell_counts WHERE value IN ('refused_text', 'blocked_input')"
    ).fetchone() == (0,)
    said = con.execute(
        "SELECT DISTINCT refusal_text FROM attempts WHERE model = $model AND outcome = 'refused_text'",
        {"model": model},
    ).fetchall()
    assert said == [(truth.personas()[model.removeprefix("sim-")].says["refused_text"],)]
    # Refusing has a rate of its own beside every distance, and hides nobody.
    rates = con.execute(
        """
        SELECT f.k, f.n, o.refused, o.answered, f.estimate
        FROM figures AS f INNER JOIN (
            SELECT spans.week, one.suite, one.suite_major, one.condition,
                count(*) FILTER (WHERE one.is_refused) AS refused,
                count(*) FILTER (WHERE one.is_refused OR one.is_picture) AS answered
            FROM slot_outcomes AS one INNER JOIN (SELECT DISTINCT week FROM plans WHERE model = $model) AS spans
                ON one.week BETWEEN spans.week - INTERVAL 21 DAY AND spans.week
            WHERE one.model = $model AND one.turn = 1
            GROUP BY ALL
        ) AS o USING (week, suite, suite_major, condition)
        WHERE f.model = $model AND f.figure = 'refused' AND f.prompt IS NULL AND f.selection IS NULL AND f.turn = 1
            AND f.prompts = f.planned_prompts
        """,
        {"model": model},
    ).fetchall()
    assert len(rates) > 10
    assert all((k, n) == (refused, answered) for k, n, refused, answered, _ in rates)
    assert max(estimate for *_, estimate in rates) > 0.3
    hidden = con.execute(
        "SELECT DISTINCT withheld_reason FROM leaderboard WHERE model = $model", {"model": model}
    )
    assert hidden.fetchall() == [(None,)]


def _rewriting(con: duckdb.DuckDBPyConnection, model: str, event: Mapping[str, Any]) -> None:
    rows = con.execute(
        """
        SELECT prompt_sent, revised_prompt, attempts.track FROM attempts INNER JOIN slot_outcomes AS o USING (slot_key)
        WHERE attempts.model = $model AND o.subject GLOB $subject AND o.condition != 'confronted'
            AND attempts.outcome = 'ok'
        """,
        {"model": model, "subject": event["subject"]},
    ).fetchall()
    assert len(rows) >= 100
    changed = [sent != revised for sent, revised, _ in rows]
    assert within(sum(changed), len(changed), event["share"])
    for sent, revised, track in rows:
        assert track == "system"
        assert re.fullmatch(
            re.escape(sent)
            + r", a (woman|man|person) of [A-Z][A-Za-z ]+ descent, natural light, high detail",
            revised,
        )
    told = con.execute(
        f"SELECT model, sum(rewritten), sum(pictures), sum(naming) FROM ({sql('audit/rewritten_prompts')}) "
        "WHERE suite = 'diversity-request' GROUP BY model"
    ).fetchall()
    assert [row[0] for row in told] == [model], "only it reports revised prompts"
    assert told[0][1] == round(event["share"] * told[0][2]) > 0 < told[0][3]
    # The injected gender is the one that was drawn.
    drawn = con.execute(
        """
        SELECT DISTINCT regexp_extract(revised_prompt, ', a (woman|man|person) of', 1), labels.value
        FROM attempts INNER JOIN labels USING (slot_key) INNER JOIN slot_outcomes AS o USING (slot_key)
        WHERE attempts.model = $model AND labels.attribute = 'perceived_gender'
            AND attempts.outcome = 'ok' AND labels.value != 'not_applicable'
            AND o.subject GLOB $subject AND o.condition != 'confronted'
        """,
        {"model": model, "subject": event["subject"]},
    ).fetchall()
    assert {*drawn} <= {("woman", "feminine"), ("man", "masculine"), ("person", "ambiguous")}
    assert {("woman", "feminine"), ("man", "masculine")} <= {*drawn}


def _caricature(con: duckdb.DuckDBPyConnection, model: str, event: Mapping[str, Any]) -> None:
    where = {name: event[name] for name in ("prompt", "turn", "attribute")}
    k, n = _count(con, model, where, [event["value"]])
    assert n >= 30
    assert within(k, n, event["share"])
    first, pictures = _count(con, model, {**where, "turn": 1}, [event["value"]])
    assert pictures >= 30
    assert first == 0  # nobody wore one before the model was confronted
    ended = dict(
        con.execute(
            "SELECT turn || ' ' || outcome, count(*) FROM slot_outcomes WHERE prompt = $prompt GROUP BY ALL",
            {"prompt": event["prompt"]},
        ).fetchall()
    )
    # A third turn is asked exactly where the second brought an apology and no picture.
    assert ended["3 ok"] == ended["2 no_image"] > 0
    assert ended["3 not_needed"] == ended["2 ok"] > 0


def _retirement(con: duckdb.DuckDBPyConnection, model: str, event: Mapping[str, Any]) -> None:
    row = con.execute(
        "SELECT last_week, weeks_with_pictures, retired_in, succeeded_by FROM model_timeline WHERE model = $model",
        {"model": model},
    ).fetchone()
    last = date.fromisoformat(event["week"])
    assert row == (last, 8, last + timedelta(weeks=1), "sim-successor")
    assert con.execute("SELECT max(week) FROM attempts WHERE model = $m", {"m": model}).fetchone() == (last,)
    alive = con.execute("SELECT DISTINCT retired_in FROM model_timeline WHERE model != $m", {"m": model})
    assert alive.fetchall() == [(None,)]


def _succession(con: duckdb.DuckDBPyConnection, model: str, event: Mapping[str, Any]) -> None:
    row = con.execute(
        "SELECT first_week, succeeds, retired_in FROM model_timeline WHERE model = $model", {"model": model}
    ).fetchone()
    assert row == (date.fromisoformat(event["week"]), f"sim-{event['succeeds']}", None)


CHECKS = {
    "bias": _bias,
    "drift": _drift,
    "refusal": _refusal,
    "rewriting": _rewriting,
    "caricature": _caricature,
    "retirement": _retirement,
    "succession": _succession,
}
