//! What is read from bytes: round trips, and bytes that mean nothing.

use elbo_room::data::{Content, Reading, read, write_bytes, write_floats};
use elbo_room::engine::{image_order, image_seed};
use elbo_room::evaluation::Evaluation;
use elbo_room::image::levels::{levels_to_signed, signed_to_levels};
use elbo_room::image::resample::{Fit, Size, image_from_pixels, resample};
use elbo_room::model::inspect;
use elbo_room::model::manifest::Manifest;
use proptest::prelude::*;

use super::config;

const MANIFEST: &str = include_str!("../../models/manifest.json");
const NETWORK: &[u8] = include_bytes!("../fixtures/foreign/network.onnx");

fn idx([count, height, width]: [usize; 3], levels: &[u8]) -> Vec<u8> {
    let sizes = [count, height, width].map(|size| (size as u32).to_be_bytes());
    [&[0, 0, 8, 3], sizes.as_flattened(), levels].concat()
}

fn sizes() -> impl Strategy<Value = Size> {
    (prop::sample::select(&[1_usize, 3][..]), 1_usize..20, 1_usize..20)
        .prop_map(|(channels, height, width)| Size { channels, height, width })
}

/// Bytes that begin as some file does.
fn files() -> impl Strategy<Value = Vec<u8>> {
    let npy = b"\x93NUMPY\x01\x00\x46\x00{'descr': '<f4', 'fortran_order': False, 'shape': (";
    let beginnings: [&[u8]; 6] =
        [&[], &[0, 0, 8, 3, 0, 0, 0], &[0, 0, 13, 1, 0], npy, b"\x93NUMPY", b"label,a,b\n1,2,"];
    let bytes = prop::collection::vec(any::<u8>(), 0..60);
    (prop::sample::select(beginnings.to_vec()), bytes)
        .prop_map(|(start, rest)| [start, &rest].concat())
}

/// Some bytes of a text or file are others.
fn changed(bytes: &[u8], changes: &[(prop::sample::Index, u8)]) -> Vec<u8> {
    let mut changed = bytes.to_vec();
    changes.iter().for_each(|(at, value)| changed[at.index(bytes.len())] = *value);
    changed
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn arrays_are_read_as_they_were_written(
        bytes: Vec<u8>, whole in prop::collection::vec(any::<i16>(), 1..20),
    ) {
        prop_assume!(!bytes.is_empty());
        let labels = bytes.iter().map(u8::to_string).collect();
        prop_assert_eq!(read(&write_bytes(&bytes)).unwrap(), Content::Labels(labels));
        let floats: Vec<f64> = whole.iter().map(|&v| f64::from(v)).collect();
        let labels = whole.iter().map(i16::to_string).collect();
        prop_assert_eq!(read(&write_floats(&floats)).unwrap(), Content::Labels(labels));
    }

    #[test]
    fn images_of_a_file_are_its_levels(
        shape in [1_usize..4, 1_usize..9, 1_usize..9],
        mut levels in prop::collection::vec(any::<u8>(), 256),
    ) {
        // with a level above 1, it cannot be black and white
        levels.truncate(shape.iter().product());
        levels[0] = levels[0].max(2);
        let Content::Images(images) = read(&idx(shape, &levels)).unwrap() else {
            panic!("these are images")
        };
        prop_assert_eq!([images.count, images.size.height, images.size.width], shape);
        prop_assert_eq!((images.levels, images.reading), (levels.clone(), Reading::Levels));
        prop_assert_eq!(signed_to_levels(levels_to_signed(&levels).view()), levels);
    }

    #[test]
    fn bytes_that_mean_nothing_are_an_error(bytes in files()) {
        let _ = read(&bytes);
    }

    #[test]
    fn a_changed_manifest_is_read_or_refused(changes: [(prop::sample::Index, u8); 3]) {
        let text = changed(MANIFEST.as_bytes(), &changes);
        let text = String::from_utf8_lossy(&text);
        let _ = (Manifest::parse(&text), Evaluation::parse(&text));
    }

    #[test]
    fn a_changed_network_is_inspected_or_refused(changes: [(prop::sample::Index, u8); 2]) {
        let _ = inspect(&changed(NETWORK, &changes), None);
    }

    #[test]
    fn a_picture_of_one_level_has_it_at_every_size(
        from in sizes(), to in sizes(), level: u8,
    ) {
        let levels = vec![level; from.dimensions()];
        let found = resample(&levels, from, to, Fit::Cover).unwrap();
        prop_assert_eq!(found, vec![level; to.dimensions()]);
        let rgba: Vec<u8> = [level, level, level, 255].repeat(from.height * from.width);
        let found = image_from_pixels(&rgba, from.width, from.height, to).unwrap();
        prop_assert_eq!(found, vec![level; to.dimensions()]);
    }

    #[test]
    fn images_are_taken_each_once_with_seeds_that_javascript_keeps(
        seed: u64, count in 0_usize..300,
    ) {
        let mut order = image_order(seed, count);
        order.sort_unstable();
        prop_assert!(order.into_iter().eq(0..count));
        prop_assert!(image_seed(seed, count) < 1 << 53);
    }
}
