"""The page "How the week went": every number again from the tables, by Python, and nothing of withheld models."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

import duckdb
import pytest

from tests.site.pages import shown
from tests.site.pages.shown import WEEK, asked, words

Con = duckdb.DuckDBPyConnection

FINAL = {"ok": "pictures", "not_needed": "not_needed"}


@pytest.fixture
def con(planted_copy: Con) -> Con:
    """The planted world, of whose last week one model is withheld, a check of another failed, and calls cost money."""
    con, week = planted_copy, {"week": WEEK}
    con.execute("INSERT INTO withheld VALUES ($week, 'alder', 'answers only 46 % of prompts')", week)
    con.execute(
        "INSERT INTO check_results VALUES ($week, 'birch', 'attempts__cost_as_expected', 'warning', 'fail', 1, 'dear')",
        week,
    )
    con.execute("UPDATE attempts SET cost_usd = 0.25 WHERE model = 'birch' AND week = $week", week)
    for number, usd in enumerate((0.125, 0.5, None)):
        con.execute(
            "INSERT INTO label_attempts BY NAME SELECT $week AS week, 'birch' AS model, 1 AS attempt, 'ok' AS outcome, "
            "'eye' AS labeler, '1-a' AS labeler_version, [] AS images, [] AS attributes, $call AS call, "
            "$usd AS cost_usd",
            week | {"call": str(number), "usd": usd},
        )
    return con


@pytest.fixture
def pages(con: Con) -> dict[str, str]:
    return shown.files(con, "status")


def table(page: str) -> dict[str, list[str]]:
    rows = re.findall(r"<tr><th scope=\"row\">([^<]+)</th>(.*?)</tr>", page)
    return {model: re.findall(r"<td>(.*?)</td>", cells) for model, cells in rows}


def expected(con: Con) -> dict[str, list[str]]:
    groups = {row["outcome"]: row["outcome_group"] for row in asked(con, "FROM outcomes")}
    final = {row["outcome"] for row in asked(con, "FROM outcomes WHERE final")}
    tries: dict[tuple[str, str], list[str]] = defaultdict(list)
    usd: Counter[str] = Counter()
    for row in asked(con, "FROM attempts WHERE week = $week ORDER BY attempt", week=WEEK):
        tries[row["model"], row["slot_key"]].append(row["outcome"])
        usd[row["model"]] += row["cost_usd"] or 0
    labels: Counter[str] = Counter()
    for row in asked(con, "FROM label_attempts WHERE week = $week", week=WEEK):
        labels[row["model"]] += row["cost_usd"] or 0
    labeled = {
        (row["model"], row["slot_key"]) for row in asked(con, "FROM labels WHERE week = $week", week=WEEK)
    }
    hidden = {row["model"] for row in asked(con, "FROM withheld WHERE week = $week", week=WEEK)}
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in asked(con, "FROM slots WHERE week = $week", week=WEEK):
        seen = tries[row["model"], row["slot_key"]]
        ended = next((one for one in seen if one in final), seen[-1] if seen else None)
        group = groups[ended] if ended else "not_asked"
        if ended != "not_needed":
            counts[row["model"]][
                {"picture": "ok", "refused": "refused", "not_asked": "open"}.get(group, "failed")
            ] += 1
            counts[row["model"]]["labeled"] += (row["model"], row["slot_key"]) in labeled
    return {
        model: [
            str(found["ok"] + found["refused"] + found["failed"] + found["open"]),
            *(str(found[name]) for name in ("ok", "refused", "failed", "open", "labeled")),
            f"{usd[model]:.2f}",
            f"{labels[model]:.2f}",
        ]
        for model, found in counts.items()
        if model not in hidden
    }


def test_every_number_is_that_of_the_tables(con: Con, pages: dict[str, str]) -> None:
    found = table(pages["status/index.html"])
    assert found == expected(con)
    assert {cells[3] for cells in found.values()} != {"0"} != {cells[4] for cells in found.values()}


def test_it_says_what_the_week_cost(con: Con, pages: dict[str, str]) -> None:
    said = words(pages["status/index.html"])
    said = said.replace("\N{NO-BREAK SPACE}", " ")
    (usd,) = asked(con, "SELECT sum(cost_usd) AS usd FROM attempts WHERE week = $week", week=WEEK)
    assert f"Pictures cost US$ {usd['usd']:.2f}, labels US$ 0.62, as far as prices are known." in said
    assert "Calls for labels whose price is not known: 1." in said


def test_it_says_what_all_of_it_costs_once_more(con: Con, pages: dict[str, str]) -> None:
    usd: Counter[str] = Counter()
    for table_ in ("attempts", "label_attempts"):
        for row in asked(con, f"FROM {table_} WHERE week = $week", week=WEEK):
            usd[row["model"]] += row["cost_usd"] or 0
    planned: Counter[str] = Counter()
    tried = {(r["model"], r["slot_key"]) for r in asked(con, "FROM attempts WHERE week = $week", week=WEEK)}
    begun: Counter[str] = Counter()
    for row in asked(con, "FROM slots WHERE week = $week", week=WEEK):
        planned[row["model"]] += 1
        begun[row["model"]] += (row["model"], row["slot_key"]) in tried
    again = sum(usd[model] * planned[model] / begun[model] for model in planned)
    assert again > sum(usd.values())  # of one model a request was not asked
    said = words(pages["status/index.html"]).replace("\N{NO-BREAK SPACE}", " ")
    assert f"Asked once more, all of it would cost US$ {again:.2f}." in said


def test_it_says_who_is_withheld_and_which_checks_failed(con: Con, pages: dict[str, str]) -> None:
    said = words(pages["status/index.html"])
    assert "answers only 46 % of prompts" in said
    checks = asked(con, "FROM check_results WHERE week = $week", week=WEEK)
    failed = {row["check_name"] for row in checks if row["status"] != "pass"}
    names = {row["check_name"] for row in checks}
    assert f"Checks made: {len(names)}. Passed: {len(names - failed)}." in said
    assert set(re.findall(r"<li><code>(.*?)</code>", pages["status/index.html"])) == failed
    assert "attempts__cost_as_expected (a warning, which withholds nobody)" in said


def test_a_week_in_which_all_is_well_says_so(con: Con) -> None:
    con.execute("DELETE FROM withheld")
    con.execute("UPDATE check_results SET status = 'pass'")
    said = words(shown.files(con, "status")["status/index.html"])
    assert "No model is withheld this week." in said
    assert "a warning" not in said
