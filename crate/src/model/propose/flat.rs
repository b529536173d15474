//! Images whose size a file does not say: vectors that hold them, and open heights and widths.

use serde::{Deserialize, Serialize};

use super::Candidate;
use super::ports::{Seen, known};
use crate::error::{Error, Result};
use crate::model::manifest::{ImageShape, Layout};

/// The image that a flat vector holds, and the order of its values: channel after channel if
/// absent, or pixel after pixel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct FlatImage {
    /// Its shape.
    pub image: ImageShape,
    /// The order in which its values lie.
    #[serde(default)]
    pub layout: Layout,
}

/// What a file leaves open of the size of its images.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "FlatVector"))]
pub struct Flat {
    /// Values of the vectors that are taken for images; null for images that may have any height
    /// and width.
    pub length: Option<usize>,
    /// What they are taken for; null if no image has as many values.
    pub chosen: Option<FlatImage>,
    /// What they may be, the likeliest first.
    pub sizes: Vec<FlatImage>,
}

/// Usual sides of images.
const SIDES: [usize; 5] = [28, 32, 64, 128, 256];

/// Shorter sides are those of no image.
const SHORTEST: usize = 4;
/// Longer ones are refused by the manifest.
const LONGEST: usize = 1024;
/// The largest ratio of the sides.
const LONGISH: usize = 3;
/// More than anybody would choose from.
const MOST_SIZES: usize = 12;

/// Images of a number of values, the likeliest first: those of data sets, squares, and then the
/// less oblong before the more, grey before colour, upright before lying.
pub(super) fn sizes(length: usize) -> Vec<FlatImage> {
    let mut all: Vec<ImageShape> = Vec::new();
    for channels in [1, 3] {
        let pixels = length / channels;
        for height in SHORTEST..=LONGEST.min(pixels) {
            let width = pixels / height;
            let (short, long) = (height.min(width), height.max(width));
            if channels * height * width == length
                && short >= SHORTEST
                && long <= LONGEST.min(LONGISH * short)
            {
                all.push(ImageShape { channels, height, width });
            }
        }
    }
    let oblong = |image: &ImageShape| {
        let (short, long) = (image.height.min(image.width), image.height.max(image.width));
        1000 * long / short
    };
    all.sort_unstable_by_key(|image| {
        (known(length) != Some(*image), oblong(image), image.channels, image.height < image.width)
    });
    let with_layouts = all.into_iter().flat_map(|image| {
        let layouts =
            if image.channels == 1 { &[Layout::Nchw][..] } else { &[Layout::Nchw, Layout::Nhwc] };
        layouts.iter().map(move |&layout| FlatImage { image, layout })
    });
    with_layouts.take(MOST_SIZES).collect()
}

/// Finds which inputs and outputs are images, those that are flat by the hint, by the images of
/// other files, or by their length; and what each file is for.
pub(super) fn assign(
    candidates: &mut [Candidate<'_>],
    hint: Option<FlatImage>,
) -> Result<Option<Flat>> {
    let ports = || candidates.iter().flat_map(|c| c.inputs.iter().chain(&c.outputs));
    if let Some(FlatImage { image, .. }) = hint
        && !ports().any(|port| port.flat() == Some(image.dimensions()))
    {
        return Err(Error::request(
            format_args!(
                "no input or output is a vector of {} values, which an image of {} x {} pixels and \
                    {} channels has",
                image.dimensions(),
                image.height,
                image.width,
                image.channels
            ),
            "choose another size",
        ));
    }
    let shaped: Vec<FlatImage> = ports()
        .filter(|port| port.flat().is_none())
        .filter_map(|port| port.image().map(|(image, layout)| FlatImage { image, layout }))
        .collect();
    let open = candidates.iter().any(|candidate| candidate.info.size.is_some());
    let found = match (hint, shaped.first()) {
        (None, Some(&any)) if open => {
            let of = |side| FlatImage {
                image: ImageShape { height: side, width: side, ..any.image },
                ..any
            };
            Some(Flat { length: None, chosen: Some(any), sizes: SIDES.map(of).to_vec() })
        }
        (None, Some(_)) => None,
        (None, None) => length(ports()).map(|length| {
            let sizes = sizes(length);
            Flat { length: Some(length), chosen: sizes.first().copied(), sizes }
        }),
        (Some(FlatImage { image, .. }), _) => {
            let length = image.dimensions();
            Some(Flat { length: Some(length), chosen: hint, sizes: sizes(length) })
        }
    };
    let images: Vec<FlatImage> = match &found {
        Some(Flat { length: Some(_), chosen, .. }) => chosen.iter().copied().collect(),
        // a vector beside an image lies as PyTorch flattens it
        _ => shaped.iter().map(|flat| FlatImage { layout: Layout::Nchw, ..*flat }).collect(),
    };
    for candidate in candidates {
        candidate.assign(&images);
    }
    Ok(found)
}

/// The length of the vectors that are images: a well-known one, or that of the longest.
fn length<'a>(ports: impl Iterator<Item = &'a Seen>) -> Option<usize> {
    let lengths: Vec<usize> = ports.filter(|port| !port.integer).filter_map(Seen::flat).collect();
    let is_known = |length: &&usize| known(**length).is_some();
    lengths.iter().filter(is_known).max().or_else(|| lengths.iter().max()).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn described(length: usize) -> Vec<String> {
        let each = sizes(length).into_iter().map(|FlatImage { image, layout }| {
            let ImageShape { channels, height, width } = image;
            format!(
                "{height}x{width}x{channels}{}",
                if layout == Layout::Nhwc { " last" } else { "" }
            )
        });
        each.collect()
    }

    #[test]
    fn a_length_is_taken_for_the_likeliest_image() {
        // Frey faces
        assert_eq!(
            described(560),
            ["28x20x1", "20x28x1", "35x16x1", "16x35x1", "40x14x1", "14x40x1"]
        );
        assert_eq!(described(784)[0], "28x28x1");
        // CIFAR-10, in either order
        assert_eq!(described(3072)[..2], ["32x32x3", "32x32x3 last"]);
        assert_eq!(described(256)[0], "16x16x1");
        assert_eq!(described(192)[..2], ["8x8x3", "8x8x3 last"]);
        // a prime, a point of the plane
        assert!(sizes(787).is_empty() && sizes(2).is_empty());
        // more than a manifest takes
        assert!(sizes(2048 * 2048).is_empty());
        for length in 1..5000 {
            let all = sizes(length);
            assert!(all.iter().all(|flat| flat.image.dimensions() == length));
        }
    }
}
