//! Test sets: a folder as MNIST is published (LeCun et al. 1998), gzipped or not, or a file of
//! images.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use elbo_room::data::{Content, Tensor, Values, parse_idx, read};
use elbo_room::image::resample::Size;
use flate2::read::GzDecoder;
use sha2::{Digest, Sha256};

use super::arguments::Arguments;

/// SHA-256 of test images as they were published.
const PUBLISHED: [(&str, &str); 2] = [
    ("0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7", "MNIST test"),
    ("5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b", "Fashion-MNIST test"),
];

/// Test sets by the names that the command line gives them; that of `--data` has none.
pub type TestSets = BTreeMap<String, TestSet>;

/// Images, and their labels where there are some.
pub struct TestSet {
    /// "MNIST test", or what else the images are.
    pub title: String,
    /// Whether the title is that of a published set.
    pub published: bool,
    /// 8-bit levels, image after image.
    pub images: Vec<Vec<u8>>,
    /// The class of each image.
    pub labels: Option<Vec<usize>>,
    /// Size of an image.
    pub size: Size,
}

/// Reads the sets that the command line names.
///
/// # Errors
/// None named, one named twice, and those of reading.
pub fn read_all(arguments: &Arguments) -> Result<TestSets> {
    let mut sets = TestSets::new();
    if let Some(folder) = &arguments.data {
        sets.insert(String::new(), TestSet::read(folder)?);
    }
    for set in &arguments.sets {
        let read = TestSet::open(&set.name, &set.path)
            .with_context(|| format!("the set {} cannot be used", set.name))?;
        ensure!(sets.insert(set.name.clone(), read).is_none(), "--set {} is given twice", set.name);
    }
    ensure!(
        !sets.is_empty(),
        "--data DIR is missing, the folder with the test set of MNIST; or --set NAME=PATH"
    );
    let titles: Vec<&str> = sets.values().map(|set| set.title.as_str()).collect();
    for (at, title) in titles.iter().enumerate() {
        ensure!(!titles[..at].contains(title), "{title} is given twice");
    }
    Ok(sets)
}

impl TestSet {
    /// Reads `t10k-images-idx3-ubyte` and `t10k-labels-idx1-ubyte`, or the same with `.gz`.
    ///
    /// # Errors
    /// Files that are missing, are not IDX files of bytes, are cut short, or do not belong
    /// together.
    fn read(folder: &Path) -> Result<Self> {
        let content = read_part(folder, "t10k-images-idx3-ubyte")?;
        let ([count, height, width], pixels) =
            parse::<3>(&content).context("the file of images")?;
        let label_content = read_part(folder, "t10k-labels-idx1-ubyte")?;
        let ([label_count], labels) = parse::<1>(&label_content).context("the file of labels")?;
        ensure!(count == label_count, "there are {count} images and {label_count} labels");
        ensure!(count > 0 && height * width > 0, "there is no image of at least one pixel");
        let digest = digest(&content);
        let title = published(&digest);
        Ok(Self {
            published: title.is_some(),
            title: title.unwrap_or_else(|| format!("images with SHA-256 {}", &digest[..16])),
            images: pixels.chunks_exact(height * width).map(<[u8]>::to_vec).collect(),
            labels: Some(labels.into_iter().map(usize::from).collect()),
            size: Size { channels: 1, height, width },
        })
    }

    /// Reads such a folder, or one file of images: IDX, NPY or CSV, gzipped or not. One that is not
    /// a published set is called by its name.
    fn open(name: &str, path: &Path) -> Result<Self> {
        if path.is_dir() {
            let set = Self::read(path)?;
            let title = if set.published { set.title } else { name.into() };
            return Ok(Self { title, ..set });
        }
        let content = unpacked(path)?;
        let Content::Images(images) = read(&content)? else {
            bail!("{} has labels and no images", path.display());
        };
        let title = published(&digest(&content));
        let labels =
            images.labels.as_ref().map(|labels| labels.iter().map(|l| l.parse()).collect());
        Ok(Self {
            published: title.is_some(),
            title: title.unwrap_or_else(|| name.into()),
            images: images
                .levels
                .chunks_exact(images.size.dimensions())
                .map(<[u8]>::to_vec)
                .collect(),
            labels: labels.transpose().context("labels must be numbers of classes")?,
            size: images.size,
        })
    }

    /// The class of an image.
    ///
    /// # Errors
    /// A set without labels.
    pub fn label(&self, image: usize) -> Result<usize> {
        let labels = self.labels.as_ref();
        labels.map(|labels| labels[image]).with_context(|| format!("{} has no labels", self.title))
    }
}

fn digest(content: &[u8]) -> String {
    Sha256::digest(content).iter().map(|b| format!("{b:02x}")).collect()
}

fn published(digest: &str) -> Option<String> {
    PUBLISHED.into_iter().find(|(known, _)| *known == digest).map(|(_, title)| title.into())
}

fn read_part(folder: &Path, name: &str) -> Result<Vec<u8>> {
    let candidates: [PathBuf; 2] = [folder.join(format!("{name}.gz")), folder.join(name)];
    let Some(path) = candidates.iter().find(|path| path.exists()) else {
        bail!("{} has neither {name}.gz nor {name}: download the test set to it", folder.display());
    };
    unpacked(path)
}

fn unpacked(path: &Path) -> Result<Vec<u8>> {
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
        bail!("it is not an IDX file of bytes with rank {RANK}");
    };
    Ok((sizes, data))
}
