-- Answers: for which subject do a model's pictures of one week show one value more often than any other?
-- Grain: one row for each model × suite × subject × attribute × value that was seen
--   (prompts of a subject are pooled).
-- Columns: pictures of n show the value; k values are possible.
-- Weeks: own
-- Depends on: cell_shares
SELECT
    model, simulated, suite, suite_major, subject, attribute, value,
    sum(pictures) AS pictures,
    sum(n) AS n,
    count(DISTINCT prompt) AS prompts
FROM cell_shares
WHERE week = cast($week AS DATE) AND condition = 'baseline' AND turn = 1 AND n > 0
GROUP BY model, simulated, suite, suite_major, subject, attribute, value
HAVING sum(pictures) > 0
ORDER BY model, suite, suite_major, subject, attribute, value
