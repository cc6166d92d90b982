-- Answers: What are the shares of a suite, and its squared distance from a reference of two values, when the
--   labeler's errors are taken out with gold, as computed from labels and people's answers alone?
-- Grain: week, model, suite, suite_major, condition, turn, attribute, metric, reference, value; weeks with
--   gold of the same labeler version in the eight weeks that end with them.
-- Columns: metric (share or distance2); raw (as the labeler read it); corrected (NULL with fewer than 40
--   rated pictures; where more than 2 % of the pictures were read as a value of which none was rated; for a
--   distance also where a value is not read in more than half of the pictures in which people see it);
--   gold_n.
-- Depends on: slots, prompts, prompt_attributes, attribute_values, reference_values, plans, attempts,
--   outcomes, labels, gold_labels, gold_strata
WITH RECURSIVE versions AS (
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

judged AS (
    SELECT *
    FROM gold_labels
    QUALIFY
        rater = 'adjudicator'
        OR NOT bool_or(rater = 'adjudicator') OVER (PARTITION BY gold_set, slot_key, attribute)
),

rated AS (
    SELECT
        gold_set, stratum, attribute,
        count(DISTINCT slot_key) AS pictures
    FROM judged
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

-- One row an answer; what is outside the support is ''.
answers AS (
    SELECT
        pairs.week,
        concat_ws('/', judged.model, judged.suite, judged.suite_major, judged.attribute) AS figure,
        judged.week AS gold_week,
        judged.gold_set || '/' || judged.slot_key AS picture,
        coalesce(seen.told, '') AS f,
        coalesce(said.told, '') AS y,
        strata.weight * strata.of_set / parts.of_week
        / count(*) OVER (PARTITION BY pairs.week, judged.gold_set, judged.slot_key, judged.attribute)
            AS weight
    FROM judged
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

joint AS (
    SELECT
        answers.week, answers.figure, answers.f, answers.y,
        any_value(pool.shown) * sum(answers.weight)
        / sum(sum(answers.weight)) OVER (PARTITION BY answers.week, answers.figure, answers.f) AS a
    FROM answers
    INNER JOIN pool USING (week, figure, f)
    GROUP BY answers.week, answers.figure, answers.f, answers.y
),

seen_as AS (
    SELECT
        week, figure, y,
        sum(a) AS seen,
        coalesce(sum(a) FILTER (WHERE f = y), 0) > 0.500000001 * sum(a) AS followed
    FROM joint
    GROUP BY week, figure, y
),

-- Shares of what was read in the cells of the week that have an assessed picture, their mean.
cells AS (
    SELECT
        counts.*,
        sum(counts.pictures) OVER of_cell AS of_cell,
        sum(counts.pictures) FILTER (WHERE counts.f <> '') OVER of_cell AS assessed
    FROM counts
    INNER JOIN known USING (week, figure)
    WHERE counts.condition <> 'confronted' OR counts.turn > 1
    WINDOW of_cell AS (PARTITION BY counts.week, counts.figure, counts.prompt, counts.turn)
),

shown AS (
    SELECT
        week, figure, model, suite, suite_major, attribute, condition, turn, f,
        concat_ws('/', week, figure, condition, turn) AS equations_of,
        avg(pictures / of_cell) AS share,
        avg(pictures / assessed) AS raw,
        sum(pictures) AS pictures
    FROM cells
    WHERE assessed > 0
    GROUP BY week, figure, model, suite, suite_major, attribute, condition, turn, f
),

numbered AS (
    SELECT
        shown.*,
        row_number() OVER (PARTITION BY shown.equations_of ORDER BY shown.f) AS i,
        count(*) OVER (PARTITION BY shown.equations_of) AS size,
        coalesce(pool.shown, 0) AS before,
        coalesce(seen_as.seen, 0) AS seen,
        coalesce(seen_as.followed, FALSE) AS followed,
        coalesce(pool.pictures, 0) AS of_pool
    FROM shown
    LEFT JOIN pool USING (week, figure, f)
    LEFT JOIN seen_as
        ON shown.week = seen_as.week AND shown.figure = seen_as.figure AND shown.f = seen_as.y
),

-- M d = share - before over the values that are followed; the right side is column 0.
equations AS (
    SELECT
        left_side.equations_of, left_side.size, left_side.i, right_side.i AS j,
        CASE
            WHEN NOT (left_side.followed AND right_side.followed)
                THEN cast(left_side.i = right_side.i AS DOUBLE)
            ELSE coalesce(joint.a / right_side.seen, 0)
        END AS v
    FROM numbered AS left_side
    INNER JOIN numbered AS right_side USING (equations_of)
    LEFT JOIN joint
        ON
            left_side.week = joint.week
            AND left_side.figure = joint.figure
            AND left_side.f = joint.f
            AND right_side.f = joint.y
    UNION ALL
    SELECT
        equations_of, size, i,
        0 AS j,
        CASE WHEN followed THEN share - before ELSE 0.0 END AS v
    FROM numbered
),

-- Gauss-Jordan: after step s column s is that of the identity.
elimination AS (
    SELECT
        equations_of, size, i, j, v,
        0 AS step
    FROM equations
    UNION ALL
    SELECT
        equations_of, size, i, j,
        CASE WHEN i = step + 1 THEN of_pivot / at_pivot ELSE v - of_row * of_pivot / at_pivot END AS v,
        step + 1 AS step
    FROM (
        SELECT
            *,
            max(v) FILTER (WHERE i = step + 1 AND j = step + 1) OVER (PARTITION BY equations_of) AS at_pivot,
            max(v) FILTER (WHERE i = step + 1) OVER (PARTITION BY equations_of, j) AS of_pivot,
            max(v) FILTER (WHERE j = step + 1) OVER (PARTITION BY equations_of, i) AS of_row
        FROM elimination
    ) AS stepping
    WHERE step < size
),

solved AS (
    SELECT
        numbered.*,
        numbered.seen + elimination.v AS part
    FROM numbered
    INNER JOIN elimination
        ON
            numbered.equations_of = elimination.equations_of
            AND numbered.i = elimination.i
            AND elimination.j = 0
            AND elimination.step = elimination.size
),

rated_values AS (
    SELECT DISTINCT
        week, figure, f
    FROM answers
),

-- Values of which no picture was rated, though more than 2 % were read so in the pool or in the figure.
unrated AS (
    SELECT
        numbered.equations_of, numbered.f
    FROM numbered
    LEFT JOIN rated_values USING (week, figure, f)
    QUALIFY
        rated_values.f IS NULL
        AND (
            numbered.of_pool > 0.02 * sum(numbered.of_pool) OVER (PARTITION BY numbered.equations_of)
            OR numbered.pictures > 0.02 * sum(numbered.pictures) OVER (PARTITION BY numbered.equations_of)
        )
),

wanted AS (
    SELECT
        week, model, suite, suite_major, attribute, reference, prompt, value, expected_share
    FROM reference_values
    QUALIFY
        count(DISTINCT value) OVER (
            PARTITION BY week, model, suite, suite_major, attribute, reference
        ) = 2
),

-- Of a reference of two values, the first by name: what is read, and what the reference has, in every cell.
compared AS (
    SELECT
        cells.week, cells.figure, cells.model, cells.suite, cells.suite_major, cells.attribute,
        cells.condition, cells.turn, cells.prompt, wanted.reference,
        min(cells.f) AS one,
        max(cells.f) AS other,
        sum(cells.pictures) AS n,
        arg_min(cells.pictures, cells.f) / nullif(sum(cells.pictures), 0) AS share,
        arg_min(wanted.expected_share, cells.f) AS expected
    FROM cells
    INNER JOIN wanted
        ON
            cells.week = wanted.week
            AND cells.model = wanted.model
            AND cells.suite = wanted.suite
            AND cells.suite_major = wanted.suite_major
            AND cells.attribute = wanted.attribute
            AND cells.f = wanted.value
            AND (
                cells.prompt = wanted.prompt
                OR (
                    wanted.prompt IS NULL
                    AND NOT EXISTS (
                        FROM reference_values AS own
                        WHERE
                            own.week = cells.week
                            AND own.model = cells.model
                            AND own.suite = cells.suite
                            AND own.suite_major = cells.suite_major
                            AND own.attribute = cells.attribute
                            AND own.reference = wanted.reference
                            AND own.prompt = cells.prompt
                    )
                )
            )
    GROUP BY
        cells.week, cells.figure, cells.model, cells.suite, cells.suite_major, cells.attribute,
        cells.condition, cells.turn, cells.prompt, wanted.reference
    HAVING sum(cells.pictures) >= 2
),

two_values AS (
    SELECT DISTINCT
        week, figure, reference, one, other
    FROM compared
),

-- P(read the first | people see it), and P(read it | people see the other), among pictures that both assess.
rates AS (
    SELECT
        two_values.*,
        coalesce(sum(joint.a) FILTER (WHERE joint.f = two_values.one AND joint.y = two_values.one), 0)
        / sum(joint.a) FILTER (WHERE joint.y = two_values.one) AS one_as_one,
        coalesce(sum(joint.a) FILTER (WHERE joint.f = two_values.one AND joint.y = two_values.other), 0)
        / sum(joint.a) FILTER (WHERE joint.y = two_values.other) AS other_as_one
    FROM two_values
    LEFT JOIN joint
        ON
            two_values.week = joint.week
            AND two_values.figure = joint.figure
            AND joint.f IN (two_values.one, two_values.other)
            AND joint.y IN (two_values.one, two_values.other)
    GROUP BY two_values.week, two_values.figure, two_values.reference, two_values.one, two_values.other
),

put_right AS (
    SELECT
        week, figure, reference, one, other,
        -- A value that people never saw is taken as the labeler reads it.
        coalesce(one_as_one, 1) - coalesce(other_as_one, 0) AS slope,
        coalesce(other_as_one, 0) AS other_as_one,
        coalesce(one_as_one, 1) > 0.500000001 AND coalesce(other_as_one, 0) < 0.499999999 AS followed
    FROM rates
),

distances AS (
    SELECT
        compared.week, compared.figure, compared.model, compared.suite, compared.suite_major,
        compared.attribute, compared.condition, compared.turn, compared.reference,
        concat_ws('/', compared.week, compared.figure, compared.condition, compared.turn) AS equations_of,
        avg(
            (compared.share - compared.expected) ** 2
            - compared.share * (1 - compared.share) / (compared.n - 1)
        ) AS raw,
        CASE
            WHEN bool_and(put_right.followed)
                THEN
                    avg(
                        ((compared.share - put_right.other_as_one) / put_right.slope - compared.expected) ** 2
                        - compared.share * (1 - compared.share) / (compared.n - 1) / put_right.slope ** 2
                    )
        END AS corrected,
        bool_or(unrated.f IS NOT NULL) AS unrated
    FROM compared
    INNER JOIN put_right USING (week, figure, reference)
    LEFT JOIN unrated
        ON
            unrated.equations_of
            = concat_ws('/', compared.week, compared.figure, compared.condition, compared.turn)
            AND unrated.f IN (compared.one, compared.other)
    GROUP BY
        compared.week, compared.figure, compared.model, compared.suite, compared.suite_major,
        compared.attribute, compared.condition, compared.turn, compared.reference
)

SELECT
    solved.week, solved.model, solved.suite, solved.suite_major, solved.condition, solved.turn,
    solved.attribute,
    'share' AS metric,
    cast(NULL AS VARCHAR) AS reference,
    solved.f AS value, solved.raw,
    CASE
        WHEN known.gold_n >= 40 AND solved.equations_of NOT IN (SELECT unrated.equations_of FROM unrated)
            THEN
                greatest(least(solved.part / nullif(sum(solved.part) OVER of_figure, 0), 1), 0)
    END AS corrected,
    known.gold_n
FROM solved
INNER JOIN known USING (week, figure)
WHERE solved.f <> ''
WINDOW of_figure AS (PARTITION BY solved.equations_of)
UNION ALL
SELECT
    distances.week, distances.model, distances.suite, distances.suite_major, distances.condition,
    distances.turn, distances.attribute,
    'distance2' AS metric,
    distances.reference,
    cast(NULL AS VARCHAR) AS value,
    distances.raw,
    CASE WHEN known.gold_n >= 40 AND NOT distances.unrated THEN distances.corrected END AS corrected,
    known.gold_n
FROM distances
INNER JOIN known USING (week, figure)
ORDER BY ALL
