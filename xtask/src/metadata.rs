//! The packages of a workspace and what they depend on, as `cargo metadata` tells it.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use crate::command::capture;

/// Where packages come from that are published to the public.
pub(crate) const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// When a dependency is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    /// By the crate itself.
    Normal,
    /// By its build script.
    Build,
    /// By its tests and benches.
    Tests,
}

/// A dependency as a manifest declares it.
#[derive(Clone, Debug)]
pub(crate) struct Dependency {
    /// The name of the package.
    pub(crate) name: String,
    /// The version asked for, such as `^1.2` or `=1.2.3`.
    pub(crate) requirement: String,
    /// When it is used.
    pub(crate) used: Use,
}

/// A package.
#[derive(Clone, Debug)]
pub(crate) struct Package {
    /// Its name.
    pub(crate) name: String,
    /// Its version.
    pub(crate) version: String,
    /// Its licence expression, where its manifest has one.
    pub(crate) licence: Option<String>,
    /// Where it comes from; none for a folder of this machine.
    pub(crate) source: Option<String>,
    /// Whether it is of the workspace.
    pub(crate) is_member: bool,
    /// What it depends on.
    pub(crate) dependencies: Vec<Dependency>,
}

/// All packages that a workspace is built from.
///
/// # Errors
/// When cargo refuses, for one because the lock file is out of date.
pub(crate) fn packages(folder: &Path) -> Result<Vec<Package>, String> {
    let text = capture(folder, &["cargo", "metadata", "--format-version", "1", "--locked"])?;
    parse(&text)
}

fn parse(text: &str) -> Result<Vec<Package>, String> {
    let metadata: Value =
        serde_json::from_str(text).map_err(|error| format!("cargo metadata: {error}"))?;
    let members: BTreeSet<&str> =
        items(&metadata["workspace_members"]).filter_map(Value::as_str).collect();
    let packages = items(&metadata["packages"]).map(|package| Package {
        name: string(&package["name"]),
        version: string(&package["version"]),
        licence: package["license"].as_str().map(str::to_owned),
        source: package["source"].as_str().map(str::to_owned),
        is_member: package["id"].as_str().is_some_and(|id| members.contains(id)),
        dependencies: items(&package["dependencies"]).map(dependency).collect(),
    });
    Ok(packages.collect())
}

fn dependency(value: &Value) -> Dependency {
    Dependency {
        name: string(&value["name"]),
        requirement: string(&value["req"]),
        used: match value["kind"].as_str() {
            Some("dev") => Use::Tests,
            Some("build") => Use::Build,
            _ => Use::Normal,
        },
    }
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn string(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_sources_and_kinds_are_read() {
        let text = r#"{
            "workspace_members": ["path+a"],
            "packages": [
                {"id": "path+a", "name": "a", "version": "1.0.0", "license": null, "source": null,
                 "dependencies": [{"name": "b", "req": "=2.0.0", "kind": "dev"},
                                  {"name": "c", "req": "^1", "kind": null}]},
                {"id": "registry+b", "name": "b", "version": "2.0.0", "license": "MIT",
                 "source": "registry+https://github.com/rust-lang/crates.io-index",
                 "dependencies": []}
            ]}"#;
        let packages = parse(text).unwrap();
        assert!(packages[0].is_member && !packages[1].is_member);
        assert_eq!(packages[0].dependencies[0].used, Use::Tests);
        assert_eq!(packages[0].dependencies[0].requirement, "=2.0.0");
        assert_eq!(packages[0].dependencies[1].used, Use::Normal);
        assert_eq!(packages[1].source.as_deref(), Some(CRATES_IO));
    }
}
