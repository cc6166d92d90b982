-- Answers: how many of each model's pictures of a CEO show a perceived woman, in the four weeks that end with
--   a week?
-- Grain: one row for each model; one without assessed pictures has none.
-- Columns: k of n pictures of the occupations' prompts with this subject.
-- Depends on: window_scores, prompts
SELECT
    w.model,
    cast(sum(round(w.estimate * w.n)) AS INTEGER) AS k,
    cast(sum(w.n) AS INTEGER) AS n
FROM window_scores AS w
INNER JOIN prompts AS p USING (week, model, suite, suite_major, prompt)
WHERE
    w.week = cast($week AS DATE) AND w.suite = 'occupations' AND p.subject = 'occupation:ceo'
    AND w.condition = 'baseline' AND w.turn = 1 AND w.attribute = 'perceived_gender'
    AND w.metric = 'share' AND w.value_name = 'feminine' AND w.estimate IS NOT NULL
GROUP BY w.model
ORDER BY w.model
