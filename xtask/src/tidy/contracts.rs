//! Rules about the contracts: no call is left to examples alone.

use crate::checkout::Checkout;

/// Every call that changes something is made by a fuzzer: in a test that takes its arguments from
/// one, in a handler of an invariant, or in the stages and calls that both share.
pub(super) fn calls_are_fuzzed(checkout: &Checkout) -> Vec<String> {
    let contracts = |folder: &str| {
        let files = checkout.written(&["sol"]).filter(|file| file.starts_with(folder));
        files.map(|file| (file, checkout.read(file))).collect::<Vec<_>>()
    };
    let fuzzing: Vec<_> = contracts("contracts/test/")
        .into_iter()
        .filter(|(file, text)| {
            let shared = ["Handler.sol", "Stage.sol", "Calls.sol"];
            shared.iter().any(|end| file.ends_with(end)) || text.contains("function testFuzz_")
        })
        .map(|(_, text)| text)
        .collect();
    let is_fuzzed = |name: &str| {
        let called = [format!(".{name}("), format!(".{name}{{"), format!(".{name},")];
        fuzzing.iter().any(|text| called.iter().any(|call| text.contains(call)))
    };
    let mut complaints = Vec::new();
    for (file, text) in contracts("contracts/src/") {
        for (number, name) in changing_calls(&text) {
            if !is_fuzzed(name) {
                complaints.push(format!(
                    "{file}:{number}: no fuzzer calls {name}; let a handler or a testFuzz_ do it"
                ));
            }
        }
    }
    complaints
}

/// The external functions of a source that may change something, with the number of their line.
fn changing_calls(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let starts = text.match_indices("    function ");
    starts.filter_map(|(start, word)| {
        let rest = &text[start + word.len()..];
        let (name, _) = rest.split_once('(')?;
        let head = rest.split([';', '{']).next()?;
        let mut words = head.split_whitespace().skip(1);
        let is_changing = !words.clone().any(|it| it == "view" || it == "pure");
        let number = text[..start].lines().count() + 1;
        (is_changing && words.any(|it| it == "external")).then_some((number, name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checkout::tests::checkout;

    #[test]
    fn a_call_that_no_fuzzer_makes_is_found() {
        let source = "interface I {\n    function pay(uint256 a)\n        external;\n    \
                      function seen() external view;\n    function lost() external payable;\n    \
                      function _own() private {}\n}\n";
        let test = "function testFuzz_pay(uint256 a) external {\n    it.pay(a);\n}\n";
        let example = "function test_lost() external {\n    it.lost();\n}\n";
        let (_folder, checkout) = checkout(&[
            ("contracts/src/I.sol", source),
            ("contracts/test/Pay.t.sol", test),
            ("contracts/test/Lost.t.sol", example),
        ]);
        assert_eq!(
            calls_are_fuzzed(&checkout),
            ["contracts/src/I.sol:5: no fuzzer calls lost; let a handler or a testFuzz_ do it"]
        );
    }
}
