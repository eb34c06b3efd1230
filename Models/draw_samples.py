#!/usr/bin/env python3
"""Draws the sample pictures in samples/: traffic signs and flowers that look enough like photographs.

Nothing but geometry, a font and seeded noise goes into them, so they may be shown anywhere.
Needs Pillow, and Debian's fonts-opendin for the signs' lettering.

    python3 Models/draw_samples.py            # all of them, into Models/samples
    python3 Models/draw_samples.py daisy-1    # some, by file name
"""

import math
import random
import sys
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter, ImageFont, ImageOps

FONT = "/usr/share/fonts/truetype/opendin/OSP-DIN.ttf"
BIG = 768  # everything is drawn at this size, then made small: that is the antialiasing
SIGN, FLOWER = 112, 224


# What both kinds share


def noise(rng, size, cells, low=0, high=255):
    """A grey picture of smooth noise; `cells` is how many random values lie across and down."""
    across, down = cells
    small = Image.frombytes("L", (across, down), rng.randbytes(across * down))
    return small.resize(size, Image.BICUBIC).point(lambda value: int(low + (high - low) * value / 255))


def backdrop(rng, dark, middle, light, blur):
    """Out-of-focus foliage: noise of several scales in three colours."""
    size = (BIG, BIG)
    grey = Image.blend(noise(rng, size, (6, 6)), noise(rng, size, (24, 24)), 0.45)
    grey = ImageOps.autocontrast(Image.blend(grey, noise(rng, size, (70, 70)), 0.25), cutoff=1)
    return ImageOps.colorize(grey, dark, light, middle).filter(ImageFilter.GaussianBlur(blur))


def lit(picture, rng, strength):
    """Light that falls off in some direction, and patches of shade."""
    size = picture.size
    slope = Image.linear_gradient("L").rotate(rng.uniform(0, 360), Image.BICUBIC, expand=False)
    slope = slope.crop((60, 60, 196, 196)).resize(size, Image.BICUBIC)
    light = Image.blend(slope, noise(rng, size, (4, 4)), 0.4)
    light = light.point(lambda value: int(255 - strength * (255 - value)))
    return ImageChops.multiply(picture, Image.merge("RGB", [light] * 3))


def grain(picture, rng, sigma):
    """Sensor noise, a little of it coloured."""
    width, height = picture.size
    both = [Image.frombytes("L", picture.size, bytes(
        max(0, min(255, round(rng.gauss(128, sigma)))) for _ in range(width * height))) for _ in range(3)]
    return ImageChops.add(picture, Image.merge("RGB", both), 1, -128)


def photograph(picture, rng, size, blur=0.5, sigma=4.0, brightness=1.0, contrast=1.0):
    """What a lens and a sensor do to a scene."""
    small = picture.resize((size, size), Image.LANCZOS).filter(ImageFilter.GaussianBlur(blur))
    small = ImageEnhance.Contrast(ImageEnhance.Brightness(small).enhance(brightness)).enhance(contrast)
    return grain(small, rng, sigma)


def scaled(points, centre=(BIG / 2, BIG / 2), by=1.0):
    return [(centre[0] + x * by, centre[1] + y * by) for x, y in points]


# Traffic signs, on a transparent ground, about 80 % of the picture's width

RED, BLUE, WHITE, BLACK, YELLOW, RIM = "#b3202c", "#1c4f9c", "#e6e6e2", "#1d1d20", "#eba51c", "#c9cac8"
MIDDLE, RADIUS = BIG / 2, BIG * 0.40


def disc(draw, radius, colour):
    draw.ellipse([MIDDLE - radius, MIDDLE - radius, MIDDLE + radius, MIDDLE + radius], fill=colour)


def polygon(draw, corners, radius, turn, colour, rounding=0.0):
    """A regular polygon, its corners rounded by drawing it smaller under a thick outline."""
    radius -= rounding / math.cos(math.pi / corners)
    points = [(radius * math.sin(turn + 2 * math.pi * k / corners), -radius * math.cos(turn + 2 * math.pi * k / corners))
              for k in range(corners)]
    points = scaled(points)
    draw.polygon(points, fill=colour)
    if rounding:
        for a, b in zip(points, points[1:] + points[:1]):
            draw.line([a, b], fill=colour, width=int(2 * rounding))
            draw.ellipse([a[0] - rounding, a[1] - rounding, a[0] + rounding, a[1] + rounding], fill=colour)


def words(draw, text, height, colour, weight):
    """Text in the middle, its capitals `height` high."""
    font = ImageFont.truetype(FONT, int(height * 1.38))
    box = draw.textbbox((0, 0), text, font=font, stroke_width=weight)
    draw.text((MIDDLE - (box[0] + box[2]) / 2, MIDDLE - (box[1] + box[3]) / 2), text, fill=colour, font=font,
              stroke_width=weight, stroke_fill=colour)


def arrow(draw, turn, length, width, head):
    """A white arrow through the middle; 0 points up, angles run clockwise."""
    half = length / 2
    outline = [(-width, half), (-width, -half + head * 0.9), (-head, -half + head * 1.05 + width * 0.9),
               (-head, -half + head * 1.05 - width), (0, -half), (head, -half + head * 1.05 - width),
               (head, -half + head * 1.05 + width * 0.9), (width, -half + head * 0.9), (width, half)]
    cosine, sine = math.cos(turn), math.sin(turn)
    draw.polygon(scaled([(x * cosine - y * sine, x * sine + y * cosine) for x, y in outline]), fill=WHITE)


def stop(draw):
    polygon(draw, 8, RADIUS * 1.06, math.pi / 8, WHITE, 10)
    polygon(draw, 8, RADIUS * 0.99, math.pi / 8, RED, 8)
    words(draw, "STOP", RADIUS * 0.66, WHITE, 7)


def yield_(draw):
    polygon(draw, 3, RADIUS * 1.25, math.pi, RIM, 36)
    polygon(draw, 3, RADIUS * 1.20, math.pi, RED, 32)
    polygon(draw, 3, RADIUS * 0.74, math.pi, WHITE, 14)


def priority_road(draw):
    polygon(draw, 4, RADIUS * 1.08, 0, BLACK, 30)
    polygon(draw, 4, RADIUS * 1.05, 0, WHITE, 28)
    polygon(draw, 4, RADIUS * 0.66, 0, BLACK, 12)
    polygon(draw, 4, RADIUS * 0.62, 0, YELLOW, 10)


def no_entry(draw):
    disc(draw, RADIUS, WHITE)
    disc(draw, RADIUS * 0.96, RED)
    draw.rectangle([MIDDLE - RADIUS * 0.72, MIDDLE - RADIUS * 0.16, MIDDLE + RADIUS * 0.72, MIDDLE + RADIUS * 0.16],
                   fill=WHITE)


def no_vehicles(draw):
    disc(draw, RADIUS, RIM)
    disc(draw, RADIUS * 0.97, RED)
    disc(draw, RADIUS * 0.71, WHITE)


def speed_limit(number):
    def drawn(draw):
        no_vehicles(draw)
        words(draw, number, RADIUS * 0.74, BLACK, 6)
    return drawn


def ahead_only(draw):
    disc(draw, RADIUS, WHITE)
    disc(draw, RADIUS * 0.96, BLUE)
    arrow(draw, 0, RADIUS * 1.35, RADIUS * 0.11, RADIUS * 0.42)


def keep_right(draw):
    disc(draw, RADIUS, WHITE)
    disc(draw, RADIUS * 0.96, BLUE)
    arrow(draw, math.radians(135), RADIUS * 1.30, RADIUS * 0.12, RADIUS * 0.44)


def roundabout(draw):
    disc(draw, RADIUS, WHITE)
    disc(draw, RADIUS * 0.96, BLUE)
    ring, width = RADIUS * 0.56, RADIUS * 0.15
    for third in range(3):
        # Anticlockwise, as one drives round it: the head is at the smaller angle.
        head, tail = 120 * third - 50, 120 * third + 28
        box = [MIDDLE - ring - width / 2, MIDDLE - ring - width / 2, MIDDLE + ring + width / 2, MIDDLE + ring + width / 2]
        draw.arc(box, head, tail, fill=WHITE, width=int(width))
        angle = math.radians(head)
        inner, outer, tip = ring - RADIUS * 0.20, ring + RADIUS * 0.20, math.radians(head - 34)
        draw.polygon(scaled([(inner * math.cos(angle), inner * math.sin(angle)),
                             (outer * math.cos(angle), outer * math.sin(angle)),
                             (ring * math.cos(tip), ring * math.sin(tip))]), fill=WHITE)


def general_caution(draw):
    polygon(draw, 3, RADIUS * 1.25, 0, RIM, 36)
    polygon(draw, 3, RADIUS * 1.20, 0, RED, 32)
    polygon(draw, 3, RADIUS * 0.78, 0, WHITE, 14)
    top, low = MIDDLE - RADIUS * 0.34, MIDDLE + RADIUS * 0.12
    draw.polygon([(MIDDLE - 22, top), (MIDDLE + 22, top), (MIDDLE + 14, low), (MIDDLE - 14, low)], fill=BLACK)
    draw.ellipse([MIDDLE - 19, low + 14, MIDDLE + 19, low + 52], fill=BLACK)


def sign(drawn, seed, ground, brightness=0.9, strength=0.45):
    """A sign on its post before a blurred street, seen slightly from the side."""
    rng = random.Random(seed)
    plate = Image.new("RGBA", (BIG, BIG), (0, 0, 0, 0))
    drawn(ImageDraw.Draw(plate))
    dirt = noise(rng, (BIG, BIG), (9, 9), 205, 255)
    plate = Image.merge("RGBA", [*ImageChops.multiply(
        plate.convert("RGB"), Image.merge("RGB", [dirt] * 3)).split(), plate.getchannel("A")])
    # A quadrilateral a little off the square: what is cut out of it looks turned and tilted.
    corners = [(0, 0), (0, BIG), (BIG, BIG), (BIG, 0)]
    quad = [value + rng.uniform(-0.03, 0.03) * BIG for corner in corners for value in corner]
    plate = plate.transform((BIG, BIG), Image.QUAD, quad, Image.BICUBIC)
    scene = backdrop(rng, *ground, blur=14)
    post = ImageDraw.Draw(scene)
    post.rectangle([MIDDLE - 20, MIDDLE, MIDDLE + 20, BIG], fill="#6d6f70")
    post.rectangle([MIDDLE - 20, MIDDLE, MIDDLE - 8, BIG], fill="#8f9192")
    scene = scene.filter(ImageFilter.GaussianBlur(4))
    scene.paste(plate, (0, 0), plate)
    return photograph(lit(scene, rng, strength), rng, SIGN, blur=0.7, sigma=3.5, brightness=brightness)


FOREST = ("#12160f", "#33402a", "#6f7d58")
HEDGE = ("#1d2416", "#4d5a35", "#b5b99a")
STREET = ("#2b2a2b", "#6b6662", "#c3c4c8")
SKY = ("#8fa3b8", "#c2ced9", "#eef1f4")

SIGNS = {
    "stop-1": lambda: sign(stop, 11, FOREST),
    "yield-1": lambda: sign(yield_, 12, HEDGE),
    "priority-road-1": lambda: sign(priority_road, 13, STREET),
    "no-entry-1": lambda: sign(no_entry, 14, STREET),
    "no-vehicles-1": lambda: sign(no_vehicles, 15, FOREST),
    "speed-limit-30-1": lambda: sign(speed_limit("30"), 16, HEDGE),
    "speed-limit-50-1": lambda: sign(speed_limit("50"), 17, FOREST),
    "speed-limit-70-1": lambda: sign(speed_limit("70"), 18, STREET),
    "keep-right-1": lambda: sign(keep_right, 19, FOREST),
    "ahead-only-1": lambda: sign(ahead_only, 20, SKY),
    "roundabout-1": lambda: sign(roundabout, 21, HEDGE),
    "general-caution-1": lambda: sign(general_caution, 22, FOREST),
}


FLOWERS = {}


def main(wanted):
    folder = Path(__file__).parent / "samples"
    unknown = set(wanted) - set(SIGNS) - set(FLOWERS)
    if unknown:
        sys.exit(f"No such sample: {', '.join(sorted(unknown))}. There are {', '.join([*SIGNS, *FLOWERS])}.")
    for kind, pictures, options in [("traffic-signs", SIGNS, {"suffix": ".png"}),
                                    ("flowers", FLOWERS, {"suffix": ".jpg"})]:
        (folder / kind).mkdir(parents=True, exist_ok=True)
        for name, draw in pictures.items():
            if not wanted or name in wanted:
                path = folder / kind / (name + options["suffix"])
                draw().save(path, **({"quality": 92} if path.suffix == ".jpg" else {"optimize": True}))
                print(path)


if __name__ == "__main__":
    main(sys.argv[1:])
