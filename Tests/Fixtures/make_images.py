"""Makes images/: odd pictures, and what Pillow and plain arithmetic make of them.

files/          JPEG, PNG and WebP files; the names say what is odd about them
decoded.npz     for each file that is a picture, by its name: its RGB pixels [height, width, 3], oriented, alpha over white;
                and `FILE:draft:WxH`, the pixels after Pillow's draft("RGB", (W, H))
resized.npz     `source:NAME`          pictures [height, width, 3]
                `NAME:resize:WxH`      what Pillow's resize((W, H), BILINEAR) makes of one
                `NAME:fit:WxH`         the same as fit-and-crop, by the lines in Picture.fitted's documentation

PNG's pixels are computed from the samples that were written; Pillow agrees wherever it decodes to more than its own modes
hold (it clips 16-bit grey, compares 16-bit transparency after it cut the samples to eight bits, and does not scale the
transparent value of 2- and 4-bit grey).
"""

import pathlib
import struct
import zlib

import numpy
from PIL import Image, ImageOps

folder = pathlib.Path(__file__).parent / "images"
files = folder / "files"
files.mkdir(parents=True, exist_ok=True)
for old in files.iterdir():
    old.unlink()
random = numpy.random.default_rng(3)
decoded = {}


def scene(width, height, channels=3):
    """Smooth colours with some edges and a little noise: kind to JPEG, and no two corners alike."""
    y, x = numpy.mgrid[0:height, 0:width]
    layers = [x * 255 // max(width - 1, 1), y * 255 // max(height - 1, 1), (x * 9 + y * 5) % 256, 255 - x * y % 200]
    picture = numpy.stack(layers[:channels], axis=-1).astype(int)
    picture[height // 3:height // 2, width // 4:width // 2] = [200, 30, 60, 128][:channels]
    return numpy.clip(picture + random.integers(-6, 7, picture.shape), 0, 255).astype(numpy.uint8)


def over_white(rgba):
    """[..., 4] to [..., 3], rounded."""
    rgba = rgba.astype(int)
    color, alpha = rgba[..., :3], rgba[..., 3:]
    return ((2 * (color * alpha + 255 * (255 - alpha)) + 255) // 510).astype(numpy.uint8)


def pillow_pixels(path):
    image = ImageOps.exif_transpose(Image.open(path))
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGB", image.size, "white")
        white.paste(image, mask=image.getchannel("A"))
        return numpy.asarray(white)
    return numpy.asarray(image.convert("RGB"))


def save(name, image, **options):
    """Writes a file with Pillow; what Pillow reads is what is expected."""
    if isinstance(image, numpy.ndarray):
        image = Image.fromarray(image)
    image.save(files / name, **options)
    decoded[name] = pillow_pixels(files / name)


def write(name, data):
    (files / name).write_bytes(data)


def exif(orientation, order="<"):
    """EXIF data with another tag before the orientation."""
    mark = b"II*\0" if order == "<" else b"MM\0*"
    entries = struct.pack(order + "HHIHH", 0x0100, 3, 1, 7, 0) + struct.pack(order + "HHIHH", 0x0112, 3, 1, orientation, 0)
    return b"Exif\0\0" + mark + struct.pack(order + "IH", 8, 2) + entries + struct.pack(order + "I", 0)


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


SIGNATURE = b"\x89PNG\r\n\x1a\n"
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def scanlines(samples, depth):
    """Filter type 0 before each row, samples packed."""
    result = b""
    for row in samples:
        bits = "".join(format(int(value), f"0{depth}b") for value in row.reshape(-1))
        bits += "0" * (-len(bits) % 8)
        result += b"\0" + int(bits, 2).to_bytes(len(bits) // 8, "big")
    return result


def png(samples, depth, color, extra=b"", interlaced=False):
    """A PNG file from samples [height, width, channels]; extra chunks come before the pixels."""
    height, width = samples.shape[:2]
    if interlaced:
        passes = [samples[y::down, x::right] for x, y, right, down in ADAM7]
        rows = b"".join(scanlines(part, depth) for part in passes if part.size)
    else:
        rows = scanlines(samples, depth)
    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, int(interlaced))
    return SIGNATURE + chunk(b"IHDR", header) + extra + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def save_png(name, depth, color, palette=None, alphas=None, key=None, interlaced=False, size=(13, 9), like_pillow=True):
    """Writes random samples; `alphas` are a palette's, `key` the pixel that is transparent."""
    width, height = size
    top = len(palette) if palette is not None else 1 << depth
    samples = random.integers(0, top, (height, width, CHANNELS[color]))
    extra = b""
    alpha = numpy.full((height, width, 1), 255)
    if palette is not None:
        extra += chunk(b"PLTE", bytes(palette.reshape(-1).tolist()))
        values = palette[samples[..., 0]]
        if alphas is not None:
            extra += chunk(b"tRNS", bytes(alphas))
            alpha = numpy.array(list(alphas) + [255] * (top - len(alphas)))[samples]
    else:
        if key is not None:
            position = (height // 2, width // 2)
            samples[position] = key
            # A near miss: in 16 bits it differs in the lower byte alone.
            samples[0, 0] = [value ^ 1 for value in key]
            extra += chunk(b"tRNS", struct.pack(f">{len(key)}H", *key))
            alpha = numpy.where((samples == key).all(axis=-1, keepdims=True), 0, 255)
        values = samples >> 8 if depth == 16 else samples * 255 // ((1 << depth) - 1)
        if color in (4, 6):
            values, alpha = values[..., :-1], values[..., -1:]
        if color in (0, 4):
            values = numpy.repeat(values, 3, axis=-1)
    write(name, png(samples, depth, color, extra, interlaced))
    decoded[name] = over_white(numpy.concatenate([values, alpha], axis=-1))
    if like_pillow:
        assert (pillow_pixels(files / name) == decoded[name]).all(), name


def patched(data, marker, offset, value):
    """A JPEG with bytes changed, counted from the two bytes of its first such marker."""
    start = data.index(bytes([0xFF, marker])) + offset
    return data[:start] + value + data[start + len(value):]


def cmyk(pixels):
    return Image.frombytes("CMYK", pixels.shape[1::-1], pixels.tobytes())


def make_jpegs():
    picture = scene(37, 23)
    for name, sampling in [("444", 0), ("422", 1), ("420", 2)]:
        save(f"{name}.jpg", picture, quality=92, subsampling=sampling)
    save("grey.jpg", picture[..., 0], quality=92)
    save("progressive.jpg", picture, quality=92, progressive=True)
    save("restarts.jpg", picture, quality=92, restart_marker_blocks=1)
    save("rgb.jpg", picture, quality=92, keep_rgb=True)
    save("cmyk.jpg", cmyk(scene(37, 23, 4)), quality=92)
    save("cmyk-progressive.jpg", cmyk(scene(37, 23, 4)), quality=92, progressive=True)
    save("1x1.jpg", scene(1, 1))
    save("1x5000.jpg", scene(1, 5000), quality=60)
    save("5000x1.jpg", scene(5000, 1), quality=60)

    # Pillow writes no YCCK: four planes like CMYK's, but the Adobe marker says that three of them are YCbCr.
    ycc = numpy.asarray(Image.fromarray(picture).convert("YCbCr"))
    black = numpy.full(ycc.shape[:2] + (1,), 220, numpy.uint8)
    save("ycck.jpg", cmyk(255 - numpy.concatenate([ycc, black], axis=-1)), quality=92)
    data = (files / "ycck.jpg").read_bytes()
    write("ycck.jpg", patched(data, 0xEE, 15, b"\2"))
    decoded["ycck.jpg"] = pillow_pixels(files / "ycck.jpg")

    # A mid-grey 32x32 picture whose Cb has half the height and Cr half the width: 4 macroblocks of 4 + 2 + 2 blocks, each
    # coded as "no difference" and "end of block" by luminance tables.
    Image.new("RGB", (32, 32), (128, 128, 128)).save(files / "sampling.jpg", subsampling=2)
    data = (files / "sampling.jpg").read_bytes()
    data = patched(data, 0xC0, 10, bytes([1, 0x22, 0, 2, 0x21, 0, 3, 0x12, 0]))
    data = patched(data, 0xDA, 5, bytes([1, 0, 2, 0, 3, 0]))
    start = data.index(b"\xff\xda") + 14
    write("sampling.jpg", data[:start] + int("001010" * 4 * 8, 2).to_bytes(24, "big") + b"\xff\xd9")
    decoded["sampling.jpg"] = pillow_pixels(files / "sampling.jpg")

    save("profile.jpg", picture, quality=92, icc_profile=b"no profile at all" * 20)
    save("motorola.jpg", picture, quality=92, exif=exif(6, ">"))
    save("orientation-9.jpg", picture, quality=92, exif=exif(9))
    for orientation in range(1, 9):
        save(f"orientation-{orientation}.jpg", scene(24, 16), quality=92, exif=exif(orientation))
    save("photo.jpg", scene(131, 97), quality=85)
    save("photo-turned.jpg", scene(131, 97), quality=85, exif=exif(6))
    for name, sizes in [("photo.jpg", [(66, 48), (64, 48), (34, 24), (32, 24), (16, 12), (8, 6)]), ("photo-turned.jpg", [(24, 32)])]:
        for width, height in sizes:
            image = Image.open(files / name)
            turned = name == "photo-turned.jpg"
            image.draft("RGB", (height, width) if turned else (width, height))
            decoded[f"{name}:draft:{width}x{height}"] = numpy.asarray(ImageOps.exif_transpose(image))

    data = (files / "444.jpg").read_bytes()
    write("refused-50000x50000.jpg", patched(data, 0xC0, 5, struct.pack(">HH", 50_000, 50_000)))
    # The first component's DC coefficients are sent again and again.
    progressive = (files / "progressive.jpg").read_bytes()
    write("refused-scans.jpg", progressive[:-2] + bytes.fromhex("ffda0008010100000000") * 600 + b"\xff\xd9")


def make_pngs():
    for depth in (1, 2, 4, 8, 16):
        save_png(f"grey-{depth}.png", depth, 0, like_pillow=depth < 16)
        save_png(f"grey-{depth}-interlaced.png", depth, 0, interlaced=True, like_pillow=depth < 16)
        save_png(f"grey-{depth}-key.png", depth, 0, key=[1], like_pillow=depth in (1, 8))
    for depth in (8, 16):
        save_png(f"rgb-{depth}.png", depth, 2)
        save_png(f"rgb-{depth}-interlaced.png", depth, 2, interlaced=True)
        save_png(f"rgb-{depth}-key.png", depth, 2, key=[7, 200, 3], like_pillow=depth < 16)
        save_png(f"grey-alpha-{depth}.png", depth, 4)
        save_png(f"rgba-{depth}.png", depth, 6)
        save_png(f"rgba-{depth}-interlaced.png", depth, 6, interlaced=True)
    for depth in (1, 2, 4, 8):
        palette = random.integers(0, 256, (1 << depth, 3))
        alphas = random.integers(0, 256, (1 << depth) // 2).tolist()
        save_png(f"palette-{depth}.png", depth, 3, palette)
        save_png(f"palette-{depth}-transparent.png", depth, 3, palette, alphas)
        save_png(f"palette-{depth}-interlaced.png", depth, 3, palette, alphas, interlaced=True)
    save_png("1x1.png", 8, 2, size=(1, 1))
    save_png("1x5000.png", 8, 2, size=(1, 5000))
    save_png("5000x1.png", 1, 0, size=(5000, 1))
    save_png("5x3-interlaced.png", 8, 6, size=(5, 3), interlaced=True)

    picture = scene(37, 23)
    save("filtered.png", picture, optimize=True)
    for orientation in range(1, 9):
        save(f"orientation-{orientation}.png", scene(24, 16), exif=exif(orientation))
    samples = scene(13, 9)

    def extended(name, extra):
        write(name, png(samples, 8, 2, extra))
        decoded[name] = samples

    extended("profile.png", chunk(b"iCCP", b"broken\0\0no zlib stream"))
    extended("gamma.png", chunk(b"gAMA", struct.pack(">I", 100_000)))
    extended("text.png", chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"some text " * 5000)))
    # The orientation after the pixels.
    data = png(samples, 8, 2)
    end = data.index(b"IDAT") + 8 + struct.unpack(">I", data[data.index(b"IDAT") - 4:data.index(b"IDAT")])[0]
    write("late-orientation.png", data[:end] + chunk(b"eXIf", exif(8)[6:]) + data[end:])
    decoded["late-orientation.png"] = numpy.rot90(samples)

    header = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    write("refused-50000x50000.png", SIGNATURE + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b""))
    write("refused-text.png", png(samples, 8, 2, chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(17 << 20), 9))))
    write("refused-no-palette.png", png(samples[..., :1] & 1, 1, 3))
    write("refused-unknown-critical.png", png(samples, 8, 2, chunk(b"ODDl", b"must be understood")))
    short = png(samples, 8, 2).replace(chunk(b"IDAT", zlib.compress(scanlines(samples, 8))),
                                       chunk(b"IDAT", zlib.compress(scanlines(samples[:5], 8))))
    write("refused-short-pixels.png", short)
    frames = [Image.fromarray(scene(20, 12)) for _ in range(3)]
    frames[0].save(files / "refused-animated.png", save_all=True, append_images=frames[1:])


def make_webps():
    picture, layered = scene(37, 23), scene(37, 23, 4)
    save("lossless.webp", picture, lossless=True)
    save("lossy.webp", picture, quality=80)
    save("lossless-alpha.webp", layered, lossless=True, exact=True)
    save("lossy-alpha.webp", layered, quality=80)
    save("1x1.webp", scene(1, 1), lossless=True)
    save("1x5000.webp", scene(1, 5000), quality=50)
    save("profile.webp", picture, quality=80, icc_profile=b"no profile at all")
    for orientation in range(1, 9):
        save(f"orientation-{orientation}.webp", scene(24, 16), lossless=True, exif=exif(orientation))
    # The same without what JPEG puts before EXIF data.
    save("plain-exif.webp", picture, lossless=True, exif=exif(6)[6:])

    frames = [Image.fromarray(scene(20, 12)) for _ in range(3)]
    frames[0].save(files / "refused-animated.webp", save_all=True, append_images=frames[1:], lossless=True)
    canvas = struct.pack("<I", 50_000 - 1)[:3]
    data = (files / "lossless.webp").read_bytes()[12:]
    body = b"WEBP" + b"VP8X" + struct.pack("<I", 10) + bytes(4) + canvas + canvas + data
    write("refused-50000x50000.webp", b"RIFF" + struct.pack("<I", len(body)) + body)
    small = b"WEBP" + b"VP8X" + struct.pack("<I", 10) + bytes(4) + struct.pack("<I", 99)[:3] * 2 + data
    write("refused-other-canvas.webp", b"RIFF" + struct.pack("<I", len(small)) + small)


def make_others():
    Image.fromarray(scene(9, 7)).save(files / "refused-other.gif")
    # Names that lie.
    for name, truth in [("png-inside.jpg", "rgb-8.png"), ("jpeg-inside.png", "444.jpg"), ("webp-inside.png", "lossless.webp")]:
        write(name, (files / truth).read_bytes())
        decoded[name] = decoded[truth]


def fit_and_crop(image, W, H):
    w, h = image.size
    if w * H <= h * W:  # the width fits, the height is more than enough
        size = (W, (2 * h * W + w) // (2 * w))
    else:
        size = ((2 * w * H + h) // (2 * h), H)
    left, top = (size[0] - W) // 2, (size[1] - H) // 2
    return image.resize(size, Image.Resampling.BILINEAR).crop((left, top, left + W, top + H))


def make_resized():
    noise = lambda width, height: random.integers(0, 256, (height, width, 3), dtype=numpy.uint8)
    sources = {
        "dot": (noise(1, 1), [(1, 1), (7, 5), (1, 64), (64, 1)]),
        "column": (noise(1, 5000), [(1, 17), (3, 1), (32, 32), (1, 4999), (2, 1250)]),
        "row": (noise(5000, 1), [(17, 1), (1, 3), (32, 32), (4999, 2)]),
        "noise": (noise(37, 23), [(37, 23), (1, 1), (36, 22), (38, 24), (18, 23), (37, 11), (12, 50), (74, 46), (5, 3), (96, 96)]),
        "large": (noise(131, 97), [(96, 96), (64, 64), (65, 48), (32, 128), (130, 97), (131, 1), (3, 97)]),
        "scene": (scene(120, 90), [(96, 96), (64, 64), (150, 112), (50, 37), (1, 1)]),
        "white": (numpy.full((47, 31, 3), 255, numpy.uint8), [(7, 9), (64, 64), (13, 47)]),
    }
    fits = {
        "dot": [(4, 4)], "column": [(5, 5), (16, 16)], "row": [(5, 5)],
        "noise": [(16, 16), (37, 23), (23, 37), (64, 64), (1, 1), (7, 30)],
        "large": [(64, 32), (31, 99), (97, 97)], "scene": [(64, 64), (96, 96)], "white": [(9, 9)],
    }
    arrays = {}
    for name, (pixels, sizes) in sources.items():
        arrays[f"source:{name}"] = pixels
        image = Image.fromarray(pixels)
        for width, height in sizes:
            resized = image.resize((width, height), Image.Resampling.BILINEAR)
            arrays[f"{name}:resize:{width}x{height}"] = numpy.asarray(resized)
        for width, height in fits[name]:
            arrays[f"{name}:fit:{width}x{height}"] = numpy.asarray(fit_and_crop(image, width, height))
    numpy.savez(folder / "resized.npz", **arrays)


make_jpegs()
make_pngs()
make_webps()
make_others()
numpy.savez(folder / "decoded.npz", **decoded)
make_resized()
size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
print(f"{len(list(files.iterdir()))} files, {size} bytes in all")
