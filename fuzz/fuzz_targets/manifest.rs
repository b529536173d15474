//! Parses bytes as a manifest. Only a panic is a fault.

#![cfg_attr(feature = "libfuzzer", no_main)]

fn target(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = elbo_room::model::manifest::Manifest::parse(text);
    }
}

include!("run.rs");
