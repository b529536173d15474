"""Writes operators.txt, the signatures of the operators that a network may contain, from onnx.defs.

    pip install onnx==1.23.2
    python crate/src/model/onnx/check/operators.py

A line is a version of an operator: name, first opset, inputs, outputs, type constraints, attributes.
An input or output is the letter of its constraint, followed by `?` if it may be left out and `*` if it
may be repeated. A constraint is `LETTER=TYPES`, with the types below. An attribute is `name:TYPE`,
preceded by `!` if it is required, with the types i f s t (one) and I F S T (a list).
"""

from pathlib import Path

from onnx import defs

OLDEST, NEWEST = 7, 26
TYPES = {
    "float": "f", "uint8": "B", "int8": "b", "uint16": "H", "int16": "h", "int32": "i", "int64": "l",
    "bool": "?", "float16": "e", "double": "d", "uint32": "I", "uint64": "L",
}
ATTRIBUTES = {"INT": "i", "FLOAT": "f", "STRING": "s", "TENSOR": "t", "INTS": "I", "FLOATS": "F", "STRINGS": "S"}
OPERATORS = """
Abs Acos Acosh Add And ArgMax ArgMin Asin Asinh Atan Atanh AveragePool BatchNormalization Cast CastLike Ceil Celu Clip
Concat Constant ConstantOfShape Conv ConvTranspose Cos Cosh CumSum DepthToSpace DequantizeLinear Div Dropout Einsum Elu
Equal Erf Exp Expand EyeLike Flatten Floor Gather GatherElements GatherND Gelu Gemm GlobalAveragePool GlobalMaxPool
Greater GreaterOrEqual GroupNormalization HardSigmoid HardSwish Identity InstanceNormalization IsInf IsNaN
LayerNormalization LeakyRelu Less LessOrEqual Log LogSoftmax LpNormalization MatMul Max MaxPool Mean Min Mish Mod Mul Neg
NonZero Not OneHot Or PRelu Pad Pow QuantizeLinear RMSNormalization Range Reciprocal ReduceL1 ReduceL2 ReduceLogSum
ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare Relu Reshape Resize Round
ScatterElements ScatterND Selu Shape Sigmoid Sign Sin Sinh Size Slice Softmax Softplus Softsign SpaceToDepth Split Sqrt
Squeeze Sub Sum Swish Tan Tanh ThresholdedRelu Tile TopK Transpose Trilu Unsqueeze Upsample Where Xor
""".split()


def constraint(schema, name):
    allowed = {c.type_param_str: c.allowed_type_strs for c in schema.type_constraints}.get(name, [name])
    inner = {t.removeprefix("tensor(").removesuffix(")") for t in allowed}
    return "".join(letter for t, letter in TYPES.items() if t in inner)


def line(schema):
    letters = {}

    def side(parameters):
        text = ""
        for p in parameters:
            text += letters.setdefault(p.type_str, chr(ord("A") + len(letters)))
            option = p.option.name if hasattr(p.option, "name") else str(p.option)
            if option == "Optional":
                text += "?"
            elif option == "Variadic":
                text += "*" if p.is_homogeneous else "+"
        return text or "-"

    inputs, outputs = side(schema.inputs), side(schema.outputs)
    tokens = [f"{letter}={constraint(schema, name)}" for name, letter in letters.items()]
    for name, attribute in sorted(schema.attributes.items()):
        kind = ATTRIBUTES.get(attribute.type.name)
        if kind:  # Sparse tensors, which a network has no use for, are refused as unknown.
            tokens.append(f"{'!' if attribute.required else ''}{name}:{kind}")
    return " ".join([schema.name, str(schema.since_version), inputs, outputs, *tokens])


def main():
    lines = []
    for name in OPERATORS:
        versions = set()
        for opset in range(OLDEST, NEWEST + 1):
            try:
                schema = defs.get_schema(name, opset, "")
            except defs.SchemaError:
                continue
            if schema.deprecated or schema.since_version in versions:
                continue
            versions.add(schema.since_version)
            text = line(schema)
            # Newer versions often add nothing but types that do not exist here.
            if not lines or lines[-1].split(" ")[2:] != text.split(" ")[2:] or lines[-1].split(" ")[0] != name:
                lines.append(text)
    Path(__file__).with_name("operators.txt").write_text("\n".join(lines) + "\n")


main()
