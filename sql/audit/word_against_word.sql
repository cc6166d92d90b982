-- Answers: Does what one word changes follow from the labels? Every published effect beside the same figure,
--   counted anew from attempts, labels and reference shares; only which prompts make a pair is taken from
--   `effects`.
-- Grain: that of effects.
-- Columns: those of effects that name the figure; published: effects.estimate; from_labels: the same from
--   labels, NULL where fewer than five pictures of a side, or no pair, can enter; pairs: of prompts that
--   entered; n_a, n_b: pictures in them; unseen_share, tipping_share: those of effects, of whose interval
--   the second is made.
-- Depends on: effects, attempts, outcomes, labels, slots, plans, prompts, prompt_attributes,
--   attribute_values, reference_values, clusters
-- Uses: read_from_labels
WITH
-- Uses: answered

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
        wanted.reference, wanted.value, wanted.q, answered.answers, answered.unseen,
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
    LEFT JOIN answered
        ON
            pairs.week = answered.week
            AND pairs.model = answered.model
            AND pairs.suite = answered.suite
            AND pairs.suite_major = answered.suite_major
            AND pairs.prompt = answered.prompt
            AND pairs.turn = answered.turn
            AND pairs.attribute = answered.attribute
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
        any_value(told.answers) AS answers,
        any_value(told.unseen) AS unseen,
        sum(told.k) FILTER (
            WHERE list_contains(string_split(effects.value_name, ', '), told.value)
        ) AS k,
        any_value(told.q) FILTER (WHERE told.value = effects.value_name) AS q,
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
        any_value(q) FILTER (WHERE side = 'a') AS q_a,
        any_value(q) FILTER (WHERE side = 'b') AS q_b,
        any_value(distance2) FILTER (WHERE side = 'a') AS d_a,
        any_value(distance2) FILTER (WHERE side = 'b') AS d_b,
        any_value(answers) FILTER (WHERE side = 'a') AS answers_a,
        any_value(answers) FILTER (WHERE side = 'b') AS answers_b,
        any_value(unseen) FILTER (WHERE side = 'a') AS unseen_a,
        any_value(unseen) FILTER (WHERE side = 'b') AS unseen_b,
        1.959963984540054 AS z,
        metric IN ('distance2', 'controllability') AS squared
    FROM chosen
    GROUP BY
        week, model, suite, suite_major, kind, a, b, subject, attribute, reference, metric, value_name, pair
    HAVING count(*) = 2 AND min(n) >= CASE WHEN metric IN ('distance2', 'controllability') THEN 2 ELSE 1 END
),

-- the side of the reference on which the baseline clearly lies: Wilson with continuity correction
placed AS (
    SELECT
        *,
        CASE
            WHEN
                k_a < n_a
                AND (
                    2 * k_a + z * z + 1
                    + z * sqrt(
                        greatest(
                            z * z + 2 - 1 / n_a + 4 * (k_a / n_a) * (n_a * (1 - k_a / n_a) - 1), 0
                        )
                    )
                ) / (2 * (n_a + z * z)) < q_a
                THEN 1
            WHEN
                k_a > 0
                AND (
                    2 * k_a + z * z - 1
                    - z * sqrt(
                        greatest(
                            z * z - 2 - 1 / n_a + 4 * (k_a / n_a) * (n_a * (1 - k_a / n_a) + 1), 0
                        )
                    )
                ) / (2 * (n_a + z * z)) > q_a
                THEN -1
            ELSE 0
        END AS toward
    FROM faced
),

changed AS (
    SELECT
        *,
        CASE
            WHEN squared THEN d_b - d_a
            WHEN metric = 'overcorrection' THEN toward * (k_b / n_b - q_b)
            ELSE k_b / n_b - k_a / n_a
        END AS change
    FROM placed
    WHERE metric <> 'overcorrection' OR toward <> 0
),

means AS (
    SELECT
        week, model, suite, suite_major, kind, a, b, subject, attribute, reference, metric, value_name,
        count(change) AS pairs,
        cast(sum(counted_a) AS BIGINT) AS n_a,
        cast(sum(counted_b) AS BIGINT) AS n_b,
        greatest(sum(unseen_a) / sum(answers_a), sum(unseen_b) / sum(answers_b)) AS unseen_share,
        avg(unseen_a / answers_a * (1 - k_a / n_a) + unseen_b / answers_b * k_b / n_b) AS falls,
        avg(unseen_a / answers_a * k_a / n_a + unseen_b / answers_b * (1 - k_b / n_b)) AS rises,
        CASE
            WHEN least(sum(counted_a), sum(counted_b)) < 5 THEN NULL
            WHEN metric IN ('overcorrection', 'caricature_rate') THEN greatest(avg(change), 0)
            ELSE avg(change)
        END AS from_labels
    FROM changed
    WHERE change IS NOT NULL
    GROUP BY week, model, suite, suite_major, kind, a, b, subject, attribute, reference, metric, value_name
)

SELECT
    effects.week, effects.model, effects.suite, effects.suite_major, effects.kind, effects.a, effects.b,
    effects.subject, effects.attribute, effects.reference, effects.metric, effects.value_name,
    effects.estimate AS published, means.from_labels,
    coalesce(means.pairs, 0) AS pairs,
    means.n_a, means.n_b,
    CASE
        WHEN effects.metric IN ('share', 'caricature_rate') AND means.from_labels IS NOT NULL
            THEN means.unseen_share
    END AS unseen_share,
    CASE
        WHEN effects.metric NOT IN ('share', 'caricature_rate') OR means.unseen_share <= 0.02 THEN NULL
        WHEN effects.low > 0 AND means.falls >= effects.low THEN effects.low / means.falls
        WHEN effects.high < 0 AND means.rises >= -effects.high THEN -effects.high / means.rises
    END AS tipping_share
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
