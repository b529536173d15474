use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;

use super::convert::{JsResult, count, doubles, levels, seed, to_js, type_of};
use crate::data::{self, Content, ImageSet};
use crate::engine;
use crate::error::Error;
use crate::image::resample::Size;
use crate::math::pca;
use crate::math::quantiles::Histogram;
use crate::math::roc;
use crate::model::manifest::ImageShape;
use crate::wire::{self, DataFile};

/// Reads a file of a data set: IDX, NPY or CSV, by how it begins. An array of rank 1 and a single
/// column are labels; images are [N, H, W], [N, H, W, C], [N, C, H, W] or [N, pixels] with 1 or 3
/// channels. Throws a ValueError if it is none of these, is cut short, or contradicts itself.
#[wasm_bindgen(js_name = readDataFile, unchecked_return_type = "DataFile")]
pub fn read_data_file(
    #[wasm_bindgen(unchecked_param_type = "Uint8Array")] bytes: JsValue,
) -> JsResult<JsValue> {
    let bytes = bytes
        .dyn_ref::<Uint8Array>()
        .ok_or_else(|| Error::value("the file", type_of(&bytes), "a Uint8Array of its bytes"))?
        .to_vec();
    to_js(&match data::read(&bytes)? {
        Content::Labels(labels) => DataFile::Labels { labels, levels: () },
        Content::Images(ImageSet {
            size: Size { channels, height, width },
            count,
            levels,
            labels,
            reading,
        }) => DataFile::Images {
            shape: ImageShape { channels, height, width },
            count,
            levels: levels.into(),
            labels,
            reading,
        },
    })
}

/// The seed of one image of a data set, by the seed of all and its number: the program `evaluate`
/// scores it with the same.
#[wasm_bindgen(js_name = imageSeed)]
pub fn image_seed(seed: f64, image: f64) -> JsResult<f64> {
    let (seed, image) = (self::seed(seed)?, count(image, "image")?);
    Ok(engine::image_seed(seed, image as usize) as f64)
}

/// The numbers of a data set's images in the order in which they are taken: the first N are a
/// sample of all. At most 10^6 images.
#[wasm_bindgen(js_name = imageOrder)]
pub fn image_order(seed: f64, images: f64) -> JsResult<Vec<u32>> {
    let (seed, images) = (self::seed(seed)?, count(images, "images")?);
    if images > 1_000_000 {
        return Err(Error::value("images", images, "at most 10^6").into());
    }
    Ok(engine::image_order(seed, images as usize).into_iter().map(|image| image as u32).collect())
}

/// How well a value tells two samples apart, positives having the higher ones. Throws a ValueError
/// if one of them is empty or a value is NaN.
#[wasm_bindgen(unchecked_return_type = "Roc")]
pub fn roc(
    #[wasm_bindgen(unchecked_param_type = "Float64Array")] positives: JsValue,
    #[wasm_bindgen(unchecked_param_type = "Float64Array")] negatives: JsValue,
) -> JsResult<JsValue> {
    let found = roc::roc(&doubles(&positives, "positives")?, &doubles(&negatives, "negatives")?)?;
    to_js(&wire::Roc::from(found))
}

/// Counts values in bins of width 1, 2 or 5 times a power of ten, in as few as are no fewer than
/// `bins`, 1 to 1000. Throws a ValueError if there is no value, or one that is not finite.
#[wasm_bindgen(unchecked_return_type = "Histogram")]
pub fn histogram(
    #[wasm_bindgen(unchecked_param_type = "Float64Array")] values: JsValue,
    bins: usize,
) -> JsResult<JsValue> {
    let values = doubles(&values, "values")?;
    if values.is_empty() || values.iter().any(|value| !value.is_finite()) {
        return Err(Error::request(
            "a value is not finite, or there is none",
            "give at least one, and finite ones",
        )
        .into());
    }
    if !(1..=1000).contains(&bins) {
        return Err(Error::value("bins", bins, "1 to 1000").into());
    }
    to_js(&Histogram::new(&values, bins))
}

/// The first principal components of points laid end to end, so many `dimensions` each. Throws a
/// ValueError for fewer than two points, values that are not finite, or more components than
/// dimensions.
#[wasm_bindgen(js_name = principalComponents, unchecked_return_type = "PrincipalComponents")]
pub fn principal_components(
    #[wasm_bindgen(unchecked_param_type = "Float64Array")] points: JsValue,
    dimensions: usize,
    components: usize,
) -> JsResult<JsValue> {
    let found = pca::principal_components(&doubles(&points, "points")?, dimensions, components)?;
    to_js(&wire::PrincipalComponents::from(found))
}

/// An array of rank 1 as an NPY file.
#[wasm_bindgen(js_name = npyFile)]
pub fn npy_file(
    #[wasm_bindgen(unchecked_param_type = "Float64Array | Uint8Array")] values: JsValue,
) -> JsResult<Uint8Array> {
    let file = if values.is_instance_of::<Uint8Array>() {
        data::write_bytes(&levels(&values)?)
    } else {
        data::write_floats(&doubles(&values, "values")?)
    };
    Ok(Uint8Array::from(&*file))
}
