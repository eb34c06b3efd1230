"""Makes ssim/: the structural similarity of pictures as other software has it.

Each file has
  reference, compared      [height, width, 3] bytes
  single                   scikit-image's SSIM (Gaussian weights, sigma 1.5, population covariance), the mean of its whole
                           map, border included, and of the three channels
  multi                    the MS-SSIM that MultiScaleSSIM.swift states, from its formulas in double precision
  scales                   how many scales that has

Needs scikit-image besides NumPy and SciPy: Debian's python3-skimage, or `pip install scikit-image`. The formulas here are
checked against it at one scale. With the windows that do not reach over the border only, five scales of a 256 x 256 picture
were compared with pytorch-msssim 1.0 by hand: 0.963116 and 0.963113.
"""

import pathlib

import numpy
from scipy.ndimage import gaussian_filter
from skimage.metrics import structural_similarity

WEIGHTS = numpy.array([0.0448, 0.2856, 0.3001, 0.2363, 0.1333])
C1, C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
folder = pathlib.Path(__file__).parent / "ssim"
folder.mkdir(exist_ok=True)


def maps(x, y):
    """Luminance, and contrast with structure, of two planes; SciPy's `reflect` repeats the border's pixels."""
    def mean(plane):
        return gaussian_filter(plane, 1.5, mode="reflect", radius=5)
    mx, my = mean(x), mean(y)
    vx, vy, vxy = mean(x * x) - mx * mx, mean(y * y) - my * my, mean(x * y) - mx * my
    return (2 * mx * my + C1) / (mx * mx + my * my + C1), (2 * vxy + C2) / (vx + vy + C2)


def halved(x):
    x = numpy.pad(x, [(0, x.shape[0] % 2), (0, x.shape[1] % 2)], mode="symmetric")
    return (x[::2, ::2] + x[1::2, ::2] + x[::2, 1::2] + x[1::2, 1::2]) / 4


def single(x, y):
    return numpy.mean([numpy.mean(l * cs) for l, cs in (maps(a, b) for a, b in channels(x, y))])


def multi(x, y, scales):
    weights = WEIGHTS[:scales] / WEIGHTS[:scales].sum()
    values = []
    for a, b in channels(x, y):
        value = 1.0
        for scale, weight in enumerate(weights):
            luminance, structure = maps(a, b)
            value *= max(numpy.mean(structure if scale < scales - 1 else luminance * structure), 0) ** weight
            a, b = halved(a), halved(b)
        values.append(value)
    return numpy.mean(values)


def channels(x, y):
    return [(x[..., c].astype("f8"), y[..., c].astype("f8")) for c in range(3)]


def scale_count(side):
    count = 1
    while count < 5 and (side + 1) // 2 >= 11:
        side, count = (side + 1) // 2, count + 1
    return count


def write(name, reference, compared, scales=None):
    reference, compared = (numpy.clip(numpy.round(x), 0, 255).astype("u1") for x in (reference, compared))
    scales = scales or scale_count(min(reference.shape[:2]))
    expected = 1.0
    if min(reference.shape[:2]) >= 11:
        _, whole = structural_similarity(
            reference, compared, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=255,
            channel_axis=2, full=True)
        expected = float(numpy.mean(whole, dtype="f8"))
        assert abs(expected - single(reference, compared)) < 1e-9
    else:
        expected = single(reference, compared)  # scikit-image refuses what is smaller than its window.
    numpy.savez(folder / f"{name}.npz", reference=reference, compared=compared, single=numpy.float64(expected),
                multi=numpy.float64(multi(reference, compared, scales)), scales=numpy.int32(scales))


random = numpy.random.default_rng(3)


def picture(height, width):
    """Soft blobs, an edge and a flat part."""
    plane = gaussian_filter(random.normal(0, 1, (height, width, 3)), (4, 4, 0), mode="wrap")
    plane = 127 + 60 * plane / plane.std()
    plane[:, width // 2:] += 30
    plane[: height // 4] = [250, 128, 5]
    return plane


def noise(picture, deviation):
    return picture + random.normal(0, deviation, picture.shape)


x = picture(64, 64)
write("noise", x, noise(x, 12))
write("faint", x, noise(x, 1.5))
write("darker", x, 0.8 * x - 10)
write("inverted", x, 255 - x)
write("blurred", x, gaussian_filter(x, (2, 2, 0)))
x = picture(45, 71)
write("odd", x, noise(x, 10))
x = picture(7, 3)
write("tiny", x, noise(x, 10))
x = picture(64, 48)
write("five", x, noise(x, 8), scales=5)
