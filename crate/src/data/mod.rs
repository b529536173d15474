//! Data sets from files: IDX, NPY and CSV, as images of 8-bit levels with their labels.
//!
//! A file says how large it is before its data come. Every such size is checked against the bytes
//! that are there before anything is allocated by it.

mod csv;
mod idx;
mod npy;
mod tensor;

pub use idx::parse_idx;
pub use npy::{write_bytes, write_floats};
pub use tensor::{Reading, Tensor, Values};

use crate::error::{Error, Result};
use crate::image::resample::Size;

/// Most levels of a data set.
const MAX_LEVELS: usize = 1 << 28;

/// Longest side of an image in pixels.
const MAX_SIDE: usize = 1024;

/// Most images of a data set.
const MAX_IMAGES: usize = 1_000_000;

/// Images of one size.
#[derive(Clone, Debug, PartialEq)]
pub struct ImageSet {
    /// Size of each image.
    pub size: Size,
    /// How many images there are, at least one.
    pub count: usize,
    /// 8-bit levels, image after image, row by row, the channels of a pixel side by side.
    pub levels: Vec<u8>,
    /// One label for each image, where the file has a column of them.
    pub labels: Option<Vec<String>>,
    /// How the file's values were read.
    pub reading: Reading,
}

/// What a file contains.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// Images, with or without labels.
    Images(ImageSet),
    /// Labels alone.
    Labels(Vec<String>),
}

/// Reads a file: IDX and NPY by how they begin, anything else as CSV. An array of rank 1, or a
/// single column, is one of labels; see [`Tensor::images`] for the shapes of images.
///
/// # Errors
/// [`ErrorKind::Value`](crate::ErrorKind::Value) for a file that is none of these, is cut short,
/// contradicts itself, or is larger than a data set may be.
pub fn read(bytes: &[u8]) -> Result<Content> {
    match bytes {
        [0, 0, 8..=255, 1..=4, ..] => of_tensor(parse_idx(bytes)?),
        [0x93, b'N', b'U', b'M', b'P', b'Y', ..] => of_tensor(npy::parse(bytes)?),
        _ => csv::parse(bytes),
    }
}

fn of_tensor(tensor: Tensor) -> Result<Content> {
    match tensor.shape[..] {
        [_] | [_, 1] => tensor.labels().map(Content::Labels),
        _ => tensor.images().map(Content::Images),
    }
}

/// The product of sizes that a file states; `None` if it is more than a data set may have.
fn checked_product(sizes: &[usize]) -> Option<usize> {
    let product = sizes.iter().try_fold(1_usize, |product, &size| product.checked_mul(size))?;
    (product <= MAX_LEVELS).then_some(product)
}

fn too_large(sizes: &[usize]) -> Error {
    Error::data(
        "the file",
        format_args!("states the shape {sizes:?}"),
        format_args!("a data set can have {MAX_LEVELS} values at most"),
    )
}
