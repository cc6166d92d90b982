-- Answers: Which models of a board of distances are told apart by the prompts that both answered, and which
--   ranks follow? Recomputed from attempts and labels alone, to be held against `ranks` and `model_pairs`.
-- Grain: week, track, simulated, suite, suite_major, condition, attribute, reference, scale, model, other:
--   every pair of ranked models in both orders; other is NULL for a model without a rank.
-- Columns:
--   rank_low, rank_high, ranked_of: of model; NULL if it is not ranked
--   cells, planned_cells: prompts with five pictures and 80 % of the answers assessed, and all prompts
--   bound_low, bound_high: least and largest distance of model, whatever its unseen answers would have shown
--   common: prompts with five pictures or more of both
--   difference: distance2 of model minus that of other on these; low, high: 95 %
--   adjusted_low, adjusted_high: at the last step of the test of all pairs of the board together
--   unseen_share: part of the answers of the common prompts that shows no value, of the one that lacks more
--   holds_at_bounds: whether they are told apart whatever the unseen answers would have shown
--   bound_rank_low, bound_rank_high: ranks by pairs that hold so
-- Depends on: slots, prompts, prompt_attributes, attribute_values, reference_values, yardsticks, plans,
--   attempts, outcomes, labels, withheld, window_scores, design_effects
-- Uses: read_from_labels
WITH RECURSIVE
-- Uses: ranked_boards

models AS ( -- noqa: ST03
    SELECT *
    FROM distance_models
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
    named.week, named.track, named.simulated, named.suite, named.suite_major, named.condition,
    named.attribute, named.reference,
    CASE WHEN named.banded THEN 'bands' ELSE 'values' END AS scale,
    apart.model, apart.other, apart.rank_low, apart.rank_high, apart.ranked_of, apart.cells,
    apart.planned_cells, apart.bound_low, apart.bound_high, apart.common, apart.difference, apart.low,
    apart.high, apart.adjusted_low, apart.adjusted_high,
    apart.unseen_share, apart.holds_at_bounds, apart.bound_rank_low, apart.bound_rank_high
FROM found AS apart
INNER JOIN named USING (board)
ORDER BY
    named.week DESC, apart.board ASC, apart.rank_low ASC NULLS LAST, apart.rank_high ASC, apart.model ASC,
    apart.other ASC
