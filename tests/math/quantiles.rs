use elbo_room::math::quantiles::{Histogram, quantiles, share_below};
use elbo_room::math::rng::{Purpose, standard_normal};
use wasm_bindgen_test::wasm_bindgen_test;

use super::common::assert_close;

#[wasm_bindgen_test(unsupported = test)]
fn quantiles_are_values_where_they_can_be_and_lines_between() {
    assert_eq!(quantiles(&[1.0, 2.0, 4.0], 4), [1.0, 1.5, 2.0, 3.0, 4.0]);
    assert_eq!(quantiles(&[7.0], 2), [7.0; 3]);
    let values: Vec<f64> = (0..=500).map(f64::from).collect();
    assert!(quantiles(&values, 100).iter().enumerate().all(|(i, q)| *q == 5.0 * i as f64));
}

#[wasm_bindgen_test(unsupported = test)]
fn the_share_below_is_a_line_between_the_points() {
    let (values, shares) = ([1.0, 2.0, 2.0, 4.0], [0.0, 0.2, 0.6, 1.0]);
    for (value, share) in [
        (f64::NEG_INFINITY, 0.0),
        (0.9, 0.0),
        (1.5, 0.1),
        (2.0, 0.6),
        (3.0, 0.8),
        (4.0, 1.0),
        (9.0, 1.0),
        (f64::INFINITY, 1.0),
    ] {
        assert_close(share_below(&values, &shares, value), share, 1e-15, "share");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn quantiles_of_normal_draws_are_those_of_the_normal_distribution() {
    let mut draws = standard_normal(1, Purpose::Prior, [0, 0], 40_000).to_vec();
    draws.sort_by(f64::total_cmp);
    for (i, q) in quantiles(&draws, 20).into_iter().enumerate().skip(1).take(19) {
        let cdf = 0.5 * libm::erfc(-q / std::f64::consts::SQRT_2);
        assert_close(cdf, i as f64 / 20.0, 0.01, "quantile");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_histogram_counts_every_value_once_in_round_bins() {
    for values in [
        standard_normal(2, Purpose::Prior, [0, 0], 3000).mapv(|v| 20.0 * v - 90.0).to_vec(),
        vec![-88.25; 5],
        vec![0.0, 1.0],
        vec![-1e-9, 1e-9],
        (0..=100).map(f64::from).collect(),
    ] {
        let Histogram { edges, counts } = Histogram::new(&values, 40);
        assert_eq!(edges.len(), counts.len() + 1);
        assert_eq!(counts.iter().sum::<u64>(), values.len() as u64);
        for (bin, &count) in counts.iter().enumerate() {
            let inside =
                values.iter().filter(|v| (edges[bin]..edges[bin + 1]).contains(v)).count() as u64;
            assert_eq!(count, inside, "bin {bin} from {} to {}", edges[bin], edges[bin + 1]);
        }
        let width = edges[1] - edges[0];
        let leading = width / 10_f64.powf(width.log10().floor());
        assert!(
            [1.0, 2.0, 5.0, 10.0].iter().any(|f| (leading - f).abs() < 1e-6),
            "bins are {width} wide"
        );
    }
}
