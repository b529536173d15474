//! Changes of an entry by the names of its fields, as a form makes them.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::manifest::ModelEntry;
use crate::error::{Error, Result};

/// New values by field, `decoder.output.value` and the like; `null` takes a field away.
pub type Changes = BTreeMap<String, Value>;

/// Makes changes on the JSON of an entry.
///
/// # Errors
/// [`ErrorKind::Manifest`](crate::ErrorKind::Manifest) if a field lies in a value that is not
/// an object.
pub fn apply(entry: &mut Value, changes: &Changes) -> Result<()> {
    for (path, value) in changes {
        let (parents, last) = path.rsplit_once('.').unwrap_or(("", path));
        let mut place = &mut *entry;
        for name in parents.split('.').filter(|name| !name.is_empty()) {
            let object = object(place, path)?;
            place = object.entry(name).or_insert_with(|| Value::Object(Map::new()));
        }
        let object = object(place, path)?;
        if value.is_null() {
            object.remove(last);
        } else {
            object.insert(last.into(), value.clone());
        }
    }
    Ok(())
}

fn object<'a>(value: &'a mut Value, path: &str) -> Result<&'a mut Map<String, Value>> {
    value.as_object_mut().ok_or_else(|| {
        Error::manifest(format_args!("{path} lies in a value that is not an object"))
    })
}

impl ModelEntry {
    /// The entry with some of its fields changed.
    ///
    /// # Errors
    /// [`ErrorKind::Manifest`](crate::ErrorKind::Manifest) if the result is not a valid entry.
    pub fn changed(&self, changes: &Changes) -> Result<Self> {
        let mut value = serde_json::to_value(self).map_err(|e| {
            Error::entry(&self.id, "the entry cannot be written as JSON").caused_by(e)
        })?;
        apply(&mut value, changes)?;
        Self::from_json(value)
    }
}
