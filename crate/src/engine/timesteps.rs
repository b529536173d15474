//! Which timesteps of a chain a bound is computed from.

use serde::Deserialize;

/// Which timesteps of the chain are evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timesteps {
    /// About this many in all, stratified, in up to
    /// [`DiffusionElbo::PASSES`](super::DiffusionElbo::PASSES) independent passes.
    Stratified(usize),
    /// Each of `2..=T`, twice or, where there are few, more often.
    All,
}

impl<'de> Deserialize<'de> for Timesteps {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = Timesteps;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a number of timesteps or \"all\"")
            }

            fn visit_u64<E: serde::de::Error>(self, n: u64) -> Result<Timesteps, E> {
                usize::try_from(n).map(Timesteps::Stratified).map_err(E::custom)
            }

            fn visit_i64<E: serde::de::Error>(self, n: i64) -> Result<Timesteps, E> {
                usize::try_from(n).map(Timesteps::Stratified).map_err(E::custom)
            }

            fn visit_f64<E: serde::de::Error>(self, n: f64) -> Result<Timesteps, E> {
                if n.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&n) {
                    return Ok(Timesteps::Stratified(n as usize));
                }
                Err(E::invalid_value(serde::de::Unexpected::Float(n), &self))
            }

            fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<Timesteps, E> {
                match name {
                    "all" => Ok(Timesteps::All),
                    _ => Err(E::invalid_value(serde::de::Unexpected::Str(name), &self)),
                }
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}
