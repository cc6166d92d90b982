-- Answers: How far is each model typically from each yardstick? From labels alone, by products of two
--   different weeks, to be held against `figures`; only critical and the worth of single prompts are
--   taken from there.
-- Grain: that of figures gap, where there are pictures enough; reader: labeler of a study.
-- Columns: those of figures that name the row; estimate, low, high: 0 to 1; n pictures of prompts with
--   five or more, prompts; se of the mean square; dispersion; df.
-- Depends on: figures, yardsticks, reference_values, study_references, plans, prompts, slots,
--   prompt_attributes, attribute_values, attempts, outcomes, labels, joint_values, withheld, changes,
--   study_slots, study_labels, study_prompts, study_attribute_values
-- Uses: history
WITH
-- Uses: places

-- Uses: published

-- Uses: compared

-- Uses: gap_cells

board_cells AS ( -- noqa: ST03
    SELECT
        *,
        0 AS k,
        0 AS mid
    FROM gap_cells
),

board_weeks AS ( -- noqa: ST03
    FROM gap_weeks
),

sizes AS (
    SELECT DISTINCT
        compared.board, gap_sizes.grps,
        gap_sizes.planned_prompts = 1 AND compared.many = 2 AS one
    FROM compared
    INNER JOIN gap_sizes
        ON
            compared.board.attribute = gap_sizes.attribute
            AND compared.board.yardstick = gap_sizes.reference
            AND compared.board = struct_insert(
                gap_sizes.field,
                selection := cast(NULL AS VARCHAR),
                attribute := gap_sizes.attribute,
                figure := 'gap',
                value := cast(NULL AS VARCHAR),
                yardstick := gap_sizes.reference
            )
),

-- Uses: means

-- of one prompt and two values the interval is the distance of the prompt's own
judged AS ( -- noqa: ST03
    SELECT
        gap_values.board, gap_values.model, gap_values.q,
        1.959964 AS z,
        gap_values.k / published.worth AS k,
        gap_values.n / published.worth AS n
    FROM gap_values
    INNER JOIN sizes USING (board)
    INNER JOIN published
        ON
            struct_update(
                gap_values.board,
                figure := 'share',
                value := gap_values.value,
                yardstick := cast(NULL AS VARCHAR)
            )
            = published.board
            AND gap_values.model = published.model
            AND gap_values.prompt = published.prompt
            AND gap_values.labeler IS NOT DISTINCT FROM published.labeler
            AND gap_values.labeler_version IS NOT DISTINCT FROM published.labeler_version
    WHERE sizes.one
    QUALIFY row_number() OVER (PARTITION BY gap_values.board, gap_values.model ORDER BY gap_values.value) = 1
),

-- Uses: wilson

found AS (
    SELECT
        unnest(means.board), -- noqa: AL03
        means.model, means.labeler, means.labeler_version, means.prompts, means.se,
        means.pictures AS n,
        means.phi AS dispersion,
        means.df,
        sqrt(greatest(means.mean, 0)) AS estimate,
        CASE
            WHEN bounded.q IS NOT NULL THEN greatest(bounded.low - bounded.q, bounded.q - bounded.high, 0)
            WHEN published.critical * means.se IS NOT NULL
                THEN sqrt(greatest(means.mean - published.critical * means.se, 0))
        END AS low,
        CASE
            WHEN bounded.q IS NOT NULL THEN greatest(bounded.q - bounded.low, bounded.high - bounded.q)
            WHEN published.critical * means.se IS NOT NULL
                THEN sqrt(least(greatest(means.mean + published.critical * means.se, 0), 1))
        END AS high
    FROM means
    LEFT JOIN published
        ON
            means.board = published.board
            AND means.model = published.model
            AND means.labeler IS NOT DISTINCT FROM published.labeler
            AND means.labeler_version IS NOT DISTINCT FROM published.labeler_version
    LEFT JOIN bounded ON means.board = bounded.board AND means.model = bounded.model
)

SELECT *
FROM found
ORDER BY ALL
