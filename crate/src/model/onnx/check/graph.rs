//! The walk through a graph: its order, and the type and shape of every value that is needed.

use std::collections::{HashMap, HashSet};

use tract_onnx::pb::type_proto::Tensor;
use tract_onnx::pb::{GraphProto, NodeProto, TensorProto};

use super::prepare::{describe, is_own_domain};
use super::rules::{self, Call};
use super::signature::Signatures;
use super::value::{self, Value, declared_tensor, element};
use super::{Input, Report};

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

/// Operators that only kernels of this crate compute: tract would compute them of constants while
/// it reads the file, by what the WebAssembly of the page leaves out.
const NOT_OF_CONSTANTS: [&str; 5] = ["Conv", "ConvTranspose", "Einsum", "Gemm", "MatMul"];

/// The domain of operators that onnxruntime has besides ONNX's.
const CONTRIBUTED: &str = "com.microsoft";

/// Operators of ONNX's that are in that domain as well.
const CONTRIBUTIONS: [&str; 7] =
    ["DequantizeLinear", "GatherND", "Gelu", "Pad", "QuantizeLinear", "Range", "Trilu"];

/// The check of a graph, value by value.
pub(super) struct Check<'a> {
    pub(super) graph: &'a GraphProto,
    pub(super) opset: i64,
    pub(super) report: Report,
    /// What the values are; `None` for a value of which nothing is known because of a problem that
    /// has been reported.
    pub(super) values: HashMap<&'a str, Option<Value<'a>>>,
    /// Which node makes a value.
    pub(super) made: HashMap<&'a str, usize>,
    /// The nodes such that each comes after those whose values it takes.
    pub(super) order: Vec<usize>,
}

impl<'a> Check<'a> {
    pub(super) fn new(graph: &'a GraphProto, opset: i64, report: Report) -> Self {
        let (values, made, order) = (HashMap::new(), HashMap::new(), Vec::new());
        Self { graph, opset, report, values, made, order }
    }

    /// Checks what the values `outputs` need.
    pub(super) fn run(
        mut self,
        inputs: &[Input<'_>],
        outputs: &[&str],
        signatures: &Signatures,
    ) -> Report {
        self.names();
        self.order();
        // Without names and an order nothing can be said of the rest.
        if self.report.problems.is_empty() {
            self.sources(inputs, outputs);
            self.nodes(outputs, signatures);
            self.outputs(outputs);
            self.totals(outputs);
        }
        self.report
    }

    pub(super) fn problem(&mut self, why: impl Into<String>) {
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

    /// The names of the values that the outputs need.
    pub(super) fn needed(&self, outputs: &[&str]) -> HashSet<&'a str> {
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
                    self.report.node.get_or_insert_with(|| describe(node));
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

    /// What a draw gives: it is refused, but what comes of it is described.
    fn drawn(&self, node: &NodeProto) -> Option<Value<'a>> {
        if matches!(&*node.op_type, "RandomNormal" | "RandomUniform") {
            let named = |name: &str| node.attribute.iter().find(|other| other.name == name);
            let shape = &named("shape")?.ints;
            value::count(shape).ok()?;
            let dtype = named("dtype").map_or(Some('f'), |dtype| element(dtype.i))?;
            return Some(Value::new(dtype, shape.clone()));
        }
        let like = matches!(&*node.op_type, "RandomNormalLike" | "RandomUniformLike");
        let of = self.values.get(node.input.first().filter(|_| like)?.as_str())?.as_ref()?;
        Some(Value::new(of.element, of.shape.clone()))
    }

    /// Faults of a node that do not depend on its inputs. The rest of a node that no wanted output
    /// needs does not matter.
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
                return Err("this domain has no operator of that name".into());
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
}

/// The tensor that a Constant is.
fn constant(node: &NodeProto) -> Option<&TensorProto> {
    match node.attribute.as_slice() {
        [value] if node.op_type == "Constant" && value.name == "value" => value.t.as_ref(),
        _ => None,
    }
}
