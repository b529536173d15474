//! Data sets from files: what NumPy and others write, and what nobody should be made to read.

use elbo_room::data::{Content, ImageSet, Reading, read, write_bytes, write_floats};
use elbo_room::engine::{image_order, image_seed};
use elbo_room::image::resample::Size;
use elbo_room::math::rng::{Purpose, uniform};
use wasm_bindgen_test::wasm_bindgen_test;

fn idx(kind: u8, sizes: &[u32], data: &[u8]) -> Vec<u8> {
    let sizes_bytes: Vec<u8> = sizes.iter().flat_map(|size| size.to_be_bytes()).collect();
    [&[0, 0, kind, sizes.len() as u8], &sizes_bytes[..], data].concat()
}

/// As numpy.lib.format writes it.
fn npy(descr: &str, fortran: bool, shape: &str, data: &[u8]) -> Vec<u8> {
    let order = if fortran { "True" } else { "False" };
    let header =
        format!("{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}          \n");
    [b"\x93NUMPY\x01\x00", &(header.len() as u16).to_le_bytes()[..], header.as_bytes(), data]
        .concat()
}

#[track_caller]
fn images(file: &[u8]) -> ImageSet {
    match read(file).unwrap() {
        Content::Images(images) => images,
        Content::Labels(labels) => panic!("labels: {labels:?}"),
    }
}

#[track_caller]
fn labels(file: &[u8]) -> Vec<String> {
    match read(file).unwrap() {
        Content::Labels(labels) => labels,
        Content::Images(images) => panic!("images: {images:?}"),
    }
}

fn grey(height: usize, width: usize) -> Size {
    Size { channels: 1, height, width }
}

#[wasm_bindgen_test(unsupported = test)]
fn idx_files_of_every_type() {
    let levels: Vec<u8> = (0..12).map(|i| 20 * i).collect();
    let set = images(&idx(8, &[2, 2, 3], &levels));
    assert_eq!((set.size, set.count, &set.levels), (grey(2, 3), 2, &levels));
    assert_eq!((set.labels, set.reading), (None, Reading::Levels));
    let shorts: Vec<u8> = levels.iter().flat_map(|&l| i16::from(l).to_be_bytes()).collect();
    assert_eq!(images(&idx(0x0b, &[2, 2, 3], &shorts)).levels, levels);
    let ints: Vec<u8> = levels.iter().flat_map(|&l| i32::from(l).to_be_bytes()).collect();
    assert_eq!(images(&idx(0x0c, &[2, 2, 3], &ints)).levels, levels);
    let floats: Vec<u8> =
        levels.iter().flat_map(|&l| (f32::from(l) / 255.0).to_be_bytes()).collect();
    let set = images(&idx(0x0d, &[2, 2, 3], &floats));
    assert_eq!((set.levels, set.reading), (levels.clone(), Reading::Unit));
    let doubles: Vec<u8> =
        levels.iter().flat_map(|&l| (f64::from(l) / 127.5 - 1.0).to_be_bytes()).collect();
    let set = images(&idx(0x0e, &[2, 2, 3], &doubles));
    assert_eq!((set.levels, set.reading), (levels, Reading::Signed));
    assert_eq!(labels(&idx(8, &[3], &[7, 0, 255])), ["7", "0", "255"]);
    assert_eq!(labels(&idx(9, &[2], &[0xff, 3])), ["-1", "3"]);
}

#[wasm_bindgen_test(unsupported = test)]
fn npy_files_of_every_type_and_order() {
    let levels: Vec<u8> = (0..12).map(|i| 20 * i).collect();
    let shape = "(2, 2, 3)";
    assert_eq!(images(&npy("|u1", false, shape, &levels)).levels, levels);
    for (descr, bytes) in [
        ("<u2", levels.iter().flat_map(|&l| u16::from(l).to_le_bytes()).collect::<Vec<u8>>()),
        (">u2", levels.iter().flat_map(|&l| u16::from(l).to_be_bytes()).collect()),
        ("<i4", levels.iter().flat_map(|&l| i32::from(l).to_le_bytes()).collect()),
        ("<i8", levels.iter().flat_map(|&l| i64::from(l).to_le_bytes()).collect()),
        (">f4", levels.iter().flat_map(|&l| f32::from(l).to_be_bytes()).collect()),
        ("<f8", levels.iter().flat_map(|&l| f64::from(l).to_le_bytes()).collect()),
    ] {
        assert_eq!(images(&npy(descr, false, shape, &bytes)).levels, levels, "{descr}");
    }
    // numpy.float16([0, 0.5, 1, 6e-8]).tobytes(), in [0, 1]
    let halves = [0x00, 0x00, 0x00, 0x38, 0x00, 0x3c, 0x01, 0x00];
    assert_eq!(images(&npy("<f2", false, "(1, 2, 2)", &halves)).levels, [0, 128, 255, 0]);
    let bits = images(&npy("|b1", false, "(1, 2, 2)", &[0, 1, 1, 0]));
    assert_eq!((bits.levels, bits.reading), (vec![0, 255, 255, 0], Reading::Bits));
    // the first index fastest: element [n][y][x] is at n + 2 y + 4 x
    let set = images(&npy("|u1", true, shape, &levels));
    let expected: Vec<u8> = (0..2)
        .flat_map(|n| (0..2).flat_map(move |y| (0..3).map(move |x| 20 * (n + 2 * y + 4 * x))))
        .collect();
    assert_eq!(set.levels, expected);
    assert_eq!(
        labels(&npy(
            "<i8",
            false,
            "(2L,)",
            &[5, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]
        )),
        ["5", "-1"]
    );
    assert_eq!(labels(&npy("|u1", false, "(2, 1)", &[5, 6])), ["5", "6"]);
}

#[wasm_bindgen_test(unsupported = test)]
fn npy_shapes_of_colour_images_and_of_rows() {
    let levels: Vec<u8> = (0..24).map(|i| 10 * i).collect();
    let colour = Size { channels: 3, height: 2, width: 2 };
    let interleaved = images(&npy("|u1", false, "(2, 2, 2, 3)", &levels));
    assert_eq!((interleaved.size, &interleaved.levels), (colour, &levels));
    let planes = images(&npy("|u1", false, "(2, 3, 2, 2)", &levels));
    assert_eq!(planes.size, colour);
    assert_eq!(planes.levels[..6], [0, 40, 80, 10, 50, 90]);
    // as CIFAR has its rows
    assert_eq!(images(&npy("|u1", false, "(2, 12)", &levels)), planes);
    assert_eq!(images(&npy("|u1", false, "(6, 4)", &levels)).size, grey(2, 2));
    assert_eq!(images(&npy("|u1", false, "(2, 1, 3, 4)", &levels)).size, grey(3, 4));
    assert_eq!(images(&npy("|u1", false, "(2, 3, 4, 1)", &levels)).size, grey(3, 4));
}

#[wasm_bindgen_test(unsupported = test)]
fn csv_files_with_and_without_header_and_labels() {
    let plain = images(b"0,64,128,255\n1,2,3,4\n");
    assert_eq!((plain.size, plain.count, plain.labels), (grey(2, 2), 2, None));
    assert_eq!(plain.levels, [0, 64, 128, 255, 1, 2, 3, 4]);
    let kaggle = images(b"label,p0,p1,p2,p3\r\n7,0,64,128,255\r\n2,1,2,3,4\r\n");
    assert_eq!(
        (kaggle.labels.unwrap(), kaggle.levels),
        (vec!["7".into(), "2".into()], plain.levels.clone())
    );
    let first = images(b"7,0,64,128,255\n2,1,2,3,4\n");
    assert_eq!(first.labels.unwrap(), ["7", "2"]);
    let last = images(b"0,64,128,255,cat\n0,2,3,4,\"dog, small\"\n");
    assert_eq!(last.labels.unwrap(), ["cat", "dog, small"]);
    let named = images("\u{feff}p0;p1;p2;p3;Class\n0;0.5;1;0;a\n0;0;0;0;b\n".as_bytes());
    assert_eq!(
        (named.labels.unwrap(), named.reading),
        (vec!["a".into(), "b".into()], Reading::Unit)
    );
    assert_eq!(named.levels, [0, 128, 255, 0, 0, 0, 0, 0]);
    let colour = images(b"1,2,3\n4,5,6\n");
    assert_eq!(
        (colour.size, colour.levels),
        (Size { channels: 3, height: 1, width: 1 }, vec![1, 2, 3, 4, 5, 6])
    );
    assert_eq!(labels(b"label\n3\n5\n"), ["3", "5"]);
    assert_eq!(labels(b"3\n5\n"), ["3", "5"]);
}

#[wasm_bindgen_test(unsupported = test)]
fn hostile_files_are_refused_with_a_reason() {
    let huge = idx(8, &[u32::MAX, u32::MAX, u32::MAX], &[]);
    let nan: Vec<u8> = [0.5_f32, f32::NAN, 0.0, 1.0].iter().flat_map(|v| v.to_le_bytes()).collect();
    let far: Vec<u8> = [0.5_f32, -7.0, 0.0, 300.0].iter().flat_map(|v| v.to_le_bytes()).collect();
    let wide = npy("|u1", false, "(1, 1, 1025)", &[0; 1025]);
    for (file, mentions) in [
        (huge, "can have"),
        (idx(8, &[2, 28, 28], &[0; 784]), "its header says 1568"),
        (idx(8, &[0, 28, 28], &[]), "no images"),
        (idx(0x0a, &[1, 1, 1], &[0]), "unknown type"),
        (vec![0, 0, 8, 3, 0, 0], "cut short"),
        (idx(8, &[1, 2, 2, 2], &[0; 8]), "expected [N, H, W]"),
        (npy("<f4", false, "(1, 2, 2)", &nan), "NaN"),
        (npy("<f4", false, "(1, 2, 2)", &far), "from -7 to 300"),
        (npy("<f4", false, "(1, 2, 2)", &nan[1..]), "its header says 16"),
        (npy("<U3", false, "(1,)", &[0; 12]), "astype"),
        (npy("|O", false, "(1,)", &[0; 8]), "astype"),
        (npy("|u1", false, "(18446744073709551615, 2)", &[0; 2]), "can have"),
        (npy("|u1", false, "(99999999999999999999, 2)", &[0; 2]), "does not describe an array"),
        (npy("|u1", false, "(1, 7)", &[0; 7]), "not square images"),
        (npy("|u1", false, "()", &[0]), "expected [N, H, W]"),
        (npy("<f4", false, "(2,)", &[0, 0, 0x80, 0x3f, 0, 0, 0, 0x3f]), "whole number"),
        (wide, "sides must be"),
        (b"\x93NUMPY\x01\x00\xff\xff{}".to_vec(), "ends in its header"),
        (b"\x93NUMPY\x09\x00\x02\x00{}".to_vec(), "unknown version"),
        (b"\x93NUMPY\x01\x00\x02\x00{}".to_vec(), "does not describe an array"),
        (b"1,2,3,4\n1,2,3\n".to_vec(), "CSV"),
        (b"1,2,3,x\n".to_vec(), "must be numbers"),
        (b"1,2,3,4,5,6,7\n".to_vec(), "not square images"),
        (b"label,p0,p1,p2,p3\n".to_vec(), "no line of values"),
        (b"1,2,nan,4\n".to_vec(), "must be a number"),
        (b"GIF89a\x00\x00".to_vec(), "not a data set"),
        (Vec::new(), "not a data set"),
    ] {
        let error = read(&file).expect_err(mentions).to_string();
        assert!(error.contains(mentions), "{error:?} does not mention {mentions:?}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn mutated_files_never_panic() {
    let levels: Vec<u8> = (0..24).map(|i| 10 * i).collect();
    for (stream, file) in [
        idx(8, &[2, 3, 4], &levels),
        npy("|u1", true, "(2, 3, 4)", &levels),
        b"label,p0,p1,p2,p3\n7,0,64,128,255\n2,1,2,3,4\n".to_vec(),
    ]
    .into_iter()
    .enumerate()
    {
        for run in 0..2000 {
            let draws = uniform(5, Purpose::Latent, [stream as u64, run], 7);
            let mut changed = file.clone();
            for pair in draws.as_slice().unwrap()[..6].chunks(2) {
                let at = (pair[0] * changed.len() as f64) as usize;
                changed[at] = (pair[1] * 256.0) as u8;
            }
            if draws[6] < 0.3 {
                changed.truncate((draws[6] / 0.3 * changed.len() as f64) as usize);
            }
            if let Ok(Content::Images(set)) = read(&changed) {
                assert_eq!(set.levels.len(), set.count * set.size.dimensions());
                assert!(set.labels.is_none_or(|labels| labels.len() == set.count));
            }
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn written_arrays_begin_where_numpy_says_and_read_back() {
    let file = write_floats(&[0.0, 3.0, -2.0]);
    let header = usize::from(u16::from_le_bytes([file[8], file[9]]));
    assert_eq!((10 + header) % 64, 0);
    assert_eq!((file[9 + header], file.len()), (b'\n', 10 + header + 24));
    assert_eq!(file[10 + header + 8..10 + header + 16], 3.0_f64.to_le_bytes());
    assert!(file[10..].starts_with(b"{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }"));
    assert_eq!(labels(&file), ["0", "3", "-2"]);
    assert_eq!(labels(&write_bytes(&[9, 8])), ["9", "8"]);
    assert_eq!(labels(&write_floats(&[])), [""; 0]);
}

#[wasm_bindgen_test(unsupported = test)]
fn the_order_is_a_permutation_and_seeds_differ() {
    let order = image_order(3, 1000);
    let mut sorted = order.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, (0..1000).collect::<Vec<_>>());
    assert_ne!(order, image_order(4, 1000));
    // the images that are there first are those of a longer set as far as it has them
    let longer: Vec<usize> = image_order(3, 2000).into_iter().filter(|&i| i < 1000).collect();
    assert_eq!(longer, order);
    let seeds: std::collections::BTreeSet<u64> = (0..1000).map(|i| image_seed(3, i)).collect();
    assert_eq!(seeds.len(), 1000);
    assert!(seeds.iter().all(|&seed| seed < 1 << 53));
}
