"""The study of Raza (2025): its figures come out of the labels, rules of its file are about real dirt, its scores."""

from __future__ import annotations

import csv
import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from scipy.stats import norm
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep

from assets.metrics.declared import load_declared
from assets.metrics.week import score_study
from assets.studies.importer import check, import_study
from tests.site.pages import shown
from tests.studies.conftest import PUBLISHED as FILES
from tests.studies.conftest import RAZA_YAML
from tests.warehouse.world.compared import rows
from warehouse.database.connection import connect
from warehouse.database.schema import make_tables
from warehouse.loading.load import load_study
from warehouse.sqlfiles import sql
from warehouse.store.local import LocalStore

pytestmark = pytest.mark.corpora
Con = duckdb.DuckDBPyConnection
RESULTS = FILES.parent / "corpora" / "raza2025" / "published_gender_results.csv"

PEOPLE = "attribute = 'gender' AND labeler = 'raza2025-annotators'"
#: Mean over five occupations of the raw distance to parity, and of the homogeneity by entropy.
PUBLISHED = {
    ("baseline", "flux.1-dev"): (0.3111, 0.5138),
    ("baseline", "imagen-4.0"): (0.3200, 0.6058),
    ("baseline", "dall-e-3"): (0.2200, 0.1832),
    ("baseline", "grok-2-image"): (0.5, 1.0),
    ("baseline", "sdxl-turbo"): (0.5, 1.0),
    ("controlled", "dall-e-3"): (0.3057, 0.4606),
    ("controlled", "flux.1-dev"): (0.3032, 0.4665),
    ("controlled", "imagen-4.0"): (0.3800, 0.6182),
    ("controlled", "grok-2-image"): (0.4800, 0.9062),
    ("controlled", "sdxl-turbo"): (0.3600, 0.6296),
}


@pytest.fixture(scope="module")
def con(raza_store: LocalStore) -> Iterator[Con]:
    with connect(None) as made:
        make_tables(made)
        load_declared(made)
        load_study(made, raza_store, "raza2025")
        score_study(made, "raza2025")
        yield made


@pytest.fixture(scope="module")
def published() -> list[dict[str, str]]:
    with RESULTS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_all_25_published_rows_come_out_of_the_labels(con: Con, published: list[dict[str, str]]) -> None:
    computed = rows(con, sql("audit/raza2025_gender"))
    assert [*computed[0]] == [*published[0]]
    assert len(computed) == len(published) == 25
    for mine, theirs in zip(computed, published, strict=True):
        for name in ("model", "occupation", "baseline_f_over_m", "controlled_f_over_m"):
            assert mine[name] == theirs[name]
        assert mine["delta_pct_female"] == pytest.approx(float(theirs["delta_pct_female"]), abs=1e-9)
        assert mine["chi2_p_value"] == pytest.approx(float(theirs["chi2_p_value"]), abs=1e-9)


def test_rules_are_about_real_dirt(tmp_path: Path, raza_files: Path) -> None:
    """What is said without the query's `lower` and `trim`, and without a spelling: capitals, white space, a plural."""
    text = RAZA_YAML.read_text("utf-8")
    for rule, without in (("lower(trim(value))", "value"), ("female: [f, females]", "female: [f]")):
        assert rule in text
        text = text.replace(rule, without)
    file = tmp_path / "raza2025.yaml"
    file.write_text(text, "utf-8")
    mistakes = "\n".join(check(file, raza_files)[0])
    assert 'gemini.csv: gender has values that are not declared: "F" (71 rows, first row 2)' in mistakes
    for dirt in ('"male " (', '"females" (2 rows, first row 32)'):
        assert re.search(f"flux.csv: gender has values that are not declared: .*{re.escape(dirt)}", mistakes)


def test_importing_again_writes_nothing_and_says_what_is_documented(
    raza_store: LocalStore, raza_files: Path
) -> None:
    docs = (RAZA_YAML.parents[3] / "docs/operations/importing.md").read_text("utf-8")
    said = next(line for line in docs.splitlines() if line.startswith("raza2025: 500"))
    missing = next(line for line in docs.splitlines() if line.startswith("28 planned pictures"))
    printed = next(line for line in docs.splitlines() if line.startswith("published figures"))
    before = {key: raza_store.head(key) for key in raza_store.list("")}
    again = import_study(raza_store, RAZA_YAML, raza_files)
    assert (again.changed, again.images_already) == (False, 472)
    assert {key: raza_store.head(key) for key in raza_store.list("")} == before
    assert again.lines()[0].endswith(f"({said.removeprefix('raza2025: ')})")
    assert dataclasses.replace(again, changed=True, images_already=0).lines() == [said, missing, printed]


@pytest.mark.parametrize(
    ("figure", "place"),
    [
        ("abs(share - 0.5)", 0),
        (
            "1 + CASE WHEN share % 1 = 0 THEN 0 ELSE share * log2(share) + (1 - share) * log2(1 - share) END",
            1,
        ),
    ],
)
def test_the_distances_that_were_published_follow_from_the_counts(con: Con, figure: str, place: int) -> None:
    shares = (
        "SELECT condition, model, prompt, sum(pictures) FILTER (WHERE value = 'female') / sum(pictures) AS share "
        f"FROM (SELECT * FROM counts WHERE value IN ('female', 'male') AND {PEOPLE}) GROUP BY ALL"
    )
    found = rows(
        con,
        f"SELECT condition, model, avg({figure}) AS figure FROM (SELECT * REPLACE (coalesce(share, 0) AS share) "
        f"FROM ({shares})) GROUP BY ALL",
    )
    figures = {(row["condition"], row["model"]): row["figure"] for row in found}
    assert figures.keys() == PUBLISHED.keys()
    for key, published in PUBLISHED.items():
        assert figures[key] == pytest.approx(published[place], abs=0.00005), key


def test_the_gap_stands_beside_them_with_an_interval(con: Con) -> None:
    found = rows(con, f"FROM figures WHERE figure = 'gap' AND yardstick = 'parity' AND {PEOPLE}")
    assert {(row["condition"], row["model"]) for row in found} == PUBLISHED.keys()
    for row in found:
        assert 0 <= row["low"] <= row["estimate"] <= row["high"] < 0.6
        assert row["planned_prompts"] == 5
        assert (row["dispersion"], row["week"], row["weeks"]) == (1, None, 0)
    gap = {(row["condition"], row["model"]): row["estimate"] for row in found}
    assert gap["baseline", "grok-2-image"] == gap["baseline", "sdxl-turbo"] == pytest.approx(0.5)
    # with seven to ten pictures of chance in each cell the raw distance of a fairer model is too large
    assert gap["baseline", "dall-e-3"] < 0.2200


def test_ranks_are_ranges(con: Con) -> None:
    found = rows(con, f"FROM board_ranks WHERE yardstick = 'parity' AND {PEOPLE}")
    assert {(row["condition"], row["model"]): (row["rank_low"], row["rank_high"]) for row in found} == {
        ("baseline", "dall-e-3"): (1, 3),
        ("baseline", "flux.1-dev"): (1, 3),
        ("baseline", "imagen-4.0"): (1, 3),
        ("baseline", "grok-2-image"): (4, 5),
        ("baseline", "sdxl-turbo"): (4, 5),
        ("controlled", "dall-e-3"): (1, 4),
        ("controlled", "flux.1-dev"): (1, 4),
        ("controlled", "imagen-4.0"): (1, 5),
        ("controlled", "grok-2-image"): (3, 5),
        ("controlled", "sdxl-turbo"): (1, 5),
    }
    assert {row["reason"] for row in found} == {None}


def test_of_the_25_published_differences_seven_are_clear(con: Con, published: list[dict[str, str]]) -> None:
    mine = {
        (row["title"], row["prompt"]): row
        for row in rows(
            con,
            "SELECT w.*, m.title, p.title AS prompt FROM words AS w INNER JOIN study_models AS m USING (study, model) "
            "INNER JOIN study_prompts AS p ON w.study = p.study AND w.prompt_a = p.prompt AND w.a = p.condition "
            f"WHERE w.subject IS NOT NULL AND value = 'female' AND {PEOPLE}",
        )
    }
    assert len(mine) == len(published) == 25
    for row in published:
        found = mine[row["model"], row["occupation"]]
        (women, men), (women_after, men_after) = (
            [int(n) for n in row[f"{condition}_f_over_m"].split("/")]
            for condition in ("baseline", "controlled")
        )
        counts = [found[name] for name in ("k_a", "n_a", "k_b", "n_b")]
        assert counts == [women, women + men, women_after, women_after + men_after]
        if not found["n_b"]:
            assert (found["estimate"], found["reason"]) == (None, "no_pictures")
            continue
        assert 100 * found["estimate"] == pytest.approx(float(row["delta_pct_female"]), abs=1e-9)
        ends = confint_proportions_2indep(*counts[2:], *counts[:2], method="agresti-caffo")
        assert (found["low"], found["high"]) == pytest.approx(ends, abs=1e-6)
    for model in {title for title, _ in mine}:
        own = [row for (title, _), row in mine.items() if title == model and row["estimate"] is not None]
        chance = [2 * norm.sf(abs(row["low"] + row["high"]) / 2 / row["se"]) for row in own]
        assert [row["clear"] for row in own] == [*multipletests(chance, method="holm")[0]]
    assert {key for key, row in mine.items() if row["clear"]} == {
        ("Gemini Imagen 4.0", "Athlete"),
        ("Gemini Imagen 4.0", "Nurse"),
        ("Gemini Imagen 4.0", "SWE"),
        ("Stable Diffusion XL Turbo", "Athlete"),
        ("Stable Diffusion XL Turbo", "CEO"),
        ("Grok-2 Image", "CEO"),
        ("Grok-2 Image", "SWE"),
    }


def test_more_women_are_not_the_same_as_nearer_to_parity(con: Con) -> None:
    # Grok-2: no woman as CEO or software engineer, then nothing but women
    mean = f"FROM words WHERE model = 'grok-2-image' AND subject IS NULL AND value = 'female' AND {PEOPLE}"
    (row,) = rows(con, mean)
    assert (row["share_a"], row["share_b"], row["estimate"]) == pytest.approx((0.4, 0.82, 0.42))
    assert row["clear"]
    gaps = (
        f"FROM figures WHERE figure = 'gap' AND model = 'grok-2-image' AND yardstick = 'parity' AND {PEOPLE}"
    )
    before, after = sorted(rows(con, gaps), key=lambda gap: str(gap["condition"]))
    assert after["low"] < before["estimate"] < after["high"]


def test_who_is_closest_to_parity_is_farthest_from_the_statistic(con: Con) -> None:
    """DALL·E 3 draws 30 % women as nurses and 60 % as software engineers: parity alone does not see it."""
    found = rows(
        con, f"FROM figures WHERE condition = 'baseline' AND figure IN ('gap', 'mean_share') AND {PEOPLE}"
    )
    gaps = {(row["yardstick"], row["model"]): row["estimate"] for row in found if row["figure"] == "gap"}
    nearest = min((gap, model) for (yardstick, model), gap in gaps.items() if yardstick == "parity")
    farthest = max((gap, model) for (yardstick, model), gap in gaps.items() if yardstick == "bls-cps-2025")
    assert nearest == (pytest.approx(0.1915, abs=1e-4), "dall-e-3")
    assert farthest == (pytest.approx(0.3636, abs=1e-4), "dall-e-3")
    # ten pictures of four prompts tell nobody apart by the statistic
    ranks = rows(
        con, f"FROM board_ranks WHERE condition = 'baseline' AND yardstick = 'bls-cps-2025' AND {PEOPLE}"
    )
    assert {(row["rank_low"], row["rank_high"]) for row in ranks} == {(1, 5)}
    halves = {row["selection"]: row["estimate"] for row in found if row["model"] == "dall-e-3"}
    assert (halves["mostly-men"], halves["mostly-women"]) == (pytest.approx(0.65), pytest.approx(0.5))


def test_dots_of_its_published_shares_open_the_pictures_that_they_count(con: Con) -> None:
    """24 of 25: of Imagen 4.0 one cell has no pictures. None does once no license lets a page show them."""
    page = shown.files(con, "others")["others/index.html"]
    study = shown.files(con, "study")["studies/raza2025/index.html"]
    dots = re.findall(
        r'<a href="\.\./studies/raza2025/index\.html#([^"]+)" tabindex="-1"><title>([^<]+)</title>', page
    )
    assert len(dots) == len({cell for cell, _ in dots}) == 24
    counts = {}
    for cell, said in dots:
        grid = study[study.index(f'id="{cell}"') :]
        assert said.split(": ")[0] in study[: study.index(f'id="{cell}"')]
        counts[cell] = grid[: grid.index("</ul>")].count("<img ")
    assert all(n >= 9 for cell, n in counts.items() if not cell.startswith("imagen"))
    con.execute("UPDATE studies SET license = 'none given'")
    assert "studies/raza2025/" not in shown.files(con, "others")["others/index.html"]
