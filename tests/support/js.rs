//! Models and values as JavaScript sees them.

use js_sys::{JSON, Object, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};

use super::shipped;

pub fn get(object: &JsValue, key: &str) -> JsValue {
    Reflect::get(object, &key.into()).unwrap()
}

pub fn number(object: &JsValue, key: &str) -> f64 {
    get(object, key).as_f64().unwrap_or_else(|| panic!("{key} is not a number"))
}

/// The shipped manifest's entry called `id`, and its files by role.
pub fn model(id: &str) -> (JsValue, JsValue) {
    model_of(shipped::MANIFEST, shipped::file, id)
}

/// The entry called `id` of a manifest, and its files by role.
pub fn model_of(manifest: &str, file: fn(&str) -> &'static [u8], id: &str) -> (JsValue, JsValue) {
    let manifest = JSON::parse(manifest).unwrap();
    let models: js_sys::Array = get(&manifest, "models").unchecked_into();
    let entry = models.iter().find(|m| get(m, "id") == id).unwrap();
    let files = Object::new();
    for pair in Object::entries(get(&entry, "files").unchecked_ref()) {
        let pair: js_sys::Array = pair.unchecked_into();
        let path = get(&pair.get(1), "path").as_string().unwrap();
        Reflect::set(&files, &pair.get(0), &Uint8Array::from(file(&path))).unwrap();
    }
    (entry, files.into())
}

pub fn parse(json: &str) -> JsValue {
    JSON::parse(json).unwrap()
}
