//! NPY files (NumPy Enhancement Proposal 1): a magic text, a version, a Python literal that
//! describes the array, then the data.

use super::tensor::{Tensor, Values};
use super::{checked_product, too_large};
use crate::error::{Error, Result};

const MAGIC: &[u8] = b"\x93NUMPY";

/// Where the data begin is a multiple of this.
const ALIGNMENT: usize = 64;

/// # Errors
/// [`ErrorKind::Value`](crate::ErrorKind::Value) for a file that is none, has other values than
/// numbers, or whose length is not what its header says.
pub(super) fn parse(bytes: &[u8]) -> Result<Tensor> {
    let (header, data) = split(bytes).ok_or_else(|| {
        Error::data(
            "the NPY file",
            "ends in its header, or is of an unknown version",
            "save it again with numpy.save",
        )
    })?;
    let Header { descr, fortran, shape } = Header::parse(header).ok_or_else(|| {
        let header: String = String::from_utf8_lossy(header).chars().take(80).collect();
        Error::data(
            "the NPY file",
            format_args!("has a header that does not describe an array, {header:?}"),
            "save it again with numpy.save",
        )
    })?;
    let count = checked_product(&shape).ok_or_else(|| too_large(&shape))?;
    let (values, width) = values(descr, data)?;
    if data.len() != count * width {
        return Err(Error::data(
            "the NPY file",
            format_args!("has {} bytes of data, its header says {}", data.len(), count * width),
            "it is cut short or damaged",
        ));
    }
    Ok(Tensor { values: if fortran { row_major(values, &shape) } else { values }, shape })
}

fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let ([major, _], rest) = bytes.strip_prefix(MAGIC)?.split_first_chunk::<2>()?;
    let (length, rest) = match major {
        1 => {
            let (length, rest) = rest.split_first_chunk::<2>()?;
            (usize::from(u16::from_le_bytes(*length)), rest)
        }
        2 | 3 => {
            let (length, rest) = rest.split_first_chunk::<4>()?;
            (u32::from_le_bytes(*length) as usize, rest)
        }
        _ => return None,
    };
    rest.split_at_checked(length)
}

/// `{'descr': '<f4', 'fortran_order': False, 'shape': (60000, 28, 28), }`
struct Header<'a> {
    descr: &'a str,
    fortran: bool,
    shape: Vec<usize>,
}

impl<'a> Header<'a> {
    fn parse(bytes: &'a [u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?.trim();
        let mut rest = text.strip_prefix('{')?.strip_suffix('}')?.trim();
        let (mut descr, mut fortran, mut shape) = (None, None, None);
        while !rest.is_empty() {
            let (key, after) = quoted(rest)?;
            let value = after.trim_start().strip_prefix(':')?.trim_start();
            rest = match key {
                "descr" => {
                    let (text, rest) = quoted(value)?;
                    descr = Some(text);
                    rest
                }
                "fortran_order" => {
                    let (flag, rest) = match value.strip_prefix("True") {
                        Some(rest) => (true, rest),
                        None => (false, value.strip_prefix("False")?),
                    };
                    fortran = Some(flag);
                    rest
                }
                "shape" => {
                    let (inner, rest) = value.strip_prefix('(')?.split_once(')')?;
                    let sizes = inner.split(',').map(str::trim).filter(|size| !size.is_empty());
                    // Python 2 wrote long integers with an L.
                    let sizes = sizes.map(|size| size.trim_end_matches('L').parse::<u64>().ok());
                    // What no memory can hold is refused as too large, on every machine.
                    let sizes =
                        sizes.map(|size| Some(usize::try_from(size?).unwrap_or(usize::MAX)));
                    shape = Some(sizes.collect::<Option<Vec<usize>>>()?);
                    rest
                }
                _ => return None,
            }
            .trim_start();
            match rest.strip_prefix(',') {
                Some(after) => rest = after.trim_start(),
                None if rest.is_empty() => {}
                None => return None,
            }
        }
        Some(Self { descr: descr?, fortran: fortran?, shape: shape? })
    }
}

/// A Python string without escapes at the beginning of a text, and what follows it.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let quote = text.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    text[1..].split_once(quote)
}

/// All whole values in some bytes, and how many bytes each has.
fn values(descr: &str, data: &[u8]) -> Result<(Values, usize)> {
    let (big, kind) = match descr.as_bytes() {
        [b'>', ..] => (true, &descr[1..]),
        [b'<' | b'|' | b'=', ..] => (false, &descr[1..]),
        _ => (false, descr),
    };
    let read = match kind {
        "u1" | "b1" | "?" => (Values::Bytes(data.to_vec()), 1),
        "i1" => (floats(data, big, |[byte]| f32::from(i8::from_le_bytes([byte]))), 1),
        "u2" => (floats(data, big, |bytes| f32::from(u16::from_le_bytes(bytes))), 2),
        "i2" => (floats(data, big, |bytes| f32::from(i16::from_le_bytes(bytes))), 2),
        "u4" => (floats(data, big, |bytes| u32::from_le_bytes(bytes) as f32), 4),
        "i4" => (floats(data, big, |bytes| i32::from_le_bytes(bytes) as f32), 4),
        "u8" => (floats(data, big, |bytes| u64::from_le_bytes(bytes) as f32), 8),
        "i8" => (floats(data, big, |bytes| i64::from_le_bytes(bytes) as f32), 8),
        "f2" => (floats(data, big, |bytes| half(u16::from_le_bytes(bytes))), 2),
        "f4" => (floats(data, big, f32::from_le_bytes), 4),
        "f8" => (floats(data, big, |bytes| f64::from_le_bytes(bytes) as f32), 8),
        _ => {
            return Err(Error::data(
                "the NPY file",
                format_args!("has values of type {descr:?}"),
                "save them as integers or floats, for example with .astype(\"uint8\")",
            ));
        }
    };
    Ok(read)
}

fn floats<const WIDTH: usize>(
    data: &[u8],
    big: bool,
    value: impl Fn([u8; WIDTH]) -> f32,
) -> Values {
    let each = |bytes: &[u8; WIDTH]| {
        let mut bytes = *bytes;
        if big {
            bytes.reverse();
        }
        value(bytes)
    };
    Values::Floats(data.as_chunks::<WIDTH>().0.iter().map(each).collect())
}

/// A number of IEEE 754's binary16.
fn half(bits: u16) -> f32 {
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1f), f32::from(bits & 0x3ff));
    let magnitude = match exponent {
        0 => fraction * 2_f32.powi(-24),
        0x1f if fraction == 0.0 => f32::INFINITY,
        0x1f => f32::NAN,
        _ => (1.0 + fraction / 1024.0) * 2_f32.powi(exponent - 15),
    };
    if bits >> 15 == 1 { -magnitude } else { magnitude }
}

/// Values whose first index varies fastest, with the last varying fastest.
fn row_major(values: Values, shape: &[usize]) -> Values {
    fn reordered<T: Copy>(values: &[T], shape: &[usize]) -> Vec<T> {
        let mut strides = Vec::with_capacity(shape.len());
        shape.iter().fold(1, |stride, size| {
            strides.push(stride);
            stride * size
        });
        let mut index = vec![0; shape.len()];
        let mut result = Vec::with_capacity(values.len());
        for _ in 0..values.len() {
            result.push(
                values[index.iter().zip(&strides).map(|(i, stride)| i * stride).sum::<usize>()],
            );
            for axis in (0..shape.len()).rev() {
                index[axis] += 1;
                if index[axis] < shape[axis] {
                    break;
                }
                index[axis] = 0;
            }
        }
        result
    }
    match values {
        Values::Bytes(bytes) => Values::Bytes(reordered(&bytes, shape)),
        Values::Floats(floats) => Values::Floats(reordered(&floats, shape)),
    }
}

fn write(descr: &str, count: usize, data: impl Iterator<Item = u8>) -> Vec<u8> {
    let header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': ({count},), }}");
    // magic, version, length, and the line end
    let length = (MAGIC.len() + 4 + header.len() + 1).next_multiple_of(ALIGNMENT);
    let padded = length - MAGIC.len() - 4;
    let mut file = MAGIC.to_vec();
    file.extend([1, 0]);
    file.extend((padded as u16).to_le_bytes());
    file.extend(header.bytes());
    file.resize(length - 1, b' ');
    file.push(b'\n');
    file.extend(data);
    file
}

/// An NPY file of float64 values, an array of rank 1.
#[must_use]
pub fn write_floats(values: &[f64]) -> Vec<u8> {
    write("<f8", values.len(), values.iter().flat_map(|value| value.to_le_bytes()))
}

/// An NPY file of uint8 values, an array of rank 1.
#[must_use]
pub fn write_bytes(values: &[u8]) -> Vec<u8> {
    write("|u1", values.len(), values.iter().copied())
}
