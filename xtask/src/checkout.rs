//! The files of the project as the rules of the layout see them.

use std::fs;
use std::path::{Path, PathBuf};

use crate::command::capture;

/// Folders and files that nobody writes by hand: rules about text do not apply to them.
const GENERATED: [&str; 4] = ["contracts/artifacts/", "vectors/", "agents/wasm/", "Cargo.lock"];

/// A folder and the files in it that belong to the project.
#[derive(Debug)]
pub(crate) struct Checkout {
    /// The folder.
    pub(crate) root: PathBuf,
    /// Files that git has or would take, with `/` between folders, in order.
    pub(crate) files: Vec<String>,
    /// Those that git has.
    pub(crate) tracked: Vec<String>,
}

impl Checkout {
    /// Asks git what belongs to the project.
    ///
    /// # Errors
    /// When the folder is no git checkout.
    pub(crate) fn open(root: &Path) -> Result<Self, String> {
        let list = |options: &[&str]| {
            let line = [&["git", "ls-files"], options].concat();
            let text = capture(root, &line)?;
            let mut files: Vec<String> = text.lines().map(str::to_owned).collect();
            files.sort();
            files.dedup();
            Ok::<_, String>(files)
        };
        let mut files = list(&["--cached", "--others", "--exclude-standard"])?;
        files.retain(|file| root.join(file).is_file());
        Ok(Self { root: root.to_owned(), files, tracked: list(&["--cached"])? })
    }

    /// The files written by hand that end in one of these, without the dot.
    pub(crate) fn written(&self, extensions: &[&str]) -> impl Iterator<Item = &str> {
        let is_wanted = |file: &&str| {
            let extension = Path::new(file).extension().and_then(|found| found.to_str());
            extension.is_some_and(|found| extensions.contains(&found)) && !is_generated(file)
        };
        self.files.iter().map(String::as_str).filter(is_wanted)
    }

    /// The text of a file; what is not UTF-8 in it is replaced, what cannot be read is empty.
    pub(crate) fn read(&self, file: &str) -> String {
        let bytes = fs::read(self.root.join(file)).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

fn is_generated(file: &str) -> bool {
    let is_lock = file.ends_with("package-lock.json");
    is_lock || (GENERATED.iter().any(|start| file.starts_with(start)) && !file.ends_with(".md"))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A checkout in a temporary folder with these files, all tracked.
    pub(crate) fn checkout(files: &[(&str, &str)]) -> (tempfile::TempDir, Checkout) {
        let folder = tempfile::tempdir().unwrap();
        for (file, text) in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let files: Vec<String> = files.iter().map(|(file, _)| (*file).to_owned()).collect();
        let root = folder.path().to_owned();
        (folder, Checkout { root, tracked: files.clone(), files })
    }

    #[test]
    fn git_says_what_belongs_to_the_project() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::write(root.join(".gitignore"), "ignored.rs\n").unwrap();
        for file in ["a.rs", "ignored.rs", "new.rs", "gone.rs"] {
            fs::write(root.join(file), "").unwrap();
        }
        capture(root, &["git", "init", "--quiet"]).unwrap();
        capture(root, &["git", "add", "a.rs", "gone.rs"]).unwrap();
        fs::remove_file(root.join("gone.rs")).unwrap();
        let checkout = Checkout::open(root).unwrap();
        assert_eq!(checkout.files, [".gitignore", "a.rs", "new.rs"]);
        assert_eq!(checkout.tracked, ["a.rs", "gone.rs"]);
        assert_eq!(checkout.written(&["rs"]).collect::<Vec<_>>(), ["a.rs", "new.rs"]);
    }

    #[test]
    fn generated_files_are_not_written_by_hand_but_their_readme_is() {
        let files =
            [("vectors/a.json", ""), ("vectors/README.md", ""), ("contracts/artifacts/A.json", "")];
        let (_folder, checkout) = checkout(&files);
        assert_eq!(checkout.written(&["json", "md"]).collect::<Vec<_>>(), ["vectors/README.md"]);
    }
}
