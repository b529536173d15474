//! Decodes a grid over a 2-D latent space, coarse to fine.

use std::sync::Arc;

use ndarray::ArrayView1;
use serde::Deserialize;

use crate::error::{Error, Result};
use crate::image::levels::unit_to_levels;
use crate::model::Decoder;
use crate::model::manifest::ImageShape;

/// Which part of the plane is decoded, and how finely.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LatentPlaneOptions {
    /// The plane reaches from -range to range in both latents, above 0, at most 100; 3 if absent.
    pub range: f64,
    /// Images in a row of each grid, coarse to fine; each number divides the last, at most 64.
    /// [5, 10, 20] if absent.
    pub grids: Vec<usize>,
    /// The class, for a model that is conditioned on one.
    #[cfg_attr(test, ts(optional = nullable))]
    pub class: Option<usize>,
}

impl Default for LatentPlaneOptions {
    fn default() -> Self {
        Self { range: 3.0, grids: vec![5, 10, 20], class: None }
    }
}

/// A tile: an image of a grid.
#[derive(Debug)]
struct Tile {
    grid: usize,
    row: usize,
    column: usize,
}

/// A map of a 2-D latent space, decoded tile by tile: z_1 to the right, z_2 upwards, each tile the
/// image decoded at its centre.
///
/// Grids are decoded from coarse to fine, and the tiles of each from the middle of the plane
/// outwards. The map always has the size of the finest grid; tiles of coarser grids are enlarged.
#[derive(Debug)]
pub struct LatentPlane {
    decoder: Arc<dyn Decoder>,
    image: ImageShape,
    range: f64,
    finest: usize,
    tiles: Vec<Tile>,
    class: Option<usize>,
    decoded: usize,
    levels: Vec<u8>,
}

impl LatentPlane {
    /// Most images in a row.
    pub const MAX_GRID: usize = 64;
    /// Largest range.
    pub const MAX_RANGE: f64 = 100.0;

    pub(super) fn new(
        decoder: Arc<dyn Decoder>,
        image: ImageShape,
        options: &LatentPlaneOptions,
    ) -> Result<Self> {
        let LatentPlaneOptions { range, grids, class } = options;
        if !(*range > 0.0 && *range <= Self::MAX_RANGE) {
            return Err(Error::value(
                "range",
                range,
                format_args!("above 0 and at most {}", Self::MAX_RANGE),
            ));
        }
        let finest =
            *grids.last().ok_or_else(|| Error::request("grids is empty", "give at least one"))?;
        if !(1..=Self::MAX_GRID).contains(&finest) {
            return Err(Error::value("a grid", finest, format_args!("1 to {}", Self::MAX_GRID)));
        }
        if let Some(bad) = grids.iter().find(|&&grid| grid == 0 || !finest.is_multiple_of(grid)) {
            return Err(Error::request(
                format_args!("grid {bad} does not divide the last one, {finest}"),
                "give divisors of the last",
            ));
        }
        let tiles = grids.iter().flat_map(|&grid| from_the_middle(grid)).collect();
        let levels = vec![0; finest * finest * image.dimensions()];
        let (range, class) = (*range, *class);
        Ok(Self { decoder, image, range, finest, tiles, class, decoded: 0, levels })
    }

    /// Tiles of all grids.
    #[must_use]
    pub fn total(&self) -> usize {
        self.tiles.len()
    }

    /// Tiles that have been decoded.
    #[must_use]
    pub fn decoded(&self) -> usize {
        self.decoded
    }

    /// Whether the finest grid is complete.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.decoded == self.tiles.len()
    }

    /// Channels of the map.
    #[must_use]
    pub fn channels(&self) -> usize {
        self.image.channels
    }

    /// Rows of the map in pixels.
    #[must_use]
    pub fn height(&self) -> usize {
        self.finest * self.image.height
    }

    /// Columns of the map in pixels.
    #[must_use]
    pub fn width(&self) -> usize {
        self.finest * self.image.width
    }

    /// The map so far as 8-bit levels, row by row, the channels of a pixel side by side, black
    /// where nothing has been decoded.
    #[must_use]
    pub fn levels(&self) -> &[u8] {
        &self.levels
    }

    /// Decodes the next tile; a complete plane stays as it is.
    ///
    /// # Errors
    /// Those of the network.
    pub fn step(&mut self) -> Result<()> {
        self.advance(1)
    }

    /// Decodes up to `count` of the next tiles together.
    ///
    /// # Errors
    /// Those of the network.
    pub fn advance(&mut self, count: usize) -> Result<()> {
        let last = self.tiles.len().min(self.decoded.saturating_add(count));
        let z: Vec<[f32; 2]> = self.tiles[self.decoded..last]
            .iter()
            .map(|&Tile { grid, row, column }| {
                let place =
                    |index: usize| self.range * ((2 * index + 1) as f64 / grid as f64 - 1.0);
                [place(column) as f32, -place(row) as f32]
            })
            .collect();
        let views: Vec<ArrayView1<'_, f32>> = z.iter().map(ArrayView1::from).collect();
        for pixels in self.decoder.decode_batch(&views, self.class)? {
            self.put(&unit_to_levels(pixels.means().mapv(f64::from).view()));
        }
        Ok(())
    }

    /// Puts an image into the next tile.
    fn put(&mut self, ink: &[u8]) {
        let Tile { grid, row, column } = self.tiles[self.decoded];
        let scale = self.finest / grid;
        let ImageShape { channels, height, width } = self.image;
        let (top, left, map_width) = (row * height * scale, column * width * scale, self.width());
        for y in 0..height * scale {
            let start = (top + y) * map_width + left;
            for x in 0..width * scale {
                let (from, to) = (y / scale * width + x / scale, start + x);
                self.levels[to * channels..][..channels]
                    .copy_from_slice(&ink[from * channels..][..channels]);
            }
        }
        self.decoded += 1;
    }
}

/// The tiles of a grid, those nearest to the middle first.
fn from_the_middle(grid: usize) -> Vec<Tile> {
    let tiles = (0..grid * grid).map(|at| Tile { grid, row: at / grid, column: at % grid });
    let mut tiles: Vec<Tile> = tiles.collect();
    let offset = |index: usize| (2 * index + 1).abs_diff(grid).pow(2);
    tiles.sort_by_key(|tile| offset(tile.row) + offset(tile.column));
    tiles
}
