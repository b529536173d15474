//! Loads bytes as each of four small networks and runs what loads. Only a panic is a fault.

#![cfg_attr(feature = "libfuzzer", no_main)]

fn target(bytes: &[u8]) {
    for case in &elbo_room::fuzzing::CASES {
        let _ = case.run(bytes);
    }
}

include!("run.rs");
