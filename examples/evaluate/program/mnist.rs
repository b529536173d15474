//! The test set of MNIST from its IDX files (LeCun et al. 1998), gzipped or not.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use elbo_room::data::{Tensor, Values, parse_idx};
use flate2::read::GzDecoder;
use sha2::{Digest, Sha256};

/// SHA-256 of the images as they were published.
const PUBLISHED: &str = "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7";
/// The same of Fashion-MNIST (Xiao et al. 2017).
const FASHION: &str = "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b";

/// Images and their labels.
pub struct TestSet {
    /// "MNIST test", or what else the images are.
    pub name: String,
    /// 8-bit levels, image after image.
    pub images: Vec<Vec<u8>>,
    /// The digit of each image.
    pub labels: Vec<u8>,
    /// Rows and columns of an image.
    pub size: [usize; 2],
}

impl TestSet {
    /// Reads `t10k-images-idx3-ubyte` and `t10k-labels-idx1-ubyte`, or the same with `.gz`.
    ///
    /// # Errors
    /// Files that are missing, are not IDX files of bytes, are cut short, or do not belong together.
    pub fn read(folder: &Path) -> Result<Self> {
        let content = read_file(folder, "t10k-images-idx3-ubyte")?;
        let digest: String = Sha256::digest(&content).iter().map(|b| format!("{b:02x}")).collect();
        let ([count, height, width], pixels) =
            parse::<3>(&content).context("the file of images")?;
        let label_content = read_file(folder, "t10k-labels-idx1-ubyte")?;
        let ([label_count], labels) = parse::<1>(&label_content).context("the file of labels")?;
        ensure!(count == label_count, "there are {count} images and {label_count} labels");
        ensure!(count > 0 && height * width > 0, "there is no image of at least one pixel");
        let name = match &digest[..] {
            PUBLISHED => "MNIST test".into(),
            FASHION => "Fashion-MNIST test".into(),
            _ => format!("images with SHA-256 {}", &digest[..16]),
        };
        let images = pixels.chunks_exact(height * width).map(<[u8]>::to_vec).collect();
        Ok(Self { name, images, labels, size: [height, width] })
    }
}

fn read_file(folder: &Path, name: &str) -> Result<Vec<u8>> {
    let candidates: [PathBuf; 2] = [folder.join(format!("{name}.gz")), folder.join(name)];
    let Some(path) = candidates.iter().find(|path| path.exists()) else {
        bail!(
            "{} has neither {name}.gz nor {name}: download the test set of MNIST to it",
            folder.display()
        );
    };
    let bytes = fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(bytes);
    }
    let mut content = Vec::new();
    let read = GzDecoder::new(&bytes[..]).read_to_end(&mut content);
    read.with_context(|| format!("{} is damaged: download it again", path.display()))?;
    Ok(content)
}

/// The sizes and the bytes of an IDX file.
fn parse<const RANK: usize>(content: &[u8]) -> Result<([usize; RANK], Vec<u8>)> {
    let Tensor { shape, values } = parse_idx(content)?;
    let (Ok(sizes), Values::Bytes(data)) = (shape.try_into(), values) else {
        bail!("it is no IDX file of bytes with rank {RANK}");
    };
    Ok((sizes, data))
}
