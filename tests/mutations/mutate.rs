//! Seeded mutations of ONNX files: of the graph, of its tensors, and of the bytes.

use prost::Message;
use tract_onnx::pb::tensor_shape_proto::dimension::Value as Dimension;
use tract_onnx::pb::type_proto::Value as TypeValue;
use tract_onnx::pb::{AttributeProto, ModelProto, NodeProto, TensorProto};

/// Lengths, axes and counts at which arithmetic goes wrong.
const INTEGERS: [i64; 30] = [
    0,
    1,
    -1,
    2,
    -2,
    3,
    -3,
    4,
    5,
    -5,
    7,
    8,
    16,
    99,
    -99,
    255,
    256,
    1000,
    30_000,
    65_535,
    65_536,
    1 << 20,
    (1 << 31) - 1,
    1 << 31,
    (1 << 31) + 2,
    1 << 32,
    1 << 40,
    -(1 << 31),
    i64::MAX,
    i64::MIN,
];

const REALS: [f32; 10] =
    [0.0, -0.0, 1.0, -1.0, 0.5, 1e-10, 1e4, f32::NAN, f32::INFINITY, f32::NEG_INFINITY];

const OPERATORS: [&str; 42] = [
    "Add",
    "AveragePool",
    "BatchNormalization",
    "Cast",
    "Clip",
    "Concat",
    "Conv",
    "ConvTranspose",
    "Div",
    "Einsum",
    "Erf",
    "Expand",
    "Flatten",
    "Gather",
    "Gemm",
    "Identity",
    "InstanceNormalization",
    "LayerNormalization",
    "LeakyRelu",
    "MatMul",
    "MaxPool",
    "Mod",
    "Mul",
    "Neg",
    "Pad",
    "Pow",
    "ReduceMean",
    "ReduceProd",
    "Relu",
    "Reshape",
    "Resize",
    "Sigmoid",
    "Slice",
    "Softmax",
    "Split",
    "Sqrt",
    "Squeeze",
    "Sub",
    "Tile",
    "Transpose",
    "Unsqueeze",
    "Where",
];

const WORDS: [&str; 14] = [
    "SAME_UPPER",
    "SAME_LOWER",
    "VALID",
    "NOTSET",
    "linear",
    "nearest",
    "cubic",
    "asymmetric",
    "align_corners",
    "half_pixel",
    "floor",
    "ceil",
    "tanh",
    "",
];

/// SplitMix64 (Steele et al. 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// An index below `count`, which is not 0.
    fn below(&mut self, count: usize) -> usize {
        (self.next() % count as u64) as usize
    }

    fn pick<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        (!list.is_empty()).then(|| &list[self.below(list.len())])
    }

    fn pick_mut<'a, T>(&mut self, list: &'a mut [T]) -> Option<&'a mut T> {
        if list.is_empty() {
            return None;
        }
        let at = self.below(list.len());
        Some(&mut list[at])
    }

    fn integer(&mut self) -> i64 {
        INTEGERS[self.below(INTEGERS.len())]
    }
}

/// The file with the mutations that the seed stands for: one to three.
pub(crate) fn mutate(model: &ModelProto, seed: u64) -> Vec<u8> {
    let mut random = Random(seed.wrapping_mul(0x2545_f491_4f6c_dd1d));
    let mut model = model.clone();
    let count = [1, 1, 1, 2, 2, 3][random.below(6)];
    for _ in 0..count {
        // A mutation that finds nothing to change is tried elsewhere.
        while mutate_graph(&mut model, &mut random).is_none() {}
    }
    let mut bytes = model.encode_to_vec();
    if random.below(8) == 0 {
        mutate_bytes(&mut bytes, &mut random);
    }
    bytes
}

fn mutate_graph(model: &mut ModelProto, random: &mut Random) -> Option<()> {
    let kind = random.below(26);
    if kind == 0 {
        match random.below(3) {
            0 => model.ir_version = random.integer(),
            1 => model.opset_import.clear(),
            _ => random.pick_mut(&mut model.opset_import)?.version = random.below(26) as i64,
        }
        return Some(());
    }
    let graph = model.graph.as_mut()?;
    let nodes = graph.node.len();
    match kind {
        1 => {
            graph.node.remove(random.below(nodes.max(1)).min(nodes.checked_sub(1)?));
        }
        2 => graph.node.swap(random.below(nodes), random.below(nodes)),
        3 => {
            let mut copy = random.pick(&graph.node)?.clone();
            if random.below(2) == 0 {
                copy.name += "_copy";
                for output in &mut copy.output {
                    output.push_str("_copy");
                }
            }
            graph.node.insert(random.below(nodes + 1), copy);
        }
        4 | 5 => mutate_inputs(graph, random)?,
        6 => {
            let node = random.pick_mut(&mut graph.node)?;
            match random.below(3) {
                0 => {
                    node.output.pop();
                }
                1 => node.output.push("more".into()),
                _ => node.output.push(String::new()),
            }
        }
        7 => {
            let other = random.pick(&graph.node)?.output.first()?.clone();
            let node = random_node(graph, random)?;
            *random.pick_mut(&mut node.output)? = other;
        }
        8 => random_node(graph, random)?.op_type = OPERATORS[random.below(OPERATORS.len())].into(),
        9 => {
            let node = random_node(graph, random)?;
            match random.below(2) {
                0 => node.domain = "com.microsoft".into(),
                _ => node.name = String::new(),
            }
        }
        10..=14 => mutate_attribute(random_node(graph, random)?, random)?,
        15 => {
            let attribute = random.pick(&graph.node)?.attribute.first()?.clone();
            random_node(graph, random)?.attribute.push(attribute);
        }
        16..=21 => {
            let constants = graph
                .node
                .iter_mut()
                .flat_map(|node| node.attribute.iter_mut().filter_map(|a| a.t.as_mut()));
            let mut tensors: Vec<&mut TensorProto> =
                graph.initializer.iter_mut().chain(constants).collect();
            mutate_tensor(random.pick_mut(&mut tensors)?, random)?;
        }
        22 => {
            let value = random.pick_mut(&mut graph.input)?;
            let TypeValue::TensorType(tensor) = value.r#type.as_mut()?.value.as_mut()?;
            match random.below(3) {
                0 => tensor.elem_type = random.below(18) as i32,
                1 => value.name += "_other",
                _ => {
                    let dim = random.pick_mut(&mut tensor.shape.as_mut()?.dim)?;
                    dim.value = Some(Dimension::DimValue(random.integer()));
                }
            }
        }
        23 => {
            let value = random.pick_mut(&mut graph.output)?;
            let TypeValue::TensorType(tensor) = value.r#type.as_mut()?.value.as_mut()?;
            match random.below(2) {
                0 => tensor.elem_type = random.below(18) as i32,
                _ => {
                    let dim = random.pick_mut(&mut tensor.shape.as_mut()?.dim)?;
                    dim.value = Some(Dimension::DimValue(random.integer()));
                }
            }
        }
        24 => {
            graph.initializer.remove(
                random
                    .below(graph.initializer.len().max(1))
                    .min(graph.initializer.len().checked_sub(1)?),
            );
        }
        _ => {
            let copy = random.pick(&graph.initializer)?.name.clone();
            random.pick_mut(&mut graph.initializer)?.name = copy;
        }
    }
    Some(())
}

fn random_node<'a>(
    graph: &'a mut tract_onnx::pb::GraphProto,
    random: &mut Random,
) -> Option<&'a mut NodeProto> {
    random.pick_mut(&mut graph.node)
}

fn mutate_inputs(graph: &mut tract_onnx::pb::GraphProto, random: &mut Random) -> Option<()> {
    let values: Vec<String> = graph
        .initializer
        .iter()
        .map(|tensor| tensor.name.clone())
        .chain(graph.node.iter().flat_map(|node| node.output.iter().cloned()))
        .collect();
    let other = random.pick(&values)?.clone();
    let node = random.pick_mut(&mut graph.node)?;
    let count = node.input.len();
    match random.below(6) {
        0 => {
            node.input.pop()?;
        }
        1 => node.input.push(other),
        2 => node.input.push(String::new()),
        3 => node.input.clear(),
        4 if count > 1 => node.input.swap(random.below(count), random.below(count)),
        _ => *random.pick_mut(&mut node.input)? = other,
    }
    Some(())
}

fn mutate_attribute(node: &mut NodeProto, random: &mut Random) -> Option<()> {
    let count = node.attribute.len();
    let at = random.below(count.max(1));
    let attribute: &mut AttributeProto = node.attribute.get_mut(at)?;
    match random.below(12) {
        0 => {
            node.attribute.remove(at);
        }
        1 => attribute.name += "s",
        2 => attribute.r#type = random.below(9) as i32,
        3 => {
            let copy = attribute.clone();
            node.attribute.push(copy);
        }
        _ if attribute.t.is_some() => mutate_tensor(attribute.t.as_mut()?, random)?,
        4 if !attribute.ints.is_empty() => {
            attribute.ints.pop();
        }
        5 if !attribute.ints.is_empty() => attribute.ints.push(random.integer()),
        _ if !attribute.ints.is_empty() => {
            *random.pick_mut(&mut attribute.ints)? = random.integer();
        }
        _ if !attribute.s.is_empty() => {
            attribute.s = WORDS[random.below(WORDS.len())].into();
        }
        6 => {
            // Values of two types, which onnxruntime refuses.
            attribute.i = random.integer();
            attribute.f = REALS[random.below(REALS.len())];
        }
        _ if attribute.r#type == 1 => attribute.f = REALS[random.below(REALS.len())],
        _ => attribute.i = random.integer(),
    }
    Some(())
}

fn mutate_tensor(tensor: &mut TensorProto, random: &mut Random) -> Option<()> {
    match random.below(10) {
        0 => *random.pick_mut(&mut tensor.dims)? = random.integer(),
        1 => tensor.dims.push(random.integer()),
        2 => {
            tensor.dims.pop()?;
        }
        3 => tensor.data_type = random.below(18) as i32,
        4 => {
            let length = tensor.raw_data.len();
            tensor.raw_data.truncate(random.below(length.max(1)));
        }
        5 => tensor.raw_data.extend([7; 3]),
        // The right size for another number of elements.
        6 => {
            let length = tensor.raw_data.len();
            tensor.raw_data.extend_from_within(..length.min(8));
        }
        _ => {
            let (size, value) = match tensor.data_type {
                1 => (4, REALS[random.below(REALS.len())].to_le_bytes().to_vec()),
                7 => (8, random.integer().to_le_bytes().to_vec()),
                _ => (1, vec![random.below(256) as u8]),
            };
            let count = tensor.raw_data.len() / size;
            let at = random.below(count.max(1)) * size;
            tensor.raw_data.get_mut(at..at + size)?.copy_from_slice(&value);
        }
    }
    Some(())
}

fn mutate_bytes(bytes: &mut Vec<u8>, random: &mut Random) {
    let at = random.below(bytes.len());
    match random.below(4) {
        0 => bytes[at] = random.next() as u8,
        1 => bytes[at] ^= 1 << random.below(8),
        2 => bytes.truncate(at),
        _ => {
            bytes.remove(at);
        }
    }
}
