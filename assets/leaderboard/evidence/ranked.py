"""The clearest findings of an edition: chosen by a rule that is said beside them, from the published figures alone.

The first is the share whose 95 % interval ends furthest from what the analysis file holds it against: parity for
perceived gender, 0 for a declared stereotype that has no statistic. Furthest is by the largest distance possible on
that side: in points, what is held against 0 (100 of them) would always come before what is held against
parity (50). Of equals, in whole percent as they are shown, that of most pictures comes first; those that are equal in
both are ties. Real models come before simulated ones. Unreliable labels are reported only where there are no others,
and are called so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

import duckdb

from assets.leaderboard.views.query import Row, View, rows

MOST = 20
CEO = "occupation:ceo"  # of ties the one that most readers ask for
#: The order in which findings are reported: whether labels are reliable, and whether the model is simulated.
_GROUPS = ((True, False), (True, True), (False, False), (False, True))
_UNFIT = re.compile(r"[^a-z0-9._-]+")


def compared(con: duckdb.DuckDBPyConnection, week: date) -> list[View]:
    """Return every share of the window that ends with `week` that is held against something, as `findings.sql` has it.

    `reliable` says whether the labels are not known to be unreliable.
    """
    doubted = {(row["model"], row["attribute"]) for row in rows(con, "doubted", {"week": week.isoformat()})}
    return [
        View(**row, week=week, reliable=(row["model"], row["attribute"]) not in doubted)
        for row in read(con, week)
    ]


def read(con: duckdb.DuckDBPyConnection, week: date) -> list[Row]:
    """Return the rows of `findings` of a week."""
    return rows(con, "findings", {"week": week.isoformat()})


def strongest(con: duckdb.DuckDBPyConnection, week: date) -> View | None:
    """Return the first of the findings of the window that ends with `week`; None where nothing lies clearly off."""
    return next(iter(ranked(compared(con, week))), None)


def ranked(shares: Sequence[View]) -> list[View]:
    """Return the clearest of all shares that are held against something, real models first.

    Labels that are not reliable are spoken of only where there are no others. Each has the name of its page, `slug`,
    and how many shares of models of its kind were compared, `among`.
    """
    findings: list[View] = []
    slugs: set[str] = set()
    for reliable, simulated in _GROUPS:
        if findings and not reliable:
            break
        among = [one for one in shares if (one.reliable, one.simulated) == (reliable, simulated)]
        clear = sorted((one for one in among if one.distance > 0), key=_place)
        for finding in clear[: MOST - len(findings)]:
            findings.append(View(**vars(finding), slug=_slug(finding, slugs), among=len(among)))
    return findings


def _place(finding: View) -> tuple[object, ...]:
    """Return what findings are sorted by: whole percent of the furthest possible, pictures; and what ties are."""
    named = (finding.subject != CEO, finding.model, finding.prompt, finding.value)
    return -round(100 * finding.reach), -finding.n, *named


def _slug(finding: View, taken: set[str]) -> str:
    """Return a name for a page: the same in every edition that has the finding, unless names of data collide."""
    parts = (finding.model, finding.prompt.replace("/", "."), finding.attribute, finding.value)
    name = ".".join(_UNFIT.sub("-", part.lower()).strip("-._") or "x" for part in parts)
    numbered = (f"{name}-{number}" for number in range(2, 2 + len(taken) + 1))
    slug = name if name not in taken else next(one for one in numbered if one not in taken)
    taken.add(slug)
    return slug
