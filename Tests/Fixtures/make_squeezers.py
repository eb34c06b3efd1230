"""Makes squeezers/: pictures smoothed by non-local means, as OpenCV 5.0.0 has it.

  pictures.npz     `picture` [height,width,3] (RGB, u1) with noise, waves, an edge and black and white; `plane`, its green
                   channel, by fastNlMeansDenoising; `smoothed`, all of it by fastNlMeansDenoisingColored; and `tiny` [2,3,3],
                   smaller than the window, with `tiny_smoothed`

Search window 11, patch 3, strength 4, the same for colours: feature squeezing's 11-3-4 (Xu et al. 2018).
OpenCV is installed in a virtual environment that this script makes beside the project's (.venv-squeezers).
"""

import pathlib

from environment import need

need("cv2", ".venv-squeezers", ["opencv-python-headless==5.0.0.93", "numpy"])

import cv2
import numpy

WINDOW, PATCH, STRENGTH = 11, 3, 4
folder = pathlib.Path(__file__).parent / "squeezers"
folder.mkdir(exist_ok=True)
random = numpy.random.default_rng(3)


def smoothed(picture):
    """OpenCV's colours are blue, green, red."""
    result = cv2.fastNlMeansDenoisingColored(picture[..., ::-1].copy(), None, STRENGTH, STRENGTH, PATCH, WINDOW)
    return result[..., ::-1].copy()


y, x = numpy.mgrid[0:24, 0:20]
picture = numpy.stack([120 + 80 * numpy.sin(x / 4), 128 + 60 * numpy.cos(y / 5), 40.0 + 8 * x], 2)
picture = (picture + random.normal(0, 6, picture.shape)).clip(0, 255).astype("u1")
picture[8:14, 6:12] = [250, 20, 30]
picture[18:21, 2:6] = 0
picture[18:21, 12:16] = 255
plane = cv2.fastNlMeansDenoising(picture[..., 1].copy(), None, STRENGTH, PATCH, WINDOW)
tiny = picture[:2, :3].copy()
numpy.savez(folder / "pictures.npz", picture=picture, plane=plane, smoothed=smoothed(picture), tiny=tiny,
            tiny_smoothed=smoothed(tiny))
