"""Pictures that were drawn together (by one job or call, or from one seed) are alike: how much that makes them count.

Counts are divided by the design effect 1 + (m - 1) ρ of their cell, m the mean number of pictures that share a
picture's cluster, itself among them, and go into the formulas of independent pictures. ρ is the intra-cluster
correlation of a model's suite and attribute, by the estimator of the analysis of variance (Donner 1986, Int. Stat. Rev.
54: 67-82; Ridout, Demétrio & Firth 1999, Biometrics 55: 137-148). `distance2` stays unbiased on average over cells: its
noise is taken off at the number of pictures that these are worth.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from assets.metrics.formulas.share import Floats, Ints, by_group, ratio

#: Degrees of freedom between clusters from which on their correlation is measured; until then, and where no two
#: pictures of a cell differ, those of a cluster count as one.
CORRELATION_MEASURED = 10


class Clustered(NamedTuple):
    """What the clusters of cells say; arrays of one entry per cell.

    Attributes:
        n: pictures.
        clusters: in how many clusters.
        squares: Σ m² over them, m their pictures.
        within: Σ over clusters and values of x² / m, x the pictures that show the value.
        cell: Σ over values of X² / n, X the pictures of the cell that show it.
    """

    n: Floats
    clusters: Floats
    squares: Floats
    within: Floats
    cell: Floats


class DesignEffects(NamedTuple):
    """Correlation of each group (NaN where no cluster holds two pictures) and design effects."""

    correlation: Floats  # (groups,) at least 0, at most 1
    freedom: Floats  # (groups,) between clusters
    of_group: Floats  # (groups,)
    of_cell: Floats  # (cells,)


def design_effects(found: Clustered, group: Ints, groups: int) -> DesignEffects:
    """Return the correlation within clusters of each group of cells, and what it makes of their pictures.

    Args:
        found: of each cell.
        group: the group of each cell, 0 … groups - 1.
        groups: number of groups.
    """
    n, clusters = by_group(found.n, group, groups), by_group(found.clusters, group, groups)
    seen = by_group(found.n > 0, group, groups)
    between, inside = clusters - seen, n - clusters
    of_clusters = by_group(found.within - found.cell, group, groups)
    of_pictures = by_group(found.n - found.within, group, groups)
    sharing = np.nan_to_num(ratio(found.squares, found.n))  # how many share a picture's cluster
    size = ratio(n - by_group(sharing, group, groups), between)
    mean_between, mean_inside = ratio(of_clusters, between), ratio(of_pictures, inside)
    whole = mean_between + (size - 1) * mean_inside
    correlation = np.clip(ratio(mean_between - mean_inside, whole), 0, 1)
    unknown = (between < CORRELATION_MEASURED) | ~(whole > 0)
    correlation = np.where(inside > 0, np.where(unknown, 1.0, correlation), np.nan)
    rho = np.nan_to_num(correlation)
    more = np.maximum(sharing - 1, 0)
    whole_more = np.maximum(np.nan_to_num(ratio(by_group(found.squares, group, groups), n)) - 1, 0)
    return DesignEffects(correlation, between, 1 + whole_more * rho, 1 + more * rho[group])
