//! Rules about where things lie and what they are called.

use std::collections::BTreeSet;
use std::path::Path;

use crate::checkout::Checkout;

/// Names under which anything could be found, so nothing is.
const VAGUE: [&str; 6] = ["util", "utils", "helper", "helpers", "misc", "stuff"];

/// Folders that hold only what can be built again.
const BUILT: [&str; 4] = ["target/", "node_modules/", "contracts/out/", "contracts/cache/"];

/// The crates whose results anybody must be able to recompute, and what they deny.
const PURE: [&str; 4] = ["core", "systems", "judge", "league"];
const PURITY: [&str; 3] =
    ["clippy::disallowed_types", "clippy::disallowed_methods", "clippy::float_arithmetic"];

/// No file or folder has a name that says nothing.
pub(super) fn names_say_what_is_inside(checkout: &Checkout) -> Vec<String> {
    let vague = |file: &&String| {
        file.split('/').any(|part| VAGUE.contains(&part.split('.').next().unwrap_or(part)))
    };
    let complaint = |file| format!("{file}: call it after what is inside");
    checkout.files.iter().filter(vague).map(complaint).collect()
}

/// Every crate's folder is in ARCHITECTURE.md's code map.
pub(super) fn crates_are_on_the_map(checkout: &Checkout) -> Vec<String> {
    let map = checkout.read("ARCHITECTURE.md");
    let folders: BTreeSet<&str> = checkout
        .files
        .iter()
        .filter_map(|file| file.strip_suffix("/Cargo.toml"))
        .filter(|folder| folder.starts_with("crates/"))
        .collect();
    let missing = folders.into_iter().filter(|folder| !is_named(&map, folder));
    missing
        .map(|folder| format!("ARCHITECTURE.md: {folder} is not in the code map; add it"))
        .collect()
}

/// Whether `text` has `name` other than as the beginning of a longer name.
fn is_named(text: &str, name: &str) -> bool {
    let ends = text.match_indices(name).map(|(start, _)| &text[start + name.len()..]);
    ends.into_iter().any(|rest| {
        !rest.starts_with(|next: char| next.is_ascii_alphanumeric() || next == '-' || next == '_')
    })
}

/// The lock file is part of the project: it fixes what results and money depend on.
pub(super) fn the_lock_file_is_tracked(checkout: &Checkout) -> Vec<String> {
    let locks = ["Cargo.lock", "agents/Cargo.lock", "image/Cargo.lock"];
    let missing = locks.iter().filter(|lock| {
        let manifest = lock.replace(".lock", ".toml");
        let has_manifest = checkout.files.contains(&manifest);
        has_manifest && checkout.tracked.iter().all(|file| file != *lock)
    });
    missing.map(|lock| format!("{lock}: is not in git; add it")).collect()
}

/// Nothing that a build makes is in git.
pub(super) fn nothing_built_is_tracked(checkout: &Checkout) -> Vec<String> {
    let is_built = |file: &&String| {
        let path = format!("/{file}");
        BUILT.iter().any(|folder| path.contains(&format!("/{folder}")))
            || file.ends_with(".profraw")
    };
    let built = checkout.tracked.iter().filter(is_built);
    built.map(|file| format!("{file}: is built; take it from git and ignore it")).collect()
}

/// The pure crates deny clocks, unordered containers and floats.
pub(super) fn pure_crates_deny_what_depends_on_the_machine(checkout: &Checkout) -> Vec<String> {
    let mut complaints = Vec::new();
    for name in PURE {
        let file = format!("crates/{name}/src/lib.rs");
        if !Path::new(&checkout.root).join("crates").join(name).exists() {
            continue;
        }
        let text = checkout.read(&file);
        let denied: String =
            text.split("#![deny(").skip(1).filter_map(|rest| rest.split(")]").next()).collect();
        let missing = PURITY.iter().filter(|lint| !denied.contains(**lint));
        complaints.extend(missing.map(|lint| format!("{file}: add #![deny({lint})]")));
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checkout::tests::checkout;

    #[test]
    fn a_vague_name_is_found_in_files_and_folders() {
        let files = [("a/util.rs", ""), ("helpers/b.rs", ""), ("a/utility_bill.rs", "")];
        let (_folder, checkout) = checkout(&files);
        assert_eq!(
            names_say_what_is_inside(&checkout),
            [
                "a/util.rs: call it after what is inside",
                "helpers/b.rs: call it after what is inside"
            ]
        );
    }

    #[test]
    fn a_crate_that_is_not_on_the_map_is_found() {
        let files = [
            ("ARCHITECTURE.md", "- `crates/core`: the protocol\n- `crates/chain-evm`\n"),
            ("crates/core/Cargo.toml", ""),
            ("crates/chain/Cargo.toml", ""),
        ];
        let (_folder, checkout) = checkout(&files);
        assert_eq!(
            crates_are_on_the_map(&checkout),
            ["ARCHITECTURE.md: crates/chain is not in the code map; add it"]
        );
    }

    #[test]
    fn a_lock_file_outside_git_is_found() {
        let (_folder, mut checkout) = checkout(&[("Cargo.toml", ""), ("Cargo.lock", "")]);
        assert!(the_lock_file_is_tracked(&checkout).is_empty());
        checkout.tracked.clear();
        assert_eq!(the_lock_file_is_tracked(&checkout), ["Cargo.lock: is not in git; add it"]);
    }

    #[test]
    fn built_files_in_git_are_found() {
        let files = [
            ("agents/rust/a/target/a.wasm", ""),
            ("contracts/out/A.json", ""),
            ("contracts/artifacts/A.json", ""),
            ("crates/a/src/target.rs", ""),
        ];
        let (_folder, checkout) = checkout(&files);
        assert_eq!(nothing_built_is_tracked(&checkout).len(), 2);
    }

    #[test]
    fn a_missing_purity_lint_is_found() {
        let whole = format!("//! Core.\n#![deny({})]\n", PURITY.join(", "));
        let part = "//! League.\n#![deny(clippy::disallowed_types)]\n#![deny(\n    clippy::disallowed_methods,\n)]\n// clippy::float_arithmetic\n";
        let files =
            [("crates/core/src/lib.rs", whole.as_str()), ("crates/league/src/lib.rs", part)];
        let (_folder, checkout) = checkout(&files);
        assert_eq!(
            pure_crates_deny_what_depends_on_the_machine(&checkout),
            ["crates/league/src/lib.rs: add #![deny(clippy::float_arithmetic)]"]
        );
    }
}
