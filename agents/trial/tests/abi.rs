//! Each committed module keeps to the ABI of SPEC.md section 7, is small, and tells no paths.

use std::collections::BTreeMap;

use nets_agent_sdk::HEADER_BYTES;
use wasmparser::{ExternalKind, Operator, Parser, Payload, ValType};

use crate::{module_names, module_path};

const MODULE_BYTES_MAX: usize = 40 * 1024;

/// Networks have their weights in them.
const NETWORK_BYTES_MAX: usize = 128 * 1024;

const PAGE_BYTES: u64 = 65_536;

/// What of a module the ABI speaks of.
#[derive(Default)]
struct Found {
    decide_type: Option<(Vec<ValType>, Vec<ValType>)>,
    memory_bytes: u64,
    exports_memory: bool,
    observation: Option<u64>,
}

/// The address in the exported global, which must be an immutable i32 constant.
fn constant(global: &wasmparser::Global<'_>) -> u64 {
    assert!(global.ty.content_type == ValType::I32 && !global.ty.mutable);
    match global.init_expr.get_operators_reader().read().expect("a constant") {
        Operator::I32Const { value } => u64::from(value.cast_unsigned()),
        other => panic!("expected i32.const, got {other:?}"),
    }
}

fn inspect(bytes: &[u8]) -> Found {
    let mut found = Found::default();
    let (mut types, mut functions, mut globals) = (Vec::new(), Vec::new(), Vec::new());
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.expect("a valid module") {
            Payload::TypeSection(section) => {
                types.extend(section.into_iter_err_on_gc_types().map(Result::unwrap));
            }
            Payload::ImportSection(_) => panic!("imports"),
            Payload::StartSection { .. } => panic!("a start function"),
            Payload::FunctionSection(section) => functions.extend(section.into_iter().flatten()),
            Payload::MemorySection(section) => {
                let memory = section.into_iter().flatten().next().expect("a memory");
                found.memory_bytes = memory.initial * PAGE_BYTES;
            }
            Payload::GlobalSection(section) => globals.extend(section.into_iter().flatten()),
            Payload::ExportSection(section) => {
                for export in section.into_iter().flatten() {
                    let index = export.index as usize;
                    match (export.name, export.kind) {
                        ("decide", ExternalKind::Func) => {
                            let ty = &types[functions[index] as usize];
                            let values = (ty.params().to_vec(), ty.results().to_vec());
                            found.decide_type = Some(values);
                        }
                        ("memory", ExternalKind::Memory) => found.exports_memory = true,
                        ("nets_observation", ExternalKind::Global) => {
                            found.observation = Some(constant(&globals[index]));
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    found
}

/// Whether an agent is packed of a network.
fn is_network(agent: &str) -> bool {
    agent.ends_with("-neural")
}

/// The longest observation of the System that an agent's name begins with, of several of the one
/// with the longest name.
fn observation_bytes_max(agent: &str) -> u32 {
    let systems = nets_systems::all().iter().map(|descriptor| descriptor.name);
    let named = systems.filter(|system| agent.starts_with(&format!("{system}-")));
    let system = named.max_by_key(|system| system.len()).expect("a System's name");
    nets_systems::build(system, &BTreeMap::new()).expect("defaults").observation_bytes_max()
}

#[test]
fn every_module_exports_decide_and_room_for_its_observation() {
    for name in module_names() {
        let bytes = std::fs::read(module_path(&name)).unwrap();
        let bytes_max = if is_network(&name) { NETWORK_BYTES_MAX } else { MODULE_BYTES_MAX };
        assert!(bytes.len() < bytes_max, "{name} has {} bytes", bytes.len());
        let found = inspect(&bytes);
        let decide = (vec![ValType::I64], vec![ValType::I64]);
        assert_eq!(found.decide_type, Some(decide), "{name}");
        if let Some(address) = found.observation {
            let end = address + u64::from(HEADER_BYTES as u32 + observation_bytes_max(&name));
            assert!(found.exports_memory && end <= found.memory_bytes, "{name}");
        }
    }
}

#[test]
fn agents_that_read_the_observation_are_those_expected() {
    let full: Vec<_> = module_names()
        .into_iter()
        .filter(|name| inspect(&std::fs::read(module_path(name)).unwrap()).observation.is_some())
        .collect();
    // One a line, in order.
    let expected = "\
        chess-greedy
        chess-search
        connect-four-neural
        connect-four-search
        forecast-random
        forecast-regression
        go-random
        go-search
        hex-bridger
        hex-random
        hex-runner
        othello-greedy
        othello-search
        snake-arena-spacious
        snake-neural
        snake-prudent
        snake-scout";
    let expected: Vec<_> = expected.split_whitespace().collect();
    assert_eq!(full, expected);
}

#[test]
fn no_module_tells_where_it_was_built() {
    for name in module_names() {
        let bytes = std::fs::read(module_path(&name)).unwrap();
        let mut text = String::from_utf8_lossy(&bytes).into_owned();
        if is_network(&name) {
            // Adapters use `alloc`, whose files the compiler calls so on every machine.
            text = text.replace("/rustc/", "");
        }
        for path in ["/home", "/root", "/Users", "/usr", "/tmp", "/work", ".cargo", "rustc"] {
            assert!(!text.contains(path), "{name} contains {path}");
        }
    }
}
