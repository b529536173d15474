//! What the check knows of a value: its type, its shape and, for small constants, its content.

use std::rc::Rc;

use tract_onnx::pb::tensor_proto::DataLocation;
use tract_onnx::pb::type_proto::{Tensor, Value as DeclaredType};
use tract_onnx::pb::{TensorProto, ValueInfoProto};

use super::super::file::widened;

/// Elements that a value may have: 256 MiB of `f32`.
const MAX_ELEMENTS: i64 = 1 << 26;

/// Axes that a value may have.
const MAX_RANK: usize = 32;

/// Constants computed from other constants are followed up to this many elements. Shapes and
/// indices are smaller.
pub(super) const MAX_FOLDED: i64 = 1 << 14;

/// An element type, by the letter of `operators.txt`.
pub(crate) type Element = char;

/// Letters, names and sizes in bytes of the element types, by their number in ONNX.
const ELEMENTS: [(Element, &str, i64); 14] = [
    (' ', "undefined", 0),
    ('f', "float32", 4),
    ('B', "uint8", 1),
    ('b', "int8", 1),
    ('H', "uint16", 2),
    ('h', "int16", 2),
    ('i', "int32", 4),
    ('l', "int64", 8),
    ('s', "string", 0),
    ('?', "bool", 1),
    ('e', "float16", 2),
    ('d', "float64", 8),
    ('I', "uint32", 4),
    ('L', "uint64", 8),
];

/// The element type of a number in a file; `None` for types that networks here cannot have.
pub(crate) fn element(data_type: i64) -> Option<Element> {
    let (letter, _, bytes) = ELEMENTS.get(usize::try_from(data_type).ok()?)?;
    (*bytes > 0).then_some(*letter)
}

/// The type of a declared value, if it is a tensor.
pub(super) fn declared_tensor(declared: &ValueInfoProto) -> Option<&Tensor> {
    let DeclaredType::TensorType(tensor) = declared.r#type.as_ref()?.value.as_ref()?;
    Some(tensor)
}

pub(super) fn name(element: Element) -> &'static str {
    ELEMENTS.iter().find(|(letter, ..)| *letter == element).map_or("unknown", |(_, name, _)| name)
}

pub(super) fn bytes(element: Element) -> i64 {
    ELEMENTS.iter().find(|(letter, ..)| *letter == element).map_or(0, |(.., bytes)| *bytes)
}

pub(super) fn is_integer(element: Element) -> bool {
    "BbHhilIL".contains(element)
}

/// The number of elements of a shape, if a value may have it.
pub(super) fn count(shape: &[i64]) -> Result<i64, String> {
    if shape.len() > MAX_RANK {
        return Err(format!("a value of {} axes, at most {MAX_RANK} are possible", shape.len()));
    }
    if shape.iter().any(|&dim| dim < 0) {
        return Err(format!("the shape {shape:?} has a negative length"));
    }
    // A product with a zero is zero, but tract multiplies the other lengths as well.
    let product = shape
        .iter()
        .filter(|&&dim| dim != 0)
        .try_fold(1_i64, |product, &dim| product.checked_mul(dim));
    match product {
        Some(product) if product <= MAX_ELEMENTS => {
            Ok(if shape.contains(&0) { 0 } else { product })
        }
        _ => Err(format!(
            "a value of shape {shape:?}, which is larger than the {MAX_ELEMENTS} elements that are \
             possible"
        )),
    }
}

/// The elements of a small constant.
#[derive(Clone, Debug)]
pub(super) enum Data {
    /// Integers and booleans.
    Integers(Rc<[i64]>),
    /// Floating-point numbers.
    Reals(Rc<[f64]>),
}

impl Data {
    pub(super) fn integers(values: impl Into<Rc<[i64]>>) -> Self {
        Self::Integers(values.into())
    }

    /// The elements at `indices`, in their order.
    pub(super) fn pick(&self, indices: &[usize]) -> Option<Self> {
        Some(match self {
            Self::Integers(v) => {
                Self::Integers(indices.iter().map(|&i| v.get(i).copied()).collect::<Option<_>>()?)
            }
            Self::Reals(v) => {
                Self::Reals(indices.iter().map(|&i| v.get(i).copied()).collect::<Option<_>>()?)
            }
        })
    }
}

/// A value of the graph.
#[derive(Clone, Debug)]
pub(super) struct Value<'a> {
    pub element: Element,
    pub shape: Vec<i64>,
    /// The content, if it is a small constant that the check has computed.
    pub data: Option<Data>,
    /// The tensor in the file that the value is.
    pub tensor: Option<&'a TensorProto>,
    /// Whether the value is the same at every run.
    pub constant: bool,
}

impl<'a> Value<'a> {
    pub(super) fn new(element: Element, shape: Vec<i64>) -> Self {
        Self { element, shape, data: None, tensor: None, constant: false }
    }

    /// A tensor of the file, whose content must fit its shape and type.
    pub(super) fn from_tensor(tensor: &'a TensorProto) -> Result<Self, String> {
        let element = element(i64::from(tensor.data_type)).ok_or_else(|| {
            format!("element type {} is not supported", type_name(tensor.data_type))
        })?;
        let count = count(&tensor.dims)?;
        if tensor.segment.is_some() {
            return Err("tensors in segments are not supported".into());
        }
        let found = if tensor.raw_data.is_empty() {
            if tensor.data_location == Some(DataLocation::External as i32) && count > 0 {
                return Err("its values are in another file: give that file too, or export with \
                            external_data=False"
                    .into());
            }
            match element {
                'f' => tensor.float_data.len(),
                'd' => tensor.double_data.len(),
                'l' => tensor.int64_data.len(),
                'I' | 'L' => 0,
                _ => tensor.int32_data.len(),
            }
        } else {
            let size = bytes(element) as usize;
            if tensor.raw_data.len() != count as usize * size {
                return Err(format!(
                    "shape {:?} of {} takes {} bytes, the file has {}: it is damaged",
                    tensor.dims,
                    name(element),
                    count as usize * size,
                    tensor.raw_data.len()
                ));
            }
            count as usize
        };
        if found != count as usize {
            return Err(format!(
                "shape {:?} takes {count} elements, the file has {found}: it is damaged",
                tensor.dims
            ));
        }
        Ok(Self {
            element,
            shape: tensor.dims.clone(),
            data: None,
            tensor: Some(tensor),
            constant: true,
        })
    }

    pub(super) fn with(mut self, data: Option<Data>) -> Self {
        self.constant |= data.is_some();
        self.data = data;
        self
    }

    pub(super) fn rank(&self) -> i64 {
        self.shape.len() as i64
    }

    /// The number of elements; the shape has been checked when the value was made.
    pub(super) fn count(&self) -> i64 {
        self.shape.iter().product()
    }

    /// The content, if the value is a constant of at most [`MAX_FOLDED`] elements.
    pub(super) fn data(&self) -> Option<Data> {
        if self.data.is_some() || self.count() > MAX_FOLDED {
            return self.data.clone();
        }
        self.read()
    }

    /// The content of a constant of any size.
    fn read(&self) -> Option<Data> {
        if let Some(data) = &self.data {
            return Some(data.clone());
        }
        let tensor = self.tensor?;
        macro_rules! raw {
            ($type:ty) => {
                tensor.raw_data.as_chunks().0.iter().map(|&b| <$type>::from_le_bytes(b))
            };
        }
        let small = || tensor.int32_data.iter().map(|&v| i64::from(v));
        let is_raw = !tensor.raw_data.is_empty();
        Some(match (self.element, is_raw) {
            ('f', true) => Data::Reals(raw!(f32).map(f64::from).collect()),
            ('f', false) => Data::Reals(tensor.float_data.iter().map(|&v| f64::from(v)).collect()),
            ('d', true) => Data::Reals(raw!(f64).collect()),
            ('d', false) => Data::Reals(tensor.double_data.iter().copied().collect()),
            ('e', true) => Data::Reals(raw!(u16).map(half).collect()),
            ('e', false) => {
                Data::Reals(tensor.int32_data.iter().map(|&v| half(v as u16)).collect())
            }
            ('l', true) => Data::Integers(raw!(i64).collect()),
            ('l', false) => Data::Integers(tensor.int64_data.iter().copied().collect()),
            ('i', true) => Data::Integers(raw!(i32).map(i64::from).collect()),
            ('h', true) => Data::Integers(raw!(i16).map(i64::from).collect()),
            ('H', true) => Data::Integers(raw!(u16).map(i64::from).collect()),
            ('b', true) => Data::Integers(raw!(i8).map(i64::from).collect()),
            ('B', true) => Data::Integers(raw!(u8).map(i64::from).collect()),
            ('?', true) => {
                Data::Integers(tensor.raw_data.iter().map(|&v| i64::from(v != 0)).collect())
            }
            ('?', false) => Data::Integers(small().map(|v| i64::from(v != 0)).collect()),
            ('i' | 'h' | 'H' | 'b' | 'B', false) => Data::Integers(small().collect()),
            _ => return None,
        })
    }

    /// Whether a tensor of real numbers has some that are not.
    pub(super) fn has_nan(&self) -> bool {
        match self.tensor {
            Some(tensor) if self.element == 'f' && !tensor.raw_data.is_empty() => {
                let values = tensor.raw_data.as_chunks().0.iter();
                values.map(|&bytes| f32::from_le_bytes(bytes)).any(f32::is_nan)
            }
            Some(_) if "fde".contains(self.element) => {
                self.reals().is_some_and(|values| values.iter().any(|value| value.is_nan()))
            }
            _ => false,
        }
    }

    /// The integers of a constant of integers.
    pub(super) fn integers(&self) -> Option<Rc<[i64]>> {
        match self.read() {
            Some(Data::Integers(values)) => Some(values),
            _ => None,
        }
    }

    /// The numbers of a constant of floating-point numbers.
    pub(super) fn reals(&self) -> Option<Rc<[f64]>> {
        match self.read() {
            Some(Data::Reals(values)) => Some(values),
            _ => None,
        }
    }
}

/// Whether the bytes of a tensor are not those that its shape takes.
pub(super) fn is_damaged(tensor: &TensorProto) -> bool {
    let size = element(i64::from(tensor.data_type)).map_or(0, bytes);
    size > 0
        && tensor.data_location != Some(DataLocation::External as i32)
        && tensor.dims.iter().try_fold(size, |product, &dim| product.checked_mul(dim))
            != Some(tensor.raw_data.len() as i64)
        && !(tensor.raw_data.is_empty() && Value::from_tensor(tensor).is_ok())
}

/// The name of an element type by its number in the file.
pub(super) fn type_name(data_type: i32) -> String {
    match ELEMENTS.get(data_type as usize) {
        Some((_, name, _)) => (*name).into(),
        None => format!("number {data_type}"),
    }
}

/// The value of a half-precision number.
fn half(bits: u16) -> f64 {
    f64::from(widened(bits))
}
