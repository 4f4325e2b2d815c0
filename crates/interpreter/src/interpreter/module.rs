//! Decoding: from the original bytes of a module to a [`Module`] that can be executed.
//!
//! The bytes are parsed and validated by `wasmparser`; nothing that admission or the metering
//! pass learnt about them is used, so that a mistake there is not repeated here. Index spaces
//! are those of the original module.
//!
//! Refused with [`DecodeError::Unsupported`]: whatever the sandbox refuses and this interpreter
//! therefore cannot execute. Invariant: a decoded module is valid, so the executor checks no
//! types and no indices.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use thiserror::Error;
use wasmparser::{
    ConstExpr, Data, DataKind, Element, ElementItems, ElementKind, ExternalKind, FuncType,
    Operator, Parser, Payload, ValidPayload, Validator, WasmFeatures,
};

use super::function::Function;
use super::slot::{Slot, Value};

/// The features a module may use: WebAssembly 2.0 without the reference instructions, which
/// lowering refuses.
const FEATURES: WasmFeatures = WasmFeatures::WASM2;

/// Why bytes are no module that the interpreter can execute.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The bytes are no valid WebAssembly module.
    #[error("invalid WebAssembly: {0}")]
    Invalid(#[from] wasmparser::Error),
    /// The module is valid but uses something outside the supported set.
    #[error("the interpreter supports no {what}; compile the agent without it")]
    Unsupported {
        /// The unsupported part, in the words of the WebAssembly specification.
        what: String,
    },
}

/// Shorthand for the error of an unsupported part.
pub(super) fn unsupported<T>(what: impl Into<String>) -> Result<T, DecodeError> {
    Err(DecodeError::Unsupported { what: what.into() })
}

/// Sizes of a memory in pages of 64 KiB.
#[derive(Debug, Clone, Copy)]
pub(super) struct MemoryPages {
    pub(super) initial: u32,
    pub(super) declared_max: Option<u32>,
}

/// An active segment: where it starts, and what it writes there.
#[derive(Debug, Clone)]
pub(super) struct Segment<T> {
    pub(super) offset: u32,
    pub(super) items: Vec<T>,
}

/// What an export names.
#[derive(Debug, Clone, Copy)]
pub(super) enum Export {
    Function(u32),
    Global(u32),
    Other,
}

/// A decoded, validated module, shared by all machines that run it.
#[derive(Debug, Default)]
pub struct Module {
    pub(super) types: Vec<FuncType>,
    /// For each type the lowest index of an equal one, so that equality is equality of numbers.
    pub(super) canonical_types: Vec<u32>,
    /// For each function the index of its type.
    pub(super) function_types: Vec<u32>,
    pub(super) functions: Vec<Function>,
    pub(super) memory: Option<MemoryPages>,
    pub(super) table_entries: Option<u32>,
    pub(super) globals: Vec<Slot>,
    pub(super) elements: Vec<Segment<Option<u32>>>,
    pub(super) data: Vec<Segment<u8>>,
    pub(super) exports: BTreeMap<String, Export>,
}

impl Module {
    /// Decodes and validates `bytes`.
    ///
    /// # Errors
    ///
    /// The bytes are not valid WebAssembly, or use something the sandbox does not offer.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut validator = Validator::new_with_features(FEATURES);
        let mut parser = Parser::new(0);
        parser.set_features(FEATURES);
        let mut module = Module::default();
        for payload in parser.parse_all(bytes) {
            let payload = payload?;
            match validator.payload(&payload)? {
                ValidPayload::Func(function, body) => {
                    let validator = function.into_validator(Default::default());
                    let function = Function::decode(&module, validator, &body)?;
                    module.functions.push(function);
                }
                _ => module.read_section(payload)?,
            }
        }
        Ok(module)
    }

    /// The type of function `index`.
    pub(super) fn function_type(&self, index: u32) -> &FuncType {
        &self.types[self.function_types[index as usize] as usize]
    }

    fn read_section(&mut self, payload: Payload<'_>) -> Result<(), DecodeError> {
        match payload {
            Payload::TypeSection(types) => {
                for function_type in types.into_iter_err_on_gc_types() {
                    self.types.push(function_type?);
                }
                self.number_types();
            }
            Payload::ImportSection(imports) if imports.count() > 0 => {
                return unsupported("imports");
            }
            Payload::FunctionSection(functions) => {
                self.function_types = functions.into_iter().collect::<Result<_, _>>()?;
            }
            Payload::TableSection(tables) => {
                for table in tables {
                    self.read_table(&table?)?;
                }
            }
            Payload::MemorySection(memories) => {
                for memory in memories {
                    let memory = memory?;
                    self.memory = Some(MemoryPages {
                        initial: page_count(memory.initial)?,
                        declared_max: memory.maximum.map(page_count).transpose()?,
                    });
                }
            }
            Payload::GlobalSection(globals) => {
                for global in globals {
                    self.globals.push(constant(&global?.init_expr)?);
                }
            }
            Payload::ExportSection(exports) => {
                for export in exports {
                    self.read_export(&export?);
                }
            }
            Payload::StartSection { .. } => return unsupported("start function"),
            Payload::ElementSection(elements) => {
                for element in elements {
                    self.read_element(element?)?;
                }
            }
            Payload::DataSection(segments) => {
                for segment in segments {
                    self.read_data(segment?)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn number_types(&mut self) {
        let mut first = BTreeMap::new();
        self.canonical_types = (0..)
            .zip(&self.types)
            .map(|(index, function_type)| *first.entry(function_type).or_insert(index))
            .collect();
    }

    fn read_table(&mut self, table: &wasmparser::Table<'_>) -> Result<(), DecodeError> {
        if self.table_entries.is_some() {
            return unsupported("second table");
        }
        if table.ty.element_type != wasmparser::RefType::FUNCREF {
            return unsupported("table of anything but funcref");
        }
        match u32::try_from(table.ty.initial) {
            Ok(entries) => self.table_entries = Some(entries),
            Err(_) => return unsupported("64-bit table"),
        }
        Ok(())
    }

    fn read_export(&mut self, export: &wasmparser::Export<'_>) {
        let item = match export.kind {
            ExternalKind::Func => Export::Function(export.index),
            ExternalKind::Global => Export::Global(export.index),
            _ => Export::Other,
        };
        self.exports.insert(export.name.to_owned(), item);
    }

    fn read_element(&mut self, element: Element<'_>) -> Result<(), DecodeError> {
        let offset = match &element.kind {
            ElementKind::Active { offset_expr, .. } => constant(offset_expr)?,
            ElementKind::Passive => return unsupported("passive element segment"),
            // A declared segment only permits `ref.func`, which is refused where it occurs.
            ElementKind::Declared => return Ok(()),
        };
        let items = match element.items {
            ElementItems::Functions(functions) => {
                functions.into_iter().map(|f| Ok(Some(f?))).collect::<Result<_, DecodeError>>()?
            }
            ElementItems::Expressions(_, expressions) => expressions
                .into_iter()
                .map(|e| function_reference(&e?))
                .collect::<Result<_, _>>()?,
        };
        self.elements.push(Segment { offset: u32::from_slot(offset), items });
        Ok(())
    }

    fn read_data(&mut self, segment: Data<'_>) -> Result<(), DecodeError> {
        let DataKind::Active { offset_expr, .. } = &segment.kind else {
            return unsupported("passive data segment");
        };
        let offset = u32::from_slot(constant(offset_expr)?);
        self.data.push(Segment { offset, items: segment.data.to_vec() });
        Ok(())
    }
}

impl<T> Segment<T> {
    /// The indices the segment writes, which may end past what it is written into.
    pub(super) fn range(&self) -> Range<usize> {
        let start = self.offset as usize;
        start..start.saturating_add(self.items.len())
    }
}

fn page_count(pages: u64) -> Result<u32, DecodeError> {
    u32::try_from(pages).or_else(|_| unsupported("64-bit memory"))
}

/// The value of a constant expression of one instruction.
fn constant(expression: &ConstExpr<'_>) -> Result<Slot, DecodeError> {
    let mut operators = expression.get_operators_reader();
    let value = match operators.read()? {
        Operator::I32Const { value } => value.into_slot(),
        Operator::I64Const { value } => value.into_slot(),
        Operator::F32Const { value } => value.bits().into_slot(),
        Operator::F64Const { value } => value.bits().into_slot(),
        Operator::V128Const { value } => u128::from_le_bytes(*value.bytes()),
        other => return unsupported(format!("constant {other:?}")),
    };
    match operators.read()? {
        Operator::End => Ok(value),
        other => unsupported(format!("constant expression with {other:?}")),
    }
}

/// The function that an element expression refers to, if not null.
fn function_reference(expression: &ConstExpr<'_>) -> Result<Option<u32>, DecodeError> {
    match expression.get_operators_reader().read()? {
        Operator::RefFunc { function_index } => Ok(Some(function_index)),
        Operator::RefNull { .. } => Ok(None),
        other => unsupported(format!("element {other:?}")),
    }
}
