//! The image judges the largest modules that are admitted, at their deepest: what runs out of its memory
//! would be no verdict.

use nets_core::{FuelClock, SeatSet, Termination};
use nets_interpreter::limits::{BODY_INSTRUCTIONS, CODE_SIZE, MEMORY_PAGES, MODULE_SIZE};
use nets_judge::INSTRUCTIONS_PER_MODULE_MAX;
use wasm_encoder::{
    CodeSection, ConstExpr, DataSection, ExportKind, ExportSection, Function, FunctionSection,
    MemorySection, MemoryType, Module, TypeSection, ValType,
};

use crate::agreement::all_agree;
use crate::stage::Stage;

/// Enough to fill the memory and the stack.
const FUEL_CLOCK: FuelClock = FuelClock { base: 20_000_000, increment: 0, cap: 20_000_000 };

/// Bytes of a module that are neither code nor data.
const FRAME: u64 = 4_096;

/// A module as large as may be, nearly all of it data or code. It fills its memory, and calls itself
/// until it may not.
fn module() -> Vec<u8> {
    let (mut types, mut functions) = (TypeSection::new(), FunctionSection::new());
    types.ty().function([ValType::I64], [ValType::I64]);
    let mut code = CodeSection::new();
    let mut deepest = Function::new([(8, ValType::V128)]);
    deepest.instructions().local_get(0).call(1).end();
    let mut decide = Function::new([]);
    let whole = i32::try_from(MEMORY_PAGES * 65_536).unwrap();
    decide.instructions().i32_const(0).i32_const(7).i32_const(whole).memory_fill(0);
    decide.instructions().local_get(0).call(1).end();
    functions.function(0).function(0);
    code.function(&decide).function(&deepest);
    // Instructions of one byte are most to whoever lowers them.
    let instructions = BODY_INSTRUCTIONS.value - 8;
    for _ in 0..CODE_SIZE.value / instructions - 1 {
        let mut body = Function::new([]);
        for _ in 0..instructions {
            body.instructions().nop();
        }
        body.instructions().local_get(0).end();
        functions.function(0);
        code.function(&body);
    }
    let mut memory = MemorySection::new();
    let (minimum, maximum) = (MEMORY_PAGES.into(), Some(MEMORY_PAGES.into()));
    memory.memory(MemoryType {
        minimum,
        maximum,
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    let mut exports = ExportSection::new();
    exports.export("decide", ExportKind::Func, 0);
    let mut data = DataSection::new();
    let bytes = vec![0x5a; usize::try_from(MODULE_SIZE.value - CODE_SIZE.value - FRAME).unwrap()];
    data.active(0, &ConstExpr::i32_const(0), bytes);
    let mut module = Module::new();
    module.section(&types).section(&functions).section(&memory).section(&exports);
    module.section(&code).section(&data);
    module.finish()
}

#[test]
fn all_agree_about_the_largest_module_at_its_deepest() {
    let module = module();
    assert!(module.len() as u64 > MODULE_SIZE.value - 64 * 1_024, "{} bytes", module.len());
    let system = nets_systems::build("cartpole", &Default::default()).unwrap();
    let mut stage = Stage::new(system, 1, vec![module]);
    stage.spec.rules.fuel_clock = FUEL_CLOCK;
    let (told, instructions) = all_agree(&stage, "the largest module");
    assert_eq!(told.end.termination, Termination::Forfeit(SeatSet(1)));
    // Two questions were asked, and fuel is counted by itself, but for the least that it can be.
    let each = instructions / 2;
    assert!(each <= INSTRUCTIONS_PER_MODULE_MAX, "{each} instructions");
}
