//! tract-onnx with the crate's functions in it: what tract computes of constants while it reads a
//! file has the same bits on every processor, too.

use std::sync::LazyLock;

use tract_core::internal::*;
use tract_core::ops::element_wise::{ElementWiseMiniOp, ElementWiseOp};
use tract_onnx::Onnx;
use tract_onnx::model::ParsingContext;
use tract_onnx::pb::attribute_proto::AttributeType;
use tract_onnx::pb::{AttributeProto, NodeProto};
use tract_onnx::tract_hir::infer::InferenceOp;
use tract_onnx::tract_hir::ops::element_wise::ElementWiseIntoHir;

use super::elementwise::UnaryOp;

/// ONNX's functions whose values tract takes from the processor's library, with tract's names.
const FUNCTIONS: [(&str, &str); 16] = [
    ("Acos", "Acos"),
    ("Acosh", "Acosh"),
    ("Asin", "Asin"),
    ("Asinh", "Asinh"),
    ("Atan", "Atan"),
    ("Atanh", "Atanh"),
    ("Cos", "Cos"),
    ("Cosh", "Cosh"),
    ("Erf", "Erf"),
    ("Exp", "Exp"),
    ("Log", "Ln"),
    ("Sigmoid", "Sigmoid"),
    ("Sin", "Sin"),
    ("Sinh", "Sinh"),
    ("Tan", "Tan"),
    ("Tanh", "Tanh"),
];

/// tract-onnx with all its operators. Declared shapes of outputs and of the values between are not
/// used: exporters state them for another batch, or wrongly.
pub(super) static ONNX: LazyLock<Onnx> = LazyLock::new(|| {
    let mut onnx = tract_onnx::onnx().with_ignore_output_shapes(true).with_ignore_value_info(true);
    for (name, _) in FUNCTIONS {
        onnx.op_register.insert(name, function);
    }
    onnx.op_register.insert("Upsample", resize_of_old);
    onnx.op_register.insert("Resize", resize);
    onnx
});

/// Before version 11 the nearest value is the one below, which tract does not know.
fn resize(
    context: &ParsingContext<'_>,
    node: &NodeProto,
) -> TractResult<(Box<dyn InferenceOp>, Vec<String>)> {
    if context.onnx_operator_set_version < 11 {
        return resize_of_old(context, node);
    }
    of_tract(context, node)
}

/// A Resize of version 10, or an Upsample of version 9, which is the same.
fn resize_of_old(
    context: &ParsingContext<'_>,
    node: &NodeProto,
) -> TractResult<(Box<dyn InferenceOp>, Vec<String>)> {
    let context = ParsingContext { onnx_operator_set_version: 10, ..context.clone() };
    let mut node = node.clone();
    node.attribute.push(AttributeProto {
        name: "nearest_mode".into(),
        r#type: AttributeType::String as i32,
        s: b"floor".to_vec(),
        ..AttributeProto::default()
    });
    of_tract(&context, &node)
}

fn of_tract(
    context: &ParsingContext<'_>,
    node: &NodeProto,
) -> TractResult<(Box<dyn InferenceOp>, Vec<String>)> {
    static OWN: LazyLock<Onnx> = LazyLock::new(tract_onnx::onnx);
    let build = OWN.op_register.0.get("Resize").context("tract has no Resize")?;
    build(context, node)
}

fn function(
    _: &ParsingContext<'_>,
    node: &NodeProto,
) -> TractResult<(Box<dyn InferenceOp>, Vec<String>)> {
    let known = FUNCTIONS.iter().find(|(name, _)| *name == node.op_type);
    let (_, name) = known.with_context(|| format!("unknown function {:?}", node.op_type))?;
    Ok((ElementWiseOp(Box::new(Named(name)), None).into_hir(), vec![]))
}

/// The crate's function of this name.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Named(&'static str);

impl ElementWiseMiniOp for Named {
    fn name(&self) -> String {
        self.0.into()
    }

    fn eval_in_place(&self, tensor: &mut Tensor, _: Option<DatumType>) -> TractResult<()> {
        let function = UnaryOp::named(self.0).context("unknown function")?;
        let datum_type = tensor.datum_type();
        let mut values = tensor.cast_to::<f32>()?.into_owned();
        function.apply(values.try_as_plain_ram_mut()?.as_slice_mut()?);
        *tensor = values.cast_to_dt(datum_type)?.into_owned();
        Ok(())
    }
}
