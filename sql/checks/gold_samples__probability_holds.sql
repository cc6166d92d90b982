-- Answers: which strata of a gold set do not hold as many drawn pictures as their probabilities say?
-- Grain: gold_set, stratum; sets of the eight weeks that end with the week, which put its figures right.
-- Columns:
--   drawn: rows of the stratum
--   sampled, pictures: as many as were to be drawn, of how many
--   lowest, highest: inclusion probabilities of the rows; each is to be sampled / pictures
-- Depends on: gold_samples.
-- Severity: critical
-- Stages: publish
-- Rule: Of every stratum of a gold set as many pictures were drawn as their inclusion probabilities say.
-- Says: strata of gold sets with wrong inclusion probabilities
SELECT
    gold_set, week, model, stratum,
    count(DISTINCT slot_key) AS drawn,
    max(stratum_sampled) AS sampled,
    max(stratum_pictures) AS pictures,
    min(inclusion_probability) AS lowest,
    max(inclusion_probability) AS highest
FROM gold_samples
WHERE
    week BETWEEN cast($week AS DATE) - 49 AND cast($week AS DATE)
    AND ($model IS NULL OR model = $model)
GROUP BY gold_set, week, model, stratum
HAVING
    count(*) <> max(stratum_sampled)
    OR count(DISTINCT slot_key) <> count(*)
    OR min(stratum_sampled) <> max(stratum_sampled)
    OR min(stratum_pictures) <> max(stratum_pictures)
    OR max(stratum_sampled) > max(stratum_pictures)
    OR abs(min(inclusion_probability) - max(stratum_sampled) / max(stratum_pictures)) > 1e-12
    OR abs(max(inclusion_probability) - max(stratum_sampled) / max(stratum_pictures)) > 1e-12
