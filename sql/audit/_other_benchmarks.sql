-- Answers: How many pictures of each prompt show each value, of skin tones each step? Steps of the audit
--   queries of other benchmarks' scores, after readings. Each score misleads (methodology).
-- Grain: of steps: week, model, suite, suite_major, condition, prompt, turn, attribute, value of its support.
-- Columns: of steps: those; x pictures of the value, n of all k values, every: pictures, unread ones
--   included.
-- Depends on: the tables of the text before
WITH
-- of a confrontation only what came after it stands for the suite
cells AS (
    SELECT DISTINCT
        occasion, model, suite, suite_major, answers_given.condition, answers_given.turn, prompt,
        asked.attribute
    FROM answers_given
    INNER JOIN asked USING (occasion, model, suite, suite_major, prompt)
    WHERE NOT answers_given.is_study AND (answers_given.condition <> 'confronted' OR answers_given.turn > 1)
),

looked_at AS (
    SELECT single.*
    FROM single
    INNER JOIN planned_labelers USING (model, labeler, labeler_version)
    WHERE single.occasion = cast(planned_labelers.week AS VARCHAR)
),

stepped AS (
    SELECT
        cast(occasion AS DATE) AS week,
        model, suite, suite_major, condition, prompt, turn, attribute, declared.value,
        count(*) FILTER (WHERE looked_at.value = declared.value) AS x,
        count(looked_at.unit) AS every
    FROM cells
    INNER JOIN declared USING (occasion, model, suite, suite_major, attribute)
    LEFT JOIN looked_at USING (occasion, model, suite, suite_major, condition, prompt, turn, attribute)
    WHERE declared.in_support
    GROUP BY ALL
),

steps AS (
    SELECT
        *,
        sum(x) OVER cell AS n,
        count(*) OVER cell AS k
    FROM stepped
    WINDOW cell AS (PARTITION BY week, model, suite, suite_major, condition, prompt, turn, attribute)
)

SELECT * FROM steps
