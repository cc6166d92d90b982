-- Answers: How often does each model draw the declared stereotypes of a suite, and the same values of the
--   other groups? From labels alone, to be held against `figures`; only critical (and worth of a single
--   cell) is taken from there.
-- Grain: that of figures stereotypes and stereotypes_others, where no declared group lacks pictures.
-- Columns: those of figures that name the row; estimate, low, high; k of n pictures of cells with five or
--   more; prompts: these cells; se, dispersion, df.
-- Depends on: figures, stereotype_pairs, plans, prompts, slots, prompt_attributes, attribute_values,
--   attempts, outcomes, labels, joint_values, withheld, changes, study_slots, study_labels,
--   study_prompts, study_attribute_values
-- Uses: history
WITH
-- Uses: places

-- Uses: published

-- Uses: declared_pairs

-- Uses: share_cells

board_cells AS ( -- noqa: ST03
    FROM share_cells
),

board_weeks AS ( -- noqa: ST03
    FROM share_weeks
),

sizes AS (
    FROM pair_sizes
),

-- Uses: means

judged AS ( -- noqa: ST03
    SELECT
        means.* EXCLUDE (means.mid),
        CASE WHEN sizes.planned_prompts = 1 THEN 1.959964 ELSE published.critical END AS z,
        CASE
            WHEN sizes.planned_prompts = 1 THEN means.pictures / published.worth
            ELSE means.mid * (1 - means.mid) / means.se ^ 2
        END AS n,
        means.mean
        * CASE
            WHEN sizes.planned_prompts = 1 THEN means.pictures / published.worth
            ELSE means.mid * (1 - means.mid) / means.se ^ 2
        END AS k
    FROM means
    INNER JOIN sizes USING (board)
    LEFT JOIN published
        ON
            means.board = published.board
            AND means.model = published.model
            AND means.labeler IS NOT DISTINCT FROM published.labeler
            AND means.labeler_version IS NOT DISTINCT FROM published.labeler_version
),

-- Uses: wilson

found AS (
    SELECT
        unnest(board), -- noqa: AL03
        model, labeler, labeler_version, prompts, se, low, high, df,
        mean AS estimate,
        hits AS k,
        pictures AS n,
        phi AS dispersion
    FROM bounded
)

SELECT *
FROM found
ORDER BY ALL
