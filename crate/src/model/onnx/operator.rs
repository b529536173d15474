//! What makes a kernel an operator of a tract model.

use std::fmt::Debug;

use tract_core::internal::*;

/// An operator of one result whose shape was known when it was made, for one state or several.
pub(super) trait Kernel: Debug + Send + Sync {
    /// The results of `states` states, one after the other. Each input has the values of as many
    /// states one after the other, or those of one that all share. A state's result has the same
    /// bits among others as alone.
    fn run(&self, states: usize, inputs: TVec<TValue>) -> TractResult<Tensor>;

    /// Whether an input may be shared, if another is not.
    fn takes_shared(&self, _input: usize) -> bool {
        false
    }

    /// What it has to do.
    fn cost(&self) -> Cost {
        Cost::default()
    }
}

/// What an operator has to do.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cost {
    /// Multiply-adds of one state, counted by the definition.
    pub multiply_adds: u64,
    /// Bytes of weights, which are read at least once for all states.
    pub weight_bytes: u64,
}

/// What tract asks of a [`Kernel`] whose result has the type of its first input.
macro_rules! operator {
    ($type:ty, $name:expr) => {
        impl Op for $type {
            fn name(&self) -> StaticName {
                $name(self).into()
            }

            op_as_typed_op!();
        }

        impl EvalOp for $type {
            op_out_of_plan!();

            fn eval(&self, _: &EvalContext<'_>, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
                let result = $crate::model::onnx::operator::Kernel::run(self, 1, inputs)?;
                Ok(tvec!(result.into_shape(&self.shape)?.into_tvalue()))
            }
        }

        impl TypedOp for $type {
            fn output_facts(&self, inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
                Ok(tvec!(inputs[0].datum_type.fact(&self.shape)))
            }

            as_op!();
        }
    };
}

pub(super) use operator;

pub(super) fn values(tensor: &TValue) -> TractResult<&[f32]> {
    tensor.try_as_plain_ram()?.as_slice()
}

/// The results of states, each of this shape, as `fill` writes them.
pub(super) fn output<T: Datum + Copy>(
    states: usize,
    shape: &[usize],
    fill: impl FnOnce(&mut [T]) -> TractResult<()>,
) -> TractResult<Tensor> {
    let mut tensor = Tensor::zero_dt(T::datum_type(), &of_states(states, shape))?;
    fill(tensor.try_as_plain_ram_mut()?.as_slice_mut()?)?;
    Ok(tensor)
}

/// A shape behind the axis of states.
pub(super) fn of_states(states: usize, shape: &[usize]) -> TVec<usize> {
    std::iter::once(states).chain(shape.iter().copied()).collect()
}
