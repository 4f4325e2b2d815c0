;; Answers an action that is legal in no System, and so forfeits at its first decision.
(module
  (func (export "decide") (param $seen i64) (result i64)
    (i64.const -1)))
