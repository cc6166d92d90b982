-- Answers: which prompts was each model asked, in each of some weeks?
-- Grain: week, prompt, model; none of a model's week that is withheld. Of a week the prompts of the
--   highest major version that the model was asked in it.
-- Weeks: own
-- Depends on: slots, withheld
WITH majors AS (
    SELECT
        week, model, suite,
        max(cast(split_part(suite_version, '.', 1) AS INTEGER)) AS suite_major
    FROM slots
    GROUP BY week, model, suite
)

SELECT DISTINCT
    s.week, s.prompt, s.model
FROM slots AS s
INNER JOIN majors
    ON
        s.week = majors.week AND s.model = majors.model AND s.suite = majors.suite
        AND cast(split_part(s.suite_version, '.', 1) AS INTEGER) = majors.suite_major
ANTI JOIN withheld AS w
    ON s.week = w.week AND s.model = w.model
ORDER BY s.week DESC, s.prompt ASC, s.model ASC
