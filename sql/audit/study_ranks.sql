-- Answers: Which models of a study are told apart by the prompts that both answered, and which ranks follow?
--   Recomputed from the labels alone, to be held against `study_ranks` and `study_pairs`.
-- Grain: study, condition, attribute, reference, labeler, labeler_version, model, other: every pair of ranked
--   models in both orders; other is NULL for a model without a rank.
-- Columns: reference: equal shares, parity of two values, uniform of more; or a statistic that is declared
--   for the study, of the prompts that it has a row for
--   rank_low, rank_high, ranked_of: of model; NULL if it is not ranked
--   cells, planned_cells: prompts with four pictures and 80 % of the slots assessed, and all prompts
--   bound_low, bound_high: least and largest distance of model, whatever its unseen slots would have shown
--   common: prompts with two pictures or more of both
--   difference: distance2 of model minus that of other on these; low, high: 95 %
--   adjusted_low, adjusted_high: at the last step of the test of all pairs of the board together
--   unseen_share: part of the answers of the common prompts that shows no value, of the one that lacks more
--   holds_at_bounds: whether they are told apart whatever the unseen answers would have shown
--   bound_rank_low, bound_rank_high: ranks by pairs that hold so
-- Depends on: study_slots, study_prompts, study_labels, study_attribute_values, study_references
-- Uses: read_from_study_labels
WITH RECURSIVE
conditions AS (
    SELECT DISTINCT
        study, condition
    FROM study_slots
),

yardsticks_of AS (
    SELECT
        study, attribute,
        CASE WHEN k = 2 THEN 'parity' ELSE 'uniform' END AS reference,
        TRUE AS even
    FROM supports
    UNION ALL
    SELECT DISTINCT
        study, attribute, reference,
        FALSE AS even
    FROM study_references
),

named AS (
    SELECT
        conditions.study, conditions.condition, labelers.attribute, labelers.labeler,
        labelers.labeler_version, yardsticks_of.reference, yardsticks_of.even,
        row_number() OVER (
            ORDER BY
                conditions.study, labelers.attribute, labelers.labeler, labelers.labeler_version,
                conditions.condition, yardsticks_of.reference
        ) AS board
    FROM conditions
    INNER JOIN labelers USING (study)
    INNER JOIN yardsticks_of USING (study, attribute)
),

-- what shows none of the k values in the slots of a prompt is unseen
unseen AS (
    SELECT
        *,
        slots - sum(x) OVER (
            PARTITION BY study, condition, attribute, labeler, labeler_version, model, prompt
        ) AS u
    FROM counted
),

valued AS (
    SELECT
        named.board, unseen.model, unseen.prompt, unseen.value,
        CASE WHEN named.even THEN 1 / unseen.k ELSE stated.expected_share END AS q,
        cast(unseen.x AS DOUBLE) AS x,
        cast(unseen.u AS DOUBLE) AS u,
        1 AS effect,
        2 AS compared_from,
        4 AS covered_from
    FROM named
    INNER JOIN unseen USING (study, condition, attribute, labeler, labeler_version)
    LEFT JOIN study_references AS stated
        ON
            named.study = stated.study
            AND named.attribute = stated.attribute
            AND named.reference = stated.reference
            AND unseen.prompt = stated.prompt
            AND unseen.value = stated.value
    WHERE named.even OR stated.expected_share IS NOT NULL
),

placed AS ( -- noqa: ST03
    SELECT DISTINCT
        board, model
    FROM valued
),

-- Uses: rank_cells

models AS ( -- noqa: ST03
    SELECT
        * REPLACE (TRUE AS told),
        '' AS labeler_version,
        FALSE AS hidden,
        10 * cells >= 9 * planned_cells AS enough,
        0 AS added,
        cast(NULL AS DOUBLE) AS freedom
    FROM seated
),

-- Uses: rank_judged

-- Uses: distance_pairs

ends AS ( -- noqa: ST03
    SELECT *
    FROM distance_ends
),

-- Uses: rank_tests

-- Uses: distance_unseen

-- Uses: rank_turned

found AS (
    SELECT *
    FROM apart
)

SELECT
    named.study, named.condition, named.attribute, named.reference, named.labeler, named.labeler_version,
    apart.model, apart.other, apart.rank_low, apart.rank_high, apart.ranked_of, apart.cells,
    apart.planned_cells, apart.bound_low, apart.bound_high, apart.common, apart.difference, apart.low,
    apart.high, apart.adjusted_low, apart.adjusted_high,
    apart.unseen_share, apart.holds_at_bounds, apart.bound_rank_low, apart.bound_rank_high
FROM found AS apart
INNER JOIN named USING (board)
ORDER BY
    apart.board ASC, apart.rank_low ASC NULLS LAST, apart.rank_high ASC, apart.model ASC, apart.other ASC
