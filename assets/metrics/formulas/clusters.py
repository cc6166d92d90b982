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


class ClusterSums(NamedTuple):
    """`Clustered` added up over the cells of groups; arrays of one entry per group.

    Attributes:
        n, clusters, squares, within, cell: as of cells.
        cells: of them, those with pictures.
        sharing: Σ over them of Σ m² / n: how many share a picture's cluster.
    """

    n: Floats
    clusters: Floats
    squares: Floats
    within: Floats
    cell: Floats
    cells: Floats
    sharing: Floats


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
    sharing = np.nan_to_num(ratio(found.squares, found.n))
    sums = ClusterSums(*(by_group(part, group, groups) for part in (*found, found.n > 0, sharing)))
    correlation, freedom = correlations(sums)
    rho = np.nan_to_num(correlation)
    more = np.maximum(sharing - 1, 0)
    return DesignEffects(
        correlation, freedom, group_effects(sums.n, sums.squares, rho), 1 + more * rho[group]
    )


def correlations(sums: ClusterSums) -> tuple[Floats, Floats]:
    """Return the correlation within the clusters of each group, NaN where none holds two pictures, and its freedom."""
    between, inside = sums.clusters - sums.cells, sums.n - sums.clusters
    size = ratio(sums.n - sums.sharing, between)
    mean_between, mean_inside = ratio(sums.within - sums.cell, between), ratio(sums.n - sums.within, inside)
    whole = mean_between + (size - 1) * mean_inside
    correlation = np.clip(ratio(mean_between - mean_inside, whole), 0, 1)
    unknown = (between < CORRELATION_MEASURED) | ~(whole > 0)
    return np.where(inside > 0, np.where(unknown, 1.0, correlation), np.nan), between


def group_effects(n: Floats, squares: Floats, rho: Floats) -> Floats:
    """Return the design effects of all pictures of groups, n of them in clusters of m, Σ m² being `squares`."""
    return 1 + np.maximum(np.nan_to_num(ratio(squares, n)) - 1, 0) * rho
