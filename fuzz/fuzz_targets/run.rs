#[cfg(feature = "libfuzzer")]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| target(bytes));

/// Runs the files and folders on the command line: a corpus, without a fuzzer.
#[cfg(not(feature = "libfuzzer"))]
fn main() -> std::io::Result<()> {
    let mut open: Vec<std::path::PathBuf> = std::env::args_os().skip(1).map(Into::into).collect();
    let mut count = 0;
    while let Some(path) = open.pop() {
        if path.is_dir() {
            for entry in std::fs::read_dir(&path)? {
                open.push(entry?.path());
            }
        } else {
            // A panic ends the program; its message and this name say where.
            eprintln!("{}", path.display());
            target(&std::fs::read(&path)?);
            count += 1;
        }
    }
    println!("{count} files");
    Ok(())
}
