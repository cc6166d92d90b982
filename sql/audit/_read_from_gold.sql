-- Answers: What do people say of pictures that a labeler read? First steps of the audit queries that name
--   this text under "Uses": from people's answers, plans, slots, attempts and labels alone.
-- Grain: that of each part; known: week × figure (model, suite, suite_major, attribute); joint: × value read
--   (f) × value that people see (y).
-- Columns: counts: pictures read as f ('' is no value of the support) of each cell (week, prompt, turn);
--   pool: the same in the weeks of gold, with its share (shown); answers: what each person said; joint: a;
--   seen_as: seen, followed; known: gold_n.
-- Depends on: slots, prompts, prompt_attributes, attribute_values, plans, attempts, outcomes, labels,
--   gold_labels, gold_strata, error_rates
WITH versions AS (
    SELECT
        plans.week, plans.model, plans.series, plans.params_hash, plans.labeler, labels.labeler_version
    FROM plans
    INNER JOIN labels USING (week, model, labeler)
    GROUP BY plans.week, plans.model, plans.series, plans.params_hash, plans.labeler, labels.labeler_version
    QUALIFY row_number() OVER (
        PARTITION BY plans.week, plans.model
        ORDER BY
            try_cast(split_part(labels.labeler_version, '-', 1) AS INTEGER) DESC NULLS LAST,
            labels.labeler_version DESC
    ) = 1
),

-- Weeks whose gold tells of a week: the same labeler version read both, of one series.
pairs AS (
    SELECT
        scored.week, scored.model, scored.labeler, scored.labeler_version, versions.week AS gold_week
    FROM versions AS scored
    INNER JOIN versions USING (model, series, params_hash, labeler, labeler_version)
    WHERE versions.week BETWEEN scored.week - 49 AND scored.week
),

rated AS (
    SELECT
        gold_set, stratum, attribute,
        count(DISTINCT slot_key) AS pictures
    FROM gold_labels
    GROUP BY gold_set, stratum, attribute
),

-- Sets that stand for all pictures of the model and suite; of several of a week each counts by its answers.
strata AS (
    SELECT
        gold_strata.gold_set, gold_strata.week, gold_strata.model, gold_strata.suite,
        gold_strata.suite_major, gold_strata.attribute, gold_strata.stratum,
        gold_strata.pictures / rated.pictures AS weight,
        sum(rated.pictures) OVER of_set AS of_set
    FROM gold_strata
    LEFT JOIN rated USING (gold_set, stratum, attribute)
    WINDOW
        of_set AS (
            PARTITION BY
                gold_strata.gold_set, gold_strata.model, gold_strata.suite, gold_strata.suite_major,
                gold_strata.attribute
        )
    QUALIFY
        sum(gold_strata.pictures) OVER of_set >= min(gold_strata.suite_pictures) OVER of_set
        AND NOT bool_or(gold_strata.pictures > 0 AND rated.pictures IS NULL) OVER of_set
),

weighed AS (
    SELECT DISTINCT
        gold_set, week, model, suite, suite_major, attribute, of_set
    FROM strata
),

parts AS (
    SELECT
        week, model, suite, suite_major, attribute,
        sum(of_set) AS of_week
    FROM weighed
    GROUP BY week, model, suite, suite_major, attribute
),

declared AS (
    SELECT DISTINCT
        week, model, suite, suite_major, attribute, value,
        coalesce(band, value) AS told
    FROM attribute_values
    WHERE in_support
),

-- One row an answer; what is outside the support is ''. weight: pictures that the picture stands for.
answers AS (
    SELECT
        pairs.week,
        concat_ws('/', judged.model, judged.suite, judged.suite_major, judged.attribute) AS figure,
        judged.week AS gold_week,
        judged.gold_set || '/' || judged.slot_key AS picture,
        coalesce(seen.told, '') AS f,
        coalesce(said.told, '') AS y,
        judged.rater,
        strata.weight * strata.of_set / parts.of_week AS weight
    FROM gold_labels AS judged
    INNER JOIN pairs ON judged.model = pairs.model AND judged.week = pairs.gold_week
    INNER JOIN strata USING (gold_set, stratum, attribute)
    INNER JOIN parts
        ON
            strata.week = parts.week
            AND strata.model = parts.model
            AND strata.suite = parts.suite
            AND strata.suite_major = parts.suite_major
            AND strata.attribute = parts.attribute
    LEFT JOIN labels
        ON
            judged.week = labels.week
            AND judged.model = labels.model
            AND judged.slot_key = labels.slot_key
            AND judged.attribute = labels.attribute
            AND pairs.labeler = labels.labeler
            AND pairs.labeler_version = labels.labeler_version
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
),

-- a picture is there where the attempt that settled its slot, the first final one, was ok
pictures AS (
    SELECT
        attempts.week, attempts.model, attempts.slot_key
    FROM attempts
    INNER JOIN outcomes ON attempts.outcome = outcomes.outcome AND outcomes.final
    GROUP BY attempts.week, attempts.model, attempts.slot_key
    HAVING arg_min(attempts.outcome, attempts.attempt) = 'ok'
),

asked AS (
    SELECT
        slots.week, slots.model, slots.slot_key, slots.suite, prompts.suite_major, prompts.condition,
        slots.prompt,
        least(slots.turn, 2) AS turn
    FROM slots
    INNER JOIN prompts USING (week, model, suite, suite_version, prompt)
),

drawn AS (
    SELECT
        asked.week, asked.model, asked.suite, asked.suite_major, asked.condition, asked.prompt, asked.turn,
        count(pictures.slot_key) AS pictures
    FROM asked
    LEFT JOIN pictures USING (week, model, slot_key)
    GROUP BY ALL
),

assessed AS (
    SELECT
        asked.week, asked.model, asked.suite, asked.suite_major, asked.prompt, asked.turn, labels.attribute,
        declared.told AS f,
        count(*) AS pictures
    FROM asked
    INNER JOIN pictures USING (week, model, slot_key)
    INNER JOIN versions USING (week, model)
    INNER JOIN labels USING (week, model, slot_key, labeler, labeler_version)
    INNER JOIN declared USING (week, model, suite, suite_major, attribute, value)
    GROUP BY ALL
),

told AS (
    SELECT DISTINCT
        * EXCLUDE (value, told),
        told AS f
    FROM declared
),

-- pictures of each value of the support in each cell
supported AS (
    SELECT
        drawn.* EXCLUDE (pictures),
        drawn.pictures AS every, wanted.attribute, told.f,
        coalesce(assessed.pictures, 0) AS pictures
    FROM drawn
    INNER JOIN prompt_attributes AS wanted USING (week, model, suite, suite_major, prompt)
    SEMI JOIN strata USING (model, suite, suite_major, attribute)
    INNER JOIN told USING (week, model, suite, suite_major, attribute)
    LEFT JOIN assessed USING (week, model, suite, suite_major, prompt, turn, attribute, f)
),

-- with the pictures that show none of them, as ''
counts AS (
    SELECT
        * EXCLUDE (every),
        concat_ws('/', model, suite, suite_major, attribute) AS figure
    FROM supported
    UNION ALL BY NAME
    SELECT
        * EXCLUDE (every, f, pictures),
        '' AS f,
        any_value(every) - sum(pictures) AS pictures,
        concat_ws('/', model, suite, suite_major, attribute) AS figure
    FROM supported
    GROUP BY ALL
),

known AS (
    SELECT
        week, figure,
        count(DISTINCT picture) AS gold_n
    FROM answers
    GROUP BY week, figure
),

-- Shares of what was read in the weeks of gold.
pool AS (
    SELECT
        known.week, known.figure, counts.f,
        sum(counts.pictures) AS pictures,
        sum(counts.pictures) / sum(sum(counts.pictures)) OVER (PARTITION BY known.week, known.figure) AS shown
    FROM known
    INNER JOIN counts
        ON
            known.figure = counts.figure
            AND counts.week IN (
                SELECT answers.gold_week FROM answers
                WHERE answers.week = known.week AND answers.figure = known.figure
            )
    GROUP BY known.week, known.figure, counts.f
),

-- The rates that are published; the query error_rates finds that people's answers bear them out.
published_rates AS (
    SELECT
        error_rates.week, known.figure, error_rates.who,
        coalesce(error_rates.said, '') AS said,
        coalesce(error_rates.shown, '') AS shown,
        error_rates.rate
    FROM error_rates
    INNER JOIN known
        ON
            error_rates.week = known.week
            AND known.figure = concat_ws(
                '/', error_rates.model, error_rates.suite, error_rates.suite_major, error_rates.attribute
            )
),

joint AS (
    SELECT
        week, figure,
        said AS f,
        shown AS y,
        rate AS a
    FROM published_rates
    WHERE who = 'labeler'
),

seen_as AS (
    SELECT
        week, figure, y,
        sum(a) AS seen,
        coalesce(sum(a) FILTER (WHERE f = y), 0) > 0.500000001 * sum(a) AS followed
    FROM joint
    GROUP BY week, figure, y
)

SELECT seen_as.week
FROM seen_as
INNER JOIN pool USING (week, figure)
