-- Answers: Over which prompts are means taken? Steps of the audit queries of suites; they need places.
-- Grain: selected: field, prompt, attribute, selection, value; sized: field, attribute, selection, value.
-- Columns: selection: NULL: all prompts; value: NULL: every one; grp: prompts that weigh as one together; grps: how many
--   there are.
-- Depends on: typed_subjects, study_references
WITH
typed AS (
    SELECT DISTINCT
        suite, suite_major, attribute, value, subject, side
    FROM typed_subjects
    UNION
    SELECT
        study, 1, attribute, value, prompt, side
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
        CASE typed.side WHEN 'male' THEN 'mostly-men' ELSE 'mostly-women' END
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
)

SELECT * FROM selected
