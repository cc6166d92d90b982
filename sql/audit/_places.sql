-- Answers: Which prompts are looked at in each field, and for what? Steps of the audit queries that
--   compute figures; they need readings.
-- Grain: places: field, prompt, attribute.
-- Columns: field: as of history, of a conversation what came after its first turn; subject of the prompt.
-- Depends on: plans, prompts, slots, study_prompts
WITH
-- a plan holds whole suites: of them, the prompts that it has slots for
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
    SEMI JOIN slots USING (week, model, prompt)
    UNION ALL
    SELECT DISTINCT
        study_prompts.study AS occasion,
        TRUE AS is_study,
        readings.model,
        'study' AS track,
        FALSE AS simulated,
        readings.suite, readings.suite_major, study_prompts.condition, study_prompts.prompt,
        study_prompts.subject,
        1 AS turn,
        readings.labeler || ' ' || readings.labeler_version AS reader
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
            week := CASE WHEN NOT prompts_asked.is_study THEN cast(occasion AS DATE) END,
            study := CASE WHEN prompts_asked.is_study THEN occasion END,
            track := prompts_asked.track,
            simulated := prompts_asked.simulated,
            suite := suite,
            suite_major := suite_major,
            condition := prompts_asked.condition,
            turn := prompts_asked.turn,
            reader := prompts_asked.reader
        ) AS field,
        prompt, prompts_asked.subject,
        unnest([looked_for.attribute, '']) AS attribute
    FROM prompts_asked
    INNER JOIN looked_for USING (occasion, model, suite, suite_major, prompt)
)

SELECT * FROM places
