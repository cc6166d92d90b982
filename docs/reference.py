"""Recompute the figures of an edition from plans, slots, attempts and labels; print them beside those published.

    python docs/reference.py EDITION [WORD ...]  EDITION: cliche.duckdb, or the folder of `edition fetch --database`
                                                 WORD: only boards with it in their names: 2026-11-23 stereotypes
Needs duckdb, numpy, scipy (quantiles). Read reference.sql (from labels to cells), then this; docs/statistics.md is the
prose. A number differs (exit 1) beyond 1e-9: absolute, or relative where it is above 1. No edition: exit 2."""
import sys
import warnings
from functools import cache
from itertools import groupby
from math import inf
from pathlib import Path
import duckdb
import numpy as np
from scipy.stats import chi2, studentized_range, t

GIVEN = """As published: what was planned and declared, who is withheld, who of a board has a rank, which changes were
reported when. Not recomputed: combinations (all:...), claim_shares; words; corrected_share and labeler_error (they need
gold); agreement; unseen answers, bounds, holds; resolution, would_find; the scan that finds a change."""

# ---- 1. Figures. c[model, cell, value, week]: pictures of the last twelve weeks; the last four are the window
def over(part, whole):
    return np.divide(part, whole, out=np.zeros(np.broadcast_shapes(np.shape(part), np.shape(whole))), where=whole > 0)
def wilson(k, n, z=1.959964):
    """Wilson 1927, JASA 22: 209-212: 95 % interval of k / n."""
    middle, half = k + z**2 / 2, z * np.sqrt(max(k * (n - k) / n, 0) + z**2 / 4)
    return (0.0 if k <= n * 1e-12 else (middle - half) / (n + z**2),
            1.0 if k >= n * (1 - 1e-12) else (middle + half) / (n + z**2))

def cells(c, q, many):
    """Of models and cells: the share that is value 0, or (many 0) the squared gap from q[cell, value]; its variance if
    pictures were independent; deviations of weeks, and their squares if so; share with a picture more; is it enough?"""
    n, k, window, recent = c.sum(2), c.sum(-1), c[..., -4:], c.sum(2)[..., -4:]
    total, m = n.sum(-1), recent.sum(-1)
    moved = np.where(n[:, :, None] > 0, over(c, n[:, :, None]) - over(k, total[..., None])[..., None], 0)
    p = (k + 1 / (many or c.shape[2])) / (total[..., None] + 1)  # one picture more, spread over the values that count
    figure, spread, second, u = over(window.sum(-1)[:, :, 0], m), p[:, :, 0] * (1 - p[:, :, 0]), 0, moved[:, :, 0]
    if not many:  # products of two different weeks (Hoeffding 1948, Ann. Math. Stat. 19: 293-325), of one week
        above, pairs = window - recent[:, :, None] * q[..., None], m**2 - (recent**2).sum(-1)  # of two pictures:
        share, squares, slope = over(window.sum(-1), m[..., None]), (p**2).sum(2), p - q  # Simpson 1949
        single = ((share - q) ** 2).sum(2) / 2 - over(1 - (share**2).sum(2), m - 1) / 2
        figure = np.where(pairs > 0, over((above.sum(-1) ** 2 - (above**2).sum(-1)).sum(2) / 2, pairs), single)
        spread = (slope**2 * p).sum(2) - (slope * p).sum(2) ** 2
        second = over((squares - 2 * (p**3).sum(2) + squares**2) / 2, np.where(pairs > 0, pairs, m * (m - 1)))
        u = ((over(k[..., None] - c, (total[..., None] - n)[:, :, None]) - q[..., None]) * moved).sum(2)
        u = np.where(n > 0, u - over(u.sum(-1), (n > 0).sum(-1))[..., None], 0)
    spread *= over(total, total - 1)
    return figure, over(spread, m) + second, u, over(spread[..., None], n), m >= 5, p[:, :, 0]
def dispersion(own, neighbors, df):
    """The largest of 1, the board's median and the own, times what carries over (Wedderburn 1974, Biometrika 61: 439;
    Wilson & Hilferty 1931, PNAS 17: 684-688; Bartlett 1946, JRSS Suppl. 8: 27-41)."""
    own = np.where(df > 0, own, np.nan)
    r = np.clip(np.nan_to_num(np.nanmedian(neighbors / np.maximum(own, 1e-12))), 0, 0.6)
    middle = np.nanmedian(own / (1 - 2 / (9 * np.maximum(df, 1))) ** 3)
    return np.fmax(np.fmax(1, middle), own) * (1 + r) / (1 - r)
def mean(figure, variance, u, e, there, group, study):
    """Over cells, of models or pairs: mean, standard error, dispersion, degrees of freedom, weights. Groups weigh the
    same, and so do the cells of a group (group[cell, group]). McCullagh & Nelder 1989, Gen. Linear Models, 4.5."""
    size = there @ group
    w = there * (over(1.0, size) @ group.T) / np.maximum((size > 0).sum(-1), 1)[..., None]
    if study:  # it has no weeks that could scatter
        return (figure * w).sum(-1), np.sqrt((variance * w**2).sum(-1)), np.ones(len(w)), np.full(len(w), inf), w
    u, e = (u * w[..., None]).sum(1), (e * w[..., None] ** 2).sum(1)
    df = np.maximum((e > 0).sum(-1) - 1, 0)
    per = (df + 1) / np.maximum(df, 1) / np.maximum(e.sum(-1), 1e-300)
    phi = dispersion((u**2).sum(-1) * per, (u[:, 1:] * u[:, :-1]).sum(-1) * per, df)
    return (figure * w).sum(-1), np.sqrt(phi * (variance * w**2).sum(-1)), phi, df, w

def worth(k, n, call):
    """How many pictures (k[prompt, week] of n) count as one: Rao & Scott 1992, Biometrics 48: 577; call: Kish 1965."""
    p = over(k.sum(1), n.sum(1))[:, None]
    mixed = (p[:, 0] > 0) & (p[:, 0] < 1)
    square, df = over((k - n * p) ** 2, n * p * (1 - p))[mixed].sum(), ((n > 0).sum(1) - 1)[mixed].sum()
    return call if df < 10 else max(1.0, square / df) if call > 1 or chi2.sf(square, df) < 0.01 else 1.0
def prompts(c, places, models, worths):
    """Yield the share of each prompt; below five pictures the counts alone."""
    for g, p in np.argwhere(c[..., -4:].sum((2, 3)) > 0):
        k, n = c[g, p, 0, -4:].sum(), c[g, p, :, -4:].sum()
        low, high = wilson(k / worths[g], n / worths[g])
        share = {"estimate": k / n, "low": low, "high": high} if n >= 5 else {}
        yield f"{places[p]} {models[g]}", {"k": k, "n": n, "worth": worths[g], "prompts": len(share) // 3} | share
def suites(c, q, many, group, study, models, worths):
    """Yield the mean of each model that has a cell of five pictures in every group."""
    shown = np.flatnonzero(((c[..., -4:].sum((2, 3)) >= 5) @ group > 0).all(1))
    *found, smooth = cells(c[shown], q, many)
    means, errors, phis, df, weights = mean(*found, group, study)
    df = max(df.sum(), 1)
    for g, x, se, phi, w, there, p in zip(shown, means, errors, phis, weights, found[4], smooth):
        k, n = c[g, there, 0, -4:].sum(), c[g, there, :, -4:].sum()
        if many:  # Korn & Graubard 1998, Survey Methodology 24: 193-201
            size = (p * w).sum() * (1 - (p * w).sum()) / se**2
            low, high = wilson(x * size, size, t.ppf(0.975, df))
        else:  # the root of the mean square; less than 1e-12 is rounding
            ends = x + np.array([0, -1, 1]) * t.ppf(0.975, df) * se
            x, low, high = np.sqrt(np.where(ends < 1e-12, 0, ends)).clip(0, 1)
        if single := c.shape[1] == 1 and c.shape[2] == 2:  # one prompt: its own interval
            low, high = wilson(k / worths[g], n / worths[g])
            ends = max(low - q[0, 0], q[0, 0] - high, 0), max(q[0, 0] - low, high - q[0, 0])
            low, high = (low, high) if many else ends
        yield models[g], {"estimate": x, "n": n, "prompts": there.sum(), "dispersion": phi} | (
            {"k": k} if many else {}) | ({"low": low, "high": high} if single or df > 2 else {}) | (
            {"se": se} if df > 2 else {}) | ({} if study else {"df": df})
critical = cache(lambda models, df: studentized_range.ppf(0.95, models, df) / 2**0.5)  # Kramer 1956, Biometrics 12: 307
def board(x, v, u, e, there, group, study, models):
    """Yield pairs, ranks and the critical value of ranked models, compared on cells that both have, paired by week."""
    a, b = np.array([(i, j) for j in range(len(models)) for i in range(j) if (there[i] & there[j]).any()]).T
    d, se, phi, df, w = mean(x[b] - x[a], v[a] + v[b], u[b] - u[a], e[a] + e[b], there[a] & there[b], group, study)
    df = inf if study else round((len(models) - 1) * df.mean())  # rounded down to those of a table
    limit = critical(len(models), max(n for n in [*range(3, 11), 12, 15, 20, 24, 30, 40, 60, 120, 240, inf] if n <= df))
    less, more = np.where(d > 0, a, b), np.where(d > 0, b, a)
    told = abs(d) > limit * se
    yield "critical", {"critical": limit} | ({} if study else {"df": df})
    for at, (i, j) in enumerate(zip(a, b)):
        yield f"pair {models[i]} {models[j]}", {"difference": d[at], "se": se[at], "dispersion": phi[at],
                                                "told_apart": int(told[at]), "prompts": (w[at] > 0).sum()}
    for i, model in enumerate(models):
        low, high = 1 + (told & (more == i)).sum(), len(models) - (told & (less == i)).sum()
        yield f"rank {model}", {"rank_low": low, "rank_high": high}
def change(k, n, model, weeks):
    """Mean weekly shares since a date less those before (26 weeks at most), of prompts less their own mean; k, n[model,
    prompt, week], last week first. Other models, with as many weeks since, lend their dispersion."""
    after, levels = (n[model, :, : weeks + 1].sum(0) > 0).sum(), {}
    for g in np.flatnonzero((n[:, :, 0].sum(1) > 0) & ((n.sum(1) > 0).sum(1) >= after + 4)):
        hits, read = (x[g][:, n[g].sum(0) > 0][:, :39] for x in (k, n))
        share, there, sides = over(hits, read), read > 0, (slice(0, after), slice(after, after + 26))
        y = np.where(there, share - over(share.sum(1), there.sum(1))[:, None], 0).sum(0) / there.sum(0)
        rate = over(1.0, read * there.sum(0) ** 2).sum(1) / len(y)
        p = [(hits[:, w].sum(1) + 0.5) / (read[:, w].sum(1) + 1) for w in (*sides, slice(None))]
        v = [max((p * (1 - p) * rate).sum() for p in (p[side], p[2])) for side in (0, 1)]
        off = [y[w] - y[w].mean() for w in sides]
        per = sum((len(x) - 1) * v for x, v in zip(off, v))
        levels[g] = (sum(x @ x for x in off) / per, sum(x[1:] @ x[:-1] for x in off) / per, sum(map(len, off)) - 2,
                     y[sides[0]].mean() - y[sides[1]].mean(), sum(v / len(x) for x, v in zip(off, v)),
                     *(x[:, w].sum() for w in sides[::-1] for x in (hits, read)))
    own, lag, df, *_ = np.array([*levels.values()]).T
    phi, (size, v, *counts) = dict(zip(levels, dispersion(own, lag, df)))[model], levels[model][3:]
    se, half, names = np.sqrt(phi * v), t.ppf(0.975, df.sum()) * np.sqrt(phi * v), "before_k before_n after_k after_n"
    return dict(zip(names.split(), counts)) | {"size": size, "low": size - half, "high": size + half, "se": se,
                                               "dispersion": phi, "df": df.sum()}

# ---- 2. Published beside recomputed
def recomputed(con, published, wanted):
    """Yield (name of a board, what of it) and its numbers; only who has a rank is looked up in what is published."""
    calls = {row[:2]: row[2] for row in con.execute("FROM drawn").fetchall()}
    every = (row for row in con.execute("FROM cell ORDER BY ALL").fetchall() if wanted(f"{row[0]} {row[1]}"))
    for (head, name, field), rows in groupby(every, lambda row: row[:3]):
        rows, study = [*rows], field.startswith("study")
        models, places, values = (sorted({row[at] for row in rows}) for at in (3, 4, 6))
        values = ["0", "1"] if (many := rows[0][9]) else values
        c, q = np.zeros((len(models), len(places), len(values), 12)), np.zeros((len(places), len(values)))
        for *_, model, place, _, value, back, share, _, n in rows:
            c[models.index(model), places.index(place), values.index(value), 11 - back] += n
            q[places.index(place), values.index(value)] = share
        groups = np.array([group for _, group in sorted({row[4:6] for row in rows})])
        group = (np.unique(groups) == groups[:, None]) * 1.0
        worths = [worth(one[:, 0], one.sum(1), calls.get((head, model), 1)) for model, one in zip(models, c)]
        found = [*suites(c, q, many, group, study, models, worths)]
        found += prompts(c, places, models, worths) if name.startswith("mean_share") else []
        ranked = [at for at, of in enumerate(models) if (f"{head} {name}", f"{field} rank {of}") in published]
        if len(ranked) > 1:
            compared = board(*cells(c[ranked], q, many)[:5], group, study, [models[at] for at in ranked])
            found += ((f"{field} {of}", numbers) for of, numbers in compared)
        yield from (((f"{head} {name}", of), numbers) for of, numbers in found)
    moved = [row for row in con.execute("FROM moved ORDER BY ALL").fetchall() if wanted(row[0])]
    for (name, of, weeks), rows in groupby(moved, lambda row: row[:3]):
        rows = [*rows]
        models, places = (sorted({row[at] for row in rows}) for at in (3, 4))
        both = np.zeros((2, len(models), len(places), 78))
        for *_, model, place, back, k, n in rows:
            both[:, models.index(model), places.index(place), back] = k, n
        yield (name, of), change(*both, models.index(of), weeks)

def main(path, *words):
    published, differ, wanted = {}, 0, lambda name: all(word in name for word in words)
    file = next(Path(path).rglob("cliche.duckdb"), None) if Path(path).is_dir() else path
    try:
        con = duckdb.connect(str(file), read_only=True)
        con.execute("SET search_path = 'main,study'; " + Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
    except duckdb.Error as error:
        print(f"{path} is no edition that can be read:", str(error).splitlines()[0], file=sys.stderr)
        return 2
    for table in ("figures", "boards", "ranks", "pairs", "changes"):
        names = [column[0] for column in con.execute(f"FROM published_{table}").description]
        published |= {row[:2]: dict(zip(names[2:], row[2:])) for row in con.fetchall() if wanted(row[0])}
    found = dict(recomputed(con, published, wanted))
    for of in sorted({*published, *found}):
        theirs, ours = published.get(of, {}), found.get(of, {})
        both = [(column, theirs.get(column), ours.get(column)) for column in {**theirs, **ours}]
        off = [0 if x is y else inf if None in (x, y) else abs(float(x) - y) / max(1, abs(x)) for _, x, y in both]
        equal = all(one <= 1e-9 for one in off)  # NaN is not
        differ += not equal
        row = ", ".join(f"{one} {x} {y}" for one, x, y in both)
        print(f"{max(off):7.0e}" if equal else "DIFFERS", *of, "|", row)
    print(GIVEN, f"Of {len(published)} published, {len(found)} recomputed, {differ} differ.", sep="\n")
    return 1 if differ else 0

if __name__ == "__main__":
    np.seterr(all="ignore")
    warnings.simplefilter("ignore")  # of what nothing is known there is no median
    sys.exit(main(*sys.argv[1:]))
