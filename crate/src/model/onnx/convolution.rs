//! Convolutions, pooling and upsampling.

use tract_core::internal::*;
use tract_core::ops::cnn::{Conv, Deconv, KernelFormat, MaxPool, PoolSpec, SumPool};
use tract_core::ops::nn::DataFormat;

use super::fuse::Fusion;
use super::layout::{TO_CHANNELS_FIRST, TO_CHANNELS_LAST};
use super::lowering::{Lowering, Value};
use super::ops::{Convolution, Method, Upsample};
use crate::kernels::convolution::{ConvGeometry, Direct, Weights};
use crate::kernels::deconvolution::Deconvolution;
use crate::kernels::winograd::Winograd;

/// From this many channels on, at both ends, the transforms of Winograd's method cost less than
/// they save.
pub(super) const CHANNELS_FOR_WINOGRAD: usize = 16;

/// Height and width of what has one or two axes; a missing height is `missing`.
fn pair(values: &[usize], missing: usize) -> TractResult<[usize; 2]> {
    match *values {
        [width] => Ok([missing, width]),
        [height, width] => Ok([height, width]),
        _ => bail!("images of {} axes are not supported", values.len()),
    }
}

impl Lowering<'_> {
    /// An image `[N, C, …]` of one or two axes as `[N, H, W, C]`.
    pub(super) fn channels_last(&mut self, image: &Value) -> TractResult<Value> {
        let shape = self.shape(image)?;
        let &[n, c, ref pixels @ ..] = shape.as_slice() else {
            bail!("a value of shape {shape:?} is not an image")
        };
        let [height, width] = pair(pixels, 1)?;
        let image = self.reshape(image, &[n, c, height, width])?;
        self.transpose(&image, &TO_CHANNELS_LAST)
    }

    /// An image `[N, H, W, C]` as the graph has it, of this shape.
    pub(super) fn channels_first(&mut self, image: &Value, shape: &[usize]) -> TractResult<Value> {
        let image = self.transpose(image, &TO_CHANNELS_FIRST)?;
        self.reshape(&image, shape)
    }

    /// Conv or Deconv, with what is done to its result.
    pub(super) fn convolution(&mut self, id: usize, fusion: &Fusion) -> TractResult<Value> {
        let node = self.source.node(id);
        let (spec, format, groups, quantized) = match (node.op_as::<Conv>(), node.op_as::<Deconv>())
        {
            (Some(op), _) => (&op.pool_spec, op.kernel_fmt, op.group, op.q_params.is_some()),
            (_, Some(op)) => (&op.pool_spec, op.kernel_format, op.group, false),
            _ => bail!("this is not a convolution"),
        };
        ensure!(
            spec.data_format == DataFormat::NCHW && format == KernelFormat::OIHW && !quantized,
            "convolutions of quantized values are not supported"
        );
        let x = self.value(node.inputs[0])?;
        let from = self.shape(&x)?;
        let shape: TVec<usize> = node.outputs[0]
            .fact
            .shape
            .as_concrete()
            .context("its result has no fixed shape")?
            .into();
        let size = pair(&from[2..], 1)?;
        let output = pair(&shape[2..], 1)?;
        let kernel = self.known(node.inputs[1]).context("its kernel is computed")?.clone();
        let bias = self.known(node.inputs[2]).context("its bias is computed")?.clone();
        let kernel_size = pair(&kernel.shape()[2..], 1)?;
        let (outputs, inputs) = (kernel.shape()[0], kernel.shape()[1]);
        ensure!(
            kernel_size.iter().all(|&side| side > 0)
                && inputs * groups == from[1]
                && outputs == shape[1]
                && outputs % groups == 0,
            "a kernel of shape {:?} in {groups} groups does not fit {} channels",
            kernel.shape(),
            from[1]
        );
        let adjustments = node.op_as::<Deconv>().map(|op| op.adjustments.as_slice());
        let geometry = ConvGeometry {
            kernel: kernel_size,
            groups,
            ..geometry(spec, &from[2..], adjustments)?
        };

        let values = kernel.try_as_plain_ram()?;
        let mut values = Cow::Borrowed(values.as_slice::<f32>()?);
        let bias = bias.try_as_plain_ram()?;
        let bias = bias.as_slice::<f32>()?;
        let mut bias = match bias.len() {
            1 => vec![bias[0]; outputs],
            length if length == outputs => bias.to_vec(),
            length => bail!("it has {length} biases for {outputs} outputs"),
        };
        if let Some((scale, shift)) = &fusion.affine {
            let each = values.len() / outputs.max(1);
            for (values, scale) in values.to_mut().chunks_exact_mut(each.max(1)).zip(scale) {
                values.iter_mut().for_each(|value| *value *= scale);
            }
            for ((bias, scale), shift) in bias.iter_mut().zip(scale).zip(shift) {
                *bias = *bias * scale + shift;
            }
        }
        let weights = Weights { values: &values, outputs, inputs, kernel: kernel_size };
        let method = if adjustments.is_some() {
            Method::Transposed(Deconvolution::new(geometry, size, output, weights, bias))
        } else {
            ensure!(
                geometry.output(size) == Some(output),
                "its kernel does not fit an image of {size:?}"
            );
            method(geometry, size, output, weights, bias)?
        };
        let mut operands = vec![self.channels_last(&x)?];
        if let Some(residual) = fusion.residual {
            let residual = self.value(residual)?;
            operands.push(self.channels_last(&residual)?);
        }
        let op = Convolution {
            method: Arc::new(method),
            silu: fusion.silu,
            shape: tvec!(from[0], output[0], output[1], outputs),
        };
        let made = self.wire(op, &operands)?;
        self.channels_first(&made, &shape)
    }

    pub(super) fn max_pool(&mut self, op: &MaxPool, x: &Value) -> TractResult<TVec<Value>> {
        // Where the index of the largest value is asked for, the next operator finds none.
        if let Some(spec) = self.pool_spec(&op.pool_spec, x)? {
            let op = MaxPool { pool_spec: spec, with_index_outputs: None };
            return Ok(tvec!(self.pool(op, x)?));
        }
        self.apply(MaxPool { with_index_outputs: None, ..op.clone() }, std::slice::from_ref(x))
    }

    pub(super) fn sum_pool(&mut self, op: &SumPool, x: &Value) -> TractResult<Value> {
        match self.pool_spec(&op.pool_spec, x)? {
            Some(pool_spec) => self.pool(SumPool { pool_spec, ..op.clone() }, x),
            None => self.wire(op.clone(), std::slice::from_ref(x)),
        }
    }

    /// The same pooling of images whose channels are innermost, if x is one.
    fn pool_spec(&self, spec: &PoolSpec, x: &Value) -> TractResult<Option<PoolSpec>> {
        let image = spec.data_format == DataFormat::NCHW && self.is_channels_last(x)?;
        Ok(image.then(|| PoolSpec { data_format: DataFormat::NHWC, ..spec.clone() }))
    }

    fn pool(&mut self, op: impl Into<Box<dyn TypedOp>>, x: &Value) -> TractResult<Value> {
        let image = self.channels_last(x)?;
        let made = self.wire(op, &[image])?;
        self.transpose(&made, &TO_CHANNELS_FIRST)
    }

    /// Each pixel of x becomes a rectangle.
    pub(super) fn upsample(&mut self, x: &Value, factors: [usize; 2]) -> TractResult<Value> {
        let &[n, c, height, width] = self.shape(x)?.as_slice() else {
            bail!("only images are made larger")
        };
        let [height, width] = [height * factors[0], width * factors[1]];
        let image = self.channels_last(x)?;
        let made = self.wire(Upsample { factors, shape: tvec!(n, height, width, c) }, &[image])?;
        self.channels_first(&made, &[n, c, height, width])
    }

    /// A Resize that repeats pixels, whatever its modes: it is tried on an image of numbers.
    pub(super) fn upsample_of_resize(
        &mut self,
        node: &TypedNode,
        inputs: &[Value],
    ) -> TractResult<Option<Value>> {
        let shape = self.shape(&inputs[0])?;
        let Some(to) = node.outputs[0].fact.shape.as_concrete() else { return Ok(None) };
        let (&[n, c, h, w], &[to_n, to_c, to_h, to_w]) = (shape.as_slice(), to) else {
            return Ok(None);
        };
        let whole = [n, c] == [to_n, to_c] && h * w > 0 && to_h % h == 0 && to_w % w == 0;
        let known: Option<TVec<TValue>> = inputs[1..]
            .iter()
            .map(|value| value.constant().map(|tensor| tensor.clone().into_tvalue()))
            .collect();
        let (true, Some(known)) = (whole && n * c * h * w < 1 << 24, known) else {
            return Ok(None);
        };
        let numbers: Vec<f32> = (0..n * c * h * w).map(|at| at as f32).collect();
        let mut operands = tvec!(Tensor::from_shape(&shape, &numbers)?.into_tvalue());
        operands.extend(known);
        let made = node.op.eval(&EvalContext::out_of_plan(), operands)?;
        let made = made[0].try_as_plain_ram()?;
        let factors = [to_h / h, to_w / w];
        let repeats = made.as_slice::<f32>()?.iter().enumerate().all(|(at, value)| {
            let (plane, y, x) = (at / (to_h * to_w), at / to_w % to_h, at % to_w);
            *value == ((plane * h + y / factors[0]) * w + x / factors[1]) as f32
        });
        if repeats { self.upsample(&inputs[0], factors).map(Some) } else { Ok(None) }
    }
}

fn geometry(
    spec: &PoolSpec,
    size: &[usize],
    adjustments: Option<&[usize]>,
) -> TractResult<ConvGeometry> {
    let (strides, dilations) = (spec.strides(), spec.dilations());
    ensure!(
        strides.iter().chain(dilations.iter()).all(|&step| step > 0),
        "strides and dilations must be positive"
    );
    let padding = match adjustments {
        Some(adjustments) => spec.padding.compute_for_deconv(
            size,
            &spec.kernel_shape,
            &dilations,
            &strides,
            adjustments,
        )?,
        None => spec.computed_padding(size),
    };
    let before: Vec<usize> = padding.iter().map(|axis| axis.pad_before).collect();
    let after: Vec<usize> = padding.iter().map(|axis| axis.pad_after).collect();
    Ok(ConvGeometry {
        kernel: [1; 2],
        strides: pair(&strides, 1)?,
        dilations: pair(&dilations, 1)?,
        before: pair(&before, 0)?,
        after: pair(&after, 0)?,
        groups: 1,
    })
}

fn method(
    geometry: ConvGeometry,
    size: [usize; 2],
    output: [usize; 2],
    weights: Weights<'_>,
    bias: Vec<f32>,
) -> TractResult<Method> {
    let simple = geometry.kernel == [3, 3]
        && geometry.strides == [1, 1]
        && geometry.dilations == [1, 1]
        && geometry.groups == 1;
    if simple
        && weights.inputs.min(weights.outputs) >= CHANNELS_FOR_WINOGRAD
        && Winograd::takes(weights.inputs, weights.outputs)
    {
        return Ok(Method::Winograd(Winograd::new(size, geometry.before, output, weights, bias)));
    }
    let direct = Direct::new(geometry, size, weights, bias);
    Ok(Method::Direct(direct.context("its kernel is larger than the image")?))
}
