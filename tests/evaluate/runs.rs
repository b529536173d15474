//! Shards, merging, resumption, and what does not belong together.

use std::fs::{self, OpenOptions};

use super::files::{evaluate, folder, read, refused, write_test_set};

/// A little of everything.
const ALL: &str = "--models mnist-vae,mnist-ddpm --images 5 --samples 3 --importance-images 3 \
    --importance-samples 12 --steps 5 --timesteps 2 --class both --classify 1 \
    --evaluations-per-class 2 --class-weighting both";

/// As little as possible.
const LITTLE: &str = "--models mnist-vae --samples 2";

#[test]
fn one_shard_and_three_give_the_same_scores() {
    let folder = folder("shards");
    write_test_set(&folder);
    evaluate(&folder, &format!("{ALL} --data @ --out @whole.jsonl --json @whole.json --threads 1"))
        .unwrap();
    for shard in 0..3 {
        evaluate(
            &folder,
            &format!("{ALL} --data @ --shard {shard}/3 --out @{shard}.jsonl --threads 2"),
        )
        .unwrap();
    }
    // in another order, and one of them twice
    evaluate(&folder, "--merge @2.jsonl @0.jsonl @1.jsonl @0.jsonl --json @merged.json").unwrap();
    assert_eq!(read(&folder, "merged.json"), read(&folder, "whole.json"));
    let lines = |file: &str| {
        let mut lines: Vec<String> =
            read(&folder, file).lines().skip(1).map(String::from).collect();
        lines.sort();
        lines
    };
    let mut parts: Vec<String> =
        (0..3).flat_map(|shard| lines(&format!("{shard}.jsonl"))).collect();
    parts.sort();
    assert_eq!(parts, lines("whole.jsonl"), "every result is in one shard, bit for bit");
    assert!(
        (0..3).all(|shard| !lines(&format!("{shard}.jsonl")).is_empty()),
        "every shard has work"
    );
    let whole = read(&folder, "whole.jsonl");
    fs::write(folder.join("cut.jsonl"), &whole[..2 * whole.len() / 3]).unwrap();
    evaluate(&folder, &format!("{ALL} --data @ --out @cut.jsonl --json @cut.json")).unwrap();
    assert_eq!(read(&folder, "cut.json"), read(&folder, "whole.json"), "cut among all models");
}

#[test]
fn a_run_goes_on_where_it_was_cut_short() {
    let folder = folder("resume");
    write_test_set(&folder);
    evaluate(
        &folder,
        &format!("{LITTLE} --images 4 --data @ --out @whole.jsonl --json @whole.json"),
    )
    .unwrap();
    let whole = read(&folder, "whole.jsonl");
    // after the settings, within a result, at its end, and within the settings themselves
    let header = whole.find('\n').unwrap() + 1;
    let line = header + whole[header..].find('\n').unwrap() + 1;
    for length in
        [0, header / 2, header, header + 10, line - 1, line, line + 1, whole.len() - 2, whole.len()]
    {
        fs::write(folder.join("cut.jsonl"), &whole[..length]).unwrap();
        evaluate(
            &folder,
            &format!("{LITTLE} --images 4 --data @ --out @cut.jsonl --json @cut.json"),
        )
        .unwrap();
        let cut = read(&folder, "cut.jsonl");
        let kept = whole[..length].rfind('\n').map_or(0, |end| end + 1);
        assert!(cut.starts_with(&whole[..kept]), "what was there stays");
        assert_eq!(cut.len(), whole.len(), "what was missing is added once, after {length} bytes");
        assert_eq!(read(&folder, "cut.json"), read(&folder, "whole.json"));
    }
}

#[test]
fn a_file_grows_with_more_images_and_tells_the_same_as_at_once() {
    let folder = folder("grow");
    write_test_set(&folder);
    let run = |images: usize, file: &str| {
        evaluate(
            &folder,
            &format!("{LITTLE} --images {images} --data @ --out @{file}.jsonl --json @{file}.json"),
        )
    };
    run(2, "grown").unwrap();
    run(6, "grown").unwrap();
    run(6, "whole").unwrap();
    assert_eq!(read(&folder, "grown.json"), read(&folder, "whole.json"));
}

#[test]
fn other_settings_need_another_file() {
    let folder = folder("settings");
    write_test_set(&folder);
    evaluate(&folder, &format!("{LITTLE} --images 3 --data @ --out @a.jsonl")).unwrap();
    let before = read(&folder, "a.jsonl");
    for (other, mentions) in [
        ("--models mnist-vae --samples 3", "samples: 2 and 3"),
        ("--models mnist-vae --samples 2 --seed 1", "seed: 0 and 1"),
        ("--models mnist-ddpm --samples 2", "models"),
    ] {
        refused(&folder, &format!("{other} --images 3 --data @ --out @a.jsonl"), mentions);
        assert_eq!(read(&folder, "a.jsonl"), before);
    }
    evaluate(&folder, &format!("{LITTLE} --seed 1 --images 3 --data @ --out @b.jsonl")).unwrap();
    refused(&folder, "--merge @a.jsonl @b.jsonl", "seed");
}

#[test]
fn a_file_is_written_by_one_run_at_a_time() {
    let folder = folder("lock");
    write_test_set(&folder);
    let other = OpenOptions::new().append(true).create(true).open(folder.join("a.jsonl")).unwrap();
    other.lock().unwrap();
    let command = format!("{LITTLE} --images 1 --data @ --out @a.jsonl");
    refused(&folder, &command, "another run");
    drop(other);
    evaluate(&folder, &command).unwrap();
}

#[test]
fn scores_are_written_of_complete_results_only() {
    let folder = folder("gaps");
    write_test_set(&folder);
    let shard = |shard: usize| {
        evaluate(
            &folder,
            &format!("{LITTLE} --images 9 --data @ --shard {shard}/2 --out @{shard}.jsonl"),
        )
        .unwrap();
    };
    shard(0);
    evaluate(&folder, "--merge @0.jsonl").unwrap();
    refused(&folder, "--merge @0.jsonl --json @scores.json", "complete");
    assert!(!folder.join("scores.json").exists());
    shard(1);
    evaluate(&folder, "--merge @0.jsonl @1.jsonl --json @scores.json").unwrap();
    // the same image with another result
    let mut lines: Vec<String> = read(&folder, "0.jsonl").lines().map(String::from).collect();
    lines[1] = lines[1].replacen("\"value\":-", "\"value\":-1", 1);
    fs::write(folder.join("2.jsonl"), lines.join("\n") + "\n").unwrap();
    refused(&folder, "--merge @0.jsonl @2.jsonl", "differs from");
    fs::write(folder.join("2.jsonl"), lines.join("\n").replace("terms", "temps") + "\n").unwrap();
    refused(&folder, "--merge @2.jsonl", "line 2");
    refused(&folder, "--merge @3.jsonl", "cannot be read");
    fs::write(folder.join("3.jsonl"), "").unwrap();
    refused(&folder, "--merge @3.jsonl", "no results");
}

#[test]
fn the_command_line_refuses_what_makes_no_sense() {
    let folder = folder("arguments");
    write_test_set(&folder);
    for (command, mentions) in [
        ("", "--data"),
        ("--data @ --shard 3/3", "I/N"),
        ("--data @ --shard 3", "I/N"),
        ("--data @ --shard -1/3", "-1"),
        ("--data @ --merge @a.jsonl", "--merge"),
        ("--data @ --schedule quadratic", "log-snr-linear"),
        ("--data @ --timesteps some", "all"),
        ("--data @ --class 3", "label"),
        ("--data @ --readme @README.md", "--json"),
        ("--data @ --models mnist-gan --out @a.jsonl", "mnist-ddpm"),
        ("--data @ --images 1000 --out @a.jsonl", "--images is 1000"),
        ("--data @ --images 0 --out @a.jsonl", "--images is 0"),
        ("--data @ --importance-images 1000 --out @a.jsonl", "--importance-images"),
        ("--data @ --models mnist-vae --samples 0 --images 1 --out @b.jsonl", "samples is 0"),
        ("--data @ --models mnist-ddpm --timesteps 0 --images 1 --out @c.jsonl", "timesteps is 0"),
        (
            "--data @ --models mnist-ddpm --steps 1 --images 1 --out @d.jsonl",
            "number of steps is 1",
        ),
        ("--data @ --manifest @none.json", "manifest"),
    ] {
        refused(&folder, command, mentions);
    }
}
