use std::fs;
use std::path::Path;

use super::files::{digits, evaluate, folder, gzip, idx, read, refused, write_test_set};

const ONE: &str = "--models mnist-vae --images 2 --samples 2 --threads 1";

fn replace(folder: &Path, file: &str, content: &[u8]) {
    for name in [file.to_string(), format!("{file}.gz")] {
        let path = folder.join(name);
        if path.exists() {
            fs::remove_file(path).unwrap();
        }
    }
    fs::write(folder.join(file), content).unwrap();
}

#[test]
fn gzipped_files_and_others_say_the_same() {
    let folder = folder("gzip");
    write_test_set(&folder);
    evaluate(&folder, &format!("{ONE} --data @ --out @a.jsonl --json @a.json")).unwrap();
    let (images, _) = digits();
    replace(&folder, "t10k-images-idx3-ubyte", &idx(&[images.len(), 28, 28], &images.concat()));
    evaluate(&folder, &format!("{ONE} --data @ --out @b.jsonl --json @b.json")).unwrap();
    assert_eq!(read(&folder, "a.jsonl"), read(&folder, "b.jsonl"));
    assert_eq!(read(&folder, "a.json"), read(&folder, "b.json"));
    // These are not the published images, and the scores do not pretend that they are.
    assert!(read(&folder, "a.json").contains("images with SHA-256"));
}

#[test]
fn invalid_test_sets_are_refused() {
    let folder = folder("broken");
    let command = format!("{ONE} --data @ --out @results.jsonl");
    refused(&folder, &command, "download the test set");
    let (images, labels) = digits();
    let (pixels, images) = (images.concat(), images.len());
    let cut = gzip(&idx(&[images, 28, 28], &pixels));
    for (content, mentions) in [
        (idx(&[images, 28, 28], &pixels[1..]), "its header says"),
        (idx(&[images, 28, 28], &[&pixels[..], &[0]].concat()), "its header says"),
        (idx(&[images * 28, 28], &pixels), "rank 3"),
        (b"<!doctype html>".to_vec(), "not an IDX file"),
        (cut[..cut.len() / 2].to_vec(), "damaged"),
        (idx(&[images, 14, 56], &pixels), "takes images of 28x28"),
        (idx(&[images - 1, 28, 28], &pixels[784..]), "labels"),
        (idx(&[0, 28, 28], &[]), "labels"),
    ] {
        write_test_set(&folder);
        replace(&folder, "t10k-images-idx3-ubyte", &content);
        refused(&folder, &command, mentions);
    }
    write_test_set(&folder);
    replace(&folder, "t10k-labels-idx1-ubyte", &idx(&[labels.len(), 1], &labels));
    refused(&folder, &command, "rank 1");
    assert!(
        !folder.join("results.jsonl").exists(),
        "nothing is begun with a test set that is none"
    );
}
