//! Reads the reports of test runners.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde::Deserialize;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestCase {
    pub name: String,
    pub passed: bool,
    /// None if the runner does not report it.
    pub time: Option<Duration>,
}

/// Reads the lines of libtest and of wasm-bindgen's runner: `test module::name ... ok`.
pub struct Lines {
    pub tests: Vec<TestCase>,
    /// Start of the test that runs now, if one runs at a time.
    started: Option<Instant>,
}

impl Lines {
    pub fn new(sequential: bool) -> Self {
        Self { tests: Vec::new(), started: sequential.then(Instant::now) }
    }

    pub fn read(&mut self, line: &str) {
        if let Some(started) = &mut self.started
            && line.starts_with("running ")
        {
            *started = Instant::now();
        }
        let Some((name, outcome)) =
            line.strip_prefix("test ").and_then(|line| line.rsplit_once(" ... "))
        else {
            return;
        };
        let passed = match outcome {
            "ok" => true,
            "FAILED" | "FAIL" => false,
            _ => return,
        };
        let time = self.started.as_mut().map(|started| {
            let now = Instant::now();
            now - std::mem::replace(started, now)
        });
        self.tests.push(TestCase { name: name.into(), passed, time });
    }
}

/// A line of cargo's `--message-format json`.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// The rendered message about the code; empty for messages about files.
    pub text: String,
    /// Whether it has a position in the code; a summary has none.
    pub is_finding: bool,
}

/// Reads a line of that format; None for any other line.
pub fn cargo_message(line: &str) -> Option<Message> {
    #[derive(Deserialize)]
    struct Line {
        reason: String,
        message: Option<Diagnostic>,
    }
    #[derive(Deserialize)]
    struct Diagnostic {
        rendered: Option<String>,
        spans: Vec<serde::de::IgnoredAny>,
    }
    let line: Line = serde_json::from_str(line).ok()?;
    Some(match line.message {
        Some(said) if line.reason == "compiler-message" => {
            Message { text: said.rendered.unwrap_or_default(), is_finding: !said.spans.is_empty() }
        }
        _ => Message::default(),
    })
}

fn milliseconds(time: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(time / 1000.0).ok()
}

/// The report of Vitest's reporter `json`.
pub fn vitest(report: &str) -> Result<Vec<TestCase>> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Report {
        test_results: Vec<File>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct File {
        assertion_results: Vec<Assertion>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Assertion {
        full_name: String,
        status: String,
        duration: Option<f64>,
    }
    let report: Report = serde_json::from_str(report).context("Vitest's report")?;
    let all = report.test_results.into_iter().flat_map(|file| file.assertion_results);
    let ran = all.filter(|test| test.status == "passed" || test.status == "failed");
    Ok(ran
        .map(|test| TestCase {
            passed: test.status == "passed",
            time: test.duration.and_then(milliseconds),
            name: test.full_name,
        })
        .collect())
}

/// The report of Playwright's reporter `json`.
pub fn playwright(report: &str) -> Result<Vec<TestCase>> {
    #[derive(Deserialize)]
    struct Suite {
        title: Option<String>,
        #[serde(default)]
        suites: Vec<Self>,
        #[serde(default)]
        specs: Vec<Spec>,
    }
    #[derive(Deserialize)]
    struct Spec {
        title: String,
        tests: Vec<Test>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Test {
        #[serde(default)]
        project_name: String,
        status: String,
        results: Vec<Run>,
    }
    #[derive(Deserialize)]
    struct Run {
        duration: f64,
    }

    fn collect(suite: Suite, path: &str, found: &mut Vec<TestCase>) {
        let path = match suite.title {
            Some(title) if path.is_empty() => title,
            Some(title) => format!("{path} {title}"),
            None => path.to_string(),
        };
        for spec in suite.specs {
            for test in spec.tests.into_iter().filter(|test| test.status != "skipped") {
                let project = match &*test.project_name {
                    "" => String::new(),
                    name => format!("[{name}] "),
                };
                found.push(TestCase {
                    name: format!("{project}{path} {}", spec.title),
                    passed: test.status == "expected" || test.status == "flaky",
                    time: milliseconds(test.results.iter().map(|run| run.duration).sum()),
                });
            }
        }
        suite.suites.into_iter().for_each(|suite| collect(suite, &path, found));
    }

    let report: Suite = serde_json::from_str(report).context("Playwright's report")?;
    let mut found = Vec::new();
    collect(report, "", &mut found);
    Ok(found)
}

/// A duration as `3 min 05 s`, or as `4.2 s` below a minute.
pub fn minutes(time: Duration) -> String {
    if time < Duration::from_millis(59_950) {
        return format!("{:.1} s", time.as_secs_f64());
    }
    let seconds = time.as_secs_f64().round() as u64;
    format!("{} min {:02} s", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(tests: &[TestCase]) -> Vec<(&str, bool, Option<u128>)> {
        tests.iter().map(|t| (&*t.name, t.passed, t.time.map(|time| time.as_millis()))).collect()
    }

    #[test]
    fn lines_of_libtest_are_read() {
        let mut lines = Lines::new(false);
        for line in [
            "running 5 tests",
            "test a::first ... ok",
            "test b - should panic ... ok",
            "test crate/src/lib.rs - c (line 3) ... ok",
            "test d ... ignored, takes an hour",
            "test e ... FAILED",
            "test f has been running for over 60 seconds",
            "test result: FAILED. 3 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out",
            "latest x ... ok",
        ] {
            lines.read(line);
        }
        let expected = [
            ("a::first", true, None),
            ("b - should panic", true, None),
            ("crate/src/lib.rs - c (line 3)", true, None),
            ("e", false, None),
        ];
        assert_eq!(summary(&lines.tests), expected);
    }

    #[test]
    fn sequential_tests_are_timed_from_line_to_line() {
        let mut lines = Lines::new(true);
        let started = Instant::now();
        for line in ["running 2 tests", "test a ... ok", "test b ... FAIL"] {
            lines.read(line);
        }
        let elapsed = started.elapsed();
        let total: Duration = lines.tests.iter().map(|test| test.time.unwrap()).sum();
        assert!(total <= elapsed, "{total:?} of {elapsed:?}");
        let outcomes: Vec<bool> = lines.tests.iter().map(|test| test.passed).collect();
        assert_eq!(outcomes, [true, false]);
    }

    #[test]
    fn reports_of_vitest_are_read() {
        let report = r#"{"numTotalTests": 3, "testResults": [
            {"name": "a.test.ts", "assertionResults": [
            {"fullName": "a one", "title": "one", "status": "passed", "duration": 1.5},
            {"fullName": "a two", "title": "two", "status": "failed", "duration": 20.25},
            {"fullName": "a three", "title": "three", "status": "skipped"}]},
            {"name": "b.test.ts", "assertionResults": []}]}"#;
        let tests = vitest(report).unwrap();
        assert_eq!(summary(&tests), [("a one", true, Some(1)), ("a two", false, Some(20))]);
        assert!(vitest("{}").is_err());
    }

    #[test]
    fn reports_of_playwright_are_read() {
        let report = r#"{"config": {}, "suites": [{"title": "a.spec.ts", "specs": [
            {"title": "one", "tests": [
                {"projectName": "", "status": "expected", "results": [{"duration": 7}]}]},
            {"title": "two", "tests": [
                {"projectName": "chromium", "status": "unexpected",
                 "results": [{"duration": 5}, {"duration": 6}]},
                {"projectName": "firefox", "status": "skipped", "results": []}]}],
            "suites": [{"title": "inner", "specs": [
                {"title": "three", "tests": [
                    {"projectName": "", "status": "flaky", "results": [{"duration": 1}]}]}]}]}],
            "errors": []}"#;
        let expected = [
            ("a.spec.ts one", true, Some(7)),
            ("[chromium] a.spec.ts two", false, Some(11)),
            ("a.spec.ts inner three", true, Some(1)),
        ];
        assert_eq!(summary(&playwright(report).unwrap()), expected);
        assert!(playwright("no report").is_err());
    }

    #[test]
    fn messages_of_cargo_are_read() {
        let read = |line| cargo_message(line).map(|message| (message.text, message.is_finding));
        let said = |text: &str, is_finding| Some((text.to_owned(), is_finding));
        let artifact = r#"{"reason": "compiler-artifact", "target": {}}"#;
        assert_eq!(read(artifact), said("", false));
        let warning = r#"{"reason": "compiler-message", "message":
            {"rendered": "warning: unused", "level": "warning", "spans": [{"line_start": 1}]}}"#;
        assert_eq!(read(warning), said("warning: unused", true));
        let sum = r#"{"reason": "compiler-message", "message":
            {"rendered": "1 warning emitted", "spans": []}}"#;
        assert_eq!(read(sum), said("1 warning emitted", false));
        assert_eq!(read("   Compiling elbo-room v0.1.0"), None);
    }

    #[test]
    fn times_are_written_for_people() {
        let written = |seconds: f64| minutes(Duration::from_secs_f64(seconds));
        assert_eq!([0.04, 4.25, 59.94].map(written), ["0.0 s", "4.2 s", "59.9 s"]);
        assert_eq!(
            [59.96, 185.4, 3599.6].map(written),
            ["1 min 00 s", "3 min 05 s", "60 min 00 s"]
        );
    }
}
