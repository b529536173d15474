//! The shipped VAE with two latents: its classes lie where its networks say.

use elbo_room::engine::{LatentPlaneOptions, to_levels};
use wasm_bindgen_test::wasm_bindgen_test;

use super::shipped::vae_of;

#[wasm_bindgen_test(unsupported = test)]
fn all_training_images_are_counted() {
    let regions = vae_of("mnist-vae-2d").class_regions(&[0.5, 0.9]).unwrap();
    // Images of each class in MNIST's training set.
    let counts = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949];
    assert!(regions.iter().map(|region| region.images).eq(counts));
    assert!(regions.iter().enumerate().all(|(digit, region)| region.label == digit.to_string()));
    for region in &regions {
        assert!(region.contours.iter().all(|lines| !lines.is_empty()), "{}", region.label);
        assert!(
            region.peak.iter().all(|z| z.abs() < 3.0),
            "class {} is densest at {:?}",
            region.label,
            region.peak
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_encoder_puts_a_decoded_peak_back_into_its_class() {
    let vae = vae_of("mnist-vae-2d");
    let regions = vae.class_regions(&[]).unwrap();
    for region in &regions {
        let x = vae.decode(&region.peak.map(|z| z as f32)).unwrap();
        let mean = vae.encode(&x.to_vec()).unwrap().mean;
        let distance = |peak: [f64; 2]| (peak[0] - mean[0]).hypot(peak[1] - mean[1]);
        let nearest =
            regions.iter().min_by(|a, b| distance(a.peak).total_cmp(&distance(b.peak))).unwrap();
        assert_eq!(
            nearest.label, region.label,
            "{mean} is nearer to the peak of {}",
            nearest.label
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_decoded_plane_of_the_shipped_model_shows_digits() {
    let vae = vae_of("mnist-vae-2d");
    let mut plane = vae
        .plane(&LatentPlaneOptions { range: 3.0, grids: vec![3], ..LatentPlaneOptions::default() })
        .unwrap();
    while !plane.is_done() {
        plane.step().unwrap();
    }
    let digit = to_levels(&vae.decode(&[2.0, 0.0]).unwrap().to_vec()).unwrap();
    let tile = (0..784).map(|i| plane.levels()[(28 + i / 28) * 84 + 56 + i % 28]);
    assert!(tile.eq(digit));
}
