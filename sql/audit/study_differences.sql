-- Answers: Under two conditions of a study, which shares differ by more than chance, once it is counted how
--   often was looked? Fisher's exact test and Holm's correction, computed anew from the labels alone.
-- Grain: study, model, prompt, attribute, labeler, labeler_version, value, condition_b; of an attribute with
--   two values the first stands for both.
-- Columns: study, attribute, labeler, labeler_version, model, prompt, value; condition_a (the baseline of the
--   study) and condition_b; k_a of n_a and k_b of n_b pictures with the value; difference; chi_square_p (one
--   degree of freedom, no continuity correction), fisher_p (two-sided: tables at most as likely as the one
--   seen); tests (made of this attribute and labeler version), holm_p, fdr_p (Benjamini and Hochberg),
--   survives (holm_p <= 0.05). NULL where a condition has no assessed picture: no test.
-- Depends on: studies, study_labels, study_slots, study_attribute_values
WITH assessed AS (
    SELECT
        study_slots.study, study_slots.model, study_slots.prompt, study_slots.condition,
        study_labels.attribute, study_labels.labeler, study_labels.labeler_version, study_labels.value
    FROM study_labels
    INNER JOIN study_slots USING (study, slot_key)
    INNER JOIN study_attribute_values
        ON
            study_labels.study = study_attribute_values.study
            AND study_labels.attribute = study_attribute_values.attribute
            AND study_labels.value = study_attribute_values.value
            AND study_attribute_values.in_support
),

conditions AS (
    SELECT
        study_slots.study, study_slots.condition,
        row_number() OVER (
            PARTITION BY study_slots.study
            ORDER BY
                coalesce(study_slots.condition = any_value(studies.baseline), FALSE) DESC,
                coalesce(list_position(['baseline', 'controlled', 'confronted'], study_slots.condition), 4),
                study_slots.condition
        ) AS place
    FROM study_slots
    LEFT JOIN studies USING (study)
    GROUP BY study_slots.study, study_slots.condition
),

pairs AS (
    SELECT DISTINCT
        other.study, other.model, other.prompt, plain.condition AS condition_a,
        other.condition AS condition_b
    FROM study_slots AS other
    INNER JOIN conditions AS plain ON other.study = plain.study AND plain.place = 1
    INNER JOIN study_slots AS asked
        ON
            other.study = asked.study
            AND other.model = asked.model
            AND other.prompt = asked.prompt
            AND plain.condition = asked.condition
    WHERE other.condition != plain.condition
),

supports AS (
    SELECT
        study, attribute,
        list(value ORDER BY position) AS declared
    FROM study_attribute_values
    WHERE in_support
    GROUP BY study, attribute
    HAVING count(*) > 1
),

wanted AS (
    SELECT
        study, attribute,
        unnest(CASE WHEN len(declared) = 2 THEN declared[1:1] ELSE declared END) AS value
    FROM supports
),

labelers AS (
    SELECT DISTINCT
        study, attribute, labeler, labeler_version
    FROM study_labels
),

counted AS (
    SELECT
        pairs.study, wanted.attribute, labelers.labeler, labelers.labeler_version, pairs.model,
        pairs.prompt, wanted.value, pairs.condition_a, pairs.condition_b,
        count(*) FILTER (
            WHERE assessed.condition = pairs.condition_a AND assessed.value = wanted.value
        ) AS k_a,
        count(*) FILTER (WHERE assessed.condition = pairs.condition_a) AS n_a,
        count(*) FILTER (
            WHERE assessed.condition = pairs.condition_b AND assessed.value = wanted.value
        ) AS k_b,
        count(*) FILTER (WHERE assessed.condition = pairs.condition_b) AS n_b
    FROM pairs
    INNER JOIN labelers USING (study)
    INNER JOIN wanted USING (study, attribute)
    LEFT JOIN assessed USING (study, model, prompt, attribute, labeler, labeler_version)
    GROUP BY ALL
),

-- log of the number of ways in which k of the pictures with the value fall into the first sample
ways AS (
    SELECT
        *,
        list_transform(
            range(greatest(0, k_a + k_b - n_b), least(k_a + k_b, n_a) + 1),
            LAMBDA k: lgamma(n_a + 1) - lgamma(k + 1) - lgamma(n_a - k + 1)
            + lgamma(n_b + 1) - lgamma(k_a + k_b - k + 1) - lgamma(n_b - k_a - k_b + k + 1)
        ) AS each_way,
        lgamma(n_a + 1) - lgamma(k_a + 1) - lgamma(n_a - k_a + 1)
        + lgamma(n_b + 1) - lgamma(k_b + 1) - lgamma(n_b - k_b + 1) AS seen_way,
        lgamma(n_a + n_b + 1) - lgamma(k_a + k_b + 1) - lgamma(n_a + n_b - k_a - k_b + 1) AS all_ways,
        sqrt(
            CASE
                WHEN k_a + k_b IN (0, n_a + n_b) THEN 0.0
                ELSE
                    (n_a + n_b) * pow(k_a * (n_b - k_b) - k_b * (n_a - k_a), 2)
                    / (n_a * n_b * (k_a + k_b) * (n_a + n_b - k_a - k_b)) / 2
            END
        ) AS x
    FROM counted
),

tested AS (
    SELECT
        *,
        CASE
            WHEN n_a > 0 AND n_b > 0
                THEN least(1.0, list_sum(
                    list_transform(
                        list_filter(each_way, LAMBDA way: way <= seen_way + 1e-9),
                        LAMBDA way: exp(way - all_ways)
                    )
                ))
        END AS fisher_p,
        CASE
            WHEN n_a = 0 OR n_b = 0 THEN NULL
            WHEN x > 6 THEN 0.0
            ELSE
                1 - exp(-x * x)
                * list_sum(list_transform(range(0, 120), LAMBDA n: pow(x, 2 * n + 1) / gamma(n + 1.5)))
        END AS chi_square_p
    FROM ways
),

-- only tests that could be made are counted; those without one come last
placed AS (
    SELECT
        *,
        count(fisher_p) OVER family AS tests,
        row_number() OVER (family ORDER BY fisher_p NULLS LAST) AS place
    FROM tested
    WINDOW family AS (PARTITION BY study, attribute, labeler, labeler_version)
),

adjusted AS (
    SELECT
        *,
        max(least(1.0, fisher_p * (tests - place + 1)))
            OVER (
                PARTITION BY study, attribute, labeler, labeler_version
                ORDER BY place ROWS UNBOUNDED PRECEDING
            ) AS strict_p,
        min(least(1.0, fisher_p * tests / place))
            OVER (
                PARTITION BY study, attribute, labeler, labeler_version
                ORDER BY place ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING
            ) AS lenient_p
    FROM placed
)

SELECT
    study, attribute, labeler, labeler_version, model, prompt, value, condition_a, condition_b, k_a, n_a,
    k_b, n_b,
    k_b / nullif(n_b, 0) - k_a / nullif(n_a, 0) AS difference,
    chi_square_p, fisher_p, tests,
    CASE WHEN fisher_p IS NOT NULL THEN strict_p END AS holm_p,
    CASE WHEN fisher_p IS NOT NULL THEN lenient_p END AS fdr_p,
    CASE WHEN fisher_p IS NOT NULL THEN strict_p <= 0.05 END AS survives
FROM adjusted
ORDER BY
    study, attribute, labeler, labeler_version, fisher_p NULLS LAST, model, prompt, condition_b, value
