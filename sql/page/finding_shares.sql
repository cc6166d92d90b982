-- Answers: which shares of the window do some models have of prompts with some subjects, and of some other
--   prompts?
-- Grain: model × prompt × attribute × value, first turns alone.
-- Columns: k pictures of n show the value; scatter_measured, track: of window_scores; text, subject
--   and language: of the prompt.
-- Depends on: window_scores, prompts
SELECT
    w.model, w.prompt, p.text, p.language, p.subject, p.condition, w.track, w.attribute,
    w.value_name AS value,
    cast(round(w.estimate * w.n) AS INTEGER) AS k,
    w.n, w.scatter_measured
FROM window_scores AS w
INNER JOIN prompts AS p USING (week, model, suite, suite_major, prompt)
WHERE
    w.week = cast($week AS DATE) AND w.metric = 'share' AND w.turn = 1 AND w.estimate IS NOT NULL
    AND w.model IN (SELECT unnest(cast($models AS VARCHAR[])))
    AND (
        p.subject IN (SELECT unnest(cast($subjects AS VARCHAR[])))
        OR w.prompt IN (SELECT unnest(cast($prompts AS VARCHAR[])))
    )
ORDER BY w.model, w.prompt, w.attribute, w.value_name
