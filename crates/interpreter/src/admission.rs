//! Admission: which modules may play.
//!
//! [`admit`] checks a module against the feature list and the limits in one pass over its bytes,
//! before anything is compiled, and describes what it found in an [`AdmittedModule`]. Sections are
//! checked here, function bodies in `function_body`, refusals are spelled out in `refusal`.
//! Each count is compared with its limit before the counted things are looked at, so a bomb is
//! refused for the price of reading its header.
//! Invariant: what is admitted depends on the bytes alone, never on an engine, a host or a setting.

mod function_body;
mod refusal;

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use sha2::{Digest, Sha256};
use wasmparser::{
    ConstExpr, DataKind, ElementItems, ElementKind, Export, ExternalKind, FuncValidatorAllocations,
    FunctionBody, Operator, Parser, Payload, ValType, Validator, WasmFeatures,
};

pub use self::refusal::AdmissionError;
use super::limits::{self, Limit};
use super::module::{
    AdmittedModule, Constant, DataSegment, ElementSegment, Function, Global, Memory, Parts,
    Signature,
};
use function_body::BodyTotals;

/// The WebAssembly features that agents may use; everything else is invalid.
///
/// `CALL_INDIRECT_OVERLONG` is an encoding of `call_indirect` that compilers emit, and
/// `BULK_MEMORY_OPT` is `memory.copy` and `memory.fill` alone.
pub const FEATURES: WasmFeatures = WasmFeatures::WASM1
    .union(WasmFeatures::SIGN_EXTENSION)
    .union(WasmFeatures::SATURATING_FLOAT_TO_INT)
    .union(WasmFeatures::MULTI_VALUE)
    .union(WasmFeatures::BULK_MEMORY_OPT)
    .union(WasmFeatures::CALL_INDIRECT_OVERLONG)
    .union(WasmFeatures::SIMD);

/// How every module begins.
const MAGIC: &[u8] = b"\0asm";
/// The version of WebAssembly that follows.
const VERSION: u32 = 1;
/// Name of the one export that every agent must have.
const DECIDE: &str = "decide";
/// Name under which an agent that wants full observations exports its memory.
const MEMORY: &str = "memory";
/// Name of the global that says where full observations are written.
const OBSERVATION: &str = "nets_observation";

/// Admits a module, or says why it may not play.
///
/// # Errors
///
/// Returns the first rule that the module breaks, in the order of its bytes.
pub fn admit(bytes: &[u8]) -> Result<AdmittedModule, AdmissionError> {
    let parts = describe(bytes)?;
    Ok(AdmittedModule::new(bytes.to_vec(), Sha256::digest(bytes).into(), parts))
}

/// As [`admit`], for who has the bytes to give away and found them by their SHA-256: nothing is
/// copied, and nothing hashed.
///
/// # Errors
///
/// As [`admit`].
pub fn admit_hashed(bytes: Vec<u8>, code_hash: [u8; 32]) -> Result<AdmittedModule, AdmissionError> {
    let parts = describe(&bytes)?;
    Ok(AdmittedModule::new(bytes, code_hash, parts))
}

/// Checks a module and says what it is made of.
fn describe(bytes: &[u8]) -> Result<Parts, AdmissionError> {
    at_most(limits::MODULE_SIZE, bytes.len() as u64)?;
    check_header(bytes)?;
    let mut admission = Admission::new();
    let mut parser = Parser::new(0);
    parser.set_features(FEATURES);
    for payload in parser.parse_all(bytes) {
        admission.payload(&payload?)?;
    }
    admission.parts.statistics.module_bytes = bytes.len() as u64;
    admission.finish()
}

/// The parser would refuse another header, too, in words that help nobody who named a wrong file.
fn check_header(bytes: &[u8]) -> Result<(), AdmissionError> {
    let rest = bytes.strip_prefix(MAGIC).ok_or(AdmissionError::NoModule)?;
    match rest.first_chunk().map(|version| u32::from_le_bytes(*version)) {
        Some(got) if got != VERSION => Err(AdmissionError::Version { got }),
        _ => Ok(()),
    }
}

fn at_most(limit: Limit, value: u64) -> Result<(), AdmissionError> {
    if value > limit.value {
        return Err(AdmissionError::OverLimit { limit, value, function: None });
    }
    Ok(())
}

/// What admission knows after the sections read so far.
struct Admission {
    validator: Validator,
    allocations: FuncValidatorAllocations,
    parts: Parts,
    type_indices: Vec<u32>,
    exports: Vec<(String, ExternalKind, u32)>,
    totals: BodyTotals,
}

impl Admission {
    fn new() -> Self {
        Self {
            validator: Validator::new_with_features(FEATURES),
            allocations: FuncValidatorAllocations::default(),
            parts: Parts::default(),
            type_indices: Vec::new(),
            exports: Vec::new(),
            totals: BodyTotals::default(),
        }
    }

    /// Checks the section against its limits, then lets the validator see it, then describes it.
    fn payload(&mut self, payload: &Payload<'_>) -> Result<(), AdmissionError> {
        self.check(payload)?;
        if let Payload::CodeSectionEntry(body) = payload {
            return self.function(body);
        }
        self.validator.payload(payload)?;
        self.describe(payload)
    }

    fn check(&mut self, payload: &Payload<'_>) -> Result<(), AdmissionError> {
        match payload {
            Payload::TypeSection(section) => at_most(limits::TYPES, section.count().into()),
            Payload::ImportSection(section) if section.count() > 0 => {
                Err(AdmissionError::Imports { count: section.count() })
            }
            Payload::FunctionSection(section) => at_most(limits::FUNCTIONS, section.count().into()),
            Payload::TableSection(section) => at_most(limits::TABLES, section.count().into()),
            Payload::MemorySection(section) => at_most(limits::MEMORIES, section.count().into()),
            Payload::GlobalSection(section) => at_most(limits::GLOBALS, section.count().into()),
            Payload::ExportSection(section) => at_most(limits::EXPORTS, section.count().into()),
            Payload::StartSection { .. } => Err(AdmissionError::StartFunction),
            Payload::ElementSection(section) => {
                at_most(limits::ELEMENT_SEGMENTS, section.count().into())?;
                check_elements(section)
            }
            Payload::DataSection(section) => {
                at_most(limits::DATA_SEGMENTS, section.count().into())?;
                check_data(section)
            }
            Payload::CodeSectionStart { size, .. } => {
                self.parts.statistics.code_bytes = u64::from(*size);
                at_most(limits::CODE_SIZE, u64::from(*size))
            }
            Payload::CustomSection(section) => {
                self.parts.statistics.custom_bytes += section.range().len() as u64;
                at_most(limits::CUSTOM_SIZE, self.parts.statistics.custom_bytes)
            }
            _ => Ok(()),
        }
    }

    fn describe(&mut self, payload: &Payload<'_>) -> Result<(), AdmissionError> {
        match payload {
            Payload::TypeSection(section) => {
                for ty in section.clone().into_iter_err_on_gc_types() {
                    self.function_type(&ty?)?;
                }
            }
            Payload::FunctionSection(section) => {
                self.type_indices = section.clone().into_iter().collect::<Result<_, _>>()?;
            }
            Payload::TableSection(section) => {
                for table in section.clone() {
                    let entries = table?.ty.initial;
                    at_most(limits::TABLE_ENTRIES, entries)?;
                    self.parts.table_entries = Some(narrow(entries));
                }
            }
            Payload::MemorySection(section) => {
                for memory in section.clone() {
                    let memory = memory?;
                    let max = memory.maximum.unwrap_or(limits::MEMORY_PAGES.into());
                    at_most(limits::MEMORY_SIZE, memory.initial.max(max))?;
                    self.parts.memory = Some(Memory {
                        initial_pages: narrow(memory.initial),
                        max_pages: narrow(max),
                    });
                }
            }
            Payload::GlobalSection(section) => {
                for global in section.clone() {
                    let global = global?;
                    let initial = constant(&global.init_expr)?;
                    self.parts.globals.push(Global { mutable: global.ty.mutable, initial });
                }
            }
            Payload::ExportSection(section) => {
                for export in section.clone() {
                    let Export { name, kind, index } = export?;
                    self.exports.push((name.to_owned(), kind, index));
                }
            }
            Payload::ElementSection(section) => self.describe_elements(section)?,
            Payload::DataSection(section) => self.describe_data(section)?,
            _ => {}
        }
        Ok(())
    }

    fn function_type(&mut self, ty: &wasmparser::FuncType) -> Result<(), AdmissionError> {
        at_most(limits::PARAMS, ty.params().len() as u64)?;
        at_most(limits::RESULTS, ty.results().len() as u64)?;
        let (params, results) = (ty.params().to_vec(), ty.results().to_vec());
        self.parts.types.push(Signature { params, results });
        Ok(())
    }

    fn function(&mut self, body: &FunctionBody<'_>) -> Result<(), AdmissionError> {
        let to_validate = self.validator.code_section_entry(body)?;
        let index = self.parts.functions.len();
        let type_index = self.type_indices[index];
        let params = self.parts.types[type_index as usize].params.len();
        let mut validator = to_validate.into_validator(core::mem::take(&mut self.allocations));
        let function = Function { type_index, ..Function::default() };
        let function =
            function_body::read(body, &mut validator, function, narrow(params), &mut self.totals)?;
        self.allocations = validator.into_allocations();
        let statistics = &mut self.parts.statistics;
        statistics.instructions += u64::from(function.shape.instructions);
        statistics.largest_frame_bytes = statistics.largest_frame_bytes.max(function.frame_bytes());
        self.parts.functions.push(function);
        Ok(())
    }

    fn describe_elements(
        &mut self,
        section: &wasmparser::ElementSectionReader<'_>,
    ) -> Result<(), AdmissionError> {
        let size = u64::from(self.parts.table_entries.unwrap_or(0));
        for (index, element) in (0u32..).zip(section.clone()) {
            let element = element?;
            let (ElementKind::Active { offset_expr, .. }, ElementItems::Functions(functions)) =
                (element.kind, element.items)
            else {
                return Err(AdmissionError::PassiveSegment { index });
            };
            let offset = address(&offset_expr)?;
            within("element", index, offset, functions.count().into(), size)?;
            let functions = functions.into_iter().collect::<Result<_, _>>()?;
            self.parts.elements.push(ElementSegment { offset, functions });
        }
        Ok(())
    }

    fn describe_data(
        &mut self,
        section: &wasmparser::DataSectionReader<'_>,
    ) -> Result<(), AdmissionError> {
        let pages = self.parts.memory.map_or(0, |memory| memory.initial_pages);
        let size = u64::from(pages) * limits::PAGE_BYTES;
        for (index, data) in (0u32..).zip(section.clone()) {
            let data = data?;
            let DataKind::Active { offset_expr, .. } = data.kind else {
                return Err(AdmissionError::PassiveSegment { index });
            };
            let offset = address(&offset_expr)?;
            within("data", index, offset, data.data.len() as u64, size)?;
            self.parts.statistics.data_bytes += data.data.len() as u64;
            let bytes = data.range.end - data.data.len()..data.range.end;
            self.parts.data.push(DataSegment { offset, bytes });
        }
        Ok(())
    }

    /// Checks the exports, which may name functions whose bodies come later in the file.
    fn finish(mut self) -> Result<Parts, AdmissionError> {
        self.parts.statistics.functions = narrow(self.parts.functions.len());
        self.parts.decide = self.decide()?;
        self.parts.observation_address = self.observation_address()?;
        self.parts.exports = self.exports.into_iter().map(|(name, ..)| name).collect();
        Ok(self.parts)
    }

    fn export(&self, name: &str) -> Option<(ExternalKind, u32)> {
        let found = self.exports.iter().find(|(exported, ..)| exported == name);
        found.map(|&(_, kind, index)| (kind, index))
    }

    fn decide(&self) -> Result<u32, AdmissionError> {
        let (kind, index) = self.export(DECIDE).ok_or(AdmissionError::MissingDecide)?;
        if kind != ExternalKind::Func {
            return Err(AdmissionError::DecideType { found: format!("a {kind:?}").to_lowercase() });
        }
        let type_index = self.parts.functions[index as usize].type_index;
        let Signature { params, results } = &self.parts.types[type_index as usize];
        if params[..] != [ValType::I64] || results[..] != [ValType::I64] {
            let found = format!("of type {params:?} -> {results:?}").to_lowercase();
            return Err(AdmissionError::DecideType { found });
        }
        Ok(index)
    }

    fn observation_address(&self) -> Result<Option<u32>, AdmissionError> {
        let Some((kind, index)) = self.export(OBSERVATION) else { return Ok(None) };
        if kind != ExternalKind::Global {
            let found = format!("a {kind:?}").to_lowercase();
            return Err(AdmissionError::ObservationType { found });
        }
        let Global { mutable, initial } = self.parts.globals[index as usize];
        let Constant::I32(address) = initial else {
            let found = format!("a global that starts as {initial:?}");
            return Err(AdmissionError::ObservationType { found });
        };
        if mutable {
            let found = String::from("a mutable global");
            return Err(AdmissionError::ObservationType { found });
        }
        match self.export(MEMORY) {
            Some((ExternalKind::Memory, _)) => Ok(Some(address.cast_unsigned())),
            _ => Err(AdmissionError::ObservationWithoutMemory),
        }
    }
}

fn check_elements(section: &wasmparser::ElementSectionReader<'_>) -> Result<(), AdmissionError> {
    for (index, element) in (0u32..).zip(section.clone()) {
        let element = element?;
        if !matches!(element.kind, ElementKind::Active { .. }) {
            return Err(AdmissionError::PassiveSegment { index });
        }
        if !matches!(element.items, ElementItems::Functions(_)) {
            return Err(AdmissionError::ElementExpressions { index });
        }
    }
    Ok(())
}

fn check_data(section: &wasmparser::DataSectionReader<'_>) -> Result<(), AdmissionError> {
    for (index, data) in (0u32..).zip(section.clone()) {
        if !matches!(data?.kind, DataKind::Active { .. }) {
            return Err(AdmissionError::PassiveSegment { index });
        }
    }
    Ok(())
}

fn within(
    kind: &'static str,
    index: u32,
    offset: u32,
    length: u64,
    size: u64,
) -> Result<(), AdmissionError> {
    let end = u64::from(offset) + length;
    if end > size {
        return Err(AdmissionError::SegmentOutOfBounds { kind, index, end, size });
    }
    Ok(())
}

fn constant(expression: &ConstExpr<'_>) -> Result<Constant, AdmissionError> {
    let mut reader = expression.get_operators_reader();
    let offset = reader.original_position();
    let constant = match reader.read()? {
        Operator::I32Const { value } => Constant::I32(value),
        Operator::I64Const { value } => Constant::I64(value),
        Operator::F32Const { value } => Constant::F32(value.bits()),
        Operator::F64Const { value } => Constant::F64(value.bits()),
        Operator::V128Const { value } => Constant::V128(u128::from_le_bytes(*value.bytes())),
        other => return Err(function_body::forbidden(&other, offset)),
    };
    Ok(constant)
}

fn address(expression: &ConstExpr<'_>) -> Result<u32, AdmissionError> {
    match constant(expression)? {
        Constant::I32(value) => Ok(value.cast_unsigned()),
        other => Err(AdmissionError::Invalid {
            offset: expression.get_binary_reader().original_position(),
            message: format!("a segment's offset must be an i32, it is {other:?}"),
        }),
    }
}

/// Narrows a count that a limit or the format has already bounded by 32 bits.
fn narrow<T: TryInto<u32>>(count: T) -> u32 {
    count.try_into().unwrap_or(u32::MAX)
}
