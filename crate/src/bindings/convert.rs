//! Values across the boundary: checked on the way in, errors and structs on the way out.

use js_sys::{Array, Error as JsError, Float32Array, Float64Array, Object, Reflect, Uint8Array};
use serde::Serialize;
use serde::de::{DeserializeOwned, Visitor};
use wasm_bindgen::prelude::*;

use crate::error::{Error, ErrorKind, Result};

pub(super) type JsResult<T> = std::result::Result<T, JsValue>;

impl From<Error> for JsValue {
    fn from(error: Error) -> Self {
        let js = JsError::new(&error.message);
        js.set_name(error.kind.name());
        js.into()
    }
}

pub(super) fn to_js(value: &impl Serialize) -> JsResult<JsValue> {
    let serializer =
        serde_wasm_bindgen::Serializer::json_compatible().serialize_bytes_as_arrays(false);
    value.serialize(&serializer).map_err(JsValue::from)
}

pub(super) fn from_js<T: DeserializeOwned>(
    value: JsValue,
    kind: ErrorKind,
    what: &str,
) -> Result<T> {
    serde_wasm_bindgen::from_value(value)
        .map_err(|e| Error { kind, message: format!("{what}: {e}") })
}

pub(super) fn options<T: DeserializeOwned + Default>(value: JsValue) -> Result<T> {
    if value.is_undefined() || value.is_null() {
        return Ok(T::default());
    }
    fields(value, "options")
}

/// A struct all of whose fields must be known.
pub(super) fn fields<T: DeserializeOwned>(value: JsValue, what: &str) -> Result<T> {
    if let Some(object) = value.dyn_ref::<Object>() {
        // The conversion looks up the fields it knows and would pass over a misspelt one.
        let known = field_names::<T>();
        for key in Object::keys(object) {
            let key = key.as_string().unwrap_or_default();
            if !known.contains(&key.as_str()) {
                return Err(Error::value(format!(
                    "{what}: {key:?} is unknown, use {}",
                    known.join(", ")
                )));
            }
        }
    }
    if let Some(error) = value.dyn_ref::<Object>().and_then(|object| unfit::<T>(object, what)) {
        return Err(error);
    }
    from_js(value, ErrorKind::Value, what)
}

/// The first field whose value cannot be taken: the conversion of a whole object does not say which.
fn unfit<T: DeserializeOwned>(object: &Object, what: &str) -> Option<Error> {
    Object::keys(object).iter().find_map(|key| {
        let alone = Object::new();
        Reflect::set(&alone, &key, &Reflect::get(object, &key).ok()?).ok()?;
        let error = serde_wasm_bindgen::from_value::<T>(alone.into()).err()?.to_string();
        let found = error.trim_start_matches("Error: ");
        let plain = found
            .strip_suffix("expected u64")
            .or_else(|| found.strip_suffix("expected u32"))
            .or_else(|| found.strip_suffix("expected usize"))
            .map(|start| format!("{start}expected a whole number from 0 on"));
        // Alone, it lacks the fields that must be there.
        let is_alone = found.starts_with("missing field");
        let key = key.as_string().unwrap_or_default();
        (!is_alone).then(|| {
            Error::value(format!("{what}.{key}: {}", plain.unwrap_or_else(|| found.to_string())))
        })
    })
}

/// The names of the fields of a struct, which serde tells to whoever deserializes it.
fn field_names<T: DeserializeOwned>() -> &'static [&'static str] {
    struct Probe<'a>(&'a mut &'static [&'static str]);

    impl<'de> serde::Deserializer<'de> for Probe<'_> {
        type Error = serde::de::value::Error;

        fn deserialize_any<V: Visitor<'de>>(
            self,
            _: V,
        ) -> std::result::Result<V::Value, Self::Error> {
            Err(serde::de::Error::custom("there is no value"))
        }

        fn deserialize_struct<V: Visitor<'de>>(
            self,
            _: &'static str,
            fields: &'static [&'static str],
            visitor: V,
        ) -> std::result::Result<V::Value, Self::Error> {
            *self.0 = fields;
            self.deserialize_any(visitor)
        }

        serde::forward_to_deserialize_any! {
            bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct
            newtype_struct seq tuple tuple_struct map enum identifier ignored_any
        }
    }

    let mut names: &'static [&'static str] = &[];
    // Fails by design: only the names are wanted.
    let _ = T::deserialize(Probe(&mut names));
    names
}

pub(super) fn file(files: &JsValue, role: &str) -> Result<Vec<u8>> {
    Reflect::get(files, &role.into())
        .ok()
        .and_then(|bytes| bytes.dyn_into::<Uint8Array>().ok())
        .map(|bytes| bytes.to_vec())
        .ok_or_else(|| {
            Error::value(format!("files.{role} is missing: give the file's bytes as a Uint8Array"))
        })
}

// Typed arrays are checked here because the generated glue would convert one kind to another
// without a word.
pub(super) fn levels(value: &JsValue) -> Result<Vec<u8>> {
    value
        .dyn_ref::<Uint8Array>()
        .map(Uint8Array::to_vec)
        .ok_or_else(|| Error::value("the image must be a Uint8Array of 8-bit levels"))
}

pub(super) fn floats(value: &JsValue, what: &str) -> Result<Vec<f32>> {
    value
        .dyn_ref::<Float32Array>()
        .map(Float32Array::to_vec)
        .ok_or_else(|| Error::value(format!("{what} must be a Float32Array")))
}

pub(super) fn doubles(value: &JsValue, what: &str) -> Result<Vec<f64>> {
    value
        .dyn_ref::<Float64Array>()
        .map(Float64Array::to_vec)
        .ok_or_else(|| Error::value(format!("{what} must be a Float64Array")))
}

pub(super) fn seed(value: f64) -> Result<u64> {
    if value.fract() == 0.0 && (0.0..=9_007_199_254_740_991.0).contains(&value) {
        return Ok(value as u64);
    }
    Err(Error::value(format!("seed is {value}, it must be an integer from 0 to 2^53 - 1")))
}

pub(super) fn count(value: f64, what: &str) -> Result<u64> {
    if value.fract() == 0.0 && (0.0..=9_007_199_254_740_991.0).contains(&value) {
        return Ok(value as u64);
    }
    Err(Error::value(format!("{what} is {value}, it must be a whole number")))
}

/// The values of several evaluations as an array of arrays.
pub(super) fn values(evaluations: &[Vec<f64>]) -> Array {
    evaluations.iter().map(|values| Float64Array::from(&values[..])).collect()
}
