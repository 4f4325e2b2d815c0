//! The layout check: what a reviewer would otherwise have to say again and again.
//!
//! Each rule is a small function from the files to a list of complaints, and each complaint says
//! where and what to do. CONTRIBUTING.md gives the reasons.

mod arrows;
mod contracts;
mod documents;
mod places;
mod text;

use std::path::Path;

use crate::checkout::Checkout;
use crate::metadata::packages;

/// A rule over the files of the project.
type Rule = fn(&Checkout) -> Vec<String>;

const RULES: [Rule; 12] = [
    text::files_are_short,
    text::sources_begin_with_a_header,
    text::nothing_is_left_to_do,
    text::lines_end_cleanly,
    places::names_say_what_is_inside,
    places::crates_are_on_the_map,
    places::the_lock_file_is_tracked,
    places::nothing_built_is_tracked,
    places::pure_crates_deny_what_depends_on_the_machine,
    documents::links_lead_somewhere,
    documents::named_tests_are_there,
    contracts::calls_are_fuzzed,
];

/// Checks the whole project.
///
/// # Errors
/// Lists every complaint.
pub(crate) fn run(root: &Path) -> Result<(), String> {
    let checkout = Checkout::open(root)?;
    let mut complaints: Vec<String> = RULES.iter().flat_map(|rule| rule(&checkout)).collect();
    complaints.extend(arrows::dependencies_point_one_way(&packages(root)?));
    for file in text::long_files(&checkout) {
        println!("tidy: {file}: could it be two?");
    }
    if complaints.is_empty() {
        println!("tidy: {} files, nothing to complain about", checkout.files.len());
        return Ok(());
    }
    Err(format!("{}\n{} complaints", complaints.join("\n"), complaints.len()))
}
