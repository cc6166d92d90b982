-- Answers: how far does what a model draws for a prompt lie from what the analysis file holds it against, in
--   the four weeks that end with a week?
-- Grain: model × prompt × attribute × value × reference: against parity, where it is a yardstick, the
--   value drawn most often; declared stereotypes against 0 (reference: stereotypes), or against a
--   statistic where one is named and the group has one prompt.
-- Columns: k pictures of n show the value; share, low, high: of window_scores, there less the statistic;
--   expected: what it is held against; distance: from there to the nearer end of the interval, less than 0 if
--   it lies within; reach: that by the largest distance that a share can have on its side, 0 to 1, 0 within;
--   drawn: pictures of the prompt in these weeks, assessed or not; alone: the model was asked
--   no other prompt with this subject.
-- Weeks: own
-- Depends on: window_scores, yardsticks, stereotype_pairs, prompts, reference_values, scores
-- Uses: metrics/stated_shares
WITH asked AS (
    SELECT
        model, suite, suite_major, prompt, text, subject,
        count(*) OVER (PARTITION BY model, subject) = 1 AS alone,
        count(*) FILTER (WHERE condition = 'baseline')
            OVER (PARTITION BY model, suite, suite_major, subject) = 1
            AS alone_in_suite
    FROM prompts
    WHERE week = cast($week AS DATE)
    QUALIFY condition = 'baseline'
),

figures AS (
    SELECT *
    FROM window_scores
    WHERE week = cast($week AS DATE) AND condition = 'baseline' AND turn = 1 AND estimate IS NOT NULL
),

shares AS (
    SELECT
        figures.week, figures.model, figures.simulated, figures.suite, figures.suite_major,
        figures.params_hash, figures.attribute, asked.prompt, asked.text, asked.subject, asked.alone,
        figures.value_name AS value,
        figures.estimate AS share,
        figures.low,
        figures.high,
        figures.n,
        figures.weeks,
        figures.first_week
    FROM figures
    INNER JOIN asked USING (model, suite, suite_major, prompt)
    WHERE figures.metric = 'share'
),

held AS (
    SELECT
        shares.*,
        'stereotypes' AS reference,
        0.0 AS expected
    FROM shares
    SEMI JOIN stereotype_pairs AS pairs
        ON
            shares.suite = pairs.suite
            AND shares.suite_major = pairs.suite_major
            AND shares.attribute = pairs.attribute
            AND shares.value = pairs.value
            AND shares.subject = pairs.subject
            AND pairs.statistic IS NULL
    UNION ALL BY NAME
    SELECT
        shares.*,
        stated.reference,
        stated.expected_share AS expected
    FROM shares
    INNER JOIN yardsticks USING (suite, suite_major, attribute)
    INNER JOIN stated USING (week, model, suite, suite_major, prompt, attribute, reference, value)
    WHERE yardsticks.reference = 'parity'
    QUALIFY
        row_number() OVER (
            PARTITION BY shares.model, shares.prompt, shares.attribute
            ORDER BY shares.share DESC, shares.value ASC
        ) = 1
    UNION ALL BY NAME
    SELECT
        figures.week, figures.model, figures.simulated, figures.suite, figures.suite_major,
        figures.params_hash, figures.attribute, asked.prompt, asked.text, asked.subject, asked.alone,
        pairs.value,
        figures.estimate + stated.expected_share AS share,
        figures.low + stated.expected_share AS low,
        figures.high + stated.expected_share AS high,
        figures.n,
        figures.weeks,
        figures.first_week,
        stated.reference,
        stated.expected_share AS expected
    FROM figures
    INNER JOIN stereotype_pairs AS pairs
        ON
            figures.suite = pairs.suite
            AND figures.suite_major = pairs.suite_major
            AND figures.attribute = pairs.attribute
            AND figures.value_name = pairs.value || ' | ' || pairs.subject
            AND figures.reference = pairs.statistic
    INNER JOIN asked
        ON
            figures.model = asked.model
            AND figures.suite = asked.suite
            AND figures.suite_major = asked.suite_major
            AND pairs.subject = asked.subject
            AND asked.alone_in_suite
    INNER JOIN stated
        ON
            figures.week = stated.week
            AND figures.model = stated.model
            AND figures.suite = stated.suite
            AND figures.suite_major = stated.suite_major
            AND asked.prompt = stated.prompt
            AND figures.attribute = stated.attribute
            AND figures.reference = stated.reference
            AND pairs.value = stated.value
    WHERE figures.metric = 'stereotype_share'
),

drawn AS (
    SELECT
        held.model, held.prompt, held.first_week,
        cast(sum(scores.estimate) AS BIGINT) AS drawn
    FROM (SELECT DISTINCT model, params_hash, prompt, first_week FROM held) AS held
    INNER JOIN scores USING (model, params_hash, prompt)
    WHERE
        scores.metric = 'pictures' AND scores.condition = 'baseline' AND scores.turn = 1
        AND scores.week BETWEEN held.first_week AND cast($week AS DATE)
    GROUP BY held.model, held.prompt, held.first_week
)

SELECT
    held.model, held.simulated, held.suite, held.suite_major, held.prompt, held.text, held.subject,
    held.alone,
    held.attribute,
    held.value,
    held.reference,
    held.expected,
    held.share,
    held.low,
    held.high,
    greatest(held.low - held.expected, held.expected - held.high) AS distance,
    CASE
        WHEN held.low > held.expected THEN (held.low - held.expected) / (1 - held.expected)
        WHEN held.high < held.expected THEN (held.expected - held.high) / held.expected
        ELSE 0
    END AS reach,
    cast(round(held.share * held.n) AS BIGINT) AS k,
    held.n,
    drawn.drawn,
    held.weeks,
    held.first_week
FROM held
INNER JOIN drawn USING (model, prompt, first_week)
ORDER BY held.model, held.suite, held.suite_major, held.prompt, held.attribute, held.value, held.reference
