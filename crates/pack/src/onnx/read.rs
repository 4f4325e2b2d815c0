//! From bytes to a [`Model`].

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::Path;

use prost::Message as _;

use super::external::Folder;
use super::messages::{self, attribute_kind};
use super::weights::tensor;
use super::{Attribute, Model, Node, OnnxError, Port};

/// The largest model that is read, in bytes, and the largest file of weights beside it. An agent is at
/// most 16 MiB, and a weight of four bytes becomes one of one byte at least.
pub const MODEL_BYTES_MAX: u64 = 128 << 20;

/// Reads the network in a file, and its weights in others beside it.
///
/// # Errors
/// When the file is none that can be read as a network, or its weights are not where it says.
pub fn read_file(path: &Path) -> Result<Model, OnnxError> {
    let shown = path.display().to_string();
    let bytes = bounded(path, &shown)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    read(&bytes, &Folder::of(folder.unwrap_or(Path::new("."))))
}

/// Reads the network in bytes that hold all of its weights.
///
/// # Errors
/// When the bytes are none that can be read as a network, or weights are elsewhere.
pub fn read_bytes(bytes: &[u8]) -> Result<Model, OnnxError> {
    read(bytes, &Folder::none())
}

/// The bytes of a file that is not too large, whatever its size is said to be.
fn bounded(path: &Path, shown: &str) -> Result<Vec<u8>, OnnxError> {
    let (file, _) = opened(path, shown)?;
    let mut bytes = Vec::new();
    let read = file.take(MODEL_BYTES_MAX + 1).read_to_end(&mut bytes);
    read.map_err(|source| OnnxError::File { file: shown.to_owned(), source })?;
    match bytes.len() as u64 {
        got if got > MODEL_BYTES_MAX => Err(too_large(shown, got)),
        _ => Ok(bytes),
    }
}

/// So many bytes of a file from an offset on, or all from there, and the file's size; none where it is
/// shorter.
pub(super) fn part(
    path: &Path,
    shown: &str,
    offset: u64,
    length: Option<u64>,
) -> Result<(Option<Vec<u8>>, u64), OnnxError> {
    let (mut file, size) = opened(path, shown)?;
    let end = length.map_or(Some(size), |length| offset.checked_add(length));
    let Some(len) = end.filter(|&end| end <= size).and_then(|end| end.checked_sub(offset)) else {
        return Ok((None, size));
    };
    let mut bytes = vec![0; len as usize];
    let read = file.seek(SeekFrom::Start(offset)).and_then(|_| file.read_exact(&mut bytes));
    read.map_err(|source| OnnxError::File { file: shown.to_owned(), source })?;
    Ok((Some(bytes), size))
}

/// A file that is one, and not too large; a pipe would have to be waited for.
fn opened(path: &Path, shown: &str) -> Result<(File, u64), OnnxError> {
    let failed = |source| OnnxError::File { file: shown.to_owned(), source };
    let found = fs::metadata(path).map_err(failed)?;
    if !found.is_file() {
        return Err(failed(io::Error::other("it is no regular file")));
    }
    if found.len() > MODEL_BYTES_MAX {
        return Err(too_large(shown, found.len()));
    }
    Ok((File::open(path).map_err(failed)?, found.len()))
}

fn too_large(shown: &str, got: u64) -> OnnxError {
    OnnxError::TooLarge { file: shown.to_owned(), got, max: MODEL_BYTES_MAX }
}

fn read(bytes: &[u8], folder: &Folder) -> Result<Model, OnnxError> {
    let model = messages::Model::decode(bytes)?;
    let graph = model.graph.ok_or(OnnxError::NoGraph)?;
    let mut weights = BTreeMap::new();
    for initializer in graph.initializers {
        let name = initializer.name.clone();
        let read = tensor(initializer, folder)?;
        if weights.insert(name.clone(), read).is_some() {
            return Err(OnnxError::Twice(name));
        }
    }
    let given = graph.inputs.into_iter().filter(|input| !weights.contains_key(&input.name));
    let inputs = given.map(port).collect::<Result<_, _>>()?;
    let outputs = graph.outputs.into_iter().map(port).collect::<Result<_, _>>()?;
    let nodes = graph.nodes.into_iter().enumerate();
    let nodes = nodes.map(|(place, read)| node(place, read, folder)).collect::<Result<_, _>>()?;
    let named = |set: messages::OperatorSet| match is_standard(&set.domain) {
        true => (STANDARD.to_owned(), set.version),
        false => (set.domain, set.version),
    };
    let operator_sets = model.operator_sets.into_iter().map(named).collect();
    Ok(Model { operator_sets, nodes, weights, inputs, outputs })
}

/// The set of operators that needs no name.
const STANDARD: &str = "ai.onnx";

fn is_standard(domain: &str) -> bool {
    domain.is_empty() || domain == STANDARD
}

fn port(info: messages::ValueInfo) -> Result<Port, OnnxError> {
    let name = info.name;
    let wrong = |problem: String| OnnxError::Port { name: name.clone(), problem };
    let tensor = info.kind.and_then(|kind| kind.tensor);
    let tensor = tensor.ok_or_else(|| wrong("expected a tensor".to_owned()))?;
    let mut shape = Vec::new();
    for dimension in tensor.shape.unwrap_or_default().dims {
        let size = match dimension.value {
            None => None,
            Some(value) => {
                Some(usize::try_from(value).map_err(|_| wrong(format!("a dimension is {value}")))?)
            }
        };
        shape.push(size);
    }
    Ok(Port { name, shape })
}

fn node(place: usize, node: messages::Node, folder: &Folder) -> Result<Node, OnnxError> {
    let operator = if is_standard(&node.domain) {
        node.operator
    } else {
        format!("{}.{}", node.domain, node.operator)
    };
    let name = if node.name.is_empty() {
        format!("{operator} number {place}")
    } else {
        format!("{operator} {:?}", node.name)
    };
    let mut attributes = BTreeMap::new();
    for read in node.attributes {
        let key = read.name.clone();
        attributes.insert(key, attribute(&name, read, folder)?);
    }
    Ok(Node { operator, name, inputs: node.inputs, outputs: node.outputs, attributes })
}

fn attribute(
    node: &str,
    read: messages::Attribute,
    folder: &Folder,
) -> Result<Attribute, OnnxError> {
    let unknown =
        OnnxError::Attribute { node: node.to_owned(), name: read.name.clone(), kind: read.kind };
    Ok(match read.kind {
        attribute_kind::FLOAT => Attribute::Float(read.float),
        attribute_kind::INT => Attribute::Int(read.int),
        attribute_kind::STRING => Attribute::Text(text(read.text)),
        attribute_kind::TENSOR => Attribute::Tensor(tensor(read.tensor.ok_or(unknown)?, folder)?),
        attribute_kind::FLOATS => Attribute::Floats(read.floats),
        attribute_kind::INTS => Attribute::Ints(read.ints),
        attribute_kind::STRINGS => Attribute::Texts(read.texts.into_iter().map(text).collect()),
        _ => return Err(unknown),
    })
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8_lossy(&bytes).into_owned()
}
