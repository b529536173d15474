//! The files that run the program on a cluster.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use clap::Parser;

use super::files::folder;
use super::program::Arguments;

fn example(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/evaluate").join(name);
    fs::read_to_string(path).unwrap()
}

/// The value after `key` on the line that has it, up to a space.
fn value<'a>(text: &'a str, key: &str) -> &'a str {
    let (_, after) = text.split_once(key).unwrap_or_else(|| panic!("{key} is missing"));
    after.split_whitespace().next().unwrap()
}

#[test]
fn a_slurm_task_computes_its_shard() {
    let folder = folder("slurm");
    let srun = folder.join("srun");
    fs::write(&srun, "#!/bin/sh\necho \"$@\"\n").unwrap();
    fs::set_permissions(&srun, fs::Permissions::from_mode(0o755)).unwrap();
    let run = |data: Option<&str>| {
        let mut command = Command::new("bash");
        command.arg("examples/evaluate/slurm.sh").args(["--models", "mnist-vae"]);
        command.current_dir(env!("CARGO_MANIFEST_DIR"));
        command.env("PATH", format!("{}:{}", folder.display(), std::env::var("PATH").unwrap()));
        command
            .env("RESULTS", folder.join("results"))
            .env_remove("DATA")
            .env_remove("SHARDS")
            .env_remove("PROGRAM");
        data.map(|data| command.env("DATA", data));
        command.env("SLURM_ARRAY_TASK_ID", "17").env("SLURM_CPUS_PER_TASK", "8").output().unwrap()
    };
    let output = run(Some("/mnist"));
    assert!(output.status.success());
    let line = String::from_utf8(output.stdout).unwrap();
    let (program, arguments) = line.trim().split_once(' ').unwrap();
    assert_eq!(program, "target/release/examples/evaluate");
    let arguments =
        Arguments::try_parse_from(["evaluate"].into_iter().chain(arguments.split(' '))).unwrap();
    let shard = arguments.shard.unwrap();
    assert_eq!(
        (shard.index, arguments.threads(), &arguments.models[..]),
        (17, 8, &["mnist-vae".to_string()][..])
    );
    assert_eq!(arguments.out, Some(folder.join("results/17.jsonl")));
    assert_eq!(
        value(&example("slurm.sh"), "#SBATCH --array="),
        format!("0-{}", shard.of - 1),
        "a task for every shard"
    );
    let output = run(None);
    assert!(!output.status.success() && String::from_utf8_lossy(&output.stderr).contains("DATA"));
}

#[test]
fn a_kubernetes_job_computes_every_shard() {
    let job = example("kubernetes.yaml");
    let arguments: Vec<String> = job
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- --"))
        .map(|argument| format!("--{}", argument.replace("$(JOB_COMPLETION_INDEX)", "3")))
        .collect();
    let arguments =
        Arguments::try_parse_from(["evaluate".to_string()].into_iter().chain(arguments)).unwrap();
    let shard = arguments.shard.unwrap();
    assert_eq!((shard.index, shard.of.to_string().as_str()), (3, value(&job, "completions: ")));
    assert_eq!(value(&job, "cpu: "), format!("\"{}\"", arguments.threads()));
    let mount = value(&job, "mountPath: ");
    assert!(
        arguments.data.unwrap().starts_with(mount) && arguments.out.unwrap().starts_with(mount)
    );
}
