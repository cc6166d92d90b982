-- Answers: By how much do two ranked models differ on the prompts that both have, and are they told
--   apart? From labels, to be held against `board_pairs`; who is ranked, and the critical value, are as
--   published.
-- Grain: that of board_pairs; reader: labeler of a study.
-- Columns: those of board_pairs but holds.
-- Depends on: boards, board_ranks, stereotype_pairs, yardsticks, reference_values, study_references,
--   plans, prompts, slots, prompt_attributes, attribute_values, attempts, outcomes, labels, joint_values,
--   withheld, changes, study_slots, study_labels, study_prompts, study_attribute_values
-- Uses: told_apart
WITH
found AS (
    SELECT
        unnest(told.board), -- noqa: AL03
        named_boards.labeler, named_boards.labeler_version,
        CASE WHEN difference < 0 THEN told.other ELSE told.one END AS model_a,
        CASE WHEN difference < 0 THEN told.one ELSE told.other END AS model_b,
        told.prompts, told.se,
        abs(told.difference) AS difference,
        told.phi AS dispersion,
        told.told_apart
    FROM told
    INNER JOIN named_boards USING (board)
    -- the board has a critical value
    WHERE named_boards.critical IS NOT NULL
)

SELECT *
FROM found
ORDER BY ALL
