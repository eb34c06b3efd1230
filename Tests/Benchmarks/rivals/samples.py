"""The samples of a bundle as JPEGs of the sizes that traffic signs have in photographs: samples.py BUNDLE FOLDER"""

import pathlib
import sys

from PIL import Image

bundle, folder = map(pathlib.Path, sys.argv[1:])
for index, path in enumerate(sorted((bundle / "samples").iterdir())):
    side = 60 + 7 * index % 61
    picture = Image.open(path).convert("RGB").resize((side, side), Image.Resampling.LANCZOS)
    picture.save(folder / f"{path.stem}.jpg", quality=95)
