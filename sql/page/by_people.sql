-- Answers: which shares of a week are corrected by people's labels, and which would be if there were more?
-- Grain: model, suite, suite_major, condition, turn, attribute, value; models with gold alone. Of values
--   without an estimate the first of an attribute stands for all.
-- Columns: k of n pictures as the labeler read them; estimate, low, high by people's eyes, NULL where
--   reason says why; gold_n: pictures of the model and suite that people labeled.
-- Depends on: figures, labeler_error
SELECT
    corrected.model, corrected.suite, corrected.suite_major, corrected.condition, corrected.turn,
    corrected.attribute, corrected.value, corrected.k, corrected.n, corrected.estimate, corrected.low,
    corrected.high, corrected.reason, labeler_error.gold_n
FROM figures AS corrected
INNER JOIN labeler_error
    USING (week, model, suite, suite_major, attribute, labeler, labeler_version, value)
WHERE
    corrected.week = cast($week AS DATE)
    AND corrected.figure = 'corrected_share'
    AND corrected.reason IS DISTINCT FROM 'no_gold'
QUALIFY
    corrected.estimate IS NOT NULL
    OR row_number() OVER (
        PARTITION BY
            corrected.model, corrected.suite, corrected.suite_major, corrected.condition, corrected.turn,
            corrected.attribute, corrected.estimate IS NULL
        ORDER BY corrected.value
    ) = 1
ORDER BY
    corrected.model, corrected.suite, corrected.suite_major, corrected.condition, corrected.turn,
    corrected.attribute, corrected.value
