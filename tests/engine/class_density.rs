//! Where classes lie in the plane: kernel estimates from counts against a density that is known,
//! and what is refused.

use elbo_room::ErrorKind;
use elbo_room::engine::ClassDensity;
use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

const BINS: usize = 60;

/// Counts of a Gaussian with independent coordinates, in bins over [-3, 3]².
fn gaussian(mean: [f64; 2], std: [f64; 2], images: f64) -> Vec<u32> {
    let width = 6.0 / BINS as f64;
    let mass = |z: f64, mean: f64, std: f64| {
        let u = (z - mean) / std;
        width * (-0.5 * u * u).exp() / (std * (2.0 * std::f64::consts::PI).sqrt())
    };
    (0..BINS * BINS)
        .map(|at| {
            let (x, y) = (at % BINS, at / BINS);
            let z = [-3.0 + (x as f64 + 0.5) * width, 3.0 - (y as f64 + 0.5) * width];
            (images * mass(z[0], mean[0], std[0]) * mass(z[1], mean[1], std[1])).round() as u32
        })
        .collect()
}

fn file(counts: [Vec<u32>; 2]) -> Value {
    json!({
        "classes": ["left", "right"], "x": [-3, 3], "y": [-3, 3], "columns": BINS, "rows": BINS,
        "outside": [4, 0], "counts": counts,
    })
}

fn parse(file: &Value) -> elbo_room::Result<ClassDensity> {
    ClassDensity::parse(file.to_string().as_bytes())
}

#[wasm_bindgen_test(unsupported = test)]
fn contours_of_a_gaussian_are_its_ellipses() {
    let (mean, std, images) = ([-1.0, 0.5], [0.4, 0.7], 1e6);
    let density =
        parse(&file([gaussian(mean, std, images), gaussian([1.0, 1.0], [0.2, 0.2], 1e4)])).unwrap();
    let shares = [0.5, 0.9];
    let regions = density.regions(&shares).unwrap();
    assert_eq!((regions[0].label.as_str(), regions[1].label.as_str()), ("left", "right"));
    let counted: u64 = density.counts[0].iter().map(|&c| u64::from(c)).sum();
    assert_eq!(regions[0].images, counted + 4);
    // A mean between two bins of width 0.1 has its peak in the middle of either, up to half a step
    // of the grid.
    let off = 0.05 + 1.0 / 32.0;
    for (region, mean) in regions.iter().zip([mean, [1.0, 1.0]]) {
        assert!((0..2).all(|i| (region.peak[i] - mean[i]).abs() < off), "{:?}", region.peak);
        assert_eq!(region.contours.len(), 2);
    }
    // The share s of a Gaussian in two dimensions lies within sqrt(-2 ln(1 - s)) standard
    // deviations; the kernel adds its own.
    let spread = std.map(|s| (s * s + (s * images.powf(-1.0 / 6.0)).max(0.05).powi(2)).sqrt());
    for (lines, share) in regions[0].contours.iter().zip(shares) {
        assert_eq!(lines.len(), 1, "one closed line");
        assert_eq!(lines[0].first(), lines[0].last());
        let radius = (-2.0 * (1.0 - share).ln()).sqrt();
        for point in &lines[0] {
            let found = ((point[0] - mean[0]) / spread[0]).hypot((point[1] - mean[1]) / spread[1]);
            assert!((found - radius).abs() < 0.03 * radius, "{found}, not {radius}");
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_second_latent_points_upwards() {
    let mut counts = vec![0; BINS * BINS];
    counts[5 * BINS + 40] = 100;
    let density = parse(&file([counts.clone(), counts])).unwrap();
    let region = &density.regions(&[0.5]).unwrap()[0];
    // The middle of column 40 and of row 5 from the top, on a grid with points 1/16 apart.
    assert!(
        (region.peak[0] - 1.05).abs() < 0.04 && (region.peak[1] - 2.45).abs() < 0.04,
        "{:?}",
        region.peak
    );
    assert!(region.contours[0].iter().flatten().flatten().all(|z| z.is_finite()));
}

#[wasm_bindgen_test(unsupported = test)]
fn errors_name_the_invalid_field() {
    let good =
        || file([gaussian([0.0, 0.0], [1.0, 1.0], 1e4), gaussian([1.0, 0.0], [1.0, 1.0], 1e4)]);
    let cases = [
        ("/classes", json!(["one", "one"]), "classes"),
        ("/classes", json!([]), "classes"),
        ("/x", json!([3, -3]), "x is"),
        ("/y", json!([1, 1]), "y is"),
        ("/x/0", json!(null), "read"),
        ("/columns", json!(61), "bins"),
        ("/rows", json!(1), "rows"),
        ("/outside", json!([0]), "outside"),
        ("/outside/0", json!(-1), "read"),
        ("/counts", json!([]), "counts"),
        ("/counts/0", json!([1, 2]), "\"left\""),
        ("/counts/1", json!(vec![0; BINS * BINS]), "\"right\""),
    ];
    for (pointer, value, named) in cases {
        let mut file = good();
        *file.pointer_mut(pointer).unwrap() = value;
        let error = parse(&file).expect_err(named);
        assert_eq!(error.kind(), ErrorKind::Manifest);
        assert!(
            error.with_causes().contains(named),
            "{:?} does not name {named:?}",
            error.with_causes()
        );
    }
    let mut more = good();
    more["bandwidth"] = json!(1);
    assert!(parse(&more).unwrap_err().with_causes().contains("bandwidth"));
    let density = parse(&good()).unwrap();
    for share in [0.0, 1.0, -0.5, f64::NAN] {
        assert_eq!(density.regions(&[0.5, share]).unwrap_err().kind(), ErrorKind::Value);
    }
    assert!(density.regions(&[]).unwrap()[0].contours.is_empty());
}
