//! Values across the boundary: checked on the way in, errors and structs on the way out.

use js_sys::{Array, Error as JsError, Float32Array, Float64Array, Object, Reflect, Uint8Array};
use serde::Serialize;
use serde::de::{DeserializeOwned, Visitor};
use wasm_bindgen::prelude::*;

use crate::error::{Error, Result};
use crate::model::manifest::ModelEntry;

pub(super) type JsResult<T> = std::result::Result<T, JsValue>;

/// A real `Error` whose `name` is that of the kind, with the fields that code may want, and with
/// what caused it as `cause`.
impl From<Error> for JsValue {
    fn from(error: Error) -> Self {
        let js = JsError::new(&error.to_string());
        js.set_name(error.kind().name());
        for (key, value) in properties(&error) {
            set(&js, key, &value.into());
        }
        if let Some(cause) = cause(&error) {
            set(&js, "cause", &cause);
        }
        js.into()
    }
}

fn set(object: &JsError, key: &str, value: &JsValue) {
    // A new object takes any property.
    let _ = Reflect::set(object, &key.into(), value);
}

/// The fields that are not already in the message for people alone.
fn properties(error: &Error) -> Vec<(&'static str, &str)> {
    match error {
        Error::Shape { what, found, expected } | Error::Value { what, found, expected } => {
            vec![("what", what), ("found", found), ("expected", expected)]
        }
        Error::Request { problem, remedy } => vec![("problem", problem), ("remedy", remedy)],
        Error::Canvas { problem, remedy, .. } => vec![("problem", problem), ("remedy", remedy)],
        Error::Data { file, problem, remedy } => {
            vec![("file", file), ("problem", problem), ("remedy", remedy)]
        }
        Error::Manifest { model, problem, .. } => {
            let model = model.iter().map(|id| ("model", &**id));
            model.chain([("problem", &**problem)]).collect()
        }
        Error::Checksum { file, found, expected } => {
            vec![("file", file), ("found", found), ("expected", expected)]
        }
        Error::Model { file, node, problem, .. } => {
            let file = file.iter().map(|path| ("file", &**path));
            let node = node.iter().map(|node| ("node", &**node));
            file.chain(node).chain([("problem", &**problem)]).collect()
        }
    }
}

fn cause(error: &dyn std::error::Error) -> Option<JsError> {
    error.source().map(|source| {
        let js = JsError::new(&source.to_string());
        if let Some(deeper) = cause(source) {
            set(&js, "cause", &deeper);
        }
        js
    })
}

#[inline(never)]
pub(super) fn to_js(value: &impl Serialize) -> JsResult<JsValue> {
    let serializer =
        serde_wasm_bindgen::Serializer::json_compatible().serialize_bytes_as_arrays(false);
    value.serialize(&serializer).map_err(JsValue::from)
}

pub(super) fn from_js<T: DeserializeOwned>(value: JsValue, what: &str) -> Result<T> {
    deserialized(value).map_err(|e| misfit(what, &e))
}

/// Out of line: inlined, the code of each type would be there for every call.
#[inline(never)]
fn deserialized<T: DeserializeOwned>(value: JsValue) -> std::result::Result<T, String> {
    serde_wasm_bindgen::from_value(value).map_err(|e| e.to_string())
}

/// An entry of a manifest.
pub(super) fn entry(value: JsValue) -> Result<ModelEntry> {
    let json = serde_wasm_bindgen::from_value(value)
        .map_err(|e| Error::manifest("the entry is not plain data").caused_by(e.to_string()))?;
    ModelEntry::from_either_format(json)
}

/// serde's message for a value of the wrong type.
fn misfit(what: &str, serde: &str) -> Error {
    let text = serde.trim_start_matches("Error: ");
    if let Some((found, expected)) = text.split_once(", expected ") {
        let value = ["invalid type: ", "invalid value: ", "unknown variant "];
        if let Some(found) = value.iter().find_map(|start| found.strip_prefix(start)) {
            let expected = match expected {
                "u64" | "u32" | "usize" => "a whole number from 0 on",
                other => other,
            };
            return Error::value(what, found, expected);
        }
    }
    Error::request(format_args!("{what} cannot be used"), text)
}

pub(super) fn options<T: DeserializeOwned + Default>(value: JsValue) -> Result<T> {
    if value.is_undefined() || value.is_null() {
        return Ok(T::default());
    }
    fields(value, "options")
}

/// Options with a seed, which is drawn afresh where none is given: what is below takes one.
pub(super) fn seeded<T: DeserializeOwned + Default>(value: JsValue) -> Result<T> {
    options(with_seed(value)?)
}

fn with_seed(value: JsValue) -> Result<JsValue> {
    let absent = |value: &JsValue| value.is_undefined() || value.is_null();
    let given = match value.dyn_ref::<Object>() {
        None if !absent(&value) => return Ok(value),
        None => Object::new(),
        Some(object) => Object::assign(&Object::new(), object),
    };
    let key = "seed".into();
    if Reflect::get(&given, &key).is_ok_and(|seed| absent(&seed)) {
        // A new object takes any property.
        let _ = Reflect::set(&given, &key, &random_seed()?.into());
    }
    Ok(given.into())
}

/// A fresh seed from the system's generator, an integer in `0..2^32`.
pub(super) fn random_seed() -> Result<f64> {
    getrandom::u32().map(f64::from).map_err(|e| {
        Error::request(
            format_args!("the system has no source of random seeds ({e})"),
            "pass one as `seed`",
        )
    })
}

/// A struct all of whose fields must be known.
pub(super) fn fields<T: DeserializeOwned>(value: JsValue, what: &str) -> Result<T> {
    if let Some(object) = value.dyn_ref::<Object>() {
        // The conversion looks up the fields it knows and would pass over a misspelt one.
        let known = field_names::<T>();
        for key in Object::keys(object) {
            let key = key.as_string().unwrap_or_default();
            if !known.contains(&key.as_str()) {
                return Err(Error::request(
                    format_args!("{what}: {key:?} is unknown"),
                    format_args!("use {}", known.join(", ")),
                ));
            }
        }
    }
    if let Some(error) = value.dyn_ref::<Object>().and_then(|object| unfit::<T>(object, what)) {
        return Err(error);
    }
    from_js(value, what)
}

/// The first field whose value cannot be taken: the conversion of a whole object does not say
/// which.
fn unfit<T: DeserializeOwned>(object: &Object, what: &str) -> Option<Error> {
    Object::keys(object).iter().find_map(|key| {
        let alone = Object::new();
        Reflect::set(&alone, &key, &Reflect::get(object, &key).ok()?).ok()?;
        let error = deserialized::<T>(alone.into()).err()?;
        // Alone, it lacks the fields that must be there.
        let is_alone = error.trim_start_matches("Error: ").starts_with("missing field");
        let key = key.as_string().unwrap_or_default();
        (!is_alone).then(|| misfit(&format!("{what}.{key}"), &error))
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
            bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit
            unit_struct
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
            Error::request(
                format_args!("files.{role} is missing"),
                "give the file's bytes as a Uint8Array",
            )
        })
}

/// What kind of object a value is, for messages.
pub(super) fn type_of(value: &JsValue) -> String {
    if value.is_undefined() || value.is_null() {
        return if value.is_null() { "null" } else { "undefined" }.into();
    }
    Reflect::get(value, &"constructor".into())
        .and_then(|constructor| Reflect::get(&constructor, &"name".into()))
        .ok()
        .and_then(|name| name.as_string())
        .or_else(|| value.js_typeof().as_string())
        .unwrap_or_default()
}

// Typed arrays are checked here because the generated glue would convert one kind to another
// without a word.
pub(super) fn levels(value: &JsValue) -> Result<Vec<u8>> {
    value
        .dyn_ref::<Uint8Array>()
        .map(Uint8Array::to_vec)
        .ok_or_else(|| Error::value("the image", type_of(value), "a Uint8Array of 8-bit levels"))
}

pub(super) fn floats(value: &JsValue, what: &str) -> Result<Vec<f32>> {
    value
        .dyn_ref::<Float32Array>()
        .map(Float32Array::to_vec)
        .ok_or_else(|| Error::value(what, type_of(value), "a Float32Array"))
}

pub(super) fn doubles(value: &JsValue, what: &str) -> Result<Vec<f64>> {
    value
        .dyn_ref::<Float64Array>()
        .map(Float64Array::to_vec)
        .ok_or_else(|| Error::value(what, type_of(value), "a Float64Array"))
}

pub(super) fn seed(value: f64) -> Result<u64> {
    if value.fract() == 0.0 && (0.0..=9_007_199_254_740_991.0).contains(&value) {
        return Ok(value as u64);
    }
    Err(Error::value("seed", value, "an integer from 0 to 2^53 - 1"))
}

pub(super) fn count(value: f64, what: &str) -> Result<u64> {
    if value.fract() == 0.0 && (0.0..=9_007_199_254_740_991.0).contains(&value) {
        return Ok(value as u64);
    }
    Err(Error::value(what, value, "a whole number"))
}

/// The values of several evaluations as an array of arrays.
pub(super) fn values(evaluations: &[Vec<f64>]) -> Array {
    evaluations.iter().map(|values| Float64Array::from(&values[..])).collect()
}
