//! `cargo xtask new-system NAME`: a small whole System under that name, in every place one has.
//!
//! The template is a System that the tests of nets-systems hold against the conformance kit, so
//! what is made works before anything in it is changed. Invariant: all places are found before any
//! file is written, so that a refusal leaves everything as it was.

use std::fs;
use std::path::Path;

use crate::command::{run as run_command, run_with};

/// The System that every new one begins as.
const TEMPLATE: &str = include_str!("../templates/count_to.rs");

const SOURCES: &str = "crates/systems/src";
const TESTS: &str = "crates/systems/tests";

/// Words that Rust keeps for itself and a name could be.
const KEYWORDS: [&str; 20] = [
    "as", "box", "break", "const", "crate", "do", "else", "enum", "final", "for", "if", "in",
    "loop", "match", "move", "self", "super", "try", "use", "while",
];

/// A file and what will be in it.
type Written = (String, String);

/// Makes the System and everything that its tests write.
///
/// # Errors
/// When the name is no name or taken, when a place for it is not found, or when a test fails.
pub(crate) fn run(root: &Path, name: &str) -> Result<(), String> {
    let written = plan(root, name)?;
    for (file, text) in &written {
        fs::write(root.join(file), text).map_err(|error| format!("{file}: {error}"))?;
        println!("new-system: {file}");
    }
    run_command(root, &["cargo", "fmt", "--package", "nets-systems"])?;
    // Its page, its playthroughs and its vectors are files that tests write. The others would take
    // minutes, and write what changed for another reason.
    let own = name.replace('-', "_") + "_";
    let tests = ["pages::", "every_registered_system_conforms", &own];
    let cargo = ["cargo", "test", "--package", "nets-systems", "--test", "systems", "--"];
    run_with(root, &[&cargo[..], &tests].concat(), &[("BLESS", "1")])?;
    println!("new-system: {name} conforms; docs/guides/add-a-system.md says how to make it yours");
    Ok(())
}

/// Every file that is new or changed.
fn plan(root: &Path, name: &str) -> Result<Vec<Written>, String> {
    let names = Names::of(name)?;
    let file = format!("{SOURCES}/{}.rs", names.module);
    if let Some(place) = place_of(&root.join(SOURCES), &names)? {
        return Err(format!("there is {name} in {place} already; choose another name"));
    }
    let change = |file: String, changed: fn(&str, &Names) -> Option<String>| {
        let text = fs::read_to_string(root.join(&file)).map_err(|e| format!("{file}: {e}"))?;
        let text = changed(&text, &names);
        let text = text.ok_or_else(|| format!("{file}: no place found; add {name} by hand"))?;
        Ok::<_, String>((file, text))
    };
    Ok(vec![
        (file, names.put_into(TEMPLATE)),
        change(format!("{SOURCES}/lib.rs"), with_module)?,
        change(format!("{SOURCES}/registry.rs"), registered)?,
        change(format!("{TESTS}/examples.rs"), |text, names| {
            Some(text.to_owned() + &names.put_into(EXAMPLES))
        })?,
        change(format!("{TESTS}/playthroughs.rs"), |text, names| {
            Some(text.to_owned() + &names.put_into(PLAYTHROUGHS))
        })?,
        change(format!("{TESTS}/vectors.rs"), |text, names| {
            Some(text.to_owned() + &names.put_into(VECTORS))
        })?,
    ])
}

/// The file in `folder` that has the module or the System of that name.
fn place_of(folder: &Path, names: &Names) -> Result<Option<String>, String> {
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    let named = format!("name: \"{}\"", names.name);
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let has_name = path.file_stem().is_some_and(|stem| stem == names.module.as_str());
        let is_there = if path.is_dir() {
            place_of(&path, names)?.is_some()
        } else {
            fs::read_to_string(&path).map_err(failed)?.contains(&named)
        };
        if has_name || is_there {
            return Ok(Some(path.display().to_string()));
        }
    }
    Ok(None)
}

const EXAMPLES: &str = "
/// The examples of count-to.
pub(crate) fn of_count_to() -> Vec<Example> {
    let to = |target| system(\"count-to\", &[(\"target\", target)]);
    vec![
        scripted(\"seat 0 wins at once\", to(2), \"add-2\"),
        scripted(\"seat 1 wins\", to(4), \"add-1 add-3\"),
        scripted(\"seat 0 wins after ones and twos\", to(6), \"add-1 add-2 add-1 add-1 add-1\"),
    ]
}
";

const PLAYTHROUGHS: &str = "
#[test]
fn count_to_plays_as_recorded() {
    compare(\"count-to\", &examples::of_count_to());
}
";

const VECTORS: &str = "
#[test]
fn count_to_vectors_hold() {
    check(\"count-to\", &examples::of_count_to());
}
";

/// One name in the forms that the places want.
#[derive(Debug)]
struct Names {
    /// As on the command line, `count-to`.
    name: String,
    /// As a module, `count_to`.
    module: String,
    /// As a type, `CountTo`.
    system: String,
    /// As the beginning of a sentence, `Count to`.
    title: String,
}

impl Names {
    fn of(name: &str) -> Result<Self, String> {
        let words: Vec<&str> = name.split('-').collect();
        let is_word = |word: &&str| {
            let letters = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
            !word.is_empty() && word.bytes().all(letters)
        };
        let begins = name.starts_with(|first: char| first.is_ascii_lowercase());
        if name.len() > 32 || !begins || !words.iter().all(is_word) {
            return Err(format!(
                "{name:?} is no name: expected up to 32 of a-z, 0-9 and single `-`, a letter first"
            ));
        }
        // These are modules of the crate that are no Systems.
        if KEYWORDS.contains(&name) || ["lib", "registry"].contains(&name) {
            return Err(format!("{name:?} means something else already; choose another name"));
        }
        let system = words.iter().map(|word| capitalised(word)).collect();
        let title = capitalised(&words.join(" "));
        Ok(Self { name: name.to_owned(), module: name.replace('-', "_"), system, title })
    }

    /// A text of the template under this name.
    fn put_into(&self, template: &str) -> String {
        template
            .replace("count-to", &self.name)
            .replace("count_to", &self.module)
            .replace("CountTo", &self.system)
            .replace("Count to: ", &format!("{}: ", self.title))
    }
}

fn capitalised(word: &str) -> String {
    let (first, rest) = word.split_at(1);
    first.to_ascii_uppercase() + rest
}

/// `lib.rs` with the module among the others.
fn with_module(text: &str, names: &Names) -> Option<String> {
    let line = format!("mod {};", names.module);
    inserted(text, &line, |line| line.starts_with("mod ") && line.ends_with(';'))
}

/// `registry.rs` with the System as the last one.
fn registered(text: &str, names: &Names) -> Option<String> {
    let Names { module, system, .. } = names;
    let import = format!("use crate::{module}::{{self, {system}}};");
    let text = inserted(text, &import, |line| line.starts_with("use crate::"))?;
    let (before, rest) = text.split_once("static REGISTERED: [Registered; ")?;
    let (count, rest) = rest.split_once("] = [")?;
    let (entries, after) = rest.split_once("\n];")?;
    let count = count.parse::<u32>().ok()? + 1;
    Some(format!(
        "{before}static REGISTERED: [Registered; {count}] = [{entries}\n    \
         plain(&{module}::DESCRIPTOR, |p| Arc::new({system}::new(p))),\n];{after}"
    ))
}

/// The text with `line` in its place among the sorted lines that are like it.
fn inserted(text: &str, line: &str, is_like: impl Fn(&str) -> bool) -> Option<String> {
    let lines: Vec<&str> = text.lines().collect();
    let last = lines.iter().rposition(|other| is_like(other))?;
    let later = lines.iter().position(|other| is_like(other) && *other > line);
    let (before, after) = lines.split_at(later.unwrap_or(last + 1));
    Some([before, &[line], after].concat().join("\n") + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    // The names are such as nobody would choose: where there is a System of one, nothing can be tested.

    /// A copy of the sources and tests that a new System changes.
    fn copy() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for place in [SOURCES, TESTS] {
            copy_files(&root.join(place), &folder.path().join(place));
        }
        folder
    }

    fn copy_files(from: &Path, to: &Path) {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            let to = to.join(entry.file_name());
            if entry.file_type().unwrap().is_file() {
                fs::copy(entry.path(), to).unwrap();
            } else {
                copy_files(&entry.path(), &to);
            }
        }
    }

    #[test]
    fn a_new_system_is_in_every_place() {
        let folder = copy();
        let before = fs::read_to_string(folder.path().join(SOURCES).join("registry.rs")).unwrap();
        let written = plan(folder.path(), "made-by-a-test").unwrap();
        let text = |end: &str| {
            let found = written.iter().find(|(file, _)| file.ends_with(end));
            found.unwrap_or_else(|| panic!("no {end}")).1.as_str()
        };
        let source = text("src/made_by_a_test.rs");
        assert!(source.starts_with("//! Made by a test: "), "{source}");
        assert!(
            source.contains("name: \"made-by-a-test\"") && source.contains("struct MadeByATest")
        );
        assert!(!source.contains("count-to") && !source.contains("CountTo"));
        let modules: Vec<&str> =
            text("src/lib.rs").lines().filter(|line| line.starts_with("mod ")).collect();
        assert!(modules.is_sorted() && modules.contains(&"mod made_by_a_test;"), "{modules:?}");
        let registry = text("src/registry.rs");
        assert!(
            registry.contains("\nuse crate::made_by_a_test::{self, MadeByATest};\nuse crate::")
        );
        assert!(
            registry
                .contains("plain(&made_by_a_test::DESCRIPTOR, |p| Arc::new(MadeByATest::new(p)))")
        );
        assert_eq!(registry.matches("plain(&").count(), before.matches("plain(&").count() + 1);
        assert!(text("tests/examples.rs").contains("fn of_made_by_a_test() -> Vec<Example>"));
        assert!(text("tests/playthroughs.rs").contains("fn made_by_a_test_plays_as_recorded()"));
        assert!(
            text("tests/vectors.rs")
                .contains("check(\"made-by-a-test\", &examples::of_made_by_a_test());")
        );
    }

    #[test]
    fn a_second_system_finds_its_place_beside_the_first() {
        let folder = copy();
        for name in ["zz-made-by-a-test", "alpha-2-made-by-a-test"] {
            for (file, text) in plan(folder.path(), name).unwrap() {
                fs::write(folder.path().join(file), text).unwrap();
            }
            let again = plan(folder.path(), name).unwrap_err();
            assert!(again.starts_with(&format!("there is {name} in ")), "{again}");
        }
        let read = |file: &str| fs::read_to_string(folder.path().join(SOURCES).join(file)).unwrap();
        let lib = read("lib.rs");
        let modules: Vec<_> = lib.lines().filter(|line| line.starts_with("mod ")).collect();
        assert!(
            modules.is_sorted() && modules.contains(&"mod alpha_2_made_by_a_test;"),
            "{modules:?}"
        );
        assert!(read("registry.rs").contains("Arc::new(Alpha2MadeByATest::new(p))"));
    }

    #[test]
    fn what_is_no_name_changes_nothing() {
        let folder = copy();
        for name in
            ["", "Snake", "2048", "a--b", "a-", "-a", "a_b", "match", "registry", "snake", "rps"]
        {
            assert!(plan(folder.path(), name).is_err(), "{name}");
        }
        let long = "a".repeat(33);
        assert!(plan(folder.path(), &long).is_err());
    }

    #[test]
    fn a_place_that_is_not_found_is_named() {
        let folder = copy();
        fs::write(folder.path().join(SOURCES).join("registry.rs"), "//! Other.\n").unwrap();
        let error = plan(folder.path(), "made-by-a-test").unwrap_err();
        assert_eq!(
            error,
            "crates/systems/src/registry.rs: no place found; add made-by-a-test by hand"
        );
    }
}
