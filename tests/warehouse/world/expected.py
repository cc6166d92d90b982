"""What the reference implementation makes of the planted world's counts, as rows of the product's tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from types import ModuleType
from typing import Any, NamedTuple

import duckdb
import numpy as np

from tests.warehouse.world.arrays import FIELD, WINDOW, Counted, Floats, Row, Table, rows

STEREOTYPES = "stereotypes"


class Compared(NamedTuple):
    """What models are compared by: cells of a table, their yardstick and their groups."""

    table: Table
    yardstick: str | None
    target: Floats | None = None
    group: Sequence[str] | None = None


class Declared:
    """Yardsticks, pairs and selections, as the warehouse has them."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        """Read them, and who is withheld."""
        references = (
            "SELECT DISTINCT suite, suite_major, attribute, reference, prompt, value, expected_share FROM yardsticks "
            "INNER JOIN reference_values USING (suite, suite_major, attribute, reference)"
        )
        self.yardsticks: dict[Any, dict[str, dict[Any, float]]] = defaultdict(lambda: defaultdict(dict))
        for row in rows(con, references):
            of = row["suite"], row["suite_major"], row["attribute"]
            self.yardsticks[of][row["reference"]][row["prompt"], row["value"]] = row["expected_share"]
        self.pairs: dict[Any, list[tuple[str, str, str]]] = defaultdict(list)
        for row in rows(con, "FROM stereotype_pairs WHERE statistic IS NULL ORDER BY ALL"):
            of = row["suite"], row["suite_major"]
            self.pairs[of].append((row["attribute"], row["value"], row["subject"]))
        self.selections: dict[Any, dict[tuple[str, str], set[str]]] = defaultdict(lambda: defaultdict(set))
        for row in rows(con, "FROM typed_subjects"):
            of = row["suite"], row["suite_major"], row["attribute"]
            side = {"male": "mostly-men", "female": "mostly-women"}[row["side"]]
            self.selections[of][side, row["value"]].add(row["subject"])
        self.subjects = {
            row["prompt"]: row["subject"] for row in rows(con, "SELECT DISTINCT prompt, subject FROM prompts")
        }
        self.withheld = {(row["week"], row["model"]) for row in rows(con, "FROM withheld")}

    def boards(self, counted: Counted, key: tuple[Any, ...]) -> Iterator[Compared]:
        """Yield the comparisons of a field."""
        for attribute in counted.attributes(key):
            for name, shares in self.yardsticks[*key[3:5], attribute].items():
                if (of := gap(counted.table(key, attribute), name, shares)) is not None:
                    yield of
        if (of := self.stereotypes(counted, key, others=False)) is not None:
            yield of

    def stereotypes(self, counted: Counted, key: tuple[Any, ...], *, others: bool) -> Compared | None:
        """Return declared pairs, or the same values over the other subjects of the same kind."""
        groups, prompts, parts, unseen = [], [], [], []
        of = counted.refusals(key)
        for attribute, value, subject in self.pairs[*key[3:5]]:
            table = counted.table(key, attribute)
            for place, prompt in enumerate(table.prompts):
                kind, same = self.subjects[prompt].partition(":")[0], self.subjects[prompt] == subject
                if kind == subject.partition(":")[0] and same is not others:
                    shown = table.counts[:, place, table.values.index(value)]
                    parts.append(np.stack([shown, table.counts[:, place].sum(1) - shown], 1))
                    unseen.append(table.unseen[:, place])
                    groups.append(f"{attribute} {value} {subject}")
                    prompts.append(prompt)
        if not groups:
            return None
        values = ["shown", "not"]
        table = Table(of.models, prompts, values, np.stack(parts, 1), np.stack(unseen, 1), of.calls)
        return Compared(table, STEREOTYPES, None, groups)

    def known(self, key: tuple[Any, ...], of: Table) -> dict[int, str]:
        """Return why models have no figure, that only the product knows."""
        return {row: "withheld" for row, model in enumerate(of.models) if (key[0], model) in self.withheld}


def gap(of: Table, name: str, shares: Mapping[tuple[str | None, str], float]) -> Compared | None:
    """Return a comparison with a yardstick, of the prompts and values that it has shares for."""
    own = {prompt for prompt, _ in shares if prompt is not None}
    key = {prompt: prompt if prompt in own else None for prompt in of.prompts}
    values = [
        place
        for place, value in enumerate(of.values)
        if any((key[prompt], value) in shares for prompt in of.prompts)
    ]
    held = [
        place
        for place, prompt in enumerate(of.prompts)
        if any((key[prompt], of.values[value]) in shares for value in values)
    ]
    if not held:
        return None
    kept = of.taken(held, values)
    target = [[shares.get((key[prompt], value), 0.0) for value in kept.values] for prompt in kept.prompts]
    return Compared(kept, name, np.array(target))


def worth(plain: ModuleType, of: Table, value: int) -> Floats:
    """Return how many pictures of a value count as one, of each model."""
    k, n = of.counts[:, :, value], of.counts.sum(2)
    return np.array([plain.worth(k[row], n[row], of.calls[row]) for row in range(len(k))])


def figures(
    plain: ModuleType, of: Compared, known: Mapping[int, str], value: int = 0, *, study: bool = False
) -> Iterator[Row]:
    """Yield what `figures` has of each model that was asked, or is withheld."""
    table, target = of.table, of.target
    arguments = target, value, of.group, table.prompts if of.yardstick else None, study
    every = plain.cells(table.counts, *arguments)
    why = plain.reason(every, table.answers)
    why = [known.get(row, word) for row, word in enumerate(why)]
    shown = [row for row, word in enumerate(why) if word not in plain.REASONS[:5]]
    for row, word in enumerate(why):
        if row not in shown and word != "not_asked":
            made = {
                **{"n": every.n[row, every.have[row]].sum(), "prompts": every.have[row].sum()},
                "unseen": table.unseen[row, every.have[row]].sum(),
            }
            if target is None:
                made["k"] = table.counts[row, every.have[row], value, -WINDOW:].sum()
            yield {"model": table.models[row], "estimate": None, "reason": word, **made}
    if not shown:
        return
    k = plain.cells(table.counts[shown], *arguments)
    mean, se, phi, df = plain.suite(k)
    per = worth(plain, table, value)[shown] if len(table.prompts) == 1 and len(table.values) == 2 else 1.0
    if len(table.prompts) == 1 and target is None:
        per = worth(plain, table, value)[shown]
    if target is None:
        estimate, low, high = plain.share_interval(k, per)
    else:
        ends = (np.asarray(end) / 100 for end in plain.gap_interval(k))
        estimate, low, high = (np.where(end < 1e-6, 0, end) for end in ends)  # what is 0 but for rounding
        if table.counts.shape[1:3] == (1, 2):
            ends = plain.share_interval(plain.cells(table.counts[shown], None, value), per)[1:]
            below, above = (end - target[0, value] for end in ends)
            low, high = np.maximum(0, np.maximum(below, -above)), np.maximum(-below, above)
    weight, missed = plain.weights(k.have, k.group), np.where(k.have, table.unseen[shown], 0).sum(1)
    window = table.counts[shown][..., -WINDOW:].sum(-1)
    least, seen, most = (
        (weight * side).sum(1) for side in plain.bounds(window, table.unseen[shown], target, value)
    )
    if target is not None:
        noise = seen - mean
        least, most = np.sqrt(np.maximum(least - noise, 0)), np.sqrt(np.maximum(most - noise, 0))
    n = np.where(k.have, k.n, 0).sum(1)
    bounded = missed > 0.05 * (n + missed)
    below, above = np.nan_to_num(estimate - low), np.nan_to_num(high - estimate)
    for at, row in enumerate(shown):
        made = {
            "model": table.models[row],
            **{"estimate": estimate[at], "low": low[at], "high": high[at], "se": se[at]},
            **{"dispersion": phi[at], "df": np.nan if np.isinf(df) else df, "n": n[at], "unseen": missed[at]},
            "bound_low": max(least[at] - below[at], 0) if bounded[at] else np.nan,
            "bound_high": min(most[at] + above[at], 1) if bounded[at] else np.nan,
            "prompts": k.have[at].sum(),
        }
        if target is None:
            made["k"] = np.where(k.have[at], window[at, :, value], 0).sum()
        plainly = {
            name: None if np.isnan(number) else float(number)
            for name, number in made.items()
            if name != "model"
        }
        yield {"model": made["model"], **plainly, "reason": "few_weeks" if np.isnan(low[at]) else None}


def ranked(
    plain: ModuleType, of: Compared, known: Mapping[int, str], *, study: bool = False
) -> tuple[Row, list[Row], list[Row]]:
    """Return what `boards`, `board_ranks` and `board_pairs` have of a comparison."""
    table = of.table
    found = plain.board(
        table.counts, table.answers, of.target, 0, of.group, table.prompts, study, dict(known)
    )
    members = [row for row, word in enumerate(found.reason) if not word]
    history = (table.counts.sum((0, 1, 2)) > 0).sum()
    said = found.resolution / 100 if members and (history >= 8 or study) else None
    board = {"models": len(members), "critical": found.crit if members else None, "resolution": said}
    loses = (found.told & ~found.holds).any(0) | (found.told & ~found.holds).any(1)
    ranks = [
        {
            "model": table.models[row],
            **{"rank_low": found.rank[row, 0] or None, "rank_high": found.rank[row, 1] or None},
            **{"reason": word or None, "holds": None if word else not loses[row]},
        }
        for row, word in enumerate(found.reason)
        if word != "not_asked"
    ]
    pairs = []
    if members:
        k = plain.cells(table.counts[members], of.target, 0, of.group, table.prompts, study)
        two = plain.compare(k)
        for one, other in combinations(range(len(members)), 2):
            a, b = (one, other) if two.d[other, one] >= 0 else (other, one)
            if not two.w[a, b].any():
                continue
            spread = sum(plain.variance(k.var[at], two.w[a, b], k._replace(var=k.var[at])) for at in (a, b))
            pairs.append(
                {
                    **{"model_a": table.models[members[a]], "model_b": table.models[members[b]]},
                    **{"prompts": (two.w[a, b] > 0).sum(), "difference": two.d[b, a], "se": two.se[b, a]},
                    "dispersion": two.se[b, a] ** 2 / spread,
                    "told_apart": found.told[members[b], members[a]],
                    "holds": found.holds[members[b], members[a]],
                }
            )
    return board, ranks, pairs


def of_field(key: tuple[Any, ...]) -> Row:
    """Return the columns that name a week and a field."""
    return dict(zip(("week", *FIELD), key, strict=True))
