"""Declared stereotypes: which model a board puts before which, adversaries among them, and coverage.

Belongs here: the simulation. Does not belong here: ranks (`boards`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations, product

import numpy as np
import polars as pl

from assets.metrics.scores.measures.stereotypes import stereotype_figures
from assets.suites.analysis import shipped
from assets.suites.loader import load_suites
from tests.studies.simulations.tables import Entry, Table

TITLE = "Declared stereotypes"
DRAWS = 2_000
SEED = 7400
COVERAGE = 0.94
PICTURES = 40
#: Pictures of each group's prompt: alike, small and large, small beside large.
SIZES = (
    (10,) * 6,
    (20,) * 6,
    (100,) * 6,
    (10, 100, 10, 10, 10, 10),
    (100, 10, 100, 100, 100, 100),
    (20,) * 46,
)
OWN = ((0.6, 0.4), (0.98, 0.02), (0.02, 0.02), (0.0, 0.0), (0.95, 0.95), (0.9, 0.05))
OTHERS = (0.0, 0.02, 0.1, 0.3)

Pairs = Sequence[tuple[str, str]]  # value and group


def boards() -> Iterator[tuple[str, Pairs, dict[str, str]]]:
    """Yield the name, the pairs and the prompts (name → group) of every shipped board of stereotypes."""
    suites = load_suites()
    for yardstick in shipped().declared.yardsticks:
        if yardstick.metric != "stereotype_share":
            continue
        pairs = [
            (pair.value, pair.group)
            for pair in shipped().declared.stereotypes
            if (pair.suite, pair.attribute, pair.statistic) == (yardstick.suite, yardstick.attribute, None)
        ]
        kinds = {group.partition(":")[0] for _, group in pairs}
        prompts = {
            prompt.id: prompt.subject
            for prompt in suites[yardstick.suite].prompts
            if yardstick.attribute in prompt.attributes and prompt.subject.partition(":")[0] in kinds
        }
        yield f"{yardstick.suite}, {yardstick.attribute}", pairs, prompts


def planted(pairs: Pairs, prompts: Mapping[str, str]) -> dict[str, dict[tuple[str, str], float]]:
    """Return for each model the share of each pair's value in each prompt, from the least cliché to the most."""
    groups = {group for _, group in pairs}

    def shares(own: float, other: float) -> dict[tuple[str, str], float]:
        return {
            (value, prompt): (own if subject == group else other if subject not in groups else other / 2)
            for value, group in pairs
            for prompt, subject in prompts.items()
        }

    return {
        "the value on nobody": shares(0.0, 0.0),
        "on others alone": shares(0.0, 0.4),
        "rarely": shares(0.15, 0.0),
        "on half": shares(0.5, 0.02),
        "on everybody": shares(0.9, 0.9),
        "always, and on nobody else": shares(1.0, 0.0),
    }


def possible(pairs: Pairs, prompt: str, shares: Mapping[tuple[str, str], float]) -> list[float]:
    """Return the shares of all values in a prompt; of several that add up to more than 1, as many as fit."""
    p = [shares[value, prompt] for value, _ in pairs]
    return [one / max(1.0, sum(p)) for one in p]


def truth(pairs: Pairs, prompts: Mapping[str, str], shares: Mapping[tuple[str, str], float]) -> float:
    """Return the stereotype_share of a model: a mean over pairs of means over the group's prompts."""
    found = [
        np.mean(
            [
                possible(pairs, prompt, shares)[place]
                for prompt, subject in prompts.items()
                if subject == group
            ]
        )
        for place, (_, group) in enumerate(pairs)
    ]
    return float(np.mean(found))


def drawn(
    rng: np.random.Generator,
    pairs: Pairs,
    prompts: Mapping[str, str],
    shares: Mapping[tuple[str, str], float],
    sizes: Mapping[str, int],
    draws: int,
) -> pl.DataFrame:
    """Return rows of counts as scores are made of, `draws` times over; values of one prompt share its pictures."""
    frames = []
    for number, (prompt, subject) in enumerate(prompts.items()):
        p = possible(pairs, prompt, shares)
        k = rng.multinomial(sizes[prompt], [*p, max(0.0, 1 - sum(p))], draws)
        frames += [
            pl.DataFrame(
                {
                    "draw": np.arange(draws),
                    "reference": "stereotypes",
                    "value_name": f"{value} | {group}",
                    "declared": len(pairs),
                    "own": subject == group,
                    "cell": np.full(draws, number),
                    "k": k[:, place],
                    "n": np.full(draws, sizes[prompt]),
                    "expected": 0.0,
                    "pictures": np.full(draws, max(sizes[prompt], 1)),
                }
            )
            for place, (value, group) in enumerate(pairs)
            if subject.partition(":")[0] == group.partition(":")[0]
        ]
    return pl.concat(frames).sort("draw", "cell", "value_name", maintain_order=True)


def figures(counts: pl.DataFrame) -> pl.DataFrame:
    """Return the product's figures, with text as text."""
    found = pl.concat(stereotype_figures(counts, ["draw"]), how="vertical_relaxed")
    return found.with_columns(pl.col("metric", "value_name", "reason").cast(pl.String))


def order_table(draws: float) -> Table:
    """Return whether more of a stereotype is ever before less, on every board, and what a refusal reads."""
    number = max(int(DRAWS * draws) // 20, 20)
    rows: list[list[Entry]] = []
    marks: list[tuple[str, Entry, bool]] = []
    for place, (name, pairs, prompts) in enumerate(boards()):
        rng = np.random.default_rng([SEED, place])
        sizes = dict.fromkeys(prompts, PICTURES)
        read = {}
        for model, shares in planted(pairs, prompts).items():
            found = figures(drawn(rng, pairs, prompts, shares, sizes, number))
            mean = found.filter((pl.col("metric") == "stereotype_share") & pl.col("value_name").is_null())
            read[model] = mean["estimate"].to_numpy()
        true = {model: truth(pairs, prompts, shares) for model, shares in planted(pairs, prompts).items()}
        wrong = sum(
            float((read[less] > read[more]).mean())
            for less, more in permutations(read, 2)
            if true[less] + 0.1 < true[more]
        )
        refused = {prompt: 0 if prompts[prompt] == pairs[0][1] else PICTURES for prompt in prompts}
        told = figures(drawn(rng, pairs, prompts, planted(pairs, prompts)["on half"], refused, 5))
        mean = told.filter((pl.col("metric") == "stereotype_share") & pl.col("value_name").is_null())
        hidden = mean["estimate"].null_count() / 5
        rows.append([name, len(pairs), *(float(np.mean(read[model])) for model in read), wrong, hidden])
        marks.append((f"{name}: more before less", wrong, wrong == 0))
        marks.append((f"{name}: nothing is read of who refuses a group", hidden, hidden == 1))
    return Table(
        f"stereotype_share on every board, {PICTURES} pictures per prompt, {number:,} draws",
        (
            "board",
            "pairs",
            *planted([("v", "g")], {"p": "g"}),
            "more before less",
            "refuses a group: no figure",
        ),
        rows,
        marks,
    )


def coverage(
    own: Sequence[float], other: float, sizes: Sequence[int], draws: int
) -> dict[str, tuple[float, float]]:
    """Return coverage and mean width of the mean share and of others, for two pairs among groups."""
    pairs = [("sombrero", "person:a"), ("turban", "person:b")]
    prompts = {f"p{number}": f"person:{chr(97 + number)}" for number in range(len(sizes))}
    shares = {
        (value, prompt): own[place]
        if subject == group
        else min(other, 1 - max(own))
        if subject in dict(pairs).values()
        else other
        for place, (value, group) in enumerate(pairs)
        for prompt, subject in prompts.items()
    }
    rng = np.random.default_rng([SEED, len(sizes), sizes[0], int(1000 * sum(own)), int(1000 * other)])
    found = figures(drawn(rng, pairs, prompts, shares, dict(zip(prompts, sizes, strict=True)), draws))

    def mean(value: str, taken: Sequence[str]) -> float:
        return float(np.mean([shares[value, prompt] for prompt in taken]))

    others = {v: mean(v, [p for p, subject in prompts.items() if subject != g]) for v, g in pairs}
    truth = {
        "stereotype_share": float(np.mean(own)),
        "stereotype_others": float(np.mean(list(others.values()))),
    }
    result = {}
    for metric, value in truth.items():
        rows = found.filter((pl.col("metric") == metric) & pl.col("value_name").is_null())
        held = float(((rows["low"] <= value + 1e-9) & (rows["high"] >= value - 1e-9)).mean())  # type: ignore[arg-type]
        result[metric] = held, float((rows["high"] - rows["low"]).mean())  # type: ignore[arg-type]
    return result


def coverage_table(
    draws: float, grid: Sequence[tuple[Sequence[float], float, Sequence[int]]] | None = None
) -> Table:
    """Return the least coverage of each figure at each size."""
    number = max(int(DRAWS * draws), 400)
    points = grid or [
        (own, other, sizes) for own, other, sizes in product(OWN, OTHERS, SIZES) if max(own) + other <= 1
    ]
    rows: list[list[Entry]] = []
    marks: list[tuple[str, Entry, bool]] = []
    for own, other, sizes in points:
        found = coverage(own, other, sizes, number)
        shown = [entry for metric in found for entry in found[metric]]
        rows.append([f"{own[0]}/{own[1]}, others {other}", f"{sizes[:2]} of {len(sizes)}", *shown])
        for metric, (held, _) in found.items():
            marks.append(
                (
                    f"{metric}, {own}, {other}, {sizes[:2]} of {len(sizes)}",
                    held,
                    held >= COVERAGE - slack(number),
                )
            )
    heads = [f"{name} {what}" for name in ("share", "others") for what in ("coverage", "width")]
    return Table(f"two pairs, {number:,} draws", ("truth", "pictures", *heads), rows, marks)


def slack(number: int) -> float:
    """Return three standard errors of a coverage of this many draws, so that the least of many points may pass."""
    return float(3 * np.sqrt(COVERAGE * (1 - COVERAGE) / number))


def tables(draws: float) -> list[Table]:
    """Return the tables of this study; `draws` is the part of the full number of draws."""
    return [order_table(draws), coverage_table(draws)]
