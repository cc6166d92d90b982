-- Answers: Which pictures show a stereotype that is declared of their prompt's group? Steps of the audit
--   queries of stereotypes; they need history and places.
-- Grain: drawn: board, model, cell (prompt and declared pair), back; pair_sizes: board.
-- Columns: as share_cells needs them; board: of stereotypes, and of the same values over the other groups
--   of the same kind (stereotypes_others); grp: the declared pair; grps: how many; planned_prompts:
--   cells.
-- Depends on: stereotype_pairs
WITH
pair_places AS (
    SELECT
        places.field, places.prompt, pairs.attribute, pairs.value,
        pairs.attribute || ' ' || pairs.value || ' ' || pairs.subject AS grp,
        CASE WHEN pairs.subject = places.subject THEN 'stereotypes' ELSE 'stereotypes_others' END AS figure
    FROM places
    INNER JOIN stereotype_pairs AS pairs
        ON
            places.field.suite = pairs.suite
            AND places.field.suite_major = pairs.suite_major
            AND places.attribute = pairs.attribute
            AND split_part(places.subject, ':', 1) = split_part(pairs.subject, ':', 1)
    WHERE pairs.statistic IS NULL AND places.field.study IS NULL
),

drawn AS (
    SELECT
        struct_insert(
            history.field,
            selection := cast(NULL AS VARCHAR),
            attribute := cast(NULL AS VARCHAR),
            figure := pair_places.figure,
            value := cast(NULL AS VARCHAR),
            yardstick := 'stereotypes'
        ) AS board,
        history.model, history.labeler, history.labeler_version, history.prompt, history.back, history.x,
        history.m,
        2 AS many,
        history.prompt || ' ' || pair_places.grp AS cell,
        pair_places.grp
    FROM history
    INNER JOIN pair_places USING (field, prompt, attribute, value)
),

pair_sizes AS ( -- noqa: ST03
    SELECT
        struct_insert(
            field,
            selection := cast(NULL AS VARCHAR),
            attribute := cast(NULL AS VARCHAR),
            figure := figure,
            value := cast(NULL AS VARCHAR),
            yardstick := 'stereotypes'
        ) AS board,
        count(DISTINCT grp) AS grps,
        count(*) AS planned_prompts
    FROM pair_places
    GROUP BY field, figure
)

SELECT * FROM drawn
