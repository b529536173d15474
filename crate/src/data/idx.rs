//! IDX files (LeCun et al. 1998): two zeros, the type, the rank, big-endian sizes, then the data.

use super::tensor::{Tensor, Values};
use super::{checked_product, too_large};
use crate::error::{Error, Result};

/// The array of an IDX file.
///
/// # Errors
/// [`ErrorKind::Value`](crate::ErrorKind::Value) for a file that is none, or whose length is not
/// what its header says.
pub fn parse_idx(bytes: &[u8]) -> Result<Tensor> {
    if !bytes.starts_with(&[0, 0]) {
        return Err(Error::data("the file", "is not an IDX file", "those begin with two zeros"));
    }
    let cut = || Error::data("the IDX file", "ends before its data begin", "it is cut short");
    let (&[_, _, kind, rank], rest) = bytes.split_first_chunk::<4>().ok_or_else(cut)?;
    let (header, data) = rest.split_at_checked(4 * usize::from(rank)).ok_or_else(cut)?;
    let shape: Vec<usize> =
        header.as_chunks::<4>().0.iter().map(|size| u32::from_be_bytes(*size) as usize).collect();
    let count = checked_product(&shape).ok_or_else(|| too_large(&shape))?;
    let width = match kind {
        0x08 | 0x09 => 1,
        0x0b => 2,
        0x0c | 0x0d => 4,
        0x0e => 8,
        _ => {
            return Err(Error::data(
                "the IDX file",
                format_args!("has values of the unknown type {kind:#04x}"),
                "expected 0x08, 0x09, 0x0b, 0x0c, 0x0d or 0x0e",
            ));
        }
    };
    if data.len() != count * width {
        return Err(Error::data(
            "the IDX file",
            format_args!("has {} bytes of data, its header says {}", data.len(), count * width),
            "it is cut short or damaged",
        ));
    }
    let values = match kind {
        0x08 => Values::Bytes(data.to_vec()),
        0x09 => floats(data, |[byte]| f32::from(i8::from_be_bytes([byte]))),
        0x0b => floats(data, |bytes| f32::from(i16::from_be_bytes(bytes))),
        0x0c => floats(data, |bytes| i32::from_be_bytes(bytes) as f32),
        0x0d => floats(data, f32::from_be_bytes),
        _ => floats(data, |bytes| f64::from_be_bytes(bytes) as f32),
    };
    Ok(Tensor { shape, values })
}

fn floats<const WIDTH: usize>(data: &[u8], value: impl Fn([u8; WIDTH]) -> f32) -> Values {
    Values::Floats(data.as_chunks::<WIDTH>().0.iter().map(|bytes| value(*bytes)).collect())
}
