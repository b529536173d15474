//! What the page must give for the same images: tests/fixtures/sets.jsonl, which the tests of the
//! JavaScript interface and of the page read too.

use super::files::{evaluate, folder, read, write_test_set};

/// As the page scores them: 64 draws of q, then q and a Laplace fit.
const COMMAND: &str = "--models mnist-vae,mnist-hvae,mnist-ddpm --images 4 --timesteps 16 \
    --samples 64 --importance-images 4 --importance-samples 16 --proposal laplace --seed 5";

#[test]
fn the_program_gives_what_the_page_is_compared_with() {
    let folder = folder("sets");
    write_test_set(&folder);
    evaluate(&folder, &format!("{COMMAND} --data @ --out @sets.jsonl")).unwrap();
    let lines = |text: &str| {
        // the first line has the settings, among them the version
        let records = text.lines().filter(|line| line.contains("\"terms\""));
        let mut lines: Vec<String> = records.map(String::from).collect();
        lines.sort();
        lines
    };
    let fixture = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/sets.jsonl");
    let found = lines(&read(&folder, "sets.jsonl"));
    let expected = std::fs::read_to_string(fixture).unwrap_or_default();
    assert!(
        found == lines(&expected),
        "{fixture} has other results than {COMMAND:?}: if that is meant, put these in it\n{}\n",
        found.join("\n")
    );
}
