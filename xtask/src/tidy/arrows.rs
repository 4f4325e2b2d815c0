//! Which crate may depend on which.
//!
//! The sandbox never sees the money, and the money never sees the sandbox. Tests may use any
//! library, so only what a crate itself is built from is held to the arrows.

use crate::metadata::{Package, Use};

/// Each crate of the project and those it may be built from.
const ARROWS: [(&str, &[&str]); 17] = [
    ("nets-core", &[]),
    ("nets-systems", &["nets-core"]),
    ("nets-determinism", &["nets-systems", "nets-core"]),
    ("nets-agent-sdk", &[]),
    ("nets-interpreter", &[]),
    ("nets-runner", &["nets-interpreter", "nets-core"]),
    ("nets-judge", &["nets-interpreter", "nets-systems", "nets-core"]),
    ("nets-machine", &["nets-core"]),
    ("nets-league", &["nets-core"]),
    ("nets-chain", &["nets-league", "nets-machine", "nets-core"]),
    ("nets-chain-evm", &["nets-chain", "nets-core"]),
    (
        "nets-node",
        &[
            "nets-chain",
            "nets-chain-evm",
            "nets-judge",
            "nets-machine",
            "nets-runner",
            "nets-league",
            "nets-systems",
            "nets-core",
        ],
    ),
    ("nets-pack", &["nets-runner", "nets-core"]),
    ("nets-python", &["nets-pack", "nets-runner", "nets-systems", "nets-core"]),
    (
        "nets",
        &[
            "nets-node",
            "nets-pack",
            "nets-judge",
            "nets-machine",
            "nets-runner",
            "nets-systems",
            "nets-core",
        ],
    ),
    (
        "nets-testkit",
        &["nets-core", "nets-systems", "nets-runner", "nets-league", "nets-chain", "nets-node"],
    ),
    ("xtask", &[]),
];

const TEST_ONLY: &str = "nets-testkit";

/// Every dependency within the project is one of the arrows.
pub(super) fn dependencies_point_one_way(packages: &[Package]) -> Vec<String> {
    let members = || packages.iter().filter(|package| package.is_member);
    let is_ours = |name: &str| members().any(|package| package.name == name);
    let mut complaints = Vec::new();
    for package in members() {
        let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == package.name) else {
            complaints.push(format!(
                "{}: no arrow for this crate; add it to xtask/src/tidy/arrows.rs and say in \
                 ARCHITECTURE.md why it is a crate",
                package.name
            ));
            continue;
        };
        let used = package.dependencies.iter().filter(|used| is_ours(&used.name));
        for used in used.filter(|used| used.used != Use::Tests) {
            if used.name == TEST_ONLY {
                complaints.push(format!(
                    "{}: {TEST_ONLY} is for tests; move it to [dev-dependencies]",
                    package.name
                ));
            } else if !allowed.contains(&used.name.as_str()) {
                complaints.push(format!(
                    "{}: must not depend on {}; it may on: {}",
                    package.name,
                    used.name,
                    if allowed.is_empty() { "none of ours".to_owned() } else { allowed.join(", ") }
                ));
            }
        }
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::Dependency;

    fn member(name: &str, dependencies: &[(&str, Use)]) -> Package {
        let dependency = |&(name, used): &(&str, Use)| Dependency {
            name: name.to_owned(),
            requirement: "*".to_owned(),
            used,
        };
        Package {
            name: name.to_owned(),
            version: "0.1.0".to_owned(),
            licence: None,
            source: None,
            is_member: true,
            dependencies: dependencies.iter().map(dependency).collect(),
        }
    }

    fn complaints(name: &str, dependency: &str, used: Use) -> Vec<String> {
        dependencies_point_one_way(&[member(name, &[(dependency, used)]), member(dependency, &[])])
    }

    #[test]
    fn the_sandbox_never_sees_the_money_nor_the_other_way_round() {
        assert_eq!(
            complaints("nets-runner", "nets-league", Use::Normal),
            ["nets-runner: must not depend on nets-league; it may on: nets-interpreter, nets-core"]
        );
        assert_eq!(complaints("nets-chain", "nets-runner", Use::Build).len(), 1);
        assert_eq!(complaints("nets-league", "nets-runner", Use::Normal).len(), 1);
        assert!(complaints("nets-chain", "nets-league", Use::Normal).is_empty());
        assert!(complaints("nets-chain-evm", "nets-chain", Use::Normal).is_empty());
        assert_eq!(complaints("nets-chain", "nets-chain-evm", Use::Normal).len(), 1);
    }

    #[test]
    fn tests_may_use_any_library_and_only_tests_the_testkit() {
        assert!(complaints("nets-core", "nets-systems", Use::Tests).is_empty());
        assert!(complaints("nets-core", "nets-testkit", Use::Tests).is_empty());
        assert_eq!(
            complaints("nets-node", "nets-testkit", Use::Normal),
            ["nets-node: nets-testkit is for tests; move it to [dev-dependencies]"]
        );
    }

    #[test]
    fn a_crate_without_an_arrow_is_found() {
        assert!(dependencies_point_one_way(&[member("nets-new", &[])])[0].contains("no arrow"));
    }
}
