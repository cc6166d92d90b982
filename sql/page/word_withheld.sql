-- Answers: which withheld models were asked the prompts of which suites in one week, and why are they so?
-- Grain: suite, suite_major, model.
-- Columns: those; reason: all of them.
-- Depends on: withheld, plans, prompts
WITH hidden AS (
    SELECT
        week, model,
        string_agg(reason, '; ' ORDER BY reason) AS reason
    FROM withheld
    WHERE week = cast($week AS DATE)
    GROUP BY week, model
)

SELECT DISTINCT
    prompts.suite, prompts.suite_major, hidden.model, hidden.reason
FROM hidden
INNER JOIN plans USING (week, model)
INNER JOIN prompts USING (week, model)
ORDER BY prompts.suite, prompts.suite_major, hidden.model
