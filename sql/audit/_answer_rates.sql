-- Answers: How did each model's requests end? Steps of the audit queries that name this text under "Uses":
--   from slots and attempts alone.
-- Grain: answer_rates: week, model, suite, suite_major, condition, prompt (NULL: the whole suite), turn,
--   metric. answer_clusters: the same, of single prompts, × cluster.
-- Columns: of answer_rates: those; cells; part, whole: what the metric is the share of. Of answer_clusters:
--   those; value: whether they are of the part; x answers; of models of which some are of a cluster.
-- Depends on: slots, prompts, attempts, outcomes, clusters
WITH
-- how a slot ended: by its first final attempt, else by its last
tried AS (
    SELECT
        attempts.week, attempts.model, attempts.slot_key,
        coalesce(
            arg_min(attempts.outcome, attempts.attempt) FILTER (WHERE outcomes.final),
            arg_max(attempts.outcome, attempts.attempt)
        ) AS outcome
    FROM attempts
    LEFT JOIN outcomes USING (outcome)
    GROUP BY attempts.week, attempts.model, attempts.slot_key
),

ended AS (
    SELECT
        slots.week, slots.model, slots.suite, prompts.suite_major, prompts.condition,
        slots.prompt, slots.slot_key, slots.turn AS asked_in,
        least(slots.turn, 2) AS turn,
        coalesce(slots.conversation, slots.slot_key) AS answer,
        coalesce(outcomes.outcome_group, 'none') AS outcome_group
    FROM slots
    INNER JOIN prompts USING (week, model, suite, suite_version, prompt)
    LEFT JOIN tried USING (week, model, slot_key)
    LEFT JOIN outcomes USING (outcome)
    WHERE coalesce(tried.outcome, '') != 'not_needed'
),

-- the later turns of a conversation are one answer: its last picture, else its last turn
answers AS (
    SELECT
        week, model, suite, suite_major, condition, prompt, turn, answer,
        count(*) FILTER (WHERE outcome_group = 'picture') AS pictures,
        bool_or(outcome_group = 'picture') AS ok,
        arg_max(outcome_group, asked_in) = 'refused' AS ended_by_model,
        arg_max(slot_key, (outcome_group = 'picture', asked_in)) AS slot_key
    FROM ended
    GROUP BY ALL
),

-- every prompt by itself, and the prompts that stand for their suite together
answer_levels AS (
    SELECT
        * EXCLUDE (prompt),
        prompt AS cell,
        unnest(
            CASE WHEN condition = 'confronted' AND turn = 1 THEN [prompt] ELSE [prompt, NULL] END
        ) AS prompt
    FROM answers
),

answer_sums AS (
    SELECT
        week, model, suite, suite_major, condition, prompt, turn,
        count(DISTINCT cell) AS cells,
        count(*) AS planned,
        sum(pictures) AS pictures,
        count(*) FILTER (WHERE ok) AS ok,
        count(*) FILTER (WHERE NOT ok AND ended_by_model) AS refused
    FROM answer_levels
    GROUP BY ALL
),

answer_rates AS (
    SELECT
        answer_sums.*,
        named.metric,
        CASE named.metric
            WHEN 'completeness' THEN answer_sums.ok + answer_sums.refused
            WHEN 'failed_rate' THEN answer_sums.planned - answer_sums.ok - answer_sums.refused
            WHEN 'answer_rate' THEN answer_sums.ok
            WHEN 'refused_rate' THEN answer_sums.refused
            WHEN 'pictures' THEN answer_sums.pictures
        END AS part,
        CASE
            WHEN named.metric IN ('completeness', 'failed_rate', 'pictures') THEN answer_sums.planned
            ELSE answer_sums.ok + answer_sums.refused
        END AS whole
    FROM answer_sums
    CROSS JOIN (
        VALUES
        ('completeness'), ('failed_rate'), ('answer_rate'), ('refused_rate'), ('pictures')
    ) AS named (metric)
),

answer_clusters AS (
    SELECT
        answer_levels.week, answer_levels.model, answer_levels.suite, answer_levels.suite_major,
        answer_levels.condition, answer_levels.prompt, answer_levels.turn, named.metric,
        coalesce(clusters.cluster, answer_levels.slot_key) AS cluster,
        CASE named.metric
            WHEN 'completeness' THEN answer_levels.ok OR answer_levels.ended_by_model
            WHEN 'failed_rate' THEN NOT (answer_levels.ok OR answer_levels.ended_by_model)
            WHEN 'answer_rate' THEN answer_levels.ok
            ELSE NOT answer_levels.ok
        END AS value,
        count(*) AS x
    FROM answer_levels
    SEMI JOIN clusters AS together ON answer_levels.model = together.model
    LEFT JOIN clusters
        ON
            answer_levels.week = clusters.week
            AND answer_levels.model = clusters.model
            AND answer_levels.slot_key = clusters.slot_key
    CROSS JOIN (
        VALUES
        ('completeness'), ('failed_rate'), ('answer_rate'), ('refused_rate')
    ) AS named (metric)
    WHERE
        answer_levels.prompt IS NOT NULL
        AND (
            named.metric IN ('completeness', 'failed_rate')
            OR answer_levels.ok
            OR answer_levels.ended_by_model
        )
    GROUP BY ALL
)

SELECT answer_clusters.metric FROM answer_clusters INNER JOIN answer_rates USING (metric)
