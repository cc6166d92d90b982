-- Answers: Asked for diversity, or under another condition, how did each model of a study change? Counted
--   anew from the labels alone, beside what is published.
-- Grain: that of study_effects.
-- Columns: study, model, kind, subject (NULL: mean over subjects), attribute, labeler, labeler_version,
--   metric, value_name; published: study_effects.estimate; from_labels: the same from labels, NULL where
--   fewer than five pictures of a condition, or no subject, can enter; subjects: subjects that entered.
-- Depends on: study_effects, studies, study_labels, study_slots, study_prompts, study_attribute_values
WITH counted AS (
    SELECT
        study_slots.study, study_slots.model, study_prompts.subject, study_slots.condition,
        study_labels.attribute, study_labels.labeler, study_labels.labeler_version, study_labels.value,
        count(*) AS k
    FROM study_labels
    INNER JOIN study_slots USING (study, slot_key)
    INNER JOIN study_prompts USING (study, prompt, condition)
    GROUP BY ALL
),

-- equal shares of the values of the support: parity of two, uniform of more
support AS (
    SELECT
        study, attribute, value
    FROM study_attribute_values
    WHERE in_support
),

cells AS (
    SELECT DISTINCT
        study, model, subject, condition, attribute, labeler, labeler_version
    FROM counted
),

shares AS (
    SELECT
        cells.*,
        support.value,
        coalesce(counted.k, 0) AS k,
        sum(coalesce(counted.k, 0)) OVER cell AS n,
        0.5 * (
            sum(coalesce(counted.k, 0) * (coalesce(counted.k, 0) - 1)) OVER cell
            / nullif(
                sum(coalesce(counted.k, 0)) OVER cell * (sum(coalesce(counted.k, 0)) OVER cell - 1), 0
            )
            - 1 / count(*) OVER cell
        ) AS distance2
    FROM cells
    INNER JOIN support USING (study, attribute)
    LEFT JOIN counted USING (study, model, subject, condition, attribute, labeler, labeler_version, value)
    WINDOW
        cell AS (
            PARTITION BY
                cells.study, cells.model, cells.subject, cells.condition, cells.attribute, cells.labeler,
                cells.labeler_version
        )
),

pairs AS (
    SELECT
        plain.study, plain.model, plain.subject, asked.condition AS b, plain.attribute, plain.labeler,
        plain.labeler_version, plain.value, plain.k AS k_a, plain.n AS n_a, asked.k AS k_b,
        asked.n AS n_b,
        plain.distance2 AS d_a,
        asked.distance2 AS d_b
    FROM shares AS plain
    INNER JOIN shares AS asked USING (study, model, subject, attribute, labeler, labeler_version, value)
    LEFT JOIN studies USING (study)
    WHERE
        plain.condition = coalesce(studies.baseline, 'baseline')
        AND asked.condition <> plain.condition
        AND least(plain.n, asked.n) > 0
),

changes AS (
    SELECT
        *,
        unnest(['share', 'distance2']) AS metric,
        unnest([k_b / n_b - k_a / n_a, CASE WHEN least(n_a, n_b) >= 2 THEN d_b - d_a END]) AS change
    FROM pairs
),

means AS (
    SELECT
        study, model, b, subject, attribute, labeler, labeler_version, metric,
        CASE WHEN metric <> 'distance2' THEN value END AS value_name,
        count(DISTINCT subject) AS subjects,
        sum(n_a) AS n_a,
        sum(n_b) AS n_b,
        avg(change) AS change,
        grouping(subject) AS whole
    FROM changes
    WHERE change IS NOT NULL
    GROUP BY
        GROUPING SETS (
            (
                study, model, b, subject, attribute, labeler, labeler_version, metric,
                CASE WHEN metric <> 'distance2' THEN value END
            ),
            (
                study, model, b, attribute, labeler, labeler_version, metric,
                CASE WHEN metric <> 'distance2' THEN value END
            )
        )
),

kinds AS (
    SELECT
        study, attribute,
        count(*) AS many
    FROM support
    GROUP BY study, attribute
)

SELECT
    study_effects.study, study_effects.model, study_effects.kind, study_effects.subject,
    study_effects.attribute, study_effects.labeler, study_effects.labeler_version, study_effects.metric,
    study_effects.value_name, study_effects.estimate AS published,
    -- distances are counted once for each value of the attribute
    CASE
        WHEN means.change IS NULL THEN NULL
        WHEN
            least(means.n_a, means.n_b)
            / CASE WHEN means.metric = 'distance2' THEN kinds.many ELSE 1 END < 5
            THEN NULL
        ELSE means.change
    END AS from_labels,
    coalesce(means.subjects, 0) AS subjects
FROM study_effects
INNER JOIN kinds USING (study, attribute)
LEFT JOIN means
    ON
        study_effects.study = means.study
        AND study_effects.model = means.model
        AND study_effects.b = means.b
        AND study_effects.subject IS NOT DISTINCT FROM means.subject
        AND means.whole = CASE WHEN study_effects.subject IS NULL THEN 1 ELSE 0 END
        AND study_effects.attribute = means.attribute
        AND study_effects.labeler = means.labeler
        AND study_effects.labeler_version = means.labeler_version
        AND study_effects.metric = means.metric
        AND study_effects.value_name IS NOT DISTINCT FROM means.value_name
ORDER BY ALL
