;; Throws rock, paper, scissors, rock, … in turn.
;;
;; The lowest 16 bits of the packed observation count the throws played so far.
(module
  (func (export "decide") (param $seen i64) (result i64)
    (i64.rem_u
      (i64.and (local.get $seen) (i64.const 0xffff))
      (i64.const 3))))
