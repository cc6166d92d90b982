-- Answers: Which ranks follow from the pairs of models that are told apart? From labels, to be held
--   against `board_ranks`; who is ranked, and the critical value, are as published.
-- Grain: that of board_ranks, of ranked models; reader: labeler of a study.
-- Columns: those of board_ranks but holds and reason.
-- Depends on: boards, board_ranks, stereotype_pairs, yardsticks, reference_values, study_references,
--   plans, prompts, slots, prompt_attributes, attribute_values, attempts, outcomes, labels, joint_values,
--   withheld, changes, study_slots, study_labels, study_prompts, study_attribute_values
-- Uses: told_apart
WITH
sides AS (
    SELECT
        board,
        one AS model,
        told_apart AND difference < 0 AS is_more,
        told_apart AND difference > 0 AS is_less
    FROM told
    UNION ALL
    SELECT
        board, other,
        told_apart AND difference > 0 AS is_more,
        told_apart AND difference < 0 AS is_less
    FROM told
),

-- 1 + how many are shown to be less; of all those that are not shown to be more
found AS (
    SELECT
        unnest(sides.board), -- noqa: AL03
        any_value(named_boards.labeler) AS labeler,
        any_value(named_boards.labeler_version) AS labeler_version,
        sides.model,
        cast(1 + count(*) FILTER (WHERE sides.is_more) AS INTEGER) AS rank_low,
        cast(1 + count(*) FILTER (WHERE NOT sides.is_less) AS INTEGER) AS rank_high
    FROM sides
    INNER JOIN named_boards USING (board)
    GROUP BY sides.board, sides.model
)

SELECT *
FROM found
ORDER BY ALL
