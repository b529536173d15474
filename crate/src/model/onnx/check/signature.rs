//! The signatures of ONNX's operators: how many inputs and outputs, of which types, with which
//! attributes.

use std::collections::HashMap;

use tract_onnx::pb::attribute_proto::AttributeType;
use tract_onnx::pb::{AttributeProto, NodeProto};

use super::value::{self, Element, Value};

/// One line for each operator and version; operators.py has the format.
const TABLE: &str = include_str!("operators.txt");

/// The oldest and newest versions of ONNX's operators that the table covers.
pub(super) const OPSETS: std::ops::RangeInclusive<i64> = 7..=26;

/// The operators of one version of ONNX.
pub(super) struct Signatures {
    opset: i64,
    lines: HashMap<&'static str, Vec<(i64, &'static str)>>,
}

/// One operator in one version.
pub(super) struct Signature {
    inputs: Vec<Parameter>,
    outputs: Vec<Parameter>,
    /// The types that each type variable allows.
    types: HashMap<char, &'static str>,
    /// Name, type and whether it must be there.
    attributes: Vec<(&'static str, char, bool)>,
}

#[derive(Clone, Copy)]
struct Parameter {
    letter: char,
    optional: bool,
    variadic: bool,
}

impl Signatures {
    pub(super) fn new(opset: i64) -> Self {
        let mut lines: HashMap<_, Vec<_>> = HashMap::new();
        for line in TABLE.lines() {
            let mut words = line.splitn(3, ' ');
            if let (Some(name), Some(since), Some(rest)) =
                (words.next(), words.next(), words.next())
            {
                lines.entry(name).or_default().push((since.parse().unwrap_or(i64::MAX), rest));
            }
        }
        Self { opset, lines }
    }

    /// The signature of an operator; the error says why there is none.
    pub(super) fn get(&self, operator: &str) -> Result<Signature, String> {
        if operator == "Upsample" && self.opset != 9 {
            return Err(
                "this operator is supported in version 9 of ONNX's operators alone: convert \
                        the file with onnx.version_converter.convert_version(model, 17), which \
                        makes it a Resize"
                    .into(),
            );
        }
        let versions = self.lines.get(operator).ok_or(match operator {
            "Attention" | "RotaryEmbedding" => {
                "this operator is not supported: export with opset_version=22, which spells it out"
            }
            _ => "this operator is not supported",
        })?;
        let line = versions.iter().rev().find(|(since, _)| *since <= self.opset);
        line.map(|(_, line)| Signature::parse(line)).ok_or_else(|| {
            format!("this operator is not in version {} of ONNX's operators", self.opset)
        })
    }
}

impl Signature {
    fn parse(line: &'static str) -> Self {
        let mut words = line.split(' ');
        let mut side = || parameters(words.next().unwrap_or("-"));
        let (inputs, outputs) = (side(), side());
        let mut types = HashMap::new();
        let mut attributes = Vec::new();
        for word in words {
            if let Some((letter, allowed)) = word.split_once('=') {
                types.extend(letter.chars().map(|letter| (letter, allowed)));
            } else if let Some((name, kind)) = word.split_once(':') {
                let stripped = name.trim_start_matches('!');
                attributes.extend(kind.chars().map(|kind| (stripped, kind, stripped != name)));
            }
        }
        Self { inputs, outputs, types, attributes }
    }

    /// The largest numbers of inputs and outputs.
    pub(super) fn most(&self) -> (usize, usize) {
        let most = |parameters: &[Parameter]| {
            let is_variadic = parameters.last().is_some_and(|p| p.variadic);
            if is_variadic { usize::MAX } else { parameters.len() }
        };
        (most(&self.inputs), most(&self.outputs))
    }

    /// Checks the number of inputs and outputs.
    pub(super) fn check_arity(&self, node: &NodeProto) -> Result<(), String> {
        let (inputs, outputs) = self.most();
        let names = [
            ("input", &self.inputs, &node.input, inputs),
            ("output", &self.outputs, &node.output, outputs),
        ];
        for (what, parameters, names, most) in names {
            let required = parameters.iter().filter(|p| !p.optional).count();
            if names.len() < required || names.len() > most {
                let expected = match (required, most) {
                    (least, usize::MAX) => format!("at least {least}"),
                    (least, most) if least == most => format!("{least}"),
                    (least, most) => format!("{least} to {most}"),
                };
                return Err(format!("has {} {what}s, it takes {expected}", names.len()));
            }
            for (at, name) in names.iter().enumerate() {
                let parameter = parameters.get(at).or(parameters.last());
                if name.is_empty() && parameter.is_some_and(|p| !p.optional) {
                    return Err(format!("{what} {at} has no name"));
                }
            }
        }
        Ok(())
    }

    /// Checks names and types of the attributes.
    pub(super) fn check_attributes(&self, node: &NodeProto) -> Result<(), String> {
        for (at, attribute) in node.attribute.iter().enumerate() {
            let name = attribute.name.as_str();
            if node.attribute[..at].iter().any(|other| other.name == name) {
                return Err(format!("has the attribute {name:?} twice"));
            }
            let Some(&(_, kind, _)) = self.attributes.iter().find(|(known, ..)| *known == name)
            else {
                return Err(format!(
                    "has an attribute {name:?}, which this operator does not have in the file's \
                     version of ONNX"
                ));
            };
            if !attribute.ref_attr_name.is_empty() {
                return Err(format!("its attribute {name:?} refers to a function"));
            }
            if letter(attribute) != Some(kind) || holds_another(attribute, kind) {
                return Err(format!("its attribute {name:?} has the wrong type"));
            }
        }
        for (name, _, required) in &self.attributes {
            if *required && !node.attribute.iter().any(|attribute| attribute.name == *name) {
                return Err(format!("lacks its attribute {name:?}"));
            }
        }
        Ok(())
    }

    /// The type variables, bound by the inputs of a node.
    pub(super) fn bind(
        &self,
        inputs: &[Option<Value<'_>>],
    ) -> Result<HashMap<char, Element>, String> {
        let mut bound: HashMap<char, (Element, usize)> = HashMap::new();
        for (at, input) in inputs.iter().enumerate() {
            let (Some(input), Some(parameter)) =
                (input, self.inputs.get(at).or(self.inputs.last()))
            else {
                continue;
            };
            let allowed = self.types.get(&parameter.letter).copied().unwrap_or("");
            if !allowed.contains(input.element) {
                return Err(format!(
                    "input {at} is {}, which this operator does not take",
                    value::name(input.element)
                ));
            }
            let (first, from) = *bound.entry(parameter.letter).or_insert((input.element, at));
            if first != input.element {
                return Err(format!(
                    "input {at} is {}, input {from} is {}: they must have one type",
                    value::name(input.element),
                    value::name(first)
                ));
            }
        }
        Ok(bound.into_iter().map(|(letter, (element, _))| (letter, element)).collect())
    }

    /// The type of an output, if it is that of an input or the only one possible.
    pub(super) fn output(&self, at: usize, bound: &HashMap<char, Element>) -> Option<Element> {
        let parameter = self.outputs.get(at).or(self.outputs.last())?;
        bound.get(&parameter.letter).copied().or_else(|| {
            let mut allowed = self.types.get(&parameter.letter)?.chars();
            allowed.next().filter(|_| allowed.next().is_none())
        })
    }

    /// Whether an output may have a type.
    pub(super) fn allows(&self, at: usize, element: Element) -> bool {
        let parameter = self.outputs.get(at).or(self.outputs.last());
        parameter
            .and_then(|p| self.types.get(&p.letter))
            .is_some_and(|allowed| allowed.contains(element))
    }
}

fn parameters(text: &str) -> Vec<Parameter> {
    let mut parameters: Vec<Parameter> = Vec::new();
    for letter in text.chars() {
        match (letter, parameters.last_mut()) {
            ('?', Some(last)) => last.optional = true,
            ('*' | '+', Some(last)) => last.variadic = true,
            ('-', _) => {}
            _ => parameters.push(Parameter { letter, optional: false, variadic: false }),
        }
    }
    parameters
}

/// Whether an attribute holds a value of another type than its own.
fn holds_another(attribute: &AttributeProto, kind: char) -> bool {
    let held = [
        ('i', attribute.i != 0),
        ('f', attribute.f != 0.0),
        ('s', !attribute.s.is_empty()),
        ('t', attribute.t.is_some()),
        ('I', !attribute.ints.is_empty()),
        ('F', !attribute.floats.is_empty()),
        ('S', !attribute.strings.is_empty()),
        ('g', attribute.g.is_some()),
    ];
    held.iter().any(|&(other, is_held)| is_held && other != kind)
}

/// The letter of an attribute's type in the table.
fn letter(attribute: &AttributeProto) -> Option<char> {
    Some(match AttributeType::try_from(attribute.r#type).ok()? {
        AttributeType::Int => 'i',
        AttributeType::Float => 'f',
        AttributeType::String => 's',
        AttributeType::Tensor => 't',
        AttributeType::Ints => 'I',
        AttributeType::Floats => 'F',
        AttributeType::Strings => 'S',
        _ => return None,
    })
}
