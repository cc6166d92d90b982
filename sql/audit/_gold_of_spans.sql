-- Answers: What do people say of the gold pictures of each span's last eight weeks, and what did the
--   labeler read of them? Steps of the audit query of corrected shares; they need single, spans and begun.
-- Grain: gold: span, model, slot_key, attribute; of a picture in several gold sets one row, an answered one
--   first; only of what the span's labeler read, and of sets that leave out no picture.
-- Columns: looked_at: as read; said: by two people of two or three, NULL if there is none; differed,
--   awaited: whether the two differ, and the third is awaited; weight: 1 / chance of being drawn.
-- Depends on: gold_labels, gold_samples, gold_strata, attribute_values
WITH
votes AS (
    SELECT
        answers.gold_set, answers.week, answers.model, answers.suite, answers.suite_major, answers.prompt,
        answers.slot_key, answers.stratum, answers.attribute,
        list(coalesce(known.band, answers.value)) FILTER (WHERE answers.rater <> 'third') AS two,
        any_value(coalesce(known.band, answers.value)) FILTER (WHERE answers.rater = 'third') AS third
    FROM gold_labels AS answers
    LEFT JOIN attribute_values AS known USING (week, model, suite, suite_major, attribute, value)
    GROUP BY ALL
),

people AS (
    SELECT
        *,
        len(two) = 2 AS both_answered,
        CASE WHEN both_answered THEN two[1] <> two[2] END AS differed,
        coalesce(differed AND third IS NULL, FALSE) AS awaited,
        CASE
            WHEN NOT differed THEN two[1]
            WHEN list_contains(two, third) THEN third
            WHEN differed AND third IS NOT NULL THEN 'cannot_tell'
        END AS said
    FROM votes
),

-- of a set, strata that the attribute applies to are all answered, and hold all pictures of the suite
complete AS (
    SELECT
        frame.gold_set, frame.model, frame.suite, frame.suite_major, frame.attribute,
        sum(frame.pictures) >= min(frame.suite_pictures)
        AND bool_and(
            frame.attribute = frame.stratified_by
            OR frame.pictures = 0
            OR (frame.gold_set, frame.stratum, frame.attribute) IN (
                SELECT (people.gold_set, people.stratum, people.attribute)
                FROM people
                WHERE people.said IS NOT NULL
            )
        ) AS whole
    FROM gold_strata AS frame
    GROUP BY ALL
),

chosen AS (
    SELECT *
    FROM people
    QUALIFY
        row_number() OVER (PARTITION BY model, slot_key, attribute ORDER BY said IS NULL, gold_set) = 1
),

sampled AS (
    SELECT
        gold_set, slot_key,
        stratum_pictures / stratum_sampled AS weight
    FROM gold_samples
),

-- what the labeler of the span read, since the last reported change
gold AS (
    SELECT
        spans.span, spans.track, spans.simulated, spans.back, chosen.model, chosen.suite, chosen.suite_major,
        chosen.slot_key, single.condition, single.turn, chosen.attribute, chosen.said, chosen.differed,
        chosen.awaited, sampled.weight,
        single.shown AS looked_at
    FROM chosen
    INNER JOIN sampled USING (gold_set, slot_key)
    INNER JOIN complete USING (gold_set, model, suite, suite_major, attribute)
    INNER JOIN single USING (model, slot_key, attribute)
    INNER JOIN spans USING (occasion, model, labeler, labeler_version)
    ANTI JOIN begun
        ON
            chosen.model = begun.model
            AND chosen.attribute = begun.attribute
            AND spans.span >= begun.reported
            AND spans.occasion < begun.first
    WHERE complete.whole AND spans.back < 8 AND NOT spans.is_study AND single.shown IS NOT NULL
)

SELECT * FROM gold
