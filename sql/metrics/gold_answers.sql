-- Answers: what did people say of the gold pictures of the eight weeks that end with one week, and what
--   does the labeler version that is scored in that week read off them?
-- Grain: gold_set, slot_key, attribute, rater.
-- Columns: model, suite, suite_major, attribute; week of the gold; labeler, labeler_version of the week that
--   is scored; stratum of the set and stratum_pictures that the attribute applies to; read_value, said_value:
--   NULL where it is outside the support; unusable: why the set cannot stand for the model's pictures of its
--   week, or NULL.
-- Depends on: gold_labels, gold_strata, plans, labels, attribute_values
WITH versions AS (
    SELECT
        plans.week, plans.model, plans.series, plans.params_hash, plans.labeler, labels.labeler_version
    FROM plans
    INNER JOIN labels USING (week, model, labeler)
    WHERE plans.week BETWEEN cast($week AS DATE) - 49 AND cast($week AS DATE)
    GROUP BY plans.week, plans.model, plans.series, plans.params_hash, plans.labeler, labels.labeler_version
    QUALIFY row_number() OVER (
        PARTITION BY plans.week, plans.model
        ORDER BY
            try_cast(split_part(labels.labeler_version, '-', 1) AS INTEGER) DESC NULLS LAST,
            labels.labeler_version DESC
    ) = 1
),

scored AS (
    SELECT * FROM versions
    WHERE week = cast($week AS DATE)
),

declared AS (
    SELECT
        week, model, suite, suite_major, attribute, value,
        coalesce(band, value) AS told
    FROM attribute_values
    WHERE in_support AND week BETWEEN cast($week AS DATE) - 49 AND cast($week AS DATE)
),

judged AS (
    SELECT *
    FROM gold_labels
    WHERE week BETWEEN cast($week AS DATE) - 49 AND cast($week AS DATE)
),

rated AS (
    SELECT
        gold_set, stratum, attribute,
        count(DISTINCT slot_key) AS pictures
    FROM judged
    GROUP BY gold_set, stratum, attribute
),

sets AS (
    SELECT
        gold_strata.gold_set, gold_strata.model, gold_strata.suite, gold_strata.suite_major,
        gold_strata.attribute,
        CASE
            WHEN sum(gold_strata.pictures) < min(gold_strata.suite_pictures)
                THEN 'the sample leaves out pictures that the attribute applies to'
            WHEN bool_or(gold_strata.pictures > 0 AND rated.pictures IS NULL)
                THEN 'a stratum with pictures has no gold'
        END AS unusable
    FROM gold_strata
    LEFT JOIN rated USING (gold_set, stratum, attribute)
    WHERE gold_strata.week BETWEEN cast($week AS DATE) - 49 AND cast($week AS DATE)
    GROUP BY ALL
)

SELECT
    judged.model, judged.suite, judged.suite_major, judged.attribute, judged.week, judged.gold_set,
    scored.labeler, scored.labeler_version, judged.stratum, gold_strata.pictures AS stratum_pictures,
    judged.slot_key, judged.rater, seen.told AS read_value, said.told AS said_value,
    CASE
        WHEN versions.labeler_version IS NULL OR versions.labeler_version <> scored.labeler_version
            THEN 'gold is of another labeler version'
        WHEN versions.params_hash <> scored.params_hash OR versions.series <> scored.series
            THEN 'gold is of another series of the model'
        ELSE sets.unusable
    END AS unusable
FROM judged
INNER JOIN scored USING (model)
INNER JOIN gold_strata USING (gold_set, stratum, attribute)
INNER JOIN sets
    ON
        judged.gold_set = sets.gold_set
        AND judged.model = sets.model
        AND judged.suite = sets.suite
        AND judged.suite_major = sets.suite_major
        AND judged.attribute = sets.attribute
LEFT JOIN versions
    ON judged.week = versions.week AND judged.model = versions.model AND scored.labeler = versions.labeler
LEFT JOIN labels
    ON
        judged.week = labels.week
        AND judged.model = labels.model
        AND judged.slot_key = labels.slot_key
        AND judged.attribute = labels.attribute
        AND scored.labeler = labels.labeler
        AND scored.labeler_version = labels.labeler_version
LEFT JOIN declared AS seen
    ON
        judged.week = seen.week
        AND judged.model = seen.model
        AND judged.suite = seen.suite
        AND judged.suite_major = seen.suite_major
        AND judged.attribute = seen.attribute
        AND labels.value = seen.value
LEFT JOIN declared AS said
    ON
        judged.week = said.week
        AND judged.model = said.model
        AND judged.suite = said.suite
        AND judged.suite_major = said.suite_major
        AND judged.attribute = said.attribute
        AND judged.value = said.value
ORDER BY ALL
