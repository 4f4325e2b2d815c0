//! Random agents that run long: loops, escapes, calls, memory and floats, written as text.
//!
//! A general generator of modules makes programs that trap or end after a few instructions. These
//! keep computing, and fold all they computed into the action, so a wrong bit anywhere shows. The
//! text of an agent that shows a difference is itself the bug report.

use std::fmt::Write;

/// The value types, with the prefix of their instructions.
const TYPES: [&str; 5] = ["i32", "i64", "f32", "f64", "v128"];

/// Locals of each type in every function, besides loop counters.
const LOCALS: u64 = 3;

/// Functions; the first is `decide`.
const FUNCTIONS: u64 = 4;

/// Returns the text of the agent with this seed.
///
/// # Panics
/// Never: writing to a string does not fail.
pub fn text(seed: u64) -> String {
    let mut writer = Writer { random: Random(seed), counters: 0, labels: Vec::new() };
    let mut text = String::from(
        "(module (memory 1 6)\n(global $g (mut i64) (i64.const 7))\n(table 3 funcref)\n\
         (elem (i32.const 0) $f1 $f2)\n(type $t (func (param i64) (result i64)))\n\
         (data (i32.const 100) \"\\01\\00\\c0\\7f\\ff\\ff\\ff\\ff\\00\\00\\80\\7f\\01\\00\\a0\\7f\")\n",
    );
    for function in 0..FUNCTIONS {
        let export = if function == 0 { " (export \"decide\")" } else { "" };
        let body = writer.function();
        writeln!(text, "(func $f{function}{export} (param $x i64) (result i64)\n{body})")
            .expect("writing to a string");
    }
    text.push(')');
    text
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn pick<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[usize::try_from(self.below(choices.len() as u64)).expect("a small number")]
    }
}

struct Writer {
    random: Random,
    /// Loop counters of the function being written.
    counters: u64,
    /// Labels that a branch without values may name.
    labels: Vec<String>,
}

impl Writer {
    fn function(&mut self) -> String {
        self.counters = 0;
        let mut statements = String::new();
        for _ in 0..3 + self.random.below(6) {
            let statement = self.statement(3);
            statements.push_str(&statement);
            statements.push('\n');
        }
        let mut text = String::new();
        for ty in TYPES {
            for index in 0..LOCALS {
                write!(text, "(local ${ty}{index} {ty}) ").expect("writing to a string");
            }
        }
        for counter in 0..self.counters {
            write!(text, "(local $c{counter} i32) ").expect("writing to a string");
        }
        format!("{text}\n{statements}{}", fold_everything())
    }

    fn statement(&mut self, depth: u64) -> String {
        let choices = if depth == 0 { 6 } else { 12 };
        match self.random.below(choices) {
            0..=2 => self.set_local(),
            3 => self.store(),
            4 => format!("(global.set $g {})", self.value("i64", 2)),
            5 => self.leave(),
            6 => self.bulk(),
            7 => self.conditional(depth - 1),
            8 | 9 => self.counted_loop(depth - 1),
            _ => {
                let label = format!("$b{}", self.random.next());
                self.labels.push(label.clone());
                let inside = self.statements(depth - 1);
                self.labels.pop();
                format!("(block {label}\n{inside})")
            }
        }
    }

    fn statements(&mut self, depth: u64) -> String {
        let count = 1 + self.random.below(4);
        (0..count).map(|_| self.statement(depth) + "\n").collect()
    }

    fn set_local(&mut self) -> String {
        let ty = self.random.pick(&TYPES);
        let index = self.random.below(LOCALS);
        format!("(local.set ${ty}{index} {})", self.value(ty, 3))
    }

    fn store(&mut self) -> String {
        let ty = self.random.pick(&TYPES);
        format!("({ty}.store {} {})", self.address(), self.value(ty, 2))
    }

    /// Leaves a block or the function, or calls on a loop to go on, mostly under a condition.
    fn leave(&mut self) -> String {
        let condition = self.value("i32", 2);
        if self.labels.is_empty() || self.random.below(8) == 0 {
            return format!("(if {condition} (then (return {})))", self.value("i64", 1));
        }
        let labels = self.labels.clone();
        let names: Vec<&str> = labels.iter().map(String::as_str).collect();
        let label = self.random.pick(&names);
        match self.random.below(12) {
            0 => format!("(br_table {label} {} {condition})", self.random.pick(&names)),
            1 => format!("(if {condition} (then (br {label})))"),
            _ => format!("(br_if {label} {condition})"),
        }
    }

    fn bulk(&mut self) -> String {
        let (to, from) = (self.address(), self.address());
        let length = self.random.below(300);
        match self.random.below(4) {
            0 => format!("(memory.fill {to} {} (i32.const {length}))", self.value("i32", 1)),
            1 => format!("(memory.copy {to} {from} (i32.const {length}))"),
            2 => format!("(local.set $i320 (memory.grow (i32.const {})))", length % 4),
            _ => String::from("(local.set $i321 (memory.size))"),
        }
    }

    fn conditional(&mut self, depth: u64) -> String {
        let condition = self.value("i32", 2);
        let taken = self.statements(depth);
        if self.random.below(2) == 0 {
            return format!("(if {condition} (then\n{taken}))");
        }
        format!("(if {condition} (then\n{taken}) (else\n{}))", self.statements(depth))
    }

    fn counted_loop(&mut self, depth: u64) -> String {
        let counter = format!("$c{}", self.counters);
        self.counters += 1;
        let label = format!("$l{}", self.random.next());
        let (exit, turns) = (format!("{label}exit"), 1 + self.random.below(9));
        self.labels.push(exit.clone());
        // Branching to a loop without counting could go on for ever, which fuel must end.
        let rarely = self.random.below(20) == 0;
        if rarely {
            self.labels.push(label.clone());
        }
        let body = self.statements(depth);
        if rarely {
            self.labels.pop();
        }
        self.labels.pop();
        format!(
            "(local.set {counter} (i32.const {turns}))\n(block {exit} (loop {label}\n{body}\
             (br_if {label} (local.tee {counter} (i32.sub (local.get {counter}) (i32.const 1))))))"
        )
    }

    /// An address, nearly always inside the first page.
    fn address(&mut self) -> String {
        let value = self.value("i32", 1);
        if self.random.below(200) == 0 {
            return value;
        }
        format!("(i32.and {value} (i32.const 0xff8))")
    }

    fn value(&mut self, ty: &str, depth: u64) -> String {
        if depth == 0 || self.random.below(4) == 0 {
            return self.leaf(ty);
        }
        let depth = depth - 1;
        match self.random.below(10) {
            0 => format!("({ty}.load {})", self.address()),
            1 if ty != "v128" => format!(
                "(select {} {} {})",
                self.value(ty, depth),
                self.value(ty, depth),
                self.value("i32", depth)
            ),
            _ => match ty {
                "i32" => self.i32(depth),
                "i64" => self.i64(depth),
                "f32" | "f64" => self.float(ty, depth),
                _ => self.v128(depth),
            },
        }
    }

    fn leaf(&mut self, ty: &str) -> String {
        if self.random.below(3) > 0 {
            let index = self.random.below(LOCALS);
            return match ty {
                "i64" if index == 0 => String::from("(local.get $x)"),
                _ => format!("(local.get ${ty}{index})"),
            };
        }
        let small = self.random.below(5);
        let float = ["0", "-1.5", "inf", "nan:0x123", "1e-40"];
        let constant = match ty {
            "f32" | "f64" => self.random.pick(&float).to_owned(),
            "v128" => {
                let lanes = [(); 4].map(|()| self.random.pick(&float));
                format!("f32x4 {}", lanes.join(" "))
            }
            _ if small == 0 => {
                format!("{}", self.random.next() >> if ty == "i32" { 32 } else { 0 })
            }
            _ => format!("{small}"),
        };
        format!("({ty}.const {constant})")
    }

    fn i32(&mut self, depth: u64) -> String {
        let binary = [
            "add", "sub", "mul", "and", "or", "xor", "shl", "shr_s", "shr_u", "rotl", "eq", "ne",
            "lt_s", "lt_u", "ge_s", "div_u", "rem_s",
        ];
        match self.random.below(8) {
            0 => format!(
                "(i32.{} {})",
                self.random.pick(&["clz", "ctz", "popcnt", "eqz", "extend8_s"]),
                self.value("i32", depth)
            ),
            1 => format!("(i32.wrap_i64 {})", self.value("i64", depth)),
            2 => format!(
                "(f64.{} {} {})",
                self.random.pick(&["lt", "eq", "ge"]),
                self.value("f64", depth),
                self.value("f64", depth)
            ),
            3 => format!(
                "(i32.{} {})",
                self.random.pick(&["reinterpret_f32", "trunc_sat_f32_s", "trunc_sat_f32_u"]),
                self.value("f32", depth)
            ),
            4 => format!(
                "(i32x4.extract_lane {} {})",
                self.random.below(4),
                self.value("v128", depth)
            ),
            _ => self.binary("i32", &binary, depth),
        }
    }

    fn i64(&mut self, depth: u64) -> String {
        let binary = ["add", "sub", "mul", "xor", "shl", "shr_u", "rotr", "and", "div_s", "rem_u"];
        match self.random.below(9) {
            0 => format!(
                "(i64.extend_i32_{} {})",
                self.random.pick(&["s", "u"]),
                self.value("i32", depth)
            ),
            1 => format!(
                "(i64.{} {})",
                self.random.pick(&["reinterpret_f64", "trunc_sat_f64_s"]),
                self.value("f64", depth)
            ),
            2 => format!("(i64x2.extract_lane 1 {})", self.value("v128", depth)),
            3 if depth > 0 => {
                let function = 1 + self.random.below(FUNCTIONS - 1);
                format!("(call $f{function} {})", self.value("i64", depth))
            }
            4 if self.random.below(3) == 0 => {
                let entry = self.random.below(21) / 10;
                format!(
                    "(call_indirect (type $t) {} (i32.const {entry}))",
                    self.value("i64", depth)
                )
            }
            5 => String::from("(global.get $g)"),
            _ => self.binary("i64", &binary, depth),
        }
    }

    fn float(&mut self, ty: &str, depth: u64) -> String {
        let (other, convert) = match ty {
            "f32" => ("f64", "demote_f64"),
            _ => ("f32", "promote_f32"),
        };
        let unary = ["sqrt", "neg", "abs", "ceil", "floor", "trunc", "nearest"];
        match self.random.below(7) {
            0 | 1 => format!("({ty}.{} {})", self.random.pick(&unary), self.value(ty, depth)),
            2 => format!("({ty}.{convert} {})", self.value(other, depth)),
            3 => format!("({ty}.convert_i32_s {})", self.value("i32", depth)),
            4 => format!(
                "({ty}x{}.extract_lane 1 {})",
                if ty == "f32" { 4 } else { 2 },
                self.value("v128", depth)
            ),
            _ => self.binary(ty, &["add", "sub", "mul", "div", "min", "max", "copysign"], depth),
        }
    }

    fn v128(&mut self, depth: u64) -> String {
        let floats = ["add", "sub", "mul", "div", "min", "max", "pmin", "pmax", "lt", "ne"];
        let unary = ["sqrt", "neg", "abs", "ceil", "floor", "trunc", "nearest"];
        let lanes = self.random.pick(&["f32x4", "f64x2"]);
        match self.random.below(9) {
            0 => format!("(f32x4.splat {})", self.value("f32", depth)),
            1 => format!("(f64x2.splat {})", self.value("f64", depth)),
            2 => format!("(i64x2.splat {})", self.value("i64", depth)),
            3 => format!("({lanes}.{} {})", self.random.pick(&unary), self.value("v128", depth)),
            4 => self.binary("i32x4", &["add", "mul", "sub", "dot_i16x8_s", "min_u"], depth),
            5 => self.binary("v128", &["xor", "and", "andnot"], depth),
            6 => format!(
                "({} {})",
                self.random.pick(&[
                    "f32x4.demote_f64x2_zero",
                    "f64x2.promote_low_f32x4",
                    "i32x4.trunc_sat_f32x4_s",
                    "i32x4.trunc_sat_f64x2_u_zero",
                    "f32x4.convert_i32x4_u"
                ]),
                self.value("v128", depth)
            ),
            _ => self.binary(lanes, &floats, depth),
        }
    }

    /// An instruction of two operands; those of vectors take vectors.
    fn binary(&mut self, prefix: &str, names: &[&str], depth: u64) -> String {
        let ty = if prefix.contains('x') { "v128" } else { prefix };
        let name = self.random.pick(names);
        format!("({prefix}.{name} {} {})", self.value(ty, depth), self.value(ty, depth))
    }
}

/// An expression of all locals, the global and some memory, in which each bit counts.
fn fold_everything() -> String {
    let mut parts = vec![String::from("(global.get $g)")];
    for index in 0..LOCALS {
        parts.push(format!("(i64.extend_i32_u (local.get $i32{index}))"));
        parts.push(format!("(local.get $i64{index})"));
        parts.push(format!("(i64.extend_i32_u (i32.reinterpret_f32 (local.get $f32{index})))"));
        parts.push(format!("(i64.reinterpret_f64 (local.get $f64{index}))"));
        parts.push(format!("(i64x2.extract_lane 0 (local.get $v128{index}))"));
        parts.push(format!("(i64x2.extract_lane 1 (local.get $v128{index}))"));
        parts.push(format!("(i64.load (i32.const {}))", 96 + 8 * index));
    }
    let fold = |folded: String, part: String| {
        format!("(i64.xor {part} (i64.mul {folded} (i64.const 0x100000001b3)))")
    };
    parts.into_iter().fold(String::from("(i64.const 0)"), fold)
}
