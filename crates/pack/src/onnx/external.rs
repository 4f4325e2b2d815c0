//! Weights in other files, which the model names.
//!
//! A model comes from anywhere, and what it names may be any file of the machine. Only plain names
//! of files in the model's own folder are followed, and none that is a link.

use std::cell::Cell;
use std::fs;
use std::path::{Component, Path, PathBuf};

use super::OnnxError;
use super::messages::Entry;
use super::read::{MODEL_BYTES_MAX, part};

/// Where a model's other files are.
#[derive(Debug)]
pub(super) struct Folder {
    path: Option<PathBuf>,
    /// The bytes that were read of them so far.
    read: Cell<u64>,
}

impl Folder {
    pub(super) fn of(folder: &Path) -> Self {
        Self { path: Some(folder.to_owned()), read: Cell::new(0) }
    }

    /// Of a model that is no file, so that nothing is beside it.
    pub(super) fn none() -> Self {
        Self { path: None, read: Cell::new(0) }
    }

    /// The bytes that a tensor's entries say are its data: all of a file, or `length` from `offset` on.
    pub(super) fn data(&self, tensor: &str, entries: &[Entry]) -> Result<Vec<u8>, OnnxError> {
        let wrong = |problem: String| OnnxError::Tensor { name: tensor.to_owned(), problem };
        let find = |key: &str| entries.iter().find(|entry| entry.key == key).map(|e| &*e.value);
        let location = find("location").ok_or_else(|| wrong("its file is not named".to_owned()))?;
        let number = |key: &str| match find(key) {
            None => Ok(None),
            Some(text) => text.parse::<u64>().map(Some).map_err(|_| {
                wrong(format!("the {key} of its data is {text:?}, expected a number"))
            }),
        };
        let (offset, length) = (number("offset")?.unwrap_or(0), number("length")?);
        let place = self.place(tensor, location)?;
        let (found, size) = part(&place, location, offset, length)?;
        let Some(bytes) = found else {
            let wanted = length.map_or("the rest".to_owned(), |length| format!("{length} bytes"));
            return Err(wrong(format!(
                "its data are {wanted} from byte {offset} on of {location}, which has {size}"
            )));
        };
        // A file may be named by many tensors, so what is read of all is bounded as well.
        let all = self.read.get().saturating_add(bytes.len() as u64);
        self.read.set(all);
        if all > MODEL_BYTES_MAX {
            return Err(wrong(format!(
                "with its data the weights have {all} bytes, expected at most {MODEL_BYTES_MAX}"
            )));
        }
        Ok(bytes)
    }

    fn place(&self, tensor: &str, location: &str) -> Result<PathBuf, OnnxError> {
        let elsewhere = |problem| {
            let (name, location) = (tensor.to_owned(), location.to_owned());
            OnnxError::Elsewhere { name, location, problem }
        };
        let Some(folder) = &self.path else {
            return Err(elsewhere("and the model is no file with a folder"));
        };
        let inside = Path::new(location)
            .components()
            .all(|component| matches!(component, Component::Normal(_) | Component::CurDir));
        if !inside || location.is_empty() {
            return Err(elsewhere("which is outside the model's folder"));
        }
        let mut place = folder.clone();
        for component in Path::new(location).components() {
            place.push(component);
            let link = fs::symlink_metadata(&place).is_ok_and(|found| found.is_symlink());
            if link {
                return Err(elsewhere("which is a link"));
            }
        }
        Ok(place)
    }
}
