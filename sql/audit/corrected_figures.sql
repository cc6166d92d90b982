-- Answers: What are the shares of a suite, and its squared distance from a reference of two values, when the
--   labeler's errors are taken out with gold, of one week and of four, as computed from labels and the rates
--   in error_rates?
-- Grain: window_weeks, week, model, suite, suite_major, condition, turn, attribute, metric, reference, value;
--   weeks with gold of the same labeler version in the eight weeks that end with them.
-- Columns: window_weeks (1 or 4); metric (share or distance2); raw (as the labeler read it); corrected (NULL
--   where label_error has a reason; where more than 2 % of the pictures were read as a value of which none
--   was rated; for a distance also where a value is not read in more than half of the pictures that show
--   it); gold_n.
-- Depends on: slots, prompts, prompt_attributes, attribute_values, reference_values, plans, attempts,
--   outcomes, labels, clusters, gold_labels, gold_strata, error_rates, label_error, withheld, drift_events
-- Uses: read_from_gold
WITH RECURSIVE
hidden AS (
    SELECT DISTINCT
        week, model
    FROM withheld
),

believed AS (
    SELECT
        week,
        concat_ws('/', model, suite, suite_major, attribute) AS figure
    FROM label_error
    WHERE reason IS NULL
),

begun AS (
    SELECT
        counts.week, counts.figure, counts.model, counts.condition, counts.turn, versions.series,
        versions.params_hash, versions.labeler_version,
        max(greatest(coalesce(drift_events.changed_week, counts.week - 21), counts.week - 21)) AS first_week
    FROM counts
    INNER JOIN known USING (week, figure)
    INNER JOIN versions USING (week, model)
    LEFT JOIN drift_events
        ON
            versions.model = drift_events.model
            AND versions.series = drift_events.series
            AND versions.params_hash = drift_events.params_hash
            AND versions.labeler_version = drift_events.labeler_version
            AND counts.suite = drift_events.suite
            AND counts.suite_major = drift_events.suite_major
            AND counts.condition = drift_events.condition
            AND counts.turn = drift_events.turn
            AND counts.attribute = drift_events.attribute
            AND counts.week >= drift_events.week
            AND drift_events.metric = 'share'
    WHERE counts.condition <> 'confronted' OR counts.turn > 1
    GROUP BY ALL
),

-- least: pictures that a share, or a distance, needs of a prompt; worth: as many independent ones
windows AS (
    SELECT
        begun.*,
        4 AS window_weeks,
        5 AS least,
        5 AS least_squared,
        2 AS worth
    FROM begun
    ANTI JOIN hidden USING (week, model)
    UNION ALL
    SELECT
        * REPLACE (week AS first_week),
        1 AS window_weeks,
        1 AS least,
        2 AS least_squared,
        1 AS worth
    FROM begun
),

pooled_weeks AS (
    SELECT
        windows.window_weeks, windows.least, windows.least_squared, windows.worth, windows.week,
        counts.figure, counts.model, counts.suite, counts.suite_major, counts.attribute, counts.condition,
        counts.turn, counts.prompt, counts.f,
        counts.week AS seen,
        counts.pictures
    FROM windows
    INNER JOIN counts
        ON
            windows.figure = counts.figure
            AND windows.condition = counts.condition
            AND windows.turn = counts.turn
            AND counts.week BETWEEN windows.first_week AND windows.week
    INNER JOIN versions
        ON
            counts.week = versions.week
            AND counts.model = versions.model
            AND windows.series = versions.series
            AND windows.params_hash = versions.params_hash
            AND windows.labeler_version = versions.labeler_version
    INNER JOIN prompt_attributes AS still
        ON
            windows.week = still.week
            AND counts.model = still.model
            AND counts.suite = still.suite
            AND counts.suite_major = still.suite_major
            AND counts.prompt = still.prompt
            AND counts.attribute = still.attribute
    LEFT JOIN hidden ON counts.week = hidden.week AND counts.model = hidden.model
    WHERE windows.window_weeks = 1 OR hidden.model IS NULL
),

pooled AS (
    SELECT
        * EXCLUDE (seen, pictures),
        sum(pictures) AS pictures
    FROM pooled_weeks
    GROUP BY ALL
),

drawn_together AS (
    SELECT DISTINCT model FROM clusters
),

cluster_values AS ( -- noqa: ST03
    SELECT
        concat_ws('/', places.window_weeks, places.week, places.figure, places.condition, places.turn) AS id,
        places.prompt,
        places.seen AS week,
        coalesce(clusters.cluster, asked.slot_key) AS cluster,
        declared.told AS value,
        count(*) AS x
    FROM (
        SELECT DISTINCT
            window_weeks, week, figure, model, suite, suite_major, attribute, condition, turn, prompt, seen
        FROM pooled_weeks
    ) AS places
    SEMI JOIN drawn_together USING (model)
    INNER JOIN asked
        ON
            places.seen = asked.week
            AND places.model = asked.model
            AND places.suite = asked.suite
            AND places.suite_major = asked.suite_major
            AND places.prompt = asked.prompt
            AND places.turn = asked.turn
    SEMI JOIN pictures
        ON
            asked.week = pictures.week
            AND asked.model = pictures.model
            AND asked.slot_key = pictures.slot_key
    INNER JOIN versions ON asked.week = versions.week AND asked.model = versions.model
    INNER JOIN labels
        ON
            asked.week = labels.week
            AND asked.model = labels.model
            AND asked.slot_key = labels.slot_key
            AND places.attribute = labels.attribute
            AND versions.labeler = labels.labeler
            AND versions.labeler_version = labels.labeler_version
    INNER JOIN declared
        ON
            asked.week = declared.week
            AND asked.model = declared.model
            AND asked.suite = declared.suite
            AND asked.suite_major = declared.suite_major
            AND labels.attribute = declared.attribute
            AND labels.value = declared.value
    LEFT JOIN clusters
        ON
            asked.week = clusters.week
            AND asked.model = clusters.model
            AND asked.slot_key = clusters.slot_key
    GROUP BY ALL
),

-- Uses: design_effects

-- Shares of what was read in the prompts that have assessed pictures enough, their mean.
cells AS (
    SELECT
        pooled.*,
        coalesce(designs.effect, 1) AS effect,
        sum(pooled.pictures) OVER of_prompt AS of_cell,
        sum(pooled.pictures) FILTER (WHERE pooled.f <> '') OVER of_prompt AS assessed
    FROM pooled
    LEFT JOIN designs
        ON
            designs.id
            = concat_ws('/', pooled.window_weeks, pooled.week, pooled.figure, pooled.condition, pooled.turn)
            AND pooled.prompt = designs.prompt
    WINDOW
        of_prompt AS (
            PARTITION BY pooled.window_weeks, pooled.week, pooled.figure, pooled.prompt, pooled.turn
        )
),

shown AS (
    SELECT
        window_weeks, week, figure, model, suite, suite_major, attribute, condition, turn, f,
        concat_ws('/', window_weeks, week, figure, condition, turn) AS equations_of,
        avg(pictures / of_cell) AS share,
        avg(pictures / assessed) AS raw,
        sum(pictures) AS pictures
    FROM cells
    WHERE assessed >= least AND assessed / effect >= worth
    GROUP BY window_weeks, week, figure, model, suite, suite_major, attribute, condition, turn, f
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
        cells.window_weeks, cells.week, cells.figure, cells.model, cells.suite, cells.suite_major,
        cells.attribute,
        cells.condition, cells.turn, cells.prompt, wanted.reference,
        min(cells.f) AS one,
        max(cells.f) AS other,
        sum(cells.pictures) / any_value(cells.effect) AS n,
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
        cells.window_weeks, cells.week, cells.figure, cells.model, cells.suite, cells.suite_major,
        cells.attribute,
        cells.condition, cells.turn, cells.prompt, wanted.reference
    HAVING
        sum(cells.pictures) >= any_value(cells.least_squared)
        AND sum(cells.pictures) / any_value(cells.effect) >= 2
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
        compared.window_weeks, compared.week, compared.figure, compared.model, compared.suite,
        compared.suite_major,
        compared.attribute, compared.condition, compared.turn, compared.reference,
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
            = concat_ws(
                '/', compared.window_weeks, compared.week, compared.figure, compared.condition, compared.turn
            )
            AND unrated.f IN (compared.one, compared.other)
    GROUP BY
        compared.window_weeks, compared.week, compared.figure, compared.model, compared.suite,
        compared.suite_major, compared.attribute, compared.condition, compared.turn, compared.reference
)

SELECT
    solved.window_weeks, solved.week, solved.model, solved.suite, solved.suite_major,
    solved.condition, solved.turn,
    solved.attribute,
    'share' AS metric,
    cast(NULL AS VARCHAR) AS reference,
    solved.f AS value, solved.raw,
    CASE
        WHEN
            (solved.week, solved.figure) IN (SELECT (believed.week, believed.figure) FROM believed)
            AND solved.equations_of NOT IN (SELECT unrated.equations_of FROM unrated)
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
    distances.window_weeks, distances.week, distances.model, distances.suite,
    distances.suite_major, distances.condition, distances.turn,
    distances.attribute,
    'distance2' AS metric,
    distances.reference,
    cast(NULL AS VARCHAR) AS value,
    distances.raw,
    CASE
        WHEN
            (distances.week, distances.figure) IN (SELECT (believed.week, believed.figure) FROM believed)
            AND NOT distances.unrated
            THEN distances.corrected
    END AS corrected,
    known.gold_n
FROM distances
INNER JOIN known USING (week, figure)
ORDER BY ALL
