-- Answers: which verdicts on what was reported in 2023 rest on answers that nobody saw?
-- Grain: that of claims, of one week; only verdicts that such answers could turn.
-- Columns: model, claim, part; tipping_share of claims, of the last block of four weeks, which decided.
-- Depends on: claims
SELECT
    own.model, own.claim, own.part, block.tipping_share
FROM claims AS own
INNER JOIN claims AS block
    ON
        own.block_end = block.week
        AND own.model = block.model
        AND own.series = block.series
        AND own.params_hash = block.params_hash
        AND own.claim = block.claim
        AND own.part = block.part
WHERE own.week = cast($week AS DATE) AND own.verdict IS NOT NULL AND block.tipping_share IS NOT NULL
ORDER BY own.model, own.claim, own.part
