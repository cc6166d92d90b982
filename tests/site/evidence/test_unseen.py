"""What pages say of answers that nobody saw is what `ranks` and `model_pairs` hold, and of no other model."""

from __future__ import annotations

import re
from collections.abc import Callable

import duckdb
import pytest

from assets.leaderboard.page.languages import Tongue, tongue
from tests.site import world
from tests.site.pages import shown
from tests.site.pages.shown import WEEK, asked, words
from tests.site.pages.test_boards import rows_of
from warehouse.store import Store

Row = dict[str, object]
HERE = "week = $week AND attribute = 'perceived_gender' AND reference = 'parity'"
BOARD = "compare/occupations-perceived-gender-parity/index.html"
#: What is set of a rank or a pair, and where it is.
TURNED = (
    "gamma = 1.8, tipping_share = NULL",
    "gamma = 10, tipping_share = NULL",
    "gamma = NULL, tipping_share = 0.4",
    "gamma = NULL, tipping_share = NULL",
    "gamma = 4, tipping_share = NULL, unseen_value = 'feminine', unseen_correlation = 0.7, unseen_p_value = 0.02",
    "gamma = 4, tipping_share = NULL, unseen_value = 'feminine', unseen_correlation = -0.7, unseen_p_value = 0.02",
    "gamma = 4, tipping_share = NULL, unseen_value = 'feminine', unseen_correlation = 0.7, unseen_p_value = 0.03",
)


@pytest.fixture
def con(six_weeks: Store) -> duckdb.DuckDBPyConnection:
    return world.load(six_weeks)


def told(row: Row, say: Tongue) -> list[str]:
    """Return what is said of a rank, derived from its row of `ranks` alone."""
    english = say.language == "en"
    gamma, share, low, high = (
        row[name] for name in ("gamma", "tipping_share", "bound_rank_low", "bound_rank_high")
    )
    bounds = (low, high) == (row["rank_low"], row["rank_high"])
    if low is None or (row["rank_low"], row["rank_high"]) == (1, row["ranked_of"]):
        return []
    if bounds and gamma is None and share is None:
        return ["holds whatever unseen" if english else "tient quoi que"]
    found = []
    if isinstance(gamma, float):
        odds = f"{gamma:g}" if english else f"{gamma:g}".replace(".", ",")
        found.append(f"undone by odds of {odds}" if english else f"défait par une cote de {odds}")
        found += [CARE[not english]] if gamma <= 2 else []
    elif isinstance(share, float):
        of = f"{say.percent(share)} {'of unseen' if english else 'des réponses non vues'}"
        found.append(of.replace("\N{NO-BREAK SPACE}", " "))
    if not bounds:
        found.append(f"{low} to {high} whatever" if english else f"de {low} à {high} quoi que")
        if isinstance(p := row["unseen_p_value"], float) and p <= 0.025:
            rises = row["unseen_correlation"] == 0.7
            drawn = (
                ("more perceived women" if rises else "fewer perceived women") if english else "« personnes"
            )
            found += [TREND[not english], drawn, *(() if english else ["grande" if rises else "petite"])]
    return found


SAID = ("unseen", "undone", "non vues", "défait")
CARE = ("read with care: undone", "à lire avec prudence : défait")
TREND = (
    "read with care: more unseen where",
    "à lire avec prudence : plus de réponses non vues là où la part",
)


@pytest.mark.parametrize("turned", TURNED)
def test_what_is_said_of_a_rank_is_what_its_row_holds(con: duckdb.DuckDBPyConnection, turned: str) -> None:
    wide = (
        "bound_rank_low = 1, bound_rank_high = ranked_of"
        if "0.4" in turned or "unseen_value" in turned
        else "bound_rank_low = rank_low"
    )
    wide = wide if "ranked_of" in wide else f"{wide}, bound_rank_high = rank_high"
    con.execute(
        "UPDATE ranks SET gamma = NULL, tipping_share = NULL, bound_rank_low = NULL, bound_rank_high = NULL"
    )
    first = f"SELECT min(model) FROM ranks WHERE {HERE} AND (rank_low > 1 OR rank_high < ranked_of)"
    con.execute(f"UPDATE ranks SET {turned}, {wide} WHERE {HERE} AND model = ({first})", {"week": WEEK})
    pages = shown.files(con, "board")
    found = {str(row["model"]): row for row in asked(con, f"SELECT * FROM ranks WHERE {HERE}", week=WEEK)}
    assert sum(bool(told(row, tongue("en"))) for row in found.values()) == 1
    for before, language in (("", "en"), ("fr/", "fr")):
        for model, row in rows_of(pages[f"{before}{BOARD}"]).items():
            text = words(f"<main>{row}</main>")
            expected = told(found[model], tongue(language))
            assert all(part in text for part in expected), (model, text, expected)
            assert bool(expected) == any(part in text for part in SAID), (model, text)
            assert any(care in text for care in CARE) == (bool(expected) and "1.8" in turned)
            assert any(care in text for care in TREND) == (bool(expected) and "0.02" in turned)
        page = words(pages[f"{before}{BOARD}"])
        assert (
            "Unseen answers were refused" if language == "en" else "Les réponses non vues ont été"
        ) in page


PAIRS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("gamma = 2.6, holds_at_bounds = FALSE", lambda way: f"{way} with the odds of a value 2.6 times"),
    (
        "tipping_share = 0.4, holds_at_bounds = FALSE",
        lambda way: f"{way} if 40% of the answers that nobody saw",
    ),
    ("holds_at_bounds = FALSE", lambda way: f"{way} if nearly all answers that nobody saw"),
    ("holds_at_bounds = TRUE", lambda way: "whatever the answers that nobody saw would have shown"),
    ("holds_at_bounds = NULL", lambda way: ""),
)
#: Of which model's unseen answers something is said, its trend, and what it says.
ALONG = (
    (
        "model_a",
        "unseen_correlation = 0.6, unseen_p_value = 0.01",
        "are unseen where it draws more perceived women",
    ),
    (
        "model_b",
        "unseen_correlation = -0.6, unseen_p_value = 0.01",
        "are unseen where it draws fewer perceived women",
    ),
    ("model_a", "unseen_correlation = 0.6, unseen_p_value = 0.04", ""),
)


@pytest.mark.parametrize(("side", "trend", "says"), ALONG)
def test_what_unseen_answers_go_along_with_is_said_of_its_model_alone(
    con: duckdb.DuckDBPyConnection, side: str, trend: str, says: str
) -> None:
    con.execute("UPDATE model_pairs SET gamma = NULL, tipping_share = NULL, holds_at_bounds = NULL")
    first = f"SELECT min({side}) FROM model_pairs WHERE {HERE} AND suite = 'occupations'"
    pair = f"{HERE} AND suite = 'occupations' AND {side} = ({first})"
    con.execute(f"UPDATE model_pairs SET holds_at_bounds = FALSE, gamma = 5 WHERE {pair}", {"week": WEEK})
    con.execute(
        f"UPDATE ranks SET unseen_value = 'feminine', {trend} WHERE {HERE} AND model = ({first})",
        {"week": WEEK},
    )
    pages = [page for path, page in shown.files(con, "pair").items() if path.startswith("compare/")]
    held = [words(page) for page in pages if "with the odds of a value 5 times" in words(page)]
    assert held
    assert all(("read with care: more answers of" in page) == bool(says) and says in page for page in held)
    others = [words(page) for page in pages if "with the odds of a value 5 times" not in words(page)]
    assert not any("more answers of" in page for page in others)


@pytest.mark.parametrize(("given", "says"), PAIRS)
def test_what_is_said_of_a_pair_is_what_its_row_holds(
    con: duckdb.DuckDBPyConnection, given: str, says: Callable[[str], str]
) -> None:
    con.execute("UPDATE model_pairs SET gamma = NULL, tipping_share = NULL, holds_at_bounds = NULL")
    con.execute(f"UPDATE model_pairs SET {given} WHERE {HERE} AND suite = 'occupations'", {"week": WEEK})
    pages = {path: page for path, page in shown.files(con, "pair").items() if path.startswith("compare/")}
    assert pages
    expected = says("not told apart any more")
    for page in pages.values():
        rows = re.findall(r'<tr><th scope="row">(.*?)</tr>', page, re.DOTALL)
        of_board = [
            words(f"<main>{row}</main>") for row in rows if "occupations-perceived-gender-parity" in row
        ]
        assert len(of_board) == 1
        assert expected in of_board[0]
        for row in rows:
            said = "nobody saw" in words(f"<main>{row}</main>")
            assert said == (bool(expected) and "occupations-perceived-gender-parity" in row)
