-- Answers: which changes of shares of studies are clear, and would they be if slots that nobody saw are
--   unlike the others?
-- Grain: study × model × condition × attribute × labeler × version × value, over all subjects, where more
--   than 2 % of the slots of one side are unseen.
-- Columns: of study_effects.
-- Depends on: study_effects
SELECT
    study, model, b, attribute, labeler, labeler_version, value_name, tipping_share
FROM study_effects
WHERE subject IS NULL AND unseen_share > 0.02 AND (low > 0 OR high < 0)
ORDER BY study, model, b, attribute, labeler, labeler_version, value_name
