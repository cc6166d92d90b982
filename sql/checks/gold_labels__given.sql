-- Answers: which answers are of a picture that was not drawn, or not given to that rater, or carry another
--   inclusion probability than the picture has?
-- Grain: gold_set, slot_key, attribute, rater; sets of the eight weeks that end with the week, which put
--   its figures right.
-- Columns: those of gold_labels that say who answered what.
-- Depends on: gold_labels, gold_samples.
-- Severity: critical
-- Stages: publish
-- Rule: People answered about pictures that were drawn and given to them, with the pictures' probabilities.
-- Says: answers about pictures that the rater was not given
SELECT
    gold_labels.gold_set, gold_labels.week, gold_labels.model, gold_labels.slot_key, gold_labels.attribute,
    gold_labels.rater, gold_labels.inclusion_probability
FROM gold_labels
ANTI JOIN gold_samples
    ON
        gold_labels.gold_set = gold_samples.gold_set
        AND gold_labels.slot_key = gold_samples.slot_key
        AND gold_labels.inclusion_probability = gold_samples.inclusion_probability
        AND (
            gold_labels.rater = 'third'
            OR list_contains(string_split(gold_samples.raters, ','), gold_labels.rater)
        )
WHERE
    gold_labels.week BETWEEN cast($week AS DATE) - 49 AND cast($week AS DATE)
    AND ($model IS NULL OR gold_labels.model = $model)
