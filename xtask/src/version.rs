//! Version numbers as tools print them and as Cargo.lock records them.

use std::fmt;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    pub major: u32,
    pub minor: u32,
    pub patch: u32,
}

impl Version {
    pub const fn new(major: u32, minor: u32, patch: u32) -> Self {
        Self { major, minor, patch }
    }

    /// The first `major.minor.patch` in what a tool prints for `--version`, with or without a
    /// leading `v`.
    pub fn find(text: &str) -> Option<Self> {
        text.split_whitespace().find_map(Self::parse)
    }

    fn parse(word: &str) -> Option<Self> {
        let mut parts = word.strip_prefix('v').unwrap_or(word).splitn(3, '.').map(|part| {
            let digits = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
            part[..digits].parse().ok()
        });
        Some(Self::new(parts.next()??, parts.next()??, parts.next()??))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// Vite 7 runs on Node 20.19 and later in the 20 line, and from 22.12 on; never on 21.
pub fn node_can_run_vite(node: Version) -> bool {
    match node.major {
        20 => node.minor >= 19,
        22 => node.minor >= 12,
        major => major > 22,
    }
}

/// The version of `package` that Cargo.lock pins; `None` where it pins none.
pub fn locked(lockfile: &str, package: &str) -> Option<Version> {
    let name = format!("name = \"{package}\"");
    let mut lines = lockfile.lines().skip_while(|line| line.trim() != name);
    lines.next()?;
    let version = lines.next()?.trim().strip_prefix("version = \"")?.strip_suffix('"')?;
    Version::parse(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_a_version_in_what_tools_print() {
        let cases = [
            ("v20.20.2\n", Some(Version::new(20, 20, 2))),
            ("wasm-bindgen 0.2.130 (1a2b3c4d5)", Some(Version::new(0, 2, 130))),
            ("wasm-pack 0.15.1", Some(Version::new(0, 15, 1))),
            ("v23.0.0-nightly2024", Some(Version::new(23, 0, 0))),
            ("v20.19", None),
            ("command not found", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(Version::find(text), expected, "{text:?}");
        }
    }

    #[test]
    fn knows_the_node_versions_vite_supports() {
        let cases = [
            (Version::new(18, 20, 0), false),
            (Version::new(20, 18, 3), false),
            (Version::new(20, 19, 0), true),
            (Version::new(21, 7, 3), false),
            (Version::new(22, 11, 0), false),
            (Version::new(22, 12, 0), true),
            (Version::new(23, 0, 0), true),
        ];
        for (node, expected) in cases {
            assert_eq!(node_can_run_vite(node), expected, "{node}");
        }
    }

    #[test]
    fn reads_exactly_the_named_package_from_a_lockfile() {
        let lockfile = "\
[[package]]
name = \"wasm-bindgen-macro\"
version = \"0.2.131\"

[[package]]
name = \"wasm-bindgen\"
version = \"0.2.130\"
";
        assert_eq!(locked(lockfile, "wasm-bindgen"), Some(Version::new(0, 2, 130)));
        assert_eq!(locked(lockfile, "bindgen"), None);
        assert_eq!(locked(lockfile, "wasm"), None);
    }
}
