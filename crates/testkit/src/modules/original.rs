//! A module taken apart as far as is needed to give it another `decide`.

use std::ops::Range;

use wasm_encoder::{
    CodeSection, ExportKind, ExportSection, Function, FunctionSection, Module, RawSection,
    SectionId, TypeSection, ValType,
};
use wasmparser::{Parser, Payload};

/// What of a module is needed to append a function.
#[derive(Default)]
pub(super) struct Original {
    bytes: Vec<u8>,
    sections: Vec<(u8, Range<usize>)>,
    type_count: u32,
    functions: Vec<u32>,
    bodies: Vec<Range<usize>>,
    /// The globals that can be written.
    pub(super) globals: Vec<(u32, wasmparser::ValType)>,
    pub(super) has_memory: bool,
    /// The function with the name that was asked for.
    pub(super) inner: u32,
}

impl Original {
    /// Reads a valid module without imports, whose function `inner` is what will be called.
    pub(super) fn read(bytes: Vec<u8>, inner: &str) -> Self {
        let mut original = Self::default();
        for payload in Parser::new(0).parse_all(&bytes) {
            let payload = payload.expect("a valid module");
            if let Some((id, range)) = payload.as_section() {
                original.sections.push((id, range));
            }
            original.payload(payload, inner);
        }
        original.bytes = bytes;
        original
    }

    /// The module with this function as its `decide` and only export.
    pub(super) fn with_decide(&self, decide: &Function) -> Vec<u8> {
        let mut module = Module::new();
        for (id, range) in &self.sections {
            let data = &self.bytes[range.clone()];
            match *id {
                id if id == SectionId::Type as u8 => module.section(&self.types(range)),
                id if id == SectionId::Function as u8 => module.section(&self.functions()),
                id if id == SectionId::Export as u8 => module.section(&self.exports()),
                id if id == SectionId::Code as u8 => module.section(&self.code(decide)),
                id => module.section(&RawSection { id, data }),
            };
        }
        module.finish()
    }

    fn payload(&mut self, payload: Payload<'_>, inner: &str) {
        match payload {
            Payload::TypeSection(section) => self.type_count = section.count(),
            Payload::FunctionSection(section) => {
                self.functions = section.into_iter().map(|ty| ty.expect("valid")).collect();
            }
            Payload::CodeSectionEntry(body) => self.bodies.push(body.range()),
            Payload::MemorySection(section) => self.has_memory = section.count() > 0,
            Payload::GlobalSection(section) => {
                for (index, global) in (0..).zip(section) {
                    let ty = global.expect("valid").ty;
                    if ty.mutable {
                        self.globals.push((index, ty.content_type));
                    }
                }
            }
            Payload::ExportSection(section) => {
                let exports = section.into_iter().map(|export| export.expect("valid"));
                let inner = exports.into_iter().find(|export| export.name == inner);
                self.inner = inner.expect("it is exported").index;
            }
            _ => {}
        }
    }

    fn types(&self, range: &Range<usize>) -> TypeSection {
        let mut types = TypeSection::new();
        let reader = wasmparser::BinaryReader::new(&self.bytes[range.clone()], range.start);
        let section = wasmparser::TypeSectionReader::new(reader).expect("valid");
        for ty in section.into_iter_err_on_gc_types() {
            let ty = ty.expect("valid");
            let convert = |types: &[wasmparser::ValType]| -> Vec<ValType> {
                types.iter().map(|&ty| val_type(ty)).collect()
            };
            types.ty().function(convert(ty.params()), convert(ty.results()));
        }
        types.ty().function([ValType::I64], [ValType::I64]);
        types
    }

    fn functions(&self) -> FunctionSection {
        let mut section = FunctionSection::new();
        self.functions.iter().for_each(|&ty| {
            section.function(ty);
        });
        section.function(self.type_count);
        section
    }

    fn exports(&self) -> ExportSection {
        let mut section = ExportSection::new();
        let decide = u32::try_from(self.functions.len()).expect("a small number");
        section.export("decide", ExportKind::Func, decide);
        section
    }

    fn code(&self, decide: &Function) -> CodeSection {
        let mut section = CodeSection::new();
        for body in &self.bodies {
            section.raw(&self.bytes[body.clone()]);
        }
        section.function(decide);
        section
    }
}

/// The type, for who writes modules.
pub(super) fn val_type(ty: wasmparser::ValType) -> ValType {
    match ty {
        wasmparser::ValType::I32 => ValType::I32,
        wasmparser::ValType::F32 => ValType::F32,
        wasmparser::ValType::F64 => ValType::F64,
        wasmparser::ValType::V128 => ValType::V128,
        _ => ValType::I64,
    }
}
