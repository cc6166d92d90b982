"""The clearest findings of an edition, by the rule of the sentence that it opens with (`parts.lead`)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assets.leaderboard.parts.lead import GROUPS, named, reached
from assets.leaderboard.views.finding import LeadFinding

MOST = 20
_UNFIT = re.compile(r"[^a-z0-9._-]+")


@dataclass(frozen=True)
class Ranked:
    """A finding with its place.

    Attributes:
        finding: it.
        slug: names its page.
        place: the first of the places that it shares with its ties, among models of its kind (real or simulated).
        last: the last of those places.
        among: how many shares of such models were compared.
        ties: findings that lie as far, of as many pictures, on the list or not.
    """

    finding: LeadFinding
    slug: str
    place: int
    last: int
    among: int
    ties: tuple[LeadFinding, ...]


def ranked(found: Sequence[LeadFinding]) -> list[Ranked]:
    """Return the clearest of all shares that are held against something, real models first.

    Those that are equal share a place. Labels that are not reliable are spoken of only where there are no others.
    """
    told: list[Ranked] = []
    slugs: set[str] = set()
    for reliable, simulated in GROUPS:
        if told and not reliable:
            break
        among = [one for one in found if (one.reliable, one.simulated) == (reliable, simulated)]
        clear = sorted((one for one in among if one.distance > 0), key=lambda one: (*_far(one), *named(one)))
        for finding in clear[: MOST - len(told)]:
            equal = [one for one in clear if _far(one) == _far(finding)]
            first = clear.index(equal[0]) + 1
            ties = tuple(one for one in equal if one is not finding)
            slug = _slug(finding, slugs)
            told.append(Ranked(finding, slug, first, first + len(ties), len(among), ties))
    return told


def _far(finding: LeadFinding) -> tuple[int, int]:
    return (-reached(finding), -finding.n)


def _slug(finding: LeadFinding, taken: set[str]) -> str:
    """Return a name for a page: the same in every edition that has the finding, unless names of data collide."""
    parts = (finding.model, finding.prompt.replace("/", "."), finding.attribute, finding.value)
    name = ".".join(_UNFIT.sub("-", part.lower()).strip("-._") or "x" for part in parts)
    if finding.reference not in ("parity", "stereotypes"):
        name += f".{_UNFIT.sub('-', finding.reference.lower()).strip('-._')}"
    numbered = (f"{name}-{number}" for number in range(2, 2 + len(taken) + 1))
    slug = name if name not in taken else next(one for one in numbered if one not in taken)
    taken.add(slug)
    return slug
