//! Rules about the text of files.

use crate::checkout::Checkout;

const SOURCES: [&str; 11] = ["rs", "sol", "mjs", "js", "ts", "c", "css", "html", "md", "py", "pyi"];

/// Nobody reads more in one sitting.
const LINES_MAX: usize = 1_000;

/// From here on it is worth asking whether a file is two.
const LINES_LONG: usize = 600;

/// Files have at most [`LINES_MAX`] lines.
pub(super) fn files_are_short(checkout: &Checkout) -> Vec<String> {
    longer_than(checkout, LINES_MAX)
        .map(|(file, lines)| {
            format!("{file}: {lines} lines, expected at most {LINES_MAX}; split it by what it does")
        })
        .collect()
}

/// The files that are long but not too long.
pub(super) fn long_files(checkout: &Checkout) -> Vec<String> {
    let files = longer_than(checkout, LINES_LONG).filter(|&(_, lines)| lines <= LINES_MAX);
    files.map(|(file, lines)| format!("{file}: {lines} lines")).collect()
}

fn longer_than(checkout: &Checkout, limit: usize) -> impl Iterator<Item = (&str, usize)> {
    let counts = checkout.written(&SOURCES).map(|file| (file, checkout.read(file).lines().count()));
    counts.filter(move |&(_, lines)| lines > limit)
}

/// Every Rust file under `src` says first what it is for.
pub(super) fn sources_begin_with_a_header(checkout: &Checkout) -> Vec<String> {
    let sources = checkout.written(&["rs"]).filter(|file| file.contains("src/"));
    let bare = sources.filter(|file| !checkout.read(file).starts_with("//! "));
    bare.map(|file| {
        format!("{file}: begin it with `//!` lines: what it owns, what it must not know")
    })
    .collect()
}

/// No gaps and no tests that are switched off.
pub(super) fn nothing_is_left_to_do(checkout: &Checkout) -> Vec<String> {
    // Written in two parts, so that this file does not hold them itself.
    let gaps = [
        (concat!("to", "do!"), "write it"),
        (concat!("unimpl", "emented!"), "write it"),
        (concat!("FIX", "ME"), "fix it"),
        (concat!("#[ig", "nore"), "make the test pass or delete it"),
    ];
    let mut complaints = Vec::new();
    for file in checkout.written(&["rs", "sol", "mjs", "js", "ts", "c"]) {
        for (number, line) in (1..).zip(checkout.read(file).lines()) {
            let found = gaps.iter().filter(|(gap, _)| line.contains(gap));
            complaints
                .extend(found.map(|(gap, remedy)| format!("{file}:{number}: {gap}: {remedy}")));
        }
    }
    complaints
}

/// No tabs and no blanks at the end of a line.
pub(super) fn lines_end_cleanly(checkout: &Checkout) -> Vec<String> {
    let mut complaints = Vec::new();
    for file in checkout.written(&["rs", "sol", "md"]) {
        for (number, line) in (1..).zip(checkout.read(file).split('\n')) {
            if line.contains('\t') {
                complaints.push(format!("{file}:{number}: a tab; indent with spaces"));
            }
            if line.ends_with([' ', '\t', '\r']) {
                complaints.push(format!("{file}:{number}: blanks at the end; delete them"));
            }
        }
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checkout::tests::checkout;

    #[test]
    fn a_file_over_the_limit_is_refused_and_a_long_one_mentioned() {
        let [over, long] = [LINES_MAX + 1, LINES_MAX].map(|lines| "//! x\n".repeat(lines));
        let files = [("a.rs", over.as_str()), ("b.rs", &long), ("vectors/c.js", &over)];
        let (_folder, checkout) = checkout(&files);
        assert_eq!(
            files_are_short(&checkout),
            ["a.rs: 1001 lines, expected at most 1000; split it by what it does"]
        );
        assert_eq!(long_files(&checkout), ["b.rs: 1000 lines"]);
    }

    #[test]
    fn a_source_without_a_header_is_found() {
        let files = [
            ("crates/a/src/good.rs", "//! Good.\n"),
            ("crates/a/src/bad.rs", "use std::fs;\n//! Late.\n"),
            ("crates/a/tests/main.rs", "mod a;\n"),
        ];
        let (_folder, checkout) = checkout(&files);
        let complaints = sources_begin_with_a_header(&checkout);
        assert_eq!(complaints.len(), 1);
        assert!(complaints[0].starts_with("crates/a/src/bad.rs: "), "{complaints:?}");
    }

    #[test]
    fn gaps_and_switched_off_tests_are_found() {
        let gaps = [
            concat!("to", "do!()"),
            concat!("unimpl", "emented!()"),
            concat!("// FIX", "ME"),
            concat!("#[ig", "nore]"),
        ];
        let text = format!("fn fine() {{}}\n{}\n", gaps.join("\n"));
        let (_folder, checkout) = checkout(&[("a.rs", text.as_str())]);
        let complaints = nothing_is_left_to_do(&checkout);
        assert_eq!(complaints.len(), gaps.len());
        assert!(complaints[0].starts_with("a.rs:2: "), "{complaints:?}");
    }

    #[test]
    fn tabs_and_blanks_at_the_end_are_found() {
        let files = [("a.md", "good\n\tbad\n"), ("b.sol", "bad \ngood"), ("c.rs", "bad\r\n")];
        let (_folder, checkout) = checkout(&files);
        let complaints = lines_end_cleanly(&checkout);
        assert_eq!(complaints.len(), 3, "{complaints:?}");
        assert!(complaints[0].starts_with("a.md:2: a tab"), "{complaints:?}");
        assert!(complaints[1].starts_with("b.sol:1: blanks"), "{complaints:?}");
    }
}
