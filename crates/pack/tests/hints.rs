//! Hints: each in the words of whoever reads it, and none that leads astray.

use nets_pack::agent::{PackError, Precision, TrialError, Wishes};
use nets_pack::hints::Spelling;
use nets_pack::lower::LowerError;
use nets_runner::sandbox::AdmissionError;

use crate::agents::{noise, packed, system};
use crate::modules::engines;
use crate::networks::Network;

fn errors() -> Vec<PackError> {
    let text = String::new;
    let version = LowerError::Version { domain: text(), version: 6, least: 7, most: 8 };
    vec![
        PackError::Lower(LowerError::Output(text())),
        PackError::Lower(version),
        PackError::System(text()),
        PackError::Input(text()),
        PackError::Planes(text()),
        PackError::Choice(text()),
        PackError::Temperature(text()),
        PackError::Memory(text()),
        PackError::LooksAhead,
        PackError::Output(text()),
        PackError::Several { head: "policy", problem: text() },
        PackError::ValueAlone(text()),
    ]
}

#[test]
fn options_are_written_as_the_reader_writes_them() {
    let mut differing = 0;
    for error in errors() {
        let command = error.hint("snake", Spelling::Command);
        let python = error.hint("snake", Spelling::Python);
        assert!(!command.contains("=\"") && !command.contains("nets.system"), "{command}");
        assert!(!python.contains("--") && !python.contains('`'), "{python}");
        differing += usize::from(command != python);
    }
    assert!(differing >= 9, "{differing}");
    let several = PackError::Several { head: "value", problem: String::new() };
    assert_eq!(several.hint("snake", Spelling::Command), "--value NAME says which it is");
    assert_eq!(several.hint("snake", Spelling::Python), "value=\"NAME\" says which it is");
    let layout = PackError::Planes(String::new()).hint("snake", Spelling::Python);
    assert_eq!(
        layout,
        "input_layout=\"planes-first\", input_layout=\"planes-last\" or neither; \
         nets.system(\"snake\").tensor_layout says what its tensor is"
    );
}

#[test]
fn what_is_over_a_limit_is_nothing_to_report() {
    let system = system("tic-tac-toe");
    let width = 2_100;
    let network = Network::of(&[1, 27])
        .weights("w1", &[27, width], &noise(27 * width, 1))
        .weights("w2", &[width, width], &noise(width * width, 2))
        .weights("w3", &[width, 9], &noise(width * 9, 3))
        .node("MatMul x w1 -> h")
        .node("MatMul h w2 -> i")
        .node("MatMul i w3 -> y");
    let wishes = Wishes { precision: Precision::F32, ..Wishes::default() };
    let agent = packed(&network, system.as_ref(), &wishes);
    let refused = agent.tried(system.as_ref(), engines()[0], 1).unwrap_err();
    assert!(
        matches!(refused, TrialError::Inadmissible(AdmissionError::OverLimit { .. })),
        "{refused}"
    );
    let hint = refused.hint("tic-tac-toe", Spelling::Command);
    assert!(hint.starts_with("a smaller network fits; --precision int8"), "{hint}");
    let broken = TrialError::Inadmissible(AdmissionError::NoModule);
    assert!(broken.hint("tic-tac-toe", Spelling::Python).contains("report"));
}
