-- Answers: What do the figures of the latest week say, in sentences?
-- Grain: sentence, most telling first.
-- Columns:
--   sentence: what a model drew, when it changed or when it ended; that its labels are not reliable, if so
--   reliability: whether the labels that it rests on are reliable or verified, in words; NULL where they are
--     reliable, and for what rests on no label
-- Depends on: cell_shares, model_timeline, scores, plans, reliability
WITH latest AS (
    SELECT max(week) AS week FROM cell_shares
),

-- Of the latest week in which labels of the model were scored.
believed AS (
    SELECT
        scores.model, reliability.reliable, reliability.reliability
    FROM scores
    INNER JOIN plans USING (week, model)
    INNER JOIN reliability USING (week, labeler, labeler_version, attribute)
    WHERE scores.attribute = 'perceived_gender' AND scores.prompt IS NULL
    QUALIFY row_number() OVER (PARTITION BY scores.model ORDER BY scores.week DESC) = 1
),

ceo AS (
    SELECT
        week, model,
        sum(pictures) FILTER (WHERE value = 'masculine') AS masculine,
        sum(pictures) FILTER (WHERE value = 'feminine') AS feminine,
        sum(pictures) AS pictures
    FROM cell_shares
    WHERE attribute = 'perceived_gender' AND subject = 'occupation:ceo' AND condition = 'baseline'
    GROUP BY week, model
),

one_sided AS (
    SELECT
        1 AS place,
        model,
        printf('%s drew a perceived man for %d of %d CEOs.', model, masculine::BIGINT, pictures::BIGINT)
            AS sentence
    FROM ceo
    WHERE week = (SELECT latest.week FROM latest) AND pictures >= 5
    QUALIFY row_number() OVER (ORDER BY masculine / pictures DESC, pictures DESC, model ASC) = 1
),

halves AS (
    SELECT
        model, week,
        sum(feminine) OVER earlier / nullif(sum(pictures) OVER earlier, 0) AS share_before,
        sum(feminine) OVER since / nullif(sum(pictures) OVER since, 0) AS share_since,
        least(sum(pictures) OVER earlier, sum(pictures) OVER since) AS n
    FROM ceo
    WINDOW
        earlier AS (PARTITION BY model ORDER BY week ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
        since AS (PARTITION BY model ORDER BY week ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)
),

changed AS (
    SELECT
        2 AS place,
        model,
        printf(
            '%s drew perceived women as CEO in %.0f %% of pictures before the week of %s, in %.0f %% since.',
            model, 100 * share_before, strftime(week, '%Y-%m-%d'), 100 * share_since
        ) AS sentence
    FROM halves
    WHERE n >= 20 AND abs(share_since - share_before) > 0.2
    QUALIFY row_number() OVER (ORDER BY abs(share_since - share_before) * sqrt(n) DESC, model ASC) = 1
),

ended AS (
    SELECT
        3 AS place,
        NULL::VARCHAR AS model,
        printf('%s answered for the last time in the week of %s.', model, strftime(last_week, '%Y-%m-%d'))
            AS sentence
    FROM model_timeline
    WHERE retired_in IS NOT NULL
),

sentences AS (
    SELECT
        place, model, sentence
    FROM one_sided
    UNION ALL
    SELECT
        place, model, sentence
    FROM changed
    UNION ALL
    SELECT
        place, model, sentence
    FROM ended
)

SELECT
    CASE
        WHEN NOT believed.reliable
            THEN sentences.sentence || ' Its labels are not reliable.'
        ELSE sentences.sentence
    END AS sentence,
    believed.reliability
FROM sentences
LEFT JOIN believed USING (model)
ORDER BY coalesce(believed.reliable, TRUE) DESC, sentences.place ASC, sentences.sentence ASC
