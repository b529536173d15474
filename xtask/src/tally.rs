//! Counting the tests that ran, so that a suite which silently ran nothing is seen.

use std::iter::Sum;

/// Tests that passed, as the summaries of cargo, wasm-bindgen, Vitest and Playwright say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: usize,
}

impl Tally {
    /// Adds what one line of a test runner's output says.
    pub fn read(&mut self, line: &str) {
        let line = line.trim();
        // libtest and wasm-bindgen: "test result: ok. 12 passed; 0 failed; ..."
        // Vitest: "Tests  12 passed (12)", beside "Test Files  3 passed (3)", which counts files.
        // Playwright: "12 passed (1.4m)", alone on its line.
        let summary = line
            .strip_prefix("test result: ok.")
            .or_else(|| line.strip_prefix("Tests "))
            .or_else(|| line.starts_with(|c: char| c.is_ascii_digit()).then_some(line));
        let mut words = summary.unwrap_or_default().split_whitespace();
        if let (Some(count), Some(word)) = (words.next(), words.next())
            && word.trim_end_matches(';') == "passed"
        {
            self.passed += count.parse().unwrap_or(0);
        }
    }
}

impl Sum for Tally {
    fn sum<I: Iterator<Item = Self>>(tallies: I) -> Self {
        Self { passed: tallies.map(|tally| tally.passed).sum() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_what_each_runner_says() {
        let cases = [
            (
                "test result: ok. 12 passed; 0 failed; 1 ignored; 0 filtered out; finished in 0.1s",
                12,
            ),
            ("test result: ok. 0 passed; 0 failed; 0 ignored", 0),
            ("      Tests  7 passed (7)", 7),
            (" Test Files  3 passed (3)", 0),
            ("  23 passed (1.4m)", 23),
            ("  2 skipped", 0),
            ("test passed_through ... ok", 0),
            ("no tests to run!", 0),
            ("", 0),
        ];
        for (line, passed) in cases {
            let mut tally = Tally::default();
            tally.read(line);
            assert_eq!(tally, Tally { passed }, "{line:?}");
        }
    }
}
