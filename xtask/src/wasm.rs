//! What a visitor's browser does not need of a WebAssembly module.

use anyhow::{Context, Result, ensure};

const HEADER: &[u8] = b"\0asm\x01\0\0\0";

/// The module without its names of functions, which only stack traces show: a ninth of what is
/// loaded.
///
/// Cargo's `strip` would take them before wasm-bindgen reads which features the module uses, which
/// it then cannot know.
pub fn without_names(module: &[u8]) -> Result<Vec<u8>> {
    let mut rest = module.strip_prefix(HEADER).context("this is no WebAssembly module")?;
    let mut kept = HEADER.to_vec();
    while let Some((&id, after)) = rest.split_first() {
        let (length, body) = number(after)?;
        ensure!(length <= body.len(), "the module ends within a section");
        let (content, next) = body.split_at(length);
        if id != 0 || !content.starts_with(b"\x04name") {
            kept.extend_from_slice(&rest[..rest.len() - next.len()]);
        }
        rest = next;
    }
    Ok(kept)
}

/// An unsigned number in LEB128, and what follows it.
fn number(bytes: &[u8]) -> Result<(usize, &[u8])> {
    let mut value = 0;
    for (at, &byte) in bytes.iter().enumerate().take(5) {
        value |= usize::from(byte & 0x7f) << (7 * at);
        if byte < 0x80 {
            return Ok((value, &bytes[at + 1..]));
        }
    }
    anyhow::bail!("the module has a number that does not end")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_are_taken_out() {
        let section = |id: u8, content: &[u8]| [&[id, content.len() as u8], content].concat();
        let types = section(1, &[1, 2, 3]);
        let producers = section(0, b"\x09producersxyz");
        // A length in more bytes than it needs, as linkers write them.
        let names = [&[0u8, 0x88, 0x80, 0x00, 4][..], b"nameabc"].concat();
        let code = section(10, &[0; 100]);
        let module = [HEADER, &types, &names, &producers, &code].concat();
        let stripped = without_names(&module).unwrap();
        assert_eq!(stripped, [HEADER, &types, &producers, &code].concat());
        assert_eq!(without_names(&stripped).unwrap(), stripped);
    }

    #[test]
    fn what_is_no_module_is_refused() {
        for bytes in [
            &b""[..],
            b"\0asm",
            b"<!doctype html>",
            b"\0asm\x01\0\0\0\x01\x05abc",
            b"\0asm\x01\0\0\0\x01\xff\xff\xff\xff\xff",
        ] {
            assert!(without_names(bytes).is_err(), "{bytes:?}");
        }
    }
}
