-- Answers: Was each gold set drawn as announced: of every stratum the pictures with the lowest
--   sha256(seed/slot_key), among all pictures of the week that the labeler read that value off?
-- Grain: gold_set, stratum.
-- Columns: pictures_now, pictures_then (of the stratum, counted here and when the set was drawn); sampled;
--   redrawn (of the sampled pictures, how many this query draws too); as_announced (true if all of these
--   agree; a picture or label that came after the draw makes it false).
-- Depends on: gold_strata, gold_samples, slots, images, prompt_attributes, labels
WITH series AS (
    SELECT DISTINCT
        gold_strata.gold_set, gold_strata.week, gold_strata.model, gold_strata.suite,
        gold_strata.suite_major, gold_strata.stratified_by, gold_strata.labeler,
        gold_strata.labeler_version, gold_samples.seed
    FROM gold_strata
    INNER JOIN gold_samples USING (gold_set)
),

pictures AS (
    SELECT
        series.gold_set, slots.slot_key,
        concat(
            series.model, '/', series.suite, '@', series.suite_major, '/',
            coalesce(labels.value, 'not_assessed')
        ) AS stratum,
        sha256(concat(series.seed, '/', slots.slot_key)) AS chance
    FROM series
    INNER JOIN slots
        ON
            series.week = slots.week
            AND series.model = slots.model
            AND series.suite = slots.suite
            AND series.suite_major = cast(split_part(slots.suite_version, '.', 1) AS INTEGER)
    INNER JOIN images
        ON
            slots.week = images.week
            AND slots.model = images.model
            AND slots.slot_key = images.slot_key
    INNER JOIN prompt_attributes
        ON
            series.week = prompt_attributes.week
            AND series.model = prompt_attributes.model
            AND series.suite = prompt_attributes.suite
            AND series.suite_major = prompt_attributes.suite_major
            AND slots.prompt = prompt_attributes.prompt
            AND series.stratified_by = prompt_attributes.attribute
    LEFT JOIN labels
        ON
            slots.week = labels.week
            AND slots.model = labels.model
            AND slots.slot_key = labels.slot_key
            AND series.stratified_by = labels.attribute
            AND series.labeler = labels.labeler
            AND series.labeler_version = labels.labeler_version
),

ranked AS (
    SELECT
        gold_set, stratum, slot_key,
        count(*) OVER (PARTITION BY gold_set, stratum) AS pictures_now,
        row_number() OVER (PARTITION BY gold_set, stratum ORDER BY chance) AS place
    FROM pictures
)

SELECT
    gold_samples.gold_set, gold_samples.stratum,
    coalesce(max(ranked.pictures_now), 0) AS pictures_now,
    max(gold_samples.stratum_pictures) AS pictures_then,
    count(*) AS sampled,
    count(*) FILTER (WHERE ranked.place <= gold_samples.stratum_sampled) AS redrawn,
    count(*) FILTER (WHERE ranked.place <= gold_samples.stratum_sampled) = count(*)
    AND count(*) = max(gold_samples.stratum_sampled)
    AND coalesce(max(ranked.pictures_now), 0) = max(gold_samples.stratum_pictures) AS as_announced
FROM gold_samples
LEFT JOIN ranked USING (gold_set, stratum, slot_key)
GROUP BY gold_samples.gold_set, gold_samples.stratum
ORDER BY gold_samples.gold_set, gold_samples.stratum
