-- Answers: What share of each prompt's pictures shows each value, and what is the mean over the prompts of a suite or of
--   a selection? From labels alone, to be held against `figures`; only worth and critical are taken from there.
-- Grain: that of figures share, mean_share and refused, where there are pictures; reader: labeler of a study.
-- Columns: those of figures that name the row; estimate, low, high; k of n pictures (of means, of prompts with five or
--   more), prompts; se and dispersion of means.
-- Depends on: figures, typed_subjects, study_references, plans, prompts, slots, prompt_attributes, attribute_values,
--   attempts, outcomes, labels, joint_values, withheld, changes, study_slots, study_labels, study_prompts,
--   study_attribute_values
-- Uses: history
WITH
-- Uses: places

-- Uses: published

-- Uses: selected

drawn AS (
    SELECT
        struct_insert(
            history.field,
            selection := selected.selection,
            attribute := nullif(history.attribute, ''),
            figure := CASE history.attribute WHEN '' THEN 'refused' ELSE 'mean_share' END,
            value := CASE WHEN history.attribute <> '' THEN history.value END,
            yardstick := cast(NULL AS VARCHAR)
        ) AS board,
        history.model, history.labeler, history.labeler_version, history.prompt, history.many, history.back,
        history.x, history.m,
        history.prompt AS cell,
        selected.grp, sized.grps, sized.planned_prompts
    FROM history
    INNER JOIN selected
        ON
            history.field = selected.field
            AND history.prompt = selected.prompt
            AND history.attribute = selected.attribute
            AND coalesce(selected.value, history.value) = history.value
    INNER JOIN sized
        ON
            selected.field = sized.field
            AND selected.attribute = sized.attribute
            AND selected.value IS NOT DISTINCT FROM sized.value
            AND selected.selection IS NOT DISTINCT FROM sized.selection
    -- of pictures and answers, and of combinations, one value is counted
    WHERE
        NOT (history.attribute = '' AND history.value = 'pictures')
        AND NOT (starts_with(history.attribute, 'all:') AND history.value = 'other')
),

sizes AS (
    SELECT DISTINCT
        board, grps, planned_prompts
    FROM drawn
),

-- Uses: share_cells

board_cells AS (
    FROM share_cells
),

board_weeks AS (
    FROM share_weeks
),

-- Uses: means

-- of one prompt the interval is the prompt's own
rows_found AS (
    SELECT
        struct_update(board, figure := 'share') AS board,
        model, labeler, labeler_version, prompt, k, n,
        CASE WHEN n >= 5 THEN figure END AS estimate,
        cast(n >= 5 AS INTEGER) AS prompts,
        TRUE AS one,
        NULL AS mid,
        NULL AS se,
        NULL AS dispersion
    FROM share_cells
    WHERE n > 0 AND board.selection IS NULL AND board.figure = 'mean_share'
    UNION ALL
    SELECT
        board, model, labeler, labeler_version, NULL, hits, pictures, mean, prompts,
        sizes.planned_prompts = 1,
        mid, se, phi
    FROM means
    INNER JOIN sizes USING (board)
),

judged AS (
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
        CASE WHEN found.one THEN found.n / published.worth ELSE mid * (1 - mid) / se ^ 2 END AS n,
        CASE
            WHEN found.one THEN found.k / published.worth ELSE found.estimate * mid * (1 - mid) / se ^ 2
        END AS k
    FROM rows_found AS found
    LEFT JOIN published
        ON
            found.board = published.board
            AND found.model = published.model
            AND found.prompt IS NOT DISTINCT FROM published.prompt
),

-- Uses: wilson

named AS (
    SELECT
        unnest(bounded.board),
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
