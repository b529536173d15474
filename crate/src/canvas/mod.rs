//! Tensors to pixels: images and densities on a canvas through web-sys.

mod diffusion;
mod pen;
mod plane;

pub(crate) use diffusion::DiffusionPainter;
pub(crate) use plane::PlanePainter;

use wasm_bindgen::{Clamped, JsCast, JsValue};
use web_sys::{
    CanvasRenderingContext2d, HtmlCanvasElement, ImageData, OffscreenCanvas,
    OffscreenCanvasRenderingContext2d,
};

use crate::error::{Error, Result};
use crate::model::manifest::ImageShape;

/// How images are laid out: row by row, `columns` in a row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout {
    pub height: usize,
    pub width: usize,
    pub columns: usize,
    /// 1 for grey, 3 for red, green and blue side by side.
    pub channels: usize,
}

/// Paints images of a model, in one row if no number of columns is given.
///
/// # Errors
/// As [`paint`].
pub(crate) fn paint_images(
    canvas: &JsValue,
    levels: &[u8],
    image: ImageShape,
    columns: Option<usize>,
) -> Result<()> {
    let ImageShape { channels, height, width } = image;
    let columns = columns.unwrap_or(levels.len() / image.dimensions().max(1));
    paint(canvas, levels, Layout { height, width, columns, channels })
}

/// Paints images given as 8-bit levels, one after another, and sizes the canvas to them: `columns *
/// width` by
/// `rows * height` pixels. Places without an image stay transparent.
///
/// # Errors
/// [`ErrorKind::Shape`](crate::ErrorKind::Shape) if the levels are not whole images,
/// [`ErrorKind::Canvas`](crate::ErrorKind::Canvas) if `canvas` is not a canvas or gives no 2-D
/// context.
pub(crate) fn paint(canvas: &JsValue, levels: &[u8], layout: Layout) -> Result<()> {
    let Layout { height, width, columns, channels } = layout;
    if !matches!(channels, 1 | 3) {
        return Err(Error::shape("an image", format_args!("{channels} channels"), "1 or 3"));
    }
    let dimensions = height * width * channels;
    if dimensions == 0
        || columns == 0
        || levels.is_empty()
        || !levels.len().is_multiple_of(dimensions)
    {
        return Err(Error::shape(
            "the picture",
            format_args!("{} values", levels.len()),
            format_args!(
                "a multiple of {dimensions}, for images of {height} x {width} with {channels} \
                    channels in {columns} columns"
            ),
        ));
    }
    let rows = (levels.len() / dimensions).div_ceil(columns);
    let (canvas_width, canvas_height) = ((columns * width) as u32, (rows * height) as u32);

    let mut rgba = vec![0; rows * height * columns * width * 4];
    for (image, pixels) in levels.chunks_exact(dimensions).enumerate() {
        let (row, column) = (image / columns, image % columns);
        for (y, line) in pixels.chunks_exact(width * channels).enumerate() {
            let start = ((row * height + y) * columns + column) * width * 4;
            let targets = rgba[start..start + width * 4].chunks_exact_mut(4);
            for (target, pixel) in targets.zip(line.chunks_exact(channels)) {
                for (c, colour) in target[..3].iter_mut().enumerate() {
                    *colour = pixel[c % channels];
                }
                target[3] = 255;
            }
        }
    }
    let data =
        ImageData::new_with_u8_clamped_array_and_sh(Clamped(&rgba), canvas_width, canvas_height)
            .map_err(|e| refused(&e))?;

    let context = surface(canvas, canvas_width, canvas_height)?;
    context.put_image_data(&data, 0.0, 0.0).map_err(|e| refused(&e))
}

/// The 2-D context of a canvas, which is given the size if it has another.
fn surface(canvas: &JsValue, width: u32, height: u32) -> Result<OffscreenCanvasRenderingContext2d> {
    if let Some(canvas) = canvas.dyn_ref::<OffscreenCanvas>() {
        // Setting a size clears the canvas, which would flicker if done for every frame.
        if (canvas.width(), canvas.height()) != (width, height) {
            canvas.set_width(width);
            canvas.set_height(height);
        }
        context::<OffscreenCanvasRenderingContext2d>(canvas.get_context("2d"))
    } else if let Some(canvas) = canvas.dyn_ref::<HtmlCanvasElement>() {
        if (canvas.width(), canvas.height()) != (width, height) {
            canvas.set_width(width);
            canvas.set_height(height);
        }
        // The two contexts share every method that is used here, and methods are looked up by name.
        Ok(context::<CanvasRenderingContext2d>(canvas.get_context("2d"))?.unchecked_into())
    } else {
        Err(Error::canvas(
            "what is to be painted on is not a canvas",
            "give an OffscreenCanvas or an HTMLCanvasElement",
        ))
    }
}

fn context<T: JsCast>(found: std::result::Result<Option<js_sys::Object>, JsValue>) -> Result<T> {
    found.map_err(|e| refused(&e))?.and_then(|context| context.dyn_into::<T>().ok()).ok_or_else(
        || {
            Error::canvas(
                "the canvas has no 2-D context",
                "it may be in use with another kind of context",
            )
        },
    )
}

fn refused(error: &JsValue) -> Error {
    Error::canvas("the canvas refused the image", "give one that can be painted on")
        .caused_by(format!("{error:?}"))
}
