#!/usr/bin/python3
"""pillow_pixels.py READ_PIXELS FOLDER...: what read_pixels reads against Pillow's evaluation transform, in levels of 0 to 255.

FOLDER holds images (also in folders below). Besides, photographs of 1 to 12 megapixels are made: smooth noise of all scales, shapes,
and grain. Mean absolute difference at most 0.5 of each; equal to the bit where the whole image is decoded upright.
"""
import os, subprocess, sys, tempfile, time
import numpy as np
from PIL import Image, ImageDraw, ImageOps

MEAN, DEVIATION = (np.array(v, np.float32) for v in ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)))


def expected(path, crop):
    image = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    resize = round(256 * crop / 224)
    w, h = image.size
    image = image.resize((resize, int(h * resize / w)) if w <= h else (int(w * resize / h), resize), Image.BICUBIC)
    left, top = (int(round((side - crop) / 2)) for side in image.size)
    levels = np.asarray(image.crop((left, top, left + crop, top + crop)), np.float32) / 255
    return ((levels - MEAN) / DEVIATION).transpose(2, 0, 1)


def photograph(width, height, grain, seed):
    rng = np.random.default_rng(seed)
    total, side = np.zeros((height, width, 3), np.float32), 1
    while side < max(width, height):
        side *= 2
        noise = rng.standard_normal((min(side, height) + 1, min(side, width) + 1, 3)).astype(np.float32)
        layer = np.stack([np.asarray(Image.fromarray(noise[..., c]).resize((width, height), Image.BICUBIC)) for c in range(3)], -1)
        total += (0.7 * layer.mean(-1, keepdims=True) + 0.3 * layer) * side ** -0.75
    image = Image.fromarray(np.clip(128 + 55 * (total - total.mean()) / total.std(), 0, 255).astype(np.uint8))
    draw = ImageDraw.Draw(image)
    for k in range(60):
        x, y, r = (int(v) for v in (rng.integers(width), rng.integers(height), rng.integers(3, width // 8)))
        color = tuple(int(v) for v in rng.integers(0, 256, 3))
        (draw.ellipse if k % 2 else draw.rectangle)((x, y, x + r, y + r // 2), fill=color)
    noisy = np.asarray(image, np.float32) + grain * rng.standard_normal((height, width, 3), dtype=np.float32)
    return Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8))


def make_photographs(folder):
    sizes = [(1200, 900), (1600, 1200), (2048, 1536), (3000, 2000), (3000, 4000), (4032, 3024)]
    for i, (width, height) in enumerate(sizes):
        for grain in (0, 6, 16):
            image = photograph(width, height, grain, i)
            for quality in (85, 95):
                image.save(f"{folder}/{width}x{height}_grain{grain}_q{quality}.jpg", quality=quality, subsampling=2 if quality == 85 else 0)
    image = photograph(333, 217, 4, 9)
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[274] = orientation
        image.save(f"{folder}/turned{orientation}.jpg", exif=exif)


def compare(read_pixels, files, crop):
    began = time.time()
    numbers = subprocess.run([read_pixels, str(crop), *files], stdout=subprocess.PIPE, check=True).stdout
    seconds = time.time() - began
    found = np.frombuffer(numbers, np.float32).reshape(len(files), 3, crop, crop)
    means = [float((np.abs(f - expected(p, crop)) * DEVIATION[:, None, None]).mean() * 255) for f, p in zip(found, files)]
    exact = sum(m < 1e-4 for m in means)
    worst = max(range(len(files)), key=lambda i: means[i])
    print(f"crop {crop}: {len(files)} images, {exact} equal, mean difference {np.mean(means):.4f}, "
          f"worst {means[worst]:.4f} ({os.path.basename(files[worst])}), {1000 * seconds / len(files):.1f} ms each")
    return max(means) <= 0.5 and (exact == len(files) or any("grain" in f or "turned" in f for f in files))


if __name__ == "__main__":
    good = True
    for folder in sys.argv[2:]:
        files = sorted(os.path.join(at, name) for at, _, names in os.walk(folder) for name in names)
        good &= compare(sys.argv[1], files, 224) and compare(sys.argv[1], files[::9], 96)
    with tempfile.TemporaryDirectory() as made:
        make_photographs(made)
        files = sorted(os.path.join(made, name) for name in os.listdir(made))
        good &= compare(sys.argv[1], files, 224)
    sys.exit(0 if good else 1)
