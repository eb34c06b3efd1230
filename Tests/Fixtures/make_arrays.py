"""Makes arrays/: files that NumPy itself writes, for the reader of .npy and .npz.

Every array holds arange(6) under the shape (2, 3) unless its name says otherwise.
"""

import pathlib

import numpy

folder = pathlib.Path(__file__).parent / "arrays"
folder.mkdir(exist_ok=True)
values = numpy.arange(6).reshape(2, 3)

for name in ["float16", "float32", "float64", "uint8", "int32", "int64"]:
    numpy.save(folder / f"{name}.npy", values.astype(name))
numpy.save(folder / "fortran.npy", numpy.asfortranarray(numpy.arange(24, dtype="f4").reshape(2, 3, 4)))
numpy.save(folder / "scalar.npy", numpy.float32(2.5))
numpy.save(folder / "vector.npy", numpy.arange(3, dtype="f4"))
numpy.save(folder / "empty.npy", numpy.zeros((0, 3), dtype="f4"))
for version in [(2, 0), (3, 0)]:
    with open(folder / f"version{version[0]}.npy", "wb") as file:
        numpy.lib.format.write_array(file, values.astype("f4"), version=version)

# What must be refused.
numpy.save(folder / "refused-bigendian.npy", values.astype(">f4"))
numpy.save(folder / "refused-object.npy", numpy.array([{}, []], dtype=object), allow_pickle=True)
numpy.save(folder / "refused-complex.npy", values.astype("c8"))
numpy.save(folder / "refused-fields.npy", numpy.zeros(2, dtype=[("a", "<f4"), ("b", "<i4")]))

numpy.savez(folder / "several.npz", image=values.astype("u1"), **{"output:y": values.astype("f4"), "labels": values[0]})
numpy.savez_compressed(folder / "refused-compressed.npz", image=values.astype("u1"))
