-- Answers: Which prompts are looked at in each field, and for what? Steps of the audit queries that compute figures;
--   they need readings.
-- Grain: places: field, prompt, attribute.
-- Columns: field: as of history, of a conversation what came after its first turn; subject of the prompt.
-- Depends on: plans, prompts, study_prompts
WITH
prompts_asked AS (
    SELECT
        cast(week AS VARCHAR) AS occasion,
        FALSE AS is_study,
        model, plans.track, plans.simulated, prompts.suite, prompts.suite_major, prompts.condition,
        prompts.prompt, prompts.subject,
        CASE WHEN prompts.turns > 1 THEN 2 ELSE 1 END AS turn,
        NULL AS reader
    FROM prompts
    INNER JOIN plans USING (week, model)
    UNION ALL
    SELECT DISTINCT
        study_prompts.study, TRUE, readings.model, 'study', FALSE, readings.suite, 1, study_prompts.condition,
        study_prompts.prompt, study_prompts.subject, 1, readings.labeler || ' ' || readings.labeler_version
    FROM study_prompts
    INNER JOIN
        readings
        ON study_prompts.study = readings.occasion AND study_prompts.condition = readings.condition
    WHERE readings.is_study
),

looked_for AS (
    SELECT
        occasion, model, suite, suite_major, prompt, attribute
    FROM asked
    UNION ALL
    SELECT
        occasion, model, suite, suite_major, prompt,
        'all:' || joint AS attribute
    FROM wanted
),

places AS (
    SELECT DISTINCT
        struct_pack(
            week := CASE WHEN NOT is_study THEN cast(occasion AS DATE) END,
            study := CASE WHEN is_study THEN occasion END,
            track := track,
            simulated := simulated,
            suite := suite,
            suite_major := suite_major,
            condition := condition,
            turn := turn,
            reader := reader
        ) AS field,
        prompt, subject,
        unnest([looked_for.attribute, '']) AS attribute
    FROM prompts_asked
    INNER JOIN looked_for USING (occasion, model, suite, suite_major, prompt)
)

SELECT * FROM places
