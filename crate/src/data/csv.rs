//! CSV files of pixels: one image a line, with or without a header, with or without a column of
//! labels.

use csv_core::{ReadRecordResult, ReaderBuilder};

use super::tensor::{Values, check_size, flat_size, interleaved, levels};
use super::{Content, ImageSet, MAX_IMAGES, MAX_LEVELS};
use crate::error::{Error, Result};

/// What a column of labels may be called.
const LABEL_NAMES: [&str; 6] = ["label", "labels", "class", "target", "y", "digit"];

/// A file of a single column has labels. Otherwise the column of labels is the one that the header
/// calls so; without a header, the first or the last if the others make a square image and all
/// together do not: the last where the first never changes.
///
/// # Errors
/// [`ErrorKind::Value`](crate::ErrorKind::Value) for text that is not a table, lines of different
/// lengths, and pixels that are not numbers.
pub(super) fn parse(bytes: &[u8]) -> Result<Content> {
    let table = Table::read(bytes)?;
    if table.columns == 1 {
        return Ok(Content::Labels(table.column(0)));
    }
    let label = table.label_column()?;
    let size = flat_size(table.columns - usize::from(label.is_some()))?;
    check_size(size, table.rows.len())?;
    let (levels, reading) = levels(table.pixels(label)?)?;
    Ok(Content::Images(ImageSet {
        size,
        count: table.rows.len(),
        levels: if size.channels == 1 { levels } else { interleaved(&levels, size) },
        labels: label.map(|column| table.column(column)),
        reading,
    }))
}

/// The fields of a line.
struct Row {
    bytes: Vec<u8>,
    /// Where each field ends in them.
    ends: Vec<usize>,
}

impl Row {
    fn field(&self, at: usize) -> &[u8] {
        let from = if at == 0 { 0 } else { self.ends[at - 1] };
        self.bytes[from..self.ends[at]].trim_ascii()
    }

    fn fields(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.ends.len()).map(|at| self.field(at))
    }
}

/// The lines of a table that are not empty.
struct Rows<'a> {
    reader: csv_core::Reader,
    rest: &'a [u8],
}

impl Iterator for Rows<'_> {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        let (mut bytes, mut ends) = (vec![0; 256], vec![0; 64]);
        let (mut written, mut fields) = (0, 0);
        loop {
            let (result, taken, more, ended) =
                self.reader.read_record(self.rest, &mut bytes[written..], &mut ends[fields..]);
            self.rest = &self.rest[taken..];
            written += more;
            fields += ended;
            match result {
                // An empty rest tells the reader that there is no more.
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => bytes.resize(2 * bytes.len(), 0),
                ReadRecordResult::OutputEndsFull => ends.resize(2 * ends.len(), 0),
                ReadRecordResult::Record => {
                    bytes.truncate(written);
                    ends.truncate(fields);
                    bytes.shrink_to_fit();
                    ends.shrink_to_fit();
                    return Some(Row { bytes, ends });
                }
                ReadRecordResult::End => return None,
            }
        }
    }
}

struct Table {
    header: Option<Vec<String>>,
    rows: Vec<Row>,
    columns: usize,
}

impl Table {
    fn read(bytes: &[u8]) -> Result<Self> {
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        if text.contains(&0) || text.is_empty() {
            return Err(Error::data(
                "the file",
                "is not a data set that can be read",
                "expected IDX, NPY, NPZ, CSV, or PNG and JPEG files",
            ));
        }
        let first_line = text.split(|&byte| byte == b'\n').next().unwrap_or(text);
        let delimiter = *b",;\t ".iter().find(|c| first_line.contains(c)).unwrap_or(&b',');
        let reader = ReaderBuilder::new().delimiter(delimiter).build();
        let mut rows: Vec<Row> = Vec::new();
        let mut values = 0;
        for row in (Rows { reader, rest: text }) {
            let (line, fields) = (rows.len() + 1, row.ends.len());
            let columns = rows.first().map_or(fields, |first| first.ends.len());
            if fields != columns {
                return Err(Error::data(
                    "the CSV file",
                    format_args!("has {fields} values in line {line}"),
                    format_args!("the first one has {columns}"),
                ));
            }
            values += fields;
            if values > MAX_LEVELS || rows.len() > MAX_IMAGES {
                return Err(Error::data(
                    "the CSV file",
                    "is too large",
                    format_args!("{MAX_IMAGES} lines and {MAX_LEVELS} values are possible"),
                ));
            }
            rows.push(row);
        }
        let columns = rows.first().map_or(0, |row| row.ends.len());
        let is_header = rows.first().is_some_and(|row| {
            let words = row.fields().filter(|field| number(field).is_none()).count();
            // One word may be the label of the first image.
            words > 1
                || (words == 1 && columns <= 2 && rows.len() > 1 && is_label_name(row.field(0)))
        });
        let header =
            is_header.then(|| rows.remove(0).fields().map(|f| text_of(f).to_lowercase()).collect());
        if rows.is_empty() {
            return Err(Error::data(
                "the CSV file",
                "has no line of values",
                "give one line for each image",
            ));
        }
        Ok(Self { header, rows, columns })
    }

    fn column(&self, column: usize) -> Vec<String> {
        self.rows.iter().map(|row| text_of(row.field(column))).collect()
    }

    fn label_column(&self) -> Result<Option<usize>> {
        let is_label = |name: &String| LABEL_NAMES.contains(&name.as_str());
        let named = self.header.as_ref().and_then(|header| header.iter().position(is_label));
        if named.is_some() {
            return Ok(named);
        }
        if flat_size(self.columns).is_ok() {
            return Ok(None);
        }
        flat_size(self.columns - 1)?;
        let last = self.columns - 1;
        let is_constant = |column: usize| {
            self.rows.iter().all(|row| row.field(column) == self.rows[0].field(column))
        };
        Ok(Some(if is_constant(0) && !is_constant(last) { last } else { 0 }))
    }

    fn pixels(&self, label: Option<usize>) -> Result<Values> {
        let mut values = Vec::with_capacity(self.rows.len() * self.columns);
        for (line, row) in self.rows.iter().enumerate() {
            for (column, field) in row.fields().enumerate().filter(|(at, _)| Some(*at) != label) {
                let value = number(field).ok_or_else(|| {
                    Error::data(
                        "the CSV file",
                        format_args!(
                            "has {:?} in image {line}, column {}",
                            text_of(field).chars().take(32).collect::<String>(),
                            column + 1
                        ),
                        "pixels must be numbers",
                    )
                })?;
                values.push(value);
            }
        }
        Ok(Values::Floats(values))
    }
}

fn number(field: &[u8]) -> Option<f32> {
    std::str::from_utf8(field).ok()?.parse().ok()
}

fn text_of(field: &[u8]) -> String {
    String::from_utf8_lossy(field).into_owned()
}

fn is_label_name(field: &[u8]) -> bool {
    LABEL_NAMES.contains(&&*text_of(field).to_lowercase())
}
