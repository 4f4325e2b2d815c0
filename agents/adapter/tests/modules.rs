//! The committed modules: what they import and export, and that they choose as their source does.

use std::collections::BTreeMap;
use std::sync::Arc;

use adapter::{Adapter, Choice, Settings};
use nets_agent_sdk::HEADER_BYTES;
use nets_core::{Action, Chance, Descriptor, ParameterSpec, Seat, Seed, System};
use nets_systems::{Blueprint, Given};
use wasmparser::{ExternalKind, Operator, Parser, Payload, TypeRef, Validator, WasmFeatures};

use crate::linked::{self, Linked};
use crate::made_up::{MadeUp, scattered_policy, scattered_value};
use crate::{acting, seen};

/// SPEC.md section 7.2; imports aside, which the packer replaces.
const FEATURES: WasmFeatures = WasmFeatures::WASM1
    .union(WasmFeatures::SIGN_EXTENSION)
    .union(WasmFeatures::SATURATING_FLOAT_TO_INT)
    .union(WasmFeatures::MULTI_VALUE)
    .union(WasmFeatures::BULK_MEMORY_OPT)
    .union(WasmFeatures::CALL_INDIRECT_OVERLONG)
    .union(WasmFeatures::SIMD);

/// The longest module in bytes, and its memory at the start in pages.
const LIMITS: (usize, u64) = (96 * 1024, 2);

/// The same of chess, whose library has tables of 0.8 MB of where rooks and bishops go.
const LIMITS_OF_CHESS: (usize, u64) = (900 * 1024, 13);

const PAGE_BYTES: u64 = 65_536;
const IMPORTS: [&str; 3] = ["settings", "network", "value"];

/// Decisions that are compared in each match.
const DECISIONS: u32 = 12;

macro_rules! agree {
    ($($test:ident: $name:literal, $build:ident;)*) => {
        const SYSTEMS: &[&str] = &[$($name),*];
        $(
        #[test]
        fn $test() {
            agrees($name, |parameters| nets_systems::alone::$build(parameters).unwrap());
        }
        )*
    };
}

agree! {
    acrobot_chooses_as_its_source: "acrobot", acrobot;
    cartpole_chooses_as_its_source: "cartpole", cartpole;
    chess_chooses_as_its_source: "chess", chess;
    connect_four_chooses_as_its_source: "connect-four", connect_four;
    forecast_chooses_as_its_source: "forecast", forecast;
    go_chooses_as_its_source: "go", go;
    hex_chooses_as_its_source: "hex", hex;
    kuhn_poker_chooses_as_its_source: "kuhn-poker", kuhn_poker;
    leduc_poker_chooses_as_its_source: "leduc-poker", leduc_poker;
    mountain_car_chooses_as_its_source: "mountain-car", mountain_car;
    othello_chooses_as_its_source: "othello", othello;
    pendulum_chooses_as_its_source: "pendulum", pendulum;
    rps_chooses_as_its_source: "rps", rps;
    snake_chooses_as_its_source: "snake", snake;
    snake_arena_chooses_as_its_source: "snake-arena", snake_arena;
    tic_tac_toe_chooses_as_its_source: "tic-tac-toe", tic_tac_toe;
}

/// Plays matches in which every action is the module's, and holds each against the native adapter's.
fn agrees<S: System>(name: &str, build: impl Fn(&[u8]) -> S) {
    for (seed, choice) in
        (0..).zip([Choice::Best, Choice::Sampled { temperature: 0.7 }, Choice::Value])
    {
        let system = crate::system(name, &[]);
        let parameters = system.parameters().encode();
        let actions = system.action_count();
        let tensor_length = system.tensor_shape().into_iter().map(|size| size as usize).product();
        let settings = Settings { choice, parameters: parameters.clone() }.encode();
        let mut module = Linked::new(name, &settings, tensor_length, actions);
        let mut native = Adapter::new(build(&parameters), choice);
        let mut network = MadeUp::new(|tensor| scattered_policy(tensor, actions), scattered_value);
        let mut state = system.start(Chance::from_seed(&Seed([seed; 32])));
        for step in 0..DECISIONS {
            let decide = |seat: Seat| {
                let bytes = state.observation(seat);
                let seen = seen(seat, &bytes);
                let action = module.decide(seen).expect("no trap");
                let expected = native.decide(seen, &mut network);
                assert_eq!(Action(action), expected, "{name}, {choice:?}, {seat}, step {step}");
                expected
            };
            let decided: Vec<_> = acting(&*state).into_iter().map(decide).collect();
            if decided.is_empty() {
                break;
            }
            state.step(&decided).expect("legal actions");
        }
        assert_eq!(module.decide(seen(Seat(0), &[0xee; 3])), Some(0), "{name}");
    }
}

#[test]
fn a_module_with_settings_that_its_system_refuses_answers_0() {
    let system = crate::system("connect-four", &[]);
    let state = system.start(Chance::from_seed(&Seed::default()));
    let bytes = state.observation(Seat(0));
    let answer = |parameters: &[u8]| {
        let settings = Settings { choice: Choice::Best, parameters: parameters.to_vec() }.encode();
        Linked::new("connect-four", &settings, 3 * 42, 7).decide(seen(Seat(0), &bytes))
    };
    assert_eq!(answer(&[1]), Some(0));
    assert_ne!(answer(&[]), Some(0));
}

/// What of a module the packer builds upon.
#[derive(Default)]
struct Found {
    imports: Vec<String>,
    exports: BTreeMap<String, ExternalKind>,
    pages: u64,
    observation: u64,
}

fn inspect(bytes: &[u8]) -> Found {
    let mut found = Found::default();
    let (mut globals, mut at) = (Vec::new(), 0);
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.expect("a valid module") {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    let import = import.unwrap();
                    assert!(matches!(import.ty, TypeRef::Func(_)), "{import:?}");
                    found.imports.push(format!("{}.{}", import.module, import.name));
                }
            }
            Payload::StartSection { .. } => panic!("a start function"),
            Payload::MemorySection(section) => {
                found.pages = section.into_iter().next().expect("a memory").unwrap().initial;
            }
            Payload::GlobalSection(section) => globals.extend(section.into_iter().flatten()),
            Payload::ExportSection(section) => {
                for export in section.into_iter().flatten() {
                    at = if export.name == "nets_observation" { export.index as usize } else { at };
                    found.exports.insert(export.name.to_owned(), export.kind);
                }
            }
            _ => {}
        }
    }
    let global: &wasmparser::Global<'_> = &globals[at];
    assert!(!global.ty.mutable);
    found.observation = match global.init_expr.get_operators_reader().read().unwrap() {
        Operator::I32Const { value } => u64::from(value.cast_unsigned()),
        other => panic!("expected i32.const, got {other:?}"),
    };
    found
}

fn committed(name: &str) -> Vec<u8> {
    std::fs::read(linked::path(name)).unwrap()
}

#[test]
fn a_module_imports_a_network_and_exports_what_an_agent_does() {
    for name in SYSTEMS {
        let bytes = committed(name);
        let (length, pages) = if *name == "chess" { LIMITS_OF_CHESS } else { LIMITS };
        assert!(bytes.len() <= length, "{name} has {} bytes", bytes.len());
        if let Err(error) = Validator::new_with_features(FEATURES).validate_all(&bytes) {
            panic!("{name}: {error}");
        }
        let found = inspect(&bytes);
        let is_known =
            |import: &String| IMPORTS.iter().any(|name| *import == format!("nets.{name}"));
        assert!(found.imports.iter().all(is_known), "{name} imports {:?}", found.imports);
        assert!(found.pages <= pages, "{name} begins with {} pages", found.pages);
        for (export, kind) in [
            ("decide", ExternalKind::Func),
            ("memory", ExternalKind::Memory),
            ("nets_observation", ExternalKind::Global),
        ] {
            assert_eq!(found.exports.get(export), Some(&kind), "{name} without {export}");
        }
    }
}

/// The System with its greatest parameters, with which its observations are the longest.
fn largest(descriptor: &Descriptor) -> Arc<dyn System> {
    let most = |spec: &ParameterSpec| (spec.name.to_owned(), Given::Number(spec.max));
    let given: BTreeMap<_, _> = descriptor.parameters.iter().map(most).collect();
    Blueprint::named(descriptor.name, &given).unwrap().build_for_trial().unwrap()
}

#[test]
fn a_module_has_room_for_the_longest_observation_with_any_parameters() {
    let known = nets_systems::all().iter().filter(|it| SYSTEMS.contains(&it.name));
    for descriptor in known {
        let found = inspect(&committed(descriptor.name));
        let longest = u64::from(largest(descriptor).observation_bytes_max());
        let end = found.observation + HEADER_BYTES as u64 + longest;
        assert!(end <= found.pages * PAGE_BYTES, "{} needs {end} bytes", descriptor.name);
    }
}

#[test]
fn no_module_tells_where_it_was_built() {
    for name in SYSTEMS {
        let bytes = committed(name);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        for path in ["/home", "/root", "/Users", "/usr", "/tmp", "/work", ".cargo"] {
            assert!(!text.contains(path), "{name} contains {path}");
        }
    }
}
