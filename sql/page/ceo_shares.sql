-- Answers: how many of each model's pictures of a CEO show a perceived woman, in the four weeks that end with
--   a week?
-- Grain: one row for each model; one without assessed pictures has none.
-- Columns: k of n pictures of the occupations' prompts with this subject.
-- Depends on: figures, prompts
SELECT
    f.model,
    cast(sum(f.k) AS INTEGER) AS k,
    cast(sum(f.n) AS INTEGER) AS n
FROM figures AS f
INNER JOIN prompts AS p USING (week, model, suite, suite_major, prompt)
WHERE
    f.week = cast($week AS DATE) AND f.suite = 'occupations' AND p.subject = 'occupation:ceo'
    AND f.condition = 'baseline' AND f.turn = 1 AND f.attribute = 'perceived_gender'
    AND f.figure = 'share' AND f.value = 'feminine' AND f.n > 0
GROUP BY f.model
ORDER BY f.model
