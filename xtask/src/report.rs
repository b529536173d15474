//! The report at the end of `cargo xtask test`.

use std::fmt::Write;
use std::time::Duration;

use anyhow::Result;

use crate::results::{TestCase, minutes};
use crate::stages::Stage;

/// The outcome of one stage.
pub struct Outcome {
    pub stage: Stage,
    pub result: Result<()>,
    pub time: Duration,
    pub tests: Vec<TestCase>,
}

/// Tests that passed, and tests and stages that failed.
pub fn count(outcomes: &[Outcome]) -> (usize, usize) {
    let passed = outcomes.iter().flat_map(|o| &o.tests).filter(|test| test.passed).count();
    let failed = outcomes.iter().map(|outcome| {
        let failed = outcome.tests.iter().filter(|test| !test.passed).count();
        // A failure outside the tests, such as a compiler's, counts as one failed test.
        failed.max(usize::from(outcome.result.is_err()))
    });
    (passed, failed.sum())
}

/// Stages, their times and tests; the slowest tests; what failed.
pub fn table(outcomes: &[Outcome], time: Duration) -> String {
    const SLOWEST: usize = 10;
    let mut table = format!("{:10}{:>13}{:>8}\n", "stage", "time", "tests");
    for Outcome { stage, result, time, tests } in outcomes {
        let tests = if tests.is_empty() { String::new() } else { tests.len().to_string() };
        let failed = if result.is_err() { "  FAILED" } else { "" };
        let line = format!("{:10}{:>13}{tests:>8}{failed}", stage.name(), minutes(*time));
        _ = writeln!(table, "{}", line.trim_end());
    }
    _ = writeln!(table, "{:10}{:>13}", "all", minutes(time));

    let tests = outcomes.iter().flat_map(|o| o.tests.iter().map(move |test| (o.stage, test)));
    let mut timed: Vec<(Duration, Stage, &TestCase)> =
        tests.filter_map(|(stage, test)| Some((test.time?, stage, test))).collect();
    timed.sort_by_key(|&(time, ..)| std::cmp::Reverse(time));
    if !timed.is_empty() {
        _ = writeln!(table, "\nslowest tests");
        for (time, stage, test) in timed.into_iter().take(SLOWEST) {
            _ = writeln!(table, "{:>13}  {:6} {}", minutes(time), stage.name(), test.name);
        }
    }

    for Outcome { stage, result, tests, .. } in outcomes {
        if let Err(error) = result {
            _ = writeln!(table, "\n{} failed: {error:#}", stage.name());
            for test in tests.iter().filter(|test| !test.passed) {
                _ = writeln!(table, "  {}", test.name);
            }
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::Error;

    fn test(name: &str, passed: bool, time: Option<u64>) -> TestCase {
        TestCase { name: name.into(), passed, time: time.map(Duration::from_secs) }
    }

    fn outcomes() -> Vec<Outcome> {
        let many = (0..11).map(|at| test(&format!("number {at}"), true, Some(at)));
        vec![
            Outcome {
                stage: Stage::Clippy,
                result: Err(Error::msg("lint: exit status: 101")),
                time: Duration::from_secs(61),
                tests: Vec::new(),
            },
            Outcome {
                stage: Stage::Native,
                result: Ok(()),
                time: Duration::from_secs(2),
                tests: many.chain([test("untimed", true, None)]).collect(),
            },
            Outcome {
                stage: Stage::E2e,
                result: Err(Error::msg("run: exit status: 1")),
                time: Duration::from_secs(2),
                tests: vec![test("good", true, None), test("bad", false, Some(90))],
            },
        ]
    }

    #[test]
    fn failures_of_tests_and_of_stages_count() {
        assert_eq!(count(&outcomes()), (13, 2));
        assert_eq!(count(&[]), (0, 0));
    }

    #[test]
    fn the_table_has_stages_slowest_tests_and_failures() {
        let table = table(&outcomes(), Duration::from_secs(63));
        let lines: Vec<&str> = table.lines().map(str::trim).collect();
        let expected = [
            "stage              time   tests",
            "clippy       1 min 01 s          FAILED",
            "native            2.0 s      12",
            "e2e               2.0 s       2  FAILED",
            "all          1 min 03 s",
            "",
            "slowest tests",
            "1 min 30 s  e2e    bad",
            "10.0 s  native number 10",
        ];
        assert_eq!(lines[..expected.len()], expected);
        let slowest = lines.iter().filter(|line| line.contains(" number ")).count();
        assert_eq!(slowest, 9);
        assert!(table.contains("clippy failed: lint: exit status: 101\n"));
        assert!(table.ends_with("e2e failed: run: exit status: 1\n  bad\n"), "{table}");
    }
}
