//! The types that a lowered model computes with: f32, i64 and bool.

use tract_core::internal::*;

use super::ops::output;

/// f32 stands for all real types, i64 for all integers.
pub fn computed_type(datum_type: DatumType) -> DatumType {
    if datum_type.is_float() {
        DatumType::F32
    } else if datum_type.is_integer() || datum_type == DatumType::TDim {
        DatumType::I64
    } else {
        datum_type
    }
}

/// A constant in the type that stands for its own.
pub fn computed(tensor: &Arc<Tensor>) -> TractResult<Arc<Tensor>> {
    let to = computed_type(tensor.datum_type());
    if tensor.datum_type() == to {
        return Ok(tensor.clone());
    }
    if tensor.datum_type() != DatumType::F16 {
        return Ok(tensor.cast_to_dt(to)?.into_owned().into_arc_tensor());
    }
    let view = tensor.try_as_plain_ram()?;
    let halves = view.as_slice::<f16>()?;
    let wide = output(tensor.shape(), |out| {
        for (out, half) in out.iter_mut().zip(halves) {
            *out = widened(half.to_bits());
        }
        Ok(())
    })?;
    Ok(wide.into_arc_tensor())
}

/// The f32 of an f16 without a branch, so that the compiler makes vector code of it.
fn widened(half: u16) -> f32 {
    // The exponent's bias grows from 15 to 127; a product makes subnormal numbers normal.
    const SCALE: f32 = f32::from_bits((127 + 112) << 23);
    let bits = u32::from(half);
    let magnitude = f32::from_bits((bits & 0x7fff) << 13) * SCALE;
    let infinite = if bits & 0x7c00 == 0x7c00 { 0x7f80_0000 } else { 0 };
    f32::from_bits(magnitude.to_bits() | infinite | (bits & 0x8000) << 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_half_is_widened_exactly() {
        for bits in 0..=u16::MAX {
            let (found, expected) = (widened(bits), f16::from_bits(bits).to_f32());
            let same = found.to_bits() == expected.to_bits() || found.is_nan() && expected.is_nan();
            assert!(same, "{bits:#x}: {found}, not {expected}");
        }
    }
}
