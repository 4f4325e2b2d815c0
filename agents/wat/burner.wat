;; Never answers: it burns all its fuel in its first decision, which is a fault.
(module
  (func (export "decide") (param $seen i64) (result i64)
    (loop $for_ever (br $for_ever))
    unreachable))
