-- Answers: Which models of a study are told apart by the prompts that both answered, and which ranks follow?
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

named AS (
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
valued AS (
    SELECT
        named.board, counted.model, counted.prompt, counted.value,
        1 / counted.k AS q,
        cast(counted.x AS DOUBLE) AS x,
        cast(counted.slots - sum(counted.x) OVER cell AS DOUBLE) AS u
    FROM named
    INNER JOIN counted USING (study, condition, attribute, labeler, labeler_version)
    WINDOW cell AS (PARTITION BY named.board, counted.model, counted.prompt)
),

placed AS ( -- noqa: ST03
    SELECT DISTINCT
        board, model
    FROM valued
),

-- Uses: rank_cells

boards AS ( -- noqa: ST03
    SELECT
        *,
        10 * cells >= 9 * planned_cells AS fit,
        count(*) FILTER (WHERE fit) OVER (PARTITION BY board) AS g
    FROM seated
),

-- Uses: rank_pairs

equal_shares AS (
    SELECT
        *,
        CASE WHEN k = 2 THEN 'parity' ELSE 'uniform' END AS reference
    FROM named
)

SELECT
    named.study, named.condition, named.attribute, named.reference, named.labeler, named.labeler_version,
    told_apart.model, told_apart.other, told_apart.rank_low, told_apart.rank_high, told_apart.ranked_of,
    told_apart.cells, told_apart.planned_cells, told_apart.bound_low, told_apart.bound_high,
    told_apart.common, told_apart.difference, told_apart.low, told_apart.high, told_apart.adjusted_low,
    told_apart.adjusted_high
FROM told_apart
INNER JOIN equal_shares AS named USING (board)
ORDER BY
    told_apart.board ASC, told_apart.rank_low ASC NULLS LAST, told_apart.rank_high ASC,
    told_apart.model ASC, told_apart.other ASC
