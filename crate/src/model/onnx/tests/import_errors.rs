//! Names of values, and what is said of files that cannot be run.

use tract_onnx::pb::tensor_proto::DataType;
use tract_onnx::pb::{ModelProto, ValueInfoProto};
use wasm_bindgen_test::wasm_bindgen_test;

use super::super::{Network, TensorSpec, Values, inspect};
use super::{FILES, Int, graph, integers, node, run, tensor};
use crate::Error;

#[wasm_bindgen_test(unsupported = test)]
fn any_value_can_be_an_output_and_only_what_it_needs_is_kept() {
    let nodes =
        || vec![node("Relu", &["x"], "inner", &[]), node("RandomNormalLike", &["inner"], "y", &[])];
    let inputs = [TensorSpec::f32("x", &[3])];
    let network =
        Network::from_proto("test.onnx", graph(nodes(), vec![]), None, &inputs, &["inner"])
            .unwrap();
    let found = network.run(&[Values::F32(&[-1.0, 0.5, 2.0])]).unwrap();
    assert_eq!(found, [[0.0, 0.5, 2.0]]);
    let refused = run(graph(nodes(), vec![]), &[3], &[0.0; 3]).unwrap_err();
    assert!(
        refused.to_string().contains("(RandomNormalLike): a bound needs a deterministic network"),
        "{refused}"
    );
    let Error::Model { file, node, .. } = &refused else { panic!("{refused:?}") };
    assert_eq!(file.as_deref(), Some("test.onnx"));
    assert!(node.as_deref().is_some_and(|node| node.contains("(RandomNormalLike)")), "{node:?}");
}

#[wasm_bindgen_test(unsupported = test)]
fn random_operators_and_control_flow_are_refused_by_name() {
    for operator in [
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
    ] {
        let nodes = vec![node("Relu", &["x"], "h", &[]), node(operator, &["h"], "y", &[])];
        let refused = run(graph(nodes, vec![]), &[3], &[0.0; 3]).unwrap_err().to_string();
        assert!(
            refused.contains(&format!("({operator}): a bound needs a deterministic")),
            "{refused}"
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn any_value_can_be_an_input_and_what_it_is_made_of_is_not_needed() {
    let nodes = vec![
        node("RandomNormalLike", &["x"], "noise", &[]),
        node("Add", &["x", "noise"], "code", &[]),
        node("Relu", &["code"], "y", &[]),
        node("Neg", &["code"], "other", &[]),
    ];
    let inputs = [TensorSpec::f32("code", &[1, 2])];
    let load = |outputs: &[&str]| {
        Network::from_proto("test.onnx", graph(nodes.clone(), vec![]), None, &inputs, outputs)
    };
    let found = load(&["y", "other"]).unwrap().run(&[Values::F32(&[-1.0, 0.5])]).unwrap();
    assert_eq!(found, [[0.0, 0.5], [1.0, -0.5]]);
    let refused = load(&["y", "noise"]).unwrap_err();
    assert!(refused.with_causes().contains("it needs \"x\""), "{refused}");
}

/// In WebAssembly a panic in tract would end the instance.
#[wasm_bindgen_test(unsupported = test)]
fn an_index_out_of_range_at_run_time_is_an_error() {
    let table = || tensor("w", &[3, 2], &[0.0, 0.1, 1.0, 1.1, 2.0, 2.1]);
    let to = [("to", Int(DataType::Int64 as i64))];
    let cast = node("Cast", &["x"], "n", &to);
    let pick = |op, inputs: &[&str], attributes: &[_]| {
        graph(vec![cast.clone(), node(op, inputs, "y", attributes)], vec![table()])
    };
    let one_hot = graph(
        vec![cast.clone(), node("OneHot", &["n", "depth", "values"], "y", &[])],
        vec![integers("depth", &[3]), tensor("values", &[2], &[0.0, 1.0])],
    );
    let scattered = graph(
        vec![cast.clone(), node("ScatterElements", &["w", "n", "x"], "y", &[])],
        vec![table()],
    );
    type Case<'a> = (&'a str, ModelProto, &'a [usize], [&'a [f32]; 2]);
    let cases: [Case<'_>; 5] = [
        ("Gather", pick("Gather", &["w", "n"], &[]), &[1], [&[-3.0], &[3.0]]),
        (
            "GatherElements",
            pick("GatherElements", &["w", "n"], &[]),
            &[1, 2],
            [&[2.0, -1.0], &[0.0, -4.0]],
        ),
        ("GatherND", pick("GatherND", &["w", "n"], &[]), &[1, 2], [&[1.0, 1.0], &[1.0, 2.0]]),
        ("OneHot", one_hot, &[1], [&[2.0], &[3.0]]),
        ("ScatterElements", scattered, &[1, 2], [&[2.0, 1.0], &[0.0, 3.0]]),
    ];
    for (what, proto, shape, [right, wrong]) in cases {
        run(proto.clone(), shape, right).unwrap_or_else(|e| panic!("{what}: {e}"));
        let error = run(proto, shape, wrong).unwrap_err();
        assert!(error.with_causes().contains("is out of range for a length of"), "{what}: {error}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn an_input_that_no_output_needs_may_be_given_or_left_out() {
    let proto = || {
        let mut proto = graph(vec![node("Relu", &["x"], "y", &[])], vec![]);
        let graph = proto.graph.as_mut().unwrap();
        graph.input.push(ValueInfoProto { name: "class".into(), ..graph.input[0].clone() });
        proto
    };
    let inputs = [TensorSpec::f32("class", &[1]), TensorSpec::f32("x", &[2])];
    let network = Network::from_proto("test.onnx", proto(), None, &inputs, &["y"]).unwrap();
    let found = network.run(&[Values::F32(&[7.0]), Values::F32(&[-1.0, 1.0])]).unwrap();
    assert_eq!(found, [[0.0, 1.0]]);
    assert_eq!(run(proto(), &[2], &[-1.0, 1.0]).unwrap().1, [0.0, 1.0]);
}

#[wasm_bindgen_test(unsupported = test)]
fn unsupported_operators_are_named() {
    let two_unknown = graph(
        vec![node("NoSuchThing", &["x"], "n", &[]), node("RandomNormalLike", &["n"], "y", &[])],
        vec![],
    );
    let mut foreign = graph(vec![node("Conv", &["x"], "y", &[])], vec![]);
    foreign.graph.as_mut().unwrap().node[0].domain = "org.example".into();
    let cases = [
        (two_unknown, vec!["NoSuchThing", "RandomNormalLike"]),
        (foreign, vec!["org.example.Conv"]),
        (ModelProto::default(), vec!["no graph"]),
        (graph(vec![node("Add", &["x", "nothing"], "y", &[])], vec![]), vec!["nothing"]),
        (
            graph(vec![node("Reshape", &["x", "s"], "y", &[])], vec![integers("s", &[5])]),
            vec!["Reshape"],
        ),
        (
            graph(
                vec![node("MatMul", &["x", "w"], "y", &[])],
                vec![tensor("w", &[3, 2], &[0.0; 6])],
            ),
            vec!["MatMul"],
        ),
    ];
    for (proto, named) in cases {
        let error = run(proto, &[1, 4], &[0.0; 4]).expect_err(named[0]);
        for named in named {
            assert!(error.with_causes().contains(named), "{named}: {}", error.with_causes());
        }
        assert!(!error.with_causes().contains('\n'), "{}", error.with_causes());
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn inputs_that_do_not_fit_are_all_named() {
    let (name, bytes) = FILES[0];
    let inputs = [TensorSpec::f32("x_t", &[1, 3, 28, 28]), TensorSpec::f32("time", &[1])];
    let error = Network::load(name, bytes, None, &inputs, &["output"]).err().unwrap();
    for named in ["\"x_t\" (float32 [batch, 1, 28, 28])", "\"class\" (int64", "no input \"time\""] {
        assert!(error.with_causes().contains(named), "{named}: {}", error.with_causes());
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_file_says_what_is_in_it() {
    let info = inspect(FILES[9].1, None).unwrap();
    assert_eq!(info.inputs[0].name, "z");
    assert_eq!(info.inputs[0].element_type, "float32");
    assert_eq!(info.outputs[0].name, "logits");
    assert_eq!((info.refused, info.external_data.len()), (None, 0));
    let logits = info.values.iter().find(|value| value.name == "logits").unwrap();
    assert_eq!(logits.shape.as_deref(), Some([1, 1, 28, 28].as_slice()));
    assert!(info.multiply_adds.unwrap() > 10_000_000 && info.memory.unwrap() > 4 * info.parameters);
    let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n";
    assert!(inspect(pointer, None).unwrap_err().with_causes().contains("Git LFS"));
    assert!(inspect(b" <!doctype html>", None).unwrap_err().with_causes().contains("web page"));
}
