//! Running other programs, shown before they run.

use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use anyhow::{Context, Result, bail};

use crate::tally::Tally;

/// One invocation of a program, and how to write it down for whoever reads the log.
pub struct Invocation {
    command: Command,
    shown: String,
}

impl Invocation {
    pub fn new(program: impl AsRef<OsStr>, directory: &Path) -> Self {
        let program = program.as_ref();
        let mut command = Command::new(program);
        command.current_dir(directory);
        let shown =
            Path::new(program).file_name().unwrap_or(program).to_string_lossy().into_owned();
        Self { command, shown }
    }

    pub fn args<A: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        for argument in arguments {
            self.shown.push(' ');
            self.shown.push_str(&argument.as_ref().to_string_lossy());
            self.command.arg(argument);
        }
        self
    }

    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    /// Runs the program with this terminal's input and output; fails where it fails.
    pub fn run(mut self) -> Result<()> {
        self.announce();
        let status =
            self.command.status().with_context(|| format!("cannot start `{}`", self.shown))?;
        self.judge(status)
    }

    /// As [`run`](Self::run), and counts the tests that the output says ran.
    pub fn run_tests(mut self) -> Result<Tally> {
        self.announce();
        // Colours would stand between the words that the tally looks for.
        self.command.env_remove("FORCE_COLOR").env("NO_COLOR", "1").stdout(Stdio::piped());
        let mut child =
            self.command.spawn().with_context(|| format!("cannot start `{}`", self.shown))?;
        let mut output =
            BufReader::new(child.stdout.take().context("the child's output is piped")?);
        let mut tally = Tally::default();
        let mut line = Vec::new();
        while output.read_until(b'\n', &mut line)? > 0 {
            std::io::stdout().write_all(&line)?;
            tally.read(&String::from_utf8_lossy(&line));
            line.clear();
        }
        let status = child.wait()?;
        self.judge(status)?;
        Ok(tally)
    }

    /// What the program prints, quietly; `None` where it cannot be started or fails.
    pub fn output(mut self) -> Option<String> {
        let output = self.command.stdin(Stdio::null()).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    }

    fn announce(&self) {
        println!("$ {}", self.shown);
    }

    fn judge(&self, status: ExitStatus) -> Result<()> {
        if !status.success() {
            bail!("`{}` failed ({status})", self.shown);
        }
        Ok(())
    }
}

/// The first of `names` that stands in a folder of `path`.
pub fn which(path: &OsStr, names: &[&str]) -> Option<PathBuf> {
    let folders: Vec<PathBuf> = std::env::split_paths(path).collect();
    names.iter().find_map(|name| {
        let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
        folders.iter().map(|folder| folder.join(&file)).find(|candidate| candidate.is_file())
    })
}

/// This process's `PATH` with `folders` before it.
pub fn path_with(folders: &[PathBuf]) -> Result<OsString> {
    let inherited = std::env::var_os("PATH").unwrap_or_default();
    let all = folders.iter().cloned().chain(std::env::split_paths(&inherited));
    std::env::join_paths(all).context("a folder on PATH has a name that PATH cannot hold")
}
