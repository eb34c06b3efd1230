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
    angles = [turn + 2 * math.pi * k / corners for k in range(corners)]
    points = scaled([(radius * math.sin(angle), -radius * math.cos(angle)) for angle in angles])
    draw.polygon(points, fill=colour)
    if rounding:
        for a, b in zip(points, points[1:] + points[:1]):
            draw.line([a, b], fill=colour, width=int(2 * rounding))
            draw.ellipse([a[0] - rounding, a[1] - rounding, a[0] + rounding, a[1] + rounding], fill=colour)


def words(draw, text, height, width, colour, weight):
    """Text in the middle, `height` high and `width` wide, whatever the font's own proportions."""
    font = ImageFont.truetype(FONT, 300)
    box = font.getbbox(text, stroke_width=weight)
    ink = Image.new("L", (box[2] - box[0], box[3] - box[1]))
    ImageDraw.Draw(ink).text((-box[0], -box[1]), text, fill=255, font=font, stroke_width=weight)
    ink = ink.resize((int(width), int(height)), Image.LANCZOS)
    draw.bitmap((MIDDLE - width / 2, MIDDLE - height / 2), ink, fill=colour)


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
    words(draw, "STOP", RADIUS * 0.62, RADIUS * 1.42, WHITE, 4)


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


def red_ring(draw):
    disc(draw, RADIUS, RIM)
    disc(draw, RADIUS * 0.97, RED)
    disc(draw, RADIUS * 0.71, WHITE)


def speed_limit(number):
    def drawn(draw):
        red_ring(draw)
        words(draw, number, RADIUS * 0.74, RADIUS * 0.96, BLACK, 0)
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
        low, high = MIDDLE - ring - width / 2, MIDDLE + ring + width / 2
        draw.arc([low, low, high, high], head, tail, fill=WHITE, width=int(width))
        angle = math.radians(head)
        inner, outer, tip = ring - RADIUS * 0.20, ring + RADIUS * 0.20, math.radians(head - 34)
        draw.polygon(scaled([(inner * math.cos(angle), inner * math.sin(angle)),
                             (outer * math.cos(angle), outer * math.sin(angle)),
                             (ring * math.cos(tip), ring * math.sin(tip))]), fill=WHITE)


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
    "speed-limit-30-1": lambda: sign(speed_limit("30"), 16, HEDGE),
    "speed-limit-50-1": lambda: sign(speed_limit("50"), 17, FOREST),
    "speed-limit-70-1": lambda: sign(speed_limit("70"), 18, STREET),
    "keep-right-1": lambda: sign(keep_right, 19, FOREST),
    "ahead-only-1": lambda: sign(ahead_only, 20, SKY),
    "roundabout-1": lambda: sign(roundabout, 21, HEDGE),
}


# Flowers: petals one by one, each shaded and streaked, laid over one another with their shadows


def outline(width, length, shape):
    """A petal's outline, its foot at the bottom middle; `shape` gives half the width, 0 to 1, for a height 0 to 1."""
    steps = [step / 40 for step in range(41)]
    right = [(width / 2 * (1 + shape(t)), length * (1 - t)) for t in steps]
    return right + [(width - x, y) for x, y in reversed(right)]


def pointed(t):
    return math.sin(math.pi * min(1, 0.12 + 0.88 * t) ** 0.9) ** 0.8


def rounded(t):
    return (0.30 + 0.70 * min(1, t / 0.5) ** 0.8) * (1 if t < 0.8 else math.sqrt(max(0, 1 - ((t - 0.8) / 0.2) ** 2)))


def oval(t):
    return math.sin(math.pi * min(1, 0.06 + 0.94 * t)) ** 0.62


def broad(t):
    return math.sin(math.pi / 2 * min(1, (0.06 + t) / 0.62)) * (
        1 if t < 0.62 else math.sqrt(max(0, 1 - ((t - 0.62) / 0.38) ** 2)))


def petal(rng, width, length, shape, foot, body, tip, streaks=0.35, marks=None):
    """One petal: three colours from foot to tip, streaks along it, darker rims."""
    width, length = int(width), int(length)
    size = (width, length)
    colour = ImageOps.colorize(Image.linear_gradient("L").resize(size), tip, foot, body)
    lines = noise(rng, size, (max(4, width // 6), 3), int(255 * (1 - streaks)), 255)
    colour = ImageChops.multiply(colour, Image.merge("RGB", [lines] * 3))
    mask = Image.new("L", size)
    ImageDraw.Draw(mask).polygon(outline(width, length, shape), fill=255)
    # The rim bends away from the light.
    inside = ImageChops.multiply(mask.filter(ImageFilter.GaussianBlur(max(2, width / 9))), mask)
    shade = inside.point(lambda value: int(120 + 135 * min(1, value / 235)))
    colour = ImageChops.multiply(colour, Image.merge("RGB", [shade] * 3))
    if marks:
        marks(rng, colour)
    bright = rng.uniform(0.86, 1.08)
    colour = ImageEnhance.Brightness(colour).enhance(bright)
    return Image.merge("RGBA", [*colour.split(), mask])


def lay(scene, part, foot, turn, shadow=0.45):
    """Puts a petal with its foot at `foot`, turned clockwise by `turn` degrees, and its shadow below it."""
    side = 2 * max(part.size)
    square = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    square.paste(part, (side // 2 - part.width // 2, side // 2 - part.height))
    square = square.rotate(-turn, Image.BICUBIC)
    at = (int(foot[0] - side / 2), int(foot[1] - side / 2))
    mask = square.getchannel("A")
    if shadow:
        soft = mask.filter(ImageFilter.GaussianBlur(7)).point(lambda value: int(value * shadow))
        scene.paste((10, 14, 4), (at[0] + 4, at[1] + 8), soft)
    scene.paste(square.convert("RGB"), at, mask)


def ring(scene, rng, centre, count, radius, make, start=0.0, wobble=3.0, squash=1.0, shadow=0.45):
    """Petals all round: their feet `radius` from the centre; `squash` below 1 is a flower seen from the side."""
    order = list(range(count))
    rng.shuffle(order)
    for index in order:
        turn = start + 360 * index / count + rng.uniform(-wobble, wobble)
        angle = math.radians(turn)
        across, up = math.sin(angle), math.cos(angle) * squash
        part = make(rng)
        shorter = math.hypot(across, up)
        part = part.resize((part.width, max(2, int(part.height * shorter))), Image.BICUBIC)
        foot = (centre[0] + radius * across, centre[1] - radius * up)
        lay(scene, part, foot, math.degrees(math.atan2(across, up)), shadow)


def florets(scene, rng, centre, radius, colours, count, dot, squash=1.0):
    """A disc of florets in the golden-angle spiral; `colours` from the middle outwards."""
    draw = ImageDraw.Draw(scene)
    for index in range(count, 0, -1):
        share = math.sqrt(index / count)
        angle = index * math.radians(137.508)
        x = centre[0] + radius * share * math.cos(angle)
        y = centre[1] + radius * share * math.sin(angle) * squash
        place = share * (len(colours) - 1)
        lower = min(int(place), len(colours) - 2)
        mixed = [a + (b - a) * (place - lower) for a, b in zip(colours[lower], colours[lower + 1])]
        light = rng.uniform(0.75, 1.15)
        size = dot * (0.7 + 0.5 * share)
        for shift, dim in [(2, 0.45), (0, 1.0)]:
            fill = tuple(min(255, int(value * light * dim)) for value in mixed)
            draw.ellipse([x - size, y - size + shift, x + size, y + size + shift], fill=fill)


def dome(scene, centre, radius, squash=1.0, depth=0.5):
    """Rounds a disc: light from above left, dark below right."""
    box = [centre[0] - radius, centre[1] - radius * squash, centre[0] + radius, centre[1] + radius * squash]
    for shift, colour in [((0.28, 0.30), (20, 8, 0)), ((-0.30, -0.32), (255, 240, 170))]:
        mask = Image.new("L", scene.size)
        ImageDraw.Draw(mask).ellipse(box, fill=int(255 * depth * (1 if colour[0] < 100 else 0.45)))
        hole = Image.new("L", scene.size, 255)
        x, y = -shift[0] * radius, -shift[1] * radius * squash
        ImageDraw.Draw(hole).ellipse([box[0] + x, box[1] + y, box[2] + x, box[3] + y], fill=0)
        mask = ImageChops.multiply(mask, hole.filter(ImageFilter.GaussianBlur(radius / 6)))
        scene.paste(colour, (0, 0), mask)


def stem(scene, start, end, width, colour=(74, 110, 42)):
    draw = ImageDraw.Draw(scene)
    draw.line([start, end], fill=tuple(value // 2 for value in colour), width=int(width))
    draw.line([(start[0] - width / 5, start[1]), (end[0] - width / 5, end[1])], fill=colour, width=int(width * 0.6))


def leaf(rng, width, length, colour=("#1d3a12", "#4d7d2c", "#76a444")):
    return petal(rng, width, length, pointed, *colour, streaks=0.3)


def grass(scene, rng, count, blur, colours):
    """Blades before the backdrop, out of focus."""
    for _ in range(count):
        x, length, width = rng.uniform(0, BIG), rng.uniform(0.4, 1.0) * BIG, rng.uniform(10, 34)
        part = petal(rng, width, length, pointed, *rng.choice(colours), streaks=0.2)
        lay(scene, part, (x, BIG + 60), rng.uniform(-28, 28), shadow=0.3)
    return scene.filter(ImageFilter.GaussianBlur(blur))


LAWN = ("#0b1a06", "#2f5a18", "#7da83c")
SHADE = ("#050a04", "#16260f", "#3c5a28")
BLADES = [("#1c3d10", "#4b7f26", "#86b44a"), ("#16300d", "#3a6a1e", "#6d9a3a"), ("#2a4a16", "#6a9436", "#a3c464")]
HEAVEN = ("#3f78c0", "#6a9fdc", "#cfe2f4")


def sunflower(seed, ground, middle, brightness=1.05):
    rng = random.Random(seed)
    scene = backdrop(rng, *ground, blur=22)
    centre = (BIG / 2 + rng.uniform(-20, 20), BIG * 0.48)
    stem(scene, centre, (centre[0] + 20, BIG + 10), 44)
    for side in (-1, 1):
        lay(scene, leaf(rng, 190, 330), (centre[0], BIG * 0.9), side * rng.uniform(62, 82))
    yellows = [("#c86a06", "#f2a80c", "#fccb2a"), ("#d07c08", "#f6b612", "#ffd640"), ("#b85c04", "#eb9a08", "#f8bc1c")]
    for layer, (count, radius, length) in enumerate([(21, 120, 230), (21, 118, 215), (19, 115, 185)]):
        ring(scene, rng, centre, count, radius, start=layer * 8.5, wobble=6, make=lambda rng: petal(
            rng, rng.uniform(62, 84), length * rng.uniform(0.88, 1.08), pointed, *rng.choice(yellows)))
    florets(scene, rng, centre, 152, middle, 900, 5.2)
    dome(scene, centre, 152, depth=0.35)
    return photograph(lit(scene, rng, 0.3), rng, FLOWER, sigma=3, brightness=brightness)


def daisy(seed, ground, squash=1.0, blades=0):
    rng = random.Random(seed)
    scene = backdrop(rng, *ground, blur=20)
    if blades:
        scene = grass(scene, rng, blades, 6, BLADES)
    centre = (BIG / 2 + rng.uniform(-20, 20), BIG * 0.47)
    stem(scene, centre, (centre[0] - 30, BIG + 10), 22)
    whites = [("#a9b0a0", "#e9ebec", "#ffffff"), ("#98a093", "#dfe3e6", "#f8fafc")]
    for layer, (count, length) in enumerate([(17, 265), (15, 250)]):
        ring(scene, rng, centre, count, 55, start=layer * 11, wobble=5, squash=squash, make=lambda rng: petal(
            rng, rng.uniform(56, 76), length * rng.uniform(0.92, 1.06), rounded, *rng.choice(whites), streaks=0.16))
    florets(scene, rng, centre, 92, [(214, 170, 20), (250, 200, 24), (236, 164, 10)], 420, 4.6, squash)
    dome(scene, centre, 94, squash, depth=0.4)
    return photograph(lit(scene, rng, 0.25), rng, FLOWER, sigma=3, brightness=1.06)


def whiskers(count, colour, reach, glow=None):
    """A pansy's dark lines from the foot of a petal, over a coloured foot."""
    def drawn(rng, part):
        width, length = part.size
        if glow:
            mask = Image.new("L", part.size)
            ImageDraw.Draw(mask).ellipse([width * 0.22, length * 0.52, width * 0.78, length * 1.25], fill=235)
            part.paste(glow, (0, 0), mask.filter(ImageFilter.GaussianBlur(width / 16)))
        draw = ImageDraw.Draw(part)
        for index in range(count):
            spread = (index + 0.5) / count - 0.5
            end = length * (1 - reach * rng.uniform(0.75, 1.0) * (1 - abs(spread) * 0.6))
            draw.line([(width / 2 + spread * width * 0.08, length), (width / 2 + spread * width * 0.62, end)],
                      fill=colour, width=7)
    return drawn


def pansy(seed, ground, upper, sides, lower):
    rng = random.Random(seed)
    scene = grass(backdrop(rng, *ground, blur=18), rng, 14, 9, BLADES)
    centre = (BIG / 2, BIG * 0.50)
    stem(scene, centre, (centre[0] + 15, BIG + 10), 22)
    for side in (-1, 1):
        lay(scene, petal(rng, 330, 340, broad, *upper, streaks=0.2), (centre[0] + side * 12, centre[1] + 10), side * 27)
    for side in (-1, 1):
        lay(scene, petal(rng, 300, 300, broad, *sides, streaks=0.2, marks=whiskers(6, "#1c0838", 0.40)),
            (centre[0] + side * 6, centre[1] + 6), side * 86)
    lay(scene, petal(rng, 380, 320, broad, *lower, streaks=0.2, marks=whiskers(9, "#1c0838", 0.46, "#f6c312")),
        (centre[0], centre[1] - 14), 180)
    draw = ImageDraw.Draw(scene)
    draw.ellipse([centre[0] - 18, centre[1] - 16, centre[0] + 18, centre[1] + 22], fill="#e8d23a")
    draw.ellipse([centre[0] - 9, centre[1] - 4, centre[0] + 9, centre[1] + 16], fill="#7f9a2c")
    return photograph(lit(scene, rng, 0.3), rng, FLOWER, sigma=3, brightness=1.08)


def stamens(scene, rng, centre, count, reach, thread, head, dot):
    draw = ImageDraw.Draw(scene)
    for _ in range(count):
        angle, far = rng.uniform(0, 2 * math.pi), reach * rng.uniform(0.55, 1.0)
        end = (centre[0] + far * math.cos(angle), centre[1] + far * math.sin(angle))
        draw.line([centre, end], fill=thread, width=4)
        draw.ellipse([end[0] - dot, end[1] - dot * 0.7 + 3, end[0] + dot, end[1] + dot * 0.7 + 3], fill="#7a5a08")
        draw.ellipse([end[0] - dot, end[1] - dot * 0.7, end[0] + dot, end[1] + dot * 0.7], fill=head)


def windflower(seed, ground, count=7):
    rng = random.Random(seed)
    scene = backdrop(rng, *ground, blur=18)
    for _ in range(26):
        lay(scene, leaf(rng, rng.uniform(60, 110), rng.uniform(160, 280)), (rng.uniform(0, BIG), rng.uniform(0, BIG)),
            rng.uniform(0, 360))
    scene = scene.filter(ImageFilter.GaussianBlur(5))
    centre = (BIG / 2, BIG * 0.48)
    whites = [("#b6bd9c", "#eceff0", "#ffffff"), ("#a9b394", "#e0e5e8", "#f7f9fb")]
    ring(scene, rng, centre, count, 14, start=rng.uniform(0, 60), wobble=5, make=lambda rng: petal(
        rng, rng.uniform(135, 160), rng.uniform(275, 315), oval, *rng.choice(whites), streaks=0.10))
    stamens(scene, rng, centre, 60, 100, "#e6e8c8", "#f0cc34", 8)
    florets(scene, rng, centre, 30, [(150, 176, 60), (110, 140, 40)], 40, 6)
    return photograph(lit(scene, rng, 0.25), rng, FLOWER, sigma=3, brightness=1.06)


def buttercup(seed, ground):
    rng = random.Random(seed)
    scene = grass(backdrop(rng, *ground, blur=18), rng, 20, 9, BLADES)
    centre = (BIG / 2, BIG * 0.47)
    stem(scene, centre, (centre[0] - 20, BIG + 10), 18)
    yellows = [("#d8a404", "#f8d408", "#ffe63c"), ("#cc9602", "#f2c806", "#fcdc28")]
    ring(scene, rng, centre, 5, 8, start=rng.uniform(0, 70), wobble=4, make=lambda rng: petal(
        rng, rng.uniform(270, 300), rng.uniform(270, 295), broad, *rng.choice(yellows), streaks=0.10))
    stamens(scene, rng, centre, 60, 92, "#d8b81c", "#f6c414", 9)
    florets(scene, rng, centre, 34, [(150, 170, 30), (190, 180, 30)], 40, 6)
    return photograph(lit(scene, rng, 0.3), rng, FLOWER, sigma=3, brightness=1.04)


DARK_MIDDLE = [(40, 22, 10), (58, 30, 12), (92, 48, 14), (60, 28, 8)]
GREEN_MIDDLE = [(150, 140, 40), (104, 84, 24), (60, 32, 12), (120, 70, 14)]
PURPLE = ("#2c0a58", "#5a1e9c", "#7c3cc4")
VIOLET = ("#d8c8e8", "#8a5cd0", "#6a34b4")
CREAM = ("#f2d030", "#f6ecc0", "#fbf6e4")

FLOWERS = {
    "sunflower-1": lambda: sunflower(31, LAWN, DARK_MIDDLE),
    "sunflower-2": lambda: sunflower(32, HEAVEN, GREEN_MIDDLE),
    "daisy-1": lambda: daisy(33, SHADE),
    "daisy-2": lambda: daisy(34, LAWN, 0.8, blades=30),
    "pansy-1": lambda: pansy(37, SHADE, PURPLE, VIOLET, VIOLET),
    "pansy-2": lambda: pansy(38, LAWN, PURPLE, CREAM, CREAM),
    "windflower-1": lambda: windflower(39, LAWN),
    "buttercup-1": lambda: buttercup(40, SHADE),
}


def main(wanted):
    folder = Path(__file__).parent / "samples"
    unknown = set(wanted) - set(SIGNS) - set(FLOWERS)
    if unknown:
        sys.exit(f"No such sample: {', '.join(sorted(unknown))}. There are {', '.join([*SIGNS, *FLOWERS])}.")
    for kind, pictures, suffix in [("traffic-signs", SIGNS, ".png"), ("flowers", FLOWERS, ".jpg")]:
        (folder / kind).mkdir(parents=True, exist_ok=True)
        for name, draw in pictures.items():
            if not wanted or name in wanted:
                path = folder / kind / (name + suffix)
                draw().save(path, **({"quality": 92} if suffix == ".jpg" else {"optimize": True}))
                print(path)


if __name__ == "__main__":
    main(sys.argv[1:])
