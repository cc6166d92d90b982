-- Answers: Are the published rates at which labeler and people err the likeliest, given what people said, and
--   does the stated error of each follow from them?
-- Grain: week, figure (model/suite/suite_major/attribute), what, who, said, shown.
-- Columns: what (rate or error); who; said, shown ('' is no value of the support; both NULL for an error);
--   published; again (a rate after one step of EM, which changes nothing where the likelihood is greatest,
--   from people's answers and what was read; an error from the rates).
-- Depends on: slots, prompts, prompt_attributes, attribute_values, plans, attempts, outcomes, labels,
--   gold_labels, gold_strata, error_rates, label_error
-- Uses: read_from_gold
WITH people AS (
    SELECT
        week, figure, said,
        shown AS y,
        rate
    FROM published_rates
    WHERE who = 'people'
),

-- settled: what the third person says; '' also where nobody sees a value.
judged AS (
    SELECT
        *,
        coalesce(
            max(y) FILTER (WHERE rater = 'third') OVER of_picture,
            CASE WHEN NOT bool_or(y <> '') OVER of_picture THEN '' END
        ) AS settled,
        rater <> 'third' AND y <> '' AS heard
    FROM answers
    WINDOW of_picture AS (PARTITION BY week, figure, picture)
),

-- How likely a picture shows each value: how often pictures read so do, times what each person who sees a
-- value says.
likely AS (
    SELECT
        judged.week, judged.figure, judged.picture, judged.f, joint.y,
        any_value(judged.weight) AS weight,
        CASE
            WHEN coalesce(any_value(judged.settled) = joint.y, TRUE)
                THEN
                    any_value(joint.a)
                    * coalesce(product(people.rate) FILTER (WHERE judged.heard AND joint.y <> ''), 1)
            ELSE 0
        END AS chance
    FROM judged
    INNER JOIN joint USING (week, figure, f)
    INNER JOIN people
        ON
            judged.week = people.week
            AND judged.figure = people.figure
            AND judged.y = people.said
            AND joint.y = people.y
    WHERE joint.y <> '' OR judged.settled = ''
    GROUP BY judged.week, judged.figure, judged.picture, judged.f, joint.y
),

shows AS (
    SELECT
        * EXCLUDE (chance),
        weight * chance / sum(chance) OVER (PARTITION BY week, figure, picture) AS part
    FROM likely
),

labeler_again AS (
    SELECT
        shows.week, shows.figure, shows.f, shows.y,
        any_value(pool.shown) * sum(shows.part)
        / sum(sum(shows.part)) OVER (PARTITION BY shows.week, shows.figure, shows.f) AS a
    FROM shows
    INNER JOIN pool USING (week, figure, f)
    GROUP BY shows.week, shows.figure, shows.f, shows.y
),

people_again AS (
    SELECT
        shows.week, shows.figure, judged.y AS said, shows.y,
        sum(shows.part)
        / nullif(sum(sum(shows.part)) OVER (PARTITION BY shows.week, shows.figure, shows.y), 0) AS rate
    FROM shows
    INNER JOIN judged USING (week, figure, picture)
    WHERE judged.heard AND shows.y <> ''
    GROUP BY shows.week, shows.figure, judged.y, shows.y
),

seen AS (
    SELECT
        week, figure, y,
        sum(a) AS seen
    FROM joint
    WHERE y <> ''
    GROUP BY week, figure, y
),

errors AS (
    SELECT
        week, figure,
        'labeler' AS who,
        1 - sum(a) FILTER (WHERE f = y) / sum(a) AS again
    FROM joint
    WHERE f <> '' AND y <> ''
    GROUP BY week, figure
    UNION ALL
    SELECT
        people.week, people.figure,
        'people' AS who,
        1 - sum(seen.seen * people.rate) FILTER (WHERE people.said = people.y)
        / sum(seen.seen * people.rate) AS again
    FROM people
    INNER JOIN seen USING (week, figure, y)
    WHERE people.said <> ''
    GROUP BY people.week, people.figure
),

stated AS (
    SELECT
        week,
        concat_ws('/', model, suite, suite_major, attribute) AS figure,
        unnest(['labeler', 'people']) AS who,
        unnest([error_rate, rater_error]) AS published
    FROM label_error
),

repeated AS (
    SELECT
        week, figure,
        'labeler' AS who,
        f AS said,
        y AS shown,
        a AS rate
    FROM labeler_again
    UNION ALL
    SELECT
        week, figure,
        'people' AS who,
        said,
        y AS shown,
        rate
    FROM people_again
)

SELECT
    published_rates.week, published_rates.figure,
    'rate' AS what,
    published_rates.who,
    published_rates.said,
    published_rates.shown,
    published_rates.rate AS published,
    coalesce(repeated.rate, 0) AS again
FROM published_rates
LEFT JOIN repeated USING (week, figure, who, said, shown)
UNION ALL
SELECT
    stated.week, stated.figure,
    'error' AS what,
    stated.who,
    cast(NULL AS VARCHAR) AS said,
    cast(NULL AS VARCHAR) AS shown,
    stated.published,
    errors.again
FROM stated
INNER JOIN errors USING (week, figure, who)
WHERE stated.published IS NOT NULL
ORDER BY ALL
