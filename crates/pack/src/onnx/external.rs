//! Weights in other files, which the model names.
//!
//! A model comes from anywhere, and what it names may be any file of the machine. Only plain names
//! of files in the model's own folder are followed, and none that is a link.

use std::fs;
use std::path::{Component, Path, PathBuf};

use super::OnnxError;
use super::messages::Entry;
use super::read::bounded;

/// Where a model's other files are.
#[derive(Debug)]
pub(super) struct Folder(Option<PathBuf>);

impl Folder {
    pub(super) fn of(folder: &Path) -> Self {
        Self(Some(folder.to_owned()))
    }

    /// Of a model that is no file, so that nothing is beside it.
    pub(super) fn none() -> Self {
        Self(None)
    }

    /// The bytes that a tensor's entries say are its data: all of a file, or `length` from `offset` on.
    pub(super) fn data(&self, tensor: &str, entries: &[Entry]) -> Result<Vec<u8>, OnnxError> {
        let wrong = |problem: String| OnnxError::Tensor { name: tensor.to_owned(), problem };
        let find = |key: &str| entries.iter().find(|entry| entry.key == key).map(|e| &*e.value);
        let location = find("location").ok_or_else(|| wrong("its file is not named".to_owned()))?;
        let number = |key: &str| match find(key) {
            None => Ok(None),
            Some(text) => text.parse::<usize>().map(Some).map_err(|_| {
                wrong(format!("the {key} of its data is {text:?}, expected a number"))
            }),
        };
        let (offset, length) = (number("offset")?.unwrap_or(0), number("length")?);
        let bytes = bounded(&self.place(tensor, location)?, location)?;
        let end = length.map_or(Some(bytes.len()), |length| offset.checked_add(length));
        let found = end.and_then(|end| bytes.get(offset..end)).map(<[u8]>::to_vec);
        found.ok_or_else(|| {
            let wanted = length.map_or("the rest".to_owned(), |length| format!("{length} bytes"));
            let size = bytes.len();
            wrong(format!(
                "its data are {wanted} from byte {offset} on of {location}, which has {size}"
            ))
        })
    }

    fn place(&self, tensor: &str, location: &str) -> Result<PathBuf, OnnxError> {
        let wrong = |problem: String| OnnxError::Tensor { name: tensor.to_owned(), problem };
        let Some(folder) = &self.0 else {
            return Err(wrong(format!(
                "its data are in {location}; give the model as a file beside it"
            )));
        };
        let inside = Path::new(location)
            .components()
            .all(|component| matches!(component, Component::Normal(_) | Component::CurDir));
        if !inside || location.is_empty() {
            return Err(wrong(format!(
                "its data are in {location:?}, which is outside the model's folder"
            )));
        }
        let mut place = folder.clone();
        for component in Path::new(location).components() {
            place.push(component);
            let link = fs::symlink_metadata(&place).is_ok_and(|found| found.is_symlink());
            if link {
                return Err(wrong(format!(
                    "its data are in {location:?}, which is a link; put the file itself there"
                )));
            }
        }
        Ok(place)
    }
}
