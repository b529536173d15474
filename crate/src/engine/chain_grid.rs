//! Reverse chains side by side that several instances compute.

use std::borrow::Cow;

use serde::Deserialize;

use super::{Frame, Sampler};
use crate::error::{Error, Result};

/// What another instance has of a frame, of chains that come after those here.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SharedFrame {
    /// x_t, 8-bit levels, chain after chain.
    #[serde(with = "serde_bytes")]
    #[cfg_attr(test, ts(type = "Uint8Array"))]
    pub x: Vec<u8>,
    /// The clean images that the model predicts from x_t, likewise.
    #[serde(with = "serde_bytes")]
    #[cfg_attr(test, ts(type = "Uint8Array"))]
    pub predicted_x0: Vec<u8>,
    /// Root mean square difference of predictedX0 from the image that was noised, in levels, for
    /// each chain; null for chains from noise.
    pub rms_to_original: Option<Vec<f64>>,
}

/// The chains of a sampler, and beside them the frames of further chains that other instances
/// compute: a frame is there when all have it.
#[derive(Debug)]
pub struct ChainGrid {
    sampler: Sampler,
    /// Frames of each share from the first on.
    shares: Vec<Vec<SharedFrame>>,
}

impl ChainGrid {
    /// The chains of `sampler` alone.
    #[must_use]
    pub fn new(sampler: Sampler) -> Self {
        Self { sampler, shares: Vec::new() }
    }

    /// Appends that many chains of other instances, none of whose frames are known yet.
    pub fn expect_shares(&mut self, shares: usize) {
        self.shares = vec![Vec::new(); shares];
    }

    /// The chains that are computed here.
    #[must_use]
    pub fn sampler(&self) -> &Sampler {
        &self.sampler
    }

    /// The chains that are computed here, to advance them.
    pub fn sampler_mut(&mut self) -> &mut Sampler {
        &mut self.sampler
    }

    /// Takes the next frames of a share; gives the number of those that it has.
    ///
    /// # Errors
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) for a share that there is not,
    /// [`ErrorKind::Shape`](crate::ErrorKind::Shape) for a frame that is not of whole images, as
    /// many in all its parts as in those before.
    pub fn collect(&mut self, share: usize, frames: Vec<SharedFrame>) -> Result<usize> {
        let pixels = self.sampler.image().dimensions();
        let shares = self.shares.len();
        let held = self
            .shares
            .get_mut(share)
            .ok_or_else(|| Error::value("share", share, format_args!("below {shares}")))?;
        for frame in frames {
            let expected = held.first().map_or(frame.x.len(), |first| first.x.len());
            let chains = expected / pixels;
            let distances = frame.rms_to_original.as_ref().map_or(chains, Vec::len);
            if chains * pixels != expected
                || [frame.x.len(), frame.predicted_x0.len()] != [expected; 2]
                || distances != chains
            {
                return Err(Error::shape(
                    "a frame of a share",
                    format_args!("{} and {} levels", frame.x.len(), frame.predicted_x0.len()),
                    format_args!("{chains} images of {pixels} each"),
                ));
            }
            held.push(frame);
        }
        Ok(held.len())
    }

    /// Frames that all chains have.
    pub fn available(&self) -> usize {
        let own = self.sampler.frames().len();
        self.shares.iter().map(Vec::len).fold(own, usize::min)
    }

    /// A frame of all chains, those of the shares after the sampler's own.
    ///
    /// # Errors
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) if one of them has not come so far.
    pub fn frame(&self, index: usize) -> Result<Cow<'_, Frame>> {
        let own = self.sampler.frame(index)?;
        if self.shares.is_empty() {
            return Ok(Cow::Borrowed(own));
        }
        let mut all = own.clone();
        for held in &self.shares {
            let part = held.get(index).ok_or_else(|| {
                Error::request(
                    format_args!("frame {index} of a share is not there yet"),
                    "collect it from the instance that computes it",
                )
            })?;
            all.x.extend_from_slice(&part.x);
            all.predicted_x0.extend_from_slice(&part.predicted_x0);
            if let (Some(all), Some(part)) = (&mut all.rms_to_original, &part.rms_to_original) {
                all.extend_from_slice(part);
            }
        }
        Ok(Cow::Owned(all))
    }
}
