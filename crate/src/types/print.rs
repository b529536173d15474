//! TypeScript as a person would write it, from what ts-rs writes.

use ts_rs::{Config, TS};

/// Longest line.
const WIDTH: usize = 130;

/// Which fields of an object must be there.
pub(super) enum Fields<'a> {
    /// All but those of which the Rust type says otherwise: what the crate returns.
    All,
    /// These: what the crate takes, and fills in the rest.
    Only(&'a [&'a str]),
}

/// A field of an object.
struct Field {
    doc: String,
    name: String,
    is_optional: bool,
    of: String,
}

/// The TypeScript declaration of a type.
pub(super) struct Declaration {
    doc: String,
    name: String,
    extends: Option<&'static str>,
    of: Body,
}

enum Body {
    Object(Vec<Field>),
    Other(String),
}

impl Declaration {
    /// That of a Rust type.
    pub(super) fn new<T: TS>(required: &Fields<'_>) -> Self {
        let config = Config::new().with_large_int("number");
        let text = T::inline(&config);
        let mut of = object(&text).map_or_else(|| Body::Other(text.clone()), Body::Object);
        if let (Body::Object(fields), Fields::Only(required)) = (&mut of, required) {
            for field in fields {
                field.is_optional |= !required.contains(&field.name.as_str());
            }
        }
        let doc = T::docs().map(|doc| words(&doc)).unwrap_or_default();
        Self { doc, name: T::ident(&config), extends: None, of }
    }

    /// A name for another type.
    pub(super) fn alias(doc: &str, name: &str, of: String) -> Self {
        Self { doc: doc.into(), name: name.into(), extends: None, of: Body::Other(of) }
    }

    /// The same with the fields of another type, and with some of its own before the others.
    pub(super) fn extending(mut self, base: &'static str, own: &[(&str, &str, &str)]) -> Self {
        self.extends = Some(base);
        if let Body::Object(fields) = &mut self.of {
            let own = own.iter().map(|&(doc, name, of)| Field {
                doc: doc.into(),
                name: name.into(),
                is_optional: false,
                of: of.into(),
            });
            fields.splice(0..0, own);
        }
        self
    }

    /// As it stands in a file.
    pub(super) fn text(&self) -> String {
        let doc = comment(&self.doc, 0);
        let name = &self.name;
        match &self.of {
            Body::Object(fields) => {
                let extends = self.extends.map(|base| format!(" extends {base}"));
                let extends = extends.unwrap_or_default();
                format!("{doc}export interface {name}{extends} {}\n", block(fields, 0))
            }
            Body::Other(of) => {
                let of = formatted(of, 1);
                let union = of.replace('\n', " ");
                if format!("export type {name} = {union};").len() <= WIDTH {
                    return format!("{doc}export type {name} = {union};\n");
                }
                format!("{doc}export type {name} ={};\n", lines(&of, 1))
            }
        }
    }
}

/// A union in lines of its members.
fn lines(union: &str, indent: usize) -> String {
    let start = format!("\n{}|", "  ".repeat(indent));
    let mut text = String::new();
    let mut line = start.clone();
    for member in split(union, '|') {
        let member = format!(" {}", member.trim());
        let is_block = member.contains('\n') || line[1..].contains('\n');
        if line.len() > start.len() && (is_block || line.len() + member.len() + 2 > WIDTH) {
            text += &line;
            line.clone_from(&start);
        }
        if line.len() > start.len() {
            line += " |";
        }
        line += &member;
    }
    text + &line
}

/// The parts of a text between separators that are in no bracket, comment or string.
fn split(text: &str, separator: char) -> Vec<&str> {
    let (mut parts, mut from, mut depth, mut at) = (Vec::new(), 0, 0_usize, 0);
    while let Some(c) = text[at..].chars().next() {
        if text[at..].starts_with("/**") {
            at += text[at..].find("*/").expect("a comment ends") + 2;
            continue;
        }
        if c == '"' {
            at += text[at + 1..].find('"').expect("a string ends") + 2;
            continue;
        }
        match c {
            '{' | '[' | '(' | '<' => depth += 1,
            '}' | ']' | ')' | '>' => depth -= 1,
            _ if c == separator && depth == 0 => {
                parts.push(&text[from..at]);
                from = at + c.len_utf8();
            }
            _ => {}
        }
        at += c.len_utf8();
    }
    parts.push(&text[from..]);
    parts
}

/// The fields of a type that is one object.
fn object(text: &str) -> Option<Vec<Field>> {
    let text = text.trim();
    let inner = text.strip_prefix('{')?.strip_suffix('}')?;
    let is_one = split(text, '|').len() == 1 && !inner.trim_start().starts_with("[key in");
    is_one.then(|| split(inner, ',').into_iter().filter_map(field).collect())
}

fn field(text: &str) -> Option<Field> {
    let text = text.trim();
    let (doc, rest) = match text.strip_prefix("/**") {
        Some(rest) => rest.split_once("*/").expect("a comment ends"),
        None => ("", text),
    };
    let (name, of) = rest.split_once(':')?;
    let name = name.trim().trim_matches('"');
    Some(Field {
        doc: words(doc),
        name: name.trim_end_matches(['?', '"']).into(),
        is_optional: name.ends_with('?'),
        of: of.trim().into(),
    })
}

/// A type with its objects and arrays as they are usually written.
fn formatted(text: &str, indent: usize) -> String {
    let text = text.trim();
    let members = split(text, '|');
    if members.len() > 1 {
        let members: Vec<String> = members.iter().map(|m| formatted(m, indent)).collect();
        return members.join(" | ");
    }
    if let Some(fields) = object(text) {
        let inline: Vec<String> = fields
            .iter()
            .map(|f| format!("{}{}: {}", f.name, mark(f), formatted(&f.of, indent)))
            .collect();
        let inline = format!("{{ {} }}", inline.join("; "));
        let is_plain = fields.iter().all(|f| f.doc.is_empty()) && !inline.contains('\n');
        return if is_plain && inline.len() < WIDTH - 30 { inline } else { block(&fields, indent) };
    }
    if let Some(items) = text.strip_prefix("Array<").and_then(|rest| rest.strip_suffix('>')) {
        let items = formatted(items, indent);
        let is_union = split(&items, '|').len() > 1;
        return if is_union { format!("({items})[]") } else { format!("{items}[]") };
    }
    text.into()
}

fn mark(field: &Field) -> &'static str {
    if field.is_optional { "?" } else { "" }
}

/// An object with a line for each field.
fn block(fields: &[Field], indent: usize) -> String {
    let margin = "  ".repeat(indent + 1);
    let mut text = "{\n".to_string();
    for field in fields {
        text += &comment(&field.doc, indent + 1);
        let of = formatted(&field.of, indent + 1);
        let line = format!("{margin}{}{}: {of};\n", field.name, mark(field));
        if line.len() > WIDTH && !of.contains('\n') && split(&of, '|').len() > 1 {
            let of = lines(&of, indent + 2);
            text += &format!("{margin}{}{}:{of};\n", field.name, mark(field));
        } else {
            text += &line;
        }
    }
    text + &"  ".repeat(indent) + "}"
}

/// The words of a comment, without what rustdoc alone understands.
fn words(comment: &str) -> String {
    let inner = comment.trim().trim_start_matches("/**").trim_end_matches("*/");
    let lines =
        inner.lines().map(|line| line.trim().trim_start_matches("* ").trim_start_matches('*'));
    let mut text = lines.collect::<Vec<_>>().join(" ");
    // [`Name`](path) and [`Name`]
    while let Some(from) = text.find("[`") {
        let Some(length) = text[from..].find("`]") else { break };
        let name = text[from + 2..from + length].to_string();
        let mut to = from + length + 2;
        if text[to..].starts_with('(') {
            to += text[to..].find(')').map_or(0, |end| end + 1);
        }
        text.replace_range(from..to, &format!("`{name}`"));
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn comment(doc: &str, indent: usize) -> String {
    let margin = "  ".repeat(indent);
    if doc.is_empty() {
        return String::new();
    }
    if margin.len() + doc.chars().count() + 7 <= WIDTH {
        return format!("{margin}/** {doc} */\n");
    }
    let mut text = format!("{margin}/**\n");
    let mut line = format!("{margin} *");
    for word in doc.split(' ') {
        if line.chars().count() + 1 + word.chars().count() > WIDTH {
            text += &line;
            text.push('\n');
            line = format!("{margin} *");
        }
        line.push(' ');
        line += word;
    }
    text + &line + &format!("\n{margin} */\n")
}
