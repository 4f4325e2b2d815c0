//! Rules about the documents: what they point at is there.

use std::path::Path;

use crate::checkout::Checkout;

/// Every relative link of a document leads to a file, and every `#part` to a heading.
pub(super) fn links_lead_somewhere(checkout: &Checkout) -> Vec<String> {
    let mut complaints = Vec::new();
    for document in checkout.written(&["md"]) {
        let text = checkout.read(document);
        for (number, target) in links(&text) {
            if let Some(problem) = problem(checkout, document, &target) {
                complaints.push(format!("{document}:{number}: ({target}) {problem}"));
            }
        }
    }
    complaints
}

/// Every test that a document names, as `path::name` between backquotes, is there.
pub(super) fn named_tests_are_there(checkout: &Checkout) -> Vec<String> {
    let mut complaints = Vec::new();
    for document in checkout.written(&["md"]) {
        let text = checkout.read(document);
        for (number, line) in prose(&text) {
            let quoted = line.split('`').skip(1).step_by(2);
            let named = quoted.filter_map(|it| it.rsplit_once("::"));
            let named = named.filter(|(file, _)| file.ends_with(".rs") || file.ends_with(".sol"));
            let missing = named.filter(|(file, name)| !has_function(&checkout.read(file), name));
            complaints.extend(missing.map(|(file, name)| {
                format!("{document}:{number}: {file} has no test {name}; name the one there is")
            }));
        }
    }
    complaints
}

fn has_function(source: &str, name: &str) -> bool {
    ["fn", "function"].iter().any(|word| source.contains(&format!("{word} {name}(")))
}

/// What is wrong with a link; none where it leads somewhere or out of the project.
fn problem(checkout: &Checkout, document: &str, target: &str) -> Option<&'static str> {
    if target.contains("://") || target.starts_with("mailto:") {
        return None;
    }
    let (path, part) = target.split_once('#').unwrap_or((target, ""));
    let path = if path.is_empty() {
        checkout.root.join(document)
    } else {
        let folder = Path::new(document).parent().unwrap_or(Path::new(""));
        checkout.root.join(folder).join(path)
    };
    if !path.exists() {
        return Some("leads to no file; correct it");
    }
    let is_document = path.extension().is_some_and(|extension| extension == "md");
    if part.is_empty() || !is_document {
        return None;
    }
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    let has_part = prose(&text).any(|(_, line)| line.starts_with('#') && anchor(line) == part);
    (!has_part).then_some("leads to no heading; correct the part after #")
}

/// The anchor of a heading, as the common renderers make it.
fn anchor(heading: &str) -> String {
    let kept = heading.trim_start_matches('#').trim().chars().filter_map(|c| match c {
        ' ' => Some('-'),
        '-' | '_' => Some(c),
        _ => c.is_alphanumeric().then(|| c.to_ascii_lowercase()),
    });
    kept.collect()
}

/// The targets of a text's links, with the number of their line.
fn links(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (number, line) in prose(text) {
        // What stands between backquotes is quoted, not linked: every second part of the line.
        let line: String = line.split('`').step_by(2).collect::<Vec<_>>().join("x");
        let targets = line.split("](").skip(1).filter_map(|rest| rest.split([')', ' ']).next());
        found.extend(targets.map(|target| (number, target.to_owned())));
    }
    found
}

/// The lines outside fenced blocks, with their numbers.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut is_fenced = false;
    (1..).zip(text.lines()).filter(move |(_, line)| {
        let is_fence = line.trim_start().starts_with("```");
        is_fenced ^= is_fence;
        !is_fenced && !is_fence
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checkout::tests::checkout;

    #[test]
    fn links_to_files_and_headings_are_followed() {
        let guide = "# Guide\n\n## 2. Tags & `ids`\n[up](../README.md) [here](#2-tags--ids)\n";
        let readme = "[guide](docs/guide.md#guide) [folder](docs) [web](https://example.org/x)\n\
                      `[not](a-link)`\n```\n[nor](this)\n```\n";
        let (_folder, good) = checkout(&[("docs/guide.md", guide), ("README.md", readme)]);
        assert!(links_lead_somewhere(&good).is_empty(), "{:?}", links_lead_somewhere(&good));
    }

    #[test]
    fn a_named_test_that_is_gone_is_found() {
        let there = "#[test]\nfn it_holds() {}\n";
        let text = "fine\n`a/b.rs::it_holds`, `a/b.rs::it_breaks` and `c.sol::gone`, `std::fs`\n";
        let (_folder, checkout) = checkout(&[("docs/attacks.md", text), ("a/b.rs", there)]);
        assert_eq!(
            named_tests_are_there(&checkout),
            [
                "docs/attacks.md:2: a/b.rs has no test it_breaks; name the one there is",
                "docs/attacks.md:2: c.sol has no test gone; name the one there is",
            ]
        );
    }

    #[test]
    fn dead_links_are_found() {
        let readme = "fine\n[a](docs/guide.md) [b](#nowhere)\n[c](docs/there.md#gone)\n";
        let (_folder, bad) = checkout(&[("README.md", readme), ("docs/there.md", "# There\n")]);
        assert_eq!(
            links_lead_somewhere(&bad),
            [
                "README.md:2: (docs/guide.md) leads to no file; correct it",
                "README.md:2: (#nowhere) leads to no heading; correct the part after #",
                "README.md:3: (docs/there.md#gone) leads to no heading; correct the part after #",
            ]
        );
    }
}
