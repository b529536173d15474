//! Sentences for people as a code with values: a page says them in its own language, and whoever
//! has none takes them in English.

mod english;

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

pub use english::Code;

/// A sentence, or a part of one, that can be said in another language by its code and what it is
/// about.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Phrase {
    /// Which one it is.
    pub code: Code,
    /// By the names that stand in braces in the text: names and figures as they are to be written,
    /// numbers, parts of a sentence.
    #[cfg_attr(test, ts(type = "Record<string, string | number | Phrase>"))]
    pub values: BTreeMap<&'static str, PhraseValue>,
    /// The same in English.
    pub message: String,
}

/// A name or a figure as it is to be written, a number, or a part of a sentence.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum PhraseValue {
    /// A name, or a figure with the digits that are worth reading.
    Text(String),
    /// How many.
    Count(usize),
    /// Another phrase.
    Phrase(Phrase),
}

impl Phrase {
    pub(crate) fn new(
        code: Code,
        values: impl IntoIterator<Item = (&'static str, PhraseValue)>,
    ) -> Self {
        let values: BTreeMap<_, _> = values.into_iter().collect();
        let message = filled(code.english(), &values);
        Self { code, values, message }
    }
}

impl From<Code> for Phrase {
    fn from(code: Code) -> Self {
        Self::new(code, [])
    }
}

impl fmt::Display for Phrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Display for PhraseValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Count(count) => count.fmt(f),
            Self::Phrase(phrase) => phrase.fmt(f),
        }
    }
}

impl From<&str> for PhraseValue {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for PhraseValue {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&String> for PhraseValue {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<usize> for PhraseValue {
    fn from(count: usize) -> Self {
        Self::Count(count)
    }
}

impl From<Phrase> for PhraseValue {
    fn from(phrase: Phrase) -> Self {
        Self::Phrase(phrase)
    }
}

impl From<Code> for PhraseValue {
    fn from(code: Code) -> Self {
        Self::Phrase(code.into())
    }
}

/// A text with its values in the place of their names; a name without a value stays, in its braces.
fn filled(text: &str, values: &BTreeMap<&'static str, PhraseValue>) -> String {
    let mut all = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{')
        && let Some((name, after)) = after.split_once('}')
    {
        all += before;
        match values.get(name) {
            Some(value) => all += &value.to_string(),
            None => all += &format!("{{{name}}}"),
        }
        rest = after;
    }
    all + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phrase_is_its_text_with_the_values_in_place() {
        let chain = Phrase::new(Code::ChainCosine, [("steps", 50.into())]);
        assert_eq!(chain.message, "β cosine in 50 steps");
        let time = Phrase::new(Code::TimestepOf, [("chain", chain.into())]);
        assert_eq!(time.to_string(), "a timestep; β cosine in 50 steps");
        let written = serde_json::to_value(&time).unwrap();
        assert_eq!(written["code"], "timestep-of");
        assert_eq!(written["values"]["chain"]["values"]["steps"], 50);
        // a brace in a name is not a placeholder
        let odd = Phrase::new(Code::OutputCalled, [("output", "{steps}".into())]);
        assert_eq!(odd.message, "the output is called \"{steps}\"");
    }

    #[test]
    fn codes_have_distinct_texts() {
        let distinct: std::collections::BTreeSet<&str> =
            Code::ALL.iter().map(|code| code.english()).collect();
        assert_eq!(distinct.len(), Code::ALL.len());
    }
}
