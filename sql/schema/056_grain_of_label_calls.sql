-- What it makes: the grain of label_attempts as it is. A call has its id from labeler, pictures and
--   attributes: where two models, or one model in two weeks, gave the same picture, two calls have one id.
-- Grain: week, model, call, attempt.

COMMENT ON TABLE label_attempts IS
'One row for each call in which a vision model was asked to label pictures.
A labeler that declines is an outcome here and never a label.
Grain: week, model, call, attempt.';
