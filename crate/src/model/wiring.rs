//! Between the values of the crate and the tensors of a network, as an entry's adapters say.
//!
//! In the crate the values of an image lie row by row, the channels of a pixel side by side, and an
//! image is one image; a network has its own order, units and batch.

use super::check_class;
use super::manifest::{ClassForm, ClassInput, ImageInput, ImageShape, Layout, NullClass, Numbers};
use super::onnx::{Network, TensorSpec, Values};
use crate::error::{Error, Result};

/// Values of one input, for the whole batch.
#[derive(Clone, Debug)]
pub(super) enum Tensor {
    F32(Vec<f32>),
    I64(Vec<i64>),
}

impl Tensor {
    /// The number in the element type, `count` times.
    pub(super) fn filled(value: f64, numbers: Numbers, count: usize) -> Self {
        match numbers {
            Numbers::Integer => Self::I64(vec![value.round() as i64; count]),
            Numbers::Float => Self::F32(vec![value as f32; count]),
        }
    }

    /// Puts the values of a further state behind these.
    fn append(&mut self, other: &Self) {
        match (self, other) {
            (Self::F32(all), Self::F32(values)) => all.extend(values),
            (Self::I64(all), Self::I64(values)) => all.extend(values),
            _ => unreachable!("an input has one type in all states"),
        }
    }

    pub(super) fn values(&self) -> Values<'_> {
        match self {
            Self::F32(values) => Values::F32(values),
            Self::I64(values) => Values::I64(values),
        }
    }
}

/// The outputs of one state.
pub(super) fn run(network: &Network, inputs: &[Tensor]) -> Result<Vec<Vec<f32>>> {
    let values: Vec<Values<'_>> = inputs.iter().map(Tensor::values).collect();
    network.run(&values)
}

/// The outputs of each of several states. They go through the network together, so many at a time
/// as its [`Network::states_at_once`].
pub(super) fn run_states(network: &Network, states: &[Vec<Tensor>]) -> Result<Vec<Vec<Vec<f32>>>> {
    let mut results = Vec::with_capacity(states.len());
    for states in states.chunks(network.states_at_once()) {
        let Some((first, others)) = states.split_first() else { continue };
        let mut inputs = first.clone();
        for state in others {
            inputs.iter_mut().zip(state).for_each(|(all, one)| all.append(one));
        }
        let outputs = run(network, &inputs)?;
        results.extend((0..states.len()).map(|state| {
            let own = |values: &Vec<f32>| {
                let each = values.len() / states.len();
                values[state * each..][..each].to_vec()
            };
            outputs.iter().map(own).collect()
        }));
    }
    Ok(results)
}

pub(super) fn spec(name: &str, numbers: Numbers, batch: usize, shape: &[usize]) -> TensorSpec {
    let shape = [&[batch], shape].concat();
    match numbers {
        Numbers::Integer => TensorSpec::i64(name, &shape),
        Numbers::Float => TensorSpec::f32(name, &shape),
    }
}

pub(super) fn check_length(what: &str, found: usize, expected: usize) -> Result<()> {
    if found == expected {
        return Ok(());
    }
    Err(Error::shape(what, format_args!("{found} values"), expected))
}

/// The values, all of which must be finite.
pub(super) fn finite(values: &[f32]) -> Result<()> {
    match values.iter().position(|v| !v.is_finite()) {
        None => Ok(()),
        Some(at) => Err(Error::value(
            format_args!("value {at} of the network's input"),
            values[at],
            "finite",
        )),
    }
}

/// The values `batch` times.
pub(super) fn repeated(values: Vec<f32>, batch: usize) -> Vec<f32> {
    if batch == 1 { values } else { values.repeat(batch) }
}

/// The shape of an image's tensor without the batch.
fn image_shape(image: ImageShape, layout: Layout, channels: usize) -> Vec<usize> {
    match layout {
        Layout::Nchw => vec![channels, image.height, image.width],
        Layout::Nhwc => vec![image.height, image.width, channels],
    }
}

/// From the order of a network to that of the crate; `channels` are those of the tensor.
fn to_interleaved(values: &[f32], layout: Layout, channels: usize) -> Vec<f32> {
    match layout {
        Layout::Nchw if channels > 1 => {
            let pixels = values.len() / channels;
            (0..values.len()).map(|i| values[i % channels * pixels + i / channels]).collect()
        }
        _ => values.to_vec(),
    }
}

/// From the order of the crate to that of a network.
fn from_interleaved(values: &[f32], layout: Layout, channels: usize) -> Vec<f32> {
    match layout {
        Layout::Nchw if channels > 1 => {
            let pixels = values.len() / channels;
            (0..values.len()).map(|i| values[i % pixels * channels + i / pixels]).collect()
        }
        _ => values.to_vec(),
    }
}

/// An image as the input of a network.
#[derive(Clone, Debug)]
pub(super) struct ImageTensor {
    pub(super) image: ImageShape,
    layout: Layout,
    shape: Vec<usize>,
    /// Factor and summand of each channel, none for 1 and 0.
    affine: Option<Vec<(f32, f32)>>,
}

impl ImageTensor {
    pub(super) fn new(adapter: &ImageInput, image: ImageShape) -> Self {
        let of_channel = |values: &[f64], channel: usize, otherwise: f64| match values {
            [] => otherwise,
            [one] => *one,
            all => all[channel],
        };
        let affine: Vec<(f64, f64)> = (0..image.channels)
            .map(|c| (of_channel(&adapter.scale, c, 1.0), of_channel(&adapter.shift, c, 0.0)))
            .collect();
        let identity = affine.iter().all(|&pair| pair == (1.0, 0.0));
        Self {
            image,
            layout: adapter.layout,
            shape: adapter
                .shape
                .clone()
                .unwrap_or_else(|| image_shape(image, adapter.layout, image.channels)),
            affine: (!identity)
                .then(|| affine.iter().map(|&(a, b)| (a as f32, b as f32)).collect()),
        }
    }

    pub(super) fn spec(&self, name: &str, batch: usize) -> TensorSpec {
        spec(name, Numbers::Float, batch, &self.shape)
    }

    /// The tensor of an image, `batch` times.
    pub(super) fn tensor(&self, values: &[f32], batch: usize) -> Result<Tensor> {
        check_length("the image", values.len(), self.image.dimensions())?;
        finite(values)?;
        let channels = self.image.channels;
        let values = from_interleaved(values, self.layout, channels);
        let values = match &self.affine {
            None => values,
            Some(affine) => {
                let pixels = values.len() / channels;
                let channel = |i: usize| match self.layout {
                    Layout::Nchw => i / pixels,
                    Layout::Nhwc => i % channels,
                };
                let scaled = values.iter().enumerate().map(|(i, v)| {
                    let (a, b) = affine[channel(i)];
                    a * v + b
                });
                scaled.collect()
            }
        };
        Ok(Tensor::F32(repeated(values, batch)))
    }
}

/// An image as the output of a network, or several values for each of its pixels.
#[derive(Clone, Copy, Debug)]
pub(super) struct ImageResult {
    pub(super) image: ImageShape,
    pub(super) layout: Layout,
    /// Channels of the tensor, a multiple of the image's.
    pub(super) channels: usize,
}

impl ImageResult {
    fn elements(&self) -> usize {
        self.image.height * self.image.width * self.channels
    }

    /// Fails unless the output can be read as such an image.
    pub(super) fn check(
        &self,
        path: &str,
        found: &TensorSpec,
        shape: Option<&[usize]>,
        batch: usize,
    ) -> Result<()> {
        let own = image_shape(self.image, self.layout, self.channels);
        let expected = [&[batch], shape.unwrap_or(&own)].concat();
        // with one channel only the number of values matters: no order can be mistaken
        let plain = shape.is_none() && self.channels == 1;
        let elements = found.shape.iter().product::<usize>();
        if found.shape == expected || plain && elements == batch * self.elements() {
            return Ok(());
        }
        Err(Error::file(
            path,
            format_args!(
                "gives {:?} with shape {:?}, expected {expected:?}",
                found.name, found.shape
            ),
        ))
    }

    /// The values of the first image of the batch, those of a pixel side by side.
    pub(super) fn first(&self, values: &[f32]) -> Vec<f32> {
        to_interleaved(&values[..self.elements()], self.layout, self.channels)
    }
}

/// A class as one or two inputs.
#[derive(Clone, Debug)]
pub(super) struct ClassTensor {
    input: ClassInput,
    classes: usize,
}

impl ClassTensor {
    pub(super) fn new(input: &ClassInput, classes: usize) -> Self {
        Self { input: input.clone(), classes }
    }

    fn length(&self) -> usize {
        self.classes + usize::from(self.input.null == NullClass::ExtraIndex)
    }

    fn numbers(&self) -> Numbers {
        self.input.numbers.unwrap_or(match self.input.form {
            ClassForm::Index => Numbers::Integer,
            ClassForm::OneHot => Numbers::Float,
        })
    }

    pub(super) fn specs(&self, batch: usize) -> Vec<TensorSpec> {
        let shape = self.input.shape.clone().unwrap_or(match self.input.form {
            ClassForm::Index => Vec::new(),
            ClassForm::OneHot => vec![self.length()],
        });
        let name = self.input.name.as_deref().unwrap_or("class");
        let mut specs = vec![spec(name, self.numbers(), batch, &shape)];
        if let NullClass::Mask { name, shape, numbers, .. } = &self.input.null {
            specs.push(spec(name, *numbers, batch, shape));
        }
        specs
    }

    pub(super) fn tensors(&self, class: Option<usize>, batch: usize) -> Result<Vec<Tensor>> {
        check_class(class, self.classes)?;
        let index = match (class, &self.input.null) {
            (Some(class), _) => class as i64,
            (None, NullClass::None) => {
                return Err(Error::request(
                    "the model always needs a class",
                    format_args!("give 0 to {}", self.classes - 1),
                ));
            }
            (None, NullClass::ExtraIndex) => self.classes as i64,
            (None, NullClass::Index(index)) => *index,
            // what is masked does not matter
            (None, NullClass::Mask { .. }) => 0,
            (None, NullClass::Zeros) => -1,
        };
        let numbers = self.numbers();
        let mut tensors = vec![match self.input.form {
            ClassForm::Index => Tensor::filled(index as f64, numbers, batch),
            ClassForm::OneHot => {
                let one_hot = (0..self.length() as i64).map(|i| i == index);
                match numbers {
                    Numbers::Float => Tensor::F32(
                        one_hot.map(|on| f32::from(u8::from(on))).collect::<Vec<_>>().repeat(batch),
                    ),
                    Numbers::Integer => {
                        Tensor::I64(one_hot.map(i64::from).collect::<Vec<_>>().repeat(batch))
                    }
                }
            }
        }];
        if let NullClass::Mask { absent, present, shape, numbers, .. } = &self.input.null {
            let value = if class.is_some() { *present } else { *absent };
            tensors.push(Tensor::filled(value, *numbers, batch * shape.iter().product::<usize>()));
        }
        Ok(tensors)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLOUR: ImageShape = ImageShape { channels: 3, height: 2, width: 2 };

    #[test]
    fn orders_of_channels_are_inverse_to_each_other() {
        let interleaved: Vec<f32> = (0..12).map(|v| v as f32).collect();
        let planar = from_interleaved(&interleaved, Layout::Nchw, 3);
        assert_eq!(planar, [0.0, 3.0, 6.0, 9.0, 1.0, 4.0, 7.0, 10.0, 2.0, 5.0, 8.0, 11.0]);
        assert_eq!(to_interleaved(&planar, Layout::Nchw, 3), interleaved);
        assert_eq!(from_interleaved(&interleaved, Layout::Nhwc, 3), interleaved);
    }

    #[test]
    fn each_channel_is_scaled_by_its_own_numbers_in_either_layout() {
        for layout in [Layout::Nchw, Layout::Nhwc] {
            let adapter = ImageInput {
                layout,
                scale: vec![2.0, 4.0, 8.0],
                shift: vec![0.0, 1.0, -1.0],
                ..ImageInput::default()
            };
            let tensor = ImageTensor::new(&adapter, COLOUR);
            let pixels = [0.0, 0.25, 0.5].repeat(4);
            let Tensor::F32(values) = tensor.tensor(&pixels, 2).unwrap() else { panic!() };
            let expected = match layout {
                Layout::Nchw => [[0.0; 4], [2.0; 4], [3.0; 4]].concat(),
                Layout::Nhwc => [0.0, 2.0, 3.0].repeat(4),
            };
            assert_eq!(values, expected.repeat(2));
        }
    }

    #[test]
    fn classes_are_written_in_every_way() {
        let tensors = |form, null, class| {
            let input = ClassInput { form, null, ..ClassInput::default() };
            ClassTensor::new(&input, 3).tensors(class, 2).map(|t| format!("{t:?}"))
        };
        let index = |null, class| tensors(ClassForm::Index, null, class).unwrap();
        let one_hot = |null, class| tensors(ClassForm::OneHot, null, class).unwrap();
        assert_eq!(index(NullClass::ExtraIndex, Some(2)), "[I64([2, 2])]");
        assert_eq!(index(NullClass::ExtraIndex, None), "[I64([3, 3])]");
        assert_eq!(index(NullClass::Index(-7), None), "[I64([-7, -7])]");
        assert!(tensors(ClassForm::Index, NullClass::None, None).is_err());
        assert!(tensors(ClassForm::Index, NullClass::None, Some(3)).is_err());
        let mask = NullClass::Mask {
            name: "mask".into(),
            absent: 1.0,
            present: 0.0,
            shape: vec![1],
            numbers: Numbers::Float,
        };
        assert_eq!(index(mask.clone(), None), "[I64([0, 0]), F32([1.0, 1.0])]");
        assert_eq!(index(mask, Some(1)), "[I64([1, 1]), F32([0.0, 0.0])]");
        assert_eq!(one_hot(NullClass::Zeros, None), "[F32([0.0, 0.0, 0.0, 0.0, 0.0, 0.0])]");
        assert_eq!(
            one_hot(NullClass::ExtraIndex, None),
            "[F32([0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0])]"
        );
        assert_eq!(one_hot(NullClass::Zeros, Some(1)), "[F32([0.0, 1.0, 0.0, 0.0, 1.0, 0.0])]");
    }
}
