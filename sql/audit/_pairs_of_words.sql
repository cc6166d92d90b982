-- Answers: Which pictures are of the two sides of each pair of prompts? Steps of the audit query of
--   words; they need history.
-- Grain: sides: board, cell, side; drawn: and back; both_sides: board, cell.
-- Columns: board: a list of pairs, of one model, comparison and value; cell: subject of a pair; as
--   share_cells needs them, with the side (a or b) in place of the model.
-- Depends on: words
WITH
listed AS (
    SELECT
        struct_pack(
            week := week,
            study := study,
            model := model,
            track := track,
            simulated := simulated,
            suite := suite,
            suite_major := suite_major,
            comparison := comparison,
            attribute := attribute,
            labeler := labeler,
            labeler_version := labeler_version,
            value := value
        ) AS board,
        a, b, subject, prompt_a, turn_a, prompt_b, turn_b, critical, holm_critical
    FROM words
),

sides AS (
    SELECT
        board, a AS condition, prompt_a AS prompt, turn_a AS turn,
        subject AS cell,
        'a' AS side
    FROM listed
    WHERE subject IS NOT NULL
    UNION ALL
    SELECT
        board, b, prompt_b, turn_b, subject,
        'b' AS side
    FROM listed
    WHERE subject IS NOT NULL
),

-- sides of a study are its conditions
drawn AS ( -- noqa: ST03
    SELECT
        sides.board,
        sides.cell,
        history.labeler,
        history.labeler_version,
        history.many,
        history.back,
        history.x,
        history.m,
        sides.side AS model,
        sides.cell AS prompt,
        '' AS grp
    FROM sides
    INNER JOIN history
        ON
            coalesce(sides.board.study, cast(sides.board.week AS VARCHAR))
            = coalesce(history.field.study, cast(history.field.week AS VARCHAR))
            AND sides.board.model = history.model
            AND sides.board.suite = history.field.suite
            AND sides.board.suite_major = history.field.suite_major
            AND sides.board.attribute = history.attribute
            AND sides.board.labeler = history.labeler
            AND sides.board.labeler_version = history.labeler_version
            AND sides.board.value = history.value
            AND sides.prompt = history.prompt
            AND sides.turn = history.field.turn
    WHERE history.field.study IS NULL OR history.field.condition = sides.condition
),

-- Uses: share_cells

both_sides AS (
    SELECT
        pairs.board, pairs.cell,
        coalesce(a.k, 0) AS k_a,
        coalesce(a.n, 0) AS n_a,
        coalesce(b.k, 0) AS k_b,
        coalesce(b.n, 0) AS n_b,
        b.figure - a.figure AS difference,
        a.variance + b.variance AS variance,
        (k_a + 1) / (n_a + 2) AS p_a,
        (k_b + 1) / (n_b + 2) AS p_b,
        p_a * (1 - p_a) AS v_a,
        p_b * (1 - p_b) AS v_b,
        -- in a mean, pairs with five pictures or more on both sides
        n_a >= 5 AND n_b >= 5 AS used,
        count(*) FILTER (WHERE used) OVER (PARTITION BY pairs.board) AS usable,
        count(*) OVER (PARTITION BY pairs.board) AS listed
    FROM (SELECT DISTINCT board, cell FROM sides) AS pairs
    LEFT JOIN share_cells AS a ON pairs.board = a.board AND pairs.cell = a.cell AND a.model = 'a'
    LEFT JOIN share_cells AS b ON pairs.board = b.board AND pairs.cell = b.cell AND b.model = 'b'
)

SELECT * FROM both_sides
