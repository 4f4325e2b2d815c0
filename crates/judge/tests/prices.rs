//! What a unit of fuel takes the image, whatever an agent executes.
//!
//! A run that is too long to be judged is no verdict, so an agent that took the image thousands of
//! instructions for a unit of fuel could put its seat beyond trials. Each admitted instruction is
//! executed many times here, on values that are hard for whoever has no float unit, with as little else
//! as can be.

use std::collections::BTreeMap;

use nets_judge::INSTRUCTIONS_PER_FUEL_MAX;

use crate::agreement::exit_code;
use crate::stage::{Stage, Told};

/// So often a body is executed once more.
const TURNS: u32 = 10;

/// Copies of an instruction in a body, so that little else counts.
const COPIES: usize = 40;

/// Values of each type that take long: subnormal, huge, just beyond what an integer holds, mixed.
const VALUES: [(&str, &[&str]); 5] = [
    ("i32", &["-1", "0x12345678", "7"]),
    ("i64", &["-1", "0x123456789abcdef", "7"]),
    ("f32", &["0x1.2345p-130", "-0x1.2346p-130", "0x1.fffffep127", "-0x1.8p23", "3.5", "nan"]),
    ("f64", &["0x1.2345p-1030", "-0x1.2346p-1030", "0x1.fffffp1023", "-0x1.8p52", "2147483648.5"]),
    (
        "v128",
        &[
            "f32x4 0x1.2345p-130 -0x1.8p23 3.5 -1.25",
            "f32x4 -0x1.2346p-130 0x1.800002p23 -3.500001 1.250001",
            "f64x2 0x1.2345p-1030 -0x1.8p52",
            "f64x2 -0x1.2346p-1030 0x1.8000001p52",
            "f64x2 2147483647.5 -3.5",
            "i32x4 -1 0x7f80ff01 0x3fc00000 5",
            "f32x4 2.5 -7.5 100000.5 nan",
        ],
    ),
];

/// Instructions of a form: operands, result.
type Form = (&'static [&'static str], &'static str, &'static str);

const FORMS: &[Form] = &[
    (&["i32"], "i32", "i32.eqz i32.clz i32.ctz i32.popcnt i32.extend8_s i32.extend16_s"),
    (
        &["i32", "i32"],
        "i32",
        "i32.add i32.sub i32.mul i32.and i32.or i32.xor i32.shl i32.shr_s i32.shr_u i32.rotl i32.rotr \
         i32.eq i32.ne i32.lt_s i32.lt_u i32.gt_s i32.gt_u i32.le_s i32.le_u i32.ge_s i32.ge_u \
         i32.div_u i32.rem_u",
    ),
    (&["i64"], "i64", "i64.clz i64.ctz i64.popcnt i64.extend8_s i64.extend16_s i64.extend32_s"),
    (
        &["i64", "i64"],
        "i64",
        "i64.add i64.sub i64.mul i64.and i64.or i64.xor i64.shl i64.shr_s i64.shr_u i64.rotl i64.rotr \
         i64.div_u i64.rem_u",
    ),
    (&["i64"], "i32", "i64.eqz i32.wrap_i64"),
    (
        &["i64", "i64"],
        "i32",
        "i64.eq i64.ne i64.lt_s i64.lt_u i64.gt_s i64.gt_u i64.le_s i64.le_u i64.ge_s i64.ge_u",
    ),
    (&["i32"], "i64", "i64.extend_i32_s i64.extend_i32_u"),
    (&["f32"], "f32", "f32.abs f32.neg f32.ceil f32.floor f32.trunc f32.nearest f32.sqrt"),
    (&["f32", "f32"], "f32", "f32.add f32.sub f32.mul f32.div f32.min f32.max f32.copysign"),
    (&["f32", "f32"], "i32", "f32.eq f32.ne f32.lt f32.gt f32.le f32.ge"),
    (&["f64"], "f64", "f64.abs f64.neg f64.ceil f64.floor f64.trunc f64.nearest f64.sqrt"),
    (&["f64", "f64"], "f64", "f64.add f64.sub f64.mul f64.div f64.min f64.max f64.copysign"),
    (&["f64", "f64"], "i32", "f64.eq f64.ne f64.lt f64.gt f64.le f64.ge"),
    (&["f32"], "i32", "i32.trunc_sat_f32_s i32.trunc_sat_f32_u i32.reinterpret_f32"),
    (&["f64"], "i32", "i32.trunc_sat_f64_s i32.trunc_sat_f64_u"),
    (&["f32"], "i64", "i64.trunc_sat_f32_s i64.trunc_sat_f32_u"),
    (&["f64"], "i64", "i64.trunc_sat_f64_s i64.trunc_sat_f64_u i64.reinterpret_f64"),
    (&["i32"], "f32", "f32.convert_i32_s f32.convert_i32_u f32.reinterpret_i32"),
    (&["i64"], "f32", "f32.convert_i64_s f32.convert_i64_u"),
    (&["i32"], "f64", "f64.convert_i32_s f64.convert_i32_u"),
    (&["i64"], "f64", "f64.convert_i64_s f64.convert_i64_u f64.reinterpret_i64"),
    (&["f64"], "f32", "f32.demote_f64"),
    (&["f32"], "f64", "f64.promote_f32"),
    (
        &["v128"],
        "v128",
        "v128.not i8x16.abs i8x16.neg i8x16.popcnt i16x8.abs i16x8.neg i32x4.abs i32x4.neg i64x2.abs \
         i64x2.neg f32x4.abs f32x4.neg f32x4.sqrt f32x4.ceil f32x4.floor f32x4.trunc f32x4.nearest \
         f64x2.abs f64x2.neg f64x2.sqrt f64x2.ceil f64x2.floor f64x2.trunc f64x2.nearest \
         i16x8.extadd_pairwise_i8x16_s i16x8.extadd_pairwise_i8x16_u i32x4.extadd_pairwise_i16x8_s \
         i32x4.extadd_pairwise_i16x8_u i16x8.extend_low_i8x16_s i16x8.extend_high_i8x16_u \
         i32x4.extend_low_i16x8_s i32x4.extend_high_i16x8_u i64x2.extend_low_i32x4_s \
         i64x2.extend_high_i32x4_u i32x4.trunc_sat_f32x4_s i32x4.trunc_sat_f32x4_u \
         i32x4.trunc_sat_f64x2_s_zero i32x4.trunc_sat_f64x2_u_zero f32x4.convert_i32x4_s \
         f32x4.convert_i32x4_u f64x2.convert_low_i32x4_s f64x2.convert_low_i32x4_u \
         f32x4.demote_f64x2_zero f64x2.promote_low_f32x4",
    ),
    (
        &["v128", "v128"],
        "v128",
        "v128.and v128.andnot v128.or v128.xor i8x16.swizzle i8x16.add i8x16.add_sat_s i8x16.add_sat_u \
         i8x16.sub i8x16.sub_sat_s i8x16.sub_sat_u i8x16.min_s i8x16.min_u i8x16.max_s i8x16.max_u \
         i8x16.avgr_u i8x16.eq i8x16.ne i8x16.lt_s i8x16.lt_u i8x16.gt_s i8x16.gt_u i8x16.le_s \
         i8x16.le_u i8x16.ge_s i8x16.ge_u i8x16.narrow_i16x8_s i8x16.narrow_i16x8_u i16x8.add \
         i16x8.add_sat_s i16x8.add_sat_u i16x8.sub i16x8.sub_sat_s i16x8.sub_sat_u i16x8.mul i16x8.min_s \
         i16x8.min_u i16x8.max_s i16x8.max_u i16x8.avgr_u i16x8.eq i16x8.ne i16x8.lt_s i16x8.lt_u \
         i16x8.gt_s i16x8.gt_u i16x8.le_s i16x8.le_u i16x8.ge_s i16x8.ge_u i16x8.narrow_i32x4_s \
         i16x8.narrow_i32x4_u i16x8.q15mulr_sat_s i16x8.extmul_low_i8x16_s i16x8.extmul_high_i8x16_u \
         i32x4.add i32x4.sub i32x4.mul i32x4.min_s i32x4.min_u i32x4.max_s i32x4.max_u i32x4.eq i32x4.ne \
         i32x4.lt_s i32x4.lt_u i32x4.gt_s i32x4.gt_u i32x4.le_s i32x4.le_u i32x4.ge_s i32x4.ge_u \
         i32x4.dot_i16x8_s i32x4.extmul_low_i16x8_s i32x4.extmul_high_i16x8_u i64x2.add i64x2.sub \
         i64x2.mul i64x2.eq i64x2.ne i64x2.lt_s i64x2.gt_s i64x2.le_s i64x2.ge_s \
         i64x2.extmul_low_i32x4_s i64x2.extmul_high_i32x4_u f32x4.add f32x4.sub f32x4.mul f32x4.div \
         f32x4.min f32x4.max f32x4.pmin f32x4.pmax f32x4.eq f32x4.ne f32x4.lt f32x4.gt f32x4.le f32x4.ge \
         f64x2.add f64x2.sub f64x2.mul f64x2.div f64x2.min f64x2.max f64x2.pmin f64x2.pmax f64x2.eq \
         f64x2.ne f64x2.lt f64x2.gt f64x2.le f64x2.ge",
    ),
    (&["v128", "v128", "v128"], "v128", "v128.bitselect"),
    (
        &["v128", "i32"],
        "v128",
        "i8x16.shl i8x16.shr_s i8x16.shr_u i16x8.shl i16x8.shr_s i16x8.shr_u i32x4.shl i32x4.shr_s \
         i32x4.shr_u i64x2.shl i64x2.shr_s i64x2.shr_u",
    ),
    (
        &["v128"],
        "i32",
        "v128.any_true i8x16.all_true i8x16.bitmask i16x8.all_true i16x8.bitmask i32x4.all_true \
         i32x4.bitmask i64x2.all_true i64x2.bitmask",
    ),
    (&["i32"], "v128", "i8x16.splat i16x8.splat i32x4.splat"),
    (&["i64"], "v128", "i64x2.splat"),
    (&["f32"], "v128", "f32x4.splat"),
    (&["f64"], "v128", "f64x2.splat"),
];

/// What takes an immediate, executes something else, or reaches memory: written out, with nothing on
/// the stack before and after.
const WRITTEN: &[&str] = &[
    "local.get $v128a drop",
    "i32.const 1 drop",
    "v128.const i64x2 1 2 drop",
    "local.get $v128a local.get $v128b i32.const 1 select drop",
    "local.get $v128a local.tee $v128b drop",
    "global.get $g drop",
    "local.get $v128a global.set $h",
    "local.get $v128a local.get $v128b i8x16.shuffle 0 31 2 29 4 27 6 25 8 23 10 21 12 19 14 17 drop",
    "local.get $v128a i8x16.extract_lane_s 15 drop",
    "local.get $v128a i64x2.extract_lane 1 drop",
    "local.get $v128a i32.const 5 i8x16.replace_lane 15 drop",
    "local.get $v128a i32.const 5 i16x8.replace_lane 7 drop",
    "local.get $v128a local.get $i64a i64x2.replace_lane 1 drop",
    "i32.const 9 i32.load offset=3 drop",
    "i32.const 9 i64.load offset=3 drop",
    "i32.const 9 i64.load32_s drop",
    "i32.const 9 v128.load offset=3 drop",
    "i32.const 9 v128.load8x8_s drop",
    "i32.const 9 v128.load8x8_u drop",
    "i32.const 9 v128.load16x4_u drop",
    "i32.const 9 v128.load32x2_s drop",
    "i32.const 9 v128.load8_splat drop",
    "i32.const 9 v128.load64_splat drop",
    "i32.const 9 v128.load64_zero drop",
    "i32.const 9 local.get $v128a v128.load8_lane 15 drop",
    "i32.const 9 local.get $v128a v128.load64_lane 1 drop",
    "i32.const 9 local.get $v128a v128.store8_lane 15",
    "i32.const 9 local.get $v128a v128.store64_lane 1",
    "i32.const 9 local.get $v128a v128.store",
    "i32.const 9 local.get $i64a i64.store",
    "i32.const 9 local.get $i64a i64.store8",
    "memory.size drop",
    "i32.const 0 memory.grow drop",
    "i32.const 70000 memory.grow drop",
    "i32.const 9 i32.const 5 i32.const 0 memory.fill",
    "i32.const 9 i32.const 5 i32.const 7 memory.fill",
    "i32.const 9 i32.const 5 i32.const 4000 memory.fill",
    "i32.const 9 i32.const 90 i32.const 7 memory.copy",
    "i32.const 9 i32.const 90 i32.const 4001 memory.copy",
    "i32.const 91 i32.const 90 i32.const 4001 memory.copy",
    "call $empty",
    "call $locals",
    "call $three drop drop drop",
    "i32.const 0 call_indirect (type $none)",
    "block i32.const 1 br_if 0 end",
    "block br 0 end",
    "block i32.const 1 br_table 0 0 0 end",
    "i32.const 0 if nop else nop end",
    "local.get $i32a local.get $i32b i32.div_s drop",
    "local.get $i64a local.get $i64b i64.div_s drop",
    "local.get $i64a local.get $i64b i64.rem_s drop",
    "f32.const 3.5 i32.trunc_f32_s drop",
    "f64.const 3.5 i64.trunc_f64_u drop",
];

/// What is measured: instructions after which the stack is as before, and the operands they are given.
struct Body {
    name: &'static str,
    given: String,
    text: String,
}

impl Body {
    /// The body, executed so many times.
    fn module(&self, turns: u32) -> Vec<u8> {
        let types = || VALUES.iter().map(|(ty, _)| ty);
        let locals = types().map(|ty| format!("(local ${ty}a {ty}) (local ${ty}b {ty})"));
        let locals: String = locals.collect();
        let Self { given, text, .. } = self;
        let text = format!(
            r#"(module (memory 1 4) (type $none (func)) (table 1 funcref) (elem (i32.const 0) $empty)
            (global $g i64 (i64.const 5)) (global $h (mut v128) (v128.const i64x2 0 0))
            (func $empty) (func $locals (local i32 i32 i32)) (func $three (result i32 i32 i32)
                i32.const 1 i32.const 2 i32.const 3)
            (func (export "decide") (param i64) (result i64) (local $turns i32) {locals}
                {given} i32.const {turns} local.set $turns
                loop {text} local.get $turns i32.const 1 i32.sub local.tee $turns br_if 0 end
                i64.const 0))"#
        );
        wat::parse_str(&text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    /// The instructions that so many turns take the image, and the fuel.
    fn run(&self, turns: u32) -> (u64, u64) {
        let system = nets_systems::build("rps", &[("throws".to_owned(), 1)].into()).unwrap();
        let module = self.module(turns);
        let stage = Stage::new(system, 1, vec![module.clone(), module]);
        let told = Told::of(&stage.play());
        assert_eq!(told.steps.len(), 1, "{}", self.name);
        let (code, instructions) = exit_code(&stage, &told, 0);
        assert_eq!(code, 0, "{}", self.name);
        (instructions, told.end.fuel_used[0])
    }
}

/// The bodies of a form: each instruction on each value, again and again on what has become of it where
/// that has the same type.
fn bodies((operands, result, names): Form) -> Vec<Body> {
    let ty = operands[0];
    let values = VALUES.iter().find(|(it, _)| *it == ty).unwrap().1;
    let others: String = operands[1..].iter().map(|ty| format!("local.get ${ty}b ")).collect();
    let mut bodies = Vec::new();
    for name in names.split_whitespace() {
        for (value, other) in values.iter().zip(values.iter().cycle().skip(1)) {
            let of_others = VALUES.map(|(ty, values)| (ty, values[1]));
            let of_others =
                of_others.map(|(ty, value)| format!("{ty}.const {value} local.set ${ty}b "));
            let given = format!(
                "{}{ty}.const {value} local.set ${ty}a {ty}.const {other} local.set ${ty}b ",
                of_others.concat()
            );
            let text = match ty == result {
                true => {
                    let chain = format!("{others}{name} ").repeat(COPIES);
                    format!("local.get ${ty}a {chain}drop ")
                }
                false => format!("local.get ${ty}a {others}{name} drop ").repeat(COPIES),
            };
            bodies.push(Body { name, given, text });
        }
    }
    bodies
}

#[test]
fn no_instruction_takes_the_image_more_than_is_said_of_a_unit_of_fuel() {
    let mut prices = BTreeMap::new();
    let written = WRITTEN.iter().map(|text| {
        let given =
            VALUES.map(|(ty, values)| format!("{ty}.const {} local.set ${ty}a ", values[0]));
        let divisors = "i32.const 7 local.set $i32b i64.const 7 local.set $i64b ";
        let (given, text) = (given.concat() + divisors, (*text, format!("{text} ").repeat(COPIES)));
        Body { name: text.0, given, text: text.1 }
    });
    let bodies: Vec<_> = FORMS.iter().flat_map(|form| bodies(*form)).chain(written).collect();
    for bodies in bodies.chunk_by(|one, next| one.name == next.name) {
        // What a match takes without the turns does not depend on the values.
        let once = bodies[0].run(1);
        for body in bodies {
            let (instructions, fuel) = body.run(1 + TURNS);
            let price = (instructions - once.0) / (fuel - once.1);
            let most: &mut u64 = prices.entry(body.name).or_default();
            *most = price.max(*most);
        }
    }
    let mut prices: Vec<(u64, &str)> = prices.into_iter().map(|(name, it)| (it, name)).collect();
    prices.sort();
    println!("dearest: {:?}", &prices[prices.len() - 30..]);
    let (most, name) = prices[prices.len() - 1];
    assert!(most <= INSTRUCTIONS_PER_FUEL_MAX, "{name} takes {most}");
}
