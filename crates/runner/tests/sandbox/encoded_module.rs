//! Modules that are encoded directly, for what the text format cannot say or takes too long over.

use wasm_encoder::{
    CodeSection, ExportKind, ExportSection, Function, FunctionSection, Module, TypeSection, ValType,
};

/// A module whose `decide` has the given locals and body, made without the text parser, which
/// would take longer over a bomb than admission does.
pub(crate) fn encoded(
    locals: &[(u32, ValType)],
    body: impl Fn(&mut Function),
    functions: u32,
) -> Vec<u8> {
    let mut types = TypeSection::new();
    types.ty().function([ValType::I64], [ValType::I64]);
    let mut section = FunctionSection::new();
    let mut code = CodeSection::new();
    for _ in 0..functions {
        section.function(0);
        let mut function = Function::new(locals.iter().copied());
        body(&mut function);
        function.instructions().local_get(0).end();
        code.function(&function);
    }
    let mut exports = ExportSection::new();
    exports.export("decide", ExportKind::Func, 0);
    let mut module = Module::new();
    module.section(&types).section(&section).section(&exports).section(&code);
    module.finish()
}

/// A body that is one part many times over.
pub(crate) fn repeated(count: u32, part: impl Fn(&mut Function)) -> impl Fn(&mut Function) {
    move |function| (0..count).for_each(|_| part(function))
}
