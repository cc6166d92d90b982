-- Answers: which shares of the span do some models have of prompts with some subjects, and of some other
--   prompts?
-- Grain: model × prompt × attribute × value, first turns alone.
-- Columns: k pictures of n show the value; text and subject: of the prompt.
-- Depends on: figures, prompts
SELECT
    f.model, f.prompt, p.text, p.subject, p.condition, f.attribute, f.value, f.k, f.n
FROM figures AS f
INNER JOIN prompts AS p USING (week, model, suite, suite_major, prompt)
WHERE
    f.week = cast($week AS DATE) AND f.figure = 'share' AND f.turn = 1 AND f.estimate IS NOT NULL
    AND NOT starts_with(f.attribute, 'all:')
    AND f.model IN (SELECT unnest(cast($models AS VARCHAR[])))
    AND (
        p.subject IN (SELECT unnest(cast($subjects AS VARCHAR[])))
        OR f.prompt IN (SELECT unnest(cast($prompts AS VARCHAR[])))
    )
ORDER BY f.model, f.prompt, f.attribute, f.value
