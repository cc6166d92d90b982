-- Answers: how many pictures of one week were read as each value, declared or not?
-- Grain: one row for each model × suite × condition × attribute × scale × value
--   (turns after a confrontation pooled).
-- Columns: in_support says whether the value can be in a reference; value may be invalid or not_assessed.
-- Weeks: own
-- Depends on: cell_counts
SELECT
    model, suite, suite_major, condition, attribute, scale, value,
    coalesce(in_support, FALSE) AS in_support,
    sum(pictures) AS pictures
FROM cell_counts
WHERE week = cast($week AS DATE) AND (condition = 'confronted') = (turn > 1)
GROUP BY model, suite, suite_major, condition, attribute, scale, value, in_support
ORDER BY model, suite, suite_major, condition, attribute, scale, value
