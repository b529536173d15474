//! Finds what several ONNX nodes spell out and puts one node in their place.

use std::collections::{HashMap, HashSet};

use tract_core::internal::*;

use super::graph::{Graph, Node, Operator};

/// Fuses all that is known. A fused node stands where the last of its parts stood, so what it takes
/// comes before it.
pub fn fuse(graph: &mut Graph) {
    for rule in [silu, group_norm, rearrange, upsample, residual, activation] {
        rewrite(graph, rule);
    }
}

/// The new node and the outputs of the nodes that it replaces, besides the one it is found at.
type Found = Option<(Node, Vec<String>)>;

/// The graph with an index of who makes and who takes a value.
struct View<'a> {
    nodes: &'a [Node],
    constants: &'a HashMap<String, Arc<Tensor>>,
    maker: HashMap<&'a str, &'a Node>,
    uses: HashMap<&'a str, usize>,
}

impl<'a> View<'a> {
    fn new(graph: &'a Graph) -> Self {
        let mut maker = HashMap::new();
        let mut uses = HashMap::new();
        for node in &graph.nodes {
            maker.extend(node.outputs.iter().map(|name| (name.as_str(), node)));
            for name in node.inputs.iter().chain(&node.residual) {
                *uses.entry(name.as_str()).or_default() += 1;
            }
        }
        for name in &graph.outputs {
            *uses.entry(name.as_str()).or_default() += 1;
        }
        Self { nodes: &graph.nodes, constants: &graph.constants, maker, uses }
    }

    /// The ONNX node `operator` that makes `value`, if nothing but `times` uses need it.
    fn part(&self, value: &str, operator: &str, times: usize) -> Option<&'a Node> {
        let node = *self.maker.get(value)?;
        let alone = node.outputs.len() == 1 && node.residual.is_none() && !node.silu;
        (alone && node.is(operator) && self.uses.get(value) == Some(&times)).then_some(node)
    }

    fn constant<T: Datum + Copy>(&self, name: &str) -> Option<Vec<T>> {
        let view = self.constants.get(name)?.as_plain_ram()?;
        Some(view.as_slice::<T>().ok()?.to_vec())
    }

    /// The target of a Reshape, if it is a constant.
    fn target(&self, reshape: &Node) -> Option<Vec<i64>> {
        if reshape.int("allowzero").unwrap_or(0) != 0 {
            return None;
        }
        self.constant(reshape.inputs.get(1)?)
    }
}

fn rewrite(graph: &mut Graph, rule: fn(&View, &Node) -> Found) {
    let view = View::new(graph);
    let mut made = HashMap::new();
    let mut gone = HashSet::new();
    for (at, node) in view.nodes.iter().enumerate() {
        let Some((node, replaced)) = rule(&view, node) else { continue };
        if !replaced.iter().any(|name| gone.contains(name)) {
            gone.extend(replaced);
            made.insert(at, node);
        }
    }
    let nodes = std::mem::take(&mut graph.nodes).into_iter().enumerate();
    graph.nodes = nodes
        .filter(|(_, node)| !gone.contains(&node.outputs[0]))
        .map(|(at, node)| made.remove(&at).unwrap_or(node))
        .collect();
}

/// Mul(x, Sigmoid(x)).
fn silu(view: &View, node: &Node) -> Found {
    if !node.is("Mul") {
        return None;
    }
    let (x, gate) = [(0, 1), (1, 0)].into_iter().find_map(|(x, gate)| {
        let sigmoid = view.part(&node.inputs[gate], "Sigmoid", 1)?;
        (sigmoid.inputs[0] == node.inputs[x]).then(|| (&node.inputs[x], &node.inputs[gate]))
    })?;
    Some((Node::new(Operator::Silu, vec![x.clone()], node.outputs.clone()), vec![gate.clone()]))
}

/// Group normalization as exporters spell it out: the image reshaped to [N, groups, values], its
/// mean taken off, divided by the square root of variance plus epsilon, reshaped back, scaled and
/// shifted.
fn group_norm(view: &View, node: &Node) -> Found {
    if !node.is("Add") {
        return None;
    }
    let part = |value: &str, operator| view.part(value, operator, 1);
    let (shift, product) = either(node, |value| part(value, "Mul"))?;
    let (scale, back) = either(product, |value| part(value, "Reshape"))?;
    let quotient = part(&back.inputs[0], "Div")?;
    let root = part(&quotient.inputs[1], "Sqrt")?;
    let sum = part(&root.inputs[0], "Add")?;
    let (epsilon, variance) = either(sum, |value| part(value, "ReduceMean"))?;
    let square = part(&variance.inputs[0], "Mul")?;
    // The centred values are squared and divided: three uses.
    let centred = view.part(&quotient.inputs[0], "Sub", 3)?;
    if square.inputs != [quotient.inputs[0].clone(), quotient.inputs[0].clone()] {
        return None;
    }
    let mean = part(&centred.inputs[1], "ReduceMean")?;
    let split = view.part(&centred.inputs[0], "Reshape", 2)?;
    if mean.inputs[0] != centred.inputs[0]
        || ![mean, variance].iter().all(|n| over_last_of_three(view, n))
    {
        return None;
    }
    let (grouped, shape) = (view.target(split)?, view.target(back)?);
    let &[epsilon] = view.constant::<f32>(epsilon)?.as_slice() else { return None };
    let (&[_, groups, values], &[_, channels, height, width]) =
        (grouped.as_slice(), shape.as_slice())
    else {
        return None;
    };
    if groups < 1
        || channels % groups != 0
        || channels / groups * height * width != values
        || height < 1
        || width < 1
    {
        return None;
    }
    let operator = Operator::GroupNorm { groups: groups as usize, epsilon, shape };
    let inputs = vec![split.inputs[0].clone(), scale.clone(), shift.clone()];
    let parts = [product, back, quotient, root, sum, variance, square, centred, mean, split];
    Some((
        Node::new(operator, inputs, node.outputs.clone()),
        parts.map(|n| n.outputs[0].clone()).to_vec(),
    ))
}

/// The two inputs of a commutative node: the one that `find` does not take, and what it makes of
/// the other.
fn either<'n, 'v>(
    node: &'n Node,
    find: impl Fn(&str) -> Option<&'v Node>,
) -> Option<(&'n String, &'v Node)> {
    let [a, b] = node.inputs.as_slice() else { return None };
    find(b).map(|found| (a, found)).or_else(|| find(a).map(|found| (b, found)))
}

fn over_last_of_three(view: &View, mean: &Node) -> bool {
    let axes = match mean.inputs.get(1) {
        Some(name) => view.constant::<i64>(name),
        None => mean.ints("axes").map(<[i64]>::to_vec),
    };
    mean.int("keepdims").unwrap_or(1) == 1 && axes.is_some_and(|axes| axes == [2] || axes == [-1])
}

/// Reshape, Transpose, Reshape: space to depth, depth to space and their like.
fn rearrange(view: &View, node: &Node) -> Found {
    if !node.is("Reshape") {
        return None;
    }
    let transpose = view.part(&node.inputs[0], "Transpose", 1)?;
    let reshape = view.part(&transpose.inputs[0], "Reshape", 1)?;
    let permutation = transpose.ints("perm")?.iter().map(|&axis| axis as usize).collect();
    let operator = Operator::Rearrange {
        split: view.target(reshape)?,
        permutation,
        merged: view.target(node)?,
    };
    let parts = vec![transpose.outputs[0].clone(), reshape.outputs[0].clone()];
    Some((Node::new(operator, vec![reshape.inputs[0].clone()], node.outputs.clone()), parts))
}

/// Reshape to [N, C, H, 1, W, 1], Mul by ones [1, 1, 1, a, 1, b], Reshape: each pixel repeated a ·
/// b times.
fn upsample(view: &View, node: &Node) -> Found {
    if !node.is("Reshape") {
        return None;
    }
    let product = view.part(&node.inputs[0], "Mul", 1)?;
    let (ones, reshape) = either(product, |value| view.part(value, "Reshape", 1))?;
    let ones = view.constants.get(ones)?;
    let &[1, 1, 1, a, 1, b] = ones.shape() else { return None };
    if ones.as_plain_ram()?.as_slice::<f32>().ok()?.iter().any(|&one| one != 1.0) {
        return None;
    }
    let (split, merged) = (view.target(reshape)?, view.target(node)?);
    let (&[_, c, h, 1, w, 1], &[_, channels, height, width]) =
        (split.as_slice(), merged.as_slice())
    else {
        return None;
    };
    if [c, h, w].iter().any(|&d| d < 1)
        || [c, h * a as i64, w * b as i64] != [channels, height, width]
    {
        return None;
    }
    let operator = Operator::Upsample { factors: [a, b], merged };
    let parts = vec![product.outputs[0].clone(), reshape.outputs[0].clone()];
    Some((Node::new(operator, vec![reshape.inputs[0].clone()], node.outputs.clone()), parts))
}

/// Add(x, Conv(…)), or the other way round.
fn residual(view: &View, node: &Node) -> Found {
    if !node.is("Add") {
        return None;
    }
    let (other, conv) = either(node, |value| view.part(value, "Conv", 1))?;
    if view.constants.contains_key(other) {
        return None;
    }
    let fused =
        Node { outputs: node.outputs.clone(), residual: Some(other.clone()), ..conv.clone() };
    Some((fused, vec![conv.outputs[0].clone()]))
}

/// SiLU of what a convolution, a matrix product or a normalization gives.
fn activation(view: &View, node: &Node) -> Found {
    if node.operator != Operator::Silu {
        return None;
    }
    let maker = *view.maker.get(node.inputs[0].as_str())?;
    let takes = matches!(maker.onnx(), Some("Conv" | "Gemm"))
        || matches!(maker.operator, Operator::GroupNorm { .. });
    if !takes || maker.silu || view.uses[node.inputs[0].as_str()] != 1 {
        return None;
    }
    let fused = Node { outputs: node.outputs.clone(), silu: true, ..maker.clone() };
    Some((fused, vec![maker.outputs[0].clone()]))
}
