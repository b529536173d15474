//! The check of an ONNX graph before tract sees it.
//!
//! tract trusts the files that it reads: a missing input, a length that overflows or an index out
//! of range ends a WebAssembly instance. So each node that a wanted output needs is held against
//! the schema of its operator, and types and shapes are computed for all values, with checked
//! arithmetic and limits. What onnxruntime takes should pass, and what it refuses should not.

mod recognize;
mod rules;
mod signature;
#[cfg(test)]
mod tests;
mod value;

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use tract_onnx::pb::type_proto::Value as DeclaredType;
use tract_onnx::pb::{GraphProto, ModelProto, NodeProto, TensorProto, ValueInfoProto};
use tract_onnx::pb::{tensor_shape_proto::dimension::Value as Dimension, type_proto::Tensor};

pub(super) use self::recognize::recognize;
use self::rules::Call;
use self::signature::{OPSETS, Signatures};
use self::value::Value;
pub(super) use self::value::{Element, element};

/// Bytes that weights and the largest set of values that exist at one time may take.
const MAX_BYTES: u64 = 2 << 30;

/// Multiply-adds for one image; a browser does some 10^10 of them in a second.
const MAX_MULTIPLY_ADDS: u64 = 1 << 42;

/// The newest version of ONNX's file format.
const NEWEST_FORMAT: i64 = 13;

/// Problems that a message names.
const NAMED: usize = 6;

/// Operators whose results differ from run to run, or whose course depends on values.
const NOT_DETERMINISTIC: [&str; 10] = [
    "Bernoulli",
    "If",
    "Loop",
    "Multinomial",
    "RandomNormal",
    "RandomNormalLike",
    "RandomUniform",
    "RandomUniformLike",
    "Scan",
    "SequenceMap",
];

/// Operators that only kernels of this crate compute: tract would compute them of constants while it reads the
/// file, by what the WebAssembly of the page leaves out.
const NOT_OF_CONSTANTS: [&str; 5] = ["Conv", "ConvTranspose", "Einsum", "Gemm", "MatMul"];

/// The domain of operators that onnxruntime has besides ONNX's.
const CONTRIBUTED: &str = "com.microsoft";

/// Operators of ONNX's that are in that domain as well.
const CONTRIBUTIONS: [&str; 7] =
    ["DequantizeLinear", "GatherND", "Gelu", "Pad", "QuantizeLinear", "Range", "Trilu"];

/// An input of the network, as it will be given.
#[derive(Clone, Copy, Debug)]
pub(super) struct Input<'a> {
    pub name: &'a str,
    /// `f` for float32, `l` for int64.
    pub element: Element,
    pub shape: &'a [usize],
}

/// What the check has found out about a graph.
#[derive(Clone, Debug, Default)]
pub(super) struct Report {
    /// Element type and shape of each value that is needed and could be computed.
    pub values: HashMap<String, (Element, Vec<usize>)>,
    /// Multiply-adds of convolutions and matrix products for one run.
    pub multiply_adds: u64,
    /// Estimate of the bytes that weights and the values of a run take.
    pub bytes: u64,
    /// What is wrong, each with node and operator.
    pub problems: Vec<String>,
}

/// Checks the part of a graph that the values `outputs` need, with inputs of the given types and
/// shapes. Drops the empty names at the end of lists of inputs and outputs, which tract misreads.
///
/// # Errors
/// All problems in one message, which goes on after the file's name.
pub(super) fn check(
    model: &mut ModelProto,
    inputs: &[Input<'_>],
    outputs: &[&str],
) -> Result<Report, String> {
    let report = inspect(model, inputs, outputs);
    if report.problems.is_empty() {
        return Ok(report);
    }
    let mut message = report.problems[..report.problems.len().min(NAMED)].join("; ");
    if report.problems.len() > NAMED {
        message += &format!("; and {} more", report.problems.len() - NAMED);
    }
    Err(format!("cannot be used: {message}"))
}

/// As [`check`], but what is wrong is listed in the report, and the rest of the graph described.
pub(super) fn inspect(model: &mut ModelProto, inputs: &[Input<'_>], outputs: &[&str]) -> Report {
    let mut report = Report::default();
    let opset = match opset(model) {
        Ok(opset) => opset,
        Err(why) => {
            report.problems.push(why);
            return report;
        }
    };
    let Some(graph) = &mut model.graph else {
        report.problems.push("the file has no graph".into());
        return report;
    };
    let signatures = Signatures::new(opset);
    for node in &mut graph.node {
        normalize(node, &signatures);
    }
    drop_copies(graph);
    let mut check = Check {
        graph,
        opset,
        report,
        values: HashMap::new(),
        made: HashMap::new(),
        order: Vec::new(),
    };
    check.names();
    check.order();
    let signatures = &signatures;
    // Without names and an order nothing can be said of the rest.
    if check.report.problems.is_empty() {
        check.sources(inputs, outputs);
        check.nodes(outputs, signatures);
        check.outputs(outputs);
        check.totals(outputs);
    }
    check.report
}

/// The version of ONNX's own operators that a file asks for.
fn opset(model: &ModelProto) -> Result<i64, String> {
    if model.ir_version == 0 || model.ir_version > NEWEST_FORMAT {
        return Err(format!(
            "its format (IR version {}) is not supported, only up to {NEWEST_FORMAT}",
            model.ir_version
        ));
    }
    let mut found = None;
    for import in &model.opset_import {
        if is_own_domain(&import.domain) {
            if found.is_some_and(|version| version != import.version) {
                return Err("it names two versions of ONNX's operators".into());
            }
            found = Some(import.version);
        }
    }
    match found {
        Some(version) if OPSETS.contains(&version) => Ok(version),
        Some(version) => Err(format!(
            "it uses version {version} of ONNX's operators; {} to {} are supported: convert it \
             with onnx.version_converter.convert_version(model, 17)",
            OPSETS.start(),
            OPSETS.end()
        )),
        None => Err("it does not name a version of ONNX's operators".into()),
    }
}

fn is_own_domain(domain: &str) -> bool {
    matches!(domain, "" | "ai.onnx")
}

/// Drops what onnxruntime passes over and tract misreads.
fn normalize(node: &mut NodeProto, signatures: &Signatures) {
    if node.op_type == "Constant" {
        // The first attribute is the value, by its type; the rest does not count.
        node.name.clear();
        node.domain.clear();
        node.input.clear();
        node.attribute.truncate(1);
        if let Some(value) = node.attribute.first_mut().filter(|value| value.t.is_some()) {
            value.name = "value".into();
        }
        return;
    }
    if !is_own_domain(&node.domain) {
        return;
    }
    // Flags of these operators are set by any number but 0.
    if node.op_type == "Gemm" {
        let flags = node.attribute.iter_mut().filter(|a| a.name.starts_with("trans"));
        flags.for_each(|flag| flag.i = i64::from(flag.i != 0));
    }
    let (inputs, outputs) = match signatures.get(&node.op_type) {
        Ok(signature) => signature.most(),
        Err(_) => return,
    };
    // Lengths that are left out are lengths beside their number, which are refused.
    if node.op_type == "Split" && node.attribute.iter().any(|a| a.name == "num_outputs") {
        return;
    }
    for (names, most) in [(&mut node.input, inputs), (&mut node.output, outputs)] {
        // More names than an operator has are refused, empty or not; and an empty one of those of
        // which there may be any number.
        while names.len() <= most && most < usize::MAX && names.last().is_some_and(String::is_empty)
        {
            names.pop();
        }
    }
}

/// Drops constants that are in a file twice.
fn drop_copies(graph: &mut GraphProto) {
    let mut known: HashMap<String, NodeProto> = HashMap::new();
    graph.node.retain(|node| {
        let [output] = node.output.as_slice() else { return true };
        if node.op_type != "Constant" {
            return true;
        }
        if known.get(output).is_some_and(|first| first == node) {
            return false;
        }
        known.insert(output.clone(), node.clone());
        true
    });
}

/// What a message calls a node.
fn describe(node: &NodeProto) -> String {
    let output = node.output.first().map_or("", String::as_str);
    let name = if node.name.is_empty() { output } else { &node.name };
    let domain = if is_own_domain(&node.domain) { "" } else { &node.domain };
    let dot = if domain.is_empty() { "" } else { "." };
    format!("node {name:?} ({domain}{dot}{})", node.op_type)
}

struct Check<'a> {
    graph: &'a GraphProto,
    opset: i64,
    report: Report,
    /// What the values are; `None` for a value of which nothing is known because of a problem that
    /// has been reported.
    values: HashMap<&'a str, Option<Value<'a>>>,
    /// Which node makes a value.
    made: HashMap<&'a str, usize>,
    /// The nodes such that each comes after those whose values it takes.
    order: Vec<usize>,
}

impl<'a> Check<'a> {
    fn problem(&mut self, why: impl Into<String>) {
        self.report.problems.push(why.into());
    }

    /// Each value is made once.
    fn names(&mut self) {
        let graph = self.graph;
        let mut known: HashSet<&str> = HashSet::new();
        for input in &graph.input {
            if !known.insert(&input.name) {
                self.problem(format!("the input {:?} is declared twice", input.name));
            }
        }
        known.extend(graph.initializer.iter().map(|tensor| tensor.name.as_str()));
        let mut names: HashSet<&str> = HashSet::new();
        for (at, node) in graph.node.iter().enumerate() {
            if !node.name.is_empty() && !names.insert(&node.name) {
                self.problem(format!("two nodes are called {:?}", node.name));
            }
            for output in node.output.iter().filter(|output| !output.is_empty()) {
                if !known.insert(output) {
                    self.problem(format!("{} makes {output:?} again", describe(node)));
                }
                self.made.insert(output, at);
            }
        }
        if !graph.sparse_initializer.is_empty() {
            self.problem("sparse weights are not supported");
        }
    }

    /// Puts the nodes in order. Files may have them in any, and some have them in a circle.
    fn order(&mut self) {
        let graph = self.graph;
        let mut is_seen = vec![false; graph.node.len()];
        let mut is_open = vec![false; graph.node.len()];
        for start in 0..graph.node.len() {
            // Nodes to visit, and nodes to leave once all that they need has been visited.
            let mut stack = vec![(start, false)];
            while let Some((at, is_done)) = stack.pop() {
                if is_done {
                    is_open[at] = false;
                    self.order.push(at);
                } else if !std::mem::replace(&mut is_seen[at], true) {
                    is_open[at] = true;
                    stack.push((at, true));
                    let makers = graph.node[at].input.iter().rev();
                    for maker in makers.filter_map(|name| self.made.get(name.as_str())) {
                        if is_open[*maker] {
                            let node = describe(&graph.node[*maker]);
                            self.problem(format!("{node} needs its own output: a circle"));
                            return;
                        }
                        stack.push((*maker, false));
                    }
                }
            }
        }
    }

    /// Inputs and weights.
    fn sources(&mut self, inputs: &[Input<'_>], outputs: &[&str]) {
        let graph = self.graph;
        let needed = self.needed(outputs);
        let weights: HashSet<&str> =
            graph.initializer.iter().map(|tensor| tensor.name.as_str()).collect();
        for declared in &graph.input {
            let name = declared.name.as_str();
            let value = if let Some(input) = inputs.iter().find(|input| input.name == name) {
                match given(input, declared) {
                    Ok(value) => Some(value),
                    Err(why) => {
                        self.problem(why);
                        None
                    }
                }
            } else if weights.contains(name) {
                continue;
            } else {
                if needed.contains(name) {
                    self.problem(format!("its input {name:?} is not given"));
                }
                None
            };
            self.values.insert(name, value);
        }
        // Of tensors of one name the last counts.
        for tensor in graph.initializer.iter().rev() {
            let name = tensor.name.as_str();
            let is_needed = needed.contains(name);
            if self.values.contains_key(name) && is_needed {
                continue;
            }
            let value = match Value::from_tensor(tensor).and_then(|value| {
                if is_needed && value.has_nan() {
                    return Err("it has values that are not numbers (NaN): it is damaged".into());
                }
                Ok(value)
            }) {
                Ok(value) => Some(value),
                // Weights of other parts of the graph may be of a kind that is not supported.
                Err(_) if !is_needed && !value::is_damaged(tensor) => None,
                Err(why) => {
                    self.problem(format!("weight {name:?}: {why}"));
                    None
                }
            };
            self.values.insert(name, value);
        }
    }

    /// The names of the values that the outputs need.
    fn needed(&self, outputs: &[&str]) -> HashSet<&'a str> {
        let mut needed = HashSet::new();
        let mut open: Vec<&'a str> = Vec::new();
        let mut is_open = vec![false; self.graph.node.len()];
        let mut reach = |name: &str, open: &mut Vec<&'a str>| {
            if let Some(&at) = self.made.get(name)
                && !std::mem::replace(&mut is_open[at], true)
            {
                open.extend(self.graph.node[at].input.iter().map(String::as_str));
            }
        };
        for output in outputs {
            reach(output, &mut open);
            let kept = self.graph.initializer.iter().map(|tensor| tensor.name.as_str());
            needed.extend(kept.filter(|name| name == output));
        }
        while let Some(name) = open.pop() {
            if needed.insert(name) {
                reach(name, &mut open);
            }
        }
        needed
    }

    fn nodes(&mut self, outputs: &[&str], signatures: &Signatures) {
        let graph = self.graph;
        let needed = self.needed(outputs);
        for at in std::mem::take(&mut self.order) {
            let node = &graph.node[at];
            self.order.push(at);
            let is_needed =
                |name: &String| needed.contains(name.as_str()) || outputs.contains(&name.as_str());
            let found = if node.output.iter().any(is_needed) {
                self.node(node, signatures)
            } else {
                self.unneeded(node, signatures).map(|()| vec![])
            };
            let values = found.unwrap_or_else(|why| {
                if !why.is_empty() {
                    self.problem(format!("{}: {why}", describe(node)));
                }
                self.drawn(node).into_iter().collect()
            });
            let mut values = values.into_iter();
            for output in &node.output {
                let value = values.next();
                if !output.is_empty() {
                    self.values.entry(output).or_insert(value);
                }
            }
        }
    }

    /// What a draw gives that has the shape of what it takes: it is refused, but what comes of it is described.
    fn drawn(&self, node: &NodeProto) -> Option<Value<'a>> {
        let like = matches!(&*node.op_type, "RandomNormalLike" | "RandomUniformLike");
        let of = self.values.get(node.input.first().filter(|_| like)?.as_str())?.as_ref()?;
        Some(Value::new(of.element, of.shape.clone()))
    }

    /// What is wrong with a node whatever it takes. The rest of a node that no wanted output needs
    /// does not matter.
    fn unneeded(&self, node: &NodeProto, signatures: &Signatures) -> Result<(), String> {
        match signatures.get(&node.op_type) {
            Ok(signature) if is_own_domain(&node.domain) => {
                signature.check_arity(node)?;
                signature.check_attributes(node)?;
                // As far as they are known: what unneeded nodes give is not.
                let known = |name: &String| self.values.get(name.as_str()).cloned().flatten();
                signature.bind(&node.input.iter().map(known).collect::<Vec<_>>())?;
                let is_given = |at: usize| node.input.get(at).is_some_and(|name| !name.is_empty());
                if node.op_type == "Resize" && self.opset >= 11 && !is_given(2) && !is_given(3) {
                    return Err("has neither scales nor sizes".into());
                }
            }
            Ok(_) if node.domain == CONTRIBUTED && !CONTRIBUTIONS.contains(&&*node.op_type) => {
                return Err("there is no such operator in this domain".into());
            }
            _ => return Ok(()),
        }
        let is_known = |name: &str| {
            name.is_empty() || self.values.contains_key(name) || self.made.contains_key(name)
        };
        match node.input.iter().find(|name| !is_known(name)) {
            Some(name) => Err(format!("takes {name:?}, which nothing makes")),
            None => Ok(()),
        }
    }

    /// What a node gives. The error is empty if it follows from one reported before.
    fn node(
        &mut self,
        node: &'a NodeProto,
        signatures: &Signatures,
    ) -> Result<Vec<Value<'a>>, String> {
        let operator = node.op_type.as_str();
        if NOT_DETERMINISTIC.contains(&operator) {
            return Err("a bound needs a deterministic network without control flow: draw the \
                        noise outside, give it as an input, and export with fixed shapes"
                .into());
        }
        if !is_own_domain(&node.domain) {
            return Err("only ONNX's own operators are supported: export without functions and \
                        without optimizations for one runtime"
                .into());
        }
        let signature = signatures.get(operator)?;
        signature.check_arity(node)?;
        signature.check_attributes(node)?;
        // An output without a name shifts those after it in tract.
        let skips = node.output.iter().any(String::is_empty);
        if skips && operator != "LayerNormalization" {
            return Err("leaves out an output before one that is used".into());
        }
        let mut inputs = Vec::new();
        for name in &node.input {
            inputs.push(match self.values.get(name.as_str()) {
                _ if name.is_empty() => None,
                Some(Some(value)) => Some(value.clone()),
                Some(None) => return Err(String::new()),
                None => return Err(format!("takes {name:?}, which nothing makes")),
            });
        }
        if let Some(tensor) = constant(node) {
            return Ok(vec![Value::from_tensor(tensor)?]);
        }
        let bound = signature.bind(&inputs)?;
        let call = Call { node, opset: self.opset, inputs: &inputs };
        let outputs = rules::apply(&call)?;
        if node.output.len() > outputs.len() {
            return Err("has more outputs than are supported".into());
        }
        if let Some(first) = outputs.first() {
            let more = rules::multiply_adds(&call, &first.shape);
            self.report.multiply_adds = self.report.multiply_adds.saturating_add(more);
        }
        // Constants of constants; a node without inputs is one.
        let constant = inputs.iter().flatten().all(|input| input.constant);
        if constant && NOT_OF_CONSTANTS.contains(&operator) {
            return Err("all that it takes is constant: fold constants when the file is made, as \
                        torch.onnx.export(do_constant_folding=True) or onnxsim do"
                .into());
        }
        let outputs = outputs.into_iter().take(node.output.len());
        let values = outputs.enumerate().map(|(at, output)| {
            let element = output.element.or_else(|| signature.output(at, &bound));
            let element = element.filter(|&element| signature.allows(at, element));
            let element = element.ok_or("the type of its output is not possible")?;
            let mut value = Value::new(element, output.shape).with(output.data);
            value.constant |= constant;
            Ok(value)
        });
        values.collect()
    }

    /// The wanted outputs exist, and what the file declares of values is true.
    fn outputs(&mut self, outputs: &[&str]) {
        let graph = self.graph;
        for output in outputs {
            if !self.values.contains_key(output) {
                let names: Vec<&str> = graph.output.iter().map(|o| o.name.as_str()).collect();
                self.problem(format!("it has no value {output:?}; its outputs are {names:?}"));
            }
        }
        for declared in graph.output.iter().chain(&graph.value_info) {
            let Some(Some(value)) = self.values.get(declared.name.as_str()) else { continue };
            let Some(Tensor { elem_type, .. }) = declared_tensor(declared) else { continue };
            if element(i64::from(*elem_type)) != Some(value.element) {
                let why = format!(
                    "{:?} is declared as {}, it is {}",
                    declared.name,
                    value::type_name(*elem_type),
                    value::name(value.element)
                );
                self.problem(why);
            }
        }
    }

    /// Limits of memory and time, and the shapes for the report.
    fn totals(&mut self, outputs: &[&str]) {
        let size = |value: &Value<'_>| value.count() as u64 * value::bytes(value.element) as u64;
        let mut last_use: HashMap<&str, usize> = HashMap::new();
        let nodes = || self.order.iter().map(|&at| &self.graph.node[at]).enumerate();
        for (at, node) in nodes() {
            last_use.extend(node.input.iter().map(|name| (name.as_str(), at)));
        }
        // Constants stay, and are held twice while they are prepared.
        let known = || self.values.iter().filter_map(|(name, v)| Some((*name, v.as_ref()?)));
        let kept: u64 = known().filter(|(_, v)| v.constant).map(|(_, v)| 2 * size(v)).sum();
        let (mut alive, mut most) = (0, 0);
        let mut ends: HashMap<usize, u64> = HashMap::new();
        for (at, node) in nodes() {
            for name in &node.output {
                if let Some(Some(value)) = self.values.get(name.as_str())
                    && !value.constant
                {
                    alive += size(value);
                    if !outputs.contains(&name.as_str()) {
                        let end = last_use.get(name.as_str()).copied().unwrap_or(at);
                        *ends.entry(end).or_default() += size(value);
                    }
                }
            }
            most = most.max(alive);
            alive -= ends.remove(&at).unwrap_or(0);
        }
        self.report.bytes = kept + most;
        self.report.values = known()
            .map(|(name, v)| {
                (name.into(), (v.element, v.shape.iter().map(|&d| d as usize).collect()))
            })
            .collect();
        if self.report.bytes > MAX_BYTES {
            let problem = format!(
                "it would take {} MB of memory, at most {} MB are possible: a smaller image or a \
                 smaller model fits",
                self.report.bytes >> 20,
                MAX_BYTES >> 20
            );
            self.problem(problem);
        }
        if self.report.multiply_adds > MAX_MULTIPLY_ADDS {
            let problem = format!(
                "one image would take {:.1e} multiply-adds, which is minutes of computing",
                self.report.multiply_adds as f64
            );
            self.problem(problem);
        }
    }
}

/// The integers of a tensor of integers; `None` for others, and for one that is damaged.
pub(super) fn integers(tensor: &TensorProto) -> Option<Rc<[i64]>> {
    Value::from_tensor(tensor).ok()?.integers()
}

/// The numbers of a tensor of floating-point numbers; `None` for others, and for one that is damaged.
pub(super) fn reals(tensor: &TensorProto) -> Option<Rc<[f64]>> {
    Value::from_tensor(tensor).ok()?.reals()
}

/// The tensor that a Constant is.
fn constant(node: &NodeProto) -> Option<&TensorProto> {
    match node.attribute.as_slice() {
        [value] if node.op_type == "Constant" && value.name == "value" => value.t.as_ref(),
        _ => None,
    }
}

fn declared_tensor(declared: &ValueInfoProto) -> Option<&Tensor> {
    let DeclaredType::TensorType(tensor) = declared.r#type.as_ref()?.value.as_ref()?;
    Some(tensor)
}

/// A given input, which must be as the file declares it.
fn given<'a>(input: &Input<'_>, declared: &ValueInfoProto) -> Result<Value<'a>, String> {
    let name = &declared.name;
    let tensor = declared_tensor(declared)
        .ok_or_else(|| format!("its input {name:?} is not declared as a tensor"))?;
    if element(i64::from(tensor.elem_type)) != Some(input.element) {
        return Err(format!(
            "its input {name:?} takes {}, it is given {}",
            value::type_name(tensor.elem_type),
            value::name(input.element)
        ));
    }
    if let Some(shape) = &tensor.shape {
        let dims: Vec<Option<&Dimension>> =
            shape.dim.iter().map(|dim| dim.value.as_ref()).collect();
        // A name stands for any length, and so does a negative number.
        let fits = |(dim, &length): (&Option<&Dimension>, &usize)| match dim {
            Some(Dimension::DimValue(value)) => *value < 0 || *value == length as i64,
            Some(Dimension::DimParam(_)) | None => true,
        };
        let is_same = dims.len() == input.shape.len();
        if !is_same || !dims.iter().zip(input.shape).all(fits) {
            let stated: Vec<String> = dims
                .iter()
                .map(|dim| match dim {
                    Some(Dimension::DimValue(value)) => value.to_string(),
                    Some(Dimension::DimParam(symbol)) => symbol.clone(),
                    None => "?".into(),
                })
                .collect();
            return Err(format!(
                "its input {name:?} has the shape [{}], it is given {:?}",
                stated.join(", "),
                input.shape
            ));
        }
    }
    let shape: Vec<i64> = input.shape.iter().map(|&length| length as i64).collect();
    value::count(&shape).map_err(|why| format!("its input {name:?} is {why}"))?;
    Ok(Value::new(input.element, shape))
}
