-- Answers: which tables and views to begin with, and what does each of them answer?
-- Grain: name.
-- Columns:
--   position: in which order to read them
--   name: name of the table or view
--   answers: the question that it answers
--   rows: how many rows it has in this edition
--   example: a query on it that runs as it is
-- Depends on: nothing; the numbers of rows are written into it.
SELECT named.*
FROM (
    VALUES
    (
        1,
        'prompts',
        'What are the models asked for?',
        $prompts,
        'SELECT DISTINCT suite, prompt, text FROM prompts ORDER BY ALL'
    ),
    (
        2,
        'slot_outcomes',
        'What came back for each picture that was asked for?',
        $slot_outcomes,
        'SELECT model, outcome, count(*) AS slots FROM slot_outcomes GROUP BY ALL ORDER BY ALL'
    ),
    (
        3,
        'figures',
        'What is said of each model, prompt and suite, of the four weeks that end with each week?',
        $figures,
        'SELECT week, model, prompt, figure, value, k, n, estimate, low, high FROM figures ORDER BY ALL'
    ),
    (
        4,
        'leaderboard',
        'How far is each model from each yardstick, and where does it rank?',
        $leaderboard,
        'SELECT week, suite, attribute, model, estimate, rank_low, rank_high FROM leaderboard ORDER BY ALL'
    ),
    (
        5,
        'changes',
        'Which changes of a model were found, since when, and how large are they?',
        $changes,
        'SELECT week, model, suite, attribute, value, changed_week, size, low, high FROM changes ORDER BY ALL'
    ),
    (
        6,
        'claim_shares',
        'What do models draw now of what was reported in 2023?',
        $claim_shares,
        'SELECT week, model, claim, part, k, n, low, high, verdict FROM claim_shares ORDER BY ALL'
    ),
    (
        7,
        'word_against_word',
        'What does one word in a prompt change?',
        $word_against_word,
        'SELECT * FROM word_against_word ORDER BY ALL'
    ),
    (
        8,
        'cell_shares',
        'What share of the pictures of a prompt shows each value, in each week?',
        $cell_shares,
        'SELECT week, model, prompt, attribute, value, share, n FROM cell_shares ORDER BY ALL'
    )
) AS named (position, name, answers, rows, example)
WHERE named.rows IS NOT NULL
ORDER BY named.position
