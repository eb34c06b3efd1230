"""Makes operators/: NAME.onnx and NAME.npz for each case of operator_cases.py.

The archive has each input by its name (float16, exact) and each expected output as `output:NAME` (float32), as
onnxruntime computes it without graph optimisation.
"""

import pathlib

import numpy
import onnx
import onnxruntime

from operator_cases import BATCH, CASES

folder = pathlib.Path(__file__).parent / "operators"
folder.mkdir(exist_ok=True)
for old in folder.iterdir():
    old.unlink()

options = onnxruntime.SessionOptions()
options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
options.intra_op_num_threads = 1

for case in CASES:
    session = onnxruntime.InferenceSession(case.model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    expected = session.run(names, case.inputs)
    for rows in [1, 3]:
        part = session.run(names, {key: array[:rows] for key, array in case.inputs.items()})
        for whole, some in zip(expected, part):
            assert numpy.allclose(whole[:rows], some, rtol=1e-5, atol=1e-6), f"{case.name}: rows depend on one another"
    assert all(len(array) == BATCH and numpy.isfinite(array).all() for array in expected), case.name
    assert not (folder / f"{case.name}.onnx").exists(), f"{case.name} is there twice"
    for output, array in zip(case.model.graph.output, expected):
        shape = ["N"] + [None if axis in case.free else extent for axis, extent in enumerate(array.shape[1:], 2)]
        output.CopyFrom(onnx.helper.make_tensor_value_info(output.name, onnx.TensorProto.FLOAT, shape))
    onnx.checker.check_model(case.model, full_check=True)
    onnx.save(case.model, folder / f"{case.name}.onnx")
    arrays = {key: array.astype("f2") for key, array in case.inputs.items()}
    arrays.update({f"output:{key}": array for key, array in zip(names, expected)})
    numpy.savez(folder / f"{case.name}.npz", **arrays)
print(f"operators: {len(CASES)} cases, {sum(file.stat().st_size for file in folder.iterdir()) / 1e6:.1f} MB")
