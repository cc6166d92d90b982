-- Answers: what do the prompts say that are set side by side in one week?
-- Grain: one row for each comparison and pair of prompts.
-- Columns: suite, suite_major, kind, a, b, subject; text_a, text_b: the prompts, word for word; pairs:
--   number of pairs of the comparison.
-- Depends on: words, prompts
WITH pairs AS (
    SELECT DISTINCT
        week, suite, suite_major, kind, a, b, subject, prompt_a, prompt_b
    FROM words
    WHERE week = cast($week AS DATE) AND subject IS NOT NULL
),

texts AS (
    SELECT
        suite, suite_major, prompt,
        min(text) AS text
    FROM prompts
    WHERE week = cast($week AS DATE)
    GROUP BY suite, suite_major, prompt
)

SELECT
    pairs.suite, pairs.suite_major, pairs.kind, pairs.a, pairs.b, pairs.subject, before.text AS text_a,
    later.text AS text_b,
    count(*) OVER (PARTITION BY pairs.suite, pairs.suite_major, pairs.kind, pairs.a, pairs.b) AS pairs
FROM pairs
INNER JOIN texts AS before
    ON
        pairs.suite = before.suite
        AND pairs.suite_major = before.suite_major
        AND pairs.prompt_a = before.prompt
INNER JOIN texts AS later
    ON
        pairs.suite = later.suite
        AND pairs.suite_major = later.suite_major
        AND pairs.prompt_b = later.prompt
ORDER BY pairs.suite, pairs.suite_major, pairs.kind, pairs.a, pairs.b, pairs.subject
