//! The types that a lowered model computes with: f32, i64 and bool.

use tract_core::internal::*;

/// All real types become f32, all integers i64.
pub(super) fn computed_type(datum_type: DatumType) -> DatumType {
    if datum_type.is_float() {
        DatumType::F32
    } else if datum_type.is_integer() || datum_type == DatumType::TDim {
        DatumType::I64
    } else {
        datum_type
    }
}

/// A constant converted to the crate's type.
pub(super) fn computed(tensor: &Arc<Tensor>) -> TractResult<Arc<Tensor>> {
    let to = computed_type(tensor.datum_type());
    if tensor.datum_type() == to {
        return Ok(tensor.clone());
    }
    Ok(tensor.cast_to_dt(to)?.into_owned().into_arc_tensor())
}
