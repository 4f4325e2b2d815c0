//! The numbers of a tensor, from the several ways in which ONNX writes them.

use super::OnnxError;
use super::external::Folder;
use super::messages::{self, data_type};
use crate::tensor::{Elements, Tensor};

/// More dimensions than any operator here takes.
const DIMENSIONS_MAX: usize = 8;

/// The tensor of a message, whose data may be in a file of `folder`.
pub(super) fn tensor(read: messages::Tensor, folder: &Folder) -> Result<Tensor, OnnxError> {
    let name = read.name.clone();
    let wrong = |problem: String| OnnxError::Tensor { name: name.clone(), problem };
    let shape = shape(&read.dims).map_err(wrong)?;
    let raw = if read.location == 1 { folder.data(&name, &read.external)? } else { read.raw };
    let kind = read.data_type;
    let elements = if raw.is_empty() {
        from_fields(kind, read.floats, read.int32s, read.int64s, read.doubles)
    } else {
        from_raw(kind, &raw)
    };
    let elements = elements.map_err(wrong)?;
    let got = match &elements {
        Elements::F32(elements) => elements.len(),
        Elements::I64(elements) => elements.len(),
    };
    let expected: usize = shape.iter().product();
    if got != expected {
        return Err(wrong(format!(
            "it has {got} numbers, expected {expected} for its shape {shape:?}"
        )));
    }
    if let Elements::F32(elements) = &elements
        && let Some(place) = elements.iter().position(|element| element.is_nan())
    {
        return Err(wrong(format!("number {place} is NaN; did the network's training fail?")));
    }
    Ok(Tensor { shape, elements })
}

fn shape(dims: &[i64]) -> Result<Vec<usize>, String> {
    if dims.len() > DIMENSIONS_MAX {
        return Err(format!("it has {} dimensions, expected at most {DIMENSIONS_MAX}", dims.len()));
    }
    let mut places = 1usize;
    let mut shape = Vec::new();
    for &dim in dims {
        let size = usize::try_from(dim).map_err(|_| format!("a dimension is {dim}"))?;
        places =
            places.checked_mul(size).ok_or_else(|| format!("its shape {dims:?} is too large"))?;
        shape.push(size);
    }
    Ok(shape)
}

fn unknown<T>(kind: i32) -> Result<T, String> {
    let name = match kind {
        10 => "float16".to_owned(),
        16 => "bfloat16".to_owned(),
        other => format!("type {other} of ONNX"),
    };
    Err(format!(
        "its numbers are of {name}, expected float, double, int8, uint8, int32, int64 or bool"
    ))
}

fn from_fields(
    kind: i32,
    floats: Vec<f32>,
    int32s: Vec<i32>,
    int64s: Vec<i64>,
    doubles: Vec<f64>,
) -> Result<Elements, String> {
    Ok(match kind {
        data_type::FLOAT => Elements::F32(floats),
        data_type::DOUBLE => Elements::F32(doubles.into_iter().map(|wide| wide as f32).collect()),
        data_type::INT64 => Elements::I64(int64s),
        data_type::INT32 | data_type::INT8 | data_type::UINT8 | data_type::BOOL => {
            Elements::I64(int32s.into_iter().map(i64::from).collect())
        }
        _ => return unknown(kind),
    })
}

/// Numbers as bytes one after another, the lowest first.
fn from_raw(kind: i32, raw: &[u8]) -> Result<Elements, String> {
    Ok(match kind {
        data_type::FLOAT => Elements::F32(each(raw, f32::from_le_bytes)?),
        data_type::DOUBLE => Elements::F32(each(raw, |bytes| f64::from_le_bytes(bytes) as f32)?),
        data_type::INT64 => Elements::I64(each(raw, i64::from_le_bytes)?),
        data_type::INT32 => Elements::I64(each(raw, |bytes| i32::from_le_bytes(bytes).into())?),
        data_type::INT8 => Elements::I64(each(raw, |bytes| i8::from_le_bytes(bytes).into())?),
        data_type::UINT8 | data_type::BOOL => {
            Elements::I64(each(raw, |bytes| u8::from_le_bytes(bytes).into())?)
        }
        _ => return unknown(kind),
    })
}

fn each<const N: usize, T>(raw: &[u8], read: impl Fn([u8; N]) -> T) -> Result<Vec<T>, String> {
    let (numbers, rest) = raw.as_chunks::<N>();
    if rest.is_empty() {
        Ok(numbers.iter().map(|&bytes| read(bytes)).collect())
    } else {
        Err(format!("its data are {} bytes, expected a multiple of {N}", raw.len()))
    }
}
