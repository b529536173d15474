//! Normalizations as exporters and tract spell them out: `(x - mean) / sqrt(variance + epsilon)`.

use tract_core::internal::*;
use tract_core::ops::nn::{Reduce, Reducer};

use super::finder::Finder;

/// A value normalized over its last axes.
#[derive(Clone, Debug)]
pub(super) struct Normalization {
    pub x: OutletId,
    pub epsilon: f32,
    /// Shape of x.
    shape: TVec<usize>,
    /// The first of the axes over which it is normalized.
    from: usize,
}

impl Normalization {
    /// The normalization that ends at a division or a product.
    pub(super) fn find(finder: &Finder<'_, '_>, id: usize) -> Option<Self> {
        let outlet = OutletId::from(id);
        let (centred, variance) = match finder.binary_inputs(outlet, "Div") {
            Some([centred, root]) => (centred, finder.unary_input(root, "Sqrt")?),
            None => {
                let [a, b] = finder.binary_inputs(outlet, "Mul")?;
                let inverse = |outlet: OutletId| {
                    finder.unary_input(outlet, "Rsqrt").or_else(|| {
                        finder.unary_input(finder.unary_input(outlet, "Recip")?, "Sqrt")
                    })
                };
                inverse(b).map(|v| (a, v)).or_else(|| inverse(a).map(|v| (b, v)))?
            }
        };
        let [a, b] = finder.binary_inputs(variance, "Add")?;
        let (epsilon, variance) = match (finder.constant(a), finder.constant(b)) {
            (Some(epsilon), None) => (uniform(epsilon)?, b),
            (None, Some(epsilon)) => (uniform(epsilon)?, a),
            _ => return None,
        };
        let centred = finder.through_casts(centred);
        let [x, mean] = finder.binary_inputs(centred, "Sub")?;
        let (of, axes) = mean_of(finder, mean)?;
        let (square, square_axes) = mean_of(finder, variance)?;
        let squared = finder.unary_input(square, "Square").or_else(|| {
            let [a, b] = finder.binary_inputs(square, "Mul").or_else(|| {
                let [base, power] = finder.binary_inputs(square, "Pow")?;
                (uniform(finder.constant(power)?)? == 2.0).then_some([base, base])
            })?;
            (a == b).then_some(a)
        })?;
        let shape = finder.shape(x)?;
        let from = *axes.first()?;
        let fits = finder.through_casts(of) == finder.through_casts(x)
            && finder.through_casts(squared) == centred
            && square_axes == axes
            && axes.iter().copied().eq(from..shape.len());
        fits.then_some(Self { x, epsilon, shape, from })
    }

    /// The number of groups, if this normalizes an image `[N, C, …]` of shape `image` over groups
    /// of channels.
    pub(super) fn groups(&self, image: &[usize]) -> Option<usize> {
        let &[n, channels, ref pixels @ ..] = image else { return None };
        if pixels.is_empty() || pixels.len() > 2 || n == 0 {
            return None;
        }
        let all: usize = self.shape[..self.from].iter().product();
        let groups = all / n;
        let fits = groups > 0
            && groups * n == all
            && channels % groups == 0
            && self.shape.iter().product::<usize>() == image.iter().product::<usize>();
        fits.then_some(groups)
    }

    /// The number of values that are normalized together.
    pub(super) fn columns(&self) -> usize {
        self.shape[self.from..].iter().product()
    }

    /// Whether a factor or summand of shape `affine` has a value for each channel of a result of
    /// shape `image`, or for each of the values that are normalized together.
    pub(super) fn fits(&self, affine: &[usize], image: &[usize]) -> bool {
        self.fits_channels(affine, image) || self.fits_columns(affine, image)
    }

    /// One value for each channel, or for each image and channel.
    pub(super) fn fits_channels(&self, affine: &[usize], image: &[usize]) -> bool {
        self.groups(image).is_some()
            && affine.len() == image.len()
            && affine[1] == image[1]
            && (affine[0] == 1 || affine[0] == image[0])
            && affine[2..].iter().all(|&d| d == 1)
    }

    fn fits_columns(&self, affine: &[usize], image: &[usize]) -> bool {
        image == self.shape.as_slice()
            && affine.len() == image.len()
            && affine[..self.from].iter().all(|&d| d == 1)
            && affine[self.from..] == image[self.from..]
    }
}

/// The value and the axes of which this is the mean: its sum by the number of values.
fn mean_of(finder: &Finder<'_, '_>, mean: OutletId) -> Option<(OutletId, TVec<usize>)> {
    let (sum, factor) = match finder.binary_inputs(mean, "Div") {
        Some([sum, count]) => (sum, 1.0 / uniform(finder.constant(count)?)?),
        None => {
            let [a, b] = finder.binary_inputs(mean, "Mul")?;
            match (finder.constant(a), finder.constant(b)) {
                (Some(factor), None) => (b, uniform(factor)?),
                (None, Some(factor)) => (a, uniform(factor)?),
                _ => return None,
            }
        }
    };
    let node = finder.producer(sum);
    let reduce = node.op_as::<Reduce>().filter(|op| op.reducer == Reducer::Sum)?;
    let shape = finder.shape(node.inputs[0])?;
    let count: usize = reduce.axes.iter().map(|&axis| shape[axis]).product();
    let exact = (factor * count as f32 - 1.0).abs() < 1e-5;
    exact.then(|| (node.inputs[0], reduce.axes.clone()))
}

/// The one value that a constant has, however often.
pub(super) fn uniform(tensor: &Tensor) -> Option<f32> {
    let values = tensor.try_as_plain_ram().ok()?;
    let (first, rest) = values.as_slice::<f32>().ok()?.split_first()?;
    rest.iter().all(|value| value == first).then_some(*first)
}

pub(super) fn is_all(tensor: &Tensor, value: f32) -> bool {
    uniform(tensor) == Some(value)
}

pub(super) fn is_zero(tensor: &Tensor) -> bool {
    is_all(tensor, 0.0)
}
