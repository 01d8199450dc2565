"""Rows, their motion, and what is predicted of them (section 7)."""

import math
from dataclasses import dataclass

from schema import rounded
from wire import Refused, bits, i32


@dataclass
class Row:
    """One entity as one audience sees it: a motion and a jolt for each column, 0 for those that do not move."""

    id: int
    values: list
    motions: list
    jolts: list


class Group:
    """A field's place in the rows of its kind and audience, and in the models of its audience."""

    def __init__(self, field, first, model):
        self.field, self.first, self.model = field, first, model
        self.maxes = field.maxes
        self.columns = range(first, first + len(field.maxes))
        self.moving = (
            range(first + field.moving.start, first + field.moving.stop)
            if field.moving
            else range(0)
        )
        self.wraps = field.wraps
        self.is_text = field.type == "text"
        self.is_rotation = field.type == "quat"
        self.advances = field.predict in ("linear", "wrap")
        self.velocity = None

    def follow(self, velocity, tick_hz):
        """Predicts the group by another from now on."""
        kind = self.field.type
        step = (
            1
            if kind == "int"
            else math.tau / 2**self.field.size
            if kind == "angle"
            else self.field.step
        )
        grain = step * max(tick_hz, 1)
        of = velocity.field
        own = 1 if of.type == "int" else of.step
        self.velocity = velocity
        self.step = min(rounded(own / grain * 65536), 2**44 // max(velocity.maxes[0], 1))
        self.least = max(-(2**44), min(rounded(of.least / grain * 65536), 2**44))

    def keep(self, value, most):
        return value % (most + 1) if self.wraps else max(0, min(value, most))

    def difference(self, start, end, most):
        if not self.wraps:
            return i32(end - start)
        n = most + 1
        d = (end - start) % n
        return d if d < n - n // 2 else d - n

    def apply(self, value, d, most):
        if self.wraps:
            return self.keep(value + d, most)
        value = value + d & 0xFFFFFFFF
        if value > most:
            raise Refused("a value above its maximum")
        return value

    def advance(self, row, gap, values):
        """Puts what is predicted of the group into `values`."""
        if self.is_rotation:
            turned = turn(
                [row.values[at] for at in self.columns],
                [row.motions[at] for at in self.moving],
                gap,
                self.maxes[1],
            )
            values[self.first : self.columns.stop] = turned
            return
        for at, most in zip(self.columns, self.maxes):
            if row.motions[at]:
                values[at] = self.keep(row.values[at] + row.motions[at] * gap, most)

    def move_by(self, row, gap, values):
        """The same, of one that follows a velocity, by the velocity that stands in `values`."""
        for at, by, most in zip(self.columns, self.velocity.columns, self.maxes):
            moved = ((values[by] * self.step + self.least) * gap + 32768) // 65536
            values[at] = self.keep(row.values[at] + moved, most)

    def residuals(self, before, after):
        """By how much each moving column is off what it would be, as (column, difference)."""
        first = self.first
        if self.is_rotation and before[first] != after[first]:
            before = [
                *before[:first],
                *reframe(before[first : first + 4], after[first], self.maxes[1]),
                *before[first + 4 :],
            ]
        return [
            (at, self.difference(before[at], after[at], self.maxes[at - first]))
            for at in self.moving
        ]


class Layout:
    """The columns and models of one audience's segments."""

    def __init__(self, schema, audience, tick_hz):
        self.kinds = []
        model = 513 + 85 * len(schema.kinds)
        for kind in schema.kinds:
            groups, first = [], 0
            for field in kind.fields:
                if field.audience == audience:
                    groups.append(Group(field, first, model))
                    first += len(field.maxes)
                    model += 987
            for group in groups:
                if group.field.predict == "by":
                    group.follow(next(g for g in groups if g.field.name == group.field.by), tick_hz)
            has_rows = bool(groups) or (audience == 0 and not kind.fields)
            self.kinds.append(KindLayout(groups, first, has_rows))

    def kind(self, row):
        return self.kinds[row.id >> 24]


class KindLayout:
    def __init__(self, groups, width, has_rows):
        self.groups, self.width, self.has_rows = groups, width, has_rows
        self.plain = [group for group in groups if not group.velocity]
        self.following = [group for group in groups if group.velocity]
        self.coded = self.plain + self.following
        self.moving = [at for group in groups for at in group.moving]

    def predict(self, row, gap):
        """The values of a row, so many ticks later."""
        values = list(row.values)
        for group in self.plain:
            if group.advances:
                group.advance(row, gap, values)
        for group in self.following:
            group.move_by(row, gap, values)
        return values

    def implied(self, row, predicted, values, gap):
        """The row with these values: its motion is what they imply."""
        after = Row(row.id, values, list(row.motions), [0] * self.width)
        for group in self.plain:
            if not group.moving:
                continue
            residuals = group.residuals(predicted, values)
            turned_over = group.is_rotation and row.values[group.first] != values[group.first]
            if gap == 1:
                for (at, change), (_, residual) in zip(
                    group.residuals(row.values, values), residuals
                ):
                    after.motions[at] = change
                    after.jolts[at] = jolt(residual)
            elif turned_over:
                for at, change in group.residuals(row.values, values):
                    after.motions[at] = i32(divide(change, gap))
            else:
                for at, residual in residuals:
                    after.motions[at] = i32(row.motions[at] + divide(residual * 2, gap + 1))
        return after

    def advanced(self, row, gap):
        if not self.following and not any(row.motions) and not any(row.jolts):
            return row
        values = self.predict(row, gap)
        return self.implied(row, values, values, gap)


def jolt(d):
    size = min(bits(abs(d)), 7)
    return -size if d < 0 else size


def divide(a, b):
    """Rounds towards zero."""
    return -(-a // b) if a < 0 else a // b


def parts_of(columns, most):
    """The four components of a rotation, in whole numbers."""
    parts = [2 * column - most for column in columns[1:]]
    parts.insert(
        columns[0], math.isqrt(max(0, 2 * most * most - sum(part * part for part in parts)))
    )
    return parts


def frame(parts, largest, most):
    s = -1 if parts[largest] < 0 else 1
    rest = parts[:largest] + parts[largest + 1 :]
    return [largest, *(max(0, min((s * part + most + 1) >> 1, most)) for part in rest)]


def reframe(columns, largest, most):
    return columns if columns[0] == largest else frame(parts_of(columns, most), largest, most)


def turn(columns, motions, gap, most):
    if not any(motions):
        return columns
    before = [columns[0], *(max(0, min(c - m, most)) for c, m in zip(columns[1:], motions))]
    q0, q1 = parts_of(before, most), parts_of(columns, most)
    for _ in range(min(gap, 8)):
        e = min(sum((b - a) ** 2 for a, b in zip(q0, q1)), 8 * most * most)
        q2 = []
        for a, b in zip(q0, q1):
            pull = (abs(b) * e + most * most) // (2 * most * most)
            q2.append(max(-2 * most, min(2 * b - a - (pull if b >= 0 else -pull), 2 * most)))
        q0, q1 = q1, q2
    sizes = [abs(part) for part in q1]
    return frame(q1, sizes.index(max(sizes)), most)
