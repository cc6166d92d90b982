-- Answers: which prompts were asked in some weeks, word for word, and what does the analysis file declare of
--   the attributes that are looked for in their pictures?
-- Grain: one row for each prompt × attribute; a prompt of which nothing is looked for has one row.
-- Columns: of the highest major version that was asked in those weeks; stereotype: value that is declared one
--   of the prompt's own group, of_others: of another group, typed: whose share a statistic types groups by;
--   statistic: what the stereotype is compared with (NULL: 0); board: whether models are compared by it in
--   pictures of this prompt.
-- Weeks: own
-- Depends on: slots, prompts, prompt_attributes, yardsticks, stereotype_pairs, typed_subjects
WITH asked AS (
    SELECT
        prompt,
        max(cast(split_part(suite_version, '.', 1) AS INTEGER)) AS suite_major
    FROM slots
    GROUP BY prompt
),

texts AS (
    SELECT
        p.suite, p.suite_major, p.prompt,
        arg_max(p.suite_version, p.week) AS suite_version,
        arg_max(p.language, p.week) AS language,
        arg_max(p.subject, p.week) AS subject,
        arg_max(p.condition, p.week) AS condition,
        arg_max(p.text, p.week) AS text,
        max(p.turns) AS turns
    FROM prompts AS p
    INNER JOIN asked USING (prompt, suite_major)
    GROUP BY p.suite, p.suite_major, p.prompt
),

attributes AS (
    SELECT DISTINCT
        suite, suite_major, prompt, attribute
    FROM prompt_attributes
),

declared AS (
    SELECT
        suite, suite_major, attribute, subject,
        min(value) AS stereotype,
        min(statistic) AS statistic
    FROM stereotype_pairs
    GROUP BY suite, suite_major, attribute, subject
),

of_any AS (
    SELECT
        suite, suite_major, attribute,
        min(value) AS of_others
    FROM stereotype_pairs
    GROUP BY suite, suite_major, attribute
    HAVING count(DISTINCT value) = 1
),

typing AS (
    SELECT
        suite, suite_major, attribute,
        min(value) AS typed
    FROM typed_subjects
    GROUP BY suite, suite_major, attribute
),

boards AS (
    SELECT
        suite, suite_major, attribute
    FROM yardsticks
    UNION
    SELECT
        suite, suite_major, attribute
    FROM stereotype_pairs
    WHERE statistic IS NULL
)

SELECT
    t.suite, t.suite_major, t.suite_version, t.prompt, t.language, t.subject, t.condition, t.text, t.turns,
    a.attribute, declared.stereotype, declared.statistic, of_any.of_others, typing.typed,
    boards.attribute IS NOT NULL AND NOT (t.condition = 'confronted' AND t.turns = 1) AS board
FROM texts AS t
LEFT JOIN attributes AS a USING (suite, suite_major, prompt)
LEFT JOIN declared
    ON
        t.suite = declared.suite AND t.suite_major = declared.suite_major
        AND a.attribute = declared.attribute AND t.subject = declared.subject
LEFT JOIN of_any
    ON
        t.suite = of_any.suite AND t.suite_major = of_any.suite_major AND a.attribute = of_any.attribute
LEFT JOIN typing
    ON
        t.suite = typing.suite AND t.suite_major = typing.suite_major AND a.attribute = typing.attribute
LEFT JOIN boards
    ON
        t.suite = boards.suite AND t.suite_major = boards.suite_major AND a.attribute = boards.attribute
ORDER BY t.suite, t.prompt, a.attribute
