//! Runs commands one after the other, reports their times, and collects the results of tests.

use std::io::{BufRead, BufReader};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use duct::Expression;

use crate::results::{self, Lines, TestCase, minutes};

/// A sequence of commands under one name.
pub struct Job {
    name: &'static str,
    output: Output,
    pub tests: Vec<TestCase>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Output {
    /// The command writes to the terminal.
    Live,
    /// Kept until the command ends, and shown if it fails.
    Kept,
    /// Kept, and shown line by line after the name of the job, as several jobs may run at once.
    Tagged,
}

impl Job {
    /// A job whose commands write to the terminal.
    pub fn live() -> Self {
        Self { name: "", output: Output::Live, tests: Vec::new() }
    }

    /// A job that runs beside others: the output of a command is shown if it fails, or always if
    /// `verbose`.
    pub fn beside_others(name: &'static str, verbose: bool) -> Self {
        let output = if verbose { Output::Tagged } else { Output::Kept };
        Self { name, output, tests: Vec::new() }
    }

    /// Runs `command`; `what` says what it does.
    pub fn run(&mut self, what: &str, command: Expression) -> Result<()> {
        self.step(what, |job| match job.output {
            Output::Live => {
                command.run().with_context(|| what.to_string())?;
                Ok(())
            }
            _ => job.capture(what, command, |_| None).map(drop),
        })
    }

    /// Runs a compilation by cargo with `--message-format json`, and fails if the compiler warned
    /// of the workspace's own code: only after all of it was compiled, so that its tests can run.
    pub fn lint(&mut self, what: &str, command: Expression) -> Result<()> {
        let mut findings = 0;
        let said = self.step(what, |job| {
            job.capture(what, command, |line| {
                let message = results::cargo_message(line)?;
                findings += usize::from(message.is_finding);
                Some(message.text)
            })
        })?;
        if findings > 0 {
            let title = format!("{what}: {findings} in all");
            self.show(&title, &said);
            bail!(title);
        }
        Ok(())
    }

    /// Runs `command`, which prints one line for each test, as libtest and wasm-bindgen's runner
    /// do. If it runs one test at a time, the time between two lines is that of the test.
    pub fn run_tests(&mut self, what: &str, command: Expression, sequential: bool) -> Result<()> {
        let mut lines = Lines::new(sequential);
        let result = self.step(what, |job| {
            job.capture(what, command, |line| {
                lines.read(line);
                None
            })
        });
        self.tests.append(&mut lines.tests);
        result.map(drop)
    }

    /// Does `work`, and reports how long it took.
    pub fn step<T>(&mut self, what: &str, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if self.output == Output::Live {
            println!("==> {what}");
        }
        let started = Instant::now();
        let result = work(self)?;
        let time = minutes(started.elapsed());
        match self.output {
            Output::Live => println!("    took {time}"),
            _ => println!("{:6} {time:>12}  {what}", self.name),
        }
        Ok(result)
    }

    /// Runs `command` and reads its output line by line; `read` may return a text to show in place
    /// of a line. Returns the output that was kept.
    fn capture(
        &self,
        what: &str,
        command: Expression,
        mut read: impl FnMut(&str) -> Option<String>,
    ) -> Result<String> {
        // Colour codes would break the words that are searched for.
        let command = command.env("NO_COLOR", "1").env_remove("FORCE_COLOR");
        let handle = command
            .stderr_to_stdout()
            .stdin_null()
            .unchecked()
            .reader()
            .with_context(|| what.to_string())?;
        let mut output = BufReader::new(&handle);
        let (mut kept, mut line) = (String::new(), Vec::new());
        while output.read_until(b'\n', &mut line)? > 0 {
            let text = String::from_utf8_lossy(&line);
            let text = read(text.trim_end()).unwrap_or_else(|| text.into_owned());
            match self.output {
                Output::Kept => kept.push_str(&text),
                Output::Live => print!("{text}"),
                Output::Tagged if text.is_empty() => {}
                Output::Tagged => print!("{:6} | {text}", self.name),
            }
            line.clear();
        }
        let status = handle.try_wait()?.context("the command has closed its output")?.status;
        if !status.success() {
            self.show(&format!("{what}: {status}"), &kept);
            bail!("{what}: {status}");
        }
        Ok(kept)
    }

    /// Prints the output of a command that failed.
    fn show(&self, title: &str, kept: &str) {
        let header = format!("---- {}: {title}", self.name);
        println!("\n{header}\n{kept}{header}\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use duct::cmd;

    #[test]
    fn tests_are_collected_even_from_a_command_that_fails() {
        let mut job = Job::beside_others("job", false);
        let print = |status: &str| {
            let script = r"printf 'test a::b ... ok\ntest a::c ... FAILED\n'; exit ";
            cmd!("sh", "-c", format!("{script}{status}"))
        };
        job.run_tests("passes", print("0"), true).unwrap();
        let error = job.run_tests("fails", print("1"), true).unwrap_err();
        assert!(error.to_string().starts_with("fails: exit status: 1"), "{error}");
        let found: Vec<_> = job.tests.iter().map(|test| (&*test.name, test.passed)).collect();
        assert_eq!(found, [("a::b", true), ("a::c", false), ("a::b", true), ("a::c", false)]);
    }

    #[test]
    fn a_compilation_with_a_warning_fails_after_its_end() {
        let mut job = Job::beside_others("job", false);
        let print = |message: &str| cmd!("sh", "-c", r#"printf '%s\n' "$0""#, message);
        job.lint("compiles", print(r#"{"reason": "compiler-artifact"}"#)).unwrap();
        job.lint("compiles", print("   Compiling elbo-room")).unwrap();
        let message = r#"{"rendered": "unused", "spans": [{}]}"#;
        let warning = format!(r#"{{"reason": "compiler-message", "message": {message}}}"#);
        let error = job.lint("warns", print(&warning)).unwrap_err();
        assert_eq!(error.to_string(), "warns: 1 in all");
    }

    #[test]
    fn a_missing_program_is_named() {
        let mut job = Job::beside_others("job", false);
        let error = job.run("this and that", cmd!("no-such-program-anywhere")).unwrap_err();
        assert!(format!("{error:#}").contains("this and that"), "{error:#}");
    }
}
