-- Answers: Which prompts are compared with which yardstick, and what does it expect? Steps of the audit
--   queries of gaps; they need history and places.
-- Grain: compared: board, model, cell, value, back; gap_sizes: board.
-- Columns: as gap_cells needs them; grps: groups of cells, planned_prompts: prompts that the yardstick
--   has a row for.
-- Depends on: yardsticks, reference_values, study_references
WITH yardstick_rows AS (
    SELECT DISTINCT
        cast(reference_values.week AS VARCHAR) AS occasion,
        suite, suite_major, attribute, reference, reference_values.prompt, reference_values.value,
        reference_values.expected_share
    FROM reference_values
    SEMI JOIN yardsticks USING (suite, suite_major, attribute, reference)
    UNION ALL
    SELECT
        study AS occasion,
        study AS suite,
        1 AS suite_major,
        attribute, reference, prompt, value, expected_share
    FROM study_references
    UNION ALL
    -- studies are compared with equal shares, but where values are a scale
    SELECT
        supports.occasion, supports.suite,
        1 AS suite_major,
        supports.attribute,
        CASE supports.many WHEN 2 THEN 'parity' ELSE 'uniform' END AS reference,
        NULL AS prompt,
        supports.shown AS value,
        1 / supports.many AS expected_share
    FROM supports
    SEMI JOIN study_attribute_values
        ON
            supports.occasion = study_attribute_values.study
            AND supports.attribute = study_attribute_values.attribute
            AND NOT coalesce(study_attribute_values.ordinal, FALSE)
),

stated AS (
    SELECT
        places.field, places.prompt, places.attribute, rows_of.reference, rows_of.value,
        rows_of.expected_share AS q
    FROM places
    INNER JOIN yardstick_rows AS rows_of
        ON
            coalesce(places.field.study, cast(places.field.week AS VARCHAR)) = rows_of.occasion
            AND places.field.suite = rows_of.suite
            AND places.field.suite_major = rows_of.suite_major
            AND places.attribute = rows_of.attribute
            AND coalesce(rows_of.prompt, places.prompt) = places.prompt
    QUALIFY
        rows_of.prompt IS NOT NULL
        OR NOT bool_or(rows_of.prompt IS NOT NULL) OVER (
            PARTITION BY places.field, places.prompt, places.attribute, rows_of.reference
        )
),

stated_values AS (
    SELECT
        field, attribute, reference, value,
        count(*) OVER (PARTITION BY field, attribute, reference) AS many
    FROM (SELECT DISTINCT field, attribute, reference, value FROM stated) AS listed
),

held AS (SELECT DISTINCT field, prompt, attribute, reference FROM stated),

compared AS (
    SELECT
        struct_insert(
            history.field,
            selection := cast(NULL AS VARCHAR),
            attribute := history.attribute,
            figure := 'gap',
            value := cast(NULL AS VARCHAR),
            yardstick := held.reference
        ) AS board,
        history.model, history.labeler, history.labeler_version, history.prompt, history.value, history.back,
        history.x, stated_values.many,
        history.prompt AS cell,
        '' AS grp,
        coalesce(stated.q, 0) AS q,
        sum(history.x) OVER (
            PARTITION BY
                history.field, history.model, history.prompt, history.attribute, history.back, held.reference
        ) AS m
    FROM history
    INNER JOIN held
        USING (field, prompt, attribute)
    INNER JOIN stated_values USING (field, attribute, value)
    LEFT JOIN stated
        ON
            history.field = stated.field
            AND history.prompt = stated.prompt
            AND history.attribute = stated.attribute
            AND held.reference = stated.reference
            AND history.value = stated.value
    WHERE held.reference = stated_values.reference
    QUALIFY m > 0
),

gap_sizes AS ( -- noqa: ST03
    SELECT
        field, attribute, reference,
        1 AS grps,
        count(DISTINCT prompt) AS planned_prompts
    FROM stated
    GROUP BY field, attribute, reference
)

SELECT * FROM compared
