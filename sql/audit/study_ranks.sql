-- Answers: which models of a study are told apart by the prompts that both answered, and which ranks follow?
--   Recomputed from the labels alone, to be held against `study_ranks` and `study_pairs`.
-- Grain: study, condition, attribute, reference, labeler, labeler_version, model, other: every pair of ranked
--   models in both orders; other is NULL for a model without a rank.
-- Columns: reference: equal shares, parity of two values, uniform of more
--   rank_low, rank_high, ranked_of: of model; NULL if it is not ranked
--   cells, planned_cells: prompts with four pictures and 80 % of the slots assessed, and all prompts
--   bound_low, bound_high: least and largest distance of model, whatever its unseen slots would have shown
--   common: prompts with two pictures or more of both
--   difference: distance2 of model minus that of other on these; low, high: 95 %
--   adjusted_low, adjusted_high: 95 % for all pairs of the board together
-- Depends on: study_slots, study_labels, study_attribute_values
-- Uses: read_from_study_labels
WITH RECURSIVE
conditions AS (
    SELECT DISTINCT
        study, condition
    FROM study_slots
),

boards AS (
    SELECT
        conditions.study, conditions.condition, labelers.attribute, labelers.labeler,
        labelers.labeler_version, supports.k,
        row_number() OVER (
            ORDER BY
                conditions.study, labelers.attribute, labelers.labeler, labelers.labeler_version,
                conditions.condition
        ) AS board
    FROM conditions
    INNER JOIN labelers USING (study)
    INNER JOIN supports USING (study, attribute)
),

-- what shows none of the k values in the slots of a prompt is unseen
sized AS (
    SELECT
        boards.board, counted.k, counted.model, counted.prompt, counted.value,
        cast(counted.x AS DOUBLE) AS x,
        sum(counted.x) OVER cell AS n,
        counted.slots - sum(counted.x) OVER cell AS u
    FROM boards
    INNER JOIN counted USING (study, condition, attribute, labeler, labeler_version)
    WINDOW cell AS (PARTITION BY boards.board, counted.model, counted.prompt)
),

-- p: the share with two pseudo-counts; level: how high this value and the rarer ones stand if unseen slots
-- fill them alone
shaped AS (
    SELECT
        *,
        (x + 2 / k) / (n + 2) AS p,
        (u + sum(x) OVER filling) / row_number() OVER filling AS level
    FROM sized
    WINDOW filling AS (PARTITION BY board, model, prompt ORDER BY x, value ROWS UNBOUNDED PRECEDING)
),

-- best: pictures of the value when the unseen have filled the rarest; the lowest level is where they end
filled AS (
    SELECT
        *,
        greatest(x, min(level) OVER (PARTITION BY board, model, prompt)) AS best
    FROM shaped
),

cell_sums AS (
    SELECT
        board, model, prompt, k, n, u,
        sum(x * (x - 1)) AS pairs,
        sum(x * (x - 1) * (x - 1)) AS lines,
        sum(p * p) AS pp,
        sum(p * p * p) AS ppp,
        sum(best * (best - 1)) AS pairs_best,
        max(x) AS most
    FROM filled
    GROUP BY ALL
),

-- d: distance2 to equal shares, half of what the share of pairs that agree exceeds 1 / k by; cell_low and
-- cell_high: of all slots, if those unseen fill the rarest values, or all show the commonest
cells AS (
    SELECT
        *,
        n >= 4 AND 10 * n >= 8 * (n + u) AS covered,
        (pairs / (n * (n - 1)) - 1 / k) / 2 AS d,
        (
            pow(pairs / (n * (n - 1)), 2)
            - (pairs * pairs - 4 * lines + 2 * pairs) / (n * (n - 1) * (n - 2) * (n - 3))
        ) / 4 AS unbiased,
        (n - 2) / (n * (n - 1)) * greatest(ppp - pp * pp, 0) AS growing,
        (pp - pp * pp) / (2 * n * (n - 1)) AS at_zero,
        (pp - 1 / k) / 2 AS plain,
        2 * (n - 2) / (n * (n - 1)) * (1 - pp) / greatest(k - 1, 1) AS slope,
        CASE
            WHEN n > 0 AND n + u >= 2 THEN (pairs_best / ((n + u) * (n + u - 1)) - 1 / k) / 2
            ELSE 0
        END AS cell_low,
        CASE
            WHEN n > 0 AND n + u >= 2
                THEN ((pairs + 2 * u * most + u * (u - 1)) / ((n + u) * (n + u - 1)) - 1 / k) / 2
            ELSE (1 - 1 / k) / 2
        END AS cell_high
    FROM cell_sums
),

-- the prompts of a board are those that any of its models was asked
planned AS (
    SELECT
        board, k,
        count(DISTINCT prompt) AS planned_cells
    FROM cells
    GROUP BY board, k
),

-- a prompt that a model was not asked leaves everything possible
judged AS (
    SELECT
        cells.board, cells.model, planned.planned_cells,
        count(*) FILTER (WHERE cells.covered) AS cells,
        sqrt(greatest(sum(cells.cell_low) / planned.planned_cells, 0)) AS bound_low,
        sqrt(
            greatest(sum(cells.cell_high) + (planned.planned_cells - count(*)) * (1 - 1 / planned.k) / 2, 0)
            / planned.planned_cells
        ) AS bound_high,
        10 * count(*) FILTER (WHERE cells.covered) >= 9 * planned.planned_cells AS fit
    FROM cells
    INNER JOIN planned USING (board)
    GROUP BY cells.board, cells.model, planned.planned_cells, planned.k
),

models AS (
    SELECT
        *,
        count(*) FILTER (WHERE fit) OVER (PARTITION BY board) AS g
    FROM judged
),

-- Newton's method from 0 for the z beyond which lies 0.025 / pairs of a normal distribution
newton AS (
    SELECT DISTINCT
        g,
        0 AS step,
        cast(0 AS DOUBLE) AS z
    FROM models
    WHERE g > 1
    UNION ALL
    SELECT
        g,
        step + 1 AS step,
        z + sqrt(2 * pi()) * exp(z * z / 2) * (0.5 - 0.05 / (g * (g - 1)))
        - sqrt(pi() / 2) * list_sum(
            list_transform(range(0, 120), LAMBDA i: pow(z / sqrt(2), 2 * i + 1) / gamma(i + 1.5))
        ) AS z
    FROM newton
    WHERE step < 60
),

ranked AS (
    SELECT
        models.board, models.model, newton.z AS z_all
    FROM models
    INNER JOIN newton ON models.g = newton.g AND newton.step = 60
    WHERE models.fit
),

-- the sums of model's terms over the cells that it has in common with other
sums AS (
    SELECT
        a.board, a.model, b.model AS other, a.z_all, mine.k,
        count(*) AS m,
        avg(mine.d) AS d,
        greatest(
            sum(CASE WHEN mine.n >= 4 THEN mine.unbiased ELSE mine.growing + mine.at_zero END),
            sum(mine.growing + mine.at_zero),
            0
        ) AS variance,
        sum(mine.at_zero) AS at_zero,
        sum(mine.plain) AS plain,
        sum(mine.slope) AS slope
    FROM ranked AS a
    INNER JOIN ranked AS b
        ON
            a.board = b.board
            AND a.model <> b.model
    INNER JOIN cells AS mine
        ON
            a.board = mine.board
            AND a.model = mine.model
            AND mine.n >= 2
    INNER JOIN cells AS theirs
        ON
            mine.board = theirs.board
            AND mine.prompt = theirs.prompt
            AND b.model = theirs.model
            AND theirs.n >= 2
    GROUP BY ALL
),

-- the hull of Wald and score intervals, for one pair by itself and for all pairs together
hulls AS (
    SELECT
        *,
        at_zero / m / m AS b,
        greatest(CASE WHEN plain > 0.5e-9 THEN (variance - at_zero) / plain ELSE slope / m END, 0) / m AS a,
        unnest([FALSE, TRUE]) AS together,
        unnest([1.959963984540054, z_all]) AS z
    FROM sums
),

scored AS (
    SELECT
        *,
        d + z * z * a / 2 AS middle,
        sqrt(greatest(pow(2 * d + z * z * a, 2) - 4 * (d * d - z * z * b), 0)) / 2 AS half
    FROM hulls
),

ends AS (
    SELECT
        *,
        least(middle - half, d - z * sqrt(variance) / m) AS low,
        least(greatest(middle + half, 0, d + z * sqrt(variance) / m), (1 - 1 / k) / 2) AS high
    FROM scored
),

-- each end joins those of the two
differences AS (
    SELECT
        mine.board, mine.model, mine.other, mine.m, mine.together,
        mine.d - theirs.d AS difference,
        mine.d - theirs.d
        - sqrt(pow(mine.d - mine.low, 2) + pow(greatest(theirs.high - theirs.d, 0), 2)) AS low,
        mine.d - theirs.d
        + sqrt(pow(greatest(mine.high - mine.d, 0), 2) + pow(theirs.d - theirs.low, 2)) AS high
    FROM ends AS mine
    INNER JOIN ends AS theirs
        ON
            mine.board = theirs.board
            AND mine.together = theirs.together
            AND mine.model = theirs.other
            AND mine.other = theirs.model
),

pairs AS (
    SELECT
        board, model, other, m AS common,
        any_value(difference) AS difference,
        any_value(low) FILTER (WHERE NOT together) AS low,
        any_value(high) FILTER (WHERE NOT together) AS high,
        any_value(low) FILTER (WHERE together) AS adjusted_low,
        any_value(high) FILTER (WHERE together) AS adjusted_high
    FROM differences
    GROUP BY ALL
)

SELECT
    boards.study, boards.condition, boards.attribute,
    CASE WHEN boards.k = 2 THEN 'parity' ELSE 'uniform' END AS reference,
    boards.labeler, boards.labeler_version, models.model, pairs.other,
    CASE WHEN models.fit AND models.g > 1 THEN 1 + count(*) FILTER (WHERE pairs.adjusted_low > 0) OVER own END
        AS rank_low,
    CASE
        WHEN models.fit AND models.g > 1
            THEN models.g - count(*) FILTER (WHERE pairs.adjusted_high < 0) OVER own
    END AS rank_high,
    CASE WHEN models.fit AND models.g > 1 THEN models.g END AS ranked_of,
    models.cells, models.planned_cells,
    -- what rounding leaves of 0 is 0
    CASE WHEN models.bound_low > 1e-7 THEN models.bound_low ELSE 0 END AS bound_low,
    CASE WHEN models.bound_high > 1e-7 THEN models.bound_high ELSE 0 END AS bound_high,
    pairs.common, pairs.difference, pairs.low, pairs.high, pairs.adjusted_low, pairs.adjusted_high
FROM models
INNER JOIN boards USING (board)
LEFT JOIN pairs USING (board, model)
WINDOW own AS (PARTITION BY models.board, models.model)
ORDER BY
    models.board ASC, rank_low ASC NULLS LAST, rank_high ASC, models.model ASC, pairs.other ASC
