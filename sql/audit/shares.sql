-- Answers: What share of each prompt's pictures shows each value, and what is the mean over the prompts
--   of a suite or of a selection? From labels alone, to be held against `figures`; only worth and
--   critical are taken from there.
-- Grain: that of figures share, mean_share and refused, where there are pictures; reader: labeler of a
--   study.
-- Columns: those of figures that name the row; estimate, low, high; k of n pictures (of means, of prompts
--   with five or more), prompts; se and dispersion of means.
-- Depends on: figures, typed_subjects, study_references, plans, prompts, slots, prompt_attributes,
--   attribute_values, attempts, outcomes, labels, joint_values, withheld, changes, study_slots,
--   study_labels, study_prompts, study_attribute_values
-- Uses: history
WITH
-- Uses: places

-- Uses: published

-- Uses: selected

-- Uses: share_cells

board_cells AS ( -- noqa: ST03
    FROM share_cells
),

board_weeks AS ( -- noqa: ST03
    FROM share_weeks
),

-- Uses: means

-- of one prompt the interval is the prompt's own
rows_found AS (
    SELECT
        struct_update(share_cells.board, figure := 'share') AS board,
        share_cells.model, share_cells.labeler, share_cells.labeler_version, share_cells.prompt,
        share_cells.k, share_cells.n,
        CASE WHEN share_cells.n >= 5 THEN share_cells.figure END AS estimate,
        cast(share_cells.n >= 5 AS INTEGER) AS prompts,
        TRUE AS one,
        NULL AS mid,
        NULL AS se,
        NULL AS dispersion
    FROM share_cells
    WHERE
        share_cells.n > 0
        AND share_cells.board.selection IS NULL
        AND share_cells.board.figure = 'mean_share'
    UNION ALL
    SELECT
        board, means.model, means.labeler, means.labeler_version,
        NULL AS prompt,
        means.hits, means.pictures, means.mean, means.prompts,
        sizes.planned_prompts = 1 AS one,
        means.mid, means.se, means.phi
    FROM means
    INNER JOIN sizes USING (board)
),

judged AS ( -- noqa: ST03
    SELECT
        found.board,
        found.model,
        found.labeler,
        found.labeler_version,
        found.prompt,
        found.estimate,
        found.se,
        found.dispersion, found.prompts,
        found.k AS pictures_shown,
        found.n AS pictures_read,
        CASE WHEN found.one THEN 1.959964 ELSE published.critical END AS z,
        CASE
            WHEN found.one THEN found.n / published.worth ELSE found.mid * (1 - found.mid) / found.se ^ 2
        END AS n,
        CASE
            WHEN found.one THEN found.k / published.worth
            ELSE found.estimate * found.mid * (1 - found.mid) / found.se ^ 2
        END AS k
    FROM rows_found AS found
    LEFT JOIN published
        ON
            found.board = published.board
            AND found.model = published.model
            AND found.prompt IS NOT DISTINCT FROM published.prompt
            AND found.labeler IS NOT DISTINCT FROM published.labeler
            AND found.labeler_version IS NOT DISTINCT FROM published.labeler_version
),

-- Uses: wilson

named AS (
    SELECT
        unnest(bounded.board), -- noqa: AL03
        bounded.model,
        CASE WHEN board.attribute IS NOT NULL THEN labeler END AS labeler,
        CASE WHEN board.attribute IS NOT NULL THEN labeler_version END AS labeler_version,
        bounded.prompt, bounded.estimate,
        CASE WHEN bounded.estimate IS NOT NULL THEN low END AS low,
        CASE WHEN bounded.estimate IS NOT NULL THEN high END AS high,
        bounded.pictures_shown AS k,
        bounded.pictures_read AS n,
        bounded.prompts, bounded.se, bounded.dispersion
    FROM bounded
)

SELECT *
FROM named
ORDER BY ALL
