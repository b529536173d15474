//! What the inputs, outputs and inner values of a foreign file look like.

use crate::model::manifest::{ImageShape, Layout};
use crate::model::onnx::{Dim, GraphInfo, GraphPort, GraphValue, one_image};

/// What a tensor looks like by its shape.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Looks {
    /// One or several images.
    Image(ImageShape, Layout),
    /// A vector for each item of the batch, with its length.
    Vector(usize),
    /// One number for each item of the batch, or one for all.
    Number,
    /// Nothing that a model of images has.
    Unknown,
}

/// A tensor of a file.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) name: String,
    pub(super) integer: bool,
    pub(super) looks: Looks,
    /// The batch that is fixed, 1 where it is free.
    pub(super) batch: usize,
    /// Without the batch.
    pub(super) shape: Vec<usize>,
    /// Whether there is no batch axis.
    pub(super) unbatched: bool,
    /// The operator that gives it, behind those that only move values.
    pub(super) operator: String,
}

impl Seen {
    /// Whether the name contains one of the words.
    pub(super) fn is_called(&self, words: &[&str]) -> bool {
        let name = self.name.to_lowercase();
        words.iter().any(|word| name.contains(word))
    }

    /// Whether the name is one of the words, or has one of them as a part of its own.
    pub(super) fn has_word(&self, words: &[&str]) -> bool {
        let name = self.name.to_lowercase();
        let parts = name.split(|c: char| !c.is_ascii_alphanumeric());
        parts.into_iter().any(|part| words.contains(&part))
    }

    pub(super) fn vector(&self) -> Option<usize> {
        match self.looks {
            Looks::Vector(n) => Some(n),
            _ => None,
        }
    }

    /// The length of a vector that is no more than that for each item of the batch.
    pub(super) fn flat(&self) -> Option<usize> {
        match self.shape[..] {
            [length] => Some(length),
            _ => None,
        }
    }

    pub(super) fn image(&self) -> Option<(ImageShape, Layout)> {
        match self.looks {
            Looks::Image(image, layout) => Some((image, layout)),
            _ => None,
        }
    }
}

/// Lengths of vectors that are square images of well-known data sets, with channels and side.
const KNOWN: [(usize, usize, usize); 6] =
    [(784, 1, 28), (1024, 1, 32), (4096, 1, 64), (2352, 3, 28), (3072, 3, 32), (12288, 3, 64)];

/// The image of a well-known length.
pub(super) fn known(length: usize) -> Option<ImageShape> {
    let (_, channels, side) = KNOWN.into_iter().find(|(known, ..)| *known == length)?;
    Some(ImageShape { channels, height: side, width: side })
}

/// The image that a shape without the batch stands for.
pub(super) fn image_of(shape: &[usize]) -> Option<(ImageShape, Layout)> {
    let image = |channels, height, width| ImageShape { channels, height, width };
    match *shape {
        [c @ (1 | 3), h, w] if h > 1 && w > 1 => Some((image(c, h, w), Layout::Nchw)),
        [h, w, c @ (1 | 3)] if h > 1 && w > 1 => Some((image(c, h, w), Layout::Nhwc)),
        [h, w] if h > 3 && w > 3 => Some((image(1, h, w), Layout::Nchw)),
        [n] => known(n).map(|image| (image, Layout::Nchw)),
        _ => None,
    }
}

fn looks(shape: &[usize]) -> Looks {
    let elements: usize = shape.iter().product();
    match image_of(shape) {
        _ if elements == 1 => Looks::Number,
        Some((image, layout)) => Looks::Image(image, layout),
        None if shape.iter().filter(|&&n| n > 1).count() == 1 => Looks::Vector(elements),
        // mean and spread of a code, stacked
        None if matches!(*shape, [2, _] | [_, 2]) => Looks::Vector(elements),
        // a code with places: [4, 7, 7]
        None if shape.len() == 3 => Looks::Vector(elements),
        None => Looks::Unknown,
    }
}

fn seen(name: &str, integer: bool, dims: &[Dim], operator: String) -> Seen {
    let fixed = |dim: &Dim| match dim {
        Dim::Fixed(n) => Some(*n),
        Dim::Symbol(_) => None,
    };
    let unbatched = dims.is_empty();
    let batch = dims.first().and_then(fixed).unwrap_or(1);
    let shape: Option<Vec<usize>> = dims.iter().skip(1).map(fixed).collect();
    let looks = shape.as_deref().map_or(Looks::Unknown, looks);
    Seen {
        name: name.into(),
        integer,
        looks,
        batch,
        shape: shape.unwrap_or_default(),
        unbatched,
        operator,
    }
}

fn of_port(port: &GraphPort, info: &GraphInfo) -> Seen {
    let integer = port.element_type.contains("int");
    let value = info.values.iter().find(|value| value.name == port.name);
    let operator = value.map(|v| source(v, info).operator.clone()).unwrap_or_default();
    let declared = port.shape.clone().unwrap_or_default();
    let known = |dims: &[Dim]| {
        !dims.is_empty() && dims.iter().skip(1).all(|dim| matches!(dim, Dim::Fixed(_)))
    };
    // what the file leaves open can often be inferred
    let inferred = value.and_then(|v| v.shape.clone());
    match inferred.or_else(|| one_image(&declared, info.size)) {
        Some(shape) if !known(&declared) => {
            let dims: Vec<Dim> = shape.iter().map(|&n| Dim::Fixed(n)).collect();
            seen(&port.name, integer, &dims, operator)
        }
        _ => seen(&port.name, integer, &declared, operator),
    }
}

/// The inputs and the outputs of a file.
pub(super) fn ports(info: &GraphInfo) -> (Vec<Seen>, Vec<Seen>) {
    let of = |ports: &[GraphPort]| ports.iter().map(|port| of_port(port, info)).collect();
    (of(&info.inputs), of(&info.outputs))
}

/// An inner value.
pub(super) fn of_value(value: &GraphValue, info: &GraphInfo) -> Seen {
    let dims: Vec<Dim> = value.shape.iter().flatten().map(|&n| Dim::Fixed(n)).collect();
    seen(&value.name, false, &dims, source(value, info).operator.clone())
}

/// Operators that give their input's values in another order or shape.
pub(super) const MOVES: [&str; 8] =
    ["Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose", "Identity", "Cast", "Dropout"];

/// The value whose values these are, before they were moved.
pub(super) fn source<'a>(value: &'a GraphValue, info: &'a GraphInfo) -> &'a GraphValue {
    let mut value = value;
    while MOVES.contains(&value.operator.as_str()) {
        let Some(before) = value.inputs.first() else { break };
        let Some(before) = info.values.iter().find(|v| v.name == *before) else { break };
        value = before;
    }
    value
}

/// The value that an output's activation is applied to.
pub(super) fn before_activation<'a>(output: &str, info: &'a GraphInfo) -> Option<&'a GraphValue> {
    let value = info.values.iter().find(|v| v.name == output)?;
    let before = source(value, info).inputs.first()?;
    info.values.iter().find(|v| v.name == *before)
}
