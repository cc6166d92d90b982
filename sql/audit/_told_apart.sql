-- Answers: By how much do two ranked models differ on the prompts that both have, and is that told apart?
--   First steps of the audit queries that name this text under "Uses": from labels; who is ranked, and
--   critical, are as published.
-- Grain: told: board, one, other (one comes first by name); named_boards: board.
-- Columns: prompts: common cells; difference: other less one; se, dispersion; told_apart.
-- Depends on: boards, board_ranks, stereotype_pairs, yardsticks, reference_values, study_references,
--   plans, prompts, slots, prompt_attributes, attribute_values, attempts, outcomes, labels, joint_values,
--   withheld, changes, study_slots, study_labels, study_prompts, study_attribute_values
WITH
-- Uses: history

-- Uses: places

-- Uses: compared

-- Uses: gap_cells

-- Uses: declared_pairs

-- Uses: share_cells

board_weeks AS (
    FROM gap_weeks
    UNION ALL BY NAME
    FROM share_weeks
),

-- Uses: ranked

filled AS (
    SELECT
        board, model, of_all.cell, of_all.prompt, of_all.grp, of_all.figure, of_all.variance
    FROM (
        FROM gap_cells
        UNION ALL BY NAME
        FROM share_cells
    ) AS of_all
    SEMI JOIN members USING (board, model)
    WHERE of_all.n >= 5
),

common AS (
    SELECT
        a.board, a.prompt, a.cell,
        struct_pack(one := a.model, other := b.model) AS unit,
        b.figure - a.figure AS apart,
        a.variance AS variance_one,
        b.variance AS variance_other,
        1 / count(*) OVER (PARTITION BY a.board, a.model, b.model, a.grp) AS of_group
    FROM filled AS a
    INNER JOIN filled AS b ON a.board = b.board AND a.cell = b.cell AND a.model < b.model
),

weighted AS (
    SELECT
        *,
        of_group / sum(of_group) OVER (PARTITION BY board, unit) AS w
    FROM common
),

weekly AS ( -- noqa: ST03
    SELECT
        weighted.board, weighted.unit, board_weeks.back,
        sum(
            weighted.w
            * CASE WHEN board_weeks.model = weighted.unit.other THEN board_weeks.u ELSE -board_weeks.u END
        ) AS u,
        sum(weighted.w ^ 2 * board_weeks.e) AS e
    FROM weighted
    INNER JOIN board_weeks
        ON
            weighted.board = board_weeks.board
            AND weighted.cell = board_weeks.cell
            AND board_weeks.model IN (weighted.unit.one, weighted.unit.other)
    GROUP BY weighted.board, weighted.unit, board_weeks.back
),

-- Uses: weekly_scatter

-- Uses: dispersion

-- of a study cells that share pictures count as if they always came together
by_prompt AS (
    SELECT
        weighted.board, weighted.unit,
        sum(weighted.w * weighted.apart) AS difference,
        count(*) AS cells,
        CASE
            WHEN
                board.study IS NULL
                THEN sum(weighted.w ^ 2 * (weighted.variance_one + weighted.variance_other))
            ELSE
                sum(weighted.w * sqrt(weighted.variance_one))
                ^ 2
                + sum(weighted.w * sqrt(weighted.variance_other))
                ^ 2
        END AS variance
    FROM weighted
    GROUP BY weighted.board, weighted.unit, weighted.prompt
),

measured AS (
    SELECT
        by_prompt.board, by_prompt.unit,
        sum(by_prompt.difference) AS difference,
        cast(sum(by_prompt.cells) AS INTEGER) AS prompts,
        sum(by_prompt.variance) AS variance,
        CASE WHEN by_prompt.board.study IS NULL THEN any_value(dispersed.dispersion) ELSE 1 END AS phi
    FROM by_prompt
    LEFT JOIN dispersed USING (board, unit)
    GROUP BY by_prompt.board, by_prompt.unit
),

told AS (
    SELECT
        a.board,
        a.model AS one,
        b.model AS other,
        coalesce(measured.prompts, 0) AS prompts,
        measured.difference, measured.phi,
        sqrt(measured.phi * measured.variance) AS se,
        coalesce(abs(measured.difference) > named_boards.critical * se, FALSE) AS told_apart
    FROM members AS a
    INNER JOIN members AS b ON a.board = b.board AND a.model < b.model
    INNER JOIN named_boards ON a.board = named_boards.board
    LEFT JOIN measured
        ON
            a.board = measured.board
            AND a.model = measured.unit.one
            AND b.model = measured.unit.other
)

SELECT * FROM told
