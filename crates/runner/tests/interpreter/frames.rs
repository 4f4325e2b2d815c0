//! The logical stack: which calls fit, and that frames are those that admission computes.

use nets_runner::sandbox::admit;
use nets_runner::sandbox::interpreter::{Bounds, Stop};

use super::{decide, invoke, machine_within};

#[test]
fn recursion_ends_at_the_depth_that_the_frame_size_gives() {
    // 11 instructions, 1 parameter, height 2: 64 + 16 * 3 + 8 * 11 = 200 bytes a frame, of which
    // 16 MiB hold 83,886. An argument of n makes n + 1 frames.
    let text = "(module
        (func $down (export \"decide\") (param i64) (result i64)
          local.get 0 i64.eqz
          if (result i64) i64.const 0
          else local.get 0 i64.const 1 i64.sub call $down
          end))";
    assert!(decide(text, 83_885, u64::MAX).is_ok());
    assert_eq!(decide(text, 83_886, u64::MAX), Err(Stop::Stack));
}

#[test]
fn returning_gives_the_frame_back() {
    // Each turn calls twice as deep as would fit if frames added up over the turns.
    let text = "(module
        (func $down (param i64)
          local.get 0 i64.eqz br_if 0
          local.get 0 i64.const 1 i64.sub call $down)
        (func (export \"decide\") (param i64) (result i64)
          loop
            i64.const 60000 call $down
            local.get 0 i64.const 1 i64.sub local.tee 0 i64.const 0 i64.ne br_if 0
          end
          i64.const 0))";
    assert!(decide(text, 4, u64::MAX).is_ok());
}

/// Bodies of `decide` whose greatest operand height is easy to get wrong.
const BODIES: &[&str] = &[
    "local.get 0",
    "(local v128 i32) local.get 0 local.get 0 i64.add",
    "i64.const 1 i64.const 2 i64.const 3 drop drop",
    // Values are never pushed here, but validation counts them.
    "i64.const 1 return i64.const 2 i64.const 3 i64.const 4 i64.const 5 unreachable",
    "i64.const 1 return block (result i64 i64 i64 i64) unreachable end drop drop drop",
    "i64.const 1 return loop (result i64) br 0 i64.const 1 i64.const 1 i64.const 1 i64.add drop end",
    // The height at which an inner block begins counts.
    "i64.const 1 i64.const 1 block i64.const 1 i64.const 1 drop drop end i64.add",
    "i64.const 1 i32.const 1 if (param i64) (result i64 i64) i64.const 1 else i64.const 2 end i64.add",
    "i64.const 1 i32.const 0 br_table 0 0",
    "i64.const 1 return i64.add",
];

#[test]
fn frames_are_those_that_admission_computes() {
    for body in BODIES {
        let text = format!("(module (func (export \"decide\") (param i64) (result i64) {body}))");
        let bytes = wat::parse_str(&text).expect("the text is a module");
        let frame = admit(&bytes).expect("the module is admitted").functions()[0].frame_bytes();
        let within = |stack_bytes| {
            let bounds = Bounds { stack_bytes, ..Bounds::PROTOCOL };
            invoke(&mut machine_within(&text, bounds), 1, 1_000)
        };
        assert!(within(frame).is_ok(), "{body}");
        assert_eq!(within(frame - 1), Err(Stop::Stack), "{body}");
    }
}
