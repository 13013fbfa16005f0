"""A camera for drawn photos: where it stands, its lens, its light and its sensor."""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np
from PIL import Image, ImageFilter

from bench.qr_symbols import Picture, jpeg, scenery


class Camera:
    """Looks at a flat or bent sheet from somewhere, with its own lens, light and sensor."""

    def __init__(self, chance: random.Random, size: tuple[int, int] = (1280, 960)) -> None:
        self.chance, self.size = chance, size
        self.noise = np.random.default_rng(chance.getrandbits(32))
        self.tilt = chance.uniform(-20, 20)
        self.pan = chance.uniform(-20, 20)
        self.roll = chance.choice((0, 0, 90, 180)) + chance.uniform(-15, 15)
        self.fill = chance.uniform(0.3, 0.55)
        """Share of the picture's shorter side that the sheet takes."""
        self.bend = 0.0
        """Half the angle of the cylinder that the sheet lies on, in radians."""
        self.crease = 0.0
        """How far the sheet is crumpled, as a share of its side."""
        self.folds = 0.0
        """How steeply a sheet that was folded twice stands at its folds, in radians."""
        self.shift = 0.0, 0.0
        """How far the sheet lies off the picture's middle, as shares of the shorter side."""
        self.defocus = 0.0
        """Radius in pixels of the disc that a point becomes."""
        self.shade = 0.0
        self.blur = 0.7
        self.motion = 0.0
        self.grain = 3.0
        self.gain = 1.0
        self.lift = 0.0
        self.quality = 88

    def shoot(self, sheet: Picture) -> Picture:
        """Take the photo."""
        w, h = self.size
        photo = np.asarray(scenery(self.chance, self.size), dtype=np.float32).copy()
        if self.crease:
            self._crumple = self.chance.uniform(3, 6), self.chance.uniform(0, 6), self.chance.uniform(0, 6)
        box = self._box()
        x, y = np.meshgrid(
            np.arange(box[0], box[2], dtype=np.float32), np.arange(box[1], box[3], dtype=np.float32)
        )
        sx, sy, inside = self._map(*self._ray(x, y))
        # Mipmap: the sheet is shrunk first so that thin lines do not alias.
        shrink = max(1.0, sheet.width / (self.fill * min(w, h)) / 1.6)
        if shrink > 1.05:
            sheet = sheet.resize(
                (round(sheet.width / shrink), round(sheet.height / shrink)), Image.Resampling.BOX
            )
        seen = sampled(np.asarray(sheet.convert("RGB"), dtype=np.float32), sx, sy)
        if self.folds:
            seen = seen * self._fold_light(sx, sy)[..., None]
        part = photo[box[1] : box[3], box[0] : box[2]]
        part[inside] = seen[inside]
        photo = self._lit(photo)
        image = Image.fromarray(np.clip(photo, 0, 255).astype(np.uint8))
        if self.motion:
            image = moved_blur(image, self.motion, self.chance.uniform(0, math.pi))
        if self.defocus:
            image = disc_blur(image, self.defocus)
        image = image.filter(ImageFilter.GaussianBlur(self.blur))
        photo = np.asarray(image, dtype=np.float32) * self.gain + self.lift
        photo += self.noise.normal(0, self.grain, photo.shape)
        return jpeg(Image.fromarray(np.clip(photo, 0, 255).astype(np.uint8)), self.quality)

    def _ray(self, x: Any, y: Any) -> tuple[Any, Any]:
        w, h = self.size
        return (x - w / 2) / min(w, h) - self.shift[0], (y - h / 2) / min(w, h) - self.shift[1]

    def _box(self) -> tuple[int, int, int, int]:
        """The part of the picture that the sheet may lie in."""
        w, h = self.size
        step = 8
        x, y = np.meshgrid(np.arange(0, w, step, dtype=np.float32), np.arange(0, h, step, dtype=np.float32))
        hit = self._map(*self._ray(x, y))[2]
        rows, columns = np.flatnonzero(hit.any(axis=1)), np.flatnonzero(hit.any(axis=0))
        if not len(rows):
            return 0, 0, 1, 1
        return (
            int(max(0, columns[0] * step - step)),
            int(max(0, rows[0] * step - step)),
            int(min(w, columns[-1] * step + step)),
            int(min(h, rows[-1] * step + step)),
        )

    def _map(self, u: Any, v: Any) -> tuple[Any, Any, Any]:
        """From a pixel's ray to the sheet's own coordinates, 0 to 1."""
        a, b, r = (math.radians(angle) for angle in (self.tilt, self.pan, self.roll))
        focal = 1.1
        distance = focal / self.fill
        turn = (
            np.array([[math.cos(r), -math.sin(r), 0], [math.sin(r), math.cos(r), 0], [0, 0, 1]])
            @ np.array([[1, 0, 0], [0, math.cos(a), -math.sin(a)], [0, math.sin(a), math.cos(a)]])
            @ np.array([[math.cos(b), 0, math.sin(b)], [0, 1, 0], [-math.sin(b), 0, math.cos(b)]])
        )
        back = turn.T
        # Ray through the pixel, in the sheet's own frame; the camera stands at (0, 0, -distance).
        rays = [back[i, 0] * u + back[i, 1] * v + back[i, 2] * focal for i in range(3)]
        eye = back @ np.array([0, 0, -distance])
        if self.bend:
            sx, sy, hit = self._cylinder(rays, eye)
        else:
            t = -eye[2] / rays[2]
            sx, sy, hit = eye[0] + t * rays[0], eye[1] + t * rays[1], t > 0
        if self.crease:
            k, p, q = self._crumple
            sx = sx + self.crease * np.sin(k * sy * 2 + p) * np.cos(k * sx)
            sy = sy + self.crease * np.sin(k * sx * 2 + q) * np.cos(k * 0.7 * sy)
        if self.folds:
            sx, sy = self._unfolded(sx, sy)
        sx, sy = sx + 0.5, sy + 0.5
        return sx, sy, hit & (sx >= 0) & (sx < 1) & (sy >= 0) & (sy < 1)

    def _unfolded(self, x: Any, y: Any) -> tuple[Any, Any]:
        """A sheet folded across at a third and down at the middle: each part is seen foreshortened."""
        steep, lean = math.cos(self.folds), math.sin(self.folds)
        x0, y0 = 0.06, -0.12
        x = np.where(x > x0, x0 + (x - x0) / steep, x)
        x = np.where(y > y0, x + 0.3 * lean * (y - y0), x)
        y = np.where(y > y0, y0 + (y - y0) / steep, y)
        return x, y

    def _fold_light(self, sx: Any, sy: Any) -> Any:
        light = np.where(sx > 0.56, 1 - 0.5 * math.sin(self.folds), 1.0)
        return light * np.where(sy > 0.38, 1 - 0.3 * math.sin(self.folds), 1.0)

    def _cylinder(self, rays: list[Any], eye: Any) -> tuple[Any, Any, Any]:
        radius = 0.5 / self.bend
        # Axis along y at depth radius: x^2 + (z - radius)^2 = radius^2; the nearer hit.
        oz = eye[2] - radius
        a = rays[0] ** 2 + rays[2] ** 2
        b = 2 * (eye[0] * rays[0] + oz * rays[2])
        c = eye[0] ** 2 + oz**2 - radius**2
        root = b * b - 4 * a * c
        t = (-b - np.sqrt(np.maximum(root, 0))) / (2 * a)
        px, py, pz = eye[0] + t * rays[0], eye[1] + t * rays[1], oz + t * rays[2]
        angle = np.arctan2(px, -pz)
        return angle * radius, py, (root > 0) & (np.abs(angle) < 1.5)

    def _lit(self, photo: Any) -> Any:
        if not self.shade:
            return photo
        h, w = photo.shape[:2]
        y, x = np.mgrid[0:h, 0:w].astype(np.float32)
        angle = self.chance.uniform(0, math.pi)
        across = (x / w - self.chance.uniform(0.4, 0.6)) * math.cos(angle) + (
            y / h - self.chance.uniform(0.4, 0.6)
        ) * math.sin(angle)
        edge = 1 / (1 + np.exp(np.clip(-across * self.chance.choice((20, 60, 200)), -50, 50)))
        return photo * (1 - self.shade * edge)[..., None]


def sampled(texture: Any, u: Any, v: Any) -> Any:
    h, w = texture.shape[:2]
    x, y = np.clip(u * w - 0.5, 0, w - 1.001), np.clip(v * h - 0.5, 0, h - 1.001)
    x0, y0 = x.astype(np.int32), y.astype(np.int32)
    x1, y1 = np.minimum(x0 + 1, w - 1), np.minimum(y0 + 1, h - 1)
    fx, fy = (x - x0)[..., None], (y - y0)[..., None]
    top = texture[y0, x0] * (1 - fx) + texture[y0, x1] * fx
    low = texture[y1, x0] * (1 - fx) + texture[y1, x1] * fx
    return top * (1 - fy) + low * fy


def moved_blur(image: Picture, length: float, angle: float) -> Picture:
    total = np.zeros((image.height, image.width, 3), dtype=np.float32)
    steps = max(2, round(length))
    for i in range(steps):
        at = (i / (steps - 1) - 0.5) * length
        shift = (1, 0, at * math.cos(angle), 0, 1, at * math.sin(angle))
        total += np.asarray(
            image.transform(image.size, Image.Transform.AFFINE, shift, Image.Resampling.BILINEAR)
        )
    return Image.fromarray((total / steps).astype(np.uint8))


def disc_blur(image: Picture, radius: float) -> Picture:
    """Out of focus: a point becomes an even disc. By shifted copies of the chords of the disc."""
    values = np.asarray(image, dtype=np.float32)
    total = np.zeros_like(values)
    area = 0
    reach = math.ceil(radius)
    wide = np.pad(values, ((reach, reach), (reach, reach), (0, 0)), mode="edge")
    along = np.concatenate([np.zeros_like(wide[:, :1]), np.cumsum(wide, axis=1, dtype=np.float64)], axis=1)
    h, w = values.shape[:2]
    for dy in range(-reach, reach + 1):
        half = int(math.sqrt(max(0.0, radius * radius - dy * dy)))
        rows = along[reach + dy : reach + dy + h]
        total += rows[:, reach + half + 1 : reach + half + 1 + w] - rows[:, reach - half : reach - half + w]
        area += 2 * half + 1
    return Image.fromarray(np.clip(total / area, 0, 255).astype(np.uint8))
