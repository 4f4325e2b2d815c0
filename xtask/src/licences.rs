//! What may be depended on: permissive licences, published packages, exact pins where they matter.
//!
//! A licence passes when some way to satisfy its expression uses only licences of the list. What
//! is not on crates.io has no checksum in the lock file, so nothing else may be used. The engine
//! and the chain decide results and money, so a version of theirs changes only on purpose.

use std::collections::BTreeSet;
use std::path::Path;

use crate::command::capture;
use crate::metadata::{CRATES_IO, Package, packages};

/// Licences that ask for no more than attribution.
const ALLOWED: [&str; 17] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-1-Clause",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "NCSA",
    "Unicode-3.0",
    "Unicode-DFS-2016",
    "Unlicense",
    "Zlib",
];

/// Packages that the workspace must ask for by exact version.
const PINNED: [&str; 2] = ["wasmtime", "revm"];

/// Checks the dependencies of the project, of the agents and of the image.
///
/// # Errors
/// Lists everything that is wrong.
pub(crate) fn run(root: &Path) -> Result<(), String> {
    let main = built_packages(root)?;
    let agents = built_packages(&root.join("agents"))?;
    let image = built_packages(&root.join("image"))?;
    let all = || main.iter().chain(&agents).chain(&image);
    let mut complaints: Vec<String> = all().filter_map(refusal).collect();
    complaints.extend(loose_pins(&main));
    if !complaints.is_empty() {
        return Err(complaints.join("\n"));
    }
    println!("licences: {} packages, all as they should be", all().count());
    Ok(())
}

/// The packages that are built on some platform.
///
/// The lock file, and with it cargo's metadata, also has those of features that are never on.
fn built_packages(folder: &Path) -> Result<Vec<Package>, String> {
    let options = ["--workspace", "--locked", "--target", "all", "--edges", "normal,build,dev"];
    let form = ["--prefix", "none", "--format", "{p}"];
    let tree = capture(folder, &[&["cargo", "tree"][..], &options, &form].concat())?;
    // A line is a name, a version with a `v` before it, and sometimes where it is from.
    let built: BTreeSet<(&str, &str)> = tree
        .lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(name, rest)| (name, rest.split(' ').next().unwrap_or(rest).trim_start_matches('v')))
        .collect();
    let mut packages = packages(folder)?;
    packages.retain(|package| built.contains(&(package.name.as_str(), package.version.as_str())));
    Ok(packages)
}

/// Why a package may not be used; none where it may.
fn refusal(package: &Package) -> Option<String> {
    let Package { name, version, licence, source, .. } = package;
    // A folder of this checkout: the agents use crates of the project so.
    let Some(source) = source else {
        let is_ours = package.is_member || name.starts_with("nets");
        let what = "is a folder outside the workspace; use a version from crates.io";
        return (!is_ours).then(|| format!("{name} {version} {what}"));
    };
    if source != CRATES_IO {
        return Some(format!("{name} {version} is from {source}; use a version from crates.io"));
    }
    match licence {
        Some(licence) if is_permissive(licence) => None,
        Some(licence) => Some(format!(
            "{name} {version} is under {licence:?}, which cannot be met with {}",
            ALLOWED.join(", ")
        )),
        None => Some(format!("{name} {version} names no licence; use another package")),
    }
}

/// Dependencies of the workspace that should be exact and are not, or are gone.
fn loose_pins(packages: &[Package]) -> Vec<String> {
    let mut complaints = Vec::new();
    for pinned in PINNED {
        let members = packages.iter().filter(|package| package.is_member);
        let uses = members.flat_map(|package| {
            let named = package.dependencies.iter().filter(|used| used.name == pinned);
            named.map(|used| (package.name.as_str(), used.requirement.as_str()))
        });
        let uses: Vec<_> = uses.collect();
        if uses.is_empty() {
            complaints.push(format!(
                "nothing depends on {pinned}: if that is meant, take it from the pinned packages"
            ));
        }
        let loose = uses.iter().filter(|(_, requirement)| !requirement.starts_with('='));
        complaints.extend(loose.map(|(package, requirement)| {
            format!("{package} asks for {pinned} {requirement}, expected an exact version, =x.y.z")
        }));
    }
    complaints
}

/// Whether an SPDX expression can be met with the allowed licences.
fn is_permissive(expression: &str) -> bool {
    // Manifests from before SPDX separate alternatives by a slash.
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let mut words = Words { words: spaced.split_whitespace().collect(), position: 0 };
    words.alternatives().is_some_and(|is_met| is_met && words.peek().is_none())
}

/// A reader of SPDX expressions; a result of none is an expression that does not parse.
struct Words<'a> {
    words: Vec<&'a str>,
    position: usize,
}

impl<'a> Words<'a> {
    fn peek(&self) -> Option<&'a str> {
        self.words.get(self.position).copied()
    }

    fn take(&mut self, word: &str) -> bool {
        let is_next = self.peek() == Some(word);
        self.position += usize::from(is_next);
        is_next
    }

    fn alternatives(&mut self) -> Option<bool> {
        let mut is_met = self.conjunction()?;
        while self.take("OR") {
            is_met |= self.conjunction()?;
        }
        Some(is_met)
    }

    fn conjunction(&mut self) -> Option<bool> {
        let mut is_met = self.licence()?;
        while self.take("AND") {
            is_met &= self.licence()?;
        }
        Some(is_met)
    }

    fn licence(&mut self) -> Option<bool> {
        if self.take("(") {
            let is_met = self.alternatives()?;
            return self.take(")").then_some(is_met);
        }
        let name = self.peek()?;
        self.position += 1;
        if !self.take("WITH") {
            return Some(ALLOWED.contains(&name));
        }
        let exception = self.peek()?;
        self.position += 1;
        Some(ALLOWED.contains(&format!("{name} WITH {exception}").as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::{Dependency, Use};

    fn published(licence: Option<&str>) -> Package {
        Package {
            name: "p".to_owned(),
            version: "1.0.0".to_owned(),
            licence: licence.map(str::to_owned),
            source: Some(CRATES_IO.to_owned()),
            is_member: false,
            dependencies: Vec::new(),
        }
    }

    #[test]
    fn an_expression_passes_when_some_choice_is_allowed() {
        for good in [
            "MIT",
            "MIT OR Apache-2.0",
            "MIT/Apache-2.0",
            "GPL-3.0-only OR MIT",
            "(MIT OR Apache-2.0) AND Unicode-3.0",
            "Apache-2.0 WITH LLVM-exception OR Apache-2.0 OR MIT",
        ] {
            assert!(is_permissive(good), "{good}");
        }
        for bad in [
            "GPL-3.0-only",
            "AGPL-3.0",
            "LGPL-2.1-or-later",
            "MIT AND GPL-3.0-only",
            "GPL-3.0 WITH LLVM-exception",
            "MIT OR",
            "(MIT",
            "MIT)",
            "MIT Apache-2.0",
            "",
        ] {
            assert!(!is_permissive(bad), "{bad}");
        }
    }

    #[test]
    fn a_package_without_licence_or_from_elsewhere_is_refused() {
        assert_eq!(refusal(&published(Some("MIT"))), None);
        assert!(refusal(&published(None)).unwrap().contains("names no licence"));
        assert!(refusal(&published(Some("GPL-3.0"))).unwrap().contains("GPL-3.0"));
        let git = Some("git+https://example.org/p".to_owned());
        let from_git = Package { source: git, ..published(Some("MIT")) };
        assert!(refusal(&from_git).unwrap().contains("git+https://example.org/p"));
        let folder = Package { source: None, ..published(Some("MIT")) };
        assert!(refusal(&folder).unwrap().contains("outside the workspace"));
        assert_eq!(refusal(&Package { is_member: true, ..folder }), None);
    }

    #[test]
    fn a_pin_that_is_loose_or_gone_is_found() {
        let member = |requirements: &[(&str, &str)]| Package {
            is_member: true,
            dependencies: requirements
                .iter()
                .map(|&(name, requirement)| Dependency {
                    name: name.to_owned(),
                    requirement: requirement.to_owned(),
                    used: Use::Normal,
                })
                .collect(),
            ..published(None)
        };
        assert!(loose_pins(&[member(&[("wasmtime", "=48.0.8"), ("revm", "=43.0.3")])]).is_empty());
        let loose = loose_pins(&[member(&[("wasmtime", "^48.0.8"), ("revm", "=43.0.3")])]);
        assert_eq!(loose, ["p asks for wasmtime ^48.0.8, expected an exact version, =x.y.z"]);
        assert_eq!(loose_pins(&[member(&[("revm", "=1.0.0")])]).len(), 1);
    }
}
