-- Answers: Over which prompts are means taken? Steps of the audit query of shares; they need history and
--   places.
-- Grain: drawn: board, model, cell, back, as share_cells needs them; sizes: board.
-- Columns: board: with selection (NULL: all prompts) and value; grp: prompts that weigh as one together;
--   grps: how many there are.
-- Depends on: typed_subjects, study_references
WITH
typed AS (
    SELECT DISTINCT
        suite, suite_major, attribute, value, subject, side
    FROM typed_subjects
    UNION
    SELECT
        study AS suite,
        1 AS suite_major,
        attribute, value,
        prompt AS subject,
        side
    FROM study_references
    WHERE side IN ('male', 'female')
),

-- all prompts are one group; of a selection each subject is one
selected AS (
    SELECT
        field, prompt, attribute,
        '' AS grp,
        NULL AS value,
        NULL AS selection
    FROM places
    UNION ALL
    SELECT
        places.field, places.prompt, places.attribute, typed.subject, typed.value,
        CASE typed.side WHEN 'male' THEN 'mostly-men' ELSE 'mostly-women' END AS selection
    FROM places
    INNER JOIN typed
        ON
            places.field.suite = typed.suite
            AND places.field.suite_major = typed.suite_major
            AND places.attribute = typed.attribute
            AND CASE WHEN places.field.study IS NULL THEN places.subject ELSE places.prompt END
            = typed.subject
),

sized AS (
    SELECT
        field, attribute, value, selection,
        count(DISTINCT grp) AS grps,
        count(*) AS planned_prompts
    FROM selected
    GROUP BY field, attribute, value, selection
),

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
)

SELECT * FROM sizes
