-- Answers: What share of a suite's pictures shows each value by people's eyes: the labeler's share, corrected
--   with gold of eight weeks? From labels alone, to be held against `figures`; only worth and critical are
--   taken from there.
-- Grain: that of figure corrected_share.
-- Columns: those of figures that name the row; estimate, low, high, se, df, n pictures; reason: why gold
--   corrects nothing.
-- Depends on: figures, typed_subjects, study_references, plans, prompts, slots, prompt_attributes,
--   attribute_values, attempts, outcomes, labels, joint_values, withheld, changes, study_slots, study_labels,
--   study_prompts, study_attribute_values, gold_labels, gold_samples, gold_strata
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

-- Uses: gold_of_spans

-- strata are what the labeler read
strata AS (
    SELECT
        struct_update(means.board, figure := 'corrected_share', value := cast(NULL AS VARCHAR)) AS field,
        means.board.value AS value, -- noqa: AL09
        means.model, means.labeler, means.labeler_version, means.hits, means.mean,
        CASE WHEN sizes.planned_prompts > 1 THEN means.phi ELSE published.worth END AS dispersion,
        sizes.planned_prompts = 1 OR means.se IS NOT NULL AS known,
        sum(means.hits) OVER (PARTITION BY field, means.model) AS total,
        means.hits / total AS part
    FROM means
    INNER JOIN sizes ON means.board = sizes.board
    INNER JOIN published
        ON means.board = published.board AND means.model = published.model AND published.prompt IS NULL
    -- models that are compared with one of which there is gold
    SEMI JOIN gold
        ON
            cast(means.board.week AS VARCHAR) = gold.span
            AND means.board.track = gold.track
            AND means.board.simulated = gold.simulated
            AND means.board.suite = gold.suite
            AND means.board.suite_major = gold.suite_major
            AND means.board.attribute = gold.attribute
    WHERE means.board.figure = 'mean_share' AND means.board.selection IS NULL
),

-- Uses: labeler_error

named AS (
    SELECT
        unnest(struct_update(strata.field, value := strata.value)), -- noqa: AL03
        strata.model, strata.labeler, strata.labeler_version, strata.dispersion,
        strata.total AS n,
        errors.reason,
        CASE WHEN errors.reason IS NULL THEN greatest(least(strata.part - errors.error, 1), 0) END
            AS estimate,
        CASE
            WHEN strata.known
                THEN sqrt(errors.variance + strata.dispersion * estimate * (1 - estimate) / strata.total)
        END AS se,
        CASE WHEN se IS NOT NULL THEN errors.df END AS df,
        CASE WHEN se IS NOT NULL THEN greatest(estimate - published.critical * se, 0) END AS low,
        CASE WHEN se IS NOT NULL THEN least(estimate + published.critical * se, 1) END AS high
    FROM strata
    INNER JOIN errors USING (field, model, value)
    LEFT JOIN published
        ON
            struct_update(strata.field, value := strata.value) = published.board
            AND strata.model = published.model
)

SELECT *
FROM named
ORDER BY ALL
