//! Sine and cosine, side by side in vectors.

/// Arguments below are reduced by two parts of π/2; those beyond, a few hundred million, need more
/// of its digits.
const NEAR: f32 = 4.216_574e8;

/// `x` to `sin(x)`.
pub fn sin(values: &mut [f32]) {
    apply::<0>(values, libm::sinf);
}

/// `x` to `cos(x)`.
pub fn cos(values: &mut [f32]) {
    apply::<1>(values, libm::cosf);
}

fn apply<const AHEAD: u64>(values: &mut [f32], far: fn(f32) -> f32) {
    let (chunks, rest) = values.as_chunks_mut::<8>();
    for chunk in chunks.iter_mut().map(|chunk| &mut chunk[..]).chain([rest]) {
        if chunk.iter().all(|value| value.abs() < NEAR) {
            for value in chunk {
                *value = near::<AHEAD>(*value);
            }
        } else {
            for value in chunk {
                *value = if value.abs() < NEAR { near::<AHEAD>(*value) } else { far(*value) };
            }
        }
    }
}

/// The sine of `x + AHEAD · π/2` without a branch, by the polynomials and the reduction of
/// FreeBSD's `sinf` and `cosf`, which libm has as well, in 64 bits throughout. Of all arguments
/// below [`NEAR`] one, ±3.006105, gives another last bit than there.
#[inline(always)]
fn near<const AHEAD: u64>(x: f32) -> f32 {
    // π/2 in two parts, the first with so few bits that its products with n are exact.
    const HALF_PI: [f64; 2] = [1.570_796_310_901_641_8, 1.589_325_477_352_819_7e-8];
    // Adding and subtracting 1.5 · 2^52 rounds to an integer, which then stands in the low bits.
    const ROUND: f64 = 6_755_399_441_055_744.0;
    const SIN: [f64; 4] = [
        -0.166_666_666_416_265_24,
        0.008_333_329_385_889_463,
        -0.000_198_393_348_360_966_32,
        0.000_002_718_311_493_989_822,
    ];
    const COS: [f64; 4] = [
        -0.499_999_997_251_031,
        0.041_666_623_323_739_06,
        -0.001_388_676_377_460_993,
        0.000_024_390_448_796_277_41,
    ];
    let wide = f64::from(x);
    let shifted = wide * std::f64::consts::FRAC_2_PI + ROUND;
    let n = shifted - ROUND;
    let y = wide - n * HALF_PI[0] - n * HALF_PI[1];
    let (z, quarter) = (y * y, shifted.to_bits() + AHEAD);
    let (w, s) = (z * z, z * y);
    let sine = (y + s * (SIN[0] + z * SIN[1])) + s * w * (SIN[2] + z * SIN[3]);
    let cosine = ((1.0 + z * COS[0]) + w * COS[1]) + (w * z) * (COS[2] + z * COS[3]);
    let value = if quarter & 1 == 0 { sine } else { cosine } as f32;
    let value = if quarter & 2 == 0 { value } else { -value };
    // The polynomial loses the sign of -0.
    if AHEAD == 0 && x == 0.0 { x } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn each(function: fn(&mut [f32]), mut values: Vec<f32>) -> Vec<f32> {
        function(&mut values);
        values
    }

    fn bits(values: &[f32]) -> Vec<u32> {
        values.iter().map(|value| value.to_bits()).collect()
    }

    /// Every 4099th float of either sign, among them what is not finite.
    fn floats() -> Vec<f32> {
        (0..=u32::MAX).step_by(4099).map(f32::from_bits).collect()
    }

    fn differing(ours: fn(&mut [f32]), peer: fn(f32) -> f32) -> Vec<f32> {
        let floats = floats();
        let differs = |(x, y): &(f32, f32)| {
            let peer = peer(*x);
            y.to_bits() != peer.to_bits() && !(y.is_nan() && peer.is_nan())
        };
        let ours = each(ours, floats.clone());
        floats.into_iter().zip(ours).filter(differs).map(|(x, _)| x).collect()
    }

    #[cfg_attr(
        target_arch = "wasm32",
        ignore = "takes seconds, and nothing in it is of one target"
    )]
    #[test]
    fn every_bit_is_that_of_libm() {
        assert_eq!(differing(sin, libm::sinf), [0.0_f32; 0]);
        assert_eq!(differing(cos, libm::cosf), [0.0_f32; 0]);
    }

    #[test]
    fn known_values() {
        use std::f32::consts::PI;
        assert_eq!(bits(&each(sin, vec![0.0, -0.0])), bits(&[0.0, -0.0]));
        assert_eq!(each(cos, vec![0.0, -0.0]), [1.0, 1.0]);
        let [sine, cosine] =
            [sin, cos].map(|function| each(function, vec![PI / 6.0, PI / 3.0, PI]));
        for (found, wanted) in sine.iter().zip([0.5, 0.75_f32.sqrt(), 0.0]) {
            assert!((found - wanted).abs() < 2e-7, "{found} in place of {wanted}");
        }
        for (found, wanted) in cosine.iter().zip([0.75_f32.sqrt(), 0.5, -1.0]) {
            assert!((found - wanted).abs() < 2e-7, "{found} in place of {wanted}");
        }
    }

    #[test]
    fn a_value_has_the_same_bits_beside_any_other() {
        let values =
            [1.5_f32, -700.25, 4e8, 5e8, 1e30, f32::INFINITY, f32::NAN, 3.006_105, 0.1, -2.0];
        for function in [sin, cos] {
            let alone: Vec<f32> =
                values.iter().map(|&value| each(function, vec![value])[0]).collect();
            assert_eq!(bits(&alone), bits(&each(function, values.to_vec())));
        }
    }
}
