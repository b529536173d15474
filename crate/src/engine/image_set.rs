//! Which noise each image of a data set gets, and in which order its images are taken.

use crate::math::rng::{Purpose, uniform};

/// The seed of one image: with it, the page and the crate give the same numbers for this image
/// alone. All models share it, so those of binary images see the same binarization. It has 53
/// random bits, all of which JavaScript's numbers keep.
#[must_use]
pub fn image_seed(seed: u64, image: usize) -> u64 {
    (uniform(seed, Purpose::Image, [image as u64, 0], 1)[0] / f64::EPSILON * 2.0) as u64
}

/// The numbers of the images in the order in which they are taken, a permutation drawn with the
/// seed: the first N are a sample of all. (MNIST's test set begins with its easier half.)
#[must_use]
pub fn image_order(seed: u64, images: usize) -> Vec<usize> {
    let key = |image: usize| uniform(seed, Purpose::Order, [image as u64, 0], 1)[0];
    let mut keyed: Vec<(f64, usize)> = (0..images).map(|image| (key(image), image)).collect();
    keyed.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    keyed.into_iter().map(|(_, image)| image).collect()
}
