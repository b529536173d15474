//! The decoded plane of a VAE with two latents, over a decoder that is known in closed form.

use elbo_room::ErrorKind;
use elbo_room::engine::{LatentPlane, LatentPlaneOptions, Vae, to_levels};
use elbo_room::model::DiagonalGaussian;
use ndarray::{Array1, array};
use wasm_bindgen_test::wasm_bindgen_test;

use super::analytic::{Linear, image, vae};

/// Images of two by three pixels whose logits are linear in z.
fn model() -> Vae {
    let posterior = DiagonalGaussian { mean: array![0.0, 0.0], log_var: array![0.0, 0.0] };
    let weights = array![[1.0, 0.0], [0.0, 1.0], [-1.0, 0.5], [0.3, -0.2], [2.0, 2.0], [0.0, 0.0]];
    vae(posterior, Linear { weights, bias: Array1::linspace(-1.0, 1.0, 6) }, image(2, 3))
}

fn plane(model: &Vae, range: f64, grids: &[usize]) -> LatentPlane {
    model
        .plane(&LatentPlaneOptions {
            range,
            grids: grids.to_vec(),
            ..LatentPlaneOptions::default()
        })
        .unwrap()
}

/// The tile of a grid as it stands in a picture whose finest grid has `finest` images in a row.
fn tile(levels: &[u8], finest: usize, grid: usize, row: usize, column: usize) -> Vec<u8> {
    let (scale, width) = (finest / grid, 3 * finest);
    let pixel =
        |y: usize, x: usize| levels[((2 * row + y) * scale) * width + (3 * column + x) * scale];
    let top_left = |y: usize, x: usize| {
        let level = pixel(y, x);
        for dy in 0..scale {
            for dx in 0..scale {
                let at = ((2 * row + y) * scale + dy) * width + (3 * column + x) * scale + dx;
                assert_eq!(levels[at], level, "an enlarged pixel has one level");
            }
        }
        level
    };
    (0..6).map(|i| top_left(i / 3, i % 3)).collect()
}

#[wasm_bindgen_test(unsupported = test)]
fn every_tile_is_what_the_model_decodes_there() {
    let model = model();
    let mut plane = plane(&model, 2.0, &[2, 4]);
    assert_eq!((plane.height(), plane.width(), plane.total(), plane.decoded()), (8, 12, 4 + 16, 0));
    assert!(plane.levels().iter().all(|&level| level == 0));
    let decoded = |z: [f32; 2]| to_levels(&model.decode(&z).unwrap().to_vec()).unwrap();
    for _ in 0..4 {
        plane.step().unwrap();
    }
    // The coarse picture: z_1 grows to the right, z_2 upwards.
    for (row, column, z) in
        [(0, 0, [-1.0, 1.0]), (0, 1, [1.0, 1.0]), (1, 0, [-1.0, -1.0]), (1, 1, [1.0, -1.0])]
    {
        assert_eq!(tile(plane.levels(), 4, 2, row, column), decoded(z));
    }
    assert!(!plane.is_done());
    while !plane.is_done() {
        plane.step().unwrap();
    }
    for at in 0..16 {
        let (row, column) = (at / 4, at % 4);
        let z = [column as f32 - 1.5, 1.5 - row as f32];
        assert_eq!(tile(plane.levels(), 4, 4, row, column), decoded(z));
    }
    let complete = plane.levels().to_vec();
    plane.step().unwrap();
    assert_eq!((plane.decoded(), plane.levels()), (20, &complete[..]));
}

#[wasm_bindgen_test(unsupported = test)]
fn tiles_are_decoded_from_the_middle_outwards() {
    let mut plane = plane(&model(), 3.0, &[5]);
    plane.step().unwrap();
    let touched =
        |levels: &[u8], row, column| tile(levels, 5, 5, row, column).iter().any(|&level| level > 0);
    assert!(touched(plane.levels(), 2, 2));
    for _ in 0..8 {
        plane.step().unwrap();
    }
    let found: Vec<bool> = (0..25).map(|at| touched(plane.levels(), at / 5, at % 5)).collect();
    let middle: Vec<bool> =
        (0..25).map(|at| (1..4).contains(&(at / 5)) && (1..4).contains(&(at % 5))).collect();
    assert_eq!(found, middle);
}

#[wasm_bindgen_test(unsupported = test)]
fn invalid_options_of_a_plane_are_refused() {
    let kind = |model: &Vae, range, grids: &[usize]| {
        model
            .plane(&LatentPlaneOptions {
                range,
                grids: grids.to_vec(),
                ..LatentPlaneOptions::default()
            })
            .err()
            .unwrap()
            .kind()
    };
    let two = model();
    for range in [0.0, -1.0, 101.0, f64::NAN, f64::INFINITY] {
        assert_eq!(kind(&two, range, &[4]), ErrorKind::Value);
    }
    for grids in [&[][..], &[0], &[0, 4], &[65], &[3, 4], &[8, 4], &[4, 0]] {
        assert_eq!(kind(&two, 3.0, grids), ErrorKind::Value, "{grids:?}");
    }
    let posterior = DiagonalGaussian { mean: array![0.0], log_var: array![0.0] };
    let one = vae(posterior, Linear { weights: array![[1.0]], bias: array![0.0] }, image(1, 1));
    assert_eq!(kind(&one, 3.0, &[4]), ErrorKind::Value);
    assert_eq!(two.class_regions(&[0.5]).unwrap_err().kind(), ErrorKind::Value);
}
