-- Answers: which changes of series were reported up to a week, and which prompts are they of?
-- Grain: that of changes.
-- Columns: those of changes that pages show; params_hash: of the pictures that count, as planned; asked: the
--   prompts whose pictures count, of the week that brought the change to light.
-- Depends on: changes, plans, prompts, prompt_attributes, joint_values
WITH looked_for AS (
    SELECT
        week, model, suite, suite_major, prompt, attribute
    FROM prompt_attributes
    UNION ALL BY NAME
    SELECT
        p.week, p.model, p.suite, p.suite_major, p.prompt,
        'all:' || j.joint AS attribute
    FROM prompt_attributes AS p
    INNER JOIN joint_values AS j USING (suite, suite_major, attribute)
),

of_change AS (
    SELECT DISTINCT
        c.week, c.model, c.suite, c.suite_major, c.condition, c.turn, c.prompt AS alone, c.attribute,
        p.prompt, p.text, p.language
    FROM changes AS c
    INNER JOIN prompts AS p
        ON
            c.week = p.week AND c.model = p.model AND c.suite = p.suite
            AND c.suite_major = p.suite_major AND c.condition = p.condition
            AND (c.turn = 1 OR p.turns > 1)
            AND p.prompt = coalesce(c.prompt, p.prompt)
    LEFT JOIN looked_for AS l
        ON
            p.week = l.week AND p.model = l.model AND p.suite = l.suite
            AND p.suite_major = l.suite_major AND p.prompt = l.prompt AND c.attribute = l.attribute
    WHERE
        c.week <= cast($week AS DATE)
        AND (c.attribute IS NULL OR c.prompt IS NOT NULL OR l.prompt IS NOT NULL)
),

asked AS (
    SELECT
        week, model, suite, suite_major, condition, turn, alone, attribute,
        list({ 'prompt': prompt, 'text': text, 'language': language } ORDER BY prompt) AS asked
    FROM of_change
    GROUP BY ALL
)

SELECT
    c.week, c.model, c.simulated, c.suite, c.suite_major, c.condition, c.turn, c.prompt, c.attribute,
    c.labeler_version, c.value, c.changed_week, c.earliest_week, c.latest_week, c.before_k, c.before_n,
    c.after_k, c.after_n, c.size, c.low, c.high, c.se, c.critical, c.series, c.common, c.causes,
    plans.params_hash, asked.asked
FROM changes AS c
LEFT JOIN plans ON c.week = plans.week AND c.model = plans.model
LEFT JOIN asked
    ON
        c.week = asked.week AND c.model = asked.model AND c.suite = asked.suite
        AND c.suite_major = asked.suite_major AND c.condition = asked.condition AND c.turn = asked.turn
        AND c.prompt IS NOT DISTINCT FROM asked.alone
        AND c.attribute IS NOT DISTINCT FROM asked.attribute
WHERE c.week <= cast($week AS DATE)
ORDER BY ALL
