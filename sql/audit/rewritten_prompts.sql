-- Answers: How often is a prompt rewritten before it is drawn, and how often does whoever rewrote it name a
--   demographic group that the prompt had not named?
-- Grain: week, model, suite, suite_major, condition, turn; only where revised prompts are reported.
-- Columns: pictures; rewritten: of them, with a revised prompt unlike the prompt sent, white space aside;
--   listed: of prompts in a language with a list of words; naming: of them, with a revised prompt that names
--   a group which the prompt sent neither names nor implies. Other words are not seen.
-- Depends on: slots, prompts, attempts
-- Uses: demographic_words
WITH
-- a slot has one picture; should it have more, its first counts
drawn AS (
    SELECT
        attempts.week, attempts.model, slots.suite, prompts.suite_major, prompts.condition, prompts.language,
        least(slots.turn, 2) AS turn,
        attempts.slot_key,
        arg_min(attempts.prompt_sent, attempts.attempt) AS sent,
        arg_min(attempts.revised_prompt, attempts.attempt) AS revised
    FROM attempts
    INNER JOIN slots USING (week, model, slot_key)
    INNER JOIN prompts USING (week, model, suite, suite_version, prompt)
    WHERE attempts.outcome = 'ok'
    GROUP BY ALL
),

texts AS (
    SELECT DISTINCT
        language, unnest([sent, revised]) AS text
    FROM drawn
    WHERE revised IS NOT NULL
),

-- words that stand alone, and those beside a person, after them or before
listed AS (
    SELECT
        vocabulary.named, vocabulary.language, languages.people,
        unnest(['alone', CASE WHEN languages.before THEN 'before' ELSE 'after' END]) AS stands,
        string_split(unnest([vocabulary.alone, vocabulary.with_person]), '|') AS words
    FROM vocabulary
    INNER JOIN languages USING (language)
),

-- all in small letters, one blank between words, # for a sign that is no comma or hyphen
plain AS (
    SELECT
        text,
        regexp_replace(replace(lower(text), ',', ' , '), '[^\pL\pM\pN_\s\pZ\x{85},‐-]', ' # ', 'g') AS parts,
        ' ' || trim(regexp_replace(parts, '[\s\pZ\x{85}‐-]+', ' ', 'g')) || ' ' AS small
    FROM (
        SELECT texts.text FROM texts
        UNION
        SELECT unnest(listed.words) FROM listed
    ) AS found (text)
),

-- one word may stand between: "a Black startup founder"
patterns AS (
    SELECT
        listed.named, listed.language, listed.stands,
        string_agg(plain.small, '|') AS either,
        CASE listed.stands
            WHEN 'before' THEN '(' || either || ')([^ #]+ )?(' || listed.people || ') '
            WHEN 'after' THEN ' (' || listed.people || ')(' || either || ')'
            ELSE either
        END AS pattern
    FROM listed
    INNER JOIN plain ON list_contains(listed.words, plain.text)
    WHERE plain.text <> ''
    GROUP BY listed.named, listed.language, listed.stands, listed.people
),

named AS (
    SELECT DISTINCT
        texts.language, texts.text, patterns.named
    FROM texts
    INNER JOIN languages USING (language)
    INNER JOIN plain USING (text)
    INNER JOIN patterns
        ON
            patterns.language IN (texts.language, 'en')
            AND regexp_matches(
                CASE patterns.stands WHEN 'alone' THEN plain.small ELSE replace(plain.small, ' , ', ' ') END,
                patterns.pattern
            )
),

held AS (
    SELECT
        language, text, named
    FROM named
    UNION
    SELECT
        named.language, named.text, unnest(string_split(implications.implies, '|')) AS named
    FROM named
    INNER JOIN implications USING (named)
),

additions AS (
    SELECT DISTINCT
        drawn.language, drawn.sent, drawn.revised
    FROM drawn
    INNER JOIN named ON drawn.revised = named.text AND drawn.language = named.language
    ANTI JOIN held
        ON drawn.sent = held.text AND drawn.language = held.language AND named.named = held.named
)

SELECT
    drawn.week, drawn.model, drawn.suite, drawn.suite_major, drawn.condition, drawn.turn,
    count(*) AS pictures,
    count(*) FILTER (
        WHERE trim(regexp_replace(drawn.sent, '[\s\v\x{85}\p{Z}]+', ' ', 'g'), ' ')
        <> trim(regexp_replace(drawn.revised, '[\s\v\x{85}\p{Z}]+', ' ', 'g'), ' ')
    ) AS rewritten,
    count(languages.language) AS listed,
    count(additions.revised) AS naming
FROM drawn
LEFT JOIN languages USING (language)
LEFT JOIN additions USING (language, sent, revised)
GROUP BY ALL
HAVING count(drawn.revised) > 0
ORDER BY ALL
