-- Answers: Does what one word changes follow from the labels? Every published effect beside the same figure,
--   counted anew from attempts, labels and reference shares; only which prompts make a pair is taken from
--   `effects`.
-- Grain: that of effects.
-- Columns: those of effects that name the figure; published: effects.estimate; from_labels: the same from
--   labels, NULL where fewer than five pictures of a side, or no pair, can enter; pairs: of prompts that
--   entered; n_a, n_b: pictures in them.
-- Depends on: effects, attempts, outcomes, labels, slots, plans, prompts, prompt_attributes,
--   attribute_values, reference_values, clusters
-- Uses: read_from_labels
WITH
-- Uses: week_cluster_values

-- Uses: design_effects

pairs AS (
    SELECT DISTINCT
        week, model, suite, suite_major, kind, a, b, subject, attribute,
        unnest(['a', 'b']) AS side,
        unnest([prompt_a, prompt_b]) AS prompt,
        unnest([turn_a, turn_b]) AS turn
    FROM effects
    WHERE subject IS NOT NULL
),

-- a reference's own row for a prompt wins over its row for all
expected AS (
    SELECT DISTINCT
        pairs.week, pairs.model, pairs.suite, pairs.suite_major, pairs.prompt, shares.attribute,
        shares.reference, shares.value, shares.expected_share AS q
    FROM pairs
    INNER JOIN reference_values AS shares
        ON
            pairs.week = shares.week
            AND pairs.model = shares.model
            AND pairs.suite = shares.suite
            AND pairs.suite_major = shares.suite_major
            AND pairs.attribute = shares.attribute
            AND coalesce(shares.prompt, pairs.prompt) = pairs.prompt
    QUALIFY
        rank() OVER (
            PARTITION BY
                pairs.week, pairs.model, pairs.suite, pairs.suite_major, pairs.prompt, shares.attribute,
                shares.reference
            ORDER BY CASE WHEN shares.prompt IS NULL THEN 2 ELSE 1 END
        ) = 1
),

wanted AS (
    SELECT
        week, model, suite, suite_major,
        cast(NULL AS VARCHAR) AS prompt,
        attribute,
        cast(NULL AS VARCHAR) AS reference,
        value,
        cast(NULL AS DOUBLE) AS q
    FROM declared
    WHERE in_support
    UNION ALL
    SELECT
        week, model, suite, suite_major, prompt, attribute, reference, value, q
    FROM expected
),

-- every value of a side, against no reference and against each
sides AS (
    SELECT
        pairs.*,
        wanted.reference, wanted.value, wanted.q,
        coalesce(seen.pictures, 0) AS k
    FROM pairs
    INNER JOIN wanted
        ON
            pairs.week = wanted.week
            AND pairs.model = wanted.model
            AND pairs.suite = wanted.suite
            AND pairs.suite_major = wanted.suite_major
            AND pairs.attribute = wanted.attribute
            AND coalesce(wanted.prompt, pairs.prompt) = pairs.prompt
    LEFT JOIN seen
        ON
            pairs.week = seen.week
            AND pairs.model = seen.model
            AND pairs.suite = seen.suite
            AND pairs.suite_major = seen.suite_major
            AND pairs.prompt = seen.prompt
            AND pairs.turn = seen.turn
            AND pairs.attribute = seen.attribute
            AND wanted.value = seen.value
),

-- of pictures that were drawn together, the independent ones that they are worth
told AS (
    SELECT
        sides.* EXCLUDE (k),
        sum(sides.k) OVER side AS counted,
        sides.k / coalesce(designs.effect, 1) AS k,
        sum(sides.k) OVER side / coalesce(designs.effect, 1) AS n
    FROM sides
    INNER JOIN prompts USING (week, model, suite, suite_major, prompt)
    LEFT JOIN designs
        ON
            sides.prompt = designs.prompt
            AND hash(
                sides.week, sides.model, sides.suite, sides.suite_major, prompts.condition, sides.turn,
                sides.attribute
            ) = designs.id
    WINDOW side AS (
        PARTITION BY
            sides.week, sides.model, sides.suite, sides.suite_major, sides.kind, sides.a, sides.b,
            sides.subject, sides.attribute, sides.reference, sides.side
    )
),

-- what each published figure is about: a value, several of them, or all
chosen AS (
    SELECT
        effects.week, effects.model, effects.suite, effects.suite_major, effects.kind, effects.a, effects.b,
        effects.subject, effects.attribute, effects.reference, effects.metric, effects.value_name,
        told.subject AS pair, told.side,
        any_value(told.n) AS n,
        any_value(told.counted) AS counted,
        sum(told.k) FILTER (WHERE told.value = effects.value_name) AS k,
        0.5 * (
            sum(told.k * (told.k - 1)) / nullif(any_value(told.n) * (any_value(told.n) - 1), 0)
            - 2 * sum(told.q * told.k) / nullif(any_value(told.n), 0)
            + sum(told.q * told.q)
        ) AS distance2
    FROM effects
    INNER JOIN told
        ON
            effects.week = told.week
            AND effects.model = told.model
            AND effects.suite = told.suite
            AND effects.suite_major = told.suite_major
            AND effects.kind = told.kind
            AND effects.a = told.a
            AND effects.b = told.b
            AND effects.attribute = told.attribute
            AND effects.reference IS NOT DISTINCT FROM told.reference
            AND coalesce(effects.subject, told.subject) = told.subject
    GROUP BY
        effects.week, effects.model, effects.suite, effects.suite_major, effects.kind, effects.a, effects.b,
        effects.subject, effects.attribute, effects.reference, effects.metric, effects.value_name,
        told.subject, told.side
),

-- both sides of a pair in one row
faced AS (
    SELECT
        week, model, suite, suite_major, kind, a, b, subject, attribute, reference, metric, value_name,
        pair,
        any_value(n) FILTER (WHERE side = 'a') AS n_a,
        any_value(n) FILTER (WHERE side = 'b') AS n_b,
        any_value(counted) FILTER (WHERE side = 'a') AS counted_a,
        any_value(counted) FILTER (WHERE side = 'b') AS counted_b,
        any_value(k) FILTER (WHERE side = 'a') AS k_a,
        any_value(k) FILTER (WHERE side = 'b') AS k_b,
        any_value(distance2) FILTER (WHERE side = 'a') AS d_a,
        any_value(distance2) FILTER (WHERE side = 'b') AS d_b
    FROM chosen
    GROUP BY
        week, model, suite, suite_major, kind, a, b, subject, attribute, reference, metric, value_name, pair
    HAVING count(*) = 2 AND min(n) >= CASE WHEN metric = 'distance2' THEN 2 ELSE 1 END
),

changed AS (
    SELECT
        *,
        CASE WHEN metric = 'distance2' THEN d_b - d_a ELSE k_b / n_b - k_a / n_a END AS change
    FROM faced
),

means AS (
    SELECT
        week, model, suite, suite_major, kind, a, b, subject, attribute, reference, metric, value_name,
        count(change) AS pairs,
        cast(sum(counted_a) AS BIGINT) AS n_a,
        cast(sum(counted_b) AS BIGINT) AS n_b,
        CASE WHEN least(sum(counted_a), sum(counted_b)) >= 5 THEN avg(change) END AS from_labels
    FROM changed
    WHERE change IS NOT NULL
    GROUP BY week, model, suite, suite_major, kind, a, b, subject, attribute, reference, metric, value_name
)

SELECT
    effects.week, effects.model, effects.suite, effects.suite_major, effects.kind, effects.a, effects.b,
    effects.subject, effects.attribute, effects.reference, effects.metric, effects.value_name,
    effects.estimate AS published, means.from_labels,
    coalesce(means.pairs, 0) AS pairs,
    means.n_a, means.n_b
FROM effects
LEFT JOIN means
    ON
        effects.week = means.week
        AND effects.model = means.model
        AND effects.suite = means.suite
        AND effects.suite_major = means.suite_major
        AND effects.kind = means.kind
        AND effects.a = means.a
        AND effects.b = means.b
        AND effects.subject IS NOT DISTINCT FROM means.subject
        AND effects.attribute = means.attribute
        AND effects.reference IS NOT DISTINCT FROM means.reference
        AND effects.metric = means.metric
        AND effects.value_name IS NOT DISTINCT FROM means.value_name
ORDER BY ALL
