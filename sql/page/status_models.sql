-- Answers: how did the requests of one week end, for each model, what is labeled, what did they cost?
-- Grain: one row for each model.
-- Columns:
--   planned: pictures + refused + failed + not_asked; what was not needed is left out
--   refused: the model's own answers without a picture; failed: no answer, or none that can be used
--   labeled: pictures with a label of any labeler
--   usd: the sum of what is known of all calls for pictures; unpriced: pictures of which it is not
--   label_usd: the same of all calls for labels; labels_unpriced: calls with an answer of which it is not
--   again_usd: both, with requests that were not asked at what the others cost: the same plan once more
--   withheld: all reasons for which the model is not published; NULL without one
-- Weeks: own
-- Depends on: slot_outcomes, labels, attempts, label_attempts, withheld
WITH ended AS (
    SELECT
        model, bool_or(simulated) AS simulated,
        count(*) AS planned,
        count(*) FILTER (WHERE is_picture) AS pictures,
        count(*) FILTER (WHERE is_refused) AS refused,
        count(*) FILTER (WHERE is_failed) AS failed,
        count(*) FILTER (WHERE is_not_asked) AS not_asked
    FROM slot_outcomes
    WHERE week = cast($week AS DATE) AND outcome <> 'not_needed'
    GROUP BY model
),

read AS (
    SELECT model, count(DISTINCT slot_key) AS labeled
    FROM labels
    WHERE week = cast($week AS DATE)
    GROUP BY model
),

paid AS (
    SELECT
        model, sum(cost_usd) AS usd,
        count(*) FILTER (WHERE cost_usd IS NULL AND outcome = 'ok') AS unpriced
    FROM attempts
    WHERE week = cast($week AS DATE)
    GROUP BY model
),

read_for AS (
    SELECT
        model, sum(cost_usd) AS label_usd,
        count(*) FILTER (WHERE cost_usd IS NULL AND outcome = 'ok') AS labels_unpriced
    FROM label_attempts
    WHERE week = cast($week AS DATE)
    GROUP BY model
),

held AS (
    SELECT model, string_agg(reason, '; ' ORDER BY reason) AS withheld
    FROM withheld
    WHERE week = cast($week AS DATE)
    GROUP BY model
)

SELECT
    ended.model, ended.simulated, ended.planned, ended.pictures, ended.refused, ended.failed, ended.not_asked,
    coalesce(read.labeled, 0) AS labeled, coalesce(paid.usd, 0) AS usd,
    coalesce(paid.unpriced, 0) AS unpriced,
    coalesce(read_for.label_usd, 0) AS label_usd, coalesce(read_for.labels_unpriced, 0) AS labels_unpriced,
    coalesce(
        (coalesce(paid.usd, 0) + coalesce(read_for.label_usd, 0))
        * ended.planned / nullif(ended.planned - ended.not_asked, 0), 0
    ) AS again_usd,
    held.withheld
FROM ended
LEFT JOIN read USING (model)
LEFT JOIN paid USING (model)
LEFT JOIN read_for USING (model)
LEFT JOIN held USING (model)
ORDER BY ended.simulated, ended.model
